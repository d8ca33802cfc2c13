/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cert.c: reading one certificate, and what it says of its subject.
 *
 * OpenSSL's reader takes BER and bytes behind the end, so the bytes are held
 * to DER first. Names are copied out value by value: a certificate may hold
 * any byte in a name, and what leaves here is UTF-8 a terminal can be shown.
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "cert.h"
#include "certs.h"
#include "der.h"
#include "sigalg.h"

#define SM2_ID "1234567812345678"

OSSL_PARAM x509_sm2_id_param(void)
{
	static const char id[] = SM2_ID;

	/* the library only reads it, though its constructors ask for void * */
	return (OSSL_PARAM){ OSSL_PKEY_PARAM_DIST_ID, OSSL_PARAM_OCTET_STRING, (void *)(uintptr_t)id, sizeof id - 1,
		             0 };
}

static ASN1_OCTET_STRING *sm2_id(void)
{
	ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
	bool ok = s && ASN1_OCTET_STRING_set(s, (const unsigned char *)SM2_ID, sizeof SM2_ID - 1) == 1;

	assert(ok);
	return s;
}

X509 *x509_read(struct span der)
{
	const uint8_t *at = (const uint8_t *)der.at;

	if (der.len > CERT_MAX || !der_strict(der))
		return NULL;
	X509 *x = d2i_X509(NULL, &at, (long)der.len);
	if (x && X509_get_signature_nid(x) == NID_SM2_with_SM3)
		X509_set0_distinguishing_id(x, sm2_id()); /* taken over */
	return x;
}

X509_CRL *x509_crl_read(struct span der)
{
	const uint8_t *at = (const uint8_t *)der.at;

	if (der.len > CRL_MAX || !der_strict(der))
		return NULL;
	return d2i_X509_CRL(NULL, &at, (long)der.len);
}

/* By hand, because OpenSSL 3.0 has no way to give a CRL the distinguishing id of SM2. */
bool x509_crl_signed(X509_CRL *c, X509 *issuer)
{
	uint8_t *list = NULL, *by = NULL;
	int len = i2d_X509_CRL(c, &list), by_len = i2d_X509(issuer, &by);
	struct der d = der_over((struct span){ (const char *)list, len > 0 ? (size_t)len : 0 }), all, alg;
	struct span content, tbs, oid, sig;
	bool ok = len > 0 && by_len > 0 && der_enter(&d, DER_SEQUENCE, &all) &&
	          der_take(&all, DER_SEQUENCE, &content, &tbs) && der_enter(&all, DER_SEQUENCE, &alg) &&
	          der_take(&alg, DER_OID, &oid, NULL) && der_bits(&all, &sig) && der_end(&all) &&
	          sig_check((struct span){ (const char *)by, (size_t)by_len }, sigalg_by_oid(oid), SIG_DER, tbs, sig);

	OPENSSL_free(list);
	OPENSSL_free(by);
	return ok;
}

/* ---- texts ---- */

static void put_plain(struct writer *w, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put_byte(w, at[i] < ' ' || at[i] == 0x7f ? '?' : (char)at[i]);
}

/* A value of a name or an extension as UTF-8; the empty span when it is too long or cannot be written so. */
static struct span text_of(const ASN1_STRING *s, struct arena *mem)
{
	unsigned char *utf8 = NULL;
	char text[CERT_TEXT_MAX];
	struct writer w = writer_over(text, sizeof text);
	int len = s ? ASN1_STRING_to_UTF8(&utf8, s) : -1;

	if (len <= 0)
		return (struct span){ NULL, 0 };
	put_plain(&w, utf8, (size_t)len);
	OPENSSL_free(utf8);
	struct span got = writer_span(&w);
	return w.overflow || !utf8_valid(got) ? (struct span){ NULL, 0 } : arena_copy(mem, got);
}

static struct span label_of(const ASN1_OBJECT *o, struct arena *mem)
{
	char text[80];
	int nid = OBJ_obj2nid(o);

	if (nid != NID_undef)
		return arena_copy(mem, span_z(OBJ_nid2sn(nid)));
	int len = OBJ_obj2txt(text, sizeof text, o, 1);
	return len > 0 && len < (int)sizeof text ? arena_copy(mem, span_z(text)) : (struct span){ NULL, 0 };
}

static struct span name_text(const X509_NAME *name, struct arena *mem)
{
	char text[1024];
	struct writer w = writer_over(text, sizeof text);

	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		X509_NAME_ENTRY *e = X509_NAME_get_entry(name, i);
		struct span value = text_of(X509_NAME_ENTRY_get_data(e), mem);

		size_t mark = w.len;
		if (mark)
			put_z(&w, ", ");
		put_span(&w, label_of(X509_NAME_ENTRY_get_object(e), mem));
		put_byte(&w, '=');
		put_span(&w, value);
		if (w.overflow) /* a name nobody reads to its end keeps its beginning */
			return arena_copy(mem, (struct span){ text, mark });
	}
	return arena_copy(mem, writer_span(&w));
}

/* The only value of this kind in the name: of two, neither. */
static struct span name_part(const X509_NAME *name, int nid, struct arena *mem)
{
	int at = X509_NAME_get_index_by_NID(name, nid, -1);

	if (at < 0 || X509_NAME_get_index_by_NID(name, nid, at) >= 0)
		return (struct span){ NULL, 0 };
	return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)), mem);
}

/* ---- identifiers ---- */

