/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xmldsig.c: the order matters and is this.
 *
 *   form       one signature, in place, every element of it known
 *   signature  over the canonical SignedInfo, under the first certificate's key
 *   digests    of the signature's own properties, then of the document after the signature is taken out of the tree
 *
 * Nothing is resolved by Id but the one fixed element inside the signature,
 * and its Id must be the only one of its value in the document.
 */
#include "crypto.h"
#include "intake/xml_dom.h"
#include "intake/xmldsig.h"
#include "sigalg.h"

#define DS "http://www.w3.org/2000/09/xmldsig#"
#define XADES "http://uri.etsi.org/01903/v1.3.2#"
#define XADES_PROPERTIES "http://uri.etsi.org/01903#SignedProperties"
#define ENVELOPED DS "enveloped-signature"
#define UBL(part) "urn:oasis:names:specification:ubl:schema:xsd:" part "-2"

static const struct {
	const char *uri;
	xmlC14NMode mode;
} canonical[] = {
	{ "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", XML_C14N_1_0 },
	{ "http://www.w3.org/2006/12/xml-c14n11", XML_C14N_1_1 },
	{ "http://www.w3.org/2001/10/xml-exc-c14n#", XML_C14N_EXCLUSIVE_1_0 },
};
static const struct {
	const char *uri;
	enum digest_alg alg;
} digests[] = {
	{ "http://www.w3.org/2001/04/xmlenc#sha256", DIGEST_SHA256 },
	{ "http://www.w3.org/2001/04/xmldsig-more#sha384", DIGEST_SHA384 },
	{ "http://www.w3.org/2001/04/xmlenc#sha512", DIGEST_SHA512 },
};
static const struct {
	const char *uri;
	struct sigalg alg;
} signatures[] = {
	{ "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", { KEY_RSA, DIGEST_SHA256 } },
	{ "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", { KEY_RSA, DIGEST_SHA384 } },
	{ "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", { KEY_RSA, DIGEST_SHA512 } },
	{ "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", { KEY_EC, DIGEST_SHA256 } },
	{ "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", { KEY_EC, DIGEST_SHA384 } },
	{ "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", { KEY_EC, DIGEST_SHA512 } },
};

struct reference {
	struct span uri, type, digest;
	enum digest_alg alg;
	bool enveloped;
	xmlC14NMode mode;
};
struct reading {
	xmlDocPtr doc;
	struct arena *mem;
	xmlNode *signature, *info;
	xmlC14NMode mode; /* of SignedInfo */
	struct sigalg alg;
	struct reference document, properties;
	bool has_properties;
	struct span value;
	struct xmldsig *ret;
};

static bool refuse(struct reading *r, const char *why)
{
	r->ret->why = why;
	return false;
}

/* ---- where the signature stands ---- */

/* From the signature upwards to below the root: the places formats have for it. */
static const struct step {
	const char *ns, *name;
} plain_place[] = { { NULL, NULL } },
  ubl_place[] = { { UBL("CommonExtensionComponents"), "ExtensionContent" },
	          { UBL("CommonExtensionComponents"), "UBLExtension" },
	          { UBL("CommonExtensionComponents"), "UBLExtensions" },
	          { NULL, NULL } },
  ubl_sac_place[] = { { UBL("SignatureAggregateComponents"), "SignatureInformation" },
	              { UBL("CommonSignatureComponents"), "UBLDocumentSignatures" },
	              { UBL("CommonExtensionComponents"), "ExtensionContent" },
	              { UBL("CommonExtensionComponents"), "UBLExtension" },
	              { UBL("CommonExtensionComponents"), "UBLExtensions" },
	              { NULL, NULL } },
  *const places[] = { plain_place, ubl_place, ubl_sac_place };

static bool stands_at(const xmlNode *signature, const xmlNode *root, const struct step *place)
{
	const xmlNode *n = signature->parent;

	for (; place->name; place++, n = n->parent)
		if (!dom_is(n, place->ns, place->name))
			return false;
	return n == root;
}

