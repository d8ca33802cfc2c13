/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide.c: the frame around every rule, in the order of authority:
 * key, party, mandate, clock, object, role, limit - then the rule itself.
 *
 * Whatever the rule edits are copies; when it refuses, the list of changes is
 * emptied here, in one place, so a refusal cannot leave a trace.
 */
#include "deciding.h"

#include "jcs.h"
#include "paper.h"

rule_fn *rule_of(enum statement_kind k)
{
	static rule_fn *const rule[] = {
		[ST_LOG_GENESIS] = decide_genesis,
		[ST_LOG_KEYS] = decide_log_keys,
		[ST_PARTY_ENROL] = decide_party_enrol,
		[ST_PARTY_PROFILE] = decide_party_profile,
		[ST_FINDING_RAISE] = decide_finding_raise,
		[ST_FINDING_REVIEW] = decide_finding_review,
		[ST_WARNING_RAISE] = decide_warning_raise,
		[ST_WARNING_CLOSE] = decide_warning_close,
		[ST_DETECTION_ENGINE] = decide_detection_engine,
		[ST_SCORE_CERTIFY] = decide_score_certify,
		[ST_SCORE_APPEAL] = decide_score_appeal,
		[ST_SCORE_CORRECT] = decide_score_correct,
		[ST_PARTY_SUSPEND] = decide_party_suspend,
		[ST_PARTY_RESTORE] = decide_party_restore,
		[ST_KEY_ENROL] = decide_key_enrol,
		[ST_KEY_REVOKE] = decide_key_revoke,
		[ST_STATEMENT_LAPSE] = decide_cosign_lapse,
		[ST_MANDATE_GRANT] = decide_mandate_grant,
		[ST_MANDATE_REVOKE] = decide_mandate_revoke,
		[ST_RULE_PUBLISH] = decide_rule_publish,
		[ST_CALENDAR_PUBLISH] = decide_calendar_publish,
		[ST_MODEL_PUBLISH] = decide_model_publish,
		[ST_RECEIVABLE_REGISTER] = decide_register,
		[ST_RECEIVABLE_CONFIRM] = decide_confirm,
		[ST_RECEIVABLE_DISPUTE] = decide_dispute,
		[ST_RECEIVABLE_RESOLVE] = decide_resolve,
		[ST_RECEIVABLE_REJECT] = decide_reject,
		[ST_RECEIVABLE_ADJUST] = decide_adjust,
		[ST_RECEIVABLE_PAY] = decide_pay,
		[ST_RECEIVABLE_CANCEL] = decide_cancel,
		[ST_RECEIVABLE_WRITE_OFF] = decide_write_off,
		[ST_RECEIVABLE_OVERDUE] = decide_overdue,
		[ST_RECEIVABLE_DEFAULT] = decide_default,
		[ST_SITE_REGISTER] = decide_site_register,
		[ST_SITE_AMEND] = decide_site_amend,
		[ST_SITE_COUNT] = decide_site_count,
		[ST_RECEIPT_ISSUE] = decide_receipt_issue,
		[ST_RECEIPT_WEIGH] = decide_receipt_weigh,
		[ST_RECEIPT_INSPECT] = decide_receipt_inspect,
		[ST_RECEIPT_SPLIT] = decide_receipt_split,
		[ST_RECEIPT_MERGE] = decide_receipt_merge,
		[ST_RECEIPT_TRANSFER] = decide_receipt_transfer,
		[ST_RECEIPT_ATTORN] = decide_receipt_attorn,
		[ST_RECEIPT_ORDER] = decide_receipt_order,
		[ST_RECEIPT_DELIVER] = decide_receipt_deliver,
		[ST_RECEIPT_WITHDRAW] = decide_receipt_withdraw,
		[ST_RECEIPT_RELEASE] = decide_receipt_release,
		[ST_RECEIPT_CANCEL] = decide_receipt_cancel,
		[ST_VOUCHER_ISSUE] = decide_voucher_issue,
		[ST_VOUCHER_ACCEPT] = decide_voucher_accept,
		[ST_VOUCHER_DECLINE] = decide_voucher_decline,
		[ST_VOUCHER_REVIEW] = decide_voucher_review,
		[ST_VOUCHER_SPLIT] = decide_voucher_split,
		[ST_VOUCHER_TRANSFER] = decide_voucher_transfer,
		[ST_VOUCHER_REDEEM] = decide_voucher_redeem,
		[ST_VOUCHER_CANCEL] = decide_voucher_cancel,
		[ST_VOUCHER_LAPSE] = decide_voucher_lapse,
		[ST_VOUCHER_OVERDUE] = decide_voucher_overdue,
		[ST_BILL_ISSUE] = decide_bill_issue,
		[ST_BILL_ACCEPT] = decide_bill_accept,
		[ST_BILL_TAKE] = decide_bill_take,
		[ST_BILL_DECLINE] = decide_bill_decline,
		[ST_BILL_DISCLOSE] = decide_bill_disclose,
		[ST_BILL_SPLIT] = decide_bill_split,
		[ST_BILL_ENDORSE] = decide_bill_endorse,
		[ST_BILL_DISCOUNT] = decide_bill_discount,
		[ST_BILL_GUARANTEE] = decide_bill_guarantee,
		[ST_BILL_PRESENT] = decide_bill_present,
		[ST_BILL_PAY] = decide_bill_pay,
		[ST_BILL_DISHONOUR] = decide_bill_dishonour,
		[ST_BILL_RECOURSE] = decide_bill_recourse,
		[ST_BILL_SETTLE] = decide_bill_settle,
		[ST_BILL_LAPSE] = decide_bill_lapse,
		[ST_BILL_CANCEL] = decide_bill_cancel,
		[ST_POOL_OPEN] = decide_pool_open,
		[ST_POOL_ADD] = decide_pool_add,
		[ST_POOL_REMOVE] = decide_pool_remove,
		[ST_POOL_LOCK] = decide_pool_lock,
		[ST_POOL_PUBLISH] = decide_pool_publish,
		[ST_POOL_ADMIT] = decide_pool_admit,
		[ST_POOL_REPORT] = decide_pool_report,
		[ST_POOL_COLLECT] = decide_pool_collect,
		[ST_POOL_CLOSE] = decide_pool_close,
		[ST_OBLIGOR_REVIEW] = decide_obligor_review,
		[ST_OBLIGOR_DEFAULT] = decide_obligor_default,
		[ST_OBLIGOR_CURE] = decide_obligor_cure,
		[ST_OBLIGOR_RELATE] = decide_obligor_relate,
		[ST_ENCUMBRANCE_GRANT] = decide_grant,
		[ST_ENCUMBRANCE_ACCEPT] = decide_accept,
		[ST_ENCUMBRANCE_RELEASE] = decide_release,
		[ST_ENCUMBRANCE_SUBORDINATE] = decide_subordinate,
		[ST_ENCUMBRANCE_ENFORCE] = decide_enforce,
		[ST_ENCUMBRANCE_LAPSE] = decide_grant_lapse,
		[ST_ENCUMBRANCE_EXTEND] = decide_extend,
		[ST_ENCUMBRANCE_EXPIRE] = decide_expire,
		[ST_ENCUMBRANCE_DEMAND] = decide_demand,
		[ST_ENCUMBRANCE_DISCHARGE] = decide_discharge,
		[ST_ENCUMBRANCE_CONTEST] = decide_contest,
		[ST_ENCUMBRANCE_NOTIFY] = decide_notify,
		[ST_ENCUMBRANCE_CEDE] = decide_cede,
		[ST_OBJECTION_PLACE] = decide_objection_place,
		[ST_OBJECTION_ANSWER] = decide_objection_answer,
		[ST_OBJECTION_PROVE] = decide_objection_prove,
		[ST_OBJECTION_WITHDRAW] = decide_objection_withdraw,
		[ST_OBJECTION_LAPSE] = decide_objection_lapse,
		[ST_OBJECTION_CONCLUDE] = decide_objection_conclude,
		[ST_COMMITMENT_SIGN] = decide_commitment_sign,
		[ST_RECEIVABLE_CONSTITUTE] = decide_constitute,
		[ST_RECEIVABLE_LAPSE] = decide_future_lapse,
		[ST_HOLD_PLACE] = decide_hold_place,
		[ST_HOLD_RELEASE] = decide_hold_release,
		[ST_HOLD_LAPSE] = decide_hold_lapse,
		[ST_FREEZE_PLACE] = decide_freeze_place,
		[ST_FREEZE_LIFT] = decide_freeze_lift,
		[ST_CHECK_CERTIFY] = decide_certify,
		[ST_ANCHOR_PUBLISH] = decide_anchor_publish,
		[ST_ANCHOR_WITHDRAW] = decide_anchor_withdraw,
		[ST_ANCHOR_REVOCATIONS] = decide_anchor_revocations,
		[ST_CONSENT_GRANT] = decide_consent_grant,
		[ST_CONSENT_WITHDRAW] = decide_consent_withdraw,
		[ST_PARTY_ERASE] = decide_party_erase,
		[ST_DOCUMENT_ASSESS] = decide_document_assess,
		[ST_PRICE_ENROL] = decide_price_enrol,
		[ST_PRICE_POST] = decide_price_post,
		[ST_PRICE_RETIRE] = decide_price_retire,
		[ST_INVENTORY_OPEN] = decide_stock_open,
		[ST_INVENTORY_COUNT] = decide_stock_count,
		[ST_INVENTORY_REPORT] = decide_stock_count,
		[ST_INVENTORY_INSPECT] = decide_stock_count,
		[ST_INVENTORY_TOP_UP] = decide_stock_top_up,
		[ST_INVENTORY_RELEASE] = decide_stock_release,
		[ST_INVENTORY_CLOSE] = decide_stock_close,
		[ST_INVENTORY_MARK] = decide_stock_mark,
		[ST_INVENTORY_LAPSE] = decide_stock_lapse,
		[ST_INVENTORY_ENFORCE] = decide_stock_enforce,
		[ST_INVENTORY_SELL] = decide_stock_sell,
		[ST_PREPAYMENT_OPEN] = decide_prepaid_open,
		[ST_PREPAYMENT_CONFIRM] = decide_prepaid_confirm,
		[ST_PREPAYMENT_ADVANCE] = decide_prepaid_advance,
		[ST_PREPAYMENT_SHIP] = decide_prepaid_ship,
		[ST_PREPAYMENT_RECEIVE] = decide_prepaid_receive,
		[ST_PREPAYMENT_RELEASE] = decide_prepaid_release,
		[ST_PREPAYMENT_REFUND] = decide_prepaid_refund,
		[ST_PREPAYMENT_FAIL] = decide_prepaid_fail,
		[ST_PREPAYMENT_CLOSE] = decide_prepaid_close,
	};
	return (size_t)k < ARRAY_LEN(rule) ? rule[k] : NULL;
}

