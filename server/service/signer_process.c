/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer_process.c: the life of the signer, from fork to end of socket.
 *
 * It trusts nobody it talks to: every message is measured before it is read,
 * and what it signs follows from its own last size and root alone. The order
 * in sign() is the invariant: proof, then disk, then signature.
 */
#include "service/signer_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/files.h"

#define SOCK_FD 3 /* where the socket is put, so that all above can be closed */

/* All that is secret, on pages of its own. */
struct secret {
	struct privkey key;
	char room[2048];
};

struct state {
	int sock;
	const char *origin;
	struct secret *secret;
	struct signer_last last;
	char answer[SIGNER_ANSWER_MAX];
};

/* --- before the first request --- */

/* Nothing of this process may be read by another, be dumped, or outlive the server. */
static bool withdraw(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		return false;
	/* Ctrl-C reaches the whole group; the server ends in order and needs us until then. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	return getppid() == parent; /* it may have died before the first line */
}

/* Drops all that was inherited, so that the socket is the only way out. */
static bool shed(int *sock)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return false;
	if (*sock != SOCK_FD && dup2(*sock, SOCK_FD) < 0)
		return false;
	*sock = SOCK_FD;
	return close_range(SOCK_FD + 1, ~0U, 0) == 0;
}

static struct secret *secret_new(void)
{
	struct secret *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	/* The lock fails where RLIMIT_MEMLOCK is 0; then the key may be swapped, which is no reason not to run. */
	(void)mlock(s, sizeof *s);
	return madvise(s, sizeof *s, MADV_DONTDUMP) == 0 ? s : NULL;
}

static bool fail(char why[SIGNER_WHY_MAX], const char *path, const char *text)
{
	snprintf(why, SIGNER_WHY_MAX, "%s: %s", path, text);
	return false;
}

/*
 * The state comes before the key and is never made beside one: a key without
 * its state would sign anything, and losing a file must not make that happen.
 */
static bool state_open(struct state *s, const char *dir, char why[SIGNER_WHY_MAX])
{
	char last[PATH_MAX], key[PATH_MAX];
	int err;

	if (snprintf(last, sizeof last, "%s/signer.last", dir) >= (int)sizeof last ||
	    snprintf(key, sizeof key, "%s/log.key", dir) >= (int)sizeof key)
		return fail(why, "state directory", "its path is too long");
	if (access(last, F_OK) != 0) {
		if (access(key, F_OK) == 0)
			return fail(why, last, "is missing beside log.key; what was signed last is not known");
		if ((err = last_create(last)) != 0 && err != EEXIST)
			return fail(why, last, strerror(err));
	}
	if (!last_open(last, &s->last, why))
		return false;
	if (access(key, F_OK) != 0) {
		if (s->last.turn > 1)
			return fail(why, key, "is missing, though it has signed");
		if ((err = key_create(key, s->origin)) != 0)
			return fail(why, key, strerror(err));
	}
	return key_read(key, s->origin, s->secret->room, sizeof s->secret->room, &s->secret->key, why);
}

static bool say(struct state *s, size_t len) { return send(s->sock, s->answer, len, MSG_NOSIGNAL) == (ssize_t)len; }

static _Noreturn void refuse(struct state *s, const char *why)
{
	struct writer w = writer_over(s->answer, SIGNER_WHY_MAX);

	put_byte(&w, SIGNER_REFUSED);
	put_z(&w, why);
	(void)say(s, w.len);
	_exit(1);
}

/* --- requests --- */

static size_t answer_last(struct state *s)
{
	uint8_t *out = (uint8_t *)s->answer;

	out[0] = SIGNER_SIGNED;
	be64_put(out + 1, s->last.size);
	memcpy(out + 9, s->last.root.b, HASH_LEN);
	return 1 + 8 + HASH_LEN;
}

