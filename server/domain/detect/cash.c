/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cash.c: where the money of a claim comes from, and when.
 *
 * Who invents a receivable must in the end pay it himself, from his own account
 * or from the next advance; who keeps what the debtor paid is told on by the
 * debtor. What is found on one payment is said of the pair's open claims too,
 * and of those registered later, while it is fresh: the payment itself cannot
 * be undone, the next financing can.
 *
 *   P02  paid from the creditor's own account
 *   P04  paid by others than the debtor, each time just after an advance that covers it
 *   P05  the debtor, whom the registry calls overdue, says it has paid
 *   P06  payments that equal the advance and not the invoice
 *   P01  others than the debtor pay a large part
 *   P03  a collection account nobody used before
 *   P07  always to the day   P09  settled at once for long terms
 *   P08  overdue claims taken back and billed again
 *   B06  a large credit note soon after the financing
 *
 * Parties of one owner may pay for each other (a group's treasury): that is
 * never more than shown.
 */
#include "accounts.h"
#include "detecting.h"
#include "year.h"

enum {
	FRESH_DAYS = 180,   /* as long a finding speaks against the pair's next claims */
	TOLD_OPEN = 8,      /* open claims of the pair that are told about */
	RECOURSE_DAYS = 30, /* later than this the seller buys back what failed */
	ADVANCES = 8,
	LAPPING_DAYS = 3,
	COVERED = 800000, /* ppm */
	CLOSE = 1000,     /* ppm: equal amounts */
	ALIKE = 20000,    /* ppm: the same claim billed again */
	ALIKE_DAYS = 10,
	AGED_DAYS = 90,
	EARLY_LEAST = 5,
	LONG_TERMS = 60,
	ACCOUNT_LEAST = 5,
	CREDIT_MUCH = 400000, /* ppm of the face: one is enough */
	CREDIT_SOME = 260000, /* two are */
	CREDIT_DAYS = 90,
	TOLD_OWN = 1, /* bits */
	TOLD_DIVERTED = 2,
	PAYER_LEAST = 3,
};

struct pair_cash {
	struct span account;                             /* the creditor asks to be paid to, by most claims */
	struct moment own_at, diverted_at, credited_at;  /* last */
	uint64_t own_seq[2], diverted_seq, credited_seq; /* newest first */
	uint32_t own, account_uses, exact, early, advances_paid;
	bool told_exact;
	struct year paid, by_others; /* worth of payments */
	uint32_t payments;
	/* a claim taken back when it was due or nearly so */
	int64_t aged_face;
	struct moment aged_at, renewed_at;
	uint64_t aged_seq, renewed_seq;
};
struct seller_cash {
	struct {
		struct moment at;
		int64_t amount;
		uint64_t seq;
		uint32_t claim;
	} advance[ADVANCES]; /* a ring */
	uint32_t n_advances, lapped;
	uint64_t lapped_seq[3];
};
struct known_account {
	struct span text;
	uint32_t creditor; /* asks to be paid to it */
};
struct cash {
	struct book *book;
	struct dense pair, party, account, told; /* told: by claim, what its pair's record has brought on it */
	struct index by_account;
};

static struct pair_cash *pair_of(struct cash *x, uint32_t i) { return dense_at(&x->pair, i); }
static struct seller_cash *party_of(struct cash *x, uint32_t i) { return dense_at(&x->party, i); }

static bool follow(struct cash *x)
{
	while (x->pair.n < x->book->pair.n)
		if (!dense_add(&x->pair, NULL))
			return false;
	while (x->party.n < x->book->party.n)
		if (!dense_add(&x->party, NULL))
			return false;
	return true;
}

static bool within(const struct cash *x, struct moment at, int64_t days)
{
	return at.us != 0 && days_between(at, x->book->now) < days;
}

static bool near_to(int64_t a, int64_t b, int64_t ppm_off)
{
	const int64_t off = a > b ? a - b : b - a;

	return b > 0 && ppm(off, b) <= ppm_off;
}

/* --- accounts creditors ask to be paid to --- */

static bool note_account(struct cash *x, uint32_t creditor, struct span text)
{
	struct known_account *a;
	uint32_t i;

	for (struct index_walk w = index_walk(&x->by_account, key_of_text(text)); index_next(&w);) {
		a = dense_at(&x->account, w.value);
		if (a->creditor == creditor && span_eq(a->text, text))
			return true;
	}
	if (!(a = dense_add(&x->account, &i)))
		return false;
	*a = (struct known_account){ text, creditor };
	return index_put(&x->by_account, key_of_text(text), i);
}

static bool asks_for(const struct cash *x, uint32_t creditor, struct span text)
{
	for (struct index_walk w = index_walk(&x->by_account, key_of_text(text)); index_next(&w);) {
		const struct known_account *a = dense_at(&x->account, w.value);

		if (a->creditor == creditor && span_eq(a->text, text))
			return true;
	}
	return false;
}

static bool is_of_seller(const struct cash *x, const struct book_claim *c, struct span account)
{
	return account.len > 0 && !account_tied(x->book, c->debtor, account) &&
	       (account_tied(x->book, c->creditor, account) || asks_for(x, c->creditor, account));
}

/* The account is known to be somebody's, and that is neither of the two nor of the debtor's group. */
static bool is_of_others(const struct cash *x, const struct book_claim *c, struct span account)
{
	const uint32_t holder = account_holder(x->book, account);

	return holder != NOWHERE && holder != c->creditor && !account_tied(x->book, c->debtor, account) &&
	       !same_owner(x->book, holder, c->debtor);
}

/* --- telling --- */

static struct finding_made *tell(struct sighting *g, enum signal signal, enum severity most, uint32_t claim,
                                 int64_t value, const char *what)
{
	struct finding_made *f = find_on_claim(g, signal, most, claim);

	f->value = value;
	finding_says(f, "%s", what);
	finding_cites(f, claim_at(g->book, claim)->seq);
	return f;
}

/* The same of the pair's other open claims, once each. */
static bool tell_open(struct cash *x, struct sighting *g, enum signal signal, uint32_t claim, const char *what)
{
	const uint8_t bit = signal == SIGNAL_P02 ? TOLD_OWN : TOLD_DIVERTED;
	uint32_t i = pair_at(x->book, claim_at(x->book, claim)->pair)->newest;

	for (unsigned n = 0; i != NOWHERE && n < TOLD_OPEN; n++) {
		uint8_t *told = dense_reach(&x->told, i);

		if (!told)
			return false;
		if (i != claim && claim_at(x->book, i)->state == CLAIM_LIVE && !(*told & bit))
			(void)tell(g, signal, SEVERITY_HOLD, i, 1, what);
		*told |= bit;
		i = claim_at(x->book, i)->older_of_pair;
	}
	return true;
}

/* --- P02: the seller pays its own invoice --- */

static bool judge_own_account(struct cash *x, struct sighting *g)
{
	static const char what[] = "paid from an account of the creditor";
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct pair_cash *p = pair_of(x, c->pair);
	const struct body_receivable_pay *b = &g->s->c->body.receivable_pay;
	const bool group = same_owner(x->book, c->creditor, c->debtor);
	const bool recourse = c->defaulted_seq != 0 || b->on.day > c->due.day + RECOURSE_DAYS;
	const enum severity most = group || recourse ? SEVERITY_FLAG : SEVERITY_HOLD;

	if (!is_of_seller(x, c, c->payer_account))
		return true;
	(void)tell(g, SIGNAL_P02, most, g->claim, b->on.day - c->due.day, what);
	if (most == SEVERITY_FLAG)
		return true;
	p->own++;
	p->own_at = x->book->now;
	p->own_seq[1] = p->own_seq[0];
	p->own_seq[0] = g->s->seq;
	return tell_open(x, g, SIGNAL_P02, g->claim,
	                 "another claim of the pair was paid from an account of the creditor");
}

/* --- P04: the next advance pays --- */

static int64_t advances_before(const struct cash *x, const struct seller_cash *s, uint32_t claim, uint64_t *seq)
{
	int64_t sum = 0;

	for (size_t i = 0; i < ADVANCES; i++)
		if (within(x, s->advance[i].at, LAPPING_DAYS) && s->advance[i].claim != claim) {
			sum += s->advance[i].amount;
			*seq = s->advance[i].seq;
		}
	return sum;
}

static void judge_lapping(struct cash *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct seller_cash *s = party_of(x, c->creditor);
	const int64_t amount = g->s->c->body.receivable_pay.amount.minor;
	const bool debtors = account_tied(x->book, c->debtor, c->payer_account) ||
	                     uuid_eq(g->s->actor, party_at(x->book, c->debtor)->id);
	uint64_t seq = 0;

	if (c->financed_seq == 0 || amount <= 0)
		return;
	const int64_t advance = advances_before(x, s, g->claim, &seq);
	const int64_t share = ppm(advance, amount);

	if (debtors || share < COVERED || same_owner(x->book, c->creditor, c->debtor) ||
	    (!is_of_seller(x, c, c->payer_account) && !is_of_others(x, c, c->payer_account))) {
		s->lapped = 0;
		return;
	}
	s->lapped_seq[s->lapped % 3] = g->s->seq;
	s->lapped++;
	if (s->lapped < threshold(g, SIGNAL_P04))
		return;
	struct finding_made *f = find_on_party(g, SIGNAL_P04, SEVERITY_HOLD, c->creditor);

	f->value = s->lapped;
	finding_says(f,
	             "%u collections running, none from the debtor, each covered by an advance of the %d days before; "
	             "the last by %lld %%",
	             s->lapped, LAPPING_DAYS, (long long)(share / 10000));
	finding_cites(f, seq);
	for (size_t i = 0; i < ARRAY_LEN(s->lapped_seq); i++)
		finding_cites(f, s->lapped_seq[i]);
}

/* --- P06: the advance comes back, not the price --- */

static void judge_advance_back(struct cash *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const int64_t amount = g->s->c->body.receivable_pay.amount.minor;
	struct pair_cash *p = pair_of(x, c->pair);
	const struct book_encumbrance *e;

	if (c->encumbrance == NOWHERE)
		return;
	e = encumbrance_at(x->book, c->encumbrance);
	if (e->advance <= 0 || !near_to(amount, e->advance, CLOSE) || near_to(amount, c->face, 20 * CLOSE))
		return;
	if (++p->advances_paid < threshold(g, SIGNAL_P06))
		return;
	(void)tell(g, SIGNAL_P06, SEVERITY_HOLD, g->claim, p->advances_paid,
	           "payments of the pair that equal what was lent and not what was owed");
}

/* --- P01: others pay --- */

static void judge_payer(struct cash *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct pair_cash *p = pair_of(x, c->pair);
	const int32_t bucket = year_bucket(x->book->now);
	int64_t worth, paid, others;

	if (c->payer_account.len == 0 || !fx_base(x->book, g->s->c->body.receivable_pay.amount.minor, c->ccy, &worth))
		return;
	p->payments++;
	year_add(&p->paid, bucket, worth);
	if (!is_of_others(x, c, c->payer_account))
		return;
	year_add(&p->by_others, bucket, worth);
	paid = year_sum(&p->paid, bucket, 6);
	others = year_sum(&p->by_others, bucket, 6);
	if (p->payments < PAYER_LEAST || ppm(others, paid) <= threshold(g, SIGNAL_P01))
		return;
	tell(g, SIGNAL_P01, SEVERITY_FLAG, g->claim, ppm(others, paid),
	     "paid from accounts that belong to others than the debtor")
		->bits = 40;
}

/* --- P07, P09: too good --- */

static void judge_timing(struct cash *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct pair_cash *p = pair_of(x, c->pair);

	if (c->state != CLAIM_SETTLED || !date_given(c->paid_on))
		return;
	p->exact = c->paid_on.day == c->due.day ? p->exact + 1 : 0;
	p->early = c->paid_on.day - c->issued.day < threshold(g, SIGNAL_P09) && c->due.day - c->issued.day >= LONG_TERMS
	                   ? p->early + 1
	                   : 0;
	if (p->exact >= threshold(g, SIGNAL_P07) && !p->told_exact) {
		p->told_exact = true;
		(void)tell(g, SIGNAL_P07, SEVERITY_INFO, g->claim, p->exact, "payments running to the very day");
	}
	if (p->early >= EARLY_LEAST)
		tell(g, SIGNAL_P09, SEVERITY_FLAG, g->claim, p->early,
		     "claims running that were paid at once in spite of long terms")
			->bits = 30;
}

static bool see_pay(struct cash *x, struct sighting *g)
{
	if (!judge_own_account(x, g))
		return false;
	judge_lapping(x, g);
	judge_advance_back(x, g);
	judge_payer(x, g);
	judge_timing(x, g);
	return true;
}

/* --- P05: the debtor says it has paid --- */

static bool see_dispute(struct cash *x, struct sighting *g)
{
	enum { OTHER = 6 }; /* dispute code: neither goods nor price, nor unknown to it */
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct pair_cash *p = pair_of(x, c->pair);
	const int32_t late = date_of(x->book->now).day - c->due.day;

	if (c->financed_seq == 0 || late < 0 || dispute_code(g->s->c->body.dispute.code) != OTHER)
		return true;
	struct finding_made *f = tell(g, SIGNAL_P05, SEVERITY_HOLD, g->claim, late,
	                              "financed; after the due date the debtor says it owes nothing more");

	if (c->confirmed_seq != 0)
		finding_cites(f, c->confirmed_seq);
	finding_cites(f, c->financed_seq);
	p->diverted_at = x->book->now;
	p->diverted_seq = g->s->seq;
	return tell_open(x, g, SIGNAL_P05, g->claim,
	                 "after the due date of another claim of the pair the debtor says it owes nothing more on it");
}

/* --- B06, P08: taken back --- */

static void judge_credit(struct cash *x, struct sighting *g, int64_t reduce)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct pair_cash *p = pair_of(x, c->pair);
	const int64_t share = ppm(reduce, c->face);
	const int64_t days = c->financed_seq == 0 ? 0 : days_between(c->financed_at, x->book->now);

	if (c->financed_seq == 0 || days * 2 > threshold(g, SIGNAL_B06) * 3 || share < CREDIT_SOME)
		return;
	const bool again = within(x, p->credited_at, CREDIT_DAYS);
	const enum severity most = share >= CREDIT_MUCH || again ? SEVERITY_HOLD : SEVERITY_INFO;
	struct finding_made *f = find_on_claim(g, SIGNAL_B06, most, g->claim);

	f->value = days;
	finding_says(f, "credited by %lld %% of its face, %lld days after it was financed", (long long)(share / 10000),
	             (long long)days);
	finding_cites(f, c->seq);
	finding_cites(f, c->financed_seq);
	if (again)
		finding_cites(f, p->credited_seq);
	p->credited_at = x->book->now;
	p->credited_seq = g->s->seq;
}

