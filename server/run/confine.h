/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine.h: giving up what a process does not need; the home of libseccomp.
 *
 * All of it is one way and inherited by children. A false answer means the
 * process is not confined: it must end, not go on.
 */
#ifndef CF_RUN_CONFINE_H
#define CF_RUN_CONFINE_H

#include "base.h"

struct confine_limits {
	size_t memory;  /* address space, bytes, beyond what is mapped when the limits begin */
	unsigned cpu_s; /* processor seconds, then SIGXCPU, one second later SIGKILL */
};

/* From root to the user nobody, groups and capabilities with it; nothing when not root. New privileges, core dumps and
 * being traced are given up in either case. */
MUST_CHECK bool confine_drop_root(void);

/* Closes every descriptor but keep[] (ascending). */
MUST_CHECK bool confine_close_others(const int *keep, unsigned n);

/*
 * Only compute: from here on the process may use its memory, ask the time, write to `out` and exit. It cannot open,
 * connect, fork, execute, signal or map anything executable; an attempt kills it. Limits apply from here.
 */
MUST_CHECK bool confine_compute_only(int out, const struct confine_limits *limits);
#endif
