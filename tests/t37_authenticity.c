/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t37_authenticity.c: OFD seals, CMS around a document, bills of lading and
 * documents under a registered key: what reaches level 2, what is refused (ATK
 * 40 to 52, 70 to 76); then, when they are there, the signed files others
 * published, each with the outcome its manifest states.
 */
#include <dirent.h>
#include <openssl/pem.h>
#include <unistd.h>
#include <zip.h>

#include "xmlsign.h"

#include "intake/authenticity.h"
#include "intake/jws_bl.h"
#include "intake/tax_bureau.h"
#include "jws.h"
#include "sigalg.h"

static EVP_PKEY *rsa, *ec, *sm2, *ca_key, *sm2_ca_key, *other_sm2, *maker_key;
static X509 *ca, *sm2_ca, *x_rsa, *x_ec;
static struct span ca_der, sm2_ca_der, crls[2], bureau, maker, invoice;
static void *memory;
static struct arena mem;

#define SELLER "VATCN-91320000MA1TE5T10H"
#define FROM at_text("2026-01-01T00:00:00Z")
#define UNTIL at_text("2029-01-01T00:00:00Z")

static struct span read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return (struct span){ NULL, 0 };
	char *at = arena_take(&pki, 1 << 20);
	size_t n = fread(at, 1, 1 << 20, f);
	fclose(f);
	pki.used -= (1 << 20) - ((n + 15) & ~(size_t)15);
	return (struct span){ at, n };
}

