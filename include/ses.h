/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ses.h: the electronic seal of China over a document, GB/T 38540 (version 4)
 * and GM/T 0031 (version 1): bytes in, verdict out.
 *
 * Three signatures stand behind each other: the seal's maker signed the seal
 * (picture, name, validity and the certificates that may use it), the signer
 * signed the seal together with the digest of one file, and that file names
 * the digests of all the others (server/intake/ofd_seal.h walks those). All
 * are SM2 with SM3; another algorithm is refused, not tried. The algorithm
 * identifiers of version 4 stand outside of what is signed and are therefore
 * only compared, never obeyed.
 */
#ifndef CF_SES_H
#define CF_SES_H

#include "base.h"
#include "ids.h"

enum ses_end {
	SES_GOOD,        /* all three hold; who signer and maker are, cert_check says */
	SES_MALFORMED,   /* no seal of either version in strict DER */
	SES_BARE,        /* an SM2 signature without a seal and a certificate */
	SES_POLICY,      /* another algorithm, or a key that is not SM2 */
	SES_ALTERED,     /* the signed file is not the one the seal was put on */
	SES_FORGED,      /* the signature is not of the signer's key */
	SES_SEAL_FORGED, /* the seal is not of its maker's key */
	SES_STRANGER,    /* the signer's certificate is not one the seal was made for */
	SES_SEAL_TIME,   /* put on outside the seal's own validity */
};
struct ses {
	unsigned version;                     /* 1 or 4 */
	struct span to_sign, data_hash, file; /* file: the path of what is signed, as the signer wrote it */
	struct span signer, maker;            /* certificates in DER */
	struct span seal_id, seal_name;
	struct moment seal_from, seal_until;
	bool dated;
	struct moment claimed; /* when the signer says it signed */
	/* for ses_check */
	struct span seal_signed, seal_signature, signature, list;
	uint32_t list_type;
	bool algorithms;
	const char *why; /* static text, "" when good */
};

/* Spans borrow from der (and for version 1 from mem). SES_GOOD: it can be asked with ses_check. */
MUST_CHECK enum ses_end ses_read(struct span der, struct arena *mem, struct ses *ret);
/* The seal holds and is over these bytes. Sets s->why. */
MUST_CHECK enum ses_end ses_check(struct ses *s, struct span file);
#endif
