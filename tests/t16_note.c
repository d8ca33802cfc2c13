/* SPDX-License-Identifier: Apache-2.0 */
/* t16: signed notes, checkpoints, cosignatures and proofs as C2SP writes them. */
#include "note.h"
#include "vectors.h"

#define DASH "\xe2\x80\x94 "
#define ROOT64 "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define EXAMPLE_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define EXAMPLE_TEXT "This is an example message.\n"
#define EXAMPLE_SIG "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
#define EXAMPLE_LINE DASH "example.com/foo " EXAMPLE_SIG "\n"
#define OTHER_LINE DASH "other.example AAAAAAA=\n"

static struct vkey vkey(const char *text)
{
	struct vkey k;

	assert_true(vkey_parse(span_z(text), &k));
	return k;
}

static void spec_example(void **state)
{
	struct vkey k = vkey(EXAMPLE_KEY);
	struct span text;
	char out[256];
	struct writer w = writer_over(out, sizeof out);

	(void)state;
	assert_string_equal(k.name, "example.com/foo");
	assert_int_equal(k.id, 0x530d903a);
	assert_int_equal(k.type, NOTE_ED25519);
	assert_int_equal(note_key_id(S("example.com/foo"), NOTE_ED25519, &k.key), 0x530d903a);
	put_vkey(&w, k.name, &k.key);
	assert_true(span_is(writer_span(&w), EXAMPLE_KEY));
	assert_true(note_open(S(EXAMPLE_TEXT "\n" EXAMPLE_LINE), &k, &text));
	assert_true(span_is(text, EXAMPLE_TEXT));
}

static const struct {
	const char *why;
	struct span s;
} bad_vkeys[] = {
	{ "empty", S_INIT("") },
	{ "no name", S_INIT("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k") },
	{ "another name", S_INIT("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k") },
	{ "a space in the name", S_INIT("example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k") },
	{ "another id", S_INIT("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k") },
	{ "upper-case id", S_INIT("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k") },
	{ "short id", S_INIT("example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k") },
	{ "another key", S_INIT("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l") },
	{ "one part missing", S_INIT("example.com/foo+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k") },
	{ "a byte behind", S_INIT("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n") },
	{ "unknown signature type 0x02",
	  S_INIT("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k") },
	{ "key cut short", S_INIT("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==") },
};

static void vkey_rows(void **state)
{
	struct vkey k = { .name = "untouched" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_vkeys); i++)
		if (vkey_parse(bad_vkeys[i].s, &k))
			fail_msg("vkey: %s", bad_vkeys[i].why);
	assert_string_equal(k.name, "untouched");
}

