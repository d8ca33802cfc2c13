/* SPDX-License-Identifier: Apache-2.0 */
/* statement_text.c: see statement_text.h. */
#include "statement_text.h"

#include "intake/field.h"
#include "intake/jwk_file.h"
#include "run/clock.h"
#include "service/outbound.h"

#define DOCUMENT_BYTES_MAX ((size_t)16 << 20)

typedef bool typed(struct cli *c, struct jcs *j, const char *text);

/* --- scalars --- */

static bool put_string(struct cli *c, struct jcs *j, const char *text)
{
	if (!utf8_valid(span_z(text)))
		return cli_usage(c, "a value is not UTF-8") == EXIT_GOOD;
	jcs_z(j, text);
	return true;
}

/* "1250.00CNY", "1250.00 CNY" or "CNY 1250.00". */
static bool put_money(struct cli *c, struct jcs *j, const char *text)
{
	struct span s = span_z(text), amount = s, ccy;
	size_t digits = strspn(text, "0123456789."), letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	size_t gap = strspn(text + digits + letters, " ");

	if ((digits > 0) == (letters > 0) || digits + letters + gap >= s.len)
		return cli_usage(c, "an amount is written with its currency, such as 1250.00CNY: not %s", text) ==
		       EXIT_GOOD;
	amount.len = digits + letters;
	ccy = (struct span){ s.at + amount.len + gap, s.len - amount.len - gap };
	if (letters > 0) {
		struct span t = amount;

		amount = ccy;
		ccy = t;
	}
	jcs_object(j);
	jcs_member_span(j, "amount", amount);
	jcs_member_span(j, "currency", ccy);
	jcs_end_object(j);
	return true;
}

/* "12.5TNE" or "12.5 TNE" */
static bool put_quantity(struct cli *c, struct jcs *j, const char *text)
{
	size_t digits = strspn(text, "0123456789."), gap = strspn(text + digits, " ");

	if (digits == 0 || !text[digits + gap])
		return cli_usage(c, "a quantity is written with its unit, such as 12.5TNE: not %s", text) == EXIT_GOOD;
	jcs_object(j);
	jcs_member_span(j, "quantity", (struct span){ text, digits });
	jcs_member_z(j, "unit", text + digits + gap);
	jcs_end_object(j);
	return true;
}

static bool put_flag(struct cli *c, struct jcs *j, const char *text)
{
	bool yes = !strcmp(text, "yes") || !strcmp(text, "true"), no = !strcmp(text, "no") || !strcmp(text, "false");

	if (!yes && !no)
		return cli_usage(c, "yes or no, not %s", text) == EXIT_GOOD;
	jcs_bool(j, yes);
	return true;
}

static bool put_number(struct cli *c, struct jcs *j, const char *text)
{
	size_t sign = text[0] == '-', n = strspn(text + sign, "0123456789");

	if (n == 0 || n > 15 || text[sign + n])
		return cli_usage(c, "a whole number, not %s", text) == EXIT_GOOD;
	jcs_i64(j, strtoll(text, NULL, 10));
	return true;
}

