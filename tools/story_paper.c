/* SPDX-License-Identifier: Apache-2.0 */
/* story_paper.c: vouchers, bills and pools in the demo's story. */
#include "story.h"

/* clang-format off */
const struct step story_paper[] = {

CHAPTER("A claim becomes paper",
	"The buyer gives the supplier a voucher for what it owes. The claim is locked: it cannot be lent on twice."),
STEP("The buyer confirms a claim and issues a voucher for it; nobody is made to take one.",
	"receivable confirm --key $demo/anchor.jwk --object $castings-3 --face 805769.10CNY --due-date 2027-04-10 --set-off-waived yes", 0, "/status=201", NULL, 1),
STEP(NULL, "voucher issue --key $demo/anchor.jwk --receivable $castings-3 --face 805769.10CNY --due-date 2027-04-10 --divisible yes", 0, "/status=201", "voucher=/object", 1),
STEP("The supplier takes it, and the claim is locked.", "voucher accept --key $demo/castings.jwk --object $voucher", 0, "/status=201", NULL, 1),
STEP("It tries to borrow on the claim all the same.",
	"encumbrance grant --key $demo/castings.jwk --asset $castings-3 --secured-party $bank_a --amount 1000.00CNY", 1, "/problem/code=bad-state", NULL, 3),
STEP("It splits the voucher, to the cent, to pay its own supplier.",
	"voucher split --key $demo/castings.jwk --object $voucher --parts 805769.09CNY,0.01CNY", 0, "/status=201", NULL, 1),
STEP(NULL, "voucher list --state held --key $demo/castings.jwk", 0, "~\"from\":1,\"to\":80576909|~\"from\":80576910,\"to\":80576910", "coin=/items/0/id other=/items/1/id", 3),
STEP("It hands a part on: offered, and taken.", "voucher transfer --key $demo/castings.jwk --object $other --to $packaging", 0, "/status=201", NULL, 1),
STEP(NULL, "voucher accept --key $demo/packaging.jwk --object $other", 0, "/status=201", NULL, 1),
STEP("Every step from the issue to the holder:", "voucher chain $other --key $demo/packaging.jwk", 0, "/steps/0/step=issue|/steps/1/step=transfer", NULL, 8),

CHAPTER("A bill, and who must disclose it",
	"Another claim becomes a supply-chain bill. No bank may discount it before its acceptor has said it owes it."),
QUIET("bill issue --key $demo/anchor.jwk --receivable $bearings-1 --acceptor $anchor --face 1016887.00CNY --due-date 2027-03-22 --divisible yes", "bill=/object"),
QUIET("bill accept --key $demo/anchor.jwk --object $bill", NULL),
QUIET("bill take --key $demo/bearings.jwk --object $bill", NULL),
STEP("Undisclosed, it cannot be discounted; the rule is named.",
	"bill discount --key $demo/bearings.jwk --object $bill --to $bank_a --price 1014000.00CNY", 1, "/problem/code=disclosure-missing", NULL, 4),
QUIET("bill disclose --key $demo/anchor.jwk --object $bill --face 1016887.00CNY --due-date 2027-03-22", NULL),
STEP("Disclosed, it can.", "bill discount --key $demo/bearings.jwk --object $bill --to $bank_a --price 1014000.00CNY", 0, "/status=201", NULL, 1),
STEP(NULL, "bill take --key $demo/bank_a.jwk --object $bill", 0, "/status=201", NULL, 1),

CHAPTER("A pool an investor can check",
	"What a supplier holds goes into a note. Its members are locked, and the tape proves who they are."),
QUIET("pool open --key $demo/castings.jwk --name 'Castings 2026-1' --form note --currency CNY --trustee $bank_b --rating AAA", "pool=/object"),
STEP("A confirmed claim and what is left of the voucher enter.",
	"pool add --key $demo/castings.jwk --object $pool --assets $castings-2 --assets $coin", 0, "/status=201", NULL, 1),
STEP("Every member that entered is in the commitment.", "pool show $pool --key $demo/castings.jwk", 0, "/members=2", "commitment=/commitment total=/total/amount", 6),
STEP("The pool is locked on exactly that.",
	"pool lock --key $demo/castings.jwk --object $pool --members 2 --total 'CNY $total' --commitment $commitment --debtors $anchor", 0, "/status=201", NULL, 1),
QUIET("pool admit --key $demo/castings.jwk --object $pool --investors $investor", NULL),
STEP("The investor takes the tape home,", "pool tape $pool --out $demo/tape.json --key $demo/investor.jwk", 0, NULL, NULL, 1),
STEP("and verifies it against the log's key alone.", "pool verify $demo/tape.json --vkey $demo/log.vkey", 0, NULL, NULL, 2),
PART_END
};
/* clang-format on */
