/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_document_wire.c: what a parser process taken over by its document may
 * send. What the decoder takes must encode to the very same bytes and print.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "intake/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char memory[4 << 20], text[8 << 20];
	struct arena mem = arena_over(memory, sizeof memory);
	struct document d;

	if (document_wire_read((struct span){ (const char *)data, len }, &mem, &d) != OK)
		return 0;
	struct writer w = writer_over(text, sizeof text);
	put_document_wire(&w, &d);
	/* the text of a rule is sent as its number a second time; the second one counts */
	assert(w.overflow || w.len == len);
	w = writer_over(text, sizeof text);
	put_document_json(&w, &d);
	return 0;
}
