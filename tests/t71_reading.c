/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t71: the reading side against a PostgreSQL of its own: who sees what, pages,
 * receipts, documents, checks by the thousand, and a database that goes away.
 *
 * The rows are made by the real decide() (actors.h) and stored with the real
 * store_commit; only signatures, sequencer and publisher are left out.
 */
#include "storefix.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "actors.h"
#include "intake/inbound.h"
#include "note.h"
#include "run/clock.h"
#include "service/parser.h"
#include "service/reading.h"
#include "service/tiles.h"

/* --- a registry without its writing side --- */

#define ORIGIN "test.example/log"
enum { ENTRIES_MAX = 8192 };

static struct stage s;
static struct store *writer;
static struct head head;
static struct privkey log_key;
static struct vkey log_vkey;
static struct keyring *ring;
static struct tokens *tokens;
static struct tiles *tiles;
static struct parser parser;
static struct reading *reading;
static char tiles_dir[128];
static struct {
	struct uuid issuer, object;
	uint16_t kind, outcome;
} said[ENTRIES_MAX];

static void enter(const struct command *c)
{
	uint64_t seq = s.seq;
	enum fault f = step(&s, c);

	if (s.seq == seq)
		fail_msg("%s: %s", fault_info(f)->slug, s.d.diag.detail);
	said[seq].issuer = s.d.issuer;
	said[seq].object = c->object;
	said[seq].kind = (uint16_t)c->kind;
	said[seq].outcome = (uint16_t)f;
}

static void all_dirty(void)
{
	s.world.dirty = s.world.dirty_last = NULL;
	for (size_t i = 0; i < s.world.n_buckets; i++) {
		for (struct row *r = s.world.bucket[i]; r; r = r->next) {
			r->stored = r->seen; /* the stage has no store: what was not flushed yet is new there */
			r->seen = true;
			r->dirty = r->exists;
			r->next_dirty = s.world.dirty;
			s.world.dirty = r->dirty ? r : s.world.dirty;
			if (!s.world.dirty_last)
				s.world.dirty_last = s.world.dirty;
		}
	}
}

static void publish(void)
{
	static char note[CHECKPOINT_MAX];
	struct writer w = writer_over(note, sizeof note);

	assert_true(checkpoint_sign(&w, &log_key, ORIGIN, head.range.size, range_root(&head.range)));
	assert_int_equal(tiles_publish(tiles, writer_span(&w)), OK);
}

/* Stores what has been decided since: entries, and every row there is. */
static void flush(void)
{
	static struct batch b;

	while (head.range.size < s.seq) {
		batch_start(&b, &head);
		while (b.n < BATCH_MAX && b.after.range.size < s.seq) {
			uint64_t n = b.after.range.size;

			(void)batch_add(&b, said[n].issuer, said[n].object, said[n].kind, said[n].outcome);
		}
		if (b.after.range.size == s.seq)
			all_dirty();
		assert_int_equal(batch_commit(writer, &b, &s.world), OK);
		world_clean(&s.world);
		assert_int_equal(tiles_extend(tiles, head.range.size, (const uint8_t *)b.leaf, b.n), OK);
		head = b.after;
	}
	publish();
}

/* --- asking --- */

struct asking {
	struct question q;
	struct arena mem;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool done;
};

static void on_done(struct question *q)
{
	struct asking *a = q->arg;

	pthread_mutex_lock(&a->lock);
	a->done = true;
	pthread_cond_signal(&a->cond);
	pthread_mutex_unlock(&a->lock);
}

static struct asking the;

static struct question *question(enum actor who, enum fault (*fn)(struct question *q, void *reader))
{
	if (!the.mem.base) {
		the.mem = test_arena((size_t)1 << 20);
		pthread_mutex_init(&the.lock, NULL);
		pthread_cond_init(&the.cond, NULL);
	}
	arena_reset(&the.mem);
	the.done = false;
	the.q = (struct question){ .mem = &the.mem, .fn = fn, .done = on_done, .arg = &the };
	if (who < ACTORS) {
		const struct row *p = world_find(&s.world, TABLE_PARTY, key_uuid(s.party[who]));

		the.q.who.party = s.party[who];
		the.q.who.roles = ((const struct party *)(const void *)p)->roles;
	}
	the.q.who.purpose = S("audit");
	return &the.q;
}

