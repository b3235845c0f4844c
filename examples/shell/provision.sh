#!/bin/sh
# A check in plain shell. Run it with a server of its own:
#
#   mediusflow-mock exec -- examples/shell/provision.sh
#
# `exec` says in the environment where the server is, and ends with this script's exit code.
set -eu

# The header goes through stdin: arguments can be read by everyone on the machine.
scim() {
    printf 'header = "Authorization: Bearer %s"\n' "$MEDIUSFLOW_MOCK_SECRET_KEY" |
        curl --fail --silent --show-error --config - \
            --header 'Content-Type: application/scim+json' "$@"
}

made=$(scim "$MEDIUSFLOW_MOCK_SCIM_URL/Users" --data '{
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "anna.larsson@contoso.com",
    "active": true
}')
id=$(printf '%s' "$made" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')

scim -X PATCH "$MEDIUSFLOW_MOCK_SCIM_URL/Users/$id" --data '{
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [{"op": "replace", "path": "active", "value": false}]
}' | grep -q '"active":false'

scim -X DELETE "$MEDIUSFLOW_MOCK_SCIM_URL/Users/$id"
if scim "$MEDIUSFLOW_MOCK_SCIM_URL/Users/$id" 2>/dev/null; then
    echo "a deleted user is still there" >&2
    exit 1
fi
echo "created, disabled and deleted a user at $MEDIUSFLOW_MOCK_SCIM_URL"
