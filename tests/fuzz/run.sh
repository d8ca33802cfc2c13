#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh DIR [NAME]: each fuzzer built in DIR (or the one) for FUZZ_SECONDS, from tests/fuzz/corpus/<name without
# fuzz_>. What it finds new stays in DIR/corpus; what breaks it is written to DIR and belongs into the corpus,
# where every later run tries it first. FUZZ_SEED=N: the same tries again; else others each time.
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$1 rc=0
for f in "$dir"/fuzz_${2:+${2#fuzz_}}*; do
	name=$(basename "$f")
	name=${name#fuzz_}
	[ -x "$f" ] && [ -f "tests/fuzz/fuzz_$name.c" ] && [ "${2:-fuzz_$name}" = "fuzz_$name" ] || continue
	mkdir -p "$dir/corpus/$name"
	seeds= format=
	[ -d "tests/fuzz/corpus/$name" ] && seeds=tests/fuzz/corpus/$name
	# documents of the format only: a run is too short to learn what the others are
	case $name in
	ubl) seeds="$seeds tests/documents tools/demo/documents" ;;
	trade) format='order* despatch* receipt* application* inventory* weight* waybill* debit* self*' ;;
	cii | camt | fapiao) format="$name*" ;;
	title) format='ebl* warehouse*' ;;
	*) format= ;;
	esac
	if [ -n "${format:-}" ]; then
		seeds="$seeds $dir/seeds/$name"
		mkdir -p "$dir/seeds/$name"
		(cd tests/documents && cp $format "$OLDPWD/$dir/seeds/$name/")
	fi
	dict=
	[ -f "tests/fuzz/$name.dict" ] && dict=-dict=tests/fuzz/$name.dict
	case $name in statement | check | rule_set) dict=-dict=tests/fuzz/json.dict ;; ofd) dict=-dict=tests/fuzz/fapiao.dict ;; esac
	echo "fuzz $name, ${FUZZ_SECONDS:-60} s"
	"$f" $dict ${FUZZ_SEED:+-seed=$FUZZ_SEED} -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
		-artifact_prefix="$dir/$name-" "$dir/corpus/$name" $seeds || rc=1
done
exit $rc
