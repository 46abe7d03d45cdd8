package registry_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/components/registry"
	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/location"
	"github.com/pulumi-dss/pulumi-dss/internal/role"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

const (
	keyType        = "aws:kms/key:Key"
	repositoryType = "aws:ecr/repository:Repository"
	lifecycleType  = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
	policyType     = "aws:ecr/repositoryPolicy:RepositoryPolicy"
	scanningType   = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
	machineType    = "aws:sfn/stateMachine:StateMachine"
	ruleType       = "aws:cloudwatch/eventRule:EventRule"
	targetType     = "aws:cloudwatch/eventTarget:EventTarget"
	rolePolicyType = "aws:iam/rolePolicy:RolePolicy"
)

func program(args *registry.ECRRegistryArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		r, err := registry.NewECRRegistry(ctx, "images", args)
		if err != nil {
			return err
		}
		ctx.Export("url", r.RegistryURL)
		ctx.Export("prefix", r.ImageURLPrefix)
		ctx.Export("urls", r.RepositoryURLs)
		ctx.Export("key", r.KMSKeyARN)
		return nil
	}
}

func off() *bool { return new(bool) }

func TestDefaults(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(nil))
	graph.Golden("defaults.json")
	here := graph.Location
	made := graph.One(repositoryType, "")
	assert.Equal(t, "dss/dku-apideployer-apinode-base", made.String("name"))
	assert.Equal(t, "MUTABLE", made.String("imageTagMutability"))
	assert.True(t, made.Bool("imageScanningConfiguration.scanOnPush"))
	assert.Equal(t, "KMS", made.String("encryptionConfigurations[0].encryptionType"))
	assert.True(t, graph.DependsOn(made, graph.One(keyType, "images-key")))
	assert.False(t, made.Bool("forceDelete"))
	assert.True(t, made.Options.RetainOnDelete)
	assert.True(t, graph.One(lifecycleType, "").Options.RetainOnDelete)
	replaced := graph.One(lifecycleType, "").Options.DeleteBeforeReplace
	require.NotNil(t, replaced)
	assert.True(t, *replaced, "the provider replaces a lifecycle that changes")
	assert.Equal(t, here.AccountID+".dkr.ecr."+here.Region+".amazonaws.com/dss", graph.Export("prefix"))
	assert.Empty(t, graph.OfType(scanningType), "the registry's own settings are everybody's")
	assert.Empty(t, graph.OfType(policyType))
}

func TestRepositories(t *testing.T) {
	t.Parallel()
	tags := map[string]string{"team": "data"}
	graph := harness.Run(t, program(&registry.ECRRegistryArgs{
		Prefix: "acme/dss", InstallID: "ru4oxgmk", Repositories: []string{"tools"}, Tags: tags,
		KMSKeyARN: pulumi.String("arn:x:key/ours"), PullAccounts: []string{"210987654321"},
	}), harness.RequireTags(tags), harness.WithoutCheck(harness.CheckPartition, "the key's ARN is given in this test"))
	var names []string
	for _, made := range graph.OfType(repositoryType) {
		names = append(names, strings.TrimPrefix(made.String("name"), "acme/dss/"))
		assert.Equal(t, "arn:x:key/ours", made.String("encryptionConfigurations[0].kmsKey"))
	}
	assert.ElementsMatch(t, []string{
		"dku-apideployer-apinode-base", "dku-cde-base-ru4oxgmk", "dku-exec-base-ru4oxgmk", "dku-spark-base-ru4oxgmk", "tools",
	}, names)
	assert.Empty(t, graph.OfType(keyType))
	assert.Len(t, graph.OfType(lifecycleType), 5)
	require.Len(t, graph.OfType(policyType), 5)
	assert.Contains(t, graph.OfType(policyType)[0].String("policy"), ":iam::210987654321:root")
	definition := graph.One(machineType, "").String("definition")
	assert.Contains(t, definition, "aws-sdk:ecr:setRepositoryPolicy")
	assert.Contains(t, definition, `"Tags":[{"Key":"team","Value":"data"}]`)
}

