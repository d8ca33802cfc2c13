/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tiles.h: the log as C2SP tlog-tiles files, written and read.
 *
 *   checkpoint                   the signed note: all below is what it speaks of
 *   tile/<L>/<N>                 256 hashes; hash i of level L is the root of leaves
 *   tile/<L>/<N>.p/<W>           [ (N*256+i) * 256^L, + 256^L ); partial: the first W < 256
 *   tile/entries/<N>[.p/<W>]     256 (or W) times: length (2 bytes, big-endian), leaf
 *   .new/                        ours: files on their way, emptied at every start
 *
 * Files are the publication, the database is the source: everything here can
 * be made again from the leaves, byte for byte.
 *
 * Invariants: a file never changes; it is on the disk, whole, before the
 * checkpoint that needs it appears, and the checkpoint file is replaced last.
 * A partial tile goes away only when the full tile has been part of a
 * published checkpoint that is not the present one any more (tlog-tiles,
 * "Partial Tiles"); until then whoever holds one of the two finds it.
 */
#ifndef CF_TILES_H
#define CF_TILES_H

#include "fault.h"
#include "leaf.h"
#include "tree.h"

#define TILE_WIDTH 256
#define TILE_LEVELS 8 /* 256^8 leaves are more than 64 bits count */
#define TILE_PATH_MAX 64
#define TILE_LEN (TILE_WIDTH * HASH_LEN)
#define BUNDLE_LEN (TILE_WIDTH * (2 + LEAF_LEN))

/* --- names --- */
struct tile {
	bool entries;   /* a bundle of entries; level is then 0 */
	unsigned level; /* 0 to 63 by the standard, less than TILE_LEVELS here */
	uint64_t index;
	unsigned width; /* 1 to 256; 256 is a full tile */
};
/* "tile/0/x001/x234/067.p/12" and the like. */
void tile_path(const struct tile *t, char out[TILE_PATH_MAX]);
/* The inverse; refuses every other spelling. */
MUST_CHECK bool tile_path_parse(struct span path, struct tile *ret);
/* How wide this tile is in a log of `size`: 256, less for the last of its level, 0 when there is none. */
unsigned tile_width(unsigned level, uint64_t index, uint64_t size);

/* --- reading files --- */
/* Brings the bytes of a path; false when it is not there or cannot be had. Directory, HTTP, memory. */
typedef bool fetch_fn(void *from, const char *path, struct arena *mem, struct span *ret);
/* From a directory; `from` is an int *, its descriptor. Exactly this file. */
bool tile_file(void *from, const char *path, struct arena *mem, struct span *ret);
/* The same for answering clients: a partial tile that is not there (never published in this width, or taken away
 * when full) is cut from a wider one, since it is that one's beginning. */
bool tile_serve(void *from, const char *path, struct arena *mem, struct span *ret);

/* --- reading hashes --- */
/* Hashes of any node of a published size, by reading tiles and computing inside them; with a cache. One thread. */
struct tile_view;
struct tile_view *tile_view_new(fetch_fn *fetch, void *from); /* NULL without memory */
void tile_view_free(struct tile_view *v);                     /* takes NULL */
/* The size all reads are about, which must have been published. */
void tile_view_at(struct tile_view *v, uint64_t size);
uint64_t tile_view_size(const struct tile_view *v);
/* A node_source over a tile_view: prove_inclusion(tiles_node, view, index, size, ...) with size <= the view's. */
bool tiles_node(void *from, unsigned level, uint64_t index, struct hash *ret);
/* Leaf `index` as published; it points into mem. */
MUST_CHECK bool tiles_entry(struct tile_view *v, uint64_t index, struct arena *mem, struct span *leaf);
/* Size and root the checkpoint text names, without looking at its signatures. */
MUST_CHECK bool checkpoint_read(struct span note, uint64_t *size, struct hash *root);

/* --- writing --- */
/*
 * Faults: E_STORAGE_FULL, E_INTERNAL (I/O, or a checkpoint that is not of this
 * tree). After one, close and open again: what the files hold decides.
 */
struct tiles;
/* Makes the directory when there is none; brings it to the state of its checkpoint: what a crash left beyond is
 * removed, and the right edge is read and checked. When the edge does not lead to the checkpoint's root the size
 * is 0 and *why says so: extending from 0 then writes everything again. NULL and *why when it cannot be used. */
struct tiles *tiles_open(const char *dir, char *why, size_t why_len);
void tiles_close(struct tiles *t); /* takes NULL */
/* How many leaves it has; the next tiles_extend begins there. */
uint64_t tiles_size(const struct tiles *t);
/* Of the checkpoint that is published; 0 without. */
uint64_t tiles_published(const struct tiles *t);
struct hash tiles_root(const struct tiles *t);
/* Adds n leaves of LEAF_LEN bytes at `from`, which must be tiles_size(). Work in memory, and a file for each tile that
 * became full; nothing is waited for on the disk but every 64 files. */
MUST_CHECK enum fault tiles_extend(struct tiles *t, uint64_t from, const uint8_t *leaves, size_t n);
/* Publishes the present size: partial tiles, everything to the disk, then the checkpoint, which must name exactly this
 * size and root. */
MUST_CHECK enum fault tiles_publish(struct tiles *t, struct span checkpoint_note);
#endif
