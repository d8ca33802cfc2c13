/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_warning.c: trouble to come, entered by the registry, and its end.
 *
 * Like a finding, a warning is a function of the log made behind the sequencer (warn.h). Unlike one it decides nothing:
 * no grant is refused for it and no row but its own changes. So all there is to see to is that it is well formed, of the
 * engine that judges, about one thing that is there, and proved by entries that are there. It says nothing of lenders;
 * the one lender a book's warning names is the only one that is told.
 */
#include "deciding.h"
#include "warn.h"

static enum fault not_one(struct deciding *g)
{
	return refuse(g, E_BAD_MEMBER, "/body", "a warning is about the one thing that its event is about");
}

/* What the event is about is said, and nothing else. */
static enum fault need_subject(struct deciding *g, const struct body_warning_raise *b, enum warned_of of)
{
	const bool said[] = {
		[ABOUT_PARTY] = !uuid_is_nil(b->party), [ABOUT_ASSET] = !uuid_is_nil(b->asset),
		[ABOUT_SITE] = !uuid_is_nil(b->site),   [ABOUT_COMMODITY] = b->commodity.len > 0,
		[ABOUT_CELL] = b->region.len > 0,       [ABOUT_BOOK] = !uuid_is_nil(b->book),
	};
	const struct party *p;
	const struct asset *a;
	const struct site *s;
	enum fault f = OK;

	for (size_t i = ABOUT_PARTY; i < ARRAY_LEN(said); i++)
		if (said[i] != (i == of))
			return not_one(g);
	if ((b->goods.len > 0) && of != ABOUT_CELL)
		return not_one(g);
	if (of == ABOUT_PARTY || of == ABOUT_BOOK)
		return of == ABOUT_PARTY ? need_party(g, b->party, "/body/party", &p)
		                         : need_party(g, b->book, "/body/book", &p);
	if (of == ABOUT_ASSET)
		f = get_asset(g, b->asset, &a);
	if (f == OK && of == ABOUT_ASSET && !a)
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/asset", "no asset of this id is registered");
	if (of == ABOUT_SITE)
		f = get_site(g, b->site, &s);
	if (f == OK && of == ABOUT_SITE && !s)
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/site", "no site of this id is registered");
	return f;
}

static void put_row(struct deciding *g, const struct warning_info *info, enum warning_severity severity)
{
	const struct body_warning_raise *b = &g->c->body.warning_raise;
	struct warning *x = new_warning(g, g->c->object);

	x->asset = b->asset;
	x->at_seq = b->at_seq;
	x->book = b->book;
	x->commodity = b->commodity;
	x->detail = b->detail;
	x->event = (int32_t)info->number;
	x->evidence = evidence_text(g, b->evidence);
	x->goods = b->goods;
	x->party = b->party;
	x->raised = g->r->now;
	x->region = b->region;
	x->severity = (int32_t)severity;
	x->site = b->site;
	x->state = WARNING_OPEN;
	x->threshold = b->threshold;
	x->until = b->until;
	x->value = b->value;
}

enum fault decide_warning_raise(struct deciding *g)
{
	const struct body_warning_raise *b = &g->c->body.warning_raise;
	const struct warning_info *info = warning_by_id(b->event);
	const enum warning_severity severity = warning_severity_parse(b->severity);
	enum fault f;

	if (!info)
		return refuse(g, E_BAD_MEMBER, "/body/event", "no event of this id");
	if (severity == WARN_OFF)
		return refuse(g, E_BAD_MEMBER, "/body/severity", "watch, warning or alarm");
	f = engine_judges(g, b->engine);
	if (f == OK)
		f = evidence_before(g, b->evidence, b->at_seq);
	if (f == OK)
		f = need_subject(g, b, info->of);
	if (f == OK)
		put_row(g, info, severity);
	return f;
}

enum fault decide_warning_close(struct deciding *g)
{
	const struct body_warning_close *b = &g->c->body.warning_close;
	const struct warning *x;
	struct warning *now;
	enum fault f = get_warning(g, g->c->object, &x);

	if (f == OK)
		f = engine_judges(g, b->engine);
	if (f == OK)
		f = evidence_before(g, b->evidence, b->at_seq);
	if (f != OK)
		return f;
	if (x->state != WARNING_OPEN)
		return refuse(g, E_BAD_STATE, "/object", warning_state_name(x->state));
	now = edit_warning(g, x);
	now->state = WARNING_CLOSED;
	now->closed = g->r->now;
	return OK;
}
