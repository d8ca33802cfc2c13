/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_log.c: what the operator and the registry itself sign: the first entry,
 * the key manifest, rules, models, certificates.
 */
#include "deciding.h"

static enum fault rule_row(struct deciding *g, const struct rule_value *v, int64_t country, int64_t version,
                           struct moment least)
{
	const struct rule_info *info = rule_by_id(v->rule);
	struct rule *x;

	if (!info)
		return refuse(g, E_BAD_MEMBER, "/body/rule", "no rule of this id");
	if (v->version != version)
		return refuse(g, E_DUPLICATE_RULE, "/body/version", "the version must be one more than the last");
	if (!span_is(v->values.unit, info->unit))
		return refuse(g, E_BAD_MEMBER, "/body/values", "the rule is stated in another unit");
	if (v->values.value < info->least || v->values.value > info->most)
		return refuse(g, E_RULE_RANGE, "/body/values", "outside the range this rule may have");
	if (v->effective.us < least.us)
		return refuse(g, E_DATE_ORDER, "/body/effective", "a rule cannot take effect before its entry");
	x = new_rule(g, rule_row_in(country, (int64_t)info->number, version));
	x->effective = v->effective;
	x->seq = (int64_t)g->r->seq;
	x->value = v->values.value;
	return OK;
}

/* The rules every log has had since there are logs; later ones may be missing where a log began before them. */
static bool since_the_beginning(const struct rule_info *info) { return info->number <= RULE_CLOCK_SKEW; }

/* The rule of the list at `at`, which has passed over those rows of the table it does not name. */
static const struct rule_info *next_rule(const struct rule_info *at, const struct rule_info *end, struct span id)
{
	while (at < end && !span_is(id, at->id) && !since_the_beginning(at))
		at++;
	return at < end && span_is(id, at->id) ? at : NULL;
}

static enum fault genesis_rules(struct deciding *g, const struct rules *rules)
{
	static const struct moment any = { INT64_MIN };
	size_t n;
	const struct rule_info *info = rule_rows(&n), *end = info + n;

	for (size_t i = 0; i < rules->n; i++, info++) {
		enum fault f;

		info = next_rule(info, end, rules->at[i].rule);
		if (!info)
			return refuse(g, E_BAD_MEMBER, "/body/rules",
			              "the rules stand once each, in the order of their numbers");
		if (rules->at[i].effective.us > g->r->now.us)
			return refuse(g, E_BAD_MEMBER, "/body/rules", "the first rules are in force at once");
		f = rule_row(g, &rules->at[i], 0, 1, any);
		if (f != OK)
			return f;
	}
	if (info < end && since_the_beginning(info))
		return refuse(g, E_BAD_MEMBER, "/body/rules", "the first rule set names every rule");
	return OK;
}

/* The first entry: it makes the operator, its key and the rules, and is signed by that very key. */
enum fault decide_genesis(struct deciding *g)
{
	const struct body_log_genesis *b = &g->c->body.log_genesis;
	struct party *p;

	if (!span_eq(b->origin, g->r->origin))
		return refuse(g, E_BAD_MEMBER, "/body/origin", "not the origin this registry is configured with");
	if (!hash_eq(jwk_thumbprint(&b->key), g->c->kid))
		return refuse(g, E_UNKNOWN_KEY, "/body/key", "genesis is signed by the key it names");
	if (g->c->has_prev || !uuid_is_nil(g->c->on_behalf_of))
		return refuse(g, E_BAD_MEMBER, "/prev", "the first entry has no predecessor and no principal");
	g->d->issuer = g->c->object;
	p = new_party(g, g->c->object);
	p->country = b->country;
	p->name = b->name;
	p->roles = ROLE_OPERATOR;
	p->state = PARTY_ACTIVE;
	p->live_keys = 1;
	p->head = g->c->statement;
	p->seq = (int64_t)g->r->seq;
	(void)new_key(g, p->id, &b->key);
	return genesis_rules(g, &b->rules);
}

