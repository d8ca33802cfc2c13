/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t54_match.c: the papers of one trade held against each other: what makes an invoice level 3, every finding by a paper
 * with one thing changed, who is listened to, and what others' chain from order to credit note gives.
 */
#include "docs.h"

#include "intake/trade_paper.h"

enum { PAPERS = 8 };
static struct arena room;
static struct paper set[PAPERS];
static size_t n;
static struct match m;

static const struct match_limits limits = { .price_ppm = 5000, .quantity_ppm = 0, .days = 1 };

static int begin(void **state)
{
	room = arena_over(memory, DOCUMENT_ARENA);
	memset(set, 0, sizeof set);
	n = 0;
	(void)state;
	return 0;
}

/* The file with each `from` replaced, all over; from, to pairs end with NULL. The copy stays: texts borrow from it. */
static struct span changed(struct span s, const char *const *edit)
{
	for (; edit && *edit; edit += 2) {
		size_t from = strlen(edit[0]), to = strlen(edit[1]), len = 0;
		char *out = arena_take(&room, s.len * 2 + 4096);
		bool hit = false;

		assert_non_null(out);
		for (size_t i = 0; i < s.len;) {
			if (i + from <= s.len && memcmp(s.at + i, edit[0], from) == 0) {
				memcpy(out + len, edit[1], to);
				len += to;
				i += from;
				hit = true;
			} else
				out[len++] = s.at[i++];
		}
		if (!hit)
			fail_msg("not there to be edited: %s", edit[0]);
		s = (struct span){ out, len };
	}
	return s;
}

static struct paper *take(struct span bytes)
{
	struct document d;

	assert_true(n < PAPERS);
	assert_int_equal(document_read(bytes, &room, &d), OK);
	assert_int_equal(trade_paper(&d, &room, &set[n]), OK);
	return &set[n++];
}

#define EDITS(...) ((const char *const[]){ __VA_ARGS__, NULL, NULL })
static struct paper *paper(const char *folder, const char *file, const char *const *edit)
{
	char path[256];
	struct span s;

	snprintf(path, sizeof path, "%s/%s", folder, file);
	s = slurp(path);
	assert_non_null(s.at);
	char *at = arena_take(&room, s.len);
	assert_non_null(at);
	memcpy(at, s.at, s.len);
	struct paper *p = take(changed((struct span){ at, s.len }, edit));
	drop(s);
	return p;
}
static struct paper *demo(const char *file, const char *const *edit)
{
	return paper("tools/demo/documents", file, edit);
}

/* As brought by the party that issued it. */
static struct paper *own_word(struct paper *p)
{
	p->vouched = true;
	p->heard = true;
	return p;
}

static struct paper *signed_one(struct paper *p)
{
	assert_true(p->level >= DOC_L1);
	p->level = DOC_L2;
	return own_word(p);
}

/* "XD-QTY XD-PRICE": in the order of their numbers. */
static const char *found(void)
{
	static char text[256];
	struct writer w = writer_over(text, sizeof text - 1);

	for (unsigned i = 0; i < XD_COUNT_MAX; i++) {
		const struct xd_info *x = xd_info(i);
		if (!x || (m.findings & xd_bit(x->number)) == 0)
			continue;
		if (w.len)
			put_byte(&w, ' ');
		put_z(&w, x->id);
	}
	text[w.len] = 0;
	return text;
}

