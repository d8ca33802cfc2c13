/* SPDX-License-Identifier: Apache-2.0 */
/* market.c: see market.h. Firms are called as those of the simulator are. */
#include "market.h"

#include "../simulate/sim.h"
#include "run/clock.h"
#include "service/outbound.h"

enum {
	CUSTOMERS = 40,           /* of a supplier */
	WINDOW = 120,             /* days over which invoices are dated */
	LAP = WINDOW * SUPPLIERS, /* deals until the days begin anew: one a day and supplier */
	GAP = 7,                  /* of its numbers one in so many is registered here */
	FIRMS_SEED = 41,
	PAIRS_SEED,
	DEALS_SEED,
	TYPICAL = 9000000, /* median of what a pair's invoices come to, minor units */
};
#define TURNOVER INT64_C(120000000000) /* 1.2 bn CNY: above what any run of the benchmark registers */
#define PURCHASES INT64_C(900000000000)

static int32_t role_of(size_t i)
{
	return i < CORE_AT        ? ROLE_SUPPLIER
	       : i < BANK_AT      ? ROLE_CORE
	       : i < WAREHOUSE_AT ? ROLE_BANK
	       : i < SURVEYOR_AT  ? ROLE_WAREHOUSE
	       : i < EXCHANGE_AT  ? ROLE_WITNESS
	                          : ROLE_PRICE_SOURCE;
}

static bool open_party(struct market_party *p, size_t i, int32_t today)
{
	struct draw d = draw_fork(FIRMS_SEED, i);
	uint8_t seed[SEED_LEN];
	struct firm f = { .tier = i >= CORE_AT && i < BANK_AT ? 0 : 2,
		          .sector = (uint8_t)draw_below(&d, SECTORS),
		          .region = (uint8_t)draw_below(&d, REGIONS) };

	name_firm(&d, &f, i);
	code_firm(&d, &f, i, false);
	*p = (struct market_party){ .id = new_uuid(),
		                    .site = new_uuid(),
		                    .roles = role_of(i),
		                    .founded = today - (int32_t)draw_between(&d, 1500, 9000),
		                    .region = region_code(f.region) };
	snprintf(p->name, sizeof p->name, "%s", f.name);
	snprintf(p->uscc, sizeof p->uscc, "%s", f.uscc);
	put_account((uint32_t)i + 1, p->account);
	p->turnover = draw_between(&d, TURNOVER, 2 * TURNOVER);
	p->purchases = i < CORE_AT ? p->turnover / 2 : draw_between(&d, PURCHASES, 2 * PURCHASES);
	if (i >= CORE_AT)
		p->turnover = p->purchases + p->purchases / 3;
	p->staff = p->turnover / draw_between(&d, 90000000, 160000000);
	clock_random(seed, sizeof seed);
	return privkey_from_seed(ALG_ED25519, seed, &p->key);
}

bool market_open(struct market *m)
{
	m->feed = new_uuid();
	m->today = date_of(clock_now()).day;
	for (size_t i = 0; i < PARTIES; i++)
		if (!open_party(&m->party[i], i, m->today))
			return false;
	return true;
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

void market_deal(const struct market *m, uint64_t n, struct deal *ret)
{
	static const int32_t terms[] = { 150, 160, 170, 180 };
	const uint64_t supplier = n % SUPPLIERS, day = n % LAP / SUPPLIERS, lap = n / LAP;
	struct draw d = draw_fork(DEALS_SEED, n), of_pair;
	/* the smaller of two draws: the first customers buy most */
	const uint64_t customer = (uint64_t)smaller(draw_below(&d, CUSTOMERS), draw_below(&d, CUSTOMERS));
	const uint64_t core = (supplier * 7 + customer * 11) % CORES;
	const uint64_t bank = supplier * 13 + (draw_chance(&d, 800000) ? 0 : 41);

	of_pair = draw_fork(PAIRS_SEED, supplier * CORES + core);
	ret->supplier = &m->party[SUPPLIER_AT + supplier];
	ret->core = &m->party[CORE_AT + core];
	ret->bank = &m->party[BANK_AT + bank % BANKS];
	ret->issued.day = m->today - WINDOW + 1 + (int32_t)day;
	ret->due.day = ret->issued.day + terms[draw_below(&of_pair, ARRAY_LEN(terms))];
	ret->face = (struct money){ draw_spread(&d, draw_spread(&of_pair, TYPICAL, 700), 450), "CNY" };
	ret->advance = (struct money){ ret->face.minor / 10 * 8, "CNY" };
	snprintf(ret->number, sizeof ret->number, "XS%c%c%06u", (int)('A' + lap / 26 % 26), (int)('A' + lap % 26),
	         (unsigned)(supplier * 131 % 9000 + (day + 1) * GAP + (uint64_t)draw_below(&d, GAP)));
}
