"""A test id becomes a tenant name, whatever it holds."""

from __future__ import annotations

import re

import pytest

from mediusflow_mock import Server, tenant_name

ODD_IDS = [
    "",
    "::",
    "test_a.py::test_b",
    "test_a.py::TestC::test_b",
    "test_a.py::test_b[anna@contoso.com]",
    "test_a.py::test_b[::]",
    "test_a.py::test_ü[日本語-🦀]",
    "test_a.py::test_b[../../_mock/v1]",
    "test_a.py::test_b[" + "long" * 500 + "]",
    "test_a.py::test_b[\x00\n\t]",
    "test_a.py::test_b[\ud800]",
    "admin",
]


@pytest.mark.parametrize("test_id", ODD_IDS, ids=range(len(ODD_IDS)))
def test_any_id_is_a_name_that_the_server_takes(server: Server, test_id: str) -> None:
    name = tenant_name(test_id)

    assert re.fullmatch(r"[A-Za-z0-9]{8,63}", name)
    with server.new_tenant(name, users=0) as tenant:
        assert tenant.name == name


def test_ids_that_look_alike_have_other_names() -> None:
    # Tenant names are the same regardless of case.
    alike = ["t.py::test_a", "t.py::testA", "t.py::TEST_A", "u.py::test_a", "t.py::test_a[]", "t.py::test__a"]

    assert len({tenant_name(it).lower() for it in alike}) == len(alike)


def test_a_name_is_the_same_in_every_run() -> None:
    assert tenant_name("test_orders.py::test_a_user_leaves[anna]") == "TestAUserLeavesAnnabf61c341"
