package access

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// edit is a document that differs in one thing from another.
type edit struct {
	what     string
	document iam.Document
	// nothing says why it allows what the other one does, and is empty where it may be more.
	nothing string
	shields []shield
}

// shield is a second guard in the same document: without it, and without it but with the edit.
type shield struct {
	why           string
	without, both iam.Document
}

// Reasons why a mutation is shielded.
const (
	shieldCondition = "another condition of the same statement"
	shieldDenial    = "a denial in the same policy"
	shieldNoGrant   = "nothing allows what the denial refuses"
	shieldResource  = "the policy of the resource, or the trust policy of the role, does not allow it"
)

// editor collects the edits of one statement.
type editor struct {
	inventory *Inventory
	world     *decide.World
	document  iam.Document
	index     int
	edits     []edit
}

// put adds an edit: the statement in another form. key is the condition that it changes, if it does.
func (e *editor) put(what, key string, to iam.Statement) {
	from := e.document.Statements[e.index]
	changed := edit{
		what: what + " in " + statementName(from, e.index), document: replaced(e.document, e.index, to), nothing: e.inventory.sameReach(from, to),
	}
	bare, bareChanged := onlyCondition(from, key), onlyCondition(to, key)
	if len(bare.Conditions) < len(from.Conditions) || countKeys(bare.Conditions) < countKeys(from.Conditions) {
		changed.shields = append(changed.shields, shield{
			shieldCondition, replaced(e.document, e.index, bare), replaced(e.document, e.index, bareChanged),
		})
	}
	if undenied := withoutDenials(e.document); len(undenied.Statements) < len(e.document.Statements) {
		changed.shields = append(changed.shields, shield{shieldDenial, undenied, withoutDenials(changed.document)})
	}
	e.edits = append(e.edits, changed)
}

// identityEdits are the holes in an identity's policy.
func (p *planter) identityEdits(document iam.Document) []edit {
	var all []edit
	for i, statement := range document.Statements {
		if statement.Effect == iam.EffectDeny {
			all = append(all, p.denialEdits(document, i, iam.Allow("Planted", []string{"*"}, "*"))...)
			continue
		}
		e := &editor{inventory: p.inventory, world: p.world, document: document, index: i}
		e.conditions()
		for n := range statement.Resources {
			e.widen(n, wideForms(statement.Resources[n]))
		}
		e.moreActions(services(statement.Actions))
		all = append(all, e.edits...)
	}
	return all
}

// policyPlace is where a resource's policy is, or a trust policy.
type policyPlace struct {
	// own are the resources that it can be about, and nil for trust policies, which name none.
	own       []string
	service   string
	strangers []iam.Principal
}

// open is a statement that allows somebody everything.
func (l policyPlace) open(who iam.Principal) iam.Statement {
	return iam.Statement{Sid: "Planted", Effect: iam.EffectAllow, Actions: []string{l.service + ":*"}, Resources: l.own}.For(who)
}

// openings are the holes in a policy of a resource, or of a role's trust.
func (p *planter) openings(document iam.Document, place policyPlace) []edit {
	var all []edit
	for i, statement := range document.Statements {
		if statement.Effect == iam.EffectDeny {
			all = append(all, p.denialEdits(document, i, place.open(iam.Principal{Anyone: true}))...)
			continue
		}
		e := &editor{inventory: p.inventory, world: p.world, document: document, index: i}
		e.conditions()
		for n, resource := range statement.Resources {
			e.widen(n, slices.DeleteFunc(wideForms(resource), func(wide string) bool { return !place.isAbout(wide) }))
		}
		e.moreActions([]string{place.service})
		e.morePrincipals(place.strangers)
		all = append(all, e.edits...)
	}
	return all
}

// isAbout says whether a form of a resource is something in the place.
func (l policyPlace) isAbout(resource string) bool {
	return slices.ContainsFunc(l.own, func(arn string) bool { return arn == "*" || strings.HasPrefix(resource, arn+"/") })
}

