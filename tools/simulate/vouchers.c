/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vouchers.c: a voucher chain (HN18). The buyer issues a voucher on the claim it has confirmed, the seller cuts off what
 * it owes its own supplier and passes that on, and the buyer redeems the pieces on the day they fall due. So one trade's
 * money goes down two steps, by amounts and dates that are alike, and no bank has lent on any of it.
 */
#include "sim.h"

/* The plan of one chain is its first sale; arg of the later acts is the upstream sale, or NO_SALE. */
static void act_redeem(struct sim *s, uint32_t i, int64_t part)
{
	struct sale *x = &s->sale[i];
	const struct firm *b = &s->firm[x->buyer];
	struct command c = saying(ST_VOUCHER_REDEEM, part == 0 ? x->voucher : x->cut);
	struct body_receivable_pay *body = &c.body.receivable_pay;
	char account[32];

	if (x->paid || (b->fails && s->today >= b->fails))
		return;
	body->amount = (struct money){ part == 0 ? x->face - x->passed : x->passed, "CNY" };
	put_account(x->payer_account, account);
	body->payer_account = span_z(account);
	body->on.day = s->today;
	if (say(s, x->buyer, &c) != OK)
		return;
	x->got += body->amount.minor;
	x->paid = x->got == x->face;
	if (x->paid)
		s->truth[x->truth].paid = s->now;
}

static void act_take_piece(struct sim *s, uint32_t i, int64_t supplier)
{
	struct command c = saying(ST_VOUCHER_ACCEPT, s->sale[i].cut);

	(void)say(s, s->sale[supplier].seller, &c);
}

/* The supplier's invoice is paid with the piece. */
static void act_pass(struct sim *s, uint32_t i, int64_t supplier)
{
	struct sale *x = &s->sale[i];
	const struct sale *up = &s->sale[supplier];
	struct cut piece[2] = { { sim_id(s), { x->face - up->face, "CNY" } }, { sim_id(s), { up->face, "CNY" } } };
	struct command c = saying(ST_VOUCHER_SPLIT, x->voucher);

	if (up->state != SALE_REGISTERED)
		return;
	c.body.paper_split.parts = (struct cuts){ piece, 2 };
	if (say(s, x->seller, &c) != OK)
		return;
	x->voucher = piece[0].id;
	x->cut = piece[1].id;
	x->passed = up->face;
	later(s, on_day(s, x->due), act_redeem, i, 1);
	c = saying(ST_VOUCHER_TRANSFER, x->cut);
	c.body.paper_transfer.to = s->firm[up->seller].id;
	if (say(s, x->seller, &c) != OK)
		return;
	later(s, after_minutes(s->now, 90), act_take_piece, i, supplier);
	later(s, after_minutes(s->now, 200), act_pay, (uint32_t)supplier, 0);
}

static void act_accept_voucher(struct sim *s, uint32_t i, int64_t supplier)
{
	struct command c = saying(ST_VOUCHER_ACCEPT, s->sale[i].voucher);

	if (say(s, s->sale[i].seller, &c) != OK)
		return;
	later(s, on_day(s, s->sale[i].due), act_redeem, i, 0);
	if (supplier != NO_SALE)
		later(s, after_minutes(s->now, 2000), act_pass, i, supplier);
}

static void act_issue(struct sim *s, uint32_t i, int64_t supplier)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_VOUCHER_ISSUE, sim_id(s));

	if (x->state != SALE_REGISTERED || !x->confirmed || x->disputed || x->got > 0)
		return;
	c.body.voucher_issue = (struct body_voucher_issue){
		.receivable = x->id, .face = { x->face, "CNY" }, .due_date = { x->due }, .divisible = FLAG_YES
	};
	if (say(s, x->buyer, &c) != OK)
		return;
	x->voucher = c.object;
	x->papered = true;
	later(s, after_minutes(s->now, 300), act_accept_voucher, i, supplier);
}

/* Who sells to the link's seller; NOBODY. */
static uint32_t link_above(const struct sim *s, uint32_t seller)
{
	for (uint32_t i = 0; i < s->n_links; i++)
		if (s->link[i].buyer == seller && !s->link[i].foreign && !s->link[i].class &&
		    s->today >= s->link[i].from && s->today < s->link[i].until)
			return i;
	return NOBODY;
}

void voucher_chain(struct sim *s, uint32_t link)
{
	uint32_t i = honest_sale(s, link, link_amount(s, &s->link[link])), above = link_above(s, s->link[link].seller);
	uint32_t up = NO_SALE;
	struct sale *x;

	if (above != NOBODY) {
		int64_t most = share_of(s->sale[i].face, 850000), usual = link_amount(s, &s->link[above]);

		up = honest_sale(s, above, usual < most ? usual : most);
		s->sale[up].grant_after = -1;
		s->sale[up].pay_on = 0;
		s->truth[s->sale[up].truth].class = HN18;
		sale_opens(s, up, on_day(s, s->today));
	}
	x = &s->sale[i];
	x->grant_after = -1;
	x->pay_on = 0;
	x->confirm_after = x->confirm_after < 0 || x->confirm_after > 2000 ? 600 : x->confirm_after;
	s->truth[x->truth].class = HN18;
	sale_opens(s, i, on_day(s, s->today));
	later(s, on_day(s, s->today + 3), act_issue, i, up);
	s->link[link].next = s->today + (int32_t)draw_between(&s->trade, 20, 45);
}
