/* SPDX-License-Identifier: Apache-2.0 */
/* url.c: see url.h. */
#include "intake/url.h"

#include <arpa/inet.h>

static enum fault bad(struct diag *d, const char *pointer, const char *detail)
{
	return diag_set(d, E_BAD_MEMBER, pointer, detail);
}

static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool digit(char c) { return c >= '0' && c <= '9'; }

/* RFC 3986: what may stand in a URL at all; '#' names a part of a document, which is nobody's to be called. */
static bool clean(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= 0x20 || s.at[i] >= 0x7f || strchr("\\\"<>^`{|}#", s.at[i]))
			return false;
	return true;
}

/* Letters, digits and inner hyphens (RFC 1123 2.1). */
static bool label_good(struct span l)
{
	for (size_t i = 0; i < l.len; i++)
		if (!letter(l.at[i]) && !digit(l.at[i]) && l.at[i] != '-')
			return false;
	return l.len > 0 && l.len <= 63 && l.at[0] != '-' && l.at[l.len - 1] != '-';
}

static bool name_good(struct span host, struct span *last)
{
	struct span rest = host, label;

	while (span_cut(rest, '.', &label, &rest))
		if (!label_good(label))
			return false;
	*last = rest;
	return label_good(rest) && host.len <= 253;
}

/* Some readers take 127.1, 0x7f000001 or 2130706433 for an address: a name does not end in a label that begins so. */
static bool looks_numeric(struct span last) { return digit(last.at[0]); }

static bool read_host(struct span host, struct url *u)
{
	char text[INET6_ADDRSTRLEN + 1];
	struct span last;

	if (host.len > 2 && host.at[0] == '[' && host.at[host.len - 1] == ']') {
		host = (struct span){ host.at + 1, host.len - 2 };
		if (host.len >= sizeof text)
			return false;
		memcpy(text, host.at, host.len);
		text[host.len] = 0;
		u->host = host;
		u->addr_len = 16;
		return strlen(text) == host.len && inet_pton(AF_INET6, text, u->addr) == 1;
	}
	u->host = host;
	if (!name_good(host, &last))
		return false;
	if (!looks_numeric(last))
		return true;
	if (host.len > 15)
		return false;
	memcpy(text, host.at, host.len);
	text[host.len] = 0;
	u->addr_len = 4;
	return inet_pton(AF_INET, text, u->addr) == 1;
}

static bool read_port(struct span text, struct url *u)
{
	uint32_t v = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (!digit(text.at[i]) || text.len > 5)
			return false;
		v = v * 10 + (uint32_t)(text.at[i] - '0');
	}
	u->port = (uint16_t)v;
	return text.len > 0 && v > 0 && v <= 65535;
}

/* The colon of a port stands behind the bracket of an IPv6 address. */
static bool read_authority(struct span a, struct url *u)
{
	size_t colon = a.len;

	for (size_t i = 0; i < a.len && (colon == a.len || a.at[0] == '['); i++)
		if (a.at[i] == ':' && (a.at[0] != '[' || a.at[i - 1] == ']'))
			colon = i;
	u->port = u->tls ? 443 : 80;
	if (colon < a.len && !read_port((struct span){ a.at + colon + 1, a.len - colon - 1 }, u))
		return false;
	return read_host((struct span){ a.at, colon }, u);
}

enum fault url_read(struct span text, const char *pointer, struct url *ret, struct diag *d)
{
	struct url u = { .tls = span_starts(text, S("https://")) };
	size_t at = u.tls ? 8 : 7, end;

	if (text.len > URL_LEN_MAX)
		return bad(d, pointer, "a URL of at most 512 characters");
	if (!u.tls && !span_starts(text, S("http://")))
		return bad(d, pointer, "expected a URL that begins with https://");
	if (!clean(text))
		return bad(d, pointer, "a URL has no blanks, no '#', and only the characters of RFC 3986");
	for (end = at; end < text.len && text.at[end] != '/' && text.at[end] != '?'; end++)
		if (text.at[end] == '@' || text.at[end] == '%')
			return bad(d, pointer, "a URL here has no name, password or escapes before its path");
	u.path = (struct span){ text.at + end, text.len - end };
	if (!read_authority((struct span){ text.at + at, end - at }, &u))
		return bad(d, pointer,
		           "expected a host name, four decimals or an IPv6 address in brackets, and a port");
	*ret = u;
	return OK;
}

/* --- addresses --- */

struct prefix {
	uint8_t at[4];
	unsigned bits;
};

static bool within(const uint8_t *addr, const struct prefix *p)
{
	uint32_t mask = p->bits ? UINT32_MAX << (32 - p->bits) : 0;
	uint32_t a = (uint32_t)addr[0] << 24 | (uint32_t)addr[1] << 16 | (uint32_t)addr[2] << 8 | addr[3];
	uint32_t b = (uint32_t)p->at[0] << 24 | (uint32_t)p->at[1] << 16 | (uint32_t)p->at[2] << 8 | p->at[3];

	return (a & mask) == (b & mask);
}

static bool public4(const uint8_t *addr)
{
	static const struct prefix special[] = {
		{ { 0, 0, 0, 0 }, 8 },      { { 10, 0, 0, 0 }, 8 },     { { 100, 64, 0, 0 }, 10 },
		{ { 127, 0, 0, 0 }, 8 },    { { 169, 254, 0, 0 }, 16 }, { { 172, 16, 0, 0 }, 12 },
		{ { 192, 0, 0, 0 }, 24 },   { { 192, 0, 2, 0 }, 24 },   { { 192, 88, 99, 0 }, 24 },
		{ { 192, 168, 0, 0 }, 16 }, { { 198, 18, 0, 0 }, 15 },  { { 198, 51, 100, 0 }, 24 },
		{ { 203, 0, 113, 0 }, 24 }, { { 224, 0, 0, 0 }, 4 },    { { 240, 0, 0, 0 }, 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(special); i++)
		if (within(addr, &special[i]))
			return false;
	return true;
}

/* Global unicast is 2000::/3; of that not what tunnels, documents or stands for other addresses. */
static bool public6(const uint8_t *addr)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const struct prefix unicast = { { 0x20, 0, 0, 0 }, 3 },
				   special[] = { { { 0x20, 0x01, 0x00, 0x00 }, 23 },
		                                 { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
		                                 { { 0x20, 0x02, 0x00, 0x00 }, 16 },
		                                 { { 0x3f, 0xff, 0x00, 0x00 }, 20 } };

	if (memcmp(addr, mapped, sizeof mapped) == 0)
		return public4(addr + 12);
	for (size_t i = 0; i < ARRAY_LEN(special); i++)
		if (within(addr, &special[i]))
			return false;
	return within(addr, &unicast);
}

bool address_public(const uint8_t *addr, size_t len)
{
	assert(len == 4 || len == 16);
	return len == 4 ? public4(addr) : public6(addr);
}
