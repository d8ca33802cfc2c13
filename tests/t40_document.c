/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t40_document.c: what a trade document says and how far it is believed.
 *
 * Our own documents (tests/documents) with exactly the findings they must have;
 * hostile ones, most of them made here; then, when it is there, what others
 * published: every valid invoice must reach level 1, every invalid one must
 * not, and each fragment of the official rule tests must be judged as it says.
 * Exceptions are listed with their reason, so a new one is noticed.
 */
#include <time.h>

#include "docs.h"

/* ---- our own documents ---- */

static const struct {
	const char *file;
	int kind, level;
	const char *rules;
} own[] = {
	{ "invoice-cny.xml", 1, 1, "" },
	{ "credit-note.xml", 2, 1, "" },
	{ "plain.xml", 1, 1, "" },
	{ "altered-payable.xml", 1, 0, "AMT-07" },
	{ "wrong-line-sum.xml", 1, 0, "AMT-01 AMT-04" },
	{ "wrong-net.xml", 1, 0, "AMT-04 AMT-06" },
	{ "wrong-tax.xml", 1, 0, "AMT-08 TAX-09" },
	{ "plain-wrong-line.xml", 1, 0, "AMT-10" },
	{ "missing.xml", 1, 0, "MAN-03 MAN-07" },
	{ "bad-date.xml", 1, 0, "FMT-09 MAN-03" },
	{ "bad-number.xml", 1, 0, "FMT-08 MAN-15" },
	{ "three-decimals.xml", 1, 0, "AMT-14" },
	{ "other-currency.xml", 1, 0, "AMT-15" },
	{ "jpy-with-cents.xml", 1, 0, "AMT-14 AMT-07" }, /* ATK-84 */
	{ "placeholder.xml", 1, 0, "FMT-07" },
	{ "two-numbers.xml", 1, 0, "FMT-12" },
	{ "uscc-check.xml", 1, 1, "ID-01" }, /* genuine pilot codes fail it: a finding, no refusal */
	{ "lei-check.xml", 1, 0, "ID-02" },
	{ "self.xml", 1, 0, "ID-10" },
	{ "payee.xml", 1, 1, "XD-PAYEE" },
	{ "assigned.xml", 1, 1, "XD-PAYEE" },
	{ "due-before-issue.xml", 1, 1, "DAT-02" },
	{ "two-tax-totals.xml", 1, 1, "" },        /* the tax is not doubled */
	{ "rounding-oasis.xml", 1, 1, "AMT-06g" }, /* the two sum dialects */
	{ "rounding-en.xml", 1, 1, "" },
	{ "not-well-formed.xml", 1, 0, "FMT-11" },
	{ "unbound-prefix.xml", 1, 0, "FMT-05 FMT-06 FMT-11" },
	{ "root-unreadable.xml", 0, 0, "FMT-11" }, /* libxml2 reports text of a root it could not open */
	{ "opaque.txt", 0, 0, "" },
	{ "atk01-external-entity.xml", 0, 0, "FMT-02" },
	{ "atk02-parameter-entity.xml", 0, 0, "FMT-02" },
	{ "atk03-entity-bomb.xml", 0, 0, "FMT-02" },
	{ "atk04-doctype.xml", 0, 0, "FMT-02" },
	{ "atk05-xinclude.xml", 1, 1, "FMT-06" },  /* not included: an empty element nobody reads */
	{ "atk06-schema-location.xml", 1, 1, "" }, /* not fetched */
	{ "atk10-utf16.xml", 0, 0, "FMT-01" },
	{ "atk10-latin1.xml", 0, 0, "FMT-01" },
	{ "atk10-utf7.xml", 0, 0, "FMT-01" },
	{ "atk10-ebcdic.xml", 0, 0, "FMT-01" },
	{ "atk11-nul.xml", 0, 0, "FMT-01" },
	{ "atk11-overlong.xml", 0, 0, "FMT-01" },
	{ "atk11-surrogate.xml", 0, 0, "FMT-01" },
	{ "atk12-namespace.xml", 1, 1, "FMT-05" }, /* the stranger's ID is not the document's */
	{ "atk13-root.xml", 0, 0, "FMT-03" },
	{ "atk13-root-namespace.xml", 0, 0, "FMT-03" },
	{ "atk14-nil.xml", 1, 0, "FMT-14" },
	{ "atk14-type.xml", 1, 0, "FMT-14" },
	{ "atk15-split.xml", 1, 1, "" }, /* comment, PI and CDATA do not split 2147.00 */
	{ "atk15-element.xml", 1, 0, "FMT-13" },
};

