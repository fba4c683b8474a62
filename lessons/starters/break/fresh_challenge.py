"""Repair it, 1: a server whose challenge is not fresh.

    day30 break repeat -- python3 fresh_challenge.py {port} {secret}

It lets honest clients in and refuses wrong ones, and falls to a replay all the
same. Change one line.
"""
import hashlib
import hmac
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
