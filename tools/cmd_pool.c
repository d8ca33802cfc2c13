/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_pool.c: a pool's tape as a file, and what it is worth.
 *
 * The tape is every step of the pool's membership and every entry about the pool with its receipt. Verifying it needs
 * the log's key and nothing else: the receipts show that the registry accepted these statements, the statements name
 * who entered and left, the steps must be exactly those, and the commitment over them must be the one in the
 * statement that locked the pool. Two tapes with one member between them refute each other.
 */
#include "client.h"
#include "decide.h"
#include "json_at.h"
#include "jws.h"
#include "receipt_file.h"

#define TAPE_MAX ((size_t)256 << 20)

/* --- pool tape --- */

static bool put_entries(struct cli *c, struct client *k, struct writer *w, const char *pool)
{
	const char *cursor = "";
	bool first = true;

	do {
		struct http_answer a;
		struct span items, name, item;
		struct json_walk walk;
		const char *path =
			cli_text(c, "/v1/assets/%s/history?limit=200%s%s", pool, *cursor ? "&cursor=" : "", cursor);

		if (client_ask(k, path, true, &a) != EXIT_GOOD || !json_at(a.body, "/items", &items))
			return false;
		walk = json_walk(items);
		while (json_next(&walk, &name, &item)) {
			put_z(w, first ? "" : ",\n");
			put_span(w, item);
			first = false;
		}
		cursor = json_z(a.body, "/next", c->mem);
	} while (*cursor);
	return true;
}

static int write_tape(struct cli *c, struct client *k)
{
	const char *out = cli_opt(c, "out");
	struct http_answer a;
	struct writer w;
	int rc;

	if (!out || !cli_uuid(c, c->arg[0]))
		return out ? EXIT_USAGE : cli_usage(c, "say with --out where the tape goes");
	rc = client_ask(k, cli_text(c, "/v1/pools/%s/tape", c->arg[0]), true, &a);
	if (rc != EXIT_GOOD)
		return rc;
	w = writer_over(arena_take(c->mem, TAPE_MAX), TAPE_MAX);
	put_z(&w, "{\"pool\":");
	put_span(&w, a.body);
	put_z(&w, ",\n\"entries\":[");
	if (!put_entries(c, k, &w, c->arg[0]))
		return EXIT_REFUSED;
	put_z(&w, "]}\n");
	if (w.overflow)
		return cli_fail(c, EXIT_REFUSED, "the tape is larger than this program writes");
	if (!cli_write(c, out, writer_span(&w), false))
		return EXIT_USAGE;
	fprintf(c->out, "%s: %lld steps\n", out, (long long)json_i64(a.body, "/steps", 0));
	return EXIT_GOOD;
}

static int cmd_tape(struct cli *c)
{
	struct client k;
	int rc = client_open(c, &k);

	if (rc == EXIT_GOOD)
		rc = write_tape(c, &k);
	client_close(&k);
	return rc;
}

/* --- pool verify --- */

struct tape {
	struct cli *c;
	const char *path;
	struct span json, pool, entries;
	const char *id;
	/* from the statements: how many members they name, and who locked it on what */
	size_t named, n_steps;
	struct span lock;    /* the body of pool.lock; empty without */
	struct uuid *inside; /* members, in order of entry */
	size_t n_inside;
	int64_t total;
};

static int bad_tape(struct tape *t, const char *what) { return cli_fail(t->c, EXIT_REFUSED, "%s: %s", t->path, what); }

/* The payload of a statement about this pool, after its receipt has been verified; empty when it is refused evidence. */
static int payload_of(struct tape *t, struct span entry, const struct vkey *key, uint16_t *kind, struct span *ret)
{
	struct span jws = span_z(json_z(entry, "/statement", t->c->mem));
	struct checkpoint at;
	struct receipt r;
	struct jws j;
	struct leaf leaf;
	const char *why;

	*ret = S("");
	if (!receipt_good(t->c, receipt_only(t->c, entry), jws, key, &r, &at, &why))
		return cli_fail(t->c, EXIT_REFUSED, "%s: entry %s: %s", t->path, json_z(entry, "/seq", t->c->mem), why);
	if (!leaf_decode(r.leaf, &leaf) || (int64_t)r.seq != json_i64(entry, "/seq", -1))
		return bad_tape(t, "an entry's number is not its receipt's");
	if (leaf.outcome != 0)
		return EXIT_GOOD;
	if (!jws_split(jws, t->c->mem, &j) || !json_good(j.payload) ||
	    strcmp(json_z(j.payload, "/object", t->c->mem), t->id) != 0)
		return bad_tape(t, "an entry is about something else");
	*kind = leaf.kind;
	*ret = j.payload;
	return EXIT_GOOD;
}

