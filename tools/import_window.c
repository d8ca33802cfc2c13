/* SPDX-License-Identifier: Apache-2.0 */
/* import_window.c: see import_window.h. */
#include "import_window.h"

#include "decide.h"

static bool settled(const struct window *w, uint64_t p)
{
	return p < w->first || w->at[p % WINDOW_ROWS].fate >= FATE_ACCEPTED;
}

/* The row at `p` is about u: it comes after the last that was, and is the last from here on. */
static void about(struct window *w, uint64_t p, struct uuid u)
{
	struct place *x = window_place(w, p);
	uint64_t *last = &w->last[(be64_get(u.b) ^ be64_get(u.b + 8)) % WINDOW_SLOTS];

	if (*last > w->first && *last != p + 1) {
		if (x->n_before == BEFORE_MAX)
			x->alone = true;
		else
			x->before[x->n_before++] = *last - 1;
	}
	*last = p + 1;
}

/* What stands in the way of everything: who may sign, and by which rules. */
static bool goes_alone(const struct statement_info *info)
{
	static const enum table_id everybodys[] = { TABLE_NONE, TABLE_PARTY, TABLE_KEY, TABLE_MANDATE, TABLE_RULE };

	for (size_t i = 0; i < ARRAY_LEN(everybodys); i++)
		if (info->table == everybodys[i])
			return true;
	return info->kind == ST_STATEMENT_COSIGN;
}

static void add_members(struct window *w, uint64_t p, const struct command *c, const struct statement_info *info)
{
	for (size_t i = 0; i < info->n_fields; i++) {
		const char *at = (const char *)&c->body + info->fields[i].offset;
		struct uuids list = { NULL, 0 };
		struct uuid one = { { 0 } };

		if (info->fields[i].kind == FK_uuid && table_named(info->fields[i].member) != TABLE_PARTY)
			memcpy(&one, at, sizeof one);
		if (info->fields[i].kind == FK_uuids)
			memcpy(&list, at, sizeof list);
		if (!uuid_is_nil(one))
			about(w, p, one);
		for (size_t k = 0; k < list.n; k++)
			about(w, p, list.at[k]);
	}
}

struct place *window_add(struct window *w, const struct command *cmd)
{
	uint64_t p = w->next++;
	struct place *x = window_place(w, p);

	memset(x, 0, sizeof *x);
	if (!cmd) {
		x->fate = FATE_REFUSED;
		return x;
	}
	x->statement = cmd->statement;
	x->alone = goes_alone(statement_info(cmd->kind));
	about(w, p, cmd->object);
	add_members(w, p, cmd, statement_info(cmd->kind));
	if (w->last_alone > w->first && x->n_before < BEFORE_MAX)
		x->before[x->n_before++] = w->last_alone - 1;
	else if (w->last_alone > w->first)
		x->alone = true;
	if (x->alone)
		w->last_alone = p + 1;
	return x;
}

static bool ready(const struct window *w, uint64_t p, bool all_before)
{
	const struct place *x = &w->at[p % WINDOW_ROWS];

	if (x->fate != FATE_WAITS || (x->alone && !all_before))
		return false;
	for (unsigned i = 0; i < x->n_before; i++)
		if (!settled(w, x->before[i]))
			return false;
	return true;
}

size_t window_ready(struct window *w, uint64_t *ret, size_t max)
{
	bool all_before = true;
	size_t n = 0;

	for (uint64_t p = w->first; p < w->next && n < max; p++) {
		if (ready(w, p, all_before))
			ret[n++] = p;
		all_before = all_before && settled(w, p);
	}
	for (size_t i = 0; i < n; i++)
		window_place(w, ret[i])->fate = FATE_SENT;
	return n;
}

bool window_pop(struct window *w, struct place *ret)
{
	if (window_empty(w) || !settled(w, w->first))
		return false;
	*ret = *window_place(w, w->first++);
	return true;
}
