/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url.h: an address somebody wants to be called at, read strictly; and which
 * addresses of the network anybody may have us call.
 *
 * What is read here is read once more by the library that calls. The two must
 * not differ, so only what can be read in one way is taken: no name and
 * password, no escapes or blanks before the path, no number but four decimals
 * for an address.
 */
#ifndef CF_URL_H
#define CF_URL_H

#include "fault.h"

enum { URL_LEN_MAX = 512 };
struct url {
	bool tls;
	struct span host; /* of an IPv6 address without its brackets */
	uint16_t port;
	size_t addr_len; /* 4 or 16 when the host is an address; else 0 */
	uint8_t addr[16];
	struct span path; /* with its query; empty for none */
};
/* http or https. E_BAD_MEMBER at `pointer` says what is wrong; the spans of ret point into text. */
MUST_CHECK enum fault url_read(struct span text, const char *pointer, struct url *ret, struct diag *d);

/* Whether 4 or 16 bytes of an address lie in the public Internet: nothing of this machine or network, nothing
 * reserved, and no IPv6 form that stands for an IPv4 address which does not (IANA's special-purpose registries). */
bool address_public(const uint8_t *addr, size_t len);
#endif
