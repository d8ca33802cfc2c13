/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t72: people are told: over HTTP from the real server. Who is told of what, who is not, that an alert comes by
 * itself, is acknowledged once, survives a killed server neither lost nor doubled, and says nothing of other lenders.
 */
#include "people.h"

enum { TOLD_MS = 30000 }; /* patience of a loaded machine; five seconds is what is promised */

static struct server srv;
static struct cast cast;
static struct arena mem;

#define A(i) (&cast.actor[i])

static const char *list_of(unsigned who)
{
	struct token t = token_for(&srv, A(who));

	wait_told(&srv);
	return looked_at(&srv, &t, "/v1/alerts?limit=200");
}

/* A registered and confirmed receivable. */
static struct command receivable(const char *number, struct hash *head)
{
	struct command c = c_register(A(SUPPLIER), A(ANCHOR), 100000, number), k;

	(void)must(&srv, &c, A(SUPPLIER), &mem);
	k = c_confirm(&c);
	*head = must(&srv, &k, A(ANCHOR), &mem);
	return c;
}

static struct command take(struct uuid asset, unsigned bank, int64_t amount)
{
	struct command g = c_grant(asset, A(bank), amount), a;

	(void)must(&srv, &g, A(SUPPLIER), &mem);
	a = c_about(ST_ENCUMBRANCE_ACCEPT, g.object, g.statement);
	g.statement = must(&srv, &a, A(bank), &mem);
	return g;
}

static void a_debtor_is_told_of_every_claim_that_names_it(void **state)
{
	struct command c = c_register(A(SUPPLIER), A(ANCHOR), 5000, "T-1");
	struct token t = token_for(&srv, A(ANCHOR));
	struct http *h = stream_open(&srv, &t, NULL);
	char want[128];

	(void)state;
	assert_true(stream_until(h, "retry:", TOLD_MS));
	clock_sleep_ms(300); /* the stream begins now: what comes behind it is told */
	(void)must(&srv, &c, A(SUPPLIER), &mem);
	snprintf(want, sizeof want, "\"asset\":\"%s\"", uuid_z(c.object));
	assert_true(stream_until(h, want, TOLD_MS));
	assert_true(stream_until(h, "event: claim-registered\ndata: {", TOLD_MS));
	assert_non_null(strstr(h->in, "Content-Type: text/event-stream"));
	http_free(h);
	assert_non_null(strstr(list_of(ANCHOR), want));
	assert_null(strstr(list_of(SUPPLIER), want)); /* who signs it knows */
	assert_null(strstr(list_of(BANK), want));
	assert_null(strstr(list_of(REGULATOR), want));
}

static void every_lender_is_told_and_none_of_another(void **state)
{
	struct hash head;
	struct command c = receivable("T-2", &head), a, b, d;
	const char *first, *second, *asset;

	(void)state;
	a = take(c.object, BANK, 30000);
	b = take(c.object, BANK + 1, 20000);
	d = c_about(ST_RECEIVABLE_DISPUTE, c.object, head);
	d.body.dispute.code = S("C02");
	d.body.dispute.reason = S("short by two coils");
	(void)must(&srv, &d, A(ANCHOR), &mem);
	first = list_of(BANK);
	second = list_of(BANK + 1);
	asset = uuid_z(c.object);
	assert_non_null(strstr(first, "claim-disputed"));
	assert_non_null(strstr(second, "claim-disputed"));
	assert_non_null(strstr(first, asset));
	assert_non_null(strstr(first, "grant-waiting"));
	/* nothing of the other: neither its name nor its encumbrance, nor the amounts, nor what was said */
	assert_null(strstr(first, id_of_actor(A(BANK + 1))));
	assert_null(strstr(first, uuid_z(b.object)));
	assert_null(strstr(second, id_of_actor(A(BANK))));
	assert_null(strstr(second, uuid_z(a.object)));
	assert_null(strstr(first, "coils"));
	assert_int_equal(count_of(first, "\"grant-waiting\""), 1);
	assert_int_equal(count_of(second, "\"grant-waiting\""), 1);
	/* its place among the alerts of the entry does not count the others */
	assert_int_equal(sql_int(&srv, "SELECT count(*) FROM alert WHERE number % 4096 <> 0 AND code = 3"), 0);
	assert_non_null(strstr(list_of(SUPPLIER), "claim-disputed"));
	assert_null(strstr(list_of(BANK + 2), asset));
}

