# en: Lesson 3: the HMAC of a message under a key, with MD5 as in the notes.
# zh: 第 3 课：用密钥计算一条消息的 HMAC，和笔记一样用 MD5。
#
# en: Everything that it must do:
# zh: 它必须做到的全部要求：
#   day30 check hmac --contract
# en: Judged again whenever you save, with the next step to build:
# zh: 每次保存都重新评判，并告诉你下一步写什么：
#   day30 check hmac --watch -- python3 my_hmac.py {key} {msg}
import sys


def main(key, msg):
    # en: Step 1 comes here: print the digest, as hex digits. Replace the line below.
    # zh: 第 1 步写在这里：用十六进制数字打印摘要。用它替换下面这一行。
    # en: What an HMAC is: RFC 2104. What Python has for it: https://docs.python.org/3/library/hmac.html
    # zh: 什么是 HMAC：见 RFC 2104。Python 提供了什么：https://docs.python.org/zh-cn/3/library/hmac.html
    sys.exit(f'not built yet: the HMAC of {msg!r} under the key {key!r}')  # en
    sys.exit(f'还没有写：以 {key!r} 为密钥的 {msg!r} 的 HMAC')  # zh


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else 'asd', sys.argv[2] if len(sys.argv) > 2 else 'sad')
