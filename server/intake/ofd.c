/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ofd.c: OFD.xml -> Document.xml -> pages, attachments and tags.
 *
 * Nothing is filled into the model before all of that has been read, so a
 * package that breaks half way says nothing.
 */
#include <strings.h>

#include "intake/authenticity.h"
#include "intake/ofd_reading.h"

#define OFD_NS "http://www.ofdspec.org/2016"
enum { PAGES_MAX = 200, SHOWN_MAX = 50000 };

static void tell(struct reading *r, enum doc_rule rule, struct span detail)
{
	draft_tell(r->d, rule, TOP(NULL), detail);
}

/* ---- parts ---- */

const struct zip_part *ofd_part(const struct ofd *o, const struct zip_part *from, struct span path, bool *other_case)
{
	char name[2 * ZIP_NAME_MAX];
	struct writer w = writer_over(name, sizeof name);
	size_t folder = from ? from->name.len : 0;
	const struct zip_part *p;

	while (folder && from->name.at[folder - 1] != '/')
		folder--;
	if (path.len && path.at[0] == '/')
		path = (struct span){ path.at + 1, path.len - 1 };
	else if (folder)
		put_span(&w, (struct span){ from->name.at, folder });
	if (span_starts(path, S("./")))
		path = (struct span){ path.at + 2, path.len - 2 };
	put_span(&w, path);
	if (w.overflow)
		return NULL;
	p = unzip_find(&o->zip, writer_span(&w));
	if (p)
		return p;
	p = unzip_find_any_case(&o->zip, writer_span(&w));
	*other_case |= p != NULL;
	return p;
}

/* Once: the reader and the judge of the seal see the same bytes, and memory holds them one time. */
static bool read_part(struct ofd *o, const struct zip_part *p, struct span *ret)
{
	struct span *kept = &o->read[p - o->zip.part];

	if (!kept->at && !unzip_read(&o->zip, p, o->mem, kept)) {
		*kept = (struct span){ NULL, 0 };
		return false;
	}
	*ret = *kept;
	return true;
}

bool ofd_bytes(void *of, struct span name, struct span *bytes)
{
	struct ofd *o = of;
	const struct zip_part *p = unzip_find(&o->zip, name);

	return p && read_part(o, p, bytes);
}

static void use(struct reading *r, const struct zip_part *p) { r->ofd.used[p - r->ofd.zip.part] = true; }

/* Once is enough. */
static void tell_case(struct reading *r, bool other_case, struct span path)
{
	if (other_case && !r->told_case)
		tell(r, RULE_OFD_CASE, path);
	r->told_case |= other_case;
}

/* A part that is named and must be there. */
static const struct zip_part *part(struct reading *r, const struct zip_part *from, struct span path)
{
	bool other_case = false;
	const struct zip_part *p = ofd_part(&r->ofd, from, path, &other_case);

	tell_case(r, other_case, path);
	if (p)
		use(r, p);
	else
		tell(r, RULE_OFD_FORM, path);
	return p;
}

static bool unpack(struct reading *r, const struct zip_part *p, struct span *ret)
{
	if (read_part(&r->ofd, p, ret))
		return true;
	if (arena_ok(r->d->mem))
		tell(r, RULE_PACKAGE, p->name);
	return false;
}

static const struct xml_node *tree_of(struct reading *r, const struct zip_part *p)
{
	const struct xml_node *root = NULL;
	struct span bytes;

	if (!p || !unpack(r, p, &bytes))
		return NULL;
	struct xml_verdict v = xml_tree_read(bytes, r->d->mem, &root);
	if (v.end != XML_READ && arena_ok(r->d->mem)) {
		r->d->part = p->name;
		draft_tell_verdict(r->d, v);
		r->d->part = (struct span){ NULL, 0 };
	}
	return root;
}

/* ---- the cover and the document ---- */

