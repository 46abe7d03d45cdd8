package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// catalogType is the component of Glue's databases and Athena's workgroups.
const catalogType = "dss:index:GlueAthenaCatalog"

// unstated ends the labels of those in other accounts that a policy names though no setting shares anything with them.
const unstated = " that no setting names"

// Labels in general terms of those in other accounts.
const (
	sharedWithThem = "those that data is shared with"
	otherDatabase  = "database of another account"
	otherGlue      = labelSharedCatalog
	otherAthena    = "Athena's catalog of another account"
)

// sharing is what the components say that they share: with whom, by the text of the principal, what. It is read from what they register,
// not from the policies that are to be judged by it.
type sharing map[string][]string

// add notes that somebody is to reach something.
func (s sharing) add(who, what string) { s[who] = unique(append(s[who], what)) }

// thingOf is what settings share by name: a connection's data, or a database that belongs to none.
func (s *surveyor) thingOf(database string) string {
	if connection := s.holder("databases", database); connection != "" {
		return "connection " + connection
	}
	return "database " + database
}

// shares reads what connections and catalogs share. A connection registers for all that it shares what the policy of its key has to say.
func (s *surveyor) shares() sharing {
	stated := sharing{}
	for _, c := range s.graph.OfType(connectionType) {
		for _, statement := range s.stated(c, "sharedKeyPolicy").Statements {
			for _, who := range statement.Principal.AWS {
				stated.add(who, "connection "+connectionName(c))
			}
		}
	}
	for _, c := range s.graph.OfType(catalogType) {
		for _, statement := range s.stated(c, "sharedCatalogPolicy").Statements {
			for _, arn := range statement.Resources {
				_, database, named := strings.Cut(arn, ":database/")
				for _, who := range statement.Principal.AWS {
					if named {
						stated.add(who, s.thingOf(database))
					}
				}
			}
		}
	}
	return stated
}

// stated is a policy that a component registers, for others to add to theirs. Without one it has no statements.
func (s *surveyor) stated(component *synth.Resource, key string) iam.Document {
	document, err := saidPolicy(component, key)
	s.problem(err)
	document.Statements = slices.DeleteFunc(document.Statements, func(s iam.Statement) bool { return s.Principal == nil })
	return document
}

func (s *surveyor) problem(err error) {
	if err != nil {
		s.problems = append(s.problems, err)
	}
}

// saidPolicy parses a policy that a component registers. Without one it has no statements.
func saidPolicy(component *synth.Resource, key string) (iam.Document, error) {
	return parsed(component, key, said(component, key))
}

func parsed(component *synth.Resource, key, text string) (iam.Document, error) {
	if text == "" {
		return iam.Document{}, nil
	}
	document, err := iam.Parse(text)
	if err != nil {
		return document, fmt.Errorf("%s: %s: %w", component.Label(), key, err)
	}
	return document, nil
}

// parties adds those in other accounts whom something is shared with, or whom a policy of a resource or a role lets in all the same. Of
// the account of a role or user others are asked, too: what is shared with one is not shared with all.
func (s *surveyor) parties() {
	stated := s.shares()
	named := s.letIn()
	for who := range stated {
		named = append(named, who)
	}
	for _, who := range unique(named) {
		if parts := strings.Split(who, ":"); len(parts) > 5 && len(parts[4]) == 12 && parts[5] != "root" {
			named = append(named, s.root(parts[4]))
		}
	}
	for _, who := range unique(named) {
		p := s.party(who)
		if p.Shared = stated[who]; len(p.Shared) == 0 {
			p.Label += unstated
		}
		s.Principals = append(s.Principals, p)
	}
}

// letIn are the principals outside of the account that policies of resources and roles allow something.
func (s *surveyor) letIn() []string {
	var all []string
	add := func(document iam.Document) {
		for _, statement := range document.Statements {
			if statement.Effect == iam.EffectAllow && statement.Principal != nil {
				all = slices.Concat(all, statement.Principal.AWS, statement.Principal.Federated, statement.Principal.CanonicalUser)
			}
		}
	}
	for _, identity := range s.world.Identities {
		if identity.Trust != nil {
			add(identity.Trust.Document)
		}
	}
	for _, entry := range s.world.Resources {
		if entry.Account != s.Account {
			continue // others let in whom they like
		}
		for _, policy := range entry.Policies {
			add(policy.Document)
		}
	}
	for i, who := range all {
		if len(who) == len(otherAccount) && strings.Trim(who, "0123456789") == "" {
			all[i] = s.root(who)
		}
	}
	return slices.DeleteFunc(all, func(who string) bool {
		return who == "*" || strings.Contains(who, "::"+s.Account+":") && !strings.Contains(who, "-provider/")
	})
}

