/* SPDX-License-Identifier: Apache-2.0 */
/*
 * telling.h: logs for the detectors, told in C: accepted entries with a clock
 * one can turn, kept so that they can be folded again, wholly or up to some
 * entry. The rules are not asked: what is told here is taken to be accepted.
 */
#ifndef CF_TELLING_H
#define CF_TELLING_H

#include <sys/mman.h>

#include "score.h"
#include "warn.h"

#ifndef TOLD_ENTRIES /* the most a history has; room for them is taken at the start */
#define TOLD_ENTRIES ((size_t)1 << 20)
#endif
enum { TOLD_FINDINGS = 4096, TOLD_WARNINGS = 512 };
struct told {
	struct arena mem, texts;
	struct detector *d;
	struct seen *entry; /* every one, in order */
	struct command *command;
	size_t n, cap;
	struct moment now;
	uint64_t ids;
	struct finding_made found[TOLD_FINDINGS];
	size_t n_found;
	struct warned warned[TOLD_WARNINGS]; /* the first so many */
	size_t n_warned;
	uint64_t work_most; /* steps of early warning at one entry */
};

static inline struct arena told_arena(size_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert(at != MAP_FAILED);
	return arena_over(at, len);
}

static inline void told_start(struct told *t)
{
	memset(t, 0, sizeof *t);
	t->mem = told_arena((size_t)4 << 30);
	t->texts = told_arena((size_t)4 << 30);
	t->cap = TOLD_ENTRIES;
	t->entry = arena_take(&t->texts, t->cap * sizeof *t->entry);
	t->command = arena_take(&t->texts, t->cap * sizeof *t->command);
	t->now.us = INT64_C(1704096000000000); /* 2024-01-01T08:00:00Z */
	t->d = detector_start(&t->mem);
	assert(t->d);
}

static inline void told_end(struct told *t)
{
	munmap(t->mem.base, t->mem.cap);
	munmap(t->texts.base, t->texts.cap);
}

static inline struct uuid told_id(struct told *t)
{
	struct uuid u = { { 0 } };

	be64_put(u.b + 8, ++t->ids);
	u.b[0] = 1;
	return u;
}

static inline struct span told_text(struct told *t, const char *prefix, uint64_t n)
{
	char text[64];
	struct writer w = writer_over(text, sizeof text);

	put_z(&w, prefix);
	put_u64(&w, n);
	return arena_copy(&t->texts, writer_span(&w));
}

static inline void told_keep(void *arg, const struct finding_made *f)
{
	struct told *t = arg;

	if (t->n_found < TOLD_FINDINGS)
		t->found[t->n_found++] = *f;
}

static inline void days_pass(struct told *t, int64_t days) { t->now.us += days * DAY_US; }
static inline struct date today(const struct told *t) { return date_of(t->now); }
static inline struct date in_days(const struct told *t, int32_t n) { return (struct date){ today(t).day + n }; }

static inline void told_keep_warned(struct told *t, uint64_t work_before)
{
	uint64_t work = detector_watch_work(t->d) - work_before;
	size_t n;
	const struct warned *w = detector_warned(t->d, &n);

	for (size_t i = 0; i < n && t->n_warned < TOLD_WARNINGS; i++)
		t->warned[t->n_warned++] = w[i];
	if (work > t->work_most)
		t->work_most = work;
}

/* The next entry, by `issuer` for itself; its number. */
static inline uint64_t tell(struct told *t, struct uuid issuer, struct command c)
{
	struct seen *s = &t->entry[t->n];
	bool seen;

	assert(t->n < t->cap);
	c.id = told_id(t);
	c.at = t->now;
	t->command[t->n] = c;
	*s = (struct seen){ .seq = t->n, .at = t->now, .issuer = issuer, .actor = issuer, .c = &t->command[t->n] };
	t->now.us += 1000; /* no two at one moment */
	t->n++;
	const uint64_t work = detector_watch_work(t->d);
	seen = detector_see(t->d, s, told_keep, t);
	assert(seen);
	told_keep_warned(t, work);
	return s->seq;
}

