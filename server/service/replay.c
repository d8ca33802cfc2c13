/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c: see replay.h. */
#include "service/replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "intake/statement.h"
#include "jcs.h"
#include "run/memory.h"
#include "service/pending.h"
#include "service/residue.h"
#include "service/unraised.h"
#include "service/unwarned.h"

enum {
	PAGE = 4096,           /* entries read at once */
	UNRAISED_LATE = 16384, /* entries after which a finding has to be there */
	FINDINGS_SHOWN = 200,  /* a database full of differences is said to be so, not listed to the end */
};
#define WORLD_ROOM ((size_t)256 << 30) /* address space; every row ever made lives here */
#define PAGE_ROOM ((size_t)1 << 30)

struct auditor {
	struct replay *r;
	struct world world;
	struct arena world_mem, page, scratch;
	struct decision d;
	struct ticket ticket;
	uint64_t size;
	struct hash last_leaf;
	struct moment last_at;
	struct range range;
	struct what_if_run *what_if;
	/* detection, folded again */
	struct arena detector_mem;
	struct detector *detector;
	struct unraised unraised;
	struct unwarned unwarned;
	struct engines engines;
	struct uuid *gone; /* parties whose key is destroyed */
	size_t n_gone;
};

__attribute__((format(printf, 2, 3))) static void finding(struct auditor *a, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (a->r->findings++ < FINDINGS_SHOWN)
		a->r->found(a->r->arg, text);
}

/* --- one entry --- */

/* The key must be in the world, or, for genesis, in the statement itself. */
static bool find_key(struct auditor *a, const struct sealed *s, struct pubkey *ret)
{
	const struct row *r = world_find(&a->world, TABLE_KEY, key_hash(s->kid));
	const struct party_key *k = (const struct party_key *)(const void *)r;

	if (!r)
		return false;
	ret->alg = (enum alg)k->alg;
	memcpy(ret->raw, k->pub_x.b, 32);
	memcpy(ret->raw + 32, k->pub_y.b, 32);
	return true;
}

static bool read_statement(struct auditor *a, const struct stored_entry *e)
{
	struct sealed sealed;
	struct pubkey key;
	struct diag d = { .detail = "" };
	struct command *c = &a->ticket.cmd;

	memset(&a->ticket, 0, offsetof(struct ticket, note));
	if (e->lacks == LACKS_SENSE) {
		finding(a, "entry %llu: the statement does not open: it was changed, moved, or is under another key",
		        (unsigned long long)e->seq);
		return false;
	}
	if (statement_split(e->statement, &a->page, &sealed, &d) != OK ||
	    statement_parse(&sealed, &a->page, c, &d) != OK) {
		finding(a, "entry %llu: the statement cannot be read: %s", (unsigned long long)e->seq, d.detail);
		return false;
	}
	if (e->seq == 0 && c->kind == ST_LOG_GENESIS)
		key = c->body.log_genesis.key;
	else if (!find_key(a, &sealed, &key)) {
		finding(a, "entry %llu: signed by a key that was never enrolled", (unsigned long long)e->seq);
		return false;
	}
	if (statement_verify(&sealed, &key, &d) != OK) {
		finding(a, "entry %llu: the signature does not verify", (unsigned long long)e->seq);
		return false;
	}
	return pending_attach(a->r->store, &a->world, &a->ticket, NULL, 0, &a->page) == OK;
}

static void compare_leaf(struct auditor *a, const struct leaf *l, struct hash digest)
{
	const struct command *c = &a->ticket.cmd;
	unsigned long long seq = l->seq;

	if (!hash_eq(l->statement, c->statement))
		finding(a, "entry %llu: the leaf names another statement", seq);
	if (l->kind != (uint16_t)c->kind)
		finding(a, "entry %llu: the leaf says kind %u, the statement is %s", seq, l->kind,
		        statement_info(c->kind)->type);
	if (l->outcome != (uint16_t)a->d.outcome) {
		const struct fault_info *was = fault_info((enum fault)l->outcome), *now = fault_info(a->d.outcome);

		finding(a, "entry %llu (%s): recorded as %s, the rules give %s", seq, statement_info(c->kind)->type,
		        was ? was->slug : "an unknown outcome", now->slug);
	} else if (!hash_eq(l->decision, digest)) {
		finding(a, "entry %llu (%s): the decision digest is not that of the rules' decision", seq,
		        statement_info(c->kind)->type);
	}
}

