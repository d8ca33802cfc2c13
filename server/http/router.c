/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "http/handlers.h"
#include "http/router.h"

const struct route routes[] = {
#define ROUTE(method, path, params, body, who, bucket, takes, answer, handler, ask, summary) \
	{ METHOD_##method, path, params, body, who, bucket, takes, answer, handler, ask, summary },
#include "http/routes.def"
#undef ROUTE
};
const size_t routes_n = ARRAY_LEN(routes);

const char *method_name(enum method m)
{
	static const char *const name[] = { "", "GET", "POST", "DELETE", "" };

	return name[m];
}

/* One segment of the path into *segment; the rest, without the slash before it, stays in *path. */
static void cut_segment(struct span *path, struct span *segment)
{
	struct span rest;

	if (span_cut(*path, '/', segment, &rest)) {
		*path = rest;
		return;
	}
	*segment = *path;
	*path = (struct span){ path->at + path->len, 0 };
}

static bool plain(struct span s) { return s.len && !memchr(s.at, '%', s.len); }

static bool takes_rest(struct span t)
{
	return t.len > 5 && t.at[0] == '{' && memcmp(t.at + t.len - 4, "...}", 4) == 0;
}

/* Segment by segment. Both stand behind their leading slash; they end together or do not match. */
static bool match(const char *template, struct span path, struct span param[PARAMS_MAX])
{
	struct span t = span_z(template), want, have;
	unsigned n = 0;

	do {
		bool more_t = memchr(t.at, '/', t.len), more_p = memchr(path.at, '/', path.len);
		cut_segment(&t, &want);
		if (takes_rest(want)) {
			param[n] = path;
			return plain(path);
		}
		cut_segment(&path, &have);
		if (more_t != more_p)
			return false;
		if (want.len && want.at[0] == '{') {
			if (!plain(have))
				return false;
			param[n++] = have;
		} else if (!span_eq(want, have)) {
			return false;
		}
		if (!more_t)
			return true;
	} while (true);
}

/* Most rows are ruled out by what stands before their first parameter. */
static bool may_match(const struct route *r, struct span path)
{
	const char *brace = strchr(r->path, '{');
	size_t fixed = brace ? (size_t)(brace - r->path) : strlen(r->path);

	return brace ? path.len > fixed && memcmp(path.at, r->path, fixed) == 0
	             : path.len == fixed && memcmp(path.at, r->path, fixed) == 0;
}

const struct route *route_find(enum method m, struct span path, struct span param[PARAMS_MAX], unsigned *allow)
{
	const struct route *found = NULL;
	struct span got[PARAMS_MAX] = { { NULL, 0 } };

	*allow = 0;
	if (path.len == 0 || path.at[0] != '/')
		return NULL;
	struct span inner = { path.at + 1, path.len - 1 };
	for (size_t i = 0; i < routes_n; i++) {
		if (!may_match(&routes[i], path) || !match(routes[i].path + 1, inner, got))
			continue;
		*allow |= 1u << routes[i].method;
		if (routes[i].method != m || found)
			continue;
		found = &routes[i];
		memcpy(param, got, sizeof got);
	}
	return found;
}

struct span route_param(const struct route *r, unsigned i, bool *required)
{
	struct span rest = span_z(r->params), name = rest;

	for (unsigned k = 0; k <= i; k++) {
		if (!rest.len)
			return (struct span){ "", 0 };
		if (!span_cut(rest, ',', &name, &rest)) {
			name = rest;
			rest.len = 0;
		}
	}
	*required = name.at[name.len - 1] == '!';
	name.len -= *required;
	return name;
}

unsigned route_path_params(const struct route *r)
{
	unsigned n = 0;

	for (const char *c = r->path; *c; c++)
		n += *c == '{';
	return n;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool form_decode(struct span s, struct arena *mem, struct span *ret)
{
	char *out = arena_take(mem, s.len);
	size_t n = 0;

	if (!out)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			bool whole = s.len - i > 2;
			int hi = whole ? hex_digit(s.at[i + 1]) : -1, lo = whole ? hex_digit(s.at[i + 2]) : -1;
			if (hi < 0 || lo < 0)
				return false;
			c = (unsigned char)(hi * 16 + lo);
			i += 2;
		}
		if (c < 0x20 || c == 0x7f)
			return false;
		out[n++] = (char)c;
	}
	*ret = (struct span){ out, n };
	return utf8_valid(*ret);
}

static bool refuse(struct diag *diag, struct span name, const char *detail)
{
	snprintf(diag->pointer, sizeof diag->pointer, "?%.*s", (int)(name.len < 40 ? name.len : 40), name.at);
	snprintf(diag->detail, sizeof diag->detail, "%s", detail);
	return false;
}

/* One name=value of the query into its place. */
static bool place(const struct route *r, struct span pair, struct arena *mem, struct span param[PARAMS_MAX],
                  struct diag *diag)
{
	struct span name = pair, value = { pair.at + pair.len, 0 }, known;
	bool required = false;

	(void)span_cut(pair, '=', &name, &value);
	for (unsigned i = route_path_params(r); (known = route_param(r, i, &required)).len; i++) {
		if (!span_eq(known, name) || span_is(known, "-"))
			continue;
		if (param[i].at)
			return refuse(diag, name, "this query parameter may be given once");
		return form_decode(value, mem, &param[i]) ||
		       refuse(diag, name, "the value of this query parameter is badly escaped");
	}
	return refuse(diag, utf8_valid(name) ? name : (struct span){ "", 0 }, "this path has no such query parameter");
}

bool route_query(const struct route *r, struct span query, struct arena *mem, struct span param[PARAMS_MAX],
                 struct diag *diag)
{
	struct span pair, name;
	bool required = false;

	while (query.len) {
		if (!span_cut(query, '&', &pair, &query)) {
			pair = query;
			query.len = 0;
		}
		if (pair.len && !place(r, pair, mem, param, diag))
			return false;
	}
	for (unsigned i = route_path_params(r); (name = route_param(r, i, &required)).len; i++)
		if (required && param[i].len == 0)
			return refuse(diag, name, "this query parameter must be given");
	return true;
}
