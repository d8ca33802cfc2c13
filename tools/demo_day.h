/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo_day.h: the story on the day it is played.
 *
 * Story and documents are written as of one day. Played on another, every date
 * in them moves by the same number of whole weeks, so that weekdays and the
 * days between stay what they were; nothing else changes, numbers and sums
 * least of all. Documents that are signed are signed anew, by the key that
 * lies with them: a specimen, secret to nobody.
 */
#ifndef CF_DEMO_DAY_H
#define CF_DEMO_DAY_H

#include "cli.h"
#include "ids.h"

/* Whole weeks from the story's day to this one; negative before it. */
int32_t demo_weeks(struct date today);
/* The text with each YYYY-MM-DD that is a word (a time may follow it) moved. */
void put_moved(struct writer *w, struct span text, int32_t weeks);
/* All files of directory `from` into `to`, which is made: moved, and signed anew. An exit code. */
int demo_papers(struct cli *c, const char *from, const char *to, int32_t weeks);
#endif
