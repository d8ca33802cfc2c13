/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codes.h: the code lists trade documents draw on, and the check digits of the
 * identifiers in them.
 *
 * A list answers one question: is this code in it. An identifier answers two:
 * has it the form, and do its check digits hold; both in one call here, since
 * no caller treats them apart. (Codes of legal entities are in ids.h.) A wrong
 * check digit is a finding about a document, never an error of reading it:
 * published identifiers are often wrong.
 */
#ifndef CF_CODES_H
#define CF_CODES_H

#include "base.h"

enum code_list {
	CODES_UNIT,          /* UN/ECE Recommendation 20, and 21 with a leading X */
	CODES_COUNTRY,       /* ISO 3166-1 alpha-2, with 1A (Kosovo) and XI (Northern Ireland) */
	CODES_EAS,           /* electronic address schemes of the Connecting Europe Facility */
	CODES_ICD,           /* ISO 6523 identifier schemes */
	CODES_INVOICE_TYPE,  /* UNTDID 1001, the invoices */
	CODES_CREDIT_TYPE,   /* UNTDID 1001, the credit notes */
	CODES_TAX_POINT,     /* UNTDID 2005, three of it */
	CODES_REFERENCE,     /* UNTDID 1153 */
	CODES_ITEM_CLASS,    /* UNTDID 7143 */
	CODES_PAYMENT_MEANS, /* UNTDID 4461 */
	CODES_ALLOWANCE,     /* UNTDID 5189 */
	CODES_CHARGE,        /* UNTDID 7161 */
	CODES_EXEMPTION,     /* VATEX */
	CODES_CCY_0,         /* ISO 4217 by minor digits */
	CODES_CCY_2,
	CODES_CCY_3,
	CODES_CCY_4,
	CODES_CCY_NONE, /* metals, funds, tests: no minor unit */
	CODE_LISTS
};
bool code_listed(enum code_list list, struct span code);

/* Minor digits of any ISO 4217 currency, 2 for those without a minor unit; -1 for what is none. Documents may name more
 * currencies than the registry takes claims in (money.h). */
int iso4217_digits(struct span ccy);

/* GS1 keys: exactly `len` digits (GTIN 8, 12, 13, 14; GLN 13; SSCC 18), the last one the mod 10 check. */
bool gs1_check(struct span s, size_t len);
/* ISO 13616: the length of its country, mod 97-10; no blanks, capital letters. */
bool iban_check(struct span s);
/* ISO 6346: a container, four letters and seven digits, the last one the check digit. */
bool container_check(struct span s);
/* An identifier in an electronic address scheme: the scheme is listed and, where it has a check, that holds
 * (PEPPOL-COMMON-R040 to R050). */
bool participant_check(struct span scheme, struct span value);
/* 20 digits of a fully digitalised invoice: year (from 2021), province, issuing channel, sequence. */
bool fapiao_number_form(struct span s);
/* Code of 10 or 12 digits and number of 8, of an invoice from the tax-control system. */
bool fapiao_code_form(struct span code, struct span number);
/* Its check code, 20 digits: what they mean only the tax authority knows. */
bool fapiao_check_code_form(struct span s);
#endif
