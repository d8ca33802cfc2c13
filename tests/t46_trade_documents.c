/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t46_trade_documents.c: every kind of document in XML but the UBL invoice.
 *
 * Our own documents with exactly the findings they must have; what the model
 * holds of them; one invoice in two languages is one model; then what others
 * published, folder by folder, with every exception and its reason.
 */
#include "docs.h"

/* ---- our own documents ---- */

static const struct {
	const char *file;
	int kind, level;
	const char *rules;
} own[] = {
	{ "cii-invoice.xml", DOC_CII_INVOICE, 1, "" },
	{ "cii-credit-note.xml", DOC_CII_INVOICE, 1, "" },
	{ "cii-altered.xml", DOC_CII_INVOICE, 0, "AMT-07" },
	{ "cii-jpy-with-cents.xml", DOC_CII_INVOICE, 0,
	  "AMT-14 AMT-07" }, /* ATK-84: the currency stands behind the lines */
	{ "cii-bad-date.xml", DOC_CII_INVOICE, 0, "FMT-09 MAN-03" },
	{ "cii-date-format.xml", DOC_CII_INVOICE, 0, "FMT-09" },
	{ "cii-two-currencies.xml", DOC_CII_INVOICE, 0, "FMT-12 AMT-14 AMT-15 AMT-01 AMT-06 AMT-10 AMT-09" },
	{ "cii-namespace.xml", DOC_CII_INVOICE, 0,
	  "FMT-05 FMT-04 MAN-02 MAN-03 MAN-05 MAN-12 MAN-13 MAN-14 MAN-15 MAN-04 MAN-06 MAN-08 MAN-09 MAN-07 "
	  "MAN-10 MAN-11 "
	  "MAN-16 TAX-02 TAX-05" },
	{ "self-billed.xml", DOC_UBL_INVOICE, 1, "" },
	{ "debit-note.xml", DOC_UBL_DEBIT_NOTE, 1, "MAN-08 MAN-09 MAN-10 MAN-11" },
	{ "order.xml", DOC_UBL_ORDER, 1, "" },
	{ "order-line.xml", DOC_UBL_ORDER, 0, "AMT-22" },
	{ "order-sum.xml", DOC_UBL_ORDER, 0, "AMT-22" },
	{ "order-negative.xml", DOC_UBL_ORDER, 0, "QTY-01 AMT-12" }, /* ATK-85: negative x negative adds up */
	{ "order-twice.xml", DOC_UBL_ORDER, 1, "FMT-18" },
	{ "order-late.xml", DOC_UBL_ORDER, 1, "DAT-11" },
	{ "order-change.xml", DOC_UBL_ORDER_CHANGE, 1, "" },
	{ "order-change-of-nothing.xml", DOC_UBL_ORDER_CHANGE, 0, "MAN-71" },
	{ "order-cancellation.xml", DOC_UBL_ORDER_CANCELLATION, 1, "" },
	{ "order-response.xml", DOC_UBL_ORDER_RESPONSE, 1, "" },
	{ "order-response-simple.xml", DOC_UBL_ORDER_RESPONSE, 1, "" },
	{ "order-response-maybe.xml", DOC_UBL_ORDER_RESPONSE, 0, "FMT-15 MAN-72" },
	{ "despatch.xml", DOC_UBL_DESPATCH_ADVICE, 1, "" },
	{ "despatch-units.xml", DOC_UBL_DESPATCH_ADVICE, 0, "QTY-02" },
	{ "despatch-negative.xml", DOC_UBL_DESPATCH_ADVICE, 0, "QTY-01" },
	{ "despatch-nothing.xml", DOC_UBL_DESPATCH_ADVICE, 0, "MAN-22" },
	{ "despatch-sscc.xml", DOC_UBL_DESPATCH_ADVICE, 1, "ID-04" },
	{ "despatch-early.xml", DOC_UBL_DESPATCH_ADVICE, 1, "DAT-05" },
	{ "receipt.xml", DOC_UBL_RECEIPT_ADVICE, 1, "" },
	{ "receipt-rejected.xml", DOC_UBL_RECEIPT_ADVICE, 1, "QTY-03" },
	{ "application-response.xml", DOC_UBL_APPLICATION_RESPONSE, 1, "" },
	{ "application-response-code.xml", DOC_UBL_APPLICATION_RESPONSE, 1, "ID-07" },
	{ "application-response-to-nothing.xml", DOC_UBL_APPLICATION_RESPONSE, 0, "MAN-71" },
	{ "inventory.xml", DOC_UBL_INVENTORY_REPORT, 1, "" },
	{ "inventory-gtin.xml", DOC_UBL_INVENTORY_REPORT, 1, "ID-04" },
	{ "weight.xml", DOC_UBL_WEIGHT_STATEMENT, 1, "" },
	{ "waybill.xml", DOC_UBL_WAYBILL, 1, "" },
	{ "waybill-nobody.xml", DOC_UBL_WAYBILL, 0, "MAN-07 MAN-16" },
	{ "weight-container.xml", DOC_UBL_WEIGHT_STATEMENT, 1, "ID-05" },
	{ "weight-zero.xml", DOC_UBL_WEIGHT_STATEMENT, 0, "QTY-04" },
	{ "camt052.xml", DOC_CAMT_052, 1, "" },
	{ "camt053.xml", DOC_CAMT_053, 1, "" },
	{ "camt053-v2.xml", DOC_CAMT_053, 1, "" },
	{ "camt053-v9.xml", DOC_OPAQUE, 0, "FMT-03" }, /* a version nobody here knows is not guessed at */
	{ "camt053-balance.xml", DOC_CAMT_053, 1, "AMT-24" },
	{ "camt053-sum.xml", DOC_CAMT_053, 1, "AMT-23" },
	{ "camt053-twice.xml", DOC_CAMT_053, 1, "XD-PAY" }, /* ATK-87 within one message */
	{ "camt053-iban.xml", DOC_CAMT_053, 1, "ID-03" },
	{ "camt053-side.xml", DOC_CAMT_053, 0, "MAN-76" },
	{ "camt053-no-account.xml", DOC_CAMT_053, 0, "MAN-74" },
	{ "camt054.xml", DOC_CAMT_054, 1, "" },
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

/* ---- one trade in two languages, one statement in two versions ---- */

/* The wire form without what must differ: the bytes' hash, the kind, and the profile where the languages name one. */
static struct span bare_wire(const char *file, void *room, size_t len, bool profile)
{
	struct span s = own_document(file);
	struct document d;
	struct arena a = arena_over(room, len);
	assert_int_equal(read_as(s, -1, &d), OK);
	assert_int_equal(d.level, DOC_L1);
	memset(&d.sha256, 0, sizeof d.sha256);
	d.kind = DOC_UBL_INVOICE;
	if (!profile)
		d.profile = S("");
	struct span wire = wire_of(&d, &a);
	drop(s);
	return wire;
}

static void same_invoice_same_model(void **state)
{
	(void)state;
	static char a[1 << 18], b[1 << 18];
	assert_true(span_eq(bare_wire("invoice-cny.xml", a, sizeof a, true),
	                    bare_wire("cii-invoice.xml", b, sizeof b, true)));
}

static void same_statement_same_model(void **state)
{
	(void)state;
	static char a[1 << 18], b[1 << 18];
	assert_true(
		span_eq(bare_wire("camt053.xml", a, sizeof a, false), bare_wire("camt053-v2.xml", b, sizeof b, false)));
}

static void credit_by_type_code(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		enum doc_family family;
	} row[] = {
		{ "cii-invoice.xml", FAMILY_INVOICE }, { "cii-credit-note.xml", FAMILY_CREDIT },
		{ "credit-note.xml", FAMILY_CREDIT },  { "debit-note.xml", FAMILY_INVOICE },
		{ "order.xml", FAMILY_ORDER },         { "camt053.xml", FAMILY_BANK },
	};
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct span s = own_document(row[i].file);
		struct document d;
		assert_int_equal(read_as(s, -1, &d), OK);
		assert_int_equal(document_family(&d), row[i].family);
		drop(s);
	}
}

