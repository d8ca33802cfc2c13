/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t36_xmldsig.c: an invoice with an XML signature: what reaches level 2, and
 * that nothing crooked does (ATK 20 to 34 of the attack list).
 *
 * Each attack is the good invoice with one thing changed. Wanted is always the
 * same pair: the level, and the finding that says why; and with level 2 that
 * the amounts are those that were signed.
 */
#include "xmlsign.h"

#include "intake/authenticity.h"
#include "intake/xmldsig.h"

static EVP_PKEY *rsa, *ec, *p384, *small, *ca_key, *other;
static X509 *ca, *x_ec;
static struct span ca_der, cert_rsa, cert_ec, cert_384, cert_small, cert_stranger, invoice;
static void *memory;
static struct arena mem;
static struct trust_anchor anchor;
static struct trust trust;
static struct span empty_list; /* a revocation list with nothing on it */

#define SELLER "VATCN-91320000MA1TE5T10H"

static struct span file(const char *path)
{
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	char *at = arena_take(&pki, 1 << 16);
	size_t n = fread(at, 1, 1 << 16, f);
	fclose(f);
	return (struct span){ at, n };
}

static struct span leaf(const char *id, EVP_PKEY *k)
{
	X509 *x = make_leaf("Signer", id, k, ca, ca_key);
	struct span s = cert_der(x);
	X509_free(x);
	return s;
}

