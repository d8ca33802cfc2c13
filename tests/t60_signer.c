/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t60_signer.c: the process with the key.
 *
 * Goal: whatever is asked of it, and however it dies, any two checkpoints it
 * ever signed are consistent. Method: first every refusal by name, then its
 * state file cut, torn and lost, then random requests, true and false, from
 * two histories, with kills in between, every note kept and compared.
 */
#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "logfix.h"
#include "note.h"
#include "service/signer.h"

#define ORIGIN "test.example/log"
#define SLOT 4096
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

static struct log_fixture one, other; /* the same first 40 leaves, then another history */

static struct signer *start(const struct temp_dir *d)
{
	char why[512] = "";
	struct signer *s = signer_start(d->path, ORIGIN, why, sizeof why);

	if (!s)
		print_message("why: %s\n", why);
	assert_non_null(s);
	return s;
}

static void starts_not(const struct temp_dir *d, const char *origin, const char *because)
{
	char why[512] = "";

	assert_null(signer_start(d->path, origin, why, sizeof why));
	if (!strstr(why, because))
		print_message("why: %s\n", why);
	assert_non_null(strstr(why, because));
}

struct answer {
	enum fault fault;
	char note[CHECKPOINT_MAX];
	size_t len;
};

/* Asks for the first `size` leaves of a history, with the proof from what was signed last. */
static struct answer ask(struct signer *s, struct log_fixture *f, uint64_t size)
{
	struct answer a = { .fault = OK };
	struct writer w = writer_over(a.note, sizeof a.note);
	struct proof p = { .n = 0 };
	uint64_t last;
	struct hash root;

	a.fault = signer_last(s, &last, &root);
	if (a.fault != OK)
		return a;
	if (last > 0 && last < size)
		assert_true(prove_consistency(log_node, f, last, size, &p));
	a.fault = signer_sign(s, size, naive_root(f->hash, size), &p, &w);
	a.len = w.len;
	assert_true((a.fault == OK) == (w.len > 0));
	return a;
}

static struct checkpoint opened(const struct signer *s, const struct answer *a)
{
	struct vkey key;
	struct checkpoint c;

	assert_true(vkey_parse(span_z(signer_vkey(s)), &key));
	assert_string_equal(key.name, ORIGIN);
	assert_true(checkpoint_open((struct span){ a->note, a->len }, &key, &c));
	return c;
}

static void signs(struct signer *s, struct log_fixture *f, uint64_t size)
{
	struct answer a = ask(s, f, size);

	assert_int_equal(a.fault, OK);
	struct checkpoint c = opened(s, &a);
	assert_int_equal(c.size, size);
	assert_true(hash_eq(c.root, naive_root(f->hash, size)));
}

static void refuses(struct signer *s, struct log_fixture *f, uint64_t size, const char *because)
{
	assert_int_equal(ask(s, f, size).fault, E_INTERNAL);
	assert_non_null(strstr(signer_refusal(s), because));
}

static void last_is(struct signer *s, uint64_t size)
{
	uint64_t got;
	struct hash root;

	assert_int_equal(signer_last(s, &got, &root), OK);
	assert_int_equal(got, size);
	assert_true(hash_eq(root, naive_root(one.hash, size)));
}

static void signs_what_extends(void **state)
{
	struct temp_dir d = temp_dir();
	struct signer *s = start(&d);

	(void)state;
	last_is(s, 0);
	signs(s, &one, 0);
	for (uint64_t size = 1; size <= 40; size++)
		signs(s, &one, size);
	signs(s, &one, 40); /* again */
	signs(s, &one, 300);
	last_is(s, 300);
	signer_stop(s);
	assert_int_equal(dir_remove(d.path), 0);
}

