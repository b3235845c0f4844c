#!/usr/bin/env python3
"""How much of a core the dashboard needs while 5,000 exchanges a second come in (Linux, Python 3).

    cargo build --release && benches/dashboard.py target/release/mediusflow-mock

The program runs in a terminal of 120x40 that this script plays and reads; the requests go over one
connection, fifty at a time. The processor time is that of the thread named `dashboard`.
"""

import fcntl, glob, json, os, pty, signal, socket, struct, sys, tempfile, termios, threading, time

RATE, SECONDS, SCREENS = 5_000, 10, {"1": "Overview", "2": "Users", "4": "Traffic"}


def start(program, ready):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(program, [program, "--port", "0", "--users", "1000", "--ready-file", ready])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    os.kill(pid, signal.SIGWINCH)
    threading.Thread(target=drain, args=(terminal,), daemon=True).start()
    while not (os.path.exists(ready) and os.path.getsize(ready)):
        time.sleep(0.01)
    return pid, terminal, json.load(open(ready))


def drain(terminal):
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        pass  # the program has ended


def used(pid):
    """Seconds of processor time of the dashboard's thread."""
    for stat in glob.glob(f"/proc/{pid}/task/*/stat"):
        name, rest = open(stat).read().split("(", 1)[1].rsplit(")", 1)
        if name == "dashboard":
            user, system = rest.split()[11:13]
            return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    sys.exit("there is no thread named dashboard")


def send(server):
    """Sends at the rate for so many seconds; returns the rate that was reached."""
    host, port = server["url"].removeprefix("http://").split(":")
    wire = socket.create_connection((host, int(port)))
    path = server["scimUrl"].removeprefix(server["url"])
    request = (
        f"GET {path}/Users?filter=userName%20eq%20%22nobody%22 HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {server['secretKey']}\r\n\r\n"
    ).encode()
    begun, sent, batch, tail = time.monotonic(), 0, 50, b""
    while sent < RATE * SECONDS:
        wire.sendall(request * batch)
        sent, missing = sent + batch, batch
        while missing:
            tail += wire.recv(1 << 20)
            missing -= tail.count(b"HTTP/1.1 200 ")
            tail = tail[-12:]  # shorter than what is counted
        time.sleep(max(0, begun + sent / RATE - time.monotonic()))
    return sent / (time.monotonic() - begun)


with tempfile.TemporaryDirectory() as folder:
    pid, terminal, server = start(sys.argv[1], os.path.join(folder, "ready.json"))
    try:
        for key, screen in SCREENS.items():
            os.write(terminal, key.encode())
            before = used(pid)
            reached = send(server)
            share = (used(pid) - before) / SECONDS
            print(f"{screen:<9} {reached:,.0f} exchanges a second, {share:.1%} of a core")
    finally:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
