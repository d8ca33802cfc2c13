/* SPDX-License-Identifier: Apache-2.0 */
/* story.c: the demo's story; data only. The documents are described in tools/demo/documents/README.md. */
#include "story.h"

/* clang-format off */
const struct actor story_actors[] = {
	{ "anchor",    "华东重工装备有限公司",       "91310115MA1H7C3X46", "core_enterprise" },
	{ "castings",  "江阴精铸钢业有限公司",       "91320281MA1PL4Q61J", "supplier" },
	{ "bearings",  "洛阳恒转轴承制造有限公司",   "91410305MA45T8K22A", "supplier" },
	{ "packaging", "苏州佳木包装材料有限公司",   "91320505MA20R9E1XE", "supplier" },
	{ "bank_a",    "浦江商业银行 (Bank A)",      "91110000400000078U", "bank" },
	{ "bank_b",    "太湖银行 (Bank B)",          "91110000500000090G", "bank" },
	{ "warehouse", "上海宝港仓储有限公司",       "91310113MA1GM7Q52R", "warehouse" },
	{ "surveyor",  "华东商品检验有限公司",       "91310104MA1FR2D81T", "witness" },
	{ "investor",  "长江资产管理有限公司",       "91110000600000012R", "investor" },
	{ "regulator", "示范区地方金融管理局",       "11100000700000034H", "regulator" },
	{ "monitor",   "宁波港北仑仓储有限公司",     "91330206MA2AB1CD0C", "warehouse" },
	{ "inspector", "上海公信检验有限公司",       "91310115MA1KX7YT5T", "warehouse" },
	{ "exchange",  "华东金属交易中心",           "12310000425012345C", "price_source" },
};
const size_t story_n_actors = ARRAY_LEN(story_actors);

#define REGISTER(who, doc) \
	QUIET("receivable register --key $demo/" who ".jwk --document $docs/" doc ".xml --debtor $anchor --out $demo/" doc ".receipt.json", doc "=/object")
#define FUTURE(who, name, face) \
	QUIET("receivable register --key $demo/" who ".jwk --debtor $anchor --face " face " --issue-date +0d --due-date +180d --existing no", name "=/object")
#define CONFIRM(what, face, due) \
	QUIET("receivable confirm --key $demo/anchor.jwk --object $" what " --face " face "CNY --due-date " due " --set-off-waived yes", NULL)

