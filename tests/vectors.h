/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vectors.h: reading what others published: JSON, hexadecimal, and Botan's
 * "Name = value" files. Only tests include it.
 */
#ifndef CF_VECTORS_H
#define CF_VECTORS_H
#include <jansson.h>

#include "test.h"

/* Where a test keeps what it reads; reset at will. */
static char vector_pool[1 << 20];
static struct arena vector_mem;

static inline struct arena *vec(void)
{
	if (!vector_mem.base)
		vector_mem = arena_over(vector_pool, sizeof vector_pool);
	return &vector_mem;
}

static inline int vec_digit(char c)
{
	const char *all = "0123456789abcdef", *at = c ? strchr(all, c | 0x20) : NULL;

	return at ? (int)(at - all) : -1;
}

/* Hexadecimal of either case, kept until vec() is reset. */
static inline struct span unhex_span(struct span s)
{
	uint8_t *out = arena_take(vec(), s.len / 2);

	assert_non_null(out);
	assert_int_equal(s.len % 2, 0);
	for (size_t i = 0; i < s.len / 2; i++) {
		int high = vec_digit(s.at[2 * i]), low = vec_digit(s.at[2 * i + 1]);

		assert_true(high >= 0 && low >= 0);
		out[i] = (uint8_t)(high << 4 | low);
	}
	return (struct span){ (const char *)out, s.len / 2 };
}

static inline struct span unhex(const char *hex) { return unhex_span(span_z(hex)); }

static inline struct span bytes_of(const void *at, size_t len) { return (struct span){ at, len }; }

/* The JSON file under shared_dir(), or NULL when it is not there. */
static inline json_t *shared_json_as(const char *name, size_t flags)
{
	struct span file = shared_file(name);
	if (!file.at)
		return NULL;
	json_t *j = json_loadb(file.at, file.len, flags, NULL);
	free((void *)(uintptr_t)file.at);
	assert_non_null(j);
	return j;
}

static inline json_t *shared_json(const char *name) { return shared_json_as(name, 0); }

static inline const char *text_of(const json_t *j, const char *name)
{
	const char *z = json_string_value(json_object_get(j, name));

	assert_non_null(z);
	return z;
}

static inline struct span hex_of(const json_t *j, const char *name) { return unhex(text_of(j, name)); }

/* Takes the next line; the last may lack its newline. False at the end. */
static inline bool next_line(struct span *s, struct span *line)
{
	if (s->len == 0)
		return false;
	if (!span_cut(*s, '\n', line, s)) {
		*line = *s;
		s->len = 0;
	}
	return true;
}

/* "Name = value" of a Botan vector file; false for other lines. */
static inline bool vec_field(struct span line, struct span *name, struct span *value)
{
	if (line.len == 0 || line.at[0] == '#' || !span_cut(line, '=', name, value))
		return false;
	while (name->len > 0 && name->at[name->len - 1] == ' ')
		name->len--;
	while (value->len > 0 && value->at[0] == ' ')
		*value = (struct span){ value->at + 1, value->len - 1 };
	return true;
}

/* A small generator, so that a test's random bytes are the same each time (xorshift64*). */
static inline uint64_t vec_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}
#endif
