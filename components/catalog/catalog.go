package catalog

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/glue"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/bucket"
	"github.com/pulumi-dss/pulumi-dss/internal/kmskey"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/removal"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// GlueAthenaCatalog is the metastore and the SQL engine of a platform.
//
// It carries out the reference architecture's steps "Setup metastore" (Glue as metastore catalog of DSS) and "Setup
// Athena connection" on the side of AWS.
type GlueAthenaCatalog struct {
	pulumi.ResourceState

	// DatabaseNames are the databases by name.
	DatabaseNames pulumi.StringArrayOutput `pulumi:"databaseNames"`
	// WorkgroupNames are the workgroups by name, for the Athena connections of DSS.
	WorkgroupNames pulumi.StringArrayOutput `pulumi:"workgroupNames"`
	// ResultsLocations are where results of queries go, by workgroup: `s3://bucket/results/workgroup/`. Workgroups write
	// there whatever a client asks for.
	ResultsLocations pulumi.StringMapOutput `pulumi:"resultsLocations"`
	// ResultsBucketName is the bucket of results; empty where there are no workgroups.
	ResultsBucketName pulumi.StringOutput `pulumi:"resultsBucketName"`
	// KMSKeyARN is the key that the catalog and results are encrypted with.
	KMSKeyARN pulumi.StringOutput `pulumi:"kmsKeyArn"`
	// SharedCatalogPolicy is what lets others read databases that are shared with them: the account's resource policy of Glue, or what to
	// add to it where it is kept elsewhere. Empty where nothing is shared that way.
	SharedCatalogPolicy pulumi.StringOutput `pulumi:"sharedCatalogPolicy"`
	// DataCatalogs are Athena's names of other accounts' catalogs, by account, to query them by: `"NAME"."database"."table"`.
	DataCatalogs pulumi.StringMapOutput `pulumi:"dataCatalogs"`
	// Ready are what a query needs.
	Ready []pulumi.Resource

	ctx      *pulumi.Context
	name     string
	args     *GlueAthenaCatalogArgs
	location location.Location
	// settled is what is set for the whole account, here or by others, and comes before databases.
	settled []pulumi.Resource
	// registrationRole is the role that they are registered with.
	registrationRole pulumi.StringOutput
	// registered are the locations that Lake Formation guards.
	registered map[string]pulumi.Resource
	databases  map[string]pulumi.Resource
	// results are where workgroups' results go.
	results map[string]pulumi.StringOutput
	// granted is what Lake Formation's permissions give to a role on a database so far.
	granted map[grantKey]access
	// crawlerRoles are the roles of crawlers that read files with their own rights, by database.
	crawlerRoles map[string]pulumi.StringOutput
}

// NewGlueAthenaCatalog makes databases, workgroups and what they need.
//
// It fails with a list of everything that is wrong with the arguments, before anything is created.
func NewGlueAthenaCatalog(
	ctx *pulumi.Context, name string, args *GlueAthenaCatalogArgs, opts ...pulumi.ResourceOption,
) (*GlueAthenaCatalog, error) {
	if args == nil {
		args = &GlueAthenaCatalogArgs{}
	}
	wrong := append(args.Problems(), NameProblems(name, args)...)
	if err := wrong.Err("GlueAthenaCatalog " + name); err != nil {
		return nil, err
	}
	c := &GlueAthenaCatalog{
		ctx: ctx, name: name, args: args.withDefaults(),
		databases: map[string]pulumi.Resource{}, registered: map[string]pulumi.Resource{}, results: map[string]pulumi.StringOutput{},
		granted: map[grantKey]access{}, crawlerRoles: map[string]pulumi.StringOutput{},
	}
	c.settled = slices.Clone(c.args.After)
	if err := ctx.RegisterComponentResourceV2(Token, name, c.inputs(), c, opts...); err != nil {
		return nil, fmt.Errorf("registering catalog %s: %w", name, err)
	}
	if err := c.build(); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"databaseNames":       c.DatabaseNames,
		"workgroupNames":      c.WorkgroupNames,
		"resultsLocations":    c.ResultsLocations,
		"resultsBucketName":   c.ResultsBucketName,
		"kmsKeyArn":           c.KMSKeyARN,
		"sharedCatalogPolicy": c.SharedCatalogPolicy,
		"dataCatalogs":        c.DataCatalogs,
	})
}

func (c *GlueAthenaCatalog) inputs() pulumi.Map {
	return pulumi.Map{
		"databases":       pulumi.ToStringArray(c.args.databaseNames()),
		"workgroups":      pulumi.ToStringArray(c.args.workgroupNames()),
		"permissionModel": pulumi.String(c.args.PermissionModel),
		"encryptCatalog":  pulumi.Bool(*c.args.EncryptCatalog),
	}
}

