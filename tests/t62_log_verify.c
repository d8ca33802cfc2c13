/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t62_log_verify.c: the checker is checked.
 *
 * Goal: a good log gives 0, and whatever is done to it gives something else,
 * by its own name where it has one. Method: a log of 700 entries is published
 * and spoiled in one way per row, each way a small function; then, blindly,
 * bytes of every file are flipped one after the other. The same for the
 * database, as rows in memory.
 */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

#include "logfix.h"
#include "note.h"
#include "service/log_verify.h"
#include "service/readback.h"
#include "service/tiles.h"

#define SIZE 700
#define ORIGIN "verify.example/log"

static struct log_fixture good;
static struct privkey key, stranger;
static struct vkey vkey;
static char room[1 << 20];

static struct span note_of(char *at, const struct privkey *k, const char *origin, uint64_t size, struct hash root)
{
	struct writer w = writer_over(at, CHECKPOINT_MAX);

	assert_true(checkpoint_sign(&w, k, origin, size, root));
	return writer_span(&w);
}

/* --- a published log, and how it is spoiled --- */

struct victim {
	struct temp_dir dir;
	struct log_fixture log;
	struct checkpoint seen;
	bool has_seen;
};

static void publish(struct victim *v, uint64_t from, uint64_t size, bool sign)
{
	char why[256], note[CHECKPOINT_MAX];
	struct tiles *t = tiles_open(v->dir.path, why, sizeof why);

	assert_non_null(t);
	assert_int_equal(tiles_size(t), from);
	assert_int_equal(tiles_extend(t, from, v->log.leaf[from], size - from), OK);
	if (sign)
		assert_int_equal(tiles_publish(t, note_of(note, &key, ORIGIN, size, tiles_root(t))), OK);
	tiles_close(t);
}

static struct victim victim_new(void)
{
	struct victim v = { .dir = temp_dir(), .log = log_make(SIZE) };

	return v;
}

static void victim_free(struct victim *v)
{
	log_free(&v->log);
	assert_int_equal(dir_remove(v->dir.path), 0);
}

static char *path_in(const struct victim *v, const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", v->dir.path, name);
	return path;
}

static struct span get(const struct victim *v, const char *name)
{
	struct arena mem = arena_over(room, sizeof room);
	struct span s;

	assert_int_equal(file_read(path_in(v, name), sizeof room / 2, &mem, &s), 0);
	return s;
}

static void set(const struct victim *v, const char *name, const void *at, size_t len)
{
	assert_int_equal(file_write(path_in(v, name), (struct span){ at, len }, 0644), 0);
}

static void flip(const struct victim *v, const char *name, size_t at)
{
	struct span s = get(v, name);

	assert_true(at < s.len);
	((char *)(uintptr_t)s.at)[at] ^= 1;
	set(v, name, s.at, s.len);
}

static enum log_verdict verdict_of(const struct victim *v, struct log_report *r)
{
	struct log_verify_conf conf = { .key = &vkey, .seen = v->has_seen ? &v->seen : NULL };
	int dir = open(v->dir.path, O_RDONLY | O_DIRECTORY);
	struct log_files files = { .fetch = tile_file, .from = &dir, .dir = dir };
	enum log_verdict got = log_verify(&files, &conf, r);

	close(dir);
	assert_int_equal(got, r->verdict);
	assert_true((got == LOG_GOOD) == (log_verdict_exit(got) == 0));
	return got;
}

/* Leaf n again with something changed, and everything after it made to fit, as one who holds the machine could. */
static void rewrite(struct victim *v, size_t n, const struct leaf *l)
{
	leaf_encode(l, v->log.leaf[n]);
	for (size_t i = n + 1; i < SIZE; i++) {
		struct hash before = leaf_hash((struct span){ (const char *)v->log.leaf[i - 1], LEAF_LEN });
		memcpy(v->log.leaf[i] + 72, before.b, HASH_LEN);
	}
}

static struct leaf leaf_of(const struct victim *v, size_t n)
{
	struct leaf l;

	assert_true(leaf_decode((struct span){ (const char *)v->log.leaf[n], LEAF_LEN }, &l));
	return l;
}

/* Entries in bundle 1 (256 to 511), 138 bytes each. */
#define IN_BUNDLE(seq, byte) (((seq)-256) * (size_t)(2 + LEAF_LEN) + 2 + (byte))
#define BUNDLE "tile/entries/001"

typedef void spoil_fn(struct victim *v);

