# en: Lesson 2, the server: asks each client to prove that it knows the secret, and prints ok if it does.
# zh: 第 2 课的服务器：要求每个客户端证明自己知道密钥，证明成立就打印 ok。
#
# en: Everything that it must do:
# zh: 它必须做到的全部要求：
#   day30 check auth-server --contract
# en: Judged again whenever you save, with the next step to build:
# zh: 每次保存都重新评判，并告诉你下一步写什么：
#   day30 check auth-server --watch --secret luwei -- python3 my_auth_server.py {port} {secret}
import socket
import sys


def main(port, secret):
    # en: Step 1 comes here: listen on 127.0.0.1, at this port. Replace the line below.
    # zh: 第 1 步写在这里：在 127.0.0.1 的这个端口上监听。用它替换下面这一行。
    # en: The calls of a socket: https://docs.python.org/3/library/socket.html
    # zh: socket 的各个调用：https://docs.python.org/zh-cn/3/library/socket.html
    sys.exit(f'not built yet: listen on port {port}')  # en
    sys.exit(f'还没有写：在端口 {port} 上监听')  # zh


if __name__ == '__main__':
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 9000
    secret = sys.argv[2] if len(sys.argv) > 2 else 'luwei'
    main(port, secret.encode())
