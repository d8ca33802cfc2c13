/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ceilings.c: nobody owes more than it buys nor sells more than it makes.
 *
 * What is registered over twelve months is held against what is known of the
 * parties from elsewhere: declared purchases and turnover (party.profile), what
 * the debtor has committed to owe (commitment.sign), their age, and the limit
 * of the key that confirms. Invoices carry tax and declarations do not: the
 * standard rate is taken out before comparing.
 *
 *   F10  claims of a pair above what the debtor buys, or has committed to owe this supplier that month
 *   C05  claims of all sellers on a debtor above what it buys
 *   C01  claims of a seller above its turnover
 *   C08  a company just founded with claims like the largest of its branch
 *   C04  turnover per employee like nobody's in the branch
 *   F16  confirmed just below the limit of the key, again and again
 *
 * Invariant: a sum holds every accepted registration of the last twelve months,
 * less what was cancelled, rejected, lapsed or credited.
 */
#include "detecting.h"
#include "year.h"

enum {
	TAX_PERCENT = 113, /* with tax, of a hundred without */
	STALE_DAYS = 730,  /* a declaration this old holds nothing up */
	CITED = 8,         /* claims shown as proof, the newest */
	COUNTED = 64,      /* claims looked at when a commitment is new */
	CLASSES = 128,     /* of amounts: half octaves */
	BRANCH_LEAST = 20, /* sellers known of a branch before one of them is unusual */
	BRANCH_MANY = 100, /* the same for the ratio of turnover and staff */
	BRANCHES = 64,
	LAST = 20, /* confirmations of a key looked at */
	LAST_LEAST = 10,
	LARGE_PART = 500000,     /* ppm of what a debtor buys, by one seller */
	FRESH_LEAST = 100000000, /* one million CNY: less is not large for anybody */
};

struct branch { /* the first: of no sector, or one too many */
	struct span name;
	uint32_t sellers[CLASSES], n_sellers;
	uint32_t per_head[CLASSES], n_per_head;
};
struct ceiling_party {
	struct year sold, owed; /* CNY */
	uint32_t branch;
	uint16_t best, head; /* class of its largest quarter, of turnover per head; 0: none yet */
};
struct promise { /* what a debtor committed to owe a supplier in a month */
	uint32_t supplier, debtor;
	int32_t month; /* month_of() */
	char ccy[4];
	int64_t committed, registered;
	uint64_t seq;
};
struct ceiling_claim {
	int64_t worth;    /* that is in the sums */
	uint32_t promise; /* it counts against; NOWHERE */
	int64_t promised; /* so much of it, in its own currency */
};
struct limited_key {
	struct hash kid;
	int64_t limit;
	char ccy[4];
	uint32_t bits; /* of its last confirmations: 1 just below the limit; the newest lowest */
	uint32_t n;
};
struct ceilings {
	struct book *book;
	struct dense party, pair, claim, promise, key;
	struct index by_key, by_promise;
	struct branch branch[BRANCHES];
	unsigned n_branches;
};

/* --- state beside the book's --- */

static struct ceiling_party *party_of(struct ceilings *x, uint32_t i) { return dense_at(&x->party, i); }
static struct year *pair_sold(struct ceilings *x, uint32_t i) { return dense_at(&x->pair, i); }
static struct ceiling_claim *claim_of(struct ceilings *x, uint32_t i) { return dense_at(&x->claim, i); }
static struct promise *promise_at(struct ceilings *x, uint32_t i) { return dense_at(&x->promise, i); }

static bool follow(struct ceilings *x)
{
	while (x->party.n < x->book->party.n)
		if (!dense_add(&x->party, NULL))
			return false;
	while (x->pair.n < x->book->pair.n)
		if (!dense_add(&x->pair, NULL))
			return false;
	while (x->claim.n < x->book->claim.n) {
		struct ceiling_claim *c = dense_add(&x->claim, NULL);

		if (!c)
			return false;
		c->promise = NOWHERE;
	}
	return true;
}

