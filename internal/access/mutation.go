package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
)

// Mutation is a hole that is planted in one policy.
type Mutation struct {
	// Name says what is done where.
	Name string
	// arn is the identity or resource whose policies are changed.
	arn string
	// trust is true where the trust policy of a role is changed.
	trust bool
	// identity and resource are the changed entry, one of them.
	identity *decide.Identity
	resource *decide.Resource
	// entry is an access entry that is added to the cluster.
	entry *Entry
}

// Mutations are holes in every policy of the platform's own: conditions that are dropped, resources and names that are widened, principals
// and actions that are added, denials that are removed. They are the same for the same world, in the same order.
func Mutations(world *decide.World, inventory *Inventory) []Mutation {
	planter := planter{world: world, inventory: inventory}
	for _, arn := range slices.Sorted(maps.Keys(world.Identities)) {
		if slices.ContainsFunc(inventory.Principals, func(p Principal) bool { return p.ARN == arn && p.Class != ClassOutsider }) {
			planter.inIdentity(arn)
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(world.Resources)) {
		planter.inResource(arn)
	}
	for _, p := range inventory.Principals {
		if p.EndUsers {
			entry := Entry{Principal: p.Label, Cluster: "cluster", Verb: "Kubernetes: AmazonEKSClusterAdminPolicy"}
			planter.planted = append(planter.planted, Mutation{Name: "cluster: let in " + p.Label, entry: &entry})
		}
	}
	return planter.planted
}

// planter collects mutations.
type planter struct {
	world     *decide.World
	inventory *Inventory
	planted   []Mutation
}

// change is a document that differs in one thing.
type change struct {
	what     string
	document iam.Document
}

func (p *planter) inIdentity(arn string) {
	identity := p.world.Identities[arn]
	with := func(name string, policies []decide.Policy) {
		changed := identity
		changed.Policies = policies
		p.planted = append(p.planted, Mutation{Name: name, arn: arn, identity: &changed})
	}
	for i, policy := range identity.Policies {
		if isAWSs(policy) {
			continue
		}
		for _, c := range identityChanges(policy.Document) {
			policies := slices.Clone(identity.Policies)
			policies[i] = decide.Policy{Name: policy.Name, Document: c.document}
			with(policy.Name+": "+c.what, policies)
		}
	}
	for _, action := range dangerous() {
		more := decide.Policy{Name: "planted", Document: iam.NewDocument(iam.Allow("Planted", []string{action}, "*"))}
		with(p.label(arn)+": allow "+action+" on everything", append(slices.Clone(identity.Policies), more))
	}
	if identity.Trust == nil {
		return
	}
	for _, c := range p.openings(identity.Trust.Document, true) {
		changed := identity
		changed.Trust = &decide.Policy{Name: identity.Trust.Name, Document: c.document}
		p.planted = append(p.planted, Mutation{Name: "trust of " + p.label(arn) + ": " + c.what, arn: arn, trust: true, identity: &changed})
	}
}

func (p *planter) label(arn string) string {
	for _, principal := range p.inventory.Principals {
		if principal.ARN == arn {
			return principal.Label
		}
	}
	return arn
}

// dangerous are actions that nobody should have on everything.
func dangerous() []string {
	return []string{
		"*", "s3:GetObject", "s3:ListBucket", "s3:PutBucketPolicy", "glue:*", "athena:StartQueryExecution", "secretsmanager:GetSecretValue", "kms:Decrypt",
		"kms:PutKeyPolicy", "ecr:PutImage", "ecr:DeleteRepository", "eks:CreateAccessEntry", "iam:PassRole", "iam:PutRolePolicy",
		"iam:CreateAccessKey", "sts:AssumeRole", "ssm:SendCommand", "ssm:GetParameter", "ec2:ModifyInstanceAttribute", "ec2:RunInstances",
		"lakeformation:GetDataAccess", "cloudformation:CreateStack", "logs:GetLogEvents",
	}
}

// identityChanges are the holes in an identity's policy.
func identityChanges(document iam.Document) []change {
	var all []change
	for i, statement := range document.Statements {
		name := statementName(statement, i)
		if statement.Effect == iam.EffectDeny {
			all = append(all, change{"remove the denial " + name, without(document, i)})
			continue
		}
		put := func(what string, s iam.Statement) {
			all = append(all, change{what + " in " + name, replaced(document, i, s)})
		}
		dropConditions(statement, put)
		for n, resource := range statement.Resources {
			for _, wide := range wideForms(resource) {
				s := statement
				s.Resources = slices.Clone(statement.Resources)
				s.Resources[n] = wide
				put("widen "+resource+" to "+wide, s)
			}
		}
		for _, service := range services(statement.Actions) {
			s := statement
			s.Actions = append(slices.Clone(statement.Actions), service+":*")
			put("add "+service+":*", s)
		}
	}
	return all
}

// dropConditions drops each condition, and opens it to any value.
func dropConditions(statement iam.Statement, put func(string, iam.Statement)) {
	for _, operator := range slices.Sorted(maps.Keys(statement.Conditions)) {
		for _, key := range slices.Sorted(maps.Keys(statement.Conditions[operator])) {
			s := statement
			s.Conditions = cloned(statement.Conditions)
			delete(s.Conditions[operator], key)
			if len(s.Conditions[operator]) == 0 {
				delete(s.Conditions, operator)
			}
			put("drop the condition "+operator+" "+key, s)
			if strings.HasPrefix(operator, "Bool") {
				continue
			}
			opened := s
			opened.Conditions = cloned(s.Conditions)
			put("any value of "+key, opened.If("StringLike", key, "*"))
		}
	}
}

// wideForms are wider forms of a resource: everything, everything of its kind, and everything beside it.
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
	}
	return slices.DeleteFunc(unique(forms), func(form string) bool { return form == resource })
}

