/* SPDX-License-Identifier: Apache-2.0 */
/*
 * life.c: an invoice's way through the registry: registered, confirmed, financed, paid, late, credited, cancelled.
 *
 * A sale carries its plan; each act says its statement, if the state still allows it, and puts the next on the agenda.
 * Honest plans come from the firms' habits (sale_plan); crooks write their own.
 */
#include "sim.h"

/* --- making one --- */

uint32_t sale_new(struct sim *s, uint32_t seller, uint32_t buyer, int64_t face, int32_t issued, int16_t terms)
{
	struct sale *x;
	uint32_t i = s->n_sales;

	s->sale = grown(s->sale, s->n_sales, &s->cap_sales, sizeof *s->sale);
	s->n_sales++;
	x = &s->sale[i];
	memset(x, 0, sizeof *x);
	x->id = sim_id(s);
	x->seller = seller;
	x->buyer = buyer;
	x->face = x->owed = face < 10000 ? 10000 : face;
	memcpy(x->ccy, "CNY", 4);
	x->issued = issued;
	x->due = issued + terms;
	x->goods = s->firm[seller].sector;
	x->service = sector_service(x->goods);
	x->account = s->firm[seller].account;
	x->payer_account = s->firm[s->firm[buyer].treasury].account;
	x->lender = s->firm[seller].lender[0];
	x->confirm_after = x->grant_after = x->accept_after = -1;
	x->truth = truth_new(s, x->id, false);
	s->truth[x->truth].firm = seller;
	s->truth[x->truth].of_crook = s->firm[seller].crooked;
	s->truth[x->truth].due = x->due;
	return i;
}

/* Twenty digits: year, region, channel, and a serial of the seller's own. */
void sale_number(struct sim *s, uint32_t i)
{
	struct sale *x = &s->sale[i];
	struct firm *f = &s->firm[x->seller];
	char text[64];

	f->invoices++;
	snprintf(text, sizeof text, "%02u%02u2%09llu%06llu",
	         (unsigned)(date_month((struct date){ x->issued }) / 100 % 100), region_number(f->region),
	         (unsigned long long)(f->series + f->invoices / 1000000), (unsigned long long)(f->invoices % 1000000));
	snprintf(x->number, sizeof x->number, "%.20s", text);
}

static void plan_papers(struct sim *s, struct sale *x)
{
	x->order = draw_chance(&s->trade, 930000) ? ++s->firm[x->buyer].orders : 0;
	x->waybill = x->service || draw_chance(&s->trade, 100000) ? 0 : ++s->waybills;
	x->lines = draw_chance(&s->trade, 700000) ? draw_bits(&s->trade) | 1 : 0;
	if (draw_chance(&s->trade, 600000))
		x->delivered = x->issued - (int32_t)draw_below(&s->trade, 6);
	if (draw_chance(&s->trade, 400000))
		x->account = 0;
}

/* A large buyer pays a smaller seller within sixty days of delivery; longer is not allowed. */
void sale_due(struct sim *s, uint32_t i, int32_t due)
{
	struct sale *x = &s->sale[i];
	int32_t from = x->delivered ? x->delivered : x->issued;

	if (s->firm[x->buyer].size == SIZE_LARGE && s->firm[x->seller].size > SIZE_LARGE && due > from + 60)
		due = from + 60;
	x->due = s->truth[x->truth].due = due < x->issued ? x->issued : due;
}

static void plan_confirmation(struct sim *s, struct sale *x)
{
	static const int64_t mean[] = { 900, 5200, 3, 0 }; /* minutes */
	enum habit h = s->firm[x->buyer].habit;

	if (h == HABIT_NEVER || draw_chance(&s->trade, h == HABIT_AUTOMATIC ? 5000 : 60000))
		return;
	x->confirm_after = 2 + (int32_t)draw_wait(&s->trade, mean[h]);
	if (h != HABIT_AUTOMATIC)
		x->confirm_after += 15;
	if (x->confirm_after > 20 * 1440)
		x->confirm_after = 20 * 1440;
	if (h == HABIT_AUTOMATIC)
		s->truth[x->truth].class = HN21;
	else if (x->confirm_after > 10 * 1440)
		s->truth[x->truth].class = HN22;
}

