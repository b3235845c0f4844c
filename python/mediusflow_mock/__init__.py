"""A MediusFlow tenant on your own machine, for tests: its SCIM service, its login, and Entra's provisioning.

    from mediusflow_mock import start

    with start() as server:
        with server.new_tenant("Orders", users=3) as tenant:
            provision(tenant.scim_url, tenant.secret_key)  # the client that you test
            tenant.verify("op:create", count=1)

With pytest, the fixtures `mediusflow_server` and `mediusflow_tenant` do the first two lines.
"""

from ._clock import TenantClock
from ._durations import Duration
from ._entra import ProvisioningJob
from ._errors import (
    ApiError,
    MediusflowError,
    ProgramError,
    ServerGoneError,
    StartError,
    VerificationError,
    WaitTimeoutError,
)
from ._fault_types import Clock, FaultAction, FaultMatch, FaultRule, FaultWhen, Limits, Preset, Rate
from ._faults import Faults, LimitSettings
from ._job_types import Cycle, DirectoryObject, JobSettings, JobStatus, Mail, OnDemand, ProvisioningLog
from ._naming import tenant_name
from ._program import program
from ._server import Server, TenantOptions, start
from ._tenant import Tenant
from ._traffic import Count
from ._types import (
    Change,
    Effect,
    Exchange,
    Finding,
    FullExchange,
    Message,
    Profile,
    Report,
    Resource,
    Session,
    SessionCookie,
    SignedIn,
    SignInDecision,
    SignInHistory,
    SignInState,
    Subject,
    TenantDetails,
    TenantSource,
    UnroutedExchange,
)

__all__ = [
    "ApiError",
    "Change",
    "Clock",
    "Count",
    "Cycle",
    "DirectoryObject",
    "Duration",
    "Effect",
    "Exchange",
    "FaultAction",
    "FaultMatch",
    "FaultRule",
    "FaultWhen",
    "Faults",
    "Finding",
    "FullExchange",
    "JobSettings",
    "JobStatus",
    "LimitSettings",
    "Limits",
    "Mail",
    "MediusflowError",
    "Message",
    "OnDemand",
    "Preset",
    "Profile",
    "ProgramError",
    "ProvisioningJob",
    "ProvisioningLog",
    "Rate",
    "Report",
    "Resource",
    "Server",
    "ServerGoneError",
    "Session",
    "SessionCookie",
    "SignInDecision",
    "SignInHistory",
    "SignInState",
    "SignedIn",
    "StartError",
    "Subject",
    "Tenant",
    "TenantClock",
    "TenantDetails",
    "TenantOptions",
    "TenantSource",
    "UnroutedExchange",
    "VerificationError",
    "WaitTimeoutError",
    "program",
    "start",
    "tenant_name",
]
