/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t73: webhooks against real receivers: verified before first use, signed, tried again, given up, replayed; and none
 * that leads into a network of one's own.
 */
#include "receiver.h"

enum { PATIENCE_MS = 60000 };
static struct server srv;
static struct cast cast;
static struct arena mem;
static struct receiver good, bad;

#define A(i) (&cast.actor[i])

/* A member's text in JSON; "" without. */
static const char *text_at(const char *json, const char *name)
{
	static char text[4][256];
	static unsigned turn;
	char *to = text[turn = (turn + 1) % 4], want[64];
	const char *at;

	snprintf(want, sizeof want, "\"%s\":\"", name);
	at = strstr(json, want);
	to[0] = 0;
	if (at)
		cut_quoted(at + strlen(want), to, sizeof text[0]);
	return to;
}

struct hook {
	char id[64], secret[80], public[80];
};

static struct answer try_add(const struct token *t, const char *url, const char *more)
{
	char body[1024];

	snprintf(body, sizeof body, "{\"url\":\"%s\"%s}", url, more);
	return ask_with(&srv, t, "POST", "/v1/webhooks", NULL, span_z(body));
}

static struct hook add(const struct token *t, const struct receiver *r, const char *more)
{
	char url[128];
	struct hook h;
	struct answer a;

	snprintf(url, sizeof url, "http://127.0.0.1:%u/hook?x=1", r->port);
	a = try_add(t, url, more);
	if (a.status != 201)
		fail_msg("%d %s", a.status, a.body);
	snprintf(h.id, sizeof h.id, "%s", text_at(a.body, "id"));
	snprintf(h.secret, sizeof h.secret, "%s", text_at(a.body, "secret"));
	snprintf(h.public, sizeof h.public, "%s", text_at(a.body, "public_key"));
	answer_free(&a);
	return h;
}

static const char *show(const struct token *t, const struct hook *h, const char *what)
{
	char path[128];

	snprintf(path, sizeof path, "/v1/webhooks/%s%s", h->id, what);
	return looked_at(&srv, t, path);
}

static void act_on(const struct token *t, const struct hook *h, const char *method, const char *what, int want)
{
	char path[128];
	struct answer a;

	snprintf(path, sizeof path, "/v1/webhooks/%s%s", h->id, what);
	a = ask_with(&srv, t, method, path, NULL, S(""));
	if (a.status != want)
		fail_msg("%s %s: %d %s", method, path, a.status, a.body);
	answer_free(&a);
}

static void wait_for(const struct token *t, const struct hook *h, const char *what, const char *says)
{
	for (int i = 0; i < PATIENCE_MS / 50; i++) {
		if (strstr(show(t, h, what), says))
			return;
		clock_sleep_ms(50);
	}
	fail_msg("%s%s never says %s: %s", h->id, what, says, show(t, h, what));
}

static void wait_requests(struct receiver *r, unsigned n)
{
	for (int i = 0; i < PATIENCE_MS / 20 && r->n < n; i++)
		clock_sleep_ms(20);
	if (r->n < n)
		fail_msg("%u requests instead of %u", r->n, n);
}

