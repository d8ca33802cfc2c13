/* SPDX-License-Identifier: Apache-2.0 */
/* figures.c: see figures.h. */
#include "figures.h"

#include "jcs.h"

#define I(v) ((long long)(v))

void figure_add(struct figure *f, int64_t v)
{
	unsigned i = f->n;

	assert(f->n < REPEATS_MAX);
	for (; i > 0 && f->at[i - 1] > v; i--)
		f->at[i] = f->at[i - 1];
	f->at[i] = v;
	f->n++;
}

int64_t figure_median(const struct figure *f) { return f->n ? f->at[f->n / 2] : 0; }

/* The level every demand is about. */
static const struct level *at_64(const struct figures *f)
{
	for (size_t i = 0; i < LEVELS; i++)
		if (f->level[i].connections == 64 && !f->level[i].what)
			return &f->level[i];
	return &f->level[0];
}

/* The same with what the registry does beside the rules. */
static const struct level *at_64_with(const struct figures *f, const char *what)
{
	for (size_t i = 0; i < LEVELS; i++)
		if (f->level[i].what && strcmp(f->level[i].what, what) == 0)
			return &f->level[i];
	return &f->level[0];
}

/* Thousandths of the first stage; the smallest. */
static int64_t growth(const struct figures *f, bool to_ceiling)
{
	int64_t least = 1000;

	for (unsigned i = 1; i < f->n_grown; i++) {
		const struct grown *first = &f->grown[0], *g = &f->grown[i];
		int64_t was = figure_median(to_ceiling ? &first->ratio : &first->rate);
		int64_t is = figure_median(to_ceiling ? &g->ratio : &g->rate);

		if (was > 0 && is * 1000 / was < least)
			least = is * 1000 / was;
	}
	return least;
}

/* --- for people --- */

static void milli(FILE *to, int64_t v, int width) { fprintf(to, " %*lld.%03lld", width - 4, I(v / 1000), I(v % 1000)); }

/* Milliseconds with two digits. */
static void ms(FILE *to, int64_t us, int width)
{
	fprintf(to, " %*lld.%02lld", width - 3, I(us / 1000), I(us % 1000 / 10));
}

static void print_levels(const struct figures *f, FILE *to)
{
	fputs("\nsigned entries, durable commit    registry                      ceiling              ratio\n"
	      "connections             entries/s  p50 ms  p99 ms     entries/s  p99 ms\n",
	      to);
	for (size_t i = 0; i < LEVELS; i++) {
		const struct level *l = &f->level[i];

		if (l->rate.n == 0)
			continue;
		fprintf(to, "%11u %21lld", l->connections, I(figure_median(&l->rate)));
		ms(to, figure_median(&l->p50), 7);
		ms(to, figure_median(&l->p99), 7);
		fprintf(to, " %13lld", I(figure_median(&l->ceiling)));
		ms(to, figure_median(&l->ceiling_p99), 7);
		milli(to, figure_median(&l->ratio), 15);
		fprintf(to, "%s%s\n", l->what ? "  with " : "", l->what ? l->what : "");
	}
}

static void print_growth(const struct figures *f, FILE *to)
{
	fputs("\ngrowth, 64 connections\nentries before          entries/s  p50 ms  p99 ms     ceiling now          ratio\n",
	      to);
	for (unsigned i = 0; i < f->n_grown; i++) {
		const struct grown *g = &f->grown[i];

		fprintf(to, "%14llu %18lld", (unsigned long long)g->entries, I(figure_median(&g->rate)));
		ms(to, figure_median(&g->p50), 7);
		ms(to, figure_median(&g->p99), 7);
		fprintf(to, " %13lld", I(figure_median(&g->ceiling)));
		milli(to, figure_median(&g->ratio), 23);
		fputc('\n', to);
	}
	fputs("slowest against the first:", to);
	milli(to, growth(f, false), 5);
	fputs("; as a part of the ceiling of its time:", to);
	milli(to, growth(f, true), 5);
	fputc('\n', to);
}

/* What drifts less than the clock when others use the machine. */
static void print_costs(const struct figures *f, FILE *to)
{
	fputs("\nprocessor time an entry, us    registry = counterfoild + PostgreSQL     ceiling     ratio\n", to);
	for (size_t i = 0; i < LEVELS; i++) {
		const struct level *l = &f->level[i];
		int64_t program = figure_median(&l->program), database = figure_median(&l->database),
			ceiling = figure_median(&l->ceiling_cost), both = program + database;

		if (l->rate.n == 0)
			continue;
		fprintf(to, "%11u %27lld = %12lld + %10lld %11lld", l->connections, I(both / 1000), I(program / 1000),
		        I(database / 1000), I(ceiling / 1000));
		milli(to, both > 0 ? ceiling * 1000 / both : 0, 9);
		fprintf(to, "%s%s\n", l->what ? "  with " : "", l->what ? l->what : "");
	}
}

