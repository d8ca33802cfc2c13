#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# console.sh BUILD VENDORED: the files of the console as the server embeds them, and the list of them, BUILD/console.def.
#
# All lie under one name made of the hash of them all: /console/<release>/app.js. So a module imports its neighbours by
# their plain names, no file under such a path ever changes, and only index.html, which names the release, is asked for
# again. Each is kept twice, as it is and gzipped, so that the server compresses nothing.
set -eu
LC_ALL=C
export LC_ALL
build=$1 vendored=$2
out=$build/console
rm -rf "$out"
mkdir -p "$out/files/vendor"
(cd server/console && find . -type f ! -name '*.def' ! -name '*.md') | sed 's#^\./##' | while read -r f; do
	mkdir -p "$out/files/$(dirname "$f")"
	cp "server/console/$f" "$out/files/$f"
done
find "$vendored" -maxdepth 1 -type f -exec cp {} "$out/files/vendor/" \;
files=$(cd "$out/files" && find . -type f ! -name index.html | sed 's#^\./##' | sort)
release=$(cd "$out/files" && sha256sum index.html $files | sha256sum | cut -c1-16)
sed -i "s/@RELEASE@/$release/g" "$out/files/index.html"

type_of() {
	case $1 in
	*.html) echo 'text/html; charset=utf-8' ;;
	*.js) echo 'text/javascript; charset=utf-8' ;;
	*.css) echo 'text/css; charset=utf-8' ;;
	*.json) echo 'application/json' ;;
	*.svg) echo 'image/svg+xml' ;;
	*.txt) echo 'text/plain; charset=utf-8' ;;
	*) echo "console: what type is $1?" >&2 && exit 1 ;;
	esac
}
{
	echo "/* Made by tools/console.sh: CONSOLE(number, path below /console/, type, file, ETag). The first is the page. */"
	n=0
	for f in index.html $files; do
		gzip -9nc "$out/files/$f" >"$out/files/$f.gz"
		type=$(type_of "$f")
		hash=$(sha256sum "$out/files/$f" | cut -c1-32)
		echo "CONSOLE($n, \"$release/$f\", \"$type\", \"$out/files/$f\", \"$hash\")"
		n=$((n + 1))
	done
} >"$build/console.def.new"
mv "$build/console.def.new" "$build/console.def"
