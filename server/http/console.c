/* SPDX-License-Identifier: Apache-2.0 */
/*
 * console.c: the web page's files, which are in the program.
 *
 * tools/console.sh puts them all under one name made of the hash of them all,
 * so every file but the page itself may be kept for ever; the page is asked for
 * again and names the release. Nothing is made per request: each file lies
 * here twice, as it is and gzipped.
 *
 * The policy lets the page load and reach this server only, runs no inline
 * script or style, and forbids every way from a string to markup (Trusted
 * Types), so that a hostile name in a document stays a name.
 */
#include "http/handlers.h"

#define POLICY                                                                              \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "   \
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " \
	"require-trusted-types-for 'script'; trusted-types 'none'"

/* The files as make left them (make runs at the top of the source tree). */
#define CONSOLE(n, path, type, file, etag)     \
	__asm__(".section .rodata\n"           \
	        ".global console_" #n "\n"     \
	        ".global console_" #n "_gz\n"  \
	        ".global console_" #n "_end\n" \
	        "console_" #n ":\n"            \
	        ".incbin \"" file "\"\n"       \
	        "console_" #n "_gz:\n"         \
	        ".incbin \"" file ".gz\"\n"    \
	        "console_" #n "_end:\n"        \
	        ".byte 0\n"                    \
	        ".previous\n");                \
	extern const char console_##n[], console_##n##_gz[], console_##n##_end[];
#include "console.def"
#undef CONSOLE

static const struct file {
	const char *path, *type, *etag;
	const char *plain, *packed, *end;
} files[] = {
#define CONSOLE(n, path, type, file, etag) { path, type, etag, console_##n, console_##n##_gz, console_##n##_end },
#include "console.def"
#undef CONSOLE
};

/* RFC 9110 12.5.3, for the one coding there is; a refusal by q=0 is all of the weights that matters. */
static bool takes_gzip(struct span list)
{
	struct span one, name, weight;

	while (list.len) {
		if (!span_cut(list, ',', &one, &list)) {
			one = list;
			list.len = 0;
		}
		while (one.len && one.at[0] == ' ')
			one = (struct span){ one.at + 1, one.len - 1 };
		if (!span_cut(one, ';', &name, &weight)) {
			name = one;
			weight.len = 0;
		}
		while (name.len && name.at[name.len - 1] == ' ')
			name.len--;
		if (!span_is(name, "gzip"))
			continue;
		while (weight.len && (weight.at[0] == ' ' || weight.at[0] == 'q' || weight.at[0] == '='))
			weight = (struct span){ weight.at + 1, weight.len - 1 };
		return weight.len == 0 || weight.at[0] == '1' ||
		       (weight.len > 2 && memchr("123456789", weight.at[2], 9));
	}
	return false;
}

static struct reply serve(struct request *q, const struct file *f, enum cache cache)
{
	bool packed = takes_gzip(q->headers.accept_encoding);
	struct span body = packed ? (struct span){ f->packed, (size_t)(f->end - f->packed) }
	                          : (struct span){ f->plain, (size_t)(f->packed - f->plain) };

	reply_etag(q, f->etag);
	reply_page(q, POLICY, packed);
	return reply_bytes(q, f->type, body, cache);
}

struct reply console_get(struct request *q) { return serve(q, &files[0], CACHE_ASK); }

struct reply console_file_get(struct request *q)
{
	for (size_t i = 1; i < ARRAY_LEN(files); i++)
		if (span_is(q->param[0], files[i].path))
			return serve(q, &files[i], CACHE_EVER);
	return reply_fault(q, E_NOT_FOUND);
}