static void refuses_what_does_not(void **state)
{
	struct temp_dir d = temp_dir();
	struct signer *s = start(&d);
	char note[CHECKPOINT_MAX];
	struct writer w = writer_over(note, sizeof note);
	struct proof p = { .n = 0 };

	(void)state;
	/* before the first: the empty tree has one root, and the proof from it is empty */
	p.n = 1;
	assert_int_equal(signer_sign(s, 5, naive_root(one.hash, 5), &p, &w), E_INTERNAL);
	p.n = 0;
	assert_int_equal(signer_sign(s, 0, one.hash[0], &p, &w), E_INTERNAL);
	signs(s, &one, 60);
	refuses(s, &one, 59, "smaller");
	refuses(s, &one, 0, "smaller");
	refuses(s, &other, 60, "fork");
	refuses(s, &other, 61, "does not extend");
	refuses(s, &other, 300, "does not extend");
	/* the right tree with no proof, a hash too many, a hash too few, a flipped bit */
	assert_int_equal(signer_sign(s, 100, naive_root(one.hash, 100), &p, &w), E_INTERNAL);
	assert_true(prove_consistency(log_node, &one, 60, 100, &p));
	p.n++;
	assert_int_equal(signer_sign(s, 100, naive_root(one.hash, 100), &p, &w), E_INTERNAL);
	p.n -= 2;
	assert_int_equal(signer_sign(s, 100, naive_root(one.hash, 100), &p, &w), E_INTERNAL);
	p.n++;
	p.at[0].b[7] ^= 1;
	assert_int_equal(signer_sign(s, 100, naive_root(one.hash, 100), &p, &w), E_INTERNAL);
	p.at[0].b[7] ^= 1;
	/* The right proof for another root, or another size. (A size close by, here 65 to 128, gives a proof of the
	 * same shape: RFC 9162 does not bind it. Such a checkpoint is no fork, it is a tree without its last leaves,
	 * and the first who recomputes the root sees it.) */
	assert_int_equal(signer_sign(s, 129, naive_root(one.hash, 100), &p, &w), E_INTERNAL);
	assert_int_equal(signer_sign(s, 100, naive_root(one.hash, 101), &p, &w), E_INTERNAL);
	assert_int_equal(w.len, 0);
	last_is(s, 60);
	assert_int_equal(signer_sign(s, 100, naive_root(one.hash, 100), &p, &w), OK);
	last_is(s, 100);
	signer_stop(s);
	assert_int_equal(dir_remove(d.path), 0);
}

static void remembers_after_kill(void **state)
{
	struct temp_dir d = temp_dir();
	struct signer *s = start(&d);
	char first[VKEY_TEXT_MAX];
	uint64_t size;
	struct hash root;

	(void)state;
	snprintf(first, sizeof first, "%s", signer_vkey(s));
	signs(s, &one, 77);
	assert_int_equal(kill(signer_pid(s), SIGKILL), 0);
	assert_int_equal(ask(s, &one, 78).fault, E_UNAVAILABLE);
	assert_int_equal(signer_last(s, &size, &root), E_UNAVAILABLE);
	signer_stop(s);
	s = start(&d);
	assert_string_equal(signer_vkey(s), first);
	last_is(s, 77);
	refuses(s, &one, 76, "smaller");
	refuses(s, &other, 77, "fork");
	signs(s, &one, 77);
	signs(s, &one, 78);
	signer_stop(s);
	assert_int_equal(dir_remove(d.path), 0);
}

static void poke(const struct temp_dir *d, const char *name, off_t at, const void *bytes, size_t len)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", d->path, name);
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

static void forget(const struct temp_dir *d, const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", d->path, name);
	assert_int_equal(unlink(path), 0);
}

/* The slot written last: the one with the higher turn. */
static off_t newest(const struct temp_dir *d)
{
	char path[128];
	uint8_t turn[2][8];

	snprintf(path, sizeof path, "%s/signer.last", d->path);
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, turn[0], 8, 24), 8);
	assert_int_equal(pread(fd, turn[1], 8, SLOT + 24), 8);
	close(fd);
	return be64_get(turn[1]) > be64_get(turn[0]) ? SLOT : 0;
}

