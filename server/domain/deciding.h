/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deciding.h: what the rules share while they decide one statement.
 *
 * Reading goes through get_<table>, which stops with FAULT_WANT when the row is
 * not loaded and gives the edited copy when there is one; writing goes through
 * edit_<table> and new_<table>, which work on copies. A rule that returns a
 * fault has changed nothing.
 */
#ifndef CF_DECIDING_H
#define CF_DECIDING_H

#include "decide.h"
#include "rule.h"

struct deciding {
	const struct registry *r;
	const struct command *c; /* the statement whose rule runs: for a cosign, the one it completes */
	struct arena *mem;
	struct decision *d;
	const struct party_key *key;
	struct uuid actor; /* the party acted for */
	int32_t roles;     /* of the actor, as this key may use them */
};

typedef enum fault rule_fn(struct deciding *g);

/* --- rows --- */
/* OK with *ret the row, or NULL when there is none; FAULT_WANT when it must be loaded first. */
enum fault get_row(struct deciding *g, enum table_id t, struct row_key k, const struct row **ret);
/* The same for a row the rule is about to make, where it may be enough to take it that there is none. */
enum fault get_new_row(struct deciding *g, enum table_id t, struct row_key k, const struct row **ret);
/* Asks for a row that will be needed, without stopping; `fresh`: to make it. */
void hint_row(struct deciding *g, enum table_id t, struct row_key k, bool fresh);
/* What hangs on an asset, asked for at once: its parties, its live hold, its trade. */
void hint_asset(struct deciding *g, const struct asset *a);
struct row *edit_row(struct deciding *g, const struct row *r);
struct row *new_row(struct deciding *g, enum table_id t, struct row_key k);