static void a_party_is_told_of_its_keys_even_when_it_seems_to_have_signed(void **state)
{
	struct actor *w = A(SUPPLIER2);
	struct command c = c_about(ST_KEY_ENROL, w->id, (struct hash){ { 0 } });
	struct privkey second;
	char value[256];
	uint8_t seed[SEED_LEN];
	struct span head;

	(void)state;
	clock_random(seed, sizeof seed);
	assert_true(privkey_from_seed(ALG_ED25519, seed, &second));
	snprintf(value, sizeof value, "SELECT encode(head, 'hex') FROM party WHERE id = '%s'", id_of_actor(w));
	snprintf(value, sizeof value, "%s", sql(&srv, value));
	head = span_z(value);
	assert_true(hex_parse(head, c.prev.b, sizeof c.prev.b));
	c.body.key_enrol.jwk = second.pub;
	(void)must(&srv, &c, w, &mem);
	assert_non_null(strstr(list_of(SUPPLIER2), "\"key-enrolled\""));
	assert_non_null(strstr(list_of(SUPPLIER2), "\"severity\":\"alarm\""));
	assert_null(strstr(list_of(ANCHOR), "key-enrolled"));
}

static void a_payment_tells_whom_it_ends(void **state)
{
	struct hash head;
	struct command c = receivable("T-3", &head), p;
	char want[200];

	(void)state;
	(void)take(c.object, BANK + 3, 100000);
	p = c_pay(c.object, head, 100000); /* all of it: the bank's encumbrance ends by this very entry */
	(void)must(&srv, &p, A(ANCHOR), &mem);
	snprintf(want, sizeof want, "\"asset-paid\"");
	assert_int_equal(count_of(list_of(BANK + 3), want), 1);
	assert_int_equal(count_of(list_of(SUPPLIER), want), 1);
	assert_null(strstr(list_of(ANCHOR), want)); /* it paid */
}

static void a_lender_whose_encumbrance_has_ended_is_told_no_more(void **state)
{
	struct hash head;
	struct command c = receivable("T-4", &head), e = take(c.object, BANK + 4, 10000), x;
	unsigned before;

	(void)state;
	x = c_about(ST_ENCUMBRANCE_RELEASE, e.object, e.statement);
	(void)must(&srv, &x, A(BANK + 4), &mem);
	before = count_of(list_of(BANK + 4), "\"number\"");
	x = c_about(ST_RECEIVABLE_DISPUTE, c.object, head);
	x.body.dispute.code = S("C01");
	x.body.dispute.reason = S("wet");
	(void)must(&srv, &x, A(ANCHOR), &mem);
	assert_int_equal(count_of(list_of(BANK + 4), "\"number\""), before);
	assert_non_null(strstr(list_of(SUPPLIER), "\"encumbrance-released\""));
}

static void a_freeze_is_told_to_all_on_the_asset(void **state)
{
	struct hash head;
	struct command c = receivable("T-5", &head), f = { .kind = ST_FREEZE_PLACE, .object = new_uuid() };

	(void)state;
	(void)take(c.object, BANK + 5, 10000);
	f.body.freeze_place.asset = c.object;
	f.body.freeze_place.ground = S("case 4711");
	(void)must(&srv, &f, A(REGULATOR), &mem);
	assert_non_null(strstr(list_of(BANK + 5), "\"frozen\""));
	assert_non_null(strstr(list_of(SUPPLIER), "\"frozen\""));
	assert_non_null(strstr(list_of(ANCHOR), "\"frozen\""));
	assert_null(strstr(list_of(BANK + 5), "4711"));
}

