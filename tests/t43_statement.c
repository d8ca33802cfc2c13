/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t43_statement.c: every statement type there and back, every member of every
 * type attacked, and the JWS around it.
 *
 * The examples come from statement.def, so a type added there is tested here
 * without a line of this file.
 */
#include "test.h"

#include "commands.h"
#include "intake/field.h"
#include "intake/statement.h"
#include "intake/statement_write.h"

#define SEEDS 60 /* commands of each type */

static char memory[1 << 20], text_a[1 << 18], text_b[1 << 18], text_c[1 << 18];
static struct arena mem;
static struct diag diag;

static int set_up(void **state)
{
	(void)state;
	mem = arena_over(memory, sizeof memory);
	return crypto_start() ? 0 : -1;
}

static struct span payload_of(const struct command *c, char *text, size_t cap)
{
	struct writer w = writer_over(text, cap);

	put_statement_payload(&w, c);
	assert_false(w.overflow);
	return writer_span(&w);
}

static enum fault parse(struct span payload, struct command *ret)
{
	memset(&diag, 0, sizeof diag);
	return statement_payload(payload, &mem, ret, &diag);
}

/* --- there and back --- */

static void there_and_back(void **state)
{
	struct dice r = { 1 };
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	(void)state;
	for (size_t i = 0; i < n * SEEDS; i++) {
		const struct statement_info *info = &row[i / SEEDS];
		struct command back;

		arena_reset(&mem);
		struct command c = roll_command(&r, info, i % SEEDS == 0, &mem);
		assert_true(arena_ok(&mem));
		struct span a = payload_of(&c, text_a, sizeof text_a);
		enum fault f = parse(a, &back);
		if (f != OK)
			fail_msg("%s: %d at %s: %s", info->type, f, diag.pointer, diag.detail);
		const char *differs = command_differs(&c, &back);
		if (differs)
			fail_msg("%s: %s differs: %.*s", info->type, differs, (int)a.len, a.at);
		assert_true(span_eq(a, payload_of(&back, text_b, sizeof text_b)));
	}
}

/* What is absent is all zero, dates DATE_NONE, also those inside what is absent. */
static void absent_is_absent(void **state)
{
	struct dice r = { 2 };
	size_t n;
	const struct statement_info *row = statement_rows(&n);
	static const struct facts no_facts = { .date = { INT32_MIN } };
	static const struct invoice no_invoice = { .date = { INT32_MIN } };

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct command c, back;

		arena_reset(&mem);
		c = roll_command(&r, &row[i], false, &mem);
		for (size_t k = 0; k < row[i].n_fields; k++)
			if (!row[i].fields[k].need)
				field_clear(row[i].fields[k].kind, (char *)&c.body + row[i].fields[k].offset);
		assert_int_equal(parse(payload_of(&c, text_a, sizeof text_a), &back), OK);
		for (size_t k = 0; k < row[i].n_fields; k++) {
			const struct field_info *f = &row[i].fields[k];

			assert_int_equal(field_absent(f->kind, (char *)&back.body + f->offset), !f->need);
		}
		if (row[i].kind == ST_HOLD_PLACE)
			assert_memory_equal(&back.body.hold_place.claim, &no_facts, sizeof no_facts);
		if (row[i].kind == ST_RECEIVABLE_REGISTER)
			assert_memory_equal(&back.body.receivable_register.invoice, &no_invoice, sizeof no_invoice);
	}
}

/* --- every member of every type --- */

/* Behind the JSON value that begins at i, in text we made ourselves. */
static size_t value_end(struct span s, size_t i)
{
	int depth = 0;
	bool quoted = false;

	for (; i < s.len; i++) {
		char c = s.at[i];

		if (quoted) {
			i += c == '\\';
			quoted = c != '"';
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			if (depth-- == 0)
				return i;
		} else if (c == ',' && depth == 0) {
			return i;
		}
	}
	return i;
}

static void put_pair(struct writer *w, bool *any, struct span name, struct span json)
{
	put_z(w, *any ? ",\"" : "\"");
	put_span(w, name);
	put_z(w, "\":");
	put_span(w, json);
	*any = true;
}

/* The object with the member at `path` ("body/face/amount") replaced, left out (json NULL), or added. */
static void put_with(struct writer *w, struct span object, struct span path, const char *json)
{
	struct span head = path, rest = S("");
	bool any = false, found = false, deeper = span_cut(path, '/', &head, &rest);

	put_byte(w, '{');
	for (size_t i = 1; object.at[i] != '}';) {
		size_t name_end = i + 1;
		while (object.at[name_end] != '"')
			name_end++;
		struct span name = { object.at + i + 1, name_end - i - 1 };
		size_t end = value_end(object, name_end + 2);
		struct span value = { object.at + name_end + 2, end - name_end - 2 };
		bool here = span_eq(name, head);

		found |= here;
		if (!here) {
			put_pair(w, &any, name, value);
		} else if (deeper) {
			struct writer inner = writer_over(text_c, sizeof text_c);

			put_with(&inner, value, rest, json);
			put_pair(w, &any, name, writer_span(&inner));
		} else if (json) {
			put_pair(w, &any, name, span_z(json));
		}
		i = end + (object.at[end] == ',');
	}
	if (!found && json)
		put_pair(w, &any, head, span_z(json));
	put_byte(w, '}');
}

/* Parses a with the member at path changed. Two levels deep at most: there is one text for what is inside. */
static enum fault parse_with(struct span a, const char *path, const char *json)
{
	struct writer w = writer_over(text_b, sizeof text_b);
	struct command c;

	put_with(&w, a, span_z(path), json);
	assert_false(w.overflow);
	return parse(writer_span(&w), &c);
}

static const char *path_of(const char *member)
{
	static char path[64];

	snprintf(path, sizeof path, "body/%s", member);
	return path;
}

/* clang-format off */
static const char *const wrong[] = { "null", "true", "0", "-1", "\"\"", "\"x\"", "[]", "{}", "[null]", "[[]]", "{\"zz\":null}",
	"\"0\"", "[0]", "[\"x\"]", "9007199254740991" };
/* clang-format on */

/* The few of them that are a value of the kind. */
static bool right(const struct field_info *f, const char *json)
{
	int64_t digit = json[0] == '0' || json[0] == '-' || json[0] == '9';

	switch (f->kind) {
	case FK_flag:
		return strcmp(json, "true") == 0;
	case FK_i64:
		return digit;
	case FK_text:
		if (strcmp(f->member, "goods_code") == 0)
			return strcmp(json, "\"0\"") == 0;
		return strcmp(f->member, "country") != 0 && json[0] == '"' && json[1] != '"';
	case FK_hashes:
		return strcmp(json, "[]") == 0;
	case FK_uuid:
	case FK_hash:
	case FK_money:
	case FK_date:
	case FK_moment:
	case FK_jwk:
	case FK_fraction:
	case FK_facts:
	case FK_invoice:
	case FK_values:
	case FK_jwks:
	case FK_roles:
	case FK_types:
	case FK_rules:
	case FK_encumbrance_kind:
	case FK_uuids:
	case FK_quantity:
	case FK_lots:
	case FK_parts:
	case FK_capacities:
	case FK_cuts:
	case FK_der:
		return false;
	case FK_texts:
		return strcmp(json, "[\"x\"]") == 0;
	case FK_numbers:
		return strcmp(json, "[0]") == 0;
	}
	return false;
}

