/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.c: does this claim exist, may one lend on it, and what speaks against.
 *
 * It asks the very rows the rules decide by, through the same functions: what
 * a check calls free is what a grant would find free at that place in the log.
 * It changes nothing.
 */
#include "checking.h"
#include "detect.h"

#include "balance.h"
#include "holding.h"
#include "pledge.h"

static const struct reason_info reasons[] = {
#define REASON(number, ID, code, severity, text) { REASON_##ID, code, severity, text },
#include "reason.def"
#undef REASON
};

const struct reason_info *reason_info(enum reason r)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].number == r)
			return &reasons[i];
	return NULL;
}

const struct reason_info *reason_rows(size_t *n)
{
	*n = ARRAY_LEN(reasons);
	return reasons;
}

const char *weight_name(enum weight w)
{
	static const char *const name[] = { [INFO] = "info", [CAUTION] = "caution", [STOP] = "stop" };

	assert((size_t)w < ARRAY_LEN(name));
	return name[w];
}

const char *verdict_name(enum weight w) { return w == INFO ? "clear" : weight_name(w); }

/* --- the state of one check --- */

void say_more(struct checking *x, enum reason r, const char *detail)
{
	const struct reason_info *info = reason_info(r);

	assert(info != NULL);
	assert(x->a->n_reasons < REASONS_MAX);
	x->a->reason[x->a->n_reasons++] = (struct given_reason){ r, detail };
	if (info->weight > x->a->verdict)
		x->a->verdict = info->weight;
}

void say(struct checking *x, enum reason r)
{
	const struct reason_info *info = reason_info(r);

	assert(info != NULL);
	say_more(x, r, info->text);
}

static bool is_asker(const struct checking *x, struct uuid party) { return uuid_eq(x->asker, party); }

static bool is_authority(const struct checking *x) { return (x->roles & (ROLE_REGULATOR | ROLE_COURT)) != 0; }

static bool may_ask(const struct checking *x, const struct asset *a)
{
	if (is_authority(x) || (x->roles & ROLE_BANK) != 0)
		return true;
	return a && (is_asker(x, a->creditor) || is_asker(x, a->debtor));
}

static enum fault not_found(struct checking *x)
{
	return refuse(&x->g, E_NOT_FOUND, "/claim", fault_info(E_NOT_FOUND)->text);
}

/* The asset with its encumbrances: one round for both. */
static enum fault find_asset(struct checking *x, struct uuid id, const struct asset **ret)
{
	struct row_key k = key_uuid(id);
	const struct row *r = world_find(x->g.r->world, TABLE_ASSET, k);

	*ret = r && r->exists ? (const struct asset *)(const void *)r : NULL;
	if (x->g.r->world->complete || (r && (!r->exists || r->children_known)))
		return OK;
	if (x->g.d->n_wants < WANTS_MAX)
		x->g.d->want[x->g.d->n_wants++] = (struct want){ .table = TABLE_ASSET, .key = k, .children = true };
	return FAULT_WANT;
}

/* --- which claim --- */

/* "uscc:" or "lei:" before a bare identifier, as parties are enrolled under. */
static struct span prefixed(struct checking *x, struct span text)
{
	char *at = arena_take(x->g.mem, text.len + 8);
	struct writer w;

	assert(at != NULL); /* CHECK_MEM */
	w = writer_over(at, text.len + 8);
	put_z(&w, text.len == 20 ? "lei:" : "uscc:");
	put_span(&w, text);
	return writer_span(&w);
}

/* Asks at once for what the claim most probably is, and for its asset, instead of finding out party by party: most
 * parties' canonical identifier is the one printed on the invoice. A wrong guess costs a row loaded for nothing. */
