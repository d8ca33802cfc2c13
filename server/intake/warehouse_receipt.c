/* SPDX-License-Identifier: Apache-2.0 */
/*
 * warehouse_receipt.c: the registry's own form of a warehouse receipt.
 *
 * The world has no common format, so this one is published here. It holds the
 * elements of article 909 of the Civil Code of China and of GB/T 30332-2024,
 * and what a registry needs beside them. JSON, UTF-8; every number is a decimal
 * string; unknown members are refused; members with ? may be left out, and W
 * marks those whose absence is remarked on.
 *
 *   { "document": "warehouse-receipt/1",
 *     "number": text,                        the keeper's own, unique with it
 *     "issued": { "on": date, "place": text },
 *     "keeper": PARTY,  "depositor": PARTY,
 *     "negotiable": bool,
 *     "order_party": PARTY?,                 to whose order it is made out
 *     "rights": text? W,                     the statement of rights (凭证权利提示)
 *     "site": { "name": text?, "gln": text?, "address": text?, "zone": text?, "bin": text? },
 *     "goods": [ { "item": text, "lot": text?, "quantity": decimal, "unit": Rec 20 code,
 *                  "pieces": decimal? W, "packaging": text? W, "marks": text? W, "grade": text? W,
 *                  "inspection": text?,      SHA-256 of the inspection report, 64 hexadecimal digits
 *                  "zone": text?, "bin": text? } ],
 *     "loss": decimal? W,                    natural loss allowed, per cent
 *     "storage": { "from": date, "until": date? } ? W,
 *     "fee": text? W,                        the terms of the storage fee
 *     "insurance": { "insurer": text, "policy": text?, "amount": MONEY, "until": date? } ? W,
 *     "value": MONEY?,                       as declared by the depositor
 *     "encumbrances": [ text ] ?,            rights of others the keeper knows of
 *     "lineage": { "supersedes": text?, "split_from": text?, "merged_from": [ text ] ? } ?,
 *     "control_key": text? }                 RFC 7638 thumbprint of the key that controls it
 *
 *   PARTY  { "name": text, "uscc": text?, "lei": text?, "gln": text?, "country": text?, "address": text? }
 *   MONEY  { "amount": decimal, "currency": ISO 4217 }      date  YYYY-MM-DD
 *
 * The keeper's signature stands around the document, not in it: the receipt is
 * what was signed, byte for byte.
 */
#include "intake/json_document.h"

#include "codes.h"
#include "intake/draft_value.h"

static const struct span form = S_INIT("warehouse-receipt/1");

bool warehouse_receipt_is(const struct js *top)
{
	struct js at = js_member(top, "document");
	struct span s;

	return js_string(&at, &s) && span_eq(s, form);
}

/* ---- strict objects ---- */

/* The members of an object into out; what is wrong with them is a finding, and then false. */
static bool members(struct draft *d, const struct js *object, const struct js_member *m, size_t n, struct js *out)
{
	struct diag diag = { .pointer = "" };

	if (js_members(object, m, n, out, &diag) == OK)
		return true;
	draft_tell(d, RULE_MEMBER, TOP(diag.pointer[0] == '/' ? diag.pointer + 1 : diag.pointer), span_z(diag.detail));
	return false;
}
#define MEMBERS(d, object, table, out) members(d, object, table, ARRAY_LEN(table), out)

static void missing(struct draft *d, const struct js *at, const char *what)
{
	member_tell(d, RULE_WR_ELEMENT, at, span_z(what));
}

/* ---- parties, money ---- */

static bool gln(struct span s) { return gs1_check(s, 13); }

static void fill_ids(struct draft *d, const struct js *party, struct doc_party *to)
{
	static const struct {
		const char *name;
		struct span scheme;
		bool (*check)(struct span s);
		enum doc_rule rule;
	} id[] = {
		{ "uscc", S_INIT("USCC"), uscc_check, RULE_USCC },
		{ "lei", S_INIT("LEI"), lei_check, RULE_LEI },
		{ "gln", S_INIT("GLN"), gln, RULE_MEMBER },
	};

	for (size_t i = 0; i < ARRAY_LEN(id); i++) {
		struct js at = js_member(party, id[i].name);
		struct span value = member_key(d, party, id[i].name);
		if (value.len && !id[i].check(value))
			member_tell(d, id[i].rule, &at, value);
		draft_party_id(d, to, ID_LEGAL, id[i].scheme, value);
	}
}

