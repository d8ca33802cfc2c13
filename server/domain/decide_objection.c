/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_objection.c: "this entry is wrong", by somebody with a stake in the asset; its states are objection.def.
 *
 * An objection changes nobody's rights: it warns whoever asks. So that it cannot stand for ever at no cost, the other
 * side has a short time to answer, and the challenger a longer one to show that it went to court. One standing
 * objection of a challenger to one thing.
 */
#include "calendar.h"
#include "deciding.h"

enum objection_event {
	OBJ_EV_ANSWER,
	OBJ_EV_ACCEPT,
	OBJ_EV_PROVE,
	OBJ_EV_WITHDRAW,
	OBJ_EV_LAPSE,
	OBJ_EV_CONCLUDE,
	OBJ_EVS
};

static const uint8_t edges[OBJ_STATES][OBJ_EVS] = {
#define EDGE(from, event, next) [OBJ_##from][OBJ_EV_##event] = OBJ_##next,
#include "objection.def"
#undef EDGE
};

static struct date today(const struct deciding *g) { return date_of(g->r->now); }

/* --- placing --- */

/* Creditor, debtor, or secured by a granted or binding encumbrance. */
static enum fault need_stake(struct deciding *g, const struct asset *a)
{
	const struct encumbrance *e[ENCUMBRANCES_MAX];
	size_t n;
	enum fault f;

	if (is_actor(g, a->creditor) || is_actor(g, a->debtor))
		return OK;
	f = see_children(g, a, e, &n);
	if (f != OK)
		return f;
	for (size_t i = 0; i < n; i++)
		if (is_actor(g, e[i]->secured))
			return OK;
	return refuse(g, E_NOT_AUTHORISED, "", "whoever has a stake in the asset objects");
}

static enum fault find_subject(struct deciding *g, const struct asset **a, const struct encumbrance **e)
{
	const struct body_objection_place *b = &g->c->body.objection_place;
	enum fault f = get_asset(g, b->asset, a);

	*e = NULL;
	if (f == OK && !*a)
		return refuse(g, E_UNKNOWN_OBJECT, "/body/asset", "no asset of this id is registered");
	if (f == OK && !uuid_is_nil(b->encumbrance))
		f = get_encumbrance(g, b->encumbrance, e);
	if (f != OK)
		return f;
	if (!uuid_is_nil(b->encumbrance) && (!*e || !uuid_eq((*e)->asset, b->asset)))
		return refuse(g, E_UNKNOWN_OBJECT, "/body/encumbrance", "no encumbrance of this id on that asset");
	if (*e && (*e)->state != ENCUMBRANCE_GRANTED && !encumbrance_binds((*e)->state))
		return refuse(g, E_BAD_STATE, "/body/encumbrance", encumbrance_state_name((*e)->state));
	if (!asset_live(*a))
		return refuse(g, E_BAD_STATE, "/body/asset", asset_state_name((*a)->kind, (*a)->state));
	return OK;
}

static enum fault write_objection(struct deciding *g, const struct asset *a, struct uuid respondent, int32_t code)
{
	const struct body_objection_place *b = &g->c->body.objection_place;
	struct objection *o;
	int64_t answer, file;
	enum fault f = rule_for(g, RULE_ANSWER, a->debtor, &answer);

	if (f == OK)
		f = rule_for(g, RULE_FILE_SUIT, a->debtor, &file);
	if (f != OK)
		return f;
	if (answer == RULE_OFF || file == RULE_OFF)
		return refuse(g, E_BAD_STATE, "/type", "no rules for objections are in force here");
	o = new_objection(g, g->c->object);
	f = working_days_after(g, a->debtor, today(g), answer, &o->answer_by);
	if (f == OK)
		f = last_day(g, a->debtor, (struct date){ today(g).day + (int32_t)file }, &o->file_by);
	if (f != OK)
		return f;
	o->asset = a->id;
	o->challenger = g->actor;
	o->code = code;
	o->encumbrance = b->encumbrance;
	o->respondent = respondent;
	o->state = OBJ_OPEN;
	edit_asset(g, a)->objections++;
	return OK;
}

static struct uuid subject_of(const struct deciding *g)
{
	const struct body_objection_place *b = &g->c->body.objection_place;

	return uuid_is_nil(b->encumbrance) ? b->asset : b->encumbrance;
}

enum fault decide_objection_place(struct deciding *g)
{
	int32_t code = dispute_code(g->c->body.objection_place.code);
	const struct asset *a;
	const struct encumbrance *e;
	enum fault f = find_subject(g, &a, &e);

