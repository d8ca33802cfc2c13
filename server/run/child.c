/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Nothing of the caller's locale, PG* or LD_* may steer a child. */
static const char *const environment[] = { "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC",
	                                   "HOME=/nonexistent", NULL };

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}

/* Maps our nameless uid to nobody's number, which every passwd has. Files stay our uid's. */
static void take_name(void)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (getpwuid(uid) || unshare(CLONE_NEWUSER) != 0)
		return;
	prctl(PR_SET_DUMPABLE, 1); /* or /proc/self is root's, after a change of user */
	write_text("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "65534 %u 1", (unsigned)uid);
	write_text("/proc/self/uid_map", map);
	snprintf(map, sizeof map, "65534 %u 1", (unsigned)gid);
	write_text("/proc/self/gid_map", map);
}

static bool drop_to(uid_t uid, gid_t gid)
{
	if (geteuid() != 0 || uid == 0)
		return true;
	return setgroups(1, &gid) == 0 && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}

static void reset_signals(void)
{
	static const int all[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2, SIGALRM };
	sigset_t none;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		signal(all[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Puts fd in place of `as`; -1 stands for /dev/null. */
static bool place(int fd, int as)
{
	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	return fd >= 0 && dup2(fd, as) == as;
}

_Noreturn static void become(const struct child *c, int log, pid_t parent)
{
	setsid();
	reset_signals();
	umask(077);
	/* The working directory may be one that the other user cannot enter. */
	bool good = place(c->in, 0) && place(c->out >= 0 ? c->out : log, 1) && place(log, 2) && chdir("/") == 0 &&
	            close_range(3, ~0U, 0) == 0 && drop_to(c->uid, c->gid);

	if (good && c->fake_passwd)
		take_name();
	if (good && prctl(PR_SET_PDEATHSIG, c->death_signal) == 0 && getppid() == parent)
		execve(c->argv[0], (char *const *)(uintptr_t)c->argv, (char *const *)(uintptr_t)environment);
	_exit(126);
}

pid_t child_start(const struct child *c)
{
	pid_t parent = getpid(), pid;
	int log = c->log ? open(c->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;

	if (c->log && log < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		become(c, log, parent);
	if (log >= 0)
		close(log);
	return pid;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void drain(int fd, char *out, size_t cap)
{
	char rest[512];
	size_t len = 0;
	ssize_t n;

	do {
		bool full = !out || len + 1 >= cap;

		n = read(fd, full ? rest : out + len, full ? sizeof rest : cap - 1 - len);
		if (n > 0 && !full)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (out)
		out[len] = 0;
}

int child_run(const struct child *c, struct span in, char *out, size_t cap)
{
	struct child with = *c;
	int to[2], from[2];
	pid_t pid;

	if (pipe2(to, O_CLOEXEC) != 0)
		return -1;
	if (pipe2(from, O_CLOEXEC) != 0) {
		close(to[0]);
		close(to[1]);
		return -1;
	}
	/* It goes into the pipe before anybody reads: callers give less than a pipe holds. */
	assert(in.len <= 4096);
	ssize_t put = in.len ? write(to[1], in.at, in.len) : 0;
	close(to[1]);
	with.in = to[0];
	with.out = out ? from[1] : c->out;
	pid = put == (ssize_t)in.len ? child_start(&with) : -1;
	close(to[0]);
	close(from[1]);
	if (pid > 0)
		drain(from[0], out, cap);
	close(from[0]);
	return pid > 0 ? wait_for(pid) : -1;
}

bool child_may(uid_t uid, gid_t gid, bool (*may)(const char *path), const char *path)
{
	pid_t pid;

	if (geteuid() != 0 || uid == 0)
		return may(path);
	pid = fork();
	if (pid == 0)
		_exit(drop_to(uid, gid) && may(path) ? 0 : 1);
	return pid > 0 && wait_for(pid) == 0;
}
