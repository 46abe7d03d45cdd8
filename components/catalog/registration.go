package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/awsname"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// registration is the part of the name of the role that locations are registered with.
const registration = "registration"

// makeRegistrationRole makes the role that Lake Formation reads and writes locations with, where none was given. It is not the
// service-linked role: that one may use no key, and reaches no bucket of another account.
//
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html
func (c *GlueAthenaCatalog) makeRegistrationRole() (arn pulumi.StringOutput, after []pulumi.Resource, err error) {
	asked := c.args.LakeFormation
	if asked.RoleARN != nil {
		return asked.RoleARN.ToStringOutput(), nil, nil
	}
	trust := iam.TrustService(c.location.Principal("lakeformation"))
	trust.Statements[0] = trust.Statements[0].If("StringEquals", "aws:SourceAccount", c.location.AccountID)
	made, err := c.serviceRole(registration, role.Args{
		Description: "Lake Formation reads and writes registered locations with it",
		Trust:       trust,
		Policies: map[string]pulumi.StringInput{"locations": c.KMSKeyARN.ApplyT(func(key string) string {
			return RegistrationPolicy(c.location, asked.Locations, append([]string{key}, asked.KMSKeyARNs...)).JSON()
		}).(pulumi.StringOutput)},
	})
	if err != nil {
		return arn, nil, err
	}
	return made.Arn, made.Grants, nil
}

// RegistrationRole is the ARN of the role that Lake Formation reads and writes registered locations with; empty with [ModelIAM]. Owners of
// buckets and keys in other accounts have to let it in.
func (c *GlueAthenaCatalog) RegistrationRole() pulumi.StringOutput { return c.registrationRole }

// RegistrationPolicy is what the role may do that locations are registered with: read, list and write the files there, and use their keys
// through S3. Credentials that Lake Formation hands out are this role's, narrowed to a table.
//
// Source: https://docs.aws.amazon.com/lake-formation/latest/dg/register-encrypted.html
func RegistrationPolicy(at location.Location, locations, keys []string) iam.Document {
	var whole, files []string
	prefixes := map[string][]string{}
	for _, place := range locations {
		bucket, prefix := parts(place)
		// Every file below the location; files come and go.
		files = append(files, at.BucketARN(bucket)+"/"+prefix+"*")
		if prefix == "" {
			whole = append(whole, at.BucketARN(bucket))
		} else {
			prefixes[bucket] = append(prefixes[bucket], prefix+"*")
		}
	}
	var statements []iam.Statement
	if len(whole) > 0 {
		statements = append(statements, iam.Allow("Buckets", []string{"s3:GetBucketLocation", "s3:ListBucket"}, whole...))
	}
	for i, bucket := range slices.Sorted(maps.Keys(prefixes)) {
		statements = append(statements,
			iam.Allow(fmt.Sprintf("Bucket%d", i), []string{"s3:GetBucketLocation"}, at.BucketARN(bucket)),
			iam.Allow(fmt.Sprintf("List%d", i), []string{"s3:ListBucket"}, at.BucketARN(bucket)).
				If("StringLike", "s3:prefix", prefixes[bucket]...))
	}
	statements = append(statements, iam.Allow("Files", []string{
		"s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject",
	}, files...))
	return iam.NewDocument(append(statements, registrationKeys(at, keys)...)...)
}

// registrationKeys let the role use keys through S3. A bucket is where its key is, so the key's region is the bucket's.
func registrationKeys(at location.Location, keys []string) []iam.Statement {
	regions := map[string][]string{}
	for _, key := range keys {
		if part := strings.Split(key, ":"); len(part) > 3 {
			regions[part[3]] = append(regions[part[3]], key)
		}
	}
	var statements []iam.Statement
	for i, region := range slices.Sorted(maps.Keys(regions)) {
		there := at
		there.Region = region
		statements = append(statements, iam.Allow(fmt.Sprintf("Keys%d", i), []string{"kms:Decrypt", "kms:GenerateDataKey"}, regions[region]...).
			If("StringEquals", "kms:ViaService", there.Service("s3")))
	}
	return statements
}

// parts are a location's bucket, and its prefix with the slash at its end.
func parts(place string) (bucket, prefix string) {
	bucket, prefix, _ = strings.Cut(strings.TrimPrefix(place, "s3://"), "/")
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	return bucket, prefix
}

// registrationProblems are about the role that locations are registered with.
func (l *LakeFormation) registrationProblems() problem.List {
	var wrong problem.List
	if l.RoleARN != nil && len(l.KMSKeyARNs) > 0 {
		wrong.Add("kmsKeyArns", "leave them out, and let the role use them", "roleArn is given, whose policies are not made here")
		return wrong
	}
	for i, key := range l.KMSKeyARNs {
		if !awsname.IsKeyARN(key) {
			wrong.Add(problem.Index("kmsKeyArns", i), "give the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID", "%q is not one", key)
		}
	}
	// Names of AWS's are taken as long as they can be.
	at := location.Location{Partition: "aws-us-gov", Region: "ap-southeast-1", AccountID: "123456789012", DNSSuffix: "amazonaws.com.cn"}
	own := at.ARN("kms", "key/mrk-"+strings.Repeat("0", 32))
	if l.RoleARN == nil {
		if size := RegistrationPolicy(at, l.Locations, append([]string{own}, l.KMSKeyARNs...)).Size(); size > iam.RoleInlineLimit {
			wrong.Add("locations", "register whole buckets, or fewer, or give roleArn",
				"the policy of the role for them could have %d characters, and IAM takes %d", size, iam.RoleInlineLimit)
		}
	}
	return wrong
}