static void note_aged(struct cash *x, struct sighting *g)
{
	enum { NEARLY_DUE = 5 };
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct pair_cash *p = pair_of(x, c->pair);

	if (date_of(x->book->now).day < c->due.day - NEARLY_DUE)
		return;
	p->aged_face = c->face;
	p->aged_at = x->book->now;
	p->aged_seq = g->s->seq;
}

static bool see_adjust(struct cash *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const int64_t reduce = g->s->c->body.receivable_adjust.reduce.minor;

	judge_credit(x, g, reduce);
	if (ppm(reduce, c->face) >= 900000)
		note_aged(x, g);
	return true;
}

static bool see_cancel(struct cash *x, struct sighting *g)
{
	note_aged(x, g);
	return true;
}

/* --- registering --- */

static void judge_renewed(struct cash *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct pair_cash *p = pair_of(x, c->pair);

	if (!within(x, p->aged_at, ALIKE_DAYS) || !near_to(c->face, p->aged_face, ALIKE))
		return;
	const bool again = within(x, p->renewed_at, AGED_DAYS);
	struct finding_made *f =
		tell(g, SIGNAL_P08, again ? SEVERITY_HOLD : SEVERITY_INFO, g->claim, again ? 2 : 1,
	             "billed anew when an equal claim of the pair had been taken back at its due date");

	finding_cites(f, p->aged_seq);
	if (again)
		finding_cites(f, p->renewed_seq);
	p->renewed_at = x->book->now;
	p->renewed_seq = g->s->seq;
	p->aged_at.us = 0;
}

