#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t91: the told story. Played once on nothing, once more on what it left, begun anew, and left running until a signal.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
dir=$(mktemp -d)
chmod 755 "$dir"
demo=
stop() { [ -z "$demo" ] || { kill "$demo" 2>/dev/null; wait "$demo" 2>/dev/null; }; rm -rf "$dir"; }
trap stop EXIT
rc=0
say() { if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; rc=1; tail -n 40 "$dir/out" | sed 's/^/# /'; fi; }
port=$((10000 + $$ % 20000)) # below what the kernel gives to outgoing connections
url=http://127.0.0.1:$port
play() { timeout 300 "$BUILD/counterfoil" demo --state-dir "$dir/var" --listen "127.0.0.1:$port" "$@" >"$dir/out" 2>&1 </dev/null; }
gone() { ! curl -fso /dev/null "$url/livez" && ! pgrep -f "$dir/var" >/dev/null; }

play --once
say $? "the story, on nothing"
grep -q 'all as told' "$dir/out"
say $? "every step gave what it should: $(grep 'all as told' "$dir/out")"
for told in 'NOT VERIFIED' 'duplicate-claim' 'exceeds-free-value' 'AMT-07' 'serial-overlap' 'not-let-go' 'counted-short' 'column face: the database says 151234768, the log says 61234768' 'receipts verified offline'; do
	grep -q -e "$told" "$dir/out"
	say $? "it tells of: $told"
done
gone
say $? "nothing of it runs any more"
[ "$(find "$dir/var/demo" -maxdepth 1 -name '*.jwk' -perm 600 | wc -l)" -ge 7 ] && [ -z "$(find "$dir/var/demo" -maxdepth 1 -name '*.jwk' ! -perm 600)" ]
say $? "a key for each, and for its owner alone"
due=$(sed -n 's/.*<cbc:DueDate>\(.*\)<.*/\1/p' "$dir/var/demo/documents/castings-signed-1.xml")
ahead=$((($(date -ud "$due" +%s) - $(date -u +%s)) / 86400))
[ $ahead -gt 70 ] && [ $ahead -lt 83 ]
say $? "its signed invoice falls due in $ahead days, whatever day it is"

play --once
say $? "once more, on what it left"
grep -q 'not played twice' "$dir/out" && grep -q 'all as told' "$dir/out"
say $? "it is not played twice, and still as it was signed"

rm -rf "$BUILD/demo-var"
play --once --state-dir "$BUILD/demo-var"
say $? "in a directory named from here, as make demo does"
rm -rf "$BUILD/demo-var"

play --once --fresh
[ $? -eq 1 ] && grep -q 'nothing was removed' "$dir/out"
say $? "--fresh asks first"
http_proxy=http://127.0.0.1:9 CF_SERVER=http://127.0.0.1:9 CF_PARTY=nobody CF_KEY=nothing CF_DATABASE_URL=none play --once --fresh --yes --json
[ $? -eq 0 ] && tail -1 "$dir/out" | grep -q '"off":0'
say $? "--fresh --yes begins anew, whatever the environment speaks of"
mkdir "$dir/own" && touch "$dir/own/precious"
timeout 60 "$BUILD/counterfoil" demo --once --fresh --yes --state-dir "$dir/own" --listen "127.0.0.1:$port" >"$dir/out" 2>&1 </dev/null
[ $? -eq 1 ] && [ -e "$dir/own/precious" ]
say $? "what no demo made is never removed"

"$BUILD/counterfoil" demo --state-dir "$dir/var" --listen "127.0.0.1:$port" >"$dir/out" 2>&1 </dev/null &
demo=$!
for _ in $(seq 300); do grep -q 'Ctrl-C stops it' "$dir/out" && break; sleep 0.1; done
curl -fso /dev/null "$url/readyz"
say $? "without --once it stays"
timeout 60 "$BUILD/counterfoil" demo --once --state-dir "$dir/other" --listen "127.0.0.1:$port" >"$dir/second" 2>&1 </dev/null
[ $? -eq 3 ] && grep -q 'something answers' "$dir/second"
say $? "a second one at the same place says what to do"
kill -TERM $demo
wait $demo
say $? "until a signal, and then ends cleanly"
demo=
gone
say $? "and takes all with it"
exit $rc
