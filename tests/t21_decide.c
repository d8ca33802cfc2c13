/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t21_decide: every rule, and somebody who tries to break it.
 *
 * Each test is a short script of signed steps with the outcome asserted at
 * each: what a user would miss if it broke. No database, no JSON, no signature.
 */
#include "test.h"

#include "actors.h"

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

/* A registered receivable of so much; its id. */
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

static struct uuid lent(struct uuid asset, enum actor bank, int64_t amount)
{
	struct uuid e = granted(asset, bank, amount);

	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, bank, e)), OK);
	return e;
}

static struct command pays(struct uuid asset, enum actor who, int64_t amount)
{
	struct command c = about(&s, ST_RECEIVABLE_PAY, who, asset);

	c.body.receivable_pay.amount = cny(amount);
	c.body.receivable_pay.on = day("2026-11-23");
	return c;
}

static struct command reduces(struct uuid asset, enum actor who, int64_t amount)
{
	struct command c = about(&s, ST_RECEIVABLE_ADJUST, who, asset);

	c.body.receivable_adjust.reduce = cny(amount);
	c.body.receivable_adjust.reason = S("returned goods");
	return c;
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

/* --- who may --- */

static void only_the_creditor_registers(void **state)
{
	struct command c = registers(&s, SUPPLIER, 100, "A1");

	(void)state;
	c.kid = s.kid[SUPPLIER2];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c.kid = s.kid[BANK_A];
	c.id = new_id(&s);
	assert_int_equal(did(c), E_ROLE_MISSING);
	c.body.receivable_register.debtor = s.party[SUPPLIER];
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(did(c), E_SELF_DEALING);
}

static void only_the_debtor_confirms_and_only_what_was_registered(void **state)
{
	struct uuid a = registered(1000, "A1");
	struct command c = confirms(&s, a);

	(void)state;
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c = confirms(&s, a);
	c.body.receivable_confirm.face = cny(999);
	assert_int_equal(did(c), E_TERMS_DIFFER);
	c = confirms(&s, a);
	c.body.receivable_confirm.due_date.day++;
	assert_int_equal(did(c), E_TERMS_DIFFER);
	assert_int_equal(asset_of(&s, a)->state, RCV_REGISTERED);
	assert_int_equal(did(confirms(&s, a)), OK);
	assert_int_equal(asset_of(&s, a)->state, RCV_CONFIRMED);
	assert_int_equal(did(confirms(&s, a)), E_BAD_STATE);
}

static void a_revoked_key_signs_nothing_and_the_last_one_stays(void **state)
{
	struct command c = about(&s, ST_KEY_REVOKE, SUPPLIER, s.party[SUPPLIER]);
	struct pubkey second = actor_pub(SUPPLIER, 1);

	(void)state;
	c.body.key_revoke.kid = s.kid[SUPPLIER];
	assert_int_equal(did(c), E_LAST_KEY);
	c = about(&s, ST_KEY_ENROL, SUPPLIER2, s.party[SUPPLIER]);
	c.body.key_enrol.jwk = second;
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c = about(&s, ST_KEY_ENROL, OPERATOR, s.party[SUPPLIER]);
	c.body.key_enrol.jwk = second;
	assert_int_equal(did(c), E_NOT_AUTHORISED); /* no recorded ground */
	c = about(&s, ST_KEY_ENROL, SUPPLIER, s.party[SUPPLIER]);
	c.body.key_enrol.jwk = second;
	assert_int_equal(did(c), OK);
	c = about(&s, ST_KEY_ENROL, SUPPLIER, s.party[SUPPLIER]);
	c.body.key_enrol.jwk = second;
	assert_int_equal(did(c), E_KEY_IN_USE);
	c = about(&s, ST_KEY_REVOKE, SUPPLIER, s.party[SUPPLIER]);
	c.body.key_revoke.kid = s.kid[SUPPLIER];
	assert_int_equal(did(c), OK);
	assert_int_equal(did(registers(&s, SUPPLIER, 100, "A1")), E_KEY_REVOKED);
	s.kid[SUPPLIER] = jwk_thumbprint(&second);
	assert_int_equal(did(registers(&s, SUPPLIER, 100, "A1")), OK);
}

static void the_registrys_key_signs_deadlines_only(void **state)
{
	struct command c = registers(&s, SUPPLIER, 100, "A1");

	(void)state;
	c.kid = s.kid[REGISTRY];
	assert_int_equal(did(c), E_ROLE_MISSING);
	c = about(&s, ST_PARTY_SUSPEND, REGISTRY, s.party[BANK_A]);
	c.body.reason.reason = S("x");
	assert_int_equal(did(c), E_ROLE_MISSING);
	struct uuid a = registered(100, "A2");
	assert_int_equal(did(about(&s, ST_RECEIVABLE_OVERDUE, OPERATOR, a)), E_ROLE_MISSING);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_OVERDUE, REGISTRY, a)), E_NOT_YET);
}

