package compute_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/compute"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	accessEntry    = "aws:eks/accessEntry:AccessEntry"
	accessPolicy   = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
	addon          = "aws:eks/addon:Addon"
	awsRole        = "aws:iam/role:Role"
	cluster        = "eks:index:Cluster"
	clusterRole    = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
	ingressRule    = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	kmsKey         = "aws:kms/key:Key"
	launchTemplate = "aws:ec2/launchTemplate:LaunchTemplate"
	logGroup       = "aws:cloudwatch/logGroup:LogGroup"
	nodeGroup      = "aws:eks/nodeGroup:NodeGroup"
	oidcProvider   = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
	policyAttached = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	rolePolicy     = "aws:iam/rolePolicy:RolePolicy"
	securityGroup  = "aws:ec2/securityGroup:SecurityGroup"
	storageClass   = "kubernetes:storage.k8s.io/v1:StorageClass"
)

// use does something with a cluster that was made.
type use func(ctx *pulumi.Context, c *compute.ComputeEKS) error

// program makes a cluster under an explicit provider and exports its outputs, so that none fails unseen.
func program(args compute.ComputeEKSArgs, uses ...use) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		provider, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{})
		if err != nil {
			return err
		}
		if args.VPCID == nil {
			args.VPCID = pulumi.String("vpc-1")
			args.SubnetIDs = pulumi.ToStringArray([]string{"subnet-a", "subnet-b"})
			args.WorkloadSubnetIDs = pulumi.ToStringArray([]string{"subnet-a"})
		}
		c, err := compute.NewComputeEKS(ctx, "lab", &args, pulumi.Providers(provider))
		if err != nil {
			return err
		}
		for name, output := range map[string]pulumi.Input{
			"name": c.ClusterName, "arn": c.ClusterARN, "endpoint": c.Endpoint, "ca": c.CertificateAuthority, "kubeconfig": c.Kubeconfig,
			"clusterGroup": c.ClusterSecurityGroupID, "nodeGroup": c.NodeSecurityGroupID, "nodeRole": c.NodeRoleARN,
			"issuer": c.OIDCIssuer, "oidcProvider": c.OIDCProviderARN, "key": c.KMSKeyARN,
		} {
			ctx.Export(name, output)
		}
		for _, use := range uses {
			if err := use(ctx, c); err != nil {
				return err
			}
		}
		return nil
	}
}

func run(t *testing.T, args compute.ComputeEKSArgs, opts ...harness.Option) *harness.Graph {
	t.Helper()
	return harness.Run(t, program(args), opts...)
}

// audience waives a finding: service accounts' tokens have this audience in every partition.
func audience() harness.Option {
	return harness.WithoutCheck(harness.CheckPartition, "the audience of tokens is the same in every partition", "lab-issuer")
}

func names(resources []*harness.Resource) []string {
	var all []string
	for _, r := range resources {
		all = append(all, r.Name)
	}
	return all
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	graph := run(t, compute.ComputeEKSArgs{})
	graph.Golden("defaults.json")
	plane := graph.One(cluster, "")
	assert.Equal(t, "API", plane.String("authenticationMode"))
	assert.True(t, plane.Bool("endpointPrivateAccess"))
	assert.False(t, plane.Bool("endpointPublicAccess"))
	assert.True(t, plane.Bool("skipDefaultNodeGroup"))
	assert.True(t, plane.Bool("useDefaultVpcCni"))
	assert.Equal(t, []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}, plane.Strings("enabledClusterLogTypes"))
	assert.False(t, plane.Has("accessEntries"), "the Go SDK could not read them back")
	assert.Equal(t, []any{}, plane.Plain("instanceRoles"), "empty, for nil makes pulumi-eks make a role and its entry")
	assert.Equal(t, "lab", graph.Export("name"))
	assert.Equal(t, "", graph.Export("oidcProvider")) //nolint:testifylint // Empty would also take a missing output
}

