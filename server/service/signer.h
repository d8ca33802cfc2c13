/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer.h: the process that alone holds the log's key.
 *
 * Its only verb is "sign this checkpoint if it extends the last". It keeps the
 * last size and root it signed in a file of its own, written through to the
 * disk before a signature leaves, and asks for the consistency proof from
 * there. So whoever takes over the server, or its database, can make the log
 * stop but not fork.
 *
 *   <state_dir>/log.key      the key, mode 0600, as "PRIVATE+KEY+<origin>+<id>+<base64>", which is how
 *                            the Go note tools write one; made at the first start
 *   <state_dir>/signer.last  what was signed last; lost or damaged, nothing is signed any more
 *
 * Invariant: any two checkpoints one key ever signed are consistent.
 *
 * Faults: E_UNAVAILABLE the process is gone (start the server again);
 * E_INTERNAL it refuses: signer_refusal says why. After a refusal the log must
 * stop, because the database and the signer no longer agree on the past.
 */
#ifndef CF_SIGNER_H
#define CF_SIGNER_H

#include <sys/types.h>

#include "fault.h"
#include "tree.h"

#define VKEY_TEXT_MAX 256

struct signer;
/* Forks the process: call it after crypto_start, before the first thread, from the thread that lives longest
 * (the process dies with it). NULL and *why on failure. */
struct signer *signer_start(const char *state_dir, const char *origin, char *why, size_t why_len);
/* Ends the process; takes NULL. */
void signer_stop(struct signer *s);

/* The rest may be called from any thread. */
const char *signer_vkey(const struct signer *s); /* C2SP verifier key */
pid_t signer_pid(const struct signer *s);
/* What it signed last, asked of the process; size 0 and the empty tree's root before the first. */
MUST_CHECK enum fault signer_last(struct signer *s, uint64_t *size, struct hash *root);
/*
 * Signs and writes the checkpoint note. consistency leads from signer_last's
 * size to this one; it is empty when that is 0 or the same. The same size and
 * root again are signed again.
 */
MUST_CHECK enum fault signer_sign(struct signer *s, uint64_t size, struct hash root, const struct proof *consistency,
                                  struct writer *note);
/* Why the last signer_sign that gave E_INTERNAL was refused; a literal. */
const char *signer_refusal(struct signer *s);
#endif
