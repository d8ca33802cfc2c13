/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.h: what a trade document says, in one form for every format.
 *
 * A reader (one per kind, server/intake) fills a struct document; rules judge
 * it and leave findings; the level follows from the findings and from nothing
 * else. So a format added later brings a reader and no new rules.
 *
 * Money is int64 minor units, quantities and prices are an exact mantissa and
 * scale, rates are parts per million, dates are civil. Texts lie in the
 * caller's arena: UTF-8, no control characters, white space collapsed. What is
 * not in the document is absent (empty text, DATE_NONE, present == false,
 * RATE_NONE), never zero.
 *
 * Invariants: |minor| < 10^15; scale <= DECIMAL_SCALE and |mantissa| < 10^30;
 * lists are no longer than the *_MAX below; level >= DOC_L1 only if kind is
 * not DOC_OPAQUE and no finding of severity E was raised (`refused` == 0), and
 * DOC_L2 only with a signature that says all it must (struct doc_signature).
 */
#ifndef CF_DOCUMENT_H
#define CF_DOCUMENT_H

#include "base.h"
#include "fault.h"
#include "ids.h"

enum {
	DOCUMENT_MAX = 10 * 1024 * 1024, /* bytes of one document: a year of lines, with attachments */
	DOC_LINES_MAX = 10000,           /* so that the sum of 9 digits a line fits where it must (AMT-16) */
	DOC_PARTY_IDS_MAX = 32,
	DOC_TEXTS_MAX = 64,  /* notes */
	DOC_REFS_MAX = 1000, /* preceding invoices of a collective credit note; other references of a document */
	DOC_TAXES_MAX = 256,
	DOC_ALLOWANCES_MAX = 1000, /* per document or line */
	DOC_PAYMENTS_MAX = 100,    /* ways to pay */
	DOC_PROPERTIES_MAX = 1000, /* of one item */
	DOC_PACKAGES_MAX = 10000,
	DOC_RESPONSES_MAX = 10000,
	DOC_STATEMENTS_MAX = 1000, /* of one bank message */
	DOC_BALANCES_MAX = 1000,
	DOC_ENTRIES_MAX = 50000, /* per statement; transactions per entry */
	DOC_ITEMS_MAX = 50000,   /* all list items of one document together: what bounds its memory */
	DOC_ENDORSEMENTS_MAX = 1000,
	DOC_FINDINGS_MAX = 128, /* further ones are counted, not kept */
	DECIMAL_SCALE = 12,
};
#define DOC_MONEY_LIMIT INT64_C(1000000000000000) /* 10^15, as MONEY_MAX; here also below zero */
#define RATE_NONE INT32_MIN

__extension__ typedef __int128 i128;

/* Numbers are stored: permanent. */
enum doc_kind {
	DOC_OPAQUE = 0,
	DOC_UBL_INVOICE = 1,
	DOC_UBL_CREDIT_NOTE = 2,
	DOC_UBL_DEBIT_NOTE = 3,
	DOC_UBL_ORDER = 4,
	DOC_UBL_ORDER_CHANGE = 5,
	DOC_UBL_ORDER_CANCELLATION = 6,
	DOC_UBL_ORDER_RESPONSE = 7,
	DOC_UBL_DESPATCH_ADVICE = 8,
	DOC_UBL_RECEIPT_ADVICE = 9,
	DOC_UBL_APPLICATION_RESPONSE = 10,
	DOC_UBL_INVENTORY_REPORT = 11,
	DOC_UBL_WEIGHT_STATEMENT = 12,
	DOC_CII_INVOICE = 13,
	DOC_FACTUR_X = 14,
	DOC_FAPIAO_XML = 15,
	DOC_FAPIAO_OFD = 16,
	DOC_DCSA_BILL_OF_LADING = 17,
	DOC_CAMT_052 = 18,
	DOC_CAMT_053 = 19,
	DOC_CAMT_054 = 20,
	DOC_WAREHOUSE_RECEIPT = 21,
	DOC_CMS_SIGNED = 22,
	DOC_UBL_WAYBILL = 23,
	DOC_KINDS
};
enum doc_level { DOC_L0 = 0, DOC_L1 = 1, DOC_L2 = 2, DOC_LEVELS };
/* Which rules hold. EN 16931 adds rounding into the payable amount only, OASIS also into the gross; Peppol and the
 * profiles built like it also multiply every line out. */
enum doc_dialect { DIALECT_PLAIN = 0, DIALECT_EN = 1, DIALECT_PEPPOL = 2, DIALECTS };
enum doc_severity { SEV_NONE = 0, SEV_W = 1, SEV_E = 2 };

enum doc_rule {
#define RULE(name, id, same_as, en, peppol, plain, text) RULE_##name,
#include "document_rule.def"
#undef RULE
	DOC_RULES
};
struct doc_rule_info {
	const char *id; /* ours, permanent: AMT-01 */
	const char
		*same_as; /* the official rule it equals, or "": BR-CO-10; '*' stands for the tax category's letters */
	enum doc_severity severity[DIALECTS];
	const char *text;
};
struct doc_finding {
	uint16_t rule; /* enum doc_rule: an index of this build; by name on every lasting medium */
	uint8_t severity;
	struct span same_as;
	struct span where; /* /Invoice/InvoiceLine[2]/Price */
	struct span detail;
};

