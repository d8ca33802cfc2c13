/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cms.h: signed data of CMS (RFC 5652) and of its Chinese sister (GM/T 0010),
 * attached or detached: bytes in, verdict out.
 *
 * OpenSSL's CMS reads BER, cannot give SM2 its distinguishing id and needs a
 * BIO for content; so the structure is read here (der.h) and the library keeps
 * the keys and the certificates. Accepted is what a document needs and no
 * more: strict DER, content of type data, exactly one signer with its
 * certificate inside, RSA, ECDSA or SM2 of sigalg.h. With signed attributes
 * (CAdES) these must hold the content type and the digest once each, and a
 * signing-certificate-v2, if any, must mean the signer. What is unsigned
 * (counter-signatures, revocation lists, attribute certificates) is not read.
 */
#ifndef CF_CMS_H
#define CF_CMS_H

#include "base.h"
#include "cert.h"
#include "ids.h"

enum cms_end {
	CMS_GOOD,      /* the signer's key signed the content; who that is, cert_check says */
	CMS_MALFORMED, /* no signed data in strict DER */
	CMS_POLICY,    /* signed data of a form or under an algorithm that is not accepted */
	CMS_ALTERED,   /* the content is not what was signed */
	CMS_FORGED,    /* the signature is not of the signer's key */
};
struct cms {
	struct span content;
	bool attached;
	struct span signer; /* certificate in DER */
	struct span extra[CERT_EXTRA_MAX];
	size_t n_extra;
	bool dated;
	struct moment claimed; /* the signer's own word, when dated */
	const char *why;       /* static text, "" when good */
};

/* Looks like signed data by its first bytes. */
bool cms_looks_like(struct span der);
/* detached.at == NULL: the content must be inside; otherwise it must not be. Spans of *ret borrow from der, detached
 * and mem; *ret is filled as far as the reading came. */
MUST_CHECK enum cms_end cms_check(struct span der, struct span detached, struct arena *mem, struct cms *ret);
#endif
