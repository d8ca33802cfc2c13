/* SPDX-License-Identifier: Apache-2.0 */
/* check_evidence.c: what became of the evidence behind a claim, and what the papers of its trade say. */
#include "checking.h"
#include "trade_match.h"

enum fault say_evidence(struct checking *x, const struct asset *a)
{
	static const struct {
		int64_t bits;
		enum reason reason;
	} row[] = {
		{ INT64_C(1) << XD_CREDIT, REASON_CREDITED },
		{ INT64_C(1) << XD_PAY, REASON_PAPER_PAID },
		{ INT64_C(1) << XD_PAYEE, REASON_MAYBE_ASSIGNED },
		{ INT64_C(1) << XD_RESP, REASON_ANSWERED_NO },
		{ INT64_C(1) << XD_RED | INT64_C(1) << XD_CANCEL | INT64_C(1) << XD_OVER | INT64_C(1) << XD_NOTHING,
		  REASON_TAKEN_BACK },
	};
	int64_t least;
	enum fault f;

	if (a->kind != ASSET_RECEIVABLE || !asset_live(a))
		return OK;
	if (a->level < a->level_high)
		say(x, REASON_EVIDENCE_FELL);
	if (a->trade & xd_of_weight(XD_CAPS))
		say(x, REASON_CONTRADICTED);
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		if (a->trade & row[i].bits)
			say(x, row[i].reason);
	if (a->level == 3)
		say(x, REASON_MATCHED);
	if (a->confirmed_seq != 0 && a->young_key)
		say(x, REASON_YOUNG_KEY);
	f = rule_for(&x->g, RULE_FINANCE_LEVEL, a->debtor, &least);
	if (f == OK && asset_level(a) < least)
		say(x, REASON_EVIDENCE_WANTED);
	return f;
}