static enum fault wait_for(bool (*put)(struct reading *r, struct question *q))
{
	assert_true(put(reading, &the.q));
	pthread_mutex_lock(&the.lock);
	while (!the.done)
		pthread_cond_wait(&the.cond, &the.lock);
	pthread_mutex_unlock(&the.lock);
	return the.q.result;
}

static enum fault ask(void) { return wait_for(reading_ask); }

static struct span id_text(struct uuid id)
{
	static char text[4][UUID_TEXT];
	static unsigned n;
	struct writer w = writer_over(text[n++ % 4], UUID_TEXT);

	put_uuid(&w, id);
	return writer_span(&w);
}

static enum fault ask_about(enum actor who, enum fault (*fn)(struct question *q, void *reader), struct uuid id)
{
	question(who, fn)->param[0] = id_text(id);
	return ask();
}

static enum fault check(enum actor who, const char *body)
{
	question(who, NULL)->body = span_z(body);
	return wait_for(reading_check);
}

static bool has(const char *what) { return memmem(the.q.answer.at, the.q.answer.len, what, strlen(what)) != NULL; }

static unsigned count(const char *what)
{
	unsigned n = 0;
	size_t len = strlen(what);

	for (size_t i = 0; i + len <= the.q.answer.len; i++)
		n += memcmp(the.q.answer.at + i, what, len) == 0;
	return n;
}

static int64_t records(const char *where)
{
	char sql[512];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM access_log WHERE %s", where);
	return strtoll(root_sql(sql), NULL, 10);
}

/* --- the story everybody asks about --- */

static struct uuid first, second; /* receivables; BANK_A has half of the first */
static struct uuid own_enc;

static void story(void)
{
	struct command c = registers(&s, SUPPLIER, 100000, "INV-1");

	first = c.object;
	enter(&c);
	c = confirms(&s, first);
	enter(&c);
	c = grants(&s, SUPPLIER, first, BANK_A, 50000);
	own_enc = c.object;
	enter(&c);
	c = about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, own_enc);
	enter(&c);
	c = registers(&s, SUPPLIER, 200000, "inv 1"); /* the same invoice: refused, on record */
	enter(&c);
	c = registers(&s, SUPPLIER, 200000, "INV-2");
	second = c.object;
	enter(&c);
	for (int i = 3; i < 30; i++) {
		char number[16];

		snprintf(number, sizeof number, "INV-%d", i);
		c = registers(&s, SUPPLIER2, 1000 * i, number);
		enter(&c);
	}
}

static bool no_certificates(void *arg, const struct body_check_certify *body, struct arena *mem, struct ticket *t);

static int start(void **state)
{
	uint8_t seed[SEED_LEN] = { 9 };
	struct reading_conf conf = { .vault = &test_vault,
		                     .tiles_dir = tiles_dir,
		                     .origin = S(ORIGIN),
		                     .readers = 2,
		                     .queue_max = 4096,
		                     .certify = no_certificates };
	char vkey[256];
	struct writer w = writer_over(vkey, sizeof vkey);

	(void)state;
	assert_true(crypto_start());
	assert_true(parser_start(&parser)); /* forks: before anything else */
	cluster_start();
	migrate();
	writer = open_as(STORE_WRITER);
	assert_int_equal(store_take_lease(writer, &head), OK);
	assert_true(privkey_from_seed(ALG_ED25519, seed, &log_key));
	put_vkey(&w, ORIGIN, &log_key.pub);
	assert_true(vkey_parse(writer_span(&w), &log_vkey));
	snprintf(tiles_dir, sizeof tiles_dir, "%s/tiles", state_dir);
	tiles = tiles_open(tiles_dir, why, sizeof why);
	assert_non_null(tiles);
	stage_began = date_start(date_of(clock_now())).us - DAY_US +
	              INT64_C(8) * 3600 * 1000000; /* checks ask by the clock */
	stage_start(&s, (size_t)1 << 27);
	for (uint64_t i = 0; i < s.seq; i++)
		said[i].issuer = said[i].object = s.party[OPERATOR];
	story();
	flush();
	ring = keyring_new();
	tokens = tokens_open(state_dir, ring, 600, why, sizeof why);
	assert_non_null(tokens);
	conf.database_url = cluster.conninfo;
	conf.tokens = tokens;
	conf.parser = &parser;
	conf.fp_key = stage_registry(&s).fp_key;
	reading = reading_start(&conf, why, sizeof why);
	if (!reading)
		fail_msg("%s", why);
	return 0;
}

