/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t74_seal.c: what is sealed at rest, attacked: bits flipped, cut, put into another's row, opened under another key; the
 * keys moved to a new master key and destroyed; and what a thief of the database finds in it.
 */
#include "storefix.h"

#include "run/clock.h"
#include "seal.h"

/* --- the cipher --- */

/* draft-irtf-cfrg-xchacha, A.3.1 */
static void the_published_vector(void **state)
{
	static const char text[] =
		"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
		"sunscreen would be it.";
	static const uint8_t bound[] = { 0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7 };
	static const uint8_t tag[] = { 0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79,
		                       0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a, 0xcf, 0x49 };
	uint8_t key[SEAL_KEY_LEN], nonce[SEAL_NONCE_LEN], out[sizeof text + SEAL_OVER], back[sizeof text];
	const size_t len = sizeof text - 1;
	struct span ad = { (const char *)bound, sizeof bound };

	(void)state;
	for (unsigned i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)(0x80 + i);
	for (unsigned i = 0; i < sizeof nonce; i++)
		nonce[i] = (uint8_t)(0x40 + i);
	seal_text(key, nonce, ad, (struct span){ text, len }, out);
	assert_memory_equal(out, nonce, sizeof nonce);
	assert_int_equal(out[SEAL_NONCE_LEN], 0xbd);
	assert_int_equal(out[SEAL_NONCE_LEN + 1], 0x6d);
	assert_memory_equal(out + SEAL_NONCE_LEN + len, tag, sizeof tag);
	assert_true(seal_open(key, ad, (struct span){ (const char *)out, len + SEAL_OVER }, back));
	assert_memory_equal(back, text, len);
}

