#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t57: the papers of a trade on the real server: what raises a claim to level 3, what takes it down again after the money
# is out and who is told, whom nobody listens to, what nobody else learns, and that a killed server enters nothing twice.
set -u
source "$(dirname "$0")/cli.sh"
papers
registry
# Until nothing is left to be judged.
judged() { [ "$(db 'SELECT (SELECT count(*) FROM trade_due) + (SELECT count(*) FROM trade_judge)')" = 0 ]; }
settled() { wait_for judged; }
sha() { sha256sum "$1" | cut -c1-64; }
brings() { gives 0 "$4" "$3" document submit --key "$1.jwk" "$2"; settled; }
# level PATTERN NAME: what the seller is shown of invoice A
level() {
	cf document show --key castings.jwk --json "$a"
	tr -d '\n' <out | grep -q -e "\"now\":.*$1"
	local good=$?
	say $good "$2"
	[ $good -eq 0 ] || sed 's/^/# /' out
}

enrol core 91310115MA1H7C3X46 core_enterprise && enrol castings 91320281MA1PL4Q61J supplier &&
	enrol bearings 91410305MA45T8K22A supplier && enrol bank 91110000400000078U bank && enrol other 91310000132202672N bank
say $? "parties"
core=$(cat core.party) bank=$(cat bank.party)
in_force=$(($(date +%s) + 2))
for tolerance in DE=0 CN=8000; do
	gives 0 "a tolerance for ${tolerance%=*}" 'accepted: rule.publish' rule publish --key var/operator.jwk --rule match.price \
		--country "${tolerance%=*}" --version 1 --effective "$(date -ud "@$in_force" +%FT%TZ)" --values "ppm=${tolerance#*=}"
done

# --- papers: the trade of order 1010, and others made of it ---
sed '/<ext:UBLExtensions>/,/<\/ext:UBLExtensions>/d' "$docs/castings-signed-1.xml" >a.xml
cf document sign --key castings.jwk a.xml --out a.jws
a=$(sha a.jws)
sed "s/JZ2026110021/JZ2026110022/; s/$(moved 2026-11-16)/$(moved 2026-11-17)/" a.xml >again.xml
cf document sign --key castings.jwk again.xml --out again.jws
sed 's/HD-GR-261114/HD-GR-261115/' "$docs/goods-received-1010.xml" >stranger-receipt.xml
sed 's/HD-PO-2026-1010/HD-PO-2026-0822/' "$docs/order-1010.xml" >order-0822.xml
sed 's/91320281MA1PL4Q61J/91410305MA45T8K22A/' "$docs/order-1010.xml" >order-of-bearings.xml
credit() {
	sed "s/HZ-26-1048/JZ2026110021/; s/91410305MA45T8K22A/91320281MA1PL4Q61J/g; s/HZ-26-C017/$1/" "$docs/bearings-2-credit.xml"
}
credit JZ-C-1 >credit.xml
credit JZ-C-2 >stranger-credit.xml
answer() { # CODE DAY
	sed "s/>UQ</>$1</; s/T-2026-0001/JZ2026110021/; s/2026-09-20/$2/; s/91310000MA1TE5T20E/91310115MA1H7C3X46/g; s/91320000MA1TE5T10H/91320281MA1PL4Q61J/g" \
		"$own/application-response.xml"
}
answer RE "$(moved 2026-11-18)" >stranger-answer.xml
answer RE "$(moved 2026-11-19)" >refusal.xml
answer AP "$(moved 2026-11-20)" >accepts.xml
bank_says() { sed "s/2147.00/$1/; s/EUR/CNY/g; s/T-2026-0001/JZ2026110021/; s/2026-12-31/$(moved 2026-11-20)/g" "$own/camt054.xml"; }
bank_says 1000.00 >day.xml
bank_says 1000.00 | sed 's/^<?xml.*/&\n/' >again-in-month.xml
bank_says 500000.00 | sed 's/255ae394/355ae394/' >strangers-account.xml

# --- what raises it ---
brings castings a.jws 'level 2' "the seller's own signed invoice"
gives 0 "a claim on it" 'accepted: receivable.register' receivable register --key castings.jwk --document a.jws --debtor "$core"
claim=$(sed -n 's/^.*\([0-9a-f]\{8\}-[0-9a-f-]\{27\}\).*/\1/p' out | head -1)
brings bearings stranger-receipt.xml 'level 1' "a stranger brings a receipt in the buyer's name"
brings castings "$docs/order-1010.xml" 'level 1' "the seller brings the order in the buyer's name"
gives 0 "neither carries it" 'evidence level 2' check --key bank.jwk --document a.jws --purpose lending
brings core order-0822.xml 'level 1' "the buyer's order of another trade"
gives 0 "does not carry it either" 'evidence level 2' check --key bank.jwk --document a.jws --purpose lending
cf document show --key castings.jwk --json "$a"
grep -q '"now"' out
say $((1 - $?)) "and the seller does not learn of it"
brings core order-of-bearings.xml 'level 1' "the buyer's order of the number the invoice names, to somebody else"
level 'XD-PARTY' "contradicts it"
! grep -q -e 91410305MA45T8K22A -e "$(cat bearings.party)" -e bearings out
say $? "to whom it was, the seller does not learn"
gives 0 "nobody lends as on a trade that happened" 'evidence level 2' check --key bank.jwk --document a.jws --purpose lending
brings core "$docs/order-1010.xml" 'level 1' "the buyer brings its order itself"
level '"level": *"L3"' "that carries it: level 3"
! tr -d '\n' <out | grep -q XD-PARTY
say $? "of two orders under one number the one to this seller counts"
gives 0 "the lender sees it" 'evidence level 3' check --key bank.jwk --document a.jws --purpose lending
gives 0 "and why" 'matched' check --key bank.jwk --document a.jws --purpose lending
gives 0 "and so does the buyer" '"now"' document show --key core.jwk --json "$a"
brings core "$docs/goods-received-1010.xml" 'level 1' "what was received fits"
level '"level": *"L3"' "it stays there"