static int end(void **state)
{
	(void)state;
	reading_stop(reading);
	tokens_close(tokens);
	keyring_free(ring);
	tiles_close(tiles);
	store_close(writer);
	parser_stop(&parser);
	stage_end(&s);
	cluster_stop();
	return 0;
}

/* --- one object --- */

static void a_receivable(void **state)
{
	int64_t before = records("what = 'receivable'");

	(void)state;
	assert_int_equal(ask_about(SUPPLIER, ask_receivable, first), OK);
	assert_true(has("\"1000.00\""));
	assert_int_equal(strlen(the.q.etag), HASH_B64);
	assert_int_equal(ask_about(ANCHOR, ask_receivable, first), OK);
	assert_int_equal(records("what = 'receivable'"), before); /* their own */
	assert_int_equal(ask_about(BANK_A, ask_receivable, first), OK);
	assert_int_equal(records("what = 'receivable' AND purpose = 'audit'"), before + 2); /* of creditor and debtor */
	assert_int_equal(ask_about(REGULATOR, ask_receivable, first), OK);
	assert_int_equal(records("what = 'receivable'"), before + 4);
}

/* Whoever does not say what for gets nothing of another's, and there is no record of what was not shown. What is one's
 * own needs no reason; what may not be seen at all is not there, with a reason or without. */
static void nothing_without_a_purpose(void **state)
{
	int64_t before = records("true");

	(void)state;
	question(BANK_A, ask_receivable);
	the.q.who.purpose = S("");
	the.q.param[0] = id_text(first);
	assert_int_equal(ask(), E_NO_PURPOSE);
	assert_string_equal(the.q.diag.pointer, "Counterfoil-Purpose");
	assert_int_equal(the.q.answer.len, 0);
	question(SUPPLIER, ask_receivable);
	the.q.who.purpose = S("");
	the.q.param[0] = id_text(first);
	assert_int_equal(ask(), OK);
	question(BANK_C, ask_receivable);
	the.q.who.purpose = S("");
	the.q.param[0] = id_text(first);
	assert_int_equal(ask(), E_NOT_FOUND);
	assert_int_equal(records("true"), before);
}

/* What one may not see is not there: the same fault, and nothing in it. */
static void not_yours(void **state)
{
	static const struct {
		enum actor who;
		enum fault (*fn)(struct question *q, void *reader);
	} row[] = {
		{ BANK_B, ask_receivable }, { SUPPLIER2, ask_receivable }, { OPERATOR, ask_receivable },
		{ ACTORS, ask_receivable }, { BANK_B, ask_history },       { SUPPLIER2, ask_history },
		{ ACTORS, ask_history },
	};
	struct diag mine, none;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		assert_int_equal(ask_about(row[i].who, row[i].fn, first), E_NOT_FOUND);
		assert_int_equal(the.q.answer.len, 0);
		mine = the.q.diag;
		assert_int_equal(ask_about(row[i].who, row[i].fn, id_of(99)), E_NOT_FOUND);
		none = the.q.diag;
		assert_string_equal(mine.detail, none.detail);
	}
	assert_int_equal(ask_about(BANK_B, ask_encumbrance, own_enc), E_NOT_FOUND);
	assert_int_equal(ask_about(BANK_A, ask_encumbrance, own_enc), OK);
	assert_int_equal(ask_about(SUPPLIER, ask_encumbrance, own_enc), OK);
	question(REGULATOR, ask_attempts);
	assert_int_equal(ask(), OK);
	assert_true(has("duplicate-claim"));
	question(BANK_A, ask_attempts);
	assert_int_equal(ask(), E_NOT_FOUND);
}