/* ---- what the model holds: parts of the JSON each file must print ---- */

static const struct {
	const char *file;
	const char *part[8];
} prints[] = {
	{ "order.xml",
	  { "\"kind\":\"ubl-order\"", "\"buyer_item\":\"B-1\"", "\"valid_until\":\"2026-10-01\"", "\"quantity\":\"80\"",
	    "\"payable\":{\"amount\":\"2000.00\",\"currency\":\"CNY\"}" } },
	{ "order-change.xml", { "\"order_ref\":\"PO-77\"", "\"status\":\"Revised\"" } },
	{ "order-response-simple.xml",
	  { "\"response_code\":\"RE\"", "\"notes\":[\"no capacity\"]", "\"number\":\"PO-77\"",
	    "\"uuid\":\"11111111-2222-4333-8444-555555555555\"" } },
	{ "despatch.xml",
	  { "\"delivered\":\"70\"", "\"backorder\":\"10\"", "\"unit\":\"KGM\"", "\"lot\":\"L-9\"",
	    "\"order_line\":\"1\"", "\"despatch_date\":\"2026-09-10\"", "\"sscc\":\"173111000000000013\"",
	    "\"gross_weight\":\"85.5\"" } },
	{ "receipt.xml",
	  { "\"received\":\"70\"", "\"shortage\":\"10\"", "\"rejected\":\"5\"", "\"reason\":\"cracked\"",
	    "\"despatch_ref\":\"DN-5\"", "\"delivery_date\":\"2026-09-12\"", "\"role\":\"despatch\"" } },
	{ "application-response.xml",
	  { "\"response_code\":\"UQ\"", "\"reason\":\"five pieces cracked\"", "\"reason_code\":\"QUA\"",
	    "\"number\":\"T-2026-0001\"", "\"effective\":\"2026-09-20\"" } },
	{ "inventory.xml",
	  { "\"quantity\":\"12.345\"", "\"value\":{\"amount\":\"120000.00\",\"currency\":\"CNY\"}",
	    "\"location\":\"W1-B07\"", "\"standard_scheme\":\"0160\"" } },
	{ "weight.xml",
	  { "\"no\":\"CSQU3054383\"", "\"quantity\":\"24150.5\"", "\"weigher\":{", "\"status\":\"SM1\"" } },
	{ "camt053.xml",
	  { "\"account\":\"DE89370400440532013000\"", "\"uetr\":\"255ae394-9965-4438-ac86-f406feada396\"",
	    "\"end_to_end\":\"E2E-1\"", "\"servicer_ref\":\"R-1\"", "\"number\":\"T-2026-0001\"", "\"side\":\"CRDT\"",
	    "\"debtor\":\"Test Works\"", "\"profile\":\"camt.053.001.08\"" } },
	{ "debit-note.xml", { "\"preceding\":[{", "\"quantity\":\"8\"", "\"price\":\"12.5\"" } },
};

