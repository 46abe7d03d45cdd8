package catalog_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	bucketType      = "aws:s3/bucketV2:BucketV2"
	crawlerType     = "aws:glue/crawler:Crawler"
	databaseType    = "aws:glue/catalogDatabase:CatalogDatabase"
	encryptionType  = "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"
	keyType         = "aws:kms/key:Key"
	lakeSettings    = "aws:lakeformation/dataLakeSettings:DataLakeSettings"
	lifecycleType   = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	roleType        = "aws:iam/role:Role"
	permissionsType = "aws:lakeformation/permissions:Permissions"
	registeredType  = "aws:lakeformation/resource:Resource"
	rolePolicyType  = "aws:iam/rolePolicy:RolePolicy"
	securityType    = "aws:glue/securityConfiguration:SecurityConfiguration"
	workgroupType   = "aws:athena/workgroup:Workgroup"

	admin = "arn:aws:iam::123456789012:role/deployer"
)

func program(args *catalog.GlueAthenaCatalogArgs, more ...func(*pulumi.Context, *catalog.GlueAthenaCatalog) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		c, err := catalog.NewGlueAthenaCatalog(ctx, "cat", args)
		if err != nil {
			return err
		}
		ctx.Export("results", c.ResultsLocations)
		ctx.Export("bucket", c.ResultsBucketName)
		ctx.Export("databases", c.DatabaseNames)
		for _, do := range more {
			if err := do(ctx, c); err != nil {
				return err
			}
		}
		return nil
	}
}

func host(ctx *pulumi.Context, c *catalog.GlueAthenaCatalog) (*role.Role, error) {
	return role.New(ctx, "cat-host", role.Args{Trust: iam.TrustService("ec2.example")}, pulumi.Parent(c))
}

func lake(model catalog.PermissionModel) *catalog.GlueAthenaCatalogArgs {
	return &catalog.GlueAthenaCatalogArgs{
		PermissionModel: model,
		Databases: []catalog.Database{
			{Name: "raw", Location: "s3://lake/raw/", Crawler: &catalog.Crawler{TablePrefix: "r_"}},
			{Name: "clean", Location: "s3://lake/clean"},
		},
		LakeFormation: &catalog.LakeFormation{Admins: []string{admin}, Locations: []string{"s3://lake"}},
	}
}

// Administrators are given by ARN in these tests.
func adminARN() harness.Option {
	return harness.WithoutCheck(harness.CheckPartition, "the administrator's ARN is given", "cat-lake")
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(nil))
	graph.Golden("defaults.json")
	assert.Equal(t, "dss", graph.One(databaseType, "").String("name"))
	workgroup := graph.One(workgroupType, "cat-workgroup-dss")
	assert.True(t, workgroup.Bool("configuration.enforceWorkgroupConfiguration"))
	assert.True(t, workgroup.Bool("configuration.publishCloudwatchMetricsEnabled"))
	assert.False(t, workgroup.Bool("configuration.requesterPaysEnabled"))
	assert.Equal(t, "Athena engine version 3", workgroup.String("configuration.engineVersion.selectedEngineVersion"))
	assert.Equal(t, 1<<40, workgroup.Int("configuration.bytesScannedCutoffPerQuery"))
	assert.Equal(t, "SSE_KMS", workgroup.String("configuration.resultConfiguration.encryptionConfiguration.encryptionOption"))
	assert.Equal(t, graph.Location.AccountID, workgroup.String("configuration.resultConfiguration.expectedBucketOwner"))
	location := workgroup.String("configuration.resultConfiguration.outputLocation")
	assert.Equal(t, "s3://"+graph.Export("bucket").(string)+"/results/dss/", location)
	assert.Equal(t, map[string]any{"dss": location}, graph.Export("results"))
	rules := graph.One(lifecycleType, "")
	assert.Equal(t, 30, rules.Int("rules[1].expiration.days"))
	assert.Equal(t, 1, rules.Int("rules[0].noncurrentVersionExpiration.noncurrentDays"))
	assert.Empty(t, graph.OfType(lakeSettings))
	assert.Empty(t, graph.OfType(crawlerType))
}

func TestCatalogIsEncryptedFirst(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(&catalog.GlueAthenaCatalogArgs{DeleteData: true, AllowDataDeletion: true}))
	settings := graph.One(encryptionType, "")
	assert.Equal(t, "SSE-KMS", settings.String("dataCatalogEncryptionSettings.encryptionAtRest.catalogEncryptionMode"))
	assert.True(t, settings.Bool("dataCatalogEncryptionSettings.connectionPasswordEncryption.returnConnectionPasswordEncrypted"))
	assert.True(t, graph.DependsOn(graph.One(databaseType, ""), settings))
	assert.True(t, settings.Options.RetainOnDelete, "others share it")
	assert.True(t, graph.One(keyType, "").Options.RetainOnDelete, "other databases are encrypted with it")

	off := false
	graph = harness.Run(t, program(&catalog.GlueAthenaCatalogArgs{EncryptCatalog: &off, DeleteData: true, AllowDataDeletion: true}))
	assert.Empty(t, graph.OfType(encryptionType))
	assert.False(t, graph.One(keyType, "").Options.RetainOnDelete)
}

