/* SPDX-License-Identifier: Apache-2.0 */
/* workload.c: see workload.h. */
#include "workload.h"

#include <pthread.h>

#include "jcs.h"
#include "jws.h"
#include "run/clock.h"
#include "run/memory.h"
#include "service/outbound.h"
#include "stories.h"

enum { SEALED_MAX = 8 * 1024, SOLOS = 512 };
#define REQUESTS_MEM ((size_t)4 << 30) /* address space; only what is used is backed by memory */

static const char statement_path[] = "/v1/statements", jose[] = "application/jose";

/* --- one request --- */

static struct span http_post(struct workload *w, struct arena *mem, const char *path, const char *type,
                             const char *token, struct span body)
{
	char head[512];
	int n = snprintf(
		head, sizeof head,
		"POST %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: %s\r\n%s%s%sContent-Length: %zu\r\n\r\n", path,
		(unsigned)w->port, type, token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "",
		body.len);
	char *at = n > 0 && (size_t)n < sizeof head ? arena_take(mem, (size_t)n + body.len) : NULL;

	if (!at)
		return S("");
	memcpy(at, head, (size_t)n);
	memcpy(at + n, body.at, body.len);
	return (struct span){ at, (size_t)n + body.len };
}

/* Signs and wraps; c->statement is then known, for the next one's prev. */
bool out_seal(const struct out *o, struct command *c, const struct privkey *key, struct span *ret)
{
	char room[SEALED_MAX];
	struct arena scratch = arena_over(room, sizeof room);

	if (!statement_seal(c, key, &scratch))
		return false;
	*ret = o->bare ? arena_copy(o->mem, c->bytes) : http_post(o->w, o->mem, statement_path, jose, NULL, c->bytes);
	return ret->len > 0;
}

static bool requests_room(struct workload *w, size_t n)
{
	struct span *more;

	for (size_t i = 0; i < SIGNERS; i++)
		arena_reset(&w->mem[i]);
	if (n <= w->request_cap)
		return true;
	more = realloc(w->request, n * sizeof *more);
	if (!more)
		return false;
	w->request = more;
	w->request_cap = n;
	return true;
}

/* --- the market --- */

bool workload_start(struct workload *w, const struct privkey *operator_key)
{
	w->market = calloc(1, sizeof *w->market);
	w->asset = calloc(ASSETS_KEPT, sizeof *w->asset);
	w->operator_key = *operator_key;
	for (size_t i = 0; i < SIGNERS; i++)
		if (!arena_map(&w->mem[i], REQUESTS_MEM))
			return false;
	return w->market && w->asset && market_open(w->market);
}

void workload_stop(struct workload *w)
{
	for (size_t i = 0; i < SIGNERS; i++)
		arena_unmap(&w->mem[i]);
	free(w->market);
	free(w->asset);
	free(w->request);
}

static bool enrol(struct workload *w, struct market_party *p, struct span *ret)
{
	struct command c = { .kind = ST_PARTY_ENROL, .object = p->id };
	struct body_party_enrol *b = &c.body.party_enrol;

	b->name = span_z(p->name);
	b->country = S("CN");
	b->uscc = span_z(p->uscc);
	b->roles = p->roles;
	b->keys = (struct jwks){ &p->key.pub, 1 };
	if (!out_seal(&(struct out){ w, &w->mem[0], false }, &c, &w->operator_key, ret))
		return false;
	p->enrolled = c.statement;
	return true;
}

/* Receivables need no document and sites no licence. */
static bool ease(struct workload *w, const char *rule, const char *unit, struct moment from, struct span *ret)
{
	struct command c = { .kind = ST_RULE_PUBLISH, .object = new_uuid() };

	c.body.rule_publish = (struct body_rule_publish){
		.rule = span_z(rule), .version = 2, .effective = from, .values = { span_z(unit), 0 }
	};
	return out_seal(&(struct out){ w, &w->mem[0], false }, &c, &w->operator_key, ret);
}

bool workload_enrol(struct workload *w, struct moment from, struct load_plan *ret)
{
	bool good = requests_room(w, PARTIES + 2);

	for (size_t i = 0; good && i < PARTIES; i++)
		good = enrol(w, &w->market->party[i], &w->request[i]);
	good = good && ease(w, "receivable.evidence", "level", from, &w->request[PARTIES]) &&
	       ease(w, "site.licence", "required", from, &w->request[PARTIES + 1]);
	*ret = (struct load_plan){ .request = w->request, .chains = PARTIES + 2, .chain_len = 1 };
	return good;
}

