/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <ftw.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "files.h"
#include "watch.h"

#define SOCKET_NAME "/.s.PGSQL.5432"
#define INSTALL "apt-get install postgresql"
enum {
	MAJOR_MIN = 15,
	SOCKET_PATH_MAX = 107, /* sun_path with its zero; one byte more and PostgreSQL runs without a socket */
	LOG_MAX = 16 * 1024 * 1024,
	LEAVE_MS = 60000,  /* for a predecessor whose parent was killed: it is shutting down */
	READY_MS = 600000, /* recovery after a crash replays up to max_wal_size */
	STOP_MS = 60000,
};

struct why {
	char *text;
	size_t len;
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct why *w, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(w->text, w->len, format, ap);
	va_end(ap);
	return false;
}

/* a joined with b; false when it does not fit. */
static bool join(char *out, size_t cap, const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	if (n + m >= cap)
		return false;
	memmove(out, a, n); /* out may be a */
	memcpy(out + n, b, m);
	out[n + m] = 0;
	return true;
}

/* First line of a small file, without its end; "" when it is not there. */
static const char *line_of(const char *dir, const char *name, char *out, size_t cap)
{
	char path[PATH_MAX], mem[PATH_MAX + 64];
	struct arena a = arena_over(mem, sizeof mem);
	struct span s = S(""), rest;

	if (join(path, sizeof path, dir, name) && file_read(path, PATH_MAX - 1, &a, &s) == 0)
		span_cut(s, '\n', &s, &rest);
	if (s.len >= cap)
		s.len = cap - 1;
	memcpy(out, s.at, s.len);
	out[s.len] = 0;
	return out;
}

/* --- the lock --- */

static bool take_lock(const char *state, int *ret, struct why *w)
{
	char path[PATH_MAX], holder[32], text[32];
	int fd;

	if (!join(path, sizeof path, state, "/lock"))
		return refuse(w, "%s: path too long", state);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return refuse(w, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		line_of(state, "/lock", holder, sizeof holder);
		close(fd);
		return refuse(w,
		              "another counterfoil (process %s) uses %s: stop it, or give this one its own --state-dir",
		              holder[0] ? holder : "unknown", state);
	}
	int n = snprintf(text, sizeof text, "%d\n", (int)getpid());
	if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n) {
		close(fd);
		return refuse(w, "%s: %s", path, strerror(errno));
	}
	*ret = fd;
	return true;
}

/* The state directory, absolute. Its contents are private by their own modes; the other user must get through it. */
static bool open_state(const char *state_dir, char out[CLUSTER_PATH], struct why *w)
{
	char path[PATH_MAX];
	int err = dir_make(state_dir, geteuid() == 0 ? 0711 : 0700);

	if (err)
		return refuse(w, "%s: %s", state_dir, strerror(err));
	if (!realpath(state_dir, path) || !join(out, CLUSTER_PATH - 64, path, ""))
		return refuse(w, "%s: %s", state_dir, strerror(errno ? errno : ENAMETOOLONG));
	return true;
}

int state_lock(const char *state_dir, char *why, size_t why_len)
{
	struct why w = { why, why_len };
	char state[CLUSTER_PATH];
	int fd = -1;

	return open_state(state_dir, state, &w) && take_lock(state, &fd, &w) ? fd : -1;
}

/* --- which PostgreSQL --- */

/* The major version of the server in that directory; 0 when there is none. */
static int major_in(const char *bin)
{
	char postgres[PATH_MAX], initdb[PATH_MAX], text[128];
	const char *const argv[] = { postgres, "--version", NULL };
	const struct child c = { .argv = argv, .death_signal = SIGKILL, .in = -1, .out = -1 };
	const char *digits;

	if (!join(postgres, sizeof postgres, bin, "/postgres") || !join(initdb, sizeof initdb, bin, "/initdb"))
		return 0;
	if (access(postgres, X_OK) != 0 || access(initdb, X_OK) != 0)
		return 0;
	if (child_run(&c, S(""), text, sizeof text) != 0)
		return 0;
	digits = strpbrk(text, "0123456789");
	return digits ? (int)strtol(digits, NULL, 10) : 0;
}

