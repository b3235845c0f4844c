"""The client under test, in these tests."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from mediusflow_mock import Tenant

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def scim(tenant: Tenant, method: str, path: str, body: object = None, key: str | None = None) -> tuple[int, Any]:
    """Calls the SCIM service of a tenant; returns status and body."""
    request = urllib.request.Request(tenant.scim_url + path, method=method)
    request.add_header("Authorization", f"Bearer {key or tenant.secret_key}")
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/scim+json")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def provision(tenant: Tenant, user_name: str) -> Any:
    """Creates a user, as a client does."""
    status, made = scim(tenant, "POST", "/Users", {"schemas": [USER], "userName": user_name, "active": True})
    assert status == 201, made
    return made
