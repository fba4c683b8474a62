"""Lesson 3: the HMAC of a message under a key.

    python3 hmac_digest.py [KEY] [MSG]      asd and sad if not given

Do not name such a file hmac.py: `import hmac` would then find that file itself.
"""
import hmac
import sys


def main():
    if len(sys.argv) > 3:
        print('usage: python3 hmac_digest.py [KEY] [MSG]', file=sys.stderr)
        sys.exit(2)
    key, msg = sys.argv[1:] + ['asd', 'sad'][len(sys.argv) - 1:]
    # ANCHOR: digest
    # HMAC works on bytes; surrogateescape gives back bytes that were no text.
    k1 = key.encode('utf-8', 'surrogateescape')
    v2 = msg.encode('utf-8', 'surrogateescape')
    # Without a named digest, Python 3.8 and later raise TypeError. md5 is what
    # the lesson uses; for something new take 'sha256'.
    h = hmac.new(k1, v2, digestmod='md5')
    print(h.digest())
    print(h.hexdigest())
    # ANCHOR_END: digest
    print('length', len(h.digest()))


if __name__ == '__main__':
    main()
