package dss

import (
	"fmt"
	"slices"
	"strings"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/dssnode"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
	"github.com/pulumi-dss/pulumi-dss/internal/secret"
)

// computePolicy is what DSS needs in attach mode: to find its clusters, and to take the roles of its connections. What it
// may do inside a cluster is up to the cluster's access entries.
//
// Source: https://doc.dataiku.com/dss/latest/containers/eks/attached.html; the plugin runs `eksctl get cluster`.
func computePolicy(at location.Location, clusters, roles []string) iam.Document {
	// Clusters can only be listed as a whole: the action takes no cluster.
	statements := []iam.Statement{iam.Allow("ListClusters", []string{"eks:ListClusters"}, "*")}
	if len(clusters) > 0 {
		arns := make([]string, len(clusters))
		for i, name := range clusters {
			arns[i] = at.ARN("eks", "cluster/"+name)
		}
		statements = append(statements, iam.Allow("DescribeClusters", []string{"eks:DescribeCluster"}, arns...))
	}
	if len(roles) > 0 {
		statements = append(statements, iam.Allow("TakeConnectionRoles", []string{"sts:AssumeRole"}, roles...))
	}
	return iam.NewDocument(statements...)
}

// hostRole makes the role of the instance, or finds the one that is there, and its instance profile.
func (d *DSSInstance) hostRole() error {
	if d.args.RoleName != "" {
		found, err := awsiam.GetRole(d.ctx, d.child("host"), pulumi.ID(d.args.RoleName), nil, d.parent())
		if err != nil {
			return fmt.Errorf("finding role %s: %w", d.args.RoleName, err)
		}
		d.Role = &role.Role{Role: found}
	} else {
		made, err := role.New(d.ctx, d.child("host"), role.Args{
			Settings:    d.args.Roles,
			Location:    d.location,
			Description: "DSS host of " + d.name,
			Trust:       iam.TrustService(d.location.Principal("ec2")),
			AWSPolicies: d.managedPolicies(),
			Policies:    d.hostPolicies(),
			Tags:        d.args.Tags,
		}, d.parent())
		if err != nil {
			return err
		}
		d.Role = made
	}
	profile, err := awsiam.NewInstanceProfile(d.ctx, d.child("host"), &awsiam.InstanceProfileArgs{
		Role: d.Role.Name, Path: optional.String(d.args.Roles.Path), Tags: d.tags("host"),
	}, d.parent())
	if err != nil {
		return fmt.Errorf("creating the instance profile: %w", err)
	}
	d.profile = profile
	return nil
}

// hostPolicies are the role's: `host` for the host itself, `compute` for DSS, unless DSS has a user of its own.
func (d *DSSInstance) hostPolicies() map[string]pulumi.StringInput {
	policies := map[string]pulumi.StringInput{"host": d.hostPolicy()}
	if d.args.CredentialsMode == InstanceRole {
		policies["compute"] = d.computePolicy()
		if d.createsClusters() {
			policies["clusters"] = pulumi.String(createClustersPolicy(d.location).JSON())
		}
	}
	return policies
}

// managedPolicies are AWS's own that the role gets.
func (d *DSSInstance) managedPolicies() []string {
	if d.args.CredentialsMode == InstanceRole && d.createsClusters() {
		return createClustersManaged()
	}
	return nil
}

// createsClusters says whether DSS makes clusters itself.
func (d *DSSInstance) createsClusters() bool {
	return *d.args.Install && dssnode.CreatesClusters(d.args.Settings)
}

