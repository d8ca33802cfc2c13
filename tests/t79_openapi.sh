#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t79: the server is what /openapi.json says it is: schemathesis makes requests from the description, good ones and bad ones,
# against the registry of the told story, as a regulator, and holds every answer against it. The same seed every time.
# It is not among Debian's packages: this test runs where `tests/t79_openapi.sh install` has put it under build/, as pinned
# in schemathesis.txt, or SCHEMATHESIS names it.
#
# Two checks are off. positive_data_acceptance: that a cursor was made by this list, or a state is one of this kind, no schema
# can say, so a request may be good by the schema and refused. unsupported_method: GET with a body is refused (400) before
# anybody asks which path it was for; that other methods get 405 is t82's.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
[ "${1:-}" != install ] || { python3 -m venv "$BUILD/schemathesis" && exec "$BUILD/schemathesis/bin/pip" -q install -r tests/schemathesis.txt; }
BUILD=$(cd "$BUILD" && pwd)
st=${SCHEMATHESIS:-$BUILD/schemathesis/bin/schemathesis}
[ -x "$st" ] || { echo "ok 1 the description holds # skip needs schemathesis (tests/t79_openapi.sh install)"; exit 0; }
dir=$(mktemp -d)
chmod 755 "$dir"
server=
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; }; rm -rf "$dir"; }
trap stop EXIT
unset CF_SERVER CF_KEY CF_PARTY CF_PURPOSE
port=$((10000 + $$ % 20000))
"$BUILD/counterfoil" demo --once --state-dir "$dir/var" --listen "127.0.0.1:$port" >"$dir/out" 2>&1 </dev/null ||
	{ tail -n 20 "$dir/out" | sed 's/^/# /'; echo "not ok 1 the story"; exit 1; }
export CF_SERVER=http://127.0.0.1:$port DEMO=$dir/var/demo
"$BUILD/counterfoil" up --state-dir "$dir/var" --listen "127.0.0.1:$port" --read-rate=100000 --read-burst=1000000 \
	--address-rate=100000 --address-burst=1000000 >"$dir/log" 2>&1 </dev/null &
server=$!
for _ in $(seq 1200); do curl -fso /dev/null "$CF_SERVER/readyz" && break; kill -0 $server 2>/dev/null || break; sleep 0.1; done
token=$("$BUILD/counterfoil" token --key "$DEMO/regulator.jwk")
# A refusal is also what every server says of a request that is too large, whole or in its headers.
printf '[checks]\nnegative_data_rejection.expected-statuses = [%s]\n' \
	'"400", "401", "403", "404", "405", "406", "409", "410", "413", "415", "422", "429", "431"' >"$dir/schemathesis.toml"
# /v1/events has no end, so nobody waits for it here; t72 does.
SCHEMATHESIS_HOOKS=tests.t79_openapi PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 "$st" --config-file "$dir/schemathesis.toml" run "$CF_SERVER/openapi.json" -H "Authorization: Bearer $token" \
	-H 'Counterfoil-Purpose: supervision' --phases examples,coverage,fuzzing -n "${EXAMPLES:-8}" --exclude-path /v1/events -w 1 \
	--exclude-checks positive_data_acceptance,unsupported_method --continue-on-failure --request-timeout 60 --no-color \
	--seed 1 --generation-database none >"$dir/said" 2>&1
rc=$?
[ $rc -eq 0 ] && echo "ok 1 $(sed -n 's/^ *\([0-9]* generated.*\)/\1/p' "$dir/said"): the description holds" ||
	{ sed 's/^/# /' "$dir/said"; echo "not ok 1 the description holds"; }
grep -q ' generated' "$dir/said" && [ "$(sed -n 's/^ *\([0-9]*\) generated.*/\1/p' "$dir/said")" -gt 1000 ] && echo "ok 2 that it was tried" || { echo "not ok 2 that it was tried"; rc=1; }
exit $rc
