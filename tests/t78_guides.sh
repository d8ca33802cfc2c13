#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t78: what the documentation for people names exists: every command and option with its --help, every path among the
# routes, every file and picture it links to, and the same chapters in both readmes.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
rc=0
n=0
say() { n=$((n + 1)); if [ -z "$2" ]; then echo "ok $n $1"; else echo "not ok $n $1"; printf '%s\n' "$2" | sed 's/^/# /'; rc=1; fi; }
pages="README.md README.zh-CN.md tools/guides/*.md"

# `counterfoil noun verb --option` wherever it stands in code
missing=$(grep -ohE 'counterfoil [a-z]+( [a-z_]+)?( [^`#|]*)?' $pages | sort -u | while read -r _ noun verb rest; do
	case $noun in verb | noun) continue ;; esac
	case ${verb:-} in '' | -* | [!a-z]*) rest="${verb:-} $rest"; verb= ;; esac
	help=$("$BUILD/counterfoil" $noun $verb --help 2>&1) || { verb=; help=$("$BUILD/counterfoil" $noun --help 2>&1) || { echo "$noun $verb"; continue; }; }
	for option in $(printf '%s\n' "$rest" | grep -oE -- '--[a-z-]+'); do
		printf '%s\n' "$help" | grep -q -e "$option" || [ -z "$verb" ] || echo "$noun $verb has no $option"
	done
done)
say "every command and option there is one" "$missing"

missing=$(grep -ohE '\]\([^)#]+\)' $pages /dev/null | sort -u | sed 's/^](//; s/)$//' | grep -v '^http' | while read -r link; do
	ls "$link" "tools/guides/$link" 2>/dev/null | grep -q . || echo "$link"
done)
say "every link leads somewhere" "$missing"

missing=$(grep -ohE '`(GET |POST )?/(v1|docs|openapi|problems|livez|readyz|metrics|oauth|log)[a-z0-9/._-]*' $pages | sed -E 's/^`(GET |POST )?//; s,[/.]+$,,' | sort -u | while read -r path; do
	grep -qF "\"$path" server/http/routes.def || echo "$path"
done)
say "every path is a route" "$missing"

en=$(grep -c '^## ' README.md) zh=$(grep -c '^## ' README.zh-CN.md)
[ "$zh" -ge $((en - 3)) ] || short="README.zh-CN.md has $zh chapters, README.md $en"
say "both readmes tell the same" "${short:-}"
# --- the manual pages ---
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/build" && ln -s "$(realpath "$BUILD")/counterfoil" "$(realpath "$BUILD")/counterfoild" "$dir/build/" && tools/man.sh "$dir/build" 2>"$dir/err"
missing=$(cat "$dir/err"; "$BUILD/counterfoil" --help | sed -n 's/^  \([a-z][a-z-]*\( [a-z_-]*\)\{0,1\}\)   *[^ ].*/\1/p' | sed 's/ *$//' | while read -r command; do
	grep -q "^.SS \"counterfoil $command *\"" "$dir/build/man/counterfoil.1" || echo "$command"
done)
say "every command stands in the manual" "$missing"
wrong=
! command -v groff >/dev/null || for page in "$dir"/build/man/*; do wrong="$wrong$(groff -ww -Tutf8 -man "$page" 2>&1 >/dev/null | head -5)"; done
say "which groff reads without a word" "$wrong"
exit $rc