static void hint_claim(struct checking *x, const struct facts *f)
{
	const struct asset *asset;
	const struct claim *c = NULL;
	struct uuid id;
	struct span issuer;
	struct fp16 fp;

	if (x->g.r->world->complete || uuid_parse(f->issuer, &id))
		return;
	issuer = prefixed(x, f->issuer);
	hint_row(&x->g, TABLE_CLAIM, key_fp16(fingerprint_identifier(issuer)), false);
	fp = span_is(f->kind, "warehouse-receipt") ? receipt_number(&x->g, issuer, f->number)
	                                           : fingerprint_invoice(x->g.r->fp_key, issuer, f->number, x->g.mem);
	if (get_claim(&x->g, fp, &c) != OK || !c || uuid_is_nil(c->object))
		return;
	(void)find_asset(x, c->object, &asset);
	if (c->kind == CLAIM_RECEIPT)
		holding_hint(&x->g, c->object);
}

static enum fault claim_named(struct checking *x, const struct facts *f, const struct claim **ret)
{
	struct fp16 fp;
	enum fault e;

	hint_claim(x, f);
	e = claim_of_facts(&x->g, f, &fp);
	return e == OK ? get_claim(&x->g, fp, ret) : e;
}

/* The party an identifier or id belongs to; nil when nobody has it. */
static enum fault party_of(struct checking *x, struct span text, struct uuid *ret)
{
	const struct claim *c;
	enum fault f;

	memset(ret, 0, sizeof *ret);
	if (uuid_parse(text, ret))
		return OK;
	f = get_claim(&x->g, fingerprint_identifier(prefixed(x, text)), &c);
	if (f == OK && c)
		*ret = c->object;
	return f;
}

static enum fault live_claim_hold(struct checking *x, const struct claim *c)
{
	const struct hold *h = NULL;
	enum fault f = OK;

	if (c && !uuid_is_nil(c->hold))
		f = get_hold(&x->g, c->hold, &h);
	if (f != OK || !h || h->state != HOLD_LIVE || h->until.us <= x->g.r->now.us)
		return f;
	say(x, is_asker(x, h->bank) ? REASON_HELD_BY_YOU : REASON_HELD);
	return OK;
}

static enum fault no_claim(struct checking *x, const struct claim *c)
{
	if (!may_ask(x, NULL))
		return not_found(x);
	say(x, REASON_NOT_REGISTERED);
	if (c && c->seq > 0 && uuid_is_nil(c->hold))
		say(x, REASON_FORMER_CLAIM);
	return live_claim_hold(x, c);
}

void found_again(struct checking *x, struct uuid asset)
{
	assert(x->a->n_duplicates < DUPLICATES_MAX);
	x->a->duplicate[x->a->n_duplicates++] = (struct duplicate){ asset, 1000 };
}

static enum fault compare_facts(struct checking *x, const struct asset *a)
{
	const struct facts *f = &x->q->facts;
	struct uuid debtor;
	enum fault e;

	if (!money_absent(f->amount) &&
	    (f->amount.minor != a->face || memcmp(f->amount.ccy, a->ccy.at, sizeof a->ccy.at) != 0))
		say_more(x, REASON_FACTS_DIFFER, "the amount asked about is not the one registered");
	if (date_given(f->date) && f->date.day != a->issued.day)
		say_more(x, REASON_FACTS_DIFFER, "the date asked about is not the one registered");
	if (f->debtor.len == 0)
		return OK;
	e = party_of(x, f->debtor, &debtor);
	if (e == OK && !uuid_eq(debtor, a->debtor))
		say_more(x, REASON_FACTS_DIFFER, "the debtor asked about is not the one registered");
	return e;
}

static enum fault by_facts(struct checking *x, const struct asset **ret)
{
	const struct facts *facts = &x->q->facts;
	const struct claim *c;
	struct uuid issuer;
	enum fault f;

	if (asks_for_goods(facts))
		return may_ask(x, NULL) ? say_goods(x) : not_found(x);
	f = claim_named(x, facts, &c);
	if (f == E_BAD_MEMBER)
		return refuse(&x->g, f, "/claim/facts/kind",
		              "invoice, warehouse-receipt, lot, bin or serial: the facts of these are known here");
	if (f == OK)
		f = party_of(x, facts->issuer, &issuer);
	if (f != OK)
		return f;
	if (c && !uuid_is_nil(c->object)) {
		f = find_asset(x, c->object, ret);
		assert(f != OK || *ret != NULL);
		return f;
	}
	f = no_claim(x, c);
	if (f == OK && uuid_is_nil(issuer))
		say(x, REASON_ISSUER_UNKNOWN);
	return f;
}

