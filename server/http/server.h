/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h: the HTTP side of counterfoild, as main.c sees it.
 *
 *     http_start    listens; answers from then on
 *     http_drain    /readyz says no, nothing new is accepted, what runs is finished
 *     http_stop     after http_drain and before service_stop: waits until the service has called
 *                   back for everything it was given, then ends the threads
 *
 * libmicrohttpd aborts when it is stopped with a suspended connection, and a
 * ticket lives in its request's memory, so the order above is not a matter of
 * taste: service_stop after http_stop.
 */
#ifndef CF_SERVER_H
#define CF_SERVER_H

#include "base.h"
#include "http/limit.h"
#include "run/conf.h"
#include "service/service.h"

struct http;

struct http_conf {
	struct conf_listen listen;
	bool edge;              /* a proxy stands before us: its X-Real-IP names the address */
	const char *public_url; /* "https://registry.example", no slash behind; NULL: made from listen */
	unsigned threads;
	uint32_t connections_max, per_ip_max; /* per_ip_max is not applied behind an edge or on loopback */
	int64_t header_seconds, body_seconds, send_seconds, idle_seconds;
	size_t statement_max, document_max; /* bytes of one JWS; of one document */
	struct limit_rate write, read, address;
};
/* What the settings say about HTTP. False, and why filled, when `listen` cannot be read. */
MUST_CHECK bool http_conf_from(const struct conf *c, struct http_conf *ret, char *why, size_t why_len);

/* Names the series of the metrics that are labelled by route. Before http_start and before other threads. */
void http_metrics(void);
/* NULL and *why on failure. With port 0 the kernel chooses one: http_port. */
struct http *http_start(const struct http_conf *conf, struct service *s, char *why, size_t why_len);
uint16_t http_port(const struct http *h);
/* True when nothing was left to finish; false when `seconds` were over. */
bool http_drain(struct http *h, int64_t seconds);
/* False when the service did not call back within `seconds`: then nothing may be freed, and the process should end. */
MUST_CHECK bool http_stop(struct http *h, int64_t seconds);
#endif
