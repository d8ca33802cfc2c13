/* SPDX-License-Identifier: Apache-2.0 */
/* trust_now.c: see trust_now.h. */
#include "service/trust_now.h"

#include "intake/authenticity.h"
#include "run/clock.h"

static const struct uuid nobody; /* anchors and keys are for everybody to see */

struct loading {
	struct arena *mem;
	struct trust_anchor *anchor; /* TRUST_ANCHORS_MAX */
	struct span *crl;            /* as many */
	struct trust_key *key;       /* one */
	struct trust trust;
};

static int64_t number_of(struct span s)
{
	int64_t v = 0;

	for (size_t i = 0; i < s.len && s.at[i] >= '0' && s.at[i] <= '9'; i++)
		v = v * 10 + (s.at[i] - '0');
	return v;
}

/* id, name, profile, purpose, jurisdiction, authority, certificate, revocations. The query has looked at the time. */
static bool on_anchor(void *arg, const struct span *c, size_t n)
{
	static const struct moment ever = { INT64_MIN }, never = { INT64_MAX };
	struct loading *l = arg;
	struct trust_anchor *a = &l->anchor[l->trust.n_anchors];

	assert(n == 8);
	if (l->trust.n_anchors == TRUST_ANCHORS_MAX)
		return false;
	*a = (struct trust_anchor){ .id = arena_copy(l->mem, c[0]),
		                    .name = arena_copy(l->mem, c[1]),
		                    .profile = (enum auth_profile)number_of(c[2]),
		                    .purpose = (enum anchor_purpose)number_of(c[3]),
		                    .jurisdiction = arena_copy(l->mem, c[4]),
		                    .authority = number_of(c[5]) != 0,
		                    .from = ever,
		                    .until = never };
	if (!b64_decode(c[6], l->mem, &a->certificate))
		return true; /* decide() has let in nothing else */
	l->trust.n_anchors++;
	if (c[7].len > 0 && l->trust.n_crls < TRUST_CRLS_MAX && b64_decode(c[7], l->mem, &l->crl[l->trust.n_crls]))
		l->trust.n_crls++;
	return true;
}

/* alg, pub_x, pub_y, identifier */
static bool on_signer(void *arg, const struct span *c, size_t n)
{
	static const struct moment ever = { INT64_MIN }, never = { INT64_MAX };
	struct loading *l = arg;
	struct trust_key *k = l->key;
	struct span kind, value;

	assert(n == 4);
	*k = (struct trust_key){ .key.alg = (enum alg)number_of(c[0]), .from = ever, .until = never };
	if (!hex_parse(c[1], k->key.raw, HASH_LEN) ||
	    (pubkey_len(k->key.alg) > HASH_LEN && !hex_parse(c[2], k->key.raw + HASH_LEN, HASH_LEN)) ||
	    !span_cut(c[3], ':', &kind, &value))
		return false;
	value = arena_copy(l->mem, value);
	if (span_is(kind, "uscc"))
		k->uscc = value;
	else if (span_is(kind, "lei"))
		k->lei = value;
	l->trust.n_keys = 1;
	return false;
}

static enum fault load_signer(struct store *reader, struct span bytes, struct loading *l)
{
	char text[2 * HASH_LEN];
	struct writer w = writer_over(text, sizeof text);
	struct hash kid;
	struct span param;

	if (!authentic_kid(bytes, l->mem, &kid))
		return OK;
	put_hex(&w, kid.b, sizeof kid.b);
	param = writer_span(&w);
	return store_query(reader, nobody, 0, "signer", &param, 1, on_signer, l);
}

enum fault trust_now(struct store *reader, struct span bytes, struct arena *mem, struct trust *ret)
{
	struct loading l = { .mem = mem,
		             .anchor = ARENA_ARRAY(mem, struct trust_anchor, TRUST_ANCHORS_MAX),
		             .crl = ARENA_ARRAY(mem, struct span, TRUST_CRLS_MAX),
		             .key = ARENA_NEW(mem, struct trust_key),
		             .trust = { .now = clock_now() } };
	enum fault f;

	if (!arena_ok(mem))
		return E_TOO_BIG;
	f = store_query(reader, nobody, 0, "trust", NULL, 0, on_anchor, &l);
	if (f == OK)
		f = load_signer(reader, bytes, &l);
	l.trust.anchors = l.anchor;
	l.trust.crls = l.crl;
	l.trust.keys = l.key;
	*ret = l.trust;
	return f == OK && !arena_ok(mem) ? E_TOO_BIG : f;
}

bool trust_covers(const struct trust *t, const struct document *d)
{
	for (size_t i = 0; i < t->n_anchors; i++)
		if (span_eq(t->anchors[i].id, d->signature.anchor_id))
			return true;
	return d->signature.anchor_id.len == 0;
}
