/* SPDX-License-Identifier: Apache-2.0 */
/* evaluate.c: see evaluate.h. */
#include "evaluate.h"

#include <math.h>

#include "run/clock.h"
#include "run/memory.h"

#define DETECTOR_MEM ((size_t)1 << 37) /* address space */

/* What was found about one truth: when first, by severity and family. */
struct found {
	int64_t first[SEVERITIES]; /* moment; 0: never. Of at least this severity */
	int64_t family[FAMILIES];  /* of a hold or block */
	int64_t financed;          /* when the money went out */
	uint64_t flagged[SIGNAL_NUMBERS / 64];
	bool scored;
	int32_t score, pd;          /* when it was registered, */
	int64_t value[SCORE_PARTS]; /* and what it was made of; UNKNOWN_VALUE: nothing to measure it on */
};
#define UNKNOWN_VALUE INT64_MIN
struct scoring {
	struct sim sim;
	struct shadow shadow;
	struct detector *detector;
	struct arena mem;
	struct evaluation *e;
	const struct evaluation_files *files;
	struct found *found, *of_scheme;
	uint32_t n_found, n_of_scheme, cap_found, cap_of_scheme;
	uint32_t *slot; /* truths by subject */
	uint32_t slots, indexed;
	int32_t *warned; /* by firm: day of the first warning about it; 0: none */
	uint32_t n_warned, cap_warned;
	bool full;
	int64_t detect_ns;
};

/* --- which truth a subject is --- */

static uint64_t spread(struct uuid u) { return (be64_get(u.b) ^ be64_get(u.b + 8)) * UINT64_C(0x9e3779b97f4a7c15); }

static void put_slot(struct scoring *x, uint32_t i)
{
	uint32_t at = (uint32_t)(spread(x->sim.truth[i].subject) >> 32) & (x->slots - 1);

	while (x->slot[at] != 0)
		at = (at + 1) & (x->slots - 1);
	x->slot[at] = i + 1;
}

static void index_truths(struct scoring *x)
{
	if (x->sim.n_truths * 2 >= x->slots) {
		free(x->slot);
		x->slots = x->slots ? x->slots * 2 : 1 << 16;
		while (x->sim.n_truths * 2 >= x->slots)
			x->slots *= 2;
		x->slot = calloc(x->slots, sizeof *x->slot);
		if (!x->slot)
			abort();
		x->indexed = 0;
	}
	while (x->indexed < x->sim.n_truths)
		put_slot(x, x->indexed++);
}

static uint32_t truth_of(struct scoring *x, struct uuid subject)
{
	uint32_t at;

	index_truths(x);
	for (at = (uint32_t)(spread(subject) >> 32) & (x->slots - 1); x->slot[at]; at = (at + 1) & (x->slots - 1))
		if (uuid_eq(x->sim.truth[x->slot[at] - 1].subject, subject))
			return x->slot[at] - 1;
	return NO_SALE;
}

static struct found *grow_found(struct found *at, uint32_t *n, uint32_t *cap, uint32_t want)
{
	while (*n <= want) {
		at = grown(at, *n, cap, sizeof *at);
		memset(&at[*n], 0, sizeof at[*n]);
		++*n;
	}
	return at;
}

/* --- findings --- */

static void note(struct found *f, const struct finding_made *m, int64_t now)
{
	enum family family = signal_info((int32_t)m->signal)->family;

	for (int s = 1; s <= (int)m->severity; s++)
		if (f->first[s] == 0)
			f->first[s] = now;
	if (m->severity >= SEVERITY_HOLD && f->family[family] == 0)
		f->family[family] = now;
	if (m->severity >= SEVERITY_FLAG)
		f->flagged[m->signal / 64] |= UINT64_C(1) << m->signal % 64;
}

/* A finding about a party tells of the schemes it runs or serves. */
static void found_about_party(struct scoring *x, const struct finding_made *m)
{
	struct sim *s = &x->sim;

	for (uint32_t i = 0; i < s->n_schemes; i++) {
		const struct scheme *h = &s->scheme[i];
		bool his = h->from.us != 0 && h->from.us <= s->now.us &&
		           ((h->firm != NOBODY && uuid_eq(s->firm[h->firm].id, m->subject)) ||
		            (h->other != NOBODY && s->firm[h->other].crooked &&
		             uuid_eq(s->firm[h->other].id, m->subject)));

		if (!his)
			continue;
		x->of_scheme = grow_found(x->of_scheme, &x->n_of_scheme, &x->cap_of_scheme, i);
		note(&x->of_scheme[i], m, s->now.us);
	}
}

