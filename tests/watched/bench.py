# What it costs to be watched: the same Python program bare, under `day30 watch`, and under strace. Prints a table in Markdown.
# Usage: bench.py DAY30
import os, shutil, socket, subprocess, sys, tempfile, time

SECONDS, PINGS = 3.0, 3000


def spin():
    """A loop of accepts that never wait, for a while: how many."""
    sk = socket.socket()
    sk.bind(("127.0.0.1", 0))
    sk.listen()
    sk.setblocking(False)
    end, count = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        try:
            sk.accept()
        except BlockingIOError:
            count += 1
    print(count / SECONDS)


def echo():
    """Answers one client."""
    sk = socket.socket()
    sk.bind(("127.0.0.1", 0))
    sk.listen()
    print(sk.getsockname()[1], flush=True)
    conn, _ = sk.accept()
    while data := conn.recv(64):
        conn.sendall(data)


def run(before, what):
    words = before + [sys.executable, os.path.abspath(__file__), what]
    program = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = float(program.stdout.readline())
    if what == "spin":
        program.wait()
        return said
    client = socket.create_connection(("127.0.0.1", int(said)))
    began = time.monotonic()
    for _ in range(PINGS):
        client.sendall(b"ping")
        client.recv(64)
    took = time.monotonic() - began
    client.close()
    program.wait()
    return PINGS / took


def main():
    day30 = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        ways = [
            ("bare", []),
            ("day30 watch --quiet --record", [day30, "watch", "--quiet", "--record", folder + "/r.jsonl", "--force", "--"]),
        ]
        calls = "socket,bind,listen,accept,accept4,connect,read,write,recvfrom,sendto,close,fcntl,ioctl"
        if shutil.which("strace"):
            ways.append(("strace -f --seccomp-bpf", ["strace", "-f", "--seccomp-bpf", "-e", calls, "-o", folder + "/s.txt"]))
        print("| | calls a second (a loop of accept) | requests a second (one client) |\n|---|---:|---:|")
        for name, before in ways:
            spins, pings = (max(run(before, what) for _ in range(3)) for what in ("spin", "echo"))
            print(f"| {name} | {spins:,.0f} | {pings:,.0f} |".replace(",", " "), flush=True)


if sys.argv[1] == "spin":
    spin()
elif sys.argv[1] == "echo":
    echo()
else:
    main()
