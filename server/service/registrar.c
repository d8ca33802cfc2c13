/* SPDX-License-Identifier: Apache-2.0 */
/* registrar.c: see registrar.h. */
#include "service/registrar.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "intake/statement.h"
#include "rule.h"
#include "run/clock.h"
#include "run/files.h"
#include "run/memory.h"
#include "run/watch.h"
#include "service/outbound.h"

enum { DUE_MAX = 256 };
#define REGISTRAR_MEM ((size_t)16 << 20)

struct registrar {
	struct registrar_conf conf;
	struct privkey operator_key, registry_key;
	struct uuid operator_id;
	struct hash operator_head; /* its latest statement, as far as its birth needs it */
	int64_t default_after;     /* days; the rule's value as last read */
	bool unread;               /* deadlines could not be read last time: an outage is one line in the log */
	struct store *store;
	struct arena mem;
};

/* --- submitting and waiting --- */

struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t done;
	size_t left;
};

static void one_done(struct ticket *t)
{
	struct waiter *w = t->arg;

	pthread_mutex_lock(&w->lock);
	if (--w->left == 0)
		pthread_cond_signal(&w->done);
	pthread_mutex_unlock(&w->lock);
}

/* Submits all and waits for all; a ticket the queue does not take gets E_BUSY. */
static void submit_and_wait(struct registrar *r, struct ticket *t, size_t n)
{
	struct waiter w = { .left = n };

	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.done, NULL);
	for (size_t i = 0; i < n; i++) {
		t[i].done = one_done;
		t[i].arg = &w;
		if (sequencer_submit(r->conf.sequencer, &t[i]))
			continue;
		t[i].result = E_BUSY;
		one_done(&t[i]);
	}
	pthread_mutex_lock(&w.lock);
	while (w.left > 0)
		pthread_cond_wait(&w.done, &w.lock);
	pthread_mutex_unlock(&w.lock);
	pthread_cond_destroy(&w.done);
	pthread_mutex_destroy(&w.lock);
}

/* A ticket for a statement of ours. It is read again from its own bytes: what is decided is what was signed. */
static bool ticket_for(struct command *c, const struct privkey *key, struct uuid issuer, struct arena *mem,
                       struct ticket *t)
{
	struct sealed sealed;
	struct diag d;

	memset(t, 0, sizeof *t);
	t->issuer = issuer;
	return statement_seal(c, key, mem) && statement_split(c->bytes, mem, &sealed, &d) == OK &&
	       statement_parse(&sealed, mem, &t->cmd, &d) == OK;
}

/* --- birth --- */

static bool say_genesis(struct registrar *r, struct ticket *t)
{
	struct command c = { .kind = ST_LOG_GENESIS, .object = r->operator_id };
	struct body_log_genesis *b = &c.body.log_genesis;
	size_t n;
	const struct rule_info *info = rule_rows(&n);
	struct moment now = { clock_now().us / 1000000 * 1000000 };

	b->origin = span_z(r->conf.origin);
	b->name = S("Counterfoil registry operator");
	b->country = S("CN");
	b->key = r->operator_key.pub;
	b->rules.at = ARENA_ARRAY(&r->mem, struct rule_value, n);
	b->rules.n = n;
	if (!b->rules.at)
		return false;
	for (size_t i = 0; i < n; i++)
		b->rules.at[i] =
			(struct rule_value){ span_z(info[i].id), 1, now, { span_z(info[i].unit), info[i].first } };
	return ticket_for(&c, &r->operator_key, r->operator_id, &r->mem, t);
}

static bool say_keys(struct registrar *r, struct ticket *t)
{
	struct command c = {
		.kind = ST_LOG_KEYS, .object = r->operator_id, .has_prev = true, .prev = r->operator_head
	};

	c.body.log_keys.log_key = span_z(r->conf.log_vkey);
	c.body.log_keys.registry_key = r->registry_key.pub;
	c.body.log_keys.fingerprint = fingerprint_key_id(r->conf.fp_key);
	return ticket_for(&c, &r->operator_key, r->operator_id, &r->mem, t);
}

static bool enter(struct registrar *r, struct ticket *t, char *why, size_t why_len)
{
	submit_and_wait(r, t, 1);
	r->operator_head = t->cmd.statement;
	if (t->result == OK)
		return true;
	snprintf(why, why_len, "%s: %s %s", statement_info(t->cmd.kind)->type, fault_info(t->result)->text,
	         t->diag.detail);
	return false;
}

