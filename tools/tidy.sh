#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tidy.sh BUILD [part...]: what a reviewer should not have to look for. Without parts: all of them.
#
#   layers   includes point downwards, libraries stay at home (tools/layers.awk)
#   purity   crypto/ and server/domain/ call nothing that does I/O, tells the time, draws lots or allocates;
#            server/domain/ has no variables of its own
#   styled   clang-format has nothing to change (`make format` changes it)
#   lint     clang-tidy
#   check    cppcheck
#   longest  the longest and the deepest functions, for information
#   format   clang-format in place: only when asked for by name
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C.UTF-8
build=${1:-build}
shift
shopt -s nullglob globstar
sources=(include/**/*.h crypto/**/*.[ch] server/**/*.[ch] tools/**/*.[ch])
units=(crypto/**/*.c server/**/*.c tools/**/*.c)
rc=0
fails() { echo "tidy: $*" >&2; rc=1; }

layers() { awk -f tools/layers.awk "${sources[@]}" || fails "layers: the lines above break the order of DESIGN.md section 1"; }

# What a pure object may take from outside itself. No qsort: glibc's allocates; sort what is nearly sorted by hand.
pure='mem(cmp|cpy|move|set|chr|rchr|mem)|str(n?len|n?cmp|r?chr|c?spn|pbrk|str)|bsearch|__assert_fail'
pure+='|__stack_chk_fail|__mem(cpy|move|set)_chk|_GLOBAL_OFFSET_TABLE_|__(u?divti3|u?modti3|multi3|popcountdi2|clzdi2)'
# Numbers become text in RFC 8785's way with these.
pure_crypto='snprintf|__snprintf_chk|strto[dl]'
# What the two libraries of crypto/ offer that is not pure: randomness, files, sockets, terminals, configuration.
never='RAND_.*|randombytes.*|BIO_.*|UI_.*|CONF_.*|NCONF_.*|OSSL_STORE_.*|X509_LOOKUP.*|X509_load.*|OCSP_.*|DSO_.*|ERR_print.*'

symbols() { nm -gP "${@:2}" | awk -v kind="$1" 'NF > 1 && $2 ~ kind { print $1 }' | sort -u; }
exported() { # all that a shared library offers, by its name
	local path
	path=$(${CC:-gcc} -print-file-name="lib$1.so") && nm -DP --defined-only "$path" | awk '{ sub(/@.*/, "", $1); print $1 }'
}

# impure ALLOWED FILE-OF-ALLOWED DEFINED OBJECT...: says what each object takes that nobody may give it.
impure() {
	local allowed=$1 listed=$2 defined=$3 o bad
	shift 3
	for o in "$@"; do
		bad=$(symbols '^[Uw]$' "$o" | comm -23 - "$defined" | comm -23 - "$listed" | grep -Evx "$allowed")
		[ -z "$bad" ] || fails "purity: $o takes" $bad
	done
}

purity() {
	local tmp crypto domain o n
	crypto=("$build"/crypto/**/*.o) domain=("$build"/server/domain/**/*.o)
	[ ${#crypto[@]} -gt 0 ] || { fails "purity: nothing is built in $build"; return; }
	tmp=$(mktemp -d)
	LC_ALL=C
	symbols '^[TDRBCVW]$' "${crypto[@]}" "${domain[@]}" >"$tmp/ours"
	{ exported crypto; exported sodium; } | grep -Evx "$never" | sort -u >"$tmp/theirs"
	: >"$tmp/none"
	impure "$pure|$pure_crypto" "$tmp/theirs" "$tmp/ours" "${crypto[@]}"
	impure "$pure" "$tmp/none" "$tmp/ours" "${domain[@]}"
	# crypto/ may keep what crypto_start() fetched; the rules keep nothing between two calls. Tables of pointers
	# are .data.rel.ro, which is constant.
	for o in "${domain[@]}"; do
		n=$(size -A "$o" | awk '$1 ~ /^\.(t?bss|t?data)/ && $1 !~ /^\.data\.rel\.ro/ { n += $2 } END { print n + 0 }')
		[ "$n" -eq 0 ] || fails "purity: $o has $n bytes of variables of its own"
	done
	rm -rf "$tmp"
}

formatted=(include/**/*.h crypto/**/*.[ch] server/**/*.[ch] tools/**/*.[ch] tests/**/*.[ch])
styled() {
	local bad
	bad=$(printf '%s\0' "${formatted[@]}" | xargs -0 -n 8 -P 2 clang-format --dry-run 2>&1 | sed -n 's/^\([^:]*\):.*warning.*/\1/p' | sort | uniq -c)
	[ -z "$bad" ] || { printf '%s\n' "$bad"; fails "styled: places clang-format would change, by file; make format changes them"; }
}
format() { printf '%s\0' "${formatted[@]}" | xargs -0 clang-format -i; }

flags=(-std=c17 -Iinclude -Iserver "-I$build" -D_GNU_SOURCE -isystem /usr/include/libxml2)
lint() {
	local out
	out=$(printf '%s\n' "${units[@]}" | xargs -P 2 -I {} clang-tidy --quiet {} -- "${flags[@]}" 2>/dev/null)
	[ -z "$out" ] || { printf '%s\n' "$out"; fails "lint: clang-tidy"; }
}
# Left to clang's analyzer, which follows && and ||: the two uninitvar and the conditional index of 2.10. It also
# loses its way in compound literals (internalAstError) and takes every call inside assert for a side effect.
check() {
	cppcheck -q -j 2 --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppress=uninitvar --suppress=legacyUninitvar --suppress=arrayIndexOutOfBoundsCond \
		--suppress=internalAstError --suppress=assertWithSideEffect \
		-Iinclude -Iserver "-I$build" -D_GNU_SOURCE "${units[@]}" || fails "check: cppcheck"
}
longest() {
	local all
	all=$(awk -f tools/style.awk "${units[@]}")
	echo "longest functions:"
	sort -rn <<<"$all" | head -10
	echo "deepest functions:"
	sort -t, -k2,2rn <<<"$all" | head -10
}

for part in "${@:-layers purity styled lint check longest}"; do
	for p in $part; do
		case $p in
		layers | purity | styled | lint | check | longest | format) "$p" ;;
		*) echo "usage: tools/tidy.sh BUILD [layers] [purity] [styled] [lint] [check] [longest] [format]" >&2; exit 2 ;;
		esac
	done
done
exit $rc
