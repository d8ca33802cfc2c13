/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema.c: the tables of statements and fields as JSON Schema.
 *
 * What the schema allows and the reader refuses (a check digit, a point off
 * the curve, a day that is none) is said in words; what the schema refuses the
 * reader refuses too.
 */
#include "intake/field.h"
#include "intake/statement_write.h"

#define REF "#/components/schemas/"

/* A schema that the kinds share, by the name it has among the components. */
struct shared {
	const char *name, *json;
};

#define TEXT_SCHEMA "\"type\":\"string\",\"minLength\":1,\"maxLength\":512"
#define STRICT "\"type\":\"object\",\"additionalProperties\":false"

/* clang-format off */
static const struct shared shared[] = {
	{ "Uuid", "{\"type\":\"string\",\"format\":\"uuid\"}" },
	{ "Hash", "{\"type\":\"string\",\"pattern\":\"^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]|[0-9a-f]{64})$\"}" },
	{ "StatementHash", "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$\"}" },
	{ "Salt", "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]{22,86}$\"}" },
	{ "Money", "{" STRICT ",\"required\":[\"amount\",\"currency\"],\"properties\":{"
	           "\"amount\":{\"type\":\"string\",\"pattern\":\"^(0|[1-9][0-9]{0,15})(\\\\.[0-9]{2,3})?$\"},"
	           "\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}}}" },
	{ "Date", "{\"type\":\"string\",\"format\":\"date\"}" },
	{ "Moment", "{\"type\":\"string\",\"format\":\"date-time\",\"pattern\":\"Z$\"}" },
	{ "Text", "{" TEXT_SCHEMA "}" },
	{ "Integer", "{\"type\":\"integer\",\"minimum\":-9007199254740991,\"maximum\":9007199254740991}" },
	{ "Fraction", "{\"type\":\"string\",\"pattern\":\"^(0\\\\.[0-9]{1,6}|1(\\\\.0{1,6})?)$\"}" },
	{ "Quantity", "{" STRICT ",\"required\":[\"quantity\",\"unit\"],\"properties\":{"
	              "\"quantity\":{\"type\":\"string\",\"pattern\":\"^(0|[1-9][0-9]{0,12})(\\\\.[0-9]{1,6})?$\"},"
	              "\"unit\":{\"type\":\"string\",\"pattern\":\"^[A-Z0-9]{2,3}$\"}}}" },
	{ "Values", "{\"type\":\"object\",\"minProperties\":1,\"maxProperties\":1,"
	            "\"additionalProperties\":{\"$ref\":\"" REF "Integer\"}}" },
	{ "Jwk", "{" STRICT ",\"required\":[\"kty\",\"crv\",\"x\"],\"properties\":{"
	         "\"kty\":{\"enum\":[\"OKP\",\"EC\"]},\"crv\":{\"enum\":[\"Ed25519\",\"P-256\",\"SM2\"]},"
	         "\"x\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]{43}$\"},"
	         "\"y\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_-]{43}$\"}}}" },
	{ "Der", "{\"type\":\"string\",\"contentEncoding\":\"base64\",\"maxLength\":60076}" },
};

/* What a kind is called among the components; NULL: said on the spot. */
static const char *const component[] = {
	[FK_uuid] = "Uuid", [FK_hash] = "Hash", [FK_money] = "Money", [FK_date] = "Date", [FK_moment] = "Moment",
	[FK_text] = "Text", [FK_i64] = "Integer", [FK_jwk] = "Jwk", [FK_fraction] = "Fraction", [FK_facts] = "Facts",
	[FK_invoice] = "Invoice", [FK_values] = "Values", [FK_roles] = "Roles", [FK_types] = "Types",
	[FK_encumbrance_kind] = "EncumbranceKind", [FK_flag] = NULL, [FK_hashes] = NULL, [FK_jwks] = NULL, [FK_rules] = NULL,
	[FK_uuids] = NULL, [FK_quantity] = "Quantity", [FK_lots] = NULL, [FK_parts] = NULL, [FK_capacities] = NULL,
	[FK_cuts] = NULL, [FK_texts] = NULL, [FK_numbers] = NULL, [FK_der] = "Der",
};

