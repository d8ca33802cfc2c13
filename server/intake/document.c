/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.c: which reader a document goes to, and what becomes of it.
 *
 * The root element's qualified name chooses the row; nothing else of the
 * document has a say. A document that ends badly (not well-formed, over a
 * limit) keeps no fact: half a document says nothing.
 */
#include "intake/authenticity.h"
#include "intake/json.h"

#include "codes.h"
#include "crypto.h"
#include "intake/draft_value.h"
#include "intake/json_document.h"
#include "intake/ofd.h"
#include "intake/pdf.h"
#include "intake/sniff.h"

static const char *const kind_names[] = {
	[DOC_OPAQUE] = "opaque",
	[DOC_UBL_INVOICE] = "ubl-invoice",
	[DOC_UBL_CREDIT_NOTE] = "ubl-credit-note",
	[DOC_UBL_DEBIT_NOTE] = "ubl-debit-note",
	[DOC_UBL_ORDER] = "ubl-order",
	[DOC_UBL_ORDER_CHANGE] = "ubl-order-change",
	[DOC_UBL_ORDER_CANCELLATION] = "ubl-order-cancellation",
	[DOC_UBL_ORDER_RESPONSE] = "ubl-order-response",
	[DOC_UBL_DESPATCH_ADVICE] = "ubl-despatch-advice",
	[DOC_UBL_RECEIPT_ADVICE] = "ubl-receipt-advice",
	[DOC_UBL_APPLICATION_RESPONSE] = "ubl-application-response",
	[DOC_UBL_INVENTORY_REPORT] = "ubl-inventory-report",
	[DOC_UBL_WEIGHT_STATEMENT] = "ubl-weight-statement",
	[DOC_CII_INVOICE] = "cii-invoice",
	[DOC_FACTUR_X] = "factur-x",
	[DOC_FAPIAO_XML] = "fapiao-xml",
	[DOC_FAPIAO_OFD] = "fapiao-ofd",
	[DOC_DCSA_BILL_OF_LADING] = "dcsa-bill-of-lading",
	[DOC_CAMT_052] = "camt-052",
	[DOC_CAMT_053] = "camt-053",
	[DOC_CAMT_054] = "camt-054",
	[DOC_WAREHOUSE_RECEIPT] = "warehouse-receipt",
	[DOC_CMS_SIGNED] = "cms-signed",
	[DOC_UBL_WAYBILL] = "ubl-waybill",
};
static_assert(ARRAY_LEN(kind_names) == DOC_KINDS, "one name per kind");

static const uint8_t families[DOC_KINDS] = {
	[DOC_UBL_INVOICE] = FAMILY_INVOICE,
	[DOC_UBL_CREDIT_NOTE] = FAMILY_CREDIT,
	[DOC_UBL_DEBIT_NOTE] = FAMILY_INVOICE,
	[DOC_UBL_ORDER] = FAMILY_ORDER,
	[DOC_UBL_ORDER_CHANGE] = FAMILY_ORDER,
	[DOC_UBL_ORDER_CANCELLATION] = FAMILY_ANSWER,
	[DOC_UBL_ORDER_RESPONSE] = FAMILY_ANSWER,
	[DOC_UBL_DESPATCH_ADVICE] = FAMILY_GOODS,
	[DOC_UBL_RECEIPT_ADVICE] = FAMILY_GOODS,
	[DOC_UBL_APPLICATION_RESPONSE] = FAMILY_ANSWER,
	[DOC_UBL_INVENTORY_REPORT] = FAMILY_GOODS,
	[DOC_UBL_WEIGHT_STATEMENT] = FAMILY_GOODS,
	[DOC_UBL_WAYBILL] = FAMILY_GOODS,
	[DOC_CII_INVOICE] = FAMILY_INVOICE,
	[DOC_FACTUR_X] = FAMILY_INVOICE,
	[DOC_FAPIAO_XML] = FAMILY_INVOICE,
	[DOC_FAPIAO_OFD] = FAMILY_INVOICE,
	[DOC_DCSA_BILL_OF_LADING] = FAMILY_TITLE,
	[DOC_CAMT_052] = FAMILY_BANK,
	[DOC_CAMT_053] = FAMILY_BANK,
	[DOC_CAMT_054] = FAMILY_BANK,
	[DOC_WAREHOUSE_RECEIPT] = FAMILY_TITLE,
};

