/* SPDX-License-Identifier: Apache-2.0 */
/* t29: who may certify a score, appeal against what it rests on, and put it right; and who may not. */
#include "test.h"

#include "actors.h"

static struct stage s;

static struct uuid a_claim(const char *number)
{
	struct command c = registers(&s, SUPPLIER, 1000000, number);

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static struct command appeals(enum actor who, struct uuid asset, struct uuid party, int64_t input)
{
	struct command c = say(&s, ST_SCORE_APPEAL, who, new_id(&s));

	c.body.score_appeal.asset = asset;
	c.body.score_appeal.party = party;
	c.body.score_appeal.input = input;
	c.body.score_appeal.reason = S("that payment was in time");
	return c;
}

static struct command corrects(enum actor who, struct uuid appeal, struct uuid asset, int64_t input, enum flag out)
{
	struct command c = about(&s, ST_SCORE_CORRECT, who, appeal);

	c.body.score_correct.asset = asset;
	c.body.score_correct.input = input;
	c.body.score_correct.left_out = out;
	c.body.score_correct.ground = S("the bank's statement says so");
	return c;
}

static int32_t state_of(struct uuid appeal)
{
	const struct appeal *x =
		(const struct appeal *)(const void *)world_find(&s.world, TABLE_APPEAL, key_uuid(appeal));

	return x && x->row.exists ? x->state : 0;
}

static enum fault does(struct command c) { return step(&s, &c); }

static const struct uuid nobody = { { 0 } };

static void whoever_it_is_about_appeals(void **state)
{
	struct uuid claim = a_claim("A-1");

	(void)state;
	assert_int_equal(does(appeals(SUPPLIER, claim, nobody, 3)), OK);
	assert_int_equal(does(appeals(ANCHOR, claim, nobody, 3)), OK);
	assert_int_equal(does(appeals(SUPPLIER, nobody, s.party[SUPPLIER], 3)), OK);
	assert_int_equal(does(appeals(SUPPLIER2, claim, nobody, 3)), E_NOT_AUTHORISED);
	assert_int_equal(does(appeals(BANK_A, claim, nobody, 3)), E_NOT_AUTHORISED);
	assert_int_equal(does(appeals(SUPPLIER2, nobody, s.party[SUPPLIER], 3)), E_NOT_AUTHORISED);
	assert_int_equal(does(appeals(SUPPLIER, claim, s.party[SUPPLIER], 3)), E_BAD_MEMBER);
	assert_int_equal(does(appeals(SUPPLIER, nobody, nobody, 3)), E_BAD_MEMBER);
	assert_int_equal(does(appeals(SUPPLIER, claim, nobody, (int64_t)s.seq)), E_BAD_MEMBER);
	assert_int_equal(does(appeals(SUPPLIER, claim, nobody, -1)), E_BAD_MEMBER);
	assert_int_equal(does(appeals(SUPPLIER, s.party[SUPPLIER], nobody, 3)), E_UNKNOWN_OBJECT);
}

static void the_operator_upholds_or_dismisses_once(void **state)
{
	struct uuid claim = a_claim("A-2");
	struct command c[2] = { appeals(SUPPLIER, claim, nobody, 5), appeals(ANCHOR, claim, nobody, 6) };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(step(&s, &c[i]), OK);
	for (enum actor a = ANCHOR; a <= REGULATOR; a++)
		assert_int_equal(does(corrects(a, c[0].object, claim, 5, FLAG_YES)), E_ROLE_MISSING);
	assert_int_equal(does(corrects(OPERATOR, c[0].object, claim, 6, FLAG_YES)), E_BAD_MEMBER);
	assert_int_equal(does(corrects(OPERATOR, c[0].object, a_claim("A-3"), 5, FLAG_YES)), E_BAD_MEMBER);
	assert_int_equal(does(corrects(OPERATOR, c[0].object, claim, 5, FLAG_YES)), OK);
	assert_int_equal(does(corrects(OPERATOR, c[1].object, claim, 6, FLAG_NO)), OK);
	assert_int_equal(state_of(c[0].object), APPEAL_UPHELD);
	assert_int_equal(state_of(c[1].object), APPEAL_DISMISSED);
	assert_int_equal(does(corrects(OPERATOR, c[1].object, claim, 6, FLAG_YES)), E_BAD_STATE);
}

static void the_operator_corrects_of_its_own_accord(void **state)
{
	struct uuid claim = a_claim("A-4"), id = new_id(&s);

	(void)state;
	assert_int_equal(does(corrects(OPERATOR, id, claim, 5, FLAG_NO)), E_UNKNOWN_OBJECT);
	assert_int_equal(state_of(id), 0);
	assert_int_equal(does(corrects(OPERATOR, id, claim, (int64_t)s.seq + 1, FLAG_YES)), E_BAD_MEMBER);
	assert_int_equal(does(corrects(OPERATOR, id, claim, 5, FLAG_YES)), OK);
	assert_int_equal(state_of(id), APPEAL_UPHELD);
}

static void the_registry_certifies(void **state)
{
	struct uuid claim = a_claim("A-5");
	struct command c = say(&s, ST_SCORE_CERTIFY, REGISTRY, claim);
	struct body_score_certify *b = &c.body.score_certify;

	(void)state;
	b->asset = claim;
	b->asker = s.party[BANK_A];
	b->grade = S("BBB");
	b->points = 700;
	b->confidence = 400;
	b->as_of = (int64_t)s.seq - 1;
	assert_int_equal(step(&s, &c), OK);
	struct command by_bank = c, late = c, high = c, whose = c;
	by_bank.kid = s.kid[BANK_A];
	by_bank.id = new_id(&s);
	assert_int_equal(step(&s, &by_bank), E_ROLE_MISSING);
	late.body.score_certify.as_of = (int64_t)s.seq;
	late.id = new_id(&s);
	assert_int_equal(step(&s, &late), E_BAD_MEMBER);
	high.body.score_certify.points = 1001;
	high.id = new_id(&s);
	assert_int_equal(step(&s, &high), E_BAD_MEMBER);
	whose.body.score_certify.asker = new_id(&s);
	whose.id = new_id(&s);
	assert_int_equal(step(&s, &whose), E_UNKNOWN_PARTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(whoever_it_is_about_appeals),
		T(the_operator_upholds_or_dismisses_once),
		T(the_operator_corrects_of_its_own_accord),
		T(the_registry_certifies),
	};
	int rc;

	if (!crypto_start())
		return 1;
	stage_start(&s, (size_t)256 << 20);
	rc = cmocka_run_group_tests_name("t29 appeal", tests, NULL, NULL);
	stage_end(&s);
	return rc;
}