	if (f == OK && code == 0)
		f = refuse(g, E_BAD_MEMBER, "/body/code", "C01 to C06");
	if (f == OK)
		f = need_stake(g, a);
	if (f == OK && is_actor(g, e ? e->secured : a->creditor))
		f = refuse(g, E_SELF_DEALING, "/body/asset", "one's own is withdrawn or released, not objected to");
	if (f == OK)
		f = claim_take(g, fingerprint_objection(g->actor, subject_of(g)), CLAIM_OBJECTION, g->c->object,
		               E_DUPLICATE_OBJECTION, "/body/asset");
	return f == OK ? write_objection(g, a, e ? e->secured : a->creditor, code) : f;
}

/* --- what follows --- */

static enum fault the_objection(struct deciding *g, enum objection_event ev, const struct objection **o, int32_t *to)
{
	enum fault f = get_objection(g, g->c->object, o);

	if (f != OK)
		return f;
	assert(*o != NULL); /* decide() has found the object */
	*to = edges[(*o)->state][ev];
	return *to ? OK : refuse(g, E_BAD_STATE, "/object", objection_state_name((*o)->state));
}

/* Its clock has run out; the rule that set it is named. */
static enum fault too_late(struct deciding *g, const struct objection *o, struct date by, enum rule_number rule,
                           const char *detail)
{
	const struct asset *a;
	int64_t unused;
	enum fault f;

	if (today(g).day <= by.day)
		return OK;
	f = get_asset(g, o->asset, &a);
	if (f == OK)
		f = rule_for(g, rule, a->debtor, &unused);
	if (f != OK)
		return f;
	return unused == RULE_OFF ? refuse(g, E_LAPSED, "/object", detail)
	                          : refuse_rule(g, E_LAPSED, "/object", detail);
}

/* To its new state; one that stands no more frees its place and stops warning. */
static enum fault move(struct deciding *g, const struct objection *o, int32_t to)
{
	const struct asset *a;
	enum fault f;

	edit_objection(g, o)->state = to;
	if (objection_stands(to))
		return OK;
	f = get_asset(g, o->asset, &a);
	if (f == OK)
		f = claim_drop(g,
		               fingerprint_objection(o->challenger,
		                                     uuid_is_nil(o->encumbrance) ? o->asset : o->encumbrance),
		               o->id);
	if (f != OK)
		return f;
	assert(a != NULL && a->objections > 0);
	edit_asset(g, a)->objections--;
	return OK;
}

enum fault decide_objection_answer(struct deciding *g)
{
	bool accepted = g->c->body.objection_answer.accepted == FLAG_YES;
	const struct objection *o;
	int32_t to;
	enum fault f = the_objection(g, accepted ? OBJ_EV_ACCEPT : OBJ_EV_ANSWER, &o, &to);

	if (f == OK)
		f = need_actor(g, o->respondent, "the one objected to answers");
	if (f == OK && o->answered != 0 && !accepted)
		f = refuse(g, E_BAD_STATE, "/object", "answered already");
	if (f == OK && o->state == OBJ_OPEN && !accepted)
		f = too_late(g, o, o->answer_by, RULE_ANSWER, "the time to answer has run out: it stands unanswered");
	if (f != OK)
		return f;
	edit_objection(g, o)->answered = (int64_t)g->r->seq;
	return move(g, o, to);
}

enum fault decide_objection_prove(struct deciding *g)
{
	const struct evidence *doc;
	const struct objection *o;
	int32_t to;
	enum fault f = the_objection(g, OBJ_EV_PROVE, &o, &to);

	if (f == OK)
		f = need_actor(g, o->challenger, "the challenger shows that it went to court");
	if (f == OK)
		f = too_late(g, o, o->file_by, RULE_FILE_SUIT, "the time to show that suit was filed has run out");
	if (f == OK)
		f = get_evidence(g, g->c->body.objection_prove.document, &doc);
	if (f == OK && !doc)
		f = refuse(g, E_UNKNOWN_DOCUMENT, "/body/document", "submit it to /v1/documents first");
	if (f != OK)
		return f;
	edit_objection(g, o)->proof = g->c->body.objection_prove.document;
	return move(g, o, to);
}

enum fault decide_objection_withdraw(struct deciding *g)
{
	const struct objection *o;
	int32_t to;
	enum fault f = the_objection(g, OBJ_EV_WITHDRAW, &o, &to);

	if (f == OK)
		f = need_actor(g, o->challenger, "the challenger withdraws it");
	return f == OK ? move(g, o, to) : f;
}

enum fault decide_objection_lapse(struct deciding *g)
{
	const struct objection *o;
	int32_t to;
	enum fault f = the_objection(g, OBJ_EV_LAPSE, &o, &to);

	if (f == OK && today(g).day <= o->file_by.day)
		f = refuse(g, E_NOT_YET, "/object", "the challenger still has time to file suit");
	return f == OK ? move(g, o, to) : f;
}

enum fault decide_objection_conclude(struct deciding *g)
{
	const struct objection *o;
	int32_t to;
	enum fault f = the_objection(g, OBJ_EV_CONCLUDE, &o, &to);

	return f == OK ? move(g, o, to) : f;
}
