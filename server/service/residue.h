/* SPDX-License-Identifier: Apache-2.0 */
/*
 * residue.h: what is kept of an entry when its statement is erased: what was decided, and the salt.
 *
 * The rows of state as the entry left them, the rules it applied, and the key of the leaf's decision digest. They are no
 * more than the tables of state said at that place of the log; and they can be proved, because the digest in the leaf is
 * made over them: a residue that says anything else is found out. What the party wrote, and its signature, are not in it.
 *
 * Tables and columns go by name, so that a later version reads what an earlier one has kept.
 */
#ifndef CF_RESIDUE_H
#define CF_RESIDUE_H

#include "decide.h"

/* The residue of a decision, in mem; empty, and mem overflown, when it does not fit. */
struct span residue_make(const struct decision *d, struct span salt, struct arena *mem);
/* The decision again: changes, rules, pending; outcome, issuer and seq are the caller's. False when it is none. */
MUST_CHECK bool residue_read(struct span text, struct arena *mem, struct decision *ret, struct span *salt);
#endif
