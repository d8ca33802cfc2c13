/* SPDX-License-Identifier: Apache-2.0 */
/*
 * market.h: the firms of a made-up market and what they sell each other, as
 * honest trade looks: names and credit codes that hold, some forty customers a
 * supplier of which a few buy most, amounts of each pair's own size, numbers
 * that rise with the dates, terms the pair keeps, a house bank and another.
 *
 * So detection, which reads along, has to look at everything and finds next to
 * nothing: what a benchmark of it is worth rests on that.
 *
 * Deal n is the same whenever it is asked for. Deals come day by day; after
 * WINDOW days of them the suppliers open another series of numbers and the days
 * begin anew, for an issue date lies at most so far back.
 */
#ifndef CF_MARKET_H
#define CF_MARKET_H

#include "crypto.h"
#include "state.h"

enum { SUPPLIERS = 700, CORES = 200, BANKS = 100, WAREHOUSES = 20 };
enum { /* places in party[] */
       SUPPLIER_AT = 0,
       CORE_AT = SUPPLIER_AT + SUPPLIERS,
       BANK_AT = CORE_AT + CORES,
       WAREHOUSE_AT = BANK_AT + BANKS,
       SURVEYOR_AT = WAREHOUSE_AT + WAREHOUSES,
       EXCHANGE_AT,
       PARTIES
};

struct market_party {
	struct uuid id, site; /* site: of warehouses */
	struct privkey key;
	struct hash enrolled; /* the statement, once there is one */
	char token[256];      /* of banks, once workload_tokens has been called */
	char name[80], uscc[20], account[32];
	int32_t roles, founded; /* founded: day */
	const char *region;
	int64_t turnover, purchases, staff; /* declared; minor units a year */
};
struct market {
	struct market_party party[PARTIES];
	struct uuid feed; /* of prices */
	int32_t today;
};

/* New parties with new keys; the firms are the same every time. */
MUST_CHECK bool market_open(struct market *m);

struct deal {
	const struct market_party *supplier, *core, *bank;
	struct money face, advance; /* advance: what is encumbered */
	struct date issued, due;
	char number[32]; /* of the invoice */
};
void market_deal(const struct market *m, uint64_t n, struct deal *ret);
#endif