/* The next line of `text`; false at its end. */
static bool next_line(struct span *text, struct span *line)
{
	while (text->len > 0) {
		if (!span_cut(*text, '\n', line, text)) {
			*line = *text;
			*text = (struct span){ NULL, 0 };
		}
		if (line->len > 0)
			return true;
	}
	return false;
}

/* A document's issuer may be named by several identifiers: each is tried, and all are asked for in one round. */
static enum fault by_document_facts(struct checking *x, const struct evidence *doc, const struct asset **ret)
{
	struct facts facts = { .kind = S("invoice"), .number = doc->number };
	struct span lines = doc->issuer_ids;
	const struct claim *c = NULL, *any = NULL;
	enum fault f = OK;

	for (unsigned i = 0; i < CHECK_ISSUERS_MAX && next_line(&lines, &facts.issuer); i++) {
		enum fault g = claim_named(x, &facts, &c);

		if (g != OK)
			f = g;
		if (g != OK || !c)
			continue;
		any = any ? any : c;
		if (uuid_is_nil(c->object))
			continue;
		if (!*ret)
			g = find_asset(x, c->object, ret);
		else if (!uuid_eq(c->object, (*ret)->id))
			found_again(x, c->object);
		if (g != OK)
			f = g;
	}
	return f == OK && !*ret ? no_claim(x, any) : f;
}

static enum fault by_document(struct checking *x, const struct asset **ret)
{
	const struct evidence *doc;
	enum fault f = get_evidence(&x->g, x->q->document, &doc);

	if (f != OK)
		return f;
	if (doc && doc->kind == DOCUMENT_INVOICE && doc->number.len > 0)
		return by_document_facts(x, doc, ret);
	if (!may_ask(x, NULL))
		return not_found(x);
	say(x, doc ? REASON_DOCUMENT_UNREAD : REASON_DOCUMENT_UNKNOWN);
	return OK;
}

static enum fault by_asset(struct checking *x, const struct asset **ret)
{
	enum fault f = find_asset(x, x->q->asset, ret);

	if (f != OK || *ret)
		return f;
	if (!may_ask(x, NULL))
		return not_found(x);
	say(x, REASON_NOT_REGISTERED);
	return OK;
}

static enum fault find_claim(struct checking *x, const struct asset **ret)
{
	*ret = NULL;
	switch (x->q->by) {
	case CHECK_BY_ASSET:
		return by_asset(x, ret);
	case CHECK_BY_DOCUMENT:
		return by_document(x, ret);
	case CHECK_BY_FACTS:
		return by_facts(x, ret);
	}
	assert(false && "a request names its claim in one of three ways");
	return E_INTERNAL;
}

/* --- its life --- */

static void say_state(struct checking *x, const struct asset *a)
{
	static const enum reason of_state[RCV_STATES] = {
		[RCV_DISPUTED] = REASON_DISPUTED,   [RCV_REJECTED] = REASON_REJECTED,
		[RCV_SETTLED] = REASON_SETTLED,     [RCV_OVERDUE] = REASON_OVERDUE,
		[RCV_DEFAULTED] = REASON_DEFAULTED, [RCV_WRITTEN_OFF] = REASON_WRITTEN_OFF,
		[RCV_CANCELLED] = REASON_CANCELLED, [RCV_LOCKED] = REASON_LOCKED,
		[RCV_LAPSED] = REASON_ASSET_LAPSED,
	};
	if (a->kind != ASSET_RECEIVABLE)
		return;
	assert(a->state > RCV_NONE);
	assert(a->state < RCV_STATES);
	if (of_state[a->state] != REASON_NONE)
		say(x, of_state[a->state]);
	/* The timer has not come round yet: the date alone says it. */
	if (a->state != RCV_OVERDUE && asset_live(a) && a->state != RCV_DEFAULTED && date_given(a->due) &&
	    a->due.day < date_of(x->g.r->now).day)
		say(x, REASON_OVERDUE);
}