static void names(void **state)
{
	static const struct {
		struct span s;
		bool want;
	} row[] = {
		{ S_INIT("example.com/log"), true },
		{ S_INIT(""), false },
		{ S_INIT("a b"), false },
		{ S_INIT("a+b"), false },
		{ S_INIT("a\tb"), false },
		{ S_INIT("a\nb"), false },
		{ S_INIT("\xe6\xb3\xa8\xe5\x86\x8c"), true },
		{ S_INIT("a\xc2\xa0"
		         "b"),
		  false },
		{ S_INIT("a\xe3\x80\x80"), false },
		{ S_INIT("\xe2\x80\x83"
		         "a"),
		  false },
		{ S_INIT("a\xe2\x80\x8b"), true },
		{ S_INIT("a\xff"), false },
		{ S_INIT("\xe1\x9a\x81"), true },
		{ S_INIT("\xe1\x9a\x80"), false },
	};
	char longest[NOTE_KEY_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		if (note_name_valid(row[i].s) != row[i].want)
			fail_msg("name: %.*s", (int)row[i].s.len, row[i].s.at);
	memset(longest, 'n', sizeof longest);
	assert_true(note_name_valid(bytes_of(longest, NOTE_KEY_NAME_MAX - 1)));
	assert_false(note_name_valid(bytes_of(longest, NOTE_KEY_NAME_MAX)));
}

static const struct {
	const char *why;
	struct span note;
	bool want;
} notes[] = {
	{ "a line of an unknown key before", S_INIT(EXAMPLE_TEXT "\n" OTHER_LINE EXAMPLE_LINE), true },
	{ "and behind", S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE OTHER_LINE), true },
	{ "the same line twice", S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE EXAMPLE_LINE), true },
	{ "same id, another name: not the key's",
	  S_INIT(EXAMPLE_TEXT "\n" DASH "example.com/bar Uw2QOgAA\n" EXAMPLE_LINE), true },
	{ "same name, another id: not the key's",
	  S_INIT(EXAMPLE_TEXT "\n" DASH "example.com/foo Uw2QOwAA\n" EXAMPLE_LINE), true },
	{ "a forged line of the key before a good one",
	  S_INIT(EXAMPLE_TEXT "\n" DASH "example.com/foo Uw2QOgAA\n" EXAMPLE_LINE), false },
	{ "a forged line of the key behind it",
	  S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH "example.com/foo Uw2QOgA=\n"), false },
	{ "a signature with one byte more", S_INIT(EXAMPLE_TEXT "\n" DASH "example.com/foo " EXAMPLE_SIG "AAAA\n"),
	  false },
	{ "only unknown keys", S_INIT(EXAMPLE_TEXT "\n" OTHER_LINE), false },
	{ "no signature", S_INIT(EXAMPLE_TEXT "\n"), false },
	{ "no empty line", S_INIT(EXAMPLE_TEXT EXAMPLE_LINE), false },
	{ "nothing", S_INIT(""), false },
	{ "an empty line alone", S_INIT("\n\n"), false },
	{ "no newline at the end", S_INIT(EXAMPLE_TEXT "\n" DASH "example.com/foo " EXAMPLE_SIG), false },
	{ "carriage returns", S_INIT(EXAMPLE_TEXT "\n" DASH "example.com/foo " EXAMPLE_SIG "\r\n"), false },
	{ "hyphen for the dash", S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE "- other.example AAAAAAA=\n"), false },
	{ "no name", S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH " AAAAAAA=\n"), false },
	{ "a plus in an unknown name", S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH "a+b AAAAAAA=\n"), false },
	{ "no signature on an unknown line", S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH "other.example\n"), false },
	{ "an empty one", S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH "other.example \n"), false },
	{ "a key id and no signature", S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH "other.example AAAAAA==\n"), false },
	{ "an unknown line's base64 without padding",
	  S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH "other.example AAAAAAA\n"), false },
	{ "an unknown line's trailing bits", S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH "other.example AAAAAAB=\n"),
	  false },
	{ "a space behind an unknown line", S_INIT(EXAMPLE_TEXT "\n" EXAMPLE_LINE DASH "other.example AAAAAAA= \n"),
	  false },
	{ "a tab in the text", S_INIT("This is an\texample message.\n\n" EXAMPLE_LINE), false },
	{ "invalid UTF-8 in the text", S_INIT("This is an \xff message.\n\n" EXAMPLE_LINE), false },
	{ "a text of one more empty line", S_INIT(EXAMPLE_TEXT "\n\n" EXAMPLE_LINE), false },
	{ "a byte before", S_INIT(" " EXAMPLE_TEXT "\n" EXAMPLE_LINE), false },
};

static void note_rows(void **state)
{
	struct vkey k = vkey(EXAMPLE_KEY);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		struct span text = S("untouched");

		if (note_open(notes[i].note, &k, &text) != notes[i].want)
			fail_msg("note: %s", notes[i].why);
		assert_true(span_is(text, notes[i].want ? EXAMPLE_TEXT : "untouched"));
	}
}

static void sixteen_lines(void **state)
{
	char note[4096];
	struct vkey k = vkey(EXAMPLE_KEY);
	struct span text;

	(void)state;
	for (unsigned n = 0; n < 20; n++) {
		struct writer w = writer_over(note, sizeof note);

		put_z(&w, EXAMPLE_TEXT "\n");
		for (unsigned i = 0; i < n; i++)
			put_z(&w, OTHER_LINE);
		put_z(&w, EXAMPLE_LINE);
		assert_int_equal(note_open(writer_span(&w), &k, &text), n + 1 <= NOTE_SIGS_MAX);
	}
}

