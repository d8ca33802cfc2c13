/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.c: the published log, as C2SP tlog-tiles lays it out.
 *
 * The name is checked against the grammar before it comes near the file
 * system (tile_path_parse). A partial tile that was never written in this
 * width is cut from a wider one: we sign more checkpoints than we publish, and
 * whoever holds one of them must find its tiles.
 */
#include <fcntl.h>
#include <unistd.h>

#include "http/handlers.h"
#include "service/tiles.h"

static struct reply published(struct request *q, const char *path, const char *type, enum cache cache)
{
	int dir = q->http->tiles_fd;
	/* It was not there when we started: until the restart it is looked up each time. */
	int fd = dir >= 0 ? dir : open(service_tiles_dir(q->http->service), O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct span bytes;
	bool found = fd >= 0 && tile_serve(&fd, path, &q->mem, &bytes);

	if (fd >= 0 && fd != dir)
		close(fd);
	if (!found)
		return reply_fault(q, E_NOT_FOUND);
	return reply_bytes(q, type, bytes, cache);
}

struct reply checkpoint_get(struct request *q)
{
	return published(q, "checkpoint", "text/plain; charset=utf-8", CACHE_SHORT);
}

struct reply tile_get(struct request *q)
{
	struct writer w = writer_in(&q->mem);
	struct span path;
	struct tile t;

	put_z(&w, "tile/");
	put_span(&w, q->param[0]);
	path = writer_done(&w, &q->mem);
	if (!tile_path_parse(path, &t))
		return reply_fault(q, E_NOT_FOUND);
	return published(q, arena_z(&q->mem, path), "application/octet-stream", CACHE_EVER);
}
