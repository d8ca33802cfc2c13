/* SPDX-License-Identifier: Apache-2.0 */
/* story_goods.c: the part of the story in which the same steel is to lie under two receipts; data only. */
#include "story.h"

/* clang-format off */
#define COILS "goods_code=HRC-Q235B,grade=Q235B,quantity=120TNE,pieces=40,batch=HEAT 4711,serial_prefix=BG-,serial_first=204501,serial_last=204540,value=420000.00CNY"

const struct step story_goods[] = {

CHAPTER("The same steel under two receipts",
	"Forty coils lie in a yard. A warehouse receipt says so, under the warehouse's own key; what makes it worth lending on is that nobody can have a second one."),
STEP("The warehouse shows its licence, and registers the yard: what it may hold, and who else will count and weigh there.",
	"document submit $docs/warehouse-licence.txt --key $demo/warehouse.jwk", 0, "~\"id\"", "licence=/id", 1),
STEP(NULL, "site register --key $demo/warehouse.jwk --name 'Yard 7' --address 'Baoshan, Shanghai' --goods goods_code=HRC-Q235B,capacity=5000TNE --inspectors $surveyor --licence $licence --licensed-until +365d",
	0, "/status=201", "yard7=/object", 1),
QUIET("site register --key $demo/warehouse.jwk --name 'Yard 9' --address 'Baoshan, Shanghai' --goods goods_code=HRC-Q235B,capacity=5000TNE --inspectors $surveyor --licence $licence --licensed-until +365d", "yard9=/object"),
STEP("Before anybody has counted, nothing can be issued.",
	"receipt issue --key $demo/warehouse.jwk --site $yard7 --holder $castings --number WR-0101 --value 420000.00CNY --storage-until +180d --lots 'zone=A,bin=03," COILS "'",
	1, "/problem/code=not-counted", NULL, 3),
STEP("The surveyor counts, with its own key.",
	"site count --key $demo/surveyor.jwk --object $yard7 --goods-code HRC-Q235B --quantity 500TNE", 0, "/status=201", NULL, 1),
QUIET("site count --key $demo/surveyor.jwk --object $yard9 --goods-code HRC-Q235B --quantity 500TNE", NULL),
STEP("Now the receipt: lot by lot, with place, heat and the number of every coil.",
	"receipt issue --key $demo/warehouse.jwk --site $yard7 --holder $castings --number WR-0101 --value 420000.00CNY --storage-until +180d --lots 'zone=A,bin=03," COILS "'",
	0, "/status=201", "receipt=/object", 1),
STEP("No pledge before the scale has spoken: the rule asks for a weight that is not the warehouse's.",
	"encumbrance grant --key $demo/castings.jwk --asset $receipt --kind pledge --secured-party $bank_a --amount 300000.00CNY",
	1, "/problem/code=not-weighed", NULL, 3),
STEP(NULL, "receipt weigh --key $demo/surveyor.jwk --object $receipt --lot 1 --quantity 119.8TNE", 0, "/status=201", NULL, 1),
STEP("Weighed, it is pledged to Bank A.",
	"encumbrance grant --key $demo/castings.jwk --asset $receipt --kind pledge --secured-party $bank_a --amount 300000.00CNY",
	0, "/status=201", "pledge=/object", 1),
QUIET("encumbrance accept --key $demo/bank_a.jwk --object $pledge", NULL),
STEP("A second receipt over the same coils: another number, another yard, another holder. Refused, and on record under the warehouse's signature.",
	"receipt issue --key $demo/warehouse.jwk --site $yard9 --holder $bearings --number WR-0102 --value 315000.00CNY --storage-until +180d --lots 'zone=K,bin=11,goods_code=HRC-Q235B,grade=Q235B,quantity=90TNE,pieces=30,serial_prefix=bg,serial_first=204540,serial_last=204569,value=315000.00CNY'",
	1, "/problem/code=serial-overlap", NULL, 4),
STEP("Not by the bin either: somebody's goods lie there.",
	"receipt issue --key $demo/warehouse.jwk --site $yard7 --holder $bearings --number WR-0103 --value 1000.00CNY --storage-until +180d --lots 'zone=a,bin=3,goods_code=HRC-Q235B,grade=Q235B,quantity=1TNE,value=1000.00CNY'",
	1, "/problem/code=duplicate-location", NULL, 4),
STEP("Bank B, shown a paper on coil BG-204540, asks for the coil itself.",
	"check --kind serial --issuer BG- --number 204540 --key $demo/bank_b.jwk", 1, "/verdict=stop|~goods-taken", NULL, 3),
STEP("A third of the loan is repaid. Bank A lets thirteen coils go, and no more than that.",
	"receipt release --key $demo/bank_a.jwk --object $receipt --encumbrance $pledge --lot 1 --quantity 39TNE --repaid 100000.00CNY",
	0, "/status=201", NULL, 1),
STEP("The holder orders, the warehouse delivers: two keys, and the second names the first one's order.",
	"receipt order --key $demo/castings.jwk --object $receipt --lot 1 --quantity 39TNE --pieces 13", 0, "/status=201", NULL, 1),
STEP(NULL, "receipt deliver --key $demo/warehouse.jwk --object $receipt", 0, "/status=201", NULL, 1),
STEP("One coil more stays where it is.",
	"receipt order --key $demo/castings.jwk --object $receipt --lot 1 --quantity 3TNE --pieces 1",
	1, "/problem/code=not-let-go", NULL, 3),
STEP(NULL, "warehouse-receipt show $receipt --key $demo/bank_a.jwk", 0,
	"/state=part-released|/open/amount=283500.00|/encumbered/amount=200000.00|/lots/0/quantity/quantity=81|/lots/0/serials/first=204514", NULL, 20),
STEP("The surveyor comes back and finds sixty tonnes. Whoever asks about a receipt of this yard is told.",
	"site count --key $demo/surveyor.jwk --object $yard7 --goods-code HRC-Q235B --quantity 60TNE", 0, "/status=201", NULL, 1),
STEP(NULL, "check --asset $receipt --key $demo/bank_b.jwk", 1, "/verdict=stop|~counted-short", NULL, 8),
PART_END
};
/* clang-format on */
