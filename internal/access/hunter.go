package access

import (
	"maps"
	"slices"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// Outcome is what becomes of a mutation.
type Outcome int

// Outcomes.
const (
	// Escaped is a hole that nothing finds.
	Escaped Outcome = iota
	// Caught is a hole that breaks an assertion, or opens an edge that is not listed.
	Caught
	// SecondGuard is a hole that opens nothing, since a second guard stands behind it. Without that guard it is caught: this was tried.
	SecondGuard
	// Nothing is no hole: AWS could decide nothing differently.
	Nothing
)

// Verdict is what becomes of a mutation, and why.
type Verdict struct {
	Mutation Mutation
	Outcome  Outcome
	// By is what catches it, which guard stands behind it, or why it changes nothing; and what it changes where it escapes.
	By string
}

// Hunter tries mutations against the assertions and the list of allowed edges.
type Hunter struct {
	world     *decide.World
	inventory *Inventory
	rows      []Allowed
	kinds     map[string]Kind
	// asks are what is asked about each resource.
	asks [][]ask
	// pairs are the edges between each principal and each resource.
	pairs [][][]Edge
	// fresh are the edges that were decided again, and changed is true where they differ.
	fresh   []Edge
	changed bool
	// listed remembers which edges are.
	listed map[[3]string]bool
	// open is a world in which the policies of resources allow what identities' policies do.
	open *Hunter
}

// NewHunter decides the world as it is.
func NewHunter(world *decide.World, inventory *Inventory, rows []Allowed) *Hunter {
	h := &Hunter{world: world, inventory: inventory, rows: rows, kinds: kindsOf(inventory), listed: map[[3]string]bool{}}
	table, reach := verbs(), newReach(world)
	for r := range inventory.Resources {
		h.asks = append(h.asks, inventory.asks(table, &inventory.Resources[r]))
	}
	for p := range inventory.Principals {
		row := make([][]Edge, len(inventory.Resources))
		for r := range inventory.Resources {
			row[r], _ = reach.edges(h.asks[r], &inventory.Principals[p], &inventory.Resources[r])
		}
		h.pairs = append(h.pairs, row)
	}
	return h
}

// Try decides again what a mutation may have changed.
func (h *Hunter) Try(m Mutation) Verdict {
	after := h.with(m.change)
	found := h.news(after)
	switch {
	case len(found) > 0:
		return Verdict{m, Caught, found[0]}
	case after.changed:
		return Verdict{m, Escaped, "it changes decisions"}
	case m.nothing != "":
		return Verdict{m, Nothing, m.nothing}
	}
	for _, g := range m.guards {
		base := h.with(g.without)
		if len(base.news(base.with(g.both))) > 0 {
			return Verdict{m, SecondGuard, g.why}
		}
	}
	if m.change.resources == nil && m.change.entry == nil {
		if base := h.opened(); len(base.news(base.with(m.change))) > 0 {
			return Verdict{m, SecondGuard, shieldResource}
		}
	}
	return Verdict{m, Escaped, "it changes no decision of the matrix, and nothing proves that it changes none at all"}
}

// with is the world with a change.
func (h *Hunter) with(c change) *Hunter {
	world, inventory := *h.world, *h.inventory
	world.Identities, world.Resources = maps.Clone(h.world.Identities), maps.Clone(h.world.Resources)
	maps.Copy(world.Identities, c.identities)
	maps.Copy(world.Resources, c.resources)
	after := &Hunter{world: &world, inventory: &inventory, rows: h.rows, kinds: h.kinds, asks: h.asks, listed: h.listed}
	if c.entry != nil {
		inventory.Entries = append(slices.Clone(inventory.Entries), *c.entry)
		after.changed, after.fresh = true, inventory.entryEdges()
	}
	if c.unbounded != "" {
		after.changed = true
		inventory.Principals = slices.Clone(inventory.Principals)
		for i := range inventory.Principals {
			p := &inventory.Principals[i]
			p.Unbounded = p.Unbounded || p.ARN == c.unbounded
		}
	}
	reach := newReach(&world)
	for p := range inventory.Principals {
		row := slices.Clone(h.pairs[p])
		for r := range inventory.Resources {
			if !c.touches(&world, &inventory.Principals[p], &inventory.Resources[r]) {
				continue
			}
			row[r], _ = reach.edges(h.asks[r], &inventory.Principals[p], &inventory.Resources[r])
			after.changed = after.changed || !same(row[r], h.pairs[p][r])
			after.fresh = append(after.fresh, row[r]...)
		}
		after.pairs = append(after.pairs, row)
	}
	return after
}

// touches says whether decisions about a pair may differ.
func (c change) touches(world *decide.World, p *Principal, r *Resource) bool {
	if _, own := c.identities[p.ARN]; own {
		return true
	}
	for _, arn := range r.Parts {
		guarded := covering(world, arn)
		_, trust := c.identities[guarded]
		if _, policy := c.resources[guarded]; policy || trust {
			return true
		}
	}
	return false
}

// news is what is wrong after a change and was not before.
func (h *Hunter) news(after *Hunter) []string {
	var found []string
	for _, edge := range after.fresh {
		if !after.isListed(edge) && !h.has(edge) {
			found = append(found, "not listed: "+edge.String())
		}
	}
	if len(found) > 0 {
		return unique(found)
	}
	if !after.changed {
		return nil
	}
	before := h.matrix().Broken()
	return slices.DeleteFunc(after.matrix().Broken(), func(broken string) bool { return slices.Contains(before, broken) })
}

func (h *Hunter) isListed(edge Edge) bool {
	key := [3]string{edge.Principal, edge.Verb, edge.Resource}
	listed, known := h.listed[key]
	if !known {
		listed = len(Unlisted([]Edge{edge}, h.rows)) == 0
		h.listed[key] = listed
	}
	return listed
}

// has says whether an edge is there already.
func (h *Hunter) has(edge Edge) bool {
	for p := range h.pairs {
		if h.inventory.Principals[p].Label != edge.Principal {
			continue
		}
		for r := range h.pairs[p] {
			if slices.ContainsFunc(h.pairs[p][r], func(e Edge) bool { return e.key() == edge.key() }) {
				return true
			}
		}
	}
	return slices.ContainsFunc(h.inventory.entryEdges(), func(e Edge) bool { return e.key() == edge.key() })
}

func (h *Hunter) matrix() *Matrix {
	edges := h.inventory.entryEdges()
	for p := range h.pairs {
		edges = append(edges, slices.Concat(h.pairs[p]...)...)
	}
	return &Matrix{Inventory: h.inventory, Edges: sortedEdges(edges), kinds: h.kinds}
}

// opened is a world in which resources and roles leave it to the account of the platform who reaches them.
func (h *Hunter) opened() *Hunter {
	if h.open != nil {
		return h.open
	}
	root := "arn:" + h.inventory.partition + ":iam::" + h.inventory.Account + ":root"
	account := policyPlace{service: "sts"}.open(iam.Principal{AWS: []string{root}})
	c := change{identities: map[string]decide.Identity{}, resources: map[string]decide.Resource{}}
	for arn, identity := range h.world.Identities {
		if identity.Trust != nil {
			identity.Trust = &decide.Policy{Name: identity.Trust.Name, Document: iam.NewDocument(account)}
			c.identities[arn] = identity
		}
	}
	for arn, resource := range h.world.Resources {
		open := account
		open.Actions, open.Resources = []string{"*"}, ownForms(arn)
		resource.Policies = []decide.Policy{{Name: "open", Document: iam.NewDocument(open)}}
		c.resources[arn] = resource
	}
	h.open = h.with(c)
	return h.open
}

func same(a, b []Edge) bool {
	return slices.EqualFunc(a, b, func(x, y Edge) bool {
		return x.key() == y.key() && slices.Equal(unique(x.Actions), unique(y.Actions))
	})
}

// Matrix is who may do what with a mutation planted.
func (h *Hunter) Matrix(m Mutation) *Matrix { return h.with(m.change).matrix() }
