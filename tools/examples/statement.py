#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# statement.py SERVER KEY.jwk PARTY DEBTOR: signs a future claim, submits it, verifies the receipt offline, and reads the
# claim back. Needs python3-cryptography, nothing else.
import base64, datetime, hashlib, json, os, struct, sys, time, urllib.parse, urllib.request, uuid

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

server, key_file, party, debtor = sys.argv[1:]
jwk = json.load(open(key_file))


def b64url(data): return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
def unb64url(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
def sha256(data): return hashlib.sha256(data).digest()


# --- a statement is a JWS in compact form (RFC 7515); kid is the key's thumbprint (RFC 7638) ---
key = Ed25519PrivateKey.from_private_bytes(unb64url(jwk["d"]))
kid = b64url(sha256(json.dumps({"crv": "Ed25519", "kty": "OKP", "x": jwk["x"]}, separators=(",", ":")).encode()))


def jws(typ, payload):
    parts = [{"alg": "EdDSA", "kid": kid, "typ": typ}, payload]
    head = ".".join(b64url(json.dumps(p, separators=(",", ":")).encode()) for p in parts)
    return head + "." + b64url(key.sign(head.encode()))


def ask(path, data=None, **headers):
    return json.load(urllib.request.urlopen(urllib.request.Request(server + path, data, headers)))


# --- the receipt (DESIGN 4): leaf, path and a signed checkpoint; trusted is the log's key alone ---
def checkpoint(note, vkey):
    name, key_id, key = vkey.split("+", 2)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:])
    text, signatures = note.split("\n\n", 1)
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    for line in signatures.splitlines():
        _, who, blob = line.split(" ")
        blob = base64.b64decode(blob)
        if who == name == origin and blob[:4].hex() == key_id:
            public.verify(blob[4:], text.encode())
            return int(size), base64.b64decode(root)
    raise InvalidSignature("no signature of the log's")


def verify(receipt, vkey, compact):
    leaf = base64.b64decode(receipt["leaf"])
    magic, seq, _, _, outcome, _, statement = struct.unpack(">16sQQHHI32s", leaf[:72])
    assert magic == b"counterfoil/1\n\0\0" and (seq, outcome) == (receipt["seq"], receipt["outcome"]), "the leaf is another entry's"
    assert statement == sha256(compact.encode()), "it is for another statement"
    proof, note = receipt["proof"].split("\n\n", 1)
    lines = proof.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("index "))
    index, path = int(lines[at][6:]), [base64.b64decode(line) for line in lines[at + 1:]]
    size, root = checkpoint(note, vkey)
    assert index == seq < size
    node, fn, sn = sha256(b"\0" + leaf), index, size - 1  # RFC 9162 2.1.3.2
    for p in path:
        assert sn > 0
        if fn & 1 or fn == sn:
            node = sha256(b"\1" + p + node)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = sha256(b"\1" + node + p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and node == root, "the path does not lead to the signed root"


day = lambda n: (datetime.date.today() + datetime.timedelta(n)).isoformat()
known = ask("/.well-known/counterfoil.json")
claim = str(uuid.uuid4())
compact = jws("counterfoil+jws", {
    "type": "receivable.register", "id": str(uuid.uuid4()), "object": claim, "prev": None,
    "at": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), "salt": b64url(os.urandom(32)),
    "body": {"creditor": party, "debtor": debtor, "face": {"amount": "1250.00", "currency": "CNY"}, "issue_date": day(0),
             "due_date": day(90), "documents": [], "existing": False}})
receipt = ask("/v1/statements", compact.encode(), **{"Content-Type": "application/jose"})
verify(receipt, known["vkey"], compact)
print(f"entry {receipt['seq']}: accepted, receipt verified")

# --- reading needs a token (RFC 7523) and, for the data of others, a purpose ---
now = int(time.time())
assertion = jws("JWT", {"iss": party, "sub": party, "aud": known["token_audience"], "jti": str(uuid.uuid4()), "iat": now, "exp": now + 60})
token = ask("/oauth/token", urllib.parse.urlencode({
    "grant_type": "client_credentials", "client_assertion": assertion,
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}).encode())["access_token"]
print("state:", ask(f"/v1/receivables/{claim}", Authorization=f"Bearer {token}")["state"])
