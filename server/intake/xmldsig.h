/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xmldsig.h: one enveloped XML signature (XML-DSig 1.1) under a policy.
 *
 * General verifiers are asked "does something in here verify"; ours is asked
 * "who signed this document, all of it". So there is one form: exactly one
 * ds:Signature in the whole document, at a place its format has for it; one
 * reference, URI="", enveloped-signature and at most one canonicalisation;
 * SHA-256, SHA-384 or SHA-512 with RSA or ECDSA; the key in X509Data and
 * nowhere else. A second reference may cover the signature's own XAdES
 * SignedProperties, which then give the claimed time. Everything else (XPath,
 * XSLT, base64, external URIs, manifests, KeyValue, RetrievalMethod, HMAC) is
 * refused by not being known here.
 *
 * The caller gets the bytes that went into the digest and reads the document
 * from them: what was not signed cannot be seen.
 */
#ifndef CF_XMLDSIG_H
#define CF_XMLDSIG_H

#include "cert.h"
#include "crypto.h"
#include "intake/xml.h"

enum xmldsig_end {
	XMLDSIG_NONE,    /* no ds:Signature, or no XML this registry reads */
	XMLDSIG_EMPTY,   /* the place for one, and nothing in it: unsigned */
	XMLDSIG_POLICY,  /* a signature outside the form above: as good as unsigned */
	XMLDSIG_ALTERED, /* in form, and the document is not what was signed */
	XMLDSIG_FORGED,  /* in form, and the signature is not of the certificate's key */
	XMLDSIG_GOOD,    /* signed by the certificate's key; who that is, cert_check says */
};
struct xmldsig {
	struct span content; /* canonical bytes of the document without its signature: what was signed */
	struct span signer;  /* certificate in DER */
	struct span extra[CERT_EXTRA_MAX];
	size_t n_extra;
	bool dated;
	struct moment claimed; /* XAdES SigningTime, when it was signed */
	const char *why;       /* static text */
};

/* Spans of *ret lie in mem. */
MUST_CHECK enum xmldsig_end xmldsig_check(struct span bytes, struct arena *mem, struct xmldsig *ret);

/*
 * The document with its signature made anew under `key` (ES256, the certificate's own), after something else in it was
 * changed: digest and value are replaced, every other byte stays. For signatures as our own files have them: prefix ds,
 * exclusive canonicalisation, ECDSA with SHA-256, one reference. False when it does not verify afterwards.
 */
MUST_CHECK bool xmldsig_renew(struct span bytes, const struct privkey *key, struct arena *mem, struct span *ret);
#endif