/* Vouchers and bills: where they are in their life, how far they have gone, and how their obligor pays. */
static enum fault say_obligor(struct checking *x, const struct asset *a)
{
	const struct obligor *o;
	struct date today = date_of(x->g.r->now);
	enum fault f = get_obligor(&x->g, a->debtor, &o);

	if (f != OK || !o)
		return f;
	if (o->unpaid > 0 || o->defaulted)
		say(x, REASON_OBLIGOR_UNPAID);
	if (o->barred_until.day > today.day)
		say(x, REASON_OBLIGOR_BARRED);
	else if (o->suspended_until.day >= today.day)
		say(x, REASON_OBLIGOR_LISTED);
	return OK;
}

static void say_part(struct checking *x, const struct asset *a, const struct part *p)
{
	if (p->alerts & ALERT_LAYERS)
		say(x, REASON_MANY_LAYERS);
	if (p->alerts & ALERT_PARTS)
		say(x, REASON_MANY_PARTS);
	if (a->kind == ASSET_BILL && asset_live(a) && p->disclosure != DISCLOSURE_AGREES)
		say(x, REASON_UNDISCLOSED);
	if (asset_live(a) && a->due.day < date_of(x->g.r->now).day &&
	    (a->kind != ASSET_VOUCHER || a->state != VOUCHER_OVERDUE))
		say(x, REASON_OVERDUE);
}

static enum fault say_paper(struct checking *x, const struct asset *a)
{
	static const enum reason of_voucher[VOUCHER_STATES] = {
		[VOUCHER_ISSUED] = REASON_NOT_TAKEN,    [VOUCHER_OFFERED] = REASON_OFFERED,
		[VOUCHER_SPLIT] = REASON_SPLIT,         [VOUCHER_REDEEMED] = REASON_SETTLED,
		[VOUCHER_OVERDUE] = REASON_OVERDUE,     [VOUCHER_DECLINED] = REASON_NOT_TAKEN,
		[VOUCHER_CANCELLED] = REASON_CANCELLED, [VOUCHER_LOCKED] = REASON_LOCKED,
	};
	static const enum reason of_bill[BILL_STATES] = {
		[BILL_ISSUED] = REASON_NOT_TAKEN,        [BILL_ACCEPTED] = REASON_NOT_TAKEN,
		[BILL_OFFERED] = REASON_OFFERED,         [BILL_SPLIT] = REASON_SPLIT,
		[BILL_PRESENTED] = REASON_PRESENTED,     [BILL_PAID] = REASON_SETTLED,
		[BILL_DISHONOURED] = REASON_DISHONOURED, [BILL_CLAIMED] = REASON_DISHONOURED,
		[BILL_DECLINED] = REASON_NOT_TAKEN,      [BILL_CANCELLED] = REASON_CANCELLED,
		[BILL_LOCKED] = REASON_LOCKED,
	};
	const struct part *p;
	enum reason r;
	enum fault f, g;

	if (a->kind == ASSET_POOL && !asset_live(a))
		say(x, a->state == POOL_OPEN ? REASON_POOL_OPEN : REASON_POOL_CLOSED);
	if (a->kind != ASSET_VOUCHER && a->kind != ASSET_BILL)
		return OK;
	r = a->kind == ASSET_VOUCHER ? of_voucher[a->state] : of_bill[a->state];
	if (r != REASON_NONE)
		say(x, r);
	f = get_part(&x->g, a->id, &p);
	g = say_obligor(x, a);
	if (f != OK || g != OK)
		return FAULT_WANT;
	assert(p != NULL);
	say_part(x, a, p);
	return OK;
}

