package network

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// adopt looks at the VPC that is there, and adds only what was asked for.
func (n *Network) adopt() error {
	adopted := n.args.Adopt
	n.VPCID = pulumi.String(adopted.VPCID).ToStringOutput()
	n.PrivateSubnetIDs = pulumi.ToStringArray(adopted.PrivateSubnetIDs).ToStringArrayOutput()
	n.PublicSubnetIDs = pulumi.ToStringArray(adopted.PublicSubnetIDs).ToStringArrayOutput()
	n.WorkloadSubnetID = pulumi.String(adopted.PrivateSubnetIDs[0]).ToStringOutput()
	private, err := n.lookUpSubnets(adopted.PrivateSubnetIDs)
	if err != nil {
		return err
	}
	public, err := n.lookUpSubnets(adopted.PublicSubnetIDs)
	if err != nil {
		return err
	}
	n.WorkloadZone = pulumi.String(private[0].zone).ToStringOutput()
	vpc, err := ec2.LookupVpc(n.ctx, &ec2.LookupVpcArgs{Id: &adopted.VPCID}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("looking at VPC %s: %w", adopted.VPCID, err)
	}
	wrong := vpcProblems(vpc)
	wrong.Under("privateSubnetIds", subnetProblems(adopted.VPCID, private, true))
	wrong.Under("publicSubnetIds", subnetProblems(adopted.VPCID, public, false))
	var placed problem.List
	placed.Under("adopt", wrong)
	if err := placed.Err("Network " + n.name); err != nil {
		return err
	}
	return n.interfaceEndpoints(n.args.InterfaceEndpoints, pulumi.String(vpc.CidrBlock).ToStringOutput())
}

// adoptedSubnet is what was found out about a subnet.
type adoptedSubnet struct{ id, vpcID, zone, zoneID string }

func (n *Network) lookUpSubnets(ids []string) ([]adoptedSubnet, error) {
	found := make([]adoptedSubnet, len(ids))
	for i, id := range ids {
		subnet, err := ec2.LookupSubnet(n.ctx, &ec2.LookupSubnetArgs{Id: &id}, pulumi.Parent(n))
		if err != nil {
			return nil, fmt.Errorf("looking at subnet %s: %w", id, err)
		}
		found[i] = adoptedSubnet{id, subnet.VpcId, subnet.AvailabilityZone, subnet.AvailabilityZoneId}
	}
	return found, nil
}

// subnetProblems are about subnets of one kind. EKS, load balancers and interface endpoints take one subnet of a zone; only EKS
// has zones of its own.
func subnetProblems(vpcID string, subnets []adoptedSubnet, forCluster bool) problem.List {
	var wrong problem.List
	zones := map[string]string{}
	for i, subnet := range subnets {
		path := problem.Index("", i)
		if subnet.vpcID != vpcID {
			wrong.Add(path, "give subnets of the VPC", "%s is in %s, not in %s", subnet.id, subnet.vpcID, vpcID)
			continue
		}
		if other, taken := zones[subnet.zone]; taken {
			wrong.Add(path, "give one subnet a zone, of at least two zones", "%s is in %s, as %s is", subnet.id, subnet.zone, other)
		}
		zones[subnet.zone] = subnet.id
		if forCluster {
			refuseZone(&wrong, path, subnet.id, subnet.zoneID)
		}
	}
	return wrong
}

// vpcProblems are about what hosts and nodes need of a VPC.
func vpcProblems(vpc *ec2.LookupVpcResult) problem.List {
	var wrong problem.List
	if !vpc.EnableDnsSupport || !vpc.EnableDnsHostnames {
		wrong.Add("vpcId", "turn both on: nodes of EKS need them", "%s has no DNS support or no DNS hostnames", vpc.Id)
	}
	for _, block := range addresses(vpc) {
		if hidden(block) {
			wrong.Add("vpcId", "adopt another VPC, or none", "%s has the addresses %s, which overlap %s, which Docker uses on the host of DSS",
				vpc.Id, block, dockerBridge)
		}
	}
	return wrong
}

// addresses are the blocks of a VPC, the first of which may be among the others or not.
func addresses(vpc *ec2.LookupVpcResult) []netip.Prefix {
	texts := map[string]bool{}
	var blocks []netip.Prefix
	add := func(text string) {
		if block, err := netip.ParsePrefix(text); err == nil && !texts[text] {
			texts[text] = true
			blocks = append(blocks, block)
		}
	}
	add(vpc.CidrBlock)
	for _, further := range vpc.CidrBlockAssociations {
		add(further.CidrBlock)
	}
	return blocks
}
