/* SPDX-License-Identifier: Apache-2.0 */
/* trade_finding.c: what can be found in a trade: xd.def as a table. */
#include "trade_match.h"

static const struct xd_info rows[] = {
#define XD(number, ID, id, weight, text) { XD_##ID, id, XD_##weight, text },
#include "xd.def"
#undef XD
};

const struct xd_info *xd_rows(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

const struct xd_info *xd_info(unsigned number)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((unsigned)rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct xd_info *xd_by_id(struct span id)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (span_is(id, rows[i].id))
			return &rows[i];
	return NULL;
}

int64_t xd_of_weight(enum xd_weight w)
{
	int64_t bits = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].weight == w)
			bits |= xd_bit(rows[i].number);
	return bits;
}
