/* SPDX-License-Identifier: Apache-2.0 */
/*
 * goods_watch.c: receipts against what lies there (yards.h).
 *
 *   W03  live receipts above what the site can hold
 *   W04  live receipts above what was weighed in and has not left
 *   W05  large amounts in and out on the same day, again and again
 *   W06  a receipt comes back to an earlier owner, and nothing has moved
 *   W07  owner and keeper are related, and nobody independent has counted
 *   W09  a pledge on goods that have lain longer than they keep
 *   W11  a count finds less than live receipts stand for
 *
 * A site that opens with stock has nothing weighed in: its first count stands
 * for that, but not when the site is new and the receipts on it are already a
 * large part of what it can hold.
 */
#include "detecting.h"
#include "kin.h"
#include "yards.h"

enum {
	YOUNG_DAYS = 30,    /* of a site */
	YOUNG_PPM = 250000, /* of its capacity */
	COUNT_DAYS = 60,    /* an independent count vouches for so long */
	BUSY_DAYS = 30,     /* W05: so many days back */
	HELD_MOST = 16,     /* receipts held at a count that falls short, newest first */
};
static const int64_t busy_micro = INT64_C(500) * 1000000; /* 500 t, in millionths of a tonne */

struct goods {
	struct yards yards;
	struct dense busy; /* int32_t by store: day W05 was said */
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct goods *x = state;

	(void)b;
	yards_start(&x->yards, mem);
	dense_start(&x->busy, mem, sizeof(int32_t));
	return true;
}

/* a as ppm of b; b may be 0. */
#define SHARE_MOST INT64_C(10000000000000) /* of nothing: ten million times as much, said as such */
static int64_t share(int64_t a, int64_t b)
{
	int64_t x = b > 0 ? ppm(a, b) : a > 0 ? SHARE_MOST : 0;

	return x > SHARE_MOST ? SHARE_MOST : x;
}

/* --- at an issue --- */

static void find_capacity(struct sighting *g, const struct store *x)
{
	struct finding_made *made;

	if (x->capacity_seq == 0 || share(x->live, x->capacity) <= threshold(g, SIGNAL_W03))
		return;
	made = find_on_asset(g, SIGNAL_W03, SEVERITY_BLOCK, g->s->c->object);
	made->value = share(x->live, x->capacity);
	finding_says(made, "live receipts are %d %% of what the site can hold", (int)(made->value / 10000));
	finding_cites(made, x->capacity_seq);
}

/* Weighed in, or on opening a site counted by somebody else than its keeper. */
static void find_inbound(struct sighting *g, const struct site_seen *site, const struct store *x)
{
	int64_t inside = x->weighed_in - x->delivered, over;
	bool young = days_between(site->at, g->s->at) < YOUNG_DAYS;
	struct finding_made *made;

	if (x->in_seq == 0 && x->counted_seq != 0) {
		if (!young || share(x->live, x->capacity) <= YOUNG_PPM)
			return;
		inside = 0;
	}
	over = share(x->live - inside, inside);
	if (x->live <= inside || over <= threshold(g, SIGNAL_W04))
		return;
	made = find_on_asset(g, SIGNAL_W04, SEVERITY_BLOCK, g->s->c->object);
	made->value = over;
	if (x->in_seq == 0)
		finding_says(made, "nothing was ever weighed in, and receipts stand for %d %% of a new site's capacity",
		             (int)(share(x->live, x->capacity) / 10000));
	else
		finding_says(made, "receipts stand for %lld thousandths of a unit more than came in and stayed",
		             (long long)((x->live - inside) / 1000));
	if (x->in_seq != 0)
		finding_cites(made, x->in_seq);
	if (x->counted_seq != 0)
		finding_cites(made, x->counted_seq);
	finding_cites(made, site->seq);
}

