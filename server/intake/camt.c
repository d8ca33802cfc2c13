/* SPDX-License-Identifier: Apache-2.0 */
/*
 * camt.c: ISO 20022 camt.052, 053 and 054, versions 1 to 8, into the model.
 *
 * What changed between the versions is where a value stands, not what it says:
 * a status is a code or holds one, a party's name is below Pty or not, the
 * first version names its message with a suffix. Every place is a row. The
 * profile is the message and version, as in the namespace.
 */
#include "intake/fill.h"

/* clang-format off */
#define D(field) offsetof(struct filled, doc.field)
#define B(field) offsetof(struct doc_balance, field)
#define E(field) offsetof(struct doc_entry, field)
#define X(field) offsetof(struct doc_transaction, field)
#define M(field) offsetof(struct doc_statement, field)
#define R(field) offsetof(struct doc_ref, field)

/* A day: plain, or the day of a moment; both below one element. */
#define DAY_IN(name, place) \
	static const struct slot name[] = { LEAF("Dt", DAY, MANY, place), LEAF("DtTm", DAY, MANY, place), END }
/* An account: IBAN, or another number. */
#define ACCOUNT_IN(name, place)                                                      \
	static const struct slot name##_other[] = { LEAF("Id", TEXT, MANY, place), END }; \
	static const struct slot name##_id[] = {                                     \
		LEAF("IBAN", TEXT, MANY, place), INTO("Othr", MANY, name##_other), \
		INTO("PrtryAcct", MANY, name##_other), END }; \
	static const struct slot name[] = { INTO("Id", MANY, name##_id), END }
/* A party: its name, since version 8 below one more element. */
#define PARTY_IN(name, place)                                                         \
	static const struct slot name##_pty[] = { LEAF("Nm", TEXT, MANY, place), END }; \
	static const struct slot name[] = { LEAF("Nm", TEXT, MANY, place), INTO("Pty", 0, name##_pty), END }

/* ---- one payment ---- */
static const struct slot refs[] = {
	LEAF("AcctSvcrRef", TEXT, 0, X(servicer_ref)),
	LEAF("InstrId", TEXT, 0, X(instruction)),
	LEAF("EndToEndId", TEXT, 0, X(end_to_end)),
	LEAF("UETR", TEXT, 0, X(uetr)),
	LEAF("TxId", TEXT, 0, X(transaction)),
	END
};
PARTY_IN(debtor, X(debtor));
PARTY_IN(creditor, X(creditor));
ACCOUNT_IN(debtor_account, X(debtor_account));
ACCOUNT_IN(creditor_account, X(creditor_account));
static const struct slot parties[] = {
	INTO("Dbtr", 0, debtor),
	INTO("UltmtDbtr", 0, debtor), /* where the debtor himself is not named: the first that is named counts */
	INTO("DbtrAcct", 0, debtor_account),
	INTO("Cdtr", 0, creditor),
	INTO("UltmtCdtr", 0, creditor),
	INTO("CdtrAcct", 0, creditor_account),
	END
};
static const struct slot creditor_ref[] = {
	LEAF("Ref", TEXT, MANY, X(creditor_ref)),
	LEAF("CdtrRef", TEXT, MANY, X(creditor_ref)), /* the first version's word */
	END
};
static const struct slot invoice_kind_code[] = {
	LEAF("Cd", TEXT, 0, R(type_code)),
	LEAF("Prtry", TEXT, 0, R(type_code)),
	END
};
static const struct slot invoice_kind[] = { INTO("CdOrPrtry", 0, invoice_kind_code), END };
static const struct slot related_date[] = { LEAF("Dt", DAY, 0, R(date)), END };
static const struct slot invoice[] = {
	LEAF("Nb", TEXT, 0, R(number)),
	{ "RltdDt", DAY, MANY, R(date), related_date, 0, 0, 0, NULL, 0, NULL },
	INTO("Tp", 0, invoice_kind),
	END
};
static const struct slot structured[] = {
	REF("RfrdDocInf", 0, X(invoices), invoice, REF_INVOICE),
	INTO("CdtrRefInf", MANY, creditor_ref),
	NOTE("AddtlRmtInf", 0, X(remittance)),
	END
};
static const struct slot remittance[] = {
	NOTE("Ustrd", 0, X(remittance)),
	INTO("Strd", MANY, structured),
	END
};
static const struct slot tx_amount[] = { LEAF("Amt", MONEY, 0, X(amount)), END };
static const struct slot tx_amounts[] = { INTO("TxAmt", 0, tx_amount), END };
static const struct slot transaction[] = {
	INTO("Refs", 0, refs),
	LEAF("Amt", MONEY, 0, X(amount)),
	LEAF("CdtDbtInd", TEXT, 0, X(side)),
	INTO("AmtDtls", MANY, tx_amounts),
	INTO("RltdPties", 0, parties),
	INTO("RmtInf", MANY, remittance),
	END
};

/* ---- an entry ---- */
DAY_IN(booked, E(booked));
DAY_IN(valued, E(valued));
static const struct slot details[] = {
	LIST("TxDtls", 0, E(transactions), transaction, struct doc_transaction, DOC_ENTRIES_MAX, NULL),
	END
};
static const struct slot status[] = { LEAF("Cd", TEXT, 0, E(status)), LEAF("Prtry", TEXT, 0, E(status)), END };
static const struct slot entry[] = {
	LEAF("NtryRef", TEXT, 0, E(reference)),
	LEAF("Amt", MONEY, 0, E(amount)),
	LEAF("CdtDbtInd", TEXT, 0, E(side)),
	LEAF("RvslInd", FLAG, 0, E(reversal)),
	{ "Sts", TEXT, MANY, E(status), status, 0, 0, 0, NULL, 0, NULL }, /* the code, or below it */
	INTO("BookgDt", 0, booked),
	INTO("ValDt", 0, valued),
	LEAF("AcctSvcrRef", TEXT, 0, E(servicer_ref)),
	INTO("NtryDtls", MANY, details),
	LIST("TxDtls", 0, E(transactions), transaction, struct doc_transaction, DOC_ENTRIES_MAX, NULL), /* version 1 */
	END
};

/* ---- balances and statements ---- */
DAY_IN(balance_date, B(date));
static const struct slot balance_code[] = { LEAF("Cd", TEXT, 0, B(code)), LEAF("Prtry", TEXT, 0, B(code)), END };
static const struct slot balance_kind[] = { LEAF("Cd", TEXT, 0, B(code)), INTO("CdOrPrtry", 0, balance_code), END };
static const struct slot balance[] = {
	INTO("Tp", 0, balance_kind),
	LEAF("Amt", MONEY, 0, B(amount)),
	LEAF("CdtDbtInd", TEXT, 0, B(side)),
	INTO("Dt", 0, balance_date),
	END
};
static const struct slot owner[] = { LEAF("Nm", TEXT, 0, M(owner)), END };
static const struct slot name_and_address[] = { LEAF("Nm", TEXT, MANY, M(servicer)), END };
static const struct slot institution[] = {
	INTO("NmAndAdr", 0, name_and_address), /* version 1 */
	LEAF("BICFI", TEXT, MANY, M(servicer)),
	LEAF("BIC", TEXT, MANY, M(servicer)),
	LEAF("Nm", TEXT, MANY, M(servicer)),
	END
};
static const struct slot servicer[] = { INTO("FinInstnId", 0, institution), END };
static const struct slot account_other[] = { LEAF("Id", TEXT, MANY, M(account)), END };
static const struct slot account_id[] = {
	LEAF("IBAN", TEXT, MANY, M(account)),
	LEAF("BBAN", TEXT, MANY, M(account)), /* version 1, as the next but one */
	INTO("Othr", MANY, account_other),
	INTO("PrtryAcct", MANY, account_other),
	END
};
static const struct slot account[] = {
	INTO("Id", 0, account_id),
	LEAF("Ccy", TEXT, 0, M(currency)),
	INTO("Ownr", 0, owner),
	INTO("Svcr", 0, servicer),
	END
};
static const struct slot from_to[] = {
	LEAF("FrDtTm", DAY, 0, M(period_start)),
	LEAF("ToDtTm", DAY, 0, M(period_end)),
	END
};
static const struct slot all_entries[] = { LEAF("NbOfNtries", NUMBER, 0, M(entries_stated)), END };
static const struct slot summary[] = { INTO("TtlNtries", 0, all_entries), END };
static const struct slot statement[] = {
	LEAF("Id", TEXT, 0, M(id)),
	LEAF("CreDtTm", DAY, 0, M(created)),
	INTO("FrToDt", 0, from_to),
	INTO("Acct", 0, account),
	LIST("Bal", 0, M(balances), balance, struct doc_balance, DOC_BALANCES_MAX, blank_balance),
	INTO("TxsSummry", 0, summary),
	LIST("Ntry", 0, M(entries), entry, struct doc_entry, DOC_ENTRIES_MAX, blank_entry),
	END
};

/* ---- the message ---- */
static const struct slot header[] = {
	LEAF("MsgId", TEXT, 0, D(number)),
	LEAF("CreDtTm", DAY, 0, D(issue_date)),
	NOTE("AddtlInf", 0, D(notes)),
	END
};
#define STATEMENTS(name) \
	LIST(name, 0, D(statements), statement, struct doc_statement, DOC_STATEMENTS_MAX, blank_statement)
static const struct slot message[] = {
	INTO("GrpHdr", 0, header),
	STATEMENTS("Rpt"),
	STATEMENTS("Stmt"),
	STATEMENTS("Ntfctn"),
	END
};
static const struct slot root[] = {
	INTO("BkToCstmrAcctRpt", 0, message),
	INTO("BkToCstmrAcctRptV01", 0, message),
	INTO("BkToCstmrStmt", 0, message),
	INTO("BkToCstmrStmtV01", 0, message),
	INTO("BkToCstmrDbtCdtNtfctn", 0, message),
	INTO("BkToCstmrDbtCdtNtfctnV01", 0, message),
	END
};
/* clang-format on */

static void finish(struct draft *draft, struct filled *f)
{
	struct document *d = &f->doc;

	(void)draft;
	if (d->statements.n == 0)
		return;
	/* of a message about one account, that is the document's */
	if (d->statements.n == 1) {
		d->account = d->statements.at[0].account;
		d->currency = d->statements.at[0].currency;
		d->period_start = d->statements.at[0].period_start;
		d->period_end = d->statements.at[0].period_end;
	}
}

static const struct fill_map map = { root, { { NULL, 0 } }, "Ccy", finish };

/* urn:iso:std:iso:20022:tech:xsd:camt.053.001.08 */
static void *begin(struct draft *d, struct span ns)
{
	const size_t prefix = sizeof "urn:iso:std:iso:20022:tech:xsd:" - 1;

	d->doc->profile = arena_copy(d->mem, (struct span){ ns.at + prefix, ns.len - prefix });
	return fill_begin(d, &map, ns);
}

const struct doc_format format_camt = { FILL_LISTENER, begin, fill_finish, NULL, NULL };
