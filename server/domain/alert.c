/* SPDX-License-Identifier: Apache-2.0 */
/* alert.c: the tables of alert.def. */
#include "alert.h"

static const struct alert_info alerts[] = {
#define ALERT(number, ID, code, severity, text) { AL_##ID, code, severity, text },
#include "alert.def"
#undef ALERT
};

#define STATE_OF(more) ((more) & ~ALSO_SELF)
static const struct telling tellings[] = {
#define TELL(KIND, WHOM, ID, more) { ST_##KIND, TELL_##WHOM, AL_##ID, ((more)&ALSO_SELF) != 0, STATE_OF(more) },
#include "alert.def"
#undef TELL
};

const struct alert_info *alert_rows(size_t *n)
{
	*n = ARRAY_LEN(alerts);
	return alerts;
}

const struct alert_info *alert_info(int32_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(alerts); i++)
		if ((int32_t)alerts[i].number == number)
			return &alerts[i];
	return NULL;
}

const struct alert_info *alert_by_code(struct span code)
{
	for (size_t i = 0; i < ARRAY_LEN(alerts); i++)
		if (span_is(code, alerts[i].code))
			return &alerts[i];
	return NULL;
}

const char *alert_severity_name(int32_t severity)
{
	switch (severity) {
	case ALERT_INFO:
		return "info";
	case ALERT_WARNING:
		return "warning";
	case ALERT_ALARM:
		return "alarm";
	default:
		return NULL;
	}
}

const struct telling *telling_rows(size_t *n)
{
	*n = ARRAY_LEN(tellings);
	return tellings;
}
