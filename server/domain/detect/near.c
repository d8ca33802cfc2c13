/* SPDX-License-Identifier: Apache-2.0 */
/*
 * near.c: doubles that are not exact (D03-D14, D16): the same trade registered
 * again under another number, amount, currency or name.
 *
 * A pair of claims is weighed as a whole (near.h). Weight alone shows; to stop
 * financing something must also bind the two papers together: numbers that are
 * alike, the same goods lines, delivery or document. Two truckloads of one day
 * at one price are equal in everything else.
 */
#include "near.h"

#include "company.h"

enum { SELDOM = 35 }; /* tenths of a bit: no amount of the seller's came again in four claims, or one in fifteen */

uint32_t near_entity(const struct near *m, uint32_t party)
{
	return party < m->entity.n ? *(uint32_t *)dense_at(&m->entity, party) : party;
}

void near_explain(struct finding_made *f, const struct match *m)
{
	char text[DETAIL_MAX + 1];
	struct writer w = writer_over(text, DETAIL_MAX);

	put_match(&w, m);
	text[w.len] = 0;
	finding_says(f, "%s", text);
}

/* --- parties --- */

static bool see_party(struct near *m, const struct book *b, const struct seen *s)
{
	uint32_t party = book_party(b, s->c->object), same = party, *entity;
	uint64_t key;

	if (party == NOWHERE)
		return true;
	key = company_key(party_at(b, party)->name);
	for (uint32_t p = blocks_first(&m->name, key); p != NOWHERE; p = blocks_post(&m->name, p)->older)
		if (company_key(party_at(b, blocks_post(&m->name, p)->item)->name) == key) {
			same = near_entity(m, blocks_post(&m->name, p)->item);
			break;
		}
	do {
		uint32_t n;

		if (!(entity = dense_add(&m->entity, &n)))
			return false;
		*entity = n;
	} while (m->entity.n <= party);
	*entity = same;
	return blocks_put(&m->name, key, party);
}

/* --- pairs of claims --- */

static bool count(struct near *m, uint64_t key)
{
	uint32_t before;

	return counts_add(&m->amount, key, &before);
}

static bool alike(enum near_level number)
{
	return number == LEVEL_NUMBER_SAME || number == LEVEL_NUMBER_SHAPE || number == LEVEL_NUMBER_EXTENDED ||
	       number == LEVEL_NUMBER_EDIT1 || number == LEVEL_NUMBER_EDIT2 || number == LEVEL_NUMBER_LAST6;
}

/* A document that says of itself that it is no invoice yet. */
static bool pro_forma(const struct near_claim *x)
{
	static const char *const begin[] = { "PI", "PF", "PROFORMA" };
	struct span norm = { x->norm, x->len };

	for (size_t i = 0; i < ARRAY_LEN(begin); i++)
		if (span_starts(norm, span_z(begin[i])))
			return true;
	return false;
}

/* Equal in everything one can see, of a seller whose amounts never are. */
static bool out_of_habit(const struct near *m, uint32_t seller, const struct likeness *l)
{
	if (l->other_delivery || l->other_order || l->other_goods || l->days > 0)
		return false;
	if (l->amount == LEVEL_AMOUNT_RATE)
		return l->exact >= (l->other_due ? 100 : 85);
	if (l->amount != LEVEL_AMOUNT_SAME)
		return false;
	/* Of a seller that little is known of, the order says the rest: lorries have their waybills, instalments their
	 * own dates due. */
	return near_never_repeats(m, seller) ||
	       (l->same_order && !l->other_due && near_repeat_bits(m, seller) >= SELDOM);
}

/* Something besides its facts binds the two papers together. */
static bool bound(const struct near *m, uint32_t seller, const struct likeness *l)
{
	if (l->same_document || (l->same_delivery && l->days <= 10 && l->amount != LEVEL_AMOUNT_OTHER))
		return true;
	if (l->other_delivery && (l->other_goods || l->other_order))
		return false;
	if (alike(l->number) && l->amount != LEVEL_AMOUNT_OTHER)
		return true;
	if (l->other_debtor || l->other_delivery)
		return false;
	return (l->same_goods && l->days == 0) || out_of_habit(m, seller, l);
}

/* The next lorry of the day, the next instalment of the order: two that their papers tell apart. */
static bool parallel(const struct likeness *l)
{
	return l->in_series && !l->same_delivery && (l->other_delivery || (l->same_order && l->other_due));
}

/* Worth a finding at all. */
static bool telling(const struct likeness *l, bool is_bound)
{
	if (l->match.bits < NEAR_FLAG)
		return false;
	if (is_bound)
		return true;
	if (l->sides_swapped || l->other_seller || l->other_debtor || l->amount == LEVEL_AMOUNT_OTHER)
		return false;
	if (parallel(l))
		return false;
	return l->amount != LEVEL_AMOUNT_CLOSE && l->days <= 3;
}

