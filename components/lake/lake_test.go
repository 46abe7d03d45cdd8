package lake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	accessKeyType   = "aws:iam/accessKey:AccessKey"
	bucketType      = "aws:s3/bucketV2:BucketV2"
	connectionType  = "dss:index:S3Connection"
	databaseType    = "aws:glue/catalogDatabase:CatalogDatabase"
	encryptionType  = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	keyType         = "aws:kms/key:Key"
	lifecycleType   = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	loggingType     = "aws:s3/bucketLoggingV2:BucketLoggingV2"
	permissionsType = "aws:lakeformation/permissions:Permissions"
	policyType      = "aws:iam/policy:Policy"
	registeredType  = "aws:lakeformation/resource:Resource"
	rolePolicyType  = "aws:iam/rolePolicy:RolePolicy"
	roleType        = "aws:iam/role:Role"
	secretType      = "aws:secretsmanager/secret:Secret"
	secretPolicy    = "aws:secretsmanager/secretPolicy:SecretPolicy"
	secretVersion   = "aws:secretsmanager/secretVersion:SecretVersion"
	userType        = "aws:iam/user:User"
	workgroupType   = "aws:athena/workgroup:Workgroup"

	host = "arn:aws:iam::123456789012:role/dss-host"
	key  = "arn:aws:kms:eu-west-1:123456789012:key/own"
)

func trusted() pulumi.StringArrayInput { return pulumi.StringArray{pulumi.String(host)} }

func connection(args *lake.S3ConnectionArgs, more ...func(*pulumi.Context, *lake.S3Connection) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		made, err := lake.NewS3Connection(ctx, "sales", args)
		if err != nil {
			return err
		}
		export(ctx, made.DSS)
		ctx.Export("ownerBucketPolicy", made.OwnerBucketPolicy)
		ctx.Export("ownerKeyPolicy", made.OwnerKeyPolicy)
		for _, do := range more {
			if err := do(ctx, made); err != nil {
				return err
			}
		}
		return nil
	}
}

// export has the connection of DSS among the outputs.
func export(ctx *pulumi.Context, c dss.S3Connection) {
	for name, value := range map[string]pulumi.StringInput{
		"bucket": c.Bucket, "region": c.Region, "role": c.RoleARN, "keyPair": c.KeyPairSecretARN, "key": c.KMSKeyARN, "database": c.GlueDatabase,
		"keyPairVersion": c.KeyPairVersion,
	} {
		if value != nil {
			ctx.Export(name, value)
		}
	}
	ctx.Export("path", pulumi.String(c.Path))
	ctx.Export("externalId", pulumi.String(c.ExternalID))
	if c.Athena != nil {
		ctx.Export("results", c.Athena.OutputLocation)
		ctx.Export("workgroup", c.Athena.Workgroup)
		ctx.Export("athenaRegion", c.Athena.Region)
	}
}

func dataLake(args *lake.DataLakeArgs, more ...func(*pulumi.Context, *lake.DataLake) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		made, err := lake.NewDataLake(ctx, "acme", args)
		if err != nil {
			return err
		}
		for _, do := range more {
			if err := do(ctx, made); err != nil {
				return err
			}
		}
		return nil
	}
}

// byArgument passes over ARNs that the test gives.
func byArgument(names ...string) harness.Option {
	return harness.WithoutCheck(harness.CheckPartition, "the test gives the ARN", names...)
}

func sales() lake.Connection {
	return lake.Connection{
		Name: "sales", Prefix: "sales", AllowedGroups: []string{"sales"}, Databases: []lake.Database{{Name: "sales"}}, Athena: &lake.Athena{},
	}
}

// policy is a policy by its statements' names.
func policy(t *testing.T, text string) map[string]iam.Statement {
	t.Helper()
	document, err := iam.Parse(text)
	require.NoError(t, err)
	by := map[string]iam.Statement{}
	for _, s := range document.Statements {
		require.NotContains(t, by, s.Sid)
		by[s.Sid] = s
	}
	return by
}

