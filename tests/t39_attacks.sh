#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t39: every attack on documents is a test (attacks.def): its function is there, is run by its program, and names the
# attack where it makes it. The gate notices an attack without a row, a row without a test, and a test nobody runs.
set -u
cd "$(dirname "$0")/.." || exit 1
list=tests/attacks.def
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
rc=0
say() { if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; rc=1; fi; }
ids() { for range in "1 15" "20 34" "40 54" "60 67" "70 76" "80 89"; do seq -f 'ATK-%02g' $range; done; }

# gate DIR: what is wrong with the tests there, one line each; false when something is. Of a test it wants: a function of
# that name; that main() lists it; and behind the file's head the attack's number.
gate() {
	awk -v dir="$1/tests" -v ids="$(ids | tr '\n' ' ')" '
	function read_test(name,   file, line, head, main) {
		if (name in known) return
		known[name] = 1
		file = dir "/" name ".c"
		while ((getline line < file) > 0) {
			if (line ~ /^ \*\/$/) { head = 1; continue }
			if (line ~ /^int main\(/) main = 1
			if (match(line, /^static void [a-z0-9_]+\(void \*\*/)) defined[name, substr(line, 13, RLENGTH - 20)] = 1
			if (main) listed[name] = listed[name] " " line
			else if (head) body[name] = body[name] tolower(line) "\n"
		}
		close(file)
	}
	/^ATK-/ { tests[$1] = substr($0, length($1) + 2) }
	END {
		n = split(ids, id, " ")
		for (i = 1; i <= n; i++) {
			number = substr(id[i], 5)
			if (!(m = split(tests[id[i]], pair, " "))) { print id[i] ": no test"; bad = 1 }
			for (k = 1; k <= m; k++) {
				split(pair[k], at, ":")
				read_test(at[1])
				if (!((at[1], at[2]) in defined) || listed[at[1]] !~ "[^a-z0-9_]" at[2] "[^a-z0-9_]") {
					print id[i] ": " pair[k] " is not run"; bad = 1
				} else if (body[at[1]] !~ "atk[- ]?([0-9]+, )*" number "[^0-9]") {
					print id[i] ": " pair[k] " does not name it"; bad = 1
				}
			}
		}
		exit bad
	}' "$1/$list"
}

wrong=$(gate .)
say $? "every attack is a test"
[ -z "$wrong" ] || sed 's/^/# /' <<<"$wrong"
[ "$(grep -c '^ATK-' $list)" = "$(ids | wc -l)" ] && [ -z "$(grep -o '^ATK-[0-9]*' $list | sort | uniq -d)" ]
say $? "$(ids | wc -l) attacks, each once"
grep '^ATK-' $list | sed 's/^/  /'

spec=${COUNTERFOIL_SHARED:-../shared}/DOCUMENTS.md
if [ -f "$spec" ]; then
	# "XML: ATK-01 external entity file/http; 02 parameter entity; ...": the numbers of section 4.5
	sed -n '/^### 4.5/,/^## 5/p' "$spec" | grep -E '^(XML|Signature|OFD|PDF|JSON/JWS|Business):' |
		grep -oE '(: (ATK-)?|; |\. )[0-9]{2} ' | grep -oE '[0-9]{2}' | sed 's/^/ATK-/' | sort >"$copy/spec"
	diff <(ids | sort) "$copy/spec" >"$copy/diff"
	say $? "and they are those of the specification"
	sed 's/^/# /' "$copy/diff"
fi

# attack NAME WORDS SED FILE: with FILE changed in a copy, the gate fails and says WORDS
attack() {
	rm -rf "$copy/t" && mkdir -p "$copy/t" && cp -r tests "$copy/t/" && sed -i "$3" "$copy/t/$4"
	local out
	out=$(gate "$copy/t")
	[ $? -ne 0 ] && grep -q -- "$2" <<<"$out"
	say $? "the gate notices $1"
}
attack "an attack without a row" "ATK-45: no test" '/^ATK-45/d' $list
attack "a row of no test" "ATK-66: t48_facturx:gone is not run" 's/atk66_attachment_outside_the_range/gone/' $list
attack "a test nobody runs" "ATK-86: t40_document:atk86_rounding_adds_up is not run" '/T(atk86/d' tests/t40_document.c
attack "a test that has forgotten what it is for" "ATK-46: t38_sealed:ofd_attacks does not name it" 's/ATK-46//' tests/t38_sealed.c
exit $rc