static void a_suspended_party_may_only_lower_its_claims(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent(a, BANK_A, 600);
	struct command c = about(&s, ST_PARTY_SUSPEND, OPERATOR, s.party[BANK_A]);

	(void)state;
	assert_int_equal(did(c), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_A, 100)), E_PARTY_SUSPENDED);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ENFORCE, BANK_A, e)), E_PARTY_SUSPENDED);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e)), OK);
	assert_int_equal(did(about(&s, ST_PARTY_RESTORE, OPERATOR, s.party[BANK_A])), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_A, 100)), OK);
}

/* --- mandates --- */

static void an_agent_acts_within_its_mandate(void **state)
{
	struct command m = say(&s, ST_MANDATE_GRANT, SUPPLIER, new_id(&s)), c = registers(&s, SUPPLIER, 500, "A1");

	(void)state;
	c.kid = s.kid[SUPPLIER2];
	c.on_behalf_of = s.party[SUPPLIER];
	assert_int_equal(did(c), E_NO_MANDATE);
	m.body.mandate_grant.agent = s.party[SUPPLIER2];
	type_set_add(&m.body.mandate_grant.types, statement_info(ST_RECEIVABLE_REGISTER)->row);
	m.body.mandate_grant.limit = cny(600);
	assert_int_equal(did(m), OK);
	assert_int_equal(did(c), OK);
	assert_true(uuid_eq(asset_of(&s, c.object)->creditor, s.party[SUPPLIER]));
	c = registers(&s, SUPPLIER, 601, "A2");
	c.kid = s.kid[SUPPLIER2];
	c.on_behalf_of = s.party[SUPPLIER];
	assert_int_equal(did(c), E_MANDATE_LIMIT);
	c = about(&s, ST_RECEIVABLE_CANCEL, SUPPLIER2, c.object);
	struct uuid a = registered(10, "A3");
	c = about(&s, ST_RECEIVABLE_CANCEL, SUPPLIER2, a);
	c.on_behalf_of = s.party[SUPPLIER];
	assert_int_equal(did(c), E_NO_MANDATE); /* not of this type */
	c = about(&s, ST_MANDATE_REVOKE, SUPPLIER2, m.object);
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_MANDATE_REVOKE, SUPPLIER, m.object)), OK);
	c = registers(&s, SUPPLIER, 5, "A4");
	c.kid = s.kid[SUPPLIER2];
	c.on_behalf_of = s.party[SUPPLIER];
	assert_int_equal(did(c), E_NO_MANDATE);
}

/* --- four eyes --- */

static struct command above_the_limit(struct command *second)
{
	static struct pubkey junior;
	struct command c = about(&s, ST_KEY_ENROL, SUPPLIER, s.party[SUPPLIER]);

	junior = actor_pub(SUPPLIER, 2);
	c.body.key_enrol.jwk = junior;
	c.body.key_enrol.officer = S("junior");
	c.body.key_enrol.limits = cny(1000);
	assert_int_equal(did(c), OK);
	c = registers(&s, SUPPLIER, 5000, "A1");
	c.kid = jwk_thumbprint(&junior);
	assert_int_equal(step(&s, &c), OK);
	assert_true(s.d.pending);
	assert_null(asset_of(&s, c.object));
	*second = say(&s, ST_STATEMENT_COSIGN, SUPPLIER, c.object);
	second->body.cosign.statement = c.statement;
	return c;
}

static void above_its_limit_a_statement_waits_for_a_second_officer(void **state)
{
	struct command second, first = above_the_limit(&second), c;

	(void)state;
	second.completes = &first;
	c = second;
	c.kid = first.kid;
	assert_int_equal(did(c), E_SAME_OFFICER);
	c.kid = s.kid[SUPPLIER2];
	c.id = new_id(&s);
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	assert_null(asset_of(&s, first.object));
	assert_int_equal(did(second), OK);
	assert_int_equal(asset_of(&s, first.object)->face, 5000);
	second.id = new_id(&s);
	assert_int_equal(did(second), E_NOT_PENDING);
}

static void what_nobody_completes_in_time_lapses(void **state)
{
	struct command second, first = above_the_limit(&second), c;

	(void)state;
	second.completes = &first;
	c = say(&s, ST_STATEMENT_LAPSE, REGISTRY, first.object);
	c.body.cosign.statement = first.statement;
	assert_int_equal(did(c), E_NOT_YET);
	s.now.us += DAY_US + 1;
	second.at = s.now;
	assert_int_equal(did(second), E_LAPSED);
	c = say(&s, ST_STATEMENT_LAPSE, REGISTRY, first.object);
	c.body.cosign.statement = first.statement;
	assert_int_equal(did(c), OK);
	second.id = new_id(&s);
	assert_int_equal(did(second), E_NOT_PENDING);
	assert_null(asset_of(&s, first.object));
}

