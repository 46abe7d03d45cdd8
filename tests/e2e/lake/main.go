// Command lake is the Pulumi program of a data lake without a host: its connections trust whom the configuration names.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/pulumi-dss/pulumi-dss/components/lake"
)

func main() { pulumi.Run(run) }

func run(ctx *pulumi.Context) error {
	var connections []lake.Connection
	var trusted []string
	settings := config.New(ctx, "")
	if err := settings.TryObject("connections", &connections); err != nil {
		return err
	}
	if err := settings.TryObject("trusted", &trusted); err != nil {
		return err
	}
	made, err := lake.NewDataLake(ctx, "lake", &lake.DataLakeArgs{
		Zones: []lake.Zone{{Name: "raw"}}, Connections: connections, TrustedPrincipalARNs: pulumi.ToStringArray(trusted),
		AccessLogsBucket: pulumi.String(settings.Get("accessLogsBucket")),
	})
	if err != nil {
		return err
	}
	ctx.Export("kmsKeyArn", made.KMSKeyARN)
	ctx.Export("ownerBucketPolicies", made.OwnerBucketPolicies)
	ctx.Export("ownerKeyPolicies", made.OwnerKeyPolicies)
	ctx.Export("connections", described(made))
	return nil
}

// described is what DSS gets to know of the connections, by name, with what AWS has beside.
func described(made *lake.DataLake) pulumi.Map {
	all := pulumi.Map{}
	for _, settings := range made.DSSConnections() {
		connection := made.Connections[settings.Name]
		all[settings.Name] = pulumi.Map{
			"bucket": settings.Bucket, "path": pulumi.String(settings.Path), "roleArn": orNothing(settings.RoleARN),
			"externalId": pulumi.String(settings.ExternalID), "keyPairSecretArn": orNothing(settings.KeyPairSecretARN),
			"results": connection.ResultsLocation, "userArn": connection.UserARN,
		}
	}
	return all
}

func orNothing(given pulumi.StringInput) pulumi.StringInput {
	if given == nil {
		return pulumi.String("")
	}
	return given
}