static void nothing(struct victim *v) { publish(v, 0, SIZE, true); }
static void in_steps(struct victim *v)
{
	publish(v, 0, 0, true);
	publish(v, 0, 200, true);
	publish(v, 200, 300, true);
	publish(v, 300, 301, true);
	publish(v, 301, SIZE, true);
}
static void leaf_byte(struct victim *v, size_t byte)
{
	nothing(v);
	flip(v, BUNDLE, IN_BUNDLE(300, byte));
}
static void magic(struct victim *v) { leaf_byte(v, 3); }
static void filler(struct victim *v) { leaf_byte(v, 37); }
static void seq(struct victim *v) { leaf_byte(v, 23); }
static void later(struct victim *v) { leaf_byte(v, 30); }
static void kind(struct victim *v) { leaf_byte(v, 33); }
static void outcome(struct victim *v) { leaf_byte(v, 35); }
static void statement(struct victim *v) { leaf_byte(v, 50); }
static void previous(struct victim *v) { leaf_byte(v, 80); }
static void decision(struct victim *v) { leaf_byte(v, 120); }
static void entry_length(struct victim *v)
{
	nothing(v);
	flip(v, BUNDLE, IN_BUNDLE(300, 0) - 1);
}
static void last_entry(struct victim *v)
{
	nothing(v);
	flip(v, "tile/entries/002.p/188", 188 * 138 - 1);
}
static void leaf_tile(struct victim *v)
{
	nothing(v);
	flip(v, "tile/0/001", 44 * 32);
}
static void upper_tile(struct victim *v)
{
	nothing(v);
	flip(v, "tile/1/000.p/2", 33);
}
static void stale_tile(struct victim *v)
{
	in_steps(v);
	flip(v, "tile/0/001.p/45", 33);
}
static void stale_bundle(struct victim *v)
{
	in_steps(v);
	flip(v, "tile/entries/001.p/45", 33);
}
static void time_byte(struct victim *v)
{
	nothing(v);
	struct span s = get(v, BUNDLE);
	((char *)(uintptr_t)s.at)[IN_BUNDLE(300, 27)] = 0;
	set(v, BUNDLE, s.at, s.len);
}
static void removed(struct victim *v)
{
	nothing(v);
	struct span s = get(v, BUNDLE);
	char *at = (char *)(uintptr_t)s.at;
	memmove(at + IN_BUNDLE(300, 0) - 2, at + IN_BUNDLE(301, 0) - 2, s.len - IN_BUNDLE(301, 0) + 2);
	set(v, BUNDLE, at, s.len - 138);
}
static void swapped(struct victim *v)
{
	nothing(v);
	struct span s = get(v, BUNDLE);
	char *at = (char *)(uintptr_t)s.at, copy[138];
	memcpy(copy, at + IN_BUNDLE(300, 0) - 2, 138);
	memcpy(at + IN_BUNDLE(300, 0) - 2, at + IN_BUNDLE(310, 0) - 2, 138);
	memcpy(at + IN_BUNDLE(310, 0) - 2, copy, 138);
	set(v, BUNDLE, at, s.len);
}
static void no_bundle(struct victim *v)
{
	nothing(v);
	assert_int_equal(unlink(path_in(v, BUNDLE)), 0);
}
static void no_tile(struct victim *v)
{
	nothing(v);
	assert_int_equal(unlink(path_in(v, "tile/0/000")), 0);
}
static void no_partial(struct victim *v)
{
	nothing(v);
	assert_int_equal(unlink(path_in(v, "tile/1/000.p/2")), 0);
}
static void cut_tile(struct victim *v)
{
	nothing(v);
	assert_int_equal(truncate(path_in(v, "tile/0/001"), 8000), 0);
}
static void empty_tile(struct victim *v)
{
	nothing(v);
	assert_int_equal(truncate(path_in(v, "tile/0/001"), 0), 0);
}
static void cut_bundle(struct victim *v)
{
	nothing(v);
	assert_int_equal(truncate(path_in(v, BUNDLE), 138 * 255), 0);
}
static void long_tile(struct victim *v)
{
	nothing(v);
	assert_int_equal(truncate(path_in(v, "tile/0/001"), 8193), 0);
}
static void long_bundle(struct victim *v)
{
	nothing(v);
	assert_int_equal(truncate(path_in(v, BUNDLE), 138 * 256 + 1), 0);
}
static void extra(struct victim *v)
{
	nothing(v);
	set(v, "tile/0/001.bak", "x", 1);
}
static void extra_top(struct victim *v)
{
	nothing(v);
	set(v, "index.html", "x", 1);
}
static void extra_level(struct victim *v)
{
	nothing(v);
	assert_int_equal(dir_make(path_in(v, "tile/9"), 0755), 0);
	set(v, "tile/9/000", "x", 1);
}
static void workshop(struct victim *v)
{
	nothing(v);
	set(v, ".new/7", "left over", 9);
}
static void beyond(struct victim *v)
{
	nothing(v);
	set(v, "tile/0/003", "x", 1);
}
static void beyond_partial(struct victim *v)
{
	nothing(v);
	set(v, "tile/0/002.p/189", "x", 1);
}

/* The tree of a leaf that never was right, signed all the same. */
static void signed_seq_gap(struct victim *v)
{
	struct leaf l = leaf_of(v, 400);
	l.seq = 401;
	rewrite(v, 400, &l);
	nothing(v);
}
static void signed_back_in_time(struct victim *v)
{
	struct leaf l = leaf_of(v, 400);
	l.accepted_at.us -= 1000000;
	rewrite(v, 400, &l);
	nothing(v);
}
static void signed_broken_chain(struct victim *v)
{
	v->log.leaf[400][72] ^= 1;
	nothing(v);
}
static void signed_no_leaf(struct victim *v)
{
	v->log.leaf[400][0] = 'x';
	nothing(v);
}
static void signed_first_chained(struct victim *v)
{
	v->log.leaf[0][72] = 1;
	nothing(v);
}
static void checkpoint_with(struct victim *v, const struct privkey *k, const char *origin, uint64_t size,
                            struct hash root)
{
	char at[CHECKPOINT_MAX];

