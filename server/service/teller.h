/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teller.h: tells people: follows the log behind its commits and makes alerts.
 *
 * It stands outside the write path: it has a connection of its own, asks for
 * what is committed, and an entry is as fast when nobody is told of it. Where
 * it is, is stored with what it made, so it may be killed at any moment.
 */
#ifndef CF_TELLER_H
#define CF_TELLER_H

#include "service/service.h"

struct teller;
/* Opens the connection. NULL and *why on failure. */
struct teller *teller_open(const char *database_url, char *why, size_t why_len);
void teller_close(struct teller *t); /* takes NULL */
/* One round, by one thread. Returns how many entries it looked at; more may wait when it is not 0. */
size_t teller_round(struct teller *t);
/* From now on called after each round with whom it told, on the thread of teller_round. NULL: nobody listens. */
void teller_listen(struct teller *t, told_fn *fn, void *arg);
#endif
