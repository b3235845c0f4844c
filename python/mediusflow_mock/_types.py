"""The documents of a tenant, its traffic and its sign-ins, as docs/control-api.md describes them.

Members that are not listed here are there all the same. Times are texts (RFC 3339).
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Resource = dict[str, Any]
"""A user or a group in the format of SCIM. Which attributes there are, the tenant's schemas say."""

Profile = Literal["mediusflow", "rfc"]
"""How a tenant speaks SCIM: as the tutorial documents it, or the whole standard."""

SignInState = Literal["works", "notProvisioned", "disabled", "noConfiguration", "ambiguous", "unsupportedOption"]
"""The result of a sign-in with the user's own login option."""


class TenantSource(TypedDict):
    """Where a new tenant takes its state from: another tenant, as it is now or as in a snapshot."""

    tenant: str
    snapshot: NotRequired[str]


class TenantDetails(TypedDict):
    """A tenant, as `GET /_mock/v1/tenants/{tenant}` shows it."""

    tenant: str
    scimUrl: str
    adminUrl: str
    controlUrl: str
    environment: str
    secretKey: str | None
    openSteps: list[str]
    profile: Profile
    seed: int
    users: int
    groups: int
    running: int
    waiters: int
    seq: int
    rev: int


class Subject(TypedDict):
    """What a request is about."""

    kind: str
    id: str | None
    name: str | None


class Change(TypedDict):
    """An attribute before and after a write."""

    path: str
    before: Any
    after: Any


class Effect(TypedDict):
    """What a write changed in one resource."""

    kind: str
    subject: Subject
    changes: list[Change]


class Exchange(TypedDict):
    """A recorded request with its answer, without headers and bodies."""

    seq: int
    at: str
    durationMs: float
    method: str
    target: str
    status: int
    operation: str
    summary: str
    auth: str
    subject: Subject | None
    effects: list[Effect]
    findings: list[dict[str, Any]]
    problem: dict[str, Any] | None
    fault: dict[str, Any] | None


class Message(TypedDict):
    """A request or an answer as it was sent. Secrets are masked; a long body is `cut`."""

    headers: list[list[str]]
    body: str
    size: int
    cut: bool


class FullExchange(Exchange):
    """A recorded request with headers and bodies."""

    request: Message
    response: Message


class UnroutedExchange(FullExchange):
    """A request that reached no tenant."""

    guess: str | None


class FirstExchange(TypedDict):
    """The first exchange with a deviation, with a `curl` line that sends it again."""

    seq: int
    at: str
    summary: str
    curl: str


class Finding(TypedDict):
    """A deviation from SCIM that the tenant accepted, and that a strict server refuses."""

    rule: str
    section: str
    what: str
    instead: str
    form: str
    sentBy: str
    count: int
    at: list[str]
    first: FirstExchange


class Report(TypedDict):
    """The findings of all exchanges."""

    findings: list[Finding]
    read: int
    unread: int
    missed: int
    refused: list[str]
    seq: int


class SignInReason(TypedDict):
    """Why a sign-in is refused."""

    code: str
    text: str


class SignInDecision(TypedDict):
    """Whether a user may sign in, and why."""

    allowed: bool
    result: str
    reason: SignInReason | None
    option: str | None
    nameIdentifier: str
    user: dict[str, str] | None
    seq: int


class Session(TypedDict):
    """Who is logged in (`user` is an id), by which login option, and until when."""

    kind: str
    user: str
    option: str
    began: str
    expires: str


class SessionCookie(TypedDict):
    """The cookie of a session, as `NAME=VALUE`."""

    cookie: str


class SignedIn(TypedDict):
    """A sign-in that worked: the session, the claims of the ID token, and what MediusFlow made of the user."""

    session: SessionCookie
    claims: dict[str, Any] | None
    view: dict[str, Any] | None


class SignInHistory(TypedDict):
    """The results of a user's sign-in over time."""

    sequence: list[SignInState]
    items: list[dict[str, Any]]
    complete: bool
    seq: int
