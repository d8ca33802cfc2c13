/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t85_system.c: the real server over its sockets: exactly once, compare-and-set,
 * refusals on record, hostile input, full queue, drain, one server at a time.
 *
 * What a user would miss without it: an invoice entered twice because a client
 * retried; an answer lost at a restart; a garbled request that leaves a trace.
 */
#include "one_server.h"

#include "jws.h"

static int begin(void **state)
{
	static const char *const quick[] = { "--header-seconds=2", "--body-seconds=2", NULL };

	(void)state;
	(void)one_server_begin(quick);
	return 0;
}

static struct command registered(int64_t face)
{
	struct command c = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], face, number());

	(void)must(&server, &c, &cast.actor[SUPPLIER], &mem);
	return c;
}

/* --- exactly once --- */

/* A client that does not hear the answer sends again; it must never owe twice, and always learn the same place. */
static void same_bytes_hundred_times(void **state)
{
	struct span same[100];
	struct command c;
	struct answer *a, one, two;
	uint64_t before;

	(void)state;
	NEED_SERVER();
	c = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 125000, number());
	before = log_size(&server);
	for (size_t i = 0; i < 100; i++)
		same[i] = i ? same[0] : seal(&c, &cast.actor[SUPPLIER], &mem);
	a = send_all(&server, same, 100, 32, false);
	assert_int_equal(count_status(a, 100, 201, NULL), 1);
	assert_int_equal(count_status(a, 100, 200, NULL), 99);
	assert_receipts(a, 100);
	for (size_t i = 1; i < 100; i++) {
		assert_int_equal(a[i].seq, a[0].seq);
		assert_true(hash_eq(a[i].leaf, a[0].leaf));
	}
	assert_int_equal(log_size(&server), before + 1);
	free(a);
	one = post(&server, same[0]);
	two = post(&server, same[0]);
	assert_int_equal(one.status, 200);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.body, two.body, one.len);
	answer_free(&one);
	answer_free(&two);
}

/* An id is a promise about bytes: other bytes under it are a mistake or a trick, and leave no trace. */
static void same_id_other_bytes(void **state)
{
	struct command c, other;
	struct span both[2];
	struct answer a, *race;
	uint64_t before;

	(void)state;
	NEED_SERVER();
	c = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 125000, number());
	(void)must(&server, &c, &cast.actor[SUPPLIER], &mem);
	before = log_size(&server);
	c.body.receivable_register.face = yuan(125001);
	a = post(&server, seal(&c, &cast.actor[SUPPLIER], &mem));
	assert_int_equal(a.status, 409);
	assert_string_equal(a.code, "id-conflict");
	assert_false(a.receipted);
	assert_int_equal(log_size(&server), before);
	answer_free(&a);
	c = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 1, number());
	both[0] = seal(&c, &cast.actor[SUPPLIER], &mem);
	other = c;
	other.body.receivable_register.face = yuan(2);
	both[1] = seal(&other, &cast.actor[SUPPLIER], &mem);
	race = send_all(&server, both, 2, 2, false);
	assert_int_equal(count_status(race, 2, 201, NULL), 1);
	assert_int_equal(count_status(race, 2, 409, "id-conflict"), 1);
	assert_int_equal(log_size(&server), before + 1);
	free(race);
}

/* --- one step at a time on one object --- */

/* 64 payments that all saw the same balance: one may be the next step, or money would be counted twice. */
static void one_of_64_writers(void **state)
{
	enum { N = 64 };
	struct command r, c;
	struct span pay[N];
	struct answer *a;
	struct hash prev;
	uint64_t before;

	(void)state;
	NEED_SERVER();
	r = registered(1000000);
	c = c_confirm(&r);
	prev = must(&server, &c, &cast.actor[ANCHOR], &mem);
	before = log_size(&server);
	for (size_t i = 0; i < N; i++) {
		c = c_pay(r.object, prev, 1 + (int64_t)i);
		pay[i] = seal(&c, &cast.actor[ANCHOR], &mem);
	}
	a = send_all(&server, pay, N, N, false);
	assert_int_equal(count_status(a, N, 201, NULL), 1);
	assert_int_equal(count_status(a, N, 409, "stale-prev"), N - 1);
	assert_int_equal(log_size(&server), before + 1);
	assert_receipts(a, N);
	free(a);
}

/* --- refusals that are evidence --- */

