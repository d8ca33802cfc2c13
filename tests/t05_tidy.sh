#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t05: the order of the layers and the purity of the core hold here, and the two gates notice when they do not:
# each attack is one file in a copy of the tree.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build} CC=${CC:-gcc}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
rc=0
say() { if [ "$1" -eq 0 ]; then echo "ok $2"; else echo "not ok $2"; rc=1; fi; }

out=$(tools/tidy.sh "$BUILD" layers purity 2>&1)
say $? "layers and purity of this tree"
[ -z "$out" ] || printf '%s\n' "$out"

fresh() {
	rm -rf "$copy/t"
	mkdir -p "$copy/t/$BUILD/server"
	cp -r include crypto tools server "$copy/t/"
	cp -r "$BUILD/crypto" "$copy/t/$BUILD/"
	cp -r "$BUILD/server/domain" "$copy/t/$BUILD/server/"
}
gate() { (cd "$copy/t" && tools/tidy.sh "$BUILD" "$1" 2>&1); }

# attack PART NAME FILE WORDS: FILE is on stdin; the gate must fail and say WORDS.
attack() {
	local out status
	fresh
	mkdir -p "$copy/t/$(dirname "$3")"
	cat >"$copy/t/$3"
	if [ "$1" = purity ]; then
		mkdir -p "$copy/t/$BUILD/$(dirname "$3")"
		$CC -std=c17 -D_GNU_SOURCE -O2 -fPIE -c -o "$copy/t/$BUILD/${3%.c}.o" "$copy/t/$3" || { say 1 "$2: does not compile"; return; }
	fi
	out=$(gate "$1")
	status=$?
	[ $status -ne 0 ] && grep -q -- "$4" <<<"$out"
	say $? "$1 notices $2"
	[ $status -ne 0 ] || printf '%s\n' "$out"
}

fresh
gate layers >/dev/null && gate purity >/dev/null
say $? "a copy without an attack passes"

attack layers "a sideways include" server/store/attack.c "sideways: server/store includes server/run/conf.h" <<<'#include "run/conf.h"'
attack layers "a sideways include by .." server/store/attack.c "sideways" <<<'#include "../run/conf.h"'
attack layers "a sideways include with blanks" server/store/attack.h "sideways" <<<'  #  include   "run/conf.h"'
attack layers "crypto including upwards" crypto/attack.c "upwards: crypto (rank 1) includes server/run/clock.h" <<<'#include "../server/run/clock.h"'
attack layers "the domain including upwards" server/domain/attack.c "upwards" <<<'#include "run/clock.h"'
attack layers "a public header including a private one" include/attack.h "upwards" <<<'#include "../server/run/conf.h"'
attack layers "libpq outside the store" server/http/attack.c "at home in server/store only" <<<'#include <libpq-fe.h>'
attack layers "libmicrohttpd outside http" server/work/attack.c "at home in server/http only" <<<'#include <microhttpd.h>'
attack layers "OpenSSL outside crypto" server/intake/attack.c "at home in crypto only" <<<'#include <openssl/evp.h>'
attack layers "jansson in the domain" server/domain/attack.c "at home in server/intake only" <<<'#include <jansson.h>'
mkdir -p "$copy" && attack layers "a file outside the layers" server/attack.c "lies in no layer" <<<'int x;'

attack purity "time() in the domain" server/domain/attack.c "takes time" <<'C'
#include <time.h>
long attack(void); long attack(void) { return (long)time(NULL); }
C
attack purity "malloc() in the domain" server/domain/attack.c "takes malloc" <<'C'
#include <stdlib.h>
void *attack(void); void *attack(void) { return malloc(8); }
C
attack purity "printf() in crypto" crypto/attack.c "takes puts\|takes printf" <<'C'
#include <stdio.h>
void attack(void); void attack(void) { puts("x"); }
C
attack purity "getenv() in the domain" server/domain/attack.c "takes getenv" <<'C'
#include <stdlib.h>
char *attack(void); char *attack(void) { return getenv("HOME"); }
C
attack purity "libcrypto in the domain" server/domain/attack.c "takes SHA256" <<'C'
unsigned char *SHA256(const unsigned char *, unsigned long, unsigned char *);
void attack(unsigned char *m); void attack(unsigned char *m) { SHA256(m, 1, m); }
C
attack purity "randomness in crypto" crypto/attack.c "takes randombytes_buf" <<'C'
void randombytes_buf(void *, unsigned long);
void attack(void *m); void attack(void *m) { randombytes_buf(m, 8); }
C
attack purity "memory between two calls of a rule" server/domain/attack.c "variables of its own" <<'C'
int attack(void); int attack(void) { static int n; return ++n; }
C
exit $rc