static int read_entry(struct tape *t, struct span entry, const struct vkey *key)
{
	struct span payload, assets;
	uint16_t kind = 0;
	int rc = payload_of(t, entry, key, &kind, &payload);

	if (rc != EXIT_GOOD || payload.len == 0)
		return rc;
	if ((kind == ST_POOL_ADD || kind == ST_POOL_REMOVE) && json_at(payload, "/body/assets", &assets))
		t->named += json_count(assets);
	if (kind == ST_POOL_LOCK && !json_at(payload, "/body", &t->lock))
		return bad_tape(t, "the statement that locks it has no body");
	return EXIT_GOOD;
}

/* The entry of this number, by a walk: newest first, as the registry lists them. */
static bool entry_at(const struct tape *t, int64_t seq, struct span *ret)
{
	struct json_walk w = json_walk(t->entries);
	struct span name;

	while (json_next(&w, &name, ret))
		if (json_i64(*ret, "/seq", -1) == seq)
			return true;
	return false;
}

/* The statement of that entry is of the right type and names the asset. */
static bool names(struct tape *t, struct span entry, bool enters, const char *asset)
{
	struct span assets, name, item;
	struct json_walk w;
	struct jws j;

	if (!jws_split(span_z(json_z(entry, "/statement", t->c->mem)), t->c->mem, &j) ||
	    strcmp(json_z(j.payload, "/type", t->c->mem), enters ? "pool.add" : "pool.remove") != 0 ||
	    !json_at(j.payload, "/body/assets", &assets))
		return false;
	w = json_walk(assets);
	while (json_next(&w, &name, &item))
		if (span_is(json_text(item, t->c->mem), asset))
			return true;
	return false;
}

static bool read_step(struct tape *t, struct span step, struct pool_step *ret)
{
	struct arena *mem = t->c->mem;
	struct money m;

	ret->enters = json_true(step, "/enters");
	if (!uuid_parse(span_z(json_z(step, "/asset", mem)), &ret->asset) ||
	    !uuid_parse(span_z(json_z(step, "/debtor", mem)), &ret->debtor) ||
	    !date_parse(span_z(json_z(step, "/due_date", mem)), &ret->due) ||
	    !money_parse(span_z(json_z(step, "/amount/amount", mem)), span_z(json_z(step, "/amount/currency", mem)),
	                 &m))
		return false;
	ret->amount = m.minor;
	return true;
}

static bool is_inside(const struct tape *t, struct uuid asset, size_t *at)
{
	for (*at = 0; *at < t->n_inside; ++*at)
		if (uuid_eq(t->inside[*at], asset))
			return true;
	return false;
}

static int take_step(struct tape *t, const struct pool_step *s)
{
	size_t at;
	bool in = is_inside(t, s->asset, &at);

	if (in == s->enters)
		return bad_tape(t, in ? "a member enters twice" : "who is not in it leaves");
	if (s->enters)
		t->inside[t->n_inside++] = s->asset;
	else
		t->inside[at] = t->inside[--t->n_inside];
	t->total += s->enters ? s->amount : -s->amount;
	return EXIT_GOOD;
}

/* Each step is in the statement of its entry; together they are all the statements name, and what was committed to. */
static int walk_steps(struct tape *t, struct hash *commitment)
{
	struct span steps, name, step, entry;
	struct json_walk w;
	struct pool_step s;
	int rc = EXIT_GOOD;

	if (!json_at(t->pool, "/tape_steps", &steps))
		return bad_tape(t, "it has no steps");
	t->n_steps = json_count(steps);
	t->inside = arena_take(t->c->mem, (t->n_steps + 1) * sizeof *t->inside);
	w = json_walk(steps);
	while (rc == EXIT_GOOD && json_next(&w, &name, &step)) {
		if (!read_step(t, step, &s) || !entry_at(t, json_i64(step, "/seq", -1), &entry) ||
		    !names(t, entry, s.enters, json_z(step, "/asset", t->c->mem)))
			return bad_tape(t, "a step is in no statement the log has");
		*commitment = pool_link(*commitment, &s);
		rc = take_step(t, &s);
	}
	if (rc == EXIT_GOOD && t->n_steps != t->named)
		return bad_tape(t, "the statements name members the steps leave out");
	return rc;
}

