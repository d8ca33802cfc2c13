/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask_network.c: who is hurt if a firm stops paying, who stands behind an anchor, what hangs on one supplier, where the
 * money is (network.h).
 *
 * A supervisor is told of the whole network, and of flows between regions only what gives no firm away. A lender is told
 * of the parties of the claims it holds and of its own money in them: of others neither name, nor sum, nor number. What
 * it learns of its own debtors, that a shock would reach them, is what the registry is for.
 *
 * The map is drawn while the detector is held, so it is of one place in the log ("log_position"); it is made of integers
 * by a function of the entries, so whoever folds them draws the same.
 */
#include "network.h"
#include "run/memory.h"
#include "service/detection.h"
#include "service/reader.h"

enum { WORST = 50, PARTIES = 300, SOURCES = 100, CELLS = 1000 };
#define MAP_ROOM ((size_t)16 << 30) /* address space: a map takes some hundred bytes a party */

struct mapping {
	struct uuid lender, of;
	bool own, good;
	uint64_t position;
	struct date month;
	struct arena mem;
	struct own_book book;
	union {
		struct contagion contagion;
		struct tiers tiers;
		struct single_sources sources;
		struct regions regions;
		struct own_regions own_regions;
		struct hanging hanging;
	};
	int64_t owed[WORST]; /* of the worst, to this lender */
	bool known;          /* the party is one the asker may ask about */
	struct writer w;
	struct jcs j;
};

typedef void map_fn(void *arg, const struct detector *d);

/* --- small things --- */

static void put_cny(struct jcs *j, const char *name, int64_t minor)
{
	char text[32];
	struct writer w = writer_over(text, sizeof text);

	put_amount(&w, minor, "CNY");
	jcs_name(j, name);
	jcs_object(j);
	jcs_member_span(j, "amount", writer_span(&w));
	jcs_member_z(j, "currency", "CNY");
	jcs_end_object(j);
}

static void put_party(struct jcs *j, const char *name, struct uuid id)
{
	char text[UUID_TEXT];
	struct writer w = writer_over(text, sizeof text);

	if (uuid_is_nil(id))
		return;
	put_uuid(&w, id);
	jcs_member_span(j, name, writer_span(&w));
}

static void begin_map(struct mapping *m, const struct detector *d)
{
	m->position = detector_next(d);
	m->good = !m->own || network_own(detector_book(d), m->lender, &m->mem, &m->book);
	m->known = m->good && (m->own ? network_own_has(detector_book(d), &m->book, m->of) : detector_knows(d, m->of));
}

/* --- contagion --- */

static void map_contagion(void *arg, const struct detector *d)
{
	struct mapping *m = arg;
	const struct book *b = detector_book(d);

	begin_map(m, d);
	if (!m->known)
		return;
	m->good = m->own ? network_own_contagion(b, &m->book, m->of, WORST, &m->mem, &m->contagion)
	                 : network_contagion(b, m->of, WORST, &m->mem, &m->contagion);
	for (size_t i = 0; m->good && m->own && i < m->contagion.n_worst; i++)
		m->owed[i] = network_own_owed(b, &m->book, m->contagion.worst[i].party);
}

static void put_contagion(struct mapping *m, struct reader *r)
{
	const struct contagion *c = &m->contagion;
	struct jcs *j = &m->j;

	put_party(j, "origin", m->of);
	jcs_member_i64(j, "rounds", c->rounds);
	jcs_member_i64(j, "reached", c->reached);
	put_cny(j, "overdue", c->overdue);
	jcs_member_i64(j, "systemic_ppm", c->systemic);
	jcs_name(j, "items");
	jcs_array(j);
	for (size_t i = 0; i < c->n_worst; i++) {
		const struct hurt *h = &c->worst[i];

		jcs_object(j);
		put_party(j, "party", h->party);
		put_party(j, "through", h->by);
		jcs_member_i64(j, "round", h->round);
		jcs_member_i64(j, "stress_ppm", h->stress);
		if (m->own)
			put_cny(j, "exposure", m->owed[i]);
		put_cny(j, "loss", h->loss);
		jcs_end_object(j);
		look_at(r, h->party);
	}
	jcs_end_array(j);
}

/* --- exposure --- */

static void map_exposure(void *arg, const struct detector *d)
{
	struct mapping *m = arg;

	begin_map(m, d);
	if (m->known)
		m->good = network_exposure(detector_book(d), m->own ? &m->book : NULL, m->of, &m->mem, &m->hanging);
}

static void put_part(struct jcs *j, const char *name, const char *ppm_name, int64_t part, int64_t part_ppm)
{
	put_cny(j, name, part);
	jcs_member_i64(j, ppm_name, part_ppm);
}

