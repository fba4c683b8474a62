/* A client that proves itself, in C. */
#define _DEFAULT_SOURCE
#include "md5.h"
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3 || strlen(argv[2]) > 1024) return 2;
  int sk = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct timeval wait = {.tv_sec = 5};
  setsockopt(sk, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  if (connect(sk, (struct sockaddr *)&at, sizeof at) < 0) return perror("connect"), 1;

  unsigned char asked[1024 + 32], digest[16], rest[64];
  size_t len = strlen(argv[2]);
  memcpy(asked, argv[2], len);
  for (size_t got = 0; got < 32;) {
    ssize_t piece = recv(sk, asked + len + got, 32 - got, 0);
    if (piece <= 0) return fputs("no whole challenge\n", stderr), 1;
    got += piece;
  }
  struct { int32_t length; char digits[33]; } answer = {.length = 32};
  md5(asked, len + 32, digest);
  hex(digest, answer.digits);
  if (send(sk, &answer, 36, MSG_NOSIGNAL) != 36) return perror("send"), 1;
  while (recv(sk, rest, sizeof rest, 0) > 0) {}
  return 0;
}
