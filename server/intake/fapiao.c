/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fapiao.c: what a Chinese tax invoice says, into the model, the same from
 * every dialect.
 */
#include "intake/fapiao.h"

#include "intake/draft_value.h"

/* ---- texts to facts ---- */

static bool digits(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return s.len > 0;
}

bool fapiao_day(struct span s, struct date *ret)
{
	static const char year[] = "年", month[] = "月", day[] = "日";
	char text[10];
	struct writer w = writer_over(text, sizeof text);
	size_t unit = sizeof year - 1;

	if (s.len >= 10 && s.at[4] == '-') {
		if (s.len > 10 && s.at[10] != ' ' && s.at[10] != 'T')
			return false;
		return date_parse((struct span){ s.at, 10 }, ret);
	}
	if ((s.len == 8 || s.len == 14) && digits(s)) {
		put_span(&w, (struct span){ s.at, 4 });
		put_byte(&w, '-');
		put_span(&w, (struct span){ s.at + 4, 2 });
		put_byte(&w, '-');
		put_span(&w, (struct span){ s.at + 6, 2 });
		return date_parse(writer_span(&w), ret);
	}
	if (s.len != 8 + 3 * unit || memcmp(s.at + 4, year, unit) != 0 || memcmp(s.at + 6 + unit, month, unit) != 0 ||
	    memcmp(s.at + 8 + 2 * unit, day, unit) != 0)
		return false;
	put_span(&w, (struct span){ s.at, 4 });
	put_byte(&w, '-');
	put_span(&w, (struct span){ s.at + 4 + unit, 2 });
	put_byte(&w, '-');
	put_span(&w, (struct span){ s.at + 6 + 2 * unit, 2 });
	return date_parse(writer_span(&w), ret);
}

bool fapiao_rate(struct span s, int32_t *rate, struct span *category)
{
	static const struct {
		struct span text, category;
		int32_t rate;
	} word[] = {
		{ S_INIT("免税"), S_INIT("E"), 0 },       { S_INIT("***"), S_INIT("E"), 0 },
		{ S_INIT("*"), S_INIT("E"), 0 },          { S_INIT("不征税"), S_INIT("O"), RATE_NONE },
		{ S_INIT("出口零税率"), S_INIT("Z"), 0 }, { S_INIT("普通零税率"), S_INIT("Z"), 0 },
	};
	bool percent = s.len && s.at[s.len - 1] == '%';
	struct decimal d;

	for (size_t i = 0; i < ARRAY_LEN(word); i++)
		if (span_eq(s, word[i].text)) {
			*rate = word[i].rate;
			*category = word[i].category;
			return true;
		}
	if (percent)
		s.len--;
	if (!value_plain(s, &d))
		return false;
	i128 ppm = value_rescale(d, percent ? 4 : 6);
	if (ppm < 0 || ppm > 1000000)
		return false;
	*rate = (int32_t)ppm;
	*category = ppm ? S("S") : S("Z");
	return true;
}

/* "建设银行625555888900998711": the account is the digits at the end, the bank what stands before. */
static struct span account_in(struct span both)
{
	size_t n = both.len;

	while (n && ((both.at[n - 1] >= '0' && both.at[n - 1] <= '9') || both.at[n - 1] == '-'))
		n--;
	return both.len - n >= 6 ? (struct span){ both.at + n, both.len - n } : (struct span){ NULL, 0 };
}

/* 20 digits behind "被红冲蓝字数电票号码：", as the tax bureau writes it into the remark of a red letter. */
static struct span blue_in(struct span remark)
{
	static const struct span sign[] = { S_INIT("被红冲蓝字数电票号码"), S_INIT("被红冲蓝字数电发票号码"),
		                            S_INIT("被红冲蓝字发票号码") };
	static const struct span colon[] = { S_INIT("："), S_INIT(":") };

	for (size_t i = 0; i < ARRAY_LEN(sign); i++) {
		const char *at = remark.len ? memmem(remark.at, remark.len, sign[i].at, sign[i].len) : NULL;
		if (!at)
			continue;
		struct span s = { at + sign[i].len, remark.len - sign[i].len - (size_t)(at - remark.at) };
		for (size_t k = 0; k < ARRAY_LEN(colon); k++)
			if (span_starts(s, colon[k]))
				s = (struct span){ s.at + colon[k].len, s.len - colon[k].len };
		if (s.len >= 20 && digits((struct span){ s.at, 20 }) &&
		    (s.len == 20 || !digits((struct span){ s.at + 20, 1 })))
			return (struct span){ s.at, 20 };
	}
	return (struct span){ NULL, 0 };
}

