/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t49_title.c: bills of lading and warehouse receipts: documents that are goods.
 *
 * What they say, and every way they must not be believed: chains that were
 * reordered, cut or spliced (ATK-75), checksums of something else, placeholders
 * (ATK-76), numbers and members that readers disagree about (ATK-72, 73).
 */
#include "documentfix.h"

#include "intake/json.h"

/* ---- the warehouse receipt ---- */

static void receipt_facts(void **state)
{
	(void)state;
	struct document d = read_document(our_file("warehouse-receipt.json"));

	expect("receipt", &d, DOC_WAREHOUSE_RECEIPT, DOC_L1, "");
	assert_true(span_is(d.number, "WR-2026-000017"));
	assert_true(span_is(d.seller.name, "测试仓储有限公司"));
	assert_true(span_is(d.buyer.ids.at[0].value, "91310000MA1TE5T20E"));
	assert_int_equal(d.lines.n, 2);
	assert_int_equal((long)d.lines.at[0].quantity.mantissa, 1255);
	assert_int_equal(d.lines.at[0].quantity.scale, 1);
	assert_int_equal((long)d.lines.at[1].pieces.mantissa, 30);
	assert_true(span_is(d.lines.at[1].lot, "L-2"));
	assert_true(d.title.present && d.title.negotiable);
	assert_true(span_is(d.title.holder.name, "测试银行"));
	assert_true(span_is(d.title.to, "4012345000009"));
	assert_int_equal(d.title.loss, 500);
	assert_int_equal(d.title.insured.minor, 1500000000);
	assert_int_equal(d.title.encumbrances.n, 1);
	assert_int_equal(d.preceding.n, 2);
	assert_true(span_is(d.preceding.at[1].type_code, "merged_from"));
}

static void receipt_rules(void **state)
{
	(void)state;
	static const struct edit edits[] = {
		{ "warehouse-receipt/1", "warehouse-receipt/2", 0, "FMT-03" },
		{ "\"number\":", "\"nummer\":", 0, "FMT-31" },
		{ "\"fee\"", "\"price\": 1, \"fee\"", 0, "FMT-31" },
		{ "\"number\": \"WR-2026-000017\"", "\"number\": \"WR_PLACEHOLDER\"", 0, "FMT-07" },
		{ "\"number\": \"WR-2026-000017\"", "\"number\": \"\"", 0, "MAN-02" },
		{ "\"number\": \"WR-2026-000017\"", "\"number\": 17", 0, "FMT-31 MAN-02" },
		{ "2026-09-01", "2026-09-31", 0, "FMT-09" },
		{ "2027-02-28", "2026-02-28", 0, "DAT-03" },
		{ "\"125.500\"", "125.500", 0, "FMT-31" }, /* a number is text, or two readers round it apart */
		{ "\"125.500\"", "\"1.255e2\"", 0, "FMT-08" },
		{ "\"125.500\"", "\"-125.500\"", 0, "WR-03" },
		{ "\"125.500\"", "\"0\"", 0, "WR-03" },
		{ "\"pieces\": \"50\"", "\"pieces\": \"0\"", 0, "WR-03" },
		{ "\"pieces\": \"50\", ", "", 1, "WR-01" },
		{ "\"TNE\"", "\"吨\"", 0, "ID-07" },
		{ "\"lot\": \"L-2\"", "\"lot\": \"L-1\"", 0, "WR-02" },
		{ "\"loss\": \"0.05\"", "\"loss\": \"101\"", 0, "AMT-16" },
		{ "\"loss\": \"0.05\",", "", 1, "WR-01" },
		{ "\"amount\": \"15000000.00\"", "\"amount\": \"15000000.001\"", 0, "AMT-14" },
		{ "\"amount\": \"15000000.00\"", "\"amount\": \"-1.00\"", 0, "FMT-08" },
		{ "\"CNY\"", "\"CN¥\"", 0, "ID-07" },
		{ "\"negotiable\": true", "\"negotiable\": \"yes\"", 0, "FMT-31" },
		{ "91320000MA1TE5T10H", "91320000MA1TE5T10J", 1, "ID-01" },
		{ "529900T8BM49AURSDO55", "529900T8BM49AURSDO56", 0, "ID-02" },
		{ "91310000MA1TE5T20E", "91320000MA1TE5T10H", 0, "ID-10" },
		{ ", \"gln\": \"4012345000009\", \"zone\"", ", \"gln\": \"4012345000008\", \"zone\"", 0, "FMT-31" },
		{ "e3b0c44298fc", "g3b0c44298fc", 0, "FMT-31" },
		{ "\"goods\": [", "\"goods\": [], \"lots\": [", 0, "FMT-31" },
		{ "\"country\": \"CN\"", "\"country\": \"CHN\"", 1, "ID-07" },
	};

	expect_edits("warehouse-receipt.json", DOC_WAREHOUSE_RECEIPT, edits + 1, ARRAY_LEN(edits) - 1);
	struct document d = read_document(edited(our_file("warehouse-receipt.json"), edits[0].from, edits[0].to));
	expect("version 2", &d, DOC_OPAQUE, DOC_L0, "FMT-03");
	d = read_document(edited(our_file("warehouse-receipt.json"), "\"number\":", "\"number\": \"A\", \"number\":"));
	expect("two numbers", &d, DOC_OPAQUE, DOC_L0, "FMT-30");
}

