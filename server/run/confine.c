/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine.c: rlimits, uid and a seccomp allow-list.
 *
 * The list is an allow-list with the answer "kill the process": code that asks
 * for something else has been taken over, and there is nothing to tell it.
 * Under a sanitizer the limits of memory are off (its shadow is terabytes) and
 * the few calls its own reports need are let through.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "run/confine.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define NOBODY 65534

bool confine_drop_root(void)
{
	if (geteuid() == 0 &&
	    (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY)))
		return false;
	if (geteuid() == 0 || getuid() == 0)
		return false;
	const struct rlimit none = { 0, 0 };
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	       setrlimit(RLIMIT_CORE, &none) == 0;
}

bool confine_close_others(const int *keep, unsigned n)
{
	unsigned from = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned fd = (unsigned)keep[i];
		assert(keep[i] >= 0 && fd >= from);
		if (fd > from && close_range(from, fd - 1, 0) != 0)
			return false;
		from = fd + 1;
	}
	return close_range(from, ~0U, 0) == 0;
}

static bool limit(int what, rlim_t soft, rlim_t hard)
{
	const struct rlimit r = { soft, hard };
	return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

/* What is mapped already: libraries, and whatever the parent had. It differs from program to program, and is no
 * memory of the document. 0 when nobody can tell. */
static rlim_t mapped_now(void)
{
	char text[64] = { 0 };
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (fd >= 0)
		close(fd);
	return n <= 0 ? 0 : (rlim_t)strtoull(text, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE);
}

static bool set_limits(const struct confine_limits *l)
{
	rlim_t memory = mapped_now() + l->memory;

	return limit(RLIMIT_CPU, l->cpu_s, l->cpu_s + 1) && (SANITIZED || limit(RLIMIT_AS, memory, memory)) &&
	       limit(RLIMIT_NOFILE, 0, 0) && limit(RLIMIT_FSIZE, 0, 0) && limit(RLIMIT_NPROC, 0, 0);
}

/* Calls without condition: memory, time, end; and the own number, for OpenSSL blinds each multiplication of SM2 with its
 * generator, which looks whether it has been forked. */
static const int allowed[] = {
	SCMP_SYS(brk),          SCMP_SYS(munmap),          SCMP_SYS(mremap),         SCMP_SYS(madvise),
	SCMP_SYS(futex),        SCMP_SYS(clock_gettime),   SCMP_SYS(gettimeofday),   SCMP_SYS(getrandom),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall), SCMP_SYS(exit),           SCMP_SYS(exit_group),
	SCMP_SYS(getpid),
#if SANITIZED
	SCMP_SYS(gettid),       SCMP_SYS(sigaltstack),     SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
	SCMP_SYS(sched_yield),  SCMP_SYS(mprotect),
#endif
};

static bool allow_all(scmp_filter_ctx c, int out)
{
	const struct scmp_arg_cmp to_out = { 0, SCMP_CMP_EQ, (scmp_datum_t)out, 0 };
	const struct scmp_arg_cmp not_code = { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 };
	const struct scmp_arg_cmp no_file = { 3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS };
	int err = 0;

	for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
		err |= seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0);
	err |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, to_out);
	err |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, not_code, no_file);
	/* malloc grows an arena with it; without PROT_EXEC it grants nothing */
	if (!SANITIZED)
		err |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_code);
	return err == 0;
}

bool confine_compute_only(int out, const struct confine_limits *limits)
{
	scmp_filter_ctx c;
	bool ok;

	assert(out >= 0);
	/* the filter is built before the limits: building it takes descriptors and memory */
	if (!confine_drop_root() || !(c = seccomp_init(SCMP_ACT_KILL_PROCESS)))
		return false;
	ok = allow_all(c, out) && set_limits(limits) && seccomp_load(c) == 0;
	seccomp_release(c);
	return ok;
}