static void attack_field(const struct statement_info *info, const struct field_info *f, struct span a)
{
	char pointer[96];
	const char *path = path_of(f->member);

	snprintf(pointer, sizeof pointer, "/%s", path);
	assert_int_equal(parse_with(a, path, NULL), f->need ? E_MISSING_MEMBER : OK);
	if (f->need) {
		assert_string_equal(diag.pointer, pointer);
		assert_non_null(strstr(diag.detail, f->what));
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		enum fault got = parse_with(a, path, wrong[i]);

		if ((got == OK) != right(f, wrong[i]))
			fail_msg("%s %s = %s: %d", info->type, path, wrong[i], got);
		if (got == OK)
			continue;
		if (strncmp(diag.pointer, pointer, strlen(pointer)) != 0)
			fail_msg("%s %s = %s: pointer %s", info->type, path, wrong[i], diag.pointer);
		assert_true(got == E_BAD_MEMBER || got == E_MISSING_MEMBER || got == E_UNKNOWN_MEMBER);
		assert_true(strlen(diag.detail) > 0);
	}
	assert_int_equal(parse_with(a, path, "1.5"), E_BAD_JSON);
	assert_int_equal(parse_with(a, path, "[[[[[[[[]]]]]]]]"), E_BAD_JSON);
}

static void every_member(void **state)
{
	static const char *const name[] = { "type", "id", "object", "prev", "at", "salt", "body" };
	struct dice r = { 3 };
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		arena_reset(&mem);
		struct command c = roll_command(&r, &row[i], true, &mem);
		struct span a = payload_of(&c, text_a, sizeof text_a);

		for (size_t k = 0; k < ARRAY_LEN(name); k++) {
			arena_reset(&mem);
			assert_int_equal(parse_with(a, name[k], NULL), E_MISSING_MEMBER);
			assert_string_equal(diag.pointer + 1, name[k]);
		}
		assert_int_equal(parse_with(a, "on_behalf_of", NULL), OK);
		assert_int_equal(parse_with(a, "zz", "1"), E_UNKNOWN_MEMBER);
		assert_string_equal(diag.pointer, "/zz");
		assert_int_equal(parse_with(a, "body/zz", "null"), E_UNKNOWN_MEMBER);
		assert_string_equal(diag.pointer, "/body/zz");
		for (size_t k = 0; k < row[i].n_fields; k++) {
			arena_reset(&mem);
			attack_field(&row[i], &row[i].fields[k], a);
		}
	}
}

/* --- forms, one row each --- */

#define NIL "\"00000000-0000-0000-0000-000000000000\""
#define UUID "\"0190A3c4-1111-7222-8333-444455556666\""
#define ZERO43 "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""
#define B43 "\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\""
#define HEX "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""
#define MONEY(a, c) "{\"amount\":" a ",\"currency\":" c "}"
#define X32 "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"" /* RFC 8037 A.2 */
#define PX "\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\""  /* RFC 7517 A.1 */
#define PY "\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\""

