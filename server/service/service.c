/* SPDX-License-Identifier: Apache-2.0 */
/* service.c: the parts of the registry put together; see service.h. */
#include "service/service.h"

#include <stdio.h>
#include <stdlib.h>

#include "intake/statement.h"
#include "jcs.h"
#include "rule.h"
#include "run/clock.h"
#include "run/watch.h"
#include "service/courier.h"
#include "service/detection.h"
#include "service/erasing.h"
#include "service/keeping.h"
#include "service/matching.h"
#include "service/outbound.h"
#include "service/publisher.h"
#include "service/reading.h"
#include "service/registrar.h"
#include "service/sequencer.h"
#include "service/signer.h"
#include "service/teller.h"
#include "service/token.h"

struct service {
	struct service_conf conf;
	struct parser *parser;
	struct signer *signer;
	uint8_t fp_key[32];
	struct vault vault;
	uint64_t size; /* of the log when we started */
	struct keyring *keyring;
	struct tokens *tokens;
	struct sequencer *sequencer;
	struct publisher *publisher;
	struct registrar *registrar;
	struct reading *reading;
	struct detection *detection;
	struct tail *tail; /* NULL without detection, its only reader */
	struct teller *teller;
	struct matching *matching;
	struct erasing *erasing;
};

/* --- writing --- */

enum fault service_prepare(struct service *s, struct span compact, struct arena *mem, struct ticket *t)
{
	struct sealed sealed;
	struct key_view key;
	enum fault f;

	memset(t, 0, offsetof(struct ticket, note));
	f = statement_split(compact, mem, &sealed, &t->diag);
	if (f != OK)
		return f;
	if (!keyring_find(s->keyring, sealed.kid, &key))
		return diag_set(&t->diag, E_UNKNOWN_KEY, "", "no key of this thumbprint is enrolled");
	if (!key.live)
		return diag_set(&t->diag, E_KEY_REVOKED, "", "this key was revoked");
	f = statement_verify(&sealed, &key.pub, &t->diag);
	if (f == OK)
		f = statement_parse(&sealed, mem, &t->cmd, &t->diag);
	t->issuer = key.party;
	return f;
}

bool service_submit(struct service *s, struct ticket *t) { return s->sequencer && sequencer_submit(s->sequencer, t); }

void put_ticket_receipt(struct writer *w, const struct ticket *t)
{
	put_receipt(w, t->leaf, &t->proof, (struct span){ t->note, t->note_len });
}

/* --- who asks --- */

enum fault service_token(struct service *s, struct span assertion, struct span aud, struct arena *mem,
                         struct span *token, int64_t *seconds, struct diag *diag)
{
	return token_issue(s->tokens, assertion, aud, clock_now(), mem, token, seconds, diag);
}

enum fault service_asker(struct service *s, struct span token, struct asker *ret)
{
	return token_asker(s->tokens, token, clock_now(), ret);
}

/* --- reading --- */

bool service_ask(struct service *s, struct question *q) { return reading_ask(s->reading, q); }

bool service_check(struct service *s, struct question *q) { return reading_check(s->reading, q); }

/* --- deadlines --- */

size_t service_deadlines(struct service *s)
{
	publisher_ping(s->publisher);
	return s->registrar ? registrar_deadlines(s->registrar) : 0;
}

/* --- the papers of a trade --- */

size_t service_match(struct service *s) { return s->matching ? matching_round(s->matching) : 0; }

size_t service_erase(struct service *s) { return erasing_round(s->erasing); }

/* --- telling people --- */

size_t service_tell(struct service *s) { return teller_round(s->teller); }

void service_listen(struct service *s, told_fn *fn, void *arg) { teller_listen(s->teller, fn, arg); }

struct courier *service_courier(struct service *s, const struct courier_conf *conf)
{
	return courier_open(conf, s->conf.database_url, s->tokens, s->conf.origin);
}

/* --- what everybody may know --- */