/* --- repetition and order --- */

static void a_stale_prev_is_refused_and_not_logged(void **state)
{
	struct uuid a = registered(1000, "A1");
	struct command old = about(&s, ST_RECEIVABLE_CANCEL, SUPPLIER, a);
	uint64_t seq;

	(void)state;
	assert_int_equal(did(confirms(&s, a)), OK);
	seq = s.seq;
	assert_int_equal(did(old), E_STALE_PREV);
	old.has_prev = false;
	assert_int_equal(did(old), E_STALE_PREV);
	assert_int_equal(s.seq, seq);
	old = registers(&s, SUPPLIER, 5, "A9");
	old.object = a;
	assert_int_equal(did(old), E_OBJECT_EXISTS);
	assert_int_equal(s.seq, seq);
}

static void a_clock_far_off_is_refused(void **state)
{
	struct command c = registers(&s, SUPPLIER, 100, "A1");

	(void)state;
	c.at.us = s.now.us + DAY_US + 1000000;
	assert_int_equal(did(c), E_CLOCK_SKEW);
	c.at.us = s.now.us - DAY_US - 1000000;
	assert_int_equal(did(c), E_CLOCK_SKEW);
	c.at.us = s.now.us - DAY_US + 1000000;
	assert_int_equal(did(c), OK);
}

/* --- uniqueness --- */

static void one_invoice_is_one_claim(void **state)
{
	static const struct {
		const char *why, *number;
		enum fault want;
	} row[] = {
		{ "the same", "INV-2026-00017", E_DUPLICATE_CLAIM },
		{ "other separators", "inv 2026/000.17", E_DUPLICATE_CLAIM },
		{ "full width", "ＩＮＶ２０２６０００１７", E_DUPLICATE_CLAIM },
		{ "another number", "INV-2026-00018", OK },
		{ "a zero inside counts", "INV-2026-017", OK },
	};
	struct uuid a = registered(1000, "INV-2026-00017");
	struct command c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		print_message("%s\n", row[i].why);
		assert_int_equal(did(registers(&s, SUPPLIER, 1000 + (int64_t)i, row[i].number)), row[i].want);
	}
	assert_int_equal(did(registers(&s, SUPPLIER2, 1000, "INV-2026-00017")), OK); /* another issuer's number */
	c = about(&s, ST_RECEIVABLE_CANCEL, SUPPLIER, a);
	assert_int_equal(did(c), OK);
	assert_int_equal(did(registers(&s, SUPPLIER, 1000, "INV-2026-00017")), OK); /* cancelled and billed again */
}

static void a_paid_invoice_can_never_be_registered_again(void **state)
{
	struct uuid a = confirmed(1000, "A1");

	(void)state;
	assert_int_equal(did(pays(a, ANCHOR, 1000)), OK);
	assert_int_equal(asset_of(&s, a)->state, RCV_SETTLED);
	assert_int_equal(did(registers(&s, SUPPLIER, 1000, "A1")), E_DUPLICATE_CLAIM);
}

static void one_identifier_is_one_party(void **state)
{
	struct command c = say(&s, ST_PARTY_ENROL, OPERATOR, new_id(&s));
	struct pubkey key = actor_pub(SUPPLIER, 9);

	(void)state;
	c.body.party_enrol.name = S("a look-alike");
	c.body.party_enrol.country = S("CN");
	c.body.party_enrol.uscc = S("91310000100000012E");
	c.body.party_enrol.roles = ROLE_CORE;
	c.body.party_enrol.keys = (struct jwks){ &key, 1 };
	assert_int_equal(did(c), E_DUPLICATE_PARTY);
	c.body.party_enrol.roles = ROLE_OPERATOR;
	assert_int_equal(did(c), E_BAD_MEMBER);
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(did(c), E_ROLE_MISSING);
}

/* --- balance --- */

static void the_same_money_is_not_lent_twice(void **state)
{
	struct uuid a = confirmed(1000, "A1");
	struct uuid e = granted(a, BANK_A, 700);
	struct command c = grants(&s, SUPPLIER, a, BANK_B, 301);

	(void)state;
	assert_int_equal(did(c), E_EXCEEDS_FREE); /* a promise reserves */
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_B, e)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, e)), OK);
	c = grants(&s, SUPPLIER, a, BANK_B, 301);
	assert_int_equal(did(c), E_EXCEEDS_FREE);
	c = grants(&s, SUPPLIER, a, BANK_B, 300);
	assert_int_equal(did(c), OK);
	c = grants(&s, SUPPLIER, a, BANK_C, 1);
	assert_int_equal(did(c), E_EXCEEDS_FREE);
	c.body.encumbrance_grant.amount = (struct money){ 1, "USD" };
	c.id = new_id(&s);
	assert_int_equal(did(c), E_CURRENCY_MISMATCH);
	c.body.encumbrance_grant.amount = cny(0);
	assert_int_equal(did(c), E_ZERO_AMOUNT);
	c.kid = s.kid[SUPPLIER2];
	c.body.encumbrance_grant.amount = cny(1);
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	sound(a);
}

