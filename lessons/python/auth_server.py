"""Lesson 2, the server: let one client prove that it knows the secret.

    python3 auth_server.py [PORT] [SECRET]      9000 if not given; 0 takes a free port

Other users of this machine can read SECRET in the list of processes; the
environment variable DAY30_SECRET keeps it from them.
To the client we send 32 random bytes; it sends 4 bytes (the number 32, little
end first), then 32 letters: the hex digest of md5(secret + the random bytes).
"""
import hashlib
import hmac
import os
import signal
import socket
import struct
import sys
import time


# ANCHOR: md5
def md5_hex(secret, challenge):
    obj = hashlib.md5(secret)
    obj.update(challenge)
    return obj.hexdigest()
# ANCHOR_END: md5


# ANCHOR: read
def read_exactly(conn, count, deadline):
    data = b''
    while len(data) < count:  # recv may bring fewer bytes than asked for
        # One end for all reads: a byte a second must not win more time.
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError('timed out')
        conn.settimeout(left)
        piece = conn.recv(count - len(data))
        if not piece:
            raise ConnectionError(
                f'the client closed after {len(data)} of {count} bytes')
        data += piece
    return data
# ANCHOR_END: read


# ANCHOR: judge
def refusal(conn, secret):
    """Ask one client for its proof: why it is refused, or '' when it is good."""
    deadline = time.monotonic() + 5
    challenge = os.urandom(32)  # new each time: an old answer is worth nothing
    conn.settimeout(5)
    conn.sendall(challenge)
    size = struct.unpack('<i', read_exactly(conn, 4, deadline))[0]
    if size != 32:  # check a stranger's number before using it
        return f'the length is {size}; it must be 32'
    answer = read_exactly(conn, 32, deadline)
    # Compare bytes, as they may be no text, in a time that is always the same.
    expected = md5_hex(secret, challenge).encode('ascii')
    if not hmac.compare_digest(expected, answer):
        return 'the digest is wrong: does the client have the same secret?'
    return ''
# ANCHOR_END: judge


def main():
    secret = sys.argv[2] if len(sys.argv) > 2 else os.environ.get('DAY30_SECRET', '')
    port = sys.argv[1] if len(sys.argv) > 1 else '9000'
    if not secret or not port.isdecimal() or int(port) > 65535 or len(sys.argv) > 3:
        print('type: python3 auth_server.py 9000 luwei   (a port and a secret)', file=sys.stderr)
        sys.exit(2)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    sk = socket.socket(type=socket.SOCK_STREAM)
    if os.name != 'nt':  # restart at once; on Windows it would share the port
        sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sk.bind(('127.0.0.1', int(port)))
        sk.listen()
        print(f'listening on 127.0.0.1:{sk.getsockname()[1]}', flush=True)
        conn, addr = sk.accept()
    except OSError as error:
        sys.exit(f'cannot serve on 127.0.0.1:{port}: {error}')
    with conn:
        try:
            why = refusal(conn, secret.encode('utf-8', 'surrogateescape'))
        except OSError as error:  # closed, reset, or out of time
            why = error
        if why:
            sys.exit(f'refused {addr[0]}:{addr[1]}: {why}')
        print('ok', flush=True)


if __name__ == '__main__':
    main()
