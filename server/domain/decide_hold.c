/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_hold.c: a lender's short reservation, and the freeze of a regulator or court.
 *
 * At most one live hold stands on an asset, or on the facts of a document that
 * is not registered yet. An expired hold counts as gone before its lapse is
 * entered, so two live holds on one claim are impossible at any position.
 */
#include "deciding.h"

#include "balance.h"
#include "holding.h"

/* --- what facts name --- */

/* The party an identifier belongs to: its canonical identifier, or the text itself when nobody has it. */
static enum fault canonical_issuer(struct deciding *g, struct span text, struct span *ret)
{
	const char *prefix = text.len == 20 ? "lei:" : "uscc:";
	const struct party *p = NULL;
	const struct claim *c = NULL;
	struct uuid id;
	enum fault f;
	struct writer w;
	char *at;

	if (uuid_parse(text, &id)) {
		f = get_party(g, id, &p);
	} else {
		at = arena_take(g->mem, text.len + 8);
		assert(at != NULL);
		w = writer_over(at, text.len + 8);
		put_z(&w, prefix);
		put_span(&w, text);
		text = writer_span(&w);
		f = get_claim(g, fingerprint_identifier(text), &c);
		if (f == OK && c && !uuid_is_nil(c->object))
			f = get_party(g, c->object, &p);
	}
	*ret = p ? party_identifier(p, g->mem) : text;
	return f;
}

enum fault claim_of_facts(struct deciding *g, const struct facts *facts, struct fp16 *ret)
{
	struct span issuer;
	enum fault f;

	bool receipt = span_is(facts->kind, "warehouse-receipt");

	if (!receipt && !span_is(facts->kind, "invoice"))
		return refuse(g, E_BAD_MEMBER, "/body/claim/kind",
		              "the facts of an invoice or of a warehouse receipt are known here");
	f = canonical_issuer(g, facts->issuer, &issuer);
	if (f == OK && receipt)
		*ret = receipt_number(g, issuer, facts->number);
	else if (f == OK)
		*ret = fingerprint_invoice(g->r->fp_key, issuer, facts->number, g->mem);
	return f;
}

/* --- hold.place --- */

static enum fault check_term(struct deciding *g)
{
	const struct body_hold_place *b = &g->c->body.hold_place;
	int64_t longest = rule_value(g, RULE_HOLD_TIME) * 60 * 1000000;

	if (b->until.us <= g->r->now.us)
		return refuse(g, E_DATE_ORDER, "/body/until", "the hold would end before it begins");
	if (b->until.us - g->r->now.us > longest)
		return refuse_rule(g, E_TENOR, "/body/until", "longer than one hold may last");
	return OK;
}

static enum fault renew(struct deciding *g, const struct hold *h)
{
	int64_t most = rule_value(g, RULE_HOLD_RENEWALS);
	enum fault f = need_actor(g, h->bank, "the lender that placed the hold renews it");

	if (f != OK)
		return f;
	if (h->state != HOLD_LIVE || h->until.us <= g->r->now.us)
		return refuse(g, E_BAD_STATE, "/object", "the hold has ended");
	if (h->renewals >= most)
		return refuse_rule(g, E_HOLD_RENEWED, "/object", "renewed as often as it can be");
	f = check_term(g);
	if (f != OK)
		return f;
	edit_hold(g, h)->renewals++;
	edit_hold(g, h)->until = g->c->body.hold_place.until;
	return OK;
}

/* A hold whose time is over is closed by whoever takes its place. */
static enum fault close_expired(struct deciding *g, struct uuid hold)
{
	const struct hold *old;
	enum fault f;

	if (uuid_is_nil(hold))
		return OK;
	f = get_hold(g, hold, &old);
	if (f == OK && old && old->state == HOLD_LIVE)
		edit_hold(g, old)->state = HOLD_LAPSED;
	return f;
}

static struct hold *write_hold(struct deciding *g)
{
	const struct body_hold_place *b = &g->c->body.hold_place;
	struct hold *h = new_hold(g, g->c->object);

	h->amount = b->amount.minor;
	h->bank = g->actor;
	memcpy(h->ccy.at, b->amount.ccy, sizeof h->ccy.at);
	h->purpose = b->purpose;
	h->state = HOLD_LIVE;
	h->until = b->until;
	return h;
}

static enum fault hold_asset(struct deciding *g, struct uuid id)
{
	const struct body_hold_place *b = &g->c->body.hold_place;
	const struct asset *a;
	const struct hold *now;
	enum fault f = get_asset(g, id, &a);
	int64_t least = money_absent(b->amount) ? 1 : b->amount.minor;

	if (f == OK && !a)
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/asset", "no asset of this id is registered");
	if (f == OK && !asset_live(a))
		f = refuse(g, E_BAD_STATE, "/body/asset", asset_state_name(a->kind, a->state));
	if (f == OK) {
		hint_row(g, TABLE_PARTY, key_uuid(a->creditor), false);
		if (!uuid_is_nil(a->hold))
			hint_row(g, TABLE_HOLD, key_uuid(a->hold), false);
		f = need_unfrozen(g, a);
	}
	if (f == OK)
		f = live_hold(g, a, &now);
	if (f == OK && now)
		f = refuse(g, E_HELD, "/body/asset", "a hold stands on this asset already");
	if (f == OK && !money_absent(b->amount))
		f = need_amount(g, a, b->amount, "/body/amount");
	if (f == OK && asset_balance(a).free < least)
		f = refuse(g, E_EXCEEDS_FREE, "/body/amount", "less than this is free");
	if (f == OK)
		f = close_expired(g, a->hold);
	if (f != OK)
		return f;
	write_hold(g)->asset = id;
	edit_asset(g, a)->hold = g->c->object;
	return OK;
}

