/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fapiao_rules.c: what must hold within one Chinese tax invoice.
 *
 * They are judged by rules of their own: sums are exact where EN 16931 leaves
 * up to 1.00, lines need no quantity, units are Chinese words, and the number
 * itself says who issued it and when.
 */
#include "intake/draft_value.h"
#include "intake/fapiao.h"

#include "codes.h"

/* The tolerances the tax-control system had, in fen. */
enum { LINE_TAX_OFF = 6, TAX_OFF = 127 };

struct judge {
	struct draft *d;
	const struct cn_invoice *in;
	const struct document *doc;
};

static struct span text_of(const struct judge *j, enum cn_fact f) { return j->in->fact[f].text; }
static struct at at_of(const struct judge *j, enum cn_fact f) { return TOP(j->in->fact[f].path); }

/* No official rule of EN 16931 is named beside these. */
static struct doc_finding *raise(const struct judge *j, enum doc_rule rule, struct at at)
{
	struct doc_finding *f = draft_raise(j->d, rule, SEV_E, NULL, at);

	if (f)
		f->same_as = (struct span){ NULL, 0 };
	return f;
}

static void tell(const struct judge *j, enum doc_rule rule, struct at at, struct span detail)
{
	draft_detail(j->d, raise(j, rule, at), detail);
}

static void tell_sums(const struct judge *j, enum doc_rule rule, struct at at, i128 stated, i128 found)
{
	struct doc_finding *f = raise(j, rule, at);

	if (f)
		draft_detail_sums(j->d, f, stated, found, 2);
}

/* ---- what must be there ---- */

static void judge_mandatory(const struct judge *j)
{
	const struct document *doc = j->doc;
	static const struct span missing = S_INIT("missing");

	if (!doc->number.len)
		tell(j, RULE_MAN_NUMBER, TOP(NULL), missing);
	if (doc->issue_date.day == DATE_NONE.day)
		tell(j, RULE_MAN_ISSUED, TOP(NULL), missing);
	if (!text_of(j, CN_SELLER_ID).len)
		tell(j, RULE_CN_SELLER, TOP(NULL), missing);
	if (!doc->seller.name.len)
		tell(j, RULE_MAN_SELLER, TOP(NULL), missing);
	if (!doc->buyer.name.len)
		tell(j, RULE_MAN_BUYER, TOP(NULL), missing);
	if (!doc->total_net.present || !doc->total_tax.present || !doc->total_gross.present)
		tell(j, RULE_CN_TOTALS, TOP(NULL), missing);
	if (!doc->lines.n)
		tell(j, RULE_MAN_LINES, TOP(j->in->line_path), missing);
	for (uint32_t i = 0; i < doc->lines.n; i++) {
		if (!doc->lines.at[i].net.present)
			tell(j, RULE_MAN_LINE_NET, AT(j->in->line_path, i + 1, NULL), missing);
		if (!doc->lines.at[i].name.len)
			tell(j, RULE_MAN_LINE_NAME, AT(j->in->line_path, i + 1, NULL), missing);
	}
}

/* ---- sums ---- */

static i128 magnitude(i128 v) { return v < 0 ? -v : v; }

/* amount x rate in fen, half away from zero */
static i128 product(const struct doc_amount *a, int32_t rate)
{
	i128 p = (i128)a->minor * rate;
	return p < 0 ? -((-p + 500000) / 1000000) : (p + 500000) / 1000000;
}

static void judge_lines(const struct judge *j)
{
	const struct document *doc = j->doc;
	i128 net = 0, tax = 0, expected = 0;
	bool whole = doc->lines.n > 0, rated = whole;

	for (uint32_t i = 0; i < doc->lines.n; i++) {
		const struct doc_line *l = &doc->lines.at[i];
		net += l->net.minor;
		tax += l->tax.minor;
		whole &= l->tax.present;
		rated &= l->rate != RATE_NONE;
		if (l->rate == RATE_NONE || !l->net.present)
			continue;
		i128 p = product(&l->net, l->rate);
		expected += p;
		/* under differential taxation the base is another: AMT-19 speaks */
		if (l->tax.present && !doc->deduction.present && magnitude(l->tax.minor - p) > LINE_TAX_OFF)
			tell_sums(j, RULE_CN_LINE_TAX, AT(j->in->line_path, i + 1, NULL), l->tax.minor, p);
	}
	if (doc->lines.n && doc->total_net.present && doc->total_net.minor != net)
		tell_sums(j, RULE_CN_LINES, at_of(j, CN_NET), doc->total_net.minor, net);
	if (whole && doc->total_tax.present && doc->total_tax.minor != tax)
		tell_sums(j, RULE_CN_LINES_TAX, at_of(j, CN_TAX_TOTAL), doc->total_tax.minor, tax);
	if (rated && doc->total_tax.present && !doc->deduction.present &&
	    magnitude(doc->total_tax.minor - expected) > TAX_OFF)
		tell_sums(j, RULE_CN_TAX, at_of(j, CN_TAX_TOTAL), doc->total_tax.minor, expected);
}

