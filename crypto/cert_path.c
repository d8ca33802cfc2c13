/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cert_path.c: from a certificate to one that is trusted.
 *
 * A path may end in any trusted certificate, self-signed or not: the operator
 * pins what it trusts and nothing above it. Revocation is judged here and not
 * by OpenSSL, because "no list at hand" and "the list is old" are answers of
 * their own; a certificate on a list of its issuer is revoked however old the
 * list is, for a list forgets only the expired.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "cert.h"
#include "certs.h"

#define PATH_DEPTH 6     /* intermediates */
#define SECURITY_LEVEL 2 /* 112 bits: no SHA-1, RSA from 2048 */

static struct cert_verdict verdict(enum cert_end end, const char *why)
{
	return (struct cert_verdict){ .end = end, .why = why };
}

/* ---- what the leaf may be used for ---- */

/* Purposes that are other than signing a document. One unknown to us was given by a CA the operator trusts for it. */
static bool is_foreign_purpose(const ASN1_OBJECT *o)
{
	static const int foreign[] = { NID_server_auth, NID_time_stamp, NID_OCSP_sign, NID_ms_sgc, NID_ns_sgc };
	int nid = OBJ_obj2nid(o);

	for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
		if (nid == foreign[i])
			return true;
	return false;
}

static bool may_sign(X509 *x)
{
	uint32_t usage = X509_get_key_usage(x); /* all bits when the certificate does not say */
	bool ok = false;

	if (!(usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)))
		return false;
	if (X509_get_ext_by_NID(x, NID_ext_key_usage, -1) < 0)
		return true;
	EXTENDED_KEY_USAGE *e = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
	for (int i = 0; e && i < sk_ASN1_OBJECT_num(e); i++)
		ok |= !is_foreign_purpose(sk_ASN1_OBJECT_value(e, i));
	EXTENDED_KEY_USAGE_free(e);
	return ok;
}

/* ---- the path ---- */

static STACK_OF(X509) * stack_of(const struct span *der, size_t n)
{
	STACK_OF(X509) *s = sk_X509_new_null();

	assert(s);
	for (size_t i = 0; i < n; i++) {
		X509 *x = x509_read(der[i]);
		bool kept = !x || sk_X509_push(s, x) > 0;
		assert(kept); /* else no memory is left: no verdict */
	}
	return s;
}

static struct cert_verdict verdict_of(int error)
{
	switch (error) {
	case X509_V_OK:
		return verdict(CERT_GOOD, "");
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_UNTRUSTED:
		return verdict(CERT_UNKNOWN, "the certificate leads to no trust anchor");
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return verdict(CERT_NOT_YET, "a certificate of the path is not valid yet");
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return verdict(CERT_EXPIRED, "a certificate of the path has expired");
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
	case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
		return verdict(CERT_WEAK, "a key or digest of the path is too weak");
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		return verdict(CERT_BROKEN, "a signature of the path does not verify");
	case X509_V_ERR_INVALID_CA:
	case X509_V_ERR_PATH_LENGTH_EXCEEDED:
	case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
		return verdict(CERT_BROKEN, "an issuer of the path may not issue certificates");
	case X509_V_ERR_PERMITTED_VIOLATION:
	case X509_V_ERR_EXCLUDED_VIOLATION:
		return verdict(CERT_BROKEN, "a name is outside what its issuer may certify");
	default:
		return verdict(CERT_BROKEN, "the path does not hold");
	}
}

/* ---- revocation ---- */

static bool list_current(const X509_CRL *c, time_t at)
{
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(c);

	return ASN1_TIME_cmp_time_t(X509_CRL_get0_lastUpdate(c), at) <= 0 && next &&
	       ASN1_TIME_cmp_time_t(next, at) >= 0;
}

/* What the lists say of one certificate. A list counts only under its issuer's signature. */
static bool on_a_list(STACK_OF(X509_CRL) * lists, X509 *x, X509 *issuer, time_t at, bool *known)
{
	for (int i = 0; i < sk_X509_CRL_num(lists); i++) {
		X509_CRL *c = sk_X509_CRL_value(lists, i);
		X509_REVOKED *entry = NULL;

		if (X509_NAME_cmp(X509_CRL_get_issuer(c), X509_get_issuer_name(x)) != 0 || !x509_crl_signed(c, issuer))
			continue;
		int found = X509_CRL_get0_by_cert(c, &entry, x); /* 2: removed from the list again */
		if (found == 1)
			return true;
		/* a list of part of what its issuer gave out says nothing by its silence */
		*known |= list_current(c, at) && X509_CRL_get_ext_by_critical(c, 1, -1) < 0;
	}
	return false;
}

