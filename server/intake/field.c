/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field.c: the kinds of fields as one table, the members of those that are
 * objects, and what reading and writing share.
 */
#include "intake/field.h"
#include "intake/field_kind.h"

static_assert(sizeof(struct list) == sizeof(struct hashes) && sizeof(struct list) == sizeof(struct jwks) &&
                      sizeof(struct list) == sizeof(struct rules),
              "lists differ in what they point to only");

/* clang-format off */
static const struct field_info facts_member[] = {
	{ "kind",   FK_text,  true,  offsetof(struct facts, kind),   "what it is: invoice, warehouse-receipt, lot, bin or serial" },
	{ "issuer", FK_text,  true,  offsetof(struct facts, issuer), "who issued it: uscc, lei or party id; of a lot the code of the goods, of a bin the id of the site, of a serial its prefix" },
	{ "number", FK_text,  true,  offsetof(struct facts, number), "its number as printed; of a bin <zone>/<bin>" },
	{ "date",   FK_date,  false, offsetof(struct facts, date),   "its date" },
	{ "amount", FK_money, false, offsetof(struct facts, amount), "its total" },
	{ "debtor", FK_text,  false, offsetof(struct facts, debtor), "who owes: uscc, lei or party id" },
};
static const struct field_info invoice_member[] = {
	{ "number", FK_text,  true,  offsetof(struct invoice, number), "its number as printed" },
	{ "date",   FK_date,  false, offsetof(struct invoice, date),   "its date" },
};
static const struct field_info cut_member[] = {
	{ "id",     FK_uuid,  true, offsetof(struct cut, id),     "its id: a new one" },
	{ "amount", FK_money, true, offsetof(struct cut, amount), "how much of the whole" },
};
static const struct field_info rule_member[] = {
	{ "rule",      FK_text,   true, offsetof(struct rule_value, rule),      "id of the rule" },
	{ "version",   FK_i64,    true, offsetof(struct rule_value, version),   "its version" },
	{ "effective", FK_moment, true, offsetof(struct rule_value, effective), "from when" },
	{ "values",    FK_values, true, offsetof(struct rule_value, values),    "{\"<unit>\": <whole number>}" },
};

static const struct field_info lot_member[] = {
	{ "goods_code",    FK_text,     true,  offsetof(struct goods_lot, goods),         "code of the goods, as the site is registered for them" },
	{ "grade",         FK_text,     true,  offsetof(struct goods_lot, grade),         "quality, as graded" },
	{ "quantity",      FK_quantity, true,  offsetof(struct goods_lot, quantity),      "how much" },
	{ "pieces",        FK_i64,      false, offsetof(struct goods_lot, pieces),        "how many pieces; none in bulk" },
	{ "zone",          FK_text,     true,  offsetof(struct goods_lot, zone),          "where at the site" },
	{ "bin",           FK_text,     true,  offsetof(struct goods_lot, bin),           "where in the zone" },
	{ "batch",         FK_text,     false, offsetof(struct goods_lot, batch),         "number of the lot, heat or batch, as marked on the goods" },
	{ "marks",         FK_text,     false, offsetof(struct goods_lot, marks),         "other marks" },
	{ "packaging",     FK_text,     false, offsetof(struct goods_lot, packaging),     "how packed" },
	{ "serial_prefix", FK_text,     false, offsetof(struct goods_lot, serial_prefix), "what stands before the digits of every serial number" },
	{ "serial_first",  FK_i64,      false, offsetof(struct goods_lot, serial_first),  "the first number" },
	{ "serial_last",   FK_i64,      false, offsetof(struct goods_lot, serial_last),   "the last number" },
	{ "value",         FK_money,    true,  offsetof(struct goods_lot, value),         "declared value" },
};
static const struct field_info part_member[] = {
	{ "lot",      FK_i64,      true,  offsetof(struct goods_part, lot),      "number of the lot in the receipt" },
	{ "quantity", FK_quantity, true,  offsetof(struct goods_part, quantity), "how much of it" },
	{ "pieces",   FK_i64,      false, offsetof(struct goods_part, pieces),   "how many pieces that is" },
};
static const struct field_info capacity_member[] = {
	{ "goods_code", FK_text,   true, offsetof(struct capacity, goods),    "code of the goods" },
	{ "capacity", FK_quantity, true, offsetof(struct capacity, quantity), "how much of them the site can hold" },
};

