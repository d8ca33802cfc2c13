/* SPDX-License-Identifier: Apache-2.0 */
/* warning.c: the table of warning.def, what a warning is called, and the statements that say it. */
#include "warn.h"

static const struct warning_info rows[] = {
#define WARNING(number, ID, id, of, whom, severity, unit, threshold, least, most, days, name, text, zh) \
	{ WARN_##ID, id, ABOUT_##of, whom, WARN_##severity, unit, threshold, least, most, days, name, text, zh },
#include "warning.def"
#undef WARNING
};

static const char *const severities[] = { NULL, "watch", "warning", "alarm" };

const char *warning_severity_name(int32_t s)
{
	return s > 0 && (size_t)s < ARRAY_LEN(severities) ? severities[s] : NULL;
}

enum warning_severity warning_severity_parse(struct span name)
{
	for (size_t i = 1; i < ARRAY_LEN(severities); i++)
		if (span_is(name, severities[i]))
			return (enum warning_severity)i;
	return WARN_OFF;
}

const char *warning_state_name(int32_t s) { return s == WARNING_OPEN ? "open" : s == WARNING_CLOSED ? "closed" : NULL; }

const struct warning_info *warning_info(int32_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((int32_t)rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct warning_info *warning_by_id(struct span id)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (span_is(id, rows[i].id))
			return &rows[i];
	return NULL;
}

const struct warning_info *warning_rows(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

/* Texts are hashed, so that what is made into the id has one length. */
struct uuid warning_id(enum warning_event event, const struct warned_subject *s, uint64_t at_seq)
{
	uint8_t text[16 + 8 + 4 + 16 + 64];
	struct hash h;
	struct uuid u;

	memcpy(text, "counterfoil/warn", 16);
	be64_put(text + 16, at_seq);
	be32_put(text + 24, (uint32_t)event);
	memcpy(text + 28, s->id.b, 16);
	h = sha256(s->region);
	memcpy(text + 44, h.b, 32);
	h = sha256(s->goods);
	memcpy(text + 76, h.b, 32);
	h = sha256((struct span){ (const char *)text, sizeof text });
	memcpy(u.b, h.b, sizeof u.b);
	u.b[6] = (uint8_t)((u.b[6] & 0x0f) | 0x80); /* version 8: made by the application */
	u.b[8] = (uint8_t)((u.b[8] & 0x3f) | 0x80);
	return u;
}

struct uuid warning_close_id(struct uuid warning)
{
	warning.b[0] ^= 0xff;
	return warning;
}

static struct numbers evidence_of(const struct warned *w, struct arena *mem)
{
	struct numbers n = { ARENA_ARRAY(mem, int64_t, w->n_evidence), w->n_evidence };

	assert(w->n_evidence > 0 && w->n_evidence <= EVIDENCE_MAX);
	if (!n.at)
		n.n = 0;
	for (size_t i = 0; i < n.n; i++)
		n.at[i] = (int64_t)w->evidence[i];
	return n;
}

struct body_warning_raise warning_body(const struct warned *w, struct arena *mem)
{
	const struct warned_subject *s = &w->subject;
	struct body_warning_raise b = { .event = span_z(warning_info((int32_t)w->event)->id),
		                        .severity = span_z(warning_severity_name((int32_t)w->severity)),
		                        .at_seq = (int64_t)w->at_seq,
		                        .evidence = evidence_of(w, mem),
		                        .value = w->value,
		                        .threshold = w->threshold,
		                        .until = w->until,
		                        .detail = span_z(w->detail),
		                        .engine = DETECTION_ENGINE };

	switch (s->of) {
	case ABOUT_PARTY:
		b.party = s->id;
		break;
	case ABOUT_ASSET:
		b.asset = s->id;
		break;
	case ABOUT_SITE:
		b.site = s->id;
		break;
	case ABOUT_COMMODITY:
		b.commodity = s->goods;
		break;
	case ABOUT_CELL:
		b.region = s->region;
		b.goods = s->goods;
		break;
	case ABOUT_BOOK:
		b.book = s->id;
		break;
	}
	return b;
}

struct body_warning_close warning_close_body(const struct warned *w, struct arena *mem)
{
	return (struct body_warning_close){ .at_seq = (int64_t)w->at_seq,
		                            .evidence = evidence_of(w, mem),
		                            .value = w->value,
		                            .detail = span_z(w->detail),
		                            .engine = DETECTION_ENGINE };
}
