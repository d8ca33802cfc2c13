/* SPDX-License-Identifier: Apache-2.0 */
/* near_compare.c: two claims, field by field (DETECTION 3.4). The levels and their weights are near_level.def. */
#include "logarithm.h"
#include "near.h"

const struct match_level near_levels[] = {
#define LEVEL(ID, field, level, bits) [LEVEL_##ID] = { field, level, bits },
#include "near_level.def"
#undef LEVEL
};

static int64_t size_of(int64_t a) { return a < 0 ? -a : a; }

/* --- how surprising an equal amount is --- */

enum {
	MILLION = 1000000,
	ALL_PRIOR = 1024,  /* how many claims the first guess by roundness counts for, among all; */
	SELLER_PRIOR = 32, /* and that among all, among the seller's own */
	GOODS_SHARE = 600, /* of a million: how often the same lines come again, before it is known of the seller */
	SLACK = 2,         /* days */
	SOLD_MUCH = 256,   /* claims after which a seller's own habits say most */
};

/* The share of amounts that are one with so many digits before the zeros: ten times fewer for each digit. */
static uint64_t guess_by_roundness(int64_t minor)
{
	uint64_t share = MILLION;
	unsigned digits = 0;

	while (minor > 0 && minor % 10 == 0)
		minor /= 10;
	for (; minor > 0; minor /= 10)
		digits++;
	for (unsigned i = 0; i < digits && i < 4; i++)
		share /= 10;
	return digits > 4 ? 61 : share; /* 2^-14 */
}

/* The earlier claim itself is counted in all of them: it is what the new one is compared with, no evidence of a habit. */
int32_t near_amount_bits(const struct near *m, const struct book *b, const struct book_claim *c, uint32_t seller)
{
	uint64_t amount = key_of_money(c->face, c->ccy), n = b->claim.n;
	uint64_t among_all = counts_of(&m->amount, near_key_of(KEY_AMOUNT, amount, 0, 0));
	uint64_t of_seller = counts_of(&m->amount, near_key_of(KEY_AMOUNT, amount, seller, 1));
	uint64_t sold = counts_of(&m->amount, near_key_of(KEY_AMOUNT, 0, seller, 2));
	uint64_t share;

	among_all -= among_all > 0;
	of_seller -= of_seller > 0;
	sold -= sold > 0;
	share = (among_all * MILLION + ALL_PRIOR * guess_by_roundness(c->face)) / (n + ALL_PRIOR);
	share = (of_seller * MILLION + SELLER_PRIOR * share) / (sold + SELLER_PRIOR);
	/* Of many claims some are equal by chance: as often as its claims were. */
	if (sold >= SOLD_MUCH) {
		uint64_t again = counts_of(&m->amount, near_key_of(KEY_AMOUNT, 0, seller, 3));
		uint64_t chance = again * MILLION / sold / sold;

		share = chance > share ? chance : share;
	}
	int32_t bits = tenths_of_bits(MILLION, share > 0 ? share : 1);
	return bits < near_levels[LEVEL_AMOUNT_SAME].bits ? bits : near_levels[LEVEL_AMOUNT_SAME].bits;
}

bool near_never_repeats(const struct near *m, uint32_t seller)
{
	uint64_t sold = counts_of(&m->amount, near_key_of(KEY_AMOUNT, 0, seller, 2));
	uint64_t again = counts_of(&m->amount, near_key_of(KEY_AMOUNT, 0, seller, 3));

	return sold >= 16 && again * 50 <= sold;
}

int32_t near_repeat_bits(const struct near *m, uint32_t seller)
{
	uint64_t sold = counts_of(&m->amount, near_key_of(KEY_AMOUNT, 0, seller, 2));
	uint64_t again = counts_of(&m->amount, near_key_of(KEY_AMOUNT, 0, seller, 3));
	int32_t bits = tenths_of_bits(sold + 8, again + 1);

	return bits < near_levels[LEVEL_PARTS_EQUAL].bits ? bits : near_levels[LEVEL_PARTS_EQUAL].bits;
}

