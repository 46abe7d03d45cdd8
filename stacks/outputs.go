package stacks

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Export makes the stack's outputs: what a person needs next.
func (p *Platform) Export(ctx *pulumi.Context) {
	ctx.Export("vpcId", p.Network.VPCID)
	ctx.Export("privateSubnetIds", p.Network.PrivateSubnetIDs)
}
