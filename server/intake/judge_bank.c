/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge_bank.c: what a bank's message must say, and that it adds up.
 *
 * A message may be one page of several, so a balance that does not follow
 * from the entries is a warning. What reduces a claim must be countable once:
 * a payment's own references stand once in a message (XD-PAY).
 */
#include "intake/judge.h"

/* The path of a statement's part: "%[2]/Ntry". */
struct scope {
	char path[48];
};

static struct scope scope_of(uint32_t statement, const char *part)
{
	struct scope s;
	struct writer w = writer_over(s.path, sizeof s.path - 1);

	put_z(&w, "%[");
	put_u64(&w, statement);
	put_z(&w, "]/");
	put_z(&w, part);
	s.path[w.len] = 0;
	return s;
}

static bool side_of(struct span s, int *ret)
{
	*ret = span_is(s, "DBIT") ? -1 : 1;
	return span_is(s, "CRDT") || span_is(s, "DBIT");
}

static bool same_ccy(const struct doc_amount *a, const struct doc_amount *b)
{
	return a->present && b->present && memcmp(a->ccy, b->ccy, sizeof a->ccy) == 0;
}

static void judge_entry(struct draft *d, const struct scope *in, const struct doc_entry *e, uint32_t n)
{
	int side;
	i128 sum = 0;
	bool summable = e->amount.present && e->transactions.n > 0;

	if (!e->amount.present || !e->amount.ccy[0])
		tell(d, RULE_ENTRY_AMOUNT, AT(in->path, n, "Amt"));
	if (!side_of(e->side, &side))
		draft_tell(d, RULE_ENTRY_SIDE, AT(in->path, n, "CdtDbtInd"), e->side);
	if (!e->status.len)
		tell(d, RULE_ENTRY_STATUS, AT(in->path, n, "Sts"));
	for (uint32_t i = 0; i < e->transactions.n; i++) {
		const struct doc_transaction *t = &e->transactions.at[i];
		int own = side;
		if (t->side.len && !side_of(t->side, &own))
			draft_tell(d, RULE_ENTRY_SIDE, AT(in->path, n, "NtryDtls/TxDtls/CdtDbtInd"), t->side);
		summable = summable && same_ccy(&e->amount, &t->amount);
		sum += own == side ? (i128)t->amount.minor : -(i128)t->amount.minor;
		judge_account(d, t->debtor_account, AT(in->path, n, "NtryDtls/TxDtls/RltdPties/DbtrAcct"));
		judge_account(d, t->creditor_account, AT(in->path, n, "NtryDtls/TxDtls/RltdPties/CdtrAcct"));
	}
	if (summable && sum != e->amount.minor) {
		struct doc_finding *f = draft_raise(d, RULE_TX_SUM, SEV_W, NULL, AT(in->path, n, "Amt"));
		draft_detail_sums(d, f, e->amount.minor, sum, document_digits(e->amount.ccy));
	}
}

static const struct doc_balance *balance_of(const struct doc_statement *s, const char *code)
{
	for (uint32_t i = 0; i < s->balances.n; i++)
		if (span_is(s->balances.at[i].code, code))
			return &s->balances.at[i];
	return NULL;
}

/* opening + what was booked = closing, where all three are in one currency */
static void judge_balance(struct draft *d, const struct doc_statement *s, uint32_t n)
{
	const struct doc_balance *open = balance_of(s, "OPBD"), *close = balance_of(s, "CLBD");
	int from, to, side;

	if (!open)
		open = balance_of(s, "PRCD"); /* the closing balance of the day before */
	if (!open || !close || !same_ccy(&open->amount, &close->amount) || !side_of(open->side, &from) ||
	    !side_of(close->side, &to))
		return;
	i128 sum = (i128)open->amount.minor * from;
	for (uint32_t i = 0; i < s->entries.n; i++) {
		const struct doc_entry *e = &s->entries.at[i];
		if (e->status.len && !span_is(e->status, "BOOK"))
			continue;
		if (!same_ccy(&e->amount, &open->amount) || !side_of(e->side, &side))
			return;
		sum += (i128)e->amount.minor * side;
	}
	if (sum == (i128)close->amount.minor * to)
		return;
	struct doc_finding *f = draft_raise(d, RULE_BALANCE, SEV_W, NULL, AT("%", n, "Bal"));
	draft_detail_sums(d, f, (i128)close->amount.minor * to, sum, document_digits(close->amount.ccy));
}

