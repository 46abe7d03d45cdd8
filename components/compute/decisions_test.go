package compute

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/instancetype"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
)

func TestSettleChangesTheControlPlaneAlone(t *testing.T) {
	t.Parallel()
	for extended, want := range map[bool]string{false: "STANDARD", true: "EXTENDED"} {
		args := &pulumi.ResourceTransformArgs{Type: clusterType, Props: pulumi.Map{
			"name":         pulumi.String("lab"),
			"accessConfig": pulumi.Map{"bootstrapClusterCreatorAdminPermissions": pulumi.Bool(true)},
		}}
		result := settle(extended)(context.Background(), args)
		require.NotNil(t, result)
		assert.Equal(t, pulumi.Map{
			"name": pulumi.String("lab"),
			"accessConfig": pulumi.Map{
				"authenticationMode":                      pulumi.String("API"),
				"bootstrapClusterCreatorAdminPermissions": pulumi.Bool(false),
			},
			"bootstrapSelfManagedAddons": pulumi.Bool(false),
			"upgradePolicy":              pulumi.Map{"supportType": pulumi.String(want)},
		}, result.Props)
		assert.Equal(t, "60m", result.Opts.CustomTimeouts.Create)
		assert.Equal(t, "60m", result.Opts.CustomTimeouts.Update)
	}
	other := &pulumi.ResourceTransformArgs{Type: "aws:ec2/securityGroup:SecurityGroup", Props: pulumi.Map{}}
	assert.Nil(t, settle(false)(context.Background(), other))
}

func TestKindOfCaller(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]callerKind{
		"arn:aws:iam::123456789012:user/lab":                        user,
		"arn:aws-cn:iam::123456789012:user/ops/anna":                user,
		"arn:aws:sts::123456789012:assumed-role/ci/session":         roleSession,
		"arn:aws-us-gov:sts::123456789012:assumed-role/ci/s":        roleSession,
		"arn:aws:iam::123456789012:root":                            otherCaller,
		"arn:aws:sts::123456789012:federated-user/anna":             otherCaller,
		"arn:aws:iam::123456789012:role/assumed-role/not-a-session": otherCaller,
		"user/lab": otherCaller,
		"":         otherCaller,
	} {
		assert.Equal(t, want, kindOfCaller(arn), arn)
	}
}

func TestUserData(t *testing.T) {
	t.Parallel()
	assert.Empty(t, userData(Pool{}))
	text, err := base64.StdEncoding.DecodeString(userData(Pool{MaxPods: 60}))
	require.NoError(t, err)
	assert.Contains(t, string(text), "Content-Type: application/node.eks.aws\n\n")
	assert.Contains(t, string(text), "maxPods: 60\n")
	assert.Equal(t, 1, strings.Count(string(text), "--"+boundary+"--"))
}

func TestKubeconfig(t *testing.T) {
	t.Parallel()
	text, err := kubeconfig("lab", "eu-west-1", "https://api", "Q0E=", caller{roleARN: "arn:r", profile: "work"})
	require.NoError(t, err)
	var config struct {
		Users []struct {
			User struct {
				Exec struct {
					Args []string
					Env  []map[string]string
				}
			}
		}
		Clusters []struct {
			Cluster map[string]string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &config))
	assert.Equal(t, map[string]string{"server": "https://api", "certificate-authority-data": "Q0E="}, config.Clusters[0].Cluster)
	assert.Equal(t, []string{
		"--region", "eu-west-1", "eks", "get-token", "--cluster-name", "lab", "--output", "json", "--role-arn", "arn:r",
	}, config.Users[0].User.Exec.Args)
	assert.Equal(t, []map[string]string{{"name": "AWS_PROFILE", "value": "work"}}, config.Users[0].User.Exec.Env)
}

func TestHardwareOfKnownTypes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"m7i.large": "AL2023_x86_64_STANDARD", "m7g.large": "AL2023_ARM_64_STANDARD", "g6.xlarge": "AL2023_x86_64_NVIDIA",
		"g5g.xlarge": "AL2023_ARM_64_NVIDIA", "inf2.xlarge": "AL2023_x86_64_NEURON", "trn1.2xlarge": "AL2023_x86_64_NEURON",
	} {
		known, ok := instancetype.Lookup(name)
		require.True(t, ok, name)
		kind, err := hardwareOf(known)
		require.NoError(t, err)
		assert.Equal(t, want, kind.amiType(), name)
	}
	amd, ok := instancetype.Lookup("g4ad.xlarge")
	require.True(t, ok)
	_, err := hardwareOf(amd)
	assert.ErrorContains(t, err, "g4ad.xlarge has GPUs of AMD")
}

