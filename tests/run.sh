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
# Here a change is judged, so the tries are the same as the last time; make fuzz looks for what nobody tried.
export FUZZ_SECONDS=${FUZZ_SECONDS:-5} FUZZ_SEED=${FUZZ_SEED:-1}
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
	grep -nE -A 12 '^not ok|^\[  (ERROR|FAILED) |ERROR: (Address|Leak)|error: |runtime error:' "$1" | head -n 60
	echo '...'
	tail -n 25 "$1"
}

# sum LOG PATTERN: the numbers of cmocka's closing lines, added up (a program may have several groups).
sum() { sed -nE "s/^\[  $2 *\] ([0-9]+) test\(s\).*/\1/p" "$1" | awk '{ n += $1 } END { print n + 0 }'; }

# stage NAME: another part begins; how long the one before took is told, where the time goes is nobody's guess.
stage() {
	[ -z "${part:-}" ] || printf '# %-64s %5d s\n' "$part" $((SECONDS - part_start))
	part=$1 part_start=$SECONDS
}

# A check is run and then judged: `run KEY COMMAND...` leaves what it said in KEY.log, how it ended and after how many
# seconds in KEY.end; the judges make its line of them. So several may run abreast and still be reported in order.
run() {
	local log=$BUILD/log/${1// /-} start=$SECONDS rc
	shift
	timeout -k 10 "$LIMIT" "$@" >"$log.log" 2>&1 </dev/null
	rc=$?
	echo "$rc $((SECONDS - start))" >"$log.end"
	return $rc
}

# abreast KEY COMMAND...: run beside the others, as many as there are cores; `wait` before judging.
abreast() {
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
	run "$@" &
}

judge_cmocka() { # NAME
	local log=$BUILD/log/$1.log rc took p f s
	read -r rc took <"$BUILD/log/$1.end"
	p=$(sum "$log" PASSED) f=$(sum "$log" FAILED) s=$(sum "$log" SKIPPED)
	if [ "$rc" -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
		echo "$1: ended with status $rc before it could say which test" >>"$log"
	elif [ $((p + f + s)) -eq 0 ]; then
		f=1
		echo "$1: no test ran" >>"$log"
	fi
	line "$1" "$took" "$p" "$f" "$s" "$log"
}

judge_script() { # NAME
	local log=$BUILD/log/$1.log rc took p f s
	read -r rc took <"$BUILD/log/$1.end"
	f=$(grep -c '^not ok' "$log")
	s=$(grep -ciE '^ok.* # skip' "$log")
	p=$(($(grep -cE '^ok( |$)' "$log") - s))
	if [ "$f" -eq 0 ] && { [ "$rc" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then
		f=1
		echo "$1: ended with status $rc after $p checks" >>"$log"
	fi
	line "$1" "$took" "$p" "$f" "$s" "$log"
}

judge_once() { # NAME: one check that passes or fails as a whole
	local log=$BUILD/log/${1// /-} rc took
	read -r rc took <"$log.end"
	line "$1" "$took" $((rc == 0 ? 1 : 0)) $((rc != 0)) 0 "$log.log"
}

finish() {
	[ -z "${builder:-}" ] || { pkill -TERM -P "$builder"; wait "$builder"; } 2>/dev/null
	stage end
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
	exit
}

mkdir -p "$BUILD/log"
if [ -n "$programs" ]; then
	for t in "$programs"/tests/t"${only#t}"*; do
		name=$(basename "$t")
		[ -x "$t" ] && [ -f "tests/$name.c" ] && run "$name" "$t"
		[ -x "$t" ] && [ -f "tests/$name.c" ] && judge_cmocka "$name"
	done
	finish
fi

make_run() { # NAME MAKE-ARGUMENT...
	local name=$1
	shift
	run "$name" ${idle:-} $MAKE --no-print-directory -j2 BUILD="$BUILD" "$@"
}
judge_build() { # NAME: no check, but without it there is none
	local log=$BUILD/log/$1 rc took
	read -r rc took <"$log.end"
	line "$1" "$took" 0 $((rc != 0)) 0 "$log.log"
	[ "$rc" -eq 0 ] || finish
}
build() {
	make_run "$@"
	judge_build "$1"
}

stage build
build build all tests
tests=()
for t in $(printf '%s\n' tests/t[0-9]*.c tests/t[0-9]*.sh | sort); do
	name=$(basename "${t%.*}")
	case $name in
	*\**) ;; # no file of this kind yet
	"$only"*) tests+=("$t") ;;
	esac
done
stage "programs without a server"
# Below t50 nothing has a server of its own to wait for: they run abreast. Those above have the machine to themselves.
for t in "${tests[@]}"; do
	name=$(basename "$t")
	[[ $name == t[1-4]*.c ]] && abreast "$name" "$BUILD/tests/${name%.c}"
done
wait
# Servers, timers and disks are waited for a good deal: what is compiled next is compiled in those moments, and gets no
# others (nice 19). So building takes no time of its own, and a test is not slower for it.
{
	idle="nice -n 19" LIMIT=$((LIMIT * 4))
	make_run asan-build SAN=address,undefined tests
	[ -n "$only" ] || make_run fuzz-build FUZZ=1 fuzzers
} &
builder=$!
stage "programs with a server, and scripts"
for t in "${tests[@]}"; do
	name=$(basename "$t")
	case $name in
	t[1-4]*.c) ;;
	*.c) run "$name" "$BUILD/tests/${name%.c}" ;;
	*.sh) run "$name" bash "$t" ;;
	esac
	case $name in
	*.c) judge_cmocka "$name" ;;
	*.sh) judge_script "$name" ;;
	esac
done

stage "what is left to compile"
wait "$builder"
builder=
judge_build asan-build
stage "under sanitizers"
for t in "${tests[@]}"; do
	name=$(basename "$t")
	[[ $name == *.c ]] && abreast "asan $name" "$BUILD-address/tests/${name%.c}"
done
wait
for t in "${tests[@]}"; do
	[[ $t == *.c ]] && judge_once "asan $(basename "$t")"
done

if [ -z "$only" ] && compgen -G 'tests/fuzz/fuzz_*.c' >/dev/null; then
	judge_build fuzz-build
	stage fuzzing
	for t in tests/fuzz/fuzz_*.c; do
		name=$(basename "${t%.c}")
		abreast "${name/_/ }" tests/fuzz/run.sh "$BUILD-fuzz" "$name"
	done
	wait
	for t in tests/fuzz/fuzz_*.c; do
		name=$(basename "${t%.c}")
		judge_once "${name/_/ }"
	done
fi
finish