/* 2 log2(x), rounded down; 0 for nothing. */
static uint16_t class_of(int64_t x)
{
	unsigned top;

	if (x <= 0)
		return 0;
	top = 63 - (unsigned)__builtin_clzll((unsigned long long)x);
	/* above 2^top * sqrt(2)? squares, in 128 bits */
	return (uint16_t)(2 * top + ((wide)x * x >= (wide)1 << (2 * top + 1) ? 1 : 0));
}

/* The class that `percent` of the marked ones do not exceed. */
static unsigned class_below(const uint32_t *n, uint32_t total, unsigned percent)
{
	uint64_t sum = 0;
	unsigned i = 0;

	for (; i < CLASSES - 1; i++) {
		sum += n[i];
		if (sum * 100 >= (uint64_t)total * percent)
			break;
	}
	return i;
}

/* Moves a party's mark from class to class, or sets its first. */
static void mark(uint32_t *n, uint32_t *total, uint16_t from, uint16_t to)
{
	if (from > 0)
		n[from]--;
	else
		(*total)++;
	n[to]++;
}

/* --- comparing --- */

static int64_t without_tax(int64_t worth) { return worth / TAX_PERCENT * 100; }

static bool fresh(const struct ceilings *x, const struct book_party *p)
{
	return p->profile_seq != 0 && days_between(p->profile_at, x->book->now) <= STALE_DAYS;
}

/* What a declaration says in CNY; false without. */
static bool declared(const struct ceilings *x, struct money m, int64_t *ret)
{
	return !money_absent(m) && m.minor > 0 && fx_base(x->book, m.minor, m.ccy, ret) && *ret > 0;
}

/* The newest claims of a chain, which is a member of book_claim. */
static void cite_chain(const struct ceilings *x, struct finding_made *f, uint32_t claim, size_t older)
{
	for (unsigned n = 0; claim != NOWHERE && n < CITED; n++) {
		const struct book_claim *c = claim_at(x->book, claim);

		finding_cites(f, c->seq);
		memcpy(&claim, (const char *)c + older, sizeof claim);
	}
}
#define CITE(x, f, claim, older) cite_chain(x, f, claim, offsetof(struct book_claim, older))

static struct finding_made *above(struct sighting *g, enum signal signal, enum severity most, int64_t ratio,
                                  const char *what)
{
	struct finding_made *f = find_on_claim(g, signal, most, g->claim);

	f->value = ratio;
	finding_says(f, "%s: %lld.%lld %%", what, (long long)(ratio / 10000), (long long)(ratio / 1000 % 10));
	return f;
}

/* Flag above 11/15 of the threshold, hold above it, block above twice (DETECTION F10: 1.1, 1.5, 3). */
static enum severity grade_of(int64_t ratio, int64_t hold)
{
	return ratio > 2 * hold         ? SEVERITY_BLOCK
	       : ratio > hold           ? SEVERITY_HOLD
	       : ratio > hold / 15 * 11 ? SEVERITY_FLAG
	                                : SEVERITY_NONE;
}

/* F10 by the debtor's declared purchases. */
static void judge_pair(struct ceilings *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const struct book_party *debtor = party_at(x->book, c->debtor);
	const int64_t sold = year_sum(pair_sold(x, c->pair), year_bucket(x->book->now), YEAR_BUCKETS - 1);
	int64_t buys, ratio;
	enum severity s;

	if (!declared(x, debtor->purchases, &buys))
		return;
	ratio = ppm(without_tax(sold), buys);
	s = grade_of(ratio, threshold(g, SIGNAL_F10));
	if (s == SEVERITY_NONE)
		return;
	struct finding_made *f =
		above(g, SIGNAL_F10, fresh(x, debtor) ? s : SEVERITY_FLAG, ratio,
	              "claims of the pair over twelve months, of what the debtor declares to buy in all");

	finding_cites(f, debtor->profile_seq);
	CITE(x, f, g->claim, older_of_pair);
}

