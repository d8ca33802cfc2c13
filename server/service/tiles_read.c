/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tiles_read.c: names of tiles, files, and hashes out of them.
 *
 * A tile of width w is the bottom row of a small tree. The cache keeps tiles
 * with that tree worked out, so that the neighbours in a proof cost nothing.
 */
#include "service/tiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "note.h"

/* --- names --- */

/* 1234067 -> x001/x234/067 */
static void put_index(struct writer *w, uint64_t index)
{
	uint64_t unit = 1;

	while (index / unit >= 1000)
		unit *= 1000;
	for (; unit > 1; unit /= 1000) {
		put_byte(w, 'x');
		put_padded(w, index / unit % 1000, 3);
		put_byte(w, '/');
	}
	put_padded(w, index % 1000, 3);
}

void tile_path(const struct tile *t, char out[TILE_PATH_MAX])
{
	struct writer w = writer_over(out, TILE_PATH_MAX - 1);

	assert(t->width >= 1 && t->width <= TILE_WIDTH);
	put_z(&w, "tile/");
	if (t->entries)
		put_z(&w, "entries");
	else
		put_u64(&w, t->level);
	put_byte(&w, '/');
	put_index(&w, t->index);
	if (t->width < TILE_WIDTH) {
		put_z(&w, ".p/");
		put_u64(&w, t->width);
	}
	assert(!w.overflow);
	out[w.len] = 0;
}

/* Decimal without leading zeros, at most max. */
static bool number_parse(struct span s, unsigned max, unsigned *ret)
{
	unsigned v = 0;

	if (s.len == 0 || s.len > 3 || (s.len > 1 && s.at[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		v = v * 10 + (unsigned)(s.at[i] - '0');
	}
	*ret = v;
	return v <= max;
}

static bool three_digits(struct span s, uint64_t *index)
{
	if (s.len != 3 || *index > UINT64_MAX / 1000 - 1)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	}
	*index = *index * 1000 + (uint64_t)((s.at[0] - '0') * 100 + (s.at[1] - '0') * 10 + (s.at[2] - '0'));
	return true;
}

/* Elements up to the last, which alone has no x; the first of several is not x000. */
static bool index_parse(struct span s, uint64_t *ret)
{
	struct span element;

	*ret = 0;
	while (span_cut(s, '/', &element, &s)) {
		if (element.len != 4 || element.at[0] != 'x')
			return false;
		if (!three_digits((struct span){ element.at + 1, 3 }, ret) || *ret == 0)
			return false;
	}
	return three_digits(s, ret);
}

/* Splits "....p/W" at ".p/"; a full tile has none. */
static bool width_parse(struct span *s, unsigned *width)
{
	*width = TILE_WIDTH;
	for (size_t i = 0; i + 3 <= s->len; i++) {
		if (memcmp(s->at + i, ".p/", 3) != 0)
			continue;
		struct span w = { s->at + i + 3, s->len - i - 3 };
		s->len = i;
		return number_parse(w, TILE_WIDTH - 1, width) && *width > 0;
	}
	return true;
}

bool tile_path_parse(struct span path, struct tile *ret)
{
	struct tile t = { .level = 0 };
	struct span part;

	if (!span_cut(path, '/', &part, &path) || !span_is(part, "tile") || !span_cut(path, '/', &part, &path))
		return false;
	t.entries = span_is(part, "entries");
	if (!t.entries && !number_parse(part, 63, &t.level))
		return false;
	if (!width_parse(&path, &t.width) || !index_parse(path, &t.index))
		return false;
	*ret = t;
	return true;
}

unsigned tile_width(unsigned level, uint64_t index, uint64_t size)
{
	uint64_t hashes = level < TILE_LEVELS ? size >> (8 * level) : 0;

	if (index >= hashes / TILE_WIDTH + 1)
		return 0;
	return index < hashes / TILE_WIDTH ? TILE_WIDTH : (unsigned)(hashes % TILE_WIDTH);
}

/* --- files --- */

static bool read_whole(int fd, struct arena *mem, struct span *ret)
{
	struct stat st;
	size_t got = 0;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0)
		return false;
	size_t len = (size_t)st.st_size;
	char *at = arena_take(mem, len);
	while (at && got < len) {
		ssize_t n = read(fd, at + got, len - got);

		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		got += n > 0 ? (size_t)n : 0;
	}
	*ret = (struct span){ at, len };
	return at != NULL;
}