static void own_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		struct span s = own_document(own[i].file);
		struct document d;
		char rules[256];
		assert_int_equal(read_as(s, -1, &d), OK);
		rules_of(&d, SEV_W, rules, sizeof rules);
		if (strcmp(rules, own[i].rules) != 0 || d.kind != own[i].kind || d.level != own[i].level)
			fail_msg("%s: kind %d level %d \"%s\"", own[i].file, d.kind, d.level, rules);
		drop(s);
	}
}

static void facts(void **state)
{
	(void)state;
	static const char *const file[] = { "invoice-cny.xml", "atk15-split.xml", "atk12-namespace.xml",
		                            "atk05-xinclude.xml" };
	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		struct span s = own_document(file[i]);
		struct document d;
		assert_int_equal(read_as(s, -1, &d), OK);
		assert_true(span_is(d.number, "T-2026-0001"));
		assert_true(span_is(d.currency, "CNY"));
		assert_int_equal(d.payable.minor, 214700);
		assert_true(span_is(d.seller.name, "测试铸造有限公司"));
		assert_true(span_is(d.order_ref, "PO-77"));
		assert_int_equal(d.lines.n, 2);
		assert_int_equal(d.allowances.at[0].charge, 0); /* xs:boolean "0" */
		assert_int_equal((long)d.lines.at[0].price.mantissa, 125);
		assert_int_equal(d.lines.at[0].price.scale, 1);
		assert_int_equal(d.lines.at[0].rate, 130000);
		assert_true(hash_eq(d.sha256, sha256(s)));
		drop(s);
	}
}

static void zatca_tax_is_not_doubled(void **state)
{
	(void)state;
	struct span s = own_document("two-tax-totals.xml");
	struct document d;
	assert_int_equal(read_as(s, -1, &d), OK);
	assert_int_equal(d.total_tax.minor, 24700);
	assert_int_equal(d.tax_totals, 2);
	assert_int_equal(d.tax_breakdowns, 1);
	assert_int_equal(read_as(s, DIALECT_EN, &d), OK); /* EN 16931 wants exactly one */
	assert_int_equal(d.level, DOC_L0);
	drop(s);
}

/* ---- limits ---- */

static char *big;
static size_t big_len;

static void add(const char *z)
{
	size_t n = strlen(z);
	memcpy(big + big_len, z, n);
	big_len += n;
}

static void many(size_t n, const char *z)
{
	while (n--)
		add(z);
}

static void expect(const char *what, const char *rules, int level)
{
	struct document d;
	char got[256];
	clock_t t = clock();
	assert_int_equal(read_as((struct span){ big, big_len }, -1, &d), OK);
	rules_of(&d, SEV_E, got, sizeof got);
	printf("  %-34s %8zu bytes  %5ld ms  %6zu KB arena  %s\n", what, big_len,
	       (long)((clock() - t) * 1000 / CLOCKS_PER_SEC), mem.used >> 10, got);
	if (strncmp(got, rules, strlen(rules)) != 0 || d.level != level)
		fail_msg("%s: \"%s\"", what, got);
	big_len = 0;
}

#define HEAD                                                                                  \
	"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' "            \
	"xmlns:a='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2' " \
	"xmlns:b='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'"

