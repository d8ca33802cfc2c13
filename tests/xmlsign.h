/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xmlsign.h: enveloped XML signatures for tests, good ones and crooked ones.
 *
 * A document is a text with the mark @SIG@ where its signature goes. What is
 * digested is the canonical form of the text without the mark; SignedInfo is
 * canonicalised where it stands.
 */
#ifndef CF_TEST_XMLSIGN_H
#define CF_TEST_XMLSIGN_H

#include "pki.h"

#include "intake/xml_dom.h"

#define XDS "http://www.w3.org/2000/09/xmldsig#"
#define XMORE "http://www.w3.org/2001/04/xmldsig-more#"
#define XENC "http://www.w3.org/2001/04/xmlenc#"
#define C14N_10 "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define C14N_11 "http://www.w3.org/2006/12/xml-c14n11"
#define C14N_EXC "http://www.w3.org/2001/10/xml-exc-c14n#"

struct xmaker {
	struct span text;
	EVP_PKEY *key;
	struct span cert, extra;        /* certificates in DER */
	const char *c14n;               /* of SignedInfo and the document */
	const char *method, *md;        /* of the signature */
	const char *digest, *digest_md; /* of the reference */
	const char *uri;
	const char *transforms;      /* the whole content of Transforms; NULL: enveloped and c14n */
	const char *references;      /* instead of the one reference: all of them */
	const char *more_references; /* behind it */
	const char *key_info;        /* the whole content of KeyInfo */
	const char *objects;         /* behind KeyInfo */
	const char *value;           /* instead of the true one */
	bool der_value;              /* ECDSA as DER */
};
static inline struct span xfmt(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline struct span xfmt(const char *format, ...)
{
	char text[1 << 16];
	va_list v;
	va_start(v, format);
	int n = vsnprintf(text, sizeof text, format, v);
	va_end(v);
	assert_true(n >= 0 && n < (int)sizeof text);
	struct span all = arena_copy(&pki, (struct span){ text, (size_t)n + 1 }); /* with its zero */
	return (struct span){ all.at, (size_t)n };
}
static inline const char *x64(struct span s)
{
	struct writer w = writer_in(&pki);
	put_b64(&w, s);
	put_byte(&w, 0);
	return writer_done(&w, &pki).at;
}
static inline struct span xcanon(struct span text, const char *c14n, const char *element)
{
	struct xml_verdict v;
	xmlC14NMode mode = strcmp(c14n, C14N_EXC) == 0  ? XML_C14N_EXCLUSIVE_1_0
	                   : strcmp(c14n, C14N_11) == 0 ? XML_C14N_1_1
	                                                : XML_C14N_1_0;
	xmlDocPtr doc = xml_dom(text, &v);
	if (!doc)
		fail_msg("%s at line %d: %.*s", v.why, v.line, (int)text.len, text.at);
	const xmlNode *root = xmlDocGetRootElement(doc), *n = root;
	while (element && n && strcmp((const char *)n->name, element) != 0)
		n = dom_walk(n, root);
	struct span s;
	assert_non_null(n);
	assert_true(dom_canonical(doc, element ? n : NULL, mode, &pki, &s));
	xmlFreeDoc(doc);
	return s;
}
static inline struct span xput(struct span text, const char *mark, struct span with)
{
	return pki_replace(text, span_z(mark), with);
}
static inline struct span xsign(struct xmaker m)
{
	bool ec = !EVP_PKEY_is_a(m.key, "RSA");
	const char *c14n = m.c14n ? m.c14n : C14N_EXC;
	struct span plain = xput(m.text, "@SIG@", NO_SPAN);
	const char *digest_md = m.digest_md ? m.digest_md : "SHA256";
	const char *transforms = m.transforms ? m.transforms
	                                      : xfmt("<ds:Transform Algorithm=\"" XDS "enveloped-signature\"/>"
	                                             "<ds:Transform Algorithm=\"%s\"/>",
	                                             c14n)
	                                                .at;
	const char *reference =
		xfmt("<ds:Reference URI=\"%s\"><ds:Transforms>%s</ds:Transforms>"
	             "<ds:DigestMethod Algorithm=\"%s\"/><ds:DigestValue>%s</ds:DigestValue></ds:Reference>",
	             m.uri ? m.uri : "", transforms, m.digest ? m.digest : XENC "sha256",
	             x64(pki_digest(digest_md, xcanon(plain, c14n, NULL))))
			.at;
	const char *info =
		m.key_info
			? m.key_info
			: xfmt("<ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate>%s</ds:X509Data>", x64(m.cert),
	                       m.extra.len ? xfmt("<ds:X509Certificate>%s</ds:X509Certificate>", x64(m.extra)).at : "")
				  .at;
	struct span sig =
		xfmt("<ds:Signature xmlns:ds=\"" XDS "\" Id=\"sig\"><ds:SignedInfo>"
	             "<ds:CanonicalizationMethod Algorithm=\"%s\"/><ds:SignatureMethod Algorithm=\"%s\"/>%s%s"
	             "</ds:SignedInfo><ds:SignatureValue>@VALUE@</ds:SignatureValue><ds:KeyInfo>%s</ds:KeyInfo>%s"
	             "</ds:Signature>",
	             c14n,
	             m.method ? m.method
	             : ec     ? XMORE "ecdsa-sha256"
	                      : XMORE "rsa-sha256",
	             m.references ? m.references : reference, m.more_references ? m.more_references : "", info,
	             m.objects ? m.objects : "");
	struct span all = xput(m.text, "@SIG@", sig);
	struct span value = sign_der(m.key, m.md ? m.md : "SHA256", xcanon(all, c14n, "SignedInfo"));
	if (ec && !m.der_value)
		value = sig_raw(value, (EVP_PKEY_get_bits(m.key) + 7) / 8);
	return xput(all, "@VALUE@", span_z(m.value ? m.value : x64(value)));
}

/* ---- compact JWS ---- */

static inline struct span b64u(struct span s)
{
	struct writer w = writer_in(&pki);
	put_b64url(&w, s);
	return writer_done(&w, &pki);
}
static inline struct span make_jws(const char *header, struct span payload, EVP_PKEY *k)
{
	struct span signed_ = pki_cat(pki_cat(b64u(span_z(header)), S(".")), b64u(payload));
	struct span sig = sign_der(k, "SHA256", signed_);
	if (!EVP_PKEY_is_a(k, "RSA"))
		sig = sig_raw(sig, 32);
	return pki_cat(pki_cat(signed_, S(".")), b64u(sig));
}
#endif
