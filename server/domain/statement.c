/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement.c: statement.def as tables: what types there are, and what fields
 * each body has and where in the C struct they lie.
 */
#include "command.h"

enum { MAY = 0, NEED = 1 };

enum statement_row {
#define STATEMENT(number, ID, type, body, table, mode, roles) ROW_##ID,
#include "statement.def"
#undef STATEMENT
	ROWS
};
static_assert(ROWS <= 8 * sizeof(struct type_set), "a type_set has a bit for every row");

/*
 * A FIELD row does not say in which body it stands, yet offsetof must know. So
 * every BODY opens a block in which `here` is its struct and leaves it open:
 * the next one stands inside and hides the name. In the innermost block all
 * field tables are visible at once, and there the rows are made; the last
 * reading of the file closes the blocks. The row behind the last field of a
 * body is a filler, for bodies that have none.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
/* clang-format off */
static const struct statement_info *all_rows(void) /* NOLINT(readability-function-size): blocks within blocks */
{
#define BODY(name) { typedef struct body_##name here; static const struct field_info in_##name[] = {
#define FIELD(need, kind, member, what) { #member, FK_##kind, (need) == NEED, offsetof(here, member), what },
#define END { NULL, FK_uuid, false, sizeof(here), NULL } };
#include "statement.def"
#undef BODY
#undef FIELD
#undef END
	static const struct statement_info row[] = {
#define STATEMENT(number, ID, type, body, table, mode, roles) \
	{ ST_##ID, type, #body, in_##body, ARRAY_LEN(in_##body) - 1, TABLE_##table, mode, roles, ROW_##ID },
#include "statement.def"
#undef STATEMENT
	};
	return row;
#define BODY(name) }
#define FIELD(need, kind, member, what)
#define END
#include "statement.def"
#undef BODY
#undef FIELD
#undef END
}
/* clang-format on */
#pragma GCC diagnostic pop

/* One more than the row of a statement's number; 0 where no row has it. */
static const uint8_t row_of[] = {
#define STATEMENT(number, ID, type, body, table, mode, roles) [number] = ROW_##ID + 1,
#include "statement.def"
#undef STATEMENT
};

static const uint8_t type_len[] = {
#define STATEMENT(number, ID, type, body, table, mode, roles) sizeof(type) - 1,
#include "statement.def"
#undef STATEMENT
};

const struct statement_info *statement_rows(size_t *n)
{
	assert(n);
	*n = ROWS;
	return all_rows();
}

const struct statement_info *statement_info(enum statement_kind k)
{
	size_t number = (size_t)k;

	if (number >= ARRAY_LEN(row_of) || row_of[number] == 0)
		return NULL;
	const struct statement_info *ret = &all_rows()[row_of[number] - 1];
	assert(ret->kind == k);
	return ret;
}

const struct statement_info *statement_by_type(struct span type)
{
	const struct statement_info *row = all_rows();

	assert(type.at || type.len == 0);
	for (size_t i = 0; i < ROWS; i++)
		if (type_len[i] == type.len && memcmp(row[i].type, type.at, type.len) == 0)
			return &row[i];
	return NULL;
}

static const struct {
	int32_t role;
	const char *name;
} roles[] = {
	{ ROLE_OPERATOR, "operator" },
	{ ROLE_REGISTRY, "registry" },
	{ ROLE_SUPPLIER, "supplier" },
	{ ROLE_CORE, "core_enterprise" },
	{ ROLE_BANK, "bank" },
	{ ROLE_WAREHOUSE, "warehouse" },
	{ ROLE_REGULATOR, "regulator" },
	{ ROLE_COURT, "court" },
	{ ROLE_INVESTOR, "investor" },
	{ ROLE_WITNESS, "witness" },
	{ ROLE_PRICE_SOURCE, "price_source" },
};

int32_t role_parse(struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (span_is(name, roles[i].name))
			return roles[i].role;
	return 0;
}

const char *role_name(int32_t role)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (roles[i].role == role)
			return roles[i].name;
	return NULL;
}

static const char *const encumbrance_kinds[] = {
	[ENC_ASSIGNMENT] = "assignment", [ENC_PLEDGE] = "pledge", [ENC_RETENTION] = "retention",
	[ENC_DISCOUNT] = "discount",     [ENC_FREEZE] = "freeze",
};

enum encumbrance_kind encumbrance_kind_parse(struct span name)
{
	for (enum encumbrance_kind k = ENC_ASSIGNMENT; k < ARRAY_LEN(encumbrance_kinds); k++)
		if (span_is(name, encumbrance_kinds[k]))
			return k;
	return ENC_NONE;
}

const char *encumbrance_kind_name(enum encumbrance_kind k)
{
	return (size_t)k < ARRAY_LEN(encumbrance_kinds) ? encumbrance_kinds[k] : NULL;
}

/* A limit is an amount the statement speaks of, not one it moves. */
static bool moves(const struct field_info *f)
{
	static const char *const spoken_of[] = { "limit", "limits", "insured" };

	for (size_t i = 0; i < ARRAY_LEN(spoken_of); i++)
		if (strcmp(f->member, spoken_of[i]) == 0)
			return false;
	return f->kind == FK_money;
}

struct money command_amount(const struct command *c)
{
	const struct statement_info *info = statement_info(c->kind);
	struct money most = { .minor = 0 };

	assert(info);
	for (size_t i = 0; i < info->n_fields; i++) {
		struct money m;

		if (!moves(&info->fields[i]))
			continue;
		memcpy(&m, (const char *)&c->body + info->fields[i].offset, sizeof m);
		if (!money_absent(m) && (money_absent(most) || m.minor > most.minor))
			most = m;
	}
	return most;
}
