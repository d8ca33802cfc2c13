#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t93: a legacy book comes in: a dry run tells what would be refused, the import takes the rest, is killed in the middle
# and carried on, and at the end file and registry agree to the cent. What a user would miss without it: a row that is
# in twice, a row that is in nowhere, a total that is off and nobody says so.
set -u
source "$(dirname "$0")/cli.sh"
# exits CODE NAME PATTERN COMMAND...: the exit code, and the pattern somewhere in what it says.
exits() {
	local want=$1 name=$2 pattern=$3 got
	shift 3
	cf "$@"
	got=$?
	[ $got -eq "$want" ] && grep -qe "$pattern" out err
	say $? "$name (exit $got)"
}
rates=(--write-rate=1000000 --write-burst=10000000 --read-rate=100000 --read-burst=100000)
registry "${rates[@]}"
enrol core 91310115MA1H7C3X46 core_enterprise && enrol seller 91320281MA1PL4Q61J supplier
say $? "parties"
demand_no_document
core=$(cat core.party)
from=$(date -u -d '-10 days' +%F) due=$(date -u -d '+60 days' +%F)
size() { curl -fs "$CF_SERVER/log/checkpoint" | sed -n 2p; }

# --- a table with faults ---
{
	echo 'number,amount,currency,debtor,issue_date,due_date'
	for i in $(seq 200); do echo "A-$i,$i.07,CNY,$core,$from,$due"; done
	echo "A-7,7.07,CNY,$core,$from,$due"            # row 202: a claim that is there already
	echo "\"B-1, \"\"new\"\"\",1.5,CNY,$core,$from,$due" # row 203: not exact
	echo "B-2,1.50,CNY,$core,$from"                 # row 204: a cell is missing
	echo "B-3,1.50,CNY,nobody,$from,$due"           # row 205: no party's id
	echo "B-4,2.50,CNY,$core,$due,$from"            # row 206: due before it was issued
	echo "B-5,10,JPY,$core,$from,$due"
	echo "\"B-6, \"\"quoted\"\"\",3.50,CNY,$core,$from,$due"
} >book.csv
sleep 1
before=$(size)
exits 1 "a dry run names the rows that would be refused" '202 rows would be accepted, 0 are in already, 5 would be refused' \
	import book.csv --key seller.jwk --dry-run --state-dir var
for row in 202 203 204 205 206; do grep -q "^{\"row\":$row,\"problem\":{\"code\":\"[a-z-]*\",\"detail\":\"..*\"" out || { false; break; }; done
say $? "each with its row and why"
grep -q '"row":202,"problem":{"code":"duplicate-claim"' out
say $? "a row is judged with the rows before it"
sleep 1
[ "$(size)" = "$before" ] && [ -z "$(ls book.csv.* 2>/dev/null)" ]
say $? "and changes nothing, here and there"
exits 1 "without the registry's database it reads the rows only" 'the rules were not asked' import book.csv --key seller.jwk --dry-run

exits 1 "the import takes what is good" '202 rows accepted, 0 were in already, 5 refused' import book.csv --key seller.jwk
grep -q 'agree to the cent, and so does each receivable in the registry' out && grep -Eq '^CNY +203 +20127.07 +20117.50 +9.57 .* 20117.50$' out &&
	grep -Eq '^JPY +1 +10 +10 ' out
say $? "and proves it to the cent, currency by currency"
sed 's/^{"row":\([0-9]*\),.*/\1/' book.csv.refused | tr '\n' ' ' | grep -qx '202 203 204 205 206 '
say $? "the refused rows are a file, in order"
sleep 1
after=$(size)
exits 1 "run again it takes nothing twice" '202 rows accepted, 0 were in already, 5 refused' import book.csv --key seller.jwk
rm book.csv.import
exits 1 "also when it has forgotten that it ran" '0 rows accepted, 202 were in already, 5 refused' import book.csv --key seller.jwk
sleep 1
[ "$(size)" = "$after" ]
say $? "and the log has not grown"
echo "C-1,1.00,CNY,$core,$from,$due" >>book.csv
exits 2 "another table under the same name is not mixed with it" 'another table' import book.csv --key seller.jwk

# --- statements that build on each other, killed in the middle ---
awk -v core="$core" -v from="$from" -v due="$due" 'BEGIN { print "number,amount,currency,debtor,issue_date,due_date"
	for (i = 0; i < 20000; i++) printf "K-%d,%d.%02d,CNY,%s,%s,%s\n", i, i % 997 + 1, i % 100, core, from, due }' >long.csv
sum=$(awk -F, 'NR > 1 { s += $2 * 100 } END { printf "%d.%02d", s / 100, s % 100 }' long.csv)
kills=0
for pause in 0.6 0.3 0.9 0.5; do
	"$BUILD/counterfoil" import long.csv --key seller.jwk >out 2>err </dev/null &
	importer=$!
	sleep $pause
	kill -9 $importer 2>/dev/null && kills=$((kills + 1))
	wait $importer 2>/dev/null
done
[ $kills -ge 2 ]
say $? "killed $kills times"
"$BUILD/counterfoil" import long.csv --key seller.jwk >out 2>err </dev/null &
importer=$!
sleep 0.4
crash
wait $importer
[ $? -eq 3 ]
say $? "without the registry it says so and stops"
up "${rates[@]}"
exits 0 "carried on to the end" 'agree to the cent, and so does each' import long.csv --key seller.jwk
grep -Eq "^CNY +20000 +$sum +$sum +0.00 +0.00 +$sum\$" out
say $? "20000 rows, none twice, none lost, $sum"
cf audit replay --state-dir var
say $? "and the log replays"
exit $rc
