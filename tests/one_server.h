/* SPDX-License-Identifier: Apache-2.0 */
/*
 * one_server.h: a program whose tests all ask one registry, with the same people in it.
 *
 *   begin_plain  a fresh registry with the cast enrolled; a program that needs flags or more people writes its own
 *                round one_server_begin()
 *   finish       the registry is gone, with its files
 *   fresh        before a test: what the last one took from the arena is free again
 *
 * Without a built server (sanitizer builds of the library alone) nothing starts, and NEED_SERVER() skips the test.
 */
#ifndef CF_ONE_SERVER_H
#define CF_ONE_SERVER_H

#include "server.h"

static struct server server;
static struct cast cast;
static struct arena mem;

/* `flags` as for counterfoild, NULL at the end; or NULL. False: there is no server to ask. */
static inline bool one_server_begin(const char *const *flags)
{
	if (!server_program())
		return false;
	mem = map_arena((size_t)512 << 20);
	server_make(&server, NULL);
	while (flags && *flags)
		server_flag(&server, *flags++);
	server_start(&server);
	cast_start(&server, &cast);
	return true;
}

static inline int begin_plain(void **state)
{
	(void)state;
	(void)one_server_begin(NULL);
	return 0;
}

static inline int finish(void **state)
{
	(void)state;
	if (server_program())
		server_drop(&server);
	return 0;
}

static inline int fresh(void **state)
{
	(void)state;
	if (mem.base)
		arena_reset(&mem);
	return 0;
}

/* An invoice number no test used before; lives until the arena is reset. */
static inline const char *number(void)
{
	static unsigned n;
	char *text = arena_take(&mem, 32);

	snprintf(text, 32, "INV-%06u", ++n);
	return text;
}

#endif
