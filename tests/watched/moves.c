/* Sends to itself in every way that there is beside send(2), and receives it in every way beside recv(2). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    char first[4], second[32];
    struct iovec ones[3] = {{"one ", 4}, {"two ", 4}, {"three", 5}}, rooms[2] = {{first, 4}, {second, 32}};
    struct mmsghdr two[2] = {{{.msg_iov = ones, .msg_iovlen = 1}, 0}, {{.msg_iov = ones + 1, .msg_iovlen = 2}, 0}};
    struct mmsghdr room = {{.msg_iov = rooms, .msg_iovlen = 2}, 0};
    int sk = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), conn, file, ends[2];
    bind(sk, (void *)&at, size);
    listen(sk, 5);
    getsockname(sk, (void *)&at, &size);
    connect(client, (void *)&at, size);
    conn = accept(sk, 0, 0);
    sendmmsg(client, two, 2, 0);
    recvmmsg(conn, &room, 1, 0, 0);
    file = open("/proc/self/exe", O_RDONLY);
    sendfile(client, file, 0, 10);
    read(conn, second, 10);
    if (pipe(ends) == 0 && write(ends[1], "spliced", 7) == 7) splice(ends[0], 0, client, 0, 7, 0);
    splice(conn, 0, ends[1], 0, 7, 0);
    close(conn);
    return 0;
}
