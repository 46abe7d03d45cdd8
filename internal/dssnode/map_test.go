package dssnode

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// word is a type that nothing else in the settings has.
type word struct{ text string }

func (w word) MarshalJSON() ([]byte, error) { return json.Marshal(w.text) }

// fill gives every field a value of its own.
func fill(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), path)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[word]() {
			v.Set(reflect.ValueOf(word{path}))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value, path)
		v.SetMapIndex(reflect.ValueOf(path), value)
	case reflect.String:
		v.SetString(path)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(len(path)))
	case reflect.Float64:
		v.SetFloat(float64(len(path)))
	default:
		panic("no value for " + v.Type().String())
	}
}

// No field is forgotten: what is mapped renders to the same JSON as before.
func TestMapTakesEverything(t *testing.T) {
	var settings Settings[word]
	fill(reflect.ValueOf(&settings).Elem(), "settings")
	before, err := json.Marshal(settings)
	require.NoError(t, err)
	after, err := json.Marshal(Map(settings, func(w word) string { return w.text }))
	require.NoError(t, err)
	assert.JSONEq(t, string(before), string(after))
	assert.Greater(t, strings.Count(string(after), "settings."), 150, "the sample has every field")
}

func TestMapLeavesNothingAlone(t *testing.T) {
	called := 0
	mapped := Map(Settings[any]{
		Users: []User[any]{{Login: "ada"}}, NetworkingPreset: &NetworkingPreset[any]{Subnets: []any{"a", nil}},
	}, func(value any) string { called++; return value.(string) })
	assert.Equal(t, 1, called)
	assert.Equal(t, []string{"a", ""}, mapped.NetworkingPreset.Subnets)
	assert.Equal(t, Settings[string]{}, Map(Settings[any]{}, func(any) string { return "x" }))
}

// Every field has a key of settings, in the same style.
func TestKeys(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(typ.Elem())
		case reflect.Struct:
			if seen[typ] {
				return
			}
			seen[typ] = true
			for i := range typ.NumField() {
				field := typ.Field(i)
				assert.Regexp(t, `^[a-z][A-Za-z0-9]*,omit(empty|zero)$`, field.Tag.Get("json"), "%s.%s", typ, field.Name)
				walk(field.Type)
			}
		default:
		}
	}
	walk(reflect.TypeFor[Settings[string]]())
	walk(reflect.TypeFor[Installation]())
	assert.Greater(t, len(seen), 20)
}
