/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t39_published.c: every file of ../shared/documents against what its list says of it, and one table of how many came out
 * so. The list's own words are turned into a test (says[]); what does not come out so must stand in exceptions[] with the
 * reason, and what stands there must still not come out so. The tests t36 to t49 say more of each file; this one forgets
 * none.
 */
#include "docs.h"

#include "codes.h"

/* ---- what a list can say ---- */

struct file {
	const char *folder, *name, *expected;
	struct document d; /* by its own profile */
	bool pdf;
};

static bool has_rule(const struct document *d, const char *id)
{
	for (uint32_t i = 0; i < d->findings.n; i++)
		if (strcmp(document_rule_info((enum doc_rule)d->findings.at[i].rule)->id, id) == 0)
			return true;
	return false;
}

static bool no_proof(const struct document *d) { return d->level < DOC_L2 && !d->signature.bound; }

static bool is_valid(struct file *f)
{
	bool own = f->d.level >= DOC_L1;

	assert_true(read_shared(f->folder, f->name, DIALECT_EN, &f->d));
	return own && f->d.level >= DOC_L1;
}

/* Each official rule the list names is found broken under EN 16931. Rules of form alone (CII-...) are not ours. */
static bool is_invalid(struct file *f)
{
	bool all = true, any = false;
	enum doc_severity worst;

	assert_true(read_shared(f->folder, f->name, DIALECT_EN, &f->d));
	for (const char *at = strstr(f->expected, "BR-"); at; at = strstr(at + 3, "BR-")) {
		char id[24];
		size_t n = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

		struct writer w = writer_over(id, sizeof id - 1);
		put_span(&w, (struct span){ at, n < sizeof id ? n : sizeof id - 1 });
		id[w.len] = 0;
		if (strncmp(at + n, "/", 1) == 0 || strchr(id, 0)[-1] == '-')
			continue;
		any = true;
		all &= has_official(&f->d, id, &worst);
	}
	return all && (!any || f->d.level == DOC_L0 || strstr(f->expected, "embedded") != NULL);
}

static bool is_bank_statement(struct file *f)
{
	const struct document *d = &f->d;
	const char *uetr = strstr(f->name, "UETR");

	return d->kind >= DOC_CAMT_052 && d->kind <= DOC_CAMT_054 && d->statements.n > 0 &&
	       (!uetr || d->statements.at[0].entries.at[0].transactions.at[0].uetr.len == 36);
}

static bool is_read(struct file *f) { return f->d.kind != DOC_OPAQUE; }
static bool is_bill(struct file *f) { return f->d.kind == DOC_DCSA_BILL_OF_LADING; }
static bool is_template(struct file *f) { return is_bill(f) && f->d.level == DOC_L0 && has_rule(&f->d, "FMT-07"); }
static bool is_chain(struct file *f)
{
	return is_bill(f) && !has_rule(&f->d, "EBL-02") && !has_rule(&f->d, "EBL-03") && !has_rule(&f->d, "EBL-04");
}
static bool is_unsigned(struct file *f) { return is_read(f) && no_proof(&f->d) && !f->d.signature.present; }
static bool is_refused(struct file *f) { return no_proof(&f->d); }
static bool is_unsupported(struct file *f)
{
	return f->d.kind == DOC_OPAQUE && f->d.level == DOC_L0 && f->d.findings.n == 1;
}
static bool is_opaque_inside(struct file *f) { return has_rule(&f->d, "FMT-10"); }
static bool is_verified(struct file *f) { return f->d.signature.present && f->d.signature.whole; }
static bool is_sealed(struct file *f)
{
	return f->d.kind == DOC_FAPIAO_OFD && f->d.signature.present && no_proof(&f->d);
}

static bool same_invoice(struct file *f)
{
	static char room[1 << 19];
	struct arena a = arena_over(room, sizeof room);
	struct document first = { .kind = DOC_OPAQUE };
	struct span one, other;

	f->d.sha256 = (struct hash){ { 0 } };
	one = wire_of(&f->d, &a);
	assert_true(read_shared("chain-oasis-order-to-cash", "UBL-Invoice-2.0-Example.xml", -1, &first));
	first.sha256 = f->d.sha256;
	other = wire_of(&first, &a);
	return span_eq(one, other);
}

