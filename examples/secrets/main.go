// Command secrets makes the secrets of a DSS platform.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/pulumi-dss/pulumi-dss/components/secrets"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		made, err := secrets.NewPlatformSecrets(ctx, "dss", &secrets.PlatformSecretsArgs{
			License: config.GetSecret(ctx, "license"),
			Further: []secrets.Secret{{Name: "analyst-password", Description: "First password of the user analyst"}},
			Tags:    map[string]string{"project": "dss", "env": "dev"},
		})
		if err != nil {
			return err
		}
		// What NewDSSInstance is given.
		ctx.Export("adminPasswordArn", made.AdminPasswordARN)
		ctx.Export("licenseArn", made.LicenseARN)
		return nil
	})
}
