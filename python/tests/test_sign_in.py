"""Who may sign in, and signing in."""

from __future__ import annotations

import urllib.request

import pytest
from scim_client import provision, scim

from mediusflow_mock import ApiError, Tenant, VerificationError, WaitTimeoutError

ZOE = "zoe@contoso.com"


def _disable(tenant: Tenant) -> None:
    tenant.change_user(ZOE, [{"op": "replace", "path": "active", "value": False}])


def test_the_life_of_a_user_is_verified(tenant: Tenant) -> None:
    assert not tenant.can_sign_in(ZOE)
    provision(tenant, ZOE)
    assert tenant.can_sign_in(ZOE)
    _disable(tenant)

    decision = tenant.sign_in_decision(ZOE)
    assert decision["reason"] is not None and decision["reason"]["code"] == "disabled"
    history = tenant.verify_sign_ins(ZOE, ["notProvisioned", "works", "disabled"])
    assert history["complete"]
    tenant.verify_sign_ins(ZOE, ["disabled"], since=tenant.cursor(), within=1)
    with pytest.raises(VerificationError, match="expected works, found notProvisioned, works, disabled"):
        tenant.verify_sign_ins(ZOE, ["works"])
    assert tenant.wait_for_sign_in(ZOE, "disabled")["result"] == "disabled"
    with pytest.raises(WaitTimeoutError, match="found disabled"):
        tenant.wait_for_sign_in(ZOE, timeout=0.01)


def test_a_user_signs_in_and_is_signed_out(tenant: Tenant) -> None:
    provision(tenant, ZOE)

    signed_in = tenant.sign_in(ZOE)
    assert signed_in["view"] is not None and signed_in["view"]["userName"] == ZOE
    page = urllib.request.Request(tenant.url, headers={"Cookie": signed_in["session"]["cookie"]})
    with urllib.request.urlopen(page, timeout=30) as answer:
        assert ZOE in answer.read().decode()
    assert len(tenant.sign_ins()) == 1
    assert tenant.sign_out_all() == 1


def test_a_refused_sign_in_says_why(tenant: Tenant) -> None:
    with pytest.raises(ApiError, match="is not provisioned") as refused:
        tenant.sign_in(ZOE)
    assert refused.value.code == "sign-in-refused"
    assert refused.value.problem["reason"]["code"] == "notProvisioned"


def test_the_account_picker_answers_itself(tenant: Tenant) -> None:
    provision(tenant, ZOE)
    tenant.pick_account(ZOE, times=1)
    cookies = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with cookies.open(f"{tenant.url}login?option=Microsoft%20Entra%20ID", timeout=30) as answer:
        assert (answer.geturl(), ZOE in answer.read().decode()) == (tenant.url, True)
    tenant.ask_account()
    tenant.rotate_key(grace="1d")
    with urllib.request.urlopen(f"{tenant.authority}/common/discovery/v2.0/keys", timeout=30) as answer:
        assert answer.read().count(b'"kid"') == 2


def test_a_client_cannot_sign_in_who_was_deleted(tenant: Tenant) -> None:
    made = provision(tenant, ZOE)
    assert scim(tenant, "DELETE", f"/Users/{made['id']}")[0] == 204
    tenant.verify_sign_ins(ZOE, ["notProvisioned", "works", "notProvisioned"])
