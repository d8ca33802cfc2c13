/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t82_http: the HTTP layer over a double of the service (http_fake.c): router,
 * problems, methods, entity tags, request ids, waiting, batches, overload.
 * With the argument `serve` it is the server of t80_smuggle.py and t81_slow.py.
 */
#include "test.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "http/request.h"
#include "http_fake.c"
#include "run/watch.h"

static struct http *http;
static char why[256];

/* --- a client of a few lines --- */

static int dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(http_port(http)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct timeval patience = { 10, 0 };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

static void say(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static char got[4 << 20];
static size_t got_len;

/* All until the server closes. */
static const char *hear(int fd)
{
	ssize_t n;

	for (got_len = 0; (n = recv(fd, got + got_len, sizeof got - 1 - got_len, 0)) > 0; got_len += (size_t)n)
		;
	got[got_len] = 0;
	close(fd);
	return got;
}

/* One request, "Connection: close" added to its head. */
static const char *ask(const char *line, const char *headers, const char *body)
{
	static char request[1 << 16];
	int fd = dial(),
	    n = snprintf(request, sizeof request, "%s HTTP/1.1\r\nHost: t\r\nConnection: close\r\n%s", line, headers);

	if (body)
		n += snprintf(request + n, sizeof request - (size_t)n, "Content-Length: %zu\r\n", strlen(body));
	n += snprintf(request + n, sizeof request - (size_t)n, "\r\n%s", body ? body : "");
	say(fd, request, (size_t)n);
	return hear(fd);
}

static int status(const char *answer)
{
	return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

static const char *body_of(const char *answer)
{
	const char *at = strstr(answer, "\r\n\r\n");

	return at ? at + 4 : "";
}

/* Whether the head has this line, whole. */
static bool has(const char *answer, const char *line)
{
	char text[400];

	snprintf(text, sizeof text, "\r\n%s\r\n", line);
	const char *at = strstr(answer, text);
	return at && at < body_of(answer);
}

#define JOSE "Content-Type: application/jose\r\n"
#define BANK "Authorization: Bearer bank\r\n"

static void post_is(const char *statement, int want, const char *member)
{
	const char *a = ask("POST /v1/statements", JOSE, statement);

	assert_int_equal(status(a), want);
	assert_non_null(strstr(body_of(a), member));
}

/* --- parts --- */

static void router_finds_every_row(void **state)
{
	struct span param[PARAMS_MAX];
	unsigned allow;

	(void)state;
	for (size_t i = 0; i < routes_n; i++) {
		char path[128];
		size_t n = 0;
		/* Every {name} filled with one letter. */
		for (const char *c = routes[i].path; *c; c++) {
			if (*c == '{') {
				c = strchr(c, '}');
				path[n++] = 'x';
				continue;
			}
			path[n++] = *c;
		}
		assert_ptr_equal(route_find(routes[i].method, (struct span){ path, n }, param, &allow), &routes[i]);
		assert_true(allow & 1u << routes[i].method);
		path[n++] = '/';
		const struct route *behind = route_find(routes[i].method, (struct span){ path, n }, param, &allow);
		assert_true(!behind || strstr(routes[i].path, "..."));
	}
}

static void router_refuses_what_is_not_there(void **state)
{
	static const char *const none[] = {
		"",
		"x",
		"//",
		"/v1",
		"/v1/",
		"/v1/receivables//",
		"/v1/receivables/a/b",
		"/v1/receivables/%61",
		"/V1/receivables",
		"/v1/assets//history",
		"/log/tile/%2e%2e",
		"/log/tile",
		"/oauth/token/",
	};
	struct span param[PARAMS_MAX];
	unsigned allow;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_null(route_find(METHOD_GET, span_z(none[i]), param, &allow));
	assert_null(route_find(METHOD_GET, S("/v1/statements"), param, &allow));
	assert_int_equal(allow, 1u << METHOD_POST);
}

static void form_values(void **state)
{
	static const struct {
		const char *why, *in, *out;
	} row[] = {
		{ "plain", "abc", "abc" },
		{ "escape", "a%20b%2F", "a b/" },
		{ "plus is a space", "a+b", "a b" },
		{ "UTF-8", "%E5%BA%94", "\xe5\xba\x94" },
		{ "empty", "", "" },
		{ "escape cut off", "a%2", NULL },
		{ "no hex", "a%zz", NULL },
		{ "zero byte", "a%00", NULL },
		{ "control", "a%0a", NULL },
		{ "not UTF-8", "a%ff", NULL },
	};
	char room[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct arena mem = arena_over(room, sizeof room);
		struct span s;
		bool good = form_decode(span_z(row[i].in), &mem, &s);
		assert_int_equal(good, row[i].out != NULL);
		assert_true(!good || span_is(s, row[i].out));
	}
}

static void bucket_refills(void **state)
{
	struct limiter *l = limiter_make();
	struct limit_rate r = { 10, 3 };
	struct limit_name name = { .space = 1, .b = { 1 } }, other = { .space = 1, .b = { 2 } };
	int64_t now = INT64_C(5000000000);

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct limit_answer a = limit_take(l, name, r, 1, now);
		assert_false(a.refused);
		assert_int_equal(a.left, 2 - i);
	}
	assert_true(limit_take(l, name, r, 0, now).refused);
	struct limit_answer a = limit_take(l, name, r, 1, now);
	assert_true(a.refused && a.retry_seconds == 1 && a.left == 0);
	assert_false(limit_take(l, other, r, 1, now).refused);
	assert_false(limit_take(l, name, r, 1, now + 100000000).refused);
	assert_true(limit_take(l, name, r, 1, now + 100000000).refused);
	assert_int_equal(limit_take(l, name, r, 0, now + INT64_C(9000000000)).left, 3);
	limiter_drop(l);
}

static void slabs_come_back(void **state)
{
	struct slabs s;
	struct arena a[3], no;

	(void)state;
	assert_true(slabs_make(&s, 3));
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 3; i++)
			assert_true(slab_take(&s, &a[i]));
		assert_false(slab_take(&s, &no));
		assert_ptr_not_equal(a[0].base, a[1].base);
		(void)arena_take(&a[1], SLAB_BYTES / 2);
		for (int i = 0; i < 3; i++)
			slab_give(&s, &a[i]);
	}
	slabs_drop(&s);
}

