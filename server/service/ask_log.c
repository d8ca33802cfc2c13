/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask_log.c: entries, receipts and proofs, attempts and decisions on record, who looked, rules.
 *
 * Receipts and proofs come from the published tiles alone: what is proved is
 * what everybody can fetch, and the database has no part in it.
 */
#include "service/reader.h"

#include <stdio.h>
#include <stdlib.h>

#include "rule.h"
#include "run/clock.h"

/* --- the published log --- */

static bool read_published(struct reader *r, struct arena *mem, uint64_t *size, struct span *note)
{
	struct hash root;

	return tile_file(&r->all->tiles_fd, "checkpoint", mem, note) && checkpoint_read(*note, size, &root);
}

void publish_now(struct reader *r)
{
	if (r->all->conf.publish)
		r->all->conf.publish(r->all->conf.certify_arg);
}

/* A receipt is answered before its tiles are written. Who asks for it again at once is asked to wait a moment, not
 * told that there is no such entry; who asks for what is far ahead is told at once. One reader at a time waits:
 * strangers asking for what is not there must not hold all of them. */
static bool wait_published(struct reader *r, uint64_t seq, struct arena *mem, uint64_t *size, struct span *note)
{
	const int64_t until = clock_ns() + (int64_t)PUBLISH_WAIT_MS * 1000000;
	const size_t mark = mem->used;
	bool good = true;

	if (seq > *size + PUBLISH_AHEAD || atomic_exchange(&r->all->someone_waits, true))
		return true;
	publish_now(r);
	for (bool again = false; good && seq >= *size && clock_ns() < until; again = true) {
		if (again)
			clock_sleep_ms(5);
		mem->used = mark;
		good = read_published(r, mem, size, note);
	}
	atomic_store(&r->all->someone_waits, false);
	return good;
}

enum fault published(struct reader *r, uint64_t seq, struct arena *mem, uint64_t *size, struct span *note)
{
	if (!read_published(r, mem, size, note))
		return E_UNAVAILABLE;
	if (seq > 0 && seq >= *size) {
		if (!wait_published(r, seq, mem, size, note) || *size == 0)
			return E_UNAVAILABLE;
	}
	tile_view_at(r->view, *size);
	return seq < *size || seq == 0 ? OK : E_NOT_FOUND;
}

bool put_entry_receipt(struct reader *r, struct writer *w, uint64_t seq, uint64_t size, struct span note)
{
	char *room = malloc(BUNDLE_LEN + 4096);
	struct arena mem = arena_over(room, room ? BUNDLE_LEN + 4096 : 0);
	const size_t before = w->len;
	struct proof p;
	struct span leaf;
	bool ok = room && tiles_entry(r->view, seq, &mem, &leaf) && leaf.len == LEAF_LEN &&
	          prove_inclusion(tiles_node, r->view, seq, size, &p);

	if (ok)
		put_receipt(w, (const uint8_t *)leaf.at, &p, note);
	else
		w->len = before;
	free(room);
	return ok;
}

enum fault ask_receipt(struct question *q, void *reader)
{
	struct reader *r = reader;
	struct span note;
	struct writer w;
	uint64_t seq, size;
	enum fault f = param_u64(q, 0, "seq", 0, &seq);

