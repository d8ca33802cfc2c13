/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t27_trade: a year of honest trade, 10^5 registrations of sellers of many
 * kinds, and doubles planted in it. The honest ones are held at most twice in a
 * thousand, the planted ones are found; folding it twice finds the same; and
 * whatever is in the book, one entry costs a bounded amount of work.
 */
#include "test.h"

#include "nearplay.h"

enum { SELLERS = 400, DEBTORS = 80, FIRST_DEBTOR = 1000, DAYS = 365, OPEN = 64 };
enum kind { CENTS, PRICE_LIST, ROUND, RENT, TRUCKLOADS, STANDING, KINDS };

static const char *const kinds[KINDS] = { "cents", "price list", "round", "rent", "truckloads", "standing" };

static const char *const recipe[] = { "R02 L1", "R02 L2", "R03 L1", "R03 L2", "R04 L1",
	                              "R04 L2", "R05 L1", "R05 L2", "R06 L1", "R06 L2" };

struct seller {
	enum kind kind;
	unsigned debtors[6], n_debtors;
	uint64_t number;
	unsigned step, per_day_ppm;
	bool fapiao, services, papers, foreign;
	int64_t unit, rent[6];
	unsigned order, in_order;
};
struct trade {
	struct play play;
	struct dice dice;
	struct seller seller[SELLERS];
	unsigned claims;
	uint64_t planted[16], caught[16];
	uint64_t honest, held, flagged;
	uint64_t held_by[SIGNAL_NUMBERS], flagged_by[SIGNAL_NUMBERS], held_kind[KINDS], flagged_kind[KINDS];
	/* the last claims, for somebody to double */
	struct kept {
		struct bill bill;
		char number[40], order[24], goods[40], delivery[24];
		unsigned claim;
	} last[OPEN];
	unsigned n_last;
};

static int64_t pick(struct trade *t, int64_t from, int64_t to)
{
	return from + (int64_t)below(&t->dice, (uint64_t)(to - from + 1));
}
static bool chance(struct trade *t, unsigned percent) { return below(&t->dice, 100) < percent; }

/* From a few thousand to some millions, most of them small. */
static int64_t some_amount(struct trade *t)
{
	int64_t scale = 100000;

	for (uint64_t n = below(&t->dice, 9); n > 0; n--)
		scale = scale * 21 / 10;
	return scale + (int64_t)below(&t->dice, (uint64_t)scale * 2);
}

static void new_seller(struct trade *t, unsigned i)
{
	struct seller *s = &t->seller[i];
	static const enum kind mix[20] = { CENTS,      CENTS, CENTS, CENTS,      CENTS,      CENTS,      CENTS,
		                           CENTS,      CENTS, CENTS, PRICE_LIST, PRICE_LIST, PRICE_LIST, PRICE_LIST,
		                           PRICE_LIST, ROUND, ROUND, RENT,       TRUCKLOADS, STANDING };

	s->kind = mix[below(&t->dice, 20)];
	s->n_debtors = (unsigned)pick(t, 1, 6);
	for (unsigned k = 0; k < s->n_debtors; k++) {
		s->debtors[k] = FIRST_DEBTOR + (unsigned)below(&t->dice, DEBTORS);
		s->rent[k] = pick(t, 200, 4000) * 5000;
	}
	s->number = 1000 + below(&t->dice, 9000000);
	s->step = (unsigned)pick(t, 1, 6);
	s->per_day_ppm = (unsigned)pick(t, 100000, 1300000);
	s->fapiao = chance(t, 30);
	s->services = chance(t, 25);
	s->papers = chance(t, 75);
	s->foreign = chance(t, 6);
	s->unit = pick(t, 1000, 900000);
	s->order = (unsigned)pick(t, 1, 100000);
}

static void put_number(struct trade *t, struct seller *s, char buf[static 40])
{
	s->number += s->fapiao ? below(&t->dice, 400000) + 1 : below(&t->dice, s->step) + 1;
	snprintf(buf, 40, s->fapiao ? "2632%016llu" : "XS-2026-%08llu", (unsigned long long)s->number);
}

