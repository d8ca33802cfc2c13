/* SPDX-License-Identifier: Apache-2.0 */
/* story_detect.c: a renumbered double, goods that go in a circle, a debtor that cannot owe so much. Data only. */
#include "story.h"

/* clang-format off */
#define SELLS(who, debtor, face, name) \
	QUIET("receivable register --key $demo/" who ".jwk --debtor $" debtor " --face " face " --issue-date +0d --due-date +90d --existing no --goods 7208", name "=/object")

const struct step story_detect[] = {

CHAPTER("The same invoice under another number",
	"Exact doubles are refused. So the careful forger changes the number, and nothing else."),
STEP("1127 has become 1129. To the rules it is a new invoice, and it is registered.",
	"receivable register --key $demo/bearings.jwk --document $docs/bearings-3-renumbered.xml --debtor $anchor",
	0, "/status=201", "renumbered=/object", 1),
STEP("Moments later an entry of the registry says what is wrong with it: what was compared, what it weighs, and which entries prove it.",
	"until finding list --key $demo/anchor.jwk --asset $renumbered", 0, "/items/0/severity=hold|/items/0/state=open", "double=/items/0/id", 3),
STEP(NULL, "finding show $double --key $demo/anchor.jwk", 0, "/state=open|~evidence", NULL, 16),
STEP("Bank B asks, and is told to stop. It does not learn who lent on the first one.",
	"check --asset $renumbered --amount 500000.00CNY --purpose lending --key $demo/bank_b.jwk", 1, "/verdict=stop|~\"under-review\"", NULL, 8),
STEP("Nobody can be given the claim while that stands.",
	"encumbrance grant --key $demo/bearings.jwk --asset $renumbered --secured-party $bank_b --amount 500000.00CNY",
	1, "/problem/code=under-review", NULL, 3),
STEP("The debtor knows: there was one delivery. It confirms the finding, with its key, and rejects the claim.",
	"finding review --key $demo/anchor.jwk --object $double --verdict confirmed --reason 'one delivery, one invoice'", 0, "/status=201", NULL, 1),
STEP(NULL, "receivable reject --key $demo/anchor.jwk --object $renumbered --code C05 --reason 'HZ-26-1127 under another number'", 0, "/status=201", NULL, 1),

CHAPTER("Steel that goes in a circle",
	"Three companies sell each other the same steel. Nothing moves but invoices, and each can be financed."),
SELLS("castings", "bearings", "640000.00CNY", "first_leg"),
SELLS("bearings", "packaging", "646000.00CNY", "second_leg"),
STEP("The third sale closes the circle.",
	"receivable register --key $demo/packaging.jwk --debtor $castings --face 652000.00CNY --issue-date +0d --due-date +90d --existing no --goods 7208",
	0, "/status=201", "third_leg=/object", 1),
STEP("It is found at that very entry; the other two are its evidence.",
	"until finding list --key $demo/packaging.jwk --asset $third_leg", 0, "~\"signal\":\"G01\"|~\"severity\":\"hold\"", NULL, 3),
STEP(NULL, "check --asset $third_leg --purpose lending --key $demo/bank_a.jwk", 1, "/verdict=stop|~\"under-review\"", NULL, 6),

CHAPTER("More than it buys",
	"The invented debtor owes more than it ever bought. What a company declares to the tax office is a ceiling."),
STEP("The operator enters what the packaging maker has declared: purchases of 500,000.00 in twelve months.",
	"party profile --key $state/operator.jwk --object $packaging --purchases 500000.00CNY --turnover 900000.00CNY --source 'tax office, declared'",
	0, "/status=201", NULL, 1),
STEP("It is to owe the castings maker 1,800,000.00.",
	"receivable register --key $demo/castings.jwk --debtor $packaging --face 1800000.00CNY --issue-date +0d --due-date +120d --existing no",
	0, "/status=201", "inflated=/object", 1),
STEP("Three times what it buys from everybody.",
	"until finding list --key $demo/packaging.jwk --asset $inflated", 0, "~\"severity\":\"", NULL, 3),

CHAPTER("A score that anybody can recompute",
	"Three answers, never mixed: is it authentic, will it be paid, and how much has been seen. All from entries."),
STEP("By which model? The operator publishes its hash, in the log, and every score says which one it was.",
	"model publish --key $state/operator.jwk --model perf-2026.2 --version 2 --effective 2026-11-01T00:00:00Z --sha256 b0f617204fac601ca48f532a72960ca9c7c959e79ad06dda086659ff2f5e890f", 0, "/status=201", NULL, 1),
STEP("A debtor's record is its own. A bank that would read more than a check tells has to ask the debtor.",
	"party score $anchor --key $demo/bank_a.jwk", 1, "~consent-required", NULL, 2),
STEP("The debtor agrees: who, what of it, what for, until when. It can take that back at any time.",
	"consent grant --key $demo/anchor.jwk --reader $bank_a --scope score --purpose lending --until +90d", 0, "/status=201", "consent=/object", 1),
STEP("A debtor's record, with its reasons, and the entries it rests on.", "until party score $anchor --key $demo/bank_a.jwk --out $demo/score.json", 0, "~perf-2026.2|~\"grade\"|~\"reasons\"|~\"inputs\"", NULL, 12),
STEP("Nobody has to believe the registry's arithmetic: the log gives the same score, to the byte.", "score verify $demo/score.json --state-dir $state", 0, "/verified=true", NULL, 2),
STEP("The debtor sees who looked, what for, and under which consent.",
	"audit access --key $demo/anchor.jwk --limit 1", 0, "/items/0/what=score|/items/0/purpose=lending|~\"consent\":", NULL, 3),
STEP("It withdraws the consent, and the record is closed again.",
	"consent withdraw --key $demo/anchor.jwk --object $consent --reason 'the loan is decided'", 0, "/status=201", NULL, 1),
STEP(NULL, "party score $anchor --key $demo/bank_a.jwk", 1, "~consent-required", NULL, 2),
PART_END
};
/* clang-format on */
