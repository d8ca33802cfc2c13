/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t54_anchor.c: trust anchors as entries of the log: who may publish what, what is no anchor, how many there can be,
 * and what each is for; then a trust through the pipe to the confined reader and back.
 */
#include "test.h"

#include "actors.h"
#include "der.h"
#include "document.h"
#include "intake/trust_wire.h"
#include "trust.h"

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

/* --- shapes of DER, in base64 --- */

static struct span element(struct writer *w, uint8_t tag, struct span content)
{
	size_t at = w->len;

	put_der_header(w, tag, content.len);
	put_span(w, content);
	return (struct span){ w->at + at, w->len - at };
}

/* SEQUENCE { SEQUENCE, [SEQUENCE,] BIT STRING of n bytes } */
static struct span shape(bool three, size_t n, char *room, size_t len)
{
	static char inner[64 * 1024], outer[64 * 1024], text[96 * 1024];
	static const char zeros[48 * 1024];
	struct writer in = writer_over(inner, sizeof inner), out = writer_over(outer, sizeof outer),
		      w = writer_over(text, sizeof text);

	(void)element(&in, DER_SEQUENCE, S(""));
	if (three)
		(void)element(&in, DER_SEQUENCE, S(""));
	(void)element(&in, DER_BITS, (struct span){ zeros, n + 1 });
	(void)element(&out, DER_SEQUENCE, writer_span(&in));
	put_b64(&w, writer_span(&out));
	assert_false(w.overflow || w.len >= len);
	memcpy(room, text, w.len);
	return (struct span){ room, w.len };
}

static char cert_room[128], key_room[128], big_room[64 * 1024], list_room[128];

static struct command publishes(enum actor who)
{
	struct command c = say(&s, ST_ANCHOR_PUBLISH, who, new_id(&s));
	struct body_anchor_publish *b = &c.body.anchor_publish;

	b->name = S("Tax bureau");
	b->profile = S("ofd-ses");
	b->purpose = S("tax-invoice");
	b->country = S("CN");
	b->authority = FLAG_YES;
	b->certificate = shape(true, 8, cert_room, sizeof cert_room);
	b->valid_from = s.now;
	b->valid_until.us = s.now.us + 365 * DAY_US;
	return c;
}

static struct uuid published(void)
{
	struct command c = publishes(OPERATOR);

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static const struct anchor *anchor_of(struct uuid id)
{
	return (const struct anchor *)(const void *)world_find(&s.world, TABLE_ANCHOR, key_uuid(id));
}

static int32_t counted(void)
{
	return ((const struct party *)(const void *)world_find(&s.world, TABLE_PARTY, key_uuid(s.party[OPERATOR])))
	        ->anchors;
}

/* --- who, and what --- */

static void only_the_operator_says_who_is_believed(void **state)
{
	(void)state;
	for (enum actor a = REGISTRY; a < ACTORS; a++) {
		struct command c = publishes(a);

		assert_int_equal(step(&s, &c), E_ROLE_MISSING);
		assert_null(anchor_of(c.object));
	}
}

static void an_anchor_is_an_entry_with_all_it_says(void **state)
{
	(void)state;
	struct uuid id = published();
	const struct anchor *a = anchor_of(id);

	assert_non_null(a);
	assert_int_equal(a->profile, AUTH_OFD_SES);
	assert_int_equal(a->purpose, PURPOSE_TAX_INVOICE);
	assert_true(span_is(a->jurisdiction, "CN"));
	assert_int_equal(a->authority, 1);
	assert_int_equal(a->state, LIVE);
	assert_int_equal(a->seq, s.seq - 1);
	assert_int_equal(counted(), 1);
}

static void what_is_no_anchor_is_refused(void **state)
{
	static const struct {
		const char *profile, *purpose;
		enum fault want;
	} row[] = {
		{ "ofd-ses", "tax-invoice", OK },       { "registry", "any", E_BAD_MEMBER },
		{ "pades", "any", E_BAD_MEMBER },       { "cms", "everything", E_BAD_MEMBER },
		{ "cms", "bank-statement", OK },        { "jws-bl", "bill-of-lading", OK },
		{ "xmldsig-enveloped", "invoice", OK }, { "OFD-SES", "any", E_BAD_MEMBER },
	};
	struct command c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		c = publishes(OPERATOR);
		c.body.anchor_publish.profile = span_z(row[i].profile);
		c.body.anchor_publish.purpose = span_z(row[i].purpose);
		if (step(&s, &c) != row[i].want)
			fail_msg("%s %s: %d", row[i].profile, row[i].purpose, s.d.outcome);
	}
	c = publishes(OPERATOR);
	c.body.anchor_publish.valid_until = c.body.anchor_publish.valid_from;
	assert_int_equal(step(&s, &c), E_DATE_ORDER);
	c = publishes(OPERATOR); /* was never in force since it is here */
	c.body.anchor_publish.valid_from.us -= 20 * DAY_US;
	c.body.anchor_publish.valid_until.us = s.now.us - DAY_US;
	assert_int_equal(step(&s, &c), E_DATE_ORDER);
}

