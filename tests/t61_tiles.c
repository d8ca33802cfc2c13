/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t61_tiles.c: the published log as files.
 *
 * Goal: at every published size the directory holds exactly what tlog-tiles
 * says, whatever crashed before; and hashes read from it prove what the tree
 * proves. Method: names against the standard's examples; every size from 0 to
 * 600 and around 65 536 against hashes computed the slow way; states a crash
 * can leave, made by hand and by killing a writer; two logs others published.
 */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "logfix.h"
#include "note.h"
#include "service/tiles.h"

#define BIG (65536 + 1)

static struct log_fixture big;
static struct privkey key;
static char room[1 << 20];

/* --- helpers --- */

static struct tiles *open_at(const struct temp_dir *d, uint64_t size)
{
	char why[256] = "";
	struct tiles *t = tiles_open(d->path, why, sizeof why);

	assert_non_null(t);
	if (tiles_size(t) != size)
		print_message("why: %s\n", why);
	assert_int_equal(tiles_size(t), size);
	return t;
}

static enum fault publish_root(struct tiles *t, uint64_t size, struct hash root)
{
	char note[CHECKPOINT_MAX];
	struct writer w = writer_over(note, sizeof note);

	assert_true(checkpoint_sign(&w, &key, "tiles.example/log", size, root));
	return tiles_publish(t, writer_span(&w));
}

static void grow(struct tiles *t, uint64_t size)
{
	uint64_t from = tiles_size(t);

	assert_int_equal(tiles_extend(t, from, big.leaf[from], size - from), OK);
	assert_int_equal(tiles_size(t), size);
}

static void grow_publish(struct tiles *t, uint64_t size)
{
	grow(t, size);
	assert_int_equal(publish_root(t, size, naive_root(big.hash, size)), OK);
	assert_int_equal(tiles_published(t), size);
}

static struct span file_of(const struct temp_dir *d, const char *path)
{
	int dir = open(d->path, O_RDONLY | O_DIRECTORY);
	struct arena mem = arena_over(room, sizeof room);
	struct span got = { NULL, 0 };

	assert_true(dir >= 0);
	if (!tile_file(&dir, path, &mem, &got))
		got = (struct span){ NULL, 0 };
	close(dir);
	return got;
}

static void tile_is(const struct temp_dir *d, unsigned level, uint64_t index, unsigned width)
{
	struct tile t = { .level = level, .index = index, .width = width };
	char path[TILE_PATH_MAX];
	size_t span = (size_t)1 << (8 * level);

	tile_path(&t, path);
	struct span got = file_of(d, path);
	if (!got.at)
		print_message("%s is missing\n", path);
	assert_non_null(got.at);
	assert_int_equal(got.len, width * HASH_LEN);
	for (unsigned i = 0; i < width; i++) {
		struct hash want = naive_root(big.hash + (index * 256 + i) * span, span);
		assert_memory_equal(got.at + i * HASH_LEN, want.b, HASH_LEN);
	}
}

static void bundle_is(const struct temp_dir *d, uint64_t index, unsigned width)
{
	struct tile t = { .entries = true, .index = index, .width = width };
	char path[TILE_PATH_MAX];

	tile_path(&t, path);
	struct span got = file_of(d, path);
	assert_non_null(got.at);
	assert_int_equal(got.len, width * (2 + LEAF_LEN));
	for (unsigned i = 0; i < width; i++) {
		const char *at = got.at + i * (2 + LEAF_LEN);
		assert_int_equal(be16_get((const uint8_t *)at), LEAF_LEN);
		assert_memory_equal(at + 2, big.leaf[index * 256 + i], LEAF_LEN);
	}
}

/* Everything a checkpoint of this size requires; tiles before `from` were looked at before. */
static void directory_is(const struct temp_dir *d, uint64_t size, uint64_t from)
{
	for (unsigned level = 0; level < 3; level++) {
		uint64_t hashes = size >> (8 * level);
		for (uint64_t i = from >> (8 * level) >> 8; i < hashes / 256; i++) {
			tile_is(d, level, i, 256);
			if (level == 0)
				bundle_is(d, i, 256);
		}
		if (hashes % 256 == 0)
			continue;
		tile_is(d, level, hashes / 256, (unsigned)(hashes % 256));
		if (level == 0)
			bundle_is(d, hashes / 256, (unsigned)(hashes % 256));
	}
}

