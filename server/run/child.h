/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.h: programs of others, started as children that may do less than we
 * and never outlive us.
 *
 * A child has a clean environment, no file of ours but the three it is given,
 * its own session (Ctrl-C on the terminal is for us alone), and a signal from
 * the kernel when we die, kill -9 included. As root it runs as the user it is
 * given, and the death signal is asked for after that change, which clears it.
 *
 * The kernel counts the death of the thread that started the child: start
 * children from the main thread.
 */
#ifndef CF_CHILD_H
#define CF_CHILD_H

#include <sys/types.h>

#include "base.h"

struct child {
	const char *const *argv; /* argv[0] is the path */
	uid_t uid;               /* used when we are root and this is not 0 */
	gid_t gid;
	int death_signal; /* what it gets when we die */
	const char *log;  /* stdout and stderr are appended there; NULL: they go nowhere */
	int in, out;      /* its stdin and stdout instead, or -1 */
	bool fake_passwd; /* give it a name, in a user namespace, when its uid has no row in passwd (initdb asks) */
};

/* The pid, or -1 and errno. */
MUST_CHECK pid_t child_start(const struct child *c);
/* Starts it, gives it `in` to read, keeps up to cap - 1 bytes of its stdout as text in out (may be NULL), and
 * waits. Its exit status; -1 when it could not start or died by a signal. */
int child_run(const struct child *c, struct span in, char *out, size_t cap);
/* Runs `may` as that user and says what it said: to ask the kernel, not the mode bits, what a user may do. */
bool child_may(uid_t uid, gid_t gid, bool (*may)(const char *path), const char *path);
#endif