static void find_keeper(struct sighting *g, const struct site_seen *site, const struct store *x, uint32_t holder)
{
	bool counted = x && x->counted_seq != 0 && date_of(g->s->at).day - x->counted_on <= COUNT_DAYS;
	enum severity most = counted ? SEVERITY_FLAG : SEVERITY_BLOCK;
	struct finding_made *made;
	struct kin k;

	if (site->keeper == NOWHERE || holder == NOWHERE || holder == site->keeper)
		return;
	k = kin_between(g->book, holder, site->keeper, 2);
	/* A telephone that a few share tells little; of a new keeper, whose goods nobody has counted, it is enough. */
	if (k.hops == 0 && !counted && days_between(site->at, g->s->at) < YOUNG_DAYS)
		k = kin_direct(g->book, holder, site->keeper);
	if (k.hops == 0 || k.shared < threshold(g, SIGNAL_W07))
		return;
	if (same_group(g->book, holder, site->keeper)) /* a group's own warehouse, as it has declared */
		most = SEVERITY_INFO;
	made = find_on_asset(g, SIGNAL_W07, most, g->s->c->object);
	made->value = k.shared;
	made->bits = k.bits;
	finding_says(made, "owner and keeper have %u ties in common over %u hops; %s", k.shared, k.hops,
	             counted ? "the goods were counted by others" : "nobody else has counted the goods");
	for (unsigned i = 0; i < k.n_cites; i++)
		finding_cites(made, k.cites[i]);
}

static void see_issue(struct goods *x, struct sighting *g)
{
	uint32_t n = yards_receipt(&x->yards, g->s->c->object);
	const struct receipt_seen *r = n == NOWHERE ? NULL : receipt_at(&x->yards, n);
	const struct site_seen *site;

	if (!r)
		return;
	site = site_at(&x->yards, r->site);
	for (unsigned i = 0; i < r->n_parts; i++) {
		const struct store *s = store_at(&x->yards, part_at(&x->yards, r->part[i])->store);

		find_capacity(g, s);
		find_inbound(g, site, s);
	}
	find_keeper(g, site, r->n_parts ? store_at(&x->yards, part_at(&x->yards, r->part[0])->store) : NULL,
	            r->owner[0].party);
}

/* --- at a transfer --- */

/* Straight back is a repurchase, which is shown; by way of a third it is a carousel. */
static void see_attorn(struct goods *x, struct sighting *g)
{
	uint32_t n = yards_receipt(&x->yards, g->s->c->object);
	const struct receipt_seen *r = n == NOWHERE ? NULL : receipt_at(&x->yards, n);
	const struct owner *now;

	if (!r || r->n_owners < 3)
		return;
	now = &r->owner[r->n_owners - 1];
	for (unsigned i = r->n_owners - 1; i-- > 0;) {
		const struct owner *left = &r->owner[i + 1]; /* when title went on from i */
		struct finding_made *made;

		if (r->owner[i].party != now->party || now->day - left->day > threshold(g, SIGNAL_W06))
			continue;
		made = find_on_asset(g, SIGNAL_W06, r->n_owners - 1 - i > 2 ? SEVERITY_BLOCK : SEVERITY_FLAG, r->id);
		made->value = now->day - left->day;
		finding_says(made, "back with an earlier owner after %u transfers in %d days, and nothing has moved",
		             r->n_owners - 1 - i, now->day - left->day);
		for (unsigned k = i; k < r->n_owners; k++)
			finding_cites(made, r->owner[k].seq);
		return;
	}
}

/* --- movements and counts --- */

static int64_t tonnes_micro(const struct store *x, int64_t micro)
{
	return memcmp(x->unit, "TNE", 4) == 0 ? micro : memcmp(x->unit, "KGM", 4) == 0 ? micro / 1000 : 0;
}

static bool find_busy(struct goods *g, struct sighting *sight, uint32_t store)
{
	const struct store *x = store_at(&g->yards, store);
	int32_t today = date_of(sight->s->at).day, *said = dense_reach(&g->busy, store);
	unsigned days = 0;
	struct finding_made *made;

	if (!said)
		return false;
	if (x->day != today || tonnes_micro(x, x->in_today < x->out_today ? x->in_today : x->out_today) < busy_micro)
		return true;
	for (unsigned i = 0; i < x->n_both && i < DAYS_KEPT; i++)
		days += today - x->both[i] < BUSY_DAYS;
	if (days < threshold(sight, SIGNAL_W05) || site_at(&g->yards, x->site)->keeper == NOWHERE ||
	    (*said && today < *said + BUSY_DAYS))
		return true;
	*said = today;
	made = find_on_party(sight, SIGNAL_W05, SEVERITY_FLAG, site_at(&g->yards, x->site)->keeper);
	made->value = days;
	finding_says(made, "500 t or more in and out on one day, on %u days of %d", days, BUSY_DAYS);
	if (x->in_seq != sight->s->seq && x->in_seq != 0)
		finding_cites(made, x->in_seq);
	return true;
}

