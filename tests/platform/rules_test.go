package platform_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi-dss/pulumi-dss/internal/iam/actions"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

// rule is one demand on every resource of some types.
type rule struct {
	name string
	// types are the resources' types.
	types []string
	// finds says what is wrong with a resource, or nothing.
	finds func(*harness.Graph, *harness.Resource) string
}

// waiver lets one resource break one rule.
type waiver struct{ rule, resource, reason string }

// rules are what any environment has to hold to.
func rules() []rule {
	return []rule{
		{"buckets are encrypted with a KMS key", []string{"aws:s3/bucketV2:BucketV2"}, companion(
			"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "aws:kms")},
		{"buckets are closed to the public", []string{"aws:s3/bucketV2:BucketV2"}, companion(
			"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", `"restrictPublicBuckets":true`)},
		{"buckets take TLS only", []string{"aws:s3/bucketV2:BucketV2"}, companion(
			"aws:s3/bucketPolicy:BucketPolicy", "aws:SecureTransport")},
		{"buckets keep versions", []string{"aws:s3/bucketV2:BucketV2"}, companion(
			"aws:s3/bucketVersioningV2:BucketVersioningV2", `"status":"Enabled"`)},
		{"volumes are encrypted", []string{"aws:ebs/volume:Volume"}, wants("encrypted", true)},
		{"root volumes are encrypted", []string{"aws:ec2/instance:Instance"}, wants("rootBlockDevice.encrypted", true)},
		{"instances want tokens for metadata", []string{"aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"},
			wants("metadataOptions.httpTokens", "required")},
		{"containers do not reach metadata", []string{"aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"},
			wants("metadataOptions.httpPutResponseHopLimit", 1.0)},
		{"instances have no public address of their own", []string{"aws:ec2/instance:Instance"}, lacks("associatePublicIpAddress", true)},
		{"subnets hand out no public addresses", []string{"aws:ec2/subnet:Subnet"}, wants("mapPublicIpOnLaunch", false)},
		{"nothing is open to the world", []string{"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"}, notFromAnywhere},
		{"security groups have their rules as resources", []string{"aws:ec2/securityGroup:SecurityGroup"}, noInlineRules},
		{"keys rotate", []string{"aws:kms/key:Key"}, wants("enableKeyRotation", true)},
		{"logs do not stay for ever", []string{"aws:cloudwatch/logGroup:LogGroup"}, has("retentionInDays")},
		{"logs are encrypted with the platform's key", []string{"aws:cloudwatch/logGroup:LogGroup"}, has("kmsKeyId")},
		{"images are scanned", []string{"aws:ecr/repository:Repository"}, wants("imageScanningConfiguration.scanOnPush", true)},
		{"images are encrypted with a KMS key", []string{"aws:ecr/repository:Repository"}, wants("encryptionConfigurations[0].encryptionType", "KMS")},
		{"workgroups enforce their settings", []string{"aws:athena/workgroup:Workgroup"}, wants("configuration.enforceWorkgroupConfiguration", true)},
		{"query results are encrypted", []string{"aws:athena/workgroup:Workgroup"},
			wants("configuration.resultConfiguration.encryptionConfiguration.encryptionOption", "SSE_KMS")},
		{"queries have a limit", []string{"aws:athena/workgroup:Workgroup"}, has("configuration.bytesScannedCutoffPerQuery")},
		{"control planes are reached from inside", []string{"eks:index:Cluster"}, wants("endpointPrivateAccess", true)},
		{"control planes are not open to the world", []string{"eks:index:Cluster"}, controlPlaneClosed},
		{"control planes encrypt secrets", []string{"eks:index:Cluster"}, has("encryptionConfigKeyArn")},
		{"control planes log everything", []string{"eks:index:Cluster"}, logsEverything},
		{"listeners speak current TLS", []string{"aws:lb/listener:Listener"}, currentTLS},
		{"secrets are encrypted with the platform's key", []string{"aws:secretsmanager/secret:Secret"}, has("kmsKeyId")},
		{"policies name their actions", policyTypes(), actionsAreNamed},
		{"policies name their resources", policyTypes(), resourcesAreNamed},
		{"roles are trusted to somebody", []string{"aws:iam/role:Role"}, trustIsNarrow},
		{"data survives destroy", dataTypes(), func(_ *harness.Graph, r *harness.Resource) string {
			if !r.Options.RetainOnDelete {
				return "is deleted with the stack"
			}
			return ""
		}},
	}
}

// dataTypes are the resources that hold what cannot be made again.
func dataTypes() []string {
	return []string{
		"aws:s3/bucketV2:BucketV2", "aws:ebs/volume:Volume", "aws:kms/key:Key", "aws:ecr/repository:Repository",
		"aws:glue/catalogDatabase:CatalogDatabase",
	}
}

func policyTypes() []string {
	return []string{"aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy", "aws:iam/userPolicy:UserPolicy"}
}

// broken applies all rules to a graph. It returns what is wrong, by rule and resource.
func broken(graph *harness.Graph) map[[2]string]string {
	found := map[[2]string]string{}
	for _, rule := range rules() {
		for _, r := range ofTypes(graph, rule.types) {
			if text := rule.finds(graph, r); text != "" {
				found[[2]string{rule.name, r.Name}] = text
			}
		}
	}
	return found
}

func ofTypes(graph *harness.Graph, types []string) []*harness.Resource {
	var found []*harness.Resource
	for _, t := range types {
		found = append(found, graph.OfType(t)...)
	}
	return found
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, environment := range environments() {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			found := broken(deploy(t, environment))
			for _, w := range waivers() {
				assert.NotEmpty(t, w.reason)
				delete(found, [2]string{w.rule, w.resource})
			}
			for _, key := range slices.SortedFunc(maps.Keys(found), func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) }) {
				t.Errorf("%s: %s %s", key[0], key[1], found[key])
			}
		})
	}
}

