/* SPDX-License-Identifier: Apache-2.0 */
/*
 * abreast.h: many jobs of one command over all cores, told in their order.
 *
 * What a job writes to its c->out and c->err is kept until those before it have
 * been written, so nobody sees from the output how many worked at it. No worker
 * runs further ahead of what was written than a window, so memory is bounded
 * whatever the number of jobs.
 */
#ifndef CF_TOOLS_ABREAST_H
#define CF_TOOLS_ABREAST_H

#include "cli.h"

enum { ABREAST_MAX = 8 };
/* How many workers are worth while for n jobs on this machine. */
unsigned abreast_workers(unsigned n);
/* Job i, on worker `worker`; c is the worker's own: memory, out and err. Its code counts, the worst is returned. */
typedef int abreast_job(struct cli *c, unsigned worker, unsigned i, void *arg);
/* `what` is shown as progress on a terminal, unless the output goes there, too. */
int abreast(struct cli *c, const char *what, unsigned workers, unsigned n, abreast_job *job, void *arg);
#endif