	nothing(v);
	struct span n = note_of(at, k, origin, size, root);
	set(v, "checkpoint", n.at, n.len);
}
static void no_checkpoint(struct victim *v)
{
	nothing(v);
	assert_int_equal(unlink(path_in(v, "checkpoint")), 0);
}
static void junk_checkpoint(struct victim *v)
{
	nothing(v);
	set(v, "checkpoint", "junk\n", 5);
}
static void empty_checkpoint(struct victim *v)
{
	nothing(v);
	set(v, "checkpoint", "", 0);
}
static void other_key(struct victim *v) { checkpoint_with(v, &stranger, ORIGIN, SIZE, naive_root(good.hash, SIZE)); }
static void other_origin(struct victim *v)
{
	checkpoint_with(v, &key, "another.example/log", SIZE, naive_root(good.hash, SIZE));
}
static void other_root(struct victim *v) { checkpoint_with(v, &key, ORIGIN, SIZE, naive_root(good.hash, SIZE - 1)); }
static void smaller_checkpoint(struct victim *v) { checkpoint_with(v, &key, ORIGIN, 699, naive_root(good.hash, 699)); }
static void larger_checkpoint(struct victim *v) { checkpoint_with(v, &key, ORIGIN, 701, naive_root(good.hash, 700)); }
static void unsigned_note(struct victim *v)
{
	char at[CHECKPOINT_MAX];
	struct writer w = writer_over(at, sizeof at);

	nothing(v);
	put_checkpoint(&w, ORIGIN, SIZE, naive_root(good.hash, SIZE));
	put_z(&w, "\n");
	set(v, "checkpoint", w.at, w.len);
}
static void signed_by_name(struct victim *v) /* only a witness's line stands on it */
{
	char at[CHECKPOINT_MAX];
	struct writer w = writer_over(at, sizeof at);

	nothing(v);
	put_checkpoint(&w, ORIGIN, SIZE, naive_root(good.hash, SIZE));
	put_z(&w, "\n\xe2\x80\x94 witness.example AAAAAAAAAA==\n");
	set(v, "checkpoint", w.at, w.len);
}
static void flipped_signature(struct victim *v)
{
	nothing(v);
	struct span s = get(v, "checkpoint");
	char *at = (char *)(uintptr_t)s.at;
	at[s.len - 20] = at[s.len - 20] == 'A' ? 'B' : 'A';
	set(v, "checkpoint", at, s.len);
}
static void see(struct victim *v, uint64_t size, struct hash root)
{
	nothing(v);
	v->seen = (struct checkpoint){ .size = size, .root = root };
	v->has_seen = true;
}
static void seen_prefix(struct victim *v) { see(v, 333, naive_root(good.hash, 333)); }
static void seen_empty(struct victim *v) { see(v, 0, naive_root(good.hash, 0)); }
static void seen_all(struct victim *v) { see(v, SIZE, naive_root(good.hash, SIZE)); }
static void seen_fork(struct victim *v) { see(v, 333, naive_root(good.hash, 334)); }
static void seen_more(struct victim *v) { see(v, SIZE + 1, naive_root(good.hash, SIZE)); }

