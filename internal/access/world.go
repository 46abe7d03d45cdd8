package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/managed"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
)

// Types of Pulumi's AWS provider that hold policies.
const (
	typeRole             = "aws:iam/role:Role"
	typeUser             = "aws:iam/user:User"
	typePolicy           = "aws:iam/policy:Policy"
	typeRolePolicy       = "aws:iam/rolePolicy:RolePolicy"
	typeUserPolicy       = "aws:iam/userPolicy:UserPolicy"
	typeRoleAttachment   = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	typeUserAttachment   = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
	typeBucket           = "aws:s3/bucketV2:BucketV2"
	typeBucketPolicy     = "aws:s3/bucketPolicy:BucketPolicy"
	typeKey              = "aws:kms/key:Key"
	typeKeyPolicy        = "aws:kms/keyPolicy:KeyPolicy"
	typeSecret           = "aws:secretsmanager/secret:Secret"
	typeSecretPolicy     = "aws:secretsmanager/secretPolicy:SecretPolicy"
	typeRepository       = "aws:ecr/repository:Repository"
	typeRepositoryPolicy = "aws:ecr/repositoryPolicy:RepositoryPolicy"
	typeGluePolicy       = "aws:glue/resourcePolicy:ResourcePolicy"
)

// unsupported are types that give access in ways that are not read here. A graph with one of them has no matrix: it would be wrong.
func unsupported() []string {
	return []string{
		"aws:iam/group:Group", "aws:iam/groupPolicy:GroupPolicy", "aws:iam/policyAttachment:PolicyAttachment",
		"aws:iam/userGroupMembership:UserGroupMembership", "aws:iam/groupMembership:GroupMembership", "aws:kms/grant:Grant",
		"aws:s3/accessPoint:AccessPoint", "aws:s3/bucketAclV2:BucketAclV2", "aws:s3control/accessGrant:AccessGrant",
		"aws:iam/rolePoliciesExclusive:RolePoliciesExclusive", "aws:ecr/registryPolicy:RegistryPolicy",
	}
}

// builder collects a world.
type builder struct {
	graph   *synth.Graph
	managed managed.Policies
	world   *decide.World
	// identities are ARNs of roles and users by their names, which policies name them by.
	identities map[string]string
	// policies are managed policies of the graph, by ARN.
	policies map[string]decide.Policy
	problems []error
}

// World reads the policies that a program registered: of identities, of resources, trust policies and permissions boundaries. It
// fails with everything that it cannot read, since a matrix without it would say less than the truth.
func World(graph *synth.Graph) (*decide.World, *Inventory, error) {
	known, err := managed.Load()
	if err != nil {
		return nil, nil, err
	}
	b := &builder{
		graph: graph, managed: known,
		world:      &decide.World{Identities: map[string]decide.Identity{}, Resources: map[string]decide.Resource{}},
		identities: map[string]string{}, policies: map[string]decide.Policy{},
	}
	for _, token := range unsupported() {
		for _, res := range graph.OfType(token) {
			b.problems = append(b.problems, fmt.Errorf("%s: what it allows is not known here", res.Label()))
		}
	}
	b.identityPolicies()
	b.resourcePolicies()
	b.foreignBuckets()
	b.asked()
	inventory, problems := newInventory(graph, b.world)
	b.problems = append(b.problems, problems...)
	b.outsiders(inventory)
	return b.world, inventory, errors.Join(b.problems...)
}

// value is an input of a resource, or what AWS computed, as text.
func value(res *synth.Resource, key string) string {
	v := synth.Stripped(res.State[resource.PropertyKey(key)])
	if v.IsString() {
		return v.StringValue()
	}
	return ""
}

func values(res *synth.Resource, key string) []string {
	v := synth.Stripped(res.State[resource.PropertyKey(key)])
	if !v.IsArray() {
		return nil
	}
	var texts []string
	for _, item := range v.ArrayValue() {
		if item = synth.Stripped(item); item.IsString() {
			texts = append(texts, item.StringValue())
		}
	}
	return texts
}

// policy parses the policy that a property holds.
func (b *builder) policy(res *synth.Resource, key string) decide.Policy {
	document, err := iam.Parse(value(res, key))
	if err != nil {
		b.problems = append(b.problems, fmt.Errorf("%s: %s: %w", res.Label(), key, err))
	}
	return decide.Policy{Name: res.Name, Document: document}
}

