package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/components/network"
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
		"the host's volume in another zone": {
			map[string]string{"dss": `{"availabilityZone":"eu-west-1c"}`}, "pulumi-dss:dss.availabilityZone", "workload zone",
		},
		"the host in another VPC than its subnet": {
			map[string]string{"dss": `{"vpcId":"vpc-2"}`}, "pulumi-dss:dss.vpcId", "give dss.subnetId too",
		},
		"the cluster in another VPC than its subnets": {
			map[string]string{"compute": `{"vpcId":"vpc-2"}`}, "pulumi-dss:compute.vpcId", "give compute.subnetIds too",
		},
		"a load balancer that faces the internet in a VPC without": {
			map[string]string{
				"network": `{"adopt":{"vpcId":"vpc-1","privateSubnetIds":["subnet-a","subnet-b"],"publicSubnetIds":["subnet-c"]}}`,
				"dss":     `{"loadBalancer":{"internetFacing":true,"allowedCidrs":["203.0.113.0/24"],"certificateArn":"` + certificate + `"}}`,
			}, "pulumi-dss:dss.loadBalancer.internetFacing", "1 public subnets",
		},
		"a public address where nobody comes": {
			map[string]string{"dss": `{"elasticIp":true}`}, "pulumi-dss:dss.elasticIp", "give dss.subnetId of a public subnet",
		},
		"a given public address where nobody comes": {
			map[string]string{"dss": `{"elasticIpAllocationId":"eipalloc-0123abcd"}`}, "pulumi-dss:dss.elasticIpAllocationId", "private",
		},
		"zones of another region": {
			map[string]string{"network": `{"zones":["eu-west-1a","us-west-2b"]}`}, "pulumi-dss:network.zones[1]", `"us-west-2b" is no zone of eu-west-1`,
		},
		"an external id that nothing can give": {
			map[string]string{"aws:assumeRole": `{"roleArn":"arn:aws:iam::123456789012:role/deploy","externalId":"x"}`},
			"aws:assumeRole.externalId", "set compute.kubernetesProfile",
		},
		"a role that is none": {
			map[string]string{"aws:assumeRole": `{"roleArn":"arn:aws:iam::123456789012:user/deploy"}`}, "aws:assumeRole.roleArn", "is no role",
		},
		"an account that is none": {map[string]string{"aws:allowedAccountIds": `["12"]`}, "aws:allowedAccountIds[0]", "twelve digits"},
		"a key that is none":      {map[string]string{"kmsKeyArn": "nonsense"}, "pulumi-dss:kmsKeyArn", "arn:aws:kms:"},
		"an alias as a key": {
			map[string]string{"kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:alias/k"}, "pulumi-dss:kmsKeyArn", "not of an alias",
		},
		"a key of another region": {
			map[string]string{"kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k"}, "pulumi-dss:kmsKeyArn", "give a key of eu-west-1",
		},
		"a path of roles":          {map[string]string{"roles": `{"path":"bad"}`}, "pulumi-dss:roles.path", "slash"},
		"a path of a part's roles": {map[string]string{"network": `{"roles":{"path":"/a"}}`}, "pulumi-dss:network.roles.path", "end with a slash"},
		"a boundary": {
			map[string]string{"roles": `{"permissionsBoundary":"arn:aws:iam::123456789012:role/b"}`}, "pulumi-dss:roles.permissionsBoundary", ":policy/",
		},
		"a tag of AWS's":        {map[string]string{"tags": `{"aws:x":"y"}`}, "pulumi-dss:tags", `"aws:x": tags that begin with aws: are AWS's own`},
		"a part's tag of AWS's": {map[string]string{"compute": `{"tags":{"AWS:x":"y"}}`}, "pulumi-dss:compute.tags", `"AWS:x": tags that begin with aws: are AWS's own`},
		"a tag that is too long": {
			map[string]string{"tags": `{"note":"` + strings.Repeat("x", 257) + `"}`}, "pulumi-dss:tags", `"note": the value has 257`,
		},
		"a user as a role": {
			map[string]string{"compute": `{"kubernetesRoleArn":"arn:aws:iam::123456789012:user/x"}`},
			"pulumi-dss:compute.kubernetesRoleArn", "only roles can be taken",
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

func TestLoadTakes(t *testing.T) {
	t.Parallel()
	const external = `{"roleArn":"arn:aws:iam::123456789012:role/deploy","externalId":"x"}`
	for what, config := range map[string]map[string]string{
		"a zone that the host is in":     {"network": `{"zones":["eu-west-1c","eu-west-1a"]}`, "dss": `{"availabilityZone":"eu-west-1c"}`},
		"a zone with its subnet":         {"dss": `{"availabilityZone":"eu-west-1c","subnetId":"subnet-c"}`},
		"the VPC that is adopted":        {"network": `{"adopt":{"vpcId":"vpc-1","privateSubnetIds":["subnet-a","subnet-b"]}}`, "dss": `{"vpcId":"vpc-1"}`},
		"a public address in a subnet":   {"dss": `{"elasticIp":true,"subnetId":"subnet-public"}`},
		"an external id, and a profile":  {"aws:assumeRole": external, "compute": `{"kubernetesProfile":"deploy"}`},
		"an external id, and a role":     {"aws:assumeRole": external, "compute": `{"kubernetesRoleArn":"arn:aws:iam::123456789012:role/k"}`},
		"an external id, and no objects": {"aws:assumeRole": external, "compute": `{"kubernetesObjects":false}`},
		"a key":                          {"kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/mrk-0123456789abcdef"},
		"paths, and a boundary of AWS's": {"roles": `{"path":"/platform/dss/","permissionsBoundary":"arn:aws:iam::aws:policy/PowerUserAccess"}`},
		"an account, and tags":           {"aws:allowedAccountIds": `["123456789012"]`, "tags": `{"awsome":"yes","cost:center":"12"}`},
	} {
		config["aws:region"] = "eu-west-1"
		_, err := load(t, config)
		assert.NoError(t, err, what)
	}
}

// A role that asks for an external id is the profile's to take: with `--role-arn` the command would be refused.
func TestTokensDoNotTakeARoleThatAsksForAnExternalID(t *testing.T) {
	t.Parallel()
	for id, taken := range map[string]bool{"": true, "x": false} {
		graph := deploy(t, func(cfg *stacks.Config) {
			cfg.AWS.AssumeRole = &stacks.AssumeRole{RoleARN: "arn:aws:iam::123456789012:role/deploy", ExternalID: id}
			cfg.Compute.KubernetesProfile = "deploy"
		})
		kubeconfig := graph.One("pulumi:providers:kubernetes", "").String("kubeconfig")
		assert.Contains(t, kubeconfig, `"AWS_PROFILE"`)
		assert.Equal(t, taken, strings.Contains(kubeconfig, "--role-arn"), "external id %q", id)
	}
}

func TestWithoutAWayOutWhatLacksAnEndpointIsNamed(t *testing.T) {
	t.Parallel()
	warnings := func(change func(*network.NetworkArgs)) []string {
		return deploy(t, func(cfg *stacks.Config) { change(&cfg.Network) }).Warnings()
	}
	assert.Empty(t, warnings(func(*network.NetworkArgs) {}), "there is a NAT gateway")
	assert.Empty(t, warnings(func(n *network.NetworkArgs) {
		n.NAT, n.InterfaceEndpoints = network.NATNone, network.EndpointServices()
	}))
	some := warnings(func(n *network.NetworkArgs) { n.NAT, n.InterfaceEndpoints = network.NATNone, []string{"sts", "kms"} })
	require.Len(t, some, 1)
	assert.Contains(t, some[0], "network.interfaceEndpoints lacks athena, autoscaling")
	assert.Contains(t, some[0], "ssm, ssmmessages")
	assert.NotContains(t, some[0], "kms")
	adopted := stacks.Config{Network: network.NetworkArgs{NAT: network.NATNone, Adopt: &network.Adoption{}}}
	assert.Empty(t, adopted.Warnings(), "its routes are its owner's")
}