func TestEveryPolicyAndEffectHasAName(t *testing.T) {
	t.Parallel()
	for _, policy := range []AccessPolicy{ClusterAdmin, Admin, Edit, View, AdminView} {
		assert.Equal(t, "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKS"+string(policy)+"Policy", accessPolicyARN("aws-cn", policy))
	}
	assert.Len(t, accessPolicyNames, 5)
	assert.Equal(t, "PREFER_NO_SCHEDULE", eksEffects[PreferNoSchedule])
}

func TestPodIdentityTrust(t *testing.T) {
	t.Parallel()
	at := location.Location{Partition: "aws", DNSSuffix: "amazonaws.com", Region: "eu-west-1", AccountID: "123456789012"}
	statement := role.PodTrust(at, "lab", addonNamespace, "aws-node").Statements[0]
	assert.Equal(t, []string{"pods.eks.amazonaws.com"}, statement.Principal.Service)
	assert.Equal(t, []string{"sts:AssumeRole", "sts:TagSession"}, statement.Actions)
	assert.Equal(t, iam.Conditions{
		"StringEquals": {
			"aws:RequestTag/eks-cluster-arn":            {"arn:aws:eks:eu-west-1:123456789012:cluster/lab"},
			"aws:RequestTag/kubernetes-namespace":       {"kube-system"},
			"aws:RequestTag/kubernetes-service-account": {"aws-node"},
		},
	}, statement.Conditions)
}

func TestVersions(t *testing.T) {
	t.Parallel()
	on := time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		request     versionRequest
		wrong, warn string
	}{
		"the default":              {versionRequest{version: DefaultVersion}, "", ""},
		"soon out of standard":     {versionRequest{version: "1.34"}, "", "leaves standard support"},
		"extended, and not wanted": {versionRequest{version: "1.33"}, "raise it, or set extendedSupport", "extended support"},
		"extended, and wanted":     {versionRequest{version: "1.33", extendedSupport: true}, "", "extended support"},
		"out of support":           {versionRequest{version: "1.29", extendedSupport: true}, "out of support", "out of support"},
		"newer than the table":     {versionRequest{version: "1.99"}, "set allowUnknownVersion", "not known here"},
		"newer, and wanted":        {versionRequest{version: "1.99", allowUnknown: true}, "", "not known here"},
		"no version":               {versionRequest{version: "latest", allowUnknown: true}, "is not a Kubernetes version", "is not"},
		"one minor version up":     {versionRequest{version: "1.35", upgradeFrom: "1.34"}, "", ""},
		"two minor versions up":    {versionRequest{version: "1.35", upgradeFrom: "1.33"}, "upgradeFrom: kubernetes 1.33 cannot go to 1.35", ""},
		"down":                     {versionRequest{version: "1.35", upgradeFrom: "1.36"}, "cannot go back", ""},
	} {
		wrong := c.request.problems(on)
		if c.wrong == "" {
			assert.Empty(t, wrong, name)
		} else {
			require.ErrorContains(t, wrong.Err("x"), c.wrong, name)
		}
		warnings := strings.Join(c.request.warnings(on), "\n")
		if c.warn == "" {
			assert.Empty(t, warnings, name)
		} else {
			assert.Contains(t, warnings, c.warn, name)
		}
	}
}

func pools(pool Pool) map[string]Pool { return map[string]Pool{"base": {Min: 1}, "p": pool} }

