package dssnode

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// anything is what a mutation puts somewhere.
func anything(random *rand.Rand) any {
	values := []any{
		nil, "", " ", "a", "A b", "default", "eks", "small", "sales-athena", "\n", "{", "[]", "3.12", "1.33", "14.1.0", "15.2.0", Unknown,
		"s3://x", true, false, -1.0, 0.0, 1.0, 2.5, 1e9, -1e15, list{}, list{nil}, list{"a", "a"}, list{object{}}, object{},
		object{"a": "b"}, object{"": "\n"},
	}
	return values[random.IntN(len(values))]
}

// mutate changes one place of a document at random.
func mutate(random *rand.Rand, value any) any {
	if random.IntN(4) == 0 {
		return anything(random)
	}
	switch v := value.(type) {
	case object:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) == 0 {
			return anything(random)
		}
		key := keys[random.IntN(len(keys))]
		v[key] = mutate(random, v[key])
		return v
	case list:
		if len(v) == 0 {
			return anything(random)
		}
		at := random.IntN(len(v))
		v[at] = mutate(random, v[at])
		return v
	default:
		return anything(random)
	}
}

// Settings that are nearly right are what people write. Whatever is wrong with them is listed, and nothing breaks.
func TestMutationsNeverPanic(t *testing.T) {
	random := rand.New(rand.NewPCG(14, 15))
	decoded, accepted, refused := 0, 0, 0
	for round := range 1500 {
		installation, settings := fullInstallation([]string{"14.7.5", "15.2.0"}[round%2]), fullSettings()
		for _, part := range []any{&installation, &settings} {
			text, err := json.Marshal(part)
			require.NoError(t, err)
			var document any
			require.NoError(t, json.Unmarshal(text, &document))
			for range 1 + random.IntN(2) {
				document = mutate(random, document)
			}
			text, err = json.Marshal(document)
			require.NoError(t, err)
			switch p := part.(type) {
			case *Installation:
				*p = Installation{}
			case *Settings[string]:
				*p = Settings[string]{}
			}
			if json.Unmarshal(text, part) == nil {
				decoded++
			}
		}
		known := facts()
		known.HasLicense, known.HTTPS = random.IntN(3) > 0, random.IntN(3) > 0
		problems := Problems(installation, settings, known)
		for _, p := range problems {
			require.Regexp(t, `^(installation|settings)(\.|$)`, p.Path)
			require.NotEmpty(t, p.Wrong)
		}
		rendered := Render(installation, settings, known, secrets())
		require.Contains(t, rendered, "inside")
		if len(problems) > 0 {
			refused++
			continue
		}
		accepted++
	}
	assert.Greater(t, decoded, 600)
	assert.Greater(t, accepted, 50)
	assert.Greater(t, refused, 500)
}
