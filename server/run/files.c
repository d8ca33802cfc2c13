/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads up to cap bytes; fewer only at the end of the file. */
static int read_all(int fd, char *at, size_t cap, size_t *got)
{
	*got = 0;
	while (*got < cap) {
		ssize_t n = read(fd, at + *got, cap - *got);

		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			*got += (size_t)n;
	}
	return 0;
}

static int write_all(int fd, struct span s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.at, s.len);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0) {
			s.at += n;
			s.len -= (size_t)n;
		}
	}
	return 0;
}

static int read_open(int fd, size_t max, mode_t forbidden, struct arena *mem, struct span *ret)
{
	struct stat st;
	size_t cap = max, got;
	char *at;
	int err;

	if (fstat(fd, &st) != 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	if (st.st_mode & forbidden)
		return EACCES;
	/* Files under /proc and pipes say 0: only reading tells. */
	if (S_ISREG(st.st_mode) && st.st_size > 0) {
		if ((uintmax_t)st.st_size > max)
			return EFBIG;
		cap = (size_t)st.st_size;
	}
	if (cap > SIZE_MAX - 2 || !(at = arena_take(mem, cap + 2)))
		return ENOMEM;
	/* One byte more than allowed, to see that there is no more. */
	if ((err = read_all(fd, at, cap + 1, &got)) != 0)
		return err;
	if (got > cap)
		return EFBIG;
	at[got] = 0;
	*ret = (struct span){ at, got };
	return 0;
}

static int read_path(const char *path, size_t max, mode_t forbidden, struct arena *mem, struct span *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int err;

	if (fd < 0)
		return errno;
	err = read_open(fd, max, forbidden, mem, ret);
	close(fd);
	return err;
}

int file_read(const char *path, size_t max, struct arena *mem, struct span *ret)
{
	return read_path(path, max, 0, mem, ret);
}

int file_read_secret(const char *path, size_t max, struct arena *mem, struct span *ret)
{
	return read_path(path, max, 0077, mem, ret);
}

/* Everything before the last slash; "." when there is none. */
static bool parent_of(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	struct span dir = slash ? (struct span){ path, (size_t)(slash - path) } : S(".");

	if (slash == path)
		dir = S("/");
	if (dir.len >= PATH_MAX)
		return false;
	memcpy(out, dir.at, dir.len);
	out[dir.len] = 0;
	return true;
}

static int sync_parent(const char *path)
{
	char dir[PATH_MAX];
	int fd, err = 0;

	if (!parent_of(path, dir))
		return ENAMETOOLONG;
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return errno;
	if (fsync(fd) != 0)
		err = errno;
	close(fd);
	return err;
}

/* Fills and closes a file that was just made. */
static int fill(int fd, struct span bytes, mode_t mode)
{
	int err = write_all(fd, bytes);

	if (!err && fchmod(fd, mode) != 0)
		err = errno;
	if (!err && fsync(fd) != 0)
		err = errno;
	if (close(fd) != 0 && !err)
		err = errno;
	return err;
}

int file_write(const char *path, struct span bytes, mode_t mode)
{
	char temp[PATH_MAX];
	int fd, err;

	if (snprintf(temp, sizeof temp, "%s.XXXXXX", path) >= (int)sizeof temp)
		return ENAMETOOLONG;
	if ((fd = mkostemp(temp, O_CLOEXEC)) < 0)
		return errno;
	err = fill(fd, bytes, mode);
	if (!err && rename(temp, path) != 0)
		err = errno;
	if (err) {
		unlink(temp);
		return err;
	}
	return sync_parent(path);
}

int file_create(const char *path, struct span bytes, mode_t mode)
{
	char temp[PATH_MAX];
	int fd, err;

	if (snprintf(temp, sizeof temp, "%s.XXXXXX", path) >= (int)sizeof temp)
		return ENAMETOOLONG;
	if ((fd = mkostemp(temp, O_CLOEXEC)) < 0)
		return errno;
	err = fill(fd, bytes, mode);
	/* link() refuses to replace, where rename() would: a key is never written over. */
	if (!err && link(temp, path) != 0)
		err = errno;
	unlink(temp);
	return err ? err : sync_parent(path);
}

int dir_make(const char *path, mode_t mode)
{
	char part[PATH_MAX];
	size_t len = strlen(path);
	struct stat st;

	if (len == 0 || len >= sizeof part)
		return len ? ENAMETOOLONG : ENOENT;
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != 0)
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		/* chmod: the mode is meant whatever the umask. */
		if (mkdir(part, mode) == 0 ? chmod(part, mode) != 0 : errno != EEXIST && stat(part, &st) != 0)
			return errno;
	}
	if (stat(path, &st) != 0)
		return errno;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

int dir_remove(const char *path)
{
	errno = 0;
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
		return 0;
	return errno ? errno : EIO;
}
