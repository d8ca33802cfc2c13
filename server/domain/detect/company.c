/* SPDX-License-Identifier: Apache-2.0 */
/* company.c: see company.h. The words are company_words.def. */
#include "company.h"

#include "dense.h"

struct word {
	const char *text, *class;
};
static const struct word forms[] = {
#define FORM(text, class) { text, class },
#include "company_words.def"
#undef FORM
}, branches[] = {
#define BRANCH(text) { text, "" },
#include "company_words.def"
#undef BRANCH
}, places[] = {
#define PLACE(text) { text, "" },
#include "company_words.def"
#undef PLACE
}, marks[] = {
#define MARK(text) { text, "" },
#include "company_words.def"
#undef MARK
}, trades[] = {
#define TRADE(text) { text, "" },
#include "company_words.def"
#undef TRADE
}, latins[] = {
#define LATIN(text, class) { text, class },
#include "company_words.def"
#undef LATIN
}, weaks[] = {
#define WEAK(text) { text, "" },
#include "company_words.def"
#undef WEAK
};

static bool ends_with(struct span s, struct span end)
{
	return s.len >= end.len && memcmp(s.at + s.len - end.len, end.at, end.len) == 0;
}

/* The longest of the words, which stand longest first, that s ends or begins with; NULL for none. */
static const struct word *word_behind(const struct word *word, size_t n, struct span s)
{
	for (size_t i = 0; i < n; i++)
		if (ends_with(s, span_z(word[i].text)))
			return &word[i];
	return NULL;
}

static const struct word *word_before(const struct word *word, size_t n, struct span s)
{
	for (size_t i = 0; i < n; i++)
		if (span_starts(s, span_z(word[i].text)))
			return &word[i];
	return NULL;
}

static unsigned letters(struct span s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((uint8_t)s.at[i] & 0xc0) != 0x80;
	return n;
}

/* --- Chinese names --- */

enum { HAN = 3 }; /* bytes of such a character */

static void cut_end(struct span *s, size_t len) { s->len -= len; }

static void cut_front(struct span *s, size_t len)
{
	s->at += len;
	s->len -= len;
}

/* "...有限公司深圳分公司": what stands behind the last form of a company before the branch. */
static void take_branch(struct company *c, struct span *rest)
{
	static const char company[] = "公司";
	const size_t len = sizeof company - 1;

	if (!word_behind(branches, ARRAY_LEN(branches), *rest))
		return;
	for (size_t at = rest->len - HAN; at >= len; at--) {
		struct span head = { rest->at, at };

		if (ends_with(head, S("公司")) && !word_behind(branches, ARRAY_LEN(branches), head)) {
			c->branch = (struct span){ rest->at + at, rest->len - at };
			*rest = head;
			return;
		}
	}
	c->branch = *rest; /* of a parent that is not told apart */
}

/* A district nobody lists: two or three characters and a mark, when enough is left behind them. */
static size_t unlisted_place(struct span s)
{
	for (size_t len = 2 * HAN; len <= 3 * HAN && len < s.len; len += HAN) {
		struct span rest = { s.at + len, s.len - len };
		const struct word *mark = word_before(marks, ARRAY_LEN(marks), rest);

		if (mark && letters(rest) >= 2 + letters(span_z(mark->text)))
			return len + strlen(mark->text);
	}
	return 0;
}

static void take_place(struct company *c, struct span *rest)
{
	const char *start = rest->at;
	const struct word *w;

	for (unsigned turn = 0; turn < 4; turn++) {
		size_t len = 0;

		if ((w = word_before(places, ARRAY_LEN(places), *rest))) {
			struct span behind = { rest->at + strlen(w->text), rest->len - strlen(w->text) };
			const struct word *mark = word_before(marks, ARRAY_LEN(marks), behind);

			len = strlen(w->text);
			if (mark && letters(behind) >= 2 + letters(span_z(mark->text)))
				len += strlen(mark->text);
		} else {
			len = unlisted_place(*rest);
		}
		if (len == 0 || letters(*rest) < 2 + letters((struct span){ rest->at, len }))
			break;
		cut_front(rest, len);
	}
	c->place = (struct span){ start, (size_t)(rest->at - start) };
}

static void take_trades(struct company *c)
{
	const struct word *w;

	c->brand = c->core;
	while ((w = word_behind(trades, ARRAY_LEN(trades), c->brand)))
		cut_end(&c->brand, strlen(w->text));
}

static void read_chinese(struct company *c)
{
	struct span rest = c->full;
	const struct word *form;

	take_branch(c, &rest);
	form = word_behind(forms, ARRAY_LEN(forms), rest);
	if (form && strlen(form->text) < rest.len) {
		c->form = (struct span){ rest.at + rest.len - strlen(form->text), strlen(form->text) };
		c->class = form->class;
		cut_end(&rest, c->form.len);
	}
	take_place(c, &rest);
	c->core = rest;
	take_trades(c);
}

/* --- other names --- */

static bool ends_with_word(struct span s, struct span word)
{
	return ends_with(s, word) && (s.len == word.len || s.at[s.len - word.len - 1] == ' ');
}

static struct span without_blank(struct span s)
{
	while (s.len > 0 && s.at[s.len - 1] == ' ')
		s.len--;
	return s;
}

static bool take_latin_form(struct company *c, struct span *rest)
{
	for (size_t i = 0; i < ARRAY_LEN(latins); i++) {
		struct span form = span_z(latins[i].text);

		if (form.len >= rest->len || !ends_with_word(*rest, form))
			continue;
		if (c->form.len == 0)
			c->class = latins[i].class;
		cut_end(rest, form.len);
		c->form = (struct span){ rest->at + rest->len,
			                 (size_t)(c->full.at + c->full.len - rest->at) - rest->len };
		*rest = without_blank(*rest);
		return true;
	}
	return false;
}