/* F10 by what the debtor has committed to owe this supplier in the month the claim falls due. */
static void judge_promise(struct ceilings *x, struct sighting *g)
{
	const struct ceiling_claim *c = claim_of(x, g->claim);
	const struct promise *p;
	int64_t ratio;
	enum severity s;

	if (c->promise == NOWHERE)
		return;
	p = promise_at(x, c->promise);
	ratio = ppm(p->registered, p->committed);
	s = grade_of(ratio, threshold(g, SIGNAL_F10));
	if (p->committed <= 0 || s == SEVERITY_NONE)
		return;
	struct finding_made *f =
		above(g, SIGNAL_F10, s, ratio,
	              "claims due in the month, of what the debtor has committed to owe this supplier then");

	finding_cites(f, p->seq);
	CITE(x, f, g->claim, older_of_pair);
}

/* C05: flag above four fifths of the threshold. Whoever sells the debtor little is not what is wrong. */
static void judge_debtor(struct ceilings *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const struct book_party *debtor = party_at(x->book, c->debtor);
	const int32_t bucket = year_bucket(x->book->now);
	const int64_t owed = year_sum(&party_of(x, c->debtor)->owed, bucket, YEAR_BUCKETS - 1);
	const int64_t hold = threshold(g, SIGNAL_C05);
	int64_t buys, ratio, own;

	if (!declared(x, debtor->purchases, &buys))
		return;
	ratio = ppm(without_tax(owed), buys);
	own = ppm(without_tax(year_sum(pair_sold(x, c->pair), bucket, YEAR_BUCKETS - 1)), buys);
	if (ratio <= hold / 5 * 4 || own < LARGE_PART / 2)
		return;
	struct finding_made *f =
		above(g, SIGNAL_C05,
	              ratio > hold && own >= LARGE_PART && fresh(x, debtor) ? SEVERITY_HOLD : SEVERITY_FLAG, ratio,
	              "claims of all sellers over twelve months, of what the debtor declares to buy");

	finding_cites(f, debtor->profile_seq);
	CITE(x, f, g->claim, older_of_debtor);
}

/* C01: flag above four fifths of the threshold. */
static void judge_seller(struct ceilings *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const struct book_party *seller = party_at(x->book, c->creditor);
	const int64_t sold = year_sum(&party_of(x, c->creditor)->sold, year_bucket(x->book->now), YEAR_BUCKETS - 1);
	const int64_t hold = threshold(g, SIGNAL_C01);
	int64_t turnover, ratio;

	if (!declared(x, seller->turnover, &turnover))
		return;
	ratio = ppm(without_tax(sold), turnover);
	if (ratio <= hold / 5 * 4)
		return;
	struct finding_made *f =
		above(g, SIGNAL_C01, ratio > hold && fresh(x, seller) ? SEVERITY_HOLD : SEVERITY_FLAG, ratio,
	              "claims registered over twelve months, of the seller's declared turnover");

	finding_cites(f, seller->profile_seq);
	CITE(x, f, g->claim, older_of_creditor);
}

/* C08: a quarter like the largest of the branch; twice that is a hold. */
static void judge_fresh(struct ceilings *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const struct book_party *seller = party_at(x->book, c->creditor);
	struct ceiling_party *p = party_of(x, c->creditor);
	const int64_t quarter = year_sum(&p->sold, year_bucket(x->book->now), 3);
	struct branch *b = &x->branch[p->branch], *all = &x->branch[0];
	const uint16_t now = class_of(quarter);
	const int32_t age = date_given(seller->founded) ? date_of(x->book->now).day - seller->founded.day : INT32_MAX;
	unsigned usual;

	if (age < threshold(g, SIGNAL_C08) && quarter >= FRESH_LEAST) {
		const struct branch *of = b->n_sellers >= BRANCH_LEAST ? b : all;

		usual = class_below(of->sellers, of->n_sellers, 95);
		if (of->n_sellers >= BRANCH_LEAST && now > usual) {
			struct finding_made *f =
				find_on_claim(g, SIGNAL_C08, now >= usual + 2 ? SEVERITY_HOLD : SEVERITY_FLAG,
			                      g->claim);

			f->value = age;
			finding_says(
				f, "founded %d days ago; claims of the last quarter above those of 95 %% of %u sellers",
				age, of->n_sellers);
			finding_cites(f, seller->profile_seq);
			CITE(x, f, g->claim, older_of_creditor);
		}
	}
	if (now <= p->best)
		return;
	if (p->branch != 0)
		mark(b->sellers, &b->n_sellers, p->best, now);
	mark(all->sellers, &all->n_sellers, p->best, now);
	p->best = now;
}

