/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jws.c: cutting a compact JWS apart, and making one.
 *
 * base64url is strict, so the three parts have one spelling each: nobody can
 * change a bit of the received bytes and leave what they say the same.
 */
#include "jcs.h"
#include "jws.h"

bool jws_split(struct span compact, struct arena *mem, struct jws *ret)
{
	struct jws j;
	struct span header, payload, sig, rest;

	assert(mem && ret);
	if (!span_cut(compact, '.', &header, &rest) || !span_cut(rest, '.', &payload, &sig))
		return false;
	if (header.len == 0 || payload.len == 0)
		return false;
	/* The cheapest question first; a further '.' is no base64url letter and refused here. */
	if (!b64url_fixed(sig, j.sig, SIG_LEN))
		return false;
	j.signed_part = (struct span){ compact.at, header.len + 1 + payload.len };
	assert(j.signed_part.len + 1 + sig.len == compact.len);
	if (!b64url_decode(header, mem, &j.header) || !b64url_decode(payload, mem, &j.payload))
		return false;
	*ret = j;
	return true;
}

static void put_header(struct writer *w, const struct privkey *key, const char *typ)
{
	char kid[HASH_B64];
	struct writer k = writer_over(kid, sizeof kid);
	struct jcs j = jcs_over(w);

	put_hash64(&k, jwk_thumbprint(&key->pub));
	assert(!k.overflow);
	jcs_object(&j);
	jcs_member_z(&j, "alg", alg_name(key->pub.alg));
	jcs_member_span(&j, "kid", writer_span(&k));
	jcs_member_z(&j, "typ", typ);
	jcs_end_object(&j);
}

bool jws_sign(const struct privkey *key, const char *typ, struct span payload, struct writer *w)
{
	char text[256];
	struct writer header = writer_over(text, sizeof text);
	size_t start = w->len;
	uint8_t sig[SIG_LEN];

	assert(typ && payload.len > 0);
	put_header(&header, key, typ);
	assert(!header.overflow); /* our media types are short */
	put_b64url(w, writer_span(&header));
	put_byte(w, '.');
	put_b64url(w, payload);
	if (w->overflow)
		return false;
	if (!sig_sign(key, (struct span){ w->at + start, w->len - start }, sig))
		return false;
	put_byte(w, '.');
	put_b64url(w, (struct span){ (const char *)sig, SIG_LEN });
	return !w->overflow;
}