/* --- who signs --- */

/* A suspended party may still do what only lowers its claims or reports a fact. */
static bool suspended_may(enum statement_kind k)
{
	static const enum statement_kind may[] = {
		ST_RECEIVABLE_PAY,      ST_RECEIVABLE_CANCEL, ST_RECEIVABLE_DISPUTE, ST_RECEIVABLE_REJECT,
		ST_ENCUMBRANCE_RELEASE, ST_HOLD_RELEASE,      ST_KEY_REVOKE,         ST_MANDATE_REVOKE,
		ST_INVENTORY_INSPECT,   ST_PREPAYMENT_REFUND, ST_OBJECTION_WITHDRAW, ST_OBJECTION_ANSWER,
		ST_ENCUMBRANCE_CONTEST, ST_RECEIPT_DELIVER,   ST_RECEIPT_RELEASE,    ST_RECEIPT_WITHDRAW,
		ST_RECEIPT_CANCEL,      ST_VOUCHER_REDEEM,    ST_VOUCHER_DECLINE,    ST_BILL_PAY,
		ST_BILL_DECLINE,        ST_BILL_DISHONOUR,    ST_BILL_SETTLE,        ST_BILL_DISCLOSE,
	};

	for (size_t i = 0; i < ARRAY_LEN(may); i++)
		if (may[i] == k)
			return true;
	return false;
}

