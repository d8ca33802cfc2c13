/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t26_rank: terms and their end, the duty to discharge, objections, who comes before whom, what a debtor commits to,
 * future receivables, and rules that are data: each rule, and somebody who tries to break it.
 */
#include "test.h"

#include "actors.h"
#include "check_answer.h"

static struct stage s;

static int begin(void **state)
{
	(void)state;
	stage_start(&s, 1 << 26);
	return 0;
}

static int end(void **state)
{
	(void)state;
	stage_end(&s);
	return 0;
}

static enum fault did(struct command c) { return step(&s, &c); }

static struct uuid registered(int64_t face, const char *number)
{
	struct command c = registers(&s, SUPPLIER, face, number);

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static struct uuid confirmed(int64_t face, const char *number)
{
	struct uuid a = registered(face, number);

	assert_int_equal(did(confirms(&s, a)), OK);
	return a;
}

static struct uuid granted(struct uuid asset, enum actor bank, int64_t amount)
{
	struct command c = grants(&s, SUPPLIER, asset, bank, amount);

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static enum fault accepts(enum actor bank, struct uuid e) { return did(about(&s, ST_ENCUMBRANCE_ACCEPT, bank, e)); }

static struct uuid lent(struct uuid asset, enum actor bank, int64_t amount)
{
	struct uuid e = granted(asset, bank, amount);

	assert_int_equal(accepts(bank, e), OK);
	return e;
}

static void days_pass(int64_t days) { s.now.us += days * DAY_US; }

static struct date today(void) { return date_of(s.now); }

static struct date in_days(int32_t days) { return (struct date){ today().day + days }; }

static struct command publishes(const char *rule, const char *country, int64_t version, int64_t value)
{
	struct command c = say(&s, ST_RULE_PUBLISH, OPERATOR, s.party[OPERATOR]);

	c.body.rule_publish.rule = span_z(rule);
	c.body.rule_publish.country = span_z(country);
	c.body.rule_publish.version = version;
	c.body.rule_publish.effective = s.now;
	c.body.rule_publish.values = (struct values){ span_z(rule_by_id(span_z(rule))->unit), value };
	return c;
}

static void rule_is(const char *rule, int64_t value)
{
	const struct rule_info *info = rule_by_id(span_z(rule));
	int64_t version = 1;

	while (world_find(&s.world, TABLE_RULE, key_i64(rule_row_id(info->number, version))))
		version++;
	assert_int_equal(did(publishes(rule, "", version, value)), OK);
}

static void named(const char *rule) { assert_string_equal(s.d.diag.rule, rule); }

/* A document the registry has read: an invoice of SUPPLIER's to ANCHOR, or one it could not read (number NULL). */
static struct hash document(const char *number, int64_t payable, const char *issued, const char *due)
{
	struct hash id = sha256(span_z(number ? number : "opaque"));
	struct evidence doc;

	row_init(&doc.row, TABLE_DOCUMENT, key_hash(id));
	if (number) {
		doc.kind = DOCUMENT_INVOICE;
		doc.level = 1;
		doc.number = span_z(number);
		doc.payable = payable;
		memcpy(doc.ccy.at, "CNY", 4);
		doc.issued = day(issued);
		doc.due = day(due);
		doc.issuer_ids = S("913200002000000346");
		doc.recipient_ids = S("91310000100000012E");
	}
	assert_non_null(world_put(&s.world, &doc.row));
	return id;
}

static unsigned rank_of(struct uuid asset, struct uuid e)
{
	const struct encumbrance *mine = enc_of(&s, e);
	unsigned rank = 1;

	for (const struct row *r = asset_of(&s, asset)->row.children; r; r = r->sibling) {
		const struct encumbrance *x = (const struct encumbrance *)(const void *)r;

		rank += encumbrance_binds(x->state) && rank_cmp(x, mine) < 0;
	}
	return rank;
}

static void sound(struct uuid asset)
{
	const struct encumbrance *e[ENCUMBRANCES_MAX * 2];
	const struct asset *a = asset_of(&s, asset);
	size_t n = 0;

	for (const struct row *r = a->row.children; r; r = r->sibling)
		e[n++] = (const struct encumbrance *)(const void *)r;
	assert_null(asset_broken(a, e, n));
}

static struct check_answer answer;

/* Asks as a lender; true when the reason is among the answer's. */
static bool told(struct uuid asset, enum actor who, enum reason reason)
{
	struct registry r = stage_registry(&s);
	struct check_request q = { .by = CHECK_BY_ASSET, .asset = asset, .purpose = S("lending") };

	arena_reset(&s.scratch);
	assert_int_equal(check_decide(&r, &q, s.party[who], ROLE_BANK, &s.scratch, &answer), DECIDED);
	assert_int_equal(answer.fault, OK);
	for (unsigned i = 0; i < answer.n_reasons; i++)
		if (answer.reason[i].reason == reason)
			return true;
	return false;
}

/* --- the calendar --- */

static void months_and_working_days(void **state)
{
	static const struct {
		const char *from;
		int64_t months;
		const char *to;
	} month[] = { { "2026-01-31", 1, "2026-02-28" },   { "2028-01-31", 1, "2028-02-29" },
		      { "2026-11-23", 360, "2056-11-23" }, { "2026-12-15", 1, "2027-01-15" },
		      { "2026-03-31", -1, "2026-02-28" },  { "2026-01-10", -12, "2025-01-10" } };
	static const struct {
		const char *from;
		int64_t days;
		const char *to;
	} working[] = { { "2026-11-23", 1, "2026-11-24" }, /* a Monday */
		        { "2026-11-27", 1, "2026-11-30" }, { "2026-11-23", 10, "2026-12-07" },
		        { "2026-11-28", 1, "2026-11-30" }, { "2026-11-29", 3, "2026-12-02" },
		        { "2026-11-26", 2, "2026-11-30" }, { "2026-11-23", 0, "2026-11-23" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(month); i++)
		assert_int_equal(date_add_months(day(month[i].from), month[i].months).day, day(month[i].to).day);
	for (size_t i = 0; i < ARRAY_LEN(working); i++)
		assert_int_equal(date_add_working(day(working[i].from), working[i].days).day, day(working[i].to).day);
	for (int32_t n = 0; n < 400; n++) { /* one at a time comes to the same as all at once */
		struct date d = day("2026-11-23");

		for (int32_t k = 0; k < n; k++)
			d = date_add_working(d, 1);
		assert_int_equal(d.day, date_add_working(day("2026-11-23"), n).day);
	}
	assert_int_equal(date_month(day("2027-02-01")), 202702);
}

/* --- R8, F25: the term --- */

static void r8_a_term_is_one_month_to_thirty_years(void **state)
{
	struct uuid a = confirmed(1000, "A1");
	struct command c = grants(&s, SUPPLIER, a, BANK_A, 10);

	(void)state;
	c.body.encumbrance_grant.until = day("2026-12-22"); /* a day short of one month */
	assert_int_equal(did(c), E_TERM);
	named("encumbrance.term_least@1");
	c = grants(&s, SUPPLIER, a, BANK_A, 10);
	c.body.encumbrance_grant.until = day("2056-11-24"); /* a day more than thirty years */
	assert_int_equal(did(c), E_TERM);
	named("encumbrance.term_most@1");
	c = grants(&s, SUPPLIER, a, BANK_A, 10);
	c.body.encumbrance_grant.until = day("2026-12-23");
	assert_int_equal(did(c), OK);
	c = grants(&s, SUPPLIER, a, BANK_A, 10);
	c.body.encumbrance_grant.until = day("2056-11-23");
	assert_int_equal(did(c), OK);
	c = grants(&s, SUPPLIER, a, BANK_A, 10); /* without one: the longest there is, never for ever */
	assert_int_equal(did(c), OK);
	assert_int_equal(enc_of(&s, c.object)->until_date.day, day("2056-11-23").day);
	c = grants(&s, SUPPLIER, a, BANK_A, 10); /* a term that begins later is counted from there */
	c.body.encumbrance_grant.from = day("2027-11-23");
	c.body.encumbrance_grant.until = day("2027-12-22");
	assert_int_equal(did(c), E_TERM);
}

static struct uuid lent_until(struct uuid asset, enum actor bank, int64_t amount, const char *until)
{
	struct command c = grants(&s, SUPPLIER, asset, bank, amount);

	c.body.encumbrance_grant.until = day(until);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(accepts(bank, c.object), OK);
	return c.object;
}

static struct command extends(enum actor who, struct uuid e, const char *until)
{
	struct command c = about(&s, ST_ENCUMBRANCE_EXTEND, who, e);

	c.body.encumbrance_extend.until = day(until);
	return c;
}

static void f25_extended_any_number_of_times_and_the_rank_stays(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent_until(a, BANK_A, 400, "2027-01-10"), b = lent(a, BANK_B, 100);

	(void)state;
	assert_int_equal(did(extends(SUPPLIER, e, "2028-01-10")), E_NOT_AUTHORISED);
	assert_int_equal(did(extends(BANK_B, e, "2028-01-10")), E_NOT_AUTHORISED);
	assert_int_equal(did(extends(BANK_A, e, "2027-01-10")), E_DATE_ORDER);
	assert_int_equal(did(extends(BANK_A, e, "2027-02-09")), E_TERM); /* each extension is a month at least */
	named("encumbrance.term_least@1");
	assert_int_equal(did(extends(BANK_A, e, "2057-01-11")), E_TERM);
	named("encumbrance.term_most@1");
	assert_int_equal(did(extends(BANK_A, e, "2027-02-10")), OK);
	assert_int_equal(did(extends(BANK_A, e, "2027-04-10")), OK);
	assert_int_equal(did(extends(BANK_A, e, "2057-04-10")), OK); /* thirty years from where it ended */
	assert_int_equal(enc_of(&s, e)->extensions, 3);
	assert_int_equal(rank_of(a, e), 1);
	assert_int_equal(rank_of(a, b), 2);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e)), OK);
	assert_int_equal(did(extends(BANK_A, e, "2058-04-10")), E_BAD_STATE);
}

