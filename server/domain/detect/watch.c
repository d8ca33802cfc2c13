/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c: see watch.h: topics, what stands on them, the clock, and the order of the parts. */
#include "watch.h"

#include "rule.h"

/* --- topics --- */

static uint64_t key_of_topic(enum warned_of of, struct uuid id, struct span region, struct span goods)
{
	return mix64(key_of_uuid(id) + (uint64_t)of, mix64(key_of_text(region), key_of_text(goods)));
}

static uint32_t topic_get(struct watch *w, const struct warned_subject *is, uint32_t party)
{
	uint64_t key = key_of_topic(is->of, is->id, is->region, is->goods);
	struct topic *t;
	uint32_t i;

	for (struct index_walk at = index_walk(&w->by_topic, key); index_next(&at);) {
		const struct warned_subject *x = &topic_at(w, at.value)->is;

		if (x->of == is->of && uuid_eq(x->id, is->id) && span_eq(x->region, is->region) &&
		    span_eq(x->goods, is->goods))
			return at.value;
	}
	if (!(t = dense_add(&w->topic, &i)) || !index_put(&w->by_topic, key, i)) {
		w->full = true;
		return NOWHERE;
	}
	*t = (struct topic){ *is, NOWHERE, NOWHERE, party, NOWHERE };
	t->is.region = arena_copy(w->mem, is->region);
	t->is.goods = arena_copy(w->mem, is->goods);
	return i;
}

uint32_t topic_of(struct watch *w, enum warned_of of, struct uuid id, uint32_t party)
{
	return topic_get(w, &(struct warned_subject){ .of = of, .id = id, .region = S(""), .goods = S("") }, party);
}

uint32_t topic_named(struct watch *w, enum warned_of of, struct span region, struct span goods)
{
	return topic_get(w, &(struct warned_subject){ .of = of, .region = region, .goods = goods }, NOWHERE);
}

uint32_t topic_of_party(struct watch *w, uint32_t party)
{
	struct party_watch *p = party_watch(w, party);

	if (p && p->topic == NOWHERE)
		p->topic = topic_of(w, ABOUT_PARTY, party_at(w->book, party)->id, party);
	return p ? p->topic : NOWHERE;
}

/* --- what stands --- */

static struct standing *standing_at(const struct watch *w, uint32_t i) { return dense_at(&w->standing, i); }

static uint32_t standing_of(const struct watch *w, uint32_t topic, enum warning_event e)
{
	uint32_t i = topic_at(w, topic)->standing;

	while (i != NOWHERE && standing_at(w, i)->event != e)
		i = standing_at(w, i)->older;
	return i;
}

static bool over_now(const struct watch *w, const struct standing *x) { return x->until.us <= w->s->at.us; }

bool stands(const struct watch *w, enum warning_event e, uint32_t topic)
{
	uint32_t i = topic == NOWHERE ? NOWHERE : standing_of(w, topic, e);

	return i != NOWHERE && !over_now(w, standing_at(w, i));
}

static void unlink_standing(struct watch *w, uint32_t i)
{
	uint32_t *at = &topic_at(w, standing_at(w, i)->topic)->standing;

	while (*at != i)
		at = &standing_at(w, *at)->older;
	*at = standing_at(w, i)->older;
}

/* --- saying --- */

void warned_cites(struct warned *x, uint64_t seq)
{
	unsigned at = x->n_evidence;

	for (unsigned i = 0; i < x->n_evidence; i++)
		if (x->evidence[i] == seq)
			return;
	if (x->n_evidence == EVIDENCE_MAX) {
		if (seq < x->evidence[0])
			return;
		memmove(x->evidence, x->evidence + 1, (EVIDENCE_MAX - 1) * sizeof *x->evidence);
		x->n_evidence--;
		at--;
	}
	for (; at > 0 && x->evidence[at - 1] > seq; at--)
		x->evidence[at] = x->evidence[at - 1];
	x->evidence[at] = seq;
	x->n_evidence++;
}

void warned_says(struct warned *x, const char *before, int64_t n, const char *after)
{
	struct writer w = writer_over(x->detail, DETAIL_MAX);

	w.len = strlen(x->detail);
	if (w.len > 0)
		put_z(&w, "; ");
	put_z(&w, before);
	put_i64(&w, n);
	put_z(&w, after);
	x->detail[w.len] = 0;
}

/* The last place is for what is too many. */
static struct warned *put(struct watch *w, enum warned_kind kind, const struct standing *x)
{
	struct warned *o = &w->out[w->n];

	if (w->n < WARNED_AT_ONCE - 1)
		w->n++;
	*o = (struct warned){ .kind = kind,
		              .id = x->id,
		              .event = x->event,
		              .severity = w->rule[x->event].severity,
		              .subject = topic_at(w, x->topic)->is,
		              .at_seq = w->s->seq,
		              .value = x->value,
		              .threshold = w->rule[x->event].threshold,
		              .until = x->until,
		              .raise = x->raise };
	if (!w->by_clock)
		warned_cites(o, w->s->seq);
	return o;
}