static void fill_party(struct draft *d, const struct js *party, struct doc_party *to)
{
	static const struct js_member table[] = {
		{ "name", true, "the name" }, { "uscc", false, NULL },    { "lei", false, NULL },
		{ "gln", false, NULL },       { "country", false, NULL }, { "address", false, NULL },
	};
	struct js out[ARRAY_LEN(table)];

	if (!party->v || !MEMBERS(d, party, table, out))
		return;
	to->present = true;
	to->name = member_key(d, party, "name");
	to->country = member_text(d, party, "country");
	to->address = member_text(d, party, "address").len > 0;
	fill_ids(d, party, to);
	if (!to->name.len)
		member_tell(d, RULE_MEMBER, &out[0], S("empty"));
	if (to->country.len && !code_listed(CODES_COUNTRY, to->country))
		member_tell(d, RULE_COUNTRY, &out[4], to->country);
}

static void fill_money(struct draft *d, const struct js *money, struct doc_amount *to)
{
	static const struct js_member table[] = { { "amount", true, NULL }, { "currency", true, NULL } };
	struct js out[ARRAY_LEN(table)];
	char pointer[257];
	struct writer w = writer_over(pointer, sizeof pointer - 1);

	if (!money->v || !MEMBERS(d, money, table, out))
		return;
	put_js_pointer(&w, money);
	pointer[w.len] = 0;
	draft_money(d, member_need(d, money, "amount"), member_text(d, money, "currency"), TOP(pointer), to);
	if (to->minor < 0)
		member_tell(d, RULE_NUMBER, &out[0], S("below zero"));
}

/* ---- goods ---- */

static void above_zero(struct draft *d, const struct js *at, const struct decimal *v)
{
	if (v->present && v->mantissa <= 0)
		member_tell(d, RULE_WR_AMOUNT, at, S("not above zero"));
}

static void judge_item(struct draft *d, const struct js *item, const struct doc_line *l, bool packaged)
{
	struct js unit = js_member(item, "unit"), quantity = js_member(item, "quantity"),
		  pieces = js_member(item, "pieces");

	if (l->unit.len && !code_listed(CODES_UNIT, l->unit))
		member_tell(d, RULE_UNIT_CODE, &unit, l->unit);
	above_zero(d, &quantity, &l->quantity);
	above_zero(d, &pieces, &l->pieces);
	if (!l->pieces.present)
		missing(d, item, "the number of pieces");
	if (!packaged)
		missing(d, item, "the packaging");
	if (!l->marks.len)
		missing(d, item, "the marks");
	if (!l->grade.len)
		missing(d, item, "the quality");
}

static void add_property(struct draft *d, struct doc_line *l, struct span name, struct span value)
{
	struct doc_property *p = value.len ? draft_item(d, &l->properties, sizeof *p, DOC_PROPERTIES_MAX) : NULL;

	if (p)
		*p = (struct doc_property){ name, value };
}

