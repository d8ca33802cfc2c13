/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer_confine.c: what the signer may still do once it holds the key.
 *
 * Receive and send on one socket, write one open file through to the disk,
 * touch its own memory, and end. The filter is a list of what is allowed;
 * anything else kills the process, which makes the log stop and nothing worse.
 * It is written out as a BPF program because it is shorter than its reasons,
 * and a library would allocate.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "service/signer_process.h"

#if defined(__x86_64__)
#define FILTER_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define FILTER_ARCH AUDIT_ARCH_AARCH64
#endif
/* The sanitizers' runtimes make calls of their own, whenever they like. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#undef FILTER_ARCH
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#undef FILTER_ARCH
#endif
#endif

#ifdef FILTER_ARCH
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define SKIP_UNLESS(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, (n))
#define ALLOW(call) SKIP_UNLESS(SYS_##call, 1), RETURN(SECCOMP_RET_ALLOW)
/* Allowed on one file descriptor only: args[0], whose low half comes first on both machines. */
#define ALLOW_ON(call, fd)                                                                          \
	SKIP_UNLESS(SYS_##call, 4), LOAD(args[0]), SKIP_UNLESS((fd), 1), RETURN(SECCOMP_RET_ALLOW), \
		RETURN(SECCOMP_RET_KILL_PROCESS)

static bool filter(int sock, int fd)
{
	struct sock_filter code[] = {
		LOAD(arch),
		SKIP_UNLESS(FILTER_ARCH, 1),
		BPF_STMT(BPF_JMP | BPF_JA, 1),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		ALLOW_ON(recvfrom, sock),
		ALLOW_ON(sendto, sock),
		ALLOW_ON(pwrite64, fd),
		ALLOW_ON(fdatasync, fd),
		ALLOW_ON(write, STDERR_FILENO), /* an assertion's last words */
		ALLOW_ON(writev, STDERR_FILENO),
		ALLOW(brk),
		ALLOW(mmap),
		ALLOW(munmap),
		ALLOW(madvise),
		ALLOW(futex),
		ALLOW(rt_sigreturn),
		ALLOW(exit_group),
		RETURN(SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = { .len = (unsigned short)ARRAY_LEN(code), .filter = code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
#else
static bool filter(int sock, int fd)
{
	(void)sock;
	(void)fd;
	return true;
}
#endif

static bool limit(int what, rlim_t most)
{
	return setrlimit((__rlimit_resource_t)what, &(struct rlimit){ most, most }) == 0;
}

bool signer_confine(int sock, int fd)
{
	bool ok = limit(RLIMIT_CORE, 0); /* a core would hold the key */

	ok = ok && limit(RLIMIT_NOFILE, 0); /* no file more */
	ok = ok && limit(RLIMIT_FSIZE, 2 * (rlim_t)LAST_SLOT_LEN);
	ok = ok && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	return ok && filter(sock, fd);
}