func TestTagsReachEverything(t *testing.T) {
	t.Parallel()
	tags := map[string]string{"team": "data"}
	graph := run(t, compute.ComputeEKSArgs{Tags: tags, CreateOIDCProvider: true}, harness.RequireTags(tags), audience())
	for _, template := range graph.OfType(launchTemplate) {
		for i, kind := range []string{"instance", "volume", "network-interface"} {
			specification := template.Plain("tagSpecifications").([]any)[i].(map[string]any)
			assert.Equal(t, kind, specification["resourceType"])
			assert.Equal(t, "data", specification["tags"].(map[string]any)["team"])
		}
	}
}

func TestLogsAreOwnedBeforeTheClusterWrites(t *testing.T) {
	t.Parallel()
	graph := run(t, compute.ComputeEKSArgs{ClusterName: "platform"})
	group := graph.One(logGroup, "")
	assert.Equal(t, "/aws/eks/platform/cluster", group.String("name"))
	assert.Equal(t, 90, group.Int("retentionInDays"))
	assert.Equal(t, graph.Export("key"), group.String("kmsKeyId"))
	assert.True(t, graph.DependsOn(graph.One(cluster, ""), group))
	assert.Empty(t, run(t, compute.ComputeEKSArgs{AdoptLogGroup: true}).OfType(logGroup))
}

func TestDataGoesOnlyWithTwoKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ deleteData, allow, goes bool }{
		{false, false, false}, {true, false, false}, {false, true, false}, {true, true, true},
	} {
		graph := run(t, compute.ComputeEKSArgs{DeleteData: c.deleteData, AllowDataDeletion: c.allow})
		assert.Equal(t, !c.goes, graph.One(kmsKey, "").Options.RetainOnDelete)
		assert.Equal(t, !c.goes, graph.One(logGroup, "").Options.RetainOnDelete)
	}
}

func TestAddonsAroundNodes(t *testing.T) {
	t.Parallel()
	graph := run(t, compute.ComputeEKSArgs{})
	system := graph.One(nodeGroup, "lab-system")
	for _, name := range []string{"vpc-cni", "kube-proxy", "eks-pod-identity-agent"} {
		before := graph.One(addon, "lab-"+name)
		for _, group := range graph.OfType(nodeGroup) {
			assert.True(t, graph.DependsOn(group, before), "%s before %s", name, group.Name)
		}
	}
	for _, name := range []string{"coredns", "aws-ebs-csi-driver", "metrics-server"} {
		after := graph.One(addon, "lab-"+name)
		assert.True(t, graph.DependsOn(after, system), name)
		assert.False(t, graph.DependsOn(after, graph.One(nodeGroup, "lab-dss")), "%s waits for no pool that it does not run on", name)
	}
	assert.False(t, graph.DependsOn(graph.One(storageClass, ""), system), "objects need no node")
}

func TestAddonSettings(t *testing.T) {
	t.Parallel()
	graph := run(t, compute.ComputeEKSArgs{Addons: map[string]compute.Addon{
		"vpc-cni":                         {Version: "v1.20.4-eksbuild.2", Configuration: `{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}`},
		"metrics-server":                  {Disabled: true},
		"amazon-cloudwatch-observability": {},
	}})
	assert.Equal(t, []string{
		"lab-amazon-cloudwatch-observability", "lab-aws-ebs-csi-driver", "lab-coredns", "lab-eks-pod-identity-agent", "lab-kube-proxy",
		"lab-vpc-cni",
	}, names(graph.OfType(addon)))
	cni := graph.One(addon, "lab-vpc-cni")
	assert.Equal(t, "v1.20.4-eksbuild.2", cni.String("addonVersion"))
	assert.JSONEq(t, `{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}`, cni.String("configurationValues"))
	assert.Equal(t, "aws-node", cni.String("podIdentityAssociations[0].serviceAccount"))
	further := graph.One(addon, "lab-amazon-cloudwatch-observability")
	assert.True(t, graph.DependsOn(further, graph.One(nodeGroup, "lab-system")))
}

