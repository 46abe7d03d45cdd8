package network_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	eip         = "aws:ec2/eip:Eip"
	endpoint    = "aws:ec2/vpcEndpoint:VpcEndpoint"
	flowLog     = "aws:ec2/flowLog:FlowLog"
	natGateway  = "aws:ec2/natGateway:NatGateway"
	route       = "aws:ec2/route:Route"
	rule        = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	subnet      = "aws:ec2/subnet:Subnet"
	securityGrp = "aws:ec2/securityGroup:SecurityGroup"
	vpc         = "aws:ec2/vpc:Vpc"
)

// program makes a network and exports its outputs, so that none fails unseen.
func program(args *network.NetworkArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		n, err := network.NewNetwork(ctx, "lab", args)
		if err != nil {
			return err
		}
		ctx.Export("private", n.PrivateSubnetIDs)
		ctx.Export("public", n.PublicSubnetIDs)
		ctx.Export("workload", n.WorkloadSubnetID)
		ctx.Export("zone", n.WorkloadZone)
		ctx.Export("shared", n.SharedSecurityGroupID)
		return nil
	}
}

func run(t *testing.T, args *network.NetworkArgs, opts ...harness.Option) *harness.Graph {
	t.Helper()
	return harness.Run(t, program(args), opts...)
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	graph := run(t, nil)
	graph.Golden("defaults.json")
	assert.Equal(t, "10.0.0.0/16", graph.One(vpc, "").String("cidrBlock"))
	assert.Len(t, graph.OfType(subnet), 4)
	assert.Len(t, graph.OfType(natGateway), 1)
	assert.Len(t, graph.OfType(endpoint), 1, "the S3 gateway")
	assert.Equal(t, "lab-private-0-id", graph.Export("workload"))
	assert.Equal(t, "eu-west-1a", graph.Export("zone"))
	for _, s := range graph.OfType(subnet) {
		assert.False(t, s.Bool("mapPublicIpOnLaunch"), s.Name)
	}
}

func TestTagsReachEverything(t *testing.T) {
	t.Parallel()
	tags := map[string]string{"team": "data"}
	run(t, &network.NetworkArgs{Tags: tags, InterfaceEndpoints: network.EndpointServices()}, harness.RequireTags(tags))
}

func TestNATStrategies(t *testing.T) {
	t.Parallel()
	for strategy, want := range map[network.NATStrategy]struct{ gateways, privateRoutes int }{
		network.NATNone: {0, 0}, network.NATSingle: {1, 3}, network.NATPerZone: {3, 3},
	} {
		graph := run(t, &network.NetworkArgs{NAT: strategy, ZoneCount: 3})
		assert.Len(t, graph.OfType(natGateway), want.gateways, strategy)
		assert.Len(t, graph.OfType(eip), want.gateways, strategy)
		used := map[string]bool{}
		for _, r := range graph.OfType(route) {
			if r.Has("natGatewayId") {
				used[r.String("natGatewayId")] = true
			}
		}
		assert.Len(t, graph.OfType(route), 1+want.privateRoutes, strategy)
		assert.Len(t, used, want.gateways, "%s: each gateway is used", strategy)
	}
}

func TestGatewaysWaitForTheirWayToTheInternet(t *testing.T) {
	t.Parallel()
	graph := run(t, nil)
	assert.True(t, graph.DependsOn(graph.One(natGateway, ""), graph.One("aws:ec2/internetGateway:InternetGateway", "")))
	assert.False(t, graph.DependsOn(graph.One(natGateway, ""), graph.One(route, "lab-public-out")), "nothing waits that need not")
}

func TestInterfaceEndpointsAreReachedFromInsideOnly(t *testing.T) {
	t.Parallel()
	graph := run(t, &network.NetworkArgs{InterfaceEndpoints: []string{"ecr.api", "sts"}})
	made := graph.One(endpoint, "lab-ecr.api")
	assert.Equal(t, "com.amazonaws.eu-west-1.ecr.api", made.String("serviceName"))
	assert.True(t, made.Bool("privateDnsEnabled"))
	https := graph.One(rule, "lab-endpoints-https")
	assert.Equal(t, "10.0.0.0/16", https.String("cidrIpv4"))
	assert.Equal(t, 443, https.Int("fromPort"))
}

