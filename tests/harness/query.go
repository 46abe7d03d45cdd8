package harness

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// OfType returns the resources of a type, sorted by URN.
func (g *Graph) OfType(typeToken string) []*Resource {
	return g.filter(func(r *Resource) bool { return r.Type == typeToken })
}

// Children returns the resources whose direct parent has the URN.
func (g *Graph) Children(urn string) []*Resource {
	return g.filter(func(r *Resource) bool { return r.ParentURN == urn })
}

// One returns the resource of a type and name, and fails the test when there is none or more than one. An empty name asks
// for the only resource of the type.
func (g *Graph) One(typeToken, name string) *Resource {
	g.t.Helper()
	found := g.filter(func(r *Resource) bool { return r.Type == typeToken && (name == "" || r.Name == name) })
	if len(found) != 1 {
		g.t.Fatalf("%d resources of type %s with name %q, want one; the graph holds:%s", len(found), typeToken, name, suffix(g.names()))
		return nil
	}
	found[0].t = g.t
	return found[0]
}

// Export returns an output of the stack as a plain Go value (secret marks removed) and fails the test when there is none.
func (g *Graph) Export(name string) any {
	g.t.Helper()
	value, ok := g.Exports[resource.PropertyKey(name)]
	if !ok {
		g.t.Fatalf("the stack has no output %q, only %v", name, g.Exports.StableKeys())
		return nil
	}
	return synth.Plain(value)
}

func (g *Graph) filter(keep func(*Resource) bool) []*Resource {
	var found []*Resource
	for _, res := range g.Resources {
		if keep(res) {
			res.t = g.t
			found = append(found, res)
		}
	}
	return found
}

type line string

func (l line) String() string { return string(l) }

// names lists the resources for a message.
func (g *Graph) names() []line {
	lines := make([]line, 0, len(g.Resources))
	for _, res := range g.Resources {
		lines = append(lines, line(res.Label()))
	}
	return lines
}

// failure lists what may explain why the program failed.
func (g *Graph) failure() []line {
	var lines []line
	for _, token := range g.Unexpected {
		lines = append(lines, line("unexpected invoke of "+token))
	}
	for _, message := range g.Messages {
		if message.Severity == "ERROR" {
			lines = append(lines, line(message.Text))
		}
	}
	return lines
}

// String returns a text input; the test fails where it is missing or of another type.
func (r *Resource) String(path string) string {
	r.t.Helper()
	value := r.must(path)
	if !value.IsString() {
		r.t.Fatalf("%s: %s is a %s, want a string", r.Label(), path, value.TypeString())
		return ""
	}
	return value.StringValue()
}

// Int returns a whole number; the test fails where it is missing or of another type.
func (r *Resource) Int(path string) int {
	r.t.Helper()
	value := r.must(path)
	if !value.IsNumber() || value.NumberValue() != float64(int(value.NumberValue())) {
		r.t.Fatalf("%s: %s is %v, want a whole number", r.Label(), path, value)
		return 0
	}
	return int(value.NumberValue())
}

// Bool returns a truth value; the test fails where it is missing or of another type.
func (r *Resource) Bool(path string) bool {
	r.t.Helper()
	value := r.must(path)
	if !value.IsBool() {
		r.t.Fatalf("%s: %s is a %s, want a bool", r.Label(), path, value.TypeString())
		return false
	}
	return value.BoolValue()
}

// Strings returns a list of texts; the test fails where it is missing or of another type.
func (r *Resource) Strings(path string) []string {
	r.t.Helper()
	value := r.must(path)
	if !value.IsArray() {
		r.t.Fatalf("%s: %s is a %s, want a list", r.Label(), path, value.TypeString())
		return nil
	}
	texts := make([]string, len(value.ArrayValue()))
	for i := range texts {
		texts[i] = r.String(fmt.Sprintf("%s[%d]", path, i))
	}
	return texts
}

// JSON returns the parsed document that a text input holds, a policy for example; the test fails where it is none.
func (r *Resource) JSON(path string) any {
	r.t.Helper()
	var document any
	if err := json.Unmarshal([]byte(r.String(path)), &document); err != nil {
		r.t.Fatalf("%s: %s is not JSON: %v", r.Label(), path, err)
	}
	return document
}

// Plain returns the input at a path as a plain Go value, secret marks removed; the test fails where it is missing.
func (r *Resource) Plain(path string) any {
	r.t.Helper()
	return synth.Plain(r.must(path))
}

func (r *Resource) must(path string) resource.PropertyValue {
	r.t.Helper()
	value, ok := r.Value(path)
	if !ok {
		r.t.Fatalf("%s has no input %s, only %v", r.Label(), path, r.Inputs.StableKeys())
	}
	return value
}
