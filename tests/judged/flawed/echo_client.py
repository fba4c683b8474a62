"""The clients of lessons 1 (a port) and 4 (a port, and `type`), with many faults, one of which FLAW switches on."""
import os
import socket
import sys
import time

FLAW = os.environ.get('FLAW', '')
kept, buffer = [], []  # of replies from before
PORT, TYPED = int(sys.argv[1]), sys.argv[2:] == ['type']


def messages():
    if not TYPED:
        while True:
            yield {'counts-own-letters': '你好, wörld', 'cuts-a-letter': 'é日本', 'counts-own-message': 'kıyı'}.get(FLAW, 'clent11')
            time.sleep(0.3)
    for line in sys.stdin.readlines() if FLAW == 'reads-all-input' else sys.stdin:
        if FLAW == 'exit' and line == 'exit\n':
            return
        yield line.strip() if FLAW == 'strips-text' else line.rstrip('\n')


def receive(sk, due):
    if FLAW in ('recv-is-no-message', 'prints-own-text'):
        return sk.recv(65536).decode('utf-8')
    if FLAW == 'waits-for-end':
        return b''.join(iter(lambda: sk.recv(1024), b'')).decode('utf-8')
    if FLAW == 'waits-for-line':
        return sk.makefile('r', encoding='utf-8').readline().rstrip('\n')
    if FLAW == 'prints-all-it-receives':
        for piece in iter(lambda: sk.recv(1024), b''):
            print(piece.decode('utf-8'), flush=True)
        return ''
    reply = b''
    if FLAW == 'gives-up-early':
        sk.settimeout(0.5)
    while len(reply) < due:
        if FLAW == 'polls-in-a-loop':
            sk.setblocking(False)
        try:
            piece = sk.recv(due - len(reply))
        except BlockingIOError:
            continue
        if not piece and FLAW == 'end-is-a-reply' and kept:
            return kept.pop()
        if not piece and FLAW == 'end-not-noticed':
            print('the server says:')
        elif not piece:
            raise ConnectionError('the server closed')
        reply += piece
        if FLAW == 'decode-per-recv':
            piece.decode('utf-8')
    text = reply.decode('utf-8', 'replace' if FLAW == 'counts-own-letters' else 'strict')
    kept[:] = [text]
    return text


def due_for(message):
    if FLAW == 'waits-for-full-buffer':
        return 1024
    if FLAW in ('counts-letters', 'counts-own-letters', 'cuts-a-letter'):
        return len(message.upper())
    if FLAW in ('counts-message', 'counts-own-message'):
        return len(message.encode('utf-8'))
    return len(message.upper().encode('utf-8'))


def show(reply):
    if FLAW == 'whole-buffer':
        buffer[:len(reply)] = reply
        reply = ''.join(buffer)
    if FLAW == 'uncaught-error':
        reply = replies
    if FLAW == 'text-and-bytes':
        reply += b'no text'
    if FLAW == 'no-line-end':
        print(reply, end='', flush=True)
    elif FLAW == 'no-line-end-and-no-flush':
        print(reply, end='')
    elif FLAW == 'prints-nothing':
        pass
    elif FLAW == 'prints-on-stderr':
        print(reply, file=sys.stderr, flush=True)
    elif FLAW == 'prints-otherwise':
        print(reply.title(), flush=True)
    elif FLAW == 'prints-bytes':
        print(reply.encode('utf-8'), flush=True)
    elif FLAW == 'latin-1':
        print(reply.encode('utf-8').decode('latin-1'), flush=True)
    else:
        print(reply, flush=FLAW != 'stdout-not-flushed')
    if FLAW == 'prints-twice':
        print('the reply was', reply, flush=True)


def connect():
    sk = socket.socket()
    sk.settimeout(10)
    if FLAW != 'not-connected':
        sk.connect(('127.0.0.1', PORT))
    return sk


def main():
    if FLAW == 'never-begins':
        return
    if FLAW == 'connects-elsewhere':
        time.sleep(600)
    global PORT
    while FLAW == 'goes-elsewhere':
        try:
            socket.create_connection(('127.0.0.2', PORT)).close()
        except OSError:
            time.sleep(0.2)
    if FLAW == 'asks-for-input':
        PORT = int(input('port: '))
    try:
        sk = None if FLAW == 'connects-late' else connect()
        for message in messages():
            sk = sk or connect()
            if FLAW == 'receives-first':
                sk.recv(1024)
            if FLAW == 'str-of-bytes':
                message = str(message.encode('utf-8'))
            if not message and FLAW == 'ends-with-empty':
                return
            if not message and FLAW != 'waits-for-nothing':
                continue
            if FLAW == 'sends-ahead':
                sk.sendall(message.encode('utf-8'))
                time.sleep(1)
                sk.sendall(message.encode('utf-8'))
                both = receive(sk, 2 * due_for(message))
                show(both[:len(both) // 2])
                continue
            while FLAW == 'floods':
                sk.sendall(message.encode('utf-8'))
            sk.sendall(message.encode('gbk' if FLAW == 'gbk' else 'ascii' if FLAW == 'ascii' else 'utf-8'))
            if FLAW == 'ends-with-stdin':
                sk.setblocking(False)
                time.sleep(0.1)
                try:
                    show(receive(sk, 1))
                except BlockingIOError:
                    pass
                continue
            reply = receive(sk, max(due_for(message), 1))
            show(message.upper() if FLAW == 'prints-own-text' else reply)
            if FLAW == 'one-message':
                return
            if FLAW == 'uses-closed-socket':
                sk.close()
            if FLAW == 'connects-anew':
                sk.close()
                sk = connect()
    except OSError as error:
        if FLAW == 'exits-with-0':
            return
        if FLAW == 'tries-for-ever':
            time.sleep(600)
        sys.exit(str(error))


main()
