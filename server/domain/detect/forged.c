/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forged.c: what a document says against itself: the year and region inside an invoice's number (F02), the check
 * characters of a credit code (F04), dates that cannot be (F12).
 *
 * A number of twenty digits is read as a fully digital fapiao only of a seller whose earlier ones were one: others
 * number as they like.
 */
#include "detecting.h"
#include "normalise.h"

enum { FAPIAO_DIGITS = 20, HABIT_LEAST = 3, CODE_LEN = 18 };

struct habit { /* of a seller: how often such numbers agreed with the facts */
	uint32_t agreed, differed;
};
struct forged {
	struct dense habit; /* by party */
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	(void)b;
	dense_start(&((struct forged *)state)->habit, mem, sizeof(struct habit));
	return true;
}

/* --- F02: inside the number --- */

static int32_t two_digits(const char *at) { return (at[0] - '0') * 10 + (at[1] - '0'); }

/* The region in the seller's credit code, where it is registered; 0 when it has none. */
static int32_t region_of(const struct book_party *p)
{
	struct span code = p->identifier;

	if (!span_starts(code, S("uscc:")) || code.len != 5 + CODE_LEN || code.at[7] < '1' || code.at[7] > '9' ||
	    code.at[8] < '0' || code.at[8] > '9')
		return 0;
	return two_digits(code.at + 7);
}

static bool see_number(struct forged *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	const struct number n = number_of(c->number);
	int32_t region = region_of(party_at(g->book, c->creditor)), year = date_month(c->issued) / 100 % 100, off;
	struct habit *h;
	struct finding_made *f;
	bool elsewhere;

	if (n.len != FAPIAO_DIGITS || n.digits != FAPIAO_DIGITS || region == 0)
		return true;
	if (!(h = dense_reach(&x->habit, c->creditor)))
		return false;
	off = two_digits(n.norm) - year;
	elsewhere = two_digits(n.norm + 2) != region;
	if (off == 0 && !elsewhere) {
		h->agreed++;
		return true;
	}
	h->differed++;
	if (h->agreed < HABIT_LEAST || h->differed * 8 > h->agreed + 8)
		return true;
	/* At the turn of the year an invoice may carry the other one's number. */
	const int32_t month = date_month(c->issued) % 100;
	const bool turn = (off == 1 && month == 12) || (off == -1 && month == 1);
	f = find_on_claim(g, SIGNAL_F02, off != 0 && (!turn || elsewhere) ? SEVERITY_BLOCK : SEVERITY_FLAG, g->claim);
	f->value = (off != 0) + elsewhere;
	finding_says(f, "the number says year %d and region %d, the facts %d and %d", two_digits(n.norm),
	             two_digits(n.norm + 2), year, region);
	finding_says(f, "%u earlier numbers of the seller agreed", h->agreed);
	return true;
}

/* --- F04: check characters --- */

/* GB 11714: of the nine characters inside the code that name the organisation; letters count from 10 on. */
static bool organisation_holds(const char code[static 9])
{
	static const int weight[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0, check;

	for (size_t i = 0; i < ARRAY_LEN(weight); i++)
		sum += weight[i] * (code[i] <= '9' ? code[i] - '0' : code[i] - 'A' + 10);
	check = 11 - sum % 11;
	return code[8] == (check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check));
}

static void see_code(struct sighting *g)
{
	struct span code = g->s->c->body.party_enrol.uscc;
	uint32_t party = book_party(g->book, g->s->c->object);
	bool whole, organisation;
	struct finding_made *f;

	if (party == NOWHERE || !uscc_form(code))
		return;
	whole = uscc_check(code);
	organisation = organisation_holds(code.at + 8);
	if (whole && organisation)
		return;
	/* Codes of the first trials are genuine and fail the newer check only. */
	const bool pilot = organisation && code.at[8] == 'M' && code.at[9] == '0';
	f = find_on_party(g, SIGNAL_F04, pilot ? SEVERITY_INFO : SEVERITY_FLAG, party);
	f->value = (!whole) + (!organisation);
	finding_says(f, "check of the code %s, of the organisation in it %s", whole ? "holds" : "fails",
	             organisation ? "holds" : "fails");
}

/* --- F12: dates --- */

static void impossible(struct sighting *g, int32_t days, const char *what)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	struct finding_made *f;

	if (days <= threshold(g, SIGNAL_F12))
		return;
	f = find_on_claim(g, SIGNAL_F12, SEVERITY_BLOCK, g->claim);
	f->value = days;
	finding_says(f, "%s by %d days", what, days);
	finding_cites(f, party_at(g->book, c->creditor)->seq);
}

static void see_dates(struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	const int32_t today = date_of(g->book->now).day + 1; /* it may be tomorrow already where it was written */
	const struct book_party *side[] = { party_at(g->book, c->creditor), party_at(g->book, c->debtor) };

	if (!c->existing)
		return;
	if (date_given(c->delivered))
		impossible(g, c->delivered.day - today, "delivered after its registration");
	impossible(g, c->issued.day - today, "issued after its registration");
	for (size_t i = 0; i < ARRAY_LEN(side); i++)
		if (date_given(side[i]->founded))
			impossible(g, side[i]->founded.day - c->issued.day, "older than a party to it");
}

static bool see(void *state, struct sighting *g)
{
	if (g->s->outcome != OK)
		return true;
	if (g->s->c->kind == ST_PARTY_ENROL)
		see_code(g);
	if (g->s->c->kind != ST_RECEIVABLE_REGISTER || g->claim == NOWHERE)
		return true;
	see_dates(g);
	return see_number(state, g);
}

const struct module forged_module = { .name = "forged", .size = sizeof(struct forged), .start = start, .see = see };