/* The second sale of an invoice is refused, on record, and the one who tried holds a receipt that says so. */
static void refused_attempt_on_record(void **state)
{
	struct command r, again;
	struct span bytes;
	struct answer a, b;
	uint64_t before;

	(void)state;
	NEED_SERVER();
	r = registered(5000);
	before = log_size(&server);
	again = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 7000,
	                   r.body.receivable_register.invoice.number.at);
	bytes = seal(&again, &cast.actor[SUPPLIER], &mem);
	a = post(&server, bytes);
	assert_int_equal(a.status, 409);
	assert_string_equal(a.code, "duplicate-claim");
	assert_true(a.receipted);
	assert_int_equal(a.verdict, RECEIPT_GOOD);
	assert_int_equal(a.outcome, E_DUPLICATE_CLAIM);
	assert_int_equal(a.seq, before);
	b = post(&server, bytes);
	assert_int_equal(b.status, 409);
	assert_true(b.receipted);
	assert_int_equal(b.verdict, RECEIPT_GOOD);
	assert_int_equal(b.seq, a.seq);
	assert_true(hash_eq(a.leaf, b.leaf));
	assert_int_equal(log_size(&server), before + 1);
	answer_free(&a);
	answer_free(&b);
}

/* --- input that must leave no trace --- */

static struct span payload_typed(const char *type, const char *amount, const char *extra)
{
	struct writer w = writer_in(&mem);

	put_z(&w, "{\"type\":\"");
	put_z(&w, type);
	put_z(&w, "\",\"id\":\"");
	put_uuid(&w, new_uuid());
	put_z(&w, "\",\"object\":\"");
	put_uuid(&w, new_uuid());
	put_z(&w, "\",\"prev\":null,\"at\":\"");
	put_moment(&w, clock_now());
	put_z(&w, "\",\"salt\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"body\":{\"creditor\":\"");
	put_uuid(&w, cast.actor[SUPPLIER].id);
	put_z(&w, "\",\"debtor\":\"");
	put_uuid(&w, cast.actor[ANCHOR].id);
	put_z(&w, "\",\"face\":{\"amount\":");
	put_z(&w, amount);
	put_z(&w, ",\"currency\":\"CNY\"},\"issue_date\":\"");
	put_date(&w, today());
	put_z(&w, "\",\"due_date\":\"");
	put_date(&w, in_days(30));
	put_z(&w, "\",\"documents\":[],\"existing\":true");
	put_z(&w, extra);
	put_z(&w, "}}");
	return writer_done(&w, &mem);
}

static struct span payload_of(const char *amount, const char *extra)
{
	return payload_typed("receivable.register", amount, extra);
}

static struct span sign_as(const struct privkey *key, const char *typ, struct span payload)
{
	struct writer w = writer_in(&mem);

	assert_true(jws_sign(key, typ, payload, &w));
	return writer_done(&w, &mem);
}

/* header JSON, payload, and a real signature over both, whatever the header says. */
static struct span with_header(const char *header, const struct privkey *key, struct span payload)
{
	struct writer w = writer_in(&mem);
	uint8_t sig[SIG_LEN];

	put_b64url(&w, span_z(header));
	put_byte(&w, '.');
	put_b64url(&w, payload);
	assert_true(sig_sign(key, writer_span(&w), sig));
	put_byte(&w, '.');
	put_b64url(&w, (struct span){ (const char *)sig, SIG_LEN });
	return writer_done(&w, &mem);
}

static const char *header_with(const char *alg, const char *more)
{
	char kid[HASH_B64 + 1] = "";
	struct writer w = writer_over(kid, HASH_B64);
	char *text = arena_take(&mem, 512);

	put_hash64(&w, jwk_thumbprint(&cast.actor[SUPPLIER].key.pub));
	snprintf(text, 512, "{\"alg\":\"%s\",\"kid\":\"%s\",\"typ\":\"counterfoil+jws\"%s}", alg, kid, more);
	return text;
}

static void refused_without_trace(struct span bytes, int status, const char *code)
{
	uint64_t before = log_size(&server);
	struct answer a = post(&server, bytes);

	if (a.status != status || strcmp(a.code, code) != 0)
		fail_msg("expected %d %s, got %d %s", status, code, a.status, a.body ? a.body : "");
	assert_false(a.receipted);
	answer_free(&a);
	assert_int_equal(log_size(&server), before);
}

