/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confirmed.c: whose key confirms: one that somebody got enrolled in the debtor's name (F06), a creditor who tries it
 * with its own (F06), a confirmation faster than anybody reads (F08).
 *
 * A key that the operator enrolled for a party is unproven until the party has used it for creditors whose claims it
 * had confirmed with another key before: who stole a channel has no old friends. What anybody can do to another by a
 * statement that is refused must never stop that other: an attempt to confirm counts only when the creditor made it.
 */
#include "crypto.h"
#include "detecting.h"

enum { PROOFS = 2, FAST_KNOWN = 8, FAST_RARE = 16 };

struct signer_key { /* enrolled by the operator for a party that had one */
	struct hash kid;
	uint32_t party;
	uint64_t seq;
	struct moment at;
	uint32_t proof[PROOFS]; /* creditors */
	unsigned proofs;
};
struct signer_party {
	uint64_t other_seq; /* its last confirmation by a key that needs no proof */
	uint32_t confirmed, fast;
};
struct signer_claim {
	bool by_debtor; /* who registered it */
};
struct signer {
	struct dense key, party, claim;
	struct dense pair; /* seq of the last confirmation by a key that needs no proof */
	struct index by_kid;
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct signer *x = state;

	(void)b;
	dense_start(&x->key, mem, sizeof(struct signer_key));
	dense_start(&x->party, mem, sizeof(struct signer_party));
	dense_start(&x->claim, mem, sizeof(struct signer_claim));
	dense_start(&x->pair, mem, sizeof(uint64_t));
	index_start(&x->by_kid, mem);
	return true;
}

static struct signer_key *key_of(const struct signer *x, struct hash kid)
{
	for (struct index_walk w = index_walk(&x->by_kid, be64_get(kid.b)); index_next(&w);) {
		struct signer_key *k = dense_at(&x->key, w.value);

		if (hash_eq(k->kid, kid))
			return k;
	}
	return NULL;
}

static bool see_key(struct signer *x, const struct sighting *g)
{
	uint32_t party = book_party(g->book, g->s->c->object), i;
	struct signer_key *k;

	if (party == NOWHERE || uuid_eq(g->s->issuer, g->s->c->object))
		return true;
	if (!(k = dense_add(&x->key, &i)))
		return false;
	k->kid = jwk_thumbprint(&g->s->c->body.key_enrol.jwk);
	k->party = party;
	k->seq = g->s->seq;
	k->at = g->book->now;
	return index_put(&x->by_kid, be64_get(k->kid.b), i);
}

static void prove(struct signer_key *k, uint32_t creditor)
{
	for (unsigned i = 0; i < k->proofs; i++)
		if (k->proof[i] == creditor)
			return;
	if (k->proofs < PROOFS)
		k->proof[k->proofs++] = creditor;
}

/* --- F06 --- */

static void judge_key(struct sighting *g, const struct signer_key *k, const struct signer_party *debtor)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	int64_t days = days_between(k->at, g->book->now);
	bool old_in_use = debtor->other_seq > k->seq, fresh = days <= threshold(g, SIGNAL_F06);
	bool new_pair = pair_at(g->book, c->pair)->first_at.us >= k->at.us;
	struct finding_made *f;

	if (!old_in_use && !fresh)
		return;
	f = find_on_claim(g, SIGNAL_F06, new_pair ? SEVERITY_BLOCK : SEVERITY_FLAG, g->claim);
	f->value = days;
	finding_cites(f, k->seq);
	finding_cites(f, c->seq);
	finding_says(f, "confirmed with a key the operator enrolled %lld days before", (long long)days);
	finding_says(f, "no other key of the debtor ever confirmed a claim of this creditor");
	if (new_pair)
		finding_says(f, "the two trade since the key is there");
	if (old_in_use) {
		finding_cites(f, debtor->other_seq);
		finding_says(f, "the debtor's other key signs still");
	}
}

static void see_attempt(struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	struct finding_made *f;

	if (book_party(g->book, g->s->actor) != c->creditor)
		return;
	f = find_on_claim(g, SIGNAL_F06, SEVERITY_BLOCK, g->claim);
	finding_cites(f, c->seq);
	finding_says(f, "the creditor tried to confirm its own claim as the debtor");
}

/* --- F08 --- */

static void judge_speed(struct sighting *g, struct signer_party *debtor, bool by_debtor)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	int64_t seconds = (g->book->now.us - c->at.us) / 1000000;
	bool fast = seconds < threshold(g, SIGNAL_F08) && !by_debtor;
	struct finding_made *f;

	if (fast && debtor->confirmed >= FAST_KNOWN && debtor->fast * FAST_RARE < debtor->confirmed) {
		f = find_on_claim(g, SIGNAL_F08, debtor->confirmed >= 2 * FAST_KNOWN ? SEVERITY_BLOCK : SEVERITY_FLAG,
		                  g->claim);
		f->value = seconds;
		finding_cites(f, c->seq);
		finding_says(f, "confirmed after %lld seconds; %u of %u before were as fast", (long long)seconds,
		             debtor->fast, debtor->confirmed);
	}
	debtor->confirmed++;
	debtor->fast += fast;
}

/* --- the fold --- */

static bool see_confirm(struct signer *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	struct signer_key *k = key_of(x, g->s->c->kid);
	struct signer_party *debtor = dense_reach(&x->party, c->debtor);
	struct signer_claim *claim = dense_reach(&x->claim, g->claim);
	uint64_t *pair = dense_reach(&x->pair, c->pair);

	if (!debtor || !pair || !claim)
		return false;
	judge_speed(g, debtor, claim->by_debtor);
	if (k && k->party == c->debtor && k->proofs < PROOFS) {
		if (*pair == 0)
			judge_key(g, k, debtor);
		else
			prove(k, c->creditor);
		return true;
	}
	*pair = debtor->other_seq = g->s->seq;
	return true;
}

static bool see_register(struct signer *x, struct sighting *g)
{
	struct signer_claim *claim = dense_reach(&x->claim, g->claim);

	if (!claim)
		return false;
	claim->by_debtor = book_party(g->book, g->s->actor) == claim_at(g->book, g->claim)->debtor;
	return true;
}

static bool see(void *state, struct sighting *g)
{
	struct signer *x = state;

	if (g->s->outcome == OK && g->s->c->kind == ST_KEY_ENROL)
		return see_key(x, g);
	if (g->claim == NOWHERE)
		return true;
	if (g->s->outcome == OK && g->s->c->kind == ST_RECEIVABLE_REGISTER)
		return see_register(x, g);
	if (g->s->c->kind != ST_RECEIVABLE_CONFIRM)
		return true;
	if (g->s->outcome == OK)
		return see_confirm(x, g);
	if (g->s->outcome == E_NOT_AUTHORISED)
		see_attempt(g);
	return true;
}

const struct module confirmed_module = {
	.name = "confirmed", .size = sizeof(struct signer), .start = start, .see = see
};
