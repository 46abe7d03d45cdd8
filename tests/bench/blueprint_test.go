package bench_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	stackType      = "pulumi:pulumi:Stack"
	providerPrefix = "pulumi:providers:"
)

// node is one resource of a program, with all that it takes to register it again without the program.
type node struct {
	urn, typ, name string
	custom         bool
	// parent and provider are URNs, "" for the stack and for default providers.
	parent, provider string
	inputs           map[string]any
	// dependencies are URNs, byInput those that an input brought.
	dependencies []string
	byInput      map[string][]string
	// id and outputs are what was made; unknown for nodes of a mock's graph.
	id      string
	outputs map[string]any
}

func (n node) isProvider() bool { return strings.HasPrefix(n.typ, providerPrefix) }

// fromState reads the resources of a deployed stack, each after those that it needs.
func fromState(t testing.TB, stack auto.Stack) []node {
	t.Helper()
	exported, err := stack.Export(t.Context())
	require.NoError(t, err)
	var deployment apitype.DeploymentV3
	require.NoError(t, json.Unmarshal(exported.Deployment, &deployment))
	var nodes []node
	for _, r := range deployment.Resources {
		if r.Type == stackType || isDefaultProvider(string(r.URN)) {
			continue
		}
		require.False(t, r.External, "%s is only read, which a blueprint cannot repeat", r.URN)
		nodes = append(nodes, stateNode(r))
	}
	return nodes
}

func stateNode(r apitype.ResourceV3) node {
	n := node{
		urn: string(r.URN), typ: string(r.Type), name: r.URN.Name(), custom: r.Custom, parent: underStack(string(r.Parent)),
		inputs: r.Inputs, id: string(r.ID), outputs: r.Outputs, byInput: map[string][]string{},
	}
	if i := strings.LastIndex(r.Provider, "::"); i > 0 && !isDefaultProvider(r.Provider[:i]) {
		n.provider = r.Provider[:i]
	}
	for _, urn := range r.Dependencies {
		n.dependencies = append(n.dependencies, string(urn))
	}
	for key, urns := range r.PropertyDependencies {
		for _, urn := range urns {
			n.byInput[string(key)] = append(n.byInput[string(key)], string(urn))
		}
	}
	return n
}

// fromGraph reads the resources that a program registered with the mock monitor, each after those that it needs.
func fromGraph(g *harness.Graph) []node {
	var nodes []node
	for _, r := range g.Resources {
		nodes = append(nodes, node{
			urn: r.URN, typ: r.Type, name: r.Name, custom: r.Custom, parent: underStack(r.ParentURN), provider: r.Options.Provider,
			inputs: r.Inputs.Mappable(), dependencies: r.Options.Dependencies, byInput: r.Options.PropertyDependencies,
		})
	}
	return ordered(nodes)
}

func underStack(parent string) string {
	if strings.Contains(parent, "::"+stackType+"::") {
		return ""
	}
	return parent
}

func isDefaultProvider(urn string) bool {
	return strings.Contains(urn, "::"+providerPrefix) && strings.Contains(urn, "::default")
}

// needs are the URNs of everything that a node waits for directly.
func (n node) needs() []string {
	all := append([]string{n.parent, n.provider}, n.dependencies...)
	for _, urns := range n.byInput {
		all = append(all, urns...)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(urn string) bool { return urn == "" })
}

// ordered puts each node after those that it needs.
func ordered(nodes []node) []node {
	byURN := indexed(nodes)
	var out []node
	done := map[string]bool{}
	var visit func(n node)
	visit = func(n node) {
		if done[n.urn] {
			return
		}
		done[n.urn] = true
		for _, urn := range n.needs() {
			if needed, ok := byURN[urn]; ok {
				visit(needed)
			}
		}
		out = append(out, n)
	}
	for _, n := range nodes {
		visit(n)
	}
	return out
}

func indexed(nodes []node) map[string]node {
	byURN := make(map[string]node, len(nodes))
	for _, n := range nodes {
		byURN[n.urn] = n
	}
	return byURN
}
