/* SPDX-License-Identifier: Apache-2.0 */
/*
 * actors.h: a registry in memory for tests of the rules: parties with keys, a
 * clock one can turn, and statements written as C, judged by the real decide()
 * without signatures, JSON or database.
 *
 * The world is complete, so decide() never asks; `step` gives the outcome and,
 * when something was logged, moves the log on by one.
 */
#ifndef CF_ACTORS_H
#define CF_ACTORS_H

#include <sys/mman.h>

#include "decide.h"
#include "rule.h"

enum actor {
	OPERATOR,
	REGISTRY,
	ANCHOR,
	SUPPLIER,
	SUPPLIER2,
	BANK_A,
	BANK_B,
	BANK_C,
	REGULATOR,
	MONITOR,   /* a warehouse operator */
	INSPECTOR, /* another one */
	EXCHANGE,  /* a price source */
	WAREHOUSE,
	SURVEYOR,
	INVESTOR,
	ACTORS
};

struct stage {
	struct arena mem, scratch;
	struct world world;
	struct decision d;
	struct moment now;
	uint64_t seq;
	struct uuid party[ACTORS];
	struct hash kid[ACTORS];
	uint64_t ids;
	struct command last;
};

static inline struct arena big_arena(size_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert(at != MAP_FAILED);
	return arena_over(at, len);
}

static inline struct uuid new_id(struct stage *s)
{
	uint8_t random[10] = { 0 };

	be64_put(random + 2, ++s->ids);
	return uuid_v7(s->now, random);
}

static inline struct registry stage_registry(const struct stage *s)
{
	return (struct registry){
		&s->world, s->now, s->seq, S("fingerprint key of the tests, 32 b."), S("test.example/log"), NULL
	};
}

/* An actor's nth key: a real one, for the key manifest is judged by its form. */
static inline struct pubkey actor_pub(enum actor a, unsigned n)
{
	uint8_t seed[SEED_LEN] = { (uint8_t)(a + 1), (uint8_t)n };
	struct privkey k;
	bool ok = privkey_from_seed(ALG_ED25519, seed, &k);

	assert(ok);
	return k.pub;
}

static inline struct command say(struct stage *s, enum statement_kind kind, enum actor who, struct uuid object)
{
	struct command c = { .kind = kind,
		             .id = new_id(s),
		             .object = object,
		             .at = s->now,
		             .kid = s->kid[who],
		             .salt = S("sixteen bytes or more of salt") };
	uint8_t n[8];

	be64_put(n, s->ids);
	c.statement = sha256((struct span){ (const char *)n, sizeof n });
	return c;
}

/* Names the object's latest statement as prev. */
static inline void chain(const struct stage *s, struct command *c, enum table_id t)
{
	const struct row *r = world_find(&s->world, t, key_uuid(c->object));
	const struct table_info *info = table_info(t);

	for (size_t i = 0; r && i < info->n_columns; i++) {
		if (strcmp(info->columns[i].name, "head") != 0)
			continue;
		memcpy(&c->prev, (const char *)r + info->columns[i].offset, sizeof c->prev);
		c->has_prev = true;
	}
}

/* Judges and, when it is logged, enters. */
static inline enum fault step(struct stage *s, const struct command *c)
{
	struct registry r = stage_registry(s);
	enum decide_status st;

	arena_reset(&s->scratch);
	st = decide(&r, c, &s->scratch, &s->d);
	assert(st == DECIDED);
	s->last = *c;
	if (s->d.outcome == OK || fault_info(s->d.outcome)->logged) {
		bool applied = decision_apply(&s->world, &s->d);

		assert(applied);
		s->seq++;
	}
	world_clean(&s->world);
	return s->d.outcome;
}

static inline struct money cny(int64_t minor) { return (struct money){ minor, "CNY" }; }

static inline struct date day(const char *text)
{
	struct date d;
	bool ok = date_parse(span_z(text), &d);

	assert(ok);
	return d;
}
/* When a stage begins: 2026-11-23T08:00:00Z, and the usual dates stand as far from it wherever a test puts it that needs
 * the machine's own clock. */
static int64_t stage_began = INT64_C(1795420800000000);
static inline struct date stage_day(const char *text)
{
	return (struct date){ day(text).day + date_of((struct moment){ stage_began }).day - day("2026-11-23").day };
}

static inline const struct asset *asset_of(const struct stage *s, struct uuid id)
{
	return (const struct asset *)(const void *)world_find(&s->world, TABLE_ASSET, key_uuid(id));
}

static inline const struct encumbrance *enc_of(const struct stage *s, struct uuid id)
{
	return (const struct encumbrance *)(const void *)world_find(&s->world, TABLE_ENCUMBRANCE, key_uuid(id));
}

/* --- statements in one line --- */

