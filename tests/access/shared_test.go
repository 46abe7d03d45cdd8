package access_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/access"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// Who data is shared with is seen with what it is shared, and others of a role's account are asked as well.
func TestSharedDataIsSeen(t *testing.T) {
	t.Parallel()
	matrix := stackOf(t, shared()).matrix
	const reader = "role audit/reader of account 410987654321"
	seen := map[string][]string{}
	for _, principal := range matrix.Inventory.Principals {
		if principal.Class == access.ClassShared {
			seen[principal.Label] = principal.Shared
		}
	}
	assert.Equal(t, map[string][]string{
		"account 310987654321": {"connection open", "connection sales", "connection there"},
		"account 510987654321": {"database common"},
		reader:                 {"connection finance", "connection sales"},
		"account 410987654321 that no setting names": nil,
	}, seen)
	for _, edge := range []access.Edge{
		{Principal: "account 310987654321", Verb: "read", Resource: "data of connection open"},
		{Principal: "account 310987654321", Verb: "read", Resource: "databases of connection sales"},
		{Principal: "account 310987654321", Verb: "list", Resource: "data outside of the platform of connection there"},
		{Principal: "account 510987654321", Verb: "read", Resource: "database common of the platform"},
		{Principal: reader, Verb: "list", Resource: "data of connection finance"},
		{Principal: "connection sales", Verb: "read", Resource: "database market of account 210987654321"},
		{Principal: "connection finance", Verb: "read", Resource: "database rates of account 210987654321"},
		{Principal: "connection sales", Verb: "describe", Resource: "Athena's catalog of account 210987654321"},
		{Principal: "DSS host", Verb: "read", Resource: "archives outside of the platform"},
	} {
		assert.True(t, has(matrix, edge), "%s", edge)
	}
	for _, edge := range []access.Edge{
		{Principal: "account 310987654321", Verb: "read", Resource: "data of connection finance"},
		{Principal: "account 310987654321", Verb: "write", Resource: "data of connection sales"},
		{Principal: "connection finance", Verb: "read", Resource: "database market of account 210987654321"},
	} {
		assert.False(t, has(matrix, edge), "%s", edge)
	}
	assert.Empty(t, edgesOf(matrix, "account 410987654321 that no setting names"))
}

// An account that gets into a policy without a setting does nothing that is listed, and breaks what always holds: here the account of a
// role takes the role's place in what the program registers.
func TestAnAccountThatNoSettingNamesIsNotListed(t *testing.T) {
	t.Parallel()
	settings, err := synth.ReadStack(shared(), stacks.ProjectName, "test")
	require.NoError(t, err)
	graph, err := synth.Run(stacks.Run, settings)
	require.NoError(t, err)
	const role, root = "arn:aws:iam::410987654321:role/audit/reader", "arn:aws:iam::410987654321:root"
	replaced := 0
	for _, policy := range slices.Concat(graph.OfType("aws:s3/bucketPolicy:BucketPolicy"), graph.OfType("aws:glue/resourcePolicy:ResourcePolicy")) {
		text := synth.Stripped(policy.State["policy"]).StringValue()
		replaced += strings.Count(text, role)
		policy.State = policy.State.Copy()
		policy.State["policy"] = resource.NewProperty(strings.ReplaceAll(text, role, root))
	}
	require.Positive(t, replaced)
	world, inventory, err := access.World(graph)
	require.NoError(t, err)
	matrix := access.NewMatrix(world, inventory)

	const stranger = "account 410987654321 that no setting names"
	unlisted := map[string]bool{}
	for _, edge := range access.Unlisted(matrix.Edges, allowed(t)) {
		unlisted[edge.Principal] = true
	}
	assert.Equal(t, []string{stranger}, slices.Sorted(maps.Keys(unlisted)))
	broken := strings.Join(matrix.Broken(), "\n")
	assert.Contains(t, broken, "who data is shared with reads that data, and nothing else: "+stranger+": read: data of connection sales")
	assert.Contains(t, broken, "reaches data, secrets or keys: "+stranger+": read: data of connection finance")
}