bool workload_goods(struct workload *w, struct load_plan *ret)
{
	const struct out o = { w, &w->mem[0], false };
	bool good = requests_room(w, 2 * (WAREHOUSES + 1)) && story_feed(&o, &w->operator_key, w->request);

	for (size_t i = 0; good && i < WAREHOUSES; i++)
		good = story_site(&o, i, w->request + 2 * (i + 1));
	*ret = (struct load_plan){ .request = w->request, .chains = WAREHOUSES + 1, .chain_len = 2 };
	return good;
}

static bool profile(struct workload *w, const struct market_party *p, struct span *ret)
{
	struct command c = { .kind = ST_PARTY_PROFILE, .object = p->id, .has_prev = true, .prev = p->enrolled };
	struct body_party_profile *b = &c.body.party_profile;
	char account[64];
	struct span tie;

	snprintf(account, sizeof account, "account:%s", p->account);
	tie = span_z(account);
	b->region = span_z(p->region);
	b->founded.day = p->founded;
	b->turnover = (struct money){ p->turnover, "CNY" };
	b->purchases = (struct money){ p->purchases, "CNY" };
	b->staff = p->staff;
	b->ties = (struct texts){ &tie, 1 };
	b->source = S("business register and tax declaration");
	return out_seal(&(struct out){ w, &w->mem[0], false }, &c, &w->operator_key, ret);
}

bool workload_profiles(struct workload *w, struct load_plan *ret)
{
	bool good = requests_room(w, BANK_AT);

	for (size_t i = 0; good && i < BANK_AT; i++)
		good = profile(w, &w->market->party[i], &w->request[i]);
	*ret = (struct load_plan){ .request = w->request, .chains = BANK_AT, .chain_len = 1 };
	return good;
}

bool workload_statements(struct workload *w, struct arena *mem, uint64_t n, struct span ret[static CHAIN])
{
	return story_tell(&(struct out){ w, mem, true }, n, ret);
}

/* --- signing on every core --- */

struct signer {
	struct workload *w;
	size_t part, chains;
	bool (*make)(struct workload *w, struct arena *mem, size_t i);
	bool good;
};

static void *signer_run(void *arg)
{
	struct signer *s = arg;

	for (size_t i = s->part; i < s->chains && s->good; i += SIGNERS)
		s->good = s->make(s->w, &s->w->mem[s->part], i);
	return NULL;
}

static bool sign_all(struct workload *w, size_t n, bool (*make)(struct workload *, struct arena *, size_t))
{
	struct signer s[SIGNERS];
	pthread_t thread[SIGNERS];
	bool good = true;

	for (size_t i = 0; i < SIGNERS; i++) {
		s[i] = (struct signer){ w, i, n, make, true };
		if (pthread_create(&thread[i], NULL, signer_run, &s[i]) != 0)
			abort();
	}
	for (size_t i = 0; i < SIGNERS; i++) {
		pthread_join(thread[i], NULL);
		good = good && s[i].good;
	}
	return good;
}

/* The solos lie before the chains in w->request. */
static bool make_chain(struct workload *w, struct arena *mem, size_t i)
{
	const struct out o = { w, mem, false };

	if (i >= SOLOS)
		return story_tell(&o, w->receivables + i, w->request + SOLOS + (i - SOLOS) * CHAIN);
	return story_begin(&o, w->receivables + i, &w->request[i]);
}

bool workload_chains(struct workload *w, size_t n, struct load_plan *ret)
{
	bool good = requests_room(w, SOLOS + n * CHAIN) && sign_all(w, SOLOS + n, make_chain);

	w->receivables += SOLOS + n;
	w->n_assets = w->receivables < ASSETS_KEPT ? (size_t)w->receivables : ASSETS_KEPT;
	*ret = (struct load_plan){
		.request = w->request + SOLOS, .chains = n, .chain_len = CHAIN, .solo = w->request, .n_solo = SOLOS
	};
	return good;
}

size_t workload_statement_len(struct workload *w)
{
	struct load_plan p;
	struct span body = { NULL, 0 };

	if (!workload_chains(w, 1, &p))
		return 1024;
	body.at = memmem(p.request[0].at, p.request[0].len, "\r\n\r\n", 4);
	return body.at ? p.request[0].len - (size_t)(body.at + 4 - p.request[0].at) : 1024;
}

/* --- checks --- */

