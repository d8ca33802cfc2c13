/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draft_value.h: from a value's text to the fact it states, for formats whose
 * values are texts at hand (trees, JSON). What is wrong becomes a finding at
 * the place given, and the fact stays absent.
 */
#ifndef CF_INTAKE_DRAFT_VALUE_H
#define CF_INTAKE_DRAFT_VALUE_H

#include "intake/document_draft.h"
#include "intake/value.h"

/* FMT-08, without zeros at the end of the decimals. */
MUST_CHECK bool value_plain(struct span s, struct decimal *ret);

void draft_number(struct draft *d, struct span s, struct at at, struct decimal *to);
/* Prices and quantities that were divided out to more places than a number has here. */
void draft_long_number(struct draft *d, struct span s, struct at at, struct decimal *to);
void draft_money(struct draft *d, struct span s, struct span ccy, struct at at, struct doc_amount *to);
void draft_day(struct draft *d, struct span s, struct at at, struct date *to);
/* A key fact that is a placeholder is a finding; empty texts are not. */
void draft_placeholder(struct draft *d, struct span s, struct at at);
bool value_is_placeholder(struct span s);

/* Adds an identifier (copied by reference) to a party, unless it is empty. */
void draft_party_id(struct draft *d, struct doc_party *p, enum doc_id_role role, struct span scheme, struct span value);
/* New items with what zero does not say absent; NULL as draft_item. */
struct doc_line *draft_line(struct draft *d);
struct doc_ref *draft_preceding(struct draft *d, struct span number);
void draft_note(struct draft *d, struct span text);
#endif
