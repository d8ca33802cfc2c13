/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.h: files read whole and written whole.
 *
 * A reader of a file that file_write() made sees the old bytes or the new
 * ones, never a part, also after a power cut: temporary file, fsync, rename,
 * fsync of the directory. Every function returns 0 or an errno value, so that
 * the caller can say which path it was.
 */
#ifndef CF_FILES_H
#define CF_FILES_H

#include <sys/types.h>

#include "base.h"

enum { FILE_SECRET = 0600, FILE_PUBLIC = 0644 };

/* All of a file (or pipe) of at most max bytes, with a zero behind that is not counted.
 * EFBIG when it is larger, ENOMEM when the arena is too small. */
MUST_CHECK int file_read(const char *path, size_t max, struct arena *mem, struct span *ret);
/* The same for a key or password: EACCES when group or others may read it. */
MUST_CHECK int file_read_secret(const char *path, size_t max, struct arena *mem, struct span *ret);
/* Replaces the file. mode is exact, whatever the umask. */
MUST_CHECK int file_write(const char *path, struct span bytes, mode_t mode);
/* Makes the file, durable like file_write(); EEXIST when there is one already. For keys. */
MUST_CHECK int file_create(const char *path, struct span bytes, mode_t mode);
/* mkdir -p. Directories that are there keep their mode; those made on the way get `mode`. */
MUST_CHECK int dir_make(const char *path, mode_t mode);
/* Removes a directory and all below it, without following links. Absent is fine. */
MUST_CHECK int dir_remove(const char *path);
#endif