static bool there(const struct temp_dir *d, const char *path)
{
	char whole[256];
	struct stat st;

	snprintf(whole, sizeof whole, "%s/%s", d->path, path);
	return stat(whole, &st) == 0;
}

static void put(const struct temp_dir *d, const char *path, const void *at, size_t len)
{
	char whole[256];

	snprintf(whole, sizeof whole, "%s/%s", d->path, path);
	*strrchr(whole, '/') = 0;
	assert_int_equal(dir_make(whole, 0755), 0);
	snprintf(whole, sizeof whole, "%s/%s", d->path, path);
	assert_int_equal(file_write(whole, (struct span){ at, len }, 0644), 0);
}

/* --- names --- */

static void names(void **state)
{
	static const struct {
		struct tile t;
		const char *path;
	} row[] = {
		{ { false, 0, 0, 256 }, "tile/0/000" },
		{ { false, 0, 0, 1 }, "tile/0/000.p/1" },
		{ { false, 0, 273, 112 }, "tile/0/273.p/112" },
		{ { false, 1, 1, 17 }, "tile/1/001.p/17" },
		{ { false, 63, 999, 256 }, "tile/63/999" },
		{ { false, 0, 1000, 256 }, "tile/0/x001/000" },
		{ { false, 2, 1234067, 256 }, "tile/2/x001/x234/067" },
		{ { true, 0, 1234067, 255 }, "tile/entries/x001/x234/067.p/255" },
		{ { true, 0, UINT64_C(72057594037927935), 256 }, "tile/entries/x072/x057/x594/x037/x927/935" },
	};
	static const char *const bad[] = {
		"",
		"tile",
		"tile/",
		"tile/0",
		"tile/0/",
		"tile/0/0",
		"tile/0/00",
		"tile/0/0000",
		"tile/0/x000",
		"tile/0/x000/001",
		"tile/0/001/002",
		"tile/0/x1/002",
		"tile/0/X001/002",
		"tile/0/x001/x002",
		"tile/00/000",
		"tile/64/000",
		"tile/-1/000",
		"tile/+1/000",
		"tile/0/000.p",
		"tile/0/000.p/",
		"tile/0/000.p/0",
		"tile/0/000.p/01",
		"tile/0/000.p/256",
		"tile/0/000.p/1/",
		"tile/0/000.p/1.p/1",
		"tile/0/000/",
		"/tile/0/000",
		"tile/entry/000",
		"tile/entries/000.p/1000",
		"tile/0/0a0",
		"tile/0/ 00",
		"tile/0/x999/x999/x999/x999/x999/x999/x999/999",
		"tile//000",
		"tiles/0/000",
	};
	char path[TILE_PATH_MAX];
	struct tile t;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		tile_path(&row[i].t, path);
		assert_string_equal(path, row[i].path);
		assert_true(tile_path_parse(span_z(path), &t));
		assert_int_equal(t.entries, row[i].t.entries);
		assert_int_equal(t.level, row[i].t.level);
		assert_int_equal(t.index, row[i].t.index);
		assert_int_equal(t.width, row[i].t.width);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (tile_path_parse(span_z(bad[i]), &t))
			print_message("taken: %s\n", bad[i]);
		assert_false(tile_path_parse(span_z(bad[i]), &t));
	}
}

/* The standard's example: 70 000 entries. */
static void widths(void **state)
{
	(void)state;
	assert_int_equal(tile_width(0, 272, 70000), 256);
	assert_int_equal(tile_width(0, 273, 70000), 112);
	assert_int_equal(tile_width(0, 274, 70000), 0);
	assert_int_equal(tile_width(1, 0, 70000), 256);
	assert_int_equal(tile_width(1, 1, 70000), 17);
	assert_int_equal(tile_width(2, 0, 70000), 1);
	assert_int_equal(tile_width(3, 0, 70000), 0);
	assert_int_equal(tile_width(0, 1, 256), 0);
	assert_int_equal(tile_width(1, 0, 256), 1);
	assert_int_equal(tile_width(0, 0, 0), 0);
	assert_int_equal(tile_width(63, 0, UINT64_MAX), 0);
	assert_int_equal(tile_width(7, 0, UINT64_MAX), 255);
}

