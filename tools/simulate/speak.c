/* SPDX-License-Identifier: Apache-2.0 */
/* speak.c: statements on their way to the registry. Ids come from the seed; the rest of the envelope is added there. */
#include "sim.h"

#include "fault.h"

struct uuid sim_id(struct sim *s)
{
	struct draw d = draw_fork(s->set.seed, ++s->ids);
	uint8_t random[10];

	be64_put(random, draw_bits(&d));
	be16_put(random + 8, (uint16_t)s->ids);
	return uuid_v7(s->now, random);
}

struct command saying(enum statement_kind kind, struct uuid object)
{
	return (struct command){ .kind = kind, .object = object };
}

static void note_surprise(struct sim *s, enum statement_kind kind, enum fault f)
{
	s->surprises++;
	for (size_t i = 0; i < ARRAY_LEN(s->surprise); i++) {
		if (s->surprise[i].n > 0 && (s->surprise[i].kind != kind || s->surprise[i].fault != f))
			continue;
		s->surprise[i].kind = kind;
		s->surprise[i].fault = f;
		s->surprise[i].n++;
		return;
	}
}

static enum fault speak(struct sim *s, uint32_t speaker, uint32_t key, const struct command *c, bool may_refuse)
{
	struct command x = *c;
	enum fault f;

	x.id = sim_id(s);
	x.at = s->now;
	f = s->out.say(s->out.arg, &(struct said){ &x, speaker, key ? key : s->firm[speaker].key, s->now, may_refuse });
	s->said++;
	if (f == OK)
		return OK;
	s->refused++;
	if (!may_refuse)
		note_surprise(s, c->kind, f);
	return f;
}

enum fault say(struct sim *s, uint32_t speaker, const struct command *c) { return speak(s, speaker, 0, c, false); }

enum fault try_to_say(struct sim *s, uint32_t speaker, uint32_t key, const struct command *c)
{
	return speak(s, speaker, key, c, true);
}

uint32_t key_number(struct sim *s, uint32_t firm) { return s->firm[firm].keys++; }
