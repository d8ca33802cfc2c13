/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_pdf.c: any bytes behind the sign of a PDF. Corpus: tests/fuzz/corpus/pdf.
 */
#include "document_fuzz.h"

#include "intake/pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void *memory;
	struct arena mem;
	struct pdf pdf;

	if (len > 65536) /* what libqpdf unpacks is bounded by the process it runs in, not here */
		return 0;
	if (!memory)
		memory = room();
	mem = arena_over(memory, ROOM);
	if (pdf_read((struct span){ (const char *)data, len }, &mem, &pdf) == NULL)
		assert(pdf.xml.len <= PDF_XML_MAX);
	fuzz_document((struct span){ (const char *)data, len });
	return 0;
}