func TestInterfaceEndpointsInChina(t *testing.T) {
	t.Parallel()
	graph := run(t, &network.NetworkArgs{InterfaceEndpoints: []string{"ecr.api", "ssm"}}, harness.In(harness.China()))
	assert.Equal(t, "cn.com.amazonaws.cn-north-1.ecr.api", graph.One(endpoint, "lab-ecr.api").String("serviceName"))
	assert.Equal(t, "com.amazonaws.cn-north-1.ssm", graph.One(endpoint, "lab-ssm").String("serviceName"))
}

func TestFlowLogsCanBeOff(t *testing.T) {
	t.Parallel()
	off := false
	assert.Empty(t, run(t, &network.NetworkArgs{FlowLogs: &off}).OfType(flowLog))
	group := run(t, &network.NetworkArgs{KMSKeyARN: pulumi.String("key")}).One("aws:cloudwatch/logGroup:LogGroup", "")
	assert.Equal(t, "key", group.String("kmsKeyId"))
	assert.Equal(t, network.DefaultFlowLogRetentionDays, group.Int("retentionInDays"))
}

func TestEMRManagedTags(t *testing.T) {
	t.Parallel()
	graph := run(t, &network.NetworkArgs{EMRManagedTags: true})
	for _, r := range append(graph.OfType(subnet), graph.One(vpc, "")) {
		assert.Equal(t, "true", r.String(`tags["for-use-with-amazon-emr-managed-policies"]`), r.Name)
	}
}

func adoption() *network.Adoption {
	return &network.Adoption{VPCID: "vpc-1", PrivateSubnetIDs: []string{"subnet-a", "subnet-b"}, PublicSubnetIDs: []string{"subnet-c"}}
}

// found answers the look-ups of an adopted VPC.
func found(dns bool) []harness.Option {
	return []harness.Option{
		harness.Answer("aws:ec2/getVpc:getVpc", func(resource.PropertyMap) (resource.PropertyMap, error) {
			return resource.NewPropertyMapFromMap(map[string]any{
				"id": "vpc-1", "cidrBlock": "10.9.0.0/16", "enableDnsSupport": dns, "enableDnsHostnames": dns,
			}), nil
		}),
		subnets(map[string]place{
			"subnet-a": {"vpc-1", "b", "euw1-az2"}, "subnet-b": {"vpc-1", "a", "euw1-az1"}, "subnet-c": {"vpc-1", "a", "euw1-az1"},
		}),
	}
}

// place is where a subnet is: its VPC, the letter of its zone and the zone's id.
type place struct{ vpc, zone, zoneID string }

// subnets answers look-ups of subnets.
func subnets(places map[string]place) harness.Option {
	return harness.Answer("aws:ec2/getSubnet:getSubnet", func(asked resource.PropertyMap) (resource.PropertyMap, error) {
		id := asked["id"].StringValue()
		at := places[id]
		return resource.NewPropertyMapFromMap(map[string]any{
			"id": id, "vpcId": at.vpc, "availabilityZone": "eu-west-1" + at.zone, "availabilityZoneId": at.zoneID,
		}), nil
	})
}

func TestAdoptedSubnetsAreLookedAt(t *testing.T) {
	t.Parallel()
	adopted := &network.Adoption{
		VPCID: "vpc-1", PublicSubnetIDs: []string{"subnet-e", "subnet-f"},
		PrivateSubnetIDs: []string{"subnet-a", "subnet-b", "subnet-c", "subnet-d"},
	}
	err := harness.Fail(t, program(&network.NetworkArgs{Adopt: adopted}), append(found(true), subnets(map[string]place{
		"subnet-a": {"vpc-1", "b", "euw1-az2"}, "subnet-b": {"vpc-1", "b", "euw1-az2"},
		"subnet-c": {"vpc-2", "a", "euw1-az1"}, "subnet-d": {"vpc-1", "c", "cac1-az3"},
		"subnet-e": {"vpc-1", "b", "cac1-az3"}, "subnet-f": {"vpc-1", "b", "cac1-az3"},
	}), harness.MayRegister())...)
	var all []string
	for _, p := range problem.Of(err) {
		all = append(all, p.Path+": "+p.Wrong)
	}
	assert.Equal(t, []string{
		"adopt.privateSubnetIds[1]: subnet-b is in eu-west-1b, as subnet-a is",
		"adopt.privateSubnetIds[2]: subnet-c is in vpc-2, not in vpc-1",
		"adopt.privateSubnetIds[3]: subnet-d is in the zone cac1-az3, where EKS makes no control plane",
		"adopt.publicSubnetIds[1]: subnet-f is in eu-west-1b, as subnet-e is",
	}, all)
}

