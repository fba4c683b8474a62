/* A server that lets clients prove themselves, in C, with a thread for each of them. */
#define _DEFAULT_SOURCE
#include "md5.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *secret;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

/* One deadline for all reads: a byte a second must not win more time. */
static int read_exactly(int conn, void *to, size_t count, double deadline) {
  for (size_t got = 0; got < count;) {
    double left = deadline - now();
    if (left <= 0) return -1;
    struct timeval wait = {.tv_sec = (long)left, .tv_usec = 1 + (long)((left - (long)left) * 999999)};
    setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ssize_t piece = recv(conn, (char *)to + got, count - got, 0);
    if (piece <= 0) return -1;
    got += piece;
  }
  return 0;
}

static void *serve(void *arg) {
  int conn = (int)(long)arg;
  unsigned char asked[1024 + 32], digest[16], answer[32];
  size_t len = strlen(secret);
  int32_t size;
  char digits[33];
  double deadline = now() + 5;
  memcpy(asked, secret, len);
  if (getrandom(asked + len, 32, 0) != 32 || send(conn, asked + len, 32, MSG_NOSIGNAL) != 32) goto done;
  if (read_exactly(conn, &size, 4, deadline) < 0 || size != 32) goto done;
  if (read_exactly(conn, answer, 32, deadline) < 0) goto done;
  md5(asked, len + 32, digest);
  hex(digest, digits);
  if (!memcmp(digits, answer, 32)) puts("ok"), fflush(stdout);
done:
  close(conn);
  return NULL;
}

int main(int argc, char **argv) {
  if (argc < 3 || strlen(argv[2]) > 1024) return 2;
  secret = argv[2];
  int sk = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(sk, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(sk, (struct sockaddr *)&at, sizeof at) < 0 || listen(sk, 128) < 0) return 1;
  for (;;) {
    long conn = accept(sk, NULL, NULL);
    pthread_t thread;
    if (conn >= 0 && !pthread_create(&thread, NULL, serve, (void *)conn)) pthread_detach(thread);
  }
}
