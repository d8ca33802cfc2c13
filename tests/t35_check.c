/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t35: the check before lending. Every case is a story told by real decisions;
 * then the same check is asked of a world that knows nothing and loads what it
 * is asked for, and must give the same text in few rounds.
 */
#include "test.h"

#include "actors.h"
#include "check_answer.h"

static struct stage s;

static int setup(void **state)
{
	(void)state;
	stage_start(&s, (size_t)1 << 26);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stage_end(&s);
	return 0;
}

/* --- asking --- */

static struct check_answer answer;
static char text[1 << 16];
static size_t certificate;

static struct span answer_text(const struct check_answer *a)
{
	struct writer w = writer_over(text, sizeof text);
	const struct check_as_of at = { .size = s.seq, .checkpoint = s.seq };

	put_check_answer(&w, a, &at, &certificate);
	assert_false(w.overflow);
	return writer_span(&w);
}

/* What a store would do: the wanted rows out of the whole world. */
static void load(struct world *w, const struct want *want, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct row *r = world_find(&s.world, want[i].table, want[i].key), *copy;

		if (!r || !r->exists) {
			assert_true(world_absent(w, want[i].table, want[i].key));
			continue;
		}
		copy = world_put(w, r);
		assert_non_null(copy);
		if (!want[i].children)
			continue;
		for (const struct row *c = r->children; c; c = c->sibling)
			assert_non_null(world_put(w, c));
		world_children_known(w, copy);
	}
}

/* The same question of an empty world; returns the rounds of loading. */
static unsigned ask_loading(const struct check_request *q, struct uuid asker, int32_t roles, struct span same)
{
	static char kept[sizeof text];
	struct arena mem = big_arena((size_t)1 << 24), scratch = big_arena(CHECK_MEM * 2);
	struct registry r = stage_registry(&s);
	struct world w;
	unsigned rounds = 0;

	memcpy(kept, same.at, same.len);
	assert_true(world_start(&w, &mem, 64, false));
	for (const struct row *rule = s.world.rules; rule; rule = rule->sibling) /* a server has them always */
		assert_non_null(world_put(&w, rule));
	r.world = &w;
	while (check_decide(&r, q, asker, roles, &scratch, &answer) == DECIDE_WANTS) {
		assert_true(++rounds < 8);
		load(&w, answer.want, answer.n_wants);
		arena_reset(&scratch);
	}
	if (answer.fault == OK)
		assert_true(span_eq(answer_text(&answer), (struct span){ kept, same.len }));
	munmap(mem.base, mem.cap);
	munmap(scratch.base, scratch.cap);
	return rounds;
}

static int32_t roles_of(enum actor who)
{
	return ((const struct party *)(const void *)world_find(&s.world, TABLE_PARTY, key_uuid(s.party[who])))->roles;
}

static enum fault ask(const struct check_request *q, enum actor who)
{
	struct registry r = stage_registry(&s);
	struct span t = S("");
	unsigned most;
	enum fault f;

	arena_reset(&s.scratch);
	assert_int_equal(check_decide(&r, q, s.party[who], roles_of(who), &s.scratch, &answer), DECIDED);
	f = answer.fault;
	if (f == OK)
		t = answer_text(&answer);
	most = answer.asset && answer.asset->kind != ASSET_RECEIVABLE ? 6 : q->by == CHECK_BY_ASSET ? 2 : 4;
	assert_true(ask_loading(q, s.party[who], roles_of(who), t) <= most);
	assert_int_equal(answer.fault, f);
	arena_reset(&s.scratch);
	(void)check_decide(&r, q, s.party[who], roles_of(who), &s.scratch, &answer);
	return f;
}

static struct check_request of_asset(struct uuid asset, int64_t amount)
{
	return (struct check_request){ .by = CHECK_BY_ASSET,
		                       .asset = asset,
		                       .purpose = S("lending"),
		                       .amount = amount ? cny(amount) : (struct money){ 0 } };
}

static struct check_request of_facts(const char *issuer, const char *number)
{
	return (struct check_request){
		.by = CHECK_BY_FACTS,
		.purpose = S("lending"),
		.facts = { .kind = S("invoice"), .issuer = span_z(issuer), .number = span_z(number), .date = DATE_NONE }
	};
}

static bool said(enum reason r)
{
	for (unsigned i = 0; i < answer.n_reasons; i++)
		if (answer.reason[i].reason == r)
			return true;
	return false;
}

/* --- a receivable and what can be done to it --- */

