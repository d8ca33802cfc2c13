/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t54_assess.c: a document judged again: on which grounds its level falls and rises, what that does to the claim on it,
 * also after it was financed, and what a lender is told; how old the key of a confirmation was.
 */
#include "test.h"

#include "actors.h"
#include "check_answer.h"
#include "trade_match.h"

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

/* --- documents and anchors --- */

static const struct uuid no_anchor;

static struct hash submitted(int32_t kind, int32_t level, const char *number, int64_t payable, struct uuid anchor)
{
	struct evidence d;
	struct hash h = sha256(span_z(number));

	row_init(&d.row, TABLE_DOCUMENT, key_hash(h));
	d.anchor = anchor;
	memcpy(d.ccy.at, "CNY", 4);
	d.due = day("2027-02-01");
	d.issued = day("2026-11-01");
	d.issuer_ids = S("8888\n913200002000000346");
	d.kind = kind;
	d.level = level;
	d.number = span_z(number);
	d.payable = payable;
	d.recipient_ids = S("91310000100000012E");
	assert_non_null(world_put(&s.world, &d.row));
	return h;
}

static struct uuid anchored(void)
{
	struct command c = say(&s, ST_ANCHOR_PUBLISH, OPERATOR, new_id(&s));
	struct body_anchor_publish *b = &c.body.anchor_publish;

	b->name = S("Tax bureau");
	b->profile = S("ofd-ses");
	b->purpose = S("tax-invoice");
	b->authority = FLAG_YES;
	b->certificate = S("MAcwADAAAwEA"); /* the outermost form of one */
	b->valid_from = s.now;
	b->valid_until.us = s.now.us + 365 * DAY_US;
	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static void withdrawn(struct uuid anchor)
{
	struct command c = about(&s, ST_ANCHOR_WITHDRAW, OPERATOR, anchor);

	c.body.reason.reason = S("the key is lost");
	assert_int_equal(step(&s, &c), OK);
}

static struct command assesses(struct hash document, int64_t alone, int64_t level)
{
	struct command c = say(&s, ST_DOCUMENT_ASSESS, REGISTRY, new_id(&s));

	c.body.document_assess.document = document;
	c.body.document_assess.alone = alone;
	c.body.document_assess.level = level;
	return c;
}

static struct uuid claimed(struct hash *document, const char *number, int64_t face)
{
	struct command c = registers(&s, SUPPLIER, face, number);

	c.body.receivable_register.documents = (struct hashes){ document, 1 };
	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static void publish(const char *rule, int64_t version, int64_t value)
{
	struct command c = say(&s, ST_RULE_PUBLISH, OPERATOR, s.party[OPERATOR]);

	c.body.rule_publish.rule = span_z(rule);
	c.body.rule_publish.version = version;
	c.body.rule_publish.effective = s.now;
	c.body.rule_publish.values = (struct values){ span_z(rule_by_id(span_z(rule))->unit), value };
	assert_int_equal(step(&s, &c), OK);
}

/* --- what a lender is told --- */

static struct check_answer answer;

static bool told(struct uuid asset, enum reason want)
{
	const struct check_request q = { .by = CHECK_BY_ASSET, .asset = asset, .purpose = S("lending") };
	const struct registry r = stage_registry(&s);

	arena_reset(&s.scratch);
	assert_int_equal(check_decide(&r, &q, s.party[BANK_A], ROLE_BANK, &s.scratch, &answer), DECIDED);
	assert_int_equal(answer.fault, OK);
	for (unsigned i = 0; i < answer.n_reasons; i++)
		if (answer.reason[i].reason == want)
			return true;
	return false;
}

static struct uuid lent(struct uuid asset, int64_t amount)
{
	struct command c = grants(&s, SUPPLIER, asset, BANK_A, amount);

