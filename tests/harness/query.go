package harness

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// OfType returns the resources of a type, sorted by URN.
func (g *Graph) OfType(typeToken string) []*Resource {
	return g.filter(func(r *Resource) bool { return r.Type == typeToken })
}

// Children returns the resources whose direct parent has the URN.
func (g *Graph) Children(urn string) []*Resource {
	return g.filter(func(r *Resource) bool { return r.ParentURN == urn })
}

// One returns the resource of a type and name, and fails the test when there is none or more than one. An empty name asks
// for the only resource of the type.
func (g *Graph) One(typeToken, name string) *Resource {
	g.t.Helper()
	found := g.filter(func(r *Resource) bool { return r.Type == typeToken && (name == "" || r.Name == name) })
	if len(found) != 1 {
		g.t.Fatalf("%d resources of type %s with name %q, want one; the graph holds:%s", len(found), typeToken, name, suffix(g.names()))
		return nil
	}
	found[0].t = g.t
	return found[0]
}

// Warnings returns the texts of the warnings that the program logged.
func (g *Graph) Warnings() []string {
	var texts []string
	for _, message := range g.Messages {
		if message.Severity == "WARNING" {
			texts = append(texts, message.Text)
		}
	}
	return texts
}

// Export returns an output of the stack as a plain Go value (secret marks removed) and fails the test when there is none.
func (g *Graph) Export(name string) any {
	g.t.Helper()
	value, ok := g.Exports[resource.PropertyKey(name)]
	if !ok {
		g.t.Fatalf("the stack has no output %q, only %v", name, g.Exports.StableKeys())
		return nil
	}
	return plain(value)
}

// DependsOn tells whether a waits for b: through its inputs, its explicit dependencies, its provider or its parents, over
// any number of steps.
func (g *Graph) DependsOn(a, b *Resource) bool {
	seen := map[string]bool{a.URN: true}
	queue := []string{a.URN}
	for len(queue) > 0 {
		res := g.byURN[queue[0]]
		queue = queue[1:]
		if res == nil {
			continue
		}
		for _, urn := range res.waitsFor() {
			if urn == b.URN {
				return true
			}
			if !seen[urn] {
				seen[urn] = true
				queue = append(queue, urn)
			}
		}
	}
	return false
}

func (r *Resource) waitsFor() []string {
	urns := append([]string{r.ParentURN, r.Options.Provider, r.Options.DeletedWith}, r.Options.Dependencies...)
	for _, deps := range r.Options.PropertyDependencies {
		urns = append(urns, deps...)
	}
	for _, provider := range r.Options.Providers {
		urns = append(urns, provider)
	}
	return urns
}

func (g *Graph) filter(keep func(*Resource) bool) []*Resource {
	var found []*Resource
	for _, res := range g.Resources {
		if keep(res) {
			res.t = g.t
			found = append(found, res)
		}
	}
	return found
}

type line string

func (l line) String() string { return string(l) }

// names lists the resources for a message.
func (g *Graph) names() []line {
	lines := make([]line, 0, len(g.Resources))
	for _, res := range g.Resources {
		lines = append(lines, line(res.label()))
	}
	return lines
}

// failure lists what may explain why the program failed.
func (g *Graph) failure() []line {
	var lines []line
	for _, token := range g.unexpected {
		lines = append(lines, line("unexpected invoke of "+token))
	}
	for _, message := range g.Messages {
		if message.Severity == "ERROR" {
			lines = append(lines, line(message.Text))
		}
	}
	return lines
}

func (r *Resource) label() string { return r.Type + " " + r.Name }

// Value returns the input at a path such as "ingress[0].cidrBlocks[1]" or `tags["a.b"]`, without secret marks around it, and
// whether it is there.
func (r *Resource) Value(path string) (resource.PropertyValue, bool) {
	value, _, ok := r.lookup(path)
	return value, ok
}

// IsSecret tells whether the input at a path is secret, itself or through something that holds it.
func (r *Resource) IsSecret(path string) bool {
	_, secret, _ := r.lookup(path)
	return secret
}

// Has tells whether an input is given at the path.
func (r *Resource) Has(path string) bool {
	_, ok := r.Value(path)
	return ok
}

// IsUnknown tells whether the input at a path is unknown, as in a preview.
func (r *Resource) IsUnknown(path string) bool {
	value, ok := r.Value(path)
	return ok && isUnknown(value)
}

