/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement_write.h: the way back: a command as the payload its party signs,
 * from the same tables the reader goes by, and those tables as a schema.
 *
 * parse(write(c)) == c for every command whose fields are present where they
 * are needed and within their bounds.
 */
#ifndef CF_STATEMENT_WRITE_H
#define CF_STATEMENT_WRITE_H

#include "command.h"

/* The JSON payload: type, id, object, prev, at, salt, on_behalf_of when there is one, body. */
void put_statement_payload(struct writer *w, const struct command *c);
/* A private key as one line of JWK, d included. */
void put_jwk_private(struct writer *w, const struct privkey *key);
/*
 * JSON Schema (2020-12) as OpenAPI 3.1 wants it under components/schemas: an
 * object with "Statement", one schema for every type under the type's name,
 * and the kinds of fields they share.
 */
void put_statement_schema(struct writer *w);
#endif
