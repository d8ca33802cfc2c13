/* SPDX-License-Identifier: Apache-2.0 */
/* book.c: see book.h. One function for each statement type the book takes up, in a table. */
#include "book.h"

#include "rule.h"

/* --- looking up --- */

uint32_t book_party(const struct book *b, struct uuid id)
{
	for (struct index_walk w = index_walk(&b->by_party, key_of_uuid(id)); index_next(&w);)
		if (uuid_eq(party_at(b, w.value)->id, id))
			return w.value;
	return NOWHERE;
}

uint32_t book_claim(const struct book *b, struct uuid id)
{
	for (struct index_walk w = index_walk(&b->by_claim, key_of_uuid(id)); index_next(&w);)
		if (uuid_eq(claim_at(b, w.value)->id, id))
			return w.value;
	return NOWHERE;
}

uint32_t book_encumbrance(const struct book *b, struct uuid id)
{
	for (struct index_walk w = index_walk(&b->by_encumbrance, key_of_uuid(id)); index_next(&w);)
		if (uuid_eq(encumbrance_at(b, w.value)->id, id))
			return w.value;
	return NOWHERE;
}

uint32_t book_tie(const struct book *b, struct span text)
{
	for (struct index_walk w = index_walk(&b->by_tie, key_of_text(text)); index_next(&w);)
		if (span_eq(tie_at(b, w.value)->text, text))
			return w.value;
	return NOWHERE;
}

static uint64_t key_of_pair(uint32_t creditor, uint32_t debtor) { return mix64(creditor, debtor); }

uint32_t book_pair(const struct book *b, uint32_t creditor, uint32_t debtor)
{
	for (struct index_walk w = index_walk(&b->by_pair, key_of_pair(creditor, debtor)); index_next(&w);)
		if (pair_at(b, w.value)->creditor == creditor && pair_at(b, w.value)->debtor == debtor)
			return w.value;
	return NOWHERE;
}

uint32_t book_subject(const struct book *b, const struct seen *s)
{
	uint32_t e;

	const struct statement_info *info = statement_info(s->c->kind);

	if (s->c->kind == ST_ENCUMBRANCE_GRANT)
		return book_claim(b, s->c->body.encumbrance_grant.asset);
	if (s->c->kind == ST_HOLD_PLACE)
		return book_claim(b, s->c->body.hold_place.asset);
	if (info->table == TABLE_ASSET)
		return book_claim(b, s->c->object);
	if (info->table != TABLE_ENCUMBRANCE)
		return NOWHERE;
	e = book_encumbrance(b, s->c->object);
	return e == NOWHERE ? NOWHERE : encumbrance_at(b, e)->claim;
}

/* --- parties --- */

static bool keep(struct book *b, struct span s, struct span *ret)
{
	*ret = arena_copy(b->mem, s);
	return arena_ok(b->mem);
}

static bool tie_party(struct book *b, uint32_t party, struct span text, uint64_t seq)
{
	struct book_party *p = party_at(b, party);
	uint32_t tie = book_tie(b, text), i;
	struct bond *x;
	struct tie *t;

	if (tie == NOWHERE) {
		if (!(t = dense_add(&b->tie, &tie)) || !keep(b, text, &t->text) ||
		    !index_put(&b->by_tie, key_of_text(text), tie))
			return false;
		t->newest = NOWHERE;
	}
	for (i = p->bond; i != NOWHERE; i = bond_at(b, i)->next_of_party)
		if (bond_at(b, i)->tie == tie) {
			bond_at(b, i)->seq = seq;
			bond_at(b, i)->at = b->now;
			return true;
		}
	if (!(x = dense_add(&b->bond, &i)))
		return false;
	t = tie_at(b, tie);
	*x = (struct bond){ party, tie, t->newest, p->bond, seq, b->now };
	t->newest = p->bond = i;
	t->parties++;
	return true;
}

static bool put_identifier(struct book *b, uint32_t party, const char *prefix, struct span value)
{
	struct book_party *p = party_at(b, party);
	struct writer w;

	if (value.len == 0)
		return true;
	w = writer_in(b->mem);
	put_z(&w, prefix);
	put_span(&w, value);
	struct span text = writer_done(&w, b->mem);
	if (p->identifier.len == 0)
		p->identifier = text;
	return arena_ok(b->mem) && index_put(&b->by_identifier, key_of_text(text), party);
}

