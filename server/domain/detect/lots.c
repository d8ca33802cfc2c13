/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lots.c: one lot under two live receipts, its number written so that it looks the same and is not (W02).
 *
 * The registry refuses the same lot number twice; this is for O instead of 0. Many a mill's heat lies in several places
 * under its one number, so an equal number alone says nothing here: the two must differ as written, be alike as read,
 * be the same goods, and be of one holder or of one quantity.
 */
#include "detecting.h"
#include "normalise.h"

struct lot_seen {
	uint64_t shape, key, seq;
	uint32_t receipt;
	int64_t micro;
};
struct lot_receipt {
	struct uuid id;
	uint32_t holder; /* when it was issued */
	bool ended;
};
struct lots_state {
	struct dense lot, receipt;
	struct index by_shape, by_receipt;
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct lots_state *x = state;

	(void)b;
	dense_start(&x->lot, mem, sizeof(struct lot_seen));
	dense_start(&x->receipt, mem, sizeof(struct lot_receipt));
	index_start(&x->by_shape, mem);
	index_start(&x->by_receipt, mem);
	return true;
}

static struct lot_receipt *receipt_of(const struct lots_state *x, struct uuid id)
{
	for (struct index_walk w = index_walk(&x->by_receipt, key_of_uuid(id)); index_next(&w);) {
		struct lot_receipt *r = dense_at(&x->receipt, w.value);

		if (uuid_eq(r->id, id))
			return r;
	}
	return NULL;
}

/* Letters and digits of a lot's number, as they are, and with those that look alike made one; zeros count. */
static void read_number(struct span text, uint64_t *key, uint64_t *shape)
{
	char folded[2 * TEXT_MAX], plain[2 * TEXT_MAX];
	struct writer w = writer_over(folded, sizeof folded);
	size_t n = 0;

	put_folded(&w, text);
	for (size_t i = 0; i < w.len; i++)
		if ((folded[i] >= '0' && folded[i] <= '9') || (folded[i] >= 'A' && folded[i] <= 'Z'))
			plain[n++] = folded[i];
	*key = key_of_text((struct span){ plain, n });
	for (size_t i = 0; i < n; i++)
		plain[i] = skeleton(plain[i]);
	*shape = key_of_text((struct span){ plain, n });
}

static const struct lot_seen *twin_of(const struct lots_state *x, uint64_t shape, uint64_t key, int64_t micro,
                                      uint32_t holder)
{
	for (struct index_walk w = index_walk(&x->by_shape, shape); index_next(&w);) {
		const struct lot_seen *l = dense_at(&x->lot, w.value);
		const struct lot_receipt *r = dense_at(&x->receipt, l->receipt);

		if (l->shape == shape && l->key != key && !r->ended && (r->holder == holder || l->micro == micro))
			return l;
	}
	return NULL;
}

static bool see_lot(struct lots_state *x, struct sighting *g, const struct goods_lot *lot, uint32_t receipt)
{
	const struct lot_receipt *r = dense_at(&x->receipt, receipt);
	const struct lot_seen *twin;
	uint64_t key, shape;
	struct lot_seen *l;
	struct finding_made *f;
	uint32_t i;

	read_number(lot->batch, &key, &shape);
	shape = mix64(key_of_text(lot->goods), shape);
	twin = twin_of(x, shape, key, lot->quantity.micro, r->holder);
	if (twin) {
		f = find_on_asset(g, SIGNAL_W02, SEVERITY_BLOCK, g->s->c->object);
		f->value = 1;
		finding_cites(f, twin->seq);
		finding_says(f, "the lot's number looks like that of a lot under another live receipt%s",
		             twin->micro == lot->quantity.micro ? ", of the same quantity" : "");
	}
	if (!(l = dense_add(&x->lot, &i)) || !index_put(&x->by_shape, shape, i))
		return false;
	*l = (struct lot_seen){ shape, key, g->s->seq, receipt, lot->quantity.micro };
	return true;
}

static bool see_issue(struct lots_state *x, struct sighting *g)
{
	const struct body_receipt_issue *body = &g->s->c->body.receipt_issue;
	struct lot_receipt *r;
	uint32_t receipt;

	if (!(r = dense_add(&x->receipt, &receipt)) ||
	    !index_put(&x->by_receipt, key_of_uuid(g->s->c->object), receipt))
		return false;
	*r = (struct lot_receipt){ g->s->c->object, book_party(g->book, body->holder), false };
	for (size_t i = 0; i < body->lots.n; i++)
		if (body->lots.at[i].batch.len > 0 && !see_lot(x, g, &body->lots.at[i], receipt))
			return false;
	return true;
}

static bool see(void *state, struct sighting *g)
{
	struct lots_state *x = state;
	enum statement_kind kind = g->s->c->kind;
	struct lot_receipt *r;

	if (g->s->outcome != OK)
		return true;
	if (kind == ST_RECEIPT_ISSUE)
		return see_issue(x, g);
	if ((kind == ST_RECEIPT_CANCEL || kind == ST_RECEIPT_DELIVER) && (r = receipt_of(x, g->s->c->object)) != NULL)
		r->ended = true; /* goods have left: what is the same is no longer there twice */
	return true;
}

const struct module lots_module = { .name = "lots", .size = sizeof(struct lots_state), .start = start, .see = see };
