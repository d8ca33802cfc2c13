/* SPDX-License-Identifier: Apache-2.0 */
/* client.c: see client.h. */
#include "client.h"

#include <errno.h>

#include "jcs.h"
#include "json_at.h"
#include "jws.h"
#include "purpose.h"
#include "run/clock.h"
#include "run/files.h"
#include "run/web.h"
#include "service/outbound.h"

enum {
	CONNECT_MS = 5000,
	ANSWER_MS = 120000, /* a large import is answered line by line and may take its time */
	TRIES = 6,          /* of the same bytes */
	WAIT_MAX_S = 10,
	SILENT_S = 60,
	ASSERTION_LIVES_S = 60,
	URL_LEN = 2048,
};

/* --- one request --- */

struct taking {
	struct arena *mem;
	struct writer w;
	struct http_answer *a;
};

static bool on_body(void *arg, long status, struct span piece)
{
	struct taking *t = arg;

	(void)status;
	put_span(&t->w, piece);
	return !t->w.overflow && t->w.len <= ANSWER_BYTES_MAX;
}

static bool header_is(struct span line, const char *name, struct span *value)
{
	struct span head;

	if (!span_cut(line, ':', &head, value) || head.len != strlen(name))
		return false;
	for (size_t i = 0; i < head.len; i++)
		if ((head.at[i] | 0x20) != name[i])
			return false;
	while (value->len > 0 && (value->at[0] == ' ' || value->at[0] == '"'))
		*value = (struct span){ value->at + 1, value->len - 1 };
	while (value->len > 0 && strchr(" \r\n\"", value->at[value->len - 1]))
		value->len--;
	return true;
}

static void on_header(void *arg, struct span line)
{
	struct http_answer *a = ((struct taking *)arg)->a;
	struct span value;

	if (header_is(line, "etag", &value) && value.len < sizeof a->etag) {
		memcpy(a->etag, value.at, value.len);
		a->etag[value.len] = 0;
	} else if (header_is(line, "retry-after", &value) && value.len < 8) {
		char text[8] = "";

		memcpy(text, value.at, value.len);
		a->retry_after = strtol(text, NULL, 10);
	}
}

struct sending {
	const char *url, *token, *type, *method; /* method: NULL for GET, and for POST with `post` */
	struct span body;
	bool post;
};

static bool is_loopback(const char *url)
{
	static const char *const host[] = { "http://127.", "http://localhost", "http://[::1]" };

	for (size_t i = 0; i < ARRAY_LEN(host); i++)
		if (strncmp(url, host[i], strlen(host[i])) == 0)
			return true;
	return false;
}

/* Where to, and what every request has. A proxy of the environment is for what lies outside. */
static struct web_request request_to(const char *url)
{
	return (struct web_request){
		.url = url, .agent = "counterfoil/" CLI_VERSION, .direct = is_loopback(url), .connect_ms = CONNECT_MS
	};
}

static struct web_answer perform(struct client *k, const struct sending *s, struct arena *mem, struct http_answer *ret)
{
	struct web_request r = request_to(s->url);
	struct taking t = { .mem = mem, .a = ret };
	char token[512], type[256], purpose[64];
	struct web_answer e;
	size_t n = 0;

	*ret = (struct http_answer){ .status = 0 };
	snprintf(token, sizeof token, "Authorization: Bearer %s", s->token ? s->token : "");
	snprintf(type, sizeof type, "Content-Type: %s", s->type ? s->type : "");
	if (s->token)
		r.header[n++] = token;
	snprintf(purpose, sizeof purpose, "Counterfoil-Purpose: %s", k->purpose ? k->purpose : "");
	if (s->token && k->purpose)
		r.header[n++] = purpose;
	if (s->post)
		r.header[n++] = type;
	r.method = s->method;
	r.post = s->post;
	r.body = s->body;
	r.whole_ms = ANSWER_MS;
	r.on_header = on_header;
	r.on_body = on_body;
	r.arg = &t;
	t.w = writer_in(mem);
	web_do(k->web, &r, &e);
	ret->status = e.status;
	ret->body = writer_done(&t.w, mem);
	ret->json = ret->body.len > 0 && ret->body.at[0] == '{' && json_good(ret->body);
	return e;
}

static int unreachable(struct client *k, const struct web_answer *e)
{
	return cli_fail(
		k->c, EXIT_UNREACHABLE,
		"%s does not answer: %s\n  Is it running? Start one with `counterfoil up`, or name it with --server "
		"or CF_SERVER.",
		k->server, e->why);
}

/* --- who we are --- */

