/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t89_assets_stock: pledged goods on the real server: what one price does to many pledges, and many lenders at once
 * on the same goods.
 *
 * What a user would miss without it: a pledge that sank and that nobody was told of; a price that stopped the
 * registry for a minute; the same steel lent on by two banks in the same millisecond.
 */
#include "one_server.h"

enum { PLEDGES = 240, SITE_TEXT = 16 };

static struct actor monitor, inspector, exchange;
static struct uuid feed;
static struct hash feed_head;

static void enrol_one(struct actor *a, int32_t roles, const char *uscc)
{
	struct command c;
	uint8_t seed[SEED_LEN];

	clock_random(seed, sizeof seed);
	assert_true(privkey_from_seed(ALG_ED25519, seed, &a->key));
	a->id = new_uuid();
	c = c_enrol(a->id, roles, uscc, &a->key.pub);
	(void)must(&server, &c, &cast.operator, & mem);
}

static void post_price(int64_t price)
{
	struct command c = c_about(ST_PRICE_POST, feed, feed_head);

	c.body.price_post.price = yuan(price);
	c.body.price_post.made = clock_now();
	feed_head = must(&server, &c, &exchange, &mem);
}

static int begin(void **state)
{
	struct command c = { .kind = ST_PRICE_ENROL, .object = new_uuid() };

	(void)state;
	if (!one_server_begin(NULL))
		return 0;
	enrol_one(&monitor, ROLE_WAREHOUSE, "91330206MA2AB1CD0C");
	enrol_one(&inspector, ROLE_WAREHOUSE, "91310115MA1KX7YT5T");
	enrol_one(&exchange, ROLE_PRICE_SOURCE, "12310000425012345C");
	c.body.price_enrol.commodity = S("CU-CATH-1");
	c.body.price_enrol.goods = S("metal");
	c.body.price_enrol.per = (struct quantity){ 1000000, "TNE" };
	c.body.price_enrol.currency = S("CNY");
	c.body.price_enrol.source = exchange.id;
	feed = c.object;
	feed_head = must(&server, &c, &cast.operator, & mem);
	post_price(1000);
	return 0;
}

static struct command c_open(const char *site, int64_t secures)
{
	struct command c = { .kind = ST_INVENTORY_OPEN, .object = new_uuid() };
	struct body_inventory_open *b = &c.body.inventory_open;

	b->feed = feed;
	b->monitor = monitor.id;
	b->inspector = inspector.id;
	b->site = span_z(site);
	b->secures = yuan(secures);
	b->ratio = 700000;
	b->floor = yuan(0);
	b->floating = FLAG_YES;
	b->until = DATE_NONE;
	return c;
}

static struct command c_count(const struct command *opened, int64_t tonnes)
{
	struct command c = c_about(ST_INVENTORY_COUNT, opened->object, opened->statement);

	c.body.stock_count.quantity = (struct quantity){ tonnes * 1000000, "TNE" };
	c.body.stock_count.on = today();
	return c;
}

static void all_taken(const struct span *s, size_t n)
{
	struct answer *a = send_all(&server, s, n, 32, false);

	assert_int_equal(count_status(a, n, 201, NULL), n);
	assert_receipts(a, n);
	free(a);
}

/* Each of 100 t; one in three has 700.00 bound on it, the others 350.00. */
static void make_pledges(void)
{
	static char site[PLEDGES][SITE_TEXT];
	static struct command open[PLEDGES], grant[PLEDGES];
	static struct span s[PLEDGES];

	for (int i = 0; i < PLEDGES; i++) {
		snprintf(site[i], SITE_TEXT, "Hall %d", i);
		open[i] = c_open(site[i], 70000);
		s[i] = seal(&open[i], &cast.actor[SUPPLIER], &mem);
	}
	all_taken(s, PLEDGES);
	for (int i = 0; i < PLEDGES; i++) {
		struct command c = c_count(&open[i], 100);

		s[i] = seal(&c, &monitor, &mem);
	}
	all_taken(s, PLEDGES);
	for (int i = 0; i < PLEDGES; i++) {
		grant[i] = c_grant(open[i].object, &cast.actor[BANK + i % BANKS], i % 3 == 0 ? 70000 : 35000);
		s[i] = seal(&grant[i], &cast.actor[SUPPLIER], &mem);
	}
	all_taken(s, PLEDGES);
}

