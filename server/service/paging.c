/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paging.c: parameters in, objects and lists out, and whom they were about.
 *
 * A cursor is the place in the log where the next page begins, with an HMAC
 * over it, the list and the asker: the place alone would let anybody ask for
 * any part, and a cursor of one list would quietly mean something else in
 * another.
 */
#include "service/reader.h"

/* --- parameters --- */

enum fault bad_param(struct question *q, const char *name, const char *detail)
{
	char pointer[32];
	struct writer w = writer_over(pointer, sizeof pointer - 1);

	put_byte(&w, '/');
	put_z(&w, name);
	pointer[w.len] = 0;
	return diag_set(&q->diag, E_BAD_REQUEST, pointer, detail);
}

enum fault param_uuid(struct question *q, unsigned i, const char *name, struct uuid *ret)
{
	return uuid_parse(q->param[i], ret) ? OK : bad_param(q, name, "expected a uuid, 8-4-4-4-12 hexadecimal digits");
}

enum fault param_u64(struct question *q, unsigned i, const char *name, uint64_t otherwise, uint64_t *ret)
{
	const uint64_t most = (UINT64_C(1) << 53) - 1;
	struct span s = q->param[i];
	uint64_t v = 0;
	bool ok = s.len <= 16 && (s.len == 1 || s.len == 0 || s.at[0] != '0');

	if (s.len == 0) {
		*ret = otherwise;
		return OK;
	}
	for (size_t k = 0; k < s.len && ok; k++) {
		ok = s.at[k] >= '0' && s.at[k] <= '9';
		v = v * 10 + (uint64_t)(s.at[k] - '0');
	}
	if (!ok || v > most)
		return bad_param(q, name, "expected a whole number, decimal, without sign or leading zeros");
	*ret = v;
	return OK;
}

enum fault param_hash_hex(struct question *q, unsigned i, const char *name, struct hash *ret)
{
	if (hex_parse(q->param[i], ret->b, sizeof ret->b) || hash64_parse(q->param[i], ret))
		return OK;
	return bad_param(q, name,
	                 "expected a SHA-256: 64 lower-case hexadecimal digits, or 43 characters of base64url");
}

/* --- whom it is about --- */

void look_at(struct reader *r, struct uuid subject)
{
	if (uuid_is_nil(subject) || uuid_eq(subject, r->q->who.party))
		return;
	for (unsigned i = 0; i < r->n_subjects; i++)
		if (uuid_eq(r->subject[i], subject))
			return;
	assert(r->n_subjects < SUBJECTS_MAX);
	r->subject[r->n_subjects++] = subject;
}

static bool blank(char c) { return c == ' ' || c == ':' || c == '"'; }

/* Quotes inside a JSON string are escaped, so the name within quotes and a colon behind it can only be a member. */
struct uuid json_uuid(struct span json, const char *name)
{
	const size_t len = strlen(name);
	struct uuid id;

	for (size_t i = 0; i + len + 2 + UUID_TEXT < json.len; i++) {
		size_t at = i + len + 2;
		bool colon = false;

		if (json.at[i] != '"' || json.at[i + len + 1] != '"' || memcmp(json.at + i + 1, name, len) != 0)
			continue;
		for (; at < json.len && blank(json.at[at]); at++)
			colon |= json.at[at] == ':';
		if (colon && json.len - at >= UUID_TEXT && uuid_parse((struct span){ json.at + at, UUID_TEXT }, &id))
			return id;
	}
	return (struct uuid){ { 0 } };
}

/* --- one object --- */

struct single {
	struct reader *r;
	const struct one *o;
	bool found;
};

static bool on_single(void *arg, const struct span *column, size_t n)
{
	struct single *s = arg;
	struct question *q = s->r->q;

	assert(n >= 3);
	q->answer = arena_copy(q->mem, column[0]);
	if (column[2].len == HASH_B64) {
		memcpy(q->etag, column[2].at, HASH_B64);
		q->etag[HASH_B64] = 0;
	}
	s->r->what = s->o->what;
	if (s->o->about)
		s->o->about(s->r, column[0]);
	s->found = true;
	return false;
}

enum fault answer_one(struct reader *r, const struct one *o, const struct span *param, size_t n)
{
	struct single s = { .r = r, .o = o };
	struct question *q = r->q;
	enum fault f = store_query(r->conn.store, q->who.party, q->who.roles, o->query, param, n, on_single, &s);

	if (f != OK)
		return f;
	if (!s.found)
		return E_NOT_FOUND;
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

/* --- cursors --- */

static struct hash cursor_mac(const struct reader *r, const struct list *l, const uint8_t place[8])
{
	char text[64];
	struct writer w = writer_over(text, sizeof text);

	put_span(&w, (struct span){ (const char *)place, 8 });
	put_span(&w, (struct span){ (const char *)r->q->who.party.b, sizeof r->q->who.party.b });
	put_z(&w, l->query);
	assert(!w.overflow);
	return hmac_sha256((struct span){ (const char *)r->all->cursor_key, TOKEN_KEY_LEN }, writer_span(&w));
}

void put_cursor(struct jcs *j, const struct reader *r, const struct list *l, uint64_t place)
{
	uint8_t b[16];
	char text[CURSOR_TEXT];
	struct writer w = writer_over(text, sizeof text);
	struct hash mac;

	be64_put(b, place);
	mac = cursor_mac(r, l, b);
	memcpy(b + 8, mac.b, 8);
	put_b64url(&w, (struct span){ (const char *)b, sizeof b });
	assert(!w.overflow);
	jcs_string(j, writer_span(&w));
}

static enum fault read_cursor(const struct reader *r, const struct list *l, struct span text, uint64_t *place)
{
	uint8_t b[16];
	struct hash mac;

