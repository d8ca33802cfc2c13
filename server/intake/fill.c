/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fill.c: walks any format's tables. See fill.h.
 *
 * Invariants: a frame for every open element that a table names, none for one
 * that is skipped; the text of one value at a time; nothing is taken from a
 * value that holds an element.
 */
#include <strings.h>

#include "intake/fill.h"
#include "intake/authenticity.h"
#include "intake/value.h"

#include "codes.h"

static const struct span ns_xsi = { "http://www.w3.org/2001/XMLSchema-instance", 41 };
const struct slot_attr scheme_of_id[] = { { "schemeID", offsetof(struct doc_id, scheme), SIZE_MAX }, NO_ATTR };

/* ---- the walker ---- */

/* An element that is open: its slot, the object its inside belongs to, and which slots of it were seen. */
struct frame {
	const struct slot *slot;
	char *object;
	uint64_t seen;
	uint32_t number; /* of a list's item, from 1 */
};
struct reader {
	struct draft *draft;
	const struct fill_map *map;
	struct span root_ns;
	struct slot document_element;
	struct filled *filled;
	struct frame frame[XML_DEPTH_MAX + 1];
	unsigned depth;    /* frames in use */
	unsigned skipping; /* open elements below the last frame that nobody reads */
	char *text;        /* of the value that is open; grows, is used again */
	size_t len, cap;
	char ccy[4]; /* its currencyID; "?" when it is no currency code at all */
	bool has_ccy, childless, blank;
	bool told_empty;
};

static struct frame *top(struct reader *r) { return &r->frame[r->depth - 1]; }

static bool is_value(const struct slot *s) { return s->take >= TEXT; }

static struct doc_finding *raise(struct reader *r, enum doc_rule rule, enum doc_severity most)
{
	char path[400];
	struct writer w = writer_over(path, sizeof path - 1);

	for (unsigned i = 1; i < r->depth; i++) {
		if (i > 1)
			put_byte(&w, '/');
		put_z(&w, r->frame[i].slot->name);
		if (r->frame[i].slot->take != ITEM)
			continue;
		put_byte(&w, '[');
		put_u64(&w, r->frame[i].number);
		put_byte(&w, ']');
	}
	path[w.len] = 0;
	return draft_raise(r->draft, rule, most, NULL, TOP(path));
}

static void tell(struct reader *r, enum doc_rule rule, struct span detail)
{
	draft_detail(r->draft, raise(r, rule, SEV_E), detail);
}

static struct span namespace_of(const struct reader *r, const struct slot *s)
{
	unsigned which = is_value(s) != ((s->flags & CBC) != 0);

	if (s->flags & OWN)
		return r->root_ns;
	if (s->flags & UDT)
		which = 2;
	if (s->flags & QDT)
		which = 3;
	return r->map->ns[which].len ? r->map->ns[which] : r->root_ns;
}

/* The slot of an element; *other is set when only its namespace is wrong. */
static const struct slot *slot_of(const struct reader *r, const struct slot *table, const struct xml_element *e,
                                  bool *other)
{
	unsigned never = r->filled->doc.kind == DOC_UBL_CREDIT_NOTE ? INVOICE_ONLY : CREDIT_ONLY;

	for (; table && table->name; table++) {
		if ((table->flags & never) || !span_is(e->name, table->name))
			continue;
		if (span_eq(e->ns, namespace_of(r, table)))
			return table;
		*other = true;
	}
	return NULL;
}

static struct span attribute(const struct xml_element *e, const char *name)
{
	for (unsigned i = 0; i < e->n_attrs; i++)
		if (e->attrs[i].ns.len == 0 && span_is(e->attrs[i].name, name))
			return e->attrs[i].value;
	return (struct span){ NULL, 0 };
}

static void refuse_xsi(struct reader *r, const struct xml_element *e)
{
	for (unsigned i = 0; i < e->n_attrs; i++)
		if (span_eq(e->attrs[i].ns, ns_xsi) &&
		    (span_is(e->attrs[i].name, "type") || span_is(e->attrs[i].name, "nil")))
			tell(r, RULE_XSI, e->attrs[i].name);
}