/* Takes bin when it is better than what c has: the version the data needs, or else the newest. */
static void consider(struct cluster *c, const char *bin, int needed)
{
	int major = major_in(bin);

	if (needed ? major == needed : major >= MAJOR_MIN && major > c->major)
		if (join(c->bin, sizeof c->bin, bin, ""))
			c->major = major;
}

static void consider_pg_config(struct cluster *c, int needed)
{
	static const char *const at[] = { "/usr/local/bin/pg_config", "/usr/bin/pg_config" };

	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		const char *const argv[] = { at[i], "--bindir", NULL };
		const struct child ask = { .argv = argv, .death_signal = SIGKILL, .in = -1, .out = -1 };
		char bin[PATH_MAX];

		if (access(at[i], X_OK) == 0 && child_run(&ask, S(""), bin, sizeof bin) == 0) {
			bin[strcspn(bin, "\n")] = 0;
			consider(c, bin, needed);
		}
	}
}

static bool find_postgres(struct cluster *c, struct why *w)
{
	char version[32];
	int needed = (int)strtol(line_of(c->data_dir, "/PG_VERSION", version, sizeof version), NULL, 10);
	glob_t found;

	c->major = 0;
	consider_pg_config(c, needed);
	if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			consider(c, found.gl_pathv[i], needed);
		globfree(&found);
	}
	if (c->major)
		return true;
	if (needed)
		return refuse(w, "%s was made by PostgreSQL %d, which is not installed: apt-get install postgresql-%d",
		              c->data_dir, needed, needed);
	return refuse(w, "no PostgreSQL %d or newer found (pg_config, /usr/lib/postgresql/*/bin): %s", MAJOR_MIN,
	              INSTALL);
}

/* --- as whom, and where --- */

static bool may_enter(const char *dir) { return access(dir, X_OK) == 0; }

/* As root: the owner of the data that is there, else postgres, else nobody. */
static bool choose_user(struct cluster *c, struct why *w)
{
	static const char *const names[] = { "postgres", "nobody" };
	struct stat st;
	bool there = stat(c->data_dir, &st) == 0;

	if (geteuid() != 0) {
		c->uid = 0;
		if (there && st.st_uid != geteuid())
			return refuse(w, "%s belongs to user %u: start as that user or as root", c->data_dir,
			              (unsigned)st.st_uid);
		return true;
	}
	if (there && st.st_uid != 0) {
		c->uid = st.st_uid;
		c->gid = st.st_gid;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct passwd *p = getpwnam(names[i]);

		if (p && p->pw_uid != 0) {
			c->uid = p->pw_uid;
			c->gid = p->pw_gid;
			return true;
		}
	}
	return refuse(w, "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as");
}

/* A directory of our own with that mode; refused when somebody else has put something there. */
static bool own_dir(const char *path, mode_t mode, uid_t uid)
{
	struct stat st;

	if (mkdir(path, mode) == 0 ? chmod(path, mode) != 0 : errno != EEXIST)
		return false;
	if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return false;
	return (st.st_uid == geteuid() || st.st_uid == uid) && (st.st_mode & 0022) == 0;
}

/* Not a secret, only a name: which state directory this is. */
static uint64_t name_hash(const char *s)
{
	uint64_t h = 14695981039346656037U;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211U;
	return h;
}

