/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checker.c: all checks that wait, answered together.
 *
 * One world per batch, thrown away with it: a cache would save two round trips
 * and could show a lender a claim as free that was pledged a moment ago. The
 * head of the log is read before the first row, so every entry up to it is in
 * the answer; that is what as_of promises.
 *
 * An asset and its encumbrances come by two statements, between which a batch
 * of the sequencer may commit. Then their sums disagree, which is seen here,
 * and the check is asked again of a fresh world.
 */
#include "check_answer.h"
#include "purpose.h"
#include "score.h"
#include "intake/inbound.h"
#include "run/clock.h"
#include "run/watch.h"
#include "service/detection.h"
#include "service/reader.h"

enum {
	CHECKS_MAX = 256, /* in one batch: what 64 to 256 connections can have waiting */
	ROUNDS_MAX = 8,   /* of loading; a document's claim takes four */
	TORN_TRIES = 4,
	NAP_MS = 5, /* for detection, which is a few milliseconds behind the log, */
	NAPS_MAX = 20 /* to come to a claim that has just changed; then the answer says that it has not */,
	LOOKED_MAX = 256,
	ACCESS_MAX = 2 * CHECKS_MAX + LOOKED_MAX + SUBJECTS_MAX,
};
#define WORLD_BYTES ((size_t)64 * 1024 * 1024) /* reserved; touched as far as a batch needs */

struct one_check {
	struct question *q;
	struct check_request req;
	struct check_answer a;
	bool decided, recorded, torn, unjudged;
};

struct checker {
	struct reading *all;
	struct conn conn;
	struct arena mem, scratch;
	struct world world;
	struct check_as_of at;
	struct moment now;
	size_t n_checks, n_looked, n_wants, n_access;
	unsigned naps;
	struct one_check check[CHECKS_MAX];
	struct looked *looked[LOOKED_MAX];
	struct want want[CHECKS_MAX * WANTS_MAX];
	struct access access[ACCESS_MAX];
	struct score score; /* of the answer in hand */
};

/* --- certificates --- */

/* A check whose answer waits for its entry in the log. */
struct certifying {
	struct question *q;
	size_t at; /* of the null in q->answer that the receipt replaces */
	struct ticket ticket;
};

static void answered(struct question *q, enum fault f)
{
	q->result = f;
	if (f != OK)
		q->answer = S("");
	q->done(q); /* q may be gone behind this line */
}

static void certified(struct ticket *t)
{
	struct certifying *c = t->arg;
	struct question *q = c->q;
	struct span text = q->answer;
	struct writer w;

	if (t->result != OK) {
		q->diag = t->diag;
		answered(q, t->result);
		return;
	}
	w = writer_in(q->mem);
	put_span(&w, (struct span){ text.at, c->at });
	put_ticket_receipt(&w, t);
	put_span(&w, (struct span){ text.at + c->at + strlen("null"), text.len - c->at - strlen("null") });
	q->answer = writer_done(&w, q->mem);
	answered(q, arena_ok(q->mem) ? OK : E_TOO_BIG);
}

/* The certificate is over the text of the answer as it stands, with its null. */
static void certify(struct checker *c, const struct one_check *k, size_t at)
{
	const struct reading_conf *conf = &c->all->conf;
	struct question *q = k->q;
	struct certifying *x = conf->certify ? ARENA_NEW(q->mem, struct certifying) : NULL;
	struct body_check_certify body = { .asker = q->who.party,
		                           .verdict = span_z(verdict_name(k->a.verdict)),
		                           .answer = sha256(q->answer) };

	if (!x) {
		answered(q, diag_set(&q->diag, conf->certify ? E_TOO_BIG : E_UNAVAILABLE, "/certificate",
		                     "no certificate can be given here"));
		return;
	}
	if (k->a.asset) {
		body.asset = k->a.asset->id;
		body.rank = k->a.rank;
		body.as_of = (int64_t)c->at.size - 1;
		body.free.minor = asset_live(k->a.asset) ? asset_balance(k->a.asset).free : 0;
		memcpy(body.free.ccy, k->a.asset->ccy.at, sizeof body.free.ccy);
	}
	x->q = q;
	x->at = at;
	x->ticket.done = certified;
	x->ticket.arg = x;
	if (!conf->certify(conf->certify_arg, &body, q->mem, &x->ticket))
		answered(q, E_BUSY);
}

