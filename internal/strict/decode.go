// Package strict reads settings into typed values and says everything that does not fit: keys that nobody knows, and
// values of the wrong type. encoding/json stops at the first of them, overlooks some, and does not know Pulumi's inputs.
package strict

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// Decode sets what `into` points to from a value as encoding/json makes it: maps, lists, strings, numbers, booleans.
// Fields go by the names of their json tags, and without those by their pulumi tags; inputs of text and of lists of text
// are set to what is given. What is wrong is listed with its path; the rest is set.
func Decode(value any, into any) problem.List {
	var wrong problem.List
	decode(value, reflect.ValueOf(into).Elem(), "", &wrong)
	return wrong
}

func decode(value any, into reflect.Value, path string, wrong *problem.List) {
	if value == nil {
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		decode(value, into.Elem(), path, wrong)
	case reflect.Struct:
		decodeStruct(value, into, path, wrong)
	case reflect.Map:
		decodeMap(value, into, path, wrong)
	case reflect.Slice:
		decodeSlice(value, into, path, wrong)
	case reflect.Interface:
		decodeInput(value, into, path, wrong)
	default:
		decodeScalar(value, into, path, wrong)
	}
}

func decodeStruct(value any, into reflect.Value, path string, wrong *problem.List) {
	object, ok := value.(map[string]any)
	if !ok {
		mismatch(value, "an object", path, wrong)
		return
	}
	fields := fieldsOf(into.Type())
	for _, key := range slices.Sorted(maps.Keys(object)) {
		index, known := fields[key]
		if !known {
			wrong.Add(problem.Join(path, key), "use some of "+strings.Join(slices.Sorted(maps.Keys(fields)), ", "), "there is no such key")
			continue
		}
		decode(object[key], into.FieldByIndex(index), problem.Join(path, key), wrong)
	}
}

// Keys are the keys that settings of a struct type may have, sorted.
func Keys(t reflect.Type) []string { return slices.Sorted(maps.Keys(fieldsOf(t))) }

// fieldsOf are the fields by their keys, those of embedded structs among them.
func fieldsOf(t reflect.Type) map[string][]int {
	fields := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		if key := keyOf(f); key != "" && f.IsExported() && !f.Anonymous {
			fields[key] = f.Index
		}
	}
	return fields
}

// keyOf is the key of a field, or nothing for one that settings cannot set.
func keyOf(f reflect.StructField) string {
	tag, tagged := f.Tag.Lookup("json")
	if !tagged {
		tag = f.Tag.Get("pulumi")
	}
	key, _, _ := strings.Cut(tag, ",")
	if key == "-" {
		return ""
	}
	return key
}

// decodeInput sets an input to a plain value of its type.
func decodeInput(value any, into reflect.Value, path string, wrong *problem.List) {
	var text string
	var list []string
	switch {
	case reflect.TypeFor[pulumi.String]().AssignableTo(into.Type()):
		decode(value, reflect.ValueOf(&text).Elem(), path, wrong)
		into.Set(reflect.ValueOf(pulumi.String(text)))
	case reflect.TypeFor[pulumi.StringArray]().AssignableTo(into.Type()):
		decode(value, reflect.ValueOf(&list).Elem(), path, wrong)
		into.Set(reflect.ValueOf(pulumi.ToStringArray(list)))
	default:
		wrong.Add(path, "", "values of type %s cannot be set", into.Type())
	}
}

func decodeMap(value any, into reflect.Value, path string, wrong *problem.List) {
	object, ok := value.(map[string]any)
	if !ok {
		mismatch(value, "an object", path, wrong)
		return
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(object)))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		item := reflect.New(into.Type().Elem()).Elem()
		decode(object[key], item, problem.Join(path, key), wrong)
		into.SetMapIndex(reflect.ValueOf(key).Convert(into.Type().Key()), item)
	}
}

func decodeSlice(value any, into reflect.Value, path string, wrong *problem.List) {
	list, ok := value.([]any)
	if !ok {
		mismatch(value, "a list", path, wrong)
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, item := range list {
		decode(item, into.Index(i), problem.Index(path, i), wrong)
	}
}

func decodeScalar(value any, into reflect.Value, path string, wrong *problem.List) {
	switch into.Kind() {
	case reflect.String:
		if text, ok := value.(string); ok {
			into.SetString(text)
			return
		}
		mismatch(value, "text", path, wrong)
	case reflect.Bool:
		if flag, ok := value.(bool); ok {
			into.SetBool(flag)
			return
		}
		mismatch(value, "true or false", path, wrong)
	case reflect.Int, reflect.Int64:
		if number, ok := value.(float64); ok && number == math.Trunc(number) {
			into.SetInt(int64(number))
			return
		}
		mismatch(value, "a whole number", path, wrong)
	case reflect.Float64:
		if number, ok := value.(float64); ok {
			into.SetFloat(number)
			return
		}
		mismatch(value, "a number", path, wrong)
	default:
		wrong.Add(path, "", "values of type %s cannot be set", into.Type())
	}
}

func mismatch(value any, want, path string, wrong *problem.List) {
	wrong.Add(path, "give "+want, "%s is not %s", describe(value), want)
}

func describe(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return fmt.Sprintf("%q", v)
	default:
		return fmt.Sprint(v)
	}
}