static enum fault hold_facts(struct deciding *g)
{
	const struct claim *c;
	struct fp16 fp;
	struct claim *x;
	const struct hold *now = NULL;
	enum fault f = claim_of_facts(g, &g->c->body.hold_place.claim, &fp);

	if (f == OK)
		f = get_claim(g, fp, &c);
	if (f != OK)
		return f;
	if (c && !uuid_is_nil(c->object))
		return hold_asset(g, c->object);
	if (c && !uuid_is_nil(c->hold))
		f = get_hold(g, c->hold, &now);
	if (f == OK && now && now->state == HOLD_LIVE && now->until.us > g->r->now.us)
		f = refuse(g, E_HELD, "/body/claim", "a hold stands on this claim already");
	if (f == OK && c)
		f = close_expired(g, c->hold);
	if (f != OK)
		return f;
	write_hold(g)->claim = fp;
	x = c ? edit_claim(g, c) : new_claim(g, fp);
	x->kind = span_is(g->c->body.hold_place.claim.kind, "invoice") ? CLAIM_INVOICE : CLAIM_RECEIPT;
	x->hold = g->c->object;
	x->seq = (int64_t)g->r->seq;
	return OK;
}

enum fault decide_hold_place(struct deciding *g)
{
	const struct body_hold_place *b = &g->c->body.hold_place;
	bool by_asset = !uuid_is_nil(b->asset), by_facts = b->claim.number.len > 0;
	const struct hold *h;
	enum fault f = get_hold(g, g->c->object, &h);

	if (f != OK)
		return f;
	if (h)
		return renew(g, h);
	if (by_asset == by_facts)
		return refuse(g, E_BAD_MEMBER, "/body/asset", "either an asset or the facts of a claim");
	f = check_term(g);
	if (f != OK)
		return f;
	return by_asset ? hold_asset(g, b->asset) : hold_facts(g);
}

/* --- its end --- */

static enum fault end_hold(struct deciding *g, const struct hold *h, int32_t end)
{
	static const struct uuid nil;
	const struct asset *a = NULL;
	const struct claim *c = NULL;
	enum fault f = OK;

	if (!fp_is_zero(h->claim))
		f = get_claim(g, h->claim, &c);
	if (f == OK && (!uuid_is_nil(h->asset) || (c && !uuid_is_nil(c->object))))
		f = get_asset(g, uuid_is_nil(h->asset) ? c->object : h->asset, &a);
	if (f != OK)
		return f;
	if (c && uuid_eq(c->hold, h->id))
		edit_claim(g, c)->hold = nil;
	if (a && uuid_eq(a->hold, h->id))
		edit_asset(g, a)->hold = nil;
	edit_hold(g, h)->state = end;
	return OK;
}

static enum fault the_live_hold(struct deciding *g, const struct hold **h)
{
	enum fault f = get_hold(g, g->c->object, h);

	if (f != OK)
		return f;
	assert(*h != NULL); /* decide() has found the object */
	return (*h)->state == HOLD_LIVE ? OK : refuse(g, E_BAD_STATE, "/object", hold_state_name((*h)->state));
}

enum fault decide_hold_release(struct deciding *g)
{
	const struct hold *h;
	enum fault f = the_live_hold(g, &h);

	if (f == OK)
		f = need_actor(g, h->bank, "the lender that placed the hold releases it");
	return f == OK ? end_hold(g, h, HOLD_RELEASED) : f;
}

enum fault decide_hold_lapse(struct deciding *g)
{
	const struct hold *h;
	enum fault f = the_live_hold(g, &h);

	if (f == OK && h->until.us > g->r->now.us)
		f = refuse(g, E_NOT_YET, "/object", "the hold's time has not run out");
	return f == OK ? end_hold(g, h, HOLD_LAPSED) : f;
}

/* --- freezes --- */

static enum fault count_freeze(struct deciding *g, struct uuid asset, struct uuid party, int32_t by)
{
	const struct asset *a;
	const struct party *p;
	enum fault f;

	if (uuid_is_nil(asset)) {
		f = need_party(g, party, "/body/party", &p);
		if (f == OK)
			edit_party(g, p)->freezes += by;
		return f;
	}
	f = get_asset(g, asset, &a);
	if (f == OK && !a)
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/asset", "no asset of this id is registered");
	if (f == OK)
		edit_asset(g, a)->freezes += by;
	return f;
}

enum fault decide_freeze_place(struct deciding *g)
{
	const struct body_freeze_place *b = &g->c->body.freeze_place;
	struct freeze *z;
	enum fault f;

	if (uuid_is_nil(b->asset) == uuid_is_nil(b->party))
		return refuse(g, E_BAD_MEMBER, "/body/asset", "either an asset or a party");
	f = count_freeze(g, b->asset, b->party, 1);
	if (f != OK)
		return f;
	z = new_freeze(g, g->c->object);
	z->asset = b->asset;
	z->authority = g->actor;
	z->ground = b->ground;
	z->party = b->party;
	z->state = LIVE;
	return OK;
}

enum fault decide_freeze_lift(struct deciding *g)
{
	const struct freeze *z;
	enum fault f = get_freeze(g, g->c->object, &z);

	if (f != OK)
		return f;
	assert(z != NULL);
	f = need_actor(g, z->authority, "the authority that placed the freeze lifts it");
	if (f == OK && z->state != LIVE)
		f = refuse(g, E_BAD_STATE, "/object", "the freeze has been lifted");
	if (f == OK)
		f = count_freeze(g, z->asset, z->party, -1);
	if (f == OK)
		edit_freeze(g, z)->state = ENDED;
	return f;
}