/* Where data can lie when the other user cannot enter <state>. */
static bool home_elsewhere(struct cluster *c, char home[CLUSTER_PATH], struct why *w)
{
	static const char *const parents[] = { "/var/lib", "/var/tmp" };
	char note[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(parents); i++) {
		snprintf(home, CLUSTER_PATH, "%s/counterfoil-%016llx", parents[i],
		         (unsigned long long)name_hash(c->state));
		if (!own_dir(home, 0711, c->uid) || !child_may(c->uid, c->gid, may_enter, home))
			continue;
		c->elsewhere = true;
		if (!join(note, sizeof note, c->state, "/pg.home") || file_write(note, span_z(home), 0600) != 0)
			return refuse(w, "%s: cannot be written", note);
		watch(LOG_WARN, EVENT("cluster_elsewhere"), KV("state_dir", c->state), KV("data_dir", home),
		      KV("reason", "the database user cannot enter the state directory"));
		return true;
	}
	return refuse(
		w,
		"the database user (%u) can enter neither %s nor a directory under /var/lib: use another --state-dir",
		(unsigned)c->uid, c->state);
}

/* The directory that holds pg/ and run/: the state directory, or the one that an earlier start had to take. */
static bool find_home(struct cluster *c, char home[CLUSTER_PATH], struct why *w)
{
	struct stat st;

	line_of(c->state, "/pg.home", home, CLUSTER_PATH);
	c->elsewhere = home[0] == '/';
	/* Never an empty registry in place of one that cannot be found. */
	if (c->elsewhere && stat(home, &st) != 0)
		return refuse(
			w,
			"%s/pg.home says that the data is in %s, which is gone: restore it, or remove pg.home to begin anew",
			c->state, home);
	if (!c->elsewhere)
		join(home, CLUSTER_PATH, c->state, "");
	return join(c->data_dir, sizeof c->data_dir, home, "/pg") && choose_user(c, w);
}

/* Sets data_dir, log and user, and gives the directory they are in. */
static bool choose_home(struct cluster *c, char home[CLUSTER_PATH], struct why *w)
{
	struct stat st;

	if (!find_home(c, home, w) || !join(c->log, sizeof c->log, c->state, "/pg.log"))
		return false;
	if (!c->uid || child_may(c->uid, c->gid, may_enter, home))
		return true;
	if (stat(c->data_dir, &st) == 0)
		return refuse(
			w, "user %u, who runs the database, cannot enter %s: chmod a+x it and the directories above it",
			(unsigned)c->uid, home);
	return home_elsewhere(c, home, w) && join(c->data_dir, sizeof c->data_dir, home, "/pg") && choose_user(c, w);
}

/* Paths that need no quoting, neither in a conninfo string nor in unix_socket_directories. */
static bool is_plain_path(const char *path)
{
	return path[0] == '/' &&
	       path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-")] == 0;
}

static bool socket_fits(const char *dir)
{
	return is_plain_path(dir) && strlen(dir) + strlen(SOCKET_NAME) <= SOCKET_PATH_MAX;
}

/* Makes dir the private socket directory. */
static bool take_socket_dir(struct cluster *c, const char *dir)
{
	struct stat st;

	if (!socket_fits(dir) || !own_dir(dir, 0700, c->uid) || !join(c->socket_dir, sizeof c->socket_dir, dir, ""))
		return false;
	if (chmod(dir, 0700) != 0 || (c->uid && chown(dir, c->uid, c->gid) != 0))
		return false;
	return stat(dir, &st) == 0 && child_may(c->uid, c->gid, may_enter, dir);
}

static bool choose_socket_dir(struct cluster *c, const char *home, struct why *w)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *const parents[] = { runtime && c->uid == 0 ? runtime : "/tmp", "/tmp" };
	char dir[PATH_MAX], note[PATH_MAX];

	if (join(dir, sizeof dir, home, "/run") && take_socket_dir(c, dir))
		return true;
	line_of(c->state, "/pg.socket", dir, sizeof dir);
	if (dir[0] == '/' && take_socket_dir(c, dir))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(parents); i++) {
		if (!join(dir, sizeof dir, parents[i], "/counterfoil-XXXXXX") || !socket_fits(dir) || !mkdtemp(dir))
			continue;
		if (take_socket_dir(c, dir) && join(note, sizeof note, c->state, "/pg.socket") &&
		    file_write(note, span_z(dir), 0600) == 0)
			return true;
	}
	return refuse(
		w, "no place for the database's socket: %s is too long or cannot be entered, and /tmp is not writable",
		home);
}