static const struct step opening[] = {

CHAPTER("Invoices become claims",
	"Three suppliers have delivered to one buyer. Each registers its invoices; the registry reads every one of them itself."),
STEP("Any document can be judged before anybody is told of it: sums, taxes, dates, identifiers. Offline.",
	"document verify $docs/castings-1.xml", 0, "/level=L1|/facts/number=JZ2026090012", NULL, 5),
STEP("The supplier signs the claim. The answer is a receipt: the log has committed to it.",
	"receivable register --key $demo/castings.jwk --document $docs/castings-1.xml --debtor $anchor --out $demo/castings-1.receipt.json",
	0, "/status=201|/receipt/outcome=0", "castings-1=/object", 4),
STEP("Eight more invoices, and three future claims without one, go the same way: a dozen.", NULL, 0, NULL, NULL, 0),
REGISTER("castings", "castings-2"), REGISTER("castings", "castings-3"),
REGISTER("bearings", "bearings-1"), REGISTER("bearings", "bearings-2"), REGISTER("bearings", "bearings-3"),
REGISTER("packaging", "packaging-1"), REGISTER("packaging", "packaging-2"), REGISTER("packaging", "packaging-3"),
FUTURE("castings", "future-1", "450000.00CNY"), FUTURE("bearings", "future-2", "380000.00CNY"), FUTURE("packaging", "future-3", "120000.00CNY"),

CHAPTER("Invented and doubled invoices",
	"Somebody has added 900,000.00 to an invoice that is registered already."),
STEP("The document contradicts itself, and the rule that it breaks is named.",
	"document verify $docs/castings-2-altered.xml", 1, "/level=L0|~AMT-07", NULL, 8),
STEP("Registering it all the same is refused, and the attempt is an entry in the log, signed by the one who tried.",
	"receivable register --key $demo/castings.jwk --document $docs/castings-2-altered.xml --debtor $anchor",
	1, "/problem/code=evidence-level", "attempt_1=/problem/receipt/seq", 6),
STEP("The same invoice scanned again: another file, other bytes, the same claim.",
	"receivable register --key $demo/bearings.jwk --document $docs/invoice-0931-rescan.xml --debtor $anchor --out $demo/attempt.receipt.json",
	1, "/problem/code=duplicate-claim", "attempt_2=/problem/receipt/seq", 6),
STEP("A refusal has a receipt too: evidence that anybody can verify.",
	"receipt verify $demo/attempt.receipt.json --vkey $demo/log.vkey", 0, "/verified=true|/outcome=400", NULL, 4),

CHAPTER("The debtor says what it owes",
	"A claim somebody made up is never confirmed with the debtor's own key. This is the debtor's monitor: all that names it."),
STEP(NULL, "party claims $anchor --key $demo/anchor.jwk", 0, "~JZ2026090012|~HZ-26-1127|~JM2026-1240", NULL, 16),
STEP("It confirms amount and due date, and gives up set-off against a lender; for most of them.",
	"receivable confirm --key $demo/anchor.jwk --object $bearings-3 --face 822414.00CNY --due-date 2027-05-08 --set-off-waived yes",
	0, "/status=201", NULL, 1),
CONFIRM("castings-1", "673706.00", "2027-03-05"), CONFIRM("castings-2", "612347.68", "2027-04-15"),
CONFIRM("bearings-1", "1016887.00", "2027-03-22"), CONFIRM("bearings-2", "814662.20", "2027-02-16"),
CONFIRM("packaging-1", "235487.48", "2027-03-26"), CONFIRM("packaging-2", "307646.38", "2027-04-28"),
STEP("One delivery never came. The debtor disputes that claim: nobody can borrow on it from here on.",
	"receivable dispute --key $demo/anchor.jwk --object $packaging-3 --code C04 --reason 'the pallets did not come'",
	0, "/status=201", NULL, 1),
STEP("One more try on it, and the attempt stays on record.",
	"encumbrance grant --key $demo/packaging.jwk --asset $packaging-3 --secured-party $bank_a --amount 100000.00CNY",
	1, "/problem/code=bad-state", NULL, 3),

CHAPTER("Bank A asks before it lends",
	"It has an invoice number on its desk, and wants to know: does it exist, is it owed, who has it already?"),
STEP("It asks for a numbered certificate, which is an entry of the log: what the registry answered cannot be denied later.",
	"check --issuer 91410305MA45T8K22A --number HZ-26-1127 --amount 800000.00CNY --certificate --key $demo/bank_a.jwk --out $demo/certificate.json",
	0, "/verdict=clear|/asset/state=confirmed|/asset/confirmed=true", "certificate=/certificate/seq", 8),
STEP("While its committee meets, it holds the claim: no other lender can take it meanwhile.",
	"hold place --key $demo/bank_a.jwk --asset $bearings-3 --amount 800000.00CNY --purpose 'credit committee' --until +4h",
	0, "/status=201", "hold=/object", 1),
STEP("The supplier assigns the whole claim to Bank A.",
	"encumbrance grant --key $demo/bearings.jwk --asset $bearings-3 --secured-party $bank_a --amount 822414.00CNY --recourse no --notified yes",
	0, "/status=201", "assignment=/object", 2),
STEP("Bank A accepts. From this entry on the claim is Bank A's, and its rank is the entry's number.",
	"encumbrance accept --key $demo/bank_a.jwk --object $assignment --out $demo/acceptance.json", 0, "/receipt/outcome=0", NULL, 1),

CHAPTER("Bank B is offered the same claim",
	"The supplier now goes to another bank with the same invoice."),
STEP("Bank B asks first. It learns that somebody ranks before it, and not who.",
	"check --issuer 91410305MA45T8K22A --number HZ-26-1127 --amount 800000.00CNY --key $demo/bank_b.jwk",
	1, "/verdict=stop|~\"nothing-free\"|/encumbrances/0/rank=1", NULL, 9),
STEP("The supplier tries to assign it again. Refused by the balance, and logged under the supplier's signature.",
	"encumbrance grant --key $demo/bearings.jwk --asset $bearings-3 --secured-party $bank_b --amount 800000.00CNY",
	1, "/problem/code=exceeds-free-value", "attempt_3=/problem/receipt/seq", 5),

CHAPTER("One claim, two lenders, in order",
	"Another claim is large enough for two. Each takes a part; rank is the order of entry."),
STEP("Bank A takes 300,000.00.",
	"encumbrance grant --key $demo/bearings.jwk --asset $bearings-2 --secured-party $bank_a --amount 300000.00CNY", 0, "/status=201", "part_a=/object", 1),
QUIET("encumbrance accept --key $demo/bank_a.jwk --object $part_a", NULL),
STEP("Bank B takes 400,000.00 behind it.",
	"encumbrance grant --key $demo/bearings.jwk --asset $bearings-2 --secured-party $bank_b --amount 400000.00CNY", 0, "/status=201", "part_b=/object", 1),
QUIET("encumbrance accept --key $demo/bank_b.jwk --object $part_b", NULL),
STEP("Bank A gives way: only the one who loses rank can sign that.",
	"encumbrance subordinate --key $demo/bank_a.jwk --object $part_a --to-rank-after $part_b", 0, "/status=201", NULL, 1),
STEP("The order now, newest grant first:", "encumbrance list --asset $bearings-2 --key $demo/bearings.jwk", 0,
	"/items/0/rank=1|/items/0/open/amount=400000.00|/items/1/rank=2|/items/1/open/amount=300000.00", NULL, 3),
STEP(NULL, "receivable show $bearings-2 --key $demo/bearings.jwk", 0,
	"/encumbered/amount=700000.00|/free/amount=114662.20|/encumbrances/0/amount/amount=400000.00|/encumbrances/1/amount/amount=300000.00", NULL, 12),
STEP("Part of the goods went back. The debtor reduces the debt, and must show the credit note.",
	"document submit $docs/bearings-2-credit.xml --key $demo/bearings.jwk", 0, "/level=L1|/kind=ubl-credit-note", "credit_note=/id", 2),
STEP(NULL, "receivable adjust --key $demo/anchor.jwk --object $bearings-2 --reduce 19972.19CNY --document $credit_note --reason 'returned bearings, HZ-26-C017'",
	0, "/status=201", NULL, 1),
STEP("It pays 400,000.00. The money serves the first rank: Bank B is satisfied.",
	"receivable pay --key $demo/anchor.jwk --object $bearings-2 --amount 400000.00CNY", 0, "/status=201", NULL, 1),
STEP(NULL, "encumbrance show $part_b --key $demo/bank_b.jwk", 0, "/state=satisfied|/open/amount=0.00", NULL, 4),
STEP("Bank A has been repaid by the supplier and lets go of its part.",
	"encumbrance release --key $demo/bank_a.jwk --object $part_a", 0, "/status=201", NULL, 1),
STEP(NULL, "receivable show $bearings-2 --key $demo/bearings.jwk", 0, "/open/amount=394690.01|/free/amount=394690.01|/encumbered/amount=0.00", NULL, 12),

CHAPTER("The regulator looks for patterns",
	"Attempts are evidence. Its own looking is recorded as well."),
STEP(NULL, "audit attempts --key $demo/regulator.jwk", 0, "/items/0/fault=exceeds-free-value|/items/1/fault=bad-state|/items/2/fault=duplicate-claim|/items/3/fault=evidence-level", NULL, 5),
STEP("And whoever was looked at can see by whom.", "audit access --key $demo/bearings.jwk --limit 3", 0, "~check", NULL, 4),

PART_END
};

