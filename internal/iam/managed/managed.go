// Package managed has the managed policies of AWS's own that roles of the platform are attached to.
package managed

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
)

//go:embed policies.json
var table []byte

// Policies are the policies that are known. They come from tools/tables.
type Policies struct {
	// Source is what they were made from.
	Source    string
	documents map[string]iam.Document
}

// Load reads the table.
func Load() (Policies, error) {
	var file struct {
		Source   string
		Policies map[string]struct{ Document json.RawMessage }
	}
	if err := json.Unmarshal(table, &file); err != nil {
		return Policies{}, fmt.Errorf("the table of managed policies: %w", err)
	}
	known := Policies{Source: file.Source, documents: map[string]iam.Document{}}
	for name, policy := range file.Policies {
		document, err := iam.Parse(string(policy.Document))
		if err != nil {
			return Policies{}, fmt.Errorf("managed policy %s: %w", name, err)
		}
		known.documents[name] = document
	}
	return known, nil
}

// Document returns the policy with an ARN such as `arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy`.
func (p Policies) Document(arn string) (iam.Document, bool) {
	document, ok := p.documents[arn[strings.LastIndex(arn, "/")+1:]]
	return document, ok
}

// Names are the names of the policies that are known.
func (p Policies) Names() []string { return slices.Sorted(maps.Keys(p.documents)) }