static void on_finding(void *arg, const struct finding_made *m)
{
	struct scoring *x = arg;
	uint32_t t;

	x->e->findings++;
	if (m->about_party)
		found_about_party(x, m);
	t = truth_of(x, m->subject);
	if (t == NO_SALE)
		return;
	x->found = grow_found(x->found, &x->n_found, &x->cap_found, t);
	note(&x->found[t], m, x->sim.now.us);
	if (x->sim.truth[t].recipe)
		x->e->crooked_by_signal[m->signal][m->severity]++;
	else if (!x->sim.truth[t].of_crook) {
		x->e->honest_by_signal[m->signal][m->severity]++;
		if (m->severity >= SEVERITY_HOLD)
			x->e->class_signal[x->sim.truth[t].class][m->signal]++;
	}
}

/* --- early warning --- */

enum { TOLD_DAYS = 30, TRUE_DAYS = 180 };

static void on_warning(struct scoring *x, const struct warned *w)
{
	const struct sim *s = &x->sim;
	uint32_t i = 0;

	x->e->warned[w->event]++;
	while (i < s->n_firms && !(w->subject.of == ABOUT_PARTY && uuid_eq(s->firm[i].id, w->subject.id)))
		i++;
	if (i == s->n_firms)
		return;
	x->e->of_firms[w->event]++;
	x->e->came_true[w->event] += s->firm[i].fails > s->today && s->firm[i].fails <= s->today + TRUE_DAYS;
	while (x->n_warned <= i) {
		x->warned = grown(x->warned, x->n_warned, &x->cap_warned, sizeof *x->warned);
		x->warned[x->n_warned++] = 0;
	}
	if (x->warned[i] == 0 || s->today - x->warned[i] > TRUE_DAYS)
		x->warned[i] = s->today;
}

static void warnings_of(struct scoring *x)
{
	size_t n;
	const struct warned *w = detector_warned(x->detector, &n);

	for (size_t i = 0; i < n; i++)
		if (w[i].kind == WARNED_RAISE)
			on_warning(x, &w[i]);
}

/* Of the firms whose insolvency lies within the economy: how many were warned of in time. */
static void score_warnings(struct scoring *x)
{
	const struct sim *s = &x->sim;

	for (uint32_t i = 0; i < s->n_firms; i++) {
		if (s->firm[i].fails == 0 || s->firm[i].fails > s->last_day)
			continue;
		x->e->insolvent++;
		x->e->foretold += i < x->n_warned && x->warned[i] != 0 && x->warned[i] + TOLD_DAYS <= s->firm[i].fails;
	}
}

/* What a lender would be told on the day the claim is registered. */
static void score_now(struct scoring *x, struct uuid asset)
{
	int64_t from = clock_ns();
	struct score s;
	uint32_t t = truth_of(x, asset);
	struct found *f;

	if (t == NO_SALE || !score_claim_by(x->detector, x->e->model, asset, &s))
		return;
	x->found = grow_found(x->found, &x->n_found, &x->cap_found, t);
	f = &x->found[t];
	f->scored = true;
	f->score = s.uncapped;
	f->pd = s.pd_30;
	for (uint32_t i = 0; i < s.n_parts; i++)
		f->value[i] = s.part[i].known ? s.part[i].value : UNKNOWN_VALUE;
	x->e->score_ns += clock_ns() - from;
}

static void on_entry(void *arg, const struct seen *entry)
{
	struct scoring *x = arg;
	int64_t from = clock_ns();

	if (!x->full && !detector_see(x->detector, entry, on_finding, x))
		x->full = true;
	x->detect_ns += clock_ns() - from;
	if (!x->full)
		warnings_of(x);
	if (!x->full && entry->outcome == OK && entry->c->kind == ST_RECEIVABLE_REGISTER)
		score_now(x, entry->c->object);
}

/* --- against the truth --- */

static const struct found *found_of(const struct scoring *x, uint32_t truth)
{
	static const struct found nothing;

	return truth < x->n_found ? &x->found[truth] : &nothing;
}

