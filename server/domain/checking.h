/* SPDX-License-Identifier: Apache-2.0 */
/* checking.h: one check while it is answered: what check.c and the kinds' own parts of it share. */
#ifndef CF_CHECKING_H
#define CF_CHECKING_H

#include "check_answer.h"
#include "deciding.h"

struct checking {
	struct deciding g; /* rows and claims as the rules read them; there is no statement */
	const struct check_request *q;
	struct check_answer *a;
	struct uuid asker;
	int32_t roles;
	int64_t promised; /* granted to the asker and waiting for its acceptance: free for it alone */
};

/* Adds a reason; the verdict is the gravest. */
void say(struct checking *x, enum reason r);
void say_more(struct checking *x, enum reason r, const char *detail);
/* The asset stands on what was asked about. */
void found_again(struct checking *x, struct uuid asset);

/* --- evidence (check_evidence.c) --- */
enum fault say_evidence(struct checking *x, const struct asset *a);

/* --- goods (check_goods.c) --- */
/* The facts name goods (a lot, a bin, a serial number) and no document. */
bool asks_for_goods(const struct facts *f);
/* Whether a live receipt stands on them. */
enum fault say_goods(struct checking *x);
#endif