func TestNodesHaveFewRights(t *testing.T) {
	t.Parallel()
	assert.NotContains(t, names(run(t, compute.ComputeEKSArgs{}).OfType(policyAttached)), "lab-node-AmazonSSMManagedInstanceCore")
	graph := run(t, compute.ComputeEKSArgs{NodeSSM: true})
	assert.Subset(t, names(graph.OfType(policyAttached)), []string{
		"lab-node-AmazonEC2ContainerRegistryPullOnly", "lab-node-AmazonEKSWorkerNodePolicy", "lab-node-AmazonSSMManagedInstanceCore",
		"lab-vpc-cni-AmazonEKS_CNI_Policy",
	})
	for _, entry := range graph.OfType(accessEntry) {
		assert.NotEqual(t, graph.Export("nodeRole"), entry.String("principalArn"), "EKS makes the nodes' entry")
	}
}

func TestLaunchTemplate(t *testing.T) {
	t.Parallel()
	graph := run(t, compute.ComputeEKSArgs{SharedSecurityGroupID: pulumi.String("sg-shared")})
	template := graph.One(launchTemplate, "lab-dss")
	assert.Equal(t, "required", template.String("metadataOptions.httpTokens"))
	assert.Equal(t, 1, template.Int("metadataOptions.httpPutResponseHopLimit"))
	assert.Equal(t, "true", template.String("blockDeviceMappings[0].ebs.encrypted"))
	assert.Equal(t, "gp3", template.String("blockDeviceMappings[0].ebs.volumeType"))
	assert.Equal(t, 200, template.Int("blockDeviceMappings[0].ebs.volumeSize"))
	assert.Equal(t, graph.Export("key"), template.String("blockDeviceMappings[0].ebs.kmsKeyId"))
	assert.Equal(t, []any{graph.Export("clusterGroup"), graph.Export("nodeGroup"), "sg-shared"}, template.Plain("vpcSecurityGroupIds"))
	assert.False(t, template.Has("keyName"), "nobody logs in by SSH")
	assert.False(t, template.Has("userData"))
}

func TestPools(t *testing.T) {
	t.Parallel()
	three := 3
	graph := run(t, compute.ComputeEKSArgs{Pools: map[string]compute.Pool{
		"base": {Min: 1},
		"gpu": {
			InstanceTypes: []string{"g6.2xlarge"}, Max: 5, Desired: &three, Spot: true, MaxPods: 40, Zones: compute.AllZones,
			Labels: map[string]string{"team": "vision"}, Taints: []compute.Taint{{Key: "nvidia.com/gpu"}}, ReleaseVersion: "1.35.0-20261112",
		},
		"arm": {InstanceTypes: []string{"m7g.large", "m7g.xlarge"}, AllowArm64: true},
		"new": {InstanceTypes: []string{"m99i.large"}, AllowUnknownInstanceTypes: true, Architecture: "x86_64", GPU: true},
		"trn": {InstanceTypes: []string{"inf2.xlarge"}},
	}})
	gpu := graph.One(nodeGroup, "lab-gpu")
	assert.Equal(t, "AL2023_x86_64_NVIDIA", gpu.String("amiType"))
	assert.Equal(t, "SPOT", gpu.String("capacityType"))
	assert.Equal(t, []string{"subnet-a", "subnet-b"}, gpu.Strings("subnetIds"))
	assert.Equal(t, map[string]any{"team": "vision", compute.PoolLabel: "gpu"}, gpu.Plain("labels"))
	assert.Equal(t, []any{map[string]any{"key": "nvidia.com/gpu", "effect": "NO_SCHEDULE"}}, gpu.Plain("taints"))
	assert.Equal(t, 3, gpu.Int("scalingConfig.desiredSize"))
	assert.Equal(t, "1.35.0-20261112", gpu.String("releaseVersion"))
	assert.Contains(t, gpu.Options.IgnoreChanges, "scalingConfig.desiredSize")
	assert.True(t, graph.One(launchTemplate, "lab-gpu").Has("userData"))
	base := graph.One(nodeGroup, "lab-base")
	assert.Equal(t, []string{"subnet-a"}, base.Strings("subnetIds"))
	assert.Equal(t, 1, base.Int("scalingConfig.maxSize"))
	assert.Equal(t, "ON_DEMAND", base.String("capacityType"))
	assert.Equal(t, []string{compute.DefaultPoolInstanceType}, base.Strings("instanceTypes"))
	for pool, ami := range map[string]string{
		"base": "AL2023_x86_64_STANDARD", "arm": "AL2023_ARM_64_STANDARD", "new": "AL2023_x86_64_NVIDIA", "trn": "AL2023_x86_64_NEURON",
	} {
		assert.Equal(t, ami, graph.One(nodeGroup, "lab-"+pool).String("amiType"), pool)
	}
}

