package compute

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/instancetype"
)

// PoolLabel is the label that every node has, with the name of its pool. Pods choose a pool with it.
const PoolLabel = "dss-platform/pool"

// Pools of [DefaultPools].
const (
	// SystemPool is where add-ons run. It has no taint, so that pods that ask for nothing find a place.
	SystemPool = "system"
	// DSSPool is where DSS's work runs.
	DSSPool = "dss"
)

// Defaults of [Pool] and [DefaultPools].
const (
	// DefaultPoolInstanceType is DSS's own default for node pools: 16 vCPU, 64 GiB.
	//
	// Source: plugin "EKS clusters", parameter set node-pool-request.
	DefaultPoolInstanceType = "m7i.4xlarge"
	// DefaultSystemInstanceType has room for all add-ons in a quarter of its memory. It is of the same family as
	// [DefaultPoolInstanceType], so that a region that has the one has the other.
	DefaultSystemInstanceType = "m7i.large"
	// DefaultPoolDiskGiB is the size of a node's volume, DSS's own default: images of code environments are large.
	DefaultPoolDiskGiB = 200
	// DefaultSystemDiskGiB is the size of a system node's volume.
	DefaultSystemDiskGiB = 50
	// DefaultSystemNodes is the number of system nodes: one can be replaced while the other serves DNS.
	DefaultSystemNodes = 2
	// DefaultDSSMaxNodes is the upper limit of the pool `dss`.
	DefaultDSSMaxNodes = 4
	// DefaultDSSDesiredNodes is what the pool `dss` starts with: DSS can work at once, and an autoscaler or a person
	// can take it down to none.
	DefaultDSSDesiredNodes = 1
)

// ZoneScope says in which zones a pool has its nodes.
type ZoneScope string

// The scopes.
const (
	// WorkloadZone is the zone of [ComputeEKSArgs.WorkloadSubnetIDs].
	WorkloadZone ZoneScope = "workload"
	// AllZones are those of [ComputeEKSArgs.SubnetIDs].
	AllZones ZoneScope = "all"
)

// Architectures of instance types.
const (
	X8664 = "x86_64"
	ARM64 = "arm64"
)

// Pool is a managed node group.
type Pool struct {
	// InstanceTypes are what the nodes are, all of one architecture, all with GPUs or all without. For spot, name
	// several of about the same size. Default: [DefaultPoolInstanceType].
	InstanceTypes []string `pulumi:"instanceTypes,optional" json:"instanceTypes,omitempty"`
	// Min is the least number of nodes. Default: 0.
	Min int `pulumi:"min,optional" json:"min,omitempty"`
	// Max is the greatest number of nodes. Default: the greater of Min, Desired and 1.
	Max int `pulumi:"max,optional" json:"max,omitempty"`
	// Desired is the number of nodes that the pool is created with. Afterwards it belongs to autoscalers and people,
	// and changing it here does nothing. Default: Min.
	Desired *int `pulumi:"desired,optional" json:"desired,omitempty"`
	// DiskGiB is the size of a node's volume, 20 to 16384. Default: [DefaultPoolDiskGiB].
	DiskGiB int `pulumi:"diskGiB,optional" json:"diskGiB,omitempty"`
	// Spot takes spare capacity at a lower price, which AWS takes back with two minutes' notice. Default: false.
	Spot bool `pulumi:"spot,optional" json:"spot,omitempty"`
	// Labels are put on the nodes, beside [PoolLabel]. Default: none.
	Labels map[string]string `pulumi:"labels,optional" json:"labels,omitempty"`
	// Taints keep pods away that do not tolerate them. Default: none.
	Taints []Taint `pulumi:"taints,optional" json:"taints,omitempty"`
	// Zones is where the nodes are. Default: [WorkloadZone].
	Zones ZoneScope `pulumi:"zones,optional" json:"zones,omitempty"`
	// MaxPods limits the pods of a node, 10 to 250. Default: what EKS computes for the instance type.
	MaxPods int `pulumi:"maxPods,optional" json:"maxPods,omitempty"`
	// AllowArm64 permits instance types with ARM processors. DSS builds its images for x86-64, which do not run
	// there; such a pool serves other images only. Default: false.
	AllowArm64 bool `pulumi:"allowArm64,optional" json:"allowArm64,omitempty"`
	// AllowUnknownInstanceTypes permits types that are newer than the table of this library. Architecture has to be
	// given with it, and GPU where there are any. Default: false.
	AllowUnknownInstanceTypes bool `pulumi:"allowUnknownInstanceTypes,optional" json:"allowUnknownInstanceTypes,omitempty"`
	// Architecture is `x86_64` or `arm64`, for unknown types. Default: that of the instance types.
	Architecture string `pulumi:"architecture,optional" json:"architecture,omitempty"`
	// GPU says that unknown types have NVIDIA GPUs. Default: what is known of the instance types.
	GPU bool `pulumi:"gpu,optional" json:"gpu,omitempty"`
	// ReleaseVersion is the version of the node image, as `1.35.0-20261112`. Default: the newest when the pool is
	// created or its Kubernetes version changes.
	ReleaseVersion string `pulumi:"releaseVersion,optional" json:"releaseVersion,omitempty"`
}

