/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.h: the auditor: the whole log folded through the same decide() as the
 * server's, from genesis, and the result held against the database.
 *
 * For every entry: the signature of a key live at that place, the outcome and
 * the decision digest in the leaf. At the end: every row of every table,
 * column by column. A difference names the row, the column, both values and
 * the entry that set it last. Needs no clock and no trust in the operator;
 * without the fingerprint key everything but the fingerprints is compared.
 *
 * What detection found is found again, to the bit, as far as the log says that
 * this program's engine judged (engines.h). What another engine found cannot be
 * recomputed here: it is counted, and only held to have been its turn.
 *
 * A statement whose party was erased is not there any more. What was decided on it then is kept (residue.h), and the leaf's
 * digest proves it: it is applied as it stands, so that every entry behind it is decided again in the state it met, and
 * every row compared. Such entries are counted, and so are findings that cannot be made again without them: a replay that
 * met any is good as far as it goes, and says how far that is not.
 *
 * On the way it can be asked what other rules would have decided (what_if.h).
 */
#ifndef CF_REPLAY_H
#define CF_REPLAY_H

#include "service/engines.h"
#include "service/what_if.h"
#include "store/store.h"

enum replay_verdict {
	REPLAY_GOOD,
	REPLAY_DIFFERS,    /* at least one finding */
	REPLAY_UNREADABLE, /* the database did not give the log */
};
struct replay {
	struct store *store;
	struct span origin;
	struct span fp_key; /* empty: not known; a stand-in is used and fingerprints are not compared */
	/* one finding, as a sentence; progress, with the number of entries done and to do */
	void (*found)(void *arg, const char *finding);
	void (*progress)(void *arg, uint64_t done, uint64_t of);
	void *arg;
	bool undetected; /* a log behind which nobody detects: findings that are in no entry are no fault of it */
	struct what_if *what_if; /* NULL: only what is */
	/* Asked about every statement that could be decided again, in order; NULL: nobody asks. False ends the replay. */
	bool (*decided)(void *arg, const struct stored_entry *e, const struct command *c, const struct decision *d);
	bool entries_only; /* the state is not compared: the log may go on meanwhile */
	/* out */
	uint64_t entries, refused, rows, findings;
	uint64_t erased;     /* entries taken as decided, their statements being gone */
	uint64_t unsure;     /* findings that cannot be made again without those */
	uint64_t recomputed; /* entries of detection that were found again */
	size_t n_others;     /* engines this program does not carry; beyond the last, they are counted there */
	struct replay_engine {
		int64_t engine;
		uint64_t findings;
	} other[16];
};
enum replay_verdict replay_log(struct replay *r);
#endif