	if (f == OK)
		f = published(r, seq, q->mem, &size, &note);
	if (f == OK && seq >= size)
		f = E_NOT_FOUND;
	if (f != OK)
		return f;
	w = writer_in(q->mem);
	if (!put_entry_receipt(r, &w, seq, size, note))
		return E_UNAVAILABLE;
	q->answer = writer_done(&w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

/* --- entries --- */

static void put_public_entry(struct writer *w, const struct leaf *l, struct span bytes)
{
	const struct statement_info *info = statement_info((enum statement_kind)l->kind);
	const struct fault_info *fault = fault_info((enum fault)l->outcome);
	struct jcs j = jcs_free_order(w);
	char text[256];
	struct writer t;

	jcs_object(&j);
	jcs_member_i64(&j, "seq", (int64_t)l->seq);
	if (info)
		jcs_member_z(&j, "type", info->type);
	jcs_member_i64(&j, "outcome", l->outcome);
	if (l->outcome != 0 && fault)
		jcs_member_z(&j, "fault", fault->slug);
	t = writer_over(text, sizeof text);
	put_moment(&t, l->accepted_at);
	jcs_member_span(&j, "accepted_at", writer_span(&t));
	t = writer_over(text, sizeof text);
	put_hash64(&t, l->statement);
	jcs_member_span(&j, "statement_hash", writer_span(&t));
	t = writer_over(text, sizeof text);
	put_b64(&t, bytes);
	assert(!t.overflow);
	jcs_member_span(&j, "leaf", writer_span(&t));
	jcs_end_object(&j);
}

/* For whoever may not see the content: what the leaf says, which is public. */
static enum fault public_entry(struct reader *r, uint64_t seq)
{
	struct question *q = r->q;
	struct span note, bytes;
	struct leaf leaf;
	struct writer w;
	uint64_t size;
	enum fault f = published(r, seq, q->mem, &size, &note);

	if (f == OK && seq >= size)
		f = E_NOT_FOUND;
	if (f != OK)
		return f;
	if (!tiles_entry(r->view, seq, q->mem, &bytes) || !leaf_decode(bytes, &leaf))
		return E_UNAVAILABLE;
	w = writer_in(q->mem);
	put_public_entry(&w, &leaf, bytes);
	q->answer = writer_done(&w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

static void about_entry(struct reader *r, struct span json) { look_at(r, json_uuid(json, "issuer")); }

/* What is left of an erased one is its leaf; who asks for the whole is told where it went. */
static enum fault unless_erased(struct question *q)
{
	static const char member[] = "\"erased_by\"";
	char text[96];
	size_t at = 0;

	while (at + sizeof member < q->answer.len && memcmp(q->answer.at + at, member, sizeof member - 1) != 0)
		at++;
	if (at + sizeof member >= q->answer.len)
		return OK;
	for (at += sizeof member - 1; at < q->answer.len && (q->answer.at[at] < '0' || q->answer.at[at] > '9');)
		at++;
	snprintf(text, sizeof text, "what was here is erased, by entry %llu", strtoull(q->answer.at + at, NULL, 10));
	return diag_set(&q->diag, E_ERASED, "", text);
}

enum fault ask_entry(struct question *q, void *reader)
{
	static const struct one entry = { "entry", "entry", about_entry };
	struct reader *r = reader;
	uint64_t seq;
	enum fault f = param_u64(q, 0, "seq", 0, &seq);

	if (f == OK)
		f = uuid_is_nil(q->who.party) ? E_NOT_FOUND : answer_one(r, &entry, q->param, 1);
	if (f == OK)
		f = unless_erased(q);
	return f == E_NOT_FOUND ? public_entry(r, seq) : f;
}

/* --- proofs --- */

static void put_hash_b64(struct jcs *j, struct hash h)
{
	char text[64];
	struct writer w = writer_over(text, sizeof text);

	put_b64(&w, (struct span){ (const char *)h.b, sizeof h.b });
	jcs_string(j, writer_span(&w));
}

static void put_member_hash(struct jcs *j, const char *name, struct hash h)
{
	jcs_name(j, name);
	put_hash_b64(j, h);
}

static void put_proof(struct jcs *j, const struct proof *p)
{
	jcs_name(j, "proof");
	jcs_array(j);
	for (unsigned i = 0; i < p->n; i++)
		put_hash_b64(j, p->at[i]);
	jcs_end_array(j);
}

static enum fault give(struct question *q, struct writer *w)
{
	q->answer = writer_done(w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

enum fault ask_inclusion(struct question *q, void *reader)
{
	struct reader *r = reader;
	struct hash leaf, root;
	struct proof p;
	struct span note;
	struct writer w;
	struct jcs j;
	uint64_t seq, size, now;
	enum fault f = param_u64(q, 0, "seq", 0, &seq);

	if (f == OK)
		f = published(r, seq, q->mem, &now, &note);
	if (f == OK)
		f = param_u64(q, 1, "size", now, &size);
	if (f != OK)
		return f;
	if (size > now)
		return bad_param(q, "size", "the log is not that large yet");
	if (seq >= size)
		return bad_param(q, "seq", "not in the log of this size");
	if (!tiles_node(r->view, 0, seq, &leaf) || !prove_inclusion(tiles_node, r->view, seq, size, &p) ||
	    !root_at(tiles_node, r->view, size, &root))
		return E_UNAVAILABLE;
	w = writer_in(q->mem);
	j = jcs_over(&w);
	jcs_object(&j);
	if (size == now)
		jcs_member_span(&j, "checkpoint", note);
	put_member_hash(&j, "leaf_hash", leaf);
	put_proof(&j, &p);
	put_member_hash(&j, "root", root);
	jcs_member_i64(&j, "seq", (int64_t)seq);
	jcs_member_i64(&j, "size", (int64_t)size);
	jcs_end_object(&j);
	return give(q, &w);
}

enum fault ask_consistency(struct question *q, void *reader)
{
	struct reader *r = reader;
	struct hash from_root, to_root;
	struct proof p;
	struct span note;
	struct writer w;
	struct jcs j;
	uint64_t from, to, now;
	enum fault f = param_u64(q, 0, "from", 0, &from);

	if (f == OK)
		f = published(r, 0, q->mem, &now, &note);
	if (f == OK)
		f = param_u64(q, 1, "to", now, &to);
	if (f != OK)
		return f;
	if (from < 1 || from > to)
		return bad_param(q, "from", "expected a size from 1 to `to`");
	if (to > now)
		return bad_param(q, "to", "the log is not that large yet");
	if (!prove_consistency(tiles_node, r->view, from, to, &p) || !root_at(tiles_node, r->view, from, &from_root) ||
	    !root_at(tiles_node, r->view, to, &to_root))
		return E_UNAVAILABLE;
	w = writer_in(q->mem);
	j = jcs_over(&w);
	jcs_object(&j);
	jcs_member_i64(&j, "from", (int64_t)from);
	put_member_hash(&j, "from_root", from_root);
	put_proof(&j, &p);
	jcs_member_i64(&j, "to", (int64_t)to);
	put_member_hash(&j, "to_root", to_root);
	jcs_end_object(&j);
	return give(q, &w);
}

/* --- attempts, decisions, looks, rules --- */

static enum fault answer_entries(struct question *q, struct reader *r, const struct list *entries)
{
	struct span param[2] = { S(""), S("") };

	if ((q->who.roles & (ROLE_REGULATOR | ROLE_COURT)) == 0)
		return E_NOT_FOUND;
	return answer_list(r, entries, param, 2);
}

enum fault ask_attempts(struct question *q, void *reader)
{
	static const struct list attempts = { .query = "attempts",
		                              .what = "refused attempts",
		                              .about = about_entry,
		                              .limit_at = 0,
		                              .cursor_at = 1,
		                              .receipts = true };

	return answer_entries(q, reader, &attempts);
}

enum fault ask_decisions(struct question *q, void *reader)
{
	static const struct list decisions = { .query = "decisions",
		                               .what = "decisions by office",
		                               .about = about_entry,
		                               .limit_at = 0,
		                               .cursor_at = 1,
		                               .receipts = true };

	return answer_entries(q, reader, &decisions);
}

/* What concerns the asker on one side or the other is its own; a regulator reading of others is on record. */
static void about_access(struct reader *r, struct span json)
{
	struct uuid who = json_uuid(json, "who"), subject = json_uuid(json, "subject");

	if (!uuid_eq(who, r->q->who.party) && !uuid_eq(subject, r->q->who.party))
		look_at(r, uuid_is_nil(subject) ? who : subject);
}

enum fault ask_access(struct question *q, void *reader)
{
	static const struct list access = {
		.query = "access", .what = "access log", .about = about_access, .limit_at = 0, .cursor_at = 1
	};
	struct span param[2] = { S(""), S("") };

	(void)q;
	return answer_list(reader, &access, param, 2);
}

enum fault ask_rules(struct question *q, void *reader)
{
	static const struct list rules = {
		.query = "rules", .what = "rules", .limit_at = NO_PAGES, .cursor_at = NO_PAGES
	};

	(void)q;
	return answer_list(reader, &rules, NULL, 0);
}
