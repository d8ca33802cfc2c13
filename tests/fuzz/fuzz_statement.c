/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_statement.c: a payload that is read is written and read again as the
 * same command, and what is written of it is the same text. The same bytes go
 * in as a compact serialisation too.
 */
#include "commands.h"
#include "intake/statement.h"
#include "intake/statement_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static char memory[1 << 19], text_a[1 << 19], text_b[1 << 19];

static struct span written(const struct command *c, char *text, size_t cap)
{
	struct writer w = writer_over(text, cap);

	put_statement_payload(&w, c);
	assert(!w.overflow);
	return writer_span(&w);
}

static void round_trip(struct span payload)
{
	struct arena mem = arena_over(memory, sizeof memory);
	struct command c, back;
	struct diag d = { .pointer = "" };

	if (statement_payload(payload, &mem, &c, &d) != OK) {
		assert(d.detail[0] && utf8_valid(span_z(d.detail)) && utf8_valid(span_z(d.pointer)));
		return;
	}
	struct span a = written(&c, text_a, sizeof text_a);
	/* escapes may make the written text longer than what was read: then it need not be a statement again */
	if (a.len > STATEMENT_MAX)
		return;
	enum fault f = statement_payload(a, &mem, &back, &d);
	assert(f == OK);
	assert(!command_differs(&c, &back));
	assert(span_eq(a, written(&back, text_b, sizeof text_b)));
	(void)command_amount(&back);
}

static void whole_path(struct span compact)
{
	struct arena mem = arena_over(memory, sizeof memory);
	struct sealed s;
	struct command c;
	struct diag d;

	if (statement_split(compact, &mem, &s, &d) == OK && statement_parse(&s, &mem, &c, &d) == OK)
		assert(hash_eq(c.kid, s.kid) && c.bytes.at == compact.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static bool started;

	if (!started)
		started = crypto_start();
	assert(started);
	round_trip((struct span){ (const char *)data, len });
	whole_path((struct span){ (const char *)data, len });
	return 0;
}