/* --- taking in --- */

static uint64_t key_of_promise(uint32_t supplier, uint32_t debtor, int32_t month)
{
	return mix64(mix64(supplier, debtor), (uint64_t)(uint32_t)month);
}

static uint32_t promise_of(const struct ceilings *x, uint32_t supplier, uint32_t debtor, int32_t month,
                           const char ccy[static 3])
{
	for (struct index_walk w = index_walk(&x->by_promise, key_of_promise(supplier, debtor, month));
	     index_next(&w);) {
		const struct promise *p = dense_at(&x->promise, w.value);

		if (p->supplier == supplier && p->debtor == debtor && p->month == month && memcmp(p->ccy, ccy, 3) == 0)
			return w.value;
	}
	return NOWHERE;
}

static void count_promised(struct ceilings *x, uint32_t claim)
{
	const struct book_claim *c = claim_at(x->book, claim);
	struct ceiling_claim *note = claim_of(x, claim);

	note->promise = promise_of(x, c->creditor, c->debtor, month_of(c->due), c->ccy);
	if (note->promise == NOWHERE)
		return;
	note->promised = c->face - c->diluted;
	promise_at(x, note->promise)->registered += note->promised;
}

static bool see_register(struct ceilings *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const int32_t bucket = year_bucket(c->at);
	int64_t *worth = &claim_of(x, g->claim)->worth;

	if (!fx_base(x->book, c->face, c->ccy, worth))
		*worth = 0; /* no rate: nothing to compare */
	year_add(pair_sold(x, c->pair), bucket, *worth);
	year_add(&party_of(x, c->creditor)->sold, bucket, *worth);
	year_add(&party_of(x, c->debtor)->owed, bucket, *worth);
	count_promised(x, g->claim);
	judge_pair(x, g);
	judge_promise(x, g);
	judge_debtor(x, g);
	judge_seller(x, g);
	judge_fresh(x, g);
	return true;
}

/* So much less of it was ever owed. */
static void take_off(struct ceilings *x, uint32_t claim, int64_t minor)
{
	const struct book_claim *c = claim_at(x->book, claim);
	struct ceiling_claim *note = claim_of(x, claim);
	const int32_t bucket = year_bucket(c->at);
	int64_t less, worth;

	if (note->promise != NOWHERE) {
		less = minor < note->promised ? minor : note->promised;
		note->promised -= less;
		promise_at(x, note->promise)->registered -= less;
	}
	worth = c->face > 0 ? (int64_t)((wide)note->worth * minor / c->face) : 0;
	if (minor >= c->face || worth > note->worth)
		worth = note->worth;
	note->worth -= worth;
	year_add(pair_sold(x, c->pair), bucket, -worth);
	year_add(&party_of(x, c->creditor)->sold, bucket, -worth);
	year_add(&party_of(x, c->debtor)->owed, bucket, -worth);
}

static bool see_end(struct ceilings *x, struct sighting *g)
{
	take_off(x, g->claim, INT64_MAX);
	return true;
}

static bool see_adjust(struct ceilings *x, struct sighting *g)
{
	take_off(x, g->claim, g->s->c->body.receivable_adjust.reduce.minor);
	return true;
}

