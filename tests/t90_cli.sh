#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t90: the command line as a user meets it: what it refuses before anything is sent, its exit codes, and a receipt that
# stops being good when one byte of it changes. The registry it speaks to is its own.
set -u
source "$(dirname "$0")/cli.sh"
papers

# --- use ---
gives 2 "no command" 'usage: counterfoil'
gives 0 "--help" 'exit codes: 0 good'  --help
gives 0 "version" '^counterfoil [0-9]' version
gives 2 "an unknown verb names the nearest" 'did you mean .counterfoil receivable confirm.' receivable confrim
gives 2 "an unknown noun too" 'did you mean .counterfoil document verify.' documnet verify
gives 2 "a noun alone lists its verbs" 'receivable register' receivable
gives 0 "--help on a noun" 'encumbrance grant' encumbrance --help
gives 0 "--help on a statement type" '--due-date' receivable confirm --help
gives 0 "--help on a command" '--vkey' receipt verify --help
gives 2 "an unknown option names the nearest" 'did you mean --document' check --documnet x
gives 2 "an option without its value" 'wants UUID' check --asset
gives 2 "a switch takes no value" 'takes no value' check --certificate=yes
gives 2 "one dash" 'two dashes' check -asset
gives 2 "an argument is missing" 'wants FILE' receipt verify
gives 0 "all statement types" 'receivable.register' statement types
gives 0 "their schema" 'receivable.register' statement schema

gives 0 "completion: nouns" '^receivable$' completion words
gives 0 "completion: verbs" '^confirm$' completion words receivable
gives 0 "completion: options of a statement" '^--due-date$' completion words receivable confirm
gives 0 "completion: options of a command" '^--vkey$' completion words receipt verify
source <("$BUILD/counterfoil" completion bash) && COMP_WORDS=("$BUILD/counterfoil" rece) COMP_CWORD=1 && _counterfoil
[[ " ${COMPREPLY[*]} " == *receivable* && " ${COMPREPLY[*]} " == *receipt* ]]
say $? "completion in bash"

# --- keys ---
for alg in Ed25519 ES256 SM2; do
	gives 0 "a key of $alg" "^alg  $alg" key new --alg $alg --out $alg.jwk
done
[ "$(stat -c %a Ed25519.jwk)" = 600 ]
say $? "a private key is for its owner alone"
gives 1 "a key is never overwritten" 'never overwritten' key new --out Ed25519.jwk
gives 0 "a key is shown without its private half" '^kid' key show SM2.jwk
! grep -q '"d"' "$dir/out"
say $? "no d in it"
gives 2 "an unknown algorithm" 'Ed25519, ES256 or SM2' key new --alg RSA --out rsa.jwk
chmod 644 ES256.jwk
gives 2 "a key that others may read is not used" 'mode 0600' receivable list --key ES256.jwk --party 0198c0de-0000-7000-8000-000000000001
chmod 600 ES256.jwk

# --- what is wrong is named before anything is sent ---
party=0198c0de-0000-7000-8000-000000000001
reg="receivable register --key Ed25519.jwk --party $party --dry-run --debtor $party --issue-date 2026-11-01"
gives 0 "a dry run prints the payload and sends nothing" '"type":"receivable.register"' \
	$reg --due-date 2027-02-01 --face 1250.00CNY --existing no