static void a_fraction_is_of_what_is_owed_rounded_down(void **state)
{
	struct uuid a = confirmed(1001, "A1");
	struct command c = grants(&s, SUPPLIER, a, BANK_A, 1);

	(void)state;
	c.body.encumbrance_grant.fraction = 500000;
	assert_int_equal(did(c), E_BAD_MEMBER); /* both */
	c.body.encumbrance_grant.amount = (struct money){ 0 };
	assert_int_equal(did(c), OK);
	assert_int_equal(enc_of(&s, c.object)->open, 500);
	c = grants(&s, SUPPLIER, a, BANK_A, 1);
	c.body.encumbrance_grant.amount = (struct money){ 0 };
	assert_int_equal(did(c), E_BAD_MEMBER); /* neither */
}

static void one_trade_is_one_budget(void **state)
{
	struct uuid trade = new_id(&s);
	struct command first = registers(&s, SUPPLIER, 1000, "A1"), second = registers(&s, SUPPLIER, 800, "A2");

	(void)state;
	first.body.receivable_register.lineage = trade;
	second.body.receivable_register.lineage = trade;
	assert_int_equal(did(first), OK);
	assert_int_equal(did(second), OK);
	(void)lent(first.object, BANK_A, 600);
	assert_int_equal(did(grants(&s, SUPPLIER, second.object, BANK_B, 401)), E_EXCEEDS_FREE);
	assert_int_equal(did(grants(&s, SUPPLIER, second.object, BANK_B, 400)), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, first.object, BANK_B, 1)), E_EXCEEDS_FREE);
}

static void payment_serves_the_first_rank_first(void **state)
{
	struct uuid a = confirmed(1000, "A1"), first = lent(a, BANK_A, 500), second = lent(a, BANK_B, 400);
	struct uuid promise = granted(a, BANK_C, 100);

	(void)state;
	assert_int_equal(did(pays(a, BANK_C, 10)), E_NOT_AUTHORISED); /* holds nothing yet */
	assert_int_equal(did(pays(a, SUPPLIER, 10)), E_NOT_AUTHORISED);
	assert_int_equal(did(pays(a, ANCHOR, 1001)), E_EXCEEDS_OPEN);
	assert_int_equal(did(pays(a, ANCHOR, 600)), OK);
	assert_int_equal(enc_of(&s, first)->state, ENCUMBRANCE_SATISFIED);
	assert_int_equal(enc_of(&s, second)->open, 300);
	assert_int_equal(enc_of(&s, promise)->open, 100);
	sound(a);
	assert_int_equal(did(pays(a, BANK_B, 400)), OK); /* the collecting bank reports */
	assert_int_equal(enc_of(&s, second)->open, 0);
	assert_int_equal(enc_of(&s, promise)->state, ENCUMBRANCE_LAPSED); /* nothing left to promise */
	assert_int_equal(asset_of(&s, a)->state, RCV_SETTLED);
	sound(a);
	assert_int_equal(did(pays(a, ANCHOR, 1)), E_BAD_STATE);
}

static void the_creditor_cannot_give_away_what_a_bank_holds(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent(a, BANK_A, 800);

	(void)state;
	assert_int_equal(did(reduces(a, SUPPLIER, 201)), E_EXCEEDS_FREE);
	assert_int_equal(did(reduces(a, SUPPLIER, 200)), OK);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_CANCEL, SUPPLIER, a)), E_EXCEEDS_FREE);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_WRITE_OFF, SUPPLIER, a)), E_EXCEEDS_FREE);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e)), OK);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_CANCEL, SUPPLIER, a)), OK);
	sound(a);
}

/* What intake would have found in a document. */
static struct hash document(int32_t kind, const char *number, int64_t payable, const char *preceding)
{
	struct evidence d;
	struct hash h = sha256(span_z(number));

	row_init(&d.row, TABLE_DOCUMENT, key_hash(h));
	d.kind = kind;
	d.level = 1;
	d.number = span_z(number);
	d.payable = payable;
	memcpy(d.ccy.at, "CNY", 4);
	d.preceding = span_z(preceding);
	d.issued = day("2026-11-01");
	d.due = day("2027-02-01");
	d.issuer_ids = S("8888\n913200002000000346");
	d.recipient_ids = S("91310000100000012E");
	assert_non_null(world_put(&s.world, &d.row));
	return h;
}

