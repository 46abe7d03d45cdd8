// A DSS that is installed, licensed and configured: it attaches to an EKS cluster that is there, reads and writes one bucket, which it also
// queries by Athena, and reads another one. One group of people has both, and has one member.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/network"
)

const (
	secrets     = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:" //nolint:gosec // where secrets are, and none
	salesRole   = "arn:aws:iam::111122223333:role/dss-s3-sales"
	archiveRole = "arn:aws:iam::111122223333:role/dss-s3-archive"
	cluster     = "analytics"
)

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	n, err := network.NewNetwork(ctx, "lab", nil)
	if err != nil {
		return err
	}
	d, err := dss.NewDSSInstance(ctx, "dss", &dss.DSSInstanceArgs{
		VPCID: n.VPCID, SubnetID: n.WorkloadSubnetID, After: n.Egress,
		AllowedCIDRs:       []string{"10.0.0.0/8"},
		LicenseSecretARN:   pulumi.String(secrets + "dss/licence-AbCdEf"),
		ClusterNames:       []string{cluster},
		ConnectionRoleARNs: []string{salesRole, archiveRole},
		Installation:       installation(),
		Settings:           settings(),
	})
	if err != nil {
		return err
	}
	ctx.Export("url", d.URL)
	ctx.Export("adminPassword", d.AdminPasswordSecretARN)
	return nil
}

// installation is the default release of DSS, with the driver that Athena connections need.
func installation() dss.Installation {
	return dss.Installation{AthenaDriver: &dss.AthenaDriver{URL: "s3://acme-mirror/athena-jdbc-3.5.0-with-dependencies.jar"}}
}

func settings() dss.Settings {
	return dss.Settings{
		Clusters: []dss.Cluster{{Name: cluster, Attach: &dss.AttachedCluster{EKSName: pulumi.String(cluster)}}},
		S3Connections: []dss.S3Connection{
			{
				Name: "sales", Bucket: pulumi.String("acme-sales"), RoleARN: pulumi.String(salesRole),
				AllowedGroups: []string{"sales"}, GlueDatabase: pulumi.String("sales"),
				Athena: &dss.AthenaConnection{
					Workgroup: pulumi.String("sales"), OutputLocation: pulumi.String("s3://acme-athena-results/sales/"),
				},
			},
			{
				Name: "archive", Bucket: pulumi.String("acme-archive"), RoleARN: pulumi.String(archiveRole),
				AllowedGroups: []string{"sales"}, ReadOnly: true,
			},
		},
		Groups: []dss.Group{{Name: "sales", Description: "People who work with the data of sales"}},
		Users: []dss.User{{
			Login: "ada", Groups: []string{"sales"}, Profile: "FULL_DESIGNER",
			PasswordSecretARN: pulumi.String(secrets + "dss/ada-AbCdEf"),
		}},
	}
}
