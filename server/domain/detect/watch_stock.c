/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_stock.c: goods under receipts and pledges, their warehouses and prices (DETECTION 4.1).
 *
 *   E09  the posted price of goods has fallen from its height of the last 30 days
 *   E10  a pledge covers too little of what is bound on it: less than the rule says, or than was agreed, or its floor
 *   E11  more goods leave a warehouse in a week than usually do
 *   E12  pledged goods lie in a warehouse that nobody has counted for too long
 *   E19  goods leave one pledge again and again
 */
#include "watch.h"

enum { WEEK_DAYS = 7, USUAL_DAYS = 84, MONTH_DAYS = 30, BUSY = 4 /* times the usual week */ };

uint32_t held_of(const struct watch *w, struct uuid asset)
{
	for (struct index_walk at = index_walk(&w->by_held, key_of_uuid(asset)); index_next(&at);)
		if (uuid_eq(held_at(w, at.value)->id, asset))
			return at.value;
	return NOWHERE;
}

static uint32_t site_of(const struct watch *w, struct uuid id)
{
	for (struct index_walk at = index_walk(&w->by_site, key_of_uuid(id)); index_next(&at);)
		if (uuid_eq(((const struct site_watch *)dense_at(&w->site, at.value))->id, id))
			return at.value;
	return NOWHERE;
}

static uint32_t feed_of(const struct watch *w, struct uuid id)
{
	for (struct index_walk at = index_walk(&w->by_feed, key_of_uuid(id)); index_next(&at);)
		if (uuid_eq(((const struct feed_watch *)dense_at(&w->feed, at.value))->id, id))
			return at.value;
	return NOWHERE;
}

static struct held *new_held(struct watch *w, struct uuid id, uint32_t owner)
{
	uint32_t i;
	struct held *h = dense_add(&w->held, &i);

	if (!h || !index_put(&w->by_held, key_of_uuid(id), i)) {
		w->full = true;
		return NULL;
	}
	*h = (struct held){ .id = id, .owner = owner, .site = NOWHERE, .feed = NOWHERE, .goods = NOWHERE };
	h->topic = topic_of(w, ABOUT_ASSET, id, owner);
	return h;
}

/* --- E09 --- */

static void see_feed(struct watch *w)
{
	const struct body_price_enrol *body = &w->s->c->body.price_enrol;
	struct feed_watch *f;
	uint32_t i;

	if (span_starts(body->commodity, S("fx:")))
		return;
	f = dense_add(&w->feed, &i);
	if (!f || !index_put(&w->by_feed, key_of_uuid(w->s->c->object), i)) {
		w->full = true;
		return;
	}
	f->id = w->s->c->object;
	f->per = body->per.micro;
	memcpy(f->ccy, body->currency.at, body->currency.len < 3 ? body->currency.len : 3);
	f->topic = topic_named(w, ABOUT_COMMODITY, S(""), body->commodity);
}

static void see_price(struct watch *w)
{
	uint32_t i = feed_of(w, w->s->c->object);
	const struct event_at *top = NULL;
	struct feed_watch *f;
	struct warned *x;
	int64_t fall;

	if (i == NOWHERE)
		return;
	f = dense_at(&w->feed, i);
	f->price = w->s->c->body.price_post.price.minor;
	ring_add(&f->prices, (struct event_at){ w->s->seq, f->price, day_now(w), 0 });
	for (uint32_t k = 0; k < ring_count(&f->prices); k++) {
		const struct event_at *e = ring_back(&f->prices, k);

		if (day_now(w) - e->day <= MONTH_DAYS && (!top || e->worth > top->worth))
			top = e;
	}
	w->work += RING;
	fall = ppm(top->worth - f->price, top->worth);
	x = weigh(w, WARN_E09, f->topic, fall, over(fall, limit_of(w, WARN_E09)));
	if (!x)
		return;
	warned_cites(x, top->seq);
	warned_says(x, "", fall / 10000, " % below its height of thirty days");
}

/* Looks again when its count would be too old. */
static void time_site(struct watch *w, uint32_t site, struct site_watch *x)
{
	int64_t left = x->counted_on + limit_of(w, WARN_E12) + 1 - day_now(w);

	if (x->timed)
		return;
	x->timed = true;
	set_timer(w, TIMER_SITE, site, (int32_t)(left > 0 ? left : 1));
}

/* --- E10 --- */

