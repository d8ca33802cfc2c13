/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trust_wire.h: a trust through the pipe to the confined process, which has
 * no other way to learn whom the registry believes.
 */
#ifndef CF_TRUST_WIRE_H
#define CF_TRUST_WIRE_H

#include "fault.h"
#include "trust.h"

/* 64 anchors and 256 keys take below 1.2 MB, their lists of revoked certificates 2.8 MB as the log can hold them. */
#define TRUST_WIRE_MAX ((size_t)5 * 1024 * 1024)

/* The writer overflows when the trust has more than its limits of anything, or a list is longer than CRL_MAX. */
void put_trust_wire(struct writer *w, const struct trust *t);
/* Strict, as document_wire_read. Spans borrow from wire, lists are taken from mem. */
MUST_CHECK enum fault trust_wire_read(struct span wire, struct arena *mem, struct trust *ret);
#endif
