package dss_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	typeInstance    = "aws:ec2/instance:Instance"
	typeInterface   = "aws:ec2/networkInterface:NetworkInterface"
	typeVolume      = "aws:ebs/volume:Volume"
	typeAttachment  = "aws:ec2/volumeAttachment:VolumeAttachment"
	typeGroup       = "aws:ec2/securityGroup:SecurityGroup"
	typeIngress     = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	typeEgress      = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	typeRolePolicy  = "aws:iam/rolePolicy:RolePolicy"
	typeKey         = "aws:kms/key:Key"
	typeBucket      = "aws:s3/bucketV2:BucketV2"
	typeObject      = "aws:s3/bucketObjectv2:BucketObjectv2"
	typeAssociation = "aws:ssm/association:Association"
	typeStack       = "aws:cloudformation/stack:Stack"
	typeStash       = "pulumi:index:Stash"
)

// run builds a host with arguments that a test changes.
func run(t *testing.T, change func(*pulumi.Context, *dss.DSSInstanceArgs), opts ...harness.Option) *harness.Graph {
	t.Helper()
	return harness.Run(t, program(change), append(opts, harness.RequireTags(map[string]string{"team": "data"}),
		harness.WithoutCheck(harness.CheckPartition, "the AWS CLI is published at awscli.amazonaws.com, for all partitions",
			"dss-host", "dss-desired"))...)
}

func program(change func(*pulumi.Context, *dss.DSSInstanceArgs)) func(*pulumi.Context) error {
	return func(ctx *pulumi.Context) error {
		args := &dss.DSSInstanceArgs{
			VPCID: pulumi.String("vpc-1"), SubnetID: pulumi.String("subnet-1-b"),
			SharedSecurityGroupIDs: pulumi.StringArray{pulumi.String("sg-shared")},
			Tags:                   map[string]string{"team": "data"},
		}
		if change != nil {
			change(ctx, args)
		}
		made, err := dss.NewDSSInstance(ctx, "dss", args)
		if err != nil {
			return err
		}
		ctx.Export("url", made.URL)
		ctx.Export("ssm", made.SSMCommand)
		return made.AllowNodes(ctx, "compute", pulumi.String("sg-nodes"))
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	g := run(t, nil)

	host := g.One(typeInstance, "dss-host")
	assert.Equal(t, dss.DefaultInstanceType, host.String("instanceType"))
	assert.Equal(t, "required", host.String("metadataOptions.httpTokens"))
	assert.Equal(t, 1, host.Int("metadataOptions.httpPutResponseHopLimit"))
	assert.True(t, host.Bool("rootBlockDevice.encrypted"))
	assert.False(t, host.Has("keyName"), "no SSH unless asked for")
	assert.True(t, *host.Options.DeleteBeforeReplace)
	assert.Equal(t, []string{"dss-host-id", "sg-shared"}, host.Strings("vpcSecurityGroupIds"))
	assert.Equal(t, "ami-0123456789abcdef0", host.String("ami"))
	assert.Empty(t, host.Options.IgnoreChanges)
	assert.Equal(t, []string{"input"}, g.One(typeStash, "dss-image-almalinux9-764336703387").Options.IgnoreChanges)

	volume := g.One(typeVolume, "dss-data")
	assert.Equal(t, "eu-west-1b", volume.String("availabilityZone"), "the subnet's")
	assert.Equal(t, "gp3", volume.String("type"))
	assert.Equal(t, dss.DefaultDataVolumeGiB, volume.Int("size"))
	assert.True(t, volume.Bool("encrypted"))
	assert.Equal(t, []string{"availabilityZone", "encrypted", "kmsKeyId", "snapshotId"}, volume.Options.IgnoreChanges)
	assert.True(t, volume.Options.RetainOnDelete)
	assert.True(t, g.One(typeKey, "dss-key").Options.RetainOnDelete)
	assert.False(t, g.DependsOn(volume, host), "the volume outlives the instance")
	attachment := g.One(typeAttachment, "dss-data")
	assert.True(t, attachment.Bool("stopInstanceBeforeDetaching"))

	association, stack := g.One(typeAssociation, "dss-reconcile"), g.One(typeStack, "dss-ready")
	assert.True(t, g.DependsOn(association, attachment))
	for _, name := range []string{"dss-program", "dss-desired"} {
		assert.True(t, g.DependsOn(association, g.One(typeObject, name)))
	}
	assert.True(t, g.DependsOn(stack, association), "nobody waits before the host can hear of it")
	assert.Equal(t, "DELETE", stack.String("onFailure"))
	assert.Equal(t, []string{"#initerror"}, stack.Options.ReplaceOnChanges)
	assert.Equal(t, "2h45m0s", stack.Options.CustomTimeouts.Create.String())
	assert.Equal(t, "project-test-dss", stack.String("name"))
	assert.Equal(t, stack.String("name"), association.String("parameters.stack"))
	assert.Equal(t, "http://10.0.0.10:11200", g.Export("url"))
	assert.Equal(t, "aws ssm start-session --region eu-west-1 --target dss-host-id", g.Export("ssm"))
}

func TestRevisionIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	g := run(t, nil)
	revision := g.One(typeAssociation, "").String("parameters.revision")
	require.Len(t, revision, 64)
	assert.Equal(t, "host/"+revision+"/reconciler.pyz", g.One(typeObject, "dss-program").String("key"))
	assert.Equal(t, "host/"+revision+"/desired.json", g.One(typeObject, "dss-desired").String("key"))
	other := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) { a.WaitTimeoutMinutes = 90 })
	assert.NotEqual(t, revision, other.One(typeAssociation, "").String("parameters.revision"),
		"a wait condition cannot be updated, so another timeout needs another one")
	assert.Equal(t, g.One(typeInstance, "").String("userData"), other.One(typeInstance, "").String("userData"),
		"the state is no part of the boot")
}