static void r8_a_window_for_extensions_is_a_rule_too(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent_until(a, BANK_A, 400, "2031-11-23");

	(void)state;
	rule_is("encumbrance.extend_window", 6); /* as in R12: in the last six months */
	assert_int_equal(did(extends(BANK_A, e, "2036-11-23")), E_TERM_RUNNING);
	named("encumbrance.extend_window@2");
	while (today().day < day("2031-05-23").day)
		days_pass(1);
	assert_int_equal(did(extends(BANK_A, e, "2036-11-23")), OK);
}

static void f25_what_is_not_extended_lapses_by_an_entry(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent_until(a, BANK_A, 400, "2026-12-23"), b = lent(a, BANK_B, 600);

	(void)state;
	assert_true(told(a, BANK_A, REASON_TERM_ENDS));
	assert_false(told(a, BANK_B, REASON_TERM_ENDS));
	days_pass(30); /* its last day */
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_EXPIRE, REGISTRY, e)), E_NOT_YET);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_EXPIRE, OPERATOR, e)), E_ROLE_MISSING);
	days_pass(1);
	assert_int_equal(did(extends(BANK_A, e, "2027-12-23")), E_LAPSED); /* too late, though no entry says so yet */
	assert_int_equal(asset_of(&s, a)->encumbered, 1000);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_EXPIRE, REGISTRY, e)), OK);
	assert_int_equal(enc_of(&s, e)->state, ENCUMBRANCE_LAPSED);
	assert_int_equal(asset_of(&s, a)->encumbered, 600);
	assert_int_equal(rank_of(a, b), 1);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_EXPIRE, REGISTRY, e)), E_BAD_STATE);
	sound(a);
}

static void f25_a_freeze_does_not_stop_the_clocks_nor_the_extension(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent_until(a, BANK_A, 400, "2026-12-23"),
		    f = lent_until(a, BANK_B, 100, "2026-12-23");
	struct command z = say(&s, ST_FREEZE_PLACE, REGULATOR, new_id(&s));

	(void)state;
	z.body.freeze_place.asset = a;
	z.body.freeze_place.ground = S("(2026) 1");
	assert_int_equal(did(z), OK);
	assert_int_equal(did(extends(BANK_A, e, "2027-12-23")), OK);
	days_pass(31);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_EXPIRE, REGISTRY, e)), E_NOT_YET);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_EXPIRE, REGISTRY, f)), OK);
	sound(a);
}

/* --- R9, F25: the discharge --- */

static struct command demands(enum actor who, struct uuid e, struct hash doc)
{
	struct command c = about(&s, ST_ENCUMBRANCE_DEMAND, who, e);

	c.body.encumbrance_demand.ended = today();
	c.body.encumbrance_demand.document = doc;
	c.body.encumbrance_demand.reason = S("the loan is repaid");
	return c;
}

static const struct hash no_document;

static void r9_the_registry_discharges_what_is_not_released_in_time(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent(a, BANK_A, 1000);
	struct hash doc = document(NULL, 0, NULL, NULL);
	struct command c;

	(void)state;
	assert_int_equal(did(demands(SUPPLIER2, e, doc)), E_NOT_AUTHORISED);
	assert_int_equal(did(demands(BANK_B, e, doc)), E_NOT_AUTHORISED);
	assert_int_equal(did(demands(SUPPLIER, e, no_document)), E_MISSING_MEMBER);
	assert_int_equal(did(demands(SUPPLIER, e, sha256(S("never submitted")))), E_UNKNOWN_DOCUMENT);
	c = demands(SUPPLIER, e, doc);
	c.body.encumbrance_demand.ended = in_days(1);
	assert_int_equal(did(c), E_DATE_ORDER);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_DISCHARGE, REGISTRY, e)), E_NO_DEMAND);
	assert_int_equal(did(demands(SUPPLIER, e, doc)), OK);
	assert_int_equal(enc_of(&s, e)->discharge_by.day, day("2026-12-07").day); /* ten working days */
	assert_int_equal(did(demands(SUPPLIER, e, doc)), E_BAD_STATE);
	assert_true(told(a, BANK_B, REASON_DISCHARGE_DUE));
	days_pass(14);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_DISCHARGE, REGISTRY, e)), E_NOT_YET);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_DISCHARGE, SUPPLIER, e)), E_ROLE_MISSING);
	days_pass(1);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_DISCHARGE, REGISTRY, e)), OK);
	assert_int_equal(enc_of(&s, e)->state, ENCUMBRANCE_RELEASED);
	assert_int_equal(asset_balance(asset_of(&s, a)).free, 1000);
	sound(a);
}

static struct command contests(enum actor who, struct uuid e, const char *code)
{
	struct command c = about(&s, ST_ENCUMBRANCE_CONTEST, who, e);

	c.body.dispute.code = span_z(code);
	c.body.dispute.reason = S("interest is still owed");
	return c;
}

static void r9_a_contest_in_time_stops_the_clock_for_the_grantor(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent(a, BANK_A, 500), late = lent(a, BANK_B, 500);
	struct hash doc = document(NULL, 0, NULL, NULL);

	(void)state;
	assert_int_equal(did(contests(BANK_A, e, "C06")), E_NO_DEMAND);
	assert_int_equal(did(demands(SUPPLIER, e, doc)), OK);
	assert_int_equal(did(demands(SUPPLIER, late, doc)), OK);
	assert_int_equal(did(contests(SUPPLIER, e, "C06")), E_NOT_AUTHORISED);
	assert_int_equal(did(contests(BANK_A, e, "C07")), E_BAD_MEMBER);
	assert_int_equal(did(contests(BANK_A, e, "C06")), OK);
	days_pass(30);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_DISCHARGE, REGISTRY, e)), E_NO_DEMAND);
	assert_int_equal(did(demands(SUPPLIER, e, doc)), E_BAD_STATE); /* not again and again until the bank sleeps */
	assert_int_equal(did(contests(BANK_B, late, "C06")), E_LAPSED);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_DISCHARGE, REGISTRY, late)), OK);
	assert_int_equal(did(demands(BANK_A, e, no_document)),
	                 OK); /* the bank itself needs no proof of its own debt's end */
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e)), OK);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_DISCHARGE, REGISTRY, e)), E_BAD_STATE);
	sound(a);
}

static void r9_ten_working_days_are_counted_where_the_debtor_is(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e, f;
	struct hash doc = document(NULL, 0, NULL, NULL);

	(void)state;
	s.now = date_start(day("2027-01-28"));
	e = lent(a, BANK_A, 500);
	f = lent(a, BANK_B, 500);
	assert_int_equal(did(demands(SUPPLIER, e, doc)), OK);
	assert_int_equal(enc_of(&s, e)->discharge_by.day, day("2027-02-11").day);
	assert_int_equal(did(new_year(&s, "CN", 1)), OK);
	assert_int_equal(enc_of(&s, e)->discharge_by.day, day("2027-02-11").day); /* begun before the calendar */
	assert_int_equal(did(demands(SUPPLIER, f, doc)), OK);
	assert_int_equal(enc_of(&s, f)->discharge_by.day, day("2027-02-18").day); /* six days off, one Sunday worked */
}

