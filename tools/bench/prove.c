/* SPDX-License-Identifier: Apache-2.0 */
/* prove.c: see prove.h. */
#include "prove.h"

#include <fcntl.h>
#include <unistd.h>

#include "detect.h"
#include "run/clock.h"
#include "run/files.h"
#include "service/keeping.h"
#include "service/log_verify.h"
#include "service/replay.h"

enum { BARE_BYTES = 1 << 22 /* walked round, larger than a core's cache, as entries from a disk would be */ };

struct why {
	char *at;
	size_t len;
};

/* --- the log --- */

/* What no verifier can do without: a hash of each leaf and each statement, one node for each leaf, a signature for
 * each stored checkpoint. */
static int64_t bare_ns(size_t statement_len, uint64_t entries, uint64_t checkpoints)
{
	static char data[BARE_BYTES];
	const struct span text = S("a checkpoint's text has about as many bytes as this line of sixty-four");
	uint8_t sig[SIG_LEN], seed[SEED_LEN] = { 1 };
	struct privkey key;
	struct range r = range_empty();
	size_t at = 0;
	int64_t began;

	if (!privkey_from_seed(ALG_ED25519, seed, &key) || !sig_sign(&key, text, sig))
		return 0;
	began = clock_ns();
	for (uint64_t i = 0; i < entries; i++) {
		struct hash h = sha256((struct span){ data + at, statement_len });

		range_append(&r, leaf_hash((struct span){ data + at, LEAF_LEN }));
		data[at] ^= (char)h.b[0]; /* so that the compiler cannot leave it out */
		at = (at + statement_len + 1) % (BARE_BYTES - 2 * statement_len);
	}
	for (uint64_t i = 0; i < checkpoints; i++)
		if (!sig_verify(&key.pub, text, sig))
			return 0;
	return clock_ns() - began;
}

static int64_t per_s(uint64_t n, int64_t ns)
{
	return ns > 0 ? (int64_t)((__uint128_t)n * 1000000000u / (uint64_t)ns) : 0;
}

static bool bad_log(const struct why *why, const struct log_report *r)
{
	snprintf(why->at, why->len, "log verify: %s at %llu %s", log_verdict_text(r->verdict),
	         (unsigned long long)r->at, r->path);
	return false;
}

static bool verify_files(const struct stage *s, const struct log_verify_conf *conf, struct verified *ret,
                         const struct why *why)
{
	char path[STAGE_PATH + 64];
	struct log_report report;
	int64_t began = clock_ns();
	int dir;

	snprintf(path, sizeof path, "%s/registry/tiles", s->dir);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (log_verify(&(struct log_files){ tile_file, &dir, dir }, conf, &report) != LOG_GOOD)
		return bad_log(why, &report);
	ret->files_per_s = per_s(report.entries, clock_ns() - began);
	close(dir);
	return true;
}

static bool verify_store(struct store *s, const struct log_verify_conf *conf, size_t statement_len,
                         struct verified *ret, const struct why *why)
{
	struct log_report report;
	int64_t began = clock_ns();

	if (log_verify_store(s, conf, &report) != LOG_GOOD)
		return bad_log(why, &report);
	ret->store_per_s = per_s(report.entries, clock_ns() - began);
	ret->entries = report.entries;
	ret->bare_per_s = per_s(report.entries, bare_ns(statement_len, report.entries, report.checkpoints));
	return true;
}

/* Reads everything, and opens it. v outlives it. */
static struct store *audit_store(struct stage *s, struct vault *v, char *why, size_t why_len)
{
	char path[STAGE_PATH + 64];
	struct store *store = store_open(s->cluster.conninfo, STORE_OWNER, why, why_len);

	snprintf(path, sizeof path, "%s/registry", s->dir);
	if (!store || keeping_read(store, path, NULL, v, why, why_len)) {
		if (store)
			store_vault(store, v);
		return store;
	}
	store_close(store);
	return NULL;
}

bool prove_log(struct stage *s, size_t statement_len, struct verified *ret, char *why, size_t why_len)
{
	char text[512];
	struct vkey key;
	const struct log_verify_conf conf = { .key = &key, .depth = LOG_LEAVES };
	const struct why w = { why, why_len };
	struct store *store;
	struct vault vault;
	bool good;

	snprintf(why, why_len, "no vkey");
	if (!stage_vkey(s, text, sizeof text) || !vkey_parse(span_z(text), &key))
		return false;
	store = audit_store(s, &vault, why, why_len);
	good = store && verify_files(s, &conf, ret, &w) && verify_store(store, &conf, statement_len, ret, &w);
	store_close(store);
	return good;
}

/* --- the state --- */

static void found(void *arg, const char *finding)
{
	const struct why *why = arg;

	if (!why->at[0])
		snprintf(why->at, why->len, "audit replay: %s", finding);
}

bool prove_state(struct stage *s, uint64_t *entries, uint64_t *rows, char *why, size_t why_len)
{
	char path[STAGE_PATH + 64], room[256];
	struct arena mem = arena_over(room, sizeof room);
	struct why w = { why, why_len };
	struct vault vault;
	struct replay r = { .origin = S(STAGE_ORIGIN), .found = found, .arg = &w, .undetected = true };
	bool good;

	snprintf(path, sizeof path, "%s/registry/fingerprint.key", s->dir);
	snprintf(why, why_len, "%.200s: cannot be read", path);
	if (file_read_secret(path, 32, &mem, &r.fp_key) != 0)
		return false;
	r.store = audit_store(s, &vault, why, why_len);
	if (!r.store)
		return false;
	why[0] = 0;
	good = replay_log(&r) == REPLAY_GOOD;
	if (!good && !why[0])
		snprintf(why, why_len, "audit replay: the log cannot be read");
	*entries = r.entries;
	*rows = r.rows;
	store_close(r.store);
	return good;
}

/* --- what was found --- */

static bool count_finding(void *arg, const struct row *r)
{
	uint64_t *n = arg;
	const struct finding *f = (const struct finding *)(const void *)r;

	n[f->signal > 0 && f->signal < SIGNAL_NUMBERS ? f->signal : 0]++;
	return true;
}

bool prove_findings(struct stage *s, uint64_t *ret, char *why, size_t why_len)
{
	uint64_t n[SIGNAL_NUMBERS] = { 0 };
	struct store *store = store_open(s->cluster.conninfo, STORE_OWNER, why, why_len);
	bool good = store && store_scan(store, TABLE_FINDING, count_finding, n) == OK;

	if (store && !good)
		snprintf(why, why_len, "findings: %.300s", store_why(store));
	store_close(store);
	*ret = 0;
	for (int i = 0; good && i < SIGNAL_NUMBERS; i++) {
		const struct signal_info *info = signal_info(i);

		*ret += n[i];
		if (n[i] > 0)
			fprintf(stderr, "bench: %llu times %s %s\n", (unsigned long long)n[i], info ? info->id : "?",
			        info ? info->name : "?");
	}
	return good;
}
