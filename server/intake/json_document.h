/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_document.h: trade documents in JSON: DCSA bills of lading and our own
 * warehouse receipts. Which it is follows from members only one of them has.
 */
#ifndef CF_INTAKE_JSON_DOCUMENT_H
#define CF_INTAKE_JSON_DOCUMENT_H

#include "intake/document_draft.h"
#include "intake/json.h"

/* Reads any JSON document: kind, facts and findings go to d. */
void json_document_read(struct draft *d, struct span bytes);

/* Whether the value is of the kind, and its reader. */
bool dcsa_is(const struct js *top);
void dcsa_fill(struct draft *d, const struct js *top);
bool warehouse_receipt_is(const struct js *top);
void warehouse_receipt_fill(struct draft *d, const struct js *top);

/* ---- for the readers ---- */

/* A finding at this place. */
void member_tell(struct draft *d, enum doc_rule rule, const struct js *at, struct span detail);
/* The member's text, copied; empty when it is absent. Another type is a finding. */
struct span member_text(struct draft *d, const struct js *object, const char *name);
/* The same of a member that must be there, and of one that must not be a placeholder either. */
struct span member_need(struct draft *d, const struct js *object, const char *name);
struct span member_key(struct draft *d, const struct js *object, const char *name);
/* YYYY-MM-DD */
void member_day(struct draft *d, const struct js *object, const char *name, struct date *to);
/* A number, or with as_text a string that is one. */
void member_decimal(struct draft *d, const struct js *object, const char *name, bool as_text, struct decimal *to);
/* An array's items; 0 when it is absent or none, which is a finding. */
size_t member_items(struct draft *d, const struct js *array);

/* ---- dcsa_chain.c ---- */

/* An endorsement chain into d->doc->title, walked for holder and state. */
void dcsa_chain(struct draft *d, const struct js *chain);
/* A list of bills of one transport document, each with its chain. */
void dcsa_chains(struct draft *d, const struct js *list);
/* documentChecksum and issueToChecksum of an issuance request's manifest, if there is one. */
void dcsa_manifest(struct draft *d, const struct js *request);
/* The transfer chain of a PINT envelope. */
void dcsa_envelope(struct draft *d, const struct js *envelope);
#endif
