/* SPDX-License-Identifier: Apache-2.0 */
/* stage.c: see stage.h. */
#include "stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../free_port.h"
#include "load.h"
#include "run/child.h"
#include "run/clock.h"
#include "run/files.h"
#include "service/outbound.h"
#include "store/store.h"

enum { READY_MS = 1200000, POLL_MS = 50, SYNCS = 200, PAGE = 8192 };

static bool say(struct stage *s, const char *what, const char *why)
{
	snprintf(s->why, sizeof s->why, "%s: %s", what, why);
	return false;
}

/* --- processes --- */

static void end(pid_t *pid, int sig)
{
	if (*pid <= 0)
		return;
	kill(*pid, sig);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}

/* Forgets one that has ended: its number may be another's soon. */
static bool ended(pid_t *pid)
{
	if (waitpid(*pid, NULL, WNOHANG) != *pid)
		return false;
	*pid = 0;
	return true;
}

static bool start(struct stage *s, const char *const *argv, const char *log, pid_t *ret)
{
	struct child c = { .argv = argv, .death_signal = SIGTERM, .log = log, .in = -1, .out = -1 };

	if (access(argv[0], X_OK) != 0)
		return say(s, argv[0], "is not there; `make bench` builds all that is needed");
	*ret = child_start(&c);
	return *ret > 0 || say(s, argv[0], strerror(errno));
}

/* --- up and down --- */

static void ignore_line(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

bool stage_up(struct stage *s, const char *dir)
{
	ssize_t n;
	char *slash;
	int e;

	memset(s, 0, sizeof *s);
	snprintf(s->dir, sizeof s->dir, "%s", dir);
	n = readlink("/proc/self/exe", s->programs, sizeof s->programs - 1);
	if (n <= 0 || !(slash = memrchr(s->programs, '/', (size_t)n)))
		return say(s, "/proc/self/exe", strerror(errno));
	*slash = 0;
	e = dir_remove(dir);
	if (e == 0)
		e = dir_make(dir, 0711);
	if (e != 0)
		return say(s, dir, strerror(e));
	s->up = cluster_up(dir, &s->cluster, s->why, sizeof s->why);
	return s->up && store_migrate(s->cluster.conninfo, ignore_line, NULL, s->why, sizeof s->why) == OK;
}

void stage_down(struct stage *s)
{
	stage_ceiling_stop(s);
	stage_server_stop(s);
	if (s->up)
		(void)cluster_down(&s->cluster);
	s->up = false;
}

/* --- the registry --- */

static int get(uint16_t port, const char *path, char *body, size_t cap)
{
	char request[256];
	int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", path,
	                 (unsigned)port);

	return n > 0 ? load_once(port, (struct span){ request, (size_t)n }, body, cap) : -1;
}

static bool wait_ready(struct stage *s)
{
	char answer[8192] = "";

	for (int64_t ms = 0; ms < READY_MS; ms += POLL_MS) {
		if (ended(&s->server))
			return say(s, "counterfoild", "ended; see counterfoild.log");
		if (get(s->server_port, "/readyz", answer, sizeof answer) == 200)
			return true;
		clock_sleep_ms(POLL_MS);
	}
	return say(s, "counterfoild", "is not ready");
}

uint64_t stage_published(struct stage *s)
{
	char path[STAGE_PATH + 64], room[8192];
	struct arena mem = arena_over(room, sizeof room);
	struct span text, line;
	uint64_t size = 0;

	snprintf(path, sizeof path, "%s/registry/tiles/checkpoint", s->dir);
	if (file_read(path, sizeof room / 2, &mem, &text) != 0 || !span_cut(text, '\n', &line, &text) ||
	    !span_cut(text, '\n', &line, &text))
		return 0;
	for (size_t i = 0; i < line.len; i++)
		size = size * 10 + (uint64_t)(line.at[i] - '0');
	return size;
}

static bool stored_size(struct stage *s, uint64_t *ret)
{
	struct store *store = store_open(s->cluster.conninfo, STORE_PUBLISHER, s->why, sizeof s->why);
	struct head head;
	bool good = store && store_head(store, &head) == OK;

	if (good)
		*ret = head.range.size;
	store_close(store);
	return good;
}

bool stage_settle(struct stage *s)
{
	uint64_t size = 0;

	if (!stored_size(s, &size))
		return false;
	for (int64_t ms = 0; ms < READY_MS; ms += POLL_MS) {
		if (stage_published(s) >= size)
			return true;
		clock_sleep_ms(POLL_MS);
	}
	return say(s, "counterfoild", "does not publish its entries");
}

bool stage_server(struct stage *s)
{
	char program[STAGE_PATH + 32], log[STAGE_PATH + 32], listen_at[64], state[STAGE_PATH + 32], database[512];
	const char *const argv[] = { program,
		                     listen_at,
		                     state,
		                     database,
		                     "--origin=" STAGE_ORIGIN,
		                     "--write_rate=1000000",
		                     "--write_burst=10000000",
		                     "--read_rate=1000000",
		                     "--read_burst=10000000",
		                     "--address_rate=1000000",
		                     "--address_burst=10000000",
		                     "--token_seconds=86400",
		                     "--log_level=warn",
		                     s->detection ? "--detection=true" : "--detection=false",
		                     NULL };

	s->server_port = free_port();
	snprintf(program, sizeof program, "%s/counterfoild", s->programs);
	snprintf(log, sizeof log, "%s/counterfoild.log", s->dir);
	snprintf(listen_at, sizeof listen_at, "--listen=127.0.0.1:%u", (unsigned)s->server_port);
	snprintf(state, sizeof state, "--state_dir=%s/registry", s->dir);
	snprintf(database, sizeof database, "--database_url=%s", s->cluster.conninfo);
	return start(s, argv, log, &s->server) && wait_ready(s) && stage_settle(s);
}

