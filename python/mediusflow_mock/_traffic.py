"""The recorded exchanges: read, waited for, asserted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from ._api import LONGEST_WAIT, PATIENCE, Api, Query
from ._durations import Duration, as_text
from ._errors import VerificationError, hidden_in_traceback
from ._types import Exchange, FullExchange, Report

__tracebackhide__ = hidden_in_traceback

_PAGE = 1000


class Count(TypedDict, total=False):
    """A number of exchanges with bounds; without a bound, any number."""

    atLeast: int
    atMost: int


class TrafficCalls:
    """The part of a tenant that is about its traffic.

    `match` is a traffic filter, such as `op:create user:anna@contoso.com` or `status:4xx`. `since` is a `cursor`:
    only later exchanges count.
    """

    _api: Api

    def cursor(self) -> int:
        """The number of the latest exchange, for `since`."""
        return int(self._api.call("GET", "")["seq"])

    def traffic(self, match: str = "", *, since: int | None = None, limit: int | None = None) -> list[Exchange]:
        """The exchanges that match, oldest first; with `limit`, the first ones.

        Raises:
            ApiError: `invalid-query`; `stale-cursor` if the tenant was reset since then.
        """
        found: list[Exchange] = []
        while limit is None or len(found) < limit:
            size = _PAGE if limit is None else min(_PAGE, limit - len(found))
            page = self._api.call("GET", "requests", query={"q": match, "since": since, "limit": size})
            found += page["items"]
            if len(page["items"]) < size:
                break
            since = page["seq"]
        return found

    def exchange(self, seq: int) -> FullExchange:
        """One exchange with headers and bodies.

        Raises:
            ApiError: It does not exist, or has left the journal.
        """
        exchange: FullExchange = self._api.call("GET", f"requests/{seq}")
        return exchange

    def wait_for(
        self,
        match: str,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        exactly: int | None = None,
        since: int | None = None,
        timeout: Duration = 5,
        state: Literal["completed", "received"] = "completed",
    ) -> list[Exchange]:
        """Waits until so many exchanges match (by default one or more), and returns them. It wakes at once.

        `count` and `at_least` mean the same. `received` counts requests that have only begun.

        Raises:
            WaitTimeoutError: It did not happen in time; the message has what came nearest.
            VerificationError: There are too many, or exchanges have left the journal.
            ApiError: The filter or a number is wrong; the tenant was reset meanwhile.
        """
        numbers = {"count": count, "atLeast": at_least, "atMost": at_most, "exactly": exactly}
        query = {"q": match, "since": since, "timeout": as_text(timeout), "state": state, **numbers}
        found: list[Exchange] = self._waited("requests/wait", query)["items"]
        return found

    def wait_idle(self, *, quiet: Duration = 0.05, timeout: Duration = 5) -> None:
        """Waits until no request is running and none has arrived for a while.

        Raises:
            WaitTimeoutError: There was no such while in time.
        """
        self._waited("requests/wait-idle", {"quiet": as_text(quiet), "timeout": as_text(timeout)})

    def wait_for_users(
        self,
        filter: str,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        exactly: int | None = None,
        timeout: Duration = 5,
    ) -> int:
        """Waits until so many users match a SCIM filter, if only for a moment; returns how many.

        Raises:
            WaitTimeoutError: It did not happen in time; the message has the nearest number.
            ApiError: The filter or a number is wrong.
        """
        numbers = {"count": count, "atLeast": at_least, "atMost": at_most, "exactly": exactly}
        return int(self._waited("state/wait", {"users": filter, "timeout": as_text(timeout), **numbers})["count"])

    def wait_for_groups(
        self,
        filter: str,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        exactly: int | None = None,
        timeout: Duration = 5,
    ) -> int:
        """As `wait_for_users`, for groups."""
        numbers = {"count": count, "atLeast": at_least, "atMost": at_most, "exactly": exactly}
        return int(self._waited("state/wait", {"groups": filter, "timeout": as_text(timeout), **numbers})["count"])

    def verify(
        self,
        match: str | None = None,
        *,
        count: int | Count | None = None,
        order: Sequence[str] | None = None,
        no_others: bool | None = None,
        since: int | None = None,
        within: Duration | None = None,
        lasting: Duration | None = None,
    ) -> list[Exchange]:
        """Asserts something about the traffic, and returns the exchanges that match.

        A number is exact; without `count`, one or more. `order` has filters for exchanges in this order, with
        others in between. `within` is how long it may take to become true, `lasting` how long it must stay so
        (`for` in the control API): `verify("op:delete", count=0, lasting=0.5)` is "never, for half a second".

        Raises:
            VerificationError: It is not so; the message has what was expected and found, and what came nearest.
            WaitTimeoutError: It did not become true, or did not stay so, in time.
            ApiError: The assertion says nothing, or cannot fail.
        """
        expectation = {
            "match": match,
            "count": count,
            "order": None if order is None else list(order),
            "noOthers": no_others,
            "since": since,
            "within": None if within is None else as_text(within),
            "for": None if lasting is None else as_text(lasting),
        }
        body = {name: value for name, value in expectation.items() if value is not None}
        patience = PATIENCE + (2 * LONGEST_WAIT if within is not None or lasting is not None else 0)
        found: list[Exchange] = self._api.call("POST", "requests/verify", body, patience=patience)["items"]
        return found

    def report(self, *, sender: str | None = None, since: int | None = None) -> Report:
        """What a strict server would refuse of all requests, or of those of a `sender` (a part of its name)."""
        report: Report = self._api.call("GET", "report", query={"from": sender, "since": since})
        return report

    def verify_no_findings(self, *, sender: str | None = None, since: int | None = None) -> None:
        """Asserts that a strict server would refuse nothing.

        Raises:
            VerificationError: It would, or exchanges have left the journal, so that nobody can tell.
        """
        report = self.report(sender=sender, since=since)
        lines = [
            f"{it['rule']} ({it['section']}, {it['count']} times): {it['what']}; every server takes {it['form']}\n"
            f"{it['first']['curl']}"
            for it in report["findings"]
        ]
        problem = {"expected": "no findings", "actual": report["findings"], "report": report}
        if lines:
            detail = "\n".join(["a strict server would refuse:", *lines])
            raise VerificationError(422, {"code": "verification-failed", "detail": detail, **problem})
        if report["missed"]:
            detail = f"{report['missed']} exchanges have left the journal, and their findings with them"
            raise VerificationError(409, {"code": "journal-incomplete", "detail": detail, **problem})

    def _waited(self, path: str, query: Query) -> Any:
        return self._api.call("GET", path, query=query, patience=LONGEST_WAIT + PATIENCE)
