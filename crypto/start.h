/* SPDX-License-Identifier: Apache-2.0 */
/* start.h: what crypto_start makes ready in the other files of this directory. */
#ifndef CF_START_H
#define CF_START_H

#include <stdbool.h>

bool hash_start(void);
#endif
