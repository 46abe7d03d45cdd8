package access

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// Edge is that somebody may do something with something.
type Edge struct {
	// Principal and Resource are labels.
	Principal string `json:"principal"`
	Verb      string `json:"verb"`
	Resource  string `json:"resource"`
	// Actions are those of the verb that are allowed. Rights in the cluster, which IAM does not decide, have none.
	Actions []string `json:"actions,omitempty"`
	// ResourceConnection is the connection that the resource belongs to, empty for none.
	ResourceConnection string `json:"-"`
	// shared is true for what a setting shares with the principal.
	shared bool
	// who and what are the labels in general terms; empty where they are the same.
	who, what string
}

// Matrix is who may do what.
type Matrix struct {
	Inventory *Inventory `json:"inventory"`
	// Edges are sorted by principal, resource and verb.
	Edges []Edge `json:"edges"`
	// Asked is how many requests were decided.
	Asked int `json:"asked"`

	// kinds are those of resources by label.
	kinds map[string]Kind
}

// NewMatrix decides every question.
func NewMatrix(world *decide.World, inventory *Inventory) *Matrix {
	matrix := &Matrix{Inventory: inventory, kinds: kindsOf(inventory)}
	reach := newReach(world)
	table := verbs()
	for r := range inventory.Resources {
		asks := inventory.asks(table, &inventory.Resources[r])
		for p := range inventory.Principals {
			edges, asked := reach.edges(asks, &inventory.Principals[p], &inventory.Resources[r])
			matrix.Edges = append(matrix.Edges, edges...)
			matrix.Asked += asked
		}
	}
	matrix.Edges = append(matrix.Edges, inventory.entryEdges()...)
	matrix.Edges = sortedEdges(matrix.Edges)
	return matrix
}

func (i *Inventory) entryEdges() []Edge {
	var edges []Edge
	for _, entry := range i.Entries {
		edges = append(edges, Edge{Principal: entry.Principal, Verb: entry.Verb, Resource: entry.Cluster})
	}
	return edges
}

// sortedEdges sorts edges and unites those that differ in actions only: two principals can go by one label.
func sortedEdges(edges []Edge) []Edge {
	slices.SortStableFunc(edges, func(a, b Edge) int {
		return cmp.Or(strings.Compare(a.Principal, b.Principal), strings.Compare(a.Resource, b.Resource), strings.Compare(a.Verb, b.Verb))
	})
	var united []Edge
	for _, edge := range edges {
		if n := len(united); n > 0 && united[n-1].key() == edge.key() {
			united[n-1].Actions = unique(append(slices.Clone(united[n-1].Actions), edge.Actions...))
			continue
		}
		united = append(united, edge)
	}
	return united
}

func (e Edge) key() [3]string { return [3]string{e.Principal, e.Verb, e.Resource} }

func (e Edge) String() string { return fmt.Sprintf("%s: %s: %s", e.Principal, e.Verb, e.Resource) }

func unique(texts []string) []string { return slices.Compact(slices.Sorted(slices.Values(texts))) }

// edges decides the questions about one principal and one resource.
func (f *reach) edges(asks []ask, p *Principal, r *Resource) (edges []Edge, asked int) {
	if !p.isAsked(r) {
		return nil, 0
	}
	for _, a := range asks {
		asked += len(a.situations)
		if !f.maybe(p.ARN, a) {
			continue
		}
		for _, s := range a.situations {
			if f.world.Decide(a.request(p, s)).Allowed {
				who, what := inGeneralTerms(p, r)
				edges = withAction(edges, a.action, Edge{Principal: p.Label, Verb: a.verb + s.suffix, Resource: r.Label,
					ResourceConnection: r.Connection, shared: p.has(r), who: who, what: what})
			}
		}
	}
	return withoutNarrower(edges), asked
}

// withAction adds an action to the edge of its verb.
func withAction(edges []Edge, action string, edge Edge) []Edge {
	n := slices.IndexFunc(edges, func(e Edge) bool { return e.Verb == edge.Verb })
	if n < 0 {
		n, edges = len(edges), append(edges, edge)
	}
	if !slices.Contains(edges[n].Actions, action) {
		edges[n].Actions = append(edges[n].Actions, action)
	}
	return edges
}

// withoutNarrower drops edges that another one includes.
func withoutNarrower(edges []Edge) []Edge {
	actions := map[string][]string{}
	for _, edge := range edges {
		actions[edge.Verb] = edge.Actions
	}
	return slices.DeleteFunc(edges, func(edge Edge) bool {
		return slices.ContainsFunc(wider(edge.Verb), func(verb string) bool {
			return !slices.ContainsFunc(edge.Actions, func(action string) bool { return !slices.Contains(actions[verb], action) })
		})
	})
}

// JSON is the matrix as a document.
func (m *Matrix) JSON() (string, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	return string(text) + "\n", err
}
