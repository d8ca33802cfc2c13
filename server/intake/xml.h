/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml.h: XML as a run of events, hardened; the home of libxml2's parser.
 *
 * No tree is built: a document the size of its limits costs the parser's own
 * few buffers, and whoever listens keeps only what it wants. The listener
 * never sees a comment, a processing instruction, a DOCTYPE or the border of a
 * CDATA section, so none of them can split a value.
 *
 * The bytes are checked to be UTF-8 before libxml2 sees them, whatever they
 * declare; a DOCTYPE stops the parser before a single declaration in it is
 * read; no entity but the five of XML exists; nothing is ever fetched.
 * libxml2's own memory is bounded by XML_HEAP_MAX a document.
 */
#ifndef CF_XML_H
#define CF_XML_H

#include "base.h"

enum {
	XML_DEPTH_MAX = 64,
	XML_ELEMENTS_MAX = 200000,
	XML_ATTRS_MAX = 64, /* of one element, namespace declarations included */
	XML_NAME_BYTES = 256,
	XML_TEXT_MAX = 1024 * 1024, /* one value; a listener may ask for more, see xml_text_max */
	XML_HEAP_MAX = 64 * 1024 * 1024,
};

struct xml_attr {
	struct span ns, name, value;
};
struct xml_element {
	struct span ns, name;
	const struct xml_attr *attrs;
	unsigned n_attrs;
};
/* Spans live only during the call. False from any of them ends the reading with XML_STOPPED. */
struct xml_listener {
	bool (*open)(void *to, const struct xml_element *e);
	bool (*text)(void *to, struct span s);
	bool (*close)(void *to);
};

enum xml_end { XML_READ, XML_STOPPED, XML_BAD_ENCODING, XML_HAS_DOCTYPE, XML_OVER_LIMIT, XML_BROKEN };

struct xml_verdict {
	enum xml_end end;
	const char *why; /* static text */
	int line;
};

/* Call once before the first xml_read, while there is one thread; false when libxml2 was in use before. */
MUST_CHECK bool xml_start(void);
/* An XML document by its first bytes, in whatever encoding. */
bool xml_looks_like(struct span bytes);
struct xml_verdict xml_read(struct span bytes, const struct xml_listener *l, void *to);
#endif