static void limits(void **state)
{
	(void)state;
	big = malloc(16u << 20);
	assert_non_null(big);
	add(HEAD ">");
	many(100, "<x>");
	expect("ATK-07 100 deep", "FMT-00", 0);
	add(HEAD ">");
	many(1000000, "<x>");
	expect("ATK-07 a million deep", "FMT-00", 0);
	add(HEAD ">");
	many(200001, "<x/>");
	add("</Invoice>");
	expect("more than 200000 elements", "FMT-00", 0);
	add(HEAD);
	for (int i = 0; i < 65; i++) {
		char a[32];
		snprintf(a, sizeof a, " a%d=''", i);
		add(a);
	}
	add("/>");
	expect("ATK-08 65 attributes", "FMT-00", 0);
	add(HEAD);
	for (int i = 0; i < 500000; i++) {
		char a[32];
		snprintf(a, sizeof a, " a%d=''", i);
		add(a);
	}
	add("/>");
	expect("ATK-08 half a million attributes", "FMT-00", 0);
	add(HEAD);
	for (int i = 0; i < 65; i++) {
		char a[48];
		snprintf(a, sizeof a, " xmlns:n%d='urn:%d'", i, i);
		add(a);
	}
	add("/>");
	expect("ATK-08 65 namespaces", "FMT-00", 0);
	add(HEAD "><");
	many(300, "n");
	add("/></Invoice>");
	expect("a name of 300 bytes", "FMT-00", 0);
	add(HEAD "><b:Note>");
	many(1048577, "x");
	add("</b:Note></Invoice>");
	expect("ATK-09 a note of 1 MB + 1", "FMT-00", 0);
	add(HEAD "><b:Note>");
	many(1000000, "&lt;");
	add("</b:Note></Invoice>");
	expect("a million entity references", "MAN", 0);
	add(HEAD ">");
	many(10001, "<a:InvoiceLine><b:ID>1</b:ID></a:InvoiceLine>");
	add("</Invoice>");
	expect("AMT-16 10001 lines", "AMT-16", 0);
	add(HEAD ">");
	many(3000,
	     "<a:InvoiceLine><a:AllowanceCharge/><a:AllowanceCharge/><a:AllowanceCharge/><a:AllowanceCharge/>"
	     "<a:AllowanceCharge/><a:AllowanceCharge/><a:AllowanceCharge/><a:AllowanceCharge/><a:AllowanceCharge/>"
	     "<a:AllowanceCharge/><a:AllowanceCharge/><a:AllowanceCharge/><a:AllowanceCharge/><a:AllowanceCharge/>"
	     "<a:AllowanceCharge/><a:AllowanceCharge/><a:AllowanceCharge/><a:AllowanceCharge/></a:InvoiceLine>");
	add("</Invoice>");
	expect("more than 50000 items", "AMT-16", 0);
	add(HEAD
	    "><a:AdditionalDocumentReference><a:Attachment><b:EmbeddedDocumentBinaryObject mimeCode='application/pdf'>");
	many(7000000, "A");
	add("</b:EmbeddedDocumentBinaryObject></a:Attachment></a:AdditionalDocumentReference></Invoice>");
	expect("an attachment of 5 MB", "MAN", 0);
	add(HEAD ">");
	for (int i = 0; i < 9000; i++) {
		add("<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode='EA'>1</b:InvoicedQuantity>"
		    "<b:LineExtensionAmount currencyID='CNY'>1.00</b:LineExtensionAmount><a:Item><b:Name>");
		many(80, "steel ");
		add("</b:Name><a:ClassifiedTaxCategory><b:ID>S</b:ID><b:Percent>13</b:Percent></a:ClassifiedTaxCategory></a:Item>"
		    "<a:Price><b:PriceAmount currencyID='CNY'>1.00</b:PriceAmount></a:Price></a:InvoiceLine>");
	}
	add("</Invoice>");
	expect("9000 lines", "MAN", 0);
	memset(big, ' ', DOCUMENT_MAX + 1);
	struct document d;
	assert_int_equal(read_as((struct span){ big, DOCUMENT_MAX + 1 }, -1, &d), E_TOO_BIG);
	free(big);
}