func (b *builder) identityPolicies() {
	for _, res := range b.graph.OfType(typePolicy) {
		b.policies[value(res, "arn")] = b.policy(res, "policy")
	}
	for _, res := range slices.Concat(b.graph.OfType(typeRole), b.graph.OfType(typeUser)) {
		b.identity(res)
	}
	for _, kind := range []struct{ token, identity string }{{typeRolePolicy, "role"}, {typeUserPolicy, "user"}} {
		for _, res := range b.graph.OfType(kind.token) {
			b.attach(res, value(res, kind.identity), b.policy(res, "policy"))
		}
	}
	for _, kind := range []struct{ token, identity string }{{typeRoleAttachment, "role"}, {typeUserAttachment, "user"}} {
		for _, res := range b.graph.OfType(kind.token) {
			b.attach(res, value(res, kind.identity), b.named(res, value(res, "policyArn")))
		}
	}
}

// identity adds a role or user, with what its own inputs say.
func (b *builder) identity(res *synth.Resource) {
	arn := value(res, "arn")
	b.identities[value(res, "name")], b.identities[res.ID], b.identities[arn] = arn, arn, arn
	var identity decide.Identity
	if res.Type == typeRole && value(res, "assumeRolePolicy") != "" {
		trust := b.policy(res, "assumeRolePolicy")
		identity.Trust = &trust
	}
	if boundary := value(res, "permissionsBoundary"); boundary != "" {
		policy := b.named(res, boundary)
		identity.Boundary = &policy
	}
	for _, policy := range values(res, "managedPolicyArns") {
		identity.Policies = append(identity.Policies, b.named(res, policy))
	}
	if inline := synth.Stripped(res.State["inlinePolicies"]); inline.IsArray() && len(inline.ArrayValue()) > 0 {
		b.problems = append(b.problems, fmt.Errorf("%s: inlinePolicies are not read: use policies that are resources", res.Label()))
	}
	b.world.Identities[arn] = identity
}

// named finds a managed policy. A boundary of the organization's own is not known: it is left out, which errs towards access.
func (b *builder) named(res *synth.Resource, arn string) decide.Policy {
	if own, ok := b.policies[arn]; ok {
		return own
	}
	if document, ok := b.managed.Document(arn); ok && strings.Contains(arn, ":iam::aws:") {
		return decide.Policy{Name: arn[strings.LastIndex(arn, "/")+1:], Document: document}
	}
	if arn == value(res, "permissionsBoundary") {
		all := iam.NewDocument(iam.Allow("Unknown", []string{"*"}, "*"))
		return decide.Policy{Name: arn, Document: all}
	}
	b.problems = append(b.problems, fmt.Errorf("%s: policy %s is not known: add it to tools/tables", res.Label(), arn))
	return decide.Policy{Name: arn}
}

func (b *builder) attach(res *synth.Resource, to string, policy decide.Policy) {
	arn, ok := b.identities[to]
	if !ok {
		// A role that the program does not know of was there before; what else it has is not known.
		b.problems = append(b.problems, fmt.Errorf("%s: %q is no role or user of this program", res.Label(), to))
		return
	}
	identity := b.world.Identities[arn]
	identity.Policies = append(identity.Policies, policy)
	b.world.Identities[arn] = identity
}

func (b *builder) resourcePolicies() {
	at := b.graph.Location
	for _, owned := range []struct{ token, policy string }{
		{typeBucket, ""}, {typeKey, "policy"}, {typeSecret, "policy"}, {typeRepository, ""},
	} {
		for _, res := range b.graph.OfType(owned.token) {
			entry := decide.Resource{Account: at.AccountID}
			if owned.policy != "" && value(res, owned.policy) != "" {
				entry.Policies = append(entry.Policies, b.policy(res, owned.policy))
			}
			b.world.Resources[value(res, "arn")] = entry
		}
	}
	for _, res := range b.graph.OfType(typeBucketPolicy) {
		b.guard(at.GlobalARN("s3", value(res, "bucket"), false), b.policy(res, "policy"))
	}
	for _, res := range b.graph.OfType(typeKeyPolicy) {
		b.guard(at.ARN("kms", "key/"+value(res, "keyId")), b.policy(res, "policy"))
	}
	for _, res := range b.graph.OfType(typeSecretPolicy) {
		b.guard(value(res, "secretArn"), b.policy(res, "policy"))
	}
	for _, res := range b.graph.OfType(typeRepositoryPolicy) {
		b.guard(at.ARN("ecr", "repository/"+value(res, "repository")), b.policy(res, "policy"))
	}
	for _, res := range b.graph.OfType(typeGluePolicy) {
		b.guard(at.ARN("glue", "catalog"), b.policy(res, "policy"))
	}
}