static int start(void **state)
{
	(void)state;
	memory = malloc(DOCUMENT_ARENA);
	if (!memory || !crypto_start() || !document_start())
		return -1;
	rsa = key_rsa(2048, 65537);
	ec = key_ec("P-256");
	sm2 = key_sm2();
	other_sm2 = key_sm2();
	ca_key = key_ec("P-256");
	sm2_ca_key = key_sm2();
	ca = make_ca("Root", ca_key);
	sm2_ca = make_ca("Tax Root", sm2_ca_key);
	ca_der = cert_der(ca);
	sm2_ca_der = cert_der(sm2_ca);
	crls[0] = make_crl(ca, ca_key, 0, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
	crls[1] = make_crl(sm2_ca, sm2_ca_key, 0, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
	x_rsa = make_leaf("Signer", SELLER, rsa, ca, ca_key);
	x_ec = make_leaf("Signer", SELLER, ec, ca, ca_key);
	X509 *x_sm2 = make_leaf("国家税务总局重庆市税务局", NULL, sm2, sm2_ca, sm2_ca_key);
	bureau = cert_der(x_sm2);
	X509_free(x_sm2);
	maker_key = key_sm2();
	X509 *m = make_leaf("Seal maker", NULL, maker_key, sm2_ca, sm2_ca_key);
	maker = cert_der(m);
	X509_free(m);
	invoice = read_file("tests/documents/invoice-cny.xml");
	return invoice.at ? 0 : -1;
}

static const char *notes(const struct authentic *a)
{
	static char text[128];
	struct writer w = writer_over(text, sizeof text - 1);

	for (size_t i = 0; i < a->n_notes; i++) {
		if (w.len)
			put_byte(&w, ' ');
		put_z(&w, document_rule_info(a->note[i].rule)->id);
	}
	text[w.len] = 0;
	return text;
}

static void expect(const char *name, struct span bytes, const struct trust *t, int level, const char *want)
{
	struct document d;
	char got[256];
	struct writer w = writer_over(got, sizeof got - 1);

	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(document_read_under(bytes, t, &mem, &d), OK);
	for (uint32_t i = 0; i < d.findings.n; i++)
		if (d.findings.at[i].rule >= RULE_AUTH_PROFILE) {
			if (w.len)
				put_byte(&w, ' ');
			put_z(&w, document_rule_info((enum doc_rule)d.findings.at[i].rule)->id);
		}
	got[w.len] = 0;
	if (d.level != level || strcmp(got, want) != 0)
		fail_msg("%s: level %d [%s], wanted %d [%s]", name, d.level, got, level, want);
	if (level == DOC_L2)
		assert_true(d.payable.minor == 214700 && span_is(d.number, "T-2026-0001"));
}

/* ---- an OFD package in memory ---- */

#define PARTS_MAX 32
struct package {
	struct span name[PARTS_MAX], bytes[PARTS_MAX];
	size_t n;
};

static bool find_part(void *of, struct span name, struct span *bytes)
{
	const struct package *p = of;

	for (size_t i = 0; i < p->n; i++)
		if (span_eq(p->name[i], name)) {
			*bytes = p->bytes[i];
			return true;
		}
	return false;
}

static struct span *part(struct package *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (span_is(p->name[i], name))
			return &p->bytes[i];
	p->name[p->n] = span_z(name);
	return &p->bytes[p->n++];
}

#define OFD_NS "xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define SIGN "Doc_0/Signs/Sign_0/"

struct ofd_maker {
	struct seal_maker seal;
	const char *method, *check; /* SignatureMethod, CheckMethod */
	const char *uncovered;      /* a part the list leaves out */
	const char *twice;          /* a part the list names twice */
	const char *value;          /* instead of a seal: the signature alone */
};

/* OFD.xml, a document with a page and the invoice's data, sealed. */
static struct package make_ofd(struct ofd_maker m)
{
	struct package p = { .n = 0 };
	const char *references = "";

	*part(&p, "OFD.xml") =
		S("<ofd:OFD " OFD_NS "><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>"
	          "/Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>");
	*part(&p, "Doc_0/Document.xml") = S("<ofd:Document " OFD_NS "/>");
	*part(&p, "Doc_0/Pages/Page_0/Content.xml") = S("<ofd:Page " OFD_NS ">318.00</ofd:Page>");
	*part(&p, "Doc_0/Attachs/original_invoice.xml") = S("<eInvoice>318.00</eInvoice>");
	for (size_t i = 0; i < p.n; i++) {
		if (m.uncovered && span_is(p.name[i], m.uncovered))
			continue;
		const char *one =
			xfmt("<ofd:Reference FileRef=\"/%.*s\"><ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>",
		             (int)p.name[i].len, p.name[i].at, x64(pki_digest("SM3", p.bytes[i])))
				.at;
		references = xfmt("%s%s%s", references, one, m.twice && span_is(p.name[i], m.twice) ? one : "").at;
	}
	*part(&p, "Doc_0/Signs/Signatures.xml") =
		S("<ofd:Signatures " OFD_NS
	          "><ofd:Signature ID=\"1\" BaseLoc=\"Sign_0/Signature.xml\"/></ofd:Signatures>");
	m.seal.file = xfmt("<ofd:Signature " OFD_NS "><ofd:SignedInfo><ofd:SignatureMethod>%s</ofd:SignatureMethod>"
	                   "<ofd:References CheckMethod=\"%s\">%s</ofd:References></ofd:SignedInfo>"
	                   "<ofd:SignedValue>/" SIGN "SignedValue.dat</ofd:SignedValue></ofd:Signature>",
	                   m.method ? m.method : "1.2.156.10197.1.501", m.check ? m.check : "1.2.156.10197.1.401",
	                   references);
	*part(&p, SIGN "Signature.xml") = m.seal.file;
	*part(&p, SIGN "SignedValue.dat") = m.value ? sign_der(sm2, "SM3", m.seal.file) : make_seal(m.seal);
	return p;
}

static struct ofd_maker ofd_base(void)
{
	return (struct ofd_maker){
		.seal = { .signer_key = sm2, .maker_key = maker_key, .signer = bureau, .maker = maker }
	};
}

static struct trust_anchor tax = { S_INIT("CN"), AUTH_OFD_SES, S_INIT("tax-root"), true,      { NULL, 0 },
	                           { 0 },        { 0 },        PURPOSE_ANY,        S_INIT("") };
static struct trust tax_trust(void)
{
	tax.certificate = sm2_ca_der;
	tax.from = FROM, tax.until = UNTIL;
	return (struct trust){ .now = PKI_NOW, .anchors = &tax, .n_anchors = 1, .crls = crls, .n_crls = 2 };
}

/* "state anchored whole: notes" */
static const char *ask_ofd(struct package *p, const struct trust *t)
{
	static char text[160];
	struct ofd_parts parts = { p, find_part, p->name, p->n };
	struct authentic a = { .profile = AUTH_NONE };

	mem = arena_over(memory, DOCUMENT_ARENA);
	authentic_parts(&parts, t, &mem, &a);
	snprintf(text, sizeof text, "%s%s%s%s%s", a.profile ? "sealed" : "no seal", a.anchored ? " anchored" : "",
	         a.whole ? " whole" : "", a.n_notes ? ": " : "", notes(&a));
	return text;
}
#define SEALED "sealed anchored whole"

static void ofd_good(void **state)
{
	struct trust t = tax_trust();
	struct ofd_maker m = ofd_base();
	struct package p = make_ofd(m);
	(void)state;
	assert_string_equal(ask_ofd(&p, &t), SEALED);
	m.seal.version = 1;
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), SEALED);
	m.check = "SM3";
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), SEALED);
	t.n_crls = 0;
	assert_string_equal(ask_ofd(&p, &t), SEALED ": AUTH-11");
	t.n_anchors = 0; /* ATK-48: a test authority, or none */
	assert_string_equal(ask_ofd(&p, &t), "sealed whole: AUTH-05");
	p.n = 4; /* without its signatures */
	p.bytes[0] = S("<ofd:OFD " OFD_NS "><ofd:DocBody/></ofd:OFD>");
	assert_string_equal(ask_ofd(&p, &t), "no seal");
}

