#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t77: the examples of tools/examples/ as they stand there: in each language a statement is signed with what the language
# brings along, accepted, and its receipt verified; and not verified when one bit of it was changed on the way.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
BUILD=$(cd "$BUILD" && pwd)
dir=$(mktemp -d)
chmod 755 "$dir"
server= liar=
stop() { kill $liar $server 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"; }
trap stop EXIT
rc=0
n=0
say() { n=$((n + 1)); if [ "$1" -eq 0 ]; then echo "ok $n $2"; else echo "not ok $n $2"; sed 's/^/# /' "$dir/out"; rc=1; fi; }
unset CF_SERVER CF_KEY CF_PARTY CF_PURPOSE
port=$((10000 + $$ % 20000))
export CF_SERVER=http://127.0.0.1:$port
"$BUILD/counterfoil" up --state-dir "$dir/var" --listen "127.0.0.1:$port" >"$dir/log" 2>&1 </dev/null &
server=$!
for _ in $(seq 1200); do curl -fso /dev/null "$CF_SERVER/readyz" && break; kill -0 $server 2>/dev/null || break; sleep 0.1; done
enrol() { "$BUILD/counterfoil" key new --out "$dir/$1.jwk" && "$BUILD/counterfoil" party enrol --key "$dir/var/operator.jwk" --jwk "$dir/$1.jwk" --name "$1" --uscc "$2" --roles "$3"; }
{ enrol seller 91320281MA1PL4Q61J supplier && enrol buyer 91310115MA1H7C3X46 core_enterprise; } >"$dir/out" 2>&1
say $? "a seller and a buyer"
command -v python3 >/dev/null && { python3 tests/t77_liar.py "$CF_SERVER" $((port + 1)) & liar=$!; }
for _ in $(seq 300); do curl -so /dev/null "http://127.0.0.1:$((port + 1))/" && break; sleep 0.1; done

# example NAME NEEDED COMMAND...
example() {
	local name=$1 needed=$2
	shift 2
	if ! sh -c "$needed" >/dev/null 2>&1; then
		n=$((n + 1))
		echo "ok $n $name # skip its tools are not here"
		return
	fi
	"$@" "$CF_SERVER" "$dir/seller.jwk" "$(cat "$dir/seller.party")" "$(cat "$dir/buyer.party")" >"$dir/out" 2>&1 && grep -q '^entry [0-9]*: accepted, receipt verified$' "$dir/out"
	say $? "$name"
	[ -z "$liar" ] || { ! "$@" "http://127.0.0.1:$((port + 1))" "$dir/seller.jwk" "$(cat "$dir/seller.party")" "$(cat "$dir/buyer.party")" >"$dir/out" 2>&1 && ! grep -q verified "$dir/out"; }
	say $? "$name is not fooled"
}
example "curl, openssl and jq" "command -v jq && openssl pkeyutl -help 2>&1 | grep -q rawin" bash tools/examples/statement.sh
example "Python" "python3 -c 'import cryptography'" python3 tools/examples/statement.py
example "Node" "command -v node && [ \$(node -p 'parseInt(process.versions.node)') -ge 18 ]" node tools/examples/statement.mjs
example "Java" "command -v javac && java --version | grep -qE '(1[7-9]|2[0-9])\\.'" java -XX:TieredStopAtLevel=1 tools/examples/Statement.java
if go build -o "$dir/statement-go" tools/examples/statement.go >"$dir/out" 2>&1; then
	example "Go" true "$dir/statement-go"
else
	example "Go" "command -v go && go version | grep -qE 'go1\\.(1[89]|[2-9][0-9])'" false
fi
exit $rc
