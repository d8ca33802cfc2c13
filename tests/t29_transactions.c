/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t29_transactions: the matcher on payments nobody here wrote: 45,326 seen where they left and where they came in, later,
 * with fees off and memos cut (../shared/datasets/splink-transactions, made by the authors of Splink).
 *
 * Nothing is learnt from the truth. Pairs that begin alike are weighed by Fellegi and Sunter: how rare it is that another
 * memo agrees so far, how late, how far off the amount. The weights of lateness and amount start from a guess and are
 * reckoned again from what the one-to-one assignment keeps, until that no longer changes much.
 */
#include "domain/detect/logarithm.h"
#include "domain/detect/match.h"

#include "ids.h"
#include "test.h"

enum {
	LAG_MOST = 24, /* days */
	RATIOS = 24,   /* steps of about 0.7 % of the amount, both ways */
	RATIO_STEP = 655,
	BEGIN = 2, /* characters of the memo that must agree for a pair to be looked at */
	ROUNDS = 3,
	SLOTS = 1 << 21,
	PAIRS = 6000000
};
enum { LEVEL_PRIOR, LEVEL_LAG, LEVEL_AMOUNT, LEVEL_MEMO_EQUAL, LEVEL_MEMO_CUT, LEVEL_MEMO_OTHER };
static const struct match_level levels[] = {
	{ "prior", "", 0 },       { "days", "later", 0 },     { "amount", "apart", 0 },
	{ "memo", "equal", -12 }, { "memo", "cut off", -15 }, { "memo", "goes on otherwise", -23 },
};

struct payment {
	uint32_t truth;
	int32_t day;
	int64_t minor;
	struct span memo;
};
struct payments {
	uint32_t n;
	struct payment at[50000];
};
static struct payments origin, destination;
static struct {
	uint64_t key;
	uint32_t n;
} slot[SLOTS]; /* how many destinations begin so */
static struct candidate {
	uint32_t a, b;
	int32_t memo; /* tenths of a bit */
	uint8_t lag, ratio;
} candidate[PAIRS];
static uint32_t n_candidates;
static struct match_pair pair[PAIRS];
static bool used_a[50000], used_b[50000];

/* --- reading --- */

static struct span cell(struct span *line, char end)
{
	const char *stop = memchr(line->at, end, line->len);
	struct span x = { line->at, stop ? (size_t)(stop - line->at) : line->len };

	line->at += x.len + (stop != NULL);
	line->len -= x.len + (stop != NULL);
	return x;
}

static int64_t cents(struct span s)
{
	int64_t x = 0;
	int after = -1;

	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] == '.')
			after = 0;
		else if (after < 2 && s.at[i] >= '0' && s.at[i] <= '9') {
			x = 10 * x + s.at[i] - '0';
			after += after >= 0;
		}
	for (after = after < 0 ? 0 : after; after < 2; after++)
		x *= 10;
	return x;
}

static void read_payments(struct span text, struct payments *p)
{
	(void)cell(&text, '\n');
	while (text.len > 0 && p->n < ARRAY_LEN(p->at)) {
		struct span line = cell(&text, '\n');
		struct payment *x = &p->at[p->n++];
		struct date d;

		(void)cell(&line, ',');
		x->truth = (uint32_t)strtoul(cell(&line, ',').at, NULL, 10);
		assert_true(date_parse(cell(&line, ','), &d));
		x->day = d.day;
		x->minor = cents(cell(&line, ','));
		while (line.len > 0 && (line.at[line.len - 1] == '\r' || line.at[line.len - 1] == ' '))
			line.len--;
		x->memo = line;
	}
}

/* --- how rare it is to begin so --- */

static uint64_t key_of(struct span s, bool whole)
{
	uint64_t h = whole ? 0x9e3779b97f4a7c15u : 0xc2b2ae3d27d4eb4fu;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t)s.at[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 29;
	return h ? h : 1;
}

static uint32_t *count_of(uint64_t key)
{
	uint64_t at = key * UINT64_C(0x9e3779b97f4a7c15) >> 43;

	while (slot[at].key != 0 && slot[at].key != key)
		at = (at + 1) % SLOTS;
	slot[at].key = key;
	return &slot[at].n;
}

static void count_beginnings(const struct payments *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		struct span s = p->at[i].memo;

		++*count_of(key_of(s, true));
		for (; s.len > 0; s.len--)
			++*count_of(key_of(s, false));
	}
}

static int32_t memo_bits(struct span a, struct span b, uint32_t n)
{
	size_t same = 0;
	int level;
	uint32_t others;

	while (same < a.len && same < b.len && a.at[same] == b.at[same])
		same++;
	if (same < BEGIN)
		return INT32_MIN;
	level = same == a.len && same == b.len   ? LEVEL_MEMO_EQUAL
	        : same == a.len || same == b.len ? LEVEL_MEMO_CUT
	                                         : LEVEL_MEMO_OTHER;
	others = *count_of(key_of((struct span){ a.at, same }, level == LEVEL_MEMO_EQUAL));
	return levels[level].bits + tenths_of_bits(n, others > 0 ? others : 1);
}

/* --- pairs --- */

static int by_day(const void *a, const void *b)
{
	const struct payment *x = a, *y = b;

	return x->day != y->day ? x->day - y->day : (x->truth > y->truth) - (x->truth < y->truth);
}

/* Class 0: equal; then by how far apart, and which is more. RATIOS: too far. */
static unsigned ratio_of(int64_t a, int64_t b)
{
	int64_t far =
		(int64_t)log2_q16((uint64_t)(b > 0 ? b : 1) << 20) - (int64_t)log2_q16((uint64_t)(a > 0 ? a : 1) << 20);
	int64_t step = (far < 0 ? -far : far) / (2 * RATIO_STEP);

	if (a == b)
		return 0;
	return step >= (RATIOS - 1) / 2 ? RATIOS : (unsigned)(1 + 2 * step + (far < 0));
}