/* The registry's key must be the one the log names; a live one, or its entries would be refused. */
static bool key_enrolled(struct registrar *r, char *why, size_t why_len)
{
	struct key_view k;

	if (keyring_find(r->conf.keyring, jwk_thumbprint(&r->registry_key.pub), &k) && k.live && k.registry)
		return true;
	snprintf(why, why_len, "%s/registry.jwk is not the key this log names", r->conf.state_dir);
	return false;
}

/* The operator's id beside its key, as every party's tools expect it; it is public, and wanted only for convenience. */
static void note_operator(const struct registrar *r)
{
	char path[1024], text[UUID_TEXT + 1];
	struct writer w = writer_over(text, sizeof text);

	snprintf(path, sizeof path, "%s/operator.party", r->conf.state_dir);
	put_uuid(&w, r->operator_id);
	put_byte(&w, '\n');
	if (access(path, F_OK) != 0 && file_create(path, writer_span(&w), FILE_PUBLIC) != 0)
		watch(LOG_WARN, EVENT("operator_party"), KV("path", path));
}

bool registrar_birth(struct registrar *r, uint64_t log_size, char *why, size_t why_len)
{
	static struct ticket t; /* once in a life, and too large for a stack */

	arena_reset(&r->mem);
	snprintf(why, why_len, "the first entries cannot be made");
	if (log_size == 0) {
		r->operator_id = new_uuid();
		if (!say_genesis(r, &t) || !enter(r, &t, why, why_len))
			return false;
	}
	note_operator(r);
	if (log_size <= 1) /* 1: a first start that was cut short */
		return say_keys(r, &t) && enter(r, &t, why, why_len);
	return key_enrolled(r, why, why_len);
}

/* --- deadlines --- */

static bool say_due(struct registrar *r, const struct due *d, struct ticket *t)
{
	bool loose = statement_info(d->kind)->mode == LOOSE;
	struct command c = { .kind = d->kind, .object = d->object, .has_prev = !loose };

	if (d->kind == ST_DOCUMENT_ASSESS)
		c.body.document_assess = (struct body_document_assess){ .document = d->head, .alone = 1, .level = 1 };
	else if (loose)
		c.body.cosign.statement = d->head;
	else
		c.prev = d->head;
	return ticket_for(&c, &r->registry_key, r->operator_id, &r->mem, t);
}

static bool note_rule(void *arg, const struct row *row)
{
	const struct rule *x = (const struct rule *)(const void *)row;
	struct registrar *r = arg;

	if (x->id / RULE_VERSIONS == RULE_DEFAULT_AFTER && x->effective.us <= clock_now().us)
		r->default_after = x->value; /* in key order: the last one in force stays */
	return true;
}

static bool connected(struct registrar *r)
{
	char why[256];

	if (r->store && store_alive(r->store))
		return true;
	store_close(r->store);
	r->store = store_open(r->conf.database_url, STORE_PUBLISHER, why, sizeof why);
	return r->store != NULL;
}

/* What is due, or nothing and a line in the log: a registry whose deadlines stand still must not look like one that has
 * none. */
static size_t find_due(struct registrar *r, struct due due[DUE_MAX])
{
	size_t n = 0;
	bool up = connected(r);
	enum fault f = up ? store_scan(r->store, TABLE_RULE, note_rule, r) : E_UNAVAILABLE;

	if (f == OK)
		f = store_due(r->store, clock_now(), r->default_after, DUE_MAX, due, &n);
	bool known = r->unread;
	r->unread = f != OK;
	if (f == OK || known)
		return f == OK ? n : 0;
	watch(LOG_WARN, EVENT("deadlines_unread"), KV("fault", fault_info(f)->slug),
	      KV("why", r->store ? store_why(r->store) : "no connection"));
	return 0;
}

size_t registrar_deadlines(struct registrar *r)
{
	struct due due[DUE_MAX];
	struct ticket *t;
	size_t n, made = 0;

	arena_reset(&r->mem);
	n = find_due(r, due);
	if (store_alive(r->store) && store_vault_erase(r->store) != OK)
		watch(LOG_WARN, EVENT("erasure_waits"), KV("why", store_why(r->store)));
	if (n == 0)
		return 0;
	t = calloc(n, sizeof *t);
	if (!t)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (say_due(r, &due[i], &t[made]))
			made++;
	submit_and_wait(r, t, made);
	for (size_t i = 0; i < made; i++) /* a stale prev is nothing: the object moved on, the next round sees it */
		if (t[i].result != OK && t[i].result != E_STALE_PREV && t[i].result != E_BUSY)
			watch(LOG_WARN, EVENT("deadline_refused"), KV("fault", fault_info(t[i].result)->slug),
			      KV("type", statement_info(t[i].cmd.kind)->type));
	free(t);
	return made;
}

