/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t48_facturx.c: invoices inside PDF.
 *
 * A PDF must say what its XML says; what makes two attachments possible makes
 * it none (ATK-65); what a signature leaves open is seen without its key
 * (ATK-60, 61, 63, 66, 67). Then the published files, against the official rules.
 */
#include "documentfix.h"

#include "intake/pdf.h"
#include "pdfmake.h"

static struct pdf_made made;
static char xml_bytes[1 << 15];
static struct span xml;

static int setup(void **state)
{
	int rc = start(state);
	struct span s = our_file("factur-x.xml");

	memcpy(xml_bytes, s.at, s.len);
	xml = (struct span){ xml_bytes, s.len };
	return rc;
}

/* What a file is made of; NULL is what an honest one has. */
struct parts {
	const char *catalog, *spec, *extra, *stream_dict, *trailer;
	const struct span *body;
	bool plain; /* not deflated */
};

static struct span build(const struct parts *p)
{
	struct span body = p->body ? *p->body : xml, packed = p->plain ? body : pdf_packed(body);

	pdf_begin(&made);
	pdf_object(
		&made,
		p->catalog
			? p->catalog
			: "<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << /EmbeddedFiles << /Names [(factur-x.xml) 4 0 R] >> >> >>",
		NULL);
	pdf_object(&made, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", NULL);
	pdf_object(&made, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>", NULL);
	pdf_object(
		&made,
		p->spec ? p->spec
			: "<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /AFRelationship /Data /EF << /F 5 0 R /UF 5 0 R >> >>",
		NULL);
	pdf_object(&made,
	           p->stream_dict ? p->stream_dict
	           : p->plain     ? "/Type /EmbeddedFile"
	                          : "/Type /EmbeddedFile /Filter /FlateDecode",
	           &packed);
	pdf_object(&made, "/Type /EmbeddedFile", &body);
	if (p->extra)
		pdf_object(&made, p->extra, NULL);
	return pdf_end(&made, p->trailer ? p->trailer : "");
}

static void same_model(void **state)
{
	(void)state;
	static char a[1 << 15], b[1 << 15];
	struct writer w = writer_over(a, sizeof a), v = writer_over(b, sizeof b);
	struct document d = read_document(xml);

	expect("XML", &d, DOC_CII_INVOICE, DOC_L1, "");
	d.kind = 0;
	d.sha256 = (struct hash){ { 0 } };
	put_document_json(&w, &d);
	for (int plain = 0; plain < 2; plain++) {
		struct parts p = { .plain = plain };
		d = read_document(build(&p));
		expect("PDF", &d, DOC_FACTUR_X, DOC_L1, "");
		assert_int_equal(d.payable.minor, 240000);
		assert_true(hash_eq(d.sha256, sha256((struct span){ made.at, made.len }))); /* of the PDF */
		d.kind = 0;
		d.sha256 = (struct hash){ { 0 } };
		v = writer_over(b, sizeof b);
		put_document_json(&v, &d);
		assert_true(span_eq(writer_span(&w), writer_span(&v)));
	}
}

#define LISTED(names) \
	"<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << /EmbeddedFiles << /Names [" names "] >> >> >>"
#define SPEC(f, uf, ef) "<< /Type /Filespec /F (" f ") /UF (" uf ") /EF << " ef " >> >>"

static void attachments(void **state)
{
	(void)state;
	static const struct span ubl = S_INIT("<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>");
	static const struct span other = S_INIT("<html/>");
	static const struct {
		struct parts p;
		int kind, level;
		const char *rules, *what;
	} row[] = {
		{ { .catalog = "<< /Type /Catalog /Pages 2 0 R >>", .spec = "<< >>" },
		  0,
		  0,
		  "FMT-03",
		  "nothing in it" },
		{ { .catalog = "<< /Type /Catalog /Pages 2 0 R >>" }, 0, 0, "FMT-25", "not listed" },
		{ { .catalog = "<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] >>" }, 0, 0, "FMT-25", "in AF, not listed" },
		{ { .catalog =
		            "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(factur-x.xml) 4 0 R] >> >> >>" },
		  14,
		  1,
		  "FMT-26",
		  "not in AF" },
		{ { .catalog = LISTED("(a) 4 0 R (b) 7 0 R"),
		    .extra = SPEC("factur-x.xml", "factur-x.xml", "/F 6 0 R") },
		  0,
		  0,
		  "FMT-25",
		  "two of the name (ATK-65)" },
		{ { .catalog = LISTED("(a) 4 0 R (b) 7 0 R"),
		    .extra = SPEC("ZUGFeRD-invoice.xml", "ZUGFeRD-invoice.xml", "/F 6 0 R") },
		  0,
		  0,
		  "FMT-25",
		  "two of two standards" },
		{ { .catalog = LISTED("(a) 4 0 R (b) 7 0 R"), .extra = SPEC("note.xml", "note.xml", "/F 6 0 R") },
		  14,
		  1,
		  "",
		  "another file beside it" },
		{ { .catalog = LISTED("(a) 4 0 R (b) 4 0 R") }, 14, 1, "", "the same one listed twice" },
		{ { .spec = SPEC("factur-x.xml", "factur-x.xml", "/F 5 0 R /UF 6 0 R") },
		  0,
		  0,
		  "FMT-25",
		  "two streams" },
		{ { .spec = SPEC("factur-x.xml", "note.xml", "/F 5 0 R") }, 0, 0, "FMT-25", "two names" },
		{ { .extra =
		            "<< /Type /Annot /Subtype /FileAttachment /FS << /F (factur-x.xml) /EF << /F 6 0 R >> >> >>" },
		  0,
		  0,
		  "FMT-25",
		  "a second one in a note on the page" },
		{ { .extra =
		            "<< /Type /Annot /Subtype /FileAttachment /FS << /F (factur-x.xml) /#45F << /F 6 0 R >> >> >>" },
		  0,
		  0,
		  "FMT-25",
		  "a second one, its key written with an escape" },
		{ { .extra = "<< /Type /Filespec /F (factur-x.xml) /E#46 << /F 6 0 R >> >>" },
		  0,
		  0,
		  "FMT-25",
		  "a second one nothing leads to" },
		{ { .extra = "<< /Note (nothing more /EF than a word) /EFX 1 /A#20B 2 >>" }, 14, 1, "", "words alike" },
		{ { .spec = SPEC("FACTUR-X.XML", "FACTUR-X.XML", "/F 5 0 R") }, 14, 1, "", "in capitals" },
		{ { .catalog = "<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << /EmbeddedFiles 7 0 R >> >>",
		    .extra = "<< /Kids [7 0 R] >>" },
		  0,
		  0,
		  "FMT-24",
		  "a tree that loops" },
		{ { .catalog = "<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << /EmbeddedFiles 7 0 R >> >>",
		    .extra = "<< /Kids [<< /Kids [<< /Names [(x) 4 0 R] >>] >>] >>" },
		  14,
		  1,
		  "",
		  "a tree" },
		{ { .body = &ubl }, 0, 0, "MAN-02 MAN-03 MAN-06 MAN-07 MAN-16 FMT-03", "an order in it" },
		{ { .body = &other }, 0, 0, "FMT-03", "no invoice in it" },
		{ { .stream_dict = "/Filter /ASCIIHexDecode" }, 0, 0, "FMT-24", "packed otherwise" },
		{ { .stream_dict = "/Filter [/FlateDecode /FlateDecode]" }, 0, 0, "FMT-24", "packed twice" },
		{ { .stream_dict = "/Filter /FlateDecode /DecodeParms << /Predictor 12 >>" },
		  0,
		  0,
		  "FMT-24",
		  "with a predictor" },
		{ { .stream_dict = "/F (elsewhere)" }, 0, 0, "FMT-24", "a stream in another file" },
		{ { .stream_dict = "/Filter /FlateDecode", .plain = true }, 0, 0, "FMT-24", "damaged" },
		{ { .trailer = "/Encrypt << /Filter /Standard /V 1 /R 2 /O (a) /U (b) /P -1 >> /ID [(a) (b)]" },
		  0,
		  0,
		  "FMT-24",
		  "encrypted" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct document d = read_document(build(&row[i].p));
		char rules[512];
		snprintf(rules, sizeof rules, "%s", found(&d));
		if (d.kind != row[i].kind || d.level != row[i].level ||
		    (row[i].p.body != &ubl && strcmp(rules, row[i].rules) != 0))
			fail_msg("%s: kind %d level %d \"%s\"", row[i].what, d.kind, d.level, rules);
	}
}

static void limits(void **state)
{
	(void)state;
	static char zeros[PDF_XML_MAX + 4096];
	static uint8_t bomb[1 << 16];
	uLongf len = sizeof bomb;
	struct arena space = arena_over(memory, DOCUMENT_ARENA);
	struct pdf pdf;

	assert_int_equal(compress2(bomb, &len, (const Bytef *)zeros, sizeof zeros, 9), Z_OK);
	struct span s = { (const char *)bomb, len };
	struct parts p = { .stream_dict = "/Filter /FlateDecode", .plain = true, .body = &s };
	assert_string_equal(pdf_read(build(&p), &space, &pdf), "the attachment is damaged or larger than 5 MB");
	p = (struct parts){ .trailer = "" };
	struct span good = build(&p);
	/* not at the first byte, cut anywhere, one byte changed: never a crash */
	struct document d = read_document((struct span){ good.at + 1, good.len - 1 });
	expect("begins later", &d, DOC_OPAQUE, DOC_L0, "");
	for (size_t i = 5; i + 1 < good.len; i += 7) {
		d = read_document((struct span){ good.at, i });
		assert_int_equal(d.level, DOC_L0);
	}
	for (size_t i = 0; i < good.len; i++) {
		made.at[i] ^= 0x11;
		(void)read_document(good);
		made.at[i] ^= 0x11;
	}
}

/* ---- signatures ---- */

#define FORM                                                                                                          \
	"<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << /EmbeddedFiles << /Names [(factur-x.xml) 4 0 R] >> >> " \
	"/AcroForm << /SigFlags 3 /Fields [<< /FT /Sig /T (s) /V 7 0 R >>] >> "
#define RANGE "[0 0000000000 0000000000 0000000000]"
#define VALUE "<30820102ff00aa>"

/* Writes the real ByteRange of the one signature in `made`: the gap is its Contents. */
static void seal(size_t back)
{
	char range[96];
	char *at = memmem(made.at, made.len, RANGE, sizeof RANGE - 1),
	     *gap = memmem(made.at, made.len, VALUE, sizeof VALUE - 1);

	assert_non_null(at);
	assert_non_null(gap);
	size_t from = (size_t)(gap - made.at), to = from + sizeof VALUE - 1;
	snprintf(range, sizeof range, "[0 %010zu %010zu %010zu]", from, to, made.len - to - back);
	memcpy(at, range, sizeof RANGE - 1);
}

static void signatures(void **state)
{
	(void)state;
	static const char good[] = "<< /Type /Sig /ByteRange " RANGE " /Contents " VALUE " >>";
	struct parts p = { .catalog = FORM ">>", .extra = good };
	struct document d;

	build(&p);
	seal(0);
	d = read_document((struct span){ made.at, made.len });
	expect("whole", &d, DOC_FACTUR_X, DOC_L1, "FMT-29");
	pm_text(&made, "\n% something behind it");
	d = read_document((struct span){ made.at, made.len });
	expect("a comment behind it", &d, DOC_OPAQUE, DOC_L0, "FMT-24");
	pm_text(&made, "\n%%EOF");
	d = read_document((struct span){ made.at, made.len });
	expect("something behind it (ATK-61)", &d, DOC_FACTUR_X, DOC_L0, "FMT-29 FMT-27");
	build(&p);
	seal(5);
	d = read_document((struct span){ made.at, made.len });
	expect("the end left out (ATK-60)", &d, DOC_FACTUR_X, DOC_L0, "FMT-29 FMT-27");
	build(&p); /* a gap larger than the value: room for a second one */
	seal(0);
	char *at = memmem(made.at, made.len, "/ByteRange [0 ", 14);
	at[23] = (char)(at[23] - 1);
	d = read_document((struct span){ made.at, made.len });
	expect("a wider gap (ATK-60)", &d, DOC_FACTUR_X, DOC_L0, "FMT-29 FMT-27");
	static const char *const broken[] = {
		"<< /Type /Sig /ByteRange " RANGE " >>",
		"<< /Type /Sig /ByteRange " RANGE " /Contents <0000000000> >>",
		"<< /Type /Sig /ByteRange " RANGE " /Contents null >>",
		"<< /Type /Sig /Contents " VALUE " >>",
		"<< /Type /Sig /ByteRange [] /Contents " VALUE " >>",
		"<< /Type /Sig /ByteRange [0 -1 5 9] /Contents " VALUE " >>",
		"<< /Type /Sig /ByteRange [0 9 5 9] /Contents " VALUE " >>",
		"<< /Type /Sig /ByteRange [0 99999999 5 9] /Contents " VALUE " >>",
		"<< /Type /Sig /ByteRange [1 9 50 9] /Contents " VALUE " >>",
		"<< /Type /Sig /ByteRange null /Contents " VALUE " >>",
	};
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) { /* ATK-63 */
		p.extra = broken[i];
		d = read_document(build(&p));
		expect(broken[i], &d, DOC_FACTUR_X, DOC_L0, "FMT-29 FMT-27");
	}
	/* ATK-67: certified, and changes may follow */
	p = (struct parts){ .catalog = FORM "/Perms << /DocMDP 7 0 R >> >>",
		            .extra = "<< /Type /Sig /ByteRange " RANGE " /Contents " VALUE
		                     " /Reference [<< /TransformMethod /DocMDP "
		                     "/TransformParams << /P 2 >> >>] >>" };
	build(&p);
	seal(0);
	d = read_document((struct span){ made.at, made.len });
	expect("changes allowed", &d, DOC_FACTUR_X, DOC_L1, "FMT-29 FMT-28");
}

/* The file with its signature's gap as it is; what an attacker writes behind it, in front of it or into the gap. */
static void unseen(const char *what, const char *rules)
{
	struct document d = read_document((struct span){ made.at, made.len });

	expect(what, &d, DOC_FACTUR_X, DOC_L0, rules);
}

/* ATK-62: the second signed part is moved towards the end, and other objects come to lie in the gap. */
static void atk62_wrapping(void **state)
{
	static const char good[] = "<< /Type /Sig /ByteRange " RANGE " /Contents " VALUE " >>";
	static const char theirs[] =
		"\n4 0 obj\n<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /EF << /F 6 0 R /UF 6 0 R >> >>\nendobj\n";
	const struct parts p = { .catalog = FORM ">>", .extra = good };
	char range[96];

	(void)state;
	build(&p);
	seal(0);
	char *gap = memmem(made.at, made.len, VALUE, sizeof VALUE - 1);
	assert_non_null(gap);
	size_t from = (size_t)(gap - made.at), behind = from + sizeof VALUE - 1, more = sizeof theirs - 1;
	memmove(made.at + behind + more, made.at + behind, made.len - behind);
	memcpy(made.at + behind, theirs, more);
	made.len += more;
	char *at = memmem(made.at, made.len, "/ByteRange [", 12);
	snprintf(range, sizeof range, "[0 %010zu %010zu %010zu]", from, behind + more, made.len - behind - more);
	memcpy(at + 11, range, sizeof RANGE - 1); /* the digest over the two parts is what it was */
	/* the directory at the end is of other places now: whoever reads strictly has no file, whoever guesses is not followed */
	struct document d = read_document((struct span){ made.at, made.len });
	expect("moved", &d, DOC_OPAQUE, DOC_L0, "FMT-24");
	char *xref = memmem(made.at, made.len, "xref\n0 ", 7), *start = memmem(made.at, made.len, "startxref\n", 10);
	assert_non_null(xref);
	assert_non_null(start);
	made.len = (size_t)(start - made.at); /* and with a directory that is right again */
	char line[64];
	snprintf(line, sizeof line, "startxref\n%zu\n%%%%EOF\n", (size_t)(xref - made.at));
	pm_text(&made, line);
	at = memmem(made.at, made.len, "/ByteRange [", 12);
	snprintf(range, sizeof range, "[0 %010zu %010zu %010zu]", from, behind + more, made.len - behind - more);
	memcpy(at + 11, range, sizeof RANGE - 1);
	unseen("moved, with a directory that leads to it", "FMT-29 FMT-27");
}

/* An incremental update: objects again, a directory of them, and the way to the one before. */
static void pdf_update(const char *object, int number)
{
	char line[160];
	size_t place = made.len, xref;
	const char *before = memmem(made.at, made.len, "xref\n0 ", 7);

	assert_non_null(before);
	snprintf(line, sizeof line, "%d 0 obj\n", number);
	pm_text(&made, line);
	pm_text(&made, object);
	pm_text(&made, "\nendobj\n");
	xref = made.len;
	snprintf(line, sizeof line, "xref\n%d 1\n%010zu 00000 n \ntrailer\n<< /Root 1 0 R /Size %d /Prev %zu >>\n",
	         number, place, made.n + 1, (size_t)(before - made.at));
	pm_text(&made, line);
	snprintf(line, sizeof line, "startxref\n%zu\n%%%%EOF\n", xref);
	pm_text(&made, line);
}

/* ATK-64: what was signed holds both, and an update shows the other: hidden, replaced, or hidden and replaced. */
static void atk64_shadow(void **state)
{
	static const char good[] = "<< /Type /Sig /ByteRange " RANGE " /Contents " VALUE " >>";
	static const struct {
		const char *what, *object;
		int number;
		const char *rules;
	} row[] = {
		{ "the attachment is another", SPEC("factur-x.xml", "factur-x.xml", "/F 6 0 R /UF 6 0 R"), 4,
		  "FMT-29 FMT-27" },
		{ "the page shows something else", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>", 3,
		  "FMT-29 FMT-27" },
		{ "the catalogue is another, and names no signature",
		  "<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << /EmbeddedFiles << /Names [(factur-x.xml) 4 0 R] >> >> >>",
		  1, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const struct parts p = { .catalog = FORM ">>", .extra = good };
		build(&p);
		seal(0);
		struct document d = read_document((struct span){ made.at, made.len });
		expect("as signed", &d, DOC_FACTUR_X, DOC_L1, "FMT-29");
		pdf_update(row[i].object, row[i].number);
		if (row[i].rules[0]) {
			unseen(row[i].what, row[i].rules);
			continue;
		}
		/* a file whose signature is gone is an unsigned one: it says so, and vouches for nobody */
		d = read_document((struct span){ made.at, made.len });
		expect(row[i].what, &d, DOC_FACTUR_X, DOC_L1, "");
		assert_false(d.signature.present);
	}
}

/* ATK-66: the signature covers the page and not the attachment. */
static void atk66_attachment_outside_the_range(void **state)
{
	char range[96];

	(void)state;
	pdf_begin(&made);
	pdf_object(
		&made,
		"<< /Type /Catalog /Pages 2 0 R /AF [4 0 R] /Names << /EmbeddedFiles << /Names [(factur-x.xml) 4 0 R] >> >> "
		"/AcroForm << /SigFlags 3 /Fields [<< /FT /Sig /T (s) /V 5 0 R >>] >> >>",
		NULL);
	pdf_object(&made, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", NULL);
	pdf_object(&made, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>", NULL);
	pdf_object(&made, SPEC("factur-x.xml", "factur-x.xml", "/F 6 0 R /UF 6 0 R"), NULL);
	pdf_object(&made, "<< /Type /Sig /ByteRange " RANGE " /Contents " VALUE " >>", NULL);
	pdf_object(&made, "/Type /EmbeddedFile", &xml);
	pdf_end(&made, "");
	seal(0);
	struct document d = read_document((struct span){ made.at, made.len });
	expect("covered", &d, DOC_FACTUR_X, DOC_L1, "FMT-29");
	char *at = memmem(made.at, made.len, "/ByteRange [", 12),
	     *gap = memmem(made.at, made.len, VALUE, sizeof VALUE - 1);
	assert_non_null(at);
	assert_non_null(gap);
	size_t from = (size_t)(gap - made.at), behind = from + sizeof VALUE - 1;
	snprintf(range, sizeof range, "[0 %010zu %010zu %010zu]", from, behind, made.place[6] - behind);
	memcpy(at + 11, range, sizeof RANGE - 1);
	unseen("the attachment lies behind the range", "FMT-29 FMT-27");
}

/* ---- what others published ---- */

/* The official rules a finding equals, under EN 16931 as the manifest's findings were made. */
static void official(const struct document *d, char *to, size_t cap)
{
	struct writer w = writer_over(to, cap - 1);

	for (uint32_t i = 0; i < d->findings.n; i++) {
		if (!span_starts(d->findings.at[i].same_as, S("BR-")) || d->findings.at[i].severity != SEV_E)
			continue;
		put_byte(&w, ' ');
		put_span(&w, d->findings.at[i].same_as);
	}
	to[w.len] = 0;
}

static void published(void **state)
{
	(void)state;
	static const struct {
		const char *file, *number;
		int64_t payable;
		int level;
		const char *official, *except;
	} row[] = {
		{ "Avoir_FR_type381_BASIC.pdf", "AV-2017-0005", 23347, 1, "",
		  "CII-DT-031 (a currency where none may stand) is a rule of form" },
		{ "Facture_FR_BASICWL.pdf", "FA-2017-0010", 47015, 0, "BR-16 BR-CO-10 BR-S-08",
		  "CII-DT-031, as above" },
		{ "Facture_FR_EN16931.pdf", "FA-2017-0010", 47015, 1, "",
		  "CII-DT-031 CII-SR-122 CII-SR-123, as above" },
		{ "Facture_FR_MINIMUM.pdf", "FA-2017-0010", 47015, 0, "BR-12 BR-16 BR-CO-16",
		  "BR-CO-10 BR-CO-13 BR-CO-14 compare with sums that are absent: BR-12 and BR-16 say so; CII-DT-031, as above" },
		{ "MustangGnuaccountingBeispielRE-20190610_507b.pdf", "RE-20190610/507", 57104, 0, "BR-CL-11", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char path[128], rules[512];
		snprintf(path, sizeof path, "documents/facturx-pdf/%s", row[i].file);
		struct span s = shared_file(path), rest = span_z(row[i].official), one;
		if (!s.at)
			skip();
		struct arena space = arena_over(memory, DOCUMENT_ARENA);
		struct document d = read_document(s);
		assert_int_equal(d.kind, DOC_FACTUR_X);
		assert_true(span_is(d.number, row[i].number));
		assert_int_equal(d.payable.minor, row[i].payable);
		assert_int_equal(d.level, row[i].level);
		assert_int_equal(document_read_as(s, DIALECT_EN, &space, &d), OK);
		official(&d, rules, sizeof rules);
		for (bool more = row[i].official[0] != 0; more;) {
			more = span_cut(rest, ' ', &one, &rest);
			one = more ? one : rest;
			if (!memmem(rules, strlen(rules), one.at, one.len))
				fail_msg("%s: no %.*s in%s", row[i].file, (int)one.len, one.at, rules);
		}
		printf("  %-50s L%d%s%s%s\n", row[i].file, row[i].level, rules, row[i].except[0] ? "; excepted: " : "",
		       row[i].except);
		free((void *)(uintptr_t)s.at);
	}
	printf("  facturx-pdf: %zu of %zu as stated, but for the exceptions named\n", ARRAY_LEN(row), ARRAY_LEN(row));
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(same_model),
		                            T(attachments),
		                            T(limits),
		                            T(signatures),
		                            T(atk62_wrapping),
		                            T(atk64_shadow),
		                            T(atk66_attachment_outside_the_range),
		                            T(published) };
	return cmocka_run_group_tests(tests, setup, stop);
}
