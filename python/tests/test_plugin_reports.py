"""What the pytest plugin says when something fails."""

from __future__ import annotations

import re

import pytest
from harness import run


def test_the_report_of_a_failed_test_shows_the_traffic(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import urllib.error, urllib.request
        from client import provision
        import pytest

        @pytest.fixture
        def lost(mediusflow_tenant, mediusflow_server):
            try:
                urllib.request.urlopen(mediusflow_server.url + "/NordlysQ/scim/v2/Users")
            except urllib.error.HTTPError as refused:
                refused.close()

        def test_fails(mediusflow_tenant, mediusflow_server, lost):
            for n in range(50):
                mediusflow_tenant.new_user({"userName": f"user{n}@contoso.com", "title": "x" * 500})
            mediusflow_tenant.faults.fail_next("user.create", 503)
            for name in ("anna@contoso.com", "user1@contoso.com"):
                try:
                    provision(mediusflow_tenant, name)
                except urllib.error.HTTPError as refused:
                    refused.close()
            mediusflow_tenant.verify("op:delete", count=1)

        def test_silent(mediusflow_tenant):
            raise RuntimeError("before any request")

        def test_passes(mediusflow_tenant):
            mediusflow_tenant.new_user({"userName": "quiet@contoso.com"})
        """
    )
    for workers in ((), ("-n", "2")):
        result = run(session, *workers)
        result.assert_outcomes(passed=1, failed=2)
        result.stdout.fnmatch_lines(
            [
                # The line of the test, and the server's words.
                '>*mediusflow_tenant.verify("op:delete", count=1)',
                "E *VerificationError: expected 1 exchange matching op:delete, found none of 52",
                "-* MediusFlow traffic of TestFails???????? -*",
                "the latest of 52:",
                "*#51 503 POST /TestFails*/scim/v2/Users",
                "*503 by fault*",
                "*#52 409 POST /TestFails*/scim/v2/Users",
                "*user1@contoso.com*",
                "404 GET /NordlysQ/scim/v2/Users reached no tenant; did the client mean /Nordlys/scim/v2/Users?",
            ]
        )
        result.stdout.fnmatch_lines(["no request reached the tenant"])
        result.stdout.no_fnmatch_line("*quiet@contoso.com*")
        # Neither our own lines, nor what another test did.
        result.stdout.no_re_match_line(r".*mediusflow_mock/\w+\.py")
        assert result.stdout.str().count("reached no tenant") == 1
        section = re.search(r"MediusFlow traffic of TestFails.*?(?=\n(_|=){5})", result.stdout.str(), re.DOTALL)
        assert section and len(section[0]) < 8000
        assert "#32 " not in section[0] and "#33 " in section[0]


def test_a_server_that_is_gone_fails_the_tests_and_not_the_run(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        def test_ends_the_server(mediusflow_server, mediusflow_tenant):
            mediusflow_server.call("POST", "shutdown")
            mediusflow_server.stop()
            assert False

        def test_afterwards(mediusflow_tenant):
            pass
        """
    )
    result = run(session)
    result.assert_outcomes(failed=1, errors=2)
    result.stdout.fnmatch_lines(["*ServerGoneError: *; it ended with exit code 0"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_a_missing_program_is_a_clear_error(session: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIUSFLOW_MOCK_PROGRAM", "/nowhere/mediusflow-mock")
    session.makepyfile("def test_a(mediusflow_tenant): pass")
    result = run(session)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E *ProgramError: there is no program /nowhere/mediusflow-mock (*)"])
