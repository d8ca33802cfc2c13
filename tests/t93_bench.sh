#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t93: what the benchmark fills a registry with is a registry: it takes statements, its log verifies, its state replays.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
dir=$(mktemp -d)
chmod 755 "$dir"
trap 'rm -rf "$dir"' EXIT
rc=0
say() { if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; rc=1; tail -n 20 "$dir/err" | sed 's/^/# /'; fi; }
bench() { timeout 300 "$BUILD/counterfoil" bench "$@" >"$dir/out" 2>"$dir/err" </dev/null; }

bench --fill=6000 --state-dir="$dir/filled"
say $? "a registry filled with 6000 entries takes more and is proved: $(cat "$dir/out")"
grep -Eq '^[6-9][0-9]{3} entries, [0-9]+ rows: the log verifies, the state replays$' "$dir/out"
say $? "and says so"

# The rows with all assets and with detection: every answer is what it should be.
if [ -x "$BUILD/ceiling" ]; then
	bench --quick --repeat=1 --seconds=1 --connections=64 --state-dir="$dir/measured" --json="$dir/bench.json"
	say $? "a second of each load, and no wrong answer"
	grep -q 'wrong answers: 0$' "$dir/out" && grep -q '"mixed_ratio":[0-9]' "$dir/bench.json" && grep -q '"detect_ratio":[0-9]' "$dir/bench.json"
	say $? "with all assets, and with detection"
fi

# Only the two programs, as after `make all`: what is missing is named.
mkdir "$dir/bin" && cp "$BUILD/counterfoil" "$BUILD/counterfoild" "$dir/bin/"
timeout 120 "$dir/bin/counterfoil" bench --quick >"$dir/out" 2>"$dir/err" </dev/null
[ $? -eq 1 ] && grep -q "$dir/bin/ceiling: is not there" "$dir/err"
say $? "without the ceiling it says what is missing"
exit $rc