/* --- R10, R11, F24: objections --- */

static struct command objects(enum actor who, struct uuid asset, struct uuid e, const char *code)
{
	struct command c = say(&s, ST_OBJECTION_PLACE, who, new_id(&s));

	c.body.objection_place.asset = asset;
	c.body.objection_place.encumbrance = e;
	c.body.objection_place.code = span_z(code);
	c.body.objection_place.reason = S("not ours");
	return c;
}

static struct uuid objected(enum actor who, struct uuid asset, struct uuid e)
{
	struct command c = objects(who, asset, e, "C05");

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static struct command answers(enum actor who, struct uuid o, bool accepted)
{
	struct command c = about(&s, ST_OBJECTION_ANSWER, who, o);

	c.body.objection_answer.accepted = accepted ? FLAG_YES : FLAG_NO;
	c.body.objection_answer.reason = S("it is");
	return c;
}

static struct command proves(enum actor who, struct uuid o, struct hash doc)
{
	struct command c = about(&s, ST_OBJECTION_PROVE, who, o);

	c.body.objection_prove.document = doc;
	c.body.objection_prove.reason = S("(2026) civil 17");
	return c;
}

static const struct objection *objection_of(struct uuid id)
{
	return (const struct objection *)(const void *)world_find(&s.world, TABLE_OBJECTION, key_uuid(id));
}

static const struct uuid none;

static void f24_who_has_a_stake_objects_with_a_coded_reason(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent(a, BANK_A, 500), o;

	(void)state;
	assert_int_equal(did(objects(SUPPLIER2, a, none, "C05")), E_NOT_AUTHORISED);
	assert_int_equal(did(objects(BANK_B, a, e, "C05")), E_NOT_AUTHORISED);
	assert_int_equal(did(objects(ANCHOR, a, none, "C00")), E_BAD_MEMBER);
	assert_int_equal(did(objects(ANCHOR, a, none, "goods")), E_BAD_MEMBER);
	assert_int_equal(did(objects(SUPPLIER, a, none, "C05")), E_SELF_DEALING);
	assert_int_equal(did(objects(BANK_A, a, e, "C05")), E_SELF_DEALING);
	assert_int_equal(did(objects(ANCHOR, a, new_id(&s), "C05")), E_UNKNOWN_OBJECT);
	assert_int_equal(did(objects(ANCHOR, new_id(&s), none, "C05")), E_UNKNOWN_OBJECT);
	assert_false(told(a, BANK_B, REASON_OBJECTION));
	o = objected(SUPPLIER, a, e);
	assert_int_equal(did(objects(SUPPLIER, a, e, "C01")), E_DUPLICATE_OBJECTION);
	(void)objected(ANCHOR, a, e);    /* another challenger */
	(void)objected(ANCHOR, a, none); /* another thing */
	(void)objected(BANK_A, a, none);
	assert_int_equal(asset_of(&s, a)->objections, 4);
	assert_true(told(a, BANK_B, REASON_OBJECTION));
	assert_true(uuid_eq(objection_of(o)->respondent, s.party[BANK_A]));
	assert_int_equal(did(about(&s, ST_OBJECTION_WITHDRAW, BANK_A, o)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_OBJECTION_WITHDRAW, SUPPLIER, o)), OK);
	assert_int_equal(did(about(&s, ST_OBJECTION_WITHDRAW, SUPPLIER, o)), E_BAD_STATE);
	assert_int_equal(asset_of(&s, a)->objections, 3);
	(void)objected(SUPPLIER, a, e); /* its place is free again */
}

static void r11_an_answer_has_three_working_days(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent(a, BANK_A, 500), o = objected(SUPPLIER, a, e),
		    p = objected(ANCHOR, a, e);

	(void)state;
	assert_int_equal(objection_of(o)->answer_by.day, day("2026-11-26").day);
	assert_int_equal(did(answers(BANK_B, o, false)), E_NOT_AUTHORISED);
	assert_int_equal(did(answers(SUPPLIER, o, false)), E_NOT_AUTHORISED);
	days_pass(3);
	assert_int_equal(did(answers(BANK_A, o, false)), OK);
	assert_int_equal(did(answers(BANK_A, o, false)), E_BAD_STATE);
	assert_int_equal(asset_of(&s, a)->objections, 2); /* an answer is no end */
	days_pass(1);
	assert_int_equal(did(answers(BANK_A, p, false)), E_LAPSED);
	named("objection.answer_within@1");
	assert_int_equal(did(answers(BANK_A, p, true)), OK); /* giving in is never too late */
	assert_int_equal(objection_of(p)->state, OBJ_ACCEPTED);
	assert_int_equal(asset_of(&s, a)->objections, 1);
}

static void r10_without_suit_in_thirty_days_an_objection_lapses(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent(a, BANK_A, 500), o = objected(SUPPLIER, a, e),
		    p = objected(ANCHOR, a, e);
	struct hash doc = document(NULL, 0, NULL, NULL);

	(void)state;
	assert_int_equal(did(proves(SUPPLIER, o, sha256(S("never submitted")))), E_UNKNOWN_DOCUMENT);
	assert_int_equal(did(proves(BANK_A, o, doc)), E_NOT_AUTHORISED);
	days_pass(30);
	assert_int_equal(did(about(&s, ST_OBJECTION_LAPSE, REGISTRY, o)), E_NOT_YET);
	assert_int_equal(did(proves(SUPPLIER, o, doc)), OK);
	days_pass(1);
	assert_int_equal(did(about(&s, ST_OBJECTION_LAPSE, REGISTRY, o)), E_BAD_STATE); /* it is before the court */
	assert_int_equal(did(proves(ANCHOR, p, doc)), E_LAPSED);
	named("objection.file_within@1");
	assert_int_equal(did(about(&s, ST_OBJECTION_LAPSE, ANCHOR, p)), E_ROLE_MISSING);
	assert_int_equal(did(about(&s, ST_OBJECTION_LAPSE, REGISTRY, p)), OK);
	assert_int_equal(asset_of(&s, a)->objections, 1);
	assert_int_equal(did(about(&s, ST_OBJECTION_CONCLUDE, BANK_A, o)), E_ROLE_MISSING);
	assert_int_equal(did(about(&s, ST_OBJECTION_CONCLUDE, REGULATOR, o)), OK);
	assert_int_equal(asset_of(&s, a)->objections, 0);
	assert_int_equal(did(answers(BANK_A, o, false)), E_BAD_STATE);
}

/* Every state and every event, beside the edges of objection.def too. */
static void the_whole_table_of_objections(void **state)
{
	enum { ANSWER, ACCEPT, PROVE, WITHDRAW, LAPSE, CONCLUDE, EVENTS };
	static const struct {
		int32_t from;
		int event;
	} row[] = {
#define EDGE(from, event, to) { OBJ_##from, event },
#include "objection.def"
#undef EDGE
	};
	struct hash doc = document(NULL, 0, NULL, NULL);
	char number[16];

	(void)state;
	for (int32_t from = OBJ_OPEN; from < OBJ_STATES; from++) {
		for (int ev = 0; ev < EVENTS; ev++) {
			snprintf(number, sizeof number, "T%dX%d", from, ev);
			struct uuid a = registered(100, number), o = objected(ANCHOR, a, none);
			struct objection *x = (struct objection *)(uintptr_t)(const void *)objection_of(o);
			bool listed = false;
			struct command c[EVENTS];

			if (ev == LAPSE)
				x->file_by = in_days(-1);
			c[ANSWER] = answers(SUPPLIER, o, false);
			c[ACCEPT] = answers(SUPPLIER, o, true);
			c[PROVE] = proves(ANCHOR, o, doc);
			c[WITHDRAW] = about(&s, ST_OBJECTION_WITHDRAW, ANCHOR, o);
			c[LAPSE] = about(&s, ST_OBJECTION_LAPSE, REGISTRY, o);
			c[CONCLUDE] = about(&s, ST_OBJECTION_CONCLUDE, REGULATOR, o);
			x->state = from;
			for (size_t r = 0; r < ARRAY_LEN(row); r++)
				listed = listed || (row[r].from == from && row[r].event == ev);
			assert_int_equal(did(c[ev]) == OK, listed);
			if (!listed)
				assert_int_equal(s.d.outcome, E_BAD_STATE);
		}
	}
}