static void say_terms(struct checking *x, const struct asset *a)
{
	bool receivable = a->kind == ASSET_RECEIVABLE;

	if (!asset_live(a) || a->kind == ASSET_WAREHOUSE_RECEIPT) /* say_receipt knows its terms */
		return;
	if (receivable && a->confirmed_seq == 0)
		say(x, REASON_UNCONFIRMED);
	if (!a->existing)
		say(x, REASON_FUTURE);
	if (receivable && a->level == 0)
		say(x, REASON_EVIDENCE_LOW);
	if (receivable && a->confirmed_seq != 0 && !a->set_off_waived)
		say(x, REASON_SET_OFF);
	if (a->diluted > 0)
		say(x, REASON_DILUTED);
	if (a->paid > 0)
		say(x, REASON_PART_PAID);
	if (a->pay_to.len > 0)
		say(x, REASON_PAY_TO);
}

/* What besides is worth knowing of an asset of its kind. */
static void say_it(void *arg, enum reason r) { say(arg, r); }

static enum fault say_kind(struct checking *x, const struct asset *a)
{
	static enum fault (*const of_kind[ASSET_KINDS])(struct deciding *, const struct asset *, say_fn *, void *) = {
		[ASSET_WAREHOUSE_RECEIPT] = say_receipt,
		[ASSET_INVENTORY] = say_pledge,
		[ASSET_PREPAYMENT] = say_prepayment,
	};

	assert(a->kind > 0 && a->kind < ASSET_KINDS);
	return of_kind[a->kind] ? of_kind[a->kind](&x->g, a, say_it, x) : OK;
}

/* --- who is behind it --- */

/* The sum of what the supplier has registered for that month against the sum the debtor has signed. */
static enum fault say_commitment(struct checking *x, const struct asset *a, const struct party *debtor)
{
	const struct commitment *m;
	enum fault f;

	if (!debtor->commits || a->kind != ASSET_RECEIVABLE || !asset_live(a) || !date_given(a->due))
		return OK;
	f = get_commitment(&x->g, commitment_id(a->debtor, a->creditor, a->ccy.at, a->due), &m);
	if (f != OK)
		return f;
	if (!m || m->committed_seq == 0)
		say(x, REASON_UNCOMMITTED);
	else
		say(x, m->registered > m->committed ? REASON_ABOVE_COMMITMENT : REASON_WITHIN_COMMITMENT);
	return OK;
}

static enum fault say_parties(struct checking *x, const struct asset *a)
{
	const struct party *creditor, *debtor;
	enum fault f = get_party(&x->g, a->creditor, &creditor);
	enum fault g = get_party(&x->g, a->debtor, &debtor);

	if (f != OK || g != OK)
		return FAULT_WANT;
	assert(creditor != NULL);
	assert(debtor != NULL);
	if (a->freezes > 0 || creditor->freezes > 0)
		say(x, REASON_FROZEN);
	if (creditor->state != PARTY_ACTIVE)
		say(x, REASON_CREDITOR_SUSPENDED);
	if (debtor->state != PARTY_ACTIVE)
		say(x, REASON_DEBTOR_SUSPENDED);
	if (debtor->freezes > 0)
		say(x, REASON_DEBTOR_FROZEN);
	if (creditor->suspicions > 0 || debtor->suspicions > 0)
		say(x, REASON_PARTY_SUSPECT);
	return say_commitment(x, a, debtor);
}

static enum fault say_hold(struct checking *x, const struct asset *a)
{
	const struct hold *h;
	enum fault f = live_hold(&x->g, a, &h);

	if (f == OK && h)
		say(x, is_asker(x, h->bank) ? REASON_HELD_BY_YOU : REASON_HELD);
	return f;
}

/* --- who has it --- */

static void insert_shown(struct check_answer *a, const struct encumbrance *e, enum shown shown)
{
	unsigned k = a->n_encumbrances++;

	assert(k < ENCUMBRANCES_MAX);
	for (; k > 0 && serve_cmp(e, a->encumbrance[k - 1].e) < 0; k--)
		a->encumbrance[k] = a->encumbrance[k - 1];
	a->encumbrance[k] = (struct shown_encumbrance){ e, shown, 0 };
}

static void say_encumbrances(struct checking *x, unsigned binding, unsigned promised, bool yours)
{
	if (binding > 0)
		say(x, REASON_EARLIER_CLAIM);
	if (promised > 0)
		say(x, REASON_PROMISED);
	if (yours)
		say(x, REASON_YOURS);
}

