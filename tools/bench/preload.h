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

/* Fills the log up to `size` entries. False and *why. */
MUST_CHECK bool preload(const char *conninfo, const struct workload *w, uint64_t size, char *why, size_t why_len);
#endif