/* Likewise for goods: who sells one thing has the same lines on every invoice. */
static int32_t goods_bits(const struct near *m, const struct book_claim *c, uint32_t seller)
{
	uint64_t same = counts_of(&m->amount, near_key_of(KEY_GOODS, be64_get(c->goods_lines.b), seller, 0));
	uint64_t sold = counts_of(&m->amount, near_key_of(KEY_AMOUNT, 0, seller, 2));
	uint64_t share;

	same -= same > 0;
	share = (same * MILLION + SELLER_PRIOR * (uint64_t)GOODS_SHARE) / (sold + SELLER_PRIOR);
	int32_t bits = tenths_of_bits(MILLION, share > 0 ? share : 1);
	return bits < near_levels[LEVEL_GOODS_SAME].bits ? bits : near_levels[LEVEL_GOODS_SAME].bits;
}

/* --- amounts --- */

/* a / b in millionths, when both are positive. */
static int64_t ratio(int64_t a, int64_t b) { return b > 0 ? ppm(a, b) : 0; }

static bool tax_twin(int64_t a, int64_t b)
{
	static const int64_t rate[] = { 1010000, 1030000, 1050000, 1060000, 1090000, 1130000 };
	int64_t r = a > b ? ratio(a, b) : ratio(b, a);

	for (size_t i = 0; i < ARRAY_LEN(rate); i++)
		if (size_of(r - rate[i]) <= 100)
			return true;
	return false;
}

/* How unusual it is for the pair to trade in the rarer of the two currencies. */
static int32_t rare_currency(const struct near *m, const struct near_claim *x, const char a[static 3],
                             const char b[static 3])
{
	uint64_t pair = (uint64_t)x->seller << 32 | x->debtor;
	uint64_t in_a = counts_of(&m->amount, near_key_of(KEY_WORTH, pair, key_of_money(0, a), 0));
	uint64_t in_b = counts_of(&m->amount, near_key_of(KEY_WORTH, pair, key_of_money(0, b), 0));
	uint64_t all = counts_of(&m->amount, near_key_of(KEY_WORTH, pair, 0, 1));
	uint64_t rare = in_a < in_b ? in_a : in_b;
	int32_t bits = tenths_of_bits((all + 8) * MILLION, rare * MILLION + 8 * UINT64_C(30000));

	return bits < near_levels[LEVEL_CCY_RARE].bits ? bits : near_levels[LEVEL_CCY_RARE].bits;
}

static bool share_delivery(const struct near_claim *x, const struct near_claim *y)
{
	for (unsigned i = 0, k = 0; i < x->n_deliveries && k < y->n_deliveries;) {
		if (x->delivery[i] == y->delivery[k])
			return true;
		if (x->delivery[i] < y->delivery[k])
			i++;
		else
			k++;
	}
	return false;
}

/* Papers say that both are of one delivery, or of one order. */
static bool one_trade(const struct near_claim *x, const struct near_claim *y)
{
	return share_delivery(x, y) || (x->order != 0 && x->order == y->order);
}

static void compare_currencies(const struct near *m, const struct book *b, const struct book_claim *c,
                               const struct book_claim *o, const struct near_claim *x, const struct near_claim *y,
                               struct likeness *l)
{
	int64_t mine, theirs, off, most = b->signal[SIGNAL_D09].threshold;
	int32_t bits;

