/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ubl.c: UBL 2.x Invoice and CreditNote into the model, by tables.
 *
 * A table lists the elements that may stand in one place, what each becomes
 * and where in the model it goes; a container names the table of its inside.
 * The tables below are all there is to say about UBL; the code under them
 * walks any such tables. Aggregates live in the cac namespace and values in
 * cbc, so the namespace follows from the kind of slot; prefixes do not matter.
 *
 * What no table names is skipped with everything in it. A slot is for one
 * occurrence unless it says MANY: a second one is a finding, because two
 * readers could choose differently. For a MANY value the first counts.
 */
#include <strings.h>

#include "intake/document_draft.h"

#include "money.h"

enum take {
	/* containers */
	IN,   /* the inside belongs to the same object */
	SUB,  /* ... to the object embedded at `at` */
	ITEM, /* ... to a new item of the list at `at` */
	/* values */
	TEXT,
	DAY,
	MONEY,
	NUMBER,
	RATE,
	FLAG,
	NEWTEXT, /* a new item of the list at `at`, with the text first in it */
	NEWID,   /* a new doc_id of `role` in the list at `at` */
	COUNT,   /* counted, not read */
};
enum { MANY = 1, INVOICE_ONLY = 2, CREDIT_ONLY = 4, MARK = 8 /* sets the bool at `mark` */ };

struct slot {
	const char *name;
	enum take take;
	unsigned flags;
	size_t at;
	const struct slot *in; /* containers */
	size_t size;           /* of a list's item */
	uint32_t max;
	uint8_t role;     /* of an id */
	const char *attr; /* an attribute kept as text at attr_at */
	size_t attr_at;
	size_t mark;
};

/* What the walker fills: the document, and the tax totals before they are folded into it. */
struct tax_total {
	struct doc_amount amount;
	struct doc_taxes taxes;
};
struct tax_totals {
	struct tax_total *at;
	uint32_t n;
};
struct ubl {
	struct document doc;
	struct tax_totals totals;
};

#define LEAF(name, take, flags, at)                              \
	{                                                        \
		name, take, flags, at, NULL, 0, 0, 0, NULL, 0, 0 \
	}
#define TEXT_ATTR(name, take, flags, at, attr, to)                \
	{                                                         \
		name, take, flags, at, NULL, 0, 0, 0, attr, to, 0 \
	}
#define INTO(name, flags, table)                               \
	{                                                      \
		name, IN, flags, 0, table, 0, 0, 0, NULL, 0, 0 \
	}
#define MARKED(name, at, table)                                                 \
	{                                                                       \
		name, SUB, MARK, at, table, 0, 0, 0, NULL, 0, (at) + P(present) \
	}
#define LIST(name, flags, at, table, type, max)                                         \
	{                                                                               \
		name, ITEM, (flags) | MANY, at, table, sizeof(type), max, 0, NULL, 0, 0 \
	}
#define ID(name, flags, at, role)                                                                              \
	{                                                                                                      \
		name, NEWID, flags, at, NULL, sizeof(struct doc_id), DOC_PARTY_IDS_MAX, role, "schemeID", 0, 0 \
	}
#define END                                               \
	{                                                 \
		NULL, IN, 0, 0, NULL, 0, 0, 0, NULL, 0, 0 \
	}

/* ---- parties; offsets in struct doc_party ---- */
#define P(field) offsetof(struct doc_party, field)
static const struct slot tax_scheme_of_id[] = { LEAF("ID", TEXT, 0, offsetof(struct doc_id, scheme)), END };
static const struct slot party_tax[] = { LEAF("CompanyID", TEXT, 0, offsetof(struct doc_id, value)),
	                                 INTO("TaxScheme", 0, tax_scheme_of_id), END };
static const struct slot party_identification[] = { ID("ID", 0, P(ids), ID_PARTY), END };
static const struct slot party_name[] = { LEAF("Name", TEXT, MANY, P(trade_name)), END };
static const struct slot country[] = { LEAF("IdentificationCode", TEXT, 0, P(country)), END };
static const struct slot postal_address[] = { INTO("Country", 0, country), END };
static const struct slot legal_entity[] = { LEAF("RegistrationName", TEXT, MANY, P(name)),
	                                    ID("CompanyID", 0, P(ids), ID_LEGAL), END };