/* --- making it --- */

static uid_t chown_uid;
static gid_t chown_gid;

static int chown_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return lchown(path, chown_uid, chown_gid);
}

/* Data that root brought here (a copy, a restored backup) becomes the other user's. */
static bool give_away(struct cluster *c, const char *dir)
{
	struct stat st;

	if (!c->uid || stat(dir, &st) != 0 || st.st_uid == c->uid)
		return true;
	chown_uid = c->uid;
	chown_gid = c->gid;
	return nftw(dir, chown_one, 16, FTW_PHYS) == 0;
}

/* The last lines PostgreSQL wrote, on one line, for a message. */
static const char *log_tail(const struct cluster *c, char *out, size_t cap)
{
	int fd = open(c->log, O_RDONLY | O_CLOEXEC);
	off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0, want = (off_t)cap - 1;
	ssize_t n = fd >= 0 ? pread(fd, out, (size_t)(end < want ? end : want), end < want ? 0 : end - want) : 0;

	if (fd >= 0)
		close(fd);
	out[n > 0 ? n : 0] = 0;
	for (char *p = out; *p; p++)
		if (*p == '\n')
			*p = p[1] ? '|' : 0;
	return out;
}

static struct child pg_child(const struct cluster *c, const char *const *argv)
{
	return (struct child){ .argv = argv,
		               .uid = c->uid,
		               .gid = c->gid,
		               .death_signal = SIGKILL,
		               .log = c->log,
		               .in = -1,
		               .out = -1,
		               .fake_passwd = true };
}

/* The whole of it under another name first: an interrupted start leaves no half cluster behind. */
static bool make_cluster(struct cluster *c, struct why *w)
{
	char fresh[PATH_MAX], initdb[PATH_MAX], postgres[PATH_MAX], tail[400];
	const char *const init[] = { initdb,
		                     "-D",
		                     fresh,
		                     "-U",
		                     "counterfoil",
		                     "--auth=trust",
		                     "--locale=C.UTF-8",
		                     "--lc-messages=C",
		                     "-E",
		                     "UTF8",
		                     "--data-checksums",
		                     "--no-instructions",
		                     NULL };
	const char *const single[] = { postgres, "--single", "-D", fresh, "template1", NULL };

	if (!join(fresh, sizeof fresh, c->data_dir, ".new") || !join(initdb, sizeof initdb, c->bin, "/initdb") ||
	    !join(postgres, sizeof postgres, c->bin, "/postgres"))
		return refuse(w, "%s: path too long", c->data_dir);
	if (dir_remove(fresh) != 0 || mkdir(fresh, 0700) != 0 || (c->uid && chown(fresh, c->uid, c->gid) != 0))
		return refuse(w, "%s: %s", fresh, strerror(errno));
	const struct child a = pg_child(c, init), b = pg_child(c, single);
	if (child_run(&a, S(""), NULL, 0) != 0)
		return refuse(w, "initdb failed; %s says: %s", c->log, log_tail(c, tail, sizeof tail));
	if (child_run(&b, S("CREATE DATABASE counterfoil;\n"), NULL, 0) != 0)
		return refuse(w, "the database could not be made; %s says: %s", c->log, log_tail(c, tail, sizeof tail));
	if (rename(fresh, c->data_dir) != 0)
		return refuse(w, "%s: %s", c->data_dir, strerror(errno));
	c->created = true;
	return true;
}

/* --- starting it --- */

/* Whether process `pid` is a PostgreSQL at work in the data directory (every process of one has it as its own). */
static bool works_in(const char *pid, const char *data_dir)
{
	char path[300], at[PATH_MAX], name[32];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%.200s", pid);
	if (strcmp(line_of(path, "/comm", name, sizeof name), "postgres") != 0)
		return false;
	snprintf(path, sizeof path, "/proc/%.200s/cwd", pid);
	n = readlink(path, at, sizeof at - 1);
	at[n > 0 ? n : 0] = 0;
	return strcmp(at, data_dir) == 0;
}

