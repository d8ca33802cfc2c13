/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t50: the store against a PostgreSQL of its own: what goes in comes out, what is
 * refused leaves nothing, and an outcome that is not known is said to be unknown.
 */
#include "storefix.h"
#include "warn.h"

#include <pthread.h>
#include <signal.h>

static struct store *writer;
static struct arena mem, mem2;
static struct batch batch;

static struct head head_now(void)
{
	struct head h;

	assert_int_equal(store_head(writer, &h), OK);
	return h;
}

/* --- migrations --- */

static int files_said;
static void count_files(void *arg, const char *line)
{
	(void)arg;
	(void)line;
	files_said++;
}

static void migrates_once(void **state)
{
	(void)state;
	if (store_migrate(cluster.conninfo, count_files, NULL, why, sizeof why) != OK)
		fail_msg("%s", why);
	assert_true(files_said >= 4);
	files_said = 0;
	assert_int_equal(store_migrate(cluster.conninfo, count_files, NULL, why, sizeof why), OK);
	assert_int_equal(files_said, 0);
	writer = open_as(STORE_WRITER);
	assert_int_equal(store_schema_ok(writer, why, sizeof why), OK);
	for (int d = STORE_READER; d <= STORE_OWNER; d++) {
		struct store *s = open_as((enum store_duty)d);

		if (store_schema_ok(s, why, sizeof why) != OK)
			fail_msg("duty %d: %s", d, why);
		store_close(s);
	}
}

/* What is done to a migrated database, and what refuses it then. */
static void refuses_what_it_does_not_know(void **state)
{
	static const struct {
		const char *harm, *heal, *says;
		bool migrate, schema;
	} rows[] = {
		{ "UPDATE schema_version SET sha256 = sha256('') WHERE number = 2",
		  "UPDATE schema_version SET sha256 = (SELECT keep FROM kept) WHERE number = 2", "another content",
		  true, true },
		{ "INSERT INTO schema_version (number, name, sha256) VALUES (999, '999_future.sql', sha256(''))",
		  "DELETE FROM schema_version WHERE number = 999", "999_future.sql", true, false },
		{ "INSERT INTO schema_version (number, name, sha256) VALUES (999, '999_future.sql', sha256(''))",
		  "DELETE FROM schema_version WHERE number = 999", "migrations", false, true },
		{ "ALTER TABLE asset ALTER COLUMN number TYPE varchar",
		  "ALTER TABLE asset ALTER COLUMN number TYPE text", "asset.number", false, true },
		{ "ALTER TABLE pending ALTER COLUMN state DROP NOT NULL",
		  "ALTER TABLE pending ALTER COLUMN state SET NOT NULL", "pending.state", false, true },
	};

	(void)state;
	root_sql("CREATE TABLE kept AS SELECT sha256 AS keep FROM schema_version WHERE number = 2");
	root_sql("DROP VIEW receivable_shown, inventory_shown, prepayment_shown,"
	         " warehouse_receipt_shown"); /* so that a column below can change */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		root_sql(rows[i].harm);
		why[0] = 0;
		if (rows[i].migrate)
			assert_int_equal(store_migrate(cluster.conninfo, NULL, NULL, why, sizeof why), E_INTERNAL);
		if (rows[i].schema)
			assert_int_equal(store_schema_ok(writer, why, sizeof why), E_INTERNAL);
		if (!strstr(why, rows[i].says))
			fail_msg("row %zu says: %s", i, why);
		root_sql(rows[i].heal);
		assert_int_equal(store_schema_ok(writer, why, sizeof why), OK);
	}
	/* A store does not even open over rows it could not write. */
	root_sql("ALTER TABLE asset RENAME COLUMN number TO nummer");
	assert_null(store_open(cluster.conninfo, STORE_WRITER, why, sizeof why));
	assert_non_null(strstr(why, "nummer"));
	root_sql("ALTER TABLE asset RENAME COLUMN nummer TO number");
	assert_null(store_open("host=/nowhere dbname=none", STORE_WRITER, why, sizeof why));
	assert_true(why[0] != 0);
}

/* --- round trip --- */

/* Every column at one of its ends. */
static void fill(struct row *r, int variant)
{
	static const char odd[] = "\xe5\xba\x94\xe6\x94\xb6'\"\\,{}NULL\t\n\xf0\x9f\xa7\xbe";
	const struct table_info *t = table_info(r->table);

	for (size_t i = 0; i < t->n_columns; i++) {
		char *at = (char *)r + t->columns[i].offset;
		int64_t big = variant == 2 ? INT64_MAX : variant;
		struct moment m = { variant == 0 ? 0 : variant == 1 ? 1 : INT64_C(4133980799999999) };
		struct date d = { variant == 0 ? DATE_NONE.day : variant == 1 ? -7305 : 47846 };
		struct span text = variant == 0 ? S("") : variant == 1 ? S("x") : span_z(odd);

		switch (t->columns[i].type) {
		case CT_uuid:
		case CT_fp16:
			memset(at, variant == 2 ? 0xff : variant, 16);
			break;
		case CT_hash:
			memset(at, variant == 2 ? 0xff : variant, 32);
			break;
		case CT_i64:
			memcpy(at, &big, sizeof big);
			break;
		case CT_i32:
			memcpy(at, &(int32_t){ 1 }, 4);
			break;
		case CT_date:
			memcpy(at, &d, sizeof d);
			break;
		case CT_moment:
			memcpy(at, &m, sizeof m);
			break;
		case CT_ccy:
			memcpy(at, "BHD", 4);
			break;
		case CT_text:
			memcpy(at, &text, sizeof text);
			break;
		}
	}
}