/* The currency sign the page shows is no part of the amount; three stars are no amount, but no tax. */
struct span fapiao_amount(struct span s)
{
	static const struct span sign[] = { S_INIT("¥"), S_INIT("￥") };

	for (size_t i = 0; i < ARRAY_LEN(sign); i++)
		if (span_starts(s, sign[i]))
			return (struct span){ s.at + sign[i].len, s.len - sign[i].len };
	return span_is(s, "***") || span_is(s, "*") ? S("0") : s;
}

static struct span joined(struct draft *d, struct span a, const char *between, struct span b)
{
	struct writer w = writer_in(d->mem);

	put_span(&w, a);
	put_z(&w, a.len && b.len ? between : "");
	put_span(&w, b);
	return writer_done(&w, d->mem);
}

/* ---- the model ---- */

static const struct span cny = S_INIT("CNY");

static struct span text_of(const struct cn_invoice *in, enum cn_fact f) { return in->fact[f].text; }

static void money_of(struct draft *d, const struct cn_invoice *in, enum cn_fact f, struct doc_amount *to)
{
	draft_money(d, fapiao_amount(text_of(in, f)), cny, TOP(in->fact[f].path), to);
}

static void fill_party(struct draft *d, struct doc_party *p, struct span name, struct span id)
{
	p->present = true;
	p->address = true; /* the one registered under the taxpayer's number */
	p->name = name;
	draft_party_id(d, p, uscc_form(id) ? ID_LEGAL : ID_TAX, uscc_form(id) ? S("USCC") : S("CN"), id);
}

static void fill_line(struct draft *d, const struct cn_invoice *in, uint32_t i)
{
	const struct cn_value *v = in->lines[i].value;
	struct doc_line *l = draft_line(d);
	char no[16];
	struct writer w = writer_over(no, sizeof no);

	if (!l)
		return;
	put_u64(&w, i + 1);
	l->no = arena_copy(d->mem, writer_span(&w));
	l->name = v[CN_ITEM].text;
	l->spec = v[CN_SPEC].text;
	l->unit = v[CN_UNIT].text;
	draft_long_number(d, v[CN_QUANTITY].text, AT(in->line_path, i + 1, v[CN_QUANTITY].path), &l->quantity);
	draft_long_number(d, v[CN_PRICE].text, AT(in->line_path, i + 1, v[CN_PRICE].path), &l->price);
	draft_money(d, fapiao_amount(v[CN_AMOUNT].text), cny, AT(in->line_path, i + 1, v[CN_AMOUNT].path), &l->net);
	draft_money(d, fapiao_amount(v[CN_LINE_TAX_TEXT].text), cny, AT(in->line_path, i + 1, v[CN_LINE_TAX_TEXT].path),
	            &l->tax);
	if (v[CN_RATE_TEXT].text.len && !fapiao_rate(v[CN_RATE_TEXT].text, &l->rate, &l->category))
		draft_tell(d, RULE_NUMBER, AT(in->line_path, i + 1, v[CN_RATE_TEXT].path), v[CN_RATE_TEXT].text);
	if (!v[CN_CLASS_CODE].text.len)
		return;
	struct doc_property *class = draft_item(d, &l->classes, sizeof *class, DOC_PROPERTIES_MAX);
	if (class)
		*class = (struct doc_property){ S("CN-TAX"), v[CN_CLASS_CODE].text };
}

static bool same_tax(const struct doc_tax *t, const struct doc_line *l)
{
	return t->rate == l->rate && span_eq(t->category, l->category);
}

static bool within(i128 minor) { return minor < DOC_MONEY_LIMIT && minor > -DOC_MONEY_LIMIT; }

/* One row of the breakdown a rate, in the order of the lines. */
static void fill_taxes(struct draft *d)
{
	for (uint32_t i = 0; i < d->doc->lines.n; i++) {
		const struct doc_line *l = &d->doc->lines.at[i];
		struct doc_tax *t = NULL;
		if (!l->net.present || !l->category.len)
			continue;
		for (uint32_t k = 0; k < d->doc->taxes.n && !t; k++)
			if (same_tax(&d->doc->taxes.at[k], l))
				t = (struct doc_tax *)(uintptr_t)&d->doc->taxes.at[k];
		if (!t && (t = draft_item(d, &d->doc->taxes, sizeof *t, DOC_TAXES_MAX)) != NULL)
			*t = (struct doc_tax){ .base = { 0, "CNY", true },
				               .tax = { 0, "CNY", true },
				               .rate = l->rate,
				               .category = l->category,
				               .scheme = S("VAT") };
		if (!t)
			return;
		/* once over the limit a sum stays there, and fill_sum drops the breakdown */
		t->base.minor += within(t->base.minor) ? l->net.minor : 0;
		t->tax.minor += within(t->tax.minor) ? l->tax.minor : 0;
	}
}

