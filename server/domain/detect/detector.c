/* SPDX-License-Identifier: Apache-2.0 */
/*
 * detector.c: the book, the modules over it, and the rule of use.
 *
 * The modules say what each of them sees; here it is put together. Soft signs
 * never stop financing alone (DETECTION 2): at most they are shown. But soft
 * signs of two families or more on one claim, which together weigh enough, are
 * a finding of their own, X01, that does.
 */
#include <stdarg.h>

#include "detecting.h"
#include "features.h"
#include "watch.h"

static const struct module *const modules[] = {
	&near_module,
	&forged_module,
	&graph_module,
	&goods_module,
	&related_module,
	&cash_module,
	&ceilings_module,
	&habits_module,
	&rush_module,
	&lots_module,
	&figures_module,
	/* forged, beside the document itself; and who tries numbers */
	&confirmed_module,
	&numbering_module,
	&inflated_module,
	&lookalike_module,
	&probing_module,
	/* graph, beside the circles */
	&mutual_module,
	&channel_module,
	&funders_module,
	&guarantee_module,
	&proximity_module,
	/* what scores are made of; the last */
	&features_module,
};
enum { FEATURES_AT = ARRAY_LEN(modules) - 1 };

struct detector {
	struct book book;
	struct sighting g;
	void *state[ARRAY_LEN(modules)];
	struct watch watch; /* early warning, behind all of them */
};

int64_t ppm(int64_t a, int64_t b)
{
	wide x;

	if (b == 0)
		return 0;
	x = (wide)a * 1000000 / b;
	return x > INT64_MAX ? INT64_MAX : x < -INT64_MAX ? -INT64_MAX : (int64_t)x;
}

/* --- findings --- */

static bool same_subject(const struct finding_made *f, enum signal signal, bool party, struct uuid subject)
{
	return f->signal == signal && f->about_party == party && uuid_eq(f->subject, subject);
}

static struct finding_made *find_on(struct sighting *g, enum signal signal, enum severity most, bool party,
                                    struct uuid subject)
{
	enum severity severity = g->book->signal[signal].severity;
	struct finding_made *f;

	if (most < severity)
		severity = most;
	assert(g->n < FINDINGS_AT_ONCE);
	f = &g->found[g->n];
	if (g->n < FINDINGS_AT_ONCE - 1) /* the last place is for what is too many */
		g->n++;
	*f = (struct finding_made){ .signal = signal,
		                    .severity = severity,
		                    .about_party = party,
		                    .subject = subject,
		                    .at_seq = g->s->seq,
		                    .threshold = g->book->signal[signal].threshold,
		                    .n_evidence = 1,
		                    .evidence = { g->s->seq } };
	return f;
}

struct finding_made *find_on_claim(struct sighting *g, enum signal signal, enum severity most, uint32_t claim)
{
	return find_on(g, signal, most, false, claim_at(g->book, claim)->id);
}

struct finding_made *find_on_asset(struct sighting *g, enum signal signal, enum severity most, struct uuid asset)
{
	return find_on(g, signal, most, false, asset);
}

struct finding_made *find_on_party(struct sighting *g, enum signal signal, enum severity most, uint32_t party)
{
	return find_on(g, signal, most, true, party_at(g->book, party)->id);
}

void finding_cites(struct finding_made *f, uint64_t seq)
{
	unsigned at = f->n_evidence;

	for (unsigned i = 0; i < f->n_evidence; i++)
		if (f->evidence[i] == seq)
			return;
	if (f->n_evidence == EVIDENCE_MAX) {
		if (seq < f->evidence[0])
			return;
		memmove(f->evidence, f->evidence + 1, (EVIDENCE_MAX - 1) * sizeof *f->evidence);
		f->n_evidence--;
		at--;
	}
	while (at > 0 && f->evidence[at - 1] > seq) {
		f->evidence[at] = f->evidence[at - 1];
		at--;
	}
	f->evidence[at] = seq;
	f->n_evidence++;
}

/* The few conversions that findings need: %d %u %lld %llu %s %%. */
static const char *put_one(struct writer *w, const char *at, va_list *ap)
{
	if (*at == '%')
		put_byte(w, '%');
	else if (*at == 's')
		put_z(w, va_arg(*ap, const char *));
	else if (*at == 'd')
		put_i64(w, va_arg(*ap, int));
	else if (*at == 'u')
		put_u64(w, va_arg(*ap, unsigned));
	else if (at[0] == 'l' && at[1] == 'l' && at[2] == 'd')
		put_i64(w, va_arg(*ap, long long)), at += 2;
	else if (at[0] == 'l' && at[1] == 'l' && at[2] == 'u')
		put_u64(w, va_arg(*ap, unsigned long long)), at += 2;
	else
		assert(false && "a conversion that finding_says does not know");
	return at + 1;
}

void finding_says(struct finding_made *f, const char *format, ...)
{
	struct writer w = writer_over(f->detail, DETAIL_MAX);
	va_list ap;

	w.len = strlen(f->detail);
	if (w.len > 0)
		put_z(&w, "; ");
	va_start(ap, format);
	while (*format) {
		if (*format == '%')
			format = put_one(&w, format + 1, &ap);
		else
			put_byte(&w, *format++);
	}
	va_end(ap);
	f->detail[w.len] = 0;
}

/* --- putting together --- */

static bool weaker(const struct finding_made *a, const struct finding_made *b)
{
	return a->severity != b->severity ? a->severity < b->severity : a->bits < b->bits;
}

