/* SPDX-License-Identifier: Apache-2.0 */
/* sim.c: day after day. */
#include "sim.h"

/* The three streams of chance are apart: more crooks do not change what honest firms do. */
bool sim_start(struct sim *s, const struct sim_setting *set, const struct outlet *out)
{
	memset(s, 0, sizeof *s);
	s->set = *set;
	s->out = *out;
	s->fate = draw_fork(set->seed, 1);
	s->trade = draw_fork(set->seed, 2);
	s->crook = draw_fork(set->seed, 3);
	s->first_day = s->today = set->from.day;
	s->last_day = date_add_months(set->from, set->months).day;
	s->now = date_start(set->from);
	s->usd = 710 + draw_below(&s->fate, 20);
	economy_build(s);
	economy_enrol(s);
	crooks_start(s);
	return true;
}

static bool working_day(int32_t day) { return (day + 3) % 7 < 5; } /* 1970-01-01 was a Thursday */

static void post_rate(struct sim *s)
{
	struct command c = saying(ST_PRICE_POST, s->fx_feed);

	s->usd += draw_between(&s->trade, -3, 3);
	s->usd = s->usd < 650 ? 650 : s->usd > 780 ? 780 : s->usd;
	c.body.price_post.price = (struct money){ s->usd, "CNY" };
	c.body.price_post.made = s->now;
	(void)say(s, PRICE_FIRM, &c);
}

bool sim_day(struct sim *s)
{
	struct moment end = date_start((struct date){ s->today + 1 });
	struct event e;

	if (s->today >= s->last_day)
		return false;
	if (s->now.us < date_start((struct date){ s->today }).us)
		s->now = date_start((struct date){ s->today });
	if (s->today == s->first_day ||
	    date_month((struct date){ s->today }) != date_month((struct date){ s->today - 1 }))
		trade_month(s);
	if (working_day(s->today)) {
		post_rate(s);
		trade_day(s);
		stores_day(s);
	}
	while (next_event(s, end, &e)) {
		s->now = e.at;
		e.act(s, e.sale, e.arg);
	}
	s->today++;
	return s->today < s->last_day;
}

void sim_end(struct sim *s)
{
	free(s->firm);
	free(s->link);
	free(s->sale);
	free(s->event);
	free(s->truth);
	free(s->scheme);
	free(s->site);
	free(s->stored);
}
