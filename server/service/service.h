/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service.h: the registry as the outsides see it. Nobody above knows SQL or
 * rules; nothing below knows HTTP.
 *
 * Writing: the caller's thread reads and verifies the statement
 * (service_prepare), then hands a ticket to the sequencer (service_submit) and
 * is called back exactly once, on another thread, when the entry is committed,
 * read back and covered by a signed checkpoint - or refused.
 *
 * Reading: questions wait in a bounded queue for a reader thread with a
 * database connection of its own; checks are taken in batches.
 */
#ifndef CF_SERVICE_H
#define CF_SERVICE_H

#include "decide.h"

struct service;

/* --- writing --- */
struct ticket {
	/* in: filled by service_prepare, in the caller's arena, which must live until done() */
	struct command cmd;
	struct command inner; /* for a cosign: what it completes */
	struct uuid issuer;
	void (*done)(struct ticket *t); /* called once, from a service thread; must not block */
	void *arg;
	/* out, valid inside and after done() */
	enum fault result; /* OK, or why not */
	struct diag diag;
	bool repeated; /* the same bytes were logged before: this is the first receipt again */
	bool logged;   /* an entry exists: accepted, or refused and on record */
	bool pending;  /* accepted; waits for a second signature */
	uint64_t seq;
	uint16_t outcome; /* of the entry, when logged */
	uint8_t leaf[LEAF_LEN];
	struct proof proof; /* inclusion in the checkpoint below */
	char note[CHECKPOINT_MAX];
	size_t note_len;
	struct ticket *next;
	uint64_t queued_ns;
};
/* Splits, reads and verifies the JWS; everything the ticket keeps points into `compact` or mem. OK, or the
 * fault with diag filled: BAD_JWS, BAD_JSON, ..., UNKNOWN_KEY, BAD_SIGNATURE. */
MUST_CHECK enum fault service_prepare(struct service *s, struct span compact, struct arena *mem, struct ticket *t);
/* False when the queue is full (answer 503 with Retry-After) or the service is stopping; done() is then not called. */
MUST_CHECK bool service_submit(struct service *s, struct ticket *t);
/* The receipt as JSON. */
void put_ticket_receipt(struct writer *w, const struct ticket *t);

/* --- who asks --- */
struct asker {
	struct uuid party; /* nil: anyone */
	int32_t roles;
	struct span purpose; /* from the request, recorded */
	struct hash kid;     /* the key that asked for the token */
};
/* Client assertion (RFC 7523) to a token; seconds it lives. aud is the token endpoint's URL. */
MUST_CHECK enum fault service_token(struct service *s, struct span assertion, struct span aud, struct arena *mem,
                                    struct span *token, int64_t *seconds, struct diag *diag);
MUST_CHECK enum fault service_asker(struct service *s, struct span token, struct asker *ret);

