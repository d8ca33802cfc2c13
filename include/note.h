/* SPDX-License-Identifier: Apache-2.0 */
/*
 * note.h: C2SP signed notes, checkpoints and proofs as text
 * (c2sp.org/signed-note, tlog-checkpoint, tlog-proof@v1, tlog-cosignature).
 *
 * A note is a text and signature lines; a checkpoint is a note whose text is
 * origin, size, root. A verifier trusts the lines of keys it was given and
 * ignores the others; a malformed note is refused whole.
 */
#ifndef CF_NOTE_H
#define CF_NOTE_H

#include "crypto.h"
#include "tree.h"

#define NOTE_KEY_NAME_MAX 128
#define NOTE_SIGS_MAX 16
#define CHECKPOINT_MAX 4096 /* bytes of a checkpoint note with all its lines */

/* Signature types of c2sp.org/signed-note: 0x01 Ed25519; 0x04 timestamped Ed25519 cosignature. */
enum note_sig_type { NOTE_ED25519 = 0x01, NOTE_COSIGN_ED25519 = 0x04 };

/* What can name a key: 1 to 127 bytes of UTF-8 without space, plus or control character. Our origin must. */
bool note_name_valid(struct span name);

/* A verifier key: "<name>+<8 hex of key id>+<base64 of type || public key>". */
struct vkey {
	char name[NOTE_KEY_NAME_MAX];
	uint32_t id;
	enum note_sig_type type;
	struct pubkey key;
};
MUST_CHECK bool vkey_parse(struct span text, struct vkey *ret); /* refuses an id that is not the name's and key's */
void put_vkey(struct writer *w, const char *name, const struct pubkey *key);
uint32_t note_key_id(struct span name, enum note_sig_type type, const struct pubkey *key);

struct checkpoint {
	struct span origin; /* inside the note's text */
	uint64_t size;
	struct hash root;
};
/* The unsigned text "origin\nsize\nbase64 root\n". */
void put_checkpoint(struct writer *w, const char *origin, uint64_t size, struct hash root);
/* Signs the checkpoint as `name` (for a log, its origin) and writes the whole note. False when the library fails. */
MUST_CHECK bool checkpoint_sign(struct writer *w, const struct privkey *key, const char *origin, uint64_t size,
                                struct hash root);
/* Opens a note: the text is returned when at least one known, valid signature of `key` stands on it, and no
 * signature that claims to be key's is invalid. */
MUST_CHECK bool note_open(struct span note, const struct vkey *key, struct span *text);
MUST_CHECK bool checkpoint_parse(struct span text, struct checkpoint *ret);
/* note_open, then checkpoint_parse, then the origin must be the key's name. */
MUST_CHECK bool checkpoint_open(struct span note, const struct vkey *key, struct checkpoint *ret);
/* A witness cosignature (type 0x04) of `key` on this note: valid, and *time_s its time. */
MUST_CHECK bool note_cosigned(struct span note, const struct vkey *witness, uint64_t *time_s);

/* tlog-proof: "c2sp.org/tlog-proof@v1\nindex N\n<base64 hashes>\n\n<checkpoint note>"; no extra line when extra is empty. */
struct tlog_proof {
	uint64_t index;
	struct span extra; /* decoded, in the arena */
	struct proof proof;
	struct span note;
};
void put_tlog_proof(struct writer *w, uint64_t index, const struct proof *p, struct span note);
MUST_CHECK bool tlog_proof_parse(struct span text, struct arena *mem, struct tlog_proof *ret);
#endif