/* Whatever the order of the papers, the same; the invoice is the first one taken. */
static void expect(int level, const char *findings)
{
	struct match turned;

	match_invoice(set, n, 0, &limits, &m);
	if (m.level != level || strcmp(found(), findings) != 0) {
		for (unsigned i = 0; i < m.n_details; i++)
			printf("  %s: %s\n", xd_info(m.detail[i].xd)->id, m.detail[i].text);
		fail_msg("level %d \"%s\", wanted %d \"%s\"", m.level, found(), level, findings);
	}
	for (size_t i = 0; i < n / 2; i++) {
		struct paper x = set[i];
		set[i] = set[n - 1 - i];
		set[n - 1 - i] = x;
	}
	match_invoice(set, n, n - 1, &limits, &turned);
	for (size_t i = 0; i < n / 2; i++) {
		struct paper x = set[i];
		set[i] = set[n - 1 - i];
		set[n - 1 - i] = x;
	}
	assert_int_equal(turned.level, m.level);
	assert_int_equal(turned.findings, m.findings);
	assert_int_equal(turned.credited, m.credited);
	assert_int_equal(turned.paid, m.paid);
	assert_int_equal(turned.open, m.open);
}

static struct paper *invoice(const char *const *edit) { return own_word(demo("castings-signed-1.xml", edit)); }
static struct paper *order(const char *const *edit) { return own_word(demo("order-1010.xml", edit)); }
static struct paper *receipt(const char *const *edit) { return own_word(demo("goods-received-1010.xml", edit)); }

#define BUYER "91310115MA1H7C3X46"
#define OTHER "91410305MA45T8K22A"

/* --- what makes it level 3 --- */

static void an_order_and_a_receipt_carry_a_signed_invoice(void **state)
{
	(void)state;
	signed_one(invoice(NULL));
	expect(2, "");
	order(NULL);
	expect(3, "XD-REF"); /* the despatch advice it names is not at hand */
	receipt(NULL);
	expect(3, "XD-REF");
	assert_int_equal(m.carried, 2);
	assert_int_equal(m.n_with, 2);
	assert_int_equal(m.open, 67370600);
}

static void an_unsigned_one_needs_signed_papers(void **state)
{
	struct paper *o, *r;

	(void)state;
	invoice(NULL);
	o = order(NULL);
	r = receipt(NULL);
	expect(1, "XD-REF");
	signed_one(o);
	expect(1, "XD-REF"); /* the receipt is not */
	signed_one(r);
	expect(3, "XD-REF");
}

static void the_sellers_own_papers_carry_nothing(void **state)
{
	static const char text[] =
		"<DespatchAdvice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:DespatchAdvice-2\""
		" xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\""
		" xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">"
		"<cbc:ID>JZ-SH-261112</cbc:ID><cbc:IssueDate>2026-11-12</cbc:IssueDate>"
		"<cac:OrderReference><cbc:ID>HD-PO-2026-1010</cbc:ID></cac:OrderReference>"
		"<cac:DespatchSupplierParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>a</cbc:RegistrationName>"
		"<cbc:CompanyID>91320281MA1PL4Q61J</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:DespatchSupplierParty>"
		"<cac:DeliveryCustomerParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>b</cbc:RegistrationName>"
		"<cbc:CompanyID>" BUYER
		"</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:DeliveryCustomerParty>"
		"<cac:DespatchLine><cbc:ID>1</cbc:ID><cbc:DeliveredQuantity unitCode=\"DZN\">20</cbc:DeliveredQuantity>"
		"<cac:OrderLineReference><cbc:LineID>10</cbc:LineID></cac:OrderLineReference>"
		"<cac:Item><cbc:Name>x</cbc:Name></cac:Item></cac:DespatchLine>"
		"<cac:DespatchLine><cbc:ID>2</cbc:ID><cbc:DeliveredQuantity unitCode=\"EA\">64</cbc:DeliveredQuantity>"
		"<cac:OrderLineReference><cbc:LineID>20</cbc:LineID></cac:OrderLineReference>"
		"<cac:Item><cbc:Name>y</cbc:Name></cac:Item></cac:DespatchLine></DespatchAdvice>";

	(void)state;
	signed_one(invoice(NULL));
	signed_one(take(span_z(text)));
	expect(2, "XD-REF"); /* twenty dozen are 240 pieces: the quantities agree, but it is the seller's word alone */
	order(NULL);
	expect(3, ""); /* all that it names is at hand */
}

/* --- who is listened to --- */