static void fill_item(struct draft *d, const struct js *item)
{
	static const struct js_member table[] = {
		{ "item", true, "what the goods are" },
		{ "lot", false, NULL },
		{ "quantity", true, NULL },
		{ "unit", true, NULL },
		{ "pieces", false, NULL },
		{ "packaging", false, NULL },
		{ "marks", false, NULL },
		{ "grade", false, NULL },
		{ "inspection", false, NULL },
		{ "zone", false, NULL },
		{ "bin", false, NULL },
	};
	struct js out[ARRAY_LEN(table)];
	struct doc_line *l = MEMBERS(d, item, table, out) ? draft_line(d) : NULL;
	uint8_t hash[HASH_LEN];
	char no[16];
	struct writer w = writer_over(no, sizeof no);

	if (!l)
		return;
	put_u64(&w, d->doc->lines.n);
	l->no = arena_copy(d->mem, writer_span(&w));
	l->name = member_need(d, item, "item");
	l->lot = member_key(d, item, "lot");
	l->unit = member_need(d, item, "unit");
	l->marks = member_text(d, item, "marks");
	l->grade = member_text(d, item, "grade");
	l->location = member_text(d, item, "bin").len ? member_text(d, item, "bin") : member_text(d, item, "zone");
	member_decimal(d, item, "quantity", true, &l->quantity);
	member_decimal(d, item, "pieces", true, &l->pieces);
	struct span report = member_text(d, item, "inspection"), packaging = member_text(d, item, "packaging");
	if (report.len && !hex_parse(report, hash, sizeof hash))
		member_tell(d, RULE_MEMBER, &out[8], S("not 64 hexadecimal digits"));
	add_property(d, l, S("inspection"), report);
	add_property(d, l, S("packaging"), packaging);
	judge_item(d, item, l, packaging.len > 0);
}

static void fill_goods(struct draft *d, const struct js *goods)
{
	size_t n = member_items(d, goods);

	if (!n)
		member_tell(d, RULE_MEMBER, goods, S("no goods"));
	if (n > DOC_LINES_MAX)
		member_tell(d, RULE_RANGE, goods, S("more goods than a document may have"));
	for (size_t i = 0; i < n && i < DOC_LINES_MAX; i++) {
		struct js item = js_item(goods, i);
		fill_item(d, &item);
	}
}

/* One lot of one item at one place stands once: twice, it would be counted twice. */
static bool same_lot(const struct doc_line *a, const struct doc_line *b)
{
	return a->lot.len && span_eq(a->lot, b->lot) && span_eq(a->name, b->name) && span_eq(a->location, b->location);
}

struct lot {
	const struct doc_line *line;
};

static int by_lot(const void *a, const void *b)
{
	const struct doc_line *x = ((const struct lot *)a)->line, *y = ((const struct lot *)b)->line;
	int order = span_cmp(x->lot, y->lot);

	if (!order)
		order = span_cmp(x->name, y->name);
	return order ? order : span_cmp(x->location, y->location);
}

static void judge_lots(struct draft *d, const struct js *goods)
{
	uint32_t n = d->doc->lines.n;
	struct lot *lot = ARENA_ARRAY(d->mem, struct lot, (size_t)n + 1);

	if (!lot)
		return;
	for (uint32_t i = 0; i < n; i++)
		lot[i].line = &d->doc->lines.at[i];
	qsort(lot, n, sizeof *lot, by_lot);
	for (uint32_t i = 1; i < n; i++)
		if (same_lot(lot[i - 1].line, lot[i].line))
			member_tell(d, RULE_WR_LOT, goods, lot[i].line->lot);
}

/* ---- the rest ---- */

static void fill_issued(struct draft *d, const struct js *issued)
{
	static const struct js_member table[] = { { "on", true, NULL }, { "place", true, NULL } };
	struct js out[ARRAY_LEN(table)];

	if (!MEMBERS(d, issued, table, out))
		return;
	member_day(d, issued, "on", &d->doc->issue_date);
	d->doc->title.place = member_need(d, issued, "place");
}

static void fill_site(struct draft *d, const struct js *site)
{
	static const struct js_member table[] = {
		{ "name", false, NULL }, { "gln", false, NULL }, { "address", false, NULL },
		{ "zone", false, NULL }, { "bin", false, NULL },
	};
	struct js out[ARRAY_LEN(table)];
	struct span id;

	if (!MEMBERS(d, site, table, out))
		return;
	id = member_key(d, site, "gln");
	if (id.len && !gs1_check(id, 13))
		member_tell(d, RULE_MEMBER, &out[1], id);
	d->doc->title.to = id.len ? id : member_text(d, site, "name");
	if (!d->doc->title.to.len)
		d->doc->title.to = member_text(d, site, "address");
	if (!d->doc->title.to.len)
		member_tell(d, RULE_MEMBER, site, S("the site has neither name, number nor address"));
}

