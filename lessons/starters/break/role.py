# en: Repair it, 3: a mutual handshake that can be reflected.
# zh: 修复练习 3：挡不住反射的双向握手。
#
# en: The attack wins against this server:
# zh: 下面的攻击会成功：
#   day30 break reflection --handshake mutual -- python3 role.py {port} {secret}
# en: Make the server speak `bound`: it reads the client's challenge, then
# en: the client's proof, and answers with a proof that has another role in it.
# en: Every byte is in `day30 lesson break#wire`. Then the attack must fail:
# zh: 把服务器改成 `bound`：先读客户端的挑战值，再读客户端的证明，
# zh: 然后用另一个角色算出自己的证明来回答。
# zh: 每个字节的格式见 `day30 lesson break#wire`。改好之后，下面的攻击应当失败：
#   day30 break reflection --handshake bound -- python3 role.py {port} {secret}
# en: And an honest client must get in:
# zh: 而正常的客户端应当能登录：
#   python3 role.py 9000 luwei
#   day30 auth-client --secret luwei --handshake bound --name bank --port 9000
import hashlib
import hmac
import os
import socket
import struct
import sys


def proof(secret, asked, own):
    return hmac.new(secret, asked + own, hashlib.sha256).hexdigest().encode('ascii')


def pack(digits):
    return struct.pack('<i', len(digits)) + digits


def read_exactly(conn, count):
    data = b''
    while len(data) < count:
        piece = conn.recv(count - len(data))
        if not piece:
            raise ConnectionError('the client closed')
        data += piece
    return data


def serve(conn, secret):
    conn.settimeout(5)
    ours = os.urandom(32)
    conn.sendall(ours)
    theirs = read_exactly(conn, 32)
    # en: Before the client has proved anything.
    # zh: 这时客户端还没有证明自己。
    conn.sendall(pack(proof(secret, theirs, ours)))
    if struct.unpack('<i', read_exactly(conn, 4))[0] != 64:
        return
    if hmac.compare_digest(proof(secret, ours, theirs), read_exactly(conn, 64)):
        print('ok', flush=True)


def main():
    port, secret = int(sys.argv[1]), sys.argv[2].encode()
    sk = socket.socket()
    sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sk.bind(('127.0.0.1', port))
    sk.listen()
    while True:
        conn, _ = sk.accept()
        with conn:
            try:
                serve(conn, secret)
            except OSError as error:
                print(error, file=sys.stderr)


if __name__ == '__main__':
    main()
