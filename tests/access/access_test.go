// Package access_test compares who reaches what with docs/access.md.
package access_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/access"
	"github.com/pulumi-dss/pulumi-dss/internal/iam/decide"
	"github.com/pulumi-dss/pulumi-dss/internal/synth"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// configurations are the stacks that the document is compared with.
func configurations() []string {
	root := filepath.Join("..", "..")
	return []string{
		filepath.Join(root, "Pulumi.dev.yaml"), filepath.Join(root, "Pulumi.prod.yaml"), many(), bounded(), pods(), shared(), keyPair(),
		lakeFormation(),
	}
}

// many has connections of every kind.
func many() string { return filepath.Join("testdata", "Pulumi.many.yaml") }

// pods has pods with data of their own, and uses what was there before.
func pods() string { return filepath.Join("testdata", "Pulumi.pods.yaml") }

// shared has data that is shared across accounts, and a mirror in S3.
func shared() string { return filepath.Join("testdata", "Pulumi.shared.yaml") }

// keyPair has a host that signs with the key pair of a user.
func keyPair() string { return filepath.Join("testdata", "Pulumi.keypair.yaml") }

// lakeFormation has Lake Formation decide on data in a zone, in buckets of connections and in one that was there before.
func lakeFormation() string { return filepath.Join("testdata", "Pulumi.lakeformation.yaml") }

// bounded has permissions boundaries.
func bounded() string { return filepath.Join("testdata", "Pulumi.bounded.yaml") }

// stack is what is known of a stack. It is the same for all tests, which do not change it.
type stack struct {
	world     *decide.World
	inventory *access.Inventory
	matrix    *access.Matrix
}

// stacksByFile are the stacks that were read already.
var stacksByFile sync.Map

func stackOf(t *testing.T, file string) stack {
	t.Helper()
	read, _ := stacksByFile.LoadOrStore(file, sync.OnceValues(func() (stack, error) { return readStack(file) }))
	one, err := read.(func() (stack, error))()
	require.NoError(t, err)
	return one
}

// readStack runs the program with a configuration.
func readStack(file string) (stack, error) {
	settings, err := synth.ReadStack(file, stacks.ProjectName, "test")
	if err != nil {
		return stack{}, err
	}
	graph, err := synth.Run(stacks.Run, settings)
	if err != nil {
		return stack{}, err
	}
	world, inventory, err := access.World(graph)
	return stack{world, inventory, access.NewMatrix(world, inventory)}, err
}

func allowed(t *testing.T) []access.Allowed {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "access.md"))
	require.NoError(t, err)
	rows, err := access.ParseAllowed(string(text))
	require.NoError(t, err)
	return rows
}

// Every edge is one that the document lists, and every row of the document is about an edge.
func TestDocumentListsEveryEdge(t *testing.T) {
	t.Parallel()
	rows := allowed(t)
	var all []access.Edge
	for _, file := range configurations() {
		matrix := stackOf(t, file).matrix
		require.NotEmpty(t, matrix.Edges)
		var unlisted []string
		for _, edge := range access.Unlisted(matrix.Edges, rows) {
			unlisted = append(unlisted, edge.String())
		}
		none(t, unlisted, file+": docs/access.md does not list what the policies allow. List it with a reason, or close it")
		all = append(all, matrix.Edges...)
	}
	none(t, access.Stale(all, rows), "docs/access.md lists what no policy allows")
}

// none fails with what was found, a line each.
func none(t *testing.T, found []string, wrong string) {
	t.Helper()
	if len(found) > 0 {
		t.Errorf("%s:\n  %s", wrong, strings.Join(found, "\n  "))
	}
}

// What no verb covers, the matrix would not show.
func TestEveryActionIsAsked(t *testing.T) {
	t.Parallel()
	for _, file := range configurations() {
		none(t, access.Unasked(stackOf(t, file).world), file+": actions of policies that no verb has: add them to one")
	}
}

// A connection's label in the many-connection stack stands for real credentials of both kinds.
func TestManyConnectionsAreSeen(t *testing.T) {
	t.Parallel()
	matrix := stackOf(t, many()).matrix
	var seen []string
	for _, principal := range matrix.Inventory.Principals {
		if principal.Class == access.ClassConnection {
			seen = append(seen, principal.Connection)
			assert.True(t, principal.EndUsers)
		}
	}
	slices.Sort(seen)
	assert.Equal(t, []string{"archive", "finance", "marketing", "partner", "sales"}, seen)
	for _, edge := range []access.Edge{
		{Principal: "connection sales", Verb: "read", Resource: "data of connection sales"},
		{Principal: "connection finance", Verb: "write", Resource: "data of connection finance"},
		{Principal: "connection sales", Verb: "query", Resource: "workgroup of connection sales"},
		{Principal: "connection marketing", Verb: "read", Resource: "results of workgroup of connection marketing"},
		{Principal: "DSS host", Verb: "assume", Resource: "role of connection partner"},
	} {
		assert.True(t, has(matrix, edge), "%s", edge)
	}
	assert.False(t, has(matrix, access.Edge{Principal: "connection archive", Verb: "write", Resource: "data of connection archive"}), "it is read-only")
}

func has(matrix *access.Matrix, edge access.Edge) bool {
	return slices.ContainsFunc(matrix.Edges, func(e access.Edge) bool {
		return e.Principal == edge.Principal && e.Verb == edge.Verb && e.Resource == edge.Resource
	})
}

func TestMatrixIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	first, err := stackOf(t, many()).matrix.JSON()
	require.NoError(t, err)
	again, err := readStack(many())
	require.NoError(t, err)
	second, err := again.matrix.JSON()
	require.NoError(t, err)
	assert.Equal(t, first, second)
}
