/* SPDX-License-Identifier: Apache-2.0 */
/* deciding.c: rows, refusals and questions the rules share; see deciding.h. */
#include "deciding.h"

#include "balance.h"

/* --- rows --- */

static struct row *edited(const struct decision *d, enum table_id t, struct row_key k)
{
	for (unsigned i = 0; i < d->n_changes; i++)
		if (d->change[i]->table == t && memcmp(d->change[i]->key, k.b, sizeof k.b) == 0)
			return d->change[i];
	return NULL;
}

static void want(struct decision *d, struct want w)
{
	for (unsigned i = 0; i < d->n_wants; i++) {
		struct want *have = &d->want[i];

		if (have->table != w.table || have->children != w.children ||
		    memcmp(have->key.b, w.key.b, sizeof w.key.b) != 0)
			continue;
		have->fresh = have->fresh && w.fresh;
		return;
	}
	if (d->n_wants < WANTS_MAX) /* a later round asks for the rest */
		d->want[d->n_wants++] = w;
}

static enum fault find_row(struct deciding *g, enum table_id t, struct row_key k, bool fresh, const struct row **ret)
{
	const struct row *r = edited(g->d, t, k);

	if (!r)
		r = world_find(g->r->world, t, k);
	*ret = r && r->exists ? r : NULL;
	if (g->r->world->complete || (r && (fresh || !r->assumed)))
		return OK;
	want(g->d, (struct want){ .table = t, .key = k, .fresh = fresh });
	return FAULT_WANT;
}

enum fault get_row(struct deciding *g, enum table_id t, struct row_key k, const struct row **ret)
{
	return find_row(g, t, k, false, ret);
}

enum fault get_new_row(struct deciding *g, enum table_id t, struct row_key k, const struct row **ret)
{
	return find_row(g, t, k, true, ret);
}

void hint_row(struct deciding *g, enum table_id t, struct row_key k, bool fresh)
{
	const struct row *r;

	(void)find_row(g, t, k, fresh, &r);
}

void hint_asset(struct deciding *g, const struct asset *a)
{
	if (g->r->world->complete)
		return;
	hint_row(g, TABLE_PARTY, key_uuid(a->creditor), false);
	if (!uuid_is_nil(a->debtor))
		hint_row(g, TABLE_PARTY, key_uuid(a->debtor), false);
	if (!uuid_is_nil(a->hold))
		hint_row(g, TABLE_HOLD, key_uuid(a->hold), false);
	if (!uuid_is_nil(a->lineage))
		hint_row(g, TABLE_LINEAGE, key_uuid(a->lineage), false);
}

struct row *edit_row(struct deciding *g, const struct row *r)
{
	struct row_key k;
	struct row *copy;

	memcpy(k.b, r->key, sizeof k.b);
	copy = edited(g->d, r->table, k);
	if (copy)
		return copy;
	copy = arena_take(g->mem, table_info(r->table)->size);
	assert(copy != NULL); /* decide() demanded DECIDE_MEM */
	assert(g->d->n_changes < CHANGES_MAX);
	memcpy(copy, r, table_info(r->table)->size);
	g->d->change[g->d->n_changes++] = copy;
	return copy;
}

struct row *new_row(struct deciding *g, enum table_id t, struct row_key k)
{
	struct row *r = edited(g->d, t, k);

	assert(r == NULL);
	r = arena_take(g->mem, table_info(t)->size);
	assert(r != NULL);
	assert(g->d->n_changes < CHANGES_MAX);
	row_init(r, t, k);
	g->d->change[g->d->n_changes++] = r;
	return r;
}

/* The asset's encumbrances as the world has them, linked by sibling; NULL for one made by this very statement. */
static enum fault children_of(struct deciding *g, const struct asset *a, const struct row **ret)
{
	struct row_key k = key_uuid(a->id);
	const struct row *home = world_find(g->r->world, TABLE_ASSET, k);

	*ret = home ? home->children : NULL;
	if (!home || home->children_known || g->r->world->complete)
		return OK;
	want(g->d, (struct want){ .table = TABLE_ASSET, .key = k, .children = true });
	return FAULT_WANT;
}

