"""A mediusflow-mock in a container, through Testcontainers: a user is provisioned, and the server says so.

    IMAGE=mediusflow-mock:0.1.0 python provisioning.py
"""

import json
import os
import urllib.request

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

# Inside a container the server listens beyond its machine, so the control API asks for a token: one of yours.
TOKEN = "for-tests"
PORT = 8420


def call(method, url, token, body=None):
    request = urllib.request.Request(url, method=method, data=body and json.dumps(body).encode())
    request.add_header("Authorization", f"Bearer {token}")
    request.add_header("Content-Type", "application/json" if "/_mock/" in url else "application/scim+json")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


container = (
    DockerContainer(os.environ["IMAGE"])
    .with_env("MEDIUSFLOW_MOCK_CONTROL_TOKEN", TOKEN)
    .with_exposed_ports(PORT)
    .waiting_for(HttpWaitStrategy(PORT, "/readyz"))
)
with container:
    url = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(PORT)}"
    tenant = call("GET", f"{url}/_mock/v1/tenants/NordlysQA", TOKEN)
    user = call(
        "POST",
        f"{url}/NordlysQA/scim/v2/Users",
        tenant["secretKey"],
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "anna.larsson@contoso.com",
            "displayName": "Anna Larsson",
            "active": True,
        },
    )
    decision = call("GET", f"{url}/_mock/v1/tenants/NordlysQA/users/{user['id']}/sign-in", TOKEN)
    print(f"{user['userName']}: may sign in: {decision['allowed']}")
