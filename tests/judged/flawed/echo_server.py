"""An echo server with many faults, one of which FLAW switches on. Without it, it is right: one loop, selectors, a buffer for each."""
import codecs
import os
import selectors
import signal
import socket
import sys
import threading
import time

FLAW = os.environ.get('FLAW', '')
PORT = int(sys.argv[1])
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
selector = selectors.DefaultSelector()
shared = codecs.getincrementaldecoder('utf-8')(errors='replace')
kept = []  # what a program forgets to give back
clients = []


def flood(conn):
    while True:
        conn.sendall(b'x' * 65536)


class Client:
    def __init__(self, conn):
        self.conn, self.unsent, self.ended, self.line = conn, b'', False, b''
        self.decoder = codecs.getincrementaldecoder('utf-8')(errors='strict' if FLAW.startswith('dies-of-') or FLAW == 'forgets-a-client' else 'replace')
        self.messages = 0
        selector.register(conn, READ, self)
        clients.append(self)
        if FLAW == 'greets':
            conn.send(b'WELCOME\n')
        if FLAW == 'floods':
            conn.setblocking(True)
            threading.Thread(target=flood, args=(conn,), daemon=True).start()

    def upper(self, data):
        if FLAW == 'decode-per-recv':
            return data.decode('utf-8').upper()
        if FLAW == 'decode-loses':
            return data.decode('utf-8', 'ignore').upper()
        if FLAW == 'shared-decoder':
            return shared.decode(data).upper()
        if FLAW == 'zero-ends-text':
            data = data.split(b'\0')[0]
        if FLAW == 'recv-1':
            return ''.join(bytes([byte]).decode('utf-8') for byte in data).upper()
        if FLAW == 'encodes-latin-1':
            return self.decoder.decode(data).upper().encode('latin-1').decode('utf-8', 'surrogateescape')
        if FLAW in ('latin-1', 'gbk', 'ascii'):
            # As UTF-8 they are turned back below.
            return data.decode(FLAW).upper().encode(FLAW).decode('utf-8', 'surrogateescape')
        text = self.decoder.decode(data, final=not data)
        if FLAW == 'not-upper':
            return text
        if FLAW == 'ascii-only':
            return ''.join(c.upper() if c.isascii() else c for c in text)
        if FLAW == 'one-for-one':
            return ''.join(c.upper() if len(c.upper()) == 1 else c for c in text)
        if FLAW == 'strips-text':
            return text.upper().strip()
        if FLAW == 'decorates' and text:
            return text.upper() + '\n'
        return text.upper()

    def answer(self, data):
        self.messages += 1
        if FLAW == 'one-conn':
            # The one that came last is everybody's.
            data and clients[-1].conn.sendall(data.upper())
            return
        if FLAW == 'recv-outside-loop' and data:
            self.conn.sendall(data.upper() * 20)
            return
        if FLAW == 'never-emptied':
            data = self.line = self.line + data if data else b''
        if FLAW == 'segfault':
            os.kill(os.getpid(), signal.SIGSEGV)
        if FLAW == 'uncaught-error':
            data = datas
        if FLAW == 'text-and-bytes':
            data += 'no bytes'
        if FLAW == 'uncaught-in-a-thread':
            return threading.Thread(target=lambda: datas).start()
        if FLAW in ('waits-for-line', 'waits-for-end'):
            self.line += data
            if data and (FLAW == 'waits-for-end' or b'\n' not in self.line):
                return
            data, self.line = self.line, b''
        if FLAW == 'piles-up' and len(self.unsent) > 16_000_000:
            return kept.append(data)  # to be sent some day
        text = self.upper(data)
        reply = text.encode('utf-16' if FLAW == 'utf-16' and text else 'utf-8', 'surrogateescape')
        if FLAW == 'question-marks':
            reply = text.encode('ascii', 'replace')
        if FLAW == 'str-of-bytes' and reply:
            reply = str(data).upper().encode('utf-8')
        if FLAW == 'printed-not-sent':
            return print(reply.decode('utf-8'), flush=True)
        if FLAW == 'whole-buffer':
            self.line = reply + self.line[len(reply):]
            reply = reply and self.line
        if FLAW == 'sizeof-buffer':
            reply = reply and reply.ljust(1024, b'\0')
        self.unsent += reply
        if FLAW == 'one-message':
            self.ended = True

    def send(self):
        if FLAW == 'would-block-uncaught':
            while self.unsent:
                self.unsent = self.unsent[self.conn.send(self.unsent):]
            return
        sent = self.conn.send(self.unsent)
        if FLAW == 'short-send':
            self.unsent = b''
        elif FLAW == 'sends-again' and sent < len(self.unsent):
            pass
        else:
            self.unsent = self.unsent[sent:]

    def has_ended(self):
        time.sleep(0.01 if FLAW == 'closes-too-early' else 0)  # for its end to arrive
        try:
            return not self.conn.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False

    def ready(self, can):
        try:
            if self.unsent and can & WRITE and not (FLAW == 'drops-what-is-queued' and can & READ):
                self.send()
            elif can & READ:
                if FLAW == 'drops-what-is-queued' and self.has_ended():
                    return self.close()
                data = self.conn.recv(1024 if FLAW == 'short-recv' else 65536)
                if FLAW == 'short-recv' and self.messages and len(data) == 1024:
                    return  # as if it belonged to nobody
                self.ended = self.ended or not data
                self.answer(data)
                if FLAW in ('short-send', 'sends-again', 'would-block-uncaught') and self.unsent:
                    self.send()
                if FLAW == 'closes-too-early' and self.has_ended():
                    self.unsent, self.ended = b'', True
        except BlockingIOError:
            if FLAW == 'would-block-uncaught':
                raise
            if FLAW == 'short-send':
                self.unsent = b''
            return
        except UnicodeDecodeError:
            if FLAW != 'forgets-a-client':
                raise
            kept.append(self.conn)
            selector.unregister(self.conn)
            return
        except ConnectionResetError:
            if FLAW == 'dies-of-reset':
                raise
            if FLAW == 'keeps-what-was-reset':
                kept.append(self.conn)
                selector.unregister(self.conn)
                return
            if FLAW == 'dies-of-pipe':
                return  # and the next send finds the pipe broken
            self.unsent, self.ended = b'', True
        except OSError:
            if FLAW == 'dies-of-pipe':
                raise
            self.unsent, self.ended = b'', True
        if self.ended and not self.unsent:
            self.close()
        elif FLAW == 'piles-up' or (FLAW == 'drops-what-is-queued' and len(self.unsent) < 300_000):
            selector.modify(self.conn, READ | WRITE if self.unsent else READ, self)
        else:
            selector.modify(self.conn, WRITE if self.unsent else READ, self)

    def close(self):
        clients.remove(self)
        if FLAW == 'ends-with-client':
            sys.exit()
        if FLAW != 'still-registered':
            selector.unregister(self.conn)
        if FLAW == 'never-closes':
            kept.append(self.conn)
        elif FLAW == 'gives-nothing-back':
            self.conn.shutdown(socket.SHUT_RDWR)
            kept.append(self.conn)
        else:
            self.conn.close()


