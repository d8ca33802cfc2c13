#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deps.sh: the Debian/Ubuntu packages Counterfoil needs, by group, and how they get here.
#
#   tools/deps.sh run         to build and run
#   tools/deps.sh run test    and for the tests, the fuzzers and make tidy
#
# Installs exactly what is missing. When nothing is, it says nothing and takes a few milliseconds.
set -eu

group_run='
gcc libc6-dev make pkg-config
libmicrohttpd-dev libpq-dev libssl-dev libsodium-dev libjansson-dev libxml2-dev libzip-dev zlib1g-dev libqpdf-dev
libcurl4-openssl-dev libseccomp-dev
curl ca-certificates
postgresql
'
group_test='
libcmocka-dev
clang libclang-rt-14-dev clang-tidy clang-format cppcheck binutils
valgrind gcovr python3
openssl jq procps git python3-cryptography
nodejs chromium fonts-noto-cjk
'

wanted=
for group in "${@:-run}"; do
	case $group in
	run) wanted="$wanted $group_run" ;;
	test) wanted="$wanted $group_test" ;;
	*) echo "usage: tools/deps.sh [run] [test]" >&2; exit 2 ;;
	esac
done

if ! command -v dpkg-query >/dev/null; then
	echo "deps: this is neither Debian nor Ubuntu; what is needed goes there by the names of:" $wanted >&2
	exit 0 # the compiler will say what is really missing
fi

# pkg-config is pkgconf by now; ${Provides} answers for both names.
have=$(dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' 2>/dev/null |
	sed -n 's/^installed //p' | tr -s ', ' '\n\n')
missing=
for p in $wanted; do
	case $p in # another release carries another clang, whose run-time has another number
	libclang-rt-14-dev) name='libclang-rt-.*dev' ;;
	*) name=$(printf %s "$p" | sed 's/[.+]/\\&/g') ;;
	esac
	printf '%s\n' "$have" | grep -qx -e "$name" || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

as=
if [ "$(id -u)" != 0 ]; then
	if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		as=sudo
	else
		echo "deps: packages are missing and this user may not install them. Please run, as root:" >&2
		echo "    apt-get update && apt-get install --no-install-recommends$missing" >&2
		exit 1
	fi
fi

known() { apt-cache show "$1" >/dev/null 2>&1; }
known gcc || $as apt-get update -q
named=
for p in $missing; do
	case $p in
	libclang-rt-14-dev) known $p || p=libclang-rt-dev ;;
	esac
	named="$named $p"
done
missing=$named

echo "installing:$missing"
case $missing in
*postgresql*) echo "(Debian's postgresql also starts a server of its own; Counterfoil never touches that one)" ;;
esac
install() { $as env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; }
# Lists that have grown old name versions the mirror no longer has: refresh them, once.
install || { $as apt-get update -q && install; }
