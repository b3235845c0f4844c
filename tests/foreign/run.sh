#!/usr/bin/env bash
# Runs the Entra provisioning service against two SCIM services that are not ours: scim2-server (PyPI)
# and scimmy-routers (npm). Each gets an initial cycle, one without changes, a working week, a cycle
# after it, and another one without changes. Exit statuses, counts, the writes that reached the server,
# and every refusal with its error code and reason must be as tests/foreign/expected/ says; a cycle
# without changes may get nothing accepted. Wants python3 and npm; takes less than a minute.
#
#   tests/foreign/run.sh [PROGRAM]
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/tests/foreign
work=$PWD/target/foreign
program=${1:-$(cargo build --locked --quiet --message-format json |
    sed -n 's/.*"executable":"\([^"]*mediusflow-mock\)".*/\1/p')}
mkdir -p "$work"

.ci/venv "$work/venv" scim2-server==0.8.3
packages=(scimmy@1.3.5 scimmy-routers@1.3.2 express@4.21.2)
if [ "$(cat "$work/node_modules/.packages" 2>/dev/null)" != "${packages[*]}" ]; then
    npm install --silent --no-audit --no-fund --prefix "$work" "${packages[@]}"
    printf '%s' "${packages[*]}" >"$work/node_modules/.packages"
fi
cp "$here/scimmy.mjs" "$work/"

server=
trap '[ -z "$server" ] || kill "$server"' EXIT

# serve NAME COMMAND...: starts a server that writes an access log, at a free port.
serve() {
    local name=$1
    shift
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    log=$work/$name.log
    (cd "$work" && exec "${@//PORT/$port}") >"$log" 2>&1 &
    server=$!
}

entra() {
    "$program" entra --tenant-url "$url" --secret-token secret --state "$state" --format json \
        --job "$here/standard.toml" --outbox "$work/outbox" "$@"
}

# cycle NAME: a cycle, reported with the writes that it sent.
cycle() {
    local before status=0
    before=$(wc -l <"$log")
    entra cycle >"$work/cycle.json" || status=$?
    tail -n "+$((before + 1))" "$log" >"$work/access.log"
    python3 "$here/report.py" cycle "$1" "$status" "$work/access.log" <"$work/cycle.json"
}

# idle NAME: the same, where nothing has changed.
idle() {
    cycle "$1"
    if grep -E '"(POST|PATCH|PUT|DELETE) [^"]*" 2' "$work/access.log" >&2; then
        echo "a cycle without changes changed something" >&2
        return 1
    fi
}

# provision NAME URL: runs the cycles and compares what they did.
provision() {
    local name=$1 found=$work/$1.txt
    url=$2 state=$work/$1.json
    rm -f "$state"
    for _ in $(seq 50); do
        if entra test-connection >"$work/connection.json" 2>&1; then break; fi
        sleep 0.2
    done
    grep -q '"result":"success"' "$work/connection.json" || { cat "$work/connection.json" >&2; return 1; }
    entra directory generate --users 40 --groups 5 --seed 7 >"$work/directory.json"
    {
        cycle initial
        idle "initial, again"
        entra directory week >"$work/week.json"
        cycle "a week later"
        idle "a week later, again"
        echo "logs:"
        entra logs >"$work/logs.json"
        python3 "$here/report.py" logs <"$work/logs.json"
    } >"$found"
    kill "$server"
    wait "$server" || true
    server=
    if ! diff "$here/expected/$name.txt" "$found" >&2; then
        echo "$name: < is expected and did not occur, > is not expected" >&2
        return 1
    fi
    echo "$name: as expected, $(grep -c 'failure\|warning' "$found" || true) kinds of refusals"
}

serve scim2-server "$work/venv/bin/scim2-server" --port PORT --bearer-token secret
provision scim2-server "http://127.0.0.1:$port/"

serve scimmy-routers node scimmy.mjs PORT
provision scimmy-routers "http://127.0.0.1:$port/scim"

serve scimmy-routers-with-the-flag node scimmy.mjs PORT
provision scimmy-routers-with-the-flag "http://127.0.0.1:$port/scim?aadOptscim062020"