static void add_concerned(const struct watch *w, struct warned *o, uint32_t party, int64_t claims, int64_t worth)
{
	if (o->n_concerned < CONCERNED_MAX)
		o->concerned[o->n_concerned++] = (struct concerned){ party_at(w->book, party)->id, claims, worth };
}

/* Those with a stake, and the one it is about where the event is for it too. */
static void find_concerned(struct watch *w, struct warned *o, uint32_t topic)
{
	const struct topic *t = topic_at(w, topic);
	unsigned whom = warning_info((int32_t)o->event)->whom;

	for (uint32_t i = stake_first(w, topic); (whom & TO_LENDERS) != 0 && i != NOWHERE; i = stake_next(w, i)) {
		const struct stake *x = stake_at(w, i);

		w->work++;
		add_concerned(w, o, x->lender, x->claims, x->worth);
	}
	if ((whom & TO_SELF) == 0 || t->party == NOWHERE)
		return;
	for (unsigned i = 0; i < o->n_concerned; i++)
		if (uuid_eq(o->concerned[i].party, party_at(w->book, t->party)->id))
			return;
	add_concerned(w, o, t->party, 0, 0);
}

/* --- weighing --- */

static struct warned *raise(struct watch *w, enum warning_event e, uint32_t topic, int64_t value)
{
	struct topic *t = topic_at(w, topic);
	struct standing *x;
	struct warned *o;
	uint32_t i;

	if (!(x = dense_add(&w->standing, &i))) {
		w->full = true;
		return NULL;
	}
	x->event = e;
	x->topic = topic;
	x->older = t->standing;
	x->id = warning_id(e, &t->is, w->s->seq);
	x->until.us = w->s->at.us + warning_info((int32_t)e)->days * DAY_US;
	x->value = value;
	t->standing = i;
	w->full |= !index_put(&w->by_standing, key_of_uuid(x->id), i);
	o = put(w, WARNED_RAISE, x);
	find_concerned(w, o, topic);
	return o;
}

/* Before the raise is entered there is nothing to close: it is closed when it is. */
static void close_standing(struct watch *w, uint32_t i)
{
	struct standing *x = standing_at(w, i);
	struct warned *o;

	unlink_standing(w, i);
	x->gone = true;
	x->gone_seq = w->s->seq;
	if (!x->entered)
		return;
	o = put(w, WARNED_CLOSE, x);
	warned_cites(o, w->s->seq);
	warned_says(o, "now ", x->value, "");
}

struct warned *weigh(struct watch *w, enum warning_event e, uint32_t topic, int64_t value, enum verdict v)
{
	const int64_t most = (INT64_C(1) << 53) - 1; /* as much as JSON can say */
	uint32_t i;

	w->work++;
	if (topic == NOWHERE || v == UNSURE)
		return NULL;
	value = value > most ? most : value < -most ? -most : value;
	i = standing_of(w, topic, e);
	if (i != NOWHERE && over_now(w, standing_at(w, i))) {
		unlink_standing(w, i);
		i = NOWHERE;
	}
	if (i != NOWHERE)
		standing_at(w, i)->value = value;
	if (v == GONE && i != NOWHERE)
		close_standing(w, i);
	if (v != HOLDS || i != NOWHERE || w->rule[e].severity == WARN_OFF || stake_first(w, topic) == NOWHERE)
		return NULL;
	return raise(w, e, topic, value);
}

/* The registry has entered one: from now on it can be closed. */
static void see_entered(struct watch *w)
{
	for (struct index_walk at = index_walk(&w->by_standing, key_of_uuid(w->s->c->object)); index_next(&at);) {
		struct standing *x = standing_at(w, at.value);
		struct warned *o;

		if (!uuid_eq(x->id, w->s->c->object))
			continue;
		x->entered = true;
		x->raise = w->s->c->statement;
		if (!x->gone)
			continue;
		o = put(w, WARNED_CLOSE, x);
		warned_cites(o, x->gone_seq);
		warned_says(o, "now ", x->value, "");
	}
}

/* --- the clock --- */

static uint64_t key_of_day(int32_t day) { return mix64(0, (uint64_t)(uint32_t)day); }

void set_timer(struct watch *w, enum timer_kind kind, uint32_t what, int32_t days)
{
	int32_t day = day_now(w) + (days > 0 ? days : 1);
	struct timer *t;
	uint32_t i;

	if (!(t = dense_add(&w->timer, &i)) || !index_put(&w->by_day, key_of_day(day), i)) {
		w->full = true;
		return;
	}
	*t = (struct timer){ kind, what, NOWHERE };
}

