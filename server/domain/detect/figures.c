/* SPDX-License-Identifier: Apache-2.0 */
/*
 * figures.c: what the figures on the papers say when one looks at many.
 *
 *   F09  a debtor that confirms a lot and does nothing else here
 *   F17  invoiced before delivery          F18  no sign that goods moved, where there always was one
 *   F19  mostly round amounts              F20  first digits far from Benford's law (in integers: see expected[])
 *   F21  last two digits not uniform       F22  goods that neither side has dealt in before
 *   F24  a debtor that confirms what others sell it, and not what this seller says
 *
 * All of it is soft: priced lists, rents and taxes make odd figures too.
 */
#include "detecting.h"
#include "year.h"

enum {
	CENTS = 100,
	BENFORD_LEAST = 300,
	DIGITS_LEAST = 500,
	ROUND_LEAST = 30,
	ROUND = 1000000, /* ten thousand of the main unit, of currencies with cents */
	ROUND_TIMES = 3,
	SCOPE = 8,
	SCOPE_LEAST = 10,
	USUAL_LEAST = 5,
	USUALLY = 800000, /* ppm */
	SAY_AGAIN = 365,
	SILENT_PARTIES_OWE = 1000000000, /* ten million CNY */
	ASKED_LEAST = 10,                /* claims of others a debtor was asked about */
	ASKED_DAYS = 10,                 /* to answer */
	LOOKED_AT = 16,
	TRADES = 64, /* branches whose round amounts are counted */
};

/* log10(1 + 1/d), millionths. */
static const int32_t expected[9] = { 301030, 176091, 124939, 96910, 79181, 66947, 57992, 51153, 45757 };

struct seller_figures {
	uint32_t n, round, first[9], last[CENTS];
	struct moment told_round, told_first, told_last;
};
struct scope { /* classes of goods a party has sold or bought */
	uint64_t key[SCOPE];
	uint32_t n, claims;
};
struct scopes {
	struct scope sold, bought;
};
struct pair_figures {
	uint32_t claims, moved, early;
};
struct debtor_figures {
	struct year confirmed;
	struct moment first_at, told;
};
struct trade { /* of a branch: the first for none, or one too many */
	struct span name;
	int64_t n, round;
};
struct figures {
	struct book *book;
	struct dense seller, scope, pair, debtor;
	struct trade trade[TRADES];
	unsigned n_trades;
};

/* --- amounts --- */

static struct trade *trade_of(struct figures *x, struct span name)
{
	unsigned i = 0;

	while (i < x->n_trades && !span_eq(x->trade[i].name, name))
		i++;
	if (i == x->n_trades && i < TRADES) {
		x->trade[i].name = name;
		x->n_trades++;
	}
	return &x->trade[i < TRADES ? i : 0];
}

static bool may_tell(const struct figures *x, struct moment *told)
{
	if (told->us != 0 && days_between(*told, x->book->now) < SAY_AGAIN)
		return false;
	*told = x->book->now;
	return true;
}

static void judge_round(struct figures *x, struct sighting *g, struct seller_figures *s, const struct trade *t)
{
	const int64_t share = ppm(s->round, s->n), others = ppm(t->round - s->round, t->n - s->n);

	if (s->n < ROUND_LEAST || t->n - s->n < ROUND_LEAST || share <= threshold(g, SIGNAL_F19) ||
	    share <= ROUND_TIMES * others || !may_tell(x, &s->told_round))
		return;
	struct finding_made *f = find_on_party(g, SIGNAL_F19, SEVERITY_FLAG, claim_at(x->book, g->claim)->creditor);

	f->value = share;
	f->bits = 20;
	finding_says(f, "%lld %% of %u amounts are round, of the branch's others %lld %%", (long long)(share / 10000),
	             s->n, (long long)(others / 10000));
}

/* Mean distance of the nine shares from Benford's, millionths. */
static int64_t benford_distance(const struct seller_figures *s)
{
	int64_t sum = 0;

	for (size_t i = 0; i < 9; i++) {
		const int64_t off = ppm(s->first[i], s->n) - expected[i];

		sum += off < 0 ? -off : off;
	}
	return sum / 9;
}

/* Tenths of chi-square of the last two digits, ninety-nine degrees of freedom. */
static int64_t last_digits_chi2(const struct seller_figures *s)
{
	wide sum = 0; /* of (100 seen - n)^2 */

	for (size_t i = 0; i < CENTS; i++) {
		const int64_t off = (int64_t)s->last[i] * CENTS - s->n;

		sum += (wide)off * off;
	}
	return (int64_t)(sum * 10 / ((wide)s->n * CENTS));
}