/* Roots of XML. Versions 1 to 8 of the bank's messages say what we read alike; a later one is not guessed at. */
static const struct doc_root roots[] = {
#define UBL(kind, name, line, line_in, format)                                                                \
	{                                                                                                     \
		kind, "urn:oasis:names:specification:ubl:schema:xsd:" name "-2", name, line, line_in, &format \
	}
#define CAMT(kind, number, line)                                                                                  \
	{                                                                                                         \
		kind, "urn:iso:std:iso:20022:tech:xsd:camt." number ".001.0#", "Document", line, "", &format_camt \
	}
	UBL(DOC_UBL_INVOICE, "Invoice", "InvoiceLine", "", format_ubl),
	UBL(DOC_UBL_INVOICE, "SelfBilledInvoice", "InvoiceLine", "", format_ubl),
	UBL(DOC_UBL_CREDIT_NOTE, "CreditNote", "CreditNoteLine", "", format_ubl),
	UBL(DOC_UBL_CREDIT_NOTE, "SelfBilledCreditNote", "CreditNoteLine", "", format_ubl),
	UBL(DOC_UBL_DEBIT_NOTE, "DebitNote", "DebitNoteLine", "", format_ubl_debit),
	UBL(DOC_UBL_ORDER, "Order", "OrderLine", "LineItem/", format_order),
	UBL(DOC_UBL_ORDER_CHANGE, "OrderChange", "OrderLine", "LineItem/", format_order_change),
	UBL(DOC_UBL_ORDER_CANCELLATION, "OrderCancellation", "", "", format_order_cancellation),
	UBL(DOC_UBL_ORDER_RESPONSE, "OrderResponse", "OrderLine", "LineItem/", format_order_response),
	UBL(DOC_UBL_ORDER_RESPONSE, "OrderResponseSimple", "", "", format_order_response),
	UBL(DOC_UBL_DESPATCH_ADVICE, "DespatchAdvice", "DespatchLine", "", format_despatch),
	UBL(DOC_UBL_RECEIPT_ADVICE, "ReceiptAdvice", "ReceiptLine", "", format_receipt),
	UBL(DOC_UBL_APPLICATION_RESPONSE, "ApplicationResponse", "DocumentResponse", "", format_application_response),
	UBL(DOC_UBL_INVENTORY_REPORT, "InventoryReport", "InventoryReportLine", "", format_inventory),
	UBL(DOC_UBL_WEIGHT_STATEMENT, "WeightStatement", "TransportEquipment", "", format_weight),
	UBL(DOC_UBL_WAYBILL, "Waybill", "Shipment/GoodsItem", "", format_waybill),
	{ DOC_CII_INVOICE, "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "CrossIndustryInvoice",
	  "SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem", "", &format_cii },
	/* 数电票; what OFD carries; Chinese and pinyin tags */
	{ DOC_FAPIAO_XML, "", "EInvoice", "EInvoiceData/IssuItemInformation", "", &format_fapiao },
	{ DOC_FAPIAO_XML, "", "eInvoice", "GoodsInfos/GoodsInfo", "", &format_fapiao },
	{ DOC_FAPIAO_XML, "http://www.edrm.org.cn/schema/e-invoice/2016", "eInvoice", "GoodsInfos/GoodsInfo", "",
	  &format_fapiao },
	{ DOC_FAPIAO_XML, "http://www.edrm.org.cn/schema/e-invoice/2019", "eInvoice", "GoodsInfos/GoodsInfo", "",
	  &format_fapiao },
	{ DOC_FAPIAO_XML, "", "发票", "明细", "", &format_fapiao },
	{ DOC_FAPIAO_XML, "", "电子发票", "明细", "", &format_fapiao },
	CAMT(DOC_CAMT_052, "052", "BkToCstmrAcctRpt/Rpt"),
	CAMT(DOC_CAMT_053, "053", "BkToCstmrStmt/Stmt"),
	CAMT(DOC_CAMT_054, "054", "BkToCstmrDbtCdtNtfctn/Ntfctn"),
};

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
	{ S_INIT("urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:"), DIALECT_PEPPOL },
	{ S_INIT("urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_"), DIALECT_PEPPOL },
	{ S_INIT("urn:cen.eu:en16931:2017"), DIALECT_EN },
	{ S_INIT("urn:fdc:peppol.eu:poacc:trns:"), DIALECT_PEPPOL },
	{ S_INIT("urn:fdc:peppol.eu:logistics:trns:"), DIALECT_PEPPOL },
	{ S_INIT("urn:factur-x.eu:1p0:"), DIALECT_PLAIN },
	{ S_INIT("urn:ferd:CrossIndustryDocument:invoice:1p0:"), DIALECT_PLAIN },
	{ S_INIT("urn:counterfoil:invoice:plain"), DIALECT_PLAIN },
	{ S_INIT("urn:oasis:names:specification:ubl:"), DIALECT_PLAIN },
	{ S_INIT("urn:www.cenbii.eu:transaction:"), DIALECT_PLAIN },
	{ S_INIT("camt.05"), DIALECT_PLAIN },
};

