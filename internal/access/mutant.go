package access

import (
	"maps"
	"slices"

	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// Verdict is what becomes of a mutation.
type Verdict struct {
	Mutation Mutation
	// Caught is true where an assertion breaks, or an edge is not listed.
	Caught bool
	// By is the first of what catches it.
	By string
	// Changed is true where any decision of the matrix differs.
	Changed bool
}

// Hunter tries mutations against the assertions and the list of allowed edges.
type Hunter struct {
	world     *decide.World
	inventory *Inventory
	rows      []Allowed
	table     map[Kind][]verb
	// pairs are the edges between each principal and each resource, in the world as it is.
	pairs [][][]Edge
}

// NewHunter decides the world as it is.
func NewHunter(world *decide.World, inventory *Inventory, rows []Allowed) *Hunter {
	h := &Hunter{world: world, inventory: inventory, rows: rows, table: verbs()}
	reach := newReach(world)
	for p := range inventory.Principals {
		row := make([][]Edge, len(inventory.Resources))
		for r := range inventory.Resources {
			row[r], _ = reach.edges(inventory, h.table, &inventory.Principals[p], &inventory.Resources[r])
		}
		h.pairs = append(h.pairs, row)
	}
	return h
}

// Try decides again what a mutation may have changed.
func (h *Hunter) Try(m Mutation) Verdict {
	verdict := Verdict{Mutation: m}
	inventory := *h.inventory
	if m.entry != nil {
		inventory.Entries = append(slices.Clone(inventory.Entries), *m.entry)
	}
	world := *h.world
	if m.identity != nil {
		world.Identities = maps.Clone(h.world.Identities)
		world.Identities[m.arn] = *m.identity
	}
	if m.resource != nil {
		world.Resources = maps.Clone(h.world.Resources)
		world.Resources[m.arn] = *m.resource
	}
	reach := newReach(&world)
	var all, fresh []Edge
	for p := range inventory.Principals {
		for r := range inventory.Resources {
			edges := h.pairs[p][r]
			if m.touches(h.world, &inventory.Principals[p], &inventory.Resources[r]) {
				now, _ := reach.edges(&inventory, h.table, &inventory.Principals[p], &inventory.Resources[r])
				verdict.Changed = verdict.Changed || !same(now, edges)
				edges, fresh = now, append(fresh, now...)
			}
			all = append(all, edges...)
		}
	}
	entries := inventory.entryEdges()
	verdict.Changed = verdict.Changed || m.entry != nil
	fresh, all = append(fresh, entries...), append(all, entries...)
	if unlisted := Unlisted(fresh, h.rows); len(unlisted) > 0 {
		verdict.Caught, verdict.By = true, "not listed: "+unlisted[0].String()
		return verdict
	}
	if broken := (&Matrix{Inventory: &inventory, Edges: sortedEdges(all)}).Broken(); len(broken) > 0 {
		verdict.Caught, verdict.By = true, broken[0]
	}
	return verdict
}

// touches says whether decisions about a pair may differ.
func (m Mutation) touches(world *decide.World, p *Principal, r *Resource) bool {
	switch {
	case m.trust, m.resource != nil:
		for _, arn := range r.Parts {
			if covering(world, arn) == m.arn {
				return true
			}
		}
		return false
	case m.identity != nil:
		return p.ARN == m.arn
	}
	return false
}

func same(a, b []Edge) bool {
	return slices.EqualFunc(a, b, func(x, y Edge) bool {
		return x.key() == y.key() && slices.Equal(unique(x.Actions), unique(y.Actions))
	})
}
