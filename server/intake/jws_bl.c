/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jws_bl.c: header, key, signature, and the chain of entries.
 */
#include "crypto.h"
#include "intake/json.h"
#include "intake/jws_bl.h"
#include "sigalg.h"

struct parts {
	struct span signed_part, header, payload, sig;
};

static enum jws_end end(const char **to, enum jws_end e, const char *why)
{
	*to = why;
	return e;
}

bool jws_bl_looks_like(struct span bytes)
{
	struct span head, rest, payload, sig;

	/* base64url of '{"' or '{ ' or a line break after the brace */
	return bytes.len > 8 && bytes.at[0] == 'e' && (bytes.at[1] == 'y' || bytes.at[1] == 'w') &&
	       span_cut(bytes, '.', &head, &rest) && span_cut(rest, '.', &payload, &sig) &&
	       !memchr(sig.at, '.', sig.len);
}

static bool split(struct span s, struct arena *mem, struct parts *ret)
{
	struct span header, payload, sig, rest;

	if (s.len > JWS_BL_MAX || !span_cut(s, '.', &header, &rest) || !span_cut(rest, '.', &payload, &sig) ||
	    header.len == 0 || payload.len == 0 || sig.len == 0 || header.len > JWS_BL_HEADER_MAX)
		return false;
	ret->signed_part = (struct span){ s.at, header.len + 1 + payload.len };
	return b64url_decode(header, mem, &ret->header) && b64url_decode(payload, mem, &ret->payload) &&
	       b64url_decode(sig, mem, &ret->sig);
}

/* Exactly alg and kid, and typ if it says nothing. */
static bool read_header(struct span header, struct arena *mem, struct span *alg, struct span *kid)
{
	static const struct js_member member[] = { { "alg", true, "" }, { "kid", true, "" }, { "typ", false, NULL } };
	AUTO_JS struct js top = { .v = NULL };
	struct js in[3];
	struct span typ = S("JWT");
	struct diag d;

	if (js_read(header, (struct js_limits){ JWS_BL_HEADER_MAX, 1 }, &top, &d) != OK ||
	    js_members(&top, member, ARRAY_LEN(member), in, &d) != OK || !js_text(&in[0], alg) ||
	    !js_text(&in[1], kid) || (in[2].v && !js_text(&in[2], &typ)) ||
	    (!span_is(typ, "JWT") && !span_is(typ, "JOSE")))
		return false;
	*alg = arena_copy(mem, *alg);
	*kid = arena_copy(mem, *kid);
	return arena_ok(mem);
}

static struct sigalg alg_of(struct span name)
{
	if (span_is(name, "RS256"))
		return (struct sigalg){ KEY_RSA, DIGEST_SHA256 };
	if (span_is(name, "ES256"))
		return (struct sigalg){ KEY_EC, DIGEST_SHA256 };
	return (struct sigalg){ KEY_NONE, DIGEST_NONE };
}

enum jws_end jws_bl_check(struct span compact, const struct jws_key *keys, size_t n, struct arena *mem,
                          struct jws_bl *ret)
{
	struct parts p;
	struct span alg_name, kid;

	*ret = (struct jws_bl){ .why = "" };
	if (!split(compact, mem, &p))
		return end(&ret->why, JWS_NONE, "not three parts of strict base64url");
	ret->payload = p.payload;
	if (!read_header(p.header, mem, &alg_name, &kid))
		return end(&ret->why, JWS_POLICY, "the header is not exactly alg, kid and typ");
	struct sigalg alg = alg_of(alg_name);
	if (alg.kind == KEY_NONE)
		return end(&ret->why, JWS_POLICY, "signed under an algorithm other than RS256 and ES256");
	for (ret->key = 0; ret->key < n; ret->key++)
		if (kid.len && span_eq(keys[ret->key].kid, kid))
			break;
	if (ret->key == n)
		return end(&ret->why, JWS_STRANGER, "signed under a key nobody pinned");
	/* ES256 is P-256 alone: 64 bytes, which no other curve of ours has */
	if (sig_key_kind(keys[ret->key].key) != alg.kind || (alg.kind == KEY_EC && p.sig.len != SIG_LEN))
		return end(&ret->why, JWS_POLICY, "the algorithm is not that of the pinned key");
	if (!sig_check(keys[ret->key].key, alg, SIG_RAW, p.signed_part, p.sig))
		return end(&ret->why, JWS_FORGED, "the signature does not verify under the pinned key");
	return JWS_GOOD;
}