/* What can still change the order, or end what stands before. */
static void say_clocks(struct checking *x, const struct asset *a)
{
	struct date month = date_add_months(date_of(x->g.r->now), 1);
	bool first = false, ends = false, discharged = false;

	for (const struct row *r = a->row.children; r; r = r->sibling) {
		const struct encumbrance *e = (const struct encumbrance *)(const void *)r;
		bool own = is_asker(x, e->secured);

		if (!encumbrance_binds(e->state))
			continue;
		first |= e->rank_first != 0;
		ends |= own && date_given(e->until_date) && e->until_date.day <= month.day;
		discharged |= !own && date_given(e->discharge_by);
	}
	if (first)
		say(x, REASON_PURCHASE_FIRST);
	if (ends)
		say(x, REASON_TERM_ENDS);
	if (discharged)
		say(x, REASON_DISCHARGE_DUE);
	if (a->objections > 0)
		say(x, REASON_OBJECTION);
}

/* What detection found; that it has not come to the claim's latest entry yet is said as well. */
static void say_findings(struct checking *x, const struct asset *a)
{
	struct span rest = a->findings;
	struct finding_line l;
	bool open = a->suspicions > 0, confirmed = false, flagged = false;

	while (finding_line_next(&rest, &l)) {
		confirmed |= l.state == FINDING_CONFIRMED && l.severity >= SEVERITY_HOLD;
		flagged |= l.state != FINDING_CLEARED && l.severity == SEVERITY_FLAG;
	}
	if (confirmed)
		say(x, REASON_FINDING_CONFIRMED);
	else if (open)
		say(x, REASON_SUSPECT);
	if (flagged)
		say(x, REASON_FLAGGED);
	if (x->g.r->judged && (uint64_t)a->seq >= *x->g.r->judged)
		say(x, REASON_DETECTION_BEHIND);
}

/* Until when purchase money can come before a new encumbrance: the goods were delivered on the asset's date or before. */
static enum fault say_purchase_money(struct checking *x, const struct asset *a)
{
	bool claim = a->kind == ASSET_RECEIVABLE || a->kind == ASSET_VOUCHER || a->kind == ASSET_BILL;
	int64_t days;
	enum fault f;

	if (!asset_live(a) || !date_given(a->issued))
		return OK;
	f = rule_for(&x->g, RULE_PURCHASE, a->debtor, &days);
	if (f == OK && days > 0 && (int64_t)date_of(x->g.r->now).day - a->issued.day <= days)
		say(x, claim ? REASON_PROCEEDS_OPEN : REASON_PURCHASE_OPEN);
	return f;
}

static void list_encumbrances(struct checking *x, const struct asset *a)
{
	bool all = is_authority(x) || is_asker(x, a->creditor) || is_asker(x, a->debtor), yours = false;
	unsigned binding = 0, promised = 0, rank = 0;

	for (const struct row *r = a->row.children; r; r = r->sibling) {
		const struct encumbrance *e = (const struct encumbrance *)(const void *)r;
		bool own = is_asker(x, e->secured), binds = encumbrance_binds(e->state);

		if (!binds && e->state != ENCUMBRANCE_GRANTED)
			continue;
		insert_shown(x->a, e, all || own ? SHOWN_WHOLE : SHOWN_EXISTS);
		yours |= own;
		binding += binds && !own;
		promised += !binds && !own;
		x->promised += !binds && own ? e->open : 0;
	}
	for (unsigned i = 0; i < x->a->n_encumbrances; i++)
		if (encumbrance_binds(x->a->encumbrance[i].e->state))
			x->a->encumbrance[i].rank = ++rank;
	/* Promises made before may be accepted before: the worst rank is the honest one. */
	x->a->rank = rank + promised + 1;
	say_encumbrances(x, binding, promised, yours);
	say_clocks(x, a);
}

/* --- is there enough --- */

static enum fault say_trade(struct checking *x, const struct asset *a, int64_t need)
{
	const struct lineage *l;
	enum fault f;

