// Package inventory holds what exists in the simulated cloud. It knows nothing of
// any cloud's rules and does no locking: whoever owns an Inventory guards it.
package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Resource is one thing that exists.
type Resource struct {
	// Type is the Pulumi type token, such as aws:ec2/vpc:Vpc.
	Type string
	// ID is the provider's id. Together with Type and Scope it is unique.
	ID string
	// Scope separates namespaces of ids: the endpoint of its cluster for a Kubernetes
	// object, empty for everything else.
	Scope string
	// Name is the logical name in the program that created it.
	Name string
	// URN is the Pulumi URN of the resource that created it.
	URN string
	// Inputs are the properties as the provider last accepted them.
	Inputs resource.PropertyMap
	// Outputs are the inputs plus what the cloud computed.
	Outputs resource.PropertyMap
	// Serial counts creations; it orders resources by age.
	Serial int
}

// Inventory is the set of all resources that exist.
type Inventory struct {
	serial    int
	resources map[key]Resource
}

type key struct{ typ, scope, id string }

// New returns an empty inventory.
func New() *Inventory {
	return &Inventory{resources: map[key]Resource{}}
}

// Next returns the serial number that the next new resource will get.
func (v *Inventory) Next() int { return v.serial + 1 }

// Add stores a new resource. It fails when one of the same type, scope and id exists.
func (v *Inventory) Add(r Resource) error {
	k := key{r.Type, r.Scope, r.ID}
	if _, taken := v.resources[k]; taken {
		return fmt.Errorf("%s with id %q exists already", r.Type, r.ID)
	}
	v.serial++
	r.Serial = v.serial
	v.resources[k] = r
	return nil
}

// Replace stores new properties of a resource that exists.
func (v *Inventory) Replace(r Resource) error {
	k := key{r.Type, r.Scope, r.ID}
	old, ok := v.resources[k]
	if !ok {
		return fmt.Errorf("%s with id %q does not exist", r.Type, r.ID)
	}
	r.Serial = old.Serial
	v.resources[k] = r
	return nil
}

// Remove forgets a resource and says whether it was there.
func (v *Inventory) Remove(typ, scope, id string) bool {
	k := key{typ, scope, id}
	_, ok := v.resources[k]
	delete(v.resources, k)
	return ok
}

// Get finds a resource by type, scope and id.
func (v *Inventory) Get(typ, scope, id string) (Resource, bool) {
	r, ok := v.resources[key{typ, scope, id}]
	return r, ok
}

// All returns every resource, oldest first.
func (v *Inventory) All() []Resource {
	out := make([]Resource, 0, len(v.resources))
	for _, r := range v.resources {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Resource) int { return a.Serial - b.Serial })
	return out
}

// OfType returns the resources of one type, oldest first.
func (v *Inventory) OfType(typ string) []Resource {
	return slices.DeleteFunc(v.All(), func(r Resource) bool { return r.Type != typ })
}

// Find returns the oldest resource of a type whose property at path is the string want.
func (v *Inventory) Find(typ, path, want string) (Resource, bool) {
	for _, r := range v.OfType(typ) {
		if Text(r.Outputs, path) == want {
			return r, true
		}
	}
	return Resource{}, false
}

// Hex returns n lower-case hexadecimal digits that depend on the seed alone.
func Hex(n int, seed ...any) string {
	digits := ""
	for block := 0; len(digits) < n; block++ {
		sum := sha256.Sum256(fmt.Append(nil, append(seed, block)...))
		digits += hex.EncodeToString(sum[:])
	}
	return digits[:n]
}
