package lake_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	bucketPolicyType   = "aws:s3/bucketPolicy:BucketPolicy"
	dataCatalogType    = "aws:athena/dataCatalog:DataCatalog"
	resourcePolicyType = "aws:glue/resourcePolicy:ResourcePolicy"

	partner = "210987654321"
	reader  = "arn:aws:iam::310987654321:role/reader"
)

// shared are the two connections of [two], of which the first is shared.
func shared() *lake.DataLakeArgs {
	args := two()
	args.Connections[0].SharedWith = []string{partner, reader}
	return args
}

func given() harness.Option {
	return harness.WithoutCheck(harness.CheckPartition, "the test gives ARNs")
}

// principals are those of statements that allow, without the account's own.
func principals(t *testing.T, text string) []string {
	t.Helper()
	document, err := iam.Parse(text)
	require.NoError(t, err)
	var found []string
	for _, s := range document.Statements {
		if s.Effect == iam.EffectAllow && s.Principal != nil {
			found = append(found, s.Principal.AWS...)
		}
	}
	return found
}

func TestSharedConnectionsAreReadByOthers(t *testing.T) {
	t.Parallel()
	with := []string{"arn:aws:iam::" + partner + ":root", reader}
	graph := harness.Run(t, dataLake(shared()), given())

	glue := policy(t, graph.One(resourcePolicyType, "").String("policy"))
	require.Len(t, glue, 1)
	assert.Equal(t, with, glue["Share0"].Principal.AWS)
	assert.Equal(t, []string{
		"arn:aws:glue:eu-west-1:123456789012:catalog", "arn:aws:glue:eu-west-1:123456789012:database/sales",
		"arn:aws:glue:eu-west-1:123456789012:table/sales/*",
	}, glue["Share0"].Resources)
	for _, action := range glue["Share0"].Actions {
		assert.Regexp(t, "^glue:(Batch)?Get", action)
	}
	assert.False(t, graph.One(resourcePolicyType, "").Has("enableHybrid"))

	files := policy(t, graph.One(bucketPolicyType, "acme-zone-gold-policy").String("policy"))
	assert.Equal(t, []string{"arn:aws:s3:::acme-gold/sales/*"}, files["Files"].Resources)
	assert.Equal(t, []string{"s3:GetObject"}, files["Files"].Actions)
	assert.Equal(t, with, files["Files"].Principal.AWS)
	assert.Equal(t, iam.Conditions{"StringLike": {"s3:prefix": {"sales/*"}}}, files["FilesList"].Conditions)
	assert.Contains(t, files, "TLSOnly")

	use := policy(t, graph.One(keyType, "").String("policy"))["Shared"]
	assert.Equal(t, with, use.Principal.AWS)
	assert.Equal(t, []string{"kms:Decrypt"}, use.Actions)
	assert.Equal(t, []string{"glue.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"}, use.Conditions["StringEquals"]["kms:ViaService"])
}

func TestNothingIsSharedUnlessAsked(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, dataLake(two()), given())
	assert.Empty(t, graph.OfType(resourcePolicyType))
	for _, r := range graph.OfType(bucketPolicyType) {
		assert.Empty(t, principals(t, r.String("policy")), r.Name)
	}
	assert.NotContains(t, graph.One(keyType, "").String("policy"), "Shared")
}

// What is not the deployment's is not touched: its owner gets to know what to add.
func TestPoliciesOfOthersAreOutputs(t *testing.T) {
	t.Parallel()
	args := shared()
	args.ExistingResourcePolicy = true
	args.Zones[0].Bucket = lake.Bucket{Name: "acme-gold", Existing: true}
	args.KMSKeyARN = pulumi.String(key)
	graph := harness.Run(t, dataLake(args, func(ctx *pulumi.Context, l *lake.DataLake) error {
		ctx.Export("catalogPolicy", l.SharedCatalogPolicy)
		ctx.Export("keyPolicy", l.SharedKeyPolicy)
		ctx.Export("bucketPolicies", l.SharedBucketPolicies)
		return nil
	}), given())
	assert.Empty(t, graph.OfType(resourcePolicyType))
	assert.Contains(t, policy(t, graph.Export("catalogPolicy").(string)), "Share0")
	assert.Contains(t, policy(t, graph.Export("keyPolicy").(string)), "Shared")
	theirs := graph.Export("bucketPolicies").(map[string]any)
	require.Len(t, theirs, 1)
	assert.Equal(t, []string{"arn:aws:s3:::acme-gold/sales/*"}, policy(t, theirs["sales"].(string))["Files"].Resources)
}

// KMS is called by S3 of the bucket's region, wherever the platform is.
func TestKeysOfSharedBucketsElsewhere(t *testing.T) {
	t.Parallel()
	args := shared()
	args.Zones[0].Bucket = lake.Bucket{
		Name: "acme-gold", Existing: true, Region: "us-east-1", KMSKeyARN: "arn:aws:kms:us-east-1:123456789012:key/there",
	}
	graph := harness.Run(t, dataLake(args, func(ctx *pulumi.Context, l *lake.DataLake) error {
		ctx.Export("all", l.SharedKeyPolicy)
		ctx.Export("one", l.Connections["sales"].SharedKeyPolicy)
		ctx.Export("none", l.Connections["people"].SharedKeyPolicy)
		return nil
	}), given())
	for _, name := range []string{"all", "one"} {
		use := policy(t, graph.Export(name).(string))
		require.Len(t, use, 2, name)
		there := use["Shareduseast1"]
		assert.Equal(t, []string{"s3.us-east-1.amazonaws.com"}, there.Conditions["StringEquals"]["kms:ViaService"])
		assert.Equal(t, []string{"arn:aws:iam::" + partner + ":root", reader}, there.Principal.AWS)
		assert.Equal(t, []string{"kms:Decrypt"}, there.Actions)
		assert.Contains(t, use["Shared"].Conditions["StringEquals"]["kms:ViaService"], "glue.eu-west-1.amazonaws.com")
	}
	assert.Empty(t, graph.Export("none"))
}

