/* SPDX-License-Identifier: Apache-2.0 */
/* courier.c: see courier.h. */
#include "service/courier.h"

#include <stdio.h>

#include "jcs.h"
#include "run/clock.h"
#include "run/memory.h"
#include "run/watch.h"
#include "service/reader.h"
#include "store/store.h"

enum { LEASE_S = 60, MOST_PAUSE_S = 3600, MOST_AGAIN_S = 8 * 3600, WHY_MAX = 200 };
#define COURIER_MEM ((size_t)1 << 20)

struct courier {
	struct conn conn;
	const struct tokens *tokens;
	struct courier_conf conf;
	const char *origin;
	struct arena mem;
	struct delivery d; /* the one in hand */
	char challenge[CHALLENGE_TEXT + 1];
	int64_t queued_ns;
};

/* --- keys --- */

static struct hash derived(const struct tokens *t, const char *use, struct uuid webhook)
{
	uint8_t key[TOKEN_KEY_LEN];
	struct hash h;

	token_subkey(t, use, key);
	h = hmac_sha256((struct span){ (const char *)key, sizeof key },
	                (struct span){ (const char *)webhook.b, sizeof webhook.b });
	secret_wipe(key, sizeof key);
	return h;
}

static bool signing_key(const struct tokens *t, struct uuid webhook, struct privkey *ret)
{
	struct hash seed = derived(t, "webhook ed25519", webhook);
	bool ok = privkey_from_seed(ALG_ED25519, seed.b, ret);

	secret_wipe(&seed, sizeof seed);
	return ok;
}

void put_webhook_secret(struct writer *w, const struct tokens *t, struct uuid webhook)
{
	struct hash secret = derived(t, "webhook secret", webhook);

	put_z(w, "whsec_");
	put_b64(w, (struct span){ (const char *)secret.b, sizeof secret.b });
	secret_wipe(&secret, sizeof secret);
}

void put_webhook_public_key(struct writer *w, const struct tokens *t, struct uuid webhook)
{
	struct privkey key;

	put_z(w, "whpk_");
	if (signing_key(t, webhook, &key))
		put_b64(w, (struct span){ (const char *)key.pub.raw, HASH_LEN });
	secret_wipe(&key, sizeof key);
}

void put_webhook_challenge(struct writer *w, const struct tokens *t, struct uuid webhook)
{
	put_hash64(w, derived(t, "webhook challenge", webhook));
}

void put_webhook_signature(struct writer *w, const struct tokens *t, struct uuid webhook, struct span id,
                           int64_t timestamp, struct span body)
{
	struct hash secret = derived(t, "webhook secret", webhook), mac;
	const size_t len = id.len + body.len + 24;
	char *at = malloc(len);
	struct writer m = writer_over(at, at ? len : 0);
	struct privkey key;
	uint8_t sig[SIG_LEN];

	put_span(&m, id);
	put_byte(&m, '.');
	put_i64(&m, timestamp);
	put_byte(&m, '.');
	put_span(&m, body);
	w->overflow |= m.overflow; /* out of memory: what is not signed is not sent */
	mac = hmac_sha256((struct span){ (const char *)secret.b, sizeof secret.b }, writer_span(&m));
	put_z(w, "v1,");
	put_b64(w, (struct span){ (const char *)mac.b, sizeof mac.b });
	if (signing_key(t, webhook, &key) && sig_sign(&key, writer_span(&m), sig)) {
		put_z(w, " v1a,");
		put_b64(w, (struct span){ (const char *)sig, sizeof sig });
	}
	secret_wipe(&secret, sizeof secret);
	secret_wipe(&key, sizeof key);
	free(at);
}

/* --- when --- */

int64_t backoff_seconds(int64_t failures, int64_t first, int64_t most, uint32_t draw)
{
	int64_t wait = first;

	for (int64_t i = 0; i < failures && wait < most; i++)
		wait *= 2;
	if (wait > most)
		wait = most;
	wait = wait / 2 + (int64_t)((uint64_t)wait * draw >> 32);
	return wait > 0 ? wait : 1;
}

/* --- what --- */

/* The same for one alert however often it is sent: a receiver knows it again. */
static void put_message_id(struct writer *w, const struct delivery *d)
{
	put_z(w, d->verify ? "verify_" : d->number < 0 ? "test_" : "msg_");
	put_hex(w, d->webhook.b, sizeof d->webhook.b);
	put_byte(w, '_');
	put_i64(w, d->number);
}

static void put_data(struct courier *c, struct jcs *j)
{
	jcs_name(j, "data");
	if (c->d.alert.len > 0 && !c->d.verify) {
		jcs_raw(j, c->d.alert);
		return;
	}
	jcs_object(j);
	if (c->d.verify)
		jcs_member_z(j, "challenge", c->challenge);
	jcs_end_object(j);
}