/* Chain, time and tree: what the leaf says of the one before it, and what the head says of all. */
static void follow_chain(struct auditor *a, const struct leaf *l, struct span leaf)
{
	unsigned long long seq = l->seq;

	if (!hash_eq(l->previous, a->last_leaf))
		finding(a, "entry %llu: does not hold the hash of the one before it", seq);
	if (l->accepted_at.us < a->last_at.us)
		finding(a, "entry %llu: accepted before the one before it", seq);
	a->last_leaf = leaf_hash(leaf);
	a->last_at = l->accepted_at;
	range_append(&a->range, a->last_leaf);
}

static void compare_head(struct auditor *a, const struct head *h)
{
	if (a->r->entries < h->range.size)
		finding(a, "the head says %llu entries, %llu are there", (unsigned long long)h->range.size,
		        (unsigned long long)a->r->entries);
	else if (a->range.size == h->range.size &&
	         (!hash_eq(h->last_leaf, a->last_leaf) || !hash_eq(range_root(&h->range), range_root(&a->range))))
		finding(a, "the head's tree is not that of the entries");
}

/* --- detection --- */

static bool same_evidence(struct numbers a, struct numbers b)
{
	bool same = a.n == b.n;

	for (size_t i = 0; same && i < a.n; i++)
		same = a.at[i] == b.at[i];
	return same;
}

static bool same_finding(const struct body_finding_raise *a, const struct body_finding_raise *b)
{
	return uuid_eq(a->asset, b->asset) && uuid_eq(a->party, b->party) && span_eq(a->signal, b->signal) &&
	       span_eq(a->severity, b->severity) && a->engine == b->engine && a->at_seq == b->at_seq &&
	       a->bits == b->bits && a->value == b->value && a->threshold == b->threshold &&
	       span_eq(a->detail, b->detail) && same_evidence(a->evidence, b->evidence);
}

static void count_other(struct replay *r, int64_t engine)
{
	size_t i = 0;

	while (i < r->n_others && r->other[i].engine != engine)
		i++;
	if (i == ARRAY_LEN(r->other))
		i--;
	else if (i == r->n_others)
		r->other[r->n_others++] = (struct replay_engine){ engine, 0 };
	r->other[i].findings++;
}

/* Whether what was entered can be held against what was made now. Behind erased entries, what is not the same may be so for
 * want of them: that is counted, and no difference. */
static bool comparable_making(struct auditor *a, bool same)
{
	if (same)
		a->r->recomputed++;
	else if (a->r->erased > 0)
		a->r->unsure++;
	return same || a->r->erased == 0;
}

/* A finding that the registry entered is one that the log gives, to the bit: where this engine judged. That it names the
 * engine whose turn it is, decide() has seen to. */
static void compare_finding(struct auditor *a, uint64_t seq)
{
	const struct body_finding_raise *said = &a->ticket.cmd.body.finding_raise;
	const struct engine_turn turn = engines_now(&a->engines);
	struct finding_made f;
	bool found = unraised_take(&a->unraised, a->ticket.cmd.object, &f);

	if ((uint64_t)said->at_seq < turn.from)
		finding(a, "entry %llu (finding.raise): about entry %lld, which engine %lld does not judge",
		        (unsigned long long)seq, (long long)said->at_seq, (long long)turn.engine);
	if (turn.engine != DETECTION_ENGINE) {
		count_other(a->r, turn.engine);
		return;
	}
	arena_reset(&a->scratch);
	const struct body_finding_raise ours = found ? finding_body(&f, &a->scratch) : (struct body_finding_raise){ 0 };
	const bool same = found && same_finding(said, &ours);

	if (!comparable_making(a, same))
		return;
	if (!found)
		finding(a, "entry %llu (finding.raise): detection does not find this", (unsigned long long)seq);
	else if (!same)
		finding(a, "entry %llu (finding.raise): detection finds it otherwise: %s", (unsigned long long)seq,
		        f.detail);
}

