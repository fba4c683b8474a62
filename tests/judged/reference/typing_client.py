"""Lesson 4's client: sends each line that is typed, prints each reply."""
import socket
import sys


def main():
    sk = socket.socket()
    sk.settimeout(10)
    try:
        sk.connect(('127.0.0.1', int(sys.argv[1])))
        for line in sys.stdin:
            line = line.rstrip('\n')
            if not line:
                continue
            sk.sendall(line.encode('utf-8'))
            due = len(line.upper().encode('utf-8'))
            reply = b''
            while len(reply) < due:
                piece = sk.recv(due - len(reply))
                if not piece:
                    sys.exit('the server closed')
                reply += piece
            print(reply.decode('utf-8'), flush=True)
    except OSError as error:
        sys.exit(f'it went wrong: {error}')


main()
