/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_trade_wire.c: papers of a trade as they lie in the table, each behind four bytes that say how much of the input
 * is its. One that is taken is written back byte for byte; all of them are held against each other, and whatever they
 * say, the verdict keeps what trade_match.h promises, in either order.
 */
#include <assert.h>
#include <stdint.h>

#include "trade_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { PAPERS = 6 };

static struct span next_part(struct span *left)
{
	struct span part = *left;

	if (left->len < 4) {
		*left = S("");
		return part;
	}
	size_t n = (uint8_t)left->at[3] | (size_t)(uint8_t)left->at[2] << 8;
	*left = (struct span){ left->at + 4, left->len - 4 };
	part = (struct span){ left->at, n < left->len ? n : left->len };
	*left = (struct span){ left->at + part.len, left->len - part.len };
	return part;
}

static void same_again(struct span wire, const struct paper *p)
{
	static char text[1 << 18];
	struct writer w = writer_over(text, sizeof text);

	put_trade_wire(&w, p);
	assert(w.overflow || span_eq(writer_span(&w), wire) || span_starts(wire, S("CFP1")));
}

static void keyed(const struct paper *p)
{
	static char room[1 << 19];
	struct arena mem = arena_over(room, sizeof room);
	struct fp16 *keys;
	size_t n;

	assert(!trade_keys(p, S("913200000000000000"), S("key"), &mem, &keys, &n) || n <= TRADE_KEYS_MAX);
}

static void promises(const struct match *m, const struct paper *inv)
{
	assert(m->level >= 0 && m->level <= 3);
	assert(m->level <= 1 || (m->findings & xd_of_weight(XD_BLOCKS)) == 0);
	assert(m->level < 3 || (m->carried > 0 && (m->findings & xd_of_weight(XD_CAPS)) == 0));
	assert(m->level == 3 || m->level <= inv->level);
	assert(m->credited >= 0 && m->paid >= 0);
	for (unsigned i = 0; i < m->n_details; i++) {
		assert(m->findings & xd_bit(m->detail[i].xd));
		assert(utf8_valid(span_z(m->detail[i].text)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct match_limits limits = { .price_ppm = 5000, .days = 1 };
	static char room[1 << 20];
	static struct paper set[PAPERS], turned[PAPERS];
	static struct match m, other;
	struct span left = { (const char *)data, len };
	struct arena mem = arena_over(room, sizeof room);
	size_t n = 0;

	while (left.len > 0 && n < PAPERS) {
		struct span wire = next_part(&left);

		if (!trade_wire_read(wire, &mem, &set[n]))
			continue;
		same_again(wire, &set[n]);
		keyed(&set[n]);
		set[n].level = (uint16_t)(wire.len % 3);
		set[n].vouched = wire.len % 2 == 0;
		set[n].heard = set[n].vouched || wire.len % 5 == 0;
		n++;
	}
	for (size_t i = 0; i < n; i++)
		turned[n - 1 - i] = set[i];
	for (size_t i = 0; i < n; i++) {
		if (set[i].role != PAPER_INVOICE)
			continue;
		match_invoice(set, n, i, &limits, &m);
		promises(&m, &set[i]);
		match_invoice(turned, n, n - 1 - i, &limits, &other);
		promises(&other, &set[i]);
	}
	return 0;
}
