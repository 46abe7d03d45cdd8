package access

import (
	"slices"
	"strings"
)

// Assertion is something that must never be, whatever a document lists.
type Assertion struct {
	// Name says it.
	Name string
	// about says whom it is about, and forbids what they must not have.
	about   func(Principal) bool
	forbids func(*Matrix, Principal, Edge) bool
	// follows says whether what is reached through roles counts.
	follows bool
}

// Assertions are what must hold of every platform.
func Assertions() []Assertion {
	return []Assertion{
		{"what end users can hold administers no cluster", byEndUsers, endUsersAdministerClusters, true},
		{"what end users can hold pushes no image", byEndUsers, pushesImages, true},
		{"what end users can hold is out of IAM", byEndUsers, endUsersReachIAM, true},
		{"what end users can hold reaches no secret", byEndUsers, endUsersReachSecrets, true},
		{"what end users can hold commands no instance", byEndUsers, commandsInstances, true},
		{"what end users can hold reaches the data of its own connection only", byEndUsers, foreignData, true},
		{"the credentials of a connection that is to be read only change none of its data", byReaders, changesData, true},
		{"nodes reach no data, nor do pods that no connection names", byNodes, nodesReachData, true},
		{"the host reads data only by taking roles of connections", byHost, anyData, false},
		{"only the host takes roles of connections", byOthersThanHost, takesConnections, false},
		{"nobody takes the role of a connection without its external id", byAnyone, withoutExternalID, false},
		{"nobody comes without TLS", byAnyone, withoutEncryption, false},
		{"nobody of an account that nothing is shared with, and no service on behalf of one, reaches data, secrets or keys",
			fromElsewhere, anyStore, false},
		{"who data is shared with reads that data, and nothing else", byParties, notShared, true},
		{"where Lake Formation guards no data, nobody gets credentials from it", byOthersThanAdministrators, unguarded, false},
		{"where roles have a permissions boundary, who has none may do nothing", unbounded, anyEdge, false},
	}
}

// Broken are the edges that must not be, each once. Roles that a principal may take count as its own.
func (a Assertion) Broken(m *Matrix) []string {
	var found []string
	for _, principal := range m.Inventory.Principals {
		if !a.about(principal) {
			continue
		}
		for _, edge := range m.reachOf(principal, a.follows) {
			if a.forbids(m, principal, edge) {
				found = append(found, through(principal, edge))
			}
		}
	}
	return unique(found)
}

// through says by which role a principal has an edge, if it is not its own.
func through(p Principal, e Edge) string {
	if e.Principal == p.Label {
		return e.String()
	}
	return p.Label + ", by " + e.String()
}

// Broken are the edges that must not be, after what they break.
func (m *Matrix) Broken() []string {
	var found []string
	for _, a := range Assertions() {
		for _, edge := range a.Broken(m) {
			found = append(found, a.Name+": "+edge)
		}
	}
	return found
}

func byEndUsers(p Principal) bool { return p.EndUsers }
func byReaders(p Principal) bool  { return p.ReadOnly }
func byNodes(p Principal) bool {
	return p.Class == ClassNode || p.Class == ClassPod && p.Connection == ""
}
func byHost(p Principal) bool    { return p.Class == ClassHost }
func byAnyone(Principal) bool    { return true }
func unbounded(p Principal) bool { return p.Unbounded }

func byOthersThanAdministrators(p Principal) bool { return p.Label != labelAdministrator }

func byOthersThanHost(p Principal) bool { return p.Class != ClassHost && p.Label != labelAdministrator }

func fromElsewhere(p Principal) bool {
	return p.Label == labelOtherAccount || p.Label == labelAnybody || p.Class == ClassService && strings.HasSuffix(p.Label, forAnother) ||
		p.Class == ClassShared && len(p.Shared) == 0
}

func byParties(p Principal) bool { return p.Class == ClassShared }