func TestLifecyclePolicy(t *testing.T) {
	t.Parallel()
	assert.JSONEq(t, `{"rules":[
		{"rulePriority":1,"description":"untagged images go after 3 days","action":{"type":"expire"},
		 "selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":3}},
		{"rulePriority":2,"description":"the newest 7 tagged images stay","action":{"type":"expire"},
		 "selection":{"tagStatus":"tagged","tagPatternList":["*"],"countType":"imageCountMoreThan","countNumber":7}}]}`,
		registry.LifecyclePolicy(7, 3))
}

func TestRepairedRepositoriesHaveTheSettingsOfTheOthers(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(&registry.ECRRegistryArgs{KeepTagged: 5, UntaggedDays: 2, Tags: map[string]string{"a": "b"}}))
	var machine struct {
		StartAt string
		States  map[string]struct {
			Resource, Next string
			End            bool
			Parameters     map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(graph.One(machineType, "images-repair").String("definition")), &machine))
	var calls []string
	for at := machine.StartAt; ; at = machine.States[at].Next {
		state, found := machine.States[at]
		require.True(t, found, "no state %q", at)
		calls = append(calls, strings.TrimPrefix(state.Resource, "arn:aws:states:::aws-sdk:ecr:"))
		if state.End {
			break
		}
	}
	assert.Equal(t, []string{"putLifecyclePolicy", "tagResource", "putImageScanningConfiguration"}, calls)
	assert.Equal(t, graph.One(lifecycleType, "").String("policy"), machine.States["Lifecycle"].Parameters["LifecyclePolicyText"])
	assert.Equal(t, "States.Format('"+graph.Location.ARN("ecr", "repository/{}")+"', $.repository)",
		machine.States["Tags"].Parameters["ResourceArn.$"])
	policy := graph.One(rolePolicyType, "images-repair-repositories").String("policy")
	for _, call := range calls {
		assert.Contains(t, policy, `"ecr:`+strings.ToUpper(call[:1])+call[1:]+`"`)
	}
	assert.Contains(t, policy, graph.Location.ARN("ecr", "repository/dss/*"))
}

func TestRepairIsStarted(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(nil))
	for name, want := range map[string]string{
		"images-created": `{"source":["aws.ecr"],"detail-type":["AWS API Call via CloudTrail"],"detail":{
			"eventName":["CreateRepository"],"errorCode":[{"exists":false}],
			"requestParameters":{"repositoryName":[{"prefix":"dss/"}]}}}`,
		"images-pushed": `{"source":["aws.ecr"],"detail-type":["ECR Image Action"],"detail":{
			"action-type":["PUSH"],"result":["SUCCESS"],"repository-name":[{"prefix":"dss/"}]}}`,
	} {
		assert.JSONEq(t, want, graph.One(ruleType, name).String("eventPattern"))
		target := graph.One(targetType, name+"-target")
		assert.True(t, graph.DependsOn(target, graph.One(machineType, "")))
		assert.True(t, graph.DependsOn(target, graph.One(rolePolicyType, "images-repair-start-start")))
		assert.Equal(t, `{"repository": <repository>}`, target.String("inputTransformer.inputTemplate"))
	}
	assert.Equal(t, "$.detail.repository-name",
		graph.One(targetType, "images-pushed-target").String("inputTransformer.inputPaths.repository"))
	assert.NotContains(t, graph.One(machineType, "").String("definition"), "tagResource", "there are no tags to set")
	assert.Empty(t, harness.Run(t, program(&registry.ECRRegistryArgs{RepairHookRepositories: off()})).OfType(machineType))
}

func TestAdoptedRepositories(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, program(&registry.ECRRegistryArgs{CreateRepositories: off()}))
	assert.Len(t, graph.Resources, 1, "the component alone")
	assert.True(t, strings.HasSuffix(graph.Export("prefix").(string), "/dss"))
	assert.Empty(t, graph.Export("key"))
}

func TestRegistryScanning(t *testing.T) {
	t.Parallel()
	for setting, want := range map[registry.Scanning][2]string{
		registry.ScanningBasic: {"BASIC", "SCAN_ON_PUSH"}, registry.ScanningEnhanced: {"ENHANCED", "CONTINUOUS_SCAN"},
	} {
		scanning := harness.Run(t, program(&registry.ECRRegistryArgs{RegistryScanning: setting})).One(scanningType, "")
		assert.Equal(t, want, [2]string{scanning.String("scanType"), scanning.String("rules[0].scanFrequency")})
		assert.Equal(t, "dss/*", scanning.String("rules[0].repositoryFilters[0].filter"))
	}
}

