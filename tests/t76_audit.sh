#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t76: the regulator's reports on a played story whose sums are known by hand: each figure is asserted, and made again from
# the plain lists. Nobody else gets one; each look is in the access log of whom it was about; files carry their proof.
set -u
source "$(dirname "$0")/cli.sh"
# did NAME COMMAND...: it is accepted.
did() { local name=$1; shift; cf "$@"; say $? "$name"; }
# holds NAME FILTER: true of the last answer.
holds() { jq -e "$2" "$dir/out" >/dev/null 2>>"$dir/err"; say $? "$1"; }
# report VERB... [then holds]
report() { cf audit "$@" --key regulator.jwk --json || say 1 "audit $*"; }
registry
vkey >log.vkey
enrol core 91310115MA1H7C3X46 core_enterprise,supplier && enrol seller 91320281MA1PL4Q61J core_enterprise,supplier &&
	enrol second 91330300000300056X core_enterprise,supplier && enrol bank 91110000400000078U bank &&
	enrol yard 91110000500000090G warehouse,supplier && enrol surveyor 91110000600000012R warehouse &&
	enrol regulator 91110000700000034T regulator
say $? "parties"
core=$(cat core.party) seller=$(cat seller.party) second=$(cat second.party) bank=$(cat bank.party)
demand_no_document
say $? "no document is demanded here"

turn=0
# claim CREDITOR DEBTOR FACE DUE: its id in $claim
claim() {
	turn=$((turn + 1))
	cf receivable register --key "$1.jwk" --debtor "$(cat "$2.party")" --face "$3" --issue-date +0d --due-date "$4" --existing yes --invoice "N-$((turn * 7919))" --json &&
		claim=$(jq -r .object out)
	say $? "$1 registers $3 on $2"
}
due=2099-01-31
for d in $(seq 60 90); do due=$(date -u -d "+$d days" +%F); [ "${due#*-*-}" = 15 ] && break; done
month=${due%-*}

claim seller core 1000.00CNY "$due"; first=$claim
did "confirmed" receivable confirm --key core.jwk --object "$first" --face 1000.00CNY --due-date "$due" --set-off-waived yes
did "granted" encumbrance grant --key seller.jwk --asset "$first" --kind assignment --secured-party "$bank" --amount 400.00CNY --from +0d
lien=$(sed -n 's/.*"object":"\([^"]*\)".*/\1/p' out | head -1)
[ -n "$lien" ] || { cf encumbrance list --key seller.jwk --json; lien=$(jq -r '.items[0].id' out); }
did "accepted" encumbrance accept --key bank.jwk --object "$lien"
claim seller core 250.50CNY "$due"
claim seller core 99.99CNY "$due"
did "rejected" receivable reject --key core.jwk --object "$claim" --code C05 --reason "not ours"
claim second core 310.07CNY "$due"
did "confirmed" receivable confirm --key core.jwk --object "$claim" --face 310.07CNY --due-date "$due" --set-off-waived yes
claim second core 12.00USD "$due"
claim second seller 77.00CNY "$due"
did "a commitment of the debtor's" commitment sign --key core.jwk --supplier "$seller" --month "$month-01" --total 1200.00CNY
did "what it buys, as declared" party profile --key var/operator.jwk --object "$core" --purchases 900000.00CNY --source "tax office"
cf encumbrance grant --key seller.jwk --asset "$first" --kind assignment --secured-party "$bank" --amount 601.00CNY --from +0d
[ $? -eq 1 ]
say $? "a grant too much is refused"

# --- guarantees that go round: seller stands behind core's bill, core behind seller's ---
bill_of() { # DEBTOR CREDITOR FACE: a bill accepted by the debtor, its id in $bill
	claim "$2" "$1" "$3" "$due"
	cf receivable confirm --key "$1.jwk" --object "$claim" --face "$3" --due-date "$due" --set-off-waived yes &&
		cf bill issue --key "$1.jwk" --receivable "$claim" --acceptor "$(cat "$1.party")" --face "$3" --due-date "$due" --divisible yes --json &&
		bill=$(jq -r .object out) && cf bill accept --key "$1.jwk" --object "$bill" && cf bill take --key "$2.jwk" --object "$bill" &&
		cf bill show "$bill" --key "$2.jwk" --json && etag=$(jq -r .etag out) # a guarantor does not see the bill: it is told
	say $? "a bill of $3 accepted by $1"
}
bill_of core second 500.00CNY
did "guaranteed by seller" bill guarantee --key seller.jwk --object "$bill" --prev "$etag"
bill_of seller second 300.00CNY
did "guaranteed by core" bill guarantee --key core.jwk --object "$bill" --prev "$etag"

