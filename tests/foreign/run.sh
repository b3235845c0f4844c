#!/usr/bin/env bash
# Runs the Entra provisioning service against two SCIM services that are not ours: scim2-server (PyPI)
# and scimmy-routers (npm). Each gets an initial cycle, a working week, and a cycle after it; what was
# refused is listed with its error code. Wants python3 and node; takes about a minute.
#
#   tests/foreign/run.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/tests/foreign
work=$PWD/target/foreign
program=${1:-$(cargo build --locked --quiet --message-format json |
    sed -n 's/.*"executable":"\([^"]*mediusflow-mock\)".*/\1/p')}
mkdir -p "$work"

[ -x "$work/venv/bin/scim2-server" ] || {
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --disable-pip-version-check scim2-server==0.8.3
}
[ -d "$work/node_modules/scimmy-routers" ] ||
    npm install --silent --no-audit --no-fund --prefix "$work" \
        scimmy@1.3.5 scimmy-routers@1.3.2 express@4.21.2
cp "$here/scimmy.mjs" "$work/"

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
server=
trap '[ -z "$server" ] || kill "$server"' EXIT

# provision NAME URL JOB
provision() {
    local name=$1 state=$work/$1.json
    rm -f "$state"
    entra() {
        "$program" entra --tenant-url "$url" --secret-token secret --state "$state" --job "$here/$job" \
            --outbox "$work/outbox" --format json "$@"
    }
    url=$2 job=$3
    echo "== $name"
    for _ in $(seq 50); do
        if entra test-connection >"$work/connection.json" 2>&1; then break; fi
        sleep 0.2
    done
    cat "$work/connection.json"
    entra directory generate --users 40 --groups 5 --seed 7
    # A cycle with refusals ends with a code of its own.
    entra cycle >"$work/first.json" || true
    entra directory week >"$work/week.json"
    entra cycle >"$work/second.json" || true
    entra logs | python3 "$here/refusals.py"
}

port=$(free_port)
"$work/venv/bin/scim2-server" --port "$port" --bearer-token secret >"$work/scim2-server.log" 2>&1 &
server=$!
provision scim2-server "http://127.0.0.1:$port/" standard.toml
kill "$server"

port=$(free_port)
(cd "$work" && exec node scimmy.mjs "$port") >"$work/scimmy.log" 2>&1 &
server=$!
provision scimmy-routers "http://127.0.0.1:$port/scim" standard.toml
kill "$server"

port=$(free_port)
(cd "$work" && exec node scimmy.mjs "$port") >"$work/scimmy.log" 2>&1 &
server=$!
provision scimmy-routers-with-the-flag "http://127.0.0.1:$port/scim?aadOptscim062020" standard.toml