static void ofd_attacks(void **state)
{
	struct trust t = tax_trust();
	struct ofd_maker base = ofd_base(), m;
	struct package good = make_ofd(base), p;
	(void)state;
	p = good; /* ATK-40: the page changed, the data intact */
	*part(&p, "Doc_0/Pages/Page_0/Content.xml") = S("<ofd:Page " OFD_NS ">918.00</ofd:Page>");
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-03");
	p = good; /* ATK-41: the data changed, the page intact */
	*part(&p, "Doc_0/Attachs/original_invoice.xml") = S("<eInvoice>918.00</eInvoice>");
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-03");
	p = good; /* a sealed part gone */
	p.name[3] = S("Doc_0/Attachs/moved.xml");
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-03");
	p = good; /* ATK-42: the list changed after it was sealed */
	*part(&p, SIGN "Signature.xml") =
		pki_replace(*part(&p, SIGN "Signature.xml"), S("/Doc_0/Document.xml"), S("/Doc_0/Documents.xml"));
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-03");
	m = base, m.uncovered = "Doc_0/Attachs/original_invoice.xml"; /* and left out when it was sealed */
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), "sealed anchored: AUTH-12");
	p = good; /* ATK-43: a part nobody sealed, beside one that was */
	*part(&p, "Doc_1/Attachs/original_invoice.xml") = S("<eInvoice>918.00</eInvoice>");
	assert_string_equal(ask_ofd(&p, &t), "sealed anchored: AUTH-12");
	p = good; /* the same name in other letters, and (ATK-44) in the same */
	*part(&p, "doc_0/attachs/Original_Invoice.xml") = S("<eInvoice>918.00</eInvoice>");
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-01");
	p.name[p.n - 1] = S("Doc_0/Attachs/original_invoice.xml");
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-01");
	m = base, m.twice = "Doc_0/Document.xml";
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-01");
	static const char *const checks[] = { "1.2.156.10197.1.401.2", "SHA256", "MD5", "" }; /* ATK-45 */
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		m = base, m.check = checks[i];
		p = make_ofd(m);
		assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-01");
	}
	m = base, m.method = "1.2.840.113549.1.1.5";
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-01");
	p = good; /* ATK-47: the seal of another invoice */
	m = base, m.uncovered = "OFD.xml";
	struct package q = make_ofd(m);
	*part(&p, SIGN "SignedValue.dat") = *part(&q, SIGN "SignedValue.dat");
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-03");
	m = base, m.value = "bare"; /* ATK-49 */
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-01");
	p = good; /* ATK-50: two seals */
	*part(&p, "Doc_0/Signs/Signatures.xml") =
		S("<ofd:Signatures " OFD_NS "><ofd:Signature BaseLoc=\"Sign_0/Signature.xml\"/>"
	          "<ofd:Signature BaseLoc=\"Sign_0/Signature.xml\"/></ofd:Signatures>");
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-01");
	m = base, m.seal.distid = "another id"; /* ATK-51 */
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-04");
	p = good; /* ATK-52 */
	*part(&p, SIGN "SignedValue.dat") = pki_cat(*part(&p, SIGN "SignedValue.dat"), S("\0"));
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-01");
	/* paths that leave the package, or mean another part to another reader */
	static const char *const paths[] = { "../Sign_0/Signature.xml", "Sign_0//Signature.xml",
		                             "Sign_0\\Signature.xml",   "",
		                             "./Sign_0/Signature.xml",  "/",
		                             "file:///etc/hostname",    "Sign_0/%53ignature.xml" };
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		p = good;
		*part(&p, "Doc_0/Signs/Signatures.xml") =
			xfmt("<ofd:Signatures " OFD_NS "><ofd:Signature BaseLoc=\"%s\"/></ofd:Signatures>", paths[i]);
		assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-01");
	}
}

