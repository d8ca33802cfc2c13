/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preload.h: millions of entries in minutes, to measure how the registry does
 * when it has grown.
 *
 * What goes in are statements the parties signed, receivables registered,
 * confirmed, pledged and accepted; the rules decide each, and store_commit
 * writes them, thousands at a time. Only the network, the check of signatures
 * made a moment before and the second look are left out. So a registry filled
 * like this is one that cannot be told from one that grew: `log verify` and
 * `audit replay` find nothing in it (t93_bench).
 *
 * Only while no counterfoild runs.
 */
#ifndef CF_PRELOAD_H
#define CF_PRELOAD_H

#include "workload.h"

/* The registry to fill: its database, what its log is called, the file with its fingerprint key, where it keeps
 * its master key. */
struct preload_conf {
	const char *conninfo, *fp_key_file, *state_dir;
	struct span origin;
};
/*
 * Makes a cluster like one that has run for a while: the segments of its write-ahead log are there to be used again,
 * and its buffers have been touched. A fresh one zeroes both as it goes, which is no part of what a registry does all
 * day. False and *why.
 */
MUST_CHECK bool preload_warm(const char *conninfo, char *why, size_t why_len);
/* Fills the log up to `size` entries, up to three more: receivables are not left half way. False and *why. */
MUST_CHECK bool preload(const struct preload_conf *conf, struct workload *w, uint64_t size, char *why, size_t why_len);
#endif
