package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

func lakeOf(model catalog.PermissionModel, change func(*catalog.GlueAthenaCatalogArgs)) catalog.GlueAthenaCatalogArgs {
	args := lake(model)
	change(args)
	return *args
}

func TestProblems(t *testing.T) {
	t.Parallel()
	databases := func(d ...catalog.Database) catalog.GlueAthenaCatalogArgs {
		return catalog.GlueAthenaCatalogArgs{Databases: d}
	}
	workgroups := func(w ...catalog.Workgroup) catalog.GlueAthenaCatalogArgs {
		return catalog.GlueAthenaCatalogArgs{Workgroups: w}
	}
	type Args = catalog.GlueAthenaCatalogArgs
	for _, c := range []struct {
		want string
		args Args
	}{
		{"databases[0].name", databases(catalog.Database{Name: "Not-This"})},
		{"databases[1].name", databases(catalog.Database{Name: "a"}, catalog.Database{Name: "a"})},
		{"databases[0].description", databases(catalog.Database{Name: "a", Description: strings.Repeat("x", 2049)})},
		{"databases[0].description", databases(catalog.Database{Name: "a", Description: "x", Existing: true})},
		{"databases[0].location", databases(catalog.Database{Name: "a", Location: "/here"})},
		{"databases[0].region", databases(catalog.Database{Name: "a", Region: "Ireland"})},
		{"databases[0].location", databases(catalog.Database{Name: "a", Crawler: &catalog.Crawler{}})},
		{"databases[0].crawler.schedule", databases(
			catalog.Database{Name: "a", Location: "s3://lake/", Crawler: &catalog.Crawler{Schedule: "rate(1 day)"}})},
		{"workgroups[0].name", workgroups(catalog.Workgroup{Name: "no spaces"})},
		{"workgroups[0].name", workgroups(catalog.Workgroup{Name: "primary"})},
		{"workgroups[1].name", workgroups(catalog.Workgroup{Name: "a"}, catalog.Workgroup{Name: "a"})},
		{"workgroups[0].description", workgroups(catalog.Workgroup{Name: "a", Description: strings.Repeat("x", 1025)})},
		{"workgroups[0].bytesScannedCutoff", workgroups(catalog.Workgroup{Name: "a", BytesScannedCutoff: 9_999_999})},
		{"resultsRetentionDays", Args{ResultsRetentionDays: -1}},
		{"kmsKeyArn", Args{ResultsBucket: pulumi.String("ours")}},
		{"resultsRetentionDays", Args{ResultsBucket: pulumi.String("ours"), KMSKeyARN: pulumi.String("k"), ResultsRetentionDays: 3}},
		{"permissionModel", Args{PermissionModel: "LF"}},
		{"lakeFormation", Args{LakeFormation: &catalog.LakeFormation{}}},
		{"lakeFormation", Args{PermissionModel: catalog.ModelHybrid}},
		{"lakeFormation.admins", lakeOf(catalog.ModelLakeFormation, func(a *Args) { a.LakeFormation.Admins = nil })},
		{"lakeFormation.admins[0]", lakeOf(catalog.ModelLakeFormation, func(a *Args) { a.LakeFormation.Admins = []string{"me"} })},
		{"lakeFormation.admins[1]", lakeOf(catalog.ModelHybrid, func(a *Args) { a.LakeFormation.Admins = []string{admin, admin} })},
		{"lakeFormation.locations", lakeOf(catalog.ModelHybrid, func(a *Args) { a.LakeFormation.Locations = nil })},
		{"lakeFormation.locations[0]", lakeOf(catalog.ModelHybrid, func(a *Args) { a.LakeFormation.Locations = []string{"lake"} })},
		{"lakeFormation.locations[1]", lakeOf(catalog.ModelHybrid, func(a *Args) {
			a.LakeFormation.Locations = []string{"s3://lake", "s3://lake/raw"}
		})},
		{"lakeFormation.crossAccountVersion", lakeOf(catalog.ModelHybrid, func(a *Args) { a.LakeFormation.CrossAccountVersion = "1" })},
		{"lakeFormation.crossAccountVersion", lakeOf(catalog.ModelHybrid, func(a *Args) {
			a.LakeFormation.Admins, a.LakeFormation.CrossAccountVersion = nil, "4"
		})},
		{"lakeFormation.kmsKeyArns[0]", lakeOf(catalog.ModelHybrid, func(a *Args) { a.LakeFormation.KMSKeyARNs = []string{"mine"} })},
		{"lakeFormation.kmsKeyArns", lakeOf(catalog.ModelHybrid, func(a *Args) {
			a.LakeFormation.KMSKeyARNs, a.LakeFormation.RoleARN = []string{otherKey}, pulumi.String("arn:x:role/lake")
		})},
		{"lakeFormation.locations", lakeOf(catalog.ModelHybrid, func(a *Args) {
			for i := range 200 {
				a.LakeFormation.Locations = append(a.LakeFormation.Locations, fmt.Sprintf("s3://a-bucket-of-a-team-%d", i))
			}
		})},
		{"databases[1].location", lakeOf(catalog.ModelLakeFormation, func(a *Args) { a.Databases[1].Location = "s3://other" })},
	} {
		problems := c.args.Problems()
		if assert.Len(t, problems, 1, c.want) {
			assert.Equal(t, c.want, problems[0].Path)
		}
		require.ErrorContains(t, harness.Fail(t, program(&c.args)), c.want)
	}
}

func TestProblemsAllAtOnce(t *testing.T) {
	t.Parallel()
	args := catalog.GlueAthenaCatalogArgs{
		Databases:            []catalog.Database{{Name: "A"}},
		Workgroups:           []catalog.Workgroup{{Name: "a b", BytesScannedCutoff: 1}},
		ResultsRetentionDays: -1,
		PermissionModel:      "none",
	}
	require.Len(t, args.Problems(), 5)
	assert.Empty(t, (&catalog.GlueAthenaCatalogArgs{}).Problems())
	assert.Empty(t, lake(catalog.ModelLakeFormation).Problems())
}

func TestDefaultsLeaveTheCallersArgumentsAlone(t *testing.T) {
	t.Parallel()
	args := lake(catalog.ModelLakeFormation)
	args.Workgroups = []catalog.Workgroup{{Name: "a"}}
	require.Empty(t, args.Problems())
	assert.Empty(t, args.Databases[0].Crawler.Schedule)
	assert.Zero(t, args.Workgroups[0].BytesScannedCutoff)
}
