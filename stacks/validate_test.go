package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/stacks"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const certificate = "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"

// What is known beforehand is said by what reads the configuration, before anything is registered.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for what, test := range map[string]struct {
		config      map[string]string
		path, wrong string
	}{
		"a key of a bucket without the bucket": {
			map[string]string{"dss": `{"assetsBucketKmsKeyArn":"arn:aws:kms:eu-west-1:123456789012:key/k"}`},
			"pulumi-dss:dss.assetsBucketKmsKeyArn", "without the bucket",
		},
		"rules of somebody else's group": {
			map[string]string{"dss": `{"securityGroupId":"sg-1","allowedCidrs":["10.0.0.0/8"]}`},
			"pulumi-dss:dss.allowedCidrs", "its owner's",
		},
		"a cluster in one subnet": {
			map[string]string{"compute": `{"subnetIds":["subnet-1"]}`}, "pulumi-dss:compute.subnetIds", "only 1",
		},
		"pools in no subnet": {
			map[string]string{"compute": `{"workloadSubnetIds":[]}`}, "pulumi-dss:compute.workloadSubnetIds", "empty",
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			config := map[string]string{"aws:region": "eu-west-1"}
			for key, value := range test.config {
				config[key] = value
			}
			_, err := load(t, config)
			found := problem.Of(err)
			require.Len(t, found, 1, "%v", err)
			assert.Equal(t, test.path, found[0].Path)
			assert.Contains(t, found[0].String(), test.wrong)
		})
	}
}

func TestThePlatformsNameHasOneRule(t *testing.T) {
	t.Parallel()
	platform := func(length int, balanced bool) stacks.Config {
		cfg, err := stacks.NewConfig(stacks.PresetDev)
		require.NoError(t, err)
		cfg.AWS.Region = "eu-west-1"
		cfg.Name = "d" + strings.Repeat("x", length-1)
		if balanced {
			cfg.DSS.LoadBalancer = &dss.LoadBalancer{AllowedCIDRs: []string{"10.0.0.0/8"}, CertificateARN: certificate}
		}
		return cfg
	}
	for _, test := range []struct {
		longest  int
		balanced bool
		because  string
	}{{stacks.LongestName, false, "node groups"}, {stacks.LongestBalancedName, true, "load balancer"}} {
		harness.Run(t, stacks.Program(platform(test.longest, test.balanced)), harness.Stack("dev"),
			harness.WithoutCheck(harness.CheckPartition, "the program names the region"))
		for _, length := range []int{test.longest + 1, 40, 64} {
			cfg := platform(length, test.balanced)
			found := cfg.Problems("pulumi-dss", "dev")
			require.Len(t, found, 1, "%d characters: %v", length, found)
			assert.Equal(t, "name", found[0].Path)
			assert.Contains(t, found[0].String(), test.because)
		}
	}
	_, err := load(t, map[string]string{"aws:region": "eu-west-1", "name": "Sales_Platform"})
	assert.ErrorContains(t, err, "pulumi-dss:name: \"Sales_Platform\" has 14 characters (Pulumi.dev.yaml); use up to 32 lower-case letters")
}