static int64_t amount_of(struct trade *t, struct seller *s, unsigned debtor)
{
	switch (s->kind) {
	case PRICE_LIST:
		return s->unit * pick(t, 1, 200);
	case ROUND:
		return pick(t, 10, 900) * 100000;
	case RENT:
		return s->rent[debtor];
	case TRUCKLOADS:
		return s->unit * 33;
	case STANDING:
		return s->unit * (chance(t, 90) ? 20 : pick(t, 18, 22));
	case CENTS:
	case KINDS:
		break;
	}
	return some_amount(t);
}

static struct kept *next_claim(struct trade *t, unsigned seller)
{
	struct seller *s = &t->seller[seller];
	struct kept *k = &t->last[t->n_last++ % OPEN];
	unsigned debtor = (unsigned)below(&t->dice, s->n_debtors);

	memset(k, 0, sizeof *k);
	if (s->in_order == 0) {
		s->order += (unsigned)pick(t, 1, 9);
		s->in_order = (unsigned)pick(t, 1, 5);
	}
	s->in_order--;
	k->bill =
		(struct bill){ .seller = seller + 1, .debtor = s->debtors[debtor], .amount = amount_of(t, s, debtor) };
	k->bill.issued = play_today(&t->play);
	k->bill.issued.day -= chance(t, 20);
	if (s->foreign && chance(t, 60))
		k->bill.ccy = "USD";
	k->bill.term = 30 * (int)(1 + seller % 4);
	put_number(t, s, k->number);
	k->bill.number = k->number;
	snprintf(k->order, sizeof k->order, "PO%u-%u", seller, s->order);
	snprintf(k->delivery, sizeof k->delivery, "WB%u%u", seller, t->claims);
	if (s->kind == CENTS || s->kind == ROUND || s->kind == PRICE_LIST)
		snprintf(k->goods, sizeof k->goods, "lines of %u", t->claims);
	else
		snprintf(k->goods, sizeof k->goods, "standing %u %lld", seller, (long long)k->bill.amount);
	if (s->papers) {
		k->bill.order = s->services ? NULL : k->order;
		k->bill.goods = k->goods;
		k->bill.delivery = s->services || chance(t, 10) ? NULL : k->delivery;
	}
	return k;
}

static void note_honest(struct trade *t, enum kind kind)
{
	bool held = false, flagged = false;

	for (unsigned i = 0; i < t->play.n; i++) {
		const struct finding_made *f = &t->play.found[i];

		if (signal_info((int32_t)f->signal)->family != FAMILY_DUPLICATE)
			continue;
		held |= f->severity >= SEVERITY_HOLD;
		flagged |= f->severity == SEVERITY_FLAG;
		(f->severity >= SEVERITY_HOLD ? t->held_by : t->flagged_by)[f->signal]++;
		if (getenv("CF_TRADE_SAY") && f->severity >= SEVERITY_HOLD)
			print_message("%s %s: %s\n", kinds[kind], signal_id((int32_t)f->signal), f->detail);
	}
	t->honest++;
	t->held += held;
	t->held_kind[kind] += held;
	t->flagged += flagged;
	t->flagged_kind[kind] += flagged;
}

static void honest(struct trade *t, unsigned seller)
{
	struct seller *s = &t->seller[seller];
	struct kept *k = next_claim(t, seller);

	k->claim = t->claims++;
	play_bill(&t->play, k->claim, &k->bill);
	note_honest(t, s->kind);
	if (!chance(t, 1))
		return;
	/* a mistake: cancelled and billed again under the next number (HN07) */
	play_end_of(&t->play, ST_RECEIVABLE_CANCEL, k->claim);
	put_number(t, s, k->number);
	k->claim = t->claims++;
	play_bill(&t->play, k->claim, &k->bill);
	note_honest(t, s->kind);
}

/* --- doubles --- */

static bool caught(const struct play *p)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->found[i].severity >= SEVERITY_HOLD)
			return true;
	return false;
}

static void plant_renumbered(struct trade *t, struct kept k, bool informed)
{
	k.bill.number = k.number;
	k.bill.order = k.bill.order ? k.order : NULL;
	if (informed)
		put_number(t, &t->seller[k.bill.seller - 1], k.number);
	else
		snprintf(k.number + strlen(k.number), 4, chance(t, 50) ? "-1" : "/A");
	play_bill(&t->play, t->claims++, &k.bill);
}

