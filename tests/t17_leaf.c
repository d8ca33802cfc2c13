/* SPDX-License-Identifier: Apache-2.0 */
/* t17: the leaf's 136 bytes, and that a receipt is worth nothing once any part of it is another's. */
#include "leaf.h"
#include "vectors.h"

static struct leaf example(uint64_t seq)
{
	struct leaf l = {
		.seq = seq, .accepted_at = { INT64_C(1795420800000000) + (int64_t)seq }, .kind = 0x0102, .outcome = 400
	};

	l.statement = sha256(S("statement"));
	l.previous = sha256(S("previous"));
	l.decision = sha256(S("decision"));
	return l;
}

/* The layout, written out by hand: it is permanent. */
static void layout(void **state)
{
	uint8_t got[LEAF_LEN];
	struct leaf l = { .seq = UINT64_C(0x0102030405060708),
		          .accepted_at = { INT64_C(0x1112131415161718) },
		          .kind = 0x2122,
		          .outcome = 0x3132 };

	(void)state;
	memset(l.statement.b, 0xaa, HASH_LEN);
	memset(l.previous.b, 0xbb, HASH_LEN);
	memset(l.decision.b, 0xcc, HASH_LEN);
	leaf_encode(&l, got);
	assert_memory_equal(got,
	                    unhex("636f756e746572666f696c2f310a0000"
	                          "0102030405060708"
	                          "1112131415161718"
	                          "2122"
	                          "3132"
	                          "00000000"
	                          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                          "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	                          "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc")
	                            .at,
	                    LEAF_LEN);
}

/* Every bit of a leaf means something, or the leaf is refused: decode and encode give the same bytes back. */
static void every_bit(void **state)
{
	uint8_t bytes[LEAF_LEN + 1] = { 0 }, again[LEAF_LEN];
	struct leaf l = example(7), back;
	size_t refused = 0;

	(void)state;
	leaf_encode(&l, bytes);
	for (size_t bit = 0; bit < LEAF_LEN * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (leaf_decode(bytes_of(bytes, LEAF_LEN), &back)) {
			leaf_encode(&back, again);
			assert_memory_equal(again, bytes, LEAF_LEN);
		} else {
			refused++;
		}
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(refused, 16 * 8 + 4 * 8 + 1); /* the magic, the filler, the sign of the time */
	assert_false(leaf_decode(bytes_of(bytes, LEAF_LEN - 1), &back));
	assert_false(leaf_decode(bytes_of(bytes, LEAF_LEN + 1), &back));
	assert_false(leaf_decode(S(""), &back));
	assert_true(leaf_decode(bytes_of(bytes, LEAF_LEN), &back));
	assert_true(back.seq == 7 && back.outcome == 400 && back.kind == 0x0102 && hash_eq(back.previous, l.previous));
	assert_true(back.accepted_at.us == l.accepted_at.us);
}

/* --- a log of SIZE entries, and a receipt for one of them --- */

#define SIZE 13
#define ORIGIN "counterfoil.example/log"

static struct {
	uint8_t leaf[SIZE][LEAF_LEN];
	struct hash hash[SIZE];
	char note[CHECKPOINT_MAX], json[16384];
	struct span checkpoint;
	struct vkey key;
	struct privkey secret;
} made;

static void make_log(void)
{
	uint8_t seed[SEED_LEN] = { 42 };
	struct range r = range_empty();
	struct writer w = writer_over(made.note, sizeof made.note);

	assert_true(privkey_from_seed(ALG_ED25519, seed, &made.secret));
	for (uint64_t i = 0; i < SIZE; i++) {
		struct leaf l = example(i);

		l.previous = i == 0 ? (struct hash){ { 0 } } : made.hash[i - 1];
		leaf_encode(&l, made.leaf[i]);
		made.hash[i] = leaf_hash(bytes_of(made.leaf[i], LEAF_LEN));
		range_append(&r, made.hash[i]);
	}
	assert_true(checkpoint_sign(&w, &made.secret, ORIGIN, SIZE, range_root(&r)));
	made.checkpoint = writer_span(&w);
	made.key = (struct vkey){ .name = ORIGIN, .type = NOTE_ED25519, .key = made.secret.pub };
	made.key.id = note_key_id(S(ORIGIN), NOTE_ED25519, &made.secret.pub);
}

/* Entry i's receipt as JSON, in made.json. */
static struct span receipt_json(uint64_t i)
{
	struct range none = range_empty();
	struct batch_tree b;
	struct proof p;
	struct writer w = writer_over(made.json, sizeof made.json);

	assert_true(batch_tree_build(&none, made.hash, SIZE, vec(), &b));
	assert_true(batch_prove(&b, (size_t)i, &p));
	put_receipt(&w, made.leaf[i], &p, made.checkpoint);
	assert_false(w.overflow);
	return writer_span(&w);
}

/* Its fields, kept in vec(). */
static struct receipt fields(struct span json)
{
	json_t *j = json_loadb(json.at, json.len, JSON_REJECT_DUPLICATES, NULL);
	struct receipt r;

	assert_non_null(j);
	assert_int_equal(json_object_size(j), 5);
	r.seq = (uint64_t)json_integer_value(json_object_get(j, "seq"));
	r.outcome = (uint16_t)json_integer_value(json_object_get(j, "outcome"));
	assert_true(b64_decode(span_z(text_of(j, "leaf")), vec(), &r.leaf));
	assert_true(hash64_parse(span_z(text_of(j, "statement_hash")), &r.statement));
	r.proof = arena_copy(vec(), span_z(text_of(j, "proof")));
	char *again = json_dumps(j, JSON_SORT_KEYS | JSON_COMPACT);
	assert_true(span_is(json, again)); /* members in order, no white space */
	free(again);
	json_decref(j);
	return r;
}

static enum receipt_verdict verdict(const struct receipt *r, struct span statement, const struct vkey *key)
{
	static char pool[1 << 14];
	struct arena mem = arena_over(pool, sizeof pool);
	struct checkpoint at = { .size = 4711 };
	enum receipt_verdict v = receipt_verify(r, statement, key, &mem, &at);

	assert_int_equal(at.size, v == RECEIPT_GOOD ? SIZE : 4711);
	assert_true(strlen(receipt_verdict_text(v)) > 0);
	return v;
}

static void good_receipts(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < SIZE; i++) {
		struct receipt r = fields(receipt_json(i));

		assert_int_equal(r.seq, i);
		assert_int_equal(verdict(&r, S("statement"), &made.key), RECEIPT_GOOD);
		assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_GOOD);
		assert_int_equal(verdict(&r, S("another"), &made.key), RECEIPT_STATEMENT_DIFFERS);
		arena_reset(vec());
	}
}

