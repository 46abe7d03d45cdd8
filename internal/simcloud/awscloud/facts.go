package awscloud

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"
)

// facts.json was made on 2026-11-21 by asking the Terraform AWS provider 5.100.0, the
// upstream of pulumi-aws 6.83.0, for its plan of a change to each property of each type,
// under Pulumi's names. A property that the provider refused to plan with a made-up value
// is taken for one that can be updated.
//
//go:embed facts.json
var factsJSON []byte

// Facts is what the real provider's schema says about a type.
type Facts struct {
	// Tags says that the type has the properties tags and tagsAll.
	Tags bool `json:"tags"`
	// Named is the property that Pulumi fills with a generated name, or "".
	Named string `json:"named"`
	// Required lists properties without which the provider refuses the resource.
	Required []string `json:"required"`
	// Replace lists paths of properties, without indexes, whose change needs a new resource.
	Replace []string `json:"replace"`
	// Computed lists the properties that only the cloud sets.
	Computed []string `json:"computed"`
}

var loadFacts = sync.OnceValue(func() map[string]Facts {
	out := map[string]Facts{}
	if err := json.Unmarshal(factsJSON, &out); err != nil {
		panic(fmt.Sprintf("facts.json, which is embedded, is damaged: %v", err))
	}
	return out
})

// FactsOf returns the facts about a type and whether there are any.
func FactsOf(typ string) (Facts, bool) {
	f, ok := loadFacts()[typ]
	return f, ok
}