/* A bare key is one for the platforms that sign bills of lading under a `kid`; elsewhere it says of nobody whose it is. */
static void a_certificate_has_the_form_of_one(void **state)
{
	struct span key = shape(false, 64, key_room, sizeof key_room);
	struct command c = publishes(OPERATOR);

	(void)state;
	c.body.anchor_publish.certificate = key;
	assert_int_equal(step(&s, &c), E_BAD_CERTIFICATE);
	c = publishes(OPERATOR);
	c.body.anchor_publish.certificate = key;
	c.body.anchor_publish.profile = S("jws-bl");
	assert_int_equal(step(&s, &c), OK);
	c = publishes(OPERATOR);
	c.body.anchor_publish.certificate = shape(true, 17000, big_room, sizeof big_room);
	assert_int_equal(step(&s, &c), E_BAD_CERTIFICATE);
	c = publishes(OPERATOR);
	c.body.anchor_publish.certificate = S("BAAA"); /* an OCTET STRING */
	assert_int_equal(step(&s, &c), E_BAD_CERTIFICATE);
}

/* --- its end --- */

static void withdrawn_it_stays_so(void **state)
{
	struct uuid id = published();
	struct command c = about(&s, ST_ANCHOR_WITHDRAW, OPERATOR, id);

	(void)state;
	c.body.reason.reason = S("the bureau's key is lost");
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(anchor_of(id)->state, ENDED);
	assert_int_equal(anchor_of(id)->withdrawn_seq, s.seq - 1);
	assert_int_equal(counted(), 0);
	c = about(&s, ST_ANCHOR_WITHDRAW, OPERATOR, id);
	c.body.reason.reason = S("again");
	assert_int_equal(step(&s, &c), E_BAD_STATE);
	assert_int_equal(counted(), 0);
	c = about(&s, ST_ANCHOR_REVOCATIONS, OPERATOR, id);
	c.body.anchor_revocations.list = shape(true, 8, list_room, sizeof list_room);
	assert_int_equal(step(&s, &c), E_BAD_STATE);
}

static void the_newest_revocations_replace_the_older(void **state)
{
	struct uuid id = published();
	struct command c;

	(void)state;
	for (size_t n = 8; n < 12; n++) {
		c = about(&s, ST_ANCHOR_REVOCATIONS, OPERATOR, id);
		c.body.anchor_revocations.list = shape(true, n, list_room, sizeof list_room);
		assert_int_equal(step(&s, &c), OK);
		assert_true(span_eq(anchor_of(id)->revocations, c.body.anchor_revocations.list));
	}
	c = about(&s, ST_ANCHOR_REVOCATIONS, OPERATOR, id);
	c.body.anchor_revocations.list = shape(false, 8, list_room, sizeof list_room);
	assert_int_equal(step(&s, &c), E_BAD_CERTIFICATE);
	c = about(&s, ST_ANCHOR_REVOCATIONS, BANK_A, id);
	c.body.anchor_revocations.list = shape(true, 8, list_room, sizeof list_room);
	assert_int_equal(step(&s, &c), E_ROLE_MISSING);
}

