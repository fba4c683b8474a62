/* Sends one accepted socket to itself in two messages at once, closes it, looks at the first message, receives both, and reads from it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct room { _Alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(int))]; };

static int got(struct msghdr *message) {
    int number;
    memcpy(&number, CMSG_DATA(CMSG_FIRSTHDR(message)), sizeof number);
    return number;
}

int main(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int sk = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), conn, ends[2], numbers[3];
    char byte = 'x', text[9];
    struct iovec one = {&byte, 1};
    struct room rooms[3] = {0};
    struct mmsghdr all[3] = {0};
    if (bind(sk, (void *)&at, size) || listen(sk, 5) || getsockname(sk, (void *)&at, &size)) return 1;
    if (connect(client, (void *)&at, size) || write(client, "abc", 3) != 3) return 2;
    conn = accept(sk, 0, 0);
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends)) return 3;
    for (int i = 0; i < 3; i++) {
        int sent = i < 2 ? conn : client;
        all[i].msg_hdr = (struct msghdr){.msg_iov = &one, .msg_iovlen = 1, .msg_control = rooms + i, .msg_controllen = sizeof *rooms};
        struct cmsghdr *head = CMSG_FIRSTHDR(&all[i].msg_hdr);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof sent);
        memcpy(CMSG_DATA(head), &sent, sizeof sent);
    }
    if (sendmmsg(ends[0], all, 2, 0) != 2) return 4;
    close(conn);
    if (recvmsg(ends[1], &all[0].msg_hdr, MSG_PEEK) != 1) return 5;
    numbers[0] = got(&all[0].msg_hdr);
    close(numbers[0]);
    all[0].msg_hdr.msg_controllen = all[1].msg_hdr.msg_controllen = sizeof *rooms;
    /* There is room for one more, in which a descriptor stands that was not received. */
    if (recvmmsg(ends[1], all, 3, MSG_DONTWAIT, 0) != 2) return 6;
    numbers[1] = got(&all[0].msg_hdr);
    numbers[2] = got(&all[1].msg_hdr);
    if (read(numbers[1], text, sizeof text) != 3) return 7;
    close(numbers[1]);
    close(numbers[2]);
    return 0;
}
