package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/cidr"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// FlowLogRetentionPeriods are the numbers of days that CloudWatch Logs takes.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
func FlowLogRetentionPeriods() []int {
	return []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
}

// Problems lists everything that is wrong with the arguments.
func (a *NetworkArgs) Problems() problem.List {
	var wrong problem.List
	args := a.withDefaults()
	if args.Adopt != nil {
		wrong.Under("adopt", args.Adopt.problems())
		wrong = append(wrong, a.contradictsAdoption()...)
	} else {
		_, plan := cidr.NewPlan(args.CIDRBlock, args.ZoneCount)
		wrong = append(wrong, plan...)
		wrong = append(wrong, args.hidesAddresses()...)
		wrong.Under("zones", repeated(args.Zones))
		if len(args.Zones) > 0 && a.ZoneCount != 0 && a.ZoneCount != len(args.Zones) {
			wrong.Add("zoneCount", "leave it out, or make the two agree", "%d, but %d zones are named", a.ZoneCount, len(args.Zones))
		}
	}
	if !slices.Contains([]NATStrategy{NATNone, NATSingle, NATPerZone}, args.NAT) {
		wrong.Add("nat", fmt.Sprintf("use %s, %s or %s", NATNone, NATSingle, NATPerZone), "%q is not a strategy", args.NAT)
	}
	wrong.Under("interfaceEndpoints", args.endpointProblems())
	if !slices.Contains(FlowLogRetentionPeriods(), args.FlowLogRetentionDays) {
		wrong.Add("flowLogRetentionDays", fmt.Sprintf("use one of %v", FlowLogRetentionPeriods()),
			"CloudWatch Logs keeps nothing for %d days", args.FlowLogRetentionDays)
	}
	return wrong
}

// contradictsAdoption lists what was said about a VPC to build, when one is adopted: silence would look like success. It looks at
// the arguments before they have defaults, and takes what is true of an adopted VPC: no gateways and no record.
func (a *NetworkArgs) contradictsAdoption() problem.List {
	var wrong problem.List
	refuse := func(given bool, path, why string) {
		if given {
			wrong.Add(path, "leave it out, or leave out adopt", "%s", why)
		}
	}
	const noRecord = "no record is made of the connections of an adopted VPC"
	refuse(a.CIDRBlock != "", "cidrBlock", "an adopted VPC has its own addresses")
	refuse(len(a.Zones) > 0, "zones", "an adopted VPC's zones are those of its subnets")
	refuse(a.ZoneCount != 0, "zoneCount", "an adopted VPC's zones are those of its subnets")
	refuse(a.NAT != "" && a.NAT != NATNone, "nat", "an adopted VPC has its own routes")
	refuse(a.FlowLogs != nil && *a.FlowLogs, "flowLogs", noRecord)
	refuse(a.FlowLogRetentionDays != 0, "flowLogRetentionDays", noRecord)
	refuse(a.KMSKeyARN != nil, "kmsKeyArn", noRecord)
	refuse(a.EMRManagedTags, "emrManagedTags", "the tags of an adopted VPC are its owner's")
	return wrong
}

// dockerBridge are the addresses that Docker takes on every host for itself. Packets to others with these addresses never
// leave the host.
//
// Source: https://docs.docker.com/engine/network/drivers/bridge/
const dockerBridge = "172.17.0.0/16"

// hidesAddresses finds addresses of the VPC that hosts could not reach.
func (a *NetworkArgs) hidesAddresses() problem.List {
	var wrong problem.List
	vpc, err := netip.ParsePrefix(a.CIDRBlock)
	if err == nil && hidden(vpc) {
		wrong.Add("cidrBlock", "use other addresses, such as "+DefaultCIDRBlock, "%s overlaps %s, which Docker uses on the host of DSS",
			a.CIDRBlock, dockerBridge)
	}
	return wrong
}

// hidden says whether hosts could not reach some of the addresses.
func hidden(block netip.Prefix) bool { return block.Overlaps(netip.MustParsePrefix(dockerBridge)) }

func (a *Adoption) problems() problem.List {
	var wrong problem.List
	if !strings.HasPrefix(a.VPCID, "vpc-") {
		wrong.Add("vpcId", "give the id of a VPC: vpc-…", "%q is not the id of a VPC", a.VPCID)
	}
	if n := len(a.PrivateSubnetIDs); n < cidr.MinZones {
		wrong.Add("privateSubnetIds", "give subnets of two availability zones: EKS and the DSS EKS plugin need them", "%d subnets", n)
	}
	for path, ids := range map[string][]string{"privateSubnetIds": a.PrivateSubnetIDs, "publicSubnetIds": a.PublicSubnetIDs} {
		wrong.Under(path, repeated(ids))
		for i, id := range ids {
			if !strings.HasPrefix(id, "subnet-") {
				wrong.Add(problem.Index(path, i), "give the id of a subnet: subnet-…", "%q is not the id of a subnet", id)
			}
		}
	}
	slices.SortStableFunc(wrong, func(a, b problem.Problem) int { return strings.Compare(a.Path, b.Path) })
	return wrong
}

func (a *NetworkArgs) endpointProblems() problem.List {
	wrong := repeated(a.InterfaceEndpoints)
	for i, service := range a.InterfaceEndpoints {
		if !slices.Contains(EndpointServices(), service) {
			wrong.Add(problem.Index("", i), "use some of "+strings.Join(EndpointServices(), ", "), "%q is not a service of the platform", service)
		}
	}
	return wrong
}

func repeated(items []string) problem.List {
	var wrong problem.List
	for i, item := range items {
		if slices.Contains(items[:i], item) {
			wrong.Add(problem.Index("", i), "name each once", "%q is there twice", item)
		}
	}
	return wrong
}
