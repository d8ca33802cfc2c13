/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.c: which reader a document goes to, and what becomes of it.
 *
 * The root element's qualified name chooses the row; nothing else of the
 * document has a say. A document that ends badly (not well-formed, over a
 * limit) keeps no fact: half a document says nothing.
 */
#include "intake/document_draft.h"

#include "crypto.h"
#include "money.h"

static const struct doc_row {
	enum doc_kind kind;
	const char *name;
	struct span ns, root;
	const struct doc_format *format;
} rows[] = {
	{ DOC_OPAQUE, "opaque", { NULL, 0 }, { NULL, 0 }, NULL },
#define UBL(root)                                                                 \
	{ "urn:oasis:names:specification:ubl:schema:xsd:" root "-2",              \
	  sizeof "urn:oasis:names:specification:ubl:schema:xsd:" root "-2" - 1 }, \
	{                                                                         \
		root, sizeof root - 1                                             \
	}
	{ DOC_UBL_INVOICE, "ubl-invoice", UBL("Invoice"), &format_ubl },
	{ DOC_UBL_CREDIT_NOTE, "ubl-credit-note", UBL("CreditNote"), &format_ubl },
};
static_assert(ARRAY_LEN(rows) == DOC_KINDS, "one row per kind");

static const struct doc_rule_info rule_info[DOC_RULES] = {
#define E SEV_E
#define W SEV_W
#define NONE SEV_NONE
#define RULE(name, id_, same, en, peppol, plain, text_) \
	[RULE_##name] = { id_, same, { [DIALECT_EN] = en, [DIALECT_PEPPOL] = peppol, [DIALECT_PLAIN] = plain }, text_ },
#include "document_rule.def"
#undef RULE
#undef E
#undef W
#undef NONE
};

/* A profile id begins with one of these; the first that fits counts. */
static const struct {
	struct span prefix;
	enum doc_dialect dialect;
} profiles[] = {
	{ { "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:", 52 }, DIALECT_PEPPOL },
	{ { "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_", 66 }, DIALECT_PEPPOL },
	{ { "urn:cen.eu:en16931:2017", 23 }, DIALECT_EN },
	{ { "urn:counterfoil:invoice:plain", 29 }, DIALECT_PLAIN },
	{ { "urn:oasis:names:specification:ubl:", 34 }, DIALECT_PLAIN },
};

const char *document_kind_name(enum doc_kind kind) { return (unsigned)kind < DOC_KINDS ? rows[kind].name : NULL; }

const struct doc_rule_info *document_rule_info(enum doc_rule rule)
{
	assert((unsigned)rule < DOC_RULES);
	return &rule_info[rule];
}

enum doc_dialect dialect_of(struct span profile, bool *known)
{
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		if (!span_starts(profile, profiles[i].prefix))
			continue;
		*known = true;
		return profiles[i].dialect;
	}
	*known = false;
	return DIALECT_PLAIN;
}

bool document_start(void) { return xml_start(); }

/* ---- findings ---- */

static void put_at(struct writer *w, const struct draft *d, struct at at)
{
	bool credit = d->doc->kind == DOC_UBL_CREDIT_NOTE;

	put_byte(w, '/');
	put_span(w, rows[d->doc->kind].root);
	if (at.path && *at.path)
		put_byte(w, '/');
	for (const char *c = at.path ? at.path : ""; *c; c++) {
		if (*c == '%')
			put_z(w, credit ? "CreditNoteLine" : "InvoiceLine");
		else
			put_byte(w, *c);
	}
	if (at.i) {
		put_byte(w, '[');
		put_u64(w, at.i);
		put_byte(w, ']');
	}
	if (at.leaf) {
		put_byte(w, '/');
		put_z(w, at.leaf);
	}
}

static struct span same_as(struct draft *d, const char *pattern, const char *category)
{
	char text[32];
	struct writer w = writer_over(text, sizeof text);

	for (; *pattern; pattern++) {
		if (*pattern == '*')
			put_z(&w, category ? category : "");
		else
			put_byte(&w, *pattern);
	}
	return arena_copy(d->mem, writer_span(&w));
}

