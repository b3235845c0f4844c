"""A MediusFlow tenant for each test, as a pytest fixture.

The program is taken from MEDIUSFLOW_MOCK_PROGRAM, or else found on the PATH.
"""

import json
import os
import subprocess
import urllib.error
import urllib.request

import pytest

PROGRAM = os.environ.get("MEDIUSFLOW_MOCK_PROGRAM", "mediusflow-mock")


class Mock:
    """A running server: what its ready line says, and one way to call it."""

    def __init__(self, ready):
        self.url = ready["url"]
        self.scim_url = ready["scimUrl"]
        self.control_url = f"{ready['controlUrl']}/tenants/{ready['tenant']}"
        self.secret_key = ready["secretKey"]

    def scim(self, method, path, body=None, key=None):
        """Calls the SCIM service; answers status and body."""
        request = urllib.request.Request(
            self.scim_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {key or self.secret_key}",
                "Content-Type": "application/scim+json",
            },
        )
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def report(self):
        """What a strict server would refuse of those who called."""
        with urllib.request.urlopen(self.control_url + "/report") as answer:
            return json.load(answer)


def has_no_findings(report):
    """Fails the test for a client that sends what not every server takes."""
    lines = [
        f"{it['rule']} ({it['section']}): {it['what']}; every server takes {it['form']}\n"
        f"{it['first']['curl']}"
        for it in report["findings"]
    ]
    assert not lines, "a strict server would refuse:\n" + "\n".join(lines)
    assert report["missed"] == 0, f"{report['missed']} exchanges have left the journal"


@pytest.fixture
def mock():
    """A server of the test's own. It starts in milliseconds, so tests need not share one.

    When the test is over, a strict server must have refused nothing of what was sent.
    """
    # The pipe to stdin is a lifeline: it closes when this process ends, however it ends, and then
    # so does the server. Its stderr is captured by pytest and shown when the test fails.
    command = [PROGRAM, "serve", "--port", "0", "--log-format", "json", "--exit-with", "stdin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        line = server.stdout.readline()
        assert line, "the server did not start; its stderr says why"
        mock = Mock(json.loads(line))
        try:
            yield mock
            report = mock.report()
        finally:
            server.stdin.close()
            assert server.wait(timeout=10) == 0
        has_no_findings(report)
