/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t45_inbound.c: checks, client assertions and receipts: a good one of each,
 * and a row for everything that is not.
 */
#include "test.h"

#include "commands.h"
#include "intake/inbound.h"

static char memory[1 << 18];
static struct arena mem;
static struct diag diag;

static int set_up(void **state)
{
	(void)state;
	mem = arena_over(memory, sizeof memory);
	return crypto_start() ? 0 : -1;
}

#define UUID "\"0190a3c4-1111-7222-8333-444455556666\""
#define OTHER "\"0190a3c4-1111-7222-8333-444455556667\""
#define HEX "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""
#define B43 "\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\""

/* --- checks --- */

/* clang-format off */
static const struct {
	const char *why, *text;
	enum fault want;
	const char *pointer;
} checks[] = {
	{ "by asset", "{\"claim\":{\"asset\":" UUID "},\"purpose\":\"lending\"}", OK, "" },
	{ "by document", "{\"claim\":{\"document\":" HEX "},\"purpose\":\"lending\",\"certificate\":true}", OK, "" },
	{ "by facts", "{\"claim\":{\"facts\":{\"kind\":\"invoice\",\"issuer\":\"a\",\"number\":\"1\"}},\"purpose\":\"lending\"}", OK, "" },
	{ "with an amount", "{\"claim\":{\"asset\":" UUID "},\"amount\":{\"amount\":\"1.00\",\"currency\":\"CNY\"},\"purpose\":\"lending\"}",
	  OK, "" },
	{ "no claim", "{\"purpose\":\"lending\"}", E_MISSING_MEMBER, "/claim" },
	{ "an empty claim", "{\"claim\":{},\"purpose\":\"lending\"}", E_BAD_MEMBER, "/claim" },
	{ "two names: which one is meant?", "{\"claim\":{\"asset\":" UUID ",\"document\":" HEX "},\"purpose\":\"lending\"}", E_BAD_MEMBER,
	  "/claim" },
	{ "the claim as a word", "{\"claim\":" UUID ",\"purpose\":\"lending\"}", E_BAD_MEMBER, "/claim" },
	{ "a name nobody knows", "{\"claim\":{\"number\":\"1\"},\"purpose\":\"lending\"}", E_UNKNOWN_MEMBER, "/claim/number" },
	{ "nobody's asset", "{\"claim\":{\"asset\":\"00000000-0000-0000-0000-000000000000\"},\"purpose\":\"lending\"}", E_BAD_MEMBER,
	  "/claim/asset" },
	{ "facts without an issuer", "{\"claim\":{\"facts\":{\"kind\":\"invoice\",\"number\":\"1\"}},\"purpose\":\"lending\"}",
	  E_MISSING_MEMBER, "/claim/facts/issuer" },
	{ "no purpose: every look is recorded with one", "{\"claim\":{\"asset\":" UUID "}}", E_MISSING_MEMBER, "/purpose" },
	{ "an empty purpose", "{\"claim\":{\"asset\":" UUID "},\"purpose\":\"\"}", E_BAD_MEMBER, "/purpose" },
	{ "a purpose with a line end", "{\"claim\":{\"asset\":" UUID "},\"purpose\":\"a\\nb\"}", E_BAD_MEMBER, "/purpose" },
	{ "certificate as a word", "{\"claim\":{\"asset\":" UUID "},\"purpose\":\"a\",\"certificate\":\"yes\"}", E_BAD_MEMBER,
	  "/certificate" },
	{ "certificate null", "{\"claim\":{\"asset\":" UUID "},\"purpose\":\"a\",\"certificate\":null}", E_BAD_MEMBER, "/certificate" },
	{ "a bad amount", "{\"claim\":{\"asset\":" UUID "},\"amount\":{\"amount\":\"1\",\"currency\":\"CNY\"},\"purpose\":\"a\"}",
	  E_BAD_AMOUNT, "/amount/amount" },
	{ "an amount as a number", "{\"claim\":{\"asset\":" UUID "},\"amount\":1,\"purpose\":\"a\"}", E_BAD_MEMBER, "/amount" },
	{ "a float", "{\"claim\":{\"asset\":" UUID "},\"amount\":1.5,\"purpose\":\"a\"}", E_BAD_JSON, "" },
	{ "something more", "{\"claim\":{\"asset\":" UUID "},\"purpose\":\"a\",\"as\":\"admin\"}", E_UNKNOWN_MEMBER, "/as" },
	{ "the claim twice", "{\"claim\":{\"asset\":" UUID "},\"claim\":{\"asset\":" OTHER "},\"purpose\":\"a\"}", E_BAD_JSON, "" },
	{ "nothing", "", E_BAD_JSON, "" },
};
/* clang-format on */

