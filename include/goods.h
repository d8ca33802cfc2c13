/* SPDX-License-Identifier: Apache-2.0 */
/*
 * goods.h: what warehouse receipts stand for, for the rules, the checks and the tests.
 *
 *   LOT    goods in one place: kind, grade, bin, marks, what is left of them
 *   SHARE  a receipt's part of a lot; a fresh receipt has the whole of each of its lots, a split divides them
 *
 * What may exist once belongs to the lot, so that a split keeps it: the lot's number as marked, its bin, its serial
 * numbers. Serial numbers are kept in a tree of fan-out 256 over [0, 2^56): a node has one bit for each child that is
 * taken whole and one for each that has some of it taken. A range touches at most two nodes a level, so that to prove
 * that two ranges do not overlap costs at most SERIAL_STEPS rows, however long they are.
 *
 * Invariants: a lot's quantity is the sum of its shares'; a live receipt's face less what was delivered is the sum of
 * its shares' values; what live receipts stand for at a site is the sum of its lots, never above its capacity.
 */
#ifndef CF_GOODS_H
#define CF_GOODS_H

#include "fault.h"
#include "state.h"

#define LOTS_MAX 16                 /* shares one receipt may ever have had: one statement can move them all */
#define SERIAL_LOTS_MAX 4           /* of them with serial numbers */
#define RECEIPT_ENCUMBRANCES_MAX 16 /* each has a row of its own for each lot it lets go */
#define SERIAL_MAX INT64_C(999999999999999)

/* An id made from another one and what is counted under it: version 8 (RFC 9562), rising as `of` does. */
struct uuid part_of(struct uuid of, struct span what);
struct uuid part_number(struct uuid of, int64_t number);

/* Which part of `value` goes with `part` of `whole`: rounded down; all of it with the whole. 0 <= part <= whole. */
int64_t value_share(int64_t value, int64_t part, int64_t whole);

/* found lies within so many parts per million of what was said. */
bool within_ppm(int64_t found, int64_t said, int64_t ppm);

/* --- serial numbers --- */
enum { SERIAL_LEVELS = 7, SERIAL_STEPS = 2 * SERIAL_LEVELS };
struct serial_step {       /* one node a range touches, the top first */
	int level;         /* 0: its children are single numbers */
	int64_t index;     /* among the nodes of its level */
	struct hash whole; /* children the range covers */
	struct hash part;  /* children it covers in part: steps of their own, further down */
};
/* The steps of [first, last], 1 <= first <= last <= SERIAL_MAX; how many. */
size_t serial_steps(int64_t first, int64_t last, struct serial_step ret[SERIAL_STEPS]);
/* A fingerprint of things, in the way of fingerprint_invoice: `kind` keeps sorts of things apart, `scope` is taken as
 * it is, `name` is normalised. */
struct fp16 fingerprint_thing(struct span key, const char *kind, struct span scope, struct span name,
                              struct arena *mem);
/* The node of the tree of these serial numbers' prefix. */
struct fp16 fingerprint_serials(struct span key, struct span prefix, int level, int64_t index, struct arena *mem);
#endif
