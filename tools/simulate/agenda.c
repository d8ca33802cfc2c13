/* SPDX-License-Identifier: Apache-2.0 */
/* agenda.c: what will happen when: a heap in order of time, and of making where times agree. */
#include "sim.h"

void *grown(void *at, uint32_t n, uint32_t *cap, size_t size)
{
	void *more;

	if (n < *cap)
		return at;
	*cap = *cap ? *cap * 2 : 1024;
	more = realloc(at, *cap * size);
	if (!more) {
		fputs("simulate: out of memory\n", stderr);
		exit(1);
	}
	return more;
}

static bool before(const struct event *a, const struct event *b)
{
	return a->at.us != b->at.us ? a->at.us < b->at.us : a->order < b->order;
}

static void exchange(struct event *a, struct event *b)
{
	struct event x = *a;

	*a = *b;
	*b = x;
}

void later(struct sim *s, struct moment at, act_fn *act, uint32_t sale, int64_t arg)
{
	uint32_t i = s->n_events;

	if (at.us < s->now.us)
		at = s->now;
	s->event = grown(s->event, s->n_events, &s->cap_events, sizeof *s->event);
	s->event[s->n_events++] = (struct event){ at, ++s->event_order, act, sale, arg };
	for (; i > 0 && before(&s->event[i], &s->event[(i - 1) / 2]); i = (i - 1) / 2)
		exchange(&s->event[i], &s->event[(i - 1) / 2]);
}

bool next_event(struct sim *s, struct moment until, struct event *ret)
{
	uint32_t i = 0;

	if (s->n_events == 0 || s->event[0].at.us >= until.us)
		return false;
	*ret = s->event[0];
	s->event[0] = s->event[--s->n_events];
	for (;;) {
		uint32_t k = 2 * i + 1;

		if (k >= s->n_events)
			return true;
		if (k + 1 < s->n_events && before(&s->event[k + 1], &s->event[k]))
			k++;
		if (!before(&s->event[k], &s->event[i]))
			return true;
		exchange(&s->event[i], &s->event[k]);
		i = k;
	}
}

/* Between one and ten in the morning UTC: nine to six in China. */
struct moment on_day(struct sim *s, int32_t day)
{
	return (struct moment){ date_start((struct date){ day }).us + HOUR_US +
		                draw_below(&s->trade, 9 * 3600) * 1000000 };
}