static bool sign_parse(const uint8_t *in, size_t len, uint64_t *size, struct hash *root, struct proof *p)
{
	if (len < SIGNER_SIGN_HEAD)
		return false;
	*size = be64_get(in + 1);
	memcpy(root->b, in + 9, HASH_LEN);
	p->n = in[SIGNER_SIGN_HEAD - 1];
	if (p->n > PROOF_MAX || len != SIGNER_SIGN_HEAD + p->n * (size_t)HASH_LEN)
		return false;
	memcpy(p->at, in + SIGNER_SIGN_HEAD, p->n * (size_t)HASH_LEN);
	return true;
}

/* May this checkpoint follow the last? The whole verb. */
static enum signer_word judge(const struct signer_last *last, uint64_t size, struct hash root, const struct proof *p)
{
	if (size < last->size)
		return SIGNER_SMALLER;
	if (size == last->size)
		return hash_eq(root, last->root) ? SIGNER_SIGNED : SIGNER_OTHER_ROOT;
	if (last->size == 0) /* every tree extends the empty one, and the proof for that is empty */
		return p->n == 0 ? SIGNER_SIGNED : SIGNER_UNPROVEN;
	return verify_consistency(last->size, size, last->root, root, p) ? SIGNER_SIGNED : SIGNER_UNPROVEN;
}

static enum signer_word sign(struct state *s, const uint8_t *in, size_t len, struct writer *note)
{
	uint64_t size;
	struct hash root;
	struct proof p;

	if (!sign_parse(in, len, &size, &root, &p))
		return SIGNER_MALFORMED;
	enum signer_word word = judge(&s->last, size, root, &p);
	if (word != SIGNER_SIGNED)
		return word;
	if (size != s->last.size && !last_write(&s->last, size, root))
		return SIGNER_FAILED;
	assert(s->last.size == size && hash_eq(s->last.root, root));
	return checkpoint_sign(note, &s->secret->key, s->origin, size, root) ? SIGNER_SIGNED : SIGNER_FAILED;
}

static size_t answer_sign(struct state *s, const uint8_t *in, size_t len)
{
	struct writer note = writer_over(s->answer + 1, sizeof s->answer - 1);
	enum signer_word word = sign(s, in, len, &note);

	s->answer[0] = (char)word;
	return word == SIGNER_SIGNED ? 1 + note.len : 1;
}

static size_t answer(struct state *s, const uint8_t *in, size_t len)
{
	if (len == 1 && in[0] == SIGNER_ASK_LAST)
		return answer_last(s);
	if (len > 0 && in[0] == SIGNER_ASK_SIGN)
		return answer_sign(s, in, len);
	s->answer[0] = SIGNER_MALFORMED;
	return 1;
}

static _Noreturn void serve(struct state *s)
{
	static uint8_t in[SIGNER_REQUEST_MAX + 1]; /* one more, so that too long is seen */

	for (;;) {
		ssize_t got = recv(s->sock, in, sizeof in, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			_exit(0); /* the server is gone */
		size_t len = answer(s, in, (size_t)got);
		bool sent = say(s, len);
		if (!sent || s->answer[0] == SIGNER_FAILED)
			_exit(1);
	}
}

_Noreturn void signer_process(int sock, const char *state_dir, const char *origin, pid_t parent)
{
	static struct state s;
	static char why[SIGNER_WHY_MAX];

	s.sock = sock;
	s.origin = origin;
	if (!withdraw(parent) || !shed(&s.sock) || !(s.secret = secret_new()))
		refuse(&s, "the signer's process could not be set up");
	if (dir_make(state_dir, 0700) != 0)
		refuse(&s, "the state directory cannot be made");
	if (!state_open(&s, state_dir, why))
		refuse(&s, why);
	if (!signer_confine(s.sock, s.last.fd))
		refuse(&s, "the signer's process could not be confined");

	struct writer w = writer_over(s.answer, sizeof s.answer);
	put_byte(&w, SIGNER_READY);
	put_vkey(&w, origin, &s.secret->key.pub);
	if (!say(&s, w.len))
		_exit(1);
	serve(&s);
}
