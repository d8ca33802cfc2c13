/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authenticity.c: one row per profile, and what is the same for all of them.
 */
#include "intake/authenticity.h"

#include "cms.h"
#include "intake/statement.h"
#include "intake/xmldsig.h"
#include "jws.h"

struct asking {
	const struct trust *trust;
	struct arena *mem;
	struct authentic *a;
};

static void note(struct authentic *a, enum doc_rule rule, const char *detail)
{
	if (a->n_notes < AUTH_NOTES_MAX)
		a->note[a->n_notes++] = (struct auth_note){ rule, span_z(detail) };
}

/* Of the note just taken. */
static void detail(struct authentic *a, struct span text)
{
	if (a->n_notes)
		a->note[a->n_notes - 1].detail = text;
}

/* ---- the signer: certificates ---- */

struct pins {
	const struct trust_anchor *anchor[TRUST_ANCHORS_MAX];
	struct span certificate[TRUST_ANCHORS_MAX];
	size_t n;
};
static_assert((int)TRUST_ANCHORS_MAX <= (int)CERT_TRUST_MAX && (int)TRUST_CRLS_MAX <= (int)CERT_CRLS_MAX,
              "all fit into one question");

/* The anchors of this profile that hold at the moment. */
static struct pins pins_of(const struct trust *t, enum auth_profile profile)
{
	struct pins p = { .n = 0 };

	for (size_t i = 0; i < t->n_anchors && p.n < TRUST_ANCHORS_MAX; i++) {
		const struct trust_anchor *a = &t->anchors[i];

		if (a->profile != profile || t->now.us < a->from.us || t->now.us > a->until.us)
			continue;
		p.anchor[p.n] = a;
		p.certificate[p.n++] = a->certificate;
	}
	return p;
}

static const enum doc_rule rule_of[] = {
	[CERT_MALFORMED] = RULE_AUTH_USE, [CERT_UNKNOWN] = RULE_AUTH_ANCHOR,  [CERT_NOT_YET] = RULE_AUTH_VALID,
	[CERT_EXPIRED] = RULE_AUTH_VALID, [CERT_REVOKED] = RULE_AUTH_REVOKED, [CERT_WEAK] = RULE_AUTH_USE,
	[CERT_USAGE] = RULE_AUTH_USE,     [CERT_BROKEN] = RULE_AUTH_USE,
};

/* One certificate against the anchors of a profile; NULL, and a note, when it leads to none. */
static const struct trust_anchor *anchor_of(struct asking *q, enum auth_profile profile, struct span leaf,
                                            const struct span *extra, size_t n_extra, struct moment at, bool *known)
{
	struct pins pins = pins_of(q->trust, profile);
	struct cert_question c = {
		leaf, extra, n_extra, pins.certificate, pins.n, q->trust->crls, q->trust->n_crls, at
	};
	struct cert_verdict v = cert_check(&c);

	*known = v.revocation_known;
	if (v.end == CERT_GOOD)
		return pins.anchor[v.trusted];
	note(q->a, rule_of[v.end], v.why);
	return NULL;
}

/* The signature holds under this certificate; from here it is about who that is. */
static void take_signer(struct asking *q, enum auth_profile profile, struct span leaf, const struct span *extra,
                        size_t n_extra)
{
	struct authentic *a = q->a;
	bool known = false;

	a->profile = profile;
	a->whole = a->timely = true;
	if (!cert_read(leaf, q->mem, &a->signer)) {
		note(a, RULE_AUTH_USE, "the certificate is not X.509 in strict DER");
		return;
	}
	a->anchor = anchor_of(q, profile, leaf, extra, n_extra, q->trust->now, &known);
	a->anchored = a->anchor != NULL;
	/* a leaf that is pinned itself is taken back by its pin */
	a->current = a->anchored && (known || span_eq(a->anchor->certificate, leaf));
	if (a->anchored && !a->current)
		note(a, RULE_AUTH_REVOCATION, "no current revocation list of its issuer is at hand");
	if (!a->dated)
		return;
	a->timely = a->claimed.us >= a->signer.from.us && a->claimed.us <= a->signer.until.us &&
	            (!a->anchored || a->claimed.us <= q->trust->now.us + DAY_US);
	if (!a->timely)
		note(a, RULE_SIGNED_AT, "the claimed time is outside the certificate's validity, or still to come");
}

/* ---- the profiles ---- */

