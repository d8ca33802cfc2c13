/* SPDX-License-Identifier: Apache-2.0 */
/* ask_anchors.c: trust anchors, for everybody. */
#include "service/reader.h"

enum fault ask_anchors(struct question *q, void *reader)
{
	static const struct list anchors = {
		.query = "anchors", .what = "anchors", .limit_at = NO_PAGES, .cursor_at = NO_PAGES
	};

	(void)q;
	return answer_list(reader, &anchors, NULL, 0);
}

enum fault ask_anchor(struct question *q, void *reader)
{
	static const struct one anchor = { "anchor", "anchor", NULL };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &anchor, q->param, 1) : f;
}