/* ---- the chain ---- */

static bool is_checksum(const struct js *at, struct span hex)
{
	struct span s;

	return js_text(at, &s) && span_eq(s, hex);
}

static struct span checksum(struct span s, char text[2 * HASH_LEN])
{
	struct writer w = writer_over(text, 2 * HASH_LEN);
	struct hash h = sha256(s);

	put_hex(&w, h.b, HASH_LEN);
	return writer_span(&w);
}

static bool begins_with_issue(const struct js *entry)
{
	struct js list = js_member(entry, "transactions");
	size_t n;
	struct span s;

	if (!js_items(&list, &n) || n == 0)
		return false;
	struct js first = js_item(&list, 0), code = js_member(&first, "actionCode");
	return js_text(&code, &s) && span_is(s, "ISSUE");
}

/* before: the entry it follows; empty for the first. */
static enum jws_end check_entry(struct span payload, struct span document, struct span before, const char **why)
{
	AUTO_JS struct js top = { .v = NULL };
	struct diag d;
	char hex[2 * HASH_LEN];

	if (js_read(payload, (struct js_limits){ JWS_BL_MAX, JS_DEPTH_MAX }, &top, &d) != OK)
		return end(why, JWS_BROKEN, "an entry of the chain is not strict JSON");
	struct js named = js_member(&top, "transportDocumentChecksum");
	struct js previous = js_member(&top, "previousEnvelopeTransferChainEntrySignedContentChecksum");
	if (!is_checksum(&named, document))
		return end(why, JWS_BROKEN, "an entry of the chain is about another document");
	if (before.len == 0) {
		if (previous.v && !js_null(&previous))
			return end(why, JWS_BROKEN, "the first entry of the chain follows another");
		if (!begins_with_issue(&top))
			return end(why, JWS_BROKEN, "the chain does not begin with ISSUE");
		return JWS_GOOD;
	}
	if (!is_checksum(&previous, checksum(before, hex)))
		return end(why, JWS_BROKEN, "an entry of the chain does not follow the one before it");
	return JWS_GOOD;
}

static enum jws_end check_manifest(struct span payload, struct span document, struct span last, const char **why)
{
	AUTO_JS struct js top = { .v = NULL };
	struct diag d;
	char hex[2 * HASH_LEN];

	if (js_read(payload, (struct js_limits){ JWS_BL_MAX, JS_DEPTH_MAX }, &top, &d) != OK)
		return end(why, JWS_BROKEN, "the manifest is not strict JSON");
	struct js named = js_member(&top, "transportDocumentChecksum");
	struct js end_of = js_member(&top, "lastEnvelopeTransferChainEntrySignedContentChecksum");
	if (!is_checksum(&named, document))
		return end(why, JWS_BROKEN, "the manifest is about another document");
	if (!is_checksum(&end_of, checksum(last, hex)))
		return end(why, JWS_BROKEN, "the chain does not end where the manifest says");
	return JWS_GOOD;
}

enum jws_end bl_chain_check(const struct bl_chain *c, const struct jws_key *keys, size_t n, struct arena *mem,
                            size_t *first, const char **why)
{
	struct span before = { NULL, 0 };
	struct jws_bl one;
	enum jws_end e;

	*why = "";
	if (c->n_entries == 0 || c->n_entries > BL_CHAIN_MAX)
		return end(why, JWS_BROKEN, "a chain has 1 to 100 entries");
	for (size_t i = 0; i < c->n_entries; i++) {
		if ((e = jws_bl_check(c->entries[i], keys, n, mem, &one)) != JWS_GOOD)
			return end(why, e, one.why);
		if ((e = check_entry(one.payload, c->document, before, why)) != JWS_GOOD)
			return e;
		if (i == 0)
			*first = one.key;
		before = c->entries[i];
	}
	if ((e = jws_bl_check(c->manifest, keys, n, mem, &one)) != JWS_GOOD)
		return end(why, e, one.why);
	return check_manifest(one.payload, c->document, before, why);
}