/* --- the whole --- */

static int begin(void **state)
{
	struct http_conf c = fake_conf();

	(void)state;
	fake_start();
	http = http_start(&c, NULL, why, sizeof why);
	return http ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	(void)http_drain(http, 2);
	bool whole = http_stop(http, 10);
	fake_stop();
	return whole ? 0 : -1;
}

static void statement_outcomes(void **state)
{
	(void)state;
	post_is("ok.1", 201, "\"statement_hash\"");
	post_is("again.1", 200, "\"statement_hash\"");
	post_is("pending.1", 201, "\"pending\":true}");
	post_is("dup.1", 409, "\"receipt\":{");
	post_is("jws.1", 400, "\"code\":\"bad-jws\"");
	post_is("key.1", 401, "\"code\":\"unknown-key\"");
	post_is("sig.1", 401, "\"code\":\"bad-signature\"");
	assert_true(strstr(ask("POST /v1/statements", JOSE, "ok.2"), "\r\nLocation: /v1/entries/") != NULL);
}

static void problems_have_their_shape(void **state)
{
	const char *a = ask("POST /v1/statements", JOSE "X-Request-Id: my-request-1\r\n", "dup.1");

	(void)state;
	assert_true(has(a, "Content-Type: application/problem+json"));
	assert_true(has(a, "Cache-Control: no-store"));
	assert_true(has(a, "X-Request-Id: my-request-1"));
	assert_non_null(strstr(a, "\"type\":\"/problems/duplicate-claim\""));
	assert_non_null(strstr(a, "\"status\":409,\"code\":\"duplicate-claim\""));
	assert_non_null(strstr(a, "\"instance\":\"my-request-1\""));
	assert_non_null(strstr(a, "\"errors\":[{\"pointer\":\"/body/documents/0\""));
	assert_non_null(strstr(a, "\"rule\":\"receivable.unique@1\""));
	assert_true(strstr(a, "}}") && got[got_len - 1] == '}');
	assert_int_equal(status(ask("GET /problems/duplicate-claim", "", NULL)), 200);
	assert_int_equal(status(ask("GET /problems/nothing", "", NULL)), 404);
	assert_int_equal(status(ask("GET /problems", "", NULL)), 200);
}