static void signatures_that_do_not_hold(void **state)
{
	const struct privkey *key = &cast.actor[SUPPLIER].key, *thief = &cast.actor[SUPPLIER2].key;
	struct span good, p;
	struct privkey stranger;
	uint8_t seed[SEED_LEN] = { 9 };
	char *bent;

	(void)state;
	NEED_SERVER();
	p = payload_of("\"10.00\"", "");
	good = sign_as(key, "counterfoil+jws", p);
	bent = arena_z(&mem, good);
	bent[good.len - 10] = bent[good.len - 10] == 'A' ? 'B' : 'A';
	refused_without_trace((struct span){ bent, good.len }, 401, "bad-signature");
	refused_without_trace(with_header(header_with("EdDSA", ""), thief, p), 401, "bad-signature");
	refused_without_trace(with_header(header_with("ES256", ""), key, p), 401, "bad-signature");
	refused_without_trace(with_header(header_with("SM2", ""), key, p), 401, "bad-signature");
	refused_without_trace(with_header(header_with("none", ""), key, p), 400, "bad-jws");
	refused_without_trace(with_header(header_with("HS256", ""), key, p), 400, "bad-jws");
	refused_without_trace(with_header(header_with("EdDSA", ",\"crit\":[\"b64\"],\"b64\":false"), key, p), 400,
	                      "bad-jws");
	refused_without_trace(with_header(header_with("EdDSA", ",\"alg\":\"EdDSA\""), key, p), 400, "bad-jws");
	refused_without_trace(with_header("{\"alg\":\"EdDSA\"}", key, p), 400, "bad-jws");
	refused_without_trace(sign_as(key, "JWT", p), 400, "bad-jws");
	assert_true(privkey_from_seed(ALG_ED25519, seed, &stranger));
	refused_without_trace(sign_as(&stranger, "counterfoil+jws", p), 401, "unknown-key");
	good.len -= 87; /* the signature and its dot */
	refused_without_trace(good, 400, "bad-jws");
}

static void payloads_that_are_not_strict(void **state)
{
	const struct privkey *key = &cast.actor[SUPPLIER].key;
	struct command c;

	(void)state;
	NEED_SERVER();
#define SIGNED(text) sign_as(key, "counterfoil+jws", text)
	refused_without_trace(SIGNED(S("not json")), 400, "bad-json");
	refused_without_trace(SIGNED(S("{\"type\":\"x\",\"type\":\"x\"}")), 400, "bad-json");
	refused_without_trace(SIGNED(payload_typed("receivable.registers", "\"10.00\"", "")), 422, "unknown-type");
	refused_without_trace(SIGNED(S("{\"type\":\"receivable.register\"}")), 422, "missing-member");
	refused_without_trace(SIGNED(payload_of("10.00", "")), 400, "bad-json");
	refused_without_trace(SIGNED(payload_of("\"10.0\"", "")), 422, "bad-amount");
	refused_without_trace(SIGNED(payload_of("\"-10.00\"", "")), 422, "bad-amount");
	refused_without_trace(SIGNED(payload_of("\"10.00\"", ",\"note\":\"x\"")), 422, "unknown-member");
	refused_without_trace(SIGNED(S("\xff\xfe")), 400, "bad-json");
#undef SIGNED
	c = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 1, number());
	c.at = (struct moment){ clock_now().us - 3 * DAY_US };
	refused_without_trace(seal(&c, &cast.actor[SUPPLIER], &mem), 422, "clock-skew");
	c = c_pay(new_uuid(), (struct hash){ { 1 } }, 5);
	refused_without_trace(seal(&c, &cast.actor[ANCHOR], &mem), 404, "unknown-object");
	c = c_register(&cast.actor[SUPPLIER], &(struct actor){ .id = new_uuid() }, 1, number());
	refused_without_trace(seal(&c, &cast.actor[SUPPLIER], &mem), 422, "unknown-party");
}

static void bodies_that_are_no_statement(void **state)
{
	char *big = arena_take(&mem, 200000);
	struct http *h;
	struct answer a;

	(void)state;
	NEED_SERVER();
	memset(big, 'A', 200000);
	refused_without_trace(S(""), 400, "bad-jws");
	refused_without_trace(S("..."), 400, "bad-jws");
	refused_without_trace(S("a.b.c"), 400, "bad-jws");
	refused_without_trace((struct span){ "\0\0\0\0", 4 }, 400, "bad-jws");
	refused_without_trace((struct span){ big, 200000 }, 413, "too-big");
	h = http_new(server.port);
	a = http_do(h, "POST", "/v1/statements", "text/html", S("a.b.c"));
	assert_int_equal(a.status, 415);
	answer_free(&a);
	a = http_do(h, "PUT", "/v1/statements", "application/jose", S("a.b.c"));
	assert_int_equal(a.status, 405);
	answer_free(&a);
	http_free(h);
}

