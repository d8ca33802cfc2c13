/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ofd_seal.c: a package of four parts cut from the input at NUL bytes:
 * OFD.xml, the list of signatures, Signature.xml, its value. Whatever they
 * say, only parts of the package are asked for, and all names are plain.
 */
#include "crypto.h"
#include "intake/document.h"
#include "intake/ofd_seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define ROOM ((size_t)4 << 20)

static const struct span names[] = { S_INIT("OFD.xml"), S_INIT("Doc_0/Signs/Signatures.xml"),
	                             S_INIT("Doc_0/Signs/Sign_0/Signature.xml"),
	                             S_INIT("Doc_0/Signs/Sign_0/SignedValue.dat") };

/* Relative, and no step of it is empty or made of dots. */
static bool plain(struct span name)
{
	struct span step;

	for (bool more = true; more;) {
		more = span_cut(name, '/', &step, &name);
		step = more ? step : name;
		if (step.len == 0 || span_is(step, ".") || span_is(step, ".."))
			return false;
	}
	return true;
}

static bool find(void *of, struct span name, struct span *bytes)
{
	const struct span *part = of;

	assert(plain(name));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (span_eq(names[i], name)) {
			*bytes = part[i];
			return true;
		}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void *memory;
	struct span rest = { (const char *)data, len }, part[ARRAY_LEN(names)];
	struct ofd_seal s;

	if (!memory && (!crypto_start() || !document_start() || !(memory = malloc(ROOM))))
		abort();
	for (size_t i = 0; i + 1 < ARRAY_LEN(names); i++)
		if (!span_cut(rest, 0, &part[i], &rest))
			return 0;
	part[ARRAY_LEN(names) - 1] = rest; /* binary: whatever is left */
	struct arena mem = arena_over(memory, ROOM);
	struct ofd_parts parts = { part, find, names, ARRAY_LEN(names) };
	enum ofd_end e = ofd_seal_check(&parts, &mem, &s);
	assert(e != OFD_GOOD || (s.references > 0 && s.ses.signer.len));
	assert(s.why && s.references <= OFD_REFERENCES_MAX);
	return 0;
}
