package catalog_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const otherKey = "arn:aws:kms:us-east-1:210987654321:key/other"

// Locations are registered with a role that reads and writes them with their keys: the service-linked one may use none.
func TestLocationsAreRegisteredWithARoleOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, model := range []catalog.PermissionModel{catalog.ModelLakeFormation, catalog.ModelHybrid} {
		args := lake(model)
		args.Roles = role.Settings{Path: "/lake/", PermissionsBoundary: "arn:aws:iam::123456789012:policy/boundary"}
		args.LakeFormation.KMSKeyARNs = []string{otherKey}
		graph := harness.Run(t, program(args), harness.WithoutCheck(harness.CheckPartition, "ARNs are given"))
		made, policy := graph.One(roleType, "cat-registration"), graph.One(rolePolicyType, "cat-registration-locations")
		registered := graph.One(registeredType, "")
		assert.Equal(t, made.State["arn"].StringValue(), registered.String("roleArn"))
		assert.False(t, registered.Has("useServiceLinkedRole"))
		assert.True(t, graph.DependsOn(registered, policy), "Lake Formation looks whether the role is good for the place")
		assert.Equal(t, "/lake/", made.String("path"))
		assert.Equal(t, args.Roles.PermissionsBoundary, made.String("permissionsBoundary"))
		trust, err := iam.Parse(made.String("assumeRolePolicy"))
		require.NoError(t, err)
		require.Len(t, trust.Statements, 1)
		assert.Equal(t, []string{"lakeformation.amazonaws.com"}, trust.Statements[0].Principal.Service)
		assert.Equal(t, []string{graph.Location.AccountID}, trust.Statements[0].Conditions["StringEquals"]["aws:SourceAccount"])
		may := policy.String("policy")
		for _, part := range []string{graph.One(keyType, "").State["arn"].StringValue(), otherKey, "arn:aws:s3:::lake/*"} {
			quoted, err := json.Marshal(part)
			require.NoError(t, err)
			assert.Contains(t, may, string(quoted))
		}
	}
}

// Who gives a role has it used for every location, and no other one is made.
func TestAGivenRoleIsUsedInstead(t *testing.T) {
	t.Parallel()
	args := lake(catalog.ModelLakeFormation)
	args.LakeFormation.RoleARN = pulumi.String("arn:x:role/lake")
	graph := harness.Run(t, program(args), adminARN())
	assert.Equal(t, "arn:x:role/lake", graph.One(registeredType, "").String("roleArn"))
	for _, r := range graph.OfType(roleType) {
		assert.NotEqual(t, "cat-registration", r.Name)
	}
}

// The role reaches registered locations alone, and uses each key through S3 of the key's region alone.
func TestRegistrationPolicy(t *testing.T) {
	t.Parallel()
	at := location.Location{Partition: "aws", Region: "eu-west-1", AccountID: "123456789012", DNSSuffix: "amazonaws.com"}
	key := "arn:aws:kms:eu-west-1:123456789012:key/ours"
	by := map[string]iam.Statement{}
	places := []string{"s3://whole", "s3://shared/a", "s3://shared/b/c/"}
	for _, s := range catalog.RegistrationPolicy(at, places, []string{"", key, otherKey}).Statements {
		by[s.Sid] = s
	}
	require.Len(t, by, 6)
	assert.Equal(t, []string{"arn:aws:s3:::whole"}, by["Buckets"].Resources)
	assert.Equal(t, []string{"s3:ListBucket"}, by["List0"].Actions)
	assert.Equal(t, []string{"arn:aws:s3:::shared"}, by["List0"].Resources)
	assert.Equal(t, []string{"a/*", "b/c/*"}, by["List0"].Conditions["StringLike"]["s3:prefix"])
	assert.Equal(t, []string{"s3:GetBucketLocation"}, by["Bucket0"].Actions)
	assert.Equal(t, []string{"arn:aws:s3:::whole/*", "arn:aws:s3:::shared/a/*", "arn:aws:s3:::shared/b/c/*"}, by["Files"].Resources)
	assert.Equal(t, []string{key}, by["Keys0"].Resources)
	assert.Equal(t, []string{"s3.eu-west-1.amazonaws.com"}, by["Keys0"].Conditions["StringEquals"]["kms:ViaService"])
	assert.Equal(t, []string{otherKey}, by["Keys1"].Resources)
	assert.Equal(t, []string{"s3.us-east-1.amazonaws.com"}, by["Keys1"].Conditions["StringEquals"]["kms:ViaService"])
}