/* Another detector over the first n entries, in an arena of its own. */
static inline struct detector *told_again(const struct told *t, size_t n, struct arena *mem)
{
	struct detector *d = detector_start(mem);

	assert(d);
	for (size_t i = 0; i < n; i++) {
		bool seen = detector_see(d, &t->entry[i], NULL, NULL);

		assert(seen);
	}
	return d;
}

/* How often a signal was found; with `most` the strongest severity it had. */
static inline size_t found(const struct told *t, enum signal signal, enum severity *most)
{
	size_t n = 0;

	if (most)
		*most = SEVERITY_NONE;
	for (size_t i = 0; i < t->n_found; i++) {
		if (t->found[i].signal != signal)
			continue;
		n++;
		if (most && t->found[i].severity > *most)
			*most = t->found[i].severity;
	}
	return n;
}

/* Findings of so many signals, of this severity at least. */
static inline size_t found_of(const struct told *t, const enum signal *signal, size_t n, enum severity least)
{
	size_t sum = 0;

	for (size_t i = 0; i < t->n_found; i++)
		for (size_t k = 0; k < n; k++)
			sum += t->found[i].signal == signal[k] && t->found[i].severity >= least;
	return sum;
}

/* --- statements in one line --- */

static inline struct uuid party_named(struct told *t, const char *name, int32_t roles)
{
	struct command c = { .kind = ST_PARTY_ENROL, .object = told_id(t) };

	c.body.party_enrol.name = told_text(t, name, t->ids);
	c.body.party_enrol.country = S("CN");
	c.body.party_enrol.roles = roles;
	(void)tell(t, told_id(t), c);
	return c.object;
}
static inline struct uuid a_supplier(struct told *t) { return party_named(t, "supplier ", ROLE_SUPPLIER); }
static inline struct uuid an_anchor(struct told *t) { return party_named(t, "anchor ", ROLE_CORE); }
static inline struct uuid a_bank(struct told *t) { return party_named(t, "bank ", ROLE_BANK); }

struct sale {
	struct uuid creditor, debtor;
	int64_t face; /* CNY minor units */
	int32_t days; /* to pay, 0: sixty */
	const char *number, *order, *goods, *account, *delivery;
	struct date issued, delivered; /* not given: today; none */
	bool lines;
};

static inline struct uuid register_sale(struct told *t, const struct sale *x)
{
	struct command c = { .kind = ST_RECEIVABLE_REGISTER, .object = told_id(t) };
	struct body_receivable_register *b = &c.body.receivable_register;

	b->creditor = x->creditor;
	b->debtor = x->debtor;
	b->face = (struct money){ x->face, "CNY" };
	b->issue_date = date_given(x->issued) ? x->issued : today(t);
	b->due_date = (struct date){ b->issue_date.day + (x->days ? x->days : 60) };
	b->delivered = date_given(x->delivered) ? x->delivered : DATE_NONE;
	b->existing = FLAG_YES;
	b->invoice.number = x->number ? span_z(x->number) : told_text(t, "INV", t->ids);
	b->order = span_z(x->order);
	b->goods = span_z(x->goods);
	b->account = span_z(x->account);
	if (x->delivery) {
		b->deliveries.at = ARENA_NEW(&t->texts, struct span);
		*b->deliveries.at = span_z(x->delivery);
		b->deliveries.n = 1;
	}
	if (x->lines)
		b->goods_lines = sha256(told_text(t, "lines ", t->ids));
	(void)tell(t, x->creditor, c);
	return c.object;
}

static inline uint64_t confirm(struct told *t, struct uuid claim, struct uuid debtor)
{
	struct command c = { .kind = ST_RECEIVABLE_CONFIRM, .object = claim };

	return tell(t, debtor, c);
}

