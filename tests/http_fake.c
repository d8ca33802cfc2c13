/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_fake.c: a double of the service for tests of server/http. It is not the
 * registry: it answers by the first word of what it is sent, so that a test can
 * ask for any outcome. The real service is tested through HTTP in t90 and on.
 *
 * A statement begins with a word and a dot: ok. again. pending. dup. jws. key.
 * sig. hang. A token is the name of a role, or "none".
 * Included by the tests, with the knobs below.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "http/server.h"
#include "jcs.h"
#include "run/clock.h"
#include "service/service.h"

static struct fake {
	size_t queue_max;
	int delay_ms; /* of the sequencer, before it answers what waits */
	bool held;    /* the sequencer answers nothing until this is false */
	bool unready;
	const char *tiles;
	/* inside */
	pthread_t sequencer, reader;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct ticket *first, **last;
	struct question *ask_first, **ask_last;
	size_t queued, asked;
	bool ending;
	uint64_t seq;
	char note[256];
	size_t note_len;
} fake = { .queue_max = 4096,
	   .lock = PTHREAD_MUTEX_INITIALIZER,
	   .wake = PTHREAD_COND_INITIALIZER,
	   .last = &fake.first,
	   .ask_last = &fake.ask_first };

/* --- writing --- */

enum fault service_prepare(struct service *s, struct span compact, struct arena *mem, struct ticket *t)
{
	struct span word, rest;

	(void)s;
	(void)mem;
	if (!span_cut(compact, '.', &word, &rest) || span_is(word, "jws"))
		return diag_set(&t->diag, E_BAD_JWS, "", "not three parts");
	if (span_is(word, "key"))
		return diag_set(&t->diag, E_UNKNOWN_KEY, "", "");
	if (span_is(word, "sig"))
		return diag_set(&t->diag, E_BAD_SIGNATURE, "", "");
	t->cmd.bytes = compact;
	t->cmd.statement = sha256(compact);
	memcpy(t->issuer.b, "issuer of tests", 16);
	return OK;
}

static void decide_fake(struct ticket *t)
{
	struct leaf l = { .seq = fake.seq++, .kind = 100, .statement = t->cmd.statement };

	if (span_starts(t->cmd.bytes, S("dup."))) {
		t->result =
			diag_set(&t->diag, E_DUPLICATE_CLAIM, "/body/documents/0", "the document is claimed already");
		snprintf(t->diag.rule, sizeof t->diag.rule, "receivable.unique@1");
		l.outcome = (uint16_t)t->result;
	}
	t->repeated = span_starts(t->cmd.bytes, S("again."));
	t->pending = span_starts(t->cmd.bytes, S("pending."));
	t->logged = true;
	t->seq = l.seq;
	leaf_encode(&l, t->leaf);
	memcpy(t->note, fake.note, fake.note_len);
	t->note_len = fake.note_len;
}

static void *sequencer(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&fake.lock);
	for (;;) {
		while ((!fake.first || fake.held) && !fake.ending)
			pthread_cond_wait(&fake.wake, &fake.lock);
		if (!fake.first && fake.ending)
			break;
		struct ticket *t = fake.first, *next;
		fake.first = NULL;
		fake.last = &fake.first;
		fake.queued = 0;
		int delay = fake.delay_ms;
		pthread_mutex_unlock(&fake.lock);
		if (delay)
			clock_sleep_ms(delay);
		for (; t; t = next) {
			next = t->next; /* t may be gone after done() */
			decide_fake(t);
			t->done(t);
		}
		pthread_mutex_lock(&fake.lock);
	}
	pthread_mutex_unlock(&fake.lock);
	return NULL;
}

bool service_submit(struct service *s, struct ticket *t)
{
	(void)s;
	pthread_mutex_lock(&fake.lock);
	bool room = fake.queued < fake.queue_max && !fake.ending;
	if (room) {
		t->next = NULL;
		*fake.last = t;
		fake.last = &t->next;
		fake.queued++;
		pthread_cond_broadcast(&fake.wake);
	}
	pthread_mutex_unlock(&fake.lock);
	return room;
}

void put_ticket_receipt(struct writer *w, const struct ticket *t)
{
	put_receipt(w, t->leaf, &t->proof, (struct span){ t->note, t->note_len });
}

/* --- who --- */

