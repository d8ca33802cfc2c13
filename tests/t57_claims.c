/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t57_claims.c: one invoice is one claim, whatever it is written in (ATK-80) and however its number is typed (ATK-81).
 */
#include "documentfix.h"

#include "decide.h"
#include "intake/trade_paper.h"
#include "ofdmake.h"
#include "pdfmake.h"

#define SELLER "91320000MA1TE5T10H"
#define NUMBER "26322000000123456789"

static const struct span key = S_INIT("0123456789abcdef0123456789abcdef");

static struct fp16 claim_of(struct span number)
{
	static char room[1 << 16];
	struct arena scratch = arena_over(room, sizeof room);

	return fingerprint_invoice(key, S("uscc:" SELLER), number, &scratch);
}

/* What intake reads is of this seller, and is this claim. */
static void is_the_claim(const char *what, int kind, struct span bytes)
{
	struct document d = read_document(bytes);
	const struct fp16 want = claim_of(S(NUMBER)), got = claim_of(d.number);
	struct paper p;

	assert_int_equal(trade_paper(&d, &mem, &p), OK);
	assert_int_equal(d.kind, kind);
	if (d.level < DOC_L1 || p.role != PAPER_INVOICE || !paper_ids_have(&p.seller, S(SELLER)) ||
	    memcmp(&want, &got, sizeof want) != 0)
		fail_msg("%s: level %d, another claim: %.*s (%s)", what, d.level, (int)d.number.len, d.number.at,
		         found(&d));
}

/* A PDF with the XML embedded in it. */
static struct span in_pdf(struct span xml)
{
	static struct pdf_made made;
	struct span packed_xml = pdf_packed(xml);

	pdf_begin(&made);
	pdf_object(
		&made,
		"<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << /EmbeddedFiles << /Names [(factur-x.xml) 4 0 R] >> >> >>",
		NULL);
	pdf_object(&made, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", NULL);
	pdf_object(&made, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>", NULL);
	pdf_object(
		&made,
		"<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /AFRelationship /Data /EF << /F 5 0 R /UF 5 0 R >> >>",
		NULL);
	pdf_object(&made, "/Type /EmbeddedFile /Filter /FlateDecode", &packed_xml);
	return pdf_end(&made, "");
}

/* ATK-80: five submissions, one receivable. */
static void in_every_format(void **state)
{
	(void)state;
	is_the_claim("UBL", DOC_UBL_INVOICE,
	             edited(our_file("invoice-cny.xml"), "<cbc:ID>T-2026-0001", "<cbc:ID>" NUMBER));
	is_the_claim("CII", DOC_CII_INVOICE,
	             edited(our_file("cii-invoice.xml"), "<ram:ID>T-2026-0001", "<ram:ID>" NUMBER));
	is_the_claim("PDF", DOC_FACTUR_X,
	             in_pdf(edited(our_file("cii-invoice.xml"), "<ram:ID>T-2026-0001", "<ram:ID>" NUMBER)));
	is_the_claim("tax bureau's XML", DOC_FAPIAO_XML, our_file("fapiao-einvoice.xml"));
	is_the_claim("the XML of an OFD", DOC_FAPIAO_XML, our_file("fapiao-fp.xml"));
	fresh_parts();
	is_the_claim("OFD", DOC_FAPIAO_OFD, packed(PARTS));
}

/* ATK-81: spaces, full-width digits, other dashes; and what is another number stays one. */
static void however_it_is_typed(void **state)
{
	static const struct span same[] = {
		S_INIT("T-2026-0001"),
		S_INIT("t-2026-0001"),
		S_INIT(" T-2026-0001 "),
		S_INIT("T 2026 0001"),
		S_INIT("T/2026/0001"),
		S_INIT("T\xef\xbc\x8d"
		       "2026-0001"),
		S_INIT("\xef\xbc\xb4-2026-0001"),
		S_INIT("T-2026-\xef\xbc\x90\xef\xbc\x90\xef\xbc\x90\xef\xbc\x91"),
	};
	static const struct span filled[] = { S_INIT("INV-123"), S_INIT("INV000123"), S_INIT("inv 0123") };
	static const struct span other[] = { S_INIT("T-2026-0010"), S_INIT("T-2026-00011"), S_INIT("U-2026-0001") };
	const struct fp16 want = claim_of(same[0]);

	(void)state;
	for (size_t i = 1; i < ARRAY_LEN(same); i++) {
		struct fp16 got = claim_of(same[i]);
		if (memcmp(&want, &got, sizeof want) != 0)
			fail_msg("row %zu is another claim", i);
	}
	for (size_t i = 1; i < ARRAY_LEN(filled); i++) {
		struct fp16 first = claim_of(filled[0]), got = claim_of(filled[i]);
		assert_memory_equal(&first, &got, sizeof got);
	}
	for (size_t i = 0; i < ARRAY_LEN(other); i++) {
		struct fp16 got = claim_of(other[i]);
		assert_memory_not_equal(&want, &got, sizeof want);
	}
}

/* A paper kept in flat form is the paper, and nothing that is cut or longer is one. */
static void a_paper_is_kept_as_it_was(void **state)
{
	struct document d = read_document(our_file("invoice-cny.xml"));
	struct paper p, again;

	(void)state;
	assert_int_equal(trade_paper(&d, &mem, &p), OK);
	struct writer w = writer_in(&mem);
	put_trade_wire(&w, &p);
	struct span wire = writer_done(&w, &mem);
	assert_true(trade_wire_read(wire, &mem, &again));
	struct writer v = writer_in(&mem);
	put_trade_wire(&v, &again);
	assert_true(span_eq(wire, writer_done(&v, &mem)));
	assert_int_equal(again.payable, p.payable);
	assert_int_equal(again.lines.n, p.lines.n);
	for (size_t n = 0; n < wire.len; n++)
		assert_false(trade_wire_read((struct span){ wire.at, n }, &mem, &again));
	for (size_t i = 0; i < wire.len; i++) { /* one byte changed: another paper, or none; never out of place */
		char *bad = arena_take(&mem, wire.len);
		assert_non_null(bad);
		memcpy(bad, wire.at, wire.len);
		bad[i] = (char)(bad[i] ^ 0x80);
		(void)!trade_wire_read((struct span){ bad, wire.len }, &mem, &again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_every_format),
		cmocka_unit_test(however_it_is_typed),
		cmocka_unit_test(a_paper_is_kept_as_it_was),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