	if (one_trade(x, y)) /* a bank's spread, and the days between two rates */
		most *= 2;
	l->amount = LEVEL_AMOUNT_OTHER;
	if (!fx_base(b, c->face, c->ccy, &mine) || !fx_base(b, o->face, o->ccy, &theirs) || theirs == 0)
		return;
	off = size_of(ratio(mine, theirs) - MILLION);
	if (off > most)
		return;
	l->amount = LEVEL_AMOUNT_RATE;
	bits = tenths_of_bits(MILLION, 2 * (uint64_t)off + 500);
	l->exact = bits;
	match_weigh(&l->match, LEVEL_AMOUNT_RATE, bits);
	bits = rare_currency(m, x, c->ccy, o->ccy);
	match_weigh(&l->match, LEVEL_CCY_RARE, bits);
	l->exact += bits;
}

static void compare_amounts(const struct near *m, const struct book *b, const struct book_claim *c,
                            const struct book_claim *o, const struct near_claim *x, const struct near_claim *y,
                            struct likeness *l)
{
	if (memcmp(c->ccy, o->ccy, 3) != 0)
		compare_currencies(m, b, c, o, x, y, l);
	else if (c->face == o->face)
		l->amount = LEVEL_AMOUNT_SAME;
	else if (tax_twin(c->face, o->face))
		l->amount = LEVEL_AMOUNT_TAX;
	else if (o->face > 0 && size_of(ratio(c->face, o->face) - MILLION) <= 5000)
		l->amount = LEVEL_AMOUNT_CLOSE;
	else
		l->amount = LEVEL_AMOUNT_OTHER;
	if (l->amount == LEVEL_AMOUNT_SAME)
		match_weigh(&l->match, LEVEL_AMOUNT_SAME, near_amount_bits(m, b, c, x->seller));
	else if (l->amount != LEVEL_AMOUNT_RATE)
		match_add(&l->match, l->amount);
}

/* --- numbers --- */

/* A day or two does not matter: invoices of one week are not all written in the order of their dates. */
static bool disorder(int32_t day, uint64_t tail, int32_t other_day, uint64_t other)
{
	return (other_day < day - SLACK && other > tail) || (other_day > day + SLACK && other < tail);
}

static struct near_series *series_of(const struct near *m, uint32_t creditor, uint64_t series)
{
	for (struct index_walk w = index_walk(&m->by_series, mix64(series, creditor)); index_next(&w);) {
		struct near_series *s = dense_at(&m->series, w.value);

		if (s->creditor == creditor && s->series == series)
			return s;
	}
	return NULL;
}

bool near_count_number(struct near *m, const struct book *b, uint32_t claim)
{
	const struct near_claim *x = near_at(m, claim);
	uint32_t creditor = claim_at(b, claim)->creditor, i;
	struct near_series *s = series_of(m, creditor, x->series);

	if (x->digits == 0)
		return true;
	if (!s) {
		if (!(s = dense_add(&m->series, &i)) || !index_put(&m->by_series, mix64(x->series, creditor), i))
			return false;
		*s = (struct near_series){ creditor, x->series, 0, x->tail, x->tail };
	}
	s->n++;
	s->least = x->tail < s->least ? x->tail : s->least;
	s->most = x->tail > s->most ? x->tail : s->most;
	return true;
}

void near_course(struct near *m, const struct book *b, uint32_t claim)
{
	const struct near_claim *x = near_at(m, claim);
	struct near_course *r = &m->course;
	const struct near_series *all = series_of(m, claim_at(b, claim)->creditor, x->series);
	uint32_t i = claim_at(b, claim)->older_of_creditor;

	r->n = 0;
	r->step = all ? (all->most - all->least) / all->n : 0;
	for (unsigned seen = 0; i != NOWHERE && seen < SERIES_LOOKBACK; seen++) {
		const struct book_claim *c = claim_at(b, i);

		if (near_at(m, i)->series == x->series) {
			r->claim[r->n] = i;
			r->day[r->n] = c->issued.day;
			r->tail[r->n++] = near_at(m, i)->tail;
		}
		i = c->older_of_creditor;
	}
}

/*
 * Both numbers stand where a seller who counts up would have them on their days:
 * in order with its others, and about as far apart as others are. Far nearer than
 * others are (a slip in a long, thin series) is no ordinary distance. Books that are brought in bulk come in any order:
 * how near others are, all of the series say.
 */
