/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signer_last.c: what the signer signed last, through every crash; and its key file.
 *
 * A slot, 4096 bytes, integers big-endian:
 *      0  24  "counterfoil/signer-last\n"
 *     24   8  turn, from 1
 *     32   8  size
 *     40  32  root
 *     72      zeros
 *   4064  32  SHA-256 of all before
 *
 * The file is made in its full length, so that writing a slot in place changes
 * no metadata: one fdatasync is the whole price of a signature, and a full
 * disk cannot fail it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "run/files.h"
#include "service/signer_process.h"

#define MAGIC "counterfoil/signer-last\n"
enum { AT_TURN = 24, AT_SIZE = 32, AT_ROOT = 40, AT_SUM = LAST_SLOT_LEN - HASH_LEN };
#define LOCK_TRIES 100 /* of 20 ms: a signer whose server was killed is dead well before */
#define KEY_FILE_MAX 512
#define KEY_HEAD "PRIVATE+KEY+"

static struct hash slot_sum(const uint8_t slot[LAST_SLOT_LEN])
{
	return sha256((struct span){ (const char *)slot, AT_SUM });
}

static void slot_encode(const struct signer_last *l, uint8_t slot[LAST_SLOT_LEN])
{
	memset(slot, 0, LAST_SLOT_LEN);
	memcpy(slot, MAGIC, sizeof MAGIC - 1);
	be64_put(slot + AT_TURN, l->turn);
	be64_put(slot + AT_SIZE, l->size);
	memcpy(slot + AT_ROOT, l->root.b, HASH_LEN);
	struct hash sum = slot_sum(slot);
	memcpy(slot + AT_SUM, sum.b, HASH_LEN);
}

/* A slot is valid on the place its turn gives it, nowhere else. */
static bool slot_decode(const uint8_t slot[LAST_SLOT_LEN], unsigned place, struct signer_last *ret)
{
	struct hash sum = slot_sum(slot);

	if (memcmp(slot, MAGIC, sizeof MAGIC - 1) != 0 || memcmp(slot + AT_SUM, sum.b, HASH_LEN) != 0)
		return false;
	ret->turn = be64_get(slot + AT_TURN);
	ret->size = be64_get(slot + AT_SIZE);
	memcpy(ret->root.b, slot + AT_ROOT, HASH_LEN);
	return ret->turn % 2 == place;
}

int last_create(const char *path)
{
	static uint8_t both[2 * LAST_SLOT_LEN];
	struct signer_last l = { .fd = -1, .turn = 1, .root = sha256(S("")) };

	slot_encode(&l, both + LAST_SLOT_LEN);
	return file_create(path, (struct span){ (const char *)both, sizeof both }, FILE_SECRET);
}

/* Two signers with one key could sign two futures: the lock goes with the process, however it ends. */
static bool lock(int fd)
{
	for (int try = 0; try < LOCK_TRIES; try++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
	}
	return false;
}

static bool read_newest(int fd, struct signer_last *ret)
{
	static uint8_t both[2 * LAST_SLOT_LEN + 1];
	bool found = false;

	if (pread(fd, both, sizeof both, 0) != 2 * LAST_SLOT_LEN)
		return false; /* longer or shorter is not our file */
	for (unsigned place = 0; place < 2; place++) {
		struct signer_last l;

		if (!slot_decode(both + place * LAST_SLOT_LEN, place, &l))
			continue;
		if (found && l.turn < ret->turn)
			continue;
		l.fd = fd;
		*ret = l;
		found = true;
	}
	return found;
}

bool last_open(const char *path, struct signer_last *ret, char why[SIGNER_WHY_MAX])
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0) {
		snprintf(why, SIGNER_WHY_MAX, "%s: %s", path, strerror(errno));
		return false;
	}
	if (!lock(fd)) {
		snprintf(why, SIGNER_WHY_MAX, "%s: another signer holds it", path);
		close(fd);
		return false;
	}
	if (!read_newest(fd, ret)) {
		snprintf(why, SIGNER_WHY_MAX, "%s: damaged; what was signed last is not known, so nothing is signed",
		         path);
		close(fd);
		return false;
	}
	return true;
}