func TestConnectionByRole(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: sales(), TrustedPrincipalARNs: trusted()}), byArgument("sales"))
	bucket := graph.Export("bucket").(string)

	made := graph.One(roleType, "")
	assert.Equal(t, "/dss-connections/", made.String("path"))
	trust := policy(t, made.String("assumeRolePolicy"))
	require.Len(t, trust, 1)
	assert.Equal(t, []string{host}, trust["DSS"].Principal.AWS)
	assert.Equal(t, iam.Conditions{"StringEquals": {"sts:ExternalId": {"sales"}}}, trust["DSS"].Conditions)

	reach := policy(t, graph.One(rolePolicyType, "sales-data").String("policy"))
	assert.Equal(t, []string{"arn:aws:s3:::" + bucket + "/sales/*"}, reach["Files"].Resources)
	assert.Equal(t, iam.Conditions{"StringLike": {"s3:prefix": {"sales/*"}}}, reach["FilesList"].Conditions)
	assert.Equal(t, []string{"s3.eu-west-1.amazonaws.com"}, reach["FilesKey"].Conditions["StringEquals"]["kms:ViaService"])
	assert.Equal(t, []string{"arn:aws:athena:eu-west-1:123456789012:workgroup/sales"}, reach["Queries"].Resources)
	assert.Contains(t, reach["CatalogWrite"].Resources, "arn:aws:glue:eu-west-1:123456789012:database/sales")
	assert.NotContains(t, reach, "CatalogKey", "nobody said that the catalog is encrypted")

	assert.Equal(t, "s3://"+bucket+"/sales/", graph.One(databaseType, "").String("locationUri"))
	assert.Equal(t, "/sales/", graph.Export("path"))
	assert.Equal(t, "sales", graph.Export("externalId"))
	assert.Equal(t, "sales", graph.Export("workgroup"))
	assert.Contains(t, graph.Export("results"), "/results/sales/")
	assert.Contains(t, graph.Export("role"), ":role/dss-connections/sales")
}

func TestConnectionsBucketIsClosedAndLogged(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: sales(), TrustedPrincipalARNs: trusted()}), byArgument("sales"))
	data := graph.One(bucketType, "sales-bucket")
	assert.True(t, data.Options.RetainOnDelete)
	assert.Equal(t, "aws:kms", graph.One(encryptionType, "sales-bucket-encryption").String("rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"))
	logs := graph.One(encryptionType, "sales-access-logs-encryption")
	assert.Equal(t, "AES256", logs.String("rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"))
	assert.Contains(t, graph.One(loggingType, "").String("targetBucket"), "sales-access-logs")
	deliver := policy(t, graph.One("aws:s3/bucketPolicy:BucketPolicy", "sales-access-logs-policy").String("policy"))
	assert.Equal(t, []string{"logging.s3.amazonaws.com"}, deliver["AccessLogs"].Principal.Service)
	assert.Equal(t, []string{"123456789012"}, deliver["AccessLogs"].Conditions["StringEquals"]["aws:SourceAccount"])
}

func TestReadOnlyConnectionOfAnExistingBucket(t *testing.T) {
	t.Parallel()
	c := lake.Connection{
		Name: "partner", ReadOnly: true, UsableByEveryone: true,
		Bucket: lake.Bucket{
			Name: "partner-data", Existing: true, AccountID: "210987654321", OwnerAllows: true, Region: "us-east-1",
			KMSKeyARN: "arn:aws:kms:us-east-1:210987654321:key/theirs",
		},
	}
	graph := harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: c, TrustedPrincipalARNs: trusted()}),
		harness.WithoutCheck(harness.CheckPartition, "the bucket is in another account and region"))
	assert.Empty(t, graph.OfType(bucketType))
	assert.Empty(t, graph.OfType(keyType), "there is nothing to encrypt")
	reach := policy(t, graph.One(rolePolicyType, "").String("policy"))
	assert.Equal(t, []string{"s3:GetObject"}, reach["Files"].Actions)
	assert.Equal(t, []string{"kms:Decrypt"}, reach["FilesKey"].Actions)
	assert.Equal(t, []string{"s3.us-east-1.amazonaws.com"}, reach["FilesKey"].Conditions["StringEquals"]["kms:ViaService"])
	assert.NotContains(t, reach, "CatalogDefault")

	theirs := policy(t, graph.Export("ownerBucketPolicy").(string))
	assert.Equal(t, []string{"arn:aws:s3:::partner-data/*"}, theirs["Files"].Resources)
	assert.Equal(t, []string{"s3:GetObject"}, theirs["Files"].Actions)
	assert.Contains(t, theirs["Files"].Principal.AWS[0], ":role/dss-connections/sales")
	assert.NotContains(t, theirs, "FilesKey")
	assert.Equal(t, []string{"kms:Decrypt"}, policy(t, graph.Export("ownerKeyPolicy").(string))["DSSConnection"].Actions)
	assert.Equal(t, "us-east-1", graph.Export("region"))
}

