package instancetype

import "math"

const (
	// hostNetworkPods are the pods that need no address of their own: aws-node and kube-proxy use the host's network.
	hostNetworkPods = 2
	// addressesPerPrefix is the size of a /28 prefix, which takes the place of one secondary address.
	addressesPerPrefix = 16
	// highCPU is the number of vCPU above which AWS recommends manyPods instead of fewPods.
	highCPU  = 30
	fewPods  = 110
	manyPods = 250
)

const (
	// vmOverhead is the part of the named memory that the hypervisor and the kernel keep: karpenter's default guess
	// (VM_MEMORY_OVERHEAD_PERCENT). It errs to the low side on large types.
	vmOverhead = 0.075
	// gravitonReservedMiB is kept by the kernel of Graviton instances beyond that (contiguous memory allocator).
	gravitonReservedMiB = 64
	// kubeReservedMiB and kubeReservedMiBPerPod are the kubelet's reservation on EKS images.
	kubeReservedMiB       = 255
	kubeReservedMiBPerPod = 11
	// evictionMiB is the free memory below which the kubelet evicts pods.
	evictionMiB = 100
)

// MaxPods is the number of pods that AWS recommends for a node of this type.
//
// Without prefix delegation it is what the addresses allow: interfaces × (addresses − 1) + 2 (the eni-max-pods.txt of the EKS
// images). With prefix delegation every secondary address becomes a /28 prefix, and AWS's max-pods-calculator.sh caps the result at
// 110, from 30 vCPU on at 250 (EKS user guide, "Choose an optimal Amazon EC2 node instance type"). A type without Nitro cannot have
// prefixes: for it the argument changes nothing. Managed node groups are stricter, see ManagedMaxPods.
func (t Type) MaxPods(prefixDelegation bool) int {
	if t.MaxENIs == 0 || t.IPv4PerENI == 0 {
		return 0
	}
	if !prefixDelegation || !t.Nitro {
		return t.MaxENIs*(t.IPv4PerENI-1) + hostNetworkPods
	}
	return min(t.MaxENIs*(t.IPv4PerENI-1)*addressesPerPrefix+hostNetworkPods, t.podCap())
}

// ManagedMaxPods is the number of pods of a node in a managed node group whose launch template names no AMI: EKS then sets the
// kubelet's maxPods itself and caps it at 110, from 30 vCPU on at 250, with prefix delegation or without (EKS user guide, "Create a
// managed node group for your cluster"). So an m7i.4xlarge, with addresses for 234 pods, takes 110.
func (t Type) ManagedMaxPods(prefixDelegation bool) int {
	return min(t.MaxPods(prefixDelegation), t.podCap())
}

func (t Type) podCap() int {
	if t.VCPU < highCPU {
		return fewPods
	}
	return manyPods
}

// AllocatableMemoryMiB is the memory, in MiB, that a node of this type leaves to pods when it is set up for maxPods pods: the named
// memory less what the machine, the kubelet and the eviction threshold keep. It is an estimate that errs to the low side, by the
// rules of karpenter-provider-aws (pkg/providers/instancetype/types.go); never below 0.
func (t Type) AllocatableMemoryMiB(maxPods int) int {
	memory := t.MemoryMiB
	if t.Architecture == "arm64" {
		memory -= gravitonReservedMiB
	}
	memory -= int(math.Ceil(float64(memory) * vmOverhead))
	return max(memory-kubeReservedMiB-kubeReservedMiBPerPod*maxPods-evictionMiB, 0)
}

// AllocatableMilliCPU is the CPU, in thousandths of a vCPU, that a node of this type leaves to pods. The EKS images reserve 6 % of
// the first vCPU, 1 % of the second, 0.5 % of the third and the fourth, and 0.25 % of every further one.
func (t Type) AllocatableMilliCPU() int {
	reserved := 0
	for _, step := range []struct {
		from, to    int // vCPU
		perThousand float64
	}{{0, 1, 60}, {1, 2, 10}, {2, 4, 5}, {4, math.MaxInt32, 2.5}} {
		if in := min(t.VCPU, step.to) - step.from; in > 0 {
			reserved += int(float64(in) * step.perThousand)
		}
	}
	return t.VCPU*1000 - reserved
}
