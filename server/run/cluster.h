/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster.h: the private PostgreSQL of a registry that was given none.
 *
 * An ordinary cluster, made by the packaged initdb under <state>/pg, run by
 * the packaged postgres as our direct child, reached through a Unix socket in
 * a directory of mode 0700 and through nothing else: no TCP port, so no
 * conflict with a system cluster, which is never touched. Durability is as in
 * production: fsync, synchronous_commit, full_page_writes, checksums.
 *
 *   <state>/lock        held (flock) by the one process that uses this state
 *   <state>/pg          the data directory
 *   <state>/pg.log      what PostgreSQL says; statements and values are kept out of it
 *   <state>/run         the socket, when the path is short enough (107 bytes)
 *   <state>/pg.socket   else the name of the directory under XDG_RUNTIME_DIR or /tmp
 *   <state>/pg.home     else, where data lies when the other user cannot enter <state>
 *
 * As root the children run as the owner of the data: postgres, or nobody.
 * Killed in any way, also with kill -9, we take PostgreSQL with us; the next
 * start waits for the old one to end and recovers.
 */
#ifndef CF_CLUSTER_H
#define CF_CLUSTER_H

#include <sys/types.h>

#include "base.h"

enum { CLUSTER_PATH = 1024 };

struct cluster {
	char state[CLUSTER_PATH]; /* absolute */
	char data_dir[CLUSTER_PATH];
	char socket_dir[108];
	char conninfo[256];     /* for libpq */
	char bin[CLUSTER_PATH]; /* where postgres, pg_dump and pg_basebackup are */
	char log[CLUSTER_PATH];
	int major; /* of PostgreSQL */
	pid_t postmaster;
	int lock;
	uid_t uid; /* whom the children run as; 0 when it is ourselves */
	gid_t gid;
	bool elsewhere; /* data is not under <state>: see data_dir */
	bool created;   /* this start made the data directory */
};

/*
 * Makes the cluster if there is none, starts it and waits until it takes connections. On failure nothing runs, and
 * why says what to do. Call it from the main thread before there are others (see child.h).
 */
MUST_CHECK bool cluster_up(const char *state_dir, struct cluster *ret, char *why, size_t why_len);
/* False when PostgreSQL has ended by itself. */
bool cluster_alive(struct cluster *c);
/* Fast shutdown: open transactions are rolled back, a checkpoint is written. True when it ended cleanly. */
bool cluster_down(struct cluster *c);

/*
 * The lock alone, for a process that uses a state directory with a database elsewhere: the descriptor to keep open,
 * or -1 and why (which names the process that holds it).
 */
MUST_CHECK int state_lock(const char *state_dir, char *why, size_t why_len);
#endif