static const struct {
	const char *what;
	spoil_fn *spoil;
	enum log_verdict want;
} corpus[] = {
	{ "nothing is wrong", nothing, LOG_GOOD },
	{ "published in steps", in_steps, LOG_GOOD },
	{ "what the writer left in its workshop", workshop, LOG_GOOD },
	{ "a checkpoint seen before is a prefix", seen_prefix, LOG_GOOD },
	{ "the empty log was seen before", seen_empty, LOG_GOOD },
	{ "the same was seen before", seen_all, LOG_GOOD },
	{ "leaf: magic", magic, LOG_BAD_LEAF },
	{ "leaf: filler", filler, LOG_BAD_LEAF },
	{ "leaf: seq", seq, LOG_SEQ },
	{ "leaf: time, lower", time_byte, LOG_TIME },
	{ "leaf: time, otherwise", later, LOG_ENTRY_DIFFERS },
	{ "leaf: kind", kind, LOG_ENTRY_DIFFERS },
	{ "leaf: outcome", outcome, LOG_ENTRY_DIFFERS },
	{ "leaf: statement hash", statement, LOG_ENTRY_DIFFERS },
	{ "leaf: previous", previous, LOG_CHAIN },
	{ "leaf: decision", decision, LOG_ENTRY_DIFFERS },
	{ "leaf: the very last byte of the log", last_entry, LOG_ENTRY_DIFFERS },
	{ "bundle: an entry's length", entry_length, LOG_BAD_LEAF },
	{ "tile: a leaf hash", leaf_tile, LOG_TILE_DIFFERS },
	{ "tile: a hash above", upper_tile, LOG_TILE_DIFFERS },
	{ "partial tile that was outgrown", stale_tile, LOG_PARTIAL_DIFFERS },
	{ "partial bundle that was outgrown", stale_bundle, LOG_PARTIAL_DIFFERS },
	{ "an entry removed", removed, LOG_SEQ },
	{ "two entries swapped", swapped, LOG_SEQ },
	{ "a bundle is gone", no_bundle, LOG_MISSING_FILE },
	{ "a tile is gone", no_tile, LOG_MISSING_FILE },
	{ "a partial tile is gone", no_partial, LOG_MISSING_FILE },
	{ "a tile is cut", cut_tile, LOG_TRUNCATED },
	{ "a tile is empty", empty_tile, LOG_TRUNCATED },
	{ "a bundle is cut between entries", cut_bundle, LOG_TRUNCATED },
	{ "a tile is longer", long_tile, LOG_OVERLONG },
	{ "a bundle is longer", long_bundle, LOG_OVERLONG },
	{ "a strange file among tiles", extra, LOG_EXTRA_FILE },
	{ "a strange file on top", extra_top, LOG_EXTRA_FILE },
	{ "a level that cannot be", extra_level, LOG_EXTRA_FILE },
	{ "a full tile beyond the end", beyond, LOG_BEYOND },
	{ "a partial tile beyond the end", beyond_partial, LOG_BEYOND },
	{ "signed: seq skips a number", signed_seq_gap, LOG_SEQ },
	{ "signed: time goes back", signed_back_in_time, LOG_TIME },
	{ "signed: chain broken", signed_broken_chain, LOG_CHAIN },
	{ "signed: not a leaf", signed_no_leaf, LOG_BAD_LEAF },
	{ "signed: the first entry follows something", signed_first_chained, LOG_CHAIN },
	{ "no checkpoint", no_checkpoint, LOG_NO_CHECKPOINT },
	{ "checkpoint is junk", junk_checkpoint, LOG_BAD_CHECKPOINT },
	{ "checkpoint is empty", empty_checkpoint, LOG_BAD_CHECKPOINT },
	{ "checkpoint by another key of the same name", other_key, LOG_BAD_SIGNATURE },
	{ "checkpoint of another origin", other_origin, LOG_WRONG_ORIGIN },
	{ "checkpoint with another root", other_root, LOG_WRONG_ROOT },
	{ "checkpoint put back", smaller_checkpoint, LOG_MISSING_FILE },
	{ "checkpoint ahead of the tiles", larger_checkpoint, LOG_MISSING_FILE },
	{ "checkpoint not signed", unsigned_note, LOG_UNSIGNED },
	{ "checkpoint with a witness's line only", signed_by_name, LOG_UNSIGNED },
	{ "checkpoint with a spoiled signature", flipped_signature, LOG_BAD_SIGNATURE },
	{ "not the log seen before", seen_fork, LOG_FORKED },
	{ "less than was seen before", seen_more, LOG_BEHIND },
};

static void corrupted_logs(void **state)
{
	bool used[ARRAY_LEN(corpus)] = { false };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(corpus); i++) {
		struct victim v = victim_new();
		struct log_report r;

		corpus[i].spoil(&v);
		enum log_verdict got = verdict_of(&v, &r);
		if (got != corpus[i].want)
			print_message("%s: %s %s at %llu\n", corpus[i].what, log_verdict_name(got), r.path,
			              (unsigned long long)r.at);
		assert_int_equal(got, corpus[i].want);
		if (got == LOG_GOOD)
			assert_int_equal(r.entries, SIZE);
		used[i] = true;
		victim_free(&v);
	}
	assert_true(used[ARRAY_LEN(corpus) - 1]);
}

/* A checkpoint that was put back over what came later: all it needs is there, and more. */
static void rolled_back(void **state)
{
	struct victim v = victim_new();
	char old[CHECKPOINT_MAX];
	struct log_report r;

	(void)state;
	publish(&v, 0, 512, true);
	struct span n = get(&v, "checkpoint");
	memcpy(old, n.at, n.len);
	publish(&v, 512, SIZE, true);
	set(&v, "checkpoint", old, n.len);
	assert_int_equal(verdict_of(&v, &r), LOG_BEYOND);
	victim_free(&v);
}

static struct victim growing;
static atomic_bool grown;

static void *grow(void *arg)
{
	uint64_t step = 7;

	(void)arg;
	for (uint64_t at = 0; at < SIZE; at += step) {
		step = step < SIZE - at ? step : SIZE - at;
		publish(&growing, at, at + step, true);
	}
	grown = true;
	return NULL;
}

/* A server publishes while we read: its tiles come before their checkpoint, its partial tiles go when they are full. */
static void a_log_that_grows_is_not_corrupt(void **state)
{
	struct log_report r;
	pthread_t writer;
	unsigned looks = 0;

	(void)state;
	growing = victim_new();
	grown = false;
	assert_int_equal(pthread_create(&writer, NULL, grow, NULL), 0);
	while (!grown) {
		enum log_verdict got = verdict_of(&growing, &r);

		if (got == LOG_NO_CHECKPOINT) /* not yet */
			continue;
		if (got != LOG_GOOD)
			print_message("%s %s at %llu\n", log_verdict_name(got), r.path, (unsigned long long)r.at);
		assert_int_equal(got, LOG_GOOD);
		looks++;
	}
	pthread_join(writer, NULL);
	assert_int_equal(verdict_of(&growing, &r), LOG_GOOD);
	assert_int_equal(r.entries, SIZE);
	assert_true(looks > 3);
	victim_free(&growing);
}

/* --- every byte --- */

