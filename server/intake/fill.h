/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fill.h: elements into the model, by tables. Private to the XML readers.
 *
 * A table lists the elements that may stand in one place, what each becomes
 * and where in the model it goes; a container names the table of its inside.
 * A format is its tables, its namespaces and what it does at the end; the
 * walker (fill.c) is the same for all.
 *
 * What no table names is skipped with everything in it. A slot is for one
 * occurrence unless it says MANY: a second one is a finding, because two
 * readers could choose differently. For a MANY value the first counts.
 */
#ifndef CF_INTAKE_FILL_H
#define CF_INTAKE_FILL_H

#include "intake/document_draft.h"

enum take {
	/* containers */
	IN,   /* the inside belongs to the same object */
	SUB,  /* ... to the object embedded at `at` */
	ITEM, /* ... to a new item of the list at `at` */
	/* values */
	TEXT,
	DAY,  /* xs:date or xs:dateTime: the day it names */
	DAY8, /* YYYYMMDD, format 102 */
	MONEY,
	NUMBER,
	RATE,
	FLAG,
	NEWTEXT,  /* a new item of the list at `at`, with the text first in it */
	NEWMONEY, /* ... with the amount first in it */
	NEWID,    /* a new doc_id of `role` in the list at `at` */
	MASKED,   /* text of which the last four characters are kept, stars for the rest */
	PRESENT,  /* looked at, not read */
};
enum {
	MANY = 1,
	MARK = 2,         /* sets the bool at `mark` */
	INVOICE_ONLY = 4, /* of the roots that share a table */
	CREDIT_ONLY = 8,
	CBC = 16,  /* not in the namespace that is usual for its kind of slot, but in the other */
	UDT = 32,  /* in the third, of the format's elementary types */
	QDT = 64,  /* in the fourth, of its qualified types */
	OWN = 128, /* in the root's own */
};

/* An attribute kept as text. */
struct slot_attr {
	const char *name;
	size_t at;
	size_t differs; /* a bool set when a value stands there already and is another; SIZE_MAX: none */
};
struct slot {
	const char *name;
	enum take take;
	unsigned flags;
	size_t at;
	const struct slot *in; /* containers; a value that has one holds either its text or these */
	size_t size;           /* of a list's item */
	uint32_t max;
	uint8_t role;                  /* first byte of a list's item, when not 0 */
	const struct slot_attr *attrs; /* until one without a name */
	size_t mark;
	void (*blank)(void *item); /* makes a zeroed item of a list one in which nothing is said */
};

/* What the walker fills: the document, and what must be folded into it at the end. */
struct tax_total {
	struct doc_amount amount;
	struct doc_taxes taxes;
};
struct tax_totals {
	struct tax_total *at;
	uint32_t n;
};
struct filled {
	struct document doc;
	struct tax_totals totals;
	struct span payment_reference;
	struct span accepted; /* an indicator kept as the word it was */
};

enum { NAMESPACES = 4 };
struct fill_map {
	const struct slot *root;
	struct span ns[NAMESPACES]; /* of containers, of values, UDT, QDT; an empty one is the root's own */
	const char *ccy;            /* the attribute that names an amount's currency */
	void (*finish)(struct draft *d, struct filled *f);
};

/* For a format's begin: a reader whose root has been opened already. `root` is the root's namespace. */
void *fill_begin(struct draft *d, const struct fill_map *map, struct span root_ns);
bool fill_open(void *reader, const struct xml_element *e);
bool fill_text(void *reader, struct span s);
bool fill_close(void *reader);
void fill_finish(void *reader);
#define FILL_LISTENER                            \
	{                                        \
		fill_open, fill_text, fill_close \
	}

void blank_line(void *item);
void blank_ref(void *item);
void blank_allowance(void *item);
void blank_tax(void *item);
void blank_payment(void *item);
void blank_response(void *item);
void blank_balance(void *item);
void blank_entry(void *item);
void blank_statement(void *item);

/* An amount in this currency, or in none where none is stated. */
bool fill_in_ccy(const struct doc_amount *a, struct span ccy);
/* First the seller, buyer, ...: a party's identifiers in the order of their roles, whatever order the format has. */
void fill_sort_ids(struct document *d);
/* order_ref and its like from the references; an order line from its line's; the account from the ways to pay. */
void fill_first_refs(struct document *d);

#define LEAF(name, take, flags, at)                                 \
	{                                                           \
		name, take, flags, at, NULL, 0, 0, 0, NULL, 0, NULL \
	}
#define INTO(name, flags, table)                                  \
	{                                                         \
		name, IN, flags, 0, table, 0, 0, 0, NULL, 0, NULL \
	}
#define MARKING(name, flags, table, mark)                                     \
	{                                                                     \
		name, IN, (flags) | MARK, 0, table, 0, 0, 0, NULL, mark, NULL \
	}
#define PARTY(name, at, table)                                                                              \
	{                                                                                                   \
		name, SUB, MARK, at, table, 0, 0, 0, NULL, (at) + offsetof(struct doc_party, present), NULL \
	}
#define LIST(name, flags, at, table, type, max, blank)                                      \
	{                                                                                   \
		name, ITEM, (flags) | MANY, at, table, sizeof(type), max, 0, NULL, 0, blank \
	}
#define REF(name, flags, at, table, role)                                                                             \
	{                                                                                                             \
		name, ITEM, (flags) | MANY, at, table, sizeof(struct doc_ref), DOC_REFS_MAX, role, NULL, 0, blank_ref \
	}
/* the same where one is all there may be */
#define REF_ONE(name, at, table, role)                                                                   \
	{                                                                                                \
		name, ITEM, 0, at, table, sizeof(struct doc_ref), DOC_REFS_MAX, role, NULL, 0, blank_ref \
	}
#define ID(name, flags, at, role)                                                                                   \
	{                                                                                                           \
		name, NEWID, flags, at, NULL, sizeof(struct doc_id), DOC_PARTY_IDS_MAX, role, scheme_of_id, 0, NULL \
	}
#define ALLOWANCES(name, at, table) LIST(name, 0, at, table, struct doc_allowance, DOC_ALLOWANCES_MAX, blank_allowance)
#define PROPERTIES(name, at, table) LIST(name, 0, at, table, struct doc_property, DOC_PROPERTIES_MAX, NULL)
#define PAYMENTS(name, at, table) LIST(name, 0, at, table, struct doc_payment, DOC_PAYMENTS_MAX, blank_payment)
#define NOTE(name, flags, at)                                                                                     \
	{                                                                                                         \
		name, NEWTEXT, (flags) | MANY, at, NULL, sizeof(struct doc_note), DOC_TEXTS_MAX, 0, NULL, 0, NULL \
	}
#define WITH(name, take, flags, at, attrs)                           \
	{                                                            \
		name, take, flags, at, NULL, 0, 0, 0, attrs, 0, NULL \
	}
#define END                                                  \
	{                                                    \
		NULL, IN, 0, 0, NULL, 0, 0, 0, NULL, 0, NULL \
	}
#define NO_ATTR            \
	{                  \
		NULL, 0, 0 \
	}

extern const struct slot_attr scheme_of_id[];
#endif
