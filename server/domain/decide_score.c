/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_score.c: scores that were given, what is said to be wrong in them, and
 * what is put right.
 *
 * A score is computed, not decided (score.h): its certificate only says that
 * the registry gave this answer to this asker at this position, so that anybody
 * can compute it again. Whoever a score is about may say which of the entries
 * it rests on is wrong. When the operator finds so, that entry counts in no
 * score after its correction; the entry itself stays, and so do scores of
 * before, which were right by what was known.
 */
#include "deciding.h"

/* Exactly one of an asset, which must be there, and a party. */
static enum fault the_subject(struct deciding *g, struct uuid asset, struct uuid party, const struct asset **a)
{
	const struct party *p;
	enum fault f;

	*a = NULL;
	if (uuid_is_nil(asset) == uuid_is_nil(party))
		return refuse(g, E_BAD_MEMBER, "/body/asset", "a score is about a receivable or about a party");
	if (!uuid_is_nil(party))
		return need_party(g, party, "/body/party", &p);
	f = get_asset(g, asset, a);
	if (f == OK && !*a)
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/asset", "no asset of this id is registered");
	return f;
}

static enum fault entry_there(struct deciding *g, int64_t seq, const char *pointer)
{
	if (seq < 0 || seq >= (int64_t)g->r->seq)
		return refuse(g, E_BAD_MEMBER, pointer, "an entry that is not there yet");
	return OK;
}

enum fault decide_score_certify(struct deciding *g)
{
	const struct body_score_certify *b = &g->c->body.score_certify;
	const struct party *asker;
	const struct asset *a;
	enum fault f = the_subject(g, b->asset, b->party, &a);

	if (f == OK)
		f = need_party(g, b->asker, "/body/asker", &asker);
	if (f == OK)
		f = entry_there(g, b->as_of, "/body/as_of");
	if (f == OK && (b->points < 0 || b->points > 1000))
		f = refuse(g, E_BAD_MEMBER, "/body/points", "0 to 1000");
	if (f == OK && (b->confidence < 0 || b->confidence > 1000))
		f = refuse(g, E_BAD_MEMBER, "/body/confidence", "0 to 1000 thousandths");
	return f;
}

/* The seller or the debtor of the receivable, or the party itself: whose data it is. */
static enum fault may_appeal(struct deciding *g, const struct asset *a, struct uuid party)
{
	const bool own = a ? is_actor(g, a->creditor) || is_actor(g, a->debtor) : is_actor(g, party);

	return own ? OK
	           : refuse(g, E_NOT_AUTHORISED, "", "whoever the score is about appeals against what it rests on");
}

enum fault decide_score_appeal(struct deciding *g)
{
	const struct body_score_appeal *b = &g->c->body.score_appeal;
	const struct asset *a;
	struct appeal *x;
	enum fault f = the_subject(g, b->asset, b->party, &a);

	if (f == OK)
		f = may_appeal(g, a, b->party);
	if (f == OK)
		f = entry_there(g, b->input, "/body/input");
	if (f != OK)
		return f;
	x = new_appeal(g, g->c->object);
	x->appellant = g->actor;
	x->asset = b->asset;
	x->input = b->input;
	x->party = b->party;
	x->state = APPEAL_OPEN;
	return OK;
}

static enum fault same_matter(struct deciding *g, const struct appeal *x, const struct body_score_correct *b)
{
	if (x->state != APPEAL_OPEN)
		return refuse(g, E_BAD_STATE, "/object", appeal_state_name(x->state));
	if (!uuid_eq(x->asset, b->asset) || !uuid_eq(x->party, b->party) || x->input != b->input)
		return refuse(g, E_BAD_MEMBER, "/body/input", "the appeal is about another entry or another score");
	return OK;
}

/* Of an appeal, or of the operator's own accord: then only to leave something out. */
enum fault decide_score_correct(struct deciding *g)
{
	const struct body_score_correct *b = &g->c->body.score_correct;
	const int32_t to = b->left_out == FLAG_YES ? APPEAL_UPHELD : APPEAL_DISMISSED;
	const struct appeal *old;
	const struct asset *a;
	struct appeal *x;
	enum fault f = get_appeal(g, g->c->object, &old);

	if (f == OK)
		f = the_subject(g, b->asset, b->party, &a);
	if (f == OK)
		f = entry_there(g, b->input, "/body/input");
	if (f == OK && old)
		f = same_matter(g, old, b);
	if (f == OK && !old && to == APPEAL_DISMISSED)
		f = refuse(g, E_UNKNOWN_OBJECT, "/object", "no appeal of this id to dismiss");
	if (f != OK)
		return f;
	if (old) {
		edit_appeal(g, old)->state = to;
		return OK;
	}
	x = new_appeal(g, g->c->object);
	x->appellant = g->actor;
	x->asset = b->asset;
	x->input = b->input;
	x->party = b->party;
	x->state = to;
	return OK;
}