/* clang-format off */
static const struct {
	const char *why;
	enum statement_kind kind;
	const char *path, *json;
	enum fault want;
	const char *pointer; /* NULL: that of the path */
} rows[] = {
	/* the envelope */
	{ "a type nobody knows", ST_RECEIVABLE_PAY, "type", "\"receivable.steal\"", E_UNKNOWN_TYPE, NULL },
	{ "a type in other letters", ST_RECEIVABLE_PAY, "type", "\"Receivable.pay\"", E_UNKNOWN_TYPE, NULL },
	{ "an empty type", ST_RECEIVABLE_PAY, "type", "\"\"", E_UNKNOWN_TYPE, NULL },
	{ "a type that is no string", ST_RECEIVABLE_PAY, "type", "106", E_BAD_MEMBER, NULL },
	{ "another type: its body has other members", ST_RECEIVABLE_PAY, "type", "\"receivable.cancel\"", E_UNKNOWN_MEMBER,
	  "/body/amount" },
	{ "an id of either case", ST_RECEIVABLE_PAY, "id", UUID, OK, NULL },
	{ "nobody's id", ST_RECEIVABLE_PAY, "id", NIL, E_BAD_MEMBER, NULL },
	{ "an id without dashes", ST_RECEIVABLE_PAY, "id", "\"0190a3c4111172228333444455556666\"", E_BAD_MEMBER, NULL },
	{ "an id in braces", ST_RECEIVABLE_PAY, "id", "\"{0190a3c4-1111-7222-8333-444455556666}\"", E_BAD_MEMBER, NULL },
	{ "an id and a space", ST_RECEIVABLE_PAY, "id", "\"0190a3c4-1111-7222-8333-444455556666 \"", E_BAD_MEMBER, NULL },
	{ "about nothing", ST_RECEIVABLE_PAY, "object", NIL, E_BAD_MEMBER, NULL },
	{ "a rule is about no row of ours: nothing will do", ST_RULE_PUBLISH, "object", NIL, OK, NULL },
	{ "but it must be a uuid", ST_RULE_PUBLISH, "object", "null", E_BAD_MEMBER, NULL },
	{ "the first of its object", ST_RECEIVABLE_PAY, "prev", "null", OK, NULL },
	{ "prev is base64url", ST_RECEIVABLE_PAY, "prev", B43, OK, NULL },
	{ "prev is not hexadecimal", ST_RECEIVABLE_PAY, "prev", HEX, E_BAD_MEMBER, NULL },
	{ "prev of zeros is not null", ST_RECEIVABLE_PAY, "prev", ZERO43, E_BAD_MEMBER, NULL },
	{ "prev with a bit no byte holds", ST_RECEIVABLE_PAY, "prev", "\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV\"",
	  E_BAD_MEMBER, NULL },
	{ "prev of the other alphabet", ST_RECEIVABLE_PAY, "prev", "\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\"",
	  E_BAD_MEMBER, NULL },
	{ "prev with padding", ST_RECEIVABLE_PAY, "prev", "\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=\"", E_BAD_MEMBER,
	  NULL },
	{ "an empty prev", ST_RECEIVABLE_PAY, "prev", "\"\"", E_BAD_MEMBER, NULL },
	{ "prev false", ST_RECEIVABLE_PAY, "prev", "false", E_BAD_MEMBER, NULL },
	{ "a moment with microseconds", ST_RECEIVABLE_PAY, "at", "\"2026-11-23T08:00:00.123456Z\"", OK, NULL },
	{ "a moment in another zone", ST_RECEIVABLE_PAY, "at", "\"2026-11-23T08:00:00+08:00\"", E_BAD_MEMBER, NULL },
	{ "a moment without a zone", ST_RECEIVABLE_PAY, "at", "\"2026-11-23T08:00:00\"", E_BAD_MEMBER, NULL },
	{ "a day is no moment", ST_RECEIVABLE_PAY, "at", "\"2026-11-23\"", E_BAD_MEMBER, NULL },
	{ "a moment as a number", ST_RECEIVABLE_PAY, "at", "1795420800", E_BAD_MEMBER, NULL },
	{ "before there were invoices of ours", ST_RECEIVABLE_PAY, "at", "\"1989-12-31T23:59:59Z\"", E_BAD_MEMBER, NULL },
	{ "the shortest salt", ST_RECEIVABLE_PAY, "salt", "\"AAECAwQFBgcICQoLDA0ODw\"", OK, NULL },
	{ "a salt of 15 bytes", ST_RECEIVABLE_PAY, "salt", "\"AAECAwQFBgcICQoLDA0O\"", E_BAD_MEMBER, NULL },
	{ "the longest salt", ST_RECEIVABLE_PAY, "salt",
	  "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"", OK, NULL },
	{ "a salt of 65 bytes", ST_RECEIVABLE_PAY, "salt",
	  "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"", E_BAD_MEMBER,
	  NULL },
	{ "a salt with padding", ST_RECEIVABLE_PAY, "salt", "\"AAECAwQFBgcICQoLDA0ODw==\"", E_BAD_MEMBER, NULL },
	{ "a salt of the other alphabet", ST_RECEIVABLE_PAY, "salt", "\"+AECAwQFBgcICQoLDA0ODw\"", E_BAD_MEMBER, NULL },
	{ "a salt with a bit no byte holds", ST_RECEIVABLE_PAY, "salt", "\"AAECAwQFBgcICQoLDA0ODx\"", E_BAD_MEMBER, NULL },
	{ "on behalf of null: leave it out instead", ST_RECEIVABLE_PAY, "on_behalf_of", "null", E_BAD_MEMBER, NULL },
	{ "on behalf of nobody", ST_RECEIVABLE_PAY, "on_behalf_of", NIL, E_BAD_MEMBER, NULL },
	{ "a body that is no object", ST_RECEIVABLE_CANCEL, "body", "[]", E_BAD_MEMBER, NULL },
	{ "a body that is null", ST_RECEIVABLE_OVERDUE, "body", "null", E_BAD_MEMBER, NULL },
	{ "an empty body where the type has none", ST_RECEIVABLE_OVERDUE, "body", "{}", OK, NULL },
	/* money */
	{ "money", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1250.00\"", "\"CNY\""), OK, NULL },
	{ "nothing is an amount; the rules judge it", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"0.00\"", "\"CNY\""), OK, NULL },
	{ "the largest", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"10000000000000.00\"", "\"CNY\""), OK, NULL },
	{ "one more", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"10000000000000.01\"", "\"CNY\""), E_BAD_AMOUNT,
	  "/body/amount/amount" },
	{ "no minor digits in yen", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1250\"", "\"JPY\""), OK, NULL },
	{ "minor digits in yen", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1250.00\"", "\"JPY\""), E_BAD_AMOUNT,
	  "/body/amount/amount" },
	{ "three in dinar", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1.250\"", "\"BHD\""), OK, NULL },
	{ "one digit too few", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1250.0\"", "\"CNY\""), E_BAD_AMOUNT,
	  "/body/amount/amount" },
	{ "one too many", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1250.000\"", "\"CNY\""), E_BAD_AMOUNT,
	  "/body/amount/amount" },
	{ "negative", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"-1.00\"", "\"CNY\""), E_BAD_AMOUNT, "/body/amount/amount" },
	{ "a plus", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"+1.00\"", "\"CNY\""), E_BAD_AMOUNT, "/body/amount/amount" },
	{ "leading zero", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"01.00\"", "\"CNY\""), E_BAD_AMOUNT,
	  "/body/amount/amount" },
	{ "grouped digits", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1,250.00\"", "\"CNY\""), E_BAD_AMOUNT,
	  "/body/amount/amount" },
	{ "an exponent in a string", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1e3\"", "\"CNY\""), E_BAD_AMOUNT,
	  "/body/amount/amount" },
	{ "a number", ST_RECEIVABLE_PAY, "body/amount", MONEY("1250", "\"CNY\""), E_BAD_AMOUNT, "/body/amount/amount" },
	{ "full-width digits", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"\xef\xbc\x91.00\"", "\"CNY\""), E_BAD_AMOUNT,
	  "/body/amount/amount" },
	{ "a currency we do not know", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1.00\"", "\"XYZ\""), E_BAD_MEMBER,
	  "/body/amount/currency" },
	{ "a currency in small letters", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1.00\"", "\"cny\""), E_BAD_MEMBER,
	  "/body/amount/currency" },
	{ "a currency that is null", ST_RECEIVABLE_PAY, "body/amount", MONEY("\"1.00\"", "null"), E_BAD_MEMBER,
	  "/body/amount/currency" },
	{ "money without a currency", ST_RECEIVABLE_PAY, "body/amount", "{\"amount\":\"1.00\"}", E_MISSING_MEMBER,
	  "/body/amount/currency" },
	{ "money and something", ST_RECEIVABLE_PAY, "body/amount", "{\"amount\":\"1.00\",\"currency\":\"CNY\",\"x\":1}",
	  E_UNKNOWN_MEMBER, "/body/amount/x" },
	/* dates, texts */
	{ "a leap day", ST_RECEIVABLE_PAY, "body/on", "\"2028-02-29\"", OK, NULL },
	{ "a leap day that is none", ST_RECEIVABLE_PAY, "body/on", "\"2027-02-29\"", E_BAD_MEMBER, NULL },
	{ "a moment is no day", ST_RECEIVABLE_PAY, "body/on", "\"2026-11-23T00:00:00Z\"", E_BAD_MEMBER, NULL },
	{ "a day the other way round", ST_RECEIVABLE_PAY, "body/on", "\"23.11.2026\"", E_BAD_MEMBER, NULL },
	{ "an escape in a text", ST_RECEIVABLE_CANCEL, "body/reason", "\"\\u6c49 \\ud83d\\ude00 \\\\ \\\"\"", OK, NULL },
	{ "a line end in a text", ST_RECEIVABLE_CANCEL, "body/reason", "\"a\\nb\"", E_BAD_MEMBER, NULL },
	{ "a tab", ST_RECEIVABLE_CANCEL, "body/reason", "\"a\\tb\"", E_BAD_MEMBER, NULL },
	{ "an escape character: it moves cursors", ST_RECEIVABLE_CANCEL, "body/reason", "\"\\u001b[2J\"", E_BAD_MEMBER, NULL },
	{ "DEL", ST_RECEIVABLE_CANCEL, "body/reason", "\"a\x7f\"", E_BAD_MEMBER, NULL },
	{ "a control character of C1", ST_RECEIVABLE_CANCEL, "body/reason", "\"a\\u009bb\"", E_BAD_MEMBER, NULL },
	{ "the first character behind C1", ST_RECEIVABLE_CANCEL, "body/reason", "\"a\\u00a0b\"", OK, NULL },
	{ "an escaped NUL", ST_RECEIVABLE_CANCEL, "body/reason", "\"a\\u0000\"", E_BAD_JSON, "" },
	{ "a lone surrogate", ST_RECEIVABLE_CANCEL, "body/reason", "\"\\ud800\"", E_BAD_JSON, "" },
	{ "bytes that are not UTF-8", ST_RECEIVABLE_CANCEL, "body/reason", "\"\xff\"", E_BAD_JSON, "" },
	{ "a country", ST_PARTY_ENROL, "body/country", "\"CN\"", OK, NULL },
	{ "a country in small letters", ST_PARTY_ENROL, "body/country", "\"cn\"", E_BAD_MEMBER, NULL },
	{ "a country of three", ST_PARTY_ENROL, "body/country", "\"CHN\"", E_BAD_MEMBER, NULL },
	/* hashes */
	{ "a hash in hexadecimal", ST_RECEIVABLE_PAY, "body/document", HEX, OK, NULL },
	{ "the same in base64url", ST_RECEIVABLE_PAY, "body/document", B43, OK, NULL },
	{ "a kid in base64url", ST_KEY_REVOKE, "body/kid", B43, OK, NULL },
	{ "a kid in hexadecimal", ST_KEY_REVOKE, "body/kid", HEX, OK, NULL },
	{ "a hash of zeros", ST_KEY_REVOKE, "body/kid", ZERO43, E_BAD_MEMBER, NULL },
	{ "upper-case hexadecimal", ST_RECEIVABLE_PAY, "body/document",
	  "\"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855\"", E_BAD_MEMBER, NULL },
	{ "a digit short", ST_RECEIVABLE_PAY, "body/document",
	  "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85\"", E_BAD_MEMBER, NULL },
	{ "no documents", ST_RECEIVABLE_REGISTER, "body/documents", "[]", OK, NULL },
	{ "a document twice", ST_RECEIVABLE_REGISTER, "body/documents", "[" HEX "," HEX "]", E_BAD_MEMBER,
	  "/body/documents/1" },
	{ "twice, in two spellings", ST_RECEIVABLE_REGISTER, "body/documents", "[" B43 "," HEX "]", E_BAD_MEMBER,
	  "/body/documents/1" },
	{ "a document that is null", ST_RECEIVABLE_REGISTER, "body/documents", "[" HEX ",null]", E_BAD_MEMBER,
	  "/body/documents/1" },
	/* fractions */
	{ "all", ST_ENCUMBRANCE_GRANT, "body/fraction", "\"1\"", OK, NULL },
	{ "all, written long", ST_ENCUMBRANCE_GRANT, "body/fraction", "\"1.000000\"", OK, NULL },
	{ "a millionth", ST_ENCUMBRANCE_GRANT, "body/fraction", "\"0.000001\"", OK, NULL },
	{ "less than a millionth", ST_ENCUMBRANCE_GRANT, "body/fraction", "\"0.0000001\"", E_BAD_MEMBER, NULL },
	{ "nothing", ST_ENCUMBRANCE_GRANT, "body/fraction", "\"0.0\"", E_BAD_MEMBER, NULL },
	{ "more than all", ST_ENCUMBRANCE_GRANT, "body/fraction", "\"1.000001\"", E_BAD_MEMBER, NULL },
	{ "twice all", ST_ENCUMBRANCE_GRANT, "body/fraction", "\"2\"", E_BAD_MEMBER, NULL },
	{ "no digit before the point", ST_ENCUMBRANCE_GRANT, "body/fraction", "\".5\"", E_BAD_MEMBER, NULL },
	{ "none behind it", ST_ENCUMBRANCE_GRANT, "body/fraction", "\"1.\"", E_BAD_MEMBER, NULL },
	{ "a leading zero", ST_ENCUMBRANCE_GRANT, "body/fraction", "\"00.5\"", E_BAD_MEMBER, NULL },
	{ "a number", ST_ENCUMBRANCE_GRANT, "body/fraction", "1", E_BAD_MEMBER, NULL },
	{ "per cent", ST_ENCUMBRANCE_GRANT, "body/fraction", "\"50%\"", E_BAD_MEMBER, NULL },
	/* names out of lists */
	{ "a pledge", ST_ENCUMBRANCE_GRANT, "body/kind", "\"pledge\"", OK, NULL },
	{ "a kind nobody knows", ST_ENCUMBRANCE_GRANT, "body/kind", "\"theft\"", E_BAD_MEMBER, NULL },
	{ "roles", ST_PARTY_ENROL, "body/roles", "[\"supplier\",\"core_enterprise\"]", OK, NULL },
	{ "the registry's role can be read; the rules refuse it", ST_PARTY_ENROL, "body/roles", "[\"registry\"]", OK, NULL },
	{ "no role", ST_PARTY_ENROL, "body/roles", "[]", E_BAD_MEMBER, NULL },
	{ "a role twice", ST_PARTY_ENROL, "body/roles", "[\"bank\",\"bank\"]", E_BAD_MEMBER, "/body/roles/1" },
	{ "a role nobody knows", ST_PARTY_ENROL, "body/roles", "[\"bank\",\"thief\"]", E_BAD_MEMBER, "/body/roles/1" },
	{ "a role as a word", ST_PARTY_ENROL, "body/roles", "\"bank\"", E_BAD_MEMBER, NULL },
	{ "types", ST_MANDATE_GRANT, "body/types", "[\"receivable.pay\",\"log.genesis\",\"check.certify\"]", OK, NULL },
	{ "a type nobody knows", ST_MANDATE_GRANT, "body/types", "[\"receivable.pay\",\"*\"]", E_BAD_MEMBER, "/body/types/1" },
	{ "no types", ST_MANDATE_GRANT, "body/types", "[]", E_BAD_MEMBER, NULL },
	/* keys */
	{ "an Ed25519 key", ST_KEY_ENROL, "body/jwk", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":" X32 "}", OK, NULL },
	{ "a P-256 key", ST_KEY_ENROL, "body/jwk", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":" PX ",\"y\":" PY "}", OK, NULL },
	{ "the same numbers are no point of SM2", ST_KEY_ENROL, "body/jwk",
	  "{\"kty\":\"EC\",\"crv\":\"SM2\",\"x\":" PX ",\"y\":" PY "}", E_BAD_MEMBER, NULL },
	{ "x and y exchanged: off the curve", ST_KEY_ENROL, "body/jwk",
	  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":" PY ",\"y\":" PX "}", E_BAD_MEMBER, NULL },
	{ "a key with its private half", ST_KEY_ENROL, "body/jwk",
	  "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":" X32 ",\"d\":" X32 "}", E_UNKNOWN_MEMBER, "/body/jwk/d" },
	{ "a key with a name", ST_KEY_ENROL, "body/jwk", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":" X32 ",\"kid\":\"a\"}",
	  E_UNKNOWN_MEMBER, "/body/jwk/kid" },
	{ "an Ed25519 key with y", ST_KEY_ENROL, "body/jwk", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":" X32 ",\"y\":" PY "}",
	  E_UNKNOWN_MEMBER, "/body/jwk/y" },
	{ "a P-256 key without y", ST_KEY_ENROL, "body/jwk", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":" PX "}", E_MISSING_MEMBER,
	  "/body/jwk/y" },
	{ "the wrong kind for the curve", ST_KEY_ENROL, "body/jwk", "{\"kty\":\"EC\",\"crv\":\"Ed25519\",\"x\":" X32 "}",
	  E_BAD_MEMBER, "/body/jwk/crv" },
	{ "an RSA key", ST_KEY_ENROL, "body/jwk", "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", E_UNKNOWN_MEMBER,
	  "/body/jwk/n" },
	{ "a secret", ST_KEY_ENROL, "body/jwk", "{\"kty\":\"oct\",\"crv\":\"Ed25519\",\"x\":" X32 "}", E_BAD_MEMBER,
	  "/body/jwk/crv" },
	{ "Ed25519's point of small order", ST_KEY_ENROL, "body/jwk",
	  "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}", E_BAD_MEMBER, NULL },
	{ "a coordinate a byte short", ST_KEY_ENROL, "body/jwk",
	  "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ\"}", E_BAD_MEMBER,
	  "/body/jwk/x" },
	{ "no keys", ST_PARTY_ENROL, "body/keys", "[]", E_BAD_MEMBER, NULL },
	{ "a key twice", ST_PARTY_ENROL, "body/keys",
	  "[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":" X32 "},{\"x\":" X32 ",\"kty\":\"OKP\",\"crv\":\"Ed25519\"}]",
	  E_BAD_MEMBER, "/body/keys/1" },
	/* values, rules, facts, invoice */
	{ "a value", ST_RULE_PUBLISH, "body/values", "{\"days\":365}", OK, NULL },
	{ "two values", ST_RULE_PUBLISH, "body/values", "{\"days\":365,\"hours\":1}", E_BAD_MEMBER, NULL },
	{ "a value as text", ST_RULE_PUBLISH, "body/values", "{\"days\":\"365\"}", E_BAD_MEMBER, NULL },
	{ "a value without a unit", ST_RULE_PUBLISH, "body/values", "{\"\":365}", E_BAD_MEMBER, NULL },
	{ "a value with a fraction", ST_RULE_PUBLISH, "body/values", "{\"days\":365.5}", E_BAD_JSON, "" },
	{ "a version beyond 2^53", ST_RULE_PUBLISH, "body/version", "9007199254740992", E_BAD_JSON, "" },
	{ "no rules", ST_LOG_GENESIS, "body/rules", "[]", E_BAD_MEMBER, NULL },
	{ "a rule without a version", ST_LOG_GENESIS, "body/rules",
	  "[{\"rule\":\"a\",\"effective\":\"2026-01-01T00:00:00Z\",\"values\":{\"days\":1}}]", E_MISSING_MEMBER,
	  "/body/rules/0/version" },
	{ "facts", ST_HOLD_PLACE, "body/claim", "{\"kind\":\"invoice\",\"issuer\":\"a\",\"number\":\"1\"}", OK, NULL },
	{ "facts without a number", ST_HOLD_PLACE, "body/claim", "{\"kind\":\"invoice\",\"issuer\":\"a\"}", E_MISSING_MEMBER,
	  "/body/claim/number" },
	{ "facts with a bad amount", ST_HOLD_PLACE, "body/claim",
	  "{\"kind\":\"invoice\",\"issuer\":\"a\",\"number\":\"1\",\"amount\":" MONEY("\"1\"", "\"CNY\"") "}", E_BAD_AMOUNT,
	  "/body/claim/amount/amount" },
	{ "an invoice with its number only", ST_RECEIVABLE_REGISTER, "body/invoice", "{\"number\":\"24\"}", OK, NULL },
	{ "an invoice with a total", ST_RECEIVABLE_REGISTER, "body/invoice", "{\"number\":\"24\",\"total\":1}", E_UNKNOWN_MEMBER,
	  "/body/invoice/total" },
	{ "yes as a word", ST_RECEIVABLE_REGISTER, "body/existing", "\"true\"", E_BAD_MEMBER, NULL },
};
/* clang-format on */

