/* SPDX-License-Identifier: Apache-2.0 */
/* stock.c: see stock.h. */
#include "stock.h"

__extension__ typedef __int128 wide; /* 10^18 x 10^15 and the like: exact, and far below 2^127 */

enum { PPM = 1000000, BP = 10000 };

/* --- classes of goods --- */

static const char *const classes[GOODS_CLASSES] = {
	[GOODS_METAL] = "metal",       [GOODS_AGRICULTURAL] = "agricultural", [GOODS_ENERGY] = "energy",
	[GOODS_PACKAGED] = "packaged", [GOODS_EXCHANGE] = "exchange",         [GOODS_OTHER] = "other",
};

const char *goods_class_name(int32_t class) { return class > 0 && class < GOODS_CLASSES ? classes[class] : NULL; }

enum goods_class goods_class_parse(struct span name)
{
	for (enum goods_class k = GOODS_METAL; k < GOODS_CLASSES; k++)
		if (span_is(name, classes[k]))
			return k;
	return GOODS_NONE;
}

/* --- value and level --- */

int64_t stock_value(int64_t counted, int64_t price)
{
	wide v = (wide)counted * price / PPM;

	assert(counted >= 0 && counted <= QUANTITY_MAX);
	assert(price >= 0 && price <= MONEY_MAX);
	return v > MONEY_MAX ? MONEY_MAX : (int64_t)v;
}

static bool below_floor(const struct cover *c, wide value) { return value * c->face < (wide)c->floor * c->bound; }

/* value <= (1 - drop) x demand */
static bool dropped(const struct cover *c, wide value, int64_t drop)
{
	return value * c->ratio * BP <= (wide)c->bound * PPM * (BP - drop);
}

enum stock_level stock_level(const struct cover *c, int64_t price)
{
	wide value = stock_value(c->counted, price);

	assert(c->face > 0 && c->bound >= 0);
	if (c->bound == 0)
		return LEVEL_COVERED;
	if (below_floor(c, value) || dropped(c, value, c->drop_disposal))
		return LEVEL_SUNK;
	if (dropped(c, value, c->drop_warning) ||
	    (c->floor > 0 && value * c->face * BP <= (wide)c->floor * c->bound * (BP + c->drop_warning)))
		return LEVEL_WARNING;
	return LEVEL_COVERED;
}

bool stock_covers(const struct cover *c, int64_t price)
{
	wide value = stock_value(c->counted, price);

	return value * c->ratio >= (wide)c->bound * PPM && !below_floor(c, value);
}

int64_t stock_capacity(const struct cover *c, int64_t price)
{
	wide value = stock_value(c->counted, price), by_ratio = value * c->ratio / PPM;
	wide by_floor = c->floor > 0 ? value * c->face / c->floor : by_ratio;
	wide most = by_floor < by_ratio ? by_floor : by_ratio;

	assert(most >= 0);
	return most > MONEY_MAX ? MONEY_MAX : (int64_t)most;
}

/* The lowest price from 1 to MONEY_MAX at which the level is `at_most` or better; MONEY_MAX + 1 when none is. */
static int64_t lowest_price(const struct cover *c, enum stock_level at_most)
{
	int64_t low = 1, high = MONEY_MAX + 1;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (stock_level(c, middle) <= at_most)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int64_t stock_call_price(const struct cover *c, enum stock_level now) { return lowest_price(c, now) - 1; }

int64_t stock_cure_price(const struct cover *c, enum stock_level now)
{
	int64_t p = now == LEVEL_COVERED ? 0 : lowest_price(c, (enum stock_level)(now - 1));

	return p > MONEY_MAX ? 0 : p;
}

/* --- what must hold --- */

const char *stock_broken(const struct stock *s)
{
	if (s->counted < 0 || s->received < 0 || s->released < 0 || s->sold < 0 || s->missing < 0)
		return "a quantity is negative";
	if (s->counted != s->received - s->released - s->sold - s->missing)
		return "what is there is not what came less what went";
	if (s->received > GOODS_MAX)
		return "more came than a pledge takes in";
	if (s->floor < 0 || s->ratio <= 0 || s->ratio > PPM)
		return "floor or ratio is out of range";
	return NULL;
}

const char *prepayment_broken(const struct prepayment *p, const struct asset *a)
{
	if (p->advanced < 0 || p->shipped < 0 || p->received < 0 || p->released < 0 || p->refunded < 0)
		return "an amount is negative";
	if (p->advanced > a->face)
		return "more was advanced than was ordered";
	if (p->shipped > p->advanced || p->received > p->shipped)
		return "more came than was shipped, or more was shipped than was advanced";
	if (p->received + p->refunded > p->advanced)
		return "more was delivered and paid back than was advanced";
	if (p->released > p->received)
		return "more was handed over than had come";
	if (a->paid != p->released + p->refunded)
		return "the asset's balance is not what was handed over and paid back";
	return NULL;
}
