/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_assess.c: a document is judged again after it came in.
 *
 * What intake found in a document never changes; what it is worth does. The anchor it rested on is withdrawn, it is
 * submitted again under one that is new, or other papers of its trade come in: an order that carries it, a credit note
 * that takes something off it, the buyer's refusal. Each change is an entry of the registry's, so that a replay needs
 * neither clock nor certificates, and it goes over to the claim that stands on the document, also when something has
 * been lent on it. A level falls only on a ground that is in the log itself; whether the papers say what the entry says
 * they do, the auditor sees by matching them again (trade_match.h).
 *
 * Invariants: level 3 only with papers and without a finding that caps it; a finding that blocks leaves level 1 at most.
 */
#include "deciding.h"

#include "trade_match.h"

enum { ISSUERS_TRIED = 8 };

int32_t asset_level(const struct asset *a)
{
	bool confirmed = a->kind == ASSET_RECEIVABLE && a->confirmed_seq != 0 && a->level > 0 &&
	                 a->state != RCV_DISPUTED && a->state != RCV_REJECTED;

	return confirmed && (a->trade & xd_of_weight(XD_BLOCKS)) == 0 ? LEVEL_CONFIRMED : a->level;
}

enum fault need_evidence(struct deciding *g, const struct asset *a)
{
	int64_t least;
	enum fault f;

	if (a->kind != ASSET_RECEIVABLE)
		return OK;
	f = rule_for(g, RULE_FINANCE_LEVEL, a->debtor, &least);
	if (f == OK && asset_level(a) < least)
		f = refuse_rule(g, E_EVIDENCE_LEVEL, "/object",
		                "the claim's evidence does not reach the level a financing needs");
	return f;
}

enum fault need_trade_open(struct deciding *g, const struct asset *a, int64_t amount)
{
	static const int64_t taken = INT64_C(1) << XD_CREDIT | INT64_C(1) << XD_PAY;
	int64_t mode, spoken_for = a->encumbered + a->reserved;
	enum fault f = OK;

	if (a->kind != ASSET_RECEIVABLE || (a->trade & taken) == 0)
		return OK;
	f = rule_for(g, RULE_TRADE_OPEN, a->debtor, &mode);
	if (f == OK && mode == 1 && amount > a->trade_open - spoken_for)
		f = refuse_rule(g, E_EXCEEDS_FREE, "/body/amount",
		                "credit notes or payments among the papers of its trade leave less of it");
	return f;
}

/* --- what was said before --- */

static struct assessment as_taken_in(const struct evidence *doc)
{
	return (struct assessment){
		.sha256 = doc->sha256, .alone = doc->level, .anchor = doc->anchor, .level = doc->level
	};
}

static bool same_word(const struct assessment *a, const struct assessment *b)
{
	return a->alone == b->alone && uuid_eq(a->anchor, b->anchor) && a->credited == b->credited &&
	       a->findings == b->findings && a->level == b->level && a->paid == b->paid;
}

/* --- grounds --- */

/* By itself a document falls only with what its level rested on, */
static enum fault may_fall(struct deciding *g, struct uuid anchor)
{
	const struct anchor *a = NULL;
	enum fault f = uuid_is_nil(anchor) ? OK : get_anchor(g, anchor, &a);

	if (f != OK)
		return f;
	if (!a || (a->state == LIVE && a->valid_until.us > g->r->now.us && a->revocations.len == 0))
		return refuse(g, E_UNFOUNDED, "/body/alone", "what the level rested on stands");
	return OK;
}

/* and rises only on an anchor that stands, or on a key of this registry. */
static enum fault may_rest(struct deciding *g, struct uuid anchor)
{
	const struct anchor *a = NULL;
	enum fault f = uuid_is_nil(anchor) ? OK : get_anchor(g, anchor, &a);

	if (f != OK)
		return f;
	if (!uuid_is_nil(anchor) && (!a || a->state != LIVE || a->valid_until.us <= g->r->now.us))
		return refuse(g, E_UNFOUNDED, "/body/anchor", "no anchor of this id is in force");
	return OK;
}

static enum fault own_level_good(struct deciding *g, const struct assessment *was)
{
	const struct body_document_assess *b = &g->c->body.document_assess;

	if (b->alone < 0 || b->alone > 2)
		return refuse(g, E_BAD_MEMBER, "/body/alone", "0 to 2");
	if (b->alone < 2 && !uuid_is_nil(b->anchor))
		return refuse(g, E_BAD_MEMBER, "/body/anchor", "below level 2 it rests on none");
	if (b->alone < was->alone)
		return may_fall(g, was->anchor);
	if (b->alone > was->alone || !uuid_eq(b->anchor, was->anchor))
		return may_rest(g, b->anchor);
	return OK;
}

/* Each finding once, in the order of its number; -1 for a text that is none. */
static int64_t bits_of(struct texts t)
{
	int64_t bits = 0;

	for (size_t i = 0; i < t.n; i++) {
		const struct xd_info *x = xd_by_id(t.at[i]);

		if (!x || xd_bit(x->number) <= bits)
			return -1;
		bits |= xd_bit(x->number);
	}
	return bits;
}

static enum fault level_good(struct deciding *g, int64_t bits)
{
	const struct body_document_assess *b = &g->c->body.document_assess;
	int64_t most = b->alone;

