# A server with one fault, switched on by FLAW; without one it has none of them.
import codecs, os, select, socket, sys, threading, time

flaw = os.environ.get("FLAW", "")
sk = socket.socket()
if flaw != "no-reuse":
    sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sk.bind(("0.0.0.0" if flaw == "open-to-all" else "127.0.0.1", 0 if flaw == "other-port" else int(sys.argv[1])))
sk.listen(0 if flaw == "short-queue" else 16)
print("listening on 127.0.0.1:%d" % sk.getsockname()[1], flush=True)
kept, shared = [], bytearray()


def read(conn):
    if flaw == "byte-by-byte":
        return conn.recv(1)
    return conn.recv(1024)


def serve(conn):
    decoder = codecs.getincrementaldecoder("utf-8")()
    own = bytearray()
    while True:
        data = read(conn)
        if not data:
            if flaw == "after-end":
                for _ in range(5):
                    conn.recv(1024)
            break
        text = data.decode() if flaw == "letter-cut" else decoder.decode(data)
        if flaw == "mixed":
            shared.extend(text.upper().encode())
            if b"2" in data:
                conn.sendall(shared)
        elif flaw == "bytes-out":
            for byte in text.upper().encode():
                conn.send(bytes([byte]))
        elif flaw == "rest":
            # More than the kernel has room for.
            conn.send(text.upper().encode() * (10 << 20), socket.MSG_DONTWAIT)
        elif flaw == "unread":
            break
        else:
            conn.sendall(text.upper().encode())
    if flaw == "not-closed":
        kept.append(conn)
    else:
        if flaw != "unread":
            while conn.recv(1024):
                pass
        conn.close()


def spin():
    sk.setblocking(False)
    conn = None
    while True:
        try:
            conn, _ = sk.accept()
            if flaw == "mode":
                conn.recv(1024)
        except BlockingIOError:
            if flaw == "eagain-ends":
                raise


def looks():
    limit = 0 if flaw == "looks" else None
    while True:
        ready, _, _ = select.select([sk], [], [], limit)
        if ready and flaw != "ready-ignored":
            conn, _ = sk.accept()
            conn.close()


if flaw in ("spins", "eagain-ends", "mode"):
    spin()
elif flaw == "never-accepts":
    time.sleep(600)
elif flaw in ("looks", "ready-ignored", "sleeps-in-select"):
    looks()
elif flaw in ("one-by-one", "letter-cut", "reset-ends"):
    while True:
        serve(sk.accept()[0])
else:
    while True:
        threading.Thread(target=serve, args=(sk.accept()[0],), daemon=True).start()
