/* SPDX-License-Identifier: Apache-2.0 */
/* story_stock.c: goods that follow their price, and goods paid before they come. */
#include "story.h"

/* clang-format off */
#define PRICE(amount) QUIET("price post --key $demo/exchange.jwk --object $steel --price " amount "CNY", NULL)

const struct step story_stock[] = {

CHAPTER("Goods that follow their price",
	"The bearing maker has 180 tonnes of steel in a warehouse. Four parties keep them: owner, lender, the warehouse that counts, and another that counts unannounced."),
STEP("The operator says who prices this steel; from then on only that key can.",
	"price enrol --key $state/operator.jwk --commodity 'GCr15 bearing steel' --goods metal --per 1TNE --source $exchange", 0, "/status=201", "steel=/object", 1),
PRICE("6000.00"),
STEP("The owner pledges it as a floating stock: up to 700,000.00, seven tenths of its value, never under 850,000.00.",
	"inventory open --key $demo/bearings.jwk --feed $steel --monitor $monitor --inspector $inspector --site 'Beilun, hall 3' --secures 700000.00CNY --ratio 0.7 --floor 850000.00CNY --floating yes",
	0, "/status=201", "stock=/object", 2),
STEP("Nobody lends on goods nobody has counted.", "check --asset $stock --amount 700000.00CNY --key $demo/bank_a.jwk", 1, "/verdict=stop|~nothing-counted", NULL, 4),
STEP("The warehouse counts, with its own key.", "inventory count --key $demo/monitor.jwk --object $stock --quantity 180TNE", 0, "/status=201", NULL, 1),
STEP(NULL, "check --asset $stock --amount 700000.00CNY --key $demo/bank_a.jwk", 0, "/verdict=clear|/free/amount=700000.00", NULL, 5),
STEP("Bank A takes the pledge, by the same two statements as any other security.",
	"encumbrance grant --key $demo/bearings.jwk --asset $stock --kind pledge --secured-party $bank_a --amount 700000.00CNY", 0, "/status=201", "pledge=/object", 1),
QUIET("encumbrance accept --key $demo/bank_a.jwk --object $pledge", NULL),
STEP("Steel falls by a sixth. One entry, one row, however many pledges hang on it.",
	"price post --key $demo/exchange.jwk --object $steel --price 5000.00CNY", 0, "/status=201", NULL, 1),
STEP("The registry marks the pledges beyond their line, under its own signature, and the owner's clock runs.",
	"until inventory show $stock --key $demo/bank_a.jwk", 0, "/state=below-floor|/value/amount=900000.00|~top_up_by", NULL, 12),
STEP("Not a tonne leaves now.",
	"inventory release --key $demo/monitor.jwk --object $stock --quantity 10TNE", 1, "/problem/code=below-floor", NULL, 4),
STEP("The owner brings thirty tonnes more: the goods cover the debt again.",
	"inventory top-up --key $demo/monitor.jwk --object $stock --quantity 30TNE", 0, "/status=201", NULL, 1),
STEP(NULL, "inventory show $stock --key $demo/bearings.jwk", 0, "/state=active|/value/amount=1050000.00|/counted/quantity=210", NULL, 9),
STEP("What stays must be worth a million: ten tonnes may go,",
	"inventory release --key $demo/monitor.jwk --object $stock --quantity 10TNE", 0, "/status=201", NULL, 1),
STEP("and not a gram more.",
	"inventory release --key $demo/monitor.jwk --object $stock --quantity 0.000001TNE", 1, "/problem/code=below-floor", NULL, 4),
STEP("The inspector comes unannounced, and finds two tonnes less. That stays on record for every lender.",
	"inventory inspect --key $demo/inspector.jwk --object $stock --quantity 198TNE", 0, "/status=201", NULL, 1),
STEP(NULL, "inventory show $stock --key $demo/bank_a.jwk", 0, "/missing/quantity=2|/counted/quantity=198", NULL, 12),

CHAPTER("Paid before it comes",
	"Steel on order: Bank A pays the mill, the mill ships, the warehouse receives, and goods leave against payment."),
STEP("The buyer opens it on its order, and the mill confirms: from here on it owes goods, or money.",
	"prepayment open --key $demo/bearings.jwk --seller $castings --monitor $monitor --amount 1000000.00CNY --order HZ-PO-2026-118 --ship-by +90d", 0, "/status=201", "order=/object", 1),
STEP("The same order once more, under another spelling: refused.",
	"prepayment open --key $demo/bearings.jwk --seller $castings --monitor $monitor --amount 900000.00CNY --order 'hz po 2026/118' --ship-by +90d", 1, "/problem/code=duplicate-order", NULL, 3),
QUIET("prepayment confirm --key $demo/castings.jwk --object $order --amount 1000000.00CNY --ship-by +90d", NULL),
QUIET("encumbrance grant --key $demo/bearings.jwk --asset $order --kind pledge --secured-party $bank_a --amount 800000.00CNY", "on_order=/object"),
QUIET("encumbrance accept --key $demo/bank_a.jwk --object $on_order", NULL),
STEP("Bank A has its security, and advances.", "prepayment advance --key $demo/bank_a.jwk --object $order --amount 800000.00CNY", 0, "/status=201", NULL, 1),
STEP("The mill cannot ship more than was paid.", "prepayment ship --key $demo/castings.jwk --object $order --amount 900000.00CNY", 1, "/problem/code=exceeds-prepaid", NULL, 3),
STEP(NULL, "prepayment ship --key $demo/castings.jwk --object $order --amount 800000.00CNY", 0, "/status=201", NULL, 1),
STEP("The first train arrives; the buyer pays Bank A for it, and gets its steel.",
	"prepayment receive --key $demo/monitor.jwk --object $order --amount 300000.00CNY", 0, "/status=201", NULL, 1),
STEP(NULL, "prepayment release --key $demo/bank_a.jwk --object $order --amount 300000.00CNY", 0, "/status=201", NULL, 1),
STEP(NULL, "prepayment show $order --key $demo/castings.jwk", 0, "/state=shipped|/owed/amount=500000.00|/released/amount=300000.00|/encumbered/amount=500000.00", NULL, 14),
STEP("The second train: all has come.", "prepayment receive --key $demo/monitor.jwk --object $order --amount 500000.00CNY", 0, "/status=201", NULL, 1),

CHAPTER("One trade, one budget",
	"The steel that was on order is now stock in hall 4, and will be an invoice. It is one trade all the time."),
STEP("What was a prepayment becomes a pledge of stock. The order is locked, and Bank A's claim comes along.",
	"inventory open --key $demo/bearings.jwk --feed $steel --monitor $monitor --inspector $inspector --site 'Beilun, hall 4' --secures 900000.00CNY --ratio 0.7 --floor 0.00CNY --floating no --parent $order",
	0, "/status=201", "stock_2=/object", 2),
QUIET("inventory count --key $demo/monitor.jwk --object $stock_2 --quantity 160TNE", NULL),
STEP("Bank B is offered the stock, which is free of claims by itself. By its trade it is not.",
	"encumbrance grant --key $demo/bearings.jwk --asset $stock_2 --kind pledge --secured-party $bank_b --amount 300000.00CNY", 1, "/problem/code=exceeds-free-value", NULL, 3),
STEP("Nor is the order.",
	"encumbrance grant --key $demo/bearings.jwk --asset $order --kind pledge --secured-party $bank_b --amount 300000.00CNY", 1, "/problem/code=bad-state", NULL, 3),
PART_END
};
/* clang-format on */