static void fill_sum(struct draft *d)
{
	i128 sum = 0;

	for (uint32_t i = 0; i < d->doc->lines.n; i++)
		sum += d->doc->lines.at[i].net.minor;
	if (d->doc->lines.n && within(sum))
		d->doc->sum_lines = (struct doc_amount){ (int64_t)sum, "CNY", true };
	for (uint32_t i = 0; i < d->doc->taxes.n; i++)
		if (!within(d->doc->taxes.at[i].base.minor) || !within(d->doc->taxes.at[i].tax.minor))
			d->doc->taxes.n = 0;
}

static void fill_totals(struct draft *d, const struct cn_invoice *in)
{
	struct document *doc = d->doc;

	money_of(d, in, CN_NET, &doc->total_net);
	money_of(d, in, CN_TAX_TOTAL, &doc->total_tax);
	money_of(d, in, CN_GROSS_TOTAL, &doc->total_gross);
	money_of(d, in, CN_DEDUCTED, &doc->deduction);
	doc->payable = doc->total_gross;
	doc->amount_words = text_of(in, CN_IN_WORDS);
	doc->tax_totals = doc->tax_breakdowns = 1;
	for (uint32_t i = 0; i < in->n; i++)
		fill_line(d, in, i);
	fill_taxes(d);
	fill_sum(d);
}

static void fill_numbers(struct draft *d, const struct cn_invoice *in)
{
	struct document *doc = d->doc;
	struct span blue = joined(d, text_of(in, CN_BLUE_CODE), "", text_of(in, CN_BLUE_NO));

	doc->number =
		joined(d, text_of(in, CN_CODE), "", text_of(in, CN_NO).len ? text_of(in, CN_NO) : text_of(in, CN_ID));
	if (!blue.len)
		blue = blue_in(text_of(in, CN_REMARK));
	if (blue.len)
		(void)draft_preceding(d, blue);
	bool red = span_is(text_of(in, CN_IS_BLUE), "N") ||
	           (!text_of(in, CN_IS_BLUE).len && doc->total_gross.present && doc->total_gross.minor < 0);
	doc->type_code = red ? S("381") : S("380");
}

void fapiao_fill(struct draft *d, const struct cn_invoice *in)
{
	struct document *doc = d->doc;
	struct span date = text_of(in, CN_DATE), account = text_of(in, CN_SELLER_ACCOUNT);

	doc->dialect = DIALECT_PLAIN;
	doc->profile = joined(d, text_of(in, CN_TAG), "/", text_of(in, CN_VERSION));
	doc->currency = cny;
	if (date.len && !fapiao_day(date, &doc->issue_date))
		draft_tell(d, RULE_DATE, TOP(in->fact[CN_DATE].path), date);
	fill_party(d, &doc->seller, text_of(in, CN_SELLER_NAME), text_of(in, CN_SELLER_ID));
	doc->seller.country = S("CN"); /* whoever issues one is a Chinese taxpayer */
	fill_party(d, &doc->buyer, text_of(in, CN_BUYER_NAME), text_of(in, CN_BUYER_ID));
	doc->account = account.len ? account : account_in(text_of(in, CN_SELLER_BANK));
	doc->authority = joined(d, text_of(in, CN_BUREAU), " ", text_of(in, CN_BUREAU_NAME));
	draft_note(d, text_of(in, CN_REMARK));
	fill_totals(d, in);
	fill_numbers(d, in);
	fapiao_judge(d, in);
}

/* ---- a document of its own ---- */

struct reader {
	struct draft *draft;
	struct xml_tree *tree;
};

static void *begin(struct draft *d, struct span root_ns)
{
	struct reader *r = ARENA_NEW(d->mem, struct reader);

	(void)root_ns;
	if (!r)
		return NULL;
	*r = (struct reader){ d, xml_tree_begin(d->mem) };
	return r->tree ? r : NULL;
}

static bool on_open(void *to, const struct xml_element *e)
{
	return xml_tree_events.open(((struct reader *)to)->tree, e);
}
static bool on_text(void *to, struct span s) { return xml_tree_events.text(((struct reader *)to)->tree, s); }
static bool on_close(void *to) { return xml_tree_events.close(((struct reader *)to)->tree); }

static void finish(void *reader)
{
	struct reader *r = reader;
	const struct xml_node *root = xml_tree_root(r->tree);
	struct cn_invoice in;

	if (fapiao_read(r->draft, root, &in))
		fapiao_fill(r->draft, &in);
}

const struct doc_format format_fapiao = { { on_open, on_text, on_close }, begin, finish, NULL, NULL };