static void check_rows(void **state)
{
	struct check_request c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		memset(&diag, 0, sizeof diag);
		arena_reset(&mem);
		enum fault f = check_read(span_z(checks[i].text), &mem, &c, &diag);
		if (f != checks[i].want || strcmp(diag.pointer, checks[i].pointer) != 0)
			fail_msg("%s: %d at %s: %s", checks[i].why, f, diag.pointer, diag.detail);
	}
}

static void check_fields(void **state)
{
	struct check_request c;

	(void)state;
	assert_int_equal(check_read(S("{\"claim\":{\"asset\":" UUID "},\"purpose\":\"lending\"}"), &mem, &c, &diag),
	                 OK);
	assert_int_equal(c.by, CHECK_BY_ASSET);
	assert_false(uuid_is_nil(c.asset));
	assert_true(hash_is_zero(c.document));
	assert_int_equal(c.facts.kind.len, 0);
	assert_int_equal(c.facts.date.day, DATE_NONE.day);
	assert_true(money_absent(c.amount));
	assert_false(c.certificate);
	assert_true(span_is(c.purpose, "lending"));
	assert_int_equal(check_read(S("{\"claim\":{\"document\":" HEX "},\"purpose\":\"a\",\"certificate\":true,"
	                              "\"amount\":{\"amount\":\"12.50\",\"currency\":\"CNY\"}}"),
	                            &mem, &c, &diag),
	                 OK);
	assert_int_equal(c.by, CHECK_BY_DOCUMENT);
	assert_true(hash_eq(c.document, sha256(S(""))));
	assert_int_equal(c.amount.minor, 1250);
	assert_true(c.certificate);
	assert_int_equal(check_read(S("{\"claim\":{\"facts\":{\"kind\":\"invoice\",\"issuer\":\"x\",\"number\":\"7\","
	                              "\"date\":\"2026-11-01\"}},\"purpose\":\"a\"}"),
	                            &mem, &c, &diag),
	                 OK);
	assert_int_equal(c.by, CHECK_BY_FACTS);
	assert_true(span_is(c.facts.number, "7"));
	assert_int_not_equal(c.facts.date.day, DATE_NONE.day);
}

static void check_sizes(void **state)
{
	static char text[CHECK_MAX + 1];
	static const char good[] = "{\"claim\":{\"asset\":" UUID "},\"purpose\":\"a\"}";
	struct check_request c;

	(void)state;
	memset(text, ' ', sizeof text);
	memcpy(text, good, sizeof good - 1);
	assert_int_equal(check_read((struct span){ text, CHECK_MAX }, &mem, &c, &diag), OK);
	assert_int_equal(check_read((struct span){ text, CHECK_MAX + 1 }, &mem, &c, &diag), E_TOO_BIG);
}

/* --- client assertions --- */

#define AUD "\"aud\":\"https://registry.example/oauth/token\""
#define GOOD "\"iss\":" UUID ",\"sub\":" UUID "," AUD ",\"exp\":1795420800,\"jti\":\"n1\""

