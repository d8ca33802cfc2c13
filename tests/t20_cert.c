/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t20_cert.c: other people's signatures: DER, algorithms, certificate paths,
 * CMS and electronic seals. Keys and certificates are made here, so every
 * attack has a twin that differs in one thing and is accepted.
 */
#include <openssl/cms.h>
#include <openssl/core_names.h>

#include "pki.h"

#include "cert.h"
#include "cms.h"
#include "ses.h"
#include "sigalg.h"

static EVP_PKEY *rsa, *p256, *sm2, *ca_key, *sm2_ca_key;
static X509 *ca, *sm2_ca;
static struct span ca_der, sm2_ca_der, leaf_rsa, leaf_p256, leaf_sm2;
static X509 *x_rsa, *x_p256, *x_sm2;
static char scratch[1 << 20];
static struct arena mem;

static int start(void **state)
{
	(void)state;
	if (!crypto_start())
		return -1;
	rsa = key_rsa(2048, 65537);
	p256 = key_ec("P-256");
	sm2 = key_sm2();
	ca_key = key_ec("P-256");
	sm2_ca_key = key_sm2();
	ca = make_ca("Root", ca_key);
	sm2_ca = make_ca("SM2 Root", sm2_ca_key);
	ca_der = cert_der(ca);
	sm2_ca_der = cert_der(sm2_ca);
	x_rsa = make_leaf("Rsa", "VATDE-123456789", rsa, ca, ca_key);
	x_p256 = make_leaf("Ec", "NTRDE-HRB12345", p256, ca, ca_key);
	x_sm2 = make_leaf("Sm2", NULL, sm2, sm2_ca, sm2_ca_key);
	leaf_rsa = cert_der(x_rsa);
	leaf_p256 = cert_der(x_p256);
	leaf_sm2 = cert_der(x_sm2);
	mem = arena_over(scratch, sizeof scratch);
	return 0;
}

/* ---- DER ---- */

static void strict_der(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool ok;
		const char *why;
	} list[] = {
#define D(s, ok, why) { s, sizeof s - 1, ok, why }
		D("\x30\x00", true, "empty sequence"),
		D("\x30\x03\x02\x01\x05", true, "an integer"),
		D("\x30\x03\x02\x01\x05\x00", false, "bytes behind the end"),
		D("\x30\x80\x02\x01\x05\x00\x00", false, "indefinite length"),
		D("\x30\x81\x03\x02\x01\x05", false, "a length in two bytes that fits in one"),
		D("\x30\x82\x00\x03\x02\x01\x05", false, "a length with a leading zero"),
		D("\x30\x04\x02\x02\x00\x05", false, "an integer with a leading zero"),
		D("\x30\x04\x02\x02\xff\x85", false, "a negative integer too long"),
		D("\x30\x02\x02\x00", false, "an integer without bytes"),
		D("\x30\x03\x01\x01\x01", false, "a boolean that is neither 00 nor ff"),
		D("\x30\x03\x01\x01\xff", true, "true"),
		D("\x30\x03\x05\x01\x00", false, "null with content"),
		D("\x30\x04\x03\x02\x04\x1f", false, "unused bits that are not zero"),
		D("\x30\x04\x03\x02\x04\x10", true, "unused bits"),
		D("\x30\x05\x24\x03\x04\x01\x61", false, "a constructed octet string"),
		D("\x10\x00", false, "a primitive sequence"),
		D("\x1f\x1f\x00", false, "a high tag"),
		D("\x30\x04\x06\x02\x2a\x80", false, "an unfinished object identifier"),
		D("\x30\x04\x06\x02\x80\x01", false, "a padded object identifier"),
		D("\x30\x03\x0c\x01\xff", false, "a UTF8String that is none"),
		D("\x30", false, "a tag alone"),
		D("", false, "nothing"),
		D("\x30\x05\x02\x01\x05", false, "cut off"),
#undef D
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		if (der_strict((struct span){ list[i].bytes, list[i].len }) != list[i].ok)
			fail_msg("%s", list[i].why);
	struct span deep = S("\x05\x00");
	for (unsigned i = 0; i < DER_DEPTH_MAX - 1; i++)
		deep = TLV(DER_SEQUENCE, deep);
	assert_true(der_strict(deep));
	assert_false(der_strict(TLV(DER_SEQUENCE, deep)));
}