static void survives_a_torn_slot(void **state)
{
	struct temp_dir d = temp_dir();
	struct signer *s = start(&d);

	(void)state;
	signs(s, &one, 50);
	signs(s, &one, 70);
	signer_stop(s);
	/* the write for 70 is cut: 50 is what is known */
	poke(&d, "signer.last", newest(&d) + 4000, "torn", 4);
	s = start(&d);
	last_is(s, 50);
	signs(s, &one, 70);
	signs(s, &one, 90);
	signer_stop(s);
	s = start(&d);
	last_is(s, 90);
	signer_stop(s);
	assert_int_equal(dir_remove(d.path), 0);
}

static void signs_nothing_without_memory(void **state)
{
	struct temp_dir d = temp_dir();
	struct signer *s = start(&d);
	char path[128];

	(void)state;
	signs(s, &one, 50);
	signs(s, &one, 70);
	signer_stop(s);
	poke(&d, "signer.last", 100, "x", 1);
	poke(&d, "signer.last", SLOT + 100, "x", 1);
	starts_not(&d, ORIGIN, "damaged");
	snprintf(path, sizeof path, "%s/signer.last", d.path);
	assert_int_equal(truncate(path, 0), 0);
	starts_not(&d, ORIGIN, "damaged");
	forget(&d, "signer.last");
	starts_not(&d, ORIGIN, "missing");
	assert_int_equal(dir_remove(d.path), 0);
}

/* A slot copied to the other's place must not count, or an old one could pass for the newest. */
static void a_slot_has_its_place(void **state)
{
	struct temp_dir d = temp_dir();
	struct signer *s = start(&d);
	uint8_t slot[SLOT];
	char path[128];

	(void)state;
	signs(s, &one, 50);
	signs(s, &one, 70);
	signer_stop(s);
	snprintf(path, sizeof path, "%s/signer.last", d.path);
	int fd = open(path, O_RDONLY);
	assert_int_equal(pread(fd, slot, SLOT, SLOT - newest(&d)), SLOT);
	close(fd);
	poke(&d, "signer.last", newest(&d), slot, SLOT);
	s = start(&d);
	last_is(s, 50);
	signer_stop(s);
	assert_int_equal(dir_remove(d.path), 0);
}