static void plant_slip(struct trade *t, struct kept k, bool informed)
{
	size_t len = strlen(k.number);

	k.bill.number = k.number;
	for (unsigned i = 0; i < (informed ? 2 : 1); i++) {
		char *at = &k.number[8 + below(&t->dice, len - 8)];

		*at = (char)(*at == '9' ? '1' : *at + 1);
	}
	if (informed) {
		memmove(k.number + 5, k.number + 4, len - 3);
		k.number[4] = ' ';
	}
	play_bill(&t->play, t->claims++, &k.bill);
}

static bool plant_split(struct trade *t, struct kept k, bool informed)
{
	unsigned n = (unsigned)(informed ? pick(t, 3, 5) : pick(t, 2, 3));
	int64_t left = k.bill.amount;
	bool found = false;
	struct kept part = k;

	part.bill.goods = part.bill.delivery = NULL;
	part.bill.order = k.bill.order;
	for (unsigned i = n; i > 0; i--) {
		part.bill.amount = i == 1 ? left : informed ? left * pick(t, 50, 150) / 100 / i : left / i;
		left -= part.bill.amount;
		put_number(t, &t->seller[k.bill.seller - 1], part.number);
		part.bill.number = part.number;
		part.bill.issued.day = k.bill.issued.day + (int32_t)(informed ? (n - i) * 10 / n : 0);
		play_bill(&t->play, t->claims++, &part.bill);
		found |= caught(&t->play);
	}
	return found;
}

static bool plant_merged(struct trade *t, struct kept k, bool informed)
{
	unsigned n = (unsigned)pick(t, 2, 4);
	int64_t sum = 0;
	struct kept part = k;

	part.bill.goods = part.bill.delivery = NULL;
	for (unsigned i = 0; i < n; i++) {
		part.bill.amount = some_amount(t);
		sum += part.bill.amount;
		put_number(t, &t->seller[k.bill.seller - 1], part.number);
		part.bill.number = part.number;
		play_bill(&t->play, t->claims++, &part.bill);
	}
	part.bill.amount = informed ? (sum + 500) / 1000 * 1000 : sum;
	put_number(t, &t->seller[k.bill.seller - 1], part.number);
	play_bill(&t->play, t->claims++, &part.bill);
	return caught(&t->play);
}

static void plant_twin(struct trade *t, struct kept k, bool informed)
{
	int64_t spread = informed ? pick(t, 300, 1200) : 0;

	k.bill.ccy = "USD";
	k.bill.amount = k.bill.amount * 100 / 710 * (100000 + (chance(t, 50) ? spread : -spread)) / 100000;
	put_number(t, &t->seller[k.bill.seller - 1], k.number);
	k.bill.number = k.number;
	k.bill.goods = NULL;
	play_bill(&t->play, t->claims++, &k.bill);
}

/* Fraud copies a claim with its papers, registered in the last days. */
static void plant(struct trade *t)
{
	unsigned what = (unsigned)below(&t->dice, 10);
	const struct kept *k = &t->last[below(&t->dice, OPEN)];
	bool informed = what % 2, found = false;
	struct kept copy = *k;

	if (k->claim == 0 || k->bill.ccy)
		return;
	copy.bill.number = copy.number;
	if (copy.bill.order)
		copy.bill.order = copy.order;
	if (copy.bill.goods)
		copy.bill.goods = copy.goods;
	if (copy.bill.delivery)
		copy.bill.delivery = copy.delivery;
	switch (what / 2) {
	case 0:
		plant_renumbered(t, copy, informed);
		break;
	case 1:
		plant_slip(t, copy, informed);
		break;
	case 2:
		found = plant_split(t, copy, informed);
		break;
	case 3:
		found = plant_merged(t, copy, informed);
		break;
	default:
		plant_twin(t, copy, informed);
		break;
	}
	t->planted[what]++;
	found |= caught(&t->play);
	t->caught[what] += found;
	if (found || !getenv("CF_TRADE_SAY"))
		return;
	print_message("missed %s of %s\n", recipe[what], kinds[t->seller[copy.bill.seller - 1].kind]);
	for (unsigned i = 0; i < t->play.n; i++)
		print_message("\t%s: %s\n", signal_id((int32_t)t->play.found[i].signal), t->play.found[i].detail);
}