/* ATK-86: each of ten thousand lines is off by no more than a line may be, always to the seller's side: 200.00 of nothing.
 * Rounding that is rounding goes either way. */
static void atk86_rounding_adds_up(void **state)
{
	static const struct {
		unsigned lines;
		const char *net,
			*other; /* of one piece at 1.00 or, for rounding, a third of it; of every second line */
		const char *price, *total, *rules;
		int level;
	} row[] = {
		{ 10000, "1.02", "1.02", "1.00", "10200.00", "AMT-10", 0 },
		{ 10000, "0.98", "0.98", "1.00", "9800.00", "AMT-10", 0 },
		{ 10000, "1.02", "0.98", "1.00", "10000.00", "", 1 },
		{ 10000, "0.33", "0.33", "0.333333", "3300.00", "", 1 }, /* rounded down, each of them */
		{ 40, "1.02", "1.02", "1.00", "40.80", "", 1 },          /* below 1.00: told, as tax is */
		{ 1, "1.02", "1.02", "1.00", "1.02", "", 1 },            /* what the official rule lets pass */
	};
	struct document d;
	char got[256], line[768];

	(void)state;
	big = malloc(16u << 20);
	assert_non_null(big);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		big_len = 0;
		add(HEAD
		    "><b:ID>R-1</b:ID><b:IssueDate>2026-11-01</b:IssueDate><b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>"
		    "<a:AccountingSupplierParty><a:Party><a:PartyLegalEntity><b:RegistrationName>s</b:RegistrationName>"
		    "<b:CompanyID>1</b:CompanyID></a:PartyLegalEntity></a:Party></a:AccountingSupplierParty>"
		    "<a:AccountingCustomerParty><a:Party><a:PartyLegalEntity><b:RegistrationName>b</b:RegistrationName>"
		    "<b:CompanyID>2</b:CompanyID></a:PartyLegalEntity></a:Party></a:AccountingCustomerParty>");
		snprintf(line, sizeof line,
		         "<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID='EUR'>%s</b:LineExtensionAmount>"
		         "<b:PayableAmount currencyID='EUR'>%s</b:PayableAmount></a:LegalMonetaryTotal>",
		         row[i].total, row[i].total);
		add(line);
		for (unsigned k = 0; k < row[i].lines; k++) {
			snprintf(
				line, sizeof line,
				"<a:InvoiceLine><b:ID>%u</b:ID><b:InvoicedQuantity unitCode='EA'>1</b:InvoicedQuantity>"
				"<b:LineExtensionAmount currencyID='EUR'>%s</b:LineExtensionAmount><a:Item><b:Name>x</b:Name>"
				"</a:Item><a:Price><b:PriceAmount currencyID='EUR'>%s</b:PriceAmount></a:Price></a:InvoiceLine>",
				k + 1, k % 2 ? row[i].other : row[i].net, row[i].price);
			add(line);
		}
		add("</Invoice>");
		assert_int_equal(read_as((struct span){ big, big_len }, -1, &d), OK);
		rules_of(&d, SEV_E, got, sizeof got);
		if (strcmp(got, row[i].rules) != 0 || d.level != row[i].level)
			fail_msg("row %zu: level %d \"%s\"", i, d.level, got);
	}
	free(big);
}

/* DAT-01: what is dated after the day it came in, as the registry's clock has it, whatever zone it was written in. */
static void dated_ahead(void **state)
{
	static const struct {
		int32_t ahead;
		int level;
		bool found;
	} row[] = { { 0, 1, false }, { 1, 1, false }, { 2, 0, true }, { 400, 0, true } };
	struct date issued;
	struct document d;
	struct span s = slurp("tests/documents/plain.xml");

	(void)state;
	assert_true(date_parse(S("2026-09-14"), &issued));
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct trust t = { .now = { (int64_t)(issued.day - row[i].ahead) * 86400 * 1000000 + 1 } };

		mem = arena_over(memory, DOCUMENT_ARENA);
		assert_int_equal(document_read_under(s, &t, &mem, &d), OK);
		assert_int_equal(d.level, row[i].level);
		bool found = false;
		for (uint32_t k = 0; k < d.findings.n; k++)
			found |= strcmp(document_rule_info(d.findings.at[k].rule)->id, "DAT-01") == 0;
		assert_int_equal(found, row[i].found);
	}
	drop(s);
}

