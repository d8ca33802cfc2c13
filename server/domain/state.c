/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.c: the tables as data, and the world: a hash table of rows in an arena.
 *
 * The bucket array doubles when rows outnumber buckets; the old array stays in
 * the arena as waste, at most as large as what lives. Rows never move, so a
 * pointer to a row stays good as long as the world does.
 */
#include "decide.h"

/* --- tables --- */

/* Each table is described inside a function of its own, because only there can COLUMN name the struct. */
#define TABLE(ID, name, keytype, key)                                                                  \
	static const struct table_info *info_##ID(void)                                                \
	{                                                                                              \
		typedef struct name THIS;                                                              \
		enum { TABLE_ = TABLE_##ID, KEY_TYPE_ = CT_##keytype, KEY_AT_ = offsetof(THIS, key) }; \
		static const char table_name[] = #name;                                                \
		static const char key_name[] = #key;                                                   \
		static const struct column_info column[] = {
#define COLUMN(type, name) { #name, CT_##type, false, offsetof(THIS, name) },
#define SECRET(type, name) { #name, CT_##type, true, offsetof(THIS, name) },
#define ENDTABLE                                                               \
	}                                                                      \
	;                                                                      \
	static const struct table_info info = {                                \
		.id = (enum table_id)TABLE_,                                   \
		.name = table_name,                                            \
		.size = sizeof(THIS),                                          \
		.key_type = (enum col_type)KEY_TYPE_,                          \
		.key = { key_name, (enum col_type)KEY_TYPE_, false, KEY_AT_ }, \
		.columns = column,                                             \
		.n_columns = ARRAY_LEN(column),                                \
	};                                                                     \
	return &info;                                                          \
	}
#include "state.def"
#undef TABLE
#undef COLUMN
#undef SECRET
#undef ENDTABLE

const struct table_info *table_info(enum table_id t)
{
	static const struct table_info *(*const info[TABLE_COUNT])(void) = {
#define TABLE(ID, name, keytype, key) [TABLE_##ID] = info_##ID,
#define COLUMN(type, name)
#define SECRET(type, name)
#define ENDTABLE
#include "state.def"
#undef TABLE
#undef COLUMN
#undef SECRET
#undef ENDTABLE
	};
	assert(t > TABLE_NONE);
	assert(t < TABLE_COUNT);
	return info[t]();
}

bool table_secret(enum table_id t) { return table_info(t)->key_type == CT_fp16; }

/* --- keys --- */

struct row_key key_uuid(struct uuid u)
{
	struct row_key k = { { 0 } };

	memcpy(k.b, u.b, sizeof u.b);
	return k;
}

struct row_key key_hash(struct hash h)
{
	struct row_key k;

	memcpy(k.b, h.b, sizeof k.b);
	return k;
}

struct row_key key_fp16(struct fp16 f)
{
	struct row_key k = { { 0 } };

	memcpy(k.b, f.b, sizeof f.b);
	return k;
}

struct row_key key_i64(int64_t v)
{
	struct row_key k = { { 0 } };

	be64_put(k.b, (uint64_t)v);
	return k;
}

/* The key column of a row's struct, written from its key. */
static void key_column_set(struct row *r)
{
	const struct table_info *t = table_info(r->table);
	char *at = (char *)r + t->key.offset;
	int64_t v;

	switch (t->key_type) {
	case CT_uuid:
	case CT_fp16:
		memcpy(at, r->key, 16);
		return;
	case CT_hash:
		memcpy(at, r->key, 32);
		return;
	case CT_i64:
		v = (int64_t)be64_get(r->key);
		memcpy(at, &v, sizeof v);
		return;
	case CT_i32:
	case CT_date:
	case CT_moment:
	case CT_ccy:
	case CT_text:
		break;
	}
	assert(false && "a key of this type");
}

void row_init(struct row *r, enum table_id t, struct row_key k)
{
	memset(r, 0, table_info(t)->size);
	r->table = t;
	r->exists = true;
	memcpy(r->key, k.b, sizeof r->key);
	key_column_set(r);
}

/* --- the world --- */

static size_t slot(const struct world *w, enum table_id t, const uint8_t key[32])
{
	uint64_t a, b, c, d;

	/* Keys are hashes, random or version 7 uuids: mixing their words is enough. */
	memcpy(&a, key, 8);
	memcpy(&b, key + 8, 8);
	memcpy(&c, key + 16, 8);
	memcpy(&d, key + 24, 8);
	a ^= (b * UINT64_C(0x9e3779b97f4a7c15)) ^ (c << 1) ^ (d << 7) ^ (uint64_t)t;
	a ^= a >> 32;
	a *= UINT64_C(0xd6e8feb86659fd93);
	a ^= a >> 32;
	return (size_t)(a & (w->n_buckets - 1));
}

bool world_start(struct world *w, struct arena *mem, size_t rows_expected, bool complete)
{
	size_t n = 1024;

	while (n < rows_expected)
		n *= 2;
	memset(w, 0, sizeof *w);
	w->mem = mem;
	w->complete = complete;
	w->bucket = ARENA_ARRAY(mem, struct row *, n);
	w->n_buckets = n;
	return w->bucket != NULL;
}

static bool grow(struct world *w)
{
	size_t old_n = w->n_buckets;
	struct row **old = w->bucket;
	struct row **bigger = ARENA_ARRAY(w->mem, struct row *, old_n * 2);

	if (!bigger)
		return false;
	w->bucket = bigger;
	w->n_buckets = old_n * 2;
	for (size_t i = 0; i < old_n; i++) {
		for (struct row *r = old[i], *next; r; r = next) {
			size_t at = slot(w, r->table, r->key);

			next = r->next;
			r->next = w->bucket[at];
			w->bucket[at] = r;
		}
	}
	return true;
}

struct row *world_find(const struct world *w, enum table_id t, struct row_key k)
{
	for (struct row *r = w->bucket[slot(w, t, k.b)]; r; r = r->next)
		if (r->table == t && memcmp(r->key, k.b, sizeof k.b) == 0)
			return r;
	return NULL;
}

/* A fresh row of the table's size in the chain. */
static struct row *insert(struct world *w, enum table_id t, struct row_key k)
{
	struct row *r;
	size_t at;

	if (w->n_rows >= w->n_buckets && !grow(w))
		return NULL;
	r = arena_take(w->mem, table_info(t)->size);
	if (!r)
		return NULL;
	row_init(r, t, k);
	at = slot(w, t, k.b);
	r->next = w->bucket[at];
	w->bucket[at] = r;
	w->n_rows++;
	return r;
}

/* Copies the columns; texts move into the world's arena unless they are what the row has already. */
static bool copy_columns(struct world *w, struct row *to, const struct row *from)
{
	const struct table_info *t = table_info(from->table);
	size_t head = sizeof(struct row);

	for (size_t i = 0; i < t->n_columns; i++) {
		struct span *old, text;

		if (t->columns[i].type != CT_text)
			continue;
		old = (struct span *)(void *)((char *)to + t->columns[i].offset);
		memcpy(&text, (const char *)from + t->columns[i].offset, sizeof text);
		if (old->at != text.at || old->len != text.len)
			*old = span_eq(*old, text) ? *old : arena_copy(w->mem, text);
	}
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct column_info *c = &t->columns[i];
		size_t end = i + 1 < t->n_columns ? t->columns[i + 1].offset : t->size;

		if (c->type != CT_text)
			memcpy((char *)to + c->offset, (const char *)from + c->offset, end - c->offset);
	}
	assert(t->columns[0].offset >= head);
	return arena_ok(w->mem);
}

