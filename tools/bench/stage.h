/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stage.h: where the benchmark plays: a private PostgreSQL in a directory of
 * its own that is thrown away, the ceiling and counterfoild as processes
 * beside us, both on that cluster, in databases that do not touch.
 *
 *   <dir>/pg ...       the cluster (run/cluster.h), as `make run` has it
 *   <dir>/registry     counterfoild's state: keys, tiles
 *   <dir>/ceiling.log, <dir>/counterfoild.log
 */
#ifndef CF_STAGE_H
#define CF_STAGE_H

#include <sys/types.h>

#include "crypto.h"
#include "run/cluster.h"

enum { STAGE_PATH = 1024 };
#define STAGE_ORIGIN "bench.example/log"

struct stage {
	char dir[STAGE_PATH], programs[STAGE_PATH]; /* programs: where counterfoild and ceiling are */
	struct cluster cluster;
	bool up, detection; /* detection: whether counterfoild detects, from its next start on */
	pid_t server, ceiling;
	uint16_t server_port, ceiling_port;
	char why[512];
};

/* Empties dir, makes the cluster and the schema. False and s->why. */
MUST_CHECK bool stage_up(struct stage *s, const char *dir);
/* Starts counterfoild, with limits no load reaches, and waits until it is ready and has published all its entries. */
MUST_CHECK bool stage_server(struct stage *s);
void stage_server_stop(struct stage *s);
/* Entries that detection has not judged yet; -1 when it cannot be asked. */
int64_t stage_unjudged(struct stage *s);
/* Starts the ceiling, with an empty table; stops the one before. */
MUST_CHECK bool stage_ceiling(struct stage *s);
void stage_ceiling_stop(struct stage *s);
void stage_down(struct stage *s);

MUST_CHECK bool stage_operator(struct stage *s, struct privkey *ret); /* counterfoild made it at its first start */
uint64_t stage_published(struct stage *s);                            /* size of the published checkpoint */
/* Waits until everything stored is published too. False and s->why. */
MUST_CHECK bool stage_settle(struct stage *s);
/* The log's verifier key, as its well-known document says it. */
MUST_CHECK bool stage_vkey(struct stage *s, char *ret, size_t cap);
int64_t process_rss_kb(pid_t pid);

struct machine {
	long cores;
	char cpu[128], postgres[64];
	int64_t commit_us; /* p50 of appending 8 KiB and fdatasync where the data lies */
};
void machine_look(const struct stage *s, struct machine *ret);
#endif