static struct uuid registered(int64_t face, const char *number)
{
	struct command c = registers(&s, SUPPLIER, face, number);

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static struct uuid confirmed(int64_t face, const char *number)
{
	struct uuid id = registered(face, number);
	struct command c = confirms(&s, id);

	assert_int_equal(step(&s, &c), OK);
	return id;
}

static struct uuid granted(struct uuid asset, enum actor bank, int64_t amount)
{
	struct command c = grants(&s, SUPPLIER, asset, bank, amount);

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static void accepted(struct uuid asset, enum actor bank, int64_t amount)
{
	struct command c = about(&s, ST_ENCUMBRANCE_ACCEPT, bank, granted(asset, bank, amount));

	assert_int_equal(step(&s, &c), OK);
}

static void done(struct command c) { assert_int_equal(step(&s, &c), OK); }

static void held(struct uuid asset, enum actor bank)
{
	struct command c = say(&s, ST_HOLD_PLACE, bank, new_id(&s));

	c.body.hold_place.asset = asset;
	c.body.hold_place.purpose = S("lending");
	c.body.hold_place.until.us = s.now.us + INT64_C(3600000000);
	done(c);
}

static void frozen(struct uuid asset, struct uuid party)
{
	struct command c = say(&s, ST_FREEZE_PLACE, REGULATOR, new_id(&s));

	c.body.freeze_place.asset = asset;
	c.body.freeze_place.party = party;
	c.body.freeze_place.ground = S("file 1");
	done(c);
}

static void disputed(struct uuid id, enum statement_kind kind, enum actor who)
{
	struct command c = about(&s, kind, who, id);

	if (kind == ST_RECEIVABLE_DISPUTE || kind == ST_RECEIVABLE_REJECT)
		c.body.dispute = (struct body_dispute){ .code = S("C01"), .reason = S("goods") };
	done(c);
}

static void paid(struct uuid id, int64_t amount)
{
	struct command c = about(&s, ST_RECEIVABLE_PAY, ANCHOR, id);

	c.body.receivable_pay.amount = cny(amount);
	c.body.receivable_pay.on = day("2026-11-23");
	done(c);
}

static void suspended(enum actor who)
{
	struct command c = about(&s, ST_PARTY_SUSPEND, OPERATOR, s.party[who]);

	c.body.reason.reason = S("ground");
	done(c);
}

/* --- the table: one change each to a confirmed claim of 1000.00, asked for 500.00 by BANK_A --- */

static const struct uuid nobody;

static void nothing(struct uuid id) { (void)id; }
static void dispute(struct uuid id) { disputed(id, ST_RECEIVABLE_DISPUTE, ANCHOR); }
static void cancel(struct uuid id) { disputed(id, ST_RECEIVABLE_CANCEL, SUPPLIER); }
static void write_off(struct uuid id) { disputed(id, ST_RECEIVABLE_WRITE_OFF, SUPPLIER); }
static void pay_part(struct uuid id) { paid(id, 10000); }
static void pay_most(struct uuid id) { paid(id, 60000); }
static void pay_all(struct uuid id) { paid(id, 100000); }
static void past_due(struct uuid id)
{
	(void)id;
	s.now.us += 100 * DAY_US;
}
static void overdue(struct uuid id)
{
	past_due(id);
	done(about(&s, ST_RECEIVABLE_OVERDUE, REGISTRY, id));
}
static void defaulted(struct uuid id)
{
	overdue(id);
	s.now.us += 100 * DAY_US;
	done(about(&s, ST_RECEIVABLE_DEFAULT, REGISTRY, id));
}
static void other_small(struct uuid id) { accepted(id, BANK_B, 40000); }
static void other_large(struct uuid id) { accepted(id, BANK_B, 60000); }
static void other_all(struct uuid id) { accepted(id, BANK_B, 100000); }
static void other_promise(struct uuid id) { (void)granted(id, BANK_B, 40000); }
static void own_promise(struct uuid id) { (void)granted(id, BANK_A, 100000); }
static void own_live(struct uuid id) { accepted(id, BANK_A, 40000); }
static void hold_other(struct uuid id) { held(id, BANK_B); }
static void hold_own(struct uuid id) { held(id, BANK_A); }
static void hold_over(struct uuid id)
{
	held(id, BANK_B);
	s.now.us += 2 * DAY_US;
}
static void freeze_asset(struct uuid id) { frozen(id, nobody); }
static void freeze_creditor(struct uuid id)
{
	(void)id;
	frozen(nobody, s.party[SUPPLIER]);
}
static void freeze_debtor(struct uuid id)
{
	(void)id;
	frozen(nobody, s.party[ANCHOR]);
}
static void suspend_creditor(struct uuid id)
{
	(void)id;
	suspended(SUPPLIER);
}
static void suspend_debtor(struct uuid id)
{
	(void)id;
	suspended(ANCHOR);
}

static const struct {
	const char *why;
	void (*change)(struct uuid id);
	enum reason want;
	enum weight verdict;
} story[] = {
	{ "confirmed and free", nothing, REASON_EVIDENCE_LOW, CAUTION },
	{ "disputed", dispute, REASON_DISPUTED, STOP },
	{ "cancelled", cancel, REASON_CANCELLED, STOP },
	{ "written off", write_off, REASON_WRITTEN_OFF, STOP },
	{ "paid in part, enough left", pay_part, REASON_PART_PAID, CAUTION },
	{ "paid in part, too little left", pay_most, REASON_EXCEEDS_FREE, STOP },
	{ "paid", pay_all, REASON_SETTLED, STOP },
	{ "past due, timer still to come", past_due, REASON_OVERDUE, STOP },
	{ "overdue", overdue, REASON_OVERDUE, STOP },
	{ "in default", defaulted, REASON_DEFAULTED, STOP },
	{ "another lender has part, enough is free", other_small, REASON_EARLIER_CLAIM, CAUTION },
	{ "another lender has most", other_large, REASON_EXCEEDS_FREE, STOP },
	{ "another lender has all", other_all, REASON_NOTHING_FREE, STOP },
	{ "promised to another lender", other_promise, REASON_PROMISED, CAUTION },
	{ "all promised to the asker itself", own_promise, REASON_YOURS, CAUTION },
	{ "the asker has part", own_live, REASON_YOURS, CAUTION },
	{ "held by another", hold_other, REASON_HELD, STOP },
	{ "held by the asker", hold_own, REASON_HELD_BY_YOU, CAUTION },
	{ "a hold that has run out", hold_over, REASON_EVIDENCE_LOW, CAUTION },
	{ "frozen", freeze_asset, REASON_FROZEN, STOP },
	{ "creditor frozen", freeze_creditor, REASON_FROZEN, STOP },
	{ "debtor frozen", freeze_debtor, REASON_DEBTOR_FROZEN, CAUTION },
	{ "creditor suspended", suspend_creditor, REASON_CREDITOR_SUSPENDED, STOP },
	{ "debtor suspended", suspend_debtor, REASON_DEBTOR_SUSPENDED, STOP },
};

static void each_story(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(story); i++) {
		struct check_request q;
		struct uuid id;

		(void)teardown(state);
		(void)setup(state);
		id = confirmed(100000, "INV-1");
		story[i].change(id);
		q = of_asset(id, 50000);
		assert_int_equal(ask(&q, BANK_A), OK);
		if (!said(story[i].want) || answer.verdict != story[i].verdict)
			fail_msg("%s: %s", story[i].why, text);
		for (unsigned k = 0; k < answer.n_reasons; k++)
			assert_true(reason_info(answer.reason[k].reason)->weight <= answer.verdict);
	}
}

/* --- clear, with a document of level 1 --- */

static struct hash with_document(const char *number, int64_t payable)
{
	struct evidence e;
	struct hash h = sha256(span_z(number));

