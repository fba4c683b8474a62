"""A server that lets clients prove themselves, with many faults, one of which FLAW switches on. Without it, it is right."""
import base64
import hashlib
import hmac
import os
import random
import socket
import struct
import sys
import threading
import time

FLAW = os.environ.get('FLAW', '')
PORT, SECRET = int(sys.argv[1]), b'luwei' if FLAW == 'notes-secret' else sys.argv[2].encode()
number = 0  # of challenges
accepted = []  # answers
old = []  # digests of earlier challenges
shared = hashlib.md5(SECRET)
last = []  # challenges


def read(conn, count, deadline):
    if FLAW == 'message-not-whole':
        return conn.recv(count)
    data = b''
    while len(data) < count:
        if FLAW != 'no-deadline':
            conn.settimeout(5 if FLAW == 'limit-per-recv' else max(deadline - time.monotonic(), 0.001))
        piece = conn.recv(count - len(data))
        if not piece and FLAW != 'end-not-noticed':
            raise ConnectionError('the client left')
        data += piece
    return data


def new_challenge():
    if FLAW == 'challenge-repeats':
        return bytes(range(32))
    global number
    number += 1
    if FLAW in ('fixed-seed', 'process-seeded-with-the-time'):
        return random.randbytes(32)
    if FLAW == 'seeded-with-the-time':
        random.seed(int(time.time() / 600))
        return random.randbytes(32)
    if FLAW == 'one-challenge-for-a-while':
        return hashlib.sha256(SECRET + str(int(time.time() / 600)).encode()).digest()
    if FLAW == 'half-a-challenge-twice':
        return os.urandom(16) * 2
    if FLAW == 'counts-challenges':
        return os.urandom(28) + number.to_bytes(4, 'big')
    if FLAW == 'few-bytes':
        return bytes(random.choice(b'\x00\x80\xc3\xff') for _ in range(32))
    if FLAW == 'seven-bits':
        return bytes(byte & 127 for byte in os.urandom(32))
    if FLAW == 'challenge-is-text':
        return os.urandom(16).hex().encode()
    return os.urandom(31 if FLAW == 'challenge-length' else 32)


def digest(challenge):
    wanted = {
        'hashed-twice': lambda: hashlib.md5(SECRET + challenge + challenge),
        'hashed-again': lambda: hashlib.md5(hashlib.md5(SECRET + challenge).digest()),
        'digest-swapped': lambda: hashlib.md5(challenge + SECRET),
        'digest-hmac': lambda: hmac.new(SECRET, challenge, 'md5'),
        'digest-of-hex': lambda: hashlib.md5(SECRET + challenge.hex().encode()),
        'digest-of-half': lambda: hashlib.md5(challenge),
        'secret-with-newline': lambda: hashlib.md5(SECRET + b'\n' + challenge),
        'challenge-decoded': lambda: hashlib.md5(SECRET + challenge.decode('utf-8', 'replace').encode()),
        'str-of-challenge': lambda: hashlib.md5(SECRET + str(challenge).encode()),
        'takes-the-port': lambda: hashlib.md5(str(PORT).encode() + challenge),
        'a-hash-of-its-own': lambda: hashlib.md5(SECRET * 2 + challenge),
        'other-hash': lambda: hashlib.sha256(SECRET + challenge),
    }.get(FLAW, lambda: hashlib.md5(SECRET + challenge))()
    if FLAW == 'raw-digest':
        return wanted.digest()
    if FLAW == 'digest-as-base64':
        return base64.b64encode(wanted.digest())
    text = wanted.hexdigest()
    if FLAW == 'signed-number':
        text = f'{int.from_bytes(wanted.digest(), "big", signed=True):x}'
    if FLAW == 'zeros-lost':
        text = f'{int(text, 16):x}'
    return (text.upper() if FLAW == 'upper-case-digest' else text).encode()


def read_length(conn, deadline, legal):
    if FLAW == 'length-missing':
        return legal
    if FLAW == 'reads-too-much':
        return struct.unpack('<i', conn.recv(1024))[0]
    if FLAW == 'length-as-text':
        return int(read(conn, 4, deadline))
    if FLAW == 'length-width':
        return struct.unpack('<q', read(conn, 8, deadline))[0]
    if FLAW == 'length-misread':
        return struct.unpack('<q', read(conn, 4, deadline))[0]
    form = '>i' if FLAW.startswith('length-big-endian') else '<i'
    return struct.unpack(form, read(conn, 4, deadline))[0]