static const struct step closing[] = {

CHAPTER("Nobody has to be believed",
	"From here on the registry's word counts for nothing: only its signature, and arithmetic."),
STEP("A receipt against the log's key alone. No network.",
	"receipt verify $demo/castings-1.receipt.json --vkey $demo/log.vkey", 0, "/verified=true", NULL, 4),
STEP("One character of it changed:", "flip $demo/castings-1.receipt.json $demo/flipped.receipt.json", 0, NULL, NULL, 1),
STEP(NULL, "receipt verify $demo/flipped.receipt.json --vkey $demo/log.vkey", 1, "/verified=false", NULL, 1),
STEP("The history of the claim two banks wanted, every receipt with the statement it is for.",
	"receivable history $bearings-3 --verify --vkey $demo/log.vkey --key $demo/bearings.jwk", 0, "~encumbrance.accept", NULL, 8),
STEP("The whole log, from its published files.",
	"log verify --tiles $state/tiles --vkey $demo/log.vkey", 0, "/verified=true", NULL, 2),
STEP("And the whole history played again: every signature, every decision, every row of the database.",
	"audit replay --state-dir $state", 0, "/good=true", NULL, 1),

CHAPTER("The crooked operator",
	"Whoever runs the database can write into it. Tonight the operator adds 900,000.00 to a claim, with all triggers off."),
STEP(NULL, "sql UPDATE counterfoil.asset SET face = face + 90000000 WHERE id = '$castings-2'", 0, NULL, NULL, 1),
STEP("The API now tells the false amount.", "receivable show $castings-2 --key $demo/castings.jwk", 0, "/face/amount=1512347.68", NULL, 6),
STEP("But the log does not. The replay names the row, the column, both values and the entry that is contradicted.",
	"audit replay --state-dir $state", 1, "/good=false|~column face: the database says 151234768, the log says 61234768, set by entry", NULL, 3),
STEP("The amount is put back, and all is as it was signed.",
	"sql UPDATE counterfoil.asset SET face = face - 90000000 WHERE id = '$castings-2'", 0, NULL, NULL, 1),
STEP(NULL, "audit replay --state-dir $state", 0, "/good=true", NULL, 1),
PART_END
};
/* clang-format on */

const struct story_part story_parts[] = {
	{ opening }, { story_goods }, { story_stock }, { story_paper }, { story_rank }, { story_evidence }, { story_detect }, { closing },
};
const size_t story_n_parts = ARRAY_LEN(story_parts);