static int load_key(struct client *k)
{
	char why[512];

	k->key_path = cli_setting(k->c, "key", "CF_KEY", NULL);
	if (!k->key_path)
		return EXIT_GOOD;
	if (!key_file(k->key_path, false, &k->key, why, sizeof why))
		return cli_fail(k->c, EXIT_USAGE,
		                "%s\n  A private key is a JWK file of mode 0600; make one with "
		                "`counterfoil key new --out FILE`.",
		                why);
	k->has_key = true;
	return EXIT_GOOD;
}

static int open_client(struct cli *c, bool with_key, struct client *ret)
{
	struct client k = { .c = c };
	const char *server = cli_setting(c, "server", "CF_SERVER", c->server ? c->server : "http://127.0.0.1:8440");
	size_t len = strlen(server);
	int rc;

	*ret = k; /* client_close() is owed, and harmless, whatever comes of it */
	while (len > 0 && server[len - 1] == '/')
		len--;
	k.server = arena_z(c->mem, (struct span){ server, len });
	if (strncmp(k.server, "http://", 7) != 0 && strncmp(k.server, "https://", 8) != 0)
		return cli_usage(c, "--server is a URL such as http://127.0.0.1:8440, not %s", server);
	rc = with_key ? load_key(&k) : EXIT_GOOD;
	if (rc != EXIT_GOOD)
		return rc;
	k.web = web_open();
	if (!k.web)
		return cli_fail(c, EXIT_UNREACHABLE, "libcurl does not start");
	*ret = k;
	return EXIT_GOOD;
}

int client_open(struct cli *c, struct client *ret) { return open_client(c, true, ret); }

int client_open_nameless(struct cli *c, struct client *ret) { return open_client(c, false, ret); }

void client_close(struct client *k)
{
	web_close(k->web);
	secret_wipe(&k->key, sizeof k->key);
	k->web = NULL;
}

int client_key(struct client *k)
{
	return k->has_key ? EXIT_GOOD : cli_usage(k->c, "a key is needed: --key FILE, or CF_KEY in the environment");
}

/* The id beside the key: a.jwk has a.party. */
static const char *party_beside(struct client *k)
{
	struct span path = span_z(k->key_path), id;
	const char *beside;

	if (path.len > 4 && strcmp(k->key_path + path.len - 4, ".jwk") == 0)
		path.len -= 4;
	beside = cli_text(k->c, "%.*s.party", (int)path.len, path.at);
	if (file_read(beside, 256, k->c->mem, &id) != 0)
		return NULL;
	while (id.len > 0 && (id.at[id.len - 1] == '\n' || id.at[id.len - 1] == ' '))
		id.len--;
	return arena_z(k->c->mem, id);
}

int client_party(struct client *k)
{
	/* CF_PARTY goes with CF_KEY: a key that is named has its own party beside it. */
	const char *text = cli_setting(k->c, "party", cli_opt(k->c, "key") ? NULL : "CF_PARTY", NULL);
	int rc = client_key(k);

	if (rc != EXIT_GOOD || !uuid_is_nil(k->party))
		return rc;
	if (!text)
		text = party_beside(k);
	if (!text)
		text = getenv("CF_PARTY");
	if (!text)
		return cli_usage(
			k->c,
			"whose key is %s? Say it with --party UUID or CF_PARTY, or put the id into a file beside the "
			"key (name.jwk, name.party); `counterfoil party enrol` does so",
			k->key_path);
	if (!uuid_parse(span_z(text), &k->party))
		return cli_usage(k->c, "the party's id is a uuid, not %s", text);
	return EXIT_GOOD;
}

/* --- the token --- */

static struct span assertion(struct client *k)
{
	struct writer w = cli_writer(k->c);
	struct jcs j = jcs_free_order(&w);
	int64_t now = clock_now().us / 1000000;
	char party[UUID_TEXT], jti[UUID_TEXT];
	struct writer p = writer_over(party, sizeof party), i = writer_over(jti, sizeof jti);
	struct span payload;

	put_uuid(&p, k->party);
	put_uuid(&i, new_uuid());
	jcs_object(&j);
	jcs_member_span(&j, "iss", writer_span(&p));
	jcs_member_span(&j, "sub", writer_span(&p));
	jcs_member_z(&j, "aud", cli_text(k->c, "%s/oauth/token", k->server));
	jcs_member_i64(&j, "iat", now);
	jcs_member_i64(&j, "exp", now + ASSERTION_LIVES_S);
	jcs_member_span(&j, "jti", writer_span(&i));
	jcs_end_object(&j);
	payload = writer_span(&w);
	w = cli_writer(k->c);
	if (!jws_sign(&k->key, "JWT", payload, &w))
		return S("");
	return writer_span(&w);
}

