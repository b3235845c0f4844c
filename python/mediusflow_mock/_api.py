"""Calls of the control API, with the standard library's client."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from ._errors import ServerGoneError, hidden_in_traceback, of_problem
from ._process import Process

__tracebackhide__ = hidden_in_traceback

Query = Mapping[str, str | int | bool | None]
"""Parameters of a call; those that are `None` are left out."""

PATIENCE = 60.0
"""How long an answer may take, in seconds, on top of what the call itself waits for."""

LONGEST_WAIT = 600.0
"""How long the server lets a call wait, in seconds."""

# The proxies of the environment are for the internet, and not for a server on this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Api:
    """The control API below one address."""

    def __init__(self, url: str, process: Process, token: str | None) -> None:
        self.url = url
        self._process = process
        self._token = token

    def below(self, url: str) -> Api:
        """The same API below another address of the same server."""
        return Api(url, self._process, self._token)

    def call(
        self, method: str, path: str, body: object = None, *, query: Query | None = None, patience: float = PATIENCE
    ) -> Any:
        """Calls the API and returns the JSON of the answer, its text if it is none, or `None` if it is empty.

        Raises:
            ApiError: The API refused the call.
            ServerGoneError: There is no answer.
        """
        request = urllib.request.Request(self._address(path, query), method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with _OPENER.open(request, timeout=patience) as answer:
                return _content(answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                content = _content(refused.headers, refused.read())
            problem = content if isinstance(content, dict) else {"detail": content}
            raise of_problem(refused.code, problem) from None
        except (OSError, http.client.HTTPException) as error:
            raise self._gone(f"{method} {path}", error) from error

    def _address(self, path: str, query: Query | None) -> str:
        address = f"{self.url}/{path}" if path else self.url
        given = {name: _parameter(value) for name, value in (query or {}).items() if value is not None}
        return f"{address}?{urllib.parse.urlencode(given)}" if given else address

    def _gone(self, call: str, error: Exception) -> ServerGoneError:
        # A server that is ending closes its connections before it is gone.
        exit_code = self._process.exit_code(0.5)
        reason = getattr(error, "reason", None) or error
        state = f"it runs (pid {self._process.ready['pid']})"
        if exit_code is not None:
            state = f"it ended with exit code {exit_code}"
        message = f"{call}: no answer from the server at {self.url}: {reason}; {state}"
        return ServerGoneError(message + self._process.last_words(), exit_code, self._process.stderr)


def quoted(segment: str) -> str:
    """A name or id as one segment of an address."""
    return urllib.parse.quote(segment, safe="")


def _parameter(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _content(headers: Any, content: bytes) -> Any:
    text = content.decode()
    if not text:
        return None
    return json.loads(text) if headers.get_content_type().endswith("json") else text
