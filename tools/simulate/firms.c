/* SPDX-License-Identifier: Apache-2.0 */
/*
 * firms.c: who is there. The largest firms' sales are drawn; what they buy goes down the tiers along links, and what a
 * firm sells along its links is what it declares, but for what it sells outside. So turnover, purchases and staff of
 * a profile agree with the trade that follows.
 */
#include "sim.h"

static const struct {
	const char *code, *goods;
	int64_t cost;   /* purchases in sales, ppm */
	int64_t a_head; /* sales a head and year, minor units */
	bool service;
	int32_t harvest; /* months in which it sells most; 0: like everybody */
} sector[SECTORS] = {
	{ "steel", "hot rolled coil", 850000, 250000000, false, 0 },
	{ "machinery", "machine parts", 620000, 110000000, false, 0 },
	{ "electronics", "circuit boards", 680000, 140000000, false, 0 },
	{ "chemicals", "polymers", 760000, 220000000, false, 0 },
	{ "textiles", "fabric", 700000, 70000000, false, 0 },
	{ "food", "packed food", 740000, 120000000, false, 0 },
	{ "building", "building materials", 720000, 130000000, false, 0 },
	{ "automotive", "car parts", 700000, 150000000, false, 0 },
	{ "pharma", "active ingredients", 480000, 130000000, false, 0 },
	{ "logistics", "transport", 550000, 90000000, true, 0 },
	{ "services", "engineering services", 350000, 80000000, true, 0 },
	{ "farming", "grain", 600000, 90000000, false, 10 },
};
static const struct {
	const char *code;
	uint8_t number;
	int32_t weight;
} region[REGIONS] = {
	{ "CN-BJ", 11, 40 }, { "CN-TJ", 12, 20 }, { "CN-HE", 13, 35 }, { "CN-SX", 14, 20 },  { "CN-NM", 15, 15 },
	{ "CN-LN", 21, 25 }, { "CN-JL", 22, 12 }, { "CN-HL", 23, 12 }, { "CN-SH", 31, 60 },  { "CN-JS", 32, 110 },
	{ "CN-ZJ", 33, 95 }, { "CN-AH", 34, 40 }, { "CN-FJ", 35, 45 }, { "CN-JX", 36, 28 },  { "CN-SD", 37, 85 },
	{ "CN-HA", 41, 50 }, { "CN-HB", 42, 45 }, { "CN-HN", 43, 40 }, { "CN-GD", 44, 120 }, { "CN-GX", 45, 20 },
	{ "CN-HI", 46, 6 },  { "CN-CQ", 50, 25 }, { "CN-SC", 51, 45 }, { "CN-GZ", 52, 15 },  { "CN-YN", 53, 18 },
	{ "CN-XZ", 54, 2 },  { "CN-SN", 61, 25 }, { "CN-GS", 62, 9 },  { "CN-QH", 63, 3 },   { "CN-NX", 64, 5 },
	{ "CN-XJ", 65, 13 },
};
const int64_t sector_cost[SECTORS] = { 850000, 620000, 680000, 760000, 700000, 740000,
	                               720000, 700000, 480000, 550000, 350000, 600000 };

const char *sector_goods(unsigned i) { return sector[i % SECTORS].goods; }
bool sector_service(unsigned i) { return sector[i % SECTORS].service; }
const char *region_code(unsigned i) { return region[i % REGIONS].code; }
unsigned region_number(unsigned i) { return region[i % REGIONS].number; }

/* The trough of Spring Festival, the fourth quarter's peak; farming sells when it has reaped. */
int64_t season(unsigned s, int32_t day)
{
	static const int64_t month[12] = { 900000, 550000, 1000000, 1030000, 1020000, 1030000,
		                           980000, 960000, 1050000, 1050000, 1180000, 1250000 };
	static const int64_t harvest[12] = { 700000, 450000, 500000,  500000,  550000,  800000,
		                             900000, 800000, 1500000, 2400000, 1900000, 1000000 };
	int32_t m = (month_of((struct date){ day }) + 12) % 12;

	/* month_of counts from the year 0, January first */
	return sector[s % SECTORS].harvest ? harvest[m] : month[m];
}

