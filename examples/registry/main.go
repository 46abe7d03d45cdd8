// Command registry makes the container registry of a DSS platform.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/registry"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		tags := map[string]string{"project": "dss", "env": "dev"}
		images, err := registry.NewECRRegistry(ctx, "images", &registry.ECRRegistryArgs{
			Prefix:     "dss-dev",
			KeepTagged: 10,
			Tags:       tags,
		})
		if err != nil {
			return err
		}
		// What DSS is given as "Image registry URL", under Administration, Containerized execution.
		ctx.Export("imageRegistryURL", images.ImageURLPrefix)
		return nil
	})
}