static struct span event_of(struct courier *c, struct span id)
{
	struct writer w = writer_in(&c->mem);
	struct jcs j = jcs_free_order(&w);

	jcs_object(&j);
	jcs_member_z(&j, "specversion", "1.0");
	jcs_member_span(&j, "id", id);
	jcs_member_z(&j, "source", c->origin);
	jcs_member_z(&j, "type",
	             c->d.verify       ? "counterfoil.webhook.verify"
	             : c->d.number < 0 ? "counterfoil.webhook.test"
	                               : "counterfoil.alert");
	jcs_member_span(&j, "time", c->d.now);
	jcs_member_z(&j, "datacontenttype", "application/json");
	put_data(c, &j);
	jcs_end_object(&j);
	return writer_done(&w, &c->mem);
}

static const char *text_of(struct courier *c, struct writer *w)
{
	put_byte(w, 0);
	return writer_done(w, &c->mem).at;
}

static bool wrap(struct courier *c, struct parcel *p)
{
	struct writer w = writer_in(&c->mem);
	int64_t now = clock_now().us / 1000000;
	struct span id;

	put_message_id(&w, &c->d);
	id = writer_done(&w, &c->mem);
	w = writer_over(c->challenge, CHALLENGE_TEXT);
	put_webhook_challenge(&w, c->tokens, c->d.webhook);
	p->body = event_of(c, id);
	p->url = arena_z(&c->mem, c->d.url);
	p->challenge = c->d.verify ? c->challenge : NULL;
	w = writer_in(&c->mem);
	put_z(&w, "webhook-id: ");
	put_span(&w, id);
	p->header[0] = text_of(c, &w);
	w = writer_in(&c->mem);
	put_z(&w, "webhook-timestamp: ");
	put_i64(&w, now);
	p->header[1] = text_of(c, &w);
	w = writer_in(&c->mem);
	put_z(&w, "webhook-signature: ");
	put_webhook_signature(&w, c->tokens, c->d.webhook, id, now, p->body);
	p->header[2] = text_of(c, &w);
	return arena_ok(&c->mem);
}

/* --- one at a time --- */

struct courier *courier_open(const struct courier_conf *conf, const char *database_url, const struct tokens *tokens,
                             const char *origin)
{
	struct courier *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->conf = *conf;
	c->conn = (struct conn){ .database_url = database_url, .duty = STORE_TELLER };
	c->tokens = tokens;
	c->origin = origin;
	if (arena_map(&c->mem, COURIER_MEM))
		return c;
	free(c);
	return NULL;
}

void courier_close(struct courier *c)
{
	if (!c)
		return;
	conn_close(&c->conn);
	arena_unmap(&c->mem);
	free(c);
}

bool courier_take(struct courier *c, struct parcel *p)
{
	struct store *s = conn_store(&c->conn);
	uint64_t looked = 1;

	arena_reset(&c->mem);
	*p = (struct parcel){ .url = NULL };
	if (!s)
		return false;
	if (clock_ns() - c->queued_ns > (int64_t)c->conf.queue_ms * 1000000) {
		c->queued_ns = clock_ns();
		while (looked > 0 && store_webhook_queue(s, &looked) == OK)
			;
	}
	if (store_webhook_take(s, LEASE_S, &c->mem, &c->d) != OK || !c->d.found)
		return false;
	return wrap(c, p);
}

enum { DELIVERED, FAILED, GIVEN_UP }; /* series of webhooks_total */

void courier_done(struct courier *c, bool good, long status, const char *why)
{
	struct store *s = conn_store(&c->conn);
	struct delivered how = { .good = good, .status = status, .longest_s = c->conf.give_up_s };
	uint32_t draw[2];

	clock_random(draw, sizeof draw);
	how.why = span_z(why);
	if (how.why.len > WHY_MAX)
		how.why.len = WHY_MAX;
	if (!good) {
		how.pause_s = backoff_seconds(c->d.failures, c->conf.retry_s, MOST_PAUSE_S, draw[0]);
		how.again_s = backoff_seconds(2 * c->d.attempts, c->conf.retry_s, MOST_AGAIN_S, draw[1]);
	}
	metric_add(M_webhooks_total, good ? DELIVERED : FAILED, 1);
	/* Lost with the connection: it is sent again when the lease has run out, under the same webhook-id. */
	if (!s || store_webhook_done(s, &c->d, &how) != OK)
		watch(LOG_WARN, EVENT("webhook_outcome_lost"), KV("why", s ? store_why(s) : "no connection"));
}
