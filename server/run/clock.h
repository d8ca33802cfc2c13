/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h: the two things the pure ranks may not take themselves: the time
 * and randomness. They are read here, once per request or batch, and passed
 * down as arguments.
 */
#ifndef CF_CLOCK_H
#define CF_CLOCK_H

#include "ids.h"

/* The wall clock. It may step; whoever needs order takes the larger of this and what came before. */
struct moment clock_now(void);
/* Nanoseconds that only grow, for durations and deadlines; counts from some point in the past. */
int64_t clock_ns(void);
/* Sleeps at least that long, signals or not. */
void clock_sleep_ms(int64_t ms);
void clock_sleep_until(int64_t ns); /* as clock_ns counts; not at all when it is past */
/* Bytes from the kernel's generator. It cannot fail: a machine without randomness must not sign, so we stop. */
void clock_random(void *at, size_t len);
#endif
