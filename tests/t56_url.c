/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t56: where a webhook may lead: URLs that are read in one way only, addresses of nobody's own network, by the edges of
 * every special range, and pauses that grow, scatter and end.
 */
#include "test.h"

#include <arpa/inet.h>

#include "intake/url.h"
#include "service/courier.h"

static void urls_that_are_taken(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		size_t addr_len;
		const char *path;
	} good[] = {
		{ "https://bank.example/hook", "bank.example", 443, 0, "/hook" },
		{ "https://bank.example", "bank.example", 443, 0, "" },
		{ "http://a-b.c1:8080?x=1&y=%20", "a-b.c1", 8080, 0, "?x=1&y=%20" },
		{ "https://192.0.2.1:65535/", "192.0.2.1", 65535, 4, "/" },
		{ "https://[2001:db8::1]:1/x", "2001:db8::1", 1, 16, "/x" },
		{ "https://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1", 443, 16, "/" },
		{ "https://xn--fiq228c.example/a@b", "xn--fiq228c.example", 443, 0, "/a@b" },
	};
	struct diag d;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct url u;

		if (url_read(span_z(good[i].text), "/url", &u, &d) != OK)
			fail_msg("%s: %s", good[i].text, d.detail);
		assert_true(span_is(u.host, good[i].host) && span_is(u.path, good[i].path));
		assert_int_equal(u.port, good[i].port);
		assert_int_equal(u.addr_len, good[i].addr_len);
	}
}

/* Each is read differently by some reader in the world, or leads where nobody should be led. */
static void urls_that_are_not(void **state)
{
	static const char *const bad[] = {
		"",
		"https://",
		"https:///x",
		"HTTPS://bank.example/",
		"ftp://bank.example/",
		"file:///etc/passwd",
		"gopher://bank.example:70/_x",
		"javascript:alert(1)",
		"//bank.example/",
		"https:/bank.example/",
		"https://user@bank.example/",
		"https://user:secret@bank.example/",
		"https://bank.example@127.0.0.1/",
		"https://127.0.0.1#@bank.example/",
		"https://bank.example/#part",
		"https://bank.example\\@127.0.0.1/",
		"https://bank.example /",
		"https://bank.example/\r\nHost: x",
		"https://bank.example/\t",
		"https://bank%2eexample/",
		"https://127.1/",
		"https://127.0.0.1.2/",
		"https://2130706433/",
		"https://0x7f000001/",
		"https://0177.0.0.1/",
		"https://127.0.0.0x1/",
		"https://1.2.3/",
		"https://256.1.1.1/",
		"https://bank.example./",
		"https://.bank.example/",
		"https://bank..example/",
		"https://-bank.example/",
		"https://bank-.example/",
		"https://bank_1.example/",
		"https://\xe9\x93\xb6\xe8\xa1\x8c.example/",
		"https://bank.example:/",
		"https://bank.example:0/",
		"https://bank.example:65536/",
		"https://bank.example:443443/",
		"https://bank.example:+1/",
		"https://bank.example:80:80/",
		"https://[::1/",
		"https://::1/",
		"https://[::1]x/",
		"https://[::1%25lo]/",
		"https://[v1.x]/",
		"https://[]/",
		"https://[1]/",
	};
	char longest[URL_LEN_MAX + 2];
	struct url u;
	struct diag d;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (url_read(span_z(bad[i]), "/url", &u, &d) != E_BAD_MEMBER)
			fail_msg("taken: %s", bad[i]);
		assert_string_equal(d.pointer, "/url");
		assert_true(d.detail[0]);
	}
	memset(longest, 'a', sizeof longest);
	memcpy(longest, "https://a.b/", 12);
	assert_int_equal(url_read((struct span){ longest, URL_LEN_MAX }, "/url", &u, &d), OK);
	assert_int_equal(url_read((struct span){ longest, URL_LEN_MAX + 1 }, "/url", &u, &d), E_BAD_MEMBER);
	assert_int_equal(url_read((struct span){ "https://a\0.b/", 13 }, "/url", &u, &d), E_BAD_MEMBER);
}

static bool open_to(const char *text)
{
	uint8_t addr[16];
	bool v6 = strchr(text, ':') != NULL;

	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, text, addr), 1);
	return address_public(addr, v6 ? 16 : 4);
}

/* First and last address of every special range, and their neighbours outside. */
static void addresses_of_ones_own_network(void **state)
{
	static const char *const closed[] = {
		"0.0.0.0",
		"0.255.255.255",
		"10.0.0.0",
		"10.255.255.255",
		"100.64.0.0",
		"100.127.255.255",
		"127.0.0.1",
		"127.255.255.255",
		"169.254.169.254",
		"169.254.0.0",
		"172.16.0.0",
		"172.31.255.255",
		"192.0.0.0",
		"192.0.2.255",
		"192.88.99.1",
		"192.168.0.0",
		"192.168.255.255",
		"198.18.0.0",
		"198.19.255.255",
		"198.51.100.7",
		"203.0.113.9",
		"224.0.0.1",
		"239.255.255.255",
		"240.0.0.0",
		"255.255.255.255",
		"::",
		"::1",
		"::127.0.0.1",
		"::ffff:127.0.0.1",
		"::ffff:10.1.2.3",
		"::ffff:169.254.169.254",
		"64:ff9b::7f00:1",
		"64:ff9b:1::1",
		"100::1",
		"2001::1",
		"2001:1ff:ffff::",
		"2001:db8::1",
		"2002:7f00:1::",
		"3fff::1",
		"3fff:fff::",
		"4000::",
		"fc00::1",
		"fdff::1",
		"fe80::1",
		"febf::1",
		"fec0::1",
		"ff02::1",
	};
	static const char *const public[] = {
		"1.0.0.0",   "9.255.255.255",   "11.0.0.0",    "100.63.255.255", "100.128.0.0", "126.255.255.255",
		"128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",  "192.0.1.0",
		"192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",  "223.255.255.255",
		"8.8.8.8",   "::ffff:8.8.8.8",  "2000::1",     "2001:200::1",    "2001:db7::1", "2001:db9::1",
		"2003::1",   "2606:4700::1111", "3ffe::1",     "3fff:1000::",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(closed); i++)
		if (open_to(closed[i]))
			fail_msg("%s is taken for public", closed[i]);
	for (size_t i = 0; i < ARRAY_LEN(public); i++)
		if (!open_to(public[i]))
			fail_msg("%s is public", public[i]);
}

static void pauses_grow_scatter_and_end(void **state)
{
	(void)state;
	for (int64_t n = 0; n < 100; n++) {
		int64_t least = backoff_seconds(n, 5, 3600, 0), most = backoff_seconds(n, 5, 3600, UINT32_MAX);

		assert_true(least >= 1 && least <= most && most <= 5400);
		assert_true(most - least >= least / 2); /* wide enough that many do not come back together */
		assert_true(least >= backoff_seconds(n ? n - 1 : 0, 5, 3600, 0));
	}
	assert_int_equal(backoff_seconds(1000000, 1, 3600, 0), 1800);
	assert_true(backoff_seconds(3, 5, 3600, UINT32_MAX / 2) >= 39 &&
	            backoff_seconds(3, 5, 3600, UINT32_MAX / 2) <= 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(urls_that_are_taken),
		T(urls_that_are_not),
		T(addresses_of_ones_own_network),
		T(pauses_grow_scatter_and_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