static void request_ids(void **state)
{
	static const char *const bad[] = { "short", "with space in it", "<script>alert(1)</script>", "a'or'1'='1--",
		                           "percent%0a%0d" };
	char header[128], line[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(header, sizeof header, "X-Request-Id: %s\r\n", bad[i]);
		snprintf(line, sizeof line, "X-Request-Id: %s", bad[i]);
		const char *a = ask("GET /livez", header, NULL);
		assert_int_equal(status(a), 200);
		assert_false(has(a, line));
		assert_non_null(strstr(a, "\r\nX-Request-Id: 0"));
	}
}

static void methods(void **state)
{
	(void)state;
	const char *a = ask("GET /v1/statements", "", NULL);
	assert_int_equal(status(a), 405);
	assert_true(has(a, "Allow: POST"));
	a = ask("DELETE /v1/receivables/x", BANK, NULL);
	assert_int_equal(status(a), 405);
	assert_true(has(a, "Allow: GET, HEAD"));
	assert_int_equal(status(ask("POST /livez", JOSE, "x")), 405);
	assert_int_equal(status(ask("OPTIONS /livez", "", NULL)), 405);
	assert_int_equal(status(ask("GET /nothing", "", NULL)), 404);
	assert_int_equal(status(ask("POST /v1/statements", "Content-Type: application/json\r\n", "ok.1")), 415);
	assert_int_equal(status(ask("POST /v1/statements", "", "ok.1")), 415);
	assert_int_equal(status(ask("POST /v1/statements", "Content-Type: Application/JOSE; x=y\r\n", "ok.1")), 201);
}

/* HEAD answers like GET, without the body, on every path that takes GET. */
static void head_is_get(void **state)
{
	(void)state;
	for (size_t i = 0; i < routes_n; i++) {
		char get[160], head[160];
		if (routes[i].method != METHOD_GET || strchr(routes[i].path, '{') || strchr(routes[i].params, '!'))
			continue;
		snprintf(get, sizeof get, "GET %s", routes[i].path);
		snprintf(head, sizeof head, "HEAD %s", routes[i].path);
		/* Asked by somebody who may: supervisors almost everything, lenders what is of their own book alone. */
		const bool lenders = routes[i].who != 0 && (routes[i].who & ROLE_REGULATOR) == 0;
		const char *who = lenders ? BANK : "Authorization: Bearer regulator\r\n";
		int want = status(ask(get, who, NULL));
		assert_true(want == 200 || strncmp(routes[i].path, "/log/", 5) == 0);
		assert_int_equal(status(ask(head, who, NULL)), want);
		assert_string_equal(body_of(got), "");
	}
}

static void entity_tags(void **state)
{
	(void)state;
	const char *a = ask("GET /v1/parties/tagged", BANK, NULL);
	assert_int_equal(status(a), 200);
	assert_true(has(a, "ETag: \"abc\""));
	a = ask("GET /v1/parties/tagged", BANK "If-None-Match: \"x\", W/\"abc\"\r\n", NULL);
	assert_int_equal(status(a), 304);
	assert_true(has(a, "ETag: \"abc\""));
	assert_string_equal(body_of(a), "");
	assert_int_equal(status(ask("GET /v1/parties/tagged", BANK "If-None-Match: \"abcd\", \"ab\"\r\n", NULL)), 200);
	assert_int_equal(status(ask("GET /v1/parties/tagged", BANK "If-None-Match: *\r\n", NULL)), 304);
	assert_int_equal(status(ask("GET /v1/parties/tagged", BANK "If-None-Match: abc\r\n", NULL)), 200);
}

