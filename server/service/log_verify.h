/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_verify.h: is this log what its checkpoint says, to the last byte?
 *
 * Everything is computed again from the entries, by the code of readback.h:
 * leaf hashes, every tile of every level, the root; and everything that was
 * stored is compared with it. The first thing that is not right ends the
 * search and is the verdict.
 *
 * A checker that fails silently is worse than none (tesseract#937 exits 0 on a
 * corrupted log). So a verdict starts as "not finished", each way a log can be
 * wrong has a verdict and an exit code of its own, and 0 is given in one place.
 *
 * The files come through a callback: a directory, HTTP, or a test.
 */
#ifndef CF_LOG_VERIFY_H
#define CF_LOG_VERIFY_H

#include "note.h"
#include "service/tiles.h"
#include "store/store.h"

/* VERDICT(name, exit code, text): the codes are public, see counterfoil-log(1). 1 and 2 are the command line's. */
#define LOG_VERDICTS(VERDICT)                                                                                \
	VERDICT(GOOD, 0, "every entry, hash and signature agrees")                                           \
	VERDICT(UNREACHABLE, 3, "the database or the files cannot be reached")                               \
	VERDICT(UNFINISHED, 4, "the verification did not come to its end")                                   \
	VERDICT(NO_CHECKPOINT, 10, "there is no checkpoint")                                                 \
	VERDICT(BAD_CHECKPOINT, 11, "the checkpoint is malformed")                                           \
	VERDICT(WRONG_ORIGIN, 12, "the checkpoint is another log's")                                         \
	VERDICT(UNSIGNED, 13, "the checkpoint bears no signature of the log's name")                         \
	VERDICT(BAD_SIGNATURE, 14, "the checkpoint bears the log's name but no valid signature of its key")  \
	VERDICT(WRONG_ROOT, 15, "the entries do not lead to the checkpoint's root")                          \
	VERDICT(BEHIND, 16, "the log has fewer entries than a checkpoint seen before")                       \
	VERDICT(FORKED, 17, "the log does not extend a checkpoint seen before: this is evidence, keep both") \
	VERDICT(MISSING_FILE, 20, "a file the checkpoint requires is not there")                             \
	VERDICT(TRUNCATED, 21, "a file is shorter than it must be")                                          \
	VERDICT(OVERLONG, 22, "a file is longer than it must be")                                            \
	VERDICT(EXTRA_FILE, 23, "a file that is no part of a log")                                           \
	VERDICT(BEYOND, 24, "a tile of entries the checkpoint does not cover")                               \
	VERDICT(PARTIAL_DIFFERS, 25, "a partial tile is not the beginning of the tile it grew into")         \
	VERDICT(TILE_DIFFERS, 26, "a hash tile is not what the entries give")                                \
	VERDICT(ENTRY_DIFFERS, 30, "an entry is not the one whose hash is in the tree")                      \
	VERDICT(BAD_LEAF, 31, "an entry is not a leaf of this registry: length, magic or filler")            \
	VERDICT(SEQ, 32, "an entry's number is not its place: one is missing, added or moved")               \
	VERDICT(TIME, 33, "an entry was accepted before the one it follows")                                 \
	VERDICT(CHAIN, 34, "an entry does not hold the hash of the one before it")                           \
	VERDICT(MISSING_ENTRY, 40, "the database lacks an entry")                                            \
	VERDICT(NO_STATEMENT, 41, "the database lacks the statement of an entry")                            \
	VERDICT(STATEMENT, 42, "a stored statement is not the one the entry commits to")                     \
	VERDICT(COLUMN, 43, "a column beside an entry differs from its leaf")                                \
	VERDICT(HEAD, 44, "the stored head is not what the entries give")                                    \
	VERDICT(STORED_CHECKPOINT, 45, "a stored checkpoint is not a signed checkpoint of this log at its size")

enum log_verdict {
#define VERDICT(name, code, text) LOG_##name,
	LOG_VERDICTS(VERDICT)
#undef VERDICT
};
int log_verdict_exit(enum log_verdict v);
const char *log_verdict_text(enum log_verdict v);
const char *log_verdict_name(enum log_verdict v); /* "TILE_DIFFERS" */

/* How much of a foreign log we understand. */
enum log_depth {
	LOG_LEAVES,  /* ours: every leaf is judged */
	LOG_ENTRIES, /* entries are opaque */
	LOG_TILES,   /* hash tiles only, entries are not looked at */
};
typedef void progress_fn(void *arg, uint64_t done, uint64_t total);

struct log_verify_conf {
	const struct vkey *key;
	enum log_depth depth;
	/* A checkpoint the asker has seen before and kept; NULL without. */
	const struct checkpoint *seen;
	bool erased_may_lack;  /* a statement that is not stored any more is counted, not a fault */
	progress_fn *progress; /* NULL without; called every 65 536 entries and at the end */
	void *arg;
};

struct log_report {
	enum log_verdict verdict;
	uint64_t size; /* of the checkpoint, or of the database's head */
	struct hash root;
	uint64_t entries;      /* found good */
	uint64_t files;        /* read */
	uint64_t checkpoints;  /* stored ones, found good */
	uint64_t erased;       /* statements lacking, where that is allowed */
	struct moment last_at; /* of the last good entry */
	uint64_t at;           /* the entry where it stopped being good */
	char path[128];        /* the file at fault, or empty */
};

struct log_files {
	fetch_fn *fetch;
	void *from;
	int dir; /* for finding files that should not be there; -1 where nothing can be listed */
};
/* Checkpoint, entries, tiles. */
enum log_verdict log_verify(const struct log_files *files, const struct log_verify_conf *conf, struct log_report *ret);
/* The same without the checkpoint file, against a size and root known to be signed. */
enum log_verdict log_verify_tree(const struct log_files *files, const struct log_verify_conf *conf, uint64_t size,
                                 struct hash root, struct log_report *ret);
/* What a checkpoint note is worth; size and root are set when it could be read at all. */
enum log_verdict log_judge_note(struct span note, const struct vkey *key, uint64_t *size, struct hash *root);

/* Where entries come from when it is not files; store.h has the contracts. */
struct log_rows {
	void *from;
	enum fault (*head)(void *from, struct head *ret);
	enum fault (*entries)(void *from, uint64_t at, size_t max, struct arena *mem, struct stored_entry **ret,
	                      size_t *n);
	enum fault (*checkpoint)(void *from, uint64_t size, struct arena *mem, uint64_t *at, struct span *note);
};
/* Entries, statements, columns, head and every stored checkpoint. Entries that arrive meanwhile are not looked at. */
enum log_verdict log_verify_rows(const struct log_rows *rows, const struct log_verify_conf *conf,
                                 struct log_report *ret);
enum log_verdict log_verify_store(struct store *s, const struct log_verify_conf *conf, struct log_report *ret);
#endif
