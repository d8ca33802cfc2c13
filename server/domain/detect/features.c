/* SPDX-License-Identifier: Apache-2.0 */
/* features.c: see features.h. Entries become inputs here, and inputs sums. */
#include "features.h"

const int32_t delay_bound[DELAYS] = { 0, 3, 7, 14, 21, 30, 45, 60, 90, 120, 180, DELAY_MAX };

/* --- finding and making --- */

static void no_suspicion(struct suspicion *s) { s->newest = NOWHERE; }

/* Parties, pairs and claims have the book's numbers. */
static bool follow(struct features *f)
{
	const struct book *b = f->book;

	while (f->party.n < b->party.n) {
		struct party_features *p = dense_add(&f->party, NULL);

		if (!p)
			return false;
		p->debtor = p->seller = NOWHERE;
		no_suspicion(&p->suspicion);
	}
	while (f->pair.n < b->pair.n)
		if (!dense_add(&f->pair, NULL))
			return false;
	while (f->claim.n < b->claim.n) {
		struct claim_features *c = dense_add(&f->claim, NULL);

		if (!c)
			return false;
		c->newest = c->outcome = NOWHERE;
		no_suspicion(&c->suspicion);
	}
	return true;
}

const struct debtor_features *debtor_features(const struct features *f, uint32_t party)
{
	uint32_t i = party_features(f, party)->debtor;

	return i == NOWHERE ? NULL : dense_at(&f->debtor, i);
}

const struct seller_features *seller_features(const struct features *f, uint32_t party)
{
	uint32_t i = party_features(f, party)->seller;

	return i == NOWHERE ? NULL : dense_at(&f->seller, i);
}

static struct debtor_features *the_debtor(struct features *f, uint32_t claim)
{
	return dense_at(&f->debtor, party_features(f, claim_at(f->book, claim)->debtor)->debtor);
}

static struct seller_features *the_seller(struct features *f, uint32_t claim)
{
	return dense_at(&f->seller, party_features(f, claim_at(f->book, claim)->creditor)->seller);
}

static bool both_sides(struct features *f, uint32_t claim)
{
	const struct book_claim *c = claim_at(f->book, claim);
	struct party_features *debtor = party_features(f, c->debtor), *seller = party_features(f, c->creditor);

	if (debtor->debtor == NOWHERE) {
		struct debtor_features *d = dense_add(&f->debtor, &debtor->debtor);

		if (!d)
			return false;
		d->newest = NOWHERE;
	}
	if (seller->seller == NOWHERE) {
		struct seller_features *s = dense_add(&f->seller, &seller->seller);

		if (!s)
			return false;
		s->newest = NOWHERE;
	}
	return true;
}

/* Without a posted rate a claim counts like what is usual for its debtor. */
static int64_t worth_of(const struct features *f, const struct book_claim *c, int64_t minor)
{
	const struct debtor_features *d = debtor_features(f, c->debtor);
	int64_t worth;

	if (!fx_base(f->book, minor, c->ccy, &worth))
		worth = d && d->typical > 0 ? d->typical : 1000000;
	return worth < 1 ? 1 : worth > WORTH_MAX ? WORTH_MAX : worth;
}

/* --- sums --- */

static int64_t plus(int64_t a, int64_t b)
{
	int64_t x;

	if (__builtin_add_overflow(a, b, &x))
		return b > 0 ? INT64_MAX : INT64_MIN;
	return x;
}

/* The bucket's place in its ring; NULL when a newer one has it already. */
static struct debtor_bucket *debtor_bucket(struct debtor_features *d, int32_t bucket)
{
	struct debtor_bucket *at = &d->at[bucket % DEBTOR_BUCKETS];

	if (at->bucket < bucket)
		*at = (struct debtor_bucket){ .bucket = bucket };
	return at->bucket == bucket ? at : NULL;
}

static struct seller_bucket *seller_bucket(struct seller_features *s, int32_t bucket)
{
	struct seller_bucket *at = &s->at[bucket % SELLER_BUCKETS];

	if (at->bucket < bucket)
		*at = (struct seller_bucket){ .bucket = bucket };
	return at->bucket == bucket ? at : NULL;
}

static void add_pair_gross(struct pair_features *p, int32_t bucket, int64_t by)
{
	struct pair_quarter *at = &p->at[bucket / 3 % PAIR_QUARTERS];

	if (at->bucket < bucket / 3)
		*at = (struct pair_quarter){ .bucket = bucket / 3 };
	if (at->bucket == bucket / 3)
		at->gross = plus(at->gross, by);
}

static void count(uint32_t *n, int sign) { *n = sign > 0 ? *n + 1 : *n - 1; }