static void forms(void **state)
{
	struct dice r = { 4 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char pointer[96];

		arena_reset(&mem);
		struct command c = roll_command(&r, statement_info(rows[i].kind), true, &mem);
		enum fault f = parse_with(payload_of(&c, text_a, sizeof text_a), rows[i].path, rows[i].json);
		if (f != rows[i].want)
			fail_msg("%s: %d, not %d: %s: %s", rows[i].why, f, rows[i].want, diag.pointer, diag.detail);
		snprintf(pointer, sizeof pointer, "/%s", rows[i].path);
		if (f != OK && strcmp(diag.pointer, rows[i].pointer ? rows[i].pointer : pointer) != 0)
			fail_msg("%s: pointer %s", rows[i].why, diag.pointer);
	}
}

/* Bounds that do not fit into a row. */
static void bounds(void **state)
{
	static char json[TEXT_MAX * 16];
	struct dice r = { 5 };
	struct command c;

	(void)state;
	arena_reset(&mem);
	c = roll_command(&r, statement_info(ST_RECEIVABLE_CANCEL), true, &mem);
	struct span a = payload_of(&c, text_a, sizeof text_a);
	for (size_t n = TEXT_MAX; n <= TEXT_MAX + 1; n++) { /* characters, not bytes */
		struct writer w = writer_over(json, sizeof json - 1);

		put_byte(&w, '"');
		for (size_t i = 0; i < n; i++)
			put_z(&w, i % 2 ? "\xf0\x9f\x98\x80" : "\\ud83d\\ude00");
		put_byte(&w, '"');
		json[w.len] = 0;
		assert_int_equal(parse_with(a, "body/reason", json), n <= TEXT_MAX ? OK : E_BAD_MEMBER);
	}
	c = roll_command(&r, statement_info(ST_RECEIVABLE_REGISTER), true, &mem);
	a = payload_of(&c, text_a, sizeof text_a);
	for (size_t n = LIST_MAX; n <= LIST_MAX + 1; n++) {
		struct writer w = writer_over(json, sizeof json - 1);

		for (size_t i = 0; i < n; i++) {
			struct hash h = sha256((struct span){ (const char *)&i, sizeof i });

			put_z(&w, i ? ",\"" : "[\"");
			put_hex(&w, h.b, HASH_LEN);
			put_byte(&w, '"');
		}
		put_byte(&w, ']');
		json[w.len] = 0;
		assert_int_equal(parse_with(a, "body/documents", json), n <= LIST_MAX ? OK : E_BAD_MEMBER);
	}
}

