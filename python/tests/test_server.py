"""Starting, stopping, and what can go wrong with the program."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import mediusflow_mock
from mediusflow_mock import ProgramError, Server, ServerGoneError, StartError, program, start


def _script(folder: Path, text: str) -> str:
    path = folder / "mediusflow-mock"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def _connected(server: Server) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def test_a_server_starts_on_a_free_port_and_stops_once() -> None:
    with start(users=2, groups=1, seed=7, profile="rfc", tenant="Shop") as server:
        tenant = server.tenant()
        assert (tenant.name, len(tenant.users()), server.seed) == ("Shop", 2, 7)
        assert tenant.details()["profile"] == "rfc"
        assert server.secret_key == tenant.secret_key
        assert server.version in repr(server.call("GET", ""))
    assert server.stop() == server.stop() == 0


def test_two_servers_run_beside_each_other() -> None:
    with start() as one, start(fresh=True) as other:
        assert one.url != other.url
        assert (one.tenant().open_steps, len(other.tenant().open_steps)) == ([], 11)


def test_a_port_that_is_taken_is_named_with_who_has_it(server: Server) -> None:
    with pytest.raises(StartError, match=f"another program has it .*pid {server.pid}") as refused:
        start(port=int(server.url.rpartition(":")[2]))
    assert refused.value.exit_code == 10
    assert "another program has it" in refused.value.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"users": -1}, "--users"),
        ({"tenant": "a-b"}, "letters"),
        ({"flags": ["--prt=0"]}, "--port"),
        ({"tenant_file": "nowhere.json"}, "nowhere.json"),
        ({"schemas": ["nowhere.json"]}, "nowhere.json"),
    ],
)
def test_a_wrong_option_is_refused_in_the_programs_words(options: dict[str, object], message: str) -> None:
    with pytest.raises(StartError, match=message) as refused:
        start(**options)  # type: ignore[arg-type]
    assert refused.value.exit_code in (2, 3)


def test_a_program_that_does_not_exist_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProgramError, match=r"there is no program .*nowhere \(the option program\)"):
        start(program=tmp_path / "nowhere")
    monkeypatch.setenv("MEDIUSFLOW_MOCK_PROGRAM", str(tmp_path / "nowhere"))
    with pytest.raises(ProgramError, match="MEDIUSFLOW_MOCK_PROGRAM names it"):
        start()
    monkeypatch.setenv("MEDIUSFLOW_MOCK_PROGRAM", str(tmp_path))
    with pytest.raises(ProgramError, match="is not a file"):
        start()


def test_a_program_that_cannot_be_executed_is_named(tmp_path: Path) -> None:
    script = _script(tmp_path, "exit 0")
    os.chmod(script, 0o644)
    with pytest.raises(ProgramError, match="cannot be executed, its mode") as refused:
        start(program=script)
    assert refused.value.program == script
    # A program for another system, such as that of a wheel of another platform.
    Path(script).write_bytes(b"\x7fELF of another machine")
    os.chmod(script, 0o755)
    with pytest.raises(ProgramError, match="cannot be executed: Exec format error"):
        start(program=script)


def test_the_program_comes_from_the_package_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDIUSFLOW_MOCK_PROGRAM", raising=False)
    empty, on_path, scripts = (tmp_path / it for it in ("empty", "path", "scripts"))
    for folder in (empty, on_path, scripts):
        folder.mkdir()
    monkeypatch.setattr("sysconfig.get_path", lambda name, scheme=None: str(scripts))
    monkeypatch.setenv("PATH", str(empty))
    with pytest.raises(ProgramError, match=r"not on the PATH\n  .*scripts\n"):
        program()
    monkeypatch.setenv("PATH", str(on_path))
    on_path_only = _script(on_path, "")
    assert program() == on_path_only
    in_package = _script(scripts, "")
    assert program() == in_package


def test_another_version_of_the_program_is_refused(tmp_path: Path) -> None:
    info = tmp_path / "mediusflow_mock-0.0.1rc2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mediusflow-mock\nVersion: 0.0.1rc2\n")
    wrong = _python("import mediusflow_mock; mediusflow_mock.start()", tmp_path)
    assert wrong.returncode == 1
    assert "but the Python package is version 0.0.1rc2; install the same version of both" in wrong.stderr

    ready = (
        '{"url":"http://127.0.0.1:1","controlUrl":"","scimUrl":"","tenant":"","pid":1,"seed":1,"version":"0.0.1-rc.2"}'
    )
    script = _script(tmp_path, f"echo '{ready}'; cat")
    right = _python(f"import mediusflow_mock; mediusflow_mock.start(program={script!r})", tmp_path)
    assert (right.returncode, right.stderr) == (0, "")


def _python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder), str(Path(mediusflow_mock.__file__).parents[1])])
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60)


def test_something_that_is_no_mediusflow_mock_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="is no mediusflow-mock: its first line is 'hello'"):
        start(program=_script(tmp_path, "echo hello; cat"))
    with pytest.raises(StartError, match=r"did not start .exit code 3.\nno seat left") as refused:
        start(program=_script(tmp_path, "echo no seat left >&2; exit 3"))
    assert (refused.value.exit_code, refused.value.stderr) == (3, "no seat left")


def test_a_program_that_is_never_ready_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"was not ready within 0\.1 s"):
        start(program=_script(tmp_path, "exec cat"), timeout=0.1)


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
    with _connected(server) as connection:
        del server
        gc.collect()
        assert connection.recv(1) == b""


def test_a_loud_program_does_not_stop_the_server() -> None:
    with start(log_level="trace") as server:
        for _ in range(300):
            server.tenants()
        assert 0 < len(server.stderr.splitlines()) <= 200


def test_many_threads_call_one_server(server: Server) -> None:
    names: list[str] = []
    threads = [threading.Thread(target=lambda: names.append(server.new_tenant(users=1).name)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 16


def test_a_proxy_of_the_environment_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    done = _python("import mediusflow_mock\nwith mediusflow_mock.start() as it: print(it.tenants())", tmp_path)
    assert (done.stdout, done.stderr) == ("['Nordlys', 'NordlysQA']\n", "")


def test_a_server_that_does_not_answer_in_time_is_said_to_run(server: Server) -> None:
    query = {"q": "op:delete", "timeout": "10m"}
    with pytest.raises(ServerGoneError, match=f"timed out; it runs .pid {server.pid}.") as gone:
        server.tenant().call("GET", "requests/wait", query=query, patience=0.05)
    assert gone.value.exit_code is None


def test_requests_that_reach_no_tenant_are_known(server: Server) -> None:
    with _connected(server) as connection:
        connection.sendall(b"GET /Nowhere/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 404")
    assert server.unrouted()[-1]["target"] == "/Nowhere/scim/v2/Users"


def test_the_module_is_the_program() -> None:
    command = [sys.executable, "-m", "mediusflow_mock"]
    said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True, timeout=30)
    assert said.stdout.startswith("mediusflow-mock ")
    env = {**os.environ, "MEDIUSFLOW_MOCK_PROGRAM": "/nowhere"}
    missing = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=30)
    assert (missing.returncode, "there is no program /nowhere" in missing.stderr) == (1, True)