func TestProblems(t *testing.T) {
	t.Parallel()
	five, arn := 5, "arn:aws:iam::123456789012:role/team/x"
	off := false
	for name, c := range map[string]struct {
		args ComputeEKSArgs
		want []string
	}{
		"nothing is wrong with the defaults": {ComputeEKSArgs{}, nil},
		"cluster name":                       {ComputeEKSArgs{ClusterName: "-lab"}, []string{"clusterName"}},
		"version":                            {ComputeEKSArgs{Version: "1.20"}, []string{"version"}},
		"the internet in halves": {
			ComputeEKSArgs{PublicAccessCIDRs: []string{"0.0.0.0/1", "128.0.0.0/1"}}, []string{"publicAccessCidrs[0]", "publicAccessCidrs[1]"},
		},
		"what EC2 takes for another block, or not": {
			ComputeEKSArgs{PrivateAccessCIDRs: []string{"2001:db8::/32", "10.1.2.3/8", "10.0.0.0/8"}},
			[]string{"privateAccessCidrs[0]", "privateAccessCidrs[1]"},
		},
		"the internet, said once": {ComputeEKSArgs{PublicAccessCIDRs: []string{"0.0.0.0/0"}}, []string{"publicAccessCidrs[0]"}},
		"the internet, said twice": {
			ComputeEKSArgs{PublicAccessCIDRs: []string{"0.0.0.0/0"}, AllowPublicAccessFromAnywhere: true}, nil,
		},
		"anywhere, but to nothing": {ComputeEKSArgs{AllowPublicAccessFromAnywhere: true}, []string{"allowPublicAccessFromAnywhere"}},
		"blocks": {
			ComputeEKSArgs{PublicAccessCIDRs: []string{"10.0.0.1/8", "::/0", "x"}, PrivateAccessCIDRs: []string{"10.0.0.0"}},
			[]string{"privateAccessCidrs[0]", "publicAccessCidrs[0]", "publicAccessCidrs[1]", "publicAccessCidrs[2]"},
		},
		"logs": {
			ComputeEKSArgs{LogTypes: []string{"audit", "kubelet"}, LogRetentionDays: 8},
			[]string{"logRetentionDays", "logTypes[1]"},
		},
		"pool name": {ComputeEKSArgs{Pools: map[string]Pool{"base": {Min: 1}, "GPU_1": {}}}, []string{"pools.GPU_1"}},
		"long pool name": {
			ComputeEKSArgs{Pools: map[string]Pool{"base": {Min: 1}, strings.Repeat("a", 23): {}}},
			[]string{"pools." + strings.Repeat("a", 23)},
		},
		"every pool has taints": {
			ComputeEKSArgs{Pools: map[string]Pool{"p": {Min: 1, Taints: []Taint{{Key: "a", Effect: PreferNoSchedule}}}}}, []string{"pools"},
		},
		"add-ons have no node": {ComputeEKSArgs{Pools: map[string]Pool{"p": {Max: 3}}}, []string{"pools"}},
		"unknown instance type": {
			ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"m7i.4xlrge"}})},
			[]string{"pools.p.instanceTypes[0]"},
		},
		"new instance type of no architecture": {
			ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"m99i.large"}, AllowUnknownInstanceTypes: true})},
			[]string{"pools.p.architecture"},
		},
		"ARM":             {ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"m7g.large"}})}, []string{"pools.p.instanceTypes"}},
		"ARM, and wanted": {ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"m7g.large"}, AllowArm64: true})}, nil},
		"new ARM type": {
			ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"m99g.large"}, AllowUnknownInstanceTypes: true, Architecture: ARM64})},
			[]string{"pools.p.instanceTypes"},
		},
		"mixed architectures": {
			ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"m7i.large", "m7g.large"}})}, []string{"pools.p.instanceTypes"},
		},
		"GPUs in part": {
			ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"m7i.large", "g6.xlarge"}})}, []string{"pools.p.instanceTypes"},
		},
		"GPUs of AMD": {
			ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"g4ad.xlarge"}})},
			[]string{"pools.p.instanceTypes[0]"},
		},
		"a type twice": {
			ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"m7i.large", "m7i.large"}})},
			[]string{"pools.p.instanceTypes[1]"},
		},
		"what is known better": {
			ComputeEKSArgs{Pools: pools(Pool{Architecture: ARM64, GPU: true})},
			[]string{"pools.p.architecture", "pools.p.gpu"},
		},
		"no architecture": {
			ComputeEKSArgs{Pools: pools(Pool{Architecture: "x86"})},
			[]string{"pools.p.architecture", "pools.p.architecture"},
		},
		"min above max":     {ComputeEKSArgs{Pools: pools(Pool{Min: 4, Max: 3})}, []string{"pools.p.min"}},
		"desired above max": {ComputeEKSArgs{Pools: pools(Pool{Max: 3, Desired: &five})}, []string{"pools.p.desired"}},
		"negative numbers":  {ComputeEKSArgs{Pools: pools(Pool{Min: -1, Max: -1})}, []string{"pools.p.max", "pools.p.min"}},
		"disk":              {ComputeEKSArgs{Pools: pools(Pool{DiskGiB: 19})}, []string{"pools.p.diskGiB"}},
		"number of pods":    {ComputeEKSArgs{Pools: pools(Pool{MaxPods: 5})}, []string{"pools.p.maxPods"}},
		"pods without addresses": {
			ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"m7i.large"}, MaxPods: 100})}, []string{"pools.p.maxPods"},
		},
		"zones": {ComputeEKSArgs{Pools: pools(Pool{Zones: "one"})}, []string{"pools.p.zones"}},
		"labels": {
			ComputeEKSArgs{Pools: pools(Pool{Labels: map[string]string{PoolLabel: "x", "a b": "c", "d": "e f"}})},
			[]string{"pools.p.labels.a b", "pools.p.labels.d", "pools.p.labels." + PoolLabel},
		},
		"taints": {
			ComputeEKSArgs{Pools: pools(Pool{Taints: []Taint{
				{Key: "-", Value: "-", Effect: "Never"}, {Key: "a"}, {Key: "a"}, {Key: "a", Effect: NoExecute},
			}})},
			[]string{"pools.p.taints[0].effect", "pools.p.taints[0].key", "pools.p.taints[0].value", "pools.p.taints[2]"},
		},
		"add-ons": {
			ComputeEKSArgs{Addons: map[string]Addon{"coredns": {Configuration: "{"}, "x": {Disabled: true}}},
			[]string{"addons.coredns.configuration", "addons.x.disabled"},
		},
		"access": {
			ComputeEKSArgs{Access: map[string]Access{
				"a": {PrincipalARN: arn, Policy: "Root"},
				"b": {PrincipalARN: arn, Namespaces: []string{"x"}},
				"c": {PrincipalARN: "arn:aws:sts::123456789012:assumed-role/x/y", Policy: View, Type: "HOST"},
				"d": {PrincipalARN: "arn:aws:iam::123456789012:role/d", Policy: View, Type: NodeEntry},
				"e": {PrincipalARN: "arn:aws:iam::123456789012:user/e", KubernetesGroups: []string{"ok", "system:masters"}},
				"f": {PrincipalARN: "arn:aws:iam::123456789012:user/f", Policy: View, Namespaces: []string{"*", "team-*", "Team"}},
			}},
			[]string{
				"access.a.policy", "access.b.namespaces", "access.b.principalArn", "access.c.principalArn", "access.c.type", "access.d.type",
				"access.e.kubernetesGroups[1]", "access.f.namespaces[0]", "access.f.namespaces[2]",
			},
		},
		"principals": {
			ComputeEKSArgs{DeployerPrincipalARN: "me", KubernetesRoleARN: "you"}, []string{"deployerPrincipalArn", "kubernetesRoleArn"},
		},
		"nobody makes the objects": {ComputeEKSArgs{DeployerAdmin: &off}, []string{"deployerAdmin"}},
		"somebody makes the objects": {
			ComputeEKSArgs{DeployerAdmin: &off, Access: map[string]Access{"ci": {PrincipalARN: arn, Policy: ClusterAdmin}}}, nil,
		},
	} {
		var paths []string
		for _, p := range c.args.Problems() {
			paths = append(paths, p.Path)
			assert.NotEmpty(t, p.Wrong, name)
		}
		slices.Sort(paths)
		slices.Sort(c.want)
		assert.Equal(t, c.want, paths, name)
	}
}

