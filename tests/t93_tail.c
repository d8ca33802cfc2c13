/* SPDX-License-Identifier: Apache-2.0 */
/* t93_tail.c: the last entries in memory are those that were put, whole, in order, and never some that were pushed out. */
#include "service/tail.h"
#include "test.h"

enum { LONG = 1 << 22 };

static char leaf_room[LEAF_LEN];

static struct new_entry entry_of(uint64_t seq, struct span statement)
{
	struct new_entry e = { .leaf = (const uint8_t *)leaf_room, .statement = statement, .kind = (uint16_t)seq };

	memset(leaf_room, (int)(seq & 0xff), sizeof leaf_room);
	be64_put(e.id.b, seq);
	return e;
}

static void put(struct tail *t, uint64_t seq, struct span statement)
{
	struct new_entry e = entry_of(seq, statement);

	tail_put(t, seq, &e, seq % 2 == 1);
}

static struct arena test_room(size_t n)
{
	void *at = malloc(n);

	assert_non_null(at);
	return arena_over(at, n);
}

static void what_was_put_is_read_in_order(void **state)
{
	struct tail *t = tail_new();
	struct arena mem = test_room(1 << 16);
	struct stored_entry *e;
	size_t n;

	(void)state;
	for (uint64_t i = 5; i < 9; i++)
		put(t, i, S("a statement"));
	assert_true(tail_read(t, 6, 100, &mem, &e, &n));
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(e[i].seq, 6 + i);
		assert_int_equal(e[i].kind, 6 + i);
		assert_int_equal(be64_get(e[i].id.b), 6 + i);
		assert_int_equal(e[i].leaf.len, LEAF_LEN);
		assert_int_equal((uint8_t)e[i].leaf.at[LEAF_LEN - 1], 6 + i);
		assert_true(span_is(e[i].statement, "a statement"));
		assert_int_equal(e[i].waits, (6 + i) % 2 == 1);
	}
	arena_reset(&mem);
	assert_true(tail_read(t, 5, 2, &mem, &e, &n));
	assert_int_equal(n, 2);
	free(mem.base);
	tail_free(t);
}

static void what_is_not_there_is_not_read(void **state)
{
	struct tail *t = tail_new();
	struct arena mem = test_room(1 << 20), small = test_room(64);
	struct stored_entry *e;
	size_t n;

	(void)state;
	assert_false(tail_read(t, 0, 8, &mem, &e, &n));
	put(t, 3, S("x"));
	put(t, 5, S("x")); /* 4 was never put: another's, or its commit unknown */
	assert_false(tail_read(t, 2, 8, &mem, &e, &n));
	assert_true(tail_read(t, 3, 8, &mem, &e, &n));
	assert_int_equal(n, 1);
	assert_false(tail_read(t, 4, 8, &mem, &e, &n));
	assert_false(tail_read(t, 3, 8, &small, &e, &n));
	free(mem.base);
	free(small.base);
	tail_free(t);
}

/* The newest push out the oldest: by number, and by bytes. */
static void old_ones_are_gone_and_new_ones_whole(void **state)
{
	static char text[LONG];
	struct tail *t = tail_new();
	struct arena mem = test_room(1 << 24);
	struct stored_entry *e;
	size_t n;

	(void)state;
	for (uint64_t i = 0; i < 20000; i++)
		put(t, i, S("short"));
	assert_false(tail_read(t, 0, 1, &mem, &e, &n));
	assert_true(tail_read(t, 19990, 100, &mem, &e, &n));
	assert_int_equal(n, 10);
	for (uint64_t i = 20000; i < 20005; i++) {
		memset(text, (int)(i & 0xff), sizeof text - i % 7);
		put(t, i, (struct span){ text, sizeof text - i % 7 });
		arena_reset(&mem);
		assert_false(tail_read(t, 19999, 1, &mem, &e, &n) && i > 20001);
		arena_reset(&mem);
		assert_true(tail_read(t, i, 1, &mem, &e, &n));
		assert_int_equal(e->statement.len, sizeof text - i % 7);
		assert_memory_equal(e->statement.at, text, e->statement.len);
		assert_int_equal((uint8_t)e->leaf.at[0], i & 0xff);
	}
	free(mem.base);
	tail_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_was_put_is_read_in_order),
		                            cmocka_unit_test(what_is_not_there_is_not_read),
		                            cmocka_unit_test(old_ones_are_gone_and_new_ones_whole) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