static int64_t value_of(const struct watch *w, const struct held *h)
{
	const struct feed_watch *f = h->feed == NOWHERE ? NULL : dense_at(&w->feed, h->feed);
	wide v = f && f->per > 0 ? (wide)h->quantity * f->price / f->per : 0;
	int64_t base;

	if (v > INT64_MAX)
		v = INT64_MAX;
	return f && fx_base(w->book, (int64_t)v, f->ccy, &base) ? base : 0;
}

void pledge_judge(struct watch *w, uint32_t held)
{
	const struct held *h = held_at(w, held);
	int64_t value, bound, cover;
	bool short_of;
	struct warned *x;

	if (h->site != NOWHERE)
		time_site(w, h->site, dense_at(&w->site, h->site));
	if (h->feed == NOWHERE || ((const struct feed_watch *)dense_at(&w->feed, h->feed))->price <= 0)
		return;
	value = value_of(w, h);
	bound = stakes_worth(w, h->topic);
	cover = bound > 0 ? ppm(value, bound) : INT64_MAX;
	short_of = bound > 0 && (cover < limit_of(w, WARN_E10) || (int64_t)((wide)value * h->ratio / 1000000) < bound);
	x = weigh(w, WARN_E10, h->topic, cover, short_of ? HOLDS : GONE);
	if (!x)
		return;
	warned_says(x, "the goods are worth ", cover / 10000, " % of what is bound on them");
	warned_says(x, "at most ", h->ratio / 10000, " % of their worth may be bound");
	if (value < h->floor) {
		x->severity = WARN_ALARM;
		warned_says(x, "below the floor, of which they have ", ppm(value, h->floor) / 10000, " %");
	}
	const struct ring *prices = &((const struct feed_watch *)dense_at(&w->feed, h->feed))->prices;

	if (prices->n > 0)
		warned_cites(x, ring_back(prices, 0)->seq);
}

static void see_open(struct watch *w)
{
	const struct body_inventory_open *body = &w->s->c->body.inventory_open;
	struct held *h = new_held(w, w->s->c->object, book_party(w->book, w->s->actor));
	int64_t base;

	if (!h)
		return;
	h->feed = feed_of(w, body->feed);
	h->ratio = body->ratio;
	h->floor = fx_base(w->book, body->floor.minor, body->floor.ccy, &base) ? base : 0;
	if (h->feed != NOWHERE)
		h->goods = ((const struct feed_watch *)dense_at(&w->feed, h->feed))->topic;
}

/* --- E19 --- */

static uint32_t within(const struct watch *w, const struct ring *r, int32_t from, int32_t to)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < ring_count(r); i++) {
		int32_t age = day_now(w) - ring_back(r, i)->day;

		n += age >= from && age < to;
	}
	return n;
}

static void cite_week(const struct watch *w, struct warned *x, const struct ring *r)
{
	for (uint32_t i = 0; i < ring_count(r); i++)
		if (day_now(w) - ring_back(r, i)->day < WEEK_DAYS)
			warned_cites(x, ring_back(r, i)->seq);
}

static void see_out(struct watch *w, struct held *h, int64_t quantity)
{
	uint32_t n;
	struct warned *x;

	ring_add(&h->out, (struct event_at){ w->s->seq, quantity, day_now(w), 0 });
	n = within(w, &h->out, 0, WEEK_DAYS);
	w->work += RING;
	x = weigh(w, WARN_E19, h->topic, n, over(n, limit_of(w, WARN_E19)));
	if (!x)
		return;
	warned_says(x, "goods were let go ", n, " times in a week");
	cite_week(w, x, &h->out);
}

/* What is there, as a count says it or as moves change it. */
static void see_stock(struct watch *w)
{
	const enum statement_kind kind = w->s->c->kind;
	uint32_t i = held_of(w, w->s->c->object);
	struct held *h;

	if (i == NOWHERE)
		return;
	h = held_at(w, i);
	if (kind == ST_INVENTORY_COUNT || kind == ST_INVENTORY_INSPECT)
		h->quantity = w->s->c->body.stock_count.quantity.micro;
	else if (kind == ST_INVENTORY_TOP_UP)
		h->quantity += w->s->c->body.stock_move.quantity.micro;
	else if (kind == ST_INVENTORY_RELEASE)
		h->quantity -= w->s->c->body.stock_move.quantity.micro;
	else if (kind == ST_INVENTORY_SELL)
		h->quantity -= w->s->c->body.stock_sale.quantity.micro;
	if (kind == ST_INVENTORY_RELEASE)
		see_out(w, h, w->s->c->body.stock_move.quantity.micro);
	if (h->quantity > 0)
		pledge_judge(w, i);
}