// ownerAccount stands for the account of a bucket that belongs to somebody else.
const ownerAccount = "000000000000"

// foreignBuckets are buckets of other accounts, whose owners have promised to add the statements that their connections name.
func (b *builder) foreignBuckets() {
	for _, connection := range b.graph.OfType(connectionType) {
		text := said(connection, "ownerBucketPolicy")
		if text == "" {
			continue
		}
		document, err := iam.Parse(text)
		if err != nil {
			b.problems = append(b.problems, fmt.Errorf("%s: ownerBucketPolicy: %w", connection.Label(), err))
		}
		arn := b.graph.Location.GlobalARN("s3", said(connection, "bucketName"), false)
		entry := b.world.Resources[arn]
		entry.Account, entry.Policies = ownerAccount, append(entry.Policies, decide.Policy{Name: connection.Name + "-owner", Document: document})
		b.world.Resources[arn] = entry
	}
}

// uses says whether the policies of a connection name something.
func (b *builder) uses(inventory *Inventory, connection, arn string) bool {
	for _, principal := range inventory.Principals {
		if principal.Connection != connection {
			continue
		}
		for _, policy := range b.world.Identities[principal.ARN].Policies {
			named := func(s iam.Statement) bool { return slices.Contains(s.Resources, arn) }
			if slices.ContainsFunc(policy.Document.Statements, named) {
				return true
			}
		}
	}
	return false
}

// guard adds a policy to a resource.
func (b *builder) guard(arn string, policy decide.Policy) {
	entry, known := b.world.Resources[arn]
	if !known {
		entry.Account = b.graph.Location.AccountID
	}
	entry.Policies = append(entry.Policies, policy)
	b.world.Resources[arn] = entry
}

// standIn is the name of policies that stand for those of others.
const standIn = "stand-in"

// outsiders adds the identities that stand for those who are not part of the platform.
func (b *builder) outsiders(inventory *Inventory) {
	everything := decide.Policy{Name: standIn, Document: iam.NewDocument(iam.Allow("All", []string{"*"}, "*"))}
	anyRole := decide.Policy{Name: standIn, Document: iam.NewDocument(iam.Allow("Assume", []string{"sts:*"}, "*"))}
	for _, principal := range inventory.Principals {
		switch {
		case principal.Class == ClassShared, principal.Label == labelAdministrator, principal.Label == labelOtherAccount:
			b.world.Identities[principal.ARN] = decide.Identity{Policies: []decide.Policy{everything}}
		case principal.Label == labelOtherRole:
			b.world.Identities[principal.ARN] = decide.Identity{Policies: []decide.Policy{anyRole}}
		}
	}
	at := b.graph.Location
	account := iam.Principal{AWS: []string{at.GlobalARN("iam", "root", true)}}
	trust := iam.NewDocument(iam.Statement{Effect: iam.EffectAllow, Actions: []string{"sts:*"}}.For(account))
	for _, resource := range inventory.Resources {
		if resource.Label == labelTrusting {
			b.world.Identities[resource.Parts[Whole]] = decide.Identity{Trust: &decide.Policy{Name: labelTrusting, Document: trust}}
		}
	}
	b.owners(inventory, account)
}

// owners adds policies for what others own: catalogs and keys of other accounts leave it to the platform's account, so that its identities'
// policies decide. Keys of the account do, too, and have what connections ask for.
func (b *builder) owners(inventory *Inventory, account iam.Principal) {
	for _, resource := range inventory.Resources {
		arn := resource.Parts[Whole]
		parts := strings.SplitN(arn, ":", 6)
		if _, known := b.world.Resources[arn]; known || resource.Kind != KindCatalog && resource.Kind != KindKey {
			continue
		}
		if parts[4] != inventory.Account {
			open := iam.NewDocument(iam.Allow("Open", []string{parts[2] + ":*"}, "*").For(account))
			b.world.Resources[arn] = decide.Resource{Account: parts[4], Policies: []decide.Policy{{Name: standIn, Document: open}}}
		} else if resource.Kind == KindKey && resource.Outside && resource.Label != "another key" {
			b.guard(arn, decide.Policy{Name: standIn, Document: iam.NewDocument(iam.Allow("Account", []string{"kms:*"}, "*").For(account))})
			for _, c := range b.graph.OfType(connectionType) {
				if b.uses(inventory, connectionName(c), arn) {
					b.askFor(c, "sharedKeyPolicy", arn)
				}
			}
		}
	}
}
