#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t68: a log that another detection engine has judged: this one takes its turn by an entry, raises nothing again of what
# lay before, goes on from there, and the auditor is told what could not be recomputed and what was made up.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
BUILD=$(cd "$BUILD" && pwd)
ours=$(sed -n 's/.*DETECTION_ENGINE = \([0-9]*\).*/\1/p' include/detect.h)
dir=$(mktemp -d)
chmod 755 "$dir"
server=
down() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; }; server=; }
trap 'down; rm -rf "$dir"' EXIT
rc=0
say() { if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; rc=1; fi; }
cf() { "$BUILD/counterfoil" "$@" >"$dir/out" 2>"$dir/err" </dev/null; }
# gives CODE NAME PATTERN COMMAND...: the exit code, and the pattern somewhere in what it says.
gives() {
	local want=$1 name=$2 pattern=$3 got
	shift 3
	cf "$@"
	got=$?
	[ $got -eq "$want" ] && grep -q -e "$pattern" "$dir/out" "$dir/err"
	local good=$?
	say $good "$name"
	[ $good -eq 0 ] || { echo "# exit $got instead of $want, or no '$pattern' in:"; sed 's/^/# /' "$dir/out" "$dir/err"; }
}
# until NAME PATTERN COMMAND...: it comes to say so
until_says() {
	local name=$1 pattern=$2
	shift 2
	for _ in $(seq 600); do cf "$@" && grep -q -e "$pattern" "$dir/out" && break; sleep 0.1; done
	grep -q -e "$pattern" "$dir/out"
	say $? "$name"
}
field() { sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p" "$dir/out" | head -1; }
number() { sed -n "s/.*\"$1\":\\([0-9]*\\).*/\\1/p" "$dir/out" | head -1; }
cd "$dir" || exit 1
unset CF_SERVER CF_KEY CF_PARTY

port=$((10000 + $$ % 20000))
export CF_SERVER=http://127.0.0.1:$port
up() {
	CF_DETECTION=$1 "$BUILD/counterfoil" up --state-dir var --listen "127.0.0.1:$port" >>"$dir/server.log" 2>&1 </dev/null &
	server=$!
	for _ in $(seq 600); do curl -fso /dev/null "$CF_SERVER/readyz" && break; kill -0 $server 2>/dev/null || break; sleep 0.1; done
	curl -fso /dev/null "$CF_SERVER/readyz"
	say $? "a registry, detection $1"
	[ $rc -eq 0 ] || { sed "s/^/# /" "$dir/server.log"; exit 1; }
}
enrol() { cf key new --out "$1.jwk" && cf party enrol --key var/operator.jwk --jwk "$1.jwk" --name "$1" --uscc "$2" --roles supplier,core_enterprise && [ -s "$1.party" ]; }
sells() { cf receivable register --key "$1.jwk" --debtor "$(cat "$2.party")" --face "$3" --issue-date +0d --due-date +90d --existing no --goods 7208 --json; }
registry() { local n=$1; shift; gives "$n" "$@" --key var/registry.jwk --party "$(cat var/operator.party)" --json; }

up false
curl -fs "$CF_SERVER/readyz?verbose" | grep -q 'detection is off here'
say $? "it says that nobody detects here"
enrol a 91310115MA1H7C3X46 && enrol b 91320281MA1PL4Q61J && enrol c 91410305MA45T8K22A
say $? "parties"

# --- engine 9 judges ---
gives 1 "a party does not say which engine judges" role-missing detection engine --engine 9 --from-seq 2 --key var/operator.jwk
registry 0 "the registry does" '' detection engine --engine 9 --from-seq 2
sells a b 640000.00CNY && sells b c 646000.00CNY && sells c a 652000.00CNY
say $? "steel in a circle"
third=$(field object) at=$(number seq)
raise=(finding raise --asset "$third" --signal D04 --severity flag --at-seq "$at" --evidence "$at" --detail "by an engine of the past")
registry 1 "this engine has no turn" other-engine "${raise[@]}" --engine "$ours"
registry 0 "engine 9 has" '' "${raise[@]}" --engine 9
gives 4 "the auditor is told what is not recomputed" 'raised by engine 9, which this build does not carry: 1 findings not recomputed' audit replay --state-dir var
gives 4 "and may rely on the code" '"good":true.*"not_recomputed":\[{"engine":9,"findings":1}\]' audit replay --state-dir var --json
down

# --- this engine comes ---
up true
turns() { curl -fs "$CF_SERVER/v1/audit/rules" | grep -o '"rule":"detection.engine"' | wc -l; }
for _ in $(seq 600); do [ "$(turns)" -eq 3 ] && break; sleep 0.1; done
[ "$(turns)" -eq 3 ]
say $? "it takes its turn by an entry"
for _ in $(seq 600); do curl -fs "$CF_SERVER/readyz?verbose" >out; grep -q 'detection ok' out && break; sleep 0.1; done
grep -q 'detection ok: .* judged of' out
say $? "and says how far it has come"
curl -fs "$CF_SERVER/metrics" | grep -q '^counterfoil_detection_state{state="judging"} 1'
say $? "and in what state it is"
gives 0 "what lay before is not judged again" '"signal":"D04"' finding list --key c.jwk --asset "$third" --json
[ "$(grep -o '"signal"' out | wc -l)" -eq 1 ]
say $? "nothing but what engine 9 found stands there"
sells b a 910000.00CNY && sells a c 921000.00CNY && sells c b 930000.00CNY
until_says "what comes now is judged" '"signal":"G01"' finding list --key c.jwk --asset "$(field object)" --json
gives 4 "what this engine found is found again" '"good":true.*"recomputed":[1-9].*"not_recomputed":\[{"engine":9,"findings":1}\]' audit replay --state-dir var --json

# --- the database fails under it ---
psql=$(command -v psql || ls /usr/lib/postgresql/*/bin/psql | head -1)
db() { "$psql" -Xq "host=$dir/var/run port=5432 dbname=counterfoil user=counterfoil" -c "$1" >out 2>err; }
db 'CREATE POLICY broken ON counterfoil.entry AS RESTRICTIVE FOR SELECT TO counterfoil_follower USING (1 / (seq - seq) = 1)'
say $? "the follower's every query fails"
down
up true # what came while it runs it has in memory: now it has to ask
sells a b 330000.00CNY && sells b c 333000.00CNY && sells c a 336000.00CNY
say $? "nobody is turned away"
last=$(field object)
for _ in $(seq 600); do curl -fs "$CF_SERVER/readyz" >out; grep -q 'detection waits' out && break; sleep 0.1; done
grep -q 'detection waits for the database: .* judged of' out
say $? "readyz says that detection waits, and is ready"
cf check --asset "$last" --purpose lending --key a.jwk --json
grep -q '"detection":[0-9]' out
say $? "a check says how far detection has come"
db 'DROP POLICY broken ON counterfoil.entry'
until_says "it goes on by itself" '"signal":"G01"' finding list --key c.jwk --asset "$last" --json
down
up true
for _ in $(seq 600); do curl -fs "$CF_SERVER/readyz?verbose" >out; grep -q 'detection ok' out && break; sleep 0.1; done
gives 4 "after a restart nothing is entered twice" '"good":true' audit replay --state-dir var --json
[ "$(turns)" -eq 3 ]
say $? "nor is the turn taken again"

# --- an operator that invents ---
registry 0 "a finding about what another engine judged" '' "${raise[@]}" --engine "$ours"
gives 1 "the auditor sees whose turn it was" 'about entry .*, which engine '"$ours"' does not judge' audit replay --state-dir var
exit $rc
