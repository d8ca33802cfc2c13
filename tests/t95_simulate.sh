#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t95: a small economy speaks to a real server in signed statements: it is taken, what is crooked in it is found, the
# log replays to the same state, and begun again it goes on where it was.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
dir=$(mktemp -d)
chmod 755 "$dir"
server=
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; }; rm -rf "$dir"; }
trap stop EXIT
rc=0
say() { if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; rc=1; tail -n 20 "$dir/out" "$dir/err" | sed 's/^/# /'; fi; }
port=$((10000 + $$ % 20000))
url=http://127.0.0.1:$port
"$BUILD/counterfoil" up --state-dir="$dir/var" --listen="127.0.0.1:$port" >"$dir/server" 2>&1 </dev/null &
server=$!
for _ in $(seq 600); do curl -fso /dev/null "$url/readyz" && break; sleep 0.1; done
curl -fso /dev/null "$url/readyz"
say $? "a registry of its own"
key=$(find "$dir/var" -name operator.jwk | head -n 1)
cf() { timeout 500 "$BUILD/counterfoil" "$@" --server="$url" >"$dir/out" 2>"$dir/err" </dev/null; }

cf simulate --size=XS --months=1 --key="$key" --regulator-key="$dir/regulator.jwk"
say $? "an economy of four hundred firms speaks: $(head -n 1 "$dir/out")"
accepted=$(sed -n 's/.* sent, \([0-9]*\) accepted.*/\1/p' "$dir/out")
sent=$(sed -n 's/^\([0-9]*\) sent.*/\1/p' "$dir/out")
[ "${accepted:-0}" -gt 1500 ] && [ $((accepted * 100)) -gt $((${sent:-0} * 95)) ]
say $? "nearly all of it is taken"
[ -z "$(grep '^  refused' "$dir/out" | grep -v 'tried by a crook' | awk '$2 > 20')" ]
say $? "what is refused of honest parties is a few: $(grep '^  refused' "$dir/out" | grep -vc 'tried by a crook') kinds"
grep -q 'tried by a crook' "$dir/out"
say $? "what crooks try is refused"

for _ in $(seq 100); do cf finding list --key="$dir/regulator.jwk" --json; grep -q '"signal"' "$dir/out" && break; sleep 0.3; done
grep -q '"signal"' "$dir/out"
say $? "detection, behind the log, has found some of it"

cf simulate --size=XS --months=1 --key="$key"
say $? "the same seed once more: $(head -n 1 "$dir/out")"
timeout 300 "$BUILD/counterfoil" audit replay --state-dir="$dir/var" >"$dir/out" 2>"$dir/err" </dev/null
grep -q 'is what the log says' "$dir/out"
say $? "the state is what the log says"
timeout 300 "$BUILD/counterfoil" score monitor --model perf-2026.2 --state-dir="$dir/var" --json >"$dir/out" 2>"$dir/err" </dev/null
grep -q '"reference":"20[0-9-]*".*"claims":[1-9].*"psi":0,"drift":"stable"' "$dir/out"
say $? "the score's drift by month, of which the first is measured against itself"
exit $rc