static void facts(void **state)
{
	(void)state;
	static char text[1 << 16];
	for (size_t i = 0; i < ARRAY_LEN(prints); i++) {
		struct span s = own_document(prints[i].file);
		struct document d;
		struct writer w = writer_over(text, sizeof text - 1);
		assert_int_equal(read_as(s, -1, &d), OK);
		put_document_json(&w, &d);
		assert_false(w.overflow);
		text[w.len] = 0;
		for (size_t k = 0; k < ARRAY_LEN(prints[i].part) && prints[i].part[k]; k++)
			if (!strstr(text, prints[i].part[k]))
				fail_msg("%s: no %s in %s", prints[i].file, prints[i].part[k], text);
		drop(s);
	}
}

/* A card's number is not kept, only how long it is and how it ends. */
static void card_number_is_masked(void **state)
{
	(void)state;
	struct span s = own_document("plain.xml");
	char *text = malloc(s.len + 256), *at;
	struct document d;
	assert_non_null(text);
	memcpy(text, s.at, s.len);
	text[s.len] = 0;
	at = strstr(text, "<cac:LegalMonetaryTotal>");
	assert_non_null(at);
	static const char card[] = "<cac:PaymentMeans><cbc:PaymentMeansCode>54</cbc:PaymentMeansCode><cac:CardAccount>"
				   "<cbc:PrimaryAccountNumberID>4111111111111111</cbc:PrimaryAccountNumberID>"
				   "</cac:CardAccount></cac:PaymentMeans>";
	memmove(at + sizeof card - 1, at, strlen(at) + 1);
	memcpy(at, card, sizeof card - 1);
	assert_int_equal(read_as(span_z(text), -1, &d), OK);
	assert_int_equal(d.payments.n, 1);
	assert_true(span_is(d.payments.at[0].card, "************1111"));
	char rules[256];
	rules_of(&d, SEV_W, rules, sizeof rules);
	assert_non_null(strstr(rules, "MAN-51"));
	free(text);
	drop(s);
}

