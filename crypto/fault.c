/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault.c: errors.def as a table.
 *
 * The numbers must rise down the file, so that a number used twice, or a row
 * put in the wrong family, fails the first test instead of the first auditor.
 */
#include "fault.h"

enum { FREE = 0, LOGGED = 1 };

static const struct fault_info rows[] = {
#define FAULT(number, id, http, where, slug, text) { E_##id, http, (where) == LOGGED, slug, text },
#include "errors.def"
#undef FAULT
};
static const struct fault_info accepted = { OK, 200, true, "accepted", "accepted" };

const struct fault_info *fault_info(enum fault f)
{
	size_t low = 0, high = ARRAY_LEN(rows);

	if (f == OK)
		return &accepted;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		assert(mid < ARRAY_LEN(rows));
		if (rows[mid].fault == f)
			return &rows[mid];
		if (rows[mid].fault < f)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct fault_info *fault_by_slug(struct span slug)
{
	if (span_is(slug, accepted.slug))
		return &accepted;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (span_is(slug, rows[i].slug))
			return &rows[i];
	return NULL;
}

const struct fault_info *fault_rows(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

/* As much of z as fits with its zero, never half a UTF-8 character. */
static void set_cut(char *out, size_t cap, const char *z)
{
	size_t len = strlen(z);

	assert(cap > 0);
	if (len >= cap) {
		len = cap - 1;
		while (len > 0 && ((uint8_t)z[len] & 0xc0) == 0x80)
			len--;
	}
	assert(len < cap);
	memcpy(out, z, len);
	out[len] = 0;
}

enum fault diag_set(struct diag *d, enum fault f, const char *pointer, const char *detail)
{
	assert(d && pointer && detail);
	assert(f != OK);
	set_cut(d->pointer, sizeof d->pointer, pointer);
	set_cut(d->detail, sizeof d->detail, detail);
	return f;
}