/* --- E11, E12 --- */

static void see_site(struct watch *w)
{
	uint32_t i;
	struct site_watch *x = dense_add(&w->site, &i);

	if (!x || !index_put(&w->by_site, key_of_uuid(w->s->c->object), i)) {
		w->full = true;
		return;
	}
	x->id = w->s->c->object;
	x->topic = topic_of(w, ABOUT_SITE, x->id, book_party(w->book, w->s->actor));
	x->counted_on = day_now(w);
	x->counted_seq = w->s->seq;
}

static void see_count(struct watch *w)
{
	uint32_t i = site_of(w, w->s->c->object);
	struct site_watch *x;

	if (i == NOWHERE || w->s->c->body.site_count.inbound == FLAG_YES)
		return;
	x = dense_at(&w->site, i);
	x->counted_on = day_now(w);
	x->counted_seq = w->s->seq;
	(void)weigh(w, WARN_E12, x->topic, 0, GONE);
	time_site(w, i, x);
}

void timer_site(struct watch *w, uint32_t site)
{
	struct site_watch *x = dense_at(&w->site, site);
	int64_t since = day_now(w) - x->counted_on;
	struct warned *o;

	x->timed = false;
	if (since <= limit_of(w, WARN_E12)) { /* it was counted meanwhile */
		time_site(w, site, x);
		return;
	}
	o = weigh(w, WARN_E12, x->topic, since, HOLDS);
	if (stake_first(w, x->topic) != NOWHERE) { /* while anything is pledged there: again when it has lapsed */
		x->timed = true;
		set_timer(w, TIMER_SITE, site, (int32_t)warning_info(WARN_E12)->days + 1);
	}
	if (!o)
		return;
	warned_cites(o, x->counted_seq);
	warned_says(o, "the last full count was ", since, " days ago");
}

static void see_receipt(struct watch *w)
{
	const struct body_receipt_issue *body = &w->s->c->body.receipt_issue;
	struct held *h = new_held(w, w->s->c->object, book_party(w->book, body->holder));

	if (!h)
		return;
	h->site = site_of(w, body->site);
	if (body->lots.n > 0)
		h->goods = topic_named(w, ABOUT_COMMODITY, S(""), body->lots.at[0].goods);
	if (h->site != NOWHERE)
		time_site(w, h->site, dense_at(&w->site, h->site));
}

static void see_delivered(struct watch *w)
{
	uint32_t i = held_of(w, w->s->c->object), n, usual;
	struct site_watch *site;
	struct warned *x;

	if (i == NOWHERE || held_at(w, i)->site == NOWHERE)
		return;
	site = dense_at(&w->site, held_at(w, i)->site);
	ring_add(&site->out, (struct event_at){ w->s->seq, 0, day_now(w), 0 });
	n = within(w, &site->out, 0, WEEK_DAYS);
	usual = within(w, &site->out, WEEK_DAYS, USUAL_DAYS);
	w->work += 2 * RING;
	x = weigh(w, WARN_E11, site->topic, n,
	          n >= limit_of(w, WARN_E11) && n * (USUAL_DAYS / WEEK_DAYS - 1) >= BUSY * usual ? HOLDS : UNSURE);
	if (!x)
		return;
	warned_says(x, "goods left ", n, " times in a week");
	warned_says(x, "", usual, " times in the eleven weeks before");
	cite_week(w, x, &site->out);
}

void stock_see(struct watch *w)
{
	static const struct {
		enum statement_kind kind;
		void (*see)(struct watch *);
	} part[] = {
		{ ST_PRICE_ENROL, see_feed },          { ST_PRICE_POST, see_price },
		{ ST_INVENTORY_OPEN, see_open },       { ST_INVENTORY_COUNT, see_stock },
		{ ST_INVENTORY_INSPECT, see_stock },   { ST_INVENTORY_TOP_UP, see_stock },
		{ ST_INVENTORY_RELEASE, see_stock },   { ST_INVENTORY_SELL, see_stock },
		{ ST_INVENTORY_MARK, see_stock },      { ST_SITE_REGISTER, see_site },
		{ ST_SITE_COUNT, see_count },          { ST_RECEIPT_ISSUE, see_receipt },
		{ ST_RECEIPT_DELIVER, see_delivered },
	};

	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		if (part[i].kind == w->s->c->kind)
			part[i].see(w);
}
