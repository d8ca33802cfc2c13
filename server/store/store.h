/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h: PostgreSQL, and nothing of it above this folder.
 *
 * A store is one connection with one duty. The sequencer's store loads the rows
 * a batch touches and writes the batch; a reader's store answers one question
 * at a time under row-level security. Every call is a constant number of
 * statements in one pipelined round trip, however many rows it is about.
 *
 * Faults: E_UNAVAILABLE the connection is gone or refuses (open a new one);
 * E_STORAGE_FULL no room (53100); E_OUTCOME_UNKNOWN the COMMIT was sent and not
 * confirmed, or confirmed with a WARNING: ask again before you answer;
 * E_FORBIDDEN the store's duty may not; E_TOO_BIG the arena given is full;
 * E_INTERNAL a statement failed that should not (store_why says what). After any
 * fault of store_commit nothing is known to be stored: drop what you cached.
 */
#ifndef CF_STORE_H
#define CF_STORE_H

#include "decide.h"
#include "seal.h"
#include "tree.h"

enum store_duty {
	STORE_WRITER,
	STORE_READER,
	STORE_CHECKER,
	STORE_PUBLISHER,
	STORE_FOLLOWER,
	STORE_OWNER,
	STORE_TELLER
};

struct store;
/* Connects, sets the role of the duty, prepares every statement of it. NULL and *why on failure. */
struct store *store_open(const char *conninfo, enum store_duty duty, char *why, size_t why_len);
void store_close(struct store *s); /* takes NULL */
/* True while the connection can be used; false after it broke, and for NULL. */
bool store_alive(const struct store *s);
/* What the database said about the last fault or WARNING; for the operator's log, never for an answer. */
const char *store_why(const struct store *s);

/* --- the sequencer's side --- */

/* The head of the log as stored: row log_head. */
struct head {
	struct range range;        /* compact range over all leaf hashes; range.size = next seq */
	struct hash last_leaf;     /* hash of the last leaf; zeros when empty */
	struct moment accepted_at; /* of the last entry */
	int64_t epoch;             /* fencing token: who may write */
};
MUST_CHECK enum fault store_head(struct store *s, struct head *ret);
/* Raises the epoch by one and takes the writer's lease: from now on only this store's commits pass. */
MUST_CHECK enum fault store_take_lease(struct store *s, struct head *ret);
/* Loads the wanted rows (and children) into the world, absent ones as absent: one statement per table. */
MUST_CHECK enum fault store_load(struct store *s, struct world *w, const struct want *want, size_t n);

/* What is known of a statement id: seq and hash of the statement it came with. */
struct submission {
	struct uuid issuer, id; /* asked */
	bool found;
	uint64_t seq;
	struct hash statement;
};
/* Looks up n ids in one statement. */
MUST_CHECK enum fault store_submissions(struct store *s, struct submission *sub, size_t n);
/* The raw statement of an entry (for a cosign's pending statement), copied into mem; n at once. E_ERASED when the key of one
 * is destroyed. */
MUST_CHECK enum fault store_statements(struct store *s, const uint64_t *seq, size_t n, struct arena *mem,
                                       struct span *ret);

struct new_entry {
	const uint8_t *leaf;   /* LEAF_LEN bytes */
	struct span statement; /* in clear; it is stored sealed */
	struct uuid issuer, id, object;
	uint16_t kind, outcome;
	struct hash statement_hash;
};
/*
 * One transaction: the lease and the head's size are checked (epoch and
 * before.range.size must be what the row says, else E_UNAVAILABLE and nothing is
 * written), then entries, ids, all dirty rows of the world, the new head; COMMIT.
 * E_ID_CONFLICT when an entry's (issuer, id) is logged already, or a row taken to be new is there: nothing is written.
 * Statements are sealed under their party's key (seals.c); a party that is enrolled gets its own in the same transaction.
 */
MUST_CHECK enum fault store_commit(struct store *s, const struct head *before, const struct head *after,
                                   const struct new_entry *entry, size_t n, const struct world *w);