func TestAccess(t *testing.T) {
	t.Parallel()
	g := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) {
		a.AllowedCIDRs, a.SSHCIDRs, a.KeyName = []string{"10.0.0.0/8", "2001:db8::/32"}, []string{"192.0.2.0/24"}, "me"
	})
	assert.Len(t, g.OfType(typeIngress), 4)
	v4 := g.One(typeIngress, "dss-dss-from-10.0.0.0/8")
	assert.Equal(t, "10.0.0.0/8", v4.String("cidrIpv4"))
	assert.Equal(t, []int{11200, 11200}, []int{v4.Int("fromPort"), v4.Int("toPort")})
	assert.Equal(t, "2001:db8::/32", g.One(typeIngress, "dss-dss-from-2001:db8::/32").String("cidrIpv6"))
	assert.Equal(t, 22, g.One(typeIngress, "dss-ssh-from-192.0.2.0/24").Int("toPort"))
	nodes := g.One(typeIngress, "dss-nodes-compute")
	assert.Equal(t, "sg-nodes", nodes.String("referencedSecurityGroupId"))
	assert.Equal(t, []int{0, 65535}, []int{nodes.Int("fromPort"), nodes.Int("toPort")})
	assert.False(t, g.DependsOn(g.One(typeStack, ""), nodes), "the host waits for no cluster")
	assert.Equal(t, "-1", g.One(typeEgress, "dss-to-0.0.0.0/0").String("ipProtocol"))

	closed := run(t, nil)
	assert.Len(t, closed.OfType(typeIngress), 1, "only the nodes")
	given := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) { a.SecurityGroupID = pulumi.String("sg-own") })
	assert.Empty(t, given.OfType(typeGroup))
	assert.Equal(t, "sg-own", given.One(typeIngress, "dss-nodes-compute").String("securityGroupId"))
}

func TestTwoKeysDeleteData(t *testing.T) {
	t.Parallel()
	for _, keys := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
		g := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) { a.DeleteData, a.AllowDataDeletion = keys[0], keys[1] })
		both := keys[0] && keys[1]
		assert.Equal(t, !both, g.One(typeVolume, "").Options.RetainOnDelete)
		assert.Equal(t, !both, g.One(typeKey, "").Options.RetainOnDelete)
		assert.False(t, g.One(typeBucket, "").Options.RetainOnDelete, "assets are no data")
	}
}

func TestVolumeOfASnapshot(t *testing.T) {
	t.Parallel()
	g := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) { a.DataVolume.SnapshotID = "snap-0123456789abcdef0" })
	volume := g.One(typeVolume, "")
	assert.Equal(t, "snap-0123456789abcdef0", volume.String("snapshotId"))
	assert.Empty(t, volume.Options.IgnoreChanges)
}

