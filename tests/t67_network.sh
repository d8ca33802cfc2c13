#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t67: the network for those who may ask: a lender sees its own book and nothing of others, a supervisor everybody; a score
# with an entry that certifies it, computed again from the log; an appeal, read by whom it concerns.
set -u
source "$(dirname "$0")/cli.sh"
registry
enrol core 91310115MA1H7C3X46 core_enterprise && enrol maker 91320281MA1PL4Q61J supplier,core_enterprise &&
	enrol mine 91410305MA45T8K22A supplier && enrol bank 91110000400000078U bank &&
	enrol other 91440300500000090M bank && enrol watch 11100000000013610P regulator
say $? "parties"
core=$(cat core.party) maker=$(cat maker.party) mine=$(cat mine.party)
cf party profile --key var/operator.jwk --object "$maker" --region CN-GD --turnover 1000000.00CNY --source 'a test'
cf party profile --key var/operator.jwk --object "$core" --region CN-ZJ --source 'a test'

# --- core owes maker, maker owes mine; the bank lends on both ---
sells() { cf receivable register --key "$1.jwk" --debtor "$2" --face "$3" --issue-date +0d --due-date +90d --existing no --goods 7208 --json; }
sells maker "$core" 75000.00CNY
first=$(field object)
sells mine "$maker" 200000.00CNY
second=$(field object)
[ -n "$first" ] && [ -n "$second" ]
say $? "two claims"
lend() { cf encumbrance grant --key "$1.jwk" --asset "$2" --secured-party "$(cat bank.party)" --kind pledge --amount "$3" --json && cf encumbrance accept --key bank.jwk --object "$(field object)" --json; }
lend maker "$first" 60000.00CNY && lend mine "$second" 150000.00CNY
say $? "the bank has money in both"
# the map is of the entries detection has read; it comes to them by itself
wait_for says '"held":{"amount":"210000.00"' network regions --key bank.jwk --json
grep -q '"held":{"amount":"210000.00","currency":"CNY"},"largest_debtor":{"amount":"150000.00"' out && grep -q '"region":"CN-GD"' out
say $? "where its money is"
gives 0 "what it would lose if core stops paying" '"reached":2,.*"loss":{"amount":"75000.00"' network contagion "$core" --key bank.jwk --json
gives 0 "and where its parties stand" "\"party\":\"$maker\",\"tier\":1" network tiers "$core" --key bank.jwk --json
gives 1 "a bank without a claim there learns nothing" not-found network contagion "$core" --key other.jwk
gives 1 "nor does a supplier" forbidden network contagion "$core" --key maker.jwk
gives 1 "the whole network is no lender's" forbidden audit contagion "$core" --key bank.jwk
gives 0 "a supervisor sees it" "\"party\":\"$mine\"" audit contagion "$core" --key watch.jwk --json
gives 0 "and an anchor's suppliers" '"tiers":\[{"tier":1,"suppliers":1' audit tiers "$core" --key watch.jwk --json
gives 0 "and who hangs on one supplier" "\"buyer\":\"$core\",\"supplier\":\"$maker\"" audit sources --key watch.jwk --json
gives 0 "flows are shown as far as they give nobody away" '"suppressed":1,"items":\[\]' audit flows --month "$(date +%Y-%m)" --key watch.jwk --json

# --- a score with its certificate ---
gives 0 "a score, certified by an entry" '"answer":{.*"receipt":{' party score "$maker" --certificate --key maker.jwk --json --out score.json
gives 0 "anybody computes it again" verified score verify score.json --state-dir var
sed 's/"confidence":[0-9]*/"confidence":999/' score.json >forged.json
gives 1 "and sees what was changed" confidence score verify forged.json --state-dir var
gives 1 "another supplier is given none" not-found party score "$maker" --certificate --key mine.jwk

# --- an appeal ---
gives 0 "the maker disputes what its score rests on" '' score appeal --key maker.jwk --body-party "$maker" --input 9 --reason 'not ours' --json
appeal=$(field object)
gives 0 "it can read its appeal" '"state":"open"' score appeals --key maker.jwk --json
gives 0 "others do not see it" '"items":\[\]' score appeals --key mine.jwk --json
gives 0 "appeals are listed by whom they are about" '"state":"open"' score appeals --party "$maker" --about "$maker" --key maker.jwk --json
gives 0 "which is not who asks" '"items":\[\]' score appeals --party "$maker" --about "$mine" --key maker.jwk --json
gives 0 "the operator finds it and decides" '' score correct --key var/operator.jwk --object "$appeal" --body-party "$maker" --input 9 --left-out no --ground 'it is' --json
gives 0 "and the maker sees what came of it" '"state":"dismissed"' score appeals --key maker.jwk --open no --json
gives 0 "the log says all of it" '' audit replay --state-dir var
exit $rc
