#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# man.sh BUILD: the manual pages, written by the programs themselves: what --help says is what stands there, so neither can
# be out of date. BUILD/man/counterfoil.1, counterfoild.8.
set -eu
build=$1
mkdir -p "$build/man"
# Text as it stands: a backslash is one, and a line may begin with a dot.
verbatim() {
	echo '.nf'
	sed -e 's/\\/\\e/g' -e 's/^[.]/\\\&./' -e "s/^'/\\\\(aq/" -e 's/-/\\-/g'
	echo '.fi'
}
cf() { "$build/counterfoil" "$@" </dev/null; }

{
	echo '.TH COUNTERFOIL 1 "" "Counterfoil" "User Commands"'
	echo '.SH NAME'
	echo 'counterfoil \- sign, submit, check and verify at an open registry of supply-chain finance claims'
	echo '.SH SYNOPSIS'
	echo '.B counterfoil'
	echo '.I noun verb'
	echo '[options] [arguments]'
	echo '.SH DESCRIPTION'
	echo 'What a party signs is entered into a log that nobody can rewrite; what the log proves anybody can verify without the'
	echo 'registry. A key is a private JWK in a file; the registry is named by'
	echo '.B \-\-server'
	echo 'or'
	echo '.BR CF_SERVER .'
	echo '.SH COMMANDS'
	cf --help | sed -n 's/^  \([a-z][a-z-]*\) \([a-z_-]*\) *  [^ ].*/\1 \2/p' | while read -r noun verb; do
		# shellcheck disable=SC2086
		help=$(cf $noun $verb --help 2>/dev/null) || continue
		printf '.SS "counterfoil %s %s"\n' "$noun" "$verb"
		printf '%s\n' "$help" | verbatim
	done
	echo '.SH STATEMENTS'
	echo 'Each can be signed by a command of its name, whose \-\-help tells its fields.'
	cf statement types | verbatim
	echo '.SH EXIT STATUS'
	echo '0 good; 1 refused, or not verified; 2 called wrongly; 3 the registry or its database cannot be reached.'
	echo '.SH ENVIRONMENT'
	echo 'CF_SERVER, CF_KEY, CF_PARTY, CF_PURPOSE: instead of \-\-server, \-\-key, \-\-party, \-\-reading\-for.'
	echo '.SH SEE ALSO'
	echo '.BR counterfoild (8)'
} >"$build/man/counterfoil.1"

{
	echo '.TH COUNTERFOILD 8 "" "Counterfoil" "System Administration"'
	echo '.SH NAME'
	echo 'counterfoild \- the registry: takes signed statements, keeps the log, answers checks'
	echo '.SH SYNOPSIS'
	echo '.B counterfoild'
	echo '[options]'
	echo '.SH DESCRIPTION'
	echo 'Settings come from a file, from CF_* in the environment, or from the command line, the later winning;'
	echo '.B \-\-print\-config'
	echo 'says which value came from where. SIGTERM takes no new work and finishes what was taken. Keep the state directory'
	echo 'as you keep the database: log.key and signer.last belong to the identity of the log.'
	echo '.SH OPTIONS'
	"$build/counterfoild" --help </dev/null | verbatim
	echo '.SH SEE ALSO'
	echo '.BR counterfoil (1)'
} >"$build/man/counterfoild.8"