gives 2 "an amount without its currency" '1250.00CNY' $reg --due-date 2027-02-01 --face 1250.00
gives 2 "an amount with the wrong digits" '--face: expected a decimal string with exactly 2' $reg --due-date 2027-02-01 --face 1250.0CNY
gives 2 "a day that is none" '--due-date: expected a date' $reg --due-date 2027-02-30 --face 1250.00CNY
gives 2 "a field that is missing" '--due-date' $reg --face 1250.00CNY
gives 2 "neither yes nor no" 'yes or no' $reg --due-date 2027-02-01 --face 1250.00CNY --existing maybe
gives 2 "a statement about something names it" '--object' receivable cancel --key Ed25519.jwk --party $party --reason x
gives 2 "whose key it is must be known" '--party' receivable list --key Ed25519.jwk
gives 2 "a key is needed" 'a key is needed' receivable list
gives 2 "an id that is none" 'is no id' receivable show 123 --key Ed25519.jwk
gives 2 "a claim is named in one way" 'in one way' check --key Ed25519.jwk --asset $party --document x
gives 3 "nobody listens" 'does not answer' log checkpoint --server http://127.0.0.1:9
gives 2 "a server is a URL" 'is a URL' log checkpoint --server ftp://x

# --- documents, offline ---
gives 0 "a sound document" 'level 1' document verify "$docs/castings-1.xml"
gives 1 "an altered one" 'AMT-07' document verify "$docs/castings-2-altered.xml"
gives 1 "one of two" 'level 0' document verify "$docs/castings-1.xml" "$docs/castings-2-altered.xml"
gives 2 "one that is not there" 'No such file' document verify nothing.xml
"$BUILD/counterfoil" document verify --json "$docs"/castings-[13].xml 2>/dev/null >"$dir/out"
[ "$(grep -c '^{"file":.*"sha256":"[0-9a-f]\{64\}","kind":"ubl-invoice",.*"level":"L1","findings":\[\],"facts":{' "$dir/out")" -eq 2 ]
say $? "--json gives one line for each"
"$BUILD/counterfoil" document verify --json "$docs/castings-2-altered.xml" 2>/dev/null | grep -q '"findings":\[{.*"id":"AMT-07".*"same_as":"BR-CO-16","severity":"E"'
say $? "--json names the rule, and the official one"
gives 0 "a despatch says what was sent" 'delivered 70 KGM, back-ordered 10 KGM' document verify "$own"/despatch.xml
gives 0 "an answer says to what" 'UQ to T-2026-0001: five pieces cracked' document verify "$own"/application-response.xml
gives 0 "a bank statement says who paid what" '2147.00 EUR BOOK  255ae394' document verify "$own"/camt053.xml
gives 0 "the papers of a trade together" 'castings-signed-1.xml: with 2 other papers' document verify --together "$docs/order-1010.xml" \
	"$docs/goods-received-1010.xml" "$docs/castings-signed-1.xml"
sed 's/>240</>200</' "$docs/goods-received-1010.xml" >"$dir/short.xml"
gives 1 "more billed than received" '240 billed, 200 received' document verify --together "$docs/castings-signed-1.xml" "$dir/short.xml"
gives 1 "and for a machine" '"open":{"amount":"673706.00","currency":"CNY"},"findings":.*"id":"XD-QTY","weight":"caps"' \
	document verify --json --together "$docs/castings-signed-1.xml" "$dir/short.xml"
gives 0 "an invoice in the other language" 'cii-invoice' document verify "$own"/cii-invoice.xml
awk '{ print } NR == 1 { printf "<!-- "; for (i = 0; i < 40000; i++) printf "xxxxxxxxxx"; print " -->" }' "$own/plain.xml" >"$dir/long.xml"
gives 0 "what the program reserves is not taken from the reader's limit" 'level 1' document verify "$dir/long.xml"

# --- with a registry ---
registry
our=$CF_SERVER