/* ---- limits ---- */

static void add(char *to, size_t *len, const char *z)
{
	size_t n = strlen(z);
	memcpy(to + *len, z, n);
	*len += n;
}

/* A document at every limit at once still has its place: lines, items and bytes. */
static void everything_at_once(void **state)
{
	(void)state;
	char *text = malloc(DOCUMENT_MAX), rules[256], name[600];
	struct document d;
	size_t len = 0;
	assert_non_null(text);
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = 0;
	add(text, &len,
	    "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' "
	    "xmlns:a='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2' "
	    "xmlns:b='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>");
	for (int i = 0; i < DOC_LINES_MAX; i++) {
		add(text, &len, "<a:InvoiceLine><a:DocumentReference/><a:AllowanceCharge/><a:Item><b:Name>");
		add(text, &len, name);
		add(text, &len,
		    "</b:Name><a:CommodityClassification/><a:AdditionalItemProperty/></a:Item></a:InvoiceLine>");
	}
	add(text, &len, "</Invoice>");
	assert_true(len < DOCUMENT_MAX);
	assert_int_equal(read_as((struct span){ text, len }, -1, &d), OK);
	rules_of(&d, SEV_E, rules, sizeof rules);
	printf("  everything at once: %zu bytes, %zu KB arena of %zu, %zu bytes a line\n", len, mem.used >> 10,
	       DOCUMENT_ARENA >> 10, sizeof(struct doc_line));
	assert_int_equal(d.lines.n, DOC_LINES_MAX);
	free(text);
}

/* A code that is written as text and again as an element would be read in two ways. */
static void text_or_element(void **state)
{
	(void)state;
	static const char *const status[] = { "<Sts>BOOK<Cd>PDNG</Cd></Sts>", "<Sts><Cd>PDNG</Cd>BOOK</Sts>" };
	struct span s = own_document("camt053.xml");
	for (size_t i = 0; i < ARRAY_LEN(status); i++) {
		char *text = calloc(1, s.len + 64), rules[256];
		struct document d;
		assert_non_null(text);
		memcpy(text, s.at, s.len);
		char *at = strstr(text, "<Sts>"), *end = strstr(text, "</Sts>") + 6;
		size_t n = strlen(status[i]);
		memmove(at + n, end, strlen(end) + 1);
		memcpy(at, status[i], n);
		assert_int_equal(read_as(span_z(text), -1, &d), OK);
		rules_of(&d, SEV_E, rules, sizeof rules);
		assert_string_equal(rules, "FMT-13");
		free(text);
	}
	drop(s);
}

static void many_entries(void **state)
{
	(void)state;
	char *text = malloc(DOCUMENT_MAX), rules[256];
	struct document d;
	assert_non_null(text);
	for (int n = 10000; n <= 60000; n += 50000) {
		size_t len = 0;
		add(text, &len,
		    "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><GrpHdr>"
		    "<MsgId>1</MsgId><CreDtTm>2026-01-01T00:00:00</CreDtTm></GrpHdr><Stmt><Acct><Id><Othr>"
		    "<Id>1</Id></Othr></Id></Acct>");
		for (int i = 0; i < n; i++)
			add(text, &len,
			    "<Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>");
		add(text, &len, "</Stmt></BkToCstmrStmt></Document>");
		assert_int_equal(read_as((struct span){ text, len }, -1, &d), OK);
		rules_of(&d, SEV_E, rules, sizeof rules);
		printf("  %d entries: %zu bytes, %zu KB arena, L%d %s\n", n, len, mem.used >> 10, d.level, rules);
		/* more elements or items than a document may have: nothing is half read */
		assert_int_equal(d.level, n == 10000 ? DOC_L1 : DOC_L0);
	}
	free(text);
}

