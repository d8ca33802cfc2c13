/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t89_assets_goods: warehouse receipts over the real server: many second receipts on the same goods at once, and what
 * an auditor finds afterwards.
 *
 * What a user would miss without it: two warehouses' clerks who issue on the same coils in the same millisecond, and
 * both get a receipt.
 */
#include "one_server.h"

#include "jws.h"

enum { ATTEMPTS = 2000, CONNECTIONS = 32 };

static struct actor warehouse, surveyor;
static struct uuid site;
static struct hash site_head;

static struct actor newcomer(int32_t roles, const char *uscc)
{
	const struct actor *op = &cast.operator;
	struct actor a;
	struct command c;
	uint8_t seed[SEED_LEN];

	clock_random(seed, sizeof seed);
	assert_true(privkey_from_seed(ALG_ED25519, seed, &a.key));
	a.id = new_uuid();
	c = c_enrol(a.id, roles, uscc, &a.key.pub);
	(void)must(&server, &c, op, &mem);
	return a;
}

/* From one second on a site needs no licence. */
static void no_licence(void)
{
	struct command c = { .kind = ST_RULE_PUBLISH, .object = new_uuid() };
	struct body_rule_publish *b = &c.body.rule_publish;
	const struct actor *op = &cast.operator;

	b->rule = span_z(rule_info(RULE_SITE_LICENCE)->id);
	b->version = 2;
	b->effective = (struct moment){ (clock_now().us / 1000000 + 1) * 1000000 };
	b->values = (struct values){ span_z(rule_info(RULE_SITE_LICENCE)->unit), 0 };
	(void)must(&server, &c, op, &mem);
	while (clock_now().us <= b->effective.us)
		clock_sleep_ms(20);
}

static struct quantity tonnes(int64_t n) { return (struct quantity){ n * 1000000, "TNE" }; }

static void open_site(void)
{
	struct capacity may_hold = { S("HRC-Q235B"), tonnes(1000000) };
	struct command c = { .kind = ST_SITE_REGISTER, .object = new_uuid() };

	c.body.site_register.name = S("Yard 7");
	c.body.site_register.address = S("Baoshan");
	c.body.site_register.goods = (struct capacities){ &may_hold, 1 };
	c.body.site_register.inspectors = (struct uuids){ &surveyor.id, 1 };
	site = c.object;
	site_head = must(&server, &c, &warehouse, &mem);
	c = c_about(ST_SITE_COUNT, site, site_head);
	c.body.site_count.goods_code = S("HRC-Q235B");
	c.body.site_count.quantity = tonnes(900000);
	c.body.site_count.on = today();
	site_head = must(&server, &c, &surveyor, &mem);
}

static int begin(void **state)
{
	(void)state;
	if (!one_server_begin(NULL))
		return 0;
	warehouse = newcomer(ROLE_WAREHOUSE, "91310000800000056P");
	surveyor = newcomer(ROLE_WITNESS, "91310000900000078R");
	no_licence();
	open_site();
	return 0;
}

/* Coils first..last in a bin of their own. The lot lives in the arena. */
static struct command coils(unsigned number, const char *bin, int64_t first, int64_t last)
{
	struct command c = { .kind = ST_RECEIPT_ISSUE, .object = new_uuid() };
	struct body_receipt_issue *b = &c.body.receipt_issue;
	struct goods_lot *l = ARENA_NEW(&mem, struct goods_lot);
	char *text = arena_take(&mem, 32);

	snprintf(text, 32, "WR.%uX", number);
	*l = (struct goods_lot){ .goods = S("HRC-Q235B"), .grade = S("Q235B"), .zone = S("A"), .bin = span_z(bin) };
	l->quantity = tonnes(last - first + 1);
	l->pieces = last - first + 1;
	l->serial_prefix = S("BG-");
	l->serial_first = first;
	l->serial_last = last;
	l->value = yuan(1000 * l->pieces);
	b->holder = cast.actor[SUPPLIER].id;
	b->site = site;
	b->number = span_z(text);
	b->lots = (struct lots){ l, 1 };
	b->value = l->value;
	b->issue_date = today();
	b->storage_until = in_days(90);
	return c;
}

static const char *bin_of(unsigned n)
{
	char *text = arena_take(&mem, 16);

	snprintf(text, 16, "B%uX", n);
	return text;
}

/* Every one of them has coil 5000 in its range, in another bin under another number: one gets it. */
static void one_receipt_on_a_coil(void **state)
{
	struct span *s;
	struct answer *a;

	(void)state;
	NEED_SERVER();
	s = ARENA_ARRAY(&mem, struct span, ATTEMPTS);
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		struct command c = coils(i, bin_of(i), 5000 - i % 700, 5000 + i % 900);

		s[i] = seal(&c, &warehouse, &mem);
	}
	a = send_all(&server, s, ATTEMPTS, CONNECTIONS, false);
	assert_int_equal(count_status(a, ATTEMPTS, 201, NULL), 1);
	assert_int_equal(count_status(a, ATTEMPTS, 409, "serial-overlap"), ATTEMPTS - 1);
	assert_receipts(a, ATTEMPTS);
	free(a);
	assert_int_equal(sql_int(&server, "SELECT count(*) FROM lot"), 1);
}

/* Two hundred bins, ten receipts for each: a claim nobody had before is taken once, though it is not looked up first. */
static void one_receipt_on_a_bin(void **state)
{
	struct span *s;
	struct answer *a;

	(void)state;
	NEED_SERVER();
	s = ARENA_ARRAY(&mem, struct span, ATTEMPTS);
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		struct command c = coils(ATTEMPTS + i, bin_of(ATTEMPTS + i % 200), 100000 + 20 * i, 100009 + 20 * i);

		s[i] = seal(&c, &warehouse, &mem);
	}
	a = send_all(&server, s, ATTEMPTS, CONNECTIONS, false);
	assert_int_equal(count_status(a, ATTEMPTS, 201, NULL), 200);
	assert_int_equal(count_status(a, ATTEMPTS, 409, "duplicate-location"), ATTEMPTS - 200);
	assert_receipts(a, ATTEMPTS);
	free(a);
	assert_int_equal(sql_int(&server, "SELECT count(DISTINCT bin) FROM lot WHERE quantity > 0"), 201);
}

/* Sums in the database, and the log folded again by somebody who trusts nothing. */
static void it_adds_up_and_the_auditor_agrees(void **state)
{
	(void)state;
	NEED_SERVER();
	assert_int_equal(sql_int(&server, "SELECT count(*) FROM lot l WHERE quantity <>"
	                                  " (SELECT sum(s.quantity) FROM share s WHERE s.lot = l.id)"),
	                 0);
	assert_int_equal(sql_int(&server,
	                         "SELECT count(*) FROM site_goods g WHERE issued <>"
	                         " (SELECT sum(l.quantity) FROM lot l WHERE l.site = g.site AND l.goods = g.goods)"),
	                 0);
	assert_int_equal(sql_int(&server, "SELECT count(*) FROM asset a WHERE kind = 3 AND face - diluted <>"
	                                  " (SELECT sum(s.value) FROM share s WHERE s.receipt = a.id)"),
	                 0);
	assert_log_good(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_receipt_on_a_coil),
		T(one_receipt_on_a_bin),
		T(it_adds_up_and_the_auditor_agrees),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
