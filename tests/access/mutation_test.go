package access_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi-dss/pulumi-dss/internal/access"
	"github.com/pulumi-dss/pulumi-dss/stacks"
)

// Every hole in the policies of dev is caught; `make mutate` does the same with the other configurations.
func TestNoMutationEscapes(t *testing.T) {
	t.Parallel()
	world, inventory, err := access.World(synthesized(t, configurations()[0], stacks.Run))
	require.NoError(t, err)
	tally := access.Hunt(access.NewHunter(world, inventory, allowed(t)))
	assert.Greater(t, tally.Planted, 400)
	assert.Empty(t, tally.Escaped, tally)
}