static void duplicates(void **state)
{
	struct dice r = { 6 };
	struct command c, back;

	(void)state;
	arena_reset(&mem);
	c = roll_command(&r, statement_info(ST_RECEIVABLE_CANCEL), true, &mem);
	struct span a = payload_of(&c, text_a, sizeof text_a);
	struct writer w = writer_over(text_b, sizeof text_b);
	put_z(&w, "{\"type\":\"receivable.cancel\",");
	put_span(&w, (struct span){ a.at + 1, a.len - 1 });
	assert_int_equal(parse(writer_span(&w), &back), E_BAD_JSON);
	assert_non_null(strstr(diag.detail, "twice"));
	assert_int_equal(parse_with(a, "body", "{\"reason\":\"a\",\"reason\":\"a\"}"), E_BAD_JSON);
	assert_int_equal(parse_with(a, "body", "{\"reason\":\"a\",\"re\\u0061son\":\"b\"}"), E_BAD_JSON);
}

/* White space up to the limit is a statement; one byte more is not. */
static void sizes(void **state)
{
	struct dice r = { 7 };
	struct command c, back;

	(void)state;
	arena_reset(&mem);
	c = roll_command(&r, statement_info(ST_RECEIVABLE_CANCEL), true, &mem);
	size_t len = payload_of(&c, text_a, sizeof text_a).len;
	memset(text_a + len, ' ', STATEMENT_MAX + 1 - len);
	assert_int_equal(parse((struct span){ text_a, STATEMENT_MAX }, &back), OK);
	assert_int_equal(parse((struct span){ text_a, STATEMENT_MAX + 1 }, &back), E_TOO_BIG);
	struct privkey key = roll_key(&r);
	for (size_t more = 0; more < 2; more++) {
		struct writer w = writer_over(text_b, sizeof text_b);
		struct sealed s;

		arena_reset(&mem);
		assert_true(jws_sign(&key, STATEMENT_TYP, (struct span){ text_a, STATEMENT_MAX + more }, &w));
		assert_true(w.len <= STATEMENT_COMPACT_MAX);
		assert_int_equal(statement_split(writer_span(&w), &mem, &s, &diag), more ? E_TOO_BIG : OK);
	}
}

