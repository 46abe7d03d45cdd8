package stacks_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/pulumi-dss/pulumi-dss/components/network"
	"github.com/pulumi-dss/pulumi-dss/internal/problem"
	"github.com/pulumi-dss/pulumi-dss/stacks"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

// load reads a configuration as the program does.
func load(t *testing.T, config map[string]string) (*stacks.Config, error) {
	t.Helper()
	var cfg *stacks.Config
	var failed error
	harness.Run(t, func(ctx *pulumi.Context) error {
		cfg, failed = stacks.Load(ctx)
		return nil
	}, harness.Project(stacks.ProjectName), harness.Stack("dev"), harness.Config(config),
		harness.WithoutCheck(harness.CheckPartition, "the region is part of the configuration"))
	return cfg, failed
}

func TestLoadLaysTheStacksSettingsOverThePreset(t *testing.T) {
	t.Parallel()
	cfg, err := load(t, map[string]string{"preset": "prod", "aws:region": "eu-west-1", "network": `{"nat":"single"}`})
	require.NoError(t, err)
	assert.Equal(t, "single", string(cfg.Network.NAT), "the stack's")
	assert.Equal(t, 3, cfg.Network.ZoneCount, "the preset's")
	assert.Equal(t, "dss-dev", cfg.Name, "from the stack's name")
}

func TestLoadSaysAllThatIsWrongAndWhereItWasRead(t *testing.T) {
	t.Parallel()
	_, err := load(t, map[string]string{
		"preset": "prod", "aws:region": "eu-west-1", "allowDataDeletion": "perhaps",
		"network": `{"cidrBlock":"10.0.0.0/30","nats":"single"}`,
	})
	require.ErrorContains(t, err, "configuration of stack dev: 3 problems:")
	require.ErrorContains(t, err, "pulumi-dss:network.cidrBlock: 10.0.0.0/30 is too small")
	require.ErrorContains(t, err, `pulumi-dss:allowDataDeletion: "perhaps" is neither a structure nor true or false`)
	assert.ErrorContains(t, err, "pulumi-dss:network.nats: there is no such key (Pulumi.dev.yaml); use some of adopt, cidrBlock,")
}

// What could not be read is said once, not again for the emptiness that it leaves.
func TestLoadDoesNotRepeatWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	_, err := load(t, map[string]string{
		"aws:region": "eu-west-1", "aws:assumeRole": `{"roleArn":7}`, "network": `{"adopt":{"vpcId":5,"privateSubnetIds":"subnet-a"},"nat":"many"}`,
	})
	var paths []string
	for _, p := range problem.Of(err) {
		paths = append(paths, p.Path)
	}
	assert.Equal(t, []string{
		"pulumi-dss:network.adopt.privateSubnetIds", "pulumi-dss:network.adopt.vpcId", "aws:assumeRole.roleArn",
		"pulumi-dss:network.nat", "pulumi-dss:network.nat",
	}, paths)
}

// A preset says how a VPC is built. That must not be held against a stack that adopts one.
func TestAdoptionNeedsNothingTakenFromThePreset(t *testing.T) {
	t.Parallel()
	for _, preset := range stacks.Presets() {
		cfg, err := load(t, map[string]string{
			"preset": preset, "aws:region": "eu-west-1", "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/k",
			"network": `{"adopt":{"vpcId":"vpc-1","privateSubnetIds":["subnet-a","subnet-b"]}}`,
		})
		require.NoError(t, err, preset)
		graph := harness.Run(t, stacks.Program(*cfg), harness.Stack("dev"), harness.WithoutCheck(harness.CheckPartition, "the program names region and key"),
			harness.Answer("aws:ec2/getSubnet:getSubnet", func(in resource.PropertyMap) (resource.PropertyMap, error) {
				id := in["id"].StringValue()
				return resource.NewPropertyMapFromMap(map[string]any{
					"id": id, "vpcId": "vpc-1", "availabilityZone": "eu-west-1" + id[len(id)-1:], "availabilityZoneId": "euw1-az1" + id[len(id)-1:],
					"cidrBlock": "10.9.0.0/24",
				}), nil
			}),
			harness.Answer("aws:ec2/getVpc:getVpc", func(resource.PropertyMap) (resource.PropertyMap, error) {
				return resource.NewPropertyMapFromMap(map[string]any{
					"id": "vpc-1", "cidrBlock": "10.9.0.0/16", "enableDnsSupport": true, "enableDnsHostnames": true,
				}), nil
			}))
		assert.Empty(t, graph.OfType("aws:ec2/vpc:Vpc"), preset)
		assert.Empty(t, graph.OfType("aws:ec2/flowLog:FlowLog"), preset)
	}
	for _, preset := range stacks.Presets() {
		cfg, err := stacks.NewConfig(preset)
		require.NoError(t, err)
		cfg.Name, cfg.AWS.Region = "dss-lab", "eu-west-1"
		cfg.AdoptNetwork(network.Adoption{VPCID: "vpc-1", PrivateSubnetIDs: []string{"subnet-a", "subnet-b"}})
		require.NoError(t, cfg.Problems("pulumi-dss", "dev").Err("settings"), "%s, in Go", preset)
	}
	_, err := load(t, map[string]string{
		"aws:region": "eu-west-1", "network": `{"nat":"single","adopt":{"vpcId":"vpc-1","privateSubnetIds":["subnet-a","subnet-b"]}}`,
	})
	assert.ErrorContains(t, err, "pulumi-dss:network.nat: an adopted VPC has its own routes (Pulumi.dev.yaml)", "the stack says so itself")
}