func TestBringYourOwn(t *testing.T) {
	t.Parallel()
	g := run(t, func(ctx *pulumi.Context, a *dss.DSSInstanceArgs) {
		here := harness.Here(ctx)
		a.AMI, a.RoleName, a.AssetsBucket = "ami-12c6146b", "host", "assets"
		a.KMSKeyARN = pulumi.String(here.ARN("kms", "key/k"))
		a.DataVolume.VolumeID = "vol-0123456789abcdef0"
		a.AvailabilityZone = pulumi.String("eu-west-1a")
	})
	for _, typeToken := range []string{typeKey, typeBucket, typeVolume, typeRolePolicy, typeStash} {
		assert.Empty(t, g.OfType(typeToken), typeToken)
	}
	host := g.One(typeInstance, "")
	assert.Equal(t, "ami-12c6146b", host.String("ami"))
	assert.Equal(t, "vol-0123456789abcdef0", g.One(typeAttachment, "").String("volumeId"))
	assert.Contains(t, host.String("userData"), "vol-0123456789abcdef0")
	assert.Equal(t, "assets", g.One(typeAssociation, "").String("parameters.bucket"))
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	g := run(t, func(ctx *pulumi.Context, a *dss.DSSInstanceArgs) {
		here := harness.Here(ctx)
		a.ClusterNames = []string{"compute"}
		a.ConnectionRoleARNs = []string{here.GlobalARN("iam", "role/s3-*", true)}
		a.LicenseSecretARN = pulumi.String(here.ARN("secretsmanager", "secret:licence-Ab12Cd"))
	})
	granted := resourcesByAction(t, g.One(typeRolePolicy, "dss-host-compute"))
	assert.Equal(t, map[string][]string{
		"eks:ListClusters":    {"*"},
		"eks:DescribeCluster": {"arn:aws:eks:eu-west-1:123456789012:cluster/compute"},
		"sts:AssumeRole":      {"arn:aws:iam::123456789012:role/s3-*"},
	}, granted)
	host := resourcesByAction(t, g.One(typeRolePolicy, "dss-host-host"))
	filled := []string{
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:dss-admin-password-1234567-AbCdEf",
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:dss-api-key-1234567-AbCdEf",
	}
	assert.Equal(t, filled, host["secretsmanager:PutSecretValue"])
	assert.Equal(t, append(filled, "arn:aws:secretsmanager:eu-west-1:123456789012:secret:licence-Ab12Cd"), host["secretsmanager:GetSecretValue"])
	assert.Equal(t, []string{"arn:aws:ec2:eu-west-1:123456789012:volume/dss-data-id", "arn:aws:ec2:eu-west-1::snapshot/*"}, host["ec2:CreateSnapshot"])
	assert.Equal(t, []string{"arn:aws:cloudformation:eu-west-1:123456789012:stack/project-test-dss/*"}, host["cloudformation:DescribeStackResource"])
	require.Len(t, host["s3:GetObject"], 1)
	assert.True(t, strings.HasSuffix(host["s3:GetObject"][0], "/host/*"))
	for action := range host {
		assert.NotContains(t, action, "*")
	}
	assert.Contains(t, g.One(typeObject, "dss-desired").String("content"), "secret:licence-Ab12Cd")
}

// What DSS is told to use, it may use, without being told twice.
func TestSettingsAreGranted(t *testing.T) {
	t.Parallel()
	g := run(t, func(ctx *pulumi.Context, a *dss.DSSInstanceArgs) {
		here := harness.Here(ctx)
		a.LicenseSecretARN = pulumi.String(here.ARN("secretsmanager", "secret:licence-Ab12Cd"))
		a.Installation.Source = "s3://mirror/dss"
		a.Settings = dss.Settings{
			ImageURL: pulumi.String("registry.example.com/dss"),
			Groups:   []dss.Group{{Name: "sales"}},
			Clusters: []dss.Cluster{
				{Name: "main", Attach: &dss.AttachedCluster{EKSName: pulumi.String("main")}},
				{
					Name: "theirs", Attach: &dss.AttachedCluster{EKSName: pulumi.String("theirs")},
					AssumeRoleARN: pulumi.String(here.GlobalARN("iam", "role/theirs", true)),
				},
				{Name: "elsewhere", Attach: &dss.AttachedCluster{EKSName: pulumi.String("elsewhere"), Region: pulumi.String("eu-central-1")}},
			},
			S3Connections: []dss.S3Connection{{
				Name: "sales", Bucket: pulumi.String("sales-data"), AllowedGroups: []string{"sales"},
				RoleARN: pulumi.String(here.GlobalARN("iam", "role/sales", true)),
			}},
			Users: []dss.User{{Login: "ada", Profile: "READER", PasswordSecretARN: pulumi.String(here.ARN("secretsmanager", "secret:ada-Ab12Cd"))}},
		}
	})
	compute := resourcesByAction(t, g.One(typeRolePolicy, "dss-host-compute"))
	// A cluster with a role of its own is described as that role.
	assert.Equal(t, []string{"arn:aws:iam::123456789012:role/sales", "arn:aws:iam::123456789012:role/theirs"}, compute["sts:AssumeRole"])
	assert.Equal(t, []string{"arn:aws:eks:eu-west-1:123456789012:cluster/main"}, compute["eks:DescribeCluster"])
	host := resourcesByAction(t, g.One(typeRolePolicy, "dss-host-host"))
	assert.Contains(t, host["secretsmanager:GetSecretValue"], "arn:aws:secretsmanager:eu-west-1:123456789012:secret:ada-Ab12Cd")
	assert.Contains(t, host["s3:GetObject"], "arn:aws:s3:::mirror/dss/14.7.5/dataiku-dss-14.7.5.tar.gz")
	assert.Contains(t, g.One(typeObject, "dss-desired").String("content"), "s3://mirror/dss/14.7.5/dataiku-dss-14.7.5.tar.gz")
	assert.Empty(t, g.OfType("aws:iam/rolePolicyAttachment:RolePolicyAttachment"))
}

