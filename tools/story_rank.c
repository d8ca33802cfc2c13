/* SPDX-License-Identifier: Apache-2.0 */
/* story_rank.c: how long a claim is held, who objects, what a debtor commits to, and rules that are data. Data only. */
#include "story.h"

/* clang-format off */
const struct step story_rank[] = {

CHAPTER("A term, and its extension",
	"An encumbrance is registered for a term. The rules have numbers, the numbers are published, and a refusal names them."),
QUIET("rule publish --key $state/operator.jwk --rule commitment.above --version 2 --effective +2s --values mode=2", NULL),
STEP("Ten days are less than the month the rule asks for.",
	"encumbrance grant --key $demo/castings.jwk --asset $castings-1 --secured-party $bank_a --amount 200000.00CNY --until +10d",
	1, "/problem/code=term|~encumbrance.term_least@1", NULL, 4),
STEP("More than nine tenths of what is confirmed is not lent against it either.",
	"encumbrance grant --key $demo/castings.jwk --asset $castings-1 --secured-party $bank_a --amount 200000.00CNY --advance 190000.00CNY",
	1, "/problem/code=advance|~encumbrance.advance@1", NULL, 4),
STEP("Two months, and 180,000.00 lent against 200,000.00.",
	"encumbrance grant --key $demo/castings.jwk --asset $castings-1 --secured-party $bank_a --amount 200000.00CNY --advance 180000.00CNY --until +60d",
	0, "/status=201", "loan=/object", 1),
QUIET("encumbrance accept --key $demo/bank_a.jwk --object $loan", NULL),
STEP("The debtor is told, by an entry: from now on its place in the order of notices is fixed too.",
	"encumbrance notify --key $demo/bank_a.jwk --object $loan --how 'registered letter'", 0, "/status=201", NULL, 1),
STEP("Before the term ends, Bank A extends it. Its rank stays; what nobody extends lapses by an entry of the registry.",
	"encumbrance extend --key $demo/bank_a.jwk --object $loan --until +425d", 0, "/status=201", NULL, 1),
STEP(NULL, "encumbrance show $loan --key $demo/bank_a.jwk", 0, "/state=live|/extensions=1|/rank=1|/basis=registered", NULL, 18),

CHAPTER("An objection",
	"The supplier says that it never agreed to that amount. An objection has a code, a clock for the answer and one for the court."),
STEP(NULL, "objection place --key $demo/castings.jwk --asset $castings-1 --encumbrance $loan --code C03 --reason 'we agreed on 150,000.00'",
	0, "/status=201", "objection=/object", 1),
STEP("Whoever asks about the claim is told that somebody objects, and not who.",
	"check --asset $castings-1 --amount 100000.00CNY --purpose lending --key $demo/bank_b.jwk", 0, "/verdict=caution|~\"objection-stands\"", NULL, 9),
STEP("Only Bank A can answer it: not the supplier, in its name.",
	"objection answer --key $demo/castings.jwk --object $objection --accepted yes --reason 'we agree'", 1, "/problem/code=not-authorised", NULL, 3),
STEP("Bank A answers, within three working days.",
	"objection answer --key $demo/bank_a.jwk --object $objection --accepted no --reason 'contract 2026-118, clause 3'", 0, "/status=201", NULL, 1),
STEP(NULL, "objection show $objection --key $demo/castings.jwk", 0, "/state=answered|/code=C03", NULL, 14),
STEP("The supplier looks at clause 3 and withdraws. Without that, and without proof of a suit, it would lapse in thirty days.",
	"objection withdraw --key $demo/castings.jwk --object $objection --reason 'clause 3'", 0, "/status=201", NULL, 1),

CHAPTER("What the debtor commits to",
	"Invented invoices are many and small. Their sum is not. So the debtor signs, per supplier and month, what it will owe in all."),
STEP(NULL, "wait 2", 0, NULL, NULL, 0),
STEP("In one month it will owe the bearings maker 500,000.00, and says so with its key.",
	"commitment sign --key $demo/anchor.jwk --supplier $bearings --month $month --total 500000.00CNY", 0, "/status=201", NULL, 1),
STEP("A claim within it is registered.",
	"receivable register --key $demo/bearings.jwk --debtor $anchor --face 420000.00CNY --issue-date +0d --due-date $month_20 --existing no",
	0, "/status=201", "within=/object", 1),
STEP("Somebody inflates the debt. Under the rule in force since a moment ago the claim is refused, and on record.",
	"receivable register --key $demo/bearings.jwk --debtor $anchor --face 980000.00CNY --issue-date +0d --due-date $month_25 --existing no",
	1, "/problem/code=above-commitment|~commitment.above@2", "attempt_4=/problem/receipt/seq", 4),
STEP("The supplier sees what is committed to it and how much of it is registered; nothing of the other suppliers.",
	"commitment list --key $demo/bearings.jwk", 0, "/items/0/total/amount=500000.00|/items/0/registered/amount=420000.00", NULL, 3),

CHAPTER("What if the rule had been another",
	"Every number is a published version of a rule. So history can be asked about under other numbers."),
STEP("The versions, and which is in force.", "audit rules", 0, "~commitment.above|~\"in_force\":true", NULL, 6),
STEP("A hundred days from issue to due date, and no more than a tenth lent: which of today's decisions would have been others?",
	"audit replay --state-dir $state --rules $docs/rules-stricter.json", 1,
	"/good=true|~\"now\":\"tenor\",\"why\":\"rule\",\"rule\":\"receivable.tenor@0\"|~\"why\":\"follows\"", NULL, 12),
STEP("Under the rules that were in force, none.",
	"audit replay --state-dir $state --rules $docs/rules-as-they-were.json", 0, "/changed_by_rule=0|/changed_by_what_came_before=0", NULL, 2),
PART_END
};
/* clang-format on */
