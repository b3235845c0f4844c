"""The package's fixtures under short names, and sessions of pytest."""

from __future__ import annotations

import pytest

from mediusflow_mock import Server, Tenant


@pytest.fixture
def tenant(mediusflow_tenant: Tenant) -> Tenant:
    """A tenant of the test's own."""
    return mediusflow_tenant


@pytest.fixture
def server(mediusflow_server: Server) -> Server:
    """The server of the session."""
    return mediusflow_server


CLIENT = """
import json, urllib.request

def provision(tenant, user):
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user}
    request = urllib.request.Request(tenant.scim_url + "/Users", json.dumps(body).encode())
    request.add_header("Authorization", "Bearer " + tenant.secret_key)
    request.add_header("Content-Type", "application/scim+json")
    return json.load(urllib.request.urlopen(request))
"""


@pytest.fixture
def session(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder for tests, with a client."""
    pytester.makepyfile(client=CLIENT)
    pytester.makeini("[pytest]\naddopts = --strict-markers\nfilterwarnings = error")
    return pytester