static void wait_for(const char *query, int64_t want)
{
	int64_t begun = clock_ns();

	while (sql_int(&server, query) != want) {
		if (clock_ns() - begun > INT64_C(30000000000))
			fail_msg("%s: %lld, not %lld", query, (long long)sql_int(&server, query), (long long)want);
		clock_sleep_ms(50);
	}
}

static const char marks[] = "SELECT count(*) FROM entry WHERE kind = 192";
static const char sunk[] = "SELECT count(*) FROM asset WHERE kind = 4 AND state = 3";

/* A price changes one row, at once; the registry's own entries follow for the pledges beyond their line, and no other. */
static void a_price_marks_those_it_calls(void **state)
{
	(void)state;
	NEED_SERVER();
	make_pledges();
	assert_int_equal(sql_int(&server, marks), 0);
	post_price(900);
	wait_for(sunk, PLEDGES / 3);
	clock_sleep_ms(2500); /* two more rounds of the timer find nothing to do */
	assert_int_equal(sql_int(&server, marks), PLEDGES / 3);
	assert_int_equal(sql_int(&server, "SELECT count(*) FROM stock WHERE top_up_by IS NOT NULL"), PLEDGES / 3);
	post_price(449); /* the others: 449.00 cover no 350.00 */
	wait_for(sunk, PLEDGES);
	assert_int_equal(sql_int(&server, marks), PLEDGES);
	post_price(1000);
	wait_for(sunk, 0);
	assert_int_equal(sql_int(&server, marks), 2 * PLEDGES);
	assert_int_equal(sql_int(&server, "SELECT count(*) FROM stock WHERE top_up_by IS NOT NULL"), 0);
	assert_log_good(&server); /* and whoever replays the log comes to the same lines */
}

/* Sixteen banks at once on goods that cover seven of their loans. */
static void goods_are_lent_on_as_far_as_they_go(void **state)
{
	enum { TRIES = 800 };
	struct command open = c_open("Hall A", 10000000), c;
	struct span s[TRIES];
	struct answer *a;

	(void)state;
	NEED_SERVER();
	(void)must(&server, &open, &cast.actor[SUPPLIER], &mem);
	c = c_count(&open, 100);
	(void)must(&server, &c, &monitor, &mem);
	for (size_t i = 0; i < TRIES; i++) {
		c = c_grant(open.object, &cast.actor[BANK + i % BANKS], 10000);
		s[i] = seal(&c, &cast.actor[SUPPLIER], &mem);
	}
	a = send_all(&server, s, TRIES, 64, false);
	assert_int_equal(count_status(a, TRIES, 201, NULL), 7);
	assert_int_equal(count_status(a, TRIES, 409, "exceeds-free-value"), TRIES - 7);
	assert_receipts(a, TRIES);
	free(a);
	/* and as many at once for the last tonnes: the chain of the pledge lets one of them through */
	for (size_t i = 0; i < 64; i++) {
		char value[256];
		struct hash head;

		snprintf(value, sizeof value, "%s",
		         sql(&server, "SELECT encode(head, 'hex') FROM asset WHERE face = 10000000"));
		assert_true(hex_parse(span_z(value), head.b, sizeof head.b));
		c = c_about(ST_INVENTORY_RELEASE, open.object, head);
		c.body.stock_move.quantity = (struct quantity){ 1, "TNE" };
		s[i] = seal(&c, &monitor, &mem);
	}
	a = send_all(&server, s, 64, 64, false);
	assert_int_equal(count_status(a, 64, 201, NULL), 0); /* 1000.00 x 0.7 is bound to the cent */
	assert_int_equal(count_status(a, 64, 409, "below-floor"), 64);
	free(a);
	assert_int_equal(sql_int(&server, "SELECT reserved FROM asset WHERE face = 10000000"), 70000);
	assert_log_good(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_price_marks_those_it_calls),
		T(goods_are_lent_on_as_far_as_they_go),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