static void bad_receipts(void **state)
{
	struct receipt good = fields(receipt_json(5)), six = fields(receipt_json(6)), r = good;
	struct vkey other = made.key;
	uint8_t seed[SEED_LEN] = { 43 };
	struct privkey q;

	(void)state;
	r.seq++;
	assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_LEAF_DIFFERS);
	r = good;
	r.outcome = 0;
	assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_LEAF_DIFFERS);
	r = good;
	r.statement.b[0] ^= 1;
	assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_LEAF_DIFFERS);
	r = good;
	r.proof = six.proof; /* another entry's proof */
	assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_NOT_INCLUDED);
	r = good;
	r.leaf = six.leaf;
	assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_LEAF_DIFFERS);
	r.seq = 6; /* now consistent in itself, but the proof is for 5 */
	assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_NOT_INCLUDED);
	r = good;
	r.proof = (struct span){ good.proof.at, good.proof.len - 1 };
	assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_BAD_CHECKPOINT);
	r.proof = S("");
	assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_MALFORMED);
	r = good;
	r.leaf.len--;
	assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_MALFORMED);
	assert_true(privkey_from_seed(ALG_ED25519, seed, &q));
	other.key = q.pub;
	other.id = note_key_id(S(ORIGIN), NOTE_ED25519, &q.pub);
	assert_int_equal(verdict(&good, S(""), &other), RECEIPT_BAD_CHECKPOINT);
	other = made.key;
	other.name[0] = 'C';
	assert_int_equal(verdict(&good, S(""), &other), RECEIPT_BAD_CHECKPOINT);
	arena_reset(vec());
}

/* No bit of leaf or proof text can be flipped and the receipt still be good. */
static void no_twin(void **state)
{
	struct receipt r = fields(receipt_json(11));
	char *leaf = (char *)(uintptr_t)r.leaf.at, *proof = (char *)(uintptr_t)r.proof.at;

	(void)state;
	for (size_t bit = 0; bit < LEAF_LEN * 8; bit++) {
		leaf[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_not_equal(verdict(&r, S(""), &made.key), RECEIPT_GOOD);
		leaf[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < r.proof.len * 8; bit++) {
		proof[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_not_equal(verdict(&r, S(""), &made.key), RECEIPT_GOOD);
		proof[bit / 8] ^= (char)(1 << bit % 8);
	}
	assert_int_equal(verdict(&r, S(""), &made.key), RECEIPT_GOOD);
	arena_reset(vec());
}

/* The largest checkpoint and the longest proof still fit where put_receipt puts them together. */
static void the_longest(void **state)
{
	static char note[CHECKPOINT_MAX], json[32768];
	struct proof p = { .n = PROOF_MAX };
	struct writer w = writer_over(json, sizeof json), short_one = writer_over(json, 1000);

	(void)state;
	memset(note, '\n', sizeof note);
	put_receipt(&w, made.leaf[3], &p, bytes_of(note, sizeof note));
	assert_false(w.overflow);
	put_receipt(&short_one, made.leaf[3], &p, bytes_of(note, sizeof note));
	assert_true(short_one.overflow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(layout), T(every_bit), T(good_receipts), T(bad_receipts), T(no_twin), T(the_longest),
	};

	if (!crypto_start())
		return 1;
	make_log();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