	assert_int_equal(step(&s, &c), OK);
	c = about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, c.object);
	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

/* --- a level falls with what it rested on --- */

static void a_withdrawn_anchor_takes_the_level_along(void **state)
{
	struct uuid anchor = anchored();
	struct hash h = submitted(DOCUMENT_INVOICE, 2, "T1", 100000, anchor);
	struct uuid a = claimed(&h, "T1", 100000);
	struct command c = assesses(h, 1, 1);

	(void)state;
	assert_int_equal(asset_of(&s, a)->level, 2);
	assert_int_equal(step(&s, &c), E_UNFOUNDED); /* the anchor stands */
	assert_false(told(a, REASON_EVIDENCE_FELL));
	withdrawn(anchor);
	c = assesses(h, 1, 1);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(asset_of(&s, a)->level, 1);
	assert_true(told(a, REASON_EVIDENCE_FELL));
	assert_int_equal(answer.verdict, CAUTION);
	c = assesses(h, 1, 1);
	assert_int_equal(step(&s, &c), E_NOTHING_NEW);
	/* submitted again under another one */
	c = assesses(h, 2, 2);
	c.body.document_assess.anchor = anchor;
	assert_int_equal(step(&s, &c), E_UNFOUNDED); /* not under the old one */
	c.body.document_assess.anchor = anchored();
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(asset_of(&s, a)->level, 2);
	assert_false(told(a, REASON_EVIDENCE_FELL));
}

static void an_anchor_that_has_run_out_is_a_ground_too(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 2, "T2", 100000, anchored());
	struct command c;

	(void)state;
	s.now.us += 366 * DAY_US;
	c = assesses(h, 1, 1);
	assert_int_equal(step(&s, &c), OK);
}

static void only_the_registry_judges_again(void **state)
{
	struct uuid anchor = anchored();
	struct hash h = submitted(DOCUMENT_INVOICE, 2, "T3", 100000, anchor);

	(void)state;
	withdrawn(anchor);
	for (enum actor who = OPERATOR; who < ACTORS; who++) {
		struct command c = assesses(h, 1, 1);

		if (who == REGISTRY)
			continue;
		c.kid = s.kid[who];
		assert_int_equal(step(&s, &c), E_ROLE_MISSING);
	}
}

/* What the registry may not say, even with its own key. */
static void a_level_has_its_grounds(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 1, "T4", 100000, no_anchor);
	struct hash order = submitted(DOCUMENT_OPAQUE, 2, "PO4", 0, no_anchor), stranger = sha256(S("nobody's"));
	struct span price = S("XD-PRICE"), red[] = { S("XD-CREDIT"), S("XD-RED") },
		    wrong[] = { S("XD-RED"), S("XD-CREDIT") };
	const struct {
		int64_t alone, level;
		struct hashes papers;
		struct texts findings;
		enum fault want;
	} row[] = {
		{ 1, 3, { NULL, 0 }, { NULL, 0 }, E_UNFOUNDED },    /* matched with nothing */
		{ 1, 4, { &order, 1 }, { NULL, 0 }, E_UNFOUNDED },  /* the debtor's to say */
		{ 1, 2, { NULL, 0 }, { NULL, 0 }, E_UNFOUNDED },    /* above its own level without papers */
		{ 3, 3, { &order, 1 }, { NULL, 0 }, E_BAD_MEMBER }, /* nothing is of level 3 alone */
		{ 1, 3, { &stranger, 1 }, { NULL, 0 }, E_UNKNOWN_DOCUMENT },
		{ 1, 3, { &order, 1 }, { &price, 1 }, E_UNFOUNDED }, /* the order's price is another */
		{ 1, 1, { NULL, 0 }, { &price, 1 }, E_UNFOUNDED },   /* who says so? */
		{ 2, 2, { &order, 1 }, { red, 2 }, E_UNFOUNDED },    /* taken back */
		{ 1, 1, { &order, 1 }, { wrong, 2 }, E_BAD_MEMBER },
		{ 1, 1, { &order, 1 }, { (struct span[]){ S("XD-NONE") }, 1 }, E_BAD_MEMBER },
		{ -1, 0, { NULL, 0 }, { NULL, 0 }, E_BAD_MEMBER },
		{ 1, 3, { &order, 1 }, { NULL, 0 }, OK },
		{ 1, 1, { &order, 1 }, { red, 2 }, OK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct command c = assesses(h, row[i].alone, row[i].level);

		c.body.document_assess.papers = row[i].papers;
		c.body.document_assess.findings = row[i].findings;
		if (step(&s, &c) != row[i].want)
			fail_msg("row %zu: %s", i, fault_info(s.d.outcome)->slug);
	}
}

/* --- what papers of the trade do to a claim, before and after it is financed --- */

/* ATK-82 */
static void a_credit_note_after_the_financing_is_seen_by_who_lent(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 2, "T5", 100000, anchored());
	struct hash note = submitted(DOCUMENT_CREDIT_NOTE, 2, "CN5", 40000, no_anchor);
	struct span credit = S("XD-CREDIT");
	struct uuid a = claimed(&h, "T5", 100000), e;
	struct command c = confirms(&s, a);