static void ring_timer(struct watch *w, uint32_t i)
{
	static void (*const part[])(struct watch *, uint32_t) = {
		[TIMER_ORDERS] = timer_orders,
		[TIMER_PAIR] = timer_pair,
		[TIMER_SITE] = timer_site,
	};
	const struct timer *t = dense_at(&w->timer, i);

	w->work++;
	part[t->kind](w, t->what);
}

/* The timers of the day before w->day stand in a chain; the next day's are chained when it is their turn. */
static void chain_day(struct watch *w)
{
	for (struct index_walk at = index_walk(&w->by_day, key_of_day(w->day)); index_next(&at);) {
		struct timer *t = dense_at(&w->timer, at.value);

		t->older = w->timers;
		w->timers = at.value;
	}
}

static void see_clock(struct watch *w)
{
	const int32_t today = day_now(w);

	w->by_clock = true;
	if (w->day == 0)
		w->day = today;
	for (unsigned done = 0; done < TIMERS_AT_ONCE && w->n < WARNED_AT_ONCE / 2; done++) {
		if (w->timers == NOWHERE) {
			if (w->day >= today)
				break;
			w->day++;
			chain_day(w);
			continue;
		}
		uint32_t i = w->timers;

		w->timers = ((const struct timer *)dense_at(&w->timer, i))->older;
		ring_timer(w, i);
	}
	w->by_clock = false;
}

/* --- the rules --- */

static void see_rule(struct watch *w)
{
	const struct body_rule_publish *body = &w->s->c->body.rule_publish;
	const struct rule_info *r = rule_by_id(body->rule);
	int64_t number;

	if (!r || (int64_t)r->number < RULE_WARNINGS || body->country.len > 0)
		return;
	number = ((int64_t)r->number - RULE_WARNINGS) / 2;
	if (((int64_t)r->number - RULE_WARNINGS) % 2)
		w->rule[number].severity = (enum warning_severity)body->values.value;
	else
		w->rule[number].threshold = body->values.value;
}

/* --- together --- */

bool watch_start(struct watch *w, struct book *b, const struct features *f, const struct detector *d, struct arena *mem)
{
	struct {
		struct dense *of;
		size_t size;
	} const all[] = {
		{ &w->topic, sizeof(struct topic) },
		{ &w->stake, sizeof(struct stake) },
		{ &w->standing, sizeof(struct standing) },
		{ &w->bound, sizeof(struct bound) },
		{ &w->party, sizeof(struct party_watch) },
		{ &w->debtor, sizeof(struct debtor_watch) },
		{ &w->seller, sizeof(struct seller_watch) },
		{ &w->pair, sizeof(struct pair_watch) },
		{ &w->of_claim, sizeof(struct claim_watch) },
		{ &w->cell, sizeof(struct cell) },
		{ &w->feed, sizeof(struct feed_watch) },
		{ &w->site, sizeof(struct site_watch) },
		{ &w->held, sizeof(struct held) },
		{ &w->point, sizeof(struct point) },
		{ &w->suspected, sizeof(struct suspected) },
		{ &w->timer, sizeof(struct timer) },
	};
	struct index *const look[] = { &w->by_topic, &w->by_stake, &w->by_standing,  &w->by_held,
		                       &w->by_site,  &w->by_feed,  &w->by_suspected, &w->by_day };
	size_t n;
	const struct warning_info *row = warning_rows(&n);

	*w = (struct watch){ .book = b, .features = f, .detector = d, .mem = mem, .timers = NOWHERE };
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		dense_start(all[i].of, mem, all[i].size);
	for (size_t i = 0; i < ARRAY_LEN(look); i++)
		index_start(look[i], mem);
	for (size_t i = 0; i < n; i++) {
		w->rule[row[i].number].severity = row[i].severity;
		w->rule[row[i].number].threshold = row[i].threshold;
	}
	return arena_ok(mem);
}

/* A party's rows come to be, empty, when it is enrolled. */
static void see_enrol(struct watch *w)
{
	uint32_t i = book_party(w->book, w->s->c->object);
	struct party_watch *p = i == NOWHERE ? NULL : party_watch(w, i);

	if (p)
		*p = (struct party_watch){ NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE };
}

bool watch_see(struct watch *w, const struct seen *s, uint32_t claim)
{
	w->s = s;
	w->claim = claim;
	w->n = 0;
	see_clock(w);
	if (s->outcome != OK)
		return !w->full;
	if (s->c->kind == ST_PARTY_ENROL)
		see_enrol(w);
	else if (s->c->kind == ST_RULE_PUBLISH)
		see_rule(w);
	else if (s->c->kind == ST_WARNING_RAISE)
		see_entered(w);
	debtor_see(w);
	seller_see(w);
	stock_see(w);
	network_see(w);
	stakes_see(w);
	points_see(w);
	return !w->full && arena_ok(w->mem);
}