/* As a receiver's library checks it: id, time, both signatures, over the body as it came. */
static void check_signed(const char *request, const struct hook *h)
{
	const char *id = header_of(request, "\nwebhook-id: "), *at = header_of(request, "\nwebhook-timestamp: "),
		   *sig = header_of(request, "\nwebhook-signature: "), *body = strstr(request, "\r\n\r\n") + 4;
	char signed_text[REQUEST_LEN + 128], want[128];
	uint8_t secret[HASH_LEN], ed[SIG_LEN];
	struct pubkey key = { .alg = ALG_ED25519 };
	struct span raw;
	struct writer w = writer_over(want, sizeof want - 1);
	struct arena room = arena_over(signed_text, 0);
	static char decode[4096];

	assert_true(id && at && sig);
	{
		struct writer m = writer_over(signed_text, sizeof signed_text - 1);

		put_span(&m, (struct span){ id, strcspn(id, "\r") });
		put_byte(&m, '.');
		put_span(&m, (struct span){ at, strcspn(at, "\r") });
		put_byte(&m, '.');
		put_z(&m, body);
		assert_false(m.overflow);
		signed_text[m.len] = 0;
	}
	room = arena_over(decode, sizeof decode);
	assert_true(strncmp(h->secret, "whsec_", 6) == 0 && b64_decode(span_z(h->secret + 6), &room, &raw));
	assert_int_equal(raw.len, sizeof secret);
	memcpy(secret, raw.at, sizeof secret);
	put_z(&w, "v1,");
	{
		struct hash mac =
			hmac_sha256((struct span){ (const char *)secret, sizeof secret }, span_z(signed_text));

		put_b64(&w, (struct span){ (const char *)mac.b, sizeof mac.b });
	}
	want[w.len] = 0;
	assert_non_null(strstr(sig, want));
	sig = strstr(sig, " v1a,");
	assert_non_null(sig);
	assert_true(b64_decode((struct span){ sig + 5, strcspn(sig + 5, "\r ") }, &room, &raw) && raw.len == SIG_LEN);
	memcpy(ed, raw.at, SIG_LEN);
	assert_true(strncmp(h->public, "whpk_", 5) == 0 && b64_decode(span_z(h->public + 5), &room, &raw));
	memcpy(key.raw, raw.at, HASH_LEN);
	assert_true(sig_verify(&key, span_z(signed_text), ed));
	signed_text[strlen(signed_text) - 3] ^= 1; /* another body is not this one */
	assert_false(sig_verify(&key, span_z(signed_text), ed));
}

static struct command claim(unsigned creditor, unsigned debtor, const char *number)
{
	struct command c = c_register(A(creditor), A(debtor), 4200, number);

	(void)must(&srv, &c, A(creditor), &mem);
	return c;
}

static void an_alert_arrives_signed_behind_the_challenge(void **state)
{
	struct token t = token_for(&srv, A(ANCHOR));
	struct hook h = add(&t, &good, ",\"code\":\"claim-registered\"");
	unsigned before;
	const char *last;
	char want[128];
	struct command c;

	(void)state;
	wait_for(&t, &h, "", "\"state\":\"live\"");
	assert_true(good.n >= 1); /* it was asked first */
	assert_non_null(strstr(good.request[good.n - 1], "counterfoil.webhook.verify"));
	check_signed(good.request[good.n - 1], &h);
	before = good.n;
	c = claim(SUPPLIER, ANCHOR, "W-1");
	wait_requests(&good, before + 1);
	last = good.request[good.n - 1];
	snprintf(want, sizeof want, "\"asset\":\"%s\"", uuid_z(c.object));
	assert_non_null(strstr(last, "POST /hook?x=1 HTTP/1.1\r\n"));
	assert_non_null(strcasestr(last, "Content-Type: application/cloudevents+json"));
	assert_non_null(strstr(last, "\"specversion\":\"1.0\""));
	assert_non_null(strstr(last, "\"type\":\"counterfoil.alert\""));
	assert_non_null(strstr(last, want));
	assert_null(strcasestr(last, "authorization")); /* no token of ours goes out */
	check_signed(last, &h);
	wait_for(&t, &h, "/deliveries", "\"state\":\"delivered\"");
	assert_null(strstr(show(&t, &h, ""), "whsec_")); /* told once */
	act_on(&t, &h, "POST", "/test", 200);
	wait_requests(&good, before + 2);
	assert_non_null(strstr(good.request[good.n - 1], "counterfoil.webhook.test"));
	act_on(&t, &h, "DELETE", "", 200);
	act_on(&t, &h, "DELETE", "", 404);
	(void)claim(SUPPLIER, ANCHOR, "W-2");
	wait_told(&srv);
	clock_sleep_ms(1500);
	assert_int_equal(good.n, before + 2);
}