enum fault service_token(struct service *s, struct span assertion, struct span aud, struct arena *mem,
                         struct span *token, int64_t *seconds, struct diag *diag)
{
	(void)s;
	(void)aud;
	if (!role_parse(assertion))
		return diag_set(diag, E_BAD_ASSERTION, "/client_assertion", "no such role");
	*token = arena_copy(mem, assertion);
	*seconds = 600;
	return OK;
}

enum fault service_asker(struct service *s, struct span token, struct asker *ret)
{
	(void)s;
	if (!role_parse(token))
		return E_BAD_TOKEN;
	ret->roles = role_parse(token);
	memset(ret->party.b, (int)token.len, sizeof ret->party.b);
	return OK;
}

/* --- telling: nobody is told anything here --- */

size_t service_tell(struct service *s)
{
	(void)s;
	return 0;
}

void service_listen(struct service *s, told_fn *fn, void *arg)
{
	(void)s;
	(void)fn;
	(void)arg;
}

/* --- reading --- */

static enum fault echo(struct question *q, void *reader)
{
	struct writer w = writer_in(q->mem);
	struct jcs j = jcs_free_order(&w);

	(void)reader;
	if (span_is(q->param[0], "missing"))
		return E_NOT_FOUND;
	jcs_object(&j);
	jcs_name(&j, "param");
	jcs_array(&j);
	for (size_t i = 0; i < 6 || (i < ARRAY_LEN(q->param) && q->param[i].at); i++) /* six, and more where more are given */
		jcs_string(&j, q->param[i].at ? q->param[i] : S("-"));
	jcs_end_array(&j);
	jcs_member_i64(&j, "body", (int64_t)q->body.len);
	jcs_member_span(&j, "purpose", q->who.purpose);
	jcs_end_object(&j);
	q->answer = writer_done(&w, q->mem);
	if (span_is(q->param[0], "tagged"))
		snprintf(q->etag, sizeof q->etag, "%s", "abc");
	return OK;
}

#define ECHO(name) \
	enum fault name(struct question *q, void *reader) { return echo(q, reader); }
ECHO(ask_alerts)
ECHO(ask_alert_ack)
ECHO(ask_events)
ECHO(ask_webhook)
ECHO(ask_webhooks)
ECHO(ask_webhook_post)
ECHO(ask_webhook_end)
ECHO(ask_webhook_test)
ECHO(ask_webhook_replay)
ECHO(ask_deliveries)
ECHO(ask_party)
ECHO(ask_party_claims)
ECHO(ask_party_keys)
ECHO(ask_receivable)
ECHO(ask_receivables)
ECHO(ask_inventory)
ECHO(ask_inventories)
ECHO(ask_prepayment)
ECHO(ask_prepayments)
ECHO(ask_price)
ECHO(ask_prices)
ECHO(ask_voucher)
ECHO(ask_vouchers)
ECHO(ask_voucher_chain)
ECHO(ask_bill)
ECHO(ask_bills)
ECHO(ask_bill_chain)
ECHO(ask_pool)
ECHO(ask_pools)
ECHO(ask_pool_tape)
ECHO(ask_obligors)
ECHO(ask_encumbrances)
ECHO(ask_encumbrance)
ECHO(ask_holds)
ECHO(ask_warehouse_receipt)
ECHO(ask_warehouse_receipts)
ECHO(ask_site)
ECHO(ask_sites)
ECHO(ask_history)
ECHO(ask_entry)
ECHO(ask_receipt)
ECHO(ask_inclusion)
ECHO(ask_consistency)
ECHO(ask_anchors)
ECHO(ask_anchor)
ECHO(ask_document)
ECHO(ask_attempts)
ECHO(ask_decisions)
ECHO(ask_access)
ECHO(ask_rules)
ECHO(ask_objection)
ECHO(ask_objections)
ECHO(ask_finding)
ECHO(ask_findings)
ECHO(ask_warning)
ECHO(ask_warnings)
ECHO(ask_warning_events)
ECHO(ask_score_history)
ECHO(ask_own_exposure)
ECHO(ask_audit_exposure)
ECHO(ask_signals)
ECHO(ask_party_score)
ECHO(ask_assessment)
ECHO(ask_audit_debtors)
ECHO(ask_audit_by_region)
ECHO(ask_audit_fictitious)
ECHO(ask_audit_graph)
ECHO(ask_audit_guarantees)
ECHO(ask_audit_overdue)
ECHO(ask_audit_period)
ECHO(ask_audit_purchases)
ECHO(ask_audit_warehouses)
ECHO(ask_consent)
ECHO(ask_consents)
ECHO(ask_appeal)
ECHO(ask_appeals)
ECHO(ask_assessment_certificate)
ECHO(ask_audit_contagion)
ECHO(ask_audit_regions)
ECHO(ask_audit_sources)
ECHO(ask_audit_tiers)
ECHO(ask_own_contagion)
ECHO(ask_own_regions)
ECHO(ask_own_sources)
ECHO(ask_own_tiers)
ECHO(ask_party_certificate)
ECHO(ask_commitments)

