/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_title.c: bills of lading and warehouse receipts in JSON.
 * Dictionary: title.dict. Corpus: tests/documents of the format.
 */
#include "document_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	fuzz_document((struct span){ (const char *)data, len });
	return 0;
}