/* ---- items: what zero does not say is absent ---- */

void blank_line(void *item)
{
	struct doc_line *l = item;
	l->rate = RATE_NONE;
	l->period_start = l->period_end = DATE_NONE;
}

void blank_ref(void *item) { ((struct doc_ref *)item)->date = DATE_NONE; }

void blank_allowance(void *item)
{
	struct doc_allowance *a = item;
	a->percent = a->rate = RATE_NONE;
}

void blank_tax(void *item)
{
	struct doc_tax *t = item;
	t->rate = RATE_NONE;
	t->point = DATE_NONE;
}

void blank_payment(void *item) { ((struct doc_payment *)item)->due = DATE_NONE; }

void blank_response(void *item)
{
	struct doc_response *r = item;
	r->effective = r->reference.date = DATE_NONE;
}

void blank_balance(void *item) { ((struct doc_balance *)item)->date = DATE_NONE; }

void blank_entry(void *item)
{
	struct doc_entry *e = item;
	e->booked = e->valued = DATE_NONE;
}

void blank_statement(void *item)
{
	struct doc_statement *s = item;
	s->created = s->period_start = s->period_end = DATE_NONE;
}

static char *new_item(struct reader *r, const struct slot *s, char *object)
{
	char *it = draft_item(r->draft, object + s->at, s->size, s->max);

	if (!it) {
		if (arena_ok(r->draft->mem))
			tell(r, RULE_RANGE, S("more of these than a document may have"));
		return NULL;
	}
	if (s->role)
		*it = (char)s->role;
	if (s->blank)
		s->blank(it);
	return it;
}

static void take_ccy(struct reader *r, struct span v)
{
	r->has_ccy = v.len > 0;
	memset(r->ccy, 0, sizeof r->ccy);
	if (v.len == 3)
		memcpy(r->ccy, v.at, 3);
	else if (v.len)
		r->ccy[0] = '?';
}

static void take_attributes(struct reader *r, const struct slot *s, char *object, const struct xml_element *e)
{
	for (const struct slot_attr *a = s->attrs; a && a->name; a++) {
		struct span v = attribute(e, a->name), old;

		memcpy(&old, object + a->at, sizeof old);
		if (a->differs != SIZE_MAX && old.len && v.len && !span_eq(old, v))
			*(bool *)(object + a->differs) = true;
		if (old.len || !v.len)
			continue;
		v = value_clean_copy(r->draft->mem, v);
		memcpy(object + a->at, &v, sizeof v);
	}
}

/* False: skip the element, it has no place to go. */
static bool enter(struct reader *r, const struct slot *s, const struct xml_element *e)
{
	struct frame *up = top(r);
	assert(s - up->slot->in < 64);
	uint64_t bit = UINT64_C(1) << (s - up->slot->in);
	struct frame f = { s, up->object, 0, 0 };

	if ((up->seen & bit) && !(s->flags & MANY))
		tell(r, RULE_TWICE, span_z(s->name));
	up->seen |= bit;
	if (s->flags & MARK)
		*(bool *)(up->object + s->mark) = true;
	if (s->take == SUB)
		f.object += s->at;
	/* an id's item is made now, while the attributes are here; its value comes at the end */
	if (s->take == ITEM || s->take == NEWID) {
		f.object = new_item(r, s, up->object);
		if (!f.object)
			return false;
		memcpy(&f.number, up->object + s->at + sizeof(char *), sizeof f.number);
	}
	r->frame[r->depth++] = f;
	r->len = 0;
	if (is_value(s))
		take_ccy(r, attribute(e, r->map->ccy));
	if (s->take == DAY8 && !span_is(attribute(e, "format"), "102"))
		tell(r, RULE_DATE, S("not in format 102"));
	take_attributes(r, s, f.object, e);
	return true;
}