func TestRemovalTakesTwoKeys(t *testing.T) {
	t.Parallel()
	for _, keys := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
		both := keys[0] && keys[1]
		graph := harness.Run(t, program(&registry.ECRRegistryArgs{DeleteData: keys[0], AllowDataDeletion: keys[1]}))
		made := graph.One(repositoryType, "")
		assert.Equal(t, both, made.Bool("forceDelete"), keys)
		assert.Equal(t, !both, made.Options.RetainOnDelete, keys)
		assert.Equal(t, !both, graph.One(keyType, "").Options.RetainOnDelete, keys)
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	graph := harness.Run(t, func(ctx *pulumi.Context) error {
		r, err := registry.NewECRRegistry(ctx, "images", nil)
		if err != nil {
			return err
		}
		to, err := role.New(ctx, "images-host", role.Args{Trust: iam.TrustService("ec2.example")}, pulumi.Parent(r))
		if err != nil {
			return err
		}
		if err := r.GrantPush(ctx, "host", to); err != nil {
			return err
		}
		return r.GrantPull(ctx, "nodes", to)
	})
	assert.Contains(t, graph.One(rolePolicyType, "images-host-push").String("policy"), `"ecr:CreateRepository"`)
	assert.NotContains(t, graph.One(rolePolicyType, "images-nodes-pull").String("policy"), `"ecr:PutImage"`)
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	where := location.Location{Partition: "aws", Region: "eu-west-1", AccountID: "123456789012", DNSSuffix: "amazonaws.com"}
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[
		{"Sid":"Login","Effect":"Allow","Action":["ecr:GetAuthorizationToken"],"Resource":["*"]},
		{"Sid":"PullImages","Effect":"Allow","Resource":["arn:aws:ecr:eu-west-1:123456789012:repository/dss/*"],
		 "Action":["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}]}`,
		registry.PullPolicy(where, "dss").JSON())
	push := registry.PushPolicy(where, "dss").Statements[1]
	assert.Equal(t, []string{
		"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:CreateRepository",
		"ecr:DescribeRepositories", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
	}, push.Actions)
	assert.Equal(t, []string{"arn:aws:ecr:eu-west-1:123456789012:repository/dss/*"}, push.Resources)
}

func TestProblems(t *testing.T) {
	t.Parallel()
	on := true
	key := pulumi.String("arn")
	for want, args := range map[string]registry.ECRRegistryArgs{
		"prefix":                 {Prefix: "DSS"},
		"installId":              {InstallID: "no such id"},
		"repositories[0]":        {Repositories: []string{"Upper"}},
		"repositories[1]":        {Repositories: []string{"a", "a"}},
		"keepTagged":             {KeepTagged: -1},
		"untaggedDays":           {UntaggedDays: -1},
		"registryScanning":       {RegistryScanning: "all"},
		"pullAccounts[0]":        {PullAccounts: []string{"12345"}},
		"pullAccounts[1]":        {PullAccounts: []string{"123456789012", "123456789012"}},
		"kmsKeyArn":              {CreateRepositories: off(), KMSKeyARN: key},
		"pullAccounts":           {CreateRepositories: off(), PullAccounts: []string{"123456789012"}},
		"repositories":           {CreateRepositories: off(), Repositories: []string{"a"}},
		"repairHookRepositories": {CreateRepositories: off(), RepairHookRepositories: &on},
	} {
		problems := args.Problems()
		require.Len(t, problems, 1, want)
		assert.Equal(t, want, problems[0].Path)
		require.ErrorContains(t, harness.Fail(t, program(&args)), want)
	}
	base := registry.ECRRegistryArgs{InstallID: "x", Repositories: []string{"dku-exec-base-x"}}
	require.Len(t, base.Problems(), 1)
	all := registry.ECRRegistryArgs{Prefix: "DSS", KeepTagged: -1, UntaggedDays: -1, RegistryScanning: "all"}
	assert.Len(t, all.Problems(), 4, "all at once")
	adopted := registry.ECRRegistryArgs{CreateRepositories: off(), InstallID: "x"}
	assert.Equal(t, "installId", adopted.Problems()[0].Path)
	assert.Nil(t, all.CreateRepositories, "defaults are not written into the caller's arguments")
}