static void score_honest(struct scoring *x, const struct truth *t, const struct found *f)
{
	struct alarms *into[2] = { t->of_crook ? &x->e->of_crooks : &x->e->all,
		                   t->of_crook ? NULL : &x->e->honest[t->class] };

	for (int k = 0; k < 2 && into[k]; k++) {
		into[k]->claims++;
		for (int s = 1; s < SEVERITIES; s++)
			into[k]->alarmed[s] += f->first[s] != 0;
	}
	x->e->held_false += f->first[SEVERITY_HOLD] != 0;
	for (int k = 0; !t->of_crook && k < FAMILIES; k++)
		x->e->family_alone[k] += f->family[k] != 0;
}

/* One scheme put together from its claims and from what is said of who runs it. */
struct gathered {
	struct found all;
	bool refused, registered;
	int64_t first_at;
};

static void gather(struct gathered *g, const struct found *f)
{
	for (int s = 1; s < SEVERITIES; s++)
		if (f->first[s] && (g->all.first[s] == 0 || f->first[s] < g->all.first[s]))
			g->all.first[s] = f->first[s];
	for (int k = 0; k < FAMILIES; k++)
		if (f->family[k] && (g->all.family[k] == 0 || f->family[k] < g->all.family[k]))
			g->all.family[k] = f->family[k];
	for (size_t k = 0; k < ARRAY_LEN(f->flagged); k++)
		g->all.flagged[k] |= f->flagged[k];
}

static void count_claim(struct scoring *x, const struct truth *t, const struct found *f, struct gathered *g)
{
	struct recall *r = &x->e->recall[t->recipe][t->level];
	bool held = t->refused || f->first[SEVERITY_HOLD] != 0;

	gather(g, f);
	x->e->held_true += f->first[SEVERITY_HOLD] != 0;
	if (t->part != PART_FRAUD)
		return;
	g->registered = true;
	g->refused |= t->refused;
	if (g->first_at == 0 || t->at.us < g->first_at)
		g->first_at = t->at.us;
	r->claims++;
	r->claims_caught += held;
	r->by_rules += t->refused;
	r->loss += t->loss;
	if (t->refused ||
	    (f->first[SEVERITY_HOLD] != 0 && (f->financed == 0 || f->first[SEVERITY_HOLD] <= f->financed)))
		r->prevented += t->loss;
}

static void keep_flagged(struct evaluation *e, const struct scheme *h, const struct gathered *g)
{
	struct flagged *f;

	if (!g->registered || g->refused || g->all.first[SEVERITY_HOLD] || !g->all.first[SEVERITY_FLAG])
		return;
	e->flagged = grown(e->flagged, e->n_flagged, &e->cap_flagged, sizeof *e->flagged);
	f = &e->flagged[e->n_flagged++];
	f->recipe = h->recipe;
	f->level = h->level;
	memcpy(f->by, g->all.flagged, sizeof f->by);
}

uint32_t alerted(const struct evaluation *e, unsigned recipe, unsigned level, uint32_t alarms_ppm)
{
	uint32_t n = e->recall[recipe][level].caught[SEVERITY_HOLD];

	for (uint32_t i = 0; i < e->n_flagged; i++) {
		bool counts = false;

		if (e->flagged[i].recipe != recipe || e->flagged[i].level != level)
			continue;
		for (unsigned k = 0; k < SIGNAL_NUMBERS; k++) {
			const uint32_t *h = e->honest_by_signal[k];
			uint64_t alarms = (uint64_t)h[SEVERITY_FLAG] + h[SEVERITY_HOLD] + h[SEVERITY_BLOCK];

			counts |= (e->flagged[i].by[k / 64] >> k % 64 & 1) != 0 &&
			          alarms * 1000000 <= (uint64_t)alarms_ppm * e->all.claims;
		}
		n += counts;
	}
	return n;
}

static void score_scheme(struct recall *r, const struct gathered *g)
{
	if (!g->registered)
		return;
	r->schemes++;
	for (int s = 1; s < SEVERITIES; s++)
		r->caught[s] += g->refused || g->all.first[s] != 0;
	for (int k = 0; k < FAMILIES; k++) {
		bool other = g->refused;

		for (int j = 0; j < FAMILIES; j++)
			other |= j != k && g->all.family[j] != 0;
		r->without[k] += other;
		r->alone[k] += g->refused || g->all.family[k] != 0;
	}
	if (r->n_delays < DELAYS_MAX && (g->refused || g->all.first[SEVERITY_HOLD]))
		r->delay[r->n_delays++] = g->refused || g->all.first[SEVERITY_HOLD] < g->first_at
		                                  ? 0
		                                  : (g->all.first[SEVERITY_HOLD] - g->first_at) / INT64_C(60000000);
}

