"""Reading, awaiting and asserting the traffic."""

from __future__ import annotations

import threading

import pytest
from scim_client import provision, scim

from mediusflow_mock import ApiError, Tenant, VerificationError, WaitTimeoutError


def test_the_traffic_has_what_was_sent(tenant: Tenant) -> None:
    before = tenant.cursor()
    made = provision(tenant, "anna@contoso.com")
    scim(tenant, "GET", f"/Users/{made['id']}")

    (created,) = tenant.traffic("op:create")
    assert (created["status"], created["seq"]) == (201, before + 1)
    assert tenant.traffic("op:create", since=created["seq"]) == []
    assert [it["operation"] for it in tenant.traffic(limit=1)] == ["create"]
    full = tenant.exchange(created["seq"])
    assert "anna@contoso.com" in full["request"]["body"]
    assert tenant.secret_key not in str(full)


def test_more_exchanges_than_a_page_are_read(tenant: Tenant) -> None:
    made = tenant.new_user({"userName": "anna@contoso.com"})
    for n in range(1001):
        tenant.call("PATCH", f"users/{made['id']}", _title(n))

    assert len(tenant.traffic("op:patch")) == 1001
    assert len(tenant.traffic("op:patch", limit=1000)) == 1000


def _title(n: int) -> dict[str, object]:
    return {"Operations": [{"op": "replace", "path": "title", "value": f"no. {n}"}]}


def test_a_wait_wakes_when_it_happens(tenant: Tenant) -> None:
    thread = threading.Thread(target=_provision_when_somebody_waits, args=(tenant,))
    thread.start()

    (found,) = tenant.wait_for("op:create user:late@contoso.com status:201", timeout=30)

    thread.join()
    assert found["status"] == 201


def _provision_when_somebody_waits(tenant: Tenant) -> None:
    while tenant.details()["waiters"] == 0:
        pass
    provision(tenant, "late@contoso.com")


def test_a_wait_says_what_came_nearest(tenant: Tenant) -> None:
    provision(tenant, "anna@contoso.com")

    with pytest.raises(WaitTimeoutError, match="op:delete does not hold: create") as late:
        tenant.wait_for("op:delete", timeout=0.01)
    assert (late.value.status, late.value.problem["actual"]) == (408, "none of 1")
    assert isinstance(late.value, AssertionError)


def test_too_many_end_a_wait(tenant: Tenant) -> None:
    provision(tenant, "anna@contoso.com")

    with pytest.raises(VerificationError):
        tenant.wait_for("op:create", exactly=0, timeout="10s")
    assert tenant.wait_for("op:delete", exactly=0, timeout=0.01) == []


def test_a_state_is_awaited(tenant: Tenant) -> None:
    provision(tenant, "anna@contoso.com")

    assert tenant.wait_for_users('userName eq "anna@contoso.com"', exactly=1) == 1
    assert tenant.wait_for_groups('displayName eq "none"', exactly=0) == 0
    with pytest.raises(WaitTimeoutError, match="found 0"):
        tenant.wait_for_users("active eq false", timeout=0.01)
    tenant.wait_idle(quiet=0.001)


def test_an_assertion_holds_or_says_why_not(tenant: Tenant) -> None:
    provision(tenant, "anna@contoso.com")
    provision(tenant, "bob@contoso.com")

    assert len(tenant.verify("op:create", count=2)) == 2
    tenant.verify("op:create", count={"atLeast": 1, "atMost": 3}, no_others=True, within=1)
    tenant.verify(order=["user:anna@contoso.com", "user:bob@contoso.com"])
    tenant.verify("op:delete", count=0, lasting=0.01)
    with pytest.raises(VerificationError, match="expected 1 exchange matching op:create, found 2") as failed:
        tenant.verify("op:create", count=1)
    assert failed.value.status == 422
    with pytest.raises(VerificationError):
        tenant.verify(order=["user:bob@contoso.com", "user:anna@contoso.com"])


def test_an_assertion_that_cannot_fail_is_refused(tenant: Tenant) -> None:
    with pytest.raises(ApiError) as refused:
        tenant.verify()
    assert refused.value.code == "empty-assertion"
    assert not isinstance(refused.value, AssertionError)


def test_a_cursor_from_before_a_reset_is_refused(tenant: Tenant) -> None:
    provision(tenant, "anna@contoso.com")
    provision(tenant, "bob@contoso.com")
    tenant.reset()

    with pytest.raises(ApiError) as refused:
        tenant.traffic(since=1)
    assert refused.value.code == "stale-cursor"


def test_findings_fail_a_test_with_the_form_to_send_instead(tenant: Tenant) -> None:
    made = provision(tenant, "anna@contoso.com")
    tenant.verify_no_findings()
    patch = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
    schemas = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
    scim(tenant, "PATCH", f"/Users/{made['id']}", {**schemas, **patch})

    rules = {it["rule"] for it in tenant.report()["findings"]}
    assert "opCase" in rules
    with pytest.raises(VerificationError, match=r"opCase .*RFC 7644") as failed:
        tenant.verify_no_findings()
    assert failed.value.problem["report"]["read"] == 2
    tenant.verify_no_findings(sender="okta")
    tenant.verify_no_findings(since=tenant.cursor())


def test_findings_that_nobody_knows_any_more_fail_a_test(tenant: Tenant) -> None:
    provision(tenant, "anna@contoso.com")
    tenant.call("DELETE", "requests")

    with pytest.raises(VerificationError, match="1 exchanges have left the journal") as failed:
        tenant.verify_no_findings()
    assert failed.value.code == "journal-incomplete"
