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
	"github.com/pulumi-dss/pulumi-dss/components/lake"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const settingsType = "aws:lakeformation/dataLakeSettings:DataLakeSettings"

// entries are how long a list among the inputs is; -1 where it is not given.
func entries(t *testing.T, r *harness.Resource, path string) int {
	t.Helper()
	value, has := r.Value(path)
	if !has {
		return -1
	}
	return len(value.ArrayValue())
}

// Lake Formation's settings are the account's: they are made once, take IAM's access away by default, and everything waits for them.
func TestLakeFormationIsSetBeforeDatabasesAreMade(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, dataLake(withLakeFormation(two(), catalog.ModelLakeFormation)), given())
	settings := graph.One(settingsType, "")
	assert.Equal(t, 0, entries(t, settings, "createDatabaseDefaultPermissions"), "nothing for IAM_ALLOWED_PRINCIPALS")
	assert.Equal(t, 0, entries(t, settings, "createTableDefaultPermissions"))
	assert.True(t, settings.Options.RetainOnDelete, "the account shares them")
	for _, kind := range []string{databaseType, registeredType, permissionsType} {
		for _, r := range graph.OfType(kind) {
			assert.True(t, graph.DependsOn(r, settings), "%s waits for the settings", r.Name)
		}
	}
	for _, r := range graph.OfType(databaseType) {
		assert.False(t, r.Has("createTableDefaultPermissions"), "the provider cannot give less than the settings do")
	}
	for _, place := range graph.OfType(registeredType) {
		assert.False(t, place.Bool("hybridAccessEnabled"))
		assert.False(t, place.Has("useServiceLinkedRole"), "it may not use the bucket's key")
	}
}

// Roles get permissions of Lake Formation on what is theirs, once its place is registered, and no files through S3.
func TestLakeFormationGrantsInsteadOfPolicies(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, dataLake(withLakeFormation(two(), catalog.ModelLakeFormation)), given())
	for name, other := range map[string]string{"sales": "people", "people": "sales"} {
		may := policy(t, graph.One(rolePolicyType, "acme-"+name+"-data").String("policy"))
		assert.NotContains(t, may, "Files")
		assert.NotContains(t, may, "FilesKey")
		var databases, places []string
		for _, r := range graph.OfType(permissionsType) {
			if !strings.Contains(r.String("principal"), "/acme-"+name) {
				continue
			}
			for path, into := range map[string]*[]string{"database.name": &databases, "table.databaseName": &databases, "dataLocation.arn": &places} {
				if r.Has(strings.Split(path, ".")[0]) {
					*into = append(*into, r.String(path))
				}
			}
			for _, place := range graph.OfType(registeredType) {
				assert.True(t, graph.DependsOn(r, place), "%s waits for its zone", r.Name)
			}
		}
		assert.Equal(t, []string{name, name}, databases)
		assert.NotContains(t, databases, other)
		require.Len(t, places, 1)
		assert.Equal(t, "arn:aws:s3:::acme-gold/"+name, places[0])
	}
}

// Hybrid access leaves IAM's as it is, and the usual defaults.
func TestHybridAccessKeepsPolicies(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, dataLake(withLakeFormation(two(), catalog.ModelHybrid)), given())
	settings := graph.One(settingsType, "")
	assert.Equal(t, "IAM_ALLOWED_PRINCIPALS", settings.String("createTableDefaultPermissions[0].principal"))
	for _, place := range graph.OfType(registeredType) {
		assert.True(t, place.Bool("hybridAccessEnabled"))
	}
	may := policy(t, graph.One(rolePolicyType, "acme-sales-data").String("policy"))
	assert.Contains(t, may, "Files")
	assert.Contains(t, may, "LakeFormationData")
}

