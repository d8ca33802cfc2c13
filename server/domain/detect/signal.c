/* SPDX-License-Identifier: Apache-2.0 */
/* signal.c: the table of signal.def, and what a finding is called. */
#include "detect.h"

static const struct signal_info rows[] = {
#define SIGNAL(number, ID, id, family, strength, severity, debtor, unit, threshold, least, most, name, text, zh)       \
	{ SIGNAL_##ID, id, FAMILY_##family, strength, SEVERITY_##severity, debtor, unit, threshold, least, most, name, \
	  text,        zh },
#include "signal.def"
#undef SIGNAL
};

static const char *const severities[] = { NULL, "info", "flag", "hold", "block" };

const char *severity_name(int32_t s) { return s > 0 && (size_t)s < ARRAY_LEN(severities) ? severities[s] : NULL; }

enum severity severity_parse(struct span name)
{
	for (size_t i = 1; i < ARRAY_LEN(severities); i++)
		if (span_is(name, severities[i]))
			return (enum severity)i;
	return SEVERITY_NONE;
}

const struct signal_info *signal_info(int32_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((int32_t)rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct signal_info *signal_by_id(struct span id)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (span_is(id, rows[i].id))
			return &rows[i];
	return NULL;
}

const struct signal_info *signal_rows(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

const char *signal_id(int32_t number)
{
	const struct signal_info *s = signal_info(number);

	return s ? s->id : NULL;
}

struct uuid finding_id(const struct finding_made *f)
{
	uint8_t text[16 + 8 + 4 + 16];
	struct uuid u;
	struct hash h;

	memcpy(text, "counterfoil/find", 16);
	be64_put(text + 16, f->at_seq);
	be32_put(text + 24, (uint32_t)f->signal);
	memcpy(text + 28, f->subject.b, 16);
	h = sha256((struct span){ (const char *)text, sizeof text });
	memcpy(u.b, h.b, sizeof u.b);
	u.b[6] = (uint8_t)((u.b[6] & 0x0f) | 0x80); /* version 8: made by the application */
	u.b[8] = (uint8_t)((u.b[8] & 0x3f) | 0x80);
	return u;
}

struct body_finding_raise finding_body(const struct finding_made *f, struct arena *mem)
{
	struct body_finding_raise b = { .signal = span_z(signal_id((int32_t)f->signal)),
		                        .severity = span_z(severity_name((int32_t)f->severity)),
		                        .at_seq = (int64_t)f->at_seq,
		                        .bits = f->bits,
		                        .value = f->value,
		                        .threshold = f->threshold,
		                        .detail = span_z(f->detail),
		                        .engine = DETECTION_ENGINE };

	assert(f->n_evidence > 0 && f->n_evidence <= EVIDENCE_MAX);
	if (f->about_party)
		b.party = f->subject;
	else
		b.asset = f->subject;
	b.evidence.n = f->n_evidence;
	b.evidence.at = ARENA_ARRAY(mem, int64_t, b.evidence.n);
	if (!b.evidence.at)
		b.evidence.n = 0;
	for (size_t i = 0; i < b.evidence.n; i++)
		b.evidence.at[i] = (int64_t)f->evidence[i];
	return b;
}

/* --- the list in an asset's row --- */

static bool word(struct span *line, struct span *ret)
{
	if (span_cut(*line, ' ', ret, line))
		return true;
	*ret = *line;
	*line = S("");
	return ret->len > 0;
}

bool finding_line_next(struct span *text, struct finding_line *ret)
{
	struct span line, id, signal, severity, state;

	if (text->len == 0)
		return false;
	if (!span_cut(*text, '\n', &line, text)) {
		line = *text;
		*text = S("");
	}
	if (!word(&line, &id) || !word(&line, &signal) || !word(&line, &severity) || !word(&line, &state) ||
	    !uuid_parse(id, &ret->id))
		return false;
	ret->signal = signal_by_id(signal);
	ret->severity = severity_parse(severity);
	ret->state = 0;
	for (int32_t i = FINDING_OPEN; i <= FINDING_CONFIRMED; i++)
		if (span_is(state, finding_state_name(i)))
			ret->state = i;
	return ret->signal && ret->severity && ret->state;
}

void put_finding_line(struct writer *w, const struct finding_line *l)
{
	put_uuid(w, l->id);
	put_byte(w, ' ');
	put_z(w, l->signal->id);
	put_byte(w, ' ');
	put_z(w, severity_name((int32_t)l->severity));
	put_byte(w, ' ');
	put_z(w, finding_state_name(l->state));
}