/* P03: the pair has used one account for a while, and now another one is asked for that nobody knows. */
static bool judge_account(struct cash *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct pair_cash *p = pair_of(x, c->pair);
	const uint32_t holder = account_holder(x->book, c->account);

	if (c->account.len == 0)
		return true;
	if (p->account_uses == 0 || span_eq(p->account, c->account)) {
		p->account = c->account;
		p->account_uses++;
	} else if (p->account_uses >= ACCOUNT_LEAST && !account_tied(x->book, c->creditor, c->account) &&
	           !asks_for(x, c->creditor, c->account)) {
		const bool foreign = holder != NOWHERE && !same_owner(x->book, holder, c->creditor);
		struct finding_made *f =
			tell(g, SIGNAL_P03, foreign ? SEVERITY_HOLD : SEVERITY_FLAG, g->claim, p->account_uses,
		             foreign ? "to be paid to an account of somebody else"
		                     : "to be paid to an account nobody used before");

		f->bits = foreign ? 0 : 20;
		p->account = c->account;
		p->account_uses = 1;
	}
	return note_account(x, c->creditor, c->account);
}

/* What was found on the pair lately speaks against its next claims. */
static bool judge_record(struct cash *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const struct pair_cash *p = pair_of(x, c->pair);
	uint8_t *told = dense_reach(&x->told, g->claim);
	struct finding_made *f;

	if (!told)
		return false;
	if (p->own > 0 && within(x, p->own_at, FRESH_DAYS)) {
		f = tell(g, SIGNAL_P02, SEVERITY_HOLD, g->claim, p->own,
		         "earlier claims of the pair were paid from an account of the creditor");
		finding_cites(f, p->own_seq[0]);
		if (p->own > 1)
			finding_cites(f, p->own_seq[1]);
		*told |= TOLD_OWN;
	}
	if (within(x, p->diverted_at, FRESH_DAYS / 2)) {
		f = tell(g, SIGNAL_P05, SEVERITY_HOLD, g->claim, 0,
		         "after the due date of an earlier claim of the pair the debtor said it owes nothing more");
		finding_cites(f, p->diverted_seq);
		*told |= TOLD_DIVERTED;
	}
	return true;
}