static enum fault find_key(struct deciding *g, const struct command *c)
{
	enum fault f = get_party_key(g, c->kid, &g->key);

	if (f != OK)
		return f;
	if (!g->key)
		return refuse(g, E_UNKNOWN_KEY, "", "no key of this thumbprint is enrolled");
	g->d->issuer = g->key->party;
	if (g->key->until_seq != 0)
		return refuse(g, E_KEY_REVOKED, "", "this key was revoked");
	return OK;
}

/* A live mandate from the principal to the signer's party, for this type and amount. */
static enum fault use_mandate(struct deciding *g)
{
	const struct claim *index;
	const struct mandate *m = NULL;
	struct money amount = command_amount(g->c);
	enum fault f = get_claim(g, fingerprint_mandate(g->c->on_behalf_of, g->key->party), &index);

	if (f == OK && index && !uuid_is_nil(index->object))
		f = get_mandate(g, index->object, &m);
	if (f != OK)
		return f;
	if (!m || m->state != LIVE || (m->until.us != 0 && m->until.us <= g->r->now.us))
		return refuse(g, E_NO_MANDATE, "/on_behalf_of", "no live mandate from this party to the signer");
	if (!has_line(m->types, span_z(statement_info(g->c->kind)->type)))
		return refuse(g, E_NO_MANDATE, "/type", "the mandate does not cover this statement type");
	if (m->limit_ccy.at[0] && !money_absent(amount) &&
	    (memcmp(m->limit_ccy.at, amount.ccy, sizeof amount.ccy) != 0 || amount.minor > m->limit_minor))
		return refuse(g, E_MANDATE_LIMIT, "/body", "the amount is above the mandate's limit");
	g->actor = g->c->on_behalf_of;
	return OK;
}

