/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.h: many HTTP/1.1 connections asking as fast as they are answered.
 *
 * The load and what it measures share two cores, so the load must be cheap:
 * one thread, epoll, requests that were made before the clock starts, no
 * allocation and no parsing beyond status and length while it runs.
 *
 * A closed loop: each connection has one request under way. Requests come in
 * chains; a chain is sent by one connection, in order, each request after the
 * answer to the one before. So a statement never overtakes the one it names
 * as prev, and whatever makes latency worse shows as latency.
 *
 * Invariant: what was sent is answered before load_run returns, or it says no.
 */
#ifndef CF_LOAD_H
#define CF_LOAD_H

#include "base.h"

struct load_plan {
	const struct span *request; /* whole HTTP requests, chain after chain */
	size_t chains, chain_len;
	bool again; /* from the first chain when all have been sent */
	/*
	 * Single requests before the first chain of a connection: the nth sends n modulo chain_len of them. Otherwise
	 * all connections, answered together batch by batch, would stay in step, and a batch hold one type only.
	 */
	const struct span *solo;
	size_t n_solo;
	size_t next, next_solo; /* how far it is used up; the caller sets 0, a later run goes on from here */
};

struct load_conf {
	uint16_t port; /* on 127.0.0.1 */
	unsigned connections;
	int64_t warm_ms, run_ms; /* run_ms 0: until the plan is used up, all of it measured */
	int expect;              /* status of a good answer */
};

enum { LOAD_BUCKETS = 64 * 28 }; /* see bucket_of() */
struct load_result {
	uint64_t good, bad;  /* answers while it was measured; bad: all through the run */
	uint64_t all;        /* good ones all through the run */
	int64_t ns;          /* measured time */
	int64_t cpu_ns;      /* what the generator itself took in that time */
	bool ran_out;        /* the plan ended before the time did */
	char first_bad[768]; /* the first bad answer, for people */
	uint32_t bucket[LOAD_BUCKETS];
};
/* False and *why when the server cannot be reached, closes a connection or does not answer in 30 s. */
MUST_CHECK bool load_run(const struct load_conf *conf, struct load_plan *plan, struct load_result *ret, char *why,
                         size_t why_len);
/* Latency in microseconds below which that many of 1000 answers came; within 1.6 %. */
int64_t load_quantile(const struct load_result *r, unsigned of_1000);
/* Answers per second. */
int64_t load_rate(const struct load_result *r);

/* One request over a connection of its own, blocking; the body of the answer in `body`. The status, or -1. */
int load_once(uint16_t port, struct span request, char *body, size_t cap);
#endif
