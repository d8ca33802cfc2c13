/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test.h: cmocka with its own headers in the right order, and where the
 * published test data lies.
 *
 * Data that others published is beside the checkout in ../shared (or where
 * CF_SHARED says). A stranger's clone has none: such a test then says skip().
 */
#ifndef CF_TEST_H
#define CF_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka must come after the four above */
#include <cmocka.h>

#include "base.h"

#define T(f) cmocka_unit_test(f)

static inline const char *shared_dir(void)
{
	const char *dir = getenv("CF_SHARED");

	return dir ? dir : "../shared";
}

/* The whole file under shared_dir() in malloc'ed memory with a zero behind it; at == NULL when it is not there. */
static inline struct span shared_file(const char *name)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/%s", shared_dir(), name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return (struct span){ NULL, 0 };
	size_t cap = 1 << 16, len = 0, got;
	char *at = malloc(cap + 1);
	while (at && (got = fread(at + len, 1, cap - len, f)) > 0) {
		len += got;
		if (len == cap)
			at = realloc(at, (cap *= 2) + 1);
	}
	fclose(f);
	if (at)
		at[len] = 0;
	return (struct span){ at, len };
}
#endif