void put_well_known(struct service *s, struct writer *w)
{
	static const char *const alg[] = { "ES256", "Ed25519", "SM2" };
	struct jcs j = jcs_free_order(w);

	jcs_object(&j);
	jcs_member_z(&j, "origin", s->conf.origin);
	jcs_member_z(&j, "vkey", signer_vkey(s->signer));
	jcs_name(&j, "algorithms");
	jcs_array(&j);
	for (size_t i = 0; i < ARRAY_LEN(alg); i++)
		jcs_z(&j, alg[i]);
	jcs_end_array(&j);
	jcs_member_z(&j, "statement_type", STATEMENT_TYP);
	jcs_member_z(&j, "rules", "/v1/rules");
	jcs_member_z(&j, "anchors", "/v1/anchors");
	jcs_member_i64(&j, "anchors_published", keyring_anchors(s->keyring));
	jcs_member_z(&j, "token_endpoint", "/oauth/token");
	jcs_member_z(&j, "log", "/log/checkpoint");
	jcs_member_z(&j, "openapi", "/openapi.json");
	jcs_name(&j, "limits");
	jcs_object(&j);
	jcs_member_i64(&j, "statement_bytes", STATEMENT_MAX);
	jcs_member_i64(&j, "salt_bytes_min", SALT_MIN);
	jcs_member_i64(&j, "documents_per_receivable", DOCUMENTS_MAX);
	jcs_member_i64(&j, "encumbrances_per_asset", ENCUMBRANCES_MAX);
	jcs_member_i64(&j, "queue", (int64_t)s->conf.queue_max);
	jcs_end_object(&j);
	jcs_end_object(&j);
}

struct readiness service_ready(struct service *s)
{
	struct readiness r = { .signer = publisher_alive(s->publisher),
		               .database = sequencer_alive(s->sequencer),
		               .size = publisher_size(s->publisher),
		               .queue = true };

	r.queue = sequencer_waiting(s->sequencer) < s->conf.queue_max;
	r.head = r.signer;
	if (s->detection) {
		struct detection_status d = detection_status(s->detection);

		r.detection = d.state == DETECTION_JUDGING    ? READY_JUDGES
		              : d.state == DETECTION_FOLDING  ? READY_FOLDS
		              : d.state == DETECTION_RETRYING ? READY_WAITS
		                                              : READY_STOPPED;
		r.folded = d.folded;
		r.judged = d.next;
	}
	return r;
}

const char *service_tiles_dir(const struct service *s) { return s->conf.tiles_dir; }

/* --- life --- */

static bool load_key(void *arg, const struct row *r)
{
	return keyring_put_key(arg, (const struct party_key *)(const void *)r);
}

static bool load_party(void *arg, const struct row *r)
{
	return keyring_put_party(arg, (const struct party *)(const void *)r);
}

/* What the log itself says of its keys: its second entry, the key manifest. */
static bool same_keys(struct service *s, struct store *store, char *why, size_t why_len)
{
	static char room[STATEMENT_ROOM(STATEMENT_COMPACT_MAX)];
	struct arena mem = arena_over(room, sizeof room);
	const uint64_t manifest = 1;
	struct command c;
	struct sealed sealed;
	struct span bytes;
	struct diag d;

	snprintf(why, why_len, "the log's key manifest cannot be read");
	store_vault(store, &s->vault);
	if (store_statements(store, &manifest, 1, &mem, &bytes) != OK ||
	    statement_split(bytes, &mem, &sealed, &d) != OK || statement_parse(&sealed, &mem, &c, &d) != OK ||
	    c.kind != ST_LOG_KEYS)
		return false;
	snprintf(why, why_len, "this state directory has not this log's %s",
	         span_is(c.body.log_keys.log_key, signer_vkey(s->signer)) ? "fingerprint key" : "checkpoint key");
	return span_is(c.body.log_keys.log_key, signer_vkey(s->signer)) &&
	       hash_eq(c.body.log_keys.fingerprint,
	               fingerprint_key_id((struct span){ (const char *)s->fp_key, sizeof s->fp_key }));
}

static bool load_keyring(struct service *s, struct store *store, char *why, size_t why_len)
{
	s->keyring = keyring_new();
	snprintf(why, why_len, "the enrolled keys cannot be read");
	return s->keyring && store_scan(store, TABLE_PARTY, load_party, s->keyring) == OK &&
	       store_scan(store, TABLE_KEY, load_key, s->keyring) == OK;
}

