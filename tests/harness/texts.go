package harness

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

const (
	// maxDepth limits how many encodings inside one another are opened: user data is gzip in base64 with base64 files.
	maxDepth = 5
	// maxUnpacked limits what one gzip may hold, in bytes.
	maxUnpacked = 4 << 20
)

// encodedPart is a run of characters long enough to be worth a try as base64.
var encodedPart = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}={0,2}`)

// leaf is one text found in properties, also inside JSON documents, base64 and gzip.
type leaf struct {
	path, text string
	secret     bool
}

// leaves returns every text in the properties, keys included. A JSON document is returned as its parts.
func leaves(properties resource.PropertyMap) []leaf {
	var found []leaf
	collect(resource.NewProperty(properties), "", false, func(l leaf) { found = append(found, l) })
	sort.SliceStable(found, func(i, j int) bool { return found[i].path < found[j].path })
	return found
}

func collect(value resource.PropertyValue, path string, secret bool, visit func(leaf)) {
	secret = secret || value.IsSecret() || value.IsOutput() && value.OutputValue().Secret
	value = synth.Stripped(value)
	switch {
	case value.IsString():
		open(leaf{path, value.StringValue(), secret}, 0, visit)
	case value.IsArray():
		for i, item := range value.ArrayValue() {
			collect(item, fmt.Sprintf("%s[%d]", path, i), secret, visit)
		}
	case value.IsObject():
		for key, item := range value.ObjectValue() {
			inner := join(path, string(key))
			visit(leaf{inner, string(key), secret})
			collect(item, inner, secret, visit)
		}
	case value.IsAsset():
		open(leaf{path, value.AssetValue().Text, secret}, 0, visit)
	case value.IsArchive():
		for name, inner := range value.ArchiveValue().Assets {
			collect(resource.NewPropertyValue(inner), join(path, name), secret, visit)
		}
	}
}

func open(l leaf, depth int, visit func(leaf)) {
	if l.text == "" || depth > maxDepth {
		return
	}
	if document, ok := parseDocument(l.text); ok {
		collectDocument(document, l, depth, visit)
		return
	}
	visit(l)
	for _, inner := range unpacked(l.text) {
		open(leaf{l.path + " (decoded)", inner, l.secret}, depth+1, visit)
	}
}

func collectDocument(document any, at leaf, depth int, visit func(leaf)) {
	switch node := document.(type) {
	case string:
		open(leaf{at.path, node, at.secret}, depth+1, visit)
	case []any:
		for i, item := range node {
			collectDocument(item, leaf{fmt.Sprintf("%s[%d]", at.path, i), "", at.secret}, depth, visit)
		}
	case map[string]any:
		for key, item := range node {
			path := join(at.path, key)
			visit(leaf{path, key, at.secret})
			collectDocument(item, leaf{path, "", at.secret}, depth, visit)
		}
	default:
		visit(leaf{at.path, fmt.Sprint(node), at.secret})
	}
}

// unpacked returns what the text holds in base64: as a whole (line breaks ignored), or in parts.
func unpacked(text string) []string {
	if whole, ok := decoded(strings.Join(strings.Fields(text), "")); ok {
		return []string{whole}
	}
	var found []string
	for _, part := range encodedPart.FindAllString(text, -1) {
		if inner, ok := decoded(part); ok {
			found = append(found, inner)
		}
	}
	return found
}

func decoded(text string) (string, bool) {
	if len(text) < 8 {
		return "", false
	}
	text = strings.TrimRight(text, "=")
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		raw, err := encoding.DecodeString(text)
		if err != nil {
			continue
		}
		raw = inflated(raw)
		if utf8.Valid(raw) {
			return string(raw), true
		}
	}
	return "", false
}

func inflated(raw []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return raw
	}
	text, err := io.ReadAll(io.LimitReader(reader, maxUnpacked))
	if err != nil {
		return raw
	}
	return text
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