/* Of one trade: what each paper by itself says of it; what they say together is t54_match's. */
static bool is_of_the_chain(struct file *f)
{
	const struct document *d = &f->d;
	const struct doc_line *l = d->lines.n ? &d->lines.at[0] : NULL;

	switch (d->kind) {
	case DOC_UBL_ORDER:
		return span_is(d->number, "AEG012345") && l && l->quantity.mantissa == 100 && has_rule(d, "AMT-22");
	case DOC_UBL_DESPATCH_ADVICE:
		return span_is(d->order_ref, "AEG012345") && l && l->delivered.mantissa == 90 &&
		       l->backorder.mantissa == 10;
	case DOC_UBL_RECEIPT_ADVICE:
		return span_is(d->despatch_ref, "565899") && l && l->received.mantissa == 90 &&
		       l->shortage.mantissa == 10;
	case DOC_UBL_INVOICE:
		return span_is(d->number, "A00095678") && l && l->quantity.mantissa == 100;
	case DOC_UBL_CREDIT_NOTE:
		return span_is(d->number, "CN758494") && d->payable.minor == 10750;
	case DOC_UBL_ORDER_RESPONSE:
		return span_is(d->response_code, "AP");
	default:
		return false;
	}
}

/* The first needle that a file's folder and outcome have says what is asked. */
static const struct {
	const char *folder, *needle;
	bool (*holds)(struct file *f);
} says[] = {
	{ "chain-", "", is_of_the_chain },
	{ "ubl-namespace", "", same_invoice },
	{ "camt", "", is_bank_statement },
	{ "unsupported", "", is_unsupported },
	{ "peru", "PARSE", is_unsigned },
	{ "ubl-other", "PARSE", is_read },
	{ "dcsa", "_PLACEHOLDER", is_template },
	{ "dcsa", "endorsement chain", is_chain },
	{ "dcsa", "", is_bill },
	{ "ubl-signed-zatca", "VERIFIES", is_verified },
	{ "ubl-signed-zatca", "unsigned", is_unsigned },
	{ "ubl-signed", "POLICY MUST REFUSE", is_refused },
	{ "fapiao-ofd", "TEST-CA fapiao", is_sealed },
	{ "fapiao-ofd", "", is_refused },
	{ "xmldsig", "crypto OK with chain", is_verified },
	{ "xmldsig", "", is_refused },
	{ "ubl-invalid", "EICAR", is_opaque_inside },
	{ "ubl-", "VALID:", NULL }, /* below: VALID or INVALID */
	{ "", "", NULL },
};

static bool holds(struct file *f)
{
	for (size_t i = 0; i < ARRAY_LEN(says); i++)
		if (strncmp(f->folder, says[i].folder, strlen(says[i].folder)) == 0 &&
		    strstr(f->expected, says[i].needle) && says[i].holds)
			return says[i].holds(f);
	return strncmp(f->expected, "VALID", 5) == 0 ? is_valid(f) : is_invalid(f);
}

/* ---- what does not come out so ---- */