const char *document_kind_name(enum doc_kind kind) { return (unsigned)kind < DOC_KINDS ? kind_names[kind] : NULL; }

enum doc_family document_family(const struct document *d)
{
	enum doc_family f = d->kind < DOC_KINDS ? (enum doc_family)families[d->kind] : FAMILY_NONE;

	if (f == FAMILY_INVOICE && d->kind >= DOC_CII_INVOICE && d->kind <= DOC_FAPIAO_OFD &&
	    code_listed(CODES_CREDIT_TYPE, d->type_code))
		return FAMILY_CREDIT;
	return f;
}

const char *document_level_name(enum doc_level level)
{
	static const char *const names[DOC_LEVELS] = { [DOC_L0] = "L0", [DOC_L1] = "L1", [DOC_L2] = "L2" };

	return (unsigned)level < DOC_LEVELS ? names[level] : "";
}

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

void draft_dialect(struct draft *d, struct span profile)
{
	bool known;

	d->doc->dialect = (uint16_t)(d->dialect ? *d->dialect : dialect_of(profile, &known));
}

bool document_start(void)
{
	js_start(); /* jansson reads a device once; a confined process could not */
	return xml_start();
}

/* ---- findings ---- */

/* The format's own name of a place, or NULL. `leaf` may be NULL. */
static const char *own_place(const struct doc_place *p, const char *path, const char *leaf)
{
	size_t n = strlen(path);

	for (; p && p->rules; p++) {
		bool whole = !leaf && strcmp(p->rules, path) == 0;
		bool below = leaf && strncmp(p->rules, path, n) == 0 && p->rules[n] == '/' &&
		             strcmp(p->rules + n + 1, leaf) == 0;
		if (whole || below)
			return p->own;
	}
	return NULL;
}

/* `below`: something stands before it already. */
static void put_path(struct writer *w, const char *path, const char *line, bool below)
{
	if (*path && below)
		put_byte(w, '/');
	for (; *path; path++) {
		if (*path == '%')
			put_z(w, line);
		else
			put_byte(w, *path);
	}
}

/* What lies directly below the root is said as a leaf: "LegalMonetaryTotal/PayableAmount" is one below its total. */
static struct at from_root(struct at at, char head[64])
{
	const char *slash = at.leaf && !(at.path && *at.path) ? strchr(at.leaf, '/') : NULL;

	if (!at.path)
		at.path = "";
	if (!slash && !*at.path && at.leaf)
		return (struct at){ at.leaf, at.i, NULL };
	if (!slash || slash - at.leaf >= 63)
		return at;
	memcpy(head, at.leaf, (size_t)(slash - at.leaf));
	head[slash - at.leaf] = 0;
	return (struct at){ head, at.i, slash + 1 };
}

static void put_at(struct writer *w, const struct draft *d, struct at at)
{
	const struct doc_place *places = d->root ? d->root->format->places : NULL;
	char head[64];

	put_byte(w, '/');
	put_span(w, d->part);
	if (d->root) {
		at = from_root(at, head);
		put_z(w, d->part.len ? "/" : "");
		put_z(w, d->root->name);
	}
	const char *path = at.path ? at.path : "", *own = own_place(places, path, NULL), *leaf = at.leaf;
	const char *own_leaf = leaf ? own_place(places, path, leaf) : NULL;
	put_path(w, own ? own : path, d->root ? d->root->line : "", d->part.len || d->root);
	if (at.i) {
		put_byte(w, '[');
		put_u64(w, at.i);
		put_byte(w, ']');
	}
	if (!leaf || (places && !own_leaf))
		return; /* no name of it in this language: the place above must do */
	put_byte(w, '/');
	put_z(w, *path == '%' && d->root ? d->root->line_in : "");
	put_z(w, own_leaf ? own_leaf : leaf);
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

struct doc_finding *draft_raise(struct draft *d, enum doc_rule rule, enum doc_severity most, const char *category,
                                struct at at)
{
	const struct doc_rule_info *info = document_rule_info(rule);
	enum doc_severity s = info->severity[d->doc->dialect];
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
	/* a value quoted back is cut, at the border of a character, and cleaned as every value is: JSON can escape a control
	 * character into a text, and an answer with one in it is no answer */
	while (text.len > 200 || (text.len && !utf8_valid(text)))
		text.len = text.len > 200 ? 200 : text.len - 1;
	f->detail = value_clean_copy(d->mem, text);
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
	int digits = iso4217_digits(span_z(ccy));
	return digits < 0 ? 2 : (unsigned)digits;
}

bool document_ccy_unknown(struct span ccy) { return iso4217_digits(ccy) < 0; }

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
	void *reader;
	bool ahead; /* the root asked for a look ahead: read again after it */
};