static const struct slot party[] = { ID("EndpointID", 0, P(ids), ID_ENDPOINT),
	                             INTO("PartyIdentification", MANY, party_identification),
	                             INTO("PartyName", MANY, party_name),
	                             { "PostalAddress", IN, MARK, 0, postal_address, 0, 0, 0, NULL, 0, P(address) },
	                             { "PartyTaxScheme", ITEM, MANY, P(ids), party_tax, sizeof(struct doc_id),
	                               DOC_PARTY_IDS_MAX, ID_TAX, NULL, 0, 0 },
	                             INTO("PartyLegalEntity", MANY, legal_entity),
	                             END };
static const struct slot trading_party[] = { ID("CustomerAssignedAccountID", 0, P(ids),
	                                        ID_ACCOUNT), /* SUNAT puts the tax number here */
	                                     INTO("Party", 0, party), END };

/* ---- allowances and charges ---- */
#define A(field) offsetof(struct doc_allowance, field)
static const struct slot allowance_tax[] = { LEAF("ID", TEXT, 0, A(category)), LEAF("Percent", RATE, 0, A(rate)), END };
static const struct slot allowance[] = { LEAF("ChargeIndicator", FLAG, 0, A(charge)),
	                                 LEAF("AllowanceChargeReasonCode", TEXT, 0, A(reason_code)),
	                                 LEAF("AllowanceChargeReason", TEXT, MANY, A(reason)),
	                                 LEAF("MultiplierFactorNumeric", RATE, 0, A(percent)),
	                                 LEAF("Amount", MONEY, 0, A(amount)),
	                                 LEAF("BaseAmount", MONEY, 0, A(base)),
	                                 INTO("TaxCategory", MANY, allowance_tax),
	                                 END };

/* ---- tax ---- */
#define T(field) offsetof(struct doc_tax, field)
static const struct slot tax_scheme[] = { LEAF("ID", TEXT, 0, T(scheme)), END };
static const struct slot tax_category[] = { LEAF("ID", TEXT, 0, T(category)),
	                                    LEAF("Percent", RATE, 0, T(rate)),
	                                    LEAF("TaxExemptionReasonCode", TEXT, 0, T(reason_code)),
	                                    LEAF("TaxExemptionReason", TEXT, MANY, T(reason)),
	                                    INTO("TaxScheme", 0, tax_scheme),
	                                    END };
static const struct slot tax_subtotal[] = { LEAF("TaxableAmount", MONEY, 0, T(base)),
	                                    LEAF("TaxAmount", MONEY, 0, T(tax)),
	                                    LEAF("Percent", RATE, 0, T(rate)), /* UBL 2.0 had it here */
	                                    INTO("TaxCategory", 0, tax_category), END };
static const struct slot tax_total[] = {
	LEAF("TaxAmount", MONEY, 0, offsetof(struct tax_total, amount)),
	LIST("TaxSubtotal", 0, offsetof(struct tax_total, taxes), tax_subtotal, struct doc_tax, DOC_TAXES_MAX), END
};

/* ---- lines ---- */
#define L(field) offsetof(struct doc_line, field)
static const struct slot line_period[] = { LEAF("StartDate", DAY, 0, L(period_start)),
	                                   LEAF("EndDate", DAY, 0, L(period_end)), END };
static const struct slot order_line[] = { LEAF("LineID", TEXT, 0, L(order_line)), END };
static const struct slot seller_item[] = { LEAF("ID", TEXT, 0, L(seller_item)), END };
static const struct slot standard_item[] = { TEXT_ATTR("ID", TEXT, 0, L(standard_item), "schemeID", L(standard_scheme)),
	                                     END };
static const struct slot line_category[] = { LEAF("ID", TEXT, 0, L(category)), LEAF("Percent", RATE, 0, L(rate)), END };
static const struct slot lot[] = { LEAF("LotNumberID", TEXT, 0, L(lot)), END };
static const struct slot item_instance[] = { INTO("LotIdentification", 0, lot), END };
static const struct slot item[] = { LEAF("Name", TEXT, 0, L(name)),
	                            INTO("SellersItemIdentification", 0, seller_item),
	                            INTO("StandardItemIdentification", 0, standard_item),
	                            INTO("ClassifiedTaxCategory", MANY, line_category),
	                            INTO("ItemInstance", MANY, item_instance),
	                            END };