/* Of what a list is a list. */
static const char *const component_of_item[] = {
	[FK_hashes] = "Hash", [FK_uuids] = "Uuid", [FK_jwks] = "Jwk", [FK_rules] = "RuleValue",
	[FK_lots] = "GoodsLot", [FK_parts] = "GoodsPart", [FK_capacities] = "Capacity",
	[FK_cuts] = "Cut", [FK_texts] = "Text", [FK_numbers] = "Integer",
};
/* clang-format on */

static void put_ref(struct jcs *j, const char *name)
{
	char text[96];
	struct writer w = writer_over(text, sizeof text);

	put_z(&w, REF);
	put_z(&w, name);
	assert(!w.overflow);
	jcs_member_span(j, "$ref", writer_span(&w));
}

static void put_ref_object(struct jcs *j, const char *name)
{
	jcs_object(j);
	put_ref(j, name);
	jcs_end_object(j);
}

static void put_list(struct jcs *j, enum field_kind k)
{
	assert(k < ARRAY_LEN(component_of_item) && component_of_item[k]);
	jcs_member_z(j, "type", "array");
	jcs_member_i64(j, "minItems", list_least(k));
	jcs_member_i64(j, "maxItems", list_most(k));
	jcs_name(j, "items");
	put_ref_object(j, component_of_item[k]);
}

/* A field: its kind, its own form when it has one, and what it is. A sibling of $ref is allowed since 2019-09. */
static void put_field_schema(struct jcs *j, const struct field_info *f)
{
	const char *pattern = f->kind == FK_text ? text_pattern(f->member) : NULL;

	jcs_object(j);
	if (component[f->kind])
		put_ref(j, component[f->kind]);
	else if (f->kind == FK_flag)
		jcs_member_z(j, "type", "boolean");
	else
		put_list(j, f->kind);
	if (pattern)
		jcs_member_z(j, "pattern", pattern);
	jcs_member_z(j, "description", f->what);
	jcs_end_object(j);
}

/* An object of these fields and no others. */
static void put_object_schema(struct jcs *j, struct fields f)
{
	jcs_object(j);
	jcs_member_z(j, "type", "object");
	jcs_member_bool(j, "additionalProperties", false);
	jcs_name(j, "required");
	jcs_array(j);
	for (size_t i = 0; i < f.n; i++)
		if (f.at[i].need)
			jcs_z(j, f.at[i].member);
	jcs_end_array(j);
	jcs_name(j, "properties");
	jcs_object(j);
	for (size_t i = 0; i < f.n; i++) {
		jcs_name(j, f.at[i].member);
		put_field_schema(j, &f.at[i]);
	}
	jcs_end_object(j);
	jcs_end_object(j);
}

/* --- what is a list of names in the code --- */

static void put_roles(struct jcs *j)
{
	for (int32_t bit = 1; role_name(bit); bit <<= 1)
		jcs_z(j, role_name(bit));
}

static void put_types(struct jcs *j)
{
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	for (size_t i = 0; i < n; i++)
		jcs_z(j, row[i].type);
}

static void put_encumbrance_kinds(struct jcs *j)
{
	for (enum encumbrance_kind k = ENC_ASSIGNMENT; encumbrance_kind_name(k); k++)
		jcs_z(j, encumbrance_kind_name(k));
}

static void put_enum(struct jcs *j, void (*names)(struct jcs *))
{
	jcs_object(j);
	jcs_name(j, "enum");
	jcs_array(j);
	names(j);
	jcs_end_array(j);
	jcs_end_object(j);
}

static void put_set(struct jcs *j, const char *name, void (*names)(struct jcs *))
{
	jcs_name(j, name);
	jcs_object(j);
	jcs_member_z(j, "type", "array");
	jcs_member_i64(j, "minItems", 1);
	jcs_member_i64(j, "maxItems", LIST_MAX);
	jcs_member_bool(j, "uniqueItems", true);
	jcs_name(j, "items");
	put_enum(j, names);
	jcs_end_object(j);
}