static enum severity severity_of(const struct sighting *g, const struct near *m, uint32_t earlier,
                                 const struct likeness *l, enum signal signal, bool is_bound)
{
	const struct book_claim *c = claim_at(g->book, g->claim), *o = claim_at(g->book, earlier);
	enum signal bar = signal == SIGNAL_D05 || signal == SIGNAL_D06 ? signal : SIGNAL_D04;

	if (!is_bound || l->match.bits < threshold(g, bar) || !c->existing || !o->existing)
		return SEVERITY_FLAG;
	if (l->amount == LEVEL_AMOUNT_RATE && (pro_forma(near_at(m, g->claim)) || pro_forma(near_at(m, earlier))))
		return SEVERITY_FLAG;
	return SEVERITY_BLOCK;
}

static enum signal signal_of(const struct likeness *l)
{
	if (l->sides_swapped || l->other_seller)
		return SIGNAL_D03;
	if (l->amount == LEVEL_AMOUNT_RATE)
		return SIGNAL_D09;
	if (l->amount == LEVEL_AMOUNT_TAX)
		return SIGNAL_D10;
	if (l->other_debtor || l->amount == LEVEL_AMOUNT_OTHER)
		return SIGNAL_D11;
	if (l->number == LEVEL_NUMBER_SHAPE)
		return SIGNAL_D06;
	if (l->number == LEVEL_NUMBER_EDIT1 || l->number == LEVEL_NUMBER_EDIT2)
		return SIGNAL_D05;
	return SIGNAL_D04;
}

/* One to one: an earlier claim that another explains better is not used again, unless that other one is gone. */
static bool usable(const struct near *m, const struct book *b, uint32_t earlier, int32_t bits)
{
	const struct near_claim *y = near_at(m, earlier);
	enum claim_state partner;

	if (y->partner == NOWHERE || bits > y->partner_bits)
		return true;
	partner = claim_at(b, y->partner)->state;
	return partner == CLAIM_REJECTED || partner == CLAIM_CANCELLED || partner == CLAIM_LAPSED;
}

struct best {
	uint32_t earlier;
	enum signal signal;
	enum severity severity;
	struct likeness like;
};

static bool better(const struct best *x, const struct best *than)
{
	return x->severity != than->severity ? x->severity > than->severity
	                                     : x->like.match.bits > than->like.match.bits;
}

static void report(struct near *m, struct sighting *g, const struct best *x, enum signal signal)
{
	struct finding_made *f = find_on_claim(g, signal, x->severity, g->claim);

	f->bits = x->like.match.bits;
	f->value =
		signal_info((int32_t)signal)->unit[0] == 't' ? f->bits : signal == SIGNAL_D14 || signal == SIGNAL_D03;
	if (signal == SIGNAL_D09 || signal == SIGNAL_D10)
		f->value = ppm(claim_at(g->book, g->claim)->face, claim_at(g->book, x->earlier)->face);
	if (signal == SIGNAL_D11)
		f->value = 1000000;
	finding_cites(f, claim_at(g->book, x->earlier)->seq);
	near_explain(f, &x->like.match);
	near_at(m, x->earlier)->partner = g->claim;
	near_at(m, x->earlier)->partner_bits = x->like.match.bits;
}

/* --- findings of their own --- */

/* The number was used for an invoice that was reversed. */
static void seek_voided(struct sighting *g, uint32_t earlier, const struct likeness *l, bool *once)
{
	const struct book_claim *o = claim_at(g->book, earlier);
	struct finding_made *f;

	if (*once || l->number != LEVEL_NUMBER_SAME || l->other_seller || l->sides_swapped ||
	    ppm(o->diluted, o->face) < threshold(g, SIGNAL_D16))
		return;
	*once = true;
	f = find_on_claim(g, SIGNAL_D16, SEVERITY_BLOCK, g->claim);
	f->value = ppm(o->diluted, o->face);
	finding_cites(f, o->seq);
	finding_cites(f, o->ended_seq ? o->ended_seq : o->seq);
	finding_says(f, "the same number stood for a claim of which %lld ppm were credited", (long long)f->value);
}

/* One delivery, told to be to two customers. */
static void seek_delivered_twice(struct sighting *g, uint32_t earlier, const struct likeness *l, bool *once)
{
	const struct book_claim *o = claim_at(g->book, earlier);
	struct finding_made *f;

	if (*once || !l->same_delivery || l->other_seller || l->sides_swapped || !l->other_debtor ||
	    o->state != CLAIM_LIVE)
		return;
	*once = true;
	f = find_on_claim(g, SIGNAL_D12, l->same_goods ? SEVERITY_HOLD : SEVERITY_FLAG, g->claim);
	f->value = 2000000;
	finding_cites(f, o->seq);
	finding_says(f, "one delivery proves claims on two debtors%s",
	             l->same_goods ? ", of the same goods lines" : "");
}

