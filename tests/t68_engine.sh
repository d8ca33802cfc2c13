#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t68: a log that another detection engine has judged: this one takes its turn by an entry, raises nothing again of what
# lay before, goes on from there, and the auditor is told what could not be recomputed and what was made up.
set -u
source "$(dirname "$0")/cli.sh"
ours=$(sed -n 's/.*DETECTION_ENGINE = \([0-9]*\).*/\1/p' "$tree/include/detect.h")
# until_says NAME PATTERN COMMAND...: it comes to say so
until_says() {
	local name=$1 pattern=$2
	shift 2
	wait_for says "$pattern" "$@"
	say $? "$name"
}
# at PATH PATTERN: what the server says there
at() { curl -fs "$CF_SERVER$1" >out; grep -q -e "$2" out; }
detecting() { # true or false
	up --detection="$1"
	local good=$?
	say $good "a registry, detection $1"
	[ $good -eq 0 ] || { sed 's/^/# /' "$dir/server.log"; exit 1; }
}
sells() { cf receivable register --key "$1.jwk" --debtor "$(cat "$2.party")" --face "$3" --issue-date +0d --due-date +90d --existing no --goods 7208 --json; }
registrys() { local n=$1; shift; gives "$n" "$@" --key var/registry.jwk --party "$(cat var/operator.party)" --json; }

detecting false
curl -fs "$CF_SERVER/readyz?verbose" | grep -q 'detection is off here'
say $? "it says that nobody detects here"
both=supplier,core_enterprise
enrol a 91310115MA1H7C3X46 $both && enrol b 91320281MA1PL4Q61J $both && enrol c 91410305MA45T8K22A $both
say $? "parties"

# --- engine 9 judges ---
gives 1 "a party does not say which engine judges" role-missing detection engine --engine 9 --from-seq 2 --key var/operator.jwk
registrys 0 "the registry does" '' detection engine --engine 9 --from-seq 2
sells a b 640000.00CNY && sells b c 646000.00CNY && sells c a 652000.00CNY
say $? "steel in a circle"
third=$(field object) at=$(number seq)
raise=(finding raise --asset "$third" --signal D04 --severity flag --at-seq "$at" --evidence "$at" --detail "by an engine of the past")
registrys 1 "this engine has no turn" other-engine "${raise[@]}" --engine "$ours"
registrys 0 "engine 9 has" '' "${raise[@]}" --engine 9
gives 4 "the auditor is told what is not recomputed" 'raised by engine 9, which this build does not carry: 1 findings not recomputed' audit replay --state-dir var
gives 4 "and may rely on the code" '"good":true.*"not_recomputed":\[{"engine":9,"findings":1}\]' audit replay --state-dir var --json
down

# --- this engine comes ---
detecting true
turns() { curl -fs "$CF_SERVER/v1/audit/rules" | grep -o '"rule":"detection.engine"' | wc -l; }
three_turns() { [ "$(turns)" -eq 3 ]; }
wait_for three_turns
say $? "it takes its turn by an entry"
wait_for at '/readyz?verbose' 'detection ok: .* judged of'
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
db 'CREATE POLICY broken ON counterfoil.entry AS RESTRICTIVE FOR SELECT TO counterfoil_follower USING (1 / (seq - seq) = 1)'
say $? "the follower's every query fails"
down
detecting true # what came while it runs it has in memory: now it has to ask
sells a b 330000.00CNY && sells b c 333000.00CNY && sells c a 336000.00CNY
say $? "nobody is turned away"
last=$(field object)
wait_for at /readyz 'detection waits for the database: .* judged of'
say $? "readyz says that detection waits, and is ready"
cf check --asset "$last" --purpose lending --key a.jwk --json
grep -q '"detection":[0-9]' out
say $? "a check says how far detection has come"
db 'DROP POLICY broken ON counterfoil.entry'
until_says "it goes on by itself" '"signal":"G01"' finding list --key c.jwk --asset "$last" --json
down
detecting true
wait_for at '/readyz?verbose' 'detection ok'
gives 4 "after a restart nothing is entered twice" '"good":true' audit replay --state-dir var --json
[ "$(turns)" -eq 3 ]
say $? "nor is the turn taken again"

# --- an operator that invents ---
registrys 0 "a finding about what another engine judged" '' "${raise[@]}" --engine "$ours"
gives 1 "the auditor sees whose turn it was" 'about entry .*, which engine '"$ours"' does not judge' audit replay --state-dir var
exit $rc
