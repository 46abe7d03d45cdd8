package access_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/access"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// Whom the owner of a bucket is asked to let in reaches the files, and the key: the connection, its pods and its crawler.
func TestABucketOfAnotherAccountIsReachedByAll(t *testing.T) {
	t.Parallel()
	matrix := stackOf(t, pods()).matrix
	const data, key = "data outside of the platform of connection partner", "key partner outside of the platform"
	const connection, jobs = "connection partner", "pods jobs/partner of connection partner"
	const viewer, crawler = "pods jobs/viewer of connection partner", "crawler of connection partner"
	const files = "tables' files outside of the platform of connection partner"
	for _, edge := range []access.Edge{
		{Principal: connection, Verb: "read", Resource: data}, {Principal: connection, Verb: "write", Resource: data},
		{Principal: jobs, Verb: "read", Resource: data}, {Principal: jobs, Verb: "write", Resource: data},
		{Principal: viewer, Verb: "read", Resource: data}, {Principal: viewer, Verb: "list", Resource: data},
		{Principal: crawler, Verb: "read", Resource: files}, {Principal: crawler, Verb: "list", Resource: files},
		{Principal: jobs, Verb: "encrypt through s3", Resource: key}, {Principal: viewer, Verb: "decrypt through s3", Resource: key},
		{Principal: crawler, Verb: "decrypt through s3", Resource: key},
	} {
		assert.True(t, has(matrix, edge), "%s", edge)
	}
	for _, who := range []string{viewer, crawler} {
		assert.False(t, has(matrix, access.Edge{Principal: who, Verb: "write", Resource: data}), who)
		assert.False(t, has(matrix, access.Edge{Principal: who, Verb: "encrypt through s3", Resource: key}), who)
	}
}

// A key is used through services of its own region. A policy that names another region shows as such.
func TestKeysOfOtherRegionsAreSeen(t *testing.T) {
	t.Parallel()
	own := access.Edge{Principal: "connection partner", Verb: "decrypt through s3", Resource: "key partner outside of the platform"}
	home := own
	home.Verb += " in eu-west-1"
	matrix := stackOf(t, many()).matrix
	assert.True(t, has(matrix, own))
	assert.False(t, has(matrix, home))

	settings, err := synth.ReadStack(many(), stacks.ProjectName, "test")
	require.NoError(t, err)
	graph, err := synth.Run(stacks.Run, settings)
	require.NoError(t, err)
	replaced := 0
	for _, policy := range graph.OfType("aws:iam/rolePolicy:RolePolicy") {
		text := synth.Stripped(policy.State["policy"]).StringValue()
		replaced += strings.Count(text, "s3.eu-central-1.")
		policy.State = policy.State.Copy()
		policy.State["policy"] = resource.NewProperty(strings.ReplaceAll(text, "s3.eu-central-1.", "s3.eu-west-1."))
	}
	require.Positive(t, replaced)
	world, inventory, err := access.World(graph)
	require.NoError(t, err)
	matrix = access.NewMatrix(world, inventory)
	assert.False(t, has(matrix, own))
	assert.True(t, has(matrix, home))
	assert.NotEmpty(t, access.Unlisted(matrix.Edges, allowed(t)))
}
