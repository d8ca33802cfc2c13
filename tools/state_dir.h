/* SPDX-License-Identifier: Apache-2.0 */
/* state_dir.h: what a running registry keeps beside its database, for whoever audits it on the same machine. */
#ifndef CF_STATE_DIR_H
#define CF_STATE_DIR_H

#include "cli.h"
#include "store/store.h"

#define DATABASE_OPTIONS                                                                               \
	{ "database", "CONNINFO",                                                                      \
	  "libpq connection string; else the private cluster of --state-dir, which must be running" }, \
	{                                                                                              \
		"state-dir", "DIR", "of the registry (var)"                                            \
	}

/* The connection string of --database, or of the private cluster. NULL and a message when none runs there. */
const char *database_of(struct cli *c);
/* Of the private cluster under this directory. */
const char *cluster_conninfo(struct cli *c, const char *state_dir);
/* An auditor's connection: reads everything, writes nothing. NULL and a message. */
struct store *audit_store(struct cli *c, const char *conninfo);
#endif