static void small_arena(void **state)
{
	(void)state;
	struct span s = own_document("invoice-cny.xml");
	struct document d = { .kind = 77 };
	for (size_t cap = 0; cap < 65536; cap += 64) {
		mem = arena_over(memory, cap);
		enum fault f = document_read(s, &mem, &d);
		assert_true(f == OK || (f == E_TOO_BIG && d.kind == 77));
		if (f == OK)
			break;
	}
	assert_int_equal(d.level, DOC_L1);
	drop(s);
}

/* ---- the wire ---- */

static void wire_round_trip(void **state)
{
	(void)state;
	static char room[1 << 20], room2[1 << 20];
	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		struct span s = own_document(own[i].file);
		struct document d, back;
		struct arena a = arena_over(room, sizeof room), b = arena_over(room2, sizeof room2);
		assert_int_equal(read_as(s, -1, &d), OK);
		struct span wire = wire_of(&d, &a);
		assert_int_equal(document_wire_read(wire, &b, &back), OK);
		assert_true(span_eq(wire, wire_of(&back, &b)));
		drop(s);
	}
}

static void wire_is_strict(void **state)
{
	(void)state;
	static char room[1 << 20], copy[1 << 16], room2[1 << 20];
	struct span s = own_document("assigned.xml");
	struct document d, back;
	struct arena a = arena_over(room, sizeof room);
	assert_int_equal(read_as(s, -1, &d), OK);
	struct span wire = wire_of(&d, &a);
	for (size_t n = 0; n < wire.len; n++) { /* every truncation, in memory of exactly that size */
		char *exact = malloc(n + 1);
		assert_non_null(exact);
		memcpy(exact, wire.at, n);
		struct arena b = arena_over(room2, sizeof room2);
		assert_int_equal(document_wire_read((struct span){ exact, n }, &b, &back), E_BAD_REQUEST);
		free(exact);
	}
	assert_true(wire.len + 1 < sizeof copy);
	memcpy(copy, wire.at, wire.len);
	copy[wire.len] = 0;
	struct arena b = arena_over(room2, sizeof room2);
	assert_int_equal(document_wire_read((struct span){ copy, wire.len + 1 }, &b, &back), E_BAD_REQUEST);
	unsigned taken = 0;
	for (size_t i = 0; i < wire.len; i++) /* every byte set to extremes: refused, or again a whole model */
		for (int v = 0; v < 256; v += 51) {
			b = arena_over(room2, sizeof room2);
			memcpy(copy, wire.at, wire.len);
			copy[i] = (char)v;
			if (document_wire_read((struct span){ copy, wire.len }, &b, &back) != OK)
				continue;
			taken++;
			(void)wire_of(&back, &b);
		}
	printf("  %u of %zu altered wire forms were still well formed (texts and numbers)\n", taken, wire.len * 6);
	/* the level cannot be claimed */
	d.level = DOC_L0;
	a = arena_over(room, sizeof room);
	wire = wire_of(&d, &a);
	b = arena_over(room2, sizeof room2);
	assert_int_equal(document_wire_read(wire, &b, &back), E_BAD_REQUEST);
	drop(s);
}

