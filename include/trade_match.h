/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trade_match.h: the papers of one trade, held against each other (level 3).
 *
 * An invoice alone says what its seller wants to be paid. Whether the trade
 * behind it happened, other papers say: what was ordered, sent, received,
 * billed before, credited, refused and paid. They are joined by reference and
 * party, their lines by order line or item, over all invoices of an order, and
 * each rule that fails is a finding of its own (XD-*).
 *
 * Who says so counts. A paper is vouched for when it reached level 2, or came
 * in from the very party that issued it. An invoice matches (level 3) when it
 * is of level 2 itself and a vouched paper of another party carries it, or of
 * level 1 and every paper that carries it is of level 2. What lowers a claim
 * counts when it is heard: a stranger's credit note changes nothing.
 *
 * Pure: the papers and the tolerances come in, the verdict goes out; the same
 * papers in any order give the same verdict.
 */
#ifndef CF_TRADE_MATCH_H
#define CF_TRADE_MATCH_H

#include "document.h"

/* What a document is to the others of its trade. Numbers are stored: permanent. */
enum paper_role {
	PAPER_NONE = 0,
	PAPER_ORDER = 1,
	PAPER_ORDER_CHANGE = 2,
	PAPER_CANCELLATION = 3,
	PAPER_DESPATCH = 4, /* or waybill, or weight: what was sent */
	PAPER_RECEIPT = 5,
	PAPER_INVOICE = 6,
	PAPER_CREDIT = 7, /* or red letter */
	PAPER_ANSWER = 8,
	PAPER_PAYMENT = 9, /* a bank's statement */
	PAPER_ROLES
};

/* The findings, as bits of struct match.findings. Numbers are stored: permanent. */
enum xd {
#define XD(number, ID, id, weight, text) XD_##ID = (number),
#include "xd.def"
#undef XD
	XD_COUNT_MAX = 32
};
enum xd_weight {
	XD_TELLS,  /* worth knowing */
	XD_CAPS,   /* no level 3 with it */
	XD_LOWERS, /* part of the claim is gone */
	XD_BLOCKS, /* nothing should be lent on it */
};
struct xd_info {
	enum xd number;
	const char *id; /* "XD-QTY" */
	enum xd_weight weight;
	const char *text;
};
const struct xd_info *xd_info(unsigned number); /* NULL for a number without a row */
const struct xd_info *xd_by_id(struct span id); /* NULL for none */
const struct xd_info *xd_rows(size_t *n);
static inline int64_t xd_bit(enum xd x) { return INT64_C(1) << x; }
/* All bits of this weight. */
int64_t xd_of_weight(enum xd_weight w);

struct paper_ref {
	uint8_t role; /* enum paper_role of what is named; PAPER_NONE: any */
	struct span number, uuid;
};
struct paper_refs {
	const struct paper_ref *at;
	uint32_t n;
};
/* A quantity in millionths of a base unit: tonnes and grams are kilograms, pieces are pieces. */
struct paper_line {
	struct span no, order, order_line; /* its own number; the order's and its line's */
	struct span item[3];               /* the seller's, the buyer's, a standard's */
	struct span name;
	struct span unit;
	struct span sscc;           /* the logistic unit it lies in */
	int64_t quantity, short_by; /* short_by: of a receipt: short or rejected; of a despatch: back-ordered */
	int64_t price;              /* per million of those millionths: minor units per base unit, times 10^6 */
	int64_t net;                /* minor units */
	bool counted, priced;       /* quantity, price are there */
};
struct paper_lines {
	const struct paper_line *at;
	uint32_t n;
};
struct paper_id {
	struct span value; /* without a country before it, without spaces */
};
struct paper_ids {
	const struct paper_id *at;
	uint32_t n;
};
/* One payment, or one answer. */
struct paper_item {
	struct span about;   /* number of the invoice */
	struct span unique;  /* what makes the payment one: UETR, EndToEndId or the servicer's reference */
	struct span code;    /* of an answer: AP, RE, ... */
	struct span account; /* the money came to; empty when the statement does not say */
	int64_t amount;
};
struct paper_items {
	const struct paper_item *at;
	uint32_t n;
};
struct paper {
	struct hash sha256;
	uint16_t kind, role, level; /* enum doc_kind, paper_role; 0..2 */
	bool vouched;               /* of level 2, or brought by the party that issued it: it can carry an invoice */
	bool heard;                 /* a party of the trade brought it: what it takes off a claim counts */
	bool red;                   /* a red letter: it takes the whole invoice back, or part of it */
	bool by_account;            /* of a bank's statement: only what came to the invoice's own account is for it */
	bool assigned;              /* it says itself that it is assigned, factored or payable to somebody else */
	struct span number, uuid;
	struct span account; /* of an invoice: where its seller wants the money */
	char ccy[4];
	struct date issued;
	struct paper_ids seller, buyer; /* of the trade, whoever issued the paper */
	struct paper_ids holder;        /* of a bill of lading; none when nobody says */
	int64_t payable, net;           /* minor units */
	bool has_net;
	struct paper_refs refs;
	struct paper_lines lines;
	struct paper_items items;
};

