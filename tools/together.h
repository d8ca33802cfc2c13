/* SPDX-License-Identifier: Apache-2.0 */
/*
 * together.h: the papers of trades verified together, offline: what each
 * invoice among them comes to beside the others.
 *
 * Whoever puts files together says that they belong to one trade: each paper is
 * heard. That it is its issuer's word, only its own signature says: level 3
 * takes level 2 first.
 */
#ifndef CF_TOOLS_TOGETHER_H
#define CF_TOOLS_TOGETHER_H

#include "cli.h"
#include "trade_match.h"

struct together {
	struct paper paper[MATCH_PAPERS_MAX];
	const char *path[MATCH_PAPERS_MAX];
	size_t n;
};
struct document;

/* False, and a message: more than MATCH_PAPERS_MAX, or no memory. Texts borrow from d's. The same bytes twice are one. */
bool together_add(struct cli *c, struct together *t, const char *path, const struct document *d);
/* One line of JSON, or one report, per invoice. EXIT_REFUSED when something caps or blocks one of them. */
int together_tell(struct cli *c, const struct together *t);
#endif