/* Sets r->signature when there is exactly one. */
static unsigned count_signatures(struct reading *r, const xmlNode *root)
{
	unsigned k = 0;

	for (xmlNode *n = xmlDocGetRootElement(r->doc); n; n = dom_walk(n, root))
		if (dom_is(n, DS, "Signature")) {
			k++;
			r->signature = n;
		}
	return k;
}

static bool in_place(struct reading *r, const xmlNode *root)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (stands_at(r->signature, root, places[i]))
			return true;
	return refuse(r, "the signature does not stand where the document's format has it");
}

/* SUNAT's files carry the place without the signature: no method, or no value. */
static bool is_empty(struct reading *r)
{
	const xmlNode *info = dom_only(r->signature, DS, "SignedInfo");
	const xmlNode *method = info ? dom_only(info, DS, "SignatureMethod") : NULL;
	const xmlNode *value = dom_only(r->signature, DS, "SignatureValue");
	struct span s;

	if (!dom_child(r->signature))
		return true;
	if (method && dom_attribute(method, "Algorithm", &s) && s.len == 0)
		return true;
	return value && !value->children;
}

/* ---- its parts ---- */

/* The Algorithm of an element that has this attribute and nothing else. */
static bool algorithm(const xmlNode *n, struct span *ret)
{
	return n && !dom_child(n) && dom_attributes(n) == 1 && dom_attribute(n, "Algorithm", ret);
}

static bool take_canonical(const xmlNode *n, xmlC14NMode *ret)
{
	struct span s;

	if (!algorithm(n, &s))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(canonical); i++)
		if (span_is(s, canonical[i].uri)) {
			*ret = canonical[i].mode;
			return true;
		}
	return false;
}

/* Nothing; or enveloped-signature first, and at most one canonicalisation. */
static bool take_transforms(const xmlNode *list, struct reference *ref)
{
	const xmlNode *n = dom_child(list);
	struct span s;

	for (const xmlNode *t = n; t; t = dom_next(t))
		if (!dom_is(t, DS, "Transform"))
			return false;
	if (n && algorithm(n, &s) && span_is(s, ENVELOPED)) {
		ref->enveloped = true;
		n = dom_next(n);
	}
	return !n || (take_canonical(n, &ref->mode) && !dom_next(n));
}

static bool take_reference(struct reading *r, const xmlNode *n)
{
	struct reference ref = { .mode = XML_C14N_1_0 };
	const xmlNode *c = dom_child(n);
	struct span s;

	if (!dom_attribute(n, "URI", &ref.uri))
		return refuse(r, "a reference names nothing");
	(void)dom_attribute(n, "Type", &ref.type);
	if (dom_is(c, DS, "Transforms")) {
		if (!take_transforms(c, &ref))
			return refuse(r, "a transform that is not accepted");
		c = dom_next(c);
	}
	if (!dom_is(c, DS, "DigestMethod") || !algorithm(c, &s))
		return refuse(r, "a reference is not in form");
	for (size_t i = 0; i < ARRAY_LEN(digests); i++)
		if (span_is(s, digests[i].uri))
			ref.alg = digests[i].alg;
	c = dom_next(c);
	if (!ref.alg || !dom_is(c, DS, "DigestValue") || !dom_base64(c, r->mem, &ref.digest) || dom_next(c))
		return refuse(r, "a digest that is not SHA-256, SHA-384 or SHA-512");
	bool whole = ref.uri.len == 0, own = span_is(ref.type, XADES_PROPERTIES) && ref.uri.len > 1;
	if (whole ? r->document.alg || !ref.enveloped : !own || r->has_properties || ref.enveloped)
		return refuse(
			r,
			"the references are not the whole document, once, and at most the signature's own properties");
	if (whole) {
		r->document = ref;
		return true;
	}
	r->properties = ref;
	r->has_properties = true;
	return true;
}

