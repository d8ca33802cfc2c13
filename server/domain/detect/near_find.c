/* SPDX-License-Identifier: Apache-2.0 */
/* near_find.c: the keys of a claim, and the earlier claims that share one (DETECTION 3.3, 3.4). */
#include "logarithm.h"
#include "near.h"

enum {
	GRID = 1408,     /* of log2 in 1/65536: steps of 1.5 % */
	WORTH_DAYS = 10, /* width of a bucket of issue dates */
	DOCUMENTS = 8,   /* of one claim that are keys */
};

uint64_t near_key_of(enum near_key kind, uint64_t a, uint64_t b, uint64_t c)
{
	return mix64(mix64(a, (uint64_t)kind), mix64(b, c));
}

uint64_t key_of_money(int64_t minor, const char ccy[static 3])
{
	return mix64((uint64_t)minor, (uint64_t)ccy[0] << 16 | (uint64_t)ccy[1] << 8 | (uint64_t)ccy[2]);
}

static uint64_t key_of_hash(struct hash h) { return mix64(be64_get(h.b), be64_get(h.b + 8)); }

/* --- reading --- */

static void read_number(struct near *m, struct near_claim *x, struct span text, struct arena *mem)
{
	struct number n = number_of(text);

	(void)m;
	x->norm = arena_copy(mem, (struct span){ n.norm, n.len }).at;
	x->len = n.len;
	x->digits = n.digits;
	x->last6 = n.last6;
	x->number = n.key;
	x->shape = n.shape;
	x->series = n.series;
	x->tail = n.tail;
}

static void add_sorted(uint64_t *at, uint8_t *n, uint64_t key)
{
	unsigned i = *n;

	for (unsigned k = 0; k < *n; k++)
		if (at[k] == key)
			return;
	for (; i > 0 && at[i - 1] > key; i--)
		at[i] = at[i - 1];
	at[i] = key;
	++*n;
}

static bool read_deliveries(struct near_claim *x, struct texts from, struct arena *mem)
{
	size_t n = from.n < NEAR_DELIVERIES ? from.n : NEAR_DELIVERIES;

	x->delivery = ARENA_ARRAY(mem, uint64_t, n);
	for (size_t i = 0; x->delivery && i < n; i++)
		if (from.at[i].len > 0)
			add_sorted(x->delivery, &x->n_deliveries, number_of(from.at[i]).key);
	return x->delivery != NULL;
}

bool near_read(struct near *m, const struct book *b, const struct body_receivable_register *body, uint32_t claim)
{
	const struct book_claim *c = claim_at(b, claim);
	struct near_claim *x;

	do
		if (!(x = dense_add(&m->claim, NULL)))
			return false;
	while (m->claim.n <= claim);
	x->lineage = body->lineage;
	x->partner = NOWHERE;
	x->nth = party_at(b, c->creditor)->n_as_creditor;
	x->seller = near_entity(m, c->creditor);
	x->debtor = near_entity(m, c->debtor);
	read_number(m, x, c->number, b->mem);
	x->order = c->order.len > 0 ? number_of(c->order).key : 0;
	if (!fx_base(b, c->face, c->ccy, &x->base))
		x->base = c->face;
	return read_deliveries(x, c->deliveries, b->mem) && arena_ok(b->mem);
}

/* --- keys --- */

struct keys {
	unsigned n;
	uint64_t at[128];
};

static void add_key(struct keys *k, enum near_key kind, uint64_t a, uint64_t b, uint64_t c)
{
	if (k->n < ARRAY_LEN(k->at))
		k->at[k->n++] = near_key_of(kind, a, b, c);
}

static uint64_t pair_of(const struct near_claim *x) { return (uint64_t)x->seller << 32 | x->debtor; }

static int64_t worth_step(int64_t base) { return base > 0 ? log2_q16((uint64_t)base) / GRID : 0; }

static int64_t day_step(struct date d) { return (d.day - INT32_C(-400000)) / WORTH_DAYS; }

enum crowd_of { CROWD_STEP, CROWD_DAY };

static uint64_t crowd_key(const struct near_claim *x, enum crowd_of of, int64_t day)
{
	return near_key_of(KEY_CROWD, pair_of(x), (uint64_t)day, of);
}

struct near_crowd near_crowd(const struct near *m, const struct book *b, uint32_t claim)
{
	const struct date issued = claim_at(b, claim)->issued;
	const struct near_claim *x = near_at(m, claim);
	struct near_crowd r = { 0, counts_of(&m->amount, crowd_key(x, CROWD_DAY, issued.day)) };

	for (int64_t d = day_step(issued) - 1; d <= day_step(issued) + 1; d++)
		r.n += counts_of(&m->amount, crowd_key(x, CROWD_STEP, d));
	return r;
}

bool near_crowd_add(struct near *m, const struct book *b, uint32_t claim)
{
	const struct date issued = claim_at(b, claim)->issued;
	const struct near_claim *x = near_at(m, claim);
	uint32_t before;

	return counts_add(&m->amount, crowd_key(x, CROWD_DAY, issued.day), &before) &&
	       counts_add(&m->amount, crowd_key(x, CROWD_STEP, day_step(issued)), &before);
}

static void add_worth(struct keys *k, const struct near_claim *x, int64_t worth, int64_t day)
{
	add_key(k, KEY_WORTH, pair_of(x), (uint64_t)worth, (uint64_t)day);
}