/* --- the publisher's side --- */
/* Leaves [from, from + n) as stored, LEAF_LEN bytes each, one behind the other in mem. E_NOT_FOUND when one is missing. */
MUST_CHECK enum fault store_leaves(struct store *s, uint64_t from, size_t n, struct arena *mem, struct span *ret);
/* Signed checkpoints, in one statement. E_INTERNAL when one of another root is stored at the same size. */
struct stored_note {
	uint64_t size;
	struct hash root;
	struct span note;
};
MUST_CHECK enum fault store_checkpoints_put(struct store *s, const struct stored_note *note, size_t n);
/* The smallest stored checkpoint of at least `size` leaves: the first receipt's; E_NOT_FOUND without. */
MUST_CHECK enum fault store_checkpoint_get(struct store *s, uint64_t size, struct arena *mem, uint64_t *at,
                                           struct span *note);

/* --- scans, for replay, audit and the timers --- */
/* Why a statement is not there: it is; the key it was sealed under is destroyed; it does not open. */
enum lacks { LACKS_NOTHING, LACKS_KEY, LACKS_SENSE };
struct stored_entry {
	uint64_t seq;
	struct span leaf, statement; /* in mem; the statement is opened, and empty when it lacks something */
	enum lacks lacks;
	struct uuid under; /* whose key it is sealed under; nil when it is in clear */
	struct uuid issuer, id, object;
	uint16_t kind, outcome;
	struct hash statement_hash;
	bool waits; /* when it came it waited for a second signature: its effect came with the cosign, if at all */
};
/* Entries [from, from + max) in order. E_UNAVAILABLE when they are sealed and the store has no vault. */
MUST_CHECK enum fault store_entries(struct store *s, uint64_t from, size_t max, struct arena *mem,
                                    struct stored_entry **ret, size_t *n);
/* Every row of a table, one by one, in key order, as the C struct; fn returns false to stop. */
typedef bool row_fn(void *arg, const struct row *r);
MUST_CHECK enum fault store_scan(struct store *s, enum table_id t, row_fn *fn, void *arg);
/* All documents' rows the rules know of (replay needs them); same as store_scan(TABLE_DOCUMENT). */

/* Deadlines that have passed at `now` and no entry records yet, at most max: what the registry must sign. */
struct due {
	/* ENCUMBRANCE_LAPSE, HOLD_LAPSE, RECEIVABLE_OVERDUE, RECEIVABLE_DEFAULT, STATEMENT_LAPSE */
	enum statement_kind kind;
	struct uuid object;
	struct hash head; /* prev to name; for STATEMENT_LAPSE the statement */
};
MUST_CHECK enum fault store_due(struct store *s, struct moment now, int64_t default_after_days, size_t max,
                                struct due *ret, size_t *n);

/* All live keys, for the cache that verifies signatures; fn as in store_scan. */

/* --- what is sealed (vault.c, seal.h) --- */
typedef void random_fn(void *to, size_t len);
struct vault {
	uint8_t master[SEAL_KEY_LEN];
	random_fn *random; /* for the keys of new parties; only who writes entries needs it */
};
/* Whose keys open what this store reads and seal what it writes; the vault outlives the store. NULL: none is here, and
 * what is sealed does not open (E_UNAVAILABLE). */
void store_vault(struct store *s, const struct vault *v);
/* Which master key the party keys here are wrapped under; E_NOT_FOUND when none was ever used. Duty STORE_CHECKER, as
 * the two below. */
MUST_CHECK enum fault store_vault_id(struct store *s, uint8_t ret[SEAL_ID_LEN]);
/* Wraps every party key under `to` instead of the store's vault, in one transaction; takes `to` for the one in use, also
 * when there was none. nonces() fills random bytes. E_INTERNAL when a key does not open. */
MUST_CHECK enum fault store_vault_move(struct store *s, const struct vault *to, random_fn *nonces);
/* Seals one document of before there was a vault; *more is false when none is left. */
MUST_CHECK enum fault store_vault_old(struct store *s, random_fn *nonces, bool *more);
/* Seals some statements of before there were sealed ones, in one transaction; *n of them, 0 when none is left. */
MUST_CHECK enum fault store_vault_old_statements(struct store *s, size_t max, size_t *n);
/* --- erasure (residues.c); duty STORE_CHECKER where nothing else is said --- */
/* Parties that were erased, in whose content nobody else has a right any more, and of whose entries it is not kept yet what
 * was decided. */
MUST_CHECK enum fault store_erasing(struct store *s, size_t max, struct uuid *ret, size_t *n);
/* The documents that go with these parties: nobody else has them. *ret is the caller's to free. */
MUST_CHECK enum fault store_erasing_papers(struct store *s, const struct uuid *party, size_t n, struct hash **ret,
                                           size_t *n_ret);