	row_init(&e.row, TABLE_DOCUMENT, key_hash(h));
	e.kind = DOCUMENT_INVOICE;
	e.level = 1;
	e.number = span_z(number);
	e.payable = payable;
	memcpy(e.ccy.at, "CNY", 4);
	e.issued = day("2026-11-01");
	e.issuer_ids = S("nobody\n913200002000000346");
	e.recipient_ids = S("91310000100000012E");
	assert_non_null(world_put(&s.world, &e.row));
	return h;
}

static struct uuid evidenced(const char *number, struct hash *doc)
{
	struct command c = registers(&s, SUPPLIER, 100000, number);

	*doc = with_document(number, 100000);
	c.body.receivable_register.documents = (struct hashes){ doc, 1 };
	assert_int_equal(step(&s, &c), OK);
	done(confirms(&s, c.object));
	return c.object;
}

static void clear(void **state)
{
	struct hash doc;
	struct uuid id = evidenced("INV-7", &doc);
	struct check_request q = of_asset(id, 100000);

	(void)state;
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_int_equal(answer.verdict, INFO);
	assert_int_equal(answer.n_reasons, 0);
	assert_int_equal(answer.rank, 1);
	assert_non_null(strstr(text, "\"free\":{\"amount\":\"1000.00\",\"currency\":\"CNY\"}"));
	assert_non_null(strstr(text, "\"verdict\":\"clear\""));
	assert_non_null(strstr(text, "\"score\":null"));
	assert_memory_equal(text + certificate, "null", 4);
	assert_memory_equal(text + certificate - 14, "\"certificate\":", 14);
}

static void by_document(void **state)
{
	struct hash doc, other;
	struct uuid id = evidenced("INV-8", &doc);
	struct check_request q = { .by = CHECK_BY_DOCUMENT, .document = doc, .purpose = S("lending") };

	(void)state;
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(uuid_eq(answer.asset->id, id));
	assert_true(said(REASON_REGISTERED));
	assert_int_equal(answer.verdict, INFO);
	assert_int_equal(answer.n_duplicates, 1);
	/* the same invoice number on other bytes: "inv 8" */
	other = with_document("inv 8", 100000);
	q.document = other;
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_OTHER_DOCUMENT));
	assert_int_equal(answer.verdict, CAUTION);
	q.document = with_document("INV-9", 5);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_NOT_REGISTERED));
	assert_null(answer.asset);
	q.document = sha256(S("never seen"));
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_DOCUMENT_UNKNOWN));
	assert_int_equal(ask(&q, SUPPLIER2), E_NOT_FOUND);
}

