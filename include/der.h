/* SPDX-License-Identifier: Apache-2.0 */
/*
 * der.h: the distinguished encoding rules (X.690 section 10), read strictly.
 *
 * A signature covers bytes, so a structure that can be spelled in two ways is
 * refused: only definite lengths in their shortest form, only tags below 31,
 * nothing left over. A struct der is a cursor over the elements of one level;
 * content is borrowed, nothing is copied.
 */
#ifndef CF_DER_H
#define CF_DER_H

#include "base.h"
#include "ids.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_PRINTABLE = 0x13,
	DER_IA5 = 0x16,
	DER_UTC = 0x17,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0xa0, /* [0], constructed; [n] is DER_CONTEXT + n */
	DER_DEPTH_MAX = 32,
};

struct der {
	struct span rest;
};
static inline struct der der_over(struct span s) { return (struct der){ s }; }
static inline bool der_end(const struct der *d) { return d->rest.len == 0; }
/* The tag of the next element; 0 at the end. */
uint8_t der_peek(const struct der *d);
/* The next element if it has this tag: its content, and with whole != NULL also the element with its header. False,
 * and the cursor where it was, otherwise. */
MUST_CHECK bool der_take(struct der *d, uint8_t tag, struct span *content, struct span *whole);
MUST_CHECK bool der_enter(struct der *d, uint8_t tag, struct der *inside);
/* The next element whatever it is, with its header. */
MUST_CHECK bool der_any(struct der *d, struct span *whole);
MUST_CHECK bool der_skip(struct der *d, uint8_t tag);
/* An INTEGER of 0 to 2^31 - 1. */
MUST_CHECK bool der_small(struct der *d, uint32_t *ret);
/* A BIT STRING of whole bytes. */
MUST_CHECK bool der_bits(struct der *d, struct span *ret);
/* UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 writes them: seconds, no fraction, Z. Its "no end", 99991231235959Z, is
 * the end of 2100, where moments end. */
MUST_CHECK bool der_moment(struct der *d, struct moment *ret);
/* The same text without a header around it. */
MUST_CHECK bool der_moment_text(struct span text, struct moment *ret);

/* s is exactly one element, and it and all inside it are in distinguished form, at most DER_DEPTH_MAX deep.
 * (Whether a SET is sorted and a DEFAULT left out depends on the type, and is not looked at.) */
MUST_CHECK bool der_strict(struct span s);
/* Writes tag and length of an element that content of len bytes will follow. */
void put_der_header(struct writer *w, uint8_t tag, size_t len);
#endif