/* One finding of a signal on a subject at an entry: the strongest. */
static void keep_strongest(struct sighting *g)
{
	unsigned n = 0;

	for (unsigned i = 0; i < g->n; i++) {
		const struct finding_made *f = &g->found[i];
		unsigned k = 0;

		while (k < n && !same_subject(&g->found[k], f->signal, f->about_party, f->subject))
			k++;
		if (k == n)
			g->found[n++] = *f;
		else if (weaker(&g->found[k], f))
			g->found[k] = *f;
	}
	g->n = n;
}

static void soften(struct finding_made *f)
{
	if (signal_info((int32_t)f->signal)->strength == SOFT && f->severity > SEVERITY_FLAG)
		f->severity = SEVERITY_FLAG;
}

/* The soft findings on a claim add up, over its whole life. */
static void add_soft(struct sighting *g, const struct finding_made *f)
{
	const struct signal_info *info = signal_info((int32_t)f->signal);
	uint32_t i = f->about_party ? NOWHERE : book_claim(g->book, f->subject);
	struct finding_made *x;
	struct book_claim *c;
	int32_t limit = (int32_t)threshold(g, SIGNAL_X01);

	if (i == NOWHERE)
		return;
	c = claim_at(g->book, i);
	if (c->worst < f->severity)
		c->worst = (uint8_t)f->severity;
	if (info->strength != SOFT || f->bits <= 0)
		return;
	bool before = c->soft_bits >= limit && (c->soft_families & (c->soft_families - 1)) != 0;
	c->soft_bits += f->bits;
	c->soft_families |= (uint16_t)(1 << info->family);
	if (before || c->soft_bits < limit || (c->soft_families & (c->soft_families - 1)) == 0)
		return;
	x = find_on_claim(g, SIGNAL_X01, SEVERITY_BLOCK, i);
	x->bits = c->soft_bits;
	x->value = c->soft_bits;
	finding_cites(x, c->seq);
	finding_says(x, "soft signs of several families weigh %d.%d bits together", c->soft_bits / 10,
	             c->soft_bits % 10);
}

struct detector *detector_start(struct arena *mem)
{
	struct detector *d = ARENA_NEW(mem, struct detector);

	if (!d || !book_start(&d->book, mem))
		return NULL;
	d->g.book = &d->book;
	for (size_t i = 0; i < ARRAY_LEN(modules); i++) {
		d->state[i] = arena_take(mem, modules[i]->size);
		if (!d->state[i] || (modules[i]->start && !modules[i]->start(d->state[i], &d->book, mem)))
			return NULL;
	}
	return watch_start(&d->watch, &d->book, detector_features(d), d, mem) ? d : NULL;
}

/* A finding is said in JSON, whose numbers are whole up to 2^53: what is larger is as large as can be said. */
static int64_t sayable(int64_t x)
{
	const int64_t most = (INT64_C(1) << 53) - 1;

	return x > most ? most : x < -most ? -most : x;
}

bool detector_see(struct detector *d, const struct seen *s, found_fn *found, void *arg)
{
	struct sighting *g = &d->g;
	unsigned n;

	assert(s->seq >= d->book.next_seq);
	if (!book_see(&d->book, s))
		return false;
	g->s = s;
	g->claim = book_subject(&d->book, s);
	g->n = 0;
	for (size_t i = 0; i < ARRAY_LEN(modules); i++)
		if (!modules[i]->see(d->state[i], g))
			return false;
	keep_strongest(g);
	n = g->n;
	for (unsigned i = 0; i < n; i++) {
		soften(&g->found[i]);
		add_soft(g, &g->found[i]);
	}
	for (unsigned i = 0; i < g->n && found; i++) {
		g->found[i].value = sayable(g->found[i].value);
		g->found[i].threshold = sayable(g->found[i].threshold);
		found(arg, &g->found[i]);
	}
	return watch_see(&d->watch, s, g->claim);
}

const struct warned *detector_warned(const struct detector *d, size_t *n)
{
	*n = d->watch.n;
	return d->watch.out;
}

size_t detector_score_points(const struct detector *d, struct uuid party, struct score_point ret[POINTS_SHOWN])
{
	uint32_t i = book_party(&d->book, party), n = 0, at;

	at = i == NOWHERE ? NOWHERE : ((const struct party_watch *)dense_at(&d->watch.party, i))->point;
	for (uint32_t k = at; k != NOWHERE && n < POINTS_SHOWN;
	     k = ((const struct point *)dense_at(&d->watch.point, k))->older)
		n++;
	for (uint32_t k = n; k-- > 0; at = ((const struct point *)dense_at(&d->watch.point, at))->older)
		ret[k] = ((const struct point *)dense_at(&d->watch.point, at))->is;
	return n;
}

uint64_t detector_watch_work(const struct detector *d) { return d->watch.work; }

uint64_t detector_next(const struct detector *d) { return d->book.next_seq; }

const struct book *detector_book(const struct detector *d) { return &d->book; }

const struct features *detector_features(const struct detector *d) { return d->state[FEATURES_AT]; }

bool detector_knows(const struct detector *d, struct uuid party) { return book_party(&d->book, party) != NOWHERE; }

bool detector_claim_parties(const struct detector *d, struct uuid asset, struct uuid *creditor, struct uuid *debtor)
{
	uint32_t i = book_claim(&d->book, asset);

	if (i == NOWHERE)
		return false;
	*creditor = party_at(&d->book, claim_at(&d->book, i)->creditor)->id;
	*debtor = party_at(&d->book, claim_at(&d->book, i)->debtor)->id;
	return true;
}
