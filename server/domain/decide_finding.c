/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_finding.c: what detection found, entered by the registry, and what a reviewer says to it.
 *
 * The detector (detect.h) reads the log behind the sequencer and is a function of it alone; what it finds becomes an
 * entry like any other, so that everybody sees the same, a replay finds it again, and a later entry can clear it. While
 * a finding of severity hold or block is open or confirmed, nobody new can be given the asset; what binds it already
 * stays. A finding says what was measured and which entries prove it; it names no party beyond its subject.
 */
#include "deciding.h"
#include "detect.h"

static const struct {
	const char *name;
	enum finding_state state;
} verdict[] = { { "cleared", FINDING_CLEARED }, { "confirmed", FINDING_CONFIRMED } };

static bool stops(int32_t severity) { return severity >= SEVERITY_HOLD; }

enum fault need_unsuspected(struct deciding *g, const struct asset *a)
{
	if (a->suspicions > 0)
		return refuse(g, E_UNDER_REVIEW, "/object", "detection found something that has to be reviewed first");
	return OK;
}

/* --- the list in the asset's row --- */

enum { LINE_MAX = 64, LIST_BYTES = FINDINGS_LISTED * LINE_MAX };

/* The asset's list with this finding as it is now: its own line changed, or added at the end while there is room. */
static struct span listed(struct deciding *g, struct span list, const struct finding_line *now)
{
	char *at = arena_take(g->mem, LIST_BYTES);
	struct finding_line l;
	struct writer w;
	unsigned n = 0;
	bool there = false;

	assert(at != NULL);
	for (w = writer_over(at, LIST_BYTES); finding_line_next(&list, &l); n++) {
		if (n > 0)
			put_byte(&w, '\n');
		there |= uuid_eq(l.id, now->id);
		put_finding_line(&w, uuid_eq(l.id, now->id) ? now : &l);
	}
	if (!there && n < FINDINGS_LISTED && now->state == FINDING_OPEN) {
		if (n > 0)
			put_byte(&w, '\n');
		put_finding_line(&w, now);
	}
	assert(!w.overflow);
	return writer_span(&w);
}

static void list_on_asset(struct deciding *g, const struct asset *a, const struct finding *x)
{
	const struct finding_line now = { x->id, signal_info(x->signal), (enum severity)x->severity, x->state };

	edit_asset(g, a)->findings = listed(g, a->findings, &now);
}

/* --- raising --- */

static enum fault find_subject(struct deciding *g, const struct asset **a, const struct party **p)
{
	const struct body_finding_raise *b = &g->c->body.finding_raise;
	enum fault f = OK;

	*a = NULL;
	*p = NULL;
	if (uuid_is_nil(b->asset) == uuid_is_nil(b->party))
		return refuse(g, E_BAD_MEMBER, "/body/asset", "a finding is about an asset or about a party");
	if (!uuid_is_nil(b->party))
		return need_party(g, b->party, "/body/party", p);
	f = get_asset(g, b->asset, a);
	if (f == OK && !*a)
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/asset", "no asset of this id is registered");
	return f;
}

struct span evidence_text(struct deciding *g, struct numbers n)
{
	char *at = arena_take(g->mem, n.n * 21);
	struct writer w;

	assert(at != NULL);
	w = writer_over(at, n.n * 21);
	for (size_t i = 0; i < n.n; i++) {
		if (i > 0)
			put_byte(&w, ',');
		put_i64(&w, n.at[i]);
	}
	return writer_span(&w);
}

/* Evidence lies before this entry: nothing is proved by what is not there yet. */
enum fault evidence_before(struct deciding *g, struct numbers evidence, int64_t at_seq)
{
	for (size_t i = 0; i < evidence.n; i++)
		if (evidence.at[i] < 0 || evidence.at[i] >= (int64_t)g->r->seq)
			return refuse(g, E_BAD_MEMBER, "/body/evidence", "an entry that is not there yet");
	if (at_seq < 0 || at_seq >= (int64_t)g->r->seq)
		return refuse(g, E_BAD_MEMBER, "/body/at_seq", "an entry that is not there yet");
	return OK;
}

/* --- which detection --- */

static int64_t engine_now(struct deciding *g) { return rule_value_or(g, RULE_ENGINE, ENGINE_FIRST); }

/* Where the engine that judges now began to: its own entry. Nothing judged before is judged by one after it. */
static int64_t engine_since(struct deciding *g, int64_t version)
{
	for (const struct row *r = g->r->world->rules; r; r = r->sibling) {
		const struct rule *x = (const struct rule *)(const void *)r;

		if (x->id == rule_row_id(RULE_ENGINE, version))
			return x->seq;
	}
	return 0;
}

enum fault decide_detection_engine(struct deciding *g)
{
	const struct body_detection_engine *b = &g->c->body.detection_engine;
	const struct rule_info *info = rule_info(RULE_ENGINE);
	const int64_t latest = rule_latest(g, 0, RULE_ENGINE);
	struct rule *x;

