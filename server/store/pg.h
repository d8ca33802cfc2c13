/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pg.h: what the files of server/store share: a connection, and pipelines on it.
 *
 * A pipeline is: pipe_send or pipe_sql any number of times, then pipe_run once.
 * Nothing of it is seen outside the store before pipe_run; everything travels
 * together. The first statement that fails aborts all that follow it, COMMIT
 * included: that is what makes "check, write, commit" one round trip.
 *
 * Values travel in PostgreSQL's binary format. Rows go up as arrays of the
 * table's own composite type: measured, unnest of one composite array costs a
 * twentieth of unnest of thirty column arrays.
 */
#ifndef CF_STORE_PG_H
#define CF_STORE_PG_H

#include <libpq-fe.h>

#include "store.h"

/* A growing run of bytes, kept between calls so that the steady state allocates nothing. */
struct buf {
	char *at;
	size_t len, cap;
	bool failed; /* out of memory; asked once, before sending */
};
void buf_put(struct buf *b, const void *at, size_t len);
void buf_z(struct buf *b, const char *z);
void buf_be16(struct buf *b, uint16_t v);
void buf_be32(struct buf *b, uint32_t v);
void buf_be64(struct buf *b, uint64_t v);
void buf_free(struct buf *b);

enum { ARGS_MAX = 12 };
/* The parameters of one statement; their bytes lie in the store's buffer until they are sent. */
struct args {
	struct buf *b;
	int n;
	size_t at[ARGS_MAX], len[ARGS_MAX];
	bool null[ARGS_MAX];
};
struct args args_of(struct store *s);
void arg_begin(struct args *a);
void arg_end(struct args *a);
void arg_null(struct args *a);
void arg_i64(struct args *a, int64_t v);
void arg_uuid(struct args *a, struct uuid u);
/* One value of a column type; none is NULL. */
void arg_value(struct args *a, enum col_type t, const void *at);
void arg_bytes(struct args *a, struct span s);

/* --- values in binary format (columns.c) --- */
/* PostgreSQL's type of a column. */
struct pg_type {
	const char *name; /* as information_schema says it */
	uint32_t oid;
};
struct pg_type pg_type_of(enum col_type t);
/* Length word and bytes of one value. */
void encode_value(struct buf *b, enum col_type t, const void *at);
/* One field of a result into a column of a struct; false when it is not of the column's form. Texts stay in r. */
MUST_CHECK bool decode_value(const PGresult *r, int row, int field, enum col_type t, void *to);
/* The header of a one-dimensional array without NULLs; its n elements follow, each as encode_value does. */
void encode_array(struct buf *b, uint32_t element_oid, size_t n);

/* A table as it is on the other side: its composite type and the order of its columns there. */
enum { COLUMNS_MAX = 64 };
struct shape {
	uint32_t type_oid;
	unsigned n;
	struct column_info col[COLUMNS_MAX]; /* offset into the C struct */
	bool computed[COLUMNS_MAX];          /* a date the database derives from the others: never ours to write */
};
/* Reads the shapes of all tables of state.def, and the row type of entry. */
MUST_CHECK bool shapes_read(struct store *s, char *why, size_t why_len);
/* The row as an element of an array of its composite type. */
void encode_row(struct buf *b, const struct shape *shape, const struct row *r);
union any_row {
	struct row row;
#define TABLE(ID, name, keytype, key) struct name name;
#define COLUMN(type, name)
#define SECRET(type, name)
#define ENDTABLE
#include "state.def"
#undef TABLE
#undef COLUMN
#undef SECRET
#undef ENDTABLE
};
/* Row `at` of a result of the table's columns (key first, then as in state.def). Texts stay in r. */
MUST_CHECK bool decode_row(const PGresult *r, int at, enum table_id t, union any_row *ret);
/* "key", "a", "b": the columns as such a result has them. */
void put_columns(struct buf *b, const struct table_info *t, const char *prefix);

/* --- the connection --- */
struct store {
	PGconn *pg;
	enum store_duty duty;
	bool broken;
	int64_t deadline_ms; /* of the pipeline being read, on the monotonic clock */
	bool warned;         /* a WARNING came since pipe_run started */
	bool keep;           /* a transaction goes on over several pipelines (pipe_keep) */
	unsigned sent;
	int commit_at;             /* which of the statements sent is the COMMIT; -1 without */
	const struct vault *vault; /* NULL: none */
	struct key_cache *keys;    /* of parties, unwrapped: the writer's (seals.c) */
	char purpose[32];          /* of whoever asks: store_reads_for */
	char why[256];             /* the last error's text, for the operator's log */
	struct buf buf;            /* parameters */
	struct buf sql;            /* statements being put together */
	const struct row **sorted; /* dirty rows, by table */
	size_t sorted_cap;
	uint32_t entry_oid;
	struct shape shape[TABLE_COUNT];
};

/* A prepared statement by name, binary parameters and results. */
void pipe_send(struct store *s, const char *name, const struct args *a);
/* The same with texts: parameters (at == NULL is NULL) and results. */
void pipe_text(struct store *s, const char *name, const struct span *param, size_t n);
void pipe_sql(struct store *s, const char *sql);
void pipe_commit(struct store *s);
void pipe_prepare(struct store *s, const char *name, const char *sql);
/* Called with each statement's result in order, while none has failed. */
typedef enum fault result_fn(void *arg, unsigned i, const PGresult *r);
/* Sends, reads everything, leaves no transaction open. The first fault: a statement's, or fn's. */
MUST_CHECK enum fault pipe_run(struct store *s, result_fn *fn, void *arg);