// The workgroup, the databases and the results are where the platform is, wherever the bucket is.
func TestAthenaIsWhereThePlatformIs(t *testing.T) {
	t.Parallel()
	c := sales()
	const there = "arn:aws:kms:us-east-1:123456789012:key/there"
	c.Bucket = lake.Bucket{Name: "sales-data", Existing: true, Region: "us-east-1", KMSKeyARN: there}
	c.Databases[0].Crawler = &catalog.Crawler{KMSKeyARN: there}
	graph := harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: c, TrustedPrincipalARNs: trusted()}), given())
	assert.Equal(t, "us-east-1", graph.Export("region"))
	assert.Equal(t, "eu-west-1", graph.Export("athenaRegion"))
	crawl := policy(t, graph.One(rolePolicyType, "sales-catalog-crawler-sales-crawl").String("policy"))
	assert.Equal(t, []string{"s3.us-east-1.amazonaws.com"}, crawl["FilesKey"].Conditions["StringEquals"]["kms:ViaService"])
}

// foreign is a connection of a bucket of another account, with pods and a crawler.
func foreign() lake.Connection {
	const theirKey = "arn:aws:kms:eu-west-1:210987654321:key/theirs"
	c := sales()
	c.Bucket = lake.Bucket{Name: "partner-data", Existing: true, AccountID: partner, OwnerAllows: true, KMSKeyARN: theirKey}
	c.Databases = []lake.Database{
		{Name: "sales", Crawler: &catalog.Crawler{KMSKeyARN: theirKey}}, {Name: "market", Existing: true, CatalogID: partner},
	}
	c.PodIdentities = []lake.PodIdentity{{Namespace: "jobs", ServiceAccount: "trainer"}, {Namespace: "jobs", ServiceAccount: "viewer", ReadOnly: true}}
	return c
}

// Who is not in the owner's policy does not get in, whatever its own says: pods and crawlers are in it, too.
func TestOwnersLetInPodsAndCrawlers(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, connection(&lake.S3ConnectionArgs{
		Connection: foreign(), TrustedPrincipalARNs: trusted(), ClusterName: pulumi.String("lab"),
	}, func(ctx *pulumi.Context, c *lake.S3Connection) error {
		ctx.Export("catalogPolicies", c.OwnerCatalogPolicies)
		ctx.Export("pods", c.PodRoleARNs)
		return nil
	}), given())
	pods := graph.Export("pods").(map[string]any)
	dss, trainer, viewer := graph.Export("role").(string), pods["jobs/trainer"].(string), pods["jobs/viewer"].(string)
	files := policy(t, graph.Export("ownerBucketPolicy").(string))
	everybody := files["Files"].Principal.AWS
	at := slices.IndexFunc(everybody, func(arn string) bool { return strings.Contains(arn, "-crawler-sales") })
	require.GreaterOrEqual(t, at, 0, everybody)
	crawler := everybody[at]
	assert.ElementsMatch(t, []string{dss, trainer, viewer, crawler}, everybody)
	for _, sid := range []string{"FilesBucket", "FilesList", "Files"} {
		assert.ElementsMatch(t, everybody, files[sid].Principal.AWS, sid)
	}
	assert.Equal(t, []string{"s3:GetObject"}, files["Files"].Actions)
	assert.ElementsMatch(t, []string{dss, trainer}, files["FilesWrite"].Principal.AWS)
	assert.NotContains(t, files["FilesWrite"].Actions, "s3:GetObject")
	assert.Equal(t, []string{"arn:aws:s3:::partner-data/sales/*"}, files["FilesWrite"].Resources)

	use := policy(t, graph.Export("ownerKeyPolicy").(string))
	assert.ElementsMatch(t, []string{dss, trainer}, use["DSSConnection"].Principal.AWS)
	assert.ElementsMatch(t, []string{viewer, crawler}, use["DSSReaders"].Principal.AWS)
	assert.Equal(t, []string{"kms:Decrypt"}, use["DSSReaders"].Actions)

	theirs := graph.Export("catalogPolicies").(map[string]any)[partner].(string)
	assert.ElementsMatch(t, []string{dss, trainer, viewer}, principals(t, theirs), "crawlers know the connection's own databases only")
}