static void tokens(void **state)
{
	static const char form[] = "Content-Type: application/x-www-form-urlencoded\r\n";
	const char *a = ask("GET /v1/receivables", "", NULL);

	(void)state;
	assert_int_equal(status(a), 401);
	assert_true(has(a, "WWW-Authenticate: Bearer realm=\"counterfoil\""));
	a = ask("GET /v1/receivables", "Authorization: Bearer wrong\r\n", NULL);
	assert_int_equal(status(a), 401);
	assert_non_null(strstr(a, "error=\"invalid_token\""));
	assert_int_equal(status(ask("GET /v1/receivables", "Authorization: Basic bank\r\n", NULL)), 401);
	assert_int_equal(status(ask("GET /v1/receivables", BANK, NULL)), 200);
	assert_int_equal(status(ask("GET /v1/audit/attempts", BANK, NULL)), 403);
	assert_int_equal(status(ask("GET /v1/audit/attempts", "Authorization: Bearer regulator\r\n", NULL)), 200);
	assert_int_equal(status(ask("GET /v1/entries/1", "", NULL)), 200);
	assert_int_equal(status(ask("GET /v1/entries/1", "Authorization: Bearer wrong\r\n", NULL)), 401);
#define TYPE "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
	a = ask("POST /oauth/token", form, "grant_type=client_credentials&client_assertion=bank" TYPE "&scope=x");
	assert_int_equal(status(a), 200);
	assert_string_equal(
		body_of(a),
		"{\"access_token\":\"bank\",\"expires_in\":600,\"scope\":\"bank\",\"token_type\":\"Bearer\"}");
	assert_non_null(strstr(ask("POST /oauth/token", form, "grant_type=password" TYPE),
	                       "\"error\":\"unsupported_grant_type\""));
	assert_non_null(strstr(ask("POST /oauth/token", form, "a=b"), "\"error\":\"invalid_request\""));
	assert_non_null(
		strstr(ask("POST /oauth/token", form, "grant_type=a&grant_type=a"), "\"error\":\"invalid_request\""));
	assert_non_null(strstr(ask("POST /oauth/token", form, "grant_type=client_credentials&client_assertion=x" TYPE),
	                       "\"error\":\"invalid_client\""));
}

static void queries(void **state)
{
	(void)state;
	assert_non_null(
		strstr(ask("GET /v1/receivables?limit=5&cursor=c&state=a%20b", BANK "Counterfoil-Purpose: lending\r\n",
	                   NULL),
	               "{\"param\":[\"-\",\"5\",\"c\",\"a b\",\"-\",\"-\"],\"body\":0,\"purpose\":\"lending\"}"));
	assert_non_null(strstr(ask("GET /v1/assets/a1/history?limit=5", BANK, NULL), "[\"a1\",\"5\",\"-\""));
	assert_non_null(strstr(ask("GET /v1/receivables?limits=5", BANK, NULL), "\"pointer\":\"?limits\""));
	assert_int_equal(status(ask("GET /v1/receivables?limit=5&limit=6", BANK, NULL)), 400);
	assert_int_equal(status(ask("GET /v1/receivables?limit=%ff", BANK, NULL)), 400);
	assert_int_equal(status(ask("GET /v1/receivables?", BANK, NULL)), 200);
	assert_int_equal(status(ask("GET /v1/log/proof/inclusion?size=5", "", NULL)), 400);
	assert_int_equal(status(ask("GET /v1/log/proof/inclusion?seq=1", "", NULL)), 200);
	assert_int_equal(status(ask("GET /v1/parties/missing", BANK, NULL)), 404);
	assert_non_null(strstr(ask("POST /v1/checks", BANK "Content-Type: application/json\r\n", "{}"), "\"body\":2"));
	assert_int_equal(status(ask("POST /v1/documents", BANK "Content-Type: text/xml\r\n", "<a/>")), 201);
}

static void a_document_larger_than_a_slab(void **state)
{
	size_t len = 3 << 20;
	char head[256], want[64], *body = malloc(len);

	(void)state;
	memset(body, 'a', len);
	for (int chunked = 0; chunked < 2; chunked++) {
		int fd = dial();
		int n = snprintf(head, sizeof head,
		                 "POST /v1/documents HTTP/1.1\r\nHost: t\r\nConnection: close\r\n" BANK
		                 "Content-Type: text/xml\r\n%s",
		                 chunked ? "Transfer-Encoding: chunked\r\n\r\n300000\r\n" : "");
		if (!chunked)
			n += snprintf(head + n, sizeof head - (size_t)n, "Content-Length: %zu\r\n\r\n", len);
		say(fd, head, (size_t)n);
		say(fd, body, len);
		if (chunked)
			say(fd, "\r\n0\r\n\r\n", 7);
		snprintf(want, sizeof want, "\"body\":%zu", len);
		assert_non_null(strstr(hear(fd), want));
	}
	free(body);
}