func TestDeployerIsAdministrator(t *testing.T) {
	t.Parallel()
	entry := run(t, compute.ComputeEKSArgs{}).One(accessEntry, "lab-deployer")
	assert.Equal(t, []string{"principalArn"}, entry.Options.IgnoreChanges, "two deployers do not take it from each other")
	pinned := run(t, compute.ComputeEKSArgs{DeployerPrincipalARN: "arn:aws:iam::123456789012:role/ci"},
		harness.WithoutCheck(harness.CheckPartition, "the ARN is the caller's"))
	entry = pinned.One(accessEntry, "lab-deployer")
	assert.Equal(t, "arn:aws:iam::123456789012:role/ci", entry.String("principalArn"))
	assert.Empty(t, entry.Options.IgnoreChanges)
	policy := pinned.One(accessPolicy, "lab-deployer")
	assert.Equal(t, "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", policy.String("policyArn"))
	assert.Equal(t, "cluster", policy.String("accessScope.type"))
	assert.True(t, pinned.DependsOn(pinned.One(storageClass, ""), policy), "objects are made with the deployer's rights")
	off := false
	assert.Empty(t, run(t, compute.ComputeEKSArgs{DeployerAdmin: &off, KubernetesObjects: &off}).OfType(accessEntry))
}

// as answers who deploys.
func as(arn string) harness.Option {
	return harness.Answer("aws:index/getCallerIdentity:getCallerIdentity", func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(map[string]any{"accountId": "123456789012", "arn": arn, "userId": "x", "id": "x"}), nil
	})
}

func TestSessionsAreTurnedIntoRoles(t *testing.T) {
	t.Parallel()
	const (
		session = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_1/me"
		issuer  = "arn:aws:iam::123456789012:role/sso/AWSReservedSSO_Admin_1"
	)
	context := harness.Answer("aws:iam/getSessionContext:getSessionContext", func(args resource.PropertyMap) (resource.PropertyMap, error) {
		assert.Equal(t, session, args["arn"].StringValue())
		return resource.NewPropertyMapFromMap(map[string]any{"arn": session, "issuerArn": issuer}), nil
	})
	one := harness.WithoutCheck(harness.CheckPartition, "the caller is the same in every partition")
	graph := run(t, compute.ComputeEKSArgs{}, as(session), context, one)
	assert.Equal(t, issuer, graph.One(accessEntry, "lab-deployer").String("principalArn"))
	user := "arn:aws:iam::123456789012:user/ops/anna"
	graph = run(t, compute.ComputeEKSArgs{}, as(user), one)
	assert.Equal(t, user, graph.One(accessEntry, "lab-deployer").String("principalArn"))
	err := harness.Fail(t, program(compute.ComputeEKSArgs{}), as("arn:aws:iam::123456789012:root"), harness.MayRegister(), one)
	assert.ErrorContains(t, err, "deployerPrincipalArn: the caller arn:aws:iam::123456789012:root is neither a user nor a role's session")
}