static bool read_cover(struct reading *r)
{
	const struct zip_part *p = unzip_find(&r->ofd.zip, S("OFD.xml"));
	const struct xml_node *body;

	if (!p) {
		tell(r, RULE_ROOT, S("a zip archive without OFD.xml"));
		return false;
	}
	use(r, p);
	r->cover = tree_of(r, p);
	body = xml_child(r->cover, "DocBody");
	if (!body)
		return false;
	if (!span_is(r->cover->name, "OFD") || !span_is(r->cover->ns, OFD_NS) || xml_again(body) ||
	    !xml_text_at(body, "DocRoot").len || xml_again(xml_child(body, "DocRoot"))) {
		tell(r, RULE_OFD_FORM, S("OFD.xml does not name one document"));
		return false;
	}
	r->ofd.root = part(r, p, xml_text_at(body, "DocRoot"));
	if (xml_text_at(body, "Signatures").len)
		r->ofd.signatures = part(r, p, xml_text_at(body, "Signatures"));
	r->document = tree_of(r, r->ofd.root);
	return r->document != NULL;
}

/* Templates and resources are not read, but they show: a seal must cover them. */
static void use_all(struct reading *r, const char *path, const char *attribute)
{
	const struct xml_node *n = xml_at(r->document, path);

	for (; n; n = xml_again(n)) {
		bool other_case = false;
		struct span to = attribute ? xml_attribute(n, attribute) : n->text;
		const struct zip_part *p = ofd_part(&r->ofd, r->ofd.root, to, &other_case);
		tell_case(r, other_case, to);
		if (p)
			use(r, p);
	}
}

/* ---- pages ---- */

/* What the events of a page fill: the text object that is open, if any. */
struct page {
	struct reading *r;
	struct span id, object;
	char *text;
	size_t len, cap;
	unsigned depth, in_object, in_code; /* depth at which these were opened; 0: not open */
};

static bool page_open(void *to, const struct xml_element *e)
{
	struct page *p = to;

	p->depth++;
	if (!p->in_object && span_is(e->name, "TextObject")) {
		p->in_object = p->depth;
		p->len = 0;
		p->object = (struct span){ NULL, 0 };
		for (unsigned i = 0; i < e->n_attrs; i++)
			if (span_is(e->attrs[i].name, "ID"))
				p->object = arena_copy(p->r->d->mem, e->attrs[i].value);
	} else if (p->in_object && !p->in_code && span_is(e->name, "TextCode")) {
		p->in_code = p->depth;
	}
	return arena_ok(p->r->d->mem);
}

static bool page_text(void *to, struct span s)
{
	struct page *p = to;

	if (!p->in_code)
		return true;
	if (s.len > XML_TEXT_MAX - p->len)
		return false;
	if (p->len + s.len > p->cap) {
		p->cap = 2 * (p->len + s.len) + 256;
		char *more = arena_take(p->r->d->mem, p->cap);
		if (!more)
			return false;
		if (p->len)
			memcpy(more, p->text, p->len);
		p->text = more;
	}
	memcpy(p->text + p->len, s.at, s.len);
	p->len += s.len;
	return true;
}

static bool page_close(void *to)
{
	struct page *p = to;
	struct shown *s;

	if (p->in_code == p->depth)
		p->in_code = 0;
	if (p->in_object == p->depth) {
		p->in_object = 0;
		if (p->r->shown.n == SHOWN_MAX || !(s = draft_item(p->r->d, &p->r->shown, sizeof *s, SHOWN_MAX)))
			return false;
		*s = (struct shown){ p->id, p->object,
			             ofd_without_blanks(p->r->d->mem, (struct span){ p->text, p->len }) };
	}
	p->depth--;
	return arena_ok(p->r->d->mem);
}