# --- what nobody else learns ---
brings bearings a.jws 'level 2' "a stranger has a copy of the invoice"
gives 0 "it may read what it brought" '"level"' document show --key bearings.jwk --json "$a"
grep -q '"now"' out
say $((1 - $?)) "but not what others' papers say of it"

# --- the money is out ---
gives 0 "the bank lends on it" 'accepted: encumbrance.grant' encumbrance grant --key castings.jwk --asset "$claim" --kind assignment \
	--secured-party "$bank" --amount 400000.00CNY --from "$(moved 2026-11-20)"
grant=$(sed -n 's/^.*\([0-9a-f]\{8\}-[0-9a-f-]\{27\}\).*/\1/p' out | head -1)
gives 0 "and is secured" 'accepted: encumbrance.accept' encumbrance accept --key bank.jwk --object "$grant"
brings bearings stranger-credit.xml 'level 1' "a stranger brings a credit note in the seller's name"
brings bearings stranger-answer.xml 'level' "and a refusal in the buyer's"
brings bearings strangers-account.xml 'level 1' "and a statement that shows it paid"
brings core strangers-account.xml 'level 1' "as does who owes it"
level '"level": *"L3"' "nothing of that counts"
brings castings credit.xml 'level 1' "the seller's own credit note does"
level '"open": *{ *"amount": *"653733.81"' "19,972.19 less is open"
gives 0 "the claim says so, too" '"trade_open": *{ *"amount": *"653733.81"' receivable show --key bank.jwk --json "$claim"
wait_for says evidence-changed alert list --key bank.jwk
gives 0 "the lender is told" 'evidence-changed' alert list --key bank.jwk
gives 1 "what is credited is not free for another" 'encumbrance.trade_open' encumbrance grant --key castings.jwk --asset "$claim" \
	--kind assignment --secured-party "$(cat other.party)" --amount 253733.82CNY --from "$(moved 2026-11-20)"
gives 0 "the other bank is not" '"items": *\[\]' alert list --key other.jwk --json
gives 0 "who asks hears of the credit note" 'credit-note' check --key other.jwk --document a.jws --purpose lending
brings castings day.xml 'level 1' "the seller's bank shows a payment"
level '"open": *{ *"amount": *"652733.81"' "1,000 less"
brings castings again-in-month.xml 'level 1' "the month's statement shows it again"
level '"open": *{ *"amount": *"652733.81"' "it is one payment"

# --- one order, billed twice; killed in the middle of it ---
cf document submit --key castings.jwk again.jws
say $? "the same goods under another number"
crash
up
say $? "killed, and started again"
settled
say $? "what was left to be judged is judged"
level '"level": *"L2"' "more is billed than was received: level 3 is gone"
level 'XD-QTY' "and it says so"
n=$(db 'SELECT count(*) FROM entry WHERE kind = 53')
crash
up && settled && [ "$(db 'SELECT count(*) FROM entry WHERE kind = 53')" = "$n" ]
say $? "and says it once"

# --- the buyer's own word ---
brings core refusal.xml 'level' "the buyer refuses it"
level '"level": *"L1"' "level 1, whoever signed it"
gives 1 "nobody should lend on that" 'answered-no' check --key other.jwk --document a.jws --purpose lending
brings core accepts.xml 'level' "later it accepts"
level '"level": *"L2"' "the last word counts"

# --- how far papers may differ is a rule, by the debtor's country ---
# trade NUMBER PRICE SUM TOTAL: an invoice at 1385.50 a piece, and the order it names at that price
trade() {
	sed "s/JZ2026110021/JZ20261100$1/; s/HD-PO-2026-1010/HD-PO-2026-08$1/; s/JZ-SH-261112/JZ-SH-26$1/; s/$(moved 2026-11-16)/$(moved "2026-11-$1")/" a.xml >"b$1.xml"
	sed "s/HD-PO-2026-1010/HD-PO-2026-08$1/; s/1385.50/$2/; s/332520.00/$3/; s/596200.00/$4/" "$docs/order-1010.xml" >"order-08$1.xml"
	cf document sign --key castings.jwk "b$1.xml" --out "b$1.jws"
	a=$(sha "b$1.jws")
	brings castings "b$1.jws" 'level 2' "an invoice"
	brings core "order-08$1.xml" 'level 1' "its order at $2"
}
while [ "$(date +%s)" -le "$in_force" ]; do sleep 0.1; done
trade 19 1375.80 330192.00 593872.00
level '"level": *"L3"' "0.7 %: within what the debtor's country allows, which is not what others do"
trade 20 1370.00 328800.00 592480.00
level 'XD-PRICE' "1.1 % is not"

# --- the log agrees ---
gives 0 "the state replays" '"good":true' audit replay --state-dir var --json
db 'DELETE FROM trade_paper; DELETE FROM trade_key; DELETE FROM trade_bringer'
gives 0 "and again without what it was made of" '"good":true' audit replay --state-dir var --json
exit $rc