	if (bits < 0)
		return refuse(g, E_BAD_MEMBER, "/body/findings", "ids such as XD-QTY, each once, in their order");
	if ((bits & xd_of_weight(XD_BLOCKS)) != 0)
		most = most > 1 ? 1 : most;
	else if ((bits & xd_of_weight(XD_CAPS)) == 0 && b->papers.n > 0 && b->alone >= 1)
		most = 3;
	if (b->level < 0 || b->level > most)
		return refuse(g, E_UNFOUNDED, "/body/level",
		              "more than the document, its papers and the findings allow");
	if (b->credited.minor < 0 || b->paid.minor < 0)
		return refuse(g, E_BAD_MEMBER, "/body/credited", "not below zero");
	if (b->papers.n == 0 && (bits & ~xd_bit(XD_PAYEE)) != 0)
		return refuse(g, E_UNFOUNDED, "/body/papers", "findings come from papers");
	return OK;
}

static enum fault papers_good(struct deciding *g)
{
	const struct body_document_assess *b = &g->c->body.document_assess;
	enum fault f = OK;

	for (size_t i = 0; i < b->papers.n; i++)
		hint_row(g, TABLE_DOCUMENT, key_hash(b->papers.at[i]), false);
	for (size_t i = 0; f == OK && i < b->papers.n; i++)
		f = need_document(g, b->papers.at[i], "/body/papers");
	return f;
}

/* --- the claim that stands on it --- */

static bool next_line(struct span *text, struct span *line)
{
	if (text->len == 0)
		return false;
	if (!span_cut(*text, '\n', line, text)) {
		*line = *text;
		*text = S("");
	}
	return true;
}

/* By the fingerprint of what the document says, as a check finds it; NULL when nothing live stands on these bytes. */
static enum fault find_claim(struct deciding *g, const struct evidence *doc, const struct asset **ret)
{
	struct facts facts = { .kind = S("invoice"), .number = doc->number };
	struct span lines = doc->issuer_ids;

	*ret = NULL;
	for (unsigned i = 0; doc->number.len > 0 && i < ISSUERS_TRIED && next_line(&lines, &facts.issuer); i++) {
		const struct claim *c;
		const struct asset *a = NULL;
		struct fp16 fp;
		enum fault f = claim_of_facts(g, &facts, &fp);

		if (f == OK)
			f = get_claim(g, fp, &c);
		if (f == OK && c && !uuid_is_nil(c->object))
			f = get_asset(g, c->object, &a);
		if (f != OK)
			return f;
		if (a && hash_eq(a->document, doc->sha256)) {
			*ret = a;
			return OK;
		}
	}
	return OK;
}

static void take_evidence(struct asset *a, const struct evidence *doc, const struct assessment *now)
{
	int32_t high = a->level > a->level_high ? a->level : a->level_high;

	a->level = now->level;
	a->level_high = now->level > high ? now->level : high;
	a->trade = now->findings;
	a->trade_open = 0;
	if (now->credited + now->paid > 0 && doc->payable > now->credited + now->paid)
		a->trade_open = doc->payable - now->credited - now->paid;
}

enum fault level_of_document(struct deciding *g, const struct evidence *doc, int32_t *ret)
{
	const struct assessment *now;
	enum fault f = get_assessment(g, doc->sha256, &now);

	*ret = f == OK && now ? now->level : doc->level;
	return f;
}

enum fault asset_begin_evidence(struct deciding *g, struct asset *a, const struct evidence *doc)
{
	const struct assessment *now = NULL;
	enum fault f = doc ? get_assessment(g, doc->sha256, &now) : OK;

	a->level = doc ? doc->level : 0;
	if (f == OK && now)
		take_evidence(a, doc, now);
	return f;
}

/* --- the entry --- */

static struct assessment as_said(struct deciding *g, const struct evidence *doc, int64_t bits)
{
	const struct body_document_assess *b = &g->c->body.document_assess;

	return (struct assessment){ .sha256 = doc->sha256,
		                    .alone = (int32_t)b->alone,
		                    .anchor = b->anchor,
		                    .credited = b->credited.minor,
		                    .findings = bits,
		                    .level = (int32_t)b->level,
		                    .paid = b->paid.minor,
		                    .papers = (int32_t)b->papers.n,
		                    .seq = (int64_t)g->r->seq };
}

static void write_assessment(struct deciding *g, const struct assessment *old, const struct assessment *now)
{
	struct assessment *x = old ? edit_assessment(g, old) : new_assessment(g, now->sha256);

	x->alone = now->alone;
	x->anchor = now->anchor;
	x->credited = now->credited;
	x->findings = now->findings;
	x->level = now->level;
	x->paid = now->paid;
	x->papers = now->papers;
	x->seq = now->seq;
}

enum fault decide_document_assess(struct deciding *g)
{
	const struct body_document_assess *b = &g->c->body.document_assess;
	const struct assessment *old;
	const struct evidence *doc;
	const struct asset *a;
	struct assessment was, now;
	int64_t bits = bits_of(b->findings);
	enum fault f = get_evidence(g, b->document, &doc), h = get_assessment(g, b->document, &old);

	if (f != OK || h != OK)
		return FAULT_WANT;
	if (!doc)
		return refuse(g, E_UNKNOWN_DOCUMENT, "/body/document", "submit it to /v1/documents first");
	was = old ? *old : as_taken_in(doc);
	now = as_said(g, doc, bits);
	f = own_level_good(g, &was);
	if (f == OK)
		f = level_good(g, bits);
	if (f == OK)
		f = papers_good(g);
	if (f == OK && same_word(&was, &now))
		f = refuse(g, E_NOTHING_NEW, "", "the document is judged like this already");
	if (f == OK)
		f = find_claim(g, doc, &a);
	if (f != OK)
		return f;
	write_assessment(g, old, &now);
	if (a)
		take_evidence(edit_asset(g, a), doc, &now);
	return OK;
}