/* A '#' at the end of a pattern stands for one digit from 1 to 8. */
static bool ns_fits(const char *pattern, struct span ns)
{
	size_t n = strlen(pattern);

	if (!n || pattern[n - 1] != '#')
		return span_is(ns, pattern);
	return ns.len == n && memcmp(ns.at, pattern, n - 1) == 0 && ns.at[n - 1] >= '1' && ns.at[n - 1] <= '8';
}

static bool open_root(struct dispatch *p, const struct xml_element *e)
{
	struct draft *d = p->draft;

	for (size_t i = 0; !d->root && i < ARRAY_LEN(roots); i++)
		if (span_is(e->name, roots[i].name) && ns_fits(roots[i].ns, e->ns)) {
			d->root = &roots[i];
			d->doc->kind = (uint16_t)roots[i].kind;
			p->ahead = roots[i].format->look_ahead != NULL;
		}
	if (!d->root) {
		draft_tell(d, RULE_ROOT, TOP(NULL), e->name);
		return false;
	}
	if (p->ahead)
		return false;
	p->reader = d->root->format->begin(d, e->ns);
	return p->reader != NULL;
}

static bool on_open(void *to, const struct xml_element *e)
{
	struct dispatch *p = to;

	if (!p->reader && !open_root(p, e))
		return false;
	return p->draft->root->format->on.open(p->reader, e);
}

static bool on_text(void *to, struct span s)
{
	struct dispatch *p = to;
	return p->draft->root->format->on.text(p->reader, s);
}

static bool on_close(void *to)
{
	struct dispatch *p = to;
	return p->draft->root->format->on.close(p->reader);
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
	d.valid_until = d.despatch_date = DATE_NONE;
	d.title.on_board = d.title.insured_until = DATE_NONE;
	d.title.loss = RATE_NONE;
	*doc = d;
}

static const enum doc_rule verdict_rule[] = {
	[XML_BAD_ENCODING] = RULE_ENCODING,
	[XML_HAS_DOCTYPE] = RULE_DOCTYPE,
	[XML_OVER_LIMIT] = RULE_LIMIT,
	[XML_BROKEN] = RULE_WELL_FORMED,
};

void draft_tell_verdict(struct draft *d, struct xml_verdict v)
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

static void read_xml(struct draft *d, struct span bytes)
{
	static const struct xml_listener listener = { on_open, on_text, on_close };
	struct dispatch p = { .draft = d };
	struct xml_verdict v = xml_read(bytes, &listener, &p);

	if (p.ahead) {
		d->root->format->look_ahead(d);
		p.ahead = false;
		v = xml_read(bytes, &listener, &p);
	}
	if (v.end == XML_READ && p.reader) {
		d->root->format->finish(p.reader);
		if (d->doc->kind == DOC_FAPIAO_XML)
			return; /* judged already, by rules of its own */
		draft_dialect(d, d->doc->profile);
		document_judge(d);
		return;
	}
	blank(d->doc);
	if (v.end != XML_STOPPED && v.end != XML_READ)
		draft_tell_verdict(d, v);
}

/* The signatures of a PDF: what they leave open is said here, who made them is not. */
static void tell_signatures(struct draft *d, const struct pdf *pdf)
{
	if (pdf->is_signed)
		draft_tell(d, RULE_PDF_SIGNED, TOP("AcroForm"), S("not verified"));
	if (pdf->unsealed)
		draft_tell(d, RULE_PDF_SEALED, TOP("AcroForm"), span_z(pdf->unsealed));
	if (pdf->changes_allowed)
		draft_tell(d, RULE_PDF_CHANGES, TOP("Perms/DocMDP"), S("changes are allowed"));
}