static void a_credit_note_lowers_the_debt_and_the_last_rank_loses(void **state)
{
	struct uuid a = confirmed(1000, "A-0001"), first = lent(a, BANK_A, 600), second = lent(a, BANK_B, 400);
	struct command c = reduces(a, ANCHOR, 450);

	(void)state;
	assert_int_equal(did(c), E_EVIDENCE_LEVEL); /* the debtor needs the paper */
	c.body.receivable_adjust.document = document(DOCUMENT_INVOICE, "X1", 450, "A1");
	assert_int_equal(did(c), E_DOCUMENT_MISMATCH);
	c.body.receivable_adjust.document = document(DOCUMENT_CREDIT_NOTE, "X2", 449, "A1");
	assert_int_equal(did(c), E_DOCUMENT_MISMATCH);
	c.body.receivable_adjust.document = document(DOCUMENT_CREDIT_NOTE, "X3", 450, "A2");
	assert_int_equal(did(c), E_DOCUMENT_MISMATCH);
	c.body.receivable_adjust.document = document(DOCUMENT_CREDIT_NOTE, "X4", 450, "a 1");
	assert_int_equal(did(c), OK);
	assert_int_equal(enc_of(&s, first)->open, 550);
	assert_int_equal(enc_of(&s, second)->state, ENCUMBRANCE_SATISFIED);
	sound(a);
}

static void registration_must_agree_with_the_invoice_to_the_cent(void **state)
{
	struct command good = registers(&s, SUPPLIER, 123456, "R-7"), c;
	struct hash h = document(DOCUMENT_INVOICE, "R7", 123456, "");

	(void)state;
	good.body.receivable_register.documents = (struct hashes){ &h, 1 };
	c = good;
	c.body.receivable_register.face = cny(123457);
	assert_int_equal(did(c), E_DOCUMENT_MISMATCH);
	c = good;
	c.body.receivable_register.due_date.day++;
	assert_int_equal(did(c), E_DOCUMENT_MISMATCH);
	c = good;
	c.body.receivable_register.invoice.number = S("R-8");
	assert_int_equal(did(c), E_DOCUMENT_MISMATCH);
	c = good;
	c.body.receivable_register.debtor = s.party[BANK_A];
	assert_int_equal(did(c), E_DOCUMENT_MISMATCH);
	c = good;
	c.kid = s.kid[SUPPLIER2];
	c.body.receivable_register.creditor = s.party[SUPPLIER2];
	assert_int_equal(did(c), E_DOCUMENT_MISMATCH);
	assert_int_equal(did(good), OK);
	assert_int_equal(asset_of(&s, good.object)->level, 1);
	struct hash unknown = sha256(S("never submitted"));
	c = registers(&s, SUPPLIER, 1, "R-9");
	c.body.receivable_register.documents = (struct hashes){ &unknown, 1 };
	assert_int_equal(did(c), E_UNKNOWN_DOCUMENT);
}

/* --- rank --- */

static void only_who_loses_rank_can_change_it(void **state)
{
	struct uuid a = confirmed(1000, "A1"), x = lent(a, BANK_A, 300), y = lent(a, BANK_B, 300),
		    z = lent(a, BANK_C, 300);
	struct command c = about(&s, ST_ENCUMBRANCE_SUBORDINATE, BANK_C, z);

	(void)state;
	c.body.encumbrance_subordinate.to_rank_after = x;
	assert_int_equal(did(c), E_RANK_GAIN); /* z is behind x already */
	c = about(&s, ST_ENCUMBRANCE_SUBORDINATE, BANK_B, x);
	c.body.encumbrance_subordinate.to_rank_after = y;
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c = about(&s, ST_ENCUMBRANCE_SUBORDINATE, BANK_A, x);
	c.body.encumbrance_subordinate.to_rank_after = y;
	assert_int_equal(did(c), OK);
	assert_true(rank_cmp(enc_of(&s, y), enc_of(&s, x)) < 0); /* y, x, z */
	assert_true(rank_cmp(enc_of(&s, x), enc_of(&s, z)) < 0);
	assert_int_equal(did(pays(a, ANCHOR, 350)), OK);
	assert_int_equal(enc_of(&s, y)->open, 0);
	assert_int_equal(enc_of(&s, x)->open, 250);
	assert_int_equal(enc_of(&s, z)->open, 300);
}

/* --- time --- */

static void a_grant_lapses_and_frees_what_it_reserved(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = granted(a, BANK_A, 1000);

	(void)state;
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_LAPSE, REGISTRY, e)), E_NOT_YET);
	s.now.us += 3 * DAY_US;
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, e)), E_LAPSED);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_LAPSE, REGISTRY, e)), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 1000)), OK);
	sound(a);
}

