"""An echo server with a thread for each client."""
import codecs
import socket
import sys
import threading


def serve(conn):
    decoder = codecs.getincrementaldecoder('utf-8')()
    with conn:
        try:
            while data := conn.recv(4096):
                try:
                    text = decoder.decode(data)
                except UnicodeDecodeError as error:
                    conn.sendall(error.object[:error.start].decode('utf-8').upper().encode('utf-8'))
                    conn.shutdown(socket.SHUT_WR)
                    while conn.recv(4096):  # a close with bytes unread would destroy the reply
                        pass
                    return
                conn.sendall(text.upper().encode('utf-8'))
        except OSError:
            pass


with socket.socket() as sk:
    sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sk.bind(('127.0.0.1', int(sys.argv[1])))
    sk.listen(128)
    while True:
        threading.Thread(target=serve, args=(sk.accept()[0],), daemon=True).start()
