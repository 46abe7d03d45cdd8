package dss_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/dss"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	withoutChecksum := dss.DefaultTools()
	withoutChecksum[1].SHA256 = ""
	lb := func(change func(*dss.LoadBalancer)) dss.DSSInstanceArgs {
		l := dss.LoadBalancer{
			AllowedCIDRs:   []string{"10.0.0.0/8"},
			CertificateARN: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b",
		}
		change(&l)
		return dss.DSSInstanceArgs{LoadBalancer: &l}
	}
	volume := func(v dss.DataVolume) dss.DSSInstanceArgs { return dss.DSSInstanceArgs{DataVolume: v} }
	for name, test := range map[string]struct {
		args        dss.DSSInstanceArgs
		path, wrong string
	}{
		"operating system":        {dss.DSSInstanceArgs{OperatingSystem: "centos7"}, "operatingSystem", "centos7"},
		"image":                   {dss.DSSInstanceArgs{AMI: "AlmaLinux"}, "ami", "AlmaLinux"},
		"owner":                   {dss.DSSInstanceArgs{ImageOwner: "almalinux"}, "imageOwner", "almalinux"},
		"owner and image":         {dss.DSSInstanceArgs{ImageOwner: "self", AMI: "ami-12c6146b"}, "imageOwner", "looked up"},
		"unknown type":            {dss.DSSInstanceArgs{InstanceType: "m7i.4xlrge"}, "instanceType", "m7i.4xlarge"},
		"type that is like none":  {dss.DSSInstanceArgs{InstanceType: "!"}, "instanceType", "allowUnknownInstanceType"},
		"arm64":                   {dss.DSSInstanceArgs{InstanceType: "m7g.4xlarge"}, "instanceType", "arm64"},
		"too little memory":       {dss.DSSInstanceArgs{InstanceType: "m7i.xlarge"}, "instanceType", "16 GiB"},
		"root volume":             {dss.DSSInstanceArgs{RootVolumeGiB: 5}, "rootVolumeGiB", "5 GiB"},
		"small data volume":       {volume(dss.DataVolume{SizeGiB: 99}), "dataVolume.sizeGiB", "99"},
		"IOPS":                    {volume(dss.DataVolume{IOPS: 2000}), "dataVolume.iops", "2000"},
		"throughput":              {volume(dss.DataVolume{ThroughputMiBps: 800}), "dataVolume.throughputMiBps", "800"},
		"snapshot":                {volume(dss.DataVolume{SnapshotID: "vol-0123456789abcdef0"}), "dataVolume.snapshotId", "vol-"},
		"volume":                  {volume(dss.DataVolume{VolumeID: "data"}), "dataVolume.volumeId", "data"},
		"adopted, and a size":     {volume(dss.DataVolume{VolumeID: "vol-0123456789abcdef0", SizeGiB: 300}), "dataVolume.volumeId", "changed"},
		"privileged port":         {dss.DSSInstanceArgs{Port: 443}, "port", "443"},
		"port without ten above":  {dss.DSSInstanceArgs{Port: 65526}, "port", "65526"},
		"everybody":               {dss.DSSInstanceArgs{AllowedCIDRs: []string{"0.0.0.0/0"}}, "allowedCidrs[0]", "allowFromAnywhere"},
		"everybody in IPv6":       {dss.DSSInstanceArgs{AllowedCIDRs: []string{"::/0"}}, "allowedCidrs[0]", "everybody"},
		"half of everybody":       {dss.DSSInstanceArgs{AllowedCIDRs: []string{"128.0.0.0/1"}}, "allowedCidrs[0]", "everybody"},
		"bad block":               {dss.DSSInstanceArgs{AllowedCIDRs: []string{"10.0.0.0/8", "10.0.0.1"}}, "allowedCidrs[1]", "10.0.0.1"},
		"bits behind the prefix":  {dss.DSSInstanceArgs{AllowedCIDRs: []string{"10.1.0.0/8"}}, "allowedCidrs[0]", "10.0.0.0/8"},
		"block twice":             {dss.DSSInstanceArgs{AllowedCIDRs: []string{"10.0.0.0/8", "10.0.0.0/8"}}, "allowedCidrs[1]", "twice"},
		"anywhere for nobody":     {dss.DSSInstanceArgs{AllowFromAnywhere: true}, "allowFromAnywhere", "no addresses"},
		"SSH for everybody":       {dss.DSSInstanceArgs{SSHCIDRs: []string{"0.0.0.0/0"}, AllowFromAnywhere: true}, "sshCidrs[0]", "Session Manager"},
		"key without SSH":         {dss.DSSInstanceArgs{KeyName: "me"}, "keyName", "nobody"},
		"egress":                  {dss.DSSInstanceArgs{EgressCIDRs: []string{"all"}}, "egressCidrs[0]", "all"},
		"private address":         {dss.DSSInstanceArgs{PrivateIP: "10.0.0"}, "privateIp", "10.0.0"},
		"allocation":              {dss.DSSInstanceArgs{ElasticIPAllocationID: "1.2.3.4"}, "elasticIpAllocationId", "1.2.3.4"},
		"two public addresses":    {dss.DSSInstanceArgs{ElasticIPAllocationID: "eipalloc-0123abcd", ElasticIP: true}, "elasticIp", "there"},
		"balancer for nobody":     {lb(func(l *dss.LoadBalancer) { l.AllowedCIDRs = nil }), "loadBalancer.allowedCidrs", "nobody"},
		"balancer for everybody":  {lb(func(l *dss.LoadBalancer) { l.AllowedCIDRs = []string{"0.0.0.0/0"} }), "loadBalancer.allowedCidrs[0]", "everybody"},
		"no certificate":          {lb(func(l *dss.LoadBalancer) { l.CertificateARN = "" }), "loadBalancer.certificateArn", "no certificate"},
		"bad certificate":         {lb(func(l *dss.LoadBalancer) { l.CertificateARN = "arn:aws:iam::1:server-certificate/x" }), "loadBalancer.certificateArn", "iam"},
		"zone without a name":     {lb(func(l *dss.LoadBalancer) { l.HostedZoneID = "Z1" }), "loadBalancer.hostedZoneId", "no name"},
		"domain":                  {lb(func(l *dss.LoadBalancer) { l.DomainName = "https://dss" }), "loadBalancer.domainName", "https://dss"},
		"zone":                    {lb(func(l *dss.LoadBalancer) { l.HostedZoneID, l.DomainName = "example.com", "a.example.com" }), "loadBalancer.hostedZoneId", "example.com"},
		"TLS policy":              {lb(func(l *dss.LoadBalancer) { l.SSLPolicy = "TLS13" }), "loadBalancer.sslPolicy", "TLS13"},
		"access logs":             {lb(func(l *dss.LoadBalancer) { l.AccessLogsBucket = "Logs" }), "loadBalancer.accessLogsBucket", "Logs"},
		"credentials":             {dss.DSSInstanceArgs{CredentialsMode: "keys"}, "credentialsMode", "keys"},
		"role name":               {dss.DSSInstanceArgs{RoleName: "a/b"}, "roleName", "a/b"},
		"role and grants":         {dss.DSSInstanceArgs{RoleName: "host", ClusterNames: []string{"a"}}, "roleName", "nothing is granted"},
		"cluster":                 {dss.DSSInstanceArgs{ClusterNames: []string{"a", "a b"}}, "clusterNames[1]", "a b"},
		"cluster without a name":  {dss.DSSInstanceArgs{ClusterNames: []string{""}}, "clusterNames[0]", "empty"},
		"all roles":               {dss.DSSInstanceArgs{ConnectionRoleARNs: []string{"arn:aws:iam::123456789012:role/*"}}, "connectionRoleArns[0]", "*"},
		"roles of all accounts":   {dss.DSSInstanceArgs{ConnectionRoleARNs: []string{"arn:aws:iam::*:role/dss-a"}}, "connectionRoleArns[0]", "account"},
		"bucket":                  {dss.DSSInstanceArgs{AssetsBucket: "Assets"}, "assetsBucket", "Assets"},
		"wait":                    {dss.DSSInstanceArgs{WaitTimeoutMinutes: 1000}, "waitTimeoutMinutes", "1000"},
		"root as user":            {dss.DSSInstanceArgs{UserName: "root"}, "userName", "root"},
		"tool without a checksum": {dss.DSSInstanceArgs{Tools: withoutChecksum}, "tools[1].sha256", "64 hexadecimal"},
		"too few tools":           {dss.DSSInstanceArgs{Tools: []dss.Tool{}}, "tools", "missing"},
		"mirror without TLS":      {dss.DSSInstanceArgs{Mirrors: map[string]string{"https://dl.k8s.io": "http://mirror/k8s"}}, "mirrors.https://dl.k8s.io", "http://mirror"},
		"key without its bucket":  {dss.DSSInstanceArgs{AssetsBucketKMSKeyARN: pulumi.String("k")}, "assetsBucketKmsKeyArn", "without the bucket"},
		"rules of another's group": {
			dss.DSSInstanceArgs{SecurityGroupID: pulumi.String("sg-1"), AllowedCIDRs: []string{"10.0.0.0/8"}}, "allowedCidrs", "owner's",
		},
		"balancer in one subnet": {
			lb(func(l *dss.LoadBalancer) { l.SubnetIDs = pulumi.ToStringArray([]string{"subnet-a"}) }), "loadBalancer.subnetIds", "only 1",
		},
		"agent's checksum": {dss.DSSInstanceArgs{SSMAgentSHA256: "abc"}, "ssmAgentSha256", "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := test.args.Problems()
			require.NotEmpty(t, found)
			assert.Contains(t, texts(found), test.path+": ")
			assert.Contains(t, texts(found), test.wrong)
		})
	}
}

