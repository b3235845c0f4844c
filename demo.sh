#!/bin/sh
# Builds the program and shows the demo: a tenant is set up and a small company is provisioned.
#
#   ./demo.sh            about a minute; in a terminal with the dashboard
#   ./demo.sh --pace 2   twice as fast
#   ./demo.sh --check    at full speed, then compares the end with the expected state
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

if [ ! -x "${CARGO_TARGET_DIR:-$root/target}/debug/mediusflow-mock" ]; then
    echo 'Building mediusflow-mock; the first time takes a minute or two.' >&2
fi

exec cargo run --quiet --manifest-path "$root/Cargo.toml" -- demo "$@"
