"""One tenant, and everything that a test asks of it."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from ._api import PATIENCE, Api, Query, quoted
from ._clock import TenantClock
from ._entra import ProvisioningJob
from ._errors import ApiError, MediusflowError, hidden_in_traceback
from ._faults import Faults, LimitSettings
from ._resources import ResourceCalls
from ._sign_in import SignInCalls
from ._traffic import TrafficCalls
from ._types import TenantDetails

__tracebackhide__ = hidden_in_traceback


class Tenant(ResourceCalls, TrafficCalls, SignInCalls):
    """A tenant of a running server. As a context manager it deletes itself at the end."""

    name: str
    """The first segment of its addresses."""
    scim_url: str
    """The base of its SCIM service: the Tenant URL of Entra."""
    admin_url: str
    """The base of its admin console's API."""
    control_url: str
    """The base of its control API."""
    url: str
    """MediusFlow's login, for a browser."""
    authority: str
    """The authority of mock Entra, for an OpenID Connect client."""
    faults: Faults
    limits: LimitSettings
    clock: TenantClock
    entra: ProvisioningJob

    def __init__(self, api: Api, server_url: str, details: TenantDetails) -> None:
        """For `Server`, which makes and finds tenants."""
        self.name = details["tenant"]
        self.scim_url = details["scimUrl"]
        self.admin_url = details["adminUrl"]
        self.control_url = details["controlUrl"]
        self.url = f"{server_url}/{self.name}/"
        self.authority = f"{server_url}/{self.name}/entra"
        self._api = api
        self.faults = Faults(api)
        self.limits = LimitSettings(api)
        self.clock = TenantClock(api)
        self.entra = ProvisioningJob(api)

    def __repr__(self) -> str:
        return f"<Tenant {self.name} at {self.scim_url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.delete()
        except MediusflowError:
            # What failed in the block matters more than what failed because of it.
            if error is None:
                raise

    def details(self) -> TenantDetails:
        """What the server says of the tenant now: open steps, secret key, counts.

        Raises:
            ApiError: `unknown-tenant`, if it was deleted.
        """
        details: TenantDetails = self._api.call("GET", "")
        return details

    @property
    def secret_key(self) -> str:
        """The present secret key, which a SCIM client sends as bearer token.

        Raises:
            MediusflowError: The tenant has none yet.
        """
        key = self.details()["secretKey"]
        if key is None:
            raise MediusflowError(f"the tenant {self.name} has no secret key: it is fresh, and that step is open")
        return key

    @property
    def open_steps(self) -> list[str]:
        """The steps of the tutorial that are not done."""
        return self.details()["openSteps"]

    def call(
        self, method: str, path: str, body: object = None, *, query: Query | None = None, patience: float = PATIENCE
    ) -> Any:
        """Any other call of the control API below the tenant, such as `call("GET", "companies")`.

        Raises:
            ApiError: The API refused the call.
        """
        return self._api.call(method, path, body, query=query, patience=patience)

    def reset(self, to: str | None = None) -> None:
        """Puts state, traffic, faults, limits and clock back to the start, or to a snapshot.

        Raises:
            ApiError: There is no such snapshot.
        """
        self._api.call("POST", "reset", {} if to is None else {"to": to})

    def take_snapshot(self, name: str) -> None:
        """Keeps the present state under a name.

        Raises:
            ApiError: The name is taken, or is none.
        """
        self._api.call("POST", "snapshots", {"name": name})

    def restore(self, name: str) -> None:
        """Puts the state of a snapshot in place; the traffic goes on.

        Raises:
            ApiError: There is no such snapshot.
        """
        self._api.call("POST", f"snapshots/{quoted(name)}/restore")

    def export_state(self, *, secrets: bool = False) -> dict[str, Any]:
        """The whole state as a document; with `secrets`, keys are not masked."""
        state: dict[str, Any] = self._api.call("GET", "state", query={"secrets": secrets})
        return state

    def import_state(self, state: dict[str, Any]) -> None:
        """Replaces the whole state by a document of `export_state`, completely or not at all.

        Raises:
            ApiError: `invalid-state`, with the place in `field`.
        """
        self._api.call("PUT", "state", state)

    def digest(self) -> str:
        """The SHA-256 of the state. Times and the order of what was done are not part of it."""
        return str(self._api.call("GET", "state/digest")["sha256"])

    def delete(self) -> None:
        """Deletes the tenant, if it is there."""
        try:
            self._api.call("DELETE", "")
        except ApiError as refused:
            if refused.code != "unknown-tenant":
                raise