static void xmldsig(struct asking *q, struct span bytes)
{
	struct xmldsig x;

	switch (xmldsig_check(bytes, q->mem, &x)) {
	case XMLDSIG_NONE:
		return;
	case XMLDSIG_EMPTY:
		note(q->a, RULE_AUTH_EMPTY, x.why);
		return;
	case XMLDSIG_POLICY:
		note(q->a, RULE_AUTH_PROFILE, x.why);
		return;
	case XMLDSIG_ALTERED:
		note(q->a, RULE_AUTH_ALTERED, x.why);
		return;
	case XMLDSIG_FORGED:
		note(q->a, RULE_AUTH_FORGED, x.why);
		return;
	case XMLDSIG_GOOD:
		break;
	}
	q->a->content = x.content;
	q->a->dated = x.dated;
	q->a->claimed = x.claimed;
	take_signer(q, AUTH_XMLDSIG, x.signer, x.extra, x.n_extra);
}

static void take_cms(struct asking *q, struct span der, struct span detached)
{
	struct cms c;

	enum cms_end end = cms_check(der, detached, q->mem, &c);
	if (c.content.at)
		q->a->content = c.content;
	switch (end) {
	case CMS_MALFORMED:
	case CMS_POLICY:
		note(q->a, RULE_AUTH_PROFILE, c.why);
		return;
	case CMS_ALTERED:
		note(q->a, RULE_AUTH_ALTERED, c.why);
		return;
	case CMS_FORGED:
		note(q->a, RULE_AUTH_FORGED, c.why);
		return;
	case CMS_GOOD:
		break;
	}
	q->a->dated = c.dated;
	q->a->claimed = c.claimed;
	take_signer(q, AUTH_CMS, c.signer, c.extra, c.n_extra);
}

static void cms(struct asking *q, struct span bytes) { take_cms(q, bytes, (struct span){ NULL, 0 }); }

/* Every part under the seal, the seal under its signer, signer and maker under an anchor. */
static void ofd(struct asking *q, const struct ofd_parts *parts)
{
	struct ofd_seal s;
	enum ofd_end end = ofd_seal_check(parts, q->mem, &s);
	static const enum doc_rule rule[] = { [OFD_POLICY] = RULE_AUTH_PROFILE,
		                              [OFD_ALTERED] = RULE_AUTH_ALTERED,
		                              [OFD_FORGED] = RULE_AUTH_FORGED,
		                              [OFD_SEAL] = RULE_AUTH_SEAL };
	bool known;

	if (end == OFD_UNSIGNED)
		return;
	if (end != OFD_GOOD) {
		note(q->a, rule[end], s.why);
		return;
	}
	q->a->dated = s.ses.dated;
	q->a->claimed = s.ses.claimed;
	take_signer(q, AUTH_OFD_SES, s.ses.signer, NULL, 0);
	/* The maker signed once, before the signer did and under the signer's signature: it had to be good then. To
	 * claim an earlier time for it takes the signer's own key. */
	struct moment then = s.ses.dated ? s.ses.claimed : q->trust->now;
	if (q->a->anchored && !anchor_of(q, AUTH_OFD_SES, s.ses.maker, NULL, 0, then, &known)) {
		q->a->anchored = false;
		detail(q->a, S("the seal's maker leads to no trust anchor, or was not good when it was put on"));
	}
	q->a->whole = s.uncovered == 0;
	if (!q->a->whole) {
		note(q->a, RULE_AUTH_COVERED, "");
		detail(q->a, s.at);
	}
}

/* The keys of platforms: pinned one by one, under the name they sign by. */
struct platforms {
	struct pins pins;
	struct jws_key key[TRUST_ANCHORS_MAX];
};
static void platforms_of(const struct trust *t, struct platforms *ret)
{
	ret->pins = pins_of(t, AUTH_JWS_BL);
	for (size_t i = 0; i < ret->pins.n; i++)
		ret->key[i] = (struct jws_key){ ret->pins.anchor[i]->name, ret->pins.certificate[i] };
}

static void take_platform(struct authentic *a, const struct platforms *p, enum jws_end end, size_t key, const char *why)
{
	if (end == JWS_POLICY || end == JWS_BROKEN) /* what the links say of each other, the chain's reader judges */
		note(a, RULE_AUTH_PROFILE, why);
	if (end == JWS_STRANGER)
		note(a, RULE_AUTH_ANCHOR, why);
	if (end == JWS_FORGED)
		note(a, RULE_AUTH_FORGED, why);
	if (end != JWS_GOOD)
		return;
	a->profile = AUTH_JWS_BL;
	a->anchor = p->pins.anchor[key];
	a->anchored = a->current = a->whole = a->timely = true;
}