/* --- writing --- */

static void every_size_to_600(void **state)
{
	struct temp_dir d = temp_dir();
	struct tiles *t = open_at(&d, 0);

	(void)state;
	for (uint64_t size = 0; size <= 600; size++) {
		grow_publish(t, size);
		directory_is(&d, size, size < 300 ? 0 : size - 300);
		assert_true(hash_eq(tiles_root(t), naive_root(big.hash, size)));
	}
	directory_is(&d, 600, 0);
	/* partial tiles go when the full one has been published before the present checkpoint */
	assert_false(there(&d, "tile/0/000.p"));
	assert_false(there(&d, "tile/entries/001.p"));
	assert_true(there(&d, "tile/0/002.p/1"));
	assert_true(there(&d, "tile/1/000.p/1"));
	tiles_close(t);
	assert_int_equal(dir_remove(d.path), 0);
}

static void partials_stay_one_checkpoint(void **state)
{
	struct temp_dir d = temp_dir();
	struct tiles *t = open_at(&d, 0);

	(void)state;
	grow_publish(t, 200);
	grow_publish(t, 300); /* who holds 200 still needs 000.p/200 */
	assert_true(there(&d, "tile/0/000.p/200"));
	grow_publish(t, 301); /* now 300 and 301 are held, both with 000 full */
	assert_false(there(&d, "tile/0/000.p/200"));
	assert_false(there(&d, "tile/entries/000.p/200"));
	assert_true(there(&d, "tile/0/001.p/44"));
	tiles_close(t);
	assert_int_equal(dir_remove(d.path), 0);
}

static void around_65536(void **state)
{
	struct temp_dir d = temp_dir();
	struct tiles *t = open_at(&d, 0);

	(void)state;
	grow_publish(t, 65535);
	directory_is(&d, 65535, 0);
	grow_publish(t, 65536);
	directory_is(&d, 65536, 65000);
	grow_publish(t, 65537);
	directory_is(&d, 65537, 0);
	tiles_close(t);
	t = open_at(&d, 65537);
	assert_true(hash_eq(tiles_root(t), naive_root(big.hash, 65537)));
	tiles_close(t);
	assert_int_equal(dir_remove(d.path), 0);
}

static void refuses_what_does_not_fit(void **state)
{
	struct temp_dir d = temp_dir();
	struct tiles *t = open_at(&d, 0);

	(void)state;
	grow_publish(t, 100);
	assert_int_equal(tiles_extend(t, 99, big.leaf[99], 1), E_INTERNAL);
	assert_int_equal(tiles_extend(t, 101, big.leaf[101], 1), E_INTERNAL);
	grow(t, 110);
	assert_int_equal(publish_root(t, 109, naive_root(big.hash, 109)), E_INTERNAL);
	assert_int_equal(publish_root(t, 110, naive_root(big.hash, 109)), E_INTERNAL);
	assert_int_equal(tiles_publish(t, S("no checkpoint")), E_INTERNAL);
	assert_int_equal(tiles_published(t), 100);
	grow_publish(t, 110);
	tiles_close(t);
	assert_int_equal(dir_remove(d.path), 0);
}

/* --- reading --- */