static bool in_series(const struct near *m, const struct book *b, uint32_t claim, uint32_t earlier)
{
	const struct near_course *r = &m->course;
	const struct near_claim *x = near_at(m, claim), *y = near_at(m, earlier);
	uint64_t apart = x->tail > y->tail ? x->tail - y->tail : y->tail - x->tail, step, least = UINT64_MAX, most = 0;
	int32_t day = claim_at(b, claim)->issued.day, day_y = claim_at(b, earlier)->issued.day;
	uint64_t days = (uint64_t)size_of((int64_t)day - day_y), between = 0;
	unsigned n = 0, against = 0, against_y = 0;

	if (x->digits == 0 || x->series != y->series || apart == 0 || disorder(day, x->tail, day_y, y->tail))
		return false;
	if (claim_at(b, claim)->creditor == claim_at(b, earlier)->creditor)
		between = x->nth - y->nth;
	for (unsigned i = 0; i < r->n; i++) {
		if (r->claim[i] == earlier)
			continue;
		n++;
		least = r->tail[i] < least ? r->tail[i] : least;
		most = r->tail[i] > most ? r->tail[i] : most;
		against += disorder(day, x->tail, r->day[i], r->tail[i]);
		against_y += disorder(day_y, y->tail, r->day[i], r->tail[i]);
	}
	if (n < 3)
		return apart <= 20;
	if (16 * (against > against_y ? against : against_y) > n)
		return false;
	step = (most - least) / n;
	/* a day, or a claim, is as far as numbers run in one */
	return apart >= (r->step < step ? r->step : step) / 8 &&
	       apart / 8 <= (step + 1) * ((days > between ? days : between) + 1);
}

static struct span norm_of(const struct near_claim *x) { return (struct span){ x->norm, x->len }; }

static enum near_level level_of_numbers(const struct near *m, const struct book *b, uint32_t claim, uint32_t earlier,
                                        bool *series)
{
	const struct near_claim *x = near_at(m, claim), *y = near_at(m, earlier);
	bool long_ones = x->len >= 12 && y->len >= 12;
	unsigned slips;

	*series = false;
	if (x->number == y->number)
		return LEVEL_NUMBER_SAME;
	if (x->shape == y->shape)
		return LEVEL_NUMBER_SHAPE;
	if (number_extended(claim_at(b, claim)->number, claim_at(b, earlier)->number))
		return LEVEL_NUMBER_EXTENDED;
	slips = x->len >= 4 && y->len >= 4 ? edits(norm_of(x), norm_of(y), 2) : 3;
	*series = in_series(m, b, claim, earlier);
	if (slips <= 1)
		return *series ? LEVEL_NUMBER_SERIES : LEVEL_NUMBER_EDIT1;
	if (slips == 2 && !*series && (long_ones || (x->len >= 8 && y->len >= 8)))
		return LEVEL_NUMBER_EDIT2;
	return x->last6 == y->last6 && x->last6 != NO_LAST6 ? LEVEL_NUMBER_LAST6 : LEVEL_NUMBER_OTHER;
}

static void compare_numbers(const struct near *m, const struct book *b, uint32_t claim, uint32_t earlier,
                            struct likeness *l)
{
	const struct near_claim *x = near_at(m, claim), *y = near_at(m, earlier);
	int32_t bits, most = 33 * x->len;

	l->number = LEVEL_NUMBER_OTHER;
	if (x->len == 0 || y->len == 0)
		return;
	l->number = level_of_numbers(m, b, claim, earlier, &l->in_series);
	bits = near_levels[l->number].bits;
	match_weigh(&l->match, l->number, bits < most ? bits : most);
}

/* --- the rest --- */