/* What is not said otherwise: what a party of these roles reads others' data for on an ordinary day. */
static const char *purpose_of(struct client *k, const char *scope)
{
	static const struct {
		const char *role;
		enum purpose purpose;
	} usual[] = {
		{ "regulator", PURPOSE_OF_SUPERVISION }, { "court", PURPOSE_OF_PROCEEDINGS },
		{ "bank", PURPOSE_OF_LENDING },          { "investor", PURPOSE_OF_INVESTMENT },
		{ "operator", PURPOSE_OF_OPERATIONS },
	};
	const char *said = cli_setting(k->c, "reading-for", "CF_PURPOSE", NULL);

	for (size_t i = 0; !said && scope && i < ARRAY_LEN(usual); i++)
		if (strstr(scope, usual[i].role))
			return purpose_word(usual[i].purpose);
	return said ? said : purpose_word(PURPOSE_OF_TRADE);
}

/* Base64url and dots need no escaping in a form. */
static int take_token(struct client *k)
{
	static const char form[] = "grant_type=client_credentials&client_assertion_type="
				   "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=";
	struct http_answer a;
	struct span signed_by;
	const char *body;
	int rc = client_party(k);

	if (rc != EXIT_GOOD || k->token)
		return rc;
	signed_by = assertion(k);
	body = cli_text(k->c, "%s%.*s", form, (int)signed_by.len, signed_by.at);
	rc = client_post(k, "/oauth/token", false, "application/x-www-form-urlencoded", span_z(body), &a);
	if (rc != EXIT_GOOD)
		return rc;
	if (a.status != 200 || !a.json)
		return client_problem(k, &a);
	k->token = json_z(a.body, "/access_token", k->c->mem);
	k->purpose = purpose_of(k, json_z(a.body, "/scope", k->c->mem));
	return EXIT_GOOD;
}

int client_token(struct client *k, const char **ret)
{
	int rc = take_token(k);

	*ret = k->token;
	return rc;
}

/* --- requests --- */

static const char *url_of(struct client *k, const char *path) { return cli_text(k->c, "%s%s", k->server, path); }

static int request(struct client *k, struct sending *s, bool token, struct http_answer *ret)
{
	int rc = token ? take_token(k) : EXIT_GOOD;
	struct web_answer e;

	if (rc != EXIT_GOOD)
		return rc;
	s->token = token ? k->token : NULL;
	e = perform(k, s, k->c->mem, ret);
	return e.answered ? EXIT_GOOD : unreachable(k, &e);
}

int client_get(struct client *k, const char *path, bool token, struct http_answer *ret)
{
	struct sending s = { .url = url_of(k, path) };

	return request(k, &s, token, ret);
}

int client_post(struct client *k, const char *path, bool token, const char *type, struct span body,
                struct http_answer *ret)
{
	struct sending s = { .url = url_of(k, path), .type = type, .body = body, .post = true };

	return request(k, &s, token, ret);
}

int client_delete(struct client *k, const char *path, struct http_answer *ret)
{
	struct sending s = { .url = url_of(k, path), .method = "DELETE" };

	return request(k, &s, true, ret);
}

bool client_fetch(struct client *k, const char *url, struct arena *mem, struct span *ret)
{
	struct sending s = { .url = url };
	struct http_answer a;

	if (!perform(k, &s, mem, &a).answered || a.status != 200)
		return false;
	*ret = a.body;
	return true;
}

int client_send(struct client *k, const char *path, const char *type, struct span bytes, struct http_answer *ret)
{
	struct sending s = { .url = url_of(k, path), .type = type, .body = bytes, .post = true };
	struct web_answer e = { .answered = true };

	for (int i = 0; i < TRIES; i++) {
		long wait;

		e = perform(k, &s, k->c->mem, ret);
		if (e.never_left || (e.answered && ret->status != 503 && ret->status != 429))
			break;
		wait = ret->retry_after > 0 ? ret->retry_after : 1L << i;
		if (wait > WAIT_MAX_S)
			wait = WAIT_MAX_S;
		if (i + 1 == TRIES)
			break;
		fprintf(k->c->err, "%s; the same bytes again in %ld s\n",
		        e.answered ? "the registry is busy" : "no answer", wait);
		clock_sleep_ms(wait * 1000);
	}
	return e.answered ? EXIT_GOOD : unreachable(k, &e);
}

struct streaming {
	stream_fn *fn;
	void *arg;
	struct writer problem;
};

static bool on_piece(void *arg, long status, struct span piece)
{
	struct streaming *s = arg;

	if (status == 200)
		return s->fn(s->arg, piece);
	put_span(&s->problem, piece);
	return true;
}