/* --- firms --- */

static size_t draw_region(struct draw *d)
{
	int32_t weight[REGIONS];

	for (size_t i = 0; i < REGIONS; i++)
		weight[i] = region[i].weight;
	return draw_weighted(d, weight, REGIONS);
}

uint32_t firm_new(struct sim *s, uint8_t tier, uint8_t sec, uint8_t reg)
{
	struct firm *f;
	uint32_t i = s->n_firms;

	s->firm = grown(s->firm, s->n_firms, &s->cap_firms, sizeof *s->firm);
	s->n_firms++;
	f = &s->firm[i];
	memset(f, 0, sizeof *f);
	f->id = sim_id(s);
	f->tier = tier;
	f->sector = sec;
	f->region = reg;
	f->roles = tier == 0 ? ROLE_CORE | ROLE_SUPPLIER : ROLE_SUPPLIER;
	f->founded = s->first_day - (int32_t)draw_between(&s->fate, 400, 9000);
	f->group = f->accountant = f->treasury = i;
	f->owner = (uint32_t)++s->persons;
	f->officer = (uint32_t)++s->persons;
	f->account = (uint32_t)++s->accounts;
	f->series = (uint64_t)draw_between(&s->fate, 100000000, 999999999);
	f->invoices = (uint64_t)draw_between(&s->fate, 1, 400000);
	name_firm(&s->fate, f, i);
	code_firm(&s->fate, f, i, false);
	for (int k = 0; k < 3; k++)
		f->lender[k] = LENDER_FIRM + (uint32_t)draw_below(&s->fate, LENDERS);
	return i;
}

static void other_roles(struct sim *s)
{
	static const struct {
		uint32_t at, n;
		int32_t roles;
		const char *name;
	} group[] = {
		{ OPERATOR_FIRM, 1, ROLE_OPERATOR, "登记中心" },
		{ REGISTRY_FIRM, 1, ROLE_REGISTRY, "登记簿" },
		{ PRICE_FIRM, 1, ROLE_PRICE_SOURCE, "价格中心" },
		{ REGULATOR_FIRM, 1, ROLE_REGULATOR, "监管局" },
		{ LENDER_FIRM, LENDERS, ROLE_BANK, "银行" },
		{ SURVEYOR_FIRM, SURVEYORS, ROLE_WITNESS, "检验公司" },
	};

	for (size_t g = 0; g < ARRAY_LEN(group); g++)
		for (uint32_t i = 0; i < group[g].n; i++) {
			uint32_t at = firm_new(s, 1, 10, (uint8_t)draw_region(&s->fate)); /* may move the list */
			struct firm *f = &s->firm[at];

			f->roles = group[g].roles;
			f->tier = TIERS; /* it does not trade */
			snprintf(f->name, sizeof f->name, "第%u%s", (unsigned)i + 1, group[g].name);
		}
}

/* --- how they pay, confirm, fail --- */

static void draw_manner(struct sim *s, struct firm *f)
{
	static const int32_t habits[] = { 50, 28, 10, 12 };
	int64_t kind = draw_below(&s->fate, 100);

	f->habit = (enum habit)draw_weighted(&s->fate, habits, 4);
	if (f->tier == 0 && f->habit == HABIT_NEVER)
		f->habit = HABIT_AUTOMATIC;
	f->late_ppm = kind < 55 ? 40000 : kind < 85 ? 250000 : 700000;
	f->late_days = kind < 55 ? 5 : kind < 85 ? 10 : 38;
	/* Those that pay late fail more often. */
	if (f->tier > 0 && draw_chance(&s->fate, kind < 55 ? 8000 : kind < 85 ? 30000 : 120000))
		f->fails = s->first_day + (int32_t)draw_between(&s->fate, 120, s->last_day - s->first_day + 200);
}

