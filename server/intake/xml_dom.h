/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_dom.h: libxml2's own tree, for the two who need more than events: the
 * XML signature, which signs canonical bytes of parts of a tree, and the lists
 * of an OFD seal. Private to the signature files of this directory.
 *
 * The bytes pass xml_read first, so every limit and refusal of xml.h holds
 * before a tree is built: there is no DOCTYPE, no entity, no encoding but
 * UTF-8. What is looked for is named by namespace and local name, never by
 * prefix; what has a value holds text only.
 */
#ifndef CF_XML_DOM_H
#define CF_XML_DOM_H

#include <libxml/c14n.h>
#include <libxml/tree.h>

#include "xml.h"

/* NULL when v.end is not XML_READ. The caller owes an xmlFreeDoc. */
MUST_CHECK xmlDocPtr xml_dom(struct span bytes, struct xml_verdict *v);

bool dom_is(const xmlNode *n, const char *ns, const char *name);
/* Elements only; NULL when there is none. */
xmlNode *dom_child(const xmlNode *n);
xmlNode *dom_next(const xmlNode *n);
/* The only child of this name; NULL when there is none or more than one. */
xmlNode *dom_only(const xmlNode *n, const char *ns, const char *name);
/* The element after n in the order of the document, inside `top`; NULL at its end. */
xmlNode *dom_walk(const xmlNode *n, const xmlNode *top);
/* An attribute without namespace; false when it is absent or more than plain text. Borrowed from the tree. */
bool dom_attribute(const xmlNode *n, const char *name, struct span *ret);
unsigned dom_attributes(const xmlNode *n);
/* The text of an element that holds nothing but text, as it stands, in mem. */
bool dom_text(const xmlNode *n, struct arena *mem, struct span *ret);
/* Base64 with white space between. */
bool dom_base64(const xmlNode *n, struct arena *mem, struct span *ret);

/* Canonical bytes without comments, in mem: of the whole document (top == NULL), or of top and all inside it. False
 * when they are more than DOM_BYTES_MAX or mem is full. */
enum { DOM_BYTES_MAX = 10 * 1024 * 1024 };
bool dom_canonical(xmlDocPtr doc, const xmlNode *top, xmlC14NMode mode, struct arena *mem, struct span *ret);
#endif