static bool open_secrets(struct service *s, char *why, size_t why_len)
{
	const struct keeping_conf k = { .database_url = s->conf.database_url,
		                        .state_dir = s->conf.state_dir,
		                        .path = s->conf.master_key,
		                        .writes = !s->conf.reader_mode };
	char path[1024];

	s->tokens = tokens_open(s->conf.state_dir, s->keyring, s->conf.token_seconds, why, why_len);
	snprintf(path, sizeof path, "%s/fingerprint.key", s->conf.state_dir);
	return s->tokens && secret_file(path, s->size < 2, s->fp_key, why, why_len) &&
	       keeping_open(&k, &s->vault, why, why_len);
}

/* Everything that is only read, before anything of the database is taken: is it ours, and are we its? */
static bool open_past(struct service *s, char *why, size_t why_len)
{
	struct store *store = store_open(s->conf.database_url, STORE_WRITER, why, why_len);
	struct head head;
	bool good = store && store_schema_ok(store, why, why_len) == OK;

	if (good && store_head(store, &head) != OK) {
		snprintf(why, why_len, "the head of the log cannot be read");
		good = false;
	}
	s->size = good ? head.range.size : 0;
	good = good && load_keyring(s, store, why, why_len) && open_secrets(s, why, why_len) &&
	       (s->size < 2 || same_keys(s, store, why, why_len));
	store_close(store);
	return good;
}

static bool open_writing(struct service *s, char *why, size_t why_len)
{
	struct sequencer_conf q = { .database_url = s->conf.database_url,
		                    .origin = span_z(s->conf.origin),
		                    .fp_key = { (const char *)s->fp_key, sizeof s->fp_key },
		                    .queue_max = s->conf.queue_max,
		                    .batch_max = s->conf.batch_max,
		                    .vault = &s->vault,
		                    .keyring = s->keyring,
		                    .tail = s->tail };
	struct publisher_conf p = { s->conf.database_url, s->conf.tiles_dir, s->signer };
	struct head head;

	s->sequencer = sequencer_open(&q, why, why_len);
	if (!s->sequencer)
		return false;
	head = sequencer_head(s->sequencer);
	s->publisher = publisher_open(&p, &head, why, why_len);
	if (!s->publisher)
		return false;
	sequencer_publisher(s->sequencer, s->publisher);
	snprintf(why, why_len, "no thread can be started");
	return publisher_run(s->publisher) && sequencer_run(s->sequencer);
}

static bool open_registrar(struct service *s, char *why, size_t why_len)
{
	struct registrar_conf r = { .database_url = s->conf.database_url,
		                    .state_dir = s->conf.state_dir,
		                    .origin = s->conf.origin,
		                    .log_vkey = signer_vkey(s->signer),
		                    .make_keys = s->size < 2,
		                    .fp_key = { (const char *)s->fp_key, sizeof s->fp_key },
		                    .sequencer = s->sequencer,
		                    .keyring = s->keyring };

	s->registrar = registrar_open(&r, why, why_len);
	return s->registrar && registrar_birth(s->registrar, publisher_size(s->publisher), why, why_len);
}

static uint64_t signed_size(void *arg) { return publisher_size(((struct service *)arg)->publisher); }

static bool open_detection(struct service *s, char *why, size_t why_len)
{
	const struct detection_conf d = {
		.database_url = s->conf.database_url,
		.state_dir = s->conf.state_dir,
		.vault = &s->vault,
		.registrar = s->registrar,
		.tail = s->tail,
		.size = signed_size,
		.arg = s,
		.raise_max = s->conf.queue_max < 512 ? 1 + s->conf.queue_max / 4 : 128,
	};

	if (!s->conf.detection)
		return true;
	s->detection = detection_start(&d, why, why_len);
	return s->detection != NULL;
}

static bool open_matching(struct service *s, char *why, size_t why_len)
{
	const struct matching_conf m = { .database_url = s->conf.database_url,
		                         .vault = &s->vault,
		                         .registrar = s->registrar,
		                         .parser = s->parser,
		                         .fp_key = { (const char *)s->fp_key, sizeof s->fp_key } };

	s->matching = matching_open(&m, why, why_len);
	return s->matching != NULL;
}

