/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml.c: libxml2 2.9.14 on a short leash.
 *
 * Three gates in this order. First our own look at the bytes: size, UTF-8,
 * declaration, and the number of attributes in any one tag, because libxml2
 * compares attributes pairwise before it tells us about them. Then libxml2
 * with a SAX handler that stops at a DOCTYPE and counts what passes. Then the
 * parser's verdict: well-formed and namespace-well-formed, or nothing.
 */
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <stdlib.h>

#include "xml.h"

/* ---- libxml2's memory: every block knows its size, and the sum of one document is bounded ---- */

union block {
	size_t len;
	max_align_t align;
};
static _Thread_local size_t heap_used;

static void *heap_take(size_t len)
{
	if (len > XML_HEAP_MAX || heap_used > XML_HEAP_MAX - len)
		return NULL;
	union block *b = malloc(sizeof *b + len);
	if (!b)
		return NULL;
	b->len = len;
	heap_used += len;
	return b + 1;
}

static void heap_drop(void *at)
{
	if (!at)
		return;
	union block *b = (union block *)at - 1;
	/* blocks of libxml2's start outlive documents, so the count may begin below what is given back */
	heap_used -= b->len < heap_used ? b->len : heap_used;
	free(b);
}

static void *heap_resize(void *at, size_t len)
{
	if (!at)
		return heap_take(len);
	size_t old = ((union block *)at - 1)->len;
	void *fresh = heap_take(len);
	if (!fresh)
		return NULL;
	memcpy(fresh, at, old < len ? old : len);
	heap_drop(at);
	return fresh;
}

static char *heap_copy(const char *z)
{
	size_t len = strlen(z) + 1;
	char *fresh = heap_take(len);
	return fresh ? memcpy(fresh, z, len) : NULL;
}

/* Nothing is ever loaded: not a DTD, not an entity, not a file, not a URL. */
static xmlParserInputPtr refuse_entity(const char *url, const char *id, xmlParserCtxtPtr c)
{
	(void)url;
	(void)id;
	(void)c;
	return NULL;
}

bool xml_start(void)
{
	static bool started;

	if (started)
		return true;
	if (xmlMemSetup(heap_drop, heap_take, heap_resize, heap_copy) != 0)
		return false;
	xmlInitParser();
	xmlSetExternalEntityLoader(refuse_entity);
	started = true;
	return true;
}

/* ---- the first gate: the bytes ---- */

static struct span without_bom(struct span s)
{
	if (span_starts(s, S("\xef\xbb\xbf")))
		return (struct span){ s.at + 3, s.len - 3 };
	return s;
}

bool xml_looks_like(struct span bytes)
{
	/* '<' in UTF-8, UTF-16 and UTF-32 of both orders, and "<?xm" in EBCDIC */
	static const struct span sign[] = {
		{ "<", 1 },   { "\xff\xfe", 2 }, { "\xfe\xff", 2 },     { "<\0", 2 },
		{ "\0<", 2 }, { "\0\0\0<", 4 },  { "\0\0\xfe\xff", 4 }, { "\x4c\x6f\xa7\x94", 4 },
	};
	struct span s = without_bom(bytes);

	while (s.len && (s.at[0] == ' ' || s.at[0] == '\t' || s.at[0] == '\r' || s.at[0] == '\n'))
		s.at++, s.len--;
	for (size_t i = 0; i < ARRAY_LEN(sign); i++)
		if (span_starts(s, sign[i]))
			return true;
	return false;
}

static const char *find(const char *at, const char *end, struct span what)
{
	return memmem(at, (size_t)(end - at), what.at, what.len);
}

/* The declaration names UTF-8, or no encoding. Only its own text is looked at: "<?xml ... ?>". */
static bool declares_utf8(struct span s)
{
	s = without_bom(s);
	if (!span_starts(s, S("<?xml")))
		return true;
	const char *end = find(s.at, s.at + s.len, S("?>"));
	const char *at = end ? find(s.at, end, S("encoding")) : NULL;
	if (!at)
		return true; /* an unfinished declaration is libxml2's to refuse */
	at += strlen("encoding");
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n' || *at == '='))
		at++;
	if (end - at < 7 || (*at != '"' && *at != '\'') || at[6] != *at)
		return false;
	return strncasecmp(at + 1, "UTF-8", 5) == 0;
}

