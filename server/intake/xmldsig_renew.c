/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xmldsig_renew.c: two places of the text change, the reference's digest and
 * the signature's value; what they are computed over is what xmldsig.c checks,
 * and it is asked at the end.
 */
#include "crypto.h"
#include "intake/xml_dom.h"
#include "intake/xmldsig.h"

#define DS "http://www.w3.org/2000/09/xmldsig#"

/* The canonical bytes of SignedInfo, or of the document without its signature. */
static bool canonical_part(struct span bytes, bool info, struct arena *mem, struct span *ret)
{
	struct xml_verdict v;
	xmlDocPtr doc = xml_dom(bytes, &v);
	xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL, *n = root;
	bool good;

	while (n && !dom_is(n, DS, "Signature"))
		n = dom_walk(n, root);
	xmlNode *signature = n;
	if (n && info)
		n = dom_only(n, DS, "SignedInfo");
	if (n && !info)
		xmlUnlinkNode(signature);
	good = n && dom_canonical(doc, info ? n : NULL, XML_C14N_EXCLUSIVE_1_0, mem, ret);
	if (n && !info)
		xmlFreeNode(signature);
	if (doc)
		xmlFreeDoc(doc);
	return good;
}

/* The text with what stands between <ds:NAME> and its end replaced; the element occurs once. */
static bool put_between(struct span *text, const char *open, const char *close, struct span value, struct arena *mem)
{
	const char *from = memmem(text->at, text->len, open, strlen(open)), *to, *end = text->at + text->len;
	struct writer w = writer_in(mem);

	from = from ? from + strlen(open) : NULL;
	to = from ? memmem(from, (size_t)(end - from), close, strlen(close)) : NULL;
	if (!to)
		return false;
	put_span(&w, (struct span){ text->at, (size_t)(from - text->at) });
	put_b64(&w, value);
	put_span(&w, (struct span){ to, (size_t)(end - to) });
	if (w.overflow)
		return false;
	*text = writer_done(&w, mem);
	return true;
}

bool xmldsig_renew(struct span bytes, const struct privkey *key, struct arena *mem, struct span *ret)
{
	struct xmldsig x;
	struct span part;
	struct hash digest;
	uint8_t sig[SIG_LEN];

	if (key->pub.alg != ALG_ES256 || !canonical_part(bytes, false, mem, &part))
		return false;
	digest = sha256(part);
	if (!put_between(&bytes, "<ds:DigestValue>", "</ds:DigestValue>",
	                 (struct span){ (const char *)digest.b, sizeof digest.b }, mem) ||
	    !canonical_part(bytes, true, mem, &part) || !sig_sign(key, part, sig) ||
	    !put_between(&bytes, "<ds:SignatureValue>", "</ds:SignatureValue>",
	                 (struct span){ (const char *)sig, sizeof sig }, mem))
		return false;
	*ret = bytes;
	return xmldsig_check(bytes, mem, &x) == XMLDSIG_GOOD;
}
