"""Who may sign in to MediusFlow, and signing in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._api import LONGEST_WAIT, PATIENCE, Api, quoted
from ._durations import Duration, as_text
from ._errors import hidden_in_traceback
from ._types import Session, SignedIn, SignInDecision, SignInHistory, SignInState

__tracebackhide__ = hidden_in_traceback


class SignInCalls:
    """The part of a tenant that is about sign-ins. `user` is an id or a `userName`."""

    _api: Api

    def can_sign_in(self, user: str, *, option: str | None = None) -> bool:
        """Whether this user may sign in, with their own login option or with another one."""
        return self.sign_in_decision(user, option=option)["allowed"]

    def sign_in_decision(self, user: str, *, option: str | None = None) -> SignInDecision:
        """Whether this user may sign in, and why. Nobody signs in, and nothing is recorded.

        Raises:
            ApiError: There is no such login option.
        """
        decision: SignInDecision = self._api.call("GET", f"users/{quoted(user)}/sign-in", query={"option": option})
        return decision

    def sign_in(self, user: str, *, option: str | None = None) -> SignedIn:
        """Signs somebody in: authorize, token, checks, session, each of them recorded.

        Raises:
            ApiError: `sign-in-refused`, with the `reason` in the problem.
        """
        body: dict[str, Any] = {"user": user} if option is None else {"user": user, "option": option}
        signed_in: SignedIn = self._api.call("POST", "sign-in", body)
        return signed_in

    def verify_sign_ins(
        self,
        user: str,
        sequence: Sequence[SignInState],
        *,
        since: int | None = None,
        within: Duration | None = None,
    ) -> SignInHistory:
        """Asserts the results of this user's sign-in over time: the one at the beginning, then each other one.

        Raises:
            VerificationError: They were others; the message has both sequences.
            ApiError: A state does not exist.
        """
        body: dict[str, Any] = {"user": user, "sequence": list(sequence)}
        if since is not None:
            body["since"] = since
        if within is not None:
            body["within"] = as_text(within)
        patience = PATIENCE + (LONGEST_WAIT if within is not None else 0)
        history: SignInHistory = self._api.call("POST", "sign-in/verify", body, patience=patience)
        return history

    def wait_for_sign_in(self, user: str, result: str = "works", *, timeout: Duration = 5) -> SignInDecision:
        """Waits until a sign-in of this user has this result, if only for a moment.

        Raises:
            WaitTimeoutError: It did not happen in time; the message has the present result.
        """
        query = {"user": user, "result": result, "timeout": as_text(timeout)}
        decision: SignInDecision = self._api.call("GET", "sign-in/wait", query=query, patience=LONGEST_WAIT + PATIENCE)
        return decision

    def sign_ins(self) -> list[Session]:
        """Who is logged in."""
        items: list[Session] = self._api.call("GET", "sign-ins")["items"]
        return items

    def sign_out_all(self) -> int:
        """Logs everybody out; returns how many sessions ended."""
        return int(self._api.call("DELETE", "sign-ins")["ended"])

    def pick_account(self, account: str, *, times: int | None = None) -> None:
        """Has the account picker of mock Entra answer itself, for a browser or a client that follows redirects."""
        body: dict[str, Any] = {"account": account} if times is None else {"account": account, "times": times}
        self._api.call("PUT", "sign-in", body)

    def ask_account(self) -> None:
        """Has the account picker ask again."""
        self._api.call("DELETE", "sign-in")

    def rotate_key(self, *, grace: Duration | None = None) -> None:
        """Has mock Entra sign with its next key. The one before stays published for the grace, a day by default."""
        self._api.call("POST", "sign-in/rotate-key", {} if grace is None else {"grace": as_text(grace)})