static int start(void **state)
{
	static const char head[] = "<cbc:CustomizationID>";
	static const char place[] =
		"<ext:UBLExtensions xmlns:ext=\"urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2\">"
		"<ext:UBLExtension><ext:ExtensionContent>@SIG@</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>\n  "
		"<cbc:CustomizationID>";
	(void)state;
	memory = malloc(DOCUMENT_ARENA);
	if (!memory || !crypto_start() || !document_start())
		return -1;
	rsa = key_rsa(2048, 65537);
	small = key_rsa(1024, 65537);
	ec = key_ec("P-256");
	p384 = key_ec("P-384");
	other = key_ec("P-256");
	ca_key = key_ec("P-256");
	ca = make_ca("Root", ca_key);
	ca_der = cert_der(ca);
	cert_rsa = leaf(SELLER, rsa);
	x_ec = make_leaf("Signer", SELLER, ec, ca, ca_key);
	cert_ec = cert_der(x_ec);
	cert_384 = leaf(SELLER, p384);
	cert_small = leaf(SELLER, small);
	cert_stranger = leaf("VATCN-91310000MA1TE5T20E", ec); /* the buyer's number */
	anchor = (struct trust_anchor){ S("CN"),
		                        AUTH_XMLDSIG,
		                        S("test-root"),
		                        false,
		                        ca_der,
		                        at_text("2026-01-01T00:00:00Z"),
		                        at_text("2029-01-01T00:00:00Z"),
		                        PURPOSE_ANY,
		                        S("") };
	empty_list = make_crl(ca, ca_key, 0, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
	trust = (struct trust){ .now = PKI_NOW, .anchors = &anchor, .n_anchors = 1, .crls = &empty_list, .n_crls = 1 };
	invoice = pki_replace(file("tests/documents/invoice-cny.xml"), span_z(head), span_z(place));
	return 0;
}

static struct xmaker base(void) { return (struct xmaker){ .text = invoice, .key = ec, .cert = cert_ec }; }

/* "AUTH-05 AUTH-11": the ids of the authenticity findings. */
static const char *findings(const struct document *d)
{
	static char text[256];
	struct writer w = writer_over(text, sizeof text - 1);

	for (uint32_t i = 0; i < d->findings.n; i++) {
		const char *id = document_rule_info((enum doc_rule)d->findings.at[i].rule)->id;
		if (d->findings.at[i].rule < RULE_AUTH_PROFILE)
			continue;
		if (w.len)
			put_byte(&w, ' ');
		put_z(&w, id);
	}
	text[w.len] = 0;
	return text;
}

static void expect_under(const char *name, struct span bytes, const struct trust *t, int level, const char *want)
{
	struct document d;

	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(document_read_under(bytes, t, &mem, &d), OK);
	if (d.level != level || strcmp(findings(&d), want) != 0)
		fail_msg("%s: level %d [%s], wanted %d [%s]%s%.*s", name, d.level, findings(&d), level, want,
		         d.findings.n ? ": " : "", d.findings.n ? (int)d.findings.at[0].detail.len : 0,
		         d.findings.n ? d.findings.at[0].detail.at : "");
	if (level == DOC_L2)
		assert_true(d.payable.minor == 214700 && span_is(d.number, "T-2026-0001"));
}
static void expect(const char *name, struct span bytes, int level, const char *want)
{
	expect_under(name, bytes, &trust, level, want);
}
#define GOOD ""

/* ---- what is accepted ---- */

static void good(void **state)
{
	static const struct {
		const char *c14n, *digest, *digest_md;
	} form[] = { { C14N_10, XENC "sha256", "SHA256" },
		     { C14N_11, XMORE "sha384", "SHA384" },
		     { C14N_EXC, XENC "sha512", "SHA512" } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(form); i++) {
		struct xmaker m = base();
		m.c14n = form[i].c14n, m.digest = form[i].digest, m.digest_md = form[i].digest_md;
		expect("ecdsa-sha256", xsign(m), DOC_L2, GOOD);
		m.key = rsa, m.cert = cert_rsa;
		expect("rsa-sha256", xsign(m), DOC_L2, GOOD);
		m.method = XMORE "rsa-sha512", m.md = "SHA512";
		expect("rsa-sha512", xsign(m), DOC_L2, GOOD);
		m.key = p384, m.cert = cert_384, m.method = XMORE "ecdsa-sha384", m.md = "SHA384";
		expect("ecdsa-sha384", xsign(m), DOC_L2, GOOD);
	}
	struct xmaker m = base();
	m.transforms = "<ds:Transform Algorithm=\"" XDS "enveloped-signature\"/>", m.c14n = C14N_10;
	expect("enveloped alone", xsign(m), DOC_L2, GOOD);
	/* what the signature gave is in the model, and travels */
	struct document d, back;
	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(document_read_under(xsign(base()), &trust, &mem, &d), OK);
	assert_true(d.signature.present && d.signature.anchored && d.signature.bound && d.signature.whole);
	assert_true(span_is(d.signature.anchor, "test-root") && span_is(d.signature.jurisdiction, "CN"));
	assert_true(span_is(d.signature.ids.at[0].value, SELLER));
	struct writer w = writer_in(&mem);
	put_document_wire(&w, &d);
	struct span wire = writer_done(&w, &mem);
	assert_int_equal(document_wire_read(wire, &mem, &back), OK);
	assert_int_equal(back.level, DOC_L2);
	assert_true(span_eq(back.signature.signer, d.signature.signer));
	char json[1 << 14];
	w = writer_over(json, sizeof json - 1);
	put_document_json(&w, &back);
	json[w.len] = 0;
	assert_non_null(strstr(json, "\"profile\":\"xmldsig-enveloped\""));
	assert_non_null(strstr(json, "\"level\":\"L2\""));
}

/* Where it may stand. */
static void places(void **state)
{
	struct xmaker m = base();
	struct span plain = pki_replace(invoice, S("@SIG@"), NO_SPAN);
	(void)state;
	m.text = pki_replace(plain, S("</Invoice>"), S("@SIG@</Invoice>"));
	expect("below the root", xsign(m), DOC_L2, GOOD);
	m.text = pki_replace(
		invoice, S("@SIG@"),
		S("<sig:UBLDocumentSignatures xmlns:sig=\"urn:oasis:names:specification:ubl:schema:xsd:"
	          "CommonSignatureComponents-2\"><sac:SignatureInformation xmlns:sac=\"urn:oasis:names:"
	          "specification:ubl:schema:xsd:SignatureAggregateComponents-2\">@SIG@</sac:SignatureInformation>"
	          "</sig:UBLDocumentSignatures>"));
	expect("in SignatureInformation", xsign(m), DOC_L2, GOOD);
	m.text = pki_replace(plain, S("<cac:InvoiceLine>"), S("<cac:InvoiceLine>@SIG@"));
	expect("in a line", xsign(m), DOC_L1, "AUTH-01");
	m.text = pki_replace(invoice, S("@SIG@"), S("<x>@SIG@</x>"));
	expect("deeper in the extension", xsign(m), DOC_L1, "AUTH-01");
}

/* ---- the document and the signature ---- */

static void altered(void **state)
{
	struct span s = xsign(base());
	(void)state;
	expect("amount", pki_replace(s, S("first delivery"), S("last delivery")), DOC_L0, "AUTH-03");
	/* consistent in itself, and yet not what was signed */
	expect("number", pki_replace(s, S("T-2026-0001"), S("T-2026-0002")), DOC_L0, "AUTH-03");
	expect("white space", pki_replace(s, S("<cbc:DueDate>"), S(" <cbc:DueDate>")), DOC_L0, "AUTH-03");
	expect("SignedInfo", pki_replace(s, S("<ds:SignedInfo>"), S("<ds:SignedInfo> ")), DOC_L0, "AUTH-04");
	struct xmaker m = base();
	m.value = x64(sig_raw(sign_der(other, "SHA256", S("x")), 32));
	expect("another key", xsign(m), DOC_L0, "AUTH-04");
	m = base(), m.der_value = true; /* ATK-25: DER where r || s belongs */
	expect("DER value", xsign(m), DOC_L0, "AUTH-04");
	m = base(), m.cert = leaf(SELLER, other);
	expect("certificate of another key", xsign(m), DOC_L0, "AUTH-04");
	/* comments and CDATA are not signed as such, and split nothing (ATK-15): the signed bytes read the same */
	expect("comment", pki_replace(s, S("T-2026-0001"), S("T-2026<!-- x -->-0001")), DOC_L2, GOOD);
	expect("CDATA", pki_replace(s, S("T-2026-0001"), S("<![CDATA[T-2026-0001]]>")), DOC_L2, GOOD);
	expect("PI", pki_replace(s, S("T-2026-0001"), S("T-2026<?x y?>-0001")), DOC_L0, "AUTH-03");
}

/* ATK-20, 21, 31: the signed document moved, doubled, wrapped. */
static void wrapping(void **state)
{
	struct span s = xsign(base());
	struct span root = S("<Invoice xmlns="), end = S("</Invoice>");
	struct span body = { strstr(s.at, "<Invoice xmlns="), 0 };
	(void)state;
	body.len = s.len - (size_t)(body.at - s.at);
	struct span forged =
		pki_replace(pki_replace(file("tests/documents/plain.xml"), S("T-2026-0001"), S("T-2026-6666")), end,
	                    S("@IN@</Invoice>"));
	/* the whole signed invoice inside a forged one: in an extension, below the root, in an Object */
	expect("inside a forged root", xput(forged, "@IN@", body), DOC_L1, "AUTH-01");
	expect("inside an extension",
	       xput(forged, "@IN@", pki_cat(pki_cat(S("<x:Ext xmlns:x=\"urn:x\">"), body), S("</x:Ext>"))), DOC_L1,
	       "AUTH-01");
	struct span at = S("<ds:Signature "), until = S("</ds:Signature>");
	const char *from = memmem(s.at, s.len, at.at, at.len), *to = memmem(s.at, s.len, until.at, until.len);
	struct span sig = { from, (size_t)(to - from) + until.len };
	/* the signature alone, over a forged document */
	struct span moved = xput(pki_replace(invoice, S("T-2026-0001"), S("T-2026-6666")), "@SIG@", sig);
	expect("signature of another document", moved, DOC_L0, "AUTH-03");
	/* a second signature, a nested one, the genuine one kept in an Object (ATK-34) */
	expect("twice", pki_replace(s, until, pki_cat(until, sig)), DOC_L1, "AUTH-01");
	struct span object = pki_cat(pki_cat(S("<ds:Object>"), sig), S("</ds:Object></ds:Signature>"));
	expect("nested", pki_replace(s, until, object), DOC_L1, "AUTH-01");
	/* a forged invoice in an Object is outside what is signed, and is not read */
	struct xmaker m = base();
	m.objects =
		"<ds:Object><Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"><x/></Invoice></ds:Object>";
	expect("forged invoice in an Object", xsign(m), DOC_L2, GOOD);
	/* by Id instead of whole: whatever it names */
	m = base(), m.uri = "#sig";
	expect("reference by Id", xsign(m), DOC_L1, "AUTH-01");
	m = base(), m.uri = "#xpointer(/)";
	expect("reference by xpointer", xsign(m), DOC_L1, "AUTH-01");
	expect("enveloping",
	       pki_cat(pki_cat(pki_replace(sig, until, S("<ds:Object>")), body), S("</ds:Object></ds:Signature>")),
	       DOC_L0, "AUTH-01");
	(void)root;
}

/* ATK-22: which references. */
static void references(void **state)
{
	struct xmaker m = base();
	(void)state;
	m.references = "";
	expect("none", xsign(m), DOC_L1, "AUTH-01");
	m.references = "<ds:Reference URI=\"\"><ds:DigestMethod Algorithm=\"" XENC "sha256\"/>"
		       "<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>";
	expect("without enveloped-signature", xsign(m), DOC_L1, "AUTH-01");
	m.references =
		"<ds:Reference URI=\"#p\" Type=\"http://uri.etsi.org/01903#SignedProperties\">"
		"<ds:DigestMethod Algorithm=\"" XENC "sha256\"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>";
	expect("properties only", xsign(m), DOC_L1, "AUTH-01");
	m = base();
	m.more_references =
		"<ds:Reference URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"" XDS "enveloped-signature\"/>"
		"</ds:Transforms><ds:DigestMethod Algorithm=\"" XENC "sha256\"/><ds:DigestValue>AAAA</ds:DigestValue>"
		"</ds:Reference>";
	expect("the document twice", xsign(m), DOC_L1, "AUTH-01");
	/* ATK-27: elsewhere */
	static const char *const uris[] = {
		"file:///etc/hostname", "http://127.0.0.1/", "invoice.xml", "cid:1", " ", "#"
	};
	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		m = base(), m.uri = uris[i];
		expect(uris[i], xsign(m), DOC_L1, "AUTH-01");
	}
	m = base(), m.digest_md = "SHA512"; /* a digest of the wrong length */
	expect("long digest", xsign(m), DOC_L0, "AUTH-03");
}

