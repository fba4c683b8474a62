# en: Repair it, 2: a server that compares only what the client chose to send.
# zh: 修复练习 2：客户端发来多少位，就只比较多少位的服务器。
#
# en: It lets honest clients in and refuses wrong secrets, and lets an empty
# en: answer in too. Attack it:
# zh: 正常的客户端能登录，错误的密钥会被拒绝，但空的答案也能登录。先攻击它：
#   day30 break short-compare -- python3 whole_digest.py {port} {secret}
# en: Check the length first. Then compare whole digests, in a time that does
# en: not depend on their content. The attack sees the first. It cannot measure
# en: the second, so it looks into this file, and says what it found.
# zh: 先检查长度；再比较完整的摘要，而且所用的时间不能取决于内容。
# zh: 第一点，攻击看得出来；第二点测不出来，
# zh: 所以 day30 会查看这个文件，并告诉你结果。
import hashlib
import os
import socket
import struct
import sys


def read_exactly(conn, count):
    data = b''
    while len(data) < count:
        piece = conn.recv(count - len(data))
        if not piece:
            raise ConnectionError('the client closed')
        data += piece
    return data


def serve(conn, secret):
    conn.settimeout(5)
    challenge = os.urandom(32)
    conn.sendall(challenge)
    size = struct.unpack('<i', read_exactly(conn, 4))[0]
    answer = read_exactly(conn, min(max(size, 0), 32))
    right = hashlib.md5(secret + challenge).hexdigest().encode('ascii')
    if all(one == other for one, other in zip(right, answer)):
        print('ok', flush=True)


def main():
    port, secret = int(sys.argv[1]), sys.argv[2].encode()
    sk = socket.socket()
    sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sk.bind(('127.0.0.1', port))
    sk.listen()
    while True:
        conn, _ = sk.accept()
        with conn:
            try:
                serve(conn, secret)
            except OSError as error:
                print(error, file=sys.stderr)


if __name__ == '__main__':
    main()
