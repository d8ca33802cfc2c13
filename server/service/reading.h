/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reading.h: the threads that answer questions.
 *
 * Readers take one question each and ask the database as the party that asks,
 * under row-level security. The checker takes all checks that wait and answers
 * them together, in a constant number of round trips. Whoever looked at another
 * party's data is on record before the answer leaves: readers hand such answers
 * to the checker, which stores the records of all of them and of its checks in
 * one transaction.
 *
 * A connection that broke is opened again, with growing pauses; meanwhile
 * questions are answered E_UNAVAILABLE at once instead of waiting.
 *
 * An answer that shows another party's data to one who did not say what for is
 * E_NO_PURPOSE instead. That tells nothing: what may not be seen at all is
 * E_NOT_FOUND, with a purpose or without.
 */
#ifndef CF_READING_H
#define CF_READING_H

#include "service/service.h"
#include "service/token.h"

/* Fills t with a check.certify of this body, in mem, and submits it; t->done and t->arg are the caller's and stay. */
typedef bool certify_fn(void *arg, const struct body_check_certify *body, struct arena *mem, struct ticket *t);
typedef bool certify_score_fn(void *arg, const struct body_score_certify *body, struct arena *mem, struct ticket *t);

struct reading_conf {
	const char *database_url, *tiles_dir; /* kept by reference, as are origin and fp_key */
	struct span origin, fp_key;
	int readers;
	size_t queue_max;      /* questions and checks that wait, each */
	struct tokens *tokens; /* cursors are made with its key */
	bool private_webhooks; /* service_conf's */
	const struct vault *vault; /* kept by reference; NULL: no documents are taken or shown */
	struct parser *parser; /* NULL: no documents are taken */
	/* Publishes what has been signed by now, and waits for it; NULL where somebody else publishes. */
	void (*publish)(void *arg);
	certify_fn *certify; /* NULL: no certificates are given here */
	certify_score_fn *certify_score;
	void *certify_arg;           /* of both */
	struct detection *detection; /* NULL: nobody detects here */
};

struct reading;
/* Opens the connections and starts the threads. NULL and *why on failure. */
struct reading *reading_start(const struct reading_conf *conf, char *why, size_t why_len);
/* Any thread. False when the queue is full or the service is stopping. */
MUST_CHECK bool reading_ask(struct reading *r, struct question *q);
MUST_CHECK bool reading_check(struct reading *r, struct question *q);
/* True while the checker has its connection. */
bool reading_alive(const struct reading *r);
/* Takes nothing new, answers what waits, stops the threads. Takes NULL. */
void reading_stop(struct reading *r);
#endif
