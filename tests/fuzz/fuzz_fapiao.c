/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_fapiao.c: Chinese tax invoices in XML, and amounts in words.
 * Dictionary: fapiao.dict. Corpus: tests/documents of the format.
 */
#include "document_fuzz.h"

#include "intake/fapiao.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span s = { (const char *)data, len };
	int64_t fen;

	if (len && data[0] != '<' && fapiao_words(s, &fen))
		assert(fen < INT64_C(100000000000000000) && fen > -INT64_C(100000000000000000));
	fuzz_document(s);
	return 0;
}