cf key new --out core.jwk && cf key new --out seller.jwk && cf key new --out bank.jwk
gives 0 "a party is enrolled" 'accepted: party.enrol' party enrol --key var/operator.jwk --jwk core.jwk --name 'Core' --uscc 91310115MA1H7C3X46 --roles core_enterprise
gives 0 "another, with two keys" 'accepted' party enrol --key var/operator.jwk --jwk seller.jwk --jwk SM2.jwk --name 'Seller' --uscc 91320281MA1PL4Q61J --roles supplier
gives 0 "and a bank" 'accepted' party enrol --key var/operator.jwk --jwk bank.jwk --name 'Bank' --country CN --uscc 91110000400000078U --roles bank
[ -s core.party ] && [ -s SM2.party ]
say $? "the party's id lies beside each of its keys"
core=$(cat core.party)
gives 0 "the log's key is kept" 'counterfoil' log checkpoint --out first.checkpoint
vkey >log.vkey
gives 0 "an invoice is registered" 'accepted: receivable.register' receivable register --key seller.jwk --document "$docs/castings-1.xml" --debtor "$core" \
	--out receipt.json --statement-out statement.jws --vkey log.vkey
gives 1 "and not twice" 'duplicate-claim' receivable register --key SM2.jwk --document "$docs/castings-1.xml" --debtor "$core"
grep -q 'on record as entry' "$dir/err"
say $? "the attempt is on record"
gives 0 "the same bytes again give the first receipt" 'accepted before' statement submit statement.jws
gives 0 "it is listed" 'JZ2026090012' receivable list --key seller.jwk
cf receivable list --key seller.jwk --json
asset=$(field id)
gives 0 "the debtor confirms, prev fetched" 'accepted' receivable confirm --key core.jwk --object "$asset" --face 673706.00CNY --due-date "$(moved 2027-03-05)" --set-off-waived yes
gives 1 "a stale prev is refused, and says what to do" 'prev is fetched anew' receivable confirm --key core.jwk --object "$asset" --prev "$(printf 'A%.0s' $(seq 42))E" --face 673706.00CNY --due-date "$(moved 2027-03-05)" --set-off-waived yes
gives 0 "a clear check is 0" 'CLEAR' check --key bank.jwk --asset "$asset" --certificate --out certificate.json
gives 1 "a stop is 1" 'STOP' check --key bank.jwk --issuer 91320281MA1PL4Q61J --number JZ2026090012 --amount 999999.00CNY
gives 1 "what one may not see is refused" 'not-found' receivable show "$asset" --key bank.jwk
gives 1 "another's key with this party's id" 'invalid-client' receivable list --key bank.jwk --party "$core"

# --- alerts ---
gives 0 "the debtor watches: it was told of the claim" 'claim-registered' alert watch --key core.jwk --after 0 --count 1
gives 0 "and of the same as JSON" '"code":"claim-registered"' alert watch --key core.jwk --after 0 --count 1 --json
number=$(sed -n 's/.*"number":\([0-9]*\).*/\1/p' "$dir/out" | head -1)
gives 0 "it is in the list" 'claim-registered' alert list --key core.jwk --open yes
gives 0 "acknowledged" 'acknowledged 20' alert ack "$number" --key core.jwk
gives 0 "and then among those" "^$number " alert list --key core.jwk --open no
gives 1 "another's is not there" 'not-found' alert ack "$number" --key bank.jwk
gives 2 "an alert has a number" 'not first' alert ack first --key core.jwk

gives 0 "a webhook" 'secret  *whsec_' webhook add https://bank.example/hook --key bank.jwk --severity alarm
gives 1 "not into one's own network" 'no address of the public Internet' webhook add https://10.0.0.1/ --key bank.jwk
gives 0 "it is listed" 'https://bank.example/hook' webhook list --key bank.jwk
webhook=$(awk '/bank.example/ { print $1 }' "$dir/out")
gives 1 "a test needs an endpoint that has answered" 'bad-state' webhook test "$webhook" --key bank.jwk
gives 0 "what was sent: nothing" '' webhook deliveries "$webhook" --key bank.jwk
gives 0 "removed" 'removed' webhook remove "$webhook" --key bank.jwk
gives 1 "once" 'not-found' webhook remove "$webhook" --key bank.jwk