#define TABLE(ID, name, keytype, key)                                                                     \
	static inline enum fault get_##name(struct deciding *g, col_##keytype k, const struct name **ret) \
	{                                                                                                 \
		const struct row *r;                                                                      \
		enum fault f = get_row(g, TABLE_##ID, key_##keytype(k), &r);                              \
		*ret = (const struct name *)(const void *)r;                                              \
		return f;                                                                                 \
	}                                                                                                 \
	static inline struct name *edit_##name(struct deciding *g, const struct name *x)                  \
	{                                                                                                 \
		return (struct name *)(void *)edit_row(g, &x->row);                                       \
	}                                                                                                 \
	static inline struct name *new_##name(struct deciding *g, col_##keytype k)                        \
	{                                                                                                 \
		return (struct name *)(void *)new_row(g, TABLE_##ID, key_##keytype(k));                   \
	}
#define COLUMN(type, name)
#define SECRET(type, name)
#define ENDTABLE
#include "state.def"
#undef TABLE
#undef COLUMN
#undef SECRET
#undef ENDTABLE

/* Edited copies of all granted and binding encumbrances of the asset, in serve order; at most ENCUMBRANCES_MAX. */
enum fault edit_children(struct deciding *g, const struct asset *a, struct encumbrance **ret, size_t *n);

/* What a party has on an asset: the sum of its binding encumbrances, and whether it enforces one. */
struct standing {
	bool binds, enforces;
	int64_t open;
};
enum fault standing_of(struct deciding *g, const struct asset *a, struct uuid party, struct standing *ret);
/* The same, to be looked at only: granted and binding ones in no order. */
enum fault see_children(struct deciding *g, const struct asset *a, const struct encumbrance **ret, size_t *n);

/* --- refusing --- */
enum fault refuse(struct deciding *g, enum fault f, const char *pointer, const char *detail);
/* The same, naming the rule that was applied last. */
enum fault refuse_rule(struct deciding *g, enum fault f, const char *pointer, const char *detail);

/* --- what many rules ask --- */
/* The version of the rule in force now; noted in the decision. */
int64_t rule_value(struct deciding *g, enum rule_number rule);
/* The same, or `otherwise` when none is in force and so none is noted: the rule is younger than the log. */
int64_t rule_value_or(struct deciding *g, enum rule_number rule, int64_t otherwise);
/* The same for a rule that may differ by the debtor's country: its version there, else the one for everywhere. RULE_OFF
 * when none is in force and the rule is one of those from 70 on, which bind nobody before they are published; the older
 * ones say their first value then, as rule_value does. */
#define RULE_OFF (-1)
enum fault rule_for(struct deciding *g, enum rule_number rule, struct uuid debtor, int64_t *ret);
/* The latest published version's number, there; 0 when none is. */
int64_t rule_latest(const struct deciding *g, int64_t country, int64_t rule);
/* Of the versions of that number for that country, or for everywhere (0), whose time has come, the highest, which the
 * decision names from here on. False when there is none. */
MUST_CHECK bool rule_in_force(struct deciding *g, int64_t country, enum rule_number rule, int64_t *ret);
enum fault need_party(struct deciding *g, struct uuid id, const char *pointer, const struct party **ret);
/* Exists and is not suspended. */
enum fault need_active_party(struct deciding *g, struct uuid id, const char *pointer, const struct party **ret);
/* The object of the statement, which decide() has found to exist. */
enum fault the_asset(struct deciding *g, const struct asset **ret);
enum fault the_encumbrance(struct deciding *g, const struct encumbrance **ret, const struct asset **asset);
/* Neither the asset nor its creditor is frozen. */
enum fault need_unfrozen(struct deciding *g, const struct asset *a);
/* The hold on the asset that is live at this moment, or NULL. */
enum fault live_hold(struct deciding *g, const struct asset *a, const struct hold **ret);
enum fault need_actor(struct deciding *g, struct uuid party, const char *who);
bool is_actor(const struct deciding *g, struct uuid party);
/* Nobody holds the asset, and nothing binds it or is promised. */
enum fault need_unbound(struct deciding *g, const struct asset *a, const char *pointer);
/* A document that was submitted; a zero hash names none. */
enum fault need_document(struct deciding *g, struct hash sha256, const char *pointer);
/* amount is positive and in the asset's currency. */
enum fault need_amount(struct deciding *g, const struct asset *a, struct money m, const char *pointer);
/* --- one trade, one budget (lineage.c) --- */
/* The sum bound on the asset changed by `by`: its lineage's sum follows, within its cap. */
enum fault lineage_move(struct deciding *g, const struct asset *a, int64_t by);
/* The same, and what the asset's kind has to say to it: goods must cover what is bound on them. The asset's own sums
 * are still the old ones. */
enum fault bound_move(struct deciding *g, const struct asset *a, int64_t by);
/* How much more may be bound on the asset now: what is free of it, and what its kind allows. */
enum fault asset_room(struct deciding *g, const struct asset *a, int64_t *ret);
/* A fresh asset enters the lineage it names, founding it when it is the first; nothing to do when it names none. */
enum fault lineage_join(struct deciding *g, const struct asset *a);
/* A fresh child takes the parent's place in the trade: the parent is locked (EV_LOCK) and both share its lineage.
 * CONVERT_FREE: nothing may bind or hold the parent; CONVERT_CARRY: what binds it stays, and counts. */
enum conversion { CONVERT_FREE, CONVERT_CARRY };
enum fault asset_convert(struct deciding *g, const struct asset *parent, struct asset *child, enum conversion how,
                         const char *pointer);
/* The child is gone: the parent is what it was (EV_UNLOCK). */
enum fault asset_unconvert(struct deciding *g, const struct asset *parent);
/* --- what the debtor committed to owe (decide_commitment.c) --- */
/* Counts a receivable that is not counted yet against its debtor's commitment for supplier and month, when the debtor
 * makes commitments; E_ABOVE_COMMITMENT where the rule refuses what is above. */
enum fault commitment_count(struct deciding *g, struct asset *a, const struct party *debtor, const char *pointer);
/* The same for one registered before its debtor made commitments; looks the debtor up. */
enum fault commitment_count_late(struct deciding *g, struct asset *a);
/* So much less of it is owed; nothing when it is not counted. */
enum fault commitment_uncount(struct deciding *g, struct asset *a, int64_t by);
/* It is owed no more at all. */
enum fault commitment_drop(struct deciding *g, struct asset *a);
struct hash commitment_id(struct uuid debtor, struct uuid supplier, const char ccy[static 3], struct date due);
/* --- a lender's search --- */
struct hash search_id(struct uuid asker, struct uuid asset);
/* --- rank and term (decide_rank.c, decide_term.c) --- */
/* The last day of the term: as asked for, or the longest there is. */
enum fault grant_term(struct deciding *g, const struct asset *a, struct date *until);
/* What is lent, when it is due, and whether the purchase money's goods can be those. */
enum fault grant_financing(struct deciding *g, const struct asset *a, int64_t amount);
/* A copy about to be registered at this entry: purchase money in time ranks first. */
enum fault accept_rank(struct deciding *g, const struct asset *a, struct encumbrance *e);
/* The lender has looked, not too long ago, and nobody came before it since. */
enum fault accept_search(struct deciding *g, const struct asset *a, const struct encumbrance *e);
/* By the secured party; about the asset and the encumbrance that is the statement's object. */
enum fault signed_by_secured(struct deciding *g, const struct encumbrance **e, const struct asset **a);
enum fault wrong_state(struct deciding *g, const struct encumbrance *e);
/* Takes `by` off what it binds; at zero it ends so. */
enum fault let_go(struct deciding *g, const struct encumbrance *e, const struct asset *a, int64_t by, int32_t end);
/* "uscc:..", "lei:.." or the party id as text. */
struct span party_identifier(const struct party *p, struct arena *mem);
/* Claims a fingerprint for `object`; `taken` is the fault when another live object has it. */
enum fault claim_take(struct deciding *g, struct fp16 fp, enum claim_kind kind, struct uuid object, enum fault taken,
                      const char *pointer);
enum fault claim_drop(struct deciding *g, struct fp16 fp, struct uuid object);
bool fp_is_zero(struct fp16 f);
/* `line` is one of the lines of `text`. */
bool has_line(struct span text, struct span line);
/* The row of a key enrolled by this entry; the caller has looked that there is none yet. */
struct party_key *new_key(struct deciding *g, struct uuid party, const struct pubkey *pub);

/* --- the rules, one file per noun --- */
rule_fn decide_anchor_publish, decide_anchor_withdraw, decide_anchor_revocations, decide_document_assess;
rule_fn decide_genesis, decide_log_keys, decide_rule_publish, decide_calendar_publish, decide_model_publish,
	decide_certify;
rule_fn decide_party_enrol, decide_party_suspend, decide_party_restore, decide_key_enrol, decide_key_revoke;
rule_fn decide_mandate_grant, decide_mandate_revoke, decide_consent_grant, decide_consent_withdraw;
rule_fn decide_party_erase;
rule_fn decide_register, decide_confirm, decide_dispute, decide_resolve, decide_reject, decide_adjust, decide_pay;
rule_fn decide_cancel, decide_write_off, decide_overdue, decide_default;
rule_fn decide_grant, decide_accept, decide_release, decide_subordinate, decide_enforce, decide_grant_lapse;
rule_fn decide_hold_place, decide_hold_release, decide_hold_lapse, decide_freeze_place, decide_freeze_lift;
rule_fn decide_cosign_lapse;
rule_fn decide_price_enrol, decide_price_post, decide_price_retire;
rule_fn decide_stock_open, decide_stock_count, decide_stock_top_up, decide_stock_release, decide_stock_close;
rule_fn decide_stock_mark, decide_stock_lapse, decide_stock_enforce, decide_stock_sell;
rule_fn decide_prepaid_open, decide_prepaid_confirm, decide_prepaid_advance, decide_prepaid_ship;
rule_fn decide_prepaid_receive, decide_prepaid_release, decide_prepaid_refund, decide_prepaid_fail;
rule_fn decide_prepaid_close;
rule_fn decide_voucher_issue, decide_voucher_accept, decide_voucher_decline, decide_voucher_review;
rule_fn decide_voucher_split, decide_voucher_transfer, decide_voucher_redeem, decide_voucher_cancel;
rule_fn decide_voucher_lapse, decide_voucher_overdue;
rule_fn decide_bill_issue, decide_bill_accept, decide_bill_take, decide_bill_decline, decide_bill_disclose;
rule_fn decide_bill_split, decide_bill_endorse, decide_bill_discount, decide_bill_guarantee, decide_bill_cancel;
rule_fn decide_bill_present, decide_bill_pay, decide_bill_dishonour, decide_bill_recourse, decide_bill_settle;
rule_fn decide_bill_lapse, decide_obligor_review;
rule_fn decide_pool_open, decide_pool_add, decide_pool_remove, decide_pool_lock, decide_pool_publish;
rule_fn decide_pool_admit, decide_pool_report, decide_pool_collect, decide_pool_close;
rule_fn decide_obligor_default, decide_obligor_cure, decide_obligor_relate;
rule_fn decide_extend, decide_expire, decide_demand, decide_contest, decide_discharge, decide_notify, decide_cede;
rule_fn decide_objection_place, decide_objection_answer, decide_objection_prove, decide_objection_withdraw;
rule_fn decide_objection_lapse, decide_objection_conclude, decide_commitment_sign, decide_constitute;
rule_fn decide_future_lapse;
rule_fn decide_party_profile, decide_finding_raise, decide_finding_review, decide_detection_engine;
rule_fn decide_warning_raise, decide_warning_close;
/* A finding or warning is of the engine that judges the log now (0 stands for the first). */
enum fault engine_judges(struct deciding *g, int64_t engine);
/* Entries named as evidence lie before this one. */
enum fault evidence_before(struct deciding *g, struct numbers evidence, int64_t at_seq);
/* The same as a row keeps them: with commas between. */
struct span evidence_text(struct deciding *g, struct numbers n);
rule_fn decide_score_certify, decide_score_appeal, decide_score_correct;
rule_fn decide_site_register, decide_site_amend, decide_site_count;
rule_fn decide_receipt_issue, decide_receipt_weigh, decide_receipt_inspect, decide_receipt_split, decide_receipt_merge;
rule_fn decide_receipt_transfer, decide_receipt_attorn, decide_receipt_order, decide_receipt_deliver;
rule_fn decide_receipt_withdraw, decide_receipt_release, decide_receipt_cancel;
/* The rule of a statement type; NULL for statement.cosign, which decide() handles itself. */
rule_fn *rule_of(enum statement_kind k);

/* --- paying, for all that is paid like a receivable (decide_receivable.c) --- */
/* The debtor says it paid, or a secured party whose encumbrance binds that it collected. */
enum fault may_report_payment(struct deciding *g, const struct asset *a, struct encumbrance **e, size_t n);
/* After paid (by `payment`) or diluted rose: secured parties are served in rank order, what no longer fits is cut. */
enum fault settle_open(struct deciding *g, struct asset *a, struct encumbrance **e, size_t n, int64_t payment);

/* --- assets --- */
/* The documents and, once the creditor is loaded, the claim a registration will ask for. */
void hint_register(struct deciding *g);
/* What else a statement about stock, a prepayment or an encumbrance on stock will ask for, as far as is known. */
void hint_stock(struct deciding *g);
/* What can happen to an asset; which kinds it can happen to, and in which states, say their .def files. */
enum asset_event {
	EV_CONFIRM,
	EV_DISPUTE,
	EV_RESOLVE,
	EV_REJECT,
	EV_ADJUST,
	EV_PAY,
	EV_CANCEL,
	EV_WRITE_OFF,
	EV_OVERDUE,
	EV_DEFAULT,
	EV_GRANT,
	EV_LOCK,   /* converted into a child */
	EV_UNLOCK, /* the child is undone */
	EV_SETTLE, /* the child was paid to its end */
	/* stock */
	EV_TALLY,    /* counted, reported, inspected, topped up */
	EV_TAKE_OUT, /* goods leave */
	EV_COVER,    /* the goods cover what is bound; */
	EV_WARN,     /* no longer by the warning line; */
	EV_SINK,     /* nor by the floor */
	EV_DISPOSE,
	EV_SELL,
	EV_WIND_UP, /* nothing is bound any more */
	/* prepayments */
	EV_ADVANCE,
	EV_SHIP,
	EV_ARRIVE,
	EV_COMPLETE, /* nothing more is to come */
	EV_HAND_OVER,
	EV_REFUND,
	EV_FAIL,
	/* vouchers, bills, pools */
	EV_ACCEPT,
	EV_DECLINE,
	EV_REVIEW,
	EV_OFFER,
	EV_SPLIT,
	EV_TAKE,
	EV_DISCLOSE,
	EV_GUARANTEE,
	EV_PRESENT,
	EV_REFUSE,
	EV_RECOURSE,
	EV_PAY_BACK, /* by the one recourse was taken against */
	EV_GATHER,   /* members enter and leave */
	EV_PUBLISH,
	EV_REPORT,
	EV_CLOSE,
	/* future receivables */
	EV_CONSTITUTE, /* a future receivable gets its document */
	EV_LAPSE,      /* or does not; what was offered is not taken */
	EV_MEASURE,    /* goods weighed or inspected */
	EV_MOVE,       /* title or share of goods */
	EV_PART,       /* part of the goods left */
	EV_DELIVER,    /* the last of them left */
	EV_MERGE,      /* into another of its kind */
	EV_COUNT
};
/* Where the event leads from the asset's state; E_BAD_STATE where it leads nowhere. */
enum fault asset_next(struct deciding *g, const struct asset *a, enum asset_event ev, int32_t *to);
/* Asks early for the rows of the kind's own that a statement about the asset, or a grant on it, will need. */
void asset_hint(struct deciding *g, enum asset_kind kind, struct uuid id);
/* What the kind demands before the asset may be encumbered, besides its state. */
enum fault asset_grantable(struct deciding *g, const struct asset *a);
/* Its evidence is of the level a financing needs (decide_assess.c). */
enum fault need_evidence(struct deciding *g, const struct asset *a);
/* No more is granted than credit notes and payments among the papers leave of it, where the rule says so. */
enum fault need_trade_open(struct deciding *g, const struct asset *a, int64_t amount);
/* The level the document has now, whatever it had when it came in. */
enum fault level_of_document(struct deciding *g, const struct evidence *doc, int32_t *ret);
/* A fresh claim begins with what its document is worth now; doc may be NULL. */
enum fault asset_begin_evidence(struct deciding *g, struct asset *a, const struct evidence *doc);
/* Nothing that stops financing was found against the asset (decide_finding.c). */
enum fault need_unsuspected(struct deciding *g, const struct asset *a);
void holding_hint(struct deciding *g, struct uuid id);
enum fault receipt_grantable(struct deciding *g, const struct asset *a);
/* What its kind demands, beside its state, before a lender may be given a part of it. */
enum fault asset_may_finance(struct deciding *g, const struct asset *a);
/* The fingerprint of the claim these facts name, through the parties the registry knows. */
enum fault claim_of_facts(struct deciding *g, const struct facts *f, struct fp16 *ret);
#endif
