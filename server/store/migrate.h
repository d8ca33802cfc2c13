/* SPDX-License-Identifier: Apache-2.0 */
/* migrate.h: the numbered files of schema/, as they are in this program. */
#ifndef CF_STORE_MIGRATE_H
#define CF_STORE_MIGRATE_H

#include "pg.h"

struct migration {
	int number;
	const char *name; /* "001_registry.sql" */
	const char *sql;
};
const struct migration *migrations(size_t *n);
struct hash migration_hash(const struct migration *m);
/* The words the database shows for numbers, from the .def lists: one row each. */
typedef bool word_fn(void *arg, const char *list, int32_t number, const char *word);
MUST_CHECK bool words_each(word_fn *fn, void *arg);
#endif