/* Room for a row of any table. */
union any {
	struct row row;
	struct asset asset;
	struct encumbrance encumbrance;
	struct lineage lineage;
	struct stock stock;
	struct price price;
	struct prepayment prepayment;
	struct objection objection;
	struct anchor anchor;
	struct consent consent;
	struct warning warning;
	struct assessment assessment;
	char room[1024];
};
static union any made[TABLE_COUNT][3];

/* What the CHECKs forbid of the above. */
static void make_legal(union any *u, int variant)
{
	if (u->row.table == TABLE_ASSET) {
		u->asset.diluted = u->asset.paid = u->asset.encumbered = u->asset.reserved =
			variant == 2 ? INT64_MAX / 4 : 0;
		u->asset.state = variant == 2 ? RCV_CANCELLED : RCV_REGISTERED;
	}
	if (u->row.table == TABLE_PRICE)
		u->price.class = GOODS_METAL;
	if (u->row.table == TABLE_STOCK) {
		u->stock.received = variant == 2 ? INT64_C(9000000000000000) : 4000 + variant;
		u->stock.released = u->stock.sold = u->stock.missing = 1000;
		u->stock.counted = u->stock.received - 3000;
		u->stock.floating = variant > 0;
		u->stock.ratio = 1000000;
	}
	if (u->row.table == TABLE_PREPAYMENT) {
		u->prepayment.shipped = u->prepayment.advanced;
		u->prepayment.received = u->prepayment.released = u->prepayment.advanced / 2;
		u->prepayment.refunded = u->prepayment.advanced / 3;
	}
	if (u->row.table == TABLE_OBJECTION)
		u->objection.respondent.b[0] ^= 1; /* two sides */
	if (u->row.table == TABLE_ANCHOR) {
		u->anchor.profile = 1 + variant;
		u->anchor.purpose = variant;
		u->anchor.certificate = S("MAA=");
		u->anchor.jurisdiction = variant ? S("CN") : S("");
		u->anchor.state = variant == 2 ? ENDED : LIVE;
		u->anchor.withdrawn_seq = variant == 2 ? 9 : 0;
		u->anchor.valid_from.us = 1000000;
		u->anchor.valid_until.us = 2000000;
	}
	if (u->row.table == TABLE_CONSENT) {
		u->consent.reader.b[0] ^= 1; /* two sides */
		u->consent.purpose = 1 + variant;
		u->consent.scope = 1 + variant;
		u->consent.state = variant == 2 ? ENDED : LIVE;
		u->consent.withdrawn_seq = variant == 2 ? 9 : 0;
		u->consent.since.us = 1000000;
		u->consent.until.us = 2000000;
	}
	if (u->row.table == TABLE_WARNING) {
		u->warning.event = 1 + variant;
		u->warning.severity = 1 + variant;
		u->warning.state = variant == 2 ? WARNING_CLOSED : WARNING_OPEN;
		u->warning.raised.us = 1000000;
		u->warning.until.us = 2000000;
		u->warning.closed.us = variant == 2 ? 1500000 : 0;
	}
	if (u->row.table == TABLE_ASSESSMENT) {
		u->assessment.alone = 2; /* below it, no anchor */
		u->assessment.level = 1 + variant;
		u->assessment.papers = 60 + variant;
	}
	if (u->row.table == TABLE_ENCUMBRANCE)
		u->encumbrance.fraction = variant == 2 ? 1000000 : 0;
}

static struct row_key nth_key(enum table_id t, uint8_t n)
{
	struct hash h = hash_of(n);
	struct fp16 f;

	memcpy(f.b, h.b, sizeof f.b);
	switch (table_info(t)->key_type) {
	case CT_hash:
		return key_hash(h);
	case CT_fp16:
		return key_fp16(f);
	case CT_i64:
		return key_i64(INT64_C(1000000) * n + n);
	case CT_uuid:
	case CT_i32:
	case CT_date:
	case CT_moment:
	case CT_ccy:
	case CT_text:
		break;
	}
	return key_uuid(id_of(n));
}

static struct row *make(enum table_id t, int variant)
{
	union any *u = &made[t][variant];

	assert_true(table_info(t)->size <= sizeof *u);
	row_init(&u->row, t, nth_key(t, (uint8_t)(10 + variant)));
	fill(&u->row, variant);
	make_legal(u, variant);
	return &u->row;
}

static void every_column_comes_back(void **state)
{
	struct world w = new_world(&mem), seen = new_world(&mem2);
	struct want want[TABLE_COUNT * 4];
	size_t n = 0;

	(void)state;
	for (int t = TABLE_NONE + 1; t < TABLE_COUNT; t++) {
		for (int v = 0; v < 3; v++) {
			if (t != TABLE_DOCUMENT) /* intake's, not the sequencer's: see documents() */
				change(&w, (struct row *[]){ make((enum table_id)t, v) }, 1);
			want[n++] = (struct want){ (enum table_id)t, nth_key((enum table_id)t, (uint8_t)(10 + v)),
				                   false, false };
		}
		want[n++] = (struct want){ (enum table_id)t, nth_key((enum table_id)t, 99), false, false };
	}
	batch_start(&batch, &(struct head){ .epoch = head_now().epoch });
	batch_add(&batch, id_of(1), id_of(2), 1, 0);
	if (batch_commit(writer, &batch, &w) != OK)
		fail_msg("%s", store_why(writer));
	assert_int_equal(store_load(writer, &seen, want, n), OK);
	for (size_t i = 0; i < n; i++) {
		const struct row *r = world_find(&seen, want[i].table, want[i].key);

		assert_non_null(r);
		if (i % 4 == 3 || want[i].table == TABLE_DOCUMENT) {
			assert_false(r->exists);
			continue;
		}
		assert_true(r->exists && !r->dirty);
		if (row_difference(&made[want[i].table][i % 4].row, r, true))
			fail_msg("%s.%s of variant %zu", table_info(want[i].table)->name,
			         row_difference(&made[want[i].table][i % 4].row, r, true), i % 4);
	}
}

