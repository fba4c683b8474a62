/* A server with one fault, switched on by FLAW; without one it has none of them. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
#include <fcntl.h>
#include <errno.h>

static const char *flaw = "";
static char mixed[1024];
static size_t mixed_len;

static int is(const char *name) { return strcmp(flaw, name) == 0; }

static void *serve(void *arg) {
    int conn = (int)(long)arg;
    char data[1024];
    for (;;) {
        ssize_t count = recv(conn, data, is("byte-by-byte") ? 1 : sizeof data, 0);
        if (count < 0 && is("reset-ends")) exit(1);
        if (count <= 0) {
            for (int i = 0; is("after-end") && i < 5; i++) recv(conn, data, sizeof data, 0);
            break;
        }
        for (ssize_t i = 0; i < count; i++) data[i] = toupper((unsigned char)data[i]);
        if (is("unread")) break;
        if (is("mixed")) {
            memcpy(mixed + mixed_len, data, count);
            mixed_len += count;
            if (memchr(data, '2', count)) send(conn, mixed, mixed_len, MSG_NOSIGNAL);
        } else if (is("bytes-out")) {
            for (ssize_t i = 0; i < count; i++) send(conn, data + i, 1, MSG_NOSIGNAL);
        } else if (is("rest")) {
            /* More than the kernel has room for. */
            char *much = calloc(32, 1 << 20);
            send(conn, much, 32 << 20, MSG_NOSIGNAL | MSG_DONTWAIT);
            free(much);
        } else if (is("sigpipe")) {
            usleep(300 * 1000);
            for (int i = 0; i < 3; i++) { send(conn, data, count, 0); usleep(50 * 1000); }
        } else {
            send(conn, data, count, MSG_NOSIGNAL);
        }
    }
    if (!is("not-closed")) close(conn);
    return NULL;
}

int main(int argc, char **argv) {
    if (getenv("FLAW")) flaw = getenv("FLAW");
    int sk = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (!is("no-reuse")) setsockopt(sk, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(is("other-port") || argc < 2 ? 0 : atoi(argv[1]))};
    at.sin_addr.s_addr = htonl(is("open-to-all") ? INADDR_ANY : INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (bind(sk, (struct sockaddr *)&at, size) || listen(sk, is("short-queue") ? 0 : 16)) return 1;
    getsockname(sk, (struct sockaddr *)&at, &size);
    printf("listening on 127.0.0.1:%d\n", ntohs(at.sin_port));
    fflush(stdout);
    if (is("never-accepts")) pause();
    if (is("spins") || is("eagain-ends")) fcntl(sk, F_SETFL, O_NONBLOCK);
    for (;;) {
        if (is("looks") || is("ready-ignored")) {
            fd_set set;
            FD_ZERO(&set);
            FD_SET(sk, &set);
            struct timeval zero = {0, 0};
            if (select(sk + 1, &set, NULL, NULL, is("looks") ? &zero : NULL) <= 0 || is("ready-ignored")) continue;
        }
        int conn = accept(sk, NULL, NULL);
        if (conn < 0) {
            if (is("eagain-ends")) return 1;
            continue;
        }
        if (is("one-by-one") || is("reset-ends")) {
            serve((void *)(long)conn);
        } else {
            pthread_t thread;
            pthread_create(&thread, NULL, serve, (void *)(long)conn);
            pthread_detach(thread);
        }
    }
}