static void put_exposure(struct mapping *m, struct reader *r)
{
	const struct hanging *e = &m->hanging;
	struct jcs *j = &m->j;

	(void)r;
	put_party(j, "party", m->of);
	put_cny(j, "book", e->book);
	put_part(j, "owed", "owed_ppm", e->owed, e->owed_ppm);
	put_part(j, "sold", "sold_ppm", e->sold, e->sold_ppm);
	put_part(j, "at_stake", "at_stake_ppm", e->at_stake, e->at_stake_ppm);
	if (e->rank > 0)
		jcs_member_i64(j, "rank", e->rank);
	jcs_member_i64(j, "of", e->of);
}

/* --- tiers --- */

static void map_tiers(void *arg, const struct detector *d)
{
	struct mapping *m = arg;
	size_t n = 0;

	begin_map(m, d);
	if (!m->known)
		return;
	m->good = network_tiers(detector_book(d), m->of, &m->mem, &m->tiers);
	for (size_t i = 0; m->good && m->own && i < m->tiers.n; i++) {
		struct tier_party *p = &m->tiers.party[i];

		if (!network_own_has(detector_book(d), &m->book, p->party))
			continue;
		if (!uuid_eq(p->to, m->of) && !network_own_has(detector_book(d), &m->book, p->to))
			p->to = (struct uuid){ { 0 } };
		m->tiers.party[n++] = *p;
	}
	m->tiers.n = m->own ? n : m->tiers.n;
}

static void put_tier_sums(struct mapping *m)
{
	struct jcs *j = &m->j;

	jcs_name(j, "tiers");
	jcs_array(j);
	for (int64_t t = 1; t <= TIER_MOST && m->tiers.count[t] > 0; t++) {
		jcs_object(j);
		jcs_member_i64(j, "tier", t);
		jcs_member_i64(j, "suppliers", m->tiers.count[t]);
		put_cny(j, "bought", m->tiers.value[t]);
		jcs_end_object(j);
	}
	jcs_end_array(j);
}

static void put_tiers(struct mapping *m, struct reader *r)
{
	struct jcs *j = &m->j;

	put_party(j, "anchor", m->of);
	if (!m->own)
		put_tier_sums(m);
	jcs_name(j, "items");
	jcs_array(j);
	for (size_t i = 0; i < m->tiers.n && i < PARTIES; i++) {
		const struct tier_party *p = &m->tiers.party[i];

		jcs_object(j);
		put_party(j, "party", p->party);
		jcs_member_i64(j, "tier", p->tier);
		put_party(j, "supplies", p->to);
		jcs_member_i64(j, "share_ppm", p->share);
		jcs_end_object(j);
		look_at(r, p->party);
	}
	jcs_end_array(j);
	jcs_member_bool(j, "cut", m->tiers.n > PARTIES);
}

/* --- single sources --- */

/* A lender is told that a debtor of its own hangs on one supplier; who that is, only when it has claims of its own of it. */
static void map_sources(void *arg, const struct detector *d)
{
	struct mapping *m = arg;
	const struct book *b = detector_book(d);
	struct single_sources *s = &m->sources;
	size_t n = 0;

	begin_map(m, d);
	m->known = true;
	m->good = m->good && network_single_sources(b, m->own ? 20 * SOURCES : SOURCES, &m->mem, s);
	for (size_t i = 0; m->good && m->own && i < s->n; i++) {
		if (network_own_owed(b, &m->book, s->at[i].buyer) == 0)
			continue;
		if (!network_own_has(b, &m->book, s->at[i].supplier))
			s->at[i].supplier = (struct uuid){ { 0 } };
		s->at[n++] = s->at[i];
	}
	s->n = m->own ? n : s->n;
}

static void put_sources(struct mapping *m, struct reader *r)
{
	struct jcs *j = &m->j;

	jcs_name(j, "items");
	jcs_array(j);
	for (size_t i = 0; i < m->sources.n && i < SOURCES; i++) {
		const struct single_source *s = &m->sources.at[i];

		jcs_object(j);
		put_party(j, "buyer", s->buyer);
		put_party(j, "supplier", s->supplier);
		jcs_member_span(j, "goods", s->goods);
		jcs_member_i64(j, "share_ppm", s->share);
		if (!m->own)
			put_cny(j, "bought", s->value);
		jcs_member_i64(j, "other_suppliers", s->others);
		jcs_end_object(j);
		look_at(r, s->buyer);
		look_at(r, s->supplier);
	}
	jcs_end_array(j);
}

/* --- regions --- */

static void map_regions(void *arg, const struct detector *d)
{
	struct mapping *m = arg;

	m->known = true;
	m->position = detector_next(d);
	m->good = m->own ? network_own_regions(detector_book(d), m->lender, &m->mem, &m->own_regions)
	                 : network_regions(detector_book(d), m->month, &m->mem, &m->regions);
}

static void put_own_regions(struct mapping *m)
{
	const struct own_regions *r = &m->own_regions;
	struct jcs *j = &m->j;

	put_cny(j, "held", r->all);
	put_cny(j, "largest_debtor", r->largest);
	jcs_member_i64(j, "herfindahl_ppm", r->herfindahl);
	jcs_name(j, "items");
	jcs_array(j);
	for (size_t i = 0; i < r->n && i < CELLS; i++) {
		jcs_object(j);
		jcs_member_span(j, "region", r->at[i].region);
		jcs_member_span(j, "goods", r->at[i].goods);
		put_cny(j, "held", r->at[i].value);
		jcs_member_i64(j, "debtors", r->at[i].debtors);
		jcs_end_object(j);
	}
	jcs_end_array(j);
}