static size_t delay_class(int32_t days)
{
	size_t i = 0;

	while (i < DELAYS - 1 && days > delay_bound[i])
		i++;
	return i;
}

static void add_registered(struct features *f, const struct input *in, int sign)
{
	const struct book_claim *c = claim_at(f->book, in->claim);
	struct pair_features *p = pair_features(f, c->pair);
	struct debtor_bucket *d = debtor_bucket(the_debtor(f, in->claim), in->bucket);
	struct seller_bucket *s = seller_bucket(the_seller(f, in->claim), in->bucket);

	if (d)
		count(&d->registered, sign);
	if (s)
		s->gross = plus(s->gross, sign * in->worth);
	count(&p->registered, sign);
	p->terms += sign * in->days;
	add_pair_gross(p, in->bucket, sign * in->worth);
}

/* How a claim was paid, or that it was not. */
static void add_outcome(struct features *f, const struct input *in, int sign)
{
	struct debtor_features *d = the_debtor(f, in->claim);
	struct debtor_bucket *at = debtor_bucket(d, in->bucket);
	struct pair_features *p = pair_features(f, claim_at(f->book, in->claim)->pair);
	const int64_t worth = sign * in->worth;
	const bool late = in->days > LATE_DAYS;

	if (at) {
		count(&at->observed, sign);
		at->weight += sign * in->weight;
		at->worth = plus(at->worth, worth);
		at->delay = plus(at->delay, worth / 100 * in->days);
		at->late = plus(at->late, late ? worth : 0);
		at->defaulted = plus(at->defaulted, in->kind == INPUT_DEFAULTED ? worth : 0);
	}
	d->observed = sign > 0 ? d->observed + 1 : d->observed - 1;
	count(&d->delays[delay_class(in->days)], sign);
	f->delays[delay_class(in->days)] += sign;
	f->sector[in->sector].observed += sign;
	f->sector[in->sector].late += late ? sign : 0;
	count(&p->settled, sign);
	p->settled_worth = plus(p->settled_worth, worth);
	p->delay += sign * in->days;
}

static void add_partial(struct features *f, const struct input *in, int sign)
{
	struct debtor_bucket *d = debtor_bucket(the_debtor(f, in->claim), in->bucket);

	if (d)
		count(&d->partial, sign);
}

static void add_disputed(struct features *f, const struct input *in, int sign)
{
	struct debtor_bucket *d = debtor_bucket(the_debtor(f, in->claim), in->bucket);

	if (d)
		count(&d->disputed, sign);
}

/* What the debtor rejects as never owed is diluted wholly. */
static void add_diluted(struct features *f, const struct input *in, int sign)
{
	struct seller_bucket *s = seller_bucket(the_seller(f, in->claim), in->bucket);

	if (s)
		s->diluted = plus(s->diluted, sign * in->worth);
}

/* Of what is open on it now; the sum follows when that changes (follow_open). */
static void add_overdue(struct features *f, const struct input *in, int sign)
{
	struct claim_features *note = claim_features(f, in->claim);
	struct debtor_features *d = the_debtor(f, in->claim);

	if (note->overdue == (sign > 0))
		return;
	note->overdue = sign > 0;
	d->overdue = plus(d->overdue, sign * note->open);
}

typedef void adder(struct features *f, const struct input *in, int sign);
static adder *const adders[INPUT_KINDS] = {
	[INPUT_REGISTERED] = add_registered, [INPUT_SETTLED] = add_outcome,   [INPUT_DEFAULTED] = add_outcome,
	[INPUT_PARTIAL] = add_partial,       [INPUT_DISPUTED] = add_disputed, [INPUT_DILUTED] = add_diluted,
	[INPUT_REJECTED] = add_diluted,      [INPUT_OVERDUE] = add_overdue,
};

void input_uncount(struct features *f, uint32_t i)
{
	struct input *in = input_at(f, i);

	if (!in->counts)
		return;
	adders[in->kind](f, in, -1);
	in->counts = false;
}

static struct input *new_input(struct features *f, const struct sighting *g, enum input_kind kind, uint32_t *ret)
{
	const struct book_claim *c = claim_at(f->book, g->claim);
	struct claim_features *note = claim_features(f, g->claim);
	struct debtor_features *d = the_debtor(f, g->claim);
	struct seller_features *s = the_seller(f, g->claim);
	uint32_t i;
	struct input *in = dense_add(&f->input, &i);