def listen(host='127.0.0.1', port=PORT):
    sk = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET)
    if FLAW != 'no-reuse-addr':
        sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sk.bind((host, port))
    sk.listen(128)
    return sk


def upper(data):
    return data.decode('utf-8', 'replace').upper().encode('utf-8')


def converse(conn):
    """One client, with calls that wait."""
    decoder = codecs.getincrementaldecoder('utf-8')(errors='replace')
    try:
        while True:
            data = conn.recv(65536)
            if not data and FLAW != 'spins-after-leaving':
                break
            conn.sendall(decoder.decode(data).upper().encode('utf-8'))
    except OSError:
        pass
    conn.close()


def serve_in_one_try(sk):
    sk.setblocking(False)
    while True:
        try:
            clients.append(sk.accept()[0])
            clients[-1].setblocking(False)
        except BlockingIOError:
            if FLAW == 'one-try-and-sleeps':
                time.sleep(0.05)
        try:
            for conn in list(clients):
                data = conn.recv(1024)
                if data:
                    conn.sendall(data.upper())
                else:
                    clients.remove(conn)
                    conn.close()
        except BlockingIOError:
            pass


def serve_blocking(sk):
    """The notes' loop, with its mistake: what accept returns still blocks."""
    sk.setblocking(False)
    conns = []
    while True:
        try:
            conns.append(sk.accept()[0])
        except BlockingIOError:
            time.sleep(0.001)
        for conn in list(conns):
            data = conn.recv(65536)
            if data:
                conn.sendall(upper(data))
            else:
                conns.remove(conn)
                conn.close()


def serve_all_but_the_newest(sk):
    sk.setblocking(False)
    conns = []
    while True:
        try:
            conns.append(sk.accept()[0])
            conns[-1].setblocking(False)
        except BlockingIOError:
            time.sleep(0.001)
        for i in range(len(conns) - 1):
            try:
                data = conns[i].recv(65536)
                conns[i].sendall(upper(data))
            except BlockingIOError:
                pass


def serve_after_accept(sk):
    """Each round waits for a new client first."""
    conns = []
    while True:
        conns.append(sk.accept()[0])
        conns[-1].setblocking(False)
        for conn in list(conns):
            try:
                data = conn.recv(65536)
                conn.sendall(upper(data))
            except BlockingIOError:
                pass


