/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h: the rows of state.def as C, and the world they live in.
 *
 * A world is a hash table of rows in an arena: what a batch has loaded, or
 * everything, for a replay. A row that is known not to exist is in it too, with
 * exists == false: so "not loaded" and "not there" are never confused.
 *
 * Invariants: a row's key never changes; texts of a row in the world lie in
 * the world's own arena; `dirty` rows differ from what the store has.
 */
#ifndef CF_STATE_H
#define CF_STATE_H

#include "command.h"

struct asset;

enum asset_kind {
	ASSET_NONE = 0,
#define ASSET_KIND(number, ID, name, noun) ASSET_##ID = (number),
#include "asset.def"
#undef ASSET_KIND
	ASSET_KINDS
};
/* "receivable", "warehouse-receipt", ...; NULL for a number without a row. */
const char *asset_kind_name(int32_t kind);
/* The kind whose statements begin with the type's noun; ASSET_NONE when no asset's do. */
enum asset_kind asset_kind_of_type(struct span type);
enum document_role { DOCUMENT_OPAQUE = 0, DOCUMENT_INVOICE = 1, DOCUMENT_CREDIT_NOTE = 2 }; /* TABLE_DOCUMENT.kind */
enum party_state { PARTY_ACTIVE = 1, PARTY_SUSPENDED = 2 };
enum encumbrance_state {
	ENCUMBRANCE_GRANTED = 1, /* reserves value until accepted or lapsed */
	ENCUMBRANCE_LIVE = 2,
	ENCUMBRANCE_RELEASED = 3,
	ENCUMBRANCE_LAPSED = 4,
	ENCUMBRANCE_ENFORCED = 5,  /* the secured party collects; still binds value */
	ENCUMBRANCE_SATISFIED = 6, /* paid down to nothing */
};
enum hold_state { HOLD_LIVE = 1, HOLD_RELEASED = 2, HOLD_LAPSED = 3, HOLD_USED = 4 };
enum claim_kind {
	CLAIM_INVOICE = 1,
	CLAIM_PARTY = 2,
	CLAIM_MANDATE = 3,
	CLAIM_OBJECTION = 16,
	CLAIM_RECEIPT = 20, /* number of a warehouse receipt; the object is the asset */
	CLAIM_LOT = 21,     /* a lot as marked; the object is the lot */
	CLAIM_PLACE = 22,   /* a bin at a site; the object is the lot */
	CLAIM_STOCK = 50,
	CLAIM_ORDER = 51,
};
enum consent_scope { CONSENT_SCORE = 1, CONSENT_CLAIMS = 2, CONSENT_DOCUMENTS = 4, CONSENT_ALL = 7 };
const char *consent_scope_word(int32_t one); /* NULL for what is no single scope */
enum once_state { LIVE = 1, ENDED = 2, DROPPED = 3 }; /* mandates, freezes, pending statements */
enum receivable_state {
	RCV_NONE = 0,
#define STATE(number, ID, name, live) RCV_##ID = (number),
#include "receivable.def"
#undef STATE
	RCV_STATES
};
enum inventory_state {
	STK_NONE = 0,
#define STATE(number, ID, name, live) STK_##ID = (number),
#include "inventory.def"
#undef STATE
	STK_STATES
};
enum prepayment_state {
	PRE_NONE = 0,
#define STATE(number, ID, name, live) PRE_##ID = (number),
#include "prepayment.def"
#undef STATE
	PRE_STATES
};
enum voucher_state {
	VOUCHER_NONE = 0,
#define STATE(number, ID, name, live) VOUCHER_##ID = (number),
#include "voucher.def"
#undef STATE
	VOUCHER_STATES
};
enum bill_state {
	BILL_NONE = 0,
#define STATE(number, ID, name, live) BILL_##ID = (number),
#include "bill.def"
#undef STATE
	BILL_STATES
};
enum pool_state {
	POOL_NONE = 0,
#define STATE(number, ID, name, live) POOL_##ID = (number),
#include "pool.def"
#undef STATE
	POOL_STATES
};
/* How a member of a pool is doing, the better the lower; paid follows from cash. Numbers are stored: permanent. */
enum member_status { MEMBER_CURRENT = 1, MEMBER_OVERDUE = 2, MEMBER_DEFAULTED = 3, MEMBER_PAID = 4 };
const char *member_status_name(int32_t s);
int32_t member_status_parse(struct span word); /* 0 for no status */
/* Steps in the chain of holders of a voucher or bill. Numbers are stored: permanent. */
enum hop_kind {
	HOP_NONE = 0,
	HOP_ISSUE = 1,
	HOP_TRANSFER = 2,
	HOP_ENDORSE = 3,
	HOP_DISCOUNT = 4,
	HOP_GUARANTEE = 5, /* the giver stands behind it; nothing changes hands */
	HOP_RECOURSE = 6,  /* the taker paid it back */
};
const char *hop_kind_name(int32_t k);
/* What a bill's acceptor last disclosed of it. */
enum disclosure { DISCLOSURE_NONE = 0, DISCLOSURE_AGREES = 1, DISCLOSURE_DIFFERS = 2 };
/* What a lender should know of a voucher or bill beyond its state. */
enum paper_alert { ALERT_LAYERS = 1, ALERT_PARTS = 2 };
enum party_size { SIZE_UNKNOWN = 0, SIZE_LARGE = 1, SIZE_MEDIUM = 2, SIZE_SMALL = 3, SIZE_MICRO = 4 };
enum objection_state {
	OBJ_NONE = 0,
#define STATE(number, ID, name, stands) OBJ_##ID = (number),
#include "objection.def"
#undef STATE
	OBJ_STATES
};
enum finding_state { FINDING_OPEN = 1, FINDING_CLEARED = 2, FINDING_CONFIRMED = 3 };
const char *finding_state_name(int32_t s);
enum appeal_state { APPEAL_OPEN = 1, APPEAL_UPHELD = 2, APPEAL_DISMISSED = 3 };
const char *appeal_state_name(int32_t s);
const char *objection_state_name(int32_t s);
/* The objection is still to be reckoned with. */
bool objection_stands(int32_t s);
const char *party_size_name(int32_t s);
/* 1..6 for "C01".."C06"; 0 for anything else. And back; NULL for a number that is none. */
int32_t dispute_code(struct span text);
const char *dispute_code_name(int32_t code);
enum receipt_state {
	WR_NONE = 0,
#define STATE(number, ID, name, live) WR_##ID = (number),
#include "receipt.def"
#undef STATE
	WR_STATES
};
enum receipt_order { ORDER_NONE = 0, ORDER_TRANSFER = 1, ORDER_DELIVERY = 2 };
/* The state's name in its kind's own list; NULL when it has none of that number. */
const char *asset_state_name(int32_t kind, int32_t s);
/* Holds its document's claim and can be encumbered. */
bool asset_live(const struct asset *a);
/* Classes of goods: each has a pledge ratio of its own (rule.def). Numbers are stored: permanent. */
enum goods_class {
	GOODS_NONE = 0,
	GOODS_METAL = 1,
	GOODS_AGRICULTURAL = 2,
	GOODS_ENERGY = 3,
	GOODS_PACKAGED = 4,
	GOODS_EXCHANGE = 5,
	GOODS_OTHER = 6,
	GOODS_CLASSES
};
const char *goods_class_name(int32_t class);
enum goods_class goods_class_parse(struct span name);
const char *encumbrance_state_name(int32_t s);
const char *hold_state_name(int32_t s);
/* What still binds value: live or enforced. */
bool encumbrance_binds(int32_t s);

