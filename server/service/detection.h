/* SPDX-License-Identifier: Apache-2.0 */
/*
 * detection.h: the detector behind the log, and its findings into the log.
 *
 * One thread folds the entries that a signed checkpoint covers, in order, and
 * has the registry enter what it finds. It never stands in the way of a write:
 * an answer says up to which entry detection has come, and a check of a claim
 * it has not judged yet says so too.
 *
 * After a start it folds the whole log again, while everything else is served.
 * What it finds then and is entered already is known by its id; what was found
 * and not yet entered when the server stopped is entered now. Where another
 * engine judged (engines.h) its findings stand: this one takes its turn with
 * an entry of its own, and raises nothing about entries before that turn.
 *
 * A fault of the database is waited out, longer each time; only a full memory
 * ends detection until the next start. Both are said: detection_status().
 */
#ifndef CF_DETECTION_H
#define CF_DETECTION_H

#include "detect.h"
#include "score.h"
#include "service/registrar.h"

struct detection;
struct detection_conf {
	const char *database_url;
	const struct vault *vault; /* opens statements; kept by reference */
	const char *state_dir;     /* keeps in detection.next how far which engine has judged */
	struct registrar *registrar;
	struct tail *tail;           /* of the log: where the sequencer puts what it committed */
	uint64_t (*size)(void *arg); /* entries that may be seen: those signed for */
	void *arg;
	size_t raise_max; /* findings entered together: a part of the queue, the rest is for the parties */
};
/* NULL without memory or thread, and *why. */
struct detection *detection_start(const struct detection_conf *conf, char *why, size_t why_len);
/* Entries before this one are judged, and what was found in them is entered. Any thread. */
uint64_t detection_next(const struct detection *d);

/* As the metric detection_state names them, in this order. */
enum detection_state { DETECTION_FOLDING, DETECTION_JUDGING, DETECTION_RETRYING, DETECTION_STOPPED };
struct detection_status {
	enum detection_state state;
	uint64_t folded;  /* entries read so far */
	uint64_t next;    /* as detection_next() */
	uint64_t memory;  /* bytes of what it knows */
	enum fault fault; /* why it retries or stopped */
};
/* Any thread, without waiting. */
struct detection_status detection_status(const struct detection *d);

/* Runs fn with the detector while nobody changes it; for maps of the network. It waits for one entry at most, and those
 * that asked before. Any thread. */
void detection_with(struct detection *d, void (*fn)(void *arg, const struct detector *), void *arg);
/* The score of a receivable, or of a party; false when no entry tells of it. Any thread. */
bool detection_score_claim(struct detection *d, struct uuid asset, struct score *ret);
bool detection_score_party(struct detection *d, struct uuid party, struct score *ret);
void detection_stop(struct detection *d); /* takes NULL; before the registrar closes */
#endif