// A second lake of an account leaves the settings to the first, and waits for them.
func TestTwoLakesSetTheAccountOnce(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, func(ctx *pulumi.Context) error {
		first, err := lake.NewDataLake(ctx, "acme", withLakeFormation(two(), catalog.ModelLakeFormation))
		if err != nil {
			return err
		}
		other := withLakeFormation(&lake.DataLakeArgs{
			Connections: []lake.Connection{{
				Name: "b", UsableByEveryone: true, Bucket: lake.Bucket{Name: "acme-b"}, Databases: []lake.Database{{Name: "b"}}, Athena: &lake.Athena{},
			}},
			TrustedPrincipalARNs: trusted(), After: first.Catalog.Settings(), CatalogKMSKeyARN: first.KMSKeyARN,
		}, catalog.ModelLakeFormation)
		other.LakeFormation = &catalog.LakeFormation{ExistingSettings: true}
		_, err = lake.NewDataLake(ctx, "other", other)
		return err
	}, given())
	settings := graph.One(settingsType, "")
	encryption := graph.One("aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings", "")
	made := graph.One(databaseType, "other-catalog-database-b")
	assert.True(t, graph.DependsOn(made, settings))
	assert.True(t, graph.DependsOn(made, encryption), "what is written before is not encrypted")
}

// Lake Formation's role uses the lake's key, and those of buckets that were there before.
func TestLakeFormationsRoleHasTheKeysOfTheData(t *testing.T) {
	t.Parallel()
	const before = "arn:aws:kms:eu-central-1:123456789012:key/before"
	const plain = "arn:aws:kms:eu-central-1:123456789012:key/plain"
	on := true
	args := withLakeFormation(two(), catalog.ModelLakeFormation)
	args.Connections = append(args.Connections, lake.Connection{
		Name: "old", UsableByEveryone: true, Athena: &lake.Athena{}, Databases: []lake.Database{{Name: "old"}},
		Bucket: lake.Bucket{Name: "acme-old", Existing: true, KMSKeyARN: before, Region: "eu-central-1"},
	}, lake.Connection{
		Name: "plain", UsableByEveryone: true, DirectFiles: &on,
		Bucket: lake.Bucket{Name: "acme-plain", Existing: true, KMSKeyARN: plain, Region: "eu-central-1"},
	})
	graph := harness.Run(t, dataLake(args), given(), harness.WithoutCheck(harness.CheckPartition, "keys are given"))
	by := map[string]iam.Statement{}
	doc, err := iam.Parse(graph.One(rolePolicyType, "acme-catalog-registration-locations").String("policy"))
	require.NoError(t, err)
	for _, s := range doc.Statements {
		for _, resource := range s.Resources {
			by[resource] = s
		}
	}
	lakeKey := graph.One(keyType, "").State["arn"].StringValue()
	assert.Equal(t, []string{"s3.eu-west-1.amazonaws.com"}, by[lakeKey].Conditions["StringEquals"]["kms:ViaService"])
	assert.Equal(t, []string{"s3.eu-central-1.amazonaws.com"}, by[before].Conditions["StringEquals"]["kms:ViaService"])
	assert.NotContains(t, by, plain, "nothing of it is registered")
	assert.Contains(t, by, "arn:aws:s3:::acme-old/*")
	args.LakeFormation.RoleARN = pulumi.String("arn:x:role/lake")
	graph = harness.Run(t, dataLake(args), given(), harness.WithoutCheck(harness.CheckPartition, "keys are given"))
	for _, r := range graph.OfType(registeredType) {
		assert.Equal(t, "arn:x:role/lake", r.String("roleArn"))
	}
}