static void bad_parameters(void **state)
{
	static const struct {
		enum fault (*fn)(struct question *q, void *reader);
		unsigned at;
		const char *value, *pointer;
	} row[] = {
		{ ask_receivable, 0, "not-a-uuid", "/id" }, { ask_receivable, 0, "", "/id" },
		{ ask_receivables, 1, "0", "/limit" },      { ask_receivables, 1, "201", "/limit" },
		{ ask_receivables, 1, "-1", "/limit" },     { ask_receivables, 1, "1e2", "/limit" },
		{ ask_receivables, 1, "007", "/limit" },    { ask_receivables, 3, "sold", "/state" },
		{ ask_receivables, 2, "1", "/cursor" },     { ask_receivables, 2, "AAAAAAAAAAAAAAAAAAAAAA", "/cursor" },
		{ ask_encumbrances, 3, "x", "/asset" },     { ask_entry, 0, "9007199254740993", "/seq" },
		{ ask_receipt, 0, "-0", "/seq" },           { ask_document, 0, "00", "/sha256" },
		{ ask_inclusion, 1, "9999999", "/size" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		enum fault f;

		question(SUPPLIER, row[i].fn)->param[row[i].at] = span_z(row[i].value);
		f = ask();
		assert_true(f == E_BAD_REQUEST || f == E_BAD_CURSOR);
		assert_string_equal(the.q.diag.pointer, row[i].pointer);
	}
}

/* --- pages --- */

static struct span next_cursor(char room[64])
{
	const char *at = memmem(the.q.answer.at, the.q.answer.len, "\"next\":\"", 8);

	if (!at)
		return S("");
	memcpy(room, at + 8, 22);
	return (struct span){ room, 22 };
}

static void pages(void **state)
{
	char room[64];
	struct span cursor = S("");
	unsigned seen = 0, asked = 0;

	(void)state;
	do {
		question(SUPPLIER2, ask_receivables)->param[1] = S("10");
		the.q.param[2] = cursor;
		assert_int_equal(ask(), OK);
		seen += count("\"kind\":\"receivable\"") + count("\"kind\" : \"receivable\"");
		cursor = next_cursor(room);
	} while (cursor.len > 0 && ++asked < 9);
	assert_int_equal(seen, 27);
	question(SUPPLIER2, ask_receivables)->param[1] = S("10");
	assert_int_equal(ask(), OK);
	cursor = next_cursor(room);
	question(SUPPLIER2, ask_holds)->param[2] = cursor; /* of another list */
	assert_int_equal(ask(), E_BAD_CURSOR);
	question(SUPPLIER, ask_receivables)->param[2] = cursor; /* of another asker */
	assert_int_equal(ask(), E_BAD_CURSOR);
	room[3] ^= 1;
	question(SUPPLIER2, ask_receivables)->param[2] = cursor;
	assert_int_equal(ask(), E_BAD_CURSOR);
	question(SUPPLIER, ask_receivables)->param[3] = S("confirmed");
	assert_int_equal(ask(), OK);
	assert_int_equal(count("INV-1"), 1);
	assert_int_equal(count("INV-2"), 0);
}

static void everything_answers(void **state)
{
	(void)state;
	assert_int_equal(ask_about(BANK_A, ask_party, s.party[SUPPLIER]), OK);
	assert_true(has("a party"));
	assert_int_equal(ask_about(BANK_A, ask_party, id_of(99)), E_NOT_FOUND);
	assert_int_equal(ask_about(BANK_A, ask_party_keys, s.party[SUPPLIER]), OK);
	assert_int_equal(ask_about(BANK_A, ask_party_keys, id_of(99)), E_NOT_FOUND);
	assert_int_equal(ask_about(ANCHOR, ask_party_claims, s.party[ANCHOR]), OK);
	assert_int_equal(count("\"state\":\"registered\"") + count("\"state\" : \"registered\""), 28);
	assert_int_equal(ask_about(BANK_B, ask_party_claims, s.party[ANCHOR]), OK);
	assert_true(has("\"items\":[]"));
	question(BANK_A, ask_encumbrances);
	assert_int_equal(ask(), OK);
	assert_true(has("500.00"));
	question(ACTORS, ask_rules);
	assert_int_equal(ask(), OK);
	assert_true(has("receivable.tenor"));
	question(SUPPLIER, ask_access);
	assert_int_equal(ask(), OK);
	assert_true(has("\"audit\""));
	assert_true(has("\"seq\""));
}

/* --- the log --- */

static void good_receipt(struct span json, struct span statement)
{
	static char room[1 << 16];
	struct arena mem = arena_over(room, sizeof room);
	struct receipt r;
	struct diag d;
	struct checkpoint at;

	assert_int_equal(receipt_read(json, &mem, &r, &d), OK);
	assert_string_equal(receipt_verdict_text(receipt_verify(&r, statement, &log_vkey, &mem, &at)),
	                    receipt_verdict_text(RECEIPT_GOOD));
	assert_int_equal(at.size, head.range.size);
}

static void receipts(void **state)
{
	char text[32], seq[24];

	(void)state;
	for (uint64_t i = 0; i < head.range.size; i += 7) {
		snprintf(seq, sizeof seq, "%u", (unsigned)i);
		snprintf(text, sizeof text, "statement.%u", (unsigned)i);
		question(ACTORS, ask_receipt)->param[0] = span_z(seq);
		assert_int_equal(ask(), OK);
		good_receipt(the.q.answer, span_z(text));
	}
	snprintf(seq, sizeof seq, "%u", (unsigned)head.range.size);
	question(ACTORS, ask_receipt)->param[0] = span_z(seq);
	assert_int_equal(ask(), E_NOT_FOUND);
}

/* The receipt inside a list of entries: the object behind "receipt": as long as its braces say. */
static struct span member_object(const char *name)
{
	const char *at = memmem(the.q.answer.at, the.q.answer.len, name, strlen(name));
	size_t n = 0;
	int depth = 0;

	assert_non_null(at);
	at += strlen(name);
	do {
		depth += (at[n] == '{') - (at[n] == '}');
		n++;
	} while (depth > 0);
	return (struct span){ at, n };
}

static void history(void **state)
{
	(void)state;
	assert_int_equal(ask_about(SUPPLIER, ask_history, first), OK);
	assert_int_equal(count("\"receipt\":{"), 4);
	good_receipt(member_object("\"receipt\":"), S(""));
	question(SUPPLIER, ask_history)->param[0] = id_text(first);
	the.q.param[1] = S("1");
	assert_int_equal(ask(), OK);
	assert_int_equal(count("\"receipt\":{"), 1);
}

static void entries(void **state)
{
	char seq[24];

	(void)state;
	snprintf(seq, sizeof seq, "%u", (unsigned)(head.range.size - 1));
	question(SUPPLIER2, ask_entry)->param[0] = span_z(seq);
	assert_int_equal(ask(), OK);
	assert_true(has("\"statement\""));
	question(ACTORS, ask_entry)->param[0] = span_z(seq); /* anyone: the leaf */
	assert_int_equal(ask(), OK);
	assert_true(has("receivable.register"));
	assert_false(has("issuer"));
	question(BANK_B, ask_entry)->param[0] = span_z(seq);
	assert_int_equal(ask(), OK);
	assert_false(has("issuer"));
	question(BANK_B, ask_entry)->param[0] = S("100000000");
	assert_int_equal(ask(), E_NOT_FOUND);
}

static void proofs(void **state)
{
	char n[24];

	(void)state;
	question(ACTORS, ask_inclusion)->param[0] = S("3");
	assert_int_equal(ask(), OK);
	assert_true(has("\"checkpoint\":\"" ORIGIN));
	the.q.param[1] = S("7");
	question(ACTORS, ask_inclusion)->param[0] = S("3");
	the.q.param[1] = S("7");
	assert_int_equal(ask(), OK);
	assert_int_equal(count("=\""), 5); /* leaf, root, three of a tree of seven */
	snprintf(n, sizeof n, "%u", (unsigned)head.range.size);
	question(ACTORS, ask_consistency)->param[0] = S("7");
	the.q.param[1] = span_z(n);
	assert_int_equal(ask(), OK);
	question(ACTORS, ask_consistency)->param[0] = S("0");
	the.q.param[1] = span_z(n);
	assert_int_equal(ask(), E_BAD_REQUEST);
}

/* --- documents --- */

static const char invoice[] =
	"<?xml version=\"1.0\"?><Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" "
	"xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"><cbc:ID>D-1</cbc:ID></Invoice>";

static void documents(void **state)
{
	char hex[64];
	struct writer w = writer_over(hex, sizeof hex);
	struct hash h = sha256(span_z(invoice));

	(void)state;
	put_hex(&w, h.b, sizeof h.b);
	question(SUPPLIER, ask_document_post)->body = span_z(invoice);
	assert_int_equal(ask(), OK);
	assert_int_equal(the.q.http, 201);
	assert_true(has("\"findings\":["));
	assert_true(has("ubl-invoice"));
	assert_memory_equal(the.q.answer.at + 7, hex, 64);
	question(SUPPLIER, ask_document_post)->body = span_z(invoice);
	assert_int_equal(ask(), OK);
	assert_int_equal(the.q.http, 200);
	question(SUPPLIER, ask_document)->param[0] = writer_span(&w);
	assert_int_equal(ask(), OK);
	question(BANK_A, ask_document)->param[0] = writer_span(&w);
	assert_int_equal(ask(), E_NOT_FOUND);
	question(BANK_A, ask_document_post)->body = S("no document at all");
	assert_int_equal(ask(), OK);
	assert_int_equal(the.q.http, 201);
	assert_true(has("opaque"));
}

/* --- checks --- */

static bool certify_called;
static char certified_answer[HASH_B64];

/* Stands for the sequencer: answers with the receipt of an entry there is. */
static bool no_certificates(void *arg, const struct body_check_certify *body, struct arena *mem, struct ticket *t)
{
	struct writer w = writer_over(certified_answer, sizeof certified_answer);
	struct leaf l = { .seq = 77 };

	(void)arg;
	(void)mem;
	put_hash64(&w, body->answer);
	certify_called = true;
	leaf_encode(&l, t->leaf);
	t->result = OK;
	t->seq = 77;
	t->note_len = (size_t)snprintf(t->note, sizeof t->note, "a checkpoint\n");
	t->done(t);
	return true;
}

static const char *by_asset(struct uuid id, const char *rest)
{
	static char body[512];
	struct writer w = writer_over(body, sizeof body - 1);

	put_z(&w, "{\"claim\":{\"asset\":\"");
	put_uuid(&w, id);
	put_z(&w, "\"},\"purpose\":\"lending\"");
	put_z(&w, rest);
	put_byte(&w, '}');
	body[w.len] = 0;
	return body;
}

static void checks(void **state)
{
	int64_t before = records("what = 'check'");
	char at[64];

	(void)state;
	assert_int_equal(check(BANK_B, by_asset(first, ",\"amount\":{\"amount\":\"500.01\",\"currency\":\"CNY\"}")),
	                 OK);
	assert_true(has("\"verdict\":\"stop\""));
	assert_true(has("exceeds-free-value"));
	assert_true(has("earlier-claim"));
	assert_false(has("secured_party"));
	snprintf(at, sizeof at, "\"as_of\":{\"checkpoint\":%u,\"seq\":%u}", (unsigned)head.range.size,
	         (unsigned)head.range.size - 1);
	assert_true(has(at));
	assert_int_equal(records("what = 'check' AND purpose = 'lending'"), before + 2);
	assert_int_equal(check(BANK_B, "{\"claim\":{\"facts\":{\"kind\":\"invoice\",\"issuer\":\"913200002000000346\","
	                               "\"number\":\"INV 0001\"}},\"purpose\":\"lending\"}"),
	                 OK);
	assert_true(has("already-registered"));
	assert_int_equal(check(BANK_B, by_asset(id_of(99), "")), OK);
	assert_true(has("not-registered"));
	assert_int_equal(records("what = 'check'"), before + 5); /* who asked for what is not there is on record too */
	assert_int_equal(check(SUPPLIER2, by_asset(first, "")), E_NOT_FOUND);
	assert_int_equal(
		check(BANK_B,
	              "{\"claim\":{\"facts\":{\"kind\":\"invoice\",\"issuer\":\"913200002000000346\",\"number\":\"INV 0001\"}},\"purpose\":\"curiosity\"}"),
		E_BAD_PURPOSE);
	assert_int_equal(check(BANK_B, "{}"), E_MISSING_MEMBER);
	assert_int_equal(check(BANK_B, "nonsense"), E_BAD_JSON);
}

static void certificate(void **state)
{
	char text[8192], hash[HASH_B64];
	struct writer w = writer_over(text, sizeof text), h = writer_over(hash, sizeof hash);
	struct span receipt;

	(void)state;
	assert_int_equal(check(BANK_B, by_asset(first, ",\"certificate\":true")), OK);
	assert_true(certify_called);
	receipt = member_object("\"certificate\":");
	assert_true(has("\"seq\":77"));
	/* the certificate is over this very answer with its null in place */
	put_span(&w, (struct span){ the.q.answer.at, (size_t)(receipt.at - the.q.answer.at) });
	put_z(&w, "null");
	put_span(&w, (struct span){ receipt.at + receipt.len,
	                            the.q.answer.len - (size_t)(receipt.at - the.q.answer.at) - receipt.len });
	put_hash64(&h, sha256(writer_span(&w)));
	assert_memory_equal(hash, certified_answer, HASH_B64);
}

/* --- many at once --- */

enum { CLIENTS = 64 };
static struct client {
	struct question q;
	struct arena mem;
	int64_t began;
	char body[512];
	struct uuid (*pick)(unsigned i);
} client[CLIENTS];
static _Atomic unsigned asked, bad, outstanding;
static unsigned to_ask;
static int64_t took[200000];

static void put_again(struct client *c);

static void client_done(struct question *q)
{
	struct client *c = q->arg;
	unsigned i = asked++;

	if (i < ARRAY_LEN(took))
		took[i] = clock_ns() - c->began;
	bad += q->result != OK || !memmem(q->answer.at, q->answer.len, "\"verdict\":\"caution\"", 19);
	if (i + CLIENTS < to_ask)
		put_again(c);
	else
		outstanding--;
}

/* Own text: many threads ask. */
static struct span client_body(struct client *c)
{
	static _Atomic unsigned turn;
	struct writer w = writer_over(c->body, sizeof c->body);

	put_z(&w, "{\"claim\":{\"asset\":\"");
	put_uuid(&w, c->pick(turn++));
	put_z(&w, "\"},\"purpose\":\"lending\",\"amount\":{\"amount\":\"1.00\",\"currency\":\"CNY\"}}");
	return writer_span(&w);
}

static void put_again(struct client *c)
{
	arena_reset(&c->mem);
	c->q = (struct question){ .mem = &c->mem, .done = client_done, .arg = c };
	c->q.who.party = s.party[BANK_B];
	c->q.who.roles = ROLE_BANK;
	c->q.body = client_body(c);
	c->began = clock_ns();
	if (!reading_check(reading, &c->q)) {
		bad++;
		outstanding--;
	}
}

static int cmp_i64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void run_clients(unsigned n, struct uuid (*pick)(unsigned i), const char *what)
{
	int64_t before = records("what = 'check'"), began = clock_ns();
	double seconds;

	asked = bad = 0;
	to_ask = n;
	outstanding = CLIENTS;
	for (unsigned i = 0; i < CLIENTS; i++) {
		if (!client[i].mem.base)
			client[i].mem = test_arena((size_t)1 << 20);
		client[i].pick = pick;
		put_again(&client[i]);
	}
	while (outstanding > 0)
		clock_sleep_ms(1);
	seconds = (double)(clock_ns() - began) / 1e9;
	qsort(took, asked, sizeof took[0], cmp_i64);
	print_message("%s: %u checks, %.0f/s, p50 %.2f ms, p99 %.2f ms\n", what, (unsigned)asked, asked / seconds,
	              (double)took[asked / 2] / 1e6, (double)took[asked * 99 / 100] / 1e6);
	assert_int_equal(bad, 0);
	assert_int_equal(records("what = 'check'"), before + 2 * (int64_t)asked); /* nobody looked unseen */
}

static struct uuid pick_first(unsigned i) { return i % 2 ? first : second; }

enum { ASSETS = 3000 };
static struct uuid asset[ASSETS];

static struct uuid pick_any(unsigned i) { return asset[i * 7919 % ASSETS]; }

static void many_checks(void **state)
{
	const char *n = getenv("CF_CHECKS");

	(void)state;
	for (unsigned i = 0; i < ASSETS; i++) {
		char number[16];

		snprintf(number, sizeof number, "M-%u", i + 1);
		struct command c = registers(&s, SUPPLIER, 100000, number);
		asset[i] = c.object;
		enter(&c);
	}
	flush();
	run_clients(n ? (unsigned)strtoul(n, NULL, 10) : 20000, pick_any, "64 clients, 3000 claims");
	run_clients(20000, pick_first, "64 clients, 2 claims");
}

/* While encumbrances come and go on the asset asked about, no answer is torn: the sums always agree. */
static void *churn(void *arg)
{
	_Atomic bool *stop = arg;

	while (!*stop) {
		struct command c = grants(&s, SUPPLIER, second, BANK_A, 1000);
		struct uuid e = c.object;

		if (s.seq + 4 >= ENTRIES_MAX)
			break;
		enter(&c);
		flush();
		c = about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, e);
		enter(&c);
		flush();
		c = about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e);
		enter(&c);
		flush();
	}
	return NULL;
}