/* Until pipe_end, pipe_run leaves a sound transaction open. pipe_end ends it. */
void pipe_keep(struct store *s);
MUST_CHECK enum fault pipe_end(struct store *s);

/* Fault of a failed result. */
enum fault fault_of(const PGresult *r);
/* A connection with our session settings, or NULL and why. Not in pipeline mode yet. */
PGconn *pg_connect(const char *conninfo, const char *name, char *why, size_t why_len);
MUST_CHECK bool pg_run(PGconn *pg, const char *sql, char *why, size_t why_len);

/* Each file with statements of its own prepares them when the store opens. */
void rows_prepare_load(struct store *s);
void rows_prepare_write(struct store *s);
void log_prepare(struct store *s);
void entries_prepare(struct store *s);
void scan_prepare(struct store *s);
void due_prepare(struct store *s);
void documents_prepare(struct store *s);
void trades_prepare(struct store *s);
/* Into the pipeline of the document it is about; nothing without words. */
void trades_send_put(struct store *s, const struct trade_record *t);
void check_prepare(struct store *s);
void query_prepare(struct store *s);
void vault_prepare(struct store *s);
void erase_prepare(struct store *s);
void residues_prepare(struct store *s);
void concern_prepare(struct store *s);
void tell_prepare(struct store *s);
void hooks_prepare(struct store *s);

/* Parts of a pipeline that more than one call uses (rows.c). */
enum { LOADS_MAX = TABLE_COUNT + 1 };
struct load {
	struct world *world;
	unsigned first, n; /* place in the pipeline, statements */
	struct {
		enum table_id table;
	} part[LOADS_MAX];
};
void load_send(struct store *s, struct load *l, const struct want *want, size_t n);
MUST_CHECK enum fault load_take(struct load *l, unsigned i, const PGresult *r);
MUST_CHECK enum fault load_finish(struct load *l, const struct want *want, size_t n);
/* The statements of a pipeline that write rows, and how many each must have written. */
struct written {
	unsigned n;
	struct written_part {
		unsigned at; /* place in the pipeline */
		size_t rows;
	} part[TABLE_COUNT * 2];
};
/* Sends, for each table with dirty rows, one INSERT of the new and one UPDATE of the changed ones; false when out of
 * memory. */
MUST_CHECK bool rows_send(struct store *s, const struct world *w, struct written *ret);
/* False when statement i is one of them and wrote another number of rows: one the world knows is not there any more. */
MUST_CHECK bool rows_written(const struct written *w, unsigned i, const PGresult *r);

/* A sealed text as the database gives it out (sealed_document() in 074): opened into room of its own, which the caller
 * frees. E_INTERNAL when it does not open. */
MUST_CHECK enum fault vault_open_text(struct store *s, struct span hex, char **ret, size_t *len);
/* The party's key: what is stored, unwrapped; a fresh one is stored when there is none. E_ERASED when it is destroyed. */
MUST_CHECK enum fault vault_key(struct store *s, struct uuid party, const struct document_random *random,
                                uint8_t ret[SEAL_KEY_LEN]);
enum vault_part { VAULT_BYTES = 1, VAULT_REPORT = 2, VAULT_STATEMENT = 3 };
/* Seals a part of a document into malloc'ed room of text.len + SEAL_OVER bytes; NULL when out of memory. */
char *vault_seal(const uint8_t key[SEAL_KEY_LEN], const uint8_t nonce[SEAL_NONCE_LEN], struct uuid party,
                 struct hash document, enum vault_part part, struct span text);

/* --- statements (seals.c) --- */
/* What of n entries has to be there before they can be sealed: the keys of their parties, looked up in one round trip where
 * they are not known yet, and made where there are none. */
MUST_CHECK enum fault seals_ready(struct store *s, const struct new_entry *e, size_t n);
/* Sends the keys that were made, into the transaction of the entries sealed under them. */
void seals_send(struct store *s);
/* What became of that transaction. */
void seals_settle(struct store *s, bool stored);
/* The length word and the bytes of a sealed statement; its party's key is ready. */
void put_seal(struct buf *b, const struct store *s, const struct new_entry *e);
void seals_free(struct key_cache *k); /* takes NULL */
void seals_prepare(struct store *s);
/* A statement as it is stored, with the wrapped key it opens with (NULL: destroyed), opened into mem. */
struct shut {
	struct span stored, wrapped; /* wrapped.at == NULL: none */
	struct uuid issuer, object;
	struct hash statement_hash;
};
/* *under: whose key; nil when it was in clear. E_TOO_BIG, or E_UNAVAILABLE without a vault. */
MUST_CHECK enum fault seal_read(struct store *s, const struct shut *in, struct arena *mem, struct span *ret,
                                enum lacks *lacks, struct uuid *under);
/* What binds a statement to its row; room for SEAL_BOUND_LEN. */
enum { SEAL_BOUND_LEN = 16 + 16 + HASH_LEN };
struct span seal_bound(struct uuid party, struct hash statement, char room[SEAL_BOUND_LEN]);
enum { UNDER_ISSUER = 1, UNDER_OBJECT = 2 }; /* first byte of a sealed statement */

/* Results. */
int64_t result_i64(const PGresult *r, int row, int field);
struct span result_span(const PGresult *r, int row, int field);
#endif
