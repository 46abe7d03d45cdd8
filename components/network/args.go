// Package network builds or adopts the VPC that a DSS platform lives in.
package network

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

// Token is the component's type.
const Token = "dss:index:Network"

// NATStrategy says how private subnets reach the internet.
type NATStrategy string

// The strategies. Each NAT gateway costs by the hour and by the gigabyte.
const (
	// NATNone has no way out: all that the platform downloads has to come through endpoints or mirrors.
	NATNone NATStrategy = "none"
	// NATSingle has one gateway in the workload zone. Other zones lose their way out with it.
	NATSingle NATStrategy = "single"
	// NATPerZone has one gateway a zone.
	NATPerZone NATStrategy = "per-zone"
)

// Defaults of [NetworkArgs].
const (
	DefaultCIDRBlock            = "10.0.0.0/16"
	DefaultZoneCount            = 2
	DefaultNAT                  = NATSingle
	DefaultFlowLogRetentionDays = 90
)

// NetworkArgs are the arguments of [NewNetwork].
type NetworkArgs struct {
	// CIDRBlock is the VPC's block of IPv4 addresses, between /16 and /21. Its lower half is shared by the private
	// subnets, whose addresses pods take. Default: [DefaultCIDRBlock]. Not for an adopted VPC.
	CIDRBlock string `pulumi:"cidrBlock,optional"`
	// Zones are the availability zones by name, at least two, without those where EKS makes no control plane: use1-az3,
	// usw1-az2 and cac1-az3. Workloads run in the first. Default: the first [NetworkArgs.ZoneCount] of the others that the
	// region offers to the account.
	Zones []string `pulumi:"zones,optional"`
	// ZoneCount is the number of zones when they are not named, 2 to 6. Default: [DefaultZoneCount].
	ZoneCount int `pulumi:"zoneCount,optional"`
	// NAT is how private subnets reach the internet. Default: [DefaultNAT]. An adopted VPC has its own routes.
	NAT NATStrategy `pulumi:"nat,optional"`
	// InterfaceEndpoints are services that are reached inside the VPC, by the names of [EndpointServices]. Each costs
	// by the hour and zone. Default: none. In a VPC that is built, S3 has a gateway endpoint in any case, which is free; the
	// routes of an adopted one are its owner's, and so is its endpoint for S3.
	InterfaceEndpoints []string `pulumi:"interfaceEndpoints,optional"`
	// FlowLogs records the VPC's connections in CloudWatch Logs. Default: true; not for an adopted VPC.
	FlowLogs *bool `pulumi:"flowLogs,optional"`
	// FlowLogRetentionDays is how long they are kept, one of CloudWatch's periods. Default:
	// [DefaultFlowLogRetentionDays].
	FlowLogRetentionDays int `pulumi:"flowLogRetentionDays,optional"`
	// KMSKeyARN is the key of the flow logs' group. CloudWatch Logs must be allowed to use it. Default: a key of the
	// service's own.
	KMSKeyARN pulumi.StringInput `pulumi:"kmsKeyArn,optional"`
	// Adopt takes a VPC that is there instead of building one. What says how to build one is refused beside it.
	Adopt *Adoption `pulumi:"adopt,optional"`
	// SharedSecurityGroupID is a group whose members reach each other. Default: one is made. It plays the part of the
	// "default" security group in the reference architecture's step "Prepare the instance".
	SharedSecurityGroupID pulumi.StringInput `pulumi:"sharedSecurityGroupId,optional"`
	// EMRManagedTags lets Amazon EMR's managed policies use the VPC and its subnets. Default: false.
	EMRManagedTags bool `pulumi:"emrManagedTags,optional"`
	// Roles are settings of the role that writes flow logs.
	Roles role.Settings `pulumi:"roles,optional"`
	// Tags are put on every resource.
	Tags map[string]string `pulumi:"tags,optional"`
}

// Adoption names a VPC that is there. Its DNS support and DNS hostnames have to be on, and none of its addresses may be in
// 172.17.0.0/16, which Docker uses on the host of DSS. All is looked up before anything is made.
type Adoption struct {
	// VPCID is the VPC. Required.
	VPCID string `pulumi:"vpcId" json:"vpcId,omitempty"`
	// PrivateSubnetIDs are subnets of the VPC, one a zone, of at least two zones where EKS makes control planes. Workloads
	// run in the first. Required.
	PrivateSubnetIDs []string `pulumi:"privateSubnetIds" json:"privateSubnetIds,omitempty"`
	// PublicSubnetIDs are subnets with a route to an internet gateway, one a zone, for load balancers that face it. Default:
	// none.
	PublicSubnetIDs []string `pulumi:"publicSubnetIds,optional" json:"publicSubnetIds,omitempty"`
}

func (a NetworkArgs) withDefaults() *NetworkArgs {
	if a.CIDRBlock == "" {
		a.CIDRBlock = DefaultCIDRBlock
	}
	switch {
	case len(a.Zones) > 0:
		a.ZoneCount = len(a.Zones)
	case a.ZoneCount == 0:
		a.ZoneCount = DefaultZoneCount
	}
	if a.NAT == "" {
		a.NAT = DefaultNAT
	}
	if a.FlowLogs == nil {
		on := true
		a.FlowLogs = &on
	}
	if a.FlowLogRetentionDays == 0 {
		a.FlowLogRetentionDays = DefaultFlowLogRetentionDays
	}
	a.Tags = maps.Clone(a.Tags)
	return &a
}
