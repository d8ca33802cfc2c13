#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t63: a client nobody here wrote reads our log: Go's golang.org/x/mod/sumdb/tlog and note (tests/foreign).
# Skipped without Go, or where the module cannot be had.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
rc=0
say() { if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; rc=1; fi; }

command -v go >/dev/null || { echo "ok foreign clients # skip no go"; exit 0; }
(cd tests/foreign && GOFLAGS=-buildvcs=false timeout 120 go build -o "$dir/foreign" . >"$dir/log" 2>&1) ||
	{ echo "ok foreign clients # skip the Go module cannot be built here"; sed 's/^/# /' "$dir/log"; exit 0; }

# Sizes that end in every kind of tile: none, partial, full, a second level that is full.
for sizes in 1 255 "100 256" "256 257" "3 300 511 700" "65535 65536" "65000 65537"; do
	log="$dir/${sizes// /-}"
	vkey=$("$BUILD/tests/t61_tiles" write "$log" $sizes)
	out=$("$dir/foreign" "$vkey" "$log" 2>&1)
	[ "$out" = "${sizes##* } entries" ]
	say $? "Go reads a log published at $sizes: $out"
done

# It is a judge worth having only if it says no.
cp -r "$log" "$dir/bad"
printf x | dd of="$dir/bad/tile/entries/007" bs=1 seek=5000 conv=notrunc status=none
! out=$("$dir/foreign" "$vkey" "$dir/bad" 2>&1)
say $? "and refuses it with a byte changed: $out"

if command -v python3 >/dev/null; then
	(cd "$log" && exec python3 -c '
import http.server, sys
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
print(s.server_address[1], flush=True)
s.serve_forever()' >"$dir/port" 2>/dev/null) &
	server=$!
	for _ in $(seq 50); do [ -s "$dir/port" ] && break; sleep 0.1; done
	out=$("$dir/foreign" "$vkey" "http://127.0.0.1:$(cat "$dir/port")" 2>&1)
	[ "$out" = "65537 entries" ]
	say $? "and over HTTP: $out"
fi
exit $rc