/* --- by facts --- */

static const char uscc[] = "913200002000000346";

static void by_facts(void **state)
{
	struct uuid id = confirmed(100000, "INV-0012");
	struct check_request q = of_facts(uscc, "inv 12");
	struct command c;

	(void)state;
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(uuid_eq(answer.asset->id, id));
	assert_true(said(REASON_REGISTERED));
	assert_null(strstr(text, "\"debtor\"")); /* a guessed number shows nobody */
	q.facts.amount = cny(100000);
	q.facts.date = day("2026-11-01");
	q.facts.debtor = S("91310000100000012E");
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_false(said(REASON_FACTS_DIFFER));
	q.facts.amount = cny(100001);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_FACTS_DIFFER));
	assert_int_equal(answer.verdict, STOP);
	q.facts.amount = (struct money){ 0 };
	q.facts.debtor = S("91330000300000056X");
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_FACTS_DIFFER));
	/* gone again */
	q = of_facts(uscc, "INV-12");
	c = about(&s, ST_RECEIVABLE_CANCEL, SUPPLIER, id);
	done(c);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_null(answer.asset);
	assert_true(said(REASON_FORMER_CLAIM));
	q.facts.kind = S("bill");
	assert_int_equal(ask(&q, BANK_A), E_BAD_MEMBER);
	assert_string_equal(answer.diag.pointer, "/claim/facts/kind");
}

static void unregistered_hold(void **state)
{
	struct check_request q = of_facts(uscc, "N1");
	struct command c = say(&s, ST_HOLD_PLACE, BANK_B, new_id(&s));

	(void)state;
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_int_equal(answer.verdict, CAUTION);
	c.body.hold_place.claim = q.facts;
	c.body.hold_place.purpose = S("lending");
	c.body.hold_place.until.us = s.now.us + INT64_C(3600000000);
	done(c);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_HELD));
	assert_false(said(REASON_FORMER_CLAIM));
	assert_int_equal(answer.verdict, STOP);
	assert_int_equal(ask(&q, BANK_B), OK);
	assert_true(said(REASON_HELD_BY_YOU));
	q.facts.issuer = S("91320000000000000X");
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_ISSUER_UNKNOWN));
}

/* --- who sees what --- */

static unsigned seen(const char *what)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
		n++;
	return n;
}