	if (uuid_is_nil(a->lineage))
		return OK;
	f = get_lineage(&x->g, a->lineage, &l);
	if (f == OK && l && l->cap - l->encumbered + x->promised < need)
		say(x, REASON_TRADE_EXHAUSTED);
	return f;
}

static enum fault say_amount(struct checking *x, const struct asset *a)
{
	const struct money *m = &x->q->amount;
	int64_t free, balance = asset_balance(a).free + x->promised;
	bool asked = !money_absent(*m);
	enum fault f;

	if (!asset_live(a))
		return OK;
	f = asset_room(&x->g, a, &x->a->free);
	if (f != OK)
		return f;
	free = x->a->free + x->promised;
	if (a->encumbrance_count >= ENCUMBRANCES_MAX && x->promised == 0)
		say(x, REASON_FULL);
	if (asked && memcmp(m->ccy, a->ccy.at, sizeof m->ccy) != 0) {
		say(x, REASON_CURRENCY_MISMATCH);
		return OK;
	}
	if (free <= 0)
		say(x, REASON_NOTHING_FREE);
	else if (asked && m->minor > free)
		say(x, m->minor > balance ? REASON_EXCEEDS_FREE : REASON_EXCEEDS_RATIO);
	return say_trade(x, a, asked ? m->minor : 1);
}

/* --- the whole --- */

static void say_found(struct checking *x, const struct asset *a)
{
	if (x->q->by == CHECK_BY_ASSET)
		return;
	found_again(x, a->id);
	say(x, REASON_REGISTERED);
	if (x->q->by == CHECK_BY_DOCUMENT && !hash_eq(a->document, x->q->document))
		say(x, REASON_OTHER_DOCUMENT);
}

/* Whoever has the id or the document has been shown the deal; whoever only guessed a number has not. */
static bool may_know_parties(const struct checking *x, const struct asset *a)
{
	return is_authority(x) || is_asker(x, a->creditor) || is_asker(x, a->debtor) || x->q->by != CHECK_BY_FACTS;
}

static enum fault judge(struct checking *x, const struct asset *a)
{
	/* All are asked before any want stops us: one round of loading for all. */
	enum fault parties, hold, amount, kind, paper, later, papers, facts = OK;

	if (!may_ask(x, a))
		return not_found(x);
	x->a->asset = a;
	x->a->parties_shown = may_know_parties(x, a);
	say_found(x, a);
	if (x->q->by == CHECK_BY_FACTS)
		facts = compare_facts(x, a);
	say_state(x, a);
	paper = say_paper(x, a);
	say_terms(x, a);
	papers = say_evidence(x, a);
	kind = say_kind(x, a);
	list_encumbrances(x, a);
	hold = say_hold(x, a);
	parties = say_parties(x, a);
	amount = say_amount(x, a);
	later = say_purchase_money(x, a);
	say_findings(x, a);
	if (facts != OK || hold != OK || parties != OK || amount != OK || kind != OK || later != OK || paper != OK ||
	    papers != OK)
		return FAULT_WANT;
	return OK;
}

static void take_wants(struct check_answer *a, const struct decision *d)
{
	a->n_wants = d->n_wants;
	memcpy(a->want, d->want, d->n_wants * sizeof d->want[0]);
}

enum decide_status check_decide(const struct registry *r, const struct check_request *q, struct uuid asker,
                                int32_t roles, struct arena *mem, struct check_answer *ret)
{
	struct decision d;
	struct checking x = { .g = { .r = r, .mem = mem, .d = &d }, .q = q, .a = ret, .asker = asker, .roles = roles };
	const struct asset *a;

	assert(mem->cap - mem->used >= CHECK_MEM);
	memset(&d, 0, offsetof(struct decision, change));
	d.n_rules = d.n_wants = 0;
	memset(ret, 0, sizeof *ret);
	ret->rank = 1;
	ret->fault = find_claim(&x, &a);
	if (ret->fault == OK && a)
		ret->fault = judge(&x, a);
	take_wants(ret, &d);
	if (ret->fault == FAULT_WANT) {
		assert(ret->n_wants > 0);
		return DECIDE_WANTS;
	}
	ret->diag = d.diag;
	return DECIDED;
}
