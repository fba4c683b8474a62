"""Lesson 1, the client: say clent11 every second and print each reply.

    python3 nonblock_client.py [PORT] [COUNT] [EVERY]

PORT is 9000 if not given; COUNT replies and then the end, 0 = no end;
EVERY is the pause in seconds, 1 if not given.
"""
import os
import socket
import sys
import time

MESSAGE = 'clent11'


def arguments():
    values = sys.argv[1:] + ['9000', '0', '1'][len(sys.argv) - 1:]
    try:
        port, count, every = values
        port, count, every = int(port), int(count), float(every)
    except ValueError:
        port = count = every = -1
    if not (1 <= port <= 65535 and count >= 0 and 0 <= every <= 3600):
        print('usage: python3 nonblock_client.py [PORT] [COUNT] [EVERY]', file=sys.stderr)
        sys.exit(2)
    return port, count, every


# ANCHOR: ask
def ask(sk, message):
    sk.sendall(message.encode('utf-8'))  # send() alone may take only a part
    # TCP carries bytes, no messages: one recv may bring half a reply. Nothing
    # marks the end here, so the client must know how many bytes will come.
    size = len(message.upper().encode('utf-8'))
    reply = b''
    while len(reply) < size:
        piece = sk.recv(size - len(reply))
        if not piece:
            raise ConnectionError(
                f'the server closed after {len(reply)} of {size} bytes')
        reply += piece
    return reply
# ANCHOR_END: ask


def main():
    port, count, every = arguments()
    sk = socket.socket(type=socket.SOCK_STREAM)
    sk.settimeout(10)  # without it a silent server would hold us for ever
    try:
        sk.connect(('127.0.0.1', port))
    except OSError as error:
        sys.exit(f'cannot connect to 127.0.0.1:{port}: {error}')
    done = 0
    while count == 0 or done < count:
        time.sleep(every)
        try:
            reply = ask(sk, MESSAGE)
        except OSError as error:
            sys.exit(f'no reply from 127.0.0.1:{port}: {error}')
        done += 1
        # ascii() shows control letters as \x1b: a server must not steer our terminal.
        text = ascii(reply.decode('utf-8', 'replace'))[1:-1]
        try:
            print(text, flush=True)
        except BrokenPipeError:  # nobody reads our output any more: `| head -1`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            break
    sk.close()


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)  # what a shell expects after Ctrl-C
