/* SPDX-License-Identifier: Apache-2.0 */
/*
 * note.c: C2SP signed notes, the checkpoint in them, the proof around them.
 *
 * A note is refused whole when anything in it is malformed, also in lines of
 * keys we do not know: what two readers could read in two ways must not be
 * passed on by either. Of a key we know, every line must verify.
 *
 * Memory: a note stays where it is, all spans point into it. The two things
 * that must be put together, a cosignature's message and a known key's
 * signature, have bounded length and live on the stack.
 */
#include "note.h"

#define EM_DASH "\xe2\x80\x94" /* U+2014 */
#define KEY_ID_LEN 4
#define ED25519_PUB 32
#define COSIGN_LEN (8 + SIG_LEN) /* time, signature */
#define COSIGN_HEAD "cosignature/v1\ntime "
#define COSIGN_MSG_MAX (CHECKPOINT_MAX + 64)
#define PROOF_HEAD "c2sp.org/tlog-proof@v1"

/* --- lines and numbers --- */

/* Takes the first line off s, which must end in a newline. */
static bool take_line(struct span *s, struct span *line) { return span_cut(*s, '\n', line, s); }

/* Decimal, no sign, no leading zero, at most 2^64 - 1. */
static bool decimal_parse(struct span s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.len == 0 || (s.len > 1 && s.at[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(s.at[i] - '0');
		if (v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*ret = v;
	return true;
}

static bool hash_parse(struct span s, struct hash *ret) { return b64_fixed(s, ret->b, HASH_LEN); }

static void put_hash_line(struct writer *w, struct hash h)
{
	put_b64(w, (struct span){ (const char *)h.b, HASH_LEN });
	put_byte(w, '\n');
}

/* UTF-8 without control characters, newline apart. */
static bool is_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.at[i] < 0x20 && s.at[i] != '\n')
			return false;
	return utf8_valid(s);
}

/* --- names --- */

/* Unicode's White_Space, the part of it that is not ASCII. */
static const char *const space[] = {
	"\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83",
	"\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
	"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
};

static bool starts_with_space(struct span s)
{
	for (size_t i = 0; i < ARRAY_LEN(space); i++)
		if (span_starts(s, span_z(space[i])))
			return true;
	return false;
}

/* A key name: not empty, UTF-8, no space of any kind, no control character, no plus. */
bool note_name_valid(struct span s)
{
	if (s.len == 0 || s.len >= NOTE_KEY_NAME_MAX || !utf8_valid(s))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if ((uint8_t)s.at[i] <= ' ' || s.at[i] == '+')
			return false;
		/* a byte that begins no character begins no space either */
		if ((uint8_t)s.at[i] >= 0xc2 && starts_with_space((struct span){ s.at + i, s.len - i }))
			return false;
	}
	return true;
}

/* --- keys --- */

uint32_t note_key_id(struct span name, enum note_sig_type type, const struct pubkey *key)
{
	uint8_t tail[2 + ED25519_PUB] = { '\n', (uint8_t)type };

	assert(key->alg == ALG_ED25519);
	assert(type == NOTE_ED25519 || type == NOTE_COSIGN_ED25519);
	memcpy(tail + 2, key->raw, ED25519_PUB);
	return be32_get(sha256_2(name, (struct span){ (const char *)tail, sizeof tail }).b);
}

bool vkey_parse(struct span text, struct vkey *ret)
{
	struct vkey k = { .key.alg = ALG_ED25519 };
	uint8_t id[KEY_ID_LEN], material[1 + ED25519_PUB];
	struct span name, hex, base64;

	if (!span_cut(text, '+', &name, &base64) || !span_cut(base64, '+', &hex, &base64))
		return false;
	if (!note_name_valid(name))
		return false;
	if (!hex_parse(hex, id, sizeof id) || !b64_fixed(base64, material, sizeof material))
		return false;
	if (material[0] != NOTE_ED25519 && material[0] != NOTE_COSIGN_ED25519)
		return false;
	memcpy(k.name, name.at, name.len);
	k.id = be32_get(id);
	k.type = material[0] == NOTE_ED25519 ? NOTE_ED25519 : NOTE_COSIGN_ED25519;
	memcpy(k.key.raw, material + 1, ED25519_PUB);
	if (!pubkey_valid(&k.key) || note_key_id(name, k.type, &k.key) != k.id)
		return false;
	*ret = k;
	return true;
}

static void put_key_id(struct writer *w, uint32_t id)
{
	uint8_t bytes[KEY_ID_LEN];

	be32_put(bytes, id);
	put_hex(w, bytes, sizeof bytes);
}