static void rates(struct play *p)
{
	struct command c = { .kind = ST_PRICE_ENROL, .object = play_id(4, 1) };

	c.body.price_enrol.commodity = S("fx:USD");
	c.body.price_enrol.currency = S("CNY");
	c.body.price_enrol.per = (struct quantity){ 1000000, "" };
	play_entry(p, &c, play_id(1, 1));
	c = (struct command){ .kind = ST_PRICE_POST, .object = play_id(4, 1) };
	c.body.price_post.price = (struct money){ 710, "CNY" };
	play_entry(p, &c, play_id(1, 1));
}

static void start(struct trade *t, uint64_t seed)
{
	char name[64];

	memset(t, 0, sizeof *t);
	t->dice.state = seed;
	play_start(&t->play, (size_t)4 << 30);
	for (unsigned i = 0; i < SELLERS; i++) {
		snprintf(name, sizeof name, "Seller %u Co Ltd", i);
		play_company(&t->play, i + 1, name);
		new_seller(t, i);
	}
	for (unsigned i = 0; i < DEBTORS; i++) {
		snprintf(name, sizeof name, "Debtor %u Inc", i);
		play_company(&t->play, FIRST_DEBTOR + i, name);
	}
	rates(&t->play);
}

static void run(struct trade *t, uint64_t seed, unsigned registrations, unsigned plant_per_10000)
{
	start(t, seed);
	for (unsigned day = 0; t->honest < registrations; day++) {
		for (unsigned i = 0; i < SELLERS && t->honest < registrations; i++) {
			const struct seller *s = &t->seller[i];
			unsigned n = s->kind == RENT ? (day + i) % 30 == 0 : below(&t->dice, 1000000) < s->per_day_ppm;

			if (s->kind == TRUCKLOADS && n)
				n = (unsigned)pick(t, 1, 4);
			while (n-- > 0) {
				honest(t, i);
				if (below(&t->dice, 10000) < plant_per_10000)
					plant(t);
			}
		}
		play_days(&t->play, 1);
	}
}

static void say(const struct trade *t)
{
	print_message("%llu honest: held %llu, flagged %llu\n", (unsigned long long)t->honest,
	              (unsigned long long)t->held, (unsigned long long)t->flagged);
	for (unsigned i = 0; i < KINDS; i++)
		print_message("  %s: held %llu, flagged %llu\n", kinds[i], (unsigned long long)t->held_kind[i],
		              (unsigned long long)t->flagged_kind[i]);
	for (unsigned i = 0; i < SIGNAL_NUMBERS; i++)
		if (t->held_by[i] || t->flagged_by[i])
			print_message("  %s: held %llu, flagged %llu\n", signal_id((int32_t)i),
			              (unsigned long long)t->held_by[i], (unsigned long long)t->flagged_by[i]);
	for (unsigned i = 0; i < ARRAY_LEN(recipe); i++)
		if (t->planted[i])
			print_message("  %s: %llu of %llu\n", recipe[i], (unsigned long long)t->caught[i],
			              (unsigned long long)t->planted[i]);
	print_message("  memory: %zu bytes per claim\n", t->play.mem.used / t->claims);
}

static struct trade t;

static void honest_trade_goes_on(void **state)
{
	(void)state;
	run(&t, 1, 100000, 0);
	say(&t);
	assert_true(t.held * 1000 <= 2 * t.honest);
	assert_true(t.flagged * 1000 <= 15 * t.honest);
	play_end(&t.play);
}

static void doubles_are_found(void **state)
{
	(void)state;
	run(&t, 2, 100000, 200);
	say(&t);
	for (unsigned i = 0; i < ARRAY_LEN(recipe); i++)
		if (t.caught[i] * 100 < t.planted[i] * (i % 2 ? 84 : 90))
			fail_msg("%s: %llu of %llu", recipe[i], (unsigned long long)t.caught[i],
			         (unsigned long long)t.planted[i]);
	play_end(&t.play);
}

/* What is found is a function of the log. */
static void twice_the_same(void **state)
{
	struct hash digest;
	uint64_t seq;

	(void)state;
	run(&t, 3, 5000, 500);
	digest = t.play.digest;
	seq = t.play.seq;
	play_end(&t.play);
	run(&t, 3, 5000, 500);
	assert_int_equal(t.play.seq, seq);
	assert_true(hash_eq(t.play.digest, digest));
	play_end(&t.play);
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(honest_trade_goes_on), T(doubles_are_found), T(twice_the_same) };

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
