/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_xmldsig.c: any bytes as a signed document, with nobody trusted. What is
 * said to be signed must be a document of its own that reads without a
 * signature; and level 2 there is none.
 */
#include "crypto.h"
#include "intake/authenticity.h"
#include "intake/xmldsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define ROOM ((size_t)8 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void *memory;
	struct span in = { (const char *)data, len };
	struct trust nobody = { .now = { INT64_C(1795430400) * 1000000 } };
	struct xmldsig x, again;
	struct authentic a;

	if (!memory && (!crypto_start() || !document_start() || !(memory = malloc(ROOM))))
		abort();
	struct arena mem = arena_over(memory, ROOM);
	enum xmldsig_end e = xmldsig_check(in, &mem, &x);
	assert((e == XMLDSIG_GOOD) == (x.content.at != NULL) && x.n_extra <= CERT_EXTRA_MAX && x.why);
	if (e == XMLDSIG_GOOD)
		assert(xmldsig_check(x.content, &mem, &again) == XMLDSIG_NONE);
	mem = arena_over(memory, ROOM);
	authentic_bytes(in, &nobody, &mem, &a);
	assert(!a.anchored && a.n_notes <= AUTH_NOTES_MAX);
	mem = arena_over(memory, ROOM);
	struct document d;
	if (document_read_under(in, &nobody, &mem, &d) == OK)
		assert(d.level < DOC_L2);
	return 0;
}
