/* SPDX-License-Identifier: Apache-2.0 */
/* paperplay.h: vouchers, bills and pools in one line each, on the stage of actors.h. */
#ifndef CF_PAPERPLAY_H
#define CF_PAPERPLAY_H

#include "actors.h"

static inline const struct part *paper_part(const struct stage *s, struct uuid id)
{
	return (const struct part *)(const void *)world_find(&s->world, TABLE_PART, key_uuid(id));
}

static inline const struct obligor *obligor_of(const struct stage *s, enum actor who)
{
	return (const struct obligor *)(const void *)world_find(&s->world, TABLE_OBLIGOR, key_uuid(s->party[who]));
}

static inline struct command issues_paper(struct stage *s, struct uuid receivable)
{
	struct command c = say(s, ST_VOUCHER_ISSUE, ANCHOR, new_id(s));
	struct body_voucher_issue *b = &c.body.voucher_issue;
	const struct asset *a = asset_of(s, receivable);

	b->receivable = receivable;
	b->face = cny(a ? asset_balance(a).open : 1);
	b->due_date = a ? a->due : day("2027-02-01");
	b->divisible = FLAG_YES;
	return c;
}

static inline struct command draws(struct stage *s, struct uuid receivable, enum actor acceptor)
{
	struct command c = say(s, ST_BILL_ISSUE, ANCHOR, new_id(s));
	struct body_bill_issue *b = &c.body.bill_issue;
	const struct asset *a = asset_of(s, receivable);

	b->receivable = receivable;
	b->acceptor = s->party[acceptor];
	b->face = cny(a ? asset_balance(a).open : 1);
	b->due_date = a ? a->due : day("2027-02-01");
	b->divisible = FLAG_YES;
	return c;
}

static inline struct command discloses(struct stage *s, enum actor acceptor, struct uuid bill, int64_t face)
{
	struct command c = about(s, ST_BILL_DISCLOSE, acceptor, bill);
	const struct asset *a = asset_of(s, bill);

	c.body.bill_disclose.face = cny(face);
	c.body.bill_disclose.due_date = a ? a->due : day("2027-02-01");
	return c;
}

/* Into parts of these amounts, with ids from `first` on; the list lives until the next call but three. */
static inline struct command splits(struct stage *s, enum statement_kind kind, enum actor who, struct uuid whole,
                                    const int64_t *amount, size_t n)
{
	static struct cut piece[4][LIST_MAX];
	static unsigned turn;
	struct command c = about(s, kind, who, whole);
	struct cut *at = piece[turn = (turn + 1) % 4];

	for (size_t i = 0; i < n; i++)
		at[i] = (struct cut){ new_id(s), cny(amount[i]) };
	c.body.paper_split.parts = (struct cuts){ at, n };
	return c;
}

static inline struct command offers(struct stage *s, enum statement_kind kind, enum actor holder, struct uuid id,
                                    enum actor to)
{
	struct command c = about(s, kind, holder, id);

	c.body.paper_transfer.to = s->party[to];
	return c;
}

static inline struct command redeems(struct stage *s, enum statement_kind kind, enum actor who, struct uuid id,
                                     int64_t amount)
{
	struct command c = about(s, kind, who, id);

	c.body.receivable_pay.amount = cny(amount);
	c.body.receivable_pay.on = date_of(s->now);
	return c;
}
#endif
