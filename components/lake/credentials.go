package lake

import (
	"fmt"
	"strconv"

	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
	"github.com/pulumi-dss/pulumi-dss/internal/secret"
)

// credentials makes the role or the user.
func (c *S3Connection) credentials() error {
	none := pulumi.String("").ToStringOutput()
	c.RoleARN, c.UserARN, c.KeyPairSecretARN = none, none, none
	if c.args.Credentials == KeyPair {
		return c.user()
	}
	return c.role()
}

// role makes the role, which only the trusted principals take.
func (c *S3Connection) role() error {
	trust := c.args.TrustedPrincipalARNs.ToStringArrayOutput().ApplyT(func(principals []string) string {
		return TrustPolicy(principals, c.args.ExternalID).JSON()
	}).(pulumi.StringOutput)
	made, err := role.New(c.ctx, c.name, role.Args{
		Settings: c.args.Roles, Location: c.location, Name: c.args.RoleName, Description: "Connection " + c.args.Name + " of DSS",
		TrustPolicy: trust, Tags: c.tags(""), Policies: map[string]pulumi.StringInput{"data": c.policy()},
	}, c.parent())
	if err != nil {
		return err
	}
	c.Role = made
	if err := c.catalog.Permit(c.ctx, c.name, made, c.args.databaseNames(), !c.args.ReadOnly); err != nil {
		return err
	}
	c.principal = made.Arn
	// Who gets the role's ARN can use it: its policies are there.
	c.RoleARN = pulumi.OutputWithDependencies(c.ctx.Context(), made.Arn, made.Grants...).(pulumi.StringOutput)
	return nil
}

// user makes the user, its policy and its key pairs.
func (c *S3Connection) user() error {
	user, err := awsiam.NewUser(c.ctx, c.name, &awsiam.UserArgs{
		Name: optional.String(c.args.RoleName), Path: optional.String(c.args.Roles.Path),
		PermissionsBoundary: optional.String(c.args.Roles.PermissionsBoundary), Tags: pulumi.ToStringMap(c.tags("")),
		// IAM can rename a user, but its key pair would be replaced all the same, and while that is done there would be none.
	}, c.parent(), pulumi.ReplaceOnChanges([]string{"name"}))
	if err != nil {
		return fmt.Errorf("creating user %s: %w", c.name, err)
	}
	attached, err := c.userPolicies(user)
	if err != nil {
		return err
	}
	c.principal, c.UserARN = user.Arn, user.Arn
	return c.keyPairs(user, attached)
}

// userPolicies makes the user's policies. Those inside a user may have 2048 characters in all, and one of its own 6144: there are as many
// as the connection could need.
func (c *S3Connection) userPolicies(user *awsiam.User) ([]pulumi.Resource, error) {
	parts, err := iam.Split(c.args.largestPolicy(c.model()), iam.ManagedPolicyLimit)
	if err != nil {
		return nil, fmt.Errorf("dealing out the policy of user %s: %w", c.name, err)
	}
	texts := c.reach(!c.args.ReadOnly).ApplyT(func(v any) ([]string, error) {
		return dealt(v.(Reach).Policy(), len(parts))
	}).(pulumi.StringArrayOutput)
	var attached []pulumi.Resource
	for i := range parts {
		part := "data"
		if i > 0 {
			part += "-" + strconv.Itoa(i+1)
		}
		policy, err := awsiam.NewPolicy(c.ctx, c.child(part), &awsiam.PolicyArgs{
			Path: optional.String(c.args.Roles.Path), Policy: texts.Index(pulumi.Int(i)), Tags: pulumi.ToStringMap(c.tags(part)),
		}, c.parent())
		if err != nil {
			return nil, fmt.Errorf("creating policy %s: %w", c.child(part), err)
		}
		one, err := awsiam.NewUserPolicyAttachment(c.ctx, c.child(part), &awsiam.UserPolicyAttachmentArgs{
			User: user.Name, PolicyArn: policy.Arn,
		}, c.parent())
		if err != nil {
			return nil, fmt.Errorf("attaching policy %s: %w", c.child(part), err)
		}
		attached = append(attached, one)
	}
	return attached, nil
}

// dealt deals a policy out to as many as there are to be. How many was found for names as long as they can be: where fewer are enough, the
// last one is there again, as AWS takes no empty one.
func dealt(policy iam.Document, number int) ([]string, error) {
	parts, err := iam.Split(policy, iam.ManagedPolicyLimit)
	if err != nil {
		return nil, err
	}
	if len(parts) > number {
		return nil, fmt.Errorf("the policy needs %d parts, and there are %d", len(parts), number)
	}
	texts := make([]string, number)
	for i := range texts {
		texts[i] = parts[min(i, len(parts)-1)].JSON()
	}
	return texts, nil
}

// keyPairs makes the current pair, and the one before where it is kept. Each generation has an access key and a secret of its own: DSS gets
// to know of a new pair by the new secret's ARN, and the old pair goes when everything that names it has changed. Of a new pair within a
// generation, such as that of a user with another name, it gets to know by the secret's version.
func (c *S3Connection) keyPairs(user *awsiam.User, policies []pulumi.Resource) error {
	current := c.args.Rotation.Generation
	pair, err := c.keyPair(user, current, policies)
	if err != nil {
		return err
	}
	c.KeyPairSecretARN, c.keyPairVersion = pair.ARN, pair.Version
	if c.args.Rotation.KeepPrevious {
		_, err = c.keyPair(user, current-1, policies)
	}
	return err
}

func (c *S3Connection) keyPair(user *awsiam.User, generation int, policies []pulumi.Resource) (*secret.Secret, error) {
	part := "key-" + strconv.Itoa(generation)
	key, err := awsiam.NewAccessKey(c.ctx, c.child(part), &awsiam.AccessKeyArgs{User: user.Name}, c.parent(),
		pulumi.AdditionalSecretOutputs([]string{"secret", "sesSmtpPasswordV4", "encryptedSecret"}))
	if err != nil {
		return nil, fmt.Errorf("creating the access key %s: %w", c.child(part), err)
	}
	kept, err := secret.New(c.ctx, c.child(part), secret.Args{
		Location: c.location, Name: c.args.secretPrefix + c.args.Name + "/" + part,
		Description: "Key pair of connection " + c.args.Name + " of DSS", KMSKeyARN: c.key, Value: secret.KeyPair(key), Tags: c.tags(part),
		// The pair goes with its user, and nothing is left that could be brought back.
		RecoveryWindowInDays: 0,
	}, c.parent())
	if err != nil {
		return nil, err
	}
	kept.ARN = pulumi.OutputWithDependencies(c.ctx.Context(), kept.ARN, policies...).(pulumi.StringOutput)
	return kept, nil
}

// policy is what the credentials reach.
func (c *S3Connection) policy() pulumi.StringOutput {
	return c.reach(!c.args.ReadOnly).ApplyT(func(v any) string { return v.(Reach).Policy().JSON() }).(pulumi.StringOutput)
}