enum fault standing_of(struct deciding *g, const struct asset *a, struct uuid party, struct standing *ret)
{
	const struct row *first;
	enum fault f = children_of(g, a, &first);

	*ret = (struct standing){ 0 };
	for (const struct row *r = f == OK ? first : NULL; r; r = r->sibling) {
		const struct encumbrance *e = (const struct encumbrance *)(const void *)r;

		if (!encumbrance_binds(e->state) || !uuid_eq(e->secured, party))
			continue;
		ret->binds = true;
		ret->enforces |= e->state == ENCUMBRANCE_ENFORCED;
		ret->open += e->open;
	}
	return f;
}

enum fault see_children(struct deciding *g, const struct asset *a, const struct encumbrance **ret, size_t *n)
{
	const struct row *first;
	enum fault f = children_of(g, a, &first);

	*n = 0;
	if (f != OK)
		return f;
	for (const struct row *r = first; r; r = r->sibling) {
		const struct encumbrance *e = (const struct encumbrance *)(const void *)r;

		if (e->state != ENCUMBRANCE_GRANTED && !encumbrance_binds(e->state))
			continue;
		assert(*n < ENCUMBRANCES_MAX);
		ret[(*n)++] = e;
	}
	return OK;
}

enum fault edit_children(struct deciding *g, const struct asset *a, struct encumbrance **ret, size_t *n)
{
	const struct encumbrance *e[ENCUMBRANCES_MAX];
	enum fault f = see_children(g, a, e, n);

	if (f != OK)
		return f;
	for (size_t x = 0; x < *n; x++)
		ret[x] = edit_encumbrance(g, e[x]);
	serve_order(ret, *n);
	return OK;
}

/* --- refusing --- */

enum fault refuse(struct deciding *g, enum fault f, const char *pointer, const char *detail)
{
	return diag_set(&g->d->diag, f, pointer, detail);
}

enum fault refuse_rule(struct deciding *g, enum fault f, const char *pointer, const char *detail)
{
	struct writer w = writer_over(g->d->diag.rule, sizeof g->d->diag.rule - 1);

	assert(g->d->n_rules > 0);
	put_rule_id(&w, g->d->rule[g->d->n_rules - 1]);
	assert(!w.overflow);
	g->d->diag.rule[w.len] = 0;
	return refuse(g, f, pointer, detail);
}

/* --- rules as data --- */

int64_t rule_latest(const struct deciding *g, int64_t country, int64_t rule)
{
	int64_t latest = 0;

	for (const struct row *r = g->r->world->rules; r; r = r->sibling) {
		int64_t id = ((const struct rule *)(const void *)r)->id;

		if (id / RULE_VERSIONS == rule_row_in(country, rule, 0) / RULE_VERSIONS &&
		    rule_row_version(id) > latest)
			latest = rule_row_version(id);
	}
	return latest;
}

/* Notes in the decision that this version was applied; the one applied last stands last, where refuse_rule finds it. */
static void note_rule(struct deciding *g, int64_t id)
{
	struct decision *d = g->d;

	for (unsigned i = 0; i < d->n_rules; i++) {
		if (d->rule[i] != id)
			continue;
		d->rule[i] = d->rule[d->n_rules - 1];
		d->rule[d->n_rules - 1] = id;
		return;
	}
	assert(d->n_rules < RULES_USED_MAX);
	d->rule[d->n_rules++] = id;
}

/* An auditor's question: what, if the rule had said this? */
static const struct rule_instead *asked_instead(const struct deciding *g, int64_t country, enum rule_number rule)
{
	const struct world *w = g->r->world;

	for (size_t i = 0; i < w->n_instead; i++)
		if (w->instead[i].country == country && w->instead[i].rule == (int64_t)rule &&
		    w->instead[i].effective.us <= g->r->now.us)
			return &w->instead[i];
	return NULL;
}

