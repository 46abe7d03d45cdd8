// An EKS cluster in subnets that are there, with a pool that scales from nothing and an auditor who may look at it.
package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/pulumi-dss/pulumi-dss/components/compute"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// One provider for everything: pulumi-eks would bring a second one.
		provider, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		pools := compute.DefaultPools()
		pools["large"] = compute.Pool{InstanceTypes: []string{"r7i.8xlarge", "r6i.8xlarge"}, Max: 6, Spot: true}
		settings := config.New(ctx, "")
		c, err := compute.NewComputeEKS(ctx, "lab", &compute.ComputeEKSArgs{
			VPCID:     pulumi.String(settings.Get("vpcId")),
			SubnetIDs: pulumi.StringArray{pulumi.String(settings.Get("subnetA")), pulumi.String(settings.Get("subnetB"))},
			Pools:     pools,
			Access: map[string]compute.Access{
				"audit": {PrincipalARN: "arn:aws:iam::111122223333:role/audit", Policy: compute.View, Namespaces: []string{"dssns-*"}},
			},
			PrivateAccessCIDRs: []string{"10.8.0.0/16"},
		}, pulumi.Providers(provider))
		if err != nil {
			return err
		}
		ctx.Export("kubeconfig", c.Kubeconfig)
		return nil
	})
}