# --- four eyes, mandates, holds ---
cf key new --out clerk.jwk
gives 0 "an officer's key with a limit" 'accepted' key enrol --key seller.jwk --jwk clerk.jwk --officer Zhang --limits 10.00CNY
cp seller.party clerk.party
gives 0 "above it a statement waits" 'pending' receivable register --key clerk.jwk --debtor "$core" --face 50.00CNY --issue-date +0d --due-date +60d --existing no \
	--statement-out waits.jws --out waits.json
gives 0 "its receipt verifies all the same" 'verified' receipt verify waits.json --vkey log.vkey --statement waits.jws
gives 1 "the same officer cannot complete it" 'same-officer' statement cosign --key clerk.jwk --file waits.jws
gives 0 "another can" 'accepted' statement cosign --key seller.jwk --file waits.jws
cf receivable list --key seller.jwk --json
waited=$(field id)
cf receivable register --key seller.jwk --debtor "$core" --face 60.00CNY --issue-date +0d --due-date +60d --existing no --json
future=$(field object)
gives 1 "a future receivable becomes an existing one by its invoice only" 'unknown-document' receivable constitute --key seller.jwk \
	--object "$future" --face 60.00CNY --issue-date +0d --due-date +60d --documents "$(printf '14%.0s' {1..32})" --invoice F1
month=$(date -ud "$(date -u +%Y-%m-15) + 4 months" +%Y-%m)
gives 0 "a debtor commits to what it will owe" 'accepted' commitment sign --key core.jwk --supplier "$(cat seller.party)" --month "$month-01" --total 500.00CNY
gives 0 "and lists it beside what is registered" "$month" commitment list --key core.jwk
gives 0 "a mandate" 'accepted' mandate grant --key seller.jwk --agent "$core" --types receivable.cancel --until +7d
gives 0 "and what is done under it" 'accepted' receivable cancel --key core.jwk --on-behalf-of "$(cat seller.party)" --object "$waited" --reason error
gives 0 "a hold on an invoice not registered yet" 'accepted' hold place --key bank.jwk --claim kind=invoice,issuer=91320281MA1PL4Q61J,number=ZZ-1 --purpose lending --until +3h
cf hold list --key bank.jwk --json
hold=$(sed -n 's/.*"items":\[{"id":"\([^"]*\)".*/\1/p' "$dir/out")
gives 0 "renewed, its prev found in the list" 'accepted' hold place --key bank.jwk --object "$hold" --claim kind=invoice,issuer=91320281MA1PL4Q61J,number=ZZ-1 --purpose lending --until +5h
gives 0 "and released" 'accepted' hold release --key bank.jwk --object "$hold"
gives 0 "a rule's next version" 'accepted' rule publish --key var/operator.jwk --rule hold.time --version 2 --effective +1m --values minutes=720

# --- batch ---
for n in 1 2 3; do
	cf receivable register --key seller.jwk --debtor "$core" --face 1$n.00CNY --issue-date +0d --due-date +30d --existing no --dry-run --json
	sed -n 's/.*"jws":"\([^"]*\)".*/\1/p' "$dir/out"
done >batch
gives 0 "a batch is accepted" '3 accepted, 0 refused' statement batch batch
printf 'not.a.jws\n' >>batch
gives 1 "a batch with a bad line says which" 'line 4' statement batch batch
cf receivable register --key seller.jwk --debtor "$core" --face 5.00CNY --issue-date +0d --due-date +30d --existing no --dry-run --json
sed -n 's/.*"jws":"[^.]*\.\([^.]*\)\..*/\1/p' "$dir/out" | tr _- /+ | { cat; printf ==; } | base64 -d 2>/dev/null >payload.json
"$BUILD/counterfoil" statement sign payload.json --key seller.jwk >signed.jws 2>"$dir/err"
gives 0 "sign and submit, by pipe" 'accepted' statement submit signed.jws

