/* SPDX-License-Identifier: Apache-2.0 */
/*
 * people.h: parties that ask over HTTP: a token of one's own (RFC 7523), a
 * request with it, and a stream of events read as it comes.
 */
#ifndef CF_PEOPLE_H
#define CF_PEOPLE_H

#include "server.h"

#include "jws.h"

struct token {
	char text[512];
};

/* What stands before the next quote. */
static inline void cut_quoted(const char *at, char *to, size_t len)
{
	size_t n = strcspn(at, "\"");

	assert_true(n < len);
	memcpy(to, at, n);
	to[n] = 0;
}

static inline struct token token_for(const struct server *s, const struct actor *who)
{
	static const char form[] = "grant_type=client_credentials&client_assertion_type="
				   "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=";
	char payload[512], assertion[2048], body[4096], id[UUID_TEXT + 1] = "", jti[UUID_TEXT + 1] = "";
	struct writer w = writer_over(id, UUID_TEXT), a = writer_over(assertion, sizeof assertion - 1);
	int64_t now = clock_now().us / 1000000;
	struct http *h = http_new(s->port);
	struct answer got;
	struct token t = { "" };
	const char *at;

	put_uuid(&w, who->id);
	w = writer_over(jti, UUID_TEXT);
	put_uuid(&w, new_uuid());
	snprintf(payload, sizeof payload,
	         "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"http://127.0.0.1:%u/oauth/token\",\"iat\":%lld,\"exp\":%lld,"
	         "\"jti\":\"%s\"}",
	         id, id, s->port, (long long)now, (long long)now + 60, jti);
	assert_true(jws_sign(&who->key, "JWT", span_z(payload), &a));
	assertion[a.len] = 0;
	snprintf(body, sizeof body, "%s%s", form, assertion);
	got = http_do(h, "POST", "/oauth/token", "application/x-www-form-urlencoded", span_z(body));
	at = got.body ? strstr(got.body, "\"access_token\":\"") : NULL;
	if (got.status != 200 || !at)
		fail_msg("no token: %d %s", got.status, got.body ? got.body : "");
	at += strlen("\"access_token\":\"");
	cut_quoted(at, t.text, sizeof t.text);
	answer_free(&got);
	http_free(h);
	return t;
}

/* The one test of a build that has no server beside it. */
static inline void no_server_here(void **state)
{
	(void)state;
	skip();
}
#define SKIP_WITHOUT_SERVER()                                                       \
	do {                                                                        \
		if (!server_program())                                              \
			return cmocka_run_group_tests(no_server_tests, NULL, NULL); \
	} while (0)
static const struct CMUnitTest no_server_tests[] = { T(no_server_here) };

/* A request with the token (NULL: none) and, when given, a purpose and a JSON body. */
static inline struct answer ask_with(const struct server *s, const struct token *t, const char *method,
                                     const char *path, const char *purpose, struct span body)
{
	struct http *h = http_new(s->port);
	struct answer a;
	char head[2048];
	int n = snprintf(head, sizeof head,
	                 "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s%s%s%s%sContent-Length: %zu\r\n\r\n", method, path,
	                 t ? "Authorization: Bearer " : "", t ? t->text : "", t ? "\r\n" : "",
	                 purpose ? "Counterfoil-Purpose: " : "", purpose ? purpose : "", purpose ? "\r\n" : "",
	                 body.len ? "Content-Type: application/json\r\n" : "", body.len);

	assert_true(http_open(h) && http_put(h, head, (size_t)n) && http_put(h, body.at, body.len));
	a = http_get_answer(h);
	answer_code(&a);
	http_free(h);
	return a;
}

static inline struct answer look(const struct server *s, const struct token *t, const char *path)
{
	return ask_with(s, t, "GET", path, "audit", S(""));
}

/* The text of an answer that must be 200, in a buffer of the caller's choice of four. */
static inline const char *looked_at(const struct server *s, const struct token *t, const char *path)
{
	static char text[4][1 << 18];
	static unsigned turn;
	char *to = text[turn = (turn + 1) % 4];
	struct answer a = look(s, t, path);

	if (a.status != 200)
		fail_msg("%s: %d %s", path, a.status, a.body ? a.body : "");
	snprintf(to, sizeof text[0], "%s", a.body);
	answer_free(&a);
	return to;
}

static inline const char *id_of_actor(const struct actor *a)
{
	static char text[4][UUID_TEXT + 1];
	static unsigned turn;
	char *to = text[turn = (turn + 1) % 4];
	struct writer w = writer_over(to, UUID_TEXT);

	put_uuid(&w, a->id);
	to[UUID_TEXT] = 0;
	return to;
}

static inline const char *uuid_z(struct uuid u)
{
	struct actor a = { .id = u };

	return id_of_actor(&a);
}

static inline unsigned count_of(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
		n++;
	return n;
}

/* Waits until the follower has looked at all that is committed. */
static inline void wait_told(const struct server *s)
{
	for (int i = 0; i < 600; i++) {
		if (sql_int(s, "SELECT h.size - t.next_seq FROM log_head h, teller t") == 0)
			return;
		clock_sleep_ms(25);
	}
	fail_msg("the follower stands still");
}

/* --- a stream --- */

/* Opens /v1/events; after: Last-Event-ID, NULL without. The status line must be 200. */
static inline struct http *stream_open(const struct server *s, const struct token *t, const char *after)
{
	struct http *h = http_new(s->port);
	char head[1024];
	int n = snprintf(head, sizeof head,
	                 "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s%s%s\r\n",
	                 t->text, after ? "Last-Event-ID: " : "", after ? after : "", after ? "\r\n" : "");

	assert_true(http_open(h) && http_put(h, head, (size_t)n));
	return h;
}

/* Reads until `what` has come; false when the stream ends or is silent for `ms`. */
static inline bool stream_until(struct http *h, const char *what, int ms)
{
	int64_t until = clock_ns() + (int64_t)ms * 1000000;

	h->in[h->len] = 0;
	while (!strstr(h->in, what))
		if (!http_more(h, until))
			return false;
	return true;
}
#endif
