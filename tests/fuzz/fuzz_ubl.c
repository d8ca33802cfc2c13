/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ubl.c: any bytes as a document, under every dialect. What was read must
 * keep the model's promises, travel the pipe unchanged and print.
 * Dictionary: ubl.dict. Corpus: tests/documents.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "crypto.h"
#include "intake/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define ROOM ((size_t)8 << 20)

static void *room(void)
{
	void *at = malloc(ROOM);
	if (!at)
		abort();
	return at;
}

static void promises(const struct document *d)
{
	assert(d->kind < DOC_KINDS);
	assert(d->level == DOC_L0 || (d->kind != DOC_OPAQUE && d->refused == 0));
	assert(d->findings.n <= DOC_FINDINGS_MAX);
	assert(d->lines.n <= DOC_LINES_MAX);
	assert(d->payable.minor < DOC_MONEY_LIMIT && d->payable.minor > -DOC_MONEY_LIMIT);
	assert(d->payable.present || d->payable.minor == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void *memory, *text;

	if (!memory) {
		if (!crypto_start() || !document_start())
			abort();
		memory = room();
		text = room();
	}
	for (int dialect = 0; dialect < DIALECTS; dialect++) {
		struct arena mem = arena_over(memory, ROOM), out = arena_over(text, ROOM);
		struct document d, back;
		if (document_read_as((struct span){ (const char *)data, len }, (enum doc_dialect)dialect, &mem, &d) !=
		    OK)
			continue;
		promises(&d);
		struct writer w = writer_in(&out);
		put_document_wire(&w, &d);
		struct span wire = writer_done(&w, &out);
		if (!arena_ok(&out))
			continue;
		enum fault f = document_wire_read(wire, &out, &back);
		assert(f == OK || f == E_TOO_BIG);
		w = writer_in(&out);
		put_document_json(&w, &d);
	}
	return 0;
}
