// Package bucket makes S3 buckets in the one way that the components share: encrypted with a KMS key, versioned, closed
// to the public, open to TLS only. All S3 resources of the library are made here: the provider's next major version
// renames them, which then is a change of this folder alone.
package bucket

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
)

// Args describe a bucket.
type Args struct {
	// Location is where the bucket is.
	Location location.Location
	// Name is the fixed name, for buckets that another system has to know. Default: the resource's name and a suffix.
	Name string
	// KMSKeyARN is the key that objects are encrypted with. Required.
	KMSKeyARN pulumi.StringInput
	// Lifecycle are rules beside the ones that every bucket has (see [Rules]).
	Lifecycle []Rule
	// NoncurrentDays is for how many days a version stays after it was overwritten or deleted.
	// Default: [DefaultNoncurrentDays].
	NoncurrentDays int
	// Removal decides whether the bucket goes with `destroy`, and its objects with it.
	Removal removal.Keys
	// AccessLogs is the name of the bucket that gets the server access logs, under this resource's name as prefix.
	// S3 delivers them only to buckets that are encrypted with S3's own keys, so it cannot be one of this package's.
	// Default: no access logs.
	AccessLogs pulumi.StringInput
	// ForAccessLogs makes a bucket that S3 delivers other buckets' access logs to: encrypted with S3's own keys, as S3 does
	// not deliver to buckets with a KMS key. KMSKeyARN is left out then.
	ForAccessLogs bool
	// Statements gives further statements of the bucket's policy, by the bucket's ARN.
	Statements func(arn string) []iam.Statement
	// Tags are put on the bucket.
	Tags map[string]string
}

// Bucket is an S3 bucket together with what makes it complete.
type Bucket struct {
	// Name is the bucket's name.
	Name pulumi.StringOutput
	// ARN is the bucket's ARN; objects have `/` and their key behind it.
	ARN pulumi.StringOutput
	// Resource is the bucket itself.
	Resource pulumi.Resource
	// Ready are the bucket and its settings. What writes to the bucket depends on them, so that no object gets in
	// before the bucket is encrypted and closed.
	Ready []pulumi.Resource
}

// New makes a bucket. Unless both keys of removal are turned it survives `destroy`, with its objects and settings.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Bucket, error) {
	if args.KMSKeyARN == nil && !args.ForAccessLogs {
		return nil, fmt.Errorf("creating bucket %s: %w", name, errNoKey)
	}
	made, err := s3.NewBucketV2(ctx, name, &s3.BucketV2Args{
		Bucket:       optional.String(args.Name),
		ForceDestroy: pulumi.Bool(args.Removal.Turned()),
		Tags:         pulumi.ToStringMap(args.Tags),
	}, with(opts, args.Removal.Option())...)
	if err != nil {
		return nil, fmt.Errorf("creating bucket %s: %w", name, err)
	}
	b := &Bucket{Name: made.Bucket, ARN: made.Arn, Resource: made, Ready: []pulumi.Resource{made}}
	// The settings stay with a bucket that stays, and go with one that goes: its objects are protected to the end.
	setting := with(opts, args.Removal.Option(), pulumi.DeletedWith(made))
	for _, set := range []func(*pulumi.Context, string, Args, []pulumi.ResourceOption) error{
		b.close, b.encrypt, b.keepVersions, b.logAccess,
	} {
		if err := set(ctx, name, args, setting); err != nil {
			return nil, fmt.Errorf("creating bucket %s: %w", name, err)
		}
	}
	return b, nil
}

var errNoKey = errors.New("no KMS key is given; set KMSKeyARN")

