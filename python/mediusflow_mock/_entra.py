"""Entra's provisioning service inside the server: a source directory and a job that provisions a tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ._api import Api
from ._errors import hidden_in_traceback
from ._job_types import Cycle, DirectoryObject, JobStatus, Mail, OnDemand, ProvisioningLog

__tracebackhide__ = hidden_in_traceback

REQUESTS_PER_SECOND = 1000
"""Entra sends 25 requests a second; a test need not wait for that."""

# A cycle of 10,000 users takes some ten seconds.
_LONGEST_CYCLE = 1800.0


class ProvisioningJob:
    """The provisioning job of a tenant. Its requests are ordinary ones, and go by the tenant's clock.

    Every call but `setup` raises `ApiError` with the code `no-job` if the tenant has no job.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def setup(
        self,
        directory: Mapping[str, Any] | None = None,
        *,
        scope: Literal["all", "assigned"] | None = None,
        requests_per_second: int | None = REQUESTS_PER_SECOND,
        accidental_deletion_threshold: int | None = None,
        skip_out_of_scope_deletions: bool | None = None,
        secret_token: str | None = None,
        configuration: str | None = None,
        start: bool | None = None,
    ) -> JobStatus:
        """Creates the job, or changes what is given.

        `directory` is `{"generate": {"users": 100, "groups": 8}}`, or `{"objects": {"users": [...], "groups":
        [...]}}` in the format of docs/entra.md. `configuration` is a job file, as TOML. With `start`, a cycle runs
        every 40 minutes of the tenant's clock.

        Raises:
            ApiError: An object or a setting is wrong (`field`); nothing has changed then.
        """
        given = {
            "directory": None if directory is None else dict(directory),
            "scope": scope,
            # A configuration says it itself.
            "requestsPerSecond": requests_per_second if configuration is None else None,
            "accidentalDeletionThreshold": accidental_deletion_threshold,
            "skipOutOfScopeDeletions": skip_out_of_scope_deletions,
            "secretToken": secret_token,
            "configuration": configuration,
            "start": start,
        }
        body = {name: value for name, value in given.items() if value is not None}
        status: JobStatus = self._api.call("PUT", "entra", body)
        return status

    def status(self) -> JobStatus:
        """The job: cycles (the latest first), quarantine, counts."""
        status: JobStatus = self._api.call("GET", "entra")
        return status

    def cycle(self) -> Cycle:
        """Runs a cycle, waits for its end and returns it. `good` is false if something was left undone."""
        answer = self._api.call("POST", "entra/cycle", query={"wait": True}, patience=_LONGEST_CYCLE)
        cycle: Cycle = answer["cycle"]
        return cycle

    def on_demand(
        self, user: str | None = None, *, group: str | None = None, members: Sequence[str] | None = None
    ) -> OnDemand:
        """Provisions one user, or one group with up to five members, at once.

        Raises:
            ApiError: `unknown-object`; neither a user nor a group is given.
        """
        given = {"user": user, "group": group, "members": None if members is None else list(members)}
        body = {name: value for name, value in given.items() if value is not None}
        answer: OnDemand = self._api.call("POST", "entra/on-demand", body)
        return answer

    def test_connection(self) -> None:
        """The portal's "Test Connection".

        Raises:
            ApiError: `connection-failed`, with Entra's error.
        """
        self._api.call("POST", "entra/test-connection")

    def start(self) -> JobStatus:
        """Runs a cycle every 40 minutes of the tenant's clock."""
        status: JobStatus = self._api.call("POST", "entra/start")
        return status

    def pause(self) -> JobStatus:
        """Runs cycles only when they are ordered."""
        status: JobStatus = self._api.call("POST", "entra/pause")
        return status

    def restart(self, scope: str = "Full") -> JobStatus:
        """The portal's "Restart provisioning", with Graph's scopes.

        Raises:
            ApiError: There is no such scope.
        """
        status: JobStatus = self._api.call("POST", "entra/restart", {"scope": scope})
        return status

    def allow_deletions(self) -> JobStatus:
        """Allows the deletions of the next cycle, whatever the threshold is."""
        status: JobStatus = self._api.call("POST", "entra/allow-deletions")
        return status

    def delete(self) -> None:
        """Stops and deletes the job."""
        self._api.call("DELETE", "entra")

    def directory(self) -> list[DirectoryObject]:
        """All users and groups of the source directory."""
        objects: list[DirectoryObject] = self._api.call("GET", "entra/directory")["objects"]
        return objects

    def change(self, changes: Sequence[Mapping[str, Any]]) -> None:
        """Changes the directory, completely or not at all; the next cycle provisions it.

        For example `[{"change": "setAttribute", "object": "anna@contoso.com", "attribute": "surname", "value":
        "Berg"}]`. `createUser`, `setManager`, `softDelete`, `join` and others work alike; /docs lists all.

        Raises:
            ApiError: A change is wrong (`field`), or its object does not exist.
        """
        self._api.call("POST", "entra/directory/changes", {"changes": [dict(it) for it in changes]})

    def disable(self, user: str) -> None:
        """Disables a user of the directory, by object id or user principal name.

        Raises:
            ApiError: It does not exist.
        """
        self.change([{"change": "disable", "object": user}])

    def enable(self, user: str) -> None:
        """Enables a user of the directory.

        Raises:
            ApiError: It does not exist.
        """
        self.change([{"change": "enable", "object": user}])

    def remove(self, name: str) -> None:
        """Deletes a user or group of the directory softly, as the portal does.

        Raises:
            ApiError: It does not exist.
        """
        self.change([{"change": "softDelete", "object": name}])

    def week(self, days: int = 5) -> None:
        """Makes the changes of the next days of a scripted week in the directory."""
        self._api.call("POST", "entra/week", {"days": days})

    def logs(
        self,
        *,
        status: str | None = None,
        action: str | None = None,
        object: str | None = None,
        cycle: str | None = None,
        limit: int | None = None,
    ) -> list[ProvisioningLog]:
        """The provisioning logs.

        `object` is a part of the name or id, `cycle` the `activityIdentifier` of a cycle.

        Raises:
            ApiError: There is no such status or action.
        """
        query = {"status": status, "action": action, "object": object, "cycle": cycle, "limit": limit}
        logs: list[ProvisioningLog] = self._api.call("GET", "entra/logs", query=query)["items"]
        return logs

    def mails(self) -> list[Mail]:
        """The latest notification mails, oldest first."""
        mails: list[Mail] = self._api.call("GET", "entra/mails")["items"]
        return mails
