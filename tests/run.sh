#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh: every test in order, one line each, and at the end one plain line: N passed, N failed, N skipped.
#
#   tests/run.sh                        build, tests/tNN_*.c and .sh by number, sanitizers, short fuzzing
#   tests/run.sh t3                     only those whose name begins with t3
#   tests/run.sh --only-programs=DIR    only the cmocka programs built in DIR (make asan, tsan, cover)
#
# A cmocka program counts its test functions. A script prints "ok ...", "not ok ..." or "ok ... # skip why",
# one line per check. Each sanitizer run of a program and each fuzzer counts as one.
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build}
MAKE=${MAKE:-make}
export FUZZ_SECONDS=${FUZZ_SECONDS:-5}
LIMIT=${TEST_SECONDS:-900}
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
# No test may find its way to somebody's database or take over somebody's settings.
for v in "${!CF_@}" "${!PG@}"; do [ "$v" = CF_SHARED ] || unset "$v"; done
passed=0 failed=0 skipped=0 programs= only=
for a in "$@"; do
	case $a in
	--only-programs=*) programs=${a#*=} ;;
	*) only=$a ;;
	esac
done

# line NAME SECONDS PASSED FAILED SKIPPED LOG: one line; the log follows when something failed.
line() {
	local word=ok
	[ "$4" -eq 0 ] || word=FAILED
	passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5))
	printf '%-7s %-28s %4d passed %3d failed %3d skipped %5d s\n' "$word" "$1" "$3" "$4" "$5" "$2"
	[ "$4" -eq 0 ] || faults "$6" | sed 's/^/    | /'
}

# faults LOG: what failed first of all, each with what it said, then how the log ends; whoever keeps only the first lines
# of a report still learns which.
faults() {
	grep -nE -A 12 '^not ok|^\[  (ERROR|FAILED) |ERROR: (Address|Leak)|runtime error:' "$1" | head -n 60
	echo '...'
	tail -n 25 "$1"
}

# sum LOG PATTERN: the numbers of cmocka's closing lines, added up (a program may have several groups).
sum() { sed -nE "s/^\[  $2 *\] ([0-9]+) test\(s\).*/\1/p" "$1" | awk '{ n += $1 } END { print n + 0 }'; }

cmocka() { # NAME PROGRAM
	local log=$BUILD/log/$1.log start=$SECONDS rc p f s
	timeout -k 10 "$LIMIT" "$2" >"$log" 2>&1 </dev/null
	rc=$?
	p=$(sum "$log" PASSED) f=$(sum "$log" FAILED) s=$(sum "$log" SKIPPED)
	if [ "$rc" -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
		echo "$2: ended with status $rc before it could say which test" >>"$log"
	elif [ $((p + f + s)) -eq 0 ]; then
		f=1
		echo "$2: no test ran" >>"$log"
	fi
	line "$1" $((SECONDS - start)) "$p" "$f" "$s" "$log"
}

# once NAME COMMAND...: one check that passes or fails as a whole.
once() {
	local log=$BUILD/log/${1// /-}.log start=$SECONDS name=$1
	shift
	if timeout -k 10 "$LIMIT" "$@" >"$log" 2>&1 </dev/null; then
		line "$name" $((SECONDS - start)) "${counts:-1}" 0 0 "$log"
	else
		line "$name" $((SECONDS - start)) 0 1 0 "$log"
		return 1
	fi
}

script() { # NAME FILE
	local log=$BUILD/log/$1.log start=$SECONDS rc p f s
	timeout -k 10 "$LIMIT" bash "$2" >"$log" 2>&1 </dev/null
	rc=$?
	f=$(grep -c '^not ok' "$log")
	s=$(grep -ciE '^ok.* # skip' "$log")
	p=$(($(grep -cE '^ok( |$)' "$log") - s))
	if [ "$f" -eq 0 ] && { [ "$rc" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then
		f=1
		echo "$2: ended with status $rc after $p checks" >>"$log"
	fi
	line "$1" $((SECONDS - start)) "$p" "$f" "$s" "$log"
}

finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}

mkdir -p "$BUILD/log"
if [ -n "$programs" ]; then
	for t in "$programs"/tests/t"${only#t}"*; do
		[ -x "$t" ] && [ -f "tests/$(basename "$t").c" ] && cmocka "$(basename "$t")" "$t"
	done
	finish
fi

build() { # NAME MAKE-ARGUMENT...
	local name=$1
	shift
	counts=0 once "$name" $MAKE --no-print-directory -j2 BUILD="$BUILD" "$@" || finish
}

build build all tests
for t in $(printf '%s\n' tests/t[0-9]*.c tests/t[0-9]*.sh | sort); do
	name=$(basename "${t%.*}")
	case $name in
	"$only"*) ;;
	*) continue ;;
	esac
	case $t in
	*\**) ;; # no file of this kind yet
	*.c) cmocka "$name" "$BUILD/tests/$name" ;;
	*.sh) script "$name" "$t" ;;
	esac
done

build asan-build SAN=address,undefined tests
for t in "$BUILD-address"/tests/t"${only#t}"*; do
	[ -x "$t" ] && [ -f "tests/$(basename "$t").c" ] && once "asan $(basename "$t")" "$t"
done

if [ -z "$only" ] && compgen -G 'tests/fuzz/fuzz_*.c' >/dev/null; then
	build fuzz-build FUZZ=1 fuzzers
	for t in tests/fuzz/fuzz_*.c; do
		name=$(basename "${t%.c}")
		once "${name/_/ }" tests/fuzz/run.sh "$BUILD-fuzz" "$name"
	done
fi
finish
