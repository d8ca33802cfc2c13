#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t75: sealed at rest, from outside: a dump of the database holds no document; without its master key, or with another's,
# the server says so and does not start; a new master key is taken at a start; a party's documents are erased, and every
# hash, receipt and root is what it was.
set -u
source "$(dirname "$0")/cli.sh"
papers
registry
claim=$(cat /proc/sys/kernel/random/uuid) lent=$(cat /proc/sys/kernel/random/uuid) grant=$(cat /proc/sys/kernel/random/uuid)
[ "$(stat -c '%a %s' var/master.key)" = "600 32" ]
say $? "its master key is a file of its own, for its owner alone"
enrol core 91310115MA1H7C3X46 core_enterprise && enrol castings 91320281MA1PL4Q61J supplier && enrol bank 91110000400000078U bank
say $? "parties"
gives 0 "a claim on a document" 'accepted' receivable register --key castings.jwk --document "$docs/castings-1.xml" --debtor "$(cat core.party)" --object "$claim" --out r.json
cf document submit --key core.jwk "$docs/castings-1.xml" && cf document submit --key castings.jwk "$docs/castings-2.xml"
say $? "another party has the same document, too; and one more"
one=$(sha256sum "$docs/castings-1.xml" | cut -c1-64)
two=$(sha256sum "$docs/castings-2.xml" | cut -c1-64)
gives 0 "it is read" 'JZ2026090012' document show --key castings.jwk "$one"

# --- a stolen dump ---
db "SELECT bytes, report FROM counterfoil.document_sealed" | python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read().replace(chr(92) + "x", "").replace("|", "")))' >dump
db "SELECT bytes, report FROM counterfoil.document_content" >>dump
[ "$(stat -c %s dump)" -gt "$(stat -c %s "$docs/castings-1.xml")" ] && ! grep -aq -e 'Invoice' -e 'JZ2026' -e 'payable' -e '江阴' dump
say $? "a dump of the documents holds none of them"
# What a statement alone says: the reason of a dispute, an address. Then numbers, names and amounts, which rows of state say.
gives 0 "a dispute, with its reason" 'accepted' receivable dispute --key core.jwk --object "$claim" --code C02 --reason 'Zinkschicht zu duenn'
gives 0 "what is known of a party" 'accepted' party profile --key var/operator.jwk --object "$(cat castings.party)" --ties 'phone:+86-555-0100' --purchases 900000.07CNY --source 'tax office'
PGOPTIONS='-c row_security=off' pg_dump -a -h "$dir/var/run" -U counterfoil counterfoil >whole 2>err || sed 's/^/# /' err
"$tree/tests/dumped.py" whole 'Zinkschicht' '+86-555-0100' '900000.07' 'tax office' '"salt"' 'eyJhbGciOi' >found
[ -s whole ] && ! [ -s found ]
show=$?; say $show "nor does a dump of the whole database hold what is said in statements alone"; [ $show -eq 0 ] || sed 's/^/# /' found
"$tree/tests/dumped.py" whole castings JZ2026090012 67370600 673706.00 91320281MA1PL4Q61J | cut -d' ' -f1 | sort -u >found
diff <(printf '%s\n' asset.face asset.number evidence.issuer_ids evidence.number evidence.payable party.identifier party.name trade_bringer.identifier trade_paper.words | sort) found >wrong
show=$?; say $show "and names, numbers and amounts are where 074 and 077 say, in the rows of state, and nowhere else"; [ $show -eq 0 ] || sed 's/^/# /' wrong
files=$(grep -rlaE '<cbc:|<Invoice|eyJhbGciOi|Zinkschicht' var/pg 2>/dev/null | head -n 3)
[ -z "$files" ]
say $? "nor does any file of the database, its write-ahead log included"
[ "$(db "SELECT count(*) FROM counterfoil.sealing_key WHERE position(decode('$(od -An -v -tx1 var/master.key | tr -d ' \n')', 'hex') IN wrapped) > 0")" = 0 ]
say $? "nor its keys the key they are wrapped under"

