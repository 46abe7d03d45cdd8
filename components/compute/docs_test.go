package compute

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/instancetype"
	"github.com/pulumi-dss/pulumi-dss/internal/price"
)

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/compute.md")
	require.NoError(t, err)
	return string(text)
}

func TestPageStatesTheCostOfTheDefaults(t *testing.T) {
	t.Parallel()
	text := page(t)
	total := price.Month(price.EKSClusterHour) + price.KMSKeyMonth
	for name, pool := range (&ComputeEKSArgs{}).withDefaults("lab").Pools {
		kind, ok := instancetype.Lookup(pool.InstanceTypes[0])
		require.True(t, ok)
		nodes := float64(*pool.Desired) * price.Month(kind.USDPerHour)
		assert.Contains(t, text, fmt.Sprintf("| `%s`: %d × %s, 730 h at $%.4f | $%.2f |",
			name, *pool.Desired, kind.Name, kind.USDPerHour, nodes))
		total += nodes + float64(*pool.Desired)*price.GP3Month(pool.DiskGiB, price.GP3FreeIOPS, price.GP3FreeMiBps)
	}
	assert.Contains(t, text, fmt.Sprintf("| together | $%.2f |", total))
}

func TestPageNamesEveryArgumentAndOutput(t *testing.T) {
	t.Parallel()
	text := page(t)
	for _, part := range []any{ComputeEKSArgs{}, Pool{}, Access{}, Addon{}, ComputeEKS{}, DSSAccess{}} {
		fields := reflect.TypeOf(part)
		for i := range fields.NumField() {
			name, _, _ := strings.Cut(fields.Field(i).Tag.Get("pulumi"), ",")
			if name != "" {
				assert.Contains(t, text, "`"+name+"`", "%s.%s", fields.Name(), name)
			}
		}
	}
}

func TestPageHasTheRulesThatGrantDSSMakes(t *testing.T) {
	t.Parallel()
	text := page(t)
	for _, r := range clusterRules(DSSAccess{}) {
		group := strings.Join(r.groups, ", ")
		if group == "" {
			group = `""`
		}
		assert.Contains(t, text, fmt.Sprintf("- {apiGroups: [%s], resources: [%s], verbs: [%s]}",
			group, strings.Join(r.resources, ", "), strings.Join(r.verbs, ", ")))
	}
	assert.Contains(t, text, dssGroup("dss"))
}