// close keeps everybody out who is not let in by a policy, and lets nobody in without TLS.
func (b *Bucket) close(ctx *pulumi.Context, name string, args Args, opts []pulumi.ResourceOption) error {
	ownership, err := s3.NewBucketOwnershipControls(ctx, name+"-ownership", &s3.BucketOwnershipControlsArgs{
		Bucket: b.Name,
		Rule:   s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, opts...)
	if err != nil {
		return fmt.Errorf("setting its ownership: %w", err)
	}
	block, err := s3.NewBucketPublicAccessBlock(ctx, name+"-public-access", &s3.BucketPublicAccessBlockArgs{
		Bucket:                b.Name,
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, opts...)
	if err != nil {
		return fmt.Errorf("blocking public access: %w", err)
	}
	policy, err := s3.NewBucketPolicy(ctx, name+"-policy", &s3.BucketPolicyArgs{
		Bucket: b.Name,
		Policy: b.policy(args),
		// S3 refuses one of two changes of a bucket's access that arrive together.
	}, with(opts, pulumi.DependsOn([]pulumi.Resource{block, ownership}))...)
	if err != nil {
		return fmt.Errorf("setting its policy: %w", err)
	}
	b.Ready = append(b.Ready, ownership, block, policy)
	return nil
}

// policy is known before the bucket is there, and so shows in a preview, where the bucket's name is fixed.
func (b *Bucket) policy(args Args) pulumi.StringInput {
	if args.Name != "" {
		return pulumi.String(Policy(args.Location.BucketARN(args.Name), args.statements()).JSON())
	}
	return b.ARN.ApplyT(func(arn string) string { return Policy(arn, args.statements()).JSON() }).(pulumi.StringOutput)
}

// encrypt makes the key the default of all objects. The bucket key spares a call of KMS for each object.
func (b *Bucket) encrypt(ctx *pulumi.Context, name string, args Args, opts []pulumi.ResourceOption) error {
	byDefault := s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
		SseAlgorithm: pulumi.String("AES256"),
	}
	if !args.ForAccessLogs {
		byDefault.SseAlgorithm = pulumi.String("aws:kms")
		byDefault.KmsMasterKeyId = args.KMSKeyARN.ToStringOutput().ToStringPtrOutput()
	}
	made, err := s3.NewBucketServerSideEncryptionConfigurationV2(ctx, name+"-encryption",
		&s3.BucketServerSideEncryptionConfigurationV2Args{
			Bucket: b.Name,
			Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{
				s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
					BucketKeyEnabled:                   pulumi.Bool(!args.ForAccessLogs),
					ApplyServerSideEncryptionByDefault: byDefault,
				},
			},
		}, opts...)
	if err != nil {
		return fmt.Errorf("setting its encryption: %w", err)
	}
	b.Ready = append(b.Ready, made)
	return nil
}

// keepVersions turns versions on, and then the rules that end them.
func (b *Bucket) keepVersions(ctx *pulumi.Context, name string, args Args, opts []pulumi.ResourceOption) error {
	versioning, err := s3.NewBucketVersioningV2(ctx, name+"-versioning", &s3.BucketVersioningV2Args{
		Bucket:                  b.Name,
		VersioningConfiguration: s3.BucketVersioningV2VersioningConfigurationArgs{Status: pulumi.String("Enabled")},
	}, opts...)
	if err != nil {
		return fmt.Errorf("turning versions on: %w", err)
	}
	_, err = s3.NewBucketLifecycleConfigurationV2(ctx, name+"-lifecycle", &s3.BucketLifecycleConfigurationV2Args{
		Bucket: b.Name,
		Rules:  ruleArray(Rules(args.NoncurrentDays, args.Lifecycle)),
		// Rules about noncurrent versions need versions.
	}, with(opts, pulumi.DependsOn([]pulumi.Resource{versioning}))...)
	if err != nil {
		return fmt.Errorf("setting its lifecycle: %w", err)
	}
	// The provider waits a minute for the lifecycle to settle. Nothing that uses the bucket has to.
	b.Ready = append(b.Ready, versioning)
	return nil
}

// logAccess has S3 write down who reads and writes.
func (b *Bucket) logAccess(ctx *pulumi.Context, name string, args Args, opts []pulumi.ResourceOption) error {
	if args.AccessLogs == nil {
		return nil
	}
	made, err := s3.NewBucketLoggingV2(ctx, name+"-logging", &s3.BucketLoggingV2Args{
		Bucket: b.Name, TargetBucket: args.AccessLogs, TargetPrefix: pulumi.String(name + "/"),
	}, opts...)
	if err != nil {
		return fmt.Errorf("turning access logs on: %w", err)
	}
	b.Ready = append(b.Ready, made)
	return nil
}

// with appends to a copy, so that the options of one resource never get into another's.
func with(opts []pulumi.ResourceOption, more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append(append(make([]pulumi.ResourceOption, 0, len(opts)+len(more)), opts...), more...)
}
