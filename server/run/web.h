/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web.h: one HTTP request to somebody else, waited for. The home of libcurl:
 * the command line asks the registry with it, the registry calls webhooks.
 *
 * Never followed: redirects, netrc, protocols other than http and https. With
 * `allow` no connection is made before its very address was allowed: what a
 * name resolves to at that moment, so that a name that changes its mind between
 * check and call gains nothing.
 */
#ifndef CF_WEB_H
#define CF_WEB_H

#include "base.h"

/* Once in a process, before threads. */
MUST_CHECK bool web_start(void);
void web_end(void);

struct web;
struct web *web_open(void);    /* NULL without memory */
void web_close(struct web *w); /* takes NULL */

enum { WEB_HEADERS_MAX = 8 };
struct web_request {
	const char *url, *agent;
	const char *header[WEB_HEADERS_MAX]; /* "Name: value"; up to the first NULL */
	const char *method;                  /* NULL: GET, or POST with `post` */
	bool post;                           /* there is a body, be it empty */
	struct span body;
	bool direct; /* no proxy, whatever the environment says */
	long connect_ms;
	long whole_ms; /* for all of it; 0: no limit */
	long silent_s; /* ended when less than a byte a second came for so long; 0: never */
	/* Whether to connect to these 4 or 16 bytes; NULL: to any. */
	bool (*allow)(void *arg, const uint8_t *addr, size_t len);
	/* Each line of the answer's head, and each piece of its body, with the status; false ends the request. May be NULL. */
	void (*on_header)(void *arg, struct span line);
	bool (*on_body)(void *arg, long status, struct span piece);
	void *arg;
};
struct web_answer {
	bool answered;   /* whole, whatever the status */
	bool never_left; /* nobody was there: the request cannot have arrived */
	bool forbidden;  /* by allow */
	long status;     /* 0 before the head was there */
	const char *why; /* in words, when not answered; lasts */
};
void web_do(struct web *w, const struct web_request *r, struct web_answer *ret);
#endif