static bool read_page(struct reading *r, const struct xml_node *n)
{
	static const struct xml_listener listener = { page_open, page_text, page_close };
	struct page p = { .r = r, .id = xml_attribute(n, "ID") };
	const struct zip_part *from = part(r, r->ofd.root, xml_attribute(n, "BaseLoc"));
	struct span bytes;

	if (!from || !unpack(r, from, &bytes))
		return false;
	struct xml_verdict v = xml_read(bytes, &listener, &p);
	if (v.end == XML_READ)
		return true;
	if (v.end == XML_STOPPED)
		v = (struct xml_verdict){ XML_OVER_LIMIT, "more text than pages may have", v.line };
	r->d->part = from->name;
	draft_tell_verdict(r->d, v);
	r->d->part = (struct span){ NULL, 0 };
	return false;
}

static bool read_pages(struct reading *r)
{
	const struct xml_node *n = xml_at(r->document, "Pages/Page");

	for (unsigned i = 0; n; n = xml_again(n), i++) {
		if (i == PAGES_MAX) {
			tell(r, RULE_LIMIT, S("more than 200 pages"));
			return false;
		}
		if (!read_page(r, n))
			return false;
	}
	return true;
}

/* ---- the attachment ---- */

static struct span base_name(struct span s)
{
	struct span head;

	while (span_cut(s, '/', &head, &s))
		;
	return s;
}

static bool is_original(struct span s) { return s.len == 20 && strncasecmp(s.at, "original_invoice.xml", 20) == 0; }

/* A second part of that name would be the invoice to whoever looks for the name (ATK-43). */
static void look_for_others(struct reading *r)
{
	for (unsigned i = 0; i < r->ofd.zip.n; i++)
		if (is_original(base_name(r->ofd.zip.part[i].name)) && &r->ofd.zip.part[i] != r->attachment)
			tell(r, RULE_OFD_FORM, r->ofd.zip.part[i].name);
}

static bool read_attachment(struct reading *r)
{
	struct span list = xml_text_at(r->document, "Attachments");
	const struct zip_part *from = list.len ? part(r, r->ofd.root, list) : NULL;
	const struct xml_node *n = from ? xml_child(tree_of(r, from), "Attachment") : NULL, *root;

	for (; n; n = xml_again(n)) {
		struct span to = xml_text_at(n, "FileLoc");
		if (!span_is(xml_attribute(n, "Name"), "original_invoice") && !is_original(base_name(to)))
			continue;
		if (r->attachment)
			tell(r, RULE_OFD_FORM, S("two attachments are the invoice"));
		r->attachment = part(r, from, to);
		if (!r->attachment)
			return false;
	}
	look_for_others(r);
	if (!r->attachment)
		return true;
	root = tree_of(r, r->attachment);
	if (!root)
		return false;
	if (!fapiao_is_root(root->ns, root->name)) {
		tell(r, RULE_ROOT, root->name);
		return false;
	}
	r->d->part = r->attachment->name;
	r->attached = fapiao_read(r->d, root, &r->by_attachment);
	return r->attached;
}

/* ---- the custom tags ---- */

/* References mostly run as the objects do, so the search begins behind the last hit. */
static struct span text_shown(struct reading *r, struct span page, struct span id)
{
	for (uint32_t i = 0; i < r->shown.n; i++) {
		uint32_t k = (r->cursor + i) % r->shown.n;
		if (!span_eq(r->shown.at[k].id, id) || (page.len && !span_eq(r->shown.at[k].page, page)))
			continue;
		r->cursor = k + 1;
		return r->shown.at[k].text;
	}
	return (struct span){ NULL, 0 };
}

/* An element's references become the text they point at, in their order; ObjectData is the text itself. */
static void resolve(struct reading *r, struct xml_node *n)
{
	struct writer w = writer_in(r->d->mem);

	for (const struct xml_node *c = n->child; c; c = c->next) {
		if (span_is(c->name, "ObjectRef"))
			put_span(&w, text_shown(r, xml_attribute(c, "PageRef"), c->text));
		else
			put_span(&w, c->text);
	}
	n->text = writer_done(&w, r->d->mem);
	n->child = n->last = NULL;
	n->mixed = false;
}

static bool is_reference(const struct xml_node *n)
{
	return n && span_is(n->ns, OFD_NS) && (span_is(n->name, "ObjectRef") || span_is(n->name, "ObjectData"));
}