func TestGivenBucketAndKey(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(&catalog.GlueAthenaCatalogArgs{
		ResultsBucket: pulumi.String("ours"), KMSKeyARN: pulumi.String("arn:x:key/ours"),
		Databases:  []catalog.Database{{Name: "there", Existing: true}},
		Workgroups: []catalog.Workgroup{{Name: "a", BytesScannedCutoff: catalog.NoBytesScannedCutoff}},
	}))
	assert.Empty(t, graph.OfType(bucketType))
	assert.Empty(t, graph.OfType(keyType))
	assert.Empty(t, graph.OfType(databaseType))
	workgroup := graph.One(workgroupType, "")
	assert.Equal(t, "s3://ours/results/a/", workgroup.String("configuration.resultConfiguration.outputLocation"))
	assert.Equal(t, "arn:x:key/ours", workgroup.String("configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn"))
	assert.False(t, workgroup.Has("configuration.bytesScannedCutoffPerQuery"))
	assert.False(t, workgroup.Has("configuration.resultConfiguration.expectedBucketOwner"))
	assert.Equal(t, []any{"there"}, graph.Export("databases"))
}

func TestNothingAskedFor(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(&catalog.GlueAthenaCatalogArgs{Databases: []catalog.Database{}, Workgroups: []catalog.Workgroup{}}))
	assert.Empty(t, graph.OfType(databaseType))
	assert.Empty(t, graph.OfType(workgroupType))
	assert.Empty(t, graph.OfType(bucketType))
}

func TestTagsReachEverything(t *testing.T) {
	t.Parallel()
	tags := map[string]string{"team": "data"}
	args := lake(catalog.ModelIAM)
	args.Tags, args.LakeFormation = tags, nil
	harness.Run(t, program(args), harness.RequireTags(tags))
}

func TestRemovalTakesTwoKeys(t *testing.T) {
	t.Parallel()
	for _, keys := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
		both := keys[0] && keys[1]
		graph := harness.Run(t, program(&catalog.GlueAthenaCatalogArgs{DeleteData: keys[0], AllowDataDeletion: keys[1]}))
		for _, kind := range []string{databaseType, workgroupType, bucketType} {
			assert.Equal(t, !both, graph.One(kind, "").Options.RetainOnDelete, kind)
		}
		assert.Equal(t, both, graph.One(workgroupType, "").Bool("forceDestroy"))
		assert.Equal(t, both, graph.One(bucketType, "").Bool("forceDestroy"))
	}
}

func TestCrawler(t *testing.T) {
	t.Parallel()
	args := lake(catalog.ModelIAM)
	args.LakeFormation = nil
	args.Databases[0].Location = "s3://lake/raw"
	graph := harness.Run(t, program(args))
	crawler := graph.One(crawlerType, "cat-crawler-raw")
	assert.Equal(t, catalog.DefaultCrawlerSchedule, crawler.String("schedule"))
	assert.Equal(t, "s3://lake/raw/", crawler.String("s3Targets[0].path"))
	assert.Equal(t, "DEPRECATE_IN_DATABASE", crawler.String("schemaChangePolicy.deleteBehavior"))
	assert.False(t, crawler.Has("lakeFormationConfiguration"))
	security := graph.One(securityType, "")
	assert.Equal(t, "SSE-KMS", security.String("encryptionConfiguration.cloudwatchEncryption.cloudwatchEncryptionMode"))
	for _, policy := range []string{"cat-crawler-raw-crawl", "cat-crawler-raw-write"} {
		assert.True(t, graph.DependsOn(crawler, graph.One(rolePolicyType, policy)), policy)
	}
	written := graph.One(rolePolicyType, "cat-crawler-raw-write").String("policy")
	assert.Contains(t, written, ":database/raw")
	assert.NotContains(t, written, ":database/clean")
	read := graph.One(rolePolicyType, "cat-crawler-raw-crawl").String("policy")
	assert.Contains(t, read, `:s3:::lake/raw/*"`)
	assert.Contains(t, graph.One(keyType, "").String("policy"), "kms:EncryptionContext:aws:logs:arn", "logs use the key")
}

func TestGrantOfQueriesFindsSavedOnes(t *testing.T) {
	t.Parallel()
	saved := []catalog.SavedQuery{{Name: "q", Database: "dss", Query: "SELECT 1"}}
	args := &catalog.GlueAthenaCatalogArgs{Workgroups: []catalog.Workgroup{{Name: "plain"}, {Name: "shared", SavedQueries: saved}}}
	graph := harness.Run(t, program(args, func(ctx *pulumi.Context, c *catalog.GlueAthenaCatalog) error {
		to, err := host(ctx, c)
		if err != nil {
			return err
		}
		for name, workgroup := range map[string]string{"some": "plain", "all": ""} {
			scope := catalog.Scope{}
			if workgroup != "" {
				scope.Workgroups = []string{workgroup}
			}
			if err := c.GrantQuery(ctx, name, to, scope); err != nil {
				return err
			}
		}
		return c.GrantRead(ctx, "reader", to, catalog.Scope{})
	}))
	for policy, want := range map[string][]any{
		"cat-all-query": {"arn:aws:athena:eu-west-1:123456789012:workgroup/shared"}, "cat-some-query": nil, "cat-reader-read": nil,
	} {
		var on []any
		for _, statement := range graph.One(rolePolicyType, policy).JSON("policy").(map[string]any)["Statement"].([]any) {
			if s := statement.(map[string]any); s["Sid"] == "SavedQueries" {
				on = s["Resource"].([]any)
			}
		}
		assert.Equal(t, want, on, policy)
	}
}

