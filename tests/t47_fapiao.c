/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t47_fapiao.c: Chinese tax invoices in every dialect and in OFD.
 *
 * One invoice, written here as 数电票 XML and as OFD by attachment and by tags,
 * must give one model. Every rule is broken by one edit. Packages in which the
 * page and the attachment say different things are refused (ATK-54), as are
 * those that hold a second invoice (ATK-43). Then the published samples.
 */
#include "documentfix.h"
#include "ofdmake.h"

#include "intake/fapiao.h"

/* ---- amounts in words, days, rates ---- */

static void words(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t fen; /* -1: none */
	} row[] = {
		{ "叁佰壹拾捌圆整", 31800 },
		{ "壹万圆整", 1000000 },
		{ "伍元陆角壹分", 561 },
		{ "（负数）伍佰圆整", -50000 },
		{ "负壹拾圆", -1000 },
		{ "拾圆整", 1000 },
		{ "壹佰零伍圆零叁分", 10503 },
		{ "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖圆玖角玖分", 12345678999 },
		{ "壹拾万零伍佰圆整", 10050000 },
		{ "玖仟亿圆整", 90000000000000 },
		{ "柒角整", 70 },
		{ "零圆整", 0 },
		{ "人民币贰仟贰佰玖拾贰圆柒角伍分", 229275 },
		{ "", -1 },
		{ "壹", -1 },
		{ "壹佰", -1 },
		{ "三百圆整", -1 },
		{ "佰圆整", -1 },
		{ "壹贰圆整", -1 },
		{ "壹圆壹角壹角", -1 },
		{ "壹圆整壹角", -1 },
		{ "壹分壹角", -1 },
		{ "壹佰负圆", -1 },
		{ "壹亿亿亿亿亿亿圆整", -1 },
		{ "318.00", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		int64_t fen = -1;
		if (fapiao_words(span_z(row[i].text), &fen) ? fen != row[i].fen : row[i].fen != -1)
			fail_msg("%s: %lld", row[i].text, (long long)fen);
	}
}

static void days_and_rates(void **state)
{
	(void)state;
	static const char *const day[] = { "2026-09-14", "2026-09-14 12:51:03", "2026-09-14T12:51:03",
		                           "20260914",   "20260914125103",      "2026年09月14日" };
	static const char *const none[] = {
		"",          "2026-09-1",      "2026-13-14",    "2026年9月14日", "2026/09/14", "2026-09-14x",
		"202609141", "2026年02月30日", "2026日09月14年"
	};
	static const struct {
		const char *text, *category;
		int32_t rate;
	} rate[] = { { "0.06", "S", 60000 }, { "0.060000", "S", 60000 }, { "6%", "S", 60000 },
		     { "免税", "E", 0 },     { "***", "E", 0 },          { "不征税", "O", RATE_NONE },
		     { "0", "Z", 0 },        { "0%", "Z", 0 },           { "1.5%", "S", 15000 } };
	struct date want, got;
	struct span category;
	int32_t ppm;

	assert_true(date_parse(S("2026-09-14"), &want));
	for (size_t i = 0; i < ARRAY_LEN(day); i++)
		assert_true(fapiao_day(span_z(day[i]), &got) && got.day == want.day);
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_false(fapiao_day(span_z(none[i]), &got));
	for (size_t i = 0; i < ARRAY_LEN(rate); i++) {
		assert_true(fapiao_rate(span_z(rate[i].text), &ppm, &category));
		assert_int_equal(ppm, rate[i].rate);
		assert_true(span_is(category, rate[i].category));
	}
	assert_false(fapiao_rate(S("13"), &ppm, &category)); /* 1300 %? nobody guesses */
	assert_false(fapiao_rate(S("-6%"), &ppm, &category));
	assert_false(fapiao_rate(S("six"), &ppm, &category));
}

/* ---- the dialects ---- */

