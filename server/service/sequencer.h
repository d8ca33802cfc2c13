/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sequencer.h: the one thread that gives statements their place.
 *
 * It takes whatever is queued, loads what the rules ask for, lets decide()
 * judge each statement in order, and writes state and log in one transaction
 * with a constant number of statements. What arrives while that batch is
 * committed, read back and signed is the next batch: large batches share the
 * price of transactions, fsyncs and wake-ups, and nobody waits for a timer.
 *
 * Because it is the only writer, the world it has loaded stays true from batch
 * to batch; it is dropped when it grows too large and whenever the database
 * gave any fault, because then nobody knows what was stored.
 *
 * Invariants: a refused statement that is not logged takes no number; numbers
 * are given in the order decided; nothing is answered before its commit.
 */
#ifndef CF_SEQUENCER_H
#define CF_SEQUENCER_H

#include "service/keyring.h"
#include "service/queue.h"
#include "service/tail.h"

/* A batch after its commit, on the way to the publisher. */
struct batch {
	struct arena mem;
	struct ticket **ticket; /* those with an entry, in order, and those that repeat one */
	size_t n_tickets;
	struct head after;
	struct batch *next;
};

struct publisher;
struct sequencer;
struct sequencer_conf {
	const char *database_url;
	struct span origin, fp_key; /* kept by reference */
	size_t queue_max, batch_max;
	const struct vault *vault; /* under whose keys statements are sealed; kept by reference */
	struct keyring *keyring;
	struct publisher *publisher; /* may come later: sequencer_publisher */
	struct tail *tail;           /* gets what was committed; NULL: nobody reads close behind */
};
/* Opens the writer's connection and takes the lease. NULL and *why on failure. */
struct sequencer *sequencer_open(const struct sequencer_conf *conf, char *why, size_t why_len);
struct head sequencer_head(struct sequencer *s); /* before sequencer_run only */
/* Where committed batches go; before the first batch. */
void sequencer_publisher(struct sequencer *s, struct publisher *p);
/* Starts the thread. */
MUST_CHECK bool sequencer_run(struct sequencer *s);
MUST_CHECK bool sequencer_submit(struct sequencer *s, struct ticket *t);
/* True while it holds the lease and has a connection. */
bool sequencer_alive(const struct sequencer *s);
size_t sequencer_waiting(struct sequencer *s);
/* Finishes what is queued, stops, frees. Takes NULL. */
void sequencer_stop(struct sequencer *s);
#endif