static void tiles(void **state)
{
	static const char *const bad[] = {
		"0/x00/000",        "6/000",          "00/000",   "0/0",     "0/0000",          "0/x000/000",
		"0/x001",           "0/x001/x002",    "0/../000", "entries", "entries/000.p/0", "entries/000.p/256",
		"entries/000.p/01", "entries/000.p/", "0/000/",   "-1/000",
	};
	char dir[] = "/tmp/cf-tiles-XXXXXX", path[200];

	(void)state;
	assert_non_null(mkdtemp(dir));
	static const char *const made[] = { "tile", "tile/0", "tile/0/x001", "tile/entries", "tile/entries/000.p" };
	static const char *const file[] = { "checkpoint", "tile/0/000", "tile/0/x001/234", "tile/entries/000.p/255" };
	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		snprintf(path, sizeof path, "%s/%s", dir, made[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	fake.tiles = dir;
	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		snprintf(path, sizeof path, "%s/%s", dir, file[i]);
		FILE *f = fopen(path, "w");
		fprintf(f, "this is %s", file[i]);
		fclose(f);
		snprintf(path, sizeof path, "GET /log/%s", file[i]);
		const char *a = ask(path, "", NULL);
		assert_int_equal(status(a), 200);
		assert_string_equal(body_of(a) + 8, file[i]);
		assert_true(i == 0 || has(a, "Cache-Control: public, max-age=31536000, immutable"));
	}
	assert_int_equal(status(ask("GET /log/tile/0/999", "", NULL)), 404);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(path, sizeof path, "GET /log/tile/%s", bad[i]);
		assert_int_equal(status(ask(path, "", NULL)), 404);
	}
	fake.tiles = NULL;
}

static void batch_answers_in_order(void **state)
{
	enum { LINES = 500 };
	static char body[1 << 15];
	static const char *const word[] = { "ok", "dup", "jws", "again", "pending" };
	static const int code[] = { 201, 409, 400, 200, 201 };
	size_t n = 0;

	(void)state;
	for (int i = 0; i < LINES; i++)
		n += (size_t)snprintf(body + n, sizeof body - n, "%s.%d%s", word[i % 5], i, i % 7 ? "\n" : "\r\n\n");
	fake.delay_ms = 1;
	const char *a = ask("POST /v1/statements/batch", JOSE, body);
	fake.delay_ms = 0;
	assert_int_equal(status(a), 200);
	assert_true(has(a, "Content-Type: application/x-ndjson"));
	int line = 0;
	for (int i = 0; i < LINES; i++) {
		char want[64];
		line++;
		snprintf(want, sizeof want, "{\"line\":%d,\"status\":%d,", line, code[i % 5]);
		a = strstr(a, want);
		assert_non_null(a);
		line += i % 7 == 0;
	}
	assert_null(strstr(a + 1, "{\"line\""));
}

static void client_leaves_while_it_waits(void **state)
{
	static const char one[] = "POST /v1/statements HTTP/1.1\r\nHost: t\r\n" JOSE "Content-Length: 4\r\n\r\nok.1";
	static char many[1 << 14];
	char body[8192];
	size_t n = 0;

	(void)state;
	while (n < 8000)
		n += (size_t)snprintf(body + n, sizeof body - n, "ok.%zu\n", n);
	int len = snprintf(many, sizeof many,
	                   "POST /v1/statements/batch HTTP/1.1\r\nHost: t\r\n" JOSE "Content-Length: %zu\r\n\r\n%s", n,
	                   body);
	for (int round = 0; round < 5; round++) {
		fake_hold(true);
		for (int i = 0; i < 50; i++) {
			struct linger now = { 1, 0 };
			int fd = dial();
			if (i % 2)
				say(fd, one, sizeof one - 1);
			else
				say(fd, many, (size_t)len);
			clock_sleep_ms(i % 10 ? 0 : 5);
			if (i % 3)
				setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
			close(fd);
		}
		fake_hold(false);
		post_is("ok.1", 201, "\"seq\"");
	}
}

static void full_queue_says_so_at_once(void **state)
{
	int fd[8];
	static const char one[] =
		"POST /v1/statements HTTP/1.1\r\nHost: t\r\nConnection: close\r\n" JOSE "Content-Length: 4\r\n\r\nok.1";

	(void)state;
	while (atomic_load(&http->requests)) /* of clients that left */
		clock_sleep_ms(5);
	fake_hold(true);
	fake.queue_max = 8;
	for (int i = 0; i < 8; i++)
		say(fd[i] = dial(), one, sizeof one - 1);
	while (fake_queued() < 8)
		clock_sleep_ms(5);
	int64_t best = INT64_MAX;
	for (int i = 0; i < 5; i++) {
		int64_t from = clock_ns();
		const char *a = ask("POST /v1/statements", JOSE, "ok.2");
		int64_t took = clock_ns() - from;
		best = took < best ? took : best;
		assert_int_equal(status(a), 503);
		assert_true(has(a, "Retry-After: 1"));
		assert_non_null(strstr(a, "\"retry\":{\"safe\":true,\"after\":1}"));
	}
	assert_true(best < 5000000); /* the best of five: the machine may be busy with something else */
	fake_hold(false);
	fake.queue_max = 4096;
	for (int i = 0; i < 8; i++)
		assert_int_equal(status(hear(fd[i])), 201);
}