static void bill_of_lading(struct asking *q, struct span bytes)
{
	struct platforms p;
	struct jws_bl j;

	platforms_of(q->trust, &p);
	enum jws_end end = jws_bl_check(bytes, p.key, p.pins.n, q->mem, &j);
	if (j.payload.at)
		q->a->content = j.payload;
	take_platform(q->a, &p, end, j.key, j.why);
}

static bool split_registered(struct span bytes, struct arena *mem, struct jws *j, enum alg *alg, struct hash *kid)
{
	struct span typ;
	struct diag d;

	return jws_split(bytes, mem, j) && jws_header_read(j->header, mem, alg, kid, &typ, &d) == OK &&
	       span_is(typ, DOCUMENT_TYP);
}

bool authentic_kid(struct span bytes, struct arena *mem, struct hash *kid)
{
	size_t mark = mem->used;
	struct jws j;
	enum alg alg;
	bool ours = jws_bl_looks_like(bytes) && split_registered(bytes, mem, &j, &alg, kid);

	mem->used = mark;
	return ours;
}

/* A document inside a JWS under a key of our own registry. False: it is somebody else's JWS. */
static bool registered(struct asking *q, struct span bytes)
{
	struct jws j;
	struct hash kid;
	enum alg alg;
	const struct trust *t = q->trust;

	if (!split_registered(bytes, q->mem, &j, &alg, &kid))
		return false;
	q->a->content = j.payload;
	for (size_t i = 0; i < t->n_keys && !q->a->key; i++)
		if (t->now.us >= t->keys[i].from.us && t->now.us <= t->keys[i].until.us &&
		    hash_eq(jwk_thumbprint(&t->keys[i].key), kid))
			q->a->key = &t->keys[i];
	if (!q->a->key) {
		note(q->a, RULE_AUTH_ANCHOR, "signed under a key that is not enrolled");
		return true;
	}
	if (q->a->key->key.alg != alg || !sig_verify(&q->a->key->key, j.signed_part, j.sig)) {
		note(q->a, RULE_AUTH_FORGED, "the signature does not verify under the enrolled key");
		q->a->key = NULL;
		return true;
	}
	q->a->profile = AUTH_REGISTRY;
	q->a->anchored = q->a->current = q->a->whole = q->a->timely = true;
	return true;
}

static void jws(struct asking *q, struct span bytes)
{
	if (!registered(q, bytes))
		bill_of_lading(q, bytes);
}

/* The first row that claims the bytes gets them. */
static const struct row {
	enum auth_profile profile;
	bool (*claims)(struct span bytes);
	void (*ask)(struct asking *q, struct span bytes);
} rows[] = {
	{ AUTH_XMLDSIG, xml_looks_like, xmldsig },
	{ AUTH_OFD_SES, NULL, NULL }, /* asked by the package's reader: authentic_parts */
	{ AUTH_CMS, cms_looks_like, cms },
	{ AUTH_JWS_BL, jws_bl_looks_like, jws },
	{ AUTH_REGISTRY, NULL, NULL }, /* a JWS too: its header tells it from the row above */
};
static_assert(ARRAY_LEN(rows) == AUTH_PROFILES - 1, "one row per profile");

void authentic_bytes(struct span bytes, const struct trust *t, struct arena *mem, struct authentic *ret)
{
	struct asking q = { t, mem, ret };

	*ret = (struct authentic){ .content = bytes };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!rows[i].claims || !rows[i].claims(bytes))
			continue;
		rows[i].ask(&q, bytes);
		return;
	}
}

/* What was found inside, beside what was found around it. */
static void merge(struct authentic *ret, const struct authentic *inner)
{
	if (ret->profile == AUTH_NONE && ret->n_notes == 0) {
		*ret = *inner;
		return;
	}
	for (size_t i = 0; i < inner->n_notes && ret->n_notes < AUTH_NOTES_MAX; i++)
		ret->note[ret->n_notes++] = inner->note[i];
}

void authentic_parts(const struct ofd_parts *parts, const struct trust *t, struct arena *mem, struct authentic *ret)
{
	struct authentic inner = { .content = ret->content };
	struct asking q = { t, mem, &inner };

	ofd(&q, parts);
	merge(ret, &inner);
}

