/* SPDX-License-Identifier: Apache-2.0 */
/* matching.c: see matching.h. */
#include "service/matching.h"

#include <stdio.h>
#include <stdlib.h>

#include "rule.h"
#include "run/clock.h"
#include "run/memory.h"
#include "run/watch.h"
#include "service/parser.h"
#include "service/reader.h"
#include "service/trade_in.h"
#include "service/trust_now.h"
#include "trade_match.h"

enum {
	ROUND = 32, /* invoices */
	ROWS = 256, /* papers looked at for one of them: more than are compared, since not all of them are of its trade */
	FEWEST = 16, /* those that take something back come first: so many always fit */
	COUNTRIES = 26 * 26,
};
#define MATCHING_MEM ((size_t)512 << 20) /* address space: papers of ten thousand lines */

struct abroad {
	int64_t country;
	struct match_limits limits;
};
struct matching {
	struct matching_conf conf;
	struct conn conn, reader;   /* reader: whom the registry believes */
	struct arena mem;           /* of one invoice */
	struct arena said;          /* of what a round enters */
	struct match_limits limits; /* for everywhere */
	struct abroad abroad[COUNTRIES];
	size_t n_abroad;
	bool failing; /* said once, not each round */
	struct paper paper[ROWS];
	struct match match;
};

/* --- what the rules allow --- */

/* NULL for a rule that is none of the tolerances. */
static int64_t *limit_of(struct match_limits *l, int64_t rule)
{
	switch (rule) {
	case RULE_MATCH_PRICE:
		return &l->price_ppm;
	case RULE_MATCH_QUANTITY:
		return &l->quantity_ppm;
	case RULE_MATCH_DAYS:
		return &l->days;
	default:
		return NULL;
	}
}

/* Rows come in the order of their keys: those for everywhere, then a country after the other, and of a rule's versions
 * the last one in force stays. */
static bool on_rule(void *arg, const struct row *row)
{
	const struct rule *x = (const struct rule *)(const void *)row;
	struct matching *m = arg;
	int64_t country = rule_row_country(x->id), *at = limit_of(&m->limits, rule_row_number(x->id));
	struct abroad *last = m->n_abroad ? &m->abroad[m->n_abroad - 1] : NULL;

	if (!at || x->effective.us > clock_now().us)
		return true;
	if (country == 0) {
		*at = x->value;
		return true;
	}
	if (!last || last->country != country) {
		assert(m->n_abroad < ARRAY_LEN(m->abroad));
		last = &m->abroad[m->n_abroad++];
		*last = (struct abroad){ country, m->limits };
	}
	*limit_of(&last->limits, rule_row_number(x->id)) = x->value;
	return true;
}

static enum fault read_limits(struct matching *m)
{
	m->limits = (struct match_limits){ .price_ppm = rule_info(RULE_MATCH_PRICE)->first,
		                           .quantity_ppm = rule_info(RULE_MATCH_QUANTITY)->first,
		                           .days = rule_info(RULE_MATCH_DAYS)->first };
	m->n_abroad = 0;
	return store_scan(m->conn.store, TABLE_RULE, on_rule, m);
}

/* Where the debtor is; a rule its country says nothing of is the one for everywhere. */
static const struct match_limits *limits_in(const struct matching *m, int64_t country)
{
	for (size_t i = 0; country != 0 && i < m->n_abroad; i++)
		if (m->abroad[i].country == country)
			return &m->abroad[i].limits;
	return &m->limits;
}

/* --- whose word a paper is --- */

struct bringer {
	bool issuer, named;
	struct span identifier;
};

static bool next_bringer(struct span *lines, struct bringer *ret)
{
	struct span line = *lines;

	if (!span_cut(*lines, '\n', &line, lines))
		*lines = S("");
	if (line.len < 2)
		return false;
	*ret = (struct bringer){ line.at[0] == '1', line.at[1] == '1', { line.at + 2, line.len - 2 } };
	return true;
}

static bool is_own(const struct trade_row *r, const struct paper *p)
{
	struct span lines = r->bringers;
	struct bringer b;

	if (trade_signed(p->kind, r->level, r->anchor))
		return true;
	while (next_bringer(&lines, &b))
		if (b.issuer)
			return true;
	return false;
}

/* Brought by one of those; `named`: it must also be one the paper is between, and not one it only mentions. */
static bool brought_by(const struct trade_row *r, const struct paper_ids *a, const struct paper_ids *b, bool named)
{
	struct span lines = r->bringers;
	struct bringer x;

	while (next_bringer(&lines, &x))
		if ((x.named || !named) && (paper_ids_have(a, x.identifier) || paper_ids_have(b, x.identifier)))
			return true;
	return false;
}

