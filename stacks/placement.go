package stacks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/internal/optional"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// placementProblems are about what would be where it cannot work.
func (c *Config) placementProblems() problem.List {
	wrong := c.elsewhere()
	wrong = append(wrong, c.withoutPublicSubnet()...)
	return append(wrong, c.foreignZones()...)
}

// elsewhere finds a VPC or a zone that is named while the subnets in it are not: they would be the network's, which are elsewhere.
func (c *Config) elsewhere() problem.List {
	var wrong problem.List
	zone, workload := c.DSS.AvailabilityZone, pulumi.StringInput(nil)
	if len(c.Network.Zones) > 0 {
		workload = pulumi.String(c.Network.Zones[0])
	}
	if zone != nil && c.DSS.SubnetID == nil && zone != workload {
		wrong.Add("dss.availabilityZone", "leave it out, give dss.subnetId of that zone, or name the zone first in network.zones",
			"the host is in the network's workload zone, and its volume has to be there, too")
	}
	adopted := pulumi.StringInput(nil)
	if c.Network.Adopt != nil {
		adopted = pulumi.String(c.Network.Adopt.VPCID)
	}
	if c.DSS.VPCID != nil && c.DSS.SubnetID == nil && c.DSS.VPCID != adopted {
		wrong.Add("dss.vpcId", "give dss.subnetId too, or leave it out", "the subnet would be of the network's VPC")
	}
	if c.Compute.VPCID != nil && c.Compute.SubnetIDs == nil && c.Compute.VPCID != adopted {
		wrong.Add("compute.vpcId", "give compute.subnetIds too, or leave it out", "the subnets would be of the network's VPC")
	}
	return wrong
}

// withoutPublicSubnet finds what wants to be reached from the internet, in subnets that are not.
func (c *Config) withoutPublicSubnet() problem.List {
	var wrong problem.List
	balancer, adopted := c.DSS.LoadBalancer, c.Network.Adopt
	if balancer != nil && balancer.InternetFacing && balancer.SubnetIDs == nil && adopted != nil && len(adopted.PublicSubnetIDs) < 2 {
		wrong.Add("dss.loadBalancer.internetFacing", "name public subnets of two zones in network.adopt.publicSubnetIds, or leave it out",
			"the adopted VPC has %d public subnets", len(adopted.PublicSubnetIDs))
	}
	const public = "give dss.subnetId of a public subnet, or have dss.loadBalancer face the internet instead"
	const private = "the host is in a private subnet, where nobody reaches a public address"
	if c.DSS.SubnetID == nil && c.DSS.ElasticIP {
		wrong.Add("dss.elasticIp", public, private)
	}
	if c.DSS.SubnetID == nil && c.DSS.ElasticIPAllocationID != "" {
		wrong.Add("dss.elasticIpAllocationId", public, private)
	}
	return wrong
}

// foreignZones finds zones of another region than the stack's. A zone's name begins with its region's.
func (c *Config) foreignZones() problem.List {
	var wrong problem.List
	for i, zone := range c.Network.Zones {
		if rest, ok := strings.CutPrefix(zone, c.AWS.Region); !ok || rest == "" || rest[0] >= '0' && rest[0] <= '9' {
			wrong.Add(problem.Index("network.zones", i), "use zones such as "+c.AWS.Region+"a, or change aws:region",
				"%q is no zone of %s", zone, c.AWS.Region)
		}
	}
	return wrong
}

// Warnings tell of settings that can be right, and seldom are.
func (c *Config) Warnings() []string {
	if c.Network.NAT != network.NATNone || c.Network.Adopt != nil {
		return nil
	}
	missing := slices.DeleteFunc(network.EndpointServices(), func(service string) bool {
		return slices.Contains(c.Network.InterfaceEndpoints, service)
	})
	if len(missing) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("network.nat: with none, hosts and nodes reach only services that have an endpoint; "+
		"network.interfaceEndpoints lacks %s", strings.Join(missing, ", "))}
}

// hostReachesAPI says whether the host is in the group whose members reach the cluster's API: the network's, unless the stack gives
// others. A group that is not given is nil here, and the same on both sides.
func (c *Config) hostReachesAPI() bool {
	members := c.Compute.SharedSecurityGroupID
	optional.Default(&members, c.Network.SharedSecurityGroupID)
	groups := pulumi.StringArray{c.Network.SharedSecurityGroupID}
	if given := c.DSS.SharedSecurityGroupIDs; given != nil {
		// Those of an output are not known: another rule then does no harm.
		groups, _ = given.(pulumi.StringArray)
	}
	if own := c.DSS.SecurityGroupID; own != nil && own == members {
		return true
	}
	return slices.Contains(groups, members)
}
