/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base.h: what every file of Counterfoil starts from.
 *
 * A span is a borrowed run of bytes: pointer and length, never a terminator.
 * An arena is where a request, a batch or a replay keeps everything it makes:
 * taken piece by piece, dropped whole, never freed piece by piece. So nothing
 * of ranks 0-2 allocates: whoever calls them brings the arena.
 *
 * Invariants: used <= cap; what arena_take returns is zeroed and 16-aligned;
 * once an arena has overflowed it stays so until it is reset, so one question
 * at the end (arena_ok) covers every take before it.
 */
#ifndef CF_BASE_H
#define CF_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* Not used here: a function cannot be declared once it is poisoned, so they must have been included before. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

struct span {
	const char *at;
	size_t len;
};

/* S("x"): a span over a string literal; span_z: over a C string (NULL gives the empty span). */
#define S(lit) ((struct span)S_INIT(lit))
#define S_INIT(lit)                       \
	{                                 \
		("" lit), sizeof(lit) - 1 \
	} /* the same inside a static table */
struct span span_z(const char *z);
bool span_eq(struct span a, struct span b);
bool span_is(struct span a, const char *z);
/* Order of the bytes, shorter first on a common prefix: <0, 0, >0. */
int span_cmp(struct span a, struct span b);
/* Splits at the first `sep`: *head is what stands before it, *rest what follows. False, and
 * nothing written, when there is no `sep`. head or rest may be &s itself. */
bool span_cut(struct span s, char sep, struct span *head, struct span *rest);
bool span_starts(struct span s, struct span prefix);
/* Bytes of the UTF-8 character s begins with; 0 when s begins with none (or is empty). */
size_t utf8_len(struct span s);
bool utf8_valid(struct span s);

struct arena {
	char *base;
	size_t cap, used;
	bool overflow;
};

/* Makes an arena over memory the caller owns and keeps alive. */
struct arena arena_over(void *base, size_t cap);
void arena_reset(struct arena *a);
static inline bool arena_ok(const struct arena *a) { return !a->overflow; }
/* len zeroed bytes, or NULL and a->overflow set. A length of 0 gives a valid pointer. */
void *arena_take(struct arena *a, size_t len);
/* A copy of s inside the arena (empty span, and overflow set, when it does not fit). */
struct span arena_copy(struct arena *a, struct span s);
/* A copy of s with a terminating zero; NULL when it does not fit. */
char *arena_z(struct arena *a, struct span s);
#define ARENA_NEW(a, type) ((type *)arena_take((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_take((a), (n) > SIZE_MAX / sizeof(type) ? SIZE_MAX : (n) * sizeof(type)))

/*
 * A writer of bytes into a fixed place that can never run over: when full it
 * remembers so, and says so once, at the end.
 */
struct writer {
	char *at;
	size_t cap, len;
	bool overflow;
};
struct writer writer_over(void *at, size_t cap);
/* A writer over all that is left of the arena; writer_done takes what was written. */
struct writer writer_in(struct arena *a);
/* What was written into the arena's rest; empty span and a->overflow when it did not fit. */
struct span writer_done(struct writer *w, struct arena *a);
/* The next len bytes of the writer, to be filled at once by the caller; NULL, and overflow set, when it is full. */
char *writer_room(struct writer *w, size_t len);
void put_byte(struct writer *w, char c);
void put_span(struct writer *w, struct span s);
void put_z(struct writer *w, const char *z);
void put_i64(struct writer *w, int64_t v);
void put_u64(struct writer *w, uint64_t v);
/* Decimal with at least `width` digits, zero filled. */
void put_padded(struct writer *w, uint64_t v, unsigned width);
static inline struct span writer_span(const struct writer *w) { return (struct span){ w->at, w->len }; }

/* Big-endian integers at fixed places (the log's leaf, the wire between our processes). */
void be16_put(uint8_t out[2], uint16_t v);
void be32_put(uint8_t out[4], uint32_t v);
void be64_put(uint8_t out[8], uint64_t v);
uint16_t be16_get(const uint8_t in[2]);
uint32_t be32_get(const uint8_t in[4]);
uint64_t be64_get(const uint8_t in[8]);

/* Unbounded or locale-bound functions do not compile here. (With clang, glibc's checked stdio makes
 * two of them macros, and a macro cannot be poisoned without a warning.) */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok atoi atol atoll gmtime localtime
#endif