/* ---- bills of lading ---- */

static void bill_facts(void **state)
{
	(void)state;
	struct document d = read_document(our_file("ebl.json"));

	expect("bill", &d, DOC_DCSA_BILL_OF_LADING, DOC_L1, "");
	assert_true(span_is(d.number, "TEST26000017"));
	assert_true(span_is(d.type_code, "705"));
	assert_true(span_is(d.seller.name, "Test Line"));
	assert_true(span_is(d.buyer.name, "Test Shipper"));
	assert_true(span_is(d.title.order_party.name, "Test Bank"));
	assert_true(span_is(d.title.from, "DKAAR"));
	assert_true(span_is(d.title.to, "Bremerhaven"));
	assert_int_equal(d.title.value.minor, 123110); /* the text 1231.1, never a double */
	assert_true(span_is(d.lines.at[0].name, "Shoes; black"));
	assert_int_equal((long)d.lines.at[0].quantity.mantissa, 120005);
	assert_int_equal((long)d.lines.at[0].pieces.mantissa, 400);
	assert_true(span_is(d.packages.at[0].id, "CSQU3054383"));
	d = read_document(our_file("ebl-chain.json"));
	expect("chain", &d, DOC_DCSA_BILL_OF_LADING, DOC_L1, "");
	assert_int_equal(d.title.endorsements.n, 3);
	assert_true(span_is(d.title.endorsements.at[0].action, "ISSUE"));
	assert_true(span_is(d.title.endorsements.at[2].recipient_id, "TEST:K"));
	assert_true(span_is(d.title.holder.name, "Test Bank"));
	assert_true(span_is(d.title.holder.ids.at[0].value, "K"));
	assert_true(span_is(d.title.state, "ISSUED"));
}

