/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ubl.c: invoices of UBL, and whatever else the corpus holds. See document_fuzz.h. Dictionary: ubl.dict. Corpus: tests/documents. */
#include "document_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	fuzz_document((struct span){ (const char *)data, len });
	return 0;
}