/* Rows the store has are changed there, and say something else; one that is gone is noticed. */
static void changes(void **state)
{
	struct world w = new_world(&mem), seen = new_world(&mem2);
	struct head h = head_now();

	(void)state;
	for (int t = TABLE_NONE + 1; t < TABLE_COUNT; t++) {
		struct want want = { (enum table_id)t, nth_key((enum table_id)t, 10), false, false };
		union any *u = &made[t][0];

		if (t == TABLE_DOCUMENT)
			continue;
		assert_int_equal(store_load(writer, &w, &want, 1), OK);
		fill(&u->row, 1);
		make_legal(u, 1);
		change(&w, (struct row *[]){ &u->row }, 1);
	}
	batch_start(&batch, &h);
	batch_add(&batch, id_of(1), id_of(2), 1, 0);
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
	for (int t = TABLE_NONE + 1; t < TABLE_COUNT; t++) {
		struct want want = { (enum table_id)t, nth_key((enum table_id)t, 10), false, false };

		if (t == TABLE_DOCUMENT)
			continue;
		assert_int_equal(store_load(writer, &seen, &want, 1), OK);
		assert_null(row_difference(&made[t][0].row, world_find(&seen, want.table, want.key), true));
	}
	/* lists are paged by the entry that made the row, not by the one that changed it last */
	assert_string_equal(root_sql("SELECT first_seq::text || ' ' || seq FROM asset ORDER BY id LIMIT 1"), "0 1");
	root_sql("DELETE FROM model WHERE seq = 1");
	world_clean(&w);
	fill(&made[TABLE_MODEL][0].row, 0);
	change(&w, (struct row *[]){ &made[TABLE_MODEL][0].row }, 1);
	h = head_now();
	batch_start(&batch, &h);
	batch_add(&batch, id_of(1), id_of(77), 1, 0);
	assert_int_equal(batch_commit(writer, &batch, &w), E_OUTCOME_UNKNOWN);
}

/* --- children --- */

static void loads_children(void **state)
{
	struct world w = new_world(&mem);
	struct head h = head_now();
	struct asset a = an_asset(20, id_of(1), id_of(2), 5);
	struct want want = { TABLE_ASSET, key_uuid(a.id), true, false };
	struct encumbrance e[6];
	struct row *r, *a_row;
	unsigned seen = 0;

	(void)state;
	change(&w, (struct row *[]){ &a.row }, 1);
	for (uint8_t i = 0; i < ARRAY_LEN(e); i++) {
		e[i] = an_encumbrance((uint8_t)(30 + i), &a, id_of(3), 10, 5);
		e[i].state = i + 1; /* one of each state */
		change(&w, (struct row *[]){ &e[i].row }, 1);
	}
	batch_start(&batch, &h);
	batch_add(&batch, id_of(1), a.id, 100, 0);
	assert_int_equal(batch_commit(writer, &batch, &w), OK);

	/* One encumbrance is known before its asset, and changed: the load links it and keeps the change. */
	w = new_world(&mem);
	e[1].open = 7;
	change(&w, (struct row *[]){ &e[1].row }, 1);
	assert_int_equal(store_load(writer, &w, &want, 1), OK);
	a_row = world_find(&w, TABLE_ASSET, want.key);
	assert_true(a_row && a_row->exists && a_row->children_known);
	for (r = a_row->children; r; r = r->sibling) {
		const struct encumbrance *c = (const struct encumbrance *)(const void *)r;

		assert_true(c->state == ENCUMBRANCE_GRANTED || c->state == ENCUMBRANCE_LIVE ||
		            c->state == ENCUMBRANCE_ENFORCED);
		assert_int_equal(c->open, c->state == ENCUMBRANCE_LIVE ? 7 : 10);
		seen++;
	}
	assert_int_equal(seen, 3);
	/* An asset that is not there has no children to know. */
	want.key = key_uuid(id_of(98));
	assert_int_equal(store_load(writer, &w, &want, 1), OK);
	assert_false(world_find(&w, TABLE_ASSET, want.key)->exists);
	assert_int_equal(store_load(writer, &w, NULL, 0), OK);
	/* A world too small says so. */
	struct arena tiny = arena_over(mem2.base, 9 * 1024);
	assert_true(world_start(&w, &tiny, 1, false));
	want.key = key_uuid(a.id);
	assert_int_equal(store_load(writer, &w, &(struct want){ TABLE_ASSET, want.key, true, false }, 1), E_TOO_BIG);
}

/* --- what is refused leaves nothing --- */

static struct {
	char entries[32], ids[32], assets[32], head[64];
} kept;

static void remember(void)
{
	snprintf(kept.entries, sizeof kept.entries, "%.31s", root_sql("SELECT count(*) FROM entry"));
	snprintf(kept.ids, sizeof kept.ids, "%.31s", root_sql("SELECT count(*) FROM submission"));
	snprintf(kept.assets, sizeof kept.assets, "%.31s", root_sql("SELECT count(*) || ' ' || max(seq) FROM asset"));
	snprintf(kept.head, sizeof kept.head, "%.63s", root_sql("SELECT size || ' ' || md5(peaks) FROM log_head"));
}