static void fill_storage(struct draft *d, const struct js *storage)
{
	static const struct js_member table[] = { { "from", true, NULL }, { "until", false, NULL } };
	struct js out[ARRAY_LEN(table)];
	struct document *doc = d->doc;

	if (!storage->v || !MEMBERS(d, storage, table, out))
		return;
	doc->period = true;
	member_day(d, storage, "from", &doc->period_start);
	member_day(d, storage, "until", &doc->period_end);
	if (doc->period_end.day != DATE_NONE.day && doc->period_end.day < doc->period_start.day)
		member_tell(d, RULE_PERIOD, storage, S("ends before it begins"));
}

static void fill_insurance(struct draft *d, const struct js *insurance)
{
	static const struct js_member table[] = {
		{ "insurer", true, NULL }, { "policy", false, NULL }, { "amount", true, NULL }, { "until", false, NULL }
	};
	struct js out[ARRAY_LEN(table)];
	struct doc_title *t = &d->doc->title;

	if (!insurance->v || !MEMBERS(d, insurance, table, out))
		return;
	t->insurer = member_need(d, insurance, "insurer");
	t->policy = member_text(d, insurance, "policy");
	fill_money(d, &out[2], &t->insured);
	member_day(d, insurance, "until", &t->insured_until);
}

static void add_preceding(struct draft *d, struct span number, struct span how)
{
	struct doc_ref *r = number.len ? draft_preceding(d, number) : NULL;

	if (r) {
		r->role = REF_DOCUMENT;
		r->type_code = how;
	}
}

static void fill_lineage(struct draft *d, const struct js *lineage)
{
	static const struct js_member table[] = { { "supersedes", false, NULL },
		                                  { "split_from", false, NULL },
		                                  { "merged_from", false, NULL } };
	struct js out[ARRAY_LEN(table)];
	struct span s;

	if (!lineage->v || !MEMBERS(d, lineage, table, out))
		return;
	add_preceding(d, member_key(d, lineage, "supersedes"), S("supersedes"));
	add_preceding(d, member_key(d, lineage, "split_from"), S("split_from"));
	for (size_t i = 0, n = member_items(d, &out[2]); i < n && i < DOC_REFS_MAX; i++) {
		struct js one = js_item(&out[2], i);
		if (js_string(&one, &s))
			add_preceding(d, value_clean_copy(d->mem, s), S("merged_from"));
		else
			member_tell(d, RULE_MEMBER, &one, S("not a text"));
	}
}

static void fill_encumbrances(struct draft *d, const struct js *list)
{
	struct span s;

	for (size_t i = 0, n = member_items(d, list); i < n; i++) {
		struct js one = js_item(list, i);
		struct doc_note *note = NULL;
		if (!js_string(&one, &s))
			member_tell(d, RULE_MEMBER, &one, S("not a text"));
		else if (!(note = draft_item(d, &d->doc->title.encumbrances, sizeof *note, DOC_TEXTS_MAX)))
			member_tell(d, RULE_RANGE, list, S("more of these than a document may have"));
		if (note)
			note->text = value_clean_copy(d->mem, s);
	}
}

static void fill_loss(struct draft *d, const struct js *top, const struct js *at)
{
	struct decimal loss = { .present = false };

	member_decimal(d, top, "loss", true, &loss);
	if (!loss.present)
		return;
	i128 ppm = value_rescale(loss, 4);
	if (ppm < 0 || ppm > 1000000)
		member_tell(d, RULE_RANGE, at, S("a loss of less than none or more than all"));
	else
		d->doc->title.loss = (int32_t)ppm;
}