static struct span assertion(const struct workload *w, const struct market_party *p, struct arena *mem)
{
	int64_t now = clock_now().us / 1000000;
	char text[512], id[UUID_TEXT + 1] = "", jti[UUID_TEXT + 1] = "";
	struct writer u = writer_over(id, UUID_TEXT), j = writer_over(jti, UUID_TEXT), jws = writer_in(mem);
	int n;

	put_uuid(&u, p->id);
	put_uuid(&j, new_uuid());
	n = snprintf(
		text, sizeof text,
		"{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"http://127.0.0.1:%u/oauth/token\",\"exp\":%lld,\"iat\":%lld,\"jti\":\"%s\"}",
		id, id, (unsigned)w->port, (long long)now + 300, (long long)now, jti);
	if (n < 0 || !jws_sign(&p->key, "JWT", (struct span){ text, (size_t)n }, &jws))
		return S("");
	return writer_done(&jws, mem);
}

static bool take_token(struct workload *w, struct market_party *p, char *why, size_t why_len)
{
	char room[8 * 1024], answer[2048] = "";
	struct arena mem = arena_over(room, sizeof room);
	struct span signed_by_party = assertion(w, p, &mem);
	struct writer form = writer_in(&mem);
	char *from, *to;
	struct span body;

	put_z(&form, "grant_type=client_credentials&client_assertion_type="
	             "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=");
	put_span(&form, signed_by_party);
	body = writer_done(&form, &mem);
	body = http_post(w, &mem, "/oauth/token", "application/x-www-form-urlencoded", NULL, body);
	if (body.len == 0 || load_once(w->port, body, answer, sizeof answer) != 200 ||
	    !(from = strstr(answer, "\"access_token\":\"")) || !(to = strchr(from + 16, '"'))) {
		snprintf(why, why_len, "no token: %.200s", answer);
		return false;
	}
	*to = 0;
	snprintf(p->token, sizeof p->token, "%.250s", from + 16);
	return true;
}

bool workload_tokens(struct workload *w, char *why, size_t why_len)
{
	for (size_t i = BANK_AT; i < BANK_AT + BANKS; i++)
		if (!take_token(w, &w->market->party[i], why, why_len))
			return false;
	return true;
}

static bool make_check(struct workload *w, struct arena *mem, size_t i)
{
	char body[512];
	struct writer b = writer_over(body, sizeof body);

	put_z(&b, "{\"claim\":{\"asset\":\"");
	put_uuid(&b, w->asset[i * 7919 % w->n_assets]);
	put_z(&b,
	      "\"},\"amount\":{\"amount\":\"1000.00\",\"currency\":\"CNY\"},\"purpose\":\"lending\",\"certificate\":false}");
	w->request[i] = http_post(w, mem, "/v1/checks", "application/json", w->market->party[BANK_AT + i % BANKS].token,
	                          writer_span(&b));
	return w->request[i].len > 0;
}

bool workload_checks(struct workload *w, size_t n, struct load_plan *ret)
{
	*ret = (struct load_plan){ .chains = n, .chain_len = 1, .again = true };
	if (w->n_assets == 0 || !requests_room(w, n) || !sign_all(w, n, make_check))
		return false;
	ret->request = w->request;
	return true;
}

/* --- the ceiling --- */

enum { CEILING_HEAD = 16 + 32 + SIG_LEN, CEILING_TEXT_MAX = 4096 };
static size_t ceiling_text; /* set before the threads start */

static bool make_ceiling(struct workload *w, struct arena *mem, size_t i)
{
	char body[CEILING_HEAD + CEILING_TEXT_MAX];
	const struct privkey *key = &w->market->party[i % PARTIES].key;
	struct uuid id = new_uuid();

	memcpy(body, id.b, 16);
	memcpy(body + 16, key->pub.raw, 32);
	memset(body + CEILING_HEAD, 'x', ceiling_text);
	memcpy(body + CEILING_HEAD, id.b, 16);
	if (!sig_sign(key, (struct span){ body + CEILING_HEAD, ceiling_text }, (uint8_t *)body + 48))
		return false;
	w->request[i] = http_post(w, mem, "/", "application/octet-stream", NULL,
	                          (struct span){ body, CEILING_HEAD + ceiling_text });
	return w->request[i].len > 0;
}

bool workload_ceiling(struct workload *w, size_t n, size_t len, struct load_plan *ret)
{
	ceiling_text = len < CEILING_TEXT_MAX ? len : CEILING_TEXT_MAX;
	if (!requests_room(w, n) || !sign_all(w, n, make_ceiling))
		return false;
	*ret = (struct load_plan){ .request = w->request, .chains = n, .chain_len = 1 };
	return true;
}
