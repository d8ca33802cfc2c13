/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dcsa_chain.c: who holds a bill of lading, walked link by link.
 *
 * An endorsement chain begins with the carrier's ISSUE; from then on only who
 * received the bill last can act on it; it ends when the bill is surrendered.
 * DCSA lists the newest link first; the one end where ISSUE stands says which
 * way a list runs, and then every time must agree.
 *
 * What holds without a key is judged here: checksums that name other parts of
 * the message, and the links of a transfer chain, each of which carries the
 * checksum of the one before. The signatures under them are authenticity.c's.
 */
#include "intake/json_document.h"

#include "crypto.h"
#include "intake/authenticity.h"
#include "intake/draft_value.h"

static const struct action {
	struct span code;
	bool first;    /* only at the beginning */
	bool last;     /* nothing may follow */
	bool given_up; /* from here on the bill is on its way back */
	bool bearer;   /* whoever has it holds it: the next actor need not be named */
} actions[] = {
	{ S_INIT("ISSUE"), true, false, false, false },
	{ S_INIT("ENDORSE"), false, false, false, false },
	{ S_INIT("SIGN"), false, false, false, false },
	{ S_INIT("SURRENDER_FOR_DELIVERY"), false, false, true, false },
	{ S_INIT("SURRENDER_FOR_AMENDMENT"), false, false, true, false },
	{ S_INIT("BLANK_ENDORSE"), false, false, false, true },
	{ S_INIT("ENDORSE_TO_ORDER"), false, false, false, false },
	{ S_INIT("TRANSFER"), false, false, false, false },
	{ S_INIT("SURRENDERED"), false, true, true, false },
};

static const struct action *action_of(struct span code)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (span_eq(actions[i].code, code))
			return &actions[i];
	return NULL;
}

/* ---- parties ---- */

static struct span text_at(const struct js *o, const char *name)
{
	struct js at = js_member(o, name);
	struct span s;

	return js_string(&at, &s) ? s : (struct span){ NULL, 0 };
}

static bool same_code(const struct js *a, const struct js *b)
{
	return text_at(a, "partyCode").len && span_eq(text_at(a, "partyCode"), text_at(b, "partyCode")) &&
	       span_eq(text_at(a, "codeListProvider"), text_at(b, "codeListProvider"));
}

/* By any code both have; by name when one of them has none. */
static bool same_party(const struct js *a, const struct js *b)
{
	struct js x = js_member(a, "identifyingCodes"), y = js_member(b, "identifyingCodes");
	size_t n = 0, m = 0;

	if (!js_items(&x, &n) || !js_items(&y, &m) || !n || !m)
		return text_at(a, "partyName").len && span_eq(text_at(a, "partyName"), text_at(b, "partyName"));
	for (size_t i = 0; i < n && i < DOC_PARTY_IDS_MAX; i++)
		for (size_t k = 0; k < m && k < DOC_PARTY_IDS_MAX; k++) {
			struct js p = js_item(&x, i), q = js_item(&y, k);
			if (same_code(&p, &q))
				return true;
		}
	return false;
}

/* PROVIDER:CODE of the first code */
static struct span id_of(struct draft *d, const struct js *party)
{
	struct js codes = js_member(party, "identifyingCodes");
	struct writer w;
	size_t n = 0;

	if (!js_items(&codes, &n) || !n)
		return (struct span){ NULL, 0 };
	struct js first = js_item(&codes, 0);
	struct span provider = member_text(d, &first, "codeListProvider"), code = member_key(d, &first, "partyCode");
	w = writer_in(d->mem);
	put_span(&w, provider);
	put_byte(&w, ':');
	put_span(&w, code);
	return writer_done(&w, d->mem);
}

/* ---- the walk ---- */

struct walk {
	struct draft *d;
	struct js holder; /* v NULL: nobody yet */
	bool bearer, over, given_up;
	struct moment last;
	struct doc_endorsement *newest;
};

static void judge_time(struct walk *w, const struct js *link)
{
	struct js at = js_member(link, "actionDateTime");
	struct span s = text_at(link, "actionDateTime");
	struct moment now;

	if (!moment_parse(s, &now)) {
		member_tell(w->d, RULE_EBL_TIME, &at, s.len ? s : S("missing"));
		return;
	}
	if (now.us < w->last.us)
		member_tell(w->d, RULE_EBL_TIME, &at, s);
	w->last = now;
}