/* The key manifest: with which key the log's checkpoints are signed, and with which the registry's own entries. */
enum fault decide_log_keys(struct deciding *g)
{
	const struct body_log_keys *b = &g->c->body.log_keys;
	const struct party_key *old;
	struct vkey vkey;
	enum fault f;

	if (!is_actor(g, g->c->object))
		return refuse(g, E_NOT_AUTHORISED, "/object", "the operator states its own keys");
	if (!vkey_parse(b->log_key, &vkey) || !span_is(g->r->origin, vkey.name))
		return refuse(g, E_BAD_MEMBER, "/body/log_key", "not a verifier key of this log's origin");
	f = get_party_key(g, jwk_thumbprint(&b->registry_key), &old);
	if (f != OK)
		return f;
	if (old)
		return refuse(g, E_KEY_IN_USE, "/body/registry_key", "this key is or was enrolled already");
	new_key(g, g->c->object, &b->registry_key)->registry = 1;
	return OK;
}

enum fault decide_rule_publish(struct deciding *g)
{
	const struct body_rule_publish *b = &g->c->body.rule_publish;
	const struct rule_value v = { b->rule, b->version, b->effective, b->values };
	const struct rule_info *info = rule_by_id(b->rule);
	int64_t country = country_code(b->country);

	if (info && info->number == RULE_ENGINE)
		return refuse(g, E_BAD_MEMBER, "/body/rule", "the registry says by itself which engine judges");
	if (country != 0 && info && !rule_by_country(info->number))
		return refuse(g, E_BAD_MEMBER, "/body/country", "this rule is the same for debtors of all countries");
	return rule_row(g, &v, country, info ? rule_latest(g, country, (int64_t)info->number) + 1 : 1, g->r->now);
}

enum fault decide_model_publish(struct deciding *g)
{
	const struct body_model_publish *b = &g->c->body.model_publish;
	char text[TEXT_MAX * 4 + 32];
	struct writer w = writer_over(text, sizeof text);
	const struct model *old;
	struct model *m;
	enum fault f;

	put_span(&w, b->model);
	put_byte(&w, '@');
	put_i64(&w, b->version);
	assert(!w.overflow);
	f = get_model(g, sha256(writer_span(&w)), &old);
	if (f != OK)
		return f;
	if (old)
		return refuse(g, E_DUPLICATE_RULE, "/body/version", "this version of the model is published already");
	m = new_model(g, sha256(writer_span(&w)));
	m->effective = b->effective;
	m->name = b->model;
	m->seq = (int64_t)g->r->seq;
	m->sha256 = b->sha256;
	m->version = b->version;
	return OK;
}

struct hash search_id(struct uuid asker, struct uuid asset)
{
	return sha256_2((struct span){ (const char *)asker.b, sizeof asker.b },
	                (struct span){ (const char *)asset.b, sizeof asset.b });
}

/* A numbered search certificate: its number is its entry. Of one that says which rank it found, the latest per lender
 * and asset is kept: a lender may be asked to accept on nothing older. */
enum fault decide_certify(struct deciding *g)
{
	const struct body_check_certify *b = &g->c->body.check_certify;
	const struct party *asker;
	const struct search *old;
	struct search *x;
	enum fault f = need_party(g, b->asker, "/body/asker", &asker);

	if (f != OK || uuid_is_nil(b->asset) || b->as_of == 0)
		return f;
	f = get_search(g, search_id(b->asker, b->asset), &old);
	if (f != OK)
		return f;
	x = old ? edit_search(g, old) : new_search(g, search_id(b->asker, b->asset));
	x->answer = b->answer;
	x->as_of = b->as_of;
	x->asker = b->asker;
	x->asset = b->asset;
	x->at = g->r->now;
	x->rank = b->rank;
	x->seq = (int64_t)g->r->seq;
	return OK;
}
