/* SPDX-License-Identifier: Apache-2.0 */
#include <microhttpd.h>
#include <strings.h>

#include "http/bounds.h"
#include "http/guard.h"

/* RFC 9110 5.6.2: tchar. */
static bool token_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

bool guard_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!token_char((unsigned char)s.at[i]))
			return false;
	return s.len > 0;
}

static bool value_clean(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static bool is_hex(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

const char *guard_target(struct span uri)
{
	if (uri.len == 0 || uri.at[0] != '/')
		return "the request target must begin with a slash";
	if (uri.len > URI_MAX)
		return "the request target is too long";
	for (size_t i = 0; i < uri.len; i++) {
		unsigned char c = (unsigned char)uri.at[i];
		if (c <= 0x20 || c >= 0x7f || c == '#' || c == '\\')
			return "the request target contains a byte that must be percent-encoded";
		if (c != '%')
			continue;
		if (uri.len - i < 3 || !is_hex(uri.at[i + 1]) || !is_hex(uri.at[i + 2]))
			return "the request target contains a broken percent-encoding";
		if (uri.at[i + 1] == '0' && uri.at[i + 2] == '0')
			return "the request target contains a zero byte";
	}
	return NULL;
}

bool guard_sees_layout(void)
{
	static _Atomic int known = -1; /* two threads may find out at the same time, and find the same */

	if (known < 0)
		known = strcmp(MHD_get_version(), "0.9.75") == 0;
	return known;
}

/* The walk over the headers. */
struct walk {
	const char *wrong;
	const char *end; /* where the piece before ended in libmicrohttpd's buffer */
	bool layout;
	unsigned n;
	struct headers *to;
};

enum often { ONCE, MANY };
static const struct known {
	struct span name;
	size_t offset;
	enum often often;
} known[] = {
#define HEADER(member, text, how) { { text, sizeof text - 1 }, offsetof(struct headers, member), how },
	HEADERS_READ
#undef HEADER
};

static bool name_is(struct span name, struct span known_name)
{
	return name.len == known_name.len && strncasecmp(name.at, known_name.at, name.len) == 0;
}

/* Keeps a header we read; a second one of a name that stands once is refused. */
static const char *keep(struct headers *h, struct span name, struct span value)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!name_is(name, known[i].name))
			continue;
		struct span *place = (struct span *)(void *)((char *)h + known[i].offset);
		if (place->at && known[i].often == MANY)
			return NULL;
		if (place->at)
			return "a header that may stand once stands twice";
		*place = value;
		return NULL;
	}
	return NULL;
}

static const char *judge(struct walk *w, const char *key, size_t key_len, const char *value, size_t value_len)
{
	if (++w->n > HEADERS_MAX)
		return "too many headers";
	if (!value || key_len != strlen(key) || value_len != strlen(value))
		return "a header contains a zero byte";
	if (!guard_token((struct span){ key, key_len }))
		return "a header name is not a token";
	if (!value_clean((struct span){ value, value_len }))
		return "a header value contains a control character";
	/* CR and LF between the lines; after the name a colon, then spaces, then the value. */
	if (w->layout && (key != w->end + 2 || value < key + key_len + 1))
		return "a header line is folded, ends in a bare line feed or contains a zero byte";
	w->end = value + value_len;
	while (value_len && (value[value_len - 1] == ' ' || value[value_len - 1] == '\t'))
		value_len--;
	return keep(w->to, (struct span){ key, key_len }, (struct span){ value, value_len });
}

static enum MHD_Result each(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_len, const char *value,
                            size_t value_len)
{
	struct walk *w = cls;

	(void)kind;
	w->wrong = judge(w, key, key_len, value, value_len);
	return w->wrong ? MHD_NO : MHD_YES;
}

static const char *line_layout(const struct raw *raw, const char *method, const char *version)
{
	if (raw->at != method + strlen(method) + 1 || version != raw->at + raw->len + 1)
		return "the first line contains a zero byte or more than single spaces";
	return NULL;
}

static const char *line_check(const struct raw *raw, const char *method, const char *version, bool layout)
{
	if (!guard_token(span_z(method)))
		return "the method is not a token";
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
		return "this server speaks HTTP/1.1";
	const char *wrong = guard_target(raw->uri);
	return wrong || !layout ? wrong : line_layout(raw, method, version);
}

static const char *length_check(struct headers *h)
{
	struct span s = h->content_length;

	if (!s.at)
		return NULL;
	if (s.len == 0 || s.len > 15)
		return "Content-Length is not a length";
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return "Content-Length is not a length";
		h->body_len = h->body_len * 10 + (size_t)(s.at[i] - '0');
	}
	return NULL;
}

/* RFC 9112 6.1 and 6.3: what cannot be framed in one way only is refused. */
static const char *frame_check(struct headers *h, bool http10)
{
	if (h->transfer_encoding.at) {
		if (h->content_length.at)
			return "Content-Length and Transfer-Encoding exclude each other";
		if (http10)
			return "HTTP/1.0 has no Transfer-Encoding";
		if (!name_is(h->transfer_encoding, S("chunked")))
			return "the only transfer encoding taken is chunked";
		h->chunked = true;
	}
	return length_check(h);
}

static const char *host_check(const struct headers *h, bool http10)
{
	if (!h->host.at)
		return http10 ? NULL : "HTTP/1.1 needs a Host";
	for (size_t i = 0; i < h->host.len; i++)
		if (!guard_token((struct span){ h->host.at + i, 1 }) && !strchr("[]:", h->host.at[i]))
			return "Host is not a host";
	return h->host.len ? NULL : "Host is empty";
}

const char *guard_check(struct MHD_Connection *c, const struct raw *raw, const char *method, const char *version,
                        struct headers *ret)
{
	struct walk w = { .layout = guard_sees_layout(), .to = ret, .end = version + strlen(version) };
	bool http10 = strcmp(version, "HTTP/1.0") == 0;
	const char *wrong = line_check(raw, method, version, w.layout);

	if (wrong)
		return wrong;
	(void)MHD_get_connection_values_n(c, MHD_HEADER_KIND, each, &w);
	if (w.wrong)
		return w.wrong;
	const union MHD_ConnectionInfo *size = MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	if (w.layout && (!size || method + size->header_size != w.end + 4))
		return "the head ends in a bare line feed or contains a zero byte";
	if ((wrong = frame_check(ret, http10)) || (wrong = host_check(ret, http10)))
		return wrong;
	return ret->expect.at && !name_is(ret->expect, S("100-continue")) ? "Expect takes 100-continue only" : NULL;
}
