# SPDX-License-Identifier: Apache-2.0
# cli.sh: what the shell tests share. A test begins with
#
#   set -u
#   source "$(dirname "$0")/cli.sh"
#
# and is then in a directory of its own, $dir, which is removed at the end with the registry it may have started; the
# tree is $tree, what was built $BUILD. What a command said lies in `out` and `err`. Nothing waits by the clock: wait_for
# asks again until it is so, long enough for a slow machine.
# shellcheck shell=bash disable=SC2034
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 1
BUILD=$(cd "$tree" && cd "${BUILD:-build}" && pwd) || exit 1
own=$tree/tests/documents
unset CF_SERVER CF_KEY CF_PARTY CF_PURPOSE CF_MASTER_KEY
dir=$(mktemp -d)
chmod 755 "$dir"
cd "$dir" || exit 1
server=
trap 'down; rm -rf "$dir"' EXIT
rc=0

# --- what is asserted ---

# say STATUS NAME: one check; what was said last follows when it failed.
say() {
	if [ "$1" -eq 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		rc=1
		cat "$dir/out" "$dir/err" 2>/dev/null | head -c 4000 | tail -n 40 | sed 's/^/# /'
	fi
}
cf() { "$BUILD/counterfoil" "$@" >"$dir/out" 2>"$dir/err" </dev/null; }
# gives CODE NAME PATTERN COMMAND...: the exit code, and the pattern somewhere in what it says.
gives() {
	local want=$1 name=$2 pattern=$3 got good
	shift 3
	cf "$@"
	got=$?
	[ $got -eq "$want" ] && grep -q -e "$pattern" "$dir/out" "$dir/err"
	good=$?
	[ $good -eq 0 ] || echo "# exit $got instead of $want, or no '$pattern'"
	say $good "$name"
}
# Of the last answer, as JSON: a member's text, a member's number, the id of a list's first item.
field() { sed -n "s/.*\"$1\": *\"\\([^\"]*\\)\".*/\\1/p" "$dir/out" | head -1; }
number() { sed -n "s/.*\"$1\":\\([0-9]*\\).*/\\1/p" "$dir/out" | head -1; }
first_id() { sed -n 's/.*"items":\[{"id":"\([^"]*\)".*/\1/p' "$dir/out"; }

# wait_for COMMAND...: again and again until it is true, at most two minutes.
wait_for() {
	local end=$((SECONDS + 120))
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}
# says PATTERN COMMAND...: whether it says so, for wait_for.
says() {
	local pattern=$1
	shift
	cf "$@" && grep -q -e "$pattern" "$dir/out"
}

# --- a registry ---

port=$((10000 + $$ * 7 % 20000)) # below what the kernel gives to outgoing connections
ready() { curl -fso /dev/null "$CF_SERVER/readyz" || ! kill -0 $server 2>/dev/null; }
# up OPTION...: a registry in $dir/var, asked by every later command; false when it ended by itself.
up() {
	export CF_SERVER=http://127.0.0.1:$port
	"$BUILD/counterfoil" up --state-dir var --listen "127.0.0.1:$port" "$@" >"$dir/server.log" 2>&1 </dev/null &
	server=$!
	wait_for ready
	curl -fso /dev/null "$CF_SERVER/readyz" && return 0
	down
	return 1
}
# And without it there is no test.
registry() {
	up "$@"
	local good=$?
	say $good "a registry"
	[ $good -eq 0 ] || { sed 's/^/# /' "$dir/server.log"; exit 1; }
}
down() { [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; }; server=; }
crash() { kill -9 "$server"; wait "$server" 2>/dev/null; server=; }
vkey() { curl -fs "$CF_SERVER/.well-known/counterfoil.json" | sed -n 's/.*"vkey":"\([^"]*\)".*/\1/p'; }
psql=$(command -v psql || ls /usr/lib/postgresql/*/bin/psql 2>/dev/null | head -1)
# db SQL: in its database, as its owner.
db() { "$psql" -XqAt "host=$dir/var/run port=5432 dbname=counterfoil user=counterfoil options=-csearch_path=counterfoil" -c "$1" 2>&1; }

# --- who and what is in it ---

# enrol NAME USCC ROLES: NAME.jwk and NAME.party
enrol() { cf key new --out "$1.jwk" && cf party enrol --key var/operator.jwk --jwk "$1.jwk" --name "$1" --uscc "$2" --roles "$3" && [ -s "$1.party" ]; }
# So that claims without a document can be registered: what a document must say is tested elsewhere.
demand_no_document() {
	cf rule publish --key var/operator.jwk --rule receivable.evidence --version 2 --effective +1s --values level=0 &&
		wait_for no_document_demanded
}
no_document_demanded() { cf audit rules --json && grep -q '"rule":"receivable.evidence","version":2,[^}]*},[^}]*"in_force":true' out; }
# The demo's documents with dates that fit today, in $docs.
papers() { docs=$dir/papers && "$BUILD/counterfoil" demo --papers "$docs" --documents "$tree/tools/demo/documents"; }
# moved DAY: a day of the demo's documents as they lie in the tree, as it is in $docs
moved() {
	local due
	due=$(sed -n 's/.*<cbc:DueDate>\(.*\)<.*/\1/p' "$docs/castings-1.xml")
	date -ud "$1 + $((($(date -ud "$due" +%s) - $(date -ud 2027-03-05 +%s)) / 86400)) days" +%F
}