static struct cert_verdict revocation(STACK_OF(X509) * path, STACK_OF(X509_CRL) * lists, time_t at)
{
	struct cert_verdict v = verdict(CERT_GOOD, "");

	for (int i = 0; i + 1 < sk_X509_num(path); i++) {
		bool known = false;

		if (on_a_list(lists, sk_X509_value(path, i), sk_X509_value(path, i + 1), at, &known))
			return verdict(CERT_REVOKED, "a certificate of the path is revoked");
		if (i == 0)
			v.revocation_known = known;
	}
	return v;
}

/* ---- the question ---- */

static struct cert_verdict judge(const struct cert_question *q, X509_STORE_CTX *c, STACK_OF(X509) * trusted,
                                 STACK_OF(X509_CRL) * lists)
{
	time_t at = (time_t)(q->at.us / 1000000);
	X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(c);

	X509_STORE_CTX_set0_trusted_stack(c, trusted);
	X509_VERIFY_PARAM_set_time(p, at);
	X509_VERIFY_PARAM_set_depth(p, PATH_DEPTH);
	X509_VERIFY_PARAM_set_auth_level(p, SECURITY_LEVEL);
	(void)X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_PARTIAL_CHAIN);
	int ok = X509_verify_cert(c), error = X509_STORE_CTX_get_error(c);
	assert(error != X509_V_ERR_OUT_OF_MEM);
	if (ok != 1)
		return verdict_of(error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error);
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(c);
	struct cert_verdict v = revocation(path, lists, at);
	X509 *top = sk_X509_value(path, sk_X509_num(path) - 1);
	for (size_t i = 0; i < q->n_trusted; i++) {
		X509 *t = x509_read(q->trusted[i]);
		bool same = t && X509_cmp(t, top) == 0;
		X509_free(t);
		if (!same)
			continue;
		v.trusted = i;
		return v;
	}
	return verdict(CERT_UNKNOWN, "the certificate leads to no trust anchor");
}

static STACK_OF(X509_CRL) * lists_of(const struct span *der, size_t n)
{
	STACK_OF(X509_CRL) *s = sk_X509_CRL_new_null();

	assert(s);
	for (size_t i = 0; i < n; i++) {
		X509_CRL *c = x509_crl_read(der[i]);
		bool kept = !c || sk_X509_CRL_push(s, c) > 0;
		assert(kept);
	}
	return s;
}

static struct cert_verdict walk(const struct cert_question *q, X509 *leaf)
{
	STACK_OF(X509) *trusted = stack_of(q->trusted, q->n_trusted), *extra = stack_of(q->extra, q->n_extra);
	STACK_OF(X509_CRL) *lists = lists_of(q->crls, q->n_crls);
	X509_STORE *store = X509_STORE_new(); /* empty; without one there is no context */
	X509_STORE_CTX *c = X509_STORE_CTX_new();

	bool ok = store && c && X509_STORE_CTX_init(c, store, leaf, extra) == 1;
	assert(ok);
	struct cert_verdict v = judge(q, c, trusted, lists);
	X509_STORE_CTX_free(c);
	X509_STORE_free(store);
	sk_X509_CRL_pop_free(lists, X509_CRL_free);
	sk_X509_pop_free(extra, X509_free);
	sk_X509_pop_free(trusted, X509_free);
	return v;
}

struct cert_verdict cert_check(const struct cert_question *q)
{
	assert(q->n_extra <= CERT_EXTRA_MAX && q->n_trusted <= CERT_TRUST_MAX && q->n_crls <= CERT_CRLS_MAX);
	ERR_set_mark();
	X509 *leaf = x509_read(q->leaf);
	struct cert_verdict v = verdict(CERT_MALFORMED, "the certificate is not X.509 in strict DER");
	if (leaf)
		v = may_sign(leaf) ? walk(q, leaf)
		                   : verdict(CERT_USAGE, "the certificate is not meant for signing documents");
	X509_free(leaf);
	ERR_pop_to_mark();
	return v;
}
