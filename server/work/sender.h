/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sender.h: the threads that call webhooks.
 *
 * Each calls one at a time and has a few seconds for it. It connects to nothing
 * but public addresses, follows no redirect, uses no proxy and reads no more
 * of an answer than it needs: a party that names an address does not get us to
 * reach what only we can reach.
 */
#ifndef CF_SENDER_H
#define CF_SENDER_H

#include "service/service.h"

struct sender;
struct sender_conf {
	unsigned threads;
	bool private; /* any address may be called */
	struct courier_conf courier;
};
struct sender *sender_start(struct service *s, const struct sender_conf *conf); /* NULL without memory or threads */
void sender_stop(struct sender *s); /* takes NULL; before service_stop; waits for calls that are on their way */
#endif
