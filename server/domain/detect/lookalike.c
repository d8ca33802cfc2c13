/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lookalike.c: a debtor that is called almost like one that matters, and is another (F23).
 *
 * Names that differ in a character or two share pairs of characters, neighbours and next but one; each name stands
 * under its rarest ones. Whether the other one matters is asked when a claim comes, for that changes; that the two
 * are alike does not. Companies of one owner that says so are no look-alikes, and a name alone proves nothing: it
 * takes a debtor that is young.
 */
#include "blocks.h"
#include "company.h"
#include "detecting.h"

enum {
	GRAMS = 64,       /* of one name that are looked at */
	KEPT = 6,         /* rarest, that it is put under */
	POSTS = 64,       /* names under one that are read */
	CANDIDATES = 128, /* compared */
	ALIKE = 4,        /* of one party that are remembered */
	CORE_LEAST = 3,   /* characters of a core that says something; */
	CORE_WHOLE = 4,   /* and of one that says who it is */
	YOUNG_DAYS = 365,
	MATTERS_CLAIMS = 20
};
static const int64_t MATTERS_TURNOVER = INT64_C(40000000000); /* minor units: where large industry begins */

struct alike {
	uint32_t party;
	int32_t ppm;
};
struct lookalike_party {
	unsigned n;
	struct alike alike[ALIKE];
};
struct lookalike {
	struct dense party;
	struct blocks gram;
	struct counts common;
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct lookalike *x = state;

	(void)b;
	dense_start(&x->party, mem, sizeof(struct lookalike_party));
	return blocks_start(&x->gram, mem) && counts_start(&x->common, mem);
}

/* --- pairs of characters --- */

struct grams {
	unsigned n;
	uint64_t key[GRAMS];
};

/* The rarest first. */
static void grams_of(const struct lookalike *x, const struct company *c, struct grams *ret)
{
	char text[2 * COMPANY_MAX];
	struct writer w = writer_over(text, sizeof text);
	struct characters s;
	uint32_t often[GRAMS];

	put_span(&w, c->place);
	put_span(&w, c->core);
	s = characters_of(writer_span(&w));
	ret->n = 0;
	for (unsigned i = 0; i < s.n; i++)
		for (unsigned apart = 1; apart <= 2 && i + apart < s.n && ret->n < GRAMS; apart++) {
			uint64_t key = mix64((uint64_t)s.at[i] << 32 | s.at[i + apart], apart);
			uint32_t n = counts_of(&x->common, key);
			unsigned k = ret->n++;

			for (; k > 0 && often[k - 1] > n; k--) {
				often[k] = often[k - 1];
				ret->key[k] = ret->key[k - 1];
			}
			often[k] = n;
			ret->key[k] = key;
		}
}

static bool keep(struct lookalike *x, const struct grams *g, uint32_t party)
{
	for (unsigned i = 0; i < g->n; i++) {
		uint32_t before;

		if (i < KEPT && !blocks_put(&x->gram, g->key[i], party))
			return false;
		if (!counts_add(&x->common, g->key[i], &before))
			return false;
	}
	return true;
}

/* --- likeness of two names --- */

/* All of one core, and more behind it. */
static bool core_within(const struct company *longer, const struct company *shorter)
{
	return span_eq(longer->place, shorter->place) && longer->core.len > shorter->core.len &&
	       span_starts(longer->core, shorter->core) &&
	       characters_of(shorter->core).n >= (span_eq(longer->brand, shorter->brand) ? CORE_LEAST : CORE_WHOLE);
}

/* ppm; the same core with a further trade word counts as equal, so does the same core in another form. */
static int64_t likeness(const struct company *a, const struct company *b)
{
	const struct characters x = characters_of(a->full), y = characters_of(b->full);

	if (a->branch.len > 0 || b->branch.len > 0)
		return 0;
	if (core_within(a, b) || core_within(b, a))
		return 950000;
	if (span_eq(a->place, b->place) && span_eq(a->core, b->core) && characters_of(a->core).n >= CORE_LEAST)
		return 1000000;
	return likeness_ppm(&x, &y);
}

static bool remember(struct lookalike *x, uint32_t whose, uint32_t other, int64_t ppm)
{
	struct lookalike_party *p = dense_reach(&x->party, whose);
	unsigned i;

	if (!p)
		return false;
	for (i = p->n; i > 0 && p->alike[i - 1].ppm < ppm; i--)
		if (i < ALIKE)
			p->alike[i] = p->alike[i - 1];
	if (i < ALIKE)
		p->alike[i] = (struct alike){ other, (int32_t)ppm };
	p->n += p->n < ALIKE;
	return true;
}