static void proofs_from_tiles(void **state)
{
	static const uint64_t size[] = { 1, 2, 255, 256, 257, 600, 65535, 65536, 65537 };
	struct temp_dir d = temp_dir();
	struct tiles *t = open_at(&d, 0);
	int dir = open(d.path, O_RDONLY | O_DIRECTORY);
	struct tile_view *v = tile_view_new(tile_serve, &dir);

	(void)state;
	assert_non_null(v);
	grow_publish(t, 65537); /* one publication: all smaller sizes are cut from wider tiles */
	for (size_t i = 0; i < ARRAY_LEN(size); i++) {
		struct hash root, want = naive_root(big.hash, size[i]);
		struct proof p;

		tile_view_at(v, size[i]);
		assert_true(root_at(tiles_node, v, size[i], &root));
		assert_true(hash_eq(root, want));
		for (uint64_t k = 0; k < size[i]; k += 1 + size[i] / 50) {
			assert_true(prove_inclusion(tiles_node, v, k, size[i], &p));
			assert_true(verify_inclusion(big.hash[k], k, size[i], &p, want));
			assert_true(prove_consistency(tiles_node, v, k + 1, size[i], &p));
			assert_true(verify_consistency(k + 1, size[i], naive_root(big.hash, k + 1), want, &p));
		}
		assert_false(tiles_node(v, 0, size[i], &root));
	}
	tile_view_free(v);
	close(dir);
	tiles_close(t);
	assert_int_equal(dir_remove(d.path), 0);
}

static void entries_from_tiles(void **state)
{
	struct temp_dir d = temp_dir();
	struct tiles *t = open_at(&d, 0);
	int dir = open(d.path, O_RDONLY | O_DIRECTORY);
	struct tile_view *v = tile_view_new(tile_serve, &dir);
	struct arena mem = arena_over(room, sizeof room);
	struct span leaf;

	(void)state;
	grow_publish(t, 300);
	tile_view_at(v, 300);
	for (uint64_t i = 0; i < 300; i++) {
		arena_reset(&mem);
		assert_true(tiles_entry(v, i, &mem, &leaf));
		assert_int_equal(leaf.len, LEAF_LEN);
		assert_memory_equal(leaf.at, big.leaf[i], LEAF_LEN);
	}
	assert_false(tiles_entry(v, 300, &mem, &leaf));
	tile_view_free(v);
	close(dir);
	tiles_close(t);
	assert_int_equal(dir_remove(d.path), 0);
}

static void serves_what_was_never_published(void **state)
{
	struct temp_dir d = temp_dir();
	struct tiles *t = open_at(&d, 0);
	int dir = open(d.path, O_RDONLY | O_DIRECTORY);
	struct arena mem = arena_over(room, sizeof room);
	struct span got;

	(void)state;
	grow_publish(t, 300);
	assert_false(tile_file(&dir, "tile/0/000.p/7", &mem, &got));
	assert_true(tile_serve(&dir, "tile/0/000.p/7", &mem, &got));
	assert_int_equal(got.len, 7 * HASH_LEN);
	assert_memory_equal(got.at, big.hash, got.len);
	assert_true(tile_serve(&dir, "tile/0/001.p/43", &mem, &got)); /* out of .p/44 */
	assert_memory_equal(got.at, big.hash + 256, 43 * HASH_LEN);
	assert_true(tile_serve(&dir, "tile/entries/001.p/1", &mem, &got));
	assert_int_equal(got.len, 2 + LEAF_LEN);
	assert_false(tile_serve(&dir, "tile/0/001.p/45", &mem, &got));
	assert_false(tile_serve(&dir, "tile/0/001", &mem, &got));
	assert_false(tile_serve(&dir, "tile/0/../../checkpoint", &mem, &got) && !there(&d, "tile"));
	close(dir);
	tiles_close(t);
	assert_int_equal(dir_remove(d.path), 0);
}

/* --- crashes --- */

static void a_crash_before_the_checkpoint(void **state)
{
	struct temp_dir d = temp_dir();
	struct tiles *t = open_at(&d, 0);
	char old[CHECKPOINT_MAX];

	(void)state;
	grow_publish(t, 500);
	struct span note = file_of(&d, "checkpoint");
	memcpy(old, note.at, note.len);
	grow_publish(t, 900);
	tiles_close(t);
	/* all but the last rename happened, and a file was on its way */
	put(&d, "checkpoint", old, note.len);
	put(&d, ".new/3", "half", 4);
	t = open_at(&d, 500);
	assert_false(there(&d, ".new/3"));
	assert_false(there(&d, "tile/0/001"));
	assert_false(there(&d, "tile/0/003.p/132"));
	assert_false(there(&d, "tile/entries/002"));
	assert_false(there(&d, "tile/1/000.p/3"));
	directory_is(&d, 500, 0);
	grow_publish(t, 900);
	directory_is(&d, 900, 0);
	tiles_close(t);
	assert_int_equal(dir_remove(d.path), 0);
}