/* Keeps an asset's list of granted and binding encumbrances whole, and the list of rules. */
static void link_row(struct world *w, struct row *r)
{
	struct row *asset;

	if (r->linked)
		return;
	if (r->table == TABLE_RULE) {
		r->linked = true;
		r->sibling = w->rules;
		w->rules = r;
		return;
	}
	if (r->table != TABLE_ENCUMBRANCE)
		return;
	asset = world_find(w, TABLE_ASSET, key_uuid(((struct encumbrance *)(void *)r)->asset));
	if (!asset)
		return;
	r->linked = true;
	r->sibling = asset->children;
	asset->children = r;
}

static struct row *put_row(struct world *w, const struct row *from, bool newer)
{
	struct row_key k;
	struct row *r;

	memcpy(k.b, from->key, sizeof k.b);
	r = world_find(w, from->table, k);
	if (r && r->exists && !newer) { /* what the world has is at least as new as what was loaded */
		link_row(w, r);
		return r;
	}
	if (!r)
		r = insert(w, from->table, k);
	if (!r || !copy_columns(w, r, from))
		return NULL;
	r->exists = from->exists;
	r->assumed = false;
	r->stored = r->stored || !newer;
	link_row(w, r);
	return r;
}

struct row *world_put(struct world *w, const struct row *from) { return put_row(w, from, false); }

bool world_absent(struct world *w, enum table_id t, struct row_key k)
{
	struct row *r = world_find(w, t, k);

	if (r) {
		r->assumed = false;
		return true;
	}
	r = insert(w, t, k);
	if (r)
		r->exists = false;
	return r != NULL;
}

bool world_assume(struct world *w, enum table_id t, struct row_key k)
{
	struct row *r = world_find(w, t, k);

	if (r)
		return true;
	r = insert(w, t, k);
	if (!r)
		return false;
	r->exists = false;
	r->assumed = true;
	return true;
}

void world_children_known(struct world *w, struct row *asset)
{
	assert(asset->table == TABLE_ASSET);
	(void)w;
	asset->children_known = true;
}

void world_clean(struct world *w)
{
	for (struct row *r = w->dirty, *next; r; r = next) {
		next = r->next_dirty;
		r->next_dirty = NULL;
		r->dirty = false;
		r->stored = true;
	}
	w->dirty = w->dirty_last = NULL;
}

/* --- changes --- */

static void mark_dirty(struct world *w, struct row *r)
{
	if (r->dirty)
		return;
	r->dirty = true;
	if (w->dirty_last)
		w->dirty_last->next_dirty = r;
	else
		w->dirty = r;
	w->dirty_last = r;
}

bool decision_apply(struct world *w, const struct decision *d)
{
	for (unsigned i = 0; i < d->n_changes; i++) {
		bool fresh = d->change[i]->table == TABLE_ASSET && !d->change[i]->children_known;
		struct row_key k;
		struct row *old, *r;

		memcpy(k.b, d->change[i]->key, sizeof k.b);
		old = world_find(w, d->change[i]->table, k);
		fresh = fresh && (!old || !old->exists);
		r = put_row(w, d->change[i], true);
		if (!r)
			return false;
		if (fresh) /* an asset made here has no encumbrance the world does not know */
			r->children_known = true;
		r->entry = d->seq;
		mark_dirty(w, r);
	}
	return true;
}