/* ---- what others published ---- */

static const struct exception cii_not_valid[] = {
	{ "CII_business_example_02.xml", "its seller is named xxxx: an unresolved placeholder (FMT-07)" },
	{ "EN16931_RechnungsUebertragung.cii.xml", "stated invalid: BR-CL-25" },
	{ "ZUGFeRD-invoice_rabatte_4_abschlag_taxbasistotalamount.xml",
	  "its payment terms are an empty element, which says nothing here (BR-CO-25)" },
	{ "huf_example_cii.xml", "writes 64. and 100., which are not numbers here (FMT-08)" },
};

static void cii_folder(void **state)
{
	(void)state;
	char *names[512], rules[256];
	size_t n = files_of("cii", names), passed = 0;
	if (!n)
		skip();
	for (size_t i = 0; i < n; i++) {
		struct document d;
		assert_true(read_shared("cii", names[i], -1, &d));
		const char *reason = excused(cii_not_valid, ARRAY_LEN(cii_not_valid), names[i]);
		rules_of(&d, SEV_W, rules, sizeof rules);
		printf("  cii L%d  %-72s %s%s%s\n", d.level, names[i], rules, reason ? "  -- " : "",
		       reason ? reason : "");
		assert_int_equal(d.kind, DOC_CII_INVOICE);
		assert_int_equal(d.level, reason ? DOC_L0 : DOC_L1);
		passed += !reason;
		free(names[i]);
	}
	printf("  cii: %zu of %zu reach L1, %zu listed with their reason\n", passed, n, n - passed);
	struct document d;
	enum doc_severity worst;
	assert_true(read_shared("cii", "EN16931_RechnungsUebertragung.cii.xml", DIALECT_EN, &d));
	assert_true(has_official(&d, "BR-CL-25", &worst));
}

static void cii_rules(void **state)
{
	(void)state;
	judge_fragments("cii-rules-en16931", NULL, 0);
}

static void camt_folder(void **state)
{
	(void)state;
	char *names[512], rules[256];
	size_t n = files_of("camt", names), passed = 0, with_uetr = 0;
	if (!n)
		skip();
	for (size_t i = 0; i < n; i++) {
		struct document d;
		assert_true(read_shared("camt", names[i], -1, &d));
		rules_of(&d, SEV_W, rules, sizeof rules);
		printf("  camt L%d  %-44s %s\n", d.level, names[i], rules);
		assert_int_equal(d.kind, DOC_CAMT_052 + (names[i][6] - '2')); /* camt053.v2... */
		assert_int_equal(d.level, DOC_L1);
		assert_true(d.statements.n >= 1 && d.statements.at[0].entries.n >= 1);
		assert_true(d.statements.at[0].account.len > 0 && d.statements.at[0].entries.at[0].amount.present);
		if (strcmp(names[i], "camt054.v8-with-UETR.xml") == 0)
			with_uetr += span_is(d.statements.at[0].entries.at[0].transactions.at[0].uetr,
			                     "255ae394-9965-4438-ac86-f406feada396");
		passed++;
		free(names[i]);
	}
	assert_int_equal(with_uetr, 1);
	printf("  camt: %zu of %zu parsed as stated\n", passed, n);
}

struct outcome {
	const char *folder, *file;
	int kind, level;
	const char *rule; /* what refuses it */
};

