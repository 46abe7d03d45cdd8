package host

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"time"
)

//go:embed reconciler/__main__.py reconciler/dss_platform/*.py reconciler/dss_platform/*/*.py
var reconciler embed.FS

// Names of the objects of a bundle, below PREFIX/REVISION in the bucket.
const (
	ProgramName = "reconciler.pyz"
	DesiredName = "desired.json"
)

// Bundle is what the host gets.
type Bundle struct {
	// Revision is the SHA-256, in hexadecimal digits, over program and desired state. It is a parameter of the association, so
	// another state is another association, and runs.
	Revision string
	// Program is a Python archive: the embedded reconciler. The same sources give the same bytes.
	Program []byte
	// Desired is the state as JSON.
	Desired []byte
}

// ProgramKey is the key of the program in the bucket, below a prefix.
func (b Bundle) ProgramKey(prefix string) string {
	return prefix + "/" + b.Revision + "/" + ProgramName
}

// DesiredKey is the key of the desired state in the bucket, below a prefix.
func (b Bundle) DesiredKey(prefix string) string {
	return prefix + "/" + b.Revision + "/" + DesiredName
}

// NewBundle checks a state, and packs it with the reconciler.
func NewBundle(d Desired) (Bundle, error) {
	found := d.Validate()
	if err := found.Err("desired state of the host"); err != nil {
		return Bundle{}, err
	}
	program, err := archive(reconciler, "reconciler")
	if err != nil {
		return Bundle{}, fmt.Errorf("packing the reconciler: %w", err)
	}
	desired, err := canonicalJSON(d.withLists())
	if err != nil {
		return Bundle{}, fmt.Errorf("desired state of the host: %w", err)
	}
	return Bundle{Revision: revisionOf(program, desired), Program: program, Desired: desired}, nil
}

// revisionOf is the hash of what `sha256sum reconciler.pyz desired.json` prints, so that the host can check it with that.
func revisionOf(program, desired []byte) string {
	list := fmt.Sprintf("%x  %s\n%x  %s\n", sha256.Sum256(program), ProgramName, sha256.Sum256(desired), DesiredName)
	sum := sha256.Sum256([]byte(list))
	return hex.EncodeToString(sum[:])
}

// archive packs a tree in the order of its paths, with one time for all files.
func archive(tree fs.FS, root string) ([]byte, error) {
	sub, err := fs.Sub(tree, root)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	packed := zip.NewWriter(&out)
	err = fs.WalkDir(sub, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(sub, path)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: path, Method: zip.Deflate, Modified: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
		header.SetMode(0o644)
		file, err := packed.CreateHeader(header)
		if err != nil {
			return err
		}
		_, err = file.Write(content)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := packed.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// canonicalJSON has sorted keys, no HTML escapes, and ends with a newline.
func canonicalJSON(value any) ([]byte, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var generic any
	if err := json.Unmarshal(raw, &generic); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(generic); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
