"""When a server ends."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from harness import connected

from mediusflow_mock import ServerGoneError, start


def test_a_call_after_the_end_says_that_it_ended() -> None:
    with start(log_level="info") as server:
        tenant = server.new_tenant()
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(ServerGoneError, match="ended with exit code -9") as gone:
            tenant.users()
    assert "serving" in gone.value.stderr


def test_the_server_ends_with_a_process_that_is_killed() -> None:
    code = "import mediusflow_mock; it = mediusflow_mock.start(); print(it.url, flush=True); input()"
    _ends_with(code, kill=True)


def test_a_forked_child_does_not_keep_the_server_alive() -> None:
    code = """
import mediusflow_mock, os
server = mediusflow_mock.start()
if os.fork() == 0:
    os.close(1)
    os.read(0, 1)  # lives on when the parent is killed
    os._exit(0)
print(server.url, flush=True)
os.read(0, 1)
"""
    _ends_with(code, kill=True)


def test_ctrl_c_leaves_the_server_to_the_cleaning_up() -> None:
    code = """
import mediusflow_mock, os, signal
with mediusflow_mock.start() as server:
    tenant = server.new_tenant()
    try:
        os.killpg(0, signal.SIGINT)
        signal.pause()
    except KeyboardInterrupt:
        tenant.delete()
        print("deleted", tenant.name not in server.tenants())
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, start_new_session=True, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("deleted True\n", "", 0)


def test_the_server_ends_with_a_process_that_forgets_it() -> None:
    _ends_with("import mediusflow_mock; it = mediusflow_mock.start(); print(it.url, flush=True)", kill=False)


def _ends_with(code: str, *, kill: bool) -> None:
    """Runs code that prints the address of its server, ends it, and waits until the server's connection closes."""
    # What keeps a forked child alive is this test's pipe, which it lets go at the end.
    began = time.monotonic()
    parent = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code], stdin=-1, stdout=-1, stderr=-1)
    assert parent.stdin and parent.stdout and parent.stderr
    with parent.stdin, parent.stdout, parent.stderr:
        host, port = parent.stdout.readline().decode().strip().removeprefix("http://").split(":")
        if kill:
            connection = socket.create_connection((host, int(port)), timeout=30)
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
            parent.kill()
            with connection:
                assert connection.recv(4096) == b""
        assert parent.wait(30) == (-signal.SIGKILL if kill else 0)
        # It closes its connections first, and then stops to listen.
        with pytest.raises(ConnectionRefusedError):
            while time.monotonic() < began + 30:
                socket.create_connection((host, int(port)), timeout=30).close()


def test_a_server_that_nobody_holds_stops() -> None:
    server = start()
    with connected(server) as connection:
        del server
        gc.collect()
        assert connection.recv(1) == b""


def test_a_loud_program_does_not_stop_the_server() -> None:
    with start(log_level="trace") as server:
        for _ in range(300):
            server.tenants()
        assert 0 < len(server.stderr.splitlines()) <= 200