// notShared is all but reading what is shared. The key and the catalog are for all that is encrypted with the one and listed in the other:
// the key decrypts through the services only that hold what is shared, and a table is read with the right on itself as well.
func notShared(m *Matrix, p Principal, e Edge) bool {
	verb := e.Verb
	if strings.Contains(e.Resource, outsideOf) {
		verb = strings.TrimSuffix(verb, " without TLS")
	}
	switch m.kind(e.Resource) {
	case KindKey:
		return len(p.Shared) == 0 || verb != verbDecrypt+markThrough+"s3" && verb != verbDecrypt+markThrough+"glue"
	case KindCatalog:
		return len(p.Shared) == 0 || e.Resource != "Glue catalog" || verb != "read in"
	case KindBucket:
		return !e.shared || !slices.Contains([]string{verbDescribe, "list all"}, verb)
	default:
		return !e.shared || verb != verbRead && verb != verbList
	}
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
func (m *Matrix) kind(label string) Kind { return m.kinds[label] }

func kindsOf(inventory *Inventory) map[string]Kind {
	kinds := map[string]Kind{}
	for _, resource := range inventory.Resources {
		kinds[resource.Label] = resource.Kind
	}
	return kinds
}

func pushesImages(m *Matrix, _ Principal, e Edge) bool {
	return m.kind(e.Resource) == KindRepository && slices.Contains([]string{verbPush, verbCreate, verbAdminister, "set up"}, e.Verb)
}

func commandsInstances(m *Matrix, _ Principal, e Edge) bool {
	return m.kind(e.Resource) == KindInstance && slices.Contains([]string{"command", verbAdminister, "attach volumes"}, e.Verb)
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
	default:
		return false
	}
}

func endUsersReachSecrets(m *Matrix, _ Principal, e Edge) bool {
	return m.kind(e.Resource) == KindSecret || e.Verb == "list secrets"
}

// dataKinds hold users' data, or say what is in it.
func dataKinds() []Kind { return []Kind{KindObjects, KindBucket, KindDatabase, KindWorkgroup} }

// foreignData is data of another connection, of nobody in particular, or of the host.
func foreignData(m *Matrix, p Principal, e Edge) bool {
	if !slices.Contains(dataKinds(), m.kind(e.Resource)) || isPublicKnowledge(m, e) {
		return false
	}
	return p.Connection == "" || e.ResourceConnection != p.Connection && !e.shared
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
	// The host installs itself from what the program delivers, and DSS from a mirror.
	delivered := strings.HasSuffix(e.Resource, " that the program delivers") && e.Verb == verbRead
	archives := e.Resource == "archives"+outsideOf && strings.TrimSuffix(e.Verb, " without TLS") == verbRead
	return !delivered && !archives
}

func nodesReachData(m *Matrix, _ Principal, e Edge) bool {
	return slices.Contains(dataKinds(), m.kind(e.Resource))
}

// changesData leaves out the results of queries, which are written for the connection.
func changesData(m *Matrix, _ Principal, e Edge) bool {
	changes := []string{verbWrite, verbDelete, "delete versions", verbAdminister, "change the database"}
	return slices.Contains([]Kind{KindObjects, KindDatabase}, m.kind(e.Resource)) && slices.Contains(changes, e.Verb) &&
		!strings.HasPrefix(e.Resource, "results of ")
}

// anyStore is what holds something of the platform's: roles are not among it, since services take those that trust them.
func anyStore(m *Matrix, _ Principal, e Edge) bool {
	return slices.Contains([]Kind{KindObjects, KindBucket, KindDatabase, KindCatalog, KindWorkgroup, KindSecret, KindKey}, m.kind(e.Resource))
}

func anyEdge(*Matrix, Principal, Edge) bool { return true }

// unguarded are the credentials that Lake Formation gives for tables that it decides on: where it decides on none here, for those of
// others.
func unguarded(m *Matrix, _ Principal, e Edge) bool {
	return e.Verb == verbGuarded && !m.Inventory.guarded
}

func takesConnections(_ *Matrix, _ Principal, e Edge) bool {
	return strings.HasPrefix(e.Resource, "role of connection ") && strings.HasPrefix(e.Verb, verbAssume)
}

func withoutExternalID(m *Matrix, p Principal, e Edge) bool {
	return takesConnections(m, p, e) && e.Verb != verbAssume
}

// withoutEncryption is about buckets, and about secrets, whose policies say it again: AWS's other services do not answer without TLS.
func withoutEncryption(m *Matrix, _ Principal, e Edge) bool {
	kind := m.kind(e.Resource)
	return slices.Contains([]Kind{KindObjects, KindBucket, KindSecret}, kind) && strings.HasSuffix(e.Verb, " without TLS") &&
		!strings.Contains(e.Resource, outsideOf)
}