static void a_strangers_papers_change_nothing(void **state)
{
	struct paper *p[4];

	(void)state;
	signed_one(invoice(NULL));
	p[0] = order(EDITS("240<", "1<", "332520.00", "1385.50", "596200.00", "265065.50"));
	p[1] = receipt(EDITS("240<", "0<"));
	p[2] = own_word(demo("castings-signed-1.xml", EDITS("673706.00", "873706.00")));
	p[3] = own_word(
		demo("bearings-2-credit.xml", EDITS("HZ-26-1048", "JZ2026110021", OTHER, "91320281MA1PL4Q61J")));
	for (size_t i = 0; i < 4; i++)
		p[i]->vouched = p[i]->heard = false;
	expect(2, "");
	assert_int_equal(m.n_with, 0);
	assert_int_equal(m.credited, 0);
	p[3]->heard = true;
	expect(2, "XD-REF XD-CREDIT");
	assert_int_equal(m.credited, 1997219);
}

/* An order number is the buyer's: another buyer's order under the same number is another order. */
static void another_buyers_papers_are_another_trade(void **state)
{
	(void)state;
	signed_one(invoice(NULL));
	signed_one(receipt(EDITS(BUYER, OTHER)));
	expect(2, "");
	assert_int_equal(m.carried, 0);
	signed_one(order(EDITS(BUYER, OTHER)));
	expect(2, "");
	assert_int_equal(m.n_with, 0);
}

/* But this buyer's order of this number went to somebody else: that is a contradiction. */
static void the_same_order_of_another_seller_is_found(void **state)
{
	(void)state;
	signed_one(invoice(NULL));
	signed_one(order(EDITS("91320281MA1PL4Q61J", OTHER)));
	expect(2, "XD-PARTY");
}

/* Under one number a buyer may have ordered of two: the order to this seller is what the invoice names. */
static void an_order_of_that_number_to_this_seller_settles_it(void **state)
{
	struct paper *o;

	(void)state;
	signed_one(invoice(NULL));
	signed_one(order(EDITS("91320281MA1PL4Q61J", OTHER)));
	o = order(NULL);
	expect(3, "XD-REF");
	o->vouched = false; /* in the buyer's name, but not its word */
	expect(2, "XD-REF XD-PARTY");
}

/* What another seller delivers under the order is no word more than that it is another. */
static void what_a_paper_of_others_says_is_not_told(void **state)
{
	(void)state;
	signed_one(invoice(NULL));
	order(NULL);
	signed_one(receipt(EDITS("91320281MA1PL4Q61J", OTHER, "HD-GR-261114", "SECRET-1")));
	expect(2, "XD-REF XD-PARTY");
	for (unsigned i = 0; i < m.n_details; i++) {
		assert_null(strstr(m.detail[i].text, "SECRET"));
		assert_null(strstr(m.detail[i].text, OTHER));
	}
	assert_int_equal(m.n_with, 1);
}

/* --- one thing changed --- */

static void quantities_and_prices_are_compared(void **state)
{
	static const struct {
		const char *const order[4], *const receipt[4];
		int level;
		const char *findings;
	} row[] = {
		{ { NULL }, { ">240<", ">239.999999<" }, 2, "XD-REF XD-QTY" }, /* received less than billed */
		{ { ">240<", ">239<" }, { NULL }, 2, "XD-REF XD-QTY" },        /* more than ordered, though received */
		{ { "1385.50", "1380.00" }, { NULL }, 3, "XD-REF" },           /* 0.4 %: within tolerance */
		{ { "1385.50", "1378.00" }, { NULL }, 2, "XD-REF XD-PRICE" },
		{ { "1385.50", "1393.00" }, { NULL }, 2, "XD-REF XD-PRICE" }, /* below the order's counts too */
		{ { "596200.00", "593000.00" }, { NULL }, 2, "XD-REF XD-AMT" },
		{ { ">10<", ">30<" }, { NULL }, 2, "XD-REF XD-ORDER" }, /* no such line on the order */
		{ { "CNY", "EUR" }, { NULL }, 2, "XD-REF XD-CUR" },
		{ { "2026-10-12", "2026-11-18" }, { NULL }, 3, "XD-REF DAT-05 DAT-06" },
		{ { NULL }, { "C62", "KGM" }, 2, "XD-REF XD-QTY" }, /* kilograms are no pieces: nothing was received */
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(state);
		print_message("row %zu\n", i);
		signed_one(invoice(NULL));
		order(row[i].order);
		receipt(row[i].receipt);
		expect(row[i].level, row[i].findings);
	}
}

