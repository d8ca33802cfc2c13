/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_url.c: whatever the bytes, a URL is refused with a reason, or all its parts lie inside it, and put together
 * again they are the same URL.
 */
#include "intake/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool inside(struct span part, struct span all)
{
	return part.at >= all.at && part.at + part.len <= all.at + all.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct span text = { (const char *)data, len };
	struct diag d = { .pointer = "" };
	struct url u;

	if (url_read(text, "/url", &u, &d) != OK) {
		assert(strcmp(d.pointer, "/url") == 0 && d.detail[0]);
		return 0;
	}
	assert(inside(u.host, text) && inside(u.path, text) && u.host.len > 0 && u.port > 0);
	assert(u.path.at + u.path.len == text.at + text.len);
	assert(u.host.at - text.at == (u.tls ? 8 : 7) + (u.addr_len == 16));
	assert(!memchr(text.at, '@', (size_t)(u.path.at - text.at)) && !memchr(text.at, '\\', len));
	if (u.addr_len)
		(void)address_public(u.addr, u.addr_len);
	return 0;
}