static int compare_lock(struct tape *t, struct hash commitment)
{
	struct span text = span_z(json_z(t->lock, "/commitment", t->c->mem));
	struct hash said;
	struct money m;

	if (t->lock.len == 0)
		return bad_tape(t, "the pool is not locked: its members may still change");
	if (!(text.len == HASH_B64 ? hash64_parse(text, &said) : hex_parse(text, said.b, sizeof said.b)) ||
	    !hash_eq(said, commitment))
		return bad_tape(t, "the steps are not what the pool was locked on");
	if (json_i64(t->lock, "/members", -1) != (int64_t)t->n_inside)
		return bad_tape(t, "the pool was locked on another number of members");
	if (!money_parse(span_z(json_z(t->lock, "/total/amount", t->c->mem)),
	                 span_z(json_z(t->lock, "/total/currency", t->c->mem)), &m) ||
	    m.minor != t->total)
		return bad_tape(t, "the members are not the total the pool was locked on");
	return EXIT_GOOD;
}

static int verify_tape(struct tape *t, const struct vkey *key)
{
	struct hash commitment = { { 0 } };
	struct span name, entry;
	struct json_walk w;
	int rc = EXIT_GOOD;

	if (!cli_file(t->c, t->path, TAPE_MAX, &t->json))
		return EXIT_USAGE;
	if (!json_good(t->json) || !json_at(t->json, "/pool", &t->pool) || !json_at(t->json, "/entries", &t->entries))
		return bad_tape(t, "this is no tape");
	t->id = json_z(t->pool, "/id", t->c->mem);
	w = json_walk(t->entries);
	while (rc == EXIT_GOOD && json_next(&w, &name, &entry))
		rc = read_entry(t, entry, key);
	if (rc == EXIT_GOOD)
		rc = walk_steps(t, &commitment);
	if (rc == EXIT_GOOD)
		rc = compare_lock(t, commitment);
	if (rc == EXIT_GOOD && !t->c->json)
		fprintf(t->c->out, "%sverified%s: %s, %zu members, locked on %s\n", ink(t->c, GREEN), ink(t->c, PLAIN),
		        t->id, t->n_inside, json_z(t->lock, "/total/amount", t->c->mem));
	return rc;
}

/* An asset that is locked in two pools: one of the two registries, or the one, has lied, and here is the proof. */
static int compare_tapes(const struct tape *a, const struct tape *b)
{
	int rc = EXIT_GOOD;

	for (size_t i = 0; i < b->n_inside && strcmp(a->id, b->id) != 0; i++) {
		char text[UUID_TEXT + 1] = "";
		struct writer w = writer_over(text, UUID_TEXT);
		size_t at;

		if (!is_inside(a, b->inside[i], &at))
			continue;
		put_uuid(&w, b->inside[i]);
		rc = cli_fail(a->c, EXIT_REFUSED, "%s is in both pools", text);
	}
	return rc;
}

static int cmd_verify_tape(struct cli *c)
{
	struct tape t[2] = { { .c = c, .path = c->arg[0] }, { .c = c } };
	struct client k = { .c = c };
	struct vkey key;
	int rc = EXIT_GOOD;

	if (!cli_opt(c, "vkey"))
		rc = client_open(c, &k);
	if (rc == EXIT_GOOD)
		rc = vkey_asked(c, &k, &key);
	client_close(&k);
	if (rc == EXIT_GOOD)
		rc = verify_tape(&t[0], &key);
	if (rc != EXIT_GOOD || c->n_args < 2)
		return rc;
	t[1].path = c->arg[1];
	rc = verify_tape(&t[1], &key);
	return rc == EXIT_GOOD ? compare_tapes(&t[0], &t[1]) : rc;
}

static const struct option_row tape_options[] = {
	{ "out", "FILE", "where the tape goes" },
	CLIENT_OPTIONS,
};
static const struct option_row verify_options[] = {
	{ "vkey", "VKEY|FILE", "the log's verifier key, kept from before: then nothing is asked of anybody" },
	CLIENT_OPTIONS,
};
static const struct command_row rows[] = {
	COMMAND("pool", "tape", "UUID", 1, 1, "write a pool's tape: its members, and the entries that prove them",
	        "  counterfoil pool tape UUID --out tape.json --key investor.jwk", tape_options, cmd_tape),
	COMMAND("pool", "verify", "TAPE [TAPE]", 1, 2, "verify a tape offline; of two, that no member is in both",
	        "  counterfoil pool verify tape.json --vkey log.vkey", verify_options, cmd_verify_tape),
};
const struct command_group pool_commands = { rows, ARRAY_LEN(rows) };