static inline enum fault enrol(struct stage *s, enum actor who, int32_t roles, const char *uscc)
{
	static struct pubkey key[ACTORS];
	struct command c;

	s->party[who] = new_id(s);
	key[who] = actor_pub(who, 0);
	s->kid[who] = jwk_thumbprint(&key[who]);
	c = say(s, ST_PARTY_ENROL, OPERATOR, s->party[who]);
	c.body.party_enrol.name = S("a party");
	c.body.party_enrol.country = S("CN");
	c.body.party_enrol.uscc = span_z(uscc);
	c.body.party_enrol.roles = roles;
	c.body.party_enrol.keys = (struct jwks){ &key[who], 1 };
	return step(s, &c);
}

static inline struct command registers(struct stage *s, enum actor creditor, int64_t face, const char *number)
{
	struct command c = say(s, ST_RECEIVABLE_REGISTER, creditor, new_id(s));
	struct body_receivable_register *b = &c.body.receivable_register;

	b->creditor = s->party[creditor];
	b->debtor = s->party[ANCHOR];
	b->face = cny(face);
	b->issue_date = stage_day("2026-11-01");
	b->due_date = stage_day("2027-02-01");
	b->existing = FLAG_YES;
	b->invoice.number = span_z(number);
	return c;
}

static inline struct command confirms(struct stage *s, struct uuid asset)
{
	struct command c = say(s, ST_RECEIVABLE_CONFIRM, ANCHOR, asset);
	const struct asset *a = asset_of(s, asset);

	chain(s, &c, TABLE_ASSET);
	c.body.receivable_confirm.face = cny(a ? a->face : 1);
	c.body.receivable_confirm.due_date = a ? a->due : stage_day("2027-02-01");
	c.body.receivable_confirm.set_off_waived = FLAG_YES;
	return c;
}

static inline struct command grants(struct stage *s, enum actor holder, struct uuid asset, enum actor bank,
                                    int64_t amount)
{
	struct command c = say(s, ST_ENCUMBRANCE_GRANT, holder, new_id(s));
	struct body_encumbrance_grant *b = &c.body.encumbrance_grant;

	b->asset = asset;
	b->kind = ENC_ASSIGNMENT;
	b->secured_party = s->party[bank];
	b->amount = cny(amount);
	b->from = stage_day("2026-11-23");
	return c;
}

/* A year's calendar; `off` and `worked` are static lists. */
static inline struct command calendar(struct stage *s, const char *country, int64_t year, int64_t version,
                                      struct texts off, struct texts worked)
{
	struct command c = say(s, ST_CALENDAR_PUBLISH, OPERATOR, new_id(s));

	c.body.calendar_publish = (struct body_calendar_publish){
		.country = span_z(country), .year = year, .version = version, .off = off, .worked = worked
	};
	return c;
}
/* A week off in February 2027, as China's is around its New Year, and the days of weekends that are worked for it. */
#define DAY(text)                     \
	{                             \
		text, sizeof text - 1 \
	}
static struct span new_year_off[] = { DAY("2027-02-05"), DAY("2027-02-08"), DAY("2027-02-09"),
	                              DAY("2027-02-10"), DAY("2027-02-11"), DAY("2027-02-12") };
static struct span new_year_worked[] = { DAY("2027-01-31"), DAY("2027-02-20") };
#undef DAY
static inline struct command new_year(struct stage *s, const char *country, int64_t version)
{
	return calendar(s, country, 2027, version, (struct texts){ new_year_off, ARRAY_LEN(new_year_off) },
	                (struct texts){ new_year_worked, ARRAY_LEN(new_year_worked) });
}

static inline struct command about(struct stage *s, enum statement_kind kind, enum actor who, struct uuid object)
{
	struct command c = say(s, kind, who, object);

	chain(s, &c, statement_info(kind)->table);
	return c;
}

/* --- goods --- */

static inline struct quantity metric_tons(int64_t n) { return (struct quantity){ n * 1000000, "TNE" }; }

/* A site of the warehouse, for one kind of goods; the surveyor inspects. */
static inline struct command opens_site(struct stage *s, int64_t capacity)
{
	static struct capacity may_hold;
	struct command c = say(s, ST_SITE_REGISTER, WAREHOUSE, new_id(s));
	struct body_site_register *b = &c.body.site_register;

	may_hold = (struct capacity){ S("HRC-Q235B"), metric_tons(capacity) };
	b->name = S("Yard 7");
	b->address = S("Baoshan");
	b->goods = (struct capacities){ &may_hold, 1 };
	b->inspectors = (struct uuids){ &s->party[SURVEYOR], 1 };
	return c;
}

static inline struct command counts_yard(struct stage *s, struct uuid site, int64_t found)
{
	struct command c = say(s, ST_SITE_COUNT, SURVEYOR, site);

	chain(s, &c, TABLE_SITE);
	c.body.site_count.goods_code = S("HRC-Q235B");
	if (found > 0)
		c.body.site_count.quantity = metric_tons(found);
	c.body.site_count.on = date_of(s->now);
	return c;
}

