/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_answer.c: the answer to a check as canonical JSON, members in JCS
 * order. What the asker may not know is null or absent already in the struct's
 * marks; nothing is decided here.
 */
#include "check_answer.h"
#include "detect.h"
#include "jcs.h"
#include "score.h"
#include "trade_match.h"

static void put_money(struct jcs *j, const char *name, int64_t minor, const char ccy[4])
{
	char text[32];
	struct writer w = writer_over(text, sizeof text);

	put_amount(&w, minor, ccy);
	assert(!w.overflow);
	jcs_name(j, name);
	jcs_object(j);
	jcs_member_span(j, "amount", writer_span(&w));
	jcs_member_z(j, "currency", ccy);
	jcs_end_object(j);
}

static void put_id(struct jcs *j, const char *name, struct uuid id)
{
	char text[UUID_TEXT];
	struct writer w = writer_over(text, sizeof text);

	put_uuid(&w, id);
	jcs_member_span(j, name, writer_span(&w));
}

static void put_day(struct jcs *j, const char *name, struct date d)
{
	char text[16];
	struct writer w = writer_over(text, sizeof text);

	if (d.day == 0 || d.day == DATE_NONE.day)
		return;
	put_date(&w, d);
	jcs_member_span(j, name, writer_span(&w));
}

/* What the papers of its trade say against it, and what credits and payments among them leave. */
static void put_trade(struct jcs *j, const struct asset *a, bool parties)
{
	size_t n;
	const struct xd_info *x = xd_rows(&n);

	if (a->trade == 0)
		return;
	jcs_name(j, "trade");
	jcs_array(j);
	for (size_t i = 0; i < n; i++)
		if (a->trade & xd_bit(x[i].number))
			jcs_z(j, x[i].id);
	jcs_end_array(j);
	if (parties && (a->trade & xd_of_weight(XD_LOWERS)) != 0)
		put_money(j, "trade_open", a->trade_open, a->ccy.at);
}

/* The members of /v1/receivables, those of them that a lender may see before it lends. */
static void put_asset(struct jcs *j, const struct asset *a, bool parties)
{
	jcs_object(j);
	jcs_member_bool(j, "confirmed", a->confirmed_seq != 0);
	if (parties) {
		put_id(j, "creditor", a->creditor);
		put_id(j, "debtor", a->debtor);
		put_day(j, "due_date", a->due);
	}
	jcs_member_bool(j, "existing", a->existing != 0);
	if (parties)
		put_money(j, "face", a->face, a->ccy.at);
	put_id(j, "id", a->id);
	if (parties)
		put_day(j, "issue_date", a->issued);
	jcs_member_z(j, "kind", asset_kind_name(a->kind));
	jcs_member_i64(j, "level", asset_level(a));
	jcs_member_i64(j, "objections", a->objections);
	if (parties)
		put_money(j, "open", asset_balance(a).open, a->ccy.at);
	jcs_member_bool(j, "set_off_waived", a->set_off_waived != 0);
	jcs_member_z(j, "state", asset_state_name(a->kind, a->state));
	put_trade(j, a, parties);
	jcs_end_object(j);
}

/* By what it has its rank. */
static const char *basis_name(const struct encumbrance *e)
{
	return e->rank_first ? "purchase-money" : e->rank_sub ? "subordinated" : "registered";
}

/* `since` is the entry that gave the rank; its time is public, in the log. */
static void put_encumbrance(struct jcs *j, const struct shown_encumbrance *s)
{
	const struct encumbrance *e = s->e;
	bool whole = s->shown == SHOWN_WHOLE;

	jcs_object(j);
	if (whole || s->rank > 0) /* what ranks before one is what one lends behind; who it is is not said */
		put_money(j, "amount", e->open, e->ccy.at);
	if (s->rank > 0)
		jcs_member_z(j, "basis", basis_name(e));
	if (whole) {
		put_day(j, "from", e->from_date);
		put_id(j, "id", e->id);
	}
	jcs_member_z(j, "kind", encumbrance_kind_name((enum encumbrance_kind)e->kind));
	if (whole && e->notified_seq != 0)
		jcs_member_i64(j, "notified_by", e->notified_seq);
	if (s->rank > 0)
		jcs_member_i64(j, "rank", s->rank);
	if (whole)
		put_id(j, "secured_party", e->secured);
	if (s->rank > 0)
		jcs_member_i64(j, "since", e->rank_seq);
	jcs_member_z(j, "state", encumbrance_state_name(e->state));
	if (whole)
		put_day(j, "until", e->until_date);
	jcs_end_object(j);
}