static void checks_under_writes(void **state)
{
	static _Atomic bool stop;
	struct command c = confirms(&s, second);
	pthread_t t;

	(void)state;
	enter(&c);
	flush();
	assert_int_equal(pthread_create(&t, NULL, churn, &stop), 0);
	run_clients(10000, pick_first, "while writing");
	stop = true;
	assert_int_equal(pthread_join(t, NULL), 0);
}

/* Sums that disagree are a torn read, and after some tries a changed row: no lender is told anything on such a claim. */
static void broken_balance(void **state)
{
	char sql[256];
	struct span id = id_text(first);

	(void)state;
	for (int by = 1; by >= -1; by -= 2) {
		snprintf(sql, sizeof sql, "UPDATE asset SET encumbered = encumbered + (%d) WHERE id = '%.36s'", by,
		         id.at);
		(void)root_sql(sql);
		assert_int_equal(check(BANK_B, by_asset(first, "")), by > 0 ? E_INTERNAL : OK);
		assert_int_equal(check(BANK_B, by_asset(second, "")), OK);
		id = id_text(first);
	}
}

/* --- the database goes away --- */

static void connections_cut(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		root_sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
		         " AND backend_type = 'client backend'");
		assert_int_equal(check(BANK_B, by_asset(first, "")), OK);
		assert_int_equal(ask_about(BANK_A, ask_receivable, first), OK);
		assert_int_equal(ask_about(SUPPLIER, ask_receivable, first), OK);
	}
	assert_true(reading_alive(reading));
}

