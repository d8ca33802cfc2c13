/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer.c: the server's side of the signer.
 *
 * One request is under way at a time. When anything on the way fails - the
 * process is dead, silent too long, or says what it should not - it is killed
 * and stays dead: a signer of whom we do not know what it did is not asked
 * again, and the file it wrote before signing tells the next one.
 */
#include "service/signer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "service/signer_process.h"

#define ANSWER_SECONDS 30 /* far beyond the slowest fdatasync ever seen; a longer silence is a dead disk */
#define STOP_TRIES 250    /* of 20 ms */

struct signer {
	int sock;
	pid_t pid;
	pthread_mutex_t lock; /* over all below, and over sock while a request is under way */
	bool gone;
	enum signer_word refusal;
	char vkey[VKEY_TEXT_MAX];
};

/* --- one request, one answer; the lock is held --- */

static enum fault lost(struct signer *s)
{
	if (!s->gone)
		kill(s->pid, SIGKILL);
	s->gone = true;
	return E_UNAVAILABLE;
}

static enum fault receive(struct signer *s, uint8_t *out, size_t cap, size_t *len)
{
	ssize_t got;

	do
		got = recv(s->sock, out, cap, 0);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return lost(s);
	*len = (size_t)got;
	return OK;
}

static enum fault exchange(struct signer *s, const uint8_t *in, size_t len, uint8_t *out, size_t *got)
{
	if (s->gone)
		return E_UNAVAILABLE;
	if (send(s->sock, in, len, MSG_NOSIGNAL) != (ssize_t)len)
		return lost(s);
	return receive(s, out, SIGNER_ANSWER_MAX, got);
}

/* --- start and stop --- */

/* The first message: ready, or why not. */
static bool greeted(struct signer *s, char *why, size_t why_len)
{
	uint8_t in[SIGNER_WHY_MAX];
	size_t len;

	if (receive(s, in, sizeof in - 1, &len) != OK) {
		snprintf(why, why_len, "the signer's process ended before it was ready");
		return false;
	}
	in[len] = 0;
	if (in[0] != SIGNER_READY || len > sizeof s->vkey) {
		snprintf(why, why_len, "%s", (const char *)in + 1);
		return false;
	}
	memcpy(s->vkey, in + 1, len); /* with its zero */
	return true;
}

static struct signer *signer_fork(const char *state_dir, const char *origin)
{
	struct signer *s = calloc(1, sizeof *s);
	struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	pid_t self = getpid();
	int pair[2];

	if (!s || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		free(s);
		return NULL;
	}
	s->sock = pair[0];
	s->pid = fork();
	if (s->pid == 0)
		signer_process(pair[1], state_dir, origin, self);
	close(pair[1]);
	if (s->pid < 0 || setsockopt(s->sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
	    pthread_mutex_init(&s->lock, NULL) != 0) {
		close(s->sock);
		free(s);
		return NULL;
	}
	return s;
}

struct signer *signer_start(const char *state_dir, const char *origin, char *why, size_t why_len)
{
	if (!note_name_valid(span_z(origin))) {
		snprintf(why, why_len, "origin \"%s\" cannot name a log: no spaces, no plus, 1 to %d bytes", origin,
		         NOTE_KEY_NAME_MAX - 1);
		return NULL;
	}
	struct signer *s = signer_fork(state_dir, origin);
	if (!s) {
		snprintf(why, why_len, "the signer's process cannot be made: %s", strerror(errno));
		return NULL;
	}
	if (!greeted(s, why, why_len)) {
		signer_stop(s);
		return NULL;
	}
	return s;
}

/* Closing the socket ends the process; one that hangs on its disk is killed. */
static void reap(pid_t pid)
{
	for (int try = 0; try < STOP_TRIES; try++) {
		pid_t got = waitpid(pid, NULL, WNOHANG);

		if (got == pid || (got < 0 && errno != EINTR))
			return;
		nanosleep(&(struct timespec){ .tv_nsec = try == 0 ? 1000 * 1000 : 20 * 1000 * 1000 }, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

void signer_stop(struct signer *s)
{
	if (!s)
		return;
	close(s->sock);
	reap(s->pid);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* --- asking --- */

const char *signer_vkey(const struct signer *s) { return s->vkey; }

pid_t signer_pid(const struct signer *s) { return s->pid; }

enum fault signer_last(struct signer *s, uint64_t *size, struct hash *root)
{
	uint8_t out[SIGNER_ANSWER_MAX];
	size_t len;

	pthread_mutex_lock(&s->lock);
	enum fault f = exchange(s, (const uint8_t[]){ SIGNER_ASK_LAST }, 1, out, &len);
	if (f == OK && (len != 1 + 8 + HASH_LEN || out[0] != SIGNER_SIGNED))
		f = lost(s);
	pthread_mutex_unlock(&s->lock);
	if (f != OK)
		return f;
	*size = be64_get(out + 1);
	memcpy(root->b, out + 9, HASH_LEN);
	return OK;
}

static size_t request_encode(uint8_t in[SIGNER_REQUEST_MAX], uint64_t size, struct hash root, const struct proof *p)
{
	assert(p->n <= PROOF_MAX);
	in[0] = SIGNER_ASK_SIGN;
	be64_put(in + 1, size);
	memcpy(in + 9, root.b, HASH_LEN);
	in[SIGNER_SIGN_HEAD - 1] = (uint8_t)p->n;
	memcpy(in + SIGNER_SIGN_HEAD, p->at, p->n * sizeof p->at[0]);
	return SIGNER_SIGN_HEAD + p->n * sizeof p->at[0];
}

/* The fault of an answer; a process that says it failed has ended, or is about to. */
static enum fault word_fault(struct signer *s, uint8_t word)
{
	if (word == SIGNER_SIGNED)
		return OK;
	if (word >= SIGNER_FAILED)
		return lost(s);
	s->refusal = (enum signer_word)word;
	return E_INTERNAL;
}

enum fault signer_sign(struct signer *s, uint64_t size, struct hash root, const struct proof *consistency,
                       struct writer *note)
{
	uint8_t in[SIGNER_REQUEST_MAX], out[SIGNER_ANSWER_MAX];
	size_t len = 0, in_len = request_encode(in, size, root, consistency);

	pthread_mutex_lock(&s->lock);
	enum fault f = exchange(s, in, in_len, out, &len);
	if (f == OK)
		f = word_fault(s, out[0]);
	pthread_mutex_unlock(&s->lock);
	if (f == OK)
		put_span(note, (struct span){ (const char *)out + 1, len - 1 });
	return f;
}

const char *signer_refusal(struct signer *s)
{
	pthread_mutex_lock(&s->lock);
	enum signer_word word = s->refusal;
	pthread_mutex_unlock(&s->lock);
	switch (word) {
	case SIGNER_SIGNED:
		return "nothing was refused";
	case SIGNER_SMALLER:
		return "the log is smaller than the last checkpoint signed";
	case SIGNER_OTHER_ROOT:
		return "the log is as large as the last checkpoint signed, with another root: a fork";
	case SIGNER_UNPROVEN:
		return "the log does not extend the last checkpoint signed";
	case SIGNER_MALFORMED:
		return "the signer did not understand the request";
	case SIGNER_FAILED:
		break;
	}
	return "the signer failed";
}
