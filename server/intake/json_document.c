/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_document.c: from the bytes to a value, and questions every reader asks of it.
 */
#include "intake/json_document.h"

#include "intake/draft_value.h"

void member_tell(struct draft *d, enum doc_rule rule, const struct js *at, struct span detail)
{
	char pointer[257];
	struct writer w = writer_over(pointer, sizeof pointer - 1);

	put_js_pointer(&w, at);
	pointer[w.len] = 0;
	draft_tell(d, rule, TOP(pointer), detail);
}

static struct span kept(struct draft *d, const struct js *at)
{
	struct span s;

	if (!at->v || js_null(at))
		return (struct span){ NULL, 0 };
	if (!js_string(at, &s)) {
		member_tell(d, RULE_MEMBER, at, S("not a text"));
		return (struct span){ NULL, 0 };
	}
	if (s.len > XML_TEXT_MAX) {
		member_tell(d, RULE_LIMIT, at, S("a value of more than 1 MB"));
		return (struct span){ NULL, 0 };
	}
	return value_clean_copy(d->mem, s);
}

struct span member_text(struct draft *d, const struct js *object, const char *name)
{
	struct js at = js_member(object, name);

	return kept(d, &at);
}

struct span member_need(struct draft *d, const struct js *object, const char *name)
{
	struct js at = js_member(object, name);
	struct span s = kept(d, &at);

	if (!s.len)
		member_tell(d, RULE_MEMBER, &at, S("missing"));
	return s;
}

struct span member_key(struct draft *d, const struct js *object, const char *name)
{
	struct js at = js_member(object, name);
	struct span s = kept(d, &at);

	if (value_is_placeholder(s))
		member_tell(d, RULE_PLACEHOLDER, &at, s);
	return s;
}

void member_day(struct draft *d, const struct js *object, const char *name, struct date *to)
{
	struct js at = js_member(object, name);
	struct span s = kept(d, &at);

	if (s.len && !date_parse(s, to))
		member_tell(d, RULE_DATE, &at, s);
}

void member_decimal(struct draft *d, const struct js *object, const char *name, bool as_text, struct decimal *to)
{
	struct js at = js_member(object, name);
	struct span s;

	if (!at.v || js_null(&at))
		return;
	if (!(as_text ? js_string(&at, &s) : js_number(&at, &s)))
		member_tell(d, RULE_MEMBER, &at, as_text ? S("not a number in quotes") : S("not a number"));
	else if (!value_plain(s, to))
		member_tell(d, RULE_NUMBER, &at, s);
}

size_t member_items(struct draft *d, const struct js *array)
{
	size_t n = 0;

	if (array->v && !js_null(array) && !js_items(array, &n))
		member_tell(d, RULE_MEMBER, array, S("not a list"));
	return n;
}

void json_document_read(struct draft *d, struct span bytes)
{
	static const struct js_limits limits = { DOCUMENT_MAX, JS_DEPTH_MAX };
	struct diag diag = { .detail = "" };
	AUTO_JS struct js top = { .v = NULL };

	if (js_read_foreign(bytes, limits, d->mem, &top, &diag) != OK) {
		if (arena_ok(d->mem))
			draft_tell(d, RULE_JSON_FORM, TOP(NULL), span_z(diag.detail));
	} else if (warehouse_receipt_is(&top)) {
		d->doc->kind = DOC_WAREHOUSE_RECEIPT;
		warehouse_receipt_fill(d, &top);
	} else if (dcsa_is(&top)) {
		d->doc->kind = DOC_DCSA_BILL_OF_LADING;
		dcsa_fill(d, &top);
	} else {
		draft_tell(d, RULE_ROOT, TOP(NULL), S("JSON of no kind that is read"));
	}
}
