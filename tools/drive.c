/* SPDX-License-Identifier: Apache-2.0 */
/* drive.c: see drive.h. */
#include "drive.h"

#include "client.h"
#include "intake/statement_write.h"
#include "json_at.h"
#include "run/clock.h"
#include "service/outbound.h"
#include "simulate/shadow.h"

enum { KINDS = 64, SEALED_ROOM = 64 * 1024 };

struct driving {
	struct cli *c;
	const struct drive_conf *conf;
	struct client k;
	struct sim sim;
	struct shadow shadow;
	struct moment at; /* of every statement */
	uint64_t sent, accepted, unsent;
	int64_t from_ns;
	int rc;
	struct { /* refused, by kind and fault */
		enum statement_kind kind;
		enum fault fault;
		bool tried;
		uint64_t n;
	} refused[KINDS];
};

static void count_refusal(struct driving *d, enum statement_kind kind, enum fault f, bool tried)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (d->refused[i].n > 0 &&
		    (d->refused[i].kind != kind || d->refused[i].fault != f || d->refused[i].tried != tried))
			continue;
		d->refused[i].kind = kind;
		d->refused[i].fault = f;
		d->refused[i].tried = tried;
		d->refused[i].n++;
		return;
	}
}

/* The problem's slug stands at the end of its type (RFC 9457). */
static enum fault fault_of(struct driving *d, const struct http_answer *a)
{
	const char *type = a->json ? json_z(a->body, "/type", d->c->mem) : "", *slug = strrchr(type, '/');
	const struct fault_info *f;

	if (a->status >= 200 && a->status < 300)
		return OK;
	f = fault_by_slug(span_z(slug ? slug + 1 : type));
	return f ? f->fault : E_UNAVAILABLE;
}

static void keep_pace(const struct driving *d)
{
	int64_t due;

	if (d->conf->speed == 0)
		return;
	due = d->from_ns + (int64_t)(d->sent * UINT64_C(1000000000) / d->conf->speed) - clock_ns();
	if (due > 1000000)
		clock_sleep_ms((unsigned)(due / 1000000));
}

/* Sealed and sent; c->statement is its hash then. */
static enum fault send(struct driving *d, struct command *c, const struct privkey *key)
{
	static char room[SEALED_ROOM];
	struct arena mem = arena_over(room, sizeof room), kept = *d->c->mem;
	struct http_answer a;
	enum fault f = E_UNAVAILABLE;

	keep_pace(d);
	if (!statement_seal(c, key, &mem))
		d->rc = cli_fail(d->c, EXIT_REFUSED, "a statement could not be signed");
	else
		d->rc = client_send(&d->k, "/v1/statements", "application/jose", c->bytes, &a);
	if (d->rc == EXIT_GOOD)
		f = fault_of(d, &a);
	d->sent++;
	*d->c->mem = kept;
	return f;
}

/* Salt of the seed, so that it is the same bytes next time; it hides nothing in an economy that is not there. */
static void add_salt(const struct driving *d, struct command *c, char salt[static 32])
{
	struct draw x = draw_fork(d->conf->seed, be64_get(c->id.b + 8));

	for (int i = 0; i < 4; i++)
		be64_put((uint8_t *)salt + 8 * i, draw_bits(&x));
	c->salt = (struct span){ salt, 32 };
}

static enum fault drive_say(void *arg, const struct said *x)
{
	struct driving *d = arg;
	struct command c = *x->c;
	struct pubkey room;
	struct privkey key;
	char salt[32];
	enum fault f;

	if (d->rc != EXIT_GOOD || x->speaker == REGISTRY_FIRM) { /* the registry keeps its own deadlines */
		d->unsent++;
		return E_ROLE_MISSING;
	}
	shadow_complete(&d->shadow, &c, &room);
	key = x->speaker == OPERATOR_FIRM ? d->k.key : firm_key(&d->sim, x->speaker, x->key);
	c.at = d->at;
	if (c.kind == ST_HOLD_PLACE) /* its end is the one moment that must lie ahead of the registry's clock */
		c.body.hold_place.until.us = d->at.us + DAY_US;
	add_salt(d, &c, salt);
	f = send(d, &c, &key);
	if (f != OK) {
		count_refusal(d, c.kind, f, x->may_refuse);
		return f;
	}
	d->accepted++;
	if (c.kind == ST_HOLD_PLACE)
		c.body.hold_place.until = x->c->body.hold_place.until;
	c.at = x->at; /* here, it is said on the economy's day */
	c.kid = shadow_kid(&d->shadow, x->speaker, x->key);
	(void)shadow_enter(&d->shadow, &c, x->at);
	return OK;
}

static void no_paper(void *arg, const struct paper *p)
{
	(void)arg;
	(void)p;
}