/* The references of one payment, in one list to be sorted: a message has up to 50 000 of them. */
struct mark {
	struct span text;
};

static void sift(struct mark *m, size_t from, size_t n)
{
	for (size_t child; (child = 2 * from + 1) < n; from = child) {
		struct mark swap = m[from];
		if (child + 1 < n && span_cmp(m[child + 1].text, m[child].text) > 0)
			child++;
		if (span_cmp(swap.text, m[child].text) >= 0)
			return;
		m[from] = m[child];
		m[child] = swap;
	}
}

static void sort(struct mark *m, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift(m, i, n);
	for (size_t i = n; i-- > 1;) {
		struct mark swap = m[0];
		m[0] = m[i];
		m[i] = swap;
		sift(m, 0, i);
	}
}

static size_t put_mark(struct mark *to, size_t n, struct span text)
{
	if (text.len && !span_is(text, "NOTPROVIDED"))
		to[n++] = (struct mark){ text };
	return n;
}

static size_t collect(const struct document *doc, struct mark *to, bool uetr)
{
	size_t n = 0;

	for (uint32_t s = 0; s < doc->statements.n; s++)
		for (uint32_t i = 0; i < doc->statements.at[s].entries.n; i++) {
			const struct doc_entry *e = &doc->statements.at[s].entries.at[i];
			if (!uetr)
				n = put_mark(to, n, e->servicer_ref);
			for (uint32_t k = 0; uetr && k < e->transactions.n; k++)
				n = put_mark(to, n, e->transactions.at[k].uetr);
		}
	return n;
}

static void judge_twice(struct draft *d, bool uetr)
{
	struct mark *m = ARENA_ARRAY(d->mem, struct mark, (size_t)d->items + 1);

	if (!m)
		return;
	size_t n = collect(d->doc, m, uetr);
	sort(m, n);
	for (size_t i = 1; i < n; i++)
		if (span_eq(m[i].text, m[i - 1].text)) {
			draft_tell(d, RULE_PAID_TWICE,
			           TOP(uetr ? "%/Ntry/NtryDtls/TxDtls/Refs/UETR" : "%/Ntry/AcctSvcrRef"), m[i].text);
			return;
		}
}

static void judge_statement(struct draft *d, const struct doc_statement *s, uint32_t n)
{
	struct scope entries = scope_of(n, "Ntry"), balances = scope_of(n, "Bal");
	int side;

	if (!s->account.len)
		tell(d, RULE_BANK_ACCOUNT, AT("%", n, "Acct/Id"));
	judge_account(d, s->account, AT("%", n, "Acct/Id"));
	if (is_day(s->period_end) && s->period_end.day < s->period_start.day)
		tell(d, RULE_BANK_PERIOD, AT("%", n, "FrToDt"));
	for (uint32_t i = 0; i < s->balances.n; i++)
		if (!side_of(s->balances.at[i].side, &side))
			draft_tell(d, RULE_ENTRY_SIDE, AT(balances.path, i + 1, "CdtDbtInd"), s->balances.at[i].side);
	for (uint32_t i = 0; i < s->entries.n; i++)
		judge_entry(d, &entries, &s->entries.at[i], i + 1);
	judge_balance(d, s, n);
	if (s->entries_stated.present && (s->entries_stated.scale || s->entries_stated.mantissa != (i128)s->entries.n))
		tell(d, RULE_ENTRY_COUNT, AT("%", n, "TxsSummry/TtlNtries/NbOfNtries"));
}

void judge_bank(struct draft *d)
{
	const struct document *doc = d->doc;

	if (!doc->number.len)
		tell(d, RULE_ANY_NUMBER, TOP("GrpHdr/MsgId"));
	if (!is_day(doc->issue_date))
		tell(d, RULE_ANY_ISSUED, TOP("GrpHdr/CreDtTm"));
	if (!doc->statements.n)
		tell(d, RULE_STATEMENTS, TOP("%"));
	for (uint32_t i = 0; i < doc->statements.n; i++)
		judge_statement(d, &doc->statements.at[i], i + 1);
	judge_twice(d, true);
	judge_twice(d, false);
}
