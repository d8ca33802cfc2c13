/* SPDX-License-Identifier: Apache-2.0 */
/* state_dir.h: what a running registry keeps beside its database, for whoever audits it on the same machine. */
#ifndef CF_STATE_DIR_H
#define CF_STATE_DIR_H

#include "cli.h"
#include "store/store.h"

#define DATABASE_OPTIONS                                                                               \
	{ "database", "CONNINFO",                                                                      \
	  "libpq connection string; else the private cluster of --state-dir, which must be running" }, \
		{ "state-dir", "DIR", "of the registry (var)" },                                       \
	{                                                                                              \
		"master-key", "FILE", "opens what is sealed; else CF_MASTER_KEY, or master.key there"  \
	}

/* The connection string of --database, or of the private cluster. NULL and a message when none runs there. */
const char *database_of(struct cli *c);
/* Of the private cluster under this directory. */
const char *cluster_conninfo(struct cli *c, const char *state_dir);
/* An auditor's connection: reads everything, writes nothing. NULL and a message. With the master key of the database, or a
 * message that it is not there. */
struct store *audit_store(struct cli *c, const char *conninfo);
/* One of the two statements a log begins with. */
MUST_CHECK bool log_birth(struct store *s, uint64_t seq, enum statement_kind kind, struct arena *mem,
                          struct command *ret);
/* The key of exact fingerprints: --fingerprint-key, or the state directory's. Empty without one, and with a message when
 * it is another log's. */
struct span fingerprint_key(struct cli *c, struct store *s);
#endif