static void nothing_changed(void)
{
	assert_string_equal(root_sql("SELECT count(*) FROM entry"), kept.entries);
	assert_string_equal(root_sql("SELECT count(*) FROM submission"), kept.ids);
	assert_string_equal(root_sql("SELECT count(*) || ' ' || max(seq) FROM asset"), kept.assets);
	assert_string_equal(root_sql("SELECT size || ' ' || md5(peaks) FROM log_head"), kept.head);
}

/* A batch of one entry and one asset on top of h. */
static struct world one(const struct head *h, uint8_t n)
{
	static struct asset a;
	struct world w = new_world(&mem);

	a = an_asset(n, id_of(1), id_of(2), (int64_t)h->range.size);
	change(&w, (struct row *[]){ &a.row }, 1);
	batch_start(&batch, h);
	batch_add(&batch, id_of(1), a.id, 100, 0);
	return w;
}

static void wrong_head_writes_nothing(void **state)
{
	struct head h = head_now(), wrong;
	struct world w;

	(void)state;
	remember();
	for (int i = 0; i < 3; i++) {
		wrong = h;
		if (i == 0)
			wrong.epoch++;
		else if (i == 1)
			wrong.epoch--;
		else
			range_append(&wrong.range, hash_of(1)); /* the size */
		w = one(&wrong, 40);
		assert_int_equal(batch_commit(writer, &batch, &w), E_UNAVAILABLE);
		assert_true(store_alive(writer));
		nothing_changed();
	}
	w = one(&h, 40);
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
}

static void second_writer_fences_the_first(void **state)
{
	struct store *second = open_as(STORE_WRITER);
	struct head mine, theirs;
	struct world w;

	(void)state;
	assert_int_equal(store_take_lease(writer, &mine), OK);
	assert_int_equal(store_take_lease(second, &theirs), OK);
	assert_int_equal(theirs.epoch, mine.epoch + 1);
	assert_int_equal(theirs.range.size, mine.range.size);
	remember();
	w = one(&mine, 41);
	assert_int_equal(batch_commit(writer, &batch, &w), E_UNAVAILABLE);
	nothing_changed();
	w = one(&theirs, 41);
	assert_int_equal(batch_commit(second, &batch, &w), OK);
	store_close(second);
	assert_int_equal(store_take_lease(writer, &mine), OK);
}

static void the_same_id_twice(void **state)
{
	struct head h = head_now();
	struct world w = one(&h, 42);
	struct submission ask[3] = { { .issuer = id_of(1) }, { .issuer = id_of(9) }, { .issuer = id_of(1) } };
	struct uuid used;

	(void)state;
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
	used = batch.entry[0].id;
	ask[0].id = ask[1].id = used;
	ask[2].id = id_of(77);
	assert_int_equal(store_submissions(writer, ask, 3), OK);
	assert_true(ask[0].found && !ask[1].found && !ask[2].found);
	assert_int_equal(ask[0].seq, h.range.size);
	assert_true(hash_eq(ask[0].statement, batch.entry[0].statement_hash));

	h = head_now();
	w = one(&h, 43);
	remember();
	batch.entry[0].id = used;
	assert_int_equal(batch_commit(writer, &batch, &w), E_ID_CONFLICT);
	nothing_changed();
	batch.entry[0].issuer = id_of(9); /* another issuer's id of the same bytes is another id */
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
	h = head_now();
	w = one(&h, 44);
	batch_add(&batch, id_of(1), id_of(44), 100, 0);
	batch.entry[1].id = batch.entry[0].id; /* twice within one batch */
	remember();
	assert_int_equal(batch_commit(writer, &batch, &w), E_ID_CONFLICT);
	nothing_changed();
}

/* A balance that does not hold is refused by the database too. */
static void checks_hold(void **state)
{
	struct head h = head_now();
	struct world w = new_world(&mem);
	struct asset a = an_asset(45, id_of(1), id_of(2), 9);

	(void)state;
	remember();
	a.encumbered = a.face - 10;
	a.reserved = 11;
	change(&w, (struct row *[]){ &a.row }, 1);
	batch_start(&batch, &h);
	batch_add(&batch, id_of(1), a.id, 100, 0);
	assert_int_equal(batch_commit(writer, &batch, &w), E_INTERNAL);
	assert_non_null(strstr(store_why(writer), "asset_balance"));
	nothing_changed();
	a.reserved = 10;
	w = new_world(&mem);
	change(&w, (struct row *[]){ &a.row }, 1);
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
}

static void errors_by_sqlstate(void **state)
{
	static const struct {
		const char *state;
		enum fault want;
	} rows[] = {
		{ "53100", E_STORAGE_FULL }, { "53200", E_UNAVAILABLE }, { "57014", E_UNAVAILABLE },
		{ "40001", E_UNAVAILABLE },  { "40P01", E_UNAVAILABLE }, { "25006", E_UNAVAILABLE },
		{ "55P03", E_UNAVAILABLE },  { "XX000", E_INTERNAL },    { "42501", E_FORBIDDEN },
	};
	char sql[256];

	(void)state;
	remember();
	root_sql("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
	         " RAISE EXCEPTION 'no' USING ERRCODE = (SELECT s FROM counterfoil.fail_with); END $$");
	root_sql("CREATE TABLE fail_with (s text)");
	root_sql("GRANT SELECT ON fail_with TO PUBLIC");
	root_sql("GRANT EXECUTE ON FUNCTION fail TO PUBLIC");
	root_sql("CREATE TRIGGER fail BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION fail()");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct head h = head_now();
		struct world w = one(&h, 46);

		snprintf(sql, sizeof sql, "DELETE FROM fail_with; INSERT INTO fail_with VALUES ('%s')", rows[i].state);
		root_sql(sql);
		assert_int_equal(batch_commit(writer, &batch, &w), rows[i].want);
		assert_true(store_alive(writer));
	}
	root_sql("DROP TRIGGER fail ON entry; DROP FUNCTION fail; DROP TABLE fail_with");
	nothing_changed();
	struct head h = head_now();
	struct world w = one(&h, 46);
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
}

