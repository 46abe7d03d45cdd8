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
	// change is what is planted.
	change change
	// nothing says why it changes nothing that AWS could decide, and is empty where it may.
	nothing string
	// guards may stand behind the one that is taken away.
	guards []guard
}

// change is what is different in a world.
type change struct {
	// identities and resources replace entries, by ARN.
	identities map[string]decide.Identity
	resources  map[string]decide.Resource
	// entry is an access entry that is added to the cluster.
	entry *Entry
	// unbounded is an identity whose permissions boundary is dropped.
	unbounded string
}

// guard is a second guard: what a mutation opens stays closed while it stands. without is the world without the guard, and both is the
// world without it and with the mutation.
type guard struct {
	why           string
	without, both change
}

// Mutations are holes in every policy of the platform's own: conditions that are dropped or take more, resources and names that are
// widened, principals and actions that are added, denials and boundaries that are removed. They are the same for the same world, in the
// same order.
func Mutations(world *decide.World, inventory *Inventory) []Mutation {
	planter := planter{world: world, inventory: inventory}
	for _, arn := range slices.Sorted(maps.Keys(world.Identities)) {
		if slices.ContainsFunc(inventory.Principals, func(p Principal) bool {
			return p.ARN == arn && p.Class != ClassOutsider && p.Class != ClassShared
		}) {
			planter.inIdentity(arn)
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(world.Resources)) {
		if isOwn(world.Resources[arn], inventory.Account) {
			planter.inResource(arn)
		}
	}
	for _, p := range inventory.Principals {
		if p.EndUsers {
			entry := Entry{Principal: p.Label, Cluster: "cluster", Verb: "Kubernetes: AmazonEKSClusterAdminPolicy"}
			planter.planted = append(planter.planted, Mutation{Name: "cluster: let in " + p.Label, change: change{entry: &entry}})
		}
	}
	return planter.planted
}

// isOwn says whether the program writes a policy of a resource: others write their own.
func isOwn(entry decide.Resource, account string) bool {
	others := func(policy decide.Policy) bool { return policy.Name != standIn }
	return entry.Account == account && (len(entry.Policies) == 0 || slices.ContainsFunc(entry.Policies, others))
}

// planter collects mutations.
type planter struct {
	world     *decide.World
	inventory *Inventory
	planted   []Mutation
}

// plant adds edits of one document; in turns a document into the change of the world that has it in the place of the other.
func (p *planter) plant(where string, edits []edit, in func(iam.Document) change) {
	for _, e := range edits {
		m := Mutation{Name: where + ": " + e.what, change: in(e.document), nothing: e.nothing}
		for _, s := range e.shields {
			m.guards = append(m.guards, guard{s.why, in(s.without), in(s.both)})
		}
		p.planted = append(p.planted, m)
	}
}

func (p *planter) inIdentity(arn string) {
	identity, label := p.world.Identities[arn], p.label(arn)
	for i, policy := range identity.Policies {
		if isAWSs(policy) {
			continue
		}
		p.plant(policy.Name, p.identityEdits(policy.Document), func(d iam.Document) change {
			changed := identity
			changed.Policies = slices.Clone(identity.Policies)
			changed.Policies[i] = decide.Policy{Name: policy.Name, Document: d}
			return change{}.identity(arn, changed)
		})
	}
	p.everything(arn, label, identity)
	p.foreign(arn, label, identity)
	p.writes(arn, label, identity)
	if identity.Boundary != nil {
		changed := identity
		changed.Boundary = nil
		m := Mutation{Name: label + ": drop the permissions boundary", change: change{unbounded: arn}.identity(arn, changed)}
		p.planted = append(p.planted, m)
	}
	if identity.Trust == nil {
		return
	}
	trust := policyPlace{own: nil, service: "sts", strangers: p.strangers(arn, true)}
	p.plant("trust of "+label, p.openings(identity.Trust.Document, trust), func(d iam.Document) change {
		changed := identity
		changed.Trust = &decide.Policy{Name: identity.Trust.Name, Document: d}
		return change{}.identity(arn, changed)
	})
}

// everything allows single actions on everything.
func (p *planter) everything(arn, label string, identity decide.Identity) {
	for _, action := range dangerous() {
		planted := iam.Allow("Planted", []string{action}, "*")
		changed := identity
		changed.Policies = append(slices.Clone(identity.Policies), decide.Policy{Name: "planted", Document: iam.NewDocument(planted)})
		p.planted = append(p.planted, Mutation{
			Name: label + ": allow " + action + " on everything", change: change{}.identity(arn, changed),
			nothing: allowedAlready(identity, planted),
		})
	}
}

// foreign gives an identity what the credentials of a connection have that is not its own.
func (p *planter) foreign(arn, label string, identity decide.Identity) {
	if other := p.otherConnection(arn); other != nil {
		changed := identity
		changed.Policies = slices.Concat(identity.Policies, p.world.Identities[other.ARN].Policies)
		p.planted = append(p.planted, Mutation{Name: label + ": add the policies of " + other.Label, change: change{}.identity(arn, changed)})
	}
}

// writes lets who is to read only write what it may read.
func (p *planter) writes(arn, label string, identity decide.Identity) {
	// Results of queries are written in any case.
	reads := func(s iam.Statement) bool {
		return slices.Contains(s.Actions, "s3:GetObject") && !slices.Contains(s.Actions, "s3:PutObject")
	}
	readOnly := func(principal Principal) bool { return principal.ARN == arn && principal.ReadOnly }
	if !slices.ContainsFunc(p.inventory.Principals, readOnly) {
		return
	}
	for _, policy := range identity.Policies {
		for _, s := range slices.DeleteFunc(slices.Clone(policy.Document.Statements), func(s iam.Statement) bool { return !reads(s) }) {
			changed := identity
			s.Actions = []string{"s3:PutObject"}
			changed.Policies = append(slices.Clone(identity.Policies), decide.Policy{Name: "planted", Document: iam.NewDocument(s)})
			p.planted = append(p.planted, Mutation{Name: label + ": write what it may read", change: change{}.identity(arn, changed)})
		}
	}
}

// otherConnection are the credentials of another connection than that which an ARN belongs to, or nil.
func (p *planter) otherConnection(arn string) *Principal {
	own := ""
	for _, principal := range p.inventory.Principals {
		if principal.ARN == arn {
			own = principal.Connection
		}
	}
	for i, principal := range p.inventory.Principals {
		if principal.Class == ClassConnection && principal.Connection != own {
			return &p.inventory.Principals[i]
		}
	}
	return nil
}

func (c change) identity(arn string, changed decide.Identity) change {
	c.identities = map[string]decide.Identity{arn: changed}
	return c
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
		"*", "s3:GetObject", "s3:ListBucket", "s3:PutBucketPolicy", "glue:*", "athena:StartQueryExecution",
		"secretsmanager:GetSecretValue", "kms:Decrypt", "kms:PutKeyPolicy", "ecr:PutImage", "ecr:DeleteRepository",
		"eks:CreateAccessEntry", "iam:PassRole", "iam:PutRolePolicy",
		"iam:CreateAccessKey", "sts:AssumeRole", "ssm:SendCommand", "ssm:GetParameter", "ec2:ModifyInstanceAttribute", "ec2:RunInstances",
		"lakeformation:GetDataAccess", "cloudformation:CreateStack", "logs:GetLogEvents",
	}
}

