#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# t94: evidence over HTTP from the command line: trust anchors are published and withdrawn, a document signed under one
# reaches level 2 as long as it stands, and whoever signs in another's name does not; the replay agrees.
set -u
source "$(dirname "$0")/cli.sh"
papers
# get PATH PATTERN NAME: what anybody may read
get() {
	curl -fs "$CF_SERVER$1" >"$dir/out" && grep -q -e "$2" "$dir/out"
	local good=$?
	say $good "$3"
	[ $good -eq 0 ] || sed 's/^/# /' "$dir/out"
}
registry
enrol core 91310115MA1H7C3X46 core_enterprise && enrol castings 91320281MA1PL4Q61J supplier &&
	enrol bearings 91410305MA45T8K22A supplier && enrol bank 91110000400000078U bank
say $? "parties"
core=$(cat core.party)

# --- anchors ---
get /v1/anchors '"items":\[\]' "at first nobody is believed"
get /.well-known/counterfoil.json '"anchors_published":0' "and the counts say so"
gives 0 "a signed invoice without an anchor" 'level 1' document submit --key bearings.jwk "$docs/castings-signed-2.xml"
publish() { cf anchor publish --key "$1" --name castings --profile xmldsig-enveloped --purpose "$2" --country CN \
	--certificate "$docs/castings-certificate.pem" --valid-until +365d --json; }
publish bank.jwk invoice
[ $? -eq 1 ] && grep -q role-missing out err
say $? "only the operator publishes one"
gives 2 "a file that is no certificate" 'strict DER' anchor publish --key var/operator.jwk --name x --profile cms \
	--certificate "$docs/castings-1.xml" --valid-until +365d
publish var/operator.jwk bank-statement && banks=$(field object)
say $? "an anchor for bank statements"
gives 0 "does not vouch for an invoice" 'AUTH-09' document submit --key castings.jwk "$docs/castings-signed-1.xml"
gives 0 "it is withdrawn" 'accepted: anchor.withdraw' anchor withdraw --key var/operator.jwk --object "$banks" --reason 'the wrong kind'
gives 1 "once" 'bad-state' anchor withdraw --key var/operator.jwk --object "$banks" --reason 'again'
publish var/operator.jwk invoice && anchor=$(field object)
say $? "an anchor for invoices"
get /v1/anchors '"in_force":true' "it is published for everybody"
get "/v1/anchors/$anchor" '"purpose":"invoice"' "by its id too"
get /.well-known/counterfoil.json '"anchors_published":1' "and counted"
publish var/operator.jwk warehouse
say $? "the same certificate for other documents does not stand before it"
sed 's/castings-signed/castings-signed/; s/JZ2026110021/&/' "$docs/castings-signed-1.xml" | sed '1s/$/\n/' >fresh.xml
gives 0 "a signed invoice reaches level 2" 'level 2' document submit --key castings.jwk fresh.xml
gives 0 "which anchor, stands with it" "\"anchor_id\": *\"$anchor\"" document show --key castings.jwk --json "$(sha256sum fresh.xml | cut -c1-64)"
gives 0 "signed in another's name it does not" 'AUTH-09' document submit --key castings.jwk "$docs/bearings-signed-by-castings.xml"
sed 's/673706.00/873706.00/g; s/596200.00/773185.84/g' "$docs/castings-signed-1.xml" >forged.xml
gives 0 "altered it reaches nothing" 'level 0' document submit --key castings.jwk forged.xml

# --- offline, under the published bundle ---
gives 0 "the bundle" 'in_force' anchor list --json
cp out anchors.json
gives 0 "offline nobody is trusted" 'level 1' document verify "$docs/castings-signed-1.xml"
gives 0 "under a bundle it is level 2" 'level 2' document verify --anchors anchors.json "$docs/castings-signed-1.xml"
gives 0 "under the registry's own as well" 'level 2' document verify --server "$CF_SERVER" "$docs/castings-signed-1.xml"
gives 2 "a bundle that is none" 'no list of anchors' document verify --anchors "$docs/rules-stricter.json" "$docs/castings-signed-1.xml"

# --- a document under a key of the registry ---
gives 0 "an unsigned invoice reaches level 1" 'level 1' document submit --key castings.jwk "$docs/castings-2.xml"
gives 0 "under its issuer's own key" 'signed' document sign --key castings.jwk "$docs/castings-2.xml" --out castings-2.jws
gives 0 "it reaches level 2" 'level 2' document submit --key bank.jwk castings-2.jws
gives 0 "without any anchor" '"profile": *"registry"' document show --key bank.jwk --json "$(sha256sum castings-2.jws | cut -c1-64)"
gives 0 "under somebody else's" 'signed' document sign --key bearings.jwk "$docs/castings-2.xml" --out stranger.jws
gives 0 "it does not" 'AUTH-09' document submit --key bearings.jwk stranger.jws
cf key new --out unknown.jwk
gives 0 "under a key nobody enrolled" 'signed' document sign --key unknown.jwk "$docs/castings-2.xml" --out unknown.jws
gives 0 "nor there" 'AUTH-05' document submit --key castings.jwk unknown.jws

# --- what rested on an anchor falls with it ---
signed=$(sha256sum "$docs/castings-signed-2.xml" | cut -c1-64) # judged before there was any
fresh=$(sha256sum fresh.xml | cut -c1-64)
gives 0 "a claim on the signed invoice" 'accepted: receivable.register' receivable register --key castings.jwk \
	--document fresh.xml --debtor "$core"
gives 0 "is of level 2" 'level.*2' check --key bank.jwk --document fresh.xml --purpose lending
gives 0 "the anchor is withdrawn" 'accepted: anchor.withdraw' anchor withdraw --key var/operator.jwk --object "$anchor" --reason 'the key is lost'
for _ in $(seq 100); do
	cf document show --key castings.jwk --json "$fresh" && grep -q '"level": *"L1"' out && break
	sleep 0.1
done
grep -q '"level": *"L1"' out
say $? "an entry says what it is worth now"
gives 0 "whoever lends is told" 'evidence-fell' check --key bank.jwk --document fresh.xml --purpose lending
gives 0 "what never rested on it stays" '"level": *"L1"' document show --key bearings.jwk --json "$signed"
grep -q '"now"' out
say $((1 - $?)) "and is not judged again"
gives 0 "the state replays" '"good":true' audit replay --state-dir var --json
exit $rc
