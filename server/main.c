/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c: counterfoild: the parts wired together, and the order in which they
 * come and go.
 *
 *   settings -> document parser (before any key) -> database -> signer (alone with the log's key)
 *   -> service -> HTTP -> timer;  SIGTERM: HTTP drains, then everything in reverse
 *
 * Without a database_url it runs a private PostgreSQL under state_dir.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "http/server.h"
#include "run/clock.h"
#include "run/cluster.h"
#include "run/conf.h"
#include "run/files.h"
#include "run/watch.h"
#include "run/web.h"
#include "service/parser.h"
#include "service/service.h"
#include "service/signer.h"
#include "store/store.h"
#include "work/sender.h"
#include "work/timer.h"

enum { DRAIN_S = 30, STOP_S = 30, QUEUE_MS = 500, EXIT_USAGE = 2 };

/* What goes on by itself. */
static const struct timer_conf rounds[] = {
	{ "deadlines", service_deadlines, 1000 },
	{ "teller", service_tell, 200 },
	{ "matching", service_match, 200 },
	{ "erasing", service_erase, 500 },
};
enum { ROUNDS = ARRAY_LEN(rounds) };

struct daemon {
	struct conf conf;
	char tiles_dir[1100];
	struct parser parser;
	struct cluster cluster;
	bool own_cluster;
	int lock;
	const char *database_url;
	struct signer *signer;
	struct service *service;
	struct http *http;
	struct timer *timer[ROUNDS];
	struct sender *sender;
};

static bool say(const char *what, const char *why)
{
	watch(LOG_ERROR, EVENT("start_failed"), KV("part", what), KV("why", why));
	return false;
}

static void migrated(void *arg, const char *line)
{
	(void)arg;
	watch(LOG_INFO, EVENT("schema"), KV("step", line));
}

/* A private cluster is brought to this program's schema at once; anybody else's only by `counterfoil migrate`. */
static bool open_database(struct daemon *d)
{
	char why[512];

	d->database_url = d->conf.database_url;
	d->own_cluster = d->database_url[0] == 0;
	if (!d->own_cluster) {
		d->lock = state_lock(d->conf.state_dir, why, sizeof why);
		return d->lock >= 0 || say("state", why);
	}
	if (!cluster_up(d->conf.state_dir, &d->cluster, why, sizeof why))
		return say("cluster", why);
	d->database_url = d->cluster.conninfo;
	if (store_migrate(d->database_url, migrated, NULL, why, sizeof why) != OK)
		return say("schema", why);
	return true;
}

static bool open_service(struct daemon *d)
{
	char why[512];
	struct service_conf c = { .database_url = d->database_url,
		                  .state_dir = d->conf.state_dir,
		                  .master_key = d->conf.master_key,
		                  .tiles_dir = d->tiles_dir,
		                  .origin = d->conf.origin,
		                  .readers = (int)d->conf.readers,
		                  .queue_max = (size_t)d->conf.queue_max,
		                  .batch_max = (size_t)d->conf.batch_max,
		                  .token_seconds = d->conf.token_seconds,
		                  .detection = d->conf.detection,
		                  .private_webhooks = d->conf.webhook_private,
		                  .reader_mode = d->conf.mode == MODE_READER };

	d->signer = signer_start(d->conf.state_dir, d->conf.origin, why, sizeof why);
	if (!d->signer)
		return say("signer", why);
	d->service = service_start(&c, &d->parser, d->signer, why, sizeof why);
	return d->service || say("service", why);
}

static bool open_http(struct daemon *d)
{
	struct http_conf c;
	char why[512];

	if (!http_conf_from(&d->conf, &c, why, sizeof why))
		return say("http", why);
	http_metrics();
	d->http = http_start(&c, d->service, why, sizeof why);
	if (!d->http)
		return say("http", why);
	for (size_t i = 0; i < ROUNDS; i++)
		if (!(d->timer[i] = timer_start(d->service, &rounds[i])))
			return say("timer", "no thread can be started");
	d->sender = sender_start(d->service,
	                         &(struct sender_conf){
					 .threads = (unsigned)d->conf.webhook_threads,
					 .private = d->conf.webhook_private,
					 .courier = { d->conf.webhook_retry, d->conf.webhook_give_up, QUEUE_MS },
				 });
	return d->sender || say("sender", "no thread can be started");
}

static bool open_all(struct daemon *d)
{
	char why[512];

	/* others may pass through, to the database that runs as another user; every secret in it has mode 0600 */
	if (dir_make(d->conf.state_dir, 0711) != 0) {
		snprintf(why, sizeof why, "%s: %s", d->conf.state_dir, strerror(errno));
		return say("state", why);
	}
	snprintf(d->tiles_dir, sizeof d->tiles_dir, "%s%s",
	         d->conf.tiles_dir[0] ? d->conf.tiles_dir : d->conf.state_dir, d->conf.tiles_dir[0] ? "" : "/tiles");
	if (!parser_start(&d->parser))
		return say("parser", "the document reader cannot be started or confined");
	return open_database(d) && open_service(d) && open_http(d);
}

static bool close_all(struct daemon *d)
{
	bool clean = true;

	if (d->http) {
		clean = http_drain(d->http, DRAIN_S);
		for (size_t i = 0; i < ROUNDS; i++)
			timer_stop(d->timer[i]);
		sender_stop(d->sender);
		if (!http_stop(d->http, STOP_S)) /* somebody still holds a ticket: nothing may be freed under it */
			_exit(EXIT_FAILURE);
	}
	service_stop(d->service);
	signer_stop(d->signer);
	if (d->own_cluster)
		clean = cluster_down(&d->cluster) && clean;
	parser_stop(&d->parser);
	return clean;
}

/* Waits for a signal to end; false when a part ended by itself. */
static bool serve(struct daemon *d, const sigset_t *signals)
{
	const struct timespec second = { .tv_sec = 1 };

	watch(LOG_INFO, EVENT("ready"), KV_U("port", http_port(d->http)), KV("origin", d->conf.origin),
	      KV("vkey", signer_vkey(d->signer)));
	for (;;) {
		int got = sigtimedwait(signals, NULL, &second);

		if (got == SIGTERM || got == SIGINT) {
			watch(LOG_INFO, EVENT("stopping"), KV_I("signal", got));
			return true;
		}
		if (d->own_cluster && !cluster_alive(&d->cluster))
			return say("cluster", "PostgreSQL has ended by itself: see pg.log");
	}
}

static int answer_only(const struct conf *c)
{
	if (c->help)
		conf_help(stdout);
	else if (c->version)
		puts("counterfoild 0.1.0");
	else
		conf_print(c, stdout);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static struct daemon d;
	static char room[1 << 16];
	struct arena mem = arena_over(room, sizeof room);
	struct conf_why why;
	sigset_t signals;
	bool good;

	if (!conf_load(argc, argv, environ, &mem, &d.conf, &why) || !conf_check(&d.conf, &why)) {
		fprintf(stderr, "counterfoild: %s\n", why.text);
		return EXIT_USAGE;
	}
	if (d.conf.help || d.conf.version || d.conf.print)
		return answer_only(&d.conf);
	watch_set(d.conf.log_format == LOG_JSON, (enum log_level)d.conf.log_level);
	if (!crypto_start() || !web_start()) {
		fprintf(stderr, "counterfoild: the cryptographic libraries do not start\n");
		return EXIT_FAILURE;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL); /* before any thread: only this one takes them */
	signal(SIGPIPE, SIG_IGN);
	d.lock = -1;
	good = open_all(&d) && serve(&d, &signals);
	return close_all(&d) && good ? EXIT_SUCCESS : EXIT_FAILURE;
}