static void keeps_its_key(void **state)
{
	struct temp_dir d = temp_dir();
	struct signer *s = start(&d);
	char path[128];
	struct stat st;

	(void)state;
	signs(s, &one, 3);
	/* one at a time */
	starts_not(&d, ORIGIN, "another signer");
	signer_stop(s);
	snprintf(path, sizeof path, "%s/log.key", d.path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	starts_not(&d, "another.example/log", "not the private note key");
	starts_not(&d, "no spaces please", "cannot name a log");
	assert_int_equal(chmod(path, 0644), 0);
	starts_not(&d, ORIGIN, "log.key");
	assert_int_equal(chmod(path, 0600), 0);
	poke(&d, "log.key", 15, "X", 1);
	starts_not(&d, ORIGIN, "not the private note key");
	forget(&d, "log.key");
	starts_not(&d, ORIGIN, "is missing, though it has signed");
	assert_int_equal(dir_remove(d.path), 0);
}

/* The first start was cut between state and key: nothing was signed, so the next start makes the key. */
static void a_first_start_cut_short(void **state)
{
	struct temp_dir d = temp_dir();

	(void)state;
	signer_stop(start(&d));
	forget(&d, "log.key");
	struct signer *s = start(&d);
	signs(s, &one, 9);
	signer_stop(s);
	assert_int_equal(dir_remove(d.path), 0);
}

static void is_confined(void **state)
{
	struct temp_dir d = temp_dir();
	struct signer *s = start(&d);
	char path[64], line[256], seccomp[8] = "";

	(void)state;
	snprintf(path, sizeof path, "/proc/%d/status", (int)signer_pid(s));
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		if (strncmp(line, "Seccomp:", 8) == 0)
			snprintf(seccomp, sizeof seccomp, "%.1s", line + 9);
	fclose(f);
#ifndef SANITIZED /* their runtimes would not live under the filter */
	assert_string_equal(seccomp, "2");
#endif
	signer_stop(s);
	assert_int_equal(dir_remove(d.path), 0);
}

/* --- two histories, random requests, random deaths --- */

#define ROUNDS 600
static uint32_t seed = 20261123;

static uint32_t dice(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static struct signer *killed(struct signer *s, const struct temp_dir *d)
{
	assert_int_equal(kill(signer_pid(s), SIGKILL), 0);
	signer_stop(s);
	return start(d);
}

static void never_forks(void **state)
{
	struct temp_dir d = temp_dir();
	struct signer *s = start(&d);
	unsigned signatures = 0;
	struct hash root_of[301] = { { { 0 } } }; /* of every size it signed */
	bool seen[301] = { false };
	bool of_one = true, of_other = true;

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t size, last;
		struct hash was;
		assert_int_equal(signer_last(s, &last, &was), OK);
		size = dice(4) == 0 ? dice((uint32_t)last + 2) : last + dice(4);
		if (size > 300)
			size = 300;
		struct answer a = ask(s, dice(2) ? &one : &other, size);
		if (a.fault == OK) {
			struct checkpoint c = opened(s, &a);
			assert_true(!seen[size] || hash_eq(root_of[size], c.root));
			root_of[size] = c.root;
			seen[size] = true;
			signatures++;
		} else {
			assert_int_equal(a.fault, E_INTERNAL);
		}
		if (dice(60) == 0)
			s = killed(s, &d);
	}
	/* all of one history: then every two are consistent */
	for (size_t size = 0; size <= 300; size++) {
		of_one = of_one && (!seen[size] || hash_eq(root_of[size], naive_root(one.hash, size)));
		of_other = of_other && (!seen[size] || hash_eq(root_of[size], naive_root(other.hash, size)));
	}
	assert_true(of_one || of_other);
	assert_true(signatures > 20);
	signer_stop(s);
	assert_int_equal(dir_remove(d.path), 0);
}

static void *grow(void *arg)
{
	struct signer *s = arg;

	for (uint64_t size = 1; size <= 100; size++) {
		enum fault f = ask(s, &one, size).fault;
		/* another thread may have been faster: then this is smaller, or its proof comes from too early */
		if (f != OK && f != E_INTERNAL)
			return NULL;
	}
	return s;
}

static void many_threads(void **state)
{
	struct temp_dir d = temp_dir();
	struct signer *s = start(&d);
	pthread_t t[4];
	void *end;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, grow, s), 0);
	for (size_t i = 0; i < ARRAY_LEN(t); i++) {
		assert_int_equal(pthread_join(t[i], &end), 0);
		assert_ptr_equal(end, s);
	}
	signs(s, &one, 101);
	signer_stop(s);
	assert_int_equal(dir_remove(d.path), 0);
}

static int set_up(void **state)
{
	(void)state;
	if (!crypto_start())
		return -1;
	one = log_make(300);
	other = log_make(300);
	for (size_t i = 40; i < 300; i++)
		other.hash[i].b[0] ^= 0x55;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	log_free(&one);
	log_free(&other);
	return 0;
}

int main(void)
{
	const struct CMUnitTest test[] = {
		T(signs_what_extends),
		T(refuses_what_does_not),
		T(remembers_after_kill),
		T(survives_a_torn_slot),
		T(signs_nothing_without_memory),
		T(a_slot_has_its_place),
		T(keeps_its_key),
		T(a_first_start_cut_short),
		T(is_confined),
		T(never_forks),
		T(many_threads),
	};

	return cmocka_run_group_tests(test, set_up, tear_down);
}