// root is an account as a principal.
func (s *surveyor) root(account string) string {
	return "arn:" + s.partition + ":iam::" + account + ":root"
}

// party is somebody in another account. An account is asked as one of its administrators.
func (s *surveyor) party(who string) Principal {
	p := Principal{ARN: who, Label: who, Class: ClassShared, named: who}
	parts := strings.SplitN(who, ":", 6)
	if len(parts) < 6 {
		return p
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	p.Label = kind + " " + name + " of account " + parts[4]
	if kind == "root" {
		p.Label, p.ARN = "account "+parts[4], strings.TrimSuffix(who, "root")+"role/an-administrator"
	}
	return p
}

// foreign adds the databases of other accounts that connections are to read, and their catalogs. What the
// owners are asked to allow names them.
func (s *surveyor) foreign() {
	seen := map[string]bool{}
	for _, c := range s.graph.OfType(connectionType) {
		policies, _ := plainMap(c.Outputs)["ownerCatalogPolicies"].(map[string]any)
		for account, policy := range policies {
			text, _ := policy.(string)
			document, err := parsed(c, "ownerCatalogPolicies", text)
			s.problem(err)
			for _, statement := range document.Statements {
				for _, arn := range statement.Resources {
					s.foreignPart(connectionName(c), account, arn, seen)
				}
			}
		}
	}
}

// catalogOf is the catalog of another account.
func catalogOf(account string) string { return "Glue catalog of account " + account }

// foreignPart adds a database of another account, or the catalog as a whole, that a connection reads.
func (s *surveyor) foreignPart(connection, account, arn string, seen map[string]bool) {
	var r Resource
	switch before, database, named := strings.Cut(arn, ":database/"); {
	case named:
		label := "database " + database + " of account " + account
		table := before + ":table/" + database + "/" + probe
		r = Resource{Kind: KindDatabase, Label: label, general: otherDatabase, Parts: map[Part]string{Whole: arn, PartTable: table}}
	case strings.HasSuffix(arn, ":catalog"):
		r = Resource{Kind: KindCatalog, Label: catalogOf(account), general: otherGlue, Parts: whole(arn)}
	default:
		return
	}
	r.Outside, r.things = true, []string{r.Label}
	s.reads.add(connection, r.Label)
	if !seen[arn] {
		seen[arn] = true
		s.add(r)
	}
}

// labelReaders has connections, their pods and crawlers know what they read in other accounts.
func (s *surveyor) labelReaders() {
	for i := range s.Principals {
		if p := &s.Principals[i]; p.Connection != "" {
			p.Shared = s.reads[p.Connection]
		}
	}
}

// has says whether something is shared with a principal.
func (p *Principal) has(r *Resource) bool {
	return slices.ContainsFunc(r.things, func(thing string) bool { return slices.Contains(p.Shared, thing) })
}

// asked adds what the owners of things that were there before are asked to add to their policies, so that it shows what that allows.
func (b *builder) asked() {
	at := b.graph.Location
	for _, c := range b.graph.OfType(connectionType) {
		b.askFor(c, "sharedBucketPolicy", at.GlobalARN("s3", said(c, "bucketName"), false))
	}
	for _, c := range b.graph.OfType(catalogType) {
		made := func(policy *synth.Resource) bool { return policy.ParentURN == c.URN }
		if !slices.ContainsFunc(b.graph.OfType(typeGluePolicy), made) {
			b.askFor(c, "sharedCatalogPolicy", at.ARN("glue", "catalog"))
		}
	}
}

func (b *builder) askFor(component *synth.Resource, key, arn string) {
	document, err := saidPolicy(component, key)
	switch {
	case err != nil:
		b.problems = append(b.problems, err)
	case len(document.Statements) > 0:
		b.guard(arn, decide.Policy{Name: standIn, Document: document})
	}
}
