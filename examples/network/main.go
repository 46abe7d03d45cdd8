// A VPC with room for pods in three zones, and nothing else of the platform.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/network"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		n, err := network.NewNetwork(ctx, "lab", &network.NetworkArgs{
			CIDRBlock:          "10.20.0.0/16",
			ZoneCount:          3,
			NAT:                network.NATPerZone,
			InterfaceEndpoints: []string{"ecr.api", "ecr.dkr", "sts"},
			Tags:               map[string]string{"team": "data"},
		})
		if err != nil {
			return err
		}
		ctx.Export("vpcId", n.VPCID)
		ctx.Export("privateSubnetIds", n.PrivateSubnetIDs)
		return nil
	})
}