static const struct outcome outcomes[] = {
	/* one trade; what lies between its documents (XD-QTY, XD-PRICE) is not for one document to say */
	{ "chain-oasis-order-to-cash", "UBL-Order-2.0-Example.xml", DOC_UBL_ORDER, 0, "AMT-22" },
	{ "chain-oasis-order-to-cash", "UBL-OrderResponseSimple-2.0-Example.xml", DOC_UBL_ORDER_RESPONSE, 1, "" },
	{ "chain-oasis-order-to-cash", "UBL-DespatchAdvice-2.0-Example.xml", DOC_UBL_DESPATCH_ADVICE, 1, "" },
	{ "chain-oasis-order-to-cash", "UBL-ReceiptAdvice-2.0-Example.xml", DOC_UBL_RECEIPT_ADVICE, 1, "" },
	{ "chain-oasis-order-to-cash", "UBL-Invoice-2.0-Example.xml", DOC_UBL_INVOICE, 1, "" },
	{ "chain-oasis-order-to-cash", "UBL-CreditNote-2.0-Example.xml", DOC_UBL_CREDIT_NOTE, 0, "AMT-04" },
	{ "chain-oasis-order-to-cash", "UBL-Quotation-2.0-Example.xml", DOC_OPAQUE, 0, "FMT-03" },
	{ "chain-oasis-order-to-cash", "UBL-RemittanceAdvice-2.0-Example.xml", DOC_OPAQUE, 0, "FMT-03" },
	{ "chain-oasis-order-to-cash", "UBL-Statement-2.0-Example.xml", DOC_OPAQUE, 0, "FMT-03" },
	{ "ubl-namespace-variants", "UBL-Invoice-2.0-Example-NS1.xml", DOC_UBL_INVOICE, 1, "" },
	{ "ubl-namespace-variants", "UBL-Invoice-2.0-Example-NS2.xml", DOC_UBL_INVOICE, 1, "" },
	{ "peru-unsigned", "20000000001-01-F001-00000003.xml", DOC_UBL_INVOICE, 1, "" },
	{ "peru-unsigned", "20000000001-07-F001-1.xml", DOC_UBL_CREDIT_NOTE, 1, "" },
	{ "peru-unsigned", "20000000001-09-T001-123.xml", DOC_UBL_DESPATCH_ADVICE, 1, "" },
	/* a root of SUNAT's own */
	{ "peru-unsigned", "20000000001-20-R001-1.xml", DOC_OPAQUE, 0, "FMT-03" },
	/* parsed; 1 x 4.24 is not 1059.32 */
	{ "peru-unsigned", "20100454523-08-FD01-211.xml", DOC_UBL_DEBIT_NOTE, 0, "AMT-10" },
	{ "unsupported", "EDIFACT_EXAMPLE1.TXT", DOC_OPAQUE, 0, "FMT-03" },
	{ "unsupported", "IT01234567890_FPA01.xml", DOC_OPAQUE, 0, "FMT-03" },
	{ "ubl-other", "UBL-Order-2.1-Example.xml", DOC_UBL_ORDER, 1, "" },
	{ "ubl-other", "UBL-OrderCancellation-2.1-Example.xml", DOC_UBL_ORDER_CANCELLATION, 1, "" },
	{ "ubl-other", "UBL-OrderResponse-2.1-Example.xml", DOC_UBL_ORDER_RESPONSE, 1, "" },
	{ "ubl-other", "UBL-SelfBilledCreditNote-2.1-Example.xml", DOC_UBL_CREDIT_NOTE, 1, "" },
	{ "ubl-other", "UBL-DigitalAgreement-2.2-Example.xml", DOC_OPAQUE, 0, "FMT-03" },
	{ "ubl-other", "UBL-GoodsCertificate-2.3-Example.xml", DOC_OPAQUE, 0, "FMT-03" },
	{ "ubl-other", "UBL-Reminder-2.1-Example.xml", DOC_OPAQUE, 0, "FMT-03" },
	{ "ubl-other", "UBL-StockAvailabilityReport-2.1-Example.xml", DOC_OPAQUE, 0, "FMT-03" },
	{ "ubl-other", "UBL-TransportationStatus-2.1-Example.xml", DOC_OPAQUE, 0, "FMT-03" },
	{ "ubl-other", "UBL-Waybill-2.0-Example-International.xml", DOC_UBL_WAYBILL, 1, "" },
};

