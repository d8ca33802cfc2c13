/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ofd.c: OFD packages whose parts are anything; the archive around them is
 * made right, so that the fuzzer need not find a checksum.
 *
 *   one part a paragraph: its name up to a line's end, its bytes up to byte 0xff
 *
 * Dictionary: fapiao.dict. Corpus: tests/fuzz/corpus/ofd.
 */
#include "document_fuzz.h"
#include "zipmake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct archive package;
	static char text[1 << 18];
	struct made part[24];
	size_t n = 0;

	if (len >= sizeof text)
		return 0;
	memcpy(text, data, len);
	text[len] = (char)0xff;
	for (char *at = text, *end = text + len; at < end && n < ARRAY_LEN(part); n++) {
		char *stop = memchr(at, 0xff, (size_t)(end + 1 - at)), *line = memchr(at, '\n', (size_t)(stop - at));
		if (!line || memchr(at, 0, (size_t)(line - at)))
			break;
		*line = 0;
		part[n] = (struct made){ .name = at, .body = { line + 1, (size_t)(stop - line - 1) } };
		at = stop + 1;
	}
	fuzz_document(zip_make(&package, part, n));
	return 0;
}