/* One lot, in bulk, in the bin named. The lot is the caller's to keep. */
static inline struct command issues(struct stage *s, struct uuid site, const char *number, struct goods_lot *lot)
{
	struct command c = say(s, ST_RECEIPT_ISSUE, WAREHOUSE, new_id(s));
	struct body_receipt_issue *b = &c.body.receipt_issue;

	b->holder = s->party[SUPPLIER];
	b->site = site;
	b->number = span_z(number);
	b->lots = (struct lots){ lot, 1 };
	b->value = lot->value;
	b->issue_date = date_of(s->now);
	b->storage_until = (struct date){ date_of(s->now).day + 180 };
	return c;
}

static inline struct goods_lot steel(int64_t quantity, int64_t value, const char *bin)
{
	return (struct goods_lot){ .goods = S("HRC-Q235B"),
		                   .grade = S("Q235B"),
		                   .quantity = metric_tons(quantity),
		                   .zone = S("A"),
		                   .bin = span_z(bin),
		                   .value = cny(value) };
}

/* The operator, its rules up to a number (evidence level 0 and no licence, so that no document is needed) and everybody
 * else. */
static inline void stage_begin(struct stage *s, size_t mem, int64_t last_rule)
{
	static const char *const uscc[ACTORS] = { [ANCHOR] = "91310000100000012E",    [SUPPLIER] = "913200002000000346",
		                                  [SUPPLIER2] = "91330000300000056X", [BANK_A] = "91110000400000078U",
		                                  [BANK_B] = "91110000500000090G",    [BANK_C] = "91110000600000012R",
		                                  [REGULATOR] = "11100000700000034H", [MONITOR] = "91120000800000056T",
		                                  [INSPECTOR] = "91210000900000078C", [EXCHANGE] = "12310000110000091M",
		                                  [WAREHOUSE] = "91310000800000056P", [SURVEYOR] = "91310000900000078R",
		                                  [INVESTOR] = "91110000700000045X" };
	static const int32_t role[ACTORS] = {
		[ANCHOR] = ROLE_CORE,         [SUPPLIER] = ROLE_SUPPLIER, [SUPPLIER2] = ROLE_SUPPLIER,
		[BANK_A] = ROLE_BANK,         [BANK_B] = ROLE_BANK,       [BANK_C] = ROLE_BANK,
		[REGULATOR] = ROLE_REGULATOR, [MONITOR] = ROLE_WAREHOUSE, [INSPECTOR] = ROLE_WAREHOUSE,
		[WAREHOUSE] = ROLE_WAREHOUSE, [SURVEYOR] = ROLE_WITNESS,  [EXCHANGE] = ROLE_PRICE_SOURCE,
		[INVESTOR] = ROLE_INVESTOR
	};
	static struct rule_value value[RULE_LIST_MAX];
	static struct pubkey op, reg;
	size_t n;
	const struct rule_info *info = rule_rows(&n);
	struct command c;
	char text[256];
	struct writer w = writer_over(text, sizeof text);
	bool ok;

	memset(s, 0, sizeof *s);
	s->mem = big_arena(mem);
	s->scratch = big_arena(DECIDE_MEM * 2);
	s->now.us = stage_began;
	ok = world_start(&s->world, &s->mem, 1 << 12, true);
	assert(ok);
	while (n > 0 && (int64_t)info[n - 1].number > last_rule)
		n--;
	op = actor_pub(OPERATOR, 0);
	reg = actor_pub(REGISTRY, 0);
	s->party[OPERATOR] = s->party[REGISTRY] = new_id(s);
	s->kid[OPERATOR] = jwk_thumbprint(&op);
	s->kid[REGISTRY] = jwk_thumbprint(&reg);
	for (size_t i = 0; i < n; i++)
		value[i] = (struct rule_value){
			span_z(info[i].id),
			1,
			s->now,
			{ span_z(info[i].unit),
			  info[i].number == RULE_EVIDENCE || info[i].number == RULE_SITE_LICENCE ? 0 : info[i].first }
		};
	c = say(s, ST_LOG_GENESIS, OPERATOR, s->party[OPERATOR]);
	c.body.log_genesis.origin = S("test.example/log");
	c.body.log_genesis.name = S("operator");
	c.body.log_genesis.country = S("CN");
	c.body.log_genesis.key = op;
	c.body.log_genesis.rules = (struct rules){ value, n };
	ok = step(s, &c) == OK;
	assert(ok);
	put_vkey(&w, "test.example/log", &op);
	c = about(s, ST_LOG_KEYS, OPERATOR, s->party[OPERATOR]);
	c.body.log_keys.log_key = writer_span(&w);
	c.body.log_keys.registry_key = reg;
	c.body.log_keys.fingerprint = fingerprint_key_id(stage_registry(s).fp_key);
	ok = step(s, &c) == OK;
	assert(ok);
	for (enum actor a = ANCHOR; a < ACTORS; a++) {
		ok = enrol(s, a, role[a], uscc[a]) == OK;
		assert(ok);
	}
}

static inline void stage_start(struct stage *s, size_t mem) { stage_begin(s, mem, INT64_MAX); }

static inline void stage_end(struct stage *s)
{
	munmap(s->mem.base, s->mem.cap);
	munmap(s->scratch.base, s->scratch.cap);
}
#endif
