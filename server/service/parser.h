/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parser.h: documents are read by a process that can do nothing else.
 *
 * At start the program forks a small single-threaded server; it holds no key,
 * no database and no descriptor but its socket. For every document it forks a
 * child, which confines itself (run/confine.h), reads, writes the model back
 * and ends. So a hostile document meets a process that is alone, that dies
 * after 2 processor seconds, 5 seconds or 256 MB of its own, and that the next document
 * never sees. The answer is decoded strictly: a parser that was taken over can
 * only lie about its own document, and not about the document's hash.
 */
#ifndef CF_SERVICE_PARSER_H
#define CF_SERVICE_PARSER_H

#include <pthread.h>
#include <sys/types.h>

#include <document.h>

#include "trust.h"

enum {
	PARSER_CPU_S = 2,
	PARSER_WALL_MS = 5000,
	PARSER_DEAF_S = 15, /* the fork server itself has answered or is taken for dead */
};
#define PARSER_MEMORY ((size_t)256 * 1024 * 1024)

struct parser {
	int fd; /* -1: the fork server is gone; it is not started anew beside threads and keys */
	pid_t pid;
	pthread_mutex_t lock; /* one document at a time */
};

/* After crypto_start, before any key is loaded and any thread started. False when it cannot be forked or confined. */
MUST_CHECK bool parser_start(struct parser *ret);
/* Reads bytes into *ret, texts in mem. A document that breaks its limits is an answer too: level 0 with FMT-00.
 * E_TOO_BIG: over DOCUMENT_MAX or more than mem holds; E_UNAVAILABLE: the fork server is gone. Thread-safe. */
MUST_CHECK enum fault parser_document(struct parser *p, struct span bytes, struct arena *mem, struct document *ret);
/* The same under a trust, which travels with the document; nothing of it stays with the fork server. Without, nobody
 * is trusted. E_TOO_BIG also when the trust is over its limits. */
MUST_CHECK enum fault parser_document_under(struct parser *p, struct span bytes, const struct trust *t,
                                            struct arena *mem, struct document *ret);
void parser_stop(struct parser *p);

/* What the confined child does: the wire form of what it read, or the empty span. `trust` is the wire form of
 * intake/trust_wire.h. For tests another job may be put in. */
typedef struct span parser_job(struct span bytes, struct span trust, struct arena *mem);
MUST_CHECK bool parser_start_job(parser_job *job, struct parser *ret);
#endif