static void what_each_sees(void **state)
{
	static const struct {
		enum actor who;
		unsigned secured, amounts;
	} row[] = {
		{ BANK_A, 1, 2 },   { BANK_B, 1, 2 }, { BANK_C, 0, 2 },
		{ SUPPLIER, 2, 2 }, { ANCHOR, 2, 2 }, { REGULATOR, 2, 2 },
	};
	struct uuid id = confirmed(100000, "INV-1");
	struct check_request q = of_asset(id, 0);
	char bank_b[UUID_TEXT + 1] = { 0 };
	struct writer w = writer_over(bank_b, UUID_TEXT);

	(void)state;
	put_uuid(&w, s.party[BANK_B]);
	accepted(id, BANK_A, 30000);
	accepted(id, BANK_B, 20001);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_int_equal(ask(&q, row[i].who), OK);
		(void)answer_text(&answer);
		text[answer_text(&answer).len] = 0;
		assert_int_equal(answer.n_encumbrances, 2);
		assert_int_equal(answer.rank, 3);
		assert_int_equal(seen("secured_party"), row[i].secured);
		assert_int_equal(seen("\"amount\":\"300.00\"") + seen("\"amount\":\"200.01\""), row[i].amounts);
	}
	assert_int_equal(ask(&q, BANK_A), OK);
	text[answer_text(&answer).len] = 0;
	assert_int_equal(seen(bank_b), 0);
	assert_int_equal(answer.encumbrance[0].rank, 1);
	/* no role, no claim: the same answer for what is there and what is not */
	assert_int_equal(ask(&q, SUPPLIER2), E_NOT_FOUND);
	q.asset = new_id(&s);
	assert_int_equal(ask(&q, SUPPLIER2), E_NOT_FOUND);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_NOT_REGISTERED));
	q = of_facts(uscc, "INV-1");
	assert_int_equal(ask(&q, SUPPLIER2), E_NOT_FOUND);
	assert_int_equal(ask(&q, SUPPLIER), OK);
}

static void amounts(void **state)
{
	struct uuid id = confirmed(100000, "INV-1");
	struct check_request q = of_asset(id, 100000);

	(void)state;
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_false(said(REASON_EXCEEDS_FREE));
	q.amount.minor++;
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_EXCEEDS_FREE));
	q.amount = (struct money){ 1, "USD" };
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_CURRENCY_MISMATCH));
	assert_int_equal(answer.verdict, STOP);
}

static void unconfirmed_and_future(void **state)
{
	struct command c = registers(&s, SUPPLIER, 100000, "");
	struct check_request q;

	(void)state;
	c.body.receivable_register.existing = FLAG_NO;
	assert_int_equal(step(&s, &c), OK);
	q = of_asset(c.object, 0);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_UNCONFIRMED));
	assert_true(said(REASON_FUTURE));
	assert_int_equal(answer.verdict, CAUTION);
	disputed(c.object, ST_RECEIVABLE_REJECT, ANCHOR);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_REJECTED));
	assert_non_null(strstr(text, "\"free\":{\"amount\":\"0.00\""));
}

/* One trade, two claims on it: what one lender took of the first is gone for the second. */
static void trade(void **state)
{
	struct command a = registers(&s, SUPPLIER, 100000, "A-1"), b = registers(&s, SUPPLIER, 100000, "A-2");
	struct check_request q;

	(void)state;
	a.body.receivable_register.lineage = b.body.receivable_register.lineage = new_id(&s);
	assert_int_equal(step(&s, &a), OK);
	assert_int_equal(step(&s, &b), OK);
	accepted(a.object, BANK_B, 80000);
	q = of_asset(b.object, 20000);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_false(said(REASON_TRADE_EXHAUSTED));
	q.amount.minor++;
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_TRADE_EXHAUSTED));
}

/* Said before lending, true when lending: the largest amount that is not refused is what a grant gets. */
static void agrees_with_decide(void **state)
{
	struct uuid id = confirmed(100000, "INV-1");
	struct check_request q = of_asset(id, 70000);
	struct command c;

	(void)state;
	accepted(id, BANK_B, 30000);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_int_equal(answer.verdict, CAUTION);
	c = grants(&s, SUPPLIER, id, BANK_A, 70001);
	assert_int_equal(step(&s, &c), E_EXCEEDS_FREE);
	c = grants(&s, SUPPLIER, id, BANK_A, 70000);
	assert_int_equal(step(&s, &c), OK);
}

static void reasons_table(void **state)
{
	size_t n;
	const struct reason_info *r = reason_rows(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(reason_info(r[i].number), &r[i]);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(r[i].code, r[k].code);
	}
	assert_null(reason_info(REASON_NONE));
	assert_string_equal(verdict_name(INFO), "clear");
	assert_string_equal(weight_name(INFO), "info");
}

#define TS(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* --- goods --- */

static struct check_request of_goods(const char *kind, const char *issuer, const char *number)
{
	struct check_request q = { .by = CHECK_BY_FACTS, .purpose = S("lending") };

	q.facts = (struct facts){ .kind = span_z(kind), .issuer = span_z(issuer), .number = span_z(number) };
	return q;
}

static struct command counted(struct uuid site, int64_t found)
{
	struct command c = counts_yard(&s, site, found);

