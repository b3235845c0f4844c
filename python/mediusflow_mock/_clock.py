"""The clock of a tenant: changes, expiry and the provisioning job go by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ._api import Api
from ._durations import Duration, as_text
from ._errors import hidden_in_traceback
from ._fault_types import Clock

__tracebackhide__ = hidden_in_traceback


class TenantClock:
    """The clock of a tenant. A reset puts it back to the server's time."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def now(self) -> datetime:
        """The tenant's time, in UTC, to the microsecond."""
        return as_datetime(self.setting()["now"])

    def setting(self) -> Clock:
        """How the clock is set."""
        clock: Clock = self._api.call("GET", "clock")
        return clock

    def advance(self, by: Duration) -> datetime:
        """Moves the clock forward, however it is set; returns the new time.

        Raises:
            ApiError: The duration is none, or is negative.
        """
        clock: Clock = self._api.call("POST", "clock/advance", {"by": as_text(by)})
        return as_datetime(clock["now"])

    def freeze(self, at: datetime | str | None = None) -> datetime:
        """Stops the clock, now or at a time; returns that time.

        Raises:
            ValueError: The `datetime` has no time zone.
            ApiError: The time is none.
        """
        return self._set({"mode": "frozen"} if at is None else {"mode": "frozen", "at": _as_text(at)})

    def offset(self, by: Duration) -> datetime:
        """Sets the clock so far off the server's time; a negative duration is behind it.

        Raises:
            ApiError: The duration is none.
        """
        return self._set({"mode": "offset", "by": as_text(by)})

    def scale(self, factor: float, *, start: datetime | str | None = None) -> datetime:
        """Lets the clock run so many times as fast, from now or from a time.

        Raises:
            ValueError: The `datetime` has no time zone.
            ApiError: The factor is out of range.
        """
        setting: dict[str, Any] = {"mode": "scaled", "factor": factor}
        return self._set(setting if start is None else {**setting, "from": _as_text(start)})

    def real(self) -> datetime:
        """Puts the clock back to the server's time."""
        return self._set({"mode": "real"})

    def _set(self, setting: dict[str, Any]) -> datetime:
        clock: Clock = self._api.call("PUT", "clock", setting)
        return as_datetime(clock["now"])


def as_datetime(text: str) -> datetime:
    """A time of the API, to the microsecond."""
    return datetime.fromisoformat(text)


def _as_text(time: datetime | str) -> str:
    if isinstance(time, str):
        return time
    if time.tzinfo is None:
        raise ValueError(f"{time!r} has no time zone")
    return time.isoformat()