/* Raw bytes: the answer is a 4xx or nothing; the connection ends; the server lives and logs nothing. */
static void raw(struct span bytes, bool hang_up)
{
	struct http *h = http_new(server.port);
	struct answer a = { .status = NO_ANSWER };

	h->wait_ms = 8000;
	assert_true(http_open(h));
	(void)http_put(h, bytes.at, bytes.len);
	if (!hang_up) {
		a = http_get_answer(h);
		assert_true(a.status == NO_ANSWER || (a.status >= 400 && a.status < 506));
		answer_free(&a);
	}
	http_free(h);
}

static void bytes_that_are_no_http(void **state)
{
	uint64_t before;
	char *noise = arena_take(&mem, 65536);

	(void)state;
	NEED_SERVER();
	before = log_size(&server);
	clock_random(noise, 65536);
	raw((struct span){ noise, 65536 }, false);
	raw(S("\r\n\r\n\r\n\r\n"), true);
	raw(S("POST /v1/statements HTTP/9.9\r\n\r\n"), false);
	raw(S("POST /v1/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"), false);
	raw(S("POST /v1/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
	    false);
	raw(S("POST /v1/statements HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	    false);
	raw(S("POST /v1/statements HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\nContent-Length: 900\r\n\r\nhalf"),
	    true);
	raw(S("GET / HTTP/1.1\r\nHo"), true);
	assert_int_equal(get_status(&server, "/readyz"), 200);
	assert_int_equal(log_size(&server), before);
}

/* Twenty connections that drip a byte now and then; an honest client beside them must not notice. */
static void slow_clients(void **state)
{
	static const char head[] =
		"POST /v1/statements HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\nContent-Length: 500\r\n\r\n";
	struct http *h[20];
	int64_t began;
	unsigned ended = 0;

	(void)state;
	NEED_SERVER();
	began = clock_ns();
	for (size_t i = 0; i < ARRAY_LEN(h); i++) {
		h[i] = http_new(server.port);
		assert_true(http_open(h[i]));
		(void)http_put(h[i], head, i % 2 ? sizeof head - 1 : 30);
	}
	while (clock_ns() - began < INT64_C(6000000000) && ended < ARRAY_LEN(h)) {
		ended = 0;
		for (size_t i = 0; i < ARRAY_LEN(h); i++) {
			char c;

			(void)http_put(h[i], "x", 1);
			ended += recv(h[i]->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno == ECONNRESET;
		}
		(void)registered(10);
		clock_sleep_ms(200);
	}
	assert_int_equal(ended, ARRAY_LEN(h));
	for (size_t i = 0; i < ARRAY_LEN(h); i++)
		http_free(h[i]);
}

/* --- order --- */

static int by_seq(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* No number is skipped and time does not run back: a gap is a dropped claim, a step back a forged priority. */
static void gapless_and_in_time(void **state)
{
	enum { N = 3000 };
	struct span *s;
	struct answer *a;
	uint64_t before;
	size_t entries = 0;

	(void)state;
	NEED_SERVER();
	s = ARENA_ARRAY(&mem, struct span, N);
	before = log_size(&server);
	for (size_t i = 0; i < N; i++) {
		char *n = arena_take(&mem, 32);
		struct command c;

		snprintf(n, 32, "MIX-%zu", i - i % 3 / 2); /* every third is a duplicate */
		c = c_register(&cast.actor[i % 7 == 3 ? SUPPLIER2 : SUPPLIER], &cast.actor[ANCHOR], 100, n);
		if (i % 11 == 5)
			c.body.receivable_register.debtor = new_uuid(); /* refused without an entry */
		s[i] = seal(&c, &cast.actor[i % 7 == 3 ? SUPPLIER2 : SUPPLIER], &mem);
	}
	a = send_all(&server, s, N, 48, false);
	assert_int_equal(count_status(a, N, 201, NULL) + count_status(a, N, 409, "duplicate-claim") +
	                         count_status(a, N, 422, "unknown-party"),
	                 N);
	assert_receipts(a, N);
	for (size_t i = 0; i < N; i++)
		if (a[i].receipted)
			a[entries++] = a[i];
	qsort(a, entries, sizeof *a, by_seq);
	for (size_t i = 0; i < entries; i++) {
		assert_int_equal(a[i].seq, before + i);
		assert_true(i == 0 || a[i].accepted_at >= a[i - 1].accepted_at);
	}
	assert_int_equal(log_size(&server), before + entries);
	free(a);
}

/* --- a full queue --- */

/* PostgreSQL stands still: what cannot be queued is told so at once, and nothing of the rest is lost. */
static void full_queue(void **state)
{
	enum { N = 200 };
	static struct server small;
	static struct cast people;
	struct span s[N];
	struct answer *a, *b;
	pid_t writer;
	struct load l;
	pthread_t thread[64];
	size_t busy;

	(void)state;
	NEED_SERVER();
	server_make(&small, NULL);
	server_flag(&small, "--queue-max=8");
	server_flag(&small, "--batch-max=4");
	server_start(&small);
	cast_start(&small, &people);
	for (size_t i = 0; i < N; i++) {
		struct command c = c_register(&people.actor[SUPPLIER], &people.actor[ANCHOR], 100, number());

		s[i] = seal(&c, &people.actor[SUPPLIER], &mem);
	}
	writer = (pid_t)sql_int(&small,
	                        "SELECT pid FROM pg_stat_activity WHERE application_name = 'counterfoil writer'");
	assert_int_equal(kill(writer, SIGSTOP), 0);
	a = calloc(N, sizeof *a);
	l = (struct load){ .server = &small, .statement = s, .n = N, .answer = a };
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, load_thread, &l), 0);
	clock_sleep_ms(1000);
	assert_int_equal(get_status(&small, "/livez"), 200);
	assert_int_equal(kill(writer, SIGCONT), 0);
	for (unsigned i = 0; i < 64; i++)
		pthread_join(thread[i], NULL);
	busy = count_status(a, N, 503, "busy");
	assert_true(busy >= N - 64);
	assert_int_equal(busy + count_status(a, N, 201, NULL), N);
	for (size_t i = 0; i < N; i++)
		assert_true(a[i].status == 201 || a[i].retry_after >= 1);
	b = send_all(&small, s, N, 4, false);
	assert_int_equal(count_status(b, N, 201, NULL), busy);
	assert_int_equal(count_status(b, N, 200, NULL), N - busy);
	assert_log_good(&small);
	free(a);
	free(b);
	server_drop(&small);
}

/* --- going down, and who may be up --- */

/* A restart under load: whoever has a receipt finds the same entry afterwards. */
static void drain_loses_nothing(void **state)
{
	enum { N = 20000 };
	struct span *s;
	struct answer *a, *b;
	struct load l;
	pthread_t thread[16];
	size_t acked = 0;

	(void)state;
	NEED_SERVER();
	s = ARENA_ARRAY(&mem, struct span, N);
	for (size_t i = 0; i < N; i++) {
		struct command c = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 100, number());

		s[i] = seal(&c, &cast.actor[SUPPLIER], &mem);
	}
	a = calloc(N, sizeof *a);
	l = (struct load){ .server = &server, .statement = s, .n = N, .answer = a };
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, load_thread, &l), 0);
	clock_sleep_ms(700);
	assert_true(server_stop(&server));
	for (unsigned i = 0; i < 16; i++)
		pthread_join(thread[i], NULL);
	assert_receipts(a, N);
	server_start(&server);
	for (size_t i = 0; i < N; i++) {
		if (a[i].status != 201)
			continue;
		s[acked] = s[i];
		a[acked++] = a[i];
	}
	print_message("%zu acknowledged before the stop\n", acked);
	assert_true(acked > 100);
	b = send_all(&server, s, acked, 8, false);
	for (size_t i = 0; i < acked; i++)
		if (b[i].status != 200 || b[i].seq != a[i].seq || !hash_eq(b[i].leaf, a[i].leaf))
			fail_msg("entry %llu: now %d %s", (unsigned long long)a[i].seq, b[i].status, b[i].code);
	assert_receipts(b, acked);
	free(a);
	free(b);
}

