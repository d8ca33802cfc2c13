/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_dom.c: a tree after the gates of xml.c, and the ways to ask it.
 */
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "crypto.h"
#include "intake/xml_dom.h"

static bool any_open(void *to, const struct xml_element *e)
{
	(void)to;
	(void)e;
	return true;
}

static bool any_text(void *to, struct span s)
{
	(void)to;
	(void)s;
	return true;
}

static bool any_close(void *to)
{
	(void)to;
	return true;
}

/* What the tree and the canonical form have to say is told by what they return; libxml2 would print it. */
static void not_a_word(void *user, xmlErrorPtr e)
{
	(void)user;
	(void)e;
}

xmlDocPtr xml_dom(struct span bytes, struct xml_verdict *v)
{
	static const struct xml_listener gate = { any_open, any_text, any_close };

	xmlSetStructuredErrorFunc(NULL, not_a_word); /* of this thread */
	*v = xml_read(bytes, &gate, NULL);
	if (v->end != XML_READ)
		return NULL;
	/* the same options as there: the declaration has been judged, and nothing is printed or fetched */
	xmlDocPtr doc = xmlReadMemory(bytes.at, (int)bytes.len, NULL, NULL,
	                              XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlResetLastError();
	if (doc && !doc->intSubset && !doc->extSubset && xmlDocGetRootElement(doc))
		return doc;
	xmlFreeDoc(doc);
	*v = (struct xml_verdict){ XML_OVER_LIMIT, "no memory within the limit", 0 };
	return NULL;
}

/* ---- asking ---- */

static struct span span_x(const xmlChar *z) { return span_z((const char *)z); }

bool dom_is(const xmlNode *n, const char *ns, const char *name)
{
	return n && n->type == XML_ELEMENT_NODE && n->ns && span_is(span_x(n->ns->href), ns) &&
	       span_is(span_x(n->name), name);
}

static xmlNode *element_from(xmlNode *n)
{
	while (n && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

xmlNode *dom_child(const xmlNode *n) { return n ? element_from(n->children) : NULL; }
xmlNode *dom_next(const xmlNode *n) { return n ? element_from(n->next) : NULL; }

xmlNode *dom_only(const xmlNode *n, const char *ns, const char *name)
{
	xmlNode *found = NULL;

	for (xmlNode *c = dom_child(n); c; c = dom_next(c)) {
		if (!dom_is(c, ns, name))
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

xmlNode *dom_walk(const xmlNode *n, const xmlNode *top)
{
	xmlNode *next = dom_child(n);

	while (!next && n != top) {
		next = dom_next(n);
		n = n->parent;
	}
	return next;
}

bool dom_attribute(const xmlNode *n, const char *name, struct span *ret)
{
	for (const xmlAttr *a = n->properties; a; a = a->next) {
		const xmlNode *value = a->children;

		if (a->ns || !span_is(span_x(a->name), name))
			continue;
		if (value && (value->next || value->type != XML_TEXT_NODE))
			return false;
		*ret = value ? span_x(value->content) : (struct span){ "", 0 };
		return true;
	}
	return false;
}

unsigned dom_attributes(const xmlNode *n)
{
	unsigned k = 0;

	for (const xmlAttr *a = n->properties; a; a = a->next)
		k++;
	return k;
}

bool dom_text(const xmlNode *n, struct arena *mem, struct span *ret)
{
	if (!n)
		return false;
	for (const xmlNode *c = n->children; c; c = c->next)
		if (c->type != XML_TEXT_NODE && c->type != XML_CDATA_SECTION_NODE)
			return false;
	struct writer w = writer_in(mem);
	for (const xmlNode *c = n->children; c; c = c->next)
		put_span(&w, span_x(c->content));
	*ret = writer_done(&w, mem);
	return arena_ok(mem);
}

bool dom_base64(const xmlNode *n, struct arena *mem, struct span *ret)
{
	struct span text;

	if (!dom_text(n, mem, &text))
		return false;
	struct writer w = writer_in(mem);
	for (size_t i = 0; i < text.len; i++)
		if (!strchr(" \t\r\n", text.at[i]))
			put_byte(&w, text.at[i]);
	text = writer_done(&w, mem);
	return arena_ok(mem) && b64_decode(text, mem, ret);
}

/* ---- canonical bytes ---- */

/* libxml2 asks for every node, attribute (its parent is the element) and namespace (which has no parent of its own). */
static int inside(void *top, xmlNodePtr node, xmlNodePtr parent)
{
	for (const xmlNode *n = node->type == XML_NAMESPACE_DECL ? parent : node; n; n = n->parent)
		if (n == top)
			return 1;
	return 0;
}

bool dom_canonical(xmlDocPtr doc, const xmlNode *top, xmlC14NMode mode, struct arena *mem, struct span *ret)
{
	xmlBufferPtr all = xmlBufferCreate();
	xmlOutputBufferPtr out = all ? xmlOutputBufferCreateBuffer(all, NULL) : NULL;
	void *user = (void *)(uintptr_t)top;
	int len = out ? xmlC14NExecute(doc, top ? inside : NULL, user, (int)mode, NULL, 0, out) : -1;
	bool closed = out && xmlOutputBufferClose(out) >= 0;

	*ret = (struct span){ NULL, 0 };
	if (len >= 0 && closed && xmlBufferLength(all) <= DOM_BYTES_MAX)
		*ret = arena_copy(mem,
		                  (struct span){ (const char *)xmlBufferContent(all), (size_t)xmlBufferLength(all) });
	if (all)
		xmlBufferFree(all);
	xmlResetLastError();
	return ret->at != NULL && ret->len > 0 && arena_ok(mem);
}
