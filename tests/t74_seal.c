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

/* --- statements --- */

static struct arena mem;
static struct head head;
static struct batch batch;

/* Entries of three parties: one enrolled, one said something of by another. */
static void write_entries(struct store *w, enum statement_kind first)
{
	struct world world = new_world(&mem);

	batch_start(&batch, &head);
	batch_add(&batch, id_of(71), id_of(72), (uint16_t)first, 0);
	batch_add(&batch, id_of(72), id_of(73), ST_RECEIVABLE_REGISTER, 0);
	batch_add(&batch, id_of(71), id_of(72), ST_PARTY_PROFILE, 0);
	batch_add(&batch, id_of(71), id_of(99), ST_PARTY_PROFILE, E_NOT_FOUND);
	batch_add(&batch, id_of(72), id_of(73), ST_RECEIVABLE_REGISTER, E_DUPLICATE_CLAIM);
	assert_int_equal(batch_commit(w, &batch, &world), OK);
	head = batch.after;
}

static struct stored_entry *read_all(struct store *s, size_t *n)
{
	struct stored_entry *e;

	arena_reset(&mem);
	assert_int_equal(store_entries(s, 0, 100, &mem, &e, n), OK);
	return e;
}

static void all_as_written(struct store *s)
{
	struct stored_entry *e;
	size_t n;

	e = read_all(s, &n);
	for (size_t i = 0; i < n; i++) {
		char want[32];

		snprintf(want, sizeof want, "statement.%u", (unsigned)i);
		assert_int_equal(e[i].lacks, LACKS_NOTHING);
		assert_true(span_is(e[i].statement, want));
	}
}

static void statements_are_sealed_as_they_are_written(void **state)
{
	struct store *w = open_as(STORE_WRITER), *o = open_as(STORE_OWNER);
	struct stored_entry *e;
	size_t n;

	(void)state;
	mem = test_arena((size_t)64 << 20);
	store_vault(w, &second);
	store_vault(o, &second);
	assert_int_equal(store_take_lease(w, &head), OK);
	store_vault(w, NULL);
	batch_start(&batch, &head);
	batch_add(&batch, id_of(71), id_of(72), ST_PARTY_ENROL, 0);
	struct world world = new_world(&mem);
	assert_int_equal(batch_commit(w, &batch, &world), E_UNAVAILABLE); /* rather nothing than in clear */
	store_vault(w, &second);
	write_entries(w, ST_PARTY_ENROL);
	write_entries(w, ST_KEY_ENROL); /* the same keys */
	assert_string_equal(root_sql("SELECT count(*) FROM entry WHERE position('statement'::bytea IN statement) > 0"),
	                    "0");
	assert_string_equal(root_sql("SELECT string_agg(get_byte(statement, 0)::text, '' ORDER BY seq) FROM entry"),
	                    "1121111211");
	assert_string_equal(root_sql("SELECT count(*) FROM sealing_key WHERE party IN ("
	                             "'01930000-0000-7000-8000-000000000047', '01930000-0000-7000-8000-000000000048')"),
	                    "2");
	assert_string_equal(
		root_sql("SELECT count(*) FROM sealing_key WHERE party = '01930000-0000-7000-8000-000000000063'"),
		"0"); /* whom nobody enrolled has none */
	all_as_written(w);
	all_as_written(o);
	e = read_all(o, &n);
	assert_int_equal(n, 10);
	assert_true(uuid_eq(e[1].under, id_of(72)) && uuid_eq(e[2].under, id_of(72)) && uuid_eq(e[3].under, id_of(71)));
	store_close(w);
	w = open_as(STORE_WRITER); /* another writer finds the keys that are there */
	store_vault(w, &second);
	assert_int_equal(store_take_lease(w, &head), OK);
	write_entries(w, ST_KEY_ENROL);
	all_as_written(w);
	store_vault(o, NULL);
	assert_int_equal(store_entries(o, 0, 1, &mem, &e, &n), E_UNAVAILABLE);
	store_close(w);
	store_close(o);
}

enum { NOBODYS = 2 }; /* said to be under the object's key: of which there is none, and no entry that erased it */

static void a_statement_opens_in_its_own_row_only(void **state)
{
	static const char *const attack[] = {
		"statement = set_byte(statement, 5, get_byte(statement, 5) # 1)",
		"statement = substr(statement, 1, 10)",
		"statement = set_byte(statement, 0, 2)",
		"statement = (SELECT o.statement FROM entry o WHERE o.seq = 4)",
		"statement_hash = set_byte(statement_hash, 31, get_byte(statement_hash, 31) # 1)",
		"issuer = '01930000-0000-7000-8000-000000000047'",
	};
	struct store *o = open_as(STORE_OWNER);
	struct stored_entry *e;
	char sql[256];
	size_t n;

	(void)state;
	store_vault(o, &second);
	root_sql("CREATE TABLE kept_entry AS SELECT * FROM entry");
	for (size_t i = 0; i < ARRAY_LEN(attack); i++) {
		snprintf(sql, sizeof sql, "SET session_replication_role = replica; UPDATE entry SET %s WHERE seq = 1",
		         attack[i]);
		root_sql(sql);
		e = read_all(o, &n);
		assert_int_equal(e[1].lacks, i == NOBODYS ? LACKS_KEY : LACKS_SENSE);
		assert_int_equal(e[1].statement.len, 0);
		assert_int_equal(store_statements(o, &(uint64_t){ 1 }, 1, &mem, &(struct span){ 0 }),
		                 i == NOBODYS ? E_ERASED : E_INTERNAL);
		root_sql("SET session_replication_role = replica; UPDATE entry e SET statement = k.statement,"
		         " statement_hash = k.statement_hash, issuer = k.issuer FROM kept_entry k WHERE k.seq = e.seq");
	}
	store_vault(o, &test_vault);
	assert_int_equal(read_all(o, &n)[0].lacks, LACKS_SENSE);
	store_vault(o, &second);
	all_as_written(o);
	store_close(o);
}

