"""What a tenant shows and takes: people, states, time, faults, limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from scim_client import provision, scim

from mediusflow_mock import ApiError, MediusflowError, Server, Tenant


@pytest.mark.mediusflow(users=0, groups=0)
def test_people_are_read_and_edited_by_id_and_by_name(tenant: Tenant) -> None:
    anna = tenant.new_user({"userName": "anna@contoso.com"})
    tenant.change_user("anna@contoso.com", [{"op": "replace", "path": "displayName", "value": 'Anna "A" Berg'}])
    tenant.new_group({"displayName": 'Finance "1"', "members": [{"value": anna["id"]}]})

    found = tenant.user(anna["id"])
    assert found is not None and found["displayName"] == 'Anna "A" Berg'
    assert [it["userName"] for it in tenant.users('displayName co "berg"')] == ["anna@contoso.com"]
    assert tenant.users('displayName eq "nobody"') == []
    group = tenant.group('Finance "1"')
    assert group is not None and [it["value"] for it in group["members"]] == [anna["id"]]

    tenant.change_group('Finance "1"', [{"op": "replace", "path": "displayName", "value": "Legal"}])
    tenant.delete_group("Legal")
    tenant.delete_user(anna["id"])
    assert (tenant.users(), tenant.groups()) == ([], [])
    assert (tenant.user("anna@contoso.com"), tenant.group("Legal")) == (None, None)


@pytest.mark.mediusflow(users=2500, groups=0)
def test_all_pages_of_people_are_read(tenant: Tenant) -> None:
    assert len({it["id"] for it in tenant.users()}) == 2500


@pytest.mark.mediusflow(users=1)
def test_an_unknown_user_is_refused_with_the_servers_words(tenant: Tenant) -> None:
    with pytest.raises(ApiError, match="User no/body not found") as refused:
        tenant.delete_user("no/body")
    assert (refused.value.status, refused.value.code) == (404, "unknown-resource")


def test_a_filter_that_is_none_is_refused_with_its_place(tenant: Tenant) -> None:
    with pytest.raises(ApiError, match="byte") as refused:
        tenant.users("userName eq")
    assert refused.value.code == "invalid-filter"


@pytest.mark.mediusflow(users=3)
def test_a_reset_goes_back_to_the_start_or_to_a_snapshot(tenant: Tenant) -> None:
    start = tenant.digest()
    provision(tenant, "anna@contoso.com")
    tenant.take_snapshot("with anna")
    provision(tenant, "bob@contoso.com")

    tenant.restore("with anna")
    assert [it["userName"] for it in tenant.users('userName ew "contoso.com"')] == ["anna@contoso.com"]
    assert len(tenant.traffic("op:create")) == 2
    tenant.reset()
    assert tenant.digest() == start
    assert tenant.traffic() == []
    tenant.reset(to="with anna")
    assert tenant.user("anna@contoso.com") is not None


def test_a_state_is_exported_and_imported_whole(server: Server, tenant: Tenant) -> None:
    provision(tenant, "anna@contoso.com")
    state = tenant.export_state(secrets=True)
    digest = tenant.digest()

    with server.new_tenant(users=0) as other:
        other.import_state(state)
        assert other.user("anna@contoso.com") is not None
        with pytest.raises(ApiError) as refused:
            other.import_state({**state, "users": 7})
        assert refused.value.field
        assert other.user("anna@contoso.com") is not None
    assert tenant.digest() == digest
    assert tenant.secret_key not in str(tenant.export_state())


def test_a_tenant_starts_from_the_state_of_another(server: Server, tenant: Tenant) -> None:
    provision(tenant, "anna@contoso.com")

    with server.new_tenant(source={"tenant": tenant.name}, time_to_live="1h") as copy:
        assert copy.user("anna@contoso.com") is not None


@pytest.mark.mediusflow(fresh=True)
def test_a_fresh_tenant_has_open_steps_and_no_key(tenant: Tenant) -> None:
    assert "generateSecretKey" in tenant.open_steps
    with pytest.raises(MediusflowError, match="has no secret key"):
        _ = tenant.secret_key


def test_the_key_is_the_present_one(tenant: Tenant) -> None:
    before = tenant.secret_key
    tenant.call("POST", "seed", {"users": 1})
    assert tenant.secret_key == before
    assert scim(tenant, "GET", "/Users", key="wrong")[0] == 401


def test_the_clock_is_moved_and_stopped(tenant: Tenant) -> None:
    before = tenant.clock.now()
    assert tenant.clock.advance(timedelta(days=90)) >= before + timedelta(days=90)
    noon = datetime(2026, 6, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    assert tenant.clock.freeze(noon) == noon
    assert tenant.clock.advance("1h 30m") == noon + timedelta(minutes=90)
    assert tenant.clock.advance(0.5) == noon + timedelta(minutes=90, seconds=0.5)
    assert tenant.clock.freeze("2026-06-01T14:00:00+02:00").isoformat() == "2026-06-01T12:00:00+00:00"
    assert tenant.clock.offset(-7200) < before
    assert tenant.clock.scale(60, start=noon) >= noon
    assert tenant.clock.setting()["mode"] == "scaled"
    assert tenant.clock.real() >= before
    with pytest.raises(ValueError, match="time zone"):
        tenant.clock.freeze(datetime(2026, 6, 1))
    with pytest.raises(ValueError, match="no duration"):
        tenant.clock.advance(float("nan"))
    with pytest.raises(ApiError):
        tenant.clock.advance("soon")


def test_faults_are_added_counted_and_removed(tenant: Tenant) -> None:
    rule = tenant.faults.fail_next("user.create", 503, times=2)
    lost = tenant.faults.add({"connection": "close"}, match={"subject": "no@contoso.com"}, phase="after", id="lost")
    user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "anna@contoso.com"}

    assert [scim(tenant, "POST", "/Users", user)[0] for _ in range(3)] == [503, 503, 201]
    assert [(it["id"], it["fired"]) for it in tenant.faults.rules()] == [(rule["id"], 2), (lost["id"], 0)]
    tenant.verify(f"fault:{rule['id']}", count=2)
    tenant.faults.remove("lost")
    assert tenant.faults.clear() == 1
    with pytest.raises(ApiError, match='no fault rule "lost"'):
        tenant.faults.remove("lost")
    with pytest.raises(ApiError) as refused:
        tenant.faults.fail_next("user.crate")
    assert refused.value.field == "match.operation"


def test_a_preset_adds_its_rules(tenant: Tenant) -> None:
    assert {it["id"] for it in tenant.faults.preset("flaky")} == {it["id"] for it in tenant.faults.rules()}
    assert "flaky" in {it["name"] for it in tenant.faults.presets()}
    with pytest.raises(ApiError, match="gateway-flap"):
        tenant.faults.preset("flakyy")


def test_limits_refuse_and_count(tenant: Tenant) -> None:
    tenant.limits.set(tenant={"rate": 1, "per": "1h"}, operations={"user.list": {"rate": 5}})
    assert [scim(tenant, "GET", "/Users")[0] for _ in range(2)] == [200, 429]
    assert tenant.limits.get()["refused"] == 1
    tenant.limits.clear()
    assert scim(tenant, "GET", "/Users")[0] == 200


def test_a_tenant_is_found_by_name_and_deleted_once(server: Server) -> None:
    assert server.tenant().scim_url == server.scim_url
    made = server.new_tenant(users=1, groups=0, profile="rfc", settings={"mostResults": 7})
    assert server.tenant(made.name).details()["profile"] == "rfc"
    made.delete()
    made.delete()
    assert made.name not in server.tenants()
    with pytest.raises(ApiError) as refused:
        server.tenant(made.name)
    assert refused.value.code == "unknown-tenant"


@pytest.mark.parametrize(
    ("name", "message"),
    [("a-b", "letters"), ("", "at least one"), ("é", "letters"), ("x" * 64, "at most 63"), ("admin", "no tenant name")],
)
def test_a_name_that_is_none_is_refused(server: Server, name: str, message: str) -> None:
    with pytest.raises(ApiError, match=message) as refused:
        server.new_tenant(name)
    assert refused.value.field == "name"
