/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shadow.h: a registry in memory, for what the economy says: the real decide() over a complete world, without
 * signatures, JSON or database, and behind it whoever folds the entries.
 *
 * Invariants: an entry's number follows the one before; the same statements make the same entries; what decide()
 * refuses changes nothing.
 */
#ifndef CF_SHADOW_H
#define CF_SHADOW_H

#include "sim.h"

#include "decide.h"
#include "detect.h"

struct shadow {
	struct sim *sim;
	struct arena mem, scratch;
	struct world world;
	struct decision d;
	uint64_t seq;
	struct hash digest; /* chained over every command: the history in 32 bytes */
	void (*entered)(void *arg, const struct seen *e);
	void *arg;
	uint64_t entries, refused;
};
/* An empty registry with genesis; sim.out is made to speak to it. False without memory. */
MUST_CHECK bool shadow_start(struct shadow *r, struct sim *sim, struct moment at);
struct outlet shadow_outlet(struct shadow *r);
/* For another registry's statements: fills prev and the keys a statement enrols; room holds such a key. */
void shadow_complete(const struct shadow *r, struct command *c, struct pubkey *room);
struct hash shadow_kid(struct shadow *r, uint32_t firm, uint32_t nth);
/* Decides and keeps it; c->statement is its hash. */
enum fault shadow_enter(struct shadow *r, struct command *c, struct moment now);
void shadow_stop(struct shadow *r);
/* The nth key of a firm: its seed is made of the economy's. */
struct privkey firm_key(const struct sim *s, uint32_t firm, uint32_t nth);
#endif