static pid_t user_of(const char *data_dir)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	pid_t found = 0;

	while (proc && !found && (e = readdir(proc)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && works_in(e->d_name, data_dir))
			found = (pid_t)strtol(e->d_name, NULL, 10);
	if (proc)
		closedir(proc);
	return found;
}

/*
 * A predecessor whose parent was killed is shutting down: wait for it. Its postmaster.pid may also be left from a
 * power cut, with a number that by now is somebody else's; since no process works in the directory, it is stale.
 */
static bool clear_predecessor(struct cluster *c, struct why *w)
{
	int64_t until = clock_ns() + LEAVE_MS * INT64_C(1000000);
	char pidfile[PATH_MAX];
	pid_t pid;

	while ((pid = user_of(c->data_dir)) != 0 && clock_ns() < until)
		clock_sleep_ms(20);
	if (pid)
		return refuse(w, "a PostgreSQL (process %d) still runs in %s and does not end: kill -INT %d", (int)pid,
		              c->data_dir, (int)pid);
	if (join(pidfile, sizeof pidfile, c->data_dir, "/postmaster.pid"))
		unlink(pidfile);
	return true;
}

/* Whether this build of PostgreSQL knows a setting's value. */
static bool knows(const struct cluster *c, const char *setting)
{
	char postgres[PATH_MAX];
	const char *const argv[] = { postgres, "-C", "wal_compression", "-D", c->data_dir, "-c", setting, NULL };
	struct child ask = pg_child(c, argv);

	ask.log = NULL;
	return join(postgres, sizeof postgres, c->bin, "/postgres") && child_run(&ask, S(""), NULL, 0) == 0;
}

/* An eighth of the memory, at most 4 GB: the machine is also the server's, and pages not used cost nothing. */
static long shared_buffers_mb(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
	long mb = pages > 0 && size > 0 ? pages / 8 / (1024 * 1024 / size) : 128;

	return mb > 4096 ? 4096 : mb < 32 ? 32 : mb;
}

static bool start(struct cluster *c)
{
	char postgres[PATH_MAX], sockets[160], buffers[48];
	bool lz4 = knows(c, "wal_compression=lz4");
	const char *const argv[] = {
		postgres, "-D", c->data_dir,
		/* reached through one socket, by us and root alone */
		"-c", "listen_addresses=", "-c", sockets, "-c", "unix_socket_permissions=0700", "-c", "port=5432",
		/* nothing acknowledged is lost */
		"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on",
		/* random keys: rare checkpoints, compressed pages (LIMITS.md, Growth) */
		"-c", "max_wal_size=4GB", "-c", "min_wal_size=512MB", "-c", "checkpoint_timeout=15min", "-c",
		lz4 ? "wal_compression=lz4" : "wal_compression=on", "-c", buffers,
		/* short statements */
		"-c", "jit=off", "-c", "max_connections=50", "-c", "random_page_cost=1.1", "-c", "timezone=UTC",
		/* a log without business content: no statements, no values of keys */
		"-c", "logging_collector=off", "-c", "log_destination=stderr", "-c", "log_timezone=UTC", "-c",
		"log_line_prefix=%m [%p] ", "-c", "log_min_error_statement=panic", "-c", "log_error_verbosity=terse",
		"-c", "log_statement=none", "-c", "log_min_duration_statement=-1", NULL
	};
	struct child pg = pg_child(c, argv);

	pg.death_signal = SIGINT; /* fast shutdown */
	pg.fake_passwd = false;   /* only initdb asks for a name */
	snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", c->socket_dir);
	snprintf(buffers, sizeof buffers, "shared_buffers=%ldMB", shared_buffers_mb());
	c->postmaster = join(postgres, sizeof postgres, c->bin, "/postgres") ? child_start(&pg) : -1;
	return c->postmaster > 0;
}

