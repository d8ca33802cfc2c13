/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matching.h: the papers of a trade beside each other, as they come in (level 3).
 *
 * A document that comes in names the invoices of its trade, and they are to be
 * judged again. Here that is done: the invoice is held against the papers the
 * registry knows (trade_match.h), and when that gives another word than the
 * log has, the registry enters it (document.assess). The word is in the log,
 * so a replay needs none of this; what is still to be done is a row that stays
 * until it is done, so a crash loses nothing and enters nothing twice.
 *
 * A document is also read again by itself when an anchor is published, withdrawn
 * or gets a list of revoked certificates. That an anchor's time is over changes
 * nothing: what was judged in it was judged in time.
 *
 * Nobody learns of a paper that is not his. An invoice is held against papers
 * between the same two parties, brought by one of them or signed by its issuer;
 * a stranger's word about either is as if it were not there. Of a paper with
 * somebody else no more is told than that it contradicts the invoice: the very
 * order it names is the buyer's own order to another seller (XD-PARTY). With
 * whom, and what else it says, is not. What came out is for the two, and for
 * those with a stake in the claim.
 *
 * How far prices, quantities and days may differ, the rules say that are in
 * force when it is judged, those of the debtor's country before those of all.
 */
#ifndef CF_MATCHING_H
#define CF_MATCHING_H

#include "service/registrar.h"

struct matching;
struct matching_conf {
	const char *database_url;
	const struct vault *vault; /* opens documents that are read again; kept by reference */
	struct registrar *registrar;
	struct parser *parser; /* NULL: nothing is read again */
	struct span fp_key;
};
/* Opens the connection. NULL and *why on failure. */
struct matching *matching_open(const struct matching_conf *conf, char *why, size_t why_len);
/* One round, by one thread. Returns how many invoices it was done with; more may wait when it is not 0. */
size_t matching_round(struct matching *m);
void matching_close(struct matching *m); /* takes NULL */
#endif
