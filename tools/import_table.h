/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_table.h: a table of receivables as a spreadsheet writes it (RFC 4180), each row signed as
 * receivable.register.
 *
 * The first line names the columns, in any order:
 *   needed   number, issue_date, due_date, amount, currency, debtor
 *   may      creditor (the signer's party when absent), documents (SHA-256, several separated by blanks),
 *            existing (yes, no; yes when absent), lineage
 * Amounts are exact decimals with the currency's digits: 1250.00. What a column does not know is an error, not a guess.
 */
#ifndef CF_IMPORT_TABLE_H
#define CF_IMPORT_TABLE_H

#include "client.h"

/* Whether the first line reads as such a table's, not as a signed statement. */
bool is_table(struct span text);
/* Signs what is not in FILE.signed yet. EXIT_GOOD, or a message. */
MUST_CHECK int table_sign(struct cli *c, struct client *k, struct span table, const char *signed_path);
#endif