static void bill_rules(void **state)
{
	(void)state;
	static const struct edit edits[] = {
		{ "\"ISSUED\"", "\"DRAFT\"", 0, "EBL-01" },
		{ "\"ISSUED\"", "\"SURRENDERED_FOR_DELIVERY\"", 1, "EBL-07" },
		{ "\"ISSUED\"", "\"VOIDED\"", 1, "EBL-07" },
		{ "\"BOL\"", "\"SWB\"", 1, "EBL-08" },
		{ "CSQU3054383\", \"ISO", "CSQU3054384\", \"ISO", 1, "ID-05" },
		{ "\"partyCode\": \"5299", "\"partyCode\": \"5298", 0, "ID-02" },
		{ "TEST26000017", "TRANSPORT_DOCUMENT_REFERENCE_PLACEHOLDER", 0, "FMT-07" }, /* ATK-76 */
		{ "Test Shipper", "SHIPPER_PLACEHOLDER", 0, "FMT-07" },
		{ "2026-09-03", "2026-02-30", 0, "FMT-09" },
		{ "1231.1", "1231.101", 0, "AMT-14" },
		{ "1231.1", "\"1231.1\"", 0, "FMT-31" },
		{ "1231.1", "1.2311e3", 0, "FMT-30" },
		{ "1231.1", "01231.1", 0, "FMT-30" },
		{ "1231.1", "NaN", 0, "FMT-30" },
		{ "1231.1", "12345678901234567890.1", 0, "FMT-08" }, /* ATK-73 */
		{ "12000.500", "\"12000.5\"", 0, "FMT-31" },
		{ "\"isToOrder\": true", "\"isToOrder\": 1", 0, "FMT-31" },
		{ "\"isToOrder\": true", "\"isToOrder\": true, \"isToOrder\": false", 0, "FMT-30" }, /* ATK-72 */
		{ "\"consignmentItems\": [", "\"consignmentItems\": [], \"x\": [", 0, "MAN-16" },
		{ "\"shipper\"", "\"schipper\"", 0, "FMT-31" },
	};
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		struct document d = read_document(edited(our_file("ebl.json"), edits[i].from, edits[i].to));
		int kind = strcmp(edits[i].rules, "FMT-30") == 0 ? DOC_OPAQUE : DOC_DCSA_BILL_OF_LADING;
		expect(edits[i].to, &d, kind, edits[i].level, edits[i].rules);
	}
}

#define LINK(at, code, actor, to)                                                 \
	"{\"actionDateTime\":\"2026-09-" at "T10:00:00Z\",\"actionCode\":\"" code \
	"\",\"actor\":{\"partyName\":\"" actor "\"}" to "}"
#define TO(name) ",\"recipient\":{\"partyName\":\"" name "\"}"
#define BILL(version, links)                                                                  \
	"{\"transportDocumentReference\":\"R1\",\"transportDocumentSubReference\":\"" version \
	"\",\"endorsementChain\":[" links "]}"

