/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stores.c: warehouses. Goods are weighed in at the gate by a surveyor, lie in a bin under one receipt, are pledged,
 * let go and taken out again; once a month somebody counts what is there.
 */
#include "sim.h"

static const char goods_code[] = "HRC-Q235B";

static struct quantity tonnes_of(int64_t n) { return (struct quantity){ n * 1000000, "TNE" }; }

uint32_t warehouse_new(struct sim *s)
{
	uint32_t i = firm_new(s, TIERS, 9, (uint8_t)draw_below(&s->fate, REGIONS));
	struct firm *f = &s->firm[i];

	f->roles = ROLE_WAREHOUSE;
	f->turnover = draw_between(&s->fate, 200000000, 3000000000);
	f->purchases = f->turnover / 3;
	f->staff = f->turnover / 60000000 + 5;
	f->size = SIZE_SMALL;
	return i;
}

uint32_t site_new(struct sim *s, uint32_t warehouse)
{
	struct yard *x;

	s->site = grown(s->site, s->n_sites, &s->cap_sites, sizeof *s->site);
	x = &s->site[s->n_sites];
	*x = (struct yard){ .id = sim_id(s),
		            .warehouse = warehouse,
		            .capacity = draw_between(&s->fate, 8000, 60000),
		            .price = 380000,
		            .surveyor = SURVEYOR_FIRM + (uint32_t)draw_below(&s->fate, SURVEYORS),
		            .captive = NOBODY };
	return s->n_sites++;
}

void stores_build(struct sim *s)
{
	uint32_t n = s->set.firms / 150 + 4;

	for (uint32_t i = 0; i < n; i++)
		site_new(s, warehouse_new(s));
}

/* One in five belongs to a group that stores there. */
void stores_settle(struct sim *s)
{
	uint32_t first = s->n_firms - s->set.firms;

	for (uint32_t i = 0; i < s->n_sites; i += 5) {
		uint32_t head = first + s->set.firms / 40 + (uint32_t)draw_below(&s->fate, s->set.firms / 4);

		s->site[i].captive = head;
		s->firm[s->site[i].warehouse].owner = s->firm[head].owner;
		s->firm[s->site[i].warehouse].group = s->firm[head].group;
	}
}

void site_register(struct sim *s, uint32_t site)
{
	const struct yard *x = &s->site[site];
	struct command c = saying(ST_SITE_REGISTER, x->id);
	struct body_site_register *b = &c.body.site_register;
	struct capacity may_hold = { span_z(goods_code), tonnes_of(x->capacity) };
	char name[48];

	snprintf(name, sizeof name, "%u号库", (unsigned)site + 1);
	b->name = span_z(name);
	b->address = span_z(region_code(s->firm[x->warehouse].region));
	b->goods = (struct capacities){ &may_hold, 1 };
	b->inspectors = (struct uuids){ &s->firm[x->surveyor].id, 1 };
	(void)say(s, x->warehouse, &c);
}

void stores_enrol(struct sim *s)
{
	for (uint32_t i = 0; i < s->n_sites; i++)
		site_register(s, i);
}

void site_counts(struct sim *s, uint32_t site, int64_t tonnes, bool inbound)
{
	struct yard *x = &s->site[site];
	struct command c = saying(ST_SITE_COUNT, x->id);
	struct body_site_count *b = &c.body.site_count;

	b->goods_code = span_z(goods_code);
	if (tonnes > 0)
		b->quantity = tonnes_of(tonnes);
	b->on.day = s->today;
	b->inbound = inbound ? FLAG_YES : FLAG_NO;
	(void)say(s, x->surveyor, &c);
	if (inbound)
		x->inside += tonnes;
}

