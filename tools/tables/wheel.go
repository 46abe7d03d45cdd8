package main

import (
	"archive/zip"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// wheel is an open Python wheel: a zip archive whose name holds the package's name and version.
type wheel struct {
	*zip.ReadCloser
	pkg, version string
	// date is the day on which the wheel was built: the newest date of a file in it.
	date string
}

// openWheel opens a wheel; the caller closes it.
func openWheel(path string) (*wheel, error) {
	parts := strings.Split(filepath.Base(path), "-")
	if len(parts) < 3 {
		return nil, fmt.Errorf("%s: not the name of a wheel (package-version-….whl)", path)
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	w := &wheel{ReadCloser: archive, pkg: parts[0], version: parts[1]}
	for _, file := range archive.File {
		w.date = max(w.date, file.Modified.Format("2006-01-02"))
	}
	return w, nil
}

// decode reads a gzip-compressed JSON file of the wheel into v.
func (w *wheel) decode(name string, v any) error {
	file, err := w.Open(name)
	if err != nil {
		return fmt.Errorf("%s %s: %w", w.pkg, w.version, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	plain, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return json.Unmarshal(text, v)
}

// newest returns the last, in order of name, of the wheel's files that match a pattern: the newest version of a service model.
func (w *wheel) newest(pattern string) (string, error) {
	names, err := fs.Glob(w, pattern)
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", fmt.Errorf("%s %s has no file %s", w.pkg, w.version, pattern)
	}
	return slices.Max(names), nil
}
