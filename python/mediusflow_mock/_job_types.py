"""The documents of Entra's side; docs/control-api.md and docs/entra.md describe them."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class Cycle(TypedDict):
    """A cycle of the provisioning job that has ended. `good` says whether nothing is left undone."""

    activityIdentifier: str
    kind: Literal["initial", "incremental"]
    began: str
    ended: str
    good: bool
    outcome: str
    reason: str | None
    state: str
    counts: dict[str, int]


class JobSettings(TypedDict):
    """The settings of the job, without its secret token."""

    tenantUrl: str
    notificationEmail: str | None
    sendEmailWhenAFailureOccurs: bool
    scope: Literal["assigned", "all"]


class JobStatus(TypedDict):
    """The provisioning job; `job` is Graph's `synchronizationJob`."""

    job: dict[str, Any]
    cycles: list[Cycle]
    quarantine: dict[str, Any] | None
    running: dict[str, Any] | None
    started: bool
    nextCycle: str | None
    objects: int
    escrows: int
    day: int
    configurationFilters: list[str] | None
    settings: JobSettings


class OnDemand(TypedDict):
    """What provisioning on demand did, step by step; for a group also each member."""

    result: str
    steps: list[dict[str, Any]]
    members: list[dict[str, Any]]
    logs: list[dict[str, Any]]


class DirectoryObject(TypedDict):
    """A user or group of the source directory."""

    objectId: str
    kind: dict[str, Any]
    state: str
    attributes: dict[str, Any]
    roles: list[str]


class ProvisioningLog(TypedDict):
    """A line of the provisioning logs, as Graph's `provisioningObjectSummary`."""

    id: str
    activityDateTime: str
    cycleId: str
    provisioningAction: str
    provisioningStatusInfo: dict[str, Any]
    provisioningSteps: list[dict[str, Any]]
    modifiedProperties: list[dict[str, Any]]
    sourceIdentity: dict[str, Any]
    targetIdentity: dict[str, Any]


class Mail(TypedDict):
    """A notification mail of the job."""

    at: str
    to: str
    subject: str
    text: str