/* --- R14, R17, F21: registered first, then notified first --- */

static struct command notifies(enum actor who, struct uuid e)
{
	struct command c = about(&s, ST_ENCUMBRANCE_NOTIFY, who, e);

	c.body.encumbrance_notify.how = S("registered letter");
	c.body.encumbrance_notify.on = today();
	return c;
}

static void r17_competing_factors_registered_first_then_notified_first(void **state)
{
	struct uuid a = confirmed(900, "A1"), x = granted(a, BANK_A, 300), y = granted(a, BANK_B, 300),
		    z = granted(a, BANK_C, 300);
	struct command c;

	(void)state;
	assert_int_equal(did(notifies(SUPPLIER2, y)), E_NOT_AUTHORISED);
	c = notifies(BANK_B, y);
	c.body.encumbrance_notify.on = in_days(1);
	assert_int_equal(did(c), E_DATE_ORDER);
	assert_int_equal(did(notifies(BANK_B, y)), OK);
	assert_int_equal(did(notifies(ANCHOR, z)), OK);           /* the debtor itself says it was told */
	assert_int_equal(did(notifies(SUPPLIER, y)), E_NOTIFIED); /* the first notice counts, a second moves nothing */
	assert_true(enc_of(&s, y)->notified_seq < enc_of(&s, z)->notified_seq);
	assert_int_equal(enc_of(&s, y)->notified, FLAG_YES);
	/* Not registered, all three: what falls away falls on whoever was not notified, then on the later notice. */
	c = about(&s, ST_RECEIVABLE_PAY, ANCHOR, a);
	c.body.receivable_pay.amount = cny(300);
	c.body.receivable_pay.on = today();
	assert_int_equal(did(c), OK);
	assert_int_equal(enc_of(&s, x)->open, 0);
	assert_int_equal(enc_of(&s, x)->state, ENCUMBRANCE_LAPSED);
	c = about(&s, ST_RECEIVABLE_PAY, ANCHOR, a);
	c.body.receivable_pay.amount = cny(100);
	c.body.receivable_pay.on = today();
	assert_int_equal(did(c), OK);
	assert_int_equal(enc_of(&s, y)->open, 300);
	assert_int_equal(enc_of(&s, z)->open, 200);
	/* R14: the later notice is registered first, and so ranks first. */
	assert_int_equal(accepts(BANK_C, z), OK);
	assert_int_equal(accepts(BANK_B, y), OK);
	assert_int_equal(rank_of(a, z), 1);
	assert_int_equal(rank_of(a, y), 2);
	assert_int_equal(did(notifies(BANK_A, x)), E_BAD_STATE);
	sound(a);
}

static void f21_rank_is_the_entry_of_the_acceptance(void **state)
{
	struct uuid a = confirmed(900, "A1"), x = granted(a, BANK_A, 300), y = granted(a, BANK_B, 300);

	(void)state;
	s.last.at.us -= DAY_US / 2; /* what a signer's clock says gives nobody a rank */
	struct command late = about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, x);
	assert_int_equal(accepts(BANK_B, y), OK);
	late.at.us -= DAY_US / 2;
	assert_int_equal(did(late), OK);
	assert_int_equal(rank_of(a, y), 1);
	assert_int_equal(rank_of(a, x), 2);
}

/* --- R16, F27: purchase money --- */

static struct command purchase(struct uuid asset, enum actor bank, int64_t amount, const char *delivered)
{
	struct command c = grants(&s, SUPPLIER, asset, bank, amount);

	c.body.encumbrance_grant.kind = ENC_PLEDGE;
	c.body.encumbrance_grant.delivered = day(delivered);
	return c;
}

static struct uuid issued_on(const char *issued, const char *number)
{
	struct command c = registers(&s, SUPPLIER, 1000, number);

	c.body.receivable_register.issue_date = day(issued);
	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static bool applied(const char *rule)
{
	char text[64];

	for (unsigned i = 0; i < s.d.n_rules; i++) {
		struct writer w = writer_over(text, sizeof text);

		put_rule_id(&w, s.d.rule[i]);
		if (span_is(writer_span(&w), rule))
			return true;
	}
	return false;
}

static void r16_purchase_money_registered_in_ten_days_ranks_first(void **state)
{
	struct uuid a = issued_on("2026-11-20", "A1"), early = lent(a, BANK_A, 300);
	struct command c = purchase(a, BANK_B, 200, "2026-11-20"), d = purchase(a, BANK_C, 200, "2026-11-13");

	(void)state;
	assert_true(told(a, BANK_C, REASON_PROCEEDS_OPEN));
	assert_int_equal(did(c), OK);
	assert_int_equal(did(d), OK);
	assert_int_equal(accepts(BANK_C, d.object), OK);      /* day ten */
	assert_true(applied("encumbrance.purchase_money@1")); /* the decision names its rule */
	assert_int_equal(enc_of(&s, d.object)->rank_first, 1);
	assert_int_equal(accepts(BANK_B, c.object), OK);
	assert_int_equal(rank_of(a, d.object), 1); /* among themselves by entry */
	assert_int_equal(rank_of(a, c.object), 2);
	assert_int_equal(rank_of(a, early), 3);
	assert_true(told(a, BANK_A, REASON_PURCHASE_FIRST));
	c = about(&s, ST_RECEIVABLE_PAY, ANCHOR, a);
	c.body.receivable_pay.amount = cny(250);
	c.body.receivable_pay.on = today();
	assert_int_equal(did(c), OK); /* money follows the rank */
	assert_int_equal(enc_of(&s, d.object)->open, 0);
	assert_int_equal(enc_of(&s, early)->open, 300);
	sound(a);
}

static void r16_a_day_late_or_of_other_goods_it_ranks_like_any(void **state)
{
	struct uuid a = issued_on("2026-11-20", "A1"), early = lent(a, BANK_A, 300);
	struct command c;

	(void)state;
	c = purchase(a, BANK_B, 200, "2026-11-21"); /* after the asset's own date: other goods */
	assert_int_equal(did(c), E_DATE_ORDER);
	c = purchase(a, BANK_B, 200, "2026-11-20");
	c.body.encumbrance_grant.kind = ENC_ASSIGNMENT;
	assert_int_equal(did(c), E_BAD_MEMBER);
	c = purchase(a, BANK_B, 200, "2026-11-12"); /* eleven days ago */
	assert_int_equal(did(c), OK);
	assert_int_equal(accepts(BANK_B, c.object), OK);
	assert_int_equal(enc_of(&s, c.object)->rank_first, 0);
	assert_true(applied("encumbrance.purchase_money@1"));
	assert_int_equal(rank_of(a, early), 1);
	c = purchase(a, BANK_C, 200, "2026-11-20");
	assert_int_equal(did(c), OK);
	rule_is("encumbrance.purchase_money", 0);
	assert_int_equal(accepts(BANK_C, c.object), OK);
	assert_int_equal(rank_of(a, c.object), 3);
	assert_false(told(a, BANK_C, REASON_PROCEEDS_OPEN));
}

static void f27_purchase_money_can_be_subordinated_by_its_holder(void **state)
{
	struct uuid a = issued_on("2026-11-20", "A1"), early = lent(a, BANK_A, 300);
	struct command c = purchase(a, BANK_B, 200, "2026-11-20");

	(void)state;
	assert_int_equal(did(c), OK);
	assert_int_equal(accepts(BANK_B, c.object), OK);
	struct command sub = about(&s, ST_ENCUMBRANCE_SUBORDINATE, BANK_B, c.object);
	sub.body.encumbrance_subordinate.to_rank_after = early;
	assert_int_equal(did(sub), OK);
	assert_int_equal(rank_of(a, early), 1);
	assert_int_equal(rank_of(a, c.object), 2);
}

/* --- F26: rank given away --- */

static struct command cedes(enum actor who, struct uuid e, struct uuid to)
{
	struct command c = about(&s, ST_ENCUMBRANCE_CEDE, who, e);

