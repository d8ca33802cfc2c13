/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nearplay.h: a log played to the detectors entry by entry, without rules,
 * signatures or database: companies, claims and what befalls them, and what is
 * found at each entry.
 */
#ifndef CF_NEARPLAY_H
#define CF_NEARPLAY_H

#include <sys/mman.h>

#include "commands.h"
#include "detect.h"

enum { PLAY_FOUND = 64 };
struct play {
	struct arena mem;
	struct detector *detector;
	uint64_t seq;
	struct moment now;
	unsigned n; /* found at the last entry */
	struct finding_made found[PLAY_FOUND];
	uint64_t all[SIGNAL_NUMBERS][SEVERITY_BLOCK + 1]; /* found so far */
	struct hash digest;                               /* of everything found so far */
};

/* One claim to be registered; what is left zero is not said. */
struct bill {
	unsigned seller, debtor;
	int64_t amount;
	const char *ccy;
	struct date issued;
	int term;
	const char *number, *order, *goods, *delivery, *delivery2;
	unsigned document;
	unsigned lineage;
	bool future;
};

static inline struct uuid play_id(uint8_t kind, uint64_t n)
{
	struct uuid u = { { kind, 0, 0, 0, 0, 0, 0x70, 0, 0x80 } };

	be32_put(u.b + 9, (uint32_t)n);
	u.b[15] = 1;
	return u;
}

static inline void play_found(void *arg, const struct finding_made *f)
{
	struct play *p = arg;

	if (p->n < PLAY_FOUND)
		p->found[p->n++] = *f;
	p->all[f->signal][f->severity]++;
	p->digest = sha256_2((struct span){ (const char *)p->digest.b, HASH_LEN },
	                     (struct span){ (const char *)f, sizeof *f });
}

static inline void play_start(struct play *p, size_t room)
{
	void *at = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert(at != MAP_FAILED);
	memset(p, 0, sizeof *p);
	p->mem = arena_over(at, room);
	p->now = (struct moment){ INT64_C(1767225600000000) }; /* 2026-01-01 */
	p->detector = detector_start(&p->mem);
	assert(p->detector != NULL);
}

static inline void play_end(struct play *p) { munmap(p->mem.base, p->mem.cap); }

static inline void play_refused(struct play *p, const struct command *c, struct uuid actor, enum fault outcome)
{
	struct seen s = { .seq = p->seq++, .at = p->now, .outcome = outcome, .issuer = actor, .actor = actor, .c = c };
	bool good;

	p->n = 0;
	p->now.us += 1000;
	good = detector_see(p->detector, &s, play_found, p);
	assert(good);
}

static inline void play_entry(struct play *p, const struct command *c, struct uuid actor)
{
	play_refused(p, c, actor, OK);
}

static inline void play_company_of(struct play *p, unsigned n, const char *name, const char *uscc)
{
	struct command c = { .kind = ST_PARTY_ENROL, .object = play_id(1, n) };

	c.body.party_enrol = (struct body_party_enrol){
		.name = span_z(name), .country = S("CN"), .uscc = span_z(uscc), .roles = ROLE_SUPPLIER | ROLE_CORE
	};
	play_entry(p, &c, play_id(1, 0));
}

static inline void play_company(struct play *p, unsigned n, const char *name) { play_company_of(p, n, name, ""); }

static inline void play_days(struct play *p, int64_t days) { p->now.us += days * DAY_US; }

static inline struct date play_today(const struct play *p) { return date_of(p->now); }

static inline struct hash play_hash(const char *text) { return sha256(span_z(text)); }

/* Registers it, as claim number `n`. */
static inline void play_command(struct play *p, unsigned n, const struct bill *b, enum fault outcome)
{
	struct command c = { .kind = ST_RECEIVABLE_REGISTER, .object = play_id(2, n) };
	struct body_receivable_register *body = &c.body.receivable_register;
	struct span delivery[2] = { span_z(b->delivery), span_z(b->delivery2) };
	struct hash document = { { 0 } };

	body->creditor = play_id(1, b->seller);
	body->debtor = play_id(1, b->debtor);
	body->face.minor = b->amount;
	memcpy(body->face.ccy, b->ccy ? b->ccy : "CNY", 3);
	body->issue_date = b->issued.day ? b->issued : play_today(p);
	body->due_date = (struct date){ body->issue_date.day + (b->term ? b->term : 60) };
	be32_put(document.b, b->document ? b->document : n);
	document.b[31] = 1;
	body->documents = (struct hashes){ &document, 1 };
	body->invoice.number = span_z(b->number);
	body->invoice.date = body->issue_date;
	body->existing = b->future ? FLAG_NO : FLAG_YES;
	body->delivered = DATE_NONE;
	body->order = span_z(b->order);
	body->deliveries = (struct texts){ delivery, (b->delivery != NULL) + (size_t)(b->delivery2 != NULL) };
	if (b->goods)
		body->goods_lines = play_hash(b->goods);
	if (b->lineage)
		body->lineage = play_id(3, b->lineage);
	play_refused(p, &c, body->creditor, outcome);
}

static inline void play_bill(struct play *p, unsigned n, const struct bill *b) { play_command(p, n, b, OK); }

/* Something that needs no body befalls claim n. */
static inline void play_end_of(struct play *p, enum statement_kind kind, unsigned n)
{
	struct command c = { .kind = kind, .object = play_id(2, n) };

	play_entry(p, &c, play_id(1, 1));
}

static inline const struct finding_made *play_found_one(const struct play *p, enum signal signal)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->found[i].signal == signal)
			return &p->found[i];
	return NULL;
}

static inline bool play_held(const struct play *p)
{
	for (unsigned i = 0; i < p->n; i++)
		if (!p->found[i].about_party && p->found[i].severity >= SEVERITY_HOLD)
			return true;
	return false;
}
#endif