struct row {
	enum table_id table;
	bool exists, dirty, children_known, linked;
	bool assumed;         /* not there, as far as anybody knows who has not looked: see world_assume */
	bool stored;          /* the store has it, as it is or as it was: a change of it is an update */
	bool seen;            /* the auditor's mark */
	uint8_t key[32];      /* zero-filled behind the key's own length; i64 keys big-endian */
	struct row *next;     /* in the hash chain */
	struct row *children; /* an asset's granted and binding encumbrances, when children_known */
	struct row *sibling;
	struct row *next_dirty;
	uint64_t entry; /* that changed it last, in this world */
};

typedef struct uuid col_uuid;
typedef struct hash col_hash;
typedef struct fp16 col_fp16;
typedef int64_t col_i64;
typedef int32_t col_i32;
typedef struct date col_date;     /* DATE_NONE or day 0 is "none"; stored as NULL */
typedef struct moment col_moment; /* us == 0 is "none" */
typedef struct {
	char at[4];
} col_ccy;
typedef struct span col_text;

#define TABLE(ID, name, keytype, key) \
	struct name {                 \
		struct row row;       \
		col_##keytype key;
#define COLUMN(type, name) col_##type name;
#define SECRET(type, name) col_##type name;
#define ENDTABLE \
	}        \
	;
