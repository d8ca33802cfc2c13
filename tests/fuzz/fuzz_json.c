/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_json.c: whatever the bytes, js_read refuses with a reason or gives an
 * object whose every value can be asked for and is within what strict means.
 */
#include "intake/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void walk(const struct js *at, unsigned depth)
{
	struct span s;
	struct js only;
	int64_t v;
	size_t n;

	assert(depth <= JS_DEPTH_MAX);
	if (js_text(at, &s))
		assert(utf8_valid(s) && (s.len == 0 || !memchr(s.at, 0, s.len)));
	if (js_i64(at, &v))
		assert(v > -(INT64_C(1) << 53) && v < INT64_C(1) << 53);
	if (js_only_member(at, &only))
		walk(&only, depth + 1);
	for (size_t i = 0; js_items(at, &n) && i < n; i++) {
		struct js item = js_item(at, i);

		walk(&item, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct js_member m[] = { { "a", true, "one" }, { "type", false, NULL } };
	AUTO_JS struct js top = { .v = NULL };
	struct js in[ARRAY_LEN(m)];
	struct diag d = { .pointer = "" };

	enum fault f =
		js_read((struct span){ (const char *)data, len }, (struct js_limits){ 65536, JS_DEPTH_MAX }, &top, &d);
	if (f != OK) {
		assert(f == E_BAD_JSON || f == E_TOO_BIG);
		assert(d.detail[0] && utf8_valid(span_z(d.detail)));
		return 0;
	}
	walk(&top, 1);
	if (js_members(&top, m, ARRAY_LEN(m), in, &d) != OK)
		assert(d.pointer[0] == '/' && utf8_valid(span_z(d.pointer)));
	return 0;
}
