/* SPDX-License-Identifier: Apache-2.0 */
/*
 * detection.h: the detector behind the log, and its findings into the log.
 *
 * One thread folds the entries that a signed checkpoint covers, in order, and
 * has the registry enter what it finds. It never stands in the way of a write:
 * an answer says up to which entry detection has come, and a check of a claim
 * it has not judged yet says so too.
 *
 * After a start it folds the whole log again. What it finds then and is
 * entered already is known by its id; what was found and not yet entered when
 * the server stopped is entered now.
 */
#ifndef CF_DETECTION_H
#define CF_DETECTION_H

#include "detect.h"
#include "service/registrar.h"

struct detection;
struct detection_conf {
	const char *database_url;
	struct registrar *registrar;
	uint64_t (*size)(void *arg); /* entries that may be seen: those signed for */
	void *arg;
	size_t raise_max; /* findings entered together: a part of the queue, the rest is for the parties */
};
/* NULL without memory or thread, and *why. */
struct detection *detection_start(const struct detection_conf *conf, char *why, size_t why_len);
/* Entries before this one are judged, and what was found in them is entered. Any thread. */
uint64_t detection_next(const struct detection *d);
/* Runs fn with the detector while nobody changes it; for scores and maps of the network. Any thread. */
void detection_with(struct detection *d, void (*fn)(void *arg, const struct detector *), void *arg);
void detection_stop(struct detection *d); /* takes NULL; before the registrar closes */
#endif