static void judge_totals(const struct judge *j)
{
	const struct document *doc = j->doc;
	i128 found = (i128)doc->total_net.minor + doc->total_tax.minor;
	int64_t words;

	if (doc->total_net.present && doc->total_tax.present && doc->total_gross.present &&
	    doc->total_gross.minor != found)
		tell_sums(j, RULE_CN_GROSS, at_of(j, CN_GROSS_TOTAL), doc->total_gross.minor, found);
	if (doc->amount_words.len && doc->total_gross.present) {
		if (!fapiao_words(doc->amount_words, &words))
			tell(j, RULE_CN_WORDS, at_of(j, CN_IN_WORDS), doc->amount_words);
		else if (words != doc->total_gross.minor)
			tell_sums(j, RULE_CN_WORDS, at_of(j, CN_IN_WORDS), words, doc->total_gross.minor);
	}
}

/* The one rate of all lines that have one; RATE_NONE when there are several, or none. */
static int32_t single_rate(const struct document *doc)
{
	int32_t rate = RATE_NONE;

	for (uint32_t i = 0; i < doc->lines.n; i++) {
		int32_t r = doc->lines.at[i].rate;

		if (r != RATE_NONE && rate != RATE_NONE && r != rate)
			return RATE_NONE;
		rate = r != RATE_NONE ? r : rate;
	}
	return rate;
}

/* Differential taxation: the tax is in the gross amount less the deduction, and in no other part of it. */
static void judge_deduction(const struct judge *j)
{
	const struct document *doc = j->doc;
	int32_t rate = single_rate(doc);

	if (!doc->deduction.present || !doc->deduction.minor)
		return;
	tell(j, RULE_CN_DEDUCTION, at_of(j, CN_DEDUCTED), text_of(j, CN_DEDUCTED));
	if (!doc->total_gross.present || !doc->total_tax.present || rate == RATE_NONE)
		return;
	i128 base = (i128)doc->total_gross.minor - doc->deduction.minor, whole = 1000000 + (i128)rate;
	i128 tax = base * rate / whole; /* to the fen below: the tolerance is far wider */
	if (magnitude(doc->total_tax.minor - tax) > TAX_OFF)
		tell_sums(j, RULE_CN_DEDUCTION, at_of(j, CN_TAX_TOTAL), doc->total_tax.minor, tax);
}

/* Red: all three totals are negative, and the blue invoice is named. Blue: none is. */
static void judge_colour(const struct judge *j)
{
	const struct document *doc = j->doc;
	bool red = span_is(doc->type_code, "381");
	const struct doc_amount *a[] = { &doc->total_net, &doc->total_tax, &doc->total_gross };

	for (size_t i = 0; i < ARRAY_LEN(a); i++)
		if (a[i]->present && (red ? a[i]->minor > 0 : a[i]->minor < 0)) {
			tell(j, RULE_CN_RED, at_of(j, CN_IS_BLUE),
			     red ? S("red, and above zero") : S("blue, and below zero"));
			break;
		}
	if (red && doc->total_gross.present && !doc->total_gross.minor)
		tell(j, RULE_CN_RED, at_of(j, CN_GROSS_TOTAL), S("red, and zero"));
	if (red && !doc->preceding.n)
		tell(j, RULE_CN_BLUE, TOP(NULL), S("missing"));
}

/* ---- rates and classes ---- */

static bool class_form(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return s.len == 19;
}

static void judge_rates(const struct judge *j)
{
	/* since 1994, and the reduced ones that were or are collected */
	static const int32_t known[] = { 0,     5000,  10000,  15000,  20000,  30000,  40000, 50000,
		                         60000, 90000, 100000, 110000, 130000, 160000, 170000 };

	for (uint32_t i = 0; i < j->doc->lines.n; i++) {
		const struct doc_line *l = &j->doc->lines.at[i];
		bool found = l->rate == RATE_NONE;
		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			found |= l->rate == known[k];
		if (!found)
			tell(j, RULE_CN_RATE, AT(j->in->line_path, i + 1, NULL),
			     j->in->lines[i].value[CN_RATE_TEXT].text);
		for (uint32_t k = 0; k < l->classes.n; k++)
			if (!class_form(l->classes.at[k].value))
				tell(j, RULE_CN_CLASS, AT(j->in->line_path, i + 1, NULL), l->classes.at[k].value);
	}
}

/* ---- the number ---- */

static bool same_region(struct span a, size_t from, struct span b, size_t at)
{
	return a.len < from + 2 || b.len < at + 2 || memcmp(a.at + from, b.at + at, 2) == 0;
}

