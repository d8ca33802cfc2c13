/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer_process.h: what signer.c and the process it forks have between them.
 *
 * Messages keep their borders (SOCK_SEQPACKET). First the process speaks:
 * READY and the verifier key, or REFUSED and one sentence. Then each request
 * has one answer:
 *   'L'                                      -> SIGNED, size 8, root 32
 *   'S', size 8, root 32, n 1, n hashes      -> SIGNED and the note, or another word alone
 * Integers are big-endian.
 */
#ifndef CF_SIGNER_PROCESS_H
#define CF_SIGNER_PROCESS_H

#include <sys/types.h>

#include "note.h"

enum signer_word {
	SIGNER_SIGNED,
	SIGNER_SMALLER,    /* fewer leaves than signed before */
	SIGNER_OTHER_ROOT, /* as many leaves, another root: a fork */
	SIGNER_UNPROVEN,   /* the proof does not lead from the last checkpoint to this one */
	SIGNER_MALFORMED,  /* not a message of ours */
	SIGNER_FAILED,     /* the disk or the library failed; the process ends */
};
enum { SIGNER_READY = 'R', SIGNER_REFUSED = 'X', SIGNER_ASK_LAST = 'L', SIGNER_ASK_SIGN = 'S' };

#define SIGNER_SIGN_HEAD (1 + 8 + HASH_LEN + 1)
#define SIGNER_REQUEST_MAX (SIGNER_SIGN_HEAD + PROOF_MAX * HASH_LEN)
#define SIGNER_ANSWER_MAX (1 + CHECKPOINT_MAX)
#define SIGNER_WHY_MAX 512

/* The life of the process; does not return. `parent` is who must be alive. */
_Noreturn void signer_process(int sock, const char *state_dir, const char *origin, pid_t parent);

/*
 * signer.last: two slots of 4 KiB, written in turn, each with a number and a
 * checksum. A write that was cut short spoils the slot of a checkpoint whose
 * signature never left; the other slot still holds the last that did.
 */
#define LAST_SLOT_LEN 4096

struct signer_last {
	int fd;
	uint64_t turn; /* of the slot written last; it lies in slot turn % 2 */
	uint64_t size;
	struct hash root;
};
/* Makes the file for a log that has signed nothing. 0, EEXIST or another errno. */
MUST_CHECK int last_create(const char *path);
/* Opens, locks against a second signer, reads. False and *why when there is no knowing what was signed last. */
MUST_CHECK bool last_open(const char *path, struct signer_last *ret, char why[SIGNER_WHY_MAX]);
/* Remembers, on the disk when it returns true. After false nothing is certain: end the process. */
MUST_CHECK bool last_write(struct signer_last *l, uint64_t size, struct hash root);

/* --- log.key --- */
/* Makes the key for origin from random bytes. 0, EEXIST or another errno. */
MUST_CHECK int key_create(const char *path, const char *origin);
/* Reads it through `room`, which is wiped. */
MUST_CHECK bool key_read(const char *path, const char *origin, void *room, size_t room_len, struct privkey *ret,
                         char why[SIGNER_WHY_MAX]);

/* Takes from the process every right it does not need any more: only this memory, sock and fd are left. */
MUST_CHECK bool signer_confine(int sock, int fd);
#endif
