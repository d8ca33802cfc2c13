#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t58_matrix: who may read what: the story is played, parties that have nothing to do with it are added, one of each
# role, and every path is asked by everybody (tests/t58_matrix.def is the table).
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
BUILD=$(cd "$BUILD" && pwd)
dir=$(mktemp -d)
chmod 755 "$dir"
server=
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; }; rm -rf "$dir"; }
trap stop EXIT
unset CF_SERVER CF_KEY CF_PARTY CF_PURPOSE
port=$((10000 + $$ % 20000))
"$BUILD/counterfoil" demo --once --state-dir "$dir/var" --listen "127.0.0.1:$port" >"$dir/out" 2>&1 </dev/null ||
	{ tail -n 20 "$dir/out" | sed 's/^/# /'; echo "not ok the story"; exit 1; }
export CF_SERVER=http://127.0.0.1:$port
"$BUILD/counterfoil" up --state-dir "$dir/var" --listen "127.0.0.1:$port" --read-rate=100000 --read-burst=1000000 --address-rate=100000 \
	--address-burst=1000000 --webhook-private=true >"$dir/log" 2>&1 </dev/null &
server=$!
for _ in $(seq 600); do curl -fso /dev/null "$CF_SERVER/readyz" && break; kill -0 $server 2>/dev/null || break; sleep 0.1; done
enrol() {
	"$BUILD/counterfoil" key new --out "$dir/var/demo/$1.jwk" && "$BUILD/counterfoil" party enrol --key "$dir/var/operator.jwk" \
		--jwk "$dir/var/demo/$1.jwk" --name "$1" --lei "$2" --roles "$3"
}
# somebody of each role who has no part in the story
{ enrol supplier_2 549300ABCDEFGHIJ0185 supplier && enrol core_2 549300ABCDEFGHIJ0282 core_enterprise &&
	enrol bank_c 549300ABCDEFGHIJ0379 bank && enrol warehouse_2 549300ABCDEFGHIJ0476 warehouse &&
	enrol investor_2 549300ABCDEFGHIJ0573 investor && enrol court 549300ABCDEFGHIJ0670 court; } >"$dir/out" 2>&1 ||
	{ sed 's/^/# /' "$dir/out" "$dir/log"; echo "not ok strangers are enrolled"; exit 1; }
# what is a party's own beside the log: bank_a's webhook (nothing answers there, so it is asked and waits), and its alert
token=$("$BUILD/counterfoil" token --key "$dir/var/demo/bank_a.jwk")
post() { curl -s -H "Authorization: Bearer $token" "$@"; }
hook=$(post -H 'Content-Type: application/json' -d '{"url":"http://127.0.0.1:9/"}' "$CF_SERVER/v1/webhooks" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p')
# (an alert's number is its entry and its place: others told of the same entry have one of that number, too)
numbers() {
	curl -s -H "Authorization: Bearer $("$BUILD/counterfoil" token --key "$dir/var/demo/$1.jwk")" "$CF_SERVER/v1/alerts?limit=200" |
		sed -n 's/.*"number" *: *\([0-9]*\).*/\1/p' | sort -u
}
alert=$(comm -23 <(numbers bank_a) <(for p in castings bearings anchor bank_b; do numbers $p; done | sort -u) | tail -n 1)
raised=$("$BUILD/counterfoil" finding show "$(sed -n "s/^double=//p" "$dir/var/demo/played")" --json --key "$dir/var/demo/anchor.jwk" | sed -n "s/.*\"raised_by\" *: *\([0-9]*\).*/\1/p")
file=$(curl -s "$CF_SERVER/" | sed -n 's,.*"/console/\([^"]*\.js\)".*,\1,p' | head -n 1)
python3 tests/t58_matrix.py "$CF_SERVER" "$dir/var/demo" tests/t58_matrix.def server/http/routes.def "$BUILD/counterfoil" "hook=$hook" "alert=$alert" "file=$file" "raised=$raised" "$@"