static bool see_enrol(struct book *b, const struct seen *s)
{
	const struct body_party_enrol *body = &s->c->body.party_enrol;
	uint32_t i;
	struct book_party *p = dense_add(&b->party, &i);

	if (!p)
		return false;
	p->id = s->c->object;
	p->roles = body->roles;
	p->seq = s->seq;
	p->at = s->at;
	p->founded = DATE_NONE;
	p->bond = p->group = p->as_creditor = p->as_debtor = NOWHERE;
	return keep(b, body->name, &p->name) && keep(b, body->country, &p->country) &&
	       put_identifier(b, i, "uscc:", body->uscc) && put_identifier(b, i, "lei:", body->lei) &&
	       index_put(&b->by_party, key_of_uuid(p->id), i);
}

static bool see_profile(struct book *b, const struct seen *s)
{
	const struct body_party_profile *body = &s->c->body.party_profile;
	uint32_t i = book_party(b, s->c->object);
	struct book_party *p;
	bool good = true;

	if (i == NOWHERE)
		return true;
	p = party_at(b, i);
	p->profile_seq = s->seq;
	p->profile_at = s->at;
	if (body->region.len > 0)
		good = keep(b, body->region, &p->region);
	if (good && body->sector.len > 0)
		good = keep(b, body->sector, &p->sector);
	if (date_given(body->founded))
		p->founded = body->founded;
	if (!money_absent(body->turnover))
		p->turnover = body->turnover;
	if (!money_absent(body->purchases))
		p->purchases = body->purchases;
	if (body->staff > 0)
		p->staff = body->staff;
	for (size_t k = 0; good && k < body->ties.n; k++)
		good = tie_party(b, i, body->ties.at[k], s->seq);
	return good;
}

static bool see_relate(struct book *b, const struct seen *s)
{
	uint32_t i = book_party(b, s->c->object), head = book_party(b, s->c->body.obligor_relate.group);

	if (i == NOWHERE || head == NOWHERE)
		return true;
	party_at(b, i)->group = head == i ? NOWHERE : head;
	return true;
}

static bool see_key(struct book *b, const struct seen *s)
{
	uint32_t i = book_party(b, s->c->object);
	struct book_party *p;

	if (i == NOWHERE)
		return true;
	p = party_at(b, i);
	p->key_seq = s->seq;
	p->key_at = s->at;
	p->key_by_other = !uuid_eq(s->issuer, p->id);
	return true;
}

/* --- claims --- */

static bool pair_of(struct book *b, uint32_t creditor, uint32_t debtor, uint32_t *ret)
{
	struct book_pair *p;

	*ret = book_pair(b, creditor, debtor);
	if (*ret != NOWHERE)
		return true;
	if (!(p = dense_add(&b->pair, ret)))
		return false;
	*p = (struct book_pair){ .creditor = creditor, .debtor = debtor, .newest = NOWHERE, .first_at = b->now };
	return index_put(&b->by_pair, key_of_pair(creditor, debtor), *ret);
}

static bool keep_texts(struct book *b, struct texts from, struct texts *ret)
{
	ret->n = from.n;
	ret->at = ARENA_ARRAY(b->mem, struct span, from.n);
	for (size_t i = 0; ret->at && i < from.n; i++)
		if (!keep(b, from.at[i], &ret->at[i]))
			return false;
	return ret->at != NULL;
}

static void chain(struct book *b, uint32_t i, struct book_claim *c)
{
	struct book_party *creditor = party_at(b, c->creditor), *debtor = party_at(b, c->debtor);
	struct book_pair *pair = pair_at(b, c->pair);

	c->older_of_pair = pair->newest;
	c->older_of_creditor = creditor->as_creditor;
	c->older_of_debtor = debtor->as_debtor;
	pair->newest = creditor->as_creditor = debtor->as_debtor = i;
	pair->n_claims++;
	creditor->n_as_creditor++;
	debtor->n_as_debtor++;
}