uint32_t site_issues(struct sim *s, uint32_t site, uint32_t holder, int64_t tonnes, const char *batch, const char *bin,
                     uint32_t scheme)
{
	struct yard *x = &s->site[site];
	struct command c = saying(ST_RECEIPT_ISSUE, sim_id(s));
	struct body_receipt_issue *b = &c.body.receipt_issue;
	char number[32], marks[48];
	struct goods_lot lot = { .goods = span_z(goods_code),
		                 .grade = S("Q235B"),
		                 .quantity = tonnes_of(tonnes),
		                 .zone = S("A"),
		                 .bin = span_z(bin),
		                 .batch = span_z(batch),
		                 .value = { tonnes * x->price, "CNY" } };
	struct stored *r;
	uint32_t truth = truth_new(s, c.object, false);
	enum fault f;

	snprintf(number, sizeof number, "WR%03u-%06u", (unsigned)site, (unsigned)++x->numbers);
	snprintf(marks, sizeof marks, "heat %s", batch);
	lot.marks = span_z(marks);
	b->holder = s->firm[holder].id;
	b->site = x->id;
	b->number = span_z(number);
	b->lots = (struct lots){ &lot, 1 };
	b->value = lot.value;
	b->issue_date.day = s->today;
	b->storage_until.day = s->today + 180;
	s->truth[truth].firm = holder;
	s->truth[truth].due = s->today + 180;
	if (scheme)
		truth_fraud(s, truth, scheme, PART_FRAUD, b->value.minor * 6 / 10);
	else if (x->captive == holder)
		s->truth[truth].class = HN13;
	f = scheme ? try_to_say(s, x->warehouse, 0, &c) : say(s, x->warehouse, &c);
	s->truth[truth].refused = f != OK;
	if (f != OK)
		return NO_SALE;
	x->issued += tonnes;
	s->stored = grown(s->stored, s->n_stored, &s->cap_stored, sizeof *s->stored);
	r = &s->stored[s->n_stored];
	*r = (struct stored){ .id = c.object,
		              .site = site,
		              .holder = holder,
		              .tonnes = tonnes,
		              .value = b->value.minor,
		              .lender = s->firm[holder].lender[0],
		              .truth = truth };
	return s->n_stored++;
}

/* --- a receipt's way --- */

void act_weigh(struct sim *s, uint32_t i, int64_t arg)
{
	const struct stored *r = &s->stored[i];
	struct command c = saying(ST_RECEIPT_WEIGH, r->id);

	(void)arg;
	c.body.receipt_weigh.lot = 1;
	c.body.receipt_weigh.quantity = tonnes_of(r->tonnes);
	c.body.receipt_weigh.on.day = s->today;
	(void)say(s, s->site[r->site].surveyor, &c);
}

void act_pledge(struct sim *s, uint32_t i, int64_t arg)
{
	struct stored *r = &s->stored[i];
	struct command c = saying(ST_ENCUMBRANCE_GRANT, sim_id(s));
	struct body_encumbrance_grant *b = &c.body.encumbrance_grant;

	(void)arg;
	b->asset = r->id;
	b->kind = ENC_PLEDGE;
	b->secured_party = s->firm[r->lender].id;
	b->amount = (struct money){ r->value * 6 / 10, "CNY" };
	b->from.day = s->today;
	r->encumbrance = c.object;
	if (try_to_say(s, r->holder, 0, &c) == OK)
		later(s, after_minutes(s->now, 120), act_take, i, 0);
}

void act_take(struct sim *s, uint32_t i, int64_t arg)
{
	struct command c = saying(ST_ENCUMBRANCE_ACCEPT, s->stored[i].encumbrance);

	(void)arg;
	s->stored[i].pledged = try_to_say(s, s->stored[i].lender, 0, &c) == OK;
}

void act_let_go(struct sim *s, uint32_t i, int64_t arg)
{
	struct command c = saying(ST_ENCUMBRANCE_RELEASE, s->stored[i].encumbrance);

	(void)arg;
	if (s->stored[i].pledged && say(s, s->stored[i].lender, &c) == OK)
		s->stored[i].pledged = false;
}

void act_order_out(struct sim *s, uint32_t i, int64_t arg)
{
	struct command c = saying(ST_RECEIPT_ORDER, s->stored[i].id);

	(void)arg;
	if (!s->stored[i].pledged && !s->stored[i].ended && say(s, s->stored[i].holder, &c) == OK)
		later(s, after_minutes(s->now, 300), act_deliver, i, 0);
}