func withLakeFormation(args *lake.DataLakeArgs, model catalog.PermissionModel) *lake.DataLakeArgs {
	args.PermissionModel = model
	args.LakeFormation = &catalog.LakeFormation{Admins: []string{"arn:aws:iam::123456789012:role/deployer"}}
	return args
}

func TestLakeFormationShares(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, dataLake(withLakeFormation(shared(), catalog.ModelLakeFormation)), given())
	assert.Empty(t, graph.OfType(resourcePolicyType))
	granted := map[string]int{}
	for _, r := range graph.OfType(permissionsType) {
		if who := r.String("principal"); who == partner || who == reader {
			granted[who]++
			given, _ := r.Value("permissions")
			for _, permission := range given.ArrayValue() {
				assert.Contains(t, []string{"DESCRIBE", "SELECT"}, permission.StringValue())
			}
		}
	}
	assert.Equal(t, map[string]int{partner: 2, reader: 2}, granted, "the database, and its tables")
	assert.Empty(t, principals(t, graph.One(bucketPolicyType, "acme-zone-gold-policy").String("policy")), "Lake Formation hands out what reads files")

	graph = harness.Run(t, dataLake(withLakeFormation(shared(), catalog.ModelHybrid)), given())
	assert.Equal(t, "TRUE", graph.One(resourcePolicyType, "").String("enableHybrid"))
}

// Two teams may read the same market data. Problems of what comes after it still say where it is.
func TestConnectionsReadTheSameDatabaseOfAnotherAccount(t *testing.T) {
	t.Parallel()
	args := two()
	market := lake.Database{Name: "market", Existing: true, CatalogID: partner}
	for i := range args.Connections {
		args.Connections[i].Databases = append([]lake.Database{market}, args.Connections[i].Databases...)
	}
	graph := harness.Run(t, dataLake(args), given())
	assert.Len(t, graph.OfType(dataCatalogType), 1)
	readers := 0
	for _, r := range graph.OfType(rolePolicyType) {
		if may, reads := policy(t, r.String("policy"))["Foreign0"]; reads {
			readers++
			assert.Contains(t, may.Resources, "arn:aws:glue:eu-west-1:210987654321:database/market")
		}
	}
	assert.Equal(t, 2, readers)

	args.Connections[1].Databases[1].Name = "Not-This"
	require.Len(t, args.Problems(), 1)
	assert.Equal(t, "connections[1].databases[1].name", args.Problems()[0].Path)
	args = two()
	args.Connections[0].Databases = append(args.Connections[0].Databases, market, market)
	require.Len(t, args.Problems(), 1, "within a connection it is a mistake")
	args = two()
	args.Connections[0].Databases = append(args.Connections[0].Databases, market)
	market.CatalogKMSKeyARN = "arn:aws:kms:eu-west-1:210987654321:key/theirs"
	args.Connections[1].Databases = append(args.Connections[1].Databases, market)
	require.Len(t, args.Problems(), 1, "a catalog has one key")
}

func TestDatabasesOfOtherAccountsAreRead(t *testing.T) {
	t.Parallel()
	const theirKey = "arn:aws:kms:eu-west-1:210987654321:key/theirs"
	c := sales()
	c.Databases = append(c.Databases, lake.Database{Name: "market", Existing: true, CatalogID: partner, CatalogKMSKeyARN: theirKey})
	graph := harness.Run(t, connection(&lake.S3ConnectionArgs{Connection: c, TrustedPrincipalARNs: trusted()},
		func(ctx *pulumi.Context, c *lake.S3Connection) error {
			ctx.Export("catalogPolicies", c.OwnerCatalogPolicies)
			return nil
		}), given())
	assert.Len(t, graph.OfType(databaseType), 1)
	assert.Equal(t, "sales", graph.Export("database"), "DSS registers its datasets here")
	known := graph.One(dataCatalogType, "")
	assert.Equal(t, "sales_catalog_"+partner, known.String("name"))
	assert.Equal(t, partner, known.String("parameters.catalog-id"))

	may := policy(t, graph.One(rolePolicyType, "sales-data").String("policy"))
	resources := []string{
		"arn:aws:glue:eu-west-1:210987654321:catalog", "arn:aws:glue:eu-west-1:210987654321:database/market",
		"arn:aws:glue:eu-west-1:210987654321:table/market/*",
	}
	assert.Equal(t, resources, may["Foreign0"].Resources)
	assert.NotContains(t, strings.Join(may["CatalogWrite"].Resources, " "), "market")
	assert.Equal(t, []string{theirKey}, may["ForeignKey0"].Resources)
	assert.Equal(t, []string{"arn:aws:athena:eu-west-1:123456789012:datacatalog/sales_catalog_" + partner}, may["QueryForeign"].Resources)

	theirs, err := iam.Parse(graph.Export("catalogPolicies").(map[string]any)[partner].(string))
	require.NoError(t, err)
	require.Len(t, theirs.Statements, 1)
	assert.Equal(t, resources, theirs.Statements[0].Resources)
	assert.Contains(t, theirs.Statements[0].Principal.AWS[0], ":role/dss-connections/sales")
}
