/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tiles.c: the writer of the published log.
 *
 * In memory it keeps the right edge: of each level the hashes of the tile that
 * is not full yet, and the entries of the bundle that is not. A leaf goes to
 * level 0; a level that reaches 256 becomes a file, its root goes one level up.
 *
 * Files are written under .new/ at once and stay open; in groups they are
 * forced to the disk, renamed to their places and the directories forced after
 * them (a descriptor kept open does not lose a write error, see tessera#750).
 * The order at publication is: tiles, directories, checkpoint.
 */
#include "service/tiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/files.h"

#define NEW_DIR ".new"
#define PENDING_MAX 64
#define DIRTY_MAX 256
#define LOOK_BACK (TILE_WIDTH * TILE_WIDTH) /* leaves whose partial tiles are looked for after a start */

struct edge {
	unsigned n;
	struct hash at[TILE_WIDTH];
};
struct pending {
	int fd;
	char path[TILE_PATH_MAX];
};
struct tiles {
	int dir;
	uint64_t size, published, before; /* before: the checkpoint replaced by the published one */
	enum fault broken;
	struct edge level[TILE_LEVELS];
	uint8_t bundle[BUNDLE_LEN];
	size_t bundle_len;
	struct pending pending[PENDING_MAX];
	unsigned n_pending;
	char dirty[DIRTY_MAX][TILE_PATH_MAX]; /* directories with names not yet on the disk */
	unsigned n_dirty;
};

static enum fault broken(struct tiles *t, int err)
{
	t->broken = err == ENOSPC || err == EDQUOT ? E_STORAGE_FULL : E_INTERNAL;
	return t->broken;
}

/* --- files to the disk --- */

static int write_all(int fd, const void *at, size_t len)
{
	const char *next = at;

	while (len > 0) {
		ssize_t n = write(fd, next, len);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0) {
			next += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static void new_path(unsigned i, char out[TILE_PATH_MAX]) { snprintf(out, TILE_PATH_MAX, NEW_DIR "/%u", i); }

static int sync_dir(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	int err = fsync(fd) == 0 ? 0 : errno;
	close(fd);
	return err;
}

static int sync_dirty(struct tiles *t)
{
	int err = 0;

	for (unsigned i = 0; i < t->n_dirty && !err; i++)
		err = sync_dir(t->dir, t->dirty[i]);
	t->n_dirty = 0;
	return err;
}

static int mark_dirty(struct tiles *t, const char *path)
{
	int err = 0;

	for (unsigned i = t->n_dirty; i-- > 0;) /* the last is the likeliest */
		if (strcmp(t->dirty[i], path) == 0)
			return 0;
	if (t->n_dirty == DIRTY_MAX)
		err = sync_dirty(t);
	memcpy(t->dirty[t->n_dirty++], path, strlen(path) + 1);
	return err;
}

/* Makes the directories above path; what got a new name in it is dirty. */
static int make_above(struct tiles *t, const char *path)
{
	char dir[TILE_PATH_MAX], above[TILE_PATH_MAX] = ".";
	int err = 0;

	for (size_t i = 0; path[i] && !err; i++) {
		if (path[i] != '/')
			continue;
		memcpy(dir, path, i);
		dir[i] = 0;
		if (mkdirat(t->dir, dir, 0755) == 0)
			err = mark_dirty(t, above);
		else if (errno != EEXIST)
			err = errno;
		memcpy(above, dir, i + 1);
	}
	return err ? err : mark_dirty(t, above);
}

static int move_in(struct tiles *t, unsigned i)
{
	char from[TILE_PATH_MAX];
	const char *to = t->pending[i].path;
	int err = make_above(t, to);

	new_path(i, from);
	if (!err && renameat(t->dir, from, t->dir, to) != 0)
		err = errno;
	return err;
}

/* All that was written so far lies on the disk under its name afterwards. */
static int flush(struct tiles *t)
{
	int err = 0;

	/* All on their way first, so that the first fsync's journal commit carries the others too. */
	for (unsigned i = 0; i < t->n_pending; i++)
		(void)sync_file_range(t->pending[i].fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	for (unsigned i = 0; i < t->n_pending; i++) {
		if (!err && fsync(t->pending[i].fd) != 0)
			err = errno;
		if (close(t->pending[i].fd) != 0 && !err)
			err = errno;
	}
	for (unsigned i = 0; i < t->n_pending && !err; i++)
		err = move_in(t, i);
	t->n_pending = 0;
	return err ? err : sync_dirty(t);
}

static int put_file(struct tiles *t, const char *path, const void *at, size_t len)
{
	char temp[TILE_PATH_MAX];
	int err = t->n_pending == PENDING_MAX ? flush(t) : 0;

	if (err)
		return err;
	new_path(t->n_pending, temp);
	int fd = openat(t->dir, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno;
	struct pending *p = &t->pending[t->n_pending++];
	p->fd = fd;
	memcpy(p->path, path, strlen(path) + 1);
	return write_all(fd, at, len);
}

static int put_tile(struct tiles *t, struct tile name, const void *at, size_t len)
{
	char path[TILE_PATH_MAX];

	tile_path(&name, path);
	return put_file(t, path, at, len);
}

/* --- the edge --- */

/* The root over n hashes, n a power of two. */
static struct hash perfect(const struct hash *at, unsigned n)
{
	struct hash row[TILE_WIDTH / 2];

	if (n == 1)
		return at[0];
	for (unsigned i = 0; i < n / 2; i++)
		row[i] = node_hash(at[2 * i], at[2 * i + 1]);
	for (n /= 2; n > 1; n /= 2)
		for (unsigned i = 0; i < n / 2; i++)
			row[i] = node_hash(row[2 * i], row[2 * i + 1]);
	return row[0];
}

/* From the smallest perfect subtree, the rightmost, to the largest. */
struct hash tiles_root(const struct tiles *t)
{
	struct hash root = { { 0 } };
	bool have = false;

	for (unsigned l = 0; l < TILE_LEVELS; l++)
		for (unsigned bit = 1; bit < TILE_WIDTH; bit *= 2) {
			unsigned n = t->level[l].n;

			if (!(n & bit))
				continue;
			struct hash left = perfect(t->level[l].at + (n & ~(2 * bit - 1)), bit);
			root = have ? node_hash(left, root) : left;
			have = true;
		}
	return have ? root : sha256(S(""));
}

static int add_entry(struct tiles *t, const uint8_t leaf[LEAF_LEN])
{
	assert(t->bundle_len + 2 + LEAF_LEN <= sizeof t->bundle);
	be16_put(t->bundle + t->bundle_len, LEAF_LEN);
	memcpy(t->bundle + t->bundle_len + 2, leaf, LEAF_LEN);
	t->bundle_len += 2 + LEAF_LEN;
	if (t->bundle_len < sizeof t->bundle)
		return 0;
	struct tile name = { .entries = true, .index = t->size / TILE_WIDTH, .width = TILE_WIDTH };
	int err = put_tile(t, name, t->bundle, t->bundle_len);
	t->bundle_len = 0;
	return err;
}

static int add_hash(struct tiles *t, struct hash h)
{
	for (unsigned l = 0; l < TILE_LEVELS; l++) {
		struct edge *e = &t->level[l];

		assert(e->n < TILE_WIDTH);
		e->at[e->n++] = h;
		if (e->n < TILE_WIDTH)
			return 0;
		struct tile name = { .level = l, .index = t->size >> (8 * l) >> 8, .width = TILE_WIDTH };
		int err = put_tile(t, name, e->at, sizeof e->at);
		if (err)
			return err;
		h = perfect(e->at, TILE_WIDTH);
		e->n = 0;
	}
	return EFBIG;
}

enum fault tiles_extend(struct tiles *t, uint64_t from, const uint8_t *leaves, size_t n)
{
	if (t->broken)
		return t->broken;
	if (from != t->size)
		return E_INTERNAL;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *leaf = leaves + i * LEAF_LEN;
		int err = add_entry(t, leaf);

		if (!err)
			err = add_hash(t, leaf_hash((struct span){ (const char *)leaf, LEAF_LEN }));
		if (err)
			return broken(t, err);
		t->size++;
	}
	return OK;
}

/* --- publishing --- */

/* The partial tiles of the present size that the published one had not. */
static int put_partials(struct tiles *t)
{
	int err = 0;

	for (unsigned l = 0; l < TILE_LEVELS && !err; l++) {
		uint64_t hashes = t->size >> (8 * l);
		struct tile name = { .level = l, .index = hashes / TILE_WIDTH, .width = t->level[l].n };

		assert(hashes % TILE_WIDTH == t->level[l].n);
		if (name.width == 0 || hashes == t->published >> (8 * l))
			continue;
		err = put_tile(t, name, t->level[l].at, name.width * sizeof t->level[l].at[0]);
		if (l > 0 || err)
			continue;
		name.entries = true;
		err = put_tile(t, name, t->bundle, t->bundle_len);
	}
	return err;
}

/* Removes <N>.p and what is in it. Failing is no harm: it is clutter, and partial tiles may stay. */
static void remove_partials(struct tiles *t, struct tile name)
{
	char path[TILE_PATH_MAX];

	name.width = 1;
	tile_path(&name, path);
	*strrchr(path, '/') = 0;
	int fd = openat(t->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (const struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.')
			(void)unlinkat(fd, e->d_name, 0);
	closedir(d);
	(void)unlinkat(t->dir, path, AT_REMOVEDIR);
}

/* Partial tiles of what was full in the checkpoint now replaced: nobody who holds that one or ours needs them. */
static void remove_stale(struct tiles *t, uint64_t full_before, uint64_t full_now)
{
	for (unsigned l = 0; l < TILE_LEVELS; l++) {
		uint64_t end = full_now >> (8 * l) >> 8;

		for (uint64_t i = full_before >> (8 * l) >> 8; i < end; i++) {
			remove_partials(t, (struct tile){ .level = l, .index = i });
			if (l == 0)
				remove_partials(t, (struct tile){ .entries = true, .index = i });
		}
	}
}

static bool is_ours(const struct tiles *t, struct span note)
{
	uint64_t size;
	struct hash root;

	return checkpoint_read(note, &size, &root) && size == t->size && hash_eq(root, tiles_root(t));
}

enum fault tiles_publish(struct tiles *t, struct span checkpoint_note)
{
	if (t->broken)
		return t->broken;
	if (!is_ours(t, checkpoint_note))
		return E_INTERNAL;
	int err = put_partials(t);
	if (!err)
		err = flush(t);
	if (!err)
		err = put_file(t, "checkpoint", checkpoint_note.at, checkpoint_note.len);
	if (!err)
		err = flush(t);
	if (err)
		return broken(t, err);
	remove_stale(t, t->before, t->published);
	t->before = t->published;
	t->published = t->size;
	return OK;
}

/* --- opening --- */

static bool empty_new(int dir)
{
	if (mkdirat(dir, NEW_DIR, 0755) != 0 && errno != EEXIST)
		return false;
	int fd = openat(dir, NEW_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (const struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.')
			(void)unlinkat(fd, e->d_name, 0);
	closedir(d);
	return true;
}

static bool edge_read(struct tiles *t, unsigned l, struct arena *mem)
{
	uint64_t hashes = t->published >> (8 * l);
	struct tile name = { .level = l, .index = hashes / TILE_WIDTH, .width = (unsigned)(hashes % TILE_WIDTH) };
	char path[TILE_PATH_MAX];
	struct span bytes;

	t->level[l].n = name.width;
	if (name.width == 0)
		return true;
	tile_path(&name, path);
	if (!tile_serve(&t->dir, path, mem, &bytes) || bytes.len != name.width * (size_t)HASH_LEN)
		return false;
	memcpy(t->level[l].at, bytes.at, bytes.len);
	return true;
}

/* The entries that are not yet in a full bundle, each against its hash. */
static bool bundle_read(struct tiles *t, struct arena *mem)
{
	const struct edge *e = &t->level[0];
	struct tile name = { .entries = true, .index = t->published / TILE_WIDTH, .width = e->n };
	char path[TILE_PATH_MAX];
	struct span bytes;

	if (e->n == 0)
		return true;
	tile_path(&name, path);
	if (!tile_serve(&t->dir, path, mem, &bytes) || bytes.len != e->n * (size_t)(2 + LEAF_LEN))
		return false;
	for (unsigned i = 0; i < e->n; i++) {
		const char *at = bytes.at + i * (size_t)(2 + LEAF_LEN);

		if (be16_get((const uint8_t *)at) != LEAF_LEN ||
		    !hash_eq(leaf_hash((struct span){ at + 2, LEAF_LEN }), e->at[i]))
			return false;
	}
	memcpy(t->bundle, bytes.at, bytes.len);
	t->bundle_len = bytes.len;
	return true;
}

/* The right edge as of the checkpoint, and whether it leads to the checkpoint's root. */
static bool recover(struct tiles *t, uint64_t size, struct hash root, struct arena *mem)
{
	bool ok = true;

	t->published = size;
	for (unsigned l = 0; l < TILE_LEVELS && ok; l++)
		ok = edge_read(t, l, mem);
	return ok && hash_eq(tiles_root(t), root) && bundle_read(t, mem);
}

static void start_over(struct tiles *t)
{
	for (unsigned l = 0; l < TILE_LEVELS; l++)
		t->level[l].n = 0;
	t->bundle_len = 0;
	t->size = t->published = t->before = 0;
}

/* What lies beyond the checkpoint at this place; false when nothing does, so neither behind it. */
static bool drop(struct tiles *t, struct tile name, uint64_t size)
{
	unsigned keep = tile_width(name.level, name.index, size);
	char path[TILE_PATH_MAX];
	bool any = false;

	for (name.width = keep + 1; name.width <= TILE_WIDTH; name.width++) {
		tile_path(&name, path);
		any = unlinkat(t->dir, path, 0) == 0 || any;
	}
	return any;
}

/*
 * A crash between tiles and checkpoint leaves tiles nobody signed for. They are
 * made again when their time comes; until then they must not be there.
 */
static void drop_beyond(struct tiles *t, uint64_t size)
{
	for (unsigned l = 0; l < TILE_LEVELS; l++) {
		uint64_t at = size >> (8 * l) >> 8;

		for (uint64_t i = at; drop(t, (struct tile){ .level = l, .index = i }, size) || i == at; i++)
			;
		for (uint64_t i = at;
		     l == 0 && (drop(t, (struct tile){ .entries = true, .index = i }, size) || i == at); i++)
			;
	}
}

static bool open_dir(struct tiles *t, const char *dir, char *why, size_t why_len)
{
	int err = dir_make(dir, 0755);

	if (err) {
		snprintf(why, why_len, "%s: %s", dir, strerror(err));
		return false;
	}
	t->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dir >= 0 && empty_new(t->dir))
		return true;
	snprintf(why, why_len, "%s: %s", dir, strerror(errno));
	return false;
}

/* Reads the checkpoint and goes to its state, or to the empty one and says why. */
static void resume(struct tiles *t, struct arena *mem, char *why, size_t why_len)
{
	struct span note;
	uint64_t size;
	struct hash root;

	if (faccessat(t->dir, "checkpoint", F_OK, 0) != 0) {
		drop_beyond(t, 0);
		return;
	}
	if (!tile_file(&t->dir, "checkpoint", mem, &note) || !checkpoint_read(note, &size, &root)) {
		snprintf(why, why_len, "the published checkpoint cannot be read; all tiles are made again");
		return;
	}
	drop_beyond(t, size);
	if (!recover(t, size, root, mem)) {
		snprintf(why, why_len, "the tiles do not lead to the published checkpoint; all are made again");
		start_over(t);
		return;
	}
	t->size = t->published;
	t->before = t->published > LOOK_BACK ? t->published - LOOK_BACK : 0;
}

struct tiles *tiles_open(const char *dir, char *why, size_t why_len)
{
	struct tiles *t = calloc(1, sizeof *t);
	size_t room_len = 4 * (BUNDLE_LEN + TILE_LEVELS * TILE_LEN);
	char *room = malloc(room_len);

	if (why_len > 0)
		why[0] = 0;
	if (!t || !room) {
		snprintf(why, why_len, "no memory");
		free(t);
		free(room);
		return NULL;
	}
	t->dir = -1;
	bool ok = open_dir(t, dir, why, why_len);
	if (ok) {
		struct arena mem = arena_over(room, room_len);

		resume(t, &mem, why, why_len);
	}
	free(room);
	if (ok)
		return t;
	tiles_close(t);
	return NULL;
}

void tiles_close(struct tiles *t)
{
	if (!t)
		return;
	for (unsigned i = 0; i < t->n_pending; i++)
		close(t->pending[i].fd);
	if (t->dir >= 0)
		close(t->dir);
	free(t);
}

uint64_t tiles_size(const struct tiles *t) { return t->size; }

uint64_t tiles_published(const struct tiles *t) { return t->published; }