static void gather(void)
{
	uint32_t first[4000] = { 0 };
	int32_t from = destination.at[0].day;

	for (uint32_t i = destination.n; i-- > 0;)
		first[destination.at[i].day - from] = i;
	for (uint32_t i = 0; i < origin.n; i++) {
		const struct payment *x = &origin.at[i];
		uint32_t k = x->day < from ? 0 : first[x->day - from];

		for (; k < destination.n && destination.at[k].day <= x->day + LAG_MOST; k++) {
			const struct payment *y = &destination.at[k];
			unsigned ratio;
			int32_t memo;

			if (y->day < x->day || x->memo.at[0] != y->memo.at[0] || y->minor > x->minor * 5 / 4 ||
			    x->minor > y->minor * 5 / 4 || (ratio = ratio_of(x->minor, y->minor)) == RATIOS ||
			    (memo = memo_bits(x->memo, y->memo, destination.n)) == INT32_MIN)
				continue;
			assert_true(n_candidates < PAIRS);
			candidate[n_candidates++] =
				(struct candidate){ i, k, memo, (uint8_t)(y->day - x->day), (uint8_t)ratio };
		}
	}
}

/* --- weighing --- */

struct weights {
	int32_t lag[LAG_MOST + 1], ratio[RATIOS], prior;
};

/* The class's share among what was kept against that among all, with one more of each. */
static void weigh_classes(const uint64_t *kept, const uint64_t *all, unsigned n, int32_t *bits)
{
	uint64_t sum_kept = n, sum_all = n;

	for (unsigned i = 0; i < n; i++) {
		sum_kept += kept[i];
		sum_all += all[i];
	}
	for (unsigned i = 0; i < n; i++)
		bits[i] = tenths_of_bits((kept[i] + 1) * sum_all, (all[i] + 1) * sum_kept);
}

static struct match weigh(const struct weights *w, const struct candidate *c)
{
	struct match m = match_start(levels);

	match_weigh(&m, LEVEL_PRIOR, w->prior);
	match_weigh(&m, LEVEL_LAG, w->lag[c->lag]);
	match_weigh(&m, LEVEL_AMOUNT, w->ratio[c->ratio]);
	match_weigh(&m, LEVEL_MEMO_OTHER, c->memo);
	return m;
}

static size_t assign(const struct weights *w)
{
	size_t n = 0;

	for (uint32_t i = 0; i < n_candidates; i++) {
		struct match m = weigh(w, &candidate[i]);

		if (m.bits > 0)
			pair[n++] = (struct match_pair){ candidate[i].a, candidate[i].b, m.bits };
	}
	memset(used_a, 0, sizeof used_a);
	memset(used_b, 0, sizeof used_b);
	return match_one_to_one(pair, n, used_a, used_b);
}

static void learn(struct weights *w, size_t n)
{
	uint64_t kept_lag[LAG_MOST + 1] = { 0 }, all_lag[LAG_MOST + 1] = { 0 }, kept_ratio[RATIOS] = { 0 },
				     all_ratio[RATIOS] = { 0 };

	for (uint32_t i = 0; i < n_candidates; i++) {
		all_lag[candidate[i].lag]++;
		all_ratio[candidate[i].ratio]++;
	}
	for (size_t i = 0; i < n; i++) {
		const struct payment *x = &origin.at[pair[i].a], *y = &destination.at[pair[i].b];

		kept_lag[y->day - x->day]++;
		kept_ratio[ratio_of(x->minor, y->minor)]++;
	}
	w->prior = tenths_of_bits(n + 1, n_candidates);
	weigh_classes(kept_lag, all_lag, LAG_MOST + 1, w->lag);
	weigh_classes(kept_ratio, all_ratio, RATIOS, w->ratio);
}

static void guess(struct weights *w)
{
	w->prior = -90;
	for (int i = 0; i <= LAG_MOST; i++)
		w->lag[i] = i <= 3 ? 20 : i <= 7 ? 0 : -20;
	for (int i = 0; i < RATIOS; i++)
		w->ratio[i] = i == 0 ? 60 : i < 5 ? 20 : 0;
}

static void f1_of_the_transactions(void **state)
{
	struct span a = shared_file("datasets/splink-transactions/transactions_origin.csv");
	struct span b = shared_file("datasets/splink-transactions/transactions_destination.csv");
	struct weights w;
	size_t n = 0, right = 0;

	(void)state;
	if (!a.at || !b.at)
		skip();
	read_payments(a, &origin);
	read_payments(b, &destination);
	assert_true(origin.n == 45326 && destination.n == 45326);
	qsort(destination.at, destination.n, sizeof destination.at[0], by_day);
	count_beginnings(&destination);
	gather();
	guess(&w);
	for (int round = 0; round < ROUNDS; round++) {
		n = assign(&w);
		learn(&w, n);
	}
	for (size_t i = 0; i < n; i++)
		right += origin.at[pair[i].a].truth == destination.at[pair[i].b].truth;
	print_message("%u pairs looked at; precision %.4f, recall %.4f, F1 %.4f\n", n_candidates,
	              (double)right / (double)n, (double)right / origin.n,
	              2.0 * (double)right / (double)(n + origin.n));
	assert_true(1000 * 2 * right >= 970 * (n + origin.n));
	free((void *)(uintptr_t)a.at);
	free((void *)(uintptr_t)b.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(f1_of_the_transactions) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