int client_stream(struct client *k, const char *path, const char *header, stream_fn *fn, void *arg)
{
	struct streaming s = { .fn = fn, .arg = arg, .problem = cli_writer(k->c) };
	struct web_request r = request_to(url_of(k, path));
	struct http_answer a = { .status = 0 };
	struct web_answer e;
	int rc = take_token(k);

	if (rc != EXIT_GOOD)
		return rc;
	r.header[0] = cli_text(k->c, "Authorization: Bearer %s", k->token);
	r.header[1] = header;
	r.silent_s = SILENT_S; /* it is silent for long, but never longer than its signs of life are apart */
	r.on_body = on_piece;
	r.arg = &s;
	web_do(k->web, &r, &e);
	k->token = NULL; /* the stream ends with it: the next one needs another */
	if (e.status == 200)
		return EXIT_GOOD;
	if (!e.answered)
		return unreachable(k, &e);
	a.status = e.status;
	a.body = writer_span(&s.problem);
	a.json = a.body.len > 0 && a.body.at[0] == '{' && json_good(a.body);
	return client_problem(k, &a);
}

int client_ask(struct client *k, const char *path, bool token, struct http_answer *ret)
{
	int rc = client_get(k, path, token, ret);

	if (rc != EXIT_GOOD)
		return rc;
	return ret->status == 200 && ret->json ? EXIT_GOOD : client_problem(k, ret);
}

/* --- problems --- */

/* What to do next, where the problem's own text does not say it. */
static const struct {
	const char *code, *next;
} advice[] = {
	{ "stale-prev",
	  "Somebody signed about this object meanwhile: look at it, and run the command again; prev is fetched anew." },
	{ "unknown-key",
	  "Is the key enrolled? `counterfoil key show FILE` prints its thumbprint; the operator enrols it." },
	{ "key-revoked", "Sign with a key that is live: `counterfoil party keys UUID`." },
	{ "invalid-client",
	  "Does --party name the party this key belongs to, and --server the URL the registry calls itself?" },
	{ "not-found", "There is nothing of this name that your party may see; --party and --key say who asks." },
	{ "unknown-document", "Submit it first: `counterfoil document submit FILE`." },
	{ "clock-skew", "Set this machine's clock, or give --at." },
	{ "duplicate-claim", "Ask about it: `counterfoil check --issuer ID --number NUMBER`." },
	{ "exceeds-free-value", "See what is free: `counterfoil receivable show UUID`." },
	{ "evidence-level", "See why: `counterfoil document verify FILE`." },
	{ "held", "Another lender is looking at it; holds end by themselves." },
	{ "id-conflict", "Leave --id away: every new statement has an id of its own." },
};

static void say_advice(struct cli *c, const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(advice); i++)
		if (strcmp(advice[i].code, code) == 0)
			fprintf(c->err, "  %s\n", advice[i].next);
}

static void say_places(struct cli *c, struct span problem)
{
	struct span errors, name, one;
	struct json_walk w;

	if (!json_at(problem, "/errors", &errors))
		return;
	w = json_walk(errors);
	while (json_next(&w, &name, &one))
		fprintf(c->err, "  at %s: %s\n", json_z(one, "/pointer", c->mem), json_z(one, "/detail", c->mem));
}

static void say_problem(struct cli *c, const struct http_answer *a)
{
	const char *code = json_z(a->body, "/code", c->mem), *rule = json_z(a->body, "/rule", c->mem);
	int64_t seq = json_i64(a->body, "/receipt/seq", -1);

	fprintf(c->err, "%srefused%s: %s (%ld)\n  %s\n", ink(c, RED), ink(c, PLAIN), code, a->status,
	        json_z(a->body, "/detail", c->mem));
	say_places(c, a->body);
	if (*rule)
		fprintf(c->err, "  rule %s\n", rule);
	if (seq >= 0)
		fprintf(c->err, "  on record as entry %lld: the attempt stands in the log under its signature\n",
		        (long long)seq);
	say_advice(c, code);
}

int client_problem(struct client *k, const struct http_answer *a)
{
	struct span code;

	if (a->json && json_at(a->body, "/code", &code)) {
		if (k->c->json && k->c->answer.len == 0)
			cli_answer(k->c, a->body);
		say_problem(k->c, a);
		return a->status >= 500 ? EXIT_UNREACHABLE : EXIT_REFUSED;
	}
	return cli_fail(k->c, EXIT_UNREACHABLE, "%s answered %ld, and not as a registry does. Is --server right?",
	                k->server, a->status);
}