	c.body.encumbrance_cede.cede_to = to;
	return c;
}

static void f26_rank_is_assigned_without_harm_to_those_between(void **state)
{
	struct uuid a = confirmed(2000, "A1"), x = lent(a, BANK_A, 300), y = lent(a, BANK_B, 100),
		    z = lent(a, BANK_C, 400), other = lent(confirmed(100, "A2"), BANK_C, 100);

	(void)state;
	assert_int_equal(did(cedes(BANK_C, x, z)), E_NOT_AUTHORISED); /* only the one who loses signs */
	assert_int_equal(did(cedes(BANK_C, z, x)), E_RANK_GAIN);
	assert_int_equal(did(cedes(BANK_A, x, x)), E_RANK_GAIN);
	assert_int_equal(did(cedes(BANK_A, x, other)), E_UNKNOWN_OBJECT);
	assert_int_equal(did(cedes(BANK_A, x, z)), E_PREJUDICE); /* bank B would stand behind 400 instead of 300 */
	struct command part = about(&s, ST_ENCUMBRANCE_RELEASE, BANK_C, z);
	part.body.encumbrance_release.amount = cny(100);
	assert_int_equal(did(part), OK);
	assert_int_equal(did(cedes(BANK_A, x, z)), OK);
	assert_int_equal(rank_of(a, z), 1);
	assert_int_equal(rank_of(a, y), 2);
	assert_int_equal(rank_of(a, x), 3);
	assert_int_equal(did(cedes(BANK_B, y, x)), OK); /* nobody between them: any amount */
	assert_int_equal(rank_of(a, x), 2);
	struct command sub = about(&s, ST_ENCUMBRANCE_SUBORDINATE, BANK_C, z);
	sub.body.encumbrance_subordinate.to_rank_after = y;
	assert_int_equal(did(sub), OK);
	assert_int_equal(rank_of(a, x), 1);
	assert_int_equal(rank_of(a, y), 2);
	assert_int_equal(rank_of(a, z), 3);
	sound(a);
}

/* --- F23: partial encumbrances and the order of application --- */

static void f23_parts_by_amount_or_fraction_are_served_in_rank_order(void **state)
{
	struct uuid a = confirmed(100001, "A1"), x = lent(a, BANK_A, 30000), y;
	struct command c = grants(&s, SUPPLIER, a, BANK_B, 0);

	(void)state;
	c.body.encumbrance_grant.amount = (struct money){ 0 };
	c.body.encumbrance_grant.fraction = 333333; /* of the open amount, down to the cent */
	assert_int_equal(did(c), OK);
	y = c.object;
	assert_int_equal(enc_of(&s, y)->amount, 33333);
	assert_int_equal(accepts(BANK_B, y), OK);
	c = grants(&s, SUPPLIER, a, BANK_C, 0);
	c.body.encumbrance_grant.amount = (struct money){ 0 };
	c.body.encumbrance_grant.fraction = 500000;
	assert_int_equal(did(c), E_EXCEEDS_FREE); /* half of what is owed is more than what is free */
	c = about(&s, ST_RECEIVABLE_PAY, ANCHOR, a);
	c.body.receivable_pay.amount = cny(40000);
	c.body.receivable_pay.on = today();
	assert_int_equal(did(c), OK);
	assert_int_equal(enc_of(&s, x)->state, ENCUMBRANCE_SATISFIED); /* the first rank in full */
	assert_int_equal(enc_of(&s, y)->open, 23333);                  /* the rest to the second */
	assert_int_equal(asset_balance(asset_of(&s, a)).free, 100001 - 40000 - 23333);
	sound(a);
}

/* --- R13, F22: the search --- */

static enum fault certified(enum actor who, struct uuid asset)
{
	struct command c = say(&s, ST_CHECK_CERTIFY, REGISTRY, new_id(&s));

	(void)told(asset, who, REASON_NONE);
	c.body.check_certify.asker = s.party[who];
	c.body.check_certify.asset = asset;
	c.body.check_certify.verdict = span_z(verdict_name(answer.verdict));
	c.body.check_certify.rank = answer.rank;
	c.body.check_certify.as_of = (int64_t)s.seq - 1;
	return did(c);
}

static void r13_a_lender_accepts_on_a_search_of_today(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = granted(a, BANK_A, 100);

	(void)state;
	rule_is("encumbrance.search_age", 1440);
	assert_int_equal(accepts(BANK_A, e), E_SEARCH_MISSING);
	named("encumbrance.search_age@2");
	assert_int_equal(certified(BANK_B, a), OK); /* another lender's search is not one's own */
	assert_int_equal(accepts(BANK_A, e), E_SEARCH_MISSING);
	assert_int_equal(certified(BANK_A, a), OK);
	days_pass(1);
	s.now.us += 1000000; /* a second too old */
	assert_int_equal(accepts(BANK_A, e), E_SEARCH_MISSING);
	assert_int_equal(certified(BANK_A, a), OK);
	days_pass(1);
	assert_int_equal(accepts(BANK_A, e), OK);
}

static void f22_a_certified_rank_that_no_longer_holds_is_no_ground_to_lend(void **state)
{
	struct uuid a = issued_on("2026-11-20", "A1"), x, y;

	(void)state;
	rule_is("encumbrance.search_age", 1440);
	x = granted(a, BANK_A, 100);
	assert_int_equal(certified(BANK_A, a), OK);
	assert_int_equal(answer.rank, 1);
	y = granted(a, BANK_B, 100);
	assert_int_equal(certified(BANK_B, a), OK);
	assert_int_equal(answer.rank, 2); /* bank A may accept before: the honest rank is the worse one */
	assert_int_equal(accepts(BANK_B, y), OK);
	assert_int_equal(rank_of(a, y), 1);
	assert_int_equal(accepts(BANK_A, x), E_SEARCH_OUTDATED);
	named("encumbrance.search_age@2");
	assert_int_equal(certified(BANK_A, a), OK);
	assert_int_equal(accepts(BANK_A, x), OK);
	assert_int_equal(rank_of(a, x), 2);
}

/* --- R5, R6, R39, F06: terms with numbers --- */

static struct uuid of_size(enum actor who, const char *size)
{
	struct party *p = (struct party *)world_find(&s.world, TABLE_PARTY, key_uuid(s.party[who]));

	for (int32_t i = SIZE_LARGE; i <= SIZE_MICRO; i++)
		if (strcmp(party_size_name(i), size) == 0)
			p->size = i;
	return p->id;
}

static void r5_a_large_buyer_pays_a_small_supplier_in_sixty_days(void **state)
{
	struct command c = registers(&s, SUPPLIER, 100, "A1"); /* ninety-two days */

	(void)state;
	assert_int_equal(did(c), OK); /* nobody's size is known */
	(void)of_size(ANCHOR, "large");
	(void)of_size(SUPPLIER, "small");
	c = registers(&s, SUPPLIER, 100, "A2");
	assert_int_equal(did(c), E_PAYMENT_TERM);
	named("receivable.payment_term@1");
	c = registers(&s, SUPPLIER, 100, "A2");
	c.body.receivable_register.due_date = day("2026-12-31"); /* sixty */
	assert_int_equal(did(c), OK);
	c = registers(&s, SUPPLIER, 100, "A3");
	c.body.receivable_register.delivered = day("2026-12-03"); /* counted from delivery */
	assert_int_equal(did(c), OK);
	c = registers(&s, SUPPLIER, 100, "A4");
	c.body.receivable_register.delivered = day("2027-02-02");
	assert_int_equal(did(c), E_DATE_ORDER);
	(void)of_size(SUPPLIER, "large");
	assert_int_equal(did(registers(&s, SUPPLIER, 100, "A5")), OK); /* between equals */
	c = say(&s, ST_PARTY_ENROL, OPERATOR, new_id(&s));
	c.body.party_enrol.roles = ROLE_SUPPLIER;
	c.body.party_enrol.size = S("huge");
	c.body.party_enrol.keys = (struct jwks){ &(struct pubkey){ 0 }, 1 };
	assert_int_equal(did(c), E_BAD_MEMBER);
}

static void r6_a_financing_is_due_soon_after_the_receivable(void **state)
{
	struct uuid a = confirmed(1000, "A1"); /* due 2027-02-01 */
	struct command c = grants(&s, SUPPLIER, a, BANK_A, 100);

	(void)state;
	c.body.encumbrance_grant.due = day("2027-03-04");
	assert_int_equal(did(c), E_FINANCING_DUE);
	named("encumbrance.due_grace@1");
	c = grants(&s, SUPPLIER, a, BANK_A, 100);
	c.body.encumbrance_grant.due = day("2027-03-03");
	assert_int_equal(did(c), OK);
	c = grants(&s, SUPPLIER, a, BANK_A, 100);
	c.body.encumbrance_grant.due = day("2026-11-22");
	assert_int_equal(did(c), E_DATE_ORDER);
}

static void r39_an_advance_is_a_part_of_what_is_confirmed_and_not_reduced(void **state)
{
	struct uuid a = registered(1000, "A1");
	struct command c = grants(&s, SUPPLIER, a, BANK_A, 1000);

	(void)state;
	c.body.encumbrance_grant.advance = cny(1);
	assert_int_equal(did(c), E_ADVANCE); /* not confirmed: nothing */
	named("encumbrance.advance@1");
	assert_int_equal(did(confirms(&s, a)), OK);
	c = grants(&s, SUPPLIER, a, BANK_A, 1000);
	c.body.encumbrance_grant.advance = cny(901);
	assert_int_equal(did(c), E_ADVANCE);
	struct command less = about(&s, ST_RECEIVABLE_ADJUST, SUPPLIER, a);
	less.body.receivable_adjust.reduce = cny(500);
	less.body.receivable_adjust.reason = S("returned");
	assert_int_equal(did(less), OK); /* net of the credit note only 500 can be encumbered, and 450 lent */
	c = grants(&s, SUPPLIER, a, BANK_A, 500);
	c.body.encumbrance_grant.advance = cny(451);
	assert_int_equal(did(c), E_ADVANCE);
	c = grants(&s, SUPPLIER, a, BANK_A, 500);
	c.body.encumbrance_grant.advance = cny(450);
	assert_int_equal(did(c), OK);
	assert_int_equal(enc_of(&s, c.object)->advance, 450);
	a = confirmed(MONEY_MAX, "A2"); /* at the end of the scale nothing overflows */
	c = grants(&s, SUPPLIER, a, BANK_A, MONEY_MAX);
	c.body.encumbrance_grant.advance = cny(MONEY_MAX / 10 * 9 + 1);
	assert_int_equal(did(c), E_ADVANCE);
	c = grants(&s, SUPPLIER, a, BANK_A, MONEY_MAX);
	c.body.encumbrance_grant.advance = cny(MONEY_MAX / 10 * 9);
	assert_int_equal(did(c), OK);
}

/* --- promise 9, D6: what the debtor commits to --- */

static struct command commits(enum actor debtor, enum actor supplier, const char *month, int64_t total)
{
	struct command c = say(&s, ST_COMMITMENT_SIGN, debtor, s.party[supplier]);

