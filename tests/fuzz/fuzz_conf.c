/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a configuration file: refused with a sentence, or loaded, printed and loaded again to the same text. */
#include "base.h"

#include <stdlib.h>

#include "run/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static char *printed(const struct conf *c)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	conf_print(c, f);
	fclose(f);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char memory[1 << 18];
	struct arena mem = arena_over(memory, sizeof memory);
	struct conf_why why = { "" };
	struct conf c, again;
	struct conf_listen l;

	conf_defaults(&c);
	if (len > 65536)
		return 0;
	if (!conf_file(&c, (struct span){ (const char *)data, len }, "fuzz", &mem, &why)) {
		assert(why.text[0] != 0);
		return 0;
	}
	if (conf_check(&c, &why))
		assert(conf_listen(c.listen, &l) && (l.loopback || c.edge));
	char *first = printed(&c);
	conf_defaults(&again);
	/* A value that a comment sign cuts could not have come from a file. */
	assert(conf_file(&again, span_z(first), "fuzz", &mem, &why) || arena_ok(&mem) == false);
	for (size_t k = 0; k < CONF_COUNT; k++)
		c.origin_of[k] = again.origin_of[k] = CONF_DEFAULT;
	char *second = printed(&again), *third = printed(&c);
	assert(!arena_ok(&mem) || strcmp(second, third) == 0);
	free(first);
	free(second);
	free(third);
	return 0;
}
