#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The console in a real browser, on the demo's registry: the story of each role from sign-in to verified receipt, the
# words in both languages, the verifier in the page, every page for whoever cannot see or cannot use a pointer, somebody who
# was never here before, and what is said when the registry refuses to answer.
# SHOTS=DIR keeps screenshots there.
cd "$(dirname "$0")/.." || exit 1
BUILD=$(realpath "${BUILD:-build}")
dir=$(mktemp -d)
rc=0
chmod 711 "$dir"
trap 'kill $demo 2>/dev/null; wait $demo 2>/dev/null; rm -rf "$dir"' EXIT
if ! command -v node >/dev/null || ! command -v "${CHROMIUM:-chromium}" >/dev/null; then
	echo "ok 1 the console in a browser # skip needs nodejs and chromium (tools/deps.sh run test)"
	exit 0
fi
tools/vendor.sh tests/console/vendor.def "$BUILD/vendor/test" || exit 1
vendor=$BUILD/vendor/test/files
port=$((10000 + $$ % 20000))
base=http://127.0.0.1:$port
"$BUILD/counterfoil" demo --state-dir "$dir/var" --listen "127.0.0.1:$port" >"$dir/demo.log" 2>&1 </dev/null &
demo=$!
for _ in $(seq 3000); do grep -q 'The registry is running' "$dir/demo.log" && break; kill -0 $demo 2>/dev/null || break; sleep 0.1; done
grep -q 'The registry is running' "$dir/demo.log" || { tail -30 "$dir/demo.log" | sed 's/^/# /'; echo "not ok 1 the demo runs"; exit 1; }

part() { echo "# $1"; node --no-warnings "tests/console/$1.mjs" "${@:2}" || { rc=1; return 1; }; }
part words "$PWD" "$base"
part proofs "$PWD" "$base" "$dir/var/demo"
export OPERATOR=$dir/var/operator
# One after the other: the pages are looked at as the demo left them, then the story changes them.
part pages "$vendor" "$base" "$dir/var/demo"
LINKS=$dir/demo.log part newcomer "$vendor" "$base" "$dir/var/demo"
part states "$vendor" "$base" "$dir/var/demo"
part story "$vendor" "$base" "$dir/var/demo"
exit $rc