static void put_shared(struct jcs *j)
{
	for (size_t i = 0; i < ARRAY_LEN(shared); i++) {
		jcs_name(j, shared[i].name);
		jcs_raw(j, span_z(shared[i].json));
	}
	put_set(j, "Roles", put_roles);
	put_set(j, "Types", put_types);
	jcs_name(j, "EncumbranceKind");
	put_enum(j, put_encumbrance_kinds);
	jcs_name(j, "Facts");
	put_object_schema(j, kind_fields(FK_facts));
	jcs_name(j, "Invoice");
	put_object_schema(j, kind_fields(FK_invoice));
	jcs_name(j, "RuleValue");
	put_object_schema(j, kind_fields(FK_rules));
	jcs_name(j, "GoodsLot");
	put_object_schema(j, kind_fields(FK_lots));
	jcs_name(j, "GoodsPart");
	put_object_schema(j, kind_fields(FK_parts));
	jcs_name(j, "Capacity");
	put_object_schema(j, kind_fields(FK_capacities));
	jcs_name(j, "Cut");
	put_object_schema(j, kind_fields(FK_cuts));
}

/* --- statements --- */

/* The members around every body that are the same for all types. */
static const struct {
	const char *name, *component;
	bool need;
} envelope[] = {
	{ "id", "Uuid", true },   { "object", "Uuid", true },        { "at", "Moment", true },
	{ "salt", "Salt", true }, { "on_behalf_of", "Uuid", false },
};

static void put_required(struct jcs *j)
{
	jcs_name(j, "required");
	jcs_array(j);
	jcs_z(j, "type");
	for (size_t i = 0; i < ARRAY_LEN(envelope); i++)
		if (envelope[i].need)
			jcs_z(j, envelope[i].name);
	jcs_z(j, "prev");
	jcs_z(j, "body");
	jcs_end_array(j);
}

static void put_properties(struct jcs *j, const struct statement_info *info)
{
	jcs_name(j, "type");
	jcs_object(j);
	jcs_member_z(j, "const", info->type);
	jcs_end_object(j);
	for (size_t i = 0; i < ARRAY_LEN(envelope); i++) {
		jcs_name(j, envelope[i].name);
		put_ref_object(j, envelope[i].component);
	}
	jcs_name(j, "prev");
	if (info->mode == CREATES)
		jcs_raw(j, S("{\"type\":\"null\"}"));
	else
		jcs_raw(j, S("{\"anyOf\":[{\"$ref\":\"" REF "StatementHash\"},{\"type\":\"null\"}]}"));
	jcs_name(j, "body");
	put_object_schema(j, (struct fields){ info->fields, info->n_fields });
}

static void put_type(struct jcs *j, const struct statement_info *info)
{
	jcs_name(j, info->type);
	jcs_object(j);
	jcs_member_z(j, "type", "object");
	jcs_member_bool(j, "additionalProperties", false);
	put_required(j);
	jcs_name(j, "properties");
	jcs_object(j);
	put_properties(j, info);
	jcs_end_object(j);
	jcs_end_object(j);
}

/* The payload of a statement is one of them, told apart by its type. */
static void put_statement(struct jcs *j, const struct statement_info *row, size_t n)
{
	jcs_name(j, "Statement");
	jcs_object(j);
	jcs_name(j, "oneOf");
	jcs_array(j);
	for (size_t i = 0; i < n; i++)
		put_ref_object(j, row[i].type);
	jcs_end_array(j);
	jcs_name(j, "discriminator");
	jcs_raw(j, S("{\"propertyName\":\"type\"}"));
	jcs_end_object(j);
}

void put_statement_schema(struct writer *w)
{
	struct jcs j = jcs_free_order(w);
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	jcs_object(&j);
	put_statement(&j, row, n);
	for (size_t i = 0; i < n; i++)
		put_type(&j, &row[i]);
	put_shared(&j);
	jcs_end_object(&j);
}