/* Of a crowd's claims as many are of one day as there are: what those have in common is no evidence. */
static void weigh_day(const struct near_crowd *crowd, struct match *match)
{
	int32_t bits = tenths_of_bits(crowd->n + 1, crowd->same_day + 1), most = near_levels[LEVEL_ISSUE_SAME].bits;

	match_weigh(match, LEVEL_ISSUE_SAME, bits < most ? bits : most);
}

/* `crowd`: that both are in; NULL: in none. */
static void compare_dates(const struct book_claim *c, const struct book_claim *o, const struct near_crowd *crowd,
                          struct likeness *l)
{
	static const struct {
		int32_t days;
		enum near_level level;
	} step[] = { { 0, LEVEL_ISSUE_SAME }, { 3, LEVEL_ISSUE_3 }, { 10, LEVEL_ISSUE_10 }, { 30, LEVEL_ISSUE_30 } };
	enum near_level level = LEVEL_ISSUE_OTHER;

	l->days = (int32_t)size_of((int64_t)c->issued.day - o->issued.day);
	for (size_t i = ARRAY_LEN(step); i > 0; i--)
		if (l->days <= step[i - 1].days)
			level = step[i - 1].level;
	l->other_due = size_of((int64_t)c->due.day - o->due.day) - l->days >= 20;
	if (crowd && level == LEVEL_ISSUE_SAME)
		weigh_day(crowd, &l->match);
	else
		match_add(&l->match, level);
	if (!crowd || l->days > 0 || c->due.day != o->due.day) /* those of a day have the pair's terms */
		match_add(&l->match, c->due.day == o->due.day ? LEVEL_DUE_SAME : LEVEL_DUE_OTHER);
}

static void compare_sides(const struct book_claim *c, const struct book_claim *o, const struct near_claim *x,
                          const struct near_claim *y, struct likeness *l)
{
	l->sides_swapped = x->seller == y->debtor && x->debtor == y->seller;
	if (l->sides_swapped) {
		match_add(&l->match, LEVEL_SIDES_SWAPPED);
		return;
	}
	l->other_seller = x->seller != y->seller;
	l->other_debtor = x->debtor != y->debtor;
	match_add(&l->match, l->other_seller              ? LEVEL_SELLER_OTHER
	                     : c->creditor == o->creditor ? LEVEL_SELLER_SAME
	                                                  : LEVEL_SELLER_ALIAS);
	match_add(&l->match, l->other_debtor          ? LEVEL_DEBTOR_OTHER
	                     : c->debtor == o->debtor ? LEVEL_DEBTOR_SAME
	                                              : LEVEL_DEBTOR_ALIAS);
}

static void compare_goods(const struct near *m, const struct book_claim *c, const struct book_claim *o,
                          const struct near_claim *x, struct likeness *l)
{
	int32_t bits, standing = near_levels[LEVEL_GOODS_STANDING].bits;

	if (hash_is_zero(c->goods_lines) || hash_is_zero(o->goods_lines))
		return;
	if (!hash_eq(c->goods_lines, o->goods_lines)) {
		l->other_goods = true;
		match_add(&l->match, LEVEL_GOODS_OTHER);
		return;
	}
	bits = goods_bits(m, c, x->seller);
	l->same_goods = bits >= NEAR_FLAG;
	if (l->days <= 10)
		match_weigh(&l->match, LEVEL_GOODS_SAME, bits);
	else
		match_weigh(&l->match, LEVEL_GOODS_STANDING, bits < standing ? bits : standing);
}

