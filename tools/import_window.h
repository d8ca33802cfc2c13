/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_window.h: which rows of a file may be sent now.
 *
 * Rows go out over several connections and are answered in any order, but a
 * row must not overtake one it builds on. So a row waits until every earlier
 * row about the same object, asset, encumbrance, lineage, site or feed is
 * answered; parties, keys, mandates and rules are in the way of everything:
 * a row about one of them goes alone.
 *
 * The window holds the rows between the first that is not settled and the last
 * that was read; rows leave it in the order of the file. What a row was about
 * is remembered by a few bits of its id, so two rows may be kept apart without
 * need, never together without right.
 */
#ifndef CF_IMPORT_WINDOW_H
#define CF_IMPORT_WINDOW_H

#include "command.h"

enum { WINDOW_ROWS = 8192, WINDOW_SLOTS = 1 << 16, BEFORE_MAX = 8 };

enum fate { FATE_WAITS, FATE_SENT, FATE_ACCEPTED, FATE_REPEATED, FATE_REFUSED };
struct place {
	uint64_t row; /* its line in the file, from 1 */
	struct span line;
	size_t end; /* of the line in the file */
	enum fate fate;
	struct hash statement;
	bool alone;
	unsigned n_before;
	uint64_t before[BEFORE_MAX]; /* places that must be settled first */
	/* from malloc; who pops the place frees them */
	char *problem; /* why it was refused, JSON */
	char *renewed; /* the line, when it had to be signed anew */
};
struct window {
	uint64_t first, next;        /* places in use; place p lies at p % WINDOW_ROWS */
	uint64_t last_alone;         /* one behind the last place that goes alone */
	uint64_t last[WINDOW_SLOTS]; /* one behind the last place about what hashes here */
	struct place at[WINDOW_ROWS];
};

static inline bool window_full(const struct window *w) { return w->next - w->first == WINDOW_ROWS; }
static inline bool window_empty(const struct window *w) { return w->next == w->first; }
static inline struct place *window_place(struct window *w, uint64_t p) { return &w->at[p % WINDOW_ROWS]; }
/* Adds a row. cmd: what it says; NULL for one that cannot be read, which is settled as it comes. The window is not
 * full. */
struct place *window_add(struct window *w, const struct command *cmd);
/* At most max places that may be sent now, in order; they are FATE_SENT from here on. */
size_t window_ready(struct window *w, uint64_t *ret, size_t max);
/* The first place, when it is settled: it leaves. */
bool window_pop(struct window *w, struct place *ret);
#endif
