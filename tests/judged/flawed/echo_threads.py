"""An echo server with a thread for each client, and many faults, one of which FLAW switches on."""
import asyncio
import codecs
import os
import select
import socket
import struct
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

FLAW = os.environ.get('FLAW', '')
ENDS = {'quit': b'quit', 'end-as-line': b'END\r\n', 'blank-line': b'\n', 'ends-the-server': b'bye', 'exit-is-answered': b'exit'}
room = threading.Semaphore(10)
kept, here = [], set()


def decoder():
    return codecs.getincrementaldecoder('utf-8-sig' if FLAW == 'bom-removed' else 'utf-8')(errors='replace')


def messages(conn):
    """What comes, in the pieces that are answered."""
    if FLAW == 'first-recv-lost':
        print(conn.recv(1024))
    if FLAW == 'reads-a-block':
        file = conn.makefile('rb')
        while block := file.read(1024):
            yield block
        return
    parts = b''
    while True:
        if FLAW == 'recv-twice' and not conn.recv(65536):
            return
        if FLAW == 'waits-for-length':
            data = conn.recv(struct.unpack('>i', conn.recv(4, socket.MSG_WAITALL))[0], socket.MSG_WAITALL)
        else:
            data = conn.recv(1024, socket.MSG_PEEK if FLAW == 'peeks' else 0)
        if FLAW in ('short-recv-is-end', 'buffer-is-full'):
            parts += data
            goes_on = data and len(parts) < 100 if FLAW == 'buffer-is-full' else len(data) == 1024
            if goes_on:
                continue
            data, parts = parts, b''
        if not data or data == ENDS.get(FLAW) and FLAW != 'exit-is-answered':
            if data and FLAW == 'ends-the-server':
                os._exit(0)
            return
        yield data
        if data == ENDS.get(FLAW):
            return


def reply_to(text, data):
    if FLAW == 'ascii':
        text = data.decode('ascii')
    if FLAW == 'capitalizes':
        return text.capitalize().encode('utf-8')
    if FLAW == 'cuts-replies':
        return text.upper().encode('utf-8')[:600]
    if FLAW == 'catches-all':
        try:
            return b''.join([text.upper()])
        except Exception as error:
            print('Error:', error, flush=True)
            return b''
    return text.upper().encode('utf-8')


def serve(conn):
    decode, late = decoder(), b''
    if FLAW == 'time-limit':
        conn.settimeout(0.3)
    try:
        for data in messages(conn):
            if FLAW == 'never-sends':
                continue
            if FLAW == 'sleeps':
                time.sleep(0.4)
            reply = reply_to(decode.decode(data), data)
            if FLAW == 'one-message-late':
                reply, late = late, reply
            for receiver in list(here) if FLAW == 'sends-to-all' else [conn]:
                receiver.sendall(reply)
            if FLAW == 'closes-in-loop':
                conn.close()
    except TimeoutError:
        pass
    except struct.error:
        pass
    except OSError:
        if FLAW == 'closes-in-loop':
            raise
    conn.close()
    here.discard(conn)
    room.release()


def serve_edges(sk):
    """Each event of an edge-triggered epoll is told once, and one recv may not bring all."""
    poll, conns = select.epoll(), {}
    poll.register(sk, select.EPOLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd == sk.fileno():
                conn = sk.accept()[0]
                conns[conn.fileno()] = conn
                poll.register(conn, select.EPOLLIN | select.EPOLLET)
            elif data := conns[fd].recv(1024):
                conns[fd].sendall(data.upper())
            else:
                poll.unregister(fd)
                conns.pop(fd).close()


async def serve_slowly(reader, writer):
    while data := await reader.read(4096):
        time.sleep(0.4)
        writer.write(data.upper())
    writer.close()


async def run_slowly(sk):
    await (await asyncio.start_server(serve_slowly, sock=sk)).serve_forever()


def serve_forks(sk):
    """A process for each client, which its parent does not ask for."""
    while True:
        conn = sk.accept()[0]
        if os.fork() == 0:
            serve(conn)
            os._exit(0)
        conn.close()


def serve_once(sk):
    """accept and recv in one loop."""
    while True:
        kept.append(sk.accept()[0])
        kept[-1].sendall(kept[-1].recv(1024).upper())


def main():
    sk = socket.socket()
    sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sk.bind(('127.0.0.1', int(sys.argv[1])))
    sk.listen(5)
    if FLAW == 'never-accepts':
        time.sleep(600)
    if FLAW == 'accepts-and-ends':
        kept.append(sk.accept()[0])
        return
    if FLAW == 'listener-time-limit':
        sk.settimeout(1)
    if FLAW == 'one-recv':
        serve_once(sk)
    if FLAW == 'edge-triggered':
        serve_edges(sk)
    if FLAW == 'sleeps-in-coroutine':
        asyncio.run(run_slowly(sk))
    if FLAW == 'forks':
        serve_forks(sk)
    pool = ThreadPoolExecutor(5 if FLAW == 'five-threads' else 20)
    while True:
        if FLAW == 'room-for-ten':
            room.acquire()
        conn = sk.accept()[0]
        while FLAW == 'blank-for-ever':
            conn.sendall(conn.recv(1024).upper())
        if FLAW in ('only-accepts', 'receives-once'):
            if FLAW == 'receives-once':
                print(conn.recv(1024), flush=True)
            continue
        if FLAW == 'turns-away' and len(here) > 10:
            conn.close()
            continue
        here.add(conn)
        if FLAW in ('pool-too-small', 'five-threads'):
            pool.submit(serve, conn)
            continue
        thread = threading.Thread(target=serve, args=(conn,), daemon=True)
        kept.append(thread) if FLAW == 'thread-not-started' else thread.start()


main()
