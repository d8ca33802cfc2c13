// SPDX-License-Identifier: Apache-2.0

// go run statement.go SERVER KEY.jwk PARTY DEBTOR: signs a future claim, submits it, verifies the receipt offline. The
// standard library alone.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

var (
	b64url = base64.RawURLEncoding
	b64    = base64.StdEncoding
)

func hash(parts ...[]byte) []byte {
	h := sha256.Sum256(bytes.Join(parts, nil))
	return h[:]
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func uuid() string {
	b := make([]byte, 16)
	must(rand.Read(b))
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// A JWS in compact form (RFC 7515); kid is the key's thumbprint (RFC 7638).
func jws(seed []byte, x, typ string, payload any) string {
	kid := b64url.EncodeToString(hash([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + x + `"}`)))
	head := map[string]string{"alg": "EdDSA", "kid": kid, "typ": typ}
	text := b64url.EncodeToString(must(json.Marshal(head))) + "." + b64url.EncodeToString(must(json.Marshal(payload)))
	return text + "." + b64url.EncodeToString(ed25519.Sign(ed25519.NewKeyFromSeed(seed), []byte(text)))
}

type receipt struct {
	Seq       uint64
	Leaf      []byte
	Proof     string
	Statement string `json:"statement_hash"`
}

// The size and root of a checkpoint, when it is signed by the log.
func checkpoint(note, vkey string) (size uint64, root []byte, err error) {
	v := strings.SplitN(vkey, "+", 3)
	key := must(b64.DecodeString(v[2]))[1:]
	text, signatures, _ := strings.Cut(note, "\n\n")
	text += "\n"
	line := strings.Split(text, "\n")
	for _, s := range strings.Split(signatures, "\n") {
		word := strings.Split(s, " ")
		if len(word) != 3 || word[1] != v[0] || line[0] != v[0] {
			continue
		}
		blob := must(b64.DecodeString(word[2]))
		if hex.EncodeToString(blob[:4]) == v[1] && ed25519.Verify(key, []byte(text), blob[4:]) {
			return must(strconv.ParseUint(line[1], 10, 64)), must(b64.DecodeString(line[2])), nil
		}
	}
	return 0, nil, errors.New("the checkpoint is not signed by the log")
}

func verify(r receipt, vkey, compact string) error {
	if len(r.Leaf) != 136 || binary.BigEndian.Uint64(r.Leaf[16:]) != r.Seq {
		return errors.New("the leaf is another entry's")
	}
	if !bytes.Equal(r.Leaf[40:72], hash([]byte(compact))) {
		return errors.New("it is for another statement")
	}
	proof, note, _ := strings.Cut(r.Proof, "\n\n")
	size, root, err := checkpoint(note, vkey)
	if err != nil {
		return err
	}
	lines := strings.Split(proof, "\n")
	for !strings.HasPrefix(lines[0], "index ") {
		lines = lines[1:]
	}
	fn, sn := must(strconv.ParseUint(lines[0][6:], 10, 64)), size-1
	if fn != r.Seq || fn > sn {
		return errors.New("not in that log")
	}
	node := hash([]byte{0}, r.Leaf) // RFC 9162 2.1.3.2
	for _, l := range lines[1:] {
		p := must(b64.DecodeString(l))
		if sn == 0 {
			return errors.New("the path is too long")
		}
		if fn&1 == 1 || fn == sn {
			node = hash([]byte{1}, p, node)
			for ; fn != 0 && fn&1 == 0; fn >>= 1 {
				sn >>= 1
			}
		} else {
			node = hash([]byte{1}, node, p)
		}
		fn, sn = fn>>1, sn>>1
	}
	if sn != 0 || !bytes.Equal(node, root) {
		return errors.New("the path does not lead to the signed root")
	}
	return nil
}

func main() {
	server, file, party, debtor := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	var jwk struct{ X, D string }
	must(0, json.Unmarshal(must(os.ReadFile(file)), &jwk))
	salt := make([]byte, 32)
	must(rand.Read(salt))
	now := time.Now().UTC()
	compact := jws(must(b64url.DecodeString(jwk.D)), jwk.X, "counterfoil+jws", map[string]any{
		"type": "receivable.register", "id": uuid(), "object": uuid(), "prev": nil,
		"at": now.Format("2006-01-02T15:04:05Z"), "salt": b64url.EncodeToString(salt),
		"body": map[string]any{"creditor": party, "debtor": debtor, "face": map[string]string{"amount": "1250.00", "currency": "CNY"},
			"issue_date": now.Format("2006-01-02"), "due_date": now.AddDate(0, 0, 94).Format("2006-01-02"),
			"documents": []string{}, "existing": false}})
	answer := must(http.Post(server+"/v1/statements", "application/jose", strings.NewReader(compact)))
	body := must(io.ReadAll(answer.Body))
	if answer.StatusCode >= 300 {
		log.Fatalf("refused: %s", body)
	}
	var r receipt
	must(0, json.Unmarshal(body, &r))
	var known struct{ Vkey string }
	must(0, json.NewDecoder(must(http.Get(server+"/.well-known/counterfoil.json")).Body).Decode(&known))
	must(0, verify(r, known.Vkey, compact))
	fmt.Printf("entry %d: accepted, receipt verified\n", r.Seq)
}
