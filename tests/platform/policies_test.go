package platform_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/iam"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/actions"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
	"github.com/pulumi-dss/pulumi-dss/tests/harness"
)

// placed is a policy document where it stands in a graph.
type placed struct {
	resource *harness.Resource
	// path is that of the input, without positions in lists.
	path     string
	document iam.Document
}

// place is a kind of input that holds a policy: a type and a path.
type place struct{ kind, path string }

// limits are the sizes of policies by the place where they stand.
func limits() map[place]int {
	return map[place]int{
		{"aws:iam/role:Role", "assumeRolePolicy"}:                  iam.TrustPolicyLimit,
		{"aws:iam/policy:Policy", "policy"}:                        iam.ManagedPolicyLimit,
		{"aws:iam/rolePolicy:RolePolicy", "policy"}:                iam.RoleInlineLimit,
		{"aws:iam/userPolicy:UserPolicy", "policy"}:                iam.UserInlineLimit,
		{"aws:s3/bucketPolicy:BucketPolicy", "policy"}:             iam.BucketPolicyLimit,
		{"aws:kms/key:Key", "policy"}:                              iam.KeyPolicyLimit,
		{"aws:kms/keyPolicy:KeyPolicy", "policy"}:                  iam.KeyPolicyLimit,
		{"aws:secretsmanager/secret:Secret", "policy"}:             iam.SecretPolicyLimit,
		{"aws:secretsmanager/secretPolicy:SecretPolicy", "policy"}: iam.SecretPolicyLimit,
		{"aws:ecr/repositoryPolicy:RepositoryPolicy", "policy"}:    iam.RepositoryPolicyLimit,
		{"aws:glue/resourcePolicy:ResourcePolicy", "policy"}:       iam.CatalogPolicyLimit,
	}
}

// owners are the inputs that say whose inline policy one is: all of an owner have to stay within the limit together.
func owners() map[string]string {
	return map[string]string{"aws:iam/rolePolicy:RolePolicy": "role", "aws:iam/userPolicy:UserPolicy": "user"}
}

// policiesIn finds every policy document among the inputs of a graph, under whatever name.
func policiesIn(t *testing.T, graph *harness.Graph) []placed {
	t.Helper()
	var found []placed
	for _, r := range graph.Resources {
		var walk func(path string, value any)
		walk = func(path string, value any) {
			switch v := value.(type) {
			case map[string]any:
				for _, key := range slices.Sorted(maps.Keys(v)) {
					walk(strings.TrimPrefix(path+"."+key, "."), v[key])
				}
			case []any:
				for _, one := range v {
					walk(path, one)
				}
			case string:
				if document, ok := asPolicy(t, r.Name+" "+path, v); ok {
					found = append(found, placed{r, path, document})
				}
			}
		}
		walk("", plain(r.Inputs))
	}
	return found
}

// plain are inputs without the marks of secrets and outputs.
func plain(inputs resource.PropertyMap) any {
	return inputs.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		switch {
		case v.IsSecret():
			return plain(resource.PropertyMap{"": v.SecretValue().Element}).(map[string]any)[""], true
		case v.IsOutput():
			return plain(resource.PropertyMap{"": v.OutputValue().Element}).(map[string]any)[""], true
		}
		return nil, false
	})
}

// asPolicy reads a text that looks like a policy. One that looks like it and is none is a mistake.
func asPolicy(t *testing.T, where, text string) (iam.Document, bool) {
	t.Helper()
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil || members["Statement"] == nil {
		return iam.Document{}, false
	}
	document, err := iam.Parse(text)
	require.NoError(t, err, where)
	return document, true
}

// exception is a finding about a policy that is right as it is.
type exception struct {
	// policy ends the name of the resource whose policy it is, text starts what is found.
	policy, text, reason string
}

// exceptions are all of them.
func exceptions() []exception {
	return nil
}

// findings are what is wrong with the policies of a graph, by policy.
func findings(t *testing.T, graph *harness.Graph) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, p := range policiesIn(t, graph) {
		for _, problem := range actions.Check(p.document) {
			found[p.resource.Name] = append(found[p.resource.Name], problem.String())
		}
	}
	return found
}

// AWS takes policies with actions that do not exist and resources that an action never has; they do nothing.
func TestPoliciesNameWhatExists(t *testing.T) {
	t.Parallel()
	needed := map[exception]bool{}
	for _, environment := range environments() {
		for policy, texts := range findings(t, deploy(t, environment)) {
			for _, text := range texts {
				i := slices.IndexFunc(exceptions(), func(e exception) bool {
					return strings.HasSuffix(policy, e.policy) && strings.HasPrefix(text, e.text)
				})
				if i < 0 {
					t.Errorf("%s: %s: %s", environment, policy, text)
					continue
				}
				needed[exceptions()[i]] = true
			}
		}
	}
	for _, e := range exceptions() {
		assert.NotEmpty(t, e.reason)
		assert.True(t, needed[e], "remove the exception of %s: %s", e.policy, e.text)
	}
}

// AWS refuses documents over the limit when a deployment is half done.
func TestPoliciesFitWhereTheyStand(t *testing.T) {
	t.Parallel()
	for _, environment := range environments() {
		t.Run(environment, func(t *testing.T) {
			t.Parallel()
			requireRoom(t, deploy(t, environment))
		})
	}
}