void figures_print(const struct figures *f, FILE *to)
{
	const struct machine *m = &f->machine;
	const struct verified *v = &f->verify;

	fprintf(to, "%ld cores, %s; %s; durable write p50 %lld us; medians of %u runs of %u s\n", m->cores, m->cpu,
	        m->postgres, I(m->commit_us), f->repeats, f->seconds);
	print_levels(f, to);
	print_costs(f, to);
	if (f->checks.n > 0) {
		fprintf(to, "\nchecks, 64 connections  %9lld", I(figure_median(&f->checks)));
		ms(to, figure_median(&f->checks_p50), 7);
		ms(to, figure_median(&f->checks_p99), 7);
		fputc('\n', to);
	}
	if (f->n_grown > 1)
		print_growth(f, to);
	if (v->entries > 0)
		fprintf(to,
		        "\nlog verify, %llu entries: %lld/s from files, %lld/s from the database; hashes and signatures alone %lld/s\n",
		        (unsigned long long)v->entries, I(v->files_per_s), I(v->store_per_s), I(v->bare_per_s));
	fprintf(to,
	        "memory of counterfoild: %lld MB after the first run, %lld MB after the last; findings entered: %llu; wrong answers: %llu\n",
	        I(f->rss_first_kb / 1024), I(f->rss_last_kb / 1024), (unsigned long long)f->findings,
	        (unsigned long long)f->bad);
}

/* --- for programs --- */

static void member_decimal(struct jcs *j, const char *name, int64_t v, unsigned digits)
{
	char text[40];
	int64_t unit = 1;

	for (unsigned i = 0; i < digits; i++)
		unit *= 10;
	snprintf(text, sizeof text, "%lld.%0*lld", I(v / unit), (int)digits, I(v % unit));
	jcs_name(j, name);
	jcs_raw(j, span_z(text));
}

static void member_median(struct jcs *j, const char *name, const struct figure *f)
{
	jcs_member_i64(j, name, figure_median(f));
}

static void member_ms(struct jcs *j, const char *name, const struct figure *f)
{
	member_decimal(j, name, figure_median(f), 3);
}

static void put_levels(struct jcs *j, const struct figures *f)
{
	jcs_name(j, "levels");
	jcs_array(j);
	for (size_t i = 0; i < LEVELS; i++) {
		const struct level *l = &f->level[i];

		jcs_object(j);
		jcs_member_i64(j, "connections", l->connections);
		if (l->what)
			jcs_member_z(j, "with", l->what);
		member_median(j, "entries_per_s", &l->rate);
		member_ms(j, "p50_ms", &l->p50);
		member_ms(j, "p99_ms", &l->p99);
		member_median(j, "ceiling_per_s", &l->ceiling);
		member_ms(j, "ceiling_p99_ms", &l->ceiling_p99);
		member_decimal(j, "ceiling_ratio", figure_median(&l->ratio), 3);
		member_decimal(j, "counterfoild_cpu_us", figure_median(&l->program), 3);
		member_decimal(j, "postgres_cpu_us", figure_median(&l->database), 3);
		member_decimal(j, "ceiling_cpu_us", figure_median(&l->ceiling_cost), 3);
		jcs_end_object(j);
	}
	jcs_end_array(j);
}

static void put_grown(struct jcs *j, const struct figures *f)
{
	jcs_name(j, "growth_at");
	jcs_array(j);
	for (unsigned i = 0; i < f->n_grown; i++) {
		const struct grown *g = &f->grown[i];

		jcs_object(j);
		jcs_member_i64(j, "entries", (int64_t)g->entries);
		member_median(j, "entries_per_s", &g->rate);
		member_ms(j, "p50_ms", &g->p50);
		member_ms(j, "p99_ms", &g->p99);
		member_median(j, "ceiling_per_s", &g->ceiling);
		member_decimal(j, "ceiling_ratio", figure_median(&g->ratio), 3);
		jcs_end_object(j);
	}
	jcs_end_array(j);
}

static void put_machine(struct jcs *j, const struct machine *m)
{
	jcs_name(j, "machine");
	jcs_object(j);
	jcs_member_i64(j, "cores", m->cores);
	jcs_member_z(j, "cpu", m->cpu);
	jcs_member_z(j, "postgres", m->postgres);
	member_decimal(j, "durable_write_p50_ms", m->commit_us, 3);
	jcs_end_object(j);
}

void put_figures(struct writer *w, const struct figures *f)
{
	struct jcs j = jcs_free_order(w);
	const struct level *l = at_64(f);

	jcs_object(&j);
	member_median(&j, "entries_per_s", &l->rate);
	member_ms(&j, "p99_ms", &l->p99);
	member_decimal(&j, "ceiling_ratio", figure_median(&l->ratio), 3);
	member_decimal(&j, "detect_ratio", figure_median(&at_64_with(f, "detection")->ratio), 3);
	member_decimal(&j, "mixed_ratio", figure_median(&at_64_with(f, "all assets")->ratio), 3);
	jcs_member_i64(&j, "findings", (int64_t)f->findings);
	member_median(&j, "checks_per_s", &f->checks);
	member_ms(&j, "checks_p99_ms", &f->checks_p99);
	member_decimal(&j, "growth", growth(f, false), 3);
	member_decimal(&j, "growth_to_ceiling", growth(f, true), 3);
	jcs_member_i64(&j, "verify_per_s", f->verify.files_per_s);
	jcs_member_i64(&j, "verify_store_per_s", f->verify.store_per_s);
	jcs_member_i64(&j, "verify_bare_per_s", f->verify.bare_per_s);
	jcs_member_i64(&j, "rss_first_kb", f->rss_first_kb);
	jcs_member_i64(&j, "rss_last_kb", f->rss_last_kb);
	jcs_member_i64(&j, "wrong_answers", (int64_t)f->bad);
	jcs_member_i64(&j, "repeats", f->repeats);
	jcs_member_i64(&j, "seconds", f->seconds);
	put_levels(&j, f);
	put_grown(&j, f);
	put_machine(&j, &f->machine);
	jcs_end_object(&j);
	put_byte(w, '\n');
}