/* The tree of a tag file was made here, so it may be changed here. */
static void resolve_all(struct reading *r, const struct xml_node *root)
{
	struct xml_node *n = (struct xml_node *)(uintptr_t)root;

	while (n && arena_ok(r->d->mem)) {
		if (is_reference(n->child))
			resolve(r, n);
		if (n->child) {
			n = n->child;
			continue;
		}
		while (n && n != root && !n->next)
			n = n->up;
		n = !n || n == root ? NULL : n->next;
	}
}

static bool says_something(const struct cn_invoice *in)
{
	for (int i = 0; i < CN_FACTS; i++)
		if (in->fact[i].path && in->fact[i].text.len)
			return true;
	return in->n > 0;
}

static bool read_tag(struct reading *r, const struct zip_part *p)
{
	const struct xml_node *root = tree_of(r, p), *in = root;

	if (!root)
		return false;
	while (in && !fapiao_is_root(in->ns, in->name))
		in = in->child; /* fp:e-invoice/fp:eInvoice */
	if (!in)
		return true; /* tags of something else */
	resolve_all(r, in);
	r->d->part = p->name;
	struct cn_invoice tags;
	if (!fapiao_read(r->d, in, &tags))
		return false;
	if (!says_something(&tags))
		return true;
	if (r->tagged)
		tell(r, RULE_OFD_FORM, S("two tag files are the invoice"));
	r->by_tags = tags;
	r->tag = p;
	r->tagged = true;
	return true;
}

static bool read_tags(struct reading *r)
{
	struct span list = xml_text_at(r->document, "CustomTags");
	const struct zip_part *from = list.len ? part(r, r->ofd.root, list) : NULL, *p;
	const struct xml_node *n = from ? xml_child(tree_of(r, from), "CustomTag") : NULL;

	for (; n; n = xml_again(n)) {
		p = part(r, from, xml_text_at(n, "FileLoc"));
		if (!p || !read_tag(r, p))
			return false;
	}
	return true;
}

/* ---- all of it ---- */

static bool read_all(struct reading *r)
{
	if (!read_cover(r))
		return false;
	use_all(r, "CommonData/TemplatePage", "BaseLoc");
	use_all(r, "CommonData/PublicRes", NULL);
	use_all(r, "CommonData/DocumentRes", NULL);
	return read_pages(r) && read_attachment(r) && read_tags(r);
}

static void fill(struct reading *r)
{
	if (!r->attached && !r->tagged) {
		tell(r, RULE_ROOT, S("an OFD without an invoice"));
		return;
	}
	r->d->doc->kind = DOC_FAPIAO_OFD;
	r->d->part = (r->attached ? r->attachment : r->tag)->name;
	ofd_compare(r);
	fapiao_fill(r->d, r->attached ? &r->by_attachment : &r->by_tags);
}

/* The seal is over every part, read or not. */
static void judge_seal(struct reading *r)
{
	struct draft *d = r->d;
	size_t n = r->ofd.zip.n;
	struct span *name = ARENA_ARRAY(d->mem, struct span, n);

	if (!name || !d->auth)
		return;
	for (size_t i = 0; i < n; i++)
		name[i] = r->ofd.zip.part[i].name;
	struct ofd_parts parts = { &r->ofd, ofd_bytes, name, n };
	authentic_parts(&parts, d->trust, d->mem, d->auth);
}

void ofd_read(struct draft *d, struct span bytes)
{
	struct reading r = { .d = d, .ofd = { .mem = d->mem } };
	const char *why = unzip_open(bytes, d->mem, &r.ofd.zip);

	if (why) {
		draft_tell(d, RULE_PACKAGE, TOP(NULL), span_z(why));
		return;
	}
	if (read_all(&r) && arena_ok(d->mem))
		fill(&r);
	if (d->doc->kind == DOC_FAPIAO_OFD)
		judge_seal(&r);
	unzip_close(&r.ofd.zip);
}
