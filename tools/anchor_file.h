/* SPDX-License-Identifier: Apache-2.0 */
/*
 * anchor_file.h: trust anchors as the registry publishes them (GET /v1/anchors), from a file or from a registry, as a
 * trust to judge documents under. Without either nobody is trusted, and nobody asked.
 */
#ifndef CF_ANCHOR_FILE_H
#define CF_ANCHOR_FILE_H

#include "cli.h"
#include "trust.h"

#define ANCHOR_OPTIONS                                                                                     \
	{ "anchors", "FILE", "trust anchors, as `counterfoil anchor list --json` prints them" },           \
	{                                                                                                  \
		"server", "URL", "take them from this registry; without either nobody is asked or trusted" \
	}

/* By the command's --anchors and --server. Returns an exit code; everything in *ret lies in c->mem. */
MUST_CHECK int anchors_wanted(struct cli *c, struct trust *ret);
#endif