func TestCreatingClustersTakesMore(t *testing.T) {
	t.Parallel()
	g := run(t, func(ctx *pulumi.Context, a *dss.DSSInstanceArgs) {
		a.LicenseSecretARN = pulumi.String(harness.Here(ctx).ARN("secretsmanager", "secret:licence-Ab12Cd"))
		a.Settings = dss.Settings{
			ImageURL:         pulumi.String("registry.example.com/dss"),
			NetworkingPreset: &dss.NetworkingPreset{Subnets: []pulumi.StringInput{pulumi.String("subnet-0aaaaaaaaaaaaaaaa"), pulumi.String("subnet-0bbbbbbbbbbbbbbbb")}},
			Clusters:         []dss.Cluster{{Name: "made", Create: &dss.CreatedCluster{NodePools: []dss.NodePool{{}}}}},
		}
	})
	granted := resourcesByAction(t, g.One(typeRolePolicy, "dss-host-clusters"))
	assert.Contains(t, granted, "eks:*")
	assert.Equal(t, []string{"arn:aws:iam::123456789012:role/aws-service-role/*"}, granted["iam:CreateServiceLinkedRole"])
	assert.Len(t, g.OfType("aws:iam/rolePolicyAttachment:RolePolicyAttachment"), 2, "AWS's policies for EC2 and CloudFormation")
	assert.Contains(t, g.One(typeObject, "dss-desired").String("content"), `"dss-host-id"`, "the host's own group")
}

func TestWithoutDSS(t *testing.T) {
	t.Parallel()
	no := false
	g := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) { a.Install = &no })
	assert.Empty(t, g.OfType("aws:secretsmanager/secret:Secret"))
	assert.NotContains(t, g.One(typeObject, "dss-desired").String("content"), `"dss":`)
	args := dss.DSSInstanceArgs{Install: &no, Settings: dss.Settings{CDE: true}, Installation: dss.Installation{R: true}}
	assert.Len(t, args.Problems(), 2)
}

func resourcesByAction(t *testing.T, policy *harness.Resource) map[string][]string {
	t.Helper()
	var document struct {
		Statement []struct {
			Action, Resource []string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(policy.String("policy")), &document))
	granted := map[string][]string{}
	for _, s := range document.Statement {
		for _, action := range s.Action {
			granted[action] = append(granted[action], s.Resource...)
		}
	}
	return granted
}

func TestKeyPair(t *testing.T) {
	t.Parallel()
	g := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) { a.CredentialsMode = dss.KeyPair },
		harness.SecretValues("the-secret-access-key"),
		harness.Outputs("aws:iam/accessKey:AccessKey", secretAccessKey))
	assert.Len(t, g.OfType(typeRolePolicy), 1, "what DSS may do is its user's")
	assert.Contains(t, g.One("aws:secretsmanager/secretPolicy:SecretPolicy", "dss-dss-key").String("policy"), "TLSOnly")
	version := g.One("aws:secretsmanager/secretVersion:SecretVersion", "dss-dss-key")
	assert.True(t, version.IsSecret("secretString"))
	assert.Contains(t, version.String("secretString"), "the-secret-access-key")
	assert.True(t, g.One("aws:secretsmanager/secret:Secret", "dss-dss-key").Has("kmsKeyId"))
	user := g.One("aws:iam/policy:Policy", "dss-dss-compute")
	assert.Contains(t, user.String("policy"), "eks:ListClusters")
	assert.Contains(t, g.One(typeObject, "dss-desired").String("content"), `"credentialsSecretArn": "arn:`)
	assert.Contains(t, g.One(typeRolePolicy, "dss-host-host").String("policy"), "secretsmanager:GetSecretValue")
}

