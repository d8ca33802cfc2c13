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
	/* out */
	uint64_t entries, refused, rows, findings;
	uint64_t recomputed; /* entries of detection that were found again */
	size_t n_others;     /* engines this program does not carry; beyond the last, they are counted there */
	struct replay_engine {
		int64_t engine;
		uint64_t findings;
	} other[16];
};
enum replay_verdict replay_log(struct replay *r);
#endif
