/* SPDX-License-Identifier: Apache-2.0 */
/* show.c: see show.h. */
#include "show.h"

#include "json_at.h"

enum { NAME_WIDTH = 18 };

static bool is_container(struct span v) { return v.len > 0 && (v.at[0] == '{' || v.at[0] == '['); }

static bool is_money(struct span v)
{
	struct span x;

	return v.len > 0 && v.at[0] == '{' && json_count(v) == 2 && json_at(v, "/amount", &x) &&
	       json_at(v, "/currency", &x);
}

const char *show_money(struct cli *c, struct span json, const char *pointer)
{
	struct span v;

	if (!json_at(json, pointer, &v) || !is_money(v))
		return "";
	return cli_text(c, "%s %s", json_z(v, "/amount", c->mem), json_z(v, "/currency", c->mem));
}

static void put_scalar(struct cli *c, struct span v)
{
	struct span s = json_text(v, c->mem);

	fprintf(c->out, "%.*s\n", (int)s.len, s.at);
}

/* A list of plain values goes on one line. */
static bool is_short(struct span v)
{
	struct json_walk w = json_walk(v);
	struct span name, value;

	if (v.at[0] != '[' || v.len > 100)
		return false;
	while (json_next(&w, &name, &value))
		if (is_container(value))
			return false;
	return true;
}

static void put_short(struct cli *c, struct span v)
{
	struct json_walk w = json_walk(v);
	struct span name, value;
	const char *between = "";

	while (json_next(&w, &name, &value)) {
		struct span s = json_text(value, c->mem);

		fprintf(c->out, "%s%.*s", between, (int)s.len, s.at);
		between = ", ";
	}
	fputs(*between ? "\n" : "-\n", c->out);
}

void show_fields(struct cli *c, struct span json, int indent)
{
	struct json_walk w = json_walk(json);
	struct span name, value;

	while (json_next(&w, &name, &value)) {
		fprintf(c->out, "%*s%s%-*.*s%s ", indent, "", ink(c, DIM), NAME_WIDTH, name.len ? (int)name.len : 1,
		        name.len ? name.at : "-", ink(c, PLAIN));
		if (is_money(value)) {
			fprintf(c->out, "%s\n", show_money(c, value, ""));
		} else if (is_container(value) && is_short(value)) {
			put_short(c, value);
		} else if (is_container(value)) {
			fputc('\n', c->out);
			show_fields(c, value, indent + 2);
		} else {
			put_scalar(c, value);
		}
	}
}

static const char *cell(struct cli *c, struct span item, const char *pointer)
{
	struct span v;

	if (!json_at(item, pointer, &v))
		return "-";
	return is_money(v) ? show_money(c, v, "") : json_z(item, pointer, c->mem);
}

void show_table(struct cli *c, struct span items, const struct column *columns, size_t n)
{
	struct json_walk w = json_walk(items);
	struct span name, item;

	fputs(ink(c, DIM), c->out);
	for (size_t i = 0; i < n; i++)
		fprintf(c->out, "%-*s%s", columns[i].width, columns[i].title, i + 1 < n ? "  " : "");
	fprintf(c->out, "%s\n", ink(c, PLAIN));
	while (json_next(&w, &name, &item))
		for (size_t i = 0; i < n; i++)
			fprintf(c->out, "%-*s%s", columns[i].width, cell(c, item, columns[i].pointer),
			        i + 1 < n ? "  " : "\n");
}