static void one_server_a_state(void **state)
{
	struct server second;

	(void)state;
	NEED_SERVER();
	second = server;
	second.port = 0;
	second.pid = 0;
	snprintf(second.log, sizeof second.log, "%.150s.2", server.log);
	server_fork(&second);
	assert_true(server_ended(&second, 10000));
	assert_true(WIFEXITED(second.status) && WEXITSTATUS(second.status) != 0);
	assert_true(said(&second, "start_failed"));
	unlink(second.log);
	assert_int_equal(get_status(&server, "/readyz"), 200);
	(void)registered(1);
}

static void copy_file(const char *from, const char *to, const char *name)
{
	char path[256], room[16384];
	struct arena a = arena_over(room, sizeof room);
	struct span bytes;

	snprintf(path, sizeof path, "%s/%s", from, name);
	assert_int_equal(file_read(path, 8192, &a, &bytes), 0);
	snprintf(path, sizeof path, "%s/%s", to, name);
	assert_int_equal(file_write(path, bytes, FILE_SECRET), 0);
}

static const char *const SECRETS[] = { "log.key",         "master.key",  "operator.jwk", "registry.jwk",
	                               "fingerprint.key", "signer.last", "token.key" };

/* A server without the log's keys on the same database would sign as somebody else and miss every duplicate. */
static void stranger_on_the_database(void **state)
{
	static struct server b;

	(void)state;
	NEED_SERVER();
	server_make(&b, NULL);
	snprintf(b.database_url, sizeof b.database_url, "%s", server.conninfo);
	server_fork(&b);
	if (server_ready(&b, 10000)) {
		server_drop(&b);
		assert_true(server_stop(&server));
		server_start(&server);
		fail_msg("it serves, with a log key and a fingerprint key that are not the log's");
	}
	assert_true(server_ended(&b, 1000));
	assert_true(said(&b, "start_failed"));
	server_drop(&b);
	assert_int_equal(get_status(&server, "/readyz"), 200);
	(void)registered(1);
}