/* What a bank's statement shows counts when the seller brings it, or when it is the bank's own word and tells of the
 * account the invoice asks to be paid to: then whoever brought it. */
static void weigh(struct paper *p, const struct trade_row *r, const struct paper *inv)
{
	p->level = (uint16_t)r->level;
	p->vouched = is_own(r, p);
	if (p->role == PAPER_PAYMENT) {
		p->heard = brought_by(r, &inv->seller, &inv->seller, false);
		p->by_account = !p->heard;
	} else
		p->heard = brought_by(r, &inv->seller, &inv->buyer, true);
	p->heard |= p->vouched;
}

/* Reads the papers into m->paper, the invoice first; false when there is nothing to hold it against. */
static bool take_papers(struct matching *m, const struct trade_set *t, size_t asked, size_t *n)
{
	struct paper *inv = &m->paper[0];

	*n = 0;
	if (t->n == 0 || !trade_wire_read(t->row[0].words, &m->mem, inv) || inv->role != PAPER_INVOICE)
		return false;
	weigh(inv, &t->row[0], inv);
	if (!inv->heard) /* a stranger's copy that nobody signed */
		return false;
	*n = 1;
	for (size_t i = 1; i < t->n; i++) {
		struct paper *p = &m->paper[*n];

		if (!trade_wire_read(t->row[i].words, &m->mem, p))
			continue;
		weigh(p, &t->row[i], inv);
		if (papers_apart(p, inv) ? p->vouched && paper_contradicts(p, inv) : p->heard)
			(*n)++;
	}
	if (t->n == asked) /* there may be more: match_invoice() is to say so */
		for (; *n <= MATCH_PAPERS_MAX; (*n)++)
			m->paper[*n] = (struct paper){ .role = PAPER_NONE };
	return true;
}

/* --- what it comes to, as a statement --- */

static void add_hash(struct hashes *list, struct hash *at, struct hash h)
{
	for (size_t i = 0; i < list->n; i++)
		if (hash_eq(at[i], h))
			return;
	if (list->n < LIST_MAX)
		at[list->n++] = h;
}

/* Those it was held against, and those a finding names. */
static void say_papers(const struct matching *m, struct arena *mem, struct body_document_assess *b)
{
	struct hash *papers = ARENA_ARRAY(mem, struct hash, LIST_MAX),
		    *vouched = ARENA_ARRAY(mem, struct hash, LIST_MAX),
		    *heard = ARENA_ARRAY(mem, struct hash, LIST_MAX);

	if (!papers || !vouched || !heard)
		return;
	b->papers.at = papers;
	b->vouched.at = vouched;
	b->heard.at = heard;
	for (unsigned i = 0; i < m->match.n_details; i++)
		if (!hash_is_zero(m->match.detail[i].paper))
			add_hash(&b->papers, papers, m->match.detail[i].paper);
	for (uint32_t i = 0; i < m->match.n_with; i++) {
		const struct paper *p = &m->paper[m->match.with[i]];

		add_hash(&b->papers, papers, p->sha256);
		if (p->vouched)
			add_hash(&b->vouched, vouched, p->sha256);
		if (p->heard)
			add_hash(&b->heard, heard, p->sha256);
	}
}

/* Each but once, however many lines of the papers it is true of. */
static void add_words(struct body_document_assess *b, struct span *at, struct span words)
{
	for (size_t i = 0; i < b->details.n; i++)
		if (span_eq(at[i], words))
			return;
	at[b->details.n++] = words;
}

static void say_findings(const struct match *m, struct arena *mem, struct body_document_assess *b)
{
	struct span *ids = ARENA_ARRAY(mem, struct span, XD_COUNT_MAX);
	struct span *words = ARENA_ARRAY(mem, struct span, MATCH_DETAILS_MAX);

	if (!ids || !words)
		return;
	b->findings.at = ids;
	b->details.at = words;
	for (unsigned x = 0; x < XD_COUNT_MAX; x++) {
		if ((m->findings & xd_bit((enum xd)x)) == 0)
			continue;
		ids[b->findings.n++] = span_z(xd_info(x)->id);
		for (unsigned i = 0; i < m->n_details; i++) {
			const struct match_detail *d = &m->detail[i];
			struct writer w = writer_in(mem);

			if ((unsigned)d->xd != x)
				continue;
			put_z(&w, xd_info(x)->id);
			put_z(&w, ": ");
			put_z(&w, d->text);
			add_words(b, words, writer_done(&w, mem));
		}
	}
}

/* Its own level as it was judged last, where the log gives a ground to say so; else as it was said. */
static void say_alone(const struct trade_set *t, struct body_document_assess *b)
{
	static const struct uuid nil;
	const struct trade_row *r = &t->row[0];
	bool rests = r->level < DOC_L2 || t->may_rest;

	b->alone = rests ? r->level : DOC_L1;
	b->anchor = rests ? r->anchor : nil;
	if (b->alone >= t->alone || t->may_fall)
		return;
	b->alone = t->alone;
	b->anchor = t->anchor;
}

