/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trade_key.c: the keys under which papers of one trade find each other; see trade_match.h.
 *
 * A key is a name with a party: two trades of different parties may both have an order 1001, and what somebody else
 * calls his papers finds nothing of theirs. What joins (trade_join.c) is always one of these: the number or UUID a paper
 * has or names, the invoice an item is about, or the sum and the day of two invoices that may be one.
 */
#include "crypto.h"
#include "trade_match.h"

enum {
	PARTIES = 18, /* eight of the seller's numbers, eight of the buyer's, who brought it, the account */
	OF_ONE = 8,
	NAME_MAX_LEN = 256, /* of what is longer nobody gives a number */
};

struct keys {
	struct span key;
	struct fp16 *at;
	size_t n;
	struct span party[PARTIES];
	size_t parties;
};

static void add_party(struct keys *k, struct span id)
{
	if (k->parties < PARTIES && id.len > 0 && id.len <= NAME_MAX_LEN)
		k->party[k->parties++] = id;
}

static void put_text(struct writer *w, struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] != ' ')
			put_byte(w, s.at[i] >= 'a' && s.at[i] <= 'z' ? (char)(s.at[i] - 32) : s.at[i]);
	put_byte(w, '\n');
}

static void add_key(struct keys *k, char what, enum paper_role role, struct span name, struct span party)
{
	char text[2 * NAME_MAX_LEN + 32];
	struct writer w = writer_over(text, sizeof text);

	if (k->n == TRADE_KEYS_MAX || name.len == 0 || name.len > NAME_MAX_LEN)
		return;
	put_z(&w, "counterfoil/1 trade\n");
	put_byte(&w, what);
	put_byte(&w, (char)('0' + role));
	put_text(&w, name);
	put_text(&w, party);
	assert(!w.overflow);
	struct hash h = hmac_sha256(k->key, writer_span(&w));
	memcpy(k->at[k->n++].b, h.b, sizeof k->at->b);
}

static void add_name(struct keys *k, enum paper_role role, struct span number, struct span uuid)
{
	for (size_t i = 0; i < k->parties; i++) {
		add_key(k, 'n', role, number, k->party[i]);
		add_key(k, 'u', role, uuid, k->party[i]);
	}
}

/* Two invoices over the same sum of the same day may be one. */
static void add_sum(struct keys *k, const struct paper *p)
{
	char text[64];
	struct writer w = writer_over(text, sizeof text);

	put_i64(&w, p->payable);
	put_byte(&w, '/');
	put_i64(&w, p->issued.day);
	for (uint32_t i = 0; i < p->seller.n && i < OF_ONE; i++)
		add_key(k, 's', PAPER_INVOICE, writer_span(&w), p->seller.at[i].value);
}

static void add_items(struct keys *k, const struct paper *p)
{
	size_t base = k->parties;

	for (uint32_t i = 0; i < p->items.n; i++) {
		k->parties = base;
		add_party(k, p->vouched ? p->items.at[i].account : S(""));
		add_name(k, PAPER_INVOICE, p->items.at[i].about, S(""));
	}
}

bool trade_keys(const struct paper *p, struct span bringer, struct span key, struct arena *mem, struct fp16 **ret,
                size_t *n)
{
	struct keys k = { .key = key, .at = ARENA_ARRAY(mem, struct fp16, TRADE_KEYS_MAX) };

	if (!k.at)
		return false;
	for (uint32_t i = 0; i < p->seller.n && i < OF_ONE; i++)
		add_party(&k, p->seller.at[i].value);
	for (uint32_t i = 0; i < p->buyer.n && i < OF_ONE; i++)
		add_party(&k, p->buyer.at[i].value);
	add_party(&k, p->role == PAPER_PAYMENT ? bringer : p->account);
	if (p->role == PAPER_INVOICE)
		add_sum(&k, p);
	if (p->role != PAPER_PAYMENT && p->role != PAPER_ANSWER)
		add_name(&k, (enum paper_role)p->role, p->number, p->uuid);
	for (uint32_t i = 0; i < p->refs.n; i++)
		add_name(&k, (enum paper_role)p->refs.at[i].role, p->refs.at[i].number, p->refs.at[i].uuid);
	add_items(&k, p);
	*ret = k.at;
	*n = k.n;
	return true;
}