// An account begins with version 1, which shares with no role of another: where Lake Formation shares, the version is set.
func TestSharingSetsTheVersion(t *testing.T) {
	t.Parallel()
	set := func(model catalog.PermissionModel, change func(*catalog.GlueAthenaCatalogArgs)) any {
		args := lake(model)
		change(args)
		settings := harness.Run(t, program(args), harness.WithoutCheck(harness.CheckPartition, "ARNs are given")).One(lakeSettings, "")
		if !settings.Has("parameters") {
			return nil
		}
		return settings.Plain("parameters")
	}
	share := func(a *catalog.GlueAthenaCatalogArgs) {
		a.Databases[0].SharedWith = []string{"arn:aws:iam::210987654321:role/reader"}
	}
	assert.Equal(t, map[string]any{"CROSS_ACCOUNT_VERSION": "4"}, set(catalog.ModelLakeFormation, share))
	assert.Nil(t, set(catalog.ModelLakeFormation, func(*catalog.GlueAthenaCatalogArgs) {}))
	assert.Nil(t, set(catalog.ModelHybrid, share), "the resource policy shares")
	assert.Equal(t, map[string]any{"CROSS_ACCOUNT_VERSION": "5"}, set(catalog.ModelHybrid, func(a *catalog.GlueAthenaCatalogArgs) {
		a.LakeFormation.CrossAccountVersion = "5"
	}))
}

// AWS RAM is let in by the resource policy where Lake Formation shares beside it, and nowhere else.
func TestBothWaysOfSharing(t *testing.T) {
	t.Parallel()
	for _, both := range []bool{false, true} {
		graph := harness.Run(t, program(&catalog.GlueAthenaCatalogArgs{
			Databases: []catalog.Database{{Name: "a", SharedWith: []string{"210987654321"}}}, LakeFormationShares: both,
		}), harness.WithoutCheck(harness.CheckPartition, "ARNs are given"))
		made := graph.One("aws:glue/resourcePolicy:ResourcePolicy", "")
		assert.Equal(t, both, made.Has("enableHybrid") && made.String("enableHybrid") == "TRUE")
		policy, err := iam.Parse(made.String("policy"))
		require.NoError(t, err)
		if !both {
			assert.Len(t, policy.Statements, 1)
			continue
		}
		require.Len(t, policy.Statements, 2)
		assert.Equal(t, []string{"ram.amazonaws.com"}, policy.Statements[1].Principal.Service)
		assert.Equal(t, []string{"glue:ShareResource"}, policy.Statements[1].Actions)
	}
}

// In hybrid access, permissions have an effect only for those that opted in.
func TestHybridOptsIn(t *testing.T) {
	t.Parallel()
	const optInType = "aws:lakeformation/optIn:OptIn"
	for model, want := range map[catalog.PermissionModel]int{catalog.ModelLakeFormation: 0, catalog.ModelHybrid: 2 + 2*2} {
		graph := harness.Run(t, program(lake(model), func(ctx *pulumi.Context, c *catalog.GlueAthenaCatalog) error {
			to, err := host(ctx, c)
			if err != nil {
				return err
			}
			return c.GrantWrite(ctx, "host", to, catalog.Scope{})
		}), adminARN())
		assert.Len(t, graph.OfType(optInType), want, "the crawler in its database, the host in both")
		if want == 0 {
			continue
		}
		tables := graph.One(optInType, "cat-host-raw-optin-tables")
		assert.Equal(t, graph.One(roleType, "cat-host").State["arn"].StringValue(), tables.String("principals[0].dataLakePrincipalIdentifier"))
		assert.Equal(t, "raw", tables.String("resourceDatas[0].table.databaseName"))
		assert.True(t, tables.Bool("resourceDatas[0].table.wildcard"))
		assert.True(t, graph.DependsOn(tables, graph.One(permissionsType, "cat-host-raw-tables")), "the role would have nothing in between")
	}
}

// A location is registered once in an account, so a registration must not become that of another place.
func TestOneMoreLocationMovesNone(t *testing.T) {
	t.Parallel()
	names := func(locations ...string) map[string]string {
		args := lake(catalog.ModelLakeFormation)
		args.LakeFormation.Locations = locations
		found := map[string]string{}
		for _, r := range harness.Run(t, program(args), adminARN()).OfType(registeredType) {
			found[r.String("arn")] = r.Name
		}
		return found
	}
	before := names("s3://lake/clean", "s3://lake/raw")
	after := names("s3://lake/all", "s3://lake/clean", "s3://lake/raw")
	assert.Len(t, after, 3)
	assert.Subset(t, after, before)
}
