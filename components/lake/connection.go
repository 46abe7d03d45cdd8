package lake

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/internal/kmskey"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
	"github.com/pulumi-dss/pulumi-dss/internal/sharing"
)

// S3Connection is data in S3 with credentials of its own, and the connection of DSS that uses them.
//
// It carries out the reference architecture's steps "Setup S3 connections" and "Setup Athena connection": several sets of credentials, each
// limited to its data, and apart from those of DSS's host.
type S3Connection struct {
	pulumi.ResourceState

	// BucketName is the bucket's name.
	BucketName pulumi.StringOutput `pulumi:"bucketName"`
	// RoleARN is the role that DSS takes; empty with [KeyPair].
	RoleARN pulumi.StringOutput `pulumi:"roleArn"`
	// UserARN is the user of [KeyPair], and KeyPairSecretARN the secret with the current pair; empty without.
	UserARN          pulumi.StringOutput `pulumi:"userArn"`
	KeyPairSecretARN pulumi.StringOutput `pulumi:"keyPairSecretArn"`
	// PodRoleARNs are the roles of pods, by `namespace/serviceAccount`.
	PodRoleARNs pulumi.StringMapOutput `pulumi:"podRoleArns"`
	// ResultsLocation is where results of queries go; empty without Athena.
	ResultsLocation pulumi.StringOutput `pulumi:"resultsLocation"`
	// OwnerBucketPolicy and OwnerKeyPolicy are what another account that owns the bucket has to add to its bucket's and its key's policy for
	// the connection, its pods and its crawlers; empty for buckets of this account, and where none of them comes to the files directly.
	OwnerBucketPolicy pulumi.StringOutput `pulumi:"ownerBucketPolicy"`
	OwnerKeyPolicy    pulumi.StringOutput `pulumi:"ownerKeyPolicy"`
	// OwnerCatalogPolicies are what other accounts have to add to their resource policies of Glue for the connection's databases in their
	// catalogs, by account.
	OwnerCatalogPolicies pulumi.StringMapOutput `pulumi:"ownerCatalogPolicies"`
	// SharedBucketPolicy and SharedKeyPolicy are what the policies of a bucket and of a key that are there need for SharedWith; empty
	// where nothing is shared. SharedCatalogPolicy is described at [catalog.GlueAthenaCatalog].
	SharedBucketPolicy  pulumi.StringOutput `pulumi:"sharedBucketPolicy"`
	SharedKeyPolicy     pulumi.StringOutput `pulumi:"sharedKeyPolicy"`
	SharedCatalogPolicy pulumi.StringOutput `pulumi:"sharedCatalogPolicy"`
	// DSS is the connection in DSS's settings.
	DSS dss.S3Connection
	// Role is the role, or nil with [KeyPair].
	Role *role.Role

	ctx       *pulumi.Context
	name      string
	args      *S3ConnectionArgs
	location  location.Location
	place     *place
	catalog   *catalog.GlueAthenaCatalog
	key       pulumi.StringInput
	principal pulumi.StringOutput
	// keyPairVersion is the version of the secret with the current pair.
	keyPairVersion pulumi.StringOutput
	// writingPods and readingPods are the roles of pods.
	writingPods, readingPods pulumi.StringArray
}

// NewS3Connection makes a connection.
//
// It fails with a list of everything that is wrong with the arguments, before anything is created.
func NewS3Connection(ctx *pulumi.Context, name string, args *S3ConnectionArgs, opts ...pulumi.ResourceOption) (*S3Connection, error) {
	if args == nil {
		args = &S3ConnectionArgs{}
	}
	wrong := append(args.Problems(), args.missing()...)
	wrong = append(wrong, args.nameProblems(name)...)
	if err := wrong.Err("S3Connection " + name); err != nil {
		return nil, err
	}
	c := &S3Connection{ctx: ctx, name: name, args: args.withDefaults(name)}
	if err := ctx.RegisterComponentResourceV2(ConnectionToken, name, c.inputs(), c, opts...); err != nil {
		return nil, fmt.Errorf("registering connection %s: %w", name, err)
	}
	for _, step := range []func() error{c.locate, c.ownKey, c.ownPlace, c.ownCatalog, c.credentials, c.pods} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	c.outputs()
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"bucketName":           c.BucketName,
		"roleArn":              c.RoleARN,
		"userArn":              c.UserARN,
		"keyPairSecretArn":     c.KeyPairSecretARN,
		"podRoleArns":          c.PodRoleARNs,
		"resultsLocation":      c.ResultsLocation,
		"ownerBucketPolicy":    c.OwnerBucketPolicy,
		"ownerKeyPolicy":       c.OwnerKeyPolicy,
		"ownerCatalogPolicies": c.OwnerCatalogPolicies,
		"sharedBucketPolicy":   c.SharedBucketPolicy,
		"sharedKeyPolicy":      c.SharedKeyPolicy,
		"sharedCatalogPolicy":  c.SharedCatalogPolicy,
	})
}