static void published_outcomes(void **state)
{
	(void)state;
	static const char *const folders[] = { "chain-oasis-order-to-cash", "ubl-namespace-variants", "peru-unsigned",
		                               "unsupported", "ubl-other" };
	for (size_t f = 0; f < ARRAY_LEN(folders); f++) {
		char *names[512], rules[256];
		size_t n = files_of(folders[f], names), as_stated = 0;
		if (!n)
			skip();
		for (size_t k = 0; k < n; k++)
			free(names[k]);
		for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
			struct document d;
			if (strcmp(outcomes[i].folder, folders[f]) != 0)
				continue;
			assert_true(read_shared(folders[f], outcomes[i].file, -1, &d));
			rules_of(&d, SEV_E, rules, sizeof rules);
			if (d.kind != outcomes[i].kind || d.level != outcomes[i].level ||
			    strcmp(rules, outcomes[i].rule) != 0)
				fail_msg("%s: kind %d level %d \"%s\"", outcomes[i].file, d.kind, d.level, rules);
			as_stated++;
		}
		printf("  %s: %zu of %zu as stated\n", folders[f], as_stated, n);
		assert_int_equal(as_stated, n);
	}
}

/* The chain's own numbers, by which a matcher will find its breaks. */
static void chain_numbers(void **state)
{
	(void)state;
	static const char folder[] = "chain-oasis-order-to-cash";
	struct document d;
	if (!read_shared(folder, "UBL-DespatchAdvice-2.0-Example.xml", -1, &d))
		skip();
	assert_true(span_is(d.order_ref, "AEG012345"));
	assert_true(span_is(d.references.at[0].uuid, "6E09886B-DC6E-439F-82D1-7CCAC7F4E3B1"));
	assert_int_equal((long)d.lines.at[0].delivered.mantissa, 90);
	assert_int_equal((long)d.lines.at[0].backorder.mantissa, 10);
	assert_true(read_shared(folder, "UBL-ReceiptAdvice-2.0-Example.xml", -1, &d));
	assert_int_equal((long)d.lines.at[0].received.mantissa, 90);
	assert_int_equal((long)d.lines.at[0].shortage.mantissa, 10);
	assert_true(span_is(d.despatch_ref, "565899"));
	assert_true(read_shared(folder, "UBL-Invoice-2.0-Example.xml", -1, &d));
	assert_int_equal((long)d.lines.at[0].quantity.mantissa, 100);
	assert_true(span_is(d.order_ref, "AEG012345"));
	assert_true(read_shared(folder, "UBL-OrderResponseSimple-2.0-Example.xml", -1, &d));
	assert_true(span_is(d.response_code, "AP"));
}

/* Files of other formats come to rest as opaque, whatever they are. */
static void others_do_not_crash(void **state)
{
	(void)state;
	static const char *const folder[] = { "ubl-signed", "ubl-signed-zatca", "facturx-pdf",
		                              "fapiao-ofd", "dcsa-ebl",         "xmldsig" };
	unsigned n = 0, by_level[2] = { 0, 0 };
	for (size_t i = 0; i < ARRAY_LEN(folder); i++) {
		char *names[512];
		size_t count = files_of(folder[i], names);
		for (size_t k = 0; k < count; k++) {
			struct document d;
			assert_true(read_shared(folder[i], names[k], -1, &d));
			by_level[d.level]++;
			n++;
			free(names[k]);
		}
	}
	if (!n)
		skip();
	printf("  %u other files: %u at L0, %u at L1\n", n, by_level[0], by_level[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(own_documents),
		T(wire_round_trip),
		T(same_invoice_same_model),
		T(same_statement_same_model),
		T(credit_by_type_code),
		T(facts),
		T(card_number_is_masked),
		T(everything_at_once),
		T(text_or_element),
		T(many_entries),
		T(cii_folder),
		T(cii_rules),
		T(camt_folder),
		T(published_outcomes),
		T(chain_numbers),
		T(others_do_not_crash),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