bool tile_file(void *from, const char *path, struct arena *mem, struct span *ret)
{
	int fd = openat(*(const int *)from, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return false;
	bool ok = read_whole(fd, mem, ret);
	close(fd);
	return ok;
}

/* The first w hashes or entries of a wider tile. */
static bool cut(const struct tile *t, struct span *bytes)
{
	size_t end = 0;

	if (!t->entries)
		end = t->width * (size_t)HASH_LEN;
	for (unsigned i = 0; t->entries && i < t->width; i++) {
		if (bytes->len < end + 2)
			return false;
		end += 2 + (size_t)be16_get((const uint8_t *)bytes->at + end);
	}
	if (bytes->len < end)
		return false;
	bytes->len = end;
	return true;
}

/* The narrowest partial that is wide enough; 0 without. */
static unsigned wider(int dir, const struct tile *t)
{
	char path[TILE_PATH_MAX];
	unsigned best = 0, w;

	tile_path(t, path);
	*strrchr(path, '/') = 0; /* "....p" */
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	for (const struct dirent *e; (e = readdir(d));)
		if (number_parse(span_z(e->d_name), TILE_WIDTH - 1, &w) && w >= t->width && (best == 0 || w < best))
			best = w;
	closedir(d);
	return best;
}

bool tile_serve(void *from, const char *path, struct arena *mem, struct span *ret)
{
	char other[TILE_PATH_MAX];
	struct tile t, wide;

	if (tile_file(from, path, mem, ret))
		return true;
	if (!tile_path_parse(span_z(path), &t) || t.width == TILE_WIDTH)
		return false;
	wide = t;
	wide.width = TILE_WIDTH;
	tile_path(&wide, other);
	if (tile_file(from, other, mem, ret))
		return cut(&t, ret);
	wide.width = wider(*(const int *)from, &t);
	if (wide.width == 0)
		return false;
	tile_path(&wide, other);
	return tile_file(from, other, mem, ret) && cut(&t, ret);
}

bool checkpoint_read(struct span note, uint64_t *size, struct hash *root)
{
	struct checkpoint c;

	for (size_t i = 0; i + 1 < note.len; i++) {
		if (note.at[i] != '\n' || note.at[i + 1] != '\n')
			continue;
		if (!checkpoint_parse((struct span){ note.at, i + 1 }, &c))
			return false;
		*size = c.size;
		*root = c.root;
		return true;
	}
	return false;
}

/* --- hashes --- */

#define LINES 32 /* tiles kept; a proof in ten million leaves touches three */
#define TREE_NODES (2 * TILE_WIDTH - 1)

/* Row r of the small tree begins at row_at(r) and has width >> r nodes that are complete. */
struct line {
	unsigned level, width; /* width 0: nothing here */
	uint64_t index;
	struct hash node[TREE_NODES];
};
struct tile_view {
	fetch_fn *fetch;
	void *from;
	uint64_t size;
	struct arena mem;
	struct line line[LINES];
	char room[2 * TILE_LEN];
};

static size_t row_at(unsigned row) { return 2 * TILE_WIDTH - ((size_t)2 * TILE_WIDTH >> row); }

struct tile_view *tile_view_new(fetch_fn *fetch, void *from)
{
	struct tile_view *v = calloc(1, sizeof *v);

	if (!v)
		return NULL;
	v->fetch = fetch;
	v->from = from;
	v->mem = arena_over(v->room, sizeof v->room);
	return v;
}

void tile_view_free(struct tile_view *v) { free(v); }

void tile_view_at(struct tile_view *v, uint64_t size) { v->size = size; }

uint64_t tile_view_size(const struct tile_view *v) { return v->size; }

static bool fetch_width(struct tile_view *v, const struct tile *t, struct span *bytes)
{
	char path[TILE_PATH_MAX];

	tile_path(t, path);
	arena_reset(&v->mem);
	return v->fetch(v->from, path, &v->mem, bytes) && bytes->len == t->width * (size_t)HASH_LEN;
}

/* A partial tile may have been replaced by the full one since the size was read. */
static bool fetch_tile(struct tile_view *v, const struct tile *t, struct span *bytes)
{
	struct tile full = *t;

	full.width = TILE_WIDTH;
	return fetch_width(v, t, bytes) || (t->width < TILE_WIDTH && fetch_width(v, &full, bytes));
}

static void work_out(struct line *l)
{
	for (unsigned row = 1; l->width >> row > 0; row++)
		for (size_t i = 0; i < l->width >> row; i++) {
			const struct hash *below = l->node + row_at(row - 1) + 2 * i;

			l->node[row_at(row) + i] = node_hash(below[0], below[1]);
		}
}

static struct line *load(struct tile_view *v, unsigned level, uint64_t index, unsigned width)
{
	struct line *l = &v->line[(index * 5 + level) % LINES];
	struct tile t = { .level = level, .index = index, .width = width };
	struct span bytes;

	if (l->width == width && l->level == level && l->index == index)
		return l;
	l->width = 0;
	if (!fetch_tile(v, &t, &bytes))
		return NULL;
	memcpy(l->node, bytes.at, width * sizeof l->node[0]);
	l->level = level;
	l->index = index;
	l->width = width;
	work_out(l);
	return l;
}

bool tiles_node(void *from, unsigned level, uint64_t index, struct hash *ret)
{
	struct tile_view *v = from;
	unsigned row = level % 8;

	if (level >= TREE_DEPTH || index >= v->size >> level)
		return false;
	uint64_t first = index << row; /* no bit is lost: index < size >> level */
	uint64_t tile = first / TILE_WIDTH;
	const struct line *l = load(v, level / 8, tile, tile_width(level / 8, tile, v->size));
	if (!l)
		return false;
	*ret = l->node[row_at(row) + (first % TILE_WIDTH >> row)];
	return true;
}

bool tiles_entry(struct tile_view *v, uint64_t index, struct arena *mem, struct span *leaf)
{
	struct tile t = { .entries = true, .index = index / TILE_WIDTH };
	char path[TILE_PATH_MAX];
	struct span all, before;

	t.width = tile_width(0, t.index, v->size);
	if (index >= v->size)
		return false;
	tile_path(&t, path);
	if (!v->fetch(v->from, path, mem, &all)) {
		t.width = TILE_WIDTH;
		tile_path(&t, path);
		if (!v->fetch(v->from, path, mem, &all))
			return false;
	}
	t.width = (unsigned)(index % TILE_WIDTH) + 1;
	before = all;
	if (!cut(&t, &all))
		return false;
	t.width--;
	if (!cut(&t, &before))
		return false;
	*leaf = (struct span){ before.at + before.len + 2, all.len - before.len - 2 };
	return true;
}