/* Keys that are the same whether a claim is kept or sought. */
static void common_keys(struct keys *k, const struct book_claim *c, const struct near_claim *x)
{
	if (x->len > 0) {
		add_key(k, KEY_FILED, x->shape, key_of_money(c->face, c->ccy), x->debtor);
		add_key(k, KEY_SHAPE, x->shape, x->seller, 0);
		if (x->last6 != NO_LAST6)
			add_key(k, KEY_LAST6, x->last6, x->seller, 0);
	}
	add_key(k, KEY_AMOUNT, pair_of(x), key_of_money(c->face, c->ccy), 0);
	if (!hash_is_zero(c->goods_lines))
		add_key(k, KEY_GOODS, key_of_hash(c->goods_lines), x->seller, 0);
	for (unsigned i = 0; i < x->n_deliveries; i++)
		add_key(k, KEY_DELIVERY, x->delivery[i], x->seller, 0);
}

bool near_keep(struct near *m, const struct book *b, const struct body_receivable_register *body, uint32_t claim)
{
	const struct book_claim *c = claim_at(b, claim);
	const struct near_claim *x = near_at(m, claim);
	struct keys k = { 0 };

	common_keys(&k, c, x);
	add_worth(&k, x, worth_step(x->base), day_step(c->issued));
	if (x->order != 0)
		add_key(&k, KEY_ORDER, pair_of(x), x->order, 0);
	for (size_t i = 0; i < body->documents.n && i < DOCUMENTS; i++)
		add_key(&k, KEY_DOCUMENT, key_of_hash(body->documents.at[i]), 0, 0);
	for (unsigned i = 0; i < k.n; i++)
		if (!blocks_put(&m->key, k.at[i], claim))
			return false;
	return true;
}

/* Rates of value added tax there are or were (CN), in per mille on top. */
static const int tax[] = { 1010, 1030, 1050, 1060, 1090, 1130 };

static void sought_worths(struct keys *k, const struct book_claim *c, const struct near_claim *x)
{
	int64_t worth = worth_step(x->base), day = day_step(c->issued);

	for (int64_t d = -1; d <= 1; d++)
		for (int64_t w = -1; w <= 1; w++)
			add_worth(k, x, worth + w, day + d);
	for (size_t i = 0; i < ARRAY_LEN(tax); i++) {
		int64_t more = worth_step((int64_t)((wide)x->base * tax[i] / 1000));
		int64_t less = worth_step((int64_t)((wide)x->base * 1000 / tax[i]));
		int64_t early = day_step((struct date){ c->issued.day - 3 }),
			late = day_step((struct date){ c->issued.day + 3 });

		for (int64_t d = early; d <= late; d++) {
			if (more > worth + 1)
				add_worth(k, x, more, d);
			if (less < worth - 1)
				add_worth(k, x, less, d);
		}
	}
}

static void sought_keys(struct keys *k, const struct book_claim *c, const struct near_claim *x,
                        const struct body_receivable_register *body)
{
	common_keys(k, c, x);
	if (x->len > 0) /* filed by the other side */
		add_key(k, KEY_FILED, x->shape, key_of_money(c->face, c->ccy), x->seller);
	sought_worths(k, c, x);
	/* The invoice of one, as any document of another. */
	if (body->documents.n > 0)
		add_key(k, KEY_DOCUMENT, key_of_hash(body->documents.at[0]), 0, 0);
}

/* --- candidates --- */

struct gathered {
	unsigned n, read;
	struct match_pair hit[NEAR_READ]; /* a: NOWHERE - claim, bits: keys shared */
	uint16_t slot[2 * NEAR_READ];     /* by claim: index + 1 into hit */
};

static void gather(struct gathered *g, uint32_t claim)
{
	uint32_t at = (uint32_t)mix64(claim, 1) % ARRAY_LEN(g->slot);

	for (; g->slot[at] != 0; at = (at + 1) % ARRAY_LEN(g->slot))
		if (g->hit[g->slot[at] - 1].a == NOWHERE - claim) {
			g->hit[g->slot[at] - 1].bits++;
			return;
		}
	g->hit[g->n++] = (struct match_pair){ .a = NOWHERE - claim, .bits = 1 };
	g->slot[at] = (uint16_t)g->n;
}

unsigned near_candidates(struct near *m, const struct book *b, const struct body_receivable_register *body,
                         uint32_t claim, uint32_t *ret)
{
	const struct book_claim *c = claim_at(b, claim);
	struct keys k = { 0 };
	struct gathered g = { 0 };
	unsigned n;

	sought_keys(&k, c, near_at(m, claim), body);
	for (unsigned i = 0; i < k.n && g.read < NEAR_READ; i++) {
		unsigned of_key = 0;

		for (uint32_t p = blocks_first(&m->key, k.at[i]); p != NOWHERE; p = blocks_post(&m->key, p)->older) {
			if (of_key++ == NEAR_POSTS || g.read++ == NEAR_READ)
				break;
			if (days_between(claim_at(b, blocks_post(&m->key, p)->item)->at, c->at) > NEAR_DAYS)
				break;
			gather(&g, blocks_post(&m->key, p)->item);
		}
	}
	m->work.keys += k.n;
	m->work.posts += g.read;
	match_sort(g.hit, g.n);
	n = g.n < NEAR_CANDIDATES ? g.n : NEAR_CANDIDATES;
	for (unsigned i = 0; i < n; i++)
		ret[i] = NOWHERE - g.hit[i].a;
	return n;
}
