/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trade.h: a log of trade for detection to read, entry by entry, without the
 * rules: parties, claims, what becomes of them. Everything follows from the
 * calls and the dice.
 */
#ifndef CF_TRADE_H
#define CF_TRADE_H

#include "test.h"

#include "commands.h"
#include "detect.h"
#include "run/memory.h"

enum { FOUND_MAX = 200000 };
struct trade {
	struct arena mem; /* the detector's */
	struct arena text;
	struct detector *d;
	struct dice dice;
	struct date today; /* of the log's clock */
	uint64_t seq;
	struct command c; /* the one at hand */
	struct finding_made *found;
	size_t n_found;
	uint64_t digest; /* of all findings so far */
};

static inline struct uuid id_of(uint32_t kind, uint64_t n)
{
	struct uuid u = { { 0 } };

	be32_put(u.b, kind);
	be64_put(u.b + 8, n + 1);
	return u;
}
static inline struct uuid firm(uint64_t n) { return id_of(1, n); }
static inline struct uuid claim_id(uint64_t n) { return id_of(2, n); }

static inline void trade_found(void *arg, const struct finding_made *f)
{
	struct trade *t = arg;

	assert_true(t->n_found < FOUND_MAX);
	assert_true(f->n_evidence > 0 && f->evidence[f->n_evidence - 1] == f->at_seq);
	t->found[t->n_found++] = *f;
	for (unsigned i = 0; i < f->n_evidence; i++)
		t->digest = (t->digest ^ f->evidence[i]) * UINT64_C(0x100000001b3);
	t->digest = (t->digest ^ (uint64_t)f->value ^ (uint64_t)f->signal << 40) * UINT64_C(0x100000001b3);
}

static inline void trade_start(struct trade *t)
{
	memset(t, 0, sizeof *t);
	assert_true(arena_map(&t->mem, (size_t)8 << 30));
	assert_true(arena_map(&t->text, (size_t)1 << 30));
	t->d = detector_start(&t->mem);
	assert_non_null(t->d);
	t->found = malloc(FOUND_MAX * sizeof *t->found);
	assert_non_null(t->found);
	t->dice.state = 7;
	assert_true(date_parse(S("2026-01-05"), &t->today));
}

static inline void trade_end(struct trade *t)
{
	arena_unmap(&t->mem);
	arena_unmap(&t->text);
	free(t->found);
}

/* The next entry: t->c, signed by `issuer`. Its number. */
static inline uint64_t trade_enter(struct trade *t, struct uuid issuer)
{
	struct seen s = { .seq = t->seq++, .outcome = OK, .issuer = issuer, .actor = issuer, .c = &t->c };

	s.at = date_start(t->today);
	s.at.us += (int64_t)(t->seq % 80000) * 1000000;
	assert_true(detector_see(t->d, &s, trade_found, t));
	return s.seq;
}

static inline void trade_new(struct trade *t, enum statement_kind kind, struct uuid object)
{
	memset(&t->c, 0, sizeof t->c);
	t->c.kind = kind;
	t->c.object = object;
}

static inline struct span text_of(struct trade *t, const char *prefix, uint64_t n)
{
	char text[80];
	struct writer w = writer_over(text, sizeof text);

	put_z(&w, prefix);
	put_u64(&w, n);
	return arena_copy(&t->text, writer_span(&w));
}

static inline void enrol(struct trade *t, uint64_t n)
{
	trade_new(t, ST_PARTY_ENROL, firm(n));
	t->c.body.party_enrol.name = text_of(t, "firm ", n);
	t->c.body.party_enrol.country = S("CN");
	(void)trade_enter(t, id_of(9, 0));
}

/* A sale to register; goods and what else is said may be added to t->c.body before trade_enter. */
static inline void sale(struct trade *t, uint64_t claim, uint64_t seller, uint64_t debtor, int64_t minor, int32_t day)
{
	struct body_receivable_register *b = &t->c.body.receivable_register;

	trade_new(t, ST_RECEIVABLE_REGISTER, claim_id(claim));
	b->creditor = firm(seller);
	b->debtor = firm(debtor);
	b->face = (struct money){ minor, "CNY" };
	b->issue_date = (struct date){ t->today.day + day };
	b->due_date = (struct date){ t->today.day + day + 60 };
	b->delivered = DATE_NONE;
	b->invoice = (struct invoice){ text_of(t, "INV-", claim * 7919 + seller), b->issue_date };
	b->existing = FLAG_YES;
}

static inline uint64_t sell(struct trade *t, uint64_t claim, uint64_t seller, uint64_t debtor, int64_t minor,
                            int32_t day)
{
	sale(t, claim, seller, debtor, minor, day);
	return trade_enter(t, firm(seller));
}

/* The finding of a signal at an entry; NULL for none. */
static inline const struct finding_made *found_at(const struct trade *t, enum signal signal, uint64_t seq)
{
	for (size_t i = t->n_found; i-- > 0;)
		if (t->found[i].signal == signal && t->found[i].at_seq == seq)
			return &t->found[i];
	return NULL;
}

static inline size_t found_count(const struct trade *t, enum signal signal, enum severity least)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_found; i++)
		n += t->found[i].signal == signal && t->found[i].severity >= least;
	return n;
}

static inline bool cites(const struct finding_made *f, uint64_t seq)
{
	for (unsigned i = 0; i < f->n_evidence; i++)
		if (f->evidence[i] == seq)
			return true;
	return false;
}
#endif