/* No byte of a note with one signature can be changed, put in or left out. */
static void no_twin(void **state)
{
	static const char note[] = EXAMPLE_TEXT "\n" EXAMPLE_LINE;
	char other[sizeof note + 1];
	size_t len = sizeof note - 1;
	struct vkey k = vkey(EXAMPLE_KEY);
	struct span text;

	(void)state;
	for (size_t at = 0; at < len; at++) {
		for (int c = 1; c < 256; c++) {
			memcpy(other, note, len);
			other[at] = (char)(other[at] ^ c);
			assert_false(note_open(bytes_of(other, len), &k, &text));
		}
		memcpy(other, note, at);
		memcpy(other + at, note + at + 1, len - at - 1);
		assert_false(note_open(bytes_of(other, len - 1), &k, &text));
		memcpy(other, note, at);
		other[at] = 'A';
		memcpy(other + at + 1, note + at, len - at);
		assert_false(note_open(bytes_of(other, len + 1), &k, &text));
	}
}

static const struct {
	const char *why;
	struct span text;
	bool want;
} checkpoints[] = {
	{ "the three lines", S_INIT("o\n7\n" ROOT64 "\n"), true },
	{ "size 0", S_INIT("o\n0\n" ROOT64 "\n"), true },
	{ "the largest size", S_INIT("o\n18446744073709551615\n" ROOT64 "\n"), true },
	{ "an origin with spaces is allowed by the standard", S_INIT("Go.sum database tree\n7\n" ROOT64 "\n"), true },
	{ "extension lines", S_INIT("o\n7\n" ROOT64 "\nx\ny z\n"), true },
	{ "an empty extension line", S_INIT("o\n7\n" ROOT64 "\n\n"), false },
	{ "an extension without newline", S_INIT("o\n7\n" ROOT64 "\nx"), false },
	{ "one more than the largest", S_INIT("o\n18446744073709551616\n" ROOT64 "\n"), false },
	{ "far too large", S_INIT("o\n99999999999999999999\n" ROOT64 "\n"), false },
	{ "leading zero", S_INIT("o\n07\n" ROOT64 "\n"), false },
	{ "two zeros", S_INIT("o\n00\n" ROOT64 "\n"), false },
	{ "sign", S_INIT("o\n+7\n" ROOT64 "\n"), false },
	{ "negative", S_INIT("o\n-7\n" ROOT64 "\n"), false },
	{ "no size", S_INIT("o\n\n" ROOT64 "\n"), false },
	{ "hexadecimal", S_INIT("o\n0x7\n" ROOT64 "\n"), false },
	{ "space behind the size", S_INIT("o\n7 \n" ROOT64 "\n"), false },
	{ "empty origin", S_INIT("\n7\n" ROOT64 "\n"), false },
	{ "no newline at the end", S_INIT("o\n7\n" ROOT64), false },
	{ "two lines", S_INIT("o\n7\n"), false },
	{ "empty root", S_INIT("o\n7\n\n"), false },
	{ "root of 31 bytes", S_INIT("o\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n"), false },
	{ "root of 33 bytes", S_INIT("o\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2Jh\n"), false },
	{ "root without padding", S_INIT("o\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n"), false },
	{ "root in base64url", S_INIT("o\n7\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n"), false },
	{ "carriage return", S_INIT("o\r\n7\n" ROOT64 "\n"), false },
};

static void checkpoint_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(checkpoints); i++) {
		struct checkpoint c = { .size = 4711 };

		if (checkpoint_parse(checkpoints[i].text, &c) != checkpoints[i].want)
			fail_msg("checkpoint: %s", checkpoints[i].why);
		assert_true(checkpoints[i].want || c.size == 4711);
	}
}

#define ORIGIN "counterfoil.example/log"

static struct privkey log_key(uint8_t first)
{
	uint8_t seed[SEED_LEN] = { first };
	struct privkey p;

	assert_true(privkey_from_seed(ALG_ED25519, seed, &p));
	return p;
}

