/* SPDX-License-Identifier: Apache-2.0 */
/*
 * related.c: parties that have too much in common (kin.h), seen where it matters.
 *
 *   G07  seller and debtor of a new claim are under common control, or reached by the same few contacts
 *   F07  the debtor that confirms shares its contacts with the seller
 *   B07  two sellers want to be paid to one account
 *   B08  sellers of one address or telephone
 *   B09  one device, or one agent, for many sellers
 */
#include "kin.h"

#include "detecting.h"

enum {
	SELLERS_KEPT = 8,     /* of one account */
	COLLECTS_FOR = 5,     /* an account of more sellers is a collecting agent's */
	PRINCIPALS_KEPT = 64, /* of one agent */
	LOOK_BONDS = 64,      /* of one party */
};

struct pair_kin {       /* what was found of a pair, and when: it changes with the profiles only */
	uint32_t bonds; /* how many there were, + 1 */
	struct kin kin;
};
struct account {
	struct span text;
	uint32_t n;
	uint32_t seller[SELLERS_KEPT];
	uint64_t seq[SELLERS_KEPT];
};
struct agent {
	uint32_t n;
	uint32_t principal[PRINCIPALS_KEPT];
};
struct related {
	struct arena *mem;
	struct dense pair, account;
	struct dense agent;    /* struct agent * by party: few are */
	struct dense tie_said; /* uint32_t by tie: of how many sellers */
	struct index by_account;
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct related *r = state;

	(void)b;
	r->mem = mem;
	dense_start(&r->pair, mem, sizeof(struct pair_kin));
	dense_start(&r->account, mem, sizeof(struct account));
	dense_start(&r->agent, mem, sizeof(struct agent *));
	dense_start(&r->tie_said, mem, sizeof(uint32_t));
	index_start(&r->by_account, mem);
	return true;
}

/* --- seller and debtor --- */

static const struct kin *kin_of_pair(struct related *r, const struct sighting *g, const struct book_claim *c)
{
	struct pair_kin *p = dense_reach(&r->pair, c->pair);

	if (p && p->bonds != g->book->bond.n + 1) {
		p->bonds = g->book->bond.n + 1;
		p->kin = kin_between(g->book, c->creditor, c->debtor, (unsigned)threshold(g, SIGNAL_G07));
	}
	return p ? &p->kin : NULL;
}

static void say_kin(struct finding_made *made, const struct kin *k)
{
	made->value = k->hops;
	made->bits = k->bits;
	finding_says(made, "%u ties in common over %u hops, %s; rarity %d.%d bits", k->shared, k->hops,
	             k->control ? "of ownership, office or account" : "of address, telephone or device", k->bits / 10,
	             k->bits % 10);
	for (unsigned i = 0; i < k->n_cites; i++)
		finding_cites(made, k->cites[i]);
}

/* Contacts alone hold only when they are shared directly; what a group has declared is shown. */
static void find_kin(struct sighting *g, const struct book_claim *c, const struct kin *k)
{
	bool declared = same_group(g->book, c->creditor, c->debtor);
	bool hold = !declared && (k->control || k->hops == 1);
	struct finding_made *made = find_on_claim(g, SIGNAL_G07, hold ? SEVERITY_BLOCK : SEVERITY_FLAG, g->claim);

	say_kin(made, k);
	if (declared)
		finding_says(made, "of one group, as it has declared");
}

static bool see_claim(struct related *r, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	const struct kin *k;

	if (c->creditor == c->debtor)
		return true;
	if (!(k = kin_of_pair(r, g, c)))
		return false;
	if (k->hops > 0)
		find_kin(g, c, k);
	return true;
}

static bool see_confirmation(struct related *r, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	const struct kin *k;
	struct finding_made *made;

	if (c->creditor == c->debtor)
		return true;
	if (!(k = kin_of_pair(r, g, c)))
		return false;
	if (k->hops != 1)
		return true;
	made = find_on_claim(g, SIGNAL_F07,
	                     same_group(g->book, c->creditor, c->debtor) ? SEVERITY_FLAG : SEVERITY_BLOCK, g->claim);
	say_kin(made, k);
	made->value = k->shared;
	finding_cites(made, c->seq);
	return true;
}

/* --- sellers and their account --- */

static struct account *account_of(struct related *r, struct span text)
{
	struct account *a;
	uint32_t i;

	for (struct index_walk w = index_walk(&r->by_account, key_of_text(text)); index_next(&w);)
		if (span_eq((a = dense_at(&r->account, w.value))->text, text))
			return a;
	if (!(a = dense_add(&r->account, &i)) || !index_put(&r->by_account, key_of_text(text), i))
		return NULL;
	a->text = text;
	return a;
}

/* A bank's own, as its profile says. */
static bool account_of_bank(const struct book *b, struct span text)
{
	char name[TEXT_MAX + 16];
	struct writer w = writer_over(name, sizeof name);
	uint32_t tie;

	put_z(&w, "account:");
	put_span(&w, text);
	tie = w.overflow ? NOWHERE : book_tie(b, writer_span(&w));
	if (tie == NOWHERE)
		return false;
	for (uint32_t i = tie_at(b, tie)->newest; i != NOWHERE; i = bond_at(b, i)->next_of_tie)
		if (party_at(b, bond_at(b, i)->party)->roles & ROLE_BANK)
			return true;
	return false;
}