bool fill_open(void *to, const struct xml_element *e)
{
	struct reader *r = to;
	bool other = false;
	const struct slot *s = NULL;

	r->childless = r->blank = true;
	if (r->depth == 0) {
		r->frame[r->depth++] = (struct frame){ &r->document_element, (char *)r->filled, 0, 0 };
		refuse_xsi(r, e);
		return true;
	}
	/* a value that may hold elements holds either them or text */
	if (!r->skipping && is_value(top(r)->slot) && (!top(r)->slot->in || value_clean(r->text, r->len).len))
		tell(r, RULE_MIXED, e->name);
	else if (!r->skipping)
		s = slot_of(r, top(r)->slot->in, e, &other);
	if (other && !s)
		tell(r, RULE_NAMESPACE, e->name);
	if (!s || !enter(r, s, e)) {
		r->skipping++;
		return arena_ok(r->draft->mem);
	}
	refuse_xsi(r, e);
	return arena_ok(r->draft->mem);
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool grow_text(struct reader *r, size_t len)
{
	size_t cap = r->cap ? r->cap : 256;

	while (cap < len)
		cap *= 2;
	char *more = arena_take(r->draft->mem, cap);
	if (!more)
		return false;
	if (r->len)
		memcpy(more, r->text, r->len);
	r->text = more;
	r->cap = cap;
	return true;
}

bool fill_text(void *to, struct span s)
{
	struct reader *r = to;

	for (size_t i = 0; r->blank && i < s.len; i++)
		r->blank = is_space(s.at[i]);
	if (r->skipping || !is_value(top(r)->slot) || top(r)->slot->take == PRESENT)
		return true;
	if (s.len > XML_TEXT_MAX - r->len) {
		tell(r, RULE_LIMIT, S("a value of more than 1 MB"));
		return true; /* the level is lost already; the rest of the value is let go */
	}
	if (r->len + s.len > r->cap && !grow_text(r, r->len + s.len))
		return false;
	memcpy(r->text + r->len, s.at, s.len);
	r->len += s.len;
	return true;
}

/* AMT-14: decimals that say something are refused, as are more than two under EN 16931; zeros are remarked on. */
static void judge_decimals(struct reader *r, unsigned written, struct decimal d, unsigned digits)
{
	draft_dialect(r->draft, r->filled->doc.profile);
	bool en = r->draft->doc->dialect != DIALECT_PLAIN;

	struct span text = { r->text, r->len };
	enum doc_severity most = d.scale > digits || (en && written > 2) ? SEV_E : SEV_W;

	if (written > digits)
		draft_detail(r->draft, raise(r, RULE_DECIMALS, most), text);
	if (en && written > 2 && is_ubl((enum doc_kind)r->filled->doc.kind))
		draft_detail(r->draft, raise(r, RULE_DECIMALS_UBL, SEV_E), text);
}

static void take_money(struct reader *r, struct span s, char *to)
{
	struct doc_amount a = { .present = true };
	struct decimal d;
	struct span ccy = r->has_ccy ? span_z(r->ccy) : r->filled->doc.currency;

	if (!value_number(s, &d)) {
		tell(r, RULE_NUMBER, s);
		return;
	}
	if (ccy.len && iso4217_digits(ccy) < 0)
		tell(r, RULE_CCY_AMOUNT, ccy);
	else
		memcpy(a.ccy, ccy.at ? ccy.at : "", ccy.len);
	unsigned written = d.scale, digits = document_digits(a.ccy);
	d = value_stripped(d);
	judge_decimals(r, written, d, digits);
	i128 minor = value_rescale(d, digits);
	if (minor >= DOC_MONEY_LIMIT || minor <= -DOC_MONEY_LIMIT) {
		tell(r, RULE_RANGE, s);
		return;
	}
	a.minor = (int64_t)minor;
	memcpy(to, &a, sizeof a);
}

static void take_number(struct reader *r, struct span s, char *to)
{
	struct decimal d;

	if (!value_number(s, &d)) {
		tell(r, RULE_NUMBER, s);
		return;
	}
	if (r->has_ccy && r->filled->doc.currency.len && !span_is(r->filled->doc.currency, r->ccy))
		tell(r, RULE_CURRENCY, span_z(r->ccy));
	d = value_stripped(d);
	memcpy(to, &d, sizeof d);
}

/* 19.5 per cent is 195 000 parts per million; what a rate says beyond that is rounded. */
static void take_rate(struct reader *r, struct span s, char *to)
{
	struct decimal d;

	if (!value_number(s, &d)) {
		tell(r, RULE_NUMBER, s);
		return;
	}
	i128 ppm = value_rescale(d, 4);
	if (ppm > 1000000000 || ppm < -1000000000) {
		tell(r, RULE_RANGE, s);
		return;
	}
	int32_t v = (int32_t)ppm;
	memcpy(to, &v, sizeof v);
}

static void take_day(struct reader *r, struct span s, bool compact, char *to)
{
	struct date day;

	if (compact ? value_day8(s, &day) : value_day(s, &day))
		memcpy(to, &day, sizeof day);
	else
		tell(r, RULE_DATE, s);
}

static void take_flag(struct reader *r, struct span s, char *to)
{
	bool yes = span_is(s, "true") || span_is(s, "1");

	if (!yes && !span_is(s, "false") && !span_is(s, "0"))
		tell(r, RULE_BOOLEAN, s);
	memcpy(to, &yes, sizeof yes);
}

static void take_text(struct reader *r, struct span s, char *to)
{
	struct span kept = arena_copy(r->draft->mem, s);
	memcpy(to, &kept, sizeof kept);
}

/* Of a card's number nobody needs more than its length and its end. */
static void take_masked(struct reader *r, struct span s, char *to)
{
	struct span kept = arena_copy(r->draft->mem, s);

	if (kept.len > 4)
		memset((char *)(uintptr_t)kept.at, '*', kept.len - 4);
	memcpy(to, &kept, sizeof kept);
}

/* The first of many counts: has the place been filled? */
static bool filled(const struct slot *s, const char *to)
{
	struct span text;
	struct date day;

	if (s->take == TEXT) {
		memcpy(&text, to, sizeof text);
		return text.len > 0;
	}
	if (s->take == DAY || s->take == DAY8) {
		memcpy(&day, to, sizeof day);
		return day.day != DATE_NONE.day;
	}
	return false;
}

static void store(struct reader *r, const struct slot *s, char *object, struct span v)
{
	char *to = object + (s->take == NEWID ? offsetof(struct doc_id, value) : s->at);

	switch (s->take) {
	case TEXT:
	case NEWID:
		take_text(r, v, to);
		break;
	case MASKED:
		take_masked(r, v, to);
		break;
	case DAY:
	case DAY8:
		take_day(r, v, s->take == DAY8, to);
		break;
	case MONEY:
		take_money(r, v, to);
		break;
	case NUMBER:
		take_number(r, v, to);
		break;
	case RATE:
		take_rate(r, v, to);
		break;
	case FLAG:
		take_flag(r, v, to);
		break;
	case NEWTEXT:
		object = new_item(r, s, object);
		if (object)
			take_text(r, v, object);
		break;
	case NEWMONEY:
		object = new_item(r, s, object);
		if (object)
			take_money(r, v, object);
		break;
	case PRESENT:
	case IN:
	case SUB:
	case ITEM:
		break;
	}
}

static void close_value(struct reader *r)
{
	const struct slot *s = top(r)->slot;
	struct span v = value_clean(r->text, r->len);

	if (v.len == 0)
		return; /* an empty element says nothing */
	if (s->in && top(r)->seen)
		tell(r, RULE_MIXED, v);
	if ((s->flags & MANY) && filled(s, top(r)->object + s->at))
		return;
	store(r, s, top(r)->object, v);
}

/* What is read of a signed document is what was signed, without the signature: its place is empty then. */
static bool left_by_signature(const struct reader *r)
{
	return r->skipping && r->draft->auth && r->draft->auth->profile == AUTH_XMLDSIG;
}

bool fill_close(void *to)
{
	struct reader *r = to;

	if (r->childless && r->blank && !r->told_empty && !left_by_signature(r)) {
		raise(r, RULE_EMPTY, SEV_W);
		r->told_empty = true; /* one remark is enough */
	}
	r->childless = false;
	if (r->skipping) {
		r->skipping--;
		return true;
	}
	if (is_value(top(r)->slot))
		close_value(r);
	r->depth--;
	r->len = 0;
	return arena_ok(r->draft->mem);
}

/* ---- the end ---- */

bool fill_in_ccy(const struct doc_amount *a, struct span ccy) { return !a->ccy[0] || !ccy.len || span_is(ccy, a->ccy); }

static void sort_ids(struct doc_ids *ids)
{
	struct doc_id *at = (struct doc_id *)(uintptr_t)ids->at;

	for (uint32_t i = 1; i < ids->n; i++)
		for (uint32_t k = i; k > 0 && at[k - 1].role > at[k].role; k--) {
			struct doc_id swap = at[k];
			at[k] = at[k - 1];
			at[k - 1] = swap;
		}
}

void fill_sort_ids(struct document *d)
{
	struct doc_party *const all[] = { &d->seller, &d->buyer,    &d->payee,   &d->tax_representative,
		                          &d->sender, &d->receiver, &d->carrier, &d->weigher };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		sort_ids(&all[i]->ids);
}

static struct span first_ref(const struct doc_refs *refs, enum doc_ref_role role)
{
	for (uint32_t i = 0; i < refs->n; i++)
		if (refs->at[i].role == role && refs->at[i].number.len)
			return refs->at[i].number;
	return (struct span){ NULL, 0 };
}

static void first_of_lines(struct document *d)
{
	for (uint32_t i = 0; i < d->lines.n; i++) {
		struct doc_line *l = (struct doc_line *)(uintptr_t)&d->lines.at[i];
		for (uint32_t k = 0; !l->order_line.len && k < l->references.n; k++)
			if (l->references.at[k].role == REF_ORDER)
				l->order_line = l->references.at[k].line;
	}
}

void fill_first_refs(struct document *d)
{
	d->order_ref = first_ref(&d->references, REF_ORDER);
	d->despatch_ref = first_ref(&d->references, REF_DESPATCH);
	d->receipt_ref = first_ref(&d->references, REF_RECEIPT);
	d->contract_ref = first_ref(&d->references, REF_CONTRACT);
	first_of_lines(d);
	for (uint32_t i = 0; i < d->payments.n; i++) {
		if (!d->account.len)
			d->account = d->payments.at[i].account;
		if (d->due_date.day == DATE_NONE.day)
			d->due_date = d->payments.at[i].due;
	}
}

void fill_finish(void *reader)
{
	struct reader *r = reader;
	struct document *d = &r->filled->doc;
	bool known;

	r->map->finish(r->draft, r->filled);
	fill_sort_ids(d);
	for (uint32_t i = 0; i < d->references.n; i++)
		d->attachments = (uint16_t)(d->attachments + d->references.at[i].attachment);
	d->findings = r->draft->doc->findings;
	d->refused = r->draft->doc->refused;
	*r->draft->doc = *d;
	(void)dialect_of(d->profile, &known);
	if (!known)
		draft_tell(r->draft, RULE_PROFILE, TOP("CustomizationID"), d->profile);
}

void *fill_begin(struct draft *d, const struct fill_map *map, struct span root_ns)
{
	struct reader *r = ARENA_NEW(d->mem, struct reader);
	struct filled *f = ARENA_NEW(d->mem, struct filled);

	if (!r || !f)
		return NULL;
	r->draft = d;
	r->map = map;
	r->root_ns = arena_copy(d->mem, root_ns);
	r->document_element = (struct slot)INTO("", 0, map->root);
	r->filled = f;
	f->doc = *d->doc;
	return r;
}