/* Nobody knows whose goods are missing; the newest receipts, as many as would account for it, are held. */
static void find_short(struct goods *g, struct sighting *sight, uint32_t store)
{
	const struct store *x = store_at(&g->yards, store);
	int64_t missing = share(x->live - x->counted, x->live), short_by = x->live - x->counted;
	struct finding_made *made;
	unsigned n = 0;

	if (x->counted_seq != sight->s->seq || x->live <= x->counted || missing <= threshold(sight, SIGNAL_W11))
		return;
	for (uint32_t i = x->newest; i != NOWHERE && short_by > 0 && n < HELD_MOST; i = part_at(&g->yards, i)->older) {
		const struct receipt_part *p = part_at(&g->yards, i);

		if (p->micro <= 0)
			continue;
		n++;
		short_by -= p->micro;
		made = find_on_asset(sight, SIGNAL_W11, SEVERITY_BLOCK, receipt_at(&g->yards, p->receipt)->id);
		made->value = missing;
		finding_says(made, "the count found %d.%d %% less than live receipts stand for", (int)(missing / 10000),
		             (int)(missing / 1000 % 10));
		finding_cites(made, receipt_at(&g->yards, p->receipt)->seq);
	}
}

static bool see_count(struct goods *x, struct sighting *g)
{
	uint32_t site = yards_site(&x->yards, g->s->c->object), store;

	if (site == NOWHERE || (store = yards_store(&x->yards, site, g->s->c->body.site_count.goods_code)) == NOWHERE)
		return true;
	find_short(x, g, store);
	return find_busy(x, g, store);
}

static bool see_deliver(struct goods *x, struct sighting *g)
{
	uint32_t n = yards_receipt(&x->yards, g->s->c->object);

	for (unsigned i = 0; n != NOWHERE && i < receipt_at(&x->yards, n)->n_parts; i++)
		if (!find_busy(x, g, part_at(&x->yards, receipt_at(&x->yards, n)->part[i])->store))
			return false;
	return true;
}

static void see_pledge(struct goods *x, struct sighting *g)
{
	uint32_t n = yards_receipt(&x->yards, g->s->c->body.encumbrance_grant.asset);
	const struct receipt_seen *r = n == NOWHERE ? NULL : receipt_at(&x->yards, n);
	int64_t days = r ? days_between(r->at, g->s->at) : 0;
	struct finding_made *made;

	if (!r || days <= threshold(g, SIGNAL_W09))
		return;
	made = find_on_asset(g, SIGNAL_W09, SEVERITY_FLAG, r->id);
	made->value = days;
	finding_says(made, "the goods have lain for %lld days", (long long)days);
	finding_cites(made, r->seq);
}

static bool see(void *state, struct sighting *g)
{
	struct goods *x = state;
	enum statement_kind kind = g->s->c->kind;

	if (!yards_see(&x->yards, g->book, g->s))
		return false;
	if (g->s->outcome != OK)
		return true;
	if (kind == ST_RECEIPT_ISSUE)
		see_issue(x, g);
	else if (kind == ST_RECEIPT_ATTORN)
		see_attorn(x, g);
	else if (kind == ST_ENCUMBRANCE_GRANT)
		see_pledge(x, g);
	else if (kind == ST_SITE_COUNT)
		return see_count(x, g);
	else if (kind == ST_RECEIPT_DELIVER)
		return see_deliver(x, g);
	return true;
}

const struct module goods_module = { .name = "goods", .size = sizeof(struct goods), .start = start, .see = see };
