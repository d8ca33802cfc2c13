/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml_tree.c: nodes linked as the events come; one buffer for the value that is open.
 */
#include "xml_tree.h"

#include "value.h"

struct xml_tree {
	struct arena *mem;
	struct xml_node *root, *open;
	char *text; /* of the open element, before it is cleaned; used again */
	size_t len, cap;
};

struct xml_tree *xml_tree_begin(struct arena *mem)
{
	struct xml_tree *t = ARENA_NEW(mem, struct xml_tree);

	if (t)
		t->mem = mem;
	return t;
}

const struct xml_node *xml_tree_root(const struct xml_tree *t) { return t->root; }

static bool copy_attributes(struct xml_tree *t, struct xml_node *n, const struct xml_element *e)
{
	struct xml_attr *to;

	if (!e->n_attrs)
		return true;
	to = ARENA_ARRAY(t->mem, struct xml_attr, (size_t)e->n_attrs);
	for (unsigned i = 0; to && i < e->n_attrs; i++)
		to[i] = (struct xml_attr){ arena_copy(t->mem, e->attrs[i].ns), arena_copy(t->mem, e->attrs[i].name),
			                   arena_copy(t->mem, e->attrs[i].value) };
	n->attrs = to;
	n->n_attrs = e->n_attrs;
	return arena_ok(t->mem);
}

/* A name or namespace an earlier sibling or the parent has is shared: they repeat without end. */
static struct span shared(struct xml_tree *t, struct span s, struct span known)
{
	return span_eq(s, known) ? known : arena_copy(t->mem, s);
}

static bool on_open(void *to, const struct xml_element *e)
{
	struct xml_tree *t = to;
	struct xml_node *up = t->open, *n = ARENA_NEW(t->mem, struct xml_node);
	struct xml_node *before = up ? up->last : NULL;

	if (!n)
		return false;
	if (up && value_clean(t->text, t->len).len)
		up->mixed = true;
	t->len = 0;
	n->up = up;
	n->name = shared(t, e->name, before ? before->name : (struct span){ NULL, 0 });
	n->ns = shared(t, e->ns, up ? up->ns : (struct span){ NULL, 0 });
	if (before)
		before->next = n;
	else if (up)
		up->child = n;
	else
		t->root = n;
	if (up)
		up->last = n;
	t->open = n;
	return copy_attributes(t, n, e);
}

static bool on_text(void *to, struct span s)
{
	struct xml_tree *t = to;

	if (s.len > XML_TEXT_MAX - t->len)
		return false;
	if (t->len + s.len > t->cap) {
		size_t cap = t->cap ? t->cap : 256;
		while (cap < t->len + s.len)
			cap *= 2;
		char *more = arena_take(t->mem, cap);
		if (!more)
			return false;
		if (t->len)
			memcpy(more, t->text, t->len);
		t->text = more;
		t->cap = cap;
	}
	memcpy(t->text + t->len, s.at, s.len);
	t->len += s.len;
	return true;
}

static bool on_close(void *to)
{
	struct xml_tree *t = to;
	struct xml_node *n = t->open;
	struct span text = value_clean(t->text, t->len);

	if (n->child)
		n->mixed |= text.len > 0;
	else
		n->text = arena_copy(t->mem, text);
	t->len = 0;
	t->open = n->up;
	return arena_ok(t->mem);
}

const struct xml_listener xml_tree_events = { on_open, on_text, on_close };

struct xml_verdict xml_tree_read(struct span bytes, struct arena *mem, const struct xml_node **ret)
{
	struct xml_tree *t = xml_tree_begin(mem);
	struct xml_verdict v = { XML_OVER_LIMIT, "no memory within the limit", 0 };

	if (!t)
		return v;
	v = xml_read(bytes, &xml_tree_events, t);
	if (v.end == XML_STOPPED)
		v = (struct xml_verdict){ XML_OVER_LIMIT, "a value of more than 1 MB, or no memory within the limit",
			                  v.line };
	if (v.end == XML_READ)
		*ret = t->root;
	return v;
}

/* ---- asking ---- */

static const struct xml_node *named(const struct xml_node *n, struct span name)
{
	while (n && !span_eq(n->name, name))
		n = n->next;
	return n;
}

const struct xml_node *xml_child(const struct xml_node *n, const char *name)
{
	return n ? named(n->child, span_z(name)) : NULL;
}

const struct xml_node *xml_again(const struct xml_node *n) { return named(n->next, n->name); }

const struct xml_node *xml_at(const struct xml_node *n, const char *path)
{
	struct span rest = span_z(path), step;

	while (n && span_cut(rest, '/', &step, &rest))
		n = named(n->child, step);
	return n ? named(n->child, rest) : NULL;
}

struct span xml_text_at(const struct xml_node *n, const char *path)
{
	n = xml_at(n, path);
	return n ? n->text : (struct span){ NULL, 0 };
}

struct span xml_attribute(const struct xml_node *n, const char *name)
{
	for (unsigned i = 0; n && i < n->n_attrs; i++)
		if (n->attrs[i].ns.len == 0 && span_is(n->attrs[i].name, name))
			return n->attrs[i].value;
	return (struct span){ NULL, 0 };
}
