/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_tree.h: a small XML document as a tree, for formats whose parts point
 * at each other or come in dialects.
 *
 * Built from the events of xml.h, so every limit and refusal of that reader
 * holds. Values are cleaned (white space collapsed, control characters gone);
 * an element has children or a value, and `mixed` says that it had both. All
 * of it lies in the arena.
 */
#ifndef CF_XML_TREE_H
#define CF_XML_TREE_H

#include "xml.h"

struct xml_node {
	struct span ns, name, text;
	const struct xml_attr *attrs;
	unsigned n_attrs;
	bool mixed;                                /* text stood beside the children: the value cannot be told */
	struct xml_node *up, *child, *last, *next; /* parent, first and last child, next sibling */
};

/* For a reader that takes its events itself: begin, hand over the listener's calls, take the root. */
struct xml_tree;
struct xml_tree *xml_tree_begin(struct arena *mem); /* NULL when mem is full */
extern const struct xml_listener xml_tree_events;   /* `to` is the struct xml_tree */
const struct xml_node *xml_tree_root(const struct xml_tree *t);

/* The whole document. *ret is set only with XML_READ; a full arena ends as XML_OVER_LIMIT. */
struct xml_verdict xml_tree_read(struct span bytes, struct arena *mem, const struct xml_node **ret);

/* The first child of this name, whatever its namespace; NULL when there is none, or n is NULL. */
const struct xml_node *xml_child(const struct xml_node *n, const char *name);
/* The next sibling of the same name. */
const struct xml_node *xml_again(const struct xml_node *n);
/* Down a path "a/b/c" of first children. */
const struct xml_node *xml_at(const struct xml_node *n, const char *path);
/* Its value, or empty. */
struct span xml_text_at(const struct xml_node *n, const char *path);
/* An attribute without namespace, or empty. */
struct span xml_attribute(const struct xml_node *n, const char *name);
#endif