/* --- answering --- */

/* A receivable's score goes with the answer. */
static void score_claim_of(struct checker *c, struct one_check *k)
{
	k->a.score = NULL;
	if (!c->all->conf.detection || !k->a.asset || k->a.asset->kind != ASSET_RECEIVABLE)
		return;
	if (detection_score_claim(c->all->conf.detection, k->a.asset->id, &c->score))
		k->a.score = &c->score;
}

static void finish(struct checker *c, struct one_check *k)
{
	struct question *q = k->q;
	struct writer w;
	size_t at = 0;

	if (k->a.fault != OK) {
		q->diag = k->a.diag;
		answered(q, k->a.fault);
		return;
	}
	score_claim_of(c, k);
	w = writer_in(q->mem);
	put_check_answer(&w, &k->a, &c->at, &at);
	q->answer = writer_done(&w, q->mem);
	if (!arena_ok(q->mem))
		answered(q, E_TOO_BIG);
	else if (k->req.certificate)
		certify(c, k, at);
	else
		answered(q, OK);
}

static void finish_all(struct checker *c, enum fault f)
{
	for (size_t i = 0; i < c->n_checks; i++) {
		if (f == OK)
			finish(c, &c->check[i]);
		else
			answered(c->check[i].q, f);
	}
	for (size_t i = 0; i < c->n_looked; i++)
		answered(c->looked[i]->q, f);
}

/* --- deciding --- */

/* Whether asset and encumbrances are of one moment. */
static bool is_torn(const struct asset *a)
{
	const struct encumbrance *e[ENCUMBRANCES_MAX];
	size_t n = 0;

	for (const struct row *r = a->row.children; r; r = r->sibling) {
		if (n == ENCUMBRANCES_MAX)
			return true;
		e[n++] = (const struct encumbrance *)(const void *)r;
	}
	return asset_broken(a, e, n) != NULL;
}

static bool is_unjudged(const struct check_answer *a)
{
	for (unsigned i = 0; i < a->n_reasons; i++)
		if (a->reason[i].reason == REASON_DETECTION_BEHIND)
			return true;
	return false;
}

static void decide_one(struct checker *c, struct one_check *k)
{
	const struct registry r = { .world = &c->world,
		                    .now = c->now,
		                    .fp_key = c->all->conf.fp_key,
		                    .origin = c->all->conf.origin,
		                    .judged = c->at.detects ? &c->at.detection : NULL };

	arena_reset(&c->scratch);
	if (check_decide(&r, &k->req, k->q->who.party, k->q->who.roles, &c->scratch, &k->a) == DECIDED) {
		k->decided = true;
		k->torn = k->a.fault == OK && k->a.asset && is_torn(k->a.asset);
		k->unjudged = is_unjudged(&k->a);
		return;
	}
	memcpy(c->want + c->n_wants, k->a.want, k->a.n_wants * sizeof k->a.want[0]);
	c->n_wants += k->a.n_wants;
}

static void add_access(struct checker *c, const struct one_check *k, struct uuid subject)
{
	assert(c->n_access < ACCESS_MAX);
	c->access[c->n_access++] = (struct access){ .at = c->now,
		                                    .who = k->q->who.party,
		                                    .object = k->a.asset ? k->a.asset->id : (struct uuid){ { 0 } },
		                                    .subject = subject,
		                                    .what = S("check"),
		                                    .purpose = k->req.purpose };
}

/* As soon as it is known whom a check is about, so that the record travels with the last rows it needs. */
static void add_records(struct checker *c)
{
	for (size_t i = 0; i < c->n_checks; i++) {
		struct one_check *k = &c->check[i];

		if (k->recorded || (!k->decided && !k->a.asset))
			continue;
		k->recorded = true;
		add_access(c, k, k->a.asset ? k->a.asset->creditor : (struct uuid){ { 0 } });
		if (k->a.asset)
			add_access(c, k, k->a.asset->debtor);
	}
}