/* Claims that were there before the commitment count against it too, as far as one looks. */
static void count_earlier(struct ceilings *x, uint32_t supplier, uint32_t debtor)
{
	const uint32_t pair = book_pair(x->book, supplier, debtor);
	uint32_t i = pair == NOWHERE ? NOWHERE : pair_at(x->book, pair)->newest;

	for (unsigned n = 0; i != NOWHERE && n < COUNTED; n++, i = claim_at(x->book, i)->older_of_pair)
		if (claim_at(x->book, i)->state == CLAIM_LIVE && claim_of(x, i)->promise == NOWHERE)
			count_promised(x, i);
}

static bool see_commitment(struct ceilings *x, struct sighting *g)
{
	const struct body_commitment_sign *b = &g->s->c->body.commitment_sign;
	const uint32_t supplier = book_party(x->book, b->supplier), debtor = book_party(x->book, g->s->actor);
	const int32_t month = month_of(b->month);
	uint32_t i;
	struct promise *p;

	if (supplier == NOWHERE || debtor == NOWHERE)
		return true;
	i = promise_of(x, supplier, debtor, month, b->total.ccy);
	if (i == NOWHERE) {
		if (!(p = dense_add(&x->promise, &i)) ||
		    !index_put(&x->by_promise, key_of_promise(supplier, debtor, month), i))
			return false;
		*p = (struct promise){ .supplier = supplier, .debtor = debtor, .month = month };
		memcpy(p->ccy, b->total.ccy, 3);
		count_earlier(x, supplier, debtor);
	}
	p = promise_at(x, i);
	p->committed = b->total.minor;
	p->seq = g->s->seq;
	return true;
}

/* --- branches --- */

static uint32_t branch_of(struct ceilings *x, struct span name)
{
	uint32_t i = 0;

	while (i < x->n_branches && !span_eq(x->branch[i].name, name))
		i++;
	if (i < x->n_branches)
		return i;
	if (x->n_branches == BRANCHES)
		return 0;
	x->branch[i].name = name;
	x->n_branches++;
	return i;
}

/* C04: more turnover for each of its people than ninety-nine in a hundred of the branch, twice over. */
static void judge_head(struct ceilings *x, struct sighting *g, uint32_t party)
{
	const struct book_party *p = party_at(x->book, party);
	struct ceiling_party *note = party_of(x, party);
	struct branch *b = &x->branch[note->branch];
	const unsigned percent = (unsigned)(threshold(g, SIGNAL_C04) / 10000);
	int64_t turnover;
	uint16_t now;

	if (p->staff <= 0 || note->branch == 0 || !declared(x, p->turnover, &turnover))
		return;
	now = class_of(turnover / p->staff);
	if (now == 0)
		return;
	if (b->n_per_head >= BRANCH_MANY && now >= class_below(b->per_head, b->n_per_head, percent) + 2 &&
	    now != note->head) {
		struct finding_made *f = find_on_party(g, SIGNAL_C04, SEVERITY_INFO, party);

		f->value = turnover / p->staff / 100;
		finding_says(f, "turnover per employee at least twice that of %u %% of the %u parties of its branch",
		             percent, b->n_per_head);
	}
	mark(b->per_head, &b->n_per_head, note->head, now);
	note->head = now;
}

static bool see_profile(struct ceilings *x, struct sighting *g)
{
	const uint32_t i = book_party(x->book, g->s->c->object);
	struct ceiling_party *p;
	uint32_t branch;

	if (i == NOWHERE)
		return true;
	p = party_of(x, i);
	branch = branch_of(x, party_at(x->book, i)->sector);
	if (branch != p->branch) { /* its marks move with it */
		if (p->branch != 0 && p->best > 0) {
			x->branch[p->branch].sellers[p->best]--;
			x->branch[p->branch].n_sellers--;
		}
		if (p->branch != 0 && p->head > 0) {
			x->branch[p->branch].per_head[p->head]--;
			x->branch[p->branch].n_per_head--;
		}
		if (branch != 0 && p->best > 0)
			mark(x->branch[branch].sellers, &x->branch[branch].n_sellers, 0, p->best);
		p->head = 0;
		p->branch = branch;
	}
	judge_head(x, g, i);
	return true;
}