	if (!in || !index_put(&f->by_input, key_of_entry(g->s->seq), i))
		return NULL;
	*in = (struct input){ .seq = g->s->seq,
		              .claim = g->claim,
		              .older_of_debtor = d->newest,
		              .older_of_seller = s->newest,
		              .older_of_claim = note->newest,
		              .worth = note->worth,
		              .bucket = bucket_of(g->s->at),
		              .kind = (uint8_t)kind,
		              .sector = (uint8_t)party_features(f, c->debtor)->sector,
		              .counts = true };
	d->newest = s->newest = note->newest = i;
	if (ret)
		*ret = i;
	return in;
}

static bool add_input(struct features *f, const struct sighting *g, enum input_kind kind, int64_t worth, int32_t days)
{
	struct input *in = new_input(f, g, kind, NULL);

	if (!in)
		return false;
	in->worth = worth;
	in->days = days;
	adders[kind](f, in, 1);
	return true;
}

/* --- claims --- */

/* What is still owed on it, in CNY, and with it the debtor's balance. */
static void follow_open(struct features *f, uint32_t claim)
{
	const struct book_claim *c = claim_at(f->book, claim);
	struct claim_features *note = claim_features(f, claim);
	struct debtor_features *d = the_debtor(f, claim);
	int64_t open =
		c->face > 0 && c->state == CLAIM_LIVE ? (int64_t)((wide)note->worth * claim_open(c) / c->face) : 0;

	if (open < 0)
		open = 0;
	d->owed = plus(d->owed, open - note->open);
	if (note->overdue)
		d->overdue = plus(d->overdue, open - note->open);
	pair_features(f, c->pair)->open = plus(pair_features(f, c->pair)->open, open - note->open);
	note->open = open;
}

static bool see_register(struct features *f, const struct sighting *g)
{
	const struct book_claim *c = claim_at(f->book, g->claim);
	struct claim_features *note = claim_features(f, g->claim);

	if (!both_sides(f, g->claim))
		return false;
	note->worth = worth_of(f, c, c->face);
	follow_open(f, g->claim);
	return add_input(f, g, INPUT_REGISTERED, note->worth, c->due.day - c->issued.day);
}

/* Moves toward what it meets by an eighth of itself: near the median, in eight bytes. */
static void learn_typical(struct debtor_features *d, int64_t worth)
{
	if (d->typical == 0)
		d->typical = worth;
	else if (worth > d->typical)
		d->typical += d->typical / 8 + 1;
	else if (worth < d->typical)
		d->typical -= d->typical / 8;
}

/* The claim's outcome, in place of what was known of it. */
static bool observe(struct features *f, const struct sighting *g, enum input_kind kind, int32_t days)
{
	struct claim_features *note = claim_features(f, g->claim);
	struct debtor_features *d = the_debtor(f, g->claim);
	struct input *in;

	if (note->outcome != NOWHERE)
		input_uncount(f, note->outcome);
	if (!(in = new_input(f, g, kind, &note->outcome)))
		return false;
	learn_typical(d, note->worth);
	in->days = days < 0 ? 0 : days > DELAY_MAX ? DELAY_MAX : days;
	in->weight = (uint16_t)(note->worth >= d->typical ? 1000 : (wide)note->worth * 1000 / d->typical);
	adders[kind](f, in, 1);
	return true;
}

static int32_t days_late(const struct sighting *g, const struct book_claim *c)
{
	return (date_given(c->paid_on) ? c->paid_on : date_of(g->s->at)).day - c->due.day;
}

static bool settled(struct features *f, const struct sighting *g)
{
	const struct book_claim *c = claim_at(f->book, g->claim);
	struct seller_features *s = the_seller(f, g->claim);

	if (s->first_settled.us == 0)
		s->first_settled = g->s->at;
	return observe(f, g, INPUT_SETTLED, days_late(g, c));
}

static bool see_pay(struct features *f, const struct sighting *g)
{
	const struct book_claim *c = claim_at(f->book, g->claim);

	follow_open(f, g->claim);
	if (c->state == CLAIM_SETTLED)
		return settled(f, g);
	return add_input(f, g, INPUT_PARTIAL, 0, 0);
}

static bool see_adjust(struct features *f, const struct sighting *g)
{
	const struct book_claim *c = claim_at(f->book, g->claim);
	const struct claim_features *note = claim_features(f, g->claim);
	const int64_t reduce = g->s->c->body.receivable_adjust.reduce.minor;

	follow_open(f, g->claim);
	if (!add_input(f, g, INPUT_DILUTED, c->face > 0 ? (int64_t)((wide)note->worth * reduce / c->face) : 0, 0))
		return false;
	return c->state != CLAIM_SETTLED || c->paid == 0 || settled(f, g);
}

static bool see_overdue(struct features *f, const struct sighting *g) { return add_input(f, g, INPUT_OVERDUE, 0, 0); }