static const struct exception exceptions[] = {
	{ "ubl-creditnote/BIS_Billing_30-Kreditering_med_kreditnota.xml",
	  "names the Peppol profile and breaks its R040: both GLNs fail their check digit; valid under EN 16931" },
	{ "ubl-invoice/EN16931_Kraftfahrversicherung_Bruttopreise.ubl.xml",
	  "names the Peppol profile and breaks its R120: insurance tax is in the line and not in the price; valid under EN 16931" },
	{ "ubl-invoice/EN16931_Sachversicherung_berechneter_Steuersatz.ubl.xml", "as above" },
	{ "cii/CII_business_example_02.xml", "its seller is named xxxx: an unresolved placeholder (FMT-07)" },
	{ "cii/ZUGFeRD-invoice_rabatte_4_abschlag_taxbasistotalamount.xml",
	  "its payment terms are an empty element, which says nothing here (BR-CO-25)" },
	{ "cii/huf_example_cii.xml", "writes 64. and 100., which are not numbers here (FMT-08)" },
	{ "facturx-pdf/Facture_FR_MINIMUM.pdf",
	  "BR-CO-10, 13, 14 compare with sums that are absent: BR-12 and BR-16 say so; level 0 as stated" },
	{ "ubl-signed-zatca/GeneratorSimplified_Invoice_Signed.xml",
	  "the Saudi form is a later profile (DOCUMENTS 7): it counts as no signature, level 1" },
	{ "ubl-signed-zatca/Simplified_Debit_Note_Signed.xml", "as above" },
	{ "ubl-signed-zatca/Standard_Debit_Note_Signed.xml", "as above" },
	{ "xmldsig/aleksey-01__enveloping-sha256-rsa-sha256.xml",
	  "an enveloping signature over no trade document: outside the profile (UBL-ENV), refused" },
	{ "xmldsig/aleksey-01__enveloping-sha384-ecdsa-sha384.xml", "as above" },
	{ "xmldsig/aleksey-01__enveloping-sha512-rsa-sha512.xml", "as above" },
	{ "peru-unsigned/20000000001-20-R001-1.xml", "a retention, under a root of SUNAT's own that is none of UBL's" },
	{ "ubl-other/UBL-DigitalAgreement-2.2-Example.xml",
	  "no kind this registry reads: kept as opaque bytes, level 0" },
	{ "ubl-other/UBL-GoodsCertificate-2.3-Example.xml", "as above" },
	{ "ubl-other/UBL-Reminder-2.1-Example.xml", "as above" },
	{ "ubl-other/UBL-StockAvailabilityReport-2.1-Example.xml", "as above" },
	{ "ubl-other/UBL-TransportationStatus-2.1-Example.xml", "as above" },
	{ "chain-oasis-order-to-cash/UBL-Quotation-2.0-Example.xml", "as above: what is offered proves no trade" },
	{ "chain-oasis-order-to-cash/UBL-RemittanceAdvice-2.0-Example.xml",
	  "as above: that it was paid, the bank's statement says" },
	{ "chain-oasis-order-to-cash/UBL-Statement-2.0-Example.xml", "as above" },
};

/* ---- the table ---- */

enum { FOLDERS_MAX = 32 };
static struct tallied {
	char folder[48];
	unsigned files, met, excepted;
} table[FOLDERS_MAX];
static size_t n_folders;
static unsigned wrong;

static struct tallied *folder_of(const char *name)
{
	for (size_t i = 0; i < n_folders; i++)
		if (strcmp(table[i].folder, name) == 0)
			return &table[i];
	assert_true(n_folders < FOLDERS_MAX && strlen(name) < sizeof table->folder);
	memcpy(table[n_folders].folder, name, strlen(name) + 1);
	return &table[n_folders++];
}

/* One field of a line of CSV, without its quotes. */
static bool csv_field(struct span *line, char *to, size_t cap)
{
	bool quoted = false;
	size_t i = 0, n = 0;

	if (!line->at)
		return false;
	for (; i < line->len && (quoted || line->at[i] != ','); i++) {
		if (line->at[i] == '"')
			quoted = !quoted;
		else if (n + 1 < cap && line->at[i] != '\r')
			to[n++] = line->at[i];
	}
	to[n] = 0;
	*line = i < line->len ? (struct span){ line->at + i + 1, line->len - i - 1 } : (struct span){ NULL, 0 };
	return true;
}