// denialEdits take a denial away, make it leave out a resource, and let it spare another account. Where nothing is allowed that it
// refuses, granted is what it would have to refuse.
func (p *planter) denialEdits(document iam.Document, index int, granted iam.Statement) []edit {
	statement := document.Statements[index]
	name := statementName(statement, index)
	var all []edit
	put := func(what string, changed iam.Document) {
		all = append(all, edit{what: what, document: changed, shields: []shield{
			{shieldNoGrant, added(document, granted), added(changed, granted)},
		}})
	}
	put("remove the denial "+name, without(document, index))
	for n := range statement.Resources {
		if s := statement; len(s.Resources) > 1 {
			s.Resources = slices.Delete(slices.Clone(s.Resources), n, n+1)
			put("leave out "+statement.Resources[n]+" in "+name, replaced(document, index, s))
		}
	}
	if key := "aws:PrincipalAccount"; len(statement.Conditions["StringNotEquals"][key]) > 0 {
		s := statement
		s.Conditions = cloned(statement.Conditions)
		s.Conditions["StringNotEquals"][key] = append(slices.Clone(s.Conditions["StringNotEquals"][key]), otherAccount)
		put("spare "+otherAccount+" in "+name, replaced(document, index, s))
	}
	return all
}

// conditions drops each condition, opens it to any value, and lets it take one value more.
func (e *editor) conditions() {
	statement := e.document.Statements[e.index]
	for _, operator := range slices.Sorted(maps.Keys(statement.Conditions)) {
		for _, key := range slices.Sorted(maps.Keys(statement.Conditions[operator])) {
			s := statement
			s.Conditions = cloned(statement.Conditions)
			delete(s.Conditions[operator], key)
			if len(s.Conditions[operator]) == 0 {
				delete(s.Conditions, operator)
			}
			e.put("drop the condition "+operator+" "+key, key, s)
			if strings.HasPrefix(operator, "Bool") {
				continue
			}
			opened := s
			opened.Conditions = cloned(s.Conditions)
			e.put("any value of "+key, key, opened.If("StringLike", key, "*"))
			for _, value := range moreValues(key, statement.Conditions[operator][key]) {
				more := statement
				more.Conditions = cloned(statement.Conditions)
				more.Conditions[operator][key] = append(slices.Clone(more.Conditions[operator][key]), value)
				e.put("take the value "+value+" of "+key, key, more)
			}
		}
	}
}

// moreValues are values that a slip lets a condition take besides its own.
func moreValues(key string, values []string) []string {
	var more []string
	for _, value := range values {
		parts := strings.SplitN(value, ":", 6)
		switch {
		case key == "s3:prefix":
			more = append(more, strings.TrimSuffix(value, "/*")+"*")
		case strings.HasSuffix(key, "Account"):
			more = append(more, otherAccount)
		case key == "ec2:CreateAction":
			more = append(more, otherCreateAction)
		case key == "kms:ViaService":
			_, rest, _ := strings.Cut(value, ".")
			more = append(more, "sqs."+rest)
		case len(parts) == 6:
			parts[4] = otherAccount
			more = append(more, strings.Join(parts, ":"))
		default:
			more = append(more, "another")
		}
	}
	return slices.DeleteFunc(unique(more), func(value string) bool { return slices.Contains(values, value) })
}

func (e *editor) widen(n int, forms []string) {
	statement := e.document.Statements[e.index]
	for _, wide := range forms {
		s := statement
		s.Resources = slices.Clone(statement.Resources)
		s.Resources[n] = wide
		e.put("widen "+statement.Resources[n]+" to "+wide, "", s)
	}
}