/* --- reading --- */
struct question {
	struct asker who;
	struct arena *mem; /* for the answer; lives until done() */
	/* what is asked: fn runs on a reader thread with that thread's reader */
	enum fault (*fn)(struct question *q, void *reader);
	struct span param[12]; /* path and query parameters, decoded */
	struct span body;
	void (*done)(struct question *q);
	void *arg;
	/* out */
	enum fault result;
	struct diag diag;
	struct span answer;      /* JSON */
	char etag[HASH_B64 + 1]; /* empty without */
	const char *type;        /* of the answer, when it is not JSON */
	int http;                /* 0: the fault's own, or 200 */
	uint64_t place;          /* of a stream: where its next part begins */
	struct question *next;
};
MUST_CHECK bool service_ask(struct service *s, struct question *q);
MUST_CHECK bool service_check(struct service *s, struct question *q); /* POST /v1/checks: batched */
/* The questions there are, for `fn`; parameters in param[] as noted. */
enum fault ask_party(struct question *q, void *reader);         /* id */
enum fault ask_party_claims(struct question *q, void *reader);  /* id, limit, cursor */
enum fault ask_party_keys(struct question *q, void *reader);    /* id */
enum fault ask_receivable(struct question *q, void *reader);    /* id */
enum fault ask_voucher(struct question *q, void *reader);       /* id */
enum fault ask_vouchers(struct question *q, void *reader);      /* -, limit, cursor, state */
enum fault ask_voucher_chain(struct question *q, void *reader); /* id */
enum fault ask_bill(struct question *q, void *reader);          /* id */
enum fault ask_bills(struct question *q, void *reader);         /* -, limit, cursor, state */
enum fault ask_bill_chain(struct question *q, void *reader);    /* id */
enum fault ask_pool(struct question *q, void *reader);          /* id */
enum fault ask_pools(struct question *q, void *reader);         /* -, limit, cursor */
enum fault ask_pool_tape(struct question *q, void *reader);     /* id */
enum fault ask_obligors(struct question *q, void *reader);
enum fault ask_receivables(struct question *q, void *reader);        /* -, limit, cursor, state */
enum fault ask_inventory(struct question *q, void *reader);          /* id */
enum fault ask_inventories(struct question *q, void *reader);        /* -, limit, cursor, state */
enum fault ask_prepayment(struct question *q, void *reader);         /* id */
enum fault ask_prepayments(struct question *q, void *reader);        /* -, limit, cursor, state */
enum fault ask_price(struct question *q, void *reader);              /* id */
enum fault ask_prices(struct question *q, void *reader);             /* -, limit, cursor */
enum fault ask_warehouse_receipt(struct question *q, void *reader);  /* id */
enum fault ask_warehouse_receipts(struct question *q, void *reader); /* -, limit, cursor, state */
enum fault ask_site(struct question *q, void *reader);               /* id */
enum fault ask_sites(struct question *q, void *reader);              /* -, limit, cursor */
enum fault ask_encumbrances(struct question *q, void *reader);       /* -, limit, cursor, asset */
enum fault ask_encumbrance(struct question *q, void *reader);        /* id */
enum fault ask_holds(struct question *q, void *reader);              /* -, limit, cursor */
enum fault ask_history(struct question *q, void *reader);            /* asset id, limit, cursor */
enum fault ask_entry(struct question *q, void *reader);              /* seq */
enum fault ask_receipt(struct question *q, void *reader);            /* seq */
enum fault ask_inclusion(struct question *q, void *reader);          /* seq, size */
enum fault ask_consistency(struct question *q, void *reader);        /* from, to */
enum fault ask_document(struct question *q, void *reader);           /* sha256 */
enum fault ask_document_post(struct question *q, void *reader);      /* body: the bytes; 201 or 200 */
enum fault ask_attempts(struct question *q, void *reader);           /* -, limit, cursor: refused attempts, regulator */
enum fault ask_access(struct question *q, void *reader);             /* -, limit, cursor: who looked at my data */
/* Reports, for regulator and court; each says which entry it is as of. */
enum fault ask_decisions(struct question *q, void *reader);          /* -, limit, cursor: by office, regulator */
enum fault ask_audit_debtors(struct question *q, void *reader);     /* - */
enum fault ask_audit_by_region(struct question *q, void *reader);   /* - */
enum fault ask_audit_fictitious(struct question *q, void *reader);  /* id of a debtor */
enum fault ask_audit_purchases(struct question *q, void *reader);   /* id of a debtor */
enum fault ask_audit_graph(struct question *q, void *reader);       /* id, steps */
enum fault ask_audit_guarantees(struct question *q, void *reader);  /* - */
enum fault ask_audit_warehouses(struct question *q, void *reader);  /* -, limit, cursor */
enum fault ask_audit_overdue(struct question *q, void *reader);     /* -, limit, cursor */
enum fault ask_audit_period(struct question *q, void *reader);      /* year, quarter, format */
enum fault ask_objection(struct question *q, void *reader);         /* id */
enum fault ask_objections(struct question *q, void *reader);        /* -, limit, cursor, asset */
enum fault ask_commitments(struct question *q, void *reader);       /* -, limit, cursor */
enum fault ask_finding(struct question *q, void *reader);           /* id */
enum fault ask_warning(struct question *q, void *reader);           /* id */
/* -, limit, cursor, event, claim, party, warehouse, commodity, region, open, since */
enum fault ask_warnings(struct question *q, void *reader);
enum fault ask_warning_events(struct question *q, void *reader);    /* - */
enum fault ask_score_history(struct question *q, void *reader);     /* id */
enum fault ask_own_exposure(struct question *q, void *reader);      /* id */
enum fault ask_audit_exposure(struct question *q, void *reader);    /* id */
enum fault ask_findings(struct question *q, void *reader);          /* -, limit, cursor, asset, party, open */
enum fault ask_party_score(struct question *q, void *reader);       /* id */
enum fault ask_assessment(struct question *q, void *reader);        /* receivable id */
enum fault ask_own_contagion(struct question *q, void *reader);     /* id: of the asking lender's own book, as */
enum fault ask_own_tiers(struct question *q, void *reader);         /* id */
enum fault ask_own_sources(struct question *q, void *reader);       /* - */
enum fault ask_own_regions(struct question *q, void *reader);       /* - */
enum fault ask_audit_contagion(struct question *q, void *reader);   /* id: of everybody, for supervisors, as */
enum fault ask_audit_tiers(struct question *q, void *reader);       /* id */
enum fault ask_audit_sources(struct question *q, void *reader);     /* - */
enum fault ask_audit_regions(struct question *q, void *reader);     /* month */
enum fault ask_party_certificate(struct question *q, void *reader); /* id: the score, and an entry that certifies it */
enum fault ask_assessment_certificate(struct question *q, void *reader); /* receivable id */
enum fault ask_appeal(struct question *q, void *reader);                 /* id */
enum fault ask_appeals(struct question *q, void *reader);                /* -, limit, cursor, party, open */
enum fault ask_signals(struct question *q, void *reader);                /* - : public */
enum fault ask_rules(struct question *q, void *reader);                  /* - : rule versions, public */
enum fault ask_alerts(struct question *q, void *reader);                 /* -, limit, cursor, open */
enum fault ask_alert_ack(struct question *q, void *reader);              /* number: the asker has seen it; the alert */
enum fault ask_webhook_post(struct question *q, void *reader);           /* body: webhook_read(); 201 */
enum fault ask_webhooks(struct question *q, void *reader);               /* -, limit, cursor */
enum fault ask_webhook(struct question *q, void *reader);                /* id */
enum fault ask_webhook_end(struct question *q, void *reader);            /* id */
enum fault ask_webhook_test(struct question *q, void *reader);           /* id */
enum fault ask_webhook_replay(struct question *q, void *reader);         /* id, after: number of an alert */
enum fault ask_deliveries(struct question *q, void *reader);             /* id, limit, cursor */
/* number: the alerts behind it as server-sent events, in order, some dozens at most; `place` is the last one's number.
 * Without a number: no alerts, and the newest one's place. */