static bool same_warning(const struct body_warning_raise *a, const struct body_warning_raise *b)
{
	return span_eq(a->event, b->event) && span_eq(a->severity, b->severity) && uuid_eq(a->asset, b->asset) &&
	       uuid_eq(a->party, b->party) && uuid_eq(a->site, b->site) && uuid_eq(a->book, b->book) &&
	       span_eq(a->commodity, b->commodity) && span_eq(a->region, b->region) && span_eq(a->goods, b->goods) &&
	       a->at_seq == b->at_seq && same_evidence(a->evidence, b->evidence) && a->value == b->value &&
	       a->threshold == b->threshold && a->until.us == b->until.us && span_eq(a->detail, b->detail) &&
	       a->engine == b->engine;
}

static bool same_close(const struct body_warning_close *a, const struct body_warning_close *b)
{
	return a->at_seq == b->at_seq && same_evidence(a->evidence, b->evidence) && a->value == b->value &&
	       span_eq(a->detail, b->detail) && a->engine == b->engine;
}

/* A warning or its end, as compare_finding does it. */
static void compare_warning(struct auditor *a, uint64_t seq)
{
	const struct command *c = &a->ticket.cmd;
	const bool raise = c->kind == ST_WARNING_RAISE;
	const char *type = statement_info(c->kind)->type;
	const struct engine_turn turn = engines_now(&a->engines);
	int64_t at_seq = raise ? c->body.warning_raise.at_seq : c->body.warning_close.at_seq;
	struct warned w;
	bool same = false, found = unwarned_take(&a->unwarned, raise ? WARNED_RAISE : WARNED_CLOSE, c->object, &w);

	if ((uint64_t)at_seq < turn.from)
		finding(a, "entry %llu (%s): about entry %lld, which engine %lld does not judge",
		        (unsigned long long)seq, type, (long long)at_seq, (long long)turn.engine);
	if (turn.engine != DETECTION_ENGINE) {
		count_other(a->r, turn.engine);
		return;
	}
	arena_reset(&a->scratch);
	if (found && raise) {
		const struct body_warning_raise ours = warning_body(&w, &a->scratch);
		same = same_warning(&c->body.warning_raise, &ours);
	} else if (found) {
		const struct body_warning_close ours = warning_close_body(&w, &a->scratch);
		same = same_close(&c->body.warning_close, &ours);
	}
	if (!comparable_making(a, same))
		return;
	if (!found)
		finding(a, "entry %llu (%s): detection does not find this", (unsigned long long)seq, type);
	else if (!same)
		finding(a, "entry %llu (%s): detection finds it otherwise: %s", (unsigned long long)seq, type,
		        w.detail);
}

static bool detect(struct auditor *a, const struct stored_entry *e, struct moment at)
{
	const struct command *c = &a->ticket.cmd;
	struct seen s = { .seq = e->seq, .at = at, .outcome = a->d.outcome, .issuer = e->issuer, .c = c };

	if (a->d.pending)
		return true;
	if (!engines_see(&a->engines, &s))
		return false;
	if (c->kind == ST_FINDING_RAISE && s.outcome == OK)
		compare_finding(a, e->seq);
	if ((c->kind == ST_WARNING_RAISE || c->kind == ST_WARNING_CLOSE) && s.outcome == OK)
		compare_warning(a, e->seq);
	if (c->completes && s.outcome == OK)
		s.c = c->completes;
	s.actor = uuid_is_nil(s.c->on_behalf_of) ? e->issuer : s.c->on_behalf_of;
	if (!detector_see(a->detector, &s, unraised_add, &a->unraised))
		return false;
	unwarned_add(&a->unwarned, a->detector, UINT64_MAX); /* whom they concern stands in no entry */
	return true;
}

