/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alert.h: the tables of alert.def: who is told of what, and how it is called.
 *
 * An alert is a row for one party: an entry of the log concerns it. Nothing of
 * an alert is in the log and no decision reads one: it is made behind the log,
 * from what is committed, and can be made again.
 */
#ifndef CF_ALERT_H
#define CF_ALERT_H

#include "state.h"

enum alert_severity { ALERT_INFO = 1, ALERT_WARNING = 2, ALERT_ALARM = 3 };

/* Whom a row of TELL means. Numbers are stored with the table and go with it. */
enum tell_whom {
	TELL_DEBTOR = 1,     /* the asset's obligor */
	TELL_HOLDER = 2,     /* the asset's holder */
	TELL_LENDERS = 3,    /* every secured party of the asset, granted ones included, and whoever holds it on hold */
	TELL_GRANTEE = 4,    /* of the encumbrance the statement is about */
	TELL_GRANTOR = 5,    /* the same */
	TELL_RESPONDENT = 6, /* of the objection it is about */
	TELL_CHALLENGER = 7, /* the same */
	TELL_PARTY = 8,      /* the party it is about */
	TELL_AGENT = 9,      /* of the mandate it is about */
	TELL_PRINCIPAL = 10, /* the same */
	TELL_OFFERED = 11,   /* who is offered the voucher or bill */
	TELL_REGULATORS = 12, /* every one of them */
	TELL_CONCERNED = 13,  /* whom the warning it is about concerns (warn.h) */
};
/* MORE of a row: the states of assets are below it. */
enum { ALSO_SELF = 1 << 16 };

enum alert_code {
#define ALERT(number, ID, code, severity, text) AL_##ID = (number),
#include "alert.def"
#undef ALERT
};
struct alert_info {
	enum alert_code number;
	const char *code;
	enum alert_severity severity;
	const char *text;
};
const struct alert_info *alert_rows(size_t *n);
const struct alert_info *alert_info(int32_t number); /* NULL for a number no row has */
const struct alert_info *alert_by_code(struct span code);
const char *alert_severity_name(int32_t severity); /* "info", "warning", "alarm"; NULL for no severity */

struct telling {
	enum statement_kind kind;
	enum tell_whom whom;
	enum alert_code alert;
	bool self;
	int32_t state; /* 0: whatever the asset's state is */
};
const struct telling *telling_rows(size_t *n);
#endif
