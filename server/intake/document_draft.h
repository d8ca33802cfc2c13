/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_draft.h: a document while it is read and judged. Private to the
 * readers and the rules.
 */
#ifndef CF_INTAKE_DOCUMENT_DRAFT_H
#define CF_INTAKE_DOCUMENT_DRAFT_H

#include "intake/document.h"
#include "intake/xml.h"

struct draft {
	struct document *doc;
	struct arena *mem;
	struct doc_finding *findings; /* DOC_FINDINGS_MAX of them; doc->findings counts those used */
	uint32_t items;               /* list items so far, of all lists */
};

/* Where a finding lies: path below the root, with the number of the repeated element in it (0: none). "%" in the
 * path stands for the name of the document's line element. */
struct at {
	const char *path;
	uint32_t i;
	const char *leaf; /* below it, or NULL */
};
#define AT(path, i, leaf) ((struct at){ path, i, leaf })
#define TOP(path) AT(path, 0, NULL)

/* Severity as the rule and the document's dialect say, but at most `most`. `category` fills the '*' of same_as.
 * The finding is returned so that the caller may add a detail; NULL when it was not kept. */
struct doc_finding *draft_raise(struct draft *d, enum doc_rule rule, enum severity most, const char *category,
                                struct at at);
void draft_detail(struct draft *d, struct doc_finding *f, struct span text);
/* "stated 12.50, found 12.00": both at the given number of decimals */
void draft_detail_sums(struct draft *d, struct doc_finding *f, i128 stated, i128 found, unsigned digits);
/* Plain: a finding with a text. */
void draft_tell(struct draft *d, enum doc_rule rule, struct at at, struct span detail);

/*
 * One more item of `size` bytes at the end of a list {T *at; uint32_t n}; zeroed, or NULL when the
 * list has `max`, the document DOC_ITEMS_MAX, or the arena is full. Earlier items may move.
 */
void *draft_item(struct draft *d, void *list, size_t size, uint32_t max);

/* What a format brings: a listener and a state that lives in the arena. */
struct doc_format {
	struct xml_listener on;
	void *(*begin)(struct draft *d);
	void (*finish)(void *reader); /* after a whole, well-formed document */
};
extern const struct doc_format format_ubl;

/* The rule set of a profile id: DIALECT_PLAIN for one that is not known. */
enum doc_dialect dialect_of(struct span profile, bool *known);
void document_judge(struct draft *d);
/* [-]digits[.digits] */
void put_decimal(struct writer *w, i128 mantissa, unsigned scale);
/* Minor digits of a currency, 2 when it is not one. */
unsigned document_digits(const char ccy[4]);
bool document_ccy_unknown(struct span ccy);
#endif
