/* SPDX-License-Identifier: Apache-2.0 */
/* score_monitor.c: `counterfoil score monitor`: drift and calibration of the score by month, from the log (monitor.h). */
#include "score_monitor.h"

#include "client.h"
#include "jcs.h"
#include "monitor.h"
#include "run/memory.h"
#include "service/folding.h"
#include "state_dir.h"

#define DETECTOR_ROOM ((size_t)256 << 30) /* address space */
enum { REFERENCE_CLAIMS = 200 };

struct watching {
	struct cli *c;
	struct store *store;
	struct arena mem;
	struct detector *detector;
	struct monitor *monitor;
	const struct score_model *model;
};

static bool watch_one(void *arg, const struct seen *s)
{
	struct watching *w = arg;

	return detector_see(w->detector, s, NULL, NULL) && monitor_see(w->monitor, w->detector, s);
}

static enum fault watch_all(struct watching *w)
{
	struct folding *f = folding_open(w->store);
	enum fault fault = f ? OK : E_INTERNAL;
	size_t n = 1;

	while (fault == OK && n > 0)
		fault = folding_page(f, UINT64_MAX, watch_one, w, &n);
	folding_close(f);
	return fault;
}

/* --- the report --- */

static const char *verdict(int64_t psi) { return psi > MONITOR_ACT ? "act" : psi > MONITOR_WATCH ? "watch" : "stable"; }

static int64_t part_psi(const struct monitor_month *ref, const struct monitor_month *m, unsigned part)
{
	return monitor_psi(ref->bin[part], m->bin[part], MONITOR_BINS);
}

/* The order of the month is a fifth worse than it was in the reference. */
static bool ks_fell(const struct monitor_figures *ref, const struct monitor_figures *now)
{
	return ref->ks > 0 && now->bad > 0 && (ref->ks - now->ks) * 1000000 > ref->ks * MONITOR_KS_FALL;
}

static void month_text(int32_t month, char ret[static 16])
{
	snprintf(ret, 16, "%04d-%02d", (int)(month / 12), (int)(month % 12) + 1);
}

static void put_figures(struct jcs *j, const struct monitor_figures *f)
{
	const struct {
		const char *name;
		int64_t value;
	} row[] = { { "auc", f->auc },
		    { "brier", f->brier },
		    { "brier_skill", f->skill },
		    { "ece", f->ece },
		    { "ks", f->ks } };

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		jcs_name(j, row[i].name);
		if (f->good > 0 && f->bad > 0)
			jcs_i64(j, row[i].value);
		else
			jcs_null(j);
	}
	jcs_member_i64(j, "paid", f->good);
	jcs_member_i64(j, "unpaid", f->bad);
}

static void put_month(struct watching *w, struct jcs *j, const struct monitor_month *ref, const struct monitor_month *m)
{
	const struct monitor_figures f = monitor_figures(m->good, m->bad), r = monitor_figures(ref->good, ref->bad);
	const struct score_use *u = w->model->use;
	const int64_t psi = monitor_psi(ref->band, m->band, MONITOR_BANDS);
	char month[16];

	month_text(m->month, month);
	jcs_object(j);
	jcs_member_z(j, "month", month);
	jcs_member_i64(j, "claims", m->claims);
	put_figures(j, &f);
	jcs_member_bool(j, "ks_fell", ks_fell(&r, &f));
	jcs_member_i64(j, "psi", psi);
	jcs_member_z(j, "drift", verdict(psi));
	jcs_name(j, "features");
	jcs_object(j);
	for (unsigned i = 0; u[i].feature != FEATURE_NONE; i++)
		jcs_member_i64(j, feature_info((int32_t)u[i].feature)->id, part_psi(ref, m, i));
	jcs_end_object(j);
	jcs_end_object(j);
}

static struct span report_json(struct watching *w, const struct monitor_month *ref)
{
	struct writer out = writer_in(w->c->mem);
	struct jcs j = jcs_free_order(&out);
	char month[16];

	month_text(ref->month, month);
	jcs_object(&j);
	jcs_member_z(&j, "model", w->model->id);
	jcs_member_z(&j, "reference", month);
	jcs_member_z(&j, "unit", "millionths");
	jcs_name(&j, "months");
	jcs_array(&j);
	for (unsigned i = 0; i < monitor_months(w->monitor); i++)
		put_month(w, &j, ref, monitor_month(w->monitor, i));
	jcs_end_array(&j);
	jcs_end_object(&j);
	return writer_done(&out, w->c->mem);
}