static void overdue_then_default(void **state)
{
	struct uuid a = confirmed(1000, "A1");

	(void)state;
	s.now = date_start(day("2027-02-01"));
	assert_int_equal(did(about(&s, ST_RECEIVABLE_OVERDUE, REGISTRY, a)), E_NOT_YET); /* due today is not late */
	s.now = date_start(day("2027-02-02"));
	assert_int_equal(did(about(&s, ST_RECEIVABLE_OVERDUE, REGISTRY, a)), OK);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_DEFAULT, REGISTRY, a)), E_NOT_YET);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_A, 1)), E_BAD_STATE);
	s.now = date_start(day("2027-05-03"));
	assert_int_equal(did(about(&s, ST_RECEIVABLE_DEFAULT, REGISTRY, a)), OK);
	assert_int_equal(did(pays(a, ANCHOR, 1000)), OK); /* late money is money */
}

/* --- holds --- */

static struct command holds(enum actor bank, struct uuid asset)
{
	struct command c = say(&s, ST_HOLD_PLACE, bank, new_id(&s));

	c.body.hold_place.asset = asset;
	c.body.hold_place.purpose = S("lending");
	c.body.hold_place.until.us = s.now.us + DAY_US;
	return c;
}

static void one_hold_at_a_time_and_others_wait(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e;
	struct command h = holds(BANK_A, a), c;

	(void)state;
	c = holds(SUPPLIER, a);
	assert_int_equal(did(c), E_ROLE_MISSING);
	c = holds(BANK_A, a);
	c.body.hold_place.until.us += 60000000;
	assert_int_equal(did(c), E_TENOR);
	assert_int_equal(did(h), OK);
	assert_int_equal(did(holds(BANK_B, a)), E_HELD);
	assert_int_equal(did(holds(BANK_A, a)), E_HELD);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 10)), E_HELD);
	c = about(&s, ST_HOLD_PLACE, BANK_A, h.object); /* renewed once */
	c.body = h.body;
	assert_int_equal(did(c), OK);
	c = about(&s, ST_HOLD_PLACE, BANK_A, h.object);
	c.body = h.body;
	assert_int_equal(did(c), E_HOLD_RENEWED);
	e = granted(a, BANK_A, 10);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, e)), OK); /* the hold has served */
	assert_true(uuid_is_nil(asset_of(&s, a)->hold));
	assert_int_equal(did(holds(BANK_B, a)), OK);
}

static void an_expired_hold_is_gone_before_its_entry(void **state)
{
	struct uuid a = confirmed(1000, "A1");
	struct command h = holds(BANK_A, a), again;

	(void)state;
	assert_int_equal(did(h), OK);
	assert_int_equal(did(about(&s, ST_HOLD_LAPSE, REGISTRY, h.object)), E_NOT_YET);
	s.now.us += DAY_US;
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 10)), OK);
	again = holds(BANK_B, a);
	assert_int_equal(did(again), OK);
	assert_int_equal(did(about(&s, ST_HOLD_LAPSE, REGISTRY, h.object)), E_BAD_STATE); /* closed by the new one */
	assert_true(uuid_eq(asset_of(&s, a)->hold, again.object));
}

static void a_hold_on_the_facts_waits_for_the_receivable(void **state)
{
	struct command h = holds(BANK_A, (struct uuid){ { 0 } }), c = h;
	struct uuid a;

	(void)state;
	assert_int_equal(did(c), E_BAD_MEMBER); /* neither asset nor facts */
	h.body.hold_place.claim =
		(struct facts){ .kind = S("invoice"), .issuer = S("913200002000000346"), .number = S("F 77") };
	assert_int_equal(did(h), OK);
	c = h;
	c.kid = s.kid[BANK_B];
	c.object = new_id(&s);
	c.id = new_id(&s);
	assert_int_equal(did(c), E_HELD);
	a = registered(1000, "F-77"); /* the hold moves onto it */
	assert_true(uuid_eq(asset_of(&s, a)->hold, h.object));
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 10)), E_HELD);
	assert_int_equal(did(about(&s, ST_HOLD_RELEASE, BANK_B, h.object)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_HOLD_RELEASE, BANK_A, h.object)), OK);
	assert_true(uuid_is_nil(asset_of(&s, a)->hold));
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 10)), OK);
}

/* --- freezes, disputes --- */

