"""What a type checker says of uses of the package. mypy checks this file, and nothing in it is called.

Each comment names an error that must be there: `mypy --strict` reports one that is not.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mediusflow_mock import Cycle, Exchange, Server, Tenant, start


def right_uses(server: Server, tenant: Tenant) -> None:
    """What a test writes."""
    with start(users=3, profile="rfc", flags=["--grace", "0ms"]) as own, own.new_tenant("A", time_to_live=60) as other:
        names: list[str] = [it["userName"] for it in other.users()]
        moment: datetime = other.clock.advance(timedelta(days=len(names)))
        found: list[Exchange] = other.verify("op:create", count={"atLeast": 1}, within=0.5)
        cycle: Cycle = other.entra.cycle()
    tenant.faults.add({"status": 503, "delay": "1s"}, match={"operation": ["user.*"]}, when={"times": 1}, phase="after")
    server.new_tenant(source={"tenant": tenant.name})
    print(moment, found[0]["effects"][0]["changes"][0]["path"], cycle["counts"]["created"])


def wrong_uses(server: Server, tenant: Tenant) -> None:
    """What a type checker finds before the test runs."""
    start(user=3)  # type: ignore[call-arg]
    server.new_tenant(userz=3)  # type: ignore[call-arg]
    server.new_tenant(profile="rcf")  # type: ignore[arg-type]
    server.new_tenant(source={"snapshot": "a"})  # type: ignore[typeddict-item]
    tenant.faults.add({"statos": 503})  # type: ignore[typeddict-unknown-key]
    tenant.faults.add({"status": 503}, phase="later")  # type: ignore[arg-type]
    tenant.verify("op:create", count={"least": 1})  # type: ignore[arg-type]
    tenant.verify_sign_ins("ada@contoso.com", ["worked"])  # type: ignore[list-item]
    tenant.wait_for("op:create", state="begun")  # type: ignore[arg-type]
    print(tenant.traffic()[0]["sek"])  # type: ignore[typeddict-item]
    tenant.secret_key = "mine"  # type: ignore[misc]
