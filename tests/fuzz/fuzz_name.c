/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a company's name and as a document's number: folded, taken apart and compared without harm, to the same
 * result when done again. */
#include "domain/detect/company.h"
#include "ids.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What put_folded promises: it folds to itself, and is at most twice as long. */
static void folding(struct span s)
{
	static char once[1 << 14], twice[1 << 14];
	struct writer w = writer_over(once, sizeof once), again = writer_over(twice, sizeof twice);

	put_folded(&w, s);
	assert(!w.overflow && w.len <= 2 * s.len);
	put_folded(&again, writer_span(&w));
	assert(!again.overflow && span_eq(writer_span(&w), writer_span(&again)));
}

static bool within(struct span part, const struct company *c)
{
	return part.len == 0 || (part.at >= c->text && part.at + part.len <= c->text + sizeof c->text);
}

static void naming(struct span s)
{
	static struct company c;

	company_of(s, &c);
	assert(within(c.full, &c) && within(c.place, &c) && within(c.core, &c) && within(c.brand, &c) &&
	       within(c.form, &c) && within(c.branch, &c) && c.class != NULL);
	assert(company_key(s) == company_key(s));
	struct characters a = characters_of(c.full), b = characters_of(c.core);
	int64_t there = likeness_ppm(&a, &b);
	assert(likeness_ppm(&a, &a) == 1000000 && there == likeness_ppm(&b, &a) && there >= 0 && there <= 1000000);
}

static void numbering(struct span s)
{
	struct number n = number_of(s), again;
	struct span norm = { n.norm, n.len };

	assert(n.len <= NUMBER_MAX && n.digits <= n.len + NUMBER_MAX);
	again = number_of(norm);
	assert(s.len > NUMBER_MAX || (again.len == n.len && memcmp(again.norm, n.norm, n.len) == 0));
	assert(edits(norm, norm, 2) == 0 && !number_extended(s, s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span s = { (const char *)data, len };

	if (len > 4096)
		return 0;
	folding(s);
	naming(s);
	numbering(s);
	return 0;
}