static void a_freeze_stops_every_disposal(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = lent(a, BANK_A, 300), g = granted(a, BANK_B, 100);
	struct command z = say(&s, ST_FREEZE_PLACE, SUPPLIER, new_id(&s));

	(void)state;
	z.body.freeze_place.asset = a;
	z.body.freeze_place.ground = S("(2026) 沪01 民初 7");
	assert_int_equal(did(z), E_ROLE_MISSING);
	z.kid = s.kid[REGULATOR];
	assert_int_equal(did(z), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_C, 10)), E_FROZEN);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_B, g)), E_FROZEN);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e)), E_FROZEN);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_CANCEL, SUPPLIER, a)), E_FROZEN);
	assert_int_equal(did(holds(BANK_C, a)), E_FROZEN);
	assert_int_equal(did(pays(a, ANCHOR, 10)), OK); /* a payment is a fact */
	assert_int_equal(did(about(&s, ST_FREEZE_LIFT, SUPPLIER, z.object)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_FREEZE_LIFT, REGULATOR, z.object)), OK);
	assert_int_equal(did(about(&s, ST_FREEZE_LIFT, REGULATOR, z.object)), E_BAD_STATE);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_C, 10)), OK);
	z = say(&s, ST_FREEZE_PLACE, REGULATOR, new_id(&s));
	z.body.freeze_place.party = s.party[SUPPLIER];
	z.body.freeze_place.ground = S("x");
	assert_int_equal(did(z), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_C, 10)), E_FROZEN);
}

static void a_dispute_ends_with_both_signatures(void **state)
{
	struct uuid a = confirmed(1000, "A1"), b = registered(1000, "B1");
	struct command c = about(&s, ST_RECEIVABLE_DISPUTE, SUPPLIER, a);

	(void)state;
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_DISPUTE, ANCHOR, a)), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_A, 1)), E_BAD_STATE);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_REJECT, ANCHOR, a)), E_BAD_STATE); /* it had confirmed */
	assert_int_equal(did(about(&s, ST_RECEIVABLE_RESOLVE, BANK_A, a)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_RESOLVE, SUPPLIER, a)), OK);
	assert_int_equal(asset_of(&s, a)->state, RCV_DISPUTED);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_RESOLVE, ANCHOR, a)), OK);
	assert_int_equal(asset_of(&s, a)->state, RCV_CONFIRMED);
	assert_int_equal(did(about(&s, ST_RECEIVABLE_REJECT, ANCHOR, b)), OK); /* never heard of it */
	assert_int_equal(asset_of(&s, b)->state, RCV_REJECTED);
	assert_int_equal(did(grants(&s, SUPPLIER, b, BANK_A, 1)), E_BAD_STATE);
}

/* --- rules as data --- */

static struct command publishes(const char *rule, int64_t version, const char *unit, int64_t value)
{
	struct command c = say(&s, ST_RULE_PUBLISH, OPERATOR, s.party[OPERATOR]);

	c.body.rule_publish.rule = span_z(rule);
	c.body.rule_publish.version = version;
	c.body.rule_publish.effective = s.now;
	c.body.rule_publish.values = (struct values){ span_z(unit), value };
	return c;
}

static void a_rule_changes_by_a_signed_version_and_is_named(void **state)
{
	struct command c = publishes("receivable.tenor", 2, "days", 30);

	(void)state;
	assert_int_equal(did(publishes("receivable.tenor", 1, "days", 30)), E_DUPLICATE_RULE);
	assert_int_equal(did(publishes("receivable.tenor", 3, "days", 30)), E_DUPLICATE_RULE);
	assert_int_equal(did(publishes("receivable.tenor", 2, "days", 0)), E_RULE_RANGE);
	assert_int_equal(did(publishes("receivable.tenor", 2, "hours", 30)), E_BAD_MEMBER);
	c.body.rule_publish.effective.us = s.now.us + DAY_US;
	assert_int_equal(did(c), OK);
	(void)registered(1, "A1"); /* the old rule is still in force */
	s.now.us += DAY_US;
	assert_int_equal(did(registers(&s, SUPPLIER, 1, "A2")), E_TENOR);
	assert_string_equal(s.d.diag.rule, "receivable.tenor@2");
	c = publishes("receivable.tenor", 3, "days", 365);
	c.kid = s.kid[BANK_A];
	assert_int_equal(did(c), E_ROLE_MISSING);
}

/* --- every edge, and every cell beside the edges --- */