// hostPolicy is the policy of the host itself.
func (d *DSSInstance) hostPolicy() pulumi.StringOutput {
	return pulumi.All(
		d.assets.bucket, d.assets.bucketKey, d.assets.document.Arn, d.DataVolumeID, orEmpty(d.args.LicenseKMSKeyARN), d.keyARN,
		orEmpty(d.args.SourceKMSKeyARN), d.dssState(), orEmpty(d.args.ConnectionSecretsKMSKeyARN),
	).ApplyT(func(v []any) string {
		text := func(i int) string { return v[i].(string) }
		state := v[7].(dssState)
		args := hostPolicyArgs{
			bucket: text(0), bucketKey: text(1), document: text(2), stack: d.stackName(),
			read: byName(state.read, d.connectionSecrets(), roomForSecrets), write: state.write, secretKeys: []string{text(4), text(8)},
			objects: objectARNs(state.document, d.location.Partition), objectsKey: text(6),
		}
		if *d.args.Install {
			args.volume = text(3)
			// The secrets that are made here.
			args.secretKeys = append(args.secretKeys, text(5))
		}
		return hostPolicy(d.location, args).JSON()
	}).(pulumi.StringOutput)
}

func (d *DSSInstance) computePolicy() pulumi.StringOutput {
	return resolvedSettings(d.args.Settings).ApplyT(func(v any) string {
		settings := v.(dssnode.Settings[string])
		clusters := unique(append(slices.Clone(d.args.ClusterNames), clustersOf(settings)...))
		roles := withPatterns(d.args.ConnectionRoleARNs, byName(rolesOf(settings), d.connectionRoles(), roomForRoles))
		return computePolicy(d.location, clusters, roles).JSON()
	}).(pulumi.StringOutput)
}

// Room for ARNs of connections' roles and secrets in the policies of the host, in characters. All policies inside of a role share
// [iam.RoleInlineLimit], of which the host's other statements take about 4,000; those of a user have a policy of their own.
const (
	roomForRoles   = 3000
	roomForSecrets = 2000
)

// byName are ARNs one by one while there is room for them, and else the patterns that stand for them: an ARN takes a hundred
// characters, so that hundreds of connections fit by a pattern only.
func byName(arns, patterns []string, room int) []string {
	size := 0
	for _, arn := range arns {
		size += len(arn) + len(`"",`)
	}
	if size <= room {
		return arns
	}
	return withPatterns(patterns, arns)
}

// connectionRoles are patterns of the roles below the paths that connections' roles have.
func (d *DSSInstance) connectionRoles() []string {
	patterns := make([]string, len(d.args.ConnectionRolePaths))
	for i, path := range d.args.ConnectionRolePaths {
		// The path is the connections' own. Roles below it trust DSS, or pods and not DSS.
		patterns[i] = d.location.GlobalARN("iam", "role"+path+"*")
	}
	return patterns
}

// connectionSecrets are patterns of the secrets with connections' key pairs.
func (d *DSSInstance) connectionSecrets() []string {
	patterns := make([]string, len(d.args.ConnectionSecretPrefixes))
	for i, prefix := range d.args.ConnectionSecretPrefixes {
		// Secrets Manager ends names with characters of its own, and rotation makes new secrets.
		patterns[i] = d.location.ARN("secretsmanager", "secret:"+prefix+"*")
	}
	return patterns
}

// withPatterns are ARNs and patterns of them, without the ARNs that a pattern has already.
func withPatterns(patterns, roles []string) []string {
	all := slices.Clone(patterns)
	for _, role := range roles {
		covered := slices.ContainsFunc(patterns, func(pattern string) bool {
			beginning, isPattern := strings.CutSuffix(pattern, "*")
			return pattern == role || isPattern && strings.HasPrefix(role, beginning)
		})
		if !covered {
			all = append(all, role)
		}
	}
	return all
}

