#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# vendor.sh LIST DIR: brings the files a vendor.def names, each archive held against its hash before anything is unpacked.
#
# What is here already in the right version is not fetched again. NPM_REGISTRY names another registry (a mirror);
# without a network, put the archives themselves into DIR/archives: only their hash counts. licences.json, beside the
# files, says whose work they are.
set -eu
list=$1 dir=$2
registry=${NPM_REGISTRY:-https://registry.npmjs.org}
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
mkdir -p "$dir/archives" "$here/files"

good() { echo "$1  $2" | sha512sum -c --status 2>/dev/null; }

fetch() { # name version hash
	base=${1##*/}-$2.tgz
	archive=$dir/archives/$base
	if ! [ -f "$archive" ] || ! good "$3" "$archive"; then
		echo "  FETCH $1 $2"
		curl -fsSL --retry 3 --proto '=https' --max-time 300 -o "$here/$base" "$registry/$1/-/$base" || {
			echo "vendor: $registry/$1/-/$base cannot be had. Set NPM_REGISTRY to a mirror, or put the file into $dir/archives" >&2
			exit 1
		}
		good "$3" "$here/$base" || {
			echo "vendor: $1 $2 is not the file $list asks for (its SHA-512 differs): nothing was unpacked" >&2
			exit 1
		}
		mv "$here/$base" "$archive"
	fi
	rm -rf "$here/package" && mkdir "$here/package"
	tar -xzf "$archive" -C "$here/package" --strip-components=1 --no-same-owner
}

take() { # from to how global
	case ${3:-} in
	'') sed -e '/^\/\/# sourceMappingURL=/d' "$here/package/$1" ;;
	relative) sed -e 's#from *"preact"#from"./preact.js"#g' -e '/^\/\/# sourceMappingURL=/d' "$here/package/$1" ;;
	module) cat "$here/package/$1" && printf '\nexport default %s;\n' "$4" ;;
	*) echo "vendor: $list: what is '$3'?" >&2 && exit 1 ;;
	esac >"$here/files/$2"
}

n=0
printf '[' >"$here/files/licences.json"
while read -r word a b c d; do
	case $word in
	package)
		fetch "$a" "$b" "$d"
		name=$a
		[ $n -eq 0 ] || printf ',' >>"$here/files/licences.json"
		n=$((n + 1))
		printf '\n{"name":"%s","version":"%s","licence":"%s","text":"%s.LICENSE.txt"}' "$a" "$b" "$c" "${a##*/}" \
			>>"$here/files/licences.json"
		;;
	file) take "$a" "$b" "$c" "$d" ;;
	all) rm -rf "$here/files/$name" && cp -r "$here/package" "$here/files/$name" ;;
	'' | '#'*) ;;
	*) echo "vendor: $list: what is '$word'?" >&2 && exit 1 ;;
	esac
done <"$list"
printf '\n]\n' >>"$here/files/licences.json"
rm -rf "$dir/files"
mv "$here/files" "$dir/files"
touch "$dir/files"