const char *from_now(struct cli *c, const char *text, bool day)
{
	static const struct {
		char unit;
		int64_t seconds;
	} unit[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char *end, out[32];
	struct writer w = writer_over(out, sizeof out - 1);
	int64_t n, s = -1;

	if (text[0] != '+')
		return text;
	n = strtoll(text + 1, &end, 10);
	for (size_t i = 0; i < ARRAY_LEN(unit); i++)
		if (end[0] == unit[i].unit && !end[1] && n >= 0 && n < 100000)
			s = n * unit[i].seconds;
	if (s < 0)
		return text;
	struct moment m = { (clock_now().us / 1000000 + s) * 1000000 };
	if (day)
		put_date(&w, date_of(m));
	else
		put_moment(&w, m);
	out[w.len] = 0;
	return cli_text(c, "%s", out);
}

static bool put_moment_typed(struct cli *c, struct jcs *j, const char *text)
{
	return put_string(c, j, from_now(c, text, false));
}

static bool put_day_typed(struct cli *c, struct jcs *j, const char *text)
{
	return put_string(c, j, from_now(c, text, true));
}

/* A hash, or @FILE for the hash of a file. */
static bool put_hash_typed(struct cli *c, struct jcs *j, const char *text)
{
	char hex[2 * HASH_LEN];
	struct writer w = writer_over(hex, sizeof hex);
	struct span bytes;
	struct hash h;

	if (text[0] != '@')
		return put_string(c, j, text);
	if (!cli_file(c, text + 1, DOCUMENT_BYTES_MAX, &bytes))
		return false;
	h = sha256(bytes);
	put_hex(&w, h.b, sizeof h.b);
	jcs_string(j, writer_span(&w));
	return true;
}

/* --- keys --- */

bool key_of_file(struct cli *c, const char *path, struct pubkey *ret)
{
	struct diag d = { .detail = "" };
	struct privkey own;
	struct span text;

	if (!cli_file(c, path, JWK_FILE_MAX, &text))
		return false;
	if (jwk_file_public(text, ret, &d) == OK)
		return true;
	if (jwk_file_private(text, &own, &d) == OK) {
		*ret = own.pub;
		secret_wipe(&own, sizeof own);
		return true;
	}
	return cli_usage(c, "%s is no JWK: %s %s", path, d.pointer, d.detail) == EXIT_GOOD;
}

static bool put_jwk_typed(struct cli *c, struct jcs *j, const char *text)
{
	struct pubkey key;
	struct writer w;

	if (!key_of_file(c, text, &key))
		return false;
	w = writer_in(c->mem);
	put_jwk(&w, &key);
	jcs_raw(j, writer_done(&w, c->mem));
	return true;
}

/* --- certificates --- */

/* The text between the lines of dashes; false when it is no PEM. */
static bool put_pem(struct writer *w, struct span text)
{
	static const struct span begin = S_INIT("-----BEGIN "), dashes = S_INIT("-----");
	struct span line, rest = text;
	bool inside = false;

	while (rest.len > 0) {
		if (!span_cut(rest, '\n', &line, &rest)) {
			line = rest;
			rest.len = 0;
		}
		while (line.len > 0 && strchr("\r \t", line.at[line.len - 1]))
			line.len--;
		if (inside && span_starts(line, dashes))
			return true;
		if (inside)
			put_span(w, line);
		inside |= span_starts(line, begin);
	}
	return false;
}

/* SubjectPublicKeyInfo (RFC 5480, RFC 8410): what stands before the key never differs. */
static void put_spki(struct writer *w, const struct pubkey *key)
{
	static const char ed25519[] = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21",
			  p256[] = "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48"
				   "\xce\x3d\x03\x01\x07\x03\x42",
			  sm2[] = "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x81\x1c"
				  "\xcf\x55\x01\x82\x2d\x03\x42";
	bool curve = key->alg != ALG_ED25519;

	put_span(w, curve ? (struct span){ key->alg == ALG_SM2 ? sm2 : p256, sizeof p256 - 1 }
	                  : (struct span){ ed25519, sizeof ed25519 - 1 });
	put_byte(w, 0);
	if (curve)
		put_byte(w, 4); /* not compressed */
	put_span(w, (struct span){ (const char *)key->raw, curve ? 64 : 32 });
}

/* A file in PEM or DER, or a public JWK. */
static bool put_der_typed(struct cli *c, struct jcs *j, const char *text)
{
	struct pubkey key;
	struct span bytes;
	struct writer w;
	char spki[128];

	if (!cli_file(c, text, 4 * DER_MAX, &bytes))
		return false;
	w = writer_in(c->mem);
	if (span_starts(bytes, S("{"))) {
		struct writer der = writer_over(spki, sizeof spki);

		if (!key_of_file(c, text, &key))
			return false;
		put_spki(&der, &key);
		put_b64(&w, writer_span(&der));
	} else if (!span_starts(bytes, S("-----BEGIN "))) {
		put_b64(&w, bytes);
	} else if (!put_pem(&w, bytes)) {
		return cli_usage(c, "%s begins as PEM and does not end so", text) == EXIT_GOOD;
	}
	jcs_string(j, writer_done(&w, c->mem));
	return true;
}

/* --- compounds --- */

static bool put_list(struct cli *c, struct jcs *j, const char *text, typed *one)
{
	struct span rest = span_z(text), item;

	jcs_array(j);
	while (rest.len > 0) {
		if (!span_cut(rest, ',', &item, &rest)) {
			item = rest;
			rest.len = 0;
		}
		if (!one(c, j, arena_z(c->mem, item)))
			return false;
	}
	jcs_end_array(j);
	return true;
}

static bool put_strings(struct cli *c, struct jcs *j, const char *text) { return put_list(c, j, text, put_string); }
static bool put_hashes(struct cli *c, struct jcs *j, const char *text) { return put_list(c, j, text, put_hash_typed); }
static bool put_numbers(struct cli *c, struct jcs *j, const char *text) { return put_list(c, j, text, put_number); }
static bool put_jwks(struct cli *c, struct jcs *j, const char *text) { return put_list(c, j, text, put_jwk_typed); }

static bool put_json(struct cli *c, struct jcs *j, const char *text)
{
	if (text[0] != '{' && text[0] != '[')
		return cli_usage(c, "wants JSON, not %s", text) == EXIT_GOOD;
	jcs_raw(j, span_z(text));
	return true;
}

/* "goods_code=HRC,quantity=12.5TNE,...;goods=..." : objects with ";" between, members with "," between; each member as its
 * own kind is typed. JSON as well. */
static bool put_objects(struct cli *c, struct jcs *j, const char *text, struct fields f)
{
	struct span rest = span_z(text), object, item, name, value;

	if (text[0] == '[')
		return put_json(c, j, text);
	jcs_array(j);
	while (rest.len > 0) {
		if (!span_cut(rest, ';', &object, &rest)) {
			object = rest;
			rest.len = 0;
		}
		jcs_object(j);
		while (object.len > 0) {
			size_t i = 0;

			if (!span_cut(object, ',', &item, &object)) {
				item = object;
				object.len = 0;
			}
			if (!span_cut(item, '=', &name, &value))
				return cli_usage(c, "name=value pairs with commas between: not %.*s", (int)item.len,
				                 item.at) == EXIT_GOOD;
			while (i < f.n && !span_is(name, f.at[i].member))
				i++;
			if (i == f.n)
				return cli_usage(c, "no member %.*s here", (int)name.len, name.at) == EXIT_GOOD;
			jcs_name_span(j, name);
			if (!put_typed(c, j, &f.at[i], arena_z(c->mem, value)))
				return false;
		}
		jcs_end_object(j);
	}
	jcs_end_array(j);
	return true;
}

static bool put_lots(struct cli *c, struct jcs *j, const char *text)
{
	return put_objects(c, j, text, kind_fields(FK_lots));
}
static bool put_parts(struct cli *c, struct jcs *j, const char *text)
{
	return put_objects(c, j, text, kind_fields(FK_parts));
}
static bool put_capacities(struct cli *c, struct jcs *j, const char *text)
{
	return put_objects(c, j, text, kind_fields(FK_capacities));
}

/* "days=180" */
static bool put_values(struct cli *c, struct jcs *j, const char *text)
{
	struct span unit, value;

	if (!span_cut(span_z(text), '=', &unit, &value))
		return cli_usage(c, "a value is written with its unit, such as days=180: not %s", text) == EXIT_GOOD;
	jcs_object(j);
	jcs_name_span(j, unit);
	if (!put_number(c, j, arena_z(c->mem, value)))
		return false;
	jcs_end_object(j);
	return true;
}

/* "NUMBER" or "NUMBER,DATE" */
static bool put_invoice(struct cli *c, struct jcs *j, const char *text)
{
	struct span number = span_z(text), date = S("");

	if (text[0] == '{')
		return put_json(c, j, text);
	(void)span_cut(number, ',', &number, &date);
	jcs_object(j);
	jcs_member_span(j, "number", number);
	if (date.len > 0)
		jcs_member_span(j, "date", date);
	jcs_end_object(j);
	return true;
}

/* "600.00CNY,400.00CNY" with new ids, or "UUID=600.00CNY,..." */
static bool put_piece(struct cli *c, struct jcs *j, const char *text)
{
	struct span id, amount = span_z(text);
	bool named = span_cut(amount, '=', &id, &amount);
	char made[UUID_TEXT];
	struct writer w = writer_over(made, sizeof made);

	put_uuid(&w, new_uuid());
	jcs_object(j);
	jcs_member_span(j, "id", named ? id : writer_span(&w));
	jcs_name(j, "amount");
	if (!put_money(c, j, named ? arena_z(c->mem, amount) : text))
		return false;
	jcs_end_object(j);
	return true;
}

static bool put_pieces(struct cli *c, struct jcs *j, const char *text)
{
	return text[0] == '[' ? put_json(c, j, text) : put_list(c, j, text, put_piece);
}

/* "kind=invoice,issuer=...,number=...,amount=..." */
static bool put_facts(struct cli *c, struct jcs *j, const char *text)
{
	struct span rest = span_z(text), item, name, value;

	if (text[0] == '{')
		return put_json(c, j, text);
	jcs_object(j);
	while (rest.len > 0) {
		if (!span_cut(rest, ',', &item, &rest)) {
			item = rest;
			rest.len = 0;
		}
		if (!span_cut(item, '=', &name, &value))
			return cli_usage(c, "facts are name=value pairs with commas between: not %s", text) ==
			       EXIT_GOOD;
		jcs_name_span(j, name);
		if (span_is(name, "amount") ? !put_money(c, j, arena_z(c->mem, value))
		                            : !put_string(c, j, arena_z(c->mem, value)))
			return false;
	}
	jcs_end_object(j);
	return true;
}

/* --- the table --- */

static const struct {
	typed *put;
	const char *typed;
} kind[] = {
	[FK_uuid] = { put_string, "UUID" },
	[FK_hash] = { put_hash_typed, "HASH|@FILE" },
	[FK_money] = { put_money, "1250.00CNY" },
	[FK_date] = { put_day_typed, "YYYY-MM-DD|+7d" },
	[FK_moment] = { put_moment_typed, "YYYY-MM-DDThh:mm:ssZ|+24h" },
	[FK_text] = { put_string, "TEXT" },
	[FK_flag] = { put_flag, "yes|no" },
	[FK_i64] = { put_number, "NUMBER" },
	[FK_jwk] = { put_jwk_typed, "JWK-FILE" },
	[FK_fraction] = { put_string, "0.8" },
	[FK_facts] = { put_facts, "kind=invoice,issuer=ID,..." },
	[FK_invoice] = { put_invoice, "NUMBER[,DATE]" },
	[FK_values] = { put_values, "UNIT=NUMBER" },
	[FK_hashes] = { put_hashes, "HASH|@FILE,..." },
	[FK_texts] = { put_strings, "TEXT,..." },
	[FK_numbers] = { put_numbers, "NUMBER,..." },
	[FK_jwks] = { put_jwks, "JWK-FILE,..." },
	[FK_roles] = { put_strings, "ROLE,..." },
	[FK_types] = { put_strings, "TYPE,..." },
	[FK_rules] = { put_json, "JSON" },
	[FK_encumbrance_kind] = { put_string, "KIND" },
	[FK_uuids] = { put_strings, "UUID,..." },
	[FK_quantity] = { put_quantity, "12.5TNE" },
	[FK_lots] = { put_lots,
	              "goods_code=CODE,grade=TEXT,quantity=12.5TNE,zone=TEXT,bin=TEXT,value=1.00CNY,...;..." },
	[FK_parts] = { put_parts, "lot=1,quantity=12.5TNE,pieces=N;..." },
	[FK_capacities] = { put_capacities, "goods_code=CODE,capacity=1000TNE;..." },
	[FK_der] = { put_der_typed, "PEM-FILE|DER-FILE|JWK-FILE" },
	[FK_cuts] = { put_pieces, "600.00CNY,400.00CNY" },
};

const char *kind_typed(enum field_kind k) { return kind[k].typed; }

bool put_typed(struct cli *c, struct jcs *j, const struct field_info *f, const char *text)
{
	assert(f->kind < ARRAY_LEN(kind));
	return kind[f->kind].put(c, j, text);
}

const char *member_option(struct cli *c, const char *member)
{
	char *name = arena_z(c->mem, span_z(member));

	for (char *at = name; at && *at; at++)
		if (*at == '_')
			*at = '-';
	return name ? name : member;
}
