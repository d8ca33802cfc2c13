/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stories.h: the life of one asset in four statements, and what it needs around it.
 *
 * Without `mixed` each is a receivable: registered, confirmed, pledged, the
 * pledge taken. With it five of sixteen are, and the others are vouchers and
 * bills out of confirmed receivables, warehouse receipts issued and weighed,
 * stock and prepaid goods opened and counted or confirmed: each of them
 * accepted, or encumbered and the encumbrance taken.
 */
#ifndef CF_STORIES_H
#define CF_STORIES_H

#include "workload.h"

/* Where statements go, and as what. */
struct out {
	struct workload *w;
	struct arena *mem;
	bool bare; /* the statement alone, no request around it */
};
/* Signs and wraps; c->statement is then known, for the next one's prev. */
MUST_CHECK bool out_seal(const struct out *o, struct command *c, const struct privkey *key, struct span *ret);

/* The four statements of the nth asset. */
MUST_CHECK bool story_tell(const struct out *o, uint64_t n, struct span ret[static CHAIN]);
/* A registration alone. */
MUST_CHECK bool story_begin(const struct out *o, uint64_t n, struct span *ret);
/* A warehouse's site and its count; the price feed and its first price. */
MUST_CHECK bool story_site(const struct out *o, size_t warehouse, struct span ret[static 2]);
MUST_CHECK bool story_feed(const struct out *o, const struct privkey *operator_key, struct span ret[static 2]);
#endif
