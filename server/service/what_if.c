/* SPDX-License-Identifier: Apache-2.0 */
/* what_if.c: see what_if.h. */
#include "service/what_if.h"

#include <stdlib.h>

#include "jcs.h"
#include "rule.h"
#include "run/memory.h"

#define WORLD_ROOM ((size_t)256 << 30) /* address space, as the auditor's own */

struct what_if_run {
	struct what_if *w;
	struct world other; /* where the rules asked for would have led */
	struct arena other_mem, scratch;
	struct decision d;
	char rule[64];
};

/* --- what would be another --- */

static void put_value(const struct row *r, const char *column, char *out, size_t len)
{
	struct writer w = writer_over(out, len - 1);
	struct jcs j = jcs_over(&w);

	put_column_json(&j, r, column);
	out[w.len] = 0;
}

/* The first column in which the changes of two accepted decisions differ. */
static bool rows_differ(const struct decision *a, const struct decision *b, struct rule_change *ret)
{
	unsigned n = a->n_changes < b->n_changes ? a->n_changes : b->n_changes;

	for (unsigned i = 0; i < n; i++) {
		const struct row *x = a->change[i], *y = b->change[i];
		const char *column;

		if (x->table != y->table || memcmp(x->key, y->key, sizeof x->key) != 0) {
			ret->table = table_info(x->table < y->table ? x->table : y->table)->name;
			ret->column = "";
			return true;
		}
		column = row_difference(x, y, true);
		if (!column)
			continue;
		ret->table = table_info(x->table)->name;
		ret->column = column;
		put_value(x, column, ret->was_value, sizeof ret->was_value);
		put_value(y, column, ret->now_value, sizeof ret->now_value);
		return true;
	}
	if (a->n_changes == b->n_changes)
		return false;
	ret->table = table_info((a->n_changes > n ? a : b)->change[n]->table)->name;
	ret->column = "";
	return true;
}

/* The rule that refuses now, or refused then, or that was asked for and applied. */
static const char *rule_at_work(struct what_if_run *run, const struct decision *was, const struct decision *now)
{
	struct writer w = writer_over(run->rule, sizeof run->rule - 1);

	if (now->outcome != OK && now->diag.rule[0])
		put_z(&w, now->diag.rule);
	else if (was->outcome != OK && was->diag.rule[0])
		put_z(&w, was->diag.rule);
	else
		for (unsigned i = 0; i < now->n_rules && w.len == 0; i++)
			if (rule_row_version(now->rule[i]) == 0)
				put_rule_id(&w, now->rule[i]);
	run->rule[w.len] = 0;
	return run->rule;
}

static bool differs(const struct decision *was, const struct decision *now, struct rule_change *ret)
{
	ret->was = was->outcome;
	ret->now = now->outcome;
	if (was->outcome != now->outcome)
		return true;
	return was->outcome == OK && rows_differ(was, now, ret);
}

/* --- one entry --- */

static struct rule_change change_of(const struct registry *r, const struct command *c)
{
	return (struct rule_change){ .seq = r->seq, .at = r->now, .kind = c->kind, .object = c->object, .rule = "" };
}

static void tell(struct what_if_run *run, const struct rule_change *c)
{
	*(c->follows ? &run->w->follows : &run->w->by_rule) += 1;
	run->w->changed(run->w->arg, c);
}

/* In the state it met: the world is lent the other rules for one decision. */
static bool by_rule(struct what_if_run *run, const struct registry *r, struct world *actual, const struct command *c,
                    const struct decision *decided)
{
	struct rule_change ret = change_of(r, c);

	actual->instead = run->w->instead;
	actual->n_instead = run->w->n_instead;
	arena_reset(&run->scratch);
	if (decide(r, c, &run->scratch, &run->d) != DECIDED)
		assert(false && "the world is complete");
	actual->instead = NULL;
	actual->n_instead = 0;
	if (!differs(decided, &run->d, &ret))
		return false;
	ret.rule = rule_at_work(run, decided, &run->d);
	tell(run, &ret);
	return true;
}

bool what_if_entry(struct what_if_run *run, const struct registry *r, struct world *actual, const struct command *c,
                   const struct decision *decided)
{
	struct rule_change ret = change_of(r, c);
	struct registry other = *r;
	bool told = by_rule(run, r, actual, c, decided);

	other.world = &run->other;
	arena_reset(&run->scratch);
	if (decide(&other, c, &run->scratch, &run->d) != DECIDED)
		assert(false && "the world is complete");
	ret.was = decided->outcome;
	ret.now = run->d.outcome;
	ret.follows = true;
	if (!told && ret.was != ret.now)
		tell(run, &ret);
	if (!decision_apply(&run->other, &run->d))
		return false;
	world_clean(&run->other);
	return true;
}

/* --- life --- */

static bool copy_rows(struct world *to, const struct world *from)
{
	for (size_t i = 0; i < from->n_buckets; i++)
		for (const struct row *r = from->bucket[i]; r; r = r->next)
			if (r->exists && !world_put(to, r))
				return false;
	return true;
}

struct what_if_run *what_if_start(struct what_if *w, const struct world *actual)
{
	struct what_if_run *run = calloc(1, sizeof *run);

	if (!run)
		return NULL;
	run->w = w;
	w->by_rule = w->follows = 0;
	if (arena_map(&run->other_mem, WORLD_ROOM) && arena_map(&run->scratch, DECIDE_MEM * 2) &&
	    world_start(&run->other, &run->other_mem, 1 << 16, true) && copy_rows(&run->other, actual)) {
		run->other.instead = w->instead;
		run->other.n_instead = w->n_instead;
		return run;
	}
	what_if_end(run);
	return NULL;
}

void what_if_end(struct what_if_run *run)
{
	if (!run)
		return;
	arena_unmap(&run->other_mem);
	arena_unmap(&run->scratch);
	free(run);
}
