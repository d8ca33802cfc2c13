/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ofd_seal.c: from OFD.xml to the digest of every part.
 *
 * A path is resolved once, to the one name it can mean (no dots, no empty
 * steps, no backslash), and compared byte by byte; a package in which two
 * names differ only by the case of letters is refused, because a reader on
 * another system would open the other one.
 */
#include "crypto.h"
#include "intake/ofd_seal.h"
#include "intake/xml_dom.h"
#include "sigalg.h"

#define OFD "http://www.ofdspec.org/2016"
#define PATH_MAX_LEN 512

struct reading {
	const struct ofd_parts *parts;
	struct arena *mem;
	struct ofd_seal *ret;
	struct span list_name, signature_name, value_name, seal_name; /* the seal's own four */
	struct span signature;                                        /* the bytes of signature_name */
	const struct span *covered;
};

static enum ofd_end end(struct reading *r, enum ofd_end e, struct span at, const char *why)
{
	r->ret->at = at;
	r->ret->why = why;
	return e;
}

/* ---- paths ---- */

static bool step_plain(struct span s)
{
	if (s.len == 0 || span_is(s, ".") || span_is(s, ".."))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] == '\\' || s.at[i] == '%' || s.at[i] == ':' || (unsigned char)s.at[i] < ' ')
			return false;
	return utf8_valid(s);
}