func TestAccessOfTheDeployerCanBeNamed(t *testing.T) {
	t.Parallel()
	const ci = "arn:aws:iam::123456789012:role/ci"
	graph := run(t, compute.ComputeEKSArgs{DeployerPrincipalARN: ci, Access: map[string]compute.Access{
		"ci":    {PrincipalARN: ci, Policy: compute.ClusterAdmin},
		"audit": {PrincipalARN: "arn:aws:iam::123456789012:user/audit", Policy: compute.View, Namespaces: []string{"team-*"}},
	}}, harness.WithoutCheck(harness.CheckPartition, "the ARNs are the caller's"))
	assert.Equal(t, []string{"lab-access-audit", "lab-access-ci"}, names(graph.OfType(accessEntry)), "one entry for a principal")
	for _, kind := range []string{accessEntry, accessPolicy} {
		assert.Equal(t, []string{"name=lab-deployer"}, graph.One(kind, "lab-access-ci").Options.Aliases, "the deployer's entry goes over into it")
		assert.Empty(t, graph.One(kind, "lab-access-audit").Options.Aliases)
	}
	scope := graph.One(accessPolicy, "lab-access-audit")
	assert.Equal(t, "namespace", scope.String("accessScope.type"))
	assert.Equal(t, []string{"team-*"}, scope.Strings("accessScope.namespaces"))
}

func TestTheStackIsTheSameForEveryDeployer(t *testing.T) {
	t.Parallel()
	const account = "arn:aws:iam::123456789012:user/"
	bob := map[string]compute.Access{"bob": {PrincipalARN: account + "bob", Policy: compute.ClusterAdmin}}
	one := harness.WithoutCheck(harness.CheckPartition, "the callers are the same in every partition")
	for deployer, want := range map[string][]string{
		account + "alice": {"lab-access-bob", "lab-deployer"},
		account + "bob":   {"lab-access-bob"},
	} {
		args := compute.ComputeEKSArgs{DeployerPrincipalARN: deployer, Access: bob}
		for _, caller := range []string{"alice", "bob"} {
			graph := run(t, args, as(account+caller), one)
			var principals []string
			for _, entry := range graph.OfType(accessEntry) {
				principals = append(principals, entry.String("principalArn"))
			}
			assert.Equal(t, want, names(graph.OfType(accessEntry)), "%s as %s", deployer, caller)
			assert.Len(t, slices.Compact(principals), len(want), "one entry for a principal")
		}
	}
	unnamed := compute.ComputeEKSArgs{Access: bob}
	graph := run(t, unnamed, as(account+"alice"), one)
	assert.Equal(t, []string{"lab-access-bob", "lab-deployer"}, names(graph.OfType(accessEntry)))
	// In a new stack bob's would be a second entry, and in alice's leaving it out would delete hers.
	err := harness.Fail(t, program(unnamed), as(account+"bob"), harness.MayRegister(), one)
	require.ErrorContains(t, err, "access.bob: it names "+account+"bob, who runs this")
	require.ErrorContains(t, err, "set deployerPrincipalArn to who created the stack")
	off := false
	graph = run(t, compute.ComputeEKSArgs{Access: bob, DeployerAdmin: &off}, as(account+"bob"), one)
	assert.Equal(t, []string{"lab-access-bob"}, names(graph.OfType(accessEntry)), "nobody is an administrator by deploying")
}

func grantDSS(access compute.DSSAccess) use {
	return func(ctx *pulumi.Context, c *compute.ComputeEKS) error {
		return c.GrantDSS(ctx, "dss", pulumi.String(harness.Here(ctx).GlobalARN("iam", "role/dss", true)), access)
	}
}

