package compute

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// apiPort is where the API listens.
const apiPort = 443

// securityGroups makes the groups of control plane and nodes, both without waiting for the cluster. What nodes and
// control plane need of each other is in the group that EKS makes, and nodes are in that one, too.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
func (c *ComputeEKS) securityGroups() (*ec2.SecurityGroup, error) {
	if err := c.nodeGroup(); err != nil {
		return nil, err
	}
	group, err := c.controlPlaneGroup()
	if err != nil {
		return nil, err
	}
	if c.args.SharedSecurityGroupID != nil {
		if err := c.AllowAPI(c.ctx, "shared", c.args.SharedSecurityGroupID); err != nil {
			return nil, err
		}
	}
	for i, cidr := range c.args.PrivateAccessCIDRs {
		if err := c.allowAPI(c.ctx, fmt.Sprintf("network-%d", i), &vpc.SecurityGroupIngressRuleArgs{
			Description: pulumi.String("The cluster's API from " + cidr), CidrIpv4: pulumi.String(cidr),
		}); err != nil {
			return nil, err
		}
	}
	return group, nil
}

// nodeGroup makes a group that says no more than "is a node", for the rules of others. A group that EKS or pulumi-eks
// makes would not do: controllers of load balancers want a node to have one group with the cluster's tag, which is EKS's.
func (c *ComputeEKS) nodeGroup() error {
	if c.args.NodeSecurityGroupID != nil {
		c.NodeSecurityGroupID = c.args.NodeSecurityGroupID.ToStringOutput()
		return nil
	}
	group, err := ec2.NewSecurityGroup(c.ctx, c.child("nodes"), &ec2.SecurityGroupArgs{
		Description: pulumi.String("Nodes of the EKS cluster " + c.args.ClusterName),
		VpcId:       c.args.VPCID,
		Tags:        c.tags(c.child("nodes")),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("creating the nodes' security group: %w", err)
	}
	c.NodeSecurityGroupID = group.ID().ToStringOutput()
	return nil
}

// controlPlaneGroup makes the group of the control plane's network interfaces that holds the rules of this component.
func (c *ComputeEKS) controlPlaneGroup() (*ec2.SecurityGroup, error) {
	name := c.child("control-plane")
	if given := c.args.ControlPlaneSecurityGroupID; given != nil {
		id := given.ToStringOutput().ApplyT(func(id string) pulumi.ID { return pulumi.ID(id) }).(pulumi.IDOutput)
		group, err := ec2.GetSecurityGroup(c.ctx, name, id, nil, pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("looking at the control plane's security group: %w", err)
		}
		c.controlPlaneGroupID = given.ToStringOutput()
		return group, nil
	}
	group, err := ec2.NewSecurityGroup(c.ctx, name, &ec2.SecurityGroupArgs{
		Description: pulumi.String("API of the EKS cluster " + c.args.ClusterName),
		VpcId:       c.args.VPCID,
		Tags:        c.tags(name),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("creating the control plane's security group: %w", err)
	}
	c.controlPlaneGroupID = group.ID().ToStringOutput()
	return group, nil
}

// AllowAPI opens the API's private endpoint to members of a security group, such as that of the DSS host.
func (c *ComputeEKS) AllowAPI(ctx *pulumi.Context, name string, securityGroupID pulumi.StringInput) error {
	return c.allowAPI(ctx, name, &vpc.SecurityGroupIngressRuleArgs{
		Description:               pulumi.String("The cluster's API from members"),
		ReferencedSecurityGroupId: securityGroupID.ToStringOutput().ToStringPtrOutput(),
	})
}

func (c *ComputeEKS) allowAPI(ctx *pulumi.Context, name string, rule *vpc.SecurityGroupIngressRuleArgs) error {
	name = c.child("api-" + name)
	rule.SecurityGroupId = c.controlPlaneGroupID
	rule.IpProtocol = pulumi.String("tcp")
	rule.FromPort = pulumi.Int(apiPort)
	rule.ToPort = pulumi.Int(apiPort)
	rule.Tags = c.tags(name)
	if _, err := vpc.NewSecurityGroupIngressRule(ctx, name, rule, pulumi.Parent(c)); err != nil {
		return fmt.Errorf("creating rule %s: %w", name, err)
	}
	return nil
}