static void compare_papers(const struct book_claim *c, const struct book_claim *o, const struct near_claim *x,
                           const struct near_claim *y, struct likeness *l)
{
	if (x->n_deliveries > 0 && y->n_deliveries > 0) {
		l->same_delivery = share_delivery(x, y);
		l->other_delivery = !l->same_delivery;
		match_add(&l->match, l->same_delivery ? LEVEL_DELIVERY_SAME : LEVEL_DELIVERY_OTHER);
	}
	if (x->order != 0 && y->order != 0) {
		l->same_order = x->order == y->order;
		l->other_order = !l->same_order;
		match_add(&l->match, l->same_order ? LEVEL_ORDER_SAME : LEVEL_ORDER_OTHER);
	}
	if (!hash_is_zero(c->document) && hash_eq(c->document, o->document)) {
		l->same_document = true;
		match_add(&l->match, LEVEL_DOCUMENT_SAME);
	}
}

/* --- equal amounts at equal distances --- */

/* Rent and instalments: the pair's claims of this amount, this one included, follow each other like a clock. */
static bool periodic(const struct near *m, const struct book *b, uint32_t claim)
{
	enum { LEAST = 4, MOST = 16 };
	const struct near_claim *x = near_at(m, claim);
	const struct book_claim *c = claim_at(b, claim);
	uint64_t key = near_key_of(KEY_AMOUNT, (uint64_t)x->seller << 32 | x->debtor, key_of_money(c->face, c->ccy), 0);
	int32_t day[MOST] = { c->issued.day };
	int64_t n = 1, sum = 0, squares = 0;

	for (uint32_t p = blocks_first(&m->key, key); p != NOWHERE && n < MOST; p = blocks_post(&m->key, p)->older) {
		uint32_t i = blocks_post(&m->key, p)->item;
		int64_t at = n;

		if (claim_at(b, i)->pair != c->pair || claim_at(b, i)->face != c->face)
			continue;
		for (; at > 0 && day[at - 1] > claim_at(b, i)->issued.day; at--)
			day[at] = day[at - 1];
		day[at] = claim_at(b, i)->issued.day;
		n++;
	}
	if (n < LEAST)
		return false;
	for (int64_t i = 1; i < n; i++) {
		int64_t gap = day[i] - day[i - 1];

		sum += gap;
		squares += gap * gap;
	}
	n--; /* gaps: their coefficient of variation is below 0.15 */
	return sum >= 5 * n && 10000 * (n * squares - sum * sum) < 225 * sum * sum;
}

void near_compare(const struct near *m, const struct book *b, uint32_t claim, uint32_t earlier, struct likeness *ret)
{
	const struct book_claim *c = claim_at(b, claim), *o = claim_at(b, earlier);
	const struct near_claim *x = near_at(m, claim), *y = near_at(m, earlier);
	const struct near_crowd *crowd = m->crowd.n > CROWD && y->debtor == x->debtor ? &m->crowd : NULL;

	*ret = (struct likeness){ .match = match_start(near_levels) };
	match_add(&ret->match, LEVEL_PRIOR);
	if (crowd) /* of many to compare with, some agree by chance */
		match_weigh(&ret->match, LEVEL_CROWD, tenths_of_bits(CROWD, crowd->n));
	compare_numbers(m, b, claim, earlier, ret);
	compare_amounts(m, b, c, o, x, y, ret);
	compare_dates(c, o, crowd, ret);
	compare_sides(c, o, x, y, ret);
	compare_goods(m, c, o, x, ret);
	compare_papers(c, o, x, y, ret);
	if (ret->amount == LEVEL_AMOUNT_SAME && ret->match.bits >= NEAR_FLAG && periodic(m, b, claim))
		match_add(&ret->match, LEVEL_PERIODIC);
}

bool near_comparable(const struct near *m, const struct book *b, uint32_t claim, uint32_t earlier)
{
	const struct near_claim *x = near_at(m, claim), *y = near_at(m, earlier);
	const struct book_claim *o = claim_at(b, earlier);

	if (o->state == CLAIM_REJECTED || o->state == CLAIM_CANCELLED || o->state == CLAIM_LAPSED)
		return false;
	if (uuid_is_nil(x->lineage))
		return true;
	return !uuid_eq(x->lineage, y->lineage) && !uuid_eq(x->lineage, o->id);
}