static void plan_money(struct sim *s, struct sale *x)
{
	const struct firm *b = &s->firm[x->buyer];
	int64_t ppm = b->late_ppm + b->strain;

	x->late_ppm = (int32_t)(ppm > 950000 ? 950000 : ppm);
	x->late_days = b->late_days + b->strain / 20000;
	if (draw_chance(&s->trade, 880000)) {
		x->grant_after = (int32_t)draw_wait(&s->trade, 1500) + 20;
		if (x->confirm_after >= 0 && draw_chance(&s->trade, 850000) && x->grant_after < x->confirm_after)
			x->grant_after = x->confirm_after + 5 + (int32_t)draw_wait(&s->trade, 400);
		x->accept_after = 30 + (int32_t)draw_wait(&s->trade, 500);
		if (x->accept_after > 4000)
			x->accept_after = 4000;
		if (x->grant_after > (x->due - x->issued - 10) * 1440)
			x->grant_after = -1;
	}
	x->advance = share_of(x->face, draw_between(&s->trade, 700000, 850000));
	x->pay_on = x->due;
	if (draw_chance(&s->trade, ppm > 950000 ? 950000 : ppm))
		x->pay_on += 1 + (int32_t)draw_wait(&s->trade, b->late_days + b->strain / 20000);
	else if (s->truth[x->truth].class != HN14)
		x->pay_on -= (int32_t)draw_below(&s->trade, 6);
}

void sale_plan(struct sim *s, uint32_t i)
{
	struct sale *x = &s->sale[i];

	plan_papers(s, x);
	sale_due(s, i, x->due);
	plan_confirmation(s, x);
	plan_money(s, x);
}

uint32_t other_lender(struct sim *s, uint32_t not_this)
{
	uint32_t i = LENDER_FIRM + (uint32_t)draw_below(&s->crook, LENDERS - 1);

	return i >= not_this ? i + 1 : i;
}

uint32_t sale_copy(struct sim *s, uint32_t from)
{
	const struct sale was = s->sale[from];
	uint32_t i = sale_new(s, was.seller, was.buyer, was.face, was.issued, (int16_t)(was.due - was.issued));
	struct sale *x = &s->sale[i];
	struct uuid id = x->id;
	uint32_t truth = x->truth;

	*x = was;
	x->id = id;
	x->truth = truth;
	x->state = SALE_MADE;
	x->encumbrance = (struct uuid){ { 0 } };
	x->confirmed = x->disputed = x->granted = x->financed = x->released = x->paid = x->overdue = x->defaulted =
		false;
	x->reduced = x->got = 0;
	x->lender = other_lender(s, was.lender);
	x->confirm_after = -1;
	x->grant_after = 60 + (int32_t)draw_below(&s->crook, 900);
	x->accept_after = 60;
	x->owed = 0; /* one debt, however often it is registered */
	x->pay_on = 0;
	return i;
}

void sale_opens(struct sim *s, uint32_t i, struct moment at) { later(s, at, act_register, i, 0); }

/* --- the acts --- */

static bool open_sale(const struct sale *x) { return x->state == SALE_REGISTERED && !x->paid; }
static int64_t still_open(const struct sale *x) { return x->face - x->reduced - x->got; }

static void fill_registration(struct sim *s, const struct sale *x, struct body_receivable_register *b,
                              char text[static 3][48])
{
	static _Thread_local struct span waybill;

	b->creditor = s->firm[x->seller].id;
	b->debtor = s->firm[x->buyer].id;
	b->face = (struct money){ x->face, "" };
	memcpy(b->face.ccy, x->ccy, 4);
	b->issue_date.day = x->issued;
	b->due_date.day = x->due;
	b->existing = x->future ? FLAG_NO : FLAG_YES;
	if (x->number[0])
		b->invoice = (struct invoice){ span_z(x->number), { x->issued } };
	b->lineage = x->lineage;
	b->delivered = x->delivered ? (struct date){ x->delivered } : DATE_NONE;
	if (x->order) {
		snprintf(text[0], 48, "PO%05u-%06llu", (unsigned)x->buyer, (unsigned long long)x->order);
		b->order = span_z(text[0]);
	}
	if (x->waybill) {
		snprintf(text[1], 48, "YD%012llu", (unsigned long long)x->waybill);
		waybill = span_z(text[1]);
		b->deliveries = (struct texts){ &waybill, 1 };
	}
	b->goods = span_z(sector_goods(x->goods));
	if (x->lines) {
		uint8_t n[8];

		be64_put(n, x->lines);
		b->goods_lines = sha256((struct span){ (const char *)n, sizeof n });
	}
	if (x->account) {
		put_account(x->account, text[2]);
		b->account = span_z(text[2]);
	}
}