// wideForms are wider forms of a resource: everything, everything of its kind, everything beside it, and everything that begins alike.
func wideForms(resource string) []string {
	if resource == "*" {
		return nil
	}
	forms := []string{"*"}
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) == 6 {
		kind := strings.Join(parts[:5], ":") + ":"
		last := parts[5]
		if i := strings.IndexAny(last, "/:"); i >= 0 {
			forms = append(forms, kind+last[:i+1]+"*")
			if j := strings.LastIndexAny(strings.TrimSuffix(last, "/*"), "/:"); j > i {
				forms = append(forms, kind+last[:j+1]+"*")
			}
		} else {
			forms = append(forms, kind+"*")
		}
		if parts[2] != "kms" && parts[2] != "ec2" { // no id begins with another
			forms = append(forms, kind+beginsLike(parts[2], last))
		}
	}
	return slices.DeleteFunc(unique(forms), func(form string) bool { return form == resource })
}

// beginsLike is the form of a name without its end: a slash that is left out, a suffix that is thought to be random.
func beginsLike(service, name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "*"), "/"), ":")
	if service == "secretsmanager" && len(name) > secretSuffix {
		name = name[:len(name)-secretSuffix] + "-"
	}
	return name + "*"
}

func services(actions []string) []string {
	var all []string
	for _, action := range actions {
		service, _, _ := strings.Cut(action, ":")
		all = append(all, service)
	}
	return unique(all)
}

func (e *editor) moreActions(services []string) {
	for _, service := range services {
		s := e.document.Statements[e.index]
		if !slices.Contains(s.Actions, service+":*") {
			s.Actions = append(slices.Clone(s.Actions), service+":*")
			e.put("add "+service+":*", "", s)
		}
	}
}

func (e *editor) morePrincipals(strangers []iam.Principal) {
	statement := e.document.Statements[e.index]
	for _, who := range strangers {
		s := statement
		s.Principal = together(statement.Principal, who)
		if !isAmong(who, statement.Principal) {
			e.put("add the principal "+nameOf(who), "", s)
			if e.hasAlready(who, statement) {
				e.edits[len(e.edits)-1].nothing = nothingNamed
			}
		}
		if len(statement.Conditions) > 0 {
			s.Conditions = nil
			e.put("add the principal "+nameOf(who)+" without conditions", "", s)
		}
	}
}

// isAmong says whether an account, a role or a user is named already.
func isAmong(who iam.Principal, in *iam.Principal) bool {
	return in != nil && len(who.AWS) == 1 && slices.Contains(in.AWS, who.AWS[0])
}

func together(one *iam.Principal, more iam.Principal) *iam.Principal {
	if one == nil {
		return &more
	}
	return &iam.Principal{
		Anyone: one.Anyone || more.Anyone, Federated: one.Federated,
		AWS: append(slices.Clone(one.AWS), more.AWS...), Service: append(slices.Clone(one.Service), more.Service...),
	}
}

func replaced(document iam.Document, index int, s iam.Statement) iam.Document {
	document.Statements = slices.Clone(document.Statements)
	document.Statements[index] = s
	return document
}

func without(document iam.Document, index int) iam.Document {
	document.Statements = slices.Delete(slices.Clone(document.Statements), index, index+1)
	return document
}

func added(document iam.Document, s iam.Statement) iam.Document {
	document.Statements = append(slices.Clone(document.Statements), s)
	return document
}

func withoutDenials(document iam.Document) iam.Document {
	denies := func(s iam.Statement) bool { return s.Effect == iam.EffectDeny }
	document.Statements = slices.DeleteFunc(slices.Clone(document.Statements), denies)
	return document
}

// onlyCondition is a statement without its conditions but for those on a key.
func onlyCondition(s iam.Statement, key string) iam.Statement {
	kept := iam.Conditions{}
	for operator, keys := range s.Conditions {
		if values, ok := keys[key]; ok {
			kept[operator] = map[string][]string{key: values}
		}
	}
	s.Conditions = kept
	return s
}

func countKeys(conditions iam.Conditions) int {
	n := 0
	for _, keys := range conditions {
		n += len(keys)
	}
	return n
}

func cloned(conditions iam.Conditions) iam.Conditions {
	all := iam.Conditions{}
	for operator, keys := range conditions {
		all[operator] = maps.Clone(keys)
	}
	return all
}
