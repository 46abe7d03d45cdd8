// A host for DSS in a network of its own, reached through a load balancer with HTTPS, and nothing else of the platform.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/network"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		n, err := network.NewNetwork(ctx, "lab", nil)
		if err != nil {
			return err
		}
		d, err := dss.NewDSSInstance(ctx, "dss", &dss.DSSInstanceArgs{
			VPCID:    n.VPCID,
			SubnetID: n.WorkloadSubnetID,
			After:    n.Egress,
			LoadBalancer: &dss.LoadBalancer{
				SubnetIDs:    n.PrivateSubnetIDs,
				AllowedCIDRs: []string{"10.0.0.0/8"},
				DomainName:   "dss.example.com",
				HostedZoneID: "Z0123456789ABCDEFGHIJ",
			},
			DataVolume: dss.DataVolume{SizeGiB: 300},
			Tags:       map[string]string{"team": "data"},
		})
		if err != nil {
			return err
		}
		ctx.Export("url", d.URL)
		ctx.Export("shell", d.SSMCommand)
		return nil
	})
}
