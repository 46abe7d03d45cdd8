package instancetype_test

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/instancetype"
)

// The figures are those of AWS's pages "Amazon EC2 M7i instances", "T3", "M5", "G4dn", "M5d", "R6g", "P4" and of the EC2 user
// guide's table of addresses per network interface; the prices are those of "Amazon EC2 On-Demand Pricing" for us-east-1.
func TestLookupKnownTypes(t *testing.T) {
	t.Parallel()
	for _, want := range []instancetype.Type{
		{Name: "m7i.4xlarge", VCPU: 16, MemoryMiB: 65536, Architecture: "x86_64", MaxENIs: 8, IPv4PerENI: 30, Nitro: true, USDPerHour: 0.8064},
		{Name: "t3.medium", VCPU: 2, MemoryMiB: 4096, Architecture: "x86_64", MaxENIs: 3, IPv4PerENI: 6, Nitro: true, USDPerHour: 0.0416},
		{Name: "t2.micro", VCPU: 1, MemoryMiB: 1024, Architecture: "x86_64", MaxENIs: 2, IPv4PerENI: 2, USDPerHour: 0.0116},
		{
			Name: "m5d.large", VCPU: 2, MemoryMiB: 8192, Architecture: "x86_64", NVMeCount: 1, NVMeGB: 75, MaxENIs: 3, IPv4PerENI: 10,
			Nitro: true, USDPerHour: 0.113,
		},
		{Name: "r6g.large", VCPU: 2, MemoryMiB: 16384, Architecture: "arm64", MaxENIs: 3, IPv4PerENI: 10, Nitro: true, USDPerHour: 0.1008},
		{
			Name: "g4dn.xlarge", VCPU: 4, MemoryMiB: 16384, Architecture: "x86_64", GPUs: 1, GPUMaker: "NVIDIA", NVMeCount: 1, NVMeGB: 125,
			MaxENIs: 3, IPv4PerENI: 10, Nitro: true, USDPerHour: 0.526,
		},
		{Name: "m5.metal", VCPU: 96, MemoryMiB: 393216, Architecture: "x86_64", MaxENIs: 15, IPv4PerENI: 50, Nitro: true, USDPerHour: 4.608},
	} {
		got, ok := instancetype.Lookup(want.Name)
		require.True(t, ok, want.Name)
		assert.Equal(t, want, got)
	}
}

func TestLookupUnknown(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", "a", "zzz", "m7i.4xlrge", "m7i", "M7I.4XLARGE", "m7i.4xlarge ", "mac2.metal", "#", "name", "m7i.4xlarge,16",
	} {
		_, ok := instancetype.Lookup(name)
		assert.False(t, ok, "%q", name)
	}
}

func TestEveryTypeIsWhole(t *testing.T) {
	t.Parallel()
	var names []string
	priced := 0
	for typ := range instancetype.All() {
		names = append(names, typ.Name)
		found, ok := instancetype.Lookup(typ.Name)
		require.True(t, ok, typ.Name)
		require.Equal(t, typ, found)
		assert.Positive(t, typ.VCPU, typ.Name)
		assert.GreaterOrEqual(t, typ.MemoryMiB, 512, typ.Name)
		assert.Contains(t, []string{"x86_64", "arm64"}, typ.Architecture, typ.Name)
		assert.GreaterOrEqual(t, typ.MaxENIs, 1, typ.Name)
		assert.GreaterOrEqual(t, typ.IPv4PerENI, 2, typ.Name)
		assert.Equal(t, typ.GPUs > 0, typ.GPUMaker != "", typ.Name)
		assert.Equal(t, typ.NVMeCount > 0, typ.NVMeGB > 0, typ.Name)
		assert.Positive(t, typ.MaxPods(false), typ.Name)
		if typ.USDPerHour > 0 {
			priced++
		}
	}
	assert.True(t, slices.IsSorted(names))
	assert.Greater(t, len(names), 1200)
	assert.Greater(t, priced, 1200, "most types have a price")
}

func TestTableIsSmall(t *testing.T) {
	t.Parallel()
	info, err := os.Stat("instance_types.csv")
	require.NoError(t, err)
	assert.Less(t, info.Size(), int64(150_000), "the table is part of every program that uses the library")
}

func TestAllStops(t *testing.T) {
	t.Parallel()
	count := 0
	for range instancetype.All() {
		if count++; count == 2 {
			break
		}
	}
	assert.Equal(t, 2, count)
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		n     int
		first string
	}{
		{"m7i.4xlrge", 3, "m7i.4xlarge"},
		{"m7i.4xlagre", 3, "m7i.4xlarge"},
		{" M7I.4XLARGE", 3, "m7i.4xlarge"},
		{"m7i-4xlarge", 1, "m7i.4xlarge"},
		{"r6g.larg", 2, "r6g.large"},
		{"m7i.4xlarge", 1, "m7i.4xlarge"},
	} {
		got := instancetype.Nearest(c.name, c.n)
		require.Len(t, got, c.n, c.name)
		assert.Equal(t, c.first, got[0], c.name)
	}
	for _, name := range instancetype.Nearest("m7i.3xlarge", 4) {
		assert.Contains(t, name, "m7i.", "a size that does not exist is answered with sizes of the same family")
	}
	assert.Empty(t, instancetype.Nearest("a very long name that is like no type at all", 3))
	assert.Empty(t, instancetype.Nearest("m7i.4xlarge", 0))
	assert.Empty(t, instancetype.Nearest("m7i.4xlarge", -1))
	assert.Empty(t, instancetype.Nearest("", 3))
}

func FuzzNearest(f *testing.F) {
	f.Add("m7i.4xlrge")
	f.Add("\xff\x00é")
	f.Fuzz(func(t *testing.T, name string) {
		for _, found := range instancetype.Nearest(name[:min(len(name), 50)], 3) {
			if _, ok := instancetype.Lookup(found); !ok {
				t.Errorf("%q is near %q but is no type", found, name)
			}
		}
	})
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := instancetype.Lookup("m7i.4xlarge"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkNearest(b *testing.B) {
	for b.Loop() {
		instancetype.Nearest("m7i.4xlrge", 3)
	}
}