/* Found where this engine judges, and never entered although the log went on long after. */
static void compare_unraised(struct auditor *a)
{
	if (a->unraised.lost)
		finding(a, "no memory for what detection finds");
	for (size_t i = 0; i < a->unraised.n && !a->r->undetected && a->r->erased == 0; i++) {
		const struct finding_made *f = unraised_at(&a->unraised, i);

		if (f->at_seq + UNRAISED_LATE < a->r->entries && engines_of(&a->engines, f->at_seq) == DETECTION_ENGINE)
			finding(a, "entry %llu: %s was found and no entry says so", (unsigned long long)f->at_seq,
			        signal_id((int32_t)f->signal));
	}
	if (a->unwarned.lost)
		finding(a, "no memory for what detection warns of");
	for (size_t i = 0; i < a->unwarned.n && !a->r->undetected && a->r->erased == 0; i++) {
		const struct warned *w = unwarned_at(&a->unwarned, i);

		if (w->at_seq + UNRAISED_LATE < a->r->entries && engines_of(&a->engines, w->at_seq) == DETECTION_ENGINE)
			finding(a, "entry %llu: %s was seen and no entry says so", (unsigned long long)w->at_seq,
			        warning_info((int32_t)w->event)->id);
	}
}

/* --- what is erased --- */

/* At the end each of them must have been erased by an entry: a key destroyed otherwise is a finding. */
static bool note_gone(struct auditor *a, struct uuid party)
{
	struct uuid *more;

	for (size_t i = 0; i < a->n_gone; i++)
		if (uuid_eq(a->gone[i], party))
			return true;
	more = reallocarray(a->gone, a->n_gone + 1, sizeof *more);
	if (!more)
		return false;
	a->gone = more;
	a->gone[a->n_gone++] = party;
	return true;
}

static void compare_gone(struct auditor *a)
{
	for (size_t i = 0; i < a->n_gone; i++) {
		const struct row *r = world_find(&a->world, TABLE_PARTY, key_uuid(a->gone[i]));
		char id[UUID_TEXT + 1] = "";
		struct writer w = writer_over(id, UUID_TEXT);

		put_uuid(&w, a->gone[i]);
		if (!r || !((const struct party *)(const void *)r)->erased)
			finding(a, "party %s: the key of its statements is destroyed, and no entry erases it", id);
	}
}

/* Who is erased already and tries again is refused, and nothing was kept of it: there was nothing. */
static bool nothing_kept(struct auditor *a, const struct leaf *l)
{
	a->r->erased++;
	a->r->refused += l->outcome != 0;
	if (l->outcome == 0)
		finding(a, "entry %llu: its statement is gone, and it is not kept what was decided",
		        (unsigned long long)l->seq);
	return true;
}

/* What was decided, as it is kept, when the leaf's digest is made over it. */
static bool take_as_decided(struct auditor *a, const struct stored_entry *e, const struct leaf *l)
{
	struct registry reg = { .world = &a->world, .seq = e->seq, .now = l->accepted_at };
	struct command *c = &a->ticket.cmd;
	struct span text;
	enum fault f = store_residue(a->r->store, e->seq, &a->page, &text);

	if (f == E_NOT_FOUND && e->lacks == LACKS_KEY)
		return nothing_kept(a, l);
	if (f != OK)
		return false;
	arena_reset(&a->scratch);
	memset(c, 0, sizeof *c);
	c->kind = (enum statement_kind)l->kind;
	if (!statement_info(c->kind) || !residue_read(text, &a->page, &a->d, &c->salt)) {
		finding(a, "entry %llu: what is kept of it cannot be read", (unsigned long long)e->seq);
		return true;
	}
	a->d.outcome = (enum fault)l->outcome;
	a->d.issuer = e->issuer;
	a->d.seq = e->seq;
	if (!hash_eq(decision_digest(&reg, c, &a->d, &a->scratch), l->decision)) {
		finding(a, "entry %llu: what is kept of it is not what was decided", (unsigned long long)e->seq);
		return true;
	}
	a->r->erased++;
	a->r->refused += l->outcome != 0;
	if (!decision_apply(&a->world, &a->d))
		return false;
	world_clean(&a->world);
	return true;
}