func (p *planter) inResource(arn string) {
	entry := p.world.Resources[arn]
	short := "policy of " + arn[strings.LastIndex(arn, ":")+1:]
	with := func(policies []decide.Policy) change {
		changed := entry
		changed.Policies = policies
		return change{resources: map[string]decide.Resource{arn: changed}}
	}
	place := policyPlace{own: ownForms(arn), service: strings.Split(arn, ":")[2], strangers: p.strangers(arn, false)}
	for i, policy := range entry.Policies {
		if policy.Name == standIn {
			continue
		}
		p.plant(short, p.openings(policy.Document, place), func(d iam.Document) change {
			policies := slices.Clone(entry.Policies)
			policies[i] = decide.Policy{Name: policy.Name, Document: d}
			return with(policies)
		})
	}
	for _, who := range place.strangers {
		planted := decide.Policy{Name: "planted", Document: iam.NewDocument(place.open(who))}
		m := Mutation{Name: short + ": a statement for " + nameOf(who), change: with(append(slices.Clone(entry.Policies), planted))}
		undenied := slices.Clone(entry.Policies)
		for i := range undenied {
			undenied[i].Document = withoutDenials(undenied[i].Document)
		}
		m.guards = []guard{{shieldDenial, with(undenied), with(append(slices.Clone(undenied), planted))}}
		p.planted = append(p.planted, m)
	}
}

// ownForms are what the policy of a resource can be about.
func ownForms(arn string) []string {
	if strings.Split(arn, ":")[2] == "s3" {
		return []string{arn, arn + "/*"}
	}
	return []string{"*"}
}

// strangers are principals that no policy of a resource or role should name.
func (p *planter) strangers(arn string, trust bool) []iam.Principal {
	var own []string
	if other := p.otherConnection(arn); other != nil {
		own = append(own, other.ARN)
	}
	for _, principal := range p.inventory.Principals {
		if principal.Label == labelOtherRole || principal.Class == ClassNode {
			own = append(own, principal.ARN)
		}
	}
	root := func(account string) string { return "arn:" + p.inventory.partition + ":iam::" + account + ":root" }
	all := []iam.Principal{{Anyone: true}, {AWS: []string{root(otherAccount)}}, {Service: []string{"lambda.amazonaws.com"}}}
	if trust {
		all = append(all, iam.Principal{AWS: []string{root(p.inventory.Account)}})
	}
	for _, principal := range p.inventory.Principals {
		if principal.Class == ClassShared && strings.HasPrefix(principal.named, "arn:") {
			own = append(own, principal.named)
		}
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

func statementName(s iam.Statement, index int) string {
	if s.Sid != "" {
		return s.Sid
	}
	return fmt.Sprintf("statement %d", index)
}