bool last_write(struct signer_last *l, uint64_t size, struct hash root)
{
	static uint8_t slot[LAST_SLOT_LEN];
	struct signer_last next = { .fd = l->fd, .turn = l->turn + 1, .size = size, .root = root };

	assert(size >= l->size);
	slot_encode(&next, slot);
	if (pwrite(l->fd, slot, sizeof slot, (off_t)(next.turn % 2 * LAST_SLOT_LEN)) != (ssize_t)sizeof slot)
		return false;
	/* A failed sync may have thrown the page away and will not fail twice: it is never tried again. */
	if (fdatasync(l->fd) != 0)
		return false;
	*l = next;
	return true;
}

/* --- the key --- */

static void put_key(struct writer *w, const char *origin, const struct privkey *key)
{
	uint8_t id[4], material[1 + SEED_LEN] = { NOTE_ED25519 };

	be32_put(id, note_key_id(span_z(origin), NOTE_ED25519, &key->pub));
	memcpy(material + 1, key->seed, SEED_LEN);
	put_z(w, KEY_HEAD);
	put_z(w, origin);
	put_byte(w, '+');
	put_hex(w, id, sizeof id);
	put_byte(w, '+');
	put_b64(w, (struct span){ (const char *)material, sizeof material });
	put_byte(w, '\n');
	secret_wipe(material, sizeof material);
}

int key_create(const char *path, const char *origin)
{
	char text[KEY_FILE_MAX];
	struct writer w = writer_over(text, sizeof text);
	uint8_t seed[SEED_LEN];
	struct privkey key;
	int err = EIO;

	if (getrandom(seed, sizeof seed, 0) == (ssize_t)sizeof seed && privkey_from_seed(ALG_ED25519, seed, &key)) {
		put_key(&w, origin, &key);
		err = w.overflow ? ENAMETOOLONG : file_create(path, writer_span(&w), FILE_SECRET);
	}
	secret_wipe(text, sizeof text);
	secret_wipe(seed, sizeof seed);
	secret_wipe(&key, sizeof key);
	return err;
}

static bool key_parse(struct span text, const char *origin, struct privkey *ret)
{
	uint8_t id[4], material[1 + SEED_LEN];
	struct span name, hex, base64;

	if (!span_cut(text, '\n', &text, &base64) || base64.len > 0 || !span_starts(text, S(KEY_HEAD)))
		return false;
	text.at += sizeof KEY_HEAD - 1;
	text.len -= sizeof KEY_HEAD - 1;
	if (!span_cut(text, '+', &name, &text) || !span_cut(text, '+', &hex, &base64) || !span_is(name, origin))
		return false;
	bool ok = hex_parse(hex, id, sizeof id) && b64_fixed(base64, material, sizeof material) &&
	          material[0] == NOTE_ED25519 && privkey_from_seed(ALG_ED25519, material + 1, ret) &&
	          note_key_id(name, NOTE_ED25519, &ret->pub) == be32_get(id);
	secret_wipe(material, sizeof material);
	return ok;
}

bool key_read(const char *path, const char *origin, void *room, size_t room_len, struct privkey *ret,
              char why[SIGNER_WHY_MAX])
{
	struct arena mem = arena_over(room, room_len);
	struct span text;
	int err = file_read_secret(path, KEY_FILE_MAX, &mem, &text);
	bool ok = err == 0 && key_parse(text, origin, ret);

	if (err)
		snprintf(why, SIGNER_WHY_MAX, "%s: %s", path, strerror(err));
	else if (!ok)
		snprintf(why, SIGNER_WHY_MAX, "%s: not the private note key of origin %s", path, origin);
	secret_wipe(room, room_len);
	return ok;
}