/* The verifier key of p under a name; type as told. */
static struct vkey vkey_for(const struct privkey *p, const char *name, enum note_sig_type type)
{
	struct vkey k = { .type = type, .key = p->pub, .id = note_key_id(span_z(name), type, &p->pub) };

	memcpy(k.name, name, strlen(name));
	return k;
}

static void signed_and_opened(void **state)
{
	static const uint64_t size[] = { 0, 1, 1000000, UINT64_MAX };
	struct privkey p = log_key(1), q = log_key(2);
	struct vkey k = vkey_for(&p, ORIGIN, NOTE_ED25519), other = vkey_for(&q, ORIGIN, NOTE_ED25519);
	struct vkey renamed = vkey_for(&p, "counterfoil.example/other", NOTE_ED25519), back;
	char note[CHECKPOINT_MAX], text[128];

	(void)state;
	struct writer w = writer_over(text, sizeof text);
	put_vkey(&w, ORIGIN, &p.pub);
	assert_true(vkey_parse(writer_span(&w), &back));
	assert_memory_equal(&back, &k, sizeof k);
	for (size_t i = 0; i < ARRAY_LEN(size); i++) {
		struct hash root = sha256(bytes_of(&size[i], 8));
		struct checkpoint c;

		w = writer_over(note, sizeof note);
		assert_true(checkpoint_sign(&w, &p, ORIGIN, size[i], root));
		assert_true(checkpoint_open(writer_span(&w), &k, &c));
		assert_true(c.size == size[i] && hash_eq(c.root, root) && span_is(c.origin, ORIGIN));
		assert_false(checkpoint_open(writer_span(&w), &other, &c));
		assert_false(checkpoint_open(writer_span(&w), &renamed, &c));
		struct writer exact = writer_over(note, w.len);
		assert_true(checkpoint_sign(&exact, &p, ORIGIN, size[i], root));
		exact = writer_over(note, w.len - 1);
		assert_false(checkpoint_sign(&exact, &p, ORIGIN, size[i], root));
	}
}

/* A good signature by the log's own key on a checkpoint of another origin is not the log's checkpoint. */
static void another_origin(void **state)
{
	struct privkey p = log_key(1);
	struct vkey k = vkey_for(&p, ORIGIN, NOTE_ED25519);
	char note[1024];
	uint8_t sig[4 + SIG_LEN];
	struct writer w = writer_over(note, sizeof note);
	struct checkpoint c;
	struct span text;

	(void)state;
	put_checkpoint(&w, "else.example", 3, sha256(S("")));
	be32_put(sig, k.id);
	assert_true(sig_sign(&p, writer_span(&w), sig + 4));
	put_z(&w, "\n" DASH ORIGIN " ");
	put_b64(&w, bytes_of(sig, sizeof sig));
	put_byte(&w, '\n');
	assert_true(note_open(writer_span(&w), &k, &text));
	assert_false(checkpoint_open(writer_span(&w), &k, &c));
}

/* Appends a cosignature of time t by p on the text at the beginning of w's note. */
static void cosign(struct writer *w, size_t text_len, const struct privkey *p, const char *name, uint64_t t)
{
	char message[1024];
	uint8_t sig[4 + 8 + SIG_LEN];
	struct writer m = writer_over(message, sizeof message);

	put_z(&m, "cosignature/v1\ntime ");
	put_u64(&m, t);
	put_byte(&m, '\n');
	put_span(&m, (struct span){ w->at, text_len });
	be32_put(sig, note_key_id(span_z(name), NOTE_COSIGN_ED25519, &p->pub));
	be64_put(sig + 4, t);
	assert_true(sig_sign(p, writer_span(&m), sig + 12));
	put_z(w, DASH);
	put_z(w, name);
	put_byte(w, ' ');
	put_b64(w, bytes_of(sig, sizeof sig));
	put_byte(w, '\n');
}