struct doc_finding *draft_raise(struct draft *d, enum doc_rule rule, enum severity most, const char *category,
                                struct at at)
{
	const struct doc_rule_info *info = document_rule_info(rule);
	enum severity s = info->severity[d->doc->dialect];
	char where[512];
	struct writer w = writer_over(where, sizeof where);

	if (s > most)
		s = most;
	if (s == SEV_NONE)
		return NULL;
	if (s == SEV_E)
		d->doc->refused++;
	if (d->doc->findings.n == DOC_FINDINGS_MAX)
		return NULL;
	put_at(&w, d, at);
	struct doc_finding *f = &d->findings[d->doc->findings.n++];
	*f = (struct doc_finding){ .rule = (uint16_t)rule, .severity = (uint8_t)s };
	f->same_as = same_as(d, info->same_as, category);
	f->where = arena_copy(d->mem, writer_span(&w));
	return f;
}

void draft_detail(struct draft *d, struct doc_finding *f, struct span text)
{
	if (!f)
		return;
	/* a value quoted back is cut, at the border of a character */
	while (text.len > 200 || (text.len && !utf8_valid(text)))
		text.len = text.len > 200 ? 200 : text.len - 1;
	f->detail = arena_copy(d->mem, text);
}

void draft_detail_sums(struct draft *d, struct doc_finding *f, i128 stated, i128 found, unsigned digits)
{
	char text[160];
	struct writer w = writer_over(text, sizeof text);

	put_z(&w, "stated ");
	put_decimal(&w, stated, digits);
	put_z(&w, ", found ");
	put_decimal(&w, found, digits);
	draft_detail(d, f, writer_span(&w));
}

void draft_tell(struct draft *d, enum doc_rule rule, struct at at, struct span detail)
{
	draft_detail(d, draft_raise(d, rule, SEV_E, NULL, at), detail);
}

/* ---- numbers ---- */

void put_decimal(struct writer *w, i128 mantissa, unsigned scale)
{
	char digit[48];
	unsigned n = 0;
	__extension__ unsigned __int128 left =
		mantissa < 0 ? -(unsigned __int128)mantissa : (unsigned __int128)mantissa;

	do {
		digit[n++] = (char)('0' + (int)(left % 10));
		left /= 10;
	} while (left || n <= scale);
	if (mantissa < 0)
		put_byte(w, '-');
	while (n--) {
		put_byte(w, digit[n]);
		if (n == scale && scale)
			put_byte(w, '.');
	}
}

unsigned document_digits(const char ccy[4])
{
	int digits = ccy_digits(span_z(ccy));
	return digits < 0 ? 2 : (unsigned)digits;
}

bool document_ccy_unknown(struct span ccy) { return ccy_digits(ccy) < 0; }

/* ---- lists ---- */

struct any_list {
	char *at;
	uint32_t n;
};

/* Capacity is the next power of two, so it needs no field: a list is full when n is one. */
static bool list_full(uint32_t n) { return n == 0 || (n >= 4 && (n & (n - 1)) == 0); }

void *draft_item(struct draft *d, void *list, size_t size, uint32_t max)
{
	struct any_list l;

	memcpy(&l.at, list, sizeof l.at);
	memcpy(&l.n, (char *)list + sizeof l.at, sizeof l.n);
	if (l.n >= max || d->items >= DOC_ITEMS_MAX)
		return NULL;
	if (list_full(l.n)) {
		char *more = arena_take(d->mem, size * (l.n ? (size_t)l.n * 2 : 4));
		if (!more)
			return NULL;
		if (l.n)
			memcpy(more, l.at, size * l.n);
		l.at = more;
	}
	d->items++;
	char *item = l.at + size * l.n++;
	memcpy(list, &l.at, sizeof l.at);
	memcpy((char *)list + sizeof l.at, &l.n, sizeof l.n);
	return item;
}
static_assert(offsetof(struct doc_lines, n) == sizeof(char *), "lists are {pointer, count}");

/* ---- reading ---- */

struct dispatch {
	struct draft *draft;
	const struct doc_format *format;
	void *reader;
	bool unknown;
};

