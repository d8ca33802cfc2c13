/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trade_in.h: what a document that came in says to the others of its trade.
 *
 * Whose word it is, two things say: its signature, and who brought it. A party
 * is told by the identifier it was enrolled with, never by a name.
 */
#ifndef CF_TRADE_IN_H
#define CF_TRADE_IN_H

#include "store/store.h"
#include "trade_match.h"

/* Fills everything of *ret; `identifier` as enrolled ("uscc:..."), or empty when nobody brings it now. Texts and lists lie
 * in mem. A document whose paper cannot be made is none: *ret says nothing. */
void trade_in(const struct document *d, struct uuid bringer, struct span identifier, struct span fp_key,
              struct arena *mem, struct trade_record *ret);
/* The anchor its level rests on; nil where it rests on none, or on a key of this registry. */
struct uuid trade_anchor(const struct document *d);
/* Level 2 makes it its issuer's word. A third party's, who is neither seller nor buyer, is believed under an anchor only:
 * a key of this registry says who it is, and not that it carries or weighs goods. */
bool trade_signed(uint16_t kind, int32_t level, struct uuid anchor);
#endif