func texts(list problem.List) string {
	var all strings.Builder
	for _, p := range list {
		all.WriteString(p.String() + "\n")
	}
	return all.String()
}

func TestProblemsAcceptWhatIsRight(t *testing.T) {
	t.Parallel()
	for name, args := range map[string]dss.DSSInstanceArgs{
		"nothing":  {},
		"smallest": {InstanceType: "m7i.2xlarge", OperatingSystem: dss.AlmaLinux8},
		"newer":    {InstanceType: "m99i.4xlarge", AllowUnknownInstanceType: true},
		"anywhere": {AllowedCIDRs: []string{"0.0.0.0/0", "::/0"}, AllowFromAnywhere: true},
		"SSH":      {SSHCIDRs: []string{"192.0.2.0/24", "2001:db8::/32"}, KeyName: "me"},
		"roles":    {ConnectionRoleARNs: []string{"arn:aws:iam::123456789012:role/dss/s3-*", "arn:aws-cn:iam::123456789012:role/x"}},
		"adopted":  {DataVolume: dss.DataVolume{VolumeID: "vol-0123456789abcdef0"}, AssetsBucket: "assets", RoleName: "host"},
		"mirror":   {Mirrors: map[string]string{"https://dl.k8s.io": "https://mirror.example.com/k8s"}},
		"fast":     {DataVolume: dss.DataVolume{SizeGiB: 500, IOPS: 4000, ThroughputMiBps: 1000}},
		"balancer": {LoadBalancer: &dss.LoadBalancer{
			AllowedCIDRs: []string{"0.0.0.0/0"}, AllowFromAnywhere: true, DomainName: "dss.example.com", HostedZoneID: "Z2FDTNDATAQYW2",
		}},
	} {
		assert.Empty(t, texts(args.Problems()), name)
	}
}

