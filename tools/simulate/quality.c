/* SPDX-License-Identifier: Apache-2.0 */
/* quality.c: see quality.h. */
#include "quality.h"

#include <math.h>

#include "sim.h"

enum { BINS = 10, STEPS = 40 };

void quality_add(struct quality *q, struct forecast f)
{
	q->at = grown(q->at, q->n, &q->cap, sizeof *q->at);
	f.order = q->n;
	q->at[q->n++] = f;
}

static int by_score(const void *a, const void *b)
{
	const struct forecast *x = a, *y = b;

	return x->score != y->score ? (x->score < y->score ? -1 : 1) : (x->order > y->order) - (x->order < y->order);
}

/* Runs of equal scores count half: Mann and Whitney. */
static void rank(const struct quality *q, struct figures *f)
{
	double good = 0, bad = 0, won = 0, all_good = f->n - f->bad, all_bad = f->bad;

	for (uint32_t i = 0; i < q->n;) {
		double g = 0, b = 0;
		int32_t score = q->at[i].score;

		for (; i < q->n && q->at[i].score == score; i++)
			*(q->at[i].bad ? &b : &g) += 1;
		won += g * (bad + b / 2);
		good += g;
		bad += b;
		if (fabs(bad / all_bad - good / all_good) > f->ks)
			f->ks = fabs(bad / all_bad - good / all_good);
	}
	f->auc = won / (all_good * all_bad);
}

static double said(const struct forecast *x)
{
	double p = (double)x->pd / 1e6;

	return p < 1e-5 ? 1e-5 : p > 1 - 1e-5 ? 1 - 1e-5 : p;
}

/* Sums, not means, of the kth of BINS parts. */
static struct tenth part(const struct quality *q, uint32_t k, uint32_t *n)
{
	uint32_t from = (uint32_t)((uint64_t)q->n * k / BINS), to = (uint32_t)((uint64_t)q->n * (k + 1) / BINS);
	struct tenth sum = { 0, 0 };

	for (uint32_t i = from; i < to; i++) {
		sum.said += said(&q->at[i]);
		sum.was += q->at[i].bad;
	}
	*n = to - from;
	return sum;
}

struct tenth quality_tenth(const struct quality *q, unsigned k)
{
	uint32_t n;
	struct tenth x = part(q, k, &n);

	return n == 0 ? x : (struct tenth){ x.said / n, x.was / n };
}

static void calibrate(const struct quality *q, struct figures *f)
{
	double base = (double)f->bad / f->n, brier = 0, of_base = 0, apart = 0;
	uint32_t n;

	for (uint32_t i = 0; i < q->n; i++) {
		double p = said(&q->at[i]), o = q->at[i].bad;

		brier += (p - o) * (p - o);
		of_base += (base - o) * (base - o);
	}
	for (uint32_t k = 0; k < BINS; k++) {
		struct tenth x = part(q, k, &n);

		apart += fabs(x.said - x.was);
	}
	f->brier_skill = 1 - brier / of_base;
	f->ece = apart / f->n;
}

/* Newton's method on intercept a and slope b. */
static double slope(const struct quality *q)
{
	double a = 0, b = 1;

	for (int k = 0; k < STEPS; k++) {
		double g0 = 0, g1 = 0, h00 = 1e-9, h01 = 0, h11 = 1e-9, det;

		for (uint32_t i = 0; i < q->n; i++) {
			double p = said(&q->at[i]), x = log(p / (1 - p)), y = 1 / (1 + exp(-a - b * x));
			double e = q->at[i].bad - y, w = y * (1 - y);

			g0 += e;
			g1 += e * x;
			h00 += w;
			h01 += w * x;
			h11 += w * x * x;
		}
		det = h00 * h11 - h01 * h01;
		if (fabs(det) < 1e-12)
			break;
		a += (h11 * g0 - h01 * g1) / det;
		b += (h00 * g1 - h01 * g0) / det;
	}
	return b;
}

struct figures quality_figures(struct quality *q)
{
	struct figures f = { .n = q->n };

	for (uint32_t i = 0; i < q->n; i++)
		f.bad += q->at[i].bad;
	if (f.bad == 0 || f.bad == f.n)
		return f;
	qsort(q->at, q->n, sizeof *q->at, by_score);
	rank(q, &f);
	calibrate(q, &f);
	f.slope = slope(q);
	return f;
}