static bool take_info(struct reading *r, const xmlNode *info)
{
	const xmlNode *n = dom_child(info);
	struct span s;

	if (!dom_is(n, DS, "CanonicalizationMethod") || !take_canonical(n, &r->mode))
		return refuse(r, "a canonicalisation that is not accepted");
	n = dom_next(n);
	if (!dom_is(n, DS, "SignatureMethod") || !algorithm(n, &s))
		return refuse(r, "the signature method is not in form");
	for (size_t i = 0; i < ARRAY_LEN(signatures); i++)
		if (span_is(s, signatures[i].uri))
			r->alg = signatures[i].alg;
	if (r->alg.kind == KEY_NONE)
		return refuse(r, "a signature method that is not RSA or ECDSA with SHA-2");
	for (n = dom_next(n); n; n = dom_next(n))
		if (!dom_is(n, DS, "Reference") || !take_reference(r, n))
			return r->ret->why[0] ? false : refuse(r, "SignedInfo is not in form");
	return r->document.alg != DIGEST_NONE || refuse(r, "no reference to the document");
}

/* Certificates in X509Data; names beside them are hints and not believed. */
static bool take_key(struct reading *r, const xmlNode *key)
{
	static const char *const hints[] = { "X509IssuerSerial", "X509SubjectName", "X509SKI" };
	const xmlNode *data = dom_child(key);
	struct span der;

	if (!dom_is(data, DS, "X509Data") || dom_next(data))
		return refuse(r, "the key is not given by X509Data alone");
	for (const xmlNode *n = dom_child(data); n; n = dom_next(n)) {
		bool hint = false;
		for (size_t i = 0; i < ARRAY_LEN(hints); i++)
			hint |= dom_is(n, DS, hints[i]);
		if (hint)
			continue;
		if (!dom_is(n, DS, "X509Certificate") || r->ret->n_extra == CERT_EXTRA_MAX ||
		    !dom_base64(n, r->mem, &der) || der.len == 0)
			return refuse(r, "X509Data holds something else than certificates");
		if (r->ret->signer.at)
			r->ret->extra[r->ret->n_extra++] = der;
		else
			r->ret->signer = der;
	}
	return r->ret->signer.at || refuse(r, "X509Data without a certificate");
}

static bool take_signature(struct reading *r)
{
	const xmlNode *n = dom_child(r->signature);

	r->info = dom_only(r->signature, DS, "SignedInfo");
	if (!n || n != r->info || !take_info(r, n))
		return r->ret->why[0] ? false : refuse(r, "the signature is not in form");
	n = dom_next(n);
	if (!dom_is(n, DS, "SignatureValue") || !dom_base64(n, r->mem, &r->value))
		return refuse(r, "the signature's value is not in form");
	n = dom_next(n);
	if (!dom_is(n, DS, "KeyInfo") || !take_key(r, n))
		return r->ret->why[0] ? false : refuse(r, "no KeyInfo");
	for (n = dom_next(n); n; n = dom_next(n))
		if (!dom_is(n, DS, "Object"))
			return refuse(r, "the signature is not in form");
	return true;
}

/* ---- the signature's own properties ---- */

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool is_id(const xmlAttr *a)
{
	return a->name && lower((char)a->name[0]) == 'i' && lower((char)a->name[1]) == 'd' && a->name[2] == 0;
}

/* Attributes of any spelling of Id, in any namespace, with this value. */
static unsigned count_ids(const struct reading *r, struct span id)
{
	const xmlNode *root = xmlDocGetRootElement(r->doc);
	unsigned k = 0;

	for (const xmlNode *n = root; n; n = dom_walk(n, root))
		for (const xmlAttr *a = n->properties; a; a = a->next)
			k += is_id(a) && a->children && span_is(id, (const char *)a->children->content);
	return k;
}

static const xmlNode *own_properties(const struct reading *r, struct span id)
{
	const xmlNode *found = NULL;
	struct span own;

	for (const xmlNode *o = dom_child(r->signature); o; o = dom_next(o)) {
		const xmlNode *q = dom_is(o, DS, "Object") ? dom_only(o, XADES, "QualifyingProperties") : NULL;
		const xmlNode *p = q ? dom_only(q, XADES, "SignedProperties") : NULL;

		if (p && found)
			return NULL;
		if (p)
			found = p;
	}
	return found && dom_attribute(found, "Id", &own) && span_eq(own, id) && count_ids(r, id) == 1 ? found : NULL;
}