// keyPair makes the IAM user of [KeyPair], and puts its access key into Secrets Manager.
func (d *DSSInstance) keyPair() error {
	if d.args.CredentialsMode != KeyPair {
		return nil
	}
	user, err := awsiam.NewUser(d.ctx, d.child("dss"), &awsiam.UserArgs{
		Path: optional.String(d.args.Roles.Path), PermissionsBoundary: optional.String(d.args.Roles.PermissionsBoundary), Tags: d.tags("dss"),
	}, d.parent())
	if err != nil {
		return fmt.Errorf("creating the user of DSS: %w", err)
	}
	d.User = user
	if err := d.GrantUser("compute", d.computePolicy()); err != nil {
		return err
	}
	if err := d.grantUserClusters(); err != nil {
		return err
	}
	key, err := awsiam.NewAccessKey(d.ctx, d.child("dss"), &awsiam.AccessKeyArgs{User: user.Name}, d.parent(),
		pulumi.AdditionalSecretOutputs([]string{"secret", "sesSmtpPasswordV4", "encryptedSecret"}))
	if err != nil {
		return fmt.Errorf("creating the access key of DSS: %w", err)
	}
	return d.keepKey(key)
}

// grantUserClusters lets the user make clusters, where DSS makes them.
func (d *DSSInstance) grantUserClusters() error {
	if !d.createsClusters() {
		return nil
	}
	if err := d.GrantUser("clusters", pulumi.String(createClustersPolicy(d.location).JSON())); err != nil {
		return err
	}
	for _, policy := range createClustersManaged() {
		_, err := awsiam.NewUserPolicyAttachment(d.ctx, d.child("dss-"+policy), &awsiam.UserPolicyAttachmentArgs{
			User: d.User.Name, PolicyArn: pulumi.String(d.location.AWSPolicyARN(policy)),
		}, d.parent())
		if err != nil {
			return fmt.Errorf("attaching %s to the user of DSS: %w", policy, err)
		}
	}
	return nil
}

// keepKey puts the access key into a secret.
func (d *DSSInstance) keepKey(key *awsiam.AccessKey) error {
	made, err := secret.New(d.ctx, d.child("dss-key"), secret.Args{
		Location: d.location, Description: "AWS access key of DSS on " + d.name, KMSKeyARN: d.keyARN, Value: secret.KeyPair(key),
		Tags: d.tagMap("dss-key"),
		// The key goes with its user, and nothing is left that could be brought back.
		RecoveryWindowInDays: 0,
	}, d.parent())
	if err != nil {
		return err
	}
	d.CredentialsSecretARN = made.ARN
	return nil
}

// GrantUser gives the user of [KeyPair] one more policy, as JSON. Without that mode it fails: there is no user.
func (d *DSSInstance) GrantUser(name string, policy pulumi.StringInput) error {
	if d.User == nil {
		return fmt.Errorf("granting %s: %s has no user of its own; set credentialsMode to %s, or grant it to its role", name, d.name, KeyPair)
	}
	// Policies inside a user may have 2048 characters in all; a policy of its own has 6144.
	made, err := awsiam.NewPolicy(d.ctx, d.child("dss-"+name), &awsiam.PolicyArgs{
		Path: optional.String(d.args.Roles.Path), Policy: policy, Tags: d.tags("dss-" + name),
	}, d.parent())
	if err != nil {
		return fmt.Errorf("creating policy %s: %w", d.child("dss-"+name), err)
	}
	_, err = awsiam.NewUserPolicyAttachment(d.ctx, d.child("dss-"+name), &awsiam.UserPolicyAttachmentArgs{
		User: d.User.Name, PolicyArn: made.Arn,
	}, d.parent())
	if err != nil {
		return fmt.Errorf("attaching policy %s: %w", d.child("dss-"+name), err)
	}
	return nil
}

// GrantAssume lets DSS take a role that another resource makes: one of a connection. The role has to trust DSS's.
func (d *DSSInstance) GrantAssume(ctx *pulumi.Context, name string, roleARN pulumi.StringInput) error {
	policy := roleARN.ToStringOutput().ApplyT(func(arn string) string {
		return iam.NewDocument(iam.Allow("TakeRole", []string{"sts:AssumeRole"}, arn)).JSON()
	}).(pulumi.StringOutput)
	if d.User != nil {
		return d.GrantUser("assume-"+name, policy)
	}
	return d.Role.Grant(ctx, d.child("host-assume-"+name), policy, d.parent())
}
