package awscloud

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud/inventory"
)

// New decides whether AWS would make a resource, and gives it its id and outputs.
func New(r Request) (inventory.Resource, error) {
	spec := SpecOf(r.Type)
	if err := nameIsFree(r, spec); err != nil {
		return inventory.Resource{}, err
	}
	if spec.Validate != nil {
		if err := spec.Validate(r); err != nil {
			return inventory.Resource{}, err
		}
	}
	r.ID = spec.ID(r)
	if r.ID == "" {
		return inventory.Resource{}, fmt.Errorf("creating %s: the properties that its id is made of are empty", r.Type)
	}
	return inventory.Resource{Type: r.Type, ID: r.ID, Name: r.Name, Inputs: r.Inputs, Outputs: Outputs(r)}, nil
}

// nameIsFree compares the unique properties with those of every resource of the type.
func nameIsFree(r Request, spec Spec) error {
	if len(spec.Unique) == 0 {
		return nil
	}
	for _, other := range r.Existing.OfType(r.Type) {
		if sameAt(r.Inputs, other.Inputs, spec.Unique) {
			return errors.New(spec.Taken(r))
		}
	}
	return nil
}

func sameAt(a, b resource.PropertyMap, paths []string) bool {
	for _, path := range paths {
		x, _ := inventory.At(a, path)
		y, _ := inventory.At(b, path)
		if !x.DeepEquals(y) {
			return false
		}
	}
	return true
}

// Outputs joins the inputs with what the cloud computes. What the program gives wins,
// inside of objects too.
func Outputs(r Request) resource.PropertyMap {
	out := resource.NewPropertyMapFromMap(SpecOf(r.Type).Outputs(r))
	merge(out, r.Inputs)
	if facts, ok := FactsOf(r.Type); ok && facts.Tags {
		if tags, ok := r.Inputs["tags"]; ok {
			out["tagsAll"] = tags
		} else {
			out["tagsAll"] = resource.NewObjectProperty(resource.PropertyMap{})
		}
	}
	return out
}

func merge(into, from resource.PropertyMap) {
	for key, value := range from {
		if isInternal(key) {
			continue
		}
		old, ok := into[key]
		if ok && old.IsObject() && value.IsObject() {
			merged := old.ObjectValue().Copy()
			merge(merged, value.ObjectValue())
			into[key] = resource.NewObjectProperty(merged)
			continue
		}
		into[key] = value
	}
}

// Preview returns the outputs of a resource that is yet to be made: those that the cloud
// computes are unknown.
func Preview(r Request) resource.PropertyMap {
	unknown := resource.MakeComputed(resource.NewStringProperty(""))
	out := resource.PropertyMap{}
	facts, _ := FactsOf(r.Type)
	for _, name := range facts.Computed {
		out[resource.PropertyKey(name)] = unknown
	}
	r.ID = "00000000-0000-4000-8000-000000000000" // seen by nobody: ids in values become unknown below
	for name, value := range SpecOf(r.Type).Outputs(r) {
		out[resource.PropertyKey(name)] = unknownLike(value, r.Inputs[resource.PropertyKey(name)])
	}
	merge(out, r.Inputs)
	if tags, ok := r.Inputs["tags"]; ok && facts.Tags {
		out["tagsAll"] = tags
	}
	return out
}

// unknownLike is an unknown value, or an object of them where the program gives a part of
// the object: the rest of it is the cloud's.
func unknownLike(value any, given resource.PropertyValue) resource.PropertyValue {
	unknown := resource.MakeComputed(resource.NewStringProperty(""))
	fields, ok := value.(map[string]any)
	if !ok || !given.IsObject() {
		return unknown
	}
	out := resource.PropertyMap{}
	for name := range fields {
		out[resource.PropertyKey(name)] = unknown
	}
	return resource.NewObjectProperty(out)
}

// PreviewUpdate returns the outputs after an update that is yet to be made.
func PreviewUpdate(r Request) resource.PropertyMap {
	out := r.Previous.Copy()
	merge(out, r.Inputs)
	for _, name := range SpecOf(r.Type).Renewed {
		out[resource.PropertyKey(name)] = resource.MakeComputed(resource.NewStringProperty(""))
	}
	return out
}

// InUse says why a resource cannot be deleted, or nothing when it can.
func InUse(existing *inventory.Inventory, r inventory.Resource) error {
	spec := SpecOf(r.Type)
	for _, use := range spec.Uses {
		want := r.ID
		if use.Of != "" {
			want = inventory.Text(r.Outputs, use.Of)
		}
		for _, user := range existing.OfType(use.By) {
			if inventory.Mentions(user.Outputs, use.Path, want) {
				return fmt.Errorf("%s (held by %s %s)", spec.InUse(r, user), kebab(user.Type), user.ID)
			}
		}
	}
	return nil
}

// Missing lists the properties without which the provider refuses a resource.
func Missing(typ string, inputs resource.PropertyMap) []string {
	facts, _ := FactsOf(typ)
	var out []string
	for _, name := range facts.Required {
		if v, ok := inputs[resource.PropertyKey(name)]; !ok || v.IsNull() {
			out = append(out, name)
		}
	}
	return out
}

// MissingReason words that a property is missing, as pulumi-aws does.
func MissingReason(typ, name string) string {
	return fmt.Sprintf("Missing required argument. The argument \"%s\" is required, but no definition was found. (%s)",
		name, strings.ReplaceAll(kebab(typ), "-", " "))
}
