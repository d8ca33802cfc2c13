/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limit.h: how often a party or an address may ask.
 *
 * A token bucket that refills at `rate` per second and holds `burst`, kept as
 * one number: the moment at which it would be full again (the generic cell rate
 * algorithm). So a bucket is one atomic word and no request waits for a lock.
 *
 * Buckets live in a table of fixed size. When more names come than it holds,
 * the fullest of four is forgotten, which can only be to the asker's advantage.
 */
#ifndef CF_LIMIT_H
#define CF_LIMIT_H

#include "base.h"

struct limiter;
struct limiter *limiter_make(void);
void limiter_drop(struct limiter *l);

struct limit_rate {
	int64_t rate, burst; /* rate 0: no limit */
};
/* What the bucket said: the numbers of the RateLimit headers. */
struct limit_answer {
	bool refused;
	int64_t burst, rate;
	int64_t left;          /* that may be asked at once */
	int64_t full_seconds;  /* until it is full */
	int64_t retry_seconds; /* until one more may be asked, when refused; at least 1 */
};
/* Whose bucket: a space (enum of the caller) and up to 16 bytes of name. */
struct limit_name {
	unsigned space;
	uint8_t b[16];
};
/* Takes n from the bucket, or nothing and says refused. n == 0 only looks whether one is left. */
struct limit_answer limit_take(struct limiter *l, struct limit_name name, struct limit_rate r, int64_t n,
                               int64_t now_ns);
#endif