struct decimal {
	i128 mantissa;
	uint8_t scale;
	bool present;
};
struct doc_amount {
	int64_t minor; /* signed: credits and corrections */
	char ccy[4];   /* as stated; "" when the amount named none and the document had not either */
	bool present;
};
enum doc_id_role { ID_ENDPOINT = 1, ID_PARTY, ID_LEGAL, ID_TAX, ID_ACCOUNT };
struct doc_id {
	uint8_t role;
	struct span scheme; /* schemeID; for ID_TAX the tax scheme (VAT) */
	struct span value;
	struct span name; /* under which the party is registered there */
};
struct doc_ids {
	const struct doc_id *at;
	uint32_t n;
};
struct doc_party {
	bool present, address;
	struct span name; /* the registered name */
	struct span trade_name;
	struct span country;
	struct doc_ids ids;
};
struct doc_allowance {
	bool charge;
	struct doc_amount amount, base;
	int32_t percent; /* ppm */
	int32_t rate;    /* of the tax on it, ppm */
	struct span category, reason, reason_code;
};
struct doc_allowances {
	const struct doc_allowance *at;
	uint32_t n;
};
struct doc_tax {
	struct doc_amount base, tax;
	int32_t rate;
	struct span category, scheme, reason, reason_code;
	struct date point; /* of the tax, until it is the document's */
	struct span point_code;
};
struct doc_taxes {
	const struct doc_tax *at;
	uint32_t n;
};
/* A reference to another document, or to a line of it. */
enum doc_ref_role {
	REF_ORDER = 1,
	REF_ORDER_CHANGE,
	REF_DESPATCH,
	REF_RECEIPT,
	REF_CONTRACT,
	REF_INVOICE,  /* an earlier invoice, credit or debit note */
	REF_DOCUMENT, /* any other; type_code says which */
};
struct doc_ref {
	uint8_t role;
	bool attachment; /* bytes of its own lie in this document */
	struct span number, uuid, line, type_code, scheme;
	struct span mime, file; /* of the attachment */
	struct date date;
};
struct doc_refs {
	const struct doc_ref *at;
	uint32_t n;
};
struct doc_property {
	struct span name, value; /* of a class: its list and its code */
};
struct doc_properties {
	const struct doc_property *at;
	uint32_t n;
};
struct doc_line {
	struct span no, name, order_line, lot;
	struct span seller_item, buyer_item, standard_item, standard_scheme;
	struct span origin;   /* country the goods come from */
	struct span sscc;     /* the handling unit they lie in */
	struct span location; /* where they are: site or bin */
	struct span status, reason;
	struct span spec, grade, marks; /* model or specification; quality; marks on the packages */
	struct decimal pieces;
	struct decimal quantity, price, base_quantity,
		gross_price; /* the quantity invoiced, ordered, in stock, weighed */
	struct decimal delivered, backorder, outstanding, oversupply; /* what a despatch says */
	struct decimal received, shortage, rejected;                  /* what a receipt says */
	struct span unit, base_unit; /* every quantity but the price's base is in `unit` */
	bool mixed_units;            /* ... and here they are not, so no quantity of the line can be relied on */
	struct doc_amount net, tax, value;
	struct span category;
	int32_t rate;
	bool period;
	struct date period_start, period_end;
	struct doc_allowances allowances;
	struct doc_refs references;
	struct doc_properties properties, classes;
};
struct doc_lines {
	const struct doc_line *at;
	uint32_t n;
};
struct doc_note {
	struct span text;
};
struct doc_notes {
	const struct doc_note *at;
	uint32_t n;
};
struct doc_payment {
	struct span means, reference, account, card; /* of a card number only length and end are kept */
	bool to_account;                             /* an account is named, maybe without its number */
	struct date due;
};
struct doc_payments {
	const struct doc_payment *at;
	uint32_t n;
};
struct doc_package {
	struct span id, scheme;
};
struct doc_packages {
	const struct doc_package *at;
	uint32_t n;
};
/* An answer to a document: AP accepted, RE rejected, UQ under query, CA conditionally accepted, PD paid, IP in process,
 * AB received (UNCL 4343 and its kin). */
struct doc_response {
	struct span code, reason_code, reason;
	struct date effective;
	struct doc_ref reference;
};
struct doc_responses {
	const struct doc_response *at;
	uint32_t n;
};