	c.body.commitment_sign.supplier = s.party[supplier];
	c.body.commitment_sign.month = day(month);
	c.body.commitment_sign.total = cny(total);
	return c;
}

static const struct commitment *commitment_of(enum actor supplier, const char *month)
{
	char text[64];
	struct writer w = writer_over(text, sizeof text);

	put_span(&w, (struct span){ (const char *)s.party[ANCHOR].b, 16 });
	put_span(&w, (struct span){ (const char *)s.party[supplier].b, 16 });
	put_z(&w, "CNY");
	put_i64(&w, date_month(day(month)));
	return (const struct commitment *)(const void *)world_find(&s.world, TABLE_COMMITMENT,
	                                                           key_hash(sha256(writer_span(&w))));
}

static void promise9_claims_above_the_commitment_are_flagged(void **state)
{
	struct uuid a, b;
	struct command c;

	(void)state;
	assert_int_equal(did(commits(SUPPLIER, SUPPLIER2, "2027-02-01", 1)), E_ROLE_MISSING);
	assert_int_equal(did(commits(ANCHOR, SUPPLIER, "2027-02-02", 1000)), E_BAD_MEMBER);
	c = commits(ANCHOR, SUPPLIER, "2027-02-01", 1000);
	c.object = s.party[SUPPLIER2];
	assert_int_equal(did(c), E_BAD_MEMBER);
	assert_int_equal(did(commits(ANCHOR, SUPPLIER, "2027-02-01", 1000)), OK);
	a = registered(600, "A1");
	assert_true(told(a, BANK_A, REASON_WITHIN_COMMITMENT));
	b = registered(401, "A2"); /* one above: accepted under this rule, and flagged on each of them */
	assert_int_equal(commitment_of(SUPPLIER, "2027-02-01")->registered, 1001);
	assert_true(told(a, BANK_A, REASON_ABOVE_COMMITMENT));
	assert_true(told(b, BANK_A, REASON_ABOVE_COMMITMENT));
	assert_int_equal(answer.verdict, STOP);
	assert_int_equal(did(commits(ANCHOR, SUPPLIER, "2027-02-01", 1001)),
	                 OK); /* the debtor stands by it after all */
	assert_true(told(b, BANK_A, REASON_WITHIN_COMMITMENT));
	c = registers(&s, SUPPLIER2, 5, "B1");
	assert_int_equal(did(c), OK);
	assert_true(told(c.object, BANK_A, REASON_UNCOMMITTED)); /* it commits, and says nothing of this supplier */
}

static void promise9_claims_above_the_commitment_are_refused(void **state)
{
	struct uuid before = registered(300, "A0"), a, e;
	struct command c;

	(void)state;
	rule_is("commitment.above", 2);
	assert_int_equal(did(commits(ANCHOR, SUPPLIER, "2027-02-01", 1000)), OK);
	a = registered(800, "A1");
	assert_int_equal(did(registers(&s, SUPPLIER, 201, "A2")), E_ABOVE_COMMITMENT);
	named("commitment.above@2");
	/* A claim that was there before the debtor's word is counted with the first thing that gives it weight. */
	assert_int_equal(did(grants(&s, SUPPLIER, before, BANK_A, 1)), E_ABOVE_COMMITMENT);
	assert_int_equal(did(confirms(&s, before)), E_ABOVE_COMMITMENT);
	assert_int_equal(did(commits(ANCHOR, SUPPLIER, "2027-02-01", 799)),
	                 E_ABOVE_COMMITMENT); /* no word is taken back */
	assert_int_equal(did(commits(ANCHOR, SUPPLIER, "2027-02-01", 1100)), OK);
	assert_int_equal(did(confirms(&s, before)), OK);
	assert_int_equal(commitment_of(SUPPLIER, "2027-02-01")->registered, 1100);
	e = granted(before, BANK_A, 1); /* counted once, whatever happens to it */
	assert_int_equal(commitment_of(SUPPLIER, "2027-02-01")->registered, 1100);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e)), OK);
	c = about(&s, ST_RECEIVABLE_ADJUST, SUPPLIER, before);
	c.body.receivable_adjust.reduce = cny(50);
	c.body.receivable_adjust.reason = S("returned");
	assert_int_equal(did(c), OK);
	assert_int_equal(commitment_of(SUPPLIER, "2027-02-01")->registered, 1050);
	c = about(&s, ST_RECEIVABLE_PAY, ANCHOR, before);
	c.body.receivable_pay.amount = cny(100);
	assert_int_equal(did(c), OK); /* what is paid was owed: no room for another claim */
	assert_int_equal(commitment_of(SUPPLIER, "2027-02-01")->registered, 1050);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_CANCEL, SUPPLIER, a)), OK);
	assert_int_equal(commitment_of(SUPPLIER, "2027-02-01")->registered, 250);
	assert_int_equal(did(registers(&s, SUPPLIER, 850, "A3")), OK);
	assert_int_equal(did(registers(&s, SUPPLIER, 1, "A4")), E_ABOVE_COMMITMENT);
	a = s.last.object;
	c = registers(&s, SUPPLIER, 900, "A5"); /* another month, another sum */
	c.body.receivable_register.due_date = day("2027-03-01");
	assert_int_equal(did(c), OK);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_REJECT, ANCHOR, c.object)), OK);
	assert_int_equal(commitment_of(SUPPLIER, "2027-03-01")->registered, 0);
}

static void promise9_a_debtor_that_commits_to_nothing_is_not_counted(void **state)
{
	(void)state;
	(void)confirmed(100, "A1");
	assert_null(commitment_of(SUPPLIER, "2027-02-01"));
	rule_is("commitment.above", 0);
	assert_int_equal(did(commits(ANCHOR, SUPPLIER, "2027-02-01", 5)), E_BAD_STATE);
}

/* --- F03: future receivables --- */

static struct uuid future(int64_t face)
{
	struct command c = registers(&s, SUPPLIER, face, "");