static void draw_ties(struct sim *s, uint32_t i, uint32_t first)
{
	struct firm *f = &s->firm[i];

	if (f->tier >= 3 && draw_chance(&s->fate, 100000) && i > first + 20) /* the accountant's address is theirs */
		f->accountant = i - (uint32_t)draw_between(&s->fate, 1, 15);
	if (s->firm[f->accountant].accountant != f->accountant)
		f->accountant = s->firm[f->accountant].accountant;
	if (f->tier > 0 && draw_chance(&s->fate, 60000) && i > first + 9) { /* the group: one owner */
		uint32_t head = s->firm[i - (uint32_t)draw_between(&s->fate, 1, 8)].group;

		f->group = head;
		f->owner = s->firm[head].owner;
		if (draw_chance(&s->fate, 400000))
			f->treasury = head;
	}
}

static uint8_t tier_of(uint32_t i, uint32_t n)
{
	uint64_t at = (uint64_t)i * 1000 / n;

	return at < 5 ? 0 : at < 45 ? 1 : at < 195 ? 2 : at < 545 ? 3 : 4;
}

/* --- links --- */

uint32_t link_new(struct sim *s, uint32_t seller, uint32_t buyer, int64_t volume, int32_t per_year)
{
	uint32_t i = s->n_links;
	struct link *l;
	static const int16_t terms[] = { 30, 60, 90, 120 };
	static const int32_t weight[] = { 25, 40, 25, 10 };

	s->link = grown(s->link, s->n_links, &s->cap_links, sizeof *s->link);
	s->n_links++;
	l = &s->link[i];
	memset(l, 0, sizeof *l);
	l->seller = seller;
	l->buyer = buyer;
	l->volume = volume;
	l->per_year = per_year < 1 ? 1 : per_year;
	l->terms = terms[draw_weighted(&s->fate, weight, 4)];
	if (s->firm[buyer].size == SIZE_LARGE && s->firm[seller].size > SIZE_LARGE && l->terms > 60)
		l->terms = 60; /* longer is not allowed */
	l->service = sector_service(s->firm[seller].sector);
	l->covered = draw_chance(&s->fate, s->firm[buyer].tier <= 1   ? 520000
	                                   : s->firm[buyer].tier == 2 ? 420000
	                                                              : 300000);
	l->foreign = draw_chance(&s->fate, 30000);
	l->lender = s->firm[seller].lender[draw_below(&s->fate, 2)];
	l->tide = 1000000;
	l->from = s->first_day;
	l->until = s->last_day;
	return i;
}

/* A supplier: of the next tiers, better the larger and the nearer ones. */
static uint32_t draw_supplier(struct sim *s, uint32_t buyer, const uint32_t *tier_at)
{
	const struct firm *b = &s->firm[buyer];
	uint32_t best = NOBODY;
	int64_t best_worth = -1;
	unsigned t = b->tier + 1u + (draw_chance(&s->fate, 250000) ? 1u : 0u);

	if (t >= TIERS)
		t = TIERS - 1;
	for (int k = 0; k < 4; k++) {
		uint32_t i = tier_at[t] + (uint32_t)draw_below(&s->fate, tier_at[t + 1] - tier_at[t]);
		int64_t worth = draw_below(&s->fate, 100) + (s->firm[i].region == b->region ? 40 : 0) +
		                (s->firm[i].sector == b->sector ? 40 : 0) + (s->firm[i].sold > 0 ? 25 : 0);

		if (i != buyer && worth > best_worth) {
			best = i;
			best_worth = worth;
		}
	}
	return best;
}