static void what_waits_for_a_second_signature_is_told_when_it_has_it(void **state)
{
	struct actor *w = A(SUPPLIER2), second = { .id = w->id }, third = { .id = w->id };
	struct command c, k;
	uint8_t seed[SEED_LEN];
	char value[256];
	struct answer a;

	(void)state;
	for (int i = 0; i < 2; i++) { /* two officers with a limit each */
		struct actor *o = i ? &third : &second;

		clock_random(seed, sizeof seed);
		assert_true(privkey_from_seed(ALG_ED25519, seed, &o->key));
		snprintf(value, sizeof value, "SELECT encode(head, 'hex') FROM party WHERE id = '%s'", id_of_actor(w));
		snprintf(value, sizeof value, "%s", sql(&srv, value));
		k = c_about(ST_KEY_ENROL, w->id, (struct hash){ { 0 } });
		assert_true(hex_parse(span_z(value), k.prev.b, sizeof k.prev.b));
		k.body.key_enrol.jwk = o->key.pub;
		k.body.key_enrol.officer = i ? S("third") : S("second");
		k.body.key_enrol.limits = yuan(1000);
		(void)must(&srv, &k, w, &mem);
	}
	c = c_register(w, A(ANCHOR), 777700, "T-6");
	a = post(&srv, seal(&c, &second, &mem));
	assert_int_equal(a.status, 201);
	answer_free(&a);
	assert_null(strstr(list_of(ANCHOR), uuid_z(c.object))); /* it has no effect yet */
	k = c_about(ST_STATEMENT_COSIGN, c.object, c.statement);
	k.body.cosign.statement = c.statement;
	k.has_prev = false;
	a = post(&srv, seal(&k, &third, &mem));
	if (a.status != 201)
		fail_msg("cosign: %d %s", a.status, a.body);
	answer_free(&a);
	assert_non_null(strstr(list_of(ANCHOR), uuid_z(c.object)));
}

static void an_alert_is_acknowledged_once_by_whom_it_is_for(void **state)
{
	struct token anchor = token_for(&srv, A(ANCHOR)), bank = token_for(&srv, A(BANK));
	const char *at = strstr(list_of(ANCHOR), "\"number\":");
	char path[128], before[64], first[256];
	struct answer a;
	long long number;

	(void)state;
	assert_non_null(at);
	number = strtoll(at + 9, NULL, 10);
	snprintf(path, sizeof path, "/v1/alerts/%lld/ack", number);
	a = ask_with(&srv, &bank, "POST", path, NULL,
	             S("")); /* another's, and one that is not there: the same answer */
	assert_int_equal(a.status, 404);
	answer_free(&a);
	a = ask_with(&srv, NULL, "POST", path, NULL, S(""));
	assert_int_equal(a.status, 401);
	answer_free(&a);
	a = ask_with(&srv, &anchor, "POST", path, NULL, S(""));
	assert_int_equal(a.status, 200);
	at = strstr(a.body, "\"acknowledged\":");
	assert_non_null(at);
	snprintf(first, sizeof first, "%s", at);
	answer_free(&a);
	{ /* who: the key whose token it was */
		struct hash kid = jwk_thumbprint(&A(ANCHOR)->key.pub);
		struct writer w = writer_over(before, sizeof before - 1);

		put_hash64(&w, kid);
		before[w.len] = 0;
		assert_non_null(strstr(first, before));
	}
	clock_sleep_ms(5);
	a = ask_with(&srv, &anchor, "POST", path, NULL, S(""));
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, first)); /* the first time stands */
	answer_free(&a);
	snprintf(before, sizeof before, "\"number\":%lld,", number);
	assert_null(strstr(looked_at(&srv, &anchor, "/v1/alerts?limit=200&open=yes"), before));
	assert_non_null(strstr(looked_at(&srv, &anchor, "/v1/alerts?limit=200&open=no"), before));
	a = look(&srv, &anchor, "/v1/alerts?open=perhaps");
	assert_int_equal(a.status, 400);
	answer_free(&a);
}

