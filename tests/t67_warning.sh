#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t67: early warning in a registry that runs: it becomes an entry, those with money in it are told and nobody else, it ends
# when its cause is gone, and a replay makes the same; how a score went, and what hangs on a firm.
set -u
source "$(dirname "$0")/cli.sh"
registry
enrol core 91310115MA1H7C3X46 core_enterprise && enrol maker 91320281MA1PL4Q61J supplier,core_enterprise &&
	enrol bank 91110000400000078U bank && enrol other 91440300500000090M bank && enrol watch 11100000000013610P regulator
say $? "parties"
core=$(cat core.party) maker=$(cat maker.party) bank=$(cat bank.party)

# --- the bank lends on a claim of maker on core; the other bank on nothing of theirs ---
sells() { cf receivable register --key "$1.jwk" --debtor "$2" --face "$3" --issue-date +0d --due-date +90d --existing no --goods 7208 --json; }
lend() { cf encumbrance grant --key "$1.jwk" --asset "$2" --secured-party "$(cat "$3.party")" --kind pledge --amount "$4" --json && cf encumbrance accept --key "$3.jwk" --object "$(field object)" --json; }
sells maker "$core" 100000.00CNY
claim=$(field object)
lend maker "$claim" bank 60000.00CNY
say $? "the bank has money in it"
gives 0 "nothing is amiss" '"items":\[\]' warning list --key bank.jwk --json
gives 0 "what is looked for, anybody may read" '"id":"E05"' warning events --key other.jwk --json

# --- core is listed for a default ---
gives 0 "core is listed" '' obligor default --key var/operator.jwk --object "$core" --reason 'a bill of March' --json
warned() { says '"event":"E16"' "$@"; }
wait_for warned warning list --open yes --key bank.jwk --json
grep -q '"severity":"alarm","state":"open".*"affected":{"claims":1,"amount":{"amount":"60000.00"' out
say $? "the bank is warned, with what of its own is affected"
id=$(first_id)
gives 0 "the warning by itself, with its evidence" '"evidence":\[' warning show "$id" --key bank.jwk --json
raised=$(number raised_by)
gives 0 "found by the claim it concerns" "$id" warning list --claim "$claim" --key bank.jwk --json
gives 0 "and by the party" "$id" warning list --about "$core" --key bank.jwk --json
gives 0 "not by another event" '"items":\[\]' warning list --event E05 --key bank.jwk --json
gives 0 "nor by another day" '"items":\[\]' warning list --since 2099-01-01 --key bank.jwk --json
gives 1 "an event that is none is said to be" event warning list --event E99 --key bank.jwk
gives 0 "core itself is told" "$id" warning list --key core.jwk --json
gives 0 "the other bank is not" '"items":\[\]' warning list --key other.jwk --json
gives 1 "nor has it a warning of this id" not-found warning show "$id" --key other.jwk
gives 0 "nor has the seller" '"items":\[\]' warning list --key maker.jwk --json
gives 0 "the supervisor has all of them" '"claims":1' audit warnings --key watch.jwk --json
gives 1 "that list is no lender's" forbidden audit warnings --key bank.jwk
content() { cf entry show "$raised" --key "$1.jwk" --json; grep -q '"statement":"' out; }
content bank && sed -n 's/.*"statement":"[^.]*\.\([^.]*\)\..*/\1/p' out | tr '_-' '/+' | base64 -di >said 2>/dev/null
grep -q '"party":"'"$core" said && ! grep -q "$bank" said
say $? "its entry says what was seen, and names no lender"
! content other
say $? "and is not the other bank's to read"

# --- alerts ---
wait_for says warning-raised alert list --key bank.jwk --json
say $? "the bank has an alert"
wait_for says warning-raised alert list --key watch.jwk --json
say $? "and the supervisor, for it is no mere watch"
cf alert list --key other.jwk --json
! grep -q warning-raised out
say $? "and the other bank has none"

# --- a lender that comes later is told beside the log, and sees nothing of the first ---
sells maker "$core" 30000.00CNY
second=$(field object)
lend maker "$second" other 20000.00CNY
wait_for warned warning list --key other.jwk --json
grep -q '"claims":1,"amount":{"amount":"20000.00"' out && ! grep -q 60000 out
say $? "one that comes to hold something of it is told, of its own alone"

# --- the cause goes ---
gives 0 "core is struck from the list" '' obligor cure --key var/operator.jwk --object "$core" --reason 'paid' --json
wait_for says '"state":"closed"' warning list --event E16 --key bank.jwk --json
say $? "the warning ends"
gives 0 "and does not stand any more" '"items":\[\]' warning list --open yes --key bank.jwk --json
wait_for says warning-closed alert list --key bank.jwk --json
say $? "which the bank is told too"

# --- beside the score ---
gives 0 "how maker's score went" '"items":\[{"seq":[0-9]*,"at":"[^"]*"' score history "$maker" --key maker.jwk --json
gives 1 "is maker's own to read" not-found score history "$maker" --key core.jwk
gives 0 "what hangs on core" '"owed":{"amount":"60000.00","currency":"CNY"},"owed_ppm":1000000' network exposure "$core" --key bank.jwk --json
grep -q '"rank":1,"of":1' out
say $? "it is the bank's largest debtor"
gives 1 "of firms outside its book it learns nothing" not-found network exposure "$(cat watch.party)" --key bank.jwk
gives 0 "the supervisor sees all that is owed" '"book":{"amount":"130000.00"' audit exposure "$core" --key watch.jwk --json

# --- the same again ---
gives 0 "a replay makes the same warnings" '' audit replay --state-dir var
down
registry
gives 0 "after a restart nothing is warned of twice" '"event":"E16"' warning list --key bank.jwk --json
[ "$(grep -o '"event":"E16"' out | wc -l)" = 1 ]
say $? "one warning, as before"
exit $rc
