/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command.h: a statement after intake has read it: typed, complete, strict.
 *
 * JSON ends in intake. Above it there is only struct command, whose body is one
 * of the structs that statement.def makes. An absent optional member is all
 * zero (DATE_NONE for dates).
 */
#ifndef CF_COMMAND_H
#define CF_COMMAND_H

#include "crypto.h"
#include "money.h"

#define STATEMENT_MAX (64 * 1024) /* bytes of a payload: one statement is one page, not a file */
#define SALT_MIN 16               /* below this the hash could be guessed */
#define SALT_MAX 64
#define TEXT_MAX 512      /* characters of a name, number or reason */
#define LIST_MAX 64       /* items of a list in a body; */
#define RULE_LIST_MAX 256 /* of a list of rule values */
#define DER_MAX (44 * 1024) /* bytes of a certificate or revocation list: in base64 it fits into a statement */

/* What a party may be. A party may be several. */
enum role {
	ROLE_OPERATOR = 1 << 0,
	ROLE_REGISTRY = 1 << 1, /* the registry's own key: deadlines and certificates; never enrolled by a party */
	ROLE_SUPPLIER = 1 << 2,
	ROLE_CORE = 1 << 3, /* core enterprise */
	ROLE_BANK = 1 << 4,
	ROLE_WAREHOUSE = 1 << 5,
	ROLE_REGULATOR = 1 << 6,
	ROLE_COURT = 1 << 7,
	ROLE_INVESTOR = 1 << 8,
	ROLE_WITNESS = 1 << 9,
	ROLE_PRICE_SOURCE = 1 << 10, /* posts prices to the feeds that name it */
};
/* "supplier", "core_enterprise", ... ; 0 and NULL for no role. */
int32_t role_parse(struct span name);
const char *role_name(int32_t role);

/* Numbers are stored: permanent. */
enum encumbrance_kind {
	ENC_NONE = 0,
	ENC_ASSIGNMENT = 1,
	ENC_PLEDGE = 2,
	ENC_RETENTION = 3,
	ENC_DISCOUNT = 4,
	ENC_FREEZE = 5,
};
enum encumbrance_kind encumbrance_kind_parse(struct span name);
const char *encumbrance_kind_name(enum encumbrance_kind k);

enum mode { CREATES, UPDATES, EITHER, LOOSE };

/* The tables of state.def; TABLE_NONE where a statement is about no row. */
enum table_id {
	TABLE_NONE = 0,
#define TABLE(ID, name, keytype, key) TABLE_##ID,
#define COLUMN(type, name)
#define SECRET(type, name)
#define ENDTABLE
#include "state.def"
#undef TABLE
#undef COLUMN
#undef SECRET
#undef ENDTABLE
	TABLE_COUNT
};

enum statement_kind {
	ST_NONE = 0,
#define STATEMENT(number, ID, type, body, table, mode, roles) ST_##ID = (number),
#include "statement.def"
#undef STATEMENT
};

/* --- the kinds a FIELD can be --- */
enum flag { FLAG_ABSENT = 0, FLAG_NO = 1, FLAG_YES = 2 };
struct facts {              /* a claim named by what its document says */
	struct span kind;   /* "invoice" */
	struct span issuer; /* uscc, lei or party id */
	struct span number;
	struct date date;
	struct money amount;
	struct span debtor;
};
struct invoice {
	struct span number;
	struct date date;
};
struct values {
	struct span unit;
	int64_t value;
};
struct hashes {
	struct hash *at;
	size_t n;
};
struct texts {
	struct span *at;
	size_t n;
};
struct numbers {
	int64_t *at;
	size_t n;
};
struct jwks {
	struct pubkey *at;
	size_t n;
};
struct uuids {
	struct uuid *at;
	size_t n;
};
/* A measured or counted amount of goods: an exact decimal, in millionths of the unit. */
#define QUANTITY_MAX INT64_C(1000000000000000000) /* 10^12 units */
struct quantity {
	int64_t micro;
	char unit[4]; /* UN/CEFACT Rec 20: two or three capitals and digits; "" when absent */
};
/* What a thing is split into: a new id and an amount each. */
struct cut {
	struct uuid id;
	struct money amount;
};
struct cuts {
	struct cut *at;
	size_t n;
};
struct rule_value {
	struct span rule;
	int64_t version;
	struct moment effective;
	struct values values;
};
struct rules {
	struct rule_value *at;
	size_t n;
};