func TestLoadBalancer(t *testing.T) {
	t.Parallel()
	g := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) {
		a.LoadBalancer = &dss.LoadBalancer{
			SubnetIDs: pulumi.ToStringArray([]string{"subnet-a", "subnet-b"}), AllowedCIDRs: []string{"10.0.0.0/8"},
			DomainName: "dss.example.com", HostedZoneID: "Z2FDTNDATAQYW2",
		}
	})
	balancer := g.One("aws:lb/loadBalancer:LoadBalancer", "dss-lb")
	assert.True(t, balancer.Bool("internal"))
	assert.True(t, balancer.Bool("dropInvalidHeaderFields"))
	assert.Equal(t, 3600, balancer.Int("idleTimeout"))
	https := g.One("aws:lb/listener:Listener", "dss-lb-https")
	assert.Equal(t, dss.DefaultSSLPolicy, https.String("sslPolicy"))
	assert.True(t, g.DependsOn(https, g.One("aws:acm/certificateValidation:CertificateValidation", "")))
	assert.Equal(t, "redirect", g.One("aws:lb/listener:Listener", "dss-lb-http").String("defaultActions[0].type"))
	target := g.One("aws:lb/targetGroup:TargetGroup", "")
	assert.Equal(t, dss.HealthCheckPath, target.String("healthCheck.path"))
	toHost := g.One(typeIngress, "dss-dss-from-lb")
	assert.Equal(t, "dss-lb-id", toHost.String("referencedSecurityGroupId"))
	assert.Equal(t, "dss-host-id", toHost.String("securityGroupId"))
	assert.Equal(t, "dss-host-id", g.One(typeEgress, "dss-lb-to-host").String("referencedSecurityGroupId"))
	assert.Equal(t, "10.0.0.0/8", g.One(typeIngress, "dss-lb-https-from-10.0.0.0/8").String("cidrIpv4"))
	assert.Equal(t, "https://dss.example.com", g.Export("url"))
	assert.Len(t, g.OfType("aws:route53/record:Record"), 2)
}

func TestKeptAddressAndElasticIP(t *testing.T) {
	t.Parallel()
	g := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) {
		a.KeepPrivateIP, a.PrivateIP, a.ElasticIP = true, "10.0.1.20", true
	})
	nic, host := g.One(typeInterface, "dss-host"), g.One(typeInstance, "")
	assert.Equal(t, []string{"10.0.1.20"}, nic.Strings("privateIps"))
	assert.Equal(t, "dss-host-id", host.String("networkInterfaces[0].networkInterfaceId"))
	for _, property := range []string{"subnetId", "privateIp", "vpcSecurityGroupIds"} {
		assert.False(t, host.Has(property), property)
	}
	g.One("aws:ec2/eipAssociation:EipAssociation", "dss-host")
}

func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	no := false
	g := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) { a.Wait = &no })
	assert.Empty(t, g.OfType(typeStack))
	assert.False(t, g.One(typeAssociation, "").Has("parameters.stack"))
	assert.Equal(t, run(t, nil).One(typeInstance, "").String("userData"), g.One(typeInstance, "").String("userData"),
		"to begin to wait replaces no instance")
}

func TestBootInChina(t *testing.T) {
	t.Parallel()
	g := run(t, nil, harness.In(harness.China()))
	data := g.One(typeInstance, "").String("userData")
	assert.Contains(t, data, "https://s3.cn-north-1.amazonaws.com.cn/amazon-ssm-cn-north-1/")
	assert.Equal(t, 1, strings.Count(data, "amazonaws.com/"), "only the AWS CLI's")
	assert.Contains(t, g.One("aws:iam/role:Role", "").String("assumeRolePolicy"), "ec2.amazonaws.com.cn")
}

func TestMirrors(t *testing.T) {
	t.Parallel()
	g := run(t, func(_ *pulumi.Context, a *dss.DSSInstanceArgs) {
		a.Mirrors = map[string]string{"https://dl.k8s.io": "https://m.example.com/k8s", "https://awscli.amazonaws.com": "https://m.example.com/aws"}
	})
	assert.Contains(t, g.One(typeObject, "dss-desired").String("content"), "https://m.example.com/k8s/release/")
	assert.Contains(t, g.One(typeInstance, "").String("userData"), "https://m.example.com/aws/awscli-exe")
}
