package harness

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
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

func TestOwnAnswersConfigAndOutputs(t *testing.T) {
	var seen []string
	Run(t, inPlatform(func(ctx *pulumi.Context, p *platform) error {
		var zones struct {
			Names []string `pulumi:"names"`
		}
		err := ctx.Invoke("aws:index/getAvailabilityZones:getAvailabilityZones", map[string]any{}, &zones)
		size, _ := ctx.GetConfig("project:size")
		region, _ := ctx.GetConfig("aws:region")
		seen = append(seen, strings.Join(append(zones.Names, size, region), " "))
		res, other := part(ctx, "aws:ec2/route:Route", "web-r", nil, pulumi.Parent(p))
		_, third := part(ctx, "aws:ec2/route:Route", "web-s", pulumi.Map{"name": res.Name}, pulumi.Parent(p))
		return errors.Join(err, other, third)
	}),
		Config(map[string]string{"size": "2"}), ConfigIn(PartitionChina, map[string]string{"size": "3"}), Secrets("size"),
		Answer("aws:index/getAvailabilityZones:getAvailabilityZones", func(resource.PropertyMap) (resource.PropertyMap, error) {
			return properties(object{"names": []any{"z"}}), nil
		}),
		Outputs("aws:ec2/route:Route", func(name string, _ resource.PropertyMap) resource.PropertyMap {
			return properties(object{"name": "routed-" + name})
		}))
	assert.Equal(t, []string{"z 2 eu-west-1", "z 2 eu-west-1", "z 3 cn-north-1"}, seen)
}

func TestPhysicalNamesIDsAndARNs(t *testing.T) {
	m := newMonitor(newSettings(nil), Ireland(), false)
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
		assert.Equal(t, map[string]any{"vpcId": "own", "clusterSecurityGroupId": "web-x-cluster-sg"}, plain(state["vpcConfig"]))
	}
}

func TestProviderURN(t *testing.T) {
	const urn = "urn:pulumi:test::project::pulumi:providers:aws::aws"
	for ref, want := range map[string]string{"": "", urn: urn, urn + "::some-id": urn, urn + unknownProvider: urn} {
		assert.Equal(t, want, providerURN(ref))
	}
}

// TestTaggableTable compares the table with the source of the AWS SDK, for the services that the table names.
func TestTaggableTable(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi-aws/sdk/v6").Output()
	if err != nil || strings.TrimSpace(string(out)) == "" {
		t.Skip("the source of the AWS SDK is not in the module cache")
	}
	sdk := filepath.Join(strings.TrimSpace(string(out)), "go", "aws")
	services := map[string]bool{}
	for token := range taggable {
		if service, _ := splitToken(token); strings.HasPrefix(token, "aws:") {
			services[service] = true
		}
	}
	register := regexp.MustCompile(`ctx\.RegisterResource\("([^"]+)"`)
	for service := range services {
		files, err := filepath.Glob(filepath.Join(sdk, service, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			if match := register.FindSubmatch(source); match != nil {
				want := strings.Contains(string(source), "\n\tTags pulumi.StringMapInput\n")
				assert.Equal(t, want, taggable[string(match[1])], "%s", match[1])
			}
		}
	}
}