static void without_any_checkpoint(void **state)
{
	struct temp_dir d = temp_dir();
	struct tiles *t = open_at(&d, 0);

	(void)state;
	grow(t, 60000); /* more than one group of files, so some have their names */
	assert_true(there(&d, "tile/0/000"));
	tiles_close(t);
	t = open_at(&d, 0);
	assert_false(there(&d, "tile/0/000"));
	grow_publish(t, 700);
	directory_is(&d, 700, 0);
	tiles_close(t);
	assert_int_equal(dir_remove(d.path), 0);
}

/* What no crash of ours leaves, but a disk or a hand can: then all is made again, over what is there. */
static void a_damaged_edge(void **state)
{
	static const char *const victim[] = {
		"tile/0/002.p/88",
		"tile/1/000.p/2",
		"tile/entries/002.p/88",
		"checkpoint",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(victim); i++)
		for (int how = 0; how < 3; how++) {
			struct temp_dir d = temp_dir();
			struct tiles *t = open_at(&d, 0);
			char whole[256], why[256] = "";

			grow_publish(t, 600);
			tiles_close(t);
			struct span was = file_of(&d, victim[i]);
			char copy[40000];
			memcpy(copy, was.at, was.len);
			copy[was.len / 4] = (char)(copy[was.len / 4] ^ 1); /* in the checkpoint: its root */
			snprintf(whole, sizeof whole, "%s/%s", d.path, victim[i]);
			if (how == 0)
				put(&d, victim[i], copy, was.len);
			else if (how == 1)
				put(&d, victim[i], copy, was.len / 4 - 1);
			else
				assert_int_equal(unlink(whole), 0);
			t = tiles_open(d.path, why, sizeof why);
			assert_non_null(t);
			assert_int_equal(tiles_size(t), 0);
			assert_true(why[0] || (i == 3 && how == 2));
			grow_publish(t, 600);
			directory_is(&d, 600, 0);
			tiles_close(t);
			tiles_close(open_at(&d, 600));
			assert_int_equal(dir_remove(d.path), 0);
		}
}

/* A writer dies anywhere; what is published is always whole, and the next writer goes on. */
static void a_killed_writer(void **state)
{
	struct temp_dir d = temp_dir();
	uint64_t before = 0;

	(void)state;
	/* and on a slow machine as often as it takes to have written something */
	for (unsigned round = 0; round < 25 || before <= 100; round++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			char why[256];
			struct tiles *t = tiles_open(d.path, why, sizeof why);
			for (uint64_t size = tiles_size(t) + 1; size + 90 < BIG; size += 1 + (size * 7 + round) % 90)
				if (tiles_extend(t, tiles_size(t), big.leaf[tiles_size(t)], size - tiles_size(t)) !=
				            OK ||
				    publish_root(t, size, tiles_root(t)) != OK)
					_exit(1);
			_exit(0);
		}
		usleep(3000 + round * 1700);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		char why[256] = "";
		struct tiles *t = tiles_open(d.path, why, sizeof why);
		assert_non_null(t);
		assert_string_equal(why, "");
		assert_true(tiles_size(t) >= before);
		before = tiles_size(t);
		directory_is(&d, before, 0);
		tiles_close(t);
	}
	assert_true(before > 100);
	assert_int_equal(dir_remove(d.path), 0);
}

/* --- logs of others --- */