/* More than one document can be judged under would be silently ignored ones: said at the door instead. */
static void there_are_never_more_than_one_document_is_judged_under(void **state)
{
	struct uuid first = published();
	struct command c;

	(void)state;
	for (unsigned i = 1; i < TRUST_ANCHORS_MAX; i++)
		(void)published();
	c = publishes(OPERATOR);
	assert_int_equal(step(&s, &c), E_TOO_MANY_ANCHORS);
	c = about(&s, ST_ANCHOR_WITHDRAW, OPERATOR, first);
	c.body.reason.reason = S("room for another");
	assert_int_equal(step(&s, &c), OK);
	(void)published();
	assert_int_equal(counted(), TRUST_ANCHORS_MAX);
}

/* --- what it is for --- */

static void an_anchor_vouches_for_its_kind_of_documents_only(void **state)
{
	static const struct {
		enum anchor_purpose purpose;
		enum doc_kind kind;
		bool fits;
	} row[] = {
		{ PURPOSE_ANY, DOC_CAMT_053, true },
		{ PURPOSE_TAX_INVOICE, DOC_FAPIAO_OFD, true },
		{ PURPOSE_TAX_INVOICE, DOC_UBL_INVOICE, false },
		{ PURPOSE_INVOICE, DOC_UBL_CREDIT_NOTE, true },
		{ PURPOSE_INVOICE, DOC_CAMT_053, false },
		{ PURPOSE_TRADE, DOC_UBL_RECEIPT_ADVICE, true },
		{ PURPOSE_TRADE, DOC_UBL_INVOICE, false },
		{ PURPOSE_BILL_OF_LADING, DOC_DCSA_BILL_OF_LADING, true },
		{ PURPOSE_BILL_OF_LADING, DOC_WAREHOUSE_RECEIPT, false },
		{ PURPOSE_WAREHOUSE, DOC_WAREHOUSE_RECEIPT, true },
		{ PURPOSE_BANK_STATEMENT, DOC_CAMT_054, true },
		{ PURPOSE_BANK_STATEMENT, DOC_UBL_INVOICE, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		assert_int_equal(anchor_fits(row[i].purpose, row[i].kind), row[i].fits);
	for (unsigned p = 0; p < PURPOSES; p++)
		assert_int_equal(anchor_purpose_parse(span_z(anchor_purpose_name((int32_t)p))), p);
	for (unsigned p = AUTH_NONE + 1; p < AUTH_PROFILES; p++)
		assert_int_equal(auth_profile_parse(span_z(auth_profile_name((enum auth_profile)p))), p);
	assert_int_equal(auth_profile_parse(S("")), AUTH_NONE);
}

static void a_trust_survives_the_pipe(void **state)
{
	static char room[4096], mem_room[1 << 16];
	const struct trust_anchor a = { .id = S("01890000-0000-7000-8000-000000000001"),
		                        .purpose = PURPOSE_BANK_STATEMENT,
		                        .jurisdiction = S("DE"),
		                        .profile = AUTH_CMS,
		                        .name = S("a bank"),
		                        .certificate = S("0"),
		                        .from = { 1 },
		                        .until = { 2 } };
	const struct trust t = { .now = { 3 }, .anchors = &a, .n_anchors = 1 };
	struct writer w = writer_over(room, sizeof room);
	struct arena mem = arena_over(mem_room, sizeof mem_room);
	struct trust got;

	(void)state;
	put_trust_wire(&w, &t);
	assert_int_equal(trust_wire_read(writer_span(&w), &mem, &got), OK);
	assert_true(span_eq(got.anchors[0].id, a.id));
	assert_int_equal(got.anchors[0].purpose, a.purpose);
	assert_int_equal(got.anchors[0].profile, a.profile);
	assert_true(span_eq(got.anchors[0].name, a.name));
	for (size_t n = 0; n < w.len; n++)
		assert_int_equal(trust_wire_read((struct span){ room, n }, &mem, &got), E_BAD_REQUEST);
}

#define STAGED(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
int main(void)
{
	const struct CMUnitTest tests[] = {
		STAGED(only_the_operator_says_who_is_believed),
		STAGED(an_anchor_is_an_entry_with_all_it_says),
		STAGED(what_is_no_anchor_is_refused),
		STAGED(a_certificate_has_the_form_of_one),
		STAGED(withdrawn_it_stays_so),
		STAGED(the_newest_revocations_replace_the_older),
		STAGED(there_are_never_more_than_one_document_is_judged_under),
		STAGED(an_anchor_vouches_for_its_kind_of_documents_only),
		STAGED(a_trust_survives_the_pipe),
	};

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