func TestUnknownInstanceTypeNamesTheNearest(t *testing.T) {
	t.Parallel()
	args := ComputeEKSArgs{Pools: pools(Pool{InstanceTypes: []string{"m7i.4xlrge"}})}
	assert.ErrorContains(t, args.Problems().Err("x"), "did you mean m7i.4xlarge")
}

func TestDefaultsDoNotChangeTheCallersArguments(t *testing.T) {
	t.Parallel()
	args := ComputeEKSArgs{Pools: map[string]Pool{"p": {Taints: []Taint{{Key: "a"}}}}, Access: map[string]Access{"a": {}}}
	filled := args.withDefaults("lab")
	assert.Equal(t, NoSchedule, filled.Pools["p"].Taints[0].Effect)
	assert.Equal(t, Pool{Taints: []Taint{{Key: "a"}}}, args.Pools["p"])
	assert.Equal(t, Access{}, args.Access["a"])
	assert.Equal(t, "lab", filled.ClusterName)
}

func FuzzPoolProblems(f *testing.F) {
	f.Add("m7i.large", 1, 3, 20, "x86_64", "team", "a", "NoSchedule")
	f.Add("", -1, 0, 0, "", "", "", "")
	f.Fuzz(func(t *testing.T, kind string, low, high, disk int, architecture, key, value, effect string) {
		pool := Pool{
			InstanceTypes: []string{kind}, Min: low, Max: high, DiskGiB: disk, Architecture: architecture,
			Labels: map[string]string{key: value}, Taints: []Taint{{key, value, effect}},
		}.withDefaults()
		if wrong := pool.problems(); len(wrong) == 0 {
			assert.LessOrEqual(t, pool.Min, *pool.Desired)
			assert.LessOrEqual(t, *pool.Desired, pool.Max)
			assert.Equal(t, "AL2023_", pool.hardware().amiType()[:7])
		}
	})
}
