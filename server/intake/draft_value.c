/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draft_value.c: FMT-07, FMT-08, FMT-09, AMT-14 and AMT-16 on one value.
 */
#include <strings.h>

#include "intake/draft_value.h"

#include "intake/fill.h"

bool value_plain(struct span s, struct decimal *ret)
{
	struct decimal d;

	if (!value_number(s, &d))
		return false;
	*ret = value_stripped(d);
	return true;
}

void draft_number(struct draft *d, struct span s, struct at at, struct decimal *to)
{
	if (s.len && !value_plain(s, to))
		draft_tell(d, RULE_NUMBER, at, s);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* More than DECIMAL_SCALE decimals: the rest must be digits, and the first of them rounds. */
static bool value_long(struct span s, struct decimal *ret)
{
	const char *point = s.len ? memchr(s.at, '.', s.len) : NULL;
	size_t kept = point ? (size_t)(point - s.at) + 1 + DECIMAL_SCALE : s.len;
	struct decimal d;

	if (kept >= s.len || s.len > 64)
		return value_plain(s, ret);
	for (size_t i = kept; i < s.len; i++)
		if (!is_digit(s.at[i]))
			return false;
	if (!value_number((struct span){ s.at, kept }, &d))
		return false;
	if (s.at[kept] >= '5')
		d.mantissa += s.at[0] == '-' ? -1 : 1;
	*ret = value_stripped(d);
	return true;
}

void draft_long_number(struct draft *d, struct span s, struct at at, struct decimal *to)
{
	if (s.len && !value_long(s, to))
		draft_tell(d, RULE_NUMBER, at, s);
}

void draft_money(struct draft *d, struct span s, struct span ccy, struct at at, struct doc_amount *to)
{
	struct doc_amount a = { .present = true };
	struct decimal written, v;
	unsigned digits;

	if (!s.len)
		return;
	if (!value_number(s, &written)) {
		draft_tell(d, RULE_NUMBER, at, s);
		return;
	}
	if (ccy.len != 3 || document_ccy_unknown(ccy)) {
		draft_tell(d, RULE_CCY_AMOUNT, at, ccy);
		return;
	}
	memcpy(a.ccy, ccy.at, 3);
	digits = document_digits(a.ccy);
	v = value_stripped(written);
	if (written.scale > digits) /* zeros are remarked on, digits refused */
		draft_detail(d, draft_raise(d, RULE_DECIMALS, v.scale > digits ? SEV_E : SEV_W, NULL, at), s);
	i128 minor = value_rescale(v, digits);
	if (minor >= DOC_MONEY_LIMIT || minor <= -DOC_MONEY_LIMIT) {
		draft_tell(d, RULE_RANGE, at, s);
		return;
	}
	a.minor = (int64_t)minor;
	*to = a;
}

void draft_day(struct draft *d, struct span s, struct at at, struct date *to)
{
	struct date day;

	if (!s.len)
		return;
	if (date_parse(s, &day))
		*to = day;
	else
		draft_tell(d, RULE_DATE, at, s);
}

bool value_is_placeholder(struct span s)
{
	static const struct span sign[] = { S_INIT("***"), S_INIT("XXXX"), S_INIT("PLACEHOLDER"), S_INIT("${"),
		                            S_INIT("{{") };
	size_t most = s.len < 4096 ? s.len : 4096;

	if (s.len > 2 && s.at[0] == '{' && s.at[s.len - 1] == '}')
		return true;
	for (size_t i = 0; i < ARRAY_LEN(sign); i++)
		for (size_t k = 0; k + sign[i].len <= most; k++)
			if (strncasecmp(s.at + k, sign[i].at, sign[i].len) == 0)
				return true;
	return false;
}

void draft_placeholder(struct draft *d, struct span s, struct at at)
{
	if (value_is_placeholder(s))
		draft_tell(d, RULE_PLACEHOLDER, at, s);
}

/* ---- items ---- */

static void *item(struct draft *d, void *list, size_t size, uint32_t max)
{
	void *it = draft_item(d, list, size, max);

	if (!it && arena_ok(d->mem))
		draft_tell(d, RULE_RANGE, TOP(NULL), S("more of these than a document may have"));
	return it;
}

void draft_party_id(struct draft *d, struct doc_party *p, enum doc_id_role role, struct span scheme, struct span value)
{
	struct doc_id *id = value.len ? item(d, &p->ids, sizeof *id, DOC_PARTY_IDS_MAX) : NULL;

	if (id)
		*id = (struct doc_id){ .role = (uint8_t)role, .scheme = scheme, .value = value };
}

struct doc_line *draft_line(struct draft *d)
{
	struct doc_line *l = item(d, &d->doc->lines, sizeof *l, DOC_LINES_MAX);

	if (l)
		blank_line(l);
	return l;
}

struct doc_ref *draft_preceding(struct draft *d, struct span number)
{
	struct doc_ref *r = item(d, &d->doc->preceding, sizeof *r, DOC_REFS_MAX);

	if (r)
		*r = (struct doc_ref){ .role = REF_INVOICE, .number = number, .date = DATE_NONE };
	return r;
}

void draft_note(struct draft *d, struct span text)
{
	struct doc_note *n = text.len ? item(d, &d->doc->notes, sizeof *n, DOC_TEXTS_MAX) : NULL;

	if (n)
		n->text = text;
}