static bool see_register(struct book *b, const struct seen *s)
{
	const struct body_receivable_register *body = &s->c->body.receivable_register;
	uint32_t creditor = book_party(b, body->creditor), debtor = book_party(b, body->debtor), pair, i;
	struct book_claim *c;

	if (creditor == NOWHERE || debtor == NOWHERE)
		return true;
	if (!pair_of(b, creditor, debtor, &pair) || !(c = dense_add(&b->claim, &i)))
		return false;
	c->id = s->c->object;
	c->creditor = creditor;
	c->debtor = debtor;
	c->pair = pair;
	c->seq = s->seq;
	c->at = s->at;
	c->face = body->face.minor;
	memcpy(c->ccy, body->face.ccy, 3);
	c->issued = body->issue_date;
	c->due = body->due_date;
	c->delivered = body->delivered;
	c->goods_lines = body->goods_lines;
	if (body->documents.n > 0)
		c->document = body->documents.at[0];
	c->existing = body->existing == FLAG_YES;
	c->encumbrance = NOWHERE;
	c->paid_on = DATE_NONE;
	chain(b, i, c);
	return keep(b, body->invoice.number, &c->number) && keep(b, body->order, &c->order) &&
	       keep(b, body->goods, &c->goods) && keep(b, body->account, &c->account) &&
	       keep_texts(b, body->deliveries, &c->deliveries) && index_put(&b->by_claim, key_of_uuid(c->id), i);
}

static struct book_claim *the_claim(struct book *b, const struct seen *s)
{
	uint32_t i = book_claim(b, s->c->object);

	return i == NOWHERE ? NULL : claim_at(b, i);
}

static bool see_confirm(struct book *b, const struct seen *s)
{
	struct book_claim *c = the_claim(b, s);

	if (c) {
		c->confirmed_seq = s->seq;
		c->confirmed_at = s->at;
		c->confirmed_kid = s->c->kid;
		c->set_off_waived = s->c->body.receivable_confirm.set_off_waived == FLAG_YES;
		c->disputed_seq = 0;
	}
	return true;
}

static bool see_dispute(struct book *b, const struct seen *s)
{
	struct book_claim *c = the_claim(b, s);

	if (c)
		c->disputed_seq = s->seq;
	return true;
}

static void end_claim(struct book_claim *c, const struct seen *s, enum claim_state state)
{
	c->state = state;
	c->ended_seq = s->seq;
}

static bool see_end(struct book *b, const struct seen *s)
{
	static const struct {
		enum statement_kind kind;
		enum claim_state state;
	} ends[] = {
		{ ST_RECEIVABLE_REJECT, CLAIM_REJECTED },
		{ ST_RECEIVABLE_CANCEL, CLAIM_CANCELLED },
		{ ST_RECEIVABLE_WRITE_OFF, CLAIM_WRITTEN_OFF },
		{ ST_RECEIVABLE_LAPSE, CLAIM_LAPSED },
	};
	struct book_claim *c = the_claim(b, s);

	if (!c)
		return true;
	if (s->c->kind == ST_RECEIVABLE_OVERDUE)
		c->overdue_seq = s->seq;
	else if (s->c->kind == ST_RECEIVABLE_DEFAULT)
		c->defaulted_seq = s->seq;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (ends[i].kind == s->c->kind)
			end_claim(c, s, ends[i].state);
	return true;
}

static void settle_when_paid(struct book_claim *c, const struct seen *s)
{
	if (claim_open(c) <= 0)
		end_claim(c, s, CLAIM_SETTLED);
}

static bool see_adjust(struct book *b, const struct seen *s)
{
	struct book_claim *c = the_claim(b, s);

	if (c) {
		c->diluted += s->c->body.receivable_adjust.reduce.minor;
		settle_when_paid(c, s);
	}
	return true;
}

static bool see_pay(struct book *b, const struct seen *s)
{
	const struct body_receivable_pay *body = &s->c->body.receivable_pay;
	struct book_claim *c = the_claim(b, s);

	if (!c)
		return true;
	c->paid += body->amount.minor;
	c->paid_seq = s->seq;
	c->paid_on = body->on;
	settle_when_paid(c, s);
	return body->payer_account.len == 0 || keep(b, body->payer_account, &c->payer_account);
}

/* --- encumbrances --- */