	c.body.receivable_register.existing = FLAG_NO;
	c.body.receivable_register.due_date = day("2027-10-01");
	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static struct command constitutes(struct uuid a, const char *number, int64_t face, struct hash *doc)
{
	struct command c = about(&s, ST_RECEIVABLE_CONSTITUTE, SUPPLIER, a);
	struct body_receivable_constitute *b = &c.body.receivable_constitute;

	b->face = cny(face);
	b->issue_date = day("2026-11-23");
	b->due_date = day("2027-02-23");
	b->invoice.number = span_z(number);
	*doc = document(number, face, "2026-11-23", "2027-02-23");
	b->documents = (struct hashes){ doc, 1 };
	return c;
}

static void f03_a_future_receivable_becomes_an_existing_one_by_its_document(void **state)
{
	struct uuid a = future(1000), e = lent(a, BANK_A, 600), f = lent(a, BANK_B, 300);
	struct hash doc;
	struct command c;

	(void)state;
	rule_is("receivable.evidence", 1);
	assert_true(told(a, BANK_C, REASON_FUTURE));
	assert_int_equal(did(confirms(&s, a)), E_FUTURE); /* kept apart: there is nothing yet to confirm */
	c = constitutes(a, "F1", 800, &doc);
	c.kid = s.kid[SUPPLIER2];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c = constitutes(a, "F1", 800, &doc);
	c.body.receivable_constitute.documents.n = 0;
	assert_int_equal(did(c), E_EVIDENCE_LEVEL);
	c = constitutes(a, "F1", 800, &doc);
	c.body.receivable_constitute.face = cny(801);
	assert_int_equal(did(c), E_DOCUMENT_MISMATCH);
	c = constitutes(a, "F1", 800, &doc);
	c.body.receivable_constitute.due_date = day("2028-02-23");
	assert_int_equal(did(c), E_TENOR);
	/* The invoice is for less than was expected: what the lenders hold, the creditor cannot talk away. */
	assert_int_equal(did(constitutes(a, "F1", 800, &doc)), E_EXCEEDS_FREE);
	c = about(&s, ST_ENCUMBRANCE_RELEASE, BANK_B, f);
	c.body.encumbrance_release.amount = cny(100);
	assert_int_equal(did(c), OK);
	assert_int_equal(did(constitutes(a, "F1", 800, &doc)), OK);
	assert_int_equal(asset_of(&s, a)->existing, 1);
	assert_int_equal(asset_of(&s, a)->face, 800);
	assert_int_equal(enc_of(&s, e)->open, 600);
	assert_int_equal(enc_of(&s, f)->open, 200);
	assert_false(told(a, BANK_C, REASON_FUTURE));
	assert_int_equal(did(confirms(&s, a)), OK);
	assert_int_equal(did(constitutes(a, "F2", 900, &doc)), E_NOT_FUTURE);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_LAPSE, REGISTRY, a)), E_NOT_FUTURE);
	c = registers(&s, SUPPLIER, 800, "F1");
	c.body.receivable_register.issue_date = day("2026-11-23");
	c.body.receivable_register.due_date = day("2027-02-23");
	c.body.receivable_register.documents = (struct hashes){ &doc, 1 };
	doc = document("F1", 800, "2026-11-23", "2027-02-23");
	assert_int_equal(did(c), E_DUPLICATE_CLAIM); /* its invoice is taken */
	sound(a);
}

static void f03_an_invoice_that_is_claimed_already_makes_nothing_exist(void **state)
{
	struct uuid a = future(1000);
	struct hash doc;

	(void)state;
	(void)registered(500, "F1");
	assert_int_equal(did(constitutes(a, "F1", 500, &doc)), E_DUPLICATE_CLAIM);
	assert_int_equal(asset_of(&s, a)->existing, 0);
	assert_int_equal(asset_of(&s, a)->face, 1000);
	assert_int_equal(did(constitutes(a, "F2", 1500, &doc)), OK); /* and for more than expected, it may be */
	assert_int_equal(asset_balance(asset_of(&s, a)).free, 1500);
}

static void f03_without_a_document_in_time_it_lapses_with_all_that_stands_on_it(void **state)
{
	struct uuid a, e, f;
	struct hash doc;
	struct command c;

	(void)state;
	rule_is("receivable.future_within", 180);
	a = future(1000);
	e = lent(a, BANK_A, 600);
	f = granted(a, BANK_B, 100);
	days_pass(180);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_LAPSE, REGISTRY, a)), E_NOT_YET);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_LAPSE, SUPPLIER, a)), E_ROLE_MISSING);
	days_pass(1);
	c = constitutes(a, "F1", 1000, &doc);
	assert_int_equal(did(c), E_LAPSED);
	named("receivable.future_within@2");
	assert_int_equal(did(about(&s, ST_RECEIVABLE_LAPSE, REGISTRY, a)), OK);
	assert_int_equal(asset_of(&s, a)->state, RCV_LAPSED);
	assert_int_equal(enc_of(&s, e)->state, ENCUMBRANCE_LAPSED);
	assert_int_equal(enc_of(&s, f)->state, ENCUMBRANCE_LAPSED);
	assert_int_equal(asset_of(&s, a)->encumbered + asset_of(&s, a)->reserved, 0);
	assert_true(told(a, BANK_C, REASON_ASSET_LAPSED));
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_A, 1)), E_BAD_STATE);
	a = registered(10, "A1");
	days_pass(400);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_LAPSE, REGISTRY, a)), E_NOT_FUTURE);
	sound(a);
}

static void f03_a_future_claim_moves_to_the_month_its_invoice_is_due(void **state)
{
	struct hash doc;
	struct uuid a;

	(void)state;
	rule_is("commitment.above", 2);
	assert_int_equal(did(commits(ANCHOR, SUPPLIER, "2027-02-01", 700)), OK);
	a = future(1000);
	assert_int_equal(commitment_of(SUPPLIER, "2027-10-01")->registered, 1000);
	assert_int_equal(did(constitutes(a, "F1", 701, &doc)), E_ABOVE_COMMITMENT);
	assert_int_equal(commitment_of(SUPPLIER, "2027-10-01")->registered, 1000);
	assert_int_equal(did(constitutes(a, "F2", 700, &doc)), OK);
	assert_int_equal(commitment_of(SUPPLIER, "2027-10-01")->registered, 0);
	assert_int_equal(commitment_of(SUPPLIER, "2027-02-01")->registered, 700);
}

/* --- F06: rules as data, and by country --- */

static struct uuid debtor_in(const char *country, enum actor who)
{
	struct party *p = (struct party *)world_find(&s.world, TABLE_PARTY, key_uuid(s.party[who]));

	p->country = span_z(country);
	return p->id;
}

static void f06_a_rule_may_differ_by_the_debtors_country(void **state)
{
	struct command c;

	(void)state;
	assert_int_equal(did(publishes("receivable.tenor", "CL", 2, 30)),
	                 E_DUPLICATE_RULE);                                       /* versions count per country */
	assert_int_equal(did(publishes("hold.time", "CL", 1, 30)), E_BAD_MEMBER); /* a rule no country is asked for */
	assert_int_equal(did(publishes("receivable.tenor", "CL", 1, 30)), OK);
	assert_int_equal(did(publishes("receivable.tenor", "CL", 1, 40)), E_DUPLICATE_RULE);
	assert_int_equal(did(registers(&s, SUPPLIER, 1, "A1")), OK); /* a debtor in China: as before */
	assert_true(applied("receivable.tenor@1"));
	(void)debtor_in("CL", ANCHOR);
	assert_int_equal(did(registers(&s, SUPPLIER, 1, "A2")), E_TENOR);
	named("receivable.tenor/CL@1");
	assert_int_equal(did(publishes("receivable.tenor", "CL", 2, 365)), OK);
	assert_int_equal(did(publishes("receivable.tenor", "", 2, 5)), OK);
	assert_int_equal(did(registers(&s, SUPPLIER, 1, "A3")), OK); /* the country's own goes before the one for all */
	assert_true(applied("receivable.tenor/CL@2"));
	(void)debtor_in("PE", ANCHOR);
	c = registers(&s, SUPPLIER, 1, "A4");
	assert_int_equal(did(c), E_TENOR);
	named("receivable.tenor@2");
}

static void f06_country_codes_and_row_keys(void **state)
{
	size_t n;
	const struct rule_info *info = rule_rows(&n);
	char text[8];

	(void)state;
	for (char a = 'A'; a <= 'Z'; a++)
		for (char b = 'A'; b <= 'Z'; b++) {
			char country[2] = { a, b };
			int64_t code = country_code((struct span){ country, 2 }), id = rule_row_in(code, 89, 999999);
			struct writer w = writer_over(text, sizeof text);

			assert_true(code >= 1 && code <= 676);
			put_country(&w, code);
			assert_true(span_eq(writer_span(&w), (struct span){ country, 2 }));
			assert_true(id < INT64_C(1) << 53); /* a number of JSON */
			assert_int_equal(rule_row_country(id), code);
			assert_int_equal(rule_row_number(id), 89);
			assert_int_equal(rule_row_version(id), 999999);
		}
	assert_int_equal(country_code(S("")), 0);
	assert_int_equal(country_code(S("cn")), 0);
	for (size_t i = 0; i < n; i++) /* a row for everywhere is the row it always was */
		assert_int_equal(rule_row_in(0, info[i].number, 1), rule_row_id(info[i].number, 1));
}

