"""Repair it, 3: a mutual handshake that can be reflected.

    day30 break reflection --handshake mutual -- python3 role.py {port} {secret}
    day30 break reflection --handshake bound -- python3 role.py {port} {secret}
    day30 auth-client --secret luwei --handshake bound --name bank --port 9000

The first command wins against this server. Make the server speak `bound`: the
challenge of the client, then its proof, and a proof of the server with another
role in it. `day30 lesson break`, section "The wire", has every byte. The third
command is the honest client that must get in.
"""
import hashlib
import hmac
import os
import socket
import struct
import sys


def proof(secret, asked, own):
    return hmac.new(secret, asked + own, hashlib.sha256).hexdigest().encode('ascii')


def pack(digits):
    return struct.pack('<i', len(digits)) + digits


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
    ours = os.urandom(32)
    conn.sendall(ours)
    theirs = read_exactly(conn, 32)
    conn.sendall(pack(proof(secret, theirs, ours)))  # before the client has proved anything
    if struct.unpack('<i', read_exactly(conn, 4))[0] != 64:
        return
    if hmac.compare_digest(proof(secret, ours, theirs), read_exactly(conn, 64)):
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