/* A statement that is there may rest on a document that is not: then what was decided is kept of it, too. */
static bool was_kept(struct auditor *a, const struct stored_entry *e, const struct leaf *l, bool *done)
{
	struct span text;
	const enum fault f = store_residue(a->r->store, e->seq, &a->page, &text);

	*done = f == OK;
	if (f == E_NOT_FOUND)
		return true;
	return f == OK && take_as_decided(a, e, l);
}

static bool replay_entry(struct auditor *a, const struct stored_entry *e)
{
	struct registry reg = { .world = &a->world, .seq = e->seq, .fp_key = a->r->fp_key, .origin = a->r->origin };
	struct leaf l;

	a->r->entries++;
	if (!leaf_decode(e->leaf, &l) || l.seq != e->seq) {
		finding(a, "entry %llu: not a leaf, or on the wrong place", (unsigned long long)e->seq);
		return true;
	}
	follow_chain(a, &l, e->leaf);
	if (e->lacks == LACKS_KEY)
		return note_gone(a, e->under) && take_as_decided(a, e, &l);
	if (!read_statement(a, e))
		return true;
	reg.now = l.accepted_at;
	arena_reset(&a->scratch);
	if (decide(&reg, &a->ticket.cmd, &a->scratch, &a->d) != DECIDED)
		return false; /* cannot be: the world is complete */
	const struct hash digest = decision_digest(&reg, &a->ticket.cmd, &a->d, &a->scratch);
	bool kept = false;
	if ((l.outcome != (uint16_t)a->d.outcome || !hash_eq(l.decision, digest)) && !was_kept(a, e, &l, &kept))
		return false;
	if (kept)
		return true;
	compare_leaf(a, &l, digest);
	a->r->refused += a->d.outcome != OK;
	if (a->r->decided && !a->r->decided(a->r->arg, e, &a->ticket.cmd, &a->d))
		return false;
	if (a->what_if && !what_if_entry(a->what_if, &reg, &a->world, &a->ticket.cmd, &a->d))
		return false;
	if (!decision_apply(&a->world, &a->d))
		return false;
	world_clean(&a->world);
	return detect(a, e, l.accepted_at);
}

static enum fault replay_entries(struct auditor *a)
{
	uint64_t next = 0;

	for (;;) {
		struct stored_entry *e;
		size_t n;
		enum fault f;

		arena_reset(&a->page);
		f = store_entries(a->r->store, next, PAGE, &a->page, &e, &n);
		if (f != OK || n == 0)
			return f;
		for (size_t i = 0; i < n; i++) {
			if (e[i].seq != next + i)
				finding(a, "entry %llu is missing", (unsigned long long)(next + i));
			if (!replay_entry(a, &e[i]))
				return E_INTERNAL;
		}
		next = e[n - 1].seq + 1;
		if (a->r->progress)
			a->r->progress(a->r->arg, next, a->size);
	}
}

/* --- the state --- */

static void put_value(const struct row *r, const char *column, char out[256])
{
	struct writer w = writer_over(out, 255);
	struct jcs j = jcs_over(&w);

	put_column_json(&j, r, column);
	out[w.len] = 0;
}

static void row_differs(struct auditor *a, const struct row *stored, const struct row *ours, const char *column)
{
	const struct table_info *t = table_info(stored->table);
	char key[256], there[256], here[256];

	put_value(stored, t->key.name, key);
	put_value(stored, column, there);
	put_value(ours, column, here);
	finding(a, "row %s %s, column %s: the database says %s, the log says %s, set by entry %llu", t->name, key,
	        column, there, here, (unsigned long long)ours->entry);
}

static bool compare_row(void *arg, const struct row *stored)
{
	struct auditor *a = arg;
	struct row_key k;
	struct row *ours;
	const char *column;
	char key[256];

	a->r->rows++;
	memcpy(k.b, stored->key, sizeof k.b);
	ours = world_find(&a->world, stored->table, k);
	if (!ours || !ours->exists) {
		put_value(stored, table_info(stored->table)->key.name, key);
		finding(a, "row %s %s is in the database, and no entry made it", table_info(stored->table)->name, key);
		return true;
	}
	ours->seen = true;
	column = row_difference(stored, ours, a->r->fp_key.len > 0);
	if (column)
		row_differs(a, stored, ours, column);
	return true;
}