/* Failover: the new one takes the lease; the old one, which may not know, can neither write nor sign. */
static void lease_moves(void **state)
{
	static struct server b;
	struct command c;
	struct answer a;
	struct log_report report;
	uint64_t size;
	char last[2][256];

	(void)state;
	NEED_SERVER();
	server_make(&b, NULL);
	for (size_t i = 0; i < ARRAY_LEN(SECRETS); i++)
		copy_file(server.state, b.state, SECRETS[i]);
	snprintf(b.database_url, sizeof b.database_url, "%s", server.conninfo);
	server_start(&b);
	size = log_size(&server);
	snprintf(last[0], sizeof last[0], "%s", sql(&server, "SELECT max(size) FROM checkpoint"));
	for (int i = 0; i < 3; i++) {
		c = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 1, number());
		a = post(&server, seal(&c, &cast.actor[SUPPLIER], &mem));
		assert_int_equal(a.status, 503);
		assert_true(a.retry_after > 0);
		answer_free(&a);
	}
	assert_int_equal(log_size(&server), size);
	snprintf(last[1], sizeof last[1], "%s", sql(&server, "SELECT max(size) FROM checkpoint"));
	assert_string_equal(last[0], last[1]);
	assert_int_equal(get_status(&server, "/readyz"), 503);
	assert_true(said(&server, "sequencer_fenced"));
	a = post(&b, seal(&c, &cast.actor[SUPPLIER], &mem));
	assert_int_equal(a.status, 201);
	assert_int_equal(a.seq, size);
	assert_int_equal(a.verdict, RECEIPT_GOOD);
	answer_free(&a);
	a = post(&server, seal(&c, &cast.actor[SUPPLIER], &mem));
	assert_int_equal(a.status, 503);
	answer_free(&a);
	assert_true(server_stop(&b));
	assert_int_equal(verify_rows(&server, &report), LOG_GOOD);
	server_drop(&b);
	assert_true(server_stop(&server));
	server_start(&server);
	(void)registered(1);
}

static void all_of_it_is_good(void **state)
{
	(void)state;
	NEED_SERVER();
	assert_log_good(&server);
}

#define TF(f) cmocka_unit_test_setup(f, fresh)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TF(same_bytes_hundred_times),
		TF(same_id_other_bytes),
		TF(one_of_64_writers),
		TF(refused_attempt_on_record),
		TF(signatures_that_do_not_hold),
		TF(payloads_that_are_not_strict),
		TF(bodies_that_are_no_statement),
		TF(bytes_that_are_no_http),
		TF(slow_clients),
		TF(gapless_and_in_time),
		TF(full_queue),
		TF(drain_loses_nothing),
		TF(one_server_a_state),
		TF(stranger_on_the_database),
		TF(lease_moves),
		TF(all_of_it_is_good),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