/* What a firm buys, spread over its suppliers; the first of them gets most. */
static void buy(struct sim *s, uint32_t buyer, const uint32_t *tier_at)
{
	int64_t volume = share_of(s->firm[buyer].purchases, 850000), part;
	bool single = draw_chance(&s->fate, 120000);
	int64_t n = single                     ? 1
	            : s->firm[buyer].tier == 0 ? draw_between(&s->fate, 25, 60)
	                                       : draw_between(&s->fate, 2, 10);
	bool last_tier = s->firm[buyer].tier == TIERS - 1;

	if (last_tier)
		n = draw_below(&s->fate, 3);
	for (int64_t k = 0; k < n && volume > 5000000; k++) {
		uint32_t seller = draw_supplier(s, buyer, tier_at);

		if (seller == NOBODY || s->firm[seller].tier < s->firm[buyer].tier || seller == buyer)
			continue;
		part = k + 1 == n ? volume : volume / (n - k) * draw_between(&s->fate, 50, 160) / 100;
		part = part > volume ? volume : part;
		link_new(s, seller, buyer, part, (int32_t)draw_spread(&s->fate, 11, 700));
		s->firm[seller].sold += part;
		volume -= part;
	}
}

/* What it sells along links and outside; what that takes. */
static void size_firm(struct sim *s, struct firm *f)
{
	int64_t noise = draw_between(&s->fate, 850000, 1200000);

	if (f->tier > 0)
		f->turnover = share_of(f->sold, draw_between(&s->fate, 1150000, 2200000)) +
		              draw_pareto(&s->fate, 60000000, INT64_C(20000000000));
	f->purchases = share_of(share_of(f->turnover, sector[f->sector].cost), draw_between(&s->fate, 920000, 1080000));
	f->staff = share_of(f->turnover, noise) / sector[f->sector].a_head + 2;
	f->size = f->turnover > INT64_C(40000000000)  ? SIZE_LARGE
	          : f->turnover > INT64_C(2000000000) ? SIZE_MEDIUM
	          : f->turnover > INT64_C(300000000)  ? SIZE_SMALL
	                                              : SIZE_MICRO;
	if (f->size <= SIZE_MEDIUM)
		f->roles |= ROLE_CORE;
}

void economy_build(struct sim *s)
{
	uint32_t first, tier_at[TIERS + 1] = { 0 };

	other_roles(s);
	stores_build(s);
	first = s->n_firms;
	for (uint32_t i = 0; i < s->set.firms; i++) {
		uint8_t tier = tier_of(i, s->set.firms);
		uint8_t sec = (uint8_t)draw_below(&s->fate, SECTORS);
		uint32_t at;

		while (tier == 0 && sector_service(sec))
			sec = (uint8_t)draw_below(&s->fate, SECTORS);
		at = firm_new(s, tier, sec, (uint8_t)draw_region(&s->fate));
		for (unsigned t = tier + 1u; t <= TIERS; t++)
			tier_at[t] = at + 1;
		if (i == 0)
			tier_at[0] = at;
		if (tier == 0)
			s->firm[at].turnover = draw_pareto(&s->fate, INT64_C(200000000000), INT64_C(8000000000000));
		draw_manner(s, &s->firm[at]);
		draw_ties(s, at, first);
	}
	for (uint32_t i = first; i < s->n_firms; i++) {
		size_firm(s, &s->firm[i]); /* those above it have bought by now */
		buy(s, i, tier_at);
	}
	for (uint32_t i = first; i < s->n_firms; i++) { /* sales to one's own tier came after its turn */
		struct firm *f = &s->firm[i];

		if (f->turnover < share_of(f->sold, 1100000))
			f->turnover = share_of(f->sold, 1250000);
	}
	stores_settle(s);
	honest_start(s);
}

/* --- saying so --- */

void firm_enrol(struct sim *s, uint32_t i)
{
	struct firm *f = &s->firm[i];
	struct command c = saying(ST_PARTY_ENROL, f->id);
	struct body_party_enrol *b = &c.body.party_enrol;
	static const char *const size[] = { "", "large", "medium", "small", "micro" };

	b->name = span_z(f->name);
	b->country = S("CN");
	b->uscc = span_z(f->uscc);
	b->roles = f->roles;
	b->size = span_z(size[f->size]);
	(void)say(s, i == OPERATOR_FIRM ? i : OPERATOR_FIRM, &c); /* the registry's side adds the key */
	f->enrolled = true;
	f->keys = 1;
}

