/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trading.h: what the files that match the papers of a trade share (trade_*.c); see trade_match.h.
 *
 *   trade_join.c   which papers are of one trade
 *   trade_goods.c  what they say of the goods, line by line
 *   trade_money.c  what they say of the money, and whether anybody takes something back
 *   trade_match.c  the steps in their order, and the verdict
 *
 * Nothing depends on the order of the papers but which of two that say the same is counted.
 */
#ifndef CF_TRADING_H
#define CF_TRADING_H

#include "trade_match.h"

struct trade {
	const struct paper *paper;
	size_t n, which;
	const struct paper *inv;
	const struct match_limits *limits;
	struct match *m;
	bool in[MATCH_PAPERS_MAX]; /* of this trade */
	const struct paper *order; /* the one its lines are of; NULL without */
};
enum fit { OTHER, UNKNOWN, SAME };

/* --- trade_join.c --- */
/* As people copy numbers: letters in either case, spaces anywhere. Nothing is not the same as nothing. */
bool same_text(struct span a, struct span b);
enum fit same_party(const struct paper_ids *a, const struct paper_ids *b);
/* The paper is what the reference names. */
bool ref_names(const struct paper_ref *r, const struct paper *p);
bool paper_refers(const struct paper *from, const struct paper *to);
/* The paper is joined to the invoice by what it, or the invoice, refers to. */
bool paper_joined(const struct paper *p, const struct paper *inv);

/* The payment or answer is about the invoice. */
bool item_about(const struct paper *p, const struct paper_item *i, const struct paper *inv);

/* --- trade_match.c --- */
void trade_find(struct trade *t, enum xd x, const struct paper *p, struct span a, const char *between, struct span b);
/* One of two papers that say the same thing under the same number is enough: the invoice itself, else the first. */
bool counted_before(const struct trade *t, size_t i);
/* Papers of a role that are vouched for make the others of that role superfluous. */
bool paper_speaks(const struct trade *t, size_t i);

/* --- trade_goods.c --- */
/* The carrier's own paper: its weights are gross, so no line of an invoice is measured by them. */
static inline bool is_carriers(const struct paper *p)
{
	return p->kind == DOC_DCSA_BILL_OF_LADING || p->kind == DOC_UBL_WAYBILL;
}
/* By the first number both give the item. */
enum fit same_item(const struct paper_line *a, const struct paper_line *b);
/* Adds, and stops at the end of the numbers. */
void sum_add(int64_t *sum, int64_t v);
/* v with so many parts per million more, without overflow. */
int64_t plus_ppm(int64_t v, int64_t ppm);
void check_goods(struct trade *t);
void check_units(struct trade *t);
void check_bills(struct trade *t);

/* --- trade_money.c --- */
/* All invoices of the order against all it was for. */
void check_total(struct trade *t);
void take_credits(struct trade *t);
void take_payments(struct trade *t);
void take_answers(struct trade *t);
void take_cancellations(struct trade *t);
#endif