static const struct slot price_allowance[] = { LEAF("BaseAmount", NUMBER, 0, L(gross_price)), END };
static const struct slot price[] = { LEAF("PriceAmount", NUMBER, 0, L(price)),
	                             TEXT_ATTR("BaseQuantity", NUMBER, 0, L(base_quantity), "unitCode", L(base_unit)),
	                             INTO("AllowanceCharge", MANY, price_allowance), END };
static const struct slot line[] = {
	LEAF("ID", TEXT, 0, L(no)),
	TEXT_ATTR("InvoicedQuantity", NUMBER, INVOICE_ONLY, L(quantity), "unitCode", L(unit)),
	TEXT_ATTR("CreditedQuantity", NUMBER, CREDIT_ONLY, L(quantity), "unitCode", L(unit)),
	LEAF("LineExtensionAmount", MONEY, 0, L(net)),
	INTO("InvoicePeriod", MANY, line_period),
	INTO("OrderLineReference", MANY, order_line),
	LIST("AllowanceCharge", 0, L(allowances), allowance, struct doc_allowance, DOC_ALLOWANCES_MAX),
	INTO("Item", 0, item),
	INTO("Price", 0, price),
	END
};

/* ---- the document ---- */
#define D(field) offsetof(struct ubl, doc.field)
static const struct slot order_ref[] = { LEAF("ID", TEXT, 0, D(order_ref)), END };
static const struct slot despatch_ref[] = { LEAF("ID", TEXT, MANY, D(despatch_ref)), END };
static const struct slot receipt_ref[] = { LEAF("ID", TEXT, MANY, D(receipt_ref)), END };
static const struct slot contract_ref[] = { LEAF("ID", TEXT, MANY, D(contract_ref)), END };
static const struct slot preceding[] = { LEAF("ID", TEXT, 0, offsetof(struct doc_ref, number)),
	                                 LEAF("IssueDate", DAY, 0, offsetof(struct doc_ref, date)), END };
static const struct slot billing[] = {
	LIST("InvoiceDocumentReference", 0, D(preceding), preceding, struct doc_ref, DOC_REFS_MAX), END
};
static const struct slot attachment[] = { LEAF("EmbeddedDocumentBinaryObject", COUNT, 0, D(attachments)), END };
static const struct slot additional_ref[] = { INTO("Attachment", 0, attachment), END };
static const struct slot period[] = { LEAF("StartDate", DAY, 0, D(period_start)),
	                              LEAF("EndDate", DAY, 0, D(period_end)), END };
static const struct slot delivery[] = { LEAF("ActualDeliveryDate", DAY, MANY, D(delivery_date)), END };
static const struct slot account[] = { LEAF("ID", TEXT, MANY, D(account)), END };
static const struct slot payment_means[] = { LEAF("PaymentDueDate", DAY, MANY,
	                                          D(due_date)), /* credit notes have no other place for it */
	                                     INTO("PayeeFinancialAccount", 0, account), END };
static const struct slot payment_terms[] = { LEAF("Note", TEXT, MANY, D(payment_terms)), END };
static const struct slot totals[] = { LEAF("LineExtensionAmount", MONEY, 0, D(sum_lines)),
	                              LEAF("TaxExclusiveAmount", MONEY, 0, D(total_net)),
	                              LEAF("TaxInclusiveAmount", MONEY, 0, D(total_gross)),
	                              LEAF("AllowanceTotalAmount", MONEY, 0, D(sum_allowances)),
	                              LEAF("ChargeTotalAmount", MONEY, 0, D(sum_charges)),
	                              LEAF("PrepaidAmount", MONEY, 0, D(prepaid)),
	                              LEAF("PayableRoundingAmount", MONEY, 0, D(rounding)),
	                              LEAF("PayableAmount", MONEY, 0, D(payable)),
	                              END };