static void ofd_signers(void **state)
{
	struct trust t = tax_trust();
	struct ofd_maker base = ofd_base(), m;
	struct package p;
	(void)state;
	/* a seal its signer made for itself: the maker is nobody's */
	X509 *self = make_leaf("Maker", NULL, other_sm2, NULL, NULL);
	m = base, m.seal.maker_key = other_sm2, m.seal.maker = cert_der(self);
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), "sealed whole: AUTH-05");
	X509_free(self);
	m = base, m.seal.at = "20290601000000Z"; /* outside the seal's validity */
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-13");
	m = base, m.seal.listed = sm2_ca_der;
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), "no seal: AUTH-13");
	m = base, m.seal.at = "20281101000000Z"; /* a time still to come */
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), "sealed anchored whole: DAT-04");
	t.now = at_text("2030-06-01T00:00:00Z"); /* the signer's certificate has ended */
	tax.until = at_text("2035-01-01T00:00:00Z");
	m = base;
	p = make_ofd(m);
	assert_string_equal(ask_ofd(&p, &t), "sealed whole: AUTH-06");
}

/* ATK-46: the seal of another bureau over this bureau's number. */
static void bureaus(void **state)
{
	static const struct {
		const char *number, *name;
		bool ok;
	} list[] = {
		{ "050001700111-99999951", "国家税务总局重庆市税务局", true },
		{ "05000170011199999951", "全国统一发票监制章国家税务总局重庆市税务局", true },
		{ "050001700111 99999951", "国家税务总局北京市税务局", false },
		{ "5000170011 99999951", "国家税务总局重庆市税务局", true },
		{ "24502000000012345678", "国家税务总局重庆市税务局", true },
		{ "24112000000012345678", "国家税务总局重庆市税务局", false },
		{ "24112000000012345678", "国家税务总局北京市税务局", true },
		{ "24442000000012345678", "国家税务总局深圳市税务局", true }, /* a city of that province */
		{ "044031900111 12345678", "国家税务总局深圳市税务局", true },
		{ "044031900111 12345678", "国家税务总局广东省税务局", false },
		{ "044001900111 12345678", "国家税务总局广东省税务局", true },
		{ "99002000000012345678", "国家税务总局重庆市税务局", false },
		{ "INV-1", "国家税务总局重庆市税务局", false },
		{ "", "国家税务总局重庆市税务局", false },
		{ "24502000000012345678", "", false },
		{ "245020000000123456789012345", "国家税务总局重庆市税务局", false },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		if (tax_bureau_fits(span_z(list[i].number), span_z(list[i].name)) != list[i].ok)
			fail_msg("%s %s", list[i].number, list[i].name);
	struct trust t = tax_trust();
	struct document d = { .number = S("050001700111-99999951") };
	struct authentic a = { .profile = AUTH_OFD_SES, .anchored = true, .anchor = &tax };
	const char *why;
	(void)t;
	a.signer.name = S("国家税务总局重庆市税务局");
	assert_true(authentic_bound(&d, &a, &why));
	d.number = S("011001700111-99999951");
	assert_false(authentic_bound(&d, &a, &why));
	d.number = S("050001700111-99999951");
	tax.jurisdiction = S("VN");
	assert_false(authentic_bound(&d, &a, &why));
	tax.jurisdiction = S("CN");
}

/* ---- CMS around and beside a document ---- */

static void cms_documents(void **state)
{
	struct trust_anchor a = { S("CN"), AUTH_CMS, S("root"), false, ca_der, FROM, UNTIL, PURPOSE_ANY, S_INIT("") };
	struct trust t = { .now = PKI_NOW, .anchors = &a, .n_anchors = 1, .crls = crls, .n_crls = 2 };
	struct cms_maker m = { .key = rsa, .cert = x_rsa, .content = invoice, .attributes = true };
	struct document d;
	(void)state;
	struct span good = make_cms(m);
	expect("CAdES", good, &t, DOC_L2, "");
	expect("altered", pki_replace(good, S("T-2026-0001"), S("T-2026-0002")), &t, DOC_L0, "AUTH-03");
	m.key = ec, m.cert = x_ec, m.attributes = false;
	expect("without attributes", make_cms(m), &t, DOC_L2, "");
	t.n_crls = 0;
	expect("nobody knows whether it is revoked", good, &t, DOC_L1, "AUTH-11");
	t.n_crls = 2;
	t.n_anchors = 0;
	expect("no anchor", good, &t, DOC_L1, "AUTH-05");
	t.n_anchors = 1;
	m.md = "SHA1", m.digest_oid = "1.3.14.3.2.26", m.alg_oid = "1.2.840.10045.4.1";
	expect("SHA-1 counts as unsigned", make_cms(m), &t, DOC_L1, "AUTH-01");
	/* any other bytes: signed, and of nobody the bytes name */
	m = (struct cms_maker){ .key = ec, .cert = x_ec, .content = S("a contract") };
	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(document_read_under(make_cms(m), &t, &mem, &d), OK);
	assert_true(d.kind == DOC_CMS_SIGNED && d.level == DOC_L1 && d.signature.anchored && !d.signature.bound);
	/* in a file of its own */
	m = (struct cms_maker){ .key = rsa, .cert = x_rsa, .content = invoice, .detached = true, .attributes = true };
	struct span beside = make_cms(m);
	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(document_read_beside(invoice, beside, &t, &mem, &d), OK);
	assert_int_equal(d.level, DOC_L2);
	mem = arena_over(memory, DOCUMENT_ARENA);
	assert_int_equal(document_read_beside(pki_replace(invoice, S("T-2026-0001"), S("T-2026-0002")), beside, &t,
	                                      &mem, &d),
	                 OK);
	assert_int_equal(d.level, DOC_L0);
	/* SM2, and the Chinese object identifiers */
	X509 *x = make_leaf("卖方", SELLER, sm2, sm2_ca, sm2_ca_key);
	a.certificate = sm2_ca_der;
	m = (struct cms_maker){ .key = sm2, .cert = x, .content = invoice, .gm = true };
	expect("GM/T 0010", make_cms(m), &t, DOC_L2, "");
	X509_free(x);
}

/* ---- a registered key ---- */

/* A company that adds its own number to an invoice in another's name has not issued it. */
static void two_numbers(void **state)
{
#define US "91320000MA1TE5T10H"
#define THEM "91310000MA1TE5T20E"
#define LEI_US "5493001KJTIIGC8Y1R12"
	static const struct {
		struct doc_id id[3];
		const char *country;
		bool ok;
	} list[] = {
#define ID(role_, scheme_, value_) { .role = role_, .scheme = S_INIT(scheme_), .value = S_INIT(value_) }
		{ { ID(ID_LEGAL, "", US) }, "CN", true },
		{ { ID(ID_LEGAL, "", US), ID(ID_TAX, "VAT", "CN" US) }, "CN", true },
		{ { ID(ID_TAX, "VAT", "CN" US) }, "CN", true },
		{ { ID(ID_LEGAL, "", THEM) }, "CN", false },
		{ { ID(ID_LEGAL, "", THEM), ID(ID_PARTY, "", US) }, "CN", false },
		{ { ID(ID_LEGAL, "", THEM), ID(ID_ENDPOINT, "", US) }, "CN", false },
		{ { ID(ID_LEGAL, "", THEM), ID(ID_TAX, "VAT", US) }, "CN", false },
		{ { ID(ID_LEGAL, "", US), ID(ID_TAX, "VAT", "CN" THEM) }, "CN", false },
		{ { ID(ID_LEGAL, "", US), ID(ID_LEGAL, "", THEM) }, "CN", false },
		{ { ID(ID_LEGAL, "", "HRB 1"), ID(ID_ACCOUNT, "", US) }, "CN", false },
		{ { ID(ID_PARTY, "", US) }, "CN", true }, /* the only number there is */
		{ { ID(ID_LEGAL, "", US), ID(ID_LEGAL, "0199", LEI_US) }, "CN", true },
#undef ID
	};
	(void)state;
	struct trust_key k = { .uscc = S(US), .lei = S("") };
	/* an order is its buyer's, an invoice its seller's */
	for (int order = 0; order < 2; order++) {
		struct document d = { .kind = order ? DOC_UBL_ORDER : DOC_UBL_INVOICE };
		struct authentic a = { .profile = AUTH_REGISTRY, .anchored = true, .key = &k };
		const char *why;
		d.buyer.ids = (struct doc_ids){ list[0].id, 1 };
		assert_int_equal(authentic_bound(&d, &a, &why), order);
	}
	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		struct document d = { .kind = DOC_UBL_INVOICE };
		struct authentic a = { .profile = AUTH_REGISTRY, .anchored = true, .key = &k };
		const char *why;
		d.seller.ids.at = list[i].id;
		while (d.seller.ids.n < 3 && list[i].id[d.seller.ids.n].role)
			d.seller.ids.n++;
		d.seller.country = span_z(list[i].country);
		if (authentic_bound(&d, &a, &why) != list[i].ok)
			fail_msg("row %zu", i);
	}
}