// String returns a text input; the test fails where it is missing or of another type.
func (r *Resource) String(path string) string {
	r.t.Helper()
	value := r.must(path)
	if !value.IsString() {
		r.t.Fatalf("%s: %s is a %s, want a string", r.label(), path, value.TypeString())
		return ""
	}
	return value.StringValue()
}

// Int returns a whole number; the test fails where it is missing or of another type.
func (r *Resource) Int(path string) int {
	r.t.Helper()
	value := r.must(path)
	if !value.IsNumber() || value.NumberValue() != float64(int(value.NumberValue())) {
		r.t.Fatalf("%s: %s is %v, want a whole number", r.label(), path, value)
		return 0
	}
	return int(value.NumberValue())
}

// Bool returns a truth value; the test fails where it is missing or of another type.
func (r *Resource) Bool(path string) bool {
	r.t.Helper()
	value := r.must(path)
	if !value.IsBool() {
		r.t.Fatalf("%s: %s is a %s, want a bool", r.label(), path, value.TypeString())
		return false
	}
	return value.BoolValue()
}

// Strings returns a list of texts; the test fails where it is missing or of another type.
func (r *Resource) Strings(path string) []string {
	r.t.Helper()
	value := r.must(path)
	if !value.IsArray() {
		r.t.Fatalf("%s: %s is a %s, want a list", r.label(), path, value.TypeString())
		return nil
	}
	texts := make([]string, len(value.ArrayValue()))
	for i := range texts {
		texts[i] = r.String(fmt.Sprintf("%s[%d]", path, i))
	}
	return texts
}

// JSON returns the parsed document that a text input holds, a policy for example; the test fails where it is none.
func (r *Resource) JSON(path string) any {
	r.t.Helper()
	var document any
	if err := json.Unmarshal([]byte(r.String(path)), &document); err != nil {
		r.t.Fatalf("%s: %s is not JSON: %v", r.label(), path, err)
	}
	return document
}

// Plain returns the input at a path as a plain Go value, secret marks removed; the test fails where it is missing.
func (r *Resource) Plain(path string) any {
	r.t.Helper()
	return plain(r.must(path))
}

func (r *Resource) must(path string) resource.PropertyValue {
	r.t.Helper()
	value, ok := r.Value(path)
	if !ok {
		r.t.Fatalf("%s has no input %s, only %v", r.label(), path, r.Inputs.StableKeys())
	}
	return value
}

func (r *Resource) lookup(path string) (value resource.PropertyValue, secret, ok bool) {
	steps, err := resource.ParsePropertyPath(path)
	if err != nil {
		return value, false, false
	}
	value = resource.NewProperty(r.Inputs)
	for _, step := range steps {
		secret = secret || value.ContainsSecrets() && value.IsSecret()
		value, ok = enter(stripped(value), step)
		if !ok {
			return value, secret, false
		}
	}
	return stripped(value), secret || value.IsSecret(), true
}

func enter(value resource.PropertyValue, step any) (resource.PropertyValue, bool) {
	switch key := step.(type) {
	case string:
		if value.IsObject() {
			inner, ok := value.ObjectValue()[resource.PropertyKey(key)]
			return inner, ok
		}
	case int:
		if value.IsArray() && key >= 0 && key < len(value.ArrayValue()) {
			return value.ArrayValue()[key], true
		}
	}
	return resource.PropertyValue{}, false
}

// plain turns a value into maps, lists and scalars; unknowns become "[unknown]".
func plain(value resource.PropertyValue) any {
	value = stripped(value)
	switch {
	case isUnknown(value):
		return unknownMark
	case value.IsArray():
		items := make([]any, 0, len(value.ArrayValue()))
		for _, item := range value.ArrayValue() {
			items = append(items, plain(item))
		}
		return items
	case value.IsObject():
		object := map[string]any{}
		for key, item := range value.ObjectValue() {
			object[string(key)] = plain(item)
		}
		return object
	case value.IsResourceReference():
		return string(value.ResourceReferenceValue().URN)
	case value.IsAsset(), value.IsArchive():
		return assetMark(value)
	case value.IsNull():
		return nil
	}
	return value.V
}

// assetMark identifies an asset by its hash: its path differs between machines.
func assetMark(value resource.PropertyValue) string {
	if value.IsAsset() {
		return "[asset " + shortHash(value.AssetValue().Hash) + "]"
	}
	return "[archive " + shortHash(value.ArchiveValue().Hash) + "]"
}

func shortHash(hash string) string {
	return strings.ToLower(hash[:min(12, len(hash))])
}