/* What the economy cannot bring is not asked for. Refused when it was published before: then it is so already. */
static void ask_no_paper(struct driving *d)
{
	static const struct {
		const char *rule, *unit;
	} none[] = { { "receivable.evidence", "level" }, { "site.licence", "required" } };
	struct command c;
	char salt[32];

	for (size_t i = 0; i < ARRAY_LEN(none) && d->rc == EXIT_GOOD; i++) {
		c = (struct command){ .kind = ST_RULE_PUBLISH };
		c.id = c.object = new_uuid();
		c.at = clock_now();
		c.body.rule_publish = (struct body_rule_publish){ .rule = span_z(none[i].rule),
			                                          .version = 2,
			                                          .effective = { clock_now().us + 1000000 },
			                                          .values = { span_z(none[i].unit), 0 } };
		add_salt(d, &c, salt);
		(void)send(d, &c, &d->k.key);
	}
	clock_sleep_ms(2000);
}

/* The regulator's key, with which all that was found can be read. */
static void keep_key(struct driving *d)
{
	const char *path = d->conf->regulator_key;
	char text[1024], id[UUID_TEXT + 2] = "";
	struct writer k = writer_over(text, sizeof text), p = writer_over(id, sizeof id);
	struct privkey key;
	size_t stem;

	if (!path || d->rc != EXIT_GOOD)
		return;
	stem = strlen(path);
	stem -= stem > 4 && strcmp(path + stem - 4, ".jwk") == 0 ? 4 : 0;
	key = firm_key(&d->sim, REGULATOR_FIRM, 0);
	put_jwk_private(&k, &key);
	put_byte(&k, '\n');
	put_uuid(&p, d->sim.firm[REGULATOR_FIRM].id);
	put_byte(&p, '\n');
	if (!cli_write(d->c, path, writer_span(&k), true) ||
	    !cli_write(d->c, cli_text(d->c, "%.*s.party", (int)stem, path), writer_span(&p), false))
		d->rc = EXIT_REFUSED;
}

static void tell(struct driving *d)
{
	struct writer w = cli_writer(d->c);
	const char *comma = "";

	fprintf(d->c->out, "%llu sent, %llu accepted, %llu left to the registry's own deadlines\n",
	        (unsigned long long)d->sent, (unsigned long long)d->accepted, (unsigned long long)d->unsent);
	put_z(&w, "{\"sent\":");
	put_u64(&w, d->sent);
	put_z(&w, ",\"accepted\":");
	put_u64(&w, d->accepted);
	put_z(&w, ",\"refused\":[");
	for (size_t i = 0; i < KINDS && d->refused[i].n > 0; i++, comma = ",") {
		const char *type = statement_info(d->refused[i].kind)->type,
			   *slug = fault_info(d->refused[i].fault)->slug;

		fprintf(d->c->out, "  refused %6llu  %-24s %-24s %s\n", (unsigned long long)d->refused[i].n, type, slug,
		        d->refused[i].tried ? "tried by a crook" : "");
		put_z(&w, comma);
		put_z(&w, "{\"type\":\"");
		put_z(&w, type);
		put_z(&w, "\",\"fault\":\"");
		put_z(&w, slug);
		put_z(&w, d->refused[i].tried ? "\",\"tried\":true,\"n\":" : "\",\"tried\":false,\"n\":");
		put_u64(&w, d->refused[i].n);
		put_z(&w, "}");
	}
	put_z(&w, "]}");
	cli_answer(d->c, writer_span(&w));
}

int drive(struct cli *c, const struct drive_conf *conf)
{
	static struct driving d;
	struct outlet out = { &d, drive_say, no_paper };
	struct sim_setting set = {
		.seed = conf->seed, .firms = conf->firms, .months = conf->months, .prevalence = conf->prevalence
	};
	int32_t today = date_of(clock_now()).day, day = 0;

	memset(&d, 0, sizeof d);
	d.c = c;
	d.conf = conf;
	d.rc = client_open(c, &d.k);
	if (d.rc == EXIT_GOOD)
		d.rc = client_key(&d.k);
	if (d.rc != EXIT_GOOD)
		return d.rc;
	d.at = date_start((struct date){ today });
	set.from = date_add_months((struct date){ today }, -conf->months);
	d.sim.set = set;
	d.from_ns = clock_ns();
	ask_no_paper(&d);
	if (!shadow_start(&d.shadow, &d.sim, (struct moment){ date_start(set.from).us - DAY_US }))
		return cli_fail(c, EXIT_REFUSED, "no memory for a registry");
	if (d.rc == EXIT_GOOD && sim_start(&d.sim, &set, &out))
		while (d.rc == EXIT_GOOD && sim_day(&d.sim))
			cli_progress(c, "days", (uint64_t)++day, (uint64_t)(today - set.from.day));
	cli_progress(c, "days", 1, 1);
	keep_key(&d);
	tell(&d);
	shadow_stop(&d.shadow);
	sim_end(&d.sim);
	client_close(&d.k);
	return d.rc;
}