static char found[64][128];
static size_t n_found, root_len;

static int note_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_F && n_found < ARRAY_LEN(found))
		snprintf(found[n_found++], sizeof found[0], "%s", path + root_len + 1);
	return 0;
}

static void every_byte_counts(void **state)
{
	struct victim v = victim_new();
	struct log_report r;
	size_t flips = 0;

	(void)state;
	in_steps(&v);
	assert_int_equal(verdict_of(&v, &r), LOG_GOOD);
	root_len = strlen(v.dir.path);
	n_found = 0;
	assert_int_equal(nftw(v.dir.path, note_file, 8, FTW_PHYS), 0);
	assert_true(n_found >= 10);
	for (size_t i = 0; i < n_found; i++) {
		struct stat st;

		assert_int_equal(stat(path_in(&v, found[i]), &st), 0);
		int fd = open(path_in(&v, found[i]), O_RDWR);
		/* all bytes of the small files, a prime step through the large ones so that all classes are met */
		off_t step = st.st_size < 400 ? 1 : 97;
		for (off_t at = 0; at < st.st_size; at += step, flips++) {
			char was, bad;

			assert_int_equal(pread(fd, &was, 1, at), 1);
			bad = (char)(was ^ 1);
			assert_int_equal(pwrite(fd, &bad, 1, at), 1);
			if (verdict_of(&v, &r) == LOG_GOOD)
				print_message("%s byte %lld\n", found[i], (long long)at);
			assert_int_not_equal(r.verdict, LOG_GOOD);
			assert_int_equal(pwrite(fd, &was, 1, at), 1);
		}
		close(fd);
	}
	assert_true(flips > 1000);
	assert_int_equal(verdict_of(&v, &r), LOG_GOOD);
	victim_free(&v);
}

/* --- a database in memory --- */

struct rows {
	struct stored_entry entry[SIZE + 2];
	uint8_t leaf[SIZE + 2][LEAF_LEN];
	char statement[SIZE + 2][16];
	size_t n;
	struct head head;
	uint64_t signed_at[8];
	char note[8][CHECKPOINT_MAX];
	size_t note_len[8], n_notes;
	bool gone;
};

static enum fault rows_head(void *from, struct head *ret)
{
	struct rows *r = from;

	*ret = r->head;
	return r->gone ? E_UNAVAILABLE : OK;
}

static enum fault rows_entries(void *from, uint64_t at, size_t max, struct arena *mem, struct stored_entry **ret,
                               size_t *n)
{
	struct rows *r = from;
	size_t i = 0;

	(void)mem;
	while (i < r->n && r->entry[i].seq < at)
		i++;
	*ret = r->entry + i;
	*n = r->n - i < max ? r->n - i : max;
	return OK;
}

static enum fault rows_checkpoint(void *from, uint64_t size, struct arena *mem, uint64_t *at, struct span *note)
{
	struct rows *r = from;

	(void)mem;
	for (size_t i = 0; i < r->n_notes; i++) {
		if (r->signed_at[i] < size)
			continue;
		*at = r->signed_at[i];
		*note = (struct span){ r->note[i], r->note_len[i] };
		return OK;
	}
	return E_NOT_FOUND;
}

static void rows_sign(struct rows *r, uint64_t at, const struct privkey *k, const char *origin, struct hash root)
{
	r->signed_at[r->n_notes] = at;
	r->note_len[r->n_notes] = note_of(r->note[r->n_notes], k, origin, at, root).len;
	r->n_notes++;
}

static void rows_head_of(struct rows *r)
{
	r->head = (struct head){ .range = range_empty(), .epoch = 1 };
	for (size_t i = 0; i < r->n; i++) {
		r->head.last_leaf = leaf_hash(r->entry[i].leaf);
		range_append(&r->head.range, r->head.last_leaf);
	}
	if (r->n > 0)
		r->head.accepted_at.us = (int64_t)be64_get(r->leaf[r->n - 1] + 24);
}

static struct rows *rows_new(void)
{
	struct rows *r = calloc(1, sizeof *r);
	struct hash previous = { { 0 } };

	for (size_t i = 0; i < SIZE; i++) {
		snprintf(r->statement[i], sizeof r->statement[i], "statement %zu", i);
		struct span s = span_z(r->statement[i]);
		struct leaf l = { .seq = i,
			          .accepted_at = { (int64_t)(1000 + i) },
			          .kind = (uint16_t)(i % 40 + 1),
			          .outcome = i % 9 == 4 ? 300 : 0,
			          .statement = sha256(s),
			          .previous = previous };
		leaf_encode(&l, r->leaf[i]);
		struct span leaf = { (const char *)r->leaf[i], LEAF_LEN };
		r->entry[i] = (struct stored_entry){ .seq = i,
			                             .leaf = leaf,
			                             .statement = s,
			                             .kind = l.kind,
			                             .outcome = l.outcome,
			                             .statement_hash = l.statement };
		previous = leaf_hash(leaf);
	}
	static const size_t at[] = { 2, 255, 256, 511, SIZE };
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		r->n = at[i];
		rows_head_of(r);
		rows_sign(r, at[i], &key, ORIGIN, range_root(&r->head.range));
	}
	return r;
}

