/* SPDX-License-Identifier: Apache-2.0 */
/* teller.c: see teller.h. */
#include "service/teller.h"

#include "run/watch.h"
#include "service/reader.h"

enum { ENTRIES_A_ROUND = 2000 }; /* some 50 ms of work, so that one round ends before a patient caller's wait */

struct teller {
	struct conn conn;
	uint64_t next; /* of the round before */
	bool failing;  /* said once, not each round */
	struct told told;
	pthread_mutex_t lock; /* of fn and arg */
	told_fn *fn;
	void *arg;
};

struct teller *teller_open(const char *database_url, char *why, size_t why_len)
{
	struct teller *t = calloc(1, sizeof *t);

	snprintf(why, why_len, "out of memory");
	if (!t)
		return NULL;
	t->conn = (struct conn){ .database_url = database_url, .duty = STORE_TELLER };
	pthread_mutex_init(&t->lock, NULL);
	t->conn.store = store_open(database_url, STORE_TELLER, why, why_len);
	if (t->conn.store)
		return t;
	teller_close(t);
	return NULL;
}

void teller_close(struct teller *t)
{
	if (!t)
		return;
	conn_close(&t->conn);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

void teller_listen(struct teller *t, told_fn *fn, void *arg)
{
	pthread_mutex_lock(&t->lock);
	t->fn = fn;
	t->arg = arg;
	pthread_mutex_unlock(&t->lock);
}

/* Whoever listens asks the database itself; here it only learns that it should. */
static void say_who(struct teller *t)
{
	pthread_mutex_lock(&t->lock);
	if (t->fn && t->told.n > 0)
		t->fn(t->arg, t->told.party, t->told.n, t->told.more);
	pthread_mutex_unlock(&t->lock);
}

size_t teller_round(struct teller *t)
{
	struct store *s = conn_store(&t->conn);
	enum fault f = s ? store_tell(s, ENTRIES_A_ROUND, &t->told) : E_UNAVAILABLE;
	uint64_t before = t->next;

	if (f != OK && !t->failing)
		watch(LOG_WARN, EVENT("telling_failed"), KV("fault", fault_info(f)->slug),
		      KV("why", s ? store_why(s) : "no connection"));
	t->failing = f != OK;
	if (f != OK || t->told.size == 0)
		return 0;
	metric_add(M_alert_rounds_total, 0, 1);
	metric_set(M_alerts_behind, 0, (int64_t)(t->told.size - t->told.next));
	t->next = t->told.next;
	say_who(t);
	return before == 0 || t->next <= before ? 1 : (size_t)(t->next - before);
}
