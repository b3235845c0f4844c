"""The package's fixtures under short names."""

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
