package network

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// withoutControlPlanes are the ids of the zones where EKS makes no control plane: it refuses a cluster that names a subnet there.
// The names of zones differ between accounts, their ids do not.
//
// Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html (subnet requirements for clusters)
func withoutControlPlanes() []string { return []string{"use1-az3", "usw1-az2", "cac1-az3"} }

// zones are those that were named, or the first that the region offers.
func (n *Network) zones() ([]string, error) {
	if len(n.args.Zones) > 0 {
		return n.args.Zones, n.checkZones()
	}
	// Local and wavelength zones have to be opted in to, and cannot hold a control plane.
	state := "available"
	found, err := aws.GetAvailabilityZones(n.ctx, &aws.GetAvailabilityZonesArgs{
		State:          &state,
		ExcludeZoneIds: withoutControlPlanes(),
		Filters:        []aws.GetAvailabilityZonesFilter{{Name: "opt-in-status", Values: []string{"opt-in-not-required"}}},
	}, pulumi.Parent(n))
	if err != nil {
		return nil, fmt.Errorf("looking up availability zones: %w", err)
	}
	if len(found.Names) < n.args.ZoneCount {
		return nil, fmt.Errorf("zoneCount: %d, but %s offers %d zones where EKS makes control planes; use fewer",
			n.args.ZoneCount, n.location.Region, len(found.Names))
	}
	return found.Names[:n.args.ZoneCount], nil
}

// checkZones asks for the ids of the zones that were named: only they tell where EKS makes no control plane.
func (n *Network) checkZones() error {
	found, err := aws.GetAvailabilityZones(n.ctx, &aws.GetAvailabilityZonesArgs{
		Filters: []aws.GetAvailabilityZonesFilter{{Name: "zone-name", Values: n.args.Zones}},
	}, pulumi.Parent(n))
	if err != nil {
		return fmt.Errorf("looking up the availability zones %v: %w", n.args.Zones, err)
	}
	var wrong problem.List
	for i, zone := range n.args.Zones {
		if at := slices.Index(found.Names, zone); at >= 0 && at < len(found.ZoneIds) {
			refuseZone(&wrong, problem.Index("zones", i), zone, found.ZoneIds[at])
		}
	}
	return wrong.Err("Network " + n.name)
}

// refuseZone adds a problem if EKS makes no control plane in the zone of what is at the path.
func refuseZone(wrong *problem.List, path, what, zoneID string) {
	if slices.Contains(withoutControlPlanes(), zoneID) {
		wrong.Add(path, "use another zone of the region", "%s is in the zone %s, where EKS makes no control plane", what, zoneID)
	}
}
