/* SPDX-License-Identifier: Apache-2.0 */
/* keeping.c: see keeping.h. */
#include "service/keeping.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run/clock.h"
#include "run/files.h"
#include "run/watch.h"
#include "service/outbound.h"

enum { PATH_LEN = 1100 };
struct keeping {
	struct store *store;
	char path[PATH_LEN], next_path[PATH_LEN + 8];
	struct vault now, next;
	bool has_now, has_next;
	bool writes;                 /* this is the server that may change what is there */
	uint8_t wanted[SEAL_ID_LEN]; /* as the database says */
	bool sealed;                 /* it says something */
};

static bool put_paths(struct keeping *k, const char *state_dir, const char *path)
{
	int n = path && *path ? snprintf(k->path, sizeof k->path, "%s", path)
	                      : snprintf(k->path, sizeof k->path, "%s/master.key", state_dir);

	snprintf(k->next_path, sizeof k->next_path, "%s.next", k->path);
	return n > 0 && (size_t)n < sizeof k->path;
}

static bool is_id(const struct vault *v, const uint8_t id[SEAL_ID_LEN])
{
	uint8_t its[SEAL_ID_LEN];

	seal_key_id(v->master, its);
	return memcmp(its, id, SEAL_ID_LEN) == 0;
}

/* A file that is not there is not an error here; one that cannot be read is. */
static bool load(const char *path, struct vault *v, bool *has, char *why, size_t why_len)
{
	*has = access(path, F_OK) == 0;
	return !*has || secret_file(path, false, v->master, why, why_len);
}

static bool look(struct keeping *k, char *why, size_t why_len)
{
	enum fault f = store_vault_id(k->store, k->wanted);

	k->sealed = f == OK;
	if (f != OK && f != E_NOT_FOUND) {
		snprintf(why, why_len, "the database does not say under which master key it is sealed: %s",
		         store_why(k->store));
		return false;
	}
	return load(k->path, &k->now, &k->has_now, why, why_len) &&
	       load(k->next_path, &k->next, &k->has_next, why, why_len);
}

static bool take_next_name(struct keeping *k, char *why, size_t why_len)
{
	if (rename(k->next_path, k->path) == 0) {
		k->now = k->next;
		k->has_next = false;
		return true;
	}
	snprintf(why, why_len, "%s: %s", k->next_path, strerror(errno));
	return false;
}

static bool move_to(struct keeping *k, const struct vault *to, char *why, size_t why_len)
{
	if (store_vault_move(k->store, to, clock_random) == OK)
		return true;
	snprintf(why, why_len, "the keys of what is sealed cannot be wrapped: %s", store_why(k->store));
	return false;
}

/* Nothing was ever sealed here: the key is made, or the one that lies there is taken. */
static bool first_key(struct keeping *k, char *why, size_t why_len)
{
	if (!k->writes) {
		snprintf(why, why_len, "nothing is sealed here yet: start the registry that writes first");
		return false;
	}
	if (!k->has_now && !secret_file(k->path, true, k->now.master, why, why_len))
		return false;
	return move_to(k, &k->now, why, why_len);
}

static bool settle(struct keeping *k, char *why, size_t why_len)
{
	if (!k->sealed)
		return first_key(k, why, why_len);
	if (k->has_next && is_id(&k->next, k->wanted)) /* it was moved to, and we ended before the name followed */
		return take_next_name(k, why, why_len);
	if (!k->has_now || !is_id(&k->now, k->wanted)) {
		snprintf(
			why, why_len,
			"%s %s: what is sealed in this database can be opened with its own master key only. Put the key's "
			"file back (mode 0600), or name it with master_key",
			k->path, k->has_now ? "is another database's key" : "is missing");
		return false;
	}
	store_vault(k->store, &k->now);
	if (!k->has_next || !k->writes)
		return true;
	watch(LOG_INFO, EVENT("master_key_rotated"), KV("path", k->path));
	return move_to(k, &k->next, why, why_len) && take_next_name(k, why, why_len);
}

enum { STATEMENTS_AT_ONCE = 256, SAY_EVERY = 256 * STATEMENTS_AT_ONCE };

static bool seal_old_statements(struct keeping *k, char *why, size_t why_len)
{
	uint64_t all = 0;
	size_t n = k->writes;

	for (; n > 0; all += n) {
		if (store_vault_old_statements(k->store, STATEMENTS_AT_ONCE, &n) != OK) {
			snprintf(why, why_len, "statements of before cannot be sealed: %s", store_why(k->store));
			return false;
		}
		if ((n == 0 && all > 0) || (n > 0 && (all + n) % SAY_EVERY == 0))
			watch(LOG_INFO, EVENT("statements_sealed"), KV_U("statements", all + n));
	}
	return true;
}

static bool seal_the_old(struct keeping *k, char *why, size_t why_len)
{
	uint64_t n = 0;

	store_vault(k->store, &k->now);
	for (bool more = k->writes; more; n += more)
		if (store_vault_old(k->store, clock_random, &more) != OK) {
			snprintf(why, why_len, "documents of before cannot be sealed: %s", store_why(k->store));
			return false;
		}
	if (n > 0)
		watch(LOG_INFO, EVENT("documents_sealed"), KV_U("documents", n));
	return seal_old_statements(k, why, why_len);
}

bool keeping_open(const struct keeping_conf *conf, struct vault *ret, char *why, size_t why_len)
{
	struct keeping k = { .writes = conf->writes,
		             .now = { .random = clock_random },
		             .next = { .random = clock_random } };
	bool good = false;

	snprintf(why, why_len, "the path of the master key is too long");
	if (!put_paths(&k, conf->state_dir, conf->path))
		return false;
	k.store = store_open(conf->database_url, STORE_CHECKER, why, why_len);
	if (k.store) {
		store_vault(k.store, &k.now);
		good = look(&k, why, why_len) && settle(&k, why, why_len) && seal_the_old(&k, why, why_len);
	}
	store_close(k.store);
	if (good)
		*ret = k.now;
	secret_wipe(&k.now, sizeof k.now);
	secret_wipe(&k.next, sizeof k.next);
	return good;
}

bool keeping_read(struct store *s, const char *state_dir, const char *path, struct vault *ret, char *why,
                  size_t why_len)
{
	struct keeping k = { .store = s, .now = { .random = clock_random } };
	bool good;

	snprintf(why, why_len, "the path of the master key is too long");
	if (!put_paths(&k, state_dir, path) || !look(&k, why, why_len))
		return false;
	good = k.sealed && k.has_now && is_id(&k.now, k.wanted);
	if (good)
		*ret = k.now;
	else
		snprintf(why, why_len, "%s %s: without it nothing of this database can be read", k.path,
		         k.has_now ? "is another database's key" : "is missing");
	secret_wipe(&k.now, sizeof k.now);
	secret_wipe(&k.next, sizeof k.next);
	return good;
}

bool keeping_rotate(const char *state_dir, const char *path, char *why, size_t why_len)
{
	struct keeping k = { .store = NULL };
	bool good;

	snprintf(why, why_len, "the path of the master key is too long");
	if (!put_paths(&k, state_dir, path))
		return false;
	if (access(k.path, F_OK) != 0 || access(k.next_path, F_OK) == 0) {
		snprintf(why, why_len, "%s: %s", access(k.path, F_OK) != 0 ? k.path : k.next_path,
		         access(k.path, F_OK) != 0 ? strerror(errno) : "is there already, and taken at the next start");
		return false;
	}
	good = secret_file(k.next_path, true, k.next.master, why, why_len);
	secret_wipe(&k.next, sizeof k.next);
	return good;
}