static void no_bit_may_differ(void **state)
{
	uint8_t key[SEAL_KEY_LEN] = { 1 }, nonce[SEAL_NONCE_LEN] = { 2 }, out[64 + SEAL_OVER], back[64];
	struct span sealed = { (const char *)out, sizeof out };

	(void)state;
	seal_text(key, nonce, S("bound"), (struct span){ (const char *)back, 0 }, out);
	assert_true(seal_open(key, S("bound"), (struct span){ (const char *)out, SEAL_OVER }, back));
	memset(back, 7, sizeof back);
	seal_text(key, nonce, S("bound"), (struct span){ (const char *)back, sizeof back }, out);
	for (size_t bit = 0; bit < 8 * sizeof out; bit++) {
		out[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(seal_open(key, S("bound"), sealed, back));
		out[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < sizeof out; n++)
		assert_false(seal_open(key, S("bound"), (struct span){ sealed.at, n }, back));
	assert_false(seal_open(key, S("bounds"), sealed, back));
	assert_false(seal_open(key, S(""), sealed, back));
	key[31] ^= 1;
	assert_false(seal_open(key, S("bound"), sealed, back));
}

static void a_wrapped_key_is_one_partys(void **state)
{
	const uint8_t master[SEAL_KEY_LEN] = { 3 }, other[SEAL_KEY_LEN] = { 4 }, nonce[SEAL_NONCE_LEN] = { 5 };
	uint8_t key[SEAL_KEY_LEN] = { 6 }, wrapped[SEAL_WRAPPED_LEN], back[SEAL_KEY_LEN], id[2][SEAL_ID_LEN];
	struct span s = { (const char *)wrapped, sizeof wrapped };

	(void)state;
	seal_wrap(master, nonce, id_of(1), key, wrapped);
	assert_true(seal_unwrap(master, id_of(1), s, back));
	assert_memory_equal(back, key, sizeof key);
	assert_false(seal_unwrap(master, id_of(2), s, back));
	assert_false(seal_unwrap(other, id_of(1), s, back));
	assert_false(seal_unwrap(master, id_of(1), (struct span){ s.at, s.len - 1 }, back));
	seal_key_id(master, id[0]);
	seal_key_id(other, id[1]);
	assert_memory_not_equal(id[0], id[1], SEAL_ID_LEN);
	assert_memory_not_equal(id[0], master, SEAL_ID_LEN);
}

/* --- in the database --- */

static const struct vault second = { { 77 }, clock_random };

enum { ONE = 41, TWO = 42, FIRST = 51, SECOND = 52 };
#define HEX_OF_41 "2929292929292929292929292929292929292929292929292929292929292929"

static void put(struct store *s, uint8_t document, uint8_t party, const char *bytes, enum fault want)
{
	struct document_record d = { .bytes = span_z(bytes),
		                     .report = S("{\"payable\":\"673706.00\",\"seller\":\"Jiangyin\"}"),
		                     .submitter = id_of(party) };

	clock_random(&d.random, sizeof d.random);
	row_init(&d.row.row, TABLE_DOCUMENT, key_hash(hash_of(document)));
	d.row.level = 1;
	assert_int_equal(store_document_put(s, &d), want);
}

struct got {
	char text[256];
	bool found, null;
};

static bool on_got(void *arg, const struct span *column, size_t n)
{
	struct got *g = arg;

	assert_true(n == 5);
	g->found = true;
	g->null = !column[3].at;
	snprintf(g->text, sizeof g->text, "%.*s", (int)column[3].len, column[3].at ? column[3].at : "");
	return false;
}

/* What the party reads of the document. */
static enum fault reads(const struct vault *v, uint8_t party, const char *hex, struct got *g)
{
	struct store *r = open_as(STORE_READER);
	struct span id = span_z(hex);
	enum fault f;

	*g = (struct got){ .found = false };
	store_vault(r, v);
	f = store_query(r, id_of(party), ROLE_SUPPLIER, "document", &id, 1, on_got, g);
	store_close(r);
	return f;
}

static void only_its_own_key_opens_it(void **state)
{
	struct store *c = open_as(STORE_CHECKER);
	struct got g;

	(void)state;
	put(c, ONE, FIRST, "<Invoice>Jiangyin 673706.00</Invoice>", OK);
	put(c, ONE, SECOND, "<Invoice>Jiangyin 673706.00</Invoice>", OK);
	put(c, ONE, FIRST, "<Invoice>Jiangyin 673706.00</Invoice>", OK);
	assert_string_equal(root_sql("SELECT count(*) || ' ' || count(DISTINCT bytes) FROM document_sealed"), "2 2");
	assert_int_equal(reads(&test_vault, FIRST, HEX_OF_41, &g), OK);
	assert_non_null(strstr(g.text, "673706.00"));
	assert_int_equal(reads(&second, FIRST, HEX_OF_41, &g), E_INTERNAL);
	assert_false(g.found);
	assert_int_equal(reads(NULL, FIRST, HEX_OF_41, &g), E_UNAVAILABLE);
	assert_int_equal(reads(&test_vault, 60, HEX_OF_41, &g), OK); /* somebody else's: not there */
	assert_false(g.found);
	store_vault(c, &second);
	put(c, TWO, FIRST, "x", E_INTERNAL);
	store_vault(c, NULL);
	put(c, TWO, FIRST, "x", E_UNAVAILABLE);
	store_close(c);
}

/* Whoever can write into the database can destroy; to make one document look like another, or one's like another's,
 * nothing will do. */
static void nothing_opens_in_another_place(void **state)
{
	static const struct {
		const char *attack;
	} row[] = {
		/* a bit; cut short; the other part; the other party's copy, and with it its key; another document's */
		{ "bytes = bytes, report = set_byte(report, 60, get_byte(report, 60) # 1)" },
		{ "report = substr(report, 1, 40)" },
		{ "report = bytes" },
		{ "report = (SELECT o.report FROM document_sealed o WHERE o.party <> d.party LIMIT 1)" },
	};
	char sql[512];
	struct got g;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		root_sql("CREATE TABLE IF NOT EXISTS kept AS SELECT * FROM document_sealed");
		snprintf(sql, sizeof sql, "UPDATE document_sealed d SET %s WHERE party = '%s'", row[i].attack,
		         "01930000-0000-7000-8000-000000000033");
		root_sql(sql);
		assert_int_equal(reads(&test_vault, FIRST, HEX_OF_41, &g), E_INTERNAL);
		assert_false(g.found);
		root_sql("UPDATE document_sealed d SET bytes = k.bytes, report = k.report FROM kept k"
		         " WHERE k.sha256 = d.sha256 AND k.party = d.party");
		assert_int_equal(reads(&test_vault, FIRST, HEX_OF_41, &g), OK);
		assert_true(g.found);
	}
	root_sql("CREATE TABLE keys AS SELECT * FROM sealing_key");
	root_sql(
		"UPDATE sealing_key SET wrapped = (SELECT o.wrapped FROM keys o WHERE o.party <> sealing_key.party LIMIT 1)");
	assert_int_equal(reads(&test_vault, FIRST, HEX_OF_41, &g), E_INTERNAL);
	root_sql("UPDATE sealing_key s SET wrapped = k.wrapped FROM keys k WHERE k.party = s.party");
	assert_int_equal(reads(&test_vault, FIRST, HEX_OF_41, &g), OK);
}

/* Every column of every table that holds bytes or text, searched. */
static void a_thief_of_the_database_has_no_document(void **state)
{
	(void)state;
	assert_string_equal(
		root_sql("SELECT count(*) FROM document_sealed WHERE position('Jiangyin'::bytea IN bytes) > 0"
	                 " OR position('673706'::bytea IN report) > 0"
	                 " OR position('payable'::bytea IN report) > 0"),
		"0");
	assert_string_equal(
		root_sql("SELECT count(*) FROM document_content WHERE bytes IS NOT NULL OR report IS NOT NULL"), "0");
	assert_string_equal(root_sql("SELECT count(*) FROM sealing_key WHERE octet_length(wrapped) <> 72"), "0");
}

static void a_new_master_key_wraps_the_keys_and_touches_nothing_else(void **state)
{
	struct store *c = open_as(STORE_CHECKER);
	uint8_t id[SEAL_ID_LEN], want[SEAL_ID_LEN];
	char before[80], key[80];
	struct got g;

	(void)state;
	assert_int_equal(store_vault_id(c, id), E_NOT_FOUND);
	snprintf(before, sizeof before, "%s",
	         root_sql("SELECT md5(string_agg(bytes || report, '' ORDER BY party)) FROM document_sealed"));
	snprintf(key, sizeof key, "%s",
	         root_sql("SELECT md5(string_agg(wrapped, '' ORDER BY party)) FROM sealing_key"));
	store_vault(c, &second); /* a key that does not open them: nothing moves */
	assert_int_equal(store_vault_move(c, &second, clock_random), E_INTERNAL);
	assert_string_equal(root_sql("SELECT md5(string_agg(wrapped, '' ORDER BY party)) FROM sealing_key"), key);
	assert_int_equal(store_vault_id(c, id), E_NOT_FOUND);
	store_vault(c, &test_vault);
	assert_int_equal(store_vault_move(c, &second, clock_random), OK);
	assert_int_equal(store_vault_id(c, id), OK);
	seal_key_id(second.master, want);
	assert_memory_equal(id, want, sizeof id);
	assert_string_not_equal(root_sql("SELECT md5(string_agg(wrapped, '' ORDER BY party)) FROM sealing_key"), key);
	assert_string_equal(root_sql("SELECT md5(string_agg(bytes || report, '' ORDER BY party)) FROM document_sealed"),
	                    before);
	assert_int_equal(reads(&test_vault, FIRST, HEX_OF_41, &g), E_INTERNAL);
	assert_int_equal(reads(&second, FIRST, HEX_OF_41, &g), OK);
	assert_non_null(strstr(g.text, "673706.00"));
	store_close(c);
}

/* What there was before anything was sealed is sealed when the server starts; the second time there is nothing to do. */
static void what_came_before_is_sealed(void **state)
{
	struct store *c = open_as(STORE_CHECKER);
	bool more = false;
	struct got g;

	(void)state;
	store_vault(c, &second);
	put(c, TWO, FIRST, "will be as it was before", OK);
	root_sql("DELETE FROM document_sealed WHERE sha256 = decode(repeat('2a', 32), 'hex')");
	root_sql("UPDATE document_content SET bytes = 'old bytes', report = '{\"old\":\"report\"}' WHERE sha256 ="
	         " decode(repeat('2a', 32), 'hex')");
	assert_int_equal(store_vault_old(c, clock_random, &more), OK);
	assert_true(more);
	assert_int_equal(store_vault_old(c, clock_random, &more), OK);
	assert_false(more);
	assert_int_equal(reads(&second, FIRST, "2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a", &g),
	                 OK);
	assert_non_null(strstr(g.text, "report"));
	a_thief_of_the_database_has_no_document(state);
	store_close(c);
}

/* Each copy has its party's key: what one has erased, the other still reads. Nobody gets a new key in its place. */
static void erasure_takes_one_partys_copies(void **state)
{
	struct store *p = open_as(STORE_PUBLISHER), *c = open_as(STORE_CHECKER);
	struct got g;

	(void)state;
	store_vault(c, &second);
	root_sql(
		"INSERT INTO party (id, country, freezes, head, identifier, live_keys, name, roles, seq, state, erased)"
		" VALUES ('01930000-0000-7000-8000-000000000033', 'CN', 0, decode(repeat('00', 32), 'hex'), '', 1, 'x', 4, 9, 2, 1)");
	assert_int_equal(reads(&second, FIRST, HEX_OF_41, &g),
	                 OK);            /* already, before the key is gone: of its own nothing */
	assert_true(g.found && !g.null); /* and the other's copy is the same document */
	assert_int_equal(store_vault_erase(p), OK);
	assert_int_equal(store_vault_erase(p), OK);
	assert_string_equal(
		root_sql("SELECT count(*) FILTER (WHERE wrapped IS NULL) || ' ' || count(*) FROM sealing_key"), "1 2");
	put(c, 43, FIRST, "more", E_ERASED);
	assert_int_equal(reads(&second, SECOND, HEX_OF_41, &g), OK);
	assert_non_null(strstr(g.text, "673706.00"));
	assert_int_equal(reads(&second, FIRST, "2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a", &g),
	                 OK);
	assert_true(g.found && g.null); /* there, and gone */
	store_close(p);
	store_close(c);
}

static int start(void **state)
{
	(void)state;
	assert_true(crypto_start());
	cluster_start();
	migrate();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	cluster_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_published_vector),
		T(no_bit_may_differ),
		T(a_wrapped_key_is_one_partys),
		T(only_its_own_key_opens_it),
		T(nothing_opens_in_another_place),
		T(a_thief_of_the_database_has_no_document),
		T(a_new_master_key_wraps_the_keys_and_touches_nothing_else),
		T(what_came_before_is_sealed),
		T(erasure_takes_one_partys_copies),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
