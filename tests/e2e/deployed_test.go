//go:build e2e

package e2e

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/access"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// holders are the types that have a policy, or give one to somebody, with the properties that say so.
func holders() map[string][]string {
	return map[string][]string{
		"aws:iam/role:Role": {"assumeRolePolicy", "permissionsBoundary"}, "aws:iam/user:User": {"permissionsBoundary"},
		"aws:iam/policy:Policy": {"policy"}, "aws:iam/rolePolicy:RolePolicy": {"policy", "role"}, "aws:iam/userPolicy:UserPolicy": {"policy", "user"},
		"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {"role", "policyArn"},
		"aws:iam/userPolicyAttachment:UserPolicyAttachment": {"user", "policyArn"},
		"aws:s3/bucketPolicy:BucketPolicy":                  {"bucket", "policy"},
		"aws:kms/key:Key":                                   {"policy"}, "aws:kms/keyPolicy:KeyPolicy": {"policy"},
		"aws:secretsmanager/secretPolicy:SecretPolicy": {"secretArn", "policy"},
		"aws:ecr/repositoryPolicy:RepositoryPolicy":    {"repository", "policy"}, "aws:glue/resourcePolicy:ResourcePolicy": {"policy"},
	}
}

// checkPolicies compares what was deployed with what the matrix is made of, a program that ran without engine: they have the same policies.
// Then it asks about the deployed ones, whose resources have the tags that the provider gave them.
func checkPolicies(t *testing.T, s *stack) {
	graph := s.graph()
	deployed := s.properties()
	p := &policies{t: t, graph: graph, caller: caller{t, deployer(), graph.Location.Region}, names: map[string]string{}, made: map[string]bool{}}
	known := map[string]bool{}
	for _, res := range graph.Resources {
		known[res.URN] = true
		p.made[property(res, "arn")] = true
		for key, value := range deployed[res.URN] {
			before := property(res, key)
			if text, isText := value.(string); isText && named(key) && before != "" && before != text {
				p.names[before] = text
			}
		}
	}
	for _, res := range graph.Resources {
		for _, key := range holders()[res.Type] {
			same(t, res, key, p.text(property(res, key)), deployed[res.URN])
		}
	}
	for _, made := range s.state() {
		if holders()[made.resourceType()] != nil {
			assert.True(t, known[made.URN], "%s is not in the matrix", made.URN)
		}
	}

	world, inventory, err := access.World(graph)
	require.NoError(t, err)
	p.others(world)
	asked, allowed := second{t: t, text: p.text, region: graph.Location.Region}.compare(world, inventory, map[string]int{})
	t.Logf("%d requests, %d of them allowed", asked, allowed)
}

// named says whether a property names its resource.
func named(key string) bool {
	switch key {
	case "arn", "name", "bucket", "keyId", "associationId":
		return true
	}
	return false
}

// same compares a property, policies by what they mean as JSON.
func same(t *testing.T, res *synth.Resource, key, expected string, deployed map[string]any) {
	t.Helper()
	found, _ := deployed[key].(string)
	if !json.Valid([]byte(expected)) {
		assert.Equal(t, expected, found, "%s: %s", res.Label(), key)
		return
	}
	assert.JSONEq(t, expected, found, "%s: %s", res.Label(), key)
}

// graph is what the program registers with the stack's configuration, without engine.
func (s *stack) graph() *synth.Graph {
	s.t.Helper()
	settings, err := synth.ReadStack(filepath.Join(s.dir, "Pulumi."+s.name+".yaml"), stacks.ProjectName, s.name)
	require.NoError(s.t, err)
	graph, err := synth.Run(stacks.Run, settings)
	require.NoError(s.t, err)
	return graph
}