typedef void spoil_rows_fn(struct rows *r, struct log_verify_conf *c);
#define SPOIL(name) static void name(struct rows *r, struct log_verify_conf *c)

static struct checkpoint seen;

SPOIL(db_good)
{
	(void)r;
	(void)c;
}
SPOIL(db_gone)
{
	(void)c;
	r->gone = true;
}
SPOIL(db_statement)
{
	(void)c;
	r->statement[300][3] ^= 1;
}
SPOIL(db_kind)
{
	(void)c;
	r->entry[300].kind++;
}
SPOIL(db_outcome)
{
	(void)c;
	r->entry[300].outcome = r->entry[300].outcome ? 0 : 300;
}
SPOIL(db_hash)
{
	(void)c;
	r->entry[300].statement_hash.b[0] ^= 1;
}
SPOIL(db_erased)
{
	(void)c;
	r->entry[300].statement.len = 0;
}
SPOIL(db_erased_allowed)
{
	c->erased_may_lack = true;
	r->entry[300].statement.len = 0;
}
SPOIL(db_leaf_decision)
{
	(void)c;
	r->leaf[300][110] ^= 1;
}
SPOIL(db_leaf_magic)
{
	(void)c;
	r->leaf[300][1] ^= 1;
}
SPOIL(db_leaf_seq)
{
	(void)c;
	r->leaf[300][23] ^= 1;
}
SPOIL(db_leaf_previous)
{
	(void)c;
	r->leaf[300][73] ^= 1;
}
SPOIL(db_last_leaf)
{
	(void)c;
	r->leaf[SIZE - 1][110] ^= 1;
}
SPOIL(db_time)
{
	(void)c;
	r->leaf[300][30] = 0;
	r->leaf[300][31] = 1;
}
SPOIL(db_row_gone)
{
	(void)c;
	memmove(r->entry + 300, r->entry + 301, (SIZE - 301) * sizeof r->entry[0]);
	r->n--;
}
SPOIL(db_tail_gone)
{
	(void)c;
	r->n -= 10;
}
SPOIL(db_tail_gone_neatly)
{
	(void)c;
	r->n -= 10;
	rows_head_of(r); /* the head moved back with it: only what was signed knows */
}
SPOIL(db_row_more)
{
	(void)c;
	r->entry[SIZE] = r->entry[SIZE - 1];
	r->entry[SIZE].seq = SIZE;
	r->n++;
}
SPOIL(db_peak)
{
	(void)c;
	r->head.range.peak[1].b[9] ^= 1;
}
SPOIL(db_head_leaf)
{
	(void)c;
	r->head.last_leaf.b[9] ^= 1;
}
SPOIL(db_head_time)
{
	(void)c;
	r->head.accepted_at.us++;
}
SPOIL(db_head_size)
{
	(void)c;
	r->head.range.size++;
}
SPOIL(db_note_key)
{
	(void)c;
	r->n_notes = 4;
	rows_sign(r, SIZE, &stranger, ORIGIN, range_root(&r->head.range));
}
SPOIL(db_note_origin)
{
	(void)c;
	r->n_notes = 4;
	rows_sign(r, SIZE, &key, "x.example/y", range_root(&r->head.range));
}
SPOIL(db_note_root)
{
	(void)c;
	r->n_notes = 4;
	rows_sign(r, SIZE, &key, ORIGIN, r->head.last_leaf);
}
SPOIL(db_note_size)
{
	(void)c;
	r->signed_at[1]--;
}
SPOIL(db_note_byte)
{
	(void)c;
	r->note[2][r->note_len[2] - 9] ^= 1;
}
SPOIL(db_note_ahead)
{
	(void)c;
	rows_sign(r, SIZE + 5, &key, ORIGIN, range_root(&r->head.range));
}
SPOIL(db_seen_fork)
{
	seen = (struct checkpoint){ .size = 100, .root = r->head.last_leaf };
	c->seen = &seen;
}
SPOIL(db_seen_more)
{
	seen = (struct checkpoint){ .size = SIZE + 1, .root = r->head.last_leaf };
	c->seen = &seen;
}
/* History rewritten from 300 on, chain and head made to fit: the checkpoints signed before stand against it. */
SPOIL(db_rewritten)
{
	(void)c;
	r->leaf[300][110] ^= 1;
	for (size_t i = 301; i < SIZE; i++) {
		struct hash h = leaf_hash(r->entry[i - 1].leaf);
		memcpy(r->leaf[i] + 72, h.b, HASH_LEN);
	}
	rows_head_of(r);
}