static void der_times(void **state)
{
	struct moment m;
	(void)state;
	assert_true(der_moment_text(S("20261123120000Z"), &m) && m.us == PKI_NOW.us);
	assert_true(der_moment_text(S("261123120000Z"), &m) && m.us == PKI_NOW.us);
	assert_false(der_moment_text(S("20261123120000"), &m));
	assert_false(der_moment_text(S("20261123120000.5Z"), &m));
	assert_false(der_moment_text(S("20260230120000Z"), &m));
	assert_false(der_moment_text(S("2026112312000Z"), &m));
	struct der d = der_over(TLV(DER_UTC, S("20261123120000Z"))); /* the long form under the short form's tag */
	assert_false(der_moment(&d, &m));
}

/* ---- algorithms (ATK-25) ---- */

#define RSA256 ((struct sigalg){ KEY_RSA, DIGEST_SHA256 })
#define EC256 ((struct sigalg){ KEY_EC, DIGEST_SHA256 })
#define SM2SM3 ((struct sigalg){ KEY_SM2, DIGEST_SM3 })

static void algorithms(void **state)
{
	struct span msg = S("one invoice"), sig;
	(void)state;
	sig = sign_der(rsa, "SHA256", msg);
	assert_true(sig_check(leaf_rsa, RSA256, SIG_DER, msg, sig));
	assert_true(sig_check(key_spki(rsa), RSA256, SIG_RAW, msg, sig));
	assert_false(sig_check(leaf_rsa, RSA256, SIG_DER, S("another invoice"), sig));
	assert_false(sig_check(leaf_rsa, RSA256, SIG_DER, msg, pki_spoilt(sig, 7)));
	assert_false(sig_check(leaf_rsa, ((struct sigalg){ KEY_RSA, DIGEST_SHA512 }), SIG_DER, msg, sig));
	assert_false(sig_check(leaf_rsa, EC256, SIG_DER, msg, sig));
	assert_true(sig_check(leaf_rsa, ((struct sigalg){ KEY_RSA, DIGEST_SHA512 }), SIG_DER, msg,
	                      sign_der(rsa, "SHA512", msg)));
	sig = sign_der(p256, "SHA256", msg);
	assert_true(sig_check(leaf_p256, EC256, SIG_DER, msg, sig));
	assert_true(sig_check(leaf_p256, EC256, SIG_RAW, msg, sig_raw(sig, 32)));
	assert_false(sig_check(leaf_p256, EC256, SIG_RAW, msg, sig));                   /* DER where r || s belongs */
	assert_false(sig_check(leaf_p256, EC256, SIG_DER, msg, sig_raw(sig, 32)));      /* and the other way round */
	assert_false(sig_check(leaf_p256, EC256, SIG_DER, msg, pki_cat(sig, S("\0")))); /* bytes behind */
	assert_false(sig_check(leaf_p256, RSA256, SIG_DER, msg, sig));
	sig = sign_der(sm2, "SM3", msg);
	assert_true(sig_check(leaf_sm2, SM2SM3, SIG_DER, msg, sig));
	assert_true(sig_check(leaf_sm2, SM2SM3, SIG_RAW, msg, sig_raw(sig, 32)));
	assert_false(sig_check(leaf_sm2, ((struct sigalg){ KEY_SM2, DIGEST_SHA256 }), SIG_DER, msg, sig));
	assert_false(sig_check(leaf_sm2, EC256, SIG_DER, msg, sig));
	assert_false(
		sig_check(leaf_sm2, SM2SM3, SIG_DER, msg, sign_with(sm2, "SM3", "somebody else's", msg))); /* ATK-51 */
}