/* A PDF is the invoice it carries, or nothing. */
static void read_pdf(struct draft *d, struct span bytes)
{
	struct pdf pdf;
	const char *why = pdf_read(bytes, d->mem, &pdf);

	if (why) {
		draft_tell(d, RULE_PDF_FORM, TOP(NULL), span_z(why));
		return;
	}
	if (pdf.several) {
		draft_tell(d, RULE_PDF_XML, TOP("Names/EmbeddedFiles"), span_z(pdf.several));
		return;
	}
	if (!pdf.xml.len) {
		draft_tell(d, RULE_ROOT, TOP(NULL), S("a PDF without an invoice in it"));
		return;
	}
	d->bytes = pdf.xml;
	read_xml(d, pdf.xml);
	if (d->doc->kind == DOC_CII_INVOICE) {
		d->doc->kind = DOC_FACTUR_X;
	} else if (d->doc->kind != DOC_OPAQUE) {
		d->doc->kind = DOC_OPAQUE;
		blank(d->doc);
		draft_tell(d, RULE_ROOT, TOP(NULL), pdf.name);
	}
	tell_signatures(d, &pdf);
	if (!pdf.associated)
		draft_tell(d, RULE_PDF_AF, TOP("AF"), pdf.name);
}

static void read_bytes(struct draft *d, struct span bytes)
{
	enum begins begins = sniff(bytes);

	switch (begins) {
	case BEGINS_XML:
		read_xml(d, bytes);
		break;
	case BEGINS_ZIP:
		ofd_read(d, bytes);
		break;
	case BEGINS_PDF:
		read_pdf(d, bytes);
		break;
	case BEGINS_JSON:
		json_document_read(d, bytes);
		break;
	case BEGINS_EDI:
		draft_tell(d, RULE_ROOT, TOP(NULL), S("EDIFACT and X12 are not read"));
		break;
	case BEGINS_NONE:
	case BEGINS_JWS:
	case BEGINS_CMS:
	case BEGINNINGS:
		break; /* any bytes */
	}
}

/* By the registry's day. Where nobody says when the document came in, nothing is said of it. */
static void judge_arrival(struct draft *d, struct moment now)
{
	struct date issued = d->doc->issue_date;

	if (now.us > 0 && issued.day != DATE_NONE.day && issued.day > date_of(now).day + 1)
		draft_tell(d, RULE_ISSUED_AHEAD, TOP("IssueDate"), S("dated after the day it came in"));
}

static enum fault read_any(struct span bytes, const struct trust *t, struct authentic *a,
                           const enum doc_dialect *dialect, struct arena *mem, struct document *ret)
{
	struct document doc = { .kind = DOC_OPAQUE };
	struct draft d = { .doc = &doc, .mem = mem, .bytes = a->content, .dialect = dialect, .trust = t, .auth = a };

	doc.sha256 = sha256(bytes);
	blank(&doc);
	d.findings = ARENA_ARRAY(mem, struct doc_finding, DOC_FINDINGS_MAX);
	doc.findings.at = d.findings;
	if (d.findings)
		read_bytes(&d, a->content);
	if (doc.kind == DOC_OPAQUE && a->profile == AUTH_CMS)
		doc.kind = DOC_CMS_SIGNED;
	if (d.findings) {
		judge_arrival(&d, t->now);
		authentic_judge(&d, a);
	}
	if (!arena_ok(mem))
		return E_TOO_BIG;
	doc.level = (uint16_t)document_level(&doc);
	*ret = doc;
	return OK;
}

static const struct trust nobody;

enum fault document_read_under(struct span bytes, const struct trust *t, struct arena *mem, struct document *ret)
{
	struct authentic *a = ARENA_NEW(mem, struct authentic);

	if (bytes.len > DOCUMENT_MAX || !a)
		return E_TOO_BIG;
	authentic_bytes(bytes, t, mem, a);
	return read_any(bytes, t, a, NULL, mem, ret);
}

enum fault document_read_beside(struct span content, struct span signature, const struct trust *t, struct arena *mem,
                                struct document *ret)
{
	struct authentic *a = ARENA_NEW(mem, struct authentic);

	if (content.len > DOCUMENT_MAX || signature.len > DOCUMENT_MAX || !a)
		return E_TOO_BIG;
	authentic_beside(content, signature, t, mem, a);
	return read_any(content, t, a, NULL, mem, ret);
}

enum fault document_read(struct span bytes, struct arena *mem, struct document *ret)
{
	return document_read_under(bytes, &nobody, mem, ret);
}

enum fault document_read_as(struct span bytes, enum doc_dialect dialect, struct arena *mem, struct document *ret)
{
	struct authentic *a = ARENA_NEW(mem, struct authentic);

	if (bytes.len > DOCUMENT_MAX || !a)
		return E_TOO_BIG;
	authentic_bytes(bytes, &nobody, mem, a);
	return read_any(bytes, &nobody, a, &dialect, mem, ret);
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