void act_deliver(struct sim *s, uint32_t i, int64_t arg)
{
	struct stored *r = &s->stored[i];
	struct command c = saying(ST_RECEIPT_DELIVER, r->id);

	(void)arg;
	c.body.receipt_deliver.on.day = date_of(s->now).day;
	if (say(s, s->site[r->site].warehouse, &c) != OK)
		return;
	r->ended = true;
	s->site[r->site].inside -= r->tonnes;
	s->site[r->site].issued -= r->tonnes;
}

/* Half of a lot goes under a receipt of its own; both leave on their own days. */
static void act_split(struct sim *s, uint32_t i, int64_t arg)
{
	struct command c = saying(ST_RECEIPT_SPLIT, s->stored[i].id);
	struct goods_part half = { .lot = 1, .quantity = tonnes_of(s->stored[i].tonnes / 2) };
	uint32_t truth;
	char number[32];

	(void)arg;
	snprintf(number, sizeof number, "WR%03u-%06u", (unsigned)s->stored[i].site,
	         (unsigned)++s->site[s->stored[i].site].numbers);
	c.body.receipt_split.into = sim_id(s);
	c.body.receipt_split.number = span_z(number);
	c.body.receipt_split.parts = (struct parts){ &half, 1 };
	if (s->stored[i].pledged || s->stored[i].ended || say(s, s->stored[i].holder, &c) != OK)
		return;
	truth = truth_new(s, c.body.receipt_split.into, false);
	s->truth[truth].class = s->truth[s->stored[i].truth].class = HN19;
	s->stored = grown(s->stored, s->n_stored, &s->cap_stored, sizeof *s->stored);
	s->stored[s->n_stored] = s->stored[i];
	s->stored[s->n_stored].id = c.body.receipt_split.into;
	s->stored[s->n_stored].truth = truth;
	s->stored[s->n_stored].tonnes = s->stored[i].tonnes / 2;
	s->stored[i].tonnes -= s->stored[i].tonnes / 2;
	later(s, on_day(s, s->today + 9), act_order_out, s->n_stored++, 0);
}

static void goods_come(struct sim *s, uint32_t site)
{
	int64_t tonnes = draw_between(&s->trade, 100, 700);
	uint32_t holder = s->site[site].captive, i;
	char batch[32], bin[32];
	int32_t out = s->today + (int32_t)draw_between(&s->trade, 25, 80);

	if (s->site[site].issued + tonnes > s->site[site].capacity * 9 / 10 ||
	    s->site[site].inside < s->site[site].issued)
		return;
	while (holder == NOBODY || s->firm[holder].tier >= TIERS || !s->firm[holder].enrolled)
		holder = (uint32_t)draw_below(&s->trade, s->n_firms);
	site_counts(s, site, tonnes, true);
	snprintf(batch, sizeof batch, "H%08llu", (unsigned long long)++s->lots);
	snprintf(bin, sizeof bin, "B%05u", (unsigned)++s->site[site].bins);
	i = site_issues(s, site, holder, tonnes, batch, bin, 0);
	if (i == NO_SALE)
		return;
	later(s, after_minutes(s->now, 200), act_weigh, i, 0);
	if (draw_chance(&s->trade, 600000)) {
		later(s, on_day(s, s->today + 2), act_pledge, i, 0);
		later(s, on_day(s, out - 3), act_let_go, i, 0);
	} else if (draw_chance(&s->trade, 120000)) {
		later(s, on_day(s, s->today + 5), act_split, i, 0);
	}
	later(s, on_day(s, out), act_order_out, i, 0);
}

void stores_day(struct sim *s)
{
	for (uint32_t i = 0; i < s->n_sites; i++) {
		struct yard *x = &s->site[i];

		if (x->crooked)
			continue;
		if (s->today % 30 == (int32_t)(i % 30) && x->inside > 0)
			site_counts(s, i, x->inside, false);
		if (draw_chance(&s->trade, 180000))
			goods_come(s, i);
	}
}