func (c *GlueAthenaCatalog) build() error {
	var err error
	if c.location, err = location.Lookup(c.ctx, c); err != nil {
		return err
	}
	c.DatabaseNames = pulumi.ToStringArray(c.args.databaseNames()).ToStringArrayOutput()
	c.WorkgroupNames = pulumi.ToStringArray(c.args.workgroupNames()).ToStringArrayOutput()
	for _, step := range []func() error{
		c.key, c.encrypt, c.lakeFormation, c.makeDatabases, c.resultsBucket, c.workgroups, c.dataCatalogs, c.capacity, c.crawlers,
		c.share,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// key makes the key, where none was given.
func (c *GlueAthenaCatalog) key() error {
	if c.args.KMSKeyARN != nil {
		c.KMSKeyARN = c.args.KMSKeyARN.ToStringOutput()
		return nil
	}
	keys := c.args.removal()
	if *c.args.EncryptCatalog {
		// The key encrypts metadata of databases that this component knows nothing of. They would be lost with it.
		keys = removal.Keys{}
	}
	made, err := kmskey.New(c.ctx, c.child("key"), kmskey.Args{
		Location: c.location, Description: "Catalog and query results of DSS", Logs: true, Removal: keys, Tags: c.tags("key"),
	}, c.parent())
	if err != nil {
		return err
	}
	c.KMSKeyARN = made.Arn
	return nil
}

// encrypt sets the encryption of the account's catalog. It stays on, as others share it.
func (c *GlueAthenaCatalog) encrypt() error {
	if !*c.args.EncryptCatalog {
		return nil
	}
	key := c.KMSKeyARN.ToStringPtrOutput()
	made, err := glue.NewDataCatalogEncryptionSettings(c.ctx, c.child("encryption"), &glue.DataCatalogEncryptionSettingsArgs{
		DataCatalogEncryptionSettings: glue.DataCatalogEncryptionSettingsDataCatalogEncryptionSettingsArgs{
			EncryptionAtRest: glue.DataCatalogEncryptionSettingsDataCatalogEncryptionSettingsEncryptionAtRestArgs{
				CatalogEncryptionMode: pulumi.String("SSE-KMS"), SseAwsKmsKeyId: key,
			},
			ConnectionPasswordEncryption: glue.DataCatalogEncryptionSettingsDataCatalogEncryptionSettingsConnectionPasswordEncryptionArgs{
				ReturnConnectionPasswordEncrypted: pulumi.Bool(true), AwsKmsKeyId: key,
			},
		},
	}, c.parent(), pulumi.RetainOnDelete(true))
	if err != nil {
		return fmt.Errorf("encrypting the catalog: %w", err)
	}
	c.settled = append(c.settled, made)
	return nil
}

// Settings are what the component sets for the whole account, for others' [GlueAthenaCatalogArgs.After].
func (c *GlueAthenaCatalog) Settings() []pulumi.Resource { return slices.Clone(c.settled) }

func (c *GlueAthenaCatalog) makeDatabases() error {
	for _, database := range c.args.Databases {
		if database.Existing {
			continue
		}
		made, err := glue.NewCatalogDatabase(c.ctx, c.child("database-"+database.Name), &glue.CatalogDatabaseArgs{
			Name:        pulumi.String(database.Name),
			Description: optional.String(database.Description),
			LocationUri: database.locationInput(),
			Tags:        pulumi.ToStringMap(c.tags("database-" + database.Name)),
			// What is written before the settings of the account are made is not encrypted, and everybody's.
		}, c.parent(), c.args.removal().Option(), pulumi.DependsOn(c.settled))
		if err != nil {
			return fmt.Errorf("creating database %s: %w", database.Name, err)
		}
		c.databases[database.Name] = made
		c.Ready = append(c.Ready, made)
	}
	return nil
}

// locationInput is where the database's tables are put, or nil.
func (d Database) locationInput() pulumi.StringPtrInput {
	if d.LocationInput != nil {
		return d.LocationInput.ToStringOutput().ToStringPtrOutput()
	}
	return optional.String(d.Location)
}

// resultsPrefix is what the keys of a workgroup's results begin with.
func resultsPrefix(workgroup string) string { return "results/" + workgroup + "/" }

// resultsBucket makes the bucket of results, where none was given.
func (c *GlueAthenaCatalog) resultsBucket() error {
	c.ResultsBucketName = pulumi.String("").ToStringOutput()
	if len(c.args.Workgroups) == 0 {
		return nil
	}
	if c.args.ResultsBucket != nil {
		c.ResultsBucketName = c.args.ResultsBucket.ToStringOutput()
		return nil
	}
	made, err := bucket.New(c.ctx, c.child("results"), bucket.Args{
		Location:  c.location,
		KMSKeyARN: c.KMSKeyARN,
		// A query can be run again: old versions of results are worth nothing.
		NoncurrentDays: 1,
		Lifecycle:      []bucket.Rule{{ID: "results", Prefix: "results/", ExpireAfterDays: c.args.ResultsRetentionDays}},
		Removal:        c.args.removal(),
		Tags:           c.tags("results"),
	}, c.parent())
	if err != nil {
		return err
	}
	c.ResultsBucketName = made.Name
	c.Ready = append(c.Ready, made.Ready...)
	return nil
}

// serviceRole is a role that a service takes for this account only.
func (c *GlueAthenaCatalog) serviceRole(part string, args role.Args) (*role.Role, error) {
	args.Settings, args.Location, args.Tags = c.args.Roles, c.location, c.tags(part)
	return role.New(c.ctx, c.child(part), args, c.parent())
}

func (c *GlueAthenaCatalog) parent() pulumi.ResourceOption { return pulumi.Parent(c) }

func (c *GlueAthenaCatalog) child(part string) string { return c.name + "-" + part }

// tags are the caller's, with the name that the console shows.
func (c *GlueAthenaCatalog) tags(part string) map[string]string {
	tags := map[string]string{"Name": c.child(part)}
	maps.Copy(tags, c.args.Tags)
	return tags
}