func TestAdoptedAddressesAreReachedFromDocker(t *testing.T) {
	t.Parallel()
	for text, block := range map[string]map[string]any{
		"vpc-1 has the addresses 172.17.0.0/16": {"cidrBlock": "172.17.0.0/16"},
		"vpc-1 has the addresses 172.17.8.0/24": {"cidrBlock": "10.9.0.0/16", "cidrBlockAssociations": []any{
			map[string]any{"cidrBlock": "10.9.0.0/16"}, map[string]any{"cidrBlock": "172.17.8.0/24"},
		}},
	} {
		answer := map[string]any{"id": "vpc-1", "enableDnsSupport": true, "enableDnsHostnames": true}
		maps.Copy(answer, block)
		vpc := harness.Answer("aws:ec2/getVpc:getVpc", func(resource.PropertyMap) (resource.PropertyMap, error) {
			return resource.NewPropertyMapFromMap(answer), nil
		})
		err := harness.Fail(t, program(&network.NetworkArgs{Adopt: adoption()}), append(found(true), vpc, harness.MayRegister())...)
		require.Len(t, problem.Of(err), 1)
		assert.ErrorContains(t, err, "adopt.vpcId: "+text)
	}
}

func TestAdoptionTakesWhatIsTrueOfIt(t *testing.T) {
	t.Parallel()
	off := false
	args := &network.NetworkArgs{Adopt: adoption(), NAT: network.NATNone, FlowLogs: &off}
	assert.Empty(t, args.Problems())
	args.KMSKeyARN = pulumi.String("of another").ToStringOutput()
	require.Len(t, args.Problems(), 1)
	assert.Equal(t, "kmsKeyArn", args.Problems()[0].Path)
}

func TestAdoptedVPCGetsASecurityGroupOnly(t *testing.T) {
	t.Parallel()
	graph := run(t, &network.NetworkArgs{Adopt: adoption()}, found(true)...)
	assert.Empty(t, graph.OfType(vpc))
	assert.Empty(t, graph.OfType(subnet))
	assert.Equal(t, "vpc-1", graph.One(securityGrp, "lab-shared").String("vpcId"))
	assert.Equal(t, "subnet-a", graph.Export("workload"))
	assert.Equal(t, "eu-west-1b", graph.Export("zone"))
}

func TestAdoptedVPCWithASecurityGroupGetsNothing(t *testing.T) {
	t.Parallel()
	graph := run(t, &network.NetworkArgs{Adopt: adoption(), SharedSecurityGroupID: pulumi.String("sg-1")}, found(true)...)
	assert.Equal(t, "sg-1", graph.Export("shared"))
	assert.Empty(t, graph.OfType(securityGrp))
}

func TestAdoptedVPCMustHaveDNS(t *testing.T) {
	t.Parallel()
	err := harness.Fail(t, program(&network.NetworkArgs{Adopt: adoption()}), append(found(false), harness.MayRegister())...)
	assert.ErrorContains(t, err, "adopt.vpcId: vpc-1 has no DNS support")
}

func TestTooFewZonesInTheRegion(t *testing.T) {
	t.Parallel()
	err := harness.Fail(t, program(&network.NetworkArgs{ZoneCount: 4}), harness.MayRegister())
	assert.ErrorContains(t, err, "zoneCount: 4, but eu-west-1 offers 3 zones where EKS makes control planes")
}

// northVirginia answers with two zones of us-east-1, after a look at what was asked.
func northVirginia(look func(asked resource.PropertyMap)) harness.Option {
	const zones = "aws:index/getAvailabilityZones:getAvailabilityZones"
	return harness.Answer(zones, func(asked resource.PropertyMap) (resource.PropertyMap, error) {
		look(asked)
		return resource.NewPropertyMapFromMap(map[string]any{
			"id": "us-east-1", "names": []any{"us-east-1d", "us-east-1e"}, "zoneIds": []any{"use1-az4", "use1-az3"},
		}), nil
	})
}

