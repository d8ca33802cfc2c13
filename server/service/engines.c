/* SPDX-License-Identifier: Apache-2.0 */
/* engines.c: see engines.h. */
#include "service/engines.h"

#include <stdlib.h>

#include "rule.h"

static bool begin(struct engines *e, int64_t engine, uint64_t from)
{
	if (e->n == e->cap) {
		size_t cap = e->cap ? 2 * e->cap : 8;
		struct engine_turn *more = reallocarray(e->turn, cap, sizeof *more);

		if (!more)
			return false;
		e->turn = more;
		e->cap = cap;
	}
	assert(e->n == 0 || e->turn[e->n - 1].from <= from);
	e->turn[e->n++] = (struct engine_turn){ engine, from };
	return true;
}

static bool at_birth(struct engines *e, const struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		if (span_is(rules->at[i].rule, rule_info(RULE_ENGINE)->id))
			return begin(e, rules->at[i].values.value, 0);
	return true;
}

bool engines_see(struct engines *e, const struct seen *s)
{
	if (s->outcome != OK)
		return true;
	if (s->c->kind == ST_LOG_GENESIS)
		return at_birth(e, &s->c->body.log_genesis.rules);
	if (s->c->kind == ST_DETECTION_ENGINE)
		return begin(e, s->c->body.detection_engine.engine, (uint64_t)s->c->body.detection_engine.from_seq);
	return true;
}

struct engine_turn engines_now(const struct engines *e)
{
	return e->n > 0 ? e->turn[e->n - 1] : (struct engine_turn){ ENGINE_FIRST, 0 };
}

int64_t engines_of(const struct engines *e, uint64_t seq)
{
	for (size_t i = e->n; i > 0; i--)
		if (e->turn[i - 1].from <= seq)
			return e->turn[i - 1].engine;
	return ENGINE_FIRST;
}

void engines_close(struct engines *e)
{
	free(e->turn);
	*e = (struct engines){ .turn = NULL };
}