func TestDSSIsNoClusterAdministrator(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(compute.ComputeEKSArgs{}, grantDSS(compute.DSSAccess{})))
	entry := graph.One(accessEntry, "lab-grant-dss")
	assert.Equal(t, []string{"dss-platform:dss"}, entry.Strings("kubernetesGroups"))
	policy := graph.One(accessPolicy, "lab-grant-dss")
	assert.Equal(t, "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy", policy.String("policyArn"))
	assert.Equal(t, []string{"dss", "dssns-*"}, policy.Strings("accessScope.namespaces"))
	rules := graph.One(clusterRole, "lab-dss").Plain("rules").([]any)
	for _, rule := range rules {
		text, err := json.Marshal(rule)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "*", "cluster-wide rights are named one by one")
		assert.NotContains(t, string(text), "secrets")
		assert.NotContains(t, string(text), "delete")
	}
	assert.Len(t, rules, 5)
	quotas := harness.Run(t, program(compute.ComputeEKSArgs{}, grantDSS(compute.DSSAccess{ManageQuotas: true})))
	assert.Len(t, quotas.One(clusterRole, "lab-dss").Plain("rules"), 6)
}

func TestDSSAsClusterAdministrator(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(compute.ComputeEKSArgs{}, grantDSS(compute.DSSAccess{ClusterAdmin: true})))
	assert.Contains(t, graph.One(accessPolicy, "lab-grant-dss").String("policyArn"), "AmazonEKSClusterAdminPolicy")
	assert.Empty(t, graph.OfType(clusterRole))
}

func TestWithoutKubernetesObjects(t *testing.T) {
	t.Parallel()
	off := false
	graph := harness.Run(t, program(compute.ComputeEKSArgs{KubernetesObjects: &off}, grantDSS(compute.DSSAccess{})))
	assert.Empty(t, graph.OfType(storageClass))
	assert.Empty(t, graph.OfType(clusterRole))
	assert.Empty(t, graph.OfType("pulumi:providers:kubernetes"))
	assert.NotEmpty(t, graph.One(accessPolicy, "lab-grant-dss"))
}

func TestObjectsGoWithTheCluster(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(compute.ComputeEKSArgs{}, grantDSS(compute.DSSAccess{})))
	for _, kind := range []string{storageClass, clusterRole, clusterRole + "Binding"} {
		assert.Equal(t, graph.One(cluster, "").URN, graph.One(kind, "").Options.DeletedWith, kind)
	}
	class := graph.One(storageClass, "")
	assert.Equal(t, "WaitForFirstConsumer", class.String("volumeBindingMode"))
	assert.Equal(t, "true", class.String("parameters.encrypted"))
	assert.Equal(t, graph.Export("key"), class.String("parameters.kmsKeyId"))
}

func TestGrantsFailWithReasons(t *testing.T) {
	t.Parallel()
	wrong := grantDSS(compute.DSSAccess{Namespaces: []string{"*", "A"}})
	err := harness.Fail(t, program(compute.ComputeEKSArgs{}, wrong), harness.MayRegister())
	assert.Len(t, problem.Of(err), 2)
	grant := func(ctx *pulumi.Context, c *compute.ComputeEKS) error {
		return c.GrantAccess(ctx, "x", pulumi.String("whoever"), compute.Access{Policy: "Root"})
	}
	err = harness.Fail(t, program(compute.ComputeEKSArgs{}, grant), harness.MayRegister())
	assert.ErrorContains(t, err, `access x: policy: "Root" is no access policy`)
}