bool rule_in_force(struct deciding *g, int64_t country, enum rule_number rule, int64_t *ret)
{
	const struct rule_instead *other = asked_instead(g, country, rule);
	const struct rule *best = NULL;

	if (other) {
		note_rule(g, rule_row_in(country, rule, 0));
		*ret = other->value;
		return true;
	}
	for (const struct row *r = g->r->world->rules; r; r = r->sibling) {
		const struct rule *x = (const struct rule *)(const void *)r;

		if (x->id / RULE_VERSIONS != rule_row_in(country, rule, 0) / RULE_VERSIONS ||
		    x->effective.us > g->r->now.us)
			continue;
		if (!best || x->id > best->id)
			best = x;
	}
	if (!best)
		return false;
	note_rule(g, best->id);
	*ret = best->value;
	return true;
}

int64_t rule_value_or(struct deciding *g, enum rule_number rule, int64_t otherwise)
{
	int64_t value;

	return rule_in_force(g, 0, rule, &value) ? value : otherwise;
}

int64_t rule_value(struct deciding *g, enum rule_number rule)
{
	return rule_value_or(g, rule, rule_info(rule)->first); /* before genesis, or in an older log */
}

/* Some country has a version of its own: only then is the debtor's country asked for, which costs a row. */
static bool differs_by_country(const struct deciding *g, enum rule_number rule)
{
	for (const struct row *r = g->r->world->rules; r; r = r->sibling) {
		int64_t id = ((const struct rule *)(const void *)r)->id;

		if (rule_row_number(id) == (int64_t)rule && rule_row_country(id) != 0)
			return true;
	}
	for (size_t i = 0; i < g->r->world->n_instead; i++)
		if (g->r->world->instead[i].rule == (int64_t)rule && g->r->world->instead[i].country != 0)
			return true;
	return false;
}

enum fault rule_for(struct deciding *g, enum rule_number rule, struct uuid debtor, int64_t *ret)
{
	const struct party *p = NULL;

	assert(rule_by_country(rule));
	if (!uuid_is_nil(debtor) && differs_by_country(g, rule)) {
		enum fault f = get_party(g, debtor, &p);

		if (f != OK)
			return f;
	}
	if (p && country_code(p->country) != 0 && rule_in_force(g, country_code(p->country), rule, ret))
		return OK;
	/* In a log older than the rule: those from 70 on bind nobody then, those before say what they said at first (rule.def). */
	if (!rule_in_force(g, 0, rule, ret))
		*ret = rule < RULE_TERM_LEAST ? rule_info(rule)->first : RULE_OFF;
	return OK;
}

/* --- parties --- */

enum fault need_party(struct deciding *g, struct uuid id, const char *pointer, const struct party **ret)
{
	enum fault f = get_party(g, id, ret);

	if (f != OK)
		return f;
	return *ret ? OK : refuse(g, E_UNKNOWN_PARTY, pointer, "no party of this id is enrolled");
}

enum fault need_active_party(struct deciding *g, struct uuid id, const char *pointer, const struct party **ret)
{
	enum fault f = need_party(g, id, pointer, ret);

	if (f != OK)
		return f;
	if ((*ret)->state != PARTY_ACTIVE)
		return refuse(g, E_PARTY_SUSPENDED, pointer, "this party is suspended");
	return OK;
}

bool is_actor(const struct deciding *g, struct uuid party) { return uuid_eq(g->actor, party); }

enum fault need_actor(struct deciding *g, struct uuid party, const char *who)
{
	return is_actor(g, party) ? OK : refuse(g, E_NOT_AUTHORISED, "", who);
}

struct span party_identifier(const struct party *p, struct arena *mem)
{
	struct writer w;
	char *at;

	if (p->identifier.len > 0)
		return p->identifier;
	at = arena_take(mem, UUID_TEXT);
	assert(at != NULL);
	w = writer_over(at, UUID_TEXT);
	put_uuid(&w, p->id);
	return writer_span(&w);
}

/* --- objects --- */

enum fault the_asset(struct deciding *g, const struct asset **ret)
{
	enum fault f = get_asset(g, g->c->object, ret);

	if (f != OK)
		return f;
	return *ret ? OK : refuse(g, E_UNKNOWN_OBJECT, "/object", "no asset of this id is registered");
}

enum fault the_encumbrance(struct deciding *g, const struct encumbrance **ret, const struct asset **asset)
{
	enum fault f = get_encumbrance(g, g->c->object, ret);