/* clang-format off */
static const struct {
	const char *why, *claims;
	bool good;
} claims[] = {
	{ "the least", "{" GOOD "}", true },
	{ "with iat and nbf", "{" GOOD ",\"iat\":1795420700,\"nbf\":1795420700}", true },
	{ "one audience in a list", "{\"iss\":" UUID ",\"sub\":" UUID ",\"aud\":[\"https://a\"],\"exp\":1795420800,\"jti\":\"1\"}", true },
	{ "two audiences", "{\"iss\":" UUID ",\"sub\":" UUID ",\"aud\":[\"https://a\",\"https://b\"],\"exp\":1795420800,\"jti\":\"1\"}", false },
	{ "no audience", "{\"iss\":" UUID ",\"sub\":" UUID ",\"aud\":[],\"exp\":1795420800,\"jti\":\"1\"}", false },
	{ "an audience that is a number", "{\"iss\":" UUID ",\"sub\":" UUID ",\"aud\":[1],\"exp\":1795420800,\"jti\":\"1\"}", false },
	{ "for another", "{\"iss\":" UUID ",\"sub\":" OTHER "," AUD ",\"exp\":1795420800,\"jti\":\"1\"}", false },
	{ "iss a name", "{\"iss\":\"bank\",\"sub\":\"bank\"," AUD ",\"exp\":1795420800,\"jti\":\"1\"}", false },
	{ "no sub", "{\"iss\":" UUID "," AUD ",\"exp\":1795420800,\"jti\":\"1\"}", false },
	{ "no aud", "{\"iss\":" UUID ",\"sub\":" UUID ",\"exp\":1795420800,\"jti\":\"1\"}", false },
	{ "for ever", "{\"iss\":" UUID ",\"sub\":" UUID "," AUD ",\"jti\":\"1\"}", false },
	{ "for nearly ever", "{\"iss\":" UUID ",\"sub\":" UUID "," AUD ",\"exp\":9007199254740991,\"jti\":\"1\"}", false },
	{ "before 1970", "{\"iss\":" UUID ",\"sub\":" UUID "," AUD ",\"exp\":-1,\"jti\":\"1\"}", false },
	{ "in fractions of seconds", "{\"iss\":" UUID ",\"sub\":" UUID "," AUD ",\"exp\":1795420800.5,\"jti\":\"1\"}", false },
	{ "in words", "{\"iss\":" UUID ",\"sub\":" UUID "," AUD ",\"exp\":\"1795420800\",\"jti\":\"1\"}", false },
	{ "no jti: RFC 7523 leaves it to us; exp bounds a replay", "{\"iss\":" UUID ",\"sub\":" UUID "," AUD ",\"exp\":1795420800}", true },
	{ "an empty jti", "{\"iss\":" UUID ",\"sub\":" UUID "," AUD ",\"exp\":1795420800,\"jti\":\"\"}", false },
	{ "a scope of one's own", "{" GOOD ",\"scope\":\"regulator\"}", false },
	{ "exp twice", "{" GOOD ",\"exp\":1}", false },
	{ "a list", "[]", false },
};
/* clang-format on */

static struct span assertion_of(const struct privkey *key, const char *typ, const char *text, char *out, size_t cap)
{
	struct writer w = writer_over(out, cap);

	assert_true(jws_sign(key, typ, span_z(text), &w));
	return writer_span(&w);
}

static void assertion_rows(void **state)
{
	struct dice r = { 1 };
	char out[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
		struct privkey key = roll_key(&r);
		struct assertion a;

		arena_reset(&mem);
		memset(&diag, 0, sizeof diag);
		enum fault f =
			assertion_read(assertion_of(&key, "JWT", claims[i].claims, out, sizeof out), &mem, &a, &diag);
		if (f != (claims[i].good ? OK : E_BAD_ASSERTION))
			fail_msg("%s: %d: %s", claims[i].why, f, diag.detail);
		if (f != OK) {
			assert_true(strlen(diag.detail) > 0);
			continue;
		}
		assert_true(hash_eq(a.kid, jwk_thumbprint(&key.pub)));
		assert_int_equal(a.alg, key.pub.alg);
		assert_true(sig_verify(&key.pub, a.jws.signed_part, a.jws.sig));
		assert_true(a.exp.us == INT64_C(1795420800000000));
		assert_true(a.aud.len > 0 && !uuid_is_nil(a.party));
		assert_int_equal(a.jti.len > 0, strstr(claims[i].claims, "jti") != NULL);
	}
}

/* What was signed for one purpose must not serve another. */
static void assertion_types(void **state)
{
	static const struct {
		const char *typ;
		enum fault want;
	} types[] = {
		{ "JWT", OK }, { "client-authentication+jwt", OK }, { "counterfoil+jws", E_BAD_ASSERTION },
		{ "", OK },    { "at+jwt", E_BAD_ASSERTION },       { "jwt", E_BAD_ASSERTION },
	};
	struct dice r = { 2 };
	struct privkey key = roll_key(&r);
	static char out[16384];
	struct assertion a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		assert_int_equal(assertion_read(assertion_of(&key, types[i].typ, "{" GOOD "}", out, sizeof out), &mem,
		                                &a, &diag),
		                 types[i].want);
	assert_int_equal(assertion_read(S("a.b"), &mem, &a, &diag), E_BAD_ASSERTION);
	memset(out, 'A', sizeof out);
	assert_int_equal(assertion_read((struct span){ out, sizeof out }, &mem, &a, &diag), E_BAD_ASSERTION);
}

/* --- receipts --- */

static const char *leaf64(void)
{
	static char text[256];
	static const uint8_t leaf[LEAF_LEN] = { 1, 2, 3 };
	struct writer w = writer_over(text, sizeof text - 1);

	put_b64(&w, (struct span){ (const char *)leaf, LEAF_LEN });
	text[w.len] = 0;
	return text;
}

