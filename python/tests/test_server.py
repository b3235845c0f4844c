"""Starting a server, and calling it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from harness import connected, run_python

from mediusflow_mock import Server, ServerGoneError, StartError, start


def test_a_server_starts_on_a_free_port_and_stops_once() -> None:
    with start(users=2, groups=1, seed=7, profile="rfc", tenant="Shop") as server:
        tenant = server.tenant()
        assert (tenant.name, len(tenant.users()), server.seed) == ("Shop", 2, 7)
        assert tenant.details()["profile"] == "rfc"
        assert server.secret_key == tenant.secret_key
        assert server.version in repr(server.call("GET", ""))
    assert server.stop() == server.stop() == 0


def test_tenants_outlast_a_server_that_keeps_its_state(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with start(state=state) as server:
        server.tenant().new_user({"userName": "anna@contoso.com"})
    with start(state=state) as server:
        assert server.tenant().user("anna@contoso.com") is not None
        with pytest.raises(StartError, match=r"state\.json"):
            start(state=state)
    state.write_text("{")
    with pytest.raises(StartError, match=r"state\.json:1:") as refused:
        start(state=state)
    assert refused.value.exit_code == 3


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
    done = run_python("import mediusflow_mock\nwith mediusflow_mock.start() as it: print(it.tenants())", tmp_path)
    assert (done.stdout, done.stderr) == ("['Nordlys', 'NordlysQA']\n", "")


def test_a_server_that_does_not_answer_in_time_is_said_to_run(server: Server) -> None:
    query = {"q": "op:delete", "timeout": "10m"}
    with pytest.raises(ServerGoneError, match=f"timed out; it runs .pid {server.pid}.") as gone:
        server.tenant().call("GET", "requests/wait", query=query, patience=0.05)
    assert gone.value.exit_code is None


def test_requests_that_reach_no_tenant_are_known(server: Server) -> None:
    with connected(server) as connection:
        connection.sendall(b"GET /Nowhere/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 404")
    assert server.unrouted()[-1]["target"] == "/Nowhere/scim/v2/Users"
