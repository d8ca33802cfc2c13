/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_residue.c: a residue that is taken and written again is taken again, as the same. */
#include "service/residue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char pool[1 << 20];
	static struct decision d, again;
	struct arena mem = arena_over(pool, sizeof pool);
	struct span salt, text;

	if (len > 1 << 16 || !residue_read((struct span){ (const char *)data, len }, &mem, &d, &salt))
		return 0;
	text = residue_make(&d, salt, &mem);
	assert(!arena_ok(&mem) || residue_read(text, &mem, &again, &salt) || !arena_ok(&mem));
	assert(!arena_ok(&mem) || again.n_changes == d.n_changes);
	return 0;
}