// AWS takes no policy without statements: there is nothing to add for who does not come directly.
func TestOwnersAddNothingWhereNobodyComesDirectly(t *testing.T) {
	t.Parallel()
	none := lake.Reach{Bucket: "acme", Write: true, KMSKeyARN: key}
	holders := lake.Holders{Writers: []string{host}, Readers: []string{reader}}
	assert.Empty(t, none.OwnerBucketPolicy(holders).Text())
	assert.Empty(t, none.OwnerKeyPolicy(holders).Text())
	none.Direct, none.KMSKeyARN = true, ""
	assert.NotEmpty(t, none.OwnerBucketPolicy(holders).Text())
	assert.Empty(t, none.OwnerKeyPolicy(holders).Text())
}

// pairs runs a connection with key pairs at a point of its rotation.
func pairs(t *testing.T, rotation lake.Rotation) *harness.Graph {
	t.Helper()
	c := sales()
	c.Credentials, c.Rotation = lake.KeyPair, rotation
	return harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: c, KMSKeyARN: pulumi.String(key)}), byArgument())
}

func TestKeyPairsRotate(t *testing.T) {
	t.Parallel()
	names := func(graph *harness.Graph, kind string) (names []string) {
		for _, r := range graph.OfType(kind) {
			names = append(names, r.Name)
		}
		return names
	}
	first := pairs(t, lake.Rotation{})
	assert.Empty(t, first.OfType(roleType))
	assert.Equal(t, []string{"sales-key-1"}, names(first, accessKeyType))
	assert.Contains(t, first.Export("keyPair"), "secret:sales/sales/key-1")
	assert.NotEmpty(t, first.Export("keyPairVersion"), "a new pair in the same secret has the host look again")
	assert.Empty(t, first.Export("externalId"), "nobody asks for it")
	assert.Equal(t, 0, first.One(secretType, "").Int("recoveryWindowInDays"))
	assert.Contains(t, first.One(secretPolicy, "").String("policy"), "ThisAccountOnly")
	assert.Contains(t, policy(t, first.One(policyType, "sales-data").String("policy")), "Files")
	assert.Equal(t, []string{"name"}, first.One(userType, "").Options.ReplaceOnChanges, "the pair goes with its user")

	both := pairs(t, lake.Rotation{Generation: 2, KeepPrevious: true})
	assert.ElementsMatch(t, []string{"sales-key-1", "sales-key-2"}, names(both, accessKeyType))
	assert.ElementsMatch(t, []string{"sales-key-1", "sales-key-2"}, names(both, secretVersion))
	assert.Contains(t, both.Export("keyPair"), "secret:sales/sales/key-2")
	// The pair that was there is the same resource with the same inputs: nobody who uses it notices.
	for _, kind := range []string{accessKeyType, secretType} {
		assert.Equal(t, first.One(kind, "sales-key-1").URN, both.One(kind, "sales-key-1").URN)
		assert.Equal(t, first.One(kind, "sales-key-1").Inputs, both.One(kind, "sales-key-1").Inputs)
	}

	after := pairs(t, lake.Rotation{Generation: 2})
	assert.Equal(t, []string{"sales-key-2"}, names(after, accessKeyType))
	assert.Equal(t, []string{"sales-key-2"}, names(after, secretType))
}

func TestGrantsToOthers(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: sales(), TrustedPrincipalARNs: trusted()},
		func(ctx *pulumi.Context, c *lake.S3Connection) error {
			pods, err := role.New(ctx, "sales-pods", role.Args{Trust: iam.TrustService("pods.example")}, pulumi.Parent(c))
			if err != nil {
				return err
			}
			if err := c.GrantRead(ctx, "pods", pods); err != nil {
				return err
			}
			return c.GrantReadWrite(ctx, "jobs", pods)
		}), byArgument("sales"))
	reader := policy(t, graph.One(rolePolicyType, "sales-pods-read").String("policy"))
	assert.Equal(t, []string{"s3:GetObject"}, reader["Files"].Actions)
	assert.NotContains(t, reader, "CatalogWrite")
	assert.NotContains(t, reader, "Queries")
	writer := policy(t, graph.One(rolePolicyType, "sales-jobs-read-write").String("policy"))
	assert.Contains(t, writer["Files"].Actions, "s3:PutObject")
	assert.Contains(t, writer, "CatalogWrite")
}

