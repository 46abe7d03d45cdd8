package access

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Allowed is a row of the list of allowed edges: who may do what with which resource, and why. Labels may hold `*` for any text; several
// are separated by commas.
type Allowed struct {
	Who   string
	What  string
	Verbs []string
	Why   string
	// Line is where in the document it is.
	Line int
}

// allowedColumns are the columns of the table.
const allowedColumns = 4

// ParseAllowed reads the tables of a document in Markdown whose head is `Who | What | May | Why`. Verbs are separated by commas.
func ParseAllowed(document string) ([]Allowed, error) {
	var rows []Allowed
	inTable := false
	for n, line := range strings.Split(document, "\n") {
		cells := cellsOf(line)
		switch {
		case len(cells) != allowedColumns:
			inTable = false
		case strings.Join(cells, "|") == "Who|What|May|Why":
			inTable = true
		case !inTable || strings.Trim(cells[0], "-") == "":
		case cells[3] == "":
			return nil, fmt.Errorf("line %d: no reason why", n+1)
		default:
			rows = append(rows, Allowed{Who: cells[0], What: cells[1], Verbs: strings.Split(cells[2], ", "), Why: cells[3], Line: n + 1})
		}
	}
	return rows, nil
}

func cellsOf(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") || len(line) < 2 {
		return nil
	}
	cells := strings.Split(line[1:len(line)-1], "|")
	for i := range cells {
		cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
	}
	return cells
}

// Unlisted are the edges that no row allows, in general terms, each once.
func Unlisted(edges []Edge, rows []Allowed) []Edge {
	var found []Edge
	for _, edge := range General(edges) {
		if !slices.ContainsFunc(rows, func(row Allowed) bool { return row.allows(edge) }) {
			found = append(found, edge)
		}
	}
	return found
}

// Stale are the rows, and verbs of rows, that allow none of the edges.
func Stale(edges []Edge, rows []Allowed) []string {
	general := General(edges)
	var found []string
	for _, row := range rows {
		for _, one := range row.singles() {
			if !slices.ContainsFunc(general, one.allows) {
				found = append(found, fmt.Sprintf("line %d: %s: %s: %s", one.Line, one.Who, one.Verbs[0], one.What))
			}
		}
	}
	return found
}

// singles are a row's members of each list alone: for everybody that it names some edge, for everything, and for every verb.
func (a Allowed) singles() []Allowed {
	var all []Allowed
	for _, who := range strings.Split(a.Who, ", ") {
		for _, what := range strings.Split(a.What, ", ") {
			for _, verb := range a.Verbs {
				all = append(all, Allowed{Who: who, What: what, Verbs: []string{verb}, Why: a.Why, Line: a.Line})
			}
		}
	}
	return all
}

func (a Allowed) allows(edge Edge) bool {
	return anyLike(a.Who, edge.Principal) && anyLike(a.What, edge.Resource) && slices.Contains(a.Verbs, edge.Verb)
}

// anyLike compares a label with patterns that are separated by commas.
func anyLike(patterns, label string) bool {
	return slices.ContainsFunc(strings.Split(patterns, ", "), func(pattern string) bool { return like(pattern, label) })
}

// like compares a label with a pattern of the document. Connections have to be named, and what is outside of the platform: what is said
// of all keys is said neither of those of a connection, nor of those of others.
func like(pattern, label string) bool {
	if ofConnection(pattern) != ofConnection(label) || strings.Contains(pattern, outsideOf) != strings.Contains(label, outsideOf) {
		return false
	}
	if !strings.Contains(pattern, "*") {
		return pattern == label
	}
	parts := strings.Split(pattern, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(label)
}

// ofConnection is the end of a label that says whose something is, or empty.
func ofConnection(label string) string {
	_, whose, _ := strings.Cut(label, "connection ")
	return whose
}

// General has edges in general terms. Those that are then the same are united.
func General(edges []Edge) []Edge {
	var general []Edge
	for _, edge := range edges {
		if edge.who != "" {
			edge.Principal, edge.Resource = edge.who, edge.what
		}
		edge.who, edge.what, edge.ResourceConnection = "", "", ""
		general = append(general, edge)
	}
	return sortedEdges(general)
}

// inGeneralTerms are the labels of a principal and a resource as docs/access.md has them: NAME stands for the connection of the principal,
// or of the resource where the principal has none, and OTHER for a connection that is not the principal's own. So a row is about one
// connection, not about two.
func inGeneralTerms(p *Principal, r *Resource) (who, what string) {
	who, what = p.Label, r.Label
	own, shared := p.Connection, p.has(r)
	switch {
	case p.Class != ClassShared || len(p.Shared) == 0:
		who = inGeneral(who, own, "NAME")
	case shared && r.Connection != "":
		who, own = "those that connection NAME is shared with", r.Connection
	case shared && r.Kind == KindBucket:
		who = "those that a connection in it is shared with"
	case shared:
		who = "those that database NAME is shared with"
	default:
		who = sharedWithThem
	}
	if r.general != "" {
		what = r.general
	}
	switch {
	case p.Connection != "" && slices.Contains(r.users, p.Connection):
		what += " that connection NAME uses"
	case r.general != "" && shared && p.Connection != "":
		what += of("NAME")
	case r.Connection == own || own == "":
		what = inGeneral(what, r.Connection, "NAME")
	default:
		what = inGeneral(what, r.Connection, "OTHER")
	}
	return who, what
}

// inGeneral puts another name for the connection that a label ends with.
func inGeneral(label, connection, name string) string {
	if rest, ends := strings.CutSuffix(label, "connection "+connection); ends && connection != "" {
		return rest + "connection " + name
	}
	return label
}