static void take_signing_time(struct reading *r, const xmlNode *properties)
{
	const xmlNode *s = dom_only(properties, XADES, "SignedSignatureProperties");
	const xmlNode *t = s ? dom_only(s, XADES, "SigningTime") : NULL;
	struct span text;

	/* a time with another offset than Z is the signer's word as well, but not worth a parser */
	r->ret->dated = t && dom_text(t, r->mem, &text) && moment_parse(text, &r->ret->claimed);
}

static bool properties_hold(struct reading *r)
{
	struct span id = { r->properties.uri.at + 1, r->properties.uri.len - 1 }, bytes;
	const xmlNode *p = r->properties.uri.at[0] == '#' ? own_properties(r, id) : NULL;

	if (!p)
		return refuse(r, "a reference that is not the signature's own properties, or an Id that is not unique");
	if (!dom_canonical(r->doc, p, r->properties.mode, r->mem, &bytes))
		return refuse(r, "no canonical form within the limit");
	take_signing_time(r, p);
	return digest_is(r->properties.alg, bytes, r->properties.digest);
}

/* ---- the verdict ---- */

static enum xmldsig_end end(struct reading *r, enum xmldsig_end e, const char *why)
{
	r->ret->why = why;
	return e;
}

static enum xmldsig_end verify(struct reading *r)
{
	struct span info;

	if (sig_key_kind(r->ret->signer) != r->alg.kind)
		return end(r, XMLDSIG_POLICY,
		           "the certificate's key is of another kind than the signature, or too weak");
	if (!dom_canonical(r->doc, r->info, r->mode, r->mem, &info))
		return end(r, XMLDSIG_POLICY, "no canonical form within the limit");
	if (!sig_check(r->ret->signer, r->alg, SIG_RAW, info, r->value))
		return end(r, XMLDSIG_FORGED, "the signature does not verify under the certificate's key");
	if (r->has_properties && !properties_hold(r))
		return r->ret->why[0] ? XMLDSIG_POLICY
		                      : end(r, XMLDSIG_ALTERED, "the signature's properties are not what was signed");
	xmlUnlinkNode(r->signature);
	bool ok = dom_canonical(r->doc, NULL, r->document.mode, r->mem, &r->ret->content);
	if (!ok)
		return end(r, XMLDSIG_POLICY, "no canonical form within the limit");
	if (!digest_is(r->document.alg, r->ret->content, r->document.digest))
		return end(r, XMLDSIG_ALTERED, "the document is not what was signed");
	return end(r, XMLDSIG_GOOD, "");
}

static enum xmldsig_end judge(struct reading *r)
{
	const xmlNode *root = xmlDocGetRootElement(r->doc);
	unsigned k = count_signatures(r, root);

	if (k == 0)
		return XMLDSIG_NONE;
	if (k > 1)
		return end(r, XMLDSIG_POLICY, "more than one signature");
	if (is_empty(r))
		return end(r, XMLDSIG_EMPTY, "the place of the signature is empty");
	if (r->signature == root)
		return end(r, XMLDSIG_POLICY, "the signature is around the document, not in it");
	if (!in_place(r, root) || !take_signature(r))
		return XMLDSIG_POLICY;
	enum xmldsig_end e = verify(r);
	if (!r->signature->parent)
		xmlFreeNode(r->signature);
	return e;
}

enum xmldsig_end xmldsig_check(struct span bytes, struct arena *mem, struct xmldsig *ret)
{
	struct xml_verdict v;
	struct reading r = { .mem = mem, .ret = ret };

	*ret = (struct xmldsig){ .why = "" };
	/* a tree is built only for a document that names the namespace at all */
	if (bytes.len == 0 || !memmem(bytes.at, bytes.len, DS, sizeof DS - 1))
		return XMLDSIG_NONE;
	r.doc = xml_dom(bytes, &v);
	if (!r.doc && v.end == XML_OVER_LIMIT)
		return end(&r, XMLDSIG_POLICY, "too large to be verified");
	if (!r.doc)
		return XMLDSIG_NONE;
	enum xmldsig_end e = judge(&r);
	if (e != XMLDSIG_GOOD)
		ret->content = (struct span){ NULL, 0 };
	xmlFreeDoc(r.doc);
	return e;
}
