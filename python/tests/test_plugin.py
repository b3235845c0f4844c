"""The pytest plugin, in sessions of its own."""

from __future__ import annotations

import pytest
from harness import run

from mediusflow_mock import Server, tenant_name

MANY = """
    import pytest
    from client import provision

    @pytest.mark.parametrize("n", range(40))
    def test_own_tenant(mediusflow_tenant, n):
        made = provision(mediusflow_tenant, "anna@contoso.com")
        mediusflow_tenant.verify("op:create user:anna@contoso.com status:201", count=1)
        with open("ids.txt", "a") as ids:
            ids.write(f"{n} {mediusflow_tenant.name} {mediusflow_tenant.secret_key} {made['id']}\\n")
"""


def _ids(session: pytest.Pytester) -> list[str]:
    path = session.path / "ids.txt"
    lines = path.read_text().splitlines()
    path.unlink()
    return sorted(lines)


def test_every_test_has_its_tenant_in_any_order_and_on_any_worker(session: pytest.Pytester) -> None:
    session.makepyfile(MANY)

    run(session).assert_outcomes(passed=40)
    alone = _ids(session)
    run(session, "-n", "4").assert_outcomes(passed=40)
    parallel = _ids(session)
    run(session, "-p", "randomly", "-p", "no:xdist").assert_outcomes(passed=40)

    # Names, keys and ids are those of the test, and not of the run.
    assert alone == parallel == _ids(session)
    assert len({it.split()[1] for it in alone}) == 40


def test_a_group_of_xdist_does_not_change_the_name(session: pytest.Pytester) -> None:
    session.makepyfile(MANY.replace("@pytest.mark.param", '@pytest.mark.xdist_group("one")\n    @pytest.mark.param'))

    run(session).assert_outcomes(passed=40)
    alone = _ids(session)
    run(session, "-n", "2", "--dist", "loadgroup").assert_outcomes(passed=40)
    assert _ids(session) == alone


def test_two_sessions_at_once_do_not_meet(session: pytest.Pytester, server: Server) -> None:
    session.makepyfile(
        test_one="""
        def test_a(mediusflow_tenant):
            mediusflow_tenant.delete_user(mediusflow_tenant.users()[0]["id"])
        """
    )

    # Both have a server, and on it a tenant of the same name.
    with server.new_tenant(tenant_name("test_one.py::test_a")) as tenant:
        people = tenant.users()
        run(session).assert_outcomes(passed=1)
        assert (tenant.users(), tenant.traffic()) == (people, [])


def test_a_test_that_is_run_again_begins_anew(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        from client import provision

        runs = []

        def test_flaky(mediusflow_tenant):
            runs.append(provision(mediusflow_tenant, "anna@contoso.com")["id"])
            mediusflow_tenant.verify("op:create", count=1)
            assert len(runs) == 3 and len(set(runs)) == 1
        """
    )
    result = run(session, "--reruns", "2")
    result.assert_outcomes(passed=1)
    assert result.parseoutcomes()["rerun"] == 2


def test_the_marker_shapes_the_tenant(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.mediusflow(users=3, groups=0)

        def test_module(mediusflow_tenant):
            assert len(mediusflow_tenant.users()) == 3

        @pytest.mark.mediusflow(profile="rfc")
        class TestClass:
            @pytest.mark.mediusflow(users=1, settings={"mostResults": 7})
            def test_nearest_wins(self, mediusflow_tenant):
                details = mediusflow_tenant.details()
                assert (details["profile"], details["users"], details["groups"]) == ("rfc", 1, 0)
                assert mediusflow_tenant.export_state()["settings"]["mostResults"] == 7

        @pytest.mark.mediusflow(fresh=True, users=0)
        def test_fresh(mediusflow_tenant):
            assert mediusflow_tenant.open_steps

        @pytest.mark.mediusflow(seed=5, time_to_live="1h")
        def test_seed(mediusflow_tenant):
            assert mediusflow_tenant.details()["seed"] == 5
        """
    )
    run(session).assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("userz=3", "*the marker mediusflow has no option 'userz'; did you mean 'users'?*"),
        ("'rfc'", "*the marker mediusflow has options by name only, and not 'rfc'*"),
        ("profile='rcf'", "*`rcf`*`mediusflow`*`rfc`*"),
        ("settings={'mee': ''}", '*there is no setting "mee", did you mean "me"?*'),
    ],
)
def test_a_wrong_marker_is_an_error_of_the_test(session: pytest.Pytester, marker: str, message: str) -> None:
    session.makepyfile(f"import pytest\n\n@pytest.mark.mediusflow({marker})\ndef test_a(mediusflow_tenant): pass")
    result = run(session)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_re_match_line(r".*mediusflow_mock/\w+\.py")


def test_options_of_the_server_come_from_conftest(session: pytest.Pytester) -> None:
    session.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def mediusflow_options():
            return {"users": 2, "seed": 9, "flags": ["--grace", "0ms"]}
        """
    )
    session.makepyfile(
        """
        def test_options(mediusflow_server, mediusflow_tenant):
            assert mediusflow_server.seed == 9
            assert len(mediusflow_server.tenant().users()) == 2
        """
    )
    run(session).assert_outcomes(passed=1)


def test_ids_of_any_kind_have_a_tenant(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("text", ["", "::", "a/b", "日本", "x" * 300, "[]", "a@b.com", "%2F", "ID", "id"])
        def test_Ü(mediusflow_tenant, text):
            assert mediusflow_tenant.users()
        """
    )
    run(session).assert_outcomes(passed=10)


def test_fixtures_and_marker_are_documented(session: pytest.Pytester) -> None:
    fixtures = ["mediusflow_server *", "mediusflow_tenant *", "*tenant of this test's own*"]
    run(session, "--fixtures").stdout.fnmatch_lines(fixtures)
    run(session, "--markers").stdout.fnmatch_lines(["@pytest.mark.mediusflow(users=*"])
