/* SPDX-License-Identifier: Apache-2.0 */
/* tail.c: see tail.h. Fixed places by number; the bytes lie in a ring, one behind the other. */
#include "service/tail.h"

#include <pthread.h>
#include <stdlib.h>

enum { PLACES = 1 << 13, RING = 1 << 23 }; /* a second of full load */

struct place {
	struct new_entry e; /* its spans are not used: they are in the ring */
	uint64_t seq, at;   /* at: place of its bytes in all that was ever put; leaf, then statement */
	size_t len;         /* of the statement; 0: nothing here yet */
	bool waits;
};
struct tail {
	pthread_mutex_t lock;
	uint64_t end; /* bytes put so far */
	struct place place[PLACES];
	char ring[RING];
};

struct tail *tail_new(void)
{
	struct tail *t = calloc(1, sizeof *t);

	if (t)
		pthread_mutex_init(&t->lock, NULL);
	return t;
}

void tail_free(struct tail *t)
{
	if (!t)
		return;
	pthread_mutex_destroy(&t->lock);
	free(t);
}

/* What would go over the end of the ring begins at its start. */
static uint64_t room_at(const struct tail *t, size_t len)
{
	uint64_t left = RING - t->end % RING;

	return left < len ? t->end + left : t->end;
}

void tail_put(struct tail *t, uint64_t seq, const struct new_entry *e, bool waits)
{
	struct place *p = &t->place[seq % PLACES];
	size_t len = LEAF_LEN + e->statement.len;

	if (len > RING)
		return;
	pthread_mutex_lock(&t->lock);
	*p = (struct place){ *e, seq, room_at(t, len), e->statement.len, waits };
	t->end = p->at + len;
	memcpy(t->ring + p->at % RING, e->leaf, LEAF_LEN);
	memcpy(t->ring + p->at % RING + LEAF_LEN, e->statement.at, e->statement.len);
	pthread_mutex_unlock(&t->lock);
}

static const struct place *find(const struct tail *t, uint64_t seq)
{
	const struct place *p = &t->place[seq % PLACES];

	return p->len > 0 && p->seq == seq && t->end - p->at <= RING ? p : NULL;
}

static void copy(const struct tail *t, const struct place *p, struct arena *mem, struct stored_entry *ret)
{
	const char *at = t->ring + p->at % RING;

	*ret = (struct stored_entry){ .seq = p->seq,
		                      .leaf = arena_copy(mem, (struct span){ at, LEAF_LEN }),
		                      .statement = arena_copy(mem, (struct span){ at + LEAF_LEN, p->len }),
		                      .issuer = p->e.issuer,
		                      .id = p->e.id,
		                      .object = p->e.object,
		                      .kind = p->e.kind,
		                      .outcome = p->e.outcome,
		                      .statement_hash = p->e.statement_hash,
		                      .waits = p->waits };
}

bool tail_read(struct tail *t, uint64_t from, size_t max, struct arena *mem, struct stored_entry **ret, size_t *n)
{
	const struct place *p;

	*n = 0;
	*ret = ARENA_ARRAY(mem, struct stored_entry, max);
	if (!*ret)
		return false;
	pthread_mutex_lock(&t->lock);
	while (*n < max && (p = find(t, from + *n)) != NULL)
		copy(t, p, mem, &(*ret)[(*n)++]);
	pthread_mutex_unlock(&t->lock);
	return *n > 0 && arena_ok(mem);
}