/* `path` as it stands in the file `base` of the package: absolute with a slash, else beside base. */
static bool resolve(struct arena *mem, struct span base, struct span path, struct span *ret)
{
	struct writer w = writer_in(mem);
	struct span rest = path, step;
	size_t dir = base.len;

	if (path.len == 0 || path.len > PATH_MAX_LEN)
		return false;
	while (dir && base.at[dir - 1] != '/')
		dir--;
	if (path.at[0] == '/')
		rest = (struct span){ path.at + 1, path.len - 1 };
	else
		put_span(&w, (struct span){ base.at, dir });
	for (struct span left = rest; left.len || left.at;) {
		if (!span_cut(left, '/', &step, &left)) {
			step = left;
			left = (struct span){ NULL, 0 };
		}
		if (!step_plain(step))
			return false;
	}
	put_span(&w, rest);
	*ret = writer_done(&w, mem);
	return arena_ok(mem);
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool same_name(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

static bool names_differ(const struct span *name, size_t n, struct span *twice)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (same_name(name[i], name[k])) {
				*twice = name[i];
				return false;
			}
	return true;
}

/* ---- the chain of files ---- */

static bool find(const struct reading *r, struct span name, struct span *bytes)
{
	return r->parts->find(r->parts->of, name, bytes);
}

/* The text of n as a path beside `base`, without the white space around it. */
static bool path_of(struct reading *r, const xmlNode *n, struct span base, struct span *ret)
{
	struct span s;

	if (!n || !dom_text(n, r->mem, &s))
		return false;
	while (s.len && strchr(" \t\r\n", s.at[0]))
		s.at++, s.len--;
	while (s.len && strchr(" \t\r\n", s.at[s.len - 1]))
		s.len--;
	return resolve(r->mem, base, s, ret);
}

/* OFD.xml to the list of signatures. False: *e says how it ended. */
static bool to_list(struct reading *r, enum ofd_end *e)
{
	struct span bytes, name = S("OFD.xml");
	struct xml_verdict v;

	*e = end(r, OFD_UNSIGNED, name, "");
	xmlDocPtr doc = find(r, name, &bytes) ? xml_dom(bytes, &v) : NULL;
	if (!doc)
		return false;
	const xmlNode *root = xmlDocGetRootElement(doc), *body = dom_only(root, OFD, "DocBody");
	const xmlNode *list = body ? dom_only(body, OFD, "Signatures") : NULL;
	bool ok = list && path_of(r, list, name, &r->list_name);
	if (!body && dom_child(root))
		*e = end(r, OFD_POLICY, name, "not exactly one document in the package");
	else if (list && !ok)
		*e = end(r, OFD_POLICY, name, "the list of signatures is named by a path that is not accepted");
	xmlFreeDoc(doc);
	return ok;
}

/* The list to the one Signature.xml. */
static bool to_signature(struct reading *r, enum ofd_end *e)
{
	struct span bytes, path;
	struct xml_verdict v;
	unsigned k = 0;
	bool named = false;

	*e = end(r, OFD_POLICY, r->list_name, "the list of signatures cannot be read");
	xmlDocPtr doc = find(r, r->list_name, &bytes) ? xml_dom(bytes, &v) : NULL;
	if (!doc)
		return false;
	for (const xmlNode *n = dom_child(xmlDocGetRootElement(doc)); n; n = dom_next(n)) {
		if (!dom_is(n, OFD, "Signature"))
			continue;
		k++;
		named = dom_attribute(n, "BaseLoc", &path) && resolve(r->mem, r->list_name, path, &r->signature_name);
	}
	xmlFreeDoc(doc);
	if (k == 0)
		*e = end(r, OFD_UNSIGNED, r->list_name, "");
	else if (k > 1)
		*e = end(r, OFD_POLICY, r->list_name, "more than one seal");
	return k == 1 && named && find(r, r->signature_name, &r->signature);
}

/* ---- the references ---- */

static bool is_sm3(struct span method) { return span_is(method, "1.2.156.10197.1.401") || span_is(method, "SM3"); }

static enum ofd_end check_reference(struct reading *r, const xmlNode *n, struct span *name)
{
	struct span path, digest, bytes;

	if (!dom_is(n, OFD, "Reference") || !dom_attribute(n, "FileRef", &path) ||
	    !dom_base64(dom_only(n, OFD, "CheckValue"), r->mem, &digest) ||
	    !resolve(r->mem, r->signature_name, path, name))
		return end(r, OFD_POLICY, r->signature_name, "a reference is not in form");
	if (!find(r, *name, &bytes))
		return end(r, OFD_ALTERED, *name, "a sealed part is missing");
	if (!digest_is(DIGEST_SM3, bytes, digest))
		return end(r, OFD_ALTERED, *name, "a part is not what was sealed");
	return OFD_GOOD;
}

static enum ofd_end check_references(struct reading *r, const xmlNode *list)
{
	struct span method, twice;
	struct span *name = ARENA_ARRAY(r->mem, struct span, OFD_REFERENCES_MAX);

	if (!name || !dom_attribute(list, "CheckMethod", &method) || !is_sm3(method))
		return end(r, OFD_POLICY, r->signature_name, "the digests are not SM3");
	for (const xmlNode *n = dom_child(list); n; n = dom_next(n)) {
		if (r->ret->references == OFD_REFERENCES_MAX)
			return end(r, OFD_POLICY, r->signature_name, "more references than the limit");
		enum ofd_end e = check_reference(r, n, &name[r->ret->references]);
		if (e != OFD_GOOD)
			return e;
		r->ret->references++;
	}
	if (r->ret->references == 0)
		return end(r, OFD_POLICY, r->signature_name, "nothing is referenced");
	if (!names_differ(name, r->ret->references, &twice))
		return end(r, OFD_POLICY, twice, "a part is referenced twice");
	r->covered = name;
	return OFD_GOOD;
}

/* Everything in the package is referenced, but for the seal's own files. */
static void check_coverage(struct reading *r)
{
	for (size_t i = 0; i < r->parts->n_names; i++) {
		struct span name = r->parts->names[i];
		bool known = span_eq(name, r->list_name) || span_eq(name, r->signature_name) ||
		             span_eq(name, r->value_name) || span_eq(name, r->seal_name);

		for (size_t k = 0; k < r->ret->references && !known; k++)
			known = span_eq(name, r->covered[k]);
		if (known)
			continue;
		if (r->ret->uncovered++ == 0)
			r->ret->at = arena_copy(r->mem, name);
	}
}

/* ---- the seal ---- */

static enum ofd_end of_ses(enum ses_end e)
{
	switch (e) {
	case SES_GOOD:
		return OFD_GOOD;
	case SES_MALFORMED:
	case SES_BARE:
	case SES_POLICY:
		return OFD_POLICY;
	case SES_ALTERED:
		return OFD_ALTERED;
	case SES_FORGED:
	case SES_SEAL_FORGED:
		return OFD_FORGED;
	case SES_STRANGER:
	case SES_SEAL_TIME:
		return OFD_SEAL;
	}
	return OFD_POLICY;
}

static enum ofd_end check_signature(struct reading *r, const xmlNode *root)
{
	const xmlNode *info = dom_only(root, OFD, "SignedInfo");
	const xmlNode *list = info ? dom_only(info, OFD, "References") : NULL;
	const xmlNode *method = info ? dom_only(info, OFD, "SignatureMethod") : NULL;
	const xmlNode *seal = info ? dom_only(info, OFD, "Seal") : NULL;
	struct span s, value;

	if (!dom_is(root, OFD, "Signature") || !list ||
	    !path_of(r, dom_only(root, OFD, "SignedValue"), r->signature_name, &r->value_name))
		return end(r, OFD_POLICY, r->signature_name, "the signature is not in form");
	if (!method || !dom_text(method, r->mem, &s) || !span_is(s, "1.2.156.10197.1.501"))
		return end(r, OFD_POLICY, r->signature_name, "a signature method that is not SM2 with SM3");
	if (seal && !path_of(r, dom_only(seal, OFD, "BaseLoc"), r->signature_name, &r->seal_name))
		return end(r, OFD_POLICY, r->signature_name, "the seal's file is not in form");
	if (!find(r, r->value_name, &value))
		return end(r, OFD_POLICY, r->value_name, "the signature's value is missing");
	enum ses_end e = ses_read(value, r->mem, &r->ret->ses);
	if (e == SES_GOOD)
		e = ses_check(&r->ret->ses, r->signature);
	if (e != SES_GOOD)
		return end(r, of_ses(e), r->value_name, r->ret->ses.why);
	return check_references(r, list);
}

enum ofd_end ofd_seal_check(const struct ofd_parts *parts, struct arena *mem, struct ofd_seal *ret)
{
	struct reading r = { .parts = parts, .mem = mem, .ret = ret };
	struct xml_verdict v;
	struct span twice;
	enum ofd_end e;

	*ret = (struct ofd_seal){ .why = "" };
	if (parts->n_names > OFD_PARTS_MAX)
		return end(&r, OFD_POLICY, S(""), "more parts than the limit");
	if (!names_differ(parts->names, parts->n_names, &twice))
		return end(&r, OFD_POLICY, twice, "two parts have one name");
	if (!to_list(&r, &e) || !to_signature(&r, &e))
		return e;
	xmlDocPtr doc = xml_dom(r.signature, &v);
	if (!doc)
		return end(&r, OFD_POLICY, r.signature_name, "the signature cannot be read");
	e = check_signature(&r, xmlDocGetRootElement(doc));
	xmlFreeDoc(doc);
	if (e == OFD_GOOD)
		check_coverage(&r);
	return arena_ok(mem) ? e : OFD_POLICY;
}