static void readiness(void **state)
{
	(void)state;
	assert_string_equal(body_of(ask("GET /readyz", "", NULL)), "ok\n");
	assert_non_null(strstr(ask("GET /readyz?verbose", "", NULL), "[+] signer ok"));
	fake.unready = true;
	const char *a = ask("GET /readyz", "", NULL);
	fake.unready = false;
	assert_int_equal(status(a), 503);
	assert_non_null(strstr(a, "the database does not answer"));
	assert_non_null(strstr(ask("GET /metrics", "", NULL), "counterfoil_http_requests_total{route=\"/readyz\"}"));
}

static void limits(void **state)
{
	struct http_conf c = fake_conf();
	struct http *usual = http;

	(void)state;
	c.read = c.write = (struct limit_rate){ 1, 2 };
	c.address = (struct limit_rate){ 1, 3 };
	http = http_start(&c, NULL, why, sizeof why);
	assert_non_null(http);
	for (int i = 0; i < 2; i++)
		post_is("ok.1", 201, "\"seq\"");
	const char *a = ask("POST /v1/statements", JOSE, "ok.1");
	assert_int_equal(status(a), 429);
	assert_true(has(a, "Retry-After: 1"));
	assert_true(has(a, "RateLimit-Policy: \"default\";q=2;w=2"));
	assert_non_null(strstr(a, "\r\nRateLimit: \"default\";r=0;t="));
	assert_int_equal(status(ask("GET /v1/receivables", BANK, NULL)), 200); /* reading has a bucket of its own */
	for (int i = 0; i < 3; i++)
		post_is("jws.1", 400, "bad-jws"); /* nobody's: the address pays */
	post_is("ok.1", 429, "rate-limited");
	assert_int_equal(status(ask("GET /livez", "", NULL)), 200);
	assert_true(http_drain(http, 2));
	assert_true(http_stop(http, 5));
	http = usual;
}

static void unix_socket_behind_an_edge(void **state)
{
	struct http_conf c = fake_conf();
	struct http *usual = http;
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct stat st;

	(void)state;
	c.listen = (struct conf_listen){ .unix_socket = true, .loopback = true };
	snprintf(c.listen.host, sizeof c.listen.host, "/tmp/cf-t82-%d.sock", (int)getpid());
	snprintf(to.sun_path, sizeof to.sun_path, "%s", c.listen.host);
	c.edge = true;
	c.address = (struct limit_rate){ 1, 1 };
	http = http_start(&c, NULL, why, sizeof why);
	assert_non_null(http);
	assert_null(http_start(&c, NULL, why, sizeof why)); /* somebody answers there already */
	assert_true(stat(c.listen.host, &st) == 0 && (st.st_mode & 0777) == 0660);
	static const char *const ip[] = { "192.0.2.1", "192.0.2.1", "192.0.2.2" };
	for (int i = 0; i < 3; i++) {
		char text[200];
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
		int n = snprintf(text, sizeof text,
		                 "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\nX-Real-IP: %s\r\n\r\n", ip[i]);
		say(fd, text, (size_t)n);
		assert_int_equal(status(hear(fd)), i == 1 ? 429 : 200);
	}
	assert_true(http_drain(http, 2));
	assert_true(http_stop(http, 5));
	assert_int_not_equal(stat(c.listen.host, &st), 0);
	http = usual;
}

static void public_address_needs_an_edge(void **state)
{
	struct http_conf c = fake_conf();

	(void)state;
	c.listen.loopback = false;
	snprintf(c.listen.host, sizeof c.listen.host, "0.0.0.0");
	assert_null(http_start(&c, NULL, why, sizeof why));
	assert_non_null(strstr(why, "edge=true"));
}

