// SPDX-License-Identifier: Apache-2.0

// foreign: reads a published log with the tools of the Go checksum database
// (golang.org/x/mod/sumdb/tlog and note), which share no line with ours.
//
//	foreign <vkey> <directory or http prefix>
//
// It opens the checkpoint, authenticates every tile through tlog.TileHashReader,
// compares every entry with its hash, and makes and checks inclusion proofs for
// some entries and consistency proofs from some sizes.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var prefix string

func fetch(path string) ([]byte, error) {
	if !strings.HasPrefix(prefix, "http") {
		return os.ReadFile(filepath.Join(prefix, path))
	}
	r, err := http.Get(strings.TrimSuffix(prefix, "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, r.Status)
	}
	return io.ReadAll(r.Body)
}

// tlog names tiles tile/<height>/<level>/..., tlog-tiles without the height.
func c2spPath(t tlog.Tile) string {
	return strings.Replace(t.Path(), "tile/8/", "tile/", 1)
}

type tiles struct{}

func (tiles) Height() int { return 8 }

func (tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	var got [][]byte
	for _, t := range want {
		b, err := fetch(c2spPath(t))
		if err != nil {
			return nil, err
		}
		got = append(got, b)
	}
	return got, nil
}

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func checkpoint(vkey string) (tlog.Tree, error) {
	var tree tlog.Tree
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	b, err := fetch("checkpoint")
	if err != nil {
		return tree, err
	}
	n, err := note.Open(b, note.VerifierList(v))
	if err != nil {
		return tree, err
	}
	line := strings.Split(n.Text, "\n")
	if len(line) < 4 || line[0] != v.Name() {
		return tree, fmt.Errorf("checkpoint is not of %s", v.Name())
	}
	if tree.N, err = strconv.ParseInt(line[1], 10, 64); err != nil {
		return tree, err
	}
	h, err := base64.StdEncoding.DecodeString(line[2])
	if err != nil || len(h) != tlog.HashSize {
		return tree, fmt.Errorf("root %q", line[2])
	}
	copy(tree.Hash[:], h)
	return tree, nil
}

func bundle(n, size int64) ([][]byte, error) {
	t := tlog.Tile{H: 8, L: 0, N: n, W: 256}
	if size-n*256 < 256 {
		t.W = int(size - n*256)
	}
	b, err := fetch(strings.Replace(c2spPath(t), "tile/0/", "tile/entries/", 1))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(b) >= 2 {
		l := int(binary.BigEndian.Uint16(b))
		if len(b) < 2+l {
			return nil, fmt.Errorf("bundle %d is cut", n)
		}
		entries = append(entries, b[2:2+l])
		b = b[2+l:]
	}
	if len(b) != 0 || len(entries) != t.W {
		return nil, fmt.Errorf("bundle %d has %d entries, want %d", n, len(entries), t.W)
	}
	return entries, nil
}

func entries(tree tlog.Tree, hashes tlog.HashReader) error {
	for n := int64(0); n*256 < tree.N; n++ {
		got, err := bundle(n, tree.N)
		if err != nil {
			return err
		}
		index := make([]int64, len(got))
		for i := range got {
			index[i] = tlog.StoredHashIndex(0, n*256+int64(i))
		}
		want, err := hashes.ReadHashes(index)
		if err != nil {
			return err
		}
		for i, e := range got {
			if tlog.RecordHash(e) != want[i] {
				return fmt.Errorf("entry %d is not in the tree", n*256+int64(i))
			}
		}
	}
	return nil
}

func proofs(tree tlog.Tree, hashes tlog.HashReader) error {
	step := tree.N/97 + 1
	for i := int64(0); i < tree.N; i += step {
		p, err := tlog.ProveRecord(tree.N, i, hashes)
		if err != nil {
			return err
		}
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(p, tree.N, tree.Hash, i, leaf[0]); err != nil {
			return fmt.Errorf("inclusion of %d: %w", i, err)
		}
		old, err := tlog.TreeHash(i+1, hashes)
		if err != nil {
			return err
		}
		q, err := tlog.ProveTree(tree.N, i+1, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(q, tree.N, tree.Hash, i+1, old); err != nil {
			return fmt.Errorf("consistency from %d: %w", i+1, err)
		}
	}
	return nil
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: foreign <vkey> <directory or http prefix>")
	}
	prefix = os.Args[2]
	tree, err := checkpoint(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	hashes := tlog.TileHashReader(tree, tiles{})
	if err := entries(tree, hashes); err != nil {
		log.Fatal(err)
	}
	if err := proofs(tree, hashes); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d entries\n", tree.N)
}