/* Each invoice by itself is within the order; together they are not (ATK-83). */
static void one_order_is_not_billed_twice(void **state)
{
	(void)state;
	signed_one(invoice(NULL));
	order(NULL);
	invoice(EDITS("JZ2026110021", "JZ2026110022", "2026-11-16", "2026-11-17"));
	expect(2, "XD-REF XD-QTY XD-AMT");
}

/* The same one again, in another file, is itself; the same under another number is a double. */
static void a_copy_is_no_second_invoice(void **state)
{
	(void)state;
	signed_one(invoice(NULL));
	order(NULL);
	invoice(EDITS("</Invoice>", "\n</Invoice>"));
	expect(3, "XD-REF");
	invoice(EDITS("JZ2026110021", "JZ2026110099", "HD-PO-2026-1010", "HD-PO-2026-1011"));
	expect(2, "XD-REF XD-DUP");
}

static void the_same_number_for_something_else_is_found(void **state)
{
	(void)state;
	signed_one(invoice(NULL));
	invoice(EDITS("673706.00", "773706.00", "HD-PO-2026-1010", "HD-PO-2026-1011"));
	expect(2, "XD-DUP");
}

/* --- what the goods lay in, and who could have them --- */

#define UNIT "173111000000000014"
#define OTHER_UNIT "173111000000000021"
static struct paper *ours(const char *file, const char *const *edit)
{
	return own_word(paper("tests/documents", file, edit));
}