# --- a yard ---
printf 'licence\n' >licence.txt
cf document submit licence.txt --key yard.jwk --json
licence=$(sha256sum licence.txt | cut -d' ' -f1)
did "a site" site register --key yard.jwk --name 'Yard 1' --address 'Baoshan' --goods goods_code=HRC-Q235B,capacity=200TNE --inspectors "$(cat surveyor.party)" --licence "$licence" --licensed-until +365d
cf site list --key yard.jwk --json
site=$(jq -r '.items[0].id' out)
did "counted" site count --key surveyor.jwk --object "$site" --goods-code HRC-Q235B --quantity 90TNE
did "a receipt" receipt issue --key yard.jwk --site "$site" --holder "$seller" --number WR-1 --value 5000.00CNY --storage-until +180d --lots 'zone=A,bin=1,goods_code=HRC-Q235B,grade=Q235B,quantity=50TNE,value=5000.00CNY'

# --- the reports ---
report fictitious "$core"
holds "the debtor's claims, in each currency" '.sums|length==2 and .[0].currency=="CNY" and .[1].currency=="USD"'
holds "2,160.56 claimed, by hand" '.sums[0]|.claims==5 and .face=="2160.56"'
holds "1,810.07 confirmed" '.sums[0]|.confirmed==3 and .confirmed_face=="1810.07"'
holds "250.50 nobody confirmed" '.sums[0]|.unconfirmed==1 and .unconfirmed_face=="250.50"'
holds "99.99 rejected" '.sums[0]|.rejected==1 and .rejected_face=="99.99"'
holds "400.00 financed, 1,200.00 committed" '.sums[0]|.financed=="400.00" and .committed=="1200.00"'
holds "12.00 dollars apart from it" '.sums[1]|.claims==1 and .unconfirmed_face=="12.00"'
holds "what it buys stands beside it" '.purchases.declared=={"amount":"900000.00","currency":"CNY"} and .purchases.source=="tax office"'
holds "the rejected and the unconfirmed are listed" '(.claims|map(select(.state=="rejected"))|length)==1 and (.claims|length)>=3 and .more==false'
cp out fictitious.json

# The same from the plain list: nothing in a report that is nowhere else.
cf party claims "$core" --key regulator.jwk --limit 200 --json
jq -e --slurpfile r fictitious.json --arg d "$core" '[.items[]|select(.debtor==$d and .face.currency=="CNY")|.face.amount|tonumber]|add*100|round == ($r[0].sums[0].face|tonumber*100|round)' out >/dev/null
say $? "the sum is that of the claims one by one"

report purchases "$core"
holds "the month: claims against what was committed" ".items[]|select(.month==\"$month\" and .face.currency==\"CNY\")|.face.amount==\"2060.57\" and .confirmed_face.amount==\"1810.07\" and .committed.amount==\"1200.00\" and .above==true"

report debtors
holds "debtors, with what speaks against them" ".items[]|select(.debtor==\"$core\" and .face.currency==\"CNY\")|.claims==5 and .rejected==1 and .unconfirmed_face.amount==\"250.50\""
holds "every debtor is there" '[.items[].debtor]|unique|length==2'

report regions
holds "by the province of the debtor: Shanghai, from its identifier" '.items[]|select(.region=="CN-SH" and .open.currency=="CNY")|.debtors==1 and .claims==4 and .largest_ppm==1000000 and .herfindahl_ppm==1000000 and .financed.amount=="400.00" and .owed.amount=="0.00"'
holds "and what its suppliers are owed elsewhere" '[.items[]|select(.region=="CN-ZJ" and .owed.currency=="CNY")|.suppliers]==[1]'
cf party claims "$core" --key regulator.jwk --limit 200 --json
open=$(jq --arg d "$core" '[.items[]|select(.debtor==$d and .face.currency=="CNY" and .state!="rejected")|.open.amount|tonumber*100]|add|round' out)
report regions
holds "open is the sum of the claims one by one" "(.items[]|select(.region==\"CN-SH\" and .open.currency==\"CNY\")|.open.amount|tonumber*100|round)==$open"
cf audit decisions --key regulator.jwk --limit 200 --json
holds "who decided what: the rule, the enrolments, what was declared" '([.items[]|select(.type=="rule.publish")]|length)>=1 and ([.items[]|select(.type=="party.enrol")]|length)==7 and ([.items[]|select(.type=="party.profile")]|length)==1'
holds "in the words that were signed" '[.items[]|select(.type=="rule.publish" or .type=="party.profile")|.statement|split(".")|length]|length>=2 and all(.==3)'
holds "nothing that is no office's" '[.items[].type|select(startswith("receivable.") or startswith("encumbrance."))]==[]'
cf audit decisions --key bank.jwk
[ $? -eq 1 ]
say $? "a bank is not told"

