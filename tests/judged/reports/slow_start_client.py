"""Lesson 1's client with much to load before it connects, and a second try. It is right: it says that nobody listens."""
import socket
import sys
import time

time.sleep(4)
for attempt in range(2):
    try:
        sk = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
        break
    except ConnectionRefusedError:
        time.sleep(2)
else:
    sys.exit('nobody listens there')
while True:
    sk.sendall(b'hello')
    print((sk.recv(1024) or sys.exit('the server closed')).decode('utf-8'), flush=True)