static void the_whole_table_of_states_and_events(void **state)
{
	enum {
		CONFIRM,
		DISPUTE,
		RESOLVE,
		REJECT,
		ADJUST,
		PAY,
		CANCEL,
		WRITE_OFF,
		OVERDUE,
		DEFAULT,
		GRANT,
		LOCK,
		UNLOCK,
		SETTLE,
		CONSTITUTE, /* with its document: t26_rank */
		LAPSE
	};
	static const struct {
		int32_t from;
		int event;
	} row[] = {
#define EDGE(from, event, to) { RCV_##from, event },
#include "receivable.def"
#undef EDGE
	};
	static const struct {
		int event;
		enum statement_kind kind;
		enum actor who;
	} event[] = {
		{ CONFIRM, ST_RECEIVABLE_CONFIRM, ANCHOR },   { DISPUTE, ST_RECEIVABLE_DISPUTE, ANCHOR },
		{ RESOLVE, ST_RECEIVABLE_RESOLVE, ANCHOR },   { REJECT, ST_RECEIVABLE_REJECT, ANCHOR },
		{ ADJUST, ST_RECEIVABLE_ADJUST, SUPPLIER },   { PAY, ST_RECEIVABLE_PAY, ANCHOR },
		{ CANCEL, ST_RECEIVABLE_CANCEL, SUPPLIER },   { WRITE_OFF, ST_RECEIVABLE_WRITE_OFF, SUPPLIER },
		{ OVERDUE, ST_RECEIVABLE_OVERDUE, REGISTRY }, { DEFAULT, ST_RECEIVABLE_DEFAULT, REGISTRY },
	};
	char number[16];

	(void)state;
	for (int32_t from = RCV_REGISTERED; from < RCV_STATES; from++) {
		for (size_t k = 0; k < ARRAY_LEN(event) && asset_state_name(ASSET_RECEIVABLE, from); k++) {
			struct uuid a;
			struct command c;
			bool listed = false;
			struct asset *x;

			snprintf(number, sizeof number, "T%dX%zu", from, k);
			a = registered(100, number);
			x = (struct asset *)(uintptr_t)(const void *)asset_of(&s, a);
			x->state = from;
			x->due = day("2026-01-01");
			c = event[k].kind == ST_RECEIVABLE_CONFIRM ? confirms(&s, a)
			                                           : about(&s, event[k].kind, event[k].who, a);
			c.body.receivable_confirm.due_date =
				event[k].kind == ST_RECEIVABLE_CONFIRM ? x->due : (struct date){ 0 };
			if (event[k].kind == ST_RECEIVABLE_ADJUST)
				c.body.receivable_adjust.reduce = cny(1);
			if (event[k].kind == ST_RECEIVABLE_PAY)
				c.body.receivable_pay.amount = cny(1);
			for (size_t r = 0; r < ARRAY_LEN(row); r++)
				listed = listed || (row[r].from == from && row[r].event == event[k].event);
			if (listed != (did(c) == OK))
				fail_msg("state %s, %s: %s", asset_state_name(ASSET_RECEIVABLE, from),
				         statement_info(event[k].kind)->type, fault_info(s.d.outcome)->slug);
			if (!listed)
				assert_int_equal(s.d.outcome, E_BAD_STATE);
		}
	}
}

static void nothing_but_genesis_comes_first(void **state)
{
	struct command c = registers(&s, SUPPLIER, 1, "A1");

	(void)state;
	c.kind = ST_LOG_GENESIS;
	assert_int_equal(did(c), E_BAD_STATE);
}

#define IN(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN(only_the_creditor_registers),
		IN(only_the_debtor_confirms_and_only_what_was_registered),
		IN(a_revoked_key_signs_nothing_and_the_last_one_stays),
		IN(the_registrys_key_signs_deadlines_only),
		IN(a_suspended_party_may_only_lower_its_claims),
		IN(an_agent_acts_within_its_mandate),
		IN(above_its_limit_a_statement_waits_for_a_second_officer),
		IN(what_nobody_completes_in_time_lapses),
		IN(a_stale_prev_is_refused_and_not_logged),
		IN(a_clock_far_off_is_refused),
		IN(one_invoice_is_one_claim),
		IN(a_paid_invoice_can_never_be_registered_again),
		IN(one_identifier_is_one_party),
		IN(the_same_money_is_not_lent_twice),
		IN(a_fraction_is_of_what_is_owed_rounded_down),
		IN(one_trade_is_one_budget),
		IN(payment_serves_the_first_rank_first),
		IN(the_creditor_cannot_give_away_what_a_bank_holds),
		IN(a_credit_note_lowers_the_debt_and_the_last_rank_loses),
		IN(registration_must_agree_with_the_invoice_to_the_cent),
		IN(only_who_loses_rank_can_change_it),
		IN(a_grant_lapses_and_frees_what_it_reserved),
		IN(overdue_then_default),
		IN(one_hold_at_a_time_and_others_wait),
		IN(an_expired_hold_is_gone_before_its_entry),
		IN(a_hold_on_the_facts_waits_for_the_receivable),
		IN(a_freeze_stops_every_disposal),
		IN(a_dispute_ends_with_both_signatures),
		IN(a_rule_changes_by_a_signed_version_and_is_named),
		IN(the_whole_table_of_states_and_events),
		IN(nothing_but_genesis_comes_first),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
