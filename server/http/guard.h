/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard.h: the checks of a request's head that libmicrohttpd 0.9.75 leaves out.
 *
 * It serves requests that a proxy in front may read differently, which is how
 * requests are smuggled (PLATFORM B.2). So the head is judged once more before
 * anything else happens, and a request that fails is answered 400 and its
 * connection closed: whatever follows on it is never read as a request.
 *
 * Most faults show in names and values. Those that do not - a zero byte in a
 * value or path, line ends that are a bare LF, folded lines, two spaces in the
 * first line - show in the layout: 0.9.75 parses in place, so in an honest
 * head every piece begins exactly where the one before ended plus its
 * separator, and the last ends four bytes before the size MHD reports. Only
 * pointers are compared, nothing is read outside the strings. With another
 * version of the library this part is left out (1.x makes these checks itself).
 *
 * Not visible here: empty lines before the first line (RFC 9112 2.2 wants them
 * ignored), and what libmicrohttpd refuses before it calls us (a line without
 * colon, a version it does not know: 400; a head larger than its memory: 431).
 */
#ifndef CF_GUARD_H
#define CF_GUARD_H

#include "fault.h"

struct MHD_Connection;

/* The first line. `at` and `len` as libmicrohttpd has it, for the layout; `uri` is our copy. */
struct raw {
	const char *at;
	size_t len;
	struct span uri;
};

/* Headers we read, each at most once in a request unless it is marked MANY: then the first is read. HEADER(member, name, how) */
#define HEADERS_READ                                         \
	HEADER(host, "Host", ONCE)                           \
	HEADER(content_length, "Content-Length", ONCE)       \
	HEADER(transfer_encoding, "Transfer-Encoding", ONCE) \
	HEADER(content_type, "Content-Type", ONCE)           \
	HEADER(authorization, "Authorization", ONCE)         \
	HEADER(expect, "Expect", ONCE)                       \
	HEADER(if_none_match, "If-None-Match", ONCE)         \
	HEADER(request_id, "X-Request-Id", ONCE)             \
	HEADER(traceparent, "traceparent", ONCE)             \
	HEADER(purpose, "Counterfoil-Purpose", ONCE)         \
	HEADER(real_ip, "X-Real-IP", ONCE)                   \
	HEADER(last_event_id, "Last-Event-ID", ONCE)         \
	HEADER(idempotency_key, "Idempotency-Key", ONCE)     \
	HEADER(accept_encoding, "Accept-Encoding", MANY)

struct headers {
#define HEADER(member, name, how) struct span member;
	HEADERS_READ
#undef HEADER
	size_t body_len; /* as Content-Length says */
	bool chunked;
};

/* Judges the head and fills *ret. What is wrong is one sentence for the sender; NULL when it is sound. */
MUST_CHECK const char *guard_check(struct MHD_Connection *c, const struct raw *raw, const char *method,
                                   const char *version, struct headers *ret);
/* What is wrong with a request target, or NULL. */
const char *guard_target(struct span uri);
/* RFC 9110 5.6.2. */
bool guard_token(struct span s);
/* Whether the layout can be checked with the library that is loaded. */
bool guard_sees_layout(void);
#endif
