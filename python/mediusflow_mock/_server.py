"""A running server, and how it is started."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack

from . import _program
from ._api import PATIENCE, Api, Query, quoted
from ._durations import Duration, as_text
from ._errors import ProgramError, hidden_in_traceback
from ._process import Process
from ._tenant import Tenant
from ._types import Profile, TenantDetails, TenantSource, UnroutedExchange

__tracebackhide__ = hidden_in_traceback


class TenantOptions(TypedDict, total=False):
    """What a new tenant is like; what is left out is as in the server's own tenants."""

    users: int
    groups: int
    companies: int
    locale: str
    seed: int
    profile: Profile
    settings: dict[str, Any]
    """SCIM settings: docs/settings.md lists them."""
    fresh: bool
    """Whether the tutorial's eleven steps are open; then there is no key."""
    time_to_live: Duration
    source: TenantSource
    """Another tenant whose state it gets; then only `time_to_live` may stand beside it."""


_WIRE_NAMES = {"time_to_live": "timeToLive", "source": "from"}


class Server:
    """A running server. As a context manager it stops at the end, and with this process in any case."""

    url: str
    scim_url: str
    """The base of the SCIM service of the server's own tenant."""
    control_url: str
    pid: int
    seed: int
    version: str

    def __init__(self, process: Process) -> None:
        """For `start`."""
        ready = process.ready
        self.url = ready["url"]
        self.scim_url = ready["scimUrl"]
        self.control_url = ready["controlUrl"]
        self.pid = ready["pid"]
        self.seed = ready["seed"]
        self.version = ready["version"]
        self._own_tenant: str = ready["tenant"]
        self._process = process
        self._api = Api(self.control_url, process, ready.get("controlToken"))

    def __repr__(self) -> str:
        return f"<Server {self.url} pid {self.pid}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def stderr(self) -> str:
        """The last lines that the program wrote to stderr."""
        return self._process.stderr

    @property
    def secret_key(self) -> str:
        """The present secret key of the server's own tenant.

        Raises:
            MediusflowError: It has none yet.
        """
        return self.tenant().secret_key

    def stop(self) -> int:
        """Stops the server; returns its exit code. A second call does nothing."""
        return self._process.stop()

    def tenant(self, name: str | None = None) -> Tenant:
        """A tenant that is there; without a name, the server's own.

        Raises:
            ApiError: `unknown-tenant`; the detail lists those that are there.
        """
        name = name or self._own_tenant
        return self._as_tenant(self._api.call("GET", f"tenants/{quoted(name)}"))

    def new_tenant(self, name: str | None = None, **options: Unpack[TenantOptions]) -> Tenant:
        """Creates a tenant. One with a name has the same ids, names and keys in every run.

        Raises:
            ApiError: The name is taken or no tenant name (letters and digits, at most 63), or an option is wrong.
        """
        body: dict[str, Any] = {_WIRE_NAMES.get(option, option): value for option, value in options.items()}
        if name is not None:
            body["name"] = name
        if "timeToLive" in body:
            body["timeToLive"] = as_text(body["timeToLive"])
        return self._as_tenant(self._api.call("POST", "tenants", body))

    def tenants(self) -> list[str]:
        """The names of all tenants."""
        return [it["tenant"] for it in self._api.call("GET", "tenants")["items"]]

    def unrouted(self, *, since: int | None = None) -> list[UnroutedExchange]:
        """The requests that reached no tenant, such as those to a wrong path, oldest first."""
        items: list[UnroutedExchange] = self._api.call("GET", "unrouted", query={"since": since})["items"]
        return items

    def call(
        self, method: str, path: str, body: object = None, *, query: Query | None = None, patience: float = PATIENCE
    ) -> Any:
        """Any other call of the control API of the server, such as `call("PATCH", "config", {...})`.

        Raises:
            ApiError: The API refused the call.
        """
        return self._api.call(method, path, body, query=query, patience=patience)

    def _as_tenant(self, details: TenantDetails) -> Tenant:
        # The addresses of the details begin with the public URL, if one was set meanwhile.
        url = f"{self.control_url}/tenants/{details['tenant']}"
        return Tenant(self._api.below(url), self.url, details)


def start(
    *,
    users: int | None = None,
    groups: int | None = None,
    seed: int | None = None,
    profile: Profile | None = None,
    fresh: bool | None = None,
    tenant: str | None = None,
    tenant_file: str | os.PathLike[str] | None = None,
    schemas: Iterable[str | os.PathLike[str]] = (),
    state: str | os.PathLike[str] | None = None,
    port: int = 0,
    log_level: str = "warn",
    flags: Sequence[str] = (),
    program: str | os.PathLike[str] | None = None,
    timeout: float = 30,
) -> Server:
    """Starts a server on a free port (or on `port`) and returns when it is ready.

    Options that are left out are those of `mediusflow-mock serve`, with its environment variables and its
    mediusflow-mock.toml in the working directory. `state` is a file that keeps the tenants (docs/state.md), `flags`
    are further flags, `program` is the path of another program than that of the package, and `timeout` is how many
    seconds it may take to be ready. A public URL is set afterwards: `call("PATCH", "config", {"publicUrl": ...})`.

    The server stops with `stop`, at the end of a `with`, or with this process, even if that is killed.

    Raises:
        ProgramError: The program is missing, cannot be executed, or is of another version than the package.
        StartError: It did not start: an option is wrong, a file cannot be read, the port is taken.
    """
    path = _program.executable(os.fspath(program), "the option program") if program else _program.program()
    values = {
        "port": port,
        "log-level": log_level,
        "users": users,
        "groups": groups,
        "seed": seed,
        "profile": profile,
        "tenant": tenant,
        "tenant-file": tenant_file and os.fspath(tenant_file),
        "state": state and os.fspath(state),
    }
    arguments = ["serve"] + [f"--{name}={value}" for name, value in values.items() if value is not None]
    if fresh is not None:
        arguments.append(f"--fresh={str(fresh).lower()}")
    arguments += [f"--schemas={os.fspath(it)}" for it in schemas]
    process = Process(path, [*arguments, *flags], timeout)
    try:
        _program.require_version(path, process.ready["version"])
    except ProgramError:
        process.stop()
        raise
    return Server(process)
