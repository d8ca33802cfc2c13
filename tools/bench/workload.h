/* SPDX-License-Identifier: Apache-2.0 */
/*
 * workload.h: what the parties of the market (market.h) sign.
 *
 * 700 suppliers, 200 core enterprises and 100 banks, each with an Ed25519 key
 * of its own. The story of a receivable is a chain of four: the supplier
 * registers, the debtor confirms, the supplier grants a pledge, the bank
 * accepts. Hashes are known before anything is sent, so whole chains are
 * signed in advance, by as many threads as there are cores.
 *
 * All requests of one workload_* call lie in one memory that the next call
 * uses anew: a plan lives until then.
 */
#ifndef CF_WORKLOAD_H
#define CF_WORKLOAD_H

#include "load.h"
#include "market.h"

enum { CHAIN = 4, SIGNERS = 2 };

struct workload {
	struct market *market;
	struct privkey operator_key;
	uint16_t port;
	bool mixed;           /* chains of all kinds of assets, not of receivables alone */
	uint64_t receivables; /* made so far: numbers of invoices */
	struct uuid *asset;   /* the last ASSETS_KEPT of them, for checks */
	size_t n_assets;
	struct arena mem[SIGNERS]; /* of the requests */
	struct span *request;      /* of the plan */
	size_t request_cap;
};
enum { ASSETS_KEPT = 1 << 15 };

/* New parties. The operator's key is what signs their enrolment. */
MUST_CHECK bool workload_start(struct workload *w, const struct privkey *operator_key);
void workload_stop(struct workload *w); /* takes one never started, zeroed */

/* Enrolments of all parties, in any order; with them the rules that a receivable needs no document and a site no licence,
 * as of `from`. */
MUST_CHECK bool workload_enrol(struct workload *w, struct moment from, struct load_plan *ret);
/* What the business register knows of the firms that trade; once they are enrolled. */
MUST_CHECK bool workload_profiles(struct workload *w, struct load_plan *ret);
/* Sites with goods, and a price: what a mixed load needs. Chains of two. */
MUST_CHECK bool workload_goods(struct workload *w, struct load_plan *ret);
/* n receivables from registration to accepted pledge, or n assets of all kinds (stories.h), and one registration a connection to keep them out of step. */
MUST_CHECK bool workload_chains(struct workload *w, size_t n, struct load_plan *ret);
/* The four statements of receivable n alone, in mem. w->receivables is the caller's to move on. */
MUST_CHECK bool workload_statements(struct workload *w, struct arena *mem, uint64_t n, struct span ret[static CHAIN]);
/* Takes a token for every bank. */
MUST_CHECK bool workload_tokens(struct workload *w, char *why, size_t why_len);
/* n checks by banks of receivables made before. */
MUST_CHECK bool workload_checks(struct workload *w, size_t n, struct load_plan *ret);
/* n requests for build/ceiling: id 16, key 32, signature 64, and `len` bytes signed. */
MUST_CHECK bool workload_ceiling(struct workload *w, size_t n, size_t len, struct load_plan *ret);
/* Bytes of a statement in the middle of the mix. */
size_t workload_statement_len(struct workload *w);
#endif