static bool seek(struct lookalike *x, const struct sighting *g, const struct company *mine, const struct grams *grams,
                 uint32_t party)
{
	uint32_t met[CANDIDATES];
	unsigned n = 0;

	for (unsigned i = 0; i < grams->n && n < CANDIDATES; i++) {
		unsigned read = 0;

		for (uint32_t p = blocks_first(&x->gram, grams->key[i]); p != NOWHERE && read < POSTS && n < CANDIDATES;
		     p = blocks_post(&x->gram, p)->older, read++) {
			uint32_t other = blocks_post(&x->gram, p)->item;
			struct company theirs;
			unsigned k = 0;
			int64_t ppm;

			while (k < n && met[k] != other)
				k++;
			if (k < n)
				continue;
			met[n++] = other;
			company_of(party_at(g->book, other)->name, &theirs);
			ppm = likeness(mine, &theirs);
			if (ppm >= threshold(g, SIGNAL_F23) &&
			    !(remember(x, party, other, ppm) && remember(x, other, party, ppm)))
				return false;
		}
	}
	return true;
}

static bool see_party(struct lookalike *x, struct sighting *g)
{
	uint32_t party = book_party(g->book, g->s->c->object);
	struct company mine;
	struct grams grams;

	if (party == NOWHERE)
		return true;
	company_of(party_at(g->book, party)->name, &mine);
	grams_of(x, &mine, &grams);
	return seek(x, g, &mine, &grams, party) && keep(x, &grams, party);
}

/* --- a claim on one --- */

static bool young(const struct sighting *g, const struct book_party *p, const struct book_party *than)
{
	if (date_given(p->founded))
		return date_of(g->book->now).day - p->founded.day < YOUNG_DAYS;
	return p->at.us > than->at.us && days_between(p->at, g->book->now) < YOUNG_DAYS / 2;
}

static bool matters(const struct book *b, const struct book_party *p)
{
	int64_t turnover;

	return p->n_as_debtor >= MATTERS_CLAIMS ||
	       (!money_absent(p->turnover) && fx_base(b, p->turnover.minor, p->turnover.ccy, &turnover) &&
	        turnover >= MATTERS_TURNOVER);
}

/* They say themselves that they belong together. */
static bool kindred(const struct book *b, const struct book_party *p, const struct book_party *q)
{
	for (uint32_t i = p->bond; i != NOWHERE; i = bond_at(b, i)->next_of_party)
		for (uint32_t k = q->bond; k != NOWHERE; k = bond_at(b, k)->next_of_party)
			if (bond_at(b, i)->tie == bond_at(b, k)->tie &&
			    span_starts(tie_at(b, bond_at(b, i)->tie)->text, S("owner:")))
				return true;
	return false;
}

static void see_claim(const struct lookalike *x, struct sighting *g)
{
	uint32_t debtor = claim_at(g->book, g->claim)->debtor;
	const struct book_party *p = party_at(g->book, debtor);
	const struct lookalike_party *l = debtor < x->party.n ? dense_at(&x->party, debtor) : NULL;
	struct finding_made *f;

	for (unsigned i = 0; l && i < l->n; i++) {
		const struct book_party *q = party_at(g->book, l->alike[i].party);
		bool fresh = young(g, p, q);

		if (l->alike[i].ppm < threshold(g, SIGNAL_F23) || !fresh || !matters(g->book, q) ||
		    q->n_as_debtor < p->n_as_debtor || kindred(g->book, p, q))
			continue;
		f = find_on_claim(g, SIGNAL_F23, SEVERITY_BLOCK, g->claim);
		f->value = l->alike[i].ppm;
		finding_cites(f, p->seq);
		finding_cites(f, q->seq);
		finding_says(f, "%lld ppm like the name of a debtor with %u claims, under another identifier",
		             (long long)f->value, q->n_as_debtor);
		finding_says(f, "less than %d days old", (int)YOUNG_DAYS);
		return;
	}
}

static bool see(void *state, struct sighting *g)
{
	if (g->s->outcome != OK)
		return true;
	if (g->s->c->kind == ST_PARTY_ENROL)
		return see_party(state, g);
	if (g->s->c->kind == ST_RECEIVABLE_REGISTER && g->claim != NOWHERE)
		see_claim(state, g);
	return true;
}

const struct module lookalike_module = {
	.name = "lookalike", .size = sizeof(struct lookalike), .start = start, .see = see
};
