package instancetype_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/instancetype"
)

// Without prefixes: eni-max-pods.txt of amazon-eks-ami. With prefixes, m5.large 110: EKS user guide, "Amazon EKS recommended maximum
// Pods for each Amazon EC2 instance type". Managed: EKS user guide, "Create a managed node group for your cluster".
func TestMaxPods(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                                        string
		plain, prefixed, managed, managedWithPrefix int
	}{
		{"t3.micro", 4, 34, 4, 34},
		{"t3.medium", 17, 110, 17, 110},
		{"m5.large", 29, 110, 29, 110},
		{"c5.xlarge", 58, 110, 58, 110},
		{"m7i.4xlarge", 234, 110, 110, 110},
		{"m5.8xlarge", 234, 250, 234, 250},
		{"m5.24xlarge", 737, 250, 250, 250},
		{"p4d.24xlarge", 737, 250, 250, 250}, // of four network cards only the default one counts
		{"t2.micro", 4, 4, 4, 4},             // not Nitro: no prefixes
	} {
		typ, ok := instancetype.Lookup(c.name)
		require.True(t, ok, c.name)
		assert.Equal(t, c.plain, typ.MaxPods(false), c.name)
		assert.Equal(t, c.prefixed, typ.MaxPods(true), "%s with prefixes", c.name)
		assert.Equal(t, c.managed, typ.ManagedMaxPods(false), "%s managed", c.name)
		assert.Equal(t, c.managedWithPrefix, typ.ManagedMaxPods(true), "%s managed with prefixes", c.name)
	}
	assert.Zero(t, instancetype.Type{}.MaxPods(true), "nothing is known of the type")
}

// The allocatable CPU is what nodes of EKS report: 1930m with 2 vCPU, 3920m with 4, 7910m with 8, 15890m with 16.
func TestAllocatableMilliCPU(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{
		"t3.medium": 1930, "m5.xlarge": 3920, "m5.2xlarge": 7910, "m7i.4xlarge": 15890, "m5.24xlarge": 95690, "t2.micro": 940,
	} {
		typ, ok := instancetype.Lookup(name)
		require.True(t, ok, name)
		assert.Equal(t, want, typ.AllocatableMilliCPU(), name)
	}
}

// By the rules of karpenter-provider-aws v1.14.1, worked out by hand: for m5.large 8192 - 615 (7.5 %) - 255 - 11*29 - 100.
func TestAllocatableMemory(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		maxPods, want int
	}{
		{"m5.large", 29, 6903},
		{"m7i.4xlarge", 110, 59055}, // 65536 - 4916 - 255 - 1210 - 100
		{"r6g.large", 29, 14422},    // (16384 - 64) - 1224 - 255 - 319 - 100
		{"t3.nano", 250, 0},
	} {
		typ, ok := instancetype.Lookup(c.name)
		require.True(t, ok, c.name)
		assert.Equal(t, c.want, typ.AllocatableMemoryMiB(c.maxPods), c.name)
	}
}