static void judge_digits(struct figures *x, struct sighting *g, struct seller_figures *s)
{
	const uint32_t creditor = claim_at(x->book, g->claim)->creditor;
	int64_t far;

	if (s->n >= BENFORD_LEAST && s->n % 100 == 0) {
		far = benford_distance(s);
		if (far > threshold(g, SIGNAL_F20) && may_tell(x, &s->told_first)) {
			struct finding_made *f = find_on_party(g, SIGNAL_F20, SEVERITY_INFO, creditor);

			f->value = far;
			finding_says(f, "first digits of %u amounts lie %lld millionths from Benford's law on average",
			             s->n, (long long)far);
		}
	}
	if (s->n >= DIGITS_LEAST && s->n % 100 == 0) {
		far = last_digits_chi2(s);
		if (far > threshold(g, SIGNAL_F21) && may_tell(x, &s->told_last)) {
			struct finding_made *f = find_on_party(g, SIGNAL_F21, SEVERITY_INFO, creditor);

			f->value = far;
			finding_says(f, "last two digits of %u amounts: chi-square %lld.%lld of 99 degrees", s->n,
			             (long long)(far / 10), (long long)(far % 10));
		}
	}
}

static bool judge_amount(struct figures *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct seller_figures *s = dense_reach(&x->seller, c->creditor);
	struct trade *t = trade_of(x, party_at(x->book, c->creditor)->sector);
	int64_t top = c->face;
	bool round;

	if (!s)
		return false;
	if (top <= 0)
		return true;
	while (top > 9)
		top /= 10;
	round = c->face % ROUND == 0;
	s->n++;
	s->round += round;
	s->first[top - 1]++;
	s->last[c->face % CENTS]++;
	t->n++;
	t->round += round;
	judge_round(x, g, s, t);
	judge_digits(x, g, s);
	return true;
}

/* --- delivery --- */

static void judge_delivery(struct sighting *g, struct pair_figures *p)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	const int32_t early = date_given(c->delivered) ? c->delivered.day - c->issued.day : 0;
	const bool moved = c->deliveries.n > 0 || date_given(c->delivered);
	const bool bare = !moved && c->order.len == 0 && hash_is_zero(c->goods_lines);

	if (early > threshold(g, SIGNAL_F17)) {
		struct finding_made *f = find_on_claim(g, SIGNAL_F17, SEVERITY_FLAG, g->claim);

		p->early++;
		f->bits = 30;
		f->value = early;
		finding_says(f, "invoiced %d days before delivery; %u of %u claims of the pair so far", early, p->early,
		             p->claims + 1);
	}
	if (bare && p->claims >= USUAL_LEAST && ppm(p->moved, p->claims) >= USUALLY) {
		struct finding_made *f = find_on_claim(g, SIGNAL_F18, SEVERITY_FLAG, g->claim);

		f->bits = 30;
		f->value = p->moved;
		finding_says(
			f,
			"no transport document, date of delivery, order or lines, where %u of %u claims of the pair had them",
			p->moved, p->claims);
	}
	p->claims++;
	p->moved += moved;
}

/* --- scope --- */

static bool knows(const struct scope *s, uint64_t goods)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (s->key[i] == goods)
			return true;
	return false;
}

/* Past eight classes a party deals in anything. */
static void learn(struct scope *s, uint64_t goods)
{
	s->claims++;
	if (!knows(s, goods) && s->n < SCOPE)
		s->key[s->n++] = goods;
}

static bool settled_scope(const struct scope *s) { return s->claims >= SCOPE_LEAST && s->n < SCOPE; }

static bool judge_goods(struct figures *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const uint64_t goods = key_of_text(c->goods);
	struct scopes *seller = dense_reach(&x->scope, c->creditor), *buyer = dense_reach(&x->scope, c->debtor);

	if (!seller || !buyer)
		return false;
	if (c->goods.len == 0)
		return true;
	if (settled_scope(&seller->sold) && !knows(&seller->sold, goods) && settled_scope(&buyer->bought) &&
	    !knows(&buyer->bought, goods)) {
		struct finding_made *f = find_on_claim(g, SIGNAL_F22, SEVERITY_FLAG, g->claim);

		f->bits = 30;
		f->value = 1;
		finding_says(f, "goods of a class the seller never sold in %u claims, nor the debtor bought in %u",
		             seller->sold.claims, buyer->bought.claims);
	}
	learn(&seller->sold, goods);
	learn(&buyer->bought, goods);
	return true;
}

/* --- F24: asked about others' claims, not about these --- */

static bool is_answered(const struct book_claim *c)
{
	return c->confirmed_seq != 0 || c->disputed_seq != 0 || c->state == CLAIM_REJECTED;
}