void put_vkey(struct writer *w, const char *name, const struct pubkey *key)
{
	uint8_t material[1 + ED25519_PUB] = { NOTE_ED25519 };

	assert(note_name_valid(span_z(name)));
	memcpy(material + 1, key->raw, ED25519_PUB);
	put_z(w, name);
	put_byte(w, '+');
	put_key_id(w, note_key_id(span_z(name), NOTE_ED25519, key));
	put_byte(w, '+');
	put_b64(w, (struct span){ (const char *)material, sizeof material });
}

/* --- notes --- */

/* A signature line, its parts still as text. */
struct line {
	struct span name, base64;
	size_t len; /* of the signature decoded, with its key id */
};

/* Takes the next signature line off s. */
static bool take_signature(struct span *s, struct line *ret)
{
	struct span line, dash;

	if (!take_line(s, &line) || !span_cut(line, ' ', &dash, &line) || !span_is(dash, EM_DASH))
		return false;
	if (!span_cut(line, ' ', &ret->name, &ret->base64) || !note_name_valid(ret->name))
		return false;
	return b64_measure(ret->base64, &ret->len) && ret->len > KEY_ID_LEN;
}

/* Divides a note at its last empty line, and reads every line below it once. */
static bool note_split(struct span note, struct span *text, struct span *signatures)
{
	struct line line;
	size_t n = 0, at = note.len;

	if (!is_text(note))
		return false;
	while (at >= 2 && !(note.at[at - 1] == '\n' && note.at[at - 2] == '\n'))
		at--;
	if (at < 2)
		return false;
	struct span body = { note.at, at - 1 }, rest = { note.at + at, note.len - at };
	assert(body.len + 1 + rest.len == note.len);
	*signatures = rest;
	while (rest.len > 0)
		if (++n > NOTE_SIGS_MAX || !take_signature(&rest, &line))
			return false;
	*text = body;
	return n > 0;
}

/* A cosignature signs a header, the time, and the text (c2sp.org/tlog-cosignature). */
static bool cosignature_valid(struct span text, const struct pubkey *key, const uint8_t *sig, uint64_t *time_s)
{
	char message[COSIGN_MSG_MAX];
	struct writer w = writer_over(message, sizeof message);
	uint64_t t = be64_get(sig);

	if (t > INT64_MAX)
		return false;
	put_z(&w, COSIGN_HEAD);
	put_u64(&w, t);
	put_byte(&w, '\n');
	put_span(&w, text);
	if (w.overflow || !sig_verify(key, writer_span(&w), sig + 8))
		return false;
	*time_s = t;
	return true;
}

enum standing { NOT_ITS, GOOD, FORGED };

/* Whether a line is the key's, and then whether it verifies. *time_s is set for a good cosignature. */
static enum standing judge(struct span text, const struct line *line, const struct vkey *key, uint64_t *time_s)
{
	uint8_t head[6], sig[KEY_ID_LEN + COSIGN_LEN];
	size_t len = key->type == NOTE_ED25519 ? SIG_LEN : COSIGN_LEN;

	assert(key->type == NOTE_ED25519 || key->type == NOTE_COSIGN_ED25519);
	if (!span_is(line->name, key->name))
		return NOT_ITS;
	assert(line->len > KEY_ID_LEN && line->base64.len >= 8);
	/* eight letters are six bytes, or five and padding; the first four are the key id */
	size_t first = line->len < sizeof head ? line->len : sizeof head;
	bool decoded = b64_fixed((struct span){ line->base64.at, 8 }, head, first);
	assert(decoded); /* take_signature has measured it */
	if (be32_get(head) != key->id)
		return NOT_ITS;
	if (line->len != KEY_ID_LEN + len || !b64_fixed(line->base64, sig, KEY_ID_LEN + len))
		return FORGED;
	bool ok = key->type == NOTE_ED25519 ? sig_verify(&key->key, text, sig + KEY_ID_LEN)
	                                    : cosignature_valid(text, &key->key, sig + KEY_ID_LEN, time_s);
	return ok ? GOOD : FORGED;
}

/* note_open; *time_s becomes the latest time of the key's cosignatures, if that is what it makes. */
static bool open_at(struct span note, const struct vkey *key, struct span *text, uint64_t *time_s)
{
	struct span body, rest;
	struct line line;
	uint64_t latest = 0, t = 0;
	unsigned good = 0;

	if (!note_split(note, &body, &rest))
		return false;
	while (rest.len > 0) {
		bool whole = take_signature(&rest, &line);
		assert(whole); /* note_split has read it */
		enum standing s = judge(body, &line, key, &t);
		if (s == FORGED)
			return false;
		good += s == GOOD;
		latest = t > latest ? t : latest;
	}
	if (good == 0)
		return false;
	*text = body;
	*time_s = latest;
	return true;
}

