/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paper.h: what vouchers and bills have in common. Inside the rules.
 *
 * A paper is an asset and its PART. It stands for a receivable, which is locked as long as the paper lives, and is a
 * part of a package: units lo..hi of the smallest coin, the first being unit 1, or 0..0 when it cannot be divided.
 *
 * Invariants, for every package (paper_broken checks them over a whole world):
 *   - a part that is not split covers exactly its own units: hi - lo + 1 is its face;
 *   - the parts that are not split are disjoint, and together they are the package;
 *   - what was paid on them is what was paid on the receivable they stand for.
 */
#ifndef CF_PAPER_H
#define CF_PAPER_H

#include "deciding.h"

struct paper {
	const struct asset *a;
	const struct part *p;
};

/* --- the object --- */
/* Asks early for the rows a statement about a paper, or one that makes one, will need. */
void hint_paper(struct deciding *g);
void hint_pool(struct deciding *g);
/* The object of the statement, with its part. */
enum fault the_paper(struct deciding *g, struct paper *ret);
/* Where the event leads the object, which its holder signs about: not frozen. */
enum fault by_holder(struct deciding *g, enum asset_event ev, struct paper *ret, int32_t *to);

/* --- making one --- */
struct draft {
	struct uuid receivable;
	struct money face;
	struct date due;
	bool divisible;
	enum asset_kind kind;
	int32_t state;
};
/* The receivable a paper is to be made from: confirmed, free to be locked, of exactly this face; due within grace. */
enum fault draft_source(struct deciding *g, const struct draft *d, const struct asset **ret);
/* The new asset and its part, offered to whoever must sign it next; `debtor` will pay. */
void write_paper(struct deciding *g, const struct draft *d, const struct asset *source, struct uuid debtor);
/* The first holder takes it: the receivable is locked, the paper stands in its place. */
enum fault take_source(struct deciding *g, const struct paper *x);
/* The whole package goes back to the receivable's creditor's claim: the receivable is what it was. */
enum fault give_back(struct deciding *g, const struct paper *x);

/* --- handing on --- */
struct offer {
	struct uuid to;
	enum hop_kind kind;
	int64_t price;
	enum flag recourse;
};
/* What is offered, and until when it can be taken. */
void put_offer(struct deciding *g, struct part *p, const struct offer *o);
/* The holder offers it: free, far enough from its due date, fewer hands than the rule allows. */
enum fault paper_offer(struct deciding *g, const struct paper *x, const struct offer *o, int32_t to_state);
/* The one it was offered to has it now; the step is recorded. */
enum fault paper_take(struct deciding *g, const struct paper *x, int32_t to_state);
/* Whoever may answer the open offer signs, in time, and the event leads somewhere. */
enum fault need_offeree(struct deciding *g, const struct paper *x, enum asset_event ev, int32_t *to);
/* The offer ends without a taker; also used when it has been taken. */
void end_offer(struct deciding *g, const struct paper *x, int32_t to_state);
enum fault paper_decline(struct deciding *g, struct uuid maker);
enum fault paper_lapse(struct deciding *g);
/* A step in the chain of holders. */
struct hop *write_hop(struct deciding *g, const struct paper *x, enum hop_kind kind, struct uuid giver,
                      struct uuid taker);

/* --- dividing and paying --- */
enum fault paper_split(struct deciding *g);
/* Payment by its debtor or a collecting secured party: the receivable behind it is paid by as much. *ended: nothing
 * is owed on it any more; the caller gives the state. */
enum fault paper_pay(struct deciding *g, struct paper *x, bool *ended);

/* The receivable behind is paid by as much, and settled with its last cent. */
enum fault pay_source(struct deciding *g, const struct paper *x, int64_t amount);

/* --- who pays (obligor.c) --- */
/* The row of a party that signs paper, brought up to this month; made when there is none. */
enum fault edit_obligor_of(struct deciding *g, struct uuid party, struct obligor **ret);
/* R30: an anchor with unpaid vouchers, a default on record or on the persistent list issues no more. */
enum fault need_may_issue(struct deciding *g, struct uuid party);
/* R28: on the list of those with overdue bills, an acceptor accepts no more; R29: nor when persistently overdue. */
enum fault need_may_accept(struct deciding *g, struct uuid party);
/* R29: nobody discounts, pledges or guarantees a persistently overdue acceptor's bills. */
enum fault need_unbarred(struct deciding *g, struct uuid party);
/* R44 and R29: what must hold before a lender is given a bill, whole or in part. */
enum fault bill_may_finance(struct deciding *g, const struct asset *a);
/* One more bill fell overdue; o is brought up to this month. */
void obligor_act(struct obligor *o);
#endif
