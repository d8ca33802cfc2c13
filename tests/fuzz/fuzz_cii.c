/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_cii.c: Cross Industry Invoices. See document_fuzz.h. Dictionary: cii.dict. Corpus: tests/documents. */
#include "document_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	fuzz_document((struct span){ (const char *)data, len });
	return 0;
}
