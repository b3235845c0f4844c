"""Faults and limits of a tenant: docs/faults.md describes the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ._api import Api, quoted
from ._errors import hidden_in_traceback
from ._fault_types import FaultAction, FaultMatch, FaultRule, FaultWhen, Limits, Preset, Rate

__tracebackhide__ = hidden_in_traceback


class Faults:
    """The fault rules of a tenant. A reset removes them."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def add(
        self,
        action: FaultAction,
        *,
        match: FaultMatch | None = None,
        when: FaultWhen | None = None,
        phase: Literal["before", "after"] | None = None,
        id: str | None = None,
    ) -> FaultRule:
        """Adds a rule after the others. In the phase `after` the operation is done, and only its answer suffers.

        Raises:
            ApiError: A member is wrong (`field`), or the id is taken.
        """
        given = {"id": id, "match": match, "when": when, "action": action, "phase": phase}
        rule: FaultRule = self._api.call("POST", "faults", {k: v for k, v in given.items() if v is not None})
        return rule

    def fail_next(self, operation: str, status: int = 503, *, times: int = 1) -> FaultRule:
        """Answers the next requests for an operation, such as `user.create`, with a status; nothing is done.

        Raises:
            ApiError: There is no such operation, or the status is none of an answer.
        """
        return self.add({"status": status}, match={"operation": operation}, when={"times": times})

    def preset(self, name: str) -> list[FaultRule]:
        """Adds the rules and limits of a preset, such as `flaky` or `throttle`.

        Raises:
            ApiError: `unknown-preset`; the detail lists them.
        """
        rules: list[FaultRule] = self._api.call("POST", f"faults/presets/{quoted(name)}")["rules"]
        return rules

    def presets(self) -> list[Preset]:
        """The presets of the server."""
        presets: list[Preset] = self._api.call("GET", "faults/presets")["items"]
        return presets

    def rules(self) -> list[FaultRule]:
        """The rules in the order in which they are tested, with their counts."""
        rules: list[FaultRule] = self._api.call("GET", "faults")["items"]
        return rules

    def remove(self, id: str) -> None:
        """Removes a rule.

        Raises:
            ApiError: `unknown-fault`; the detail lists the rules.
        """
        self._api.call("DELETE", f"faults/{quoted(id)}")

    def clear(self) -> int:
        """Removes all rules; returns how many there were. Limits stay."""
        return int(self._api.call("DELETE", "faults")["removed"])


class LimitSettings:
    """The rate limits of a tenant: token buckets. A reset removes them."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self) -> Limits:
        """The limits, and how many requests they `refused`."""
        limits: Limits = self._api.call("GET", "limits")
        return limits

    def set(
        self,
        *,
        tenant: Rate | None = None,
        key: Rate | None = None,
        operations: Mapping[str, Rate] | None = None,
    ) -> Limits:
        """Replaces the limits, with full buckets.

        Raises:
            ApiError: A number or an operation is wrong (`field`).
        """
        given: dict[str, Any] = {"tenant": tenant, "key": key, "operations": operations and dict(operations)}
        limits: Limits = self._api.call("PUT", "limits", {k: v for k, v in given.items() if v is not None})
        return limits

    def clear(self) -> None:
        """Removes all limits."""
        self._api.call("PUT", "limits", {})