# --- the master key ---
down
mv var/master.key kept
up
say $((1 - $?)) "without its master key it does not start"
grep -q 'master.key is missing: what is sealed in this database' server.log
say $? "and says which file it wants"
[ ! -e var/master.key ]
say $? "and makes none in its place"
head -c 32 /dev/zero >var/master.key && chmod 600 var/master.key
up
say $((1 - $?)) "nor with another's"
grep -q "is another database's key" server.log
say $? "and says so"
rm var/master.key
mkdir -m 700 safe && mv kept safe/key
up --master-key="$dir/safe/key"
say $? "the key may lie elsewhere"
gives 0 "what was sealed opens" 'JZ2026090012' document show --key castings.jwk "$one"
down
mv safe/key var/master.key
before=$(sha256sum <var/master.key)
gives 0 "a new master key is asked for" 'starts next' seal rotate --state-dir var
gives 1 "once" 'there already' seal rotate --state-dir var
up
say $? "it is taken at the next start"
[ "$(sha256sum <var/master.key)" != "$before" ] && [ ! -e var/master.key.next ]
say $? "under the old one's name"
gives 0 "and opens all there is" 'JZ2026090012' document show --key castings.jwk "$one"

# --- not there, or not yours ---
token=$("$BUILD/counterfoil" token --key bank.jwk)
# looks ID: the answer without the instance; how long it took, in microseconds, in $took
looks() {
	took=$(curl -s -o out -w '%{time_starttransfer}' -H "Authorization: Bearer $token" -H 'Counterfoil-Purpose: lending' "$CF_SERVER/v1/receivables/$1" | tr -d .)
	sed 's/"instance":"[^"]*"//' out
}
none=$(looks "$(cat /proc/sys/kernel/random/uuid)") other=$(looks "$claim")
[ -n "$none" ] && [ "$none" = "$other" ]
say $? "what is another's and what is not there are told alike"
least=999999
for _ in 1 2 3 4 5; do for id in "$claim" "$(cat /proc/sys/kernel/random/uuid)"; do looks "$id" >/dev/null; [ "$((10#$took))" -lt $least ] && least=$((10#$took)); done; done
[ $least -ge 4000 ] && [ $least -lt 999999 ]
say $? "and neither before the next step of a grid wider than the difference ($least us)"

# --- erasure ---
castings=$(cat castings.party)
due=$(sed -n 's/.*<cbc:DueDate>\(.*\)<.*/\1/p' "$docs/castings-3.xml" | head -n 1)
face=$(sed -n 's/.*<cbc:PayableAmount currencyID="CNY">\(.*\)<.*/\1/p' "$docs/castings-3.xml" | head -n 1)
gives 0 "a claim that is lent on" accepted receivable register --key castings.jwk --document "$docs/castings-3.xml" --debtor "$(cat core.party)" --object "$lent"
gives 0 "confirmed" accepted receivable confirm --key core.jwk --object "$lent" --face "${face}CNY" --due-date "$due" --set-off-waived yes
gives 0 "assigned" accepted encumbrance grant --key castings.jwk --object "$grant" --asset "$lent" --kind assignment --secured-party "$(cat bank.party)" --amount 100.00CNY --from +0d
gives 0 "to the bank" accepted encumbrance accept --key bank.jwk --object "$grant"
root=$(curl -fs "$CF_SERVER/v1/log/proof/inclusion?seq=1" | grep -o '"root":"[^"]*"')
gives 1 "a party at work is not erased" 'bad-state' party erase --key var/operator.jwk --object "$castings" --reason 'asked to'
gives 0 "it is suspended" 'accepted' party suspend --key var/operator.jwk --object "$castings" --reason 'closed down'
gives 1 "only the operator erases" 'role-missing' party erase --key core.jwk --object "$castings" --reason 'we would rather'
gives 0 "then what it brought is erased" 'accepted: party.erase' party erase --key var/operator.jwk --object "$castings" --reason 'closed down, and kept as long as the law wants'
enrol examiner 11100000700000034H regulator
# asks PATH KEY: the answer, and its status in the last line
asks() { curl -s -w '\n%{http_code}' -H "Authorization: Bearer $("$BUILD/counterfoil" token --key "$2.jwk")" -H "Counterfoil-Purpose: $3" "$CF_SERVER$1" >out; }
[ "$(db "SELECT counterfoil.erasure_waits('$castings')")" = t ]
say $? "while the bank lends on a claim of its, that waits"
asks "/v1/assets/$lent/history" bank lending
grep -q '"statement":"eyJ' out && ! grep -q erased_by out
say $? "and the bank can still show what it relies on"
gives 0 "it lets go" accepted encumbrance release --key bank.jwk --object "$grant"
gives 0 "the debtor pays" accepted receivable pay --key core.jwk --object "$lent" --amount "${face}CNY" --on +0d
for _ in $(seq 300); do [ "$(db "SELECT count(*) FROM counterfoil.sealing_key WHERE wrapped IS NULL")" = 1 ] && break; sleep 0.1; done
[ "$(db "SELECT count(*) FROM counterfoil.sealing_key WHERE wrapped IS NULL")" = 1 ]
say $? "its key is destroyed"
[ "$(db "SELECT count(*) FILTER (WHERE sha256 = decode('$two', 'hex')) || ' ' || count(*) FILTER (WHERE sha256 = decode('$one', 'hex')) FROM counterfoil.trade_paper")" = "0 1" ]
say $? "and what its documents said to the papers of their trades, where nobody else brought them"
[ "$(db "SELECT count(*) FILTER (WHERE sha256 = decode('$two', 'hex')) || ' ' || count(*) FILTER (WHERE sha256 = decode('$one', 'hex')) FROM counterfoil.evidence")" = "0 1" ]
say $? "and the facts the rules had read in them"
seq=$(sed -n 's/.*"seq":\([0-9]*\).*/\1/p' r.json | head -n 1)
asks "/v1/entries/$seq" examiner supervision
[ "$(tail -n 1 out)" = 410 ] && grep -q 'erased, by entry' out
show=$?; say $show "its entry answers 410, with the entry that erased it"
asks "/v1/assets/$claim/history" core trade
grep -q '"erased_by":' out && grep -q '"statement":"eyJ' out
show=$?; say $show "in a history its entries say so, and the others' are there"
gives 1 "it does not come back" 'bad-state' party restore --key var/operator.jwk --object "$castings" --reason 'after all'
gives 1 "who asks for what it brought alone is told that it is gone, and by which entry" 'erased, by entry' document show --key examiner.jwk "$two"
[ "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $("$BUILD/counterfoil" token --key examiner.jwk)" -H 'Counterfoil-Purpose: supervision' "$CF_SERVER/v1/documents/$two")" = 410 ]
say $? "with status 410"
gives 1 "who may not see it is told nothing" 'not-found' document show --key bank.jwk "$two"
gives 0 "what another party brought is still read" 'JZ2026090012' document show --key core.jwk "$one"

# --- what must not have changed ---
gives 0 "the receipt verifies" 'verified' receipt verify r.json --vkey "$(curl -fs "$CF_SERVER/.well-known/counterfoil.json" | sed 's/.*"vkey":"\([^"]*\)".*/\1/')"
[ -n "$root" ]
say $? "a root of before"
erased=$(db "SELECT count(*) FROM counterfoil.entry e JOIN counterfoil.sealing_key k ON k.party = CASE get_byte(e.statement, 0) WHEN 2 THEN e.object ELSE e.issuer END WHERE k.wrapped IS NULL")
[ "$erased" -gt 0 ]
say $? "some of its entries are erased"
gives 4 "the state replays, and it says that not all could be decided again" '"good":true' audit replay --state-dir var --json
grep -q "\"erased\":$erased" out
show=$?; say $show "and how many: the $erased under its key"
gives 4 "in words, too, and not that all is well" 'as far as that can be read' audit replay --state-dir var
gives 0 "the log verifies from the database" 'verified\|agrees' log verify --state-dir var
gives 0 "the log verifies" 'good\|verified' log verify --server "$CF_SERVER"
down
up
say $? "and it starts again"
gives 1 "still erased" 'erased, by entry' document show --key examiner.jwk "$two"
for _ in $(seq 600); do curl -fs "$CF_SERVER/readyz?verbose" | grep -q "detection ok" && break; sleep 0.1; done
curl -fs "$CF_SERVER/readyz?verbose" >out; grep -q 'detection ok' out
show=$?; say $show "detection goes on without what is gone"
gives 0 "the bank's record stands" '"released"' encumbrance list --key bank.jwk --json
gives 4 "and the state replays" '"good":true' audit replay --state-dir var --json
exit $rc