	if (b->engine < info->least || b->engine > info->most)
		return refuse(g, E_RULE_RANGE, "/body/engine", "no number an engine can have");
	if (b->engine == engine_now(g))
		return refuse(g, E_OTHER_ENGINE, "/body/engine", "this engine judges already");
	if (b->from_seq < engine_since(g, latest) || b->from_seq > (int64_t)g->r->seq)
		return refuse(g, E_BAD_MEMBER, "/body/from_seq",
		              "not before the engine before it began, and not after this entry");
	x = new_rule(g, rule_row_id(RULE_ENGINE, latest + 1));
	x->effective = g->r->now;
	x->seq = (int64_t)g->r->seq;
	x->value = b->engine;
	return OK;
}

/* A finding is of the engine that judges: one that names another could be recomputed by nobody. */
enum fault engine_judges(struct deciding *g, int64_t engine)
{
	if ((engine ? engine : ENGINE_FIRST) != engine_now(g))
		return refuse(g, E_OTHER_ENGINE, "/body/engine", "another detection engine judges this log");
	return OK;
}

/* --- raising, put together --- */

enum fault decide_finding_raise(struct deciding *g)
{
	const struct body_finding_raise *b = &g->c->body.finding_raise;
	const struct signal_info *s = signal_by_id(b->signal);
	const enum severity severity = severity_parse(b->severity);
	const struct asset *a;
	const struct party *p;
	struct finding *x;
	enum fault f;

	if (!s)
		return refuse(g, E_BAD_MEMBER, "/body/signal", "no signal of this id");
	if (severity == SEVERITY_NONE)
		return refuse(g, E_BAD_MEMBER, "/body/severity", "info, flag, hold or block");
	f = engine_judges(g, b->engine);
	if (f == OK)
		f = evidence_before(g, b->evidence, b->at_seq);
	if (f == OK)
		f = find_subject(g, &a, &p);
	if (f != OK)
		return f;
	x = new_finding(g, g->c->object);
	x->asset = b->asset;
	x->party = b->party;
	x->at_seq = b->at_seq;
	x->bits = b->bits;
	x->detail = b->detail;
	x->evidence = evidence_text(g, b->evidence);
	x->threshold = b->threshold;
	x->severity = severity;
	x->signal = (int32_t)s->number;
	x->state = FINDING_OPEN;
	x->value = b->value;
	if (a)
		list_on_asset(g, a, x);
	if (a && stops(severity))
		edit_asset(g, a)->suspicions++;
	if (p && stops(severity))
		edit_party(g, p)->suspicions++;
	return OK;
}

/* --- reviewing --- */

/* A regulator, the operator, or - for what is found against a claim on it, unless it concerns its own conduct - the
 * debtor, who alone knows what it owes. */
static enum fault may_review(struct deciding *g, const struct finding *x, const struct asset *a)
{
	const struct signal_info *s = signal_info(x->signal);

	if (g->roles & (ROLE_REGULATOR | ROLE_OPERATOR))
		return OK;
	if (a && s && s->debtor_clears && is_actor(g, a->debtor))
		return OK;
	return refuse(g, E_NOT_AUTHORISED, "",
	              s && s->debtor_clears ? "the debtor, the operator or a regulator reviews this finding"
	                                    : "the operator or a regulator reviews this finding");
}

enum fault decide_finding_review(struct deciding *g)
{
	const struct body_finding_review *b = &g->c->body.finding_review;
	const struct finding *x;
	const struct asset *a = NULL;
	const struct party *p = NULL;
	struct finding *now;
	int32_t to = 0;
	enum fault f = get_finding(g, g->c->object, &x);

	for (size_t i = 0; i < ARRAY_LEN(verdict); i++)
		if (span_is(b->verdict, verdict[i].name))
			to = verdict[i].state;
	if (f == OK && !uuid_is_nil(x->asset))
		f = get_asset(g, x->asset, &a);
	if (f == OK && uuid_is_nil(x->asset))
		f = get_party(g, x->party, &p);
	if (f == OK)
		f = may_review(g, x, a);
	if (f != OK)
		return f;
	if (to == 0)
		return refuse(g, E_BAD_MEMBER, "/body/verdict", "cleared or confirmed");
	if (x->state == to || x->state == FINDING_CLEARED)
		return refuse(g, E_BAD_STATE, "/object", finding_state_name(x->state));
	if (x->state == FINDING_CONFIRMED && (g->roles & ROLE_REGULATOR) == 0)
		return refuse(g, E_NOT_AUTHORISED, "", "a regulator alone takes a confirmed finding back");
	now = edit_finding(g, x);
	now->state = to;
	if (a)
		list_on_asset(g, a, now);
	if (a && stops(x->severity) && to == FINDING_CLEARED)
		edit_asset(g, a)->suspicions--;
	if (p && stops(x->severity) && to == FINDING_CLEARED)
		edit_party(g, p)->suspicions--;
	return OK;
}
