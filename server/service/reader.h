/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h: what the ask_* files share: a reader's connection, the parameters
 * of a question, lists with cursors, and the record of who looked.
 */
#ifndef CF_READER_H
#define CF_READER_H

#include <pthread.h>
#include <stdatomic.h>

#include "jcs.h"
#include "service/reading.h"
#include "service/tiles.h"
#include "store/store.h"

enum {
	PAGE_ROWS = 50,
	PAGE_ROWS_MAX = 200,              /* what schema's page_rows() allows */
	SUBJECTS_MAX = 2 * PAGE_ROWS_MAX, /* parties one page can be about */
	CURSOR_TEXT = 22,                 /* 8 bytes of place, 8 of HMAC */
	PUBLISH_WAIT_MS = 300,            /* a receipt is answered before its tiles are written; they follow at once */
	NOT_FOUND_MS = 4,                 /* the grid on which it is said that there is nothing */
	PUBLISH_AHEAD = 1 << 14,          /* entries that can be ahead of the tiles: the batches in flight */
};

/* A connection that comes back by itself. */
struct conn {
	const char *database_url;
	enum store_duty duty;
	const struct vault *vault; /* NULL: nothing sealed is read or written over it */
	struct store *store;
	int64_t next_try_ns, pause_ns;
};
/* The store, opened when there is none and the pause is over; NULL while it cannot be had. */
struct store *conn_store(struct conn *c);
void conn_close(struct conn *c);

/* A looked-at answer on its way to the checker. Lies in the question's arena. */
struct looked {
	struct question *q;
	const struct access *access;
	size_t n;
	struct looked *next;
};

struct reading {
	struct reading_conf conf;
	uint8_t cursor_key[TOKEN_KEY_LEN];
	/* questions for readers */
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct question *first, *last;
	size_t waiting;
	bool closed;
	/* checks and records for the checker */
	pthread_mutex_t check_lock;
	pthread_cond_t check_some;
	struct question *check_first, *check_last;
	struct looked *looked_first, *looked_last;
	size_t checks_waiting;
	bool check_closed;
	atomic_bool checker_alive;
	atomic_bool someone_waits; /* a reader for the tiles */
	/* documents need the checker's duty; one at a time, beside the checks */
	pthread_mutex_t document_lock;
	struct conn document_conn;
	/* what a party writes of its own beside the log: one at a time, too */
	pthread_mutex_t own_lock;
	struct conn own_conn;
	/* threads */
	int tiles_fd;
	int started;
	struct reader *reader;
	pthread_t checker;
	bool checker_started;
};

struct reader {
	struct reading *all;
	struct conn conn;
	struct tile_view *view;
	pthread_t thread;
	bool started;
	struct question *q; /* the one in hand */
	/* who is looked at in it */
	const char *what;
	struct uuid object;
	unsigned n_subjects;
	struct uuid subject[SUBJECTS_MAX];
};

/* The checker's thread (checker.c). */
void *checker_run(void *reading);
/* Hands over an answer that must be on record first (reading.c). */
void record_looked(struct reading *r, struct looked *l);

/* --- parameters; a refusal names them as "/<name>" --- */
MUST_CHECK enum fault param_uuid(struct question *q, unsigned i, const char *name, struct uuid *ret);
/* Whole decimal number without sign or leading zeros; `otherwise` when the parameter is absent. */
MUST_CHECK enum fault param_u64(struct question *q, unsigned i, const char *name, uint64_t otherwise, uint64_t *ret);
MUST_CHECK enum fault param_hash_hex(struct question *q, unsigned i, const char *name, struct hash *ret);
/* A state of this kind of asset, or empty. */
bool state_known(enum asset_kind kind, struct span word);
enum fault bad_param(struct question *q, const char *name, const char *detail);

/* --- who is looked at --- */
void look_at(struct reader *r, struct uuid subject);
/* The uuid that stands as a member of this name somewhere in a row of JSON; nil without. */
struct uuid json_uuid(struct span json, const char *name);
/* Called with each row of an answer: says whom it is about. NULL: nobody's own. */
typedef void about_fn(struct reader *r, struct span json);

/* --- answers; rows of a query are (json, cursor, etag) --- */
struct one {
	const char *query, *what;
	about_fn *about;
};
/* The first row is the answer; E_NOT_FOUND without. */
MUST_CHECK enum fault answer_one(struct reader *r, const struct one *o, const struct span *param, size_t n);

struct list {
	const char *query, *what;
	about_fn *about;
	unsigned limit_at, cursor_at; /* places among the query's parameters, and of the question's; NO_PAGES: none */
	bool receipts;                /* each row is an entry: its receipt is added */
	bool empty_is_not_found;
};
#define NO_PAGES 99u
/* {"items":[...],"next":cursor|null}. param is the query's; limit and cursor are filled in here from q->param[1] and [2]. */
MUST_CHECK enum fault answer_list(struct reader *r, const struct list *l, struct span *param, size_t n);

/* For answers that are no lists of rows: limit and cursor as the query takes them, and the cursor of the next page. */
MUST_CHECK enum fault page_of(struct reader *r, const struct list *l, struct span *param, uint64_t *limit);
void put_cursor(struct jcs *j, const struct reader *r, const struct list *l, uint64_t place);

/* --- the published log (ask_log.c) --- */
/* Has what is signed published at once, so that whoever was answered a moment ago finds it. */
void publish_now(struct reader *r);
/* Size and note of the published checkpoint, once it covers `seq` or waiting is in vain. Note in mem. */
MUST_CHECK enum fault published(struct reader *r, uint64_t seq, struct arena *mem, uint64_t *size, struct span *note);
/* The receipt of an entry as JSON; false when the tiles do not have it or w is full. */
MUST_CHECK bool put_entry_receipt(struct reader *r, struct writer *w, uint64_t seq, uint64_t size, struct span note);
/* {"seq","checkpoint","note"}: the entry an answer is as of, and the signed checkpoint that covers it (ask_audit.c). */
MUST_CHECK enum fault put_as_of(struct reader *r, struct writer *w, uint64_t seq);
/* What a report's query gave, said to whoever asked: one that ran out of time is too big for one answer, and says what to do. */
enum fault report_fault(struct reader *r, enum fault f);
#endif