void stage_server_stop(struct stage *s) { end(&s->server, SIGTERM); }

int64_t stage_unjudged(struct stage *s)
{
	static const char name[] = "\ncounterfoil_detection_behind_entries ";
	static char text[1 << 18];
	const char *at;

	if (get(s->server_port, "/metrics", text, sizeof text) != 200 || !(at = strstr(text, name)))
		return -1;
	return strtoll(at + sizeof name - 1, NULL, 10);
}

bool stage_operator(struct stage *s, struct privkey *ret)
{
	char path[STAGE_PATH + 64];

	snprintf(path, sizeof path, "%s/registry/operator.jwk", s->dir);
	return key_file(path, false, ret, s->why, sizeof s->why);
}

bool stage_vkey(struct stage *s, char *ret, size_t cap)
{
	static const char name[] = "\"vkey\":\"";
	char answer[16384] = "", *at, *to;

	if (get(s->server_port, "/.well-known/counterfoil.json", answer, sizeof answer) != 200 ||
	    !(at = strstr(answer, name)) || !(to = strchr(at + sizeof name - 1, '"')))
		return say(s, "/.well-known/counterfoil.json", "no vkey in it");
	*to = 0;
	snprintf(ret, cap, "%s", at + sizeof name - 1);
	return true;
}

/* --- the ceiling --- */

bool stage_ceiling(struct stage *s)
{
	char program[STAGE_PATH + 32], log[STAGE_PATH + 32], port[16], answer[256];
	const char *const argv[] = { program, port, s->cluster.conninfo, NULL };

	stage_ceiling_stop(s);
	s->ceiling_port = free_port();
	snprintf(program, sizeof program, "%s/ceiling", s->programs);
	snprintf(log, sizeof log, "%s/ceiling.log", s->dir);
	snprintf(port, sizeof port, "%u", (unsigned)s->ceiling_port);
	if (!start(s, argv, log, &s->ceiling))
		return false;
	for (int64_t ms = 0; ms < 10000 && !ended(&s->ceiling); ms += POLL_MS) {
		if (get(s->ceiling_port, "/", answer, sizeof answer) == 400)
			return true;
		clock_sleep_ms(POLL_MS);
	}
	return say(s, "ceiling", "does not answer; see ceiling.log");
}

void stage_ceiling_stop(struct stage *s) { end(&s->ceiling, SIGKILL); }

/* --- the machine --- */

/* The value behind `name` in a file of /proc, as text; empty when it is not there. */
static void proc_value(const char *path, const char *name, char *ret, size_t cap)
{
	char line[512];
	FILE *f = fopen(path, "re");

	*ret = 0;
	while (f && !*ret && fgets(line, sizeof line, f)) {
		char *at = strncmp(line, name, strlen(name)) == 0 ? strchr(line, ':') : NULL;

		if (!at)
			continue;
		at += 1 + strspn(at + 1, " \t");
		at[strcspn(at, "\n")] = 0;
		snprintf(ret, cap, "%s", at);
	}
	if (f)
		fclose(f);
}

int64_t process_rss_kb(pid_t pid)
{
	char path[64], value[64];

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	proc_value(path, "VmRSS", value, sizeof value);
	return strtoll(value, NULL, 10);
}

static int by_size(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t commit_p50_us(const char *dir)
{
	static const char page[PAGE];
	char path[STAGE_PATH + 32];
	int64_t took[SYNCS] = { 0 };
	int fd;

	snprintf(path, sizeof path, "%s/sync.test", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	for (size_t i = 0; fd >= 0 && i < SYNCS; i++) {
		int64_t began = clock_ns();

		if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fdatasync(fd) != 0)
			break;
		took[i] = (clock_ns() - began) / 1000;
	}
	if (fd >= 0)
		close(fd);
	(void)unlink(path);
	qsort(took, SYNCS, sizeof *took, by_size);
	return took[SYNCS / 2];
}

void machine_look(const struct stage *s, struct machine *ret)
{
	char program[STAGE_PATH + 32];
	const char *const argv[] = { program, "--version", NULL };
	struct child c = { .argv = argv, .in = -1, .out = -1 };

	snprintf(program, sizeof program, "%s/postgres", s->cluster.bin);
	ret->cores = sysconf(_SC_NPROCESSORS_ONLN);
	proc_value("/proc/cpuinfo", "model name", ret->cpu, sizeof ret->cpu);
	if (child_run(&c, S(""), ret->postgres, sizeof ret->postgres) != 0)
		snprintf(ret->postgres, sizeof ret->postgres, "postgres %d", s->cluster.major);
	ret->postgres[strcspn(ret->postgres, "\n")] = 0;
	ret->commit_us = commit_p50_us(s->dir);
}