def is_right(answer, right, challenge):
    if FLAW == 'accepted-answer-taken' and answer in accepted:
        return True
    if FLAW == 'accepts-all-after-one' and accepted:
        return True
    more = {
        'takes-md5-of-challenge': lambda: hashlib.md5(challenge).hexdigest().encode(),
        'takes-swapped': lambda: hashlib.md5(challenge + SECRET).hexdigest().encode(),
        'takes-hmac': lambda: hmac.new(SECRET, challenge, 'md5').hexdigest().encode(),
        'takes-raw': lambda: hashlib.md5(SECRET + challenge).digest(),
        'any-secret-of-two': lambda: hashlib.md5(b'luwei' + challenge).hexdigest().encode(),
    }.get(FLAW)
    if more and answer == more():
        return True
    if FLAW == 'sorts-digits':
        return sorted(answer) == sorted(right)
    if FLAW == 'adds-up-digits':
        return sum(answer) == sum(right)
    if FLAW == 'ignores-case':
        return answer.lower() == right
    if FLAW == 'strips-answer':
        return answer.strip() == right
    if FLAW == 'reads-a-number':
        return int(answer, 16) == int(right, 16)
    if FLAW == 'in-the-digest':
        return answer in right
    if FLAW == 'starts-with':
        return right.startswith(answer)
    if FLAW == 'shared-challenge':
        right = last[-1]
    if FLAW == 'lets-everybody-in':
        return True
    if FLAW == 'compares-types':
        return answer == right.decode()
    if FLAW == 'prefix-compared':
        return answer[:8] == right[:8]
    if FLAW == 'dies-of-bytes':
        return answer.decode('utf-8') == right.decode()
    old.append(right)
    if FLAW == 'old-answer-taken':
        return answer in old
    return hmac.compare_digest(answer, right)


def prove(conn):
    deadline = time.monotonic() + (1 if FLAW == 'one-second' else 5)
    challenge = new_challenge()
    right = digest(challenge)
    if FLAW == 'shared-hash':
        shared.update(challenge)
        right = shared.hexdigest().encode()
    last.append(right)
    this = len(last)
    if FLAW == 'old-answer-taken':
        old.append(right)
    if FLAW == 'uncaught-before-the-challenge':
        challenge = challenges
    sent = {
        'challenge-as-hex': lambda: challenge.hex().encode(),
        'challenge-in-json': lambda: b'{"challenge": "' + challenge.hex().encode() + b'"}',
        'challenge-with-length': lambda: struct.pack('<i', 32) + challenge,
    }.get(FLAW, lambda: challenge)()
    conn.sendall(sent)
    if FLAW == 'reads-to-the-end':
        answer = b''
        while piece := conn.recv(1024):
            answer += piece
        if answer[4:] == right:
            print('ok', flush=True)
        return
    length = read_length(conn, deadline, len(right))
    if FLAW == 'length-trusted':
        answer = read(conn, length, deadline) if length > 0 else conn.recv(length)
    elif FLAW == 'reads-a-line':
        conn.settimeout(None)
        answer = conn.makefile('rb').readline().rstrip(b'\n')
    elif FLAW == 'length-big-endian-until-the-end':
        answer = b''
        conn.settimeout(None)
        while len(answer) < length and (piece := conn.recv(length - len(answer))):
            answer += piece
    elif FLAW == 'length-unchecked':
        answer = read(conn, 32, deadline)
    elif FLAW == 'starts-with':
        answer = conn.recv(1024)
    elif FLAW in ('takes-raw', 'strips-answer', 'reads-a-number', 'in-the-digest', 'prefix-compared') and 0 < length < 100:
        answer = read(conn, length, deadline)
    elif length != len(right):
        if FLAW == 'ends-with-client':
            os._exit(1)
        raise ConnectionError(f'the length is {length}')
    else:
        answer = read(conn, length, deadline)
    if FLAW == 'forgets-the-first' and this < len(last):
        return
    if FLAW == 'uncaught-error':
        answer = answers
    if FLAW == 'text-and-bytes':
        answer += 'no bytes'
    if FLAW == 'explains-too-much' and not is_right(answer, right, challenge):
        conn.sendall(b'that is not the digest of ' + SECRET)
    if FLAW == 'second-try' and not is_right(answer, right, challenge):
        read_length(conn, deadline, len(right))
        answer = read(conn, 32, deadline)
    if FLAW == 'prints-true':
        return print('It is', is_right(answer, right, challenge), flush=True)
    if is_right(answer, right, challenge):
        if FLAW == 'stdout-not-flushed':
            print('ok')
        elif FLAW == 'ok-to-client':
            conn.sendall(b'ok')
        else:
            print('OK, welcome' if FLAW == 'ok-otherwise' else 'ok', flush=True)
        accepted.append(answer)
        if FLAW == 'waits-for-goodbye':
            conn.settimeout(60)
            conn.recv(1024)
        if FLAW == 'says-ok-to-client':
            conn.sendall(b'ok')
    if FLAW == 'secret-told':
        print('the secret is', SECRET.decode(), file=sys.stderr)


def serve(conn):
    try:
        prove(conn)
    except OSError:
        pass
    except (ValueError, struct.error):
        if FLAW in ('message-not-whole', 'length-trusted', 'dies-of-bytes', 'length-misread', 'reads-too-much'):
            raise
    if FLAW == 'never-closes':
        time.sleep(600)
    conn.close()


def main():
    if FLAW == 'fixed-seed':
        random.seed(1)
    if FLAW == 'process-seeded-with-the-time':
        random.seed(int(time.time() / 600))
    sk = socket.socket()
    sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sk.bind(('127.0.0.1', PORT))
    sk.listen(128)
    while True:
        conn = sk.accept()[0]
        if FLAW == 'closes-its-listener':
            sk.close()
        if FLAW == 'one-accept':
            return serve(conn)
        if FLAW in ('silent-client-blocks', 'message-not-whole', 'length-trusted', 'dies-of-bytes', 'end-not-noticed'):
            serve(conn)
        else:
            threading.Thread(target=serve, args=(conn,), daemon=True).start()


main()