/* --- the log --- */

static void log_reads_back(void **state)
{
	struct head h = head_now();
	struct world none = new_world(&mem2);
	struct span leaves, text[3];
	struct stored_entry *e;
	size_t n;

	(void)state;
	batch_start(&batch, &h);
	for (unsigned i = 0; i < 40; i++)
		batch_add(&batch, id_of(1), id_of((uint8_t)i), (uint16_t)(100 + i), i % 3 ? 0 : 450);
	assert_int_equal(batch_commit(writer, &batch, &none), OK);
	arena_reset(&mem);
	assert_int_equal(store_leaves(writer, h.range.size, 40, &mem, &leaves), OK);
	assert_int_equal(leaves.len, 40 * LEAF_LEN);
	for (unsigned i = 0; i < 40; i++)
		assert_memory_equal(leaves.at + i * LEAF_LEN, batch.leaf[i], LEAF_LEN);
	assert_int_equal(store_leaves(writer, h.range.size + 1, 40, &mem, &leaves), E_NOT_FOUND);

	assert_int_equal(store_entries(writer, h.range.size + 3, 5, &mem, &e, &n), OK);
	assert_int_equal(n, 5);
	assert_int_equal(e[4].seq, h.range.size + 7);
	assert_int_equal(e[0].outcome, 450);
	assert_int_equal(e[1].kind, 104);
	assert_true(uuid_eq(e[2].object, id_of(5)) && uuid_eq(e[2].issuer, id_of(1)));
	assert_true(uuid_eq(e[2].id, batch.entry[5].id) && hash_eq(e[2].statement_hash, batch.entry[5].statement_hash));
	assert_true(span_eq(e[2].statement, batch.entry[5].statement));
	assert_memory_equal(e[2].leaf.at, batch.leaf[5], LEAF_LEN);
	assert_int_equal(store_entries(writer, h.range.size + 40, 5, &mem, &e, &n), OK);
	assert_int_equal(n, 0);

	const uint64_t seq[3] = { h.range.size + 9, h.range.size, h.range.size + 9 };
	assert_int_equal(store_statements(writer, seq, 3, &mem, text), OK);
	assert_true(span_eq(text[0], batch.entry[9].statement) && span_eq(text[1], batch.entry[0].statement));
	assert_true(span_eq(text[2], text[0]));
	assert_int_equal(store_statements(writer, &(uint64_t){ 1u << 30 }, 1, &mem, text), E_NOT_FOUND);

	h = head_now();
	assert_int_equal(h.range.size, batch.after.range.size);
	assert_memory_equal(range_root(&h.range).b, range_root(&batch.after.range).b, HASH_LEN);
	assert_true(hash_eq(h.last_leaf, batch.after.last_leaf) && h.accepted_at.us == batch.after.accepted_at.us);
	assert_string_equal(root_sql("SELECT count(*) = max(seq) + 1 AND min(seq) = 0 FROM entry"), "t");
}

static void checkpoints(void **state)
{
	struct store *p = open_as(STORE_PUBLISHER);
	struct span note;
	uint64_t at;

	(void)state;
	arena_reset(&mem);
	assert_int_equal(store_checkpoint_get(p, 1, &mem, &at, &note), E_NOT_FOUND);
	assert_int_equal(store_checkpoints_put(p, &(struct stored_note){ 5, hash_of(5), S("five") }, 1), OK);
	assert_int_equal(store_checkpoints_put(p, &(struct stored_note){ 9, hash_of(9), S("nine") }, 1), OK);
	assert_int_equal(store_checkpoints_put(p, &(struct stored_note){ 9, hash_of(9), S("nine again") }, 1), OK);
	assert_int_equal(store_checkpoints_put(p, &(struct stored_note){ 9, hash_of(8), S("a fork") }, 1), E_INTERNAL);
	assert_int_equal(store_checkpoint_get(p, 6, &mem, &at, &note), OK);
	assert_true(at == 9 && span_is(note, "nine"));
	assert_int_equal(store_checkpoint_get(p, 5, &mem, &at, &note), OK);
	assert_int_equal(at, 5);
	assert_int_equal(store_checkpoint_get(p, 10, &mem, &at, &note), E_NOT_FOUND);
	store_close(p);
}

static void nobody_rewrites_the_log(void **state)
{
	static const char *const table[] = { "entry", "submission", "checkpoint", "access_log" };
	static const char *const column[] = { "seq", "seq", "size", "number" };
	char sql[128];
	PGconn *pg = root();

	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(table); t++)
		for (int harm = 0; harm < 3; harm++) {
			if (harm < 2)
				snprintf(sql, sizeof sql, "%s %s", harm ? "TRUNCATE" : "DELETE FROM", table[t]);
			else
				snprintf(sql, sizeof sql, "UPDATE %s SET %s = %s", table[t], column[t],
				         t == 3 ? "DEFAULT" : "1");
			if (strcmp(try_sql(pg, sql, NULL), "2F002") != 0) /* ours: never() */
				fail_msg("%s: %s", sql, PQerrorMessage(pg));
		}
	PQfinish(pg);
}