static void say_figures(FILE *to, const struct monitor_figures *f)
{
	const int64_t value[] = { f->auc, f->ks, f->brier, f->skill, f->ece };

	for (size_t i = 0; i < ARRAY_LEN(value); i++)
		if (f->good > 0 && f->bad > 0)
			fprintf(to, " %7.3f", (double)value[i] / 1e6);
		else
			fprintf(to, " %7s", "-");
}

static void say_month(struct watching *w, const struct monitor_month *ref, const struct monitor_month *m)
{
	const struct monitor_figures f = monitor_figures(m->good, m->bad), r = monitor_figures(ref->good, ref->bad);
	const struct score_use *u = w->model->use;
	const int64_t psi = monitor_psi(ref->band, m->band, MONITOR_BANDS);
	char month[16];

	month_text(m->month, month);
	fprintf(w->c->out, "%s %8u %8lld %8lld", month, (unsigned)m->claims, (long long)f.good, (long long)f.bad);
	say_figures(w->c->out, &f);
	fprintf(w->c->out, "  %6.3f %s%s", (double)psi / 1e6, verdict(psi), ks_fell(&r, &f) ? ", KS fell" : "");
	for (unsigned i = 0; u[i].feature != FEATURE_NONE; i++)
		if (part_psi(ref, m, i) > MONITOR_WATCH)
			fprintf(w->c->out, "; %s %.3f", feature_info((int32_t)u[i].feature)->id,
			        (double)part_psi(ref, m, i) / 1e6);
	fputc('\n', w->c->out);
}

static int report(struct watching *w)
{
	const struct monitor_month *ref;

	monitor_close(w->monitor, w->detector);
	if (monitor_months(w->monitor) == 0)
		return cli_fail(w->c, EXIT_REFUSED, "the log has no claim to score");
	ref = monitor_month(w->monitor, monitor_reference(w->monitor, REFERENCE_CLAIMS));
	cli_answer(w->c, report_json(w, ref));
	if (w->c->json)
		return EXIT_GOOD;
	fprintf(w->c->out, "%s\nmonth     claims     paid   unpaid     AUC      KS   Brier   skill     ECE     PSI\n",
	        w->model->id);
	for (unsigned i = 0; i < monitor_months(w->monitor); i++)
		say_month(w, ref, monitor_month(w->monitor, i));
	return EXIT_GOOD;
}

int score_monitor(struct cli *c)
{
	struct watching w = { .c = c, .model = score_model(0) };
	const char *conninfo, *id = cli_opt(c, "model");
	enum fault f;
	int rc;

	if (id && !(w.model = score_model_by_id(span_z(id))))
		return cli_usage(c, "this program does not know the model %s", id);
	conninfo = database_of(c);
	if (!conninfo || !(w.store = audit_store(c, conninfo)))
		return EXIT_UNREACHABLE;
	if (!arena_map(&w.mem, DETECTOR_ROOM) || !(w.detector = detector_start(&w.mem)) ||
	    !(w.monitor = monitor_start(&w.mem, w.model)))
		rc = cli_fail(c, EXIT_UNREACHABLE, "no memory to fold the log in");
	else if ((f = watch_all(&w)) != OK)
		rc = cli_fail(c, EXIT_UNREACHABLE, "the log cannot be read: %s", store_why(w.store));
	else
		rc = report(&w);
	arena_unmap(&w.mem);
	store_close(w.store);
	return rc;
}

int score_models(struct cli *c)
{
	const struct score_model *m;
	char hex[65];

	for (size_t i = 0; (m = score_model(i)) != NULL; i++) {
		struct writer w = writer_over(hex, 64);
		struct hash h = score_model_hash(m);

		put_hex(&w, h.b, sizeof h.b);
		hex[w.len] = 0;
		cli_answer(c, span_z(cli_text(c, "{\"model\":\"%s\",\"sha256\":\"%s\"}", m->id, hex)));
		if (!c->json)
			fprintf(c->out, "%-14s sha256 %s\n", m->id, hex);
	}
	return EXIT_GOOD;
}
