#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bare_debian12.sh [DIR]: a stranger's first hour, before a release. Makes a plain Debian 12 in DIR (a temporary one),
# clones the committed state of this checkout into it and runs there what the README promises: make check and
# make demo ONCE=1. Needs root, debootstrap and this machine's own apt sources; takes about half an hour, most of it
# make check. PARTS="demo" (or "check") runs one of them; KEEP=1 leaves DIR; what failed is under DIR.log afterwards.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "bare_debian12: needs root (chroot, mounts)" >&2; exit 1; }
parts=${PARTS:-check demo}
command -v debootstrap >/dev/null || { echo "bare_debian12: apt-get install debootstrap" >&2; exit 1; }

root=${1:-$(mktemp -d /var/tmp/bare-debian12-XXXXXX)}
mkdir -p "$root"
chmod 755 "$root"
root=$(realpath "$root")
case $(stat -f -c %T "$root") in # a database's disk is no memory, and a whole system with its packages is 4 GB
tmpfs | ramfs) echo "bare_debian12: $root is in memory: name a directory on a disk" >&2; exit 1 ;;
esac
[ "$(df --output=avail -BG "$root" | tail -1 | tr -dc 0-9)" -ge 8 ] || { echo "bare_debian12: $root needs 8 GB" >&2; exit 1; }
! curl -so /dev/null http://127.0.0.1:8440/livez 2>/dev/null || { echo "bare_debian12: something answers at 127.0.0.1:8440, where the demo will" >&2; exit 1; }
commit=$(git rev-parse HEAD)
[ -z "$(git status --porcelain --untracked-files=no)" ] || echo "bare_debian12: changes that are not committed are not tested" >&2

leave() {
	set +e
	# What a failed run left behind in there would hold the mounts.
	for p in /proc/[0-9]*; do
		[ "$(readlink "$p/root")" = "$root" ] && kill -9 "${p#/proc/}" 2>/dev/null
	done
	sleep 1
	for m in dev/shm dev/pts dev proc sys tmp; do
		mountpoint -q "$root/$m" && umount "$root/$m"
	done
	for m in dev/shm dev/pts dev proc sys tmp; do
		mountpoint -q "$root/$m" && { echo "bare_debian12: $root/$m is still mounted; $root stays" >&2; return; }
	done
	[ "${rc:-0}" -eq 0 ] || [ ! -d "$root/root/counterfoil/build/log" ] ||
		{ rm -rf "$root.log" && cp -r "$root/root/counterfoil/build/log" "$root.log" && echo "bare_debian12: the logs are in $root.log"; }
	[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$root"
}
trap leave EXIT
trap 'exit 130' INT TERM

start=$SECONDS
took() { printf '%-28s %5d s\n' "$1" $((SECONDS - start)); start=$SECONDS; }

# The mirror, keys and proxy this machine itself uses.
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | awk '$2 == "bookworm" { print $1; exit }')
[ -n "$mirror" ] || { echo "bare_debian12: this machine's apt sources have no bookworm" >&2; exit 1; }
debootstrap --variant=minbase --include=ca-certificates,make,git bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
	{ tail -n 20 "$root.log" >&2; exit 1; }
rm -f "$root.log"
took "plain Debian 12"

rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d"
for f in sources.list sources.list.d apt.conf apt.conf.d auth.conf auth.conf.d trusted.gpg.d; do
	[ ! -e "/etc/apt/$f" ] || cp -rT "/etc/apt/$f" "$root/etc/apt/$f"
done
[ ! -d /usr/share/keyrings ] || cp -r /usr/share/keyrings/. "$root/usr/share/keyrings/"
# The authorities this machine trusts, too: its way out may lead through one of its own.
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
[ ! -d /usr/local/share/ca-certificates ] || cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
# No service of the system starts in there: only ours may.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sys "$root/sys"
mount -t tmpfs -o mode=755,size=1m tmpfs "$root/dev"
for d in null zero full random urandom tty; do
	cp -a "/dev/$d" "$root/dev/$d"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o mode=1777,size=2g tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"

git clone -q --no-hardlinks . "$root/root/counterfoil"
git -C "$root/root/counterfoil" checkout -q "$commit"

inside() {
	chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
		${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
		sh -c "cd /root/counterfoil && $1"
}
rc=0
# What is not there for a stranger is not there here: nothing beside the tree, no compiler's cache, no built file.
inside '[ ! -e ../shared ] && [ ! -e build ] && ! command -v ccache >/dev/null && mountpoint -q /proc && test -w /dev/shm' ||
	{ echo "bare_debian12: it is not as plain as it should be" >&2; exit 1; }
case $parts in *check*)
	inside 'tools/deps.sh run test' </dev/null || rc=1
	took "packages"
	inside 'make check' </dev/null || rc=1
	took "make check"
	;;
esac
case $parts in *demo*)
	inside 'make demo ONCE=1' </dev/null || rc=1
	took "make demo ONCE=1"
	;;
esac
[ $rc -eq 0 ] && echo "bare_debian12: good, at $commit" || echo "bare_debian12: FAILED, at $commit"
exit $rc