static void a_subscription_is_for_what_it_says(void **state)
{
	struct token t = token_for(&srv, A(ANCHOR));
	struct command c = claim(SUPPLIER, ANCHOR, "S-1");
	char more[128];
	struct hook by_asset, by_party, by_code, severe;

	(void)state;
	wait_told(&srv);
	snprintf(more, sizeof more, ",\"asset\":\"%s\"", uuid_z(c.object));
	by_asset = add(&t, &good, more);
	snprintf(more, sizeof more, ",\"party\":\"%s\"", id_of_actor(A(SUPPLIER2)));
	by_party = add(&t, &good, more);
	by_code = add(&t, &good, ",\"code\":\"key-enrolled\"");
	severe = add(&t, &good, ",\"severity\":\"alarm\"");
	wait_for(&t, &by_asset, "", "\"state\":\"live\"");
	wait_for(&t, &by_party, "", "\"state\":\"live\"");
	wait_for(&t, &by_code, "", "\"state\":\"live\"");
	wait_for(&t, &severe, "", "\"state\":\"live\"");
	(void)claim(SUPPLIER, ANCHOR, "S-2"); /* another asset, not the party, not the code, no alarm */
	c = claim(SUPPLIER2, ANCHOR, "S-3");
	wait_for(&t, &by_party, "/deliveries", "\"state\":\"delivered\"");
	assert_int_equal(count_of(show(&t, &by_party, "/deliveries"), "\"alert\":"), 1);
	assert_int_equal(count_of(show(&t, &by_asset, "/deliveries"), "\"alert\":"), 0);
	assert_int_equal(count_of(show(&t, &by_code, "/deliveries"), "\"alert\":"), 0);
	assert_int_equal(count_of(show(&t, &severe, "/deliveries"), "\"alert\":"), 0);
	act_on(&t, &by_asset, "DELETE", "", 200);
	act_on(&t, &by_party, "DELETE", "", 200);
	act_on(&t, &by_code, "DELETE", "", 200);
	act_on(&t, &severe, "DELETE", "", 200);
}

static void a_webhook_is_its_partys_own(void **state)
{
	struct token t = token_for(&srv, A(ANCHOR)), other = token_for(&srv, A(BANK));
	struct hook h = add(&t, &good, "");
	char path[128];
	struct answer a;

	(void)state;
	snprintf(path, sizeof path, "/v1/webhooks/%s", h.id);
	a = look(&srv, &other, path);
	assert_int_equal(a.status, 404);
	answer_free(&a);
	act_on(&other, &h, "DELETE", "", 404);
	act_on(&other, &h, "POST", "/test", 404);
	act_on(&other, &h, "POST", "/replay?after=0", 404);
	assert_null(strstr(looked_at(&srv, &other, "/v1/webhooks"), h.id));
	assert_non_null(strstr(looked_at(&srv, &t, "/v1/webhooks"), h.id));
	act_on(&t, &h, "DELETE", "", 200);
}

/* Until it answers as it should, nothing is sent but the question; and then all that was missed since it was made. */
static void an_endpoint_that_does_not_want_it_gets_nothing(void **state)
{
	static const enum manner manners[] = { LIES, FAILS, REDIRECTS, CLOSES, ENDLESS };
	struct token t = token_for(&srv, A(ANCHOR));
	struct hook h;

	(void)state;
	bad.elsewhere = good.port;
	bad.manner = LIES;
	h = add(&t, &bad, "");
	for (size_t i = 0; i < ARRAY_LEN(manners); i++) {
		unsigned n = bad.n, elsewhere = good.n;

		bad.manner = (int)manners[i];
		wait_requests(&bad, n + 1);
		sql(&srv,
		    "UPDATE webhook SET next_at = now(), failures = 1"); /* its pauses are not what is tested here */
		assert_null(strstr(show(&t, &h, ""), "live"));
		assert_int_equal(good.n, elsewhere); /* nobody was led on to somewhere else */
	}
	for (unsigned i = 0; i < bad.n && i < REQUESTS_MAX; i++)
		assert_null(strstr(bad.request[i], "counterfoil.alert"));
	bad.manner = GOOD;
	wait_for(&t, &h, "", "\"state\":\"live\"");
	act_on(&t, &h, "DELETE", "", 200);
}

static void what_fails_is_sent_again_under_the_same_name(void **state)
{
	struct token t = token_for(&srv, A(ANCHOR));
	struct hook h;
	unsigned n;
	char first[128], again[128];

	(void)state;
	bad.manner = GOOD;
	h = add(&t, &bad, ",\"code\":\"claim-registered\"");
	wait_for(&t, &h, "", "\"state\":\"live\"");
	bad.manner = FAILS;
	n = bad.n;
	(void)claim(SUPPLIER, ANCHOR, "R-1");
	wait_requests(&bad, n + 1);
	wait_for(&t, &h, "/deliveries", "\"status\":500");
	wait_for(&t, &h, "/deliveries", "\"state\":\"waiting\"");
	wait_for(&t, &h, "", "\"failing_since\"");
	bad.manner = GOOD;
	wait_for(&t, &h, "/deliveries", "\"state\":\"delivered\"");
	snprintf(first, sizeof first, "%.80s", header_of(bad.request[n], "\nwebhook-id: "));
	snprintf(again, sizeof again, "%.80s", header_of(bad.request[bad.n - 1], "\nwebhook-id: "));
	assert_int_equal(strcspn(first, "\r"), strcspn(again, "\r"));
	assert_memory_equal(first, again, strcspn(first, "\r"));
	assert_null(strstr(show(&t, &h, ""), "failing_since"));
	/* and once more when it is asked for */
	n = bad.n;
	act_on(&t, &h, "POST", "/replay?after=0", 200);
	wait_requests(&bad, n + 1);
	act_on(&t, &h, "POST", "/replay", 400);
	act_on(&t, &h, "DELETE", "", 200);
}

