/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trust_wire.c: "CFT2", now 8, then three lists, each count 2 and its items;
 * integers big-endian, a text or certificate is length 4 and bytes.
 *
 *   anchor  id, purpose 2, jurisdiction, profile 2, name, authority 1, certificate, from 8, until 8
 *   key     algorithm 1, public key, USCC, LEI, from 8, until 8
 *   list    bytes
 */
#include "intake/trust_wire.h"

#include "cert.h"

static const struct span magic = { "CFT2", 4 };

static void put_be(struct writer *w, uint64_t v, unsigned bytes)
{
	while (bytes--)
		put_byte(w, (char)(uint8_t)(v >> (8 * bytes)));
}

static void put_bytes(struct writer *w, struct span s, size_t max)
{
	w->overflow |= s.len > max;
	put_be(w, s.len, 4);
	put_span(w, s);
}

static void put_anchor(struct writer *w, const struct trust_anchor *a)
{
	put_bytes(w, a->id, CERT_TEXT_MAX);
	put_be(w, (uint64_t)a->purpose, 2);
	put_bytes(w, a->jurisdiction, CERT_TEXT_MAX);
	put_be(w, (uint64_t)a->profile, 2);
	put_bytes(w, a->name, CERT_TEXT_MAX);
	put_byte(w, a->authority);
	put_bytes(w, a->certificate, CERT_MAX);
	put_be(w, (uint64_t)a->from.us, 8);
	put_be(w, (uint64_t)a->until.us, 8);
}

static void put_key(struct writer *w, const struct trust_key *k)
{
	put_byte(w, (char)k->key.alg);
	put_span(w, (struct span){ (const char *)k->key.raw, PUB_MAX });
	put_bytes(w, k->uscc, CERT_TEXT_MAX);
	put_bytes(w, k->lei, CERT_TEXT_MAX);
	put_be(w, (uint64_t)k->from.us, 8);
	put_be(w, (uint64_t)k->until.us, 8);
}

void put_trust_wire(struct writer *w, const struct trust *t)
{
	if (t->n_anchors > TRUST_ANCHORS_MAX || t->n_keys > TRUST_KEYS_MAX || t->n_crls > TRUST_CRLS_MAX) {
		w->overflow = true;
		return;
	}
	put_span(w, magic);
	put_be(w, (uint64_t)t->now.us, 8);
	put_be(w, t->n_anchors, 2);
	for (size_t i = 0; i < t->n_anchors; i++)
		put_anchor(w, &t->anchors[i]);
	put_be(w, t->n_keys, 2);
	for (size_t i = 0; i < t->n_keys; i++)
		put_key(w, &t->keys[i]);
	put_be(w, t->n_crls, 2);
	for (size_t i = 0; i < t->n_crls; i++)
		put_bytes(w, t->crls[i], CRL_MAX);
}

/* ---- reading ---- */

struct source {
	struct span left;
	bool bad; /* once set, everything read is empty */
};

static struct span take(struct source *s, size_t n)
{
	if (s->bad || n > s->left.len) {
		s->bad = true;
		return (struct span){ "", 0 };
	}
	struct span got = { s->left.at, n };
	s->left = (struct span){ s->left.at + n, s->left.len - n };
	return got;
}

static uint64_t get_be(struct source *s, unsigned bytes)
{
	struct span got = take(s, bytes);
	uint64_t v = 0;

	for (size_t i = 0; i < got.len; i++)
		v = v << 8 | (uint8_t)got.at[i];
	return v;
}

static struct span get_bytes(struct source *s, size_t max)
{
	uint64_t n = get_be(s, 4);

	s->bad |= n > max;
	return take(s, s->bad ? 0 : (size_t)n);
}

static struct span get_text(struct source *s)
{
	struct span t = get_bytes(s, CERT_TEXT_MAX);

	s->bad |= !utf8_valid(t);
	return t;
}

static struct moment get_moment(struct source *s)
{
	uint64_t v = get_be(s, 8);
	struct moment m;

	memcpy(&m.us, &v, sizeof m.us);
	return m;
}

static struct trust_anchor get_anchor(struct source *s)
{
	struct trust_anchor a = { .id = get_text(s) };
	uint64_t purpose = get_be(s, 2), profile, authority;

	s->bad |= purpose >= PURPOSES;
	a.purpose = s->bad ? PURPOSE_ANY : (enum anchor_purpose)purpose;
	a.jurisdiction = get_text(s);
	profile = get_be(s, 2);
	s->bad |= profile == AUTH_NONE || profile >= AUTH_PROFILES;
	a.profile = s->bad ? AUTH_NONE : (enum auth_profile)profile;
	a.name = get_text(s);
	authority = get_be(s, 1);
	s->bad |= authority > 1;
	a.authority = authority == 1;
	a.certificate = get_bytes(s, CERT_MAX);
	a.from = get_moment(s);
	a.until = get_moment(s);
	return a;
}

static struct trust_key get_key(struct source *s)
{
	struct trust_key k = { .key.alg = ALG_NONE };
	uint64_t alg = get_be(s, 1);
	struct span raw = take(s, PUB_MAX);

	s->bad |= alg < ALG_ED25519 || alg > ALG_SM2;
	if (!s->bad) {
		k.key.alg = (enum alg)alg;
		memcpy(k.key.raw, raw.at, PUB_MAX);
	}
	k.uscc = get_text(s);
	k.lei = get_text(s);
	k.from = get_moment(s);
	k.until = get_moment(s);
	return k;
}

static size_t get_count(struct source *s, size_t max)
{
	uint64_t n = get_be(s, 2);

	s->bad |= n > max;
	return s->bad ? 0 : (size_t)n;
}

enum fault trust_wire_read(struct span wire, struct arena *mem, struct trust *ret)
{
	struct source s = { wire, false };
	struct trust t = { .n_anchors = 0 };

	s.bad = !span_eq(take(&s, magic.len), magic);
	t.now = get_moment(&s);
	t.n_anchors = get_count(&s, TRUST_ANCHORS_MAX);
	struct trust_anchor *anchors = ARENA_ARRAY(mem, struct trust_anchor, t.n_anchors);
	for (size_t i = 0; anchors && i < t.n_anchors; i++)
		anchors[i] = get_anchor(&s);
	t.n_keys = get_count(&s, TRUST_KEYS_MAX);
	struct trust_key *keys = ARENA_ARRAY(mem, struct trust_key, t.n_keys);
	for (size_t i = 0; keys && i < t.n_keys; i++)
		keys[i] = get_key(&s);
	t.n_crls = get_count(&s, TRUST_CRLS_MAX);
	struct span *crls = ARENA_ARRAY(mem, struct span, t.n_crls);
	for (size_t i = 0; crls && i < t.n_crls; i++)
		crls[i] = get_bytes(&s, CRL_MAX);
	if (s.bad || s.left.len)
		return E_BAD_REQUEST;
	if (!anchors || !keys || !crls)
		return E_TOO_BIG;
	t.anchors = anchors;
	t.keys = keys;
	t.crls = crls;
	*ret = t;
	return OK;
}