static inline uint64_t pay_from(struct told *t, struct uuid claim, struct uuid by, int64_t amount, const char *account)
{
	struct command c = { .kind = ST_RECEIVABLE_PAY, .object = claim };

	c.body.receivable_pay.amount = (struct money){ amount, "CNY" };
	c.body.receivable_pay.on = today(t);
	c.body.receivable_pay.payer_account = span_z(account);
	return tell(t, by, c);
}
static inline uint64_t pay(struct told *t, struct uuid claim, struct uuid by, int64_t amount)
{
	return pay_from(t, claim, by, amount, NULL);
}

static inline uint64_t credit(struct told *t, struct uuid claim, struct uuid by, int64_t amount)
{
	struct command c = { .kind = ST_RECEIVABLE_ADJUST, .object = claim };

	c.body.receivable_adjust.reduce = (struct money){ amount, "CNY" };
	return tell(t, by, c);
}

/* cancel, write_off, overdue, default, lapse, resolve: what needs no body here. */
static inline uint64_t say_of(struct told *t, enum statement_kind kind, struct uuid object, struct uuid by)
{
	struct command c = { .kind = kind, .object = object };

	return tell(t, by, c);
}

static inline uint64_t dispute(struct told *t, struct uuid claim, struct uuid debtor, const char *code)
{
	struct command c = { .kind = ST_RECEIVABLE_DISPUTE, .object = claim };

	c.body.dispute.code = span_z(code);
	return tell(t, debtor, c);
}

/* Financed: granted and accepted. */
static inline struct uuid finance(struct told *t, struct uuid claim, struct uuid by, struct uuid bank, int64_t amount,
                                  int64_t advance)
{
	struct command c = { .kind = ST_ENCUMBRANCE_GRANT, .object = told_id(t) };

	c.body.encumbrance_grant.asset = claim;
	c.body.encumbrance_grant.kind = ENC_ASSIGNMENT;
	c.body.encumbrance_grant.secured_party = bank;
	c.body.encumbrance_grant.amount = (struct money){ amount, "CNY" };
	c.body.encumbrance_grant.advance = (struct money){ advance, "CNY" };
	(void)tell(t, by, c);
	(void)say_of(t, ST_ENCUMBRANCE_ACCEPT, c.object, bank);
	return c.object;
}

struct profile {
	const char *sector;
	struct date founded;
	int64_t turnover, purchases, staff;
	const char *tie[4];
};
static inline uint64_t profile(struct told *t, struct uuid party, const struct profile *x)
{
	struct command c = { .kind = ST_PARTY_PROFILE, .object = party };
	struct body_party_profile *b = &c.body.party_profile;

	b->sector = span_z(x->sector);
	b->founded = date_given(x->founded) ? x->founded : DATE_NONE;
	if (x->turnover)
		b->turnover = (struct money){ x->turnover, "CNY" };
	if (x->purchases)
		b->purchases = (struct money){ x->purchases, "CNY" };
	b->staff = x->staff;
	b->ties.at = ARENA_ARRAY(&t->texts, struct span, ARRAY_LEN(x->tie));
	while (b->ties.n < ARRAY_LEN(x->tie) && x->tie[b->ties.n]) {
		b->ties.at[b->ties.n] = span_z(x->tie[b->ties.n]);
		b->ties.n++;
	}
	b->source = S("a test");
	return tell(t, told_id(t), c);
}

/* A finding as the registry enters it. */
static inline struct uuid raise_finding(struct told *t, const char *signal, const char *severity, struct uuid asset,
                                        struct uuid party, int64_t bits)
{
	struct command c = { .kind = ST_FINDING_RAISE, .object = told_id(t) };
	struct body_finding_raise *b = &c.body.finding_raise;

	b->signal = span_z(signal);
	b->severity = span_z(severity);
	b->asset = asset;
	b->party = party;
	b->bits = bits;
	b->detail = S("told");
	(void)tell(t, told_id(t), c);
	return c.object;
}
static inline uint64_t review(struct told *t, struct uuid finding, const char *verdict)
{
	struct command c = { .kind = ST_FINDING_REVIEW, .object = finding };

	c.body.finding_review.verdict = span_z(verdict);
	return tell(t, told_id(t), c);
}
#endif