/* ---- what a bank says ---- */
struct doc_balance {
	struct span code; /* OPBD, CLBD, ... */
	struct doc_amount amount;
	struct span side; /* CRDT or DBIT */
	struct date date;
};
struct doc_balances {
	const struct doc_balance *at;
	uint32_t n;
};
struct doc_transaction {
	struct doc_amount amount;
	struct span side;
	struct span end_to_end, uetr, transaction, instruction, servicer_ref; /* one payment has one of each */
	struct span debtor, debtor_account, creditor, creditor_account;
	struct span creditor_ref;
	struct doc_refs invoices; /* RfrdDocInf: what is paid */
	struct doc_notes remittance;
};
struct doc_transactions {
	const struct doc_transaction *at;
	uint32_t n;
};
struct doc_entry {
	struct doc_amount amount;
	struct span side, status, reference, servicer_ref;
	bool reversal;
	struct date booked, valued;
	struct doc_transactions transactions;
};
struct doc_entries {
	const struct doc_entry *at;
	uint32_t n;
};
struct doc_statement {
	struct span id, account, currency, owner, servicer;
	struct date created, period_start, period_end;
	struct decimal entries_stated;
	struct doc_balances balances;
	struct doc_entries entries;
};
struct doc_statements {
	const struct doc_statement *at;
	uint32_t n;
};

/* ---- a document of title: a bill of lading, a warehouse receipt ---- */
struct doc_endorsement {
	struct span action; /* DCSA: ISSUE, TRANSFER, SURRENDER_FOR_DELIVERY, ... */
	struct span at;     /* the moment as it was written */
	struct span actor, actor_id, recipient, recipient_id;
};
struct doc_endorsements {
	const struct doc_endorsement *at;
	uint32_t n;
};
/* seller: who issued it (carrier, keeper); buyer: for whom (shipper, depositor); the goods are the lines. */
struct doc_title {
	bool present;
	bool negotiable;     /* to order or bearer */
	struct span state;   /* DRAFT, ISSUED, SURRENDERED, ... */
	struct span version; /* of one number: transportDocumentSubReference */
	struct doc_party holder, order_party;
	struct span place, from, to, vessel, voyage; /* of issue; loading; discharge, or the site; */
	struct date on_board;
	struct doc_amount value; /* declared */
	struct span insurer, policy;
	struct doc_amount insured;
	struct date insured_until;
	int32_t loss; /* allowed natural loss, ppm */
	struct span control_key;
	struct doc_notes encumbrances;
	struct doc_endorsements endorsements; /* the oldest first */
};

/* ---- who signed it ---- */
/*
 * What the document's own signature gave; absent when it has none that holds.
 * Level 2 takes all five: the key leads to a trust anchor, it is known not to
 * be revoked, the signer is the issuer (or an authority for it), nothing is
 * left unsigned, and the claimed time fits.
 */
struct doc_signature {
	bool present;
	bool anchored, current, bound, whole, timely;
	uint16_t profile;           /* enum auth_profile of trust.h */
	struct span signer, issuer; /* names of the certificate; empty for a registered key */
	struct doc_ids ids;         /* of the certificate's subject */
	struct span anchor, jurisdiction;
	struct span anchor_id; /* empty for an anchor from a file, and for a registered key */
	struct span claimed;   /* the signer's own word for when, RFC 3339 */
};
struct doc_findings {
	const struct doc_finding *at;
	uint32_t n;
};

struct document {
	struct hash sha256; /* of the bytes as received */
	uint16_t kind, level, dialect;
	struct span profile;   /* BT-24 */
	struct span type_code; /* UNTDID 1001 */
	struct span number, uuid;
	struct date issue_date, due_date, tax_point_date, delivery_date, period_start, period_end;
	struct date valid_until, despatch_date;
	bool period;                /* a period is named, maybe without its days */
	struct span tax_point_code; /* instead of the date: what the tax point follows */
	struct span currency, tax_currency;
	struct doc_party seller, buyer, payee, tax_representative;
	struct doc_party sender, receiver, carrier, weigher;
	bool deliver_to;              /* an address to deliver to */
	struct span delivery_country; /* ... and its country */
	struct span account;          /* where the seller wants the money: IBAN or text */
	struct span payment_terms;
	struct span order_ref, despatch_ref, receipt_ref, contract_ref;
	struct doc_refs preceding, references; /* earlier invoices; all others */
	struct doc_notes notes;
	struct doc_payments payments;
	struct doc_packages packages;
	struct decimal gross_weight;
	struct span weight_unit;
	struct span response_code; /* of the first response */
	struct doc_responses responses;
	struct doc_statements statements;
	struct doc_allowances allowances;
	struct doc_amount sum_lines, sum_allowances, sum_charges;
	struct doc_amount total_net, total_tax, total_gross, prepaid, rounding, payable;
	struct doc_amount tax_in_tax_currency; /* BT-111 */
	uint16_t tax_totals;                   /* TaxTotal in the document's currency */
	uint16_t tax_breakdowns; /* of all TaxTotal, those with a breakdown: exactly one is sound under EN 16931 */
	struct doc_taxes taxes;
	uint16_t attachments; /* opaque: never opened */
	struct doc_lines lines;
	struct span authority;       /* that issued the number: a tax bureau */
	struct span amount_words;    /* as written */
	struct doc_amount deduction; /* differential taxation: what is not taxed of the amount */
	struct doc_title title;
	uint32_t refused; /* findings of severity E, kept or not */
	struct doc_signature signature;
	struct doc_findings findings;
};
#endif