static void pages_of_alerts_are_whole_and_ones_own(void **state)
{
	struct token anchor = token_for(&srv, A(ANCHOR)), bank = token_for(&srv, A(BANK));
	const char *all = list_of(ANCHOR);
	unsigned n = count_of(all, "\"number\":"), seen = 0;
	char path[256] = "/v1/alerts?limit=3", cursor[64] = "";
	struct answer a;

	(void)state;
	assert_true(n > 3);
	for (unsigned i = 0; i < n + 2; i++) {
		const char *page = looked_at(&srv, &anchor, path), *next = strstr(page, "\"next\":\"");

		seen += count_of(page, "\"number\":");
		if (!next)
			break;
		cut_quoted(next + 8, cursor, sizeof cursor);
		snprintf(path, sizeof path, "/v1/alerts?limit=3&cursor=%s", cursor);
	}
	assert_int_equal(seen, n);
	snprintf(path, sizeof path, "/v1/alerts?limit=3&cursor=%s", cursor);
	a = look(&srv, &bank, path);
	assert_int_equal(a.status, 400); /* another's place in the list */
	answer_free(&a);
}

/* Each number of the events in the text, in order; how many. */
static size_t ids_in(const char *text, long long *id, size_t max)
{
	size_t n = 0;

	for (const char *at = text; n < max && (at = strstr(at, "\nid: ")) != NULL; at += 5)
		id[n++] = strtoll(at + 5, NULL, 10);
	return n;
}

static void a_stream_goes_on_where_it_was(void **state)
{
	struct token t = token_for(&srv, A(ANCHOR));
	struct http *h = stream_open(&srv, &t, "0"); /* from the beginning */
	long long all[512], some[512], middle;
	char after[32];
	size_t n, m;
	struct answer a;

	(void)state;
	wait_told(&srv);
	n = (size_t)sql_int(&srv,
	                    "SELECT count(*) FROM alert JOIN party p ON p.id = alert.party WHERE p.roles & 8 <> 0");
	for (int i = 0; i < 100 && ids_in(h->in, all, 512) < n; i++)
		(void)stream_until(h, "never", 100);
	assert_int_equal(ids_in(h->in, all, 512), n);
	for (size_t i = 1; i < n; i++)
		assert_true(all[i] > all[i - 1]);
	http_free(h);
	middle = all[n / 2];
	snprintf(after, sizeof after, "%lld", middle);
	h = stream_open(&srv, &t, after);
	for (int i = 0; i < 100 && ids_in(h->in, some, 512) < n - n / 2 - 1; i++)
		(void)stream_until(h, "never", 100);
	m = ids_in(h->in, some, 512);
	assert_int_equal(m, n - n / 2 - 1);
	for (size_t i = 0; i < m; i++)
		assert_int_equal(some[i], all[n / 2 + 1 + i]);
	http_free(h);
	a = look(&srv, &t, "/v1/events?after=seven");
	assert_int_equal(a.status, 400);
	answer_free(&a);
}

static void streams_are_few_enough_and_places_come_back(void **state)
{
	struct token t = token_for(&srv, A(BANK + 6));
	struct http *h[9], *again;

	(void)state;
	for (int i = 0; i < 9; i++) {
		h[i] = stream_open(&srv, &t, NULL);
		assert_true(stream_until(h[i], "\r\n\r\n", TOLD_MS));
		assert_non_null(strstr(h[i]->in, i < 8 ? "HTTP/1.1 200" : "HTTP/1.1 503"));
	}
	assert_int_equal(get_status(&srv, "/livez"), 200);
	for (int i = 0; i < 9; i++)
		http_free(h[i]);
	/* A stream whose client has gone is found out by the next sign of life. */
	for (int i = 0; i < 60; i++) {
		bool good;

		again = stream_open(&srv, &t, NULL);
		good = stream_until(again, "HTTP/1.1 200", TOLD_MS);
		if (!good)
			good = strstr(again->in, "HTTP/1.1 503") == NULL;
		http_free(again);
		if (good && i > 0)
			return;
		clock_sleep_ms(1000);
	}
	fail_msg("places of streams do not come back");
}

