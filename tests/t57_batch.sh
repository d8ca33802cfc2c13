#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t57: many documents verified at once: one line each in the order they were named, the same as one by one, and an exit
# code that says the worst of them.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
cf="$BUILD/counterfoil"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
rc=0
say() { if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; rc=1; fi; }

files=()
for i in $(seq 1 25); do
	for f in tools/demo/documents/*.xml tests/documents/camt05*.xml tests/documents/opaque.txt; do
		[ ${#files[@]} -lt 600 ] && files+=("$f")
	done
done
"$cf" document verify --json "${files[@]}" >"$dir/all" 2>"$dir/err" </dev/null
[ $? -eq 1 ]
say $? "600 files, some of which do not reach level 1"
sed 's/^{"file":"\([^"]*\)".*/\1/' "$dir/all" >"$dir/names"
printf '%s\n' "${files[@]}" | cmp -s - "$dir/names"
say $? "one line each, in the order they were named"
[ ! -s "$dir/err" ]
say $? "nothing is drawn where nobody looks"
for f in $(printf '%s\n' "${files[@]}" | sort -u); do
	"$cf" document verify --json "$f" 2>/dev/null </dev/null
done >"$dir/each"
sort -u "$dir/all" | cmp -s - <(sort -u "$dir/each")
say $? "what is said of each is what is said of it alone"
"$cf" document verify --json tools/demo/documents/castings-[13].xml tools/demo/documents/order-1010.xml >/dev/null 2>&1 </dev/null
say $? "all good ones: 0"
"$cf" document verify --json tools/demo/documents/castings-1.xml "$dir/none.xml" tools/demo/documents/castings-3.xml >"$dir/out" 2>"$dir/err" </dev/null
[ $? -eq 2 ] && [ "$(wc -l <"$dir/out")" = 3 ] && grep -q 'none.xml' "$dir/err" && grep -q 'none.xml","error"' "$dir/out"
say $? "one that cannot be read is named, and does not stop those behind it"
"$cf" document verify tools/demo/documents/castings-[12]*.xml >"$dir/out" 2>/dev/null </dev/null
[ "$(sed 's/\x1b\[[0-9;]*m//g' "$dir/out" | grep -c '^level [0-9] .*castings-')" = 3 ] && sed 's/\x1b\[[0-9;]*m//g' "$dir/out" | grep '^level' | sed 's/.*documents.//' | sort -c
say $? "for people, too, one after the other"

# --- whatever an analyst is sent: a short no, and why ---
# sent CODE WORDS NAME FILE
sent() {
	timeout 120 "$cf" document verify "$4" >"$dir/out" 2>"$dir/err" </dev/null
	[ $? -eq "$1" ] && cat "$dir/out" "$dir/err" | grep -q -e "$2"
	local good=$?
	say $good "$3"
	[ $good -eq 0 ] || sed 's/^/# /' "$dir/out" "$dir/err"
}
head -c 900 tests/documents/invoice-cny.xml >"$dir/cut.xml"
: >"$dir/empty.xml"
mkdir "$dir/folder.xml"
truncate -s 1G "$dir/large.xml"
head -c 5000 /dev/urandom >"$dir/noise.pdf"
printf '%%PDF-1.7\nno more of it\n' >"$dir/cut.pdf"
cp tests/documents/invoice-cny.xml "$dir/invoice.pdf"
printf 'PK\3\4and no archive' >"$dir/bad.ofd"
printf '<html><body>Invoice</body></html>' >"$dir/page.xml"
sent 1 'refused: nothing it says can be relied on (1 error' "cut off" "$dir/cut.xml"
sent 1 'line [0-9]' "and where" "$dir/cut.xml"
sent 1 'the file is empty' "empty" "$dir/empty.xml"
sent 2 'folder.xml: Is a directory' "a folder" "$dir/folder.xml"
sent 2 'larger than the 10 MB' "a gigabyte" "$dir/large.xml"
sent 2 'larger than the 10 MB' "without end" /dev/zero
sent 1 'no trade document that is read here' "noise" "$dir/noise.pdf"
sent 1 'not a well-formed PDF' "a PDF that is none" "$dir/cut.pdf"
sent 0 'consistent in itself; who issued it is not proved' "an invoice under another name" "$dir/invoice.pdf"
sent 1 'FMT-20' "an archive that is none" "$dir/bad.ofd"
sent 1 'at /: html' "a web page" "$dir/page.xml"
sent 1 'must hold: payable = total with tax - prepaid + rounding (BR-CO-16)' "an altered amount, by its rule" \
	tools/demo/documents/castings-2-altered.xml
exit $rc