static bool open_erasing(struct service *s, char *why, size_t why_len)
{
	const struct erasing_conf e = { .database_url = s->conf.database_url,
		                        .vault = &s->vault,
		                        .origin = span_z(s->conf.origin),
		                        .fp_key = { (const char *)s->fp_key, sizeof s->fp_key } };

	s->erasing = erasing_open(&e);
	if (!s->erasing)
		snprintf(why, why_len, "out of memory");
	return s->erasing != NULL;
}

/* A certificate is a statement of the registry's own, through the same queue. */
static bool certify(void *arg, const struct body_check_certify *body, struct arena *mem, struct ticket *t)
{
	struct service *s = arg;
	void (*done)(struct ticket *) = t->done;
	void *done_arg = t->arg;

	if (!registrar_certify(s->registrar, body, mem, t))
		return false;
	t->done = done;
	t->arg = done_arg;
	return sequencer_submit(s->sequencer, t);
}

static bool certify_score(void *arg, const struct body_score_certify *body, struct arena *mem, struct ticket *t)
{
	struct service *s = arg;
	void (*done)(struct ticket *) = t->done;
	void *done_arg = t->arg;

	if (!registrar_certify_score(s->registrar, body, mem, t))
		return false;
	t->done = done;
	t->arg = done_arg;
	return sequencer_submit(s->sequencer, t);
}

static void publish(void *arg)
{
	struct service *s = arg;

	publisher_publish(s->publisher);
}

static bool open_reading(struct service *s, char *why, size_t why_len)
{
	struct reading_conf r = { .database_url = s->conf.database_url,
		                  .vault = &s->vault,
		                  .tiles_dir = s->conf.tiles_dir,
		                  .origin = span_z(s->conf.origin),
		                  .fp_key = { (const char *)s->fp_key, sizeof s->fp_key },
		                  .readers = s->conf.readers,
		                  .queue_max = s->conf.queue_max,
		                  .tokens = s->tokens,
		                  .private_webhooks = s->conf.private_webhooks,
		                  .parser = s->parser,
		                  .publish = publish,
		                  .certify = certify,
		                  .certify_score = certify_score,
		                  .certify_arg = s,
		                  .detection = s->detection };

	s->reading = reading_start(&r, why, why_len);
	s->teller = s->reading ? teller_open(s->conf.database_url, why, why_len) : NULL;
	return s->teller != NULL;
}

struct service *service_start(const struct service_conf *conf, struct parser *parser, struct signer *signer, char *why,
                              size_t why_len)
{
	struct service *s = calloc(1, sizeof *s);

	snprintf(why, why_len, "out of memory");
	if (!s)
		return NULL;
	s->conf = *conf;
	s->parser = parser;
	if (conf->reader_mode) { /* as a writer it would take the lease from the real one */
		snprintf(why, why_len, "mode=reader is not built yet: start one counterfoild, as the writer");
		service_stop(s);
		return NULL;
	}
	s->signer = signer;
	if (conf->detection && !(s->tail = tail_new())) {
		service_stop(s);
		return NULL;
	}
	if (open_past(s, why, why_len) && open_writing(s, why, why_len) && open_registrar(s, why, why_len) &&
	    open_detection(s, why, why_len) && open_matching(s, why, why_len) && open_erasing(s, why, why_len) &&
	    open_reading(s, why, why_len))
		return s;
	service_stop(s);
	return NULL;
}

void service_stop(struct service *s)
{
	if (!s)
		return;
	teller_close(s->teller);
	reading_stop(s->reading);
	detection_stop(s->detection);
	matching_close(s->matching);
	erasing_close(s->erasing);
	sequencer_stop(s->sequencer);
	publisher_stop(s->publisher);
	registrar_close(s->registrar);
	tokens_close(s->tokens);
	keyring_free(s->keyring);
	tail_free(s->tail);
	secret_wipe(s->fp_key, sizeof s->fp_key);
	secret_wipe(&s->vault, sizeof s->vault);
	free(s);
}
