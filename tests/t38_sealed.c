/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t38_sealed.c: signatures inside what they sign, from the first byte to the
 * level: OFD packages under their seal, bills of lading under the chain of
 * their platforms; each attack beside its honest twin, and once through the
 * confined process.
 */
#include "xmlsign.h"
#include "zipmake.h"

#include "intake/document.h"
#include "intake/json.h"
#include "service/parser.h"

static EVP_PKEY *signer, *maker_key, *root_key, *wave, *bole;
static struct span bureau, elsewhere, maker, root, lists[1], bill;
static void *memory;
static struct arena mem;
static struct parser parser;

static struct span our_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	char *at = arena_take(&pki, 1 << 16);
	size_t n = fread(at, 1, 1 << 16, f);
	fclose(f);
	return (struct span){ at, n };
}

static struct span bureau_of(const char *name, EVP_PKEY *key, X509 *ca)
{
	X509 *x = make_leaf(name, NULL, key, ca, root_key);
	struct span der = cert_der(x);
	X509_free(x);
	return der;
}

static int start(void **state)
{
	(void)state;
	memory = malloc(DOCUMENT_ARENA);
	if (!memory || !crypto_start() || !document_start() || !parser_start(&parser))
		return -1;
	signer = key_sm2(), maker_key = key_sm2(), root_key = key_sm2();
	wave = key_rsa(2048, 65537), bole = key_ec("P-256");
	X509 *ca = make_ca("Tax Root", root_key);
	root = cert_der(ca);
	bureau = bureau_of("国家税务总局江苏省税务局", signer, ca);
	elsewhere = bureau_of("国家税务总局北京市税务局", signer, ca);
	maker = bureau_of("Seal maker", maker_key, ca);
	lists[0] = make_crl(ca, root_key, 0, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
	X509_free(ca);
	bill = our_file("tests/documents/ebl.json");
	return 0;
}

static int stop(void **state)
{
	EVP_PKEY *keys[] = { signer, maker_key, root_key, wave, bole };
	(void)state;
	parser_stop(&parser);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		EVP_PKEY_free(keys[i]);
	free(memory);
	return 0;
}

static const char *findings(const struct document *d)
{
	static char text[256];
	struct writer w = writer_over(text, sizeof text - 1);

	for (uint32_t i = 0; i < d->findings.n; i++) {
		put_z(&w, w.len ? " " : "");
		put_z(&w, document_rule_info((enum doc_rule)d->findings.at[i].rule)->id);
	}
	text[w.len] = 0;
	return text;
}

static struct document expect(const char *what, struct span bytes, const struct trust *t, int level, const char *want)
{
	struct document d;

	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(document_read_under(bytes, t, &mem, &d), OK);
	if (d.level != level || strcmp(findings(&d), want) != 0)
		fail_msg("%s: level %d [%s], wanted %d [%s]", what, d.level, findings(&d), level, want);
	return d;
}

/* ---- OFD ---- */

#define NS "xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define TEXT(text) "<ofd:TextObject><ofd:TextCode>" text "</ofd:TextCode></ofd:TextObject>"
/* what a page must show of the invoice */
#define PAGE_TEXT(amount)                                                                                      \
	"<ofd:Page " NS ">" TEXT("26322000000123456789") TEXT("91320000MA1TE5T10H") TEXT("91310000MA1TE5T20E") \
		TEXT(amount) "</ofd:Page>"
#define SIGN "Doc_0/Signs/Sign_0/"
enum { COVER, ROOT, PAGE, ATTACHMENTS, ORIGINAL, SEALED_PARTS, LIST = SEALED_PARTS, SIGNATURE, VALUE, PARTS };

static struct made parts[PARTS + 1];
static struct archive archive;

static void fresh_parts(void)
{
	parts[COVER] = (struct made){ .name = "OFD.xml",
		                      .body = S("<ofd:OFD " NS "><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml"
		                                "</ofd:DocRoot><ofd:Signatures>/Doc_0/Signs/Signatures.xml"
		                                "</ofd:Signatures></ofd:DocBody></ofd:OFD>") };
	parts[ROOT] = (struct made){ .name = "Doc_0/Document.xml",
		                     .body = S("<ofd:Document " NS "><ofd:Pages><ofd:Page ID=\"1\" "
		                               "BaseLoc=\"Page.xml\"/></ofd:Pages><ofd:Attachments>"
		                               "Attachments.xml</ofd:Attachments></ofd:Document>") };
	parts[PAGE] = (struct made){ .name = "Doc_0/Page.xml", .body = S(PAGE_TEXT("¥2292.75")), .deflate = true };
	parts[ATTACHMENTS] = (struct made){ .name = "Doc_0/Attachments.xml",
		                            .body = S("<ofd:Attachments " NS "><ofd:Attachment "
		                                      "Name=\"original_invoice\"><ofd:FileLoc>original_invoice.xml"
		                                      "</ofd:FileLoc></ofd:Attachment></ofd:Attachments>") };
	parts[ORIGINAL] = (struct made){ .name = "Doc_0/original_invoice.xml",
		                         .body = our_file("tests/documents/fapiao-fp.xml"),
		                         .deflate = true };
}

static void seal(struct span by)
{
	const char *references = "";

	for (size_t i = 0; i < SEALED_PARTS; i++)
		references =
			xfmt("%s<ofd:Reference FileRef=\"/%s\"><ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>",
		             references, parts[i].name, x64(pki_digest("SM3", parts[i].body)))
				.at;
	struct seal_maker m = { .signer_key = signer, .maker_key = maker_key, .signer = by, .maker = maker };
	m.file = xfmt("<ofd:Signature " NS "><ofd:SignedInfo><ofd:SignatureMethod>1.2.156.10197.1.501"
	              "</ofd:SignatureMethod><ofd:References CheckMethod=\"1.2.156.10197.1.401\">%s"
	              "</ofd:References></ofd:SignedInfo><ofd:SignedValue>/" SIGN
	              "SignedValue.dat</ofd:SignedValue></ofd:Signature>",
	              references);
	parts[LIST] = (struct made){ .name = "Doc_0/Signs/Signatures.xml",
		                     .body = S("<ofd:Signatures " NS "><ofd:Signature ID=\"1\" "
		                               "BaseLoc=\"Sign_0/Signature.xml\"/></ofd:Signatures>") };
	parts[SIGNATURE] = (struct made){ .name = SIGN "Signature.xml", .body = m.file, .deflate = true };
	parts[VALUE] = (struct made){ .name = SIGN "SignedValue.dat", .body = make_seal(m) };
}

static struct span packed(size_t n) { return zip_make(&archive, parts, n); }

static void sealed(struct span by)
{
	fresh_parts();
	seal(by);
}

static struct trust_anchor tax;
static struct trust tax_trust(void)
{
	tax = (struct trust_anchor){ S("CN"), AUTH_OFD_SES,  S("tax-root"), true,      root,
		                     { 0 },   { INT64_MAX }, PURPOSE_ANY,   S_INIT("") };
	return (struct trust){ .now = PKI_NOW, .anchors = &tax, .n_anchors = 1, .crls = lists, .n_crls = 1 };
}

static void ofd_levels(void **state)
{
	struct trust t = tax_trust();
	(void)state;
	sealed(bureau);
	struct document d = expect("sealed", packed(PARTS), &t, DOC_L2, "");
	assert_true(d.kind == DOC_FAPIAO_OFD && d.payable.minor == 229275);
	assert_true(d.signature.profile == AUTH_OFD_SES && span_is(d.signature.anchor, "tax-root"));
	sealed(elsewhere); /* ATK-46 */
	expect("another bureau", packed(PARTS), &t, DOC_L1, "AUTH-09");
	sealed(bureau);
	t.n_crls = 0;
	d = expect("nobody knows whether it is revoked", packed(PARTS), &t, DOC_L1, "AUTH-11");
	assert_true(d.signature.anchored && d.signature.bound && !d.signature.current);
	t.n_crls = 1, t.n_anchors = 0;
	expect("nobody's authority", packed(PARTS), &t, DOC_L1, "AUTH-05");
	t.n_anchors = 1;
	parts[COVER].body = pki_replace(parts[COVER].body,
	                                S("<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>"), S(""));
	d = expect("the cover names no seal", packed(PARTS), &t, DOC_L1, "");
	assert_false(d.signature.present);
}

static void ofd_attacks(void **state)
{
	struct trust t = tax_trust();
	(void)state;
	sealed(bureau); /* ATK-40 */
	parts[PAGE].body = S(PAGE_TEXT("¥2292.75") " ");
	expect("page", packed(PARTS), &t, DOC_L0, "AUTH-03");
	sealed(bureau); /* ATK-41: still a consistent invoice, of another buyer */
	parts[ORIGINAL].body = pki_replace(parts[ORIGINAL].body, S("测试重工有限公司"), S("测试轻工有限公司"));
	expect("attachment", packed(PARTS), &t, DOC_L0, "AUTH-03");
	sealed(bureau); /* ATK-43 */
	parts[PARTS] = (struct made){ .name = "Doc_0/more.xml", .body = S("<x/>") };
	expect("a part beside", packed(PARTS + 1), &t, DOC_L1, "AUTH-12");
	sealed(bureau);
	parts[VALUE].body = pki_cat(parts[VALUE].body, S("\0"));
	expect("a byte more", packed(PARTS), &t, DOC_L1, "AUTH-01");
}

/* What a signature around the package says is not undone by the seal inside it, nor the other way round. */
static void around(void **state)
{
	struct trust t = tax_trust();
	(void)state;
	X509 *ca = make_ca("Other Root", bole), *x = make_leaf("Signer", "VATCN-91320000MA1TE5T10H", wave, ca, bole);
	sealed(bureau);
	struct span package = packed(PARTS);
	struct cms_maker m = { .key = wave, .cert = x, .content = package, .attributes = true };
	struct span good = make_cms(m);
	struct document d = expect("a stranger's CMS around a seal", good, &t, DOC_L1, "AUTH-05");
	assert_true(d.kind == DOC_FAPIAO_OFD && d.signature.profile == AUTH_CMS);
	EVP_PKEY *other = key_rsa(2048, 65537); /* not the certificate's */
	m.key = other;
	expect("a forged CMS around a seal", make_cms(m), &t, DOC_L0, "AUTH-04");
	parts[PAGE].body = S(PAGE_TEXT("¥2292.75") " ");
	m.key = wave, m.content = packed(PARTS);
	expect("a CMS around a broken seal", make_cms(m), &t, DOC_L0, "AUTH-05 AUTH-03");
	EVP_PKEY_free(other);
	X509_free(x);
	X509_free(ca);
}

/* ---- bills of lading ---- */

static struct trust_anchor platforms[2];
static struct trust bill_trust(void)
{
	platforms[0] = (struct trust_anchor){ S(""), AUTH_JWS_BL,   S("wave-1"), true,      key_spki(wave),
		                              { 0 }, { INT64_MAX }, PURPOSE_ANY, S_INIT("") };
	platforms[1] = (struct trust_anchor){ S(""), AUTH_JWS_BL,   S("bole-1"), true,      key_spki(bole),
		                              { 0 }, { INT64_MAX }, PURPOSE_ANY, S_INIT("") };
	return (struct trust){ .now = PKI_NOW, .anchors = platforms, .n_anchors = 2 };
}

static struct span hex_of(struct hash h)
{
	struct writer w = writer_in(&pki);
	put_hex(&w, h.b, HASH_LEN);
	return writer_done(&w, &pki);
}

/* The checksum platforms name a document by. */
static struct span checksum(struct span text)
{
	static char heap[1 << 20], out[1 << 18];
	struct arena space = arena_over(heap, sizeof heap);
	struct writer w = writer_over(out, sizeof out);
	struct diag diag;
	AUTO_JS struct js top = { .v = NULL };

	assert_int_equal(js_read_foreign(text, (struct js_limits){ 1 << 20, 32 }, &space, &top, &diag), OK);
	assert_true(put_js_canonical(&w, &top, &space));
	return hex_of(sha256(writer_span(&w)));
}

#define WAVE "{\"alg\":\"RS256\",\"kid\":\"wave-1\"}"
#define BOLE "{\"alg\":\"ES256\",\"kid\":\"bole-1\"}"
#define PARTY(name) "{\"partyName\":\"" name "\"}"

static struct span entry(const char *head, EVP_PKEY *key, const char *before, const char *transaction)
{
	struct span named = checksum(bill);

	return make_jws(head,
	                xfmt("{\"transportDocumentChecksum\":\"%.*s\","
	                     "\"previousEnvelopeTransferChainEntrySignedContentChecksum\":%s,\"transactions\":[%s]}",
	                     (int)named.len, named.at, before, transaction),
	                key);
}

/* Issued on WAVE under `first`, handed over to BOLE. */
static struct span envelope(const char *first_head, EVP_PKEY *first, struct span document)
{
	struct span named = checksum(bill);
	struct span a = entry(first_head, first, "null",
	                      "{\"actionDateTime\":\"2026-09-01T10:00:00Z\",\"actionCode\":\"ISSUE\",\"actor\":" PARTY(
				      "L") ",\"recipient\":" PARTY("S") "}");
	struct span after = hex_of(sha256(a));
	struct span b =
		entry(BOLE, bole, xfmt("\"%.*s\"", (int)after.len, after.at).at,
	              "{\"actionDateTime\":\"2026-09-02T10:00:00Z\",\"actionCode\":\"TRANSFER\",\"actor\":" PARTY(
			      "S") ",\"recipient\":" PARTY("K") "}");
	after = hex_of(sha256(b));
	struct span m = make_jws(BOLE,
	                         xfmt("{\"transportDocumentChecksum\":\"%.*s\","
	                              "\"lastEnvelopeTransferChainEntrySignedContentChecksum\":\"%.*s\"}",
	                              (int)named.len, named.at, (int)after.len, after.at),
	                         bole);
	return xfmt("{\"transportDocument\":%.*s,\"envelopeManifestSignedContent\":\"%.*s\","
	            "\"envelopeTransferChain\":[\"%.*s\",\"%.*s\"]}",
	            (int)document.len, document.at, (int)m.len, m.at, (int)a.len, a.at, (int)b.len, b.at);
}

static void chains(void **state)
{
	struct trust t = bill_trust();
	(void)state;
	struct document d = expect("two platforms", envelope(WAVE, wave, bill), &t, DOC_L2, "");
	assert_true(d.signature.profile == AUTH_JWS_BL && span_is(d.signature.anchor, "wave-1"));
	assert_true(span_is(d.title.holder.name, "K"));
	EVP_PKEY *other = key_rsa(2048, 65537);
	expect("an entry nobody signed", envelope(WAVE, other, bill), &t, DOC_L0, "AUTH-04");
	EVP_PKEY_free(other);
	expect("an unsigned entry", envelope("{\"alg\":\"none\",\"kid\":\"wave-1\"}", wave, bill), &t, DOC_L1,
	       "AUTH-01");
	expect("another document", envelope(WAVE, wave, pki_replace(bill, S("Test Bank"), S("Evil Bank"))), &t, DOC_L0,
	       "EBL-09");
	platforms[0].name = S("wave-2");
	expect("a platform nobody pinned", envelope(WAVE, wave, bill), &t, DOC_L1, "AUTH-05");
	t = bill_trust();
	platforms[0].authority = false; /* a key, but of nobody who may speak for a carrier */
	expect("no authority", envelope(WAVE, wave, bill), &t, DOC_L1, "AUTH-09");
}

static struct span issuance(struct span document, EVP_PKEY *key)
{
	static const char to[] = "{\"partyName\":\"Test Shipper\",\"sendToPlatform\":\"WAVE\"}";
	struct span a = checksum(bill), b = checksum(span_z(to));
	struct span m = make_jws(WAVE,
	                         xfmt("{\"documentChecksum\":\"%.*s\",\"issueToChecksum\":\"%.*s\"}", (int)a.len, a.at,
	                              (int)b.len, b.at),
	                         key);
	return xfmt("{\"document\":%.*s,\"issueTo\":%s,\"issuanceManifestSignedContent\":\"%.*s\"}", (int)document.len,
	            document.at, to, (int)m.len, m.at);
}

static void manifests(void **state)
{
	struct trust t = bill_trust();
	(void)state;
	expect("issued", issuance(bill, wave), &t, DOC_L2, "");
	expect("another document", issuance(pki_replace(bill, S("Test Bank"), S("Evil Bank")), wave), &t, DOC_L0,
	       "EBL-09");
	EVP_PKEY *other = key_rsa(2048, 65537);
	expect("forged", issuance(bill, other), &t, DOC_L0, "AUTH-04");
	EVP_PKEY_free(other);
}

/* ---- the confined process ---- */

static void confined(void **state)
{
	struct trust t = tax_trust(), b = bill_trust();
	struct document d;
	(void)state;
	sealed(bureau);
	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(parser_document_under(&parser, packed(PARTS), &t, &mem, &d), OK);
	assert_int_equal(d.level, DOC_L2);
	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(parser_document_under(&parser, envelope(WAVE, wave, bill), &b, &mem, &d), OK);
	assert_int_equal(d.level, DOC_L2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(ofd_levels), T(ofd_attacks), T(around), T(chains), T(manifests), T(confined),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
