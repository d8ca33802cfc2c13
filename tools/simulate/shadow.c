/* SPDX-License-Identifier: Apache-2.0 */
/* shadow.c: see shadow.h. */
#include "shadow.h"

#include "rule.h"
#include "run/memory.h"

#define SHADOW_MEM ((size_t)1 << 38) /* address space */
static const char origin[] = "simulated.example/log";
static const char fingerprints[] = "fingerprint key of the economy..";

struct privkey firm_key(const struct sim *s, uint32_t firm, uint32_t nth)
{
	uint8_t seed[SEED_LEN] = { 0 };
	struct draw d = draw_fork(s->set.seed, UINT64_C(0x6b6579) << 32 | firm);
	struct privkey k;
	bool ok;

	for (uint32_t i = 0; i < 4; i++)
		be64_put(seed + 8 * i, draw_bits(&d) + nth);
	ok = privkey_from_seed(ALG_ED25519, seed, &k);
	assert(ok);
	(void)ok;
	return k;
}

static struct registry registry_of(const struct shadow *r, struct moment now)
{
	return (struct registry){
		.world = &r->world, .now = now, .seq = r->seq, .fp_key = span_z(fingerprints), .origin = span_z(origin)
	};
}

/* --- the envelope --- */

static void chain(const struct shadow *r, struct command *c)
{
	const struct statement_info *st = statement_info(c->kind);
	const struct row *row;
	const struct table_info *info;

	if (st->mode == CREATES || st->mode == LOOSE || st->table == TABLE_NONE)
		return;
	row = world_find(&r->world, st->table, key_uuid(c->object));
	info = table_info(st->table);
	for (size_t i = 0; row && i < info->n_columns; i++) {
		if (strcmp(info->columns[i].name, "head") != 0)
			continue;
		memcpy(&c->prev, (const char *)row + info->columns[i].offset, sizeof c->prev);
		c->has_prev = true;
	}
}

/* Whoever is enrolled gets a key, and a key that is enrolled is the party's next one. */
static void add_keys(const struct shadow *r, struct command *c, struct pubkey *room)
{
	const struct sim *s = r->sim;
	uint32_t i = 0;

	if (c->kind != ST_PARTY_ENROL && c->kind != ST_KEY_ENROL)
		return;
	for (i = s->n_firms; i-- > 0;)
		if (uuid_eq(s->firm[i].id, c->object))
			break;
	if (c->kind == ST_PARTY_ENROL) {
		*room = firm_key(s, i, 0).pub;
		c->body.party_enrol.keys = (struct jwks){ room, 1 };
	} else {
		c->body.key_enrol.jwk = firm_key(s, i, s->firm[i].keys).pub;
	}
}

static struct hash next_hash(struct shadow *r, const struct command *c)
{
	char text[64 + sizeof c->body];
	struct writer w = writer_over(text, sizeof text);

	put_span(&w, (struct span){ (const char *)r->digest.b, HASH_LEN });
	put_i64(&w, (int64_t)c->kind);
	put_span(&w, (struct span){ (const char *)c->id.b, 16 });
	put_span(&w, (struct span){ (const char *)c->object.b, 16 });
	put_i64(&w, c->at.us);
	return r->digest = sha256(writer_span(&w));
}

/* --- deciding --- */

enum fault shadow_enter(struct shadow *r, struct command *c, struct moment now)
{
	struct registry g = registry_of(r, now);
	enum decide_status st;
	bool logged;

	arena_reset(&r->scratch);
	st = decide(&g, c, &r->scratch, &r->d);
	assert(st == DECIDED);
	(void)st;
	logged = r->d.outcome == OK || fault_info(r->d.outcome)->logged;
	if (logged) {
		struct seen e = { r->seq, now, r->d.outcome, r->d.issuer, r->d.issuer, c };

		if (!decision_apply(&r->world, &r->d))
			abort();
		r->seq++;
		r->entries++;
		if (r->entered)
			r->entered(r->arg, &e);
	}
	r->refused += r->d.outcome != OK;
	world_clean(&r->world);
	return r->d.outcome;
}

static struct hash thumbprint_of(const struct sim *s, uint32_t firm, uint32_t nth)
{
	struct pubkey pub = firm_key(s, firm, nth).pub;

	return jwk_thumbprint(&pub);
}

static struct hash kid_of(struct sim *s, uint32_t firm, uint32_t nth)
{
	struct hash *kept = nth < ARRAY_LEN(s->firm[firm].kid) ? &s->firm[firm].kid[nth] : NULL;

	if (!kept)
		return thumbprint_of(s, firm, nth);
	if (hash_is_zero(*kept))
		*kept = thumbprint_of(s, firm, nth);
	return *kept;
}

