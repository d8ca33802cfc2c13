/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publisher.h: from a committed batch to a receipt.
 *
 * The publisher reads the new leaves back over a connection of its own,
 * recomputes leaf hashes, chain and root with a second implementation, has the
 * signer sign the root, answers the tickets, and then writes tiles and
 * checkpoint for everybody else. Any disagreement stops the signing for good:
 * a log that contradicts itself must not be signed.
 *
 * It always reads from what was signed last to what is committed now, so a
 * batch whose commit was in doubt is covered by the next one.
 */
#ifndef CF_PUBLISHER_H
#define CF_PUBLISHER_H

#include "service/sequencer.h"

struct signer;
struct publisher;
struct publisher_conf {
	const char *database_url, *tiles_dir;
	struct signer *signer;
};
/*
 * Compares the stored head with what the signer signed last and with the published tiles, and catches up what was
 * committed but not signed. NULL and *why when the database is behind a signed checkpoint or contradicts it.
 */
struct publisher *publisher_open(const struct publisher_conf *conf, const struct head *head, char *why, size_t why_len);
MUST_CHECK bool publisher_run(struct publisher *p);
/* Hands a committed batch over; it comes back with publisher_batch. */
void publisher_take(struct publisher *p, struct batch *b);
/* An empty batch to fill; waits until one is free: until the batch before is signed and answered. */
struct batch *publisher_batch(struct publisher *p);
/* A batch that nothing was committed of goes back. */
void publisher_return(struct publisher *p, struct batch *b);
/* Asks the signer whether it is there, so that an idle server knows. Any thread. */
void publisher_ping(struct publisher *p);
/* False when signing has stopped. */
bool publisher_alive(const struct publisher *p);
uint64_t publisher_size(const struct publisher *p); /* of the last signed checkpoint */
/* Has the last signed checkpoint published and waits for it, two seconds at most. Any thread. */
void publisher_publish(struct publisher *p);
void publisher_stop(struct publisher *p);
#endif
