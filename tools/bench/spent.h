/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spent.h: what processors did for whom, as the kernel counts it. On a machine others use too, time by the clock says
 * little; what an entry costs its processes in processor time says much.
 */
#ifndef CF_SPENT_H
#define CF_SPENT_H

#include "stage.h"

struct spent { /* microseconds since they began; within 10 ms */
	int64_t program, database;
};
/* Of `program`, all its threads and its children, and of the cluster: every process of it. */
struct spent spent_now(const struct stage *s, pid_t program);
#endif
