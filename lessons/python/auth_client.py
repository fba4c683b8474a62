"""Lesson 2, the client: prove that we know the secret without sending it.

    python3 auth_client.py [PORT] [SECRET]      9000 if not given

The environment variable DAY30_SECRET serves where SECRET is not given.
"""
import hashlib
import os
import socket
import struct
import sys
import time


def md5_hex(secret, challenge):
    obj = hashlib.md5(secret)
    obj.update(challenge)
    return obj.hexdigest()


def read_exactly(sk, count, deadline):
    data = b''
    while len(data) < count:  # recv may bring fewer bytes than asked for
        # One end for all reads: a byte a second must not win more time.
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError('timed out')
        sk.settimeout(left)
        piece = sk.recv(count - len(data))
        if not piece:
            raise ConnectionError(
                f'the server closed after {len(data)} of {count} bytes')
        data += piece
    return data


def prove(sk, secret):
    deadline = time.monotonic() + 5  # for the whole conversation
    # ANCHOR: prove
    challenge = read_exactly(sk, 32, deadline)
    data = md5_hex(secret, challenge).encode('ascii')
    # '<' = little end first on every machine; a plain 'i' follows the machine.
    sk.sendall(struct.pack('<i', len(data)))
    sk.sendall(data)
    # ANCHOR_END: prove
    # Wait for the server to close: if we left first, we would never hear that it
    # broke off. More bytes from it are no part of this protocol.
    sk.settimeout(max(deadline - time.monotonic(), 0.001))
    extra = sk.recv(64)
    if extra:
        raise ConnectionError(f'the server should only close, but it sent {extra!r}')


def main():
    secret = sys.argv[2] if len(sys.argv) > 2 else os.environ.get('DAY30_SECRET', '')
    port = sys.argv[1] if len(sys.argv) > 1 else '9000'
    if not secret or not port.isdecimal() or int(port) > 65535 or len(sys.argv) > 3:
        print('type: python3 auth_client.py 9000 luwei   (a port and a secret)', file=sys.stderr)
        sys.exit(2)
    with socket.socket(type=socket.SOCK_STREAM) as sk:
        sk.settimeout(5)
        try:
            sk.connect(('127.0.0.1', int(port)))
            prove(sk, secret.encode('utf-8', 'surrogateescape'))
        except OSError as error:
            sys.exit(f'handshake with 127.0.0.1:{port} failed: {error}')
    # The protocol has no reply: only the server's own screen says whether it is ok.
    print('answered; the server closed')


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)  # what a shell expects after Ctrl-C
