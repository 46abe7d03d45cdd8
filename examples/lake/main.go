// Command lake makes zones of data in S3, and connections of DSS that each reach a folder of one.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/lake"
)

// hostRole is the role of DSS's host, which alone takes the connections' roles.
const hostRole = "arn:aws:iam::123456789012:role/dss-host"

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		made, err := lake.NewDataLake(ctx, "acme", &lake.DataLakeArgs{
			ZonePreset:           lake.BronzeSilverGold,
			TrustedPrincipalARNs: pulumi.StringArray{pulumi.String(hostRole)},
			Connections: []lake.Connection{
				{
					Name: "sales", Zone: "gold", Prefix: "sales/", AllowedGroups: []string{"sales"},
					Databases: []lake.Database{{Name: "sales"}}, Athena: &lake.Athena{},
				},
				{Name: "deliveries", Zone: "bronze", Prefix: "deliveries/", ReadOnly: true, AllowedGroups: []string{"sales", "supply"}},
			},
			Tags: map[string]string{"project": "dss", "env": "dev"},
		})
		if err != nil {
			return err
		}
		ctx.Export("zones", made.ZoneBuckets)
		// dss.Settings.S3Connections takes made.DSSConnections().
		ctx.Export("roles", made.RoleARNs)
		return nil
	})
}
