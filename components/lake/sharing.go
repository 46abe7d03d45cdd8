package lake

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/kmskey"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/sharing"
)

// shares are the statements of a bucket's policy that let other accounts read the files of connections, by the bucket's ARN; nil where
// nothing is shared.
func shares(at location.Location, model catalog.PermissionModel, connections ...Connection) func(arn string) []iam.Statement {
	shared := slices.DeleteFunc(slices.Clone(connections), func(c Connection) bool { return len(c.SharedWith) == 0 || !c.direct(model) })
	if len(shared) == 0 {
		return nil
	}
	return func(arn string) []iam.Statement {
		_, bucket, _ := strings.Cut(arn, ":::")
		var statements []iam.Statement
		for _, c := range shared {
			reach := Reach{Location: at, Bucket: bucket, Prefix: folder(c.Prefix), Direct: true}
			statements = append(statements, reach.bucketStatements(sharing.Principals(at, c.SharedWith)...)...)
		}
		return iam.Merge(iam.NewDocument(statements...)).Statements
	}
}

// sharedKeyPolicy is what the policies of keys need for others to read what is encrypted with them, by the regions of the buckets: a
// statement for the platform's region, where the catalog is, too, and one for each other region.
func sharedKeyPolicy(at location.Location, with map[string][]string) string {
	var all []string
	var elsewhere []iam.Statement
	for _, region := range slices.Sorted(maps.Keys(with)) {
		all = append(all, with[region]...)
		if region != at.Region && len(with[region]) > 0 {
			elsewhere = append(elsewhere, kmskey.SharedElsewhere(at, region, sharing.Principals(at, with[region])))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return iam.NewDocument(append([]iam.Statement{kmskey.Shared(at, sharing.Principals(at, sorted(all)))}, elsewhere...)...).JSON()
}

// sharedOutputs are what owners of things that were there have to add to their policies.
func (c *S3Connection) sharedOutputs() {
	none := pulumi.String("").ToStringOutput()
	c.SharedBucketPolicy, c.SharedCatalogPolicy = none, none
	c.SharedKeyPolicy = pulumi.String(sharedKeyPolicy(c.location, map[string][]string{c.place.region: c.args.SharedWith})).ToStringOutput()
	if c.args.Catalog == nil {
		c.SharedCatalogPolicy = c.catalog.SharedCatalogPolicy
	}
	if statements := shares(c.location, c.model(), c.args.Connection); statements != nil && c.place.existing {
		c.SharedBucketPolicy = c.place.bucket.ApplyT(func(name string) string {
			return iam.NewDocument(statements(c.location.BucketARN(name))...).JSON()
		}).(pulumi.StringOutput)
	}
	foreign := c.args.foreign()
	// Pods read what the connection reads; its crawlers know its own databases only.
	readers := slices.Concat(pulumi.StringArray{c.principal}, c.writingPods, c.readingPods)
	c.OwnerCatalogPolicies = readers.ToStringArrayOutput().ApplyT(func(principals []string) map[string]string {
		return catalog.OwnerCatalogPolicies(c.location, principals, foreign)
	}).(pulumi.StringMapOutput)
}

// holders are who reaches the bucket by the connection. Its value is a [Holders].
func (c *S3Connection) holders() pulumi.Output {
	writers := append(pulumi.StringArray{c.principal}, c.writingPods...)
	readers := slices.Clone(c.readingPods)
	for _, d := range c.args.Databases {
		if arn, reads := c.catalog.CrawlerRole(d.Name); reads && d.Crawler != nil {
			readers = append(readers, arn)
		}
	}
	return pulumi.All(writers, readers).ApplyT(func(v []any) Holders {
		return Holders{Writers: sorted(v[0]), Readers: sorted(v[1])}
	})
}

// sorted are the texts of a list that is known by now, each once.
func sorted(list any) []string {
	texts, _ := list.([]string)
	return slices.Compact(slices.Sorted(slices.Values(texts)))
}

// SharedWith are all that connections are shared with, sorted, each once.
func (a *DataLakeArgs) SharedWith() []string {
	var with []string
	for _, c := range a.Connections {
		with = append(with, c.SharedWith...)
	}
	slices.Sort(with)
	return slices.Compact(with)
}

// SharesByPolicy says whether the account's resource policy of Glue is needed.
func (a *DataLakeArgs) SharesByPolicy() bool {
	return a.PermissionModel != catalog.ModelLakeFormation &&
		slices.ContainsFunc(a.Connections, func(c Connection) bool { return len(c.SharedWith) > 0 && len(c.databaseNames()) > 0 })
}

// inZone are the connections of a zone.
func (a *DataLakeArgs) inZone(zone string) []Connection {
	return slices.DeleteFunc(slices.Clone(a.Connections), func(c Connection) bool { return c.Zone != zone })
}

// shareProblems are about whom a connection is shared with. Those of its databases are the catalog's.
func (c Connection) shareProblems() problem.List {
	wrong := sharing.Problems("sharedWith", c.SharedWith)
	if len(c.SharedWith) > 0 && c.Bucket.AccountID != "" {
		wrong.Add("sharedWith", "leave it out", "who else reads the bucket is up to the account that has it (%s)", c.Bucket.AccountID)
	}
	return wrong
}

// bucketRoom finds buckets whose policy is not ours or would be too large, by the connection with which it is.
func (a *DataLakeArgs) bucketRoom() problem.List {
	var wrong problem.List
	in := map[string][]Connection{}
	at := longest()
	for i, c := range a.Connections {
		if len(c.SharedWith) == 0 {
			continue
		}
		if owner := a.bucketOf(c).AccountID; c.Zone != "" && owner != "" {
			wrong.Add(problem.Index("connections", i)+".sharedWith", "leave it out",
				"who else reads its zone is up to the account that has it (%s)", owner)
		}
		for _, bucket := range append(a.bucketsOf(c), "connection "+c.Name)[:1] {
			in[bucket] = append(in[bucket], c)
			statements := shares(at, a.PermissionModel, in[bucket]...)
			if statements == nil {
				continue
			}
			// The bucket's own statement takes less than 512.
			if size := iam.NewDocument(statements(at.BucketARN(strings.Repeat("b", 63)))...).Size() + 512; size > iam.BucketPolicyLimit {
				wrong.Add(problem.Index("connections", i)+".sharedWith", "use more buckets, or permissionModel "+string(catalog.ModelLakeFormation),
					"the policy of its bucket could have %d bytes, and S3 takes %d", size, iam.BucketPolicyLimit)
			}
		}
	}
	return wrong
}
