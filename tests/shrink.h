/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shrink.h: which steps of a long history are needed for it to fail.
 *
 * Pieces are left out, the largest first, as long as what is left still fails
 * (Zeller and Hildebrandt's ddmin, by complements alone). At the end no single
 * step can be left out, unless the tries ran out before.
 *
 * Each try runs in a process of its own: a check that fails, an assertion or a
 * crash ends that process and no other.
 */
#ifndef CF_SHRINK_H
#define CF_SHRINK_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Plays the steps kept of n; a check that does not hold fails as in any test. */
typedef void play_fn(const bool *keep, size_t n, void *arg);

static inline bool play_fails(play_fn *play, const bool *keep, size_t n, void *arg)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		setenv("CMOCKA_TEST_ABORT", "1", 1); /* a failed check ends the process, not only the test */
		play(keep, n, arg);
		_exit(0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status != 0;
}

/* Leaves out the next `piece` steps kept from *at on; how many those were, their places in `out`. */
static inline size_t shrink_leave_out(bool *keep, size_t n, size_t *at, size_t piece, size_t *out)
{
	size_t left_out = 0;

	for (; *at < n && left_out < piece; ++*at)
		if (keep[*at]) {
			keep[*at] = false;
			out[left_out++] = *at;
		}
	return left_out;
}

/* keep[0..n), all true, becomes what is needed; how many that are. 0: the whole does not fail. */
static inline size_t shrink(bool *keep, size_t n, play_fn *play, void *arg, size_t tries)
{
	size_t *out = calloc(n, sizeof *out), kept = n;

	if (!out || !play_fails(play, keep, n, arg))
		kept = 0;
	for (size_t piece = kept / 2 + 1; kept > 0 && piece > 0 && tries > 0;) {
		size_t before = kept, at = 0, left_out;

		while (tries > 0 && kept > 1 && (left_out = shrink_leave_out(keep, n, &at, piece, out)) > 0) {
			tries--;
			if (play_fails(play, keep, n, arg)) {
				kept -= left_out;
				continue;
			}
			for (size_t i = 0; i < left_out; i++)
				keep[out[i]] = true;
		}
		if (piece > 1 || kept == before) /* single steps until none of them can go */
			piece /= 2;
	}
	free(out);
	return kept;
}
#endif