static void ecdsa_numbers(void **state)
{
	struct span msg = S("one invoice"), sig = sig_raw(sign_der(p256, "SHA256", msg), 32);
	char zero[64] = { 0 };
	(void)state;
	memcpy(zero + 32, sig.at + 32, 32);
	assert_false(sig_check(leaf_p256, EC256, SIG_RAW, msg, ((struct span){ zero, 64 }))); /* r = 0 */
	memcpy(zero, sig.at, 32);
	memset(zero + 32, 0, 32);
	assert_false(sig_check(leaf_p256, EC256, SIG_RAW, msg, ((struct span){ zero, 64 }))); /* s = 0 */
	memset(zero, 0, 64);
	assert_false(sig_check(leaf_p256, EC256, SIG_RAW, msg, ((struct span){ zero, 64 })));
	/* n - s: the same signature in other bytes, valid under FIPS 186; nothing is named by these bytes */
	BIGNUM *n = BN_new(), *s = BN_bin2bn((const unsigned char *)sig.at + 32, 32, NULL);
	BN_hex2bn(&n, "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
	BN_sub(s, n, s);
	struct span other = arena_copy(&pki, sig);
	BN_bn2binpad(s, (unsigned char *)(uintptr_t)other.at + 32, 32);
	assert_true(sig_check(leaf_p256, EC256, SIG_RAW, msg, other));
	/* s + n in 33 bytes has no place; s = n is out of range */
	BN_bn2binpad(n, (unsigned char *)(uintptr_t)other.at + 32, 32);
	assert_false(sig_check(leaf_p256, EC256, SIG_RAW, msg, other));
	BN_free(n);
	BN_free(s);
	EVP_PKEY *p384 = key_ec("P-384"), *p521 = key_ec("P-521"), *k1 = key_ec("secp256k1"), *p224 = key_ec("P-224");
	struct sigalg ec384 = { KEY_EC, DIGEST_SHA384 };
	assert_true(sig_check(key_spki(p384), ec384, SIG_RAW, msg, sig_raw(sign_der(p384, "SHA384", msg), 48)));
	assert_true(sig_check(key_spki(p521), ec384, SIG_RAW, msg, sig_raw(sign_der(p521, "SHA384", msg), 66)));
	assert_int_equal(sig_key_kind(key_spki(k1)), KEY_NONE);
	assert_int_equal(sig_key_kind(key_spki(p224)), KEY_NONE);
	EVP_PKEY_free(p384);
	EVP_PKEY_free(p521);
	EVP_PKEY_free(k1);
	EVP_PKEY_free(p224);
}

static void weak_keys(void **state)
{
	struct span msg = S("one invoice");
	(void)state;
	EVP_PKEY *small = key_rsa(1024, 65537), *three = key_rsa(2048, 3);
	assert_int_equal(sig_key_kind(key_spki(small)), KEY_NONE);
	assert_int_equal(sig_key_kind(key_spki(three)),
	                 KEY_NONE); /* e = 3: forged without the key where padding is read loosely */
	assert_false(sig_check(key_spki(small), RSA256, SIG_DER, msg, sign_der(small, "SHA256", msg)));
	assert_false(sig_check(key_spki(three), RSA256, SIG_DER, msg, sign_der(three, "SHA256", msg)));
	/* a curve written out in numbers instead of by its name */
	EVP_PKEY *ec = key_ec("P-256");
	EVP_PKEY_set_utf8_string_param(ec, OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_EXPLICIT);
	struct span explicit_ = key_spki(ec);
	assert_true(explicit_.len > 120);
	assert_int_equal(sig_key_kind(explicit_), KEY_NONE);
	assert_int_equal(sig_key_kind(pki_cat(key_spki(p256), S("\0"))), KEY_NONE);
	assert_int_equal(sig_key_kind(S("")), KEY_NONE);
	EVP_PKEY *dsa_like = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	assert_int_equal(sig_key_kind(key_spki(dsa_like)), KEY_NONE);
	EVP_PKEY_free(dsa_like);
	EVP_PKEY_free(ec);
	EVP_PKEY_free(small);
	EVP_PKEY_free(three);
}

/* ---- paths (ATK-24) ---- */

static struct cert_verdict ask(struct span leaf, struct span extra, struct span trusted, struct span crl,
                               const char *at)
{
	struct cert_question q = {
		leaf, &extra, extra.len > 0, &trusted, trusted.len > 0, &crl, crl.len > 0, at ? at_text(at) : PKI_NOW
	};
	return cert_check(&q);
}
#define ASK(leaf, extra, trusted) ask(leaf, extra, trusted, NO_SPAN, NULL).end

static void paths(void **state)
{
	(void)state;
	assert_int_equal(ASK(leaf_rsa, NO_SPAN, ca_der), CERT_GOOD);
	assert_int_equal(ASK(leaf_p256, NO_SPAN, ca_der), CERT_GOOD);
	assert_int_equal(ASK(leaf_sm2, NO_SPAN, sm2_ca_der), CERT_GOOD); /* the distinguishing id is given */
	assert_int_equal(ASK(leaf_rsa, NO_SPAN, leaf_rsa), CERT_GOOD);   /* the leaf itself pinned */
	assert_int_equal(ASK(leaf_rsa, ca_der, NO_SPAN), CERT_UNKNOWN);  /* what the sender brings is not trusted */
	assert_int_equal(ASK(leaf_rsa, NO_SPAN, sm2_ca_der), CERT_UNKNOWN);
	assert_int_equal(ASK(pki_cat(leaf_rsa, S("x")), NO_SPAN, ca_der), CERT_MALFORMED);
	assert_int_equal(ASK(S("no certificate"), NO_SPAN, ca_der), CERT_MALFORMED);
	assert_int_equal(ask(leaf_rsa, NO_SPAN, ca_der, NO_SPAN, "2031-01-01T00:00:00Z").end, CERT_EXPIRED);
	assert_int_equal(ask(leaf_rsa, NO_SPAN, ca_der, NO_SPAN, "2025-01-01T00:00:00Z").end, CERT_NOT_YET);
	/* the same name, another key */
	EVP_PKEY *other = key_ec("P-256");
	X509 *twin = make_ca("Root", other);
	assert_int_equal(ASK(leaf_rsa, NO_SPAN, cert_der(twin)), CERT_BROKEN);
	X509_free(twin);
	EVP_PKEY_free(other);
}

static enum cert_end with_issuer(struct maker m, struct maker leaf)
{
	EVP_PKEY *k = key_ec("P-256");

	m.key = k;
	m.cn = "Middle";
	m.issuer = ca;
	m.issuer_key = ca_key;
	X509 *middle = make_cert(m);
	leaf.issuer = middle;
	leaf.issuer_key = k;
	leaf.key = leaf.key ? leaf.key : p256;
	leaf.cn = leaf.cn ? leaf.cn : "Leaf";
	X509 *x = make_cert(leaf);
	enum cert_end e = ASK(cert_der(x), cert_der(middle), ca_der);
	X509_free(x);
	X509_free(middle);
	EVP_PKEY_free(k);
	return e;
}

static void intermediates(void **state)
{
	static const struct maker leaf = { .usage = "critical,digitalSignature" };
	struct maker sha1 = leaf;
	(void)state;
	sha1.md = "SHA1";
	assert_int_equal(with_issuer((struct maker){ .basic = CA_BASIC, .usage = CA_USAGE }, leaf), CERT_GOOD);
	assert_int_equal(with_issuer((struct maker){ .basic = "critical,CA:FALSE", .usage = CA_USAGE }, leaf),
	                 CERT_BROKEN);
	assert_int_equal(with_issuer((struct maker){ .usage = CA_USAGE }, leaf), CERT_BROKEN);
	assert_int_not_equal(with_issuer((struct maker){ .basic = CA_BASIC, .usage = "critical,digitalSignature" },
	                                 leaf),
	                     CERT_GOOD);
	assert_int_equal(
		with_issuer((struct maker){ .basic = CA_BASIC, .usage = CA_USAGE, .until = "2026-06-01T00:00:00Z" },
	                    leaf),
		CERT_EXPIRED);
	assert_int_equal(with_issuer((struct maker){ .basic = CA_BASIC, .usage = CA_USAGE, .until = FOR_EVER }, leaf),
	                 CERT_GOOD);
	assert_int_equal(with_issuer((struct maker){ .basic = CA_BASIC, .usage = CA_USAGE }, sha1), CERT_WEAK);
}

static enum cert_end usage(const char *key_usage, const char *ext)
{
	X509 *x = make_cert((struct maker){
		.cn = "U", .key = p256, .issuer = ca, .issuer_key = ca_key, .usage = key_usage, .ext_usage = ext });
	enum cert_end e = ASK(cert_der(x), NO_SPAN, ca_der);
	X509_free(x);
	return e;
}

static void usages(void **state)
{
	(void)state;
	assert_int_equal(usage(NULL, NULL), CERT_GOOD);
	assert_int_equal(usage("digitalSignature", NULL), CERT_GOOD);
	assert_int_equal(usage("nonRepudiation", "emailProtection"), CERT_GOOD);
	assert_int_equal(usage("keyEncipherment", NULL), CERT_USAGE);
	assert_int_equal(usage("keyAgreement,keyCertSign", NULL), CERT_USAGE);
	assert_int_equal(usage("digitalSignature", "serverAuth"), CERT_USAGE);
	assert_int_equal(usage("digitalSignature", "timeStamping"), CERT_USAGE);
	assert_int_equal(usage("digitalSignature", "OCSPSigning"), CERT_USAGE);
	assert_int_equal(usage("digitalSignature", "serverAuth,emailProtection"), CERT_GOOD);
	EVP_PKEY *small = key_rsa(1024, 65537);
	X509 *x = make_leaf("Small", NULL, small, ca, ca_key);
	assert_int_equal(ASK(cert_der(x), NO_SPAN, ca_der), CERT_WEAK);
	X509_free(x);
	EVP_PKEY_free(small);
}

static void name_constraints(void **state)
{
	(void)state;
	X509V3_CTX c;
	(void)c;
	struct maker m = { .basic = CA_BASIC,
		           .usage = CA_USAGE,
		           .constraints = "critical,excluded;email:.example.org" };
	EVP_PKEY *k = key_ec("P-256");
	m.key = k;
	m.cn = "Constrained";
	m.issuer = ca;
	m.issuer_key = ca_key;
	X509 *middle = make_cert(m);
	for (int outside = 0; outside < 2; outside++) {
		X509 *x = make_cert((struct maker){ .cn = "Leaf", .key = p256, .issuer = middle, .issuer_key = k });
		add_ext(x, middle, NID_subject_alt_name, outside ? "email:a@mail.example.org" : "email:a@example.com");
		EVP_MD_CTX *s = sign_ctx(k, NULL);
		X509_sign_ctx(x, s);
		EVP_MD_CTX_free(s);
		assert_int_equal(ASK(cert_der(x), cert_der(middle), ca_der), outside ? CERT_BROKEN : CERT_GOOD);
		X509_free(x);
	}
	X509_free(middle);
	EVP_PKEY_free(k);
}

static void revocation(void **state)
{
	long serial = ASN1_INTEGER_get(X509_get_serialNumber(x_rsa)),
	     sm2_serial = ASN1_INTEGER_get(X509_get_serialNumber(x_sm2));
	const char *from = "2026-11-01T00:00:00Z", *next = "2026-12-01T00:00:00Z", *past = "2026-11-10T00:00:00Z";
	struct cert_verdict v;
	(void)state;
	v = ask(leaf_rsa, NO_SPAN, ca_der, NO_SPAN, NULL);
	assert_true(v.end == CERT_GOOD && !v.revocation_known);
	v = ask(leaf_rsa, NO_SPAN, ca_der, make_crl(ca, ca_key, 0, from, next), NULL);
	assert_true(v.end == CERT_GOOD && v.revocation_known);
	assert_int_equal(ask(leaf_rsa, NO_SPAN, ca_der, make_crl(ca, ca_key, serial, from, next), NULL).end,
	                 CERT_REVOKED);
	/* an old list still revokes, but its silence is no news */
	assert_int_equal(ask(leaf_rsa, NO_SPAN, ca_der, make_crl(ca, ca_key, serial, from, past), NULL).end,
	                 CERT_REVOKED);
	v = ask(leaf_rsa, NO_SPAN, ca_der, make_crl(ca, ca_key, 0, from, past), NULL);
	assert_true(v.end == CERT_GOOD && !v.revocation_known);
	/* a list under another's key says nothing, whatever name it bears */
	v = ask(leaf_rsa, NO_SPAN, ca_der, make_crl(ca, p256, serial, from, next), NULL);
	assert_true(v.end == CERT_GOOD && !v.revocation_known);
	assert_int_equal(
		ask(leaf_sm2, NO_SPAN, sm2_ca_der, make_crl(sm2_ca, sm2_ca_key, sm2_serial, from, next), NULL).end,
		CERT_REVOKED);
}

static void facts(void **state)
{
	struct cert_facts f;
	(void)state;
	assert_true(cert_read(leaf_rsa, &mem, &f));
	assert_true(span_is(f.subject, "C=DE, O=Test GmbH, CN=Rsa, organizationIdentifier=VATDE-123456789"));
	assert_true(span_is(f.issuer, "C=DE, CN=Root"));
	assert_true(span_is(f.organisation, "Test GmbH") && span_is(f.name, "Rsa"));
	assert_int_equal(f.n_ids, 1);
	assert_true(span_is(f.ids[0].scheme, "organizationIdentifier") && span_is(f.ids[0].value, "VATDE-123456789"));
	assert_int_equal(f.from.us, at_text("2026-01-01T00:00:00Z").us);
	X509 *x = make_cert((struct maker){
		.cn = "Line\nbreak", .uid = "399999999900003", .serial_no = "91500106MA2CE71F65", .key = p256 });
	assert_true(cert_read(cert_der(x), &mem, &f));
	assert_true(span_is(f.name, "Line?break")); /* no control character leaves a certificate */
	assert_int_equal(f.n_ids, 2);
	X509_free(x);
	assert_false(cert_read(S("x"), &mem, &f));
}

/* ---- CMS ---- */

static enum cms_end cms(struct cms_maker m)
{
	struct cms c;
	struct span der = make_cms(m);
	return cms_check(der, m.detached ? m.content : (struct span){ NULL, 0 }, &mem, &c);
}
#define INVOICE S("<Invoice>100.00</Invoice>")

static void cms_good(void **state)
{
	(void)state;
	EVP_PKEY *keys[] = { rsa, p256, sm2 };
	X509 *certs[] = { x_rsa, x_p256, x_sm2 };
	for (size_t i = 0; i < 3; i++)
		for (int form = 0; form < 16; form++) {
			struct cms_maker m = { .key = keys[i],
				               .cert = certs[i],
				               .content = INVOICE,
				               .detached = form & 1,
				               .attributes = form & 2,
				               .gm = form & 4,
				               .key_id = form & 8 };
			struct cms c;
			struct span der = make_cms(m);
			assert_true(cms_looks_like(der));
			assert_int_equal(cms_check(der, m.detached ? INVOICE : (struct span){ NULL, 0 }, &mem, &c),
			                 CMS_GOOD);
			assert_true(span_eq(c.content, INVOICE) && span_eq(c.signer, cert_der(certs[i])));
			if (m.detached) {
				assert_int_equal(cms_check(der, S("<Invoice>900.00</Invoice>"), &mem, &c), CMS_ALTERED);
				assert_int_equal(cms_check(der, (struct span){ NULL, 0 }, &mem, &c), CMS_POLICY);
			} else {
				assert_int_equal(cms_check(pki_replace(der, S("100.00"), S("900.00")),
				                           (struct span){ NULL, 0 }, &mem, &c),
				                 CMS_ALTERED);
				assert_int_equal(cms_check(der, INVOICE, &mem, &c), CMS_POLICY); /* inside and beside */
			}
		}
	arena_reset(&mem);
}

/* OpenSSL's own CMS, which we did not write: RSA and ECDSA, attached and detached, with signing certificate v2. */
static void cms_of_openssl(void **state)
{
	(void)state;
	EVP_PKEY *keys[] = { rsa, p256 };
	X509 *certs[] = { x_rsa, x_p256 };
	for (size_t i = 0; i < 4; i++) {
		BIO *in = BIO_new_mem_buf(INVOICE.at, (int)INVOICE.len);
		unsigned flags = CMS_BINARY | CMS_CADES | (i & 2 ? CMS_DETACHED : 0);
		CMS_ContentInfo *ci = CMS_sign(certs[i & 1], keys[i & 1], NULL, in, flags);
		assert_non_null(ci);
		unsigned char *at = NULL;
		int n = i2d_CMS_ContentInfo(ci, &at);
		struct cms c;
		struct span der = { (const char *)at, (size_t)n };
		assert_int_equal(cms_check(der, i & 2 ? INVOICE : (struct span){ NULL, 0 }, &mem, &c), CMS_GOOD);
		assert_true(c.dated);
		assert_true(span_eq(c.signer, cert_der(certs[i & 1])));
		OPENSSL_free(at);
		CMS_ContentInfo_free(ci);
		BIO_free(in);
	}
	arena_reset(&mem);
}

static struct span ess(struct span cert)
{
	struct span id = TLV(DER_SEQUENCE, TLV(DER_OCTETS, pki_digest("SHA256", cert)));
	return attribute("1.2.840.113549.1.9.16.2.47", TLV(DER_SEQUENCE, TLV(DER_SEQUENCE, id)));
}

static void cms_attacks(void **state)
{
	struct cms_maker base = { .key = p256, .cert = x_p256, .content = INVOICE, .attributes = true }, m;
	struct span data = pki_oid("1.2.840.113549.1.7.1");
	(void)state;
	assert_int_equal(cms(base), CMS_GOOD);
	m = base, m.two_signers = true;
	assert_int_equal(cms(m), CMS_POLICY);
	m = base, m.certificates = ca_der; /* the signer's is missing */
	assert_int_equal(cms(m), CMS_POLICY);
	m = base, m.certificates = pki_cat(leaf_p256, leaf_p256);
	assert_int_equal(cms(m), CMS_POLICY);
	m = base, m.certificates = pki_cat(leaf_p256, ca_der);
	assert_int_equal(cms(m), CMS_GOOD);
	m = base, m.more_attributes = ess(leaf_p256);
	assert_int_equal(cms(m), CMS_GOOD);
	m = base, m.more_attributes = ess(leaf_rsa); /* certificate substitution */
	assert_int_equal(cms(m), CMS_FORGED);
	m = base,
	m.more_attributes = attribute("1.2.840.113549.1.9.4", TLV(DER_OCTETS, pki_digest("SHA256", S("other"))));
	assert_int_equal(cms(m), CMS_POLICY); /* two digests */
	m = base, m.more_attributes = attribute("1.2.840.113549.1.9.3", data);
	assert_int_equal(cms(m), CMS_POLICY);
	m = base, m.digest = pki_digest("SHA256", S("other"));
	assert_int_equal(cms(m), CMS_ALTERED);
	m = base, m.md = "SHA1", m.digest_oid = "1.3.14.3.2.26", m.alg_oid = "1.2.840.10045.4.1"; /* SHA-1 */
	assert_int_equal(cms(m), CMS_POLICY);
	m = base, m.alg_oid = "1.2.840.113549.1.1.11"; /* an RSA algorithm over an EC key */
	assert_int_equal(cms(m), CMS_POLICY);
	m = base, m.alg_oid = "1.2.840.10045.4.3.4"; /* the signature's digest is not the attributes' */
	assert_int_equal(cms(m), CMS_POLICY);
	m = base, m.key = key_ec("P-256"); /* not the certificate's key */
	assert_int_equal(cms(m), CMS_FORGED);
	EVP_PKEY_free(m.key);
	/* a counter-signature is not looked at, and does not make a signature good (ATK-34) */
	m = base, m.unsigned_attributes = attribute("1.2.840.113549.1.9.6", TLV(DER_SEQUENCE, pki_small(1)));
	assert_int_equal(cms(m), CMS_GOOD);
	/* signed attributes passed off as a content that was never signed */
	struct cms c;
	struct span attrs = TLV(DER_SET, attribute("1.2.840.113549.1.9.3", data),
	                        attribute("1.2.840.113549.1.9.4", TLV(DER_OCTETS, pki_digest("SHA256", INVOICE))));
	m = base, m.attributes = false, m.content = attrs;
	assert_int_equal(cms(m), CMS_POLICY);
	/* BER */
	struct span der = make_cms(base);
	assert_int_equal(cms_check(pki_cat(der, S("\0")), (struct span){ NULL, 0 }, &mem, &c), CMS_MALFORMED);
	struct span ber = pki_cat(pki_cat(S("\x30\x80"), ((struct span){ der.at + 4, der.len - 4 })), S("\0\0"));
	assert_true(cms_looks_like(ber));
	assert_int_equal(cms_check(ber, (struct span){ NULL, 0 }, &mem, &c), CMS_MALFORMED);
	assert_int_equal(cms_check(S(""), (struct span){ NULL, 0 }, &mem, &c), CMS_MALFORMED);
	arena_reset(&mem);
}

/* Every byte of a signed message matters: changing one never leaves it good with another content or signer. */
static void cms_every_byte(void **state)
{
	struct cms_maker base = { .key = sm2, .cert = x_sm2, .content = INVOICE, .attributes = true, .gm = true };
	struct span der = make_cms(base);
	size_t mark = pki.used;
	unsigned good = 0;
	(void)state;
	for (size_t i = 0; i < der.len; i += 3) {
		struct span bad = pki_spoilt(der, i);
		struct cms c;
		if (cms_check(bad, (struct span){ NULL, 0 }, &mem, &c) == CMS_GOOD) {
			assert_true(span_eq(c.content, INVOICE));
			good += ASK(c.signer, NO_SPAN, sm2_ca_der) ==
			        CERT_GOOD; /* version numbers, the list of digests */
		}
		arena_reset(&mem);
		pki.used = mark;
	}
	printf("  %u of %zu changed bytes left the signature good\n", good, der.len / 3);
}

/* ---- seals ---- */

static enum ses_end ses(struct span der, struct span file)
{
	struct ses s;
	enum ses_end e = ses_read(der, &mem, &s);
	return e == SES_GOOD ? ses_check(&s, file) : e;
}

static struct seal_maker seal_base(int version)
{
	return (struct seal_maker){ .version = version,
		                    .signer_key = sm2,
		                    .maker_key = sm2_ca_key,
		                    .signer = leaf_sm2,
		                    .maker = sm2_ca_der,
		                    .file = S("<Signature/>") };
}

static void seals(void **state)
{
	(void)state;
	for (int version = 1; version <= 4; version += 3) {
		struct seal_maker b = seal_base(version), m;
		struct span good = make_seal(b);
		struct ses s;
		assert_int_equal(ses_read(good, &mem, &s), SES_GOOD);
		assert_int_equal(s.version, version);
		assert_true(s.dated && span_is(s.seal_name, "测试印章") && span_eq(s.signer, leaf_sm2));
		assert_int_equal(ses_check(&s, b.file), SES_GOOD);
		assert_int_equal(ses(good, S("<Signature>x</Signature>")), SES_ALTERED); /* ATK-47 */
		m = b, m.listed = sm2_ca_der;                                            /* a seal made for another */
		assert_int_equal(ses(make_seal(m), b.file), SES_STRANGER);
		m = b, m.maker_key = sm2; /* a seal nobody but the signer vouches for */
		assert_int_equal(ses(make_seal(m), b.file), SES_SEAL_FORGED);
		m = b, m.signer_key = sm2_ca_key;
		assert_int_equal(ses(make_seal(m), b.file), SES_FORGED);
		m = b, m.distid = "ALICE123@YAHOO.COM"; /* ATK-51 */
		assert_int_equal(ses(make_seal(m), b.file), SES_FORGED);
		m = b, m.at = "20290601000000Z";
		assert_int_equal(ses(make_seal(m), b.file), SES_SEAL_TIME);
		m = b, m.alg = "1.2.840.10045.4.3.2"; /* ATK-29, 45: another algorithm named */
		assert_int_equal(ses(make_seal(m), b.file), SES_POLICY);
		m = b, m.signer = leaf_p256, m.signer_key = p256; /* not SM2 */
		assert_int_equal(ses(make_seal(m), b.file), SES_POLICY);
		assert_int_equal(ses(pki_cat(good, S("\0")), b.file), SES_MALFORMED); /* ATK-52 */
		assert_int_equal(ses(pki_replace(good, S("ES\x02"), S("EX\x02")), b.file), SES_MALFORMED);
	}
	assert_int_equal(ses(sign_der(sm2, "SM3", S("x")), S("x")), SES_BARE); /* ATK-49 */
	/* a version 4 seal inside a version 1 signature, and the other way round */
	assert_int_equal(ses(S(""), S("")), SES_MALFORMED);
	arena_reset(&mem);
}

static void seal_every_byte(void **state)
{
	struct seal_maker b = seal_base(4);
	struct span der = make_seal(b);
	size_t mark = pki.used;
	unsigned good = 0;
	(void)state;
	for (size_t i = 0; i < der.len; i++) {
		struct span bad = pki_spoilt(der, i);
		good += ses(bad, b.file) == SES_GOOD;
		arena_reset(&mem);
		pki.used = mark;
	}
	/* nothing at all is outside of one of the three signatures but the two algorithm identifiers, which are compared */
	assert_true(good == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(strict_der), T(der_times),       T(algorithms),     T(ecdsa_numbers),    T(weak_keys),
		T(paths),      T(intermediates),   T(usages),         T(name_constraints), T(revocation),
		T(facts),      T(cms_good),        T(cms_of_openssl), T(cms_attacks),      T(cms_every_byte),
		T(seals),      T(seal_every_byte),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