static void keep(struct walk *w, const struct js *link)
{
	struct doc_title *t = &w->d->doc->title;
	struct js actor = js_member(link, "actor"), to = js_member(link, "recipient");
	struct doc_endorsement *e = draft_item(w->d, &t->endorsements, sizeof *e, DOC_ENDORSEMENTS_MAX);

	if (!e)
		return;
	*e = (struct doc_endorsement){ .action = member_text(w->d, link, "actionCode"),
		                       .at = member_text(w->d, link, "actionDateTime"),
		                       .actor = member_key(w->d, &actor, "partyName"),
		                       .actor_id = id_of(w->d, &actor),
		                       .recipient = member_key(w->d, &to, "partyName"),
		                       .recipient_id = id_of(w->d, &to) };
	w->newest = e;
}

static void step(struct walk *w, const struct js *link, bool first)
{
	struct js code = js_member(link, "actionCode"), actor = js_member(link, "actor"),
		  to = js_member(link, "recipient");
	const struct action *a = action_of(text_at(link, "actionCode"));

	keep(w, link);
	judge_time(w, link);
	if (!a) {
		member_tell(w->d, RULE_EBL_ACTION, &code, text_at(link, "actionCode"));
		return;
	}
	if (a->first != first)
		member_tell(w->d, RULE_EBL_BEGIN, &code, a->code);
	if (w->over)
		member_tell(w->d, RULE_EBL_ACTION, &code, S("after the surrender"));
	if (!first && !w->bearer && !(w->holder.v && same_party(&w->holder, &actor)))
		member_tell(w->d, RULE_EBL_LINK, &actor, text_at(&actor, "partyName"));
	w->bearer = a->bearer;
	w->over |= a->last;
	w->given_up |= a->given_up;
	if (to.v && !js_null(&to))
		w->holder = to;
	else if (first)
		member_tell(w->d, RULE_EBL_LINK, &to, S("missing"));
}

/* Whoever received it last, or acted last where nobody received. */
static void fill_holder(struct walk *w)
{
	struct doc_title *t = &w->d->doc->title;
	bool received = w->newest->recipient.len || w->newest->recipient_id.len;
	struct span id = received ? w->newest->recipient_id : w->newest->actor_id, scheme = { NULL, 0 };

	t->holder = (struct doc_party){ .present = true, .name = received ? w->newest->recipient : w->newest->actor };
	if (span_cut(id, ':', &scheme, &id))
		draft_party_id(w->d, &t->holder, ID_PARTY, scheme, id);
	t->state = w->over ? S("SURRENDERED") : w->given_up ? S("PENDING_SURRENDER") : S("ISSUED");
}

static void walk_chain(struct draft *d, const struct js *chain, bool tell_surrender)
{
	struct walk w = { .d = d, .last = { INT64_MIN } };
	size_t n = member_items(d, chain);

	d->doc->title.endorsements.n = 0;
	if (!n) {
		member_tell(d, RULE_EBL_BEGIN, chain, S("no link"));
		return;
	}
	if (n > DOC_ENDORSEMENTS_MAX) {
		member_tell(d, RULE_LIMIT, chain, S("more than 1000 links"));
		return;
	}
	struct js *link = ARENA_ARRAY(d->mem, struct js, n);
	if (!link)
		return;
	struct js head = js_item(chain, 0);
	bool oldest_first = span_is(text_at(&head, "actionCode"), "ISSUE");
	for (size_t i = 0; i < n && arena_ok(d->mem); i++) {
		link[i] = js_item(chain, oldest_first ? i : n - 1 - i);
		step(&w, &link[i], i == 0);
	}
	if (w.newest)
		fill_holder(&w);
	if (w.given_up && tell_surrender)
		member_tell(d, RULE_EBL_GONE, chain, d->doc->title.state);
}

void dcsa_chain(struct draft *d, const struct js *chain) { walk_chain(d, chain, true); }

/* ---- several bills of one number ---- */