	if (f != OK)
		return f;
	if (!*ret)
		return refuse(g, E_UNKNOWN_OBJECT, "/object", "no encumbrance of this id exists");
	f = get_asset(g, (*ret)->asset, asset);
	assert(f != OK || *asset != NULL); /* an encumbrance without its asset cannot have been accepted */
	return f;
}

enum fault need_unfrozen(struct deciding *g, const struct asset *a)
{
	const struct party *creditor;
	enum fault f = get_party(g, a->creditor, &creditor);

	if (f != OK)
		return f;
	assert(creditor != NULL);
	if (a->freezes > 0 || creditor->freezes > 0)
		return refuse(g, E_FROZEN, "/object", "a freeze stands on the asset or on its creditor");
	return OK;
}

enum fault live_hold(struct deciding *g, const struct asset *a, const struct hold **ret)
{
	enum fault f;

	*ret = NULL;
	if (uuid_is_nil(a->hold))
		return OK;
	f = get_hold(g, a->hold, ret);
	if (f == OK && *ret && ((*ret)->state != HOLD_LIVE || (*ret)->until.us <= g->r->now.us))
		*ret = NULL;
	return f;
}

enum fault need_amount(struct deciding *g, const struct asset *a, struct money m, const char *pointer)
{
	if (memcmp(m.ccy, a->ccy.at, sizeof m.ccy) != 0)
		return refuse(g, E_CURRENCY_MISMATCH, pointer, "the asset is in another currency");
	if (m.minor <= 0)
		return refuse(g, E_ZERO_AMOUNT, pointer, "the amount must be more than zero");
	return OK;
}

enum fault need_document(struct deciding *g, struct hash sha256, const char *pointer)
{
	const struct evidence *doc;
	enum fault f;

	if (hash_is_zero(sha256))
		return OK;
	f = get_evidence(g, sha256, &doc);
	if (f != OK)
		return f;
	return doc ? OK : refuse(g, E_UNKNOWN_DOCUMENT, pointer, "submit it to /v1/documents first");
}

/* --- claims: what may exist once --- */

bool fp_is_zero(struct fp16 f)
{
	static const struct fp16 zero;

	return memcmp(f.b, zero.b, sizeof f.b) == 0;
}

enum fault claim_take(struct deciding *g, struct fp16 fp, enum claim_kind kind, struct uuid object, enum fault taken,
                      const char *pointer)
{
	const struct claim *old;
	const struct row *row;
	struct claim *c;
	enum fault f = get_new_row(g, TABLE_CLAIM, key_fp16(fp), &row);

	if (f != OK)
		return f;
	old = (const struct claim *)(const void *)row;
	if (old && !uuid_is_nil(old->object))
		return refuse(g, taken, pointer, fault_info(taken)->text);
	c = old ? edit_claim(g, old) : new_claim(g, fp);
	c->kind = (int32_t)kind;
	c->object = object;
	c->seq = (int64_t)g->r->seq;
	return OK;
}

enum fault claim_drop(struct deciding *g, struct fp16 fp, struct uuid object)
{
	static const struct uuid nil;
	const struct claim *c;
	enum fault f;

	if (fp_is_zero(fp))
		return OK;
	f = get_claim(g, fp, &c);
	if (f != OK || !c || !uuid_eq(c->object, object))
		return f;
	edit_claim(g, c)->object = nil;
	edit_claim(g, c)->seq = (int64_t)g->r->seq;
	return OK;
}

/* --- keys --- */

struct party_key *new_key(struct deciding *g, struct uuid party, const struct pubkey *pub)
{
	struct party_key *k = new_party_key(g, jwk_thumbprint(pub));

	k->alg = (int32_t)pub->alg;
	k->from_seq = (int64_t)g->r->seq;
	k->party = party;
	memcpy(k->pub_x.b, pub->raw, 32);
	if (pubkey_len(pub->alg) > 32)
		memcpy(k->pub_y.b, pub->raw + 32, 32);
	return k;
}

bool has_line(struct span text, struct span line)
{
	struct span head;

	while (span_cut(text, '\n', &head, &text))
		if (span_eq(head, line))
			return true;
	return line.len > 0 && span_eq(text, line);
}