enum top {
	DOCUMENT,
	NUMBER,
	ISSUED,
	KEEPER,
	DEPOSITOR,
	NEGOTIABLE,
	ORDER_PARTY,
	RIGHTS,
	SITE,
	GOODS,
	LOSS,
	STORAGE,
	FEE,
	INSURANCE,
	VALUE,
	ENCUMBRANCES,
	LINEAGE,
	CONTROL_KEY,
	TOPS
};
static const struct js_member tops[TOPS] = {
	[DOCUMENT] = { "document", true, NULL },
	[NUMBER] = { "number", true, "the receipt's number" },
	[ISSUED] = { "issued", true, "where and when it was issued" },
	[KEEPER] = { "keeper", true, "who keeps the goods" },
	[DEPOSITOR] = { "depositor", true, "who deposited them" },
	[NEGOTIABLE] = { "negotiable", true, "whether it can be endorsed" },
	[ORDER_PARTY] = { "order_party", false, NULL },
	[RIGHTS] = { "rights", false, NULL },
	[SITE] = { "site", true, "where the goods are" },
	[GOODS] = { "goods", true, "the goods" },
	[LOSS] = { "loss", false, NULL },
	[STORAGE] = { "storage", false, NULL },
	[FEE] = { "fee", false, NULL },
	[INSURANCE] = { "insurance", false, NULL },
	[VALUE] = { "value", false, NULL },
	[ENCUMBRANCES] = { "encumbrances", false, NULL },
	[LINEAGE] = { "lineage", false, NULL },
	[CONTROL_KEY] = { "control_key", false, NULL },
};

static bool same_party(const struct doc_party *a, const struct doc_party *b)
{
	for (uint32_t i = 0; i < a->ids.n; i++)
		for (uint32_t k = 0; k < b->ids.n; k++)
			if (span_eq(a->ids.at[i].value, b->ids.at[k].value))
				return true;
	return false;
}

static void judge_elements(struct draft *d, const struct js *top, const struct js out[TOPS])
{
	static const struct {
		enum top member;
		const char *what;
	} element[] = {
		{ RIGHTS, "the statement of rights" }, { LOSS, "the loss allowed" },
		{ STORAGE, "the storage period" },     { FEE, "the storage fee" },
		{ INSURANCE, "the insurance" },
	};

	for (size_t i = 0; i < ARRAY_LEN(element); i++)
		if (!out[element[i].member].v)
			missing(d, top, element[i].what);
	if (!d->doc->buyer.address)
		missing(d, &out[DEPOSITOR], "the depositor's address");
	if (same_party(&d->doc->seller, &d->doc->buyer))
		member_tell(d, RULE_SELF, &out[DEPOSITOR], d->doc->buyer.name);
}

static void fill_top(struct draft *d, const struct js *top, const struct js out[TOPS])
{
	struct document *doc = d->doc;

	doc->number = member_key(d, top, "number");
	if (!doc->number.len)
		member_tell(d, RULE_MAN_NUMBER, &out[NUMBER], S("empty"));
	fill_issued(d, &out[ISSUED]);
	fill_party(d, &out[KEEPER], &doc->seller);
	fill_party(d, &out[DEPOSITOR], &doc->buyer);
	fill_party(d, &out[ORDER_PARTY], &doc->title.order_party);
	if (!js_bool(&out[NEGOTIABLE], &doc->title.negotiable))
		member_tell(d, RULE_MEMBER, &out[NEGOTIABLE], S("neither true nor false"));
	fill_site(d, &out[SITE]);
	fill_goods(d, &out[GOODS]);
	fill_loss(d, top, &out[LOSS]);
	fill_storage(d, &out[STORAGE]);
	fill_insurance(d, &out[INSURANCE]);
	fill_money(d, &out[VALUE], &doc->title.value);
	fill_encumbrances(d, &out[ENCUMBRANCES]);
	fill_lineage(d, &out[LINEAGE]);
	draft_note(d, member_text(d, top, "rights"));
	doc->payment_terms = member_text(d, top, "fee");
	doc->title.control_key = member_text(d, top, "control_key");
}

void warehouse_receipt_fill(struct draft *d, const struct js *top)
{
	struct js out[TOPS];
	struct document *doc = d->doc;

	doc->profile = member_text(d, top, "document");
	doc->title.present = true;
	doc->title.state = S("ISSUED");
	if (!MEMBERS(d, top, tops, out))
		return;
	fill_top(d, top, out);
	judge_lots(d, &out[GOODS]);
	judge_elements(d, top, out);
	/* who may give the goods away: whoever it is made out to, else who deposited them */
	doc->title.holder = doc->title.order_party.present ? doc->title.order_party : doc->buyer;
}