def serve_without_patience(sk):
    """Nothing there is an error like any other."""
    while True:
        conn = sk.accept()[0]
        conn.setblocking(False)
        try:
            while data := conn.recv(65536):
                conn.sendall(upper(data))
        except OSError:
            pass
        conn.close()


def serve_the_last(sk):
    """One variable for whoever is there."""
    sk.setblocking(False)
    conn = None
    while True:
        try:
            conn = sk.accept()[0]
            conn.setblocking(False)
            kept.append(conn)
        except BlockingIOError:
            time.sleep(0.001)
        try:
            data = conn and conn.recv(65536)
            if data:
                conn.sendall(upper(data))
        except OSError:
            pass


def serve_in_batches(sk):
    """Reads from all, then answers all; and forgets somebody when somebody leaves."""
    sk.setblocking(False)
    conns = []
    while True:
        time.sleep(0.02)
        try:
            while True:
                conn = sk.accept()[0]
                conn.setblocking(False)
                conns.append(conn)
        except BlockingIOError:
            pass
        heard = []
        for conn in conns:
            try:
                heard.append((conn, conn.recv(65536)))
            except BlockingIOError:
                pass
        for conn, data in heard:
            if data:
                conn.sendall(upper(data))
            else:
                conns.remove(conn)
                conn.close()
                heard.remove((conn, data))


def serve_with_sendall(sk):
    """One loop for all, in which sendall waits."""
    import select
    conns = [sk]
    while True:
        for conn in select.select(conns, [], [])[0]:
            if conn is sk:
                conns.append(sk.accept()[0])
                continue
            data = conn.recv(65536)
            if data:
                conn.sendall(upper(data))
            else:
                conns.remove(conn)
                conn.close()


def serve_without_await(sk):
    import asyncio

    async def answer(reader, writer):
        writer.write(upper(await reader.read(65536)))

    async def serve(reader, writer):
        kept.append(writer)
        answer(reader, writer)

    async def run():
        await (await asyncio.start_server(serve, sock=sk)).serve_forever()

    asyncio.run(run())


def serve_all(sk):
    sk.setblocking(False)
    selector.register(sk, READ, None)
    while True:
        for key, can in selector.select(0 if FLAW == 'polls-in-a-loop' else None):
            if key.data:
                key.data.ready(can)
            else:
                conn, _ = sk.accept()
                conn.setblocking(False)
                Client(conn)


def main():
    if FLAW == 'ends-at-once':
        print('done')
        return
    if FLAW == 'module-hidden':
        raise AttributeError("partially initialized module 'socket' has no attribute 'socket' (most likely due to a circular import)")
    if FLAW == 'does-not-compile':
        compile('def serve(:', 'my_server.py', 'exec')
    if FLAW == 'never-listens':
        time.sleep(600)
    if FLAW == 'address-in-use':
        kept.append(socket.socket())  # an earlier program
        kept[0].bind(('127.0.0.1', PORT))
    if FLAW == 'deaf-to-ctrl-c':
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if FLAW == 'takes-memory':
        kept.append(bytearray(300_000_000))
        kept[0][::4096] = b'x' * len(kept[0][::4096])
        time.sleep(600)
    if FLAW == 'other-port':
        sk = listen(port=PORT + 10_000)
    elif FLAW == 'other-address':
        sk = listen('::1')
    else:
        sk = listen()
    if FLAW == 'accepted-socket-blocks':
        serve_blocking(sk)
    elif FLAW.startswith('one-try'):
        serve_in_one_try(sk)
    elif FLAW == 'accept-blocks':
        serve_after_accept(sk)
    elif FLAW == 'leaves-out-newest':
        serve_all_but_the_newest(sk)
    elif FLAW == 'one-variable':
        serve_the_last(sk)
    elif FLAW == 'closes-at-once':
        serve_without_patience(sk)
    elif FLAW == 'one-at-a-time':
        while True:
            converse(sk.accept()[0])
    elif FLAW == 'one-accept':
        conn = sk.accept()[0]
        converse(conn)
        time.sleep(600)
    elif FLAW == 'skips-one':
        serve_in_batches(sk)
    elif FLAW == 'send-blocks-all':
        serve_with_sendall(sk)
    elif FLAW == 'spins-after-leaving':
        while True:
            threading.Thread(target=converse, args=(sk.accept()[0],), daemon=True).start()
    elif FLAW == 'waits-for-its-threads':
        while True:
            threading.Thread(target=converse, args=(sk.accept()[0],)).start()
    elif FLAW == 'not-awaited':
        serve_without_await(sk)
    else:
        serve_all(sk)


main()