struct residue {
	uint64_t seq;
	struct span text; /* residue.h */
};
/* Keeps them, in one transaction; those that are there stay as they are. */
MUST_CHECK enum fault store_residue_put(struct store *s, const struct residue *r, size_t n);
/* In mem; E_NOT_FOUND without one. STORE_WRITER, or who audits. */
MUST_CHECK enum fault store_residue(struct store *s, uint64_t seq, struct arena *mem, struct span *ret);
/* Destroys the keys of parties that were erased, once nobody else has a right that hangs on what they open and everything is
 * kept that a replay needs; with them go the facts of documents that nobody else has. Duty STORE_PUBLISHER. */
MUST_CHECK enum fault store_vault_erase(struct store *s);

/* --- documents --- */
struct trade_record { /* what it says to the others of its trade (trade_match.h) */
	struct hash sha256;
	int32_t role, level;
	struct uuid anchor;
	bool is_signed;
	struct span words; /* put_trade_wire */
	const struct fp16 *keys;
	size_t n_keys;
	bool listened; /* its issuer's word, or a party's it names: only then anything is judged again */
	struct uuid bringer;
	struct span identifier; /* of the bringer, without its scheme */
	bool issuer, named;     /* the bringer issued it; is named in it */
};
struct document_record {
	struct trade_record trade;
	struct evidence row; /* what the rules see (state.def) */
	struct span bytes;   /* the document itself */
	struct span report;  /* JSON: canonical facts and findings */
	struct uuid submitter;
	struct document_random { /* fresh for each: a key for a party that has none yet, and nonces */
		uint8_t key[SEAL_KEY_LEN], wrap[SEAL_NONCE_LEN], bytes[SEAL_NONCE_LEN], report[SEAL_NONCE_LEN];
	} random;
};
/* Bytes and report are sealed under the submitter's key; E_ERASED when that is destroyed. Idempotent by sha256; needs
 * the duty STORE_CHECKER and a vault. A second submitter of the same bytes may read them too. */
MUST_CHECK enum fault store_document_put(struct store *s, const struct document_record *d);

/* --- the papers of a trade (trades.c); needs the duty STORE_CHECKER --- */
struct trade_due {
	struct hash sha256; /* of an invoice */
	int64_t asked;
};
/* The invoices that are to be judged again, the oldest first. */
MUST_CHECK enum fault store_trade_due(struct store *s, size_t max, struct trade_due *ret, size_t *n);
/* They are judged: those nothing was asked for meanwhile are struck out. */
MUST_CHECK enum fault store_trade_done(struct store *s, const struct trade_due *done, size_t n);

/* A document that is to be read again, because whom the registry believes has changed since it was; zeros for none. */
MUST_CHECK enum fault store_trade_judge(struct store *s, struct hash *ret);
/* It was read again; t says what it is worth by itself now. */
MUST_CHECK enum fault store_trade_judged(struct store *s, struct hash document, const struct trade_record *t);

struct trade_row {
	int32_t level;
	struct uuid anchor;
	struct span words;
	struct span bringers; /* one a line: '1' if it issued it, '1' if it is named, its identifier */
};
struct trade_set {
	struct trade_row *row; /* the invoice is the first; no more than asked for */
	size_t n;
	bool found; /* what follows is what is said of it so far, in the log or as it was taken in */
	int32_t alone, level;
	struct uuid anchor, claim; /* claim: the asset that stands on it, or nil */
	int64_t credited, paid, findings;
	/* The anchor the invoice's row rests on is in force; the one its level rested on so far gives a ground to fall. */
	int32_t may_rest, may_fall;
	col_ccy ccy;
	int64_t country; /* of the debtor (country_code()): the claim's, else the party the invoice names; 0 when not known */
};
/* The invoice, and of the papers that share a key with it those that may be listened to; all in mem. */
MUST_CHECK enum fault store_trade(struct store *s, struct hash invoice, size_t max, struct arena *mem,
                                  struct trade_set *ret);

/* --- reading under row-level security --- */
/*
 * Runs the named query of schema/queries/ as `party` with `role` mask, and gives
 * each row to fn as texts (NULL columns as at == NULL). The parameters are texts;
 * the query casts. The transaction sets counterfoil.party and counterfoil.roles,
 * which the policies read, and the purpose said last. A column named "sealed" is opened on its way (074_sealed). E_BAD_REQUEST when a parameter does not cast.
 */