static void judge_number(const struct judge *j)
{
	struct span no = j->doc->number, bureau = text_of(j, CN_BUREAU), tag = text_of(j, CN_TAG);
	bool whole = !text_of(j, CN_CODE).len && fapiao_number_form(no);
	char day[10];
	struct writer w = writer_over(day, sizeof day);

	if (text_of(j, CN_ID).len && text_of(j, CN_NO).len && !span_eq(text_of(j, CN_ID), text_of(j, CN_NO)))
		tell(j, RULE_CN_NUMBERS, at_of(j, CN_ID), text_of(j, CN_ID));
	if (no.len && !whole && !fapiao_code_form(text_of(j, CN_CODE), text_of(j, CN_NO)))
		tell(j, RULE_CN_NUMBER, at_of(j, CN_NO), no);
	if (!whole)
		return;
	if (j->doc->issue_date.day != DATE_NONE.day) {
		put_date(&w, j->doc->issue_date);
		if (memcmp(day + 2, no.at, 2) != 0)
			tell(j, RULE_CN_YEAR, at_of(j, CN_NO), no);
	}
	/* 1 and four digits of the region; SWEI and the same four */
	if ((bureau.len == 11 && !same_region(no, 2, bureau, 1)) ||
	    (span_starts(tag, S("SWEI")) && !same_region(no, 2, tag, 4)))
		tell(j, RULE_CN_REGION, at_of(j, CN_NO), no);
}

/* 01,type,code,number,amount,yyyymmdd,check code,...: what the square on the page says. The amount is the net one, and
 * with tax on fully digitalised invoices. A picture in base64 says nothing that could be compared. */
static void judge_graph(const struct judge *j)
{
	struct span rest = text_of(j, CN_GRAPH_CODE), part[7];
	struct decimal amount;
	struct date day;

	if (!span_starts(rest, S("01,")))
		return;
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		if (!span_cut(rest, ',', &part[i], &rest)) {
			part[i] = rest;
			rest = (struct span){ NULL, 0 };
		}
	bool same = span_eq(part[2], text_of(j, CN_CODE)) && span_eq(part[3], text_of(j, CN_NO));
	if (part[4].len) {
		same &= value_plain(part[4], &amount);
		i128 minor = same ? value_rescale(amount, 2) : 0;
		same &= minor == j->doc->total_net.minor || minor == j->doc->total_gross.minor;
	}
	same &= fapiao_day(part[5], &day) && day.day == j->doc->issue_date.day;
	if (part[6].len && text_of(j, CN_CHECK_CODE).len)
		same &= span_eq(part[6], text_of(j, CN_CHECK_CODE));
	if (!same)
		tell(j, RULE_CN_GRAPH, at_of(j, CN_GRAPH_CODE), text_of(j, CN_GRAPH_CODE));
}

/* ---- parties ---- */

static bool old_taxpayer_number(struct span s)
{
	if (s.len != 15 && s.len != 20)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!(s.at[i] >= '0' && s.at[i] <= '9') && !(s.at[i] >= 'A' && s.at[i] <= 'Z'))
			return false;
	return true;
}

static void judge_taxpayer(const struct judge *j, enum cn_fact f)
{
	struct span id = text_of(j, f);

	if (!id.len)
		return;
	if (uscc_form(id) && !uscc_check(id))
		tell(j, RULE_USCC, at_of(j, f), id);
	else if (!uscc_form(id) && !old_taxpayer_number(id))
		tell(j, RULE_CN_TAXPAYER, at_of(j, f), id);
}

static void judge_parties(const struct judge *j)
{
	static const enum cn_fact key[] = { CN_NO, CN_SELLER_NAME, CN_SELLER_ID, CN_BUYER_NAME, CN_BUYER_ID };

	judge_taxpayer(j, CN_SELLER_ID);
	judge_taxpayer(j, CN_BUYER_ID);
	if (text_of(j, CN_SELLER_ID).len && span_eq(text_of(j, CN_SELLER_ID), text_of(j, CN_BUYER_ID)))
		tell(j, RULE_SELF, at_of(j, CN_BUYER_ID), text_of(j, CN_BUYER_ID));
	for (size_t i = 0; i < ARRAY_LEN(key); i++)
		draft_placeholder(j->d, text_of(j, key[i]), at_of(j, key[i]));
}

void fapiao_judge(struct draft *d, const struct cn_invoice *in)
{
	const struct judge j = { d, in, d->doc };

	judge_mandatory(&j);
	judge_totals(&j);
	judge_deduction(&j);
	judge_lines(&j);
	judge_colour(&j);
	judge_rates(&j);
	judge_number(&j);
	judge_graph(&j);
	judge_parties(&j);
	document_judge_earlier_sale(d);
}