/* ATK-26: transforms, and ATK-25: algorithms that are not known here. */
static void algorithms(void **state)
{
	static const char *const transforms[] = {
		"<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>1</ds:XPath></ds:Transform>",
		"<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"/>",
		"<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/>",
		"<ds:Transform Algorithm=\"" XDS "base64\"/>",
		"<ds:Transform Algorithm=\"http://www.w3.org/2002/07/decrypt#XML\"/>",
		"<ds:Transform Algorithm=\"http://schemas.openxmlformats.org/package/2006/RelationshipTransform\"/>",
		"<ds:Transform Algorithm=\"" C14N_10 "#WithComments\"/>",
		"<ds:Transform Algorithm=\"" C14N_10 "\"/><ds:Transform Algorithm=\"" C14N_10 "\"/>",
		"<ds:Transform Algorithm=\"" C14N_EXC "\"><x PrefixList=\"cbc\"/></ds:Transform>",
		"<ds:Transform Algorithm=\"" XDS "enveloped-signature\"/>",
		"<ds:Transform Algorithm=\"" C14N_10 "\" Other=\"x\"/>",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(transforms); i++) {
		struct xmaker m = base();
		m.transforms = xfmt("<ds:Transform Algorithm=\"" XDS "enveloped-signature\"/>%s", transforms[i]).at;
		expect(transforms[i], xsign(m), DOC_L1, "AUTH-01");
		m.transforms = transforms[i]; /* and without enveloped before it */
		expect(transforms[i], xsign(m), i == 9 ? DOC_L0 : DOC_L1, i == 9 ? "AUTH-03" : "AUTH-01");
	}
	static const char *const methods[] = { XDS "rsa-sha1",
		                               XDS "dsa-sha1",
		                               XMORE "rsa-md5",
		                               XDS "hmac-sha1",
		                               XMORE "hmac-sha256",
		                               XMORE "ecdsa-sha1",
		                               "",
		                               "rsa-sha256",
		                               "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1" };
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		struct xmaker m = base();
		m.method = methods[i];
		expect(methods[i], xsign(m), DOC_L1, methods[i][0] ? "AUTH-01" : "AUTH-02"); /* ATK-28 */
	}
	struct xmaker m = base();
	m.digest = XDS "sha1", m.digest_md = "SHA1";
	expect("SHA-1", xsign(m), DOC_L1, "AUTH-01");
	m = base(), m.digest = XMORE "md5", m.digest_md = "MD5";
	expect("MD5", xsign(m), DOC_L1, "AUTH-01");
	m = base(), m.key = small, m.cert = cert_small;
	expect("RSA-1024", xsign(m), DOC_L1, "AUTH-01");
	m = base(), m.method = XMORE "rsa-sha256"; /* the algorithm of another kind of key */
	expect("RSA over an EC key", xsign(m), DOC_L1, "AUTH-01");
	m = base(), m.value = "";
	expect("no value", xsign(m), DOC_L1, "AUTH-02");
	/* a high s is the same signature in other bytes: nothing is known by them, so the invoice stays the one it was */
}

