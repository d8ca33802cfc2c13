/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement_text.h: what a user types behind an option, as the JSON of the
 * field it fills. Whether it is right is for the strict reader to say: this
 * only knows the shape each kind of field has.
 */
#ifndef CF_STATEMENT_TEXT_H
#define CF_STATEMENT_TEXT_H

#include "cli.h"
#include "command.h"
#include "jcs.h"

/* How a value of this kind is typed, for --help: "1250.00CNY". */
const char *kind_typed(enum field_kind k);
/* Writes the value as JSON. False, and a message, when it has not even the shape. */
MUST_CHECK bool put_typed(struct cli *c, struct jcs *j, const struct field_info *f, const char *text);
/* The name of the option for a member: due-date for due_date. */
const char *member_option(struct cli *c, const char *member);
/* A moment or day from now: "+24h", "+30m", "+7d"; or the text itself. */
const char *from_now(struct cli *c, const char *text, bool day);
/* A public key from a JWK file, private or public. */
MUST_CHECK bool key_of_file(struct cli *c, const char *path, struct pubkey *ret);
#endif