enum fault ask_document_post(struct question *q, void *reader)
{
	q->http = 201;
	return echo(q, reader);
}

static void *reader(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&fake.lock);
	for (;;) {
		while (!fake.ask_first && !fake.ending)
			pthread_cond_wait(&fake.wake, &fake.lock);
		struct question *q = fake.ask_first;
		if (!q)
			break;
		if (!(fake.ask_first = q->next))
			fake.ask_last = &fake.ask_first;
		fake.asked--;
		pthread_mutex_unlock(&fake.lock);
		q->result = q->fn ? q->fn(q, NULL) : echo(q, NULL);
		q->done(q);
		pthread_mutex_lock(&fake.lock);
	}
	pthread_mutex_unlock(&fake.lock);
	return NULL;
}

bool service_ask(struct service *s, struct question *q)
{
	(void)s;
	pthread_mutex_lock(&fake.lock);
	bool room = fake.asked < fake.queue_max && !fake.ending;
	if (room) {
		q->next = NULL;
		*fake.ask_last = q;
		fake.ask_last = &q->next;
		fake.asked++;
		pthread_cond_broadcast(&fake.wake);
	}
	pthread_mutex_unlock(&fake.lock);
	return room;
}

bool service_check(struct service *s, struct question *q) { return service_ask(s, q); }

void put_well_known(struct service *s, struct writer *w)
{
	(void)s;
	put_z(w, "{\"origin\":\"test\",\"vkey\":\"test+00000000+\"}");
}

struct readiness service_ready(struct service *s)
{
	(void)s;
	return (struct readiness){
		.database = !fake.unready, .signer = true, .head = true, .queue = true, .size = fake.seq
	};
}

const char *service_tiles_dir(const struct service *s)
{
	(void)s;
	return fake.tiles ? fake.tiles : "/nonexistent";
}

/* --- life --- */

static void fake_hold(bool held)
{
	pthread_mutex_lock(&fake.lock);
	fake.held = held;
	pthread_cond_broadcast(&fake.wake);
	pthread_mutex_unlock(&fake.lock);
}

static size_t fake_queued(void)
{
	pthread_mutex_lock(&fake.lock);
	size_t n = fake.queued;
	pthread_mutex_unlock(&fake.lock);
	return n;
}

static void fake_start(void)
{
	static const struct hash root = { { 1 } };
	static struct privkey key;
	uint8_t seed[SEED_LEN] = { 7 };
	struct writer w = writer_over(fake.note, sizeof fake.note);

	if (!crypto_start() || !privkey_from_seed(ALG_ED25519, seed, &key) ||
	    !checkpoint_sign(&w, &key, "test", 1, root))
		abort();
	fake.note_len = w.len;
	fake.ending = false;
	pthread_create(&fake.sequencer, NULL, sequencer, NULL);
	pthread_create(&fake.reader, NULL, reader, NULL);
}

static void fake_stop(void)
{
	pthread_mutex_lock(&fake.lock);
	fake.ending = true;
	fake.held = false;
	pthread_cond_broadcast(&fake.wake);
	pthread_mutex_unlock(&fake.lock);
	pthread_join(fake.sequencer, NULL);
	pthread_join(fake.reader, NULL);
}

static struct http_conf fake_conf(void)
{
	return (struct http_conf){
		.listen = { .loopback = true, .host = "127.0.0.1" },
		.threads = 2,
		.connections_max = 4096,
		.header_seconds = 5,
		.body_seconds = 30,
		.send_seconds = 30,
		.idle_seconds = 60,
		.statement_max = 90 * 1024,
		.document_max = 10 * 1024 * 1024,
		.write = { 1000000, 1000000 },
		.read = { 1000000, 1000000 },
		.address = { 1000000, 1000000 },
	};
}
