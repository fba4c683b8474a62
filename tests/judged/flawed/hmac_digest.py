"""Lesson 3, with many faults, one of which FLAW switches on. Without it, it is right."""
import hashlib
import hmac
import os
import sys

FLAW = os.environ.get('FLAW', '')
key, message = os.fsencode(sys.argv[1]), os.fsencode(sys.argv[2])


def by_hand(key, inner, outer, form=bytes.fromhex):
    key = (key if FLAW == 'long-key-cut' else hashlib.md5(key).digest())[:64] if len(key) > 64 else key
    key = key.ljust(64, b'\0')
    first = hashlib.md5(bytes(k ^ inner for k in key) + message)
    return hashlib.md5(bytes(k ^ outer for k in key) + form(first.hexdigest()))


def whole_key():
    padded = key.ljust(64, b'\0')
    first = hashlib.md5(bytes(k ^ 0x36 for k in padded) + message)
    return hashlib.md5(bytes(k ^ 0x5c for k in padded) + first.digest())


digest = {
    'key-and-message-swapped': lambda: hmac.new(message, key, 'md5'),
    'plain-hash': lambda: hashlib.md5(key + message),
    'other-digest': lambda: hmac.new(key, message, 'sha256'),
    'long-key-cut': lambda: by_hand(key, 0x36, 0x5c),
    'long-key-whole': lambda: whole_key(),
    'wrong-pads': lambda: by_hand(key, 0x5c, 0x36),
    'inner-as-hex': lambda: by_hand(key, 0x36, 0x5c, str.encode),
    'str-of-bytes': lambda: hmac.new(key, str(message).encode(), 'md5'),
    'str-of-both': lambda: hmac.new(str(key).encode(), str(message).encode(), 'md5'),
    'gbk': lambda: hmac.new(key.decode().encode('gbk', 'replace'), message.decode().encode('gbk', 'replace'), 'md5'),
    'line-end-hashed': lambda: hmac.new(key, message + b'\n', 'md5'),
    'strips': lambda: hmac.new(key, message.strip(), 'md5'),
    'uncaught-error': lambda: hmac.new(key.decode(), message, 'md5'),
    'written-in': lambda: hmac.new(b'asd', b'sad', 'md5'),
    'other-encoding': lambda: hmac.new(key.decode().encode('utf-16-le'), message.decode().encode('utf-16-le'), 'md5'),
    'digest-not-named': lambda: hmac.new(key, message),
}.get(FLAW, lambda: hmac.new(key, message, 'md5'))()
if FLAW == 'raw-digest':
    sys.stdout.buffer.write(digest.digest())
    sys.exit()
text = digest.hexdigest()
if FLAW == 'zeros-lost':
    text = f'{int(text, 16):x}'
if FLAW == 'not-called':
    text = str(digest.hexdigest)
print(text[:16] if FLAW == 'digest-cut' else text)
sys.exit(1 if FLAW == 'exits-with-1' else 0)