static void add_looked(struct checker *c)
{
	for (size_t i = 0; i < c->n_looked; i++) {
		assert(c->n_access + c->looked[i]->n <= ACCESS_MAX);
		memcpy(c->access + c->n_access, c->looked[i]->access, c->looked[i]->n * sizeof c->access[0]);
		c->n_access += c->looked[i]->n;
	}
}

static enum fault load_and_decide(struct checker *c, struct store *s, bool first)
{
	arena_reset(&c->mem);
	if (!world_start(&c->world, &c->mem, CHECKS_MAX * 4, false))
		return E_INTERNAL;
	for (unsigned round = 0; round < ROUNDS_MAX; round++) {
		enum fault f;

		c->n_wants = c->n_access = 0;
		for (size_t i = 0; i < c->n_checks; i++)
			if (!c->check[i].decided)
				decide_one(c, &c->check[i]);
		if (first && round == 0)
			add_looked(c);
		add_records(c);
		if (c->n_wants == 0 && c->n_access == 0)
			return OK;
		f = store_check(s, &c->world, c->want, c->n_wants, c->access, c->n_access);
		if (f != OK)
			return f;
	}
	return E_INTERNAL;
}

/* --- a batch --- */

static enum fault read_position(struct checker *c, struct store *s)
{
	char room[CHECKPOINT_MAX + 64];
	struct arena mem = arena_over(room, sizeof room);
	struct head head;
	struct hash root;
	struct span note;
	enum fault f;

	/* before the head: what is judged is in the answer */
	c->at = (struct check_as_of){ .detects = c->all->conf.detection != NULL };
	if (c->at.detects)
		c->at.detection = detection_next(c->all->conf.detection);
	f = store_head(s, &head);
	c->at.size = head.range.size;
	if (f == OK && (!tile_file(&c->all->tiles_fd, "checkpoint", &mem, &note) ||
	                !checkpoint_read(note, &c->at.checkpoint, &root)))
		c->at.checkpoint = 0;
	return f;
}

/* Not yet to be answered: torn, or detection may come to it in a moment. */
static bool waits(const struct checker *c, const struct one_check *k)
{
	return k->torn || (k->unjudged && c->naps < NAPS_MAX);
}

/* Answers those that are whole and keeps the others; false when none is left. */
static bool keep_waiting(struct checker *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_checks; i++) {
		if (!waits(c, &c->check[i])) {
			finish(c, &c->check[i]);
			continue;
		}
		if (n != i)
			c->check[n] = c->check[i];
		n++;
	}
	c->n_checks = n;
	return n > 0;
}

static bool any_torn(const struct checker *c)
{
	for (size_t i = 0; i < c->n_checks; i++)
		if (c->check[i].torn)
			return true;
	return false;
}

static void fresh_decisions(struct checker *c)
{
	for (size_t i = 0; i < c->n_checks; i++)
		c->check[i].decided = c->check[i].torn = c->check[i].unjudged = false;
}

static void fresh(struct checker *c)
{
	for (size_t i = 0; i < c->n_checks; i++)
		c->check[i].decided = c->check[i].recorded = c->check[i].torn = false;
}

/* One attempt over one connection. */
static enum fault attempt(struct checker *c, bool first)
{
	struct store *s = conn_store(&c->conn);
	enum fault f;

	atomic_store(&c->all->checker_alive, s != NULL);
	if (!s)
		return E_UNAVAILABLE;
	f = read_position(c, s);
	if (f == OK)
		f = load_and_decide(c, s, first);
	if (f != OK)
		metric_add(M_db_errors_total, 0, 1);
	return f;
}

static enum fault attempt_again(struct checker *c, bool first)
{
	enum fault f = attempt(c, first);

	/* A connection that went stale while nobody asked shows it now. What was recorded twice was asked once: no harm. */
	if (f == E_UNAVAILABLE && c->conn.store && !store_alive(c->conn.store)) {
		fresh(c);
		f = attempt(c, first);
	}
	return f == E_OUTCOME_UNKNOWN ? E_UNAVAILABLE : f;
}