static enum fault find_actor(struct deciding *g)
{
	const struct party *p;
	enum fault f = OK;

	g->actor = g->key->party;
	if (!uuid_is_nil(g->c->on_behalf_of))
		f = use_mandate(g);
	if (f == OK)
		f = need_party(g, g->actor, "", &p);
	if (f != OK)
		return f;
	if (p->state != PARTY_ACTIVE && !suspended_may(g->c->kind))
		return refuse(g, E_PARTY_SUSPENDED, "", "the signer's party is suspended");
	g->roles = g->key->registry ? (int32_t)ROLE_REGISTRY : p->roles & ~(int32_t)ROLE_REGISTRY;
	return OK;
}

static enum fault check_clock(struct deciding *g)
{
	int64_t skew = rule_value(g, RULE_CLOCK_SKEW) * 60 * 1000000;
	int64_t off = g->c->at.us - g->r->now.us;

	if (off > skew || off < -skew)
		return refuse_rule(g, E_CLOCK_SKEW, "/at", "the statement's time is too far from the registry's clock");
	return OK;
}

/* --- what it is about --- */

/* The column `name` of a row, for the two that every signed object has. */
static void *column(struct row *r, const char *name)
{
	const struct table_info *t = table_info(r->table);

	for (size_t i = 0; i < t->n_columns; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return (char *)r + t->columns[i].offset;
	assert(false && "a signed object has head and seq");
	return NULL;
}

static struct hash head_of(const struct row *r)
{
	struct hash h;

	memcpy(&h, (const char *)column((struct row *)(uintptr_t)(const void *)r, "head"), sizeof h);
	return h;
}

static bool is_kind(const struct row *asset, enum asset_kind kind)
{
	return ((const struct asset *)(const void *)asset)->kind == (int32_t)kind;
}

static enum fault check_object(struct deciding *g, const struct statement_info *info)
{
	const struct row *r = NULL;
	enum fault f = OK;

	if (info->mode == CREATES)
		f = get_new_row(g, info->table, key_uuid(g->c->object), &r);
	else if (info->table != TABLE_NONE)
		f = get_row(g, info->table, key_uuid(g->c->object), &r);
	if (f != OK)
		return f;
	if (info->mode == LOOSE)
		return g->c->has_prev
		               ? refuse(g, E_STALE_PREV, "/prev", "this statement type has no chain: prev must be null")
		               : OK;
	if (!r && (info->mode == CREATES || (info->mode == EITHER && !g->c->has_prev)))
		return g->c->has_prev ? refuse(g, E_UNKNOWN_OBJECT, "/prev", "the object is new: prev must be null")
		                      : OK;
	if (!r)
		return refuse(g, E_UNKNOWN_OBJECT, "/object", "the registry has no object of this id");
	if (r->table == TABLE_ASSET && info->mode != CREATES && !is_kind(r, asset_kind_of_type(span_z(info->type))))
		return refuse(g, E_UNKNOWN_OBJECT, "/object",
		              asset_kind_name(((const struct asset *)(const void *)r)->kind));
	if (info->mode == CREATES)
		return refuse(g, E_OBJECT_EXISTS, "/object", "an object of this id exists already: use a new id");
	if (!g->c->has_prev || !hash_eq(g->c->prev, head_of(r)))
		return refuse(g, E_STALE_PREV, "/prev",
		              "another statement about this object came first: read it again");
	return OK;
}

static enum fault check_role(struct deciding *g, const struct statement_info *info)
{
	if (info->roles != 0 && (info->roles & g->roles) == 0)
		return refuse(g, E_ROLE_MISSING, "/type", "the signer's role may not sign this type");
	if (info->roles != ROLE_REGISTRY && g->key->registry)
		return refuse(g, E_ROLE_MISSING, "/type", "the registry's key signs deadlines and certificates only");
	return OK;
}

/* --- four eyes --- */

static bool above_limit(const struct deciding *g)
{
	struct money m = command_amount(g->c);

	if (!g->key->limit_ccy.at[0] || money_absent(m))
		return false;
	return memcmp(m.ccy, g->key->limit_ccy.at, sizeof m.ccy) != 0 || m.minor > g->key->limit_minor;
}

/* Accepted into the log, without effect until another officer signs too. */
static enum fault hold_back(struct deciding *g)
{
	int64_t wait = rule_value(g, RULE_COSIGN_WITHIN) * 60 * 1000000;
	struct pending *p = new_pending(g, g->c->statement);

	p->deadline.us = g->r->now.us + wait;
	p->issuer = g->key->party;
	p->kid = g->key->kid;
	p->object = g->c->object;
	p->officer = g->key->officer;
	p->seq = (int64_t)g->r->seq;
	p->state = LIVE;
	g->d->pending = true;
	return OK;
}

static enum fault run_rule(struct deciding *g);

static enum fault waiting(struct deciding *g, const struct pending **ret)
{
	enum fault f = get_pending(g, g->c->body.cosign.statement, ret);

	if (f != OK)
		return f;
	if (!*ret || (*ret)->state != LIVE || !uuid_eq((*ret)->object, g->c->object))
		return refuse(g, E_NOT_PENDING, "/body/statement", "no statement of this hash waits about this object");
	return OK;
}

/* The second signature: the first statement's rule runs now, as signed then. */
static enum fault complete(struct deciding *g)
{
	const struct party_key *second = g->key;
	const struct command *inner = g->c->completes;
	const struct pending *p;
	enum fault f = waiting(g, &p);

	if (f != OK)
		return f;
	if (p->deadline.us <= g->r->now.us)
		return refuse(g, E_LAPSED, "/body/statement", "the time for a second signature has run out");
	if (!uuid_eq(p->issuer, second->party))
		return refuse(g, E_NOT_AUTHORISED, "", "another party's statement");
	if (hash_eq(p->kid, second->kid) || span_eq(p->officer, second->officer))
		return refuse(g, E_SAME_OFFICER, "", "the second signature must come from another officer");
	assert(inner != NULL); /* the caller reads the pending statement and brings it along */
	assert(hash_eq(inner->statement, p->statement));
	edit_pending(g, p)->state = ENDED;
	g->c = inner;
	f = get_party_key(g, p->kid, &g->key);
	if (f != OK)
		return f;
	if (!g->key || g->key->until_seq != 0)
		return refuse(g, E_KEY_REVOKED, "/body/statement", "the first signer's key was revoked meanwhile");
	return run_rule(g);
}

enum fault decide_cosign_lapse(struct deciding *g)
{
	const struct pending *p;
	enum fault f = waiting(g, &p);

	if (f != OK)
		return f;
	if (p->deadline.us > g->r->now.us)
		return refuse(g, E_NOT_YET, "/body/statement", "the deadline has not passed");
	edit_pending(g, p)->state = DROPPED;
	return OK;
}

/* --- the frame --- */

static void stamp(struct deciding *g, const struct statement_info *info)
{
	struct row_key k = key_uuid(g->c->object);
	const struct row *r;
	struct row *x;

	if (info->mode == LOOSE || info->table == TABLE_NONE)
		return;
	if (get_row(g, info->table, k, &r) != OK || !r)
		assert(false && "a rule that accepts has made its object");
	x = edit_row(g, r);
	memcpy(column(x, "head"), &g->c->statement, sizeof g->c->statement);
	memcpy(column(x, "seq"), &(int64_t){ (int64_t)g->r->seq }, sizeof(int64_t));
}

static enum fault run_rule(struct deciding *g)
{
	const struct statement_info *info = statement_info(g->c->kind);
	enum fault f = find_actor(g);

	if (f == OK)
		f = check_object(g, info);
	if (f == OK)
		f = check_role(g, info);
	if (f == OK)
		f = rule_of(g->c->kind)(g);
	if (f == OK)
		stamp(g, info);
	return f;
}

static enum fault decide_signed(struct deciding *g)
{
	const struct statement_info *info = statement_info(g->c->kind);
	enum fault f = find_key(g, g->c);

	if (f == OK)
		f = find_actor(g);
	if (f == OK)
		f = check_clock(g);
	if (f != OK)
		return f;
	if (g->c->kind == ST_STATEMENT_COSIGN)
		return complete(g);
	if (!above_limit(g))
		return run_rule(g);
	f = check_object(g, info);
	if (f == OK)
		f = check_role(g, info);
	return f == OK ? hold_back(g) : f;
}

enum table_id table_named(const char *member)
{
	static const struct {
		const char *member;
		enum table_id table;
	} other[] = {
		{ "asset", TABLE_ASSET },
		{ "receivable", TABLE_ASSET },
		{ "parent", TABLE_ASSET },
		{ "into", TABLE_ASSET },
		{ "absorbed", TABLE_ASSET },
		{ "lineage", TABLE_LINEAGE },
		{ "encumbrance", TABLE_ENCUMBRANCE },
		{ "to_rank_after", TABLE_ENCUMBRANCE },
		{ "site", TABLE_SITE },
		{ "feed", TABLE_PRICE },
		{ "anchor", TABLE_ANCHOR },
	};

	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		if (strcmp(other[i].member, member) == 0)
			return other[i].table;
	return TABLE_PARTY;
}

/* One round of loading fetches what the statement names, before the rule asks for it piece by piece. */
static void hints(struct deciding *g, const struct command *c)
{
	const struct statement_info *info = statement_info(c->kind);

	hint_row(g, TABLE_KEY, key_hash(c->kid), false);
	if (info->table != TABLE_NONE)
		hint_row(g, info->table, key_uuid(c->object), info->mode == CREATES);
	for (size_t i = 0; i < info->n_fields; i++) {
		const char *at = (const char *)&c->body + info->fields[i].offset;
		struct uuid u;

		if (info->fields[i].kind != FK_uuid)
			continue;
		memcpy(&u, at, sizeof u);
		if (uuid_is_nil(u))
			continue;
		hint_row(g, table_named(info->fields[i].member), key_uuid(u), false);
		if (info->table == TABLE_ASSET && table_named(info->fields[i].member) == TABLE_ASSET)
			asset_hint(g, asset_kind_of_type(span_z(info->type)), u);
	}
	if (info->table == TABLE_ASSET && info->mode == UPDATES)
		asset_hint(g, asset_kind_of_type(span_z(info->type)), c->object);
	if (c->kind == ST_RECEIVABLE_REGISTER)
		hint_register(g);
	hint_stock(g);
	hint_paper(g);
	hint_pool(g);
}

/* By table and key: the digest must not depend on the order in which a rule, or a loader, came by its rows. */
static void sort_changes(struct decision *d)
{
	for (unsigned i = 1; i < d->n_changes; i++) {
		struct row *x = d->change[i];
		unsigned k = i;

		for (; k > 0; k--) {
			const struct row *y = d->change[k - 1];

			if (y->table < x->table || (y->table == x->table && memcmp(y->key, x->key, sizeof x->key) < 0))
				break;
			d->change[k] = d->change[k - 1];
		}
		d->change[k] = x;
	}
}

enum decide_status decide(const struct registry *r, const struct command *c, struct arena *mem, struct decision *ret)
{
	struct deciding g = { .r = r, .c = c, .mem = mem, .d = ret };
	enum fault f;

	assert(mem->cap - mem->used >= DECIDE_MEM);
	memset(ret, 0, offsetof(struct decision, change));
	ret->n_rules = 0;
	ret->n_wants = 0;
	memset(&ret->issuer, 0, sizeof ret->issuer);
	ret->seq = r->seq;
	if (!r->world->complete)
		hints(&g, c);
	if ((c->kind == ST_LOG_GENESIS) != (r->seq == 0))
		f = refuse(&g, E_BAD_STATE, "/type", "the first entry, and only it, is log.genesis");
	else
		f = c->kind == ST_LOG_GENESIS ? decide_genesis(&g) : decide_signed(&g);
	if (f == FAULT_WANT) {
		assert(ret->n_wants > 0);
		return DECIDE_WANTS;
	}
	ret->outcome = f;
	if (f != OK)
		ret->n_changes = 0;
	sort_changes(ret);
	return DECIDED;
}

/* --- what was decided, as text --- */

static void put_change(struct jcs *j, const struct row *r)
{
	jcs_object(j);
	jcs_name(j, "row");
	put_row_json(j, r, false);
	jcs_member_z(j, "table", table_info(r->table)->name);
	jcs_end_object(j);
}

void put_decision(struct writer *w, const struct registry *r, const struct command *c, const struct decision *d)
{
	struct jcs j = jcs_over(w);

	jcs_object(&j);
	jcs_name(&j, "changes");
	jcs_array(&j);
	for (unsigned i = 0; i < d->n_changes; i++)
		if (!table_secret(d->change[i]->table))
			put_change(&j, d->change[i]);
	jcs_end_array(&j);
	jcs_member_i64(&j, "outcome", (int64_t)d->outcome);
	if (d->pending)
		jcs_member_bool(&j, "pending", true);
	jcs_name(&j, "rules");
	jcs_array(&j);
	for (unsigned i = 0; i < d->n_rules; i++)
		jcs_i64(&j, d->rule[i]);
	jcs_end_array(&j);
	jcs_member_i64(&j, "seq", (int64_t)r->seq);
	jcs_member_z(&j, "type", statement_info(c->kind)->type);
	jcs_end_object(&j);
}

struct hash decision_digest(const struct registry *r, const struct command *c, const struct decision *d,
                            struct arena *scratch)
{
	size_t mark = scratch->used;
	struct writer w = writer_in(scratch);
	struct hash digest;

	put_decision(&w, r, c, d);
	assert(!w.overflow);
	digest = hmac_sha256(c->salt, writer_span(&w));
	scratch->used = mark;
	return digest;
}
