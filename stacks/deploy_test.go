package stacks_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/stacks"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const accessEntry = "aws:eks/accessEntry:AccessEntry"

// deploy runs a platform on the development preset's settings, changed.
func deploy(t *testing.T, change func(*stacks.Config)) *harness.Graph {
	t.Helper()
	cfg, err := stacks.NewConfig(stacks.PresetDev)
	require.NoError(t, err)
	cfg.AWS.Region = "eu-west-1"
	change(&cfg)
	return harness.Run(t, stacks.Program(cfg), harness.Stack("lab"),
		harness.WithoutCheck(harness.CheckPartition, "the program names the region"))
}

func TestDSSDoesNotWaitForItsCluster(t *testing.T) {
	t.Parallel()
	graph := deploy(t, func(*stacks.Config) {})
	cluster := graph.One("eks:index:Cluster", "")
	for _, kind := range []string{"aws:ec2/instance:Instance", "aws:ssm/association:Association", "aws:cloudformation/stack:Stack"} {
		assert.False(t, graph.DependsOn(graph.One(kind, ""), cluster), kind)
	}
	assert.True(t, graph.DependsOn(graph.One(accessEntry, "dss-lab-grant-dss"), cluster))
}

func TestTheHostWaitsForItsWayOut(t *testing.T) {
	t.Parallel()
	graph := deploy(t, func(*stacks.Config) {})
	assert.True(t, graph.DependsOn(graph.One("aws:ec2/instance:Instance", ""), graph.One("aws:ec2/route:Route", "dss-lab-private-0-out")))
}

func TestWhoeverDSSSignsAsPushesImagesAndEntersTheCluster(t *testing.T) {
	t.Parallel()
	byRole := deploy(t, func(*stacks.Config) {})
	assert.Contains(t, byRole.One(accessEntry, "dss-lab-grant-dss").String("principalArn"), ":role/dss-lab-host")
	assert.Contains(t, byRole.One("aws:iam/rolePolicy:RolePolicy", "dss-lab-host-push").String("policy"), "ecr:PutImage")

	byKey := deploy(t, func(cfg *stacks.Config) { cfg.DSS.CredentialsMode = dss.KeyPair })
	assert.Contains(t, byKey.One(accessEntry, "dss-lab-grant-dss").String("principalArn"), ":user/")
	assert.Contains(t, byKey.One("aws:iam/policy:Policy", "dss-lab-dss-push").String("policy"), "ecr:PutImage")
	for _, policy := range byKey.OfType("aws:iam/rolePolicy:RolePolicy") {
		assert.NotContains(t, policy.String("policy"), `"ecr:PutImage"`, "%s: the host's role is not what DSS signs with", policy.Name)
	}
}

func TestTheNetworkOfALoadBalancerFollowsWhomItFaces(t *testing.T) {
	t.Parallel()
	balancer := func(internetFacing bool) *harness.Resource {
		graph := deploy(t, func(cfg *stacks.Config) {
			cfg.DSS.LoadBalancer = &dss.LoadBalancer{
				InternetFacing: internetFacing, AllowedCIDRs: []string{"10.0.0.0/8"},
				CertificateARN: "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
			}
		})
		return graph.One("aws:lb/loadBalancer:LoadBalancer", "")
	}
	assert.Contains(t, balancer(true).Strings("subnets")[0], "public")
	assert.Contains(t, balancer(false).Strings("subnets")[0], "private")
}

func TestAStacksOwnArgumentsHoldOverThePlatforms(t *testing.T) {
	t.Parallel()
	graph := deploy(t, func(cfg *stacks.Config) {
		cfg.Registry.KMSKeyARN = pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/images")
		cfg.Registry.Prefix = "images"
	})
	repository := graph.OfType("aws:ecr/repository:Repository")[0]
	assert.Equal(t, "arn:aws:kms:eu-west-1:123456789012:key/images", repository.String("encryptionConfigurations[0].kmsKey"))
	assert.Contains(t, repository.String("name"), "images/")
}

const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"

// The host is a member of the network's group, whose members reach the cluster's API. With groups of the stack's own it may not be.
func TestTheHostReachesTheClustersAPIWhateverGroupsAreGiven(t *testing.T) {
	t.Parallel()
	groups := func(ids ...string) pulumi.StringArrayInput { return pulumi.ToStringArray(ids) }
	for what, test := range map[string]struct {
		change func(*stacks.Config)
		rule   bool
	}{
		"the network's": {func(*stacks.Config) {}, false},
		"the host's":    {func(cfg *stacks.Config) { cfg.DSS.SharedSecurityGroupIDs = groups("sg-mine") }, true},
		"none":          {func(cfg *stacks.Config) { cfg.DSS.SharedSecurityGroupIDs = groups() }, true},
		"unknown":       {func(cfg *stacks.Config) { cfg.DSS.SharedSecurityGroupIDs = groups("sg-mine").ToStringArrayOutput() }, true},
		"the cluster's": {func(cfg *stacks.Config) { cfg.Compute.SharedSecurityGroupID = pulumi.String("sg-mine") }, true},
		"both the same": {func(cfg *stacks.Config) {
			cfg.DSS.SharedSecurityGroupIDs, cfg.Compute.SharedSecurityGroupID = groups("sg-a", "sg-mine"), pulumi.String("sg-mine")
		}, false},
		"the host's own is the cluster's": {func(cfg *stacks.Config) {
			cfg.DSS.SecurityGroupID, cfg.Compute.SharedSecurityGroupID = pulumi.String("sg-mine"), pulumi.String("sg-mine")
		}, false},
		"the network's by its id": {func(cfg *stacks.Config) {
			cfg.Network.SharedSecurityGroupID, cfg.DSS.SharedSecurityGroupIDs = pulumi.String("sg-mine"), groups("sg-mine")
		}, false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			graph := deploy(t, test.change)
			var rules []*harness.Resource
			for _, rule := range graph.OfType(ingressRule) {
				if rule.Name == "dss-lab-api-dss" {
					rules = append(rules, rule)
				}
			}
			if !test.rule {
				assert.Empty(t, rules)
				return
			}
			require.Len(t, rules, 1)
			assert.Equal(t, graph.One("aws:ec2/instance:Instance", "").Strings("vpcSecurityGroupIds")[0], rules[0].String("referencedSecurityGroupId"))
			assert.False(t, graph.DependsOn(graph.One("aws:ec2/instance:Instance", ""), graph.One("eks:index:Cluster", "")))
		})
	}
}

func TestSubnetsOfPoolsAreTheStacksOwn(t *testing.T) {
	t.Parallel()
	graph := deploy(t, func(cfg *stacks.Config) {
		cfg.Compute.WorkloadSubnetIDs = pulumi.ToStringArray([]string{"subnet-mine"})
	})
	for _, pool := range graph.OfType("aws:eks/nodeGroup:NodeGroup") {
		assert.Equal(t, []string{"subnet-mine"}, pool.Strings("subnetIds"), pool.Name)
	}
}