report graph "$core" --steps 1
holds "who owes whom" ".edges[]|select(.kind==\"owes\" and .from==\"$core\" and .to==\"$seller\")|.count==3 and .total.amount==\"1350.49\""
holds "who lends" ".edges[]|select(.kind==\"secured\")|.from==\"$seller\" and .to==\"$bank\" and .open.amount==\"400.00\""
holds "who stands behind whom" "[.edges[]|select(.kind==\"guarantees\")]|length==2"
holds "named, with roles and distance" ".nodes[]|select(.id==\"$seller\")|.name==\"seller\" and .steps==1"
holds "the lender is a node without a distance" ".nodes[]|select(.id==\"$bank\")|has(\"steps\")|not"

report guarantees
holds "two promises" '.items|length==2 and (map(.total.amount)|sort)==["300.00","500.00"]'
holds "that go round" ".circles|length==1 and (.[0]|sort)==([\"$core\",\"$seller\"]|sort)"

report warehouses
holds "50 of 200 tonnes under receipts, 90 counted" '.items[0]|.name=="Yard 1" and .receipts==1 and (.goods[0]|.issued.quantity=="50" and .capacity.quantity=="200" and .counted.quantity=="90" and .filled_ppm==250000 and (has("missing")|not))'

report overdue
holds "nothing is overdue" '.items==[] and .next==null'

year=$(date -u +%Y) quarter=$((($(date -u +%-m) + 2) / 3))
report period "$year" --quarter "$quarter"
holds "the quarter: 8 claims, 7 in yuan" '[.figures[]|select(.section=="registered" and .what=="face")|{(.currency):[.count,.amount]}]|add=={"CNY":[7,"2537.56"],"USD":[1,"12.00"]}'
holds "confirmed" '.figures[]|select(.section=="confirmed")|.count==4 and .amount=="2110.07"'
holds "financed" '.figures[]|select(.section=="financed")|.what=="assignment" and .count==1 and .amount=="400.00"'
holds "the attempt is counted" '.figures[]|select(.section=="refused" and .what=="exceeds-free-value")|.count==1'
holds "every entry of the period is in it" '([.figures[]|select(.section=="entries" or .section=="refused")|.count]|add) == .end_seq - .first_seq'
holds "and names the last it knows" '.as_of.seq == .end_seq - 1 and .over == false'
report period 2001
holds "nothing happened in 2001" '.figures|map(select(.section!="late-now"))==[]'
cf audit period "$year" --format csv --key regulator.jwk
head -1 out | grep -q '^section,what,currency,count,amount' && grep -q '^registered,face,CNY,7,2537.56' out
say $? "the same as CSV"
cf audit period "$year" --format html --key regulator.jwk
grep -q '<td>face</td><td>CNY</td><td class="num">7</td><td class="num">2537.56</td>' out && grep -q 'As of entry' out && ! grep -qi '<script\|http:' out
say $? "and to print"

# --- files, and their proof ---
cf audit fictitious "$core" --key regulator.jwk --export claims.csv --json && [ "$(wc -l <claims.csv)" -ge 4 ] &&
	[ "$(jq -r .sha256 claims.csv.proof.json)" = "$(sha256sum claims.csv | cut -d' ' -f1)" ]
say $? "a file and the hash of it"
jq -r '.as_of[0].note' claims.csv.proof.json >note.txt
jq -e '.as_of[0].checkpoint > .as_of[0].seq' claims.csv.proof.json >/dev/null && [ "$(sed -n 2p note.txt)" = "$(jq '.as_of[0].checkpoint' claims.csv.proof.json)" ]
say $? "the checkpoint covers what the report knows"
cf audit graph "$core" --key regulator.jwk --export graph.ndjson && jq -es 'length>=5' graph.ndjson >/dev/null
say $? "a graph as NDJSON"
cf audit replay --state-dir var
say $? "and whoever folds the log finds the state it is made of"

# --- who may ---
for r in debtors regions "fictitious $core" "purchases $core" "graph $core" guarantees warehouses overdue "period $year"; do
	cf audit $r --key bank.jwk
	[ $? -eq 1 ] && ! grep -q 2160.56 out || say 1 "a bank is not told audit $r"
done
cf audit fictitious "$core" --key core.jwk
[ $? -eq 1 ] || say 1 "nor the debtor itself"
say 0 "nobody else is told"
curl -s -o out -w '%{http_code}' "$CF_SERVER/v1/audit/debtors" | grep -q 401
say $? "nor anybody without a name"
cf audit access --key core.jwk --limit 200 --json
holds "whom it was about finds the looks" "[.items[]|select(.who==\"$(cat regulator.party)\")|.what]|contains([\"fictitious-claim report\",\"trade graph\",\"claims against purchases\",\"claims by debtor\"])"

# --- what is no question ---
for bad in 'period 26' "period $year --quarter 5" "period $year --format pdf" "graph $core --steps 4" 'overdue --limit 0' 'overdue --cursor AAAAAAAAAAAAAAAAAAAAAA'; do
	cf audit $bad --key regulator.jwk
	[ $? -eq 1 ] && grep -q 'bad-request\|bad-cursor' err
	say $? "refused: $bad"
done
exit $rc
