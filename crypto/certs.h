/* SPDX-License-Identifier: Apache-2.0 */
/* certs.h: X.509 certificates among the files of this directory; callers outside never see OpenSSL's types. */
#ifndef CF_CERTS_H
#define CF_CERTS_H

#include <openssl/params.h>
#include <openssl/x509.h>

#include "base.h"

/* One certificate in strict DER and nothing around it, at most CERT_MAX bytes; NULL otherwise. A certificate with an
 * SM2 signature is given the distinguishing id, without which OpenSSL finds the signature wrong. */
X509 *x509_read(struct span der);
/* The distinguishing id of SM2 as a parameter of EVP_DigestVerifyInit_ex. */
OSSL_PARAM x509_sm2_id_param(void);
/* The same for a revocation list, at most CRL_MAX bytes; and whether this issuer's key signed it. */
X509_CRL *x509_crl_read(struct span der);
bool x509_crl_signed(X509_CRL *c, X509 *issuer);
#endif