#include "state.def"
#undef TABLE
#undef COLUMN
#undef SECRET
#undef ENDTABLE

enum col_type { CT_uuid, CT_hash, CT_fp16, CT_i64, CT_i32, CT_date, CT_moment, CT_ccy, CT_text };
struct column_info {
	const char *name;
	enum col_type type;
	bool secret;
	size_t offset;
};
struct table_info {
	enum table_id id;
	const char *name;
	size_t size;
	enum col_type key_type;
	struct column_info key; /* its own column */
	const struct column_info *columns;
	size_t n_columns;
};
const struct table_info *table_info(enum table_id t);
/* Its key is a fingerprint: the rows are not part of a decision's digest, so that one can replay without the key.
 * Nothing is lost by it: whose claim it is stands in the asset, party or mandate. */
bool table_secret(enum table_id t);

struct row_key {
	uint8_t b[32];
};
struct row_key key_uuid(struct uuid u);
struct row_key key_hash(struct hash h);
struct row_key key_fp16(struct fp16 f);
struct row_key key_i64(int64_t v);

/* In the place of what was published, from this moment on: only an auditor's question, never the registry's. */
struct rule_instead {
	int64_t country, rule; /* country_code(), enum rule_number */
	struct moment effective;
	int64_t value;
};

struct world {
	struct arena *mem;
	struct row **bucket;
	size_t n_buckets, n_rows;
	struct row *dirty; /* rows changed since world_clean, in order of first change */
	struct row *dirty_last;
	struct row *rules; /* rule rows, linked by sibling */
	const struct rule_instead *instead;
	size_t n_instead;
	bool complete; /* replay: what is not in the table does not exist */
};
/* An empty world in mem, which the caller keeps; false when mem is too small. */
MUST_CHECK bool world_start(struct world *w, struct arena *mem, size_t rows_expected, bool complete);
/* The row, existing or known absent; NULL when it is not loaded (never in a complete world: then a row
 * with exists == false is not made either, and NULL means it does not exist). */
struct row *world_find(const struct world *w, enum table_id t, struct row_key k);
/* Puts a copy of `from` (a whole struct of its table) into the world, texts included: the loader's way in.
 * A row the world has already stays as it is: the world is never older than the store. NULL when the arena is full. */
struct row *world_put(struct world *w, const struct row *from);
/* Records that there is no such row. */
MUST_CHECK bool world_absent(struct world *w, enum table_id t, struct row_key k);
/*
 * Takes it that there is no such row, without looking: a new id or fingerprint is nearly always new. Only who wants to
 * make the row may build on it (get_new_row); for everybody else it is not loaded. Whoever assumes must be told by the
 * store when it was wrong, and then decide again.
 */
MUST_CHECK bool world_assume(struct world *w, enum table_id t, struct row_key k);
/* All granted and binding encumbrances of this asset are now in the world. */
void world_children_known(struct world *w, struct row *asset);
/* Forgets which rows are dirty: they have been stored, and the world says so. */
void world_clean(struct world *w);

/* Sets the row header of a fresh struct of table t. */
void row_init(struct row *r, enum table_id t, struct row_key k);
/* The name of the first column in which they differ (secret ones looked at when `secrets`); NULL when none does. */
const char *row_difference(const struct row *a, const struct row *b, bool secrets);
/* Canonical JSON object of the row: {"<column>":..., "<key>":...}: key merged in order, zero columns left out. */
struct jcs;
void put_row_json(struct jcs *j, const struct row *r, bool secrets);
/* One column's value, as it stands in that object; null for a zero. The key column counts too. */
void put_column_json(struct jcs *j, const struct row *r, const char *column);
#endif
