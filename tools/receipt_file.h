/* SPDX-License-Identifier: Apache-2.0 */
/* receipt_file.h: receipts as files, and what they are worth. */
#ifndef CF_RECEIPT_FILE_H
#define CF_RECEIPT_FILE_H

#include "cli.h"
#include "client.h"
#include "leaf.h"

/* The five members of a receipt in an answer that may hold more; empty when it is none. */
struct span receipt_only(struct cli *c, struct span json);
/* Offline: nothing but the receipt, the statement (may be empty) and the log's key. Every way in which it is not
 * good has its sentence in *why. */
MUST_CHECK bool receipt_good(struct cli *c, struct span json, struct span statement, const struct vkey *key,
                             struct receipt *ret, struct checkpoint *at, const char **why);
/* A verifier key as text, or in a file. */
MUST_CHECK bool vkey_of(struct cli *c, const char *text_or_file, struct vkey *ret);
/* --vkey, or the one the server names of itself, which is then said. */
MUST_CHECK int vkey_asked(struct cli *c, struct client *k, struct vkey *ret);
#endif