/* Line 8 of postmaster.pid says what the postmaster is doing. */
static bool says_ready(const struct cluster *c)
{
	char path[PATH_MAX], mem[PATH_MAX * 2];
	struct arena a = arena_over(mem, sizeof mem);
	struct span text, line;

	if (!join(path, sizeof path, c->data_dir, "/postmaster.pid") || file_read(path, PATH_MAX, &a, &text) != 0)
		return false;
	for (int i = 0; i < 7; i++)
		if (!span_cut(text, '\n', &line, &text))
			return false;
	return span_starts(text, S("ready"));
}

static bool answers(const struct cluster *c)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && join(at.sun_path, sizeof at.sun_path, c->socket_dir, SOCKET_NAME) &&
	            connect(fd, (struct sockaddr *)&at, sizeof at) == 0;

	if (fd >= 0)
		close(fd);
	return good;
}

static bool wait_ready(struct cluster *c, struct why *w)
{
	int64_t begun = clock_ns();
	char tail[400];

	while (!says_ready(c) || !answers(c)) {
		if (!cluster_alive(c))
			return refuse(w, "PostgreSQL ended while starting; %s says: %s", c->log,
			              log_tail(c, tail, sizeof tail));
		if (clock_ns() - begun > READY_MS * INT64_C(1000000))
			return refuse(w, "PostgreSQL is not ready after %d s; see %s", READY_MS / 1000, c->log);
		clock_sleep_ms(10);
	}
	return true;
}

/* One old log is kept. */
static void turn_log(const struct cluster *c)
{
	char old[PATH_MAX];
	struct stat st;

	if (stat(c->log, &st) == 0 && st.st_size > LOG_MAX && join(old, sizeof old, c->log, ".1"))
		rename(c->log, old);
}

static bool up(struct cluster *c, struct why *w)
{
	char home[CLUSTER_PATH];
	struct stat st;

	if (!choose_home(c, home, w) || !find_postgres(c, w) || !choose_socket_dir(c, home, w))
		return false;
	turn_log(c);
	if (stat(c->data_dir, &st) != 0 && !make_cluster(c, w))
		return false;
	if (!give_away(c, c->data_dir))
		return refuse(w, "%s: %s", c->data_dir, strerror(errno));
	if (!clear_predecessor(c, w))
		return false;
	if (!start(c))
		return refuse(w, "%s/postgres: %s", c->bin, strerror(errno));
	snprintf(c->conninfo, sizeof c->conninfo, "host=%s port=5432 dbname=counterfoil user=counterfoil",
	         c->socket_dir);
	return wait_ready(c, w);
}

bool cluster_up(const char *state_dir, struct cluster *ret, char *why, size_t why_len)
{
	struct why w = { why, why_len };
	struct cluster c = { .lock = -1 };

	if (!open_state(state_dir, c.state, &w) || !take_lock(c.state, &c.lock, &w))
		return false;
	if (!up(&c, &w)) {
		cluster_down(&c);
		return false;
	}
	*ret = c;
	return true;
}

bool cluster_alive(struct cluster *c)
{
	if (c->postmaster > 0 && waitpid(c->postmaster, NULL, WNOHANG) == 0)
		return true;
	c->postmaster = 0;
	return false;
}

/* Waits for the end; false when it takes longer. */
static bool ended(struct cluster *c, int64_t ms, int *status)
{
	int64_t until = clock_ns() + ms * 1000000;

	for (;;) {
		pid_t got = waitpid(c->postmaster, status, WNOHANG);

		if (got != 0)
			return got == c->postmaster;
		if (clock_ns() > until)
			return false;
		clock_sleep_ms(5);
	}
}

bool cluster_down(struct cluster *c)
{
	int status = -1;

	if (c->postmaster > 0) {
		kill(c->postmaster, SIGINT);
		if (!ended(c, STOP_MS, &status)) {
			kill(c->postmaster, SIGQUIT); /* its own log recovers it next time */
			ended(c, STOP_MS, &status);
			status = -1;
		}
	}
	c->postmaster = 0;
	if (c->lock >= 0)
		close(c->lock);
	c->lock = -1;
	return status == 0;
}
