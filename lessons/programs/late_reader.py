import socket

s = socket.create_connection(('127.0.0.1', 9000))
s.sendall(b'a' * 20000000)
s.settimeout(2)
received = 0
try:
    while data := s.recv(65536):
        received += len(data)
except OSError:  # nothing more for 2 seconds
    pass
print(received, 'of 20000000 bytes came back')
