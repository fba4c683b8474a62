"""An echo server in one loop, which asks the system who is ready."""
import codecs
import selectors
import socket
import sys

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
selector = selectors.DefaultSelector()


class Client:
    def __init__(self, conn):
        self.conn = conn
        self.decoder = codecs.getincrementaldecoder('utf-8')(errors='replace')
        self.unsent = b''
        self.ended = False
        selector.register(conn, READ, self)

    def ready(self):
        try:
            if self.unsent:
                self.unsent = self.unsent[self.conn.send(self.unsent):]
            else:
                data = self.conn.recv(65536)
                self.ended = not data
                self.unsent = self.decoder.decode(data, final=not data).upper().encode('utf-8')
        except BlockingIOError:
            return
        except OSError:
            self.unsent, self.ended = b'', True
        if self.ended and not self.unsent:
            selector.unregister(self.conn)
            self.conn.close()
        else:
            # What is unsent must go first: until then nothing more is read.
            selector.modify(self.conn, WRITE if self.unsent else READ, self)


def main():
    sk = socket.socket()
    sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sk.bind(('127.0.0.1', int(sys.argv[1])))
    sk.listen(128)
    sk.setblocking(False)
    selector.register(sk, READ, None)
    while True:
        for key, _ in selector.select():
            if key.data:
                key.data.ready()
            else:
                conn, _ = sk.accept()
                conn.setblocking(False)
                Client(conn)


main()