func TestNameProblems(t *testing.T) {
	t.Parallel()
	plain, balanced := &dss.DSSInstanceArgs{}, &dss.DSSInstanceArgs{LoadBalancer: &dss.LoadBalancer{}}
	assert.Empty(t, dss.NameProblems("project", "dev", "dss", plain))
	assert.Empty(t, dss.NameProblems("project", "dev", strings.Repeat("a", 40), plain))
	assert.Contains(t, texts(dss.NameProblems("project", "dev", strings.Repeat("a", 41), plain)), "name: ")
	assert.Empty(t, dss.NameProblems("project", "dev", strings.Repeat("a", 21), balanced))
	assert.Contains(t, texts(dss.NameProblems("project", "dev", strings.Repeat("a", 22), balanced)), "21")
	assert.Contains(t, texts(dss.NameProblems("project", "dev", "Dss", plain)), "lower-case")
	assert.Contains(t, texts(dss.NameProblems(strings.Repeat("p", 100), strings.Repeat("s", 100), "dss", plain)), "128")
}

func TestNothingIsRegisteredWhenArgumentsAreWrong(t *testing.T) {
	t.Parallel()
	err := harness.Fail(t, func(ctx *pulumi.Context) error {
		_, err := dss.NewDSSInstance(ctx, "DSS", &dss.DSSInstanceArgs{
			InstanceType: "m7i.large", Port: 80,
			SecurityGroupID: pulumi.String("sg-1"), AllowedCIDRs: []string{"10.0.0.0/8"},
			AssetsBucketKMSKeyARN: pulumi.String("arn"),
			LoadBalancer:          &dss.LoadBalancer{AllowedCIDRs: []string{"10.0.0.0/8"}},
		})
		return err
	})
	var paths []string
	for _, p := range problem.Of(err) {
		paths = append(paths, p.Path)
	}
	assert.Equal(t, []string{"instanceType", "port", "loadBalancer.certificateArn", "assetsBucketKmsKeyArn", "allowedCidrs",
		"subnetId", "vpcId", "loadBalancer.subnetIds", "name"}, paths)
}

func TestNilArguments(t *testing.T) {
	t.Parallel()
	err := harness.Fail(t, func(ctx *pulumi.Context) error {
		_, err := dss.NewDSSInstance(ctx, "dss", nil)
		return err
	})
	assert.ErrorContains(t, err, "subnetId: it is missing")
}