static void tessera_testlog(void **state)
{
	char path[1024];
	struct vkey vkey;
	const char *log = "vectors/c2sp-tlog-tiles-tessera-testlog/testdata/log";

	(void)state;
	snprintf(path, sizeof path, "%s/%s", shared_dir(), log);
	int dir = open(path, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		skip();
	assert_true(
		vkey_parse(S("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"), &vkey));
	struct tile_view *v = tile_view_new(tile_file, &dir);
	for (unsigned size = 0; size <= 15; size++) {
		struct checkpoint c;
		struct hash root;

		snprintf(path, sizeof path, "%s/checkpoint.%u", log, size);
		struct span note = shared_file(path);
		assert_non_null(note.at);
		assert_true(checkpoint_open(note, &vkey, &c));
		assert_int_equal(c.size, size);
		tile_view_at(v, size);
		assert_true(root_at(tiles_node, v, size, &root));
		assert_true(hash_eq(root, c.root));
		for (unsigned i = 0; i < size; i++) {
			struct arena mem = arena_over(room, sizeof room);
			struct span entry;
			struct proof p;

			assert_true(tiles_entry(v, i, &mem, &entry));
			assert_true(prove_inclusion(tiles_node, v, i, size, &p));
			assert_true(verify_inclusion(leaf_hash(entry), i, size, &p, c.root));
		}
		free((void *)(uintptr_t)note.at);
	}
	tile_view_free(v);
	close(dir);
}

static void sunlight_testlog(void **state)
{
	char path[1024];
	struct checkpoint c = { .size = 0 };
	struct vkey vkey;
	struct hash root;
	uint64_t time_s;
	const char *log = "vectors/c2sp-tlog-tiles-sunlight-testlog/cmd/skylight/testdata/witness/mirror/"
			  "000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706";

	(void)state;
	snprintf(path, sizeof path, "%s/%s", shared_dir(), log);
	int dir = open(path, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		skip();
	assert_true(vkey_parse(S("mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O"), &vkey));
	snprintf(path, sizeof path, "%s/checkpoint", log);
	struct span note = shared_file(path);
	assert_true(note_cosigned(note, &vkey, &time_s));
	assert_true(checkpoint_read(note, &c.size, &c.root));
	assert_int_equal(c.size, 300);
	struct tile_view *v = tile_view_new(tile_file, &dir);
	tile_view_at(v, c.size);
	assert_true(root_at(tiles_node, v, c.size, &root));
	assert_true(hash_eq(root, c.root));
	tile_view_free(v);
	close(dir);
	free((void *)(uintptr_t)note.at);
}

static int set_up(void **state)
{
	uint8_t seed[SEED_LEN] = { 1, 2, 3 };

	(void)state;
	if (!crypto_start() || !privkey_from_seed(ALG_ED25519, seed, &key))
		return -1;
	big = log_make(BIG);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	log_free(&big);
	return 0;
}

/* t61_tiles write DIR SIZE...: publishes a log at each of the sizes and says its verifier key; for t63_foreign.sh. */
static int write_log(int n, char **arg)
{
	char text[256] = "", why[256];
	struct writer w = writer_over(text, sizeof text - 1);
	void *none = NULL;
	struct tiles *t;

	if (set_up(&none) != 0 || !(t = tiles_open(arg[0], why, sizeof why)))
		return 1;
	for (int i = 1; i < n; i++) {
		uint64_t size = strtoull(arg[i], NULL, 10);

		if (size > BIG || size < tiles_size(t))
			return 1;
		grow_publish(t, size);
	}
	tiles_close(t);
	put_vkey(&w, "tiles.example/log", &key.pub);
	puts(text);
	return tear_down(&none);
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "write") == 0)
		return write_log(argc - 2, argv + 2);
	const struct CMUnitTest test[] = {
		T(names),
		T(widths),
		T(every_size_to_600),
		T(partials_stay_one_checkpoint),
		T(around_65536),
		T(refuses_what_does_not_fit),
		T(proofs_from_tiles),
		T(entries_from_tiles),
		T(serves_what_was_never_published),
		T(a_crash_before_the_checkpoint),
		T(without_any_checkpoint),
		T(a_damaged_edge),
		T(a_killed_writer),
		T(tessera_testlog),
		T(sunlight_testlog),
	};

	return cmocka_run_group_tests(test, set_up, tear_down);
}
