#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t92: vouchers, bills and pools live their whole lives over HTTP from the command line: who sees what on the way, a
# tape that verifies offline and not when it is altered, and a replay that finds every package adding up.
set -u
source "$(dirname "$0")/cli.sh"
registry
vkey >log.vkey

enrol core 91310115MA1H7C3X46 core_enterprise && enrol seller 91320281MA1PL4Q61J supplier &&
	enrol second 91330300000300056X supplier && enrol bank 91110000400000078U bank &&
	enrol trustee 91110000500000090G bank && enrol investor 91110000600000012R investor
say $? "parties"
core=$(cat core.party) seller=$(cat seller.party) second=$(cat second.party) bank=$(cat bank.party)

demand_no_document
say $? "no document is demanded here"
turn=0
# confirmed FACE: a receivable of the seller's, its id in $receivable
confirmed() {
	turn=$((turn + 1))
	cf receivable register --key seller.jwk --debtor "$core" --face "$1" --issue-date +0d --due-date +60d --existing yes --invoice "T-$turn" &&
		cf receivable list --key seller.jwk --json && receivable=$(first_id) &&
		cf receivable confirm --key core.jwk --object "$receivable" --face "$1" --due-date +60d --set-off-waived yes
}

# --- vouchers ---
confirmed 1000.00CNY
say $? "a confirmed receivable"
gives 1 "a voucher for less than is owed" 'terms-differ' voucher issue --key core.jwk --receivable "$receivable" --face 999.99CNY --due-date +60d --divisible yes
gives 0 "a voucher is issued" 'accepted: voucher.issue' voucher issue --key core.jwk --receivable "$receivable" --face 1000.00CNY --due-date +60d --divisible yes
cf voucher list --key seller.jwk --json
voucher=$(first_id)
gives 1 "a stranger sees nothing of it" 'not-found' voucher show "$voucher" --key second.jwk
gives 0 "the seller takes it" 'accepted' voucher accept --key seller.jwk --object "$voucher"
gives 0 "the receivable is locked" 'locked' receivable show "$receivable" --key seller.jwk
gives 1 "and takes no encumbrance" 'bad-state' encumbrance grant --key seller.jwk --asset "$receivable" --kind pledge --secured-party "$bank" --amount 1.00CNY --from +0d
gives 1 "a split of a cent too much" 'parts-sum' voucher split --key seller.jwk --object "$voucher" --parts 999.99CNY,0.02CNY
gives 0 "a split to the cent" 'accepted' voucher split --key seller.jwk --object "$voucher" --parts 999.99CNY,0.01CNY
cf voucher list --key seller.jwk --state held --json
grep -q '"units":{"from":1,"to":99999}' out && grep -q '"units":{"from":100000,"to":100000}' out
say $? "its parts are units 1 to 99999 and 100000"
part=$(sed -n 's/.*{"id":"\([^"]*\)","kind":"voucher","state":"held"[^{]*"face":{"amount":"999.99".*/\1/p' out)
gives 0 "a part is offered" 'accepted' voucher transfer --key seller.jwk --object "$part" --to "$second" --price 990.00CNY
gives 0 "whoever is offered it sees it" '999.99' voucher show "$part" --key second.jwk
gives 1 "others do not" 'not-found' voucher show "$part" --key bank.jwk
gives 0 "and takes it" 'accepted' voucher accept --key second.jwk --object "$part"
gives 1 "who gave it away sees it no more" 'not-found' voucher show "$part" --key seller.jwk
gives 0 "its chain goes back to the issue" '"step":"issue"' voucher chain "$part" --key second.jwk --json
grep -q '"step":"transfer".*"price":{"amount":"990.00"' out
say $? "with the price for the two who agreed on it"
gives 0 "a check" 'CAUTION\|CLEAR' check --key bank.jwk --asset "$part"
gives 1 "of what was split" 'split' check --key bank.jwk --asset "$voucher"
gives 0 "it is financed" 'accepted' encumbrance grant --key second.jwk --asset "$part" --kind pledge --secured-party "$bank" --amount 800.00CNY --from +0d
gives 0 "the lender sees it" '"reserved"' voucher show "$part" --key bank.jwk --json
cf voucher chain "$part" --key core.jwk --json && ! grep -q '990.00' out
say $? "the debtor sees the chain without the price"
gives 0 "redeemed in part" 'accepted' voucher redeem --key core.jwk --object "$part" --amount 199.99CNY --on +0d
gives 1 "not more than is owed" 'exceeds-open-amount' voucher redeem --key core.jwk --object "$part" --amount 800.01CNY --on +0d
gives 0 "and all of it" 'accepted' voucher redeem --key core.jwk --object "$part" --amount 800.00CNY --on +0d

