/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trust_now.h: whom the registry believes about documents at this moment.
 *
 * Read from the state for each document: the anchors in force with their
 * revocation lists, and, when the document is signed under a key of this
 * registry, that one key with its party's identifier. Nothing is kept between
 * two documents, so what an entry changed holds for the next one.
 */
#ifndef CF_TRUST_NOW_H
#define CF_TRUST_NOW_H

#include "store/store.h"
#include "document.h"
#include "trust.h"

/* The trust for judging these bytes now, whoever asks; everything in it lies in mem. */
MUST_CHECK enum fault trust_now(struct store *reader, struct span bytes, struct arena *mem, struct trust *ret);
/* The confined reader may only lie about its own document: an anchor it was not given is no anchor. */
bool trust_covers(const struct trust *t, const struct document *d);
#endif
