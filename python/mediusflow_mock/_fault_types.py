"""The documents of faults, limits and the clock; docs/faults.md describes them."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class FaultMatch(TypedDict, total=False):
    """The condition on requests. A list matches if one of its values does."""

    operation: str | list[str]
    subject: str | list[str]
    method: str | list[str]
    path: str | list[str]
    header: dict[str, str] | list[dict[str, str]]
    body: dict[str, Any] | list[dict[str, Any]]


class FaultWhen(TypedDict, total=False):
    """The selection among the requests that match."""

    probability: float
    nth: int
    everyN: int
    times: int
    after: int
    firstPerSubject: bool
    sequence: list[Literal["fail", "pass"]]
    perSubject: bool
    between: dict[str, str]


class FaultAction(TypedDict, total=False):
    """What happens. A number in `delay` and `retryAfter` is the API's: milliseconds, and seconds."""

    status: int
    scimType: str
    detail: str
    retryAfter: int | str
    headers: dict[str, str]
    contentType: str
    html: str
    connection: Literal["reset", "close", "garbage", "hang"]
    truncateAfter: int
    staleBy: int
    expiredKey: bool
    wrongBasePath: bool
    delay: int | str | dict[str, Any]
    idToken: str | dict[str, Any]


class FaultRule(TypedDict):
    """A rule, with how many requests matched it and at how many of them the fault happened."""

    id: str
    match: NotRequired[FaultMatch]
    when: NotRequired[FaultWhen]
    action: FaultAction
    phase: Literal["before", "after"]
    matched: int
    fired: int


class Preset(TypedDict):
    """A set of rules that comes with the server."""

    name: str
    about: str
    rules: list[dict[str, Any]]
    limits: dict[str, Any] | None


class Rate(TypedDict):
    """So many requests in a time, and so many at once."""

    rate: float
    per: NotRequired[str | int]
    burst: NotRequired[float]


class Limits(TypedDict):
    """The limits of a tenant, and how many requests they refused."""

    tenant: NotRequired[Rate]
    key: NotRequired[Rate]
    operations: NotRequired[dict[str, Rate]]
    refused: int
    retriedEarly: int


class Clock(TypedDict):
    """The setting of a tenant's clock, its time `now`, and the server's."""

    mode: Literal["real", "frozen", "offset", "scaled"]
    now: str
    serverNow: str
