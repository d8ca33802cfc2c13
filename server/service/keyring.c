/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyring.c: two hash tables that one thread writes and all others read
 * without a lock.
 *
 * An entry is made once, put into its slot with a release store, and never
 * moves or goes away; what can change later (revoked, roles, suspended) is one
 * atomic word inside it. When a table is full its slots are copied into one of
 * twice the size, which is published whole; the old one is kept until the end,
 * because a reader may still walk it. All old tables together are smaller than
 * the present one.
 */
#include "service/keyring.h"

#include <stdatomic.h>

struct party_entry {
	struct uuid id;
	_Atomic uint64_t what; /* roles << 2 | KNOWN | SUSPENDED */
};
enum { KNOWN = 1, SUSPENDED = 2 };

struct key_entry {
	struct hash kid;
	struct pubkey pub;
	bool registry;
	struct party_entry *party;
	_Atomic bool live;
};

typedef _Atomic(void *) slot;
struct table {
	size_t n_slots, used; /* used: the writer's */
	struct table *older;
	slot at[];
};

/* Entries are carved from pieces that stay where they are. */
struct piece {
	struct piece *older;
	size_t used, len;
	max_align_t at[];
};

struct keyring {
	_Atomic(struct table *) keys, parties;
	_Atomic int32_t anchors; /* as the operator's row counts them */
	struct piece *piece;
};

enum { SLOTS_FIRST = 1024, PIECE_LEN = 64 * 1024 };

/* --- memory --- */

static struct table *table_new(size_t n_slots, struct table *older)
{
	struct table *t = calloc(1, sizeof *t + n_slots * sizeof t->at[0]);

	if (!t)
		return NULL;
	t->n_slots = n_slots;
	t->older = older;
	return t;
}

static void table_free(struct table *t)
{
	while (t) {
		struct table *older = t->older;

		free(t);
		t = older;
	}
}