#define KIND(k, type, expected) LIST_KIND(k, 0, type, expected)
#define LIST_KIND(k, least, type, expected) [FK_##k] = { sizeof(type), expected, least, { NULL, 0 } }
static const struct {
	size_t size;
	const char *expected;
	unsigned least;
	struct fields fields;
} kind[] = {
	KIND(uuid, struct uuid, "a uuid: 36 characters, 8-4-4-4-12 hexadecimal digits, not all zero"),
	KIND(hash, struct hash, "a hash: 43 characters of base64url or 64 lower-case hexadecimal digits, not all zero"),
	KIND(money, struct money, "money: {\"amount\": \"<decimal>\", \"currency\": \"<ISO 4217>\"}"),
	KIND(date, struct date, "a date: YYYY-MM-DD, 1990 to 2100"),
	KIND(moment, struct moment, "a moment: YYYY-MM-DDThh:mm:ssZ, up to six fractional digits, 1990 to 2100"),
	KIND(text, struct span, "a text of 1 to 512 characters, none of them a control character"),
	KIND(flag, enum flag, "true or false"),
	KIND(i64, int64_t, "a whole number within 9007199254740991 either way"),
	KIND(jwk, struct pubkey, "a public JWK of exactly crv, kty, x (and y): OKP/Ed25519, EC/P-256 or EC/SM2, a valid point"),
	KIND(fraction, int32_t, "a decimal string above 0 and up to 1, at most six decimals, such as 0.25"),
	LIST_KIND(roles, 1, int32_t, "a list of roles, each once, such as [\"supplier\"]"),
	KIND(values, struct values, "an object of exactly one member: {\"<unit>\": <whole number>}"),
	KIND(encumbrance_kind, enum encumbrance_kind, "assignment, pledge, retention, discount or freeze"),
	LIST_KIND(types, 1, struct type_set, "a list of statement types, each once, such as [\"receivable.register\"]"),
	LIST_KIND(texts, 1, struct texts, "a list of 1 to 64 texts of 1 to 512 characters, each once"),
	LIST_KIND(numbers, 1, struct numbers, "a list of 1 to 64 whole numbers, each once"),
	LIST_KIND(hashes, 0, struct hashes, "a list of at most 64 hashes, each once"),
	[FK_lots] = { sizeof(struct lots), "a list of 1 to 64 lots of goods", 1, { lot_member, ARRAY_LEN(lot_member) } },
	[FK_parts] = { sizeof(struct parts), "a list of 1 to 64 parts of lots", 1, { part_member, ARRAY_LEN(part_member) } },
	[FK_capacities] = { sizeof(struct capacities), "a list of 1 to 64 goods and their capacities", 1,
	                    { capacity_member, ARRAY_LEN(capacity_member) } },
	LIST_KIND(uuids, 1, struct uuids, "a list of 1 to 64 uuids, each once"),
	KIND(quantity, struct quantity, "a quantity: {\"quantity\": \"<decimal>\", \"unit\": \"<UN/CEFACT Rec 20>\"}"),
	LIST_KIND(jwks, 1, struct jwks, "a list of 1 to 64 public JWKs, each once"),
	[FK_rules] = { sizeof(struct rules), "a list of 1 to 256 rule values", 1, { rule_member, ARRAY_LEN(rule_member) } },
	KIND(der, struct span, "base64 (RFC 4648 section 4) of one element of strict DER, up to 44 KiB"),
	[FK_cuts] = { sizeof(struct cuts), "a list of 2 to 64 parts, each an id and an amount", 2, { cut_member, ARRAY_LEN(cut_member) } },
	[FK_facts] = { sizeof(struct facts), "the facts of a document: kind, issuer, number (date, amount, debtor)", 0,
	               { facts_member, ARRAY_LEN(facts_member) } },
	[FK_invoice] = { sizeof(struct invoice), "an invoice: number (and date)", 0,
	                 { invoice_member, ARRAY_LEN(invoice_member) } },
};
/* clang-format on */