static struct money money_of(const struct trade_set *t, int64_t minor)
{
	struct money m = { .minor = minor > 0 && t->ccy.at[0] ? minor : 0 };

	if (m.minor > 0)
		memcpy(m.ccy, t->ccy.at, sizeof m.ccy);
	return m;
}

/* Without a claim the entry is about the document itself: an id made of its hash. */
static struct uuid about(const struct trade_set *t, struct hash invoice)
{
	struct uuid id;

	if (!uuid_is_nil(t->claim))
		return t->claim;
	memcpy(id.b, invoice.b, sizeof id.b);
	id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x80);
	id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
	return id;
}

/* A list without items is left out. */
static void leave_out_empty(struct body_document_assess *b)
{
	b->papers.at = b->papers.n ? b->papers.at : NULL;
	b->vouched.at = b->vouched.n ? b->vouched.at : NULL;
	b->heard.at = b->heard.n ? b->heard.at : NULL;
	b->findings.at = b->findings.n ? b->findings.at : NULL;
	b->details.at = b->details.n ? b->details.at : NULL;
}

/* A paper that is not at hand, or days out of order, are told beside other news and are none themselves: else every
 * invoice that comes before its order would alarm those who lend. */
static bool nothing_new(const struct trade_set *t, const struct assessing *a, int64_t findings)
{
	static const int64_t quiet = INT64_C(1) << XD_REF | INT64_C(1) << XD_ORDERED | INT64_C(1) << XD_EARLY;
	const struct body_document_assess *b = &a->body;

	return b->alone == t->alone && b->level == t->level && uuid_eq(b->anchor, t->anchor) &&
	       b->credited.minor == t->credited && b->paid.minor == t->paid &&
	       (findings & ~quiet) == (t->findings & ~quiet);
}

static enum fault load(struct matching *m, struct hash invoice, struct trade_set *t, size_t *asked)
{
	enum fault f = E_TOO_BIG;

	for (*asked = ROWS; f == E_TOO_BIG && *asked >= FEWEST; *asked /= 4) {
		arena_drop(&m->mem);
		f = store_trade(m->conn.store, invoice, *asked, &m->mem, t);
		if (f == OK)
			break;
	}
	return f;
}

/* Whether there is something to say of the invoice. */
static enum fault judge(struct matching *m, struct hash invoice, struct assessing *ret, bool *news)
{
	struct trade_set t;
	size_t n, asked;
	enum fault f = load(m, invoice, &t, &asked);

	*news = false;
	if (f != OK || !t.found)
		return f;
	*ret = (struct assessing){ .object = about(&t, invoice), .body.document = invoice };
	say_alone(&t, &ret->body);
	memset(&m->match, 0, sizeof m->match);
	if (take_papers(m, &t, asked, &n)) {
		m->paper[0].level = (uint16_t)ret->body.alone;
		match_invoice(m->paper, n, 0, limits_in(m, t.country), &m->match);
		ret->body.level = m->match.level;
		say_papers(m, &m->said, &ret->body);
		say_findings(&m->match, &m->said, &ret->body);
		leave_out_empty(&ret->body);
		ret->body.credited = money_of(&t, m->match.credited);
		ret->body.paid = money_of(&t, m->match.paid);
	} else
		ret->body.level = ret->body.alone;
	*news = !nothing_new(&t, ret, m->match.findings);
	return arena_ok(&m->mem) && arena_ok(&m->said) ? OK : E_TOO_BIG;
}

/* --- documents read again by themselves --- */

struct fetching {
	struct arena *mem;
	struct span bytes;
};

static bool on_bytes(void *arg, const struct span *column, size_t n)
{
	struct fetching *f = arg;
	assert(n == 1);
	if (column[0].at) /* else it is erased */
		f->bytes = arena_copy(f->mem, column[0]);
	return false;
}

/* Asked in the registry's own name: it may see what it judges. */
static enum fault fetch(struct matching *m, struct hash document, struct span *ret)
{
	struct fetching f = { .mem = &m->mem };
	char text[2 * HASH_LEN];
	struct writer w = writer_over(text, sizeof text);
	struct uuid registry;
	struct span param;
	enum fault fault;

	memcpy(registry.b, document.b, sizeof registry.b);
	put_hex(&w, document.b, HASH_LEN);
	param = writer_span(&w);
	fault = store_query(m->reader.store, registry, ROLE_REGULATOR, "bytes", &param, 1, on_bytes, &f);
	*ret = f.bytes;
	return fault == OK && !f.bytes.at ? E_ERASED : fault;
}