func (c *S3Connection) inputs() pulumi.Map {
	return pulumi.Map{
		"name":        pulumi.String(c.args.Name),
		"zone":        pulumi.String(c.args.Zone),
		"prefix":      pulumi.String(folder(c.args.Prefix)),
		"credentials": pulumi.String(c.args.Credentials),
		"readOnly":    pulumi.Bool(c.args.ReadOnly),
		"databases":   pulumi.ToStringArray(c.args.databaseNames()),
		"workgroups":  pulumi.ToStringArray(c.args.workgroupNames()),
	}
}

// locate finds out where the component is, once for all connections of a lake.
func (c *S3Connection) locate() (err error) {
	if c.args.location != nil {
		c.location = *c.args.location
		return nil
	}
	c.location, err = location.Lookup(c.ctx, c)
	return err
}

// ownKey makes a key, where none was given and something is encrypted.
func (c *S3Connection) ownKey() error {
	if c.args.KMSKeyARN != nil {
		c.key = c.args.KMSKeyARN
		return nil
	}
	crawls := func(d Database) bool { return d.Crawler != nil }
	if c.args.Bucket.Existing && c.args.Credentials != KeyPair && c.args.Athena == nil && !slices.ContainsFunc(c.args.Databases, crawls) {
		return nil
	}
	made, err := kmskey.New(c.ctx, c.child("key"), kmskey.Args{
		Location: c.location, Description: "Data of connection " + c.args.Name, SharedWith: sharing.Principals(c.location, c.args.SharedWith),
		Removal: c.args.removal(), Tags: c.tags("key"),
	}, c.parent())
	if err != nil {
		return err
	}
	c.key = made.Arn
	return nil
}

// ownPlace makes the bucket, where the lake has not.
func (c *S3Connection) ownPlace() (err error) {
	if c.place = c.args.place; c.place != nil {
		return nil
	}
	args := placeArgs{
		Bucket: c.args.Bucket, location: c.location, key: c.key, accessLogs: c.args.AccessLogsBucket, removal: c.args.removal(),
		tags: c.tags("bucket"), statements: shares(c.location, c.args.model(), c.args.Connection),
	}
	if !args.Existing && args.accessLogs == nil {
		logs := args
		logs.tags, logs.statements = c.tags("access-logs"), nil
		if args.accessLogs, err = newAccessLogs(c.ctx, bucketName(c.child("access-logs")), logs, c.parent()); err != nil {
			return err
		}
	}
	c.place, err = newPlace(c.ctx, c.child("bucket"), args, c.parent())
	return err
}

// ownCatalog makes the databases and the workgroup, where no catalog was given.
func (c *S3Connection) ownCatalog() (err error) {
	if c.catalog = c.args.Catalog; c.catalog != nil {
		return nil
	}
	off := false
	args := &catalog.GlueAthenaCatalogArgs{
		Databases: c.args.catalogDatabases(c.place), Workgroups: c.args.catalogWorkgroups(), EncryptCatalog: &off,
		CatalogKMSKeyARN: c.args.CatalogKMSKeyARN, ExistingResourcePolicy: c.args.ExistingResourcePolicy, KMSKeyARN: c.key,
		Roles: c.args.Roles, DeleteData: c.args.DeleteData,
		AllowDataDeletion: c.args.AllowDataDeletion, Tags: c.args.Tags,
	}
	if args.KMSKeyARN == nil {
		// Nothing is encrypted with it.
		args.KMSKeyARN = pulumi.String("")
	}
	c.catalog, err = catalog.NewGlueAthenaCatalog(c.ctx, c.child("catalog"), args, c.parent())
	return err
}