static const struct {
	const char *what;
	spoil_rows_fn *spoil;
	enum log_verdict want;
} rows_corpus[] = {
	{ "nothing is wrong", db_good, LOG_GOOD },
	{ "an erased statement, allowed", db_erased_allowed, LOG_GOOD },
	{ "no database", db_gone, LOG_UNREACHABLE },
	{ "statement changed", db_statement, LOG_STATEMENT },
	{ "statement gone", db_erased, LOG_NO_STATEMENT },
	{ "column kind", db_kind, LOG_COLUMN },
	{ "column outcome", db_outcome, LOG_COLUMN },
	{ "column statement_hash", db_hash, LOG_COLUMN },
	{ "leaf: decision", db_leaf_decision, LOG_CHAIN },
	{ "leaf: magic", db_leaf_magic, LOG_BAD_LEAF },
	{ "leaf: seq against its column", db_leaf_seq, LOG_COLUMN },
	{ "leaf: previous", db_leaf_previous, LOG_CHAIN },
	{ "leaf: time back", db_time, LOG_TIME },
	{ "the last leaf: only the checkpoint knows", db_last_leaf, LOG_STORED_CHECKPOINT },
	{ "a row deleted", db_row_gone, LOG_MISSING_ENTRY },
	{ "the last rows deleted", db_tail_gone, LOG_MISSING_ENTRY },
	{ "the last rows and the head set back", db_tail_gone_neatly, LOG_BEHIND },
	{ "a row beyond the head", db_row_more, LOG_HEAD },
	{ "head: a peak", db_peak, LOG_HEAD },
	{ "head: last leaf", db_head_leaf, LOG_HEAD },
	{ "head: time", db_head_time, LOG_HEAD },
	{ "head: size", db_head_size, LOG_MISSING_ENTRY },
	{ "checkpoint: key", db_note_key, LOG_STORED_CHECKPOINT },
	{ "checkpoint: origin", db_note_origin, LOG_STORED_CHECKPOINT },
	{ "checkpoint: root", db_note_root, LOG_STORED_CHECKPOINT },
	{ "checkpoint: size column", db_note_size, LOG_STORED_CHECKPOINT },
	{ "checkpoint: signature", db_note_byte, LOG_STORED_CHECKPOINT },
	{ "checkpoint for more than there is", db_note_ahead, LOG_BEHIND },
	{ "not the log seen before", db_seen_fork, LOG_FORKED },
	{ "less than was seen before", db_seen_more, LOG_BEHIND },
	{ "rewritten with everything made to fit", db_rewritten, LOG_STORED_CHECKPOINT },
};

static void corrupted_databases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows_corpus); i++) {
		struct rows *r = rows_new();
		struct log_rows rows = { r, rows_head, rows_entries, rows_checkpoint };
		struct log_verify_conf conf = { .key = &vkey };
		struct log_report report;

		rows_corpus[i].spoil(r, &conf);
		enum log_verdict got = log_verify_rows(&rows, &conf, &report);
		if (got != rows_corpus[i].want)
			print_message("%s: %s at %llu\n", rows_corpus[i].what, log_verdict_name(got),
			              (unsigned long long)report.at);
		assert_int_equal(got, rows_corpus[i].want);
		if (got == LOG_GOOD)
			assert_int_equal(report.checkpoints, 5);
		assert_true((got == LOG_GOOD) == (log_verdict_exit(got) == 0));
		free(r);
	}
}

/* --- every verdict its own code --- */

static void codes(void **state)
{
	static const enum log_verdict all[] = {
#define VERDICT(name, code, text) LOG_##name,
		LOG_VERDICTS(VERDICT)
#undef VERDICT
	};
	bool used[256] = { false };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		int code = log_verdict_exit(all[i]);

		assert_in_range(code, 0, 125);
		assert_false(used[code]);
		assert_true(code != 1 && code != 2);
		used[code] = true;
		assert_true(strlen(log_verdict_text(all[i])) > 10);
	}
}

/* --- the second opinion --- */

static void readback_agrees(void **state)
{
	(void)state;
	for (size_t before = 0; before < 70; before++)
		for (size_t n = 0; n < 40; n++) {
			struct range r = range_empty(), after;
			struct hash root, only, last = { { 0 } };
			size_t bad;

			for (size_t i = 0; i < before; i++)
				range_append(&r, last = good.hash[i]);
			struct moment at = before ? leaf_of(&(struct victim){ .log = good }, before - 1).accepted_at
			                          : (struct moment){ 0 };
			struct readback b = readback_from(&r, last, at);
			assert_int_equal(readback_batch(&b, good.leaf[before], n, &root, &bad), LEAF_GOOD);
			readback_root(&r, good.leaf[before], n, &only);
			after = r;
			for (size_t i = 0; i < n; i++)
				range_append(&after, good.hash[before + i]);
			assert_true(hash_eq(root, range_root(&after)));
			assert_true(hash_eq(root, only));
			assert_true(counter_is(&b.tree, &after));
			assert_false(n > 0 && counter_is(&b.tree, &r));
		}
}

static void readback_sees_a_flipped_bit(void **state)
{
	uint8_t leaf[40][LEAF_LEN];
	struct hash want, root;
	unsigned unseen = 0;

	(void)state;
	readback_root(NULL, good.leaf[0], 40, &want);
	for (size_t byte = 0; byte < LEAF_LEN; byte++) {
		struct readback b =
			readback_from(&(struct range){ .size = 0 }, (struct hash){ { 0 } }, (struct moment){ 0 });
		size_t bad = 99;

		memcpy(leaf, good.leaf[0], sizeof leaf);
		leaf[17][byte] ^= 0x10;
		if (readback_batch(&b, leaf[0], 40, &root, &bad) == LEAF_GOOD)
			unseen++;
		else
			assert_true(bad == 17 || bad == 18);
	}
	assert_int_equal(unseen, 0); /* the next leaf's chain sees what the leaf's own form does not */
	assert_int_equal(hash_eq(want, naive_root(good.hash, 40)), 1);
}