static void the_units_received_are_those_that_were_sent(void **state)
{
	static const char line[] = "<cac:Item><cbc:Name>steel casting</cbc:Name></cac:Item></cac:ReceiptLine>";
	static const struct {
		const char *to, *findings;
	} row[] = {
		{ line, "XD-REF XD-QTY" }, /* nobody says in what it came */
		{ "<cac:Item><cbc:Name>steel casting</cbc:Name></cac:Item><cac:Shipment><cbc:ID>NA</cbc:ID><cac:TransportHandlingUnit>"
		  "<cbc:ID>" UNIT "</cbc:ID></cac:TransportHandlingUnit></cac:Shipment></cac:ReceiptLine>",
		  "XD-REF XD-QTY" },
		{ "<cac:Item><cbc:Name>steel casting</cbc:Name></cac:Item><cac:Shipment><cbc:ID>NA</cbc:ID><cac:TransportHandlingUnit>"
		  "<cbc:ID>" OTHER_UNIT "</cbc:ID></cac:TransportHandlingUnit></cac:Shipment></cac:ReceiptLine>",
		  "XD-REF XD-QTY XD-SSCC" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(state);
		signed_one(ours("invoice-cny.xml", NULL));
		ours("despatch-sscc.xml", NULL);
		ours("receipt.xml", EDITS(line, row[i].to));
		expect(2, row[i].findings);
	}
}

/* The bill is the carrier's, and of this trade by its shipper. */
static void who_holds_the_bill_can_have_the_goods(void **state)
{
#define LINER "\"codeListProvider\": \"GLEIF\", \"codeListName\": \"LEI\", \"partyCode\": \"529900T8BM49AURSDO55\""
#define CODE(value) "\"codeListProvider\": \"W3C\", \"partyCode\": \"" value "\""
#define AT_HOME "\"address\": { \"city\": \"Aarhus\""
	static const struct {
		const char *holder, *shipped;
		bool received; /* 65 kg; the bearings are not on the receipt */
		int level;
		const char *findings;
	} row[] = {
		{ CODE("91310000MA1TE5T20E"), "12000.500", false, 3, "XD-REF" }, /* the buyer */
		{ CODE("91320000MA1TE5T10H"), "12000.500", false, 3, "XD-REF" }, /* the seller still */
		{ LINER, "12000.500", false, 2, "XD-REF XD-EBL" },               /* a bank */
		{ CODE("91310000MA1TE5T20E"), "65.000", true, 2, "XD-REF XD-QTY" },
		{ CODE("91310000MA1TE5T20E"), "64.999", true, 2,
		  "XD-REF XD-QTY XD-EBL" }, /* less went in than came out */
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		begin(state);
		print_message("row %zu\n", i);
		signed_one(ours("invoice-cny.xml", EDITS("DN-5", "TEST26000017")));
		signed_one(
			ours("ebl.json", EDITS(LINER, row[i].holder, AT_HOME,
		                               "\"identifyingCodes\": [ { " CODE("91320000MA1TE5T10H") " } ], " AT_HOME,
		                               "12000.500", row[i].shipped)));
		if (row[i].received)
			ours("receipt.xml", NULL);
		expect(row[i].level, row[i].findings);
	}
}

/* The carrier's word that the goods are on their way; what it took over is gross, and no measure of a line. */
static void a_waybill_carries_an_invoice(void **state)
{
	(void)state;
	signed_one(ours("invoice-cny.xml", EDITS("DN-5", "WB-9")));
	struct paper *w = ours("waybill.xml", NULL);
	expect(3, "XD-REF");
	w->vouched = false; /* brought by the buyer, signed by nobody */
	expect(2, "XD-REF");
	begin(state);
	signed_one(ours("invoice-cny.xml", EDITS("DN-5", "WB-9")));
	signed_one(ours("waybill.xml", EDITS(">95<", ">64<")));
	ours("receipt.xml", NULL); /* 65 kg */
	expect(2, "XD-REF XD-QTY XD-EBL");
}

/* --- the money --- */

static struct paper *credit(const char *amount, const char *number)
{
	return own_word(demo("bearings-2-credit.xml", EDITS("HZ-26-1048", "JZ2026110021", OTHER, "91320281MA1PL4Q61J",
	                                                    "19972.19", amount, "HZ-26-C017", number)));
}

static void credits_add_up(void **state)
{
	(void)state;
	signed_one(invoice(NULL));
	order(NULL);
	credit("100000.00", "C-1");
	expect(3, "XD-REF XD-CREDIT");
	assert_int_equal(m.open, 57370600);
	credit("100000.00", "C-1"); /* the same one twice */
	expect(3, "XD-REF XD-CREDIT");
	assert_int_equal(m.open, 57370600);
	credit("573706.00", "C-2");
	expect(1, "XD-REF XD-CREDIT XD-OPEN");
	assert_int_equal(m.open, 0);
	credit("0.01", "C-3");
	expect(1, "XD-REF XD-CREDIT AMT-21 XD-OPEN");
}

static struct paper *answer(const char *code, const char *day)
{
	return own_word(paper("tests/documents", "application-response.xml",
	                      EDITS(">UQ<", code, "T-2026-0001", "JZ2026110021", "<cbc:IssueDate>2026-09-20", day,
	                            "91310000MA1TE5T20E", BUYER, "91320000MA1TE5T10H", "91320281MA1PL4Q61J")));
}

static void the_buyers_last_word_counts(void **state)
{
	(void)state;
	signed_one(invoice(NULL));
	order(NULL);
	answer(">UQ<", "<cbc:IssueDate>2026-11-17");
	expect(1, "XD-REF XD-RESP");
	answer(">AP<", "<cbc:IssueDate>2026-11-18");
	expect(3, "XD-REF");
	answer(">RE<", "<cbc:IssueDate>2026-11-18"); /* of one day the worst */
	expect(1, "XD-REF XD-RESP");
}

static struct paper *paid(const char *amount, const char *ccy, const char *uetr)
{
	return own_word(paper("tests/documents", "camt054.xml",
	                      EDITS("2147.00", amount, "EUR", ccy, "T-2026-0001", "JZ2026110021",
	                            "255ae394-9965-4438-ac86-f406feada396", uetr)));
}

/* ATK-87: in the notice of the day, and in the statement of the month. */
static void a_payment_counts_once(void **state)
{
	(void)state;
	signed_one(invoice(NULL));
	paid("1000.00", "CNY", "255ae394-9965-4438-ac86-f406feada396");
	expect(3, "XD-REF XD-PAY");
	assert_int_equal(m.paid, 100000);
	paid("1000.00", "CNY", "255ae394-9965-4438-ac86-f406feada396"); /* in the month's statement again */
	expect(3, "XD-REF XD-PAY");
	assert_int_equal(m.paid, 100000);
	paid("5000.00", "EUR", "355ae394-9965-4438-ac86-f406feada396"); /* how much that is nobody said */
	expect(3, "XD-REF XD-PAY");
	assert_int_equal(m.paid, 100000);
	paid("672706.00", "CNY", "455ae394-9965-4438-ac86-f406feada396");
	expect(1, "XD-REF XD-PAY XD-OPEN");
	assert_int_equal(m.open, 0);
}

/* --- others' chain --- */

static struct paper *theirs(const char *file)
{
	char path[256];
	struct span s;

	snprintf(path, sizeof path, "documents/chain-oasis-order-to-cash/%s", file);
	s = shared_file(path);
	if (!s.at)
		skip();
	char *at = arena_take(&room, s.len);
	memcpy(at, s.at, s.len);
	free((void *)(uintptr_t)s.at);
	return own_word(take((struct span){ at, s.len }));
}

/* 100 kg ordered at 100.00 the kg, 90 received, 100 billed at 1.00 the kg, everything credited. */
static void the_published_chain_gives_what_it_must(void **state)
{
	(void)state;
	theirs("UBL-Invoice-2.0-Example.xml");
	theirs("UBL-Order-2.0-Example.xml");
	theirs("UBL-DespatchAdvice-2.0-Example.xml");
	expect(1, "XD-PRICE XD-QTY");
	theirs("UBL-ReceiptAdvice-2.0-Example.xml");
	expect(1, "XD-PRICE XD-QTY");
	assert_int_equal(m.n_with, 3);
	assert_int_equal(m.open, 10750);
	theirs("UBL-CreditNote-2.0-Example.xml");
	expect(1, "XD-PRICE XD-QTY XD-CREDIT XD-OPEN");
	assert_int_equal(m.open, 0);
}

#define FRESH(fn) cmocka_unit_test_setup(fn, begin)
int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(an_order_and_a_receipt_carry_a_signed_invoice),
		FRESH(an_unsigned_one_needs_signed_papers),
		FRESH(the_sellers_own_papers_carry_nothing),
		FRESH(a_strangers_papers_change_nothing),
		FRESH(another_buyers_papers_are_another_trade),
		FRESH(the_same_order_of_another_seller_is_found),
		FRESH(an_order_of_that_number_to_this_seller_settles_it),
		FRESH(what_a_paper_of_others_says_is_not_told),
		FRESH(quantities_and_prices_are_compared),
		FRESH(one_order_is_not_billed_twice),
		FRESH(a_copy_is_no_second_invoice),
		FRESH(the_same_number_for_something_else_is_found),
		FRESH(the_units_received_are_those_that_were_sent),
		FRESH(who_holds_the_bill_can_have_the_goods),
		FRESH(a_waybill_carries_an_invoice),
		FRESH(credits_add_up),
		FRESH(the_buyers_last_word_counts),
		FRESH(a_payment_counts_once),
		FRESH(the_published_chain_gives_what_it_must),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