# --- receipts, offline: no server is named that answers ---
export CF_SERVER=http://127.0.0.1:9
gives 0 "a receipt verifies offline" 'verified' receipt verify receipt.json --vkey log.vkey --statement statement.jws
gives 0 "a certificate's too" 'check.certify' receipt verify certificate.json --vkey log.vkey
gives 1 "not for another statement" 'NOT VERIFIED' receipt verify receipt.json --vkey log.vkey --statement signed.jws
other() { # the verifier key of a log of another name, under a key of ours
	local pub
	pub=$("$BUILD/counterfoil" key show Ed25519.jwk --json | sed -n 's/.*"x":"\([^"]*\)".*/\1/p' | tr _- /+)=
	id=$({ printf 'example.org/other\n\001'; printf %s "$pub" | base64 -d; } | sha256sum | cut -c1-8)
	printf 'example.org/other+%s+%s' "$id" "$({ printf '\001'; printf %s "$pub" | base64 -d; } | base64 -w0)"
}
gives 1 "not for another log" 'NOT VERIFIED' receipt verify receipt.json --vkey "$(other)"
gives 2 "a key that is none" 'neither a verifier key' receipt verify receipt.json --vkey example.org/other+00000000+AAAA
"$BUILD/counterfoil" receipt verify - --vkey log.vkey <receipt.json >"$dir/out" 2>"$dir/err"
say $? "from standard input"
gives 0 "a receipt is shown" 'entry' receipt show receipt.json
flips=0 good=0
size=$(stat -c %s receipt.json)
for at in $(seq 3 17 "$size"); do # one byte in many places: every part of a receipt is under the signature or the tree
	[ "$at" -lt $((size - 2)) ] || continue
	cp receipt.json flipped.json
	byte=$(dd if=receipt.json bs=1 skip="$at" count=1 status=none)
	[ "$byte" = A ] && new=B || new=A
	printf %s "$new" | dd of=flipped.json bs=1 seek="$at" conv=notrunc status=none
	flips=$((flips + 1))
	cf receipt verify flipped.json --vkey log.vkey --statement statement.jws
	[ $? -eq 1 ] && good=$((good + 1)) || echo "# byte $at: $byte to $new"
done
[ "$flips" -gt 20 ] && [ "$good" -eq "$flips" ]
say $? "with one byte changed, at $flips places, never"

# --- the log ---
export CF_SERVER=$our
gives 0 "the log over HTTP" 'verified' log verify --vkey log.vkey
gives 0 "its files" 'verified' log verify --tiles var/tiles --vkey log.vkey
gives 0 "the database" 'signed checkpoints' log verify --state-dir var --vkey log.vkey
cf log checkpoint --out now.checkpoint --vkey log.vkey
gives 0 "consistency between two kept checkpoints" 'both are signed' log consistency first.checkpoint now.checkpoint --vkey log.vkey
sed '2s/$/7/' first.checkpoint >bad.checkpoint
gives 1 "an altered checkpoint" 'not a checkpoint signed' log consistency bad.checkpoint now.checkpoint --vkey log.vkey
cp -r var/tiles tiles
entries=$(find tiles/tile/entries -type f | sort -V | tail -1)
printf x | dd of="$entries" bs=1 seek=100 conv=notrunc status=none
cf log verify --tiles tiles --vkey log.vkey
[ $? -ge 10 ]
say $? "an altered tile has an exit code of its own"
gives 0 "audit replay" 'is what the log says' audit replay --state-dir var
head -c 32 /dev/urandom >other.key && chmod 600 other.key
gives 0 "with another's fingerprint key they are left out" 'fingerprints left out' audit replay --state-dir var --fingerprint-key other.key
gives 3 "audit replay without a registry" 'no private PostgreSQL' audit replay --state-dir nowhere
gives 0 "the rules" 'receivable.tenor' audit rules
gives 0 "migrate has nothing to do" 'nothing to do' migrate --plan --state-dir var
gives 0 "and does it" "program's" migrate --state-dir var
gives 0 "entries for anyone" 'log.genesis' entry show 0
exit $rc