static const struct slot root[] = {
	LEAF("CustomizationID", TEXT, 0, D(profile)),
	LEAF("ID", TEXT, 0, D(number)),
	LEAF("UUID", TEXT, 0, D(uuid)),
	LEAF("IssueDate", DAY, 0, D(issue_date)),
	LEAF("DueDate", DAY, INVOICE_ONLY, D(due_date)),
	LEAF("InvoiceTypeCode", TEXT, INVOICE_ONLY, D(type_code)),
	LEAF("CreditNoteTypeCode", TEXT, CREDIT_ONLY, D(type_code)),
	{ "Note", NEWTEXT, MANY, D(notes), NULL, sizeof(struct doc_note), DOC_TEXTS_MAX, 0, NULL, 0, 0 },
	LEAF("TaxPointDate", DAY, 0, D(tax_point_date)),
	LEAF("DocumentCurrencyCode", TEXT, 0, D(currency)),
	LEAF("TaxCurrencyCode", TEXT, 0, D(tax_currency)),
	INTO("InvoicePeriod", MANY, period),
	INTO("OrderReference", 0, order_ref),
	INTO("BillingReference", MANY, billing),
	INTO("DespatchDocumentReference", MANY, despatch_ref),
	INTO("ReceiptDocumentReference", MANY, receipt_ref),
	INTO("ContractDocumentReference", MANY, contract_ref),
	INTO("AdditionalDocumentReference", MANY, additional_ref),
	MARKED("AccountingSupplierParty", D(seller), trading_party),
	MARKED("AccountingCustomerParty", D(buyer), trading_party),
	MARKED("PayeeParty", D(payee), party),
	MARKED("TaxRepresentativeParty", D(tax_representative), party),
	INTO("Delivery", MANY, delivery),
	INTO("PaymentMeans", MANY, payment_means),
	INTO("PaymentTerms", MANY, payment_terms),
	LIST("AllowanceCharge", 0, D(allowances), allowance, struct doc_allowance, DOC_ALLOWANCES_MAX),
	LIST("TaxTotal", 0, offsetof(struct ubl, totals), tax_total, struct tax_total, 16),
	INTO("LegalMonetaryTotal", 0, totals),
	LIST("InvoiceLine", INVOICE_ONLY, D(lines), line, struct doc_line, DOC_LINES_MAX),
	LIST("CreditNoteLine", CREDIT_ONLY, D(lines), line, struct doc_line, DOC_LINES_MAX),
	END
};
static const struct slot document_element = INTO("", 0, root);

/* ---- the walker ---- */

#define XSD "urn:oasis:names:specification:ubl:schema:xsd:"
static const struct span ns_cac = { XSD "CommonAggregateComponents-2", sizeof XSD "CommonAggregateComponents-2" - 1 };
static const struct span ns_cbc = { XSD "CommonBasicComponents-2", sizeof XSD "CommonBasicComponents-2" - 1 };
static const struct span ns_xsi = { "http://www.w3.org/2001/XMLSchema-instance", 41 };

/* An element that is open: its slot, the object its inside belongs to, and which slots of it were seen. */
struct frame {
	const struct slot *slot;
	char *object;
	uint64_t seen;
	uint32_t number; /* of a list's item, from 1 */
};
struct reader {
	struct draft *draft;
	struct ubl *ubl;
	struct frame frame[XML_DEPTH_MAX + 1];
	unsigned depth;    /* frames in use */
	unsigned skipping; /* open elements below the last frame that nobody reads */
	char *text;        /* of the value that is open; grows, is used again */
	size_t len, cap;
	char ccy[4]; /* its currencyID; "?" when it is no currency code at all */
	bool has_ccy, childless, blank;
	bool told_empty;
};

static struct frame *top(struct reader *r) { return &r->frame[r->depth - 1]; }

static bool is_value(const struct slot *s) { return s->take >= TEXT; }

static struct doc_finding *raise(struct reader *r, enum doc_rule rule, enum severity most)
{
	char path[400];
	struct writer w = writer_over(path, sizeof path - 1);

	for (unsigned i = 1; i < r->depth; i++) {
		if (i > 1)
			put_byte(&w, '/');
		put_z(&w, r->frame[i].slot->name);
		if (r->frame[i].slot->take != ITEM)
			continue;
		put_byte(&w, '[');
		put_u64(&w, r->frame[i].number);
		put_byte(&w, ']');
	}
	path[w.len] = 0;
	return draft_raise(r->draft, rule, most, NULL, TOP(path));
}

static void tell(struct reader *r, enum doc_rule rule, struct span detail)
{
	draft_detail(r->draft, raise(r, rule, SEV_E), detail);
}

/* The slot of an element; *other is set when only its namespace is wrong. */
static const struct slot *slot_of(const struct slot *table, unsigned kind, const struct xml_element *e, bool *other)
{
	unsigned never = kind == DOC_UBL_CREDIT_NOTE ? INVOICE_ONLY : CREDIT_ONLY;

	for (; table && table->name; table++) {
		if ((table->flags & never) || !span_is(e->name, table->name))
			continue;
		if (span_eq(e->ns, is_value(table) ? ns_cbc : ns_cac))
			return table;
		*other = true;
	}
	return NULL;
}