void firm_profile(struct sim *s, uint32_t i, const char *extra_tie)
{
	const struct firm *f = &s->firm[i];
	struct command c = saying(ST_PARTY_PROFILE, f->id);
	struct body_party_profile *b = &c.body.party_profile;
	char text[7][96], account[32];
	struct span tie[7], former = span_z(f->former);
	size_t n = 0;

	put_account(f->account, account);
	snprintf(text[n++], sizeof text[0], "owner:P%06u", (unsigned)f->owner);
	snprintf(text[n++], sizeof text[0], "officer:P%06u", (unsigned)f->officer);
	snprintf(text[n++], sizeof text[0], "address:%s %u", region_code(s->firm[f->accountant].region),
	         (unsigned)f->accountant);
	snprintf(text[n++], sizeof text[0], "phone:139%08u", (unsigned)(f->accountant * 7919u % 100000000u));
	snprintf(text[n++], sizeof text[0], "account:%s", account);
	if (extra_tie)
		snprintf(text[n++], sizeof text[0], "%s", extra_tie);
	for (size_t k = 0; k < n; k++)
		tie[k] = span_z(text[k]);
	b->region = span_z(region_code(f->region));
	b->sector = span_z(sector[f->sector].code);
	b->founded.day = f->founded;
	if (f->turnover > 0)
		b->turnover = (struct money){ f->turnover, "CNY" };
	if (f->purchases > 0)
		b->purchases = (struct money){ f->purchases, "CNY" };
	b->staff = f->staff;
	b->ties = (struct texts){ tie, n };
	if (former.len > 0)
		b->former_names = (struct texts){ &former, 1 };
	b->source = S("business register and tax declaration");
	(void)say(s, OPERATOR_FIRM, &c);
}

static void enrol_feed(struct sim *s)
{
	struct command c = saying(ST_PRICE_ENROL, s->fx_feed = sim_id(s));
	struct body_price_enrol *b = &c.body.price_enrol;

	b->commodity = S("fx:USD");
	b->goods = S("other");
	b->per = (struct quantity){ 1000000, "C62" };
	b->currency = S("CNY");
	b->source = s->firm[PRICE_FIRM].id;
	(void)say(s, OPERATOR_FIRM, &c);
}

void economy_enrol(struct sim *s)
{
	for (uint32_t i = PRICE_FIRM; i < s->n_firms; i++) {
		firm_enrol(s, i);
		if (s->firm[i].tier < TIERS || (s->firm[i].roles & ROLE_WAREHOUSE))
			firm_profile(s, i, NULL);
		s->now.us += 1000000;
	}
	for (uint32_t i = PRICE_FIRM; i < s->n_firms; i++) {
		const struct firm *f = &s->firm[i];
		struct command c = saying(ST_OBLIGOR_RELATE, f->id);

		if (f->group == i)
			continue;
		c.body.obligor_relate.group = s->firm[f->group].id;
		c.body.obligor_relate.reason = S("consolidated accounts");
		(void)say(s, OPERATOR_FIRM, &c);
	}
	enrol_feed(s);
	stores_enrol(s);
}

/* --- choosing --- */

uint32_t some_firm(struct sim *s, unsigned tier_least, unsigned tier_most, int32_t until)
{
	for (int k = 0; k < 4000; k++) {
		uint32_t i = (uint32_t)draw_below(&s->crook, s->n_firms);
		const struct firm *f = &s->firm[i];

		if (f->tier >= tier_least && f->tier <= tier_most && !f->crooked && f->enrolled &&
		    (f->fails == 0 || f->fails > until) && f->turnover > 100000000)
			return i;
	}
	return NOBODY;
}

uint32_t some_debtor(struct sim *s, uint32_t seller)
{
	for (int k = 0; k < 200; k++) {
		uint32_t i = some_firm(s, 0, 1, s->last_day);
		bool trades = i == NOBODY || i == seller || s->firm[i].group == s->firm[seller].group;

		for (uint32_t l = 0; !trades && l < s->n_links; l++)
			trades = s->link[l].seller == seller && s->link[l].buyer == i;
		if (!trades)
			return i;
	}
	return NOBODY;
}
