/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probing.c: somebody tries numbers to learn what is registered: holds placed on documents that never come, one
 * number near the other (D18), and documents registered again that stand already (D01, D02).
 *
 * A registry that answers is an oracle. Asking about a document one has in hand costs nothing here: what counts are
 * different numbers of one issuer within a day, near each other, of which none is ever registered.
 */
#include "blocks.h"
#include "detecting.h"
#include "normalise.h"

enum { WINDOW_HOURS = 24, NEAR_TAILS = 2000, HOLD_TIMES = 3, CITED = EVIDENCE_MAX - 1, POSTS = 64 };

struct prober { /* one party, asking about one issuer */
	uint32_t party;
	uint64_t issuer, key, series, tail; /* of the last number */
	struct moment since;
	int64_t tried, came;
	uint64_t seq[CITED];
	char norm[NUMBER_MAX];
	uint8_t len, told; /* 1: shown, 2: held */
};
struct probing {
	struct dense prober;
	struct index by_asker;
	struct blocks asked; /* of probers, by issuer and number */
	struct blocks claim; /* of claims, by creditor and number */
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct probing *x = state;

	(void)b;
	dense_start(&x->prober, mem, sizeof(struct prober));
	index_start(&x->by_asker, mem);
	return blocks_start(&x->asked, mem) && blocks_start(&x->claim, mem);
}

/* --- D18 --- */

static struct prober *prober_of(struct probing *x, uint32_t party, uint64_t issuer, uint32_t *ret)
{
	uint64_t key = mix64(party, issuer);
	struct prober *p;

	for (struct index_walk w = index_walk(&x->by_asker, key); index_next(&w);) {
		p = dense_at(&x->prober, w.value);
		*ret = w.value;
		if (p->party == party && p->issuer == issuer)
			return p;
	}
	if (!(p = dense_add(&x->prober, ret)) || !index_put(&x->by_asker, key, *ret))
		return NULL;
	p->party = party;
	p->issuer = issuer;
	return p;
}

static bool close_to(const struct prober *p, const struct number *n)
{
	uint64_t apart = p->tail > n->tail ? p->tail - n->tail : n->tail - p->tail;

	if (n->digits > 0 && p->series == n->series)
		return apart <= NEAR_TAILS;
	return edits((struct span){ p->norm, p->len }, (struct span){ n->norm, n->len }, 2) <= 2;
}

static void judge(struct sighting *g, struct prober *p)
{
	int64_t empty = p->tried - p->came, limit = threshold(g, SIGNAL_D18);
	bool much = empty > HOLD_TIMES * limit;
	struct finding_made *f;

	if (empty <= limit || p->told >= (much ? 2 : 1) || p->came * 4 > p->tried)
		return;
	p->told = much ? 2 : 1;
	f = find_on_party(g, SIGNAL_D18, much ? SEVERITY_BLOCK : SEVERITY_FLAG, p->party);
	f->value = empty;
	for (size_t i = 0; i < CITED; i++)
		if (p->seq[i] != 0 && p->seq[i] != g->s->seq)
			finding_cites(f, p->seq[i]);
	finding_says(f, "%lld near numbers of one issuer within a day, none of them registered", (long long)empty);
}

static bool note_try(struct probing *x, struct sighting *g, struct span issuer, struct span text)
{
	const struct number n = number_of(text);
	uint32_t party = book_party(g->book, g->s->actor), i;
	struct prober *p;
	bool near, again;

	if (party == NOWHERE || n.len == 0)
		return true;
	if (!(p = prober_of(x, party, key_of_text(issuer), &i)))
		return false;
	near = p->tried > 0 && close_to(p, &n);
	again = p->tried > 0 && p->key == n.key;
	if (p->tried == 0 || g->book->now.us - p->since.us > WINDOW_HOURS * INT64_C(3600000000) || !near) {
		p->since = g->book->now;
		p->tried = p->came = 0;
		p->told = 0;
	}
	p->key = n.key;
	p->series = n.series;
	p->tail = n.tail;
	p->len = n.len;
	memcpy(p->norm, n.norm, n.len);
	if (again)
		return true;
	p->seq[p->tried % CITED] = g->s->seq;
	p->tried++;
	judge(g, p);
	return blocks_put(&x->asked, mix64(p->issuer, n.key), i);
}

/* A document that was asked about came: whoever asked about it had it. */
static void note_came(struct probing *x, const struct book *b, const struct book_claim *c, uint64_t number)
{
	struct span code = party_at(b, c->creditor)->identifier;
	uint64_t key;
	uint32_t last = NOWHERE;
	unsigned read = 0;

	for (size_t i = 0; i < code.len; i++)
		if (code.at[i] == ':') {
			code = (struct span){ code.at + i + 1, code.len - i - 1 };
			break;
		}
	key = mix64(key_of_text(code), number);
	for (uint32_t at = blocks_first(&x->asked, key); at != NOWHERE && read < POSTS;
	     at = blocks_post(&x->asked, at)->older, read++) {
		uint32_t i = blocks_post(&x->asked, at)->item;
		struct prober *p = dense_at(&x->prober, i);

		if (i != last && p->issuer == key_of_text(code) && p->came < p->tried)
			p->came++;
		last = i;
	}
}

/* --- D01, D02 --- */

/* The rules refused it; the attempt says something of who made it. */
static void see_double(const struct probing *x, struct sighting *g)
{
	const struct body_receivable_register *body = &g->s->c->body.receivable_register;
	uint32_t actor = book_party(g->book, g->s->actor), creditor = book_party(g->book, body->creditor), p;
	const struct number n = number_of(body->invoice.number);
	unsigned read = 0;

	if (actor == NOWHERE || creditor == NOWHERE || n.len == 0)
		return;
	for (p = blocks_first(&x->claim, mix64(creditor, n.key)); p != NOWHERE && read < POSTS;
	     p = blocks_post(&x->claim, p)->older, read++) {
		const struct book_claim *o = claim_at(g->book, blocks_post(&x->claim, p)->item);
		struct finding_made *f;

		if (o->creditor != creditor || o->state != CLAIM_LIVE || number_of(o->number).key != n.key)
			continue;
		/* who tries again what is not financed may just have missed the answer */
		f = find_on_party(g, actor == creditor ? SIGNAL_D01 : SIGNAL_D02,
		                  o->financed_seq != 0 ? SEVERITY_FLAG : SEVERITY_INFO, actor);
		f->value = 1;
		finding_cites(f, o->seq);
		if (o->financed_seq != 0)
			finding_cites(f, o->financed_seq);
		finding_says(f, "refused: the document stands in the registry%s",
		             o->financed_seq != 0 ? ", and is financed" : "");
		return;
	}
}

/* --- the fold --- */

static bool see_register(struct probing *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	const struct number n = number_of(c->number);

	if (n.len == 0)
		return true;
	note_came(x, g->book, c, n.key);
	return blocks_put(&x->claim, mix64(c->creditor, n.key), g->claim);
}

static bool see(void *state, struct sighting *g)
{
	struct probing *x = state;
	const struct command *c = g->s->c;

	if (c->kind == ST_HOLD_PLACE && c->body.hold_place.claim.number.len > 0)
		return note_try(x, g, c->body.hold_place.claim.issuer, c->body.hold_place.claim.number);
	if (c->kind != ST_RECEIVABLE_REGISTER)
		return true;
	if (g->s->outcome == E_DUPLICATE_CLAIM)
		see_double(x, g);
	return g->s->outcome != OK || g->claim == NOWHERE || see_register(x, g);
}

const struct module probing_module = { .name = "probing", .size = sizeof(struct probing), .start = start, .see = see };
