# SPDX-License-Identifier: Apache-2.0
# style.awk: the ten longest functions and the ten deepest, for somebody to look at. Fails on nothing.
/^[a-zA-Z_].*\(/ && !/;/ && !/^(#|typedef|struct [a-z_0-9]+ \{|enum|static const|static struct [a-z_]+ \{)/ {
	name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
}
/^\{/ && name != "" { start = FNR; deep = 0; inside = 1; next }
/^\}/ && inside {
	printf "%4d lines, %d deep  %s:%d %s\n", FNR - start + 1, deep, FILENAME, start, name
	inside = 0; name = ""
}
inside && /\{[ \t]*$/ && !/=[^=]*\{[ \t]*$/ { match($0, /^\t*/); if (RLENGTH > deep) deep = RLENGTH }