static void one_that_hangs_does_not_hold_up_the_others(void **state)
{
	struct token t = token_for(&srv, A(ANCHOR));
	struct hook slow, quick;
	unsigned n;

	(void)state;
	bad.manner = GOOD;
	slow = add(&t, &bad, "");
	quick = add(&t, &good, "");
	wait_for(&t, &slow, "", "\"state\":\"live\"");
	wait_for(&t, &quick, "", "\"state\":\"live\"");
	bad.manner = HANGS;
	n = good.n;
	(void)claim(SUPPLIER, ANCHOR, "H-1");
	(void)claim(SUPPLIER, ANCHOR, "H-2");
	wait_requests(&good, n + 2);
	wait_for(&t, &quick, "/deliveries", "\"state\":\"delivered\"");
	wait_for(&t, &slow, "/deliveries", "\"why\":"); /* it was let go of after its time */
	bad.manner = DRIPS;
	sql(&srv, "UPDATE webhook SET next_at = now(); UPDATE webhook_delivery SET next_at = now()");
	wait_for(&t, &slow, "/deliveries", "\"attempts\":2");
	assert_null(strstr(show(&t, &slow, "/deliveries"), "\"state\":\"delivered\""));
	bad.manner = CLOSES;
	act_on(&t, &slow, "DELETE", "", 200);
	act_on(&t, &quick, "DELETE", "", 200);
}

static void what_only_fails_is_given_up_and_stopped(void **state)
{
	struct token t = token_for(&srv, A(ANCHOR));
	struct hook h;

	(void)state;
	bad.manner = GOOD;
	h = add(&t, &bad, ",\"code\":\"claim-registered\"");
	wait_for(&t, &h, "", "\"state\":\"live\"");
	bad.manner = FAILS;
	(void)claim(SUPPLIER, ANCHOR, "G-1");
	wait_for(&t, &h, "/deliveries", "\"status\":500");
	sql(&srv,
	    "UPDATE webhook_delivery SET queued_at = now() - interval '4 days', next_at = now();"
	    "UPDATE webhook SET failing_since = now() - interval '4 days', next_at = now() WHERE failing_since IS NOT NULL");
	wait_for(&t, &h, "/deliveries", "\"state\":\"given-up\"");
	wait_for(&t, &h, "", "\"state\":\"stopped\"");
	bad.manner = GOOD; /* asked for again it is verified anew, and gets it */
	act_on(&t, &h, "POST", "/replay?after=0", 200);
	wait_for(&t, &h, "/deliveries", "\"state\":\"delivered\"");
	act_on(&t, &h, "DELETE", "", 200);
}

static void a_killed_server_sends_what_it_owes(void **state)
{
	struct token t = token_for(&srv, A(ANCHOR));
	struct hook h;

	(void)state;
	bad.manner = GOOD;
	h = add(&t, &bad, ",\"code\":\"claim-registered\"");
	wait_for(&t, &h, "", "\"state\":\"live\"");
	bad.manner = FAILS;
	for (int i = 0; i < 5; i++) {
		char number[16];

		snprintf(number, sizeof number, "X-%d", i);
		(void)claim(SUPPLIER, ANCHOR, number);
	}
	server_kill9(&srv);
	bad.manner = GOOD;
	server_start(&srv);
	sql(&srv,
	    "UPDATE webhook SET next_at = now(), busy_until = '-infinity'; UPDATE webhook_delivery SET next_at = now()");
	t = token_for(&srv, A(ANCHOR));
	for (int i = 0; i < PATIENCE_MS / 50 && count_of(show(&t, &h, "/deliveries"), "\"state\":\"delivered\"") < 5;
	     i++) {
		clock_sleep_ms(50);
		sql(&srv, "UPDATE webhook SET next_at = now(); UPDATE webhook_delivery SET next_at = now()");
	}
	assert_int_equal(count_of(show(&t, &h, "/deliveries"), "\"state\":\"delivered\""), 5);
	act_on(&t, &h, "DELETE", "", 200);
}