bool note_open(struct span note, const struct vkey *key, struct span *text)
{
	uint64_t unused;

	return open_at(note, key, text, &unused);
}

bool note_cosigned(struct span note, const struct vkey *witness, uint64_t *time_s)
{
	struct span text;
	struct checkpoint c;
	uint64_t t;

	if (witness->type != NOTE_COSIGN_ED25519)
		return false;
	if (!open_at(note, witness, &text, &t) || !checkpoint_parse(text, &c))
		return false; /* only a checkpoint can be cosigned */
	*time_s = t;
	return true;
}

/* --- checkpoints --- */

void put_checkpoint(struct writer *w, const char *origin, uint64_t size, struct hash root)
{
	assert(note_name_valid(span_z(origin)));
	put_z(w, origin);
	put_byte(w, '\n');
	put_u64(w, size);
	put_byte(w, '\n');
	put_hash_line(w, root);
}

bool checkpoint_sign(struct writer *w, const struct privkey *key, const char *origin, uint64_t size, struct hash root)
{
	uint8_t sig[KEY_ID_LEN + SIG_LEN];
	size_t start = w->len;

	put_checkpoint(w, origin, size, root);
	if (w->overflow)
		return false;
	be32_put(sig, note_key_id(span_z(origin), NOTE_ED25519, &key->pub));
	if (!sig_sign(key, (struct span){ w->at + start, w->len - start }, sig + KEY_ID_LEN))
		return false;
	put_z(w, "\n" EM_DASH " ");
	put_z(w, origin);
	put_byte(w, ' ');
	put_b64(w, (struct span){ (const char *)sig, sizeof sig });
	put_byte(w, '\n');
	return !w->overflow;
}

bool checkpoint_parse(struct span text, struct checkpoint *ret)
{
	struct checkpoint c;
	struct span size, root, extension;

	if (!is_text(text) || !take_line(&text, &c.origin))
		return false;
	if (!take_line(&text, &size) || !take_line(&text, &root))
		return false;
	if (c.origin.len == 0 || !decimal_parse(size, &c.size) || !hash_parse(root, &c.root))
		return false;
	while (text.len > 0)
		if (!take_line(&text, &extension) || extension.len == 0)
			return false;
	*ret = c;
	return true;
}

bool checkpoint_open(struct span note, const struct vkey *key, struct checkpoint *ret)
{
	struct span text;
	struct checkpoint c;

	if (!note_open(note, key, &text) || !checkpoint_parse(text, &c) || !span_is(c.origin, key->name))
		return false;
	*ret = c;
	return true;
}

/* --- proofs --- */

void put_tlog_proof(struct writer *w, uint64_t index, const struct proof *p, struct span note)
{
	assert(p->n <= PROOF_MAX);
	assert(note.len > 0);
	put_z(w, PROOF_HEAD "\nindex ");
	put_u64(w, index);
	put_byte(w, '\n');
	for (unsigned i = 0; i < p->n; i++)
		put_hash_line(w, p->at[i]);
	put_byte(w, '\n');
	put_span(w, note);
}

/* The value of a line "key value". */
static bool field(struct span line, const char *key, struct span *value)
{
	struct span head, rest;

	if (!span_cut(line, ' ', &head, &rest) || !span_is(head, key))
		return false;
	*value = rest;
	return true;
}

/* Hash lines up to the empty line, which is taken too. */
static bool take_hashes(struct span *text, struct proof *p)
{
	struct span line;

	p->n = 0;
	while (take_line(text, &line)) {
		if (line.len == 0)
			return true;
		if (p->n == PROOF_MAX || !hash_parse(line, &p->at[p->n]))
			return false;
		p->n++;
	}
	return false;
}

bool tlog_proof_parse(struct span text, struct arena *mem, struct tlog_proof *ret)
{
	struct tlog_proof t = { .extra = S("") };
	struct span line, value;

	if (!take_line(&text, &line) || !span_is(line, PROOF_HEAD) || !take_line(&text, &line))
		return false;
	if (field(line, "extra", &value)) {
		if (value.len == 0 || !b64_decode(value, mem, &t.extra) || !take_line(&text, &line))
			return false;
	}
	if (!field(line, "index", &value) || !decimal_parse(value, &t.index) || !take_hashes(&text, &t.proof))
		return false;
	if (text.len == 0)
		return false;
	t.note = text;
	*ret = t;
	return true;
}
