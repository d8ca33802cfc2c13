/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keeping.h: the master key of what is sealed at rest (seal.h, 074_sealed): a file of 32 bytes, mode 0600.
 *
 *   master.key        in use: the database says under which one its keys are wrapped
 *   master.key.next   asked for by `counterfoil seal rotate`; at the next start all keys are wrapped under it, in one
 *                     transaction, and it takes the other's name. A crash in between is found by what the database says.
 *
 * Without the right file nothing starts, and the reason says which file is wanted. It is made on a first start alone:
 * one made later would hide that the old one is lost.
 */
#ifndef CF_KEEPING_H
#define CF_KEEPING_H

#include "store/store.h"

struct keeping_conf {
	const char *database_url, *state_dir;
	const char *path; /* of the key; empty: master.key under state_dir */
	bool writes;      /* may make the first key, move to the next one, and seal what came before anything was */
};
MUST_CHECK bool keeping_open(const struct keeping_conf *conf, struct vault *ret, char *why, size_t why_len);
/* For who only reads: the key this database is sealed under, from its file. s: an auditor's store, or a checker's. */
MUST_CHECK bool keeping_read(struct store *s, const char *state_dir, const char *path, struct vault *ret, char *why,
                             size_t why_len);
/* Makes the next key; it is taken at the next start. False when there is one already. */
MUST_CHECK bool keeping_rotate(const char *state_dir, const char *path, char *why, size_t why_len);
#endif
