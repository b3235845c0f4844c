"""The types of the documents are those that the server writes."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from scim_client import provision, scim

import mediusflow_mock as mock
from mediusflow_mock import Server, Tenant


def misfit(value: Any, kind: Any, place: str = "") -> str | None:
    """Where a value is not of a type; `None` if it is. Members that the type does not list are let be."""
    if kind is Any:
        return None
    origin, arguments = get_origin(kind), get_args(kind)
    if is_typeddict(kind):
        return _misfit_of_members(value, kind, place)
    if origin is NotRequired:
        return misfit(value, arguments[0], place)
    if origin in (Union, UnionType):
        misfits = [misfit(value, it, place) for it in arguments]
        return None if None in misfits else misfits[0]
    if origin is Literal:
        return None if value in arguments else f"{place}: {value!r} is none of {arguments}"
    if origin is list and isinstance(value, list):
        return next((it for n, item in enumerate(value) if (it := misfit(item, arguments[0], f"{place}[{n}]"))), None)
    if origin is dict and isinstance(value, dict):
        items = value.items()
        return next((it for k, item in items if (it := misfit(item, arguments[1], f"{place}.{k}"))), None)
    plain: Any = {float: (int, float), None: NoneType}.get(kind, origin or kind)
    fits = isinstance(value, plain) and (kind is bool or not isinstance(value, bool))
    return None if fits else f"{place}: {value!r} is no {kind}"


def _misfit_of_members(value: Any, kind: Any, place: str) -> str | None:
    if not isinstance(value, dict):
        return f"{place}: {value!r} is no {kind.__name__}"
    for name, member in get_type_hints(kind, include_extras=True).items():
        if name in value:
            if found := misfit(value[name], member, f"{place}.{name}"):
                return found
        elif kind.__total__ and get_origin(member) is not NotRequired:
            return f"{place}.{name} is missing"
    return None


def fits(value: Any, kind: Any) -> bool:
    """Whether a value is of a type; says where it is not."""
    found = misfit(value, kind)
    assert found is None, found
    return True


def test_the_check_finds_what_does_not_fit() -> None:
    assert misfit({"name": "a", "about": "b", "rules": [{}], "limits": None}, mock.Preset) is None
    assert misfit({"name": "a"}, mock.Preset) == ".about is missing"
    assert misfit({"rate": True}, mock.Rate) == ".rate: True is no <class 'float'>"
    assert misfit({"rate": 1, "per": []}, mock.Rate) == ".per: [] is no <class 'str'>"
    assert misfit([{"status": "400"}], list[mock.FaultAction]) == "[0].status: '400' is no <class 'int'>"


@pytest.mark.mediusflow(users=2)
def test_documents_of_a_tenant(server: Server, tenant: Tenant) -> None:
    made = provision(tenant, "anna@contoso.com")
    scim(tenant, "GET", "/Users?filter=title%20eq%20%22x%22")
    scim(tenant, "POST", "/Users", {"schemas": [], "userName": "x", "active": "True"})
    scim(tenant, "PATCH", f"/Users/{made['id']}", {"Operations": [{"op": "Replace", "value": {"active": "False"}}]})

    assert fits(tenant.details(), mock.TenantDetails)
    assert fits(tenant.traffic(), list[mock.Exchange])
    assert fits(tenant.exchange(2), mock.FullExchange)
    assert fits(tenant.report(), mock.Report) and tenant.report()["findings"]
    scim(tenant, "GET", "/../../nowhere")
    assert fits(server.unrouted(), list[mock.UnroutedExchange])


def test_documents_of_trouble(tenant: Tenant) -> None:
    tenant.faults.fail_next("user.create")
    tenant.faults.add({"delay": {"uniform": {"from": "1ms", "to": 2}}}, when={"probability": 0.5}, phase="after")
    assert fits(tenant.faults.rules(), list[mock.FaultRule])
    assert fits(tenant.faults.preset("bad-day"), list[mock.FaultRule])
    assert fits(tenant.faults.presets(), list[mock.Preset])
    assert fits(tenant.limits.set(tenant={"rate": 5}, key={"rate": 0.5, "per": "1m", "burst": 2}), mock.Limits)
    assert fits(tenant.clock.setting(), mock.Clock)


def test_documents_of_sign_ins(tenant: Tenant) -> None:
    provision(tenant, "anna@contoso.com")
    assert fits(tenant.sign_in_decision("anna@contoso.com"), mock.SignInDecision)
    assert fits(tenant.sign_in_decision("nobody@contoso.com"), mock.SignInDecision)
    assert fits(tenant.sign_in("anna@contoso.com"), mock.SignedIn)
    assert fits(tenant.sign_ins(), list[mock.Session])
    assert fits(tenant.verify_sign_ins("anna@contoso.com", ["notProvisioned", "works"]), mock.SignInHistory)


def test_documents_of_the_job(tenant: Tenant) -> None:
    job = tenant.entra
    assert fits(job.setup({"generate": {"users": 4, "groups": 1}}), mock.JobStatus)
    tenant.faults.fail_next("user.create", 400)
    assert fits(job.cycle(), mock.Cycle)
    assert fits(job.status(), mock.JobStatus)
    assert fits(job.directory(), list[mock.DirectoryObject])
    user = next(it["objectId"] for it in job.directory() if it["kind"]["type"] == "user")
    assert fits(job.on_demand(user), mock.OnDemand)
    assert fits(job.logs(), list[mock.ProvisioningLog])