static void put_flows(struct mapping *m)
{
	const struct regions *r = &m->regions;
	struct jcs *j = &m->j;

	jcs_member_i64(j, "suppressed", r->suppressed);
	jcs_name(j, "items");
	jcs_array(j);
	for (size_t i = 0, shown = 0; i < r->n && shown < CELLS; i++) {
		if (r->at[i].suppressed)
			continue;
		shown++;
		jcs_object(j);
		jcs_member_span(j, "from", r->at[i].from);
		jcs_member_span(j, "to", r->at[i].to);
		jcs_member_span(j, "goods", r->at[i].goods);
		put_cny(j, "sold", r->at[i].value);
		jcs_member_i64(j, "sellers", r->at[i].firms);
		jcs_end_object(j);
	}
	jcs_end_array(j);
}

static void put_regions(struct mapping *m, struct reader *r)
{
	(void)r;
	if (m->own)
		put_own_regions(m);
	else
		put_flows(m);
}

/* --- the questions --- */

struct map {
	map_fn *draw;
	void (*put)(struct mapping *m, struct reader *r);
	bool own, of_party, of_month;
};

/* "2026-11" */
static enum fault month_asked(struct question *q, struct date *ret)
{
	char day[10];

	if (q->param[0].len != 7)
		return bad_param(q, "month", "a month, such as 2026-11");
	memcpy(day, q->param[0].at, 7);
	memcpy(day + 7, "-01", 3);
	return date_parse((struct span){ day, sizeof day }, ret) ? OK
	                                                         : bad_param(q, "month", "a month, such as 2026-11");
}

static enum fault may_ask(const struct question *q, const struct map *map)
{
	int32_t roles = map->own ? (int32_t)ROLE_BANK : (int32_t)(ROLE_REGULATOR | ROLE_COURT);

	return (q->who.roles & roles) != 0 ? OK : E_NOT_FOUND;
}

static enum fault answer_map(struct reader *r, const struct map *map, struct mapping *m)
{
	struct question *q = r->q;

	detection_with(r->all->conf.detection, map->draw, m);
	if (!m->good)
		return E_TOO_BIG;
	if (!m->known)
		return diag_set(&q->diag, E_NOT_FOUND, "", "nothing here under this name that you may see");
	r->what = "network";
	r->object = m->of;
	look_at(r, m->of);
	m->w = writer_in(q->mem);
	m->j = jcs_free_order(&m->w);
	jcs_object(&m->j);
	jcs_member_i64(&m->j, "log_position", (int64_t)m->position - 1);
	map->put(m, r);
	jcs_end_object(&m->j);
	q->answer = writer_done(&m->w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

static enum fault ask_map(struct reader *r, const struct map *map)
{
	struct question *q = r->q;
	struct mapping *m = ARENA_NEW(q->mem, struct mapping);
	enum fault f = m ? may_ask(q, map) : E_TOO_BIG;

	if (f == OK && map->of_party)
		f = param_uuid(q, 0, "id", &m->of);
	if (f == OK && map->of_month)
		f = month_asked(q, &m->month);
	if (f == OK && !r->all->conf.detection)
		f = diag_set(&q->diag, E_UNAVAILABLE, "", "no detection runs here");
	if (f != OK)
		return f;
	m->lender = q->who.party;
	m->own = map->own;
	if (!arena_map(&m->mem, MAP_ROOM))
		return E_UNAVAILABLE;
	f = answer_map(r, map, m);
	arena_unmap(&m->mem);
	return f;
}

#define ASK(name, ...)                                         \
	enum fault name(struct question *q, void *reader)      \
	{                                                      \
		static const struct map map = { __VA_ARGS__ }; \
		(void)q;                                       \
		return ask_map(reader, &map);                  \
	}
/* clang-format off */
ASK(ask_own_contagion,   map_contagion, put_contagion, .own = true, .of_party = true)
ASK(ask_own_exposure,    map_exposure,  put_exposure,  .own = true, .of_party = true)
ASK(ask_audit_exposure,  map_exposure,  put_exposure,  .of_party = true)
ASK(ask_own_tiers,       map_tiers,     put_tiers,     .own = true, .of_party = true)
ASK(ask_own_sources,     map_sources,   put_sources,   .own = true)
ASK(ask_own_regions,     map_regions,   put_regions,   .own = true)
ASK(ask_audit_contagion, map_contagion, put_contagion, .of_party = true)
ASK(ask_audit_tiers,     map_tiers,     put_tiers,     .of_party = true)
ASK(ask_audit_sources,   map_sources,   put_sources,   .own = false)
ASK(ask_audit_regions,   map_regions,   put_regions,   .of_month = true)
/* clang-format on */
