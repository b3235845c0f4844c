"""For pytest: one server a session (with pytest-xdist, one a worker), one tenant a test.

`pytest --fixtures` and `pytest --markers` show what there is. `-p no:mediusflow-mock` switches it off.
"""

from __future__ import annotations

import difflib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from . import ApiError, Exchange, MediusflowError, Server, Tenant, TenantOptions, start, tenant_name
from ._clock import as_datetime
from ._errors import hidden_in_traceback

__tracebackhide__ = hidden_in_traceback

_MARKER = "mediusflow"
_OPTIONS = list(TenantOptions.__annotations__)

# What the report of a failed test shows at most; together less than 8,000 characters.
_MOST_EXCHANGES = 20
_MOST_UNROUTED = 5
_MOST_CHARACTERS = 300


@dataclass(frozen=True)
class _Use:
    """What a test uses, and since when."""

    server: Server
    tenant: Tenant
    began: datetime


_USE = pytest.StashKey[_Use]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", f"{_MARKER}({', '.join(f'{it}=...' for it in _OPTIONS)}): what the tenant of the test is like."
    )


@pytest.fixture(scope="session")
def mediusflow_options() -> dict[str, Any]:
    """The options of `mediusflow_mock.start` for the session's server; override it in your conftest.py."""
    return {}


@pytest.fixture(scope="session")
def mediusflow_server(mediusflow_options: dict[str, Any]) -> Iterator[Server]:
    """A MediusFlow server of this session's own; with pytest-xdist, of this worker's. See `mediusflow_mock.Server`."""
    with start(**mediusflow_options) as server:
        yield server


@pytest.fixture
def mediusflow_tenant(mediusflow_server: Server, request: pytest.FixtureRequest) -> Iterator[Tenant]:
    """A tenant of this test's own, with the same ids and keys in every run. See `mediusflow_mock.Tenant`.

    The marker `mediusflow` says what it is like: `@pytest.mark.mediusflow(users=3, profile="rfc")`.
    """
    item: pytest.Item = request.node
    options = _options_of(item)
    # Not the node id itself, to which pytest-xdist adds a group.
    name = tenant_name(f"{item.parent.nodeid if item.parent else ''}::{item.name}")
    began = datetime.now(UTC)
    with mediusflow_server.new_tenant(name, **options) as tenant:
        item.stash[_USE] = _Use(mediusflow_server, tenant, began)
        yield tenant
        del item.stash[_USE]  # a test that is run again has another one


def _options_of(item: pytest.Item) -> TenantOptions:
    """The options of all markers; the one that is nearest to the test takes precedence."""
    options: dict[str, Any] = {}
    for mark in reversed(list(item.iter_markers(_MARKER))):
        if mark.args:
            pytest.fail(f"the marker {_MARKER} has options by name only, and not {mark.args[0]!r}", pytrace=False)
        for option in mark.kwargs.keys() - set(_OPTIONS):
            near = difflib.get_close_matches(option, _OPTIONS, 1)
            guess = f"; did you mean {near[0]!r}?" if near else ""
            known = ", ".join(_OPTIONS)
            pytest.fail(f"the marker {_MARKER} has no option {option!r}{guess}; there are: {known}", pytrace=False)
        options |= mark.kwargs
    return cast(TenantOptions, options)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    use = item.stash.get(_USE, None)
    if report.failed and report.when != "teardown" and use is not None:
        try:
            lines = _traffic_of(use.tenant) + _unrouted(use)
        except MediusflowError as gone:  # an error in a hook would end the whole run
            lines = [str(gone)]
        report.sections.append((f"MediusFlow traffic of {use.tenant.name}", "\n".join(lines)))
    return report


def _traffic_of(tenant: Tenant) -> list[str]:
    """The latest exchanges, one a line, and the problem of a refused one below it."""
    latest = tenant.cursor()
    try:
        exchanges = tenant.traffic(since=max(0, latest - _MOST_EXCHANGES))
    except ApiError:  # the tenant was reset since then
        exchanges = tenant.traffic()
    shown = exchanges[-_MOST_EXCHANGES:]
    lines = [line for exchange in shown for line in _lines(exchange)]
    if not shown:
        return ["no request reached the tenant"]
    return [f"the latest of {latest}:", *lines] if shown[0]["seq"] > 1 else lines


def _lines(exchange: Exchange) -> list[str]:
    lines = [f"#{exchange['seq']} {exchange['status']} {exchange['method']} {exchange['target']}"]
    lines.append(f"   {exchange['summary']}")
    if exchange["problem"]:
        lines.append(f"   {exchange['problem'].get('detail')}")
    return [_cut(line, _MOST_CHARACTERS // len(lines)) for line in lines]


def _unrouted(use: _Use) -> list[str]:
    """The requests that reached no tenant since the test began."""
    found = [it for it in use.server.unrouted() if as_datetime(it["at"]) >= use.began]
    lines = []
    for exchange in found[-_MOST_UNROUTED:]:
        guess = f"; did the client mean {exchange['guess']}?" if exchange["guess"] else ""
        line = f"{exchange['status']} {exchange['method']} {exchange['target']} reached no tenant{guess}"
        lines.append(_cut(line, _MOST_CHARACTERS))
    return lines


def _cut(line: str, most: int) -> str:
    return line if len(line) <= most else line[: most - 1] + "…"