typedef bool text_row_fn(void *arg, const struct span *column, size_t n);
MUST_CHECK enum fault store_query(struct store *s, struct uuid party, int32_t roles, const char *name,
                                  const struct span *param, size_t n_params, text_row_fn *fn, void *arg);
/* What the next questions are asked for: consents are for a purpose. Empty: for none. */
void store_reads_for(struct store *s, struct span purpose);
/* The name of query i and how many parameters it has; NULL past the last. */
const char *store_query_name(size_t i, unsigned *n_params);

/* Access records: who looked at what and why; one statement for all. */
struct access {
	struct moment at;
	struct uuid who, object, subject; /* subject: whose data */
	struct span what, purpose;
};
/* Loads the wanted rows for checks and stores their access records, in one transaction, committed. */
MUST_CHECK enum fault store_check(struct store *s, struct world *w, const struct want *want, size_t n,
                                  const struct access *access, size_t n_access);

/* --- telling people; needs the duty STORE_TELLER --- */
enum { TOLD_MAX = 2048 };
struct told {
	uint64_t next, size; /* the follower's position and the log's size; both 0 when there was nothing to do */
	size_t n;
	bool more; /* than fit below were told */
	struct uuid party[TOLD_MAX];
};
/*
 * One round of the follower: makes the alerts of at most `max` entries from
 * where it stands, in the order of the log, and moves its position, in one
 * transaction. Two followers at once wait for each other.
 */
MUST_CHECK enum fault store_tell(struct store *s, size_t max, struct told *ret);
/* Acknowledges an alert of the party's own. The first time stands. E_NOT_FOUND when the party has none of this number. */
MUST_CHECK enum fault store_alert_ack(struct store *s, struct uuid party, uint64_t number, struct moment at,
                                      struct hash kid);

/* --- whom a warning concerns; needs the duty STORE_FOLLOWER --- */
struct concerned;
/* Keeps them with the warning, which need not be entered yet; who is there already stays as it is. */
MUST_CHECK enum fault store_concern(struct store *s, struct uuid warning, const struct concerned *c, size_t n);

/* --- webhooks; the same duty --- */
struct webhook {
	struct uuid id, party, asset, about; /* asset, about: nil for any */
	struct span url;
	int32_t code, severity; /* code: 0 for any; severity: the least */
	struct hash made_by;
};
/* E_WEBHOOKS when the party has as many as it may. */
MUST_CHECK enum fault store_webhook_put(struct store *s, const struct webhook *h);
enum webhook_act { WEBHOOK_END, WEBHOOK_REPLAY, WEBHOOK_TEST };
/* On a webhook of the party's own. number: the alert a replay begins behind. E_NOT_FOUND when there is none, or, for a
 * test, none that is live. */
MUST_CHECK enum fault store_webhook_act(struct store *s, enum webhook_act what, struct uuid party, struct uuid id,
                                        int64_t number);
/* Makes deliveries of the alerts that came since; how many it looked at. */
MUST_CHECK enum fault store_webhook_queue(struct store *s, uint64_t *looked_at);

struct delivery {           /* one thing to send; spans in the arena it was taken into */
	bool found, verify; /* verify: the webhook is asked whether it wants any */
	struct uuid webhook;
	struct span url, alert, now; /* alert: JSON; empty for a test and a verification */
	int64_t number, attempts, failures;
};
/* Takes what is due and leaves its webhook to the taker for so long. */
MUST_CHECK enum fault store_webhook_take(struct store *s, int64_t lease_s, struct arena *mem, struct delivery *ret);
struct delivered {
	bool good;
	int64_t status; /* 0: no answer */
	struct span why;
	int64_t pause_s, again_s; /* when not good: for the webhook, for the delivery */
	int64_t longest_s;        /* after which a delivery is given up, and a webhook that only failed is stopped */
};
MUST_CHECK enum fault store_webhook_done(struct store *s, const struct delivery *d, const struct delivered *how);

/* --- schema --- */
/* Applies the numbered files (embedded, checksummed) that are not applied yet, as owner. say is called per file. */
typedef void say_fn(void *arg, const char *line);
MUST_CHECK enum fault store_migrate(const char *conninfo, say_fn *say, void *arg, char *why, size_t why_len);
/* The schema is exactly what this program knows; else *why. */
MUST_CHECK enum fault store_schema_ok(struct store *s, char *why, size_t why_len);
#endif