bool registrar_certify(struct registrar *r, const struct body_check_certify *body, struct arena *mem, struct ticket *t)
{
	struct command c = { .kind = ST_CHECK_CERTIFY, .object = new_uuid() };

	c.body.check_certify = *body;
	return ticket_for(&c, &r->registry_key, r->operator_id, mem, t);
}

bool registrar_certify_score(struct registrar *r, const struct body_score_certify *body, struct arena *mem,
                             struct ticket *t)
{
	struct command c = { .kind = ST_SCORE_CERTIFY, .object = new_uuid() };

	c.body.score_certify = *body;
	return ticket_for(&c, &r->registry_key, r->operator_id, mem, t);
}

/* --- findings --- */

/* Its id is made of what was found: entered twice, the second is told apart by it and not logged. */
static bool say_found(struct registrar *r, const struct finding_made *f, struct arena *mem, struct ticket *t)
{
	struct command c = { .kind = ST_FINDING_RAISE, .object = finding_id(f), .id = finding_id(f) };

	c.body.finding_raise = finding_body(f, mem);
	return ticket_for(&c, &r->registry_key, r->operator_id, mem, t);
}

/* What the queue or the database did not take is tried again. Any other refusal would be one for ever, and everything
 * found later would wait behind it: it is given up, aloud, and a replay names it as missing. */
static bool try_again(enum fault f)
{
	return f == E_BUSY || f == E_UNAVAILABLE || f == E_OUTCOME_UNKNOWN || f == E_STORAGE_FULL || f == E_INTERNAL;
}

static void note_refused(enum fault f, const struct finding_made *x)
{
	if (f != OK && f != E_ID_CONFLICT) /* entered before */
		watch(LOG_ERROR, EVENT("finding_refused"), KV("fault", fault_info(f)->slug),
		      KV("signal", signal_id((int32_t)x->signal)));
}

size_t registrar_raise(struct registrar *r, const struct finding_made *f, size_t n)
{
	struct ticket *t = calloc(n, sizeof *t);
	struct arena mem = { .base = NULL };
	size_t made = 0, done = 0;

	if (!t || !arena_map(&mem, REGISTRAR_MEM)) {
		free(t);
		return 0;
	}
	while (made < n && say_found(r, &f[made], &mem, &t[made]))
		made++;
	submit_and_wait(r, t, made);
	if (made == 0) { /* it cannot even be said as a statement */
		note_refused(E_BAD_MEMBER, &f[0]);
		done = 1;
	}
	for (; done < made && !try_again(t[done].result); done++)
		note_refused(t[done].result, &f[done]);
	arena_unmap(&mem);
	free(t);
	return done;
}

/* --- warnings --- */

/* The id of a raise is made of what was seen, that of a close of the raise: entered twice, the second is not logged. */
static bool say_warned(struct registrar *r, const struct warned *w, struct arena *mem, struct ticket *t)
{
	struct command c = { .kind = ST_WARNING_RAISE, .object = w->id, .id = w->id };

	if (w->kind == WARNED_RAISE) {
		c.body.warning_raise = warning_body(w, mem);
	} else {
		c.kind = ST_WARNING_CLOSE;
		c.id = warning_close_id(w->id);
		c.has_prev = true;
		c.prev = w->raise;
		c.body.warning_close = warning_close_body(w, mem);
	}
	return ticket_for(&c, &r->registry_key, r->operator_id, mem, t);
}

static void note_unwarned(enum fault f, const struct warned *w)
{
	if (f != OK && f != E_ID_CONFLICT) /* entered before */
		watch(LOG_ERROR, EVENT("warning_refused"), KV("fault", fault_info(f)->slug),
		      KV("event", warning_info((int32_t)w->event)->id));
}