static struct span attribute(const struct xml_element *e, const char *name)
{
	for (unsigned i = 0; i < e->n_attrs; i++)
		if (e->attrs[i].ns.len == 0 && span_is(e->attrs[i].name, name))
			return e->attrs[i].value;
	return (struct span){ NULL, 0 };
}

static void refuse_xsi(struct reader *r, const struct xml_element *e)
{
	for (unsigned i = 0; i < e->n_attrs; i++)
		if (span_eq(e->attrs[i].ns, ns_xsi) &&
		    (span_is(e->attrs[i].name, "type") || span_is(e->attrs[i].name, "nil")))
			tell(r, RULE_XSI, e->attrs[i].name);
}

/* A fresh object: what zero does not say is absent. */
static void blank_object(const struct slot *s, char *object)
{
	if (s->size == sizeof(struct doc_id))
		((struct doc_id *)(void *)object)->role = s->role;
	if (s->in == line) {
		struct doc_line *l = (struct doc_line *)(void *)object;
		l->rate = RATE_NONE;
		l->period_start = l->period_end = DATE_NONE;
	}
	if (s->in == preceding)
		((struct doc_ref *)(void *)object)->date = DATE_NONE;
	if (s->in == allowance) {
		struct doc_allowance *a = (struct doc_allowance *)(void *)object;
		a->percent = a->rate = RATE_NONE;
	}
	if (s->in == tax_subtotal)
		((struct doc_tax *)(void *)object)->rate = RATE_NONE;
}

static char *new_item(struct reader *r, const struct slot *s, char *object)
{
	char *it = draft_item(r->draft, object + s->at, s->size, s->max);

	if (it)
		blank_object(s, it);
	else if (arena_ok(r->draft->mem))
		tell(r, RULE_RANGE, S("more of these than a document may have"));
	return it;
}

static void take_ccy(struct reader *r, struct span v)
{
	r->has_ccy = v.len > 0;
	memset(r->ccy, 0, sizeof r->ccy);
	if (v.len == 3)
		memcpy(r->ccy, v.at, 3);
	else if (v.len)
		r->ccy[0] = '?';
}

/* False: skip the element, it has no place to go. */
static bool enter(struct reader *r, const struct slot *s, const struct xml_element *e)
{
	struct frame *up = top(r);
	uint64_t bit = UINT64_C(1) << (s - up->slot->in);
	struct frame f = { s, up->object, 0, 0 };

	if ((up->seen & bit) && !(s->flags & MANY))
		tell(r, RULE_TWICE, span_z(s->name));
	up->seen |= bit;
	if (s->flags & MARK)
		*(bool *)(up->object + s->mark) = true;
	if (s->take == SUB)
		f.object += s->at;
	if (s->take == ITEM) {
		f.object = new_item(r, s, up->object);
		memcpy(&f.number, up->object + s->at + sizeof(char *), sizeof f.number);
		if (!f.object)
			return false;
	}
	r->frame[r->depth++] = f;
	r->len = 0;
	if (is_value(s))
		take_ccy(r, attribute(e, "currencyID"));
	if (s->attr && s->take != NEWID) {
		struct span v = arena_copy(r->draft->mem, attribute(e, s->attr));
		memcpy(f.object + s->attr_at, &v, sizeof v);
	}
	if (s->take == NEWID) {
		/* the item is made now, while the attributes are here; its value comes at the end */
		struct doc_id *id = (struct doc_id *)(void *)new_item(r, s, f.object);
		if (!id) {
			r->depth--;
			return false;
		}
		id->scheme = arena_copy(r->draft->mem, attribute(e, s->attr));
		top(r)->object = (char *)id;
	}
	return true;
}

