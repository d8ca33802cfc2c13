/* SPDX-License-Identifier: Apache-2.0 */
/*
 * company.h: the parts of a company's name: where, who, what, in which form.
 *
 * 柳州国联运输集团有限公司 is 柳州 | 国联 | 运输 | 集团有限公司; "Acme Trading (HK) Co., Ltd." is ACME TRADING HK | CO LTD.
 * Names are compared by these parts, never to say that two companies are one:
 * that is what identifiers are for. A branch is not its parent.
 */
#ifndef CF_COMPANY_H
#define CF_COMPANY_H

#include "normalise.h"

enum { COMPANY_MAX = 2048, COMPANY_CHARACTERS = 250 };
/* Spans into text. A part a name does not have is empty. */
struct company {
	char text[COMPANY_MAX]; /* folded; a Chinese name without blanks and signs, another one in words */
	bool chinese;
	struct span full;   /* all of it */
	struct span place;  /* in front: province, city, district */
	struct span core;   /* brand and trade: what tells companies of one form and place apart */
	struct span brand;  /* core without trade words at its end */
	struct span form;   /* as written; */
	const char *class;  /* forms of one class are the same form: "有限责任公司" and "有限公司" */
	struct span branch; /* of a branch: what stands behind the form of its parent */
};
/* Of a name longer than COMPANY_CHARACTERS the beginning counts. */
void company_of(struct span name, struct company *ret);
/* The same for names that differ in how they are written or in the words for one form only. */
uint64_t company_key(struct span name);

/* The characters of a text, for comparing: at most COMPANY_CHARACTERS of them. */
struct characters {
	unsigned n;
	uint32_t at[COMPANY_CHARACTERS];
};
struct characters characters_of(struct span s);
/*
 * 1 000 000 for equal texts, less the more characters have to be changed for one to become the other (DETECTION F23);
 * changing a character for one that looks like it counts half.
 */
int64_t likeness_ppm(const struct characters *a, const struct characters *b);
#endif