struct fields kind_fields(enum field_kind k) { return kind[k].fields; }

size_t kind_size(enum field_kind k)
{
	assert(kind[k].size > 0);
	return kind[k].size;
}

const char *kind_expected(enum field_kind k) { return kind[k].expected; }

unsigned list_least(enum field_kind k) { return kind[k].least; }

unsigned list_most(enum field_kind k) { return k == FK_rules ? RULE_LIST_MAX : LIST_MAX; }

static bool is_object(enum field_kind k) { return kind[k].fields.n > 0 && kind[k].least == 0; }

void field_clear(enum field_kind k, void *out)
{
	struct fields f = kind[k].fields;

	memset(out, 0, kind_size(k));
	if (k == FK_date)
		memcpy(out, &DATE_NONE, sizeof(struct date));
	for (size_t i = 0; is_object(k) && i < f.n; i++)
		field_clear(f.at[i].kind, (char *)out + f.at[i].offset);
}

/* Large enough for every kind but the objects, and theirs are smaller than it too. */
union any {
	struct facts facts;
	struct pubkey jwk;
	struct rule_value rule;
};

static bool absent_text(const void *at)
{
	struct span s;

	memcpy(&s, at, sizeof s);
	return s.len == 0;
}

/* Day 0 as well: who builds a command by hand begins with zeros, and no date of ours is in 1970. */
static bool absent_date(const void *at)
{
	struct date d;

	memcpy(&d, at, sizeof d);
	return d.day == DATE_NONE.day || d.day == 0;
}

/* Not by its bytes: behind the currency's letters lie four that nobody sets. */
static bool absent_money(const void *at)
{
	struct money m;

	memcpy(&m, at, sizeof m);
	return money_absent(m);
}

bool field_absent(enum field_kind k, const void *at)
{
	union any none;

	assert(kind_size(k) <= sizeof none);
	field_clear(k, &none);
	if (is_object(k)) { /* its first member is one it must have */
		assert(kind[k].fields.at[0].need && kind[k].fields.at[0].offset == 0);
		return field_absent(kind[k].fields.at[0].kind, at);
	}
	if (k == FK_text || k == FK_der) /* an empty text may point anywhere */
		return absent_text(at);
	if (k == FK_date)
		return absent_date(at);
	if (k == FK_money)
		return absent_money(at);
	return memcmp(at, &none, kind_size(k)) == 0;
}

/* --- forms --- */

static bool country_ok(struct span s)
{
	return s.len == 2 && s.at[0] >= 'A' && s.at[0] <= 'Z' && s.at[1] >= 'A' && s.at[1] <= 'Z';
}

/* One spelling each, so that the same goods have the same code. */
static bool goods_ok(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-'))
			return false;
	}
	return s.len >= 1 && s.len <= 32;
}

/* Texts that have a form of their own, by the member's name. */
static const struct text_form form[] = {
	{ "country", country_ok, "two upper-case letters (ISO 3166-1 alpha-2)", "^[A-Z]{2}$" },
	{ "goods_code", goods_ok, "a code of goods: 1 to 32 of A-Z, 0-9, dot and dash, such as HRC-Q235B",
	  "^[A-Z0-9.-]{1,32}$" },
};

const struct text_form *text_form(const char *member)
{
	for (size_t i = 0; member && i < ARRAY_LEN(form); i++)
		if (strcmp(form[i].member, member) == 0)
			return &form[i];
	return NULL;
}

