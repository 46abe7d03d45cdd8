package cidr_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/cidr"
)

func texts(blocks []netip.Prefix) []string {
	var all []string
	for _, b := range blocks {
		all = append(all, b.String())
	}
	return all
}

func TestNewPlan(t *testing.T) {
	for _, c := range []struct {
		block           string
		zones           int
		private, public []string
	}{
		{"10.0.0.0/16", 2, []string{"10.0.0.0/18", "10.0.64.0/18"}, []string{"10.0.128.0/24", "10.0.129.0/24"}},
		{
			"10.8.0.0/16", 3, []string{"10.8.0.0/19", "10.8.32.0/19", "10.8.64.0/19"},
			[]string{"10.8.128.0/24", "10.8.129.0/24", "10.8.130.0/24"},
		},
		{"192.168.8.0/21", 2, []string{"192.168.8.0/23", "192.168.10.0/23"}, []string{"192.168.12.0/27", "192.168.12.32/27"}},
		{"10.0.0.0/20", 2, []string{"10.0.0.0/22", "10.0.4.0/22"}, []string{"10.0.8.0/27", "10.0.8.32/27"}},
		{"10.0.0.0/19", 2, []string{"10.0.0.0/21", "10.0.8.0/21"}, []string{"10.0.16.0/27", "10.0.16.32/27"}},
	} {
		plan, wrong := cidr.NewPlan(c.block, c.zones)
		require.Empty(t, wrong)
		assert.Equal(t, c.private, texts(plan.Private))
		assert.Equal(t, c.public, texts(plan.Public))
	}
}

func TestNewPlanSaysAllThatIsWrong(t *testing.T) {
	for _, c := range []struct {
		block string
		zones int
		paths []string
		text  string
	}{
		{"ten", 1, []string{"cidrBlock", "zoneCount"}, "is not a block"},
		{"10.0.0.0/22", 2, []string{"cidrBlock"}, "too small"},
		{"10.0.0.0/8", 2, []string{"cidrBlock"}, "larger than AWS allows"},
		{"10.0.1.0/16", 2, []string{"cidrBlock"}, "write it as 10.0.0.0/16"},
		{"fd00::/56", 2, []string{"cidrBlock"}, "is not a block of IPv4"},
		{"10.0.0.0/16", 7, []string{"zoneCount"}, "7 availability zones"},
	} {
		_, wrong := cidr.NewPlan(c.block, c.zones)
		var paths []string
		for _, p := range wrong {
			paths = append(paths, p.Path)
		}
		assert.Equal(t, c.paths, paths, c.block)
		assert.ErrorContains(t, wrong.Err("plan"), c.text)
	}
}

func TestOverlapping(t *testing.T) {
	blocks := []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/18"), netip.MustParsePrefix("10.0.64.0/18"), netip.MustParsePrefix("10.0.32.0/19"),
	}
	assert.Equal(t, [][2]int{{0, 2}}, cidr.Overlapping(blocks))
}

// Whatever block and number are accepted: subnets are inside the VPC and apart, and private ones are the larger.
func FuzzNewPlan(f *testing.F) {
	f.Add("10.0.0.0/16", 3)
	f.Add("255.255.248.0/21", 6)
	f.Fuzz(func(t *testing.T, block string, zones int) {
		plan, wrong := cidr.NewPlan(block, zones)
		if len(wrong) > 0 {
			return
		}
		vpc := netip.MustParsePrefix(block)
		all := append(append([]netip.Prefix{}, plan.Private...), plan.Public...)
		assert.Len(t, all, 2*zones)
		assert.Empty(t, cidr.Overlapping(all))
		for _, b := range all {
			assert.True(t, vpc.Contains(b.Addr()) && b.Bits() >= vpc.Bits() && b.Bits() <= 28, "%s in %s", b, vpc)
		}
		assert.Less(t, plan.Private[0].Bits(), plan.Public[0].Bits())
		assert.LessOrEqual(t, plan.Public[0].Bits(), 27, "load balancers want no less")
	})
}