/* --- the JWS around it --- */

static void three_steps(void **state)
{
	struct dice r = { 8 };
	unsigned suites = 0;

	(void)state;
	for (int i = 0; i < 24; i++) {
		struct privkey key = roll_key(&r), other = roll_key(&r);
		struct writer w = writer_over(text_b, sizeof text_b);
		struct sealed s;
		struct command back;

		arena_reset(&mem);
		struct command c = roll_command(&r, statement_info(ST_RECEIVABLE_REGISTER), false, &mem);
		assert_true(jws_sign(&key, STATEMENT_TYP, payload_of(&c, text_a, sizeof text_a), &w));
		struct span compact = writer_span(&w);
		assert_int_equal(statement_split(compact, &mem, &s, &diag), OK);
		assert_int_equal(s.alg, key.pub.alg);
		assert_true(hash_eq(s.kid, jwk_thumbprint(&key.pub)));
		assert_true(hash_eq(s.statement, sha256(compact)));
		assert_int_equal(statement_verify(&s, &key.pub, &diag), OK);
		assert_int_equal(statement_verify(&s, &other.pub, &diag), E_BAD_SIGNATURE);
		s.alg = (enum alg)(s.alg % 3 + 1); /* the header says another suite than the key's */
		assert_int_equal(statement_verify(&s, &key.pub, &diag), E_BAD_SIGNATURE);
		s.alg = key.pub.alg;
		assert_int_equal(statement_parse(&s, &mem, &back, &diag), OK);
		assert_null(command_differs(&c, &back));
		assert_true(hash_eq(back.kid, s.kid) && hash_eq(back.statement, s.statement));
		assert_true(back.bytes.at == compact.at && back.bytes.len == compact.len);
		suites |= 1u << s.alg;
		text_b[w.len / 2] ^= 1; /* in the payload */
		if (statement_split(compact, &mem, &s, &diag) == OK)
			assert_int_equal(statement_verify(&s, &key.pub, &diag), E_BAD_SIGNATURE);
	}
	assert_int_equal(suites, 0xe);
}

#define KID "\"kid\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\""
#define TYP "\"typ\":\"counterfoil+jws\""

/* clang-format off */
static const struct { const char *why, *header; enum fault want; } headers[] = {
	{ "the usual one", "{\"alg\":\"Ed25519\"," KID "," TYP "}", OK },
	{ "any order, white space", "{ " TYP ", " KID ", \"alg\" : \"ES256\" }", OK },
	{ "the old name", "{\"alg\":\"EdDSA\"," KID "," TYP "}", OK },
	{ "SM2", "{\"alg\":\"SM2\"," KID "," TYP "}", OK },
	{ "no signature at all", "{\"alg\":\"none\"," KID "," TYP "}", E_BAD_JWS },
	{ "none in other letters", "{\"alg\":\"nOnE\"," KID "," TYP "}", E_BAD_JWS },
	{ "an empty alg", "{\"alg\":\"\"," KID "," TYP "}", E_BAD_JWS },
	{ "a secret shared with the public key", "{\"alg\":\"HS256\"," KID "," TYP "}", E_BAD_JWS },
	{ "RSA", "{\"alg\":\"RS256\"," KID "," TYP "}", E_BAD_JWS },
	{ "another curve", "{\"alg\":\"ES256K\"," KID "," TYP "}", E_BAD_JWS },
	{ "Ed448", "{\"alg\":\"Ed448\"," KID "," TYP "}", E_BAD_JWS },
	{ "alg in small letters", "{\"alg\":\"es256\"," KID "," TYP "}", E_BAD_JWS },
	{ "alg null", "{\"alg\":null," KID "," TYP "}", E_BAD_JWS },
	{ "alg a list", "{\"alg\":[\"ES256\"]," KID "," TYP "}", E_BAD_JWS },
	{ "alg twice", "{\"alg\":\"ES256\",\"alg\":\"none\"," KID "," TYP "}", E_BAD_JWS },
	{ "alg twice, once by an escape", "{\"alg\":\"ES256\",\"\\u0061lg\":\"none\"," KID "," TYP "}", E_BAD_JWS },
	{ "no alg", "{" KID "," TYP "}", E_BAD_JWS },
	{ "no kid", "{\"alg\":\"ES256\"," TYP "}", E_BAD_JWS },
	{ "no typ", "{\"alg\":\"ES256\"," KID "}", E_BAD_JWS },
	{ "a token's typ", "{\"alg\":\"ES256\"," KID ",\"typ\":\"JWT\"}", E_BAD_JWS },
	{ "typ with its long name", "{\"alg\":\"ES256\"," KID ",\"typ\":\"application/counterfoil+jws\"}", E_BAD_JWS },
	{ "typ in other letters", "{\"alg\":\"ES256\"," KID ",\"typ\":\"COUNTERFOIL+JWS\"}", E_BAD_JWS },
	{ "typ null", "{\"alg\":\"ES256\"," KID ",\"typ\":null}", E_BAD_JWS },
	{ "a kid too short", "{\"alg\":\"ES256\",\"kid\":\"47DEQpj8HBSa\"," TYP "}", E_BAD_JWS },
	{ "a kid in hexadecimal", "{\"alg\":\"ES256\",\"kid\":" HEX "," TYP "}", E_BAD_JWS },
	{ "a kid that is a path", "{\"alg\":\"ES256\",\"kid\":\"../../../../../../../../dev/null\"," TYP "}", E_BAD_JWS },
	{ "a kid with a bit no byte holds", "{\"alg\":\"ES256\",\"kid\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV\"," TYP "}",
	  E_BAD_JWS },
	{ "a key from elsewhere", "{\"alg\":\"ES256\"," KID "," TYP ",\"jku\":\"https://evil.example/k\"}", E_BAD_JWS },
	{ "a key of its own", "{\"alg\":\"ES256\"," KID "," TYP ",\"jwk\":{\"kty\":\"EC\"}}", E_BAD_JWS },
	{ "a certificate from elsewhere", "{\"alg\":\"ES256\"," KID "," TYP ",\"x5u\":\"https://evil.example/c\"}", E_BAD_JWS },
	{ "a certificate", "{\"alg\":\"ES256\"," KID "," TYP ",\"x5c\":[\"MIIB\"]}", E_BAD_JWS },
	{ "critical extensions", "{\"alg\":\"ES256\"," KID "," TYP ",\"crit\":[\"exp\"],\"exp\":1}", E_BAD_JWS },
	{ "no critical extensions", "{\"alg\":\"ES256\"," KID "," TYP ",\"crit\":[]}", E_BAD_JWS },
	{ "a payload not encoded (RFC 7797)", "{\"alg\":\"ES256\"," KID "," TYP ",\"b64\":false,\"crit\":[\"b64\"]}", E_BAD_JWS },
	{ "even b64 true", "{\"alg\":\"ES256\"," KID "," TYP ",\"b64\":true}", E_BAD_JWS },
	{ "compressed", "{\"alg\":\"ES256\"," KID "," TYP ",\"zip\":\"DEF\"}", E_BAD_JWS },
	{ "a content type", "{\"alg\":\"ES256\"," KID "," TYP ",\"cty\":\"JWT\"}", E_BAD_JWS },
	{ "a list", "[\"ES256\"]", E_BAD_JWS },
	{ "a number", "1", E_BAD_JWS },
	{ "not JSON", "alg=ES256", E_BAD_JWS },
	{ "an object cut short", "{\"alg\":\"ES256\"", E_BAD_JWS },
	{ "something behind it", "{\"alg\":\"ES256\"," KID "," TYP "} ", OK },
	{ "something else behind it", "{\"alg\":\"ES256\"," KID "," TYP "}{}", E_BAD_JWS },
	{ "not UTF-8", "{\"alg\":\"ES256\"," KID ",\"typ\":\"\xff\"}", E_BAD_JWS },
};
/* clang-format on */