static void there_is_an_end_to_how_many(void **state)
{
	struct token t = token_for(&srv, A(BANK + 1));
	struct answer a;

	(void)state;
	for (int i = 0; i < 32; i++)
		(void)add(&t, &good, "");
	a = try_add(&t, "http://127.0.0.1:9/", "");
	assert_int_equal(a.status, 409);
	assert_string_equal(a.code, "too-many-webhooks");
	answer_free(&a);
	sql(&srv, "UPDATE webhook SET state = 4");
}

/* The same server as everybody runs it: nothing but https and the public Internet. */
static void nobody_is_led_into_a_network_of_ones_own(void **state)
{
	static const char *const refused[] = {
		"http://bank.example/",    "https://127.0.0.1/",
		"https://10.1.2.3/x",      "https://169.254.169.254/latest/meta-data/",
		"https://[::1]/",          "https://[::ffff:127.0.0.1]/",
		"https://localhost/",      "https://2130706433/",
		"https://user@8.8.8.8/",   "ftp://8.8.8.8/",
		"https://[fd00::1]:8443/", "https://0.0.0.0/",
	};
	struct token t;
	char url[128], path[256], id[64];
	unsigned n = good.n;
	struct answer a;

	(void)state;
	assert_true(server_stop(&srv));
	srv.n_flags--; /* the last is --webhook-private */
	server_start(&srv);
	t = token_for(&srv, A(BANK + 2));
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		a = try_add(&t, refused[i], "");
		if (a.status != 422 && a.status != 400)
			fail_msg("%s: %d", refused[i], a.status);
		assert_non_null(strstr(a.body, "/url"));
		answer_free(&a);
	}
	/* a name says nothing; what it stands for is known when it is called: here, this machine */
	snprintf(url, sizeof url, "https://ip6-localhost:%u/", good.port);
	a = try_add(&t, url, "");
	assert_int_equal(a.status, 201);
	snprintf(id, sizeof id, "%s", text_at(a.body, "id"));
	answer_free(&a);
	/* and one that was made when it was allowed, or by hand */
	snprintf(path, sizeof path, "UPDATE webhook SET url = 'https://127.0.0.1:%u/' WHERE id = '%s'", good.port, id);
	sql(&srv, path);
	snprintf(path, sizeof path, "/v1/webhooks/%s", id);
	for (int i = 0; i < PATIENCE_MS / 50 && !strstr(looked_at(&srv, &t, path), "failing_since"); i++)
		clock_sleep_ms(50);
	assert_non_null(strstr(looked_at(&srv, &t, path), "\"state\":\"unverified\""));
	assert_non_null(strstr(looked_at(&srv, &t, path), "failing_since"));
	assert_int_equal(good.n, n);
}

static int start(void **state)
{
	(void)state;
	server_make(&srv, NULL);
	server_flag(&srv, "--webhook-retry=1");
	server_flag(&srv, "--webhook-private=true");
	server_start(&srv);
	cast_start(&srv, &cast);
	mem = map_arena(64 << 20);
	receiver_start(&good, GOOD);
	receiver_start(&bad, FAILS);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	receiver_stop(&good);
	receiver_stop(&bad);
	server_drop(&srv);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_alert_arrives_signed_behind_the_challenge),
		T(a_subscription_is_for_what_it_says),
		T(a_webhook_is_its_partys_own),
		T(an_endpoint_that_does_not_want_it_gets_nothing),
		T(what_fails_is_sent_again_under_the_same_name),
		T(one_that_hangs_does_not_hold_up_the_others),
		T(what_only_fails_is_given_up_and_stopped),
		T(a_killed_server_sends_what_it_owes),
		T(there_is_an_end_to_how_many),
		T(nobody_is_led_into_a_network_of_ones_own),
	};

	SKIP_WITHOUT_SERVER();
	return cmocka_run_group_tests(tests, start, stop);
}
