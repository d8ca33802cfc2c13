/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t15: the Merkle tree.
 *
 * The verifier is compared with the algorithms of RFC 9162 written down here
 * word by word, and the prover with RFC 6962's recursive definition: two ways
 * to say the same must agree on every tree, proof and spoilt proof.
 */
#include <ftw.h>
#include <limits.h>

#include "crypto.h"
#include "tree.h"
#include "vectors.h"

/* --- the definitions, recursive as in the standard --- */

static struct hash leaf_of(uint64_t i)
{
	uint8_t b[8];

	be64_put(b, i);
	return leaf_hash(bytes_of(b, sizeof b));
}

static uint64_t split(uint64_t n)
{
	uint64_t k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

/* RFC 6962 2.1: MTH(D[begin:end]) */
static struct hash mth(uint64_t begin, uint64_t end)
{
	uint64_t k;

	if (begin == end)
		return sha256(S(""));
	if (end - begin == 1)
		return leaf_of(begin);
	k = split(end - begin);
	return node_hash(mth(begin, begin + k), mth(begin + k, end));
}

/* RFC 6962 2.1.1: PATH(m, D[begin:end]) */
static void path(uint64_t m, uint64_t begin, uint64_t end, struct proof *p)
{
	uint64_t k;

	if (end - begin == 1)
		return;
	k = split(end - begin);
	if (m < k)
		path(m, begin, begin + k, p);
	else
		path(m - k, begin + k, end, p);
	p->at[p->n++] = m < k ? mth(begin + k, end) : mth(begin, begin + k);
}

/* RFC 6962 2.1.2: SUBPROOF(m, D[begin:end], b) */
static void subproof(uint64_t m, uint64_t begin, uint64_t end, bool b, struct proof *p)
{
	uint64_t k;

	if (m == end - begin) {
		if (!b)
			p->at[p->n++] = mth(begin, end);
		return;
	}
	k = split(end - begin);
	if (m <= k)
		subproof(m, begin, begin + k, b, p);
	else
		subproof(m - k, begin + k, end, false, p);
	p->at[p->n++] = m <= k ? mth(begin + k, end) : mth(begin, begin + k);
}

/* RFC 9162 2.1.3.2, step by step */
static bool inclusion_9162(struct hash leaf, uint64_t index, uint64_t size, const struct proof *p, struct hash root)
{
	if (index >= size)
		return false;
	uint64_t fn = index, sn = size - 1;
	struct hash r = leaf;
	for (unsigned i = 0; i < p->n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			r = node_hash(p->at[i], r);
			if (!(fn & 1))
				do {
					fn >>= 1;
					sn >>= 1;
				} while (!(fn & 1) && fn != 0);
		} else {
			r = node_hash(r, p->at[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_eq(r, root);
}

/* RFC 9162 2.1.4.2, step by step, for first < second */
static bool consistency_9162(uint64_t first, uint64_t second, struct hash first_hash, struct hash second_hash,
                             const struct proof *given)
{
	struct hash path_of[PROOF_MAX + 1];
	unsigned n = 0;

	if (first == 0 || first > second)
		return false;
	if (first == second)
		return given->n == 0 && hash_eq(first_hash, second_hash);
	if (given->n == 0)
		return false;
	if ((first & (first - 1)) == 0)
		path_of[n++] = first_hash;
	for (unsigned i = 0; i < given->n; i++)
		path_of[n++] = given->at[i];
	uint64_t fn = first - 1, sn = second - 1;
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	struct hash fr = path_of[0], sr = path_of[0];
	for (unsigned i = 1; i < n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			fr = node_hash(path_of[i], fr);
			sr = node_hash(path_of[i], sr);
			if (!(fn & 1))
				do {
					fn >>= 1;
					sn >>= 1;
				} while (!(fn & 1) && fn != 0);
		} else {
			sr = node_hash(sr, path_of[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && hash_eq(fr, first_hash) && hash_eq(sr, second_hash);
}

/* --- a tree in memory --- */

#define MANY 1100
static struct hash node[12][MANY]; /* node[level][index] */
static struct hash root_of[MANY + 1];

static void plant(void)
{
	struct range r = range_empty();

	root_of[0] = range_root(&r);
	for (uint64_t i = 0; i < MANY; i++) {
		node[0][i] = leaf_of(i);
		range_append(&r, node[0][i]);
		root_of[i + 1] = range_root(&r);
	}
	for (unsigned level = 1; level < 12; level++)
		for (uint64_t i = 0; (i + 1) << level <= MANY; i++)
			node[level][i] = node_hash(node[level - 1][2 * i], node[level - 1][2 * i + 1]);
}

/* from: how many leaves there are */
static bool in_memory(void *from, unsigned level, uint64_t index, struct hash *ret)
{
	const uint64_t *size = from;

	assert_true(level < 12 && (index + 1) << level <= *size); /* never asked for a node that is not complete */
	*ret = node[level][index];
	return true;
}

static bool nowhere(void *from, unsigned level, uint64_t index, struct hash *ret)
{
	unsigned *left = from;

	(void)level;
	(void)index;
	memset(ret, 0, sizeof *ret);
	return (*left)-- > 0;
}

/* The eight leaves and roots that Certificate Transparency's implementations share. */
static const struct {
	struct span leaf;
	const char *root;
} ct[] = {
	{ S_INIT(""), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
	{ S_INIT("\x00"), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
	{ S_INIT("\x10"), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
	{ S_INIT("\x20\x21"), "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
	{ S_INIT("\x30\x31"), "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
	{ S_INIT("\x40\x41\x42\x43"), "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
	{ S_INIT("\x50\x51\x52\x53\x54\x55\x56\x57"),
	  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
	{ S_INIT("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"),
	  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

static void known_roots(void **state)
{
	struct range r = range_empty();

	(void)state;
	assert_memory_equal(range_root(&r).b,
	                    unhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855").at, 32);
	for (size_t i = 0; i < ARRAY_LEN(ct); i++) {
		range_append(&r, leaf_hash(ct[i].leaf));
		assert_memory_equal(range_root(&r).b, unhex(ct[i].root).at, 32);
		assert_int_equal(r.n, __builtin_popcountll(r.size));
	}
	arena_reset(vec());
}

static void roots(void **state)
{
	struct hash h;

	(void)state;
	for (uint64_t size = 0; size <= MANY; size++) {
		if (size <= 70 || size > 1020)
			assert_true(hash_eq(root_of[size], mth(0, size)));
		assert_true(root_at(in_memory, &size, size, &h));
		assert_true(hash_eq(h, root_of[size]));
	}
}

static size_t tried, refused_n;

/* One spoilt inclusion proof: both verifiers must say the same, and `never` must not be taken at all. */
static void spoilt(struct hash leaf, uint64_t i, uint64_t size, const struct proof *p, struct hash root, bool never)
{
	bool got = verify_inclusion(leaf, i, size, p, root);

	assert_int_equal(got, inclusion_9162(leaf, i, size, p, root));
	if (never)
		assert_false(got);
	tried++;
	refused_n += !got;
}

static struct hash flip(struct hash h, unsigned bit)
{
	h.b[bit / 8 % HASH_LEN] ^= (uint8_t)(1 << bit % 8);
	return h;
}

/* p without hash i, or with another one put before it. */
static struct proof without(const struct proof *p, unsigned i)
{
	struct proof q = *p;

	memmove(q.at + i, q.at + i + 1, (q.n - i - 1) * sizeof *q.at);
	q.n--;
	return q;
}

static struct proof with(const struct proof *p, unsigned i, struct hash h)
{
	struct proof q = *p;

	memmove(q.at + i + 1, q.at + i, (q.n - i) * sizeof *q.at);
	q.at[i] = h;
	q.n++;
	return q;
}

/*
 * A size other than the true one is taken when leaf `i` has the same path shape
 * in both: RFC 6962 proofs do not prove sizes, checkpoints do. So for those the
 * reference decides; all else must be refused.
 */
static void spoil_inclusion(uint64_t i, uint64_t size, const struct proof *p)
{
	struct hash leaf = node[0][i], root = root_of[size];
	struct proof q;

	for (unsigned h = 0; h < p->n; h++) {
		for (unsigned bit = 0; bit < 256; bit += size < 9 ? 1 : 37) {
			q = *p;
			q.at[h] = flip(q.at[h], bit);
			spoilt(leaf, i, size, &q, root, true);
		}
		q = without(p, h);
		spoilt(leaf, i, size, &q, root, true);
	}
	for (unsigned h = 0; h <= p->n; h++) {
		q = with(p, h, h < p->n ? p->at[h] : root);
		spoilt(leaf, i, size, &q, root, true);
		q = with(p, h, leaf);
		spoilt(leaf, i, size, &q, root, true);
	}
	spoilt(leaf, i + 1, size, p, root, true);
	spoilt(leaf, i - 1, size, p, root, true); /* also 2^64 - 1 */
	spoilt(leaf, i ^ 2, size, p, root, true);
	spoilt(flip(leaf, 3), i, size, p, root, true);
	spoilt(leaf, i, size, p, flip(root, 255), true);
	spoilt(leaf, i, 0, p, root, true);
	spoilt(leaf, i, size + 1, p, root, false);
	spoilt(leaf, i, size - 1, p, root, false);
	spoilt(leaf, i, size * 2, p, root, false);
	spoilt(leaf, i, UINT64_MAX, p, root, true);
}

static void inclusion(void **state)
{
	struct proof p, q = { 0 };

	(void)state;
	tried = refused_n = 0;
	for (uint64_t size = 1; size <= MANY; size += size < 65 ? 1 : 97)
		for (uint64_t i = 0; i < size; i += size < 65 ? 1 : 13) {
			assert_true(prove_inclusion(in_memory, &size, i, size, &p));
			assert_true(verify_inclusion(node[0][i], i, size, &p, root_of[size]));
			if (size < 65) {
				q.n = 0;
				path(i, 0, size, &q);
				assert_int_equal(p.n, q.n);
				assert_memory_equal(p.at, q.at, p.n * sizeof *p.at);
			}
			spoil_inclusion(i, size, &p);
		}
	print_message("inclusion: %zu spoilt proofs tried, %zu refused, both verifiers agree\n", tried, refused_n);
}

static void spoilt2(uint64_t a, uint64_t b, struct hash ra, struct hash rb, const struct proof *p, bool never)
{
	bool got = verify_consistency(a, b, ra, rb, p);

	assert_int_equal(got, consistency_9162(a, b, ra, rb, p));
	if (never)
		assert_false(got);
	tried++;
	refused_n += !got;
}

static void spoil_consistency(uint64_t a, uint64_t b, const struct proof *p)
{
	struct hash ra = root_of[a], rb = root_of[b];
	struct proof q;

	for (unsigned h = 0; h < p->n; h++) {
		for (unsigned bit = 0; bit < 256; bit += b < 9 ? 1 : 41) {
			q = *p;
			q.at[h] = flip(q.at[h], bit);
			spoilt2(a, b, ra, rb, &q, true);
		}
		q = without(p, h);
		spoilt2(a, b, ra, rb, &q, true);
	}
	for (unsigned h = 0; h <= p->n; h++) {
		q = with(p, h, ra);
		spoilt2(a, b, ra, rb, &q, true);
		q = with(p, h, rb);
		spoilt2(a, b, ra, rb, &q, true);
	}
	spoilt2(a, b, flip(ra, 0), rb, p, true);
	spoilt2(a, b, ra, flip(rb, 9), p, true);
	spoilt2(a, b, rb, ra, p, a != b);
	spoilt2(b, a, rb, ra, p, a != b);
	spoilt2(0, b, root_of[0], rb, p, true);
	spoilt2(a, a, ra, rb, p, a != b);
	spoilt2(a + 1, b, ra, rb, p, false);
	spoilt2(a - 1, b, ra, rb, p, false);
	spoilt2(a, b + 1, ra, rb, p, false);
	spoilt2(a, b - 1, ra, rb, p, false);
}

static void consistency(void **state)
{
	struct proof p, q = { 0 };

	(void)state;
	tried = refused_n = 0;
	for (uint64_t b = 1; b <= MANY; b += b < 65 ? 1 : 97)
		for (uint64_t a = 1; a <= b; a += b < 65 ? 1 : 13) {
			assert_true(prove_consistency(in_memory, &b, a, b, &p));
			assert_true(verify_consistency(a, b, root_of[a], root_of[b], &p));
			if (b < 65) {
				q.n = 0;
				subproof(a, 0, b, true, &q);
				assert_int_equal(p.n, q.n);
				assert_memory_equal(p.at, q.at, p.n * sizeof *p.at);
			}
			spoil_consistency(a, b, &p);
		}
	print_message("consistency: %zu spoilt proofs tried, %zu refused, both verifiers agree\n", tried, refused_n);
}

/* Sizes up to the last: no shift by 64, no proof longer than its place. */
static void the_largest(void **state)
{
	static const uint64_t size[] = { UINT64_MAX,
		                         UINT64_MAX - 1,
		                         UINT64_C(1) << 63,
		                         (UINT64_C(1) << 63) + 1,
		                         (UINT64_C(1) << 63) - 1,
		                         (UINT64_C(1) << 32) + 7 };
	struct proof p;

	(void)state;
	for (size_t s = 0; s < ARRAY_LEN(size); s++)
		for (size_t i = 0; i < 2 * ARRAY_LEN(size); i++) {
			uint64_t n = size[s], at = i % 2 ? size[i / 2] - 1 : i * 3;
			unsigned forever = UINT_MAX;
			struct hash root = leaf_of(1);

			if (at >= n)
				continue;
			assert_true(prove_inclusion(nowhere, &forever, at, n, &p));
			assert_false(verify_inclusion(root, at, n, &p, root));
			assert_false(inclusion_9162(root, at, n, &p, root));
			if (prove_consistency(nowhere, &forever, at + 1, n, &p))
				assert_int_equal(verify_consistency(at + 1, n, root, root, &p), at + 1 == n);
			else
				assert_true(n > UINT64_C(1) << 63); /* would need 65 hashes */
		}
}

/* When the source fails, at whatever call, so does the prover. */
static void source_fails(void **state)
{
	struct proof p;
	struct hash h;

	(void)state;
	for (unsigned calls = 0; calls < 4; calls++) {
		unsigned left = calls;

		assert_false(prove_inclusion(nowhere, &left, 0, 31, &p));
		left = calls;
		assert_false(prove_consistency(nowhere, &left, 3, 31, &p));
		left = calls;
		assert_false(root_at(nowhere, &left, 31, &h));
	}
}

/* A batch proves what the whole tree would prove, wherever the tree was divided. */
static void batches(void **state)
{
	static char pool[1 << 17];
	size_t n_proofs = 0;

	(void)state;
	for (uint64_t size = 1; size <= MANY; size += size < 80 ? 1 : 255) {
		struct range before = range_empty();

		for (uint64_t old = 0; old <= size; old++) {
			struct arena mem = arena_over(pool, sizeof pool);
			struct batch_tree b;
			size_t n = (size_t)(size - old);

			assert_true(batch_tree_build(&before, node[0] + old, n, &mem, &b));
			for (size_t i = 0; i < n; i += size < 80 ? 1 : 17) {
				struct proof got, want;

				assert_true(batch_prove(&b, i, &got));
				assert_true(prove_inclusion(in_memory, &size, old + i, size, &want));
				assert_int_equal(got.n, want.n);
				assert_memory_equal(got.at, want.at, got.n * sizeof *got.at);
				assert_true(verify_inclusion(node[0][old + i], old + i, size, &got, root_of[size]));
				n_proofs++;
			}
			if (old < size)
				range_append(&before, node[0][old]);
		}
	}
	print_message("batch proofs equal to the whole tree's: %zu\n", n_proofs);
	struct range r = range_empty();
	struct arena small = arena_over(pool, 600);
	struct batch_tree b;
	assert_false(batch_tree_build(&r, node[0], 100, &small, &b)); /* no room is said, not written over */
}

/* --- transparency-dev/merkle --- */

/* A base64 member as a hash; false when it has another length. */
static bool hash_member(const json_t *v, struct hash *ret)
{
	return json_is_string(v) && b64_fixed(span_z(json_string_value(v)), ret->b, HASH_LEN);
}

static bool proof_member(const json_t *j, struct proof *p)
{
	const json_t *list = json_object_get(j, "proof");
	size_t i;
	json_t *h;

	p->n = 0;
	if (json_array_size(list) > PROOF_MAX)
		return false;
	json_array_foreach(list, i, h) if (!hash_member(h, &p->at[p->n++])) return false;
	return true;
}

static uint64_t number(const json_t *j, const char *name)
{
	double v = json_real_value(json_object_get(j, name));

	return v > 0x1p63 ? UINT64_MAX : (uint64_t)v; /* two files have 2^64 - 1; no other is above 2^53 */
}

static bool inclusion_file(const json_t *j)
{
	struct proof p;
	struct hash leaf, root;

	return hash_member(json_object_get(j, "leafHash"), &leaf) && hash_member(json_object_get(j, "root"), &root) &&
	       proof_member(j, &p) && verify_inclusion(leaf, number(j, "leafIdx"), number(j, "treeSize"), &p, root);
}

/* Some consistency files have texts as roots ("don't care 2"), to be compared only: their hash stands for them. */
static bool root_member(const json_t *v, struct hash *ret)
{
	struct span bytes;

	if (hash_member(v, ret))
		return true;
	if (!b64_decode(span_z(json_string_value(v)), vec(), &bytes))
		return false;
	*ret = sha256(bytes);
	arena_reset(vec());
	return true;
}

static bool consistency_file(const json_t *j)
{
	struct proof p;
	struct hash r1, r2;

	return root_member(json_object_get(j, "root1"), &r1) && root_member(json_object_get(j, "root2"), &r2) &&
	       proof_member(j, &p) && verify_consistency(number(j, "size1"), number(j, "size2"), r1, r2, &p);
}

static bool (*file_verdict)(const json_t *);
static size_t n_files, n_valid;

static int one_file(const char *name, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if (type != FTW_F)
		return 0;
	json_t *j = shared_json_as(name + strlen(shared_dir()) + 1, JSON_DECODE_INT_AS_REAL);
	assert_non_null(j);
	bool got = file_verdict(j);
	if (got == json_is_true(json_object_get(j, "wantErr")))
		fail_msg("%s: %s", name, text_of(j, "desc"));
	json_decref(j);
	n_files++;
	n_valid += got;
	return 0;
}

/* Every file of a folder under shared_dir(), at any depth. */
static size_t all_files(const char *folder, bool (*verdict)(const json_t *))
{
	char name[900];

	file_verdict = verdict;
	n_files = n_valid = 0;
	snprintf(name, sizeof name, "%s/vectors/rfc6962-merkle-transparency-dev/testdata/%s", shared_dir(), folder);
	if (nftw(name, one_file, 8, FTW_PHYS) != 0)
		skip();
	print_message("merkle %s: %zu, of them valid %zu\n", folder, n_files, n_valid);
	return n_files;
}

static void merkle_inclusion(void **state)
{
	(void)state;
	assert_int_equal(all_files("inclusion", inclusion_file), 98);
}

static void merkle_consistency(void **state)
{
	(void)state;
	assert_int_equal(all_files("consistency", consistency_file), 98);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(known_roots),  T(roots),   T(inclusion),        T(consistency),        T(the_largest),
		T(source_fails), T(batches), T(merkle_inclusion), T(merkle_consistency),
	};

	if (!crypto_start())
		return 1;
	plant();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
