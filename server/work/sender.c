/* SPDX-License-Identifier: Apache-2.0 */
/* sender.c: see sender.h. */
#include "work/sender.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "intake/url.h"
#include "run/clock.h"
#include "run/web.h"

enum { CONNECT_MS = 5000, WHOLE_MS = 10000, ANSWER_BYTES = 16 * 1024, NAP_MS = 100, THREADS_MAX = 16 };

struct sending {
	struct sender *all;
	struct courier *courier;
	struct web *web;
	pthread_t thread;
	bool started;
	char answer[ANSWER_BYTES];
	size_t len;
};
struct sender {
	struct sender_conf conf;
	_Atomic bool stop;
	struct sending thread[THREADS_MAX];
};

static bool allow(void *arg, const uint8_t *addr, size_t len)
{
	const struct sending *t = arg;

	return t->all->conf.private || address_public(addr, len);
}

/* Of what is longer the beginning counts: enough to hold a challenge, and to be cut off. */
static bool on_body(void *arg, long status, struct span piece)
{
	struct sending *t = arg;
	size_t room = sizeof t->answer - t->len;

	(void)status;
	memcpy(t->answer + t->len, piece.at, piece.len < room ? piece.len : room);
	t->len += piece.len < room ? piece.len : room;
	return piece.len <= room;
}

static bool says(const struct sending *t, const char *challenge)
{
	return memmem(t->answer, t->len, challenge, strlen(challenge)) != NULL;
}

/* Why an answer is none we want; NULL for a good one. */
static const char *wrong(const struct sending *t, const struct parcel *p, const struct web_answer *a)
{
	if (a->forbidden)
		return "the address is not one of the public Internet";
	if (!a->answered)
		return t->len == sizeof t->answer ? "the answer is too long" : a->why;
	if (a->status >= 300 && a->status < 400)
		return "redirects are not followed: name the address itself";
	if (a->status < 200 || a->status > 299)
		return "the answer is not 2xx";
	if (p->challenge && !says(t, p->challenge))
		return "the answer does not contain the challenge";
	return NULL;
}

static void send_one(struct sending *t, const struct parcel *p)
{
	const struct web_request r = {
		.url = p->url,
		.agent = "counterfoil-webhooks/1",
		.header = { "Content-Type: application/cloudevents+json; charset=utf-8", p->header[0], p->header[1],
		            p->header[2] },
		.post = true,
		.body = p->body,
		.direct = true,
		.connect_ms = CONNECT_MS,
		.whole_ms = WHOLE_MS,
		.allow = allow,
		.on_body = on_body,
		.arg = t,
	};
	struct web_answer a;
	const char *why;

	t->len = 0;
	web_do(t->web, &r, &a);
	why = wrong(t, p, &a);
	courier_done(t->courier, !why, a.status, why ? why : "");
}

static void *sender_thread(void *arg)
{
	struct sending *t = arg;
	struct parcel p;

	pthread_setname_np(pthread_self(), "webhooks");
	while (!t->all->stop) {
		if (courier_take(t->courier, &p))
			send_one(t, &p);
		else
			clock_sleep_ms(NAP_MS);
	}
	return NULL;
}

struct sender *sender_start(struct service *service, const struct sender_conf *conf)
{
	struct sender *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->conf = *conf;
	for (unsigned i = 0; i < conf->threads && i < THREADS_MAX; i++) {
		struct sending *t = &s->thread[i];

		t->all = s;
		t->web = web_open();
		t->courier = service_courier(service, &conf->courier);
		t->started = t->web && t->courier && pthread_create(&t->thread, NULL, sender_thread, t) == 0;
		if (t->started)
			continue;
		sender_stop(s);
		return NULL;
	}
	return s;
}

void sender_stop(struct sender *s)
{
	if (!s)
		return;
	s->stop = true;
	for (unsigned i = 0; i < THREADS_MAX; i++) {
		if (s->thread[i].started)
			pthread_join(s->thread[i].thread, NULL);
		courier_close(s->thread[i].courier);
		web_close(s->thread[i].web);
	}
	free(s);
}