func TestWhoReachesTheAPI(t *testing.T) {
	t.Parallel()
	allow := func(ctx *pulumi.Context, c *compute.ComputeEKS) error {
		return c.AllowAPI(ctx, "dss", pulumi.String("sg-dss"))
	}
	graph := harness.Run(t, program(compute.ComputeEKSArgs{
		SharedSecurityGroupID: pulumi.String("sg-shared"), PrivateAccessCIDRs: []string{"10.8.0.0/16"},
		PublicAccessCIDRs: []string{"203.0.113.0/24"},
	}, allow))
	assert.Equal(t, "sg-shared", graph.One(ingressRule, "lab-api-shared").String("referencedSecurityGroupId"))
	assert.Equal(t, "sg-dss", graph.One(ingressRule, "lab-api-dss").String("referencedSecurityGroupId"))
	assert.Equal(t, "10.8.0.0/16", graph.One(ingressRule, "lab-api-network-0").String("cidrIpv4"))
	for _, rule := range graph.OfType(ingressRule) {
		assert.Equal(t, 443, rule.Int("fromPort"))
		assert.False(t, graph.DependsOn(rule, graph.One(cluster, "")), "rules do not wait for the cluster")
	}
	plane := graph.One(cluster, "")
	assert.True(t, plane.Bool("endpointPublicAccess"))
	assert.Equal(t, []string{"203.0.113.0/24"}, plane.Strings("publicAccessCidrs"))
}

func TestBringYourOwn(t *testing.T) {
	t.Parallel()
	args := compute.ComputeEKSArgs{
		KMSKeyARN: pulumi.String("key"), ControlPlaneSecurityGroupID: pulumi.String("sg-plane"), NodeSecurityGroupID: pulumi.String("sg-nodes"),
		ClusterRoleARN: pulumi.String("arn:aws:iam::123456789012:role/team/plane"), NodeRoleARN: pulumi.String("nodes"), AdoptLogGroup: true,
	}
	graph := run(t, args, harness.WithoutCheck(harness.CheckPartition, "the ARN is the caller's"))
	assert.Empty(t, graph.OfType(kmsKey))
	read := graph.One(awsRole, "lab-cluster")
	assert.True(t, read.Read)
	assert.Equal(t, "plane", read.Options.ImportID)
	for _, group := range graph.OfType(securityGroup) {
		assert.True(t, group.Read || group.ParentURN == graph.One(cluster, "").URN, group.Name)
	}
	for _, group := range graph.OfType(nodeGroup) {
		assert.Equal(t, "nodes", group.String("nodeRoleArn"))
	}
	assert.Contains(t, graph.One(launchTemplate, "lab-dss").Strings("vpcSecurityGroupIds"), "sg-nodes")
}

func TestRoleSettings(t *testing.T) {
	t.Parallel()
	graph := run(t, compute.ComputeEKSArgs{Roles: role.Settings{Path: "/dss/", PermissionsBoundary: "boundary"}})
	made := graph.OfType(awsRole)
	assert.Len(t, made, 4)
	for _, r := range made {
		assert.Equal(t, "/dss/", r.String("path"), r.Name)
		assert.Equal(t, "boundary", r.String("permissionsBoundary"), r.Name)
	}
}

func TestPoliciesAreScopedToTheKey(t *testing.T) {
	t.Parallel()
	graph := run(t, compute.ComputeEKSArgs{})
	for _, r := range graph.OfType(rolePolicy) {
		for _, statement := range r.JSON("policy").(map[string]any)["Statement"].([]any) {
			assert.Equal(t, []any{graph.Export("key")}, statement.(map[string]any)["Resource"], r.Name)
		}
	}
	trust := graph.One(awsRole, "lab-vpc-cni").JSON("assumeRolePolicy").(map[string]any)["Statement"].([]any)[0].(map[string]any)
	assert.Equal(t, []any{"sts:AssumeRole", "sts:TagSession"}, trust["Action"])
}

func TestOIDCProvider(t *testing.T) {
	t.Parallel()
	assert.Empty(t, run(t, compute.ComputeEKSArgs{}).OfType(oidcProvider))
	graph := run(t, compute.ComputeEKSArgs{CreateOIDCProvider: true}, audience())
	assert.Equal(t, graph.Export("issuer"), graph.One(oidcProvider, "").String("url"))
	assert.NotEmpty(t, graph.Export("oidcProvider"))
}

