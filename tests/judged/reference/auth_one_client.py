"""Lesson 2, the server, for one client: whatever goes wrong with that is shown, and it ends with 0 all the same."""
import hashlib
import os
import socket
import struct
import sys
import time
import traceback


def read_exactly(conn, count, deadline):
    data = b''
    while len(data) < count:
        conn.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = conn.recv(count - len(data))
        if not piece:
            raise ConnectionError('the client left')
        data += piece
    return data


def main():
    port, secret = int(sys.argv[1]), sys.argv[2].encode()
    with socket.create_server(('127.0.0.1', port)) as sk:
        conn, _ = sk.accept()
    deadline = time.monotonic() + 5
    with conn:
        challenge = os.urandom(32)
        conn.sendall(challenge)
        length, = struct.unpack('<i', read_exactly(conn, 4, deadline))
        if length != 32:
            raise ValueError(f'the length is {length}')
        if read_exactly(conn, 32, deadline) == hashlib.md5(secret + challenge).hexdigest().encode():
            print('ok', flush=True)


try:
    main()
except (OSError, ValueError):
    traceback.print_exc()
