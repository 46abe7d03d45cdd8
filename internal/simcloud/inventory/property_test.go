package inventory

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
)

func TestPaths(t *testing.T) {
	props := resource.NewPropertyMapFromMap(map[string]any{
		"a": "x", "n": 2, "flag": true, "list": []any{"p", "q"},
		"nested": map[string]any{"b": "y"}, "items": []any{map[string]any{"c": "1"}, map[string]any{"c": "2"}},
	})
	props["secret"] = resource.MakeSecret(String("s"))
	props["unknown"] = resource.MakeComputed(String(""))
	for path, want := range map[string]string{
		"a": "x", "nested.b": "y", "items.c": "1", "secret": "s", "unknown": "", "missing": "", "a.b": "", "n": "",
	} {
		assert.Equal(t, want, Text(props, path), path)
	}
	assert.Equal(t, []string{"p", "q"}, Texts(props, "list"))
	assert.Nil(t, Texts(props, "a"))
	assert.InDelta(t, 2, Number(props, "n"), 0)
	assert.True(t, Flag(props, "flag", false))
	assert.True(t, Flag(props, "missing", true))
	assert.True(t, Mentions(props, "items.c", "2"), "all elements are looked into")
	assert.True(t, Mentions(props, "list", "q"))
	assert.False(t, Mentions(props, "list", "x"))
	assert.False(t, Mentions(props, "unknown", ""))
}

func TestHexDependsOnTheSeedAlone(t *testing.T) {
	assert.Len(t, Hex(100, "a"), 100)
	first := Hex(8, "a", 1)
	assert.Equal(t, first, Hex(8, "a", 1))
	assert.NotEqual(t, Hex(8, "a", 1), Hex(8, "a", 2))
}