/* What the score said of it, feature by feature in the order of feature.def, for those who fit another model. */
static void write_score(struct scoring *x, const struct found *f, bool honest, bool bad)
{
	if (!x->files->scores)
		return;
	fprintf(x->files->scores, "%llu,%d,%d,%d,%d", (unsigned long long)x->sim.set.seed, honest, bad, (int)f->score,
	        (int)f->pd);
	for (size_t i = 0; i < SCORE_PARTS; i++)
		if (f->value[i] == UNKNOWN_VALUE)
			fputc(',', x->files->scores);
		else
			fprintf(x->files->scores, ",%lld", (long long)f->value[i]);
	fputc('\n', x->files->scores);
}

/* What the economy itself would say of the sale on the day it is planned: life.c draws whether it is paid late, and how
 * late; a prophet knows besides when the debtor fails. */
static struct forecast forecast_of(const struct sim *s, const struct sale *a, bool bad, bool prophet)
{
	const struct firm *b = &s->firm[a->buyer];
	double late = a->late_ppm / 1e6, days = 30, p;

	if (prophet && b->fails && b->fails <= a->due - 5)
		return (struct forecast){ 0, 1000000, bad, 0 };
	if (prophet && b->fails && b->fails < a->due + 30)
		days = b->fails > a->due ? b->fails - a->due : 0;
	p = a->late_days > 0 ? late * exp(-(days - 1) / a->late_days) : 0;
	return (struct forecast){ (int32_t)(1000 - 1000 * p), (int32_t)(1e6 * p), bad, 0 };
}

/* Was it paid in full by thirty days after it fell due? Only of claims whose time had come, and that stood. */
static void hold_against_payment(struct scoring *x)
{
	const struct sim *s = &x->sim;

	for (uint32_t i = 0; i < s->n_sales; i++) {
		const struct sale *a = &s->sale[i];
		const struct truth *t = &s->truth[a->truth];
		const struct found *f = found_of(x, a->truth);
		struct forecast fc = { f->score, f->pd, t->paid.us == 0 || date_of(t->paid).day > a->due + 30, 0 };
		bool honest = !t->recipe && !t->of_crook;

		if (!f->scored || a->state != SALE_REGISTERED || a->future || a->due + 30 >= s->last_day)
			continue;
		quality_add(&x->e->quality, fc);
		if (honest) {
			quality_add(&x->e->quality_honest, fc);
			quality_add(&x->e->quality_oracle, forecast_of(s, a, fc.bad, false));
			quality_add(&x->e->quality_prophet, forecast_of(s, a, fc.bad, true));
		}
		write_score(x, f, honest, fc.bad);
	}
}

static void score(struct scoring *x)
{
	struct sim *s = &x->sim;
	struct gathered *g = calloc(s->n_schemes + 1, sizeof *g);

	if (!g)
		abort();
	if (s->n_truths > 0)
		x->found = grow_found(x->found, &x->n_found, &x->cap_found, s->n_truths - 1);
	for (uint32_t i = 0; i < s->n_sales; i++)
		if (s->sale[i].financed_us)
			x->found[s->sale[i].truth].financed = s->sale[i].financed_us;
	for (uint32_t i = 0; i < s->n_truths; i++) {
		const struct truth *t = &s->truth[i];

		if (t->recipe)
			count_claim(x, t, found_of(x, i), &g[t->scheme]);
		else if (!t->about_party && t->part == PART_NONE && !t->refused)
			score_honest(x, t, found_of(x, i));
	}
	for (uint32_t i = 0; i < s->n_schemes; i++) {
		if (i < x->n_of_scheme)
			gather(&g[i + 1], &x->of_scheme[i]);
		score_scheme(&x->e->recall[s->scheme[i].recipe][s->scheme[i].level], &g[i + 1]);
		keep_flagged(x->e, &s->scheme[i], &g[i + 1]);
	}
	hold_against_payment(x);
	free(g);
}

/* --- for the peers --- */

