/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench.h: `counterfoil bench`: what this machine can do at most, and what the
 * registry does with it.
 *
 * The ceiling (ceiling.c) and the registry are measured in turns, several
 * times, and each figure is a median; so the two are seen under the same
 * noise, and their ratio means more than either.
 *
 *     --quick            fewer repeats, and no ten million entries
 *     --repeat=N         how often each figure is taken
 *     --seconds=N        how long each time
 *     --state-dir=PATH   where the throw-away registry lies (bench-var beside the programs)
 *     --json=PATH        where the figures go (bench.json beside the programs)
 *     --connections=N    only the rows of so many connections (1, 16, 64 or 256)
 *     --fill=ENTRIES     nothing is measured: a registry of that size is made and proved, and stays in its directory
 *
 * One table on stdout, the same as JSON in the file; what is going on, on stderr.
 */
#ifndef CF_BENCH_H
#define CF_BENCH_H

/* 0: measured, whatever the figures say; 1: it could not be done, or an answer was wrong; 2: usage. */
int bench_main(int argc, char **argv);
#endif