enum fault ask_events(struct question *q, void *reader);

enum fault ask_consent(struct question *q, void *reader);  /* id */
enum fault ask_consents(struct question *q, void *reader); /* -, limit, cursor */

enum fault ask_anchors(struct question *q, void *reader);
enum fault ask_anchor(struct question *q, void *reader); /* id */

/* Enters the deadlines that have passed, as the registry's own statements; returns how many. One thread, once a second. */
size_t service_deadlines(struct service *s);

/* Enters what documents are worth beside the papers of their trade; how many it was done with. One thread. */
size_t service_match(struct service *s);

/* Makes parties that were erased ready for the end of their keys; 0. One thread. */
size_t service_erase(struct service *s);

/* --- telling people --- */
/* One round of the follower of the log; how many entries it looked at: more may wait when it is not 0. One thread. */
size_t service_tell(struct service *s);
/* Called after a round with the parties that were told something; with `all`, more than these. From one thread, which
 * must not be held up. NULL: nobody listens any more, once this returns. */
typedef void told_fn(void *arg, const struct uuid *party, size_t n, bool all);
void service_listen(struct service *s, told_fn *fn, void *arg);

/* --- webhooks --- */
struct courier_conf {
	int64_t retry_s;   /* the first pause after a failure; it doubles */
	int64_t give_up_s; /* how long a delivery is tried, and a webhook may only fail */
	int64_t queue_ms;  /* how often new alerts are looked for */
};
struct parcel { /* lasts until the next is taken */
	const char *url, *header[3];
	struct span body;      /* application/cloudevents+json */
	const char *challenge; /* a good answer contains it; NULL when any 2xx is one */
};
struct courier;
/* One for each thread that sends. */
struct courier *service_courier(struct service *s, const struct courier_conf *conf);
void courier_close(struct courier *c); /* takes NULL; before service_stop */
/* False when nothing is due now. Each one taken is owed a courier_done. */
MUST_CHECK bool courier_take(struct courier *c, struct parcel *p);
void courier_done(struct courier *c, bool good, long status, const char *why);

/* --- what everybody may know --- */
void put_well_known(struct service *s, struct writer *w); /* /.well-known/counterfoil.json */
/* Detection is beside the write path: one that is behind or has stopped is said, and turns nobody away. */
enum ready_detection { READY_NO_DETECTION, READY_JUDGES, READY_FOLDS, READY_WAITS, READY_STOPPED };
struct readiness {
	bool database, signer, head, queue;
	uint64_t size;
	enum ready_detection detection;
	uint64_t folded, judged; /* entries detection has read since the start; and judged */
};
struct readiness service_ready(struct service *s);
/* The directory of published tiles, for static serving. */
const char *service_tiles_dir(const struct service *s);

/* --- life --- */
struct service_conf {
	const char *database_url, *state_dir, *tiles_dir, *origin;
	const char *master_key; /* file; empty: master.key under state_dir */
	int readers;
	size_t queue_max, batch_max;
	int64_t token_seconds;
	bool reader_mode, detection;
	bool private_webhooks; /* http and addresses of one's own network are taken, too */
};
struct parser;
struct signer;
/* Opens everything, checks schema and head against the last signed checkpoint, creates the log (genesis and
 * key manifest) when it is empty, starts the threads. NULL and *why on failure. */
struct service *service_start(const struct service_conf *conf, struct parser *parser, struct signer *signer, char *why,
                              size_t why_len);
/* Takes no new work, finishes what is queued, stops the threads, closes the store. */
void service_stop(struct service *s);
#endif