/* ATK-23: keys from elsewhere. */
static void keys(void **state)
{
	static const char *const infos[] = {
		"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>",
		"<ds:KeyName>root</ds:KeyName>",
		"<ds:RetrievalMethod URI=\"#x\"/>",
		"<ds:PGPData/>",
		"<ds:X509Data/>",
		"<ds:X509Data><ds:X509SubjectName>CN=Signer</ds:X509SubjectName></ds:X509Data>",
		"",
	};
	(void)state;
	struct xmaker m;
	for (size_t i = 0; i < ARRAY_LEN(infos); i++) {
		m = base(), m.key_info = infos[i];
		expect(infos[i], xsign(m), DOC_L1, "AUTH-01");
		m.key_info = xfmt("<ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data>%s",
		                  x64(cert_ec), infos[i])
		                     .at;
		expect("beside a certificate", xsign(m), infos[i][0] ? DOC_L1 : DOC_L2, infos[i][0] ? "AUTH-01" : GOOD);
	}
	m = base(), m.cert = S("no certificate");
	expect("no certificate", xsign(m), DOC_L1, "AUTH-01");
	m = base(), m.extra = ca_der;
	expect("with its issuer", xsign(m), DOC_L2, GOOD);
}

/* ---- the signer ---- */

static struct span signed_by(struct maker k)
{
	struct xmaker m = base();

