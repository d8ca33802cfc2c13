/* SPDX-License-Identifier: Apache-2.0 */
/* score_monitor.h: `counterfoil score monitor` and `score models`. */
#ifndef CF_SCORE_MONITOR_H
#define CF_SCORE_MONITOR_H

#include "cli.h"

int score_monitor(struct cli *c); /* how the score drifts and comes true, by month */
int score_models(struct cli *c);  /* the models this program computes, and what model.publish names */
#endif