static bool see_account(struct related *r, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	struct account *a;
	struct finding_made *made;
	unsigned at = 0, strangers = 0;

	if (c->account.len == 0)
		return true;
	if (!(a = account_of(r, c->account)))
		return false;
	while (at < a->n && a->seller[at] != c->creditor)
		at++;
	if (at == a->n && a->n < SELLERS_KEPT) {
		a->seller[a->n] = c->creditor;
		a->seq[a->n++] = c->seq;
	}
	if (a->n < threshold(g, SIGNAL_B07) || a->n > COLLECTS_FOR || account_of_bank(g->book, a->text))
		return true;
	for (unsigned i = 0; i < a->n; i++)
		strangers +=
			a->seller[i] != c->creditor && kin_between(g->book, c->creditor, a->seller[i], 1).hops == 0;
	if (strangers + 1 < threshold(g, SIGNAL_B07))
		return true;
	made = find_on_claim(g, SIGNAL_B07, SEVERITY_BLOCK, g->claim);
	made->value = strangers + 1;
	finding_says(made, "%u sellers that are not of one group ask to be paid to this account", strangers + 1);
	for (unsigned i = 0; i < a->n; i++)
		finding_cites(made, a->seq[i]);
	return true;
}

/* --- sellers of one address, one device --- */

static unsigned sellers_of(const struct book *b, const struct tie *t, struct finding_made *cited)
{
	unsigned n = 0;

	for (uint32_t i = t->newest; i != NOWHERE; i = bond_at(b, i)->next_of_tie) {
		const struct book_party *p = party_at(b, bond_at(b, i)->party);

		if (p->n_as_creditor == 0)
			continue;
		n++;
		if (cited)
			finding_cites(cited, bond_at(b, i)->seq);
	}
	return n;
}

/* Said when the threshold is reached, and again each time their number has doubled. */
static bool see_tie(struct related *r, struct sighting *g, uint32_t tie, enum signal signal)
{
	const struct tie *t = tie_at(g->book, tie);
	uint32_t *said = dense_reach(&r->tie_said, tie);
	struct finding_made *made;
	unsigned n;

	if (!said)
		return false;
	if (t->parties > KIN_CROWD || t->parties < threshold(g, signal))
		return true;
	n = sellers_of(g->book, t, NULL);
	if (n < threshold(g, signal) || n < 2 * *said)
		return true;
	*said = n;
	made = find_on_claim(g, signal, SEVERITY_FLAG, g->claim);
	made->value = n;
	made->bits = 30;
	finding_says(made, "%u sellers share one %s", n, signal == SIGNAL_B08 ? "address or telephone" : "device");
	(void)sellers_of(g->book, t, made);
	return true;
}

/* At a seller's first claim: only then do the sellers of its ties become more. */
static bool see_ties(struct related *r, struct sighting *g)
{
	const struct book_party *p = party_at(g->book, claim_at(g->book, g->claim)->creditor);
	unsigned looked = 0;

	if (p->n_as_creditor != 1)
		return true;
	for (uint32_t i = p->bond; i != NOWHERE && looked < LOOK_BONDS;
	     i = bond_at(g->book, i)->next_of_party, looked++) {
		struct span text = tie_at(g->book, bond_at(g->book, i)->tie)->text;
		bool good = true;

		if (span_starts(text, S("address:")) || span_starts(text, S("phone:")))
			good = see_tie(r, g, bond_at(g->book, i)->tie, SIGNAL_B08);
		else if (span_starts(text, S("device:")))
			good = see_tie(r, g, bond_at(g->book, i)->tie, SIGNAL_B09);
		if (!good)
			return false;
	}
	return true;
}

/* Who signs for others under a mandate. */
static bool see_agent(struct related *r, struct sighting *g)
{
	uint32_t by = book_party(g->book, g->s->issuer), creditor = claim_at(g->book, g->claim)->creditor;
	struct agent **at, *a;
	struct finding_made *made;

	if (uuid_eq(g->s->issuer, g->s->actor) || by == NOWHERE)
		return true;
	if (!(at = dense_reach(&r->agent, by)) || (!*at && !(*at = ARENA_NEW(r->mem, struct agent))))
		return false;
	a = *at;
	for (unsigned i = 0; i < a->n; i++)
		if (a->principal[i] == creditor)
			return true;
	if (a->n == PRINCIPALS_KEPT)
		return true;
	a->principal[a->n++] = creditor;
	if (a->n < threshold(g, SIGNAL_B09) || (a->n & (a->n - 1)) != 0)
		return true;
	made = find_on_claim(g, SIGNAL_B09, SEVERITY_FLAG, g->claim);
	made->value = a->n;
	made->bits = 30;
	finding_says(made, "one agent signs for %u sellers", a->n);
	return true;
}

static bool see(void *state, struct sighting *g)
{
	struct related *r = state;

	if (g->s->outcome != OK || g->claim == NOWHERE)
		return true;
	if (g->s->c->kind == ST_RECEIVABLE_CONFIRM)
		return see_confirmation(r, g);
	if (g->s->c->kind != ST_RECEIVABLE_REGISTER)
		return true;
	return see_claim(r, g) && see_account(r, g) && see_ties(r, g) && see_agent(r, g);
}

const struct module related_module = { .name = "related", .size = sizeof(struct related), .start = start, .see = see };