/* One lot of goods as a receipt names it. Serials: both or none; as many as there are pieces. */
struct goods_lot {
	struct span goods, grade;
	struct quantity quantity;
	int64_t pieces; /* 0: bulk */
	struct span zone, bin;
	struct span batch, marks, packaging;
	struct span serial_prefix;
	int64_t serial_first, serial_last;
	struct money value;
};
struct goods_part { /* of a receipt's lot */
	int64_t lot;
	struct quantity quantity;
	int64_t pieces;
};
struct capacity {
	struct span goods;
	struct quantity quantity;
};
struct lots {
	struct goods_lot *at;
	size_t n;
};
struct parts {
	struct goods_part *at;
	size_t n;
};
struct capacities {
	struct capacity *at;
	size_t n;
};

typedef struct uuid field_uuid;
typedef struct hash field_hash;
typedef struct money field_money;
typedef struct date field_date;
typedef struct moment field_moment;
typedef struct span field_text;
typedef enum flag field_flag;
typedef int64_t field_i64;
typedef struct pubkey field_jwk;
typedef int32_t field_fraction; /* parts per million, 1..1 000 000 */
typedef struct facts field_facts;
typedef struct invoice field_invoice;
typedef struct values field_values;
typedef struct hashes field_hashes;
typedef struct texts field_texts;
typedef struct numbers field_numbers;
typedef struct jwks field_jwks;
typedef struct uuids field_uuids;
typedef struct quantity field_quantity;
typedef struct cuts field_cuts;
typedef struct span field_der; /* still in base64 */
typedef int32_t field_roles;   /* mask of enum role */
struct type_set {
	uint64_t bits[4]; /* by row of statement.def, in order of the file: of this build, so never stored */
};
static inline bool type_set_has(const struct type_set *t, unsigned row) { return t->bits[row / 64] >> row % 64 & 1; }
static inline void type_set_add(struct type_set *t, unsigned row) { t->bits[row / 64] |= UINT64_C(1) << row % 64; }
typedef struct type_set field_types;
typedef struct rules field_rules;
typedef struct lots field_lots;
typedef struct parts field_parts;
typedef struct capacities field_capacities;
typedef enum encumbrance_kind field_encumbrance_kind;

#define BODY(name)           \
	struct body_##name { \
		char none_;
#define FIELD(need, kind, member, what) field_##kind member;
#define END \
	}   \
	;
#include "statement.def"
#undef BODY
#undef FIELD
#undef END

union body {
#define BODY(name) struct body_##name name;
#define FIELD(need, kind, member, what)
#define END
#include "statement.def"
#undef BODY
#undef FIELD
#undef END
};

struct command {
	enum statement_kind kind;
	struct uuid id; /* idempotency key, unique per issuer */
	struct uuid object;
	bool has_prev;
	struct hash prev;
	struct moment at; /* the signer's clock */
	struct span salt;
	struct uuid on_behalf_of; /* nil: for itself */
	union body body;
	/* from the signature around it */
	struct hash kid;
	struct hash statement; /* SHA-256 of `bytes` */
	struct span bytes;     /* the compact serialisation as received */
	/* for statement.cosign: the statement it completes, when one is pending; else NULL */
	const struct command *completes;
};

enum field_kind {
	FK_uuid,
	FK_hash,
	FK_money,
	FK_date,
	FK_moment,
	FK_text,
	FK_flag,
	FK_i64,
	FK_jwk,
	FK_fraction,
	FK_facts,
	FK_invoice,
	FK_values,
	FK_hashes,
	FK_jwks,
	FK_roles,
	FK_types,
	FK_rules,
	FK_encumbrance_kind,
	FK_uuids,
	FK_quantity,
	FK_lots,
	FK_parts,
	FK_capacities,
	FK_cuts,
	FK_texts,
	FK_numbers,
	FK_der,
};
struct field_info {
	const char *member;
	enum field_kind kind;
	bool need;
	size_t offset; /* in union body */
	const char *what;
};
struct statement_info {
	enum statement_kind kind;
	const char *type;
	const char *body;
	const struct field_info *fields;
	size_t n_fields;
	enum table_id table;
	enum mode mode;
	int32_t roles;
	unsigned row; /* its place in statement.def: the bit in a type_set */
};
const struct statement_info *statement_info(enum statement_kind k); /* NULL for a number no row has */
const struct statement_info *statement_by_type(struct span type);
const struct statement_info *statement_rows(size_t *n);
/* The largest amount the statement moves, for limits of officers and mandates; absent when it moves none. */
struct money command_amount(const struct command *c);
#endif
