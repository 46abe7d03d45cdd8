package network

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/location"
)

// Network is the VPC of a platform.
//
// It carries out what the reference architecture presupposes in "Prepare the instance" (the security group whose
// members reach each other) and in "Install EKS plugin" (two subnets in the VPC of DSS).
type Network struct {
	pulumi.ResourceState

	// VPCID is the VPC's id.
	VPCID pulumi.StringOutput `pulumi:"vpcId"`
	// PrivateSubnetIDs are the private subnets, one a zone, the workload zone's first.
	PrivateSubnetIDs pulumi.StringArrayOutput `pulumi:"privateSubnetIds"`
	// PublicSubnetIDs are the public subnets, one a zone.
	PublicSubnetIDs pulumi.StringArrayOutput `pulumi:"publicSubnetIds"`
	// WorkloadSubnetID is the private subnet where DSS and its nodes run: one zone, as the reference architecture
	// assumes, so that traffic between them is fast and free.
	WorkloadSubnetID pulumi.StringOutput `pulumi:"workloadSubnetId"`
	// WorkloadZone is the availability zone of that subnet.
	WorkloadZone pulumi.StringOutput `pulumi:"workloadZone"`
	// SharedSecurityGroupID is the group whose members reach each other.
	SharedSecurityGroupID pulumi.StringOutput `pulumi:"sharedSecurityGroupId"`
	// Egress is what private subnets need to reach the internet. What downloads at boot depends on it.
	Egress []pulumi.Resource

	ctx      *pulumi.Context
	name     string
	args     *NetworkArgs
	location location.Location
}

// NewNetwork builds or adopts a VPC.
//
// It fails with a [*problem.Error] that lists everything that is wrong with the arguments, before anything is created.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	if args == nil {
		args = &NetworkArgs{}
	}
	if err := args.Problems().Err("Network " + name); err != nil {
		return nil, err
	}
	n := &Network{ctx: ctx, name: name, args: args.withDefaults()}
	if err := ctx.RegisterComponentResourceV2(Token, name, n.inputs(), n, opts...); err != nil {
		return nil, fmt.Errorf("registering network %s: %w", name, err)
	}
	var err error
	if n.location, err = location.Lookup(ctx, n); err != nil {
		return nil, err
	}
	if n.args.Adopt != nil {
		err = n.adopt()
	} else {
		err = n.build()
	}
	if err != nil {
		return nil, err
	}
	if err := n.sharedGroup(); err != nil {
		return nil, err
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{
		"vpcId":                 n.VPCID,
		"privateSubnetIds":      n.PrivateSubnetIDs,
		"publicSubnetIds":       n.PublicSubnetIDs,
		"workloadSubnetId":      n.WorkloadSubnetID,
		"workloadZone":          n.WorkloadZone,
		"sharedSecurityGroupId": n.SharedSecurityGroupID,
	})
}

func (n *Network) inputs() pulumi.Map {
	inputs := pulumi.Map{
		"nat":                pulumi.String(n.args.NAT),
		"interfaceEndpoints": pulumi.ToStringArray(n.args.InterfaceEndpoints),
	}
	if n.args.Adopt != nil {
		inputs["adopt"] = pulumi.String(n.args.Adopt.VPCID)
		return inputs
	}
	inputs["cidrBlock"] = pulumi.String(n.args.CIDRBlock)
	inputs["zoneCount"] = pulumi.Int(n.args.ZoneCount)
	return inputs
}

// sharedGroup makes the group whose members reach each other, unless one was given.
func (n *Network) sharedGroup() error {
	if given := n.args.SharedSecurityGroupID; given != nil {
		n.SharedSecurityGroupID = given.ToStringOutput()
		return nil
	}
	group, err := ec2.NewSecurityGroup(n.ctx, n.child("shared"), &ec2.SecurityGroupArgs{
		Description: pulumi.String("DSS platform: members reach each other"),
		VpcId:       n.VPCID,
		Tags:        n.tags("shared"),
	}, n.parent())
	if err != nil {
		return fmt.Errorf("creating the shared security group: %w", err)
	}
	n.SharedSecurityGroupID = group.ID().ToStringOutput()
	_, err = vpc.NewSecurityGroupIngressRule(n.ctx, n.child("shared-members"), &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId:           group.ID(),
		ReferencedSecurityGroupId: group.ID(),
		Description:               pulumi.String("All traffic from members"),
		IpProtocol:                pulumi.String("-1"),
		Tags:                      n.tags("shared-members"),
	}, n.parent())
	if err != nil {
		return fmt.Errorf("opening the shared security group to its members: %w", err)
	}
	_, err = vpc.NewSecurityGroupEgressRule(n.ctx, n.child("shared-out"), &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: group.ID(),
		Description:     pulumi.String("All traffic out: what leaves the VPC is up to its routes"),
		IpProtocol:      pulumi.String("-1"),
		CidrIpv4:        pulumi.String("0.0.0.0/0"),
		Tags:            n.tags("shared-out"),
	}, n.parent())
	if err != nil {
		return fmt.Errorf("letting members of the shared security group out: %w", err)
	}
	return nil
}

func (n *Network) parent() pulumi.ResourceOption { return pulumi.Parent(n) }

func (n *Network) child(role string) string { return n.name + "-" + role }

// tags are the caller's, with the name that the console shows.
func (n *Network) tags(role string) pulumi.StringMap {
	tags := map[string]string{"Name": n.child(role)}
	maps.Copy(tags, n.args.Tags)
	return pulumi.ToStringMap(tags)
}
