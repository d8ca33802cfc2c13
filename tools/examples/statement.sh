#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# statement.sh SERVER KEY.jwk PARTY DEBTOR: signs a future claim, submits it, verifies the receipt offline; curl, openssl, jq.
set -euo pipefail
server=$1 key=$2 party=$3 debtor=$4
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
b64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
unb64url() { tr -- '-_' '+/' | sed -e 's/^\(\(....\)*\)\(..\)$/\1\3==/' -e 's/^\(\(....\)*\)\(...\)$/\1\3=/' | openssl base64 -d -A; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
bin() { printf '%b' "$(printf %s "$1" | sed 's/../\\x&/g')"; }
hash() { bin "$1" | openssl dgst -sha256 -r | cut -d' ' -f1; } # of hexadecimal, in hexadecimal
die() { echo "$1" >&2; exit 1; }

# --- a JWS in compact form; the private key as openssl wants it (RFC 8410) ---
kid=$(jq -cj '{crv,kty,x}' "$key" | openssl dgst -sha256 -binary | b64url)
bin "302e020100300506032b657004220420$(jq -j .d "$key" | unb64url | hex)" >"$dir/key.der"
chmod 600 "$dir/key.der"
payload=$(jq -cn --arg c "$party" --arg d "$debtor" --arg id "$(cat /proc/sys/kernel/random/uuid)" --arg o "$(cat /proc/sys/kernel/random/uuid)" \
	--arg at "$(date -u +%FT%TZ)" --arg salt "$(openssl rand 32 | b64url)" --arg i "$(date -u +%F)" --arg due "$(date -u -d +92days +%F)" \
	'{type:"receivable.register",id:$id,object:$o,prev:null,at:$at,salt:$salt,body:{creditor:$c,debtor:$d,face:{amount:"1250.00",currency:"CNY"},issue_date:$i,due_date:$due,documents:[],existing:false}}')
head=$(printf '{"alg":"EdDSA","kid":"%s","typ":"counterfoil+jws"}' "$kid" | b64url).$(printf %s "$payload" | b64url)
printf %s "$head" >"$dir/head"
compact=$head.$(openssl pkeyutl -sign -rawin -keyform DER -inkey "$dir/key.der" -in "$dir/head" | b64url)
curl -sS --fail-with-body -H 'Content-Type: application/jose' --data-binary "$compact" "$server/v1/statements" >"$dir/receipt" || { cat "$dir/receipt" >&2; exit 1; }
vkey=$(curl -sS "$server/.well-known/counterfoil.json" | jq -j .vkey)

# --- the receipt: nothing below asks the server ---
leaf=$(jq -j .leaf "$dir/receipt" | openssl base64 -d -A | hex)
seq=$((16#${leaf:32:16}))
[ "$seq" = "$(jq .seq "$dir/receipt")" ] || die "the leaf is another entry's"
[ "${leaf:80:64}" = "$(printf %s "$compact" | openssl dgst -sha256 -r | cut -d' ' -f1)" ] || die "it is for another statement"
jq -j .proof "$dir/receipt" | sed -n '1,/^$/p' | sed '/^$/d' >"$dir/path"
jq -j .proof "$dir/receipt" | sed '1,/^$/d' >"$dir/note"
sed '/^$/,$d' "$dir/note" >"$dir/text"
name=${vkey%%+*}
bin "302a300506032b6570032100$(printf %s "${vkey#*+*+}" | openssl base64 -d -A | hex | cut -c3-)" >"$dir/log.der"
grep -F "— $name " "$dir/note" | head -1 | cut -d' ' -f3 | openssl base64 -d -A | tail -c +5 >"$dir/signature"
[ "$(sed -n 1p "$dir/text")" = "$name" ] && openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$dir/log.der" -in "$dir/text" -sigfile "$dir/signature" >/dev/null ||
	die "the checkpoint is not signed by the log"
node=$(hash "00$leaf") fn=$seq sn=$(($(sed -n 2p "$dir/text") - 1)) # RFC 9162 2.1.3.2
[ "$fn" -le "$sn" ] && [ "$(sed -n 's/^index //p' "$dir/path")" = "$seq" ] || die "not in that log"
for p in $(sed '1,/^index /d' "$dir/path"); do
	[ "$sn" -gt 0 ] || die "the path is too long"
	p=$(printf %s "$p" | openssl base64 -d -A | hex)
	if [ $((fn & 1)) = 1 ] || [ "$fn" = "$sn" ]; then
		node=$(hash "01$p$node")
		while [ "$fn" -gt 0 ] && [ $((fn & 1)) = 0 ]; do fn=$((fn >> 1)) sn=$((sn >> 1)); done
	else
		node=$(hash "01$node$p")
	fi
	fn=$((fn >> 1)) sn=$((sn >> 1))
done
[ "$sn" = 0 ] && [ "$node" = "$(sed -n 3p "$dir/text" | openssl base64 -d -A | hex)" ] || die "the path does not lead to the signed root"
echo "entry $seq: accepted, receipt verified"