static void database_down(void **state)
{
	int64_t began;
	enum fault f = E_UNAVAILABLE;

	(void)state;
	store_close(writer);
	writer = NULL;
	assert_true(cluster_down(&cluster));
	began = clock_ns();
	for (int i = 0; i < 50; i++) {
		assert_int_equal(check(BANK_B, by_asset(first, "")), E_UNAVAILABLE);
		assert_int_equal(ask_about(SUPPLIER, ask_receivable, first), E_UNAVAILABLE);
	}
	assert_true(clock_ns() - began < INT64_C(3000000000)); /* told at once, not made to wait */
	assert_false(reading_alive(reading));
	question(ACTORS, ask_receipt)->param[0] = S("3"); /* tiles are files */
	if (!cluster_up(state_dir, &cluster, why, sizeof why))
		fail_msg("%s", why);
	for (int i = 0; i < 200 && f != OK; i++) {
		clock_sleep_ms(50);
		f = check(BANK_B, by_asset(first, ""));
	}
	assert_int_equal(f, OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_receivable),
		T(nothing_without_a_purpose),
		T(not_yours),
		T(bad_parameters),
		T(pages),
		T(everything_answers),
		T(receipts),
		T(history),
		T(entries),
		T(proofs),
		T(documents),
		T(checks),
		T(certificate),
		T(many_checks),
		T(checks_under_writes),
		T(broken_balance),
		T(connections_cut),
		T(database_down),
	};

	return cmocka_run_group_tests(tests, start, end);
}
