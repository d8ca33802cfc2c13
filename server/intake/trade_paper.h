/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trade_paper.h: of a document what the other papers of its trade are held
 * against (trade_match.h), whatever its format.
 *
 * Quantities come to base units, so that tonnes sent meet kilograms ordered;
 * what has no unit we know, or is out of range, is not counted rather than
 * guessed. What names a paper keeps the role it is named in.
 */
#ifndef CF_INTAKE_TRADE_PAPER_H
#define CF_INTAKE_TRADE_PAPER_H

#include "intake/document.h"
#include "trade_match.h"

/* Texts borrow from d's; lists are taken from mem. Vouched and heard are what level 2 alone makes them: who brought it the
 * caller knows. A document of a kind no trade is matched by is of PAPER_NONE. E_TOO_BIG: mem is full. */
MUST_CHECK enum fault trade_paper(const struct document *d, struct arena *mem, struct paper *ret);
#endif