static void cosigned(void **state)
{
	struct privkey p = log_key(1), witness = log_key(7), stranger = log_key(8);
	struct vkey k = vkey_for(&witness, "witness.example", NOTE_COSIGN_ED25519);
	struct vkey log = vkey_for(&p, ORIGIN, NOTE_ED25519);
	struct vkey as_plain = vkey_for(&witness, "witness.example", NOTE_ED25519);
	char note[CHECKPOINT_MAX];
	struct writer w = writer_over(note, sizeof note), text = writer_over(note, sizeof note);
	struct checkpoint c;
	uint64_t t = 99;

	(void)state;
	put_checkpoint(&text, ORIGIN, 5, sha256(S("x")));
	assert_true(checkpoint_sign(&w, &p, ORIGIN, 5, sha256(S("x"))));
	size_t plain = w.len;
	assert_false(note_cosigned(writer_span(&w), &k, &t));
	cosign(&w, text.len, &stranger, "stranger.example", 5);
	assert_false(note_cosigned(writer_span(&w), &k, &t));
	assert_int_equal(t, 99);
	cosign(&w, text.len, &witness, "witness.example", 1679315147);
	assert_true(note_cosigned(writer_span(&w), &k, &t));
	assert_int_equal(t, 1679315147);
	assert_false(note_cosigned(writer_span(&w), &as_plain, &t));
	assert_true(checkpoint_open(writer_span(&w), &log, &c)); /* the log's own line is still found */
	cosign(&w, text.len, &witness, "witness.example", 1679315000);
	assert_true(note_cosigned(writer_span(&w), &k, &t));
	assert_int_equal(t, 1679315147);            /* the later of the two */
	for (size_t at = plain; at < w.len; at++) { /* no letter of any line can be changed */
		char was = note[at];

		note[at] = (char)(was == 'A' ? 'B' : 'A');
		t = 0;
		if (note_cosigned(writer_span(&w), &k, &t))
			assert_true(t == 1679315147 || t == 1679315000);
		note[at] = was;
	}
	w.len = plain;
	cosign(&w, text.len, &witness, "witness.example", UINT64_C(1) << 63);
	assert_false(note_cosigned(writer_span(&w), &k, &t)); /* beyond 2^63 - 1 */
	w.len = plain;
	cosign(&w, text.len - 1, &witness, "witness.example", 5);
	assert_false(note_cosigned(writer_span(&w), &k, &t)); /* over another text */
}

#define HEAD "c2sp.org/tlog-proof@v1\n"

static const struct {
	const char *why;
	struct span text;
	bool want;
} proofs[] = {
	{ "no hashes", S_INIT(HEAD "index 0\n\nnote"), true },
	{ "a hash", S_INIT(HEAD "index 1\n" ROOT64 "\n\nnote"), true },
	{ "extra data", S_INIT(HEAD "extra Zm9v\nindex 1\n" ROOT64 "\n\nnote"), true },
	{ "another version", S_INIT("c2sp.org/tlog-proof@v2\nindex 0\n\nnote"), false },
	{ "empty extra is to be left out", S_INIT(HEAD "extra \nindex 1\n\nnote"), false },
	{ "extra that is no base64", S_INIT(HEAD "extra Zm9\nindex 1\n\nnote"), false },
	{ "extra twice", S_INIT(HEAD "extra Zm9v\nextra Zm9v\nindex 1\n\nnote"), false },
	{ "extra behind index", S_INIT(HEAD "index 1\nextra Zm9v\n\nnote"), false },
	{ "no index", S_INIT(HEAD "\nnote"), false },
	{ "index with leading zero", S_INIT(HEAD "index 01\n\nnote"), false },
	{ "index without number", S_INIT(HEAD "index \n\nnote"), false },
	{ "index and two spaces", S_INIT(HEAD "index  1\n\nnote"), false },
	{ "index too large", S_INIT(HEAD "index 18446744073709551616\n\nnote"), false },
	{ "a short hash", S_INIT(HEAD "index 1\nZm9v\n\nnote"), false },
	{ "no empty line", S_INIT(HEAD "index 1\n" ROOT64 "\nnote"), false },
	{ "no note", S_INIT(HEAD "index 1\n" ROOT64 "\n\n"), false },
	{ "cut after the hashes", S_INIT(HEAD "index 1\n" ROOT64 "\n"), false },
	{ "carriage return", S_INIT("c2sp.org/tlog-proof@v1\r\nindex 0\n\nnote"), false },
	{ "nothing", S_INIT(""), false },
};

