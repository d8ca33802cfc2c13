/* SPDX-License-Identifier: Apache-2.0 */
/* report.c: what an evaluation found, for people and for programs. Figures only; nothing here is fed back. */
#include "evaluate.h"

static const struct {
	const char *id, *name;
	unsigned asked[3]; /* recall in thousandths, by level; 0: none is asked */
	uint32_t alarms;   /* of a million honest claims */
} row[RECIPES] = {
#define RECIPE(id, name, begin, claims, recall1, recall2, alarms) \
	[RECIPE_##id] = { #id, name, { 0, recall1, recall2 }, alarms },
#include "recipe.def"
#undef RECIPE
};
static const char *const family_name[FAMILIES] = { "duplicate", "goods",    "forged",   "graph",
	                                           "payment",   "capacity", "behaviour" };
/* Of honest registrations, in millionths. */
static const double budget[SEVERITIES] = { [SEVERITY_FLAG] = 15000, [SEVERITY_HOLD] = 2000, [SEVERITY_BLOCK] = 50 };

static double root(double x)
{
	double r = x > 1 ? x : 1;

	for (int i = 0; i < 60; i++)
		r = (r + x / r) / 2;
	return r;
}

struct interval wilson(uint64_t hits, uint64_t of)
{
	const double z = 1.959963985;
	double n = (double)of, p, middle, half;

	if (of == 0)
		return (struct interval){ 0, 0, 1 };
	p = (double)hits / n;
	middle = (p + z * z / (2 * n)) / (1 + z * z / n);
	half = z * root(p * (1 - p) / n + z * z / (4 * n * n) + 1e-30) / (1 + z * z / n);
	return (struct interval){ middle - half < 0 ? 0 : middle - half, p, middle + half > 1 ? 1 : middle + half };
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static double median_days(const struct recall *r)
{
	static int64_t copy[DELAYS_MAX];

	if (r->n_delays == 0)
		return 0;
	memcpy(copy, r->delay, r->n_delays * sizeof *copy);
	qsort(copy, r->n_delays, sizeof *copy, by_size);
	return (double)copy[r->n_delays / 2] / 1440;
}

static double percent(uint64_t a, uint64_t of) { return of ? 100.0 * (double)a / (double)of : 0; }

/* --- for people --- */

static void table_recall(FILE *to, const struct evaluation *e)
{
	fputs("recipe                        lv schemes   hold [95 %]             alert     flag   claims   loss   days"
	      "  asked\n",
	      to);
	for (unsigned i = 1; i < RECIPES; i++)
		for (unsigned level = 1; level <= 2; level++) {
			const struct recall *r = &e->recall[i][level];
			struct interval w = wilson(r->caught[SEVERITY_HOLD], r->schemes);
			uint32_t alert = alerted(e, i, level, row[i].alarms);

			if (r->schemes == 0)
				continue;
			fprintf(to,
			        "%s %-25s  %u %7u %6.1f %% [%5.1f, %5.1f] %6.1f %% %6.1f %% %6.1f %% %5.1f %% %6.1f ",
			        row[i].id, row[i].name, level, r->schemes, 100 * w.at, 100 * w.low, 100 * w.high,
			        percent(alert, r->schemes), percent(r->caught[SEVERITY_FLAG], r->schemes),
			        percent(r->claims_caught, r->claims),
			        r->loss ? 100.0 * (double)r->prevented / (double)r->loss : 0, median_days(r));
			if (row[i].asked[level])
				fprintf(to, "%5.1f %%%s", row[i].asked[level] / 10.0,
				        (uint64_t)alert * 1000 < (uint64_t)row[i].asked[level] * r->schemes ? "  MISSED"
				                                                                            : "");
			fputc('\n', to);
		}
}

static void table_alarms(FILE *to, const struct evaluation *e)
{
	fprintf(to, "\nfalse alarms on %u honest registrations (budget: block 0.005 %%, hold 0.2 %%, flag 1.5 %%)\n",
	        e->all.claims);
	for (int s = SEVERITY_BLOCK; s >= SEVERITY_INFO; s--) {
		struct interval w = wilson(e->all.alarmed[s], e->all.claims);

		fprintf(to, "  %-5s or more %8u  %7.4f %% [%.4f, %.4f]%s\n", severity_name(s), e->all.alarmed[s],
		        100 * w.at, 100 * w.low, 100 * w.high,
		        budget[s] > 0 && 1e6 * w.at > budget[s] ? "  OVER BUDGET" : "");
	}
	fprintf(to, "  on %u honest claims of crooks: hold %u, flag %u\n", e->of_crooks.claims,
	        e->of_crooks.alarmed[SEVERITY_HOLD], e->of_crooks.alarmed[SEVERITY_FLAG]);
	fprintf(to, "precision of holds and blocks at this prevalence: %.1f %% (%u of %u)\n",
	        percent(e->held_true, e->held_true + e->held_false), e->held_true, e->held_true + e->held_false);
}

static void table_classes(FILE *to, const struct evaluation *e)
{
	fputs("\nhonest class                                    claims    flag %   hold %  block %  holds by\n", to);
	for (unsigned i = 0; i < HONEST_CLASSES; i++) {
		const struct alarms *a = &e->honest[i];

		if (a->claims == 0)
			continue;
		fprintf(to, "HN%02u %-42s %7u  %7.3f  %7.3f  %7.3f ", i, i ? honest_name(i) : "ordinary trade",
		        a->claims, percent(a->alarmed[SEVERITY_FLAG], a->claims),
		        percent(a->alarmed[SEVERITY_HOLD], a->claims), percent(a->alarmed[SEVERITY_BLOCK], a->claims));
		for (int k = 0; k < SIGNAL_NUMBERS; k++)
			if (e->class_signal[i][k])
				fprintf(to, " %s:%u", signal_id(k), e->class_signal[i][k]);
		fputc('\n', to);
	}
}

static void table_signals(FILE *to, const struct evaluation *e)
{
	fputs("\nsignal   on crooked claims: block hold flag info   on honest ones: block hold flag info\n", to);
	for (int k = 0; k < SIGNAL_NUMBERS; k++) {
		const uint32_t *c = e->crooked_by_signal[k], *h = e->honest_by_signal[k];

		if (c[1] + c[2] + c[3] + c[4] + h[1] + h[2] + h[3] + h[4] == 0)
			continue;
		fprintf(to, "%-6s %25u %5u %5u %5u %22u %5u %5u %5u\n", signal_id(k), c[4], c[3], c[2], c[1], h[4],
		        h[3], h[2], h[1]);
	}
}

static void table_warnings(FILE *to, const struct evaluation *e)
{
	size_t n;
	const struct warning_info *event = warning_rows(&n);
	const uint32_t claims = e->all.claims;

	fprintf(to,
	        "\nwarning                   raised   per 1,000 honest claims   about a firm   insolvent within 180 days\n");
	for (size_t i = 0; i < n; i++) {
		const uint32_t made = e->warned[event[i].number], firms = e->of_firms[event[i].number];

		if (made == 0)
			continue;
		fprintf(to, "%s %-20s %8u %24.2f %14u %20u (%.0f %%)\n", event[i].id, event[i].name, made,
		        claims ? 1000.0 * made / claims : 0, firms, e->came_true[event[i].number],
		        percent(e->came_true[event[i].number], firms));
	}
	fprintf(to, "of %u insolvencies %u (%.0f %%) had a warning about the firm 30 days before or earlier\n",
	        e->insolvent, e->foretold, percent(e->foretold, e->insolvent));
}

static void table_families(FILE *to, const struct evaluation *e)
{
	uint32_t schemes = 0, caught = 0;

	for (unsigned i = 1; i < RECIPES; i++)
		for (unsigned level = 1; level <= 2; level++) {
			schemes += e->recall[i][level].schemes;
			caught += e->recall[i][level].caught[SEVERITY_HOLD];
		}
	fprintf(to, "\nablation, all %u schemes: %.1f %% with everything\n", schemes, percent(caught, schemes));
	for (int k = 0; k < FAMILIES; k++) {
		uint32_t without = 0, alone = 0;

		for (unsigned i = 1; i < RECIPES; i++)
			for (unsigned level = 1; level <= 2; level++) {
				without += e->recall[i][level].without[k];
				alone += e->recall[i][level].alone[k];
			}
		fprintf(to, "  %-10s without it %5.1f %%, alone %5.1f %%, its false holds %u\n", family_name[k],
		        percent(without, schemes), percent(alone, schemes), e->family_alone[k]);
	}
}

static void table_quality(FILE *to, struct evaluation *e)
{
	struct quality *q[] = { &e->quality_honest, &e->quality, &e->quality_oracle, &e->quality_prophet };
	static const char *const whose[] = { "claims of honest sellers", "all claims", "  who knows how all pay",
		                             "  and when they fail" };

	fprintf(to, "\nscore when registered, against paid by due + 30 days; %.1f us a score\n",
	        e->quality.n ? (double)e->score_ns / e->all.claims / 1000 : 0);
	fputs("                            claims  unpaid %   AUC    KS  Brier skill   ECE  slope"
	      "   (asked: 0.85, 0.55, 0.35, 0.02, 0.9-1.1)\n",
	      to);
	for (size_t i = 0; i < ARRAY_LEN(q); i++) {
		struct figures f = quality_figures(q[i]);

		fprintf(to, "  %-24s %8u %9.2f %5.3f %5.3f %12.3f %5.3f %6.2f\n", whose[i], f.n, percent(f.bad, f.n),
		        f.auc, f.ks, f.brier_skill, f.ece, f.slope);
	}
	fputs("  tenths, worst scores first, said and true %:", to);
	for (unsigned k = 0; k < 10; k++) {
		struct tenth x = quality_tenth(&e->quality_honest, k);

		fprintf(to, "  %.1f/%.1f", 100 * x.said, 100 * x.was);
	}
	fputc('\n', to);
}

void report_table(FILE *to, struct evaluation *e)
{
	fprintf(to,
	        "%u seeds, %llu entries, %llu refused, %llu findings; %.1f us an entry to decide and simulate, "
	        "%.1f us to detect\n\n",
	        e->seeds, (unsigned long long)e->entries, (unsigned long long)e->refused,
	        (unsigned long long)e->findings, e->entries ? (double)e->decide_ns / (double)e->entries / 1000 : 0,
	        e->entries ? (double)e->detect_ns / (double)e->entries / 1000 : 0);
	table_recall(to, e);
	table_alarms(to, e);
	table_classes(to, e);
	table_signals(to, e);
	table_warnings(to, e);
	table_families(to, e);
	table_quality(to, e);
}

/* --- for programs --- */

static void json_interval(FILE *f, const char *name, uint64_t hits, uint64_t of)
{
	struct interval w = wilson(hits, of);

	fprintf(f, "\"%s\":{\"of\":%llu,\"hits\":%llu,\"rate\":%.6f,\"low\":%.6f,\"high\":%.6f}", name,
	        (unsigned long long)of, (unsigned long long)hits, w.at, w.low, w.high);
}

static void json_alarms(FILE *f, const struct alarms *a)
{
	fputs("{", f);
	for (int s = SEVERITY_INFO; s < SEVERITIES; s++) {
		if (s > SEVERITY_INFO)
			fputc(',', f);
		json_interval(f, severity_name(s), a->alarmed[s], a->claims);
	}
	fputs("}", f);
}

static void json_recall(FILE *f, const struct evaluation *e, unsigned i, unsigned level)
{
	const struct recall *r = &e->recall[i][level];

	fprintf(f, "{\"recipe\":\"%s\",\"level\":%u,\"asked\":%.3f,", row[i].id, level, row[i].asked[level] / 1000.0);
	json_interval(f, "hold", r->caught[SEVERITY_HOLD], r->schemes);
	fputc(',', f);
	json_interval(f, "alert", alerted(e, i, level, row[i].alarms), r->schemes);
	fputc(',', f);
	json_interval(f, "flag", r->caught[SEVERITY_FLAG], r->schemes);
	fputc(',', f);
	json_interval(f, "claims", r->claims_caught, r->claims);
	fprintf(f, ",\"by_rules\":%u,\"loss\":%lld,\"prevented\":%lld,\"median_days\":%.3f}", r->by_rules,
	        (long long)r->loss, (long long)r->prevented, median_days(r));
}

static void json_quality(FILE *f, const char *name, struct quality *q)
{
	struct figures x = quality_figures(q);

	fprintf(f,
	        ",\n\"%s\":{\"claims\":%u,\"unpaid\":%u,\"auc\":%.4f,\"ks\":%.4f,\"brier_skill\":%.4f,\"ece\":%.4f,"
	        "\"slope\":%.3f}",
	        name, x.n, x.bad, x.auc, x.ks, x.brier_skill, x.ece, x.slope);
}

bool report_json(const char *path, struct evaluation *e, const struct sim_setting *set, const char *purpose)
{
	FILE *f = fopen(path, "w");
	const char *comma = "";

	if (!f)
		return false;
	fprintf(f,
	        "{\"purpose\":\"%s\",\"seeds\":%u,\"firms\":%u,\"months\":%d,\"shift\":%d,\"entries\":%llu,\"findings\":%llu,"
	        "\"refused\":%llu,\"unplanned_refusals\":%llu,\"detect_us_per_entry\":%.3f,\n\"recall\":[",
	        purpose, e->seeds, set->firms, (int)set->months, (int)set->shift, (unsigned long long)e->entries,
	        (unsigned long long)e->findings, (unsigned long long)e->refused, (unsigned long long)e->surprises,
	        e->entries ? (double)e->detect_ns / (double)e->entries / 1000 : 0);
	for (unsigned i = 1; i < RECIPES; i++)
		for (unsigned level = 1; level <= 2; level++, comma = ",\n")
			fputs(comma, f), json_recall(f, e, i, level);
	fputs("],\n\"honest\":", f);
	json_alarms(f, &e->all);
	fputs(",\n\"honest_claims_of_crooks\":", f);
	json_alarms(f, &e->of_crooks);
	fputs(",\n\"classes\":[", f);
	comma = "";
	for (unsigned i = 0; i < HONEST_CLASSES; i++, comma = ",\n") {
		fprintf(f, "%s{\"class\":\"HN%02u\",\"what\":\"%s\",\"alarms\":", comma, i, honest_name(i));
		json_alarms(f, &e->honest[i]);
		fputc('}', f);
	}
	fputs("],\n", f);
	json_interval(f, "precision_of_holds", e->held_true, e->held_true + e->held_false);
	json_quality(f, "score_honest", &e->quality_honest);
	json_quality(f, "score_all", &e->quality);
	json_quality(f, "oracle_honest", &e->quality_oracle);
	json_quality(f, "prophet_honest", &e->quality_prophet);
	fputs("}\n", f);
	return fclose(f) == 0;
}