static void plan_clocks(struct sim *s, uint32_t i)
{
	const struct sale *x = &s->sale[i];

	if (x->confirm_after >= 0)
		later(s, after_minutes(s->now, x->confirm_after), act_confirm, i, 0);
	if (x->grant_after >= 0)
		later(s, after_minutes(s->now, x->grant_after), act_grant, i, 0);
	if (x->pay_on > 0)
		later(s, on_day(s, x->pay_on), act_pay, i, 0);
	if (!x->future)
		later(s, date_start((struct date){ x->due + 1 }), act_overdue, i, 0);
}

void act_register(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct truth *t = &s->truth[x->truth];
	struct command c = saying(ST_RECEIVABLE_REGISTER, x->id);
	char text[3][48];
	enum fault f;

	(void)arg;
	fill_registration(s, x, &c.body.receivable_register, text);
	t->at = s->now;
	f = t->part == PART_FRAUD ? try_to_say(s, x->seller, 0, &c) : say(s, x->seller, &c);
	x->state = f == OK ? SALE_REGISTERED : SALE_REFUSED;
	x->registered_us = s->now.us;
	t->refused = f != OK;
	if (f == OK)
		plan_clocks(s, i);
}

void act_confirm(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_RECEIVABLE_CONFIRM, x->id);
	struct body_receivable_confirm *b = &c.body.receivable_confirm;
	char account[32];
	bool forged = arg != 0; /* by another's key */

	if (!open_sale(x) || x->confirmed || x->disputed || x->defaulted || x->reduced || still_open(x) <= 0)
		return;
	b->face = (struct money){ x->face, "" };
	memcpy(b->face.ccy, x->ccy, 4);
	b->due_date.day = x->due;
	b->set_off_waived = FLAG_YES;
	if (x->account) {
		put_account(x->account, account);
		b->pay_to = span_z(account);
	}
	if (forged) {
		(void)try_to_say(s, x->seller, 0, &c);
		return;
	}
	x->confirmed = (x->confirm_key ? try_to_say(s, x->buyer, x->confirm_key, &c) : say(s, x->buyer, &c)) == OK;
	if (x->confirmed && x->overdue) { /* a late word is still one; overdue again at the next round */
		x->overdue = false;
		later(s, date_start((struct date){ s->today + 1 }), act_overdue, i, 0);
	}
}

void act_grant(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_ENCUMBRANCE_GRANT, sim_id(s));
	struct body_encumbrance_grant *b = &c.body.encumbrance_grant;
	int64_t free = arg > 0 ? share_of(still_open(x), arg) : still_open(x);

	if (!open_sale(x) || x->disputed || (x->financed && !x->released) || (x->granted && !x->financed) ||
	    free <= 0 || x->defaulted || x->overdue)
		return;
	b->asset = x->id;
	b->kind = ENC_ASSIGNMENT;
	b->secured_party = s->firm[x->lender].id;
	b->amount = (struct money){ free, "" };
	memcpy(b->amount.ccy, x->ccy, 4);
	if (x->confirmed) { /* what is lent is said only where the debtor has confirmed: else the rules ask why */
		b->advance.minor = x->advance > share_of(free, 850000) ? share_of(free, 850000) : x->advance;
		memcpy(b->advance.ccy, x->ccy, 4);
	}
	b->from.day = date_of(s->now).day;
	b->recourse = FLAG_YES;
	b->notified = x->confirmed ? FLAG_YES : FLAG_NO;
	if ((s->truth[x->truth].part == PART_FRAUD ? try_to_say(s, x->seller, 0, &c) : say(s, x->seller, &c)) != OK)
		return;
	x->encumbrance = c.object;
	x->granted = true;
	x->financed = x->released = false;
	later(s, after_minutes(s->now, x->accept_after < 1 ? 60 : x->accept_after), act_accept, i, 0);
}

void act_accept(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_ENCUMBRANCE_ACCEPT, x->encumbrance);

	(void)arg;
	if (x->state != SALE_REGISTERED || !x->granted || x->financed || x->paid || x->disputed)
		return;
	if (try_to_say(s, x->lender, 0, &c) == OK) {
		x->financed = true;
		x->financed_us = s->now.us;
	}
}

