/* SPDX-License-Identifier: Apache-2.0 */
/*
 * warn.h: early warning: what the log shows of trouble to come (DETECTION 4.1).
 *
 * Warnings are made by the detector's fold beside its findings and kept apart
 * from them. A finding says that something looks false; it stops financing and
 * lowers a score. A warning says that something true grows worse: it stops
 * nothing, is in no score, needs no review, and ends by itself when its cause
 * is gone or its days are over. So it is a statement of its own
 * (warning.raise, warning.close), entered by the registry, and its entries
 * follow from the log alone: whoever folds the log makes the same, to the bit.
 *
 * Whom it concerns stands in no entry: who has money in something is nobody
 * else's business. The fold says it beside the entry, and the registry keeps it
 * where each reader sees its own row only.
 *
 * Invariants: of one event there is at most one open warning about a subject;
 * evidence are entries up to at_seq, rising; detail names no party, no lender
 * and no terms of a lender; a close names a raise that is in the log.
 */
#ifndef CF_WARN_H
#define CF_WARN_H

#include "detect.h"

/* --- the table (warning.def) --- */
enum warned_of {
	ABOUT_PARTY = 1,
	ABOUT_ASSET = 2,
	ABOUT_SITE = 3,
	ABOUT_COMMODITY = 4, /* goods with a posted price, by name */
	ABOUT_CELL = 5,      /* debtors of a region, for goods of a class */
	ABOUT_BOOK = 6,      /* all that one lender holds: told to that lender */
};
enum warning_severity { WARN_OFF = 0, WARN_WATCH = 1, WARN_WARNING = 2, WARN_ALARM = 3 };
const char *warning_severity_name(int32_t s); /* "watch", "warning", "alarm"; NULL for none */
enum warning_severity warning_severity_parse(struct span name);
enum { TO_LENDERS = 1, TO_SELF = 2 };

enum warning_event {
	WARN_NONE = 0,
#define WARNING(number, ID, id, subject, whom, severity, unit, threshold, least, most, days, name, text, zh) \
	WARN_##ID = (number),
#include "warning.def"
#undef WARNING
};
#define WARNING_NUMBERS 64 /* above every number there will be */
struct warning_info {
	enum warning_event number;
	const char *id; /* "E05" */
	enum warned_of of;
	unsigned whom;
	enum warning_severity severity;
	const char *unit;
	int64_t threshold, least, most, days;
	const char *name, *text, *zh;
};
const struct warning_info *warning_info(int32_t number); /* NULL for a number no row has */
const struct warning_info *warning_by_id(struct span id);
const struct warning_info *warning_rows(size_t *n);
enum warning_state { WARNING_OPEN = 1, WARNING_CLOSED = 2 }; /* that its days are over, `until` says */
const char *warning_state_name(int32_t s);

/* --- one warning --- */
struct warned_subject { /* of the members the one or two that `of` asks for */
	enum warned_of of;
	struct uuid id;     /* party, asset, site; the lender of a book */
	struct span region; /* of a cell; texts live as long as the detector */
	struct span goods;  /* of a cell; the commodity's name */
};
/* Somebody it is told to, and what that one has in it, as of the entry: claims and pledges, and their worth in CNY. */
struct concerned {
	struct uuid party;
	int64_t claims, worth;
};
enum warned_kind {
	WARNED_RAISE,
	WARNED_CLOSE,   /* the cause is gone */
	WARNED_CONCERN, /* somebody new has come to hold something an open one is about; no entry says so */
};
enum { CONCERNED_MAX = 64, WARNED_AT_ONCE = 16 };
struct warned {
	enum warned_kind kind;
	struct uuid id;
	enum warning_event event;
	enum warning_severity severity;
	struct warned_subject subject;
	uint64_t at_seq; /* the entry that showed it */
	int64_t value, threshold;
	struct moment until;
	struct hash raise; /* of a close: the statement that raised it */
	unsigned n_evidence, n_concerned;
	uint64_t evidence[EVIDENCE_MAX];
	struct concerned concerned[CONCERNED_MAX];
	char detail[DETAIL_MAX + 1];
};
/* A uuid (version 8) made of event, subject and at_seq: the same warning has the same id anywhere. */
struct uuid warning_id(enum warning_event event, const struct warned_subject *s, uint64_t at_seq);
/* The id of the statement that closes it. */
struct uuid warning_close_id(struct uuid warning);
/* The bodies of its statements; texts and lists point into *w and mem. */
struct body_warning_raise warning_body(const struct warned *w, struct arena *mem);
struct body_warning_close warning_close_body(const struct warned *w, struct arena *mem);

/* What the last entry the detector has seen gave, in the order it was found. Valid until the next one is seen. */
const struct warned *detector_warned(const struct detector *d, size_t *n);

/* --- how a party's score went --- */
struct score_point {
	uint64_t seq; /* after this entry */
	struct moment at;
	int16_t score; /* -1: none was given */
	int16_t confidence;
	const char *grade; /* of the score; "none" without */
	const char *model;
};
enum { POINT_DAYS = 7, POINTS_SHOWN = 200 };
/* The newest POINTS_SHOWN at most, the oldest first: one a week at most, when an entry came in about how the party pays or
 * sells. score_party() after the entry `seq` gives the same. Returns how many. */
size_t detector_score_points(const struct detector *d, struct uuid party, struct score_point ret[POINTS_SHOWN]);
/* Steps early warning has taken so far: what a test holds to a bound an entry. */
uint64_t detector_watch_work(const struct detector *d);
#endif