	assert_int_equal(step(&s, &c), OK);
	return c;
}

static struct uuid stored_steel(struct uuid *site)
{
	static struct goods_lot lot;
	struct command c = opens_site(&s, 1000);

	*site = c.object;
	assert_int_equal(step(&s, &c), OK);
	(void)counted(*site, 500);
	lot = steel(100, 100000, "01");
	lot.batch = S("HEAT 4711");
	lot.serial_prefix = S("BG-");
	lot.serial_first = 1000;
	lot.serial_last = 1099;
	lot.pieces = 100;
	c = issues(&s, *site, "WR-1", &lot);
	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

/* The bank on whose desk the second receipt lies: it asks for the goods themselves. */
static void goods_can_be_asked_for_by_their_marks(void **state)
{
	struct uuid site, r = stored_steel(&site);
	char site_text[UUID_TEXT + 1] = "";
	struct writer w = writer_over(site_text, UUID_TEXT);
	static const struct {
		const char *kind, *issuer, *number;
		bool taken;
	} rows[] = {
		{ "lot", "HRC-Q235B", "heat-4711", true },
		{ "lot", "HRC-Q235B", "HEAT 4712", false },
		{ "serial", "bg-", "1000", true },
		{ "serial", "BG-", "1099", true },
		{ "serial", "BG-", "1100", false },
		{ "serial", "BX-", "1000", false },
		{ "bin", "", "a/1", true },
		{ "bin", "", "A/02", false },
	};

	(void)state;
	put_uuid(&w, site);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct check_request q =
			of_goods(rows[i].kind, rows[i].issuer[0] ? rows[i].issuer : site_text, rows[i].number);

		assert_int_equal(ask(&q, BANK_B), OK);
		assert_int_equal(said(REASON_GOODS_TAKEN), rows[i].taken);
		assert_int_equal(answer.verdict, rows[i].taken ? STOP : INFO);
		assert_null(answer.asset);
		assert_int_equal(ask(&q, SUPPLIER2), E_NOT_FOUND);
	}
	struct check_request q = of_goods("serial", "BG-", "99999999999999999999");
	assert_int_equal(ask(&q, BANK_B), E_BAD_MEMBER);
	q = of_goods("bin", "nowhere", "A/01");
	assert_int_equal(ask(&q, BANK_B), E_BAD_MEMBER);
	q = of_goods("warehouse-receipt", "91310000800000056P", "wr1");
	assert_int_equal(ask(&q, BANK_B), OK);
	assert_true(answer.asset && uuid_eq(answer.asset->id, r));
}

static void a_receipt_is_told_with_what_stands_behind_it(void **state)
{
	struct uuid site, r = stored_steel(&site);
	struct check_request q = of_asset(r, 1000);
	struct command c;

	(void)state;
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_NOT_WEIGHED) && said(REASON_UNINSURED) && said(REASON_LICENCE));
	assert_false(said(REASON_UNCONFIRMED) || said(REASON_COUNT_SHORT));
	assert_int_equal(answer.verdict, CAUTION);
	assert_non_null(strstr(text, "\"kind\":\"warehouse-receipt\""));
	c = about(&s, ST_RECEIPT_WEIGH, SURVEYOR, r);
	c.body.receipt_weigh.lot = 1;
	c.body.receipt_weigh.quantity = metric_tons(100);
	assert_int_equal(step(&s, &c), OK);
	(void)counted(site, 99); /* a tonne is missing in the yard */
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_false(said(REASON_NOT_WEIGHED));
	assert_true(said(REASON_COUNT_SHORT));
	assert_int_equal(answer.verdict, STOP);
	(void)counted(site, 100);
	c = about(&s, ST_RECEIPT_ORDER, SUPPLIER, r);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_ORDERED));
	c = about(&s, ST_RECEIPT_DELIVER, WAREHOUSE, r);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(ask(&q, BANK_A), OK);
	assert_true(said(REASON_DELIVERED));
	assert_int_equal(answer.verdict, STOP);
	assert_int_equal(ask(&q, SUPPLIER2), E_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TS(each_story),
		TS(clear),
		TS(by_document),
		TS(by_facts),
		TS(unregistered_hold),
		TS(what_each_sees),
		TS(amounts),
		TS(unconfirmed_and_future),
		TS(trade),
		TS(agrees_with_decide),
		TS(goods_can_be_asked_for_by_their_marks),
		TS(a_receipt_is_told_with_what_stands_behind_it),
		T(reasons_table),
	};

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