func TestReadOnlyConnectionsAreNotGrantedForWriting(t *testing.T) {
	t.Parallel()
	c := sales()
	c.ReadOnly = true
	harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: c, TrustedPrincipalARNs: trusted()},
		func(ctx *pulumi.Context, c *lake.S3Connection) error {
			assert.ErrorContains(t, c.GrantReadWrite(ctx, "jobs", nil), "read-only")
			return nil
		}), byArgument("sales"))
}

func TestDefaultLakeHasZones(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, dataLake(nil))
	graph.Golden("zones.json")
	raw := graph.One(lifecycleType, "acme-zone-raw-lifecycle")
	assert.Equal(t, 30, raw.Int("rules[1].transitions[0].days"))
	assert.Equal(t, "STANDARD_IA", raw.String("rules[1].transitions[0].storageClass"))
	assert.Equal(t, 90, raw.Int("rules[1].transitions[1].days"))
	assert.Equal(t, "GLACIER", raw.String("rules[1].transitions[1].storageClass"))
	assert.Equal(t, 90, graph.One(lifecycleType, "acme-zone-clean-lifecycle").Int("rules[1].transitions[0].days"))
	assert.Equal(t, 7, raw.Int("rules[0].abortIncompleteMultipartUpload.daysAfterInitiation"))
	for _, bucket := range graph.OfType(bucketType) {
		assert.True(t, bucket.Options.RetainOnDelete, bucket.Name)
	}
	assert.Empty(t, graph.OfType(workgroupType))
	assert.Empty(t, graph.OfType("aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"), "there is no database")
}

// The figures are those of public data platforms on AWS: changing one moves data of everybody who has the preset.
func TestPresetsHaveTheirFigures(t *testing.T) {
	t.Parallel()
	days := map[string][2]int{}
	for _, preset := range []lake.ZonePreset{lake.RawCleanTransform, lake.BronzeSilverGold} {
		for _, zone := range lake.Zones(preset) {
			aged := zone.Bucket.Lifecycle
			days[zone.Name] = [2]int{aged.InfrequentAccessAfterDays, aged.ArchiveAfterDays}
			assert.Zero(t, aged.ExpireAfterDays, "nothing is deleted by itself")
		}
		assert.Empty(t, (&lake.DataLakeArgs{ZonePreset: preset}).Problems(), preset)
	}
	assert.Equal(t, map[string][2]int{
		"raw": {30, 90}, "clean": {90, 0}, "transform": {90, 0}, "bronze": {90, 180}, "silver": {180, 0}, "gold": {180, 0},
	}, days)
	assert.Empty(t, lake.Zones("MEDALS"))
}

func TestZonesAreLogged(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, dataLake(nil))
	assert.Len(t, graph.OfType(bucketType), 4)
	assert.Len(t, graph.OfType(loggingType), 3)
	off := false
	graph = harness.Run(t, dataLake(&lake.DataLakeArgs{AccessLogs: &off, DeleteData: true, AllowDataDeletion: true}))
	assert.Empty(t, graph.OfType(loggingType))
	assert.Len(t, graph.OfType(bucketType), 3)
	for _, bucket := range graph.OfType(bucketType) {
		assert.False(t, bucket.Options.RetainOnDelete, "both keys are turned")
	}
}

// two are a lake with two connections in one zone.
func two() *lake.DataLakeArgs {
	other := sales()
	other.Name, other.Prefix, other.Databases = "people", "people/", []lake.Database{{Name: "people", Path: "tables"}}
	mine := sales()
	mine.Zone, other.Zone = "gold", "gold"
	return &lake.DataLakeArgs{
		Zones: []lake.Zone{{Name: "gold", Bucket: lake.Bucket{Name: "acme-gold"}}}, Connections: []lake.Connection{mine, other},
		TrustedPrincipalARNs: trusted(),
	}
}

