/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preload.h: millions of entries in minutes, to measure how the registry does
 * when it has grown.
 *
 * Rows go in by COPY, as receivables that were registered, confirmed, pledged
 * and accepted. Leaves, chain, tree and head are computed for real, so the
 * sequencer goes on from them and the publisher signs and publishes them; the
 * statements are filler whose hash is right and which nobody signed, short so
 * that the disk holds ten million. Keys are as the registry makes them: rising
 * ids, random fingerprints.
 *
 * Only while no counterfoild runs.
 */
#ifndef CF_PRELOAD_H
#define CF_PRELOAD_H

#include "workload.h"

/*
 * Makes a cluster like one that has run for a while: the segments of its write-ahead log are there to be used again,
 * and its buffers have been touched. A fresh one zeroes both as it goes, which is no part of what a registry does all
 * day. False and *why.
 */
MUST_CHECK bool preload_warm(const char *conninfo, char *why, size_t why_len);
/* Fills the log up to `size` entries. False and *why. */
MUST_CHECK bool preload(const char *conninfo, const struct workload *w, uint64_t size, char *why, size_t why_len);
#endif