static void proof_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(proofs); i++) {
		struct tlog_proof t = { .index = 4711 };

		if (tlog_proof_parse(proofs[i].text, vec(), &t) != proofs[i].want)
			fail_msg("proof: %s", proofs[i].why);
		assert_true(proofs[i].want ? span_is(t.note, "note") : t.index == 4711);
		arena_reset(vec());
	}
}

static void proof_round_trip(void **state)
{
	char text[8192];
	struct proof p = { 0 };

	(void)state;
	for (;; p.n++) {
		struct writer w = writer_over(text, sizeof text);
		struct tlog_proof t;

		put_tlog_proof(&w, UINT64_MAX - p.n, &p, S("a\nnote\n"));
		assert_true(tlog_proof_parse(writer_span(&w), vec(), &t));
		assert_true(t.index == UINT64_MAX - p.n);
		assert_int_equal(t.proof.n, p.n);
		assert_memory_equal(t.proof.at, p.at, p.n * sizeof *p.at);
		assert_true(span_is(t.note, "a\nnote\n"));
		assert_int_equal(t.extra.len, 0);
		if (p.n == PROOF_MAX)
			break;
		p.at[p.n] = sha256(bytes_of(&p.n, sizeof p.n));
	}
	struct writer w = writer_over(text, sizeof text); /* one hash more than any proof has */
	struct tlog_proof t;
	put_z(&w, HEAD "index 1\n");
	for (int i = 0; i < PROOF_MAX + 1; i++)
		put_z(&w, ROOT64 "\n");
	put_z(&w, "\nnote");
	assert_false(tlog_proof_parse(writer_span(&w), vec(), &t));
}

/* --- logs that others made --- */

#define TESSERA "vectors/c2sp-tlog-tiles-tessera-testlog/testdata/log/"
#define SUNLIGHT "vectors/c2sp-tlog-tiles-sunlight-testlog/cmd/skylight/testdata/"

static void drop(struct span file) { free((void *)(uintptr_t)file.at); }

/* The entries of a bundle (16-bit length, bytes) as leaf hashes; checked against the level 0 tile of that width. */
static size_t bundle(uint64_t size, struct hash leaf[16])
{
	char path[256];
	size_t n = 0;

	snprintf(path, sizeof path, TESSERA "tile/entries/000.p/%u", (unsigned)size);
	struct span entries = shared_file(path), rest = entries;
	snprintf(path, sizeof path, TESSERA "tile/0/000.p/%u", (unsigned)size);
	struct span tile = shared_file(path);
	assert_true(entries.at && tile.at);
	while (rest.len >= 2) {
		size_t len = be16_get((const uint8_t *)rest.at);

		assert_true(n < 16 && len + 2 <= rest.len);
		leaf[n++] = leaf_hash((struct span){ rest.at + 2, len });
		rest = (struct span){ rest.at + 2 + len, rest.len - 2 - len };
	}
	assert_int_equal(rest.len, 0);
	assert_int_equal(n, size);
	assert_int_equal(tile.len, n * HASH_LEN);
	assert_memory_equal(tile.at, leaf, tile.len);
	drop(entries);
	drop(tile);
	return n;
}

static bool from_leaves(void *from, unsigned level, uint64_t index, struct hash *ret)
{
	const struct hash *leaf = from;
	struct range r = range_empty();

	for (uint64_t i = index << level; i < (index + 1) << level; i++)
		range_append(&r, leaf[i]);
	*ret = range_root(&r);
	return true;
}

