package inventory

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Plain strips secret and output wrappers from a value, at its top only.
func Plain(v resource.PropertyValue) resource.PropertyValue {
	for {
		switch {
		case v.IsSecret():
			v = v.SecretValue().Element
		case v.IsOutput():
			if !v.OutputValue().Known {
				return resource.MakeComputed(resource.NewStringProperty(""))
			}
			v = v.OutputValue().Element
		default:
			return v
		}
	}
}

// At returns the value at a dotted path. Where a list is on the way, its first element is
// looked into; a list at the end of the path is returned whole.
func At(props resource.PropertyMap, path string) (resource.PropertyValue, bool) {
	current := resource.NewObjectProperty(props)
	for part := range strings.SplitSeq(path, ".") {
		current = Plain(current)
		if current.IsArray() && len(current.ArrayValue()) > 0 {
			current = Plain(current.ArrayValue()[0])
		}
		if !current.IsObject() {
			return resource.PropertyValue{}, false
		}
		next, ok := current.ObjectValue()[resource.PropertyKey(part)]
		if !ok {
			return resource.PropertyValue{}, false
		}
		current = next
	}
	return Plain(current), true
}

// Text returns the string at a dotted path, or "" when there is none.
func Text(props resource.PropertyMap, path string) string {
	if v, ok := At(props, path); ok && v.IsString() {
		return v.StringValue()
	}
	return ""
}

// Number returns the number at a dotted path, or 0 when there is none.
func Number(props resource.PropertyMap, path string) float64 {
	if v, ok := At(props, path); ok && v.IsNumber() {
		return v.NumberValue()
	}
	return 0
}

// Flag returns the boolean at a dotted path, or otherwise when there is none.
func Flag(props resource.PropertyMap, path string, otherwise bool) bool {
	if v, ok := At(props, path); ok && v.IsBool() {
		return v.BoolValue()
	}
	return otherwise
}

// Texts returns the strings of the list at a dotted path.
func Texts(props resource.PropertyMap, path string) []string {
	v, ok := At(props, path)
	if !ok || !v.IsArray() {
		return nil
	}
	var out []string
	for _, item := range v.ArrayValue() {
		if item = Plain(item); item.IsString() {
			out = append(out, item.StringValue())
		}
	}
	return out
}

// Mentions says whether the value at a dotted path is the string want, or a list with
// it. Lists on the way are looked into, all elements of them.
func Mentions(props resource.PropertyMap, path, want string) bool {
	return mentions(resource.NewObjectProperty(props), strings.Split(path, "."), want)
}

func mentions(v resource.PropertyValue, path []string, want string) bool {
	v = Plain(v)
	if v.IsArray() {
		for _, item := range v.ArrayValue() {
			if mentions(item, path, want) {
				return true
			}
		}
		return false
	}
	if len(path) == 0 {
		return v.IsString() && v.StringValue() == want
	}
	if !v.IsObject() {
		return false
	}
	next, ok := v.ObjectValue()[resource.PropertyKey(path[0])]
	return ok && mentions(next, path[1:], want)
}

// String makes a property value of a string.
func String(s string) resource.PropertyValue { return resource.NewStringProperty(s) }

// List makes a property value of strings.
func List(items ...string) resource.PropertyValue {
	values := make([]resource.PropertyValue, len(items))
	for i, item := range items {
		values[i] = String(item)
	}
	return resource.NewArrayProperty(values)
}

// Object makes a property value of a map.
func Object(m map[string]any) resource.PropertyValue {
	return resource.NewObjectProperty(resource.NewPropertyMapFromMap(m))
}