static void chains(void **state)
{
	(void)state;
	static const struct {
		const char *text, *holder, *state, *rules;
		int level;
	} row[] = {
		{ "[" BILL("1", LINK("01", "ISSUE", "L", TO("S"))) "]", "S", "ISSUED", "", 1 },
		{ "[" BILL("1", LINK("02", "TRANSFER", "S", TO("B")) "," LINK("01", "ISSUE", "L", TO("S"))) "]", "B",
		  "ISSUED", "", 1 },
		{ "[" BILL("1", LINK("02", "BLANK_ENDORSE", "S", "") "," LINK("01", "ISSUE", "L", TO("S"))) "]", "S",
		  "ISSUED", "", 1 },
		{ "[" BILL("1",
		           LINK("03", "TRANSFER", "X", TO("Y")) "," LINK("02", "BLANK_ENDORSE", "S",
		                                                         "") "," LINK("01", "ISSUE", "L", TO("S"))) "]",
		  "Y", "ISSUED", "", 1 }, /* bearer */
		{ "[" BILL("1", LINK("03", "SURRENDERED", "L", "") "," LINK("02", "SURRENDER_FOR_DELIVERY", "S",
		                                                            TO("L")) "," LINK("01", "ISSUE", "L",
		                                                                              TO("S"))) "]",
		  "L", "SURRENDERED", "EBL-07", 1 },
		{ "[" BILL("1", LINK("02", "SURRENDER_FOR_AMENDMENT", "S", TO("L")) "," LINK("01", "ISSUE", "L",
		                                                                             TO("S"))) "]",
		  "L", "PENDING_SURRENDER", "EBL-07", 1 },
		/* ATK-75 */
		{ "[" BILL("1", LINK("02", "TRANSFER", "S", TO("B"))) "]", "B", "ISSUED", "EBL-02",
		  0 }, /* the beginning cut off */
		{ "[" BILL("1", LINK("03", "TRANSFER", "X", TO("Y")) "," LINK("01", "ISSUE", "L", TO("S"))) "]", "Y",
		  "ISSUED", "EBL-03", 0 },
		{ "[" BILL("1", LINK("01", "TRANSFER", "S", TO("B")) "," LINK("02", "ISSUE", "L", TO("S"))) "]", "B",
		  "ISSUED", "EBL-04", 0 },
		{ "[" BILL("1", LINK("03", "ISSUE", "S", TO("B")) "," LINK("02", "TRANSFER", "S", TO("S")) "," LINK(
					"01", "ISSUE", "L", TO("S"))) "]",
		  "S", "ISSUED", "EBL-04 EBL-03 EBL-04 EBL-02 EBL-03", 0 },
		{ "[" BILL("1", LINK("04", "TRANSFER", "L", TO("Z")) "," LINK("03", "SURRENDERED", "L", "") "," LINK(
					"02", "SURRENDER_FOR_DELIVERY", "S", TO("L")) "," LINK("01", "ISSUE", "L",
		                                                                               TO("S"))) "]",
		  "Z", "SURRENDERED", "EBL-05 EBL-07", 0 },
		{ "[" BILL("1", LINK("02", "STEAL", "S", TO("B")) "," LINK("01", "ISSUE", "L", TO("S"))) "]", "B",
		  "ISSUED", "EBL-05", 0 },
		{ "[" BILL("1", "") "]", "", "", "EBL-02", 0 },
		{ "[" BILL("1", LINK("01", "ISSUE", "L", "")) "]", "L", "ISSUED", "EBL-03", 0 },
		/* two bills of one number */
		{ "[" BILL("2", LINK("04", "ISSUE", "L", TO("S"))) "," BILL(
			  "1", LINK("03", "SURRENDERED", "L", "") "," LINK("02", "SURRENDER_FOR_AMENDMENT", "S",
		                                                           TO("L")) "," LINK("01", "ISSUE", "L",
		                                                                             TO("S"))) "]",
		  "S", "ISSUED", "", 1 },
		{ "[" BILL("2", LINK("04", "ISSUE", "L", TO("S"))) "," BILL("1", LINK("01", "ISSUE", "L", TO("S"))) "]",
		  "S", "ISSUED", "EBL-06", 0 },
		{ BILL("1", LINK("01", "ISSUE", "L", TO("S"))), "S", "ISSUED", "", 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct document d = read_document(span_z(row[i].text));
		char rules[512];
		snprintf(rules, sizeof rules, "%s", found(&d));
		if (d.kind != DOC_DCSA_BILL_OF_LADING || d.level != row[i].level || strcmp(rules, row[i].rules) != 0)
			fail_msg("%zu: level %d \"%s\" %s", i, d.level, rules, row[i].text);
		if (!span_is(d.title.holder.name, row[i].holder) || !span_is(d.title.state, row[i].state))
			fail_msg("%zu: held by %.*s, %.*s", i, (int)d.title.holder.name.len, d.title.holder.name.at,
			         (int)d.title.state.len, d.title.state.at);
	}
}

/* ---- manifests and envelopes, under signatures of nobody ---- */

static char hex_of[2 * HASH_LEN + 1];
static const char *hex(struct hash h)
{
	struct writer w = writer_over(hex_of, sizeof hex_of - 1);

	put_hex(&w, h.b, sizeof h.b);
	hex_of[w.len] = 0;
	return hex_of;
}

static void put_jws(struct writer *w, const char *payload)
{
	put_z(w, "eyJhbGciOiJSUzI1NiJ9.");
	put_b64url(w, span_z(payload));
	put_z(w, ".c2lnbmF0dXJl");
}

/* The canonical form of a text, by the same reader that judges it and by hand. */
static struct hash canonical_hash(struct span text)
{
	static char heap[1 << 20], out[1 << 18];
	static const struct js_limits limits = { 1 << 20, 32 };
	struct arena space = arena_over(heap, sizeof heap);
	struct writer w = writer_over(out, sizeof out);
	struct diag diag;
	AUTO_JS struct js top = { .v = NULL };

	assert_int_equal(js_read_foreign(text, limits, &space, &top, &diag), OK);
	assert_true(put_js_canonical(&w, &top, &space));
	return sha256(writer_span(&w));
}

static void canonical(void **state)
{
	(void)state;
	static const struct {
		const char *text, *form;
	} row[] = {
		{ "{ \"b\": 1.0, \"a\": [ 12000.500, -0, 1231.1, 0.000001 ] }",
		  "{\"a\":[12000.5,0,1231.1,0.000001],\"b\":1}" },
		{ "{\"\\u20ac\":\"\\u000f\\n\",\"\\u00f6\":null,\"1\":true}",
		  "{\"1\":true,\"ö\":null,\"€\":\"\\u000f\\n\"}" },
		{ "[\"12\", 12]", "[\"12\",12]" }, /* a text stays one */
	};
	static char heap[1 << 16], out[1 << 12];
	static const struct js_limits limits = { 1 << 16, 32 };

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct arena space = arena_over(heap, sizeof heap);
		struct writer w = writer_over(out, sizeof out);
		struct diag diag;
		AUTO_JS struct js top = { .v = NULL };
		assert_int_equal(js_read_foreign(span_z(row[i].text), limits, &space, &top, &diag), OK);
		assert_true(put_js_canonical(&w, &top, &space));
		if (!span_is(writer_span(&w), row[i].form))
			fail_msg("%.*s", (int)w.len, w.at);
	}
	struct arena space = arena_over(heap, sizeof heap);
	struct diag diag;
	struct js top;
	/* a string that could be taken for a number of ours */
	assert_int_equal(js_read_foreign(S("[\"\\u00011\"]"), limits, &space, &top, &diag), E_BAD_JSON);
	assert_int_equal(js_read_foreign(S("[1,]"), limits, &space, &top, &diag), E_BAD_JSON);
	assert_int_equal(js_read_foreign(S("[-]"), limits, &space, &top, &diag), E_BAD_JSON);
	assert_int_equal(js_read_foreign(S("[1]2"), limits, &space, &top, &diag), E_BAD_JSON);
	assert_int_equal(js_read_foreign(S("12"), limits, &space, &top, &diag), E_BAD_JSON);
}