static void put_reason(struct jcs *j, const struct given_reason *r)
{
	const struct reason_info *info = reason_info(r->reason);

	jcs_object(j);
	jcs_member_z(j, "code", info->code);
	jcs_member_z(j, "detail", r->detail);
	jcs_member_z(j, "severity", weight_name(info->weight));
	jcs_end_object(j);
}

static void put_duplicate(struct jcs *j, const struct duplicate *d)
{
	jcs_object(j);
	put_id(j, "asset", d->asset);
	jcs_member_z(j, "how", "exact");
	jcs_member_i64(j, "similarity", d->similarity);
	jcs_end_object(j);
}

static void put_as_of(struct jcs *j, const struct check_as_of *at)
{
	jcs_name(j, "as_of");
	jcs_object(j);
	jcs_member_i64(j, "checkpoint", (int64_t)at->checkpoint);
	if (at->detects)
		jcs_member_i64(j, "detection", (int64_t)at->detection - 1);
	jcs_member_i64(j, "seq", (int64_t)at->size - 1);
	jcs_end_object(j);
}

static void put_finding(struct jcs *j, const struct finding_line *l)
{
	jcs_object(j);
	put_id(j, "id", l->id);
	jcs_member_z(j, "name", l->signal->name);
	jcs_member_z(j, "severity", severity_name((int32_t)l->severity));
	jcs_member_z(j, "signal", l->signal->id);
	jcs_member_z(j, "state", finding_state_name(l->state));
	jcs_member_z(j, "text", l->signal->text);
	jcs_end_object(j);
}

/* Those that were not cleared; their evidence is at /v1/findings. */
static void put_findings(struct jcs *j, const struct asset *a)
{
	struct span rest = a ? a->findings : S("");
	struct finding_line l;

	jcs_name(j, "findings");
	jcs_array(j);
	while (finding_line_next(&rest, &l))
		if (l.state != FINDING_CLEARED)
			put_finding(j, &l);
	jcs_end_array(j);
}

/* The rest, with features, inputs and reasons, is the assessment's. */
static void put_brief(struct jcs *j, const struct score *s)
{
	if (!s) {
		jcs_null(j);
		return;
	}
	jcs_object(j);
	jcs_member_z(j, "authenticity", authenticity_name(s->authenticity));
	jcs_member_i64(j, "confidence", s->confidence);
	jcs_member_z(j, "grade", s->scored ? s->grade : "none");
	jcs_member_z(j, "model", s->model->id);
	jcs_name(j, "score");
	if (s->scored)
		jcs_i64(j, s->score);
	else
		jcs_null(j);
	jcs_end_object(j);
}

static void put_lists(struct jcs *j, const struct check_answer *a)
{
	jcs_name(j, "duplicates");
	jcs_array(j);
	for (unsigned i = 0; i < a->n_duplicates; i++)
		put_duplicate(j, &a->duplicate[i]);
	jcs_end_array(j);
	jcs_name(j, "encumbrances");
	jcs_array(j);
	for (unsigned i = 0; i < a->n_encumbrances; i++)
		put_encumbrance(j, &a->encumbrance[i]);
	jcs_end_array(j);
	put_findings(j, a->asset);
	if (a->asset) {
		put_money(j, "free", a->free, a->asset->ccy.at);
	} else {
		jcs_name(j, "free");
		jcs_null(j);
	}
	jcs_member_i64(j, "rank", a->rank);
	jcs_name(j, "reasons");
	jcs_array(j);
	for (unsigned i = 0; i < a->n_reasons; i++)
		put_reason(j, &a->reason[i]);
	jcs_end_array(j);
}

void put_check_answer(struct writer *w, const struct check_answer *a, const struct check_as_of *at, size_t *certificate)
{
	struct jcs j = jcs_over(w);

	assert(a->fault == OK);
	jcs_object(&j);
	put_as_of(&j, at);
	jcs_name(&j, "asset");
	if (a->asset)
		put_asset(&j, a->asset, a->parties_shown);
	else
		jcs_null(&j);
	jcs_name(&j, "certificate");
	jcs_null(&j);
	if (certificate && !w->overflow)
		*certificate = w->len - strlen("null");
	put_lists(&j, a);
	jcs_name(&j, "score");
	put_brief(&j, a->score);
	jcs_member_z(&j, "verdict", verdict_name(a->verdict));
	jcs_end_object(&j);
}
