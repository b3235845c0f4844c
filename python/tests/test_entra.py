"""Entra's provisioning job provisions the tenant of the test."""

from __future__ import annotations

import pytest

from mediusflow_mock import ApiError, Tenant

COMPANY = {
    "objects": {
        "users": [
            {"userPrincipalName": "ada@contoso.com", "displayName": "Ada Berg", "assigned": True},
            {"userPrincipalName": "bob@contoso.com", "displayName": "Bob Ek", "assigned": True},
        ],
        "groups": [{"displayName": "Finance", "members": ["ada@contoso.com"], "assigned": True}],
    }
}

pytestmark = pytest.mark.mediusflow(users=0, groups=0)


def test_cycles_follow_the_directory(tenant: Tenant) -> None:
    tenant.entra.setup(COMPANY)
    tenant.entra.test_connection()

    first = tenant.entra.cycle()
    assert (first["good"], first["kind"], first["counts"]["created"]) == (True, "initial", 3)
    assert tenant.can_sign_in("ada@contoso.com")
    tenant.entra.disable("ada@contoso.com")
    tenant.entra.remove("bob@contoso.com")
    second = tenant.entra.cycle()
    assert (second["kind"], second["counts"]["disabled"]) == ("incremental", 2)
    assert not tenant.can_sign_in("ada@contoso.com")
    tenant.entra.enable("ada@contoso.com")
    tenant.entra.cycle()
    tenant.verify_sign_ins("ada@contoso.com", ["notProvisioned", "works", "disabled", "works"])
    assert [it["activityIdentifier"] for it in tenant.entra.status()["cycles"]][1:] == [
        second["activityIdentifier"],
        first["activityIdentifier"],
    ]


def test_one_user_on_demand(tenant: Tenant) -> None:
    tenant.entra.setup(COMPANY)

    assert tenant.entra.on_demand("ada@contoso.com")["result"] == "success"
    group = tenant.entra.on_demand(group="Finance", members=["ada@contoso.com"])
    assert [(it["name"], it["status"]) for it in group["members"]] == [("Ada Berg", "success")]
    assert [it["userName"] for it in tenant.users()] == ["ada@contoso.com"]
    with pytest.raises(ApiError, match="no user or group") as refused:
        tenant.entra.on_demand("nobody@contoso.com")
    assert refused.value.code == "unknown-object"


def test_a_failure_is_in_cycle_and_logs(tenant: Tenant) -> None:
    tenant.entra.setup(COMPANY)
    tenant.faults.fail_next("user.create", 400, times=1)

    cycle = tenant.entra.cycle()
    assert (cycle["good"], cycle["counts"]["failed"]) == (False, 1)
    (log,) = tenant.entra.logs(status="failure", cycle=cycle["activityIdentifier"], action="create")
    assert log["provisioningStatusInfo"]["status"] == "failure"
    assert tenant.entra.logs(object="nobody", limit=1) == []
    assert tenant.entra.mails() == []


def test_the_job_is_started_paused_restarted_and_deleted(tenant: Tenant) -> None:
    tenant.entra.setup({"generate": {"users": 5, "groups": 1}}, scope="all", start=False)

    assert len(tenant.entra.directory()) == 6
    tenant.entra.change([{"change": "setAttribute", "object": _anybody(tenant), "attribute": "city", "value": "Oslo"}])
    tenant.entra.week(1)
    assert tenant.entra.start()["started"]
    assert not tenant.entra.pause()["started"]
    tenant.entra.restart("Full")
    tenant.entra.allow_deletions()
    tenant.entra.delete()
    with pytest.raises(ApiError) as refused:
        tenant.entra.status()
    assert refused.value.code == "no-job"


def _anybody(tenant: Tenant) -> str:
    return next(it["objectId"] for it in tenant.entra.directory() if it["kind"]["type"] == "user")


def test_a_directory_with_a_mistake_changes_nothing(tenant: Tenant) -> None:
    with pytest.raises(ApiError) as refused:
        tenant.entra.setup({"objects": {"users": [{"userPrincipalName": "ada@contoso.com", "jobTitl": "CEO"}]}})
    assert "jobTitle" in str(refused.value)
    with pytest.raises(ApiError, match="has no provisioning job"):
        tenant.entra.cycle()


def test_a_job_file_sets_the_job_up(tenant: Tenant) -> None:
    tenant.entra.setup(COMPANY, configuration="[groups]\nenabled = false\n")

    assert tenant.entra.cycle()["counts"]["created"] == 2
