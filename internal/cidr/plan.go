// Package cidr divides a VPC's addresses among its subnets.
package cidr

import (
	"fmt"
	"math/bits"
	"net/netip"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// Bounds of the plan.
const (
	// MinVPCBits is the shortest prefix that AWS takes for a VPC.
	MinVPCBits = 16
	// MaxVPCBits is the longest prefix of a VPC here. AWS takes /28, but with less than a /21 private subnets of two zones
	// would have no room for a node pool's pods.
	MaxVPCBits = 21
	// MinZones is what EKS and the DSS EKS plugin need.
	MinZones = 2
	// MaxZones is the most that a region has.
	MaxZones = 6
	// publicBits is how much longer the prefix of a public subnet is than the VPC's: they hold load balancers and NAT
	// gateways, no pods.
	publicBits = 8
	// maxPublicBits is the longest prefix of a public subnet: Application Load Balancers ask for a /27 with eight free addresses.
	//
	// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
	maxPublicBits = 27
)

// Plan has a public and a private subnet for each zone.
type Plan struct {
	// Private subnets share the lower half of the VPC. Each pod takes an address of theirs.
	Private []netip.Prefix
	// Public subnets are the first of the upper half. The rest of that half is free for subnets of others.
	Public []netip.Prefix
}

// NewPlan divides a VPC's block among zones. It says what is wrong with the block or the number, with paths of the
// arguments `cidrBlock` and `zones`.
func NewPlan(block string, zones int) (Plan, problem.List) {
	var wrong problem.List
	vpc := parse(block, &wrong)
	if zones < MinZones || zones > MaxZones {
		wrong.Add("zoneCount", fmt.Sprintf("use %d to %d: EKS and the DSS EKS plugin need subnets in two", MinZones, MaxZones),
			"%d availability zones", zones)
	}
	if len(wrong) > 0 {
		return Plan{}, wrong
	}
	half := vpc.Bits() + 1
	private := half + bits.Len(uint(zones-1)) //nolint:gosec // zones is within its bounds
	public := min(vpc.Bits()+publicBits, maxPublicBits)
	upper := netip.PrefixFrom(offset(vpc.Addr(), 1<<(32-half)), half)
	return Plan{Private: split(vpc, private, zones), Public: split(upper, public, zones)}, nil
}

func parse(block string, wrong *problem.List) netip.Prefix {
	const path = "cidrBlock"
	vpc, err := netip.ParsePrefix(block)
	fix := fmt.Sprintf("use a block of IPv4 addresses between /%d and /%d, such as 10.0.0.0/16", MinVPCBits, MaxVPCBits)
	switch {
	case err != nil || !vpc.Addr().Is4():
		wrong.Add(path, fix, "%q is not a block of IPv4 addresses", block)
	case vpc.Bits() > MaxVPCBits:
		wrong.Add(path, fix, "%s is too small: its private subnets would have no room for pods", block)
	case vpc.Bits() < MinVPCBits:
		wrong.Add(path, fix, "%s is larger than AWS allows for a VPC", block)
	case vpc != vpc.Masked():
		wrong.Add(path, fmt.Sprintf("write it as %s", vpc.Masked()), "%s has bits behind its prefix", block)
	}
	return vpc
}

// split returns the first n blocks with a prefix length inside a block.
func split(block netip.Prefix, length, n int) []netip.Prefix {
	blocks := make([]netip.Prefix, n)
	start := block.Addr()
	for i := range blocks {
		blocks[i] = netip.PrefixFrom(start, length)
		start = offset(start, 1<<(32-length))
	}
	return blocks
}

func offset(a netip.Addr, by uint32) netip.Addr {
	b := a.As4()
	sum := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	sum += by
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
}

// Overlapping lists the pairs of blocks that share addresses, by their indices.
func Overlapping(blocks []netip.Prefix) [][2]int {
	var pairs [][2]int
	for i := range blocks {
		for j := i + 1; j < len(blocks); j++ {
			if blocks[i].Overlaps(blocks[j]) {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	return pairs
}