/* Fingerprints are keys of claims: without their key those rows have no counterpart. */
static bool comparable(const struct auditor *a, enum table_id t)
{
	return t != TABLE_DOCUMENT && (!table_secret(t) || a->r->fp_key.len > 0);
}

static void find_missing(struct auditor *a)
{
	char key[256];

	for (size_t i = 0; i < a->world.n_buckets; i++) {
		for (const struct row *r = a->world.bucket[i]; r; r = r->next) {
			if (r->seen || !r->exists || !comparable(a, r->table))
				continue;
			put_value(r, table_info(r->table)->key.name, key);
			finding(a, "row %s %s is missing from the database; entry %llu made or changed it last",
			        table_info(r->table)->name, key, (unsigned long long)r->entry);
		}
	}
}

static enum fault compare_state(struct auditor *a)
{
	for (enum table_id t = TABLE_NONE + 1; t < TABLE_COUNT; t++) {
		enum fault f;

		if (!comparable(a, t))
			continue;
		f = store_scan(a->r->store, t, compare_row, a);
		if (f != OK)
			return f;
	}
	find_missing(a);
	return OK;
}

/* The state the log gives is sound in itself: the parts of every voucher and bill add up. */
static void check_paper(struct auditor *a)
{
	struct uuid package = { { 0 } };
	const char *broken;
	char id[UUID_TEXT + 1] = "";
	struct writer w = writer_over(id, sizeof id - 1);

	broken = paper_broken(&a->world, &a->world_mem, &package);
	put_uuid(&w, package);
	if (broken)
		finding(a, "package %s: %s", id, broken);
}

/* --- the whole --- */

static bool take_document(void *arg, const struct row *r) { return world_put(arg, r) != NULL; }

static enum fault run(struct auditor *a)
{
	struct head head;
	enum fault f = store_head(a->r->store, &head);

	if (f != OK)
		return f;
	a->size = head.range.size;
	/* documents are not entries: they are named by hash inside signed statements, and judged by intake alone */
	f = store_scan(a->r->store, TABLE_DOCUMENT, take_document, &a->world);
	if (f == OK && a->r->what_if && !(a->what_if = what_if_start(a->r->what_if, &a->world)))
		f = E_INTERNAL;
	if (f == OK)
		f = replay_entries(a);
	if (f == OK)
		compare_gone(a);
	if (f != OK || a->r->entries_only)
		return f;
	compare_head(a, &head);
	if (f == OK)
		compare_unraised(a);
	if (f == OK)
		check_paper(a);
	return f == OK ? compare_state(a) : f;
}

enum replay_verdict replay_log(struct replay *r)
{
	struct auditor *a = calloc(1, sizeof *a);
	enum fault f = E_INTERNAL;

	if (!a)
		return REPLAY_UNREADABLE;
	a->r = r;
	r->entries = r->refused = r->rows = r->findings = r->recomputed = r->erased = r->unsure = 0;
	r->n_others = 0;
	if (arena_map(&a->world_mem, WORLD_ROOM) && arena_map(&a->page, PAGE_ROOM) &&
	    arena_map(&a->scratch, DECIDE_MEM * 2) && arena_map(&a->detector_mem, WORLD_ROOM) &&
	    (a->detector = detector_start(&a->detector_mem)) && world_start(&a->world, &a->world_mem, 1 << 16, true))
		f = run(a);
	what_if_end(a->what_if);
	arena_unmap(&a->world_mem);
	arena_unmap(&a->page);
	arena_unmap(&a->scratch);
	arena_unmap(&a->detector_mem);
	unraised_close(&a->unraised);
	engines_close(&a->engines);
	free(a->gone);
	free(a);
	if (f != OK)
		return REPLAY_UNREADABLE;
	return r->findings ? REPLAY_DIFFERS : REPLAY_GOOD;
}
