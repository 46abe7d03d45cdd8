// Package actions knows which actions IAM policies can name and which resources each action takes, for the services that the
// program's policies are about, so that a policy with a slip is found before AWS ignores it: AWS takes a statement with an action
// that does not exist, or with a resource that the action never has, and the statement then does nothing.
//
// The tables are generated and dated; an action that AWS added later is not in them.
package actions

//go:generate ../../../tools/tables/generate

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

// actionTable has a line for each action: its name, and the types of resources it takes. A type that it needs ends in `!`.
//
//go:embed actions.csv
var actionTable string

// typeTable has a line for each type of resource: its name and its ARN.
//
//go:embed resource_types.csv
var typeTable string

// Action is one action of the table.
type Action struct {
	// Name is `s3:GetObject`, as AWS writes it.
	Name string
	// Resources are the ARNs of the resources it takes, by type. In them `%` stands for a name and `*` for one with slashes and
	// colons. An action without any takes `*` only.
	Resources map[string]string
	// Needs are types of which it takes a resource each; it takes any of the others.
	Needs []string
}

// table is what the embedded text says, by the action's name in lower case.
type table struct {
	actions  map[string]Action
	names    []string
	services map[string]bool
}

// read reads the tables when they are first needed.
var read = sync.OnceValue(func() table {
	types := map[string]string{}
	for line := range lines(typeTable) {
		name, arn, _ := strings.Cut(line, ",")
		types[name] = arn
	}
	t := table{actions: map[string]Action{}, services: map[string]bool{}}
	for line := range lines(actionTable) {
		a := readAction(line, types)
		service, _, _ := strings.Cut(a.Name, ":")
		t.services[service] = true
		t.actions[strings.ToLower(a.Name)] = a
	}
	t.names = slices.Sorted(maps.Keys(t.actions))
	return t
})

func readAction(line string, types map[string]string) Action {
	fields := strings.Split(line, ",")
	service, _, _ := strings.Cut(fields[0], ":")
	a := Action{Name: fields[0], Resources: map[string]string{}}
	for _, field := range fields[1:] {
		name, needed := strings.CutSuffix(field, "!")
		a.Resources[name] = types[service+":"+name]
		if needed && name != accessPoint {
			a.Needs = append(a.Needs, name)
		}
	}
	return a
}

// accessPoint is a type that the source says some actions of S3 need. They need it, or a bucket or an object.
const accessPoint = "accesspoint"

// lines are the lines of a table, less its header.
func lines(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "#") && !yield(strings.TrimSuffix(line, "\n")) {
				return
			}
		}
	}
}

// Lookup finds an action by its name, in any case.
func Lookup(name string) (Action, bool) {
	a, ok := read().actions[strings.ToLower(name)]
	return a, ok
}

// Matching are the actions that a pattern of a policy stands for, in order: `s3:Get*`. It is empty for one that stands for nothing.
func Matching(pattern string) []Action {
	t := read()
	if a, ok := t.actions[strings.ToLower(pattern)]; ok {
		return []Action{a}
	}
	if !strings.ContainsAny(pattern, "*?") {
		return nil
	}
	tokens := policyTokens(strings.ToLower(pattern))
	var found []Action
	for _, name := range t.names {
		if overlap(tokens, plainTokens(name)) {
			found = append(found, t.actions[name])
		}
	}
	return found
}

// Services are the services of the table, in order.
func Services() []string { return slices.Sorted(maps.Keys(read().services)) }
