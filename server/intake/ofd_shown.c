/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ofd_shown.c: what an OFD shows a person against what it hands a machine.
 *
 * Three places speak beside the attachment: the custom tags, which point at
 * text objects, fact by fact; the pages themselves, where the few facts that
 * every invoice shows in one piece must stand; the cover's CustomDatas.
 */
#include "intake/draft_value.h"
#include "intake/ofd_reading.h"

static void tell(struct reading *r, enum doc_rule rule, struct span detail)
{
	draft_tell(r->d, rule, TOP(NULL), detail);
}

struct span ofd_without_blanks(struct arena *mem, struct span s)
{
	struct writer w = writer_in(mem);

	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] > ' ' && s.at[i] != 0x7f)
			put_byte(&w, s.at[i]);
	return writer_done(&w, mem);
}

static void tell_shown(struct reading *r, const char *what, struct span shown, struct span said)
{
	char text[400];
	struct writer w = writer_over(text, sizeof text);

	put_z(&w, what);
	put_z(&w, " shows ");
	put_span(&w, shown.len > 120 ? (struct span){ shown.at, 120 } : shown);
	put_z(&w, ", the attachment says ");
	put_span(&w, said.len > 120 ? (struct span){ said.at, 120 } : said);
	struct span all = writer_span(&w);
	tell(r, RULE_OFD_SHOWN, utf8_valid(all) ? all : span_z(what));
}

static bool same_amount(struct span a, struct span b)
{
	struct decimal x, y;

	return value_plain(fapiao_amount(a), &x) && value_plain(fapiao_amount(b), &y) && x.mantissa == y.mantissa &&
	       x.scale == y.scale;
}

static bool same_day(struct span a, struct span b)
{
	struct date x, y;

	return fapiao_day(a, &x) && fapiao_day(b, &y) && x.day == y.day;
}

static bool same_rate(struct span a, struct span b)
{
	struct span x, y;
	int32_t p, q;

	return fapiao_rate(a, &p, &x) && fapiao_rate(b, &q, &y) && p == q && span_eq(x, y);
}

/* The same fact in two spellings: as text without blanks, as amount, as day, as rate. */
static bool same_fact(struct reading *r, struct span a, struct span b)
{
	return span_eq(ofd_without_blanks(r->d->mem, a), ofd_without_blanks(r->d->mem, b)) || same_amount(a, b) ||
	       same_day(a, b) || same_rate(a, b);
}

static void compare(struct reading *r, const struct cn_value *tag, const struct cn_value *attached)
{
	if (tag->path && tag->text.len && attached->text.len && !same_fact(r, tag->text, attached->text))
		tell_shown(r, tag->path, tag->text, attached->text);
}

static void compare_tags(struct reading *r)
{
	/* the picture of a code, and texts the page breaks or leaves out */
	static const bool apart[CN_FACTS] = { [CN_GRAPH_CODE] = true,
		                              [CN_TAG] = true,
		                              [CN_VERSION] = true,
		                              [CN_REMARK] = true,
		                              [CN_SELLER_BANK] = true };

	for (int i = 0; i < CN_FACTS; i++)
		if (!apart[i])
			compare(r, &r->by_tags.fact[i], &r->by_attachment.fact[i]);
	if (r->by_tags.n && r->by_tags.n != r->by_attachment.n)
		tell(r, RULE_OFD_SHOWN, S("the page and the attachment differ in the number of lines"));
	for (uint32_t i = 0; i < r->by_tags.n && i < r->by_attachment.n; i++) {
		compare(r, &r->by_tags.lines[i].value[CN_AMOUNT], &r->by_attachment.lines[i].value[CN_AMOUNT]);
		compare(r, &r->by_tags.lines[i].value[CN_LINE_TAX_TEXT],
		        &r->by_attachment.lines[i].value[CN_LINE_TAX_TEXT]);
	}
}

static bool is_figure(char c) { return (c >= '0' && c <= '9') || c == '.' || (c >= 'A' && c <= 'Z'); }

/* Somewhere on a page, and not as a piece of a longer number. */
static bool on_a_page(const struct reading *r, struct span what)
{
	for (uint32_t i = 0; i < r->shown.n; i++) {
		struct span s = r->shown.at[i].text;
		for (size_t k = 0; what.len && k + what.len <= s.len; k++)
			if (memcmp(s.at + k, what.at, what.len) == 0 && (k == 0 || !is_figure(s.at[k - 1])) &&
			    (k + what.len == s.len || !is_figure(s.at[k + what.len])))
				return true;
	}
	return false;
}

/* What every invoice shows in one piece: code, number, taxpayer numbers, the amount to pay. */
static void compare_pages(struct reading *r)
{
	static const enum cn_fact key[] = { CN_CODE, CN_NO, CN_SELLER_ID, CN_BUYER_ID };
	const struct cn_invoice *in = &r->by_attachment;
	struct decimal gross;
	char text[64];
	struct writer w = writer_over(text, sizeof text);

	for (size_t i = 0; i < ARRAY_LEN(key); i++)
		if (in->fact[key[i]].text.len && !on_a_page(r, in->fact[key[i]].text))
			tell_shown(r, "no page", S("it"), in->fact[key[i]].text);
	if (!value_plain(fapiao_amount(in->fact[CN_GROSS_TOTAL].text), &gross))
		return;
	put_decimal(&w, value_rescale(gross, 2), 2);
	if (!on_a_page(r, writer_span(&w)))
		tell_shown(r, "no page", S("it"), in->fact[CN_GROSS_TOTAL].text);
}

/* The cover's CustomDatas, which readers that want no more than a few fields take for the invoice. */
static void compare_cover(struct reading *r)
{
	static const struct {
		struct span name;
		enum cn_fact fact, or ;
	} data[] = {
		{ S_INIT("发票代码"), CN_CODE, CN_CODE },
		{ S_INIT("发票号码"), CN_NO, CN_NO },
		{ S_INIT("开票日期"), CN_DATE, CN_DATE },
		{ S_INIT("合计金额"), CN_NET, CN_GROSS_TOTAL },
		{ S_INIT("合计税额"), CN_TAX_TOTAL, CN_TAX_TOTAL },
		{ S_INIT("价税合计"), CN_GROSS_TOTAL, CN_GROSS_TOTAL },
		{ S_INIT("销售方纳税人识别号"), CN_SELLER_ID, CN_SELLER_ID },
		{ S_INIT("购买方纳税人识别号"), CN_BUYER_ID, CN_BUYER_ID },
	};
	const struct cn_invoice *in = r->attached ? &r->by_attachment : &r->by_tags;
	const struct xml_node *n = xml_at(r->cover, "DocBody/DocInfo/CustomDatas/CustomData");

	for (; n; n = xml_again(n))
		for (size_t i = 0; i < ARRAY_LEN(data); i++) {
			struct span a = in->fact[data[i].fact].text, b = in->fact[data[i].or ].text;
			if (span_eq(xml_attribute(n, "Name"), data[i].name) && n->text.len && a.len &&
			    !same_fact(r, n->text, a) && !same_fact(r, n->text, b))
				tell_shown(r, "OFD.xml", n->text, a);
		}
}

void ofd_compare(struct reading *r)
{
	if (r->attached && r->tagged)
		compare_tags(r);
	if (r->attached)
		compare_pages(r);
	compare_cover(r);
}
