package bench_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/simcloud"
)

// step is one operation of a critical path.
type step struct {
	simcloud.Operation
	// idle is the time between the end of the step before, or the first operation's start, and the start of this one.
	idle time.Duration
}

// criticalPath is the chain of operations that decided when the last one ended.
func criticalPath(operations []simcloud.Operation, nodes []node) []step {
	return criticalPathTo(latest(creates(operations)), operations, nodes)
}

// criticalPathTo is the chain of operations that decided when one of them ended: each needed the one before it, and of
// what it needed that one ended last. Components and providers take no time; what needs them needs what they need.
func criticalPathTo(last simcloud.Operation, operations []simcloud.Operation, nodes []node) []step {
	byURN, created := indexed(nodes), map[string]simcloud.Operation{}
	operations = creates(operations)
	for _, op := range operations {
		created[op.URN] = op
	}
	begin := slices.MinFunc(operations, func(a, b simcloud.Operation) int { return a.Start.Compare(b.Start) }).Start
	var path []step
	for last.URN != "" {
		since, before := begin, latest(waitedFor(last.URN, byURN, created))
		if before.URN != "" {
			since = before.End
		}
		path = append(path, step{last, last.Start.Sub(since)})
		last = before
	}
	slices.Reverse(path)
	return path
}

func creates(operations []simcloud.Operation) []simcloud.Operation {
	return slices.DeleteFunc(slices.Clone(operations), func(op simcloud.Operation) bool { return op.Kind != simcloud.Create })
}

// waitedFor are the operations that the resource could not begin before. Who names a component waits for what is in it;
// who is in it waits only for what the component itself waits for.
func waitedFor(urn string, nodes map[string]node, created map[string]simcloud.Operation) []simcloud.Operation {
	var found []simcloud.Operation
	seen := map[string]bool{urn: true}
	var visit func(urn string)
	visit = func(urn string) {
		n := nodes[urn]
		for _, next := range n.needs() {
			if seen[next] {
				continue
			}
			seen[next] = true
			if op, ok := created[next]; ok {
				found = append(found, op)
				continue
			}
			visit(next)
			if next == n.parent {
				continue
			}
			for _, inside := range descendants(next, nodes) {
				if op, ok := created[inside]; ok && !seen[inside] {
					seen[inside] = true
					found = append(found, op)
				}
			}
		}
	}
	visit(urn)
	return found
}

// descendants are the URNs of everything in a component.
func descendants(urn string, nodes map[string]node) []string {
	var found []string
	for _, n := range nodes {
		if n.parent == urn {
			found = append(append(found, n.urn), descendants(n.urn, nodes)...)
		}
	}
	return found
}

func latest(operations []simcloud.Operation) simcloud.Operation {
	if len(operations) == 0 {
		return simcloud.Operation{}
	}
	return slices.MaxFunc(operations, func(a, b simcloud.Operation) int {
		return cmp.Or(a.End.Compare(b.End), cmp.Compare(a.URN, b.URN))
	})
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func TestTheCriticalPathIsTheOneThatEndsLast(t *testing.T) {
	begin := time.Now()
	op := func(name string, start, end int) simcloud.Operation {
		return simcloud.Operation{
			Kind: simcloud.Create, Name: name, URN: name,
			Start: begin.Add(time.Duration(start) * time.Second), End: begin.Add(time.Duration(end) * time.Second),
		}
	}
	nodes := []node{
		{urn: "vpc"}, {urn: "key"},
		{urn: "component", dependencies: []string{"key"}},
		{urn: "cluster", parent: "component", byInput: map[string][]string{"subnet": {"vpc"}}},
		{urn: "provider", byInput: map[string][]string{"kubeconfig": {"cluster"}}},
		{urn: "class", provider: "provider"},
		{urn: "late"},
		{urn: "registry"},
		{urn: "repository", parent: "registry"},
		{urn: "grant", dependencies: []string{"registry"}},
	}
	path := criticalPath([]simcloud.Operation{
		op("vpc", 0, 1), op("key", 0, 3), op("cluster", 3, 9), op("class", 10, 12), op("late", 5, 11),
	}, nodes)
	var names []string
	for _, s := range path {
		names = append(names, s.Name)
	}
	assert.Equal(t, []string{"key", "cluster", "class"}, names)
	assert.Equal(t, time.Second, path[2].idle, "between the cluster's end and the class's start")

	path = criticalPath([]simcloud.Operation{op("repository", 0, 2), op("grant", 2, 3)}, nodes)
	assert.Len(t, path, 2, "who names a component waits for what is in it")
}