/* Anything but a tag: most markup is one, and need not be compared with all the others. */
static bool is_special(const char *at, const char *end) { return end - at > 1 && (at[1] == '!' || at[1] == '?'); }

/* Where the markup that starts at `at` ("<...") ends, with the quoted strings of a tag counted;
 * NULL when it does not end. */
static const char *markup_end(const char *at, const char *end, unsigned *quoted)
{
	static const struct {
		struct span open, close;
	} opaque[] = {
		{ { "<!--", 4 }, { "-->", 3 } },
		{ { "<![CDATA[", 9 }, { "]]>", 3 } },
		{ { "<?", 2 }, { "?>", 2 } },
	};

	*quoted = 0;
	for (size_t i = 0; is_special(at, end) && i < ARRAY_LEN(opaque); i++)
		if (span_starts((struct span){ at, (size_t)(end - at) }, opaque[i].open))
			return find(at + opaque[i].open.len, end, opaque[i].close);
	for (; at < end && *at != '>'; at++) {
		if (*at != '"' && *at != '\'')
			continue;
		at = memchr(at + 1, *at, (size_t)(end - at - 1));
		if (!at)
			return NULL;
		++*quoted;
	}
	return at < end ? at : NULL;
}

/* No tag has more attributes than the limit: libxml2 would compare them pairwise first. */
static bool attributes_bounded(struct span s)
{
	const char *at = s.at, *end = s.at + s.len;
	unsigned quoted;

	while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		/* the internal subset of a DOCTYPE is none of ours: libxml2 will be stopped at its door */
		if (is_special(at, end) && span_starts((struct span){ at, (size_t)(end - at) }, S("<!DOCTYPE")))
			return true;
		at = markup_end(at, end, &quoted);
		if (quoted > XML_ATTRS_MAX)
			return false;
		if (!at)
			return true; /* not well-formed: libxml2 will say so */
	}
	return true;
}

/* ---- the second gate: libxml2, and a handler that counts ---- */

struct reading {
	const struct xml_listener *listener;
	void *to;
	xmlParserCtxtPtr ctxt;
	struct xml_verdict verdict;
	unsigned depth, elements;
	struct xml_attr attrs
		[XML_ATTRS_MAX]; /* of the element that is opened: here, for a place of its own is emptied each time */
};

static void stop(struct reading *r, enum xml_end end, const char *why)
{
	if (r->verdict.end != XML_READ)
		return;
	r->verdict = (struct xml_verdict){ end, why, r->ctxt->input ? r->ctxt->input->line : 0 };
	xmlStopParser(r->ctxt);
}

static struct span span_x(const xmlChar *z) { return span_z((const char *)z); }

/* libxml2 hands attributes over as five pointers each: name, prefix, URI, start and end of the value. */
static bool take_attributes(const xmlChar **from, int n, struct xml_attr to[XML_ATTRS_MAX])
{
	for (int i = 0; i < n; i++, from += 5) {
		to[i] = (struct xml_attr){ span_x(from[2]),
			                   span_x(from[0]),
			                   { (const char *)from[3], (size_t)(from[4] - from[3]) } };
		if (to[i].name.len > XML_NAME_BYTES || to[i].value.len > XML_TEXT_MAX)
			return false;
	}
	return true;
}

