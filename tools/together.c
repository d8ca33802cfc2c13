/* SPDX-License-Identifier: Apache-2.0 */
/* together.c: see together.h. */
#include "together.h"

#include "document.h"
#include "intake/trade_paper.h"
#include "jcs.h"
#include "money.h"
#include "rule.h"

bool together_add(struct cli *c, struct together *t, const char *path, const struct document *d)
{
	for (size_t i = 0; i < t->n; i++)
		if (hash_eq(t->paper[i].sha256, d->sha256))
			return true;
	if (t->n == ARRAY_LEN(t->paper)) {
		cli_fail(c, EXIT_USAGE, "%s: at most %d papers are held against each other", path, MATCH_PAPERS_MAX);
		return false;
	}
	if (trade_paper(d, c->mem, &t->paper[t->n]) != OK) {
		cli_fail(c, EXIT_REFUSED, "%s: %s", path, fault_info(E_TOO_BIG)->text);
		return false;
	}
	t->paper[t->n].heard = true;
	t->path[t->n++] = path;
	return true;
}

/* The rules' first values: what a registry has published since, only it knows. */
static struct match_limits first_limits(void)
{
	return (struct match_limits){ .price_ppm = rule_info(RULE_MATCH_PRICE)->first,
		                      .quantity_ppm = rule_info(RULE_MATCH_QUANTITY)->first,
		                      .days = rule_info(RULE_MATCH_DAYS)->first };
}

static const char *path_of(const struct together *t, struct hash h)
{
	for (size_t i = 0; i < t->n; i++)
		if (hash_eq(t->paper[i].sha256, h))
			return t->path[i];
	return NULL;
}

static const char *amount_text(struct cli *c, const struct paper *p, int64_t minor)
{
	char text[64];
	struct writer w = writer_over(text, sizeof text - 1);

	if (ccy_digits(span_z(p->ccy)) < 0) /* one no claims are taken in */
		return cli_text(c, "%lld minor units of %s", (long long)minor, p->ccy[0] ? p->ccy : "no currency");
	put_amount(&w, minor, p->ccy);
	text[w.len] = 0;
	return cli_text(c, "%s %s", text, p->ccy);
}

/* --- for people --- */

static void tell(struct cli *c, const struct together *t, size_t which, const struct match *m)
{
	const struct paper *p = &t->paper[which];

	fprintf(c->out, "%slevel %d%s %s: with %u other paper%s of its trade\n", ink(c, m->level > 0 ? GREEN : RED),
	        m->level, ink(c, PLAIN), t->path[which], m->n_with, m->n_with == 1 ? "" : "s");
	for (uint32_t i = 0; i < m->n_with; i++)
		fprintf(c->out, "  with       %s\n", t->path[m->with[i]]);
	if (m->credited > 0)
		fprintf(c->out, "  credited   %s\n", amount_text(c, p, m->credited));
	if (m->paid > 0)
		fprintf(c->out, "  paid       %s\n", amount_text(c, p, m->paid));
	fprintf(c->out, "  open       %s\n", amount_text(c, p, m->open));
	for (unsigned i = 0; i < m->n_details; i++) {
		const struct match_detail *d = &m->detail[i];
		const struct xd_info *x = xd_info(d->xd);
		bool error = x->weight == XD_CAPS || x->weight == XD_BLOCKS;
		const char *other = path_of(t, d->paper);

		fprintf(c->out, "  %s%s%s %-9s %s\n", ink(c, error ? RED : YELLOW), error ? "error  " : "warning",
		        ink(c, PLAIN), x->id, x->text);
		fprintf(c->out, "          %s%s%s\n", d->text, other ? ", see " : "", other ? other : "");
	}
}

/* --- for machines --- */

static void put_hex_member(struct jcs *j, const char *name, struct hash h)
{
	char text[2 * HASH_LEN];
	struct writer w = writer_over(text, sizeof text);

	put_hex(&w, h.b, HASH_LEN);
	if (name)
		jcs_name(j, name);
	jcs_string(j, writer_span(&w));
}

/* A currency no claims are taken in has no decimals here that could be relied on: nothing is said. */
static void put_money(struct jcs *j, const char *name, const struct paper *p, int64_t minor)
{
	char text[64];
	struct writer w = writer_over(text, sizeof text);

	if (ccy_digits(span_z(p->ccy)) < 0)
		return;
	put_amount(&w, minor, p->ccy);
	jcs_name(j, name);
	jcs_object(j);
	jcs_member_span(j, "amount", writer_span(&w));
	jcs_member_z(j, "currency", p->ccy);
	jcs_end_object(j);
}

static struct span put_line(struct cli *c, const struct together *t, size_t which, const struct match *m)
{
	const struct paper *p = &t->paper[which];
	const char *level = cli_text(c, "L%d", m->level);
	struct writer w = writer_in(c->mem); /* from here on nothing else is taken from it */
	struct jcs j = jcs_free_order(&w);
	static const char *const weight[] = {
		[XD_TELLS] = "tells", [XD_CAPS] = "caps", [XD_LOWERS] = "lowers", [XD_BLOCKS] = "blocks"
	};

	jcs_object(&j);
	jcs_member_z(&j, "file", t->path[which]);
	put_hex_member(&j, "sha256", p->sha256);
	jcs_member_z(&j, "level", level);
	jcs_name(&j, "trade");
	jcs_array(&j);
	for (uint32_t i = 0; i < m->n_with; i++)
		put_hex_member(&j, NULL, t->paper[m->with[i]].sha256);
	jcs_end_array(&j);
	put_money(&j, "credited", p, m->credited);
	put_money(&j, "paid", p, m->paid);
	put_money(&j, "open", p, m->open);
	jcs_name(&j, "findings");
	jcs_array(&j);
	for (unsigned i = 0; i < m->n_details; i++) {
		const struct xd_info *x = xd_info(m->detail[i].xd);

		jcs_object(&j);
		jcs_member_z(&j, "id", x->id);
		jcs_member_z(&j, "weight", weight[x->weight]);
		jcs_member_z(&j, "text", x->text);
		jcs_member_z(&j, "detail", m->detail[i].text);
		if (path_of(t, m->detail[i].paper))
			put_hex_member(&j, "paper", m->detail[i].paper);
		jcs_end_object(&j);
	}
	jcs_end_array(&j);
	jcs_end_object(&j);
	return writer_done(&w, c->mem);
}

int together_tell(struct cli *c, const struct together *t)
{
	const struct match_limits limits = first_limits();
	int64_t bad = xd_of_weight(XD_CAPS) | xd_of_weight(XD_BLOCKS);
	int worst = EXIT_GOOD;
	struct match m;

	for (size_t i = 0; i < t->n; i++) {
		if (t->paper[i].role != PAPER_INVOICE)
			continue;
		match_invoice(t->paper, t->n, i, &limits, &m);
		cli_answer(c, put_line(c, t, i, &m));
		if (!c->json)
			tell(c, t, i, &m);
		if ((m.findings & bad) != 0)
			worst = EXIT_REFUSED;
	}
	return worst;
}
