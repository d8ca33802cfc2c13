/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_zip.c: any bytes as an archive: every part that can be read has the size
 * the directory promised. Corpus: tests/fuzz/corpus/zip.
 */
#include "document_fuzz.h"

#include "intake/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void *memory;
	struct arena mem;
	struct unzip z;
	struct span got;

	if (!memory)
		memory = room();
	mem = arena_over(memory, ROOM);
	if (unzip_open((struct span){ (const char *)data, len }, &mem, &z))
		return 0;
	assert(z.n <= ZIP_ENTRIES_MAX);
	for (unsigned i = 0; i < z.n; i++) {
		assert(unzip_find(&z, z.part[i].name) == &z.part[i]);
		if (unzip_read(&z, &z.part[i], &mem, &got))
			assert(got.len == z.part[i].size);
	}
	unzip_close(&z);
	return 0;
}
