/* SPDX-License-Identifier: Apache-2.0 */
/* contagion.c: network_contagion, see network.h. A round goes over the claims of those that were newly stressed. */
#include "book.h"
#include "network.h"

enum { WHOLE = 1000000, BUFFER_PPM = 150000, YEAR = 365 };

struct firm { /* of one party, in the book's order */
	int64_t stress, fresh, next, loss, most;
	int64_t buffer; /* 0: not reckoned yet */
	uint32_t by;
	uint32_t round;
};

static bool owed(const struct book *b, const struct book_claim *c, int64_t *ret)
{
	return c->state == CLAIM_LIVE && claim_open(c) > 0 && fx_base(b, claim_open(c), c->ccy, ret);
}

static int64_t sales_of_year(const struct book *b, uint32_t party)
{
	const struct book_claim *c;
	int64_t sum = 0, base;

	for (uint32_t i = party_at(b, party)->as_creditor; i != NOWHERE; i = c->older_of_creditor) {
		c = claim_at(b, i);
		if (days_between(c->at, b->now) > YEAR)
			break;
		if (c->state != CLAIM_REJECTED && c->state != CLAIM_CANCELLED && fx_base(b, c->face, c->ccy, &base))
			sum += base;
	}
	return sum;
}

static int64_t buffer_of(const struct book *b, uint32_t party)
{
	struct money turnover = party_at(b, party)->turnover;
	int64_t sales;

	if (money_absent(turnover) || !fx_base(b, turnover.minor, turnover.ccy, &sales))
		sales = sales_of_year(b, party);
	sales = (int64_t)((wide)sales * BUFFER_PPM / WHOLE);
	return sales > 0 ? sales : 1;
}

/* What party j does not pay, of each of its claims. */
static void pass_on(const struct book *b, struct firm *firm, uint32_t j, uint32_t round)
{
	const struct book_claim *c;
	int64_t open;

	for (uint32_t i = party_at(b, j)->as_debtor; i != NOWHERE; i = c->older_of_debtor) {
		struct firm *f;
		int64_t loss;
		wide stress;

		c = claim_at(b, i);
		if (c->creditor == j || !owed(b, c, &open))
			continue;
		f = &firm[c->creditor];
		loss = (int64_t)((wide)open * firm[j].fresh / WHOLE);
		if (loss == 0)
			continue;
		if (f->buffer == 0)
			f->buffer = buffer_of(b, c->creditor);
		if (f->loss == 0 && f->stress == 0)
			f->round = round;
		f->loss += loss;
		if (loss > f->most) {
			f->most = loss;
			f->by = j;
		}
		stress = (wide)loss * WHOLE / f->buffer;
		f->next = stress > WHOLE - f->next ? WHOLE : f->next + (int64_t)stress;
	}
}

static bool settle_round(struct firm *firm, uint32_t n)
{
	bool any = false;

	for (uint32_t i = 0; i < n; i++) {
		struct firm *f = &firm[i];
		int64_t room = WHOLE - f->stress;

		f->fresh = f->next < room ? f->next : room;
		f->stress += f->fresh;
		f->next = 0;
		any = any || f->fresh > 0;
	}
	return any;
}

static void keep_worst(struct contagion *r, size_t most, const struct hurt *h)
{
	size_t at = r->n_worst;

	if (at == most) {
		if (most == 0 || r->worst[at - 1].loss >= h->loss)
			return;
		at--;
	} else {
		r->n_worst++;
	}
	for (; at > 0 && r->worst[at - 1].loss < h->loss; at--)
		r->worst[at] = r->worst[at - 1];
	r->worst[at] = *h;
}

static void report(const struct book *b, const struct firm *firm, uint32_t origin, size_t most, struct contagion *ret)
{
	int64_t all = 0, open;

	for (uint32_t i = 0; i < b->party.n; i++) {
		const struct firm *f = &firm[i];

		if (i == origin || f->loss == 0)
			continue;
		ret->reached++;
		ret->overdue += f->loss;
		keep_worst(ret, most,
		           &(struct hurt){ party_at(b, i)->id, f->stress, f->loss, party_at(b, f->by)->id, f->round });
	}
	for (uint32_t i = 0; i < b->claim.n; i++)
		if (owed(b, claim_at(b, i), &open))
			all += open;
	ret->systemic = all > 0 ? (int64_t)((wide)ret->overdue * WHOLE / all) : 0;
}

/* From the origin outward, round by round; NULL when mem is full. */
static struct firm *spread(const struct book *b, uint32_t origin, struct arena *mem, unsigned *rounds)
{
	struct firm *firm = ARENA_ARRAY(mem, struct firm, b->party.n);

	if (!firm)
		return NULL;
	firm[origin].stress = firm[origin].fresh = WHOLE;
	while (*rounds < CONTAGION_ROUNDS) {
		++*rounds;
		for (uint32_t j = 0; j < b->party.n; j++)
			if (firm[j].fresh > 0)
				pass_on(b, firm, j, *rounds);
		if (!settle_round(firm, b->party.n))
			break;
	}
	return firm;
}

bool network_contagion(const struct book *b, struct uuid origin, size_t most, struct arena *mem, struct contagion *ret)
{
	uint32_t at = book_party(b, origin);
	struct firm *firm;

	*ret = (struct contagion){ .origin = origin, .worst = ARENA_ARRAY(mem, struct hurt, most) };
	if (!ret->worst)
		return false;
	if (at == NOWHERE)
		return true;
	firm = spread(b, at, mem, &ret->rounds);
	if (!firm)
		return false;
	report(b, firm, at, most, ret);
	return true;
}

/* The origin itself is the first whose claims are lost. */
bool network_own_contagion(const struct book *b, const struct own_book *own, struct uuid origin, size_t most,
                           struct arena *mem, struct contagion *ret)
{
	static const struct uuid nobody = { { 0 } };
	uint32_t at = book_party(b, origin);
	struct firm *firm;

	*ret = (struct contagion){ .origin = origin, .worst = ARENA_ARRAY(mem, struct hurt, most) };
	if (!ret->worst)
		return false;
	if (at == NOWHERE)
		return true;
	firm = spread(b, at, mem, &ret->rounds);
	if (!firm)
		return false;
	for (uint32_t i = 0; i < b->party.n; i++) {
		const struct firm *f = &firm[i];
		int64_t loss = (int64_t)((wide)own->owed[i] * f->stress / WHOLE);

		if (loss == 0)
			continue;
		ret->reached++;
		ret->overdue += loss;
		keep_worst(ret, most,
		           &(struct hurt){ party_at(b, i)->id, f->stress, loss,
		                           i != at && own->in[f->by] ? party_at(b, f->by)->id : nobody, f->round });
	}
	ret->systemic = own->all > 0 ? (int64_t)((wide)ret->overdue * WHOLE / own->all) : 0;
	return true;
}
