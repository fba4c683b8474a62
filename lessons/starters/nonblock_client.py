# en: Lesson 1, the client: sends a message every second, and prints each reply.
# zh: 第 1 课的客户端：每秒发送一条消息，并打印每个回复。
#
# en: Everything that it must do:
# zh: 它必须做到的全部要求：
#   day30 check nonblock-client --contract
# en: Judged again whenever you save, with the next step to build:
# zh: 每次保存都重新评判，并告诉你下一步写什么：
#   day30 check nonblock-client --watch -- python3 my_nonblock_client.py {port}
import socket
import sys


def main(port):
    # en: Step 1 comes here: connect to 127.0.0.1, at this port. Replace the line below.
    # zh: 第 1 步写在这里：连接到 127.0.0.1 的这个端口。用它替换下面这一行。
    # en: The calls of a socket: https://docs.python.org/3/library/socket.html
    # zh: socket 的各个调用：https://docs.python.org/zh-cn/3/library/socket.html
    sys.exit(f'not built yet: connect to port {port}')  # en
    sys.exit(f'还没有写：连接到端口 {port}')  # zh


if __name__ == '__main__':
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9000)