static void dialects(void **state)
{
	(void)state;
	static const struct {
		const char *file, *rules, *number, *type;
		int64_t payable;
		uint32_t lines;
	} row[] = {
		{ "fapiao-einvoice.xml", "", "26322000000123456789", "380", 229275, 2 },
		{ "fapiao-fp.xml", "", "26322000000123456789", "380", 229275, 2 },
		{ "fapiao-items.xml", "AMT-19", "26440000000000100005", "380", 83600, 2 },
		{ "fapiao-red.xml", "", "26322000000123456790", "381", -50000, 1 },
		{ "fapiao-cn.xml", "", "26110000000000100004", "380", 10000, 1 },
		{ "fapiao-pinyin.xml", "", "26320000000000100007", "380", 5900, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct document d = read_document(our_file(row[i].file));
		expect(row[i].file, &d, DOC_FAPIAO_XML, DOC_L1, row[i].rules);
		assert_true(span_is(d.number, row[i].number));
		assert_true(span_is(d.type_code, row[i].type));
		assert_true(span_is(d.currency, "CNY"));
		assert_int_equal(d.payable.minor, row[i].payable);
		assert_int_equal(d.lines.n, row[i].lines);
	}
	struct document d = read_document(our_file("fapiao-red.xml"));
	assert_int_equal(d.preceding.n, 1);
	assert_true(span_is(d.preceding.at[0].number, "26322000000123456789"));
	assert_int_equal(document_family(&d), FAMILY_CREDIT); /* a red letter is no receivable */
	d = read_document(our_file("fapiao-items.xml"));
	assert_int_equal(d.deduction.minor, 20000);
}

/* AMT-19: that something is deducted is told; that the tax is not in what is left, once more. */
static void the_tax_is_in_what_is_left(void **state)
{
	static const struct {
		const char *deducted;
		unsigned told;
	} row[] = {
		{ "<KCE>200.00", 1 },
		{ "<KCE>190.00", 1 }, /* 57 fen beside 36.00: within what the old system allowed */
		{ "<KCE>300.00", 2 },
		{ "<KCE>900.00", 2 }, /* more than the whole */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct document d = read_document(edited(our_file("fapiao-items.xml"), "<KCE>200.00", row[i].deducted));
		unsigned n = 0;

		assert_int_equal(d.level, DOC_L1);
		for (uint32_t k = 0; k < d.findings.n; k++)
			n += strcmp(document_rule_info(d.findings.at[k].rule)->id, "AMT-19") == 0;
		assert_int_equal(n, row[i].told);
	}
}

static void rules(void **state)
{
	(void)state;
	static const struct edit edits[] = {
		{ "<InvoiceNumber>26322000000123456789", "<InvoiceNumber>26322000000123456780", 0, "ID-08" },
		{ "<IssueTime>2026-09-14", "<IssueTime>2025-09-14", 1, "DAT-07" },
		{ "<IssueTime>2026-09-14", "<IssueTime>2026-09-31", 0, "FMT-09 MAN-03" },
		{ "<TaxBureauCode>132", "<TaxBureauCode>144", 1, "ID-08" },
		{ "SWEI3200", "SWEI4400", 1, "ID-08" },
		{ "2292.75</TotalTax-inc", "2292.76</TotalTax-inc", 0, "AMT-18 AMT-17" },
		{ "柒角伍分", "柒角", 1, "AMT-17" },
		{ "贰仟贰佰", "二千二百", 1, "AMT-17" },
		{ "<TotalAmWithoutTax>2032.43", "<TotalAmWithoutTax>2032.42", 0, "AMT-18 AMT-01" },
		{ "<TotalTaxAm>260.32", "<TotalTaxAm>-260.32", 0, "AMT-18 AMT-05 AMT-18 AMT-20" },
		{ "<Amount>2000.00", "<Amount>2000.01", 0, "AMT-01" },
		{ "<ComTaxAm>260.00", "<ComTaxAm>260.07", 0, "AMT-18 AMT-05" },
		{ "<ComTaxAm>260.00", "<ComTaxAm>261.50", 0, "AMT-18 AMT-05" },
		{ "<LabelCode>Y", "<LabelCode>N", 0, "AMT-20" },
		{ "<TaxRate>0.130000", "<TaxRate>0.120000", 1, "AMT-18 TAX-07" },
		{ "<TaxRate>0.130000", "<TaxRate>13", 0, "FMT-08" },
		{ "1080207010000000000", "108020701", 1, "TAX-08" },
		{ "<SellerIdNum>91320000MA1TE5T10H", "<SellerIdNum>91320000MA1TE5T10J", 1, "ID-01" },
		{ "<SellerIdNum>91320000MA1TE5T10H", "<SellerIdNum>9132000MA1TE5T10H", 1, "ID-01" },
		{ "<SellerIdNum>91320000MA1TE5T10H", "<SellerIdNum>320000123456789", 1, "" }, /* of old */
		{ "<SellerIdNum>91320000MA1TE5T10H", "<SellerIdNum>", 0, "MAN-06" },
		{ "<BuyerIdNum>91310000MA1TE5T20E", "<BuyerIdNum>91320000MA1TE5T10H", 0, "ID-10" },
		{ "<BuyerName>测试重工有限公司", "<BuyerName>XXXX公司", 0, "FMT-07" },
		{ "<TotalAmWithoutTax>2032.43</TotalAmWithoutTax>", "", 0, "MAN-13" },
		{ "<TotalTaxAm>260.32", "<TotalTaxAm>2.6032e2", 0, "FMT-08 MAN-13" },
		{ "<TotalTaxAm>260.32", "<TotalTaxAm>260.321", 0, "AMT-14" },
		{ "<TotalTaxAm>", "<TotalTaxAm>260.32</TotalTaxAm><TotalTaxAm>", 0, "FMT-12" },
		{ "<TotalTaxAm>260.32", "<TotalTaxAm>260<b/>.32", 0, "FMT-13 MAN-13" },
		{ "<TotalTaxAm>", "<TotalTaxAm xmlns='urn:x'>", 0, "FMT-05 MAN-13" }, /* ATK-12 */
		{ "<TotalTaxAm>", "<TotalTaxAm xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true'>", 0,
		  "FMT-14" },
		{ "<Remark>", "<Remark>本应收账款已转让 ", 1, "XD-PAYEE" },
		{ "<PlateNumber>苏A00000", "<InvoiceNumber>苏A00000</InvoiceNumber><PlateNumber>", 1, "" },
	};
	static const struct edit red[] = {
		{ "被红冲蓝字数电票号码：26322000000123456789", "", 0, "AMT-20" },
		{ "<TotalTaxAm>-4.95", "<TotalTaxAm>4.95", 0, "AMT-18 AMT-05 AMT-18 AMT-20" },
	};
	static const struct edit fp[] = {
		{ "01,32,,26322000000123456789", "01,32,,26322000000123456780", 0, "ID-09" },
		{ ",2292.75,20260914", ",2292.70,20260914", 0, "ID-09" },
		{ ",2292.75,20260914", ",2032.43,20260914", 1, "" }, /* the net amount, as of old */
		{ ",20260914,", ",20260915,", 0, "ID-09" },
		{ "01,32,,", "01,32,011002680026,", 0, "ID-09" },
		{ "<fp:GraphCode>01,", "<fp:GraphCode>iVBORw0KGgo,", 1, "" }, /* a picture */
		{ "<fp:InvoiceCode>", "<fp:InvoiceCode>011002680026", 0, "ID-08 ID-09" },
		{ "<fp:TaxTotalAmount>", "<fp:TaxTotalAmount xmlns:fp='http://www.edrm.org.cn/schema/e-invoice/2016'>",
		  1, "" },
		{ "</fp:TaxTotalAmount>", "</fp:TaxTotalAmount><x:TaxTotalAmount xmlns:x='urn:x'>1</x:TaxTotalAmount>",
		  1, "FMT-05" },
	};

	expect_edits("fapiao-einvoice.xml", DOC_FAPIAO_XML, edits, ARRAY_LEN(edits));
	expect_edits("fapiao-red.xml", DOC_FAPIAO_XML, red, ARRAY_LEN(red));
	expect_edits("fapiao-fp.xml", DOC_FAPIAO_XML, fp, ARRAY_LEN(fp));
}

/* ---- OFD ---- */

static void edit_part(size_t i, const char *from, const char *to)
{
	static char copy[1 << 16];
	struct span s = edited(parts[i].body, from, to);

	memcpy(copy, s.at, s.len);
	parts[i].body = (struct span){ copy, s.len };
}

/* Everything but how it came: kind, hash, dialect of the format, findings. */
static struct span model(struct document d, char *to, size_t cap)
{
	struct writer w = writer_over(to, cap);

	d.kind = 0;
	d.sha256 = (struct hash){ { 0 } };
	d.profile = (struct span){ NULL, 0 };
	d.findings.n = 0;
	for (uint32_t i = 0; i < d.notes.n; i++) /* a page sets no blanks */
		((struct doc_note *)(uintptr_t)&d.notes.at[i])->text = S("订单 PO-77");
	put_document_json(&w, &d);
	assert_false(w.overflow);
	return writer_span(&w);
}

static void one_invoice(void **state)
{
	(void)state;
	static char text[4][1 << 15];
	struct span said[4];

	said[0] = model(read_document(our_file("fapiao-einvoice.xml")), text[0], sizeof text[0]);
	said[1] = model(read_document(our_file("fapiao-fp.xml")), text[1], sizeof text[1]);
	fresh_parts();
	struct document d = read_document(packed(PARTS));
	expect("OFD", &d, DOC_FAPIAO_OFD, DOC_L1, "");
	said[2] = model(d, text[2], sizeof text[2]);
	fresh_parts();
	edit_part(ROOT, "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>", "");
	parts[ORIGINAL].name = "Doc_0/Attachs/something.xml";
	d = read_document(packed(PARTS));
	expect("OFD by tags", &d, DOC_FAPIAO_OFD, DOC_L1, "");
	said[3] = model(d, text[3], sizeof text[3]);
	for (int i = 1; i < 4; i++)
		if (!span_eq(said[0], said[i]))
			fail_msg("%d:\n%.*s\n%.*s", i, (int)said[0].len, said[0].at, (int)said[i].len, said[i].at);
}

/* ATK-54: the person sees the page, the machine reads the attachment. */
static void page_and_attachment(void **state)
{
	(void)state;
	static const struct {
		size_t part;
		const char *from, *to;
		int kind, level;
		const char *rules;
	} row[] = {
		{ PAGE, "¥2292.75", "¥9292.75", 16, 0, "FMT-23" }, /* ATK-40: by tag, and nowhere on a page */
		{ PAGE, "26322000000123456789", "26322000000123456780", 16, 0, "FMT-23" },
		{ PAGE, "2026年09月14日", "2026年09月15日", 16, 0, "FMT-23" },
		{ PAGE, ">2000.00<", ">200.00<", 16, 0, "FMT-23" },
		{ PAGE, "91320000MA1TE5T10H", "91310000MA1TE5T20E", 16, 0, "FMT-23" },
		{ PAGE, "测试铸造有限公司", "测试锻造有限公司", 16, 0, "FMT-23" },
		{ PAGE, "</ofd:Layer>", TEXT("99", "¥9.99") "</ofd:Layer>", 16, 1, "" },
		{ COVER, "2292.75", "229.27", 16, 0, "FMT-23" },
		{ COVER, "26322000000123456789", "26322000000123456780", 16, 0, "FMT-23" },
		{ TAG_FILE, ">17<", ">19<", 16, 0, "FMT-23" }, /* the tag points at another amount */
		{ TAG_FILE, "</fp:GoodsInfos>", "<fp:GoodsInfo>" TAG("Amount", "45") "</fp:GoodsInfo></fp:GoodsInfos>",
		  16, 0, "FMT-23" },
		{ TAG_FILE, "PageRef=\"1\">17", "PageRef=\"7\">17", 16, 1, "" }, /* shows nothing; the page does */
		{ ORIGINAL, "测试重工有限公司", "测试轻工有限公司", 16, 0, "FMT-23" }, /* ATK-41 */
		{ ORIGINAL, "<fp:TaxExclusiveTotalAmount>2032.43", "<fp:TaxExclusiveTotalAmount>2032.44", 16, 0,
		  "FMT-23 AMT-18 AMT-01" },
		{ ORIGINAL, "<eInvoice", "<!DOCTYPE eInvoice><eInvoice", 0, 0, "FMT-02" },
		{ ORIGINAL, "</eInvoice>", "", 0, 0, "FMT-11" },
		{ ORIGINAL, "eInvoice xmlns", "Einvoice xmlns", 0, 0, "FMT-11" },
		{ ATTACHMENTS, "</ofd:Attachments>",
		  "<ofd:Attachment Name=\"original_invoice\"><ofd:FileLoc>../PublicRes.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>",
		  0, 0, "FMT-21" },
		{ ATTACHMENTS, "original_invoice.xml", "Original_Invoice.xml", 16, 1, "FMT-22" },
		{ ATTACHMENTS, ">original_invoice.xml", ">/Doc_0/Attachs/./original_invoice.xml", 0, 0, "FMT-21" },
		{ ATTACHMENTS, ">original_invoice.xml", ">/Doc_0/Attachs/original_invoice.xml", 16, 1, "" },
		{ ATTACHMENTS, ">original_invoice.xml", ">missing.xml", 0, 0, "FMT-21" },
		{ COVER, "</ofd:OFD>", "<ofd:DocBody/></ofd:OFD>", 0, 0, "FMT-21" }, /* Doc_1 */
		{ COVER, "<ofd:DocRoot>", "<ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot><ofd:DocRoot>", 0, 0,
		  "FMT-21" },
		{ COVER, "http://www.ofdspec.org/2016", "http://www.ofdspec.org/2099", 0, 0, "FMT-21" },
		{ ROOT, "Pages/Page_0", "Pages/Page_1", 0, 0, "FMT-21" },
		{ PAGE, "</ofd:Page>", "", 0, 0, "FMT-11" },
		{ PAGE, "<ofd:Page ", "<!DOCTYPE p [<!ENTITY a 'x'>]><ofd:Page ", 0, 0, "FMT-02" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		fresh_parts();
		edit_part(row[i].part, row[i].from, row[i].to);
		struct document d = read_document(packed(PARTS));
		expect(row[i].to, &d, row[i].kind, row[i].level, row[i].rules);
	}
}

static void packages(void **state)
{
	(void)state;
	struct document d;

	fresh_parts(); /* a second invoice that a reader who searches would find (ATK-43) */
	parts[PARTS] = (struct made){ .name = "Doc_1/Attachs/ORIGINAL_invoice.xml", .body = S("<eInvoice/>") };
	d = read_document(packed(PARTS + 1));
	expect("second invoice", &d, DOC_FAPIAO_OFD, DOC_L0, "FMT-21");
	fresh_parts(); /* ATK-44 */
	parts[PARTS] = parts[ORIGINAL];
	d = read_document(packed(PARTS + 1));
	expect("twice", &d, DOC_OPAQUE, DOC_L0, "FMT-20");
	fresh_parts();
	parts[ORIGINAL].bad_crc = true;
	d = read_document(packed(PARTS));
	expect("damaged", &d, DOC_OPAQUE, DOC_L0, "FMT-20");
	fresh_parts();
	parts[COVER].name = "ofd.xml";
	d = read_document(packed(PARTS));
	expect("no cover", &d, DOC_OPAQUE, DOC_L0, "FMT-03");
	fresh_parts(); /* neither attachment nor tags */
	edit_part(
		ROOT,
		"<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments><ofd:CustomTags>/Doc_0/Tags/CustomTags.xml</ofd:CustomTags>",
		"");
	parts[ORIGINAL].name = "x.xml";
	d = read_document(packed(PARTS));
	expect("no invoice", &d, DOC_OPAQUE, DOC_L0, "FMT-03");
}

/* ---- what others published ---- */

static void published(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		int kind, level;
		const char *rules;
		const char *why;
	} row[] = {
		{ "allprotected.ofd", 0, 0, "FMT-03", "a page with a seal, no invoice" },
		{ "draw_param_ref.ofd", 16, 1, "ID-01 AUTH-05 AUTH-12",
		  "the seller's number has 17 characters; a seal of nobody we know, two parts outside it" },
		{ "h.ofd", 0, 0, "FMT-03", "two seals, no invoice" },
		{ "helloworld.ofd", 0, 0, "FMT-03", "unsigned, no invoice" },
		{ "v4signed.ofd", 16, 1, "FMT-22 ID-01 AUTH-05",
		  "a template by another case; the buyer's number has a letter I, the seller's a wrong check" },
	};
	unsigned passed = 0;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char path[128];
		snprintf(path, sizeof path, "documents/fapiao-ofd/%s", row[i].file);
		struct span s = shared_file(path);
		if (!s.at)
			skip();
		struct document d = read_document(s);
		expect(row[i].file, &d, row[i].kind, row[i].level, row[i].rules);
		printf("  %-20s %s: %s\n", row[i].file, row[i].level ? "L1" : "L0", row[i].why);
		passed++;
		if (i == 4) {
			assert_int_equal(d.payable.minor, 31800);
			assert_true(span_is(d.number, "05000170011199999951"));
		}
		free((void *)(uintptr_t)s.at);
	}
	printf("  fapiao-ofd: %u of %zu as stated; no exceptions\n", passed, ARRAY_LEN(row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(words),       T(days_and_rates),      T(dialects), T(rules),    T(the_tax_is_in_what_is_left),
		T(one_invoice), T(page_and_attachment), T(packages), T(published)
	};
	return cmocka_run_group_tests(tests, start, stop);
}