/* Of before: sealed some at a time, wherever it was cut off; then never changed again. */
static void what_was_said_before_is_sealed(void **state)
{
	struct store *c = open_as(STORE_CHECKER);
	PGconn *pg = root();
	char value[256];
	size_t n = 0, all = 0;

	(void)state;
	store_vault(c, &second);
	root_sql(
		"SET session_replication_role = replica; UPDATE entry SET statement = convert_to('statement.' || seq, 'UTF8')"
		" WHERE seq <> 3");
	root_sql("INSERT INTO sealing (master, statements) VALUES (decode(repeat('00', 16), 'hex'), 0)"
	         " ON CONFLICT (one) DO UPDATE SET statements = 0");
	assert_string_equal(try_sql(pg, "UPDATE entry SET statement = 'another' WHERE seq = 1", value), "2F002");
	for (int round = 0; round < 3; round++) {
		assert_int_equal(store_vault_old_statements(c, 2, &n), OK);
		assert_int_equal(n, 2);
		all += n;
		store_close(c); /* as if it had ended there */
		c = open_as(STORE_CHECKER);
		store_vault(c, &second);
	}
	while (n > 0) {
		assert_int_equal(store_vault_old_statements(c, 5, &n), OK);
		all += n;
	}
	assert_int_equal(all, 14);
	assert_string_equal(root_sql("SELECT count(*) FROM entry WHERE NOT is_sealed(statement)"), "0");
	assert_string_equal(root_sql("SELECT statements FROM sealing"), "9223372036854775807");
	assert_string_equal(try_sql(pg, "UPDATE entry SET statement = '\\x01ff' WHERE seq = 1", value), "2F002");
	assert_string_equal(try_sql(pg, "UPDATE entry SET leaf = leaf", value), "2F002");
	PQfinish(pg);
	store_close(c);
	c = open_as(STORE_OWNER);
	store_vault(c, &second);
	all_as_written(c);
	store_close(c);
}

static void an_erased_partys_statements_are_gone(void **state)
{
	struct store *w = open_as(STORE_WRITER), *p = open_as(STORE_PUBLISHER), *c = open_as(STORE_CHECKER);
	struct residue keep[8];
	struct uuid who[4];
	struct stored_entry *e;
	struct span text;
	size_t n;

	(void)state;
	store_vault(w, &second);
	store_vault(c, &second);
	root_sql(
		"INSERT INTO party (id, country, freezes, head, identifier, live_keys, name, roles, seq, state, erased)"
		" VALUES ('01930000-0000-7000-8000-000000000048', 'CN', 0, decode(repeat('00', 32), 'hex'), '', 1, 'x', 4, 9, 2, 1)");
	assert_int_equal(store_erasing(c, 4, who, &n), OK);
	assert_true(n == 1 && uuid_eq(who[0], id_of(72)));
	assert_int_equal(store_vault_erase(p), OK); /* not before it is kept what was decided */
	all_as_written(w);
	for (size_t i = 0; i < 3; i++)
		keep[i] = (struct residue){ 5 * i + 1, S("what was decided of it") };
	assert_int_equal(store_residue_put(c, keep, 3), OK);
	assert_int_equal(store_vault_erase(p), OK);
	all_as_written(w);
	for (size_t i = 0; i < 3; i++) {
		keep[2 * i] = (struct residue){ 5 * i + 2, S("what was said of it") };
		keep[2 * i + 1] = (struct residue){ 5 * i + 4, S("what was tried") };
	}
	assert_int_equal(store_residue_put(c, keep, 6), OK);
	assert_int_equal(store_residue(w, 2, &mem, &text), OK);
	assert_true(span_is(text, "what was said of it"));
	assert_int_equal(store_residue(w, 3, &mem, &text), E_NOT_FOUND);
	assert_string_equal(root_sql("SELECT count(*) FROM residue WHERE position('decided'::bytea IN decided) > 0"),
	                    "0");
	assert_int_equal(store_erasing(c, 4, who, &n), OK);
	assert_int_equal(n, 0);
	assert_int_equal(store_vault_erase(p), OK);
	e = read_all(w, &n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(e[i].lacks, i % 5 == 1 || i % 5 == 2 || i % 5 == 4 ? LACKS_KEY : LACKS_NOTHING);
	assert_int_equal(store_statements(w, &(uint64_t){ 1 }, 1, &mem, &text), E_ERASED);
	/* What it tries now lies under no key there is; what is said of it, under who says it. */
	assert_int_equal(store_take_lease(w, &head), OK);
	write_entries(w, ST_KEY_ENROL);
	e = read_all(w, &n);
	assert_int_equal(e[n - 4].lacks, LACKS_KEY);
	assert_int_equal(e[n - 3].lacks, LACKS_NOTHING);
	assert_true(uuid_eq(e[n - 3].under, id_of(71)));
	store_close(w);
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
		T(statements_are_sealed_as_they_are_written),
		T(a_statement_opens_in_its_own_row_only),
		T(what_was_said_before_is_sealed),
		T(an_erased_partys_statements_are_gone),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