static bool see_grant(struct book *b, const struct seen *s)
{
	const struct body_encumbrance_grant *body = &s->c->body.encumbrance_grant;
	uint32_t i;
	struct book_encumbrance *e = dense_add(&b->encumbrance, &i);

	if (!e)
		return false;
	e->id = s->c->object;
	e->claim = book_claim(b, body->asset);
	e->older = NOWHERE;
	e->secured = book_party(b, body->secured_party);
	e->granted_seq = s->seq;
	e->advance = body->advance.minor;
	e->amount = body->amount.minor;
	if (e->claim != NOWHERE) {
		struct book_claim *c = claim_at(b, e->claim);

		if (money_absent(body->amount))
			e->amount = body->fraction > 0 ? (int64_t)((wide)claim_open(c) * body->fraction / 1000000)
			                               : claim_open(c);
		e->older = c->encumbrance;
		c->encumbrance = i;
	}
	return index_put(&b->by_encumbrance, key_of_uuid(e->id), i);
}

static bool lent_before(const struct book *b, const struct book_claim *c, const struct book_encumbrance *e)
{
	for (uint32_t i = c->encumbrance; i != NOWHERE; i = encumbrance_at(b, i)->older) {
		const struct book_encumbrance *x = encumbrance_at(b, i);

		if (x != e && x->accepted_seq != 0 && x->secured == e->secured)
			return true;
	}
	return false;
}

static bool see_accept(struct book *b, const struct seen *s)
{
	uint32_t i = book_encumbrance(b, s->c->object);
	struct book_encumbrance *e;
	struct book_claim *c;

	if (i == NOWHERE)
		return true;
	e = encumbrance_at(b, i);
	e->accepted_seq = s->seq;
	e->accepted_at = s->at;
	if (e->claim == NOWHERE)
		return true;
	c = claim_at(b, e->claim);
	if (!lent_before(b, c, e))
		c->lenders++;
	if (c->financed_seq == 0) {
		c->financed_seq = s->seq;
		c->financed_at = s->at;
	}
	return true;
}

static bool see_release(struct book *b, const struct seen *s)
{
	uint32_t i = book_encumbrance(b, s->c->object);

	if (i != NOWHERE) {
		encumbrance_at(b, i)->ended_seq = s->seq;
		encumbrance_at(b, i)->ended_at = s->at;
	}
	return true;
}

/* --- rates and rules --- */

static bool see_feed(struct book *b, const struct seen *s)
{
	const struct body_price_enrol *body = &s->c->body.price_enrol;
	struct fx_rate *r;

	if (!span_starts(body->commodity, S("fx:")) || body->commodity.len != 6 || !span_is(body->currency, "CNY") ||
	    b->n_fx == ARRAY_LEN(b->fx))
		return true;
	r = &b->fx[b->n_fx++];
	*r = (struct fx_rate){ .feed = s->c->object, .per = body->per.micro };
	memcpy(r->ccy, body->commodity.at + 3, 3);
	return true;
}

static bool see_price(struct book *b, const struct seen *s)
{
	for (unsigned i = 0; i < b->n_fx; i++)
		if (uuid_eq(b->fx[i].feed, s->c->object))
			b->fx[i].price = s->c->body.price_post.price.minor;
	return true;
}

bool fx_base(const struct book *b, int64_t minor, const char ccy[static 3], int64_t *ret)
{
	if (memcmp(ccy, "CNY", 3) == 0) {
		*ret = minor;
		return true;
	}
	for (unsigned i = 0; i < b->n_fx; i++) {
		const struct fx_rate *r = &b->fx[i];
		int digits = ccy_digits((struct span){ ccy, 3 });
		wide unit = 1000000;

		if (memcmp(r->ccy, ccy, 3) != 0 || r->price <= 0 || r->per <= 0 || digits < 0)
			continue;
		for (int k = 0; k < digits; k++) /* of the currency's minor units in one of its main unit */
			unit *= 10;
		unit = (wide)minor * r->price * 1000000 / (unit / 1000000) / r->per;
		*ret = unit > INT64_MAX ? INT64_MAX : (int64_t)unit;
		return true;
	}
	return false;
}