static void manifest(void **state)
{
	(void)state;
	static char text[1 << 16], payload[512];
	static const char to[] = "{\"partyName\":\"Test Shipper\",\"sendToPlatform\":\"TEST\"}";
	/* AUTH-01: the signature names no key */
	static const char *const rules[] = { "AUTH-01", "EBL-09 AUTH-01", "EBL-09 AUTH-01", "EBL-09" };
	struct span bill = our_file("ebl.json");

	for (int wrong = 0; wrong < 4; wrong++) {
		struct writer w = writer_over(text, sizeof text);
		char first[65];
		snprintf(first, sizeof first, "%s", hex(canonical_hash(wrong == 1 ? S("{}") : bill)));
		snprintf(payload, sizeof payload, "{\"documentChecksum\":\"%s\",\"issueToChecksum\":\"%s\"}", first,
		         hex(canonical_hash(wrong == 2 ? S("{}") : span_z(to))));
		put_z(&w, "{\"document\":");
		put_span(&w, bill);
		put_z(&w, ",\"issueTo\":");
		put_z(&w, to);
		put_z(&w, ",\"issuanceManifestSignedContent\":\"");
		if (wrong == 3)
			put_z(&w, "someRandomString.thatIsNotASignature");
		else
			put_jws(&w, payload);
		put_z(&w, "\"}");
		struct document d = read_document(writer_span(&w));
		expect("manifest", &d, DOC_DCSA_BILL_OF_LADING, wrong ? DOC_L0 : DOC_L1, rules[wrong]);
		assert_true(span_is(d.title.holder.name, "Test Shipper"));
	}
}

/* An envelope of three entries; `attack` 0 is an honest one. */
static struct span envelope(int attack)
{
	static char text[1 << 17], entry[3][2048], payload[2048];
	static const char *const link[3] = { LINK("01", "ISSUE", "L", TO("S")), LINK("02", "TRANSFER", "S", TO("B")),
		                             LINK("03", "TRANSFER", "B", TO("K")) };
	struct span bill = our_file("ebl.json"), before = { NULL, 0 };
	struct writer w;
	char document[65];

