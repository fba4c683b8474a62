"""Lesson 4: a threaded server, one thread for each client.

    python3 socket_server.py [PORT]      9000 if not given; 0 takes a free port

What a client sends comes back in upper case.
"""
import codecs
import os
import signal
import socket
import socketserver
import sys
import time


class Upper(socketserver.BaseRequestHandler):
    # ANCHOR: handle
    def handle(self):
        # One letter may arrive in two reads: this decoder keeps the first part.
        decoder = codecs.getincrementaldecoder('utf-8')()
        try:
            while True:
                data = self.request.recv(1024)
                try:
                    text = decoder.decode(data, final=not data)
                except UnicodeDecodeError as error:
                    self.refuse(error)
                    return
                if not data:  # the client left: do not spin for ever
                    return
                # sendall, because send may take only a part.
                self.request.sendall(text.upper().encode('utf-8'))
        except OSError:
            pass  # a reset, say: only this client is lost
    # ANCHOR_END: handle

    def refuse(self, error):
        good = error.object[:error.start].decode('utf-8')
        self.request.sendall(good.upper().encode('utf-8'))
        # One write for the whole line, so that lines of two threads do not mix.
        name = '%s:%d' % self.client_address
        sys.stderr.write(f'{name} closed: bytes that are no UTF-8\n')
        # close() with bytes unread resets the connection, and a reset can
        # destroy our last reply. So: say "no more", read the rest, at most 5 s.
        self.request.shutdown(socket.SHUT_WR)
        close_at = time.monotonic() + 5
        while time.monotonic() < close_at:
            self.request.settimeout(max(close_at - time.monotonic(), 0.001))
            if not self.request.recv(1024):
                return


# ANCHOR: server
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = os.name != 'nt'  # start again at once
    daemon_threads = True  # a client that stays must not keep us from ending
    request_queue_size = 128  # the default, 5, is too few for a class
# ANCHOR_END: server


def main():
    port = sys.argv[1] if len(sys.argv) > 1 else '9000'
    if not port.isdecimal() or int(port) > 65535 or len(sys.argv) > 2:
        print('usage: python3 socket_server.py [PORT]', file=sys.stderr)
        sys.exit(2)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        server = Server(('127.0.0.1', int(port)), Upper)
    except OSError as error:
        sys.exit(f'cannot listen on 127.0.0.1:{port}: {error}')
    print(f'listening on 127.0.0.1:{server.server_address[1]}', flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