func TestLakeFormation(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(lake(catalog.ModelLakeFormation), func(ctx *pulumi.Context, c *catalog.GlueAthenaCatalog) error {
		to, err := host(ctx, c)
		if err != nil {
			return err
		}
		if err := c.GrantWrite(ctx, "host", to, catalog.Scope{}); err != nil {
			return err
		}
		return c.GrantQuery(ctx, "host", to, catalog.Scope{})
	}), adminARN())
	settings := graph.One(lakeSettings, "")
	assert.Equal(t, []string{admin}, settings.Strings("admins"))
	assert.Empty(t, settings.Plain("createTableDefaultPermissions"), "nothing for everybody")
	assert.Empty(t, settings.Plain("createDatabaseDefaultPermissions"))
	assert.True(t, settings.Options.RetainOnDelete)
	registered := graph.One(registeredType, "")
	require.NotNil(t, registered.Options.DeleteBeforeReplace)
	assert.True(t, *registered.Options.DeleteBeforeReplace, "a place is registered once")
	assert.Equal(t, "arn:aws:s3:::lake", registered.String("arn"))
	assert.False(t, registered.Bool("hybridAccessEnabled"))
	assert.False(t, registered.Has("useServiceLinkedRole"), "it may use no key")
	assert.True(t, graph.DependsOn(graph.One(databaseType, "cat-database-raw"), settings))

	tables := graph.One(permissionsType, "cat-host-raw-tables")
	require.NotNil(t, tables.Options.DeleteBeforeReplace)
	assert.True(t, *tables.Options.DeleteBeforeReplace, "revoking afterwards would take from the new permissions")
	assert.Equal(t, []string{"ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"}, tables.Strings("permissions"))
	assert.True(t, tables.Bool("table.wildcard"))
	assert.True(t, graph.DependsOn(tables, graph.One(databaseType, "cat-database-raw")))
	assert.True(t, graph.DependsOn(tables, registered))
	// Two databases for the host, one for the crawler, and one location for each of the two roles.
	assert.Len(t, graph.OfType(permissionsType), 2*2+1+2+1)
	assert.Contains(t, graph.One(rolePolicyType, "cat-host-query").String("policy"), "lakeformation:GetDataAccess")
	assert.True(t, graph.One(crawlerType, "").Bool("lakeFormationConfiguration.useLakeFormationCredentials"))
	assert.NotContains(t, graph.One(rolePolicyType, "cat-crawler-raw-crawl").String("policy"), "s3:GetObject")
}

func TestHybrid(t *testing.T) {
	t.Parallel()
	args := lake(catalog.ModelHybrid)
	args.LakeFormation.RoleARN = pulumi.String("arn:x:role/lake")
	graph := harness.Run(t, program(args), adminARN())
	assert.True(t, graph.One(registeredType, "").Bool("hybridAccessEnabled"))
	assert.Equal(t, "arn:x:role/lake", graph.One(registeredType, "").String("roleArn"))
	assert.False(t, graph.One(registeredType, "").Has("useServiceLinkedRole"))
	assert.Equal(t, "IAM_ALLOWED_PRINCIPALS", graph.One(lakeSettings, "").String("createTableDefaultPermissions[0].principal"))

	args.LakeFormation.Admins = nil
	assert.Empty(t, harness.Run(t, program(args)).OfType(lakeSettings), "the account's settings are left alone")
}

func TestGrantsAreOfTheCatalog(t *testing.T) {
	t.Parallel()
	for _, scope := range []catalog.Scope{{Databases: []string{"no"}}, {Workgroups: []string{"no"}}} {
		err := harness.Fail(t, program(nil, func(ctx *pulumi.Context, c *catalog.GlueAthenaCatalog) error {
			to, err := host(ctx, c)
			if err != nil {
				return err
			}
			return c.GrantQuery(ctx, "host", to, scope)
		}), harness.MayRegister())
		require.ErrorContains(t, err, `the catalog has no "no"`)
	}
}

func TestReadingBeforeWritingIsRefused(t *testing.T) {
	t.Parallel()
	err := harness.Fail(t, program(lake(catalog.ModelLakeFormation), func(ctx *pulumi.Context, c *catalog.GlueAthenaCatalog) error {
		to, err := host(ctx, c)
		if err != nil {
			return err
		}
		if err := c.GrantRead(ctx, "host", to, catalog.Scope{}); err != nil {
			return err
		}
		return c.GrantWrite(ctx, "host", to, catalog.Scope{})
	}), harness.MayRegister(), adminARN())
	require.ErrorContains(t, err, "call GrantWrite before")
}