// Where the connection does not come itself, Lake Formation's role does, and the owner of a bucket and its key lets that in alone.
func TestOwnersLetInLakeFormation(t *testing.T) {
	t.Parallel()
	off := false
	for model, direct := range map[catalog.PermissionModel]bool{catalog.ModelLakeFormation: false, catalog.ModelHybrid: true} {
		c := foreign()
		c.PodIdentities, c.Databases[0].Crawler, c.ReadOnly = nil, nil, true
		if !direct {
			c.DirectFiles = &off
		}
		args := withLakeFormation(&lake.DataLakeArgs{TrustedPrincipalARNs: trusted(), Connections: []lake.Connection{c}}, model)
		graph := harness.Run(t, dataLake(args, func(ctx *pulumi.Context, l *lake.DataLake) error {
			ctx.Export("buckets", l.OwnerBucketPolicies)
			ctx.Export("keys", l.OwnerKeyPolicies)
			return nil
		}), given())
		readers := []string{graph.One(roleType, "acme-catalog-registration").State["arn"].StringValue()}
		writer := readers[0]
		if direct {
			readers = append(readers, graph.One(roleType, "acme-sales").State["arn"].StringValue())
		}
		files, use := graph.Export("buckets").(map[string]any)["sales"].(string), graph.Export("keys").(map[string]any)["sales"].(string)
		for action, who := range map[string][]string{"s3:GetObject": readers, "s3:ListBucket": readers, "s3:PutObject": {writer}} {
			assert.ElementsMatch(t, who, letIn(t, files, action), "%s with %s", action, model)
		}
		for action, who := range map[string][]string{"kms:Decrypt": readers, "kms:GenerateDataKey": {writer}} {
			assert.ElementsMatch(t, who, letIn(t, use, action), "%s with %s", action, model)
		}
	}
}

// letIn are those whom a policy allows an action.
func letIn(t *testing.T, text, action string) []string {
	t.Helper()
	document, err := iam.Parse(text)
	require.NoError(t, err)
	var who []string
	for _, s := range document.Statements {
		if slices.Contains(s.Actions, action) {
			who = append(who, s.Principal.AWS...)
		}
	}
	return who
}

// A zone is registered once, whatever number of connections it has. Rights to put tables somewhere stay with each connection's folder.
func TestAZoneIsRegisteredOnce(t *testing.T) {
	t.Parallel()
	args := withLakeFormation(&lake.DataLakeArgs{
		Zones: []lake.Zone{
			{Name: "gold", Bucket: lake.Bucket{Name: "acme-gold"}}, {Name: "old", Bucket: lake.Bucket{Name: "acme-old", Existing: true}},
		},
		TrustedPrincipalARNs: trusted(),
	}, catalog.ModelLakeFormation)
	add := func(name string, c lake.Connection) {
		c.Name, c.UsableByEveryone, c.Databases, c.Athena = name, true, []lake.Database{{Name: name, Path: "tables"}}, &lake.Athena{}
		args.Connections = append(args.Connections, c)
	}
	add("same", lake.Connection{Bucket: lake.Bucket{Name: "acme-gold", Existing: true}, Prefix: "same/"})
	for i := range 100 {
		add(fmt.Sprintf("g%d", i), lake.Connection{Zone: "gold", Prefix: fmt.Sprintf("g%d/", i)})
	}
	add("own", lake.Connection{Bucket: lake.Bucket{Name: "acme-own"}})
	add("before", lake.Connection{Zone: "old", Prefix: "before/"})
	graph := harness.Run(t, dataLake(args), given())
	var places []string
	for _, r := range graph.OfType(registeredType) {
		places = append(places, r.String("arn"))
		own := graph.One(permissionsType, "acme-catalog-acme-own-own-data")
		assert.Equal(t, r.String("arn") == "arn:aws:s3:::acme-own", graph.DependsOn(own, r), "permissions wait for their own place alone")
	}
	assert.ElementsMatch(t, []string{"arn:aws:s3:::acme-gold", "arn:aws:s3:::acme-own", "arn:aws:s3:::acme-old/before"}, places)
	for name, where := range map[string]string{"g7": "acme-gold/g7", "own": "acme-own", "before": "acme-old/before", "same": "acme-gold/same"} {
		assert.Equal(t, "arn:aws:s3:::"+where, graph.One(permissionsType, "acme-catalog-acme-"+name+"-"+name+"-data").String("dataLocation.arn"))
	}
}