static void add_id(struct cert_facts *f, struct span scheme, struct span value)
{
	if (value.len && scheme.len && f->n_ids < CERT_IDS_MAX)
		f->ids[f->n_ids++] = (struct cert_id){ scheme, value };
}

static void name_ids(struct cert_facts *f, const X509_NAME *name, struct arena *mem)
{
	static const struct {
		int nid;
		struct span scheme;
	} kinds[] = {
		{ NID_organizationIdentifier, S_INIT("organizationIdentifier") },
		{ NID_serialNumber, S_INIT("serialNumber") },
		{ NID_userId, S_INIT("UID") },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		add_id(f, kinds[i].scheme, name_part(name, kinds[i].nid, mem));
}

/*
 * Extensions that hold one string: the LEI (ISO 17442-2) and those of
 * GB/T 20518 for Chinese bodies (organisation, business registration, tax).
 */
static void extension_ids(struct cert_facts *f, const X509 *x, struct arena *mem)
{
	static const struct {
		struct span oid, scheme;
	} kinds[] = {
		{ S_INIT("1.3.6.1.4.1.52266.1"), S_INIT("LEI") },
		{ S_INIT("1.2.156.10260.4.1.3"), S_INIT("1.2.156.10260.4.1.3") },
		{ S_INIT("1.2.156.10260.4.1.4"), S_INIT("1.2.156.10260.4.1.4") },
		{ S_INIT("1.2.156.10260.4.1.5"), S_INIT("1.2.156.10260.4.1.5") },
	};

	for (int i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *e = X509_get_ext(x, i);
		const ASN1_OCTET_STRING *v = X509_EXTENSION_get_data(e);
		struct der d = der_over(
			(struct span){ (const char *)ASN1_STRING_get0_data(v), (size_t)ASN1_STRING_length(v) });
		char oid[80];
		struct span s;

		if (OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(e), 1) <= 0 ||
		    (!der_take(&d, DER_PRINTABLE, &s, NULL) && !der_take(&d, DER_UTF8, &s, NULL)) || !der_end(&d) ||
		    s.len > CERT_TEXT_MAX || !utf8_valid(s))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
			if (span_is(kinds[k].oid, oid))
				add_id(f, kinds[k].scheme, arena_copy(mem, s));
	}
}

/* Names a certificate gives its subject besides: directory names of subjectAltName (Saudi Arabia puts the VAT
 * number there). */
static void other_names(struct cert_facts *f, const X509 *x, struct arena *mem)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);
		if (n->type == GEN_DIRNAME)
			name_ids(f, n->d.directoryName, mem);
	}
	GENERAL_NAMES_free(names);
}

static bool time_of(const ASN1_TIME *t, struct moment *ret)
{
	return der_moment_text((struct span){ (const char *)ASN1_STRING_get0_data(t), (size_t)ASN1_STRING_length(t) },
	                       ret);
}

bool cert_read(struct span der, struct arena *mem, struct cert_facts *ret)
{
	struct cert_facts f = { .n_ids = 0 };

	ERR_set_mark();
	X509 *x = x509_read(der);
	bool ok = x && time_of(X509_get0_notBefore(x), &f.from) && time_of(X509_get0_notAfter(x), &f.until);
	if (ok) {
		const X509_NAME *subject = X509_get_subject_name(x);

		f.subject = name_text(subject, mem);
		f.issuer = name_text(X509_get_issuer_name(x), mem);
		f.name = name_part(subject, NID_commonName, mem);
		f.organisation = name_part(subject, NID_organizationName, mem);
		f.state = name_part(subject, NID_stateOrProvinceName, mem);
		name_ids(&f, subject, mem);
		extension_ids(&f, x, mem);
		other_names(&f, x, mem);
		*ret = f;
	}
	X509_free(x);
	ERR_pop_to_mark();
	return ok && arena_ok(mem);
}

/* ---- which certificate is meant ---- */

bool cert_is_named(struct span der, struct span issuer, struct span serial)
{
	const uint8_t *at = (const uint8_t *)issuer.at;

	ERR_set_mark();
	X509 *x = x509_read(der);
	X509_NAME *name = x ? d2i_X509_NAME(NULL, &at, (long)issuer.len) : NULL;
	uint8_t *own = NULL;
	int len = name ? i2d_ASN1_INTEGER(X509_get_serialNumber(x), &own) : -1;
	struct der d = der_over((struct span){ (const char *)own, len > 0 ? (size_t)len : 0 });
	struct span number;
	bool ok = name && X509_NAME_cmp(name, X509_get_issuer_name(x)) == 0 &&
	          der_take(&d, DER_INTEGER, &number, NULL) && span_eq(number, serial);
	OPENSSL_free(own);
	X509_NAME_free(name);
	X509_free(x);
	ERR_pop_to_mark();
	return ok;
}

bool cert_has_key_id(struct span der, struct span key_id)
{
	ERR_set_mark();
	X509 *x = x509_read(der);
	const ASN1_OCTET_STRING *id = x ? X509_get0_subject_key_id(x) : NULL;
	bool ok = id && key_id.len > 0 &&
	          span_eq(key_id,
	                  (struct span){ (const char *)ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id) });
	X509_free(x);
	ERR_pop_to_mark();
	return ok;
}

bool cert_issued_by(struct span der, struct span issuer)
{
	ERR_set_mark();
	X509 *x = x509_read(der), *by = x509_read(issuer);
	bool ok = x && by && X509_check_issued(by, x) == X509_V_OK && X509_verify(x, X509_get0_pubkey(by)) == 1;
	X509_free(x);
	X509_free(by);
	ERR_pop_to_mark();
	return ok;
}