/* clang-format off */
static const struct {
	const char *why, *format; /* %s: the leaf */
	enum fault want;
	const char *pointer;
} receipts[] = {
	{ "a receipt", "{\"seq\":5,\"leaf\":\"%s\",\"statement_hash\":" B43 ",\"outcome\":0,\"proof\":\"a\\nb\\n\"}", OK, "" },
	{ "an outcome", "{\"seq\":5,\"leaf\":\"%s\",\"statement_hash\":" B43 ",\"outcome\":400,\"proof\":\"a\"}", OK, "" },
	{ "seq negative", "{\"seq\":-1,\"leaf\":\"%s\",\"statement_hash\":" B43 ",\"outcome\":0,\"proof\":\"a\"}", E_BAD_MEMBER, "/seq" },
	{ "seq as text", "{\"seq\":\"5\",\"leaf\":\"%s\",\"statement_hash\":" B43 ",\"outcome\":0,\"proof\":\"a\"}", E_BAD_MEMBER,
	  "/seq" },
	{ "an outcome of 17 bits", "{\"seq\":5,\"leaf\":\"%s\",\"statement_hash\":" B43 ",\"outcome\":65536,\"proof\":\"a\"}",
	  E_BAD_MEMBER, "/outcome" },
	{ "a leaf too short", "{\"seq\":5,\"leaf\":\"%.4s\",\"statement_hash\":" B43 ",\"outcome\":0,\"proof\":\"a\"}", E_BAD_MEMBER,
	  "/leaf" },
	{ "a leaf without padding or sense", "{\"seq\":5,\"leaf\":\"%.181s\",\"statement_hash\":" B43 ",\"outcome\":0,\"proof\":\"a\"}",
	  E_BAD_MEMBER, "/leaf" },
	{ "a hash in hexadecimal", "{\"seq\":5,\"leaf\":\"%s\",\"statement_hash\":" HEX ",\"outcome\":0,\"proof\":\"a\"}", E_BAD_MEMBER,
	  "/statement_hash" },
	{ "no proof", "{\"seq\":5,\"leaf\":\"%s\",\"statement_hash\":" B43 ",\"outcome\":0}", E_MISSING_MEMBER, "/proof" },
	{ "an empty proof", "{\"seq\":5,\"leaf\":\"%s\",\"statement_hash\":" B43 ",\"outcome\":0,\"proof\":\"\"}", E_BAD_MEMBER, "/proof" },
	{ "something more", "{\"seq\":5,\"leaf\":\"%s\",\"statement_hash\":" B43 ",\"outcome\":0,\"proof\":\"a\",\"ok\":true}",
	  E_UNKNOWN_MEMBER, "/ok" },
};
/* clang-format on */

static void receipt_rows(void **state)
{
	struct receipt r;
	char text[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(receipts); i++) {
		memset(&diag, 0, sizeof diag);
		arena_reset(&mem);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof text, receipts[i].format, leaf64());
#pragma GCC diagnostic pop
		enum fault f = receipt_read(span_z(text), &mem, &r, &diag);
		if (f != receipts[i].want || strcmp(diag.pointer, receipts[i].pointer) != 0)
			fail_msg("%s: %d at %s: %s", receipts[i].why, f, diag.pointer, diag.detail);
		if (f == OK)
			assert_int_equal(r.leaf.len, LEAF_LEN);
	}
}

/* What put_receipt writes is read as the same. */
static void receipt_back(void **state)
{
	struct leaf l = { .seq = 77,
		          .accepted_at = { 1795420800000000 },
		          .kind = ST_RECEIVABLE_PAY,
		          .outcome = 451,
		          .statement = sha256(S("a")) };
	const struct proof p = { .n = 2 };
	uint8_t leaf[LEAF_LEN];
	char text[4096];
	struct writer w = writer_over(text, sizeof text);
	struct receipt r;

	(void)state;
	leaf_encode(&l, leaf);
	put_receipt(&w, leaf, &p,
	            S("test.example/log\n78\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\xe2\x80\x94 a b\n"));
	arena_reset(&mem);
	assert_int_equal(receipt_read(writer_span(&w), &mem, &r, &diag), OK);
	assert_int_equal(r.seq, 77);
	assert_int_equal(r.outcome, 451);
	assert_memory_equal(r.leaf.at, leaf, LEAF_LEN);
	assert_true(hash_eq(r.statement, l.statement));
	assert_true(span_starts(r.proof, S("c2sp.org/tlog-proof@v1\nindex 77\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(check_rows),      T(check_fields), T(check_sizes),  T(assertion_rows),
		T(assertion_types), T(receipt_rows), T(receipt_back),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
