package strict_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/strict"
)

type base struct {
	Path string `json:"path,omitempty"`
}

type pool struct {
	Types []string `json:"types"`
	Max   int      `json:"max"`
}

type settings struct {
	base
	On     *bool             `json:"on"`
	Ratio  float64           `json:"ratio"`
	Pools  map[string]pool   `json:"pools"`
	Tags   map[string]string `json:"tags"`
	Hidden string            `json:"-"`
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	var value map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &value))
	return value
}

func TestDecode(t *testing.T) {
	var got settings
	wrong := strict.Decode(parse(t, `{"path":"/x/","on":false,"ratio":1.5,"pools":{"a":{"types":["t"],"max":3}},"tags":null}`), &got)
	require.Empty(t, wrong)
	off := false
	assert.Equal(t, settings{base: base{Path: "/x/"}, On: &off, Ratio: 1.5, Pools: map[string]pool{"a": {Types: []string{"t"}, Max: 3}}}, got)
}

func TestDecodeSaysAllThatIsWrong(t *testing.T) {
	var got settings
	wrong := strict.Decode(parse(t, `{"on":"yes","ratio":"x","Hidden":"x","pools":{"a":{"type":["t"],"max":1.5},"b":7},"tags":{"x":1},"path":["/"]}`), &got)
	var texts []string
	for _, p := range wrong {
		texts = append(texts, p.String())
	}
	assert.Equal(t, []string{
		"Hidden: there is no such key; use some of on, path, pools, ratio, tags",
		`on: "yes" is not true or false; give true or false`,
		"path: a list is not text; give text",
		"pools.a.max: 1.5 is not a whole number; give a whole number",
		"pools.a.type: there is no such key; use some of max, types",
		"pools.b: 7 is not an object; give an object",
		`ratio: "x" is not a number; give a number`,
		"tags.x: 1 is not text; give text",
	}, texts)
}

// args are as components have them.
type args struct {
	Key     pulumi.StringInput      `pulumi:"key,optional"`
	Subnets pulumi.StringArrayInput `pulumi:"subnets"`
	Size    int                     `pulumi:"size,optional"`
	After   []pulumi.Resource       `pulumi:"-"`
}

func TestDecodeSetsInputs(t *testing.T) {
	var got args
	require.Empty(t, strict.Decode(parse(t, `{"key":"arn","subnets":["a","b"],"size":3}`), &got))
	assert.Equal(t, args{Key: pulumi.String("arn"), Subnets: pulumi.ToStringArray([]string{"a", "b"}), Size: 3}, got)

	wrong := strict.Decode(parse(t, `{"key":1,"subnets":["a",2],"After":[]}`), &args{})
	assert.EqualError(t, wrong.Err("x"), `x: 3 problems:
  - After: there is no such key; use some of key, size, subnets
  - key: 1 is not text; give text
  - subnets[1]: 2 is not text; give text`)
}

func TestMerge(t *testing.T) {
	below := parse(t, `{"a":{"x":1,"y":[1,2]},"b":"low","c":{"z":1}}`)
	merged := strict.Merge(below, parse(t, `{"a":{"y":[3]},"b":"high","c":null,"d":{}}`))
	assert.Equal(t, parse(t, `{"a":{"x":1,"y":[3]},"b":"high","d":{}}`), merged)
	assert.Equal(t, parse(t, `{"a":{"x":1,"y":[1,2]},"b":"low","c":{"z":1}}`), below, "the lower settings are left alone")
}

func TestHas(t *testing.T) {
	at := parse(t, `{"a":{"b":1},"list":[1]}`)
	assert.True(t, strict.Has(at, "a", "b"))
	assert.True(t, strict.Has(at, "list", "0"))
	assert.False(t, strict.Has(at, "a", "c"))
	assert.False(t, strict.Has(at, "x"))
}
