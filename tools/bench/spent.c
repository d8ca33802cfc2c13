/* SPDX-License-Identifier: Apache-2.0 */
/* spent.c: see spent.h. */
#include "spent.h"

#include <dirent.h>
#include <unistd.h>

/* Of one line of /proc/PID/stat: parent, and ticks of the process itself. The name in it may hold anything. */
static bool read_stat(const char *pid, pid_t *parent, int64_t *ticks)
{
	char path[64], line[1024];
	unsigned long user, system;
	const char *at;
	FILE *f;
	int up;
	bool good;

	snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	good = fgets(line, sizeof line, f) && (at = strrchr(line, ')')) &&
	       sscanf(at + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &up, &user, &system) == 3;
	fclose(f);
	if (good) {
		*parent = up;
		*ticks = (int64_t)(user + system);
	}
	return good;
}

struct spent spent_now(const struct stage *s, pid_t program)
{
	const pid_t postmaster = s->cluster.postmaster;
	const int64_t tick_us = 1000000 / sysconf(_SC_CLK_TCK);
	struct spent ret = { 0, 0 };
	DIR *proc = opendir("/proc");

	for (struct dirent *e; proc && (e = readdir(proc));) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10), parent;
		int64_t ticks;

		if (pid <= 0 || !read_stat(e->d_name, &parent, &ticks))
			continue;
		if (pid == program || parent == program)
			ret.program += ticks * tick_us;
		else if (pid == postmaster || parent == postmaster)
			ret.database += ticks * tick_us;
	}
	if (proc)
		closedir(proc);
	return ret;
}
