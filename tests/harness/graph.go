package harness

import (
	"testing"

	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// Graph is what one execution of a program registered, with getters that fail the test.
type Graph struct {
	*synth.Graph
	// Resources are sorted by URN. The stack itself is not among them.
	Resources []*Resource

	t        testing.TB
	settings *settings
	byURN    map[string]*Resource
}

// Resource is one registered or read resource, with getters that fail the test.
type Resource struct {
	*synth.Resource

	t testing.TB
}

// Message is a line that the program logged with ctx.Log.
type Message = synth.Message

// Options are the resource options as the engine receives them.
type Options = synth.Options

// Timeouts are the custom timeouts, zero where not set.
type Timeouts = synth.Timeouts

func newGraph(recorded *synth.Graph, s *settings) *Graph {
	g := &Graph{Graph: recorded, settings: s, byURN: map[string]*Resource{}}
	for _, res := range recorded.Resources {
		own := &Resource{Resource: res}
		g.Resources = append(g.Resources, own)
		g.byURN[res.URN] = own
	}
	return g
}

// DependsOn tells whether a waits for b: through its inputs, its explicit dependencies, its provider or its parents, over
// any number of steps.
func (g *Graph) DependsOn(a, b *Resource) bool { return g.Graph.DependsOn(a.Resource, b.Resource) }