static struct span compact_of(const char *header, const char *payload, char *out, size_t cap)
{
	static const char sig[SIG_LEN] = { 1 };
	struct writer w = writer_over(out, cap);

	put_b64url(&w, span_z(header));
	put_byte(&w, '.');
	put_b64url(&w, span_z(payload));
	put_byte(&w, '.');
	put_b64url(&w, (struct span){ sig, sizeof sig });
	assert_false(w.overflow);
	return writer_span(&w);
}

static void header_attacks(void **state)
{
	char out[4096], longest[1024];
	struct sealed s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		arena_reset(&mem);
		enum fault f = statement_split(compact_of(headers[i].header, "{}", out, sizeof out), &mem, &s, &diag);
		if (f != headers[i].want)
			fail_msg("%s: %d, %s", headers[i].why, f, diag.detail);
	}
	snprintf(longest, sizeof longest, "{\"alg\":\"ES256\"," KID "," TYP "%*s}", 300, "");
	assert_int_equal(statement_split(compact_of(longest, "{}", out, sizeof out), &mem, &s, &diag), E_BAD_JWS);
}

/* What can be done to the text itself: every change is refused or changes the hash. */
static void text_attacks(void **state)
{
	static const char sig43[] =
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	static const struct {
		const char *why, *format;
	} bad[] = {
		{ "nothing", "" },
		{ "one part", "%s" },
		{ "two parts", "%s.%s" },
		{ "four parts", "%s.%s.%s.e30" },
		{ "a dot at the end", "%s.%s.%s." },
		{ "a dot at the start", ".%s.%s.%s" },
		{ "no payload", "%s..%s%.0s" },
		{ "two dots between", "%s..%s.%s" },
		{ "no signature", "%s.%s.%.0s" },
		{ "padding", "%s=.%s.%s" },
		{ "padding behind the payload", "%s.%s=.%s" },
		{ "padding behind the signature", "%s.%s.%s==" },
		{ "a line end", "%s.%s.%s\n" },
		{ "a space before", " %s.%s.%s" },
		{ "a space within", "%s. %s.%s" },
		{ "a signature too long", "%s.%s.%sAAAA" },
		{ "the other alphabet", "%s.+%s.%s" },
		{ "a JSON serialisation", "{\"protected\":\"%s\",\"payload\":\"%s\",\"signature\":\"%s\"}" },
	};
	char header[256], text[1024];
	struct writer w = writer_over(header, sizeof header - 1);
	struct sealed s;

	(void)state;
	put_b64url(&w, span_z("{\"alg\":\"Ed25519\"," KID "," TYP "}"));
	header[w.len] = 0;
	snprintf(text, sizeof text, "%s.%s.%s", header, "e30", sig43);
	arena_reset(&mem);
	assert_int_equal(statement_split(span_z(text), &mem, &s, &diag), OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof text, bad[i].format, header, "e30", sig43);
#pragma GCC diagnostic pop
		arena_reset(&mem);
		if (statement_split(span_z(text), &mem, &s, &diag) != E_BAD_JWS)
			fail_msg("%s: taken", bad[i].why);
	}
	/* bits no byte holds, at the end of the payload and of the signature */
	snprintf(text, sizeof text, "%s.e31.%s", header, sig43);
	assert_int_equal(statement_split(span_z(text), &mem, &s, &diag), E_BAD_JWS);
	snprintf(text, sizeof text, "%s.e30.%.85sB", header, sig43);
	assert_int_equal(statement_split(span_z(text), &mem, &s, &diag), E_BAD_JWS);
	snprintf(text, sizeof text, "%s.e30.%.85s", header, sig43);
	assert_int_equal(statement_split(span_z(text), &mem, &s, &diag), E_BAD_JWS);
}

/* --- memory --- */

/* In an arena of STATEMENT_ROOM the largest statements fit; in every smaller one they are refused or whole. */
static void room(void **state)
{
	static char small[STATEMENT_ROOM(200000)];
	static const enum statement_kind kind[] = { ST_LOG_GENESIS, ST_PARTY_ENROL, ST_RECEIVABLE_REGISTER };
	struct dice r = { 9 };

	(void)state;
	for (int i = 0; i < 90; i++) {
		struct writer w = writer_over(text_b, sizeof text_b);
		struct sealed s;
		struct command back;

		arena_reset(&mem);
		struct command c = roll_command(&r, statement_info(kind[i % 3]), true, &mem);
		if (i % 3 == 0)
			c.body.log_genesis.rules.n = i == 0 ? 1 : c.body.log_genesis.rules.n;
		struct span payload = payload_of(&c, text_a, sizeof text_a);
		if (payload.len > STATEMENT_MAX)
			continue;
		struct privkey key = roll_key(&r);
		assert_true(jws_sign(&key, STATEMENT_TYP, payload, &w));
		size_t need = STATEMENT_ROOM(w.len);
		struct arena a = arena_over(small, need);
		assert_int_equal(statement_split(writer_span(&w), &a, &s, &diag), OK);
		assert_int_equal(statement_parse(&s, &a, &back, &diag), OK);
		assert_null(command_differs(&c, &back));
		for (size_t cap = 0; cap < need; cap += need / 40 + 1) {
			a = arena_over(small, cap);
			enum fault f = statement_split(writer_span(&w), &a, &s, &diag);
			if (f == OK)
				f = statement_parse(&s, &a, &back, &diag);
			assert_true(f == OK || f == E_TOO_BIG);
			if (f == OK)
				assert_null(command_differs(&c, &back));
		}
	}
}