// catalogDatabases are the connection's databases as a catalog makes them.
func (c Connection) catalogDatabases(at *place) []catalog.Database {
	databases := make([]catalog.Database, len(c.Databases))
	for i, d := range c.Databases {
		databases[i] = catalog.Database{
			Name: d.Name, Description: d.Description, Existing: d.Existing, Crawler: d.Crawler, SharedWith: c.SharedWith,
			CatalogID: d.CatalogID, CatalogKMSKeyARN: d.CatalogKMSKeyARN,
		}
		if d.CatalogID != "" {
			databases[i].SharedWith = nil
			continue
		}
		if at == nil {
			continue
		}
		databases[i].Region = at.region
		if plain, later := at.locationOf(c.Prefix, d.Path); plain != "" {
			databases[i].Location = plain
			databases[i].DataLocation, _ = at.locationOf(c.Prefix, "")
		} else {
			databases[i].LocationInput = later
		}
	}
	return databases
}

// catalogWorkgroups are the connection's workgroup as a catalog makes it.
func (c Connection) catalogWorkgroups() []catalog.Workgroup {
	if c.Athena == nil {
		return []catalog.Workgroup{}
	}
	return []catalog.Workgroup{{
		Name: c.Athena.Workgroup, Description: "Connection " + c.Name + " of DSS", BytesScannedCutoff: c.Athena.BytesScannedCutoff,
		EngineVersion: c.Athena.EngineVersion, SavedQueries: c.Athena.SavedQueries,
	}}
}

// outputs are what others get to know.
func (c *S3Connection) outputs() {
	c.BucketName = c.place.bucket
	c.ResultsLocation = pulumi.String("").ToStringOutput()
	if c.args.Athena != nil {
		c.ResultsLocation = c.catalog.ResultsLocation(c.args.Athena.Workgroup)
	}
	c.OwnerBucketPolicy = pulumi.String("").ToStringOutput()
	c.OwnerKeyPolicy = c.OwnerBucketPolicy
	if c.place.foreign {
		all := pulumi.All(c.reach(!c.args.ReadOnly), c.holders(), c.registrationRole())
		holders := func(v []any) Holders {
			who := v[1].(Holders)
			who.Registration = v[2].(string)
			return who
		}
		c.OwnerBucketPolicy = all.ApplyT(func(v []any) string { return v[0].(Reach).OwnerBucketPolicy(holders(v)).Text() }).(pulumi.StringOutput)
		c.OwnerKeyPolicy = all.ApplyT(func(v []any) string { return v[0].(Reach).OwnerKeyPolicy(holders(v)).Text() }).(pulumi.StringOutput)
	}
	c.sharedOutputs()
	var database pulumi.StringInput
	if own := c.args.databaseNames(); len(own) > 0 {
		database = c.catalog.DatabaseName(own[0])
	}
	c.DSS = c.args.dssConnection(dssValues{
		bucket:  pulumi.OutputWithDependencies(c.ctx.Context(), c.place.bucket, c.place.ready...).(pulumi.StringOutput),
		region:  pulumi.String(c.place.region),
		home:    pulumi.String(c.location.Region),
		key:     c.place.key,
		role:    c.RoleARN,
		keyPair: c.KeyPairSecretARN,

		keyPairVersion: c.keyPairVersion,
		results:        c.ResultsLocation,
		database:       database,
	})
}

// registrationRole is the role that Lake Formation reads and writes the connection's files with; empty where they are not registered.
func (c *S3Connection) registrationRole() pulumi.StringOutput {
	if len(c.args.databaseNames()) == 0 {
		return pulumi.String("").ToStringOutput()
	}
	return c.catalog.RegistrationRole()
}

func (c *S3Connection) parent() pulumi.ResourceOption { return pulumi.Parent(c) }

func (c *S3Connection) child(part string) string { return c.name + "-" + part }

// tags are the caller's, with the name that the console shows.
func (c *S3Connection) tags(part string) map[string]string {
	tags := map[string]string{"Name": c.name}
	if part != "" {
		tags["Name"] = c.child(part)
	}
	maps.Copy(tags, c.args.Tags)
	return tags
}