/* Who cannot pay does not. What the buyer owes may be less than what is registered. */
void act_pay(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	const struct firm *b = &s->firm[x->buyer];
	struct command c = saying(ST_RECEIVABLE_PAY, x->id);
	struct body_receivable_pay *body = &c.body.receivable_pay;
	char account[32];
	int64_t amount = arg > 0 ? arg : x->owed - x->got - x->reduced;

	if (!open_sale(x) || amount <= 0 || (b->fails && s->today >= b->fails))
		return;
	if (amount > still_open(x))
		amount = still_open(x);
	put_account(x->payer_account, account);
	body->amount = (struct money){ amount, "" };
	memcpy(body->amount.ccy, x->ccy, 4);
	body->payer_account = span_z(account);
	body->on.day = date_of(s->now).day;
	if (say(s, x->financed && !x->released && draw_chance(&s->trade, 700000) ? x->lender : x->buyer, &c) != OK)
		return;
	x->got += amount;
	x->paid = still_open(x) == 0;
	if (x->paid)
		s->truth[x->truth].paid = s->now;
}

void act_overdue(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_RECEIVABLE_OVERDUE, x->id);

	(void)arg;
	if (!open_sale(x) || x->overdue || x->disputed || x->papered || still_open(x) <= 0)
		return;
	if (say(s, REGISTRY_FIRM, &c) != OK)
		return;
	x->overdue = true;
	later(s, date_start((struct date){ x->due + 91 }), act_default, i, 0);
}

void act_default(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_RECEIVABLE_DEFAULT, x->id);

	(void)arg;
	if (open_sale(x) && !x->disputed && !x->defaulted && x->overdue && say(s, REGISTRY_FIRM, &c) == OK)
		x->defaulted = true;
}

void act_cancel(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_RECEIVABLE_CANCEL, x->id);

	(void)arg;
	if (!open_sale(x) || (x->granted && !x->released) || x->got > 0 || x->overdue)
		return;
	c.body.reason.reason = S("the invoice was wrong and is issued again");
	if (say(s, x->seller, &c) == OK)
		x->state = SALE_ENDED;
}

/* The debtor's own credit note lowers what it owes; arg: by how much. */
void act_credit(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_RECEIVABLE_ADJUST, x->id);
	struct paper p = { .kind = DOCUMENT_CREDIT_NOTE, .payable = { arg, "" }, .issued = { s->today } };
	char number[32];
	uint8_t n[8];

	if (!open_sale(x) || arg <= 0 || arg >= still_open(x))
		return;
	be64_put(n, draw_bits(&s->trade));
	snprintf(number, sizeof number, "%.20s-R", x->number);
	p.id = sha256((struct span){ (const char *)n, sizeof n });
	memcpy(p.payable.ccy, x->ccy, 4);
	p.number = span_z(number);
	p.corrects = span_z(x->number);
	p.issuer = x->seller;
	p.recipient = x->buyer;
	s->out.submit(s->out.arg, &p);
	c.body.receivable_adjust =
		(struct body_receivable_adjust){ .reduce = p.payable, .document = p.id, .reason = S("credit note") };
	if (say(s, x->buyer, &c) == OK)
		x->reduced += arg;
}

/* The creditor's own reduction, once its lender has let go of so much. */
void act_owner_credit(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_ENCUMBRANCE_RELEASE, x->encumbrance);
	struct money by = { arg, "" };

	memcpy(by.ccy, x->ccy, 4);
	if (!open_sale(x) || arg <= 0 || arg >= still_open(x) || (x->granted && !x->financed))
		return;
	if (x->financed && !x->released) {
		c.body.encumbrance_release.amount = by;
		if (say(s, x->lender, &c) != OK)
			return;
	}
	c = saying(ST_RECEIVABLE_ADJUST, x->id);
	c.body.receivable_adjust = (struct body_receivable_adjust){ .reduce = by, .reason = S("agreed complaint") };
	if (say(s, x->seller, &c) == OK)
		x->reduced += arg;
}

/* arg: code of the dispute */
void act_dispute(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_RECEIVABLE_DISPUTE, x->id);
	char code[16];

	if (!open_sale(x) || x->disputed || x->defaulted)
		return;
	snprintf(code, sizeof code, "C%02d", (int)arg);
	c.body.dispute = (struct body_dispute){ .code = span_z(code), .reason = S("not as it was registered") };
	x->disputed = say(s, x->buyer, &c) == OK;
}

void act_release(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];
	struct command c = saying(ST_ENCUMBRANCE_RELEASE, x->encumbrance);

	(void)arg;
	if (!open_sale(x) || !x->financed || x->released)
		return;
	x->released = say(s, x->lender, &c) == OK;
}

/* Another lender takes it over. */
void act_refinance(struct sim *s, uint32_t i, int64_t arg)
{
	struct sale *x = &s->sale[i];

	(void)arg;
	if (!x->released || !open_sale(x))
		return;
	x->lender = LENDER_FIRM + (x->lender - LENDER_FIRM + 1) % LENDERS;
	act_grant(s, i, 0);
}