static void run_batch(struct checker *c)
{
	int64_t began = clock_ns();
	enum fault f;

	c->now = clock_now();
	f = attempt_again(c, true);
	metric_observe(M_query_duration_seconds, 0, (clock_ns() - began) / 1000);
	if (f != OK) {
		finish_all(c, f);
		return;
	}
	for (size_t i = 0; i < c->n_looked; i++)
		answered(c->looked[i]->q, OK);
	c->n_looked = 0;
	c->naps = 0;
	for (unsigned torn = 0; keep_waiting(c);) {
		torn += any_torn(c);
		if (torn == TORN_TRIES) {
			watch(LOG_ERROR, EVENT("balance_broken"), KV_U("checks", c->n_checks));
			finish_all(c, E_INTERNAL);
			return;
		}
		if (!any_torn(c)) {
			clock_sleep_ms(NAP_MS);
			c->naps++;
		}
		fresh_decisions(c);
		f = attempt_again(c, false);
		if (f != OK) {
			finish_all(c, f);
			return;
		}
	}
}

/* --- taking work --- */

/* Puts a check into the batch; one that cannot be read is answered at once. */
static void add_check(struct checker *c, struct question *q)
{
	struct one_check *k = &c->check[c->n_checks];
	enum fault f = check_read(q->body, q->mem, &k->req, &q->diag);

	/* A seller asks of its own claim what a lender would be told: any purpose will do here, if it is one. */
	if (f == OK)
		f = purpose_check(k->req.purpose, -1, "/purpose", &q->diag);
	q->answer = S("");
	q->etag[0] = 0;
	q->http = 0;
	if (f != OK) {
		answered(q, f);
		return;
	}
	k->q = q;
	k->decided = k->recorded = k->torn = false;
	c->n_checks++;
}

static struct question *take_checks(struct reading *r)
{
	struct question *first = r->check_first, *last = first;
	size_t n = first ? 1 : 0;

	while (n > 0 && n < CHECKS_MAX && last->next) {
		last = last->next;
		n++;
	}
	if (n > 0) {
		r->check_first = last->next;
		r->check_last = r->check_first ? r->check_last : NULL;
		last->next = NULL;
		r->checks_waiting -= n;
	}
	return first;
}

static void take_looked(struct checker *c)
{
	struct reading *r = c->all;
	size_t access = 0;

	c->n_looked = 0;
	while (r->looked_first && c->n_looked < LOOKED_MAX && access < LOOKED_MAX) {
		struct looked *l = r->looked_first;

		assert(l->n <= SUBJECTS_MAX);
		r->looked_first = l->next;
		c->looked[c->n_looked++] = l;
		access += l->n;
	}
	if (!r->looked_first)
		r->looked_last = NULL;
}

/* False when the queues are closed and empty. */
static bool take_batch(struct checker *c)
{
	struct reading *r = c->all;
	struct question *q, *next;

	pthread_mutex_lock(&r->check_lock);
	while (!r->check_first && !r->looked_first && !r->check_closed)
		pthread_cond_wait(&r->check_some, &r->check_lock);
	q = take_checks(r);
	take_looked(c);
	pthread_mutex_unlock(&r->check_lock);
	if (!q && c->n_looked == 0)
		return false;
	c->n_checks = 0;
	for (; q; q = next) {
		next = q->next;
		add_check(c, q);
	}
	return true;
}

/* --- the thread --- */

static bool checker_memory(struct checker *c)
{
	void *world = malloc(WORLD_BYTES), *scratch = malloc(2 * CHECK_MEM);

	if (world && scratch) {
		c->mem = arena_over(world, WORLD_BYTES);
		c->scratch = arena_over(scratch, 2 * CHECK_MEM);
		return true;
	}
	free(world);
	free(scratch);
	return false;
}

void *checker_run(void *reading)
{
	struct reading *r = reading;
	struct checker *c = calloc(1, sizeof *c);

	if (!c || !checker_memory(c)) {
		watch(LOG_ERROR, EVENT("no_memory"), KV("for", "checks"));
		abort(); /* at the start, or never: what is reserved here is all it ever takes */
	}
	c->all = r;
	c->conn = (struct conn){ .database_url = r->conf.database_url, .duty = STORE_CHECKER };
	atomic_store(&r->checker_alive, conn_store(&c->conn) != NULL);
	while (take_batch(c))
		if (c->n_checks + c->n_looked > 0)
			run_batch(c);
	conn_close(&c->conn);
	free(c->mem.base);
	free(c->scratch.base);
	free(c);
	return NULL;
}
