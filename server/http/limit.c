/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>
#include <stdlib.h>

#include "http/bounds.h"
#include "http/limit.h"
#include "run/clock.h"

#define WAYS 4
#define SECOND INT64_C(1000000000)

struct bucket {
	_Atomic uint64_t name; /* hash; 0 is free */
	_Atomic int64_t full;  /* when it is full again, ns */
};
struct limiter {
	uint64_t seed[3]; /* so that nobody can choose a name that shares another's bucket */
	struct bucket set[LIMITER_SETS][WAYS];
};

struct limiter *limiter_make(void)
{
	struct limiter *l = calloc(1, sizeof *l);

	if (l)
		clock_random(l->seed, sizeof l->seed);
	return l;
}

void limiter_drop(struct limiter *l) { free(l); }

static uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 p = (unsigned __int128)(a | 1) * (b | 1);

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t name_hash(const struct limiter *l, struct limit_name n)
{
	uint64_t half[2];

	memcpy(half, n.b, sizeof half);
	uint64_t h = mix(mix(half[0] ^ l->seed[0], half[1] ^ l->seed[1]) ^ n.space, l->seed[2]);
	return h ? h : 1;
}

/* Two threads may give one place to two names at the same moment; the loser's next request makes it a new bucket. */
static struct bucket *find(struct limiter *l, uint64_t name)
{
	struct bucket *set = l->set[name % LIMITER_SETS], *oldest = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (atomic_load_explicit(&set[i].name, memory_order_relaxed) == name)
			return &set[i];
		if (atomic_load_explicit(&set[i].full, memory_order_relaxed) <
		    atomic_load_explicit(&oldest->full, memory_order_relaxed))
			oldest = &set[i];
	}
	atomic_store(&oldest->full, 0);
	atomic_store(&oldest->name, name);
	return oldest;
}

static int64_t seconds_up(int64_t ns) { return ns <= 0 ? 0 : (ns + SECOND - 1) / SECOND; }

struct limit_answer limit_take(struct limiter *l, struct limit_name name, struct limit_rate r, int64_t n,
                               int64_t now_ns)
{
	struct limit_answer a = { .rate = r.rate, .burst = r.burst, .left = r.burst };

	if (r.rate <= 0)
		return a;
	int64_t one = SECOND / r.rate, hold = one * r.burst;
	struct bucket *b = find(l, name_hash(l, name));
	int64_t full = atomic_load(&b->full), then;
	do {
		then = (full > now_ns ? full : now_ns) + n * one;
		int64_t need = n ? 0 : one;
		a.refused = then + need - now_ns > hold;
		if (a.refused || n == 0)
			break;
	} while (!atomic_compare_exchange_weak(&b->full, &full, then));
	if (a.refused) {
		a.retry_seconds = seconds_up(then - now_ns - hold);
		a.retry_seconds += a.retry_seconds == 0;
		then -= n * one;
	}
	a.left = (hold - (then - now_ns)) / one;
	a.left = a.left < 0 ? 0 : a.left;
	a.full_seconds = seconds_up(then - now_ns);
	return a;
}
