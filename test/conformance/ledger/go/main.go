// Verifies a ledger of Waybill with Go's transparency-log libraries, which share no code with it: checkpoints with
// golang.org/x/mod/sumdb/note and transparency-dev/formats, tiles and their roots with golang.org/x/mod/sumdb/tlog, proofs of both with
// transparency-dev/merkle. Prints one line for each thing that it verified; ends with an error at the first that does not.
//
//	go run . FOLDER
//
// FOLDER is what run.ts writes: key, checkpoint-1, checkpoint-2, tiles, inclusion.json, consistency.json, *.tlog-proof.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index  int64    `json:"index"`
	Entry  string   `json:"entry"`
	Hashes []string `json:"hashes"`
}

type consistency struct {
	From   int64    `json:"from"`
	To     int64    `json:"to"`
	Hashes []string `json:"hashes"`
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string) error {
	read := func(name string) []byte {
		bytes, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			panic(err)
		}
		return bytes
	}
	key := strings.TrimSpace(string(read("key")))
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	var heads [2]*log.Checkpoint
	for index := range heads {
		bytes := read(fmt.Sprintf("checkpoint-%d", index+1))
		if _, err := note.Open(bytes, note.VerifierList(verifier)); err != nil {
			return fmt.Errorf("note: %w", err)
		}
		head, _, _, err := log.ParseCheckpoint(bytes, verifier.Name(), verifier)
		if err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
		heads[index] = head
		fmt.Printf("checkpoint of %d events: sumdb/note and formats/log agree\n", head.Size)
	}
	if err := tiles(folder, heads[1]); err != nil {
		return err
	}
	if err := inclusions(read("inclusion.json"), heads[1]); err != nil {
		return err
	}
	if err := consistent(read("consistency.json"), heads[0], heads[1]); err != nil {
		return err
	}
	return tlogProof(string(read("event.tlog-proof")), read("event.json"), verifier)
}

// The same tiles as tlog.TileReader asks for them, with heights and widths by its own reckoning, and its own root from them.
type reader struct{ folder string }

func (reader) Height() int { return 8 }

func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for index, tile := range tiles {
		// sumdb has tile/8/…, C2SP has tile/….
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(r.folder, filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		data[index] = bytes
	}
	return data, nil
}

func (reader) SaveTiles([]tlog.Tile, [][]byte) {}

func tiles(folder string, head *log.Checkpoint) error {
	var root tlog.Hash
	copy(root[:], head.Hash)
	tree := tlog.Tree{N: int64(head.Size), Hash: root}
	hashes := tlog.TileHashReader(tree, reader{folder})
	found, err := tlog.TreeHash(tree.N, hashes)
	if err != nil || found != root {
		return fmt.Errorf("tiles: %v %v", found, err)
	}
	// Each leaf hash, authenticated by the tiles above it.
	indexes := make([]int64, tree.N)
	for index := range indexes {
		indexes[index] = tlog.StoredHashIndex(0, int64(index))
	}
	if _, err := hashes.ReadHashes(indexes); err != nil {
		return fmt.Errorf("leaves: %w", err)
	}
	fmt.Printf("tiles: sumdb/tlog has the same root, and authenticates %d leaves\n", tree.N)
	return nil
}

func inclusions(bytes []byte, head *log.Checkpoint) error {
	var all []inclusion
	if err := json.Unmarshal(bytes, &all); err != nil {
		return err
	}
	var root tlog.Hash
	copy(root[:], head.Hash)
	for _, one := range all {
		hashes, err := decoded(one.Hashes)
		if err != nil {
			return err
		}
		record := make(tlog.RecordProof, len(hashes))
		for index, hash := range hashes {
			copy(record[index][:], hash)
		}
		if err := tlog.CheckRecord(record, int64(head.Size), root, one.Index, tlog.RecordHash([]byte(one.Entry))); err != nil {
			return fmt.Errorf("inclusion of %d by sumdb/tlog: %w", one.Index, err)
		}
		leaf := rfc6962.DefaultHasher.HashLeaf([]byte(one.Entry))
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(one.Index), head.Size, leaf, hashes, head.Hash); err != nil {
			return fmt.Errorf("inclusion of %d by merkle: %w", one.Index, err)
		}
	}
	fmt.Printf("%d inclusion proofs: sumdb/tlog and merkle verify them, from the events' own texts\n", len(all))
	return nil
}

func consistent(bytes []byte, head, later *log.Checkpoint) error {
	var all []consistency
	if err := json.Unmarshal(bytes, &all); err != nil {
		return err
	}
	roots := map[int64]tlog.Hash{}
	for _, one := range []*log.Checkpoint{head, later} {
		var root tlog.Hash
		copy(root[:], one.Hash)
		roots[int64(one.Size)] = root
	}
	for _, one := range all {
		from, to := roots[one.From], roots[one.To]
		hashes, err := decoded(one.Hashes)
		if err != nil {
			return err
		}
		tree := make(tlog.TreeProof, len(hashes))
		for index, hash := range hashes {
			copy(tree[index][:], hash)
		}
		if err := tlog.CheckTree(tree, one.To, to, one.From, from); err != nil {
			return fmt.Errorf("consistency by sumdb/tlog: %w", err)
		}
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(one.From), uint64(one.To), hashes, from[:], to[:]); err != nil {
			return fmt.Errorf("consistency by merkle: %w", err)
		}
		fmt.Printf("consistency proof from %d to %d: sumdb/tlog and merkle verify it\n", one.From, one.To)
	}
	return nil
}

func tlogProof(text string, entry []byte, verifier note.Verifier) error {
	body, checkpoint, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(body, "\n")
	index, err := strconv.ParseUint(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("tlog-proof: %q %q", lines[0], lines[1])
	}
	head, _, _, err := log.ParseCheckpoint([]byte(checkpoint), verifier.Name(), verifier)
	if err != nil {
		return fmt.Errorf("tlog-proof: %w", err)
	}
	hashes, err := decoded(lines[2:])
	if err != nil {
		return err
	}
	leaf := sha256.Sum256(append([]byte{0}, entry...))
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, head.Size, leaf[:], hashes, head.Hash); err != nil {
		return fmt.Errorf("tlog-proof: %w", err)
	}
	fmt.Printf("tlog-proof of leaf %d: merkle verifies it\n", index)
	return nil
}

func decoded(texts []string) ([][]byte, error) {
	hashes := make([][]byte, len(texts))
	for index, text := range texts {
		hash, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		hashes[index] = hash
	}
	return hashes, nil
}
