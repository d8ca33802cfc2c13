/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_camt.c: what banks send. See document_fuzz.h. Dictionary: camt.dict. Corpus: tests/documents. */
#include "document_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	fuzz_document((struct span){ (const char *)data, len });
	return 0;
}