/* Its paper as it is now; one nobody can read any more stays as it was judged. */
static enum fault read_under(struct matching *m, struct hash document, struct trade_record *ret)
{
	static const struct uuid nobody;
	struct document d;
	struct trust trust;
	struct span bytes;
	enum fault f = fetch(m, document, &bytes);

	if (f == OK)
		f = trust_now(m->reader.store, bytes, &m->mem, &trust);
	if (f == OK)
		f = parser_document_under(m->conf.parser, bytes, &trust, &m->mem, &d);
	if (f == OK && hash_eq(d.sha256, document) && trust_covers(&trust, &d))
		trade_in(&d, nobody, S(""), m->conf.fp_key, &m->mem, ret);
	return f;
}

static enum fault read_again(struct matching *m, bool *some)
{
	struct trade_record now = { .role = PAPER_NONE };
	struct hash document;
	enum fault f;

	*some = false;
	if (!m->conf.parser)
		return OK;
	arena_drop(&m->mem);
	f = store_trade_judge(m->conn.store, &document);
	if (f != OK || hash_is_zero(document))
		return f;
	f = conn_store(&m->reader) ? read_under(m, document, &now) : E_UNAVAILABLE;
	if (f == E_UNAVAILABLE)
		return f;
	now.listened = true; /* what it carried may be worth something else now */
	*some = true;
	return store_trade_judged(m->conn.store, document, &now);
}

/* --- a round --- */

static void note_failure(struct matching *m, enum fault f)
{
	if (f != OK && !m->failing)
		watch(LOG_WARN, EVENT("matching_failed"), KV("fault", fault_info(f)->slug),
		      KV("why", m->conn.store ? store_why(m->conn.store) : "no connection"));
	m->failing = f != OK;
}

/* What the queue or the database did not take stays to be done. Any other refusal would be one for ever. */
static bool again(enum fault f)
{
	return f == E_BUSY || f == E_UNAVAILABLE || f == E_OUTCOME_UNKNOWN || f == E_STORAGE_FULL || f == E_INTERNAL;
}

static size_t round_of(struct matching *m, struct trade_due due[ROUND], size_t n, enum fault *f)
{
	struct trade_due done[ROUND], asked[ROUND];
	struct assessing said[ROUND];
	enum fault result[ROUND];
	size_t n_done = 0, n_said = 0;

	arena_drop(&m->said);
	for (size_t i = 0; i < n && *f == OK; i++) {
		bool news;

		*f = judge(m, due[i].sha256, &said[n_said], &news);
		if (*f == OK && news)
			asked[n_said++] = due[i];
		else if (*f == OK)
			done[n_done++] = due[i];
	}
	registrar_assess(m->conf.registrar, said, n_said, result);
	for (size_t i = 0; i < n_said; i++) {
		if (result[i] != OK && result[i] != E_NOTHING_NEW)
			watch(LOG_WARN, EVENT("assessment_refused"), KV("fault", fault_info(result[i])->slug));
		if (!again(result[i]))
			done[n_done++] = asked[i];
	}
	enum fault g = store_trade_done(m->conn.store, done, n_done);
	*f = *f == OK ? g : *f;
	return g == OK ? n_done : 0;
}

size_t matching_round(struct matching *m)
{
	struct trade_due due[ROUND];
	size_t n = 0, done = 0;
	bool some = false;
	enum fault f = conn_store(&m->conn) ? read_again(m, &some) : E_UNAVAILABLE;

	if (f == OK)
		f = store_trade_due(m->conn.store, ROUND, due, &n);
	if (f == OK && n > 0)
		f = read_limits(m);
	if (f == OK && n > 0)
		done = round_of(m, due, n, &f);
	note_failure(m, f);
	return f == OK ? done + some : 0;
}

/* --- life --- */

struct matching *matching_open(const struct matching_conf *conf, char *why, size_t why_len)
{
	struct matching *m = calloc(1, sizeof *m);

	snprintf(why, why_len, "matching: out of memory");
	if (!m)
		return NULL;
	m->conf = *conf;
	m->conn = (struct conn){ .database_url = conf->database_url, .duty = STORE_CHECKER };
	m->reader = (struct conn){ .database_url = conf->database_url, .duty = STORE_READER, .vault = conf->vault };
	if (arena_map(&m->mem, MATCHING_MEM) && arena_map(&m->said, MATCHING_MEM / 16)) {
		m->conn.store = store_open(conf->database_url, STORE_CHECKER, why, why_len);
		if (m->conn.store)
			return m;
	}
	matching_close(m);
	return NULL;
}

void matching_close(struct matching *m)
{
	if (!m)
		return;
	conn_close(&m->conn);
	conn_close(&m->reader);
	arena_unmap(&m->mem);
	arena_unmap(&m->said);
	free(m);
}