/* The pair's claims that the debtor had ten days for and said nothing to, the newest; and how many it looked at. */
static unsigned unanswered(const struct figures *x, uint32_t claim, struct finding_made *f)
{
	unsigned open = 0;

	for (unsigned n = 0; claim != NOWHERE && n < LOOKED_AT; n++) {
		const struct book_claim *c = claim_at(x->book, claim);

		if (days_between(c->at, x->book->now) >= ASKED_DAYS && c->state == CLAIM_LIVE &&
		    c->confirmed_seq == 0) {
			open++;
			if (f)
				finding_cites(f, c->seq);
		}
		claim = c->older_of_pair;
	}
	return open;
}

/* How many of the debtor's ten days old claims of other sellers it has answered, of the newest. */
static void habit_of(const struct figures *x, const struct book_claim *c, unsigned *asked, unsigned *answered)
{
	uint32_t i = party_at(x->book, c->debtor)->as_debtor;

	*asked = *answered = 0;
	for (unsigned n = 0; i != NOWHERE && n < 4 * LOOKED_AT; n++, i = claim_at(x->book, i)->older_of_debtor) {
		const struct book_claim *o = claim_at(x->book, i);

		if (o->creditor == c->creditor || days_between(o->at, x->book->now) < ASKED_DAYS)
			continue;
		++*asked;
		*answered += is_answered(o);
	}
}

static void judge_silence(struct figures *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const unsigned open = unanswered(x, c->older_of_pair, NULL);
	unsigned asked, answered;

	if (open < threshold(g, SIGNAL_F24))
		return;
	habit_of(x, c, &asked, &answered);
	if (asked < ASKED_LEAST || ppm(answered, asked) < USUALLY)
		return;
	struct finding_made *f = find_on_claim(
		g, SIGNAL_F24, open >= 2 * threshold(g, SIGNAL_F24) ? SEVERITY_HOLD : SEVERITY_FLAG, g->claim);

	f->value = open;
	finding_says(f,
	             "the debtor has answered %u of %u claims of others within %d days, and none of %u of this seller",
	             answered, asked, ASKED_DAYS, open);
	(void)unanswered(x, c->older_of_pair, f);
}

static bool see_register(struct figures *x, struct sighting *g)
{
	struct pair_figures *p = dense_reach(&x->pair, claim_at(x->book, g->claim)->pair);

	if (!p)
		return false;
	judge_delivery(g, p);
	judge_silence(x, g);
	return judge_amount(x, g) && judge_goods(x, g);
}

/* --- F09: the silent debtor --- */

static bool see_confirm(struct figures *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const struct book_party *p = party_at(x->book, c->debtor);
	struct debtor_figures *d = dense_reach(&x->debtor, c->debtor);
	const int32_t bucket = year_bucket(x->book->now);
	const int64_t days = threshold(g, SIGNAL_F09);
	int64_t worth;

	if (!d)
		return false;
	if (!fx_base(x->book, c->face, c->ccy, &worth))
		return true;
	if (d->first_at.us == 0)
		d->first_at = x->book->now;
	year_add(&d->confirmed, bucket, worth);
	const int64_t quarter = year_sum(&d->confirmed, bucket, 3);
	const bool silent = p->last_own_seq == 0 || days_between(p->last_own_at, x->book->now) > days;

	if (!silent || quarter < SILENT_PARTIES_OWE || days_between(d->first_at, x->book->now) <= days ||
	    !may_tell(x, &d->told))
		return true;
	struct finding_made *f = find_on_party(g, SIGNAL_F09, SEVERITY_FLAG, c->debtor);

	f->value = days;
	f->bits = 20;
	finding_says(f, "confirmed more than ten million CNY in a quarter and signed nothing else for %lld days",
	             (long long)days);
	finding_cites(f, c->seq);
	return true;
}

/* --- the module --- */

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct figures *x = state;

	x->book = b;
	dense_start(&x->seller, mem, sizeof(struct seller_figures));
	dense_start(&x->scope, mem, sizeof(struct scopes));
	dense_start(&x->pair, mem, sizeof(struct pair_figures));
	dense_start(&x->debtor, mem, sizeof(struct debtor_figures));
	x->n_trades = 1;
	return true;
}

static bool see(void *state, struct sighting *g)
{
	struct figures *x = state;

	if (g->s->outcome != OK || g->claim == NOWHERE)
		return true;
	if (g->s->c->kind == ST_RECEIVABLE_REGISTER)
		return see_register(x, g);
	return g->s->c->kind != ST_RECEIVABLE_CONFIRM || see_confirm(x, g);
}

const struct module figures_module = { .name = "figures", .size = sizeof(struct figures), .start = start, .see = see };