func TestConnectionsOfALakeAreApart(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, dataLake(two(), func(_ *pulumi.Context, l *lake.DataLake) error {
		assert.Len(t, l.DSSConnections(), 2)
		assert.Equal(t, "people", l.DSSConnections()[1].Name)
		return nil
	}), byArgument("acme-sales", "acme-people"))
	assert.Len(t, graph.OfType(connectionType), 2)
	assert.Equal(t, "s3://acme-gold/people/tables/", graph.One(databaseType, "acme-catalog-database-people").String("locationUri"))
	for name, other := range map[string]string{"sales": "people", "people": "sales"} {
		text := graph.One(rolePolicyType, "acme-"+name+"-data").String("policy")
		assert.NotContains(t, text, other)
		assert.Contains(t, text, "results/acme-"+name+"/*")
		assert.Contains(t, text, "CatalogKey", "the lake encrypts the catalog")
		assert.Equal(t, "acme-"+name, policy(t, graph.One(roleType, "acme-"+name).String("assumeRolePolicy"))["DSS"].
			Conditions["StringEquals"]["sts:ExternalId"][0])
	}
	assert.Len(t, graph.OfType(workgroupType), 2)
}

func TestLakeFormationDecides(t *testing.T) {
	t.Parallel()
	args := two()
	args.PermissionModel = catalog.ModelLakeFormation
	args.LakeFormation = &catalog.LakeFormation{Admins: []string{"arn:aws:iam::123456789012:role/deployer"}}
	graph := harness.Run(t, dataLake(args), harness.WithoutCheck(harness.CheckPartition, "the test gives ARNs"))
	var places []string
	for _, r := range graph.OfType(registeredType) {
		places = append(places, r.String("arn"))
	}
	assert.Equal(t, []string{"arn:aws:s3:::acme-gold"}, places)
	reach := policy(t, graph.One(rolePolicyType, "acme-sales-data").String("policy"))
	assert.NotContains(t, reach, "Files", "Lake Formation hands out what reads files")
	assert.Contains(t, reach, "LakeFormationData")
	assert.Len(t, graph.OfType(permissionsType), 6)
}

// A hundred connections more cost a hundred times what one costs, and each policy stays as it is.
func TestResourcesGrowWithConnections(t *testing.T) {
	t.Parallel()
	for model, each := range map[catalog.PermissionModel]int{catalog.ModelIAM: 5, catalog.ModelLakeFormation: 8} {
		few, fewEdges := grown(t, 2, model)
		more, moreEdges := grown(t, 12, model)
		many, manyEdges := grown(t, 22, model)
		assert.Equal(t, more-few, many-more, model)
		assert.Equal(t, 10*each, more-few, "%s: %d resources a connection", model, each)
		assert.Equal(t, moreEdges-fewEdges, manyEdges-moreEdges, model)
	}
}

// grown are how many resources a lake with connections has, and how many others they wait for.
func grown(t *testing.T, n int, model catalog.PermissionModel) (resources, edges int) {
	t.Helper()
	args := &lake.DataLakeArgs{
		Zones: []lake.Zone{{Name: "gold", Bucket: lake.Bucket{Name: "acme-gold"}}}, TrustedPrincipalARNs: trusted(), KMSKeyARN: pulumi.String(key),
	}
	if model != catalog.ModelIAM {
		args = withLakeFormation(args, model)
	}
	for i := range n {
		c := sales()
		c.Name, c.Zone = fmt.Sprintf("team-%03d", i), "gold"
		c.Prefix, c.Databases = c.Name, []lake.Database{{Name: fmt.Sprintf("team_%03d", i)}}
		args.Connections = append(args.Connections, c)
	}
	graph := harness.Run(t, dataLake(args), given())
	for _, r := range graph.Resources {
		edges += len(r.Options.Dependencies)
	}
	return len(graph.Resources), edges
}

func TestNothingIsMadeOfWrongArguments(t *testing.T) {
	t.Parallel()
	err := harness.Fail(t, dataLake(&lake.DataLakeArgs{Connections: []lake.Connection{{Name: "a b"}}}))
	for _, path := range []string{"connections[0].name", "connections[0].allowedGroups", "trustedPrincipalArns"} {
		require.ErrorContains(t, err, path)
	}
	err = harness.Fail(t, connection(nil))
	require.ErrorContains(t, err, "name")
	long := strings.Repeat("x", 60)
	err = harness.Fail(t, dataLake(&lake.DataLakeArgs{TrustedPrincipalARNs: trusted(), Connections: []lake.Connection{{Name: long, UsableByEveryone: true}}}))
	assert.ErrorContains(t, err, "connections[0].name")
}