/* `ours`: the most that a finding said of the claim. */
void evaluate_headings(const struct evaluation_files *files)
{
	const struct score_use *u = score_model(0)->use;

	if (files->claims)
		fputs("seed,id,at_us,seller,debtor,number,issued,due,face,ccy,order,lines,waybill,refused,recipe,level,part,scheme,"
		      "class,of_crook,base,paid_us,reduced,cancelled,ours\n",
		      files->claims);
	if (!files->scores)
		return;
	fputs("seed,honest,bad,score,pd_30", files->scores);
	for (; u->feature != FEATURE_NONE; u++)
		fprintf(files->scores, ",%s", feature_info((int32_t)u->feature)->id);
	fputc('\n', files->scores);
}

static void write_claims(const struct scoring *x, FILE *f)
{
	const struct sim *s = &x->sim;

	for (uint32_t i = 0; f && i < s->n_sales; i++) {
		const struct sale *a = &s->sale[i];
		const struct truth *t = &s->truth[a->truth];
		int ours = 0;

		if (a->state == SALE_MADE)
			continue;
		while (ours + 1 < SEVERITIES && found_of(x, a->truth)->first[ours + 1] != 0)
			ours++;
		fprintf(f,
		        "%llu,%u,%lld,%u,%u,%s,%d,%d,%lld,%s,%llu,%llx,%llu,%d,%s,%u,%u,%u,%u,%d,%lld,%lld,%lld,%d,%d\n",
		        (unsigned long long)s->set.seed, (unsigned)i, (long long)t->at.us, (unsigned)a->seller,
		        (unsigned)a->buyer, a->number, (int)a->issued, (int)a->due, (long long)a->face, a->ccy,
		        (unsigned long long)a->order, (unsigned long long)a->lines, (unsigned long long)a->waybill,
		        t->refused, recipe_id(t->recipe), t->level, t->part, t->scheme, t->class, t->of_crook,
		        (long long)(a->ccy[0] == 'U' ? a->face * s->usd / 100 : a->face), (long long)t->paid.us,
		        (long long)a->reduced, a->state == SALE_ENDED, ours);
	}
}

/* --- one seed --- */

static void scoring_end(struct scoring *x)
{
	shadow_stop(&x->shadow);
	arena_unmap(&x->mem);
	sim_end(&x->sim);
	free(x->found);
	free(x->of_scheme);
	free(x->slot);
	free(x->warned);
}

static void tell_surprises(const struct sim *s, char *why, size_t why_len)
{
	size_t at = strlen(why);

	for (size_t i = 0; i < ARRAY_LEN(s->surprise) && s->surprise[i].n > 0 && at + 1 < why_len; i++) {
		int n = snprintf(why + at, why_len - at, "%s%u times %s for %s",
		                 at ? "; " : "refused though nobody meant it: ", s->surprise[i].n,
		                 fault_info(s->surprise[i].fault)->slug, statement_info(s->surprise[i].kind)->type);

		at += n > 0 ? (size_t)n : 0;
	}
}

bool evaluate_seed(const struct sim_setting *set, struct evaluation *e, const struct evaluation_files *files, char *why,
                   size_t why_len)
{
	static const struct evaluation_files none;
	static struct scoring x;
	struct outlet out;
	int64_t from = clock_ns();
	bool good;

	memset(&x, 0, sizeof x);
	x.e = e;
	x.files = files ? files : &none;
	x.sim.set = *set;
	good = arena_map(&x.mem, DETECTOR_MEM) && (x.detector = detector_start(&x.mem)) != NULL &&
	       shadow_start(&x.shadow, &x.sim, (struct moment){ date_start(set->from).us - DAY_US });
	if (!good) {
		snprintf(why, why_len, "no memory for a registry");
		return false;
	}
	x.shadow.entered = on_entry;
	x.shadow.arg = &x;
	out = shadow_outlet(&x.shadow);
	good = sim_start(&x.sim, set, &out);
	while (good && sim_day(&x.sim))
		;
	if (good && x.full)
		snprintf(why, why_len, "the detector ran out of memory");
	tell_surprises(&x.sim, why, why_len);
	score(&x);
	score_warnings(&x);
	e->entries += x.shadow.entries;
	e->refused += x.shadow.refused;
	e->surprises += x.sim.surprises;
	e->detect_ns += x.detect_ns;
	e->decide_ns += clock_ns() - from - x.detect_ns;
	e->seeds++;
	write_claims(&x, x.files->claims);
	good = good && !x.full;
	scoring_end(&x);
	return good;
}
