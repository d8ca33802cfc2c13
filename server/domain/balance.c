/* SPDX-License-Identifier: Apache-2.0 */
/*
 * balance.c: what an asset is worth, what of it is spoken for, and in which order.
 *
 * open = face - diluted - paid; free = open - encumbered - reserved. Everything
 * that lowers `open` passes through here, so that free never falls below zero:
 * first the free part shrinks, then promises not yet accepted (latest first),
 * then encumbrances from the lowest rank up.
 */
#include "balance.h"

struct balance asset_balance(const struct asset *a)
{
	struct balance b = { .face = a->face, .encumbered = a->encumbered, .reserved = a->reserved };

	b.open = a->face - a->diluted - a->paid;
	b.free = b.open - a->encumbered - a->reserved;
	return b;
}

int rank_cmp(const struct encumbrance *a, const struct encumbrance *b)
{
	if (a->rank_first != b->rank_first)
		return a->rank_first > b->rank_first ? -1 : 1;
	if (a->rank_seq != b->rank_seq)
		return a->rank_seq < b->rank_seq ? -1 : 1;
	if (a->rank_sub != b->rank_sub)
		return a->rank_sub < b->rank_sub ? -1 : 1;
	return 0;
}

/* Among those not registered: whoever's debtor was notified first, then by age. */
static int promise_cmp(const struct encumbrance *a, const struct encumbrance *b)
{
	bool a_told = a->notified_seq != 0, b_told = b->notified_seq != 0;

	if (a_told != b_told)
		return a_told ? -1 : 1;
	if (a->notified_seq != b->notified_seq)
		return a->notified_seq < b->notified_seq ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

int serve_cmp(const struct encumbrance *a, const struct encumbrance *b)
{
	bool a_binds = encumbrance_binds(a->state), b_binds = encumbrance_binds(b->state);

	if (a_binds != b_binds)
		return a_binds ? -1 : 1;
	if (a_binds)
		return rank_cmp(a, b);
	if (promise_cmp(a, b) != 0)
		return promise_cmp(a, b);
	return memcmp(a->row.key, b->row.key, sizeof a->row.key);
}

void serve_order(struct encumbrance **e, size_t n)
{
	for (size_t i = 1; i < n; i++) { /* at most ENCUMBRANCES_MAX, mostly one or two */
		struct encumbrance *x = e[i];
		size_t k = i;

		for (; k > 0 && serve_cmp(x, e[k - 1]) < 0; k--)
			e[k] = e[k - 1];
		e[k] = x;
	}
}

void encumbrance_reduce(struct asset *a, struct encumbrance *e, int64_t by, int32_t end)
{
	assert(by > 0);
	assert(by <= e->open);
	if (encumbrance_binds(e->state))
		a->encumbered -= by;
	else
		a->reserved -= by;
	e->open -= by;
	if (e->open == 0) {
		e->state = end;
		a->encumbrance_count--;
	}
	assert(a->encumbered >= 0);
	assert(a->reserved >= 0);
	assert(a->encumbrance_count >= 0);
}

int64_t serve_payment(struct asset *a, struct encumbrance **e, size_t n, int64_t amount)
{
	int64_t left = amount, served = 0;

	for (size_t i = 0; i < n && left > 0 && encumbrance_binds(e[i]->state); i++) {
		int64_t part = left < e[i]->open ? left : e[i]->open;

		encumbrance_reduce(a, e[i], part, ENCUMBRANCE_SATISFIED);
		left -= part;
		served += part;
	}
	return served;
}

int64_t serve_shortfall(struct asset *a, struct encumbrance **e, size_t n)
{
	int64_t cut = 0;

	for (size_t i = n; i > 0 && asset_balance(a).free < 0; i--) {
		if (e[i - 1]->open == 0) /* a payment ended it just now */
			continue;
		int64_t missing = -asset_balance(a).free;
		int64_t part = missing < e[i - 1]->open ? missing : e[i - 1]->open;
		int32_t end = encumbrance_binds(e[i - 1]->state) ? ENCUMBRANCE_SATISFIED : ENCUMBRANCE_LAPSED;

		encumbrance_reduce(a, e[i - 1], part, end);
		cut += part;
	}
	assert(asset_balance(a).free >= 0);
	return cut;
}

const char *asset_broken(const struct asset *a, const struct encumbrance *const *enc, size_t n)
{
	int64_t binding = 0, granted = 0;
	int32_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (enc[i]->open < 0 || enc[i]->open > enc[i]->amount)
			return "an encumbrance's open amount lies outside 0..amount";
		if (encumbrance_binds(enc[i]->state))
			binding += enc[i]->open;
		else if (enc[i]->state == ENCUMBRANCE_GRANTED)
			granted += enc[i]->open;
		else
			continue;
		count++;
	}
	if (a->face < 0 || a->diluted < 0 || a->paid < 0 || a->encumbered < 0 || a->reserved < 0)
		return "a balance is negative";
	if (a->face > MONEY_MAX)
		return "the face is above the largest amount";
	if (asset_balance(a).open < 0)
		return "more was paid and reduced than was owed";
	if (asset_balance(a).free < 0)
		return "more is encumbered than is free";
	if (binding != a->encumbered)
		return "the encumbered sum is not the sum of the binding encumbrances";
	if (granted != a->reserved)
		return "the reserved sum is not the sum of the grants";
	if (count != a->encumbrance_count)
		return "the count of encumbrances is wrong";
	return NULL;
}