static void on_open(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_ns,
                    const xmlChar **ns, int n_attrs, int n_default, const xmlChar **attrs)
{
	struct reading *r = user;
	struct xml_attr *list = r->attrs;
	struct xml_element e = { span_x(uri), span_x(name), list, 0 };

	(void)prefix;
	(void)ns;
	if (r->verdict.end != XML_READ)
		return;
	if (++r->depth > XML_DEPTH_MAX)
		stop(r, XML_OVER_LIMIT, "more than 64 elements deep");
	else if (++r->elements > XML_ELEMENTS_MAX)
		stop(r, XML_OVER_LIMIT, "more than 200000 elements");
	else if (n_default || n_ns < 0 || n_attrs < 0 || n_ns + n_attrs > XML_ATTRS_MAX)
		stop(r, XML_OVER_LIMIT, "more than 64 attributes on an element");
	else if (e.name.len > XML_NAME_BYTES || !take_attributes(attrs, n_attrs, list))
		stop(r, XML_OVER_LIMIT, "a name of more than 256 bytes or an attribute of more than 1 MB");
	if (r->verdict.end != XML_READ)
		return;
	e.n_attrs = (unsigned)n_attrs;
	if (!r->listener->open(r->to, &e))
		stop(r, XML_STOPPED, "");
}

static void on_close(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *r = user;

	(void)name;
	(void)prefix;
	(void)uri;
	if (r->verdict.end != XML_READ || r->depth == 0)
		return;
	r->depth--;
	if (!r->listener->close(r->to))
		stop(r, XML_STOPPED, "");
}

static void on_text(void *user, const xmlChar *at, int len)
{
	struct reading *r = user;

	/* after a root it cannot parse, libxml2 may still report text: it is no element's */
	if (r->verdict.end == XML_READ && r->depth && len > 0 &&
	    !r->listener->text(r->to, (struct span){ (const char *)at, (size_t)len }))
		stop(r, XML_STOPPED, "");
}

static void on_doctype(void *user, const xmlChar *name, const xmlChar *id, const xmlChar *url)
{
	(void)name;
	(void)id;
	(void)url;
	stop(user, XML_HAS_DOCTYPE, "a DOCTYPE");
}

static void on_error(void *user, xmlErrorPtr e)
{
	(void)user; /* the verdict is asked of the context; nothing is printed */
	(void)e;
}

static const xmlSAXHandler handler = {
	.initialized = XML_SAX2_MAGIC,
	.startElementNs = on_open,
	.endElementNs = on_close,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.internalSubset = on_doctype,
	.externalSubset = on_doctype,
	.serror = on_error,
};

static void parse(struct reading *r, struct span bytes)
{
	r->ctxt = xmlCreateMemoryParserCtxt(bytes.at, (int)bytes.len);
	if (!r->ctxt) {
		r->verdict = (struct xml_verdict){ XML_OVER_LIMIT, "no memory within the limit", 0 };
		return;
	}
	/* IGNORE_ENC: the declaration has been judged; libxml2 must not act on it */
	(void)xmlCtxtUseOptions(r->ctxt, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	*r->ctxt->sax = handler;
	r->ctxt->userData = r;
	(void)xmlParseDocument(r->ctxt);
	if (r->verdict.end == XML_READ &&
	    (!r->ctxt->wellFormed || !r->ctxt->nsWellFormed || r->ctxt->errNo == XML_ERR_NO_MEMORY)) {
		bool memory = r->ctxt->errNo == XML_ERR_NO_MEMORY || heap_used > XML_HEAP_MAX - XML_HEAP_MAX / 4;
		r->verdict = (struct xml_verdict){ memory ? XML_OVER_LIMIT : XML_BROKEN,
			                           memory ? "no memory within the limit" : "not well-formed",
			                           r->ctxt->lastError.line };
	}
	if (r->ctxt->myDoc)
		xmlFreeDoc(r->ctxt->myDoc);
	xmlFreeParserCtxt(r->ctxt);
}

struct xml_verdict xml_read(struct span bytes, const struct xml_listener *l, void *to)
{
	struct reading r = { .listener = l, .to = to };

	if (memchr(bytes.at, 0, bytes.len) || !utf8_valid(bytes) || !declares_utf8(bytes))
		return (struct xml_verdict){ XML_BAD_ENCODING, "not UTF-8, or declared to be something else", 0 };
	if (!attributes_bounded(bytes))
		return (struct xml_verdict){ XML_OVER_LIMIT, "more than 64 attributes on an element", 0 };
	heap_used = 0;
	parse(&r, bytes);
	xmlResetLastError();
	return r.verdict;
}