static void json(void **state)
{
	(void)state;
	static char text[1 << 16];
	static const char *const part[] = {
		"\"payable\":{\"amount\":\"9147.00\",\"currency\":\"CNY\"}",
		"\"kind\":\"ubl-invoice\"",
		"\"level\":\"L0\"",
		"\"number\":\"T-2026-0001\"",
		"\"due_date\":\"2026-12-31\"",
		"\"rule\":\"AMT-07\",\"same_as\":\"BR-CO-16\",\"severity\":\"E\"",
		"\"detail\":\"stated 9147.00, found 2147.00\"",
		"\"price\":\"12.5\"",
		"\"notes\":[\"first delivery\"]",
		"\"rate_ppm\":130000",
		"\"where\":\"/Invoice/LegalMonetaryTotal/PayableAmount\"",
	};
	struct span s = own_document("altered-payable.xml");
	struct document d;
	struct writer w = writer_over(text, sizeof text - 1);
	assert_int_equal(read_as(s, -1, &d), OK);
	put_document_json(&w, &d);
	assert_false(w.overflow);
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		if (!strstr(text, part[i]))
			fail_msg("no %s in %s", part[i], text);
	drop(s);
}

/* ---- what others published ---- */

static const struct exception not_valid[] = {
	{ "BIS_Billing_30-Kreditering_med_kreditnota.xml",
	  "names the Peppol profile and breaks its R040: both GLNs fail their check digit" },
	{ "EN16931_Kraftfahrversicherung_Bruttopreise.ubl.xml",
	  "names the Peppol profile and breaks its R120: insurance tax is in the line but not in the price" },
	{ "EN16931_Sachversicherung_berechneter_Steuersatz.ubl.xml",
	  "names the Peppol profile and breaks its R120: insurance tax is in the line but not in the price" },
};

static void valid_folder(const char *folder)
{
	char *names[512], rules[256];
	size_t n = files_of(folder, names), passed = 0;
	if (!n)
		skip();
	for (size_t i = 0; i < n; i++) {
		struct document d;
		assert_true(read_shared(folder, names[i], -1, &d));
		const char *reason = excused(not_valid, ARRAY_LEN(not_valid), names[i]);
		rules_of(&d, SEV_W, rules, sizeof rules);
		printf("  %-18s L%d  %-62s %s%s%s\n", folder, d.level, names[i], rules, reason ? "  -- " : "",
		       reason ? reason : "");
		assert_int_equal(d.level, reason ? DOC_L0 : DOC_L1);
		/* under EN 16931 proper, all of them hold */
		assert_true(read_shared(folder, names[i], DIALECT_EN, &d));
		assert_int_equal(d.level, DOC_L1);
		passed += !reason;
		free(names[i]);
	}
	printf("  %s: %zu of %zu reach L1 (all under EN 16931 itself)\n", folder, passed, n);
}

static void valid_invoices(void **state)
{
	(void)state;
	valid_folder("ubl-invoice");
}

static void valid_credit_notes(void **state)
{
	(void)state;
	valid_folder("ubl-creditnote");
}

static void invalid_invoices(void **state)
{
	(void)state;
	static const struct {
		const char *file, *official, *reason;
	} row[] = {
		{ "EN16931_ElektronischeAdresse.ubl.xml", "BR-CL-25", NULL },
		{ "UBL-CreditNote-2.1-Example.xml", "BR-CO-15",
		  "names no EN profile; as plain UBL its rounding is in the gross amount and the sums hold" },
		{ "UBL-CreditNote-2.1-Example.xml", "BR-CO-16", NULL },
		{ "UBL-Invoice-2.1-Example-Trivial.xml", "BR-01",
		  "names no profile; as plain UBL nothing contradicts it" },
		{ "UBL-Invoice-2.1-Example-Trivial.xml", "BR-CO-18", NULL },
		{ "eicar.ubl.xml", "BR-09",
		  NULL }, /* the attachment is not opened; the missing country is what fails */
		{ "error.xml", "BR-02", NULL },
		{ "not_validating_full_invoice_based_onTest_EeISI_300_CENfullmodel.ubl.xml", "BR-CO-10", NULL },
		{ "not_validating_full_invoice_based_onTest_EeISI_300_CENfullmodel.ubl.xml", "BR-CO-15", NULL },
	};
	struct document d;
	enum doc_severity worst;
	if (!read_shared("ubl-invalid-full", row[0].file, -1, &d))
		skip();
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_true(read_shared("ubl-invalid-full", row[i].file, DIALECT_EN, &d));
		assert_int_equal(d.level, DOC_L0);
		if (!has_official(&d, row[i].official, &worst))
			fail_msg("%s: %s not found", row[i].file, row[i].official);
		assert_true(read_shared("ubl-invalid-full", row[i].file, -1, &d));
		printf("  L%d %-76s %s%s%s\n", d.level, row[i].file, row[i].official, row[i].reason ? "  -- " : "",
		       row[i].reason ? row[i].reason : "");
		if (strncmp(row[i].file, "UBL-", 4) != 0)
			assert_int_equal(d.level, DOC_L0);
	}
}