static bool on_open(void *to, const struct xml_element *e)
{
	struct reader *r = to;
	bool other = false;
	const struct slot *s = NULL;

	r->childless = r->blank = true;
	if (r->depth == 0) {
		r->frame[r->depth++] = (struct frame){ &document_element, (char *)r->ubl, 0, 0 };
		refuse_xsi(r, e);
		return true;
	}
	if (!r->skipping && is_value(top(r)->slot))
		tell(r, RULE_MIXED, e->name);
	else if (!r->skipping)
		s = slot_of(top(r)->slot->in, r->ubl->doc.kind, e, &other);
	if (other && !s)
		tell(r, RULE_NAMESPACE, e->name);
	if (!s || !enter(r, s, e)) {
		r->skipping++;
		return arena_ok(r->draft->mem);
	}
	refuse_xsi(r, e);
	return arena_ok(r->draft->mem);
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool grow_text(struct reader *r, size_t len)
{
	size_t cap = r->cap ? r->cap : 256;

	while (cap < len)
		cap *= 2;
	char *more = arena_take(r->draft->mem, cap);
	if (!more)
		return false;
	if (r->len)
		memcpy(more, r->text, r->len);
	r->text = more;
	r->cap = cap;
	return true;
}

static bool on_text(void *to, struct span s)
{
	struct reader *r = to;

	for (size_t i = 0; r->blank && i < s.len; i++)
		r->blank = is_space(s.at[i]);
	if (r->skipping || !is_value(top(r)->slot) || top(r)->slot->take == COUNT)
		return true;
	if (s.len > XML_TEXT_MAX - r->len) {
		tell(r, RULE_LIMIT, S("a value of more than 1 MB"));
		return true; /* the level is lost already; the rest of the value is let go */
	}
	if (r->len + s.len > r->cap && !grow_text(r, r->len + s.len))
		return false;
	memcpy(r->text + r->len, s.at, s.len);
	r->len += s.len;
	return true;
}

/* White space collapsed and control characters dropped, in place. (C1 controls are 0xc2 0x80..0x9f.) */
static struct span clean(char *at, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)at[i];
		bool c1 = c == 0xc2 && i + 1 < len && (unsigned char)at[i + 1] < 0xa0;
		if (c <= ' ' || c == 0x7f || c1) {
			if (n && at[n - 1] != ' ')
				at[n++] = ' ';
			i += c1;
			continue;
		}
		at[n++] = at[i];
	}
	if (n && at[n - 1] == ' ')
		n--;
	return (struct span){ at, n };
}

/* ---- values ---- */

static bool all_digits(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return s.len > 0;
}

/* FMT-08. The scale is the one written: 1.50 has scale 2. */
static bool number_of(struct span s, struct decimal *ret)
{
	struct span whole = s, part = { NULL, 0 };
	struct decimal d = { .present = true };
	bool minus = s.len && s.at[0] == '-';

	if (minus)
		whole = s = (struct span){ s.at + 1, s.len - 1 };
	if (span_cut(s, '.', &whole, &part) && (!all_digits(part) || part.len > DECIMAL_SCALE))
		return false;
	if (!all_digits(whole) || whole.len > 18)
		return false;
	for (size_t i = 0; i < whole.len; i++)
		d.mantissa = d.mantissa * 10 + (whole.at[i] - '0');
	for (size_t i = 0; i < part.len; i++)
		d.mantissa = d.mantissa * 10 + (part.at[i] - '0');
	if (minus)
		d.mantissa = -d.mantissa;
	d.scale = (uint8_t)part.len;
	*ret = d;
	return true;
}

static struct decimal stripped(struct decimal d)
{
	while (d.scale && d.mantissa % 10 == 0) {
		d.mantissa /= 10;
		d.scale--;
	}
	return d;
}

/* mantissa / 10^drop, half away from zero */
static i128 shorten(i128 m, unsigned drop)
{
	i128 p = 1;

	for (unsigned i = 0; i < drop; i++)
		p *= 10;
	return m < 0 ? -((-m + p / 2) / p) : (m + p / 2) / p;
}

static i128 rescale(struct decimal d, unsigned digits)
{
	if (d.scale > digits)
		return shorten(d.mantissa, d.scale - digits);
	for (unsigned i = d.scale; i < digits; i++)
		d.mantissa *= 10;
	return d.mantissa;
}

/* AMT-14: decimals that say something are refused, as are more than two under EN 16931; zeros are remarked on. */
static void judge_decimals(struct reader *r, unsigned written, struct decimal d, unsigned digits)
{
	bool known, en = dialect_of(r->ubl->doc.profile, &known) != DIALECT_PLAIN;

	if (written > digits)
		draft_detail(r->draft, raise(r, RULE_DECIMALS, d.scale > digits || (en && written > 2) ? SEV_E : SEV_W),
		             (struct span){ r->text, r->len });
}