static void read_latin(struct company *c)
{
	struct span rest = c->full;
	bool more = true;

	while (take_latin_form(c, &rest))
		continue;
	c->core = c->brand = rest;
	while (more) {
		more = false;
		for (size_t i = 0; i < ARRAY_LEN(weaks) && !more; i++) {
			struct span weak = span_z(weaks[i].text);

			more = weak.len < c->brand.len && ends_with_word(c->brand, weak);
			if (more) {
				cut_end(&c->brand, weak.len);
				c->brand = without_blank(c->brand);
			}
		}
	}
}

/* --- both --- */

static bool sign(uint32_t c) { return c < 0x80 && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z'); }

/* Words of one letter run together: "N V" is NV. */
static bool single(struct span s)
{
	if (s.len == 0)
		return false;
	(void)take_character(&s);
	return s.len == 0 || sign((uint8_t)s.at[0]);
}

static void clean(struct company *c, struct span folded)
{
	struct writer w = writer_over(c->text, sizeof c->text);
	bool one = single(folded);

	while (folded.len > 0) {
		uint32_t x = take_character(&folded);

		if (!sign(x)) {
			put_character(&w, x);
			continue;
		}
		while (folded.len > 0 && sign((uint8_t)folded.at[0]))
			cut_front(&folded, 1);
		if (x == '\'' || w.len == 0 || folded.len == 0)
			continue;
		if (!c->chinese && !(one && single(folded)))
			put_byte(&w, ' ');
		one = single(folded);
	}
	c->full = writer_span(&w);
}

void company_of(struct span name, struct company *ret)
{
	char folded[COMPANY_MAX];
	struct writer w = writer_over(folded, sizeof folded);
	struct span rest = name;

	*ret = (struct company){ .class = "" };
	for (unsigned i = 0; i < COMPANY_CHARACTERS && rest.len > 0; i++)
		ret->chinese |= take_character(&rest) >= 0x2e80;
	name.len -= rest.len;
	put_folded(&w, name);
	assert(!w.overflow);
	clean(ret, writer_span(&w));
	if (ret->chinese)
		read_chinese(ret);
	else
		read_latin(ret);
}

uint64_t company_key(struct span name)
{
	struct company c;

	company_of(name, &c);
	return mix64(mix64(key_of_text(c.place), key_of_text(c.core)),
	             mix64(key_of_text(span_z(c.class)), key_of_text(c.branch)));
}

/* --- likeness --- */

struct characters characters_of(struct span s)
{
	struct characters r = { 0 };

	while (s.len > 0 && r.n < COMPANY_CHARACTERS)
		r.at[r.n++] = take_character(&s);
	return r;
}

/* Characters that are taken for each other at a glance; each group is one row. */
static bool look_alike(uint32_t a, uint32_t b)
{
	static const uint32_t group[][3] = {
		{ 0x5df1, 0x5df2, 0x5df3 }, { 0x672a, 0x672b, 0 },      { 0x65e5, 0x66f0, 0 },
		{ 0x571f, 0x58eb, 0 },      { 0x4eba, 0x5165, 0x516b }, { 0x5927, 0x592a, 0x72ac },
		{ 0x5343, 0x5e72, 0x4e8e }, { 0x5929, 0x592b, 0 },      { 0x738b, 0x7389, 0x4e3b },
		{ 0x6728, 0x672c, 0x672f }, { 0x7530, 0x7531, 0x7532 }, { 0x5348, 0x725b, 0 },
		{ 0x534e, 0x6866, 0x54d7 }, { 0x8fbe, 0x95fc, 0 },      { 0x6cf0, 0x5949, 0 },
		{ 0x5b8f, 0x5f18, 0x9e3f }, { 0x660c, 0x5021, 0x83d6 }, { 0x6052, 0x6046, 0x8861 },
		{ 0x76db, 0x6210, 0x8bda }, { 0x5174, 0x5f17, 0x99a8 }, { 0x946b, 0x6b23, 0x65b0 },
		{ 0x8f89, 0x6656, 0x6325 }, { 0x6d77, 0x6d69, 0x8c6a }, { 0x9686, 0x9f99, 0x5e9e },
	};

	for (size_t i = 0; i < ARRAY_LEN(group); i++) {
		bool in_a = false, in_b = false;

		for (unsigned k = 0; k < 3; k++) {
			in_a |= group[i][k] == a;
			in_b |= group[i][k] == b;
		}
		if (in_a && in_b)
			return true;
	}
	return false;
}

int64_t likeness_ppm(const struct characters *a, const struct characters *b)
{
	unsigned row[3][COMPANY_CHARACTERS + 1], longer = a->n > b->n ? a->n : b->n; /* halves of a change */

	if (longer == 0)
		return 1000000;
	for (unsigned i = 0; i <= a->n; i++) {
		unsigned *now = row[i % 3], *above = row[(i + 2) % 3], *above2 = row[(i + 1) % 3];

		for (unsigned k = 0; k <= b->n; k++) {
			unsigned d = 2 * (i > k ? i : k), x;

			if (i > 0 && k > 0) {
				uint32_t p = a->at[i - 1], q = b->at[k - 1];

				d = above[k - 1] + (p == q ? 0 : look_alike(p, q) ? 1 : 2);
				x = (above[k] < now[k - 1] ? above[k] : now[k - 1]) + 2;
				d = x < d ? x : d;
				if (i > 1 && k > 1 && p == b->at[k - 2] && a->at[i - 2] == q && above2[k - 2] + 2 < d)
					d = above2[k - 2] + 2;
			}
			now[k] = d;
		}
	}
	return 1000000 - (int64_t)row[a->n % 3][b->n] * 500000 / longer;
}