func TestZonesWithoutControlPlanesAreNotChosen(t *testing.T) {
	t.Parallel()
	var excluded []any
	run(t, nil, northVirginia(func(asked resource.PropertyMap) {
		excluded, _ = asked.Mappable()["excludeZoneIds"].([]any)
	}))
	assert.Equal(t, []any{"use1-az3", "usw1-az2", "cac1-az3"}, excluded)
}

func TestZonesWithoutControlPlanesAreRefusedByName(t *testing.T) {
	t.Parallel()
	asked := northVirginia(func(asked resource.PropertyMap) {
		assert.False(t, asked.HasValue("excludeZoneIds"), "what is excluded could not be told from what is not there")
	})
	err := harness.Fail(t, program(&network.NetworkArgs{Zones: []string{"us-east-1d", "us-east-1e"}}), asked, harness.MayRegister())
	require.Len(t, problem.Of(err), 1)
	require.ErrorContains(t, err, "zones[1]: us-east-1e is in the zone use1-az3, where EKS makes no control plane")
	graph := run(t, &network.NetworkArgs{Zones: []string{"us-east-1d", "us-east-1f"}}, asked)
	assert.Equal(t, "us-east-1d", graph.Export("zone"))
}

func TestProblems(t *testing.T) {
	t.Parallel()
	on := true
	for name, c := range map[string]struct {
		args *network.NetworkArgs
		want []string
	}{
		"nothing is wrong with the defaults": {&network.NetworkArgs{}, nil},
		"addresses and zones":                {&network.NetworkArgs{CIDRBlock: "10.0.0.0/24", Zones: []string{"a"}}, []string{"cidrBlock", "zoneCount"}},
		"Docker's own addresses":             {&network.NetworkArgs{CIDRBlock: "172.17.0.0/16"}, []string{"cidrBlock"}},
		"a zone twice":                       {&network.NetworkArgs{Zones: []string{"a", "a"}}, []string{"zones[1]"}},
		"zones and their number disagree":    {&network.NetworkArgs{Zones: []string{"a", "b"}, ZoneCount: 3}, []string{"zoneCount"}},
		"strategy, endpoints, retention": {
			&network.NetworkArgs{NAT: "two", InterfaceEndpoints: []string{"sts", "sqs", "sts"}, FlowLogRetentionDays: 8},
			[]string{"flowLogRetentionDays", "interfaceEndpoints[1]", "interfaceEndpoints[2]", "nat"},
		},
		"adoption is incomplete": {
			&network.NetworkArgs{Adopt: &network.Adoption{VPCID: "x", PrivateSubnetIDs: []string{"subnet-a"}, PublicSubnetIDs: []string{"c"}}},
			[]string{"adopt.privateSubnetIds", "adopt.publicSubnetIds[0]", "adopt.vpcId"},
		},
		"adoption contradicts building": {
			&network.NetworkArgs{Adopt: adoption(), CIDRBlock: "10.1.0.0/16", Zones: []string{"a", "b"}, NAT: network.NATPerZone},
			[]string{"cidrBlock", "nat", "zones"},
		},
		"adoption contradicts building with defaults": {
			&network.NetworkArgs{
				Adopt: adoption(), CIDRBlock: network.DefaultCIDRBlock, ZoneCount: network.DefaultZoneCount, NAT: network.DefaultNAT, FlowLogs: &on,
				FlowLogRetentionDays: network.DefaultFlowLogRetentionDays, KMSKeyARN: pulumi.String("key"), EMRManagedTags: true,
			},
			[]string{"cidrBlock", "emrManagedTags", "flowLogRetentionDays", "flowLogs", "kmsKeyArn", "nat", "zoneCount"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var paths []string
			for _, p := range c.args.Problems() {
				paths = append(paths, p.Path)
			}
			slices.Sort(paths)
			assert.Equal(t, c.want, paths)
		})
	}
}

func TestNothingIsMadeWhenArgumentsAreWrong(t *testing.T) {
	t.Parallel()
	err := harness.Fail(t, program(&network.NetworkArgs{CIDRBlock: "ten", NAT: "two"}))
	require.Len(t, problem.Of(err), 2)
	assert.ErrorContains(t, err, "Network lab: 2 problems:")
}
