package lake

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/bucket"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
)

// place is a bucket that connections are in.
type place struct {
	// bucket is its name, known the same if it is a fixed one.
	bucket pulumi.StringOutput
	known  string
	region string
	// key is the ARN of its key; nil without one.
	key pulumi.StringInput
	// existing is true for a bucket that was there, and foreign for one of another account.
	existing, foreign bool
	ready             []pulumi.Resource
}

// placeArgs are what a bucket is made with.
type placeArgs struct {
	Bucket
	location   location.Location
	key        pulumi.StringInput
	accessLogs pulumi.StringInput
	removal    removal.Keys
	tags       map[string]string
	// statements are further ones of the bucket's policy, by its ARN.
	statements func(arn string) []iam.Statement
}

// newPlace makes a bucket, or takes the one that is there.
func newPlace(ctx *pulumi.Context, name string, args placeArgs, opts ...pulumi.ResourceOption) (*place, error) {
	p := &place{known: args.Name, region: args.location.Region}
	if p.existing = args.Existing; p.existing {
		p.bucket = pulumi.String(args.Name).ToStringOutput()
		optional.Default(&args.Region, args.location.Region)
		p.region, p.foreign = args.Region, args.AccountID != "" && args.AccountID != args.location.AccountID
		if args.KMSKeyARN != "" {
			p.key = pulumi.String(args.KMSKeyARN)
		}
		return p, nil
	}
	made, err := bucket.New(ctx, bucketName(name), bucket.Args{
		Location: args.location, Name: args.Name, KMSKeyARN: args.key, Lifecycle: args.Lifecycle.rules(),
		NoncurrentDays: args.Lifecycle.NoncurrentDays, AccessLogs: args.accessLogs, Removal: args.removal, Tags: args.tags,
		Statements: args.statements,
	}, opts...)
	if err != nil {
		return nil, err
	}
	p.bucket, p.key, p.ready = made.Name, args.key, made.Ready
	return p, nil
}

// bucketName is a name that a bucket can have: connections may have upper case and underscores.
func bucketName(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

// location is where a folder of the bucket is, as plain text and as an output.
func (p *place) locationOf(prefix, path string) (string, pulumi.StringInput) {
	below := folder(prefix) + folder(path)
	plain := ""
	if p.known != "" {
		plain = fmt.Sprintf("s3://%s/%s", p.known, below)
	}
	return plain, pulumi.Sprintf("s3://%s/%s", p.bucket, below)
}

// newAccessLogs makes a bucket for access logs of other buckets. It keeps them for a year, as nobody misses them before.
func newAccessLogs(ctx *pulumi.Context, name string, args placeArgs, opts ...pulumi.ResourceOption) (pulumi.StringInput, error) {
	made, err := bucket.New(ctx, name, bucket.Args{
		Location: args.location, ForAccessLogs: true, Removal: args.removal, Tags: args.tags,
		Lifecycle: []bucket.Rule{{ID: "access-logs", ExpireAfterDays: DefaultAccessLogDays}},
	}, opts...)
	if err != nil {
		return nil, err
	}
	return pulumi.OutputWithDependencies(ctx.Context(), made.Name, made.Ready...).(pulumi.StringOutput), nil
}
