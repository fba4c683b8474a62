"""A client that proves itself, with many faults, one of which FLAW switches on. Without it, it is right."""
import base64
import hashlib
import hmac
import os
import socket
import struct
import sys
import time

FLAW = os.environ.get('FLAW', '')
PORT, SECRET = int(sys.argv[1]), b'luwei' if FLAW == 'written-in' else sys.argv[2].encode()


def read_exactly(sk, count):
    data = b''
    while len(data) < count:
        piece = sk.recv(count - len(data))
        if not piece:
            if FLAW == 'end-not-noticed':
                time.sleep(0.001)
                continue
            raise ConnectionError('the server left')
        data += piece
    return data


def receive(sk):
    if FLAW == 'challenge-not-whole':
        return sk.recv(32)
    if FLAW == 'hashes-all':
        data = read_exactly(sk, 32)
        sk.settimeout(0.2)
        try:
            return data + sk.recv(1024)
        except TimeoutError:
            return data
        finally:
            sk.settimeout(5)
    if FLAW == 'waits-for-characters':  # as a socket of Node's does after setEncoding('utf8')
        text = ''
        while len(text) < 32:
            text += sk.recv(1024).decode('utf-8', 'ignore')
        return text.encode()
    return read_exactly(sk, 32)


def digest(challenge):
    if FLAW == 'zero-ends-text':
        challenge = challenge.split(b'\0')[0]
    if FLAW == 'uncaught-error':
        challenge = challenges
    if FLAW == 'text-and-bytes':
        challenge += 'no bytes'
    if FLAW == 'decodes-strictly':
        challenge = challenge.decode().encode()
    wanted = {
        'hashed-twice': lambda: hashlib.md5(SECRET + challenge + challenge),
        'hashed-again': lambda: hashlib.md5(hashlib.md5(SECRET + challenge).hexdigest().encode()),
        'digest-swapped': lambda: hashlib.md5(challenge + SECRET),
        'digest-hmac': lambda: hmac.new(SECRET, challenge, 'md5'),
        'challenge-as-key': lambda: hmac.new(challenge, SECRET, 'md5'),
        'secret-hashed-first': lambda: hashlib.md5(hashlib.md5(SECRET).digest() + challenge),
        'sha-1': lambda: hashlib.sha1(SECRET + challenge),
        'digest-of-hex': lambda: hashlib.md5(SECRET + challenge.hex().encode()),
        'digest-of-half': lambda: hashlib.md5(SECRET),
        'secret-with-newline': lambda: hashlib.md5(SECRET + b'\n' + challenge),
        'challenge-decoded': lambda: hashlib.md5(SECRET + challenge.decode('utf-8', 'ignore').encode()),
        'str-of-challenge': lambda: hashlib.md5(SECRET + str(challenge).encode()),
        'replaces-and-trims': lambda: hashlib.md5(SECRET + challenge.decode('utf-8', 'replace').rstrip('\ufffd').encode()),
        'strips-text': lambda: hashlib.md5(SECRET + challenge.strip()),
        'other-hash': lambda: hashlib.sha256(SECRET + challenge),
        'other-secret': lambda: hashlib.md5(b'something else' + challenge),
    }.get(FLAW, lambda: hashlib.md5(SECRET + challenge))()
    if FLAW == 'raw-digest':
        return wanted.digest()
    if FLAW == 'digest-as-base64':
        return base64.b64encode(wanted.digest())
    if FLAW == 'str-of-bytes':
        return str(wanted.digest()).encode()
    text = wanted.hexdigest()
    if FLAW == 'zeros-lost':
        text = f'{int(text, 16):x}'
    if FLAW == 'signed-number':
        text = f'{int.from_bytes(wanted.digest(), "big", signed=True):x}'
    if FLAW == 'zeros-of-bytes-lost':
        text = ''.join(f'{byte:x}' for byte in wanted.digest())
    return (text.upper() if FLAW == 'upper-case-digest' else text).encode()


def packed(data):
    if FLAW == 'length-missing':
        return data
    if FLAW == 'secret-sent':
        data = SECRET
    if FLAW == 'length-counts-itself':
        return struct.pack('<i', 4 + len(data)) + data
    if FLAW == 'json':
        return b'{"length": 32, "digest": "' + data + b'"}'
    if FLAW == 'framed':
        return struct.pack('>ii', 4 + len(data), len(data)) + data
    if FLAW == 'length-as-text':
        return str(len(data)).encode() + data
    if FLAW == 'length-as-q':
        return struct.pack('<q', len(data)) + data
    if FLAW == 'write-utf':
        return struct.pack('>h', len(data)) + data
    form = {'length-big-endian': '>i', 'length-width': '<h'}.get(FLAW, '<i')
    return struct.pack(form, len(data)) + data


def main():
    if FLAW == 'connects-elsewhere':
        time.sleep(600)
    sk = socket.socket()
    sk.settimeout(5)
    try:
        sk.connect(('127.0.0.1', PORT))
        while True:
            challenge = receive(sk)
            sk.sendall(packed(digest(challenge)) + (b'\n' if FLAW == 'says-more' else b''))
            if FLAW != 'answers-again':
                break
        if FLAW == 'secret-told':
            print('I know', SECRET.decode())
        if FLAW == 'never-leaves':
            time.sleep(600)
        sk.recv(64)
    except OSError as error:
        if FLAW == 'exits-with-0':
            return
        sys.exit(str(error))


main()