static enum fault shadow_say(void *arg, const struct said *x)
{
	struct shadow *r = arg;
	struct command c = *x->c;
	struct pubkey room;

	add_keys(r, &c, &room);
	c.kid = kid_of(r->sim, x->speaker, x->key);
	c.salt = S("sixteen bytes or more of salt");
	c.statement = next_hash(r, &c);
	chain(r, &c);
	return shadow_enter(r, &c, x->at);
}

void shadow_complete(const struct shadow *r, struct command *c, struct pubkey *room)
{
	add_keys(r, c, room);
	chain(r, c);
}

struct hash shadow_kid(struct shadow *r, uint32_t firm, uint32_t nth) { return kid_of(r->sim, firm, nth); }

static void put_ids(struct writer *w, const struct firm *f) { put_z(w, f->uscc); }

static void shadow_submit(void *arg, const struct paper *p)
{
	struct shadow *r = arg;
	struct evidence doc;
	char issuer[24], recipient[24];
	struct writer a = writer_over(issuer, sizeof issuer), b = writer_over(recipient, sizeof recipient);

	put_ids(&a, &r->sim->firm[p->issuer]);
	put_ids(&b, &r->sim->firm[p->recipient]);
	memset(&doc, 0, sizeof doc);
	row_init(&doc.row, TABLE_DOCUMENT, key_hash(p->id));
	doc.row.exists = true;
	doc.sha256 = p->id;
	doc.kind = p->kind;
	doc.level = 1;
	doc.payable = p->payable.minor;
	memcpy(doc.ccy.at, p->payable.ccy, sizeof doc.ccy.at);
	doc.issued = p->issued;
	doc.number = p->number;
	doc.preceding = p->corrects;
	doc.issuer_ids = writer_span(&a);
	doc.recipient_ids = writer_span(&b);
	if (!world_put(&r->world, &doc.row))
		abort();
}

struct outlet shadow_outlet(struct shadow *r) { return (struct outlet){ r, shadow_say, shadow_submit }; }

/* --- genesis --- */

static struct command by_operator(struct shadow *r, enum statement_kind kind, struct uuid self, struct moment at)
{
	struct command c = { .kind = kind, .object = self, .at = at, .salt = S("sixteen bytes or more of salt") };

	c.id = self;
	c.id.b[0] ^= (uint8_t)kind;
	c.kid = thumbprint_of(r->sim, OPERATOR_FIRM, 0);
	c.statement = next_hash(r, &c);
	chain(r, &c);
	return c;
}

/* The rules of a new registry; but that no document and no licence is asked for, for the economy has no paper. */
static enum fault genesis(struct shadow *r, struct uuid self, struct moment at)
{
	static struct rule_value value[RULE_LIST_MAX];
	size_t n;
	const struct rule_info *info = rule_rows(&n);
	struct command c;
	struct pubkey op = firm_key(r->sim, OPERATOR_FIRM, 0).pub;
	char text[256];
	struct writer w = writer_over(text, sizeof text);
	enum fault f;

	for (size_t i = 0; i < n; i++) {
		bool none = info[i].number == RULE_EVIDENCE || info[i].number == RULE_SITE_LICENCE;

		value[i] = (struct rule_value){
			span_z(info[i].id), 1, at, { span_z(info[i].unit), none ? 0 : info[i].first }
		};
	}
	c = by_operator(r, ST_LOG_GENESIS, self, at);
	c.body.log_genesis = (struct body_log_genesis){
		.origin = span_z(origin), .name = S("operator"), .country = S("CN"), .key = op, .rules = { value, n }
	};
	f = shadow_enter(r, &c, at);
	if (f != OK)
		return f;
	put_vkey(&w, origin, &op);
	c = by_operator(r, ST_LOG_KEYS, self, at);
	c.body.log_keys.log_key = writer_span(&w);
	c.body.log_keys.registry_key = firm_key(r->sim, REGISTRY_FIRM, 0).pub;
	c.body.log_keys.fingerprint = fingerprint_key_id(span_z(fingerprints));
	return shadow_enter(r, &c, at);
}

bool shadow_start(struct shadow *r, struct sim *sim, struct moment at)
{
	struct draw d = draw_fork(sim->set.seed, 99);
	uint8_t random[10];

	memset(r, 0, sizeof *r);
	r->sim = sim;
	be64_put(random, draw_bits(&d));
	be16_put(random + 8, 1);
	return arena_map(&r->mem, SHADOW_MEM) && arena_map(&r->scratch, DECIDE_MEM * 2) &&
	       world_start(&r->world, &r->mem, (size_t)1 << 20, true) && genesis(r, uuid_v7(at, random), at) == OK;
}

void shadow_stop(struct shadow *r)
{
	arena_unmap(&r->mem);
	arena_unmap(&r->scratch);
}
