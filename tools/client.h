/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.h: the registry over HTTP, as any bank's own client would speak to it.
 *
 * A token is asked for when the first request needs one (RFC 7523: the
 * assertion is signed with the party's key, made for <server>/oauth/token).
 * A statement is sent again with the same bytes when the registry is busy or
 * the answer was lost: it is accepted once, however often it arrives.
 * A stream of events is read as it comes.
 */
#ifndef CF_CLIENT_H
#define CF_CLIENT_H

#include "cli.h"
#include "ids.h"

#define ANSWER_BYTES_MAX ((size_t)128 << 20)

struct client {
	struct cli *c;
	struct web *web;
	const char *server; /* without slash behind */
	bool has_key;
	struct privkey key;
	const char *key_path;
	struct uuid party; /* nil until it is needed */
	const char *token;
	const char *purpose; /* what others' data is read for; NULL until there is a token */
};
struct http_answer {
	long status;
	struct span body;
	bool json;        /* body is one object of good JSON */
	char etag[96];    /* without quotes */
	long retry_after; /* seconds; 0 when it does not say */
};

/* Reads --server, --key and --party of the command. EXIT_GOOD, or the code and a message. */
MUST_CHECK int client_open(struct cli *c, struct client *ret);
/* The same without a key, for what everybody may read. */
MUST_CHECK int client_open_nameless(struct cli *c, struct client *ret);
void client_close(struct client *k);
/* The party whose key it is. EXIT_GOOD, or a message how to say it. */
MUST_CHECK int client_party(struct client *k);
/* A bearer token of the party, until the client is closed. */
MUST_CHECK int client_token(struct client *k, const char **ret);
/* There must be a key. */
MUST_CHECK int client_key(struct client *k);

/* EXIT_GOOD when there is an answer, whatever its status; EXIT_UNREACHABLE, with a message. */
MUST_CHECK int client_get(struct client *k, const char *path, bool token, struct http_answer *ret);
MUST_CHECK int client_post(struct client *k, const char *path, bool token, const char *type, struct span body,
                           struct http_answer *ret);
MUST_CHECK int client_delete(struct client *k, const char *path, struct http_answer *ret);
/* The same bytes again while it says 503 or does not answer; a statement's or a batch's way in. */
MUST_CHECK int client_send(struct client *k, const char *path, const char *type, struct span bytes,
                           struct http_answer *ret);
/* Anything else that has a URL; quiet. False when there is no answer of status 200. */
MUST_CHECK bool client_fetch(struct client *k, const char *url, struct arena *mem, struct span *ret);
/* GET of an answer without end: fn gets what has come, piece by piece, until it returns false or the other end closes.
 * headers: one more header line, or NULL. EXIT_GOOD when it ended; EXIT_UNREACHABLE; or a problem is told. */
typedef bool stream_fn(void *arg, struct span piece);
MUST_CHECK int client_stream(struct client *k, const char *path, const char *header, stream_fn *fn, void *arg);
/* GET of an object; anything but a good answer is told. EXIT_GOOD, EXIT_REFUSED or EXIT_UNREACHABLE. */
MUST_CHECK int client_ask(struct client *k, const char *path, bool token, struct http_answer *ret);

/* Tells a problem (RFC 9457) in sentences: what, where, which rule, what to do next. Returns the exit code. */
int client_problem(struct client *k, const struct http_answer *a);
#endif
