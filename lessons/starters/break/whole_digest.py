"""Repair it, 2: a server that compares what the client chose to send.

    day30 break short-compare -- python3 whole_digest.py {port} {secret}

It lets honest clients in and refuses wrong ones, and lets an empty answer in too.
Check the length first; then compare whole digests, in a time that tells nothing.
The attack sees the first. The second it cannot measure, so it looks into this
file and says what it found.
"""
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
