# en: Repair it, 1: a server whose challenge is not fresh.
# zh: 修复练习 1：挑战值总是同一个的服务器。
#
# en: It lets honest clients in and refuses wrong secrets, and a replay wins
# en: all the same. Attack it:
# zh: 正常的客户端能登录，错误的密钥会被拒绝，却挡不住重放。先攻击它：
#   day30 break repeat -- python3 fresh_challenge.py {port} {secret}
# en: Then change one line, and attack it again.
# zh: 然后改一行，再攻击一次。
import hashlib
import hmac
import os
import socket
import struct
import sys

CHALLENGE = b'thirty-two bytes, always the sam'


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
    challenge = CHALLENGE
    conn.sendall(challenge)
    if struct.unpack('<i', read_exactly(conn, 4))[0] != 32:
        return
    answer = read_exactly(conn, 32)
    right = hashlib.md5(secret + challenge).hexdigest().encode('ascii')
    if hmac.compare_digest(right, answer):
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