	(void)state;
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(asset_level(asset_of(&s, a)), LEVEL_CONFIRMED);
	e = lent(a, 80000);
	assert_false(told(a, REASON_CREDITED));
	c = assesses(h, 2, 2);
	c.body.document_assess.anchor =
		((const struct evidence *)(const void *)world_find(&s.world, TABLE_DOCUMENT, key_hash(h)))->anchor;
	c.body.document_assess.papers = (struct hashes){ &note, 1 };
	c.body.document_assess.heard = (struct hashes){ &note, 1 };
	c.body.document_assess.findings = (struct texts){ &credit, 1 };
	c.body.document_assess.credited = cny(40000);
	assert_int_equal(step(&s, &c), OK);
	assert_true(told(a, REASON_CREDITED));
	assert_int_equal(answer.verdict, CAUTION);
	assert_int_equal(asset_of(&s, a)->trade_open, 60000);
	/* and nothing else: what binds stays, what is owed is the debtor's and the creditor's to say */
	assert_int_equal(enc_of(&s, e)->open, 80000);
	assert_int_equal(asset_balance(asset_of(&s, a)).open, 100000);
}

static void what_a_credit_note_takes_off_is_not_lent_on(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 1, "T12", 100000, no_anchor);
	struct hash note = submitted(DOCUMENT_CREDIT_NOTE, 1, "CN12", 40000, no_anchor);
	struct span credit = S("XD-CREDIT");
	struct uuid a = claimed(&h, "T12", 100000);
	struct command c = assesses(h, 1, 1);

	(void)state;
	c.body.document_assess.papers = (struct hashes){ &note, 1 };
	c.body.document_assess.findings = (struct texts){ &credit, 1 };
	c.body.document_assess.credited = cny(40000);
	assert_int_equal(step(&s, &c), OK);
	c = grants(&s, SUPPLIER, a, BANK_A, 60001);
	assert_int_equal(step(&s, &c), E_EXCEEDS_FREE);
	assert_true(span_is(span_z(s.d.diag.rule), "encumbrance.trade_open@1"));
	lent(a, 50000);
	c = grants(&s, SUPPLIER, a, BANK_B, 10001); /* what is bound already counts */
	assert_int_equal(step(&s, &c), E_EXCEEDS_FREE);
	publish("encumbrance.trade_open", 2, 0);
	c = grants(&s, SUPPLIER, a, BANK_B, 10001);
	assert_int_equal(step(&s, &c), OK);
}

static void a_red_letter_stops_lending_and_takes_level_4(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 1, "T6", 100000, no_anchor);
	struct hash red = submitted(DOCUMENT_CREDIT_NOTE, 2, "RL6", 100000, no_anchor);
	struct span ids[] = { S("XD-CREDIT"), S("XD-RED"), S("XD-OPEN") };
	struct uuid a = claimed(&h, "T6", 100000);
	struct command c = confirms(&s, a);

	(void)state;
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(asset_level(asset_of(&s, a)), LEVEL_CONFIRMED);
	c = assesses(h, 1, 1);
	c.body.document_assess.papers = (struct hashes){ &red, 1 };
	c.body.document_assess.findings = (struct texts){ ids, 3 };
	c.body.document_assess.credited = cny(100000);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(asset_level(asset_of(&s, a)), 1);
	assert_true(told(a, REASON_TAKEN_BACK));
	assert_int_equal(answer.verdict, STOP);
	assert_int_equal(asset_of(&s, a)->trade_open, 0);
}

/* The same bytes alone: a claim on another document, or another party's, is not touched. */
static void only_the_claim_on_these_bytes_changes(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 1, "T7", 100000, no_anchor);
	struct hash other = submitted(DOCUMENT_INVOICE, 1, "T8", 100000, no_anchor);
	struct hash order = submitted(DOCUMENT_OPAQUE, 2, "PO7", 0, no_anchor);
	struct uuid a = claimed(&h, "T7", 100000), b = claimed(&other, "T8", 100000);
	struct command c = assesses(h, 1, 3);

	(void)state;
	c.body.document_assess.papers = (struct hashes){ &order, 1 };
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(asset_of(&s, a)->level, 3);
	assert_true(told(a, REASON_MATCHED));
	assert_int_equal(asset_of(&s, b)->level, 1);
}