	k.key = ec, k.cn = "Signer", k.org_id = k.org_id ? k.org_id : SELLER;
	if (!k.issuer)
		k.issuer = ca, k.issuer_key = ca_key;
	X509 *x = make_cert(k);
	m.cert = cert_der(x);
	X509_free(x);
	return xsign(m);
}

static void signers(void **state)
{
	struct trust t = trust;
	(void)state;
	t.n_anchors = 0;
	expect_under("no anchor", xsign(base()), &t, DOC_L1, "AUTH-05");
	struct trust_anchor a = anchor;
	t.anchors = &a, t.n_anchors = 1;
	a.profile = AUTH_CMS; /* trusted, but not for this */
	expect_under("anchor of another profile", xsign(base()), &t, DOC_L1, "AUTH-05");
	a = anchor, a.until = at_text("2026-10-01T00:00:00Z");
	expect_under("anchor withdrawn", xsign(base()), &t, DOC_L1, "AUTH-05");
	a = anchor, a.from = at_text("2027-01-01T00:00:00Z");
	expect_under("anchor to come", xsign(base()), &t, DOC_L1, "AUTH-05");
	expect("expired", signed_by((struct maker){ .until = "2026-10-01T00:00:00Z" }), DOC_L1, "AUTH-06");
	expect("not yet valid", signed_by((struct maker){ .from = "2027-10-01T00:00:00Z" }), DOC_L1, "AUTH-06");
	expect("a TLS server's", signed_by((struct maker){ .ext_usage = "serverAuth" }), DOC_L1, "AUTH-08");
	expect("for encipherment", signed_by((struct maker){ .usage = "keyEncipherment" }), DOC_L1, "AUTH-08");
	/* an own authority, of the same name as the trusted one */
	X509 *fake = make_ca("Root", other);
	struct maker k = { .issuer = fake, .issuer_key = other };
	expect("same name, other key", signed_by(k), DOC_L1, "AUTH-08");
	X509_free(fake);
	fake = make_ca("Somebody", other);
	k = (struct maker){ .issuer = fake, .issuer_key = other };
	expect("unknown authority", signed_by(k), DOC_L1, "AUTH-05");
	X509_free(fake);
	k = (struct maker){ .issuer = x_ec, .issuer_key = ec };
	struct span by_leaf = signed_by(k);
	expect("issued by a leaf", by_leaf, DOC_L1, "AUTH-05");
	/* revoked, and known not to be */
	long serial = ASN1_INTEGER_get(X509_get_serialNumber(x_ec));
	struct span crl = make_crl(ca, ca_key, serial, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
	t = trust, t.crls = &crl, t.n_crls = 1;
	expect_under("revoked", xsign(base()), &t, DOC_L1, "AUTH-07");
	crl = make_crl(ca, ca_key, serial + 77, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
	expect_under("not on the list", xsign(base()), &t, DOC_L2, "");
	t.n_crls = 0;
	expect_under("nobody knows", xsign(base()), &t, DOC_L1, "AUTH-11");
	crl = make_crl(ca, ca_key, serial + 77, "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z");
	t.n_crls = 1;
	expect_under("the list is old", xsign(base()), &t, DOC_L1, "AUTH-11");
}

/* ATK-30: a valid signature, of somebody else. */
static void issuers(void **state)
{
	struct xmaker m = base();
	(void)state;
	m.cert = cert_stranger;
	expect("the buyer signed it", xsign(m), DOC_L1, "AUTH-09");
	static const struct {
		const char *id, *serial_no, *uid;
		bool ok;
	} list[] = {
		{ "VATCN-91320000MA1TE5T10H", NULL, NULL, true },
		{ "NTRCN-91320000MA1TE5T10H", NULL, NULL, true },
		{ "NTRCN-91320000ma1te5t10h", NULL, NULL, true },
		{ "VATDE-91320000MA1TE5T10H", NULL, NULL, true }, /* a USCC names one body in the world */
		{ "LEIXG-91320000MA1TE5T10H", NULL, NULL, false },
		{ "PSDCN-91320000MA1TE5T10H", NULL, NULL, false },
		{ "91320000MA1TE5T10H", NULL, NULL, false }, /* not the form an organizationIdentifier has */
		{ "VATCN-91320000MA1TE5T1", NULL, NULL, false },
		{ "VATCN-", NULL, NULL, false },
		{ "X", "91320000MA1TE5T10H", NULL, true },
		{ "X", NULL, "91320000MA1TE5T10H", true },
		{ "X", "1", NULL, false },
	};
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		expect(list[i].id,
		       signed_by((struct maker){
			       .org_id = list[i].id, .serial_no = list[i].serial_no, .uid = list[i].uid }),
		       list[i].ok ? DOC_L2 : DOC_L1, list[i].ok ? GOOD : "AUTH-09");
	/* an authority speaks for the sellers of its place and no other */
	struct trust_anchor a = anchor;
	struct trust t = trust;
	t.anchors = &a;
	a.authority = true;
	expect_under("authority of China", xsign(m), &t, DOC_L2, GOOD);
	a.jurisdiction = S("DE");
	expect_under("authority of elsewhere", xsign(m), &t, DOC_L1, "AUTH-09");
}

/* ---- XAdES: the second reference, and the claimed time (ATK-32) ---- */

static struct span xades(const char *time, const char *id, const char *more)
{
	struct xmaker m = base();
	const char *properties =
		xfmt("<xades:SignedProperties xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\" Id=\"%s\"><xades:SignedSignatureProperties>"
	             "<xades:SigningTime>%s</xades:SigningTime></xades:SignedSignatureProperties></xades:SignedProperties>",
	             id, time)
			.at;
	m.objects =
		xfmt("<ds:Object><xades:QualifyingProperties xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\" Target=\"#sig\">"
	             "%s</xades:QualifyingProperties></ds:Object>%s",
	             properties, more)
			.at;
	m.more_references = "@REF@";
	struct span probe = m.text;
	/* exclusive canonicalisation: the element's own bytes, wherever it stands */
	(void)probe;
	m.more_references =
		xfmt("<ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#p\"><ds:Transforms><ds:Transform Algorithm=\"" C14N_EXC
	             "\"/></ds:Transforms><ds:DigestMethod Algorithm=\"" XENC
	             "sha256\"/><ds:DigestValue>%s</ds:DigestValue>"
	             "</ds:Reference>",
	             x64(pki_digest("SHA256", span_z(properties))))
			.at;
	return xsign(m);
}

static void claimed_time(void **state)
{
	(void)state;
	struct span s = xades("2026-09-14T10:00:00Z", "p", "");
	expect("in time", s, DOC_L2, GOOD);
	expect("time altered", pki_replace(s, S("2026-09-14T10"), S("2026-09-14T11")), DOC_L0, "AUTH-03");
	expect("before the certificate", xades("2025-09-14T10:00:00Z", "p", ""), DOC_L1, "DAT-04");
	expect("before the invoice", xades("2026-03-14T10:00:00Z", "p", ""), DOC_L1, "DAT-04");
	expect("still to come", xades("2026-12-14T10:00:00Z", "p", ""), DOC_L1, "DAT-04");
	/* an expired key is not revived by claiming a time at which it was good */
	struct trust later = trust;
	struct trust_anchor a = anchor;
	a.until = at_text("2035-01-01T00:00:00Z");
	later.now = at_text("2031-01-01T00:00:00Z"), later.anchors = &a;
	expect_under("claimed in the past", s, &later, DOC_L1, "AUTH-06");
	/* ATK-21: the Id elsewhere, in any spelling */
	expect("Id missing", xades("2026-09-14T10:00:00Z", "q", ""), DOC_L1, "AUTH-01");
	expect("Id twice", xades("2026-09-14T10:00:00Z", "p", "<ds:Object Id=\"p\"/>"), DOC_L1, "AUTH-01");
	expect("ID twice", xades("2026-09-14T10:00:00Z", "p", "<ds:Object ID=\"p\"/>"), DOC_L1, "AUTH-01");
	expect("xml:id twice", xades("2026-09-14T10:00:00Z", "p", "<ds:Object xml:id=\"p\"/>"), DOC_L1, "AUTH-01");
}

/* ---- ATK-33: signatures that cover less than they show ---- */

#define ZATCA_WITHOUT(what)                                                                        \
	"<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>" what \
	"</ds:XPath></ds:Transform>"

/* The Saudi form leaves out the extensions and the QR reference, and its signing time and issuer are anybody's to change.
 * Whatever is changed in it, it is believed no more than it was before: as no signature. */
static void atk33_a_form_that_leaves_out_parts(void **state)
{
	static const char form[] = ZATCA_WITHOUT("not(//ancestor-or-self::ext:UBLExtensions)") ZATCA_WITHOUT(
		"not(//ancestor-or-self::cac:AdditionalDocumentReference[cbc:ID='QR'])") "<ds:Transform Algorithm=\"" C14N_11
											 "\"/>";
	static const char *const edit[][3] = {
		{ "as it came", "", "" },
		{ "signing time", "2026-09-14T10", "2020-01-01T10" },
		{ "issuer's serial", "<ds:X509SerialNumber>7<", "<ds:X509SerialNumber>8<" },
		{ "extensions", "<ext:UBLExtension>", "<ext:UBLExtension><ext:ExtensionURI>urn:x</ext:ExtensionURI>" },
		{ "a second QR", "<cac:AccountingSupplierParty>",
		  "<cac:AdditionalDocumentReference><cbc:ID>QR</cbc:ID></cac:AdditionalDocumentReference>"
		  "<cac:AccountingSupplierParty>" },
	};
	struct xmaker m = base();

	(void)state;
	m.transforms = form;
	m.objects = "<ds:Object><xades:QualifyingProperties xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\">"
		    "<xades:SignedProperties><xades:SigningTime>2026-09-14T10:00:00Z</xades:SigningTime>"
		    "<ds:X509SerialNumber>7</ds:X509SerialNumber></xades:SignedProperties></xades:QualifyingProperties>"
		    "</ds:Object>";
	struct span as_signed = xsign(m);
	for (size_t i = 0; i < ARRAY_LEN(edit); i++) {
		struct span s =
			edit[i][1][0] ? pki_replace(as_signed, span_z(edit[i][1]), span_z(edit[i][2])) : as_signed;
		struct document d;

		expect(edit[i][0], s, DOC_L1, "AUTH-01");
		mem = arena_over(memory, DOCUMENT_ARENA);
		assert_int_equal(document_read_under(s, &trust, &mem, &d), OK);
		assert_false(d.signature.present);
		assert_int_equal(d.signature.claimed.len, 0);
	}
}

/* ---- size ---- */

/* Small on the wire, gigabytes when made canonical: every sibling would write the long namespace again. */
static void expansion(void **state)
{
	enum { NAME = 20000, SIBLINGS = 8000 };
	struct writer w = writer_in(&pki);
	struct xmldsig x;
	(void)state;
	put_z(&w, "<r xmlns:p=\"urn:");
	for (int i = 0; i < NAME; i++)
		put_byte(&w, 'n');
	put_z(&w, "\">@SIG@");
	for (int i = 0; i < SIBLINGS; i++)
		put_z(&w, "<p:a/>");
	put_z(&w, "</r>");
	struct span text = writer_done(&w, &pki);
	/* signed over what nobody could compute: the digest is never reached */
	struct xmaker m = base();
	m.text = S("<r xmlns:p=\"urn:n\">@SIG@</r>");
	struct span sig = xsign(m);
	const char *from = memmem(sig.at, sig.len, "<ds:Signature ", 14);
	sig = (struct span){ from, (size_t)(sig.at + sig.len - from) - 4 };
	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(xmldsig_check(xput(text, "@SIG@", sig), &mem, &x), XMLDSIG_POLICY);
	assert_string_equal(x.why, "no canonical form within the limit");
	/* and a document whose tree would not fit is said to be too large, not to be unsigned */
	struct span big = { malloc(DOCUMENT_MAX + 100), 0 };
	char *at = (char *)(uintptr_t)big.at;
	big.len = (size_t)snprintf(at, 100, "<r xmlns:ds=\"" XDS "\">");
	while (big.len < 1200000)
		memcpy(at + big.len, "<a/>", 4), big.len += 4;
	memcpy(at + big.len, "</r>", 4), big.len += 4;
	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(xmldsig_check(big, &mem, &x), XMLDSIG_POLICY);
	assert_string_equal(x.why, "too large to be verified");
	free(at);
}

/* ---- every byte ---- */

/* Whatever bit is turned: level 2 is kept only by the same facts. */
static void every_byte(void **state)
{
	struct span s = xsign(base());
	char *at = arena_take(&pki, s.len);
	unsigned kept = 0;
	uint32_t seed = 7;
	(void)state;
	memcpy(at, s.at, s.len);
	for (size_t i = 0; i < s.len; i += 5) {
		struct document d;
		char was = at[i];
		seed = seed * 1664525 + 1013904223;
		at[i] = (char)(at[i] ^ (1 << (seed >> 29)));
		mem = arena_over(memory, DOCUMENT_ARENA);
		assert_int_equal(document_read_under((struct span){ at, s.len }, &trust, &mem, &d), OK);
		if (d.level == DOC_L2) {
			kept++;
			assert_true(d.payable.minor == 214700 && span_is(d.number, "T-2026-0001") && d.lines.n == 2);
		}
		at[i] = was;
	}
	printf("  %u of %zu changed bytes kept level 2, all with the same facts\n", kept, s.len / 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(good),
		T(places),
		T(altered),
		T(wrapping),
		T(references),
		T(algorithms),
		T(keys),
		T(signers),
		T(issuers),
		T(claimed_time),
		T(atk33_a_form_that_leaves_out_parts),
		T(expansion),
		T(every_byte),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