static bool see_default(struct features *f, const struct sighting *g)
{
	const struct book_claim *c = claim_at(f->book, g->claim);
	int32_t days = date_of(g->s->at).day - c->due.day;

	follow_open(f, g->claim);
	return observe(f, g, INPUT_DEFAULTED, days > 90 ? days : 90);
}

static bool see_dispute(struct features *f, const struct sighting *g)
{
	struct claim_features *note = claim_features(f, g->claim);

	note->code = (uint8_t)dispute_code(g->s->c->body.dispute.code);
	note->code_seq = g->s->seq;
	note->resolved = 0;
	return add_input(f, g, INPUT_DISPUTED, 0, 0);
}

static bool see_resolve(struct features *f, const struct sighting *g)
{
	struct claim_features *note = claim_features(f, g->claim);
	const struct book_claim *c = claim_at(f->book, g->claim);

	note->resolved |= uuid_eq(g->s->actor, party_at(f->book, c->debtor)->id) ? 2 : 1;
	if (note->resolved == 3)
		note->code = 0;
	return true;
}

static bool see_confirm(struct features *f, const struct sighting *g)
{
	claim_features(f, g->claim)->code = 0;
	return true;
}

static bool see_reject(struct features *f, const struct sighting *g)
{
	follow_open(f, g->claim);
	return add_input(f, g, INPUT_REJECTED, claim_features(f, g->claim)->worth, 0);
}

/* Taken back: it never was a sale. */
static bool see_cancel(struct features *f, const struct sighting *g)
{
	follow_open(f, g->claim);
	for (uint32_t i = claim_features(f, g->claim)->newest; i != NOWHERE; i = input_at(f, i)->older_of_claim)
		if (input_at(f, i)->kind == INPUT_REGISTERED)
			input_uncount(f, i);
	return true;
}

typedef bool claim_taker(struct features *f, const struct sighting *g);
static const struct {
	enum statement_kind kind;
	claim_taker *take;
} of_claims[] = {
	{ ST_RECEIVABLE_REGISTER, see_register }, { ST_RECEIVABLE_CONFIRM, see_confirm },
	{ ST_RECEIVABLE_DISPUTE, see_dispute },   { ST_RECEIVABLE_RESOLVE, see_resolve },
	{ ST_RECEIVABLE_REJECT, see_reject },     { ST_RECEIVABLE_ADJUST, see_adjust },
	{ ST_RECEIVABLE_PAY, see_pay },           { ST_RECEIVABLE_CANCEL, see_cancel },
	{ ST_RECEIVABLE_LAPSE, see_cancel },      { ST_RECEIVABLE_WRITE_OFF, see_default },
	{ ST_RECEIVABLE_OVERDUE, see_overdue },   { ST_RECEIVABLE_DEFAULT, see_default },
};

/* --- the module --- */

static const struct {
	enum statement_kind kind;
	claim_taker *take;
} of_others[] = {
	{ ST_PARTY_PROFILE, note_profile }, { ST_FINDING_RAISE, note_finding }, { ST_FINDING_REVIEW, note_review },
	{ ST_MODEL_PUBLISH, note_model },   { ST_SCORE_CORRECT, note_correct },
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct features *f = state;

	f->book = b;
	dense_start(&f->party, mem, sizeof(struct party_features));
	dense_start(&f->debtor, mem, sizeof(struct debtor_features));
	dense_start(&f->seller, mem, sizeof(struct seller_features));
	dense_start(&f->pair, mem, sizeof(struct pair_features));
	dense_start(&f->claim, mem, sizeof(struct claim_features));
	dense_start(&f->finding, mem, sizeof(struct noted_finding));
	dense_start(&f->input, mem, sizeof(struct input));
	index_start(&f->by_finding, mem);
	index_start(&f->by_input, mem);
	index_start(&f->left_out, mem);
	index_start(&f->by_finding_seq, mem);
	f->n_sectors = 1;
	return true;
}

static bool see(void *state, struct sighting *g)
{
	struct features *f = state;

	if (g->s->outcome != OK)
		return true;
	if (!follow(f))
		return false;
	for (size_t i = 0; g->claim != NOWHERE && i < ARRAY_LEN(of_claims); i++)
		if (of_claims[i].kind == g->s->c->kind)
			return of_claims[i].take(f, g);
	for (size_t i = 0; i < ARRAY_LEN(of_others); i++)
		if (of_others[i].kind == g->s->c->kind)
			return of_others[i].take(f, g);
	return true;
}

const struct module features_module = {
	.name = "features", .size = sizeof(struct features), .start = start, .see = see
};