// A waiver that nothing needs any more hides the next mistake.
func TestWaiversAreNeeded(t *testing.T) {
	t.Parallel()
	all := map[[2]string]string{}
	for _, environment := range environments() {
		maps.Copy(all, broken(deploy(t, environment)))
	}
	for _, w := range waivers() {
		assert.Contains(t, all, [2]string{w.rule, w.resource}, "remove the waiver")
	}
}

// wants demands that an input has a value.
func wants(path string, value any) func(*harness.Graph, *harness.Resource) string {
	return func(_ *harness.Graph, r *harness.Resource) string {
		got, ok := r.Value(path)
		if !ok {
			return "does not set " + path
		}
		if plain := got.Mappable(); plain != value {
			return fmt.Sprintf("has %s %v, not %v", path, plain, value)
		}
		return ""
	}
}

// lacks demands that an input does not have a value.
func lacks(path string, value any) func(*harness.Graph, *harness.Resource) string {
	return func(_ *harness.Graph, r *harness.Resource) string {
		if got, ok := r.Value(path); ok && got.Mappable() == value {
			return fmt.Sprintf("has %s %v", path, value)
		}
		return ""
	}
}

func has(path string) func(*harness.Graph, *harness.Resource) string {
	return func(_ *harness.Graph, r *harness.Resource) string {
		if !r.Has(path) {
			return "does not set " + path
		}
		return ""
	}
}

// companion demands that another resource about this one has a text among its inputs.
func companion(kind, text string) func(*harness.Graph, *harness.Resource) string {
	return func(graph *harness.Graph, r *harness.Resource) string {
		for _, other := range graph.OfType(kind) {
			if strings.HasPrefix(other.Name, r.Name+"-") && graph.DependsOn(other, r) && strings.Contains(inputs(other), text) {
				return ""
			}
		}
		return fmt.Sprintf("has no %s with %s", kind, text)
	}
}

// inputs are a resource's inputs as JSON.
func inputs(r *harness.Resource) string {
	text, err := json.Marshal(r.Inputs.Mappable())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func notFromAnywhere(_ *harness.Graph, r *harness.Resource) string {
	for _, path := range []string{"cidrIpv4", "cidrIpv6"} {
		if v, ok := r.Value(path); ok && v.IsString() && strings.HasSuffix(v.StringValue(), "/0") {
			return "lets in " + v.StringValue()
		}
	}
	return ""
}

func noInlineRules(_ *harness.Graph, r *harness.Resource) string {
	if r.Has("ingress") || r.Has("egress") {
		return "has rules of its own, which fight with those that are resources"
	}
	return ""
}

func controlPlaneClosed(_ *harness.Graph, r *harness.Resource) string {
	if v, ok := r.Value("endpointPublicAccess"); ok && v.IsBool() && !v.BoolValue() {
		return ""
	}
	if !r.Has("publicAccessCidrs") || strings.Contains(inputs(r), `"0.0.0.0/0"`) {
		return "is public without a limit"
	}
	return ""
}

func logsEverything(_ *harness.Graph, r *harness.Resource) string {
	for _, kind := range []string{"api", "audit", "authenticator", "controllerManager", "scheduler"} {
		if !strings.Contains(inputs(r), `"`+kind+`"`) {
			return "does not log " + kind
		}
	}
	return ""
}

func currentTLS(_ *harness.Graph, r *harness.Resource) string {
	if protocol, _ := r.Value("protocol"); protocol.IsString() && protocol.StringValue() == "HTTP" {
		if !strings.Contains(inputs(r), `"type":"redirect"`) {
			return "answers without TLS"
		}
		return ""
	}
	if !strings.Contains(inputs(r), "TLS13") {
		return "takes old TLS"
	}
	return ""
}

// statement is what the rules look at of a policy's statement.
type statement struct {
	Effect           string
	Action, Resource []string
	Principal        any
	Condition        map[string]map[string][]string
}

func statements(r *harness.Resource, path string) []statement {
	var document struct{ Statement []statement }
	if err := json.Unmarshal([]byte(r.String(path)), &document); err != nil {
		return []statement{{Effect: err.Error()}}
	}
	return document.Statement
}

func actionsAreNamed(_ *harness.Graph, r *harness.Resource) string {
	for _, s := range statements(r, "policy") {
		for _, action := range s.Action {
			if action == "*" || strings.HasSuffix(action, ":*") {
				return "allows " + action
			}
		}
	}
	return ""
}

// resourcesAreNamed lets a statement be about everything only for actions that take no resource.
func resourcesAreNamed(_ *harness.Graph, r *harness.Resource) string {
	for _, s := range statements(r, "policy") {
		if s.Effect != "Allow" || !slices.Contains(s.Resource, "*") {
			continue
		}
		for _, action := range s.Action {
			if known, ok := actions.Lookup(action); !ok || len(known.Resources) > 0 {
				return "allows " + action + " on everything"
			}
		}
	}
	return ""
}

// trustIsNarrow demands that a role names who may take it.
func trustIsNarrow(_ *harness.Graph, r *harness.Resource) string {
	if strings.Contains(r.String("assumeRolePolicy"), `"*"`) {
		return "may be taken by anybody"
	}
	return ""
}
