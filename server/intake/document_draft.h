/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_draft.h: a document while it is read and judged. Private to the
 * readers and the rules.
 */
#ifndef CF_INTAKE_DOCUMENT_DRAFT_H
#define CF_INTAKE_DOCUMENT_DRAFT_H

#include "intake/document.h"
#include "intake/xml.h"

struct doc_root;
struct authentic;
struct draft {
	struct document *doc;
	const struct doc_root *root;     /* the row of the document's root element */
	struct span bytes;               /* the whole document */
	struct span part;                /* of a package: the part that is being read, or empty */
	const enum doc_dialect *dialect; /* the caller's, whatever the profile says; or NULL */
	struct arena *mem;
	struct doc_finding *findings; /* DOC_FINDINGS_MAX of them; doc->findings counts those used */
	uint32_t items;               /* list items so far, of all lists */
	const struct trust *trust;    /* whom to believe; and what the signature gave, so far: a reader of packages */
	struct authentic *auth;       /* asks authentic_parts itself, with these two */
};

/* Where a finding lies: path below the root, with the number of the repeated element in it (0: none). Rules name places
 * as UBL does; "%" is the document's line element, and a format of another language translates (struct doc_place). */
struct at {
	const char *path;
	uint32_t i;
	const char *leaf; /* below it, or NULL */
};
#define AT(path, i, leaf) ((struct at){ path, i, leaf })
#define TOP(path) AT(path, 0, NULL)

/* Severity as the rule and the document's dialect say, but at most `most`. `category` fills the '*' of same_as.
 * The finding is returned so that the caller may add a detail; NULL when it was not kept. */
struct doc_finding *draft_raise(struct draft *d, enum doc_rule rule, enum doc_severity most, const char *category,
                                struct at at);
void draft_detail(struct draft *d, struct doc_finding *f, struct span text);
/* "stated 12.50, found 12.00": both at the given number of decimals */
void draft_detail_sums(struct draft *d, struct doc_finding *f, i128 stated, i128 found, unsigned digits);
/* Plain: a finding with a text. */
void draft_tell(struct draft *d, enum doc_rule rule, struct at at, struct span detail);

/* Why an XML document, or one inside a package, could not be read. */
void draft_tell_verdict(struct draft *d, struct xml_verdict v);

/*
 * One more item of `size` bytes at the end of a list {T *at; uint32_t n}; zeroed, or NULL when the
 * list has `max`, the document DOC_ITEMS_MAX, or the arena is full. Earlier items may move.
 */
void *draft_item(struct draft *d, void *list, size_t size, uint32_t max);

/* The same place under another name: path, or path/leaf, as the rules say it and as the format does. */
struct doc_place {
	const char *rules, *own;
};

/* What a format brings: a listener and a state that lives in the arena. */
struct doc_format {
	struct xml_listener on;
	void *(*begin)(struct draft *d, struct span root_ns);
	void (*finish)(void *reader); /* after a whole, well-formed document */
	/* What must be known of the whole document before it is read, into d->doc: or NULL. */
	void (*look_ahead)(struct draft *d);
	const struct doc_place *places; /* until a row without a name; NULL: as the rules say it */
};
extern const struct doc_format format_ubl, format_ubl_debit, format_order, format_order_change,
	format_order_cancellation, format_order_response, format_despatch, format_receipt, format_application_response,
	format_inventory, format_weight, format_waybill, format_cii, format_camt, format_fapiao;

/* A root element and what it makes of a document. */
struct doc_root {
	enum doc_kind kind;
	const char *ns, *name; /* a namespace that ends in '#' stands for any with digits in that place */
	const char *line;      /* the element of a line, and what lies between it and the line's own elements */
	const char *line_in;
	const struct doc_format *format;
};

static inline bool is_ubl(enum doc_kind k)
{
	return (k >= DOC_UBL_INVOICE && k <= DOC_UBL_WEIGHT_STATEMENT) || k == DOC_UBL_WAYBILL;
}

/* The rule set of a profile id: DIALECT_PLAIN for one that is not known. */
enum doc_dialect dialect_of(struct span profile, bool *known);
/* Settles the document's dialect: the caller's, or the one of this profile. */
void draft_dialect(struct draft *d, struct span profile);
void document_judge(struct draft *d);
/* Of these rules only the signs that the claim was sold before: payee, notes, terms. */
void document_judge_earlier_sale(struct draft *d);
/* [-]digits[.digits] */
void put_decimal(struct writer *w, i128 mantissa, unsigned scale);
/* Minor digits of a currency, 2 when it is not one. */
unsigned document_digits(const char ccy[4]);
bool document_ccy_unknown(struct span ccy);
#endif