/* --- scans and timers --- */

static struct {
	struct row_key last;
	size_t n, stop;
} walk;
static bool on_row(void *arg, const struct row *r)
{
	assert_true(*(enum table_id *)arg == r->table);
	assert_true(walk.n == 0 || memcmp(walk.last.b, r->key, sizeof r->key) < 0);
	memcpy(walk.last.b, r->key, sizeof r->key);
	return ++walk.n != walk.stop;
}

static void scans_in_key_order(void **state)
{
	enum table_id t = TABLE_CLAIM;
	struct world w = new_world(&mem);
	struct head h = head_now();

	(void)state;
	for (unsigned i = 0; i < 4500; i++) { /* more than two pages */
		struct claim c;
		struct fp16 f;

		memset(&f, 0, sizeof f);
		be32_put(f.b, i * 2654435761u);
		row_init(&c.row, TABLE_CLAIM, key_fp16(f));
		c.kind = CLAIM_INVOICE;
		change(&w, (struct row *[]){ &c.row }, 1);
	}
	batch_start(&batch, &h);
	batch_add(&batch, id_of(1), id_of(2), 1, 0);
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
	memset(&walk, 0, sizeof walk);
	assert_int_equal(store_scan(writer, t, on_row, &t), OK);
	assert_int_equal(walk.n, 4500 + 3); /* and those of every_column_comes_back */
	memset(&walk, 0, sizeof walk);
	walk.stop = 2100;
	assert_int_equal(store_scan(writer, t, on_row, &t), OK);
	assert_int_equal(walk.n, 2100);
	for (int i = TABLE_NONE + 1; i < TABLE_COUNT; i++) {
		t = (enum table_id)i;
		memset(&walk, 0, sizeof walk);
		assert_int_equal(store_scan(writer, t, on_row, &t), OK);
		assert_true(walk.n >= 1 || t == TABLE_DOCUMENT);
	}
	assert_true(head_now().epoch == h.epoch); /* and no transaction was left open */
}

static size_t due_at(int64_t us, enum statement_kind kind, struct uuid object)
{
	struct due due[64];
	size_t n, seen = 0;

	assert_int_equal(store_due(writer, (struct moment){ us }, 90, 64, due, &n), OK);
	for (size_t i = 0; i < n; i++)
		seen += due[i].kind == kind && uuid_eq(due[i].object, object);
	return seen;
}

static void deadlines(void **state)
{
	const int64_t t0 = INT64_C(1500000000000000), day = 10000; /* before every other row's */
	struct world w = new_world(&mem);
	struct head h = head_now();
	struct asset a = an_asset(60, id_of(1), id_of(2), 1), b = an_asset(61, id_of(1), id_of(2), 1);
	struct asset v = an_asset(65, id_of(1), id_of(2), 1);
	struct encumbrance e = an_encumbrance(62, &a, id_of(3), 5, 1);
	struct hold ho = a_hold(63, &a, id_of(3), 1);
	struct pending p;
	struct due one[2];
	size_t n;

	(void)state;
	row_init(&p.row, TABLE_PENDING, key_hash(hash_of(64)));
	p.object = id_of(64);
	p.state = LIVE;
	e.state = ENCUMBRANCE_GRANTED;
	e.deadline.us = ho.until.us = p.deadline.us = t0;
	a.due.day = b.due.day = v.due.day = (int32_t)day;
	b.state = RCV_OVERDUE;
	v.kind = ASSET_VOUCHER;
	v.state = VOUCHER_HELD;
	root_sql("UPDATE asset SET state = 9; UPDATE encumbrance SET state = 3; UPDATE hold SET state = 2;"
	         "UPDATE pending SET state = 3");
	change(&w, (struct row *[]){ &a.row, &b.row, &e.row, &ho.row, &p.row, &v.row }, 6);
	batch_start(&batch, &h);
	batch_add(&batch, id_of(1), a.id, 1, 0);
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
	/* as decide() compares: a deadline has passed at its microsecond, a due date when the next day begins */
	static const struct {
		enum statement_kind kind;
		uint8_t object;
	} at_moment[] = {
		{ ST_ENCUMBRANCE_LAPSE, 62 },
		{ ST_HOLD_LAPSE, 63 },
		{ ST_STATEMENT_LAPSE, 64 },
	};
	for (size_t i = 0; i < ARRAY_LEN(at_moment); i++) {
		assert_int_equal(due_at(t0 - 1, at_moment[i].kind, id_of(at_moment[i].object)), 0);
		assert_int_equal(due_at(t0, at_moment[i].kind, id_of(at_moment[i].object)), 1);
	}
	assert_int_equal(due_at((day + 1) * DAY_US - 1, ST_RECEIVABLE_OVERDUE, a.id), 0);
	assert_int_equal(due_at((day + 1) * DAY_US, ST_RECEIVABLE_OVERDUE, a.id), 1);
	assert_int_equal(due_at((day + 91) * DAY_US - 1, ST_RECEIVABLE_DEFAULT, b.id), 0);
	assert_int_equal(due_at((day + 91) * DAY_US, ST_RECEIVABLE_DEFAULT, b.id), 1);
	assert_int_equal(due_at((day + 91) * DAY_US, ST_RECEIVABLE_OVERDUE, b.id), 0);
	assert_int_equal(due_at((day + 1) * DAY_US - 1, ST_VOUCHER_OVERDUE, v.id), 0);
	assert_int_equal(due_at((day + 1) * DAY_US, ST_VOUCHER_OVERDUE, v.id), 1);
	assert_int_equal(due_at((day + 91) * DAY_US, ST_RECEIVABLE_OVERDUE, v.id), 0);
	assert_int_equal(due_at((day + 91) * DAY_US, ST_RECEIVABLE_DEFAULT, v.id), 0);
	assert_int_equal(due_at((day + 91) * DAY_US, ST_RECEIVABLE_DEFAULT, a.id), 0);
	assert_int_equal(store_due(writer, (struct moment){ t0 * 2 }, 90, 2, one, &n), OK);
	assert_int_equal(n, 2);
	assert_true(hash_eq(one[0].head, e.head));
}