static void registered(void **state)
{
	struct trust_key k = { .uscc = S("91320000MA1TE5T10H"), .from = FROM, .until = UNTIL };
	struct trust t = { .now = PKI_NOW, .keys = &k, .n_keys = 1 };
	static const enum alg algs[] = { ALG_ED25519, ALG_ES256, ALG_SM2 };
	static char text[1 << 16];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		struct privkey priv, other;
		uint8_t seed[SEED_LEN] = { 1, 2, (uint8_t)(3 + i) };
		assert_true(privkey_from_seed(algs[i], seed, &priv));
		seed[5] = 9;
		assert_true(privkey_from_seed(algs[i], seed, &other));
		struct writer w = writer_over(text, sizeof text);
		assert_true(jws_sign(&priv, "counterfoil-document+jws", invoice, &w));
		struct span good = writer_span(&w);
		k.key = priv.pub;
		k.uscc = S("91320000MA1TE5T10H");
		expect("registered", good, &t, DOC_L2, "");
		k.uscc = S("91310000MA1TE5T20E"); /* ATK-30: the buyer's key */
		expect("another party's key", good, &t, DOC_L1, "AUTH-09");
		k.uscc = S("");
		expect("a party without number", good, &t, DOC_L1, "AUTH-09");
		k.uscc = S("91320000MA1TE5T10H");
		k.until = at_text("2026-06-01T00:00:00Z");
		expect("key revoked", good, &t, DOC_L1, "AUTH-05");
		k.until = UNTIL;
		t.n_keys = 0;
		expect("key not enrolled", good, &t, DOC_L1, "AUTH-05");
		t.n_keys = 1;
		k.key = other.pub;
		expect("another key", good, &t, DOC_L1, "AUTH-05");
		k.key = priv.pub;
		struct span bad = arena_copy(&pki, good);
		((char *)(uintptr_t)bad.at)[bad.len - 20] = bad.at[bad.len - 20] == 'A' ? 'B' : 'A';
		expect("signature spoilt", bad, &t, DOC_L0, "AUTH-04");
		/* a statement is not a signed document, whatever it holds */
		w = writer_over(text, sizeof text);
		assert_true(jws_sign(&priv, "counterfoil+jws", invoice, &w));
		expect("another type", writer_span(&w), &t, DOC_L1, "AUTH-01");
	}
}

