package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// row is what a principal may do with a resource, for people.
type row struct {
	who, what string
	may       []string
}

func (r row) text() string { return r.who + "\n" + r.what + "\n" + strings.Join(r.may, ", ") }

// Columns of the table.
const (
	// tableWidth is that of terminals on which tables are read; rows are folded where they are wider.
	tableWidth = 140
	// whoWidth is that of the first column; longer names have a line of their own.
	whoWidth = 32
	// leastWidth is that of the last column where the others leave no room.
	leastWidth = 40
	// everybody is who has what a resource gives to the whole account.
	everybody = "everybody in the account"
)

// Table is the matrix for people: who may do what with what, how to read it, and what it does not know. What a resource gives to the
// whole account is not repeated for each of the platform's own.
func (m *Matrix) Table() string {
	rows := m.rows()
	who, what := len("WHO"), len("WHAT")
	for _, r := range rows {
		who, what = min(whoWidth, max(who, len(r.who))), max(what, len(r.what))
	}
	may := max(leastWidth, tableWidth-who-what-4)
	var text strings.Builder
	line := func(a, b, c string) {
		text.WriteString(strings.TrimRight(fmt.Sprintf("%-*s  %-*s  %s", who, a, what, b, c), " ") + "\n")
	}
	line("WHO", "WHAT", "MAY")
	before := ""
	for _, r := range rows {
		first, second := r.who, r.what
		if first == before {
			first = ""
		}
		before = r.who
		if len(first) > who {
			line(first, "", "")
			first = ""
		}
		for _, verbs := range folded(r.may, may) {
			line(first, second, verbs)
			first, second = "", ""
		}
	}
	text.WriteString("\n" + m.legend(rows))
	fmt.Fprintf(&text, "%d principals, %d resources, %d requests, %d edges\n",
		len(m.labels()), len(m.Inventory.Resources), m.Asked, len(m.Edges))
	return text.String()
}

// rows are the edges in the order in which people look for them: the host, connections, the cluster, services, everybody else.
func (m *Matrix) rows() []row {
	common, own := map[[2]string]bool{}, map[string]Principal{}
	for _, e := range m.of(labelOtherRole) {
		common[[2]string{e.Resource, e.Verb}] = true
	}
	for _, p := range m.Inventory.Principals {
		own[p.Label] = p
	}
	var rows []row
	for _, e := range m.Edges {
		who := e.Principal
		switch class := own[who].Class; {
		case who == labelOtherRole:
			who = everybody
		case common[[2]string{e.Resource, e.Verb}] && class != ClassService && class != ClassOutsider && class != ClassShared:
			continue
		}
		if n := len(rows); n > 0 && rows[n-1].who == who && rows[n-1].what == e.Resource {
			rows[n-1].may = append(rows[n-1].may, e.Verb)
			continue
		}
		rows = append(rows, row{who, e.Resource, []string{e.Verb}})
	}
	rows = m.inBulk(rows)
	slices.SortStableFunc(rows, func(a, b row) int {
		one, other := own[a.who], own[b.who]
		return cmp.Or(rank(one)-rank(other), strings.Compare(one.Connection, other.Connection), strings.Compare(a.who, b.who))
	})
	return rows
}

// inBulk names the administrator's resources by kind, where all of a kind are alike: there is nothing to find out about them one by one.
func (m *Matrix) inBulk(rows []row) []row {
	all := map[Kind]string{KindBucket: "all buckets", KindObjects: "all objects", KindSecret: "all secrets", KindKey: "all keys"}
	may, alike := map[Kind]string{}, map[Kind]bool{}
	for _, r := range rows {
		if kind := m.kind(r.what); r.who == labelAdministrator && all[kind] != "" {
			before, seen := may[kind]
			may[kind] = strings.Join(r.may, ",")
			alike[kind] = !seen || alike[kind] && before == may[kind]
		}
	}
	done := map[Kind]bool{}
	var short []row
	for _, r := range rows {
		kind := m.kind(r.what)
		if r.who != labelAdministrator || !alike[kind] {
			short = append(short, r)
		} else if !done[kind] {
			done[kind] = true
			short = append(short, row{r.who, all[kind], r.may})
		}
	}
	return short
}

// rank is where a principal stands in the table. Those that are none, such as who deploys, come last.
func rank(p Principal) int {
	if p.Connection != "" {
		return 1
	}
	order := []Class{ClassHost, ClassConnection, ClassNode, ClassPod, ClassSystem, ClassService, ClassShared, ClassOutsider}
	if i := slices.Index(order, p.Class); i >= 0 {
		return i
	}
	return len(order)
}

// folded puts words in lines, separated by commas.
func folded(words []string, width int) []string {
	var lines []string
	for i, word := range words {
		if i < len(words)-1 {
			word += ","
		}
		if n := len(lines); n > 0 && len(lines[n-1])+1+len(word) <= width {
			lines[n-1] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}

// legend explains the words that are in the table.
func (m *Matrix) legend(rows []row) string {
	var text strings.Builder
	for _, entry := range []struct{ word, meaning string }{
		{"account", "actions that name no resource"},
		{"another ", "stands for what is not the platform's, of the same account"},
		{"beside", "stands for what is named like the platform's, and begins with the same letters"},
		{everybody, "by the policy of the resource; not repeated for each of them"},
		{thereBefore, "not made by the program; its policy is not known"},
		{markThrough, "only when the service asks for the principal"},
		{markForAWS, "only for AWS services, which attach encrypted volumes"},
		{"Kubernetes: ", "an access policy or a group of the cluster; Kubernetes decides what it means"},
		{unstated, "no setting shares anything with it, but a policy lets it in, or another one of its account"},
		{"for another account", "a service that acts for somebody in another account"},
	} {
		if slices.ContainsFunc(rows, func(r row) bool { return strings.Contains(r.text(), entry.word) }) {
			fmt.Fprintf(&text, "%q: %s\n", strings.TrimSpace(entry.word), entry.meaning)
		}
	}
	text.WriteString("--json has the actions behind each word, and the ARNs that were asked about\n")
	for _, note := range m.Inventory.Notes {
		fmt.Fprintf(&text, "note: %s\n", note)
	}
	return text.String()
}

func (m *Matrix) labels() []string {
	var labels []string
	for _, principal := range m.Inventory.Principals {
		labels = append(labels, principal.Label)
	}
	return unique(labels)
}