void authentic_chain(const struct bl_chain *c, const struct trust *t, struct arena *mem, struct authentic *ret)
{
	struct authentic inner = { .content = ret->content };
	struct platforms p;
	size_t first = 0;
	const char *why;

	platforms_of(t, &p);
	enum jws_end end = bl_chain_check(c, p.key, p.pins.n, mem, &first, &why);
	take_platform(&inner, &p, end, first, why);
	merge(ret, &inner);
}

void authentic_manifest(struct span compact, const struct trust *t, struct arena *mem, struct authentic *ret)
{
	struct authentic inner = { .content = ret->content };
	struct asking q = { t, mem, &inner };

	bill_of_lading(&q, compact);
	inner.content = ret->content;
	merge(ret, &inner);
}

void authentic_beside(struct span content, struct span signature, const struct trust *t, struct arena *mem,
                      struct authentic *ret)
{
	struct asking q = { t, mem, ret };

	*ret = (struct authentic){ .content = content };
	take_cms(&q, signature, content);
}

/* ---- into the model ---- */

static void fill_signature(struct draft *d, const struct authentic *a)
{
	struct doc_signature *s = &d->doc->signature;
	char text[32];
	struct writer w = writer_over(text, sizeof text);

	s->present = true;
	s->profile = (uint16_t)a->profile;
	s->anchored = a->anchored;
	s->current = a->current;
	s->whole = a->whole;
	s->timely = a->timely;
	s->signer = a->signer.subject;
	s->issuer = a->signer.issuer;
	if (a->dated) {
		put_moment(&w, a->claimed);
		s->claimed = arena_copy(d->mem, writer_span(&w));
	}
	if (a->anchored && a->anchor) {
		s->anchor = arena_copy(d->mem, a->anchor->name);
		s->anchor_id = arena_copy(d->mem, a->anchor->id);
		s->jurisdiction = arena_copy(d->mem, a->anchor->jurisdiction);
	}
	for (size_t i = 0; i < a->signer.n_ids; i++) {
		struct doc_id *id = draft_item(d, &s->ids, sizeof *id, DOC_PARTY_IDS_MAX);
		if (id)
			*id = (struct doc_id){ .role = ID_LEGAL,
				               .scheme = a->signer.ids[i].scheme,
				               .value = a->signer.ids[i].value };
	}
}

/* Signed before it was written, by more than the day of a time zone. */
static bool before_issue(const struct document *doc, const struct authentic *a)
{
	return a->dated && doc->issue_date.day != DATE_NONE.day && date_of(a->claimed).day < doc->issue_date.day - 1;
}

/* A certificate may be pinned several times: for other documents, of other places. The first that vouches for this one
 * counts; when none does, the one the path was found by says why. */
static bool bind(const struct draft *d, struct authentic *a, const char **why)
{
	const struct trust_anchor *found = a->anchor;

	if (authentic_bound(d->doc, a, why))
		return true;
	if (!found)
		return false;
	struct pins pins = pins_of(d->trust, a->profile);
	const char *other;
	for (size_t i = 0; i < pins.n; i++) {
		a->anchor = pins.anchor[i];
		if (span_eq(pins.certificate[i], found->certificate) &&
		    (a->profile != AUTH_JWS_BL || span_eq(a->anchor->name, found->name)) &&
		    authentic_bound(d->doc, a, &other))
			return true;
	}
	a->anchor = found;
	return false;
}

void authentic_judge(struct draft *d, const struct authentic *asked)
{
	struct doc_signature *s = &d->doc->signature;
	struct authentic own = *asked, *a = &own;
	const char *why = "";

	for (size_t i = 0; i < a->n_notes; i++)
		draft_tell(d, a->note[i].rule, TOP(NULL), a->note[i].detail);
	if (a->profile == AUTH_NONE)
		return;
	bool bound = a->anchored && bind(d, a, &why);
	fill_signature(d, a);
	if (s->timely && before_issue(d->doc, a)) {
		s->timely = false;
		draft_tell(d, RULE_SIGNED_AT, TOP(NULL), S("signed before the day it was issued"));
	}
	s->bound = bound;
	if (s->anchored && !s->bound)
		draft_tell(d, RULE_AUTH_SIGNER, TOP(NULL), span_z(why));
}

enum doc_level document_level(const struct document *d)
{
	const struct doc_signature *s = &d->signature;

	if (d->kind == DOC_OPAQUE || d->refused)
		return DOC_L0;
	return s->present && s->anchored && s->current && s->bound && s->whole && s->timely ? DOC_L2 : DOC_L1;
}