static bool seek_pair(struct near *m, struct sighting *g, const struct body_receivable_register *body,
                      enum severity *ret)
{
	struct best best = { .severity = SEVERITY_NONE };
	uint32_t candidate[NEAR_CANDIDATES];
	unsigned n = near_candidates(m, g->book, body, g->claim, candidate);
	bool voided = false, twice = false, again = false, is_bound;

	near_course(m, g->book, g->claim);
	m->crowd = near_crowd(m, g->book, g->claim);
	for (unsigned i = 0; i < n; i++) {
		struct best x = { .earlier = candidate[i] };

		if (!near_comparable(m, g->book, g->claim, candidate[i]))
			continue;
		near_compare(m, g->book, g->claim, candidate[i], &x.like);
		m->work.compared++;
		seek_voided(g, candidate[i], &x.like, &voided);
		seek_delivered_twice(g, candidate[i], &x.like, &twice);
		is_bound = bound(m, near_at(m, g->claim)->seller, &x.like);
		again |= x.like.amount == LEVEL_AMOUNT_SAME && x.like.days <= 30 && !x.like.other_debtor;
		if (!telling(&x.like, is_bound) || !usable(m, g->book, candidate[i], x.like.match.bits))
			continue;
		x.signal = signal_of(&x.like);
		x.severity = severity_of(g, m, candidate[i], &x.like, x.signal, is_bound);
		if (better(&x, &best))
			best = x;
	}
	if (best.severity != SEVERITY_NONE)
		report(m, g, &best, best.signal);
	if (best.severity > SEVERITY_FLAG && near_at(m, best.earlier)->instrument)
		report(m, g, &best, SIGNAL_D14);
	*ret = best.severity;
	return !again || best.severity > SEVERITY_FLAG ||
	       count(m, near_key_of(KEY_AMOUNT, 0, near_at(m, g->claim)->seller, 3));
}

/* --- orders --- */

static bool see_order(struct near *m, const struct book *b, const struct seen *s)
{
	const struct body_prepayment_open *body = &s->c->body.prepayment_open;
	uint32_t seller = book_party(b, body->seller), buyer = book_party(b, s->actor), i;
	struct near_order *o;

	if (seller == NOWHERE || buyer == NOWHERE || body->order.len == 0)
		return true;
	if (!(o = dense_add(&m->order, &i)))
		return false;
	*o = (struct near_order){ near_entity(m, seller), near_entity(m, buyer), number_of(body->order).key, s->seq,
		                  body->amount };
	return blocks_put(&m->ordered, near_key_of(KEY_ORDER, (uint64_t)o->seller << 32 | o->buyer, o->order, 0), i);
}

static const struct near_order *order_of(const struct near *m, const struct near_claim *x, const char ccy[static 3])
{
	uint64_t key = near_key_of(KEY_ORDER, (uint64_t)x->seller << 32 | x->debtor, x->order, 0);
	uint32_t p = x->order ? blocks_first(&m->ordered, key) : NOWHERE;
	const struct near_order *o;

	if (p == NOWHERE)
		return NULL;
	o = dense_at(&m->order, blocks_post(&m->ordered, p)->item);
	return o->seller == x->seller && o->buyer == x->debtor && o->order == x->order &&
	                       memcmp(o->amount.ccy, ccy, 3) == 0
	               ? o
	               : NULL;
}

/* The claims on an order against its value, as the buyer told it when it paid in advance. */
static void seek_overdrawn(struct near *m, struct sighting *g)
{
	const struct near_claim *x = near_at(m, g->claim);
	const struct book_claim *c = claim_at(g->book, g->claim);
	const struct near_order *o = order_of(m, x, c->ccy);
	uint64_t key = near_key_of(KEY_ORDER, (uint64_t)x->seller << 32 | x->debtor, x->order, 0);
	struct finding_made *f;
	int64_t sum = c->face;
	unsigned n = 0;

	if (!o)
		return;
	for (uint32_t p = blocks_first(&m->key, key); p != NOWHERE && n < NEAR_POSTS;
	     p = blocks_post(&m->key, p)->older) {
		uint32_t i = blocks_post(&m->key, p)->item;
		const struct book_claim *other = claim_at(g->book, i);

		n++;
		if (i != g->claim && near_at(m, i)->order == x->order && memcmp(other->ccy, c->ccy, 3) == 0 &&
		    near_comparable(m, g->book, g->claim, i))
			sum += other->face - other->diluted;
	}
	if (ppm(sum, o->amount.minor) <= threshold(g, SIGNAL_D13))
		return;
	f = find_on_claim(g, SIGNAL_D13, ppm(sum, o->amount.minor) > 1200000 ? SEVERITY_BLOCK : SEVERITY_FLAG,
	                  g->claim);
	f->value = ppm(sum, o->amount.minor);
	finding_cites(f, o->seq);
	finding_says(f, "claims on the order are %lld ppm of its value", (long long)f->value);
}