static bool on_open(void *to, const struct xml_element *e)
{
	struct dispatch *p = to;

	for (size_t i = 1; !p->format && i < ARRAY_LEN(rows); i++) {
		if (!span_eq(rows[i].root, e->name) || !span_eq(rows[i].ns, e->ns))
			continue;
		p->draft->doc->kind = (uint16_t)rows[i].kind;
		p->format = rows[i].format;
		p->reader = p->format->begin(p->draft);
	}
	p->unknown = !p->format;
	if (p->unknown)
		draft_tell(p->draft, RULE_ROOT, TOP(NULL), e->name);
	return p->reader && p->format->on.open(p->reader, e);
}

static bool on_text(void *to, struct span s)
{
	struct dispatch *p = to;
	return p->format->on.text(p->reader, s);
}

static bool on_close(void *to)
{
	struct dispatch *p = to;
	return p->format->on.close(p->reader);
}

/* What an absent fact looks like; also what remains of a document that could not be read to its end. */
static void blank(struct document *doc)
{
	static const struct document empty;
	struct document d = empty;

	d.sha256 = doc->sha256;
	d.kind = doc->kind;
	d.dialect = doc->dialect;
	d.refused = doc->refused;
	d.findings = doc->findings;
	d.issue_date = d.due_date = d.tax_point_date = d.delivery_date = d.period_start = d.period_end = DATE_NONE;
	*doc = d;
}

static const enum doc_rule verdict_rule[] = {
	[XML_BAD_ENCODING] = RULE_ENCODING,
	[XML_HAS_DOCTYPE] = RULE_DOCTYPE,
	[XML_OVER_LIMIT] = RULE_LIMIT,
	[XML_BROKEN] = RULE_WELL_FORMED,
};

static void tell_verdict(struct draft *d, struct xml_verdict v)
{
	char text[128];
	struct writer w = writer_over(text, sizeof text);

	put_z(&w, v.why);
	if (v.line > 0) {
		put_z(&w, ", line ");
		put_u64(&w, (uint64_t)v.line);
	}
	draft_tell(d, verdict_rule[v.end], TOP(NULL), writer_span(&w));
}

static void read_xml(struct draft *d, struct span bytes, const enum doc_dialect *dialect)
{
	static const struct xml_listener listener = { on_open, on_text, on_close };
	struct dispatch p = { .draft = d };
	struct xml_verdict v = xml_read(bytes, &listener, &p);
	bool known;

	if (v.end == XML_READ && p.reader) {
		p.format->finish(p.reader);
		d->doc->dialect = (uint16_t)(dialect ? *dialect : dialect_of(d->doc->profile, &known));
		document_judge(d);
		return;
	}
	blank(d->doc);
	if (v.end != XML_STOPPED && v.end != XML_READ)
		tell_verdict(d, v);
}

static enum fault read_any(struct span bytes, const enum doc_dialect *dialect, struct arena *mem, struct document *ret)
{
	struct document doc = { .kind = DOC_OPAQUE };
	struct draft d = { .doc = &doc, .mem = mem };

	if (bytes.len > DOCUMENT_MAX)
		return E_TOO_BIG;
	doc.sha256 = sha256(bytes);
	blank(&doc);
	d.findings = ARENA_ARRAY(mem, struct doc_finding, DOC_FINDINGS_MAX);
	doc.findings.at = d.findings;
	if (d.findings && xml_looks_like(bytes))
		read_xml(&d, bytes, dialect);
	if (!arena_ok(mem))
		return E_TOO_BIG;
	doc.level = doc.kind != DOC_OPAQUE && doc.refused == 0 ? DOC_L1 : DOC_L0;
	*ret = doc;
	return OK;
}

enum fault document_read(struct span bytes, struct arena *mem, struct document *ret)
{
	return read_any(bytes, NULL, mem, ret);
}

enum fault document_read_as(struct span bytes, enum doc_dialect dialect, struct arena *mem, struct document *ret)
{
	return read_any(bytes, &dialect, mem, ret);
}

void document_given_up(struct span bytes, const char *why, struct arena *mem, struct document *ret)
{
	struct document doc = { .kind = DOC_OPAQUE };
	struct draft d = { .doc = &doc, .mem = mem, .findings = ARENA_NEW(mem, struct doc_finding) };

	doc.sha256 = sha256(bytes);
	blank(&doc);
	doc.findings.at = d.findings;
	if (d.findings)
		draft_tell(&d, RULE_LIMIT, TOP(NULL), span_z(why));
	*ret = doc;
}