// The same holds for a stack with as many connections as a large organization has, in all ways to sign in.
func TestPoliciesOfManyConnectionsFit(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]manySettings{
		"roles":                        {credentials: "ROLE"},
		"roles, taken by a user":       {credentials: "ROLE", host: `{"credentialsMode":"KEY_PAIR"}`},
		"key pairs":                    {credentials: "KEY_PAIR"},
		"pods, and other accounts":     {credentials: "ROLE", others: true},
		"a long path of organizations": {credentials: "ROLE", roles: `{"path":"/` + strings.Repeat("organization/", 20) + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := deployMany(t, settings)
			assert.Len(t, graph.OfType("dss:index:S3Connection"), many)
			requireRoom(t, graph)
			assert.Empty(t, findings(t, graph))
		})
	}
}

// So do those of a stack whose data pods and other accounts reach.
func TestPoliciesForOthersFitAndNameWhatExists(t *testing.T) {
	t.Parallel()
	config, _, err := synth.ReadConfig(filepath.Join("..", "engine", "testdata", "Pulumi.lake.yaml"), stacks.ProjectName)
	require.NoError(t, err)
	graph := deploy(t, "dev", harness.Config(config), harness.WithoutCheck(harness.CheckPartition, "the configuration names other accounts"))
	requireRoom(t, graph)
	assert.Empty(t, findings(t, graph))
	assert.NotEmpty(t, graph.OfType("aws:glue/resourcePolicy:ResourcePolicy"))
}

// many is how many connections a large stack has.
const many = 200

// manySettings are those of a stack with many connections.
type manySettings struct {
	credentials, host, roles string
	// others have pods reach each connection's data, and another account that of some.
	others bool
}

// deployMany runs the program with the development environment's configuration and many connections in one zone.
func deployMany(t *testing.T, settings manySettings) *harness.Graph {
	t.Helper()
	var connections []map[string]any
	for i := range many {
		name := fmt.Sprintf("team-%03d", i)
		c := map[string]any{
			"name": name, "zone": "gold", "prefix": name + "/", "usableByEveryone": true, "credentials": settings.credentials,
			"databases": []any{map[string]any{"name": fmt.Sprintf("team_%03d", i)}},
		}
		if settings.others {
			c["podIdentities"] = []any{map[string]any{"namespace": "dssns-" + name, "serviceAccount": "jobs"}}
			if i < 20 {
				c["sharedWith"] = []any{"210987654321"}
			}
		}
		connections = append(connections, c)
	}
	text, err := json.Marshal(map[string]any{"zonePreset": "BRONZE_SILVER_GOLD", "connections": connections})
	require.NoError(t, err)
	config := stackConfig(t, "dev")
	config[stacks.ProjectName+":lake"] = string(text)
	for key, value := range map[string]string{"dss": settings.host, "roles": settings.roles} {
		if value != "" {
			config[stacks.ProjectName+":"+key] = value
		}
	}
	return deploy(t, "dev", harness.Config(config), harness.WithoutCheck(harness.CheckPreview, "two hundred times the same: stacks has a few"))
}

// requireRoom fails for policies that are larger than AWS takes.
func requireRoom(t *testing.T, graph *harness.Graph) {
	t.Helper()
	policies := policiesIn(t, graph)
	assert.Greater(t, len(policies), 10, "the search finds policies")
	together := map[string]int{}
	for _, p := range policies {
		at := place{p.resource.Type, p.path}
		limit, known := limits()[at]
		require.True(t, known, "%s has a policy in %s: add the limit of %v", p.resource.Name, p.path, at)
		key := owned(p)
		together[key] += p.document.Size()
		assert.LessOrEqual(t, together[key], limit, "%s, with others of the same owner", p.resource.Name)
	}
	attached := attachments(graph)
	assert.NotEmpty(t, attached, "the search finds attachments")
	for owner, count := range attached {
		assert.LessOrEqual(t, count, iam.ManagedPoliciesLimit, "managed policies of %s", owner)
	}
}

// attachments are how many managed policies roles and users have.
func attachments(graph *harness.Graph) map[string]int {
	count := map[string]int{}
	for kind, by := range map[string]string{
		"aws:iam/rolePolicyAttachment:RolePolicyAttachment": "role", "aws:iam/userPolicyAttachment:UserPolicyAttachment": "user",
	} {
		for _, r := range graph.OfType(kind) {
			owner, _ := r.Value(by)
			count[by+" "+owner.StringValue()]++
		}
	}
	return count
}

// owned is whose limit a policy counts against.
func owned(p placed) string {
	if by, inline := owners()[p.resource.Type]; inline {
		owner, _ := p.resource.Value(by)
		return p.resource.Type + " of " + owner.StringValue()
	}
	return p.resource.Name + " " + p.path
}

func TestPoliciesAreFoundAndChecked(t *testing.T) {
	t.Parallel()
	document, ok := asPolicy(t, "here", iam.NewDocument(iam.Allow("", []string{"s3:GetObjects"}, "*")).JSON())
	require.True(t, ok)
	assert.Len(t, actions.Check(document), 1)
	for _, text := range []string{"", "{}", "[]", `"Statement"`, strconv.Itoa(5), fmt.Sprint(true)} {
		_, ok := asPolicy(t, "here", text)
		assert.False(t, ok, text)
	}
}