func TestLoadValidatesWhatItRead(t *testing.T) {
	t.Parallel()
	_, err := load(t, map[string]string{"preset": "prod", "aws:region": "eu-west-1", "network": `{"cidrBlock":"10.0.0.0/30"}`})
	require.Len(t, problem.Of(err), 1)
	require.ErrorContains(t, err, "pulumi-dss:network.cidrBlock: 10.0.0.0/30 is too small")
	assert.ErrorContains(t, err, "(Pulumi.dev.yaml)")
}

func TestLoadWithoutRegionOrWithUnknownPreset(t *testing.T) {
	t.Parallel()
	_, err := load(t, map[string]string{"aws:region": ""})
	require.ErrorContains(t, err, "aws:region: no region")
	_, err = load(t, map[string]string{"preset": "huge"})
	assert.ErrorContains(t, err, `there is no preset "huge"`)
}

func TestLoadTakesTheProvidersSettings(t *testing.T) {
	t.Parallel()
	cfg, err := load(t, map[string]string{
		"aws:region": "eu-west-1", "aws:profile": "bank", "aws:allowedAccountIds": `["123456789012"]`,
		"aws:assumeRole": `{"roleArn":"arn:aws:iam::123456789012:role/deploy"}`,
	})
	require.NoError(t, err)
	assert.Equal(t, "bank", cfg.AWS.Profile)
	assert.Equal(t, []string{"123456789012"}, cfg.AWS.AllowedAccountIDs)
	assert.Equal(t, "arn:aws:iam::123456789012:role/deploy", cfg.AWS.AssumeRole.RoleARN)
}

// What is not in Pulumi.yaml cannot be found by those who read only that, and what is only there does nothing.
func TestPulumiYAMLHasTheKeysOfConfig(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "Pulumi.yaml"))
	require.NoError(t, err)
	var project struct {
		Name   string `yaml:"name"`
		Config map[string]struct {
			Type, Description string
			Default           any
		} `yaml:"config"`
	}
	require.NoError(t, yaml.Unmarshal(text, &project))
	assert.Equal(t, stacks.ProjectName, project.Name)
	var keys []string
	for key, schema := range project.Config {
		keys = append(keys, key)
		assert.NotEmpty(t, schema.Description, key)
		assert.NotNil(t, schema.Default, "%s: without a default every stack would have to set it", key)
	}
	assert.ElementsMatch(t, stacks.ConfigKeys(), keys)
}

func TestProgramRefusesBadSettingsBeforeAnythingIsRegistered(t *testing.T) {
	t.Parallel()
	cfg := stacks.Config{AWS: stacks.AWSConfig{Region: "eu-west-1"}, Network: network.NetworkArgs{CIDRBlock: "ten"}}
	err := harness.Fail(t, stacks.Program(cfg), harness.Stack("dev"))
	require.ErrorContains(t, err, "settings of stack dev: ")
	assert.ErrorContains(t, err, `network.cidrBlock: "ten" is not a block of IPv4 addresses`)
}

func TestTheKeyOfTheAccountsCatalogIsNotDeleted(t *testing.T) {
	t.Parallel()
	both := map[string]string{
		"preset": "prod", "aws:region": "eu-west-1", "allowDataDeletion": "true", "encryption": `{"deleteData":true}`,
	}
	_, err := load(t, both)
	require.ErrorContains(t, err, "pulumi-dss:encryption.deleteData: the whole account's Glue Data Catalog is encrypted with the key")
	both["catalog"] = `{"encryptCatalog":false}`
	_, err = load(t, both)
	assert.NoError(t, err)
}

func TestConsentToDeletingDataIsTheStacks(t *testing.T) {
	t.Parallel()
	_, err := load(t, map[string]string{"aws:region": "eu-west-1", "dss": `{"allowDataDeletion":true}`})
	assert.ErrorContains(t, err, "pulumi-dss:dss.allowDataDeletion: the consent is the stack's, not a component's")
}

func TestProgramDeploysThePresetThatAProgramTook(t *testing.T) {
	t.Parallel()
	cfg, err := stacks.NewConfig(stacks.PresetProd)
	require.NoError(t, err)
	cfg.AWS.Region = "eu-west-1"
	cfg.KMSKeyARN = "arn:aws:kms:eu-west-1:123456789012:key/k"
	graph := harness.Run(t, stacks.Program(cfg), harness.Stack("sales"),
		harness.WithoutCheck(harness.CheckPartition, "the program names region and key"))
	assert.Len(t, graph.OfType("aws:ec2/natGateway:NatGateway"), 3)
	assert.Empty(t, graph.OfType("aws:kms/key:Key"), "there is one")
	assert.Equal(t, "dss-sales", graph.Export("clusterName"))
	_, err = stacks.NewConfig("huge")
	assert.ErrorContains(t, err, `preset: there is no preset "huge"`)
}