static void a_claim_begins_with_what_its_document_is_worth_now(void **state)
{
	struct uuid anchor = anchored();
	struct hash h = submitted(DOCUMENT_INVOICE, 2, "T9", 100000, anchor);
	struct command c, r = registers(&s, SUPPLIER, 100000, "T9");

	(void)state;
	publish("receivable.evidence", 2, 2);
	withdrawn(anchor);
	c = assesses(h, 1, 1);
	assert_int_equal(step(&s, &c), OK);
	r.body.receivable_register.documents = (struct hashes){ &h, 1 };
	assert_int_equal(step(&s, &r), E_EVIDENCE_LEVEL);
	publish("receivable.evidence", 3, 1);
	r = registers(&s, SUPPLIER, 100000, "T9");
	r.body.receivable_register.documents = (struct hashes){ &h, 1 };
	assert_int_equal(step(&s, &r), OK);
	assert_int_equal(asset_of(&s, r.object)->level, 1);
}

/* --- the level a financing needs --- */

static void a_financing_needs_the_level_the_rule_says(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 1, "T10", 100000, no_anchor);
	struct uuid a = claimed(&h, "T10", 100000);
	struct command c = grants(&s, SUPPLIER, a, BANK_A, 1000), d;

	(void)state;
	assert_int_equal(step(&s, &c), OK); /* at first none is needed */
	assert_false(told(a, REASON_EVIDENCE_WANTED));
	publish("encumbrance.evidence", 2, 4);
	d = about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, c.object);
	assert_int_equal(step(&s, &d), E_EVIDENCE_LEVEL);
	c = grants(&s, SUPPLIER, a, BANK_B, 1000);
	assert_int_equal(step(&s, &c), E_EVIDENCE_LEVEL);
	assert_true(told(a, REASON_EVIDENCE_WANTED));
	assert_int_equal(answer.verdict, STOP);
	c = confirms(&s, a);
	assert_int_equal(step(&s, &c), OK);
	assert_false(told(a, REASON_EVIDENCE_WANTED));
	d = about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, d.object);
	assert_int_equal(step(&s, &d), OK);
}

/* --- the key of a confirmation --- */

static void confirm_under_a_new_key(struct uuid asset, int64_t days)
{
	static struct pubkey key;
	struct command c = say(&s, ST_KEY_ENROL, ANCHOR, s.party[ANCHOR]);

	chain(&s, &c, TABLE_PARTY);
	key = actor_pub(ANCHOR, 7);
	c.body.key_enrol.jwk = key;
	assert_int_equal(step(&s, &c), OK);
	s.now.us += days * DAY_US;
	c = confirms(&s, asset);
	c.kid = jwk_thumbprint(&key);
	assert_int_equal(step(&s, &c), OK);
}

static void a_confirmation_under_a_young_key_shows_it(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 1, "T11", 100000, no_anchor);
	struct uuid a = claimed(&h, "T11", 100000);

	(void)state;
	confirm_under_a_new_key(a, 13);
	assert_true(told(a, REASON_YOUNG_KEY));
	assert_int_equal(answer.verdict, CAUTION);
	s.now.us += 20 * DAY_US; /* it was young when it was used */
	assert_true(told(a, REASON_YOUNG_KEY));
}

static void an_old_key_and_the_first_ones_do_not(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 1, "T12", 100000, no_anchor);
	struct hash k = submitted(DOCUMENT_INVOICE, 1, "T13", 100000, no_anchor);
	struct uuid a = claimed(&h, "T12", 100000), b = claimed(&k, "T13", 100000);
	struct command c = confirms(&s, b);

	(void)state;
	assert_int_equal(step(&s, &c), OK); /* the key the operator enrolled the party with */
	assert_false(told(b, REASON_YOUNG_KEY));
	confirm_under_a_new_key(a, 14);
	assert_false(told(a, REASON_YOUNG_KEY));
}

/* --- what was signed once counts once, and for what it was signed (ATK-88) --- */

/* The debtor's signed confirmation comes again: for the claim it was made of, for another one on the very same terms, and
 * after it was taken back. */
