package synth

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// UnknownMark is how an unknown appears among plain values.
const UnknownMark = "[unknown]"

// Find returns the resource with the URN, or nil.
func (g *Graph) Find(urn string) *Resource { return g.byURN[urn] }

// OfType returns the resources of a type, sorted by URN.
func (g *Graph) OfType(typeToken string) []*Resource {
	var found []*Resource
	for _, res := range g.Resources {
		if res.Type == typeToken {
			found = append(found, res)
		}
	}
	return found
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

// Label is the resource's type and name.
func (r *Resource) Label() string { return r.Type + " " + r.Name }

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
	return ok && IsUnknown(value)
}

func (r *Resource) lookup(path string) (value resource.PropertyValue, secret, ok bool) {
	steps, err := resource.ParsePropertyPath(path)
	if err != nil {
		return value, false, false
	}
	value = resource.NewProperty(r.Inputs)
	for _, step := range steps {
		secret = secret || value.ContainsSecrets() && value.IsSecret()
		value, ok = enter(Stripped(value), step)
		if !ok {
			return value, secret, false
		}
	}
	return Stripped(value), secret || value.IsSecret(), true
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

// Plain turns a value into maps, lists and scalars; unknowns become "[unknown]".
func Plain(value resource.PropertyValue) any {
	value = Stripped(value)
	switch {
	case IsUnknown(value):
		return UnknownMark
	case value.IsArray():
		items := make([]any, 0, len(value.ArrayValue()))
		for _, item := range value.ArrayValue() {
			items = append(items, Plain(item))
		}
		return items
	case value.IsObject():
		object := map[string]any{}
		for key, item := range value.ObjectValue() {
			object[string(key)] = Plain(item)
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
