// Package kmskey makes the KMS keys that components encrypt with when they are given none.
package kmskey

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
)

// DeletionWindowInDays is how long a key that was deleted can be brought back: the longest that KMS offers, because
// without the key everything that it encrypted is lost.
const DeletionWindowInDays = 30

// Args describe a key.
type Args struct {
	// Location is where the key is.
	Location location.Location
	// Description says what the key is for.
	Description string
	// Logs lets CloudWatch Logs of this region use the key for log groups.
	Logs bool
	// Volumes lets principals of this account use the key through EC2. Auto Scaling needs that to launch nodes with
	// encrypted volumes, and its service-linked role cannot be named before it exists.
	Volumes bool
	// SharedWith are principals of other accounts that may decrypt with the key through S3 and Glue of this region: what they are let read
	// there by other policies. Default: none.
	SharedWith []string
	// Removal decides whether the key goes with `destroy`.
	Removal removal.Keys
	// Tags are put on the key.
	Tags map[string]string
}

// New makes a key that rotates every year. It survives `destroy` unless both keys of removal are turned.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*kms.Key, error) {
	key, err := kms.NewKey(ctx, name, &kms.KeyArgs{
		Description:          pulumi.String(args.Description),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(DeletionWindowInDays),
		Policy:               pulumi.String(Policy(args).JSON()),
		Tags:                 pulumi.ToStringMap(args.Tags),
	}, append(opts, args.Removal.Option())...)
	if err != nil {
		return nil, fmt.Errorf("creating KMS key %s: %w", name, err)
	}
	return key, nil
}

// Policy is the key's policy. IAM policies of the account decide who uses the key; services that act for themselves
// are let in one by one.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func Policy(args Args) iam.Document {
	use := []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"}
	// A key's policy is about that key: `*` is the key itself.
	statements := []iam.Statement{
		iam.Allow("Account", []string{"kms:*"}, "*").For(iam.Principal{AWS: []string{args.Location.GlobalARN("iam", "root")}}),
	}
	if args.Logs {
		statements = append(statements, iam.Allow("Logs", use, "*").
			For(iam.Principal{Service: []string{args.Location.Service("logs")}}).
			If("ArnLike", "kms:EncryptionContext:aws:logs:arn", args.Location.ARN("logs", "*")))
	}
	if args.Volumes {
		through := func(s iam.Statement) iam.Statement {
			return s.For(iam.Principal{Anyone: true}).
				If("StringEquals", "kms:CallerAccount", args.Location.AccountID).
				If("StringEquals", "kms:ViaService", args.Location.Service("ec2"))
		}
		// EBS decrypts through grants, which services make for the resources that they manage.
		statements = append(statements,
			through(iam.Allow("Volumes", use, "*")),
			through(iam.Allow("VolumeGrants", []string{"kms:CreateGrant"}, "*").If("Bool", "kms:GrantIsForAWSResource", "true")))
	}
	if len(args.SharedWith) > 0 {
		statements = append(statements, Shared(args.Location, args.SharedWith))
	}
	return iam.NewDocument(statements...)
}

// Shared is the statement of a key's policy that lets principals of other accounts decrypt what they read from S3 and Glue.
//
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
func Shared(at location.Location, principals []string) iam.Statement {
	return iam.Allow("Shared", []string{"kms:Decrypt"}, "*").For(iam.Principal{AWS: principals}).
		If("StringEquals", "kms:ViaService", at.Service("glue"), at.Service("s3"))
}

// SharedElsewhere is the same for the key of a bucket in another region, which only S3 there uses: a catalog's key is in the catalog's
// region.
func SharedElsewhere(at location.Location, region string, principals []string) iam.Statement {
	there := at
	there.Region = region
	return iam.Allow("Shared"+strings.ReplaceAll(region, "-", ""), []string{"kms:Decrypt"}, "*").For(iam.Principal{AWS: principals}).
		If("StringEquals", "kms:ViaService", there.Service("s3"))
}
