/* SPDX-License-Identifier: Apache-2.0 */
/* kin.c: see kin.h. Neighbours are intersected, never merged: two hops are two links that each hold by themselves. */
#include "kin.h"

#include "edges.h"

enum { WORLD = 65536, FADE_DAYS = 730 };
static const struct {
	const char *prefix;
	int32_t tenths; /* of its rarity */
	bool control;
} kinds[] = {
	{ "owner:", 10, true }, { "officer:", 9, true }, { "account:", 10, true },
	{ "phone:", 7, false }, { "device:", 7, false }, { "address:", 6, false },
};

static int kind_of(const struct tie *t)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (span_starts(t->text, span_z(kinds[i].prefix)))
			return (int)i;
	return -1;
}

bool tie_of_control(const struct tie *t) { return kind_of(t) >= 0 && kinds[kind_of(t)].control; }

int32_t tie_bits(const struct book *b, const struct tie *t, struct moment at)
{
	int kind = kind_of(t);
	int64_t days = days_between(at, b->now), bits;
	/* In a young registry everything is rare among few: it is measured against a world that has more companies. */
	uint64_t world = b->party.n > WORLD ? b->party.n : WORLD;

	if (kind < 0 || t->parties < 2 || t->parties > KIN_CROWD)
		return 0;
	bits = (log2_steps(world) - log2_steps(t->parties)) * INT64_C(10) / STEPS_PER_OCTAVE;
	bits = bits * kinds[kind].tenths / 10;
	if (!kinds[kind].control && t->parties > KIN_HANDFUL)
		bits /= 3;
	for (; days > FADE_DAYS; days -= FADE_DAYS)
		bits /= 2;
	return (int32_t)bits;
}

static uint32_t head_of(const struct book *b, uint32_t party)
{
	uint32_t head = party_at(b, party)->group;

	return head == NOWHERE ? party : head;
}

bool same_group(const struct book *b, uint32_t one, uint32_t other) { return head_of(b, one) == head_of(b, other); }

struct link {
	int32_t bits;
	unsigned shared;
	bool control;
	unsigned n_cites;
	uint64_t cites[2];
};

/* What two parties have in common directly. */
static struct link link_between(const struct book *b, uint32_t one, uint32_t other, unsigned *looked)
{
	struct link l = { 0 };

	for (uint32_t i = party_at(b, one)->bond; i != NOWHERE; i = bond_at(b, i)->next_of_party) {
		const struct bond *x = bond_at(b, i);
		const struct tie *t = tie_at(b, x->tie);
		int32_t bits = tie_bits(b, t, x->at);

		for (uint32_t k = bits > 0 ? party_at(b, other)->bond : NOWHERE; k != NOWHERE && *looked < KIN_BUDGET;
		     k = bond_at(b, k)->next_of_party) {
			const struct bond *y = bond_at(b, k);

			(*looked)++;
			if (y->tie != x->tie)
				continue;
			if (l.n_cites == 0) {
				l.n_cites = 2;
				l.cites[0] = x->seq;
				l.cites[1] = y->seq;
			}
			l.bits += bits;
			l.shared++;
			l.control = l.control || tie_of_control(t);
			break;
		}
	}
	return l;
}

static void chain(struct kin *k, const struct link *l)
{
	if (k->hops == 0 || l->bits < k->bits) {
		k->bits = l->bits;
		k->shared = l->shared;
	}
	k->control = (k->hops == 0 || k->control) && l->control;
	k->hops++;
	for (unsigned i = 0; i < l->n_cites && k->n_cites < KIN_CITES; i++)
		k->cites[k->n_cites++] = l->cites[i];
}

static bool closer(const struct kin *a, const struct kin *b)
{
	return b->hops == 0 || (a->control != b->control ? a->control : a->bits > b->bits);
}

/* By way of a third party that shares a tie of its own with each. */
static struct kin by_a_third(const struct book *b, uint32_t one, uint32_t other, unsigned *looked)
{
	struct kin best = { 0 };

	for (uint32_t i = party_at(b, one)->bond; i != NOWHERE; i = bond_at(b, i)->next_of_party) {
		const struct bond *x = bond_at(b, i);
		const struct tie *t = tie_at(b, x->tie);

		for (uint32_t k = tie_bits(b, t, x->at) > 0 ? t->newest : NOWHERE; k != NOWHERE && *looked < KIN_BUDGET;
		     k = bond_at(b, k)->next_of_tie) {
			uint32_t third = bond_at(b, k)->party;
			struct link to, from;
			struct kin found = { 0 };

			(*looked)++;
			if (third == one || third == other)
				continue;
			from = link_between(b, third, other, looked);
			if (from.bits < KIN_BITS)
				continue;
			to = link_between(b, one, third, looked);
			if (to.bits < KIN_BITS)
				continue;
			chain(&found, &to);
			chain(&found, &from);
			if (closer(&found, &best))
				best = found;
		}
	}
	return best;
}

struct kin kin_direct(const struct book *b, uint32_t one, uint32_t other)
{
	struct kin k = { 0 };
	unsigned looked = 0;
	struct link l;

	assert(one != other);
	l = link_between(b, one, other, &looked);
	if (l.bits > 0)
		chain(&k, &l);
	return k;
}

struct kin kin_between(const struct book *b, uint32_t one, uint32_t other, unsigned most)
{
	struct kin k = { 0 };
	unsigned looked = 0;
	struct link l;

	assert(one != other);
	l = link_between(b, one, other, &looked);
	if (l.bits >= KIN_BITS)
		chain(&k, &l);
	else if (most > 1)
		k = by_a_third(b, one, other, &looked);
	return k;
}