static void *carve(struct keyring *k, size_t len)
{
	struct piece *p = k->piece;

	len = (len + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	assert(len <= PIECE_LEN);
	if (!p || p->len - p->used < len) {
		p = calloc(1, sizeof *p + PIECE_LEN);
		if (!p)
			return NULL;
		p->len = PIECE_LEN;
		p->older = k->piece;
		k->piece = p;
	}
	p->used += len;
	return (char *)p->at + p->used - len;
}

struct keyring *keyring_new(void)
{
	struct keyring *k = calloc(1, sizeof *k);
	struct table *keys = table_new(SLOTS_FIRST, NULL), *parties = table_new(SLOTS_FIRST, NULL);

	if (!k || !keys || !parties) {
		table_free(keys);
		table_free(parties);
		free(k);
		return NULL;
	}
	atomic_init(&k->keys, keys);
	atomic_init(&k->parties, parties);
	return k;
}

void keyring_free(struct keyring *k)
{
	if (!k)
		return;
	table_free(atomic_load(&k->keys));
	table_free(atomic_load(&k->parties));
	for (struct piece *p = k->piece, *older; p; p = older) {
		older = p->older;
		free(p);
	}
	free(k);
}

/* --- open addressing; every entry begins with the bytes it is found by --- */

/* The last bytes: of a version 7 uuid they are the random ones, of a thumbprint any are. */
static size_t place(const struct table *t, const uint8_t *id, size_t len)
{
	uint64_t h;

	memcpy(&h, id + len - sizeof h, sizeof h);
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(h >> 32) & (t->n_slots - 1);
}

static void *find(struct table *t, const void *id, size_t len)
{
	for (size_t i = place(t, id, len);; i = (i + 1) & (t->n_slots - 1)) {
		void *e = atomic_load_explicit(&t->at[i], memory_order_acquire);

		if (!e || memcmp(e, id, len) == 0)
			return e; /* a table is at most half full: the walk ends */
	}
}

static void insert(struct table *t, void *entry, size_t len)
{
	size_t i = place(t, entry, len);

	while (atomic_load_explicit(&t->at[i], memory_order_relaxed))
		i = (i + 1) & (t->n_slots - 1);
	atomic_store_explicit(&t->at[i], entry, memory_order_release);
	t->used++;
}

static bool add(_Atomic(struct table *) *table, void *entry, size_t len)
{
	struct table *t = atomic_load_explicit(table, memory_order_relaxed), *bigger;

	if (t->used * 2 < t->n_slots) {
		insert(t, entry, len);
		return true;
	}
	bigger = table_new(t->n_slots * 2, t);
	if (!bigger)
		return false;
	for (size_t i = 0; i < t->n_slots; i++)
		if (atomic_load_explicit(&t->at[i], memory_order_relaxed))
			insert(bigger, atomic_load_explicit(&t->at[i], memory_order_relaxed), len);
	insert(bigger, entry, len);
	atomic_store_explicit(table, bigger, memory_order_release);
	return true;
}

static struct party_entry *party_entry(struct keyring *k, struct uuid id, bool make)
{
	struct party_entry *p = find(atomic_load_explicit(&k->parties, memory_order_acquire), id.b, sizeof id.b);

	if (p || !make)
		return p;
	p = carve(k, sizeof *p);
	if (!p)
		return NULL;
	p->id = id;
	atomic_init(&p->what, 0);
	return add(&k->parties, p, sizeof id.b) ? p : NULL;
}

/* --- writing --- */

static struct key_entry *key_entry(struct keyring *k, const struct party_key *key)
{
	struct key_entry *e = find(atomic_load_explicit(&k->keys, memory_order_acquire), key->kid.b, sizeof key->kid.b);
	struct party_entry *p;

	if (e)
		return e;
	p = party_entry(k, key->party, true);
	e = carve(k, sizeof *e);
	if (!p || !e)
		return NULL;
	e->kid = key->kid;
	e->pub.alg = (enum alg)key->alg;
	memcpy(e->pub.raw, key->pub_x.b, sizeof key->pub_x.b);
	if (pubkey_len(e->pub.alg) > sizeof key->pub_x.b)
		memcpy(e->pub.raw + sizeof key->pub_x.b, key->pub_y.b, sizeof key->pub_y.b);
	e->registry = key->registry != 0;
	e->party = p;
	atomic_init(&e->live, key->until_seq == 0);
	return add(&k->keys, e, sizeof e->kid.b) ? e : NULL;
}

bool keyring_put_key(struct keyring *k, const struct party_key *key)
{
	struct key_entry *e = key_entry(k, key);

	if (!e)
		return false;
	/* A thumbprint belongs to one key for ever, and a key to one party: only its end can be new. */
	assert(uuid_eq(e->party->id, key->party));
	atomic_store_explicit(&e->live, key->until_seq == 0, memory_order_release);
	return true;
}

bool keyring_put_party(struct keyring *k, const struct party *party)
{
	struct party_entry *p = party_entry(k, party->id, true);
	uint64_t what = (uint64_t)(uint32_t)party->roles << 2 | KNOWN;

	if (!p)
		return false;
	if (party->state != PARTY_ACTIVE)
		what |= SUSPENDED;
	if (party->roles & ROLE_OPERATOR)
		atomic_store_explicit(&k->anchors, party->anchors, memory_order_relaxed);
	atomic_store_explicit(&p->what, what, memory_order_release);
	return true;
}

/* --- reading --- */

/* A party whose row has not come yet may nothing. */
static void party_read(const struct party_entry *p, int32_t *roles, bool *suspended)
{
	uint64_t what = atomic_load_explicit(&p->what, memory_order_acquire);

	*roles = (int32_t)(what >> 2);
	*suspended = (what & KNOWN) == 0 || (what & SUSPENDED) != 0;
}

bool keyring_find(struct keyring *k, struct hash kid, struct key_view *ret)
{
	const struct key_entry *e = find(atomic_load_explicit(&k->keys, memory_order_acquire), kid.b, sizeof kid.b);

	if (!e)
		return false;
	memset(ret, 0, sizeof *ret);
	ret->pub = e->pub;
	ret->party = e->party->id;
	ret->live = atomic_load_explicit(&e->live, memory_order_acquire);
	ret->registry = e->registry;
	party_read(e->party, &ret->roles, &ret->suspended);
	if (ret->registry)
		ret->roles = ROLE_REGISTRY;
	return true;
}

int32_t keyring_anchors(const struct keyring *k) { return atomic_load_explicit(&k->anchors, memory_order_relaxed); }

bool keyring_party(struct keyring *k, struct uuid party, int32_t *roles, bool *suspended)
{
	const struct party_entry *p = party_entry(k, party, false);

	if (!p || (atomic_load_explicit(&p->what, memory_order_acquire) & KNOWN) == 0)
		return false;
	party_read(p, roles, suspended);
	return true;
}