/* No text of a command points anywhere but into the arena (or the bytes it came as). */
static void inside(const void *at, size_t len)
{
	assert_true((const char *)at >= memory && (const char *)at + len <= memory + sizeof memory);
}

static void texts_lie_in_mem(void **state)
{
	struct dice r = { 10 };
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct command back;

		arena_reset(&mem);
		struct command c = roll_command(&r, &row[i], true, &mem);
		assert_int_equal(parse(payload_of(&c, text_a, sizeof text_a), &back), OK);
		inside(back.salt.at, back.salt.len);
		for (size_t k = 0; k < row[i].n_fields; k++) {
			const char *at = (const char *)&back.body + row[i].fields[k].offset;
			enum field_kind kind = row[i].fields[k].kind;

			if (kind == FK_text || kind == FK_values || kind == FK_invoice)
				inside(AS(struct span, at)->at, AS(struct span, at)->len);
			if (kind == FK_hashes || kind == FK_jwks || kind == FK_rules)
				inside(AS(struct list, at)->at, AS(struct list, at)->n);
		}
	}
}

/* --- the tables --- */

static void tables(void **state)
{
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	(void)state;
	assert_true(n > 30 && n <= 8 * sizeof(struct type_set));
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(statement_info(row[i].kind), &row[i]);
		assert_ptr_equal(statement_by_type(span_z(row[i].type)), &row[i]);
		assert_int_equal(row[i].row, i);
		size_t from = 0;
		for (size_t k = 0; k < row[i].n_fields; k++) {
			const struct field_info *f = &row[i].fields[k];

			assert_true(f->member && f->what && f->offset > from);
			assert_true(f->offset + kind_size(f->kind) <= sizeof(union body));
			from = f->offset;
		}
	}
	assert_null(statement_info(ST_NONE));
	assert_null(statement_info((enum statement_kind)3));
	assert_null(statement_info((enum statement_kind)65535));
	assert_null(statement_by_type(S("")));
	assert_null(statement_by_type(S("receivable.registe")));
	assert_null(statement_by_type(S("receivable.registerr")));
	const struct statement_info *reg = statement_by_type(S("receivable.register"));
	assert_int_equal(reg->fields[2].offset, offsetof(struct body_receivable_register, face));
	assert_int_equal(reg->roles, ROLE_SUPPLIER | ROLE_CORE);
	assert_int_equal(statement_by_type(S("encumbrance.accept"))->n_fields, 0);
}

static void names(void **state)
{
	(void)state;
	for (int32_t bit = 1; bit <= ROLE_WITNESS; bit <<= 1) {
		assert_non_null(role_name(bit));
		assert_int_equal(role_parse(span_z(role_name(bit))), bit);
	}
	assert_int_equal(role_parse(S("Bank")), 0);
	assert_int_equal(role_parse(S("")), 0);
	assert_null(role_name(0));
	assert_null(role_name(ROLE_BANK | ROLE_COURT));
	for (enum encumbrance_kind k = ENC_ASSIGNMENT; k <= ENC_FREEZE; k++)
		assert_int_equal(encumbrance_kind_parse(span_z(encumbrance_kind_name(k))), k);
	assert_int_equal(encumbrance_kind_parse(S("")), ENC_NONE);
	assert_null(encumbrance_kind_name(ENC_NONE));
	assert_null(encumbrance_kind_name((enum encumbrance_kind)6));
}

static void amounts(void **state)
{
	const struct money m = { 12500, "CNY" };
	struct command c;

	(void)state;
	memset(&c, 0, sizeof c);
	c.kind = ST_RECEIVABLE_REGISTER;
	c.body.receivable_register.face = m;
	assert_int_equal(command_amount(&c).minor, 12500);
	assert_string_equal(command_amount(&c).ccy, "CNY");
	memset(&c, 0, sizeof c);
	c.kind = ST_ENCUMBRANCE_GRANT; /* by fraction: the asset says how much */
	assert_true(money_absent(command_amount(&c)));
	c.kind = ST_KEY_ENROL; /* a limit moves nothing */
	c.body.key_enrol.limits = m;
	assert_true(money_absent(command_amount(&c)));
	memset(&c, 0, sizeof c);
	c.kind = ST_MANDATE_GRANT;
	c.body.mandate_grant.limit = m;
	assert_true(money_absent(command_amount(&c)));
	c.kind = ST_HOLD_RELEASE;
	assert_true(money_absent(command_amount(&c)));
}

static void fractions(void **state)
{
	(void)state;
	for (int32_t ppm = 1; ppm <= 1000000; ppm += ppm < 1000 || ppm > 999000 ? 1 : 977) {
		char text[16];
		struct writer w = writer_over(text, sizeof text);
		int32_t back = 0;

		put_fraction(&w, ppm);
		assert_true(fraction_parse(writer_span(&w), &back));
		assert_int_equal(back, ppm);
	}
}

/* --- the schema --- */

static bool has_member(struct span object, struct span name)
{
	for (size_t i = 1; object.at[i] != '}';) {
		size_t end = i + 1;

		while (object.at[end] != '"')
			end++;
		if (span_eq(name, (struct span){ object.at + i + 1, end - i - 1 }))
			return true;
		i = value_end(object, end + 2);
		i += object.at[i] == ',';
	}
	return false;
}

/* It is strict JSON, has every type, and every reference in it leads somewhere. */
static void schema(void **state)
{
	static const char ref[] = "\"#/components/schemas/";
	struct writer w = writer_over(text_a, sizeof text_a - 1);
	AUTO_JS struct js top = { .v = NULL };
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	(void)state;
	put_statement_schema(&w);
	assert_false(w.overflow);
	text_a[w.len] = 0;
	assert_int_equal(js_read(writer_span(&w), (struct js_limits){ sizeof text_a, 16 }, &top, &diag), OK);
	for (size_t i = 0; i < n; i++)
		assert_true(has_member(writer_span(&w), span_z(row[i].type)));
	for (const char *at = text_a; (at = strstr(at, ref)) != NULL;) {
		at += sizeof ref - 1;
		assert_true(has_member(writer_span(&w), (struct span){ at, (size_t)(strchr(at, '"') - at) }));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(tables),           T(names),          T(amounts),
		T(fractions),        T(there_and_back), T(absent_is_absent),
		T(every_member),     T(forms),          T(bounds),
		T(duplicates),       T(sizes),          T(three_steps),
		T(header_attacks),   T(text_attacks),   T(room),
		T(texts_lie_in_mem), T(schema),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
