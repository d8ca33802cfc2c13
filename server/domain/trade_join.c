/* SPDX-License-Identifier: Apache-2.0 */
/* trade_join.c: which papers are of one trade: by reference, number and party. */
#include "trading.h"

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

bool same_text(struct span a, struct span b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.len && a.at[i] == ' ')
			i++;
		while (k < b.len && b.at[k] == ' ')
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len && i > 0;
		if (upper(a.at[i++]) != upper(b.at[k++]))
			return false;
	}
}

enum fit same_party(const struct paper_ids *a, const struct paper_ids *b)
{
	if (a->n == 0 || b->n == 0)
		return UNKNOWN;
	for (uint32_t i = 0; i < a->n; i++)
		for (uint32_t k = 0; k < b->n; k++)
			if (same_text(a->at[i].value, b->at[k].value))
				return SAME;
	return OTHER;
}

/* A UUID, where both have one, decides; else the number. */
bool ref_names(const struct paper_ref *r, const struct paper *p)
{
	if (r->role != PAPER_NONE && r->role != p->role)
		return false;
	if (r->uuid.len > 0 && p->uuid.len > 0)
		return same_text(r->uuid, p->uuid);
	return same_text(r->number, p->number);
}

bool paper_refers(const struct paper *from, const struct paper *to)
{
	for (uint32_t i = 0; i < from->refs.n; i++)
		if (ref_names(&from->refs.at[i], to))
			return true;
	return false;
}

static bool same_ref(const struct paper_ref *a, const struct paper_ref *b)
{
	return a->role == b->role &&
	       (a->uuid.len > 0 && b->uuid.len > 0 ? same_text(a->uuid, b->uuid) : same_text(a->number, b->number));
}

/* Both name the same order (or despatch). */
static bool share(const struct paper *a, const struct paper *b, enum paper_role role)
{
	for (uint32_t i = 0; i < a->refs.n; i++)
		for (uint32_t k = 0; a->refs.at[i].role == role && k < b->refs.n; k++)
			if (same_ref(&a->refs.at[i], &b->refs.at[k]))
				return true;
	return false;
}

/* Numbers of invoices are their sellers': what somebody else got under one is for another's invoice. */
bool item_about(const struct paper *p, const struct paper_item *i, const struct paper *inv)
{
	return same_text(i->about, inv->number) && (!p->by_account || same_text(i->account, inv->account));
}

static bool about(const struct paper *p, const struct paper *inv)
{
	for (uint32_t i = 0; i < p->items.n; i++)
		if (item_about(p, &p->items.at[i], inv))
			return true;
	return false;
}

bool paper_joined(const struct paper *p, const struct paper *inv)
{
	switch ((enum paper_role)p->role) {
	case PAPER_ORDER:
		return paper_refers(inv, p);
	case PAPER_ORDER_CHANGE:
	case PAPER_CANCELLATION:
	case PAPER_INVOICE:
		return share(p, inv, PAPER_ORDER);
	case PAPER_DESPATCH:
	case PAPER_RECEIPT:
		return paper_refers(inv, p) || share(p, inv, PAPER_ORDER) || share(p, inv, PAPER_DESPATCH);
	case PAPER_CREDIT:
		return paper_refers(p, inv) || share(p, inv, PAPER_ORDER);
	case PAPER_ANSWER:
	case PAPER_PAYMENT:
		return about(p, inv);
	case PAPER_NONE:
	case PAPER_ROLES:
		break;
	}
	return false;
}

/* Who gave the paper its number. */
static bool sellers(const struct paper *p)
{
	return p->role == PAPER_DESPATCH || p->role == PAPER_CREDIT || p->role == PAPER_INVOICE;
}

bool paper_contradicts(const struct paper *p, const struct paper *inv)
{
	enum fit seller = same_party(&p->seller, &inv->seller), buyer = same_party(&p->buyer, &inv->buyer);

	if (p->role == PAPER_INVOICE || p->role == PAPER_PAYMENT || !paper_joined(p, inv))
		return false;
	if (sellers(p))
		return seller == SAME && buyer == OTHER && (paper_refers(inv, p) || paper_refers(p, inv));
	return buyer == SAME && seller == OTHER;
}

bool papers_apart(const struct paper *a, const struct paper *b)
{
	return same_party(&a->seller, &b->seller) == OTHER || same_party(&a->buyer, &b->buyer) == OTHER;
}

bool paper_ids_have(const struct paper_ids *ids, struct span identifier)
{
	for (uint32_t i = 0; i < ids->n; i++)
		if (same_text(ids->at[i].value, identifier))
			return true;
	return false;
}