/* --- F16: the limit of a key --- */

static struct limited_key *key_of(struct ceilings *x, struct hash kid)
{
	for (struct index_walk w = index_walk(&x->by_key, be64_get(kid.b)); index_next(&w);) {
		struct limited_key *k = dense_at(&x->key, w.value);

		if (hash_eq(k->kid, kid))
			return k;
	}
	return NULL;
}

static bool see_key(struct ceilings *x, struct sighting *g)
{
	const struct body_key_enrol *b = &g->s->c->body.key_enrol;
	struct limited_key *k;
	uint32_t i;

	if (money_absent(b->limits) || b->limits.minor <= 0)
		return true;
	if (!(k = dense_add(&x->key, &i)))
		return false;
	k->kid = jwk_thumbprint(&b->jwk);
	k->limit = b->limits.minor;
	memcpy(k->ccy, b->limits.ccy, 3);
	return index_put(&x->by_key, be64_get(k->kid.b), i);
}

static bool see_confirm(struct ceilings *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct limited_key *k = key_of(x, g->s->c->kid);
	unsigned n, below;

	if (!k || memcmp(k->ccy, c->ccy, 3) != 0)
		return true;
	const bool just_below = c->face <= k->limit && c->face >= k->limit - k->limit / 100;
	k->bits = k->bits << 1 | (just_below ? 1 : 0);
	k->n++;
	n = k->n < LAST ? k->n : LAST;
	below = (unsigned)__builtin_popcount(k->bits & ((1u << LAST) - 1));
	if (!just_below || n < LAST_LEAST || ppm(below, n) <= threshold(g, SIGNAL_F16))
		return true;
	struct finding_made *f = find_on_claim(g, SIGNAL_F16, SEVERITY_FLAG, g->claim);

	f->value = ppm(below, n);
	f->bits = 30;
	finding_says(f, "%u of the last %u confirmations lie within 1 %% below the limit of the key", below, n);
	finding_cites(f, c->seq);
	return true;
}

/* --- the module --- */

typedef bool taker(struct ceilings *x, struct sighting *g);
static const struct {
	enum statement_kind kind;
	taker *take;
	bool of_claim;
} takers[] = {
	{ ST_RECEIVABLE_REGISTER, see_register, true },
	{ ST_RECEIVABLE_CONFIRM, see_confirm, true },
	{ ST_RECEIVABLE_ADJUST, see_adjust, true },
	{ ST_RECEIVABLE_CANCEL, see_end, true },
	{ ST_RECEIVABLE_REJECT, see_end, true },
	{ ST_RECEIVABLE_LAPSE, see_end, true },
	{ ST_COMMITMENT_SIGN, see_commitment, false },
	{ ST_PARTY_PROFILE, see_profile, false },
	{ ST_KEY_ENROL, see_key, false },
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct ceilings *x = state;

	x->book = b;
	dense_start(&x->party, mem, sizeof(struct ceiling_party));
	dense_start(&x->pair, mem, sizeof(struct year));
	dense_start(&x->claim, mem, sizeof(struct ceiling_claim));
	dense_start(&x->promise, mem, sizeof(struct promise));
	dense_start(&x->key, mem, sizeof(struct limited_key));
	index_start(&x->by_key, mem);
	index_start(&x->by_promise, mem);
	x->n_branches = 1;
	return true;
}

static bool see(void *state, struct sighting *g)
{
	struct ceilings *x = state;

	if (g->s->outcome != OK)
		return true;
	if (!follow(x))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(takers); i++)
		if (takers[i].kind == g->s->c->kind && (!takers[i].of_claim || g->claim != NOWHERE))
			return takers[i].take(x, g);
	return true;
}

const struct module ceilings_module = {
	.name = "ceilings", .size = sizeof(struct ceilings), .start = start, .see = see
};
