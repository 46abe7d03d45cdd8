// Command catalog makes the databases and the Athena workgroups of a DSS platform.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/catalog"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		made, err := catalog.NewGlueAthenaCatalog(ctx, "lake", &catalog.GlueAthenaCatalogArgs{
			Databases: []catalog.Database{
				{Name: "raw", Description: "As it was delivered", Location: "s3://acme-lake/raw/", Crawler: &catalog.Crawler{}},
				{Name: "clean", Description: "What DSS makes of it", Location: "s3://acme-lake/clean/"},
			},
			Workgroups: []catalog.Workgroup{
				{Name: "dss"},
				{Name: "analysts", BytesScannedCutoff: 100_000_000_000},
			},
			Tags: map[string]string{"project": "dss", "env": "dev"},
		})
		if err != nil {
			return err
		}
		// What the Athena connections of DSS are given.
		ctx.Export("workgroups", made.WorkgroupNames)
		ctx.Export("resultsLocations", made.ResultsLocations)
		return nil
	})
}