static void take_money(struct reader *r, struct span s, char *to)
{
	struct doc_amount a = { .present = true };
	struct decimal d;
	struct span ccy = r->has_ccy ? span_z(r->ccy) : r->ubl->doc.currency;

	if (!number_of(s, &d)) {
		tell(r, RULE_NUMBER, s);
		return;
	}
	if (ccy.len && ccy_digits(ccy) < 0)
		tell(r, RULE_CCY_AMOUNT, ccy);
	else
		memcpy(a.ccy, ccy.at ? ccy.at : "", ccy.len);
	unsigned written = d.scale, digits = document_digits(a.ccy);
	d = stripped(d);
	judge_decimals(r, written, d, digits);
	i128 minor = rescale(d, digits);
	if (minor >= DOC_MONEY_LIMIT || minor <= -DOC_MONEY_LIMIT) {
		tell(r, RULE_RANGE, s);
		return;
	}
	a.minor = (int64_t)minor;
	memcpy(to, &a, sizeof a);
}

static void take_number(struct reader *r, struct span s, char *to)
{
	struct decimal d;

	if (!number_of(s, &d)) {
		tell(r, RULE_NUMBER, s);
		return;
	}
	if (r->has_ccy && r->ubl->doc.currency.len && !span_is(r->ubl->doc.currency, r->ccy))
		tell(r, RULE_CURRENCY, span_z(r->ccy));
	d = stripped(d);
	memcpy(to, &d, sizeof d);
}

/* 19.5 per cent is 195 000 parts per million; what a rate says beyond that is rounded. */
static void take_rate(struct reader *r, struct span s, char *to)
{
	struct decimal d;

	if (!number_of(s, &d)) {
		tell(r, RULE_NUMBER, s);
		return;
	}
	i128 ppm = rescale(d, 4);
	if (ppm > 1000000000 || ppm < -1000000000) {
		tell(r, RULE_RANGE, s);
		return;
	}
	int32_t v = (int32_t)ppm;
	memcpy(to, &v, sizeof v);
}

static void take_day(struct reader *r, struct span s, char *to)
{
	struct date day;

	/* xs:date may carry a zone; the day it names is the same */
	if (s.len == 11 && s.at[10] == 'Z')
		s.len = 10;
	else if (s.len == 16 && (s.at[10] == '+' || s.at[10] == '-') && s.at[13] == ':')
		s.len = 10;
	if (date_parse(s, &day))
		memcpy(to, &day, sizeof day);
	else
		tell(r, RULE_DATE, s);
}

static void take_flag(struct reader *r, struct span s, char *to)
{
	bool yes = span_is(s, "true") || span_is(s, "1");

	if (!yes && !span_is(s, "false") && !span_is(s, "0"))
		tell(r, RULE_BOOLEAN, s);
	memcpy(to, &yes, sizeof yes);
}

static void take_text(struct reader *r, struct span s, char *to)
{
	struct span kept = arena_copy(r->draft->mem, s);
	memcpy(to, &kept, sizeof kept);
}

/* The first of many counts: has the place been filled? */
static bool filled(const struct slot *s, const char *to)
{
	struct span text;
	struct date day;

	switch (s->take) {
	case TEXT:
		memcpy(&text, to, sizeof text);
		return text.len > 0;
	case DAY:
		memcpy(&day, to, sizeof day);
		return day.day != DATE_NONE.day;
	case MONEY:
	case NUMBER:
	case RATE:
	case FLAG:
	case NEWTEXT:
	case NEWID:
	case COUNT:
	case IN:
	case SUB:
	case ITEM:
		return false;
	}
	return false;
}

static void store(struct reader *r, const struct slot *s, char *object, struct span v)
{
	char *to = object + (s->take == NEWID ? offsetof(struct doc_id, value) : s->at);
	uint16_t n;

	switch (s->take) {
	case TEXT:
	case NEWID:
		take_text(r, v, to);
		break;
	case DAY:
		take_day(r, v, to);
		break;
	case MONEY:
		take_money(r, v, to);
		break;
	case NUMBER:
		take_number(r, v, to);
		break;
	case RATE:
		take_rate(r, v, to);
		break;
	case FLAG:
		take_flag(r, v, to);
		break;
	case NEWTEXT:
		object = new_item(r, s, object);
		if (object)
			take_text(r, v, object);
		break;
	case COUNT:
		memcpy(&n, to, sizeof n);
		n = (uint16_t)(n + (n < UINT16_MAX));
		memcpy(to, &n, sizeof n);
		break;
	case IN:
	case SUB:
	case ITEM:
		break;
	}
}