/* What rank, term and clocks add: each is due when the next day begins, and not once it has ended. */
static void deadlines_of_terms_and_objections(void **state)
{
	const int32_t day = 9000;
	struct world w = new_world(&mem);
	struct head h = head_now();
	struct asset a = an_asset(170, id_of(1), id_of(2), 1), future = an_asset(171, id_of(1), id_of(2), 1);
	struct encumbrance e = an_encumbrance(172, &a, id_of(3), 5, 1), f = an_encumbrance(173, &a, id_of(3), 5, 1);
	struct objection o;
	static const struct {
		enum statement_kind kind;
		uint8_t object;
		const char *over;
	} row[] = {
		{ ST_ENCUMBRANCE_EXPIRE, 172, "UPDATE encumbrance SET state = 3 WHERE until_date = '1994-08-23'" },
		{ ST_ENCUMBRANCE_DISCHARGE, 173, "UPDATE encumbrance SET state = 3 WHERE discharge_by = '1994-08-23'" },
		{ ST_OBJECTION_LAPSE, 174, "UPDATE objection SET state = 3 WHERE file_by = '1994-08-23'" },
		{ ST_RECEIVABLE_LAPSE, 171, "UPDATE asset SET existing = 1 WHERE document_by = '1994-08-23'" },
	};

	(void)state;
	row_init(&o.row, TABLE_OBJECTION, key_uuid(id_of(174)));
	o.asset = a.id;
	o.challenger = id_of(1);
	o.code = 1;
	o.state = OBJ_ANSWERED;
	e.until_date.day = f.discharge_by.day = o.file_by.day = future.document_by.day = day;
	f.until_date.day = day + 1000;
	future.existing = 0;
	a.due.day = future.due.day = day + 10000;
	a.encumbered = 10;
	a.encumbrance_count = 2;
	change(&w, (struct row *[]){ &a.row, &future.row, &e.row, &f.row, &o.row }, 5);
	batch_start(&batch, &h);
	batch_add(&batch, id_of(1), a.id, 1, 0);
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct uuid id = id_of(row[i].object);

		assert_int_equal(due_at((day + 1) * DAY_US - 1, row[i].kind, id), 0);
		assert_int_equal(due_at((day + 1) * DAY_US, row[i].kind, id), 1);
		root_sql(row[i].over);
		assert_int_equal(due_at((day + 1) * DAY_US, row[i].kind, id), 0);
	}
}

/* --- documents, checks --- */

static void documents(void **state)
{
	struct store *c = open_as(STORE_CHECKER);
	struct document_record d = { .bytes = S("\x00 bytes \xff"),
		                     .report = S("{\"a\": \"\xe7\xa5\xa8\"}"),
		                     .submitter = id_of(7) };
	struct world w = new_world(&mem);
	struct want want = { TABLE_DOCUMENT, nth_key(TABLE_DOCUMENT, 12), false, false };

	(void)state;
	make(TABLE_DOCUMENT, 2);
	memcpy(&d.row, &made[TABLE_DOCUMENT][2], sizeof d.row);
	d.row.level = 4;
	if (store_document_put(c, &d) != OK)
		fail_msg("%s", store_why(c));
	d.row.level = 1; /* the bytes are known: what was found in them the first time stays */
	d.submitter = id_of(8);
	assert_int_equal(store_document_put(c, &d), OK);
	assert_int_equal(store_document_put(c, &d), OK);
	assert_int_equal(store_load(c, &w, &want, 1), OK);
	d.row.level = 4;
	assert_null(row_difference(&d.row.row, world_find(&w, TABLE_DOCUMENT, want.key), true));
	assert_string_equal(
		root_sql("SELECT count(*) || ' ' || max(submitter::text) || ' ' || max(size) FROM document_content"),
		"1 01930000-0000-7000-8000-000000000007 9");
	assert_string_equal(root_sql("SELECT count(*) || ' ' || min(octet_length(report)) FROM document_sealed"),
	                    "2 52"); /* a copy for each, under its key: t74 */
	assert_string_equal(root_sql("SELECT count(*) || ' ' || max(submitter::text) FROM document_submitter"),
	                    "1 01930000-0000-7000-8000-000000000008");
	d.row.row.key[0] ^= 1;
	d.row.sha256.b[0] ^= 1;
	assert_int_equal(store_document_put(writer, &d), E_FORBIDDEN);
	store_close(c);
}