/* --- the fold --- */

static bool count_all(struct near *m, const struct book *b, uint32_t claim)
{
	const struct book_claim *c = claim_at(b, claim);
	const struct near_claim *x = near_at(m, claim);
	uint64_t amount = key_of_money(c->face, c->ccy), pair = (uint64_t)x->seller << 32 | x->debtor;

	return count(m, near_key_of(KEY_AMOUNT, amount, 0, 0)) &&
	       count(m, near_key_of(KEY_AMOUNT, amount, x->seller, 1)) &&
	       count(m, near_key_of(KEY_AMOUNT, 0, x->seller, 2)) &&
	       count(m, near_key_of(KEY_WORTH, pair, key_of_money(0, c->ccy), 0)) &&
	       count(m, near_key_of(KEY_WORTH, pair, 0, 1)) && near_crowd_add(m, b, claim) &&
	       near_count_number(m, b, claim) &&
	       (hash_is_zero(c->goods_lines) ||
	        count(m, near_key_of(KEY_GOODS, be64_get(c->goods_lines.b), x->seller, 0)));
}

static void note_most(struct near *m, const struct near_work *before)
{
	const uint64_t now[] = { m->work.keys - before->keys, m->work.posts - before->posts,
		                 m->work.compared - before->compared, m->work.sums - before->sums };
	uint64_t *most[] = { &m->most.keys, &m->most.posts, &m->most.compared, &m->most.sums };

	m->most.entries = 1;
	for (size_t i = 0; i < ARRAY_LEN(now); i++)
		if (now[i] > *most[i])
			*most[i] = now[i];
}

static bool see_register(struct near *m, struct sighting *g)
{
	const struct body_receivable_register *body = &g->s->c->body.receivable_register;
	struct near_work before = m->work;
	enum severity worst;

	if (g->claim == NOWHERE)
		return true;
	if (!near_read(m, g->book, body, g->claim))
		return false;
	m->work.entries++;
	if (!seek_pair(m, g, body, &worst))
		return false;
	if (worst < SEVERITY_HOLD) /* what one claim explains needs no sum of several */
		near_sums(m, g);
	seek_overdrawn(m, g);
	note_most(m, &before);
	return near_keep(m, g->book, body, g->claim) && count_all(m, g->book, g->claim);
}

static void note_instrument(struct near *m, const struct book *b, struct uuid receivable)
{
	uint32_t i = book_claim(b, receivable);

	if (i != NOWHERE && i < m->claim.n)
		near_at(m, i)->instrument = true;
}

static bool see(void *state, struct sighting *g)
{
	struct near *m = state;

	if (g->s->outcome != OK)
		return true;
	if (g->s->c->kind == ST_RECEIVABLE_REGISTER)
		return see_register(m, g);
	if (g->s->c->kind == ST_PARTY_ENROL)
		return see_party(m, g->book, g->s);
	if (g->s->c->kind == ST_PREPAYMENT_OPEN)
		return see_order(m, g->book, g->s);
	if (g->s->c->kind == ST_VOUCHER_ISSUE)
		note_instrument(m, g->book, g->s->c->body.voucher_issue.receivable);
	if (g->s->c->kind == ST_BILL_ISSUE)
		note_instrument(m, g->book, g->s->c->body.bill_issue.receivable);
	return true;
}

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct near *m = state;

	(void)b;
	dense_start(&m->claim, mem, sizeof(struct near_claim));
	dense_start(&m->order, mem, sizeof(struct near_order));
	dense_start(&m->entity, mem, sizeof(uint32_t));
	dense_start(&m->series, mem, sizeof(struct near_series));
	index_start(&m->by_series, mem);
	return blocks_start(&m->key, mem) && blocks_start(&m->name, mem) && blocks_start(&m->ordered, mem) &&
	       counts_start(&m->amount, mem);
}

struct near_work near_work_total(const void *state) { return ((const struct near *)state)->work; }
struct near_work near_work_most(const void *state) { return ((const struct near *)state)->most; }

const struct module near_module = { .name = "near", .size = sizeof(struct near), .start = start, .see = see };
