"""A server that lets clients prove themselves, each in a thread of its own."""
import hashlib
import hmac
import os
import socket
import struct
import sys
import threading
import time


def read_exactly(conn, count, deadline):
    data = b''
    while len(data) < count:
        conn.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = conn.recv(count - len(data))
        if not piece:
            raise ConnectionError('the client left')
        data += piece
    return data


def serve(conn, secret):
    with conn:
        try:
            deadline = time.monotonic() + 5
            challenge = os.urandom(32)
            conn.sendall(challenge)
            if struct.unpack('<i', read_exactly(conn, 4, deadline))[0] != 32:
                return
            answer = read_exactly(conn, 32, deadline)
            if hmac.compare_digest(hashlib.md5(secret + challenge).hexdigest().encode(), answer):
                print('ok', flush=True)
        except OSError:
            pass


sk = socket.socket()
sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sk.bind(('127.0.0.1', int(sys.argv[1])))
sk.listen(128)
while True:
    conn = sk.accept()[0]
    threading.Thread(target=serve, args=(conn, sys.argv[2].encode()), daemon=True).start()