static void close_value(struct reader *r)
{
	const struct slot *s = top(r)->slot;
	struct span v = clean(r->text, r->len);

	if (v.len == 0 && s->take != COUNT)
		return; /* an empty element says nothing */
	if ((s->flags & MANY) && filled(s, top(r)->object + s->at))
		return;
	store(r, s, top(r)->object, v);
}

static bool on_close(void *to)
{
	struct reader *r = to;

	if (r->childless && r->blank && !r->told_empty) {
		raise(r, RULE_EMPTY, SEV_W);
		r->told_empty = true; /* one remark is enough */
	}
	r->childless = false;
	if (r->skipping) {
		r->skipping--;
		return true;
	}
	if (is_value(top(r)->slot))
		close_value(r);
	r->depth--;
	r->len = 0;
	return arena_ok(r->draft->mem);
}

/* ---- the end ---- */

static bool in_ccy(const struct doc_amount *a, struct span ccy)
{
	return !a->ccy[0] || !ccy.len || span_is(ccy, a->ccy);
}

/*
 * Which TaxTotal is the tax: those with a breakdown, in the document's currency. ZATCA sends a second one without
 * breakdown in the same currency, EN 16931 one in the tax currency; adding either would double the tax.
 */
static void fold_totals(struct reader *r)
{
	struct document *d = &r->ubl->doc;
	struct tax_total *at = r->ubl->totals.at;

	for (uint32_t i = 0; i < r->ubl->totals.n; i++) {
		bool own = in_ccy(&at[i].amount, d->currency);
		d->tax_totals = (uint16_t)(d->tax_totals + own);
		d->tax_breakdowns = (uint16_t)(d->tax_breakdowns + (at[i].taxes.n > 0));
		for (uint32_t k = 0; k < at[i].taxes.n; k++) {
			struct doc_tax *t = draft_item(r->draft, &d->taxes, sizeof *t, DOC_TAXES_MAX);
			if (!t)
				break; /* told below */
			*t = at[i].taxes.at[k];
		}
		if (at[i].taxes.n && own && at[i].amount.present) {
			d->total_tax.minor += at[i].amount.minor; /* at most 16 of below 10^15 */
			memcpy(d->total_tax.ccy, at[i].amount.ccy, sizeof d->total_tax.ccy);
			d->total_tax.present = true;
		}
	}
	if (d->total_tax.minor >= DOC_MONEY_LIMIT || d->total_tax.minor <= -DOC_MONEY_LIMIT ||
	    d->taxes.n == DOC_TAXES_MAX) {
		draft_tell(r->draft, RULE_RANGE, TOP("TaxTotal"), S("more tax than a document may have"));
		d->total_tax = (struct doc_amount){ .present = false };
	}
	for (uint32_t i = 0; i < r->ubl->totals.n; i++) {
		if (at[i].taxes.n)
			continue;
		if (d->tax_currency.len && span_is(d->tax_currency, at[i].amount.ccy) &&
		    !d->tax_in_tax_currency.present &&
		    !(span_eq(d->tax_currency, d->currency) && r->ubl->totals.n == 1))
			d->tax_in_tax_currency = at[i].amount;
		else if (!d->total_tax.present && in_ccy(&at[i].amount, d->currency))
			d->total_tax = at[i].amount;
	}
}

static void finish(void *reader)
{
	struct reader *r = reader;
	bool known;

	fold_totals(r);
	r->ubl->doc.findings = r->draft->doc->findings;
	r->ubl->doc.refused = r->draft->doc->refused;
	*r->draft->doc = r->ubl->doc;
	(void)dialect_of(r->ubl->doc.profile, &known);
	if (!known)
		draft_tell(r->draft, RULE_PROFILE, TOP("CustomizationID"), r->ubl->doc.profile);
}

static void *begin(struct draft *d)
{
	struct reader *r = ARENA_NEW(d->mem, struct reader);
	struct ubl *u = ARENA_NEW(d->mem, struct ubl);

	if (!r || !u)
		return NULL;
	r->draft = d;
	r->ubl = u;
	u->doc = *d->doc;
	return r;
}

const struct doc_format format_ubl = { { on_open, on_text, on_close }, begin, finish };