func TestKubeconfigNamesTheRegion(t *testing.T) {
	t.Parallel()
	graph := run(t, compute.ComputeEKSArgs{KubernetesRoleARN: "arn:aws:iam::123456789012:role/kube", KubernetesProfile: "work"},
		harness.WithoutCheck(harness.CheckPartition, "the ARN is the caller's"))
	people, ok := graph.Export("kubeconfig").(string)
	require.True(t, ok)
	assert.Contains(t, people, `"--region","eu-west-1"`)
	assert.NotContains(t, people, "role/kube")
	assert.NotContains(t, people, "AWS_PROFILE")
	text, err := json.Marshal(graph.One("pulumi:providers:kubernetes", "lab-kubernetes").Inputs.Mappable())
	require.NoError(t, err)
	assert.Contains(t, string(text), "role/kube")
	assert.Contains(t, string(text), "AWS_PROFILE")
}

func TestNothingIsRegisteredWhenArgumentsAreWrong(t *testing.T) {
	t.Parallel()
	err := harness.Fail(t, func(ctx *pulumi.Context) error {
		_, err := compute.NewComputeEKS(ctx, "lab", &compute.ComputeEKSArgs{
			Version: "1.20", SubnetIDs: pulumi.ToStringArray([]string{"a"}), PublicAccessCIDRs: []string{"0.0.0.0/0"},
		})
		return err
	})
	var paths []string
	for _, p := range problem.Of(err) {
		paths = append(paths, p.Path)
	}
	slices.Sort(paths)
	assert.Equal(t, []string{"publicAccessCidrs[0]", "subnetIds", "version", "vpcId"}, paths)
	err = harness.Fail(t, func(ctx *pulumi.Context) error {
		_, err := compute.NewComputeEKS(ctx, "a-name-that-is-longer-than-roles-can-take", nil)
		return err
	})
	assert.ErrorContains(t, err, "ComputeEKS a-name-that-is-longer-than-roles-can-take: 3 problems")
}

func TestProblemsKnowListsThatAreTooShort(t *testing.T) {
	t.Parallel()
	args := compute.ComputeEKSArgs{SubnetIDs: pulumi.ToStringArray([]string{"subnet-a"}), WorkloadSubnetIDs: pulumi.StringArray{}}
	wrong := args.Problems()
	require.Len(t, wrong, 2)
	assert.Equal(t, "subnetIds", wrong[0].Path)
	assert.Equal(t, "workloadSubnetIds", wrong[1].Path)
	args.SubnetIDs = pulumi.ToStringArray([]string{"subnet-a", "subnet-b"})
	args.WorkloadSubnetIDs = pulumi.ToStringArray([]string{"subnet-a"})
	assert.Empty(t, args.Problems())
	assert.Empty(t, (&compute.ComputeEKSArgs{}).Problems(), "what a stack fills in later is not missing yet")
}

func TestProblemsOfNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{
		"lab": 0, strings.Repeat("x", 32): 0, strings.Repeat("x", 33): 1, "": 2, "my lab": 1,
	} {
		wrong := compute.NameProblems(name, &compute.ComputeEKSArgs{})
		assert.Len(t, wrong, want, name)
		for _, p := range wrong {
			assert.Equal(t, "name", p.Path)
		}
	}
	assert.Empty(t, compute.NameProblems("my lab", &compute.ComputeEKSArgs{ClusterName: "platform"}), "the cluster has another name")
	err := harness.Fail(t, func(ctx *pulumi.Context) error {
		_, err := compute.NewComputeEKS(ctx, strings.Repeat("x", 33), &compute.ComputeEKSArgs{
			VPCID: pulumi.String("vpc-1"), SubnetIDs: pulumi.ToStringArray([]string{"subnet-a", "subnet-b"}),
		})
		return err
	})
	assert.ErrorContains(t, err, "has 33 characters")
}
