package synth

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDefaultAnswers(t *testing.T) {
	for _, c := range []struct {
		location           Location
		token, key, answer string
		args               object
	}{
		{Ireland(), "aws:index/getPartition:getPartition", "dnsSuffix", "amazonaws.com", nil},
		{China(), "aws:index/getPartition:getPartition", "reverseDnsPrefix", "cn.com.amazonaws", nil},
		{GovCloud(), "aws:index/getCallerIdentity:getCallerIdentity", "arn", "arn:aws-us-gov:iam::123456789012:user/tester", nil},
		{GovCloud(), "aws:ec2/getSubnet:getSubnet", "availabilityZone", "us-gov-west-1b", object{"id": "subnet-b"}},
		{Ireland(), "aws:ec2/getSubnet:getSubnet", "availabilityZoneId", "euw1-az1", object{"id": "subnet-1"}},
		// Not use1-az3, where EKS makes no control plane.
		{At("us-east-1"), "aws:ec2/getSubnet:getSubnet", "availabilityZoneId", "use1-az6", object{"id": "subnet-c"}},
		{China(), "aws:index/getServicePrincipal:getServicePrincipal", "name", "logs.amazonaws.com.cn", object{"serviceName": "logs"}},
		{China(), "aws:index/getServicePrincipal:getServicePrincipal", "name", "ec2.amazonaws.com", object{"serviceName": "ec2"}},
		{Ireland(), "aws:iam/getSessionContext:getSessionContext", "issuerArn", "arn:aws:iam::123456789012:role/r",
			object{"arn": "arn:aws:sts::123456789012:assumed-role/r/me"}},
	} {
		answer, err := defaultAnswers(c.location)[c.token](properties(c.args))
		require.NoError(t, err)
		assert.Equal(t, c.answer, answer[resource.PropertyKey(c.key)].StringValue(), "%s in %s", c.token, c.location.Region)
	}
}

func TestPhysicalNamesIDsAndARNs(t *testing.T) {
	m := newMonitor(Settings{Location: Ireland()})
	for _, c := range []struct {
		typ         string
		inputs      object
		name, value string
	}{
		{"aws:s3/bucketV2:BucketV2", nil, "arn", "arn:aws:s3:::web-x-1234567"},
		{"aws:s3/bucketV2:BucketV2", object{"bucket": "own"}, "id", "own"},
		{"aws:s3/bucketV2:BucketV2", object{"bucketPrefix": "own-"}, "bucket", "own-1234567"},
		{"aws:iam/role:Role", object{"path": "/dss/"}, "arn", "arn:aws:iam::123456789012:role/dss/web-x-1234567"},
		{"aws:iam/instanceProfile:InstanceProfile", nil, "arn", "arn:aws:iam::123456789012:instance-profile/web-x-1234567"},
		{"aws:iam/openIdConnectProvider:OpenIdConnectProvider", object{"url": "https://o/id"}, "id",
			"arn:aws:iam::123456789012:oidc-provider/o/id"},
		{"aws:kms/key:Key", nil, "arn", "arn:aws:kms:eu-west-1:123456789012:key/web-x-id"},
		{"aws:kms/alias:Alias", object{"name": "alias/a"}, "arn", "arn:aws:kms:eu-west-1:123456789012:alias/a"},
		{"aws:ec2/vpc:Vpc", nil, "id", "web-x-id"},
		{"aws:eks/addon:Addon", object{"clusterName": "c", "addonName": "coredns"}, "id", "c:coredns"},
		{"aws:glue/catalogDatabase:CatalogDatabase", object{"name": "lake"}, "id", "123456789012:lake"},
		{"aws:ecr/repository:Repository", object{"name": "dss/base"}, "repositoryUrl", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/dss/base"},
		{"aws:cloudwatch/logGroup:LogGroup", object{"name": "/aws/x"}, "arn", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/x"},
		{"aws:ec2/subnet:Subnet", object{"availabilityZone": "eu-west-1c"}, "availabilityZone", "eu-west-1c"},
		{"aws:eks/cluster:Cluster", object{"vpcConfig": object{"vpcId": "own"}}, "", ""},
		{"kubernetes:core/v1:Namespace", nil, "id", "web-x-id"},
	} {
		id, state := m.create(&Resource{Type: c.typ, Name: "web-x", Custom: true, Inputs: properties(c.inputs)})
		state["id"] = resource.NewProperty(id)
		if c.name != "" {
			assert.Equal(t, c.value, text(state, c.name, ""), "%s of %s", c.name, c.typ)
			continue
		}
		assert.Equal(t, map[string]any{"vpcId": "own", "clusterSecurityGroupId": "web-x-cluster-sg"}, Plain(state["vpcConfig"]))
	}
}

func TestProviderURN(t *testing.T) {
	const urn = "urn:pulumi:test::project::pulumi:providers:aws::aws"
	for ref, want := range map[string]string{"": "", urn: urn, urn + "::some-id": urn, urn + unknownProvider: urn} {
		assert.Equal(t, want, providerURN(ref))
	}
}