static bool see_register(struct cash *x, struct sighting *g)
{
	judge_renewed(x, g);
	return judge_record(x, g) && judge_account(x, g);
}

static bool see_accept(struct cash *x, struct sighting *g)
{
	const uint32_t i = book_encumbrance(x->book, g->s->c->object);
	const struct book_encumbrance *e = i == NOWHERE ? NULL : encumbrance_at(x->book, i);
	struct seller_cash *s;

	if (!e)
		return true;
	s = party_of(x, claim_at(x->book, g->claim)->creditor);
	const uint32_t at = s->n_advances++ % ADVANCES;

	s->advance[at].at = x->book->now;
	s->advance[at].amount = e->advance > 0 ? e->advance : e->amount;
	s->advance[at].seq = g->s->seq;
	s->advance[at].claim = g->claim;
	return true;
}

/* --- the module --- */

typedef bool taker(struct cash *x, struct sighting *g);
static const struct {
	enum statement_kind kind;
	taker *take;
} takers[] = {
	{ ST_RECEIVABLE_REGISTER, see_register }, { ST_RECEIVABLE_PAY, see_pay },
	{ ST_RECEIVABLE_DISPUTE, see_dispute },   { ST_RECEIVABLE_ADJUST, see_adjust },
	{ ST_RECEIVABLE_CANCEL, see_cancel },     { ST_ENCUMBRANCE_ACCEPT, see_accept },
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct cash *x = state;

	x->book = b;
	dense_start(&x->pair, mem, sizeof(struct pair_cash));
	dense_start(&x->party, mem, sizeof(struct seller_cash));
	dense_start(&x->account, mem, sizeof(struct known_account));
	dense_start(&x->told, mem, sizeof(uint8_t));
	index_start(&x->by_account, mem);
	return true;
}

static bool see(void *state, struct sighting *g)
{
	struct cash *x = state;

	if (g->s->outcome != OK)
		return true;
	if (!follow(x))
		return false;
	for (size_t i = 0; g->claim != NOWHERE && i < ARRAY_LEN(takers); i++)
		if (takers[i].kind == g->s->c->kind)
			return takers[i].take(x, g);
	return true;
}

const struct module cash_module = { .name = "cash", .size = sizeof(struct cash), .start = start, .see = see };