static void drain_finishes_what_runs(void **state)
{
	struct http_conf c = fake_conf();
	struct http *usual = http;
	static const char one[] = "POST /v1/statements HTTP/1.1\r\nHost: t\r\n" JOSE "Content-Length: 4\r\n\r\nok.1";

	(void)state;
	http = http_start(&c, NULL, why, sizeof why);
	assert_non_null(http);
	fake_hold(true);
	int fd = dial();
	say(fd, one, sizeof one - 1);
	clock_sleep_ms(50);
	assert_false(http_drain(http, 0));
	assert_false(http_stop(http, 0));
	fake_hold(false);
	assert_true(http_drain(http, 2));
	assert_true(http_stop(http, 2));
	const char *a = hear(fd); /* closed by the server, as it said it would */
	assert_int_equal(status(a), 201);
	assert_true(has(a, "Connection: close"));
	http = usual;
}

/* One request on a connection that stays open; whether an answer has begun to come within so many ms. */
static bool answers(int fd, int ms)
{
	static const char one[] = "GET /livez HTTP/1.1\r\nHost: t\r\n\r\n";
	struct pollfd p = { fd, POLLIN, 0 };

	say(fd, one, sizeof one - 1);
	return poll(&p, 1, ms) == 1 && recv(fd, got, sizeof got, 0) > 0;
}

/* Who comes when all places are taken is not turned away: it waits until somebody goes. */
static void a_full_house_waits(void **state)
{
	enum { PLACES = 4 };
	struct http_conf c = fake_conf();
	struct http *usual = http;
	int in[PLACES], late;

	(void)state;
	c.connections_max = PLACES;
	http = http_start(&c, NULL, why, sizeof why);
	assert_non_null(http);
	for (size_t i = 0; i < PLACES; i++) {
		in[i] = dial();
		assert_true(answers(in[i], 10000));
	}
	late = dial();
	assert_false(answers(late, 100));
	close(in[2]);
	struct pollfd p = { late, POLLIN, 0 };
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_true(recv(late, got, sizeof got, 0) > 0);
	close(late);
	close(in[0]);
	close(in[1]);
	close(in[3]);
	assert_true(http_stop(http, 10));
	http = usual;
}

/* t82_http serve: the HTTP layer over the double, for t80 and t81; prints "port N", ends on SIGTERM. */
static int seconds(const char *name, int standard)
{
	const char *text = getenv(name);

	return text ? (int)strtol(text, NULL, 10) : standard;
}

static int serve(void)
{
	struct http_conf c = fake_conf();
	sigset_t end;
	int sig;

	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigaddset(&end, SIGINT);
	sigprocmask(SIG_BLOCK, &end, NULL);
	signal(SIGPIPE, SIG_IGN);
	c.listen.port = (uint16_t)seconds("PORT", 0);
	c.header_seconds = seconds("HEADER_SECONDS", 5);
	c.body_seconds = seconds("BODY_SECONDS", 5);
	c.send_seconds = seconds("SEND_SECONDS", 5);
	c.idle_seconds = seconds("IDLE_SECONDS", 60);
	fake.delay_ms = seconds("DELAY_MS", 0);
	fake.tiles = getenv("TILES");
	fake_start();
	if (!(http = http_start(&c, NULL, why, sizeof why))) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	printf("port %u\n", http_port(http));
	fflush(stdout);
	sigwait(&end, &sig);
	(void)http_drain(http, 2);
	bool whole = http_stop(http, 10);
	fake_stop();
	return whole ? 0 : 1;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(router_finds_every_row),
		T(router_refuses_what_is_not_there),
		T(form_values),
		T(bucket_refills),
		T(slabs_come_back),
		T(statement_outcomes),
		T(problems_have_their_shape),
		T(request_ids),
		T(methods),
		T(head_is_get),
		T(entity_tags),
		T(tokens),
		T(queries),
		T(a_document_larger_than_a_slab),
		T(tiles),
		T(batch_answers_in_order),
		T(client_leaves_while_it_waits),
		T(full_queue_says_so_at_once),
		T(readiness),
		T(limits),
		T(unix_socket_behind_an_edge),
		T(public_address_needs_an_edge),
		T(drain_finishes_what_runs),
		T(a_full_house_waits),
	};

	http_metrics();
	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		return serve();
	return cmocka_run_group_tests(tests, begin, end);
}
