/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tiler.h: the thread that writes what everybody may read: signed checkpoints
 * into the database, tiles and the newest checkpoint into files.
 *
 * Files need the disk's word that they are there, which takes longer than a
 * client should wait: so receipts do not wait for them, and under load several
 * checkpoints become one publication. The tiler reads leaves from the database
 * itself: after a crash it goes on from whatever the files hold.
 */
#ifndef CF_TILER_H
#define CF_TILER_H

#include "note.h"
#include "store/store.h"

struct signed_note {
	uint64_t size;
	struct hash root;
	size_t len;
	char note[1024]; /* origin, numbers and one or two signature lines */
};

struct tiler;
/* NULL and *why. The directory is read here; the thread starts with tiler_run. */
struct tiler *tiler_open(const char *database_url, const char *dir, char *why, size_t why_len);
MUST_CHECK bool tiler_run(struct tiler *t);
/* Size of the newest published checkpoint. */
uint64_t tiler_published(const struct tiler *t);
/* A checkpoint was signed. Never waits. */
void tiler_note(struct tiler *t, const struct signed_note *n);
/* Waits until a checkpoint of at least `size` is published, at most two seconds; false when it is not. */
bool tiler_wait(struct tiler *t, uint64_t size);
void tiler_stop(struct tiler *t); /* takes NULL */
#endif