	snprintf(document, sizeof document, "%s", hex(canonical_hash(bill)));
	for (int i = 0; i < 3; i++) {
		char last[70] = "null";
		if (i && !(attack == 1 && i == 2))
			snprintf(last, sizeof last, "\"%s\"", hex(sha256(before)));
		if (attack == 2 && i == 0)
			snprintf(last, sizeof last, "\"%s\"",
			         hex(sha256(S("x")))); /* the entries before it were cut off */
		snprintf(payload, sizeof payload,
		         "{\"eblPlatform\":\"TEST\",\"transportDocumentChecksum\":\"%s\","
		         "\"previousEnvelopeTransferChainEntrySignedContentChecksum\":%s,\"transactions\":[%s]}",
		         attack == 3 && i == 1 ? hex(sha256(S("another"))) : document, last, link[i]);
		w = writer_over(entry[i], sizeof entry[i] - 1);
		put_jws(&w, payload);
		entry[i][w.len] = 0;
		before = span_z(entry[i]);
	}
	snprintf(
		payload, sizeof payload,
		"{\"transportDocumentChecksum\":\"%s\",\"lastEnvelopeTransferChainEntrySignedContentChecksum\":\"%s\"}",
		document, hex(sha256(span_z(entry[2]))));
	w = writer_over(text, sizeof text);
	put_z(&w, "{\"transportDocument\":");
	put_span(&w, attack == 4 ? edited(bill, "Test Bank", "Evil Bank") : bill);
	put_z(&w, ",\"envelopeManifestSignedContent\":\"");
	put_jws(&w, payload);
	put_z(&w, "\",\"envelopeTransferChain\":[");
	static const int order[][3] = { { 0, 1, 2 }, { 1, 0, 2 } };
	for (int i = 0; i < (attack == 6 ? 2 : 3); i++) {
		put_z(&w, i ? ",\"" : "\"");
		put_z(&w, entry[order[attack == 5][i]]);
		put_z(&w, "\"");
	}
	put_z(&w, "]}");
	return writer_span(&w);
}

static void envelopes(void **state)
{
	(void)state;
	static const char *const rules[] = { "", "EBL-10", "EBL-10", "EBL-10", "EBL-09", "EBL-10", "EBL-10" };

	for (int attack = 0; attack < 7; attack++) {
		struct document d = read_document(envelope(attack));
		assert_int_equal(d.kind, DOC_DCSA_BILL_OF_LADING);
		assert_int_equal(d.level, attack ? DOC_L0 : DOC_L1);
		if (!strstr(found(&d), rules[attack]))
			fail_msg("attack %d: %s", attack, found(&d));
		if (!attack)
			assert_true(span_is(d.title.holder.name, "K"));
	}
}

/* ---- what others published ---- */

/* What each sample is. Those that are no issued bill reach level 0 for that reason and no other. */
static const struct {
	const char *file;
	int level;
	const char *rules;
} samples[] = {
	{ "EBL_END_v3.0.4__surrenderedStraightBLExample.json", 1, "EBL-07" },
	{ "EBL_END_v3.0.4__twoTDSRExample.json", 1, "" },
	{ "EBL_ISS_v3.0.4__rejectedExample.json", 0, "EBL-01" },
	{ "EBL_SUR_v3.0.4__surrenderExample.json", 1, "EBL-07" },
	{ "EBL_v3.0.4__amendDeclinedLightweightExample.json", 0, "EBL-01" },
	{ "EBL_v3.0.4__declinedFullStateTransferExample.json", 0, "EBL-01" },
	{ "EBL_v3.0.4__dgExample-2.json", 1, "ID-05" },
	{ "EBL_v3.0.4__dgExample-4.json", 1, "ID-05" },
	{ "EBL_v3.0.4__draftFullStateTransferExample.json", 0, "EBL-01" },
	{ "EBL_v3.0.4__issuedFullStateTransferExample.json", 1, "" },
	{ "EBL_v3.0.4__receivedFullStateTransferExample.json", 0, "EBL-01" },
	{ "EBL_v3.0.4__reeferExample-2.json", 0, "EBL-01" },
	{ "EBL_v3.0.4__reeferExample-4.json", 1, "" },
	{ "EBL_v3.0.4__regularSTDExample-2.json", 0, "EBL-01" },
	{ "EBL_v3.0.4__regularSTDExample-4.json", 0, "EBL-01" },
	{ "ebl-api-3.0.0-2c1u.json", 0, "ID-02 FMT-07 ID-05 EBL-01" },
	{ "ebl-api-3.0.0-amf.json", 0, "ID-02 FMT-07 ID-05 EBL-01" },
	{ "ebl-api-3.0.0-dg.json", 0, "ID-02 FMT-07 EBL-01" },
	{ "ebl-api-3.0.0-no-commodity-subreference.json", 0, "ID-02 FMT-07 ID-05 EBL-01" },
	{ "ebl-api-3.0.0-soc-references.json", 0, "ID-02 FMT-07 ID-05 EBL-01" },
	{ "eblissuance-v3.0.0-request.json", 0, "FMT-07" },
	{ "pint-3.0.0-transport-document.json", 0, "FMT-07" },
};

