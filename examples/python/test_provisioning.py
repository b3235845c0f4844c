"""What a test of a SCIM client looks like; in yours, the client makes the calls."""

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
MEDIUS = "urn:ietf:params:scim:schemas:extension:medius:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

ANNA = {
    "schemas": [USER, MEDIUS],
    "userName": "anna.larsson@contoso.com",
    "displayName": "Anna Larsson",
    "active": True,
    MEDIUS: {"configurationFilter": "SE"},
}


def test_a_user_is_found_by_name(mock):
    status, made = mock.scim("POST", "/Users", ANNA)
    assert status == 201

    status, found = mock.scim("GET", "/Users?filter=userName%20eq%20%22anna.larsson@contoso.com%22")

    assert status == 200
    assert [it["id"] for it in found["Resources"]] == [made["id"]]


def test_a_user_who_leaves_is_disabled(mock):
    _, made = mock.scim("POST", "/Users", ANNA)
    leave = {
        "schemas": [PATCH],
        "Operations": [{"op": "replace", "path": "active", "value": False}],
    }

    status, changed = mock.scim("PATCH", f"/Users/{made['id']}", leave)

    assert (status, changed["active"]) == (200, False)


def test_each_test_has_a_tenant_of_its_own(mock):
    status, _ = mock.scim("POST", "/Users", ANNA)

    assert status == 201  # although the tests above made her, too


def test_another_key_is_refused(mock):
    status, error = mock.scim("GET", "/Users", key="mfk_wrong")

    assert status == 401
    assert error["status"] == "401"