/* A log that began before the rules of these pages is decided as it was, until they are published. */
static void f06_a_rule_younger_than_the_log_binds_nobody_before_it_is_published(void **state)
{
	struct command c;
	struct uuid a;

	(void)state;
	for (struct row **r = &s.world.rules; *r;) {
		if (rule_row_number(((const struct rule *)(const void *)*r)->id) < 70) {
			r = &(*r)->sibling;
			continue;
		}
		(*r)->exists = (*r)->linked = false;
		*r = (*r)->sibling;
	}
	a = confirmed(1000, "A1");
	assert_int_equal(s.d.n_rules, 1); /* the clock's alone: the digests of old entries stay what they are */
	c = grants(&s, SUPPLIER, a, BANK_A, 1000);
	c.body.encumbrance_grant.until = day("2026-11-23");
	c.body.encumbrance_grant.advance = cny(1000);
	c.body.encumbrance_grant.due = day("2040-01-01");
	assert_int_equal(did(c), OK);
	assert_int_equal(s.d.n_rules, 2);
	assert_int_equal(accepts(BANK_A, c.object), OK);
	assert_int_equal(did(objects(ANCHOR, a, none, "C05")), E_BAD_STATE);
	assert_int_equal(did(commits(ANCHOR, SUPPLIER, "2027-02-01", 1)), E_BAD_STATE);
	assert_int_equal(did(publishes("encumbrance.term_least", "", 1, 1)), OK);
	a = confirmed(1000, "A2");
	c = grants(&s, SUPPLIER, a, BANK_A, 1000);
	c.body.encumbrance_grant.until = day("2026-11-23");
	assert_int_equal(did(c), E_TERM);
	named("encumbrance.term_least@1");
}

/* Genesis of a log that began with fewer rules; and lists that are none. */
static void f06_genesis_names_the_rules_it_knows_in_order(void **state)
{
	static struct rule_value value[RULE_LIST_MAX];
	static struct pubkey op;
	static struct decision d;
	size_t n;
	const struct rule_info *info = rule_rows(&n);
	struct registry r = stage_registry(&s);
	struct world empty;
	struct arena mem = big_arena(1 << 24);
	struct command c = say(&s, ST_LOG_GENESIS, OPERATOR, s.party[OPERATOR]);
	struct body_log_genesis *b = &c.body.log_genesis;
	const struct {
		const char *why;
		size_t from, n;
		enum fault want;
	} row[] = { { "the founding rules alone", 0, 8, OK },
		    { "one of them missing", 0, 7, E_BAD_MEMBER },
		    { "not from the first", 1, 7, E_BAD_MEMBER },
		    { "all", 0, n, OK },
		    { "none", 0, 0, E_BAD_MEMBER } };

	(void)state;
	op = actor_pub(OPERATOR, 0);
	b->origin = r.origin;
	b->name = S("operator");
	b->key = op;
	r.seq = 0;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		arena_reset(&mem);
		assert_true(world_start(&empty, &mem, 64, true));
		r.world = &empty;
		for (size_t k = 0; k < row[i].n; k++)
			value[k] = (struct rule_value){ span_z(info[row[i].from + k].id),
				                        1,
				                        s.now,
				                        { span_z(info[row[i].from + k].unit),
				                          info[row[i].from + k].first } };
		b->rules = (struct rules){ value, row[i].n };
		arena_reset(&s.scratch);
		assert_int_equal(decide(&r, &c, &s.scratch, &d), DECIDED);
		if (d.outcome != row[i].want)
			fail_msg("%s: %s", row[i].why, d.diag.detail);
	}
	for (size_t k = 0; k < 9; k++) /* the same rule twice */
		value[k] = (struct rule_value){ span_z(info[k == 8 ? 7 : k].id),
			                        1,
			                        s.now,
			                        { span_z(info[k == 8 ? 7 : k].unit), info[k == 8 ? 7 : k].first } };
	b->rules = (struct rules){ value, 9 };
	arena_reset(&s.scratch);
	assert_int_equal(decide(&r, &c, &s.scratch, &d), DECIDED);
	assert_int_equal(d.outcome, E_BAD_MEMBER);
	munmap(mem.base, mem.cap);
}

static void f06_an_auditor_asks_what_if_the_rule_had_said_otherwise(void **state)
{
	const struct rule_instead instead[] = { { 0, RULE_TENOR, { 0 }, 60 },
		                                { 0, RULE_ADVANCE, { s.now.us + DAY_US }, 10 } };
	struct uuid a = confirmed(1000, "A1");
	struct command c;

	(void)state;
	s.world.instead = instead;
	s.world.n_instead = 2;
	assert_int_equal(did(registers(&s, SUPPLIER, 1, "A2")), E_TENOR);
	named("receivable.tenor@0"); /* version 0: asked for, not published */
	c = grants(&s, SUPPLIER, a, BANK_A, 100);
	c.body.encumbrance_grant.advance = cny(90);
	assert_int_equal(did(c), OK); /* the other number is asked for from tomorrow on */
	days_pass(1);
	c = grants(&s, SUPPLIER, a, BANK_A, 100);
	c.body.encumbrance_grant.advance = cny(11);
	assert_int_equal(did(c), E_ADVANCE);
	s.world.n_instead = 0;
	assert_int_equal(did(registers(&s, SUPPLIER, 1, "A3")), OK);
}

int main(void)
{
#define IN(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(months_and_working_days),
		IN(r8_a_term_is_one_month_to_thirty_years),
		IN(f25_extended_any_number_of_times_and_the_rank_stays),
		IN(r8_a_window_for_extensions_is_a_rule_too),
		IN(f25_what_is_not_extended_lapses_by_an_entry),
		IN(f25_a_freeze_does_not_stop_the_clocks_nor_the_extension),
		IN(r9_ten_working_days_are_counted_where_the_debtor_is),
		IN(r9_the_registry_discharges_what_is_not_released_in_time),
		IN(r9_a_contest_in_time_stops_the_clock_for_the_grantor),
		IN(f24_who_has_a_stake_objects_with_a_coded_reason),
		IN(r11_an_answer_has_three_working_days),
		IN(r10_without_suit_in_thirty_days_an_objection_lapses),
		IN(the_whole_table_of_objections),
		IN(r17_competing_factors_registered_first_then_notified_first),
		IN(f21_rank_is_the_entry_of_the_acceptance),
		IN(r16_purchase_money_registered_in_ten_days_ranks_first),
		IN(r16_a_day_late_or_of_other_goods_it_ranks_like_any),
		IN(f27_purchase_money_can_be_subordinated_by_its_holder),
		IN(f26_rank_is_assigned_without_harm_to_those_between),
		IN(f23_parts_by_amount_or_fraction_are_served_in_rank_order),
		IN(r13_a_lender_accepts_on_a_search_of_today),
		IN(f22_a_certified_rank_that_no_longer_holds_is_no_ground_to_lend),
		IN(r5_a_large_buyer_pays_a_small_supplier_in_sixty_days),
		IN(r6_a_financing_is_due_soon_after_the_receivable),
		IN(r39_an_advance_is_a_part_of_what_is_confirmed_and_not_reduced),
		IN(promise9_claims_above_the_commitment_are_flagged),
		IN(promise9_claims_above_the_commitment_are_refused),
		IN(promise9_a_debtor_that_commits_to_nothing_is_not_counted),
		IN(f03_a_future_receivable_becomes_an_existing_one_by_its_document),
		IN(f03_an_invoice_that_is_claimed_already_makes_nothing_exist),
		IN(f03_without_a_document_in_time_it_lapses_with_all_that_stands_on_it),
		IN(f03_a_future_claim_moves_to_the_month_its_invoice_is_due),
		IN(f06_a_rule_may_differ_by_the_debtors_country),
		IN(f06_country_codes_and_row_keys),
		IN(f06_a_rule_younger_than_the_log_binds_nobody_before_it_is_published),
		IN(f06_genesis_names_the_rules_it_knows_in_order),
		IN(f06_an_auditor_asks_what_if_the_rule_had_said_otherwise),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