static void tessera(void **state)
{
	struct vkey k = vkey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");
	struct hash leaf[16], root, roots[16];
	struct proof p;
	size_t n = 0, links = 0;

	(void)state;
	for (unsigned i = 0; i <= 16; i++) { /* the seventeenth is the newest, without a number */
		char path[256];
		struct checkpoint c;

		if (i < 16)
			snprintf(path, sizeof path, TESSERA "checkpoint.%u", i);
		else
			snprintf(path, sizeof path, TESSERA "checkpoint");
		struct span note = shared_file(path);
		if (!note.at)
			skip();
		assert_true(checkpoint_open(note, &k, &c));
		assert_int_equal(c.size, i < 16 ? i : 15);
		if (c.size > 0)
			bundle(c.size, leaf);
		assert_true(root_at(from_leaves, leaf, c.size, &root));
		assert_true(hash_eq(root, c.root));
		roots[c.size] = root;
		for (uint64_t old = 1; i < 16 && old <= c.size; old++, links++) {
			assert_true(prove_consistency(from_leaves, leaf, old, c.size, &p));
			assert_true(verify_consistency(old, c.size, roots[old], root, &p));
		}
		drop(note);
		n++;
	}
	print_message("tessera test log: %zu checkpoints, %zu consistency proofs between them\n", n, links);
	assert_int_equal(n, 17);
}

#define WITNESS2 SUNLIGHT "witness2/88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482/"
#define WITNESS SUNLIGHT "witness/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/"
#define MIRROR SUNLIGHT "witness/mirror/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706/"
#define MIRROR_KEY "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O"

static void sunlight_cosignatures(void **state)
{
	static const struct {
		const char *checkpoint, *key;
	} log[] = {
		{ WITNESS2 "checkpoint", "witness2.example.org+2e55b896+BIZ7fpceQWd60IfqQeS9IAnmNOCZjMDne8lZuguz/bi9" },
		{ WITNESS "checkpoint", "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN" },
		{ MIRROR "checkpoint", MIRROR_KEY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(log); i++) {
		struct span note = shared_file(log[i].checkpoint), text;
		uint64_t t = 0;

		if (!note.at)
			skip();
		for (size_t o = 0; o < ARRAY_LEN(log);
		     o++) { /* cosigned by its own witness, and by none of the others */
			struct vkey k = vkey(log[o].key);

			assert_int_equal(k.type, NOTE_COSIGN_ED25519);
			assert_int_equal(note_cosigned(note, &k, &t), o == i);
			assert_int_equal(note_open(note, &k, &text), o == i);
		}
		assert_int_equal(t, 1767139200); /* 2025-12-31T00:00:00Z, all three */
		drop(note);
	}
	print_message("sunlight cosignatures: %zu\n", ARRAY_LEN(log));
}

/* 300 leaf hashes in a full and a partial tile, the node above the full one, and the mirror's checkpoint. */
static void sunlight_tiles(void **state)
{
	struct vkey k = vkey(MIRROR_KEY);
	struct span note = shared_file(MIRROR "checkpoint"), full = shared_file(MIRROR "tile/0/000");
	struct span part = shared_file(MIRROR "tile/0/001.p/44"), above = shared_file(MIRROR "tile/1/000.p/1"), text;
	struct range r = range_empty();
	struct checkpoint c;
	struct hash h;

	(void)state;
	if (!note.at)
		skip();
	assert_true(full.len == 256 * HASH_LEN && part.len == 44 * HASH_LEN && above.len == HASH_LEN);
	assert_true(note_open(note, &k, &text) && checkpoint_parse(text, &c));
	for (size_t at = 0; at < 300; at++) {
		memcpy(h.b, at < 256 ? full.at + at * HASH_LEN : part.at + (at - 256) * HASH_LEN, HASH_LEN);
		range_append(&r, h);
		if (r.size == 256)
			assert_memory_equal(r.peak[0].b, above.at, HASH_LEN);
	}
	assert_true(c.size == 300 && hash_eq(range_root(&r), c.root));
	drop(note);
	drop(full);
	drop(part);
	drop(above);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(spec_example),    T(vkey_rows),
		T(names),           T(note_rows),
		T(sixteen_lines),   T(no_twin),
		T(checkpoint_rows), T(signed_and_opened),
		T(another_origin),  T(cosigned),
		T(proof_rows),      T(proof_round_trip),
		T(tessera),         T(sunlight_cosignatures),
		T(sunlight_tiles),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