/* "signal.D04.severity" and "signal.D04.threshold", published like any rule. */
static bool see_rule(struct book *b, const struct seen *s)
{
	const struct body_rule_publish *body = &s->c->body.rule_publish;
	const struct rule_info *r = rule_by_id(body->rule);

	if (!r || (int64_t)r->number < RULE_SIGNALS || (int64_t)r->number >= RULE_WARNINGS || body->country.len > 0)
		return true;
	int64_t number = ((int64_t)r->number - RULE_SIGNALS) / 2;
	if (((int64_t)r->number - RULE_SIGNALS) % 2)
		b->signal[number].severity = (enum severity)body->values.value;
	else
		b->signal[number].threshold = body->values.value;
	return true;
}

/* --- the table --- */

typedef bool taker(struct book *b, const struct seen *s);
static const struct {
	enum statement_kind kind;
	taker *take;
} takers[] = {
	{ ST_PARTY_ENROL, see_enrol },
	{ ST_PARTY_PROFILE, see_profile },
	{ ST_KEY_ENROL, see_key },
	{ ST_OBLIGOR_RELATE, see_relate },
	{ ST_RECEIVABLE_REGISTER, see_register },
	{ ST_RECEIVABLE_CONFIRM, see_confirm },
	{ ST_RECEIVABLE_DISPUTE, see_dispute },
	{ ST_RECEIVABLE_REJECT, see_end },
	{ ST_RECEIVABLE_CANCEL, see_end },
	{ ST_RECEIVABLE_WRITE_OFF, see_end },
	{ ST_RECEIVABLE_LAPSE, see_end },
	{ ST_RECEIVABLE_OVERDUE, see_end },
	{ ST_RECEIVABLE_DEFAULT, see_end },
	{ ST_RECEIVABLE_ADJUST, see_adjust },
	{ ST_RECEIVABLE_PAY, see_pay },
	{ ST_ENCUMBRANCE_GRANT, see_grant },
	{ ST_ENCUMBRANCE_ACCEPT, see_accept },
	{ ST_ENCUMBRANCE_RELEASE, see_release },
	{ ST_ENCUMBRANCE_LAPSE, see_release },
	{ ST_ENCUMBRANCE_EXPIRE, see_release },
	{ ST_ENCUMBRANCE_DISCHARGE, see_release },
	{ ST_PRICE_ENROL, see_feed },
	{ ST_PRICE_POST, see_price },
	{ ST_RULE_PUBLISH, see_rule },
};

/* What a party does unasked: anything but to confirm what another registered. */
static void note_own_act(struct book *b, const struct seen *s)
{
	uint32_t i;

	if (s->c->kind == ST_RECEIVABLE_CONFIRM || s->c->kind == ST_STATEMENT_COSIGN)
		return;
	i = book_party(b, s->actor);
	if (i != NOWHERE) {
		party_at(b, i)->last_own_seq = s->seq;
		party_at(b, i)->last_own_at = s->at;
	}
}

bool book_see(struct book *b, const struct seen *s)
{
	b->next_seq = s->seq + 1;
	b->now = s->at;
	if (s->outcome != OK)
		return true;
	note_own_act(b, s);
	for (size_t i = 0; i < ARRAY_LEN(takers); i++)
		if (takers[i].kind == s->c->kind)
			return takers[i].take(b, s);
	return true;
}

bool book_start(struct book *b, struct arena *mem)
{
	size_t n;
	const struct signal_info *row = signal_rows(&n);

	*b = (struct book){ .mem = mem };
	dense_start(&b->party, mem, sizeof(struct book_party));
	dense_start(&b->claim, mem, sizeof(struct book_claim));
	dense_start(&b->pair, mem, sizeof(struct book_pair));
	dense_start(&b->encumbrance, mem, sizeof(struct book_encumbrance));
	dense_start(&b->tie, mem, sizeof(struct tie));
	dense_start(&b->bond, mem, sizeof(struct bond));
	struct index *const all[] = { &b->by_party,       &b->by_claim, &b->by_pair,
		                      &b->by_encumbrance, &b->by_tie,   &b->by_identifier };
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		index_start(all[i], mem);
	for (size_t i = 0; i < n; i++) {
		b->signal[row[i].number].severity = row[i].severity;
		b->signal[row[i].number].threshold = row[i].threshold;
	}
	return arena_ok(mem);
}