static const struct exception not_judged_alike[] = {
	{ "BR-CO-12__03.xml", "writes .00, which is not a number here (FMT-08)" },
};

static void official_rules(void **state)
{
	(void)state;
	judge_fragments("ubl-rules-en16931-invoice", not_judged_alike, ARRAY_LEN(not_judged_alike));
	judge_fragments("ubl-rules-en16931-creditnote", not_judged_alike, ARRAY_LEN(not_judged_alike));
}

static void namespace_variants(void **state)
{
	(void)state;
	static char room[3][1 << 18];
	static const char *const file[3][2] = {
		{ "chain-oasis-order-to-cash", "UBL-Invoice-2.0-Example.xml" },
		{ "ubl-namespace-variants", "UBL-Invoice-2.0-Example-NS1.xml" },
		{ "ubl-namespace-variants", "UBL-Invoice-2.0-Example-NS2.xml" },
	};
	struct span wire[3];
	for (int i = 0; i < 3; i++) {
		struct document d;
		struct arena a = arena_over(room[i], sizeof room[i]);
		if (!read_shared(file[i][0], file[i][1], -1, &d))
			skip();
		memset(&d.sha256, 0, sizeof d.sha256);
		assert_true(span_is(d.number, "A00095678"));
		assert_int_equal(d.payable.minor, 10750);
		wire[i] = wire_of(&d, &a);
		assert_true(span_eq(wire[0], wire[i]));
	}
}

static void chain_credit_note(void **state)
{
	(void)state;
	struct document d;
	char rules[256];
	if (!read_shared("chain-oasis-order-to-cash", "UBL-CreditNote-2.0-Example.xml", -1, &d))
		skip();
	rules_of(&d, SEV_E, rules, sizeof rules);
	assert_string_equal(rules, "AMT-04");
}

static void demo_documents(void **state)
{
	(void)state;
	static const char *const dir = "tools/demo/documents";
	DIR *at = opendir(dir);
	unsigned n = 0;
	if (!at)
		skip();
	for (struct dirent *e; (e = readdir(at)) != NULL;) {
		char path[512], rules[256];
		struct document d;
		if (!strstr(e->d_name, ".xml"))
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		struct span s = slurp(path);
		assert_int_equal(read_as(s, -1, &d), OK);
		rules_of(&d, SEV_W, rules, sizeof rules);
		printf("  L%d %-44s %s\n", d.level, e->d_name, rules);
		assert_int_equal(d.level, strstr(e->d_name, "altered") ? DOC_L0 : DOC_L1);
		n++;
		drop(s);
	}
	closedir(at);
	if (!n)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(own_documents),
		T(facts),
		T(zatca_tax_is_not_doubled),
		T(limits),
		T(atk86_rounding_adds_up),
		T(dated_ahead),
		T(small_arena),
		T(wire_round_trip),
		T(wire_is_strict),
		T(json),
		T(demo_documents),
		T(valid_invoices),
		T(valid_credit_notes),
		T(invalid_invoices),
		T(official_rules),
		T(namespace_variants),
		T(chain_credit_note),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