const char *text_pattern(const char *member)
{
	const struct text_form *f = text_form(member);

	return f ? f->pattern : NULL;
}

bool hash_is_base64url(const char *member)
{
	return member && (strcmp(member, "kid") == 0 || strcmp(member, "statement") == 0);
}

/* C0, DEL, and C1, which in UTF-8 is C2 80 to C2 9F. */
static bool control_at(struct span s, size_t i)
{
	uint8_t c = (uint8_t)s.at[i];

	return c < 0x20 || c == 0x7f || (c == 0xc2 && i + 1 < s.len && (uint8_t)s.at[i + 1] < 0xa0);
}

bool text_ok(struct span s)
{
	size_t chars = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (control_at(s, i))
			return false;
		chars += ((uint8_t)s.at[i] & 0xc0) != 0x80;
	}
	return chars >= 1 && chars <= TEXT_MAX;
}

/* Six digits behind the point, filled up with zeros; -1 when they are none or too many. */
static int32_t decimals(struct span s)
{
	int32_t v = 0;

	if (s.len == 0 || s.len > 6)
		return -1;
	for (size_t i = 0; i < 6; i++) {
		char c = i < s.len ? s.at[i] : '0';

		if (c < '0' || c > '9')
			return -1;
		v = v * 10 + (c - '0');
	}
	return v;
}

bool fraction_parse(struct span s, int32_t *ret)
{
	struct span whole = s, rest = S("0");

	(void)span_cut(s, '.', &whole, &rest); /* without a point it is all whole */
	int32_t part = decimals(rest);
	if (part < 0 || whole.len != 1 || (whole.at[0] != '0' && whole.at[0] != '1'))
		return false;
	int32_t ppm = (whole.at[0] - '0') * 1000000 + part;
	if (ppm < 1 || ppm > 1000000)
		return false;
	*ret = ppm;
	return true;
}

void put_fraction(struct writer *w, int32_t ppm)
{
	unsigned width = 6;
	uint64_t part = (uint64_t)ppm;

	assert(ppm >= 1 && ppm <= 1000000);
	if (ppm == 1000000) {
		put_z(w, "1");
		return;
	}
	for (; part % 10 == 0; part /= 10)
		width--;
	put_z(w, "0.");
	put_padded(w, part, width);
}

bool micro_parse(struct span s, int64_t *ret)
{
	struct span whole = s, rest = S("0");
	uint64_t units = 0;

	(void)span_cut(s, '.', &whole, &rest);
	int32_t part = decimals(rest);
	if (part < 0 || whole.len == 0 || whole.len > 13 || (whole.at[0] == '0' && whole.len > 1))
		return false;
	for (size_t i = 0; i < whole.len; i++) {
		if (whole.at[i] < '0' || whole.at[i] > '9')
			return false;
		units = units * 10 + (uint64_t)(whole.at[i] - '0');
	}
	uint64_t micro = units * 1000000 + (uint64_t)part;
	if (micro == 0 || micro > (uint64_t)QUANTITY_MAX)
		return false;
	*ret = (int64_t)micro;
	return true;
}

void put_micro(struct writer *w, int64_t micro)
{
	uint64_t part = (uint64_t)micro % 1000000;
	unsigned width = 6;

	assert(micro >= 0);
	put_u64(w, (uint64_t)micro / 1000000);
	if (part == 0)
		return;
	for (; part % 10 == 0; part /= 10)
		width--;
	put_byte(w, '.');
	put_padded(w, part, width);
}

bool unit_parse(struct span s, char ret[4])
{
	if (s.len < 2 || s.len > 3)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!(s.at[i] >= 'A' && s.at[i] <= 'Z') && !(s.at[i] >= '0' && s.at[i] <= '9'))
			return false;
	memset(ret, 0, 4);
	memcpy(ret, s.at, s.len);
	return true;
}