static void judge_file(const char *path, const char *expected)
{
	char folder[48], *slash;
	struct file f = { .expected = expected };

	slash = strchr(path, '/');
	assert_true(slash && (size_t)(slash - path) < sizeof folder);
	memcpy(folder, path, (size_t)(slash - path));
	folder[slash - path] = 0;
	f.folder = folder;
	f.name = slash + 1;
	if (strstr(expected, "public certificate")) /* an anchor of the vectors, and no document */
		return;
	assert_true(read_shared(folder, f.name, -1, &f.d));
	int level = f.d.level;
	bool met = holds(&f);
	const char *reason = excused(exceptions, ARRAY_LEN(exceptions), path);
	struct tallied *t = folder_of(folder);

	t->files++;
	t->met += met;
	t->excepted += !met && reason;
	if (!met)
		printf("  L%d %s: \"%.60s\" -- %s\n", level, path, expected, reason ? reason : "NO REASON");
	if (met && reason)
		printf("  L%d %s comes out as stated: it is no exception any more\n", level, path);
	wrong += met == (reason != NULL);
}

static void fragments_of(const char *folder, const struct exception *excuse, size_t n)
{
	char path[128], name[96], expect[64];
	struct span index, rest, line;

	snprintf(path, sizeof path, "documents/%s/index.csv", folder);
	index = shared_file(path);
	rest = index;
	assert_true(index.at && span_cut(rest, '\n', &line, &rest));
	while (span_cut(rest, '\n', &line, &rest)) {
		struct tallied *t = folder_of(folder);
		struct tally one = { 0, 0, 0, 0 };

		if (!csv_field(&line, name, sizeof name) || !csv_field(&line, expect, sizeof expect) || !name[0])
			continue;
		judge_fragment(folder, name, expect, excuse, n, &one);
		t->files++;
		t->met += one.alike;
		t->excepted += one.excused;
	}
	drop(index);
}

static void every_file_of_the_list(void **state)
{
	static const struct exception dot[] = { { "BR-CO-12__03.xml",
		                                  "writes .00, which is not a number here (FMT-08)" } };
	struct span list = shared_file("documents/manifest.csv"), rest = list, line;
	unsigned files = 0, met = 0;

	(void)state;
	if (!list.at)
		skip();
	assert_true(span_cut(rest, '\n', &line, &rest)); /* the head */
	while (span_cut(rest, '\n', &line, &rest)) {
		char field[6][512];

		for (size_t i = 0; i < ARRAY_LEN(field); i++)
			assert_true(csv_field(&line, field[i], i ? sizeof field[i] : 128));
		if (!strstr(field[0], "-rules-") && strchr(field[0], '/'))
			judge_file(field[0], field[5]);
	}
	fragments_of("ubl-rules-en16931-invoice", dot, ARRAY_LEN(dot));
	fragments_of("ubl-rules-en16931-creditnote", NULL, 0);
	fragments_of("cii-rules-en16931", NULL, 0);
	printf("\n  %-32s %6s %6s %8s %8s\n", "folder", "files", "met", "excepted", "not met");
	for (size_t i = 0; i < n_folders; i++) {
		const struct tallied *t = &table[i];

		printf("  %-32s %6u %6u %8u %8u\n", t->folder, t->files, t->met, t->excepted,
		       t->files - t->met - t->excepted);
		files += t->files;
		met += t->met;
	}
	printf("  %-32s %6u %6u %8u %8u\n", "all", files, met, files - met, 0u);
	drop(list);
	assert_int_equal(wrong, 0);
}

/* No folder, and no file of one, lies there that no list names. */
static void no_file_is_forgotten(void **state)
{
	(void)state;
	if (n_folders == 0)
		skip();
	for (size_t i = 0; i < n_folders; i++) {
		char *names[512];
		size_t n = files_of(table[i].folder, names), others = 0;

		for (size_t k = 0; k < n; k++) {
			others += strcmp(names[k], "index.csv") == 0 || strcmp(names[k], "certs") == 0;
			free(names[k]);
		}
		if (n - others != table[i].files)
			fail_msg("%s: %zu files, %u in the list", table[i].folder, n - others, table[i].files);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(every_file_of_the_list), T(no_file_is_forgotten) };

	return cmocka_run_group_tests(tests, start, stop);
}
