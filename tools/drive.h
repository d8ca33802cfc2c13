/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drive.h: a simulated economy that speaks to a real registry, in signed statements.
 *
 * Every party has a key made of the seed and is enrolled with the operator's; statements are sealed and sent one after
 * the other, and what the registry accepts becomes part of a world kept here, for the next one's prev. All carry the
 * midnight of the day they are sent on, so the same seed sends the same bytes all day: begun again, it goes on where
 * it was, for what is there is accepted as it was.
 *
 * The economy has no paper: the operator first publishes that no document is asked for, and what rests on one (credit
 * notes) is refused. Deadlines are the registry's own.
 */
#ifndef CF_DRIVE_H
#define CF_DRIVE_H

#include "cli.h"
#include "simulate/sim.h"

struct drive_conf {
	uint64_t seed;
	uint32_t firms;
	int32_t months;
	enum prevalence prevalence;
	const char *regulator_key; /* file its key is written to, or NULL */
	uint64_t speed;            /* statements a second at most; 0: as fast as they are taken */
};
/* An exit code; the answer counts what was sent, accepted and refused. */
int drive(struct cli *c, const struct drive_conf *conf);
#endif