static void checks_are_recorded(void **state)
{
	struct store *c = open_as(STORE_CHECKER);
	struct world w = new_world(&mem);
	struct want want[2] = { { TABLE_ASSET, key_uuid(id_of(20)), true, false },
		                { TABLE_CLAIM, nth_key(TABLE_CLAIM, 10), false, false } };
	struct access access[2] = {
		{ { 1700000000000001 }, id_of(3), id_of(20), id_of(1), S("check"), S("lending \xe8\xb4\xb7") },
		{ { 1700000000000002 }, id_of(4), { { 0 } }, { { 0 } }, S("read"), S("") },
	};

	(void)state;
	assert_int_equal(store_check(c, &w, want, 2, access, 2), OK);
	assert_true(world_find(&w, TABLE_ASSET, want[0].key)->exists);
	assert_true(world_find(&w, TABLE_CLAIM, want[1].key)->exists);
	assert_int_equal(store_check(c, &w, NULL, 0, access, 1), OK);
	assert_int_equal(store_check(c, &w, want, 1, NULL, 0), OK);
	assert_string_equal(root_sql("SELECT count(*) || ' ' || min(at) || ' ' || max(purpose) FROM access_log"),
	                    "3 2023-11-14 22:13:20.000001+00 lending \xe8\xb4\xb7");
	store_close(c);
}

/* --- outcomes that are not known --- */

struct committing {
	struct world w;
	enum fault f;
};
static void *commit_thread(void *arg)
{
	struct committing *c = arg;

	c->f = batch_commit(writer, &batch, &c->w);
	return NULL;
}

/* Waits until the writer's COMMIT waits for a standby that will never come; its process id. */
static pid_t waiting_backend(void)
{
	for (int i = 0; i < 500; i++) {
		const char *pid = root_sql("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");

		if (pid[0])
			return (pid_t)strtol(pid, NULL, 10);
		usleep(20000);
	}
	fail_msg("nobody waits for a standby");
	return 0;
}

static void set_standby(const char *name)
{
	char sql[128];

	snprintf(sql, sizeof sql, "ALTER SYSTEM SET synchronous_standby_names = '%s'", name);
	root_sql(sql);
	root_sql("SELECT pg_reload_conf()");
	usleep(300000);
}

static void commit_with_a_warning_is_unknown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) { /* cancelled, then terminated */
		struct head h = head_now();
		struct committing c = { .w = one(&h, (uint8_t)(70 + i)) };
		pthread_t t;
		char sql[64];

		set_standby("ghost");
		assert_int_equal(pthread_create(&t, NULL, commit_thread, &c), 0);
		snprintf(sql, sizeof sql, "SELECT pg_%s_backend(%d)", i ? "terminate" : "cancel",
		         (int)waiting_backend());
		root_sql(sql);
		pthread_join(t, NULL);
		assert_int_equal(c.f, E_OUTCOME_UNKNOWN);
		set_standby("");
		assert_int_equal(store_alive(writer), i == 0);
		if (!store_alive(writer)) {
			store_close(writer);
			writer = open_as(STORE_WRITER);
		}
		assert_int_equal(head_now().range.size, h.range.size + 1); /* it was committed, here */
	}
}

static void open_again(void)
{
	store_close(writer);
	writer = NULL;
	for (int i = 0; i < 200 && !writer; i++) {
		writer = store_open(cluster.conninfo, STORE_WRITER, why, sizeof why);
		if (!writer)
			usleep(50000);
	}
	assert_non_null(writer);
	store_vault(writer, &test_vault);
}

static void killed_during_commit_is_unknown(void **state)
{
	struct head h = head_now();
	struct committing c = { .w = one(&h, 72) };
	struct submission sub = { .issuer = id_of(1) };
	pthread_t t;

	(void)state;
	set_standby("ghost");
	assert_int_equal(pthread_create(&t, NULL, commit_thread, &c), 0);
	assert_int_equal(kill(waiting_backend(), SIGKILL), 0);
	pthread_join(t, NULL);
	assert_int_equal(c.f, E_OUTCOME_UNKNOWN);
	assert_false(store_alive(writer));
	assert_int_equal(batch_commit(writer, &batch, &c.w), E_UNAVAILABLE); /* nothing was sent: certain */
	open_again();                                                        /* after PostgreSQL's own recovery */
	set_standby("");
	sub.id = batch.entry[0].id;
	assert_int_equal(store_submissions(writer, &sub, 1), OK); /* the way to learn the outcome */
	assert_true(sub.found);
	assert_int_equal(sub.seq, h.range.size);
	h = head_now();
	struct world w = one(&h, 73);
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
}

static void killed_while_idle_is_certain(void **state)
{
	struct head h = head_now();
	struct world w = one(&h, 74);

	(void)state;
	root_sql(
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'counterfoil writer'");
	usleep(200000);
	assert_int_equal(batch_commit(writer, &batch, &w), E_UNAVAILABLE);
	open_again();
	assert_int_equal(head_now().range.size, h.range.size);
	assert_int_equal(batch_commit(writer, &batch, &w), OK);
}

static int start(void **state)
{
	(void)state;
	cluster_start();
	mem = test_arena((size_t)64 << 20);
	mem2 = test_arena((size_t)64 << 20);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	store_close(writer);
	cluster_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(migrates_once),
		T(every_column_comes_back),
		T(changes),
		T(loads_children),
		T(wrong_head_writes_nothing),
		T(second_writer_fences_the_first),
		T(the_same_id_twice),
		T(checks_hold),
		T(errors_by_sqlstate),
		T(log_reads_back),
		T(checkpoints),
		T(nobody_rewrites_the_log),
		T(scans_in_key_order),
		T(deadlines),
		T(deadlines_of_terms_and_objections),
		T(documents),
		T(checks_are_recorded),
		T(commit_with_a_warning_is_unknown),
		T(killed_during_commit_is_unknown),
		T(killed_while_idle_is_certain),
		T(refuses_what_it_does_not_know),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