	if (text.len != CURSOR_TEXT || !b64url_fixed(text, b, sizeof b))
		return E_BAD_CURSOR;
	mac = cursor_mac(r, l, b);
	*place = be64_get(b);
	return secret_eq(mac.b, b + 8, 8) ? OK : E_BAD_CURSOR;
}

/* --- lists --- */

struct listing {
	struct reader *r;
	const struct list *l;
	struct writer w;
	uint64_t limit, rows, last; /* last: cursor of the last row taken */
	bool full;                  /* a row did not fit: the page ends before it */
	uint64_t size;              /* of the published log, for receipts */
	struct span note;
};

/* The row's object with its receipt as one more member. */
static void put_with_receipt(struct listing *g, struct span json, uint64_t seq)
{
	assert(json.len > 2 && json.at[json.len - 1] == '}');
	put_span(&g->w, (struct span){ json.at, json.len - 1 });
	put_z(&g->w, ",\"receipt\":");
	if (seq >= g->size || !put_entry_receipt(g->r, &g->w, seq, g->size, g->note))
		put_z(&g->w, "null");
	put_byte(&g->w, '}');
}

static uint64_t number(struct span s)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.len; i++)
		v = v * 10 + (uint64_t)(s.at[i] - '0');
	return v;
}

static bool on_row(void *arg, const struct span *column, size_t n)
{
	struct listing *g = arg;
	const size_t before = g->w.len;

	assert(n >= 3);
	if (g->rows > 0)
		put_byte(&g->w, ',');
	if (g->l->receipts)
		put_with_receipt(g, column[0], number(column[1]));
	else
		put_span(&g->w, column[0]);
	if (g->w.overflow) {
		g->w.len = before;
		g->w.overflow = false;
		g->full = true;
		return false;
	}
	g->rows++;
	g->last = number(column[1]);
	if (g->l->about)
		g->l->about(g->r, column[0]);
	return g->rows < g->limit;
}

enum fault page_of(struct reader *r, const struct list *l, struct span *param, uint64_t *limit)
{
	struct question *q = r->q;
	char *at = arena_take(q->mem, 48);
	struct writer w;
	uint64_t place;
	enum fault f;

	if (!at)
		return E_TOO_BIG;
	f = param_u64(q, 1, "limit", PAGE_ROWS, limit);
	if (f == OK && (*limit < 1 || *limit > PAGE_ROWS_MAX))
		f = bad_param(q, "limit", "expected 1 to 200");
	if (f != OK)
		return f;
	w = writer_over(at, 24);
	put_u64(&w, *limit);
	param[l->limit_at] = writer_span(&w);
	param[l->cursor_at] = S("");
	if (q->param[2].len == 0)
		return OK;
	f = read_cursor(r, l, q->param[2], &place);
	if (f != OK)
		return diag_set(&q->diag, f, "/cursor", fault_info(f)->text);
	w = writer_over(at + 24, 24);
	put_u64(&w, place);
	param[l->cursor_at] = writer_span(&w);
	return OK;
}

/* What stands behind the last row: bracket, "next", a cursor. */
enum { LIST_END = 64 };

static enum fault run_list(struct listing *g, const struct span *param, size_t n)
{
	struct reader *r = g->r;
	struct question *q = r->q;
	struct jcs j;
	enum fault f;

	g->w = writer_in(q->mem);
	if (g->w.cap < 2 * LIST_END)
		return E_TOO_BIG;
	g->w.cap -= LIST_END;
	put_z(&g->w, "{\"items\":[");
	f = store_query(r->conn.store, q->who.party, q->who.roles, g->l->query, param, n, on_row, g);
	if (f != OK)
		return f;
	if (g->rows == 0 && (g->full || g->l->empty_is_not_found))
		return g->full ? E_TOO_BIG : E_NOT_FOUND;
	g->w.cap += LIST_END;
	put_z(&g->w, "],\"next\":");
	j = jcs_free_order(&g->w);
	if (g->l->limit_at != NO_PAGES && (g->full || g->rows == g->limit))
		put_cursor(&j, r, g->l, g->last);
	else
		jcs_null(&j);
	put_byte(&g->w, '}');
	q->answer = writer_done(&g->w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

enum fault answer_list(struct reader *r, const struct list *l, struct span *param, size_t n)
{
	struct listing g = { .r = r, .l = l, .limit = UINT64_MAX };
	enum fault f = OK;

	r->what = l->what;
	if (l->limit_at != NO_PAGES)
		f = page_of(r, l, param, &g.limit);
	if (f == OK && l->receipts) {
		publish_now(r);
		f = published(r, 0, r->q->mem, &g.size, &g.note);
	}
	return f == OK ? run_list(&g, param, n) : f;
}