func services(actions []string) []string {
	var all []string
	for _, action := range actions {
		service, _, _ := strings.Cut(action, ":")
		all = append(all, service)
	}
	return unique(all)
}

// openings are the holes in a policy of a resource, or of a role's trust.
func (p *planter) openings(document iam.Document, trust bool) []change {
	var all []change
	for i, statement := range document.Statements {
		name := statementName(statement, i)
		put := func(what string, s iam.Statement) {
			all = append(all, change{what + " in " + name, replaced(document, i, s)})
		}
		if statement.Effect == iam.EffectDeny {
			all = append(all, change{"remove the denial " + name, without(document, i)})
			for n := range statement.Resources {
				if s := statement; len(s.Resources) > 1 {
					s.Resources = slices.Delete(slices.Clone(s.Resources), n, n+1)
					put("leave out "+statement.Resources[n], s)
				}
			}
			continue
		}
		dropConditions(statement, put)
		for _, who := range p.strangers(trust) {
			s := statement
			s.Principal = added(statement.Principal, who)
			put("add the principal "+nameOf(who), s)
			if len(statement.Conditions) > 0 {
				s.Conditions = nil
				put("add the principal "+nameOf(who)+" without conditions", s)
			}
		}
	}
	return all
}

// strangers are principals that no policy should name.
func (p *planter) strangers(trust bool) []iam.Principal {
	partition := "aws"
	var own []string
	for _, principal := range p.inventory.Principals {
		if principal.Label == labelOtherRole {
			partition = strings.Split(principal.ARN, ":")[1]
			own = append(own, principal.ARN)
		}
		if principal.Class == ClassNode {
			own = append(own, principal.ARN)
		}
	}
	root := func(account string) string { return "arn:" + partition + ":iam::" + account + ":root" }
	all := []iam.Principal{{Anyone: true}, {AWS: []string{root(otherAccount)}}, {Service: []string{"lambda.amazonaws.com"}}}
	if trust {
		all = append(all, iam.Principal{AWS: []string{root(p.inventory.Account)}})
	}
	for _, arn := range own {
		all = append(all, iam.Principal{AWS: []string{arn}})
	}
	return all
}

func nameOf(p iam.Principal) string {
	if p.Anyone {
		return "*"
	}
	return strings.Join(append(slices.Clone(p.AWS), p.Service...), " ")
}

func added(to *iam.Principal, more iam.Principal) *iam.Principal {
	if to == nil {
		return &more
	}
	return &iam.Principal{
		Anyone: to.Anyone || more.Anyone, AWS: append(slices.Clone(to.AWS), more.AWS...), Service: append(slices.Clone(to.Service), more.Service...),
		Federated: to.Federated,
	}
}

func (p *planter) inResource(arn string) {
	entry := p.world.Resources[arn]
	with := func(name string, policies []decide.Policy) {
		changed := entry
		changed.Policies = policies
		p.planted = append(p.planted, Mutation{Name: name, arn: arn, resource: &changed})
	}
	if entry.Account != p.inventory.Account {
		return // somebody else's policy
	}
	short := arn[strings.LastIndex(arn, ":")+1:]
	for i, policy := range entry.Policies {
		for _, c := range p.openings(policy.Document, false) {
			policies := slices.Clone(entry.Policies)
			policies[i] = decide.Policy{Name: policy.Name, Document: c.document}
			with("policy of "+short+": "+c.what, policies)
		}
	}
	for _, who := range p.strangers(false) {
		service := strings.Split(arn, ":")[2]
		resources := []string{arn, arn + "/*"}
		if service != "s3" {
			resources = []string{"*"}
		}
		open := iam.Statement{Sid: "Planted", Effect: iam.EffectAllow, Actions: []string{service + ":*"}, Resources: resources}.For(who)
		more := decide.Policy{Name: "planted", Document: iam.NewDocument(open)}
		with("policy of "+short+": a statement for "+nameOf(who), append(slices.Clone(entry.Policies), more))
	}
}

func statementName(s iam.Statement, index int) string {
	if s.Sid != "" {
		return s.Sid
	}
	return fmt.Sprintf("statement %d", index)
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

func cloned(conditions iam.Conditions) iam.Conditions {
	all := iam.Conditions{}
	for operator, keys := range conditions {
		all[operator] = maps.Clone(keys)
	}
	return all
}