static bool is_given_up(const struct js *chain)
{
	size_t n = 0;
	bool up = false;

	if (!js_items(chain, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct js link = js_item(chain, i);
		const struct action *a = action_of(text_at(&link, "actionCode"));
		up |= a && a->given_up;
	}
	return up;
}

void dcsa_chains(struct draft *d, const struct js *list)
{
	size_t n = member_items(d, list), live = 0, shown = 0;
	struct js first = js_item(list, 0), bill = first, chain;
	struct span number = text_at(&first, "transportDocumentReference");

	d->doc->number = member_key(d, &first, "transportDocumentReference");
	if (n > DOC_PARTY_IDS_MAX) {
		member_tell(d, RULE_LIMIT, list, S("more than 32 bills"));
		return;
	}
	for (size_t i = 0; i < n; i++) {
		bill = js_item(list, i);
		chain = js_member(&bill, "endorsementChain");
		if (!span_eq(text_at(&bill, "transportDocumentReference"), number))
			member_tell(d, RULE_MEMBER, &bill, S("another bill"));
		live += !is_given_up(&chain);
		shown = is_given_up(&chain) ? shown : i;
	}
	if (live > 1)
		member_tell(d, RULE_EBL_LIVE, list, S("several are live"));
	/* what stays in the model is walked last: the live bill, or the first when all were given up */
	for (size_t i = 0; i < n; i++) {
		bill = js_item(list, i);
		chain = js_member(&bill, "endorsementChain");
		if (i != shown)
			walk_chain(d, &chain, false);
	}
	bill = js_item(list, shown);
	chain = js_member(&bill, "endorsementChain");
	walk_chain(d, &chain, true);
	d->doc->title.version = member_text(d, &bill, "transportDocumentSubReference");
	struct span carrier = member_text(d, &bill, "carrierSCACCode");
	d->doc->carrier.present = carrier.len > 0;
	draft_party_id(d, &d->doc->carrier, ID_PARTY, S("NMFTA"), carrier);
}

/* ---- checksums ---- */

/* The payload of a JWS in compact form as JSON; its signature is somebody else's to judge. */
static bool payload_of(struct draft *d, const struct js *at, struct js *ret)
{
	static const struct js_limits limits = { DOCUMENT_MAX, JS_DEPTH_MAX };
	struct span jws, head, payload, sig, bytes;
	struct diag diag;

	return js_string(at, &jws) && span_cut(jws, '.', &head, &payload) && span_cut(payload, '.', &payload, &sig) &&
	       head.len && sig.len && b64url_decode(payload, d->mem, &bytes) &&
	       js_read_foreign(bytes, limits, d->mem, ret, &diag) == OK;
}

static bool names_hash(struct span hex, struct hash h)
{
	uint8_t stated[HASH_LEN];

	return hex_parse(hex, stated, sizeof stated) && memcmp(stated, h.b, sizeof stated) == 0;
}

/* SHA-256 of the canonical form; false when it has none. */
static bool checksum(struct draft *d, const struct js *value, struct hash *ret)
{
	size_t mark = d->mem->used;
	struct writer w;
	size_t room =
		d->mem->cap - mark < (size_t)DOCUMENT_MAX * 2 ? (d->mem->cap - mark) / 2 : (size_t)DOCUMENT_MAX * 2;
	char *at = arena_take(d->mem, room);

	if (!at)
		return false;
	w = writer_over(at, room);
	bool good = put_js_canonical(&w, value, d->mem) && !w.overflow;
	*ret = good ? sha256(writer_span(&w)) : (struct hash){ { 0 } };
	if (arena_ok(d->mem))
		d->mem->used = mark;
	return good;
}

static void judge_checksum(struct draft *d, const struct js *manifest, const char *name, const struct js *value)
{
	struct js at = js_member(manifest, name);
	struct hash h;

	if (!value->v || js_null(value))
		return;
	if (!checksum(d, value, &h) || !names_hash(text_at(manifest, name), h))
		member_tell(d, RULE_EBL_CHECKSUM, &at, span_z(name));
}

void dcsa_manifest(struct draft *d, const struct js *request)
{
	struct js signed_part = js_member(request, "issuanceManifestSignedContent");
	struct js td = js_member(request, "document"), to = js_member(request, "issueTo");
	AUTO_JS struct js manifest = { .v = NULL };

	if (!signed_part.v)
		return; /* unsigned: the carrier has said nothing */
	if (!payload_of(d, &signed_part, &manifest)) {
		member_tell(d, RULE_EBL_CHECKSUM, &signed_part, S("not a signed manifest"));
		return;
	}
	judge_checksum(d, &manifest, "documentChecksum", &td);
	judge_checksum(d, &manifest, "issueToChecksum", &to);
	if (d->auth)
		authentic_manifest(text_at(request, "issuanceManifestSignedContent"), d->trust, d->mem, d->auth);
}

/* ---- the transfer chain of an envelope ---- */

struct chain {
	struct draft *d;
	struct span document; /* the checksum every entry must name */
	struct span before;   /* the entry before, as it was sent */
	bool begun;           /* a link was walked */
	struct walk walk;
};

static const char previous[] = "previousEnvelopeTransferChainEntrySignedContentChecksum";

/* *entry stays with the caller: the holder of the bill lies in it. */
static void judge_entry(struct chain *c, const struct js *at, struct js *entry, bool first)
{
	struct js before, list;

	if (!payload_of(c->d, at, entry)) {
		member_tell(c->d, RULE_EBL_TRANSFER, at, S("not a signed entry"));
		return;
	}
	before = js_member(entry, previous);
	if (first ? before.v && !js_null(&before) : !names_hash(text_at(entry, previous), sha256(c->before)))
		member_tell(c->d, RULE_EBL_TRANSFER, at, S("does not follow the entry before"));
	if (!span_eq(text_at(entry, "transportDocumentChecksum"), c->document))
		member_tell(c->d, RULE_EBL_TRANSFER, at, S("about another document"));
	list = js_member(entry, "transactions");
	for (size_t i = 0, n = member_items(c->d, &list); i < n; i++) {
		struct js link = js_item(&list, i);
		step(&c->walk, &link, !c->begun);
		c->begun = true;
	}
}

static void judge_entries(struct chain *c, const struct js *entries, size_t n)
{
	struct js *entry = ARENA_ARRAY(c->d->mem, struct js, n);

	for (size_t i = 0; entry && i < n && arena_ok(c->d->mem); i++) {
		struct js at = js_item(entries, i);
		judge_entry(c, &at, &entry[i], i == 0);
		if (!js_string(&at, &c->before))
			c->before = (struct span){ NULL, 0 };
	}
	if (c->walk.newest)
		fill_holder(&c->walk);
	for (size_t i = 0; entry && i < n; i++)
		js_free(&entry[i]);
}

/* Who signed the chain, which the document's checksum ties to the facts. */
static void judge_signers(struct draft *d, struct span manifest, struct span document, const struct js *entries,
                          size_t n)
{
	struct span *entry = ARENA_ARRAY(d->mem, struct span, n);

	if (!entry || !d->auth)
		return;
	for (size_t i = 0; i < n; i++) {
		struct js at = js_item(entries, i);
		if (!js_string(&at, &entry[i]))
			return; /* told already */
	}
	struct bl_chain c = { document, manifest, entry, n };
	authentic_chain(&c, d->trust, d->mem, d->auth);
}

void dcsa_envelope(struct draft *d, const struct js *envelope)
{
	struct js signed_part = js_member(envelope, "envelopeManifestSignedContent");
	struct js entries = js_member(envelope, "envelopeTransferChain"), td = js_member(envelope, "transportDocument");
	AUTO_JS struct js manifest = { .v = NULL };
	struct chain c = { .d = d, .walk = { .d = d, .last = { INT64_MIN } } };
	size_t n = member_items(d, &entries);

	if (!payload_of(d, &signed_part, &manifest) || !n || n > DOC_ENDORSEMENTS_MAX) {
		member_tell(d, RULE_EBL_TRANSFER, &signed_part, S("no manifest, or no transfer chain"));
		return;
	}
	judge_checksum(d, &manifest, "transportDocumentChecksum", &td);
	c.document = text_at(&manifest, "transportDocumentChecksum");
	judge_entries(&c, &entries, n);
	if (!names_hash(text_at(&manifest, "lastEnvelopeTransferChainEntrySignedContentChecksum"), sha256(c.before)))
		member_tell(d, RULE_EBL_TRANSFER, &entries, S("not the chain the manifest ends"));
	if (c.walk.given_up)
		member_tell(d, RULE_EBL_GONE, &entries, d->doc->title.state);
	judge_signers(d, text_at(envelope, "envelopeManifestSignedContent"), c.document, &entries, n);
}
