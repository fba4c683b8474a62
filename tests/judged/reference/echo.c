/* An echo server in C, with a thread for each client. FLAW=strlen and FLAW=sigpipe are two mistakes that only C makes. */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

static const char *flaw;

static int send_all(int conn, const char *bytes, size_t len) {
  while (len > 0) {
    ssize_t sent = send(conn, bytes, len, 0);
    if (sent < 0) return -1;
    bytes += sent, len -= sent;
  }
  return 0;
}

/* One letter in upper case; gives how many bytes that has. */
static size_t upper(wchar_t letter, char *to, mbstate_t *state) {
  if (letter == 0xdf) return memcpy(to, "SS", 2), 2;
  return wcrtomb(to, towupper(letter), state);
}

static void *serve(void *arg) {
  int conn = (int)(long)arg;
  static const size_t size = 65536;
  char *from = malloc(size), *to = malloc(3 * size + 16);
  mbstate_t in = {0}, out = {0};
  ssize_t got;
  while ((got = recv(conn, from, size, 0)) > 0) {
    size_t at = 0, len = 0, end = got;
    if (!strcmp(flaw, "strlen")) end = strnlen(from, got);
    while (at < end) {
      wchar_t letter;
      size_t used = mbrtowc(&letter, from + at, end - at, &in);
      if (used == (size_t)-2) break; /* the beginning of a letter: mbstate_t keeps it */
      if (used == (size_t)-1) {      /* no letter at all */
        send_all(conn, to, len);
        shutdown(conn, SHUT_WR);
        while (recv(conn, from, size, 0) > 0) {}
        goto done;
      }
      at += used ? used : 1; /* the letter with the number 0 */
      len += upper(letter, to + len, &out);
    }
    if (send_all(conn, to, len) < 0) break;
  }
done:
  close(conn);
  free(from), free(to);
  return NULL;
}

int main(int argc, char **argv) {
  flaw = getenv("FLAW") ? getenv("FLAW") : "";
  if (argc < 2 || !setlocale(LC_CTYPE, "C.UTF-8")) return 2;
  if (strcmp(flaw, "sigpipe")) signal(SIGPIPE, SIG_IGN);
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
