package access

import (
	"fmt"
	"slices"
	"strings"
)

// Broken are the edges that must not be, whatever a document lists, each with what it breaks. Roles that a principal may take count
// as its own.
func (m *Matrix) Broken() []string {
	var found []string
	for _, principal := range m.Inventory.Principals {
		for _, rule := range rulesFor(principal) {
			for _, edge := range m.reachOf(principal, rule.follows) {
				if rule.forbids(m, principal, edge) {
					found = append(found, fmt.Sprintf("%s: %s", rule.name, edge))
				}
			}
		}
	}
	return unique(found)
}

// assertion is something that must not be.
type assertion struct {
	name string
	// follows says whether what is reached through roles counts.
	follows bool
	forbids func(*Matrix, Principal, Edge) bool
}

func rulesFor(p Principal) []assertion {
	var rules []assertion
	if p.EndUsers {
		rules = append(rules,
			assertion{"what end users can hold administers no cluster", true, endUsersAdministerClusters},
			assertion{"what end users can hold pushes no image", true, kindAndVerbs(KindRepository, verbPush, verbCreate, verbAdminister, "set up")},
			assertion{"what end users can hold is out of IAM", true, endUsersReachIAM},
			assertion{"what end users can hold reaches no secret", true, endUsersReachSecrets},
			assertion{"what end users can hold commands no instance", true, kindAndVerbs(KindInstance, "command", verbAdminister, "attach volumes")},
			assertion{"what end users can hold reaches the data of its own connection only", true, foreignData},
		)
	}
	switch p.Class {
	case ClassHost:
		rules = append(rules, assertion{"the host reads data only by taking roles of connections", false, anyData})
	case ClassOutsider, ClassService:
		if p.Label != labelAdministrator {
			rules = append(rules, assertion{"only the host takes roles of connections", false, takesConnections})
		}
	case ClassNode, ClassPod:
		rules = append(rules, assertion{"nodes reach no data", true, nodesReachData})
	case ClassConnection, ClassSystem:
	}
	if p.Class == ClassConnection || p.Class == ClassSystem {
		rules = append(rules, assertion{"only the host takes roles of connections", false, takesConnections})
	}
	return append(rules, assertion{"nobody comes without TLS", false, withoutEncryption})
}

// reachOf are a principal's edges, and with follow those of all roles that it may take, also one after another.
func (m *Matrix) reachOf(p Principal, follow bool) []Edge {
	reached, queue := map[string]bool{p.Label: true}, []string{p.Label}
	var edges []Edge
	for len(queue) > 0 {
		label := queue[0]
		queue = queue[1:]
		for _, edge := range m.of(label) {
			edges = append(edges, edge)
			role, isRole := strings.CutPrefix(edge.Resource, "role of ")
			if follow && isRole && strings.HasPrefix(edge.Verb, verbAssume) && !reached[role] {
				reached[role] = true
				queue = append(queue, role)
			}
		}
	}
	return edges
}

// of are the edges of a label. Edges are sorted by it.
func (m *Matrix) of(label string) []Edge {
	from, _ := slices.BinarySearchFunc(m.Edges, label, func(e Edge, l string) int { return strings.Compare(e.Principal, l) })
	to := from
	for to < len(m.Edges) && m.Edges[to].Principal == label {
		to++
	}
	return m.Edges[from:to]
}

// kind is that of the resource with a label.
func (m *Matrix) kind(label string) Kind {
	if m.kinds == nil {
		m.kinds = map[string]Kind{}
		for _, resource := range m.Inventory.Resources {
			m.kinds[resource.Label] = resource.Kind
		}
	}
	return m.kinds[label]
}

func kindAndVerbs(kind Kind, verbs ...string) func(*Matrix, Principal, Edge) bool {
	return func(m *Matrix, _ Principal, e Edge) bool {
		return m.kind(e.Resource) == kind && slices.Contains(verbs, e.Verb)
	}
}

func endUsersAdministerClusters(m *Matrix, _ Principal, e Edge) bool {
	return m.kind(e.Resource) == KindCluster && (e.Verb == verbAdminister || strings.HasPrefix(e.Verb, "Kubernetes: ")) ||
		e.Verb == "create clusters"
}

func endUsersReachIAM(m *Matrix, p Principal, e Edge) bool {
	switch m.kind(e.Resource) {
	case KindIAM, KindUser:
		return true
	case KindRole:
		return !strings.HasPrefix(e.Verb, verbAssume) || e.Resource != "role of "+p.Label
	case KindAccount:
		return e.Verb == "create roles and users"
	}
	return false
}

func endUsersReachSecrets(m *Matrix, p Principal, e Edge) bool {
	return m.kind(e.Resource) == KindSecret || e.Verb == "list secrets"
}

// dataKinds hold users' data, or say what is in it.
func dataKinds() []Kind { return []Kind{KindObjects, KindBucket, KindDatabase, KindWorkgroup} }

// foreignData is data of another connection, of nobody in particular, or of the host.
func foreignData(m *Matrix, p Principal, e Edge) bool {
	if !slices.Contains(dataKinds(), m.kind(e.Resource)) || isPublicKnowledge(m, e) {
		return false
	}
	return p.Connection == "" || e.ResourceConnection != p.Connection
}

// isPublicKnowledge is the region of a bucket, names of uploads under way, which S3 lists by bucket only, or the database `default`,
// which Glue's clients look for.
func isPublicKnowledge(m *Matrix, e Edge) bool {
	return m.kind(e.Resource) == KindBucket && slices.Contains([]string{verbDescribe, "list uploads"}, e.Verb) ||
		e.Resource == "database default" && e.Verb == verbRead
}

func anyData(m *Matrix, _ Principal, e Edge) bool {
	kind := m.kind(e.Resource)
	if !slices.Contains(dataKinds(), kind) || isPublicKnowledge(m, e) {
		return false
	}
	// The host installs itself from what the program delivers.
	return !(kind == KindObjects && strings.HasSuffix(e.Resource, " that the program delivers") && e.Verb == verbRead)
}

func nodesReachData(m *Matrix, _ Principal, e Edge) bool {
	return slices.Contains(dataKinds(), m.kind(e.Resource))
}

func takesConnections(_ *Matrix, _ Principal, e Edge) bool {
	return strings.HasPrefix(e.Resource, "role of connection ") && strings.HasPrefix(e.Verb, verbAssume)
}

// withoutEncryption is about buckets: AWS's other services do not answer without TLS.
func withoutEncryption(m *Matrix, _ Principal, e Edge) bool {
	kind := m.kind(e.Resource)
	return (kind == KindObjects || kind == KindBucket) && strings.HasSuffix(e.Verb, " without TLS") && !strings.Contains(e.Resource, outsideOf)
}
