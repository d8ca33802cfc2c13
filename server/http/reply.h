/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply.h: the only ways to answer.
 *
 * A handler returns a struct reply, and only the functions below can make one
 * (its member points to a type nobody else knows), so no path through a handler
 * can forget to answer; a second answer asserts.
 *
 * Refusals are problems (RFC 9457): type, title, status, code, detail,
 * instance (the request id), errors with JSON pointers, rule, retry, and for a
 * refusal that is on record its receipt. `error` repeats the code where OAuth
 * clients look for it.
 */
#ifndef CF_REPLY_H
#define CF_REPLY_H

#include <sys/types.h>

#include "fault.h"
#include "service/service.h"

struct request;
struct made;
struct reply {
	const struct made *by;
};

enum cache {
	CACHE_NEVER, /* private data, and whatever else is not said to be public */
	CACHE_ASK,   /* public, but ask whether it changed */
	CACHE_SHORT, /* public, for a second: the checkpoint */
	CACHE_LONG,  /* public, for an hour */
	CACHE_EVER,  /* public, immutable */
};

/* What will be sent. Filled by reply_*; read by reply_send. */
struct answer {
	const struct made *made;
	int status;
	enum fault fault;
	const char *type;
	struct span body;
	enum cache cache;
	const char *etag, *location, *allow, *challenge;
	const char *policy; /* Content-Security-Policy of a page; NULL: the one that lets nothing through */
	bool packed;        /* the body is gzipped */
	int64_t retry_seconds;
	bool close;
	ssize_t (*read)(void *arg, uint64_t pos, char *to, size_t max);
	void (*end)(void *arg);
	void *arg;
};

struct reply reply_json(struct request *q, int status, struct span json);
/* Anything else that is in memory. */
struct reply reply_bytes(struct request *q, const char *type, struct span body, enum cache cache);
struct reply reply_html(struct request *q, int status, struct span body);
/* MHD's content reader; end is called once, also when the client has gone. */
struct reply reply_stream(struct request *q, const char *type, ssize_t (*read)(void *, uint64_t, char *, size_t),
                          void (*end)(void *), void *arg);
/* The problem of a fault; q->diag says more. */
struct reply reply_fault(struct request *q, enum fault f);
/* The same, and the connection is closed: what follows on it cannot be trusted to be a request. */
struct reply reply_close(struct request *q, enum fault f);
/* A statement that was refused. */
struct reply reply_refused(struct request *q, const struct ticket *t);
/* 405: methods as a mask of (1 << enum method). */
struct reply reply_method(struct request *q, unsigned allow);
/* Not yet: `next` is called when request_wake() was. */
struct reply reply_later(struct request *q, struct reply (*next)(struct request *q));
bool reply_is_later(struct reply r);

/* Before reply_json: an entity tag (without quotes), which may turn the answer into 304; a Location. */
void reply_etag(struct request *q, const char *etag);
void reply_location(struct request *q, const char *location);

/* Before reply_bytes: the body is part of a page with this policy, and gzipped or not, as the asker accepts. */
void reply_page(struct request *q, const char *policy, bool packed);

/* Hands the answer to libmicrohttpd. False: it must close the connection. */
bool reply_send(struct request *q);
/* A problem for a request that has no memory of its own. */
struct MHD_Response;
struct MHD_Response *reply_no_room_make(void);

/* The problem as JSON; t may be NULL, diag too. */
void put_problem(struct writer *w, enum fault f, const struct diag *diag, const char *instance, const struct ticket *t);
/* Opens the JSON object w ends with again for one more member, whose value and '}' the caller writes. */
void put_beside(struct writer *w, const char *name);
/* Seconds after which trying again is sensible; 0 when trying the same again is not. */
int64_t fault_retry_seconds(enum fault f);
#endif
