"""Lesson 1, the server: upper case, from a loop over non-blocking sockets that never sleeps.

    python3 nonblock_server.py [PORT]      9000 if not given; 0 takes a free port
"""
import codecs
import os
import signal
import socket
import sys
import time


class Client:
    def __init__(self, conn, addr):
        self.conn, self.addr = conn, addr
        # One letter may arrive in two reads: this decoder keeps the first part.
        self.decoder = codecs.getincrementaldecoder('utf-8')()
        self.unsent = b''     # the part of the reply that did not fit yet
        self.ending = ''      # why nothing more is answered
        self.close_at = None  # set once we have told the client "no more"

    # ANCHOR: turn
    def turn(self):
        """One step. BlockingIOError: not possible now. Other OSError: over."""
        if self.unsent:  # no reading meanwhile: memory must not grow for ever
            self.unsent = self.unsent[self.conn.send(self.unsent):]
        elif self.ending:
            self.drain()
        else:
            self.unsent = self.answer(self.conn.recv(1024))
    # ANCHOR_END: turn

    # ANCHOR: answer
    def answer(self, data):
        if not data:
            self.ending = 'the client left'
        try:
            text = self.decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            self.ending = 'bytes that are no UTF-8'
            text = error.object[:error.start].decode('utf-8')
        return text.upper().encode('utf-8')
    # ANCHOR_END: answer

    def drain(self):
        # Closing with bytes unread sends a reset, which can destroy our last reply.
        if self.close_at is None:
            self.conn.shutdown(socket.SHUT_WR)
            self.close_at = time.monotonic() + 5
        if time.monotonic() > self.close_at or not self.conn.recv(1024):
            raise ConnectionError(self.ending)


def listening(port):
    # ANCHOR: listen
    sk = socket.socket(type=socket.SOCK_STREAM)
    if os.name != 'nt':  # start again at once
        sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sk.bind(('127.0.0.1', port))
    sk.setblocking(False)
    sk.listen()
    # ANCHOR_END: listen
    return sk


def main():
    port = sys.argv[1] if len(sys.argv) > 1 else '9000'
    if not port.isdecimal() or int(port) > 65535 or len(sys.argv) > 2:
        print('usage: python3 nonblock_server.py [PORT]', file=sys.stderr)
        sys.exit(2)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        sk = listening(int(port))
    except OSError as error:
        sys.exit(f'cannot listen on 127.0.0.1:{port}: {error}')
    print(f'listening on 127.0.0.1:{sk.getsockname()[1]}', flush=True)
    clients, gone = [], []
    # ANCHOR: accept
    while True:
        try:
            conn, addr = sk.accept()
            conn.setblocking(False)  # on Linux it does not inherit this from sk
            clients.append(Client(conn, addr))
            print(addr, 'connected', file=sys.stderr)
        except OSError:
            pass  # BlockingIOError: nobody waits; and others end no server
        # ANCHOR_END: accept
        # ANCHOR: clients
        for client in clients:
            try:
                client.turn()
            except BlockingIOError:
                pass
            except OSError as why:  # only this client is lost
                gone.append((client, why))
        for client, why in gone:  # inside the loop above it would skip one
            clients.remove(client)
            client.conn.close()
            print(client.addr, 'closed:', why, file=sys.stderr)
        gone.clear()
        # ANCHOR_END: clients


if __name__ == '__main__':
    main()