// Effects of a taint, in Kubernetes' words.
const (
	NoSchedule       = "NoSchedule"
	PreferNoSchedule = "PreferNoSchedule"
	NoExecute        = "NoExecute"
)

// Taint keeps pods off a node.
type Taint struct {
	// Key names the taint. Required.
	Key string `pulumi:"key" json:"key"`
	// Value goes with the key. Default: empty.
	Value string `pulumi:"value,optional" json:"value,omitempty"`
	// Effect is [NoSchedule], [PreferNoSchedule] or [NoExecute]. Default: [NoSchedule].
	Effect string `pulumi:"effect,optional" json:"effect,omitempty"`
}

// DefaultPools are a small pool for add-ons and one for DSS.
//
// DSS wants a pool without taints, because not all of its pods tolerate any; `system` is one. The taint of `dss` is
// soft: add-ons stay away from its nodes while they fit elsewhere, so that it can be scaled down to nothing, and a pod
// that tolerates nothing still runs there when `system` is too small for it.
func DefaultPools() map[string]Pool {
	desired := DefaultDSSDesiredNodes
	return map[string]Pool{
		SystemPool: {
			InstanceTypes: []string{DefaultSystemInstanceType},
			Min:           DefaultSystemNodes,
			Max:           DefaultSystemNodes + 1,
			DiskGiB:       DefaultSystemDiskGiB,
		},
		DSSPool: {
			InstanceTypes: []string{DefaultPoolInstanceType},
			Max:           DefaultDSSMaxNodes,
			Desired:       &desired,
			DiskGiB:       DefaultPoolDiskGiB,
			Taints:        []Taint{{Key: PoolLabel, Value: DSSPool, Effect: PreferNoSchedule}},
		},
	}
}

func (p Pool) withDefaults() Pool {
	if len(p.InstanceTypes) == 0 {
		p.InstanceTypes = []string{DefaultPoolInstanceType}
	}
	if p.Desired == nil {
		desired := p.Min
		p.Desired = &desired
	}
	if p.Max == 0 {
		p.Max = max(p.Min, *p.Desired, 1)
	}
	if p.DiskGiB == 0 {
		p.DiskGiB = DefaultPoolDiskGiB
	}
	if p.Zones == "" {
		p.Zones = WorkloadZone
	}
	p.Taints = slices.Clone(p.Taints)
	for i := range p.Taints {
		if p.Taints[i].Effect == "" {
			p.Taints[i].Effect = NoSchedule
		}
	}
	return p
}

// untainted says whether pods that tolerate nothing may run here. A soft taint is one that DSS takes for a taint, too.
func (p Pool) untainted() bool { return len(p.Taints) == 0 }

// labels are the nodes' labels, the pool's name among them.
func (p Pool) labels(name string) map[string]string {
	labels := map[string]string{PoolLabel: name}
	maps.Copy(labels, p.Labels)
	return labels
}

// hardware is what the instance types of a pool have in common.
type hardware struct {
	architecture string
	accelerator  accelerator
}

type accelerator string

const (
	noAccelerator accelerator = ""
	nvidia        accelerator = "NVIDIA"
	neuron        accelerator = "Neuron"
)

// amiType is the image that EKS chooses for nodes: Amazon Linux 2023 by architecture and accelerator.
//
// Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html (amiType)
func (h hardware) amiType() string {
	switch {
	case h.accelerator == neuron:
		return "AL2023_x86_64_NEURON"
	case h.accelerator == nvidia && h.architecture == ARM64:
		return "AL2023_ARM_64_NVIDIA"
	case h.accelerator == nvidia:
		return "AL2023_x86_64_NVIDIA"
	case h.architecture == ARM64:
		return "AL2023_ARM_64_STANDARD"
	default:
		return "AL2023_x86_64_STANDARD"
	}
}

// hardwareOf is what a known instance type is. The error tells of GPUs for which EKS has no image.
func hardwareOf(t instancetype.Type) (hardware, error) {
	h := hardware{architecture: t.Architecture}
	family, _, _ := strings.Cut(t.Name, ".")
	switch {
	case t.GPUMaker == "NVIDIA":
		h.accelerator = nvidia
	case t.GPUMaker != "":
		return h, fmt.Errorf("%s has GPUs of %s, and EKS's images have drivers for NVIDIA's only", t.Name, t.GPUMaker)
	case strings.HasPrefix(family, "inf"), strings.HasPrefix(family, "trn"):
		h.accelerator = neuron
	}
	return h, nil
}

// hardware is what the pool's nodes are. Pools that are valid have one kind of hardware only.
func (p Pool) hardware() hardware {
	for _, name := range p.InstanceTypes {
		if known, ok := instancetype.Lookup(name); ok {
			h, _ := hardwareOf(known)
			return h
		}
	}
	h := hardware{architecture: p.Architecture}
	if p.GPU {
		h.accelerator = nvidia
	}
	return h
}

// eksEffects are the effects in the words of EKS's API.
var eksEffects = map[string]string{
	NoSchedule: "NO_SCHEDULE", PreferNoSchedule: "PREFER_NO_SCHEDULE", NoExecute: "NO_EXECUTE",
}