static void published(void **state)
{
	(void)state;
	char path[256];
	unsigned bills = 0, seen = 0;

	snprintf(path, sizeof path, "%s/documents/dcsa-ebl", shared_dir());
	DIR *dir = opendir(path);
	if (!dir)
		skip();
	while (readdir(dir))
		seen++;
	closedir(dir);
	assert_int_equal(seen, ARRAY_LEN(samples) + 2); /* none forgotten */
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		snprintf(path, sizeof path, "documents/dcsa-ebl/%s", samples[i].file);
		struct span s = shared_file(path);
		assert_non_null(s.at);
		struct document d = read_document(s);
		expect(samples[i].file, &d, DOC_DCSA_BILL_OF_LADING, samples[i].level, samples[i].rules);
		bills += d.level == DOC_L1;
		free((void *)(uintptr_t)s.at);
	}
	printf("  dcsa-ebl: %zu of %zu as stated (%u at level 1; the others are drafts, instructions, answers and templates)\n",
	       ARRAY_LEN(samples), ARRAY_LEN(samples), bills);
	static const char *const unsupported[] = { "EDIFACT_EXAMPLE1.TXT", "IT01234567890_FPA01.xml" };
	for (size_t i = 0; i < ARRAY_LEN(unsupported); i++) {
		snprintf(path, sizeof path, "documents/unsupported/%s", unsupported[i]);
		struct span s = shared_file(path);
		assert_non_null(s.at);
		struct document d = read_document(s);
		expect(unsupported[i], &d, DOC_OPAQUE, DOC_L0, "FMT-03");
		free((void *)(uintptr_t)s.at);
	}
	printf("  unsupported: 2 of 2 refused cleanly\n");
}

/* ---- sniffing, depth, floods ---- */

static void families(void **state)
{
	(void)state;
	static char deep[1 << 20];
	struct document d = read_document(S("UNB+UNOC:3+1234567890123:14+9876543210987:14+260914:1200+1'"));

	expect("EDIFACT", &d, DOC_OPAQUE, DOC_L0, "FMT-03");
	d = read_document(S("{\"a\":1}"));
	expect("any JSON", &d, DOC_OPAQUE, DOC_L0, "FMT-03");
	d = read_document(S("{\"a\":"));
	expect("half JSON", &d, DOC_OPAQUE, DOC_L0, "FMT-30");
	memset(deep, '[', 40);
	memset(deep + 40, ']', 40);
	d = read_document((struct span){ deep, 80 });
	expect("deep JSON", &d, DOC_OPAQUE, DOC_L0, "FMT-30");
	for (size_t i = 0; i < sizeof deep; i++)
		deep[i] = i % 2 ? ',' : '1';
	deep[0] = '[';
	deep[1] = '1';
	deep[sizeof deep - 1] = ']';
	d = read_document((struct span){ deep, sizeof deep });
	expect("half a million values", &d, DOC_OPAQUE, DOC_L0, "FMT-30");
	d = read_document(S("any other bytes"));
	expect("opaque", &d, DOC_OPAQUE, DOC_L0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(receipt_facts), T(receipt_rules), T(bill_facts), T(bill_rules),
		                            T(chains),        T(canonical),     T(manifest),   T(envelopes),
		                            T(published),     T(families) };
	return cmocka_run_group_tests(tests, start, stop);
}
