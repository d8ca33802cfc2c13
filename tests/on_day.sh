#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# on_day.sh: a command, and all it starts, on another day: `tests/on_day.sh 2031-12-30 bash tests/t91_demo.sh`.
#
# What a stranger runs next year has to pass then; no part of `make check`, but how that is found out. The clock stays the
# machine's: a library before libc's adds the days between, in a mount namespace of its own where /etc/ld.so.preload names
# it, so that PostgreSQL and confined children, which take no environment from us, live on the same day. Needs root. Files
# still carry the machine's day.
set -eu
[ $# -ge 2 ] || { echo "usage: tests/on_day.sh YYYY-MM-DD COMMAND..." >&2; exit 2; }
if [ "${ON_DAY:-}" != inside ]; then
	shift_s=$((($(date -ud "$1" +%s) - $(date -ud "$(date -u +%F)" +%s))))
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
	chmod 711 "$dir"
	cat >"$dir/day.c" <<-'END'
		#define _GNU_SOURCE
		#include <sys/syscall.h>
		#include <sys/time.h>
		#include <time.h>
		#include <unistd.h>
		int clock_gettime(clockid_t c, struct timespec *t)
		{
			int r = (int)syscall(SYS_clock_gettime, c, t);

			if (r == 0 && (c == CLOCK_REALTIME || c == CLOCK_REALTIME_COARSE))
				t->tv_sec += SHIFT_S;
			return r;
		}
		int gettimeofday(struct timeval *restrict t, void *restrict zone)
		{
			struct timespec now;

			(void)zone;
			clock_gettime(CLOCK_REALTIME, &now);
			*t = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
			return 0;
		}
		time_t time(time_t *to)
		{
			struct timespec now;

			clock_gettime(CLOCK_REALTIME, &now);
			if (to)
				*to = now.tv_sec;
			return now.tv_sec;
		}
	END
	${CC:-gcc} -shared -fPIC -O2 -w -DSHIFT_S="($shift_s)" -o "$dir/day.so" "$dir/day.c"
	cp -a /etc "$dir/etc"
	echo "$dir/day.so" >"$dir/etc/ld.so.preload"
	ON_DAY=inside ON_DAY_ETC=$dir/etc unshare --mount "$0" "$@"
	exit
fi
mount --bind "$ON_DAY_ETC" /etc
unset ON_DAY ON_DAY_ETC
echo "# today is $(date -u +%F), $1 was asked" >&2
shift
exec "$@"