/* --- logs of others --- */

static void tessera_testlog(void **state)
{
	char path[1024];
	struct vkey theirs;
	struct log_report r;

	(void)state;
	snprintf(path, sizeof path, "%s/vectors/c2sp-tlog-tiles-tessera-testlog/testdata/log", shared_dir());
	int dir = open(path, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		skip();
	assert_true(vkey_parse(S("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"),
	                       &theirs));
	struct log_verify_conf conf = { .key = &theirs, .depth = LOG_ENTRIES };
	struct log_files files = { .fetch = tile_file, .from = &dir, .dir = -1 };
	assert_int_equal(log_verify(&files, &conf, &r), LOG_GOOD);
	assert_int_equal(r.size, 15);
	assert_int_equal(r.entries, 15);
	/* It keeps checkpoints of its own beside the tiles, which are no part of a log. */
	files.dir = dir;
	assert_int_equal(log_verify(&files, &conf, &r), LOG_EXTRA_FILE);
	files.dir = -1;
	conf.depth = LOG_LEAVES;
	assert_int_equal(log_verify(&files, &conf, &r), LOG_BAD_LEAF);
	close(dir);
}

static void sunlight_testlog(void **state)
{
	char path[1024];
	struct checkpoint c = { .size = 0 };
	struct log_report r;
	struct arena mem = arena_over(room, sizeof room);
	struct span note;

	(void)state;
	snprintf(path, sizeof path,
	         "%s/vectors/c2sp-tlog-tiles-sunlight-testlog/cmd/skylight/testdata/witness/mirror/"
	         "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706",
	         shared_dir());
	int dir = open(path, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		skip();
	struct log_verify_conf conf = { .depth = LOG_TILES };
	struct log_files files = { .fetch = tile_file, .from = &dir, .dir = dir };
	assert_true(tile_file(&dir, "checkpoint", &mem, &note) && checkpoint_read(note, &c.size, &c.root));
	assert_int_equal(log_verify_tree(&files, &conf, c.size, c.root, &r), LOG_GOOD);
	assert_int_equal(r.files, 3);
	c.root.b[0] ^= 1;
	assert_int_equal(log_verify_tree(&files, &conf, c.size, c.root, &r), LOG_WRONG_ROOT);
	close(dir);
}

/* --- speed; a figure, not a gate --- */

static void count(void *arg, uint64_t done, uint64_t total)
{
	assert_true(done <= total);
	++*(unsigned *)arg;
}

static void speed(void **state)
{
	enum { MANY = 300000 };
	struct log_fixture f = log_make(MANY);
	struct temp_dir d = temp_dir();
	char why[256], note[CHECKPOINT_MAX];
	struct tiles *t = tiles_open(d.path, why, sizeof why);
	struct timespec a, b, c, e;
	struct log_report r;
	unsigned calls = 0;
	int dir = open(d.path, O_RDONLY | O_DIRECTORY);
	struct log_verify_conf conf = { .key = &vkey, .progress = count, .arg = &calls };
	struct log_files files = { .fetch = tile_file, .from = &dir, .dir = dir };
	struct hash root;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(tiles_extend(t, 0, f.leaf[0], MANY), OK);
	assert_int_equal(tiles_publish(t, note_of(note, &key, ORIGIN, MANY, tiles_root(t))), OK);
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_int_equal(log_verify(&files, &conf, &r), LOG_GOOD);
	clock_gettime(CLOCK_MONOTONIC, &c);
	readback_root(NULL, f.leaf[0], MANY, &root);
	clock_gettime(CLOCK_MONOTONIC, &e);
	assert_int_equal(calls, MANY / 65536 + 1);
#define SECONDS(x, y) ((double)((y).tv_sec - (x).tv_sec) + (double)((y).tv_nsec - (x).tv_nsec) / 1e9)
	print_message("tiles written %.0f leaves/s, log verified %.0f leaves/s, root read back %.0f leaves/s\n",
	              MANY / SECONDS(a, b), MANY / SECONDS(b, c), MANY / SECONDS(c, e));
	tiles_close(t);
	close(dir);
	log_free(&f);
	assert_int_equal(dir_remove(d.path), 0);
}

static int set_up(void **state)
{
	uint8_t seed[SEED_LEN] = { 7 }, seed2[SEED_LEN] = { 8 };
	char text[256];
	struct writer w = writer_over(text, sizeof text);

	(void)state;
	if (!crypto_start() || !privkey_from_seed(ALG_ED25519, seed, &key) ||
	    !privkey_from_seed(ALG_ED25519, seed2, &stranger))
		return -1;
	put_vkey(&w, ORIGIN, &key.pub);
	good = log_make(SIZE);
	return vkey_parse(writer_span(&w), &vkey) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	log_free(&good);
	return 0;
}

int main(void)
{
	const struct CMUnitTest test[] = {
		T(readback_agrees),
		T(readback_sees_a_flipped_bit),
		T(codes),
		T(corrupted_logs),
		T(rolled_back),
		T(a_log_that_grows_is_not_corrupt),
		T(every_byte_counts),
		T(corrupted_databases),
		T(tessera_testlog),
		T(sunlight_testlog),
		T(speed),
	};

	return cmocka_run_group_tests(test, set_up, tear_down);
}