size_t registrar_warn(struct registrar *r, const struct warned *w, size_t n)
{
	struct ticket *t = calloc(n, sizeof *t);
	struct arena mem = { .base = NULL };
	size_t made = 0, done = 0;

	if (!t || !arena_map(&mem, REGISTRAR_MEM)) {
		free(t);
		return 0;
	}
	while (made < n && say_warned(r, &w[made], &mem, &t[made]))
		made++;
	submit_and_wait(r, t, made);
	if (made == 0) { /* it cannot even be said as a statement */
		note_unwarned(E_BAD_MEMBER, &w[0]);
		done = 1;
	}
	for (; done < made && !try_again(t[done].result); done++)
		note_unwarned(t[done].result, &w[done]);
	arena_unmap(&mem);
	free(t);
	return done;
}

enum fault registrar_engine(struct registrar *r, int64_t engine, uint64_t from)
{
	struct ticket *t = calloc(1, sizeof *t);
	struct command c = { .kind = ST_DETECTION_ENGINE, .object = new_uuid() };
	struct arena mem = { .base = NULL };
	enum fault f = E_TOO_BIG;

	c.body.detection_engine = (struct body_detection_engine){ .engine = engine, .from_seq = (int64_t)from };
	if (t && arena_map(&mem, REGISTRAR_MEM) && ticket_for(&c, &r->registry_key, r->operator_id, &mem, t)) {
		submit_and_wait(r, t, 1);
		f = t->result;
	}
	arena_unmap(&mem);
	free(t);
	return f;
}

/* --- documents judged again --- */

/* What was found is told in words of the papers: where they cannot be said in a statement, it is entered without. */
static bool say_assessed(struct registrar *r, const struct assessing *a, struct arena *mem, struct ticket *t)
{
	struct command c = { .kind = ST_DOCUMENT_ASSESS, .object = a->object };

	c.body.document_assess = a->body;
	if (ticket_for(&c, &r->registry_key, r->operator_id, mem, t))
		return true;
	c.body.document_assess.details = (struct texts){ NULL, 0 };
	return ticket_for(&c, &r->registry_key, r->operator_id, mem, t);
}

void registrar_assess(struct registrar *r, const struct assessing *a, size_t n, enum fault *result)
{
	struct ticket *t = n ? calloc(n, sizeof *t) : NULL;
	struct arena mem = { .base = NULL };
	size_t made = 0;

	for (size_t i = 0; i < n; i++)
		result[i] = E_BUSY;
	if (t && arena_map(&mem, REGISTRAR_MEM)) {
		while (made < n && say_assessed(r, &a[made], &mem, &t[made]))
			made++;
		if (made < n) /* it cannot even be said as a statement */
			result[made] = E_BAD_MEMBER;
		submit_and_wait(r, t, made);
		for (size_t i = 0; i < made; i++)
			result[i] = t[i].result;
		arena_unmap(&mem);
	}
	free(t);
}

/* --- life --- */

static bool find_operator(void *arg, const struct row *row)
{
	const struct party *p = (const struct party *)(const void *)row;
	struct registrar *r = arg;

	if ((p->roles & ROLE_OPERATOR) != 0) {
		r->operator_id = p->id;
		r->operator_head = p->head;
	}
	return uuid_is_nil(r->operator_id);
}

static bool read_keys(struct registrar *r, char *why, size_t why_len)
{
	char path[1024];

	snprintf(path, sizeof path, "%s/operator.jwk", r->conf.state_dir);
	if (!key_file(path, r->conf.make_keys, &r->operator_key, why, why_len))
		return false;
	snprintf(path, sizeof path, "%s/registry.jwk", r->conf.state_dir);
	return key_file(path, r->conf.make_keys, &r->registry_key, why, why_len);
}

struct registrar *registrar_open(const struct registrar_conf *conf, char *why, size_t why_len)
{
	struct registrar *r = calloc(1, sizeof *r);

	snprintf(why, why_len, "out of memory");
	if (!r)
		return NULL;
	r->conf = *conf;
	r->default_after = rule_info(RULE_DEFAULT_AFTER)->first;
	if (!arena_map(&r->mem, REGISTRAR_MEM) || !read_keys(r, why, why_len))
		goto out;
	r->store = store_open(conf->database_url, STORE_PUBLISHER, why, why_len);
	if (!r->store)
		goto out;
	if (store_scan(r->store, TABLE_PARTY, find_operator, r) == OK)
		return r;
	snprintf(why, why_len, "the parties cannot be read");
out:
	registrar_close(r);
	return NULL;
}

void registrar_close(struct registrar *r)
{
	if (!r)
		return;
	store_close(r->store);
	arena_unmap(&r->mem);
	secret_wipe(&r->operator_key, sizeof r->operator_key);
	secret_wipe(&r->registry_key, sizeof r->registry_key);
	free(r);
}
