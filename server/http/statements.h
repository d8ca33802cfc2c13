/* SPDX-License-Identifier: Apache-2.0 */
/* statements.h: what a single statement and a batch of them have in common. */
#ifndef CF_STATEMENTS_H
#define CF_STATEMENTS_H

#include "http/request.h"

/* service_prepare, and the bucket of whoever signed. */
MUST_CHECK enum fault statement_take(struct request *q, struct span compact, struct arena *mem, struct ticket *t);
/* 201, 200 for one that was there already, or the fault's. */
int ticket_status(const struct ticket *t);
/* The receipt; with "pending":true when it waits for a second signature. */
void put_ticket(struct writer *w, const struct ticket *t);
#endif