static void atk88_a_confirmation_comes_again(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 1, "T20", 100000, no_anchor);
	struct hash k = submitted(DOCUMENT_INVOICE, 1, "T21", 100000, no_anchor);
	struct uuid a = claimed(&h, "T20", 100000), b = claimed(&k, "T21", 100000);
	const struct command signed_once = confirms(&s, a);
	struct command again = signed_once, c;

	(void)state;
	assert_int_equal(step(&s, &signed_once), OK);
	assert_int_equal(asset_level(asset_of(&s, a)), LEVEL_CONFIRMED);
	assert_int_equal(step(&s, &again), E_STALE_PREV); /* it names the head it was made over, which is gone */
	again.object = b;
	assert_int_equal(step(&s, &again), E_STALE_PREV);
	assert_int_equal(asset_level(asset_of(&s, b)), 1);
	c = about(&s, ST_RECEIVABLE_DISPUTE, ANCHOR,
	          a); /* the debtor takes it back: the old word does not come again */
	c.body.dispute.reason = S("the goods were not what was ordered");
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(asset_level(asset_of(&s, a)), 1);
	again = signed_once;
	assert_int_equal(step(&s, &again), E_STALE_PREV);
	s.now.us += 365 * DAY_US; /* nor long after */
	assert_int_not_equal(step(&s, &again), OK);
	assert_int_equal(asset_level(asset_of(&s, a)), 1);
}

/* The hash is the document's, what is said of it is not (ATK-89). */
static void atk89_the_same_bytes_and_other_facts(void **state)
{
	struct hash h = submitted(DOCUMENT_INVOICE, 1, "T22", 100000, no_anchor);
	const struct {
		const char *what;
		int64_t face;
		const char *number, *issued, *due;
		enum actor creditor, debtor;
	} row[] = {
		{ "a larger sum", 100001, "T22", "2026-11-01", "2027-02-01", SUPPLIER, ANCHOR },
		{ "a smaller sum", 99999, "T22", "2026-11-01", "2027-02-01", SUPPLIER, ANCHOR },
		{ "another number", 100000, "T23", "2026-11-01", "2027-02-01", SUPPLIER, ANCHOR },
		{ "another day", 100000, "T22", "2026-11-02", "2027-02-01", SUPPLIER, ANCHOR },
		{ "due later", 100000, "T22", "2026-11-01", "2027-02-02", SUPPLIER, ANCHOR },
		{ "another debtor", 100000, "T22", "2026-11-01", "2027-02-01", SUPPLIER, BANK_A },
		{ "another creditor", 100000, "T22", "2026-11-01", "2027-02-01", BANK_A, ANCHOR },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct command c = registers(&s, row[i].creditor, row[i].face, row[i].number);
		struct body_receivable_register *b = &c.body.receivable_register;

		b->documents = (struct hashes){ &h, 1 };
		b->issue_date = day(row[i].issued);
		b->due_date = day(row[i].due);
		b->invoice.date = b->issue_date;
		b->debtor = s.party[row[i].debtor];
		enum fault f = step(&s, &c);
		if (f != E_DOCUMENT_MISMATCH && (f != E_ROLE_MISSING || row[i].creditor == SUPPLIER))
			fail_msg("%s: %s", row[i].what, fault_info(f)->slug);
	}
	claimed(&h, "T22", 100000);                                /* as it says itself */
	struct command c = registers(&s, SUPPLIER, 100000, "T22"); /* and not a second time */
	c.body.receivable_register.documents = (struct hashes){ &h, 1 };
	assert_int_equal(step(&s, &c), E_DUPLICATE_CLAIM);
}

#define STAGED(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
int main(void)
{
	const struct CMUnitTest tests[] = {
		STAGED(a_withdrawn_anchor_takes_the_level_along),
		STAGED(an_anchor_that_has_run_out_is_a_ground_too),
		STAGED(only_the_registry_judges_again),
		STAGED(a_level_has_its_grounds),
		STAGED(a_credit_note_after_the_financing_is_seen_by_who_lent),
		STAGED(what_a_credit_note_takes_off_is_not_lent_on),
		STAGED(a_red_letter_stops_lending_and_takes_level_4),
		STAGED(only_the_claim_on_these_bytes_changes),
		STAGED(a_claim_begins_with_what_its_document_is_worth_now),
		STAGED(a_financing_needs_the_level_the_rule_says),
		STAGED(a_confirmation_under_a_young_key_shows_it),
		STAGED(an_old_key_and_the_first_ones_do_not),
		STAGED(atk88_a_confirmation_comes_again),
		STAGED(atk89_the_same_bytes_and_other_facts),
	};

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
