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
    'uncaught-error': lambda: hmac.new(keys, message, 'md5'),
    'text-and-bytes': lambda: hmac.new(key.decode(), message, 'md5'),
    'written-in': lambda: hmac.new(b'asd', b'sad', 'md5'),
    'other-encoding': lambda: hmac.new(key.decode().encode('utf-16-le'), message.decode().encode('utf-16-le'), 'md5'),
    'digest-not-named': lambda: hmac.new(key, message),
    'message-twice': lambda: hmac.new(key, message + message, 'md5'),
    'hashed-before': lambda: hmac.new(key, hashlib.md5(message).digest(), 'md5'),
    'hashed-behind': lambda: hashlib.md5(hmac.new(key, message, 'md5').hexdigest().encode()),
    'no-message': lambda: hmac.new(key, digestmod='md5'),
    'key-not-padded': lambda: hashlib.md5(bytes(k ^ 0x5c for k in key)
                                          + hashlib.md5(bytes(k ^ 0x36 for k in key) + message).digest()),
    'no-pads': lambda: hashlib.md5(key + hashlib.md5(key + message).digest()),
    'low-bytes': lambda: hmac.new(*(bytes(ord(c) & 0xff for c in text.decode()) for text in (key, message)), 'md5'),
    'wrong-arguments': lambda: hmac.new(os.fsencode(sys.argv[0]), key, 'md5'),
    'asks-for-input': lambda: hmac.new(input('key: ').encode(), input('message: ').encode(), 'md5'),
    'asks-silently': lambda: hmac.new(*(sys.stdin.readline().rstrip('\n').encode() for _ in range(2)), 'md5'),
    'inner-only': lambda: hashlib.md5(bytes(k ^ 0x36 for k in key.ljust(64, b'\0')) + message),
}.get(FLAW, lambda: hmac.new(key, message, 'md5'))()
if FLAW == 'raw-digest':
    sys.stdout.buffer.write(digest.digest())
    sys.exit()
text, raw = digest.hexdigest(), digest.digest()
if FLAW == 'prints-nothing':
    sys.exit()
if FLAW == 'prints-on-stderr':
    sys.exit(print(text, file=sys.stderr))
if FLAW == 'zeros-lost':
    text = f'{int(text, 16):x}'
if FLAW == 'not-called':
    text = str(digest.hexdigest)
text = {
    'signed-number': f"{int.from_bytes(raw, 'big', signed=True):x}",
    'signed-bytes': ''.join(f'{b if b < 0x80 else b | 0xffffff00:x}' for b in raw),
    'as-a-list': str(list(raw)),
    'as-a-number': str(int.from_bytes(raw, 'big')),
    'hex-of-hex': text.encode().hex(),
    'message-in-hex': message.hex(),
    'runs-over': text + '7f00',
    'reversed': raw[::-1].hex(),
    'second-half': text[16:],
}.get(FLAW, text)
print(text[:16] if FLAW == 'digest-cut' else text)
sys.exit(1 if FLAW == 'exits-with-1' else 0)
