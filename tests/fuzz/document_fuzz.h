/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_fuzz.h: any bytes as a document, under every dialect. What was read
 * must keep the model's promises, travel the pipe unchanged and print. A
 * fuzzer of one format may begin every input with that format's root, so that
 * none is wasted on finding it.
 */
#ifndef CF_DOCUMENT_FUZZ_H
#define CF_DOCUMENT_FUZZ_H
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "crypto.h"
#include "intake/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define ROOM ((size_t)16 << 20)

static void *room(void)
{
	void *at = malloc(ROOM);
	if (!at)
		abort();
	return at;
}

static void amount_holds(const struct doc_amount *a)
{
	assert(a->minor < DOC_MONEY_LIMIT && a->minor > -DOC_MONEY_LIMIT);
	assert(a->present || a->minor == 0);
}

static void promises(const struct document *d)
{
	assert(d->kind < DOC_KINDS);
	assert(d->level == DOC_L0 || (d->kind != DOC_OPAQUE && d->refused == 0));
	assert(d->findings.n <= DOC_FINDINGS_MAX);
	assert(d->lines.n <= DOC_LINES_MAX);
	assert(document_family(d) < FAMILIES);
	amount_holds(&d->payable);
	amount_holds(&d->total_tax);
	for (uint32_t i = 0; i < d->lines.n; i++) {
		amount_holds(&d->lines.at[i].net);
		amount_holds(&d->lines.at[i].value);
	}
	for (uint32_t i = 0; i < d->statements.n; i++)
		for (uint32_t k = 0; k < d->statements.at[i].entries.n; k++)
			amount_holds(&d->statements.at[i].entries.at[k].amount);
}

static void fuzz_document(struct span bytes)
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
		if (document_read_as(bytes, (enum doc_dialect)dialect, &mem, &d) != OK)
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
}
#endif