struct match_limits {
	int64_t price_ppm, quantity_ppm; /* tolerances, in parts per million */
	int64_t days;                    /* slack between the dates of two papers */
};

enum { MATCH_PAPERS_MAX = 64, MATCH_DETAILS_MAX = 32, MATCH_LINES_MAX = 2000 /* of one paper */ };
struct match_detail {
	enum xd xd;
	struct hash paper; /* the other one; zero when it is the invoice's own word */
	char text[120];
};
struct match {
	int level;        /* 0..3 */
	int64_t findings; /* xd_bit() */
	int64_t credited; /* by credit notes and red letters that are heard */
	int64_t paid;     /* by statements that are heard, each payment once */
	int64_t open;     /* payable - credited - paid; may be below zero */
	uint32_t carried; /* vouched papers of other parties that carry it */
	unsigned n_details;
	struct match_detail detail[MATCH_DETAILS_MAX];
	uint32_t n_with;
	uint16_t with[MATCH_PAPERS_MAX]; /* the papers it was held against, by place */
};

/* Papers[which] is an invoice. n <= MATCH_PAPERS_MAX; more are not looked at, and no trade of more reaches level 3. */
void match_invoice(const struct paper *papers, size_t n, size_t which, const struct match_limits *limits,
                   struct match *ret);
/* One of them names another seller or buyer than the other: the trade is not between the same two. */
bool papers_apart(const struct paper *a, const struct paper *b);
/* Its issuer is of this trade and the other party is not, though one of them names the other by a number of this issuer:
 * a contradiction, and not another trade under the same number. */
bool paper_contradicts(const struct paper *p, const struct paper *inv);
/* The party of this identifier is one the ids name. */
bool paper_ids_have(const struct paper_ids *ids, struct span identifier);

/*
 * The keys under which papers of one trade find each other (trade_key.c): what
 * a paper is called, and what it names, each with a party of the trade. Two
 * papers that match share one of them; that two share one does not say that
 * they match. `bringer` is the identifier of who brought it, empty for nobody
 * who counts. HMAC under `key`: a table of them says no numbers. At most
 * TRADE_KEYS_MAX; further names find nothing. False: mem is full.
 */
enum { TRADE_KEYS_MAX = 10000 };
struct fp16;
MUST_CHECK bool trade_keys(const struct paper *p, struct span bringer, struct span key, struct arena *mem,
                           struct fp16 **ret, size_t *n);

/* A paper in flat form, for a table (trade_wire.c): all but its level and whose word it is, which change. */
void put_trade_wire(struct writer *w, const struct paper *p);
/* Strict: every length, count and amount is checked, nothing may be left over. Texts borrow from wire; lists are taken from mem. */
MUST_CHECK bool trade_wire_read(struct span wire, struct arena *mem, struct paper *ret);
#endif
