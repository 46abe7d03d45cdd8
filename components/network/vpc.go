package network

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/cidr"
)

// emrManagedTag lets the policies that Amazon EMR manages touch a VPC and its subnets.
//
// Source: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-managed-iam-policies.html
const emrManagedTag = "for-use-with-amazon-emr-managed-policies"

// Tags by which the AWS load balancer controllers of Kubernetes find subnets.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
const (
	publicLoadBalancerTag   = "kubernetes.io/role/elb"
	internalLoadBalancerTag = "kubernetes.io/role/internal-elb"
)

// build makes the VPC and all that is in it.
func (n *Network) build() error {
	zones, err := n.zones()
	if err != nil {
		return err
	}
	plan, wrong := cidr.NewPlan(n.args.CIDRBlock, len(zones))
	if err := wrong.Err("Network " + n.name); err != nil {
		return err
	}
	made, err := ec2.NewVpc(n.ctx, n.child("vpc"), &ec2.VpcArgs{
		CidrBlock:          pulumi.String(n.args.CIDRBlock),
		EnableDnsSupport:   pulumi.Bool(true),
		EnableDnsHostnames: pulumi.Bool(true),
		Tags:               n.vpcTags("vpc", ""),
	}, n.parent())
	if err != nil {
		return fmt.Errorf("creating the VPC: %w", err)
	}
	n.VPCID = made.ID().ToStringOutput()
	if err := n.closeDefaultGroup(); err != nil {
		return err
	}
	public, err := n.subnets("public", zones, plan.Public, publicLoadBalancerTag)
	if err != nil {
		return err
	}
	private, err := n.subnets("private", zones, plan.Private, internalLoadBalancerTag)
	if err != nil {
		return err
	}
	n.PublicSubnetIDs, n.PrivateSubnetIDs = ids(public), ids(private)
	n.WorkloadSubnetID = private[0].ID().ToStringOutput()
	n.WorkloadZone = pulumi.String(zones[0]).ToStringOutput()

	tables, err := n.routes(zones, public, private)
	if err != nil {
		return err
	}
	if err := n.gatewayEndpoint(tables); err != nil {
		return err
	}
	if err := n.interfaceEndpoints(n.args.InterfaceEndpoints, made.CidrBlock); err != nil {
		return err
	}
	if !*n.args.FlowLogs {
		return nil
	}
	return n.flowLogs()
}

// closeDefaultGroup takes all rules from the VPC's default security group, which everything is in that names none.
func (n *Network) closeDefaultGroup() error {
	_, err := ec2.NewDefaultSecurityGroup(n.ctx, n.child("default"), &ec2.DefaultSecurityGroupArgs{
		VpcId: n.VPCID, Tags: n.tags("default-closed"),
	}, n.parent())
	if err != nil {
		return fmt.Errorf("closing the default security group: %w", err)
	}
	return nil
}

func (n *Network) subnets(kind string, zones []string, blocks []netip.Prefix, loadBalancerTag string) ([]*ec2.Subnet, error) {
	made := make([]*ec2.Subnet, len(zones))
	for i, zone := range zones {
		role := fmt.Sprintf("%s-%d", kind, i)
		subnet, err := ec2.NewSubnet(n.ctx, n.child(role), &ec2.SubnetArgs{
			VpcId:            n.VPCID,
			AvailabilityZone: pulumi.String(zone),
			CidrBlock:        pulumi.String(blocks[i].String()),
			// Nothing gets a public address by being somewhere: load balancers and gateways bring their own.
			MapPublicIpOnLaunch: pulumi.Bool(false),
			Tags:                n.vpcTags(role+"-"+zone, loadBalancerTag),
		}, n.parent())
		if err != nil {
			return nil, fmt.Errorf("creating %s subnet of %s: %w", kind, zone, err)
		}
		made[i] = subnet
	}
	return made, nil
}

func (n *Network) vpcTags(role, loadBalancerTag string) pulumi.StringMap {
	tags := n.tags(role)
	if loadBalancerTag != "" {
		tags[loadBalancerTag] = pulumi.String("1")
	}
	if n.args.EMRManagedTags {
		tags[emrManagedTag] = pulumi.String("true")
	}
	return tags
}

func ids(subnets []*ec2.Subnet) pulumi.StringArrayOutput {
	var all pulumi.StringArray
	for _, s := range subnets {
		all = append(all, s.ID())
	}
	return all.ToStringArrayOutput()
}