/* ---- bills of lading (ATK 70 to 75) ---- */

static struct jws_key platform[2];
static enum jws_end jws(const char *header, EVP_PKEY *k)
{
	struct jws_bl j;
	mem = arena_over(memory, DOCUMENT_ARENA);
	return jws_bl_check(make_jws(header, S("{\"a\":1}"), k), platform, 2, &mem, &j);
}

static void bills(void **state)
{
	(void)state;
	platform[0] = (struct jws_key){ S("wave-1"), key_spki(rsa) };
	platform[1] = (struct jws_key){ S("bole-1"), cert_der(x_ec) };
	assert_int_equal(jws("{\"alg\":\"RS256\",\"kid\":\"wave-1\"}", rsa), JWS_GOOD);
	assert_int_equal(jws("{\"alg\":\"ES256\",\"kid\":\"bole-1\",\"typ\":\"JWT\"}", ec), JWS_GOOD);
	static const struct {
		const char *header;
		enum jws_end end;
	} bad[] = {
		{ "{\"alg\":\"none\",\"kid\":\"wave-1\"}", JWS_POLICY }, /* ATK-70 */
		{ "{\"alg\":\"HS256\",\"kid\":\"wave-1\"}", JWS_POLICY },
		{ "{\"alg\":\"RS512\",\"kid\":\"wave-1\"}", JWS_POLICY },
		{ "{\"alg\":\"rs256\",\"kid\":\"wave-1\"}", JWS_POLICY },
		{ "{\"alg\":\"ES256\",\"kid\":\"wave-1\"}", JWS_POLICY }, /* not that key's algorithm */
		{ "{\"alg\":\"RS256\"}", JWS_POLICY },
		{ "{\"alg\":\"RS256\",\"kid\":\"mine\"}", JWS_STRANGER }, /* ATK-71 */
		{ "{\"alg\":\"RS256\",\"kid\":\"\"}", JWS_STRANGER },
		{ "{\"alg\":\"RS256\",\"kid\":\"wave-1\",\"jku\":\"https://x/\"}", JWS_POLICY },
		{ "{\"alg\":\"RS256\",\"kid\":\"wave-1\",\"x5u\":\"https://x/\"}", JWS_POLICY },
		{ "{\"alg\":\"RS256\",\"kid\":\"wave-1\",\"jwk\":{}}", JWS_POLICY },
		{ "{\"alg\":\"RS256\",\"kid\":\"wave-1\",\"x5c\":[]}", JWS_POLICY },
		{ "{\"alg\":\"RS256\",\"kid\":\"wave-1\",\"crit\":[\"exp\"]}", JWS_POLICY },
		{ "{\"alg\":\"RS256\",\"kid\":\"wave-1\",\"b64\":false}", JWS_POLICY },
		{ "{\"alg\":\"RS256\",\"kid\":\"wave-1\",\"typ\":\"counterfoil+jws\"}", JWS_POLICY },
		{ "{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"wave-1\"}", JWS_POLICY }, /* ATK-72 */
		{ "{\"alg\":\"RS256\",\"kid\":\"wave-1\",\"typ\":1.5}", JWS_POLICY },      /* ATK-73 */
		{ "{\"alg\":\"RS256\",\"kid\":1}", JWS_POLICY },
		{ "[]", JWS_POLICY },
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (jws(bad[i].header, rsa) != bad[i].end)
			fail_msg("%s", bad[i].header);
	assert_int_equal(jws("{\"alg\":\"ES256\",\"kid\":\"bole-1\"}", rsa),
	                 JWS_POLICY); /* a signature of another length */
	EVP_PKEY *k = key_ec("P-256");
	assert_int_equal(jws("{\"alg\":\"ES256\",\"kid\":\"bole-1\"}", k), JWS_FORGED);
	EVP_PKEY_free(k);
	/* the form: padding, another alphabet, a fourth part, bits that are not used (ATK-74) */
	struct span good = make_jws("{\"alg\":\"RS256\",\"kid\":\"wave-1\"}", S("{\"a\":1}"), rsa);
	struct jws_bl j;
	assert_int_equal(jws_bl_check(good, platform, 2, &mem, &j), JWS_GOOD);
	assert_true(span_eq(j.payload, S("{\"a\":1}")));
	assert_int_equal(jws_bl_check(pki_cat(good, S("=")), platform, 2, &mem, &j), JWS_NONE);
	assert_int_equal(jws_bl_check(pki_cat(good, S(".")), platform, 2, &mem, &j), JWS_NONE);
	assert_int_equal(jws_bl_check(pki_cat(good, S("\n")), platform, 2, &mem, &j), JWS_NONE);
	assert_int_equal(jws_bl_check(pki_replace(good, S("."), S("..")), platform, 2, &mem, &j), JWS_NONE);
	assert_int_equal(jws_bl_check(S("eyJ.e30."), platform, 2, &mem, &j), JWS_NONE);
	/* through the table: an HMAC under the public key is no signature */
	struct trust_anchor a = { S(""), AUTH_JWS_BL, S("wave-1"), true,      key_spki(rsa),
		                  FROM,  UNTIL,       PURPOSE_ANY, S_INIT("") };
	struct trust t = { .now = PKI_NOW, .anchors = &a, .n_anchors = 1 };
	expect("an invoice as a platform's JWS", make_jws("{\"alg\":\"RS256\",\"kid\":\"wave-1\"}", invoice, rsa), &t,
	       DOC_L2, "");
	/* an anchor for another kind of documents */
	a.purpose = PURPOSE_BILL_OF_LADING;
	expect("a platform of bills of lading signs an invoice",
	       make_jws("{\"alg\":\"RS256\",\"kid\":\"wave-1\"}", invoice, rsa), &t, DOC_L1, "AUTH-09");
	a.purpose = PURPOSE_INVOICE;
	expect("a platform of invoices does", make_jws("{\"alg\":\"RS256\",\"kid\":\"wave-1\"}", invoice, rsa), &t,
	       DOC_L2, "");
	expect("HS256", make_jws("{\"alg\":\"HS256\",\"kid\":\"wave-1\"}", invoice, rsa), &t, DOC_L1, "AUTH-01");
	expect("stranger", make_jws("{\"alg\":\"RS256\",\"kid\":\"x\"}", invoice, rsa), &t, DOC_L1, "AUTH-05");
	k = key_rsa(2048, 65537);
	expect("forged", make_jws("{\"alg\":\"RS256\",\"kid\":\"wave-1\"}", invoice, k), &t, DOC_L0, "AUTH-04");
	EVP_PKEY_free(k);
}

#define HEAD "{\"alg\":\"RS256\",\"kid\":\"wave-1\"}"
static const char *hex_of(struct span s)
{
	struct hash h = sha256(s);
	struct writer w = writer_in(&pki);
	put_hex(&w, h.b, HASH_LEN);
	put_byte(&w, 0);
	return writer_done(&w, &pki).at;
}
static struct span entry(const char *document, const char *before, const char *code)
{
	return make_jws(HEAD,
	                xfmt("{\"eblPlatform\":\"WAVE\",\"transportDocumentChecksum\":\"%s\","
	                     "\"previousEnvelopeTransferChainEntrySignedContentChecksum\":%s%s%s,"
	                     "\"transactions\":[{\"actionCode\":\"%s\"}]}",
	                     document, before ? "\"" : "", before ? before : "null", before ? "\"" : "", code),
	                rsa);
}
static struct span manifest(const char *document, struct span last)
{
	return make_jws(
		HEAD,
		xfmt("{\"transportDocumentChecksum\":\"%s\",\"lastEnvelopeTransferChainEntrySignedContentChecksum\":\"%s\"}",
	             document, hex_of(last)),
		rsa);
}
static enum jws_end chain(const char *document, struct span m, const struct span *e, size_t n)
{
	struct bl_chain c = { span_z(document), m, e, n };
	size_t first = 0;
	const char *why;
	mem = arena_over(memory, DOCUMENT_ARENA);
	return bl_chain_check(&c, platform, 2, &mem, &first, &why);
}

/* ATK-75: reordered, cut, spliced. */
static void chains(void **state)
{
	const char *doc = hex_of(S("bill 1")), *other = hex_of(S("bill 2"));
	(void)state;
	platform[0] = (struct jws_key){ S("wave-1"), key_spki(rsa) };
	platform[1] = (struct jws_key){ S("bole-1"), cert_der(x_ec) };
	struct span e[3];
	e[0] = entry(doc, NULL, "ISSUE");
	e[1] = entry(doc, hex_of(e[0]), "TRANSFER");
	e[2] = entry(doc, hex_of(e[1]), "ENDORSE");
	struct span m = manifest(doc, e[2]);
	assert_int_equal(chain(doc, m, e, 3), JWS_GOOD);
	assert_int_equal(chain(doc, m, e, 2), JWS_BROKEN);     /* the end cut off */
	assert_int_equal(chain(doc, m, e + 1, 2), JWS_BROKEN); /* the beginning */
	assert_int_equal(chain(doc, m, e, 0), JWS_BROKEN);
	assert_int_equal(chain(other, m, e, 3), JWS_BROKEN);
	struct span swapped[] = { e[0], e[2], e[1] }, again[] = { e[0], e[1], e[1], e[2] };
	assert_int_equal(chain(doc, m, swapped, 3), JWS_BROKEN);
	assert_int_equal(chain(doc, m, again, 4), JWS_BROKEN);
	struct span foreign[] = { entry(other, NULL, "ISSUE"), e[1], e[2] };
	assert_int_equal(chain(doc, m, foreign, 3), JWS_BROKEN);
	struct span fresh[] = { entry(doc, NULL, "ISSUE"), e[1],
		                e[2] }; /* the same content, signed again: RSA gives the same */
	assert_int_equal(chain(doc, m, fresh, 3), JWS_GOOD);
	struct span no_issue[] = { entry(doc, NULL, "TRANSFER") };
	assert_int_equal(chain(doc, manifest(doc, no_issue[0]), no_issue, 1), JWS_BROKEN);
	assert_int_equal(chain(doc, manifest(doc, e[1]), e, 3), JWS_BROKEN);
	assert_int_equal(chain(doc, manifest(other, e[2]), e, 3), JWS_BROKEN);
	struct span random[] = { S(
		"eyJhbGciOiJSUzI1NiJ9.e30.AAAA") }; /* as in the published examples: random strings */
	assert_int_not_equal(chain(doc, m, random, 1), JWS_GOOD);
}

#include "t37_published.h"

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(ofd_good),      T(ofd_attacks), T(ofd_signers),     T(bureaus), T(cms_documents),
		T(two_numbers),   T(registered),  T(bills),           T(chains),  T(ofd_files),
		T(published_xml), T(vectors),     T(published_bills),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
