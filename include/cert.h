/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cert.h: X.509 certificates: bytes in, verdict out.
 *
 * Nothing is fetched, stored or remembered: the moment, the trusted
 * certificates and the revocation lists come as arguments, so the same
 * question has the same answer on every machine and in every replay. The path
 * is RFC 5280's as OpenSSL walks it (names, validity, CA flag, path length, key
 * usage, name constraints, unknown critical extensions), at its security level
 * 2: no SHA-1, no key below 112 bits. Only DER is read.
 */
#ifndef CF_CERT_H
#define CF_CERT_H

#include "base.h"
#include "ids.h"

enum {
	CERT_MAX = 16 * 1024,
	CRL_MAX = 1024 * 1024,
	CERT_EXTRA_MAX = 8,  /* certificates a signature brings along */
	CERT_TRUST_MAX = 64, /* anchors in one question */
	CERT_CRLS_MAX = 64,
	CERT_IDS_MAX = 16,
	CERT_TEXT_MAX = 256, /* bytes of one value; longer ones are left out */
};

enum cert_end {
	CERT_GOOD,
	CERT_MALFORMED, /* the leaf is no certificate in strict DER */
	CERT_UNKNOWN,   /* no path to a trusted certificate */
	CERT_NOT_YET,
	CERT_EXPIRED,
	CERT_REVOKED,
	CERT_WEAK,   /* a key or a digest of the path */
	CERT_USAGE,  /* the leaf is not meant for signing documents */
	CERT_BROKEN, /* the path leads there but does not hold: signature, CA flag, path length, name constraint */
};

/* An empty list has n == 0; the spans are single certificates (or CRLs) in DER. */
struct cert_question {
	struct span leaf;
	const struct span *extra;
	size_t n_extra;
	const struct span *trusted; /* roots or intermediates, or the leaf itself: where the path may end */
	size_t n_trusted;
	const struct span *crls; /* only from issuers on the path, and current at the moment */
	size_t n_crls;
	struct moment at;
};
struct cert_verdict {
	enum cert_end end;
	const char *why;       /* static text */
	size_t trusted;        /* CERT_GOOD: which of the trusted the path ends in */
	bool revocation_known; /* CERT_GOOD: a current list of the leaf's issuer was at hand */
};
struct cert_verdict cert_check(const struct cert_question *q);

/* What a certificate says of its subject. Texts are UTF-8 without control characters, in the arena. */
struct cert_id {
	struct span scheme; /* organizationIdentifier, serialNumber, UID, LEI, or an object identifier in dots */
	struct span value;
};
struct cert_facts {
	struct span subject, issuer;           /* C=CN, O=..., CN=... in the order of the certificate */
	struct span name, organisation, state; /* CN, O, ST of the subject */
	struct moment from, until;             /* both inclusive */
	struct cert_id ids[CERT_IDS_MAX];
	size_t n_ids;
};
/* False when it is no certificate in strict DER, or its dates cannot be read. */
MUST_CHECK bool cert_read(struct span der, struct arena *mem, struct cert_facts *ret);
/* Whether the certificate is the one an issuer (DER Name) and serial number (content of the INTEGER) name, or whose
 * subject key identifier this is. */
MUST_CHECK bool cert_is_named(struct span der, struct span issuer, struct span serial);
MUST_CHECK bool cert_has_key_id(struct span der, struct span key_id);
/* Whether `issuer`'s key signed `der`. */
MUST_CHECK bool cert_issued_by(struct span der, struct span issuer);
#endif
