// Package secret makes secrets of Secrets Manager in the one way that the components share: encrypted with a KMS key, read by nobody
// outside of the account and never without TLS.
package secret

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
)

// Recovery windows that Secrets Manager offers, in days.
//
// Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
const (
	MinRecoveryWindowInDays = 7
	MaxRecoveryWindowInDays = 30
)

// Args describe a secret.
type Args struct {
	// Location is where the secret is.
	Location location.Location
	// Name is the fixed name. A name is free again only after the recovery window. Default: the resource's name and a suffix.
	Name string
	// Description says what it is.
	Description string
	// KMSKeyARN is the key that it is encrypted with. Required.
	KMSKeyARN pulumi.StringInput
	// RecoveryWindowInDays is for how long it can be brought back after it was deleted: 0, or 7 to 30.
	RecoveryWindowInDays int
	// Value is what is in it. Default: nothing; somebody else fills it.
	Value pulumi.StringInput
	// Readers are ARNs of the principals that alone may read it; `*` may stand for characters of names. Default: whoever IAM lets.
	Readers pulumi.StringArrayInput
	// Tags are put on it.
	Tags map[string]string
}

// Secret is a secret with its policy, and its value where that is given.
type Secret struct {
	// ARN is the secret's ARN, once its policy is in force and its value is in it.
	ARN pulumi.StringOutput
	// Version is the version of its value, which is another one whenever the value is; empty without one.
	Version pulumi.StringOutput
	// Resource is the secret itself.
	Resource *secretsmanager.Secret
}

// New makes a secret.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Secret, error) {
	made, err := secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{
		Name:                 optional.String(args.Name),
		Description:          pulumi.String(args.Description),
		KmsKeyId:             args.KMSKeyARN.ToStringOutput().ToStringPtrOutput(),
		RecoveryWindowInDays: pulumi.Int(args.RecoveryWindowInDays),
		Tags:                 pulumi.ToStringMap(args.Tags),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("creating secret %s: %w", name, err)
	}
	policy, err := secretsmanager.NewSecretPolicy(ctx, name, &secretsmanager.SecretPolicyArgs{
		SecretArn: made.Arn, Policy: args.policy(), BlockPublicPolicy: pulumi.Bool(true),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("setting the policy of secret %s: %w", name, err)
	}
	ready, current := []pulumi.Resource{policy}, pulumi.String("").ToStringOutput()
	if args.Value != nil {
		version, err := secretsmanager.NewSecretVersion(ctx, name, &secretsmanager.SecretVersionArgs{
			SecretId: made.ID(), SecretString: args.Value.ToStringOutput().ToStringPtrOutput(),
		}, append(opts[:len(opts):len(opts)], pulumi.DependsOn([]pulumi.Resource{policy}))...)
		if err != nil {
			return nil, fmt.Errorf("writing secret %s: %w", name, err)
		}
		ready, current = append(ready, version), version.VersionId
	}
	arn := pulumi.OutputWithDependencies(ctx.Context(), made.Arn, ready...).(pulumi.StringOutput)
	return &Secret{ARN: arn, Version: current, Resource: made}, nil
}

// policy is the secret's policy.
func (a Args) policy() pulumi.StringInput {
	if a.Readers == nil {
		return pulumi.String(Policy(a.Location).JSON())
	}
	return a.Readers.ToStringArrayOutput().ApplyT(func(readers []string) string {
		return Policy(a.Location, readers...).JSON()
	}).(pulumi.StringOutput)
}

// Policy is a secret's policy: nobody of another account, nothing without TLS, and only the readers, where there are some. Who else of the
// account reads it is up to IAM.
//
// Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
func Policy(at location.Location, readers ...string) iam.Document {
	// A secret's policy is about that secret: `*` is the secret itself. A denial is about every action, or one would stay open.
	deny := func(sid string) iam.Statement {
		return iam.Statement{Sid: sid, Effect: iam.EffectDeny, Actions: []string{"secretsmanager:*"}, Resources: []string{"*"}}.
			For(iam.Principal{Anyone: true})
	}
	document := iam.NewDocument(
		deny("TLSOnly").If("Bool", "aws:SecureTransport", "false"),
		deny("ThisAccountOnly").If("StringNotEquals", "aws:PrincipalAccount", at.AccountID),
	)
	if len(readers) > 0 {
		only := deny("ReadersOnly").If("ArnNotLike", "aws:PrincipalArn", readers...)
		only.Actions = []string{"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"}
		document.Statements = append(document.Statements, only)
	}
	return document
}
