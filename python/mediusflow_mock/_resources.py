"""Users and groups, read and edited as a test may: without a key, recorded as made by `test`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ._api import Api, quoted
from ._errors import ApiError, hidden_in_traceback
from ._types import Resource

__tracebackhide__ = hidden_in_traceback

_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_PAGE = 1000


class ResourceCalls:
    """The part of a tenant that is about users and groups."""

    _api: Api

    def users(self, filter: str | None = None) -> list[Resource]:
        """All users, or those that match a SCIM filter (every attribute can be used).

        Raises:
            ApiError: `invalid-filter`; the detail names the place.
        """
        return list(self._listed("users", filter))

    def user(self, name: str) -> Resource | None:
        """The user with this id or `userName`, or `None`."""
        return self._found("users", "userName", name)

    def new_user(self, user: Mapping[str, Any]) -> Resource:
        """Creates a user; `schemas` may be left out.

        Raises:
            ApiError: What a SCIM client would be refused for, such as `uniqueness` of the `userName`.
        """
        return self._made("users", user)

    def change_user(self, name: str, operations: Sequence[Mapping[str, Any]]) -> None:
        """Changes the user with this id or `userName` by the operations of a SCIM PATCH.

        Raises:
            ApiError: `unknown-resource`, or what a SCIM client would be refused for.
        """
        self._changed("users", "userName", name, operations)

    def delete_user(self, name: str) -> None:
        """Deletes the user with this id or `userName`.

        Raises:
            ApiError: `unknown-resource`.
        """
        self._deleted("users", "userName", name)

    def groups(self, filter: str | None = None) -> list[Resource]:
        """All groups, or those that match a SCIM filter.

        Raises:
            ApiError: `invalid-filter`; the detail names the place.
        """
        return list(self._listed("groups", filter))

    def group(self, name: str) -> Resource | None:
        """The group with this id or `displayName`, or `None`; of several, the first that was created."""
        return self._found("groups", "displayName", name)

    def new_group(self, group: Mapping[str, Any]) -> Resource:
        """Creates a group; `schemas` may be left out.

        Raises:
            ApiError: What a SCIM client would be refused for.
        """
        return self._made("groups", group)

    def change_group(self, name: str, operations: Sequence[Mapping[str, Any]]) -> None:
        """Changes the group with this id or `displayName` by the operations of a SCIM PATCH.

        Raises:
            ApiError: `unknown-resource`, or what a SCIM client would be refused for.
        """
        self._changed("groups", "displayName", name, operations)

    def delete_group(self, name: str) -> None:
        """Deletes the group with this id or `displayName`.

        Raises:
            ApiError: `unknown-resource`.
        """
        self._deleted("groups", "displayName", name)

    def _listed(self, kind: str, filter: str | None) -> Iterator[Resource]:
        # A cursor holds a place, so no page is spoilt by a client that writes meanwhile (RFC 9865).
        cursor: str | None = ""
        while cursor is not None:
            page = self._api.call("GET", kind, query={"filter": filter, "count": _PAGE, "cursor": cursor})
            yield from page.get("Resources", [])
            cursor = page.get("nextCursor")

    def _found(self, kind: str, attribute: str, name: str) -> Resource | None:
        text = json.dumps(name)
        found = self._api.call(
            "GET", kind, query={"filter": f"id eq {text} or {attribute} eq {text}", "count": 1, "startIndex": 1}
        )
        resources: list[Resource] = found.get("Resources", [])
        return resources[0] if resources else None

    def _made(self, kind: str, resource: Mapping[str, Any]) -> Resource:
        made: Resource = self._api.call("POST", kind, dict(resource))
        return made

    def _changed(self, kind: str, attribute: str, name: str, operations: Sequence[Mapping[str, Any]]) -> None:
        body = {"schemas": [_PATCH], "Operations": [dict(it) for it in operations]}
        self._api.call("PATCH", f"{kind}/{self._id(kind, attribute, name)}", body)

    def _deleted(self, kind: str, attribute: str, name: str) -> None:
        self._api.call("DELETE", f"{kind}/{self._id(kind, attribute, name)}")

    def _id(self, kind: str, attribute: str, name: str) -> str:
        found = self._found(kind, attribute, name)
        if found is None:
            # The server's own refusal, with its guess at what was meant.
            self._api.call("GET", f"{kind}/{quoted(name)}")
            raise ApiError(404, {"code": "unknown-resource", "detail": f"{name!r} is not in {kind}"})
        return quoted(str(found["id"]))