# --- bills ---
confirmed 500.00CNY
gives 1 "a bill that runs too long" 'tenor' bill issue --key core.jwk --receivable "$receivable" --acceptor "$core" --face 500.00CNY --due-date +300d --divisible yes
gives 0 "a bill is drawn" 'accepted' bill issue --key core.jwk --receivable "$receivable" --acceptor "$core" --face 500.00CNY --due-date +60d --divisible yes
cf bill list --key core.jwk --json
bill=$(first_id)
gives 0 "accepted" 'accepted: bill.accept' bill accept --key core.jwk --object "$bill"
gives 0 "taken" 'accepted' bill take --key seller.jwk --object "$bill"
gives 1 "no discount undisclosed" 'disclosure-missing' bill discount --key seller.jwk --object "$bill" --to "$bank" --price 495.00CNY
grep -q 'bill.disclosure_age@1' err
say $? "by the rule of that name"
gives 0 "disclosed" 'accepted' bill disclose --key core.jwk --object "$bill" --face 500.00CNY --due-date +60d
gives 0 "discounted" 'accepted' bill discount --key seller.jwk --object "$bill" --to "$bank" --price 495.00CNY
gives 0 "by the bank that takes it" 'accepted' bill take --key bank.jwk --object "$bill"
gives 0 "an endorser still sees what it answers for" '"state":"held"' bill show "$bill" --key seller.jwk --json
gives 1 "not presented before its day" 'not-due' bill present --key bank.jwk --object "$bill"
gives 0 "paid early" 'accepted' bill pay --key core.jwk --object "$bill" --amount 500.00CNY --on +0d
gives 0 "and the receivable settled" 'settled' receivable show "$receivable" --key seller.jwk

# --- pools ---
pool_opened() { # NAME RATING...
	local name=$1
	shift
	cf pool open --key seller.jwk --name "$name" --form note --currency CNY --trustee "$(cat trustee.party)" "$@" && cf pool list --key seller.jwk --json && pool=$(first_id)
}
locked() { # locks $pool as it stands
	cf pool show "$pool" --key seller.jwk --json || return
	local n total commitment
	n=$(sed -n 's/.*"members":\([0-9]*\),.*/\1/p' out)
	total=$(sed -n 's/.*"total":{"amount":"\([^"]*\)".*/\1/p' out)
	commitment=$(field commitment)
	cf pool lock --key seller.jwk --object "$pool" --members "$n" --total "${total}CNY" --commitment "$commitment" --debtors "$core"
}
members=
for face in 100.00CNY 200.00CNY 300.00CNY; do confirmed $face && members=$members${members:+,}$receivable; done
one=${members%%,*}
pool_opened Spread
gives 0 "members enter a pool" 'accepted' pool add --key seller.jwk --object "$pool" --assets "$members"
locked
[ $? -eq 1 ] && grep -q 'pool.debtors@1\|pool.share@1' err
say $? "one debtor is not spread: refused by its rule"
gives 0 "they leave it" 'accepted' pool remove --key seller.jwk --object "$pool" --assets "$members"
pool_opened Rated --rating AAA
gives 0 "and enter a rated one" 'accepted' pool add --key seller.jwk --object "$pool" --assets "$members"
gives 0 "one leaves" 'accepted' pool remove --key seller.jwk --object "$pool" --assets "$one"
locked
say $? "it is locked on two"
gives 1 "nobody enters any more" 'bad-state' pool add --key seller.jwk --object "$pool" --assets "$one"
gives 1 "an investor sees nothing of it" 'not-found' pool show "$pool" --key investor.jwk
gives 0 "until it is opened to it" 'accepted' pool admit --key seller.jwk --object "$pool" --investors "$(cat investor.party)"
gives 0 "the investor writes the tape" 'tape.json: 4 steps' pool tape "$pool" --out tape.json --key investor.jwk
gives 0 "it is listed" "$pool" pool list --key investor.jwk
gives 0 "it is published" 'accepted' pool publish --key seller.jwk --object "$pool" --tape @tape.json
gives 1 "better without cash" 'bad-state\|status-without-cash' pool report --key seller.jwk --object "$pool" --asset "${members##*,}" --status current
gives 0 "worse is said freely" 'accepted' pool report --key seller.jwk --object "$pool" --asset "${members##*,}" --status defaulted
gives 1 "better without cash is refused" 'status-without-cash' pool report --key seller.jwk --object "$pool" --asset "${members##*,}" --status current
gives 0 "the trustee collects" 'accepted' pool collect --key trustee.jwk --object "$pool" --asset "${members##*,}" --amount 300.00CNY --on +0d

export CF_SERVER=http://127.0.0.1:9
gives 0 "the tape verifies offline" 'verified.*2 members, locked on 500.00' pool verify tape.json --vkey log.vkey
sed 's/"amount":{"amount":"200.00"/"amount":{"amount":"201.00"/' tape.json >altered.json
gives 1 "not with another amount" 'not what the pool was locked on' pool verify altered.json --vkey log.vkey
sed "s/\"asset\":\"${members##*,}\"/\"asset\":\"$one\"/" tape.json >altered.json
gives 1 "not with another member" 'no statement the log has\|enters twice' pool verify altered.json --vkey log.vkey
sed 's/"step":"*4//; s/,{"step":4[^}]*}[^}]*}//' tape.json >altered.json
gives 1 "not without a step" 'leave out\|no tape\|locked on' pool verify altered.json --vkey log.vkey
sed 's/"outcome":0/"outcome":1/g' tape.json >altered.json
gives 1 "not with another receipt" 'entry' pool verify altered.json --vkey log.vkey
export CF_SERVER=http://127.0.0.1:$port
confirmed 70.00CNY
pool_opened Other --rating AAA && cf pool add --key seller.jwk --object "$pool" --assets "$one,$receivable" && locked && cf pool tape "$pool" --out other.json --key seller.jwk
say $? "another pool, with the one that left"
gives 0 "no member is in both" 'verified' pool verify tape.json other.json --vkey log.vkey

# --- the whole ---
gives 0 "who does not pay" '' obligor list --key bank.jwk
gives 0 "audit replay: every row, and every package adds up" 'is what the log says' audit replay --state-dir var
exit $rc