static void a_stream_outlives_every_deadline_of_a_connection(void **state)
{
	struct token t = token_for(&srv, A(BANK + 7));
	struct http *h = stream_open(&srv, &t, NULL);
	struct hash head;
	struct command c;

	(void)state;
	assert_true(stream_until(h, "retry:", TOLD_MS));
	/* header, body and idle time of this server are one or two seconds each (start, below) */
	for (int i = 0; i < 8; i++)
		clock_sleep_ms(1000);
	c = receivable("T-7", &head);
	(void)take(c.object, BANK + 7, 10000);
	assert_true(stream_until(h, "event: grant-waiting", TOLD_MS));
	http_free(h);
}

/* The alerts as one text, to compare: those that do not depend on how far the state has moved on. */
static void picture(char *to, size_t len)
{
	snprintf(
		to, len, "%s",
		sql(&srv,
	            "SELECT count(*) || ' ' || count(DISTINCT (party, number)) || ' ' ||"
	            " md5(string_agg(party || ' ' || number || ' ' || code || ' ' || object, ',' ORDER BY party, number))"
	            " FROM alert WHERE code IN (1, 2, 50)"));
}

static void a_kill_neither_loses_nor_doubles_an_alert(void **state)
{
	enum { MANY = 400, KILLS = 4 };
	static struct span statement[MANY];
	struct arena room = map_arena(64 << 20);
	char first[256], again[256], number[32];
	int64_t told, claims;
	struct answer *a;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		struct command c;

		snprintf(number, sizeof number, "K-%d", i);
		c = c_register(A(SUPPLIER), A(ANCHOR), 1000 + i, arena_z(&room, span_z(number)));
		statement[i] = seal(&c, A(SUPPLIER), &room);
	}
	for (int k = 0; k < KILLS; k++) {
		a = send_all(&srv, statement + k * (MANY / KILLS), MANY / KILLS, 16, false);
		assert_int_equal(count_status(a, MANY / KILLS, 201, NULL), MANY / KILLS);
		free(a);
		server_kill9(&srv); /* somewhere between entry and alert */
		server_start(&srv);
	}
	wait_told(&srv);
	claims = sql_int(&srv, "SELECT count(*) FROM entry WHERE kind = 100 AND outcome = 0");
	told = sql_int(&srv, "SELECT count(*) FROM alert WHERE code = 1");
	assert_int_equal(told, claims); /* every claim here names a debtor that did not sign it */
	/* And from the log alone they come out the same, to the number. */
	picture(first, sizeof first);
	sql(&srv, "SET session_replication_role = replica; DELETE FROM alert; UPDATE teller SET next_seq = 0");
	clock_sleep_ms(500);
	wait_told(&srv);
	picture(again, sizeof again);
	assert_string_equal(first, again);
	unmap_arena(&room);
}

static int start(void **state)
{
	static const char *const quick[] = { "--header-seconds=2", "--body-seconds=2", "--idle-seconds=2" };

	(void)state;
	server_make(&srv, NULL);
	for (size_t i = 0; i < ARRAY_LEN(quick); i++)
		server_flag(&srv, quick[i]);
	server_start(&srv);
	cast_start(&srv, &cast);
	mem = map_arena(64 << 20);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	server_drop(&srv);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_debtor_is_told_of_every_claim_that_names_it),
		T(every_lender_is_told_and_none_of_another),
		T(a_party_is_told_of_its_keys_even_when_it_seems_to_have_signed),
		T(a_payment_tells_whom_it_ends),
		T(a_lender_whose_encumbrance_has_ended_is_told_no_more),
		T(a_freeze_is_told_to_all_on_the_asset),
		T(what_waits_for_a_second_signature_is_told_when_it_has_it),
		T(an_alert_is_acknowledged_once_by_whom_it_is_for),
		T(pages_of_alerts_are_whole_and_ones_own),
		T(a_stream_goes_on_where_it_was),
		T(a_stream_outlives_every_deadline_of_a_connection),
		T(streams_are_few_enough_and_places_come_back),
		T(a_kill_neither_loses_nor_doubles_an_alert),
	};

	SKIP_WITHOUT_SERVER();
	return cmocka_run_group_tests(tests, start, stop);
}
